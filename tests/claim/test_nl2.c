/* NL2 on short runs: what is proved holds for any seed and not without labels, nearer is better, both log losses, and settings it cannot use. */

#include "judge.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl2_seen_loss.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->data.side = 9;
        both[i]->train.seeds = 3;
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
            effects += row->effect;
            proved += !row->effect && row->ok;
        }
        CHECK(proved == 8 && effects == 4);
        CHECK(row_of(&j, "nearer the loss is better")->low > 0);
        CHECK(j.evidence.n_listings == 7 && j.evidence.listing[1].n_rows == 7);
        CHECK(j.ok && j.control_ok && j.control_verdict == SG_FAILS);
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
    struct sg_judgement with = judge(&c, 41), j = judge(c.control, 41);
    CHECK(!row_of(&j, "inside a linear chain")->ok);
    CHECK(!row_of(&j, "right under the loss, MSE")->ok && !row_of(&j, "after the last hidden layer, MSE")->ok);
    CHECK(row_of(&with, "log loss trains all the same")->low > row_of(&j, "log loss trains all the same")->high);
    sg_claim_judgement_free(&with);
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
        CHECK(j.evidence.row[i].effect || j.evidence.row[i].ok);
    CHECK(row_of(&j, "right under the loss, MSE")->ok && j.verdict != SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct sg_case c;
        small(&c);
        c.has_control = false;
        if (i == 0)
            c.net.loss = SG_MSE;
        else if (i == 1)
            c.net.batch_norm = true;
        else if (i == 2)
            c.n_modules = 6;                     /* none under the loss */
        else if (i == 3)
            c.train.steps = 31;
        else
            c.data.kind = SG_DATA_CLASSES;
        struct sg_judgement j = judge(&c, 1);
        context("setting %zu: %s", i, j.evidence.note);
        CHECK(j.verdict == SG_INCONCLUSIVE && j.evidence.n_rows == 0 && strstr(j.evidence.note, i == 3 ? "steps" : "") && j.evidence.note[0]);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(proved_rows_hold), TEST(without_labels), TEST(logistic_is_a_log_loss),
                                       TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
