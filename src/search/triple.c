/* Climbing over all triples of points of m-strongly convex, L-smooth functions, for one on which a
 * step of inexact gradient descent leaves more of f - f* than its bound (DY6).
 *
 * Three points with gradients and values are those of such a function iff they keep the six
 * interpolation inequalities (Taylor, Hendrickx, Glineur, Math. Program. 161, 2017); that makes the
 * worst step a search in R^9: performance estimation (Drori, Teboulle 2014; de Klerk, Glineur,
 * Taylor 2020) without its semidefinite program.  L = 1 and x = e_1, by the choice of units. */
#include <math.h>
#include <string.h>

#include "search/search.h"

enum { DIM = SG_TRIPLE_DIM, THETA = 9 };
static const double SIGMA = 0.1;
/* Kept from every inequality, in units of L |x|^2, so that rounding breaks none; over 1 - m, as the
 * inequalities divide by 2 (L - m).  INSIDE: kept from both balls, over (1 - m)^2: a quadratic then
 * keeps 500 margins of |x+|^2. */
static const double MARGIN = 1e-14, INSIDE = 1e-11;

/* ---- the inequalities ----------------------------------------------------------------------- */

/* f_i - f_j >= <g_j, dx> + (|dg|^2 + m |dx|^2 - 2 m <dg, dx>) / (2 (1 - m)), dx = x_i - x_j. */
static double least_difference(const double *x_i, const double *g_i, const double *x_j,
                               const double *g_j, double m)
{
    double linear = 0, square = 0;
    for (int k = 0; k < DIM; k++) {
        const double dx = x_i[k] - x_j[k], dg = g_i[k] - g_j[k];
        linear += g_j[k] * dx;
        square += dg * dg + m * dx * dx - 2 * m * dg * dx;
    }
    return linear + square / (2 * (1 - m));
}

/* With f_0 fixed the largest f_1 is min(-q_*1, f_0 - q_01), so f_1/f_0 is largest at an end of what
 * f_0 may be, or where the two meet. */
void sg_search_triple_ratio(struct sg_triple *t, const struct sg_cert_inexact *step)
{
    static const double zero[DIM] = {0};
    const double m = step->m, margin = MARGIN / (1 - m);
    double next[DIM];
    for (int k = 0; k < DIM; k++)
        next[k] = t->x[k] - step->gamma * t->d[k];
    const double q_0s = least_difference(t->x, t->g, zero, zero, m),
                 q_s0 = least_difference(zero, zero, t->x, t->g, m),
                 q_1s = least_difference(next, t->g_next, zero, zero, m),
                 q_s1 = least_difference(zero, zero, next, t->g_next, m),
                 q_01 = least_difference(t->x, t->g, next, t->g_next, m),
                 q_10 = least_difference(next, t->g_next, t->x, t->g, m);
    const double low = fmax(q_0s, q_1s + q_01), high = fmin(-q_s0, -q_s1 - q_10);
    const double gap = fmax(fmax(low - high, q_1s + q_s1), q_01 + q_10) + margin;
    t->ratio = -gap;
    if (!(gap <= 0))
        return;
    const double ends[3] = {low, high, fmin(fmax(q_01 - q_s1, low), high)};
    t->ratio = 0;
    for (int k = 0; k < 3; k++)
        t->ratio = fmax(t->ratio, fmin(-q_s1, ends[k] - q_01) / ends[k]);
}

/* ---- a triple as a vector ------------------------------------------------------------------- */

struct climb { const struct sg_triple_plan *plan; struct sg_triple trial; };

/* v, made shorter where it is longer than `most`. */
static void shorten(double *v, size_t n, double most)
{
    const double length = sg_base_norm(v, n);
    for (size_t k = 0; k < n && length > most; k++)
        v[k] *= most / length;
}

/* out = H y, where H maps e_1 to c e_1 + v: H = c I + |v| R, R the reflection of e_1 to v/|v|.  Its
 * eigenvalues are c + |v| and c - |v|. */
static void quadratic(double *out, const double *y, double c, const double *v)
{
    const double length = sg_base_norm(v, DIM);
    double mirror[DIM] = {length}, square = 0, along = 0;
    for (int k = 0; k < DIM; k++) {
        mirror[k] -= v[k];
        square += mirror[k] * mirror[k];
        along += mirror[k] * y[k];
    }
    for (int k = 0; k < DIM; k++)
        out[k] = (c + length) * y[k] -
                 (square > 0 ? 2 * length * along / square * mirror[k] : 0);
}

/* Every theta is a triple of the class, and every triple is one (theta is not unique):
 *   theta[0..1]  g less (1 + m)/2 x, made as short as (1 - m)/2: then <g - m x, x - g> >= 0
 *   theta[2..4]  (d - g)/(rho |g|), made as short as 1
 *   theta[5..8]  g_next less H x+, H the quadratic with H x = g, as much of it as the inequalities
 *                allow, a convex set in g_next that H x+ is in: found by bisection */
static void decode(struct sg_triple *t, const double *theta, const struct sg_cert_inexact *step)
{
    enum { HALVINGS = 45 };
    const double m = step->m, c = (1 + m) / 2, short_of_1 = 1 - INSIDE / ((1 - m) * (1 - m));
    double off[DIM] = {theta[0], theta[1]}, e[3], next[DIM], base[DIM], low = 0, high = 1;
    memcpy(e, theta + 2, sizeof e);
    shorten(off, 2, (1 - m) / 2 * short_of_1);
    shorten(e, 3, short_of_1);
    *t = (struct sg_triple){.x = {1}, .g = {c + off[0], off[1]}};
    const double allowed = step->rho * sg_base_norm(t->g, 2);
    for (int k = 0; k < DIM; k++) {
        t->d[k] = t->g[k] + (k < 3 ? allowed * e[k] : 0);
        next[k] = t->x[k] - step->gamma * t->d[k];
    }
    quadratic(base, next, c, off);
    for (int k = 0; k <= HALVINGS; k++) {   /* first all of it, at the end what is allowed */
        const double share = k == 0 ? 1 : k == HALVINGS ? low : 0.5 * (low + high);
        for (int i = 0; i < DIM; i++)
            t->g_next[i] = base[i] + share * theta[5 + i];
        sg_search_triple_ratio(t, step);
        if (k == 0 && t->ratio >= 0)
            break;
        *(t->ratio >= 0 ? &low : &high) = share;
    }
}

static double height(const double *theta, void *context)
{
    struct climb *c = context;
    decode(&c->trial, theta, &c->plan->step);
    return c->trial.ratio;
}

enum sg_status sg_search_triple(struct sg_triple *top, const struct sg_triple_plan *plan,
                                size_t index)
{
    SG_REQUIRE(top && plan);
    struct climb c = {.plan = plan};
    const struct sg_climber climber = {THETA, plan->steps, SIGMA, height, &c};
    struct sg_rng *rng = sg_base_rng_alloc(plan->seed, "triples", index, "climb");
    double theta[THETA], next[THETA], best = -HUGE_VAL;
    for (size_t k = 0; k < plan->draws || k == 0; k++) {
        sg_base_rng_gaussians(next, THETA, rng);
        const double value = height(next, &c);
        if (value > best || k == 0) {
            best = value;
            memcpy(theta, next, sizeof theta);
        }
    }
    const enum sg_status status = sg_search_maximise(theta, &best, &climber, rng);
    decode(top, theta, &plan->step);
    sg_base_rng_free(rng);
    return status;
}
