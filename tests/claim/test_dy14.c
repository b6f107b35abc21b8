/* DY14: the ledger closes on every kind of net, on seeds that nothing was tuned to; its controls
 * and broken hypotheses break each row. */
#include "claim/judge.h"

static void every_case_holds(void **state)
{
    (void)state;
    check_case_holds("cases/dy14_ledger.cfg", 2, 3);
    check_case_holds("cases/dy14_all_cut.cfg", 2, 2);
    check_case_holds("cases/dy14_mixed.cfg", 2, 2);
    check_case_holds("cases/dy14_relu.cfg", 2, 1);
    check_case_holds("cases/dy14_batch_norm.cfg", 2, 3);
    check_case_holds("cases/dy14_abs_loss.cfg", 2, 1);
}

/* What the controls miss, they miss by orders of magnitude. */
static void controls_break_it_by_far(void **state)
{
    (void)state;
    static const char *const path[] = {"cases/dy14_ledger.cfg",     "cases/dy14_all_cut.cfg",
                                       "cases/dy14_mixed.cfg",      "cases/dy14_relu.cfg",
                                       "cases/dy14_batch_norm.cfg", "cases/dy14_abs_loss.cfg"};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        struct sg_case c;
        read_case(&c, path[i], 2);
        struct sg_judgement j = judge_control(&c, 77);
        context("%s: %s", path[i], j.evidence.note);
        const struct sg_row *row = row_id(&j, "closes");
        CHECK(j.verdict == SG_FAILS && row->state == SG_ROW_MISSED);
        CHECK(row->measured > 1e6 * row->tolerance);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

#define NET(activation, at, train)                                                                 \
    "claim = \"DY14\"; expect = \"holds\"; seed = 5;"                                              \
    "data = { n = 12; d = 3; outputs = 2; condition = 3.0; noise = 0.5; };"                        \
    "net = { layers = (4, 3); activation = \"" activation "\"; };"                                 \
    "sg = ( { at = " at "; target = \"arriving\"; } );"                                            \
    "train = { units = \"absolute\"; " train " };"

/* Boundaries without an SG, the batch norm's weights, and the flow each fail where the optimiser,
 * or the SG, is another. */
static void each_row_can_fail(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        NET("none", "1", "mu = 0.001; nu = 0.003; steps = 400; optimiser = \"adam\";"), 3);
    CHECK(j.verdict == SG_FAILS && row_id(&j, "uncut")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "flow-order")->state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
    struct sg_case c;
    read_case(&c, "cases/dy14_batch_norm.cfg", 1);
    j = judge_control(&c, 77);
    CHECK(row_id(&j, "norm")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "uncut")->state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* A run that goes to infinity keeps its books up to there. */
static void a_diverging_run_closes(void **state)
{
    (void)state;
    struct sg_judgement j =
        judge_text(NET("none", "1", "mu = 0.3; nu = 0.3; steps = 4000;"), 3);
    context("%s", j.evidence.note);
    CHECK(strstr(j.evidence.note, "went to infinity") && j.verdict == SG_HOLDS);
    CHECK(row_id(&j, "closes")->measured <= row_id(&j, "closes")->tolerance);
    sg_claim_judgement_free(&j);
}

/* One SG has nothing above it: what arrives is the true gradient. */
static void one_true_target_closes(void **state)
{
    (void)state;
    struct sg_judgement j =
        judge_text("claim = \"DY14\"; expect = \"holds\"; seed = 5;"
                   "data = { n = 12; d = 3; outputs = 2; condition = 3.0; noise = 0.5; };"
                   "net = { layers = (4, 3); }; sg = ( { at = 1; target = \"true\"; } );"
                   "train = { units = \"absolute\"; mu = 0.01; nu = 0.02; steps = 1000; };",
                   3);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_case_holds), TEST(controls_break_it_by_far),
                                       TEST(each_row_can_fail), TEST(a_diverging_run_closes),
                                       TEST(one_true_target_closes)};
    return RUN(tests);
}
