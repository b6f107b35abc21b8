/* DY1: the closed form by hand, against its definition in long double and at the end of time; the
 * claim in every form, what its rows notice, and its control. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/judge.h"
#include "synthgrad/closed.h"

/* ---- the formula --------------------------------------------------------------------------- */

/* How far rounding may put the formula off, as in src/claim/dy1/steps.c: backward errors P u, P = n
 * + 10 d, in the basis and in W*, push by mu P u (noise + tr (|W*| + |e_0|)) a step each. */
static double formula_error(const struct sg_fit *fit, double mu, double e_0, size_t t)
{
    const double u = SG_UNIT_ROUNDOFF, w = frobenius(fit->w, fit->d * fit->m);
    double trace = 0;
    for (size_t j = 0; j < fit->d; j++)
        trace += fit->s_x[j * fit->d + j];
    const double noise = sqrt(trace / (double)fit->n) * frobenius(fit->residual, fit->n * fit->m);
    const double push = mu * 2 * (double)(fit->n + 10 * fit->d) * u * (noise + trace * (w + e_0));
    return (double)t * push + (double)fit->d * u * (w + 4 * e_0);
}

/* X = diag(2, 1) V^T, V = [3 -4; 4 3] / 5, n = 2: S_x = V diag(2, 1/2) V^T, and y = X (2.385,
 * -1.7).  At mu = 1/4 the modes, 4 and -8 at the start, shrink by 1/2 and 7/8. */
static void formula_by_hand(void **state)
{
    (void)state;
    double x[] = {1.2, 1.6, -0.8, 0.6}, one[] = {1, 1}, w[2];
    const double best[] = {2.385, -1.7},
                 w_0[] = {best[0] + 0.6 * 4 + 0.8 * 8, best[1] + 0.8 * 4 - 0.6 * 8};
    double y[] = {x[0] * best[0] + x[1] * best[1], x[2] * best[0] + x[3] * best[1]};
    const struct sg_data data = {2, 2, 1, x, y, one};
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    for (size_t t = 0; t < 30; t += 3) {
        const double first = 4 * pow(0.5, (double)t), second = -8 * pow(0.875, (double)t);
        const double exact[] = {best[0] + 0.6 * first - 0.8 * second,
                                best[1] + 0.8 * first + 0.6 * second};
        sg_closed_backprop(w, fit, w_0, 0.25, t);
        CHECK_ALL(w, exact, formula_error(fit, 0.25, sqrt(80), t), 2);
    }
    sg_closed_fit_free(fit);
}

/* w <- w - mu E[x^T (x w - y)] in long double, as the definition says. */
static void definition(double *w, const struct sg_data *data, const double *w_0, double mu,
                       size_t steps)
{
    const size_t n = data->n, d = data->d, m = data->m;
    long double *now = SG_NEW(d * m, long double), *next = SG_NEW(d * m, long double);
    for (size_t i = 0; i < d * m; i++)
        now[i] = (long double)w_0[i];
    for (size_t t = 0; t < steps; t++) {
        memcpy(next, now, d * m * sizeof *now);
        for (size_t k = 0; k < n; k++)
            for (size_t o = 0; o < m; o++) {
                long double r = -(long double)data->y[k * m + o];
                for (size_t j = 0; j < d; j++)
                    r += (long double)data->x[k * d + j] * now[j * m + o];
                for (size_t j = 0; j < d; j++)
                    next[j * m + o] -=
                        (long double)mu * (long double)data->x[k * d + j] * r / (long double)n;
            }
        memcpy(now, next, d * m * sizeof *now);
    }
    for (size_t i = 0; i < d * m; i++)
        w[i] = (double)now[i];
    free(now);
    free(next);
}

static void formula_is_the_definition(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10; i++) {
        struct sg_rng *rng = test_rng("definition", i);
        const size_t d = random_size(1, 6, rng), m = random_size(1, 3, rng),
                     n = random_size(d + 2, 30, rng), size = d * m;
        struct sg_data data = random_data(n, d, m, rng);
        double *w_0 = random_vector(size, 3.1, rng), *w = SG_NEW(size, double),
               *exact = SG_NEW(size, double);
        struct sg_fit *fit;
        context("replicate %d: n %zu d %zu m %zu", (int)i, n, d, m);
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        const double mu = 0.7 * sg_closed_rates(fit->lambda_x, d).critical;
        for (size_t t = 1; t < 40; t += 1 + t / 2) {
            sg_closed_backprop(w, fit, w_0, mu, t);
            definition(exact, &data, w_0, mu, t);
            CHECK_ALL(w, exact,
                      formula_error(fit, mu, frobenius(fit->w, size) + frobenius(w_0, size), t),
                      size);
        }
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
        free(w_0);
        free(w);
        free(exact);
    }
}

/* After 2^40 steps the formula is its limit, bit for bit: 0 and 1 times the modes.  More columns
 * than samples. */
static void formula_ends_at_its_limit(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("limit", 0);
    const size_t n = 4, d = 9, m = 2;
    struct sg_data data = random_data(n, d, m, rng);
    double *w_0 = random_vector(d * m, 2.385, rng), *late = SG_NEW(d * m, double),
           *limit = SG_NEW(d * m, double);
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    CHECK(fit->rank == n);
    sg_closed_backprop(late, fit, w_0, 0.9 * sg_closed_rates(fit->lambda_x, d).critical,
                       (uint64_t)1 << 40);
    sg_closed_backprop_limit(limit, fit, w_0);
    CHECK_SAME(late, limit, d * m);
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_base_rng_free(rng);
    free(w_0);
    free(late);
    free(limit);
}

/* ---- the claim ----------------------------------------------------------------------------- */

/* Three rates, two rows each, a third for the null space; no row's tolerance is far from what is
 * met. */
static void holds_in_every_form(void **state)
{
    (void)state;
    const char *path[] = {"cases/dy1_backprop.cfg", "cases/dy1_rank_deficient.cfg"};
    for (size_t k = 0; k < COUNT(path); k++) {
        struct sg_case c;
        read_case(&c, path[k], 10);
        for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++)
            for (uint64_t seed = 4711; seed < 4714; seed++) {
                c.train.form = c.control->train.form = form;
                context("%s, form %d, seed %d", path[k], form, (int)seed);
                struct sg_judgement j = judge(&c, seed);
                CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
                CHECK(count_rows(&j, false) == 6 + 3 * k);
                for (size_t r = 0; r < j.evidence.n_rows; r++)
                    CHECK(j.evidence.row[r].kind == SG_CERTIFIED ||
                          sg_claim_margin(&j.evidence.row[r]) > 1e-4);
                CHECK(strstr(j.control_what, "at rest at the case's rate") != NULL);
                sg_claim_judgement_free(&j);
            }
        sg_case_free(&c);
    }
}

/* What the claim makes of a case that it would refuse: an SG is there.  Rows that are missed. */
static size_t missed_with_an_sg(double mix, int form)
{
    struct sg_case c;
    struct sg_data data;
    struct sg_evidence ev = {0};
    struct sg_error err;
    size_t missed = 0;
    read_case(&c, "cases/dy1_backprop.cfg", 1);
    c.n_modules = 1;
    c.module[0] = (struct sg_case_module){.at = -1,
                                          .family = SG_LINEAR,
                                          .terms = SG_H | SG_Y | SG_ONE,
                                          .target = SG_TARGET_TRUE,
                                          .mix = mix};
    c.train.form = form;
    CHECK_STATUS(sg_case_make_data(&data, &c, 8, 0, &err), SG_OK);
    const struct sg_trial trial = {
        .claim = sg_claim_find("DY1"), .c = &c, .data = &data, .seed = 8};
    CHECK_STATUS(trial.claim->measure(&ev, &trial), SG_OK);
    for (size_t r = 0; r < ev.n_rows; r++)
        missed += ev.row[r].state == SG_ROW_MISSED;
    sg_claim_evidence_free(&ev);
    sg_data_free(&data);
    sg_case_free(&c);
    return missed;
}

/* A part 1e-10 of another gradient mixed in: the rows notice.  The same SG observing only: none
 * does. */
static void notices_a_small_change_of_the_step(void **state)
{
    (void)state;
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_SPECTRAL; form++) {
        context("form %d", form);
        CHECK(missed_with_an_sg(0, form) == 0);
        CHECK(missed_with_an_sg(1e-10, form) > 0);
    }
}

/* What the claim does not read is refused at its line; so is a case that leaves out sg, whose
 * default is an SG. */
static void what_it_does_not_read_is_refused(void **state)
{
    (void)state;
    check_refused("claim = \"DY1\"; expect = \"holds\"; data = { n = 30; d = 4; };",
                  "DY1 needs sg");
    check_refused("claim = \"DY1\"; expect = \"holds\";\nsg = ( { mix = 0.0; } );",
                  ":2: claim DY1 says nothing about sg.mix");
    check_refused("claim = \"DY1\"; expect = \"holds\"; sg = ();\n\ntrain = { delay = "
                  "\"stale_backprop\"; tau = 3; };",
                  ":3: claim DY1 says nothing about train.delay");
    check_refused("claim = \"DY1\"; expect = \"holds\"; sg = ();\ntrain = { nu = 0.5; };",
                  ":2: claim DY1 says nothing about train.nu");
}

/* A control that stays undecided changes no verdict: the case falls short. */
static void an_undecided_control_is_none(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text("claim = \"DY1\"; expect = \"holds\"; sg = (); control = { "
                                       "steps = 5; };",
                                       3);
    CHECK(j.verdict == SG_HOLDS && j.control_verdict == SG_INCONCLUSIVE && !j.ok);
    sg_claim_judgement_free(&j);
}

/* Beyond the critical rate the formula still holds, every step of it: only the limit is lost. */
static void beyond_the_limit_only_the_rest_fails(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy1_rank_deficient.cfg", 2);
    c.train.mu = 1.01;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 6);
    CHECK(j.verdict == SG_FAILS && strstr(j.evidence.note, "mu is beyond its limit"));
    for (size_t r = 0; r < j.evidence.n_rows; r++)
        CHECK(j.evidence.row[r].ok == (strcmp(j.evidence.row[r].id, "rest-case") != 0));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* A rate so small that 1 - mu lambda rounds to 1 is not one beyond the limit. */
static void a_tiny_rate_is_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(
        "claim = \"DY1\"; expect = \"holds\"; sg = (); data = { condition = 1e11; }; train = { mu "
        "= 1e-8; };",
        "to come to rest takes");
}

/* Too few steps to come to rest decide nothing, and the note says how many are needed. */
static void too_few_steps_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy1_backprop.cfg", 1);
    c.train.steps = 50;
    struct sg_judgement j = judge(&c, 1);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    CHECK(strstr(j.evidence.note, "steps, and the step budget is 50; raise train.steps") != NULL);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(formula_by_hand),
        TEST(formula_is_the_definition),
        TEST(formula_ends_at_its_limit),
        TEST(holds_in_every_form),
        TEST(notices_a_small_change_of_the_step),
        TEST(what_it_does_not_read_is_refused),
        TEST(an_undecided_control_is_none),
        TEST(beyond_the_limit_only_the_rest_fails),
        TEST(too_few_steps_are_inconclusive),
        TEST(a_tiny_rate_is_inconclusive),
    };
    return RUN(tests);
}
