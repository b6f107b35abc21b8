/* Logistic and softmax regression, decided: a finite minimiser or a separation,
 * each with its certificate.
 *
 * With delta_ik = p_ik - p_i,label (p_i0 = 0) the loss of a sample is log(1 + sum_{k != label}
 * exp delta_ik) and the probabilities of the wrong classes are exp delta_ik / (1 + sum): both keep
 * their digits when they are small. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/logloss.h"

enum { ITERATIONS = 200, POLISH = 2 };

static double score_of(const double *score, size_t i, size_t k, size_t c)
{
    return k == 0 ? 0.0 : score[i * c + k - 1];
}

/* Loss of one sample; probability (c + 1) of its classes. */
static double sample_loss(double *probability, const double *score, size_t i, size_t label,
                          size_t c)
{
    const double own = score_of(score, i, label, c);
    double top = 0, sum = 0;
    for (size_t k = 0; k <= c; k++)
        top = fmax(top, score_of(score, i, k, c) - own);
    for (size_t k = 0; k <= c; k++) {
        const double e = exp(score_of(score, i, k, c) - own - top);
        sum += k == label ? 0 : e;
        if (probability)
            probability[k] = e;
    }
    /* the label's own term is exp(0 - top) */
    const double whole = exp(-top) + sum;
    for (size_t k = 0; k <= c && probability; k++)
        probability[k] /= whole;
    return top == 0 ? log1p(sum) : top + log(whole);
}

double sg_closed_log_loss(double *probability, const double *score, const size_t *label, size_t n,
                          size_t c)
{
    SG_REQUIRE(label);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sample_loss(probability ? probability + i * (c + 1) : NULL, score, i, label[i], c);
    return sum / (double)n;
}

/* sum_k a_k log(a_k / b_k) - a_k + b_k, each term by Bregman's form a h(b/a - 1),
 * h(x) = x - log(1 + x) >= 0. */
double sg_closed_loss_gap(const double *best, const double *q, size_t n, size_t c)
{
    SG_REQUIRE(best && q);
    double sum = 0;
    for (size_t i = 0; i < n * (c + 1); i++) {
        const double x = (q[i] - best[i]) / best[i];
        /* x - log1p(x) loses digits below 1e-4; there the series to x^4
         * does, either to about 1e-12 */
        sum += best[i] * (fabs(x) < 1e-4 ? x * x * (0.5 - x / 3 + x * x / 4) : x - log1p(x));
    }
    return sum / (double)n;
}

enum sg_status sg_closed_classes(size_t **out, size_t *c, const struct sg_data *data)
{
    SG_REQUIRE(out && c && data);
    const size_t n = data->n, m = data->m;
    size_t *label = *out = SG_NEW(n, size_t);
    *c = m > 1 ? m - 1 : 1;
    size_t *count = SG_NEW(*c + 1, size_t);
    bool fine = true;
    for (size_t i = 0; i < n; i++) {
        size_t ones = 0;
        for (size_t j = 0; j < m; j++) {
            const double y = data->y[i * m + j];
            fine = fine && (y == 0.0 || y == 1.0);
            if (y == 1.0) {
                label[i] = m == 1 ? 1 : j;
                ones++;
            }
        }
        fine = fine && (m == 1 || ones == 1);
        count[label[i]]++;
    }
    for (size_t k = 0; k <= *c; k++)
        fine = fine && count[k] > 0;
    free(count);
    if (!fine) {
        free(label);
        *out = NULL;
    }
    return fine ? SG_OK : SG_HYPOTHESIS;
}

/* ---- Newton ---------------------------------------------------------------------------- */

struct newton {
    const double *features;
    const size_t *label;
    size_t n, f, c, size;                        /* size = f c */
    double *b, *trial, *score, *q, *g;           /* f x c, f x c, n x c, n x (c + 1), n x c */
    double *gradient, *hessian, *step, *weighted, *block;
    double loss;
};

static double loss_at(struct newton *s, const double *b)
{
    sg_base_mul(s->score, s->features, b, s->n, s->f, s->c);
    return sg_closed_log_loss(s->q, s->score, s->label, s->n, s->c);
}

/* g = q - y (n x c); for the label it is minus the sum of the others, which does not cancel. */
static void sample_gradients(struct newton *s)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 1; k <= s->c; k++) {
            double *g = &s->g[i * s->c + k - 1];
            *g = s->q[i * (s->c + 1) + k];
            if (k == s->label[i]) {
                *g = 0;
                for (size_t j = 0; j <= s->c; j++)
                    *g -= j == k ? 0 : s->q[i * (s->c + 1) + j];
            }
        }
}

/* 1 - q_k without cancellation. */
static double other(const double *q, size_t k, size_t c)
{
    double sum = 0;
    for (size_t j = 0; j <= c; j++)
        sum += j == k ? 0 : q[j];
    return sum;
}

/* T_i (c x c) of one sample: diag q - q^T q, or sum_{k != label} q_k (e_k - e_label)^T (e_k
 * - e_label) with e_0 = 0. */
enum metric { HESSIAN, WRONG_CLASSES };

static double metric_of(const struct newton *s, enum metric metric, size_t i, size_t k, size_t l)
{
    const double *q = s->q + i * (s->c + 1);
    const size_t label = s->label[i];
    if (metric == HESSIAN)
        return k == l ? q[k] * other(q, k, s->c) : -q[k] * q[l];
    if (k == l)
        return k == label ? other(q, k, s->c) : q[k];
    return k == label ? -q[l] : l == label ? -q[k] : 0;
}

/* E[F_i^T F_i (x) T_i], rows and columns (feature, class). */
static void fill_matrix(double *matrix, struct newton *s, enum metric metric)
{
    const size_t n = s->n, f = s->f, c = s->c;
    for (size_t k = 0; k < c; k++)
        for (size_t l = 0; l <= k; l++) {
            for (size_t i = 0; i < n; i++) {
                const double v = metric_of(s, metric, i, k + 1, l + 1) / (double)n;
                for (size_t a = 0; a < f; a++)
                    s->weighted[i * f + a] = v * s->features[i * f + a];
            }
            sg_base_mul_tn(s->block, s->features, s->weighted, f, n, f);
            for (size_t a = 0; a < f; a++)
                for (size_t b = 0; b < f; b++)
                    matrix[(a * c + k) * s->size + b * c + l] =
                        matrix[(b * c + l) * s->size + a * c + k] = s->block[a * f + b];
        }
}

static void fill_gradient(struct newton *s)
{
    sample_gradients(s);
    sg_base_mul_tn(s->gradient, s->features, s->g, s->f, s->n, s->c);
    for (size_t a = 0; a < s->size; a++)
        s->gradient[a] /= (double)s->n;
}

/* The smallest margin p_label - p_k over what rounding may have made of it, (f + 2) u (|F| |b|);
 * above 1 all of them are positive. */
static double separation(const struct newton *s)
{
    double least = DBL_MAX;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k <= s->c; k++) {
            if (k == s->label[i])
                continue;
            double size = 0;
            for (size_t a = 0; a < s->f; a++)
                size += fabs(s->features[i * s->f + a]) *
                        ((k ? fabs(s->b[a * s->c + k - 1]) : 0) +
                         (s->label[i] ? fabs(s->b[a * s->c + s->label[i] - 1]) : 0));
            const double margin = score_of(s->score, i, s->label[i], s->c) -
                                  score_of(s->score, i, k, s->c);
            least =
                fmin(least, size > 0 ? margin / ((double)(s->f + 2) * SG_UNIT_ROUNDOFF * size) : 0);
        }
    return least;
}

/* One damped step; *decrement = g H^-1 g before it. */
static enum sg_status descend(struct newton *s, double *decrement)
{
    fill_gradient(s);
    fill_matrix(s->hessian, s, HESSIAN);
    const enum sg_status status = sg_base_solve(s->step, s->hessian, s->gradient, s->size, 1);
    if (status != SG_OK)
        return status;
    *decrement = sg_base_dot(s->step, s->gradient, s->size);
    const double before = s->loss;
    for (int halvings = 0; halvings < 40; halvings++) {
        const double t = ldexp(1, -halvings);
        for (size_t a = 0; a < s->size; a++)
            s->trial[a] = s->b[a] - t * s->step[a];
        s->loss = loss_at(s, s->trial);
        /* near the minimum L's rounding would refuse good steps, and Newton needs no halving */
        if (s->loss <= before - 1e-4 * t * *decrement || (t == 1 && *decrement < 1e-6 * before)) {
            memcpy(s->b, s->trial, s->size * sizeof *s->b);
            return SG_OK;
        }
    }
    s->loss = loss_at(s, s->b);
    return SG_NO_CONVERGENCE;
}

/* ---- the certificate of finiteness ----------------------------------------------------- */

/* g_i = sum_{k != label} lambda_ik (e_k - e_label), lambda_ik = q_ik > 0 as stored: exact numbers,
 * with r = E[F^T g] known to (n + c + 2) u E[|F|^T |g|].  (A q that underflowed stands for 1e-320,
 * which r's error does not notice.)  lambda'_ik = lambda_ik (1 - F_i (eta_k - eta_label)) makes r
 * vanish for K eta = r, K = E[F_i^T F_i (x) T_i] with the wrong classes' T, known to (n + 10 size)
 * u tr K; all lambda' are positive if sqrt(2) |F_i| |eta| < 1, where
 * |eta| <= (|r| + error) / lambda_min(K).  For q' to be probabilities the label's own must stay
 * positive too.  *slack: the smallest of 1 - correction, relative to the class that it bears on. */
static enum sg_status stiemke(double *slack, double *eta, struct newton *s)
{
    const size_t n = s->n, f = s->f, c = s->c;
    double *lambda = SG_NEW(s->size, double), size = 0, trace = 0;
    fill_matrix(s->hessian, s, WRONG_CLASSES);
    enum sg_status status = sg_base_eigen_symmetric(lambda, NULL, s->hessian, s->size);
    for (size_t a = 0; a < s->size; a++)
        trace += s->hessian[a * s->size + a];
    const double least = lambda[s->size - 1] -
                         (double)(n + 10 * s->size) * SG_UNIT_ROUNDOFF * trace;
    free(lambda);
    if (status == SG_OK)
        status = sg_base_solve(eta, s->hessian, s->gradient, s->size, 1);
    if (status != SG_OK || !(least > 0))
        return status == SG_OK ? SG_UNPROVED : status;
    for (size_t a = 0; a < f; a++)
        for (size_t k = 0; k < c; k++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += fabs(s->features[i * f + a] * s->g[i * c + k]);
            size = hypot(size, (double)(n + c + 2) * SG_UNIT_ROUNDOFF * sum / (double)n);
        }
    size += sg_base_norm(s->gradient, s->size);
    *slack = 1;
    for (size_t i = 0; i < n; i++) {
        const double *q = s->q + i * (c + 1),
                     share = 1.5 * sg_base_norm(s->features + i * f, f) * size / least;
        *slack = fmin(*slack, 1 - share * fmax(1, other(q, s->label[i], c) / q[s->label[i]]));
    }
    return *slack > 0 ? SG_OK : SG_UNPROVED;
}

/* E[entropy of q']: by weak duality no B has a smaller loss. */
static double dual_bound(const double *eta, const struct newton *s)
{
    const size_t n = s->n, f = s->f, c = s->c;
    double *shift = SG_NEW(n * c, double), sum = 0;
    sg_base_mul(shift, s->features, eta, n, f, c);
    for (size_t i = 0; i < n; i++) {
        const size_t label = s->label[i];
        double wrong = 0;
        for (size_t k = 0; k <= c; k++) {
            if (k == label)
                continue;
            const double p = s->q[i * (c + 1) + k] *
                             (1 - (score_of(shift, i, k, c) - score_of(shift, i, label, c)));
            wrong += p;
            sum -= p > 0 ? p * log(p) : 0;
        }
        sum -= (1 - wrong) * log1p(-wrong);
    }
    free(shift);
    return sum / (double)n;
}

static enum sg_status solve(struct sg_regression *r, struct newton *s)
{
    size_t polished = 0;
    s->loss = loss_at(s, s->b);
    for (r->iterations = 0; r->iterations < ITERATIONS; r->iterations++) {
        double decrement = 0;
        const double margin = separation(s);
        if (margin > 1) {
            r->separated = true;
            r->slack = margin;
            r->loss = s->loss;
            fill_gradient(s);
            return SG_OK;
        }
        const enum sg_status status = descend(s, &decrement);
        if (status != SG_OK)
            return status == SG_SINGULAR && r->iterations == 0 ? SG_SINGULAR : SG_UNPROVED;
        polished += decrement < SG_UNIT_ROUNDOFF * s->loss;
        if (polished > POLISH)
            break;
    }
    fill_gradient(s);
    r->loss = s->loss;
    const enum sg_status status = stiemke(&r->slack, s->step, s);
    if (status == SG_OK)
        r->lower = dual_bound(s->step, s);
    return status;
}

enum sg_status sg_closed_regression_alloc(struct sg_regression **out, const double *features,
                                          const size_t *label, size_t n, size_t f, size_t c)
{
    SG_REQUIRE(out && n >= 1 && f >= 1 && c >= 1);
    const size_t size = f * c;
    struct sg_regression *r = *out = SG_NEW(1, struct sg_regression);
    *r = (struct sg_regression){.f = f, .c = c, .b = SG_NEW(size, double)};
    struct newton s = {.features = features,
                       .label = label,
                       .n = n,
                       .f = f,
                       .c = c,
                       .size = size,
                       .b = r->b,
                       .trial = SG_NEW(size, double),
                       .score = SG_NEW(n * c, double),
                       .q = SG_NEW(n * (c + 1), double),
                       .g = SG_NEW(n * c, double),
                       .gradient = SG_NEW(size, double),
                       .hessian = SG_NEW(size * size, double),
                       .step = SG_NEW(size, double),
                       .weighted = SG_NEW(n * f, double),
                       .block = SG_NEW(f * f, double)};
    const enum sg_status status = sg_base_all_finite(features, n * f) ? solve(r, &s)
                                                                      : SG_NOT_FINITE;
    r->gradient = sg_base_norm(s.gradient, size);
    double *owned[] = {s.trial,   s.score, s.q,        s.g,    s.gradient,
                       s.hessian, s.step,  s.weighted, s.block};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    if (status != SG_OK) {
        sg_closed_regression_free(r);
        *out = NULL;
    }
    return status;
}

void sg_closed_regression_free(struct sg_regression *r)
{
    if (!r)
        return;
    free(r->b);
    free(r);
}
