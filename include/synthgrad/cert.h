/* cert.h - proved statements: exact rational arithmetic, nothing rounded.  Built where FLINT is (SG_HAVE_FLINT). */
#ifndef SYNTHGRAD_CERT_H
#define SYNTHGRAD_CERT_H

#include "synthgrad/base.h"

#pragma GCC visibility push(default)

struct sg_rational { int64_t num, den; };   /* den > 0 */

/* DY8's reduced system of two layers with rational data, centred or without a constant term:  u (d x m), v (d x K), b (m x K),
 *   u' = -S u W2^T W2 - W1 W1^T S u - S v W2,   v' = W1 W1^T S u W2^T - kappa (W1 W1^T + P P^T) S v - kappa P R b,
 *   b' = -u^T S W1 - kappa P^T S v - kappa R b,   P = W1 W2.
 * e (d, or NULL): a constant term and the ones among the columns of X, 1 = x e.  Then v' has W1 W1^T + P P^T + e e^T; the constant's own K roots 0 are
 * left out. */
struct sg_cert_two_layers { size_t d, K, m; const struct sg_rational *W1, *W2, *S, *R, *e; struct sg_rational kappa; };
struct sg_cert_roots {
    size_t degree;              /* of the characteristic polynomial without its roots 0 */
    size_t zeros, positive, negative;   /* roots 0 with multiplicity; distinct real roots */
    bool bracketed;             /* the polynomial has opposite signs at low and high: a root lies between */
};
/* Exact: the characteristic polynomial over Q, a Sturm sequence of its squarefree part.  low < high: finite doubles, taken exactly.
 * Source: claim DY8. */
void sg_cert_two_layer_roots(struct sg_cert_roots *roots, const struct sg_cert_two_layers *system, double low, double high);

#pragma GCC visibility pop

#endif
