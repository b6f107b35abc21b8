/* CP5 as a claim: it holds on its cases in every form, labels break it and lead to least squares,
 * and cases outside its hypotheses are neither. */
#include <stdio.h>
#include <string.h>

#include "claim/judge.h"

static const char *const paths[] = {"cases/cp5_no_labels.cfg", "cases/cp5_bias.cfg",
                                    "cases/cp5_unwhitened.cfg", "cases/cp5_bias_unwhitened.cfg"};
static const size_t rows[] = {21, 15, 11, 3};

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
                fail_msg("%s, form %d: %s, %zu rows, control %s; %s", paths[k], form,
                         sg_claim_verdict_name(j.verdict), count_rows(&j, false),
                         sg_claim_verdict_name(j.control_verdict), j.evidence.note);
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
    static const char *const id[] = {"optimal-ahead-gradient", "optimal-behind-gradient"};
    read_case(&c, paths[0], 1);
    c.module[0].terms = c.control->module[0].terms;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 8);
    for (size_t i = 0; i < COUNT(id); i++) {
        const struct sg_row *row = row_id(&j, id[i]);
        assert_false(row->ok);
        assert_true(row->measured < 1e-10 && row->predicted > 1e-2);
    }
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Each hypothesis, violated alone; too few steps. */
static void outside_the_hypotheses(void **state)
{
    (void)state;
    static const struct {
        const char *data, *terms, *train, *words;
    } variant[] = {
        {"d = 6; bias = false;", "h1", "mu = 0.01; nu = 0.05; steps = 300000;",
         "s has the term 1, and data.bias is false"},
        {"d = 6; bias = true;", "h", "mu = 0.01; nu = 0.05; steps = 300000;",
         "data.bias is true, and s has no term 1"},
        {"d = 1; bias = false;", "h", "mu = 0.01; nu = 0.05; steps = 300000;",
         "besides the ones (with one, the sphere is"},
        {"d = 6; bias = false; noise = 0.0;", "h", "mu = 0.01; nu = 0.05; steps = 300000;",
         "the data are noisy"},
        {"d = 6; bias = false; outputs = 2;", "h", "mu = 0.01; nu = 0.05; steps = 300000;",
         "y has one column; here it has 2"},
        {"d = 6; bias = false; rank = 4;", "h", "mu = 0.01; nu = 0.05; steps = 300000;",
         "S_x = E[x^T x] is nonsingular"},
        {"d = 6; bias = false;", "h", "mu = 1.01; nu = 0.05; steps = 2000;", "steps are small"},
        {"d = 6; bias = false;", "h", "mu = 0.01; nu = 0.0; steps = 2000;", "steps are small"},
        {"d = 6; bias = false;", "h", "mu = 0.01; nu = 0.05; steps = 300;", "step budget"},
        {"d = 6; bias = false; condition = 1e6;", "h", "mu = 0.01; nu = 0.05; steps = 3000;",
         "unwhitened"},
    };
    for (size_t k = 0; k < COUNT(variant); k++) {
        char text[400];
        snprintf(text, sizeof text,
                 "claim = \"CP5\"; expect = \"holds\"; data = { n = 60; %s%s }; sg = ( { terms = "
                 "\"%s\"; } ); train = { form = \"compressed\"; %s };",
                 strstr(variant[k].data, "condition") ? "" : "condition = 1.0; ", variant[k].data,
                 variant[k].terms, variant[k].train);
        check_inconclusive(text, variant[k].words);
    }
}

/* An orthogonal design: a feature on the diameter of the sphere, another that is no part of W*. The
 * certificate takes a half-line that is neither. */
static void holds_for_an_orthogonal_design(void **state)
{
    (void)state;
    char path[] = "/tmp/sg_cp5_XXXXXX.csv", text[400];
    const int fd = mkstemps(path, 4);
    const char *rows_of_file = "a,b,y\n1,1,2.25\n1,1,1.25\n1,-1,2.25\n1,-1,1.25\n"
                               "-1,1,-1.25\n-1,1,-2.25\n-1,-1,-1.25\n-1,-1,-2.25\n";
    assert_true(write(fd, rows_of_file, strlen(rows_of_file)) > 0 && close(fd) == 0);
    for (int bias = 0; bias < 2; bias++) {
        snprintf(text, sizeof text,
                 "claim = \"CP5\"; expect = \"holds\"; data = { kind = \"csv\"; file = \"%s\"; "
                 "target = [\"y\"]; standardise = false; bias = %s; }; sg = ( { terms = \"%s\"; } "
                 "); train = { form = \"compressed\"; mu = 0.02; nu = 0.2; steps = 300000; };",
                 path, bias ? "true" : "false", bias ? "h1" : "h");
        struct sg_judgement j = judge_text(text, 1);
        context("bias %d: %s; %s", bias, sg_claim_verdict_name(j.verdict), j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
#ifdef SG_HAVE_ARB
        CHECK(row_id(&j, "unlabelled-proved")->ok && row_id(&j, "unlabelled-enclosed")->ok);
#endif
        sg_claim_judgement_free(&j);
    }
    unlink(path);
}

/* A few samples and the spectral form: turning w by V and back is an error of its own. */
static void holds_for_few_samples(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text("claim = \"CP5\"; expect = \"holds\"; replicates = 2; data "
                                       "= { n = 5; d = 2; condition = 1.0; bias = false; }; sg = "
                                       "( { terms = \"h\"; } ); train = { form = \"spectral\"; mu "
                                       "= 0.01; nu = 0.05; steps = 300000; };",
                                       351);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

/* Without the keys that have no sensible default the case is refused, not judged. */
static void the_bare_case_is_refused(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    read_case(&c, paths[0], 1);
    for (size_t k = 0; k < sg_case_key_count(); k++)
        c.given[k] = false;
    CHECK(sg_claim_fits(sg_claim_find("CP5"), &c, &err) == SG_BAD_INPUT &&
          strstr(err.text, "CP5 needs sg.terms"));
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
        TEST(holds_in_every_form),    TEST(labels_lead_to_least_squares),
        TEST(outside_the_hypotheses), TEST(holds_for_an_orthogonal_design),
        TEST(holds_for_few_samples),  TEST(the_bare_case_is_refused),
        TEST(same_bits_for_any_jobs),
    };
    return RUN(tests);
}
