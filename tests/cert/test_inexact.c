/* DY6's factor in rational arithmetic: known rates, claims that are a little too good refuted,
 * scales, boundaries, and triples against functions that have them. */
#include "support.h"

#include <float.h>
#include <math.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_FLINT
static bool holds(struct sg_interval i, double x) { return i.low <= x && x <= i.high; }

/* m = 1/4, L = 1, rho = 1/2: the best step is 2/(3/2 + 1/8) = 16/13, not a double.
 * gamma = 1: slow = 1 - 1/8 = 7/8, fast = 1/2: factor 49/64.  gamma = 5/4: fast = 7/8 again, slow
 * = 27/32.  gamma = 4/3 is no double; 1.25 is. */
static void known_factors(void **state)
{
    (void)state;
    static const struct { struct sg_cert_inexact step; double factor; } known[] = {
        {{0.25, 1, 0.5, 1}, 49.0 / 64},
        {{0.25, 1, 0.5, 1.25}, 49.0 / 64},
        {{0.25, 1, 0, 1}, 9.0 / 16},                   /* exact gradients: (1 - m/L)^2 */
        {{0.25, 1, 0, 2}, 1},                          /* the largest step */
        {{1, 3, 0, 0.5}, 0.25},                        /* 2/(L + m): ((L - m)/(L + m))^2 */
        {{0x1p-30, 1, 0.5, 1}, (1 - 0x1p-31) * (1 - 0x1p-31)},
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        struct sg_interval r;
        context("factor %zu", k);
        CHECK_STATUS(sg_cert_inexact_factor(&r, &known[k].step), SG_OK);
        CHECK(holds(r, known[k].factor) && r.high - r.low <= DBL_EPSILON * r.high);
        CHECK_STATUS(sg_cert_inexact_bound(&known[k].step, r.high), SG_OK);
        CHECK_STATUS(sg_cert_inexact_bound(&known[k].step, nextafter(r.low, 0)), SG_REFUTED);
        CHECK_STATUS(sg_cert_inexact_bound(&known[k].step, 2), SG_OK);
    }
}

/* Drawn steps, down to a step of 1e-9 of the largest and m/L = 1e-9 or 1 - 1e-9, each in three
 * units of f and x: m and L over 1e18 orders.  Never undecided, and that of the closed form. */
static void every_step_is_decided(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 1e9, 1e-9};
    struct sg_rng *rng = test_rng("inexact", 0);
    for (int k = 0; k < 300; k++) {
        const double unit = UNIT[k % 3], near = exp(-20 * sg_base_rng_uniform(rng));
        struct sg_cert_inexact s = {.L = unit, .m = unit * (k & 1 ? near : 1 - near / 2),
                                    .rho = k % 7 ? sg_base_rng_uniform(rng) : 0};
        const double most = 2 / ((1 + s.rho) * s.L);
        s.gamma = most * (k & 2 ? exp(-20 * sg_base_rng_uniform(rng))
                                : 1 - exp(-20 * sg_base_rng_uniform(rng)) - 0x1p-40);
        struct sg_interval r;
        context("m %a L %a rho %a gamma %a", s.m, s.L, s.rho, s.gamma);
        CHECK_STATUS(sg_cert_inexact_factor(&r, &s), SG_OK);
        const double closed = sg_closed_inexact_factor(s.m, s.L, s.rho, s.gamma);
        CHECK_CLOSE(closed, r.low, 16 * SG_UNIT_ROUNDOFF);
        CHECK_STATUS(sg_cert_inexact_bound(&s, r.high), SG_OK);
        CHECK_STATUS(sg_cert_inexact_bound(&s, nextafter(r.low, 0)), SG_REFUTED);
        CHECK(r.high <= 1);
    }
    sg_base_rng_free(rng);
}

/* The largest step is 2/((1 + rho) L): one bit beyond it nothing is proved, and a factor of 1 is
 * refuted. */
static void the_largest_step_is_sharp(void **state)
{
    (void)state;
    struct sg_interval r;
    struct sg_cert_inexact s = {0.25, 1, 0.5, 4.0 / 3};
    CHECK(s.gamma < nextafter(s.gamma, 2) && fma(3, s.gamma, -4) < 0);    /* below 4/3 */
    CHECK_STATUS(sg_cert_inexact_factor(&r, &s), SG_OK);
    CHECK(r.low < 1 && r.high <= 1);
    s.gamma = nextafter(s.gamma, 2);
    CHECK_STATUS(sg_cert_inexact_factor(&r, &s), SG_UNPROVED);
    CHECK(r.low >= 1 && r.high == HUGE_VAL);
    CHECK_STATUS(sg_cert_inexact_bound(&s, 1), SG_REFUTED);
    CHECK_STATUS(sg_cert_inexact_bound(&s, 1.5), SG_UNPROVED);
}

static void bad_steps_are_refused(void **state)
{
    (void)state;
    static const struct sg_cert_inexact bad[] = {{0, 1, 0.5, 1},    {1, 1, 0.5, 1}, {2, 1, 0.5, 1},
                                                 {0.5, 1, -0.1, 1}, {0.5, 1, 1, 1}, {0.5, 1, 0, 0}};
    struct sg_interval r = {0, 0};
    for (size_t k = 0; k < COUNT(bad); k++) {
        context("step %zu", k);
        CHECK_STATUS(sg_cert_inexact_factor(&r, &bad[k]), SG_HYPOTHESIS);
        CHECK_NAN(&r.low, 2);
        CHECK_STATUS(sg_cert_inexact_bound(&bad[k], 0.5), SG_HYPOTHESIS);
    }
    struct sg_cert_inexact nan = {0.5, 1, 0, 1};
    CHECK_STATUS(sg_cert_inexact_bound(&nan, SG_NAN), SG_NOT_FINITE);
    nan.rho = SG_NAN;
    CHECK_STATUS(sg_cert_inexact_factor(&r, &nan), SG_NOT_FINITE);
    CHECK_NAN(&r.low, 2);
}

/* ---- triples -------------------------------------------------------------------------------- */

/* h x^2/2 with d = s g: every inequality of h = m and h = L is an equality, in any unit. */
static void quadratics_are_interpolated(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 0x1p30, 0x1p-30};
    for (int k = 0; k < 12; k++) {
        const double h = k & 1 ? 1 : 0.25, s = k & 2 ? 1.5 : 0.5, unit = UNIT[k / 4];
        const double g = h * unit, d = s * g, left = 1 - s * h, g_next = h * left * unit;
        const struct sg_cert_inexact step = {0.25, 1, 0.5, 1};
        const struct sg_cert_triple triple = {1, &unit, &g, &d, &g_next};
        struct sg_interval r;
        context("h %g s %g unit %g", h, s, unit);
        CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &triple), SG_OK);
        CHECK(holds(r, left * left) && r.low == r.high);
        struct sg_cert_inexact less = step;
        less.rho = nextafter(0.5, 0);
        CHECK_STATUS(sg_cert_triple_ratio(&r, &less, &triple), SG_REFUTED);
        CHECK_NAN(&r.low, 2);
        const double off = g_next * (1 + DBL_EPSILON);
        const struct sg_cert_triple wrong = {1, &unit, &g, &d, &off};
        CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &wrong), SG_REFUTED);
    }
}

/* f' = x/2 to x = 1, then slope 1: f(2) = 1/4 + 1/2 + 1/2, f'(2) = 3/2, d = 3/4, x+ = 5/4,
 * f'(5/4) = 3/4, f = 1/4 + 1/8 + 1/32.  A function with these gradients may have a larger ratio,
 * which is the one asked for; it is below the factor. */
static void a_piecewise_quadratic_is_interpolated(void **state)
{
    (void)state;
    const double x = 2, g = 1.5, d = 0.75, g_next = 0.75;
    const struct sg_cert_inexact step = {0.5, 1, 0.5, 1};
    const struct sg_cert_triple triple = {1, &x, &g, &d, &g_next};
    struct sg_interval r, factor;
    CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &triple), SG_OK);
    CHECK(r.high >= 0.40625 / 1.25);
    CHECK_STATUS(sg_cert_inexact_factor(&factor, &step), SG_OK);
    CHECK(r.high <= factor.low);
    const double zero = 0, nan = SG_NAN;
    const struct sg_cert_triple none = {1, &zero, &zero, &zero, &zero}, bad = {1, &x, &nan, &d, &g};
    CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &none), SG_REFUTED);
    CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &bad), SG_NOT_FINITE);
    const struct sg_cert_inexact flat = {1, 1, 0.5, 1};
    CHECK_STATUS(sg_cert_triple_ratio(&r, &flat, &triple), SG_HYPOTHESIS);
}

/* Quadratics in the plane, the error anywhere on its circle: interpolated, and never beyond the
 * factor.  Gradients of a quadratic that is steeper than L are not. */
static void planes_of_quadratics(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("triples", 0);
    for (int k = 0; k < 100; k++) {
        const struct sg_cert_inexact step = {0.25, 1, 0.5, 0.25 + sg_base_rng_uniform(rng)};
        double h[2], x[2], g[2], d[2], next[2], steep[2], square = 0;
        for (int i = 0; i < 2; i++) {
            h[i] = 0.26 + 0.73 * sg_base_rng_uniform(rng);
            x[i] = sg_base_rng_gaussian(rng);
            g[i] = h[i] * x[i];
            square += g[i] * g[i];
        }
        const double turn = 6.28 * sg_base_rng_uniform(rng), e = 0.499 * sqrt(square);
        d[0] = g[0] + e * cos(turn);
        d[1] = g[1] + e * sin(turn);
        for (int i = 0; i < 2; i++) {
            next[i] = h[i] * (x[i] - step.gamma * d[i]);
            steep[i] = g[i] - 1.01 * step.gamma * d[i];    /* |g+ - g| = 1.01 |x+ - x| */
        }
        const struct sg_cert_triple triple = {2, x, g, d, next}, wrong = {2, x, g, d, steep};
        struct sg_interval r, factor;
        context("triple %d", k);
        CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &triple), SG_OK);
        CHECK_STATUS(sg_cert_inexact_factor(&factor, &step), SG_OK);
        CHECK(r.high <= factor.low);
        CHECK_STATUS(sg_cert_triple_ratio(&r, &step, &wrong), SG_REFUTED);
    }
    sg_base_rng_free(rng);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(known_factors),
        TEST(every_step_is_decided),
        TEST(the_largest_step_is_sharp),
        TEST(bad_steps_are_refused),
        TEST(quadratics_are_interpolated),
        TEST(a_piecewise_quadratic_is_interpolated),
        TEST(planes_of_quadratics),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
