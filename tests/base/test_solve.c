/* Least squares and linear systems: normal equations and elimination in long double, rank, minimum
 * norm, poisoned failures. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* |dw| <= C size u (2 kappa |w| + kappa^2 |r| / sigma_1) for a backward stable method
 * (Wedin; Higham, ASNA 2nd ed., 20.1), C = 2; and the oracle's own size 2^-64 kappa^2 |w|,
 * from its normal equations. */
static double forward_bound(const double *w, const double *x, const double *y, const double *sigma,
                            size_t rank, size_t n, size_t d, size_t m)
{
    double *r = SG_NEW(n * m, double);
    const double kappa = sigma[0] / sigma[rank - 1], size = (double)(n > d ? n : d);
    naive_mul(r, NULL, x, false, w, false, n, d, m);
    for (size_t i = 0; i < n * m; i++)
        r[i] -= y[i];
    const double w_norm = frobenius(w, d * m), r_norm = frobenius(r, n * m);
    free(r);
    return 2 * size * SG_UNIT_ROUNDOFF * kappa * (2 * w_norm + kappa * r_norm / sigma[0]) +
           size * 0x1p-64 * kappa * kappa * w_norm;
}

static void full_rank(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("full rank", t);
        const size_t d = random_size(1, 12, rng), n = d + random_size(0, 30, rng),
                     m = random_size(1, 4, rng);
        double *x = random_vector(n * d, 1.7, rng), *y = random_vector(n * m, 0.8, rng);
        double *w = SG_NEW(d * m, double), *want = SG_NEW(d * m, double),
               *sigma = SG_NEW(d, double), *exact = SG_NEW(d, double);
        size_t rank = 0;
        CHECK_STATUS(sg_base_solve_least_squares(w, &rank, sigma, x, y, n, d, m), SG_OK);
        CHECK(rank == d);
        naive_singular_values(exact, x, n, d);
        CHECK_ALL(sigma, exact, 4 * (double)n * SG_UNIT_ROUNDOFF * exact[0], d);
        naive_least_squares(want, x, y, n, d, m);
        CHECK_ALL(w, want, forward_bound(want, x, y, exact, d, n, d, m), d * m);
        double *again = SG_NEW(d * m, double);
        CHECK_STATUS(sg_base_solve_least_squares(again, NULL, NULL, x, y, n, d, m), SG_OK);
        CHECK_SAME(again, w, d * m);
        free(x); free(y); free(w); free(want); free(sigma); free(exact); free(again);
        sg_base_rng_free(rng);
    }
}

/* X = B P with B (n x r) and P (r x d): the minimum-norm solution is P^T (P P^T)^-1 b, b the
 * least-squares solution with B. */
static void rank_deficient_minimum_norm(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("rank deficient", t);
        const size_t r = random_size(1, 5, rng), d = r + random_size(2, 8, rng),
                     n = r + random_size(2, 12, rng), m = random_size(1, 3, rng);
        const size_t small = n < d ? n : d;
        double *b = random_vector(n * r, 1.2, rng), *p = random_vector(r * d, 0.9, rng),
               *y = random_vector(n * m, 1.1, rng);
        double *x = SG_NEW(n * d, double), *wb = SG_NEW(r * m, double), *pp = SG_NEW(r * r, double),
               *c = SG_NEW(r * m, double);
        double *want = SG_NEW(d * m, double), *w = SG_NEW(d * m, double),
               *sigma = SG_NEW(small, double), *exact = SG_NEW(small, double);
        size_t rank = 0;
        naive_mul(x, NULL, b, false, p, false, n, r, d);
        naive_least_squares(wb, b, y, n, r, m);
        naive_mul(pp, NULL, p, false, p, true, r, d, r);
        naive_solve(c, pp, wb, r, m);
        naive_mul(want, NULL, p, true, c, false, d, r, m);
        CHECK_STATUS(sg_base_solve_least_squares(w, &rank, sigma, x, y, n, d, m), SG_OK);
        CHECK(rank == r);
        naive_singular_values(exact, x, n, d);
        const double size = (double)(n > d ? n : d);
        CHECK_ALL(sigma, exact, 4 * size * SG_UNIT_ROUNDOFF * exact[0], r);
        for (size_t i = r; i < small; i++)
            CHECK_BOUND(sigma[i], 4 * size * SG_UNIT_ROUNDOFF * exact[0]);
        CHECK_ALL(w, want, forward_bound(want, x, y, exact, r, n, d, m), d * m);
        free(b); free(p); free(y); free(x); free(wb); free(pp); free(c); free(want); free(w);
        free(sigma); free(exact);
        sg_base_rng_free(rng);
    }
}

static void least_squares_refuses_nan(void **state)
{
    (void)state;
    const double bad[] = {SG_NAN, HUGE_VAL, -HUGE_VAL};
    for (size_t k = 0; k < COUNT(bad); k++)
        for (int in_y = 0; in_y < 2; in_y++) {
            double x[6] = {1.3, 0.2, -0.7, 2.1, 0.4, 0.9}, y[3] = {0.5, 1.5, -2.5}, w[2] = {7, 7},
                   sigma[2] = {7, 7};
            *(in_y ? &y[2] : &x[5]) = bad[k];
            CHECK_STATUS(sg_base_solve_least_squares(w, NULL, sigma, x, y, 3, 2, 1), SG_NOT_FINITE);
            CHECK_NAN(w, 2);
            CHECK_NAN(sigma, 2);
            w[0] = 7;
            CHECK_STATUS(sg_base_solve_least_squares(w, NULL, NULL, x, y, 3, 2, 1), SG_NOT_FINITE);
            CHECK_NAN(w, 2);
        }
}

/* Gaussian elimination with row exchanges: |a x - b| <= n u growth |a| |x|; random matrices grow by
 * less than n (Trefethen and Schreiber 1990), so n^2 u, and 2 u for the division and the oracle. */
static void square_systems(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("square", t);
        const size_t n = random_size(1, 12, rng), m = random_size(1, 4, rng);
        double *a = random_vector(n * n, 1.4, rng), *b = random_vector(n * m, 0.6, rng),
               *x = SG_NEW(n * m, double);
        double *ax = SG_NEW(n * m, double), *kept = sg_base_copy(a, n * n, sizeof *a);
        CHECK_STATUS(sg_base_solve(x, a, b, n, m), SG_OK);
        CHECK_SAME(a, kept, n * n);
        naive_mul(ax, NULL, a, false, x, false, n, n, m);
        CHECK_ALL(ax, b,
                  (double)(n * n + 2) * SG_UNIT_ROUNDOFF * frobenius(a, n * n) *
                      frobenius(x, n * m),
                  n * m);
        CHECK_STATUS(sg_base_solve(b, a, b, n, m), SG_OK);                 /* in place */
        CHECK_SAME(b, x, n * m);
        free(a); free(b); free(x); free(ax); free(kept);
        sg_base_rng_free(rng);
    }
}

static void singular_or_not_finite(void **state)
{
    (void)state;
    const double singular[9] = {1.3, 0.2, 0, -0.7, 2.1, 0, 0.4, 0.9, 0}, b[6] = {1, 2, 3, 4, 5, 6};
    double x[6] = {7, 7, 7, 7, 7, 7}, a[9];
    CHECK_STATUS(sg_base_solve(x, singular, b, 3, 2), SG_SINGULAR);
    CHECK_NAN(x, 6);
    memcpy(a, singular, sizeof a);
    a[8] = SG_NAN;
    x[0] = x[5] = 7;
    CHECK_STATUS(sg_base_solve(x, a, b, 3, 2), SG_NOT_FINITE);
    CHECK_NAN(x, 6);
    a[8] = 1.25;
    double bad[6] = {1, 2, 3, 4, 5, HUGE_VAL};
    x[0] = x[5] = 7;
    CHECK_STATUS(sg_base_solve(x, a, bad, 3, 2), SG_NOT_FINITE);
    CHECK_NAN(x, 6);
    /* finite in, infinite out */
    const double overflows[1] = {1e-300}, large[1] = {1e300};
    CHECK_STATUS(sg_base_solve(x, overflows, large, 1, 1), SG_NOT_FINITE);
    CHECK_NAN(x, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(full_rank), TEST(rank_deficient_minimum_norm),
                                       TEST(least_squares_refuses_nan), TEST(square_systems),
                                       TEST(singular_or_not_finite)};
    return RUN(tests);
}
