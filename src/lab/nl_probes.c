/* What can be read linearly off the blocks of a net. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/nl_look.h"

enum sg_status sg_nl_probe(double *weight, const struct sg_nl_moments *sums)
{
    const size_t k = sums->k, m = sums->m, q = k + 1;
    const double n = sums->n,
                 *total = sums->moment + k * q; /* the sum of (h, 1), as 1 is one of the columns */
    double *a = SG_NEW(k * k, double), *b = SG_NEW(k * m, double), variance = 0;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++)
            a[i * k + j] = sums->moment[i * q + j] / n - total[i] / n * (total[j] / n);
        for (size_t c = 0; c < m; c++)
            b[i * m + c] = sums->cross[i * m + c] / n - total[i] / n * (sums->cross[k * m + c] / n);
        variance += a[i * k + i] / (double)k;
    }
    for (size_t i = 0; i < k; i++)
        a[i * k + i] += SG_NL_RIDGE * variance;
    enum sg_status status = SG_OK;
    memset(weight, 0, q * m * sizeof *weight);
    if (!(variance <= 0))
        status = sg_base_solve(weight, a, b, k, m);
    for (size_t c = 0; c < m; c++) {
        double at_mean = 0;
        for (size_t i = 0; i < k; i++)
            at_mean += total[i] / n * weight[i * m + c];
        weight[k * m + c] = sums->cross[k * m + c] / n - at_mean;
    }
    free(a);
    free(b);
    return status;
}

static void copy_with_ones(const struct sg_nl_look *l, size_t block)
{
    const size_t q = l->spec->width + 1;
    sg_nl_copy_h(l->one, l, block, q);
    for (size_t i = 0; i < l->batch.n; i++)
        l->one[i * q + q - 1] = 1;
}

static void add_to_moments(struct sg_nl_moments *s, const struct sg_nl_look *l, double *scratch)
{
    const size_t q = s->k + 1, n = l->batch.n;
    double *y = scratch + q * q, *cross = y + n * s->m;
    for (size_t i = 0; i < n * s->m; i++)
        y[i] = sg_real_at(l->batch.y, i, l->spec->dtype);
    sg_base_mul_tn(scratch, l->one, l->one, q, n, q);
    sg_base_mul_tn(cross, l->one, y, q, n, s->m);
    for (size_t i = 0; i < q * q; i++)
        s->moment[i] += scratch[i];
    for (size_t i = 0; i < q * s->m; i++)
        s->cross[i] += cross[i];
    s->n += (double)n;
}

static double count_right(const double *p, const unsigned char *label, size_t n, size_t m)
{
    double right = 0;
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        for (size_t c = 1; c < m; c++)
            best = p[i * m + c] > p[i * m + best] ? c : best;
        right += best == label[i];
    }
    return right;
}

/* What is left of the probe's equations, E[h^T (h W + b - y)] + lambda v W = 0 and E[h W + b - y] =
 * 0, on the images seen: added up over n in all. */
static void add_to_left(double *left, const struct sg_nl_look *l, const double *weight, double n,
                        size_t m, double *scratch)
{
    const size_t q = l->spec->width + 1, rows = l->batch.n;
    double *residual = scratch, *part = scratch + rows * m;
    sg_base_mul(residual, l->one, weight, rows, q, m);
    for (size_t i = 0; i < rows * m; i++)
        residual[i] -= sg_real_at(l->batch.y, i, l->spec->dtype);
    sg_base_mul_tn(part, l->one, residual, q, rows, m);
    for (size_t i = 0; i < q * m; i++)
        left[i] += part[i] / n;
}

/* With r_i the root of E[h_i^2] (1 of the ones), the moments' sums over n, solving in q unknowns,
 * residuals of q products and their sums over n leave equation i at most
 * 2 (n + q) u r_i (sum_j r_j |W_jc| + 1), by Cauchy and Schwarz.  The rest bounds its terms. */
static void check_equations(struct sg_nl_off *worst, const double *left, const double *weight,
                            const struct sg_nl_moments *s)
{
    const size_t q = s->k + 1;
    double variance = 0;
    for (size_t i = 0; i < s->k; i++) {
        const double mean = s->moment[s->k * q + i] / s->n;
        variance += (s->moment[i * q + i] / s->n - mean * mean) / (double)s->k;
    }
    for (size_t c = 0; c < s->m; c++) {
        double sum = 1;
        for (size_t j = 0; j < q; j++)
            sum += sqrt(s->moment[j * q + j] / s->n) * fabs(weight[j * s->m + c]);
        for (size_t i = 0; i < q; i++) {
            const double rest =
                left[i * s->m + c] + (i < s->k ? SG_NL_RIDGE * variance * weight[i * s->m + c] : 0);
            const double size = sqrt(s->moment[i * q + i] / s->n);
            sg_nl_keep_worst(worst,
                       (struct sg_nl_off){fabs(rest),
                                          2 * (s->n + (double)q) * SG_UNIT_ROUNDOFF * size * sum,
                                          size * sum});
        }
    }
}

static size_t chunk_at(const struct sg_images *images, size_t first)
{
    return images->n - first < SG_NL_CHUNK ? images->n - first : SG_NL_CHUNK;
}

/* The probes of all blocks: their sums, weights, and what is left of their equations. */
struct probes {
    size_t depth, q, m;
    struct sg_nl_moments *sums;
    double *memory, *weight, *left, *scratch;
};

static struct probes probes_alloc(size_t depth, size_t k, size_t m)
{
    const size_t q = k + 1, each = q * q + q * m;
    struct probes f = {.depth = depth,
                       .q = q,
                       .m = m,
                       .sums = SG_NEW(depth, struct sg_nl_moments),
                       .memory = SG_NEW(depth * each, double),
                       .weight = SG_NEW(depth * q * m, double),
                       .left = SG_NEW(depth * q * m, double),
                       .scratch = SG_NEW(each + SG_NL_CHUNK * m, double)};
    for (size_t b = 0; b < depth; b++)
        f.sums[b] = (struct sg_nl_moments){
            .k = k, .m = m, .moment = f.memory + b * each, .cross = f.memory + b * each + q * q};
    return f;
}

static void probes_free(struct probes *f)
{
    free(f->sums);
    free(f->memory);
    free(f->weight);
    free(f->left);
    free(f->scratch);
}

enum pass { SUM, CHECK, TEST };

static void pass(struct sg_nl_portrait *p, struct probes *f, struct sg_nl_look *l,
                 const struct sg_images *images, enum pass what)
{
    for (size_t first = 0; first < images->n; first += SG_NL_CHUNK) {
        const struct sg_images chunk = sg_data_images_slice(images, first, chunk_at(images, first));
        sg_nl_see(l, &chunk, NULL, chunk.n);
        for (size_t b = 0; b < f->depth; b++) {
            const double *weight = f->weight + b * f->q * f->m;
            copy_with_ones(l, b + 1);
            if (what == SUM)
                add_to_moments(&f->sums[b], l, f->scratch);
            else if (what == CHECK)
                add_to_left(f->left + b * f->q * f->m, l, weight, (double)images->n, f->m,
                            f->scratch);
            else {
                sg_base_mul(f->scratch, l->one, weight, chunk.n, f->q, f->m);
                p->probe[b] +=
                    count_right(f->scratch, chunk.label, chunk.n, f->m) / (double)images->n;
            }
        }
    }
}

enum sg_status sg_nl_look_through_probes(struct sg_nl_portrait *p, struct sg_nl_look *l,
                                          const struct sg_images *seen,
                                          const struct sg_images *unseen)
{
    const struct sg_images some =
        sg_data_images_slice(seen, 0, seen->n < SG_NL_PROBED ? seen->n : SG_NL_PROBED);
    struct probes f = probes_alloc(l->spec->depth, l->spec->width, seen->classes);
    enum sg_status status = SG_OK;
    pass(p, &f, l, &some, SUM);
    for (size_t b = 0; b < f.depth && status == SG_OK; b++) {
        status = sg_nl_probe(f.weight + b * f.q * f.m, &f.sums[b]);
        p->probe[b] = 0;
    }
    if (status == SG_OK) {
        pass(p, &f, l, &some, CHECK);
        pass(p, &f, l, unseen, TEST);
        p->off[1] = SG_NL_NONE;
        for (size_t b = 0; b < f.depth; b++)
            check_equations(&p->off[1], f.left + b * f.q * f.m, f.weight + b * f.q * f.m,
                            &f.sums[b]);
    }
    probes_free(&f);
    return status;
}
