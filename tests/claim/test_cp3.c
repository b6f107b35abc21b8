/* CP3 as a claim: holds where the loss is zero; with noise exactly the families that cannot produce
 * g lose the point. */
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp3_zero_loss.cfg", 2, 14);
    check_case_holds("cases/cp3_two_sgs.cfg", 1, 14);
}

/* Over all phi, without a ones column in X: y, 1, h1 and y1 lose a noisy least-squares point; h
 * keeps it (E[p^T r*] = 0), hy and hy1 produce g. */
static void who_loses_the_point(void **state)
{
    (void)state;
    const struct {
        const char *family;
        bool keeps;
    } expected[] = {{"h", true},   {"y", false},  {"hy", true}, {"1", false},
                    {"h1", false}, {"y1", false}, {"hy1", true}};
    struct sg_case c;
    read_case(&c, "cases/cp3_zero_loss.cfg", 2);
    c.data.noise = 0.3;
    struct sg_judgement j = judge(&c, 8);
    CHECK(j.verdict == SG_FAILS);
    for (size_t i = 0; i < COUNT(expected); i++) {
        char id[40];
        snprintf(id, sizeof id, "least-update-%s", expected[i].family);
        context("%s", id);
        CHECK(row_id(&j, id)->ok == expected[i].keeps);
    }
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* A hidden layer and an SG below it; rank-deficient X. */
static void holds_elsewhere(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp3_zero_loss.cfg", 1);
    c.has_control = false;
    c.data.rank = 3;
    struct sg_judgement j = judge(&c, 2);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    c.net.layers = (struct sg_int_list){.n = 1, .value = {4}};
    c.module[0].at = 1;
    c.train.units = SG_UNITS_ABSOLUTE;
    c.train.mu = c.train.nu = 0.002;
    j = judge(&c, 2);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Each hypothesis, violated alone.  With d <= m the family h1 keeps a noisy point too: W has rank
 * d, so col h = col X.  Rates at which rounding grows show nothing. */
static void outside_the_hypotheses(void **state)
{
    (void)state;
    const char *rates = "train = { mu = 0.1; nu = 0.5; steps = 100; };";
    char text[300];
    snprintf(text, sizeof text,
             "claim = \"CP3\"; expect = \"holds\"; data = { d = 2; outputs = 2; noise = 0.5; bias "
             "= false; }; %s",
             rates);
    check_inconclusive(text, "d > m; here d = 2 <= m = 2, and |y - X W*| is 0.");
    snprintf(text, sizeof text,
             "claim = \"CP3\"; expect = \"holds\"; data = { outputs = 2; noise = 0.0; }; net = { "
             "layers = (1); }; %s",
             rates);
    check_inconclusive(
        text, "no hidden layer is narrower than the output; here hidden layer 1 has 1 units");
    check_inconclusive("claim = \"CP3\"; expect = \"holds\"; data = { noise = 0.0; }; train = { "
                       "units = \"absolute\"; mu = 5.0; nu = 5.0; steps = 200; };",
                       "rounding may grow");
}

/* d <= m, without noise: nothing is supposed of d. */
static void holds_for_one_column(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"CP3\"; expect = \"holds\"; data = { n = 40; d = 1; outputs = 2; condition = "
        "1.0; noise = 0.0; bias = false; }; train = { mu = 0.01; nu = 0.05; steps = 50; };",
        3);
    context("%s: %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(who_loses_the_point),
                                       TEST(holds_elsewhere), TEST(outside_the_hypotheses),
                                       TEST(holds_for_one_column)};
    return RUN(tests);
}
