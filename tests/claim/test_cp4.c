/* CP4: the integers by hand, why an SG that sees f has no spurious point, and the claim with the
 * controls that do and do not break it. */
#include <math.h>
#include <string.h>

#include "claim/judge.h"
#include "synthgrad/closed.h"

/* ---- the integers ---------------------------------------------------------------------------- */

static void integers_by_hand(void **state)
{
    (void)state;
    const struct {
        int64_t a, b, loss, slope_a, slope_b;
        bool wedge;
    } known[] = {
        {3, 1, 18, 6, 0, true},  {-3, 1, 18, -6, 0, true}, {-1, 0, 6, -6, 0, true},
        {0, 0, 0, 0, 0, true},   {1, 1, 6, 5, 1, false},   {-1, 1, 6, -5, 1, false},
        {2, 3, 14, 4, 2, false}, {1, -2, 8, 2, -3, false}, {0, -2, 8, 0, -4, false},
        {1, 5, 20, 0, 4, false},
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct sg_spurious at = sg_closed_spurious(known[i].a, known[i].b);
        context("a = %d, b = %d", (int)known[i].a, (int)known[i].b);
        CHECK(at.loss == known[i].loss && at.slope_a == known[i].slope_a &&
              at.slope_b == known[i].slope_b);
        CHECK(sg_closed_spurious_loss(known[i].a, known[i].b) == known[i].loss);
        CHECK(sg_closed_spurious_wedge(known[i].a, known[i].b) == known[i].wedge);
    }
}

/* Far out and close to the edge, where a float would round: b = |a| - 1, |a|, |a| + 1. */
static void integers_at_the_edge(void **state)
{
    (void)state;
    const int64_t a = ((int64_t)1 << 59) - 5;
    for (int64_t off = -1; off <= 1; off++)
        for (int sign = -1; sign <= 1; sign += 2) {
            const struct sg_spurious at = sg_closed_spurious(sign * a, a + off);
            context("off %d, sign %d", (int)off, sign);
            CHECK((at.slope_b == 0) == (off < 0) &&
                  sg_closed_spurious_wedge(sign * a, a + off) == (off < 0));
            CHECK(at.slope_a == sign * (off < 0 ? 6 : off == 0 ? 5 : 4));
            CHECK(at.loss == sg_closed_spurious_loss(sign * a, a + off));
        }
}

/* ---- an SG that sees f ----------------------------------------------------------------------- */

/* s = alpha f + gamma, fitted.  For a != 0, {f, 1} spans {x, 1}, the gradients of the weights:
 * E[x s] = E[x g] and E[s] = E[g], so dw is the true gradient and vanishes at the origin only.  By
 * hand, alpha = E[x g] / (10/4 a), gamma = E[g] - alpha b. */
static void an_sg_that_sees_f_sees_the_slope(void **state)
{
    (void)state;
    const double u = SG_UNIT_ROUNDOFF;
    const double x[] = {-2, -1, 1, 2}, y[4] = {0}, one[] = {1, 1, 1, 1};
    const struct sg_batch batch = {4, x, y, one};
    struct sg_net *net = scalar_net(SG_ABS, true, SG_LINEAR, SG_H | SG_ONE);
    struct sg_net_work *work = sg_net_work_alloc(net, 4);
    for (int i = -9; i <= 9; i++)
        for (int j = -9; j <= 9; j++) {
            const struct sg_spurious at = sg_closed_spurious(i, j);
            const double a = i, b = j, alpha = i ? (double)at.slope_a / (10 * a) : 0,
                         gamma = (double)at.slope_b / 4 - alpha * b;
            const double slope[] = {(double)at.slope_a / 4, (double)at.slope_b / 4}, zero[2] = {0};
            double dw[2], dphi[2];
            context("a = %d, b = %d", i, j);
            sg_net_eval(dw, dphi, NULL, net, (const double[]){a, b}, (const double[]){alpha, gamma},
                        &batch, SG_WANT_W | SG_WANT_PHI, work);
            const double s = fabs(alpha) * (2 * fabs(a) + fabs(b)) + fabs(gamma),
                         f = 2 * fabs(a) + fabs(b);
            CHECK_ALL(dphi, zero, 10 * u * (s + 1) * (f + 1),
                      2); /* at most 10 roundings of products up to s f */
            if (i != 0)
                CHECK_ALL(dw, slope, 10 * u * 1.5 * s, 2); /* E|x| = 1.5 */
            else
                CHECK_CLOSE(dw[1], slope[1],
                            10 * u * s); /* f constant: E[s] = E[g] is what is left, and enough */
        }
    sg_net_work_free(work);
    sg_net_free(net);
}

/* ---- the claim ------------------------------------------------------------------------------- */

static void holds_and_its_control_does_not(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp4_spurious.cfg", 3);
    for (uint64_t seed = 90; seed < 95; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %d", (int)seed);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS &&
              count_rows(&j, false) == 12);
        CHECK(strstr(j.control_what, "rests under its fitted SG") != NULL);
        CHECK(j.evidence.n_series == 3);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* A hundredth of the true gradient mixed in breaks it too.  Labels that are all 0 tell the SG
 * nothing: still a constant, still spurious. */
static void controls_that_break_and_do_not(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp4_spurious.cfg", 3);
    c.control->module[0] = c.module[0];
    c.control->module[0].mix = 0.99;
    struct sg_judgement mixed = judge(&c, 4);
    CHECK(mixed.ok && mixed.control_verdict == SG_FAILS);
    sg_claim_judgement_free(&mixed);
    c.control->module[0].mix = 1.0;
    c.control->module[0].terms = SG_Y | SG_ONE;
    struct sg_judgement idle = judge(&c, 4);
    CHECK(!idle.ok && idle.verdict == SG_HOLDS && idle.control_verdict == SG_HOLDS);
    sg_claim_judgement_free(&idle);
    sg_case_free(&c);
}

/* An SG that overshoots, or too few steps for the runs: inconclusive.  Rates in units of a spectrum
 * that is not there are refused. */
static void outside_the_hypotheses(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    const char *head = "claim = \"CP4\"; expect = \"holds\"; net = { loss = \"abs\"; }; sg = ( { "
                       "terms = \"1\"; } ); train =";
    char text[300];
    snprintf(text, sizeof text, "%s { units = \"absolute\"; mu = 0.1; nu = 1.5; steps = 1000; };",
             head);
    check_inconclusive(text, "0 < nu <= 1; here nu = 1.5");
    snprintf(text, sizeof text, "%s { units = \"absolute\"; mu = 0.1; nu = 0.5; steps = 20; };",
             head);
    check_inconclusive(text, "and the step budget is 20; raise train.steps");
    read_case(&c, "cases/cp4_spurious.cfg", 3);
    c.train.units = SG_UNITS_CRITICAL;
    CHECK(sg_claim_fits(sg_claim_find("CP4"), &c, &err) == SG_BAD_INPUT &&
          strstr(err.text, "units"));
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers_by_hand),
        TEST(integers_at_the_edge),
        TEST(an_sg_that_sees_f_sees_the_slope),
        TEST(holds_and_its_control_does_not),
        TEST(controls_that_break_and_do_not),
        TEST(outside_the_hypotheses),
    };
    return RUN(tests);
}
