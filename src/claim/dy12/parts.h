/* parts.h - private to DY12: its files. */
#ifndef SG_CLAIM_DY12_PARTS_H
#define SG_CLAIM_DY12_PARTS_H

#include "lab/deep_step.h"
#include "lab/shallow.h"

enum { SG_DY12_ORDERS = 3 };
/* Simultaneous, SG first, network first: for the simulator, as a row's id ends, and in words. */
extern const struct sg_timing sg_dy12_timing[SG_DY12_ORDERS];
extern const char *const sg_dy12_id[SG_DY12_ORDERS], *const sg_dy12_name[SG_DY12_ORDERS];

/* One order at the fixed point phi* + c (1, -1, 0): its Jacobian in closed form and by finite
 * differences of the simulated step, with their error; the closed one's eigenvalues, and
 * Bauer-Fike's bound on their error. */
struct sg_dy12_order {
    struct sg_shallow *s;
    double *closed, *differences, bound, norm, tolerance;
    double complex *lambda;
};
struct sg_dy12_orders {
    struct sg_dy12_order order[SG_DY12_ORDERS];
    double c;
};

/* What the case measures with: the shallow model in three orders, or a deep net at a minimum. */
struct sg_dy12 {
    struct sg_dy12_orders *shallow;
    struct sg_deep_step *deep;
};

extern const struct sg_hypothesis sg_dy12_x_nonsingular, sg_dy12_z_nonsingular, sg_dy12_inside,
    sg_dy12_wide, sg_dy12_conditioned;

/* A case and data of its kind, which live as long as the lab. */
struct sg_dy12_orders *sg_dy12_make_orders(struct sg_lab *lab, const struct sg_data *data);
/* Jacobians and spectra. */
void sg_dy12_spectra(struct sg_lab *lab, const struct sg_dy12_orders *o);
/* How far an error may grow first, at the noisy fixed point. */
void sg_dy12_transient(struct sg_lab *lab, const struct sg_dy12_orders *o);
/* A run from 0: L_SG beside L, and what no SG can express. */
void sg_dy12_course(struct sg_lab *lab, struct sg_shallow *s);
/* The same samples with y = x W*, c = 1/2: two spectra. */
void sg_dy12_realizable(struct sg_lab *lab, const struct sg_shallow *noisy);
/* In ball arithmetic. */
void sg_dy12_certify(struct sg_lab *lab, const struct sg_shallow *s);

/* experiment = "deep", and its run from afar. */
void sg_dy12_deep(struct sg_lab *lab, struct sg_deep_step *m);
void sg_dy12_deep_course(struct sg_lab *lab, struct sg_deep_step *m, double mu, double nu);

/* r (n x m): y less its fit on (x, 1), the part that neither the features nor a constant reach.  An
 * SG without labels sees functions of these only. */
void sg_dy12_out_of_reach(struct sg_lab *lab, double *r, const struct sg_data *data);

#endif
