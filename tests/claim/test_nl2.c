/* NL2 on short runs: what is proved holds for any seed and not without labels, nearer is better,
 * both log losses, and settings it cannot use. */

#include <math.h>

#include "judge.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl2_seen_loss.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->data.side = 9;
        both[i]->train.seeds = 12;
        both[i]->train.steps = 640;
    }
}

static void proved_rows_hold(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    for (uint64_t seed = 31; seed < 34; seed++) {
        struct sg_judgement j = judge(&c, seed);
        size_t proved = 0, effects = 0;
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        for (size_t i = 0; i < j.evidence.n_rows; i++) {
            const struct sg_row *row = &j.evidence.row[i];
            effects += row->form == SG_ROW_EFFECT;
            proved += row->form != SG_ROW_EFFECT && row->ok;
        }
        CHECK(proved == 8 && effects == 4);
        CHECK(row_id(&j, "nearer")->low > 0 && !row_id(&j, "nearer")->secondary);
        CHECK(j.evidence.n_listings == 8 && j.evidence.listing[2].n_rows == 7);
        struct sg_judgement control = judge_control(&c, seed);
        CHECK(control.verdict == SG_FAILS);
        sg_claim_judgement_free(&control);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* An SG without labels cannot be V V^T, and trains the net less. */
static void without_labels(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    struct sg_judgement with = judge(&c, 41), j = judge_control(&c, 41);
    CHECK(row_id(&j, "chain")->state == SG_ROW_MISSED);
    CHECK(row_id(&j, "exact-output")->state == SG_ROW_MISSED &&
          row_id(&j, "exact-hidden")->state == SG_ROW_MISSED);
    CHECK(row_id(&with, "log-trains")->low > row_id(&j, "log-trains")->high);
    sg_claim_judgement_free(&with);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Layers of 5 relus die often.  Their seeds are drawn again until as many as wanted are alive. */
static void dead_nets_are_drawn_again(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    c.has_control = false;
    for (size_t i = 0; i < c.net.layers.n; i++)
        c.net.layers.value[i] = 5;
    c.train.steps = 64;
    c.train.seeds = 8;
    struct sg_judgement j = judge(&c, 51);
    const struct sg_listing *ends = &j.evidence.listing[1];
    const double drawn = ends->value[0], dead[] = {ends->value[1], ends->value[6]};
    context("%g drawn, %g and %g dead: %s", drawn, dead[0], dead[1], j.evidence.note);
    CHECK(ends->n_rows == 2 && ends->n_columns == 6 && ends->value[5] == drawn);
    CHECK(dead[0] > 0 && dead[1] > 0 && drawn > 8);
    /* Eight of those drawn are alive, which is what a verdict needs; the last draw was needed. */
    CHECK(drawn - 8 <= dead[0] + dead[1] && drawn <= 24);
    CHECK(isfinite(row_id(&j, "nearer")->low) && isfinite(row_id(&j, "log-trains")->low));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void logistic_is_a_log_loss(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    c.net.loss = SG_LOGISTIC;
    c.data.one_hot = false;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 7);
    for (size_t i = 0; i < j.evidence.n_rows; i++)
        CHECK(j.evidence.row[i].form == SG_ROW_EFFECT || j.evidence.row[i].ok);
    CHECK(row_id(&j, "exact-output")->ok && j.verdict != SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
#define CASE(sg, steps) \
    "claim = \"NL2\"; expect = \"reproduced\"; data = { kind = \"grid\"; side = 5; };" \
    "net = { layers = (4, 4); loss = \"logistic\"; activation = \"relu\"; }; sg = (" sg ");" \
    "train = { units = \"absolute\"; seeds = 8; steps = " steps "; };"
    check_inconclusive(CASE("{ at = 1; }, { at = 2; }", "64"), "there are 2, none at the output");
    check_inconclusive(CASE("{ at = 1; }, { at = \"output\"; }", "64"),
                       "there are 2, one at the output");
    check_inconclusive(CASE("{ at = 1; }, { at = 2; }, { at = \"output\"; }", "31"),
                       "step budget is 31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(proved_rows_hold), TEST(without_labels), TEST(dead_nets_are_drawn_again),
        TEST(logistic_is_a_log_loss), TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
