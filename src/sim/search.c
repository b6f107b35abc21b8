/* Line search for the SG, backtracking for the network: the step of DY5. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/observing.h"
#include "synthgrad/sim.h"

/* c: the fraction of the first-order decrease that a step has to reach */
static const double SUFFICIENT = 0.1;
enum { MOST_HALVINGS = 200 };

struct sg_searcher {
    struct sg_search_spec spec;
    struct sg_net *truth;               /* the same net with every SG
                                           observing only: its dw is grad L */
    struct sg_net_work *work, *truth_work;
    struct sg_sizes sizes;
    double *w, *phi, *next_w, *next_phi, *dw, *dphi, *gradient, *scratch;
    double mu, energy;
};

struct sg_searcher *sg_sim_searcher_alloc(const struct sg_search_spec *spec, const double *w,
                                          const double *phi)
{
    SG_REQUIRE(spec);
    struct sg_searcher *s = SG_NEW(1, struct sg_searcher);
    s->spec = *spec;
    s->truth = sg_sim_observing_net(spec->net);
    s->work = sg_net_work_alloc(spec->net, spec->batch->n);
    s->truth_work = sg_net_work_alloc(s->truth, spec->batch->n);
    s->sizes = sg_net_sizes(spec->net);
    s->w = sg_base_copy(w, s->sizes.w, sizeof *w);
    s->phi = sg_base_copy(phi, s->sizes.phi, sizeof *phi);
    s->next_w = SG_NEW(s->sizes.w, double);
    s->next_phi = SG_NEW(s->sizes.phi, double);
    s->dw = SG_NEW(s->sizes.w, double);
    s->dphi = SG_NEW(s->sizes.phi, double);
    s->gradient = SG_NEW(s->sizes.w, double);
    s->scratch = SG_NEW(spec->batch->n * sg_sim_widest_module(spec->net), double);
    s->mu = spec->mu_max;
    s->energy = spec->energy(s->w, s->phi, spec->context);
    return s;
}

void sg_sim_searcher_free(struct sg_searcher *s)
{
    if (!s)
        return;
    sg_net_work_free(s->work);
    sg_net_work_free(s->truth_work);
    sg_net_free(s->truth);
    double *owned[] = {s->w,  s->phi,  s->next_w,   s->next_phi,
                       s->dw, s->dphi, s->gradient, s->scratch};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(s);
}

static void descend(double *next, const double *from, const double *direction, double rate,
                    size_t n)
{
    sg_net_opt_step(next, NULL, from, direction, &(struct sg_opt){.rate = rate}, SG_F64, n);
}

/* Tries mu_max or twice the last mu, then halves. */
static bool find_mu(struct sg_search_step *out, struct sg_searcher *s)
{
    out->mu = s->spec.fixed ? s->spec.mu_max : fmin(2 * s->mu, s->spec.mu_max);
    for (out->halvings = 0; out->halvings <= MOST_HALVINGS; out->halvings++, out->mu /= 2) {
        descend(s->next_w, s->w, s->dw, out->mu, s->sizes.w);
        out->after = s->spec.energy(s->next_w, s->next_phi, s->spec.context);
        if (s->spec.fixed ||
            out->after <= s->energy - SUFFICIENT * (out->mu * out->gradient2 + out->gain))
            return true;
    }
    return false;
}

enum sg_status sg_sim_searcher_step(struct sg_search_step *out, struct sg_searcher *s)
{
    SG_REQUIRE(out && s);
    const struct sg_batch *batch = s->spec.batch;
    sg_net_eval(s->gradient, NULL, NULL, s->truth, s->w, s->phi, batch, SG_WANT_W, s->truth_work);
    sg_net_eval(s->dw, s->dphi, NULL, s->spec.net, s->w, s->phi, batch, SG_WANT_W | SG_WANT_PHI,
                s->work);
    const double slope = sg_base_dot(s->dphi, s->dphi, s->sizes.phi);
    *out = (struct sg_search_step){.before = s->energy,
                                   .gradient2 = sg_base_dot(s->gradient, s->gradient, s->sizes.w)};
    out->nu = sg_sim_line_search(s->spec.net, s->dphi, batch, s->work, s->scratch);
    out->gain = out->nu * slope;
    descend(s->next_phi, s->phi, s->dphi, out->nu, s->sizes.phi);
    if (!find_mu(out, s))
        return isfinite(s->energy) ? SG_NO_CONVERGENCE : SG_DIVERGED;
    memcpy(s->w, s->next_w, s->sizes.w * sizeof *s->w);
    memcpy(s->phi, s->next_phi, s->sizes.phi * sizeof *s->phi);
    s->mu = out->mu;
    s->energy = out->after;
    return isfinite(s->energy) ? SG_OK : SG_DIVERGED;
}

const double *sg_sim_searcher_w(const struct sg_searcher *s)
{
    SG_REQUIRE(s);
    return s->w;
}

const double *sg_sim_searcher_phi(const struct sg_searcher *s)
{
    SG_REQUIRE(s);
    return s->phi;
}
