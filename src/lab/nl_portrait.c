/* What a trained net has become: how its blocks see images, what can be read off them linearly, how
 * large its weights are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/nl_trained.h"

enum { CHUNK = SG_NL_LOOKED_AT, OFF = sizeof(struct sg_nl_off) / sizeof(double) };

/* Keeps the one that is nearest to its tolerance, or beyond.  NONE is below every one. */
static const struct sg_nl_off NONE = {-1, 1, 1};
static void keep_worst(struct sg_nl_off *worst, struct sg_nl_off off)
{
    if (!(off.error * worst->tolerance <= worst->error * off.tolerance))
        *worst = off;
}

size_t sg_nl_portrait_size(size_t depth)
{
    return 1 + 2 * OFF + depth * (depth + 2 + SG_NL_TILES * SG_NL_TILES);
}

struct sg_nl_portrait sg_nl_portrait_of(double *all, size_t depth)
{
    struct sg_nl_portrait p = {
        .accuracy = all, .off = (struct sg_nl_off *)(all + 1), .between = all + 1 + 2 * OFF};
    p.probe = p.between + depth * depth;
    p.norm = p.probe + depth;
    p.tile = p.norm + depth;
    return p;
}

/* ---- dissimilarity -------------------------------------------------------------------------- */

void sg_nl_dissimilarity(double *d, const double *h, size_t n, size_t k)
{
    double *z = SG_NEW(n * k, double);
    for (size_t i = 0; i < n; i++) {
        double mean = 0, norm = 0, scale = sg_base_max_abs(h + i * k, k);
        for (size_t u = 0; u < k; u++)
            mean += h[i * k + u] / (double)k;
        for (size_t u = 0; u < k; u++)
            z[i * k + u] = h[i * k + u] - mean;
        norm = sg_base_norm(z + i * k, k);
        /* Below the rounding of the mean there is no variance. */
        for (size_t u = 0; u < k; u++)
            z[i * k + u] = norm <= (double)k * SG_UNIT_ROUNDOFF * scale * sqrt((double)k)
                               ? 0
                               : z[i * k + u] / norm;
    }
    sg_base_mul_nt(d, z, z, n, k, n);
    for (size_t i = 0; i < n * n; i++)
        d[i] = i % (n + 1) == 0 ? 0 : 1 - d[i];
    free(z);
}

void sg_nl_upper_triangle(double *out, const double *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            *out++ = d[i * n + j];
}

static void add_tiles(double *tile, const double *d, size_t n)
{
    for (size_t r = 0; r < SG_NL_TILES; r++)
        for (size_t c = 0; c < SG_NL_TILES; c++) {
            const size_t top = r * n / SG_NL_TILES, end = (r + 1) * n / SG_NL_TILES,
                         left = c * n / SG_NL_TILES, right = (c + 1) * n / SG_NL_TILES;
            double sum = 0;
            for (size_t i = top; i < end; i++)
                for (size_t j = left; j < right; j++)
                    sum += d[i * n + j];
            tile[r * SG_NL_TILES + c] = sum / (double)((end - top) * (right - left));
        }
}

/* ---- probes --------------------------------------------------------------------------------- */

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

/* ---- looking at a net ----------------------------------------------------------------------- */

/* A net and images of which a chunk is seen by all blocks at once. */
struct look {
    const struct sg_nl_net *spec;
    const struct sg_net *net;
    const struct sg_state *state;
    struct sg_net_work *work;
    struct sg_rows rows;
    double *one; /* (h, 1) of a chunk */
    struct sg_batch batch;
};

static void see(struct look *l, const struct sg_images *images, const size_t *index, size_t n)
{
    l->batch = sg_data_gather_images(&l->rows, images, index, n);
    sg_net_forward(l->net, 0, sg_net_arch(l->net)->n_layers, l->state, &l->batch, 0, l->work);
}

/* A number of the net's dtype. */
static double number(const void *array, size_t i, enum sg_dtype dtype)
{
    return dtype == SG_F32 ? (double)((const float *)array)[i] : ((const double *)array)[i];
}

/* h_block of the images seen, in rows of `stride`. */
static void copy_h(double *out, const struct look *l, size_t block, size_t stride)
{
    const size_t k = l->spec->width;
    const void *h = sg_net_view(l->work, SG_VIEW_H, sg_nl_boundary(l->spec, block));
    for (size_t i = 0; i < l->batch.n; i++)
        for (size_t u = 0; u < k; u++)
            out[i * stride + u] = number(h, i * k + u, l->spec->dtype);
}

static void copy_with_ones(const struct look *l, size_t block)
{
    const size_t q = l->spec->width + 1;
    copy_h(l->one, l, block, q);
    for (size_t i = 0; i < l->batch.n; i++)
        l->one[i * q + q - 1] = 1;
}

/* d (n x n) of h (n x k) against the definition in long double, at a few pairs.  A mean of k
 * numbers is off by k u E|h|, so a centred row by k u |h|, relative to its norm k u |h| / |h -
 * mean|; the product of two adds k u.  Dissimilarities are of size 1. */
static void check_definition(struct sg_nl_off *worst, const double *d, const double *h, size_t n,
                             size_t k)
{
    for (size_t i = 0; i < n; i++) {
        const size_t j = (7 * i + 13) % n;
        const double *a = h + i * k, *b = h + j * k;
        long double mean_a = 0, mean_b = 0, aa = 0, ab = 0, bb = 0;
        for (size_t u = 0; u < k; u++) {
            mean_a += (long double)a[u] / (long double)k;
            mean_b += (long double)b[u] / (long double)k;
        }
        for (size_t u = 0; u < k; u++) {
            const long double x = (long double)a[u] - mean_a, y = (long double)b[u] - mean_b;
            aa += x * x;
            ab += x * y;
            bb += y * y;
        }
        const bool none = aa <= 0 || bb <= 0;
        const double want = i == j ? 0 : none ? 1 : (double)(1 - ab / sqrtl(aa * bb));
        const double spread =
            none ? 0
                 : sg_base_norm(a, k) / (double)sqrtl(aa) + sg_base_norm(b, k) / (double)sqrtl(bb);
        keep_worst(worst, (struct sg_nl_off){fabs(d[i * n + j] - want),
                                             (double)k * SG_UNIT_ROUNDOFF * (1 + 2 * spread), 1});
    }
}

/* The first images to test on, those of one label together: between their dissimilarities block by
 * block, between blocks those of these. */
static void look_at_pairs(struct sg_nl_portrait *p, struct look *l, const struct sg_images *unseen)
{
    const size_t n = unseen->n < SG_NL_LOOKED_AT ? unseen->n : SG_NL_LOOKED_AT,
                 pairs = n * (n - 1) / 2, depth = l->spec->depth, k = l->spec->width;
    size_t *index = SG_NEW(n, size_t), sorted = 0;
    for (unsigned label = 0; label < unseen->classes; label++)
        for (size_t i = 0; i < n; i++)
            if (unseen->label[i] == label)
                index[sorted++] = i;
    double *h = SG_NEW(n * k, double), *d = SG_NEW(n * n, double),
           *triangle = SG_NEW(depth * pairs, double);
    p->off[0] = NONE;
    see(l, unseen, index, n);
    for (size_t b = 0; b < depth; b++) {
        copy_h(h, l, b + 1, k);
        sg_nl_dissimilarity(d, h, n, k);
        check_definition(&p->off[0], d, h, n, k);
        sg_nl_upper_triangle(triangle + b * pairs, d, n);
        add_tiles(p->tile + b * SG_NL_TILES * SG_NL_TILES, d, n);
    }
    sg_nl_dissimilarity(p->between, triangle, depth, pairs);
    free(index);
    free(h);
    free(d);
    free(triangle);
}

static void add_to_moments(struct sg_nl_moments *s, const struct look *l, double *scratch)
{
    const size_t q = s->k + 1, n = l->batch.n;
    double *y = scratch + q * q, *cross = y + n * s->m;
    for (size_t i = 0; i < n * s->m; i++)
        y[i] = number(l->batch.y, i, l->spec->dtype);
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
static void add_to_left(double *left, const struct look *l, const double *weight, double n,
                        size_t m, double *scratch)
{
    const size_t q = l->spec->width + 1, rows = l->batch.n;
    double *residual = scratch, *part = scratch + rows * m;
    sg_base_mul(residual, l->one, weight, rows, q, m);
    for (size_t i = 0; i < rows * m; i++)
        residual[i] -= number(l->batch.y, i, l->spec->dtype);
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
            keep_worst(worst,
                       (struct sg_nl_off){fabs(rest),
                                          2 * (s->n + (double)q) * SG_UNIT_ROUNDOFF * size * sum,
                                          size * sum});
        }
    }
}

static size_t chunk_at(const struct sg_images *images, size_t first)
{
    return images->n - first < CHUNK ? images->n - first : CHUNK;
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
                       .scratch = SG_NEW(each + CHUNK * m, double)};
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

static void pass(struct sg_nl_portrait *p, struct probes *f, struct look *l,
                 const struct sg_images *images, enum pass what)
{
    for (size_t first = 0; first < images->n; first += CHUNK) {
        const struct sg_images chunk = sg_data_images_slice(images, first, chunk_at(images, first));
        see(l, &chunk, NULL, chunk.n);
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

static enum sg_status look_through_probes(struct sg_nl_portrait *p, struct look *l,
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
        p->off[1] = NONE;
        for (size_t b = 0; b < f.depth; b++)
            check_equations(&p->off[1], f.left + b * f.q * f.m, f.weight + b * f.q * f.m,
                            &f.sums[b]);
    }
    probes_free(&f);
    return status;
}

static double weight_norm(const struct look *l, const void *w, size_t block)
{
    const size_t layer =
        sg_nl_boundary(l->spec, block - 1); /* the dense layer that starts the block */
    const size_t entries = sg_net_width(l->net, layer) * l->spec->width,
                 offset = sg_net_layer_offset(l->net, layer);
    double squares = 0;
    for (size_t i = 0; i < entries; i++) {
        const double entry = number(w, offset + i, l->spec->dtype);
        squares += entry * entry;
    }
    return sqrt(squares);
}

enum sg_status sg_nl_paint(struct sg_nl_portrait *p, const struct sg_nl_net *spec,
                           const struct sg_net *net, const struct sg_state *state,
                           const void *start, const struct sg_nl_images *images)
{
    const struct sg_images *seen = &images->seen, *unseen = &images->unseen;
    struct look l = {.spec = spec,
                     .net = net,
                     .state = state,
                     .work = sg_net_work_alloc(net, CHUNK),
                     .one = SG_NEW(CHUNK * (spec->width + 1), double)};
    sg_data_rows_alloc(&l.rows, spec->dtype, CHUNK, seen->rows * seen->columns, seen->classes);
    for (size_t block = 1; block <= spec->depth; block++)
        p->norm[block - 1] = weight_norm(&l, state->w, block) / weight_norm(&l, start, block);
    look_at_pairs(p, &l, unseen);
    const enum sg_status status = look_through_probes(p, &l, seen, unseen);
    sg_data_rows_free(&l.rows);
    sg_net_work_free(l.work);
    free(l.one);
    return status;
}
