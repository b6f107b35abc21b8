/* NL5: where the weights grow: towards the output under backprop, above the input under SGs. */
#include "lab/nl_trained.h"

static double norm(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->norm[block - 1];
}

/* Over blocks 2..N: the first is of another shape, and is looked at by itself. */
static double effect_grows(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_slope(g, SG_NL_BACKPROP, seed, norm, 2);
}

static double effect_falls(const struct sg_nl_gallery *g, size_t seed)
{
    return -sg_nl_slope(g, SG_NL_ALL_SG, seed, norm, 2);
}

static double effect_falls_one(const struct sg_nl_gallery *g, size_t seed)
{
    return -sg_nl_slope(g, SG_NL_ONE_SG, seed, norm, 2);
}

static double effect_first(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_gallery_portrait(g, SG_NL_ALL_SG, seed).norm[0] -
           sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

static double effect_first_one(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_gallery_portrait(g, SG_NL_ONE_SG, seed).norm[0] -
           sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

static const struct sg_nl_said said[] = {
    {"first-one", "one SG: the norm just above the input, less that under backprop",
     "high at first, one SG", effect_first_one},
    {"first-everywhere", "SG everywhere: the norm just above the input, less that under backprop",
     "high at first, SG everywhere", effect_first},
    {"grows", "backprop: slope of the weights' norm over blocks 2, 3, ...", "grows under backprop",
     effect_grows},
    {"falls-one", "one SG: the slope, with its sign turned: the norm falls", "falls, one SG",
     effect_falls_one},
    {"falls-everywhere", "SG everywhere: the slope, with its sign turned: the norm falls",
     "falls, SG everywhere", effect_falls},
};

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_gallery *g = on;
    if (!sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_effects(lab, g, said, sizeof said / sizeof *said);
    sg_nl_gallery_blocks(lab, g,
                         "norm of a block's weights over that of their start, mean over seeds",
                         "norms", norm);
}

const struct sg_claim sg_claim_nl5 = {
    .id = "NL5",
    .name = "nl5_weight_norms",
    .title = "weight norms, block by block",
    .empirical = true,
    .reads = SG_READS_GALLERY,
    .supposes = sg_nl_gallery_supposes,
    .measure = sg_lab_measure,
    .on = &sg_on_gallery,
    .says = says,
    .statement = "The Frobenius norm of a block's weights after training, over that of its start: "
                 "under backprop it grows with "
                 "the block; under one SG, and with an SG after every block, it is high just above "
                 "the input (primary effect: "
                 "under one SG, less that under backprop) and falls.  Slopes are least squares "
                 "over blocks 2, 3, ..., which "
                 "have one shape.  Intervals are Student's t over seeds.",
};
