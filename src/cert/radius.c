/* Where the eigenvalues of a matrix lie, by repeated squaring in balls:
 * (|tr J^k| / n)^{1/k} <= rho(J) <= |J^k|_F^{1/k}.
 *
 * The left side because tr J^k is a sum of n eigenvalues' k-th powers, the right one because
 * rho(J)^k = rho(J^k) <= |J^k|.  Nothing is isolated, so multiple and defective eigenvalues
 * are as good as simple ones. */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/ball.h"

/* radii are told from 1 down to a distance of about 1e-14 */
enum { SQUARINGS = 52 };

struct radius {
    struct sg_interval *radius;
    size_t n;
    sg_ball_matrix fill;
    void *context;
    double width;
};

/* x >= 0 -> x^{1/2^k}, an upper (1) or lower (-1) bound as a double. */
static double root(const arb_t x, int k, int side, slong bits)
{
    arb_t r;
    arf_t bound;
    arb_init(r);
    arf_init(bound);
    if (side < 0)
        arb_get_abs_lbound_arf(bound, x, bits);
    else
        arb_get_abs_ubound_arf(bound, x, bits);
    arb_set_arf(r, bound);
    for (int i = 0; i < k; i++)
        arb_sqrt(r, r, bits);
    const double value = side < 0 ? sg_ball_low(r) : sg_ball_high(r);
    arb_clear(r);
    arf_clear(bound);
    return value;
}

/* the balls are as large as what they hold */
static bool lost(const arb_t norm)
{
    return !arb_is_finite(norm) || (!arb_is_zero(norm) && arb_rel_accuracy_bits(norm) < 8);
}

static enum sg_status powers(void *context, slong bits)
{
    const struct radius *r = context;
    arb_mat_t P;
    arb_t norm, trace;
    double low = 0, high = HUGE_VAL;
    arb_mat_init(P, (slong)r->n, (slong)r->n);
    arb_init(norm);
    arb_init(trace);
    enum sg_status status = r->fill(P, r->context, bits);
    bool decided = false, exhausted = true;
    for (int k = 0; k <= SQUARINGS && status == SG_OK && !decided; k++) {
        if (k > 0)
            arb_mat_sqr(P, P, bits);
        arb_mat_frobenius_norm(norm, P, bits);
        if (lost(norm)) {
            exhausted = false;
            break;
        }
        arb_mat_trace(trace, P, bits);
        arb_div_ui(trace, trace, r->n, bits);
        high = fmin(high, root(norm, k, 1, bits));
        low = fmax(low, root(trace, k, -1, bits));
        decided = (high < 1 || low > 1) && (!isfinite(r->width) || high - low <= r->width * high);
    }
    arb_mat_clear(P);
    arb_clear(norm);
    arb_clear(trace);
    if (status != SG_OK)
        return status;
    *r->radius = (struct sg_interval){low, high};
    if (!decided && !exhausted && bits < SG_CERT_BITS_MOST)
        return SG_UNPROVED;
    return high < 1 ? SG_OK : low > 1 ? SG_REFUTED : SG_NO_CONVERGENCE;
}

enum sg_status sg_ball_radius(struct sg_interval *radius, size_t n, sg_ball_matrix fill,
                              void *context, double width)
{
    struct radius r = {radius, n, fill, context, width};
    SG_REQUIRE(n > 0 && width > 0);
    *radius = (struct sg_interval){SG_NAN, SG_NAN};
    return sg_ball_raise(powers, &r);
}

/* ---- flows ----------------------------------------------------------------------------- */

struct cayley { sg_ball_matrix fill; void *context; double h; };

/* (I - hA)^{-1} (I + hA), h a power of two with h |A|_F in [1/4, 1): I - hA is invertible. */
static enum sg_status cayley(arb_mat_t C, void *context, slong bits)
{
    struct cayley *c = context;
    const slong n = arb_mat_nrows(C);
    arb_mat_t A, below;
    arb_t norm, h;
    arb_mat_init(A, n, n);
    arb_mat_init(below, n, n);
    arb_init(norm);
    arb_init(h);
    enum sg_status status = c->fill(A, c->context, bits);
    arb_mat_frobenius_norm(norm, A, bits);
    int exponent;
    (void)frexp(sg_ball_high(norm), &exponent);
    c->h = ldexp(1.0, -exponent);
    arb_set_d(h, c->h);
    arb_mat_scalar_mul_arb(A, A, h, bits);
    arb_mat_one(below);
    arb_mat_sub(below, below, A, bits);
    arb_mat_one(C);
    arb_mat_add(A, A, C, bits);
    if (status == SG_OK && !arb_mat_solve(C, below, A, bits))
        status = SG_UNPROVED;
    arb_mat_clear(A);
    arb_mat_clear(below);
    arb_clear(norm);
    arb_clear(h);
    return status;
}

/* |1 + h lambda| >= r |1 - h lambda| for some lambda:  (1 + r^2) 2 h Re
 * lambda >= (r^2 - 1) (1 + h^2 |lambda|^2) >= r^2 - 1. */
enum sg_status sg_ball_growth(double *growth, size_t n, sg_ball_matrix fill, void *context)
{
    struct cayley c = {fill, context, 0};
    struct sg_interval radius;
    const enum sg_status status = sg_ball_radius(&radius, n, cayley, &c, 1e-3);
    *growth = SG_NAN;
    if (status == SG_REFUTED) {
        /* > 1; the last digits are given away below */
        const double r = radius.low;
        *growth = (r - 1) * (r + 1) / (2 * c.h * (1 + r * r)) * (1 - 8 * SG_UNIT_ROUNDOFF);
    }
    return status;
}

/* ---- doubles --------------------------------------------------------------------------- */

static enum sg_status fill_doubles(arb_mat_t J, void *context, slong bits)
{
    (void)bits;
    sg_ball_set(J, context);
    return SG_OK;
}

enum sg_status sg_cert_radius(struct sg_interval *radius, const double *a, size_t n, double width)
{
    SG_REQUIRE(radius);
    *radius = (struct sg_interval){SG_NAN, SG_NAN};
    return sg_ball_finite(a, n * n)
               ? sg_ball_radius(radius, n, fill_doubles, (void *)(uintptr_t)a, width)
               : SG_NOT_FINITE;
}

enum sg_status sg_cert_growth(double *growth, const double *a, size_t n)
{
    SG_REQUIRE(growth);
    *growth = SG_NAN;
    return sg_ball_finite(a, n * n) ? sg_ball_growth(growth, n, fill_doubles, (void *)(uintptr_t)a)
                                    : SG_NOT_FINITE;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
