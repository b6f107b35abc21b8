/* DY10 as a claim: it holds for seeds that no tolerance was tuned to, and unwhitened inputs break
 * it. */
#include "claim/judge.h"

#define CASE "cases/dy10_mode_trajectories.cfg"
#ifdef SG_HAVE_ARB
enum { ROWS = 11 };
#else
enum { ROWS = 8 };
#endif

/* On samples and on compressed rows; a hidden layer as wide as there are modes, and a narrower one,
 * which learns the largest ones. */
static void holds(void **state)
{
    (void)state;
    for (uint64_t seed = 4711; seed < 4714; seed++) {
        struct sg_case c;
        read_case(&c, CASE, 1);
        c.train.form = c.control->train.form = seed == 4711 ? SG_FORM_SAMPLE : SG_FORM_COMPRESSED;
        c.net.layers.value[0] = c.control->net.layers.value[0] = seed == 4713 ? 2 : 3;
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu: %s; %s", (unsigned long long)seed, sg_claim_verdict_name(j.verdict),
                j.evidence.note);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.evidence.n_rows == ROWS);
        CHECK(j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Five per cent off whitened: not the order only, the curve itself is missed. */
static void fails_unwhitened(void **state)
{
    (void)state;
    static const char *const id[] = {"steps-backprop", "steps-adiabatic", "steps-trained",
                                     "clock-backprop", "clock-adiabatic", "order-backprop",
                                     "order-adiabatic"};
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.data.condition = 1.05;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 3);
    CHECK(j.verdict == SG_FAILS);
    for (size_t i = 0; i < COUNT(id); i++) {
        context("%s still holds", id[i]);
        CHECK(row_id(&j, id[i])->state == SG_ROW_MISSED);
    }
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

#define START "claim = \"DY10\"; expect = \"holds\"; "
#define DATA(numbers) "data = { bias = false; condition = 1.0; " numbers " }; "
#define NOISY DATA("n = 60; d = 5; outputs = 3; noise = 2.0;")
#define NET "net = { layers = (3); }; "
#define SG "sg = ( { at = 1; terms = \"hy1\"; } ); "
#define TRAIN(numbers) "train = { form = \"compressed\"; units = \"critical\"; " numbers " }; "
#define RATES TRAIN("mu = 0.02; nu = 0.7; steps = 400;")
static void unmet_hypotheses_are_named(void **state)
{
    (void)state;
    check_inconclusive(START NOISY "net = { layers = (3, 3); }; " SG RATES,
                       "two layers of weights; here it has 3");
    check_inconclusive(START DATA("n = 60; d = 5; outputs = 3; noise = 2.0; rank = 4;")
                           NET SG RATES,
                       "x has full rank, as E[x^T x] = I says; here it has rank 4 of 5");
    check_inconclusive(START NOISY NET SG TRAIN("mu = 0.2; nu = 0.7; steps = 400;"),
                       "mu sigma_1 = 0.2");
    check_inconclusive(START NOISY NET SG TRAIN("mu = 0.02; nu = 0.7; steps = 9;"),
                       "the step budget is 9");
}

/* What the SG in its own time needs besides is no hypothesis of the statement: without it the rest
 * holds, and the note says what was left out. */
static void goes_without_the_fast_sg(void **state)
{
    (void)state;
    static const struct {
        const char *text, *note;
    } without[] = {
        {START DATA("n = 60; d = 5; outputs = 3; noise = 0.0;") NET SG RATES, "S_z is singular"},
        {START NOISY NET SG TRAIN("mu = 0.02; nu = 1.1; steps = 400;"),
         "at the minimum, not below 2"},
        {START NOISY NET SG TRAIN("mu = 0.02; nu = 1e-4; steps = 400;"), "it is too slow"},
    };
    for (size_t i = 0; i < COUNT(without); i++) {
        struct sg_judgement j = judge_text(without[i].text, 1);
        context("%s: %s", without[i].note, j.evidence.note);
        CHECK(j.verdict == SG_HOLDS && j.evidence.n_rows == ROWS - 1);
        CHECK(strstr(j.evidence.note, without[i].note) != NULL);
        sg_claim_judgement_free(&j);
    }
}

/* Two samples: S_z is singular, and dgelsd's optimum has a part along the ones that the adiabatic
 * SG, which comes after it, has not. */
static void the_adiabatic_sg_keeps_nothing_of_the_trained_one(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.has_control = false;
    c.train.steps = 200;
    c.data.n = c.data.d = 2;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %d: %s; %s", (int)seed, sg_claim_verdict_name(j.verdict), j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* At a mu so small that rounding over mu hides the limit, nothing is refuted: the row is blind. */
static void a_tiny_rate_refutes_nothing(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.has_control = false;
    c.train.steps = 300;
    const double mu[] = {1e-9, 1e-8, 1e-6};
    for (size_t i = 0; i < COUNT(mu); i++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            c.train.mu = mu[i];
            struct sg_judgement j = judge(&c, seed);
            context("mu %g, seed %d: %s; %s", mu[i], (int)seed, sg_claim_verdict_name(j.verdict),
                    j.evidence.note);
            CHECK(row_id(&j, "fast")->state != SG_ROW_MISSED);
            CHECK(j.verdict == SG_INCONCLUSIVE);
            sg_claim_judgement_free(&j);
        }
    sg_case_free(&c);
}

/* A control that withholds the labels would leave everything undecided: it is none. */
static void a_control_without_labels_is_refused(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err = {{0}};
    read_case(&c, CASE, 1);
    CHECK_STATUS(sg_claim_fits(sg_claim_find("DY10"), &c, &err), SG_OK);
    c.control->module[0].terms = SG_H | SG_ONE;
    CHECK_STATUS(sg_claim_fits(sg_claim_find("DY10"), &c, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, "sg.terms (in control)") != NULL);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds),
        TEST(fails_unwhitened),
        TEST(unmet_hypotheses_are_named),
        TEST(goes_without_the_fast_sg),
        TEST(the_adiabatic_sg_keeps_nothing_of_the_trained_one),
        TEST(a_tiny_rate_refutes_nothing),
        TEST(a_control_without_labels_is_refused),
    };
    return RUN(tests);
}
