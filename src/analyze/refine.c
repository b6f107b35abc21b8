/* How many digits of a least-squares fit are known, and more of them where that is cheap.
 *
 * The columns are X = 2^-k (c - mean), ones last, each entry a sum of two long doubles, and V =
 * diag(v) are the weights.  With R from the QR of V^(1/2) X in double, each step
 *     w <- w + R^-1 (R^-T X^T V e),  e = y - X w,
 * has w and e in two long doubles too, and X^T V e by compensated sums (Ogita, Rump and
 * Oishi 2005), as if in twice the digits.  With triangular solves the error shrinks by about
 * cond(X) u (Bjorck 1987, corrected seminormal equations); the product with (R^T R)^-1 would need
 * cond(X)^2 u < 1.
 * Bounds, all of first order and taken twice, with u_l = 2^-64, M = (R^T R)^-1 and X^+ = M X^T V,
 * for a linear form l of w:
 *   sums    |l X^+| d^2 u_l^2 (|y| + |X| |w|) + |l M| n^2 u_l^2 |X|^T V |e|
 *   cells   |l X^+| (|dX| |w| + |dy| + (|dv / v| + u_l) |e|) + |l M| |dX|^T V |e|, the u_l of v e
 *           (Bjorck 1991), |dX| = 2^-k |dc|: a cell is a decimal number that was rounded.
 *   step    |l| (|the last step| + u_l^2 |w|)
 * A cell was rounded to a double, |dc| = u |c|, with its rest to 2^-105 |c|.  Whole numbers up to
 * 2^53 were not, nor those of a binary file.  c - mean in two long doubles: u_l^2 |X| more.
 * Long double wants 64 bits; where it has 53 the same bounds say so. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"
#include "base/twice.h"

enum { STEPS = 20, SUM = 50 };                        /* SUM: a compensated term's price */
#define NONE SIZE_MAX
static const double WORK = 2e8;                       /* n d (d + SUM): about a second */
static const double U = SG_UNIT_ROUNDOFF, U_LONG = (double)(LDBL_EPSILON / 2);
/* of a cell with its rest */
static const double U_REST = LDBL_MANT_DIG >= 64 ? 0x1p-105 : 0x1p-98;

struct refiner {
    const struct sg_table *table;
    const struct sg_design *design;
    size_t n, d, weights;                             /* weights: their column, or NONE */
    int *exponent;                                    /* features: k */
    double *x, *r;                                    /* n x d, rounded; d x d: R */
    struct sg_twice *w, *e;                                /* d, n */
    long double *g;                                   /* d */
    double step;                                      /* |the last step|, largest entry */
    long double y_mean, y_scale;                      /* of a target that is standardised */
};

/* ---- the columns ----------------------------------------------------------------------- */

static struct sg_twice cell(const struct refiner *f, size_t i, size_t j)
{
    const size_t at = i * f->table->columns + j;
    return (struct sg_twice){(long double)f->table->cells[at],
                        f->table->rests ? (long double)f->table->rests[at] : 0};
}

/* |dc| of a cell. */
static double rounded(const struct refiner *f, size_t i, size_t j)
{
    const size_t at = i * f->table->columns + j;
    const double c = f->table->cells[at];
    const bool whole = c == floor(c), rest = f->table->rests && f->table->rests[at] != 0;
    if (!rest && (whole ? fabs(c) <= 0x1p53 : f->table->binary))
        return 0;
    /* a rest below the least double is lost */
    return f->table->rests ? U_REST * fabs(c) + 0x1p-1074 : U * fabs(c);
}

static struct sg_twice target(const struct refiner *f, size_t i)
{
    return cell(f, i, f->design->y_column[0]);
}

static long double weight(const struct refiner *f, size_t i)
{
    if (f->weights == NONE)
        return 1;
    const struct sg_twice c = cell(f, i, f->weights);
    return c.head + c.rest;
}

static struct sg_twice entry(const struct refiner *f, size_t i, size_t k)
{
    if (k == f->design->features)
        return (struct sg_twice){1, 0};
    const struct sg_twice c = cell(f, i, f->design->column[k]);
    struct sg_twice x = {c.head, 0};
    sg_twice_add(&x, -(long double)f->design->mean[k]);
    sg_twice_add(&x, c.rest);
    x = sg_twice_settled(x);
    return (struct sg_twice){ldexpl(x.head, -f->exponent[k]), ldexpl(x.rest, -f->exponent[k])};
}

/* |dX_ik| */
static double doubt(const struct refiner *f, size_t i, size_t k)
{
    if (k == f->design->features)
        return 0;
    return ldexp(rounded(f, i, f->design->column[k]), -f->exponent[k]) +
           U_LONG * U_LONG * fabs(f->x[i * f->d + k]);
}

/* ---- the steps ------------------------------------------------------------------------- */

/* False where R is singular. */
static bool factor(struct refiner *f)
{
    double *copy = sg_base_copy(f->x, f->n * f->d, sizeof *copy);
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->d; k++)
            copy[i * f->d + k] *= sqrt((double)weight(f, i));
    bool regular = sg_base_qr_r(f->r, copy, f->n, f->d) == SG_OK;
    free(copy);
    for (size_t k = 0; k < f->d; k++)
        regular = regular && f->r[k * f->d + k] != 0;
    return regular;
}

/* v (d) <- M v = R^-1 (R^-T v). */
static void solve(long double *v, const struct refiner *f)
{
    const size_t d = f->d;
    for (size_t k = 0; k < d; k++) {
        for (size_t j = 0; j < k; j++)
            v[k] -= (long double)f->r[j * d + k] * v[j];
        v[k] /= (long double)f->r[k * d + k];
    }
    for (size_t k = d; k-- > 0;) {
        for (size_t j = k + 1; j < d; j++)
            v[k] -= (long double)f->r[k * d + j] * v[j];
        v[k] /= (long double)f->r[k * d + k];
    }
}

/* e = y - X w, g = X^T V e. */
static void fill_residual(struct refiner *f)
{
    struct sg_twice *g = SG_NEW(f->d, struct sg_twice);
    for (size_t i = 0; i < f->n; i++) {
        const long double v = weight(f, i);
        struct sg_twice e = target(f, i);
        for (size_t k = 0; k < f->d; k++) {
            const struct sg_twice x = entry(f, i, k);
            sg_twice_add_product(&e, -x.head, f->w[k].head);
            e.rest -= x.head * f->w[k].rest + x.rest * f->w[k].head;
        }
        f->e[i] = sg_twice_settled(e);
        for (size_t k = 0; k < f->d; k++) {
            const struct sg_twice x = entry(f, i, k);
            sg_twice_add_product(&g[k], x.head, v * f->e[i].head);
            g[k].rest += v * (x.head * f->e[i].rest + x.rest * f->e[i].head);
        }
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
        solve(f->g, f);
        for (size_t k = 0; k < f->d; k++) {
            sg_twice_add(&f->w[k], f->g[k]);
            f->w[k] = sg_twice_settled(f->w[k]);
            f->step = sg_base_max(f->step, fabs((double)f->g[k]));
            size = sg_base_max(size, fabs((double)f->w[k].head));
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
        const double e = fabs((double)f->e[i].head), count = (double)weight(f, i);
        double size = fabs((double)target(f, i).head),
               moved = rounded(f, i, f->design->y_column[0]);
        for (size_t k = 0; k < f->d; k++) {
            const double doubted = doubt(f, i, k);
            size += fabs(f->x[i * f->d + k] * (double)f->w[k].head);
            moved += doubted * fabs((double)f->w[k].head);
            v->columns[k] += (fabs(f->x[i * f->d + k]) * n * n * twice + doubted) * count * e;
        }
        if (f->weights != NONE && count > 0)
            moved += (rounded(f, i, f->weights) / count + U_LONG) * e;
        v->rows[i] = moved + (d + 1) * (d + 1) * twice * size;
    }
}

/* What the steps leave of w_k's error. */
static double w_error(const struct refiner *f, size_t k)
{
    return f->step + U_LONG * U_LONG * fabs((double)f->w[k].head);
}

static double form_error(const double *l, const struct doubts *v, const struct refiner *f)
{
    long double *lm = SG_NEW(f->d, long double);
    double error = 0;
    for (size_t k = 0; k < f->d; k++)
        lm[k] = (long double)l[k];
    solve(lm, f);
    for (size_t k = 0; k < f->d; k++)
        error += fabs((double)lm[k]) * v->columns[k] + fabs(l[k]) * w_error(f, k);
    for (size_t i = 0; i < f->n; i++) {
        long double weighs = 0;
        for (size_t k = 0; k < f->d; k++)
            weighs += lm[k] * (long double)f->x[i * f->d + k];
        error += fabs((double)(weighs * weight(f, i))) * v->rows[i];
    }
    free(lm);
    return 2 * error;
}

/* Of e, rounded to a long double here:
 * e^T V e moves by 2 e^T V (its terms' doubts), V e being normal to X, and by their squares and
 * those of what w's own error makes of e. */
static double rss_error(const struct doubts *v, const struct refiner *f, double rss)
{
    double error = (double)(f->n + 8) * U_LONG * rss;
    for (size_t i = 0; i < f->n; i++) {
        double moved = v->rows[i];
        for (size_t k = 0; k < f->d; k++)
            moved += fabs(f->x[i * f->d + k]) * w_error(f, k);
        error += (double)weight(f, i) *
                 (2 * v->rows[i] * fabs((double)f->e[i].head) + 4 * moved * moved);
    }
    return 2 * error + U * rss;
}

/* ---- into the analysis ----------------------------------------------------------------- */

/* Fills l, the form of the constant: w_ones - sum_k w_k 2^-k mean_k. */
static long double constant_form(double *l, const struct refiner *f)
{
    const size_t features = f->design->features;
    struct sg_twice constant = f->w[features];
    for (size_t k = 0; k < features; k++) {
        const long double mean = ldexpl((long double)f->design->mean[k], -f->exponent[k]);
        sg_twice_add_product(&constant, -f->w[k].head, mean);
        constant.rest -= f->w[k].rest * mean;
        l[k] = -(double)mean;
    }
    l[features] = 1;
    return constant.head + constant.rest;
}

static long double away_from(long double near, const struct refiner *f, size_t i)
{
    const struct sg_twice y = target(f, i);
    return (y.head - near) + y.rest;
}

/* Mean and scale of the target, exact to a few u_l of the largest cell; their doubles in the design
 * lack n u. */
static void measure_target(struct refiner *f)
{
    const struct sg_design *design = f->design;
    struct sg_twice total = {0, 0}, mean = {0, 0}, squares = {0, 0};
    f->y_scale = 1;
    if (design->y_mean[0] == 0 && design->y_scale[0] == 1)
        return;
    for (size_t i = 0; i < f->n; i++)
        sg_twice_add(&total, weight(f, i));
    const long double all = total.head + total.rest, near = (long double)design->y_mean[0];
    for (size_t i = 0; i < f->n && design->intercept; i++)
        sg_twice_add_product(&mean, weight(f, i), away_from(near, f, i));
    const long double rest = (mean.head + mean.rest) / all;
    f->y_mean = near + rest;
    for (size_t i = 0; i < f->n; i++) {
        const long double away = away_from(near, f, i) - rest;
        sg_twice_add_product(&squares, weight(f, i) * away, away);
    }
    f->y_scale = sqrtl((squares.head + squares.rest) / all);
}

/* A number of the target c as one of (c - mean) / scale. */
static double in_unit(double *error, long double value, long double mean, const struct refiner *f)
{
    const double result = (double)((value - mean) / f->y_scale);
    if (f->y_scale != 1)
        *error += 4 * U_LONG * (fabs((double)mean) + fabs((double)value));
    *error = *error / (double)f->y_scale + U * fabs(result);
    return result;
}

static void describe(struct sg_analysis *a, const struct refiner *f)
{
    const struct sg_design *design = f->design;
    const size_t features = design->features;
    struct doubts v = {SG_NEW(f->d, double), SG_NEW(f->n, double)};
    double *l = SG_NEW(f->d, double);
    const double scale = (double)f->y_scale;
    long double rss = 0;
    fill_doubts(&v, f);
    for (size_t i = 0; i < f->n; i++) {
        rss += weight(f, i) * f->e[i].head * f->e[i].head;
        a->residual[i] =
            -(double)f->e[i].head / scale * sqrt((double)weight(f, i) / design->weight);
    }
    a->rss = (double)rss / scale / scale;
    a->rss_error = rss_error(&v, f, (double)rss) / scale / scale + 4 * U * a->rss;
    for (size_t k = 0; k < features; k++) {
        memset(l, 0, f->d * sizeof *l);
        l[k] = ldexp(1, -f->exponent[k]);
        a->coefficient_error[k] = form_error(l, &v, f);
        a->coefficients[k] =
            in_unit(&a->coefficient_error[k], ldexpl(f->w[k].head, -f->exponent[k]), 0, f);
    }
    if (design->intercept) {
        const long double constant = constant_form(l, f);
        a->intercept_error = form_error(l, &v, f);
        a->intercept = in_unit(&a->intercept_error, constant, f->y_mean, f);
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
    const long double unit = (long double)design->y_scale[0];
    measure_target(f);
    long double constant = (long double)design->y_mean[0] + (long double)design->y_mean_rest[0];
    if (design->intercept)
        constant += unit * (long double)fit->w[design->features];
    for (size_t k = 0; k < design->features; k++) {
        (void)frexp(design->scale[k], &f->exponent[k]);
        const long double w = unit * (long double)fit->w[k] / (long double)design->scale[k];
        f->w[k].head = ldexpl(w, f->exponent[k]);
        constant -= w * (long double)design->mean_rest[k];
    }
    if (design->intercept)
        f->w[design->features].head = constant;
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->d; k++)
            f->x[i * f->d + k] = (double)entry(f, i, k).head;
}

static size_t column_of(const struct sg_table *table, const char *name)
{
    for (size_t j = 0; name && j < table->columns; j++)
        if (strcmp(table->names[j], name) == 0)
            return j;
    return NONE;
}

void sg_analysis_know(struct sg_analysis *a, const struct sg_data *data,
                      const struct sg_design *design, const struct sg_fit *fit,
                      const struct sg_table *table)
{
    const size_t n = data->n, d = data->d;
    estimate(a, fit, design, data->y);
    a->rss_error *= design->weight;
    if (fit->rank < d || n < d || (double)n * (double)d * (double)(d + SUM) > WORK)
        return;
    struct refiner f = {.table = table, .design = design, .n = n, .d = d,
                        .weights = column_of(table, a->options.weights),
                        .exponent = SG_NEW(d, int), .x = SG_NEW(n * d, double),
                        .r = SG_NEW(d * d, double), .w = SG_NEW(d, struct sg_twice),
                        .e = SG_NEW(n, struct sg_twice), .g = SG_NEW(d, long double)};
    start(&f, fit);
    if (factor(&f) && refine(&f))
        describe(a, &f);
    void *owned[] = {f.exponent, f.x, f.r, f.w, f.e, f.g};
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
