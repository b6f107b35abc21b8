/* CP7: three classes, where a pointwise sigmoid does not contain the gradient.  The same SG trained
 * in the same way on two classes, which it does, shows what the training would see. */
#include <math.h>

#include "claim/cp7/parts.h"

enum { N = 60, FEATURES = 2, MOST = 3, STEPS = 5000, DRAWS = 20 };

/* Two features and ones, the class by the largest of random linear functions, four in ten by
 * chance. */
static void draw_data(struct sg_data *data, size_t classes, struct sg_rng *rng)
{
    double truth[FEATURES * MOST];
    sg_base_rng_gaussians(truth, FEATURES * classes, rng);
    sg_data_alloc(data, N, FEATURES + 1, classes);
    for (size_t i = 0; i < N; i++) {
        double *x = data->x + i * (FEATURES + 1), best = -HUGE_VAL;
        size_t label = 0;
        sg_base_rng_gaussians(x, FEATURES, rng);
        x[FEATURES] = 1;
        for (size_t k = 0; k < classes; k++) {
            const double v = x[0] * truth[k] + x[1] * truth[classes + k];
            label = v > best ? k : label;
            best = fmax(best, v);
        }
        if (sg_base_rng_uniform(rng) < 0.4)
            label = sg_base_rng_index(rng, classes);
        data->y[i * classes + label] = 1;
    }
}

/* rms(s - g) at fixed weights, the SG alone trained from its start. */
static double error_of_trained_sg(const struct sg_data *data, const double *w, struct sg_rng *rng)
{
    const struct sg_layer layer = {.kind = SG_DENSE, .width = data->m};
    const struct sg_module module = {.at = 1, .family = SG_SIGMOID_LINEAR,
                                     .terms = SG_H | SG_Y | SG_ONE, .mix = 1};
    const struct sg_arch arch = {.loss = SG_SOFTMAX_XENT, .inputs = data->d, .labels = data->m,
                                 .n_layers = 1, .layers = &layer, .n_modules = 1,
                                 .modules = &module};
    const struct sg_batch batch = sg_sim_batch(data);
    const struct sg_opt opt = {.kind = SG_GD, .rate = 0.5};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, data->n);
    struct sg_metrics metrics;
    double phi[2 * MOST * (MOST + 1)], dphi[2 * MOST * (MOST + 1)];
    const size_t k = sg_net_sizes(net).phi;
    SG_REQUIRE(k <= sizeof phi / sizeof *phi);
    sg_net_start_phi(phi, net, rng);
    for (int t = 0; t < STEPS; t++) {
        sg_net_eval(NULL, dphi, NULL, net, w, phi, &batch, SG_WANT_PHI, work);
        sg_net_opt_step(phi, NULL, phi, dphi, &opt, SG_F64, k);
    }
    sg_net_eval(NULL, dphi, &metrics, net, w, phi, &batch, SG_WANT_PHI | SG_WANT_METRICS, work);
    sg_net_work_free(work);
    sg_net_free(net);
    return sqrt(2 * metrics.sg_loss);
}

/* At the optimum of the first data drawn that have one; NaN: none had. */
static double error_at_optimum(size_t classes, struct sg_rng *rng)
{
    double error = SG_NAN;
    for (int draw = 0; draw < DRAWS && !(error >= 0); draw++) {
        struct sg_data data;
        struct sg_log_point *optimum = NULL;
        draw_data(&data, classes, rng);
        if (sg_closed_log_optimum_alloc(&optimum, &data, NULL) == SG_OK && optimum->finite)
            error = error_of_trained_sg(&data, optimum->w, rng);
        sg_closed_log_point_free(optimum);
        sg_data_free(&data);
    }
    return error;
}

void sg_cp7_three_classes(struct sg_lab *lab)
{
    struct sg_rng *rng = sg_lab_rng(lab, "three");
    const double three = error_at_optimum(3, rng), two = error_at_optimum(2, rng);
    sg_lab_below(
        lab, SG_SIMULATED, "three-classes",
        "rms(s - g) of the SG trained alone: two classes, at most a tenth of three classes", two,
        three / 10, (struct sg_tol){0, "5000 steps each", 0});
}
