/* NL3 across nets: how much of a difference a rule makes beside the one that a start makes. */
#include "claim/nl3/parts.h"

double sg_nl3_similarity(const struct sg_nl_portrait *p, size_t a, const struct sg_nl_portrait *q,
                         size_t b, enum sg_nl3_measure measure)
{
    const double *of_p = measure == SG_NL3_CKA ? p->kernel : p->dissimilarity,
                 *of_q = measure == SG_NL3_CKA ? q->kernel : q->dissimilarity;
    return sg_base_dot(of_p + (a - 1) * SG_NL_PAIRS, of_q + (b - 1) * SG_NL_PAIRS, SG_NL_PAIRS);
}

/* Blocks first..last of two nets, block with block: the mean. */
static double alike(const struct sg_nl_portrait *p, const struct sg_nl_portrait *q, size_t first,
                    size_t last, enum sg_nl3_measure measure)
{
    double mean = 0;
    for (size_t block = first; block <= last; block++)
        mean += sg_nl3_similarity(p, block, q, block, measure) / (double)(last - first + 1);
    return mean;
}

static void add_energy(struct sg_lab *lab, const struct sg_nl_gallery *g, enum sg_nl_rule rule,
                       bool one_block, enum sg_nl3_measure measure)
{
    const size_t wide = 2 * g->seeds, first = one_block ? g->cut : 1,
                 last = one_block ? g->cut : g->depth;
    double *s = SG_TAKE(lab, wide * wide, double);
    for (size_t i = 0; i < wide; i++)
        for (size_t j = 0; j <= i; j++) {
            const struct sg_nl_portrait p = sg_nl_gallery_portrait(
                                            g, i < g->seeds ? SG_NL_BACKPROP : rule, i % g->seeds),
                                        q = sg_nl_gallery_portrait(
                                            g, j < g->seeds ? SG_NL_BACKPROP : rule, j % g->seeds);
            s[i * wide + j] = s[j * wide + i] = alike(&p, &q, first, last, measure);
        }
    const struct sg_energy e = sg_lab_energy(s, g->seeds, sg_lab_rng(lab, "patterns"));
    sg_claim_listing_row(
        lab->ev,
        sg_lab_format(lab, "%s, %s, %s", measure == SG_NL3_CKA ? "CKA" : "RDM",
                      rule == SG_NL_ONE_SG ? "one SG" : "SGs",
                      one_block ? "block below it" : "all blocks"),
        (const double[]){e.within_x, e.within_y, e.across, e.energy, e.ratio, e.p, e.floor});
}

void sg_nl3_energies(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    if (!lab->trial->figure || g->seeds < 2)
        return;
    sg_claim_listing(lab->ev,
                     "backprop and a rule, d = 1 - similarity of nets of other starts; energy over "
                     "the start's d, and an exact test by swaps of the nets of a start",
                     "measure, rule|d backprop|d rule|d across|energy|ratio|p|least p");
    for (enum sg_nl3_measure measure = 0; measure <= SG_NL3_DISSIMILARITY; measure++)
        for (size_t i = 0; i < 3; i++)
            add_energy(lab, g, i < 2 ? SG_NL_ONE_SG : SG_NL_ALL_SG, i == 1, measure);
}
