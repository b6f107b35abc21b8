/* CP7 as a claim: holds where the module contains the gradient, and its control, a linear module,
 * does not. */
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    holds_with_its_control("cases/cp7_matching_module.cfg", 3, 4711, 3);
    holds_with_its_control("cases/cp7_softmax.cfg", 2, 4711, 2);
    holds_with_its_control("cases/cp7_separable.cfg", 2, 4711, 2);
}

#define HEAD "claim = \"CP7\";  expect = \"holds\";\n"
#define MATCHING "net = { loss = \"logistic\"; };\n"                                               \
                 "sg = ( { at = \"output\"; family = \"sigmoid_linear\"; } );\n"

/* One feature and ones: a linear SG has no gap either, so that the end of a run need not lie below
 * its point. */
static void no_gap_to_be_below(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(HEAD "data = { kind = \"classes\"; n = 80; d = 2; "
                                       "labels = \"noisy\"; };\n" MATCHING, 7);
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "run")->ok && row_id(&j, "optimum")->ok);
    for (size_t i = 0; i < j.evidence.n_rows; i++)
        CHECK(strcmp(j.evidence.row[i].id, "below-linear") != 0);
    sg_claim_judgement_free(&j);
    j = judge_text(HEAD "data = { kind = \"classes\"; n = 80; d = 3; labels = \"noisy\"; };\n"
                   MATCHING "train = { steps = 60000; };\n", 7);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "below-linear")->ok);
    sg_claim_judgement_free(&j);
}

static void hypotheses(void **state)
{
    (void)state;
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 60; d = 3; labels = \"noisy\"; };\n"
                       MATCHING "train = { steps = 50; };\n", "raise train.steps");
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 5; d = 8; };\n" MATCHING,
                       "X has full column rank");
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 1; d = 2; };\n" MATCHING,
                       "every class has a sample");
}

/* Three columns of y, from a table. */
static void three_classes_are_none_of_it(void **state)
{
    (void)state;
    char path[] = "/tmp/sg_cp7_XXXXXX.csv", text[600];
    const char *table = "a,u,v,w\n1,1,0,0\n2,0,1,0\n3,0,0,1\n4,1,0,0\n2.5,0,0,1\n3.5,0,1,0\n";
    const int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, table, strlen(table)) == (ssize_t)strlen(table) && !close(fd));
    snprintf(text, sizeof text, HEAD "data = { kind = \"csv\"; file = \"%s\"; "
             "target = [\"u\", \"v\", \"w\"]; };\nnet = { loss = \"softmax\"; };\n"
             "sg = ( { at = \"output\"; family = \"sigmoid_linear\"; } );\n", path);
    check_inconclusive(text, "there are two classes; here there are 3");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(no_gap_to_be_below), TEST(hypotheses),
                                       TEST(three_classes_are_none_of_it)};
    return RUN(tests);
}
