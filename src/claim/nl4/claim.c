/* NL4: how well a linear probe reads the label off each block, and where it stops getting better.
 */
#include "lab/nl_trained.h"

static double probe(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->probe[block - 1];
}

static double effect_rise(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_slope(g, SG_NL_BACKPROP, seed, probe, 1);
}

static double effect_above(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_slope(g, SG_NL_BACKPROP, seed, probe, g->cut) -
           sg_nl_slope(g, SG_NL_ONE_SG, seed, probe, g->cut);
}

static const struct sg_nl_said said[] = {
    {"rises", "backprop: slope of the probe's accuracy over the blocks", "rises under backprop",
     effect_rise},
    {"above", "slope from the block below the SG to the last: backprop's less that with one SG",
     "rises less above an SG", effect_above},
};

/* ---- what follows the optimiser and the time, without a verdict ----------------------------- */

static double mean_to(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed, size_t last)
{
    const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, seed);
    double mean = 0;
    for (size_t block = 1; block <= last; block++)
        mean += p.probe[block - 1] / (double)last;
    return mean;
}

static double gained_below(const struct sg_nl_gallery *g, size_t seed)
{
    return mean_to(g, SG_NL_ONE_SG, seed, g->cut) - mean_to(g, SG_NL_BACKPROP, seed, g->cut);
}

static double gained_everywhere(const struct sg_nl_gallery *g, size_t seed)
{
    return mean_to(g, SG_NL_ALL_SG, seed, g->depth) - mean_to(g, SG_NL_BACKPROP, seed, g->depth);
}

static const struct sg_nl_observed observed[] = {
    {"below one SG", gained_below}, {"all blocks, SG everywhere", gained_everywhere}};

/* ---- the claim ------------------------------------------------------------------------------ */

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_gallery *g = on;
    if (!sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_effects(lab, g, said, sizeof said / sizeof *said);
    sg_nl_gallery_check(lab, g, 1, "equations",
                        "what the training images leave of the probes' equations",
                        "2 (n + k + 1) u r_i (1 + sum_j r_j |W_j|), r the root mean squares");
    if (lab->trial->figure)
        sg_nl_gallery_observe(lab, g,
                              "the probe's mean accuracy less that under backprop, with Student's "
                              "95 % intervals: observed, no verdict",
                              observed, sizeof observed / sizeof *observed);
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
                 "the better the higher the block, under backprop (primary effect).  With one SG "
                 "the label is read from the block below it, and what lies above adds less to "
                 "that than under backprop (secondary).  Whether the blocks below an SG are read "
                 "better than backprop's follows the optimiser and how long it ran, and is shown "
                 "without a verdict.  Effects are of test accuracies of runs with one start and "
                 "order, with Student t intervals over seeds.  The scope is that of the case.",
};
