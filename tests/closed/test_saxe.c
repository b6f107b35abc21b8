/* The logistic mode, its discrete clock, and the first-order corrections, against oracles: exact
 * values, a proved bracket, each other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

/* sigma e^{2 sigma t} / (e^{2 sigma t} - 1 + sigma/a_0) as it is written; the
 * end that overflows there. */
static void the_mode_is_saxes(void **state)
{
    (void)state;
    const double sigma = 2.385, a_0 = 0.0173;
    for (double t = 0; t < 5; t += 0.37) {
        const double e = exp(2 * sigma * t), written = sigma * e / (e - 1 + sigma / a_0);
        assert_true(fabs(sg_closed_saxe_mode(sigma, a_0, t) - written) <=
                    20 * SG_UNIT_ROUNDOFF * written * (1 + 2 * sigma * t));
    }
    assert_true(sg_closed_saxe_mode(sigma, a_0, 1e6) == sigma);
}

/* Everywhere within the proved error of the recursion, and the bound is not idle: its
 * worst use is above a tenth. */
static void the_clock_brackets_the_recursion(void **state)
{
    (void)state;
    double most = 0;
    for (double sigma = 0.31; sigma < 4; sigma *= 1.7)
        for (double fraction = 1e-3; fraction < 0.9; fraction *= 2.3)
            for (double x = 1e-3; x < 0.125; x *= 3.1) {
                const double mu = x / sigma, a_0 = fraction * sigma;
                double a = a_0;
                for (int k = 1; (double)k * x < 8; k++) {
                    a = sg_closed_saxe_step(a, sigma, mu);
                    const struct sg_saxe_clock clock = sg_closed_saxe_clock(sigma, a_0, mu, mu * k);
                    const double bound = clock.error + 10 * SG_UNIT_ROUNDOFF * sigma * k;
                    if (!(fabs(a - clock.a) <= bound))
                        fail_msg("sigma %.17g, a_0 %.17g, mu %.17g, step %d: %.17g, %.17g", sigma,
                                 a_0, mu, k, a, clock.a);
                    most = fmax(most, fabs(a - clock.a) / bound);
                }
            }
    assert_true(most > 0.1);
}

/* The clock's bounds as they are derived at its head, in long double. */
static void the_clock_is_its_formula(void **state)
{
    (void)state;
    const double sigmas[] = {0.37, 2.385}, fractions[] = {0.004, 0.31}, xs[] = {0.003, 0.11},
                 times[] = {0.06, 0.8, 2.9};
    for (size_t k = 0; k < 24; k++) {
        const double sigma = sigmas[k % 2], a_0 = fractions[k / 2 % 2] * sigma,
                     mu = xs[k / 4 % 2] / sigma, t = times[k / 8] / sigma;
        const struct sg_saxe_clock clock = sg_closed_saxe_clock(sigma, a_0, mu, t);
        const long double s = (long double)sigma, m = (long double)mu, x = m * s,
                          T = (long double)t, odds = (s - (long double)a_0) / (long double)a_0;
        long double at[3];
        const long double above = 1.5L * x * x * T / (1 - 2 * x), most = x * T + above;
        for (int e = 0; e < 3; e++)                            /* a before, at, after */
            at[e] = s / (1 + odds * expl(-2 * s * fmaxl(0, T + (e - 1) * most)));
        const long double below = 0.375L * m * x * logl(at[2] / (long double)a_0) / (1 - x / 2),
                          ends = 1.5L * m * (s - at[0]) * most;
        const long double shift = m / 2 * (2 * s * T - 1.5L * logl(at[1] / (long double)a_0)),
                          remainder = fmaxl(above, below) + ends;
        const long double low = s / (1 + odds * expl(-2 * s * fmaxl(0, T + shift - remainder)));
        const long double high = s / (1 + odds * expl(-2 * s * (T + shift + remainder)));
        /* a dozen operations; s - a and the logarithm of a / a_0 lose what a is nearer to either
         * than to 0: s / (s - a), 1 / log */
        const double u = 20 * SG_UNIT_ROUNDOFF *
                         (double)(s / (s - at[2]) + 1 / logl(at[1] / (long double)a_0));
        const double got[] = {clock.shift, clock.remainder, clock.error};
        const long double want[] = {shift, remainder, 2 * high * (s - low) * remainder};
        const long double scale[] = {m * s * T, remainder, want[2]};
        for (int e = 0; e < 3; e++)
            if (!(fabs(got[e] - (double)want[e]) <= u * (double)scale[e]))
                fail_msg("sigma %g, a_0 %g, mu %g, t %g, %d: %.17g, not %.17Lg", sigma, a_0, mu, t,
                         e, got[e], want[e]);
    }
}

/* d = k = m = 1: W_1 = W_2 = sqrt a; euler has the closed slope 2 b db, and halving the Runge-Kutta
 * step shows what that is worth. */
static void runge_kutta_finds_the_clocks_slope(void **state)
{
    (void)state;
    const double sigma = 1.75, a_0 = 0.125, t = 1.25;
    /* E[x y] = sigma, y not in span{x, 1} */
    double x[] = {1, 1, -1, -1}, y[] = {2.75, 0.75, -2.25, -1.25}, one[] = {1, 1, 1, 1};
    const struct sg_data data = {.n = 4, .d = 1, .m = 1, .x = x, .y = y, .one = one};
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 1, 1}};
    double slope[2];
    for (int i = 0; i < 2; i++) {
        struct sg_fast *fast = sg_closed_fast_alloc(&deep, &data);
        double at[6] = {sqrt(a_0), sqrt(a_0)};
        assert_int_equal(sg_closed_fast_advance(at, fast, t, i ? 40 : 20), SG_OK);
        slope[i] = at[4] * at[1] + at[0] * at[5];
        sg_closed_fast_free(fast);
    }
    const double closed = sg_closed_saxe_clock(sigma, a_0, 1e-3, t).slope;
    /* a fifteenth, up to the next order */
    assert_true(fabs(slope[1] - closed) <= fabs(slope[0] - slope[1]) / 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mode_is_saxes),
        cmocka_unit_test(the_clock_brackets_the_recursion),
        cmocka_unit_test(the_clock_is_its_formula),
        cmocka_unit_test(runge_kutta_finds_the_clocks_slope),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
