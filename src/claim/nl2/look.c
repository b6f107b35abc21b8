/* The loss that a field of synthetic gradients sees, next to the true one. */
#include <math.h>
#include <string.h>

#include "claim/nl2/parts.h"

double sg_nl2_loss(enum sg_loss_kind kind, const double *p, const double *y, size_t m)
{
    double sum = 0, top = p[0], value = 0;
    if (kind == SG_LOGISTIC)
        return log1p(exp(-fabs(p[0]))) + fmax(p[0], 0) - y[0] * p[0];
    for (size_t j = 0; j < m; j++) {
        top = fmax(top, p[j]);
        value += (p[j] - y[j]) * (p[j] - y[j]) / 2;
    }
    if (kind == SG_MSE)
        return value;
    for (size_t j = 0; j < m; j++)
        sum += exp(p[j] - top);
    value = log(sum);
    for (size_t j = 0; j < m; j++)
        value += y[j] * (top - p[j]);
    return value;
}

void sg_nl2_classes(double label[SG_NL2_LABELS], size_t *class_of, const struct sg_data *data)
{
    for (size_t c = 0; c < SG_NL2_CLASSES; c++)
        for (size_t j = 0; j < data->m; j++)
            label[c * data->m + j] = data->m == 1 ? (double)c : (double)(c == j);
    for (size_t i = 0; i < data->n; i++)
        class_of[i] = data->y[i * data->m + data->m - 1] > 0.5;
}

/* ---- seeing --------------------------------------------------------------------------------- */

struct sg_nl2_seen sg_nl2_seen_make(struct sg_lab *lab, const struct sg_nl2_surface *f)
{
    return (struct sg_nl2_seen){.k = f->k,
                                .classes = f->classes,
                                .s = SG_TAKE(lab, f->k * f->k, double),
                                .slope = SG_TAKE(lab, f->classes * f->k, double),
                                .mean = SG_TAKE(lab, f->classes * f->k, double),
                                .constant = SG_TAKE(lab, f->classes, double)};
}

/* s (k) at h under a label. */
static void field(double *s, const double *phi, const double *h, const double *y, size_t k,
                  size_t m)
{
    const double *a = phi, *b = a + k * k, *c = b + m * k;
    for (size_t j = 0; j < k; j++) {
        s[j] = c[j];
        for (size_t i = 0; i < k; i++)
            s[j] += h[i] * a[i * k + j];
        for (size_t i = 0; i < m; i++)
            s[j] += y[i] * b[i * k + j];
    }
}

/* Means of h in each class, and the covariance of h about them. */
static void moments(struct sg_lab *lab, double *mean, double *sigma, const struct sg_nl2_surface *f)
{
    const size_t n = f->n, k = f->k;
    double *centred = SG_TAKE(lab, n * k, double), *count = SG_TAKE(lab, f->classes, double);
    memset(mean, 0, f->classes * k * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        count[f->class_of[i]]++;
        for (size_t j = 0; j < k; j++)
            mean[f->class_of[i] * k + j] += f->h[i * k + j];
    }
    for (size_t c = 0; c < f->classes; c++)
        for (size_t j = 0; j < k; j++)
            mean[c * k + j] /= fmax(count[c], 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            centred[i * k + j] = (f->h[i * k + j] - mean[f->class_of[i] * k + j]) / sqrt((double)n);
    sg_base_mul_tn(sigma, centred, centred, k, n, k);
}

double sg_nl2_seen_value(const struct sg_nl2_seen *seen, const double *h, size_t label)
{
    const size_t at = label * seen->k;
    return seen->constant[label] +
           sg_closed_potential_value(seen->s, seen->slope + at, h, seen->mean + at, seen->k);
}

/* phi: A, B, C, all three there. */
static void see(struct sg_lab *lab, struct sg_nl2_seen *seen, const struct sg_nl2_surface *f,
                const double *phi)
{
    const size_t k = f->k;
    double *sigma = SG_TAKE(lab, k * k, double);
    moments(lab, seen->mean, sigma, f);
    sg_lab_try(lab, sg_closed_potential_nearest(seen->s, &seen->left, phi, sigma, k));
    for (size_t c = 0; c < f->classes; c++) {
        field(seen->slope + c * k, phi, seen->mean + c * k, f->label + c * f->m, k, f->m);
        seen->constant[c] = 0;
        double mean = 0;
        for (size_t i = 0; i < f->n; i++)
            mean +=
                (f->loss[c * f->n + i] - sg_nl2_seen_value(seen, f->h + i * k, c)) / (double)f->n;
        seen->constant[c] = mean;
    }
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* sum a b about the means of the labels. */
static double product(const double *a, const double *b, size_t classes, size_t n)
{
    double sum = 0;
    for (size_t c = 0; c < classes; c++, a += n, b += n) {
        double a_mean = 0, b_mean = 0;
        for (size_t i = 0; i < n; i++) {
            a_mean += a[i] / (double)n;
            b_mean += b[i] / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            sum += (a[i] - a_mean) * (b[i] - b_mean);
    }
    return sum;
}

/* 0 where a field is 0 and sees nothing. */
static double correlation(const double *a, const double *b, size_t classes, size_t n)
{
    const double scale = product(a, a, classes, n) * product(b, b, classes, n);
    return scale == 0 ? 0 : product(a, b, classes, n) / sqrt(scale);
}

/* Mean squares of the field, of the true gradient and of their difference, over the data. */
static void compare_fields(struct sg_lab *lab, struct sg_nl2_view *view, double left,
                           const struct sg_nl2_surface *f, const double *phi)
{
    double *s = SG_TAKE(lab, f->k, double), s2 = 0, g2 = 0, off2 = 0;
    view->silent = 0;
    for (size_t i = 0; i < f->n; i++) {
        view->silent += (sg_base_max_abs(f->g + i * f->k, f->k) == 0) / (double)f->n;
        field(s, phi, f->h + i * f->k, f->label + f->class_of[i] * f->m, f->k, f->m);
        for (size_t j = 0; j < f->k; j++) {
            const double g = f->g[i * f->k + j];
            s2 += s[j] * s[j] / (double)f->n;
            g2 += g * g / (double)f->n;
            off2 += (s[j] - g) * (s[j] - g) / (double)f->n;
        }
    }
    view->without = s2 == 0 ? 0 : left / s2;
    view->error = g2 == 0 ? 0 : off2 / g2;
}

void sg_nl2_look(struct sg_lab *lab, struct sg_nl2_view *view, struct sg_nl2_seen *seen,
                 const struct sg_nl2_surface *f, const double *phi)
{
    const size_t n = f->n, k = f->k, all = f->classes * n;
    double *nearest = SG_TAKE(lab, all, double), *plain = SG_TAKE(lab, all, double);
    double *zero = SG_TAKE(lab, k, double), *slope = SG_TAKE(lab, k, double);
    see(lab, seen, f, phi);
    for (size_t c = 0; c < f->classes; c++) {
        field(slope, phi, zero, f->label + c * f->m, k, f->m);
        for (size_t i = 0; i < n; i++) {
            nearest[c * n + i] = sg_nl2_seen_value(seen, f->h + i * k, c);
            plain[c * n + i] = sg_closed_potential_value(phi, slope, f->h + i * k, zero, k);
        }
    }
    view->correlation = correlation(nearest, f->loss, f->classes, n);
    view->plain = correlation(plain, f->loss, f->classes, n);
    view->worst = sg_base_max_abs_diff(nearest, f->loss, all);
    for (size_t i = 0; i < all; i++)
        nearest[i] -= f->loss[i];
    view->off = product(nearest, nearest, f->classes, n) / product(f->loss, f->loss, f->classes, n);
    compare_fields(lab, view, seen->left, f, phi);
}

/* ---- the best SG ---------------------------------------------------------------------------- */

struct sg_nl2_fit sg_nl2_fit(struct sg_lab *lab, double *phi, const struct sg_nl2_surface *f)
{
    const size_t n = f->n, k = f->k, m = f->m, q = k + m + 1;
    double *z = SG_TAKE(lab, n * q, double), *sigma = SG_TAKE(lab, q < n ? q : n, double);
    size_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        /* A column of zeros for a term that the SG has not: minimum norm gives it nothing. */
        if (f->terms & SG_H)
            memcpy(z + i * q, f->h + i * k, k * sizeof *z);
        if (f->terms & SG_Y)
            memcpy(z + i * q + k, f->label + f->class_of[i] * m, m * sizeof *z);
        z[i * q + k + m] = f->terms & SG_ONE ? 1 : 0;
    }
    const bool solved =
        sg_lab_try(lab, sg_base_solve_least_squares(phi, &rank, sigma, z, f->g, n, q, k));
    return (struct sg_nl2_fit){solved ? sigma[0] : SG_NAN,
                               solved && rank > 0 ? sigma[0] / sigma[rank - 1] : SG_NAN};
}

struct sg_nl2_bound sg_nl2_exact(const struct sg_nl2_seen *seen, const struct sg_nl2_surface *f,
                                 const struct sg_nl2_fit *fit, const double *phi)
{
    const size_t k = f->k, q = k + f->m + 1;
    double way = 0, most = 0;
    for (size_t c = 0; c < f->classes; c++)
        for (size_t i = 0; i < f->n; i++) {
            most = fmax(most, fabs(f->loss[c * f->n + i]));
            double square = 0;
            for (size_t j = 0; j < k; j++)
                square += pow(f->h[i * k + j] - seen->mean[c * k + j], 2);
            way = fmax(way, sqrt(square));
        }
    const double fitted =
        10 * (double)q * SG_UNIT_ROUNDOFF * fit->norm * sg_base_norm(phi, q * k) * way;
    return (struct sg_nl2_bound){fitted + (double)f->n * SG_UNIT_ROUNDOFF * most, most};
}
