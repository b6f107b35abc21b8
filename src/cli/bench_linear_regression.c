/* bench linear-regression: one weight vector with a linear SG at the output, full batch. */
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"

static bool check(const struct sg_bench_setup *setup)
{
    if (setup->features > setup->samples)
        sg_cli_refuse("--features %llu: at most the %llu samples",
                      (unsigned long long)setup->features, (unsigned long long)setup->samples);
    return setup->features <= setup->samples;
}

/* Two products with the rows (p = X w, X^T s) of 2 d flops a row; 13 a
 * mode for the spectral form. */
static double flops(const struct sg_bench_setup *setup)
{
    const double d = (double)setup->features, q = d + 2;
    if (strcmp(setup->form, "spectral") == 0)
        return 13 * d;
    return 4 * d * (strcmp(setup->form, "sample") == 0 ? (double)setup->samples : q);
}

static enum sg_status time_steps(struct sg_bench_result *result, const struct sg_bench_setup *setup)
{
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = SG_MSE,
                                 .inputs = setup->features,
                                 .labels = 1,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_data data = {0};
    struct sg_spectral *spectral = NULL;
    struct sg_net *net = sg_net_alloc(&arch);
    enum sg_status status = sg_bench_data(&data, setup, setup->features, 1);
    if (status == SG_OK && strcmp(setup->form, "spectral") == 0)
        status = sg_sim_spectral_alloc(&spectral, &data, module.terms, 1.0);
    if (status == SG_OK) {
        const struct sg_field field = spectral ? sg_sim_spectral_field(spectral)
                                               : sg_sim_net_field(net, data.n);
        const double rate = sg_bench_rate(&data);
        const struct sg_sim_spec spec = {.field = &field,
                                         .net_opt = {.rate = rate},
                                         .sg_opt = {.rate = rate}};
        double *zero = SG_NEW(field.sizes.w + field.sizes.phi, double);
        struct sg_sim *sim = sg_sim_alloc(&spec, zero, zero);
        status = sg_bench_steps(&result->steps_per_second, sim, &data, setup->steps);
        sg_sim_free(sim);
        free(zero);
    }
    sg_sim_spectral_free(spectral);
    sg_net_free(net);
    sg_data_free(&data);
    return status;
}

const struct sg_benchmark sg_bench_linear_regression = {
    .name = "linear-regression",
    .takes = "samples features steps form ",
    .choice = "form",
    .forms = "sample compressed spectral ",
    .defaults = {.threads = 1, .samples = 1000, .features = 101},
    .check = check,
    .flops = flops,
    .time = time_steps,
};
