/* Three points x, x+ = x - gamma d and x* = 0 with gradients g, g+ and 0: is there an m-strongly
 * convex, L-smooth f with min f = f(0) = 0 that has them, and what is the largest f(x+)/f(x)?
 *
 * Such f exist iff numbers f_0 = f(x), f_1 = f(x+), f_* = 0 keep the six interpolation inequalities
 * f_i - f_j >= q_ij (Taylor, Hendrickx, Glineur, Math. Program. 161, 2017, Theorem 4).  All q_ij
 * are rational, so that this is a polygon in (f_0, f_1) with rational corners. */
#ifdef SG_HAVE_FLINT
#include "cert/exact.h"

enum { START, NEXT, REST, POINTS };

struct polygon {
    fmpq_t m, L, t, product;
    fmpq_mat_t x, g;                   /* POINTS x n */
    fmpq_t q[POINTS][POINTS];
};

/* out = <a_i - a_j, b_k - b_l> */
static void inner(fmpq_t out, const fmpq_mat_t a, slong i, slong j, const fmpq_mat_t b, slong k,
                  slong l)
{
    fmpq_t u, v;
    fmpq_init(u);
    fmpq_init(v);
    fmpq_zero(out);
    for (slong c = 0; c < fmpq_mat_ncols(a); c++) {
        fmpq_sub(u, fmpq_mat_entry(a, i, c), fmpq_mat_entry(a, j, c));
        fmpq_sub(v, fmpq_mat_entry(b, k, c), fmpq_mat_entry(b, l, c));
        fmpq_addmul(out, u, v);
    }
    fmpq_clear(u);
    fmpq_clear(v);
}

/* q_ij = <g_j, x_i - x_j> + (|g_i - g_j|^2 + m L |x_i - x_j|^2 - 2 m <g_i - g_j, x_i - x_j>)
 *        / (2 (L - m)); g_* = 0, so <g_j, .> is <g_j - g_*, .>. */
static void inequality(fmpq_t q, struct polygon *p, slong i, slong j)
{
    inner(p->product, p->g, i, j, p->g, i, j);
    fmpq_set(q, p->product);
    inner(p->product, p->x, i, j, p->x, i, j);
    fmpq_mul(p->t, p->m, p->L);
    fmpq_addmul(q, p->t, p->product);
    inner(p->product, p->g, i, j, p->x, i, j);
    fmpq_mul_2exp(p->t, p->m, 1);
    fmpq_submul(q, p->t, p->product);
    fmpq_sub(p->t, p->L, p->m);
    fmpq_mul_2exp(p->t, p->t, 1);
    fmpq_div(q, q, p->t);
    inner(p->product, p->g, j, REST, p->x, i, j);
    fmpq_add(q, q, p->product);
}

static void polygon_init(struct polygon *p, const struct sg_cert_inexact *step,
                         const struct sg_cert_triple *triple)
{
    fmpq_t gamma;
    fmpq *const number[] = {p->m, p->L, p->t, p->product, gamma};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_init(number[k]);
    sg_exact_rational(p->m, step->m);
    sg_exact_rational(p->L, step->L);
    sg_exact_rational(gamma, step->gamma);
    fmpq_mat_init(p->x, POINTS, (slong)triple->n);
    fmpq_mat_init(p->g, POINTS, (slong)triple->n);
    for (slong c = 0; c < (slong)triple->n; c++) {
        sg_exact_rational(fmpq_mat_entry(p->x, START, c), triple->x[c]);
        sg_exact_rational(fmpq_mat_entry(p->g, START, c), triple->g[c]);
        sg_exact_rational(fmpq_mat_entry(p->g, NEXT, c), triple->g_next[c]);
        sg_exact_rational(p->t, triple->d[c]);
        fmpq_set(fmpq_mat_entry(p->x, NEXT, c), fmpq_mat_entry(p->x, START, c));
        fmpq_submul(fmpq_mat_entry(p->x, NEXT, c), gamma, p->t);
    }
    for (slong i = 0; i < POINTS; i++)
        for (slong j = 0; j < POINTS; j++) {
            fmpq_init(p->q[i][j]);
            if (i != j)
                inequality(p->q[i][j], p, i, j);
        }
    fmpq_clear(gamma);
}

static void polygon_clear(struct polygon *p)
{
    fmpq *const number[] = {p->m, p->L, p->t, p->product};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_clear(number[k]);
    for (slong i = 0; i < POINTS; i++)
        for (slong j = 0; j < POINTS; j++)
            fmpq_clear(p->q[i][j]);
    fmpq_mat_clear(p->x);
    fmpq_mat_clear(p->g);
}

/* |d - g|^2 <= rho^2 |g|^2 */
static bool error_is_allowed(const struct sg_cert_inexact *step,
                             const struct sg_cert_triple *triple)
{
    fmpq_t off, allowed, rho, d, g;
    fmpq *const number[] = {off, allowed, rho, d, g};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_init(number[k]);
    sg_exact_rational(rho, step->rho);
    for (size_t c = 0; c < triple->n; c++) {
        sg_exact_rational(d, triple->d[c]);
        sg_exact_rational(g, triple->g[c]);
        fmpq_addmul(allowed, g, g);
        fmpq_sub(d, d, g);
        fmpq_addmul(off, d, d);
    }
    fmpq_mul(allowed, allowed, rho);
    fmpq_mul(allowed, allowed, rho);
    const bool is = fmpq_cmp(off, allowed) <= 0;
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_clear(number[k]);
    return is;
}

/* ---- the corners ---------------------------------------------------------------------------- */

/* At f_0 the largest f_1 is min(most, f_0 - q_01): its ratio, if larger than the best so far. */
static void look(fmpq_t best, const fmpq_t f_0, const fmpq_t most, const fmpq_t q_01)
{
    fmpq_t f_1;
    fmpq_init(f_1);
    fmpq_sub(f_1, f_0, q_01);
    if (fmpq_cmp(f_1, most) > 0)
        fmpq_set(f_1, most);
    fmpq_div(f_1, f_1, f_0);
    if (fmpq_cmp(f_1, best) > 0)
        fmpq_set(best, f_1);
    fmpq_clear(f_1);
}

/* Largest f_1 / f_0; false: the polygon is empty, or x = 0. */
static bool largest(fmpq_t best, const struct polygon *p)
{
    fmpq_t low, high, most, corner;
    fmpq *const number[] = {low, high, most, corner};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_init(number[k]);
    fmpq_neg(most, p->q[REST][NEXT]);                         /* f_1 <= -q_*1 */
    fmpq_add(low, p->q[NEXT][REST], p->q[START][NEXT]);       /* f_0 >= f_1 + q_01, f_1 >= q_1* */
    if (fmpq_cmp(p->q[START][REST], low) > 0)
        fmpq_set(low, p->q[START][REST]);
    fmpq_sub(high, most, p->q[NEXT][START]);                  /* f_0 <= f_1 - q_10 */
    fmpq_neg(corner, p->q[REST][START]);
    if (fmpq_cmp(corner, high) < 0)
        fmpq_set(high, corner);
    fmpq_add(corner, p->q[START][NEXT], p->q[NEXT][START]);
    const bool some = fmpq_cmp(low, high) <= 0 && fmpq_cmp(p->q[NEXT][REST], most) <= 0 &&
                      fmpq_sgn(corner) <= 0 && fmpq_sgn(low) > 0;
    if (some) {
        fmpq_set_si(best, -1, 1);
        look(best, low, most, p->q[START][NEXT]);
        look(best, high, most, p->q[START][NEXT]);
        fmpq_add(corner, most, p->q[START][NEXT]);            /* where the two bounds on f_1 meet */
        if (fmpq_cmp(low, corner) < 0 && fmpq_cmp(corner, high) < 0)
            look(best, corner, most, p->q[START][NEXT]);
    }
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        fmpq_clear(number[k]);
    return some;
}

enum sg_status sg_cert_triple_ratio(struct sg_interval *ratio, const struct sg_cert_inexact *step,
                                    const struct sg_cert_triple *triple)
{
    SG_REQUIRE(ratio && step && triple);
    bool finite = isfinite(step->m) && isfinite(step->L) && isfinite(step->rho) &&
                  isfinite(step->gamma);
    for (size_t c = 0; c < triple->n; c++)
        finite = finite && isfinite(triple->x[c]) && isfinite(triple->g[c]) &&
                 isfinite(triple->d[c]) && isfinite(triple->g_next[c]);
    *ratio = (struct sg_interval){SG_NAN, SG_NAN};
    if (!finite)
        return SG_NOT_FINITE;
    if (!(step->m > 0 && step->m < step->L && step->rho >= 0))
        return SG_HYPOTHESIS;
    struct polygon p;
    fmpq_t best;
    fmpq_init(best);
    polygon_init(&p, step, triple);
    const bool is = error_is_allowed(step, triple) && largest(best, &p);
    if (is)
        *ratio = sg_exact_interval(best);
    polygon_clear(&p);
    fmpq_clear(best);
    flint_cleanup();
    return is ? SG_OK : SG_REFUTED;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
