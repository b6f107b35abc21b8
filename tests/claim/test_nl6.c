/* NL6: what each rule waits for, against a table written by hand; products against a count by hand;
 * the cases with their controls. */
#include <math.h>
#include <stdlib.h>

#include "claim/nl6/parts.h"
#include "judge.h"

/* Blocks from the bottom up: n waits for nothing, d for dl/dp, L for layers above. */
static const char *const table[2][SG_NL6_RULES] = {
    {"LL", "nL", "nn", "nn", "LL", "LL", "Ld", "dd", "dd", "nn"},
    {"LLLLL", "LLnLL", "nnnnn", "nnnnn", "LLLLL", "LLLLL", "LLLLd", "ddddd", "ddddd", "nnnnn"},
};
static const int depths[2] = {2, 5};

static char letter(enum sg_nl6_wait wait)
{
    return wait == SG_NL6_NOTHING_ABOVE ? 'n' : wait == SG_NL6_LOSS ? 'd' : 'L';
}

static void who_waits_for_what(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_images images;
    read_case(&c, "cases/nl6_one_framework.cfg", 1);
    struct sg_rng *rng = test_rng("locks", 0);
    sg_data_make_digits(&images, 20, rng);
    for (size_t i = 0; i < 8 * SG_NL6_RULES; i++) {
        const size_t rule = i % SG_NL6_RULES, shape = i / SG_NL6_RULES;
        c.net.depths.value[0] = depths[shape % 2];
        c.net.layers.value[0] = 9;
        c.net.batch_norm = shape & 2;
        c.net.activation = shape & 4 ? SG_SIGMOID : SG_RELU;
        const struct sg_trial trial = {.c = &c, .seed = test_seed() + shape};
        struct sg_nl6_locks locks;
        sg_nl6_locking(&locks, &sg_nl6_rules[rule], &trial, &images);
        for (size_t block = 1; block <= (size_t)depths[shape % 2]; block++) {
            context("seed %llu, shape %zu, %s, block %zu", (unsigned long long)trial.seed, shape,
                    sg_nl6_rules[rule].name, block);
            CHECK(letter(sg_nl6_theory(&sg_nl6_rules[rule], block, (size_t)depths[shape % 2])) ==
                  table[shape % 2][rule][block - 1]);
            CHECK(letter(locks.wait[block - 1]) == table[shape % 2][rule][block - 1]);
        }
        const bool above_one =
            rule >= 1 && rule <= 4 && (rule == 2 || rule == 3 || depths[shape % 2] == 2);
        CHECK(locks.reach == (!above_one ? 0 : rule == 2 ? 1 : (size_t)depths[shape % 2]));
    }
    sg_base_rng_free(rng);
    sg_data_images_free(&images);
    sg_case_free(&c);
}

/* 5 inputs, two blocks of 3, 4 classes: 15, 9 and 12 weights; the SG has 3 x 3 and 4 x 3. */
static void products(void **state)
{
    (void)state;
    static const struct {
        size_t rule;
        double step, first;
    } count[] = {
        {SG_NL6_BACKPROP, 2 * (36 + 36 + 12 + 9), 2 * (36 + 12 + 9)},
        {SG_NL6_SG, 2 * (36 + 36 + 12 + 9) + 2 * 2 * 21, 2 * (15 + 21)},
        {2, 2 * (36 + 36 + 12 + 9) + 4 * 2 * 21, 2 * (15 + 21)},
        {4, 2 * (36 + 36 + 12 + 9) + 2 * 2 * 21, 2 * (36 + 12 + 9)},
        {5, 2 * (36 + 36 + 12 + 9) + 2 * 2 * 32, 2 * (36 + 32 + 12 + 9)},
        {6, 2 * (36 + 36 + 12 + 9), 2 * (36 + 12 + 9)},
        {7, 2 * (36 + 36 + 12 + 12), 2 * (36 + 12)},
        {SG_NL6_NOTHING, 2 * (36 + 36), 2 * 15},
    };
    struct sg_case c;
    read_case(&c, "cases/nl6_one_framework.cfg", 1);
    c.net.depths.value[0] = 2;
    c.net.layers.value[0] = 3;
    for (size_t i = 0; i < COUNT(count); i++) {
        const struct sg_nl6_cost cost = sg_nl6_count(&sg_nl6_rules[count[i].rule], &c, 5, 4);
        context("%s", sg_nl6_rules[count[i].rule].name);
        CHECK(cost.step == count[i].step);
        CHECK(cost.first_block == count[i].first);
    }
    sg_case_free(&c);
}

static void shrink(struct sg_case *c, int epochs)
{
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->data.n = both[i]->data.test = 300;
        both[i]->train.seeds = SG_LAB_SEEDS;
        both[i]->train.epochs = epochs;
    }
}

/* Hidden boundaries of the linear, relu and batch norm nets of four blocks that keep a ledger: a
 * mixture keeps one as well as an SG does. */
static void check_ledgers(const struct sg_judgement *j)
{
    static const int kept[SG_NL6_RULES][3] = {{4, 4, 4}, {4, 4, 4}, {4, 4, 4}, {1, 1, 1},
                                              {4, 4, 4}, {4, 4, 4}, {4, 4, 4}, {4, 1, 1},
                                              {4, 1, 1}, {4, 4, 4}};
    const struct sg_listing *ledgers = &j->evidence.listing[0];
    CHECK(ledgers->n_rows == SG_NL6_RULES && row_id(j, "ledger-left")->ok);
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        char id[SG_ROW_ID_MAX];
        snprintf(id, sizeof id, "ledger-%s", sg_nl6_rules[rule].key);
        context("%s", id);
        CHECK(row_id(j, id)->ok);
        for (size_t kind = 0; kind < 3; kind++)
            CHECK(ledgers->value[rule * (ledgers->n_columns - 1) + kind] == kept[rule][kind]);
    }
}

/* Where a billionth of the true gradient comes in, no layer is unlocked any more; the rules without
 * an SG are not touched. */
static void the_table_holds_and_its_control_breaks_it(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl6_one_framework.cfg", 1);
    shrink(&c, 4);
    struct sg_judgement j = judge(&c, 4711), control = judge_control(&c, 4711);
    CHECK(j.control_ok && j.verdict != SG_FAILS && control.verdict == SG_FAILS);
    CHECK(j.evidence.n_listings == 4 && j.evidence.listing[2].n_rows == SG_NL6_RULES &&
          j.evidence.listing[3].n_rows == SG_NL6_RULES);
    check_ledgers(&j);
    check_ledgers(&control);
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        char id[SG_ROW_ID_MAX];
        snprintf(id, sizeof id, "waits-%s", sg_nl6_rules[rule].key);
        context("%s", id);
        CHECK(row_id(&j, id)->ok);
        CHECK(row_id(&control, id)->ok == !(rule >= 1 && rule <= 3));
    }
    CHECK(row_id(&j, "gain-sg")->low > 0 && !row_id(&j, "gain-sg")->secondary &&
          row_id(&j, "gain-bp")->low > 0);
    sg_claim_judgement_free(&j);
    sg_claim_judgement_free(&control);
    sg_case_free(&c);
}

/* By rule, in the table's order. */
static void each_rule_has_its_rates(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl6_one_framework.cfg", 1);
    shrink(&c, 2);
    c.has_control = false;
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        c.train.mu_times.value[rule] = rule == SG_NL6_BACKPROP ? 1e-9 : 1 + (double)rule / 8;
        c.train.nu_times.value[rule] = 2 + (double)rule / 8;
    }
    struct sg_judgement j = judge(&c, 12);
    const struct sg_listing *means = &j.evidence.listing[3];
    for (size_t rule = 0; rule < SG_NL6_RULES; rule++) {
        const double *value = means->value + rule * (means->n_columns - 1);
        const bool has_sg = rule >= 1 && rule <= 5;
        context("%s: mu %g, nu %g", sg_nl6_rules[rule].name, value[0], value[1]);
        CHECK(value[0] == c.train.mu * c.train.mu_times.value[rule]);
        CHECK(has_sg ? value[1] == c.train.nu * c.train.nu_times.value[rule] : isnan(value[1]));
        CHECK(fabs(value[8] - (value[5] - means->value[5])) < 1e-12); /* over backprop's */
    }
    CHECK(means->value[5] < 0.25); /* backprop's rate has trained nothing: ten classes */
    CHECK(means->value[2] > means->value[2 + means->n_columns - 1] + 0.2); /* the SG's has */
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void delayed_pairs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl6_unlocked.cfg", 1);
    shrink(&c, 12);
    c.train.tau = c.control->train.tau = (struct sg_int_list){.n = 3, .value = {0, 1, 30}};
    struct sg_judgement j = judge(&c, 4711), control = judge_control(&c, 4711);
    context("%s", j.evidence.note);
    CHECK(row_id(&j, "bits-threads")->ok && row_id(&j, "bits-undivided")->ok &&
          !row_id(&j, "kept")->secondary);
    CHECK(row_id(&j, "trains-0")->low > 0.02 && row_id(&j, "trains-1")->low > 0.02);
    /* An SG that never learns is a frozen half, bit for bit. */
    CHECK(row_id(&control, "trains-0")->measured == 0 &&
          row_id(&control, "trains-30")->measured == 0);
    CHECK(row_id(&control, "kept")->state == SG_ROW_OPEN && control.verdict == SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_claim_judgement_free(&control);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
#define CASE(experiment, layers, depths, mix, train) \
    "claim = \"NL6\"; expect = \"reproduced\"; experiment = \"" experiment "\";" \
    "data = { kind = \"digits\"; n = 60; test = 40; }; net = { layers = " layers \
    "; depths = " depths ";" \
    "loss = \"softmax\"; activation = \"relu\"; }; sg = ( { mix = " mix "; } );" \
    "train = { units = \"absolute\"; epochs = 1; seeds = 8; " train " };"
    check_inconclusive(CASE("main", "(8)", "(1)", "1.0", "batch = 20;"), "the first is 1");
    check_inconclusive(CASE("main", "(8)", "(2, 3)", "1.0", "batch = 20;"),
                       "net.depths has 2 numbers");
    check_inconclusive(CASE("main", "(8, 8)", "(2)", "1.0", "batch = 20;"),
                       "net.layers has 2 numbers");
    check_inconclusive(CASE("main", "(8)", "(2)", "1.0", "batch = 61;"), "batch = 61 > n = 60");
    check_inconclusive(CASE("main", "(8)", "(2)", "1.0", "batch = 20; tau = (0, 1);"),
                       "train.tau is given");
    check_inconclusive(CASE("unlocked", "(8)", "(2)", "1.0", "batch = 20; tau = (2, 1);"),
                       "the first is 2");
    check_inconclusive(CASE("unlocked", "(8)", "(2)", "1.0", "batch = 20; tau = (0);"),
                       "train.tau has 1 numbers");
    check_inconclusive(CASE("main", "(8)", "(2)", "1.0", "batch = 20; mu_times = (1.0, 2.0);"),
                       "train.mu_times has 2 numbers, arms are 10");
    check_inconclusive(CASE("unlocked", "(8)", "(2)", "0.5", "batch = 20; tau = (0, 1);"),
                       "sg.mix = 0.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(who_waits_for_what),
                                       TEST(products),
                                       TEST(the_table_holds_and_its_control_breaks_it),
                                       TEST(each_rule_has_its_rates),
                                       TEST(delayed_pairs),
                                       TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
