/* DY3 as a claim: it holds on its case, its control breaks it, and a wrong hypothesis is neither.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/judge.h"

#define CASE "cases/dy3_joint_spectrum.cfg"

/* Verdict, the eleven rows and the control, in every form and for seeds that no tolerance was tuned
 * to. */
static void holds_in_every_form(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 2);
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++)
        for (uint64_t seed = 4711; seed < 4714; seed++) {
            c.train.form = c.control->train.form = form;
            struct sg_judgement j = judge(&c, seed);
            if (!j.ok || j.verdict != SG_HOLDS || count_rows(&j, false) != 11)
                fail_msg("form %d, seed %llu: %s, %zu rows, control %s", form,
                         (unsigned long long)seed, sg_claim_verdict_name(j.verdict),
                         j.evidence.n_rows, sg_claim_verdict_name(j.control_verdict));
            assert_int_equal(j.control_verdict, SG_FAILS);
            sg_claim_judgement_free(&j);
        }
    sg_case_free(&c);
}

/* One per cent beyond either limit. */
static void fails_beyond_a_limit(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    const double mu[] = {1.01, 0.9}, nu[] = {0.7, 1.01};
    for (int i = 0; i < 2; i++) {
        c.train.mu = mu[i];
        c.train.nu = nu[i];
        struct sg_judgement j = judge(&c, 3);
        assert_int_equal(j.verdict, SG_FAILS);
        assert_false(j.ok);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* A control that leaves the hypotheses intact does not change the verdict, and that is not ok. */
static void an_idle_control_is_noticed(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.control->train.mu = 0.99;
    struct sg_judgement j = judge(&c, 5);
    assert_int_equal(j.verdict, SG_HOLDS);
    assert_int_equal(j.control_verdict, SG_HOLDS);
    assert_false(j.control_ok);
    assert_false(j.ok);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Each hypothesis violated by itself is named, with the value that shows it. */
static void an_unmet_hypothesis_is_named(void **state)
{
    (void)state;
    check_inconclusive("claim = \"DY3\"; expect = \"holds\"; data = { n = 30; d = 41; };",
                       "S_x = E[x^T x] is nonsingular; here S_x is singular: 41 columns > n = 30");
    check_inconclusive("claim = \"DY3\"; expect = \"holds\"; data = { n = 60; d = 7; rank = 5; };",
                       "S_x has 2 of 7 eigenvalues at zero");
    check_inconclusive("claim = \"DY3\"; expect = \"holds\"; data = { noise = 0.0; };",
                       "the data are noisy, y != X W*; here |y - X W*| is");
    check_inconclusive(
        "claim = \"DY3\"; expect = \"holds\"; data = { n = 6; d = 3; outputs = 3; };",
        "S_z = E[z^T z], z = (p*, y, 1), is nonsingular; here S_z is singular: 7 columns > n = 6");
}

/* A key that the statement does not read, or a value that it says nothing about, is refused. */
static void what_it_does_not_read_is_refused(void **state)
{
    (void)state;
    check_refused(
        "claim = \"DY3\"; expect = \"holds\";\ntrain = { delay = \"stale_sg\"; tau = 2; };",
        ":2: claim DY3 says nothing about train.delay");
    check_refused("claim = \"DY3\"; expect = \"holds\";\nsg = ();",
                  ":2: claim DY3 is about nets with");
    check_refused("claim = \"DY3\"; expect = \"holds\"; train = { order = \"sg_first\"; };",
                  "says nothing about such a train.order");
    check_refused("claim = \"DY3\"; expect = \"holds\"; control = { batch = 7; };",
                  "train.batch (in control)");
}

/* Where nothing can be seen within the step budget, the note gives the steps that it takes and the
 * budget, and there is no verdict. */
static void what_cannot_be_seen_is_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    const struct {
        double mu, nu, condition;
        int steps;
        const char *note;
    } odd[] = {{0.9, 1 - 1e-13, 30, 20000, "further from 0 and from the limits"},
               {1e-12, 0.7, 30, 20000, "further from 0 and from the limits"},
               {1e-8, 0.7, 1e11, 20000, "steps, and the step budget is 1e+07"},
               {0.9, 0.7, 1e12, 20000, "steps, and the step budget is 1e+07"},
               {0.9, 0.7, 30, 10, "raise train.steps"}};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        c.train.mu = odd[i].mu;
        c.train.nu = odd[i].nu;
        c.train.steps = odd[i].steps;
        c.data.condition = odd[i].condition;
        c.has_control = false;
        struct sg_judgement j = judge(&c, 1);
        context("%zu: %s", i, j.evidence.note);
        CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, odd[i].note));
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Beyond a limit the start leaves, as the statement says: the note names the rate, and no row is
 * without a number. */
static void a_rate_beyond_its_limit_is_named(void **state)
{
    (void)state;
    struct sg_judgement j =
        judge_text("claim = \"DY3\"; expect = \"fails\"; data = { n = 90; d = 5; }; train = { mu "
                   "= 0.6; nu = 1.3; };",
                   2);
    CHECK(j.verdict == SG_FAILS && row_id(&j, "returns")->state == SG_ROW_MISSED);
    CHECK(strstr(j.evidence.note, "nu is beyond its limit and the start leaves") != NULL);
    for (size_t r = 0; r < j.evidence.n_rows; r++)
        CHECK(isfinite(j.evidence.row[r].measured));
    sg_claim_judgement_free(&j);
}

/* Equal rates: the two blocks share the eigenvalue of their tops and J may have a Jordan block. The
 * statement is the same, and no tolerance is infinite.  On collinear data the contraction's second
 * order would hide it; the odd part of two runs does not have it. */
static void holds_where_the_blocks_meet(void **state)
{
    (void)state;
    const char *const text[] = {"claim = \"DY3\"; expect = \"holds\";",
                                "claim = \"DY3\"; expect = \"holds\"; data = { n = 150; d = 5; "
                                "outputs = 3; condition = 20.0; }; train = { form = "
                                "\"compressed\"; mu = 0.5; nu = 0.5; };"};
    for (size_t i = 0; i < COUNT(text); i++) {
        struct sg_judgement j = judge_text(text[i], 5);
        context("%s\n%s", text[i], j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
        CHECK(row_id(&j, "contraction")->tolerance < 1e-2 * row_id(&j, "contraction")->scale);
        sg_claim_judgement_free(&j);
    }
}

/* R^2 decides the SG's speed: shown where 1 is in col X, for one output and more, at small and
 * large noise; each row compares more closely than a thousandth. */
static void the_fit_decides_the_speed(void **state)
{
    (void)state;
    const struct { double noise; int outputs; bool bias; } data[] = {
        {0.5, 1, true}, {8, 1, true}, {0.02, 1, true}, {0.4, 3, true}, {0.5, 1, false}};
    struct sg_case c;
    read_case(&c, CASE, 2);
    c.has_control = false;
    for (size_t i = 0; i < COUNT(data); i++) {
        c.data.noise = data[i].noise;
        c.data.outputs = data[i].outputs;
        c.data.bias = data[i].bias;
        c.data.condition = 4;
        struct sg_judgement j = judge(&c, 11);
        context("%zu\n%s", i, j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
        CHECK(count_rows(&j, false) == (data[i].bias ? 11 : 9));
        for (int k = 0; data[i].bias && k < 2; k++) {
            const struct sg_row *row =
                row_id(&j, k ? "explained-contraction" : "explained-spectrum");
            CHECK(row->ok && row->tolerance < 1e-3 * row->scale);
        }
        CHECK((data[i].outputs == 1 && data[i].bias) == (strstr(j.evidence.note, "R^2 =") != NULL));
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Heavy ball: six rows, and both limits certified, in every form, for seeds and betas that nothing
 * was tuned to, more outputs, and rates at which eigenvalues meet. */
static void holds_under_momentum(void **state)
{
    (void)state;
    const double beta[] = {0, 0.37, 0.8, 0.97};
    struct sg_case c;
    read_case(&c, "cases/dy3_momentum.cfg", 2);
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++)
        for (size_t k = 0; k < COUNT(beta); k++) {
            c.train.form = c.control->train.form = form;
            c.train.beta1 = c.control->train.beta1 = beta[k];
            c.data.outputs = c.control->data.outputs = k == 2 ? 2 : 1;
            c.train.mu = k == 1 ? 0.5 : 0.9 * (1 + beta[k]);
            c.train.nu = k == 1 ? 0.5 : 0.6 * (1 + beta[k]);
            c.control->train.mu = 1.01 * (1 + beta[k]);
            c.control->train.nu = c.train.nu;
            struct sg_judgement j = judge(&c, 4711 + k);
            context("form %d, beta %g\n%s", form, beta[k], j.evidence.note);
            CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
#ifdef SG_HAVE_ARB
            CHECK(count_rows(&j, true) == 2);
#endif
            CHECK(count_rows(&j, false) == 6);
            CHECK(row_id(&j, "mu-limit")->tolerance < 1e-3);
            CHECK(row_id(&j, "nu-limit")->tolerance < 1e-3);
            sg_claim_judgement_free(&j);
        }
    sg_case_free(&c);
}

/* Beyond the SG's limit it leaves; at rates between gradient descent's limit and heavy ball's it
 * returns under heavy ball alone. */
static void momentum_widens_the_limits(void **state)
{
    (void)state;
    const struct { double mu, nu; bool momentum, returns; } rates[] = {
        {1.1, 0.7, true, true},  {0.7, 1.1, true, true},    {1.1, 0.7, false, false},
        {0.7, 1.1, false, false}, {1.75, 0.7, true, true},  {1.818, 0.7, true, false},
        {0.7, 1.75, true, true},  {0.7, 1.818, true, false}};
    struct sg_case c;
    read_case(&c, "cases/dy3_momentum.cfg", 1);
    c.has_control = false;
    for (size_t i = 0; i < COUNT(rates); i++) {
        c.train.mu = rates[i].mu;
        c.train.nu = rates[i].nu;
        c.train.optimiser = rates[i].momentum ? SG_MOMENTUM : SG_GD;
        struct sg_judgement j = judge(&c, 6);
        context("%zu\n%s", i, j.evidence.note);
        CHECK((row_id(&j, "returns")->state == SG_ROW_MET) == rates[i].returns);
        CHECK(rates[i].returns || strstr(j.evidence.note, "is beyond its limit"));
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Bits do not depend on the number of threads. */
static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 5);
    check_same_bits(&c, 9);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_in_every_form),
        TEST(fails_beyond_a_limit),
        TEST(an_idle_control_is_noticed),
        TEST(an_unmet_hypothesis_is_named),
        TEST(what_it_does_not_read_is_refused),
        TEST(what_cannot_be_seen_is_inconclusive),
        TEST(a_rate_beyond_its_limit_is_named),
        TEST(holds_where_the_blocks_meet),
        TEST(the_fit_decides_the_speed),
        TEST(holds_under_momentum),
        TEST(momentum_widens_the_limits),
        TEST(same_bits_for_any_jobs),
    };
    return RUN(tests);
}
