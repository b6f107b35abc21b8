/* DY13 (a): what one step of the SG does to Psi = Phi - Phi*, along any path of the weights.
 *
 *   |Psi+|^2 = |Psi|^2 - 2 nu E|e|^2 + nu^2 |G|^2,   e = s - g = z Psi,  G = E[z^T e]
 *
 * z, e and G are made here from h, y and Phi, apart from the net's own. */
#include <math.h>
#include <string.h>

#include "claim/dy13/parts.h"

struct sg_dy13_place *sg_dy13_place(struct sg_lab *lab, size_t k, size_t m, unsigned terms,
                                    size_t capacity)
{
    struct sg_dy13_place *p = SG_TAKE(lab, 1, struct sg_dy13_place);
    const size_t rows = (terms & SG_H ? k : 0) + (terms & SG_Y ? m : 0) + (terms & SG_ONE ? 1 : 0);
    *p = (struct sg_dy13_place){.k = k, .m = m, .rows = rows, .terms = terms,
                                .exact = SG_TAKE(lab, rows * k, double),
                                .psi = SG_TAKE(lab, rows * k, double),
                                .moved = SG_TAKE(lab, rows * k, double),
                                .z = SG_TAKE(lab, capacity * rows, double),
                                .e = SG_TAKE(lab, capacity * k, double),
                                .G = SG_TAKE(lab, rows * k, double),
                                .along = SG_TAKE(lab, capacity * k, double)};
    return p;
}

void sg_dy13_exact(struct sg_dy13_place *p)
{
    const size_t k = p->k, labels = p->terms & SG_H ? k : 0;
    for (size_t i = 0; (p->terms & SG_H) && i < k; i++)
        p->exact[i * k + i] = 1;
    for (size_t i = 0; (p->terms & SG_Y) && i < p->m; i++)
        p->exact[(labels + i) * k + i] = -1;
}

static void fill_z(struct sg_dy13_place *p, const struct sg_dy13_pair *pair)
{
    double *z = p->z;
    for (size_t i = 0; i < pair->n; i++) {
        for (size_t j = 0; (p->terms & SG_H) && j < p->k; j++)
            *z++ = pair->h[i * p->k + j];
        for (size_t j = 0; (p->terms & SG_Y) && j < p->m; j++)
            *z++ = pair->y[i * p->m + j];
        if (p->terms & SG_ONE)
            *z++ = pair->one[i];
    }
}

/* Narrow products by loops: a library call costs more. */
static void times(double *c, const double *a, const double *b, size_t m, size_t k, size_t n)
{
    memset(c, 0, m * n * sizeof *c);
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < n; j++)
                c[i * n + j] += a[i * k + l] * b[l * n + j];
}

static double squares(const double *a, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sum;
}

struct sg_dy13_look sg_dy13_look(struct sg_dy13_place *p, const struct sg_dy13_pair *pair,
                                 const double *phi, bool search)
{
    const size_t n = pair->n, k = p->k, q = p->rows;
    struct sg_dy13_look look = {0};
    for (size_t i = 0; i < q * k; i++)
        p->psi[i] = phi[i] - p->exact[i];
    fill_z(p, pair);
    times(p->e, p->z, p->psi, n, q, k);
    /* At the output, where g = p - y, a module without labels lacks the term -y. */
    for (size_t i = 0; !(p->terms & SG_Y) && i < n * k; i++)
        p->e[i] += pair->y[i];
    memset(p->G, 0, q * k * sizeof *p->G);
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < q; l++)
            for (size_t j = 0; j < k; j++)
                p->G[l * k + j] += p->z[i * q + l] * p->e[i * k + j] / (double)n;
    look.error = squares(p->e, n * k) / (double)n;
    look.z2 = squares(p->z, n * q) / (double)n;
    look.slope = squares(p->G, q * k);
    if (search) {
        times(p->along, p->z, p->G, n, q, k);
        look.along = squares(p->along, n * k) / (double)n;
    }
    return look;
}

void sg_dy13_keep_bound(struct sg_dy13_bound *worst, double measured, double bound,
                        double tolerance)
{
    const struct sg_dy13_bound now = {measured, bound, tolerance, true};
    const double over = (measured - bound) * worst->tolerance,
                 most = (worst->measured - worst->bound) * tolerance;
    const bool settled = worst->some && isnan(worst->measured - worst->bound);
    if (!worst->some || (!settled && !(over <= most)))
        *worst = now;
}

struct sg_dy13_track sg_dy13_start(const struct sg_dy13_place *p, enum sg_step_rule rule,
                                   double theta, const double *phi)
{
    double square = 0;
    for (size_t i = 0; i < p->rows * p->k; i++)
        square += (phi[i] - p->exact[i]) * (phi[i] - p->exact[i]);
    return (struct sg_dy13_track){.rule = rule, .theta = theta, .psi0 = sqrt(square),
                                  .psi = sqrt(square)};
}

/* nu as the rule has it. */
static double rate_of(const struct sg_dy13_track *t, const struct sg_dy13_look *look)
{
    if (look->slope == 0)
        return 0;
    return t->rule == SG_STEP_NORMALISED ? t->theta / look->z2
                                         : t->theta * look->slope / look->along;
}

/* The line search divides |G|^2 by E|z G|^2: where G is not a hundred times its rounding, as for
 * late pairs of a p that was far larger than now, the quotient is the net's alone. */
static bool is_hidden(const struct sg_dy13_track *t, const struct sg_dy13_look *look, double size,
                      double rounding)
{
    return t->rule == SG_STEP_LINE_SEARCH &&
           sqrt(look->slope) < 100 * rounding * SG_UNIT_ROUNDOFF * look->z2 * size;
}

/* The net makes G as a sum of z (s - g) where s and g are off by `rounding` u of |z| |Phi| and of
 * |z| |Phi*|: G is off by rounding u N (|Phi| + |Phi*|), and Phi+ by nu of that.  nu itself is a
 * quotient of such sums.  Of the normalised rule it is off by rounding u; of the line search by
 * twice the error of G relative to |G|, which moves nu G by as much again. */
static double off_by(const struct sg_dy13_look *look, double nu, double size, double rounding)
{
    return rounding * SG_UNIT_ROUNDOFF * size * (1 + 4 * nu * look->z2);
}

void sg_dy13_follow(struct sg_dy13_track *t, struct sg_dy13_place *p,
                    const struct sg_dy13_look *look, const double *phi_after,
                    const double *exact_after, double rounding)
{
    const size_t n = p->rows * p->k;
    const double nu = rate_of(t, look), whole = t->psi0 * t->psi0;
    double change = 0, after = 0, size = 0;
    for (size_t i = 0; i < n; i++) {     /* |Psi+|^2 - |Psi|^2 = (Psi+ - Psi).(Psi+ + Psi) */
        const double psi = phi_after[i] - exact_after[i], step = psi - p->psi[i];
        change += step * (psi + p->psi[i]);
        after += psi * psi;
        size += phi_after[i] * phi_after[i] + 2 * exact_after[i] * exact_after[i];
    }
    const double off = off_by(look, nu, sqrt(size) + t->psi, rounding);
    const double predicted = -2 * nu * look->error + nu * nu * look->slope;
    if (!is_hidden(t, look, sqrt(size) + t->psi, rounding))
        sg_lab_keep_worst(&t->lemma, fabs(change - predicted) / whole,
                          2 * (t->psi + sqrt(after)) * off / whole);
    sg_dy13_keep_bound(&t->monotone, sqrt(after) / t->psi0, t->psi / t->psi0, off / t->psi0);
    t->eps = sqrt(look->error / look->z2);
    t->moved = t->rule == SG_STEP_NORMALISED ? t->theta * t->eps
                                             : t->theta * sqrt(nu / t->theta * look->error);
    t->sum += t->theta * (2 - t->theta) * look->error / look->z2 / whole;
    t->slack += 2 * (t->psi + sqrt(after)) * off / whole;
    t->psi = sqrt(after);
}

bool sg_dy13_is_broken(const struct sg_dy13_track *t)
{
    return !(t->lemma.error <= t->lemma.tolerance) ||
           !(t->monotone.measured - t->monotone.bound <= t->monotone.tolerance);
}

void sg_dy13_say(struct sg_lab *lab, const struct sg_dy13_track *t)
{
    const char *words = "rounding of a step of Phi: C u (1 + nu N) (|Phi| + |Phi*|), over |Psi_0|";
    sg_lab_zero(lab, SG_SIMULATED, "lemma",
                "|Psi+|^2 - |Psi|^2 against -2 nu E|e|^2 + nu^2 |G|^2, over |Psi_0|^2",
                t->lemma.error, (struct sg_tol){t->lemma.tolerance, words, 1});
    sg_lab_below(lab, SG_SIMULATED, "monotone",
                 "|Psi| after a step, over |Psi_0|: not above before",
                 t->monotone.measured, t->monotone.bound,
                 (struct sg_tol){t->monotone.tolerance, words, 1});
    sg_lab_below(lab, SG_SIMULATED, "sum",
                 "theta (2 - theta) sum of E|e|^2 / N over |Psi_0|^2, at most 1", t->sum, 1,
                 (struct sg_tol){t->slack, "the same rounding, gathered over the steps", 1});
}
