/* DY3: the contraction late in a run is the spectral radius.
 *
 * Measured on the dominant left eigenvector l (unit length), in a window of steps.  With
 * delta = (dW, psi) = state - (W*, phi*) the step is exactly
 *
 *     dW'  = (I - mu S_x) dW - mu E[x^T z] psi - mu S_x dW psi_A
 *     psi' = (I - nu S_z) psi - nu (E[z^T x] dW + its transpose) psi - nu E[(x dW)^T (x dW)] psi,
 *
 * J delta plus products of dW and psi.  Two runs, from fixed + offset and from fixed - offset, have
 * an odd part a = (delta+ - delta-)/2 and an even part s = (delta+ + delta-)/2.  a' - J a holds the
 * products that are odd: s is of second order, so they are of third.  In a step |l (a' - J a)| is
 * at most the sum of
 *
 *     (|l_W| mu lambda_x + |l_Phi| 2 nu sqrt(lambda_x lambda_z)) (|a_W| |s_Phi| + |s_W| |a_Phi|)
 *     |l_Phi| nu lambda_x ((|a_W|^2 + |s_W|^2) |a_Phi| + 2 |a_W| |s_W| |s_Phi|)
 *     10 size u |J| |a|: l is an eigenvector to that
 *
 * and rounding, 5 u |fixed|: the state stored, the product and three in the gradient.  Over |l a|
 * these are relative errors of a step; the rate, a mean over the window's steps, errs by their
 * mean. Rounding is taken at its worst, of one sign in every step: on collinear data a twentieth of
 * that was seen, where roundings independent from step to step would leave a thousandth. */
#include <float.h>
#include <math.h>

#include "claim/dy3/parts.h"

/* The window begins where |l a| is at most EARLY |w*| and the products are at most CLEAN times a
 * step's rounding, but not later than at EARLY / LATEST.  It ends when |l a| has shrunk by WINDOW.
 */
static const double EARLY = 2e-8, CLEAN = 10, LATEST = 1e4, WINDOW = 10;

/* |J^k| <= cond(T) rho^k, and for symmetric blocks <= rho^k + k rho^(k-1) |B|, B = mu E[x^T z],
 * which stays finite where the blocks share an eigenvalue: the growth in x = k (1 - rho). */
double sg_dy3_steps_to_shrink(const struct sg_shallow *s, double factor, double mu, double nu)
{
    const double deficit = sg_shallow_deficit(s, mu, nu), rho = 1 - deficit;
    const double B = mu * sqrt(s->rate_x.largest * s->rate_z.largest);
    double growth = fmin(sg_closed_joint_condition(s->fit, mu, nu), sqrt(DBL_MAX));
    for (int k = 0; k < 20 && rho > 0 && deficit > 0; k++)
        growth = fmin(growth, 1 + 2 * log(factor * growth) * B / (rho * deficit));
    return deficit > 0 ? 2 * log(factor * growth) / deficit : 0;
}

/* The two runs at one pair of rates. */
struct pair {
    struct sg_shallow *run[2];
    double mu, nu, l_w, l_phi; /* lengths of l's parts */
    double *l, *odd, *even;    /* in the form's coordinates */
};

static void look(struct pair *p)
{
    const size_t size = p->run[0]->size;
    for (int k = 0; k < 2; k++)
        sg_shallow_distance(p->run[k]); /* leaves state - fixed in `now` */
    for (size_t i = 0; i < size; i++) {
        p->odd[i] = (p->run[0]->now[i] - p->run[1]->now[i]) / 2;
        p->even[i] = (p->run[0]->now[i] + p->run[1]->now[i]) / 2;
    }
}

/* Above: of l (a' - J a) the products. */
static double third_order(const struct pair *p)
{
    const struct sg_shallow *s = p->run[0];
    const size_t n_w = s->n_w, n_phi = s->n_phi;
    const double a_w = sg_base_norm(p->odd, n_w), a_phi = sg_base_norm(p->odd + n_w, n_phi);
    const double s_w = sg_base_norm(p->even, n_w), s_phi = sg_base_norm(p->even + n_w, n_phi);
    const double x = s->rate_x.largest, z = s->rate_z.largest;
    return (p->l_w * p->mu * x + p->l_phi * 2 * p->nu * sqrt(x * z)) * (a_w * s_phi + s_w * a_phi) +
           p->l_phi * p->nu * x * ((a_w * a_w + s_w * s_w) * a_phi + 2 * a_w * s_w * s_phi);
}

static double rounding(const struct pair *p)
{
    const struct sg_shallow *s = p->run[0];
    const double x = s->rate_x.largest, z = s->rate_z.largest;
    const double J = 1 + p->mu * (x + sqrt(x * z)) + p->nu * z;
    return SG_UNIT_ROUNDOFF * (10 * (double)s->size * J * sg_base_norm(p->odd, s->size) +
                               5 * sg_base_norm(s->fixed, s->size));
}

/* l a where the window begins and ends, steps between, and the sum of their relative errors. */
struct window {
    double first, last, error;
    uint64_t steps;
};

static struct window pass(struct pair *p, uint64_t limit)
{
    const struct sg_shallow *s = p->run[0];
    const double early = EARLY * s->w_norm;
    struct window w = {0};
    for (uint64_t t = 0;; t++) {
        look(p);
        w.last = fabs(sg_base_dot(p->l, p->odd, s->size));
        const double products = third_order(p), rounded = rounding(p);
        const bool clean = products <= CLEAN * rounded || w.last <= early / LATEST;
        if (w.first == 0 && w.last <= early && clean)
            w.first = w.last;
        if (!(w.last > w.first / WINDOW) || !(w.last <= 1e3 * early) || t == limit)
            return w;
        if (w.first > 0) {
            w.error += (products + rounded) / w.last;
            w.steps++;
        }
        for (int k = 0; k < 2; k++)
            sg_sim_step(p->run[k]->sim, &p->run[k]->batch);
    }
}

static void check(struct sg_lab *lab, struct pair *p, const char *id, const char *what, double mu,
                  double nu)
{
    struct sg_shallow *s = p->run[0];
    const double needed = sg_dy3_steps_to_shrink(s, 100 * WINDOW, mu, nu);
    double *offset = SG_TAKE(lab, s->size, double);
    const double rho = fabs(sg_closed_joint_left(p->l, s->fit, mu, nu));
    if (!(rho < 1) || lab->status != SG_OK) /* nothing shrinks; that it does not return is a row */
        return;
    sg_shallow_offset(offset, s, 10 * EARLY * s->w_norm, sg_lab_rng(lab, id));
    for (size_t i = 0; i < s->size; i++) /* l . offset is at least 10 EARLY |w*| */
        offset[i] += 20 * EARLY * s->w_norm * p->l[i];
    for (int k = 0; k < 2; k++) {
        sg_shallow_start(p->run[k], offset, mu, nu);
        for (size_t i = 0; i < s->size; i++)
            offset[i] = -offset[i];
    }
    sg_shallow_form_row(p->l, s);
    p->mu = mu;
    p->nu = nu;
    p->l_w = sg_base_norm(p->l, s->n_w);
    p->l_phi = sg_base_norm(p->l + s->n_w, s->n_phi);
    const struct window w = pass(p, (uint64_t)fmax(needed, (double)s->c->train.steps));
    const double steps = (double)w.steps;
    sg_lab_equal(lab, SG_SIMULATED, id, what, w.steps ? pow(w.last / w.first, 1 / steps) : SG_NAN,
                 rho,
                 (struct sg_tol){w.error / steps,
                                 "odd part of two runs: mean over the steps of third order and "
                                 "rounding (of one sign at worst) over |l a|",
                                 1 - rho});
}

bool sg_dy3_affords(struct sg_lab *lab, const struct sg_shallow *s)
{
    const double factor = 100 * WINDOW;
    return sg_shallow_affords(lab, s, sg_dy3_steps_to_shrink(s, factor, s->mu, s->nu),
                              "take rates further from 0 and from the limits, data of a smaller "
                              "condition number, or raise train.steps") &&
           sg_shallow_affords(
               lab, s, sg_dy3_steps_to_shrink(s, factor, s->rate_x.optimal, s->rate_z.optimal),
               "take data of a smaller condition number, or raise train.steps");
}

void sg_dy3_contraction(struct sg_lab *lab, struct sg_shallow *s)
{
    struct pair p = {.run = {s, sg_shallow_make(lab, sg_case_timing(s->c, 0))},
                     .l = SG_TAKE(lab, s->size, double),
                     .odd = SG_TAKE(lab, s->size, double),
                     .even = SG_TAKE(lab, s->size, double)};
    if (!p.run[1])
        return;
    check(lab, &p, "contraction",
          "late contraction at the case's rates, against the spectral radius", s->mu, s->nu);
    check(lab, &p, "contraction-fastest",
          "late contraction at the fastest rates, against the spectral radius", s->rate_x.optimal,
          s->rate_z.optimal);
}
