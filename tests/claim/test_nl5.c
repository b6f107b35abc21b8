/* NL5: every norm's account closes on any seed, and under no optimiser but those of the theorem;
 * norms are those of the start where nothing moves, and follow the optimiser where something does.
 */

#include "judge.h"

static const struct sg_listing *listing(const struct sg_judgement *j, const char *title)
{
    for (size_t i = 0; i < j->evidence.n_listings; i++)
        if (strstr(j->evidence.listing[i].title, title))
            return &j->evidence.listing[i];
    context("no table says: %s", title);
    CHECK(false);
    return NULL;
}

#define EFFECTS "what the paper says"
#define NORMS "norm of a block's weights"

static void the_account_closes(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_weight_norms.cfg", 1);
    c.train.seeds = c.control->train.seeds = 2;
    for (uint64_t seed = 201; seed < 204; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.has_control && j.control_verdict == SG_FAILS);
        CHECK(j.evidence.n_rows == 6);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Under Adam each of the six rows is missed. */
static void adam_keeps_none(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_adam.cfg", 1);
    c.train.seeds = 2;
    struct sg_judgement j = judge(&c, 17);
    CHECK(j.ok && j.verdict == SG_FAILS && j.evidence.n_rows == 6);
    for (size_t i = 0; i < j.evidence.n_rows; i++)
        CHECK(j.evidence.row[i].state == SG_ROW_MISSED);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* At a rate below half an ulp of every weight, float32 weights stay where they are. */
static void without_steps_the_start(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl5_weight_norms.cfg", 1);
    c.net.type = SG_F32;
    c.train.mu = c.train.nu = 1e-30;
    c.train.epochs = 2;
    struct sg_judgement j = judge(&c, 7);
    const struct sg_listing *effects = listing(&j, EFFECTS), *norms = listing(&j, NORMS);
    CHECK(effects->n_rows == 5 && norms->n_rows == 6);
    for (size_t i = 0; i < 5; i++)
        CHECK(effects->value[3 * i] == 0);
    for (size_t i = 0; i < 6 * 4; i++)
        CHECK(norms->value[i] == 1);
    CHECK(j.verdict == SG_INCONCLUSIVE); /* a bound on rounding, and nothing booked */
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* The norms follow the optimiser: those that Adam makes large at first gradient descent leaves
 * small, and with it all five effects have the other sign. */
static void gradient_descent_turns_them_round(void **state)
{
    (void)state;
    struct sg_case c;
    for (int adam = 0; adam < 2; adam++) {
        read_case(&c, adam ? "cases/nl5_adam.cfg" : "cases/nl5_weight_norms.cfg", 1);
        struct sg_judgement j = judge(&c, 203);
        const struct sg_listing *effects = listing(&j, EFFECTS);
        for (size_t i = 0; i < effects->n_rows; i++) {
            const double low = effects->value[3 * i + 1], high = effects->value[3 * i + 2];
            context("%s, %s: %g to %g", c.name, effects->row[i], low, high);
            CHECK(adam ? i >= 2 || low > 0.05 : high < 0);
        }
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_account_closes), TEST(adam_keeps_none),
                                       TEST(without_steps_the_start),
                                       TEST(gradient_descent_turns_them_round)};
    return RUN(tests);
}
