/* DY11 as a claim, and the parts it measures with: growth of a mode, the root of it, the roots of a polynomial. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "claim/judge.h"

static void only_these(struct sg_case *c, size_t n, const int *tau)
{
    struct sg_case *both[] = {c, c->control};
    for (int k = 0; k < 2; k++) {
        both[k]->train.tau.n = n;
        memcpy(both[k]->train.tau.value, tau, n * sizeof *tau);
    }
}

/* ---- the parts --------------------------------------------------------------------------------------------------- */

/* 2 sin(pi/2) = 2, 2 sin(pi/6) = 1, 2 sin(pi/10) = (sqrt 5 - 1)/2. */
static void limits_with_closed_values(void **state)
{
    (void)state;
    const double exact[] = {2, 1, (sqrt(5) - 1) / 2};
    for (size_t tau = 0; tau < 3; tau++)
        CHECK_CLOSE(sg_closed_delay_limit(tau), exact[tau], 3 * SG_UNIT_ROUNDOFF * exact[tau]);
    CHECK_CLOSE(sg_delay_gain(0), 2.0, 4 * SG_UNIT_ROUNDOFF);
    CHECK_CLOSE(sg_delay_gain(1), 0.5, 4 * SG_UNIT_ROUNDOFF);   /* |lambda|^2 = a */
}

/* (x - 3)(x + 2)(x^2 + 1.21) and (x - 0.7) */
static void roots_of_known_polynomials(void **state)
{
    (void)state;
    double modulus[4], error;
    const double quartic[] = {-1, 1.21 - 6, -1.21, -6 * 1.21}, linear[] = {-0.7};
    CHECK_STATUS(sg_delay_roots(modulus, &error, quartic, 4), SG_OK);
    CHECK_CLOSE(modulus[0], 3.0, error);
    CHECK(error < 1e-13);
    CHECK_CLOSE(modulus[1], 2.0, 10 * error);
    CHECK_CLOSE(modulus[2], 1.1, 10 * error);
    CHECK_STATUS(sg_delay_roots(modulus, &error, linear, 1), SG_OK);
    CHECK_CLOSE(modulus[0], 0.7, error);
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
    CHECK_CLOSE(sg_delay_root(&at, parabola, &calls, 1, 2, 1e-12), sqrt(2), 1e-12);   /* resolution over the slope 2 sqrt 2 */
    CHECK_BOUND(fabs(at.rate), 1e-12);
    CHECK(calls < 20);
    CHECK(isnan(sg_delay_root(&at, parabola, &calls, 2, 3, 1e-12)));                   /* no change of sign */
}

/* tau = 1, a below and above 1: |lambda|^2 = a exactly.  The windows are no whole number of half periods off the limit: over K windows
 * of W steps the slope turns by at most 1.5/(K W^2 sin theta), theta near pi/3. */
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
    CHECK_STATUS(sg_shallow_alloc(&s, &trial, (struct sg_timing){.net_w = 1, .net_phi = 1}, &ev), SG_OK);
    double *l = SG_NEW(s->size, double), *offset = SG_NEW(s->size, double);
    for (size_t i = 0; i < s->size; i++) {
        l[i] = s->fit->v_x[i * s->fit->d];
        offset[i] = 1e-4 * l[i];
    }
    const struct sg_window window = sg_delay_window(1);
    const double a[] = {0.98, 0.99, 1.01, 1.02}, k = (double)window.fit, w = (double)window.width;
    for (size_t i = 0; i < COUNT(a); i++) {
        const struct sg_growth g = sg_delay_growth(s, l, offset, a[i] / s->rate_x.largest, 0, &window);
        CHECK(g.whole);
        CHECK_CLOSE(g.rate, log(a[i]) / 2, 1.5 / (k * w * w * sin(M_PI / 3)));
    }
    const struct sg_growth gone = sg_delay_growth(s, l, offset, 1.5 / s->rate_x.largest, 0, &window);
    CHECK(!gone.whole && gone.rate > 0.1);
    free(l);
    free(offset);
    sg_shallow_free(s);
    sg_data_free(&data);
    sg_case_free(&c);
}

/* ---- the claim ------------------------------------------------------------------------------------------------------ */

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
            CHECK(count_rows(&j, false) == 3 + 3 + 2 * 4);
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
            CHECK(row->tolerance < 1e-4 * row->predicted);
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
    only_these(&c, 1, (const int[]){0});                       /* without a delay the two systems are one */
    c.control->train.delay = SG_DELAY_STALE_SG;
    j = judge(&c, 3);
    CHECK(j.verdict == SG_HOLDS && !j.control_ok);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void wrong_hypotheses_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy11_delay.cfg", 1);
    only_these(&c, 1, (const int[]){2});
    for (int k = 0; k < 3; k++) {
        struct sg_case other = c;
        other.train.delay = k == 0 ? SG_DELAY_NONE : SG_DELAY_PAIRS;
        other.module[0].terms = k == 1 ? SG_H | SG_ONE : SG_H | SG_Y | SG_ONE;
        other.data.noise = k == 2 ? 0.0 : c.data.noise;        /* realizable, but S_x is not I */
        other.has_control = false;
        struct sg_judgement j = judge(&other, 1);
        context("violation %d", k);
        CHECK(j.verdict == SG_INCONCLUSIVE);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
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
        TEST(wrong_hypotheses_are_inconclusive),
        TEST(the_other_cases_hold),
    };
    return RUN(tests);
}
