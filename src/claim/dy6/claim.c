/* DY6: a relative error rho < 1 of the gradient is harmless, and exactly how harmless.
 *
 * Instances: quadratics in their eigenbasis, f = 1/2 sum h_i x_i^2, with the worst error direction found exactly (a sphere-constrained
 * quadratic, by its secular equation) and start and spectrum climbed towards the worst; and one-dimensional convex functions with
 * piecewise linear gradient, whose worst error is one of the two ends.  Neither uses the formula they are held against. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"

enum { DIM = 3, PIECES = 4, CLIMBS = 8, CLIMB_STEPS = 160, PIECEWISE = 384 };
static const double CURVATURE[] = {0.01, 0.1, 0.5};            /* m, with L = 1 */
static const double ERROR[] = {0.0, 0.3, 0.6, 0.9};            /* rho */
static const double STEP[] = {0.25, 0.5, 0.75, 1.0};           /* gamma, as a fraction of the largest; and the optimal one */
enum { CURVATURES = 3, ERRORS = 4, STEPS = 5 };

struct quadratic { double h[DIM], x[DIM]; };

static double value(const double *h, const double *x)
{
    double f = 0;
    for (int i = 0; i < DIM; i++)
        f += 0.5 * h[i] * x[i] * x[i];
    return f;
}

/* max over |e| = 1 of f(x - gamma (G + rho |G| e)), G = grad f(x).  With u = x - gamma G and c = gamma rho |G|: maximise f(v) over the
 * sphere |v - u| = c.  H v = lambda (v - u) with lambda >= h_max, so v - u = H (lambda - H)^{-1} u, whose length falls in lambda: bisect.
 * When it is too short even at h_max (u has no part along the top), the rest goes along the top eigenvector. */
static double worst_next(const struct quadratic *q, double rho, double gamma)
{
    double u[DIM], v[DIM], g2 = 0, top = q->h[0];
    int top_at = 0;
    for (int i = 0; i < DIM; i++) {
        const double g = q->h[i] * q->x[i];
        g2 += g * g;
        u[i] = q->x[i] - gamma * g;
        if (q->h[i] > top) {
            top = q->h[i];
            top_at = i;
        }
    }
    const double c = gamma * rho * sqrt(g2);
    double low = 0, high = 1;                                   /* of lambda - top, relative */
    double length = 0;
    for (int phase = 0, k = 0; k < 200; k++) {
        const double shift = phase ? 0.5 * (low + high) : high;
        length = 0;
        for (int i = 0; i < DIM; i++) {
            const double step = q->h[i] * u[i] / (shift + (top - q->h[i]));
            v[i] = u[i] + step;
            length += step * step;
        }
        length = sqrt(length);
        if (!phase && length > c && high < 1e300)
            high *= 4;                                          /* first a shift that is large enough */
        else if (!phase)
            phase = 1;
        else if (length > c)
            low = shift;
        else
            high = shift;
        if (phase && high - low <= 4 * SG_UNIT_ROUNDOFF * high)
            break;
    }
    if (u[top_at] == 0 && length < c)
        v[top_at] = sqrt(c * c - length * length);
    else if (length > 0)                                        /* exactly on the sphere, whatever bisection left */
        for (int i = 0; i < DIM; i++)
            v[i] = u[i] + (v[i] - u[i]) * (c / length);
    return value(q->h, v);
}

/* Scale-invariant: how much of f - f* is left at worst. */
static double quadratic_ratio(const struct quadratic *q, double rho, double gamma)
{
    return worst_next(q, rho, gamma) / value(q->h, q->x);
}

static struct quadratic random_quadratic(double m, struct sg_rng *rng)
{
    struct quadratic q;
    for (int i = 0; i < DIM; i++) {
        q.h[i] = m + (1 - m) * sg_base_rng_uniform(rng);
        q.x[i] = sg_base_rng_gaussian(rng);
    }
    return q;
}

/* An evolution strategy (1+1) on start and spectrum, the spectrum kept in [m, 1]. */
static double climb(double *largest, double m, double rho, double gamma, struct sg_rng *rng)
{
    struct quadratic best = random_quadratic(m, rng);
    double best_ratio = quadratic_ratio(&best, rho, gamma), width = 0.5;
    for (int k = 0; k < CLIMB_STEPS; k++) {
        struct quadratic next = best;
        const double norm = sg_base_norm(best.x, DIM);
        for (int i = 0; i < DIM; i++) {
            next.x[i] = best.x[i] / norm + width * sg_base_rng_gaussian(rng);
            next.h[i] = fmin(1, fmax(m, best.h[i] + width * sg_base_rng_gaussian(rng)));
        }
        const double ratio = quadratic_ratio(&next, rho, gamma);
        *largest = sg_base_max(*largest, ratio);
        if (ratio > best_ratio) {
            best = next;
            best_ratio = ratio;
            width *= 1.5;
        } else {
            width *= 0.92;
        }
    }
    return best_ratio;
}

/* f' piecewise linear with slopes in [m, 1], f'(0) = 0, its own pieces on either side. */
struct piecewise { double slope[2][PIECES], length[PIECES]; };

static double piecewise_value(const struct piecewise *p, double x, double *gradient)
{
    const double *slope = p->slope[x < 0];
    double left = fabs(x), f = 0, g = 0;
    for (int k = 0; k < PIECES; k++) {
        const double part = k + 1 < PIECES ? fmin(left, p->length[k]) : left;
        f += g * part + 0.5 * slope[k] * part * part;
        g += slope[k] * part;
        left -= part;
    }
    *gradient = x < 0 ? -g : g;
    return f;
}

static double piecewise_ratio(double m, double rho, double gamma, struct sg_rng *rng)
{
    struct piecewise p;
    double g, unused, worst = 0;
    for (int k = 0; k < PIECES; k++) {
        p.slope[0][k] = m + (1 - m) * sg_base_rng_uniform(rng);
        p.slope[1][k] = m + (1 - m) * sg_base_rng_uniform(rng);
        p.length[k] = sg_base_rng_uniform(rng);
    }
    const double x = 2 * sg_base_rng_gaussian(rng), f = piecewise_value(&p, x, &g);
    for (int side = -1; side <= 1; side += 2)                   /* f is convex along the segment of errors: an end is worst */
        worst = sg_base_max(worst, piecewise_value(&p, x - gamma * (1 + side * rho) * g, &unused) / f);
    return worst;
}

/* The 1-d quadratics that attain the bound: curvature m with the gradient too short, L with it too long. */
static double attained(double m, double rho, double gamma)
{
    const double slow = 1 - gamma * (m * (1 - rho)), fast = 1 - gamma * (1.0 * (1 + rho));
    return fmax(slow * slow, fast * fast);
}

struct worst { double excess, attained_gap, tolerance, loosest, above_one; size_t instances; };

static void cell(struct sg_evidence *ev, struct worst *w, double m, double rho, double gamma, bool draw, struct sg_rng *rng)
{
    const double factor = sg_closed_inexact_factor(m, 1, rho, gamma);
    double largest = 0;
    for (int k = 0; k < CLIMBS; k++)
        largest = sg_base_max(largest, climb(&largest, m, rho, gamma, rng));
    for (int k = 0; k < PIECEWISE; k++)
        largest = sg_base_max(largest, piecewise_ratio(m, rho, gamma, rng));
    w->instances += CLIMBS * (CLIMB_STEPS + 1) + PIECEWISE;
    w->excess = sg_base_max(w->excess, largest / factor - 1);
    /* Each v_i is off by a few u |x|, so f by a few u |x|^2 L, against factor f >= factor m |x|^2 / 2. */
    w->tolerance = sg_base_max(w->tolerance, 10 * SG_UNIT_ROUNDOFF / (m * factor));
    w->loosest = sg_base_max(w->loosest, 1 - largest / factor);
    w->attained_gap = sg_base_max(w->attained_gap, fabs(attained(m, rho, gamma) / factor - 1));
    w->above_one = sg_base_max(w->above_one, largest);
    if (draw)
        sg_claim_point(ev, (const double[]){m, rho, gamma * (1 + rho) / 2, factor, largest});
}

static void check_grid(struct sg_evidence *ev, const struct sg_trial *trial, struct sg_rng *rng)
{
    struct worst w = {.excess = -1};
    if (trial->figure)
        sg_claim_series(ev, "grid", "m rho gamma_over_largest factor largest_ratio");
    for (int i = 0; i < CURVATURES; i++)
        for (int j = 0; j < ERRORS; j++)
            for (int k = 0; k < STEPS; k++) {
                const double largest_step = 2 / (1 + ERROR[j]);
                const double gamma = k + 1 == STEPS ? sg_closed_inexact_step(CURVATURE[i], 1, ERROR[j])
                                                    : STEP[k] * trial->c->train.mu * largest_step;
                cell(ev, &w, CURVATURE[i], ERROR[j], gamma, trial->figure, rng);
            }
    char what[120];
    snprintf(what, sizeof what, "largest (f+ - f*)/(f - f*) over its bound, less 1, over %zu adversarial instances", w.instances);
    sg_claim_bound(ev, SG_SIMULATED, what, fmax(0, w.excess), w.tolerance, "10 u L / (m factor)");
    sg_claim_bound(ev, SG_SIMULATED, "the bound is reached: 1 - largest ratio over bound, in the loosest cell of the grid", w.loosest, 0.01,
                   "required tightness of the search");
    sg_claim_bound(ev, SG_CLOSED_FORM, "attained by a 1-d quadratic: relative distance of its ratio from the bound", w.attained_gap, w.tolerance,
                   "10 u L / (m factor)");
    sg_claim_fact(ev, SG_SIMULATED, "at every step size of the case f - f* shrinks, whatever the error", w.above_one < 1, "exact");
}

/* The descent lemma on quadratics that need not be convex: spectrum in [-1, 1], the same adversary. */
static void check_descent(struct sg_evidence *ev, struct sg_rng *rng)
{
    enum { TRIES = 4000 };
    double excess = 0, gap = 0;
    for (int k = 0; k < TRIES; k++) {
        const double rho = 0.99 * sg_base_rng_uniform(rng), eta = 2 / (1 + rho) * (0.02 + 0.97 * sg_base_rng_uniform(rng));
        const double rate = sg_closed_descent_rate(1, rho, eta);
        struct quadratic q = random_quadratic(-1, rng);
        double g2 = 0;
        for (int i = 0; i < DIM; i++)
            g2 += q.h[i] * q.h[i] * q.x[i] * q.x[i];
        const double x2 = sg_base_dot(q.x, q.x, DIM);
        excess = sg_base_max(excess, (worst_next(&q, rho, eta) - (value(q.h, q.x) - rate * g2)) / x2);
        const double low = 1 - eta * (1 - rho), high = 1 - eta * (1 + rho);     /* f = x^2/2 from x = 1, G = 1 */
        gap = sg_base_max(gap, fabs(0.5 - 0.5 * fmax(low * low, high * high) - rate));
    }
    sg_claim_bound(ev, SG_SIMULATED, "descent lemma, not necessarily convex: largest f+ - (f - rate |grad f|^2), over |x|^2", excess,
                   10 * DIM * SG_UNIT_ROUNDOFF, "10 dim u L");
    sg_claim_bound(ev, SG_CLOSED_FORM, "descent lemma attained by f = L x^2/2", gap, 10 * SG_UNIT_ROUNDOFF, "10 u");
}

/* rho = 1: the error may cancel the gradient; slightly above, turn it round. */
static void check_limits(struct sg_evidence *ev)
{
    const double m = 0.5, gamma = 0.5;
    double stalled = 1.0, grown = 1.0;
    for (int k = 0; k < 4000; k++) {
        stalled -= gamma * (1 - 1.0) * m * stalled;
        grown -= gamma * (1 - 1.01) * m * grown;
    }
    sg_claim_compare(ev, SG_SIMULATED, "rho = 1 stalls: x after 4000 steps", stalled, 1.0, 0.0, "exact: the step is 0");
    sg_claim_fact(ev, SG_SIMULATED, "rho = 1.01 diverges on f = m x^2/2", grown > 1e4, "growth by 1 + 0.01 m gamma a step");
}

/* Along a run of linear regression with a trained SG from phi = 0: rho_t, the sufficient condition, and what the theory then promises. */
static enum sg_status check_run(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_shallow *s;
    enum sg_status status = sg_shallow_alloc(&s, trial, sg_case_timing(trial->c, 0), ev);
    if (status != SG_OK || s->spectral || !sg_shallow_is_full(s, ev)) {
        sg_shallow_free(s);
        return status != SG_OK ? status : SG_HYPOTHESIS;
    }
    struct sg_net_work *work = sg_net_work_alloc(s->net, s->rows.n);
    double *zero = SG_NEW(s->size, double), *dw = SG_NEW(s->n_w, double), *dphi = SG_NEW(s->n_phi, double), *delta = SG_NEW(s->n_w, double),
           *true_g = SG_NEW(s->n_w, double);
    const double L = s->rate_x.largest, m = s->rate_x.smallest, gamma = 0.5 / L, nu = s->rate_z.optimal;
    double beyond = 0, excess = 0, held = 0, before = 0, rho = 0, tolerance = 0;
    sg_sim_restart(s->sim, zero, zero, gamma, nu);
    if (trial->figure)
        sg_claim_series(ev, "run", "step rho condition excess_loss");
    for (int t = 0; t < trial->c->train.steps; t++) {
        struct sg_metrics metrics;
        double after = 0, difference = 0, norm = 0;
        for (size_t i = 0; i < s->n_w; i++)
            delta[i] = ((const double *)sg_sim_w(s->sim))[i] - s->fit->w[i];
        sg_base_mul(true_g, s->fit->s_x, delta, s->fit->d, s->fit->d, s->fit->m);
        after = 0.5 * sg_base_dot(delta, true_g, s->n_w);                       /* L - L*, no cancellation */
        norm = sg_base_norm(true_g, s->n_w);
        /* Below this, what rounding leaves of the gradient is no longer small against it. */
        if (!(norm > 1e6 * SG_UNIT_ROUNDOFF * L * s->w_norm))
            break;
        tolerance = 10 * SG_UNIT_ROUNDOFF * (double)s->rows.n * L * s->w_norm / norm;
        if (t > 0 && rho < 1) {
            held++;
            excess = sg_base_max(excess, (after / before / sg_closed_inexact_factor(m, L, rho, gamma) - 1) / fmax(tolerance * L / m, 1e-300));
        }
        sg_net_eval(dw, dphi, &metrics, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch, SG_WANT_W | SG_WANT_METRICS, work);
        for (size_t i = 0; i < s->n_w; i++)
            difference += (dw[i] - true_g[i]) * (dw[i] - true_g[i]);
        rho = sqrt(difference) / norm;
        const double condition = sqrt(L) * sqrt(2 * metrics.sg_loss) / norm;    /* K eps / |grad L|, K = |x| as an operator */
        beyond = sg_base_max(beyond, (rho - condition) / tolerance);
        if (trial->figure)
            sg_claim_point(ev, (const double[]){t, rho, condition, after});
        before = after;
        sg_sim_step(s->sim, &s->batch);
    }
    sg_claim_bound(ev, SG_SIMULATED, "SG run: rho_t beyond the sufficient condition K eps / |grad L|, over rounding", fmax(0, beyond), 1.0,
                   "10 n u L |w*| / |grad L|");
    sg_claim_bound(ev, SG_SIMULATED, "SG run: f - f* beyond the factor of rho_t < 1, over rounding", fmax(0, excess), 1.0,
                   "10 n u (L/m) L |w*| / |grad L|");
    sg_claim_fact(ev, SG_SIMULATED, "SG run: the condition rho_t < 1 came to hold", held > 0, "exact");
    sg_net_work_free(work);
    free(zero); free(dw); free(dphi); free(delta); free(true_g);
    sg_shallow_free(s);
    return SG_OK;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_rng *rng = sg_claim_rng(trial, "instances");
    check_grid(ev, trial, rng);
    check_descent(ev, rng);
    check_limits(ev);
    sg_base_rng_free(rng);
    return check_run(ev, trial);
}

const struct sg_claim sg_claim_dy6 = {
    .id = "DY6", .name = "dy6_tracking", .title = "a relative gradient error below one is harmless, and how harmless", .needs_data = true,
    .measure = measure,
    .statement = "f m-strongly convex and L-smooth; each step uses d with |d - grad f| <= rho |grad f|, rho < 1, and a step gamma <= 2/((1+rho)L).  "
                 "Then f - f* shrinks a step by at most max{1 - (1-rho) m gamma, (1+rho) L gamma - 1}^2, and one-dimensional quadratics attain it.  "
                 "For L-smooth f, f(x+) <= f(x) - rate |grad f|^2 with rate = min over s in {1-rho, 1+rho} of gamma s (1 - L gamma s/2).  With a synthetic "
                 "gradient, eps K <= |grad L| (1-delta)/(1+delta) gives rho = (1-delta)/(1+delta): training converges to a solution of the original "
                 "problem.  rho = 1 can stall, rho > 1 diverge.",
};
