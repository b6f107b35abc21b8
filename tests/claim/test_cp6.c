/* CP6 as a claim: it holds on its cases for seeds that nothing was tuned to, and each hypothesis
 * that is not met is named. */
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    holds_with_its_control("cases/cp6_log_loss.cfg", 1, 4711, 2);
    holds_with_its_control("cases/cp6_one_feature.cfg", 1, 4711, 1);
    holds_with_its_control("cases/cp6_no_bias.cfg", 1, 4711, 1);
    holds_with_its_control("cases/cp6_softmax.cfg", 1, 4711, 1);
}

/* Data without a finite point are looked at too, on the way to one with. */
static void separable_data(void **state)
{
    (void)state;
    struct sg_case c;
    size_t without = 0;
    read_case(&c, "cases/cp6_separable.cfg", 2);
    for (uint64_t seed = 4711; seed < 4714; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu", (unsigned long long)seed);
        CHECK(j.ok && j.verdict == SG_HOLDS && row_id(&j, "never-separates")->ok);
        for (size_t i = 0; i < j.evidence.n_rows; i++)
            without += strcmp(j.evidence.row[i].id, "no-point") == 0;
        sg_claim_judgement_free(&j);
    }
    CHECK(without > 0);     /* each has none with probability 1/2, and these seeds are fixed */
    sg_case_free(&c);
}

#define HEAD "claim = \"CP6\";  expect = \"holds\";\n"
#define LINEAR "sg = ( { at = \"output\"; } );\n"
#define LOGISTIC "net = { loss = \"logistic\"; };\n" LINEAR

static void hypotheses(void **state)
{
    (void)state;
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 9; d = 12; };\n" LOGISTIC,
                       "X has full column rank");
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 40; d = 3; labels = \"noisy\"; "
                       "one_hot = true; bias = false; };\nnet = { loss = \"softmax\"; };\n" LINEAR,
                       "1 is in col X");
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 4; d = 3; labels = \"random\"; "
                       "bias = false; };\n" LOGISTIC, "M nonsingular");
    check_inconclusive(HEAD "data = { kind = \"classes\"; n = 30; d = 1; labels = \"random\"; "
                       "bias = false; };\n" LOGISTIC, "P_X y and P_X 1 are independent");
}

static struct sg_judgement judge_table(const char *table, const char *keys)
{
    char path[] = "/tmp/sg_cp6_XXXXXX.csv", text[600];
    const int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, table, strlen(table)) == (ssize_t)strlen(table) && !close(fd));
    snprintf(text, sizeof text, HEAD "data = { kind = \"csv\"; file = \"%s\"; target = [\"y\"]; "
             "standardise = false; %s };\n" LOGISTIC, path, keys);
    struct sg_judgement j = judge_text(text, 1);
    unlink(path);
    return j;
}

/* Features that a rotation of the square permutes: the optimum is affine in p_LS, and the gap is 0
 * with two features.  The certificate asks for no gap then. */
static void a_gap_of_zero_by_symmetry(void **state)
{
    (void)state;
    const char *square = "a,b,y\n2,0,1\n2,0,1\n2,0,0\n-2,0,1\n-2,0,0\n-2,0,0\n"
                         "0,2,1\n0,2,1\n0,2,0\n0,-2,1\n0,-2,0\n0,-2,0\n";
    struct sg_judgement j = judge_table(square, "bias = true;");
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    CHECK(row_id(&j, "affine-weights")->ok && row_id(&j, "affine-gap")->ok);
    sg_claim_judgement_free(&j);
}

/* A target with another number than 0 and 1. */
static void a_target_that_is_no_class(void **state)
{
    (void)state;
    struct sg_judgement j = judge_table("a,y\n1,0\n2,0.5\n3,1\n4,1\n5,0\n", "bias = true;");
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, "y is 0 or 1"));
    sg_claim_judgement_free(&j);
}

/* Two columns without ones: the optimum's scores are in the span of P_X y and P_X 1, but the point
 * is not the least loss there. */
static void without_ones_the_span_says_nothing(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(HEAD "data = { kind = \"classes\"; n = 100; d = 2; "
                                       "labels = \"noisy\"; bias = false; };\n" LOGISTIC, 31);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "gap-there")->ok && row_id(&j, "gap-bound")->ok);
    sg_claim_judgement_free(&j);
}

/* The gap has both its bounds, and the lower one is not vacuous. */
static void the_gap_is_bounded_from_both_sides(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp6_log_loss.cfg", 1);
    c.has_control = false;
    struct sg_judgement j = judge(&c, 5);
    const struct sg_row *low = row_id(&j, "gap-there"), *high = row_id(&j, "gap-bound");
    CHECK(low->ok && high->ok && low->measured > 0 && sg_claim_share(high) > 0.1);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds),
                                       TEST(separable_data),
                                       TEST(hypotheses),
                                       TEST(a_gap_of_zero_by_symmetry),
                                       TEST(a_target_that_is_no_class),
                                       TEST(without_ones_the_span_says_nothing),
                                       TEST(the_gap_is_bounded_from_both_sides)};
    return RUN(tests);
}
