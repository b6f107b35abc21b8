/* The least-squares fit and its moments: normal equations and long double sums, rank,
 * spectra with all their digits. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"
#include "synthgrad/logloss.h"

/* X = B P of rank r with the last column of ones kept when r > 1; y = X w + noise. */
static struct sg_data low_rank_data(size_t n, size_t d, size_t m, size_t r, struct sg_rng *rng)
{
    struct sg_data data = random_data(n, d, m, rng);
    double *b = random_vector(n * r, 0.9, rng), *p = random_vector(r * d, 0.8, rng);
    for (size_t i = 0; r > 1 && i < n; i++)
        b[i * r] = 1;
    for (size_t j = 0; r > 1 && j < r; j++)
        p[j * d + d - 1] = j == 0;
    naive_mul(data.x, NULL, b, false, p, false, n, r, d);
    free(b);
    free(p);
    return data;
}

static void check_gram(const double *s, const double *a, const double *b, size_t n, size_t p,
                       size_t q)
{
    double *want = SG_NEW(p * q, double), *tol = SG_NEW(p * q, double);
    naive_mul(want, tol, a, true, b, false, p, n, q);
    for (size_t i = 0; i < p * q; i++) {
        want[i] /= (double)n;
        tol[i] *= gamma_of(n + 2, SG_UNIT_ROUNDOFF) / (double)n;
    }
    CHECK_EACH(s, want, tol, p * q);
    free(want);
    free(tol);
}

/* lambda_i = sigma_i^2 / n to |d sigma| <= C size u sigma_1, C = 4; v orthonormal with
 * S v_i = lambda_i v_i to C (n + q) u |S|. */
static void check_spectrum(const double *lambda, const double *v, const double *s, const double *a,
                           size_t n, size_t q)
{
    const size_t small = n < q ? n : q, large = n < q ? q : n;
    double *sigma = SG_NEW(small, double), *gram = SG_NEW(q * q, double),
           *sv = SG_NEW(q * q, double);
    naive_singular_values(sigma, a, n, q);
    const double u = 4 * (double)(large + q) * SG_UNIT_ROUNDOFF;
    for (size_t i = 0; i < q; i++) {
        const double want = i < small ? sigma[i] : 0, error = u * sigma[0];
        CHECK_CLOSE(lambda[i], want * want / (double)n,
                    (2 * want + error) * error / (double)n + 2 * SG_UNIT_ROUNDOFF * lambda[i]);
        CHECK(i == 0 || lambda[i] <= lambda[i - 1]);
    }
    naive_mul(gram, NULL, v, true, v, false, q, q, q);
    naive_mul(sv, NULL, s, false, v, false, q, q, q);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            CHECK_CLOSE(gram[i * q + j], i == j, u);
            CHECK_CLOSE(sv[i * q + j], lambda[j] * v[i * q + j],
                        2 * u * sigma[0] * sigma[0] / (double)n);
        }
    free(sigma);
    free(gram);
    free(sv);
}

static void check_fit(const struct sg_data *data, size_t rank)
{
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1, large = n > d ? n : d;
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, data), SG_OK);
    CHECK(fit->n == n && fit->d == d && fit->m == m && fit->q == q && fit->rank == rank);

    double *p = SG_NEW(n * m, double), *magnitude = SG_NEW(n * m, double),
           *normal = SG_NEW(d * m, double), *sigma = SG_NEW(d, double);
    naive_mul(p, magnitude, data->x, false, fit->w, false, n, d, m);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            const size_t at = i * m + j;
            const double tol = gamma_of(d + 2, SG_UNIT_ROUNDOFF) *
                               (magnitude[at] + fabs(data->y[at]));
            CHECK_CLOSE(fit->residual[at], p[at] - data->y[at], tol);
            CHECK_CLOSE(fit->z[i * q + j], p[at], tol);
            CHECK(fit->z[i * q + m + j] == data->y[at]);
            CHECK(fit->z[i * q + 2 * m] == data->one[i]);
        }
    /* Backward stability: w solves a problem off by C size u, so |X^T r| <= C size
     * u |X| (|r| + |X| |w| + |y|), C = 2. */
    const double x_norm = frobenius(data->x, n * d), w_norm = frobenius(fit->w, d * m);
    naive_mul(normal, NULL, data->x, true, fit->residual, false, d, n, m);
    for (size_t i = 0; i < d * m; i++)
        CHECK_BOUND(fabs(normal[i]), 2 * (double)large * SG_UNIT_ROUNDOFF * x_norm *
                                         (2 * x_norm * w_norm + 2 * frobenius(data->y, n * m)));
    /* Minimum norm: W* lies in the row space, so the eigenvectors of zero do not see it
     * (those are known to u |S| / lambda_r). */
    naive_singular_values(sigma, data->x, n, d);
    const double kappa = sigma[0] / sigma[rank - 1];
    for (size_t i = rank; i < d; i++)
        for (size_t j = 0; j < m; j++) {
            double along = 0;
            for (size_t k = 0; k < d; k++)
                along += fit->v_x[k * d + i] * fit->w[k * m + j];
            CHECK_BOUND(fabs(along),
                        4 * (double)(n + d) * SG_UNIT_ROUNDOFF * kappa * kappa * w_norm);
        }
    check_gram(fit->s_x, data->x, data->x, n, d, d);
    check_gram(fit->s_z, fit->z, fit->z, n, q, q);
    check_gram(fit->x_z, data->x, fit->z, n, d, q);
    check_spectrum(fit->lambda_x, fit->v_x, fit->s_x, data->x, n, d);
    check_spectrum(fit->lambda_z, fit->v_z, fit->s_z, fit->z, n, q);
    CHECK(!fit->realizable || n <= d);
    free(p); free(magnitude); free(normal); free(sigma);
    sg_closed_fit_free(fit);
}

static void full_rank(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("full rank", t);
        const size_t d = random_size(1, 8, rng);
        struct sg_data data =
            random_data(d + random_size(3, 40, rng), d, random_size(1, 3, rng), rng);
        for (size_t i = 0; i < data.n; i++)
            data.one[i] = t % 3 ? 1.0 : 0.9 + 0.02 * (double)i;
        check_fit(&data, d);
        double *want = SG_NEW(d * data.m, double), *sigma = SG_NEW(d, double),
               *r = SG_NEW(data.n * data.m, double);
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        naive_least_squares(want, data.x, data.y, data.n, d, data.m);
        naive_singular_values(sigma, data.x, data.n, d);
        /* Wedin: 2 size u kappa (2 |w| + kappa |r| / sigma_1), as for the solver itself. */
        const double kappa = sigma[0] / sigma[d - 1];
        CHECK_ALL(fit->w, want,
                  2 * (double)data.n * SG_UNIT_ROUNDOFF * kappa *
                      (2 * frobenius(want, d * data.m) +
                       kappa * frobenius(fit->residual, data.n * data.m) / sigma[0]),
                  d * data.m);
        sg_closed_fit_free(fit);
        free(want); free(sigma); free(r);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

static void rank_deficient(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("rank deficient", t);
        const size_t r = random_size(1, 4, rng), d = r + random_size(1, 4, rng),
                     n = r + random_size(3, 20, rng);
        struct sg_data data = low_rank_data(n, d, random_size(1, 3, rng), r, rng);
        check_fit(&data, r);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* Fewer samples than columns of X, and than columns of z. */
static void few_samples(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("few", t);
        const size_t n = random_size(1, 4, rng);
        struct sg_data data =
            random_data(n, n + random_size(2, 5, rng), random_size(2, 3, rng), rng);
        check_fit(&data, n);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* Made without noise, at any condition, a set is seen to be realizable. */
static void realizable(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("realizable", t);
        const struct sg_gaussian spec = {.n = random_size(12, 80, rng),
                                         .d = random_size(1, 8, rng),
                                         .outputs = random_size(1, 3, rng),
                                         .condition = t % 2 ? 1e10 : 20.0,
                                         .bias = t % 3 == 0};
        struct sg_data data;
        struct sg_fit *fit;
        CHECK_STATUS(sg_data_make_gaussian(&data, &spec, rng), SG_OK);
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK(fit->realizable);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* The line is 10 max(n, d) u (|X| |W*| + |y|): a residual of 0.8 of it passes for rounding, one
 * of 1.25 does not.  X has rank one, so that a residual exists for d > n too; y = X w + e with e
 * orthogonal to X, and rounding adds less than 0.01 of the line. */
static void line_of_realizability(void **state)
{
    (void)state;
    const size_t shapes[][3] = {{40, 1, 1}, {40, 3, 2}, {9, 40, 3}, {2, 50, 1}, {30, 30, 2}};
    for (uint64_t t = 0; t < 2 * COUNT(shapes); t++) {
        struct sg_rng *rng = test_rng("line", t);
        const size_t n = shapes[t / 2][0], d = shapes[t / 2][1], m = shapes[t / 2][2],
                     large = n > d ? n : d;
        double *a = random_vector(n, 1.3, rng), *b = random_vector(d, 0.9, rng),
               *w = random_vector(d * m, 1.1, rng);
        double *e = random_vector(n * m, 1, rng);
        struct sg_data data;
        struct sg_fit *fit;
        sg_data_alloc(&data, n, d, m);
        naive_mul(data.x, NULL, a, false, b, false, n, 1, d);
        naive_mul(data.y, NULL, data.x, false, w, false, n, d, m);
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK(fit->rank == 1);
        const double line =
            10 * (double)large * SG_UNIT_ROUNDOFF *
            (frobenius(data.x, n * d) * frobenius(fit->w, d * m) + frobenius(data.y, n * m));
        sg_closed_fit_free(fit);
        for (size_t j = 0; j < m; j++) {
            double along = 0, square = 0;
            for (size_t i = 0; i < n; i++) {
                along += a[i] * e[i * m + j];
                square += a[i] * a[i];
            }
            for (size_t i = 0; i < n; i++)
                e[i * m + j] -= along / square * a[i];
        }
        const double scale = (t % 2 ? 1.25 : 0.8) * line / frobenius(e, n * m);
        for (size_t i = 0; i < n * m; i++)
            data.y[i] += scale * e[i];
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK(fit->realizable == (t % 2 == 0));
        sg_closed_fit_free(fit);
        free(a); free(b); free(w); free(e);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* From singular values: the smallest of a spectrum over ten decades still has digits,
 * |d lambda_r| / lambda_r <= 2 C size u sqrt(condition); the eigenvalues of S_x itself
 * would be off by u condition. */
static void small_eigenvalues_keep_their_digits(void **state)
{
    (void)state;
    const struct sg_gaussian spec = {.n = 90,
                                     .d = 6,
                                     .outputs = 1,
                                     .condition = 1e14,
                                     .noise = 0.3};
    struct sg_rng *rng = test_rng("digits", 0);
    struct sg_data data;
    struct sg_fit *fit;
    CHECK_STATUS(sg_data_make_gaussian(&data, &spec, rng), SG_OK);
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    for (size_t i = 0; i < 6; i++)
        CHECK_CLOSE(fit->lambda_x[i], pow(1e14, (5 - (double)i) / 5),
                    2 * 10 * SG_UNIT_ROUNDOFF * 1e7 * sqrt(fit->lambda_x[i]));
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

static void exact_sg_and_failures(void **state)
{
    (void)state;
    const double want[21] = {1, 0, 0, 0, 1, 0, 0, 0, 1, -1, 0, 0, 0, -1, 0, 0, 0, -1, 0, 0, 0};
    double phi[22];
    for (size_t i = 0; i < 22; i++)
        phi[i] = 7.5;
    sg_closed_exact_sg(phi, 3);
    CHECK_ALL(phi, want, 0.0, 21);
    CHECK(phi[21] == 7.5);
    struct sg_rng *rng = test_rng("nan", 0);
    struct sg_data data = random_data(9, 3, 1, rng);
    double *spoiled[] = {&data.x[4], &data.y[8], &data.one[2]};
    for (size_t k = 0; k < 3; k++) {
        struct sg_fit *fit = (struct sg_fit *)&data;
        const double kept = *spoiled[k];
        *spoiled[k] = k == 1 ? HUGE_VAL : SG_NAN;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_NOT_FINITE);
        CHECK(fit == NULL);
        *spoiled[k] = kept;
    }
    sg_closed_fit_free(NULL);
    sg_closed_line_free(NULL);
    sg_closed_fast_free(NULL);
    sg_closed_deep_normal_free(NULL);
    sg_closed_log_point_free(NULL);
    sg_closed_regression_free(NULL);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(full_rank),
                                       TEST(rank_deficient),
                                       TEST(few_samples),
                                       TEST(realizable),
                                       TEST(line_of_realizability),
                                       TEST(small_eigenvalues_keep_their_digits),
                                       TEST(exact_sg_and_failures)};
    return RUN(tests);
}
