/* DY6: adversaries.  Neither uses the formula that it is held against. */
#include <math.h>

#include "claim/dy6/parts.h"

enum { PIECES = 4, CLIMB_STEPS = 160 };

double sg_dy6_value(const double *h, const double *x)
{
    double f = 0;
    for (int i = 0; i < SG_DY6_DIM; i++)
        f += 0.5 * h[i] * x[i] * x[i];
    return f;
}

/* With u = x - gamma G and c = gamma rho |G|: maximise f(v) over the sphere |v - u| = c.
 * H v = lambda (v - u) with lambda >= h_max, so v - u = H (lambda - H)^-1 u, whose length falls in
 * lambda: bisect.  When it is too short even at h_max (u has no part along the top), the rest goes
 * along the top eigenvector. */
double sg_dy6_worst_next(const struct sg_dy6_quadratic *q, double rho, double gamma)
{
    double u[SG_DY6_DIM], v[SG_DY6_DIM], g2 = 0, top = q->h[0];
    int top_at = 0;
    for (int i = 0; i < SG_DY6_DIM; i++) {
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
        for (int i = 0; i < SG_DY6_DIM; i++) {
            const double step = q->h[i] * u[i] / (shift + (top - q->h[i]));
            v[i] = u[i] + step;
            length += step * step;
        }
        length = sqrt(length);
        if (!phase && length > c && high < 1e300)
            high *= 4; /* first a shift that is large enough */
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
    else if (length > 0) /* exactly on the sphere, whatever bisection left */
        for (int i = 0; i < SG_DY6_DIM; i++)
            v[i] = u[i] + (v[i] - u[i]) * (c / length);
    return sg_dy6_value(q->h, v);
}

struct sg_dy6_quadratic sg_dy6_draw(double m, struct sg_rng *rng)
{
    struct sg_dy6_quadratic q;
    for (int i = 0; i < SG_DY6_DIM; i++) {
        q.h[i] = m + (1 - m) * sg_base_rng_uniform(rng);
        q.x[i] = sg_base_rng_gaussian(rng);
    }
    return q;
}

/* An evolution strategy (1+1), the spectrum kept in [m, 1]. */
double sg_dy6_climb(sg_dy6_score *score, double m, double rho, double gamma, struct sg_rng *rng)
{
    struct sg_dy6_quadratic best = sg_dy6_draw(m, rng);
    double largest = score(&best, rho, gamma), width = 0.5;
    for (int k = 0; k < CLIMB_STEPS; k++) {
        struct sg_dy6_quadratic next = best;
        const double norm = sg_base_norm(best.x, SG_DY6_DIM);
        for (int i = 0; i < SG_DY6_DIM; i++) {
            next.x[i] = best.x[i] / norm + width * sg_base_rng_gaussian(rng);
            next.h[i] = fmin(1, fmax(m, best.h[i] + width * sg_base_rng_gaussian(rng)));
        }
        const double found = score(&next, rho, gamma);
        if (found > largest) {
            best = next;
            largest = found;
            width *= 1.5;
        } else {
            width *= 0.92;
        }
    }
    return largest;
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

/* f is convex along the segment of errors: an end is worst. */
double sg_dy6_piecewise(double m, double rho, double gamma, struct sg_rng *rng)
{
    struct piecewise p;
    double g, unused, worst = 0;
    for (int k = 0; k < PIECES; k++) {
        p.slope[0][k] = m + (1 - m) * sg_base_rng_uniform(rng);
        p.slope[1][k] = m + (1 - m) * sg_base_rng_uniform(rng);
        p.length[k] = sg_base_rng_uniform(rng);
    }
    const double x = 2 * sg_base_rng_gaussian(rng), f = piecewise_value(&p, x, &g);
    for (int side = -1; side <= 1; side += 2)
        worst =
            sg_base_max(worst, piecewise_value(&p, x - gamma * (1 + side * rho) * g, &unused) / f);
    return worst;
}
