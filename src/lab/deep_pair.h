/* deep_pair.h - private: a deep linear net with one SG beside plain backprop, stepped together. */
#ifndef SG_LAB_DEEP_PAIR_H
#define SG_LAB_DEEP_PAIR_H

#include "lab/twin.h"
#include "synthgrad/deep.h"

struct sg_deep_pair {
    struct sg_twin *twin;
    struct sg_deep deep;
    struct sg_fast *first; /* first-order corrections, of an SG with all three terms */
    struct sg_field plain_field;
    struct sg_sim *sg, *plain;
    size_t n_w, n_phi;
};

/* Keys of a case that it reads besides the data and sg.at, sg.terms. */
#define SG_READS_DEEP_PAIR \
    " net.layers! net.loss=mse sg=one sg.family=linear sg.target=true sg.mix=1.0" \
    " train.form=sample|compressed train.units=absolute|critical train.mu train.nu train.steps"

/* The case's net, or another case's on the trial's data; owned by the lab.  NULL when it stops. */
struct sg_deep_pair *sg_deep_pair_make(struct sg_lab *lab, const struct sg_case *c);
/* phi*(w), entries of missing terms left out. */
void sg_deep_pair_exact_sg(double *phi, const struct sg_deep_pair *p, const double *w);
/* Smallest and largest eigenvalue of S_z, z = (h, y, 1), at weights w. */
struct sg_deep_spread {
    double least, most;
};
struct sg_deep_spread sg_deep_pair_s_z(struct sg_lab *lab, struct sg_deep_pair *p, const double *w);

/* Is S_z nonsingular at both of two weights?  Zero: below the rounding level q u lambda_max.
 * If not, value says so. */
bool sg_deep_pair_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_deep_pair *p,
                              const struct sg_deep_spread s_z[2], size_t n);
/* Is the SG fast at this kappa?  `moves` is the rate at which its target moves.  The terms of an
 * expansion in 1/kappa then shrink to a third each, so that all that follow one are at most half of
 * it, which Richardson's estimate supposes. */
bool sg_deep_pair_is_fast(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_deep_spread s_z[2],
                          double kappa, double moves);

/* |a - b|. */
double sg_deep_distance(const double *a, const double *b, size_t n);
/* Slope of the least-squares line through (x_i, y_i). */
double sg_fit_slope(const double *x, const double *y, size_t n);
/* How much it can be off when each y_i is off by at most off_i. */
double sg_fit_slope_error(const double *x, const double *off, size_t n);

#endif
