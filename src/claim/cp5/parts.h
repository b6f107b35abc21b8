/* cp5.h - private: what the parts of CP5 share. */
#ifndef SG_CLAIM_CP5_H
#define SG_CLAIM_CP5_H

#include "lab/old.h"

struct sg_cp5 {
    struct sg_evidence *ev;
    const struct sg_trial *trial;
    struct sg_shallow *s;
    struct sg_rng *rng;
    struct sg_fitted *fitted;         /* the SG at its optimum in every step */
    struct sg_net *plain;             /* the same net without an SG, for the true loss and gradient */
    struct sg_net_work *plain_work;
    bool constant;                    /* s has gamma, and X a ones column */
    size_t k;                         /* columns of X but for that one: the dimension of q */
    double trace, top, y;             /* tr S_x, sqrt(lambda_max), rms of y */
    double identity;                  /* |S_x - I|, with what is not known of it */
    double *w_0, *w, *closed;         /* d: start, simulated, predicted */
};

/* In what follows |w| is a norm of weights, and errors are those of p = X w and of means over n rows:
 *     rms(dp) <= d u sqrt(tr) |w|,   |d E[a b]| <= (n + 2) u rms(a) rms(b).
 * The formulas' own, by w* from dgelsd and moments, are backward errors P u |X| and P u |y|, P = n + 10 d. */
double sg_cp5_mean_error(const struct sg_cp5 *c, double w);             /* of E[r] */
double sg_cp5_covariance_error(const struct sg_cp5 *c, double w);       /* of cov(p, r) */
double sg_cp5_variance_error(const struct sg_cp5 *c, double w);         /* of var(p) */
/* rms error of s = alpha p + gamma at its optimum: (d cov + |alpha| d var) / sd(p) + d E[r]. */
double sg_cp5_s_error(const struct sg_cp5 *c, double w, double alpha, double sd);

/* W_0 in c->w_0 with q_0 of length tau at the given cosine to q* (S_x = I), the bias `bias` off E[y]. */
void sg_cp5_start(struct sg_cp5 *c, double cosine, double tau, double bias);
/* The simulator's weights in the net's coordinates, and the other way round. */
void sg_cp5_from_form(double *w, const struct sg_cp5 *c, const double *form);
void sg_cp5_to_form(double *form, const struct sg_cp5 *c, const double *w);
double sg_cp5_distance(const struct sg_cp5 *c, const double *a, const double *b);
/* L(w) - L(W*) and |grad L(w)|, by the net without an SG. */
struct sg_cp5_truth { double excess, gradient; };
struct sg_cp5_truth sg_cp5_truth(const struct sg_cp5 *c, const double *w);
/* Rounding in L(w) - L(W*). */
double sg_cp5_loss_error(const struct sg_cp5 *c, double w);

void sg_cp5_optimal(struct sg_cp5 *c);                                  /* (c): cp5_optimal.c */
void sg_cp5_trained(struct sg_cp5 *c);                                  /* (d): cp5_trained.c */
void sg_cp5_unwhitened(struct sg_cp5 *c);                               /* (e): cp5_unwhitened.c */
void sg_cp5_draw(struct sg_cp5 *c);                                     /* the figure: cp5_draw.c */

#endif
