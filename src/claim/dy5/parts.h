/* parts.h - private to DY5: its files. */
#ifndef SG_CLAIM_DY5_PARTS_H
#define SG_CLAIM_DY5_PARTS_H

#include "lab/shallow.h"

/* V for the search, without cancellation: E|r|^2 - E|r*|^2 = tr(delta^T S_x delta), delta = W - W*;
 * E|s - g|^2 = tr(psi^T E[z^T z] psi), psi = Phi - phi*, since s - g = z psi for every W. */
struct sg_dy5_energy {
    const struct sg_data *rows;
    const struct sg_fit *fit;
    double *delta, *x_delta, *psi, *z_psi, *z, *exact, *sigma;
};
struct sg_dy5_energy *sg_dy5_energy(struct sg_lab *lab, const struct sg_data *rows,
                                    const struct sg_fit *fit);
/* For sg_search_spec; context: the struct above, whose z is that of w then. */
double sg_dy5_v(const double *w, const double *phi, void *context);
/* The smallest singular value of Z / sqrt(n) at the last w: where it vanishes, nothing bounds mu
 * below. */
double sg_dy5_sigma(struct sg_lab *lab, const struct sg_dy5_energy *v);

/* V anew: sample by sample in long double from the definitions of p, s and g. */
struct sg_dy5_fresh {
    const struct sg_data *data;
    double *w_star;                   /* least squares by dgelsd on the samples */
    long double *z, *e;               /* n x q: (p, y, 1); n x m: s - g */
};
struct sg_dy5_seen {
    double v;                         /* E|X (W - W*)|^2 + E|s - g|^2 */
    double error;                     /* E|s - g|^2 */
    double z, slope;                  /* sqrt(E|z|^2); |G|, G = E[z^T (s - g)] */
    double gain;                      /* |G|^4 / E|Z G|^2 */
};
struct sg_dy5_fresh *sg_dy5_fresh(struct sg_lab *lab);
struct sg_dy5_seen sg_dy5_look(struct sg_dy5_fresh *fresh, const double *w, const double *phi);

/* What rounding leaves of V, and the V down to which each step's decrease is above its rounding. */
double sg_dy5_v_floor(const struct sg_shallow *s);
double sg_dy5_v_target(const struct sg_shallow *s);
/* A row: what the line search gains of E|s - g|^2, w the weights before the step and phi the SG
 * after it. */
void sg_dy5_check_gain(struct sg_lab *lab, struct sg_dy5_fresh *fresh,
                       const struct sg_dy5_seen *before, const double *w, const double *phi,
                       const struct sg_shallow *s);

/* Rows in ball arithmetic; spec: the search of the claim's run. */
void sg_dy5_certify(struct sg_lab *lab, const struct sg_shallow *s,
                    const struct sg_search_spec *spec);

/* Where the hypothesis fails: mu is of order V. */
void sg_dy5_stall(struct sg_lab *lab);

#endif
