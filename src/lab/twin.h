/* twin.h - private: a case's net twice, with its SGs and under plain backprop, for the claims about critical points (CP1, CP2, CP3). */
#ifndef SG_LAB_TWIN_H
#define SG_LAB_TWIN_H

#include "lab/lab.h"
#include "synthgrad/closed.h"

struct sg_twin {
    struct sg_data rows;              /* samples or compressed rows, as the case's form says */
    struct sg_fit *fit;               /* least squares on the rows */
    struct sg_case_arch arch;
    size_t *width;                    /* [layers + 1] */
    struct sg_chain_module *chained;
    struct sg_chain chain;
    struct sg_net *net, *plain;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_net_work *work, *plain_work;
    struct sg_rounding *rounding, *plain_rounding;
    size_t n_w, n_phi, n_lower;       /* weights in all, and of the layers below the highest SG */
    double *dw, *dphi, *u_w, *u_phi;  /* scratch: directions and their rounding bounds at the last state evaluated */
};

/* Deep linear nets under MSE with linear SGs of mix 1, at least one.  SG_HYPOTHESIS with ev->note otherwise. */
enum sg_status sg_twin_alloc(struct sg_twin **out, const struct sg_case *c, const struct sg_data *data, struct sg_evidence *ev) SG_MUST_CHECK;
void sg_twin_free(struct sg_twin *t);
/* Joint directions at (w, phi) into t->dw, t->dphi, bounds on their rounding into t->u_w, t->u_phi. */
void sg_twin_eval(struct sg_twin *t, const double *w, const double *phi);
/* The true gradient by plain backprop (n_w) and a bound on its rounding, in the Euclidean norm. */
void sg_twin_gradient(double *gradient, double *rounding, struct sg_twin *t, const double *w);
/* Of each module, for the last state evaluated: an upper bound on the norm of its exact F_phi, and one on F_phi's rounding.  NULL: not wanted. */
void sg_twin_phi_norms(double *f_phi, double *u_phi, const struct sg_twin *t);

/* At a state (w, phi), from F alone: |grad L| by plain backprop and the bound |F_w| + |(c_l)| of closed.h on it, rounding of F and of the gradient
 * included; NaN where an SVD fails.  Leaves F in t->dw, t->dphi. */
struct sg_twin_look { double gradient, bound; };
struct sg_twin_look sg_twin_look(struct sg_twin *t, const double *state);
/* F = (dw, dphi) at a state is at the rounding level of its own evaluation: a solution, as far as arithmetic can tell. */
bool sg_twin_solved(double *residual, double *level, const struct sg_twin *t, const double *f);

/* A global minimum of L that is not special, and a bound on |grad L| there: dgelsd's W* plus a random part in the null space of X; with hidden layers, random W_2 ... W_N and W_1 = W* V^+, V their product.  Hypothesis: hidden layers no narrower than the output. */
enum sg_status sg_twin_minimum(double *w, double *gradient, struct sg_twin *t, struct sg_rng *rng, struct sg_evidence *ev) SG_MUST_CHECK;
/* The smallest joint update |F(w, phi)| over ALL phi: F is affine in phi, its matrix is read off from the net, dgelsd solves it, the net is
 * evaluated at the phi found.  rounding: how far from zero that can be if some phi makes F vanish exactly. */
enum sg_status sg_twin_least_update(double *least, double *rounding, struct sg_twin *t, const double *w) SG_MUST_CHECK;
/* A random phi with z phi = 0 on every sample, z at w, up to (n + 10 q) u |z| length for each module: the part in the null space of a vector of
 * the given length, so at rounding level where there is none. */
enum sg_status sg_twin_null_sg(double *phi, struct sg_twin *t, const double *w, double length, struct sg_rng *rng) SG_MUST_CHECK;
/* What such a phi still does: bounds on |E[h^T z phi] U^T| in dw and on |E[z^T z phi]| in dphi, all layers and modules together. */
struct sg_twin_hidden { double w, phi; };
struct sg_twin_hidden sg_twin_null_rounding(const struct sg_twin *t, const double *w, double length);

#endif
