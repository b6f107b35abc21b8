/* values.h - private to CP2: the critical values of a drawn net. */
#ifndef SG_CLAIM_CP2_VALUES_H
#define SG_CLAIM_CP2_VALUES_H

#include "claim/cp2/parts.h"
#include "synthgrad/deep.h"

/* A critical value of the loss is E|y|^2/2 - 1/2 sum over S of sigma_i^2, S at most as many
 * singular triplets of the least-squares map as the narrowest layer has units. */
struct sg_cp2_net {
    struct sg_twin *t;
    struct sg_deep deep;
    double *sigma;     /* [min(d, m)], descending */
    size_t rank, most; /* of the least-squares map; triplets a critical point can have */
    double least;      /* the least critical value, above least squares */
    double gap;        /* from there to the next critical value */
    double last;       /* from the highest but one to the highest, the zero map's */
};

void sg_cp2_find_values(struct sg_cp2_net *net, struct sg_twin *t, struct sg_rng *rng);
/* A critical point with `count` random triplets, each set equally likely, without number `missing`
 * (net->rank: any). */
void sg_cp2_sample_critical(double *w, const struct sg_cp2_net *net, size_t count, size_t missing,
                            struct sg_rng *rng);
/* A saddle other than the zero map where there is one (two triplets), else the zero map: one of the
 * largest `most` triplets is missing. */
void sg_cp2_sample_saddle(double *w, const struct sg_cp2_net *net, struct sg_rng *rng);
/* How much larger than rounding at w the gradient of a sampled point may be, count triplets
 * kept. */
double sg_cp2_sampled_condition(const struct sg_cp2_net *net, const double *w, size_t count);
/* Of a critical point.  The least value takes the largest triplets, so one whose loss lies beyond
 * the middle between the two lowest critical values is no global minimum: a saddle, since a deep
 * linear loss has no other critical points.  The second: it is not the zero map either. */
bool sg_cp2_is_saddle(const struct sg_cp2_net *net, const double *w);
bool sg_cp2_is_nonzero(const struct sg_cp2_net *net, const double *w);

#endif
