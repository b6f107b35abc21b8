/* CP1: where the SG family can produce g, a critical point of the loss is a joint critical point with the phi that does it.
 *
 * Critical points that are not special (sg_twin_minimum), and with hidden layers also those, saddles included, that Levenberg-Marquardt finds
 * on grad L from random starts; phi* in closed form; the joint directions by the net. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "lab/twin.h"

enum { POINTS = 4, ITERATIONS = 200, STARTS = 12 };

struct point { double *w, gradient; };                /* gradient: a bound on |grad L| there */

/* ---- critical points by search: deep nets only ----------------------------------------------------------------------- */

struct search { struct sg_twin *t; double gradient; };

static bool at_rounding_level(const double *w, const double *f, void *context)
{
    struct search *s = context;
    double *unused = SG_NEW(s->t->n_w, double), rounding;
    sg_twin_gradient(unused, &rounding, s->t, w);
    free(unused);
    s->gradient = sg_base_norm(f, s->t->n_w) + rounding;
    return sg_base_norm(f, s->t->n_w) <= rounding;
}

/* A zero of grad L from a random start of the scale of Glorot's; false where there is none. */
static bool search_point(struct point *point, struct sg_twin *t, struct sg_critical *solver, struct sg_rng *rng)
{
    struct search s = {.t = t};
    for (size_t l = 0; l < t->chain.n_layers; l++) {
        double *layer = point->w + sg_net_layer_offset(t->net, l);
        sg_base_rng_gaussians(layer, t->width[l] * t->width[l + 1], rng);
        for (size_t i = 0; i < t->width[l] * t->width[l + 1]; i++)
            layer[i] *= sqrt(2.0 / (double)(t->width[l] + t->width[l + 1]));
    }
    const enum sg_status status = sg_sim_solve_critical(point->w, solver, &t->batch, ITERATIONS, at_rounding_level, &s);
    point->gradient = s.gradient;
    return status == SG_OK;
}

/* ---- the check ------------------------------------------------------------------------------------------------------------ */

static const char *const rounding_basis = "rounding: the same walk over absolute values; dgelsd's backward error";

/* At w with phi*: all updates against |grad L| and rounding. */
static void check_exact(struct sg_evidence *ev, struct sg_twin *t, const struct point *p, const double *phi)
{
    const size_t lower = t->n_lower, upper = t->n_w - lower;
    sg_twin_eval(t, p->w, phi);
    sg_claim_bound(ev, SG_CLOSED_FORM, "lower update at phi*", sg_base_norm(t->dw, lower), p->gradient + sg_base_norm(t->u_w, lower), rounding_basis);
    if (upper)
        sg_claim_bound(ev, SG_CLOSED_FORM, "upper update at phi*", sg_base_norm(t->dw + lower, upper),
                       p->gradient + sg_base_norm(t->u_w + lower, upper), rounding_basis);
    sg_claim_bound(ev, SG_CLOSED_FORM, "SG update at phi*", sg_base_norm(t->dphi, t->n_phi), sg_base_norm(t->u_phi, t->n_phi), rounding_basis);
}

/* At w with phi* + null, where z has a null space: F_phi by what dgelsd leaves of a null vector, F_w by what F_phi lets through (CP2's bound). */
static enum sg_status check_null(struct sg_evidence *ev, struct sg_twin *t, const struct point *p, const double *exact, struct sg_rng *rng)
{
    double *phi = SG_NEW(t->n_phi, double), *f_phi = SG_NEW(t->chain.n_modules, double), through;
    const double length = sg_base_norm(exact, t->n_phi);
    enum sg_status status = sg_twin_null_sg(phi, t, p->w, length, rng);
    if (status == SG_OK && sg_base_norm(phi, t->n_phi) > 1e-3 * length) {   /* else there is no null space, and phi is rounding */
        for (size_t i = 0; i < t->n_phi; i++)
            phi[i] += exact[i];
        sg_twin_eval(t, p->w, phi);
        sg_twin_phi_norms(f_phi, NULL, t);
        const struct sg_twin_hidden hidden = sg_twin_null_rounding(t, p->w, length);
        status = sg_closed_chain_bound(&through, &t->chain, &t->rows, p->w, phi, p->gradient + sg_base_norm(t->u_w, t->n_w), f_phi);
        sg_claim_bound(ev, SG_CLOSED_FORM, "network update at phi* + null space of z", sg_base_norm(t->dw, t->n_w), through, rounding_basis);
        sg_claim_bound(ev, SG_CLOSED_FORM, "SG update at phi* + null space of z", sg_base_norm(t->dphi, t->n_phi),
                       sg_base_norm(t->u_phi, t->n_phi) + hidden.phi, rounding_basis);
    }
    free(phi);
    free(f_phi);
    return status;
}

static enum sg_status check_point(struct sg_evidence *ev, struct sg_twin *t, const struct point *p, struct sg_rng *rng)
{
    double *gradient = SG_NEW(t->n_w, double), *phi = SG_NEW(t->n_phi, double), rounding, least;
    sg_twin_gradient(gradient, &rounding, t, p->w);
    sg_claim_bound(ev, SG_CLOSED_FORM, "|grad L| by plain backprop at the critical points", sg_base_norm(gradient, t->n_w),
                   p->gradient + rounding, rounding_basis);
    sg_closed_chain_exact_sg(phi, &t->chain, p->w);
    check_exact(ev, t, p, phi);
    enum sg_status status = sg_twin_least_update(&least, &rounding, t, p->w);
    if (status == SG_OK) {
        sg_claim_bound(ev, SG_CLOSED_FORM, "joint update at the best of all phi, by dgelsd without phi*", least, p->gradient + rounding,
                       rounding_basis);
        status = check_null(ev, t, p, phi, rng);
    }
    free(gradient);
    free(phi);
    return status;
}

static enum sg_status check_searched(struct sg_evidence *ev, struct sg_twin *t, struct point *p, struct sg_rng *rng)
{
    const struct sg_field field = sg_sim_net_field(t->plain, t->rows.n);
    struct sg_critical *solver = sg_sim_critical_alloc(&field);
    enum sg_status status = SG_OK;
    size_t found = 0;
    for (size_t i = 0; i < STARTS && status == SG_OK; i++)
        if (search_point(p, t, solver, rng)) {
            found++;
            status = check_point(ev, t, p, rng);
        }
    sg_sim_critical_free(solver);
    sg_claim_compare(ev, SG_SIMULATED, "starts on grad L that end in no critical point: no evidence, counted", (double)(STARTS - found), 0,
                     STARTS - 1, "one is needed");
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_twin *t;
    struct sg_rng *rng = sg_claim_rng(trial, "points");
    enum sg_status status = sg_twin_alloc(&t, trial->c, trial->data, ev);
    struct point p = {.w = status == SG_OK ? SG_NEW(t->n_w, double) : NULL};
    for (size_t i = 0; i < POINTS && status == SG_OK; i++) {
        status = sg_twin_minimum(p.w, &p.gradient, t, rng, ev);
        if (status == SG_OK)
            status = check_point(ev, t, &p, rng);
    }
    if (status == SG_OK && t->chain.n_layers > 1)
        status = check_searched(ev, t, &p, rng);
    if (status == SG_OK && t->chain.n_layers == 1)
        status = sg_cp1_certify(ev, trial, trial->c->module[0].terms);
    free(p.w);
    sg_twin_free(t);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_cp1 = {
    .id = "CP1", .name = "cp1_preservation", .title = "critical points survive an SG that can produce their gradient", .needs_data = true,
    .measure = measure,
    .statement = "At a critical point W of the loss at which some phi makes s = g on every sample, (W, phi) is a joint critical point: the updates of the "
                 "lower layers, of the upper layers and of the SG all vanish.  For linear nets under MSE the linear SG with labels has such a phi at every W: "
                 "A = V V^T, B = -V^T, C = 0 with V the product of the layers above it (at the output A = I, B = -I).  The converse is false: a family that "
                 "cannot produce g may keep a critical point too.",
};
