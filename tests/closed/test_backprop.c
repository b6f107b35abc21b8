/* Backprop in closed form against the loop in long double, its limit, and
 * what a null space keeps. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* One step of gradient descent on 1/2 E|x W - y|^2, from sums over the samples. */
static void step(long double *w, const struct sg_data *data, double mu)
{
    const size_t n = data->n, d = data->d, m = data->m;
    long double *g = SG_NEW(d * m, long double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            long double r = -(long double)data->y[i * m + j];
            for (size_t k = 0; k < d; k++)
                r += (long double)data->x[i * d + k] * w[k * m + j];
            for (size_t k = 0; k < d; k++)
                g[k * m + j] += (long double)data->x[i * d + k] * r;
        }
    for (size_t k = 0; k < d * m; k++)
        w[k] -= (long double)mu * g[k] / (long double)n;
    free(g);
}

/* The closed form uses S_x + E, |E| <= C (n + d) u |S_x| (a sum of n terms, dsyevd), C = 4, and W*
 * to the solver's forward error e_w:
 *   |d W_t| <= e_w (1 + rho^t) + (d u + t mu |E| rho^(t-1)) |W_0 - W*|,
 *   rho = max(1, |1 - mu lambda|). */
struct bound { double e_w, base, per_step, rho; };

static struct bound error_bound(const struct sg_fit *fit, const double *delta, double mu)
{
    const double u = SG_UNIT_ROUNDOFF, size = (double)(fit->n + fit->d),
                 w = frobenius(fit->w, fit->d * fit->m);
    const double kappa = sqrt(fit->lambda_x[0] / fit->lambda_x[fit->rank - 1]),
                 sigma = sqrt((double)fit->n * fit->lambda_x[0]);
    const double start = frobenius(delta, fit->d * fit->m);
    return (struct bound){
        .e_w = 2 * size * u * kappa *
               (2 * w + kappa * frobenius(fit->residual, fit->n * fit->m) / sigma),
        .base = 4 * (double)(fit->d + 2) * u * start + 2 * u * w,
        .per_step = 4 * size * u * mu * frobenius(fit->s_x, fit->d * fit->d) * start,
        .rho = sg_base_max(1, sg_base_max(fabs(1 - mu * fit->lambda_x[0]),
                                          fabs(1 - mu * fit->lambda_x[fit->d - 1]))),
    };
}

static double *random_start(const struct sg_fit *fit, double *delta, struct sg_rng *rng)
{
    double *w_0 = random_vector(fit->d * fit->m, 0.9, rng);
    for (size_t i = 0; i < fit->d * fit->m; i++)
        delta[i] = w_0[i] - fit->w[i];
    return w_0;
}

static void check_trajectory(const struct sg_data *data, double relative_mu, struct sg_rng *rng)
{
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, data), SG_OK);
    const size_t size = fit->d * fit->m;
    const double mu = relative_mu * 2 / fit->lambda_x[0];
    double *delta = SG_NEW(size, double), *w_0 = random_start(fit, delta, rng),
           *got = SG_NEW(size, double);
    long double *w = SG_NEW(size, long double);
    const struct bound b = error_bound(fit, delta, mu);
    for (size_t i = 0; i < size; i++)
        w[i] = (long double)w_0[i];
    for (uint64_t t = 0; t <= 120; t++) {
        sg_closed_backprop(got, fit, w_0, mu, t);
        const double grown = pow(b.rho, (double)t);
        for (size_t i = 0; i < size; i++)
            CHECK_CLOSE(got[i], (double)w[i],
                        (b.e_w + b.base + (double)t * b.per_step) * (1 + grown));
        step(w, data, mu);
    }
    free(delta); free(w_0); free(got); free(w);
    sg_closed_fit_free(fit);
}

static void trajectory(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 24; t++) {
        struct sg_rng *rng = test_rng("trajectory", t);
        const size_t d = random_size(1, 6, rng);
        struct sg_data data =
            random_data(d + random_size(3, 20, rng), d, random_size(1, 3, rng), rng);
        /* rank-deficient: a column twice */
        if (t % 3 == 0)
            for (size_t i = 0; d > 1 && i < data.n; i++)
                data.x[i * d + d - 1] = data.x[i * d];
        /* beyond the limit it grows, as it should */
        check_trajectory(&data, t % 4 == 3 ? 1.02 : random_between(0.05, 0.98, rng), rng);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* W_inf = W* + (I - X^+ X) W_0; X^+ X from the rows of X by least squares: project each unit
 * vector.  W_t gets there for huge t. */
static void limit(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("limit", t);
        const size_t r = random_size(1, 4, rng), d = r + t % 3, n = r + random_size(4, 20, rng),
                     m = random_size(1, 3, rng);
        struct sg_data data = random_data(n, d, m, rng);
        /* columns beyond r are mixtures of the first ones: rank r */
        for (size_t j = r; j < d; j++)
            for (size_t i = 0; i < n; i++)
                data.x[i * d + j] = 0.75 * data.x[i * d] - 0.5 * data.x[i * d + (j - r) % r];
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK(fit->rank == r);
        double *delta = SG_NEW(d * m, double), *w_0 = random_start(fit, delta, rng),
               *got = SG_NEW(d * m, double), *late = SG_NEW(d * m, double);
        double *p = SG_NEW(n * m, double), *seen = SG_NEW(d * m, double),
               *want = SG_NEW(d * m, double), *sigma = SG_NEW(n < d ? n : d, double);
        size_t rank;
        naive_mul(p, NULL, data.x, false, w_0, false, n, d, m);
        /* X^+ X W_0 */
        CHECK_STATUS(sg_base_solve_least_squares(seen, &rank, NULL, data.x, p, n, d, m), SG_OK);
        for (size_t i = 0; i < d * m; i++)
            want[i] = fit->w[i] + w_0[i] - seen[i];
        /* eigenvectors of zero are known to (n + d) u |S| / lambda_r = kappa^2, the
         * projection above to kappa */
        naive_singular_values(sigma, data.x, n, d);
        const double kappa = sigma[0] / sigma[r - 1],
                     scale = frobenius(w_0, d * m) + frobenius(fit->w, d * m);
        const double tol = 4 * (double)(n + d) * SG_UNIT_ROUNDOFF * kappa * kappa * scale;
        sg_closed_backprop_limit(got, fit, w_0);
        CHECK_ALL(got, want, tol, d * m);
        const double mu = random_between(0.1, 0.9, rng) * 2 / fit->lambda_x[0];
        sg_closed_backprop(late, fit, w_0, mu, UINT64_C(1) << 40);
        CHECK_ALL(late, got, tol, d * m);
        if (d == r)
            CHECK_ALL(got, fit->w, tol, d * m);
        else
            CHECK(sg_base_max_abs_diff(got, fit->w, d * m) > 1e-6 * scale);
        free(delta); free(w_0); free(got); free(late); free(p); free(seen); free(want); free(sigma);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* X = 0, rank 0: W stays where it is. */
static void nothing_to_learn_from(void **state)
{
    (void)state;
    struct sg_data data;
    struct sg_fit *fit;
    const double w_0[6] = {0.4, -1.3, 2.2, 0.9, -0.6, 1.1};
    double w[6];
    sg_data_alloc(&data, 7, 3, 2);
    data.y[4] = 1.5;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    CHECK(fit->rank == 0 && !fit->realizable);
    sg_closed_backprop_limit(w, fit, w_0);
    CHECK_ALL(w, w_0, 10 * SG_UNIT_ROUNDOFF * 2.2, 6);
    sg_closed_backprop(w, fit, w_0, 0.7, 1000);
    CHECK_ALL(w, w_0, 10 * SG_UNIT_ROUNDOFF * 2.2, 6);
    sg_closed_fit_free(fit);
    sg_data_free(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(trajectory), TEST(limit), TEST(nothing_to_learn_from)};
    return RUN(tests);
}
