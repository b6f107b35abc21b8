/* parts.h - private to CP5: what its parts share. */
#ifndef SG_CLAIM_CP5_PARTS_H
#define SG_CLAIM_CP5_PARTS_H

#include "lab/shallow.h"

struct sg_cp5 {
    struct sg_lab *lab;
    struct sg_shallow *s;
    struct sg_rng *rng;
    struct sg_fitted *fitted; /* the SG at its optimum in every step */
    struct sg_net *plain;     /* the same net without an SG, for the true loss and gradient */
    struct sg_net_work *plain_work;
    bool constant;            /* s has gamma, and X a ones column */
    size_t k;                 /* columns of X but for that one: the dimension of q */
    double trace, top, y;     /* tr S_x, sqrt(lambda_max), rms of y */
    double identity;          /* |S_x - I|, with what is not known of it */
    double *w_0, *w, *closed; /* d: start, simulated, predicted */
};

/* ---- errors (errors.c) ----------------------------------------------------------------------- */

/* In what follows |w| is a norm of weights, and errors are those of p = X w and of means over n
 * rows:
 *     rms(dp) <= d u sqrt(tr) |w|,   |d E[a b]| <= (n + 2) u rms(a) rms(b).
 * The formulas' own, by w* from dgelsd and moments, are backward errors P u |X| and P u |y|,
 * P = n + 10 d. */
double sg_cp5_mean_error(const struct sg_cp5 *c, double w);       /* of E[r] */
double sg_cp5_covariance_error(const struct sg_cp5 *c, double w); /* of cov(p, r) */
/* rms error of s = alpha p + gamma at its optimum: (d cov + |alpha| d var) / sd(p) + d E[r]. */
double sg_cp5_s_error(const struct sg_cp5 *c, double w, double alpha, double sd);
/* Rounding in L(w) - L(W*). */
double sg_cp5_loss_error(const struct sg_cp5 *c, double w);

/* ---- weights (errors.c) ---------------------------------------------------------------------- */

/* W_0 in c->w_0 with q_0 of length tau at the given cosine to q* (S_x = I), the bias `bias` off
 * E[y]. */
void sg_cp5_start(struct sg_cp5 *c, double cosine, double tau, double bias);
/* The simulator's weights in the net's coordinates, and the other way round. */
void sg_cp5_from_form(double *w, const struct sg_cp5 *c, const double *form);
void sg_cp5_to_form(double *form, const struct sg_cp5 *c, const double *w);
double sg_cp5_distance(const struct sg_cp5 *c, const double *a, const double *b);
/* L(w) - L(W*) and |grad L(w)|, by the net without an SG. */
struct sg_cp5_truth {
    double excess, gradient;
};
struct sg_cp5_truth sg_cp5_truth(const struct sg_cp5 *c, const double *w);

/* ---- hypotheses (hypotheses.c) --------------------------------------------------------------- */

extern const struct sg_hypothesis sg_cp5_one_output, sg_cp5_setting, sg_cp5_two_columns,
    sg_cp5_nonsingular, sg_cp5_noisy, sg_cp5_small_steps;

/* ---- parts ----------------------------------------------------------------------------------- */

void sg_cp5_set(struct sg_cp5 *c);        /* what is SG-critical, both ways: set.c */
void sg_cp5_optimal(struct sg_cp5 *c);    /* S_x = I, alpha at its optimum: optimal.c */
void sg_cp5_trained(struct sg_cp5 *c);    /* S_x = I, alpha trained: trained.c */
void sg_cp5_unwhitened(struct sg_cp5 *c); /* any S_x: unwhitened.c */
void sg_cp5_certify(struct sg_cp5 *c);    /* a point of the set that is not critical: certify.c */
void sg_cp5_draw(struct sg_lab *lab);     /* the figure: draw.c */

#endif
