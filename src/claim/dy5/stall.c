/* DY5.5: where the hypothesis fails.  Realizable data, S_x = I, a start at distance eps from w*,
 * its r uncorrelated with y and 1, and phi = (1 + c)(1, -1, 0), c = -3: s = -2 r points uphill, [p
 * y 1] is all but singular, and mu has to be of order V for thousands of steps. */
#include <math.h>

#include "claim/dy5/parts.h"
#include "lab/own.h"

enum { D = 4, STEPS = 500, STARTS = 3 };
static const double FARTHEST = 1e-2;

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

/* A start, ready to be followed by either scheme. */
struct start {
    struct sg_net *net;
    struct sg_batch batch;
    double w[D], phi[3];
};

static struct start start_at(struct sg_lab *lab, const struct sg_data *rows,
                             const struct sg_fit *fit, double eps, struct sg_rng *rng)
{
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = D, .labels = 1,
                                 .n_layers = 1, .layers = &layer, .n_modules = 1,
                                 .modules = &module};
    struct start start = {.net = sg_net_alloc(&arch), .batch = sg_sim_batch(rows),
                          .phi = {-2, 2, 0}};
    draw_direction(lab, start.w, fit, rng);
    for (size_t i = 0; i < D; i++)
        start.w[i] = fit->w[i] + eps * start.w[i];
    return start;
}

/* DY13 from the same start: mu fixed at half its limit, the SG's step normalised, no test on V.
 * Steps until |w - w*| = 1e-10; STEPS if it is not met. */
static int follow_fixed(struct sg_lab *lab, const struct start *start, const struct sg_fit *fit,
                        struct sg_dy5_energy *v, double eps)
{
    const struct sg_field field = sg_sim_net_field(start->net, start->batch.n);
    const struct sg_sim_spec spec = {.field = &field, .net_opt = {.rate = 1},
                                     .sg_opt = {.rate = 1}, .sg_step = SG_STEP_NORMALISED};
    struct sg_sim *sim = sg_sim_alloc(&spec, start->w, start->phi);
    int arrived = STEPS;
    for (int t = 0; t < STEPS && lab->status == SG_OK; t++) {
        const double *w = sg_sim_w(sim);
        double square = 0;
        for (size_t i = 0; i < D; i++)
            square += (w[i] - fit->w[i]) * (w[i] - fit->w[i]);
        if (square <= 1e-20 && t < arrived)
            arrived = t;
        const double energy = sg_dy5_v(w, sg_sim_phi(sim), v);
        if (lab->trial->figure && energy > 1e-30)
            sg_lab_point(lab, (const double[]){eps, t, energy});
        sg_sim_step(sim, &start->batch);
    }
    sg_sim_free(sim);
    return arrived;
}

/* Means over the second half of the steps: mu wanders within the factor of 2 between two trials. */
struct means { double log_mu, log_v; };

static struct means follow(struct sg_lab *lab, const struct start *start,
                           struct sg_dy5_energy *v, double eps)
{
    struct means mean = {0, 0};
    const struct sg_search_spec spec = {.net = start->net,
                                        .batch = &start->batch,
                                        .mu_max = 1,
                                        .energy = sg_dy5_v,
                                        .context = v};
    struct sg_searcher *searcher = sg_sim_searcher_alloc(&spec, start->w, start->phi);
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

/* The k-th start, by one of the two schemes. */
struct followed { struct means mean; int arrived; };

static struct followed from_start(struct sg_lab *lab, int k, bool fixed)
{
    const struct sg_gaussian spec = {.n = 60, .d = D, .outputs = 1, .condition = 1, .bias = true};
    const double eps = FARTHEST * pow(10, -k);
    struct sg_data data = {0}, rows = {0};
    struct sg_fit *fit = NULL;
    struct followed f = {{0, 0}, STEPS};
    struct sg_rng *rng = sg_lab_rng(lab, "stall");
    if (sg_lab_try(lab, sg_data_make_gaussian(&data, &spec, rng)) &&
        sg_lab_try(lab, sg_data_compress(&rows, &data)) &&
        sg_lab_try(lab, sg_closed_fit_alloc(&fit, &rows))) {
        const struct start start = start_at(lab, &rows, fit, eps, rng);
        struct sg_dy5_energy *v = sg_dy5_energy(lab, &rows, fit);
        if (fixed)
            f.arrived = follow_fixed(lab, &start, fit, v, eps);
        else
            f.mean = follow(lab, &start, v, eps);
        sg_net_free(start.net);
    }
    sg_closed_fit_free(fit);
    sg_data_free(&rows);
    sg_data_free(&data);
    return f;
}

/* Beside it, without a verdict: the same starts, which DY13 leads down in a straight line. */
static void straight(struct sg_lab *lab)
{
    int arrived[STARTS] = {0};
    sg_lab_series(lab, "straight", "eps step V");
    for (int k = 0; k < STARTS && lab->status == SG_OK; k++)
        arrived[k] = from_start(lab, k, true).arrived;
    sg_lab_note(lab, "from the stall's starts with mu fixed and the SG's step normalised (DY13), "
                "|w - w*| is 1e-10 after %d, %d and %d steps", arrived[0], arrived[1], arrived[2]);
}

/* The slope of ln mu against ln V between starts a hundredfold apart.  The rate tried last that
 * passes is in (m/2, m], m the largest that does, so each end is known to ln 2 on one side; m is
 * proportional to V to within terms of the order of the distance, eps. */
void sg_dy5_stall(struct sg_lab *lab)
{
    struct means mean[STARTS] = {{0, 0}};
    if (lab->trial->figure)
        sg_lab_series(lab, "stall", "eps step V mu");
    for (int k = 0; k < STARTS && lab->status == SG_OK; k++)
        mean[k] = from_start(lab, k, false).mean;
    const double span = mean[0].log_v - mean[STARTS - 1].log_v;
    sg_lab_equal(lab, SG_SIMULATED, "stall",
                 "hypothesis not met (realizable, c = -3): d ln mu / d ln V over 500 steps",
                 (mean[0].log_mu - mean[STARTS - 1].log_mu) / span, 1,
                 (struct sg_tol){(log(2) + FARTHEST) / span,
                                 "mu is found by halving: a factor of 2 at "
                                 "one end; terms of order eps",
                                 0});
    if (lab->trial->figure)
        straight(lab);
}
