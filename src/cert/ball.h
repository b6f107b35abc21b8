/* ball.h - private to cert/: ball arithmetic (Arb).  A ball [mid +- radius] contains the exact
 * number.  What holds for every number in the balls is proved. */
#ifndef SG_CERT_BALL_H
#define SG_CERT_BALL_H

#ifdef SG_HAVE_ARB
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"        /* inline functions of FLINT and Arb */
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#if __has_include(<flint/arb_mat.h>)                 /* FLINT 3 */
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif
#pragma GCC diagnostic pop

#include "synthgrad/cert.h"

/* ---- precision ------------------------------------------------------------------------- */

/* One attempt at a precision.  SG_UNPROVED: more bits may help.  SG_NO_CONVERGENCE: they will
 * not. */
enum { SG_CERT_BITS_FIRST = 128, SG_CERT_BITS_MOST = 1024 };
typedef enum sg_status (*sg_ball_attempt)(void *context, slong bits);
/* Calls attempt(context, bits) at 128, 256, ... SG_CERT_BITS_MOST bits while it
 * answers SG_UNPROVED.  Returns its last answer, SG_NO_CONVERGENCE as SG_UNPROVED.
 * Gives back this thread's caches. */
enum sg_status sg_ball_raise(sg_ball_attempt attempt, void *context) SG_MUST_CHECK;

/* ---- numbers and matrices -------------------------------------------------------------- */

/* Both ends as doubles rounded outward.  NaN for a ball that is not finite. */
struct sg_interval sg_ball_interval(const arb_t x);
/* One end in the same way. */
double sg_ball_low(const arb_t x);
double sg_ball_high(const arb_t x);
/* out = exactly the doubles a, row-major in the shape of `out`. */
void sg_ball_set(arb_mat_t out, const double *a);
bool sg_ball_finite(const double *a, size_t n);
/* out = a^T b, fresh shapes checked by Arb. */
void sg_ball_mul_tn(arb_mat_t out, const arb_mat_t a, const arb_mat_t b, slong bits);
/* out = the block of a, of out's shape, whose first entry is (row, column). */
void sg_ball_block(arb_mat_t out, const arb_mat_t a, slong row, slong column);
/* Is every symmetric matrix in the balls proved positive definite, by an interval Cholesky
 * factor? */
bool sg_ball_positive(const arb_mat_t a, slong bits);
/* Encloses the largest eigenvalue of a symmetric matrix: from below by a Rayleigh quotient, from
 * above by Cholesky of `high I - a`. */
enum sg_status sg_ball_top(struct sg_interval *top, const arb_mat_t a, slong bits) SG_MUST_CHECK;
/* Encloses the smallest in the same way. */
enum sg_status sg_ball_bottom(struct sg_interval *bottom, const arb_mat_t a,
                              slong bits) SG_MUST_CHECK;

/* ---- the spectral radius --------------------------------------------------------------- */

/* Fills J (n x n, initialised) at this precision. */
typedef enum sg_status (*sg_ball_matrix)(arb_mat_t J, void *context, slong bits);
/* Encloses the spectral radius rho(J), for k = 1, 2, 4, ..., by
 *     (|tr J^k| / n)^{1/k} <= rho(J) <= |J^k|_F^{1/k}.
 * Multiple eigenvalues are no obstacle.  SG_OK: rho < 1.  SG_REFUTED: rho > 1.  SG_UNPROVED.
 * Goes on until the enclosure has this relative width too.  HUGE_VAL: the answer is enough. */
enum sg_status sg_ball_radius(struct sg_interval *radius, size_t n, sg_ball_matrix fill,
                              void *context, double width) SG_MUST_CHECK;
/* SG_REFUTED: some eigenvalue of A has a real part >= *growth > 0.  SG_OK: all real parts are < 0,
 * and *growth is NaN.  The Cayley transform (I - hA)^{-1}(I + hA) maps Re > 0 outside the
 * unit circle and eigenvalues 0 to 1 exactly. */
enum sg_status sg_ball_growth(double *growth, size_t n, sg_ball_matrix fill,
                              void *context) SG_MUST_CHECK;

/* ---- Krawczyk -------------------------------------------------------------------------- */

/* F (n x 1) and, unless NULL, its Jacobian J (n x n) at every x in the balls. */
struct sg_ball_system {
    slong n;
    enum sg_status (*at)(arb_mat_t F, arb_mat_struct *J, const arb_mat_t x, void *context,
                         slong bits);
    void *context;
};
/* Proves by Krawczyk's test that F has exactly one zero in a box around `point`.  Boxes have
 * half-width *width max(1, |entry|) around the doubles nearest `point`, *width = 1, 1/2, ... 2^-40.
 * The first that proves it and contains the point is taken.  Then point is an enclosure of the
 * zero. */
enum sg_status sg_ball_largest_box(double *width, arb_mat_t point,
                                   const struct sg_ball_system *system, slong bits) SG_MUST_CHECK;

#endif
#endif
