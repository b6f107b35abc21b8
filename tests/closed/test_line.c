/* The family of fixed points on realizable data: its spectrum against the Jacobian's trace and
 * dgeev, the inequalities against the roots, the limit of small rates, and the hypotheses. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

struct instance { struct sg_data data; struct sg_fit *fit; struct sg_line *line; };

/* Where the ones lie: outside col X, in it, or orthogonal to it.  The last has E[x^T z] V a
 * diagonal Gram matrix too, with a zero for the ones, and large outputs put that zero last. */
enum ones { ONES_OUTSIDE, ONES_INSIDE, ONES_ORTHOGONAL, ONES_KINDS };

/* X without its last column, the ones; y = 3 times a random linear map of it. */
static void drop_ones(struct sg_data *data, struct sg_rng *rng)
{
    const size_t d = data->d - 1;
    double *w = random_vector(d * data->m, 3, rng);
    for (size_t i = 0; i < data->n; i++)
        memmove(data->x + i * d, data->x + i * data->d, d * sizeof *data->x);
    data->d = d;
    sg_base_mul(data->y, data->x, w, data->n, d, data->m);
    free(w);
}

static struct instance make(size_t d, size_t m, enum ones ones, struct sg_rng *rng)
{
    struct instance it;
    const bool dropped = ones == ONES_ORTHOGONAL;
    const struct sg_gaussian spec = {.n = 40,
                                     .d = d + dropped,
                                     .outputs = m,
                                     .condition = 1,
                                     .noise = 0,
                                     .bias = ones != ONES_OUTSIDE};
    CHECK_STATUS(sg_data_make_gaussian(&it.data, &spec, rng), SG_OK);
    if (dropped)
        drop_ones(&it.data, rng);
    CHECK_STATUS(sg_closed_fit_alloc(&it.fit, &it.data), SG_OK);
    CHECK_STATUS(sg_closed_line_alloc(&it.line, it.fit), SG_OK);
    CHECK(sg_closed_line_inside(it.line) == (ones == ONES_INSIDE));
    return it;
}

static void unmake(struct instance *it)
{
    sg_closed_line_free(it->line);
    sg_closed_fit_free(it->fit);
    sg_data_free(&it->data);
}

/* Traces of J and of J^2 from the matrix, sums of the closed eigenvalues and of their squares: two
 * numbers that no eigensolver has touched. */
static void spectrum_has_the_traces_of_the_jacobian(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("line traces", 0);
    for (size_t d = 2; d <= 6; d++)
        for (size_t m = 1; m < d && m <= 3; m++)
            for (enum ones ones = 0; ones < ONES_KINDS; ones++) {
                struct instance it = make(d, m, ones, rng);
                const size_t size = sg_closed_joint_size(it.fit);
                double complex c[3] = {-0.4, 0.7, 1.6};
                double C[9] = {0};
                for (size_t j = 0; j < m; j++)
                    C[j * m + j] = creal(c[j]);
                if (m > 1) {                              /* a pair: [[u, -v], [v, u]] */
                    c[0] = SG_COMPLEX(-0.4, 0.8);
                    c[1] = conj(c[0]);
                    C[0] = C[m + 1] = -0.4;
                    C[1] = -0.8;
                    C[m] = 0.8;
                }
                const double mu = 0.45, nu = 0.7 / it.fit->lambda_z[0];
                double *phi = SG_NEW(it.fit->q * m, double), *j1 = SG_NEW(size * size, double),
                       trace[2] = {0}, norm = 0;
                double complex *closed = SG_NEW(size, double complex), sum[2] = {0};
                context("d = %zu, m = %zu, ones = %d", d, m, ones);
                sg_closed_line_point(phi, C, m);
                sg_closed_joint_jacobian(j1, &it.data, it.fit->w, phi, mu, nu);
                CHECK_STATUS(sg_closed_line_spectrum(closed, it.line, c, mu, nu), SG_OK);
                for (size_t i = 0; i < size; i++) {
                    trace[0] += j1[i * size + i];
                    for (size_t k = 0; k < size; k++) {
                        trace[1] += j1[i * size + k] * j1[k * size + i];
                        norm += j1[i * size + k] * j1[i * size + k];
                    }
                    sum[0] += closed[i];
                    sum[1] += closed[i] * closed[i];
                }
                /* Moments to (n + d) u each; the eigenvalues of blocks of at most 16 in their sums
                 * to the same relative to |J|^2. */
                const double tolerance = 10 * (double)(it.data.n + size) * SG_UNIT_ROUNDOFF * norm;
                CHECK_CLOSE(creal(sum[0]), trace[0], tolerance);
                CHECK_CLOSE(creal(sum[1]), trace[1], tolerance);
                CHECK_BOUND(fabs(cimag(sum[0])) + fabs(cimag(sum[1])), tolerance);
                /* what follows c's m entries is none of its business */
                double complex beyond[4] = {c[0], c[1], c[2], 0};
                double condition;
                beyond[m] = SG_NAN;
                CHECK_STATUS(sg_closed_line_condition(&condition, it.line, beyond, mu, nu), SG_OK);
                CHECK(condition >= 1 && condition < HUGE_VAL);
                free(phi); free(j1); free(closed);
                unmake(&it);
            }
    sg_base_rng_free(rng);
}

/* Random rates and c, complex too: the inequalities say what the largest modulus says; the decision
 * may differ only within rounding of 1. */
static void inequalities_are_exact(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("line inequalities", 0);
    size_t stable = 0, tried = 0;
    for (int k = 0; k < 40; k++) {
        struct instance it = make(k % 2 ? 3 : 5, 2, ONES_INSIDE, rng);
        for (int l = 0; l < 200; l++, tried++) {
            const double mu = random_between(0.02, 2.2, rng),
                         nu = random_between(0.02, 2.5, rng) / it.fit->lambda_z[0];
            const double v = l % 3 ? random_between(0, 2, rng) : 0, u = random_between(-2, 3, rng);
            const double complex c[2] = {SG_COMPLEX(u, v), SG_COMPLEX(v > 0 ? u : u / 2, -v)};
            const double radius = sg_closed_line_radius(it.line, c, mu, nu);
            const bool says = sg_closed_line_stable(it.line, c, mu, nu);
            CHECK(says == (radius < 1) || fabs(radius - 1) < 1e-9);
            stable += says;
        }
        unmake(&it);
    }
    CHECK(stable > tried / 20 && stable < tried * 19 / 20);
    sg_base_rng_free(rng);
}

/* The explicit interval is where the radius is 1; with small rates its end goes
 * to -1 - kappa a_min, or is -1, the rest being O(mu). */
static void small_rates(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("line small rates", 0);
    for (size_t d = 2; d <= 5; d += 3) {
        struct instance it = make(d, 1, ONES_INSIDE, rng);
        const double a_min = it.fit->lambda_z[1], kappa = 1.3 / it.fit->lambda_z[0];
        const double complex one = 1;
        for (int k = 0; k < 9; k++) {
            const double mu = ldexp(0.4, -k);
            double low, high;
            context("d = %zu, mu = %g", d, mu);
            sg_closed_line_interval(&low, &high, it.line, mu, kappa * mu);
            const double limit = d > 2 ? -1 : -1 - kappa * a_min;
            CHECK_CLOSE(low - limit, d > 2 ? 0 : kappa * a_min * mu,
                        10 * SG_UNIT_ROUNDOFF * (1 + kappa * a_min));
            /* A root of |lambda|^2 = 1 of slope mu or mu/2, its coefficients to
             * a few u: 10 u / mu of c. */
            CHECK_CLOSE(sg_closed_line_limit(it.line, &one, mu, kappa * mu, -1, false), low,
                        40 * SG_UNIT_ROUNDOFF * fabs(low) / mu);
            CHECK_CLOSE(sg_closed_line_limit(it.line, &one, mu, kappa * mu, 1, true), high,
                        40 * SG_UNIT_ROUNDOFF * high / mu);
        }
        unmake(&it);
    }
    sg_base_rng_free(rng);
}

static void hypotheses(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("line hypotheses", 0);
    const struct sg_gaussian specs[] = {
        /* noisy */
        {.n = 40, .d = 5, .outputs = 1, .condition = 1, .noise = 1e-3, .bias = true},
        /* S_x is not I */
        {.n = 40, .d = 5, .outputs = 1, .condition = 1.01, .noise = 0, .bias = true},
        /* [Y 1] is rank-deficient */
        {.n = 40, .d = 3, .outputs = 3, .condition = 1, .noise = 0, .bias = true},
    };
    for (size_t i = 0; i < COUNT(specs); i++) {
        struct sg_data data;
        struct sg_fit *fit;
        struct sg_line *line;
        CHECK_STATUS(sg_data_make_gaussian(&data, &specs[i], rng), SG_OK);
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK_STATUS(sg_closed_line_alloc(&line, fit), SG_HYPOTHESIS);
        CHECK(line == NULL);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
    }
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(spectrum_has_the_traces_of_the_jacobian),
                                       TEST(inequalities_are_exact), TEST(small_rates),
                                       TEST(hypotheses)};
    return RUN(tests);
}
