/* deep_exact.h - private to cert/: the flow of DY8 and DY15 over Q at a minimum, and roots of
 * polynomials with whole coefficients. */
#ifndef SG_CERT_DEEP_EXACT_H
#define SG_CERT_DEEP_EXACT_H

#include "cert/exact.h"
#include "synthgrad/cert.h"

#ifdef SG_HAVE_FLINT
/* ---- the flow ---------------------------------------------------------------------------- */

/* The Jacobian of (W, Phi)' at the minimum is (weights; kappa sg). */
struct sg_exact_flow {
    slong size, n_w, n_phi, constants;       /* constants: entries of the SGs' last rows */
    fmpq_mat_t weights, sg;    /* n_w x size, n_phi x size */
    bool regular;              /* the rests near the point are proved to be a manifold */
    slong rests;               /* its dimension, where regular */
};
/* SG_OK, and then the rates at the point are exactly 0.
 * SG_NOT_FINITE.
 * SG_HYPOTHESIS: S, R and the means are no moments.
 * To be cleared only after SG_OK. */
enum sg_status sg_exact_flow_init(struct sg_exact_flow *flow,
                                  const struct sg_cert_minimum *minimum) SG_MUST_CHECK;
void sg_exact_flow_clear(struct sg_exact_flow *flow);
/* nu / mu of two finite doubles, mu not 0. */
void sg_exact_kappa(fmpq_t kappa, double mu, double nu);

/* ---- roots ------------------------------------------------------------------------------- */

/* Roots of f, not 0, by the sign of their real part, with multiplicity. */
struct sg_exact_sides { slong zeros, left, axis, right; };   /* axis: without the zeros */
void sg_exact_sides_of(struct sg_exact_sides *sides, const fmpz_poly_t f);
/* Distinct roots of f in (0, inf). */
slong sg_exact_positive(const fmpz_poly_t f);

/* A root in (low, high) 2^exponent, or low = high: it is there. */
struct sg_exact_root { fmpz_t low, high; slong exponent; };
/* All roots of f in (0, inf), ascending and apart, each enclosed with high - low <= 2^-bits low.
 * The root in each interval is simple.  false: more than `most`, or a multiple one; none are kept.
 * *n of them are to be cleared. */
bool sg_exact_isolate(struct sg_exact_root *root, size_t *n, size_t most, const fmpz_poly_t f,
                      int bits);
void sg_exact_root_clear(struct sg_exact_root *root);
#endif

#endif
