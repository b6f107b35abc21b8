/* CP5 as a claim: it holds on its cases in every form, labels break it and lead to least squares, and cases outside its hypotheses are neither. */
#include <math.h>
#include <string.h>

#include "claim/judge.h"

static const char *const paths[] = {"cases/cp5_no_labels.cfg", "cases/cp5_bias.cfg", "cases/cp5_unwhitened.cfg", "cases/cp5_bias_unwhitened.cfg"};
static const size_t rows[] = {23, 16, 11, 3};

static void holds_in_every_form(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
        struct sg_case c;
        read_case(&c, paths[k], 1);
        for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++) {
            c.train.form = c.control->train.form = form;
            struct sg_judgement j = judge(&c, 4711 + (uint64_t)form);
            if (!j.ok || j.verdict != SG_HOLDS || count_rows(&j, false) != rows[k])
                fail_msg("%s, form %d: %s, %zu rows, control %s", paths[k], form, sg_claim_verdict_name(j.verdict), j.evidence.n_rows,
                         sg_claim_verdict_name(j.control_verdict));
            assert_int_equal(j.control_verdict, SG_FAILS);
            sg_claim_judgement_free(&j);
        }
        sg_case_free(&c);
    }
}

/* The nearest violation: with labels the very same runs end at least squares. */
static void labels_lead_to_least_squares(void **state)
{
    (void)state;
    struct sg_case c;
    size_t looked = 0;
    read_case(&c, paths[0], 1);
    struct sg_judgement j = judge(c.control, 8);
    for (size_t i = 0; i < j.evidence.n_rows; i++) {
        const struct sg_row *row = &j.evidence.row[i];
        if (strncmp(row->what, "optimal alpha", 13) != 0 || !strstr(row->what, "true gradient"))
            continue;
        assert_false(row->ok);
        assert_true(row->measured < 1e-10 && row->predicted > 1e-2);
        looked++;
    }
    assert_int_equal(looked, 2);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* gamma without a ones column (another set), a ones column without gamma, one feature (two points), realizable data, several outputs: not this claim's. */
static void other_hypotheses_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    for (int k = 0; k < 5; k++) {
        read_case(&c, paths[0], 1);
        if (k == 0)
            c.module[0].terms = SG_H | SG_ONE;
        if (k == 1)
            c.data.bias = true;
        if (k == 2)
            c.data.d = 1;
        if (k == 3)
            c.data.noise = 0;
        if (k == 4)
            c.data.outputs = 2;
        struct sg_judgement j = judge(&c, 3);
        if (j.verdict != SG_INCONCLUSIVE)
            fail_msg("variant %d: %s", k, sg_claim_verdict_name(j.verdict));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* A step beyond 2 / lambda_max does not come to rest. */
static void fails_beyond_mu_2(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, paths[0], 1);
    c.train.mu = 1.01;
    c.train.steps = 2000;
    struct sg_judgement j = judge(&c, 3);
    assert_int_equal(j.verdict, SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, paths[0], 4);
    check_same_bits(&c, 9);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_in_every_form),
        TEST(labels_lead_to_least_squares),
        TEST(other_hypotheses_are_inconclusive),
        TEST(fails_beyond_mu_2),
        TEST(same_bits_for_any_jobs),
    };
    return RUN(tests);
}
