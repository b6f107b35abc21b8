/* DY4 as a claim: it holds on its cases in every form for seeds that nothing was tuned to, and what violates a hypothesis changes the verdict. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "claim/judge.h"

static void expect(const struct sg_case *c, uint64_t seed, enum sg_verdict verdict)
{
    struct sg_judgement j = judge(c, seed);
    if (j.verdict != verdict)
        fail_msg("%s, form %d, seed %llu: %s", c->name, c->train.form, (unsigned long long)seed, sg_claim_verdict_name(j.verdict));
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
    static const char *const names[] = {"cases/dy4_no_ones.cfg", "cases/dy4_two_columns.cfg", "cases/dy4_two_no_ones.cfg", "cases/dy4_outputs.cfg", "cases/dy4_any_inputs.cfg"};
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

/* Just beyond the limit; a little noise; too few columns for [Y 1] to have full rank; S_x not I and no free direction. */
static void fails_when_violated(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy4_fixed_line.cfg", 1);
    c.train.line = -1.002;
    expect(&c, 3, SG_FAILS);
    c.train.line = -0.998;
    expect(&c, 3, SG_HOLDS);
    c.train.line = -1 + 1e-13;                 /* shrinks, but in no time that anyone waits */
    expect(&c, 3, SG_INCONCLUSIVE);
    c.train.line = -0.998;
    c.train.steps = 20;                        /* no limit is found to 1 % */
    expect(&c, 3, SG_INCONCLUSIVE);
    c.train.steps = 20000;
    c.data.noise = 1e-4;
    expect(&c, 3, SG_FAILS);
    c.data.noise = 0;
    c.data.d = 2;
    c.data.condition = 3;
    expect(&c, 3, SG_INCONCLUSIVE);
    c.data.outputs = 2;
    c.data.condition = 1;
    expect(&c, 3, SG_INCONCLUSIVE);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds_in_every_form), TEST(holds_on_its_variants), TEST(fails_when_violated)};
    return RUN(tests);
}
