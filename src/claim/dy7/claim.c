/* DY7: deep linear nets with chosen rates: as many SG steps as DY6's condition needs, then a backtracking network step.  Bounded iterates
 * have only critical limit points. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lab/old.h"

enum { DEEPEST = 10, WIDEST = 8, OUTPUTS = 3, LEAST_DEPTH = 2 };
static const double RHO = 0.5;           /* DY6's relative error: delta = 1/3 */
static const double DROP = 1e-6;         /* |grad L| at the end over |grad L| at the start */

struct shape { size_t depth, outputs, at; struct sg_layer layer[DEEPEST]; struct sg_module module; };

static struct shape draw_shape(size_t depth, size_t outputs, struct sg_rng *rng)
{
    struct shape s = {.depth = depth, .outputs = outputs};
    for (size_t i = 0; i + 1 < s.depth; i++)
        s.layer[i] = (struct sg_layer){SG_DENSE, 1 + sg_base_rng_index(rng, WIDEST), false};
    s.layer[s.depth - 1] = (struct sg_layer){SG_DENSE, s.outputs, false};
    s.at = 1 + sg_base_rng_index(rng, s.depth - 1);          /* a hidden boundary */
    s.module = (struct sg_module){s.at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    return s;
}

/* Rectangular identities plus noise: a product of many small random matrices would start in the saddle at 0. */
static void draw_start(double *w, double *phi, const struct sg_net *net, struct sg_rng *rng)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_sizes sizes = sg_net_sizes(net);
    for (size_t i = 0; i < arch->n_layers; i++) {
        const size_t in = sg_net_width(net, i), out = sg_net_width(net, i + 1);
        double *layer = w + sg_net_layer_offset(net, i);
        for (size_t j = 0; j < in * out; j++)
            layer[j] = (j / out == j % out ? 1.0 : 0.0) + 0.3 / sqrt((double)in) * sg_base_rng_gaussian(rng);
    }
    for (size_t i = 0; i < sizes.phi; i++)
        phi[i] = 3 * sg_base_rng_gaussian(rng);               /* far off: relative error above 1 */
}

struct course { double first, last, worst_error, least_mu, least_decrease; uint64_t iterations, sg_steps; enum sg_status status; };

static struct course follow(struct sg_tracker *tracker, uint64_t limit, struct sg_evidence *ev, bool draw)
{
    struct course c = {.least_mu = HUGE_VAL, .least_decrease = HUGE_VAL};
    struct sg_tracking_step step;
    for (; c.iterations < limit; c.iterations++) {
        c.status = sg_sim_tracker_step(&step, tracker);
        if (c.iterations == 0)
            c.first = step.gradient;
        c.last = step.gradient;
        if (c.status != SG_OK || step.gradient <= DROP * c.first)
            break;
        c.worst_error = sg_base_max(c.worst_error, step.error);
        c.least_mu = fmin(c.least_mu, step.mu);
        const double rounding = 10 * SG_UNIT_ROUNDOFF * step.before;       /* of the two losses */
        c.least_decrease = fmin(c.least_decrease, (step.before - step.after + rounding) / (step.mu * step.gradient * step.gradient));
        c.sg_steps += step.sg_steps;
        if (draw)
            sg_claim_point(ev, (const double[]){(double)c.iterations, step.gradient / c.first, step.error, (double)step.sg_steps, step.mu});
    }
    return c;
}

/* One net of the given depth, its widths and the SG's place drawn. */
static struct course run(const struct shape *shape, const struct sg_trial *trial, const struct sg_data *rows, struct sg_rng *rng,
                         struct sg_evidence *ev, bool draw)
{
    const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = rows->d, .labels = shape->outputs, .n_layers = shape->depth,
                                 .layers = shape->layer, .n_modules = 1, .modules = &shape->module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_sizes sizes = sg_net_sizes(net);
    double *w = SG_NEW(sizes.w, double), *phi = SG_NEW(sizes.phi, double);
    const struct sg_batch batch = sg_sim_batch(rows);
    const struct sg_tracking_spec spec = {.net = net, .batch = &batch, .rho = RHO, .mu_max = trial->c->train.mu,
                                          .adapted = trial->c->train.search == SG_SEARCH_BACKTRACKING, .nu = trial->c->train.nu,
                                          .most_sg_steps = 2000};
    draw_start(w, phi, net, rng);
    struct sg_tracker *tracker = sg_sim_tracker_alloc(&spec, w, phi);
    const struct course c = follow(tracker, (uint64_t)trial->c->train.steps, ev, draw);
    sg_sim_tracker_free(tracker);
    sg_net_free(net);
    free(w);
    free(phi);
    return c;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    enum { DEPTHS = DEEPEST - LEAST_DEPTH + 1 };
    struct sg_rng *rng = sg_claim_rng(trial, "shape");
    struct sg_data rows = {0};
    struct shape shape[DEPTHS];
    struct course c[DEPTHS];
    double left = 0, error = 0, decrease = HUGE_VAL, least_mu = HUGE_VAL;
    uint64_t iterations = 0, sg_steps = 0;
    enum sg_status status = sg_data_compress(&rows, trial->data);
    for (size_t k = 0; k < DEPTHS && status == SG_OK; k++) {
        shape[k] = draw_shape(LEAST_DEPTH + k, rows.m, rng);
        if (trial->figure && k == DEPTHS / 2)
            sg_claim_series(ev, "course", "iteration gradient error sg_steps mu");
        c[k] = run(&shape[k], trial, &rows, rng, ev, trial->figure && k == DEPTHS / 2);
        left = sg_base_max(left, c[k].last / c[k].first);
        error = sg_base_max(error, c[k].worst_error);
        decrease = fmin(decrease, c[k].least_decrease);
        least_mu = fmin(least_mu, c[k].least_mu);
        iterations += c[k].iterations;
        sg_steps += c[k].sg_steps;
    }
    if (status == SG_OK) {
        sg_claim_bound(ev, SG_SIMULATED, "depths 2 to 10: |grad L| at the end over the start's, largest", left, DROP, "asked for");
        sg_claim_bound(ev, SG_SIMULATED, "largest relative error |dw - grad L| / |grad L| of a step taken", error, RHO, "DY6's condition, exact");
        sg_claim_fact(ev, SG_SIMULATED, "every step lowered L by at least (1 - rho)/2 mu |grad L|^2", decrease >= (1 - RHO) / 2, "exact");
        snprintf(ev->note, sizeof ev->note, "replicate %llu, nine depths: %llu iterations, %llu SG steps, smallest mu %.3g",
                 (unsigned long long)trial->replicate, (unsigned long long)iterations, (unsigned long long)sg_steps, least_mu);
    }
    if (trial->figure && status == SG_OK) {
        sg_claim_series(ev, "grid", "depth sg_at iterations sg_steps_per_iteration least_mu");
        for (size_t k = 0; k < DEPTHS; k++)
            sg_claim_point(ev, (const double[]){(double)shape[k].depth, (double)shape[k].at, (double)c[k].iterations,
                                                (double)c[k].sg_steps / (double)c[k].iterations, c[k].least_mu});
    }
    sg_data_free(&rows);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_dy7 = {
    .id = "DY7", .name = "dy7_chosen_rates", .title = "deep linear nets with chosen rates reach critical points", .needs_data = true,
    .measure = measure,
    .statement = "Deep linear net under MSE, linear SG with labels at a hidden boundary.  Each iteration takes as many SG steps as DY6's condition "
                 "|dw - grad L| <= rho |grad L|, rho < 1, needs (with the gradient of all weights), then a network step by backtracking.  Bounded iterates "
                 "then have only critical limit points.",
};
