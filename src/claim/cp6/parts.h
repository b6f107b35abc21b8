/* parts.h - private to CP6: its files. */
#ifndef SG_CLAIM_CP6_PARTS_H
#define SG_CLAIM_CP6_PARTS_H

#include "lab/log_shallow.h"

/* One data set and the point predicted. */
struct sg_cp6 {
    struct sg_lab *lab;
    struct sg_log_shallow *s;
    struct sg_log_point *point;       /* predicted; without 1 in col X: in span{P_X y, P_X 1} */
    struct sg_log_local local;
    double error;                     /* a bound on |F| at the predicted point */
    double gradient;                  /* |grad L| there */
    double gap, predicted;            /* L(point) - inf L; and 0 where the optimum is affine */
    double hessian;                   /* the loss's least curvature at the optimum */
    /* Two classes and a finite optimum: the root mean square of what the optimum's scores are off
     * span{p_LS, 1} (off the point's, without 1 in col X), the rounding of that, and whether the
     * optimum is affine in p_LS to rounding. */
    double off, off_error;
    bool affine;
    double scale;                     /* the size of the gap; of L where there is none */
    double mu, nu, enough;            /* rates of the runs, and the |F| at which they stop */
    uint64_t most;                    /* steps */
};
extern const struct sg_hypothesis sg_cp6_ones, sg_cp6_independent, sg_cp6_residuals;
/* [P_X y, P_X 1] (n x (m + 1)) and, unless NULL, what they leave of [y, 1]; owned by the lab. */
double *sg_cp6_projections(struct sg_lab *lab, const struct sg_data *data, double *residual);

/* Sets hessian, off, off_error and affine, for two classes with a finite optimum. */
void sg_cp6_measure_distance(struct sg_cp6 *c);
/* The point's closed forms, Newton's method, the gap against the optimum's distance. */
void sg_cp6_check_point(struct sg_cp6 *c);
void sg_cp6_check_newton(struct sg_cp6 *c);
/* Of two losses or entropies at a point: their rounding. */
double sg_cp6_loss_rounding(const struct sg_cp6 *c, const struct sg_log_point *point);
/* Runs end at the predicted loss. */
void sg_cp6_check_runs(struct sg_cp6 *c);
/* Of a rate in gradient descent's terms: Adam's epsilon is 0.1, its rate a fifth of that times
 * epsilon. */
struct sg_opt sg_cp6_optimiser(enum sg_opt_kind kind, double rate);
/* The figure's series: scores at the point and at the optimum against p_LS, and the loss along
 * runs. */
void sg_cp6_draw(struct sg_cp6 *c);
/* In ball arithmetic: the point is one, alone in a box; |grad L| and the gap there. */
void sg_cp6_certify(struct sg_cp6 *c);

#endif
