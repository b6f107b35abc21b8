/* parts.h - private to DY11: its files. */
#ifndef SG_CLAIM_DY11_PARTS_H
#define SG_CLAIM_DY11_PARTS_H

#include "lab/delay.h"

/* One hidden layer: its minimum, with the SG and under backprop. */
struct sg_dy11_deep;
/* What the case measures with: the shallow model, or a net with a hidden layer. */
struct sg_dy11 {
    struct sg_shallow *s;
    struct sg_dy11_deep *deep;
};

extern const struct sg_hypothesis sg_dy11_x_nonsingular, sg_dy11_z_nonsingular, sg_dy11_inside,
    sg_dy11_line, sg_dy11_slow;

/* Noisy data: polynomial, every limit by simulation, the case's own rates. */
void sg_dy11_noisy(struct sg_lab *lab, struct sg_shallow *s);
/* The same in ball arithmetic. */
void sg_dy11_certify(struct sg_lab *lab, const struct sg_shallow *s);
/* Realizable data: at c = `inside` on the line, and the limit c from both sides. */
void sg_dy11_certify_line(struct sg_lab *lab, const struct sg_shallow *s, size_t tau, double inside,
                          double limit);
/* The figure: how far the local statement reaches. */
void sg_dy11_basin(struct sg_lab *lab, struct sg_shallow *s);
/* Realizable data: the limit on the line of fixed points. */
void sg_dy11_realizable(struct sg_lab *lab, struct sg_shallow *s);

/* experiment = "deep". */
struct sg_dy11_deep *sg_dy11_deep_make(struct sg_lab *lab);
void sg_dy11_deep_says(struct sg_lab *lab, struct sg_dy11_deep *deep);

#endif
