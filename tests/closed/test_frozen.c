/* A frozen SG in closed form against its definition over the samples in long double, its limit, and
 * the rate where that ends. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* W - mu E[x^T (x W A + y B + C)], sums over the samples. */
static void step(long double *w, const struct sg_data *data, const double *phi, double mu)
{
    const size_t n = data->n, d = data->d, m = data->m;
    long double *gradient = SG_NEW(d * m, long double), *p = SG_NEW(m, long double);
    for (size_t i = 0; i < n; i++) {
        for (size_t l = 0; l < m; l++) {
            p[l] = 0;
            for (size_t k = 0; k < d; k++)
                p[l] += (long double)data->x[i * d + k] * w[k * m + l];
        }
        for (size_t j = 0; j < m; j++) {
            long double s = (long double)data->one[i] * (long double)phi[2 * m * m + j];
            for (size_t l = 0; l < m; l++)
                s += p[l] * (long double)phi[l * m + j] +
                     (long double)data->y[i * m + l] * (long double)phi[(m + l) * m + j];
            for (size_t k = 0; k < d; k++)
                gradient[k * m + j] += (long double)data->x[i * d + k] * s;
        }
    }
    for (size_t k = 0; k < d * m; k++)
        w[k] -= (long double)mu * gradient[k] / (long double)n;
    free(gradient);
    free(p);
}

/* A diagonally dominant with entries on the diagonal in (1, 2): invertible, all
 * eigenvalues to the right of 1/2. */
static double *random_phi(size_t m, struct sg_rng *rng)
{
    double *phi = random_vector((2 * m + 1) * m, 0.8, rng);
    for (size_t i = 0; i < m * m; i++)
        phi[i] = i % (m + 1) == 0 ? random_between(1, 2, rng)
                                  : random_between(-0.5, 0.5, rng) / (double)m;
    return phi;
}

/* An error of N u tr in S_x, and of the same size in the moments, pushes by mu N u tr
 * |Phi| (|W| + |e_0|) a step; the start goes through the eigenbasis.  |(I - mu lambda A)^k| <= 1 at
 * these rates, A being diagonally dominant. */
static void trajectory_is_the_loop(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("frozen trajectory", 0);
    for (size_t m = 1; m <= 3; m++) {
        const size_t d = random_size(2, 5, rng), n = 3 * d + 4, size = d * m;
        context("m = %zu, d = %zu", m, d);
        struct sg_data data = random_data(n, d, m, rng);
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        double *phi = random_phi(m, rng), *w_0 = random_vector(size, 0.9, rng),
               *got = SG_NEW(size, double), *want = SG_NEW(size, double), trace = 0;
        long double *w = SG_NEW(size, long double);
        for (size_t i = 0; i < d; i++)
            trace += fit->lambda_x[i];
        const double mu = 0.3 / fit->lambda_x[0], y = frobenius(data.y, n * m) / sqrt((double)n),
                     norm_phi = frobenius(phi, (2 * m + 1) * m);
        for (size_t i = 0; i < size; i++)
            w[i] = (long double)w_0[i];
        double largest = frobenius(w_0, size);
        for (size_t t = 0; t <= 40; t++) {
            CHECK_STATUS(sg_closed_frozen(got, fit, w_0, phi, mu, t), SG_OK);
            for (size_t i = 0; i < size; i++)
                want[i] = (double)w[i];
            largest = fmax(largest, frobenius(want, size));
            /* |W_inf| is not much more than 40 steps away */
            const double N = (double)(n + d + 4 * m), u = SG_UNIT_ROUNDOFF, rest = 40 * largest;
            CHECK_ALL(got, want,
                      u * (4 * (double)d * rest / 40 + (double)(t + 1) * mu * N * sqrt(trace) *
                                                           norm_phi *
                                                           (sqrt(trace) * largest * 4 + y + 1)),
                      size);
            step(w, &data, phi, mu);
        }
        free(phi); free(w_0); free(got); free(want); free(w);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
    }
    sg_base_rng_free(rng);
}

/* The limit is a fixed point: one more long double step from it moves it by rounding; and
 * t = 2^40 steps lead there. */
static void limit_is_fixed_and_reached(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("frozen limit", 0);
    const size_t d = 4, m = 2, n = 30, size = d * m;
    struct sg_data data = random_data(n, d, m, rng);
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    double *phi = random_phi(m, rng), *w_0 = random_vector(size, 0.9, rng),
           *limit = SG_NEW(size, double), *late = SG_NEW(size, double);
    long double *w = SG_NEW(size, long double);
    const double mu = 0.3 / fit->lambda_x[0], y = frobenius(data.y, n * m) / sqrt((double)n);
    CHECK_STATUS(sg_closed_frozen_limit(limit, fit, w_0, phi), SG_OK);
    CHECK_STATUS(sg_closed_frozen(late, fit, w_0, phi, mu, (uint64_t)1 << 40), SG_OK);
    CHECK_ALL(late, limit, 10 * (double)size * SG_UNIT_ROUNDOFF * frobenius(limit, size), size);
    for (size_t i = 0; i < size; i++)
        w[i] = (long double)limit[i];
    step(w, &data, phi, mu);
    for (size_t i = 0; i < size; i++)
        late[i] = (double)w[i];
    const double top = sqrt((double)d * fit->lambda_x[0]),
                 terms = frobenius(phi, (2 * m + 1) * m) * (top * frobenius(limit, size) + y + 1);
    CHECK_ALL(late, limit, (double)(n + d + 4 * m) * SG_UNIT_ROUNDOFF * mu * top * terms, size);
    memset(phi, 0, m * m * sizeof *phi);
    CHECK_STATUS(sg_closed_frozen_limit(limit, fit, w_0, phi), SG_SINGULAR);
    free(phi); free(w_0); free(limit); free(late); free(w);
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

static void critical_rate_is_where_a_modulus_is_one(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("frozen critical", 0);
    for (int k = 0; k < 200; k++) {
        const double lambda = random_between(0.1, 9, rng);
        double complex a[3];
        for (int j = 0; j < 3; j++)
            a[j] = SG_COMPLEX(random_between(0.05, 2, rng), random_between(-3, 3, rng));
        const double mu = sg_closed_frozen_critical(a, 3, lambda);
        double at = 0, below = 0, above = 0;
        for (int j = 0; j < 3; j++) {
            at = fmax(at, cabs(1 - mu * lambda * a[j]));
            below = fmax(below, cabs(1 - 0.99 * mu * lambda * a[j]));
            above = fmax(above, cabs(1 - 1.01 * mu * lambda * a[j]));
        }
        CHECK_CLOSE(at, 1.0, 10 * SG_UNIT_ROUNDOFF);
        CHECK(below < 1 && above > 1);
        a[1] = SG_COMPLEX(-1e-9, 1);
        CHECK(sg_closed_frozen_critical(a, 3, lambda) == 0.0);
    }
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(trajectory_is_the_loop),
                                       TEST(limit_is_fixed_and_reached),
                                       TEST(critical_rate_is_where_a_modulus_is_one)};
    return RUN(tests);
}
