/* DY8 proved: the eigenvalues of the full flow on each side of the axis, counted over Q, and the
 * growth of a case's minimum in balls. */
#include <math.h>

#include "claim/dy8/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

static const char *const SIGNS = "intermediate value theorem, signs over Q";
static const char *const COUNTED = "exact over Q, Sturm's chain on the axis";

/* What the counts of a minimum are called. */
struct words {
    const char *zeros_id, *zeros, *right_id, *right, *positive_id, *positive, *near_id, *near;
};

/* An instance's counts, and that the floating eigenvalue `top` (or NULL) is near a true one. */
static void count_roots(struct sg_lab *lab, const struct words *words,
                        const struct sg_cert_minimum *minimum, double mu, double nu,
                        const struct sg_deep_mode *top, size_t right)
{
    struct sg_cert_deep *deep;
    struct sg_cert_sides sides;
    if (lab->status != SG_OK || lab->trial->replicate > 0)
        return;
    const enum sg_status status = sg_cert_deep_alloc(&deep, minimum);
    if (!sg_lab_has_exact(lab))
        return;
    sg_lab_try(lab, status);
    if (lab->status != SG_OK)
        return;
    const enum sg_status fate = sg_cert_deep_sides(&sides, deep, mu, nu);
    const double at = top ? creal(top->lambda) : 0, error = top ? top->error : 0;
    const struct sg_interval near = {at - error, at + error};
    const bool bracketed = top && sg_cert_deep_brackets(deep, mu, nu, near.low, near.high);
    sg_cert_deep_free(deep);
    sg_lab_record_sides(lab, sg_lab_format(lab, "%s %s %s %s", words->zeros_id, words->right_id,
                                           words->positive_id, top ? words->near_id : ""),
                        minimum, mu, nu, fate, &sides, bracketed ? &near : NULL);
    sg_lab_count(lab, SG_CERTIFIED, words->zeros_id, words->zeros, sides.zeros, sides.rests,
                 "exact over Q, and exact ranks");
    sg_lab_count(lab, SG_CERTIFIED, words->right_id, words->right, sides.right, right, COUNTED);
    sg_lab_count(lab, SG_CERTIFIED, words->positive_id, words->positive, sides.positive, right,
                 "exact over Q, a Sturm sequence");
    if (top)
        sg_lab_fact(lab, SG_CERTIFIED, words->near_id, words->near, bracketed, SIGNS);
}

/* The claim's own instance, its decimals as fractions. */
struct sg_cert_minimum sg_dy8_exact_minimum(void)
{
    static const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 2, 2}};
    static const double w[] = {1, 1, 1, 3, 0, 0.5}, S[] = {1}, R[] = {1000, 0, 0, 1};
    return (struct sg_cert_minimum){.deep = &deep, .w = w, .S = S, .R = R, .w_over = 10,
                                    .R_over = 100};
}

/* At kappa = 1/1000. */
void sg_dy8_certify_exact(struct sg_lab *lab, const struct sg_deep_mode *top)
{
    static const struct words words = {
        "zeros", "eigenvalues 0 of the full flow over Q, against the dimension of the manifold of "
        "rests",
        "right", "eigenvalues right of the axis, full flow over Q",
        "sturm", "eigenvalues in (0, inf), full flow over Q",
        "bracketed", "an eigenvalue over Q within the error of the largest floating one"};
    const struct sg_cert_minimum minimum = sg_dy8_exact_minimum();
    count_roots(lab, &words, &minimum, 1000, 1, top, 2);
}

/* T1 without its hypothesis: the instance of theorems.c, its decimals as fractions.  S = L_x L_x^T
 * / (e^T L_x L_x^T e), so that E[1] = 1. */
void sg_dy8_certify_intercept(struct sg_lab *lab, const struct sg_deep_mode *top)
{
    static const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {2, 2, 2}};
    static const double w[] = {-60570, 4155, 232700, 83730, 7443, -6601, -345000, -107300};
    static const double e[] = {1765, -1439};
    static const double l_x[4] = {7492, 0, 3326, 3733};             /* over 10^4 */
    static const double l_r[4] = {133, 0, -3606, 2598};             /* over 10^3 */
    static const struct words words = {
        "intercept-zeros", "T1 without its hypothesis: eigenvalues 0 of the full flow over Q, "
        "against the dimension of the manifold of rests",
        "intercept-right", "T1 without its hypothesis: eigenvalues right of the axis, full flow "
        "over Q",
        "intercept-sturm", "T1 without its hypothesis: eigenvalues in (0, inf), full flow over Q",
        "intercept-bracketed", "T1 without its hypothesis: it is within the error of the floating "
        "eigenvalue"};
    double S[4], R[4], mean[4] = {0}, square = 0;        /* whole, below 2^53: all exact */
    for (size_t i = 0; i < 4; i++) {
        const size_t a = i / 2 * 2, b = i % 2 * 2;
        S[i] = l_x[a] * l_x[b] + l_x[a + 1] * l_x[b + 1];           /* over square / 10^6 */
        R[i] = l_r[a] * l_r[b] + l_r[a + 1] * l_r[b + 1];
        square += e[i / 2] * S[i] * e[i % 2];
        mean[i / 2] += 1e3 * S[i] * e[i % 2];                       /* S e, e over 10^3 */
    }
    for (size_t i = 0; i < 4; i++)
        S[i] *= 1e6;
    const struct sg_cert_minimum minimum = {.deep = &deep, .w = w, .S = S, .R = R,
                                            .mean = mean, .w_over = 1e5, .S_over = square,
                                            .R_over = 1e6, .mean_over = square};
    count_roots(lab, &words, &minimum, 1e7, 6315, top, 1);
}

/* T1 needs R nonsingular: the claim's own instance with R = diag(10, 0) at kappa = 1/1000. */
void sg_dy8_certify_singular(struct sg_lab *lab)
{
    static const double R[] = {1000, 0, 0, 0};
    static const struct words words = {
        .zeros_id = "singular-zeros",
        .zeros = "T1 with a singular R: eigenvalues 0 of the full flow over Q, against the "
                 "dimension of the manifold of rests",
        .right_id = "singular-right",
        .right = "T1 with a singular R: eigenvalues right of the axis, full flow over Q",
        .positive_id = "singular-sturm",
        .positive = "T1 with a singular R: eigenvalues in (0, inf), full flow over Q; odd"};
    struct sg_cert_minimum minimum = sg_dy8_exact_minimum();
    minimum.R = R;
    count_roots(lab, &words, &minimum, 1000, 1, NULL, 1);
}

/* ---- the case's minimum ------------------------------------------------------------------ */

struct sg_cert_minimum sg_dy8_given_minimum(const struct sg_deep *deep, const struct sg_case *c)
{
    return (struct sg_cert_minimum){.deep = deep, .w = c->net.weights.value,
                                    .S = c->data.S.value, .R = c->data.R.value};
}

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

/* Its doubles are taken exactly.  The eigenvalue in floating point is above the proved bound. */
void sg_dy8_certify(struct sg_lab *lab, const struct sg_dy8 *m)
{
    const struct sg_case *c = lab->trial->c;
    const struct sg_cert_minimum minimum = sg_dy8_given_minimum(&m->run->deep, c);
    double growth = SG_NAN;
    if (!sg_lab_certifies(lab, m->run->size))
        return;
    const enum sg_status proved = sg_cert_deep_growth(&growth, &minimum, c->train.mu, c->train.nu);
    record_growth(lab, &m->run->deep, proved, growth);
    sg_lab_proved(lab, "repels-proved", "the flow has an eigenvalue right of zero", proved,
                  SG_REFUTED, "ball arithmetic, Cayley transform C, |tr C^k| > n; binary64 "
                  "weights, moments and rates, exact");
    if (proved == SG_HYPOTHESIS)
        sg_lab_note(lab, "not certified: S or R is no matrix of moments");
    if (!isfinite(growth))
        return;
    sg_lab_below(lab, SG_CERTIFIED, "growth-proved", "the growth rate proved, against the largest "
                 "real part in floating point", growth, creal(m->top.lambda),
                 (struct sg_tol){m->top.error, "the eigenvalue's error", 0});
    sg_lab_note(lab, "proved: an eigenvalue with real part at least %.6g", growth);
}
