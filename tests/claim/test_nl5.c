/* NL5: weights above the input grow under SGs for any seed; norms are those of the start where
 * nothing moves. */

#include "judge.h"

static void high_above_the_input(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_weight_norms.cfg", 1);
    for (uint64_t seed = 201; seed < 203; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        CHECK(j.ok && j.has_control && j.control_ok);
        CHECK(row_id(&j, "first-one")->low > 0.05 && row_id(&j, "first-everywhere")->low > 0.1);
        CHECK(j.evidence.n_rows == 5);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* At a rate below half an ulp of every weight, float32 weights stay where they are. */
static void without_steps_the_start(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_weight_norms.cfg", 1);
    c.train.mu = 1e-30;
    c.train.epochs = 2;
    struct sg_judgement j = judge(&c, 7);
    for (size_t i = 0; i < j.evidence.n_rows; i++)
        CHECK(j.evidence.row[i].measured == 0 && j.evidence.row[i].state == SG_ROW_OPEN);
    CHECK(j.verdict == SG_INCONCLUSIVE && j.evidence.listing[2].n_rows == 6);
    for (size_t i = 0; i < 6 * 4; i++)
        CHECK(j.evidence.listing[2].value[i] == 1);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* The norms follow the optimiser: with gradient descent the effects turn round.  An expectation
 * that was missed is not kept, of an experiment either. */
static void gradient_descent_turns_them_round(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_weight_norms.cfg", 1);
    c.train.optimiser = SG_GD;
    c.train.mu = 0.1;
    c.train.nu = 0.05;
    snprintf(c.expect, sizeof c.expect, "reproduced");
    struct sg_judgement j = judge(&c, 3);
    CHECK(j.verdict == SG_NOT_REPRODUCED && !j.ok);
    sg_claim_judgement_free(&j);
    snprintf(c.expect, sizeof c.expect, "not reproduced");
    j = judge(&c, 3);
    CHECK(j.verdict == SG_NOT_REPRODUCED && j.ok);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(high_above_the_input), TEST(without_steps_the_start),
                                       TEST(gradient_descent_turns_them_round)};
    return RUN(tests);
}
