/* NL3 beside DY15: the same measures, on the same images, of the net without its nonlinearities.
 *
 * A linear net of N hidden layers and an output that ends at the map P = U diag(sigma) Y^T from a
 * balanced start has h_i = x U diag(q_i)^(1/2) up to a rotation, which no measure here sees:
 *   backprop        q_i = sigma^(2 i / (N + 1))
 *   SGs, kappa -> 0 q_i = (l_1 ... l_i)^2, sg_closed_factor_slow; factors that the modes share do
 *                   not count.
 * P is the map that NL4's probe would fit to the pixels. */
#include <math.h>

#include "claim/nl3/parts.h"
#include "synthgrad/deep.h"

enum {
    RULES = SG_NL_DIRECT,
    MEASURES = 3,
    COLUMNS = MEASURES * RULES + 2,
    CHUNK = SG_NL_LOOKED_AT
};

struct linear {
    struct sg_lab *lab;
    size_t depth, cut, d, m, n, modes;
    double *xu, *h;                  /* n x modes */
    double *row[RULES];              /* pairs of images */
    double *layer;                   /* depth + 1 */
    const unsigned char *label;
    struct sg_factorisation *factor;
};

static void free_factor(void *factor)
{
    sg_closed_factor_free(factor);
}

/* Sums over the images that a probe is fitted to. */
static struct sg_nl_moments sums_of(struct sg_lab *lab, const struct sg_images *seen, size_t d)
{
    const size_t q = d + 1, m = seen->classes,
                 most = seen->n < SG_NL_PROBED ? seen->n : SG_NL_PROBED;
    struct sg_nl_moments s = {.k = d, .m = m};
    struct sg_rows rows = {0};
    double *one = SG_TAKE(lab, CHUNK * q, double), *part = SG_TAKE(lab, q * q, double);
    s.moment = SG_TAKE(lab, q * q, double);
    s.cross = SG_TAKE(lab, q * m, double);
    sg_data_rows_alloc(&rows, SG_F64, CHUNK, d, m);
    for (size_t first = 0; first < most; first += CHUNK) {
        const size_t n = most - first < CHUNK ? most - first : CHUNK;
        const struct sg_images some = sg_data_images_slice(seen, first, n);
        const struct sg_batch batch = sg_data_gather_images(&rows, &some, NULL, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < q; j++)
                one[i * q + j] = j < d ? ((const double *)batch.x)[i * d + j] : 1;
        sg_base_mul_tn(part, one, one, q, n, q);
        for (size_t i = 0; i < q * q; i++)
            s.moment[i] += part[i];
        sg_base_mul_tn(part, one, batch.y, q, n, m);
        for (size_t i = 0; i < q * m; i++)
            s.cross[i] += part[i];
        s.n += (double)n;
    }
    sg_data_rows_free(&rows);
    return s;
}

static void look(struct linear *l, const struct sg_images *unseen)
{
    struct sg_rows rows = {0};
    l->n = unseen->n < SG_NL_LOOKED_AT ? unseen->n : SG_NL_LOOKED_AT;
    l->label = unseen->label;
    sg_data_rows_alloc(&rows, SG_F64, l->n, l->d, l->m);
    const struct sg_batch batch = sg_data_gather_images(&rows, unseen, NULL, l->n);
    l->xu = SG_TAKE(l->lab, l->n * l->modes, double);
    l->h = SG_TAKE(l->lab, l->n * l->modes, double);
    l->layer = SG_TAKE(l->lab, l->depth + 1, double);
    sg_base_mul(l->xu, batch.x, l->factor->u, l->n, l->d, l->modes);
    sg_data_rows_free(&rows);
    for (size_t r = 0; r < RULES; r++)
        l->row[r] = SG_TAKE(l->lab, sg_lab_pairs(l->n), double);
}

/* h of a block under a rule; a mode without weight in the map has none in any layer. */
static void represent(struct linear *l, enum sg_nl_rule rule, size_t block)
{
    double *layer = l->layer;
    for (size_t a = 0; a < l->modes; a++) {
        const double sigma = l->factor->sigma[a] / l->factor->sigma[0];
        double root = l->factor->layer[a] > 0 ? 1 : 0;
        if (root > 0 && rule != SG_NL_BACKPROP)
            sg_closed_factor_slow(layer, sigma, 2, rule == SG_NL_ONE_SG ? l->cut : 0, l->depth + 1);
        for (size_t i = 0; i < block && root > 0; i++)
            root *= rule == SG_NL_BACKPROP ? pow(sigma, 1 / ((double)l->depth + 1)) : layer[i];
        for (size_t i = 0; i < l->n; i++)
            l->h[i * l->modes + a] = root * l->xu[i * l->modes + a];
    }
}

static void measure_block(double *value, struct linear *l, size_t block)
{
    for (enum sg_nl_rule rule = 0; rule < SG_NL_DIRECT; rule++) {
        represent(l, rule, block);
        const struct sg_label_profile p =
            sg_lab_label_profile(l->h, l->label, l->n, l->modes, l->m);
        value[rule] = p.share;
        value[RULES + rule] = p.alignment;
        value[2 * RULES + rule] = p.participation;
        sg_lab_kernel_row(l->row[rule], l->h, l->n, l->modes);
        if (rule != SG_NL_BACKPROP)
            value[MEASURES * RULES + rule - 1] =
                sg_base_dot(l->row[rule], l->row[SG_NL_BACKPROP], sg_lab_pairs(l->n));
    }
}

static bool factorise(struct linear *l, const struct sg_images *seen)
{
    const struct sg_nl_moments sums = sums_of(l->lab, seen, l->d);
    double *map = SG_TAKE(l->lab, (l->d + 1) * l->m, double),
           *pull = SG_TAKE(l->lab, l->depth, double);
    if (!sg_lab_try(l->lab, sg_nl_probe(map, &sums)))
        return false;
    const enum sg_status status =
        sg_closed_factor_alloc(&l->factor, map, l->d, l->m, pull, l->depth + 1);
    sg_lab_own(l->lab, l->factor, free_factor);
    return sg_lab_try(l->lab, status);
}

void sg_nl3_linear(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    struct sg_nl_images *images = SG_TAKE(lab, 1, struct sg_nl_images);
    if (!lab->trial->figure || g->depth >= SG_DEEP_LAYERS_MAX ||
        !sg_nl_images_read(images, lab, lab->trial->c))
        return;
    struct linear l = {.lab = lab,
                       .depth = g->depth,
                       .cut = g->cut,
                       .d = images->seen.rows * images->seen.columns,
                       .m = images->seen.classes};
    if (!factorise(&l, &images->seen))
        return;
    l.modes = l.factor->modes;
    look(&l, &images->unseen);
    sg_claim_listing(lab->ev,
                     "DY15: what the net without nonlinearities ends with, kappa -> 0, in the same "
                     "measures of the same images",
                     "after block|share, backprop|share, one SG|share, SGs|labels, backprop|"
                     "labels, one SG|labels, SGs|ratio, backprop|ratio, one SG|ratio, SGs|"
                     "CKA with backprop's, one SG|the same, SGs");
    sg_lab_series(lab, "linear", "rule block share labels participation");
    for (size_t block = 1; block <= l.depth; block++) {
        double value[COLUMNS];
        measure_block(value, &l, block);
        sg_claim_listing_row(
            lab->ev, sg_lab_format(lab, block == l.cut ? "%zu, then the one SG" : "%zu", block),
            value);
        for (enum sg_nl_rule rule = 0; rule < SG_NL_DIRECT; rule++)
            sg_lab_point(lab, (const double[]){rule, (double)block, value[rule],
                                               value[RULES + rule], value[2 * RULES + rule]});
    }
}
