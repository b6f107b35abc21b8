/* DY2 as a claim: it holds on its cases in every form for seeds that nothing was tuned to, and what
 * violates a hypothesis changes the verdict. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "claim/judge.h"

static void expect(const struct sg_case *c, uint64_t seed, enum sg_verdict verdict)
{
    struct sg_judgement j = judge(c, seed);
    if (j.verdict != verdict)
        fail_msg("%s, form %d, seed %llu: %s", c->name, c->train.form, (unsigned long long)seed,
                 sg_claim_verdict_name(j.verdict));
    sg_claim_judgement_free(&j);
}

static void holds_in_every_form(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy2_frozen_sg.cfg", 1);
    for (int form = SG_FORM_COMPRESSED; form <= SG_FORM_SPECTRAL;
         form++) { /* a variant is on samples */
        c.train.form = c.control->train.form = form;
        struct sg_judgement j = judge(&c, test_seed() + 4711);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

static void holds_on_its_variants(void **state)
{
    (void)state;
    static const char *const names[] = {"cases/dy2_one_output.cfg", "cases/dy2_rank_deficient.cfg"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sg_case c;
        read_case(&c, names[i], 1);
        struct sg_judgement j = judge(&c, test_seed() + 815);
        context("%s", names[i]);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Beyond the limit; an SG that learns. */
static void fails_when_violated(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy2_frozen_sg.cfg", 1);
    c.train.mu = 1.002;
    expect(&c, 3, SG_FAILS);
    c.train.mu = 0.9;
    c.train.nu = 1e-6;
    expect(&c, 3, SG_FAILS);
    sg_case_free(&c);
}

/* Far beyond its limit a run ends before it overflows: its rows have numbers, and one is missed. */
static void far_beyond_the_limit_rows_have_numbers(void **state)
{
    (void)state;
    struct sg_judgement j =
        judge_text("claim = \"DY2\"; expect = \"fails\"; data = { outputs = 2; }; train = { mu = "
                   "7.0; nu = 0.0; };",
                   2);
    CHECK(j.verdict == SG_FAILS && strstr(j.evidence.note, "mu is beyond its limit"));
    CHECK(row_id(&j, "rest-case")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "steps-case")->state == SG_ROW_MET);
    sg_claim_judgement_free(&j);
}

/* A true statement and too few steps: said to be a budget, with the number that it takes. */
static void too_few_steps_are_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(
        "claim = \"DY2\"; expect = \"holds\"; data = { condition = 3e5; outputs = 2; }; train = { "
        "mu = 0.8; nu = 0.0; };",
        "steps, and the step budget is 2e+04; raise train.steps");
    check_inconclusive("claim = \"DY2\"; expect = \"holds\"; data = { condition = 1.5; }; train = "
                       "{ mu = 0.8; nu = 0.0; steps = 120; };",
                       "a bisected limit would be known to");
    /* 1 - mu lambda a rounds to 1, and yet mu is inside the limit. */
    check_inconclusive("claim = \"DY2\"; expect = \"holds\"; data = { condition = 1e11; }; train "
                       "= { mu = 1e-8; nu = 0.0; };",
                       "to come to rest takes");
}

static void what_it_does_not_read_is_refused(void **state)
{
    (void)state;
    check_refused("claim = \"DY2\"; expect = \"holds\";", "DY2 needs train.nu");
    check_refused(
        "claim = \"DY2\"; expect = \"holds\"; train = { nu = 0.0; units = \"optimal\"; };",
        "says nothing about such a train.units");
    check_refused(
        "claim = \"DY2\"; expect = \"holds\"; train = { nu = 0.0; };\nsg = ( { mix = 0.5; } );",
        ":2: claim DY2 says nothing about such a sg.mix");
    check_refused(
        "claim = \"DY2\"; expect = \"holds\"; train = { nu = 0.0; };\nsg = ( { terms = \"h\"; } );",
        ":2: claim DY2 says nothing about such a sg.terms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds_in_every_form),
                                       TEST(holds_on_its_variants),
                                       TEST(fails_when_violated),
                                       TEST(far_beyond_the_limit_rows_have_numbers),
                                       TEST(too_few_steps_are_inconclusive),
                                       TEST(what_it_does_not_read_is_refused)};
    return RUN(tests);
}
