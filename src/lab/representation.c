/* How layers see images, and where the labels are in them. */
#include "lab/representation.h"

#include <math.h>
#include <stdlib.h>

size_t sg_lab_pairs(size_t n)
{
    return n * (n - 1) / 2;
}

/* h less its mean over images.  Returns the size that rounding may leave of a constant h. */
static double centred(double *z, const double *h, size_t n, size_t k)
{
    double largest = 0;
    for (size_t u = 0; u < k; u++) {
        double mean = 0;
        for (size_t i = 0; i < n; i++) {
            mean += h[i * k + u] / (double)n;
            largest = fmax(largest, fabs(h[i * k + u]));
        }
        for (size_t i = 0; i < n; i++)
            z[i * k + u] = h[i * k + u] - mean;
    }
    return (double)n * SG_UNIT_ROUNDOFF * largest * sqrt((double)(n * k));
}

/* To norm 1.  Zeros where there is no more than `nothing`. */
static void scale_to_one(double *row, size_t n, double nothing)
{
    const double norm = sg_base_norm(row, n);
    for (size_t i = 0; i < n; i++)
        row[i] = norm <= nothing ? 0 : row[i] / norm;
}

void sg_lab_kernel_row(double *row, const double *h, size_t n, size_t k)
{
    SG_REQUIRE(n >= 4);
    double *z = SG_NEW(n * k, double), *kernel = SG_NEW(n * n, double), *sum = SG_NEW(n, double);
    double total = 0;
    const double rounding = centred(z, h, n, k);
    sg_base_mul_nt(kernel, z, z, n, k, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            sum[i] += i == j ? 0 : kernel[i * n + j];
        total += sum[i];
    }
    const double less = (double)(n - 2), all = total / ((double)(n - 1) * less);
    for (size_t i = 0, pair = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            row[pair++] = kernel[i * n + j] - sum[i] / less - sum[j] / less + all;
    scale_to_one(row, sg_lab_pairs(n), rounding * rounding);
    free(z);
    free(kernel);
    free(sum);
}

void sg_lab_dissimilarity(double *d, const double *h, size_t n, size_t k)
{
    double *z = SG_NEW(n * k, double);
    for (size_t i = 0; i < n; i++) {
        double mean = 0;
        const double scale = sg_base_max_abs(h + i * k, k);
        for (size_t u = 0; u < k; u++)
            mean += h[i * k + u] / (double)k;
        for (size_t u = 0; u < k; u++)
            z[i * k + u] = h[i * k + u] - mean;
        /* The mean of k numbers is off by at most k u of the largest. */
        scale_to_one(z + i * k, k, (double)k * SG_UNIT_ROUNDOFF * scale * sqrt((double)k));
    }
    sg_base_mul_nt(d, z, z, n, k, n);
    for (size_t i = 0; i < n * n; i++)
        d[i] = i % (n + 1) == 0 ? 0 : 1 - d[i];
    free(z);
}

/* The mean of the pairs is off by at most pairs u of the largest, which is 2. */
void sg_lab_dissimilarity_row(double *row, const double *d, size_t n)
{
    const size_t pairs = sg_lab_pairs(n);
    double mean = 0;
    for (size_t i = 0, pair = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++, pair++) {
            row[pair] = d[i * n + j];
            mean += row[pair] / (double)pairs;
        }
    for (size_t pair = 0; pair < pairs; pair++)
        row[pair] -= mean;
    scale_to_one(row, pairs, 2 * (double)pairs * SG_UNIT_ROUNDOFF * sqrt((double)pairs));
}

/* ---- labels --------------------------------------------------------------------------------- */

static double squares(const double *z, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += z[i] * z[i];
    return sum;
}

/* z centred.  between, and |z - class mean|^2 as within. */
static void split_variance(double *between, double *within, const double *z,
                           const unsigned char *label, size_t n, size_t k, size_t classes)
{
    double *mean = SG_NEW(classes * k, double), *count = SG_NEW(classes, double);
    *between = *within = 0;
    for (size_t i = 0; i < n; i++)
        count[label[i]]++;
    for (size_t i = 0; i < n; i++)
        for (size_t u = 0; u < k; u++)
            mean[label[i] * k + u] += z[i * k + u] / count[label[i]];
    for (size_t c = 0; c < classes; c++)
        *between += count[c] * squares(mean + c * k, k);
    for (size_t i = 0; i < n; i++)
        for (size_t u = 0; u < k; u++) {
            const double rest = z[i * k + u] - mean[label[i] * k + u];
            *within += rest * rest;
        }
    free(mean);
    free(count);
}

static double alignment(const double *h, const unsigned char *label, size_t n, size_t k,
                        size_t classes)
{
    const size_t pairs = sg_lab_pairs(n);
    double *one_hot = SG_NEW(n * classes, double), *rows = SG_NEW(2 * pairs, double);
    for (size_t i = 0; i < n; i++)
        one_hot[i * classes + label[i]] = 1;
    sg_lab_kernel_row(rows, h, n, k);
    sg_lab_kernel_row(rows + pairs, one_hot, n, classes);
    const double cka = sg_base_dot(rows, rows + pairs, pairs);
    free(one_hot);
    free(rows);
    return cka;
}

/* With z centred up to rounding, total, between and within are sums of n k squares or fewer, and
 * errors of a class's mean (n u of the mean |z| in it) enter between to first order:
 * (n + k) u + (3 n + k) u of the total at most, by Cauchy and Schwarz. */
struct sg_label_profile sg_lab_label_profile(const double *h, const unsigned char *label, size_t n,
                                             size_t k, size_t classes)
{
    struct sg_label_profile p = {.tolerance = 4 * (double)(n + k) * SG_UNIT_ROUNDOFF};
    double *z = SG_NEW(n * k, double), *scatter = SG_NEW(k * k, double), between, within;
    const double rounding = centred(z, h, n, k), total = squares(z, n * k);
    if (!(total <= rounding * rounding)) {
        split_variance(&between, &within, z, label, n, k, classes);
        sg_base_mul_tn(scatter, z, z, k, n, k);
        p.share = between / total;
        p.error = fabs(between + within - total) / total;
        p.participation = total * total / squares(scatter, k * k);
        p.alignment = alignment(h, label, n, k, classes);
    }
    free(z);
    free(scatter);
    return p;
}
