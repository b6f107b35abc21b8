/* log_shallow.h - private: a case's two-class (or softmax) model p = x W with an SG at the output, its predicted points and its runs.  CP6, CP7, AD1. */
#ifndef SG_LAB_LOG_SHALLOW_H
#define SG_LAB_LOG_SHALLOW_H

#include "lab/old.h"
#include "synthgrad/logloss.h"

struct sg_log_shallow {
    const struct sg_trial *trial;
    const struct sg_data *data;
    size_t d, m, n_w, n_phi, size;    /* of the net's own phi; the closed forms' Phi has (2m + 1) m */
    struct sg_case_arch arch;
    struct sg_net *net, *plain;       /* with the SG, and without */
    struct sg_net_work *work, *plain_work;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_log_point *optimum;     /* of the log loss; finite or not */
    double infimum;                   /* its loss, 0 when it is not finite */
    double *dw, *dphi;                /* scratch for one evaluation */
};
/* SG_HYPOTHESIS with ev->note: not a shallow net with one SG at its output under a log loss. */
enum sg_status sg_log_shallow_alloc(struct sg_log_shallow **s, const struct sg_trial *trial, struct sg_evidence *ev) SG_MUST_CHECK;
void sg_log_shallow_free(struct sg_log_shallow *s);
/* |F| of the net at (w, phi); dw and dphi are kept in s. */
double sg_log_shallow_field(struct sg_log_shallow *s, const double *w, const double *phi);
double sg_log_shallow_loss(struct sg_log_shallow *s, const double *w);                   /* of the net */
double sg_log_shallow_gradient(double *gradient, struct sg_log_shallow *s, const double *w);   /* true, by the net; returns its norm */

/* Runs of weights and SG from w = 0 and the SG's own start, by an optimiser, simultaneous, until |F| <= enough or `most` steps are done; or of the weights
 * alone by the true gradient, |grad L| in |F|'s place. */
struct sg_log_run { struct sg_opt net_opt, sg_opt; double enough; uint64_t most; bool backprop; };
struct sg_log_end { double loss, field; uint64_t steps; enum sg_status status; };
/* w, phi (out): the end.  curve: NULL, or called at 0, 1, 2, 4, ... and at the end, with the loss. */
typedef void sg_log_curve(uint64_t step, double loss, void *context);
struct sg_log_end sg_log_shallow_train(double *w, double *phi, struct sg_log_shallow *s, const struct sg_log_run *run, sg_log_curve *curve,
                                       void *context);
/* The same with the SG at its optimum in every step; from w (in, out), not 0, where the optimum is not unique. */
struct sg_log_end sg_log_shallow_train_fitted(double *w, double *phi, struct sg_log_shallow *s, double mu, double enough, uint64_t most,
                                              sg_log_curve *curve, void *context);

/* What the Jacobian J of F at a predicted point says, on the leaf of conserved row sums (m > 1). */
struct sg_log_local {
    double sigma;                     /* least singular value of J, null directions of Z left out */
    double reduced;                   /* largest modulus of an eigenvalue of J_ww - J_wphi J_phiphi^+ J_phiw, the weights under a fitted SG */
    double slowest;                   /* and the smallest, conserved directions left out */
    double z_max;                     /* largest eigenvalue of S_z */
};
enum sg_status sg_log_shallow_local(struct sg_log_local *local, const struct sg_log_shallow *s, const struct sg_log_point *point) SG_MUST_CHECK;
/* Spectral radius of the joint step I - diag(mu, nu) J at the point, eigenvalues 1 of conserved directions left out. */
enum sg_status sg_log_shallow_radius(double *radius, const struct sg_log_shallow *s, const struct sg_log_point *point, double mu, double nu)
    SG_MUST_CHECK;

#endif
