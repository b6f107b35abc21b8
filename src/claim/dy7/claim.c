/* DY7: deep linear nets with chosen rates.  As many SG steps as DY6's condition needs, then a
 * backtracking network step; bounded iterates have only critical limit points.
 *
 * The condition and the decrease are measured anew from the weights before and after each step:
 * the direction is (w - w') / mu, grad L and L are those of closed/ (products of matrices and
 * moments), which share no arithmetic with the net that was trained. */
#include <math.h>

#include "claim/dy7/parts.h"
#include "lab/own.h"
#include "lab/shallow.h"

enum { LEAST_DEPTH = 2, DEPTHS = SG_DY7_DEEPEST - LEAST_DEPTH + 1 };
static const double DROP = 1e-6;         /* |grad L| at the end over |grad L| at the start */

struct course { double first, last, least_mu; uint64_t iterations, sg_steps; bool arrived; };

static struct course follow(struct sg_lab *lab, struct sg_tracker *tracker,
                            struct sg_dy7_truth *truth, bool draw)
{
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    struct course c = {.least_mu = HUGE_VAL};
    struct sg_tracking_step step;
    enum sg_status status = SG_OK;
    while (status == SG_OK && c.iterations < most && !c.arrived) {
        status = sg_sim_tracker_step(&step, tracker);
        c.first = c.iterations == 0 ? step.gradient : c.first;
        c.last = step.gradient;
        c.arrived = step.gradient <= DROP * c.first;
        if (status != SG_OK || c.arrived)
            break;
        if (c.iterations == 0)
            sg_dy7_certify(lab, truth, sg_sim_tracker_w(tracker), step.mu);
        sg_dy7_check_step(lab, truth, sg_sim_tracker_w(tracker), step.mu);
        c.least_mu = fmin(c.least_mu, step.mu);
        c.sg_steps += step.sg_steps;
        if (draw)
            sg_lab_point(lab, (const double[]){(double)c.iterations, step.gradient / c.first,
                                               step.error, (double)step.sg_steps, step.mu});
        c.iterations++;
    }
    return c;
}

/* |grad L| by closed/ at the end, where the iteration was stopped by the net's own. */
static void check_end(struct sg_lab *lab, struct sg_dy7_truth *truth, const struct course *c,
                      double first)
{
    if (!c->arrived && lab->trial->c->train.search == SG_SEARCH_BACKTRACKING)
        sg_lab_stop(lab, SG_BUDGET, "at depth %zu |grad L| is %.2g of its start after %llu "
                    "iterations, not %.0g; raise train.steps", truth->n_layers,
                    c->last / c->first, (unsigned long long)c->iterations, DROP);
    if (c->arrived)
        sg_lab_below(lab, SG_SIMULATED, "gradient",
                     "depths 2 to 10: |grad L| at the end over the start's, largest",
                     truth->now.norm / first, DROP,
                     (struct sg_tol){sg_dy7_rounding(truth) / first, "rounding of grad L", 0});
}

/* One net of the given depth, its widths and the SG's place drawn. */
static struct course run(struct sg_lab *lab, const struct sg_dy7_shape *shape,
                         const struct sg_data *rows, struct sg_rng *rng, bool draw)
{
    const struct sg_case *c = lab->trial->c;
    const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = rows->d,
                                 .labels = rows->m, .n_layers = shape->depth, .n_modules = 1,
                                 .layers = shape->layer, .modules = &shape->module};
    struct sg_net *net = sg_lab_own_net(lab, sg_net_alloc(&arch));
    const struct sg_sizes sizes = sg_net_sizes(net);
    double *w = SG_TAKE(lab, sizes.w, double), *phi = SG_TAKE(lab, sizes.phi, double);
    const struct sg_batch batch = sg_sim_batch(rows);
    const struct sg_tracking_spec spec = {
        .net = net, .batch = &batch, .rho = SG_DY7_RHO, .mu_max = c->train.mu, .nu = c->train.mu,
        .adapted = c->train.search == SG_SEARCH_BACKTRACKING, .most_sg_steps = 2000};
    sg_dy7_draw_start(w, phi, net, rng);
    struct sg_dy7_truth *truth = sg_dy7_truth(lab, net, w);
    const double first = truth->now.norm;
    struct sg_tracker *tracker = sg_sim_tracker_alloc(&spec, w, phi);
    const struct course course = follow(lab, tracker, truth, draw);
    check_end(lab, truth, &course, first);
    sg_sim_tracker_free(tracker);
    return course;
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_rng *rng = sg_lab_rng(lab, "shape");
    struct sg_data *rows = sg_lab_own_rows(lab, SG_TAKE(lab, 1, struct sg_data));
    struct sg_dy7_shape shape[DEPTHS] = {0};
    struct course c[DEPTHS] = {0};
    double least_mu = HUGE_VAL, iterations = 0, sg_steps = 0;
    (void)on;
    if (!sg_lab_try(lab, sg_data_compress(rows, lab->trial->data)))
        return;
    for (size_t k = 0; k < DEPTHS && lab->status == SG_OK; k++) {
        const bool draw = lab->trial->figure && k == DEPTHS / 2;
        shape[k] = sg_dy7_draw_shape(LEAST_DEPTH + k, rows->m, rng);
        if (draw)
            sg_lab_series(lab, "course", "iteration gradient error sg_steps mu");
        c[k] = run(lab, &shape[k], rows, rng, draw);
        least_mu = fmin(least_mu, c[k].least_mu);
        iterations += (double)c[k].iterations;
        sg_steps += (double)c[k].sg_steps;
    }
    sg_lab_note(lab,
                "replicate %llu, nine depths: %.0f iterations, %.0f SG steps, smallest mu %.3g",
                (unsigned long long)lab->trial->replicate, iterations, sg_steps, least_mu);
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "grid", "depth sg_at iterations sg_steps_per_iteration least_mu");
    for (size_t k = 0; k < DEPTHS; k++)
        sg_lab_point(lab, (const double[]){
                              (double)shape[k].depth, (double)shape[k].at, (double)c[k].iterations,
                              (double)c[k].sg_steps / (double)c[k].iterations, c[k].least_mu});
}

const struct sg_claim sg_claim_dy7 = {
    .id = "DY7",
    .name = "dy7_chosen_rates",
    .title = "deep linear nets with chosen rates reach critical points",
    .from = SG_FROM_PAPER,
    .source = "Corollary 1; the constants: this project",
    .needs_data = true,
    .reads = SG_READS_TABLE " train.search! train.units=absolute train.mu train.steps",
    .measure = sg_lab_measure,
    .says = says,
    .statement = "Deep linear net under MSE, linear SG with labels at a hidden boundary.  Each "
                 "iteration takes "
                 "as many SG steps as DY6's condition |dw - grad L| <= rho |grad L|, rho < 1, "
                 "needs (with the "
                 "gradient of all weights), then a network step by backtracking.  Bounded iterates "
                 "then have "
                 "only critical limit points.",
};
