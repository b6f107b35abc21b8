/* An SG taught as long as the step needs it: the iteration of DY7. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/observing.h"
#include "synthgrad/sim.h"

enum { MOST_HALVINGS = 100 };

struct sg_tracker {
    struct sg_tracking_spec spec;
    struct sg_net *truth;
    struct sg_net_work *work, *truth_work;
    struct sg_sizes sizes;
    double *w, *phi, *next, *dw, *dphi, *direction, *gradient, *scratch;
    double mu;
};

struct sg_tracker *sg_sim_tracker_alloc(const struct sg_tracking_spec *spec, const double *w,
                                        const double *phi)
{
    SG_REQUIRE(spec);
    struct sg_tracker *t = SG_NEW(1, struct sg_tracker);
    t->spec = *spec;
    t->truth = sg_sim_observing_net(spec->net);
    t->work = sg_net_work_alloc(spec->net, spec->batch->n);
    t->truth_work = sg_net_work_alloc(t->truth, spec->batch->n);
    t->sizes = sg_net_sizes(spec->net);
    t->w = sg_base_copy(w, t->sizes.w, sizeof *w);
    t->phi = sg_base_copy(phi, t->sizes.phi, sizeof *phi);
    t->next = SG_NEW(t->sizes.w, double);
    t->dw = SG_NEW(t->sizes.w, double);
    t->dphi = SG_NEW(t->sizes.phi, double);
    t->direction = SG_NEW(t->sizes.phi, double);
    t->gradient = SG_NEW(t->sizes.w, double);
    t->scratch = SG_NEW(spec->batch->n * sg_sim_widest_module(spec->net), double);
    t->mu = spec->mu_max;
    return t;
}

void sg_sim_tracker_free(struct sg_tracker *t)
{
    if (!t)
        return;
    sg_net_work_free(t->work);
    sg_net_work_free(t->truth_work);
    sg_net_free(t->truth);
    double *owned[] = {t->w,    t->phi,       t->next,     t->dw,
                       t->dphi, t->direction, t->gradient, t->scratch};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(t);
}

static double loss_at(struct sg_tracker *t, const double *w)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, t->truth, w, t->phi, t->spec.batch, SG_WANT_METRICS,
                t->truth_work);
    return metrics.loss;
}

/* |dw - grad L| at the current phi; dw and dphi are left in place. */
static double error_now(struct sg_tracker *t)
{
    double sum = 0;
    sg_net_eval(t->dw, t->dphi, NULL, t->spec.net, t->w, t->phi, t->spec.batch,
                SG_WANT_W | SG_WANT_PHI, t->work);
    for (size_t i = 0; i < t->sizes.w; i++)
        sum += (t->dw[i] - t->gradient[i]) * (t->dw[i] - t->gradient[i]);
    return sqrt(sum);
}

/* Conjugate gradients (Fletcher and Reeves 1964): d = G + beta d, phi -= nu d with nu minimising
 * L_SG along d.  S_z is often ill conditioned here (hidden units outnumber what they carry), and
 * steepest descent would take a hundred thousand steps. */
static void conjugate_step(struct sg_tracker *t, double beta)
{
    for (size_t i = 0; i < t->sizes.phi; i++)
        t->direction[i] = t->dphi[i] + beta * t->direction[i];
    const double curvature =
        sg_sim_curvature(t->spec.net, t->direction, t->spec.batch, t->work, t->scratch);
    const double nu = curvature > 0 ? sg_base_dot(t->dphi, t->direction, t->sizes.phi) / curvature
                                    : 0;
    sg_net_opt_step(t->phi, NULL, t->phi, t->direction, &(struct sg_opt){.rate = nu}, SG_F64,
                    t->sizes.phi);
}

/* Until DY6's condition holds.  Restarted every as many steps as there are parameters, where exact
 * arithmetic would have ended. */
static bool teach(struct sg_tracking_step *out, struct sg_tracker *t)
{
    double error = error_now(t), before = 1;
    for (; error > t->spec.rho * out->gradient && out->sg_steps < t->spec.most_sg_steps;
         out->sg_steps++) {
        const double square = sg_base_dot(t->dphi, t->dphi, t->sizes.phi);
        conjugate_step(t, out->sg_steps % (t->sizes.phi + 1) == 0 ? 0 : square / before);
        before = square;
        error = error_now(t);
    }
    out->error = error / out->gradient;
    return sg_base_within(out->error, t->spec.rho);
}

/* Not adapted: one step of steepest descent, from the same state as the network's, so dw stays. */
static bool teach_once(struct sg_tracking_step *out, struct sg_tracker *t)
{
    out->error = error_now(t) / out->gradient;
    out->sg_steps = 1;
    sg_net_opt_step(t->phi, NULL, t->phi, t->dphi, &(struct sg_opt){.rate = t->spec.nu}, SG_F64,
                    t->sizes.phi);
    return isfinite(out->error);
}

enum sg_status sg_sim_tracker_step(struct sg_tracking_step *out, struct sg_tracker *t)
{
    SG_REQUIRE(out && t);
    struct sg_metrics metrics;
    *out = (struct sg_tracking_step){0};
    sg_net_eval(t->gradient, NULL, &metrics, t->truth, t->w, t->phi, t->spec.batch,
                SG_WANT_W | SG_WANT_METRICS, t->truth_work);
    out->before = metrics.loss;
    out->gradient = sg_base_norm(t->gradient, t->sizes.w);
    if (!isfinite(out->before) || !isfinite(out->gradient))
        return SG_DIVERGED;
    if (!(t->spec.adapted ? teach(out, t) : teach_once(out, t)))
        return SG_NO_CONVERGENCE;
    out->mu = t->spec.adapted ? fmin(2 * t->mu, t->spec.mu_max) : t->spec.mu_max;
    for (unsigned halvings = 0;; halvings++, out->mu /= 2) {
        sg_net_opt_step(t->next, NULL, t->w, t->dw, &(struct sg_opt){.rate = out->mu}, SG_F64,
                        t->sizes.w);
        out->after = loss_at(t, t->next);
        if (!t->spec.adapted || out->after <= out->before - (1 - t->spec.rho) / 2 * out->mu *
                                                                out->gradient * out->gradient)
            break;
        if (halvings == MOST_HALVINGS)
            return SG_NO_CONVERGENCE;
    }
    memcpy(t->w, t->next, t->sizes.w * sizeof *t->w);
    t->mu = out->mu;
    return isfinite(out->after) ? SG_OK : SG_DIVERGED;
}

const double *sg_sim_tracker_w(const struct sg_tracker *t)
{
    SG_REQUIRE(t);
    return t->w;
}
