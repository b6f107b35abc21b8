/* NL1 on small nets: what a frozen lower half costs is found for any seed, and an SG that never
 * learns is one.  Runs need one width and a minibatch that fits. */

#include "judge.h"
#include "lab/statistics.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl1_learning_curves.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->net.depths = (struct sg_int_list){.n = 2, .value = {2, 3}};
        both[i]->data.n = both[i]->data.test = 300;
        both[i]->train.seeds = SG_LAB_SEEDS;
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
        const struct sg_row *row = row_id(&j, "learns");
        CHECK(row->form == SG_ROW_EFFECT && !row->secondary && row->ok && row->low > 0.02 &&
              j.control_ok);
        CHECK(row_id(&j, "faster")->secondary && row_id(&j, "depth")->secondary &&
              j.evidence.n_rows == 3);
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
    struct sg_judgement j = judge_control(&c, 5);
    CHECK(row_id(&j, "learns")->measured == 0 &&
          row_id(&j, "learns")->state == SG_ROW_OPEN); /* bit for bit */
    CHECK(j.verdict != SG_REPRODUCED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
#define CASE(layers, batch) \
    "claim = \"NL1\"; expect = \"reproduced\"; data = { kind = \"digits\"; n = 60; test = 40; };" \
    "net = { layers = " layers "; depths = (2); loss = \"softmax\"; }; sg = ( { mix = 1.0; } );" \
    "train = { units = \"absolute\"; epochs = 1; seeds = 8; batch = " batch "; };"
    check_inconclusive(CASE("(8, 9)", "20"), "net.layers has 2 numbers");
    check_inconclusive(CASE("(8)", "61"), "batch = 61 > n = 60");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(an_sg_beats_a_frozen_half),
                                       TEST(without_learning_it_is_one),
                                       TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
