/* CP7: s = g at any weights, what that makes of the optimum, and runs. */
#include <math.h>
#include <string.h>

#include "claim/cp7/parts.h"
#include "lab/tolerance.h"

static const double U = SG_UNIT_ROUNDOFF;

/* phi* in the net's order A, C, B, D; of a linear module Phi = Z^+ g at the optimum, in A, B, C. */
static void exact_phi(const struct sg_cp7 *c)
{
    const size_t m = c->s->m;
    memset(c->phi, 0, c->s->n_phi * sizeof *c->phi);
    if (!c->matching) {
        memcpy(c->phi, c->s->optimum->phi, c->s->n_phi * sizeof *c->phi);
        return;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            c->phi[i * m + j] = i == j ? 1 : -1;
            c->phi[(m + 1 + i) * m + j] = i == j ? -1 : 0;
        }
}

/* s = g at weights of any size.  p_1 - p_2 errs by u of itself, sigma by a quarter of that where
 * |p| < 1 and by less than u beyond (x sigma'(x) < 0.28); exp, sums, subtractions: 10 u. */
void sg_cp7_contained(struct sg_cp7 *c)
{
    enum { POINTS = 10 };
    struct sg_log_shallow *s = c->s;
    struct sg_rng *rng = sg_lab_rng(c->lab, "contained");
    exact_phi(c);
    for (int k = 0; k < POINTS; k++) {
        sg_base_rng_gaussians(c->w, s->n_w, rng);
        for (size_t i = 0; i < s->n_w; i++)
            c->w[i] *= k < POINTS / 2 ? 1 : 10;
        sg_log_shallow_field(s, c->w, c->phi);
        const double *of_s = sg_net_view(s->work, SG_VIEW_S, 1),
                     *g = sg_net_view(s->work, SG_VIEW_G, 1);
        sg_lab_zero(c->lab, SG_CLOSED_FORM, "contained", "max |s - g| with phi*, at any weights",
                    sg_base_max_abs_diff(of_s, g, s->data->n * s->m),
                    sg_tol_rounding(10, 1, "ten roundings of numbers below 1"));
    }
}

/* F_w = E[x^T g] + E[x^T (s - g)], F_phi within |(sigma' p, sigma', y, 1)| <= 2 of max |s - g| <=
 * 10 u; E[x^T g]: what Newton left, and n u sqrt(tr S_x). */
void sg_cp7_optimum(struct sg_cp7 *c)
{
    struct sg_log_shallow *s = c->s;
    const double n = (double)s->data->n,
                 root = sg_base_norm(s->data->x, s->data->n * s->d) / sqrt(n);
    exact_phi(c);
    const double left = sqrt(2.0) * s->optimum->gradient + U * root * (n + 20) +
                        20 * U * sqrt((double)s->m) + 10 * U * c->p2;
    sg_lab_zero(c->lab, SG_CLOSED_FORM, "optimum", "joint update at the optimum with phi*",
                sg_log_shallow_field(s, s->optimum->w, c->phi),
                (struct sg_tol){left, "rounding of E[x^T g], and of s - g", root});
}

struct sg_log_run sg_cp7_run(const struct sg_cp7 *c, uint64_t most)
{
    return (struct sg_log_run){.net_opt = {.kind = SG_GD, .rate = 1 / c->s->x_max},
                               .sg_opt = {.kind = SG_GD, .rate = 1 / (1.5 + c->p2 / 16)},
                               .enough = 1e-10, .most = most};
}

/* At any state the loss is within |grad L|^2 / (2 lambda) of its infimum (twice that for the change
 * of the Hessian on the way), and the gradient differs from the update by E[x^T (s - g)], at most
 * sqrt(lambda_max(S_x)) rms(s - g).  That other resting points are excluded is not claimed, so a
 * run that has not come to the optimum is no counterexample. */
void sg_cp7_rests(struct sg_cp7 *c)
{
    struct sg_log_shallow *s = c->s;
    struct sg_metrics metrics;
    const struct sg_log_run run = sg_cp7_run(c, (uint64_t)c->lab->trial->c->train.steps);
    const struct sg_log_end end = sg_log_shallow_train(c->w, c->phi, s, &run, NULL, NULL);
    sg_net_eval(s->dw, s->dphi, &metrics, s->net, c->w, c->phi, &s->batch,
                SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, s->work);
    const double gradient = sg_base_norm(s->dw, s->n_w) + sqrt(s->x_max * 2 * metrics.sg_loss);
    const double most = gradient * gradient / c->hessian;
    const double rounding = 4 * (double)s->data->n * U * s->infimum;
    const double linear = c->linear && c->linear->finite ? c->linear->loss - s->infimum : 0;
    const double scale = linear > 20 * rounding ? linear : s->infimum;
    if (!(most <= SG_BLIND * scale / 10)) {
        sg_lab_stop(c->lab, SG_BUDGET, "a run from 0 has not come to rest at the optimum in %llu "
                    "steps: its loss is known to %.2g only, of %.2g; raise train.steps",
                    (unsigned long long)end.steps, most, scale);
        return;
    }
    sg_lab_zero(c->lab, SG_SIMULATED, "run", "a run from 0: loss gap of the end",
                end.loss - s->infimum,
                (struct sg_tol){rounding + most, "rounding of two losses, and |grad L|^2 / lambda",
                                scale});
    if (linear > 20 * rounding)
        sg_lab_below(c->lab, SG_SIMULATED, "below-linear",
                     "a run from 0: its loss gap, below that where a linear SG rests (CP6)",
                     end.loss - s->infimum, linear,
                     (struct sg_tol){rounding, "rounding of two losses", 0});
}

/* Separable data have no minimum: W of the infimum, 0, has every sample on its side, beyond what
 * the d + 2 roundings of a score leave open. */
void sg_cp7_separates(struct sg_cp7 *c)
{
    const struct sg_data *data = c->s->data;
    const double *w = c->s->optimum->w;
    const size_t m = c->s->m;
    double least = HUGE_VAL;
    for (size_t i = 0; i < data->n; i++) {
        double score = 0, size = 0;
        for (size_t j = 0; j < data->d; j++) {
            const double v = m > 1 ? w[j * m + 1] - w[j * m] : w[j];
            score += data->x[i * data->d + j] * v;
            size += fabs(data->x[i * data->d + j] * v);
        }
        const bool one = m > 1 ? data->y[i * m + 1] == 1 : data->y[i] == 1;
        least = fmin(least, (one ? score : -score) - (double)(data->d + 2) * U * size);
    }
    sg_lab_fact(c->lab, SG_CLOSED_FORM, "separable",
                "separable: a W has every sample on its side, so that the infimum of the loss is 0",
                least > 0, "row by row, beyond rounding");
}

/* A comparison at one time, and no theorem, as L_SG is not convex. */
void sg_cp7_compare(struct sg_cp7 *c)
{
    const struct sg_log_run run = sg_cp7_run(c, (uint64_t)c->lab->trial->c->train.steps);
    const struct sg_log_end end = sg_log_shallow_train(c->w, c->phi, c->s, &run, NULL, NULL);
    if (c->linear && c->linear->finite)
        sg_lab_note(c->lab, "after %llu steps the loss is %.3g, and a linear SG rests at %.3g",
                    (unsigned long long)end.steps, end.loss, c->linear->loss);
}
