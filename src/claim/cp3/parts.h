/* parts.h - private to CP3: its files. */
#ifndef SG_CLAIM_CP3_PARTS_H
#define SG_CLAIM_CP3_PARTS_H

#include "lab/twin.h"

/* Sets of the terms h, y, 1. */
enum { SG_CP3_FAMILIES = 7 };

/* The trial's case with all its modules reduced to these terms; owned by the lab. */
struct sg_case *sg_cp3_with_terms(struct sg_lab *lab, unsigned terms);
/* Where the tolerances of the updates come from. */
extern const char sg_cp3_words[];
/* A bound on |E[z^T g]| at weights that interpolate. */
double sg_cp3_silent_target(const struct sg_twin *t, const double *w);
/* Rows: the updates and a run from (w, phi).  length: of what phi was drawn from in the null space
 * of z, 0 for phi = 0. */
void sg_cp3_check_state(struct sg_lab *lab, struct sg_twin *t, const double *state,
                        double gradient, double length);
/* Row: on integer data, where all sums are exact, a run leaves every bit. */
void sg_cp3_exact(struct sg_lab *lab, unsigned terms, struct sg_rng *rng);
/* Series "noise": how small phi can make the joint update at the least-squares point, for each
 * family and each level of noise, as a share of |y|. */
void sg_cp3_draw(struct sg_lab *lab);

#endif
