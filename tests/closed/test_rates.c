/* Critical and fastest rates by looking beside them; the delay limit by the roots of
 * lambda^(tau+1) - lambda^tau + a. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#include "synthgrad/closed.h"

static double contraction(const double *lambda, size_t nonzero, double rate)
{
    double worst = 0;
    for (size_t i = 0; i < nonzero; i++)
        worst = fmax(worst, fabs(1 - rate * lambda[i]));
    return worst;
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Each number is a few operations on lambda: C u with C = 8, relative to itself or to 1. */
static void rates(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 100; t++) {
        struct sg_rng *rng = test_rng("rates", t);
        const size_t q = random_size(1, 9, rng), zeros = random_size(0, q - 1, rng),
                     nonzero = q - zeros;
        double *lambda = SG_NEW(q, double);
        for (size_t i = 0; i < nonzero; i++)
            lambda[i] = exp(random_between(-5, 5, rng));
        qsort(lambda, nonzero, sizeof *lambda, descending);
        for (size_t i = nonzero; i < q; i++)
            /* just below what counts */
            lambda[i] = (i % 2 ? 0.98 : 0) * (double)q * SG_UNIT_ROUNDOFF * lambda[0];
        const struct sg_rates r = sg_closed_rates(lambda, q);
        const double u = 8 * SG_UNIT_ROUNDOFF, least = lambda[nonzero - 1];
        CHECK(r.largest == lambda[0] && r.smallest == least && r.zeros == zeros);
        CHECK_CLOSE(contraction(lambda, nonzero, r.critical), 1, u);
        CHECK_CLOSE(r.critical * lambda[0], 2, u);
        CHECK_CLOSE(contraction(lambda, nonzero, r.optimal), r.contraction, u);
        CHECK(contraction(lambda, nonzero, 1.001 * r.optimal) > r.contraction);
        CHECK(contraction(lambda, nonzero, 0.999 * r.optimal) > r.contraction);
        CHECK_CLOSE(r.deficit, 2 * least / (lambda[0] + least), u * r.deficit);
        CHECK_CLOSE(r.contraction + r.deficit, 1, u);
        free(lambda);
        sg_base_rng_free(rng);
    }
}

/* Just above q u lambda_max an eigenvalue counts, and the deficit keeps all its digits
 * where 1 - contraction has none left. */
static void threshold_and_digits(void **state)
{
    (void)state;
    const double u = SG_UNIT_ROUNDOFF;
    for (size_t q = 2; q < 9; q++) {
        double lambda[9] = {3.7};
        for (size_t i = 1; i < q; i++)
            lambda[i] = 1.02 * (double)q * u * lambda[0];
        struct sg_rates r = sg_closed_rates(lambda, q);
        CHECK(r.zeros == 0 && r.smallest == lambda[q - 1]);
        CHECK_CLOSE(r.deficit, 2 * 1.02 * (double)q * u,
                    1.1 * 2 * 1.02 * (double)(q * q + 8) * u * u * 8);
        lambda[q - 1] = 0.98 * (double)q * u * lambda[0];
        r = sg_closed_rates(lambda, q);
        CHECK(r.zeros == 1 && r.smallest == (q == 2 ? lambda[0] : lambda[q - 2]));
    }
    const double one[1] = {0.37};
    const struct sg_rates r = sg_closed_rates(one, 1);
    CHECK(r.zeros == 0 && r.contraction == 0 && r.deficit == 1);
    CHECK_CLOSE(r.optimal, 1 / 0.37, 4 * u / 0.37);
    CHECK_ABORTS((void)sg_closed_rates(one, 0));
    /* X = 0: nothing moves, whatever the rate */
    const double none[3] = {0, 0, 0};
    const struct sg_rates flat = sg_closed_rates(none, 3);
    CHECK(flat.largest == 0 && flat.smallest == 0 && flat.zeros == 3 && flat.critical == HUGE_VAL &&
          flat.optimal == HUGE_VAL);
}

/* The largest root of lambda^(tau+1) - lambda^tau + a, from the companion
 * matrix of the polynomial. */
static double largest_root(size_t tau, double a)
{
    const size_t n = tau + 1;
    double *companion = SG_NEW(n * n, double);
    double complex *root = SG_NEW(n, double complex);
    companion[0] += 1;                                     /* lambda^n = lambda^(n-1) - a */
    companion[n - 1] -= a;
    for (size_t i = 1; i < n; i++)
        companion[i * n + i - 1] += 1;
    CHECK_STATUS(sg_base_eigen_general(root, NULL, companion, n), SG_OK);
    const double modulus = cabs(root[0]);
    /* The oracle first: it is a root, to the backward error of the eigenvalue
     * solver, 4 n u |companion| <= 8 n^2 u. */
    double complex power = 1;
    for (size_t i = 0; i < tau; i++)
        power *= root[0];
    CHECK_BOUND(cabs(power * root[0] - power + a),
                8 * (double)(n * n) * SG_UNIT_ROUNDOFF * (2 + a));
    free(companion);
    free(root);
    return modulus;
}

/* A millionth below the limit all roots are inside the unit circle, a millionth above one is
 * outside; inside everywhere below.  On the circle d|lambda|/da = sin(theta)-ish / tau > 1e-3 for
 * tau <= 60: 1e-6 of a moves it by more than 1e-9 a, well above the root's rounding. */
static void delay_limit(void **state)
{
    (void)state;
    for (size_t tau = 0; tau <= 60; tau += tau < 6 ? 1 : 9) {
        context("tau %zu", tau);
        const double limit = sg_closed_delay_limit(tau);
        CHECK(largest_root(tau, limit * (1 - 1e-6)) < 1);
        CHECK(largest_root(tau, limit * (1 + 1e-6)) > 1);
        for (int k = 1; k < 10; k++)
            CHECK(largest_root(tau, limit * k / 10) < 1);
        CHECK(largest_root(tau, 1.5 * limit) > 1);
    }
    const double u = 4 * SG_UNIT_ROUNDOFF;
    CHECK_CLOSE(sg_closed_delay_limit(0), 2, 2 * u);
    CHECK_CLOSE(sg_closed_delay_limit(1), 1, u);
    CHECK_CLOSE(sg_closed_delay_limit(2), (sqrt(5) - 1) / 2, u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(rates), TEST(threshold_and_digits), TEST(delay_limit)};
    return RUN(tests);
}
