/* NL3: under backprop the blocks of a deep net see images alike; SGs cut it into parts that each
 * see them in their own way. */
#include "claim/nl3/parts.h"

static double between(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t a,
                      size_t b)
{
    return p->between[(a - 1) * g->depth + b - 1];
}

static double to_last(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    return between(g, p, block, g->depth);
}

/* From the block below; the first has none. */
static double to_below(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    return block > 1 ? between(g, p, block - 1, block) : SG_NAN;
}

/* The step over the cut, less the mean of the other steps from block to block. */
static double jump(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
    double others = 0;
    for (size_t block = 2; block <= g->depth; block++)
        if (block != g->cut + 1)
            others += to_below(g, &p, block) / (double)(g->depth - 2);
    return to_below(g, &p, g->cut + 1) - others;
}

static double effect_jump(const struct sg_nl_gallery *g, size_t seed)
{
    return jump(g, SG_NL_ONE_SG, seed) - jump(g, SG_NL_BACKPROP, seed);
}

/* How far blocks first..last are from block N, on average. */
static double far(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed, size_t last)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
    double mean = 0;
    for (size_t block = 1; block <= last; block++)
        mean += to_last(g, &p, block) / (double)last;
    return mean;
}

static double effect_below(const struct sg_nl_gallery *g, size_t seed)
{
    return far(g, SG_NL_ONE_SG, seed, g->cut) - far(g, SG_NL_BACKPROP, seed, g->cut);
}

static double effect_everywhere(const struct sg_nl_gallery *g, size_t seed)
{
    return far(g, SG_NL_ALL_SG, seed, g->depth - 1) - far(g, SG_NL_BACKPROP, seed, g->depth - 1);
}

/* Of two nets, block by block: of their D_b averaged over squares, which is what is kept of them.
 */
static double apart(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p,
                    const struct sg_nl_portrait *q)
{
    enum { TILES = SG_NL_TILES * SG_NL_TILES, PAIRS = SG_NL_TILES * (SG_NL_TILES - 1) / 2 };
    double triangle[2 * PAIRS], d[4], mean = 0;
    for (size_t b = 0; b < g->depth; b++) {
        sg_nl_upper_triangle(triangle, p->tile + b * TILES, SG_NL_TILES);
        sg_nl_upper_triangle(triangle + PAIRS, q->tile + b * TILES, SG_NL_TILES);
        sg_nl_dissimilarity(d, triangle, 2, PAIRS);
        mean += d[1] / (double)g->depth;
    }
    return mean;
}

/* From another start: the two rules' nets, less two nets of one rule. */
static double effect_other(const struct sg_nl_gallery *g, size_t seed)
{
    const size_t other = (seed + 1) % g->seeds;
    const struct sg_nl_portrait own = sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed);
    const struct sg_nl_portrait sg = sg_nl_gallery_portrait(g, SG_NL_ONE_SG, other);
    const struct sg_nl_portrait backprop = sg_nl_gallery_portrait(g, SG_NL_BACKPROP, other);
    return apart(g, &sg, &own) - apart(g, &backprop, &own);
}

static const struct sg_nl_said said[] = {
    {"cut",
     "one SG cuts: the step over it, less the mean of the other steps, less the same under "
     "backprop",
     "the cut", effect_jump},
    {"below", "below one SG: mean dissimilarity from the last block, less the same under backprop",
     "below one SG", effect_below},
    {"everywhere",
     "SG everywhere: mean dissimilarity from the last block, less the same under backprop",
     "SG everywhere", effect_everywhere},
    {"other",
     "one SG: dissimilarity from backprop's net of another start, less that between backprop's two",
     "other than backprop's", effect_other},
};

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_gallery *g = on;
    if (!sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_effects(lab, g, said, sizeof said / sizeof *said);
    sg_nl_gallery_check(lab, g, 0, "definition",
                        "dissimilarities against their definition in long double",
                        "k u (1 + 2 (|h_i|/|c_i| + |h_j|/|c_j|)), c centred");
    sg_nl_gallery_blocks(lab, g, "dissimilarity from the last block, mean over seeds", "to_last",
                         to_last);
    sg_nl_gallery_blocks(lab, g, "dissimilarity from the block below, mean over seeds", "to_below",
                         to_below);
    sg_nl3_draw(lab, g);
}

const struct sg_claim sg_claim_nl3 = {
    .id = "NL3",
    .name = "nl3_dissimilarity",
    .title = "dissimilarity of representations, block by block",
    .from = SG_FROM_PAPER,
    .source = "dissimilarity matrices",
    SG_CLAIM_ON_GALLERY,
    .says = says,
    .statement = "D_b(i, j) = 1 - corr(h_b(x_i), h_b(x_j)) over test images sorted by label; the "
                 "dissimilarity of two blocks "
                 "is 1 - corr of the upper triangles of their D.  Under backprop the blocks of a "
                 "deep net are alike.  One SG "
                 "sets the blocks below it apart from those above (primary effect: the step over "
                 "the cut).  With an SG after "
                 "every block they differ all through.  And the blocks are others than backprop's, "
                 "by more than a start makes. "
                 "Effects are differences of runs with one start and order, with Student t "
                 "intervals over seeds.",
};
