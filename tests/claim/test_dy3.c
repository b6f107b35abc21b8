/* DY3 as a claim: it holds on its case, its control breaks it, and a wrong hypothesis is neither. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/judge.h"

#define CASE "cases/dy3_joint_spectrum.cfg"

/* Verdict, the nine rows and the control, in every form and for seeds that no tolerance was tuned to. */
static void holds_in_every_form(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 2);
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++)
        for (uint64_t seed = 4711; seed < 4714; seed++) {
            c.train.form = c.control->train.form = form;
            struct sg_judgement j = judge(&c, seed);
            if (!j.ok || j.verdict != SG_HOLDS || count_rows(&j, false) != 9)
                fail_msg("form %d, seed %llu: %s, %zu rows, control %s", form, (unsigned long long)seed, sg_claim_verdict_name(j.verdict),
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

/* Realizable data make S_z singular: outside the hypotheses, so inconclusive. */
static void realizable_data_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.data.noise = 0.0;
    struct sg_judgement j = judge(&c, 1);
    assert_int_equal(j.verdict, SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Just inside a limit, or with a spectrum too wide, nothing shrinks in any number of steps; in ten steps no limit is found to 1 %: said at once, and no verdict. */
static void what_cannot_be_seen_is_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    const struct { double mu, nu, condition; int steps; const char *note; } odd[] = {
        {0.9, 1 - 1e-13, 30, 20000, "further from 0 and from the limits"}, {1e-12, 0.7, 30, 20000, "further from 0 and from the limits"},
        {0.9, 0.7, 1e12, 20000, "1e+07 are taken"},                {0.9, 0.7, 30, 10, "take more of them"}};
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
        TEST(realizable_data_are_inconclusive),
        TEST(what_cannot_be_seen_is_inconclusive),
        TEST(same_bits_for_any_jobs),
    };
    return RUN(tests);
}
