/* CP1: where the SG family can produce g, a critical point of the loss is a joint critical point
 * with the phi that does it.
 *
 * Critical points that are not special (sg_twin_minimum), and with hidden layers also those,
 * saddles included, that Levenberg-Marquardt finds on grad L from random starts; phi* in closed
 * form; the joint directions by the net. */
#include <math.h>
#include <stdlib.h>

#include "claim/cp1/parts.h"
#include "lab/own.h"
#include "lab/shallow.h"

enum { POINTS = 4, ITERATIONS = 200, STARTS = 12 };

static const char rounding_words[] =
    "rounding: the same walk over absolute values; dgelsd's backward error";

/* gradient: a bound on |grad L| at w. */
struct point {
    double *w, gradient;
};

/* ---- critical points by search: deep nets only ----------------------------------------------- */

struct search {
    struct sg_twin *t;
    double gradient;
};

static bool at_rounding_level(const double *w, const double *f, void *context)
{
    struct search *s = context;
    const double rounding = sg_twin_gradient(s->t, w), norm = sg_base_norm(f, s->t->n_w);
    s->gradient = norm + rounding;
    return norm <= rounding;
}

/* A zero of grad L from a random start of the scale of Glorot's; false where there is none. */
static bool search_point(struct point *point, struct sg_twin *t, struct sg_critical *solver,
                         struct sg_rng *rng)
{
    struct search s = {.t = t};
    for (size_t l = 0; l < t->chain.n_layers; l++) {
        double *layer = point->w + sg_net_layer_offset(t->net, l);
        sg_base_rng_gaussians(layer, t->width[l] * t->width[l + 1], rng);
        for (size_t i = 0; i < t->width[l] * t->width[l + 1]; i++)
            layer[i] *= sqrt(2.0 / (double)(t->width[l] + t->width[l + 1]));
    }
    const enum sg_status status =
        sg_sim_solve_critical(point->w, solver, &t->batch, ITERATIONS, at_rounding_level, &s);
    point->gradient = s.gradient;
    return status == SG_OK;
}

/* ---- the rows -------------------------------------------------------------------------------- */

static void small(struct sg_lab *lab, const char *id, const char *what, double update, double bound,
                  double size)
{
    sg_lab_zero(lab, SG_CLOSED_FORM, id, what, update,
                (struct sg_tol){bound, rounding_words, size});
}

/* Sizes of the updates at w; at weights near 0, where they vanish, the slope of the loss over p. */
static struct sg_twin_size sizes(const struct sg_twin *t, const double *w)
{
    const struct sg_twin_size size = sg_twin_size(t, w);
    const double slope = sg_twin_slope(t);
    return (struct sg_twin_size){fmax(size.w, slope), fmax(size.lower, slope),
                                 fmax(size.phi, slope)};
}

/* At w with phi*: all updates against |grad L| and rounding. */
static void check_exact(struct sg_lab *lab, struct sg_twin *t, const struct point *p,
                        const double *phi, const struct sg_twin_size *size)
{
    const size_t lower = t->n_lower, upper = t->n_w - lower;
    sg_twin_eval(t, p->w, phi);
    small(lab, "lower-update", "lower update at phi*", sg_base_norm(t->dw, lower),
          p->gradient + sg_base_norm(t->u_w, lower), size->lower);
    if (upper)
        small(lab, "upper-update", "upper update at phi*", sg_base_norm(t->dw + lower, upper),
              p->gradient + sg_base_norm(t->u_w + lower, upper), size->w);
    small(lab, "sg-update", "SG update at phi*", sg_base_norm(t->dphi, t->n_phi),
          sg_base_norm(t->u_phi, t->n_phi), size->phi);
}

/* At w with phi* + null, where z has a null space: the same, and what dgelsd leaves of a null
 * vector. */
static void check_null(struct sg_lab *lab, struct sg_twin *t, const struct point *p,
                       const double *exact, const struct sg_twin_size *size, struct sg_rng *rng)
{
    double *phi = SG_TAKE(lab, t->n_phi, double);
    const double length = sg_base_norm(exact, t->n_phi);
    if (!sg_twin_null_sg(phi, t, p->w, length, rng))
        return;
    for (size_t i = 0; i < t->n_phi; i++)
        phi[i] += exact[i];
    sg_twin_eval(t, p->w, phi);
    const struct sg_twin_hidden hidden = sg_twin_null_rounding(t, p->w, length);
    small(lab, "network-update-null", "network update at phi* + null space of z",
          sg_base_norm(t->dw, t->n_w), p->gradient + sg_base_norm(t->u_w, t->n_w) + hidden.w,
          size->w);
    small(lab, "sg-update-null", "SG update at phi* + null space of z",
          sg_base_norm(t->dphi, t->n_phi), sg_base_norm(t->u_phi, t->n_phi) + hidden.phi,
          size->phi);
}

static void check_point(struct sg_lab *lab, struct sg_twin *t, const struct point *p,
                        struct sg_rng *rng)
{
    const struct sg_twin_size size = sizes(t, p->w);
    double *phi = SG_TAKE(lab, t->n_phi, double), rounding = sg_twin_gradient(t, p->w);
    small(lab, "gradient", "|grad L| by plain backprop at the critical points",
          sg_base_norm(t->gradient, t->n_w), p->gradient + rounding, size.w);
    sg_closed_chain_exact_sg(phi, &t->chain, p->w);
    check_exact(lab, t, p, phi, &size);
    const double least = sg_twin_least_update(&rounding, t, p->w);
    small(lab, "least-update", "joint update at the best of all phi, by dgelsd without phi*", least,
          p->gradient + rounding, hypot(size.w, size.phi));
    check_null(lab, t, p, phi, &size, rng);
}

static void check_searched(struct sg_lab *lab, struct sg_twin *t, struct point *p,
                           struct sg_rng *rng)
{
    const struct sg_field field = sg_sim_net_field(t->plain, t->rows.n);
    struct sg_critical *solver = sg_lab_own_critical(lab, sg_sim_critical_alloc(&field));
    size_t found = 0;
    for (int i = 0; i < STARTS && lab->status == SG_OK; i++)
        if (search_point(p, t, solver, rng)) {
            found++;
            check_point(lab, t, p, rng);
        }
    if (found == 0)
        sg_lab_stop(
            lab, SG_BUDGET,
            "none of %d random starts came to a critical point of the loss in %d iterations",
            STARTS, ITERATIONS);
    sg_lab_note(lab, "%zu of %d random starts came to a critical point", found, STARTS);
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_twin *t = on;
    struct sg_rng *rng = sg_lab_rng(lab, "points");
    struct point p = {.w = SG_TAKE(lab, t->n_w, double)};
    for (int i = 0; i < POINTS; i++) {
        p.gradient = sg_twin_minimum(p.w, t, rng);
        check_point(lab, t, &p, rng);
        if (i == 0 && lab->trial->figure)
            sg_cp1_draw(lab, p.w, t->n_w);
    }
    if (t->chain.n_layers > 1)
        check_searched(lab, t, &p, rng);
    sg_twin_certify(t);
}

const struct sg_claim sg_claim_cp1 = {
    .id = "CP1",
    .name = "cp1_preservation",
    .title = "critical points survive an SG that can produce their gradient",
    .from = SG_FROM_PAPER,
    .source = "Proposition 1",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_CHAIN " train.form=sample|compressed",
    .supposes = (const struct sg_hypothesis *const[]){&sg_twin_wide, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_twin,
    .says = says,
    .statement =
        "At a critical point W of the loss at which some phi makes s = g on every sample, (W, "
        "phi) is a joint critical point: the updates of the lower layers, of the upper layers and "
        "of the SG all vanish.  For linear nets under MSE the linear SG with labels has such a "
        "phi at every W: A = V V^T, B = -V^T, C = 0 with V the product of the layers above it (at "
        "the output A = I, B = -I).  The converse is false: a family that cannot produce g may "
        "keep a critical point too.",
};
