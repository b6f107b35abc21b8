/* DY4 as a claim: it holds on its cases in every form for seeds that nothing was tuned to, and what
 * violates a hypothesis changes the verdict. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "claim/judge.h"
#include "lab/shallow.h"

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
    read_case(&c, "cases/dy4_fixed_line.cfg", 1);
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++) {
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
    static const char *const names[] = {"cases/dy4_no_ones.cfg", "cases/dy4_two_columns.cfg",
                                        "cases/dy4_two_no_ones.cfg", "cases/dy4_outputs.cfg",
                                        "cases/dy4_any_inputs.cfg"};
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

/* Just inside the limit it holds, just beyond it fails. */
static void fails_beyond_the_limit(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy4_fixed_line.cfg", 1);
    c.train.line = -1.002;
    expect(&c, 3, SG_FAILS);
    c.train.line = -0.998;
    expect(&c, 3, SG_HOLDS);
    c.has_control = false;
    struct sg_judgement j = judge(&c, 3);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    c.train.line = -1.5;
    j = judge(&c, 3);
    CHECK(j.verdict == SG_FAILS && strstr(j.evidence.note, "beyond the lower limit and the start"));
    sg_claim_judgement_free(&j);
    c.train.line = 5;
    j = judge(&c, 3);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, "is beyond the upper limit"));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* With a little noise only C = 0 is left of the family: without its hypotheses the claim's first
 * row fails. */
static void noise_breaks_the_family(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_data data;
    struct sg_evidence ev = {0};
    struct sg_error err;
    struct sg_claim unsupposed = *sg_claim_find("DY4");
    unsupposed.supposes = NULL;
    read_case(&c, "cases/dy4_no_ones.cfg", 1);
    c.data.noise = 1e-2;
    CHECK_STATUS(sg_case_make_data(&data, &c, 3, 0, &err), SG_OK);
    const struct sg_trial trial = {.claim = &unsupposed, .c = &c, .data = &data, .seed = 3};
    (void)!unsupposed.measure(&ev, &trial);
    const struct sg_judgement j = {.evidence = ev};
    CHECK(row_id(&j, "fixed")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "jacobian")->state == SG_ROW_MET);
    sg_claim_evidence_free(&ev);
    sg_data_free(&data);
    sg_case_free(&c);
}

#define DY4 "claim = \"DY4\"; expect = \"holds\"; "

/* Each hypothesis violated by itself is named, with the value that shows it. */
static void an_unmet_hypothesis_is_named(void **state)
{
    (void)state;
    check_inconclusive(DY4, "the data are realizable, y = X W*; here |y - X W*| is");
    check_inconclusive(DY4 "data = { noise = 0.0; n = 20; d = 23; };",
                       "S_x = E[x^T x] is nonsingular; here S_x is singular: 23 columns > n = 20");
    check_inconclusive(
        DY4 "data = { noise = 0.0; condition = 1.0; d = 2; outputs = 2; };",
        "[Y 1] has full column rank; here the rank of [Y 1] is 2, and it has m + 1 = 3");
    check_inconclusive(
        DY4 "data = { noise = 0.0; condition = 4.0; d = 3; outputs = 2; };",
        "S_x = I, or x has a direction orthogonal to y and 1 (d > m + 1); here S_x has");
    check_inconclusive(DY4
                       "data = { noise = 0.0; condition = 1.0; }; train = { mu = 0.3; nu = 1.7; };",
                       "some real c is stable: nu a_max (1 - mu/2) < 2");
    check_inconclusive(DY4
                       "data = { noise = 0.0; condition = 1.0; }; train = { mu = 0.7; nu = 1.1; };",
                       "attracts: mu < 2/lambda_max(S_x)");
    check_inconclusive(
        DY4 "data = { noise = 0.0; condition = 25.0; }; train = { mu = 0.95; nu = 0.95; };",
        "the rates are small where S_x is not I");
}

/* DY4.6 for d = m + 1: nu a_max (1 - mu/2) may reach 2 there, up to nu a_min (1 - mu) more. */
static void the_limits_cross_where_the_inequality_says(void **state)
{
    (void)state;
    const struct sg_hypothesis *limits = NULL;
    const struct sg_claim *claim = sg_claim_find("DY4");
    for (size_t i = 0; claim->supposes[i]; i++)
        limits = strcmp(claim->supposes[i]->id, "limits") == 0 ? claim->supposes[i] : limits;
    CHECK(limits != NULL);
    for (size_t d = 2; d <= 5; d++) { /* m = 1: d = m + 1, and more */
        struct sg_case c;
        struct sg_data data;
        struct sg_evidence ev = {0};
        struct sg_error err;
        char value[SG_HYPOTHESIS_VALUE_MAX];
        read_case(&c, "cases/dy4_fixed_line.cfg", 1);
        c.data.d = (int)d;
        CHECK_STATUS(sg_case_make_data(&data, &c, 7, 0, &err), SG_OK);
        const struct sg_trial trial = {.claim = claim, .c = &c, .data = &data, .seed = 7};
        struct sg_lab lab = sg_lab_begin(&ev, &trial);
        struct sg_shallow *s = sg_on_shallow.make(&lab);
        const double a_max = s->rate_z.largest, a_min = s->rate_z.smallest, mu = 0.36;
        const double left = a_max * (1 - mu / 2) - (d == 2 ? a_min * (1 - mu) : 0);
        context("d = %zu, a from %g to %g", d, a_min, a_max);
        s->mu = mu;
        s->nu = 1.999 / left;
        CHECK(limits->met(value, s, &trial));
        s->nu = 2.001 / left;
        CHECK(!limits->met(value, s, &trial) && strstr(value, "is not below the upper"));
        sg_lab_end(&lab);
        sg_claim_evidence_free(&ev);
        sg_data_free(&data);
        sg_case_free(&c);
    }
}

/* A true statement and too few steps: a budget, in these words. */
static void too_few_steps_are_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(DY4
                       "data = { noise = 0.0; condition = 1.0; }; train = { mu = 0.3; nu = 0.3; "
                       "line = -0.9999999999999; };",
                       "steps, and the step budget is 1e+07; take a place further");
    check_inconclusive(DY4
                       "data = { noise = 0.0; condition = 1.0; }; train = { mu = 0.3; nu = 0.3; "
                       "steps = 20; };",
                       "a bisected limit would be known to");
    check_inconclusive(
        DY4 "data = { noise = 0.0; condition = 9.0; }; train = { mu = 1e-8; nu = 0.3; };",
        "steps, and the step budget is 1e+07");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_in_every_form),           TEST(holds_on_its_variants),
        TEST(fails_beyond_the_limit),        TEST(noise_breaks_the_family),
        TEST(an_unmet_hypothesis_is_named),  TEST(the_limits_cross_where_the_inequality_says),
        TEST(too_few_steps_are_inconclusive)};
    return RUN(tests);
}
