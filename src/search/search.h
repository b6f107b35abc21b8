/* search.h - private to src/search: an instance as a vector, and the climb. */
#ifndef SG_SEARCH_SEARCH_H
#define SG_SEARCH_SEARCH_H

#include "synthgrad/search.h"

/* theta: the weights; the entries of the Cholesky factors of S and R row by row, the diagonal ones
 * as logarithms (none for S = I, one for R = rho I); ln kappa where it is searched. */
size_t sg_search_n_theta(const struct sg_search_plan *plan);
void sg_search_random_theta(double *theta, const struct sg_search_plan *plan, struct sg_rng *rng);
void sg_search_decode(struct sg_repelling *instance, const double *theta,
                      const struct sg_search_plan *plan);

/* Maximises f over n variables from theta, which ends at the best point met; best: the value at
 * theta in, the highest out.  NaN counts as low. */
struct sg_climber {
    size_t n, steps;
    double sigma;
    double (*f)(const double *theta, void *context);
    void *context;
};
enum sg_status sg_search_maximise(double *theta, double *best, const struct sg_climber *climber,
                                  struct sg_rng *rng) SG_MUST_CHECK;

/* Sets the triple's ratio in floating point.  Below 0: no f has these gradients, and by how much
 * the inequalities are violated. */
void sg_search_triple_ratio(struct sg_triple *triple, const struct sg_cert_inexact *step);

#endif
