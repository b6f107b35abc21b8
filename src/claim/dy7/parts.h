/* parts.h - private to DY7: its files. */
#ifndef SG_CLAIM_DY7_PARTS_H
#define SG_CLAIM_DY7_PARTS_H

#include "lab/lab.h"

enum { SG_DY7_DEEPEST = 10 };
#define SG_DY7_RHO 0.5               /* DY6's relative error: delta = 1/3 */

/* A deep linear net and the place of its SG. */
struct sg_dy7_shape {
    size_t depth, at;
    struct sg_layer layer[SG_DY7_DEEPEST];
    struct sg_module module;
};
struct sg_dy7_shape sg_dy7_draw_shape(size_t depth, size_t outputs, struct sg_rng *rng);
/* Weights away from the saddle at 0, an SG far off. */
void sg_dy7_draw_start(double *w, double *phi, const struct sg_net *net, struct sg_rng *rng);

/* A state seen by products of matrices and moments:
 *   left[i]   W_1 ... W_i, d x k_i; the last one is P
 *   right[i]  W_{i+1} ... W_N, k_i x m
 *   slope     E[x^T (p - y)], d x m
 *   gradient  dL/dW_i = left[i-1]^T slope right[i]^T
 *   norm      |grad L| */
struct sg_dy7_view {
    double *w, *left[SG_DY7_DEEPEST + 1], *right[SG_DY7_DEEPEST + 1], *slope, *gradient, *half;
    double norm;
};
/* What the trial's samples say about a net's weights, apart from the net's own arithmetic. */
struct sg_dy7_truth {
    const struct sg_net *net;
    size_t d, m, n_layers, n_w, q;
    double *moments, *most; /* E[(x, y, 1)^T (x, y, 1)], q x q; and its terms made positive */
    double u;                        /* rounding of a view, of its positive terms */
    struct sg_dy7_view now, next, bound;
};
/* now: w. */
struct sg_dy7_truth *sg_dy7_truth(struct sg_lab *lab, const struct sg_net *net, const double *w);
/* A bound on the rounding error of |grad L| now. */
double sg_dy7_rounding(struct sg_dy7_truth *truth);
/* Rows: DY6's condition and the decrease, of the step with rate mu from now to w, which is now
 * then. */
void sg_dy7_check_step(struct sg_lab *lab, struct sg_dy7_truth *truth, const double *w, double mu);
/* Rows: the same of the step from now to w, proved. */
void sg_dy7_certify(struct sg_lab *lab, const struct sg_dy7_truth *truth, const double *w,
                    double mu);

#endif
