/* How the blocks of a net see images to test on. */
#include <math.h>
#include <stdlib.h>

#include "lab/nl_look.h"

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

/* The first images of every label, as many of each, those of one label together.  Returns how many.
 */
static size_t choose_images(size_t index[SG_NL_PAIRED], const struct sg_images *images)
{
    size_t chosen = 0;
    for (unsigned label = 0; label < images->classes; label++) {
        size_t left = SG_NL_PAIRED / images->classes;
        for (size_t i = 0; i < images->n && left > 0; i++)
            if (images->label[i] == label) {
                index[chosen++] = i;
                left--;
            }
    }
    return chosen;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void look_at_pairs(struct sg_nl_portrait *p, struct sg_nl_look *l, double *h,
                          const struct sg_images *unseen)
{
    size_t index[SG_NL_PAIRED];
    const size_t n = choose_images(index, unseen), k = l->spec->width;
    double *d = SG_NEW(n * n, double);
    sg_nl_see(l, unseen, index, n);
    p->off[0] = SG_NL_NONE;
    for (size_t b = 0; b < l->spec->depth; b++) {
        sg_nl_copy_h(h, l, b + 1, k);
        sg_lab_kernel_row(p->kernel + b * SG_NL_PAIRS, h, n, k);
        sg_lab_dissimilarity(d, h, n, k);
        check_definition(&p->off[0], d, h, n, k);
        sg_lab_dissimilarity_row(p->dissimilarity + b * SG_NL_PAIRS, d, n);
        add_tiles(p->tile + b * SG_NL_TILES * SG_NL_TILES, d, n);
    }
    free(d);
}

static void look_for_labels(struct sg_nl_portrait *p, struct sg_nl_look *l, double *h,
                            const struct sg_images *unseen)
{
    const size_t n = least(unseen->n, SG_NL_LOOKED_AT), k = l->spec->width;
    sg_nl_see(l, unseen, NULL, n);
    p->off[2] = SG_NL_NONE;
    for (size_t b = 0; b < l->spec->depth; b++) {
        sg_nl_copy_h(h, l, b + 1, k);
        const struct sg_label_profile labels =
            sg_lab_label_profile(h, unseen->label, n, k, unseen->classes);
        p->share[b] = labels.share;
        p->alignment[b] = labels.alignment;
        p->participation[b] = labels.participation;
        sg_nl_keep_worst(&p->off[2], (struct sg_nl_off){labels.error, labels.tolerance, 1});
    }
}

void sg_nl_look_at_images(struct sg_nl_portrait *p, struct sg_nl_look *l,
                          const struct sg_images *unseen)
{
    double *h = SG_NEW(SG_NL_LOOKED_AT * l->spec->width, double);
    look_at_pairs(p, l, h, unseen);
    look_for_labels(p, l, h, unseen);
    free(h);
}
