/* Limits proved from both sides: true ones to a relative width of 1e-8, false ones never.  What is
 * tried: limits beside the interval or on its end, multiple and defective eigenvalues, singular
 * moments, data scaled by 1e9 and 1e-9. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_ARB
static const double E = 4.5e-9;                          /* both sides: 9e-9 in all */

/* limit (1 + from), limit (1 + to). */
static struct sg_interval between(double limit, double from, double to)
{
    return (struct sg_interval){limit * (1 + from), limit * (1 + to)};
}

static struct sg_interval around(double limit) { return between(limit, -E, E); }

/* ---- the rectangle of rates ------------------------------------------------------------- */

/* x = (1, 1, -1, -1), y = 2 x + r, r = (1, -1, 1, -1)/2: S_x = 1, and S_z = [[4, 4, 0],
 * [4, 17/4, 0], [0, 0, 1]], whose largest eigenvalue is (33/4 + sqrt(1025)/4) / 2. */
enum { N = 4 };
static const double X[N] = {1, 1, -1, -1}, Y[N] = {2.5, 1.5, -1.5, -2.5};
static const double TOP_Z = 8.1269526483955303;
static const struct sg_cert_data four = {.n = N, .d = 1, .m = 1, .x = X, .y = Y};

/* Shifts that leave the limit out: beside it by a hair, by half, far. */
static const double OUT[] = {1.01, 1.5, 10, 1e3, 1e6, 5e7};

/* mu's limit 2 (1 + beta) is a double where beta is 0 or 3/4. */
static void rectangle_by_hand(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        const double beta = k == 0 ? 0 : k == 1 ? 0.75 : 0.96875, x = 2 * (1 + beta),
                     z = x / TOP_Z;
        const struct sg_interval mu = around(x), nu = around(z);
        context("beta %g", beta);
        CHECK_BOUND(mu.high - mu.low, 1e-8 * mu.low);
        CHECK_STATUS(sg_cert_rates(&four, mu, nu, beta), SG_OK);
        CHECK_STATUS(sg_cert_rates(&four, (struct sg_interval){x, mu.high}, nu, beta), SG_UNPROVED);
        CHECK_STATUS(sg_cert_rates(&four, (struct sg_interval){mu.low, x}, nu, beta), SG_UNPROVED);
        for (size_t i = 0; i < COUNT(OUT); i++)
            for (int side = -1; side <= 1; side += 2) {
                const double from = side * OUT[i] * E;
                context("beta %g, off by %g", beta, from);
                CHECK_STATUS(sg_cert_rates(&four, between(x, from - E, from + E), nu, beta),
                             SG_UNPROVED);
                CHECK_STATUS(sg_cert_rates(&four, mu, between(z, from - E, from + E), beta),
                             SG_UNPROVED);
            }
        /* a wide interval says less, and is as true */
        CHECK_STATUS(sg_cert_rates(&four, between(x, -0.1, 0.1), between(z, -1e-6, 1e-3), beta),
                     SG_OK);
    }
}

/* Spectra of S_x that are hard: what decides is multiple, nearly so, or of a condition 1e12. */
static void hard_spectra(void **state)
{
    (void)state;
    static const double ratio[] = {1, 1 - 1e-15, 1 - 1e-9, 1 - 1e-7, 0.5, 1e-3, 1e-6};
    for (size_t k = 0; k < COUNT(ratio); k++)
        for (int e = -9; e <= 9; e += 9) {
            /* x_1, x_2 of means 0, uncorrelated; r uncorrelated with both */
            const double s = pow(10, e), a[8] = {1, 1, 1, 1, -1, -1, -1, -1},
                         b[8] = {1, 1, -1, -1, 1, 1, -1, -1}, r[8] = {1, -1, 1, -1, 1, -1, 1, -1};
            double x[16], y[8];
            for (size_t i = 0; i < 8; i++) {
                x[2 * i] = s * a[i];
                x[2 * i + 1] = s * ratio[k] * b[i];
                y[i] = s * (a[i] + 0.5 * b[i] + 0.25 * r[i]);
            }
            const struct sg_data data = {.n = 8, .d = 2, .m = 1, .x = x, .y = y,
                                         .one = (double[]){1, 1, 1, 1, 1, 1, 1, 1}};
            const struct sg_cert_data exact = {.n = 8, .d = 2, .m = 1, .x = x, .y = y};
            struct sg_fit *fit;
            CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
            const double mu = 2 / fit->lambda_x[0], nu = 2 / fit->lambda_z[0];
            context("ratio %.17g, scale %g", ratio[k], s);
            CHECK_STATUS(sg_cert_rates(&exact, around(mu), around(nu), 0), SG_OK);
            CHECK_STATUS(sg_cert_rates(&exact, around(1.8 * mu), around(1.8 * nu), 0.8), SG_OK);
            for (size_t i = 0; i < COUNT(OUT); i++) {
                const double from = OUT[i] * E;
                CHECK_STATUS(sg_cert_rates(&exact, between(mu, from - E, from + E), around(nu), 0),
                             SG_UNPROVED);
                CHECK_STATUS(sg_cert_rates(&exact, around(mu), between(nu, -from - E, -from + E),
                                           0),
                             SG_UNPROVED);
            }
            sg_closed_fit_free(fit);
        }
}

/* No such limits: S_z is singular, or S_x is. */
static void singular_moments(void **state)
{
    (void)state;
    const double exact[N] = {2, 2, -2, -2}, twice[2 * N] = {1, 1, 1, 1, -1, -1, -1, -1};
    struct sg_cert_data data = four;
    data.y = exact;                                      /* S_z = [[4, 4, 0], [4, 4, 0], ...] */
    CHECK_STATUS(sg_cert_rates(&data, around(2), around(0.25), 0), SG_UNPROVED);
    CHECK_STATUS(sg_cert_rates(&data, around(3), around(0.375), 0.5), SG_UNPROVED);
    data = (struct sg_cert_data){.n = N, .d = 2, .m = 1, .x = twice, .y = Y};
    CHECK_STATUS(sg_cert_rates(&data, around(1), around(2 / TOP_Z), 0), SG_UNPROVED);
}

/* What it says of all rates and delays, asked one by one of the powers of the step. */
static void powers_agree_with_the_rectangle(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        struct sg_rng *rng = test_rng("rectangle", k);
        const size_t m = 1 + k % 2;
        struct sg_data data = random_data(20, 2, m, rng);
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        const struct sg_cert_data exact = {.n = data.n, .d = 2, .m = m, .x = data.x, .y = data.y};
        const struct sg_interval mu = around(2 / fit->lambda_x[0]),
                                 nu = around(2 / fit->lambda_z[0]);
        CHECK_STATUS(sg_cert_rates(&exact, mu, nu, 0), SG_OK);
        for (int i = 0; i < 24; i++) {
            const size_t tau = (size_t)i % 4;
            const double u = i % 3 == 0 ? 1 : random_between(0.01, 1, rng),
                         v = i % 3 == 1 ? 1 : random_between(0.01, 1, rng),
                         beyond = i % 2 ? 1 : random_between(1, 50, rng);
            struct sg_cert_step step = {.mu = u * mu.low, .nu = v * nu.low, .tau = tau};
            struct sg_interval r;
            context("replicate %llu, tau %zu, %g, %g", (unsigned long long)k, tau, u, v);
            CHECK_STATUS(sg_cert_step_radius(&r, &exact, &step, HUGE_VAL), SG_OK);
            if (i % 3 == 0)
                step.mu = mu.high * (tau ? 1 : beyond);
            else
                step.nu = nu.high * (tau ? 1 : beyond);
            if (tau == 0)                                /* the other rate, however large */
                *(i % 3 == 0 ? &step.nu : &step.mu) *= beyond;
            CHECK_STATUS(sg_cert_step_radius(&r, &exact, &step, HUGE_VAL), SG_REFUTED);
        }
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* ---- a frozen SG ------------------------------------------------------------------------ */

static void check_frozen(const struct sg_cert_data *data, struct sg_interval mu, const double *A,
                         enum sg_status below, enum sg_status beyond)
{
    enum sg_status found[2];
    sg_cert_frozen_limit(&found[0], &found[1], data, mu, A);
    CHECK_STATUS(found[0], below);
    CHECK_STATUS(found[1], beyond);
}

/* x: S_x = diag(s^2, 0), so singular.  A with the limit of mu s^2, NaN: none. */
static void frozen_limits(void **state)
{
    (void)state;
    static const struct { const char *what; double A[4], limit; } gate[] = {
        {"one", {1, 0, 0, 1}, 2},
        {"two rates", {1, 0, 0, 4}, 0.5},
        {"a pair, 2 Re a / |a|^2", {1.5, 0.5, -0.5, 1.5}, 1.2},
        {"defective", {1, 1, 0, 1}, 2},
        {"far from normal", {1, 1e9, 0, 1}, 2},
        {"near the imaginary axis", {0x1p-8, 1, -1, 0x1p-8}, 0x1p-7 / (1 + 0x1p-16)}};
    for (size_t k = 0; k < COUNT(gate); k++)
        for (int e = -30; e <= 30; e += 30) {
            const double s = ldexp(1, e), x[4] = {s, 0, -s, 0}, y[4] = {1, 2, 3, 4};
            const struct sg_cert_data data = {.n = 2, .d = 2, .m = 2, .x = x, .y = y};
            const double limit = gate[k].limit / (s * s);
            const struct sg_interval near = around(limit);
            context("%s, scale %g", gate[k].what, s);
            check_frozen(&data, near, gate[k].A, SG_OK, SG_REFUTED);
            for (size_t i = 0; i < COUNT(OUT); i++) {
                const double from = OUT[i] * E;
                check_frozen(&data, between(limit, from - E, from + E), gate[k].A, SG_REFUTED,
                             SG_REFUTED);
                check_frozen(&data, between(limit, -from - E, -from + E), gate[k].A, SG_OK, SG_OK);
            }
        }
}

/* The end of the interval is the limit, or no rate will do. */
static void frozen_boundaries(void **state)
{
    (void)state;
    const double left[4] = {-1, 0, 0, 1}, axis[4] = {0, 1, -1, 0}, none[N] = {0},
                 nearer[4] = {0x1p-30, 1, -1, 0x1p-30};
    struct sg_cert_data data = four;
    check_frozen(&data, (struct sg_interval){2, 2.1}, NULL, SG_UNPROVED, SG_REFUTED);
    check_frozen(&data, (struct sg_interval){1.9, 2}, NULL, SG_OK, SG_UNPROVED);
    data.x = none;                                       /* nothing moves */
    check_frozen(&data, around(2), NULL, SG_UNPROVED, SG_UNPROVED);
    const double y[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    data = (struct sg_cert_data){.n = N, .d = 1, .m = 2, .x = X, .y = y};
    /* radii of 1 +- 1e-26 */
    check_frozen(&data, around(0x1p-29 / (1 + 0x1p-60)), nearer, SG_UNPROVED, SG_UNPROVED);
    for (int k = -8; k <= 8; k++) {
        context("2^%d", k);
        check_frozen(&data, around(ldexp(1, k)), left, SG_REFUTED, SG_REFUTED);
        check_frozen(&data, around(ldexp(1, k)), axis, SG_REFUTED, SG_REFUTED);
    }
}

/* ---- a delay ---------------------------------------------------------------------------- */

/* 2 sin(pi / (2 (2 tau + 1))) to a relative 1e-15, and nothing else.  The powers agree. */
static void delay_sides(void **state)
{
    (void)state;
    static const size_t tau[] = {0, 1, 2, 3, 4, 5, 7, 20, 50, 200};
    for (size_t k = 0; k < COUNT(tau); k++) {
        const struct sg_interval limit = sg_cert_delay_limit(tau[k]);
        struct sg_interval r;
        context("tau %zu", tau[k]);
        CHECK_STATUS(sg_cert_delay_side(limit.low * (1 - 1e-15), tau[k]), SG_OK);
        CHECK_STATUS(sg_cert_delay_side(limit.high * (1 + 1e-15), tau[k]), SG_REFUTED);
        CHECK_STATUS(sg_cert_delay_side(-1e-300, tau[k]), SG_REFUTED);
        CHECK_STATUS(sg_cert_delay_side(1e300, tau[k]), SG_REFUTED);
        CHECK_STATUS(sg_cert_delay_side(1e-9, tau[k]), SG_OK);
        for (int i = 1; i < 12 && tau[k] <= 7; i++) {
            const double a = 0.25 * i * limit.low * (1 + 1e-3);
            CHECK(sg_cert_delay_side(a, tau[k]) == sg_cert_delay_radius(&r, a, tau[k], HUGE_VAL));
        }
        /* a root 1 for every tau: never decided */
        CHECK_STATUS(sg_cert_delay_side(0, tau[k]), SG_UNPROVED);
    }
    CHECK_STATUS(sg_cert_delay_side(2, 0), SG_UNPROVED); /* 1 - 2 = -1 */
    CHECK_STATUS(sg_cert_delay_side(1, 1), SG_UNPROVED); /* z^2 - z + 1 */
}

static void bad_data_are_refused(void **state)
{
    (void)state;
    const double no[N] = {1, 1, SG_NAN, 1};
    struct sg_cert_data bad = four;
    bad.y = no;
    CHECK_STATUS(sg_cert_rates(&bad, around(2), around(2 / TOP_Z), 0), SG_NOT_FINITE);
    check_frozen(&bad, around(2), NULL, SG_NOT_FINITE, SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_rates(&four, (struct sg_interval){1, HUGE_VAL}, around(0.1), 0),
                 SG_NOT_FINITE);
    check_frozen(&four, (struct sg_interval){SG_NAN, 1}, NULL, SG_NOT_FINITE, SG_NOT_FINITE);
    check_frozen(&four, around(2), no + 2, SG_NOT_FINITE, SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_delay_side(SG_NAN, 3), SG_NOT_FINITE);
    const struct sg_interval empty = {2, 2}, negative = {-1, 2};
    CHECK_ABORTS(CHECK_STATUS(sg_cert_rates(&four, empty, around(0.1), 0), SG_OK));
    CHECK_ABORTS(CHECK_STATUS(sg_cert_rates(&four, around(2), negative, 0), SG_OK));
    CHECK_ABORTS(CHECK_STATUS(sg_cert_rates(&four, around(2), around(0.1), 1), SG_OK));
    CHECK_ABORTS(CHECK_STATUS(sg_cert_rates(&four, around(2), around(0.1), -0.1), SG_OK));
    CHECK_ABORTS(check_frozen(&four, negative, NULL, SG_OK, SG_OK));
    bad = four;
    bad.y = NULL;
    CHECK_ABORTS(CHECK_STATUS(sg_cert_rates(&bad, around(2), around(0.1), 0), SG_OK));
}
#else
static void nothing_is_proved(void **state)
{
    (void)state;
    const double x[2] = {1, -1};
    const struct sg_cert_data data = {.n = 2, .d = 1, .m = 1, .x = x, .y = x};
    const struct sg_interval one = {1, 2};
    enum sg_status below, beyond;
    sg_cert_frozen_limit(&below, &beyond, &data, one, NULL);
    CHECK_STATUS(below, SG_UNPROVED);
    CHECK_STATUS(beyond, SG_UNPROVED);
    CHECK_STATUS(sg_cert_rates(&data, one, one, 0), SG_UNPROVED);
    CHECK_STATUS(sg_cert_delay_side(1, 3), SG_UNPROVED);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(rectangle_by_hand),   TEST(hard_spectra),      TEST(singular_moments),
        TEST(powers_agree_with_the_rectangle),              TEST(frozen_limits),
        TEST(frozen_boundaries),   TEST(delay_sides),       TEST(bad_data_are_refused),
#else
        TEST(nothing_is_proved),
#endif
    };
    return RUN(tests);
}
