/* One step of inexact gradient descent: the largest f(x+) - f* over f(x) - f* in the class of
 * m-strongly convex, L-smooth f (DY6), from above by a dual certificate and from below by an f.
 *
 * In the coordinates v = (x, g, d, g+) of R^4 (times any dimension), x* = 0, f* = 0:
 *     x+ = x - gamma d,   (ij): f_i - f_j >= q_ij(v),   |d - g|^2 <= rho^2 |g|^2,
 *     q_ij = <g_j, x_i - x_j> + (|g_i - g_j|^2 + m L |x_i - x_j|^2 - 2 m <g_i - g_j, x_i - x_j>)
 *            / (2 (L - m)),
 * the interpolation inequalities of the class (Taylor, Hendrickx, Glineur, Math. Program. 161,
 * 2017).  With r = max{1 - (1 - rho) m gamma, (1 + rho) L gamma - 1} the multipliers
 *     r on (x, x+),   r (1 - r) on (*, x),   1 - r on (*, x+),   nu = r gamma / (2 rho)
 * are de Klerk's, Glineur's and Taylor's (SIAM J. Optim. 30, 2020), and
 *     r^2 f(x) - f(x+) >= v^T S v,
 *     S = r q_01 + r (1 - r) q_*0 + (1 - r) q_*1 + nu (|d - g|^2 - rho^2 |g|^2).
 * Nobody has to be believed: that they are at least 0, that the f add up, and that S is positive
 * semidefinite is checked in rational arithmetic for the numbers at hand. */
#ifdef SG_HAVE_FLINT
#include "cert/exact.h"

enum { X, G, D, G_NEXT, VECTORS };
enum { START, NEXT, REST, POINTS };

struct bound {
    fmpq_t m, L, rho, gamma, r;
    fmpq_mat_t x, g;                  /* POINTS x VECTORS: x_i and g_i in the coordinates */
    fmpq_mat_t S;
    fmpq_t f[POINTS];                 /* what the inequalities add up to in f(x), f(x+), f* */
};

/* ---- the class ------------------------------------------------------------------------------ */

/* S += factor (a b^T + b a^T) / 2; a and b are rows. */
static void add_product(fmpq_mat_t S, const fmpq_t factor, const fmpq_mat_t a, const fmpq_mat_t b)
{
    fmpq_t half, term;
    fmpq_init(half);
    fmpq_init(term);
    fmpq_div_2exp(half, factor, 1);
    for (slong i = 0; i < VECTORS; i++)
        for (slong j = 0; j < VECTORS; j++) {
            fmpq_mul(term, fmpq_mat_entry(a, 0, i), fmpq_mat_entry(b, 0, j));
            fmpq_addmul(fmpq_mat_entry(S, i, j), half, term);
            fmpq_addmul(fmpq_mat_entry(S, j, i), half, term);
        }
    fmpq_clear(half);
    fmpq_clear(term);
}

static void difference(fmpq_mat_t out, const fmpq_mat_t points, slong i, slong j)
{
    for (slong k = 0; k < VECTORS; k++)
        fmpq_sub(fmpq_mat_entry(out, 0, k), fmpq_mat_entry(points, i, k),
                 fmpq_mat_entry(points, j, k));
}

/* weight times (ij): q_ij into S, f_i - f_j into the sums. */
static void add_inequality(struct bound *b, const fmpq_t weight, slong i, slong j)
{
    fmpq_mat_t dx, dg, g;
    fmpq_t c, t;
    fmpq_init(c);
    fmpq_init(t);
    fmpq_mat_init(dx, 1, VECTORS);
    fmpq_mat_init(dg, 1, VECTORS);
    fmpq_mat_window_init(g, b->g, j, 0, j + 1, VECTORS);
    difference(dx, b->x, i, j);
    difference(dg, b->g, i, j);
    add_product(b->S, weight, g, dx);
    fmpq_sub(c, b->L, b->m);
    fmpq_mul_2exp(c, c, 1);
    fmpq_div(c, weight, c);                                  /* weight / (2 (L - m)) */
    add_product(b->S, c, dg, dg);
    fmpq_mul(t, c, b->m);
    fmpq_mul(t, t, b->L);
    add_product(b->S, t, dx, dx);
    fmpq_mul(t, c, b->m);
    fmpq_mul_2exp(t, t, 1);
    fmpq_neg(t, t);
    add_product(b->S, t, dg, dx);
    fmpq_add(b->f[i], b->f[i], weight);
    fmpq_sub(b->f[j], b->f[j], weight);
    fmpq_mat_window_clear(g);
    fmpq_mat_clear(dx);
    fmpq_mat_clear(dg);
    fmpq_clear(c);
    fmpq_clear(t);
}

/* nu (|d - g|^2 - rho^2 |g|^2). */
static void add_error(struct bound *b, const fmpq_t nu)
{
    fmpq_mat_t off, g;
    fmpq_t weight;
    fmpq_init(weight);
    fmpq_mat_init(off, 1, VECTORS);
    fmpq_mat_init(g, 1, VECTORS);
    fmpq_set_si(fmpq_mat_entry(off, 0, D), 1, 1);
    fmpq_set_si(fmpq_mat_entry(off, 0, G), -1, 1);
    fmpq_set_si(fmpq_mat_entry(g, 0, G), 1, 1);
    add_product(b->S, nu, off, off);
    fmpq_mul(weight, b->rho, b->rho);
    fmpq_mul(weight, weight, nu);
    fmpq_neg(weight, weight);
    add_product(b->S, weight, g, g);
    fmpq_mat_clear(off);
    fmpq_mat_clear(g);
    fmpq_clear(weight);
}

/* rho = 0: d is g. */
static void identify(fmpq_mat_t S)
{
    for (int side = 0; side < 2; side++)
        for (slong k = 0; k < VECTORS; k++) {
            fmpq *from = side ? fmpq_mat_entry(S, k, D) : fmpq_mat_entry(S, D, k);
            fmpq *to = side ? fmpq_mat_entry(S, k, G) : fmpq_mat_entry(S, G, k);
            fmpq_add(to, to, from);
            fmpq_zero(from);
        }
}

/* ---- the certificate ------------------------------------------------------------------------ */

/* 1 - gamma s h: what is left of x under h x^2/2 with d = s g. */
static void left_by(fmpq_t out, const struct bound *b, bool steep, bool more)
{
    fmpq_set_si(out, 1, 1);
    if (more)
        fmpq_add(out, out, b->rho);
    else
        fmpq_sub(out, out, b->rho);
    fmpq_mul(out, out, steep ? b->L : b->m);
    fmpq_mul(out, out, b->gamma);
    fmpq_sub_si(out, out, 1);
    fmpq_neg(out, out);
}

static void bound_init(struct bound *b, const struct sg_cert_inexact *step)
{
    fmpq *const number[] = {b->m, b->L, b->rho, b->gamma, b->r, b->f[0], b->f[1], b->f[2]};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_init(number[k]);
    sg_exact_rational(b->m, step->m);
    sg_exact_rational(b->L, step->L);
    sg_exact_rational(b->rho, step->rho);
    sg_exact_rational(b->gamma, step->gamma);
    fmpq_mat_init(b->x, POINTS, VECTORS);
    fmpq_mat_init(b->g, POINTS, VECTORS);
    fmpq_mat_init(b->S, VECTORS, VECTORS);
    fmpq_set_si(fmpq_mat_entry(b->x, START, X), 1, 1);
    fmpq_set_si(fmpq_mat_entry(b->x, NEXT, X), 1, 1);
    fmpq_neg(fmpq_mat_entry(b->x, NEXT, D), b->gamma);
    fmpq_set_si(fmpq_mat_entry(b->g, START, G), 1, 1);
    fmpq_set_si(fmpq_mat_entry(b->g, NEXT, G_NEXT), 1, 1);
}

static void bound_clear(struct bound *b)
{
    fmpq *const number[] = {b->m, b->L, b->rho, b->gamma, b->r, b->f[0], b->f[1], b->f[2]};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_clear(number[k]);
    fmpq_mat_clear(b->x);
    fmpq_mat_clear(b->g);
    fmpq_mat_clear(b->S);
}

/* factor: the largest (1 - gamma s h)^2 over the corners h in {m, L}, s in {1 - rho, 1 + rho}, each
 * of which h x^2/2 with d = s g has. */
static void attained(fmpq_t factor, struct bound *b)
{
    fmpq_zero(factor);
    for (int corner = 0; corner < 4; corner++) {
        left_by(b->r, b, corner & 1, corner & 2);
        fmpq_mul(b->r, b->r, b->r);
        if (fmpq_cmp(b->r, factor) > 0)
            fmpq_set(factor, b->r);
    }
}

/* Is f(x+) - f* <= factor (f(x) - f*) proved by the multipliers? */
static bool proved(const fmpq_t factor, struct bound *b)
{
    fmpq_t weight, rest, nu, sum;
    fmpq *const number[] = {weight, rest, nu, sum};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_init(number[k]);
    left_by(rest, b, false, false);
    left_by(b->r, b, true, true);
    fmpq_neg(b->r, b->r);
    if (fmpq_cmp(rest, b->r) > 0)
        fmpq_set(b->r, rest);
    fmpq_sub_si(rest, b->r, 1);
    fmpq_neg(rest, rest);                                    /* 1 - r */
    fmpq_mul(weight, b->r, rest);
    add_inequality(b, b->r, START, NEXT);
    add_inequality(b, weight, REST, START);
    add_inequality(b, rest, REST, NEXT);
    if (fmpq_is_zero(b->rho)) {
        identify(b->S);
    } else {
        fmpq_mul(nu, b->r, b->gamma);
        fmpq_div(nu, nu, b->rho);
        fmpq_div_2exp(nu, nu, 1);
        add_error(b, nu);
    }
    fmpq_add_si(sum, b->f[NEXT], 1);                         /* f(x+) counts -1 */
    const bool so = fmpq_sgn(b->r) >= 0 && fmpq_sgn(rest) >= 0 && fmpq_sgn(weight) >= 0 &&
                    fmpq_sgn(nu) >= 0 && fmpq_is_zero(sum) && fmpq_cmp(b->f[START], factor) <= 0 &&
                    sg_exact_semidefinite(b->S);
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_clear(number[k]);
    return so;
}

static enum sg_status check(const struct sg_cert_inexact *step)
{
    if (!isfinite(step->m) || !isfinite(step->L) || !isfinite(step->rho) || !isfinite(step->gamma))
        return SG_NOT_FINITE;
    return step->m > 0 && step->m < step->L && step->rho >= 0 && step->rho < 1 && step->gamma > 0
               ? SG_OK : SG_HYPOTHESIS;
}

enum sg_status sg_cert_inexact_factor(struct sg_interval *factor,
                                      const struct sg_cert_inexact *step)
{
    SG_REQUIRE(factor && step);
    enum sg_status status = check(step);
    *factor = (struct sg_interval){SG_NAN, SG_NAN};
    if (status == SG_OK) {
        struct bound b;
        fmpq_t low;
        fmpq_init(low);
        bound_init(&b, step);
        attained(low, &b);
        status = proved(low, &b) ? SG_OK : SG_UNPROVED;
        *factor = sg_exact_interval(low);
        if (status != SG_OK)
            factor->high = HUGE_VAL;
        bound_clear(&b);
        fmpq_clear(low);
        flint_cleanup();
    }
    return status;
}

enum sg_status sg_cert_inexact_bound(const struct sg_cert_inexact *step, double factor)
{
    SG_REQUIRE(step);
    enum sg_status status = isfinite(factor) ? check(step) : SG_NOT_FINITE;
    if (status == SG_OK) {
        struct bound b;
        fmpq_t low, given;
        fmpq_init(low);
        fmpq_init(given);
        bound_init(&b, step);
        sg_exact_rational(given, factor);
        attained(low, &b);
        status = fmpq_cmp(given, low) < 0 ? SG_REFUTED
                 : proved(given, &b)      ? SG_OK
                                          : SG_UNPROVED;
        bound_clear(&b);
        fmpq_clear(low);
        fmpq_clear(given);
        flint_cleanup();
    }
    return status;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
