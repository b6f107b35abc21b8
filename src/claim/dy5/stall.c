/* DY5.5: where the hypothesis fails.  Realizable data, S_x = I, a start at distance eps from w*,
 * its r uncorrelated with y and 1, and phi = (1 + c)(1, -1, 0), c = -3: s = -2 r points uphill, [p
 * y 1] is all but singular, and mu has to be of order V for thousands of steps. */
#include <math.h>

#include "claim/dy5/parts.h"
#include "lab/own.h"

enum { D = 4, STEPS = 500, STARTS = 3 };

/* A unit direction delta with r = x delta uncorrelated with y and 1: for S_x = I, orthogonal to w*
 * and to the ones column's coordinate. */
static void draw_direction(struct sg_lab *lab, double *delta, const struct sg_fit *fit,
                           struct sg_rng *rng)
{
    double span[D * 3], q[D * 3];
    for (size_t i = 0; i < D; i++) {
        span[i * 3] = fit->w[i];
        span[i * 3 + 1] = i + 1 == D ? 1.0 : 0.0;
        span[i * 3 + 2] = sg_base_rng_gaussian(rng);
    }
    sg_lab_try(lab, sg_base_qr_q(q, span, D, 3));
    for (size_t i = 0; i < D; i++)
        delta[i] = q[i * 3 + 2];
}

/* Means over the second half of the steps: mu wanders within the factor of 2 between two trials. */
struct means { double log_mu, log_v; };

static struct means follow(struct sg_lab *lab, const struct sg_data *rows, const struct sg_fit *fit,
                           double eps, struct sg_rng *rng)
{
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = D, .labels = 1,
                                 .n_layers = 1, .layers = &layer, .n_modules = 1,
                                 .modules = &module};
    const struct sg_batch batch = sg_sim_batch(rows);
    struct sg_net *net = sg_lab_own_net(lab, sg_net_alloc(&arch));
    double w[D] = {0}, phi[3] = {-2, 2, 0};
    struct means mean = {0, 0};
    draw_direction(lab, w, fit, rng);
    for (size_t i = 0; i < D; i++)
        w[i] = fit->w[i] + eps * w[i];
    const struct sg_search_spec spec = {.net = net,
                                        .batch = &batch,
                                        .mu_max = 1,
                                        .energy = sg_dy5_v,
                                        .context = sg_dy5_energy(lab, rows, fit)};
    struct sg_searcher *searcher = sg_sim_searcher_alloc(&spec, w, phi);
    for (int t = 0; t < STEPS && lab->status == SG_OK; t++) {
        struct sg_search_step step;
        sg_lab_try(lab, sg_sim_searcher_step(&step, searcher));
        mean.log_mu += t >= STEPS / 2 ? 2 * log(step.mu) / STEPS : 0;
        mean.log_v += t >= STEPS / 2 ? 2 * log(step.after) / STEPS : 0;
        if (lab->trial->figure && lab->status == SG_OK)
            sg_lab_point(lab, (const double[]){eps, t, step.after, step.mu});
    }
    sg_sim_searcher_free(searcher);
    return mean;
}

/* The slope of ln mu against ln V between starts a hundredfold apart.  The rate tried last that
 * passes is in (m/2, m], m the largest that does, so each end is known to ln 2 on one side; m is
 * proportional to V to within terms of the order of the distance, eps. */
void sg_dy5_stall(struct sg_lab *lab)
{
    const struct sg_gaussian spec = {.n = 60, .d = D, .outputs = 1, .condition = 1, .bias = true};
    const double farthest = 1e-2;
    struct sg_data *data = SG_TAKE(lab, 2 * STARTS, struct sg_data);
    struct means mean[STARTS] = {{0, 0}};
    if (lab->trial->figure)
        sg_lab_series(lab, "stall", "eps step V mu");
    for (int k = 0; k < STARTS && lab->status == SG_OK; k++) {
        struct sg_rng *rng = sg_lab_rng(lab, "stall");
        struct sg_data *samples = sg_lab_own_rows(lab, data + 2 * k);
        struct sg_data *rows = sg_lab_own_rows(lab, data + 2 * k + 1);
        struct sg_fit *fit = NULL;
        const bool made = sg_lab_try(lab, sg_data_make_gaussian(samples, &spec, rng)) &&
                          sg_lab_try(lab, sg_data_compress(rows, samples)) &&
                          sg_lab_try(lab, sg_closed_fit_alloc(&fit, rows));
        sg_lab_own_fit(lab, fit);
        if (made)
            mean[k] = follow(lab, rows, fit, farthest * pow(10, -k), rng);
    }
    const double span = mean[0].log_v - mean[STARTS - 1].log_v;
    sg_lab_equal(lab, SG_SIMULATED, "stall",
                 "hypothesis not met (realizable, c = -3): d ln mu / d ln V over 500 steps",
                 (mean[0].log_mu - mean[STARTS - 1].log_mu) / span, 1,
                 (struct sg_tol){(log(2) + farthest) / span,
                                 "mu is found by halving: a factor of 2 at "
                                 "one end; terms of order eps",
                                 0});
}
