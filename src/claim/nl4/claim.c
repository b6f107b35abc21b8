/* NL4: how well a linear probe reads the label off each block; what SGs change. */
#include "lab/nl_trained.h"

static double probe(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->probe[block - 1];
}

static double mean_to(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed, size_t last)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
    double mean = 0;
    for (size_t block = 1; block <= last; block++)
        mean += p.probe[block - 1] / (double)last;
    return mean;
}

static double effect_below(const struct sg_nl_gallery *g, size_t seed)
{
    return mean_to(g, SG_NL_ONE_SG, seed, g->cut) - mean_to(g, SG_NL_BACKPROP, seed, g->cut);
}

static double effect_everywhere(const struct sg_nl_gallery *g, size_t seed)
{
    return mean_to(g, SG_NL_ALL_SG, seed, g->depth) - mean_to(g, SG_NL_BACKPROP, seed, g->depth);
}

static double effect_rise(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_slope(g, SG_NL_BACKPROP, seed, probe, 1);
}

static const struct sg_nl_said said[] = {
    {"below", "below one SG: the probe's mean accuracy, less that under backprop",
     "gained below one SG", effect_below},
    {"everywhere", "SG everywhere: the probe's mean accuracy, less that under backprop",
     "gained, SG everywhere", effect_everywhere},
    {"rises", "backprop: slope of the probe's accuracy over the blocks", "rises under backprop",
     effect_rise},
};

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_gallery *g = on;
    if (!sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_effects(lab, g, said, sizeof said / sizeof *said);
    sg_nl_gallery_check(lab, g, 1, "equations",
                        "what the training images leave of the probes' equations",
                        "2 (n + k + 1) u r_i (1 + sum_j r_j |W_j|), r the root mean squares");
    sg_nl_gallery_blocks(lab, g, "test accuracy of a linear probe, mean over seeds", "probes",
                         probe);
}

const struct sg_claim sg_claim_nl4 = {
    .id = "NL4",
    .name = "nl4_probes",
    .title = "linear probes, block by block",
    .from = SG_FROM_PAPER,
    .source = "linear probes",
    SG_CLAIM_ON_GALLERY,
    .says = says,
    .statement = "A linear probe (ridge in closed form on a block's activations) reads the label "
                 "the better the higher the "
                 "block, under backprop.  An SG asks for what is linear in h and y, so the label "
                 "can be read off the blocks "
                 "below it better than under backprop (the primary effect), and off all blocks "
                 "with an SG after each.  Effects "
                 "are differences in test accuracy of runs with one start and order, with Student "
                 "t intervals over seeds.",
};
