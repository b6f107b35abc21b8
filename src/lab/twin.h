/* twin.h - private: a case's net twice, with its SGs and under plain backprop. */
#ifndef SG_LAB_TWIN_H
#define SG_LAB_TWIN_H

#include "lab/lab.h"
#include "synthgrad/closed.h"

struct sg_twin {
    struct sg_lab *lab;
    struct sg_data rows; /* samples or compressed rows, as the case's form says */
    struct sg_fit *fit;  /* least squares on the rows */
    struct sg_case_arch arch;
    size_t *width; /* [layers + 1] */
    struct sg_chain_module *chained;
    struct sg_chain chain;
    struct sg_net *net, *plain;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_net_work *work, *plain_work;
    struct sg_rounding *rounding, *plain_rounding;
    size_t n_w, n_phi, n_lower; /* weights in all, and of the layers below the highest SG */
    double *dw, *dphi;          /* joint directions at the last state evaluated */
    double *u_w, *u_phi;        /* bounds on their rounding */
    double *gradient, *u_gradient, *f_phi; /* scratch */
};

/* Keys of a case that claims on critical points read: a deep linear net under MSE with linear
 * SGs. */
#define SG_READS_CHAIN \
    " net.layers net.loss=mse sg=some sg.at sg.family=linear sg.terms sg.target sg.mix=1.0"

/* The instrument: the case's net on its own data. */
extern const struct sg_instrument sg_on_twin;
/* Has every hidden layer `least` units or more?  If not, `value` names the first that has not. */
bool sg_lab_layers_are_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_trial *trial,
                            size_t least);
/* No hidden layer is narrower than the output: what sg_twin_minimum needs. */
extern const struct sg_hypothesis sg_twin_wide;
/* Another case's net or other data; owned by the lab.  NULL when it stops. */
struct sg_twin *sg_twin_make(struct sg_lab *lab, const struct sg_case *c,
                             const struct sg_data *data);

/* Joint directions at (w, phi) into t->dw, t->dphi, bounds on their rounding into t->u_w,
 * t->u_phi. */
void sg_twin_eval(struct sg_twin *t, const double *w, const double *phi);
/* The true gradient by plain backprop into t->gradient.  Returns a bound on its rounding
 * (Euclidean). */
double sg_twin_gradient(struct sg_twin *t, const double *w);
/* Of each module, at the last state evaluated: an upper bound on the norm of its exact F_phi, and
 * one on F_phi's rounding.  NULL: not wanted. */
void sg_twin_phi_norms(double *f_phi, double *u_phi, const struct sg_twin *t);
/* How large the updates at w are where nothing cancels, which is what an error in them would show:
 *   w     |(rms(h_{l-1}) rms(y) |W_{l+1} ... W_N|)_l|, Frobenius; lower: of the layers below the
 *         highest SG alone
 *   phi   |(rms(z_j) rms(y) |V_j|)_j|, V_j the layers above module j */
struct sg_twin_size {
    double w, lower, phi;
};
struct sg_twin_size sg_twin_size(const struct sg_twin *t, const double *w);
/* |W_{from+1} ... W_to|, Frobenius; 1 for the identity. */
double sg_twin_between(const struct sg_twin *t, const double *w, size_t from, size_t to);
/* sqrt(E|x|^2 E|y|^2) >= |E[x^T y]|, the slope of the loss at p = 0 over p = x W. */
double sg_twin_slope(const struct sg_twin *t);

/* At a state (w, phi), from F alone.
 *   gradient   |grad L| by plain backprop
 *   bound      the bound |F_w| + |(c_l)| of closed.h on it, F's rounding included, or NaN where an
 *              SVD failed
 *   rounding   of the gradient itself
 * Leaves F in t->dw, t->dphi. */
struct sg_twin_look {
    double gradient, bound, rounding;
};
struct sg_twin_look sg_twin_look(struct sg_twin *t, const double *state);
/* F = (dw, dphi) at a state is at the rounding level of its own evaluation: a solution, as far as
 * arithmetic can tell. */
bool sg_twin_solved(double *residual, double *level, const struct sg_twin *t, const double *f);

/* A global minimum of L that is not special.  Returns a bound on |grad L| there.
 *   p = x W   dgelsd's W* plus a random part in the null space of X
 *   deeper    random W_2 ... W_N and W_1 = W* V^+, V their product */
double sg_twin_minimum(double *w, struct sg_twin *t, struct sg_rng *rng);
/* The smallest joint update |F(w, phi)| over ALL phi: F is affine in phi, its matrix is read off
 * from the net, dgelsd solves it, the net is evaluated at the phi found. rounding: how far from
 * zero that can be if some phi makes F vanish exactly. */
double sg_twin_least_update(double *rounding, struct sg_twin *t, const double *w);
/* A random phi with z phi = 0 on every sample, z at w: the part in the null space of a vector of
 * the given length, in units in which each column of z is as long as y; so |z phi| is at most (n +
 * 10 q) u sqrt(q) |y| length for each module.  False where phi is rounding, because there is no
 * null space. */
bool sg_twin_null_sg(double *phi, struct sg_twin *t, const double *w, double length,
                     struct sg_rng *rng);
/* What such a phi still does: bounds on |E[h^T z phi] U^T| in dw and on |E[z^T z phi]| in dphi, all
 * layers and modules together. */
struct sg_twin_hidden {
    double w, phi;
};
struct sg_twin_hidden sg_twin_null_rounding(const struct sg_twin *t, const double *w,
                                            double length);

/* Rows, p = x W and one SG with the terms h and y: the joint critical point at least squares, in
 * ball arithmetic.  Notes why where there is no certificate. */
void sg_twin_certify(struct sg_twin *t);

#endif
