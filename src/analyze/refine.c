/* How many digits of a least-squares fit are known, and more of them where that is cheap.
 *
 * The columns are X = 2^-k (c - mean), ones last, exact in long double from the table's cells.
 * With R from the QR of X in double, M = (R^T R)^-1, each step
 *     w <- w + M X^T e,  e = y - X w,
 * has e and X^T e by compensated sums in long double (Ogita, Rump and Oishi 2005), as if in twice
 * its digits: the error shrinks by about cond(X) u, down to what rounding e once leaves.  Bounds,
 * all of first order and taken twice, with u_l = 2^-64 and X^+ = M X^T, for a linear form l of w:
 *   sums    |l X^+| (u_l |e| + d^2 u_l^2 (|y| + |X| |w|)) + |l M| n^2 u_l^2 |X|^T |e|
 *   cells   |l X^+| (|dX| |w| + |dy|) + |l M| |dX|^T |e|,  |dX| = 2^-k u |c|, |dy| = u |y|
 *           (Bjorck 1991): a cell is a decimal number that was rounded to a double.  Whole numbers
 *           up to 2^53 were not.  c - mean may need more than 64 bits: u_l |X| then.
 *   step    |l| (|the last step| + u_l |w|)
 * Long double wants 64 bits; where it has 53 the same bounds say so. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"

enum { STEPS = 20, SUM = 50 };                        /* SUM: a compensated term's price */
static const double WORK = 2e8;                       /* n d (d + SUM): about a second */
static const double U = SG_UNIT_ROUNDOFF, U_LONG = (double)(LDBL_EPSILON / 2);

struct refiner {
    const struct sg_table *table;
    const struct sg_design *design;
    const double *y;                                  /* n: cells, or standardised cells */
    size_t n, d;
    int *exponent;                                    /* features: k */
    bool *exact;                                      /* features: cells are whole numbers */
    bool exact_y, scaled_y;
    double *x, *m;                                    /* n x d, rounded; d x d: (R^T R)^-1 */
    long double *w, *e, *g;                           /* d, n, d */
    double step;                                      /* |the last step|, largest entry */
};

/* ---- the columns ----------------------------------------------------------------------- */

static bool is_whole(double c)
{
    return fabs(c) <= 0x1p53 && c == floor(c);
}

static double cell(const struct refiner *f, size_t i, size_t k)
{
    return f->table->cells[i * f->table->columns + f->design->column[k]];
}

static long double entry(const struct refiner *f, size_t i, size_t k)
{
    if (k == f->design->features)
        return 1;
    return ldexpl((long double)cell(f, i, k) - (long double)f->design->mean[k], -f->exponent[k]);
}

/* |dX_ik|: c was rounded, and where c - mean does not fit, so is X. */
static double doubt(const struct refiner *f, size_t i, size_t k)
{
    if (k == f->design->features)
        return 0;
    const double c = cell(f, i, k), mean = f->design->mean[k];
    const long double x = (long double)c - (long double)mean;
    const bool fits = x + (long double)mean == (long double)c &&
                      (long double)c - x == (long double)mean;
    const double rounded = f->exact[k] ? 0 : U * fabs(c);
    return ldexp(rounded + (fits ? 0 : U_LONG * fabs((double)x)), -f->exponent[k]);
}

/* |dy_i|; a standardised target is ((c - mean) - mean_rest) / scale, rounded three times. */
static double doubt_y(const struct refiner *f, size_t i)
{
    const struct sg_design *design = f->design;
    const double c = f->table->cells[i * f->table->columns + design->y_column[0]],
                 rounded = f->exact_y ? 0 : U * fabs(c);
    if (!f->scaled_y)
        return rounded;
    return rounded / design->y_scale[0] + 4 * U * fabs(f->y[i]);
}

/* ---- compensated sums ------------------------------------------------------------------ */

struct sum { long double head, rest; };

static void add(struct sum *s, long double v)
{
    const long double head = s->head + v, part = head - s->head;
    s->rest += (s->head - (head - part)) + (v - part);
    s->head = head;
}

/* The upper half of v's digits (Veltkamp). */
static long double upper(long double v)
{
    const long double c = (ldexpl(1, (LDBL_MANT_DIG + 1) / 2) + 1) * v;
    return c - (c - v);
}

/* s + a b, with the product's rounding error (Dekker). */
static void add_product(struct sum *s, long double a, long double b)
{
    const long double p = a * b, a_up = upper(a), b_up = upper(b), a_low = a - a_up,
                      b_low = b - b_up;
    add(s, p);
    s->rest += a_low * b_low - (((p - a_up * b_up) - a_low * b_up) - a_up * b_low);
}

/* ---- the steps ------------------------------------------------------------------------- */

/* M = R^-1 R^-T. */
static enum sg_status invert(struct refiner *f)
{
    const size_t d = f->d;
    double *copy = sg_base_copy(f->x, f->n * d, sizeof *copy), *r = SG_NEW(d * d, double),
           *identity = SG_NEW(d * d, double), *inverse = SG_NEW(d * d, double);
    enum sg_status status = sg_base_qr_r(r, copy, f->n, d);
    for (size_t k = 0; k < d; k++)
        identity[k * d + k] = 1;
    if (status == SG_OK)
        status = sg_base_solve(inverse, r, identity, d, d);
    if (status == SG_OK)
        sg_base_mul_nt(f->m, inverse, inverse, d, d, d);
    double *owned[] = {copy, r, identity, inverse};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* e = y - X w, g = X^T e. */
static void fill_residual(struct refiner *f)
{
    struct sum *g = SG_NEW(f->d, struct sum);
    for (size_t i = 0; i < f->n; i++) {
        struct sum e = {(long double)f->y[i], 0};
        for (size_t k = 0; k < f->d; k++)
            add_product(&e, -entry(f, i, k), f->w[k]);
        f->e[i] = e.head + e.rest;
        for (size_t k = 0; k < f->d; k++)
            add_product(&g[k], entry(f, i, k), f->e[i]);
    }
    for (size_t k = 0; k < f->d; k++)
        f->g[k] = g[k].head + g[k].rest;
    free(g);
}

/* False where the steps do not shrink: the columns are dependent to rounding.  The first is one of
 * a start in double, so no larger than u |w| when that start was as good as doubles are. */
static bool refine(struct refiner *f)
{
    double first = 0, before = HUGE_VAL;
    bool shrinks = false;
    for (size_t t = 0; t < STEPS; t++) {
        double size = 0;
        f->step = 0;
        fill_residual(f);
        for (size_t k = 0; k < f->d; k++) {
            long double step = 0;
            for (size_t j = 0; j < f->d; j++)
                step += (long double)f->m[k * f->d + j] * f->g[j];
            f->w[k] += step;
            f->step = sg_base_max(f->step, fabs((double)step));
            size = sg_base_max(size, fabs((double)f->w[k]));
        }
        first = t == 0 ? f->step : first;
        shrinks = shrinks || f->step <= U * size || f->step <= first / 4;
        if (!isfinite(f->step) || f->step == 0 || (t > 1 && f->step > before / 2))
            break;
        before = f->step;
    }
    fill_residual(f);
    return isfinite(f->step) && shrinks;
}

/* ---- bounds ---------------------------------------------------------------------------- */

/* What the error of a form is made of: what l M weighs (d) and what l X^+ weighs (n). */
struct doubts { double *columns, *rows; };

static void fill_doubts(struct doubts *v, const struct refiner *f)
{
    const double n = (double)f->n, d = (double)f->d, twice = U_LONG * U_LONG;
    for (size_t i = 0; i < f->n; i++) {
        const double e = fabs((double)f->e[i]);
        double size = fabs(f->y[i]), moved = doubt_y(f, i);
        for (size_t k = 0; k < f->d; k++) {
            const double doubted = doubt(f, i, k);
            size += fabs(f->x[i * f->d + k] * (double)f->w[k]);
            moved += doubted * fabs((double)f->w[k]);
            v->columns[k] += (fabs(f->x[i * f->d + k]) * n * n * twice + doubted) * e;
        }
        v->rows[i] = moved + U_LONG * e + (d + 1) * (d + 1) * twice * size;
    }
}

static double form_error(const double *l, const struct doubts *v, const struct refiner *f)
{
    double *lm = SG_NEW(f->d, double), error = 0;
    for (size_t j = 0; j < f->d; j++)
        for (size_t k = 0; k < f->d; k++)
            lm[j] += l[k] * f->m[k * f->d + j];
    for (size_t k = 0; k < f->d; k++)
        error += fabs(lm[k]) * v->columns[k] +
                 fabs(l[k]) * (f->step + U_LONG * fabs((double)f->w[k]));
    for (size_t i = 0; i < f->n; i++)
        error += fabs(sg_base_dot(lm, f->x + i * f->d, f->d)) * v->rows[i];
    free(lm);
    return 2 * error;
}

/* |r|^2 moves by 2 r . (its terms' doubts), r being normal to X, and by their squares and those of
 * what w's own error makes of r. */
static double rss_error(const struct doubts *v, const struct refiner *f, double rss)
{
    double error = (double)(f->n + 4) * U_LONG * rss;
    for (size_t i = 0; i < f->n; i++) {
        double moved = v->rows[i];
        for (size_t k = 0; k < f->d; k++)
            moved += fabs(f->x[i * f->d + k]) * (f->step + U_LONG * fabs((double)f->w[k]));
        error += 2 * v->rows[i] * fabs((double)f->e[i]) + 4 * moved * moved;
    }
    return 2 * error + U * rss;
}

/* ---- into the analysis ----------------------------------------------------------------- */

/* Fills l, the form of the constant: w_ones - sum_k w_k 2^-k mean_k. */
static long double constant_form(double *l, const struct refiner *f)
{
    const size_t features = f->design->features;
    struct sum constant = {f->w[features], 0};
    for (size_t k = 0; k < features; k++) {
        const long double mean = ldexpl((long double)f->design->mean[k], -f->exponent[k]);
        add_product(&constant, -f->w[k], mean);
        l[k] = -(double)mean;
    }
    l[features] = 1;
    return constant.head + constant.rest;
}

static void describe(struct sg_analysis *a, const struct refiner *f)
{
    const size_t features = f->design->features;
    struct doubts v = {SG_NEW(f->d, double), SG_NEW(f->n, double)};
    double *l = SG_NEW(f->d, double);
    long double rss = 0;
    fill_doubts(&v, f);
    for (size_t i = 0; i < f->n; i++) {
        rss += f->e[i] * f->e[i];
        a->residual[i] = -(double)f->e[i];
    }
    a->rss = (double)rss;
    a->rss_error = rss_error(&v, f, a->rss);
    for (size_t k = 0; k < features; k++) {
        memset(l, 0, f->d * sizeof *l);
        l[k] = ldexp(1, -f->exponent[k]);
        a->coefficients[k] = (double)ldexpl(f->w[k], -f->exponent[k]);
        a->coefficient_error[k] = form_error(l, &v, f) + U * fabs(a->coefficients[k]);
    }
    if (f->design->intercept) {
        a->intercept = (double)constant_form(l, f);
        a->intercept_error = form_error(l, &v, f) + U * fabs(a->intercept);
    }
    free(l);
    free(v.columns);
    free(v.rows);
}

/* Without refinement: dgelsd solves a problem off by C u, C = 10 (d + sqrt n) and the means' share
 * of the cells, in X and in y.  In units of the standardised columns
 *   |dw| <= C u (cond (2 |w|) + (|y| + cond |r|) / sigma_min). */
static void estimate(struct sg_analysis *a, const struct sg_fit *fit,
                     const struct sg_design *design, const double *y)
{
    const size_t n = fit->n, d = fit->d;
    const double root = sqrt((double)n), least = sqrt(fit->lambda_x[fit->rank ? fit->rank - 1 : 0]),
                 cond = sqrt(fit->lambda_x[0]) / least, w = sg_base_norm(fit->w, d),
                 r = sg_base_norm(fit->residual, n) / root, size = sg_base_norm(y, n) / root;
    double far = 1 + fabs(design->y_mean[0]) / design->y_scale[0], reach = 1;
    for (size_t k = 0; k < design->features; k++) {
        const double ratio = fabs(design->mean[k]) / design->scale[k];
        far = fmax(far, 1 + ratio);
        reach += ratio;
    }
    const double unit = 10 * ((double)d + root) * U * far,
                 error = unit * (2 * cond * w + (size + cond * r) / least),
                 moved = unit * (size + sqrt(fit->lambda_x[0]) * w);
    for (size_t k = 0; k < design->features; k++)
        a->coefficient_error[k] = error / design->scale[k];
    a->intercept_error = error * reach;
    a->rss_error = (double)n * (2 * r * moved + moved * moved);
}

/* Columns, and w where the fit has it: its own coordinates are (c - mean - mean_rest) / scale. */
static void start(struct refiner *f, const struct sg_fit *fit)
{
    const struct sg_design *design = f->design;
    long double constant = design->intercept ? (long double)fit->w[design->features] : 0;
    f->exact_y = true;
    f->scaled_y = design->y_mean[0] != 0 || design->y_scale[0] != 1;
    for (size_t k = 0; k < design->features; k++) {
        (void)frexp(design->scale[k], &f->exponent[k]);
        const long double w = (long double)fit->w[k] / (long double)design->scale[k];
        f->w[k] = ldexpl(w, f->exponent[k]);
        constant -= w * (long double)design->mean_rest[k];
        f->exact[k] = true;
        for (size_t i = 0; i < f->n; i++)
            f->exact[k] = f->exact[k] && is_whole(cell(f, i, k));
    }
    if (design->intercept)
        f->w[design->features] = constant;
    for (size_t i = 0; i < f->n; i++) {
        f->exact_y = f->exact_y &&
                     is_whole(f->table->cells[i * f->table->columns + design->y_column[0]]);
        for (size_t k = 0; k < f->d; k++)
            f->x[i * f->d + k] = (double)entry(f, i, k);
    }
}

void sg_analysis_know(struct sg_analysis *a, const struct sg_data *data,
                      const struct sg_design *design, const struct sg_fit *fit,
                      const struct sg_table *table)
{
    const size_t n = data->n, d = data->d;
    estimate(a, fit, design, data->y);
    a->rss_error *= design->weight;
    /* weights are roots of cells, and rounded: the steps below are for rows as they are */
    if (a->options.weights || fit->rank < d || n < d ||
        (double)n * (double)d * (double)(d + SUM) > WORK)
        return;
    struct refiner f = {.table = table, .design = design, .y = data->y, .n = n, .d = d,
                        .exponent = SG_NEW(d, int), .exact = SG_NEW(d, bool),
                        .x = SG_NEW(n * d, double), .m = SG_NEW(d * d, double),
                        .w = SG_NEW(d, long double), .e = SG_NEW(n, long double),
                        .g = SG_NEW(d, long double)};
    start(&f, fit);
    if (invert(&f) == SG_OK && refine(&f))
        describe(a, &f);
    void *owned[] = {f.exponent, f.exact, f.x, f.m, f.w, f.e, f.g};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

/* d digits end in units of 10^(e - d + 1), e the exponent of the first: the value as printed is at
 * most half a unit from itself, and the error at most another half. */
int sg_analysis_digits(double value, double error)
{
    enum { MOST = 15 };
    if (!isfinite(error) || !isfinite(value))
        return 0;
    if (error == 0 || value == 0)
        return error == 0 ? MOST : 0;
    const double digits = floor(floor(log10(fabs(value))) + 1 - log10(2 * error));
    return digits < 0 ? 0 : digits > MOST ? MOST : (int)digits;
}
