/* search.h - looking for instances: global minima of deep linear nets that repel under an SG (DY8),
 * or that training with delayed pairs leaves at rates below backprop's limit (DY11); and functions
 * on which a step of inexact gradient descent gains less than its bound says (DY6). */
#ifndef SYNTHGRAD_SEARCH_H
#define SYNTHGRAD_SEARCH_H

#include <stdio.h>

#include "synthgrad/cert.h"
#include "synthgrad/deep.h"

SG_PUBLIC_BEGIN

/* A net at a global minimum: weights, centred data with moments S (d x d) and R (m x m) around
 * their product, kappa.  The product is least squares, E[x^T r] = 0, whatever the widths are. */
struct sg_repelling {
    struct sg_deep deep;
    double *w, *S, *R, kappa;
    double abscissa;             /* largest real part over the largest modulus, among the
                                    eigenvalues off zero */
    sg_complex at;           /* that eigenvalue */
    double radius;               /* the largest modulus */
    double damping;              /* largest Re lambda / |lambda| among the eigenvalues above 1e-5
                                    of the largest */
    double share;                /* by sg_search_share */
};
struct sg_repelling sg_search_repelling_alloc(const struct sg_deep *deep);
void sg_search_repelling_free(struct sg_repelling *found);
/* Sets abscissa, at, radius and damping of an instance whose w, S, R and kappa are set.  They come
 * from all eigenvalues of the full flow at psi = 0, without those below 1e-7 of the largest (the
 * gauge's).  NaN on failure. */
enum sg_status sg_search_abscissa(struct sg_repelling *instance) SG_MUST_CHECK;
/* The least kappa above the instance's own from which on it attracts, to 1e-9, by doubling (up to
 * 1e6) and bisection.  HUGE_VAL: none was found. */
enum sg_status sg_search_critical_kappa(double *kappa,
                                        const struct sg_repelling *instance) SG_MUST_CHECK;

/* Sets share, kappa and damping of an instance whose w, S and R are set.  nu = 1/lambda_max(S_z),
 * half of the SG's own limit; pairs come tau steps late.
 *   share     the least mu met at which the step's spectral radius across the family exceeds 1,
 *             in units of backprop's limit 2/lambda_max(H).  From a grid of ten shares below 1 and
 *             a bisection.  1: none on the grid, or H or S_z has eigenvalues that rounding makes
 *             doubtful
 *   kappa     nu / mu, mu 0.1 % beyond the least rate met; at backprop's limit for a share of 1
 *   damping   largest Re (lambda - 1) / |lambda - 1| of the step's eigenvalues on the grid.  It is
 *             -sin(t/2) at e^{it}: modes that alternate count as damped, as one of H does near
 *             backprop's limit whatever the SG is
 * NaN on failure. */
enum sg_status sg_search_share(struct sg_repelling *instance, size_t tau) SG_MUST_CHECK;

/* REPELLING: a minimum that repels, by sg_search_abscissa.  DELAYED: one that is left at a share
 * below 1, by sg_search_share. */
enum sg_search_goal { SG_SEARCH_REPELLING, SG_SEARCH_DELAYED };
struct sg_search_plan {
    enum sg_search_goal goal;
    size_t tau;                      /* delayed: how late the pairs are */
    struct sg_deep deep;             /* shape and position */
    bool isotropic_x, isotropic_r;   /* S = I, R = rho I */
    double box;                      /* weights, the factors' entries and the logarithms of their
                                        pivots stay within +-box */
    double kappa;                    /* 0: searched too, from e^-12 to e^6; not for delayed */
    size_t draws;                    /* random instances a climb, the best of which is its start */
    size_t steps;                    /* evaluations after them */
    uint64_t seed;
};
/* An abscissa above this counts as found: it is off the axis by more than rounding can account
 * for. */
static const double SG_SEARCH_FOUND = 1e-6;
/* sg_search_abscissa or sg_search_share, as the plan has it. */
enum sg_status sg_search_look(struct sg_repelling *instance,
                              const struct sg_search_plan *plan) SG_MUST_CHECK;
/* Does the instance show what is looked for?  DELAYED: a share below 1. */
bool sg_search_found(const struct sg_repelling *instance, enum sg_search_goal goal);
/* Climb `index`: random instances, then a (1+1)-CMA-ES from the best of them.  As long as nothing
 * is found it raises the damping ratio of the least damped mode, which does not reward merely slow
 * modes as the abscissa does.  Then it raises the relative abscissa, or lowers the share.
 * Determined by the plan and the index alone.  A lower bound on what is possible, never a proof of
 * absence.
 * repelled (or NULL): in how many of the random instances it is found.
 * SG_INTERRUPTED: stopped before its end, the result is of no use. */
enum sg_status sg_search_climb(struct sg_repelling *top, size_t *repelled,
                               const struct sg_search_plan *plan, size_t index) SG_MUST_CHECK;
/* One random instance, without its abscissa:
 *   weights    N(0, 0.49)
 *   S, R       L L^T, with the logarithms of the diagonal of L and its other entries N(0, 1)
 *   ln kappa   N(-4, 4)
 * What the plan fixes is fixed. */
void sg_search_draw(struct sg_repelling *instance, const struct sg_search_plan *plan,
                    struct sg_rng *rng);
/* Writes the instance (all of it set) as a case file of DY8: `head`, lines that begin with #, then
 * what reproduces it bit for bit.  The case is expected to hold if the instance repels by more than
 * SG_SEARCH_FOUND.  Then its control is the critical kappa, exceeded by 1 %.
 * steps: simulated (1: none). */
enum sg_status sg_search_write_case(FILE *out, const struct sg_repelling *instance,
                                    const char *head, unsigned steps) SG_MUST_CHECK;

/* ---- three-point interpolation (DY6) ------------------------------------------------------ */

/* x, g = grad f(x), d with |d - g| <= rho |g|, and g_next = grad f(x - gamma d) of an f in the
 * class whose minimum 0 is at 0.  Four vectors lie in R^4 up to a rotation. */
enum { SG_TRIPLE_DIM = 4 };
struct sg_triple {
    double x[SG_TRIPLE_DIM], g[SG_TRIPLE_DIM], d[SG_TRIPLE_DIM], g_next[SG_TRIPLE_DIM];
    double ratio;                   /* the largest f(x+)/f(x) of an f that has them */
};
struct sg_triple_plan {
    struct sg_cert_inexact step;    /* L = 1 */
    size_t draws;                   /* random triples a climb, the best of which is its start */
    size_t steps;                   /* evaluations after them */
    uint64_t seed;
};
/* Climb `index`: the ratio raised by a (1+1)-CMA-ES over everything that the interpolation
 * inequalities allow, which is all functions of the class, not quadratics alone.  Determined by the
 * plan and the index alone.  A lower bound on what is possible: sg_cert_triple_ratio proves it, and
 * sg_cert_inexact_factor has the bound from above.
 * SG_INTERRUPTED: stopped before its end, the result is of no use. */
enum sg_status sg_search_triple(struct sg_triple *top, const struct sg_triple_plan *plan,
                                size_t index) SG_MUST_CHECK;

SG_PUBLIC_END

#endif
