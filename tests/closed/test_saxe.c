/* The logistic mode, its discrete clock, and the first-order corrections, against oracles: exact values, a proved bracket, each other. */
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

/* sigma e^{2 sigma t} / (e^{2 sigma t} - 1 + sigma/a_0) as it is written; the end that overflows there. */
static void the_mode_is_saxes(void **state)
{
    (void)state;
    const double sigma = 2.385, a_0 = 0.0173;
    for (double t = 0; t < 5; t += 0.37) {
        const double e = exp(2 * sigma * t), written = sigma * e / (e - 1 + sigma / a_0);
        assert_true(fabs(sg_closed_saxe_mode(sigma, a_0, t) - written) <= 20 * SG_UNIT_ROUNDOFF * written * (1 + 2 * sigma * t));
    }
    assert_true(sg_closed_saxe_mode(sigma, a_0, 1e6) == sigma);
}

/* Everywhere within the proved error of the recursion, and the bound is not idle: its worst use is above a tenth. */
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
                        fail_msg("sigma %.17g, a_0 %.17g, mu %.17g, step %d: %.17g, %.17g", sigma, a_0, mu, k, a, clock.a);
                    most = fmax(most, fabs(a - clock.a) / bound);
                }
            }
    assert_true(most > 0.1);
}

/* d = k = m = 1: W_1 = W_2 = sqrt a; euler has the closed slope 2 b db, and halving the Runge-Kutta step shows what that is worth. */
static void runge_kutta_finds_the_clocks_slope(void **state)
{
    (void)state;
    const double sigma = 1.75, a_0 = 0.125, t = 1.25;
    double x[] = {1, 1, -1, -1}, y[] = {2.75, 0.75, -2.25, -1.25}, one[] = {1, 1, 1, 1};   /* E[x y] = sigma, y not in span{x, 1} */
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
    assert_true(fabs(slope[1] - closed) <= fabs(slope[0] - slope[1]) / 7);   /* a fifteenth, up to the next order */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mode_is_saxes),
        cmocka_unit_test(the_clock_brackets_the_recursion),
        cmocka_unit_test(runge_kutta_finds_the_clocks_slope),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
