/* NL3: where SGs make the layers' representations different from backprop's, and where not. */
#include "claim/nl3/parts.h"

static double share(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->share[block - 1];
}

static double alignment(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->alignment[block - 1];
}

static double participation(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p,
                            size_t block)
{
    (void)g;
    return p->participation[block - 1];
}

/* From the block below; the first has none. */
static double cka_step(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return block > 1 ? 1 - sg_nl3_similarity(p, block - 1, p, block, SG_NL3_CKA) : SG_NAN;
}

static double rdm_step(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return block > 1 ? 1 - sg_nl3_similarity(p, block - 1, p, block, SG_NL3_DISSIMILARITY) : SG_NAN;
}

/* In the block below the one SG, a rule less backprop. */
static double gain(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed,
                   sg_nl_of_block *of)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed),
                                backprop = sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed);
    return of(g, &p, g->cut) - of(g, &backprop, g->cut);
}

static double effect_share(const struct sg_nl_gallery *g, size_t seed)
{
    return gain(g, SG_NL_ONE_SG, seed, share);
}

static double effect_alignment(const struct sg_nl_gallery *g, size_t seed)
{
    return gain(g, SG_NL_ONE_SG, seed, alignment);
}

static double effect_directions(const struct sg_nl_gallery *g, size_t seed)
{
    return -gain(g, SG_NL_ONE_SG, seed, participation);
}

static double effect_everywhere(const struct sg_nl_gallery *g, size_t seed)
{
    return gain(g, SG_NL_ALL_SG, seed, share);
}

static const struct sg_nl_said said[] = {
    {"share", "below one SG: between-class share of variance, less that under backprop",
     "share between classes", effect_share},
    {"labels", "below one SG: CKA with the labels, less that under backprop", "CKA with labels",
     effect_alignment},
    {"directions", "below one SG: participation ratio under backprop, less that with the SG",
     "fewer directions", effect_directions},
    {"everywhere", "SG everywhere: between-class share in the same block, less backprop's",
     "share, SG everywhere", effect_everywhere},
};

static void show_blocks(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    sg_nl_gallery_blocks(lab, g, "between-class share of variance, mean over seeds", "share",
                         share);
    sg_nl_gallery_blocks(lab, g, "CKA with the labels, mean over seeds", "labels", alignment);
    sg_nl_gallery_blocks(lab, g, "participation ratio, mean over seeds", "participation",
                         participation);
    sg_nl_gallery_blocks(lab, g, "1 - CKA with the block below, mean over seeds", "cka_step",
                         cka_step);
    sg_nl_gallery_blocks(lab, g,
                         "1 - correlation of dissimilarities with the block below's, mean over "
                         "seeds",
                         "rdm_step", rdm_step);
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_gallery *g = on;
    if (!sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_effects(lab, g, said, sizeof said / sizeof *said);
    sg_nl_gallery_check(lab, g, 0, "definition",
                        "dissimilarities against their definition in long double",
                        "k u (1 + 2 (|h_i|/|c_i| + |h_j|/|c_j|)), c centred");
    sg_nl_gallery_check(lab, g, 2, "variance", "between + within - total variance, over the total",
                        "4 (n + k) u");
    sg_nl3_energies(lab, g);
    show_blocks(lab, g);
    sg_nl3_linear(lab, g);
    sg_nl3_draw(lab, g);
}

const struct sg_claim sg_claim_nl3 = {
    .id = "NL3",
    .name = "nl3_dissimilarity",
    .title = "representations, block by block: what an SG changes",
    .from = SG_FROM_PAPER,
    .source = "dissimilarity matrices",
    SG_CLAIM_ON_GALLERY,
    .says = says,
    .statement =
        "The paper: SGs lead to drastically different layer-wise representations.  Made precise, "
        "for the block below one SG in the middle of a net: the classes take a larger share of its "
        "variance than under backprop (primary effect).  Its kernel is nearer to that of the "
        "labels, it uses fewer directions, and with an SG after every block the share in it is "
        "larger too (secondary).  By how much images look alike to two nets (unbiased CKA, "
        "correlation of dissimilarities) the rule's effect is shown beside a start's, with an "
        "exact test and without a verdict.  Effects are differences of runs with one start and "
        "order, with Student t intervals over seeds.  The scope is that of the case.",
};
