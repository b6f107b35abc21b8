/* search.h - looking for instances: global minima of deep linear nets that repel under an SG (DY8). */
#ifndef SYNTHGRAD_SEARCH_H
#define SYNTHGRAD_SEARCH_H

#include <stdio.h>

#include "synthgrad/deep.h"

/* A net at a global minimum: weights, centred data with moments S (d x d) and R (m x m) around their product, kappa. */
struct sg_repelling {
    struct sg_deep deep;
    double *w, *S, *R, kappa;
    double abscissa;             /* largest real part over the largest modulus, among the eigenvalues off zero */
    double complex at;           /* that eigenvalue */
};
struct sg_search_plan {
    struct sg_deep deep;         /* shape and position */
    bool isotropic_x, isotropic_r;   /* S = I, R = rho I */
    size_t climbs, steps;        /* starts, and trials in each */
};
/* Random starts, each climbed by a (1+1) evolution strategy with the one-fifth rule (Rechenberg 1973) on the relative abscissa of the full flow
 * at psi = 0, eigenvalues below 1e-7 of the largest left out.  The best of all; a lower bound on what is possible, never a proof of absence.
 * Deterministic given rng.  Hypothesis: the narrowest hidden layer is no narrower than min(d, m) (then any data fit around the product). */
enum sg_status sg_search_repelling(struct sg_repelling *best, const struct sg_search_plan *plan, struct sg_rng *rng) SG_MUST_CHECK;
void sg_search_repelling_free(struct sg_repelling *found);
/* The abscissa of an instance whose w, S, R and kappa are set. */
enum sg_status sg_search_abscissa(struct sg_repelling *instance) SG_MUST_CHECK;
/* Weights, moments and kappa with all digits, one line each. */
void sg_search_print(FILE *out, const struct sg_repelling *found);

#endif
