/* DY6: along a run of linear regression with a trained SG from phi = 0, rho_t, the sufficient
 * condition, and what the theory then promises. */
#include <math.h>

#include "claim/dy6/parts.h"

/* A state of the run: L - L* without cancellation; |grad L|; rho; K eps / |grad L|, K = |x| as an
 * operator; and the rounding of dw and of grad L, 10 n u L |w*|, over |grad L|. */
struct look { double excess, norm, rho, condition, rounding; };

struct scratch { double *delta, *gradient, *dw; struct sg_net_work *work; };

static struct look look(const struct sg_shallow *s, const struct scratch *at)
{
    const double top = s->rate_x.largest;
    const double *w = sg_sim_w(s->sim);
    struct sg_metrics metrics;
    double square = 0;
    for (size_t i = 0; i < s->n_w; i++)
        at->delta[i] = w[i] - s->fit->w[i];
    sg_base_mul(at->gradient, s->fit->s_x, at->delta, s->fit->d, s->fit->d, s->fit->m);
    const double norm = sg_base_norm(at->gradient, s->n_w);
    sg_net_eval(at->dw, NULL, &metrics, s->net, w, sg_sim_phi(s->sim), &s->batch,
                SG_WANT_W | SG_WANT_METRICS, at->work);
    for (size_t i = 0; i < s->n_w; i++)
        square += (at->dw[i] - at->gradient[i]) * (at->dw[i] - at->gradient[i]);
    return (struct look){.excess = 0.5 * sg_base_dot(at->delta, at->gradient, s->n_w),
                         .norm = norm,
                         .rho = sqrt(square) / norm,
                         .condition = sqrt(top * 2 * metrics.sg_loss) / norm,
                         .rounding =
                             10 * SG_UNIT_ROUNDOFF * (double)s->rows.n * top * s->w_norm / norm};
}

static void check(struct sg_lab *lab, const struct sg_shallow *s, const struct look *before,
                  const struct look *now, double gamma)
{
    const double L = s->rate_x.largest, m = s->rate_x.smallest;
    if (now->condition >= 20 * now->rounding)      /* below, both are rounding */
        sg_lab_below(lab, SG_SIMULATED, "run-condition",
                     "SG run: rho_t, at most the sufficient condition K eps / |grad L|", now->rho,
                     now->condition,
                     (struct sg_tol){now->rounding, "10 n u L |w*| / |grad L|", 0});
    if (!before || !(before->rho < 1))
        return;
    const double factor = sg_closed_inexact_factor(m, L, before->rho, gamma);
    sg_lab_below(lab, SG_SIMULATED, "run-factor",
                 "SG run: what is left of f - f* after a step with rho_t < 1, over its factor",
                 now->excess / before->excess / factor, 1,
                 (struct sg_tol){now->rounding * L / m, "10 n u (L/m) L |w*| / |grad L|", 0});
}

/* While rounding is a thousandth of |grad L| / cond at most, so that a step is known to as much. */
void sg_dy6_run(struct sg_lab *lab, struct sg_shallow *s)
{
    const double gamma = 0.5 / s->rate_x.largest, cond = s->rate_x.largest / s->rate_x.smallest;
    const double *zero = SG_TAKE(lab, s->size, double);
    const struct scratch at = {SG_TAKE(lab, s->n_w, double), SG_TAKE(lab, s->n_w, double),
                               SG_TAKE(lab, s->n_w, double), sg_net_work_alloc(s->net, s->rows.n)};
    struct look before = {0}, now;
    size_t steps = 0, held = 0;
    sg_sim_restart(s->sim, zero, zero, gamma, s->rate_z.optimal);
    if (lab->trial->figure)
        sg_lab_series(lab, "run", "step rho condition excess_loss");
    for (; steps < (size_t)s->c->train.steps; steps++) {
        now = look(s, &at);
        if (!(now.rounding * cond <= 1e-3))
            break;
        check(lab, s, steps ? &before : NULL, &now, gamma);
        held += now.rho < 1;
        if (lab->trial->figure)
            sg_lab_point(lab, (const double[]){(double)steps, now.rho, now.condition, now.excess});
        before = now;
        sg_sim_step(s->sim, &s->batch);
    }
    sg_net_work_free(at.work);
    if (held < 2)
        sg_lab_stop(lab, SG_BUDGET,
                    "in the %zu steps of the run that rounding lets see the error rho_t "
                    "did not come below 1; raise train.steps or take data of a smaller condition "
                    "number",
                    steps);
}
