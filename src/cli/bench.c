/* bench: steps per second, next to what this machine's GEMM does in the same process. */
#include <gsl/gsl_cblas.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "synthgrad/report.h"

/* Best of a few rounds: the machine's own double-precision rate on one thread. */
static double gemm_gflops(void)
{
    enum { SIZE = 384, ROUNDS = 8 };
    double *a = SG_NEW(SIZE * SIZE, double), *b = SG_NEW(SIZE * SIZE, double), *c = SG_NEW(SIZE * SIZE, double), best = 0;
    for (size_t i = 0; i < SIZE * SIZE; i++)
        a[i] = b[i] = 1.0 / (double)(i + 1);
    for (int round = 0; round < ROUNDS; round++) {
        const double start = sg_base_seconds();
        sg_base_mul(c, a, b, SIZE, SIZE, SIZE);
        const double rate = 2e-9 * SIZE * SIZE * SIZE / (sg_base_seconds() - start);
        best = rate > best ? rate : best;
    }
    free(a);
    free(b);
    free(c);
    return best;
}

struct setup { uint64_t samples, features, steps; const char *form; };

/* Linear regression with a linear SG at the output: the best of three runs of `steps` steps. */
static enum sg_status time_linear_regression(double *steps_per_second, const struct setup *setup)
{
    const struct sg_gaussian spec = {.n = setup->samples, .d = setup->features, .outputs = 1, .condition = 10, .noise = 0.5, .bias = true};
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_MSE, .inputs = spec.d, .labels = 1, .n_layers = 1, .layers = &layer,
                                 .n_modules = 1, .modules = &module};
    struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "data");
    struct sg_data samples = {0}, rows = {0};
    struct sg_spectral *spectral = NULL;
    struct sg_net *net = sg_net_alloc(&arch);
    enum sg_status status = sg_data_make_gaussian(&samples, &spec, rng);
    const bool sample = strcmp(setup->form, "sample") == 0;
    if (status == SG_OK && !sample)
        status = sg_data_compress(&rows, &samples);
    const struct sg_data *data = sample ? &samples : &rows;
    if (status == SG_OK && strcmp(setup->form, "spectral") == 0)
        status = sg_sim_spectral_alloc(&spectral, data, module.terms, 1.0);
    if (status == SG_OK) {
        const struct sg_field field = spectral ? sg_sim_spectral_field(spectral) : sg_sim_net_field(net, data->n);
        /* Well inside both limits, whatever the data: a run that overflows would time something else. */
        const double n = (double)data->n, x2 = sg_base_dot(data->x, data->x, data->n * data->d) / n, y2 = sg_base_dot(data->y, data->y, data->n) / n;
        const double stable = 0.1 / (1 + x2 + y2);
        const struct sg_sim_spec sim_spec = {.field = &field, .net_opt = {.rate = stable}, .sg_opt = {.rate = stable}};
        const struct sg_batch batch = sg_sim_batch(data);
        double *zero = SG_NEW(field.sizes.w + field.sizes.phi, double);
        struct sg_sim *sim = sg_sim_alloc(&sim_spec, zero, zero);
        *steps_per_second = 0;
        for (int round = 0; round < 3 && status == SG_OK; round++) {
            const double start = sg_base_seconds();
            status = sg_sim_advance(sim, &batch, setup->steps);
            const double rate = (double)setup->steps / (sg_base_seconds() - start);
            *steps_per_second = rate > *steps_per_second ? rate : *steps_per_second;
        }
        sg_sim_free(sim);
        free(zero);
    }
    sg_sim_spectral_free(spectral);
    sg_net_free(net);
    sg_data_free(&samples);
    sg_data_free(&rows);
    sg_base_rng_free(rng);
    return status;
}

static int bench(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    struct setup setup = {.samples = 1000, .features = 101, .steps = 0, .form = "sample"};
    if (strcmp(args[0], "linear-regression") != 0)
        return sg_cli_refuse("there is no benchmark %.60s; this version has linear-regression", args[0]);
    if (sg_cli_option(command, "form")->given)
        setup.form = sg_cli_option(command, "form")->value;
    if (strcmp(setup.form, "sample") != 0 && strcmp(setup.form, "compressed") != 0 && strcmp(setup.form, "spectral") != 0)
        return sg_cli_refuse("--form %.40s: give sample, compressed or spectral", setup.form);
    if (!sg_cli_integer(&setup.samples, command, "samples", 2, 10000000) || !sg_cli_integer(&setup.features, command, "features", 2, 5000) ||
        !sg_cli_integer(&setup.steps, command, "steps", 1, UINT32_MAX))
        return SG_EXIT_USAGE;
    if (setup.features > setup.samples)
        return sg_cli_refuse("--features %llu: at most the %llu samples", (unsigned long long)setup.features, (unsigned long long)setup.samples);
    const double q = (double)setup.features + 2, d = (double)setup.features;
    const bool sample = strcmp(setup.form, "sample") == 0, spectral = strcmp(setup.form, "spectral") == 0;
    /* Two products with the rows (p = X w, X^T s) of 2 d flops a row; 13 a mode for the spectral form. */
    const double flops = spectral ? 13 * d : 4 * d * (sample ? (double)setup.samples : q);
    if (setup.steps == 0)                                    /* about a third of a second a round */
        setup.steps = (uint64_t)(1e9 / flops) + 1;
    double rate;
    const enum sg_status status = time_linear_regression(&rate, &setup);
    if (status != SG_OK)
        return sg_cli_fail(status, NULL);
    const double limit = gemm_gflops(), gflops = 1e-9 * flops * rate;
    if (sg_cli_option(command, "json")->given) {
        struct sg_error err;
        return sg_cli_fail(sg_report_write_json("-", json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:i}", "bench", args[0], "form", setup.form,
                                                               "samples", (json_int_t)setup.samples, "features", (json_int_t)setup.features,
                                                               "steps", (json_int_t)setup.steps, "steps_per_second", sg_report_number(rate), "gflops",
                                                               sg_report_number(gflops), "limit_gflops", sg_report_number(limit), "threads", 1), &err), &err);
    }
    printf("%s, %s form, n = %llu, d = %llu: %.4g steps_per_second (%.3g us a step)\n%.3g gflops; limit_gflops %.3g (GEMM, same process), 1 thread\n",
           args[0], setup.form, (unsigned long long)setup.samples, (unsigned long long)setup.features, rate, 1e6 / rate, gflops, limit);
    return SG_EXIT_OK;
}

static struct sg_option options[] = {
    {.name = "samples", .metavar = "N", .help = "rows of X (default 1000)"},
    {.name = "features", .metavar = "D", .help = "columns of X, the ones column included (default 101)"},
    {.name = "steps", .metavar = "T", .help = "steps a round, best of three (default: about a third of a second)"},
    {.name = "form", .metavar = "FORM", .help = "sample, compressed or spectral (default sample)"},
    {.name = "json", .help = "as JSON"},
    {0},
};
struct sg_command sg_command_bench = {
    .name = "bench", .summary = "how fast the simulator steps on this machine", .arguments = "NAME", .options = options, .min_args = 1, .max_args = 1,
    .run = bench, .examples = "  synthgrad bench linear-regression --form compressed\n  synthgrad bench linear-regression --samples 100000 --json\n",
};
