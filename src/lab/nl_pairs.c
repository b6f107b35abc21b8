/* How the blocks of a net see pairs of images. */
#include <math.h>
#include <stdlib.h>

#include "lab/nl_look.h"

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
        sg_nl_keep_worst(worst, (struct sg_nl_off){fabs(d[i * n + j] - want),
                                             (double)k * SG_UNIT_ROUNDOFF * (1 + 2 * spread), 1});
    }
}

/* The first images to test on, those of one label together: between their dissimilarities block by
 * block, between blocks those of these. */
void sg_nl_look_at_pairs(struct sg_nl_portrait *p, struct sg_nl_look *l,
                         const struct sg_images *unseen)
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
    p->off[0] = SG_NL_NONE;
    sg_nl_see(l, unseen, index, n);
    for (size_t b = 0; b < depth; b++) {
        sg_nl_copy_h(h, l, b + 1, k);
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
