/* DY11 as a claim, and the parts it measures with: growth of a mode, the root of it, the roots of a
 * polynomial. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/judge.h"
#include "lab/delay.h"
#include "synthgrad/closed.h"

static void only_these(struct sg_case *c, size_t n, const int *tau)
{
    struct sg_case *both[] = {c, c->control};
    for (int k = 0; k < 2; k++) {
        both[k]->train.tau.n = n;
        memcpy(both[k]->train.tau.value, tau, n * sizeof *tau);
    }
}

/* ---- the parts ------------------------------------------------------------------------------ */

/* 2 sin(pi/2) = 2, 2 sin(pi/6) = 1, 2 sin(pi/10) = (sqrt 5 - 1)/2. */
static void limits_with_closed_values(void **state)
{
    (void)state;
    const double exact[] = {2, 1, (sqrt(5) - 1) / 2};
    for (size_t tau = 0; tau < 3; tau++)
        CHECK_CLOSE(sg_closed_delay_limit(tau), exact[tau], 3 * SG_UNIT_ROUNDOFF * exact[tau]);
    CHECK_CLOSE(sg_delay_gain(0), 2.0, 4 * SG_UNIT_ROUNDOFF);
    CHECK_CLOSE(sg_delay_gain(1), 0.5, 4 * SG_UNIT_ROUNDOFF); /* |lambda|^2 = a */
}

/* (x - 3)(x + 2)(x^2 + 1.21) and (x - 0.7) */
static void roots_of_known_polynomials(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    struct sg_lab lab = sg_lab_begin(&ev, NULL);
    double modulus[4];
    const double quartic[] = {-1, 1.21 - 6, -1.21, -6 * 1.21}, linear[] = {-0.7};
    const double error = sg_delay_roots(&lab, modulus, quartic, 4);
    CHECK_CLOSE(modulus[0], 3.0, error);
    CHECK(error < 1e-13);
    CHECK_CLOSE(modulus[1], 2.0, 10 * error);
    CHECK_CLOSE(modulus[2], 1.1, 10 * error);
    const double of_one = sg_delay_roots(&lab, modulus, linear, 1);
    CHECK_CLOSE(modulus[0], 0.7, of_one);
    CHECK_STATUS(sg_lab_end(&lab), SG_OK);
}

static struct sg_growth parabola(double x, void *context)
{
    ++*(size_t *)context;
    return (struct sg_growth){.rate = x * x - 2, .whole = true};
}

static void the_root_of_a_growth(void **state)
{
    (void)state;
    struct sg_growth at;
    size_t calls = 0;
    CHECK_CLOSE(sg_delay_root(&at, parabola, &calls, 1, 2, 1e-12), sqrt(2),
                1e-12); /* resolution over the slope 2 sqrt 2 */
    CHECK_BOUND(fabs(at.rate), 1e-12);
    CHECK(calls < 20);
    CHECK(isnan(sg_delay_root(&at, parabola, &calls, 2, 3, 1e-12))); /* no change of sign */
}

/* tau = 1, a below and above 1: |lambda|^2 = a exactly.  The windows are no whole number of half
 * periods off the limit: over K windows of W steps the slope turns by at most 1.5/(K W^2 sin
 * theta), theta near pi/3. */
static void growth_of_a_known_mode(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_evidence ev = {0};
    struct sg_data data;
    struct sg_error err;
    struct sg_shallow *s;
    read_case(&c, "cases/dy11_delay.cfg", 1);
    c.n_modules = 0;
    CHECK_STATUS(sg_case_make_data(&data, &c, 5, 0, &err), SG_OK);
    const struct sg_trial trial = {.c = &c, .data = &data, .seed = 5};
    struct sg_lab lab = sg_lab_begin(&ev, &trial);
    s = sg_shallow_make(&lab, (struct sg_timing){.net_w = 1, .net_phi = 1});
    double *l = SG_TAKE(&lab, s->size, double), *offset = SG_TAKE(&lab, s->size, double);
    for (size_t i = 0; i < s->size; i++) {
        l[i] = s->fit->v_x[i * s->fit->d];
        offset[i] = 1e-4 * l[i];
    }
    const struct sg_window window = sg_delay_window(1);
    const double a[] = {0.98, 0.99, 1.01, 1.02}, k = (double)window.fit, w = (double)window.width;
    for (size_t i = 0; i < COUNT(a); i++) {
        const struct sg_growth g =
            sg_delay_growth(s, l, offset, a[i] / s->rate_x.largest, 0, &window);
        CHECK(g.whole);
        CHECK_CLOSE(g.rate, log(a[i]) / 2, 1.5 / (k * w * w * sin(M_PI / 3)));
    }
    const struct sg_growth gone =
        sg_delay_growth(s, l, offset, 1.5 / s->rate_x.largest, 0, &window);
    CHECK(!gone.whole && gone.rate > 0.1);
    CHECK_STATUS(sg_lab_end(&lab), SG_OK);
    sg_data_free(&data);
    sg_case_free(&c);
}

/* ---- the claim ------------------------------------------------------------------------------ */

static void holds_in_every_form(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy11_delay.cfg", 1);
    only_these(&c, 4, (const int[]){0, 1, 4, 13});
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++)
        for (int outputs = 1; outputs < 3; outputs++) {
            context("form %d, %d outputs", form, outputs);
            c.train.form = c.control->train.form = form;
            c.data.outputs = c.control->data.outputs = outputs;
            struct sg_judgement j = judge(&c, 4711);
            CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
            CHECK(count_rows(&j, false) == 9);
            sg_claim_judgement_free(&j);
        }
    sg_case_free(&c);
}

/* A formula with tau off by one, or off by a thousandth, is far outside every tolerance. */
static void tight_enough_to_notice(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy11_delay.cfg", 1);
    only_these(&c, 3, (const int[]){1, 5, 20});
    struct sg_judgement j = judge(&c, 12);
    for (size_t i = 0; i < j.evidence.n_rows; i++) {
        const struct sg_row *row = &j.evidence.row[i];
        if (row->kind == SG_SIMULATED)
            CHECK(row->form == SG_ROW_FACT || row->tolerance < 1e-4 * row->predicted);
    }
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void an_idle_control_is_noticed(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy11_delay.cfg", 1);
    only_these(&c, 2, (const int[]){0, 2});
    c.control->train.delay = SG_DELAY_PAIRS;
    struct sg_judgement j = judge(&c, 3);
    CHECK(j.verdict == SG_HOLDS && j.control_verdict == SG_HOLDS && !j.ok);
    sg_claim_judgement_free(&j);
    only_these(&c, 1, (const int[]){0}); /* without a delay the two systems are one */
    c.control->train.delay = SG_DELAY_STALE_SG;
    j = judge(&c, 3);
    CHECK(j.verdict == SG_HOLDS && !j.control_ok);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

#define START "claim = \"DY11\"; expect = \"holds\"; "
#define SG "sg = ( { at = \"output\"; terms = \"hy1\"; } ); "
#define TRAIN(numbers) "train = { form = \"compressed\"; delay = \"delayed_pairs\"; " numbers " }; "
#define TWO TRAIN("tau = (2); radius = 1e-8; mu = 0.5; nu = 0.4;")
#define LINE "data = { n = 50; d = 2; condition = 1.0; noise = 0.0; bias = true; }; "
static void unmet_hypotheses_are_named(void **state)
{
    (void)state;
    check_inconclusive(START "data = { n = 3; d = 5; noise = 0.5; }; " SG TWO,
                       "S_x = I; here 1 outputs, 5 columns");
    check_inconclusive(START "data = { n = 100; d = 5; rank = 3; noise = 0.5; }; " SG TWO,
                       "S_x = E[x^T x] is nonsingular");
    check_inconclusive(START "data = { n = 8; d = 3; outputs = 3; noise = 0.5; }; " SG TWO,
                       "S_z = E[z^T z]");
    check_inconclusive(START "data = { n = 100; d = 3; noise = 0.5; }; " SG TRAIN(
                           "tau = (2); mu = 1.2; nu = 0.4;"),
                       "are inside 2/lambda_max of S_x and of S_z; here they are 1.2 and 0.4");
    check_inconclusive(START "data = { n = 50; d = 3; noise = 0.0; }; " SG TWO,
                       "realizable data have one output");
    check_inconclusive(START LINE SG TRAIN("tau = (2); mu = 0.1; nu = 0.7;"),
                       "nu lambda_max(S_z) <= 1; here they are");
    check_inconclusive(START LINE SG TRAIN("tau = (2, 4000); mu = 0.1; nu = 0.15;"),
                       "under a delay of 4000 steps takes");
    check_inconclusive(START
                       "experiment = \"deep\"; net = { layers = (2, 2); }; sg = ( { at = 1; } ); "
                       "train = { delay = \"delayed_pairs\"; tau = (1); };",
                       "here there are 2 and 1");
    /* W* is 1e6 as long as W2 there, and a radius is a share of |w|. */
    check_inconclusive(START
                       "experiment = \"deep\"; data = { n = 100; d = 3; condition = 1e12; noise = "
                       "0.5; }; net = { layers = (2); }; sg = ( { at = 1; } ); "
                       "train = { delay = \"delayed_pairs\"; tau = (1); radius = 1e-6; };",
                       "lower train.radius, or data.condition");
}

/* Every tau of the case is certified, long ones too, each in a row that names it. */
static void certified_rows_name_their_delays(void **state)
{
    (void)state;
    struct sg_judgement j =
        judge_text(START "data = { n = 40; d = 2; noise = 0.4; condition = 3.0; }; " SG TRAIN(
                       "tau = (0, 3, 70); mu = 0.4; nu = 0.3; radius = 1e-8;"),
                   2);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
#ifdef SG_HAVE_ARB
    for (size_t k = 0; k < 3; k++) {
        static const char *const id[] = {"stale-limit-0-proved", "stale-limit-3-proved",
                                         "stale-limit-70-proved"},
                          *const name[] = {"tau = 0,", "tau = 3,", "tau = 70,"};
        const struct sg_row *row = row_id(&j, id[k]);
        CHECK(row->ok && strstr(row->what, name[k]) != NULL);
    }
    CHECK(row_id(&j, "pairs-mu-limit-proved")->ok && row_id(&j, "pairs-nu-limit-proved")->ok);
#endif
    sg_claim_judgement_free(&j);
}

static void the_other_cases_hold(void **state)
{
    (void)state;
    const char *path[] = {"cases/dy11_realizable.cfg", "cases/dy11_deep.cfg"};
    for (size_t i = 0; i < COUNT(path); i++) {
        struct sg_case c;
        read_case(&c, path[i], 1);
        only_these(&c, 3, (const int[]){0, 2, 7});
        struct sg_judgement j = judge(&c, 77);
        context("%s", path[i]);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(limits_with_closed_values),
        TEST(roots_of_known_polynomials),
        TEST(the_root_of_a_growth),
        TEST(growth_of_a_known_mode),
        TEST(holds_in_every_form),
        TEST(tight_enough_to_notice),
        TEST(an_idle_control_is_noticed),
        TEST(unmet_hypotheses_are_named),
        TEST(certified_rows_name_their_delays),
        TEST(the_other_cases_hold),
    };
    return RUN(tests);
}
