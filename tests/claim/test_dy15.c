/* DY15 as a claim: it holds for seeds that no tolerance was tuned to, and not without each of its
 * hypotheses. */
#include "claim/judge.h"

#define CASE "cases/dy15_factorisation.cfg"
#define ONE "cases/dy15_one_sg.cfg"
#define FLIGHT "cases/dy15_flight.cfg"
enum { ROWS = 13 };

static void holds(void **state)
{
    (void)state;
    holds_with_its_control(CASE, 1, 4711, 2);
    check_case_holds(ONE, 1, ROWS);
}

/* On samples; with an intercept; with mu twice as large; an SG at the output besides, which has no
 * ledger and changes nothing in the layers. */
static void holds_in_other_settings(void **state)
{
    (void)state;
    for (int variant = 0; variant < 3; variant++) {
        struct sg_case c;
        read_case(&c, CASE, 1);
        c.has_control = false;
        c.data.outputs = 2;
        if (variant == 0)
            c.train.form = SG_FORM_SAMPLE;
        else if (variant == 1)
            c.data.bias = true;
        else
            c.module[2].at = -1;
        struct sg_judgement j = judge(&c, 17);
        context("variant %d: %s; %s", variant, sg_claim_verdict_name(j.verdict), j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Each violation is seen by the row that it is about: the true gradient under another SG by the
 * SG's net and not by backprop's; a start off balance by both. */
static void fails_without_its_hypotheses(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    struct sg_judgement j = judge_control(&c, 4);
    CHECK(row_id(&j, "flow-sg")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "steps-sg")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "flow-backprop")->state == SG_ROW_MET);
    CHECK(row_id(&j, "steps-backprop")->state == SG_ROW_MET);
    CHECK(row_id(&j, "sharpness-sg")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "sharpness-backprop")->state == SG_ROW_MET);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
    read_case(&c, ONE, 1);
    j = judge_control(&c, 4);
    CHECK(row_id(&j, "flow-sg")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "flow-backprop")->state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

#define START "claim = \"DY15\"; expect = \"holds\"; "
#define DATA "data = { n = 60; d = 4; outputs = 2; noise = 1.0; condition = 2.0; }; "
#define SG "net = { layers = (2); }; sg = ( { at = 1; } ); "
#define TRAIN(numbers) "train = { form = \"compressed\"; units = \"absolute\"; " numbers " }; "
static void too_few_steps_are_named(void **state)
{
    (void)state;
    check_inconclusive(START DATA SG TRAIN("mu = 0.01; nu = 0.01; steps = 100;"),
                       "still moving after 256 steps; raise train.steps");
    check_inconclusive(START DATA SG TRAIN("mu = 1.0; nu = 0.01; steps = 100;"),
                       "mu is at most half the largest that is stable");
}

static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, ONE, 2);
    c.has_control = false;
    check_same_bits(&c, 5);
    sg_case_free(&c);
}

/* A minimum that repels: the pair's growth and frequency are read off the simulation, and at 1 %
 * beyond kappa_c nothing repels any more. */
static void leaves_what_repels(void **state)
{
    (void)state;
    holds_with_its_control(FLIGHT, 1, 4711, 2);
    struct sg_case c;
    read_case(&c, FLIGHT, 1);
    struct sg_judgement j = judge(&c, 23);
    CHECK(fabs(row_id(&j, "pair-growth")->predicted - 0.014989) < 1e-6);
    CHECK(row_id(&j, "pair-turn")->tolerance < 1e-4 * row_id(&j, "pair-turn")->predicted);
    CHECK(row_id(&j, "leaves")->state == SG_ROW_MET);
#ifdef SG_HAVE_FLINT
    CHECK(row_id(&j, "repels-proved")->state == SG_ROW_MET);
#endif
    CHECK(row_id(&j, "backprop")->state == SG_ROW_MET);
    sg_claim_judgement_free(&j);
    c.has_control = false;
    c.experiment = SG_EXPERIMENT_RETURN;       /* on the same minimum: it does not come back */
    c.train.mu = 0.4;
    c.train.nu = 0.4 * 0.19;
    j = judge(&c, 23);
    CHECK(j.verdict == SG_FAILS && row_id(&j, "attracts")->state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Minima that attract, for one SG and for all; with too few steps nothing is said. */
static void comes_back_to_what_attracts(void **state)
{
    (void)state;
    struct sg_case c;
    for (int variant = 0; variant < 3; variant++) {
        read_case(&c, variant == 1 ? ONE : CASE, 2);
        c.has_control = false;
        c.experiment = SG_EXPERIMENT_RETURN;
        if (variant == 2)
            c.train.steps = 10;
        struct sg_judgement j = judge(&c, 31);
        context("variant %d: %s; %s", variant, sg_claim_verdict_name(j.verdict), j.evidence.note);
        CHECK(j.verdict == (variant == 2 ? SG_INCONCLUSIVE : SG_HOLDS));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds),
        TEST(holds_in_other_settings),
        TEST(fails_without_its_hypotheses),
        TEST(too_few_steps_are_named),
        TEST(bits_do_not_depend_on_threads),
        TEST(leaves_what_repels),
        TEST(comes_back_to_what_attracts),
    };
    return RUN(tests);
}
