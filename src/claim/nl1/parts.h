/* parts.h - private to NL1: its files. */
#ifndef SG_CLAIM_NL1_PARTS_H
#define SG_CLAIM_NL1_PARTS_H

#include "lab/nl.h"

/* frozen: nothing arrives below the middle, which is what an SG that learned nothing would amount
 * to. */
enum sg_nl1_rule { SG_NL1_BACKPROP, SG_NL1_SG, SG_NL1_FROZEN, SG_NL1_RULES };

struct sg_nl1 {
    const struct sg_trial *trial;
    struct sg_nl_images images;
    size_t n_depths, n_activations, seeds, epochs;
    enum sg_layer_kind activation[2];
    struct sg_nl_epoch *curve; /* runs x epochs; runs: depth, activation, rule, seed */
};

struct sg_nl_epoch *sg_nl1_curve(const struct sg_nl1 *x, size_t depth, size_t activation,
                                 enum sg_nl1_rule rule, size_t seed);
/* What arm of the case's factors a run has: the frozen nets are the SG's, without it. */
double sg_nl1_mu(const struct sg_nl1 *x, size_t depth, enum sg_nl1_rule rule);
double sg_nl1_nu(const struct sg_nl1 *x, size_t depth);
/* Of the last epoch, on the test images. */
double sg_nl1_accuracy(const struct sg_nl1 *x, size_t depth, size_t activation,
                       enum sg_nl1_rule rule, size_t seed);
/* At first: over the first tenth of the run, an epoch or more. */
double sg_nl1_loss_at_first(const struct sg_nl1 *x, size_t depth, size_t activation,
                            enum sg_nl1_rule rule, size_t seed);

void sg_nl1_effects(struct sg_lab *lab, const struct sg_nl1 *x); /* rows: effects.c */
void sg_nl1_table(struct sg_lab *lab, const struct sg_nl1 *x);   /* views.c */
void sg_nl1_series(struct sg_lab *lab, const struct sg_nl1 *x);

#endif
