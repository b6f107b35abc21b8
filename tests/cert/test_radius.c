/* Spectral radii, growth rates and delay thresholds: each enclosure contains a known truth, is
 * narrow, and is refused for bad input. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#include "synthgrad/cert.h"

#ifdef SG_HAVE_ARB
/* T^-1 D T with T unit lower triangular of small integers: similar to D exactly, in
 * doubles that are exact too. */
static void similar(double *a, const double *D, size_t n)
{
    double T[36] = {0}, inverse[36] = {0};
    for (size_t i = 0; i < n; i++)
        T[i * n + i] = inverse[i * n + i] = 1;
    /* T = I + sum e_i e_{i-1}^T; its inverse has alternating ones below the diagonal */
    for (size_t i = 1; i < n; i++) {
        T[i * n + i - 1] = 1;
        for (size_t j = 0; j < i; j++)
            inverse[i * n + j] = (i - j) % 2 ? -1 : 1;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                for (size_t l = 0; l < n; l++)
                    sum += inverse[i * n + k] * D[k * n + l] * T[l * n + j];
            a[i * n + j] = sum;
        }
}

static void check_radius(const double *a, size_t n, double truth, enum sg_status expected)
{
    struct sg_interval r;
    context("n = %zu, radius %.17g", n, truth);
    CHECK_STATUS(sg_cert_radius(&r, a, n, 1e-6), expected);
    CHECK(r.low <= truth && truth <= r.high);
    CHECK_BOUND(r.high - r.low, 1e-6 * r.high);
}

static void known_radii_are_enclosed(void **state)
{
    (void)state;
    const double threefold[36] = {
        [0] = 0.875, [7] = 0.875, [14] = 0.875, [21] = -0.5, [28] = 0.25, [35] = 0};
    const double jordan[16] = {-0.75, 1, 0, 0, 0, -0.75, 1, 0, 0, 0, -0.75, 1, 0, 0, 0, -0.75};
    const double turning[9] = {0.6, -0.81, 0, 0.81, 0.6, 0, 0, 0, 0.375};
    const double beyond[4] = {-1.0009765625, 0, 0, 0.5};
    double a[36];
    similar(a, threefold, 6);
    check_radius(a, 6, 0.875, SG_OK);
    similar(a, jordan, 4);
    check_radius(a, 4, 0.75, SG_OK);
    check_radius(turning, 3, sqrt(0.6 * 0.6 + 0.81 * 0.81), SG_REFUTED);
    similar(a, beyond, 2);
    check_radius(a, 2, 1.0009765625, SG_REFUTED);
}

/* 1 + 2^-40 and 1 - 2^-40 are told apart; 1 is neither; a nilpotent matrix has radius 0. */
static void decisions_are_sharp(void **state)
{
    (void)state;
    struct sg_interval r;
    for (int sign = -1; sign <= 1; sign++) {
        const double D[9] = {
            1 + sign * ldexp(1, -40), 0, 0, 0, 1 + sign * ldexp(1, -40), 0, 0, 0, -0.5};
        double a[9];
        similar(a, D, 3);
        CHECK_STATUS(sg_cert_radius(&r, a, 3, HUGE_VAL), sign < 0   ? SG_OK
                                                         : sign > 0 ? SG_REFUTED
                                                                    : SG_UNPROVED);
        CHECK(r.low <= D[0] && D[0] <= r.high);
    }
    const double nilpotent[9] = {0, 7, 3, 0, 0, 5, 0, 0, 0};
    CHECK_STATUS(sg_cert_radius(&r, nilpotent, 3, 1e-6), SG_OK);
    CHECK(r.low <= 0 && r.high >= 0 && r.high < 1e-300);
}

static void bad_matrices_are_refused(void **state)
{
    (void)state;
    const double nan[4] = {0.5, 0, SG_NAN, 0.5}, infinite[4] = {0.5, 0, HUGE_VAL, 0.5};
    struct sg_interval r = {0, 0};
    double growth = 0;
    CHECK_STATUS(sg_cert_radius(&r, nan, 2, 1), SG_NOT_FINITE);
    CHECK_NAN(&r.low, 2);
    CHECK_STATUS(sg_cert_radius(&r, infinite, 2, 1), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_growth(&growth, nan, 2), SG_NOT_FINITE);
    CHECK_NAN(&growth, 1);
    CHECK_ABORTS(CHECK_STATUS(sg_cert_radius(&r, nan, 0, 1), SG_OK));
    CHECK_STATUS(sg_cert_delay_radius(&r, SG_NAN, 3, 1), SG_NOT_FINITE);
    CHECK_NAN(&r.low, 2);
}

static void growth_is_bounded_below(void **state)
{
    (void)state;
    const double repels[9] = {-1, 0, 0, 0, 0.0703125, 0, 0, 0, 0},
                 attracts[9] = {-1, 0, 0, 0, -0.0625, 0, 0, 0, -3};
    const double neutral[4] = {0, 1, -1, 0}, zero[4] = {-1, 0, 0, 0},
                 spiral[4] = {0.0078125, 1, -1, 0.0078125};
    double a[9], growth;
    similar(a, repels, 3);
    CHECK_STATUS(sg_cert_growth(&growth, a, 3), SG_REFUTED);
    CHECK(growth <= 0.0703125 && growth > 0.9 * 0.0703125);
    similar(a, attracts, 3);
    CHECK_STATUS(sg_cert_growth(&growth, a, 3), SG_OK);
    CHECK_NAN(&growth, 1);
    CHECK_STATUS(sg_cert_growth(&growth, spiral, 2), SG_REFUTED);
    CHECK(growth <= 0.0078125 && growth > 0.5 * 0.0078125);
    CHECK_STATUS(sg_cert_growth(&growth, neutral, 2), SG_UNPROVED);
    CHECK_STATUS(sg_cert_growth(&growth, zero, 2), SG_UNPROVED);
    CHECK_NAN(&growth, 1);
}

static void delay_thresholds_are_exact(void **state)
{
    (void)state;
    const double golden = 0.61803398874989484820;        /* tau = 2: 2 sin(pi/10) */
    const double known[3] = {2, 1, golden};
    struct sg_interval r;
    for (size_t tau = 0; tau < 3; tau++) {
        const struct sg_interval limit = sg_cert_delay_limit(tau);
        context("tau = %zu", tau);
        CHECK(limit.low <= known[tau] && known[tau] <= limit.high);
        CHECK_BOUND(limit.high - limit.low, 4 * SG_UNIT_ROUNDOFF);
        CHECK_STATUS(sg_cert_delay_radius(&r, known[tau] * (1 - 1e-7), tau, HUGE_VAL), SG_OK);
        CHECK_STATUS(sg_cert_delay_radius(&r, known[tau] * (1 + 1e-7), tau, HUGE_VAL), SG_REFUTED);
    }
    CHECK_STATUS(sg_cert_delay_radius(&r, 1.0, 1, HUGE_VAL), SG_UNPROVED);       /* on the circle */
    /* lambda^2 - lambda + 3/16 = (lambda - 3/4)(lambda - 1/4) */
    CHECK_STATUS(sg_cert_delay_radius(&r, 0.1875, 1, 1e-6), SG_OK);
    CHECK(r.low <= 0.75 && 0.75 <= r.high && r.high - r.low <= 1e-6);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(known_radii_are_enclosed),   TEST(decisions_are_sharp),
        TEST(bad_matrices_are_refused),   TEST(growth_is_bounded_below),
        TEST(delay_thresholds_are_exact),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
