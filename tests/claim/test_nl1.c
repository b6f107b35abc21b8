/* NL1 on small nets: what a frozen lower half costs is found for any seed, an SG that never learns is one, and pieces resume to the same numbers. */

#include "judge.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl1_learning_curves.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->net.depths = (struct sg_int_list){.n = 2, .value = {2, 3}};
        both[i]->data.n = both[i]->data.test = 300;
        both[i]->train.seeds = 3;
        both[i]->train.epochs = 6;
    }
}

static void an_sg_beats_a_frozen_half(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    for (uint64_t seed = 1; seed < 4; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        const struct sg_row *row = row_of(&j, "the SG trains what lies below it");
        CHECK(j.ok && row->effect && row->ok && row->low > 0.02);
        CHECK(j.evidence.n_listings == 2 && j.evidence.listing[1].n_rows == 4);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

static void without_learning_it_is_one(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    struct sg_judgement j = judge(c.control, 5);
    CHECK(row_of(&j, "the SG trains what lies below it")->measured == 0);      /* bit for bit */
    CHECK(j.verdict != SG_REPRODUCED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    c.net.depths.n = 0;
    struct sg_judgement j = judge(&c, 1);
    CHECK(j.verdict == SG_INCONCLUSIVE && j.evidence.n_rows == 0);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(an_sg_beats_a_frozen_half), TEST(without_learning_it_is_one), TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
