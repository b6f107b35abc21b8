/* DY2 as a claim: it holds on its cases in every form for seeds that nothing was tuned to, and what violates a hypothesis changes the verdict. */
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
    read_case(&c, "cases/dy2_frozen_sg.cfg", 1);
    for (int form = SG_FORM_COMPRESSED; form <= SG_FORM_SPECTRAL; form++) {   /* a variant is on samples */
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

/* Beyond the limit; an SG that learns; an SG without its h. */
static void fails_when_violated(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy2_frozen_sg.cfg", 1);
    c.train.mu = 1.002;
    expect(&c, 3, SG_FAILS);
    c.train.mu = 0.9;
    c.train.steps = 20;                        /* no limit is found to 1 % */
    expect(&c, 3, SG_INCONCLUSIVE);
    c.train.steps = 20000;
    c.train.nu = 1e-6;
    expect(&c, 3, SG_FAILS);
    c.train.nu = 0;
    c.module[0].mix = 0.5;
    expect(&c, 3, SG_INCONCLUSIVE);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds_in_every_form), TEST(holds_on_its_variants), TEST(fails_when_violated)};
    return RUN(tests);
}
