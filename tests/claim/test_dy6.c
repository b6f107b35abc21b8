/* DY6: the closed bounds against their definition in one dimension, and the claim with its control.
 */
#include <math.h>

#include "claim/judge.h"
#include "synthgrad/closed.h"

/* f = h x^2/2 from x = 1 with d = s h x: both ends of the curvatures and of the errors, by
 * definition. */
static void factor_is_the_worst_of_four_corners(void **state)
{
    (void)state;
    const double L = 2.385, u = SG_UNIT_ROUNDOFF;
    for (double m = 0.02; m < L; m *= 1.7)
        for (double rho = 0; rho < 1; rho += 0.13)
            for (double part = 0.07; part <= 1; part += 0.09) {
                const double gamma = part * 2 / ((1 + rho) * L),
                             factor = sg_closed_inexact_factor(m, L, rho, gamma);
                double worst = 0;
                for (int i = 0; i < 4; i++) {
                    const double h = i & 1 ? L : m, s = i & 2 ? 1 + rho : 1 - rho,
                                 x = 1 - gamma * s * h;
                    worst = fmax(worst, x * x);
                }
                assert_true(fabs(factor - worst) <= 10 * u);
                const double best = sg_closed_inexact_step(m, L, rho);
                assert_true(sg_closed_inexact_factor(m, L, rho, best) <= factor + 10 * u);
            }
}

static void descent_rate_is_the_worse_end(void **state)
{
    (void)state;
    const double L = 1.7;
    for (double rho = 0; rho < 1; rho += 0.11)
        for (double part = 0.05; part < 1; part += 0.1) {
            const double eta = part * 2 / ((1 + rho) * L);
            double least = 1e300;
            for (double s = 1 - rho; s <= 1 + rho + 1e-9;
                 s += rho > 0 ? rho / 50 : 1) /* concave in s: an end is least */
                least = fmin(least, eta * s - 0.5 * L * eta * eta * s * s);
            assert_true(fabs(sg_closed_descent_rate(L, rho, eta) - least) <= 1e-7 * eta);
            assert_true(sg_closed_descent_rate(L, rho, eta) > 0);
        }
    assert_true(sg_closed_descent_rate(L, 0.5, 1.001 * 2 / (1.5 * L)) < 0);
}

static void claim_holds_and_its_control_does_not(void **state)
{
    (void)state;
    holds_with_its_control("cases/dy6_tracking.cfg", 1, 77, 2);
}

#define DATA "claim = \"DY6\";  expect = \"holds\";\ndata = { n = 30; d = 4; noise = 0.3; };\n"

/* Too short a run, or S_x singular: f is then not strongly convex. */
static void hypotheses(void **state)
{
    (void)state;
    check_inconclusive(DATA "train = { steps = 1; };\n", "raise train.steps");
    check_inconclusive("claim = \"DY6\";  expect = \"holds\";\ndata = { n = 4; d = 7; };\n",
                       "S_x is singular");
}

/* Bounds are attained, and a step beyond the limit is seen to let f grow. */
static void bounds_are_attained(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(DATA "train = { mu = 0.8; steps = 2000; };\n", 9);
    CHECK(j.verdict == SG_HOLDS && sg_claim_share(row_id(&j, "factor")) > 0.99);
    CHECK(sg_claim_share(row_id(&j, "descent")) > 0.99 && row_id(&j, "descent-reached")->ok);
#ifdef SG_HAVE_ARB
    CHECK(row_id(&j, "factor-proved")->ok && row_id(&j, "class-proved")->ok);
    const struct sg_row *own = row_id(&j, "data-factor-enclosed");
    CHECK(own->ok && own->high - own->low <= 1e-8 * own->high);
#endif
    CHECK(row_id(&j, "run-factor")->ok && sg_claim_share(row_id(&j, "run-condition")) <= 1);
    sg_claim_judgement_free(&j);
    j = judge_text(DATA "train = { mu = 1.002; steps = 2000; };\n", 9);
    CHECK(row_id(&j, "shrinks")->state == SG_ROW_MISSED && row_id(&j, "factor")->ok);
    sg_claim_judgement_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factor_is_the_worst_of_four_corners),
        cmocka_unit_test(descent_rate_is_the_worse_end),
        cmocka_unit_test(claim_holds_and_its_control_does_not),
        cmocka_unit_test(hypotheses),
        cmocka_unit_test(bounds_are_attained),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
