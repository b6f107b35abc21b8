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
    return sg_nl_gallery_portrait(g, SG_NL_ALL_SG, seed).norm[0] - sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

static double effect_first_one(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_gallery_portrait(g, SG_NL_ONE_SG, seed).norm[0] - sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_nl_gallery *g;
    const enum sg_status status = sg_nl_gallery_alloc(&g, ev, trial);
    if (status != SG_OK)
        return status;
    sg_nl_gallery_effects(ev);
    sg_nl_gallery_effect(ev, g, "backprop: slope of the weights' norm over blocks 2, 3, ...", "grows under backprop", effect_grows);
    sg_nl_gallery_effect(ev, g, "one SG: the slope, with its sign turned: the norm falls", "falls, one SG", effect_falls_one);
    sg_nl_gallery_effect(ev, g, "SG everywhere: the slope, with its sign turned: the norm falls", "falls, SG everywhere", effect_falls);
    sg_nl_gallery_effect(ev, g, "one SG: the norm just above the input, less that under backprop", "high at first, one SG", effect_first_one);
    sg_nl_gallery_effect(ev, g, "SG everywhere: the norm just above the input, less that under backprop", "high at first, SG everywhere", effect_first);
    if (trial->figure)
        sg_nl_gallery_blocks(ev, g, "norm of a block's weights over that of their start, mean over seeds", "norms", norm);
    sg_nl_gallery_free(g);
    return SG_OK;
}

const struct sg_claim sg_claim_nl5 = {
    .id = "NL5", .name = "nl5_weight_norms", .title = "weight norms, block by block", 
    .statement = "The Frobenius norm of a block's weights after training, over that of its start: under backprop it grows with the block; under one SG, and with an SG after "
                 "every block, it is high just above the input and falls.  Slopes are least squares over blocks 2, 3, ..., which have one shape; effects have bootstrap intervals over seeds.",
    .empirical = true, .measure = measure,
};
