/* DY8 proved: exact counts over Q of two instances, and the growth of a case's minimum in balls. */
#include <math.h>

#include "claim/dy8/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

static const char *const SIGNS = "intermediate value theorem, signs over Q";

static void record_growth(struct sg_lab *lab, const struct sg_deep *deep, enum sg_status status,
                          double growth)
{
    const struct sg_case *c = lab->trial->c;
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    struct sg_record *r = sg_lab_record(
        lab, "deep_growth", isfinite(growth) ? "repels-proved growth-proved" : "repels-proved");
    sg_record_wholes(r, "width", deep->width, deep->n_layers + 1);
    sg_record_whole(r, "at", (int64_t)deep->at);
    sg_record_array(r, "w", c->net.weights.value, 1, sg_closed_deep_n_w(deep));
    sg_record_array(r, "S", c->data.S.value, d, d);
    sg_record_array(r, "R", c->data.R.value, m, m);
    sg_record_number(r, "mu", c->train.mu);
    sg_record_number(r, "nu", c->train.nu);
    sg_record_outcome(r, status);
    sg_record_number(r, "growth", growth);
    sg_record_end(r);
}

/* A certificate of the case's minimum, its doubles taken exactly.  The eigenvalue in floating point
 * is above the proved bound. */
void sg_dy8_certify(struct sg_lab *lab, const struct sg_dy8 *m)
{
    const struct sg_case *c = lab->trial->c;
    double growth = SG_NAN;
    if (!sg_lab_certifies(lab, m->run->size))
        return;
    const enum sg_status proved = sg_cert_deep_growth(&growth, &m->run->deep, c->net.weights.value,
                                                      c->data.S.value, c->data.R.value, c->train.mu,
                                                      c->train.nu);
    record_growth(lab, &m->run->deep, proved, growth);
    sg_lab_proved(lab, "repels-proved", "the flow has an eigenvalue right of zero", proved,
                  SG_REFUTED, "ball arithmetic, Cayley transform C, |tr C^k| > n; binary64 "
                  "weights, moments and rates, exact");
    if (proved == SG_HYPOTHESIS)
        sg_lab_note(lab, "not certified: the proof is for S and R positive definite, and one of "
                    "them is singular or nearly so");
    if (!isfinite(growth))
        return;
    sg_lab_below(lab, SG_CERTIFIED, "growth-proved", "the growth rate proved, against the largest "
                 "real part in floating point", growth, creal(m->top.lambda),
                 (struct sg_tol){m->top.error, "the eigenvalue's error", 0});
    sg_lab_note(lab, "proved: an eigenvalue with real part at least %.6g", growth);
}

/* What the counts of an instance are called. */
struct instance {
    const char *degree_id, *degree, *roots_id, *roots, *near_id, *near;
};

static void record_roots(struct sg_lab *lab, const struct instance *words,
                         const struct sg_cert_two_layers *s, const struct sg_cert_roots *roots,
                         struct sg_interval near)
{
    struct sg_record *r = sg_lab_record(
        lab, "two_layer_roots",
        sg_lab_format(lab, "%s %s %s", words->degree_id, words->roots_id, words->near_id));
    sg_record_rationals(r, "W1", s->W1, s->d, s->K);
    sg_record_rationals(r, "W2", s->W2, s->K, s->m);
    sg_record_rationals(r, "S", s->S, s->d, s->d);
    sg_record_rationals(r, "R", s->R, s->m, s->m);
    sg_record_rationals(r, "e", s->e, s->d, 1);
    sg_record_rationals(r, "kappa", &s->kappa, 1, 1);
    sg_record_interval(r, "near", near);
    sg_record_outcome(r, SG_OK);
    sg_record_whole(r, "degree", (int64_t)roots->degree);
    sg_record_whole(r, "zeros", (int64_t)roots->zeros);
    sg_record_whole(r, "positive", (int64_t)roots->positive);
    sg_record_whole(r, "negative", (int64_t)roots->negative);
    sg_record_flag(r, "bracketed", roots->bracketed);
    sg_record_end(r);
}

static void count_roots(struct sg_lab *lab, const struct instance *words,
                        const struct sg_cert_two_layers *system, const struct sg_deep_mode *top,
                        size_t degree, size_t positive)
{
    struct sg_cert_roots roots;
    const double at = creal(top->lambda);
    if (lab->status != SG_OK)
        return;
    sg_cert_two_layer_roots(&roots, system, at - top->error, at + top->error);
    if (roots.degree == 0) {
        sg_lab_note(lab, "exact counts of roots are not built in: they need FLINT");
        return;
    }
    record_roots(lab, words, system, &roots,
                 (struct sg_interval){at - top->error, at + top->error});
    sg_lab_count(lab, SG_CERTIFIED, words->degree_id, words->degree, roots.degree, degree, "exact "
                 "over Q");
    sg_lab_count(lab, SG_CERTIFIED, words->roots_id, words->roots, roots.positive, positive,
                 "exact over Q, a Sturm sequence");
    sg_lab_fact(lab, SG_CERTIFIED, words->near_id, words->near, roots.bracketed, SIGNS);
}

/* At kappa = 1/1000. */
void sg_dy8_certify_exact(struct sg_lab *lab, const struct sg_deep_mode *top, double kappa)
{
    static const struct sg_rational W1[] = {{1, 10}, {1, 10}}, S[] = {{1, 1}};
    static const struct sg_rational W2[] = {{1, 10}, {3, 10}, {0, 1}, {1, 20}};
    static const struct sg_rational R[] = {{10, 1}, {0, 1}, {0, 1}, {1, 100}};
    static const struct instance words = {
        "degree", "degree of the characteristic polynomial over Q, roots 0 left out",
        "sturm", "roots in (0, inf), Sturm sequence over Q",
        "bracketed", "a root within the error of the largest floating eigenvalue"};
    const struct sg_cert_two_layers system = {.d = 1, .K = 2, .m = 2, .W1 = W1, .W2 = W2, .S = S,
                                              .R = R, .kappa = {llround(kappa * 1e9), 1000000000}};
    count_roots(lab, &words, &system, top, 8, 2);
}

/* T1 without its hypothesis: the instance of theorems.c, its decimals as fractions.  S = L_x L_x^T
 * / (e^T L_x L_x^T e), so that E[1] = 1. */
void sg_dy8_certify_intercept(struct sg_lab *lab, const struct sg_deep_mode *top)
{
    static const struct sg_rational W1[] = {{-6057, 10000}, {4155, 100000}, {2327, 1000},
                                            {8373, 10000}};
    static const struct sg_rational W2[] = {{7443, 100000}, {-6601, 100000}, {-345, 100},
                                            {-1073, 1000}};
    static const struct sg_rational e[] = {{1765, 1000}, {-1439, 1000}};
    static const int64_t l_x[4] = {7492, 0, 3326, 3733};            /* over 10^4 */
    static const int64_t l_r[4] = {133, 0, -3606, 2598};            /* over 10^3 */
    static const struct instance words = {
        "intercept-degree", "T1 without its hypothesis: degree of the characteristic polynomial "
        "over Q, roots 0 left out",
        "intercept-sturm", "T1 without its hypothesis: roots in (0, inf), Sturm sequence over Q",
        "intercept-bracketed", "T1 without its hypothesis: it is within the error of the floating "
        "eigenvalue"};
    struct sg_rational S[4], R[4];
    int64_t square = 0;                                  /* e^T L_x L_x^T e, over 10^14 */
    for (size_t i = 0; i < 4; i++) {
        const size_t a = i / 2 * 2, b = i % 2 * 2;
        S[i].num = l_x[a] * l_x[b] + l_x[a + 1] * l_x[b + 1];
        R[i] = (struct sg_rational){l_r[a] * l_r[b] + l_r[a + 1] * l_r[b + 1], 1000000};
        square += e[i / 2].num * S[i].num * e[i % 2].num;
    }
    for (size_t i = 0; i < 4; i++)                       /* below 2^63: about 10^14 each */
        S[i] = (struct sg_rational){S[i].num * 1000000, square};
    const struct sg_cert_two_layers system = {.d = 2, .K = 2, .m = 2, .W1 = W1, .W2 = W2, .S = S,
                                              .R = R, .e = e, .kappa = {6315, 10000000}};
    count_roots(lab, &words, &system, top, 12, 1);
}
