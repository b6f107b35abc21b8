/* bench deep-linear: hidden linear layers without biases on inputs (x, 1), MSE, and one linear SG
 * in the middle, full batch.
 *
 * The SG at boundary c = ceil((hidden + 1) / 2) has terms (h, y, 1), is taught the true gradient
 * and drives everything below it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"

static size_t middle(const struct sg_bench_setup *setup)
{
    return ((size_t)setup->layers + 1) / 2;
}

static bool check(const struct sg_bench_setup *setup)
{
    if (setup->width + 1 > setup->samples)
        sg_cli_refuse("--width %llu: the inputs are as wide as the layers, and a column of ones; "
                      "at most the %llu samples",
                      (unsigned long long)setup->width, (unsigned long long)setup->samples);
    return setup->width + 1 <= setup->samples;
}

/* Products with the rows as the net defines them: h_{i+1} = h_i W, h_i^T delta and, but for the
 * lowest layer, delta W^T; for the SG h A and h^T e, y B and y^T e, 1 C and 1^T e. */
static double flops(const struct sg_bench_setup *setup)
{
    const double k = (double)setup->width, m = (double)setup->outputs, d = k + 1,
                 hidden = (double)setup->layers;
    const double layers = 2 * d * k + 3 * (hidden - 1) * k * k + 3 * k * m,
                 sg = 2 * k * (k + m + 1);
    return 2 * (layers + sg) *
           (strcmp(setup->form, "sample") == 0 ? (double)setup->samples : d + m + 1);
}

/* N(0, 1/width of h_i): what goes through the layers keeps its size. */
static void draw_weights(double *w, const struct sg_net *net, struct sg_rng *rng)
{
    const struct sg_arch *arch = sg_net_arch(net);
    for (size_t i = 0; i < arch->n_layers; i++)
        for (size_t j = 0, in = sg_net_width(net, i); j < in * sg_net_width(net, i + 1); j++)
            w[sg_net_layer_offset(net, i) + j] = sg_base_rng_gaussian(rng) / sqrt((double)in);
}

static enum sg_status time_steps(struct sg_bench_result *result, const struct sg_bench_setup *setup)
{
    const size_t depth = (size_t)setup->layers + 1;
    struct sg_layer *layers = SG_NEW(depth, struct sg_layer);
    for (size_t i = 0; i < depth; i++)
        layers[i] =
            (struct sg_layer){SG_DENSE, i + 1 < depth ? setup->width : setup->outputs, false};
    const struct sg_module module = {middle(setup),  SG_LINEAR, SG_H | SG_Y | SG_ONE,
                                     SG_TARGET_TRUE, 1.0,       0};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = SG_MSE,
                                 .inputs = setup->width + 1,
                                 .labels = setup->outputs,
                                 .n_layers = depth,
                                 .layers = layers,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_data data = {0};
    struct sg_net *net = sg_net_alloc(&arch);
    enum sg_status status = sg_bench_data(&data, setup, arch.inputs, arch.labels);
    if (status == SG_OK) {
        const struct sg_field field = sg_sim_net_field(net, data.n);
        /* a tenth of a unit of time, however many steps */
        const double rate = sg_bench_rate(&data) / (double)setup->steps;
        const struct sg_sim_spec spec = {.field = &field,
                                         .net_opt = {.rate = rate},
                                         .sg_opt = {.rate = rate}};
        struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "weights");
        double *w = SG_NEW(field.sizes.w, double), *phi = SG_NEW(field.sizes.phi, double);
        draw_weights(w, net, rng);
        struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
        status = sg_bench_steps(&result->steps_per_second, sim, &data, setup->steps);
        sg_sim_free(sim);
        sg_base_rng_free(rng);
        free(w);
        free(phi);
    }
    sg_net_free(net);
    sg_data_free(&data);
    free(layers);
    return status;
}

const struct sg_benchmark sg_bench_deep_linear = {
    .name = "deep-linear",
    .takes = "samples width layers outputs steps form ",
    .choice = "form",
    .forms = "compressed sample ",
    .defaults = {.threads = 1, .samples = 1000, .width = 100, .layers = 10, .outputs = 2},
    .check = check,
    .flops = flops,
    .time = time_steps,
};
