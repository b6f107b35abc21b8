/* DY13: its cases hold with their controls on seeds that nothing was tuned to, it fails beyond its
 * hypotheses, and each row can fail. */
#include "claim/judge.h"

#define CASE "claim = \"DY13\";  expect = \"holds\";\n"
#define DATA "data = { n = 30; d = 3; condition = 3.0; };\n"
#define TRAIN(rule, rest) \
    "train = { form = \"compressed\"; sg_step = \"" rule "\"; steps = 200000; " rest " };\n"

static void cases_hold_and_their_controls_do_not(void **state)
{
    (void)state;
    static const struct { const char *path; int replicates; } cases[] = {
        {"cases/dy13_global_convergence.cfg", 2}, {"cases/dy13_line_search.cfg", 1},
        {"cases/dy13_realizable.cfg", 1},         {"cases/dy13_rank_deficient.cfg", 1},
        {"cases/dy13_delay.cfg", 1},              {"cases/dy13_deep.cfg", 1},
        {"cases/dy13_relu.cfg", 1},               {"cases/dy13_minibatches.cfg", 2}};
    for (size_t i = 0; i < COUNT(cases); i++)
        holds_with_its_control(cases[i].path, cases[i].replicates, 4711, 1);
}

/* What a case comes to, and that this row is the one that is missed. */
static void check_missed(const char *text, const char *id)
{
    struct sg_judgement j = judge_text(text, 3);
    context("%s\n%s; %s", text, sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_FAILS && row_id(&j, id)->state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
}

/* One per cent beyond each limit, and each hypothesis dropped: the row that says so. */
static void beyond_its_hypotheses_it_fails(void **state)
{
    (void)state;
    check_missed(CASE DATA TRAIN("normalised", "mu = 1.01; nu = 0.5;"), "weights");
    check_missed(CASE DATA TRAIN("line_search", "mu = 1.01;"), "weights");
    check_missed(CASE DATA TRAIN("normalised", "mu = 0.9; nu = 1.01;"), "monotone");
    check_missed(CASE DATA "sg = ( { terms = \"h1\"; } );\n"
                 TRAIN("normalised", "mu = 0.9; nu = 0.5;"), "lemma");
    check_missed(CASE DATA "sg = ( { terms = \"h1\"; } );\n"
                 TRAIN("line_search", "mu = 0.9;"), "monotone");
    static const char hidden[] =
        CASE "experiment = \"deep\"; data = { n = 30; d = 3; outputs = 2; condition = 3.0; };\n"
        "net = { layers = (3); }; sg = ( { at = 1; } );\n"
        TRAIN("normalised", "mu = 0.01; nu = 0.5; units = \"absolute\";");
    check_missed(hidden, "lemma");
    check_missed(hidden, "monotone");
}

/* No constant is needed: g = p - y has none. */
static void labels_without_a_constant_will_do(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(CASE DATA "sg = ( { terms = \"hy\"; } );\n"
                                       TRAIN("normalised", "mu = 0.9; nu = 0.5;"), 3);
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "weights")->ok && row_id(&j, "step")->ok);
    CHECK(row_id(&j, "sum")->measured > 0.5 && row_id(&j, "lemma")->tolerance < 1e-10);
    sg_claim_judgement_free(&j);
}

/* Pairs that are late, by each rule. */
static void late_pairs_will_do(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        CASE DATA TRAIN("line_search", "mu = 0.9; delay = \"delayed_pairs\"; tau = (7);"), 3);
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "late")->ok && row_id(&j, "weights")->ok);
    sg_claim_judgement_free(&j);
}

static void what_is_not_shown_is_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(CASE DATA "train = { sg_step = \"normalised\"; mu = 0.5; nu = 0.5; "
                       "steps = 70; };\n", "raise train.steps");
    /* a delay longer than the budget: for tau steps the weights may go anywhere */
    check_inconclusive(CASE DATA "train = { sg_step = \"normalised\"; mu = 0.5; nu = 0.5; "
                       "delay = \"delayed_pairs\"; tau = (500); steps = 100; };\n",
                       "raise train.steps");
    check_inconclusive(CASE "experiment = \"deep\"; net = { layers = (3, 3); };\n" DATA
                       TRAIN("normalised", "mu = 0.2; nu = 0.5; units = \"absolute\";"),
                       "take a smaller train.mu");
}

/* Minibatches of one sample, by each rule. */
static void single_samples_will_do(void **state)
{
    (void)state;
    static const char *const rules[] = {"sg_step = \"normalised\"; nu = 0.5;",
                                        "sg_step = \"line_search\";"};
    for (size_t i = 0; i < COUNT(rules); i++) {
        char *text = sg_base_format(CASE "experiment = \"minibatches\"; data = { n = 30; d = 2; "
                                    "condition = 2.0; noise = 1.0; };\ntrain = { batch = 1; "
                                    "mu = 0.05; steps = 200000; %s };\n", rules[i]);
        struct sg_judgement j = judge_text(text, 3);
        context("%s; %s", text, j.evidence.note);
        CHECK(j.verdict == SG_HOLDS && row_id(&j, "covariances")->ok);
        sg_claim_judgement_free(&j);
        free(text);
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    check_refused(CASE DATA "train = { sg_step = \"fixed\"; };\n", "sg_step");
    check_refused(CASE DATA "train = { mu = 0.5; };\n", "sg_step");
    check_refused(CASE DATA TRAIN("line_search", "nu = 0.5;"), "take \"nu\" out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cases_hold_and_their_controls_do_not), TEST(beyond_its_hypotheses_it_fails),
        TEST(labels_without_a_constant_will_do), TEST(late_pairs_will_do),
        TEST(single_samples_will_do), TEST(what_is_not_shown_is_inconclusive),
        TEST(what_is_refused)};
    sg_base_init();
    return RUN(tests);
}
