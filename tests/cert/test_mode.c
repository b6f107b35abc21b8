/* DY10's modes in balls: against long double and rational steps, on the edge of the hypotheses, in
 * units of 1e9 and 1e-9, and refuted where the steps are not the recursion's. */
#include "support.h"

#include <math.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_ARB
enum { LOOKS = 4 };

/* Two steps by hand: sigma = 1, a_0 = 1/2, mu = 1/8: a = 1/2 (17/16)^2 = 289/512, then
 * a (1 + (223/512)/8)^2 = 289/512 (4319/4096)^2. */
static void two_steps_by_hand(void **state)
{
    (void)state;
    struct sg_cert_mode_look look[2];
    const double second = 289.0 / 512 * (4319.0 / 4096) * (4319.0 / 4096);   /* below 2^53: exact */
    CHECK_STATUS(sg_cert_mode(look, 2, &(struct sg_cert_mode){1, 0.5, 0.125, 1}), SG_OK);
    CHECK(look[0].discrete.low == 289.0 / 512 && look[0].discrete.high == 289.0 / 512);
    CHECK(look[1].discrete.low == second && look[1].discrete.high == second);
    const double on_curve = 1 / (1 + exp(-0.25));
    CHECK_CLOSE(look[0].curve.low, on_curve, 4 * SG_UNIT_ROUNDOFF);
    CHECK(look[0].curve.high - look[0].curve.low <= 2 * SG_UNIT_ROUNDOFF);
}

/* Drawn modes in three units of sigma (and 1/mu): never undecided, narrow, and what long double
 * says; starts at 1e-9 of sigma and 1e-9 below it. */
static void drawn_modes_are_decided(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 1e9, 1e-9};
    struct sg_rng *rng = test_rng("mode", 0);
    for (int k = 0; k < 60; k++) {
        const double unit = UNIT[k % 3], sigma = unit * (0.5 + sg_base_rng_uniform(rng)),
                     x = exp(log(0.125) - 6 * sg_base_rng_uniform(rng)) * (1 - 0x1p-40),
                     share = k % 4 == 0 ? 1e-9 : k % 4 == 1 ? 1 - 1e-9 : sg_base_rng_uniform(rng);
        const struct sg_cert_mode mode = {sigma, share * sigma, x / sigma, 1 + (uint64_t)(2 / x)};
        struct sg_cert_mode_look look[LOOKS];
        context("x %a share %a unit %g", x, share, unit);
        CHECK_STATUS(sg_cert_mode(look, LOOKS, &mode), SG_OK);
        long double a = (long double)mode.a_0;
        for (size_t i = 0; i < LOOKS; i++) {
            for (uint64_t t = 0; t < mode.gap; t++) {
                const long double g = 1 + (long double)mode.mu * ((long double)sigma - a);
                a *= g * g;
            }
            CHECK_CLOSE((double)a, look[i].discrete.low, 8 * SG_UNIT_ROUNDOFF * sigma);
            CHECK(look[i].discrete.high - look[i].discrete.low <= 4 * SG_UNIT_ROUNDOFF * sigma);
            const double t = mode.mu * (double)((i + 1) * mode.gap);
            CHECK_CLOSE(sg_closed_saxe_mode(sigma, mode.a_0, t), look[i].curve.low,
                        (20 + 4 * sigma * t) * SG_UNIT_ROUNDOFF * sigma);
        }
    }
    sg_base_rng_free(rng);
}

static void what_is_not_a_mode_is_refused(void **state)
{
    (void)state;
    static const struct { struct sg_cert_mode mode; enum sg_status status; } bad[] = {
        {{1, 1, 0.1, 1}, SG_HYPOTHESIS},                       /* a_0 = sigma */
        {{1, 0, 0.1, 1}, SG_HYPOTHESIS},
        {{1, 0.5, 0, 1}, SG_HYPOTHESIS},
        {{1, 0.5, 0.125 * (1 + 0x1p-52), 1}, SG_HYPOTHESIS},   /* one bit beyond 1/8 */
        {{1e9, 0.5e9, 0.125e-9 * (1 + 0x1p-50), 1}, SG_HYPOTHESIS},
        {{SG_NAN, 0.5, 0.1, 1}, SG_NOT_FINITE},
        {{1, 0.5, HUGE_VAL, 1}, SG_NOT_FINITE},
        {{1, 0.5, 1e-9, SG_CERT_MODE_STEPS_MOST}, SG_UNPROVED},
    };
    for (size_t k = 0; k < COUNT(bad); k++) {
        struct sg_cert_mode_look look[2];
        context("mode %zu", k);
        CHECK_STATUS(sg_cert_mode(look, 2, &bad[k].mode), bad[k].status);
        CHECK_NAN(&look[1].discrete.low, 2);
        CHECK_NAN(&look[1].curve.low, 2);
        CHECK(look[1].clock == SG_UNPROVED);
    }
    struct sg_cert_mode_look look[1];
    CHECK_STATUS(sg_cert_mode(look, 1, &(struct sg_cert_mode){1, 0.5, 0.125, 1}), SG_OK);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(two_steps_by_hand),
        TEST(drawn_modes_are_decided),
        TEST(what_is_not_a_mode_is_refused),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
