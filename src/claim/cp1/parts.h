/* parts.h - private to CP1: its files. */
#ifndef SG_CLAIM_CP1_PARTS_H
#define SG_CLAIM_CP1_PARTS_H

#include "lab/twin.h"

/* Series "near": on a line through the critical point w, at distances from |w| down to rounding,
 * how small the joint update can be made by phi: for the case's SG, and for the same without
 * labels. */
void sg_cp1_draw(struct sg_lab *lab, const double *w, size_t n_w);

#endif
