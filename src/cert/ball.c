/* Balls: precision raised until proved, outward conversion, positive definiteness. */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/ball.h"

enum sg_status sg_ball_raise(sg_ball_attempt attempt, void *context)
{
    enum sg_status status = SG_UNPROVED;
    for (slong bits = SG_CERT_BITS_FIRST; bits <= SG_CERT_BITS_MOST && status == SG_UNPROVED;
         bits *= 2)
        status = attempt(context, bits);
    flint_cleanup();                                     /* this thread may end */
    return status == SG_NO_CONVERGENCE ? SG_UNPROVED : status;
}

/* Lower (-1) or upper (1) end, rounded outward. */
static double end(const arb_t x, int side)
{
    arf_t a;
    if (!arb_is_finite(x))
        return SG_NAN;
    arf_init(a);
    if (side < 0)
        arb_get_lbound_arf(a, x, 64);
    else
        arb_get_ubound_arf(a, x, 64);
    const double value = arf_get_d(a, side < 0 ? ARF_RND_FLOOR : ARF_RND_CEIL);
    arf_clear(a);
    return value;
}

double sg_ball_low(const arb_t x) { return end(x, -1); }
double sg_ball_high(const arb_t x) { return end(x, 1); }

struct sg_interval sg_ball_interval(const arb_t x)
{
    return (struct sg_interval){end(x, -1), end(x, 1)};
}

void sg_ball_set(arb_mat_t out, const double *a)
{
    for (slong i = 0; i < arb_mat_nrows(out); i++)
        for (slong j = 0; j < arb_mat_ncols(out); j++)
            arb_set_d(arb_mat_entry(out, i, j), a[i * arb_mat_ncols(out) + j]);
}

bool sg_ball_finite(const double *a, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite = finite && isfinite(a[i]);
    return finite;
}

void sg_ball_mul_tn(arb_mat_t out, const arb_mat_t a, const arb_mat_t b, slong bits)
{
    arb_mat_t t;
    arb_mat_init(t, arb_mat_ncols(a), arb_mat_nrows(a));
    arb_mat_transpose(t, a);
    arb_mat_mul(out, t, b, bits);
    arb_mat_clear(t);
}

void sg_ball_block(arb_mat_t out, const arb_mat_t a, slong row, slong column)
{
    for (slong i = 0; i < arb_mat_nrows(out); i++)
        for (slong j = 0; j < arb_mat_ncols(out); j++)
            arb_set(arb_mat_entry(out, i, j), arb_mat_entry(a, row + i, column + j));
}

bool sg_ball_positive(const arb_mat_t a, slong bits)
{
    arb_mat_t L;
    arb_mat_init(L, arb_mat_nrows(a), arb_mat_nrows(a));
    const bool proved = arb_mat_cho(L, a, bits);
    arb_mat_clear(L);
    return proved;
}

/* Is scale I - a (sign = -1) or a - scale I (sign = 1) positive definite? */
static bool is_beyond(const arb_mat_t a, double scale, int sign, slong bits)
{
    const slong n = arb_mat_nrows(a);
    arb_mat_t b;
    arb_t s;
    arb_init(s);
    arb_set_d(s, scale);
    arb_mat_init(b, n, n);
    arb_mat_set(b, a);
    for (slong i = 0; i < n; i++)
        arb_sub(arb_mat_entry(b, i, i), arb_mat_entry(b, i, i), s, bits);
    if (sign < 0)
        arb_mat_neg(b, b);
    const bool proved = sg_ball_positive(b, bits);
    arb_mat_clear(b);
    arb_clear(s);
    return proved;
}

/* v^T a v / v^T v for a double v. */
static void rayleigh(arb_t out, const arb_mat_t a, const double *v, slong stride, slong bits)
{
    const slong n = arb_mat_nrows(a);
    arb_mat_t x, ax, product;
    arb_t length;
    arb_init(length);
    arb_mat_init(x, n, 1);
    arb_mat_init(ax, n, 1);
    arb_mat_init(product, 1, 1);
    for (slong i = 0; i < n; i++)
        arb_set_d(arb_mat_entry(x, i, 0), v[i * stride]);
    sg_ball_mul_tn(product, x, x, bits);
    arb_set(length, arb_mat_entry(product, 0, 0));
    arb_mat_mul(ax, a, x, bits);
    sg_ball_mul_tn(product, x, ax, bits);
    arb_div(out, arb_mat_entry(product, 0, 0), length, bits);
    arb_mat_clear(x);
    arb_mat_clear(ax);
    arb_mat_clear(product);
    arb_clear(length);
}

/* One end of the spectrum: a floating eigenvector for the inner bound, Cholesky for the outer one
 * at the nearest distance that is proved. */
static enum sg_status extreme(struct sg_interval *at, const arb_mat_t a, int sign, slong bits)
{
    const size_t n = (size_t)arb_mat_nrows(a);
    double *b = SG_NEW(n * n, double), *v = SG_NEW(n * n, double), *lambda = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            b[i * n + j] =
                arf_get_d(arb_midref(arb_mat_entry(a, (slong)i, (slong)j)), ARF_RND_NEAR);
    enum sg_status status = sg_base_eigen_symmetric(lambda, v, b, n);
    *at = (struct sg_interval){SG_NAN, SG_NAN};
    if (status == SG_OK) {
        arb_t q;
        arb_init(q);
        rayleigh(q, a, v + (sign > 0 ? 0 : n - 1), (slong)n, bits);
        const double inner = sign > 0 ? sg_ball_low(q) : sg_ball_high(q),
                     scale = fmax(fabs(lambda[0]), fabs(lambda[n - 1]));
        status = SG_UNPROVED;
        for (int e = -50; e <= -10 && status == SG_UNPROVED && isfinite(inner); e += 4) {
            const double outer = inner + sign * ldexp(scale, e);
            if (is_beyond(a, outer, -sign, bits)) {
                *at = sign > 0 ? (struct sg_interval){inner, outer}
                               : (struct sg_interval){outer, inner};
                status = SG_OK;
            }
        }
        arb_clear(q);
    }
    free(b);
    free(v);
    free(lambda);
    return status;
}

enum sg_status sg_ball_top(struct sg_interval *top, const arb_mat_t a, slong bits)
{
    return extreme(top, a, 1, bits);
}
enum sg_status sg_ball_bottom(struct sg_interval *bottom, const arb_mat_t a, slong bits)
{
    return extreme(bottom, a, -1, bits);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
