/* parts.h - private to DY1: its files. */
#ifndef SG_CLAIM_DY1_PARTS_H
#define SG_CLAIM_DY1_PARTS_H

#include "lab/shallow.h"

/* One rate: rows "steps-ID", "null-space-ID" and "rest-ID", all about the rate in words. */
struct sg_dy1_rate {
    const char *id, *words;
    double mu;
};
/* Every mode of every step against its closed form, and W at rest against least squares, from a
 * random start as far from W* as W* is from 0. */
void sg_dy1_check_rate(struct sg_lab *lab, struct sg_shallow *s, struct sg_dy1_rate rate,
                       struct sg_rng *rng, bool figure);
/* The limit of mu in ball arithmetic. */
void sg_dy1_certify(struct sg_lab *lab, const struct sg_shallow *s);

#endif
