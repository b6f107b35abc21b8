/* CP7 as a claim: holds where the module contains the gradient, and its control, a linear module, does not. */
#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    holds_with_its_control("cases/cp7_matching_module.cfg", 3, 4711, 3);
    holds_with_its_control("cases/cp7_softmax.cfg", 2, 4711, 2);
    holds_with_its_control("cases/cp7_separable.cfg", 2, 4711, 2);
}

/* The gap of the control is CP6's; that of the module is rounding. */
static void gap_of_both(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp7_matching_module.cfg", 1);
    c.has_control = false;
    struct sg_judgement j = judge(&c, 3);
    CHECK(row_of(&j, "a run from 0: loss gap")->ok);
    sg_claim_judgement_free(&j);
    c.module[0].terms = SG_H | SG_ONE;
    j = judge(&c, 3);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(gap_of_both)};
    return RUN(tests);
}
