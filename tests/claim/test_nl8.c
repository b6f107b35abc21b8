/* NL8: the ledger closes in nets, on seeds and under steps that nothing was tuned to; every
 * hypothesis is needed; every row can fail. */
#include "judge.h"

#define CASE(net, sg, train) CASE_OF(net, sg, train, "20")
#define CASE_OF(net, sg, train, batch) \
    "claim = \"NL8\"; expect = \"holds\";" \
    "data = { kind = \"digits\"; n = 120; test = 40; };" \
    "net = { layers = (10, 10, 10, 10); loss = \"softmax\"; type = \"float64\"; " net " };" \
    "sg = ( { at = 2; " sg " } );" \
    "train = { units = \"absolute\"; epochs = 10; batch = " batch "; " train " };"
#define RELU "activation = \"relu\"; "
#define NORM "activation = \"relu\"; batch_norm = true; "
#define ARRIVING "target = \"arriving\"; "
#define RATES "mu = 0.02; nu = 0.01; "
#define RULES 3

static const char *const ledgers[RULES] = {"ledger-backprop", "ledger-one-sg", "ledger-everywhere"};
static const char *const lengths[RULES] = {"length-backprop", "length-one-sg", "length-everywhere"};

static void the_ledger_closes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        CASE(RELU, ARRIVING, RATES),
        CASE(RELU, ARRIVING "mix = 0.3; ", RATES),
        CASE(RELU, ARRIVING, RATES "decay = true; "),
        CASE_OF(RELU, ARRIVING, "mu = 0.002; nu = 0.006; ", "1"),
        CASE(RELU, ARRIVING, RATES "optimiser = \"momentum\"; beta1 = 0.5; "),
        CASE(RELU, ARRIVING, "mu = 0.001; nu = 0.001; optimiser = \"momentum\"; beta1 = 0.95; "),
        CASE(NORM, ARRIVING, RATES),
        CASE(NORM, ARRIVING "mix = 0.3; ", "mu = 0.05; nu = 0.05; decay = true; "),
        CASE(NORM, ARRIVING, "mu = 0.005; nu = 0.002; optimiser = \"momentum\"; ")};
    for (size_t i = 0; i < COUNT(texts); i++)
        for (uint64_t seed = 301; seed < 304; seed++) {
            struct sg_judgement j = judge_text(texts[i], seed);
            context("%s, seed %llu: %s", texts[i], (unsigned long long)seed, j.evidence.note);
            CHECK(j.verdict == SG_HOLDS);
            CHECK(j.evidence.n_rows == (strstr(texts[i], "batch_norm") ? 2 * RULES : RULES));
            sg_claim_judgement_free(&j);
        }
}

/* met[r]: the rows of a rule that are met; the others are missed, by a factor of 1e4 and more. */
static void check_rows(const char *text, const char *const ids[RULES], const bool met[RULES])
{
    struct sg_judgement j = judge_text(text, 7);
    for (size_t r = 0; r < RULES; r++) {
        const struct sg_row *row = row_id(&j, ids[r]);
        context("%s, %s: %g of %g", text, ids[r], row->measured, row->tolerance);
        CHECK(met[r] ? row->state == SG_ROW_MET
                     : row->state == SG_ROW_MISSED && row->measured > 1e4 * row->tolerance);
    }
    sg_claim_judgement_free(&j);
}

static void every_hypothesis_is_needed(void **state)
{
    (void)state;
    const bool all[] = {true, true, true}, none[] = {false, false, false},
               below_another[] = {true, true, false};
    /* One SG's true gradient is what arrives. */
    check_rows(CASE(RELU, "target = \"true\"; ", RATES), ledgers, below_another);
    check_rows(CASE(NORM, "target = \"true\"; ", RATES), ledgers, below_another);
    check_rows(CASE(RELU, ARRIVING, "mu = 0.002; nu = 0.001; optimiser = \"adam\"; "), ledgers,
               none);
    check_rows(CASE(RELU, ARRIVING, "mu = 0.002; nu = 0.001; optimiser = \"rmsprop\"; "), ledgers,
               none);
    check_rows(CASE("activation = \"sigmoid\"; ", ARRIVING, RATES), ledgers, none);
    check_rows(CASE("activation = \"sigmoid\"; batch_norm = true; ", ARRIVING, RATES), ledgers,
               none);
    /* What a block's scale does not change is none of its activation's business, or of an SG's. */
    check_rows(CASE("activation = \"sigmoid\"; batch_norm = true; ", "target = \"true\"; ", RATES),
               lengths, all);
    check_rows(CASE(NORM, ARRIVING, "mu = 0.002; nu = 0.001; optimiser = \"adam\"; "), lengths,
               none);
}

/* In float32 the bound on rounding is as large as what is booked: nothing is shown. */
static void single_precision_shows_nothing(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"NL8\"; expect = \"holds\"; data = { kind = \"digits\"; n = 120; test = 40; };"
        "net = { layers = (10, 10, 10, 10); loss = \"softmax\"; type = \"float32\"; " RELU "};"
        "sg = ( { at = 2; " ARRIVING "} );"
        "train = { units = \"absolute\"; batch = 20; epochs = 10; mu = 1e-4; nu = 1e-4; };",
        1);
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    CHECK(row_id(&j, "ledger-backprop")->state == SG_ROW_IS_BLIND);
    sg_claim_judgement_free(&j);
}

/* The table after each block: gain = 2 tr A / kappa + squares, of which backprop has no A. */
static void the_tables_add_up(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(CASE(RELU, ARRIVING, RATES), 5);
    const struct sg_listing *t = &j.evidence.listing[0];
    CHECK(t->n_rows == 4 && t->n_columns == 1 + 3 * RULES);
    for (size_t b = 0; b < t->n_rows; b++)
        for (size_t r = 0; r < RULES; r++) {
            const double *x = t->value + b * 3 * RULES + 3 * r;
            const bool sg = r == 2 || (r == 1 && b == 1);
            context("block %zu, rule %zu", b + 1, r);
            CHECK(fabs(x[0] - x[1] - x[2]) < 1e-11 && (sg ? fabs(x[1]) > 1e-4 : !(fabs(x[1]) > 0)));
        }
    sg_claim_judgement_free(&j);
}

static void the_cases_hold(void **state)
{
    (void)state;
    struct sg_case c;
    static const char *const paths[] = {"cases/nl8_ledger.cfg", "cases/nl8_momentum.cfg",
                                        "cases/nl8_batch_norm.cfg"};
    for (size_t i = 0; i < COUNT(paths); i++) {
        read_case(&c, paths[i], 1);
        c.train.epochs = c.control->train.epochs = 10;
        struct sg_judgement j = judge(&c, 401);
        context("%s: %s", paths[i], j.evidence.note);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_ledger_closes), TEST(every_hypothesis_is_needed),
        TEST(single_precision_shows_nothing), TEST(the_tables_add_up), TEST(the_cases_hold)};
    return RUN(tests);
}
