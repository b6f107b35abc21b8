/* A table with classes under the log loss: the optimum, where a linear SG rests instead, what that
 * costs and whether it is stable.
 *
 * Only the span of the columns counts for fitted scores, so both are computed on an orthonormal
 * basis of it (QR of the standardised columns), and turned into coefficients at the end.  Rates and
 * runs belong to the columns as asked for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/classes.h"

static const double U = SG_UNIT_ROUNDOFF;

/* ---- bases ----------------------------------------------------------------------------- */

/* X, or X V with V the right singular vectors of the `rank` largest singular values. */
static void row_space(struct sg_data *part, const struct sg_data *data, const struct sg_fit *fit,
                      size_t rank)
{
    const size_t n = data->n, d = data->d;
    sg_data_alloc(part, n, rank, data->m);
    memcpy(part->y, data->y, n * data->m * sizeof *part->y);
    if (rank == d) {
        memcpy(part->x, data->x, n * d * sizeof *part->x);
        return;
    }
    double *v = SG_NEW(d * rank, double);
    for (size_t k = 0; k < d; k++)
        memcpy(v + k * rank, fit->v_x + k * d, rank * sizeof *v);
    sg_base_mul(part->x, data->x, v, n, d, rank);
    free(v);
}

static enum sg_status make_span(struct sg_data *span, const struct sg_data *data,
                                const struct sg_fit *fit)
{
    struct sg_data part;
    row_space(&part, data, fit, fit->rank);
    sg_data_alloc(span, part.n, part.d, part.m);
    memcpy(span->y, part.y, part.n * part.m * sizeof *span->y);
    const enum sg_status status = sg_base_qr_q(span->x, part.x, part.n, part.d);
    for (size_t i = 0; i < span->n * span->d; i++)
        span->x[i] *= sqrt((double)span->n);
    sg_data_free(&part);
    return status;
}

/* ---- the SG's point -------------------------------------------------------------------- */

/* The dimension of span{p_LS, 1} decides which theorem holds.  Its singular values are those of
 * Q^T [y 1], known to 10 n u of the largest, and to 10 u cond(X) more as col Q is known to that;
 * one between the two bounds decides nothing. */
static enum sg_status classify(enum sg_class_reason *reason, const struct sg_class_analysis *a,
                               const struct sg_data *span, double cond)
{
    const size_t n = a->n, m = a->m, r = span->d, k = m + 1 < r ? m + 1 : r,
                 scores = a->classes < r ? a->classes : r;
    double *y1 = SG_NEW(n * (m + 1), double), *c = SG_NEW(r * (m + 1), double),
           *sigma = SG_NEW(k, double);
    for (size_t i = 0; i < n; i++) {
        memcpy(y1 + i * (m + 1), span->y + i * m, m * sizeof *y1);
        y1[i * (m + 1) + m] = 1;
    }
    sg_base_mul_tn(c, span->x, y1, r, n, m + 1);
    const double size = sqrt((double)n) * sg_base_norm(y1, n * (m + 1)),
                 zero = 10 * (double)n * U * size, certain = zero + 10 * U * cond * size;
    const enum sg_status status = sg_base_singular_values(sigma, c, r, m + 1);
    if (status == SG_OK && sigma[scores - 1] > certain)
        *reason = r <= a->classes ? SG_CLASS_NO_ROOM : SG_CLASS_GENERAL;
    else if (status == SG_OK && m == 1 && scores == 2 && sigma[1] <= zero)
        *reason = SG_CLASS_FLAT;
    else
        *reason = SG_CLASS_UNKNOWN;
    free(y1);
    free(c);
    free(sigma);
    return status;
}

/* Undecided and other failures of the two regressions leave NULL: an answer of its own. */
static enum sg_status find_points(struct sg_class_analysis *a, struct sg_class_subject *s,
                                  double cond)
{
    enum sg_status status = classify(&a->reason, a, &s->span, cond);
    if (status != SG_OK)
        return status;
    if (sg_closed_log_optimum_alloc(&s->optimum, &s->span, NULL) != SG_OK)
        s->optimum = NULL;
    if (a->reason == SG_CLASS_GENERAL && sg_closed_log_point_alloc(&s->sg, &s->span, NULL) != SG_OK)
        s->sg = NULL;
    /* What was certified is the regression on a basis that rounding made; the file's own numbers
     * decide. */
    if (s->optimum && (a->separation == SG_SEPARATION_PART ||
                       (a->separation == SG_SEPARATION_NONE && !s->optimum->finite) ||
                       (a->separation == SG_SEPARATION_ALL && s->optimum->finite))) {
        sg_closed_log_point_free(s->optimum);
        s->optimum = NULL;
    }
    if (a->reason == SG_CLASS_NO_ROOM || a->reason == SG_CLASS_FLAT)
        s->sg = s->optimum;
    if (s->sg && !s->sg->finite)
        a->reason = SG_CLASS_BOTH_SEPARATE;
    return SG_OK;
}

/* ---- in the file's units --------------------------------------------------------------- */

/* Probabilities within 10 n u of each other are a tie, in which a class counts for its share. */
static double accuracy(const struct sg_log_point *point, const struct sg_class_analysis *a,
                       const double *y)
{
    double right = 0;
    const double tie = 10 * (double)a->n * U;
    for (size_t i = 0; i < a->n; i++) {
        const double *q = point->probability + i * a->classes;
        size_t own = 0, above = 0, level = 0;
        while (y[i] != a->class_value[own])
            own++;
        for (size_t k = 0; k < a->classes; k++) {
            above += q[k] > q[own] + tie;
            level += fabs(q[k] - q[own]) <= tie;
        }
        right += above == 0 ? 1 / (double)level : 0;
    }
    return right / (double)a->n;
}

/* Whether the optimum is finite is proved even where it was not computed. */
static void say_what_is_proved(struct sg_class_fit *optimum, enum sg_separation separation)
{
    if (optimum->decided || separation == SG_SEPARATION_UNKNOWN)
        return;
    optimum->decided = true;
    optimum->finite = separation == SG_SEPARATION_NONE;
    if (separation == SG_SEPARATION_ALL)
        optimum->loss = optimum->lower = 0;
}

/* point NULL: undecided.  design, data: where its coefficients are taken; p = span w. */
static enum sg_status describe(struct sg_class_fit *fit, const struct sg_log_point *point,
                               const struct sg_class_analysis *a, const struct sg_data *span,
                               const struct sg_data *data, const struct sg_design *design,
                               const double *y)
{
    const size_t n = a->n, m = a->m;
    *fit = (struct sg_class_fit){.loss = SG_NAN, .lower = SG_NAN, .accuracy = SG_NAN};
    if (!point)
        return SG_OK;
    *fit = (struct sg_class_fit){.decided = true,
                                 .finite = point->finite,
                                 .loss = point->loss,
                                 .lower = point->lower,
                                 .accuracy = accuracy(point, a, y)};
    if (!point->finite)
        return SG_OK;
    double *p = SG_NEW(n * m, double), *w = SG_NEW(data->d * m, double);
    sg_base_mul(p, span->x, point->w, n, span->d, m);
    const enum sg_status status =
        sg_base_solve_least_squares(w, NULL, NULL, data->x, p, n, data->d, m);
    fit->coefficients = SG_NEW(design->features * m, double);
    fit->intercept = SG_NEW(m, double);
    for (size_t k = 0; k < m; k++)
        sg_analysis_file_units(fit->coefficients + k, fit->intercept + k, w + k, m, design);
    free(p);
    free(w);
    return status;
}

/* ---- verdict --------------------------------------------------------------------------- */

static void compare(struct sg_class_analysis *a, const struct sg_class_subject *s)
{
    const bool same = s->sg && (s->sg == s->optimum || !s->sg->finite);
    a->freedom = a->rank * (a->classes - 1);
    a->gap = !s->sg || (!s->optimum && !same) ? SG_NAN
             : same                           ? 0
             : s->optimum->finite ? sg_closed_loss_gap(s->optimum->probability, s->sg->probability,
                                                       a->n, a->classes - 1)
                                  : s->sg->loss;
    a->relative_gap = s->optimum ? a->gap / s->optimum->loss : SG_NAN;
    a->likelihood_ratio = 2 * (double)a->n * a->gap;
    if (!isfinite(a->gap))
        a->verdict = SG_CLASS_UNDECIDED;
    else if (a->local.known && !a->local.attracts)
        a->verdict = SG_CLASS_HARMFUL;
    else if (same)
        a->verdict = SG_CLASS_HARMLESS;
    else
        a->verdict = s->optimum && s->optimum->finite && a->likelihood_ratio <= (double)a->freedom
                         ? SG_CLASS_NEGLIGIBLE
                         : SG_CLASS_HARMFUL;
}

/* ---- all of it ------------------------------------------------------------------------- */

static void subject_free(struct sg_class_subject *s)
{
    sg_data_free(&s->span);
    sg_data_free(&s->run);
    if (s->sg != s->optimum)
        sg_closed_log_point_free(s->sg);
    sg_closed_log_point_free(s->optimum);
}

/* Where columns depend on each other the coefficients have minimum norm as asked for; else they are
 * unique, and those of the standardised columns have most digits. */
static enum sg_status describe_both(struct sg_class_analysis *a, const struct sg_class_subject *s,
                                    const struct sg_class_tables *t)
{
    const bool unique = a->rank == a->columns;
    const struct sg_data *data = unique ? &t->standard : &t->asked;
    const struct sg_design *design = unique ? &t->standard_design : &a->design;
    const enum sg_status status =
        describe(&a->optimum, s->optimum, a, &s->span, data, design, t->y);
    say_what_is_proved(&a->optimum, a->separation);
    return status == SG_OK ? describe(&a->sg, s->sg, a, &s->span, data, design, t->y) : status;
}

/* From the basis of the span to that of the runs: p = run w. */
static enum sg_status change_basis(struct sg_log_point *point, const struct sg_class_subject *s)
{
    double *p = SG_NEW(s->span.n * s->span.m, double);
    sg_base_mul(p, s->span.x, point->w, s->span.n, s->span.d, s->span.m);
    const enum sg_status status = sg_base_solve_least_squares(point->w, NULL, NULL, s->run.x, p,
                                                              s->run.n, s->run.d, s->run.m);
    free(p);
    return status;
}

static enum sg_status analyze(struct sg_class_analysis *a, struct sg_class_subject *s,
                              const struct sg_class_tables *t)
{
    const double *lambda = t->asked_fit->lambda_x, *standard = t->standard_fit->lambda_x;
    const size_t rank = t->standard_fit->rank;
    a->rank = t->asked_fit->rank;
    a->condition_number = a->rank < a->columns ? HUGE_VAL
                                               : sqrt(lambda[0] / lambda[a->columns - 1]);
    enum sg_status status = make_span(&s->span, &t->standard, t->standard_fit);
    row_space(&s->run, &t->asked, t->asked_fit, rank);
    if (status == SG_OK)
        status = find_points(a, s, sqrt(standard[0] / standard[rank - 1]));
    if (status == SG_OK)
        status = describe_both(a, s, t);
    if (status == SG_OK && s->sg && s->sg->finite)
        status = change_basis(s->sg, s);
    if (status != SG_OK)
        return status;
    a->local = (struct sg_class_local){.mu_critical = SG_NAN,
                                       .nu_critical = SG_NAN,
                                       .mu_optimal = SG_NAN,
                                       .mu_deficit = SG_NAN,
                                       .nu_optimal = SG_NAN,
                                       .nu_deficit = SG_NAN,
                                       .joint_scale = SG_NAN,
                                       .joint_deficit = SG_NAN,
                                       .together = SG_NAN,
                                       .slowest = SG_NAN,
                                       .sigma_min = SG_NAN};
    a->local.known = s->sg && s->sg->finite &&
                     sg_class_localise(&a->local, s->sg, &s->run) == SG_OK;
    compare(a, s);
    return sg_class_check(a, s);
}

/* By the cells themselves. */
static enum sg_separation separation_of(const struct sg_class_analysis *a,
                                        const struct sg_table *table, const double *y)
{
    const size_t f = a->design.features + 1;
    double *x = SG_NEW(a->n * f, double);
    size_t *label = SG_NEW(a->n, size_t);
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k + 1 < f; k++)
            x[i * f + k] = table->cells[i * table->columns + a->design.column[k]];
        x[i * f + f - 1] = 1;
        while (y[i] != a->class_value[label[i]])
            label[i]++;
    }
    const enum sg_separation found = sg_cert_separation(x, label, a->n, f, a->classes - 1);
    free(x);
    free(label);
    return found;
}

enum sg_status sg_analyze_classes(struct sg_class_analysis *a, const struct sg_table *table,
                                  const char *path, const char *target,
                                  const struct sg_analysis_options *options, struct sg_error *err)
{
    SG_REQUIRE(a && table && target && options && err);
    struct sg_class_tables t = {0};
    struct sg_class_subject s = {0};
    *a = (struct sg_class_analysis){.options = *options};
    enum sg_status status = SG_OK;
    if (options->with_delay)
        status = sg_base_refuse(err, NULL, 0,
                                "a delay's limits are known for the squared error only; leave "
                                "--delay away or use --loss mse");
    else if (!options->intercept)
        status = sg_base_refuse(err, NULL, 0,
                                "where an SG rests under the log loss is known with an intercept "
                                "(CP6); leave --no-intercept away");
    if (status == SG_OK)
        status = sg_class_read(a, &t, table, path, target, err);
    if (status == SG_OK) {
        a->separation = separation_of(a, table, t.y);
        status = analyze(a, &s, &t);
    }
    subject_free(&s);
    sg_class_tables_free(&t);
    if (status != SG_OK)
        sg_class_analysis_free(a);
    return status;
}

void sg_class_analysis_free(struct sg_class_analysis *a)
{
    if (!a)
        return;
    sg_data_design_free(&a->design);
    double *owned[] = {a->class_value, a->optimum.coefficients, a->optimum.intercept,
                       a->sg.coefficients, a->sg.intercept};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(a->class_count);
    *a = (struct sg_class_analysis){0};
}

const char *sg_class_verdict_name(enum sg_class_verdict verdict)
{
    static const char *const name[] = {"harmless", "negligible", "harmful", "undecided"};
    return name[verdict];
}
