/* NL1 on small nets: what a frozen lower half costs is found for any seed, and an SG that never
 * learns is one.  Runs need one width and a minibatch that fits. */

#include <math.h>

#include "judge.h"
#include "lab/statistics.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl1_learning_curves.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->net.depths = (struct sg_int_list){.n = 2, .value = {2, 3}};
        both[i]->train.mu_times = both[i]->train.nu_times = (struct sg_real_list){.n = 0};
        both[i]->data.n = both[i]->data.test = 300;
        both[i]->train.seeds = SG_LAB_SEEDS;
        both[i]->train.epochs = 8;
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
        CHECK(row->form == SG_ROW_EFFECT && row->secondary && row->ok && row->low > 0.02);
        CHECK(!row_id(&j, "faster")->secondary && row_id(&j, "depth")->secondary &&
              j.evidence.n_rows == 3);
        /* An SG that starts at 0 has to learn before it can teach. */
        CHECK(row_id(&j, "faster")->high < 0 && j.verdict == SG_NOT_REPRODUCED);
        CHECK(j.evidence.n_listings == 2 && j.evidence.listing[1].n_rows == 6);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Of each depth backprop's, then the SG nets'; a rate that is 1e-9 of another trains nothing. */
static void each_arm_has_its_rates(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    c.has_control = false;
    c.train.mu_times = (struct sg_real_list){.n = 4, .value = {1, 1e-9, 1e-9, 2}};
    c.train.nu_times = (struct sg_real_list){.n = 2, .value = {0.5, 3}};
    struct sg_judgement j = judge(&c, 9);
    enum { MU, NU, FIRST, LAST };
    const double mu[] = {1, 1e-9, 1e-9, 1e-9, 2, 2}, nu[] = {0.5, 3};
    for (size_t row = 0; row < 6; row++) { /* by depth: backprop, SG, frozen */
        const double *value =
            j.evidence.listing[1].value + row * (j.evidence.listing[1].n_columns - 1);
        const double fallen = value[FIRST] - value[LAST];
        context("row %zu: mu %g, nu %g, loss fell by %g", row, value[MU], value[NU], fallen);
        CHECK(value[MU] == c.train.mu * mu[row]);
        CHECK(row % 3 == 1 ? value[NU] == c.train.nu * nu[row / 3] : isnan(value[NU]));
        CHECK(mu[row] >= 1 ? fallen > 0.2 : fabs(fallen) < 0.05);
    }
    sg_claim_judgement_free(&j);
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
#define CASE(layers, batch) RATES(layers, batch, "")
#define RATES(layers, batch, more) \
    "claim = \"NL1\"; expect = \"reproduced\"; data = { kind = \"digits\"; n = 60; test = 40; };" \
    "net = { layers = " layers "; depths = (2); loss = \"softmax\"; }; sg = ( { mix = 1.0; } );" \
    "train = { units = \"absolute\"; epochs = 1; seeds = 8; batch = " batch "; " more " };"
    check_inconclusive(CASE("(8, 9)", "20"), "net.layers has 2 numbers");
    check_inconclusive(CASE("(8)", "61"), "batch = 61 > n = 60");
    check_inconclusive(RATES("(8)", "20", "mu_times = (1.0, 1.0, 1.0);"),
                       "train.mu_times has 3 numbers, arms are 2");
    check_inconclusive(RATES("(8)", "20", "nu_times = (-1.0);"), "train.nu_times has -1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_sg_beats_a_frozen_half), TEST(each_arm_has_its_rates),
        TEST(without_learning_it_is_one), TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
