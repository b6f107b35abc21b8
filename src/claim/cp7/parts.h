/* parts.h - private to CP7: its files. */
#ifndef SG_CLAIM_CP7_PARTS_H
#define SG_CLAIM_CP7_PARTS_H

#include "lab/log_shallow.h"

struct sg_cp7 {
    struct sg_lab *lab;
    struct sg_log_shallow *s;
    struct sg_log_point *linear;      /* where a linear SG would rest; NULL: not known */
    bool matching;                    /* the module is sigmoid-linear */
    double p2, hessian;               /* E[p^2]; smallest eigenvalue of the loss's Hessian */
    double *w, *phi;                  /* scratch for one state */
};
/* Rows: s = g with phi* at any weights; the joint update at the optimum; a run from 0 that rests
 * there. */
void sg_cp7_contained(struct sg_cp7 *c);
void sg_cp7_optimum(struct sg_cp7 *c);
void sg_cp7_rests(struct sg_cp7 *c);
/* Of separable data: row, that they are; note, how far a run comes. */
void sg_cp7_separates(struct sg_cp7 *c);
void sg_cp7_compare(struct sg_cp7 *c);
/* Rows in ball arithmetic: the optimum, or that the data are separable, and a linear SG's gap.
 * end: where a run ended, to be held below it, or NULL. */
void sg_cp7_certify(struct sg_cp7 *c, const double *end);
/* Gradient descent of both at rates that these curvatures stand. */
struct sg_log_run sg_cp7_run(const struct sg_cp7 *c, uint64_t most);
/* A pointwise sigmoid on three classes, against two. */
void sg_cp7_three_classes(struct sg_lab *lab);
/* The figure: loss along runs of backprop, a linear SG and the matching one. */
void sg_cp7_draw(struct sg_cp7 *c);

#endif
