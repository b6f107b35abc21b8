/* bench: steps per second, next to what this machine's GEMM does in the same process. */
#include <gsl/gsl_cblas.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/bench.h"
#include "synthgrad/net.h"
#include "synthgrad/report.h"

static const struct sg_benchmark *const benchmarks[] = {&sg_bench_linear_regression,
                                                        &sg_bench_deep_linear, &sg_bench_mlp,
                                                        &sg_bench_unlocked};

double sg_bench_seconds(uint64_t threads)
{
    struct timespec t;
    clock_gettime(threads > 1 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The machine's own double-precision rate on one thread: the best of a few products by the BLAS
 * and by the net's kernel. */
static double gemm_gflops(void)
{
    enum { SIZE = 256, ROUNDS = 12 };
    double *a = SG_NEW(SIZE * SIZE, double), *b = SG_NEW(SIZE * SIZE, double),
           *c = SG_NEW(SIZE * SIZE, double), best = 0;
    for (size_t i = 0; i < SIZE * SIZE; i++)
        a[i] = b[i] = 1.0 / (double)(i + 1);
    for (int round = 0; round < ROUNDS; round++) {
        const double start = sg_bench_seconds(1);
        if (round % 2)
            sg_base_mul(c, a, b, SIZE, SIZE, SIZE);
        else
            sg_net_product(c, a, b, SG_NN, SIZE, SIZE, SIZE, SG_F64);
        const double rate = 2e-9 * SIZE * SIZE * SIZE / (sg_bench_seconds(1) - start);
        best = rate > best ? rate : best;
    }
    free(a);
    free(b);
    free(c);
    return best;
}

enum sg_status sg_bench_data(struct sg_data *data, const struct sg_bench_setup *setup, size_t d,
                             size_t outputs)
{
    const struct sg_gaussian spec = {.n = setup->samples,
                                     .d = d,
                                     .outputs = outputs,
                                     .condition = 10,
                                     .noise = 0.5,
                                     .bias = true};
    struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "data");
    enum sg_status status = sg_data_make_gaussian(data, &spec, rng);
    sg_base_rng_free(rng);
    if (status == SG_OK && strcmp(setup->form, "sample") != 0) {
        struct sg_data rows = {0};
        status = sg_data_compress(&rows, data);
        sg_data_free(data);
        *data = rows;
    }
    return status;
}

double sg_bench_rate(const struct sg_data *data)
{
    const double n = (double)data->n, x2 = sg_base_dot(data->x, data->x, data->n * data->d) / n;
    return 0.1 / (1 + x2 + sg_base_dot(data->y, data->y, data->n * data->m) / n);
}

enum sg_status sg_bench_steps(double *steps_per_second, struct sg_sim *sim,
                              const struct sg_data *data, uint64_t steps)
{
    enum { PARTS = 400 };                        /* of some milliseconds */
    const struct sg_batch batch = sg_sim_batch(data);
    const uint64_t part = (steps + PARTS - 1) / PARTS;
    enum sg_status status = SG_OK;
    *steps_per_second = 0;
    for (uint64_t done = 0; done < steps && status == SG_OK; done += part) {
        const double start = sg_bench_seconds(1);
        status = sg_sim_advance(sim, &batch, part);
        const double rate = (double)part / (sg_bench_seconds(1) - start);
        *steps_per_second = rate > *steps_per_second ? rate : *steps_per_second;
    }
    return status;
}

/* Is `word` one of the words of `list`?  Each has a space behind. */
static bool listed(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; *at; at = strchr(at, ' ') + 1)
        if (strncmp(at, word, length) == 0 && at[length] == ' ')
            return true;
    return false;
}

static bool read_setup(struct sg_bench_setup *setup, char form[], size_t form_size,
                       const struct sg_benchmark *benchmark, const struct sg_command *command)
{
    for (const struct sg_option *o = command->options; o->name; o++)
        if (o->given && strcmp(o->name, "json") != 0 && !listed(benchmark->takes, o->name)) {
            sg_cli_refuse("bench %s has no option --%s; it takes %sjson", benchmark->name, o->name,
                          benchmark->takes);
            return false;
        }
    *setup = benchmark->defaults;
    setup->json = sg_cli_option(command, "json")->given;
    const struct sg_option *choice = sg_cli_option(command, benchmark->choice);
    snprintf(form, form_size, "%.*s", (int)strcspn(benchmark->forms, " "), benchmark->forms);
    setup->form = choice->given ? choice->value : form;
    if (!listed(benchmark->forms, setup->form)) {
        sg_cli_refuse("--%s %.40s: bench %s has %.*s", benchmark->choice, setup->form,
                      benchmark->name, (int)strlen(benchmark->forms) - 1, benchmark->forms);
        return false;
    }
    return sg_cli_integer(&setup->samples, command, "samples", 2, 10000000) &&
           sg_cli_integer(&setup->features, command, "features", 2, 5000) &&
           sg_cli_integer(&setup->width, command, "width", 1, 2000) &&
           sg_cli_integer(&setup->layers, command, "layers", 1, 100) &&
           sg_cli_integer(&setup->outputs, command, "outputs", 1, 1000) &&
           sg_cli_integer(&setup->batch, command, "batch", 2, 2000) &&
           sg_cli_integer(&setup->threads, command, "threads", 1, 64) &&
           sg_cli_integer(&setup->delay, command, "delay", 0, 1000) &&
           sg_cli_integer(&setup->steps, command, "steps", 1, UINT32_MAX) &&
           (!benchmark->check || benchmark->check(setup));
}

static json_t *as_json(const struct sg_benchmark *benchmark, const struct sg_bench_setup *setup,
                       const struct sg_bench_result *result, double gflops)
{
    json_t *json =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:I}", "bench", benchmark->name, benchmark->choice,
                  setup->form, "steps_per_second", sg_report_number(result->steps_per_second),
                  "gflops", sg_report_number(gflops), "limit_gflops",
                  sg_report_number(result->limit_gflops), "threads", (json_int_t)setup->threads);
    const struct { const char *name; uint64_t value; } sizes[] = {
        {"samples", setup->samples}, {"features", setup->features}, {"width", setup->width},
        {"layers", setup->layers},   {"outputs", setup->outputs},   {"batch", setup->batch},
        {"steps", setup->steps},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (listed(benchmark->takes, sizes[i].name))
            sg_report_put(json, sizes[i].name, json_integer((json_int_t)sizes[i].value));
    if (setup->batch)
        sg_report_put(json, "samples_per_second",
                      sg_report_number(result->steps_per_second * (double)setup->batch));
    const struct { const char *name; double value; } ideal[] = {
        {"gemm_seconds", result->gemm_seconds},
        {"copied_bytes", result->copied_bytes},
        {"copy_bytes_per_second", result->copy_rate},
        {"ideal_seconds", result->ideal},
        {"share_of_ideal", result->ideal * result->steps_per_second},
    };
    for (size_t i = 0; result->ideal > 0 && i < sizeof ideal / sizeof *ideal; i++)
        sg_report_put(json, ideal[i].name, sg_report_number(ideal[i].value));
    json_t *gemms = json_object();
    for (size_t g = 0; g < SG_BENCH_GEMMS && result->gemm[g].name; g++)
        sg_report_put(gemms, result->gemm[g].name,
                      sg_report_number(result->gemm[g].gflops));
    if (json_object_size(gemms))
        sg_report_put(json, "gemm_gflops", json_incref(gemms));
    json_decref(gemms);
    return json;
}

static void print_sizes(const struct sg_benchmark *benchmark, const struct sg_bench_setup *setup)
{
    printf("%s, %s %s", benchmark->name, setup->form, benchmark->choice);
    if (listed(benchmark->takes, "batch")) {
        printf(", %llu hidden layers of %llu, batch %llu", (unsigned long long)setup->layers,
               (unsigned long long)setup->width, (unsigned long long)setup->batch);
        return;
    }
    printf(", n = %llu", (unsigned long long)setup->samples);
    if (listed(benchmark->takes, "features"))
        printf(", d = %llu", (unsigned long long)setup->features);
    if (listed(benchmark->takes, "layers"))
        printf(", %llu hidden layers of %llu, %llu outputs, inputs of %llu and ones",
               (unsigned long long)setup->layers, (unsigned long long)setup->width,
               (unsigned long long)setup->outputs, (unsigned long long)setup->width);
}

static int bench(const struct sg_command *command, size_t n_args, char **args)
{
    const struct sg_benchmark *benchmark = NULL;
    struct sg_bench_setup setup;
    char form[32];
    (void)n_args;
    for (size_t i = 0; i < sizeof benchmarks / sizeof *benchmarks; i++)
        if (strcmp(args[0], benchmarks[i]->name) == 0)
            benchmark = benchmarks[i];
    if (!benchmark)
        return sg_cli_refuse("there is no benchmark %.60s; there are linear-regression, "
                             "deep-linear, mlp and unlocked",
                             args[0]);
    if (!read_setup(&setup, form, sizeof form, benchmark, command))
        return SG_EXIT_USAGE;
    if (benchmark->run)
        return benchmark->run(&setup);
    const double flops = benchmark->flops(&setup);
    /* small steps cost more than their arithmetic */
    if (setup.steps == 0)
        setup.steps = (uint64_t)(2e10 / (flops + 5000)) + 1;
    struct sg_bench_result result = {0};
    const enum sg_status status = benchmark->time(&result, &setup);
    if (status != SG_OK)
        return sg_cli_fail(status, NULL);
    if (result.limit_gflops == 0)
        result.limit_gflops = gemm_gflops();
    const double rate = result.steps_per_second, gflops = 1e-9 * flops * rate;
    if (sg_cli_option(command, "json")->given) {
        struct sg_error err;
        return sg_cli_fail(
            sg_report_write_json("-", as_json(benchmark, &setup, &result, gflops), &err), &err);
    }
    print_sizes(benchmark, &setup);
    printf(": %.4g steps_per_second (%.3g us a step)", rate, 1e6 / rate);
    if (setup.batch)
        printf(", %.4g samples_per_second", rate * (double)setup.batch);
    printf("\n%.3g gflops; limit_gflops %.3g (GEMM, same process), %llu thread%s\n", gflops,
           result.limit_gflops, (unsigned long long)setup.threads, setup.threads > 1 ? "s" : "");
    for (size_t g = 0; g < SG_BENCH_GEMMS && result.gemm[g].name; g++)
        printf("%s%s %.0f gflops, %.2f of the best%s", g ? "; " : "a step's products by: ",
               result.gemm[g].name, result.gemm[g].gflops,
               result.gemm[g].gflops / result.limit_gflops,
               g + 1 < SG_BENCH_GEMMS && result.gemm[g + 1].name ? "" : "\n");
    if (result.ideal > 0)
        printf("ideal %.4g us: the best GEMM %.4g us, and %.3g MB at the copy rate of %.3g GB/s; "
               "a step takes %.3f of it\n",
               1e6 * result.ideal, 1e6 * result.gemm_seconds, 1e-6 * result.copied_bytes,
               1e-9 * result.copy_rate, 1 / (result.ideal * rate));
    return SG_EXIT_OK;
}

static struct sg_option options[] = {
    {.name = "samples", .metavar = "N", .help = "rows of X (default 1000)"},
    {.name = "features",
     .metavar = "D",
     .help = "linear-regression: columns of X, the ones column included (default 101)"},
    {.name = "width",
     .metavar = "K",
     .help = "units of a hidden layer; deep-linear: and inputs beside the ones (default 100); mlp, "
             "unlocked: 512"},
    {.name = "layers",
     .metavar = "L",
     .help = "hidden layers, an SG in their middle (default 10; mlp: 20; unlocked: 8)"},
    {.name = "outputs", .metavar = "M", .help = "deep-linear: outputs (default 2)"},
    {.name = "batch", .metavar = "N", .help = "rows of a minibatch (mlp: 256; unlocked: 128)"},
    {.name = "threads", .metavar = "N", .help = "mlp: threads of a step (default 1)"},
    {.name = "steps",
     .metavar = "T",
     .help = "steps in all, timed in parts of which the fastest counts (default: a second or "
             "some); unlocked: in a round (8)"},
    {.name = "delay",
     .metavar = "TAU",
     .help = "unlocked: how many steps old the SG's pairs are (default 1)"},
    {.name = "form",
     .metavar = "FORM",
     .help = "sample, compressed or (linear-regression) spectral"},
    {.name = "rule",
     .metavar = "RULE",
     .help = "mlp: sg, a synthetic gradient in the middle, or bp, backpropagation"},
    {.name = "json", .help = "as JSON"},
    {0},
};
struct sg_command sg_command_bench = {
    .name = "bench",
    .summary = "how fast the simulator steps on this machine",
    .arguments = "linear-regression|deep-linear|mlp|unlocked",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .run = bench,
    .examples = "  synthgrad bench linear-regression --form compressed\n  synthgrad bench "
                "linear-regression --samples 100000 --json\n"
                "  synthgrad bench deep-linear --width 2 --samples 100\n"
                "  synthgrad bench mlp --threads 2\n  synthgrad bench unlocked --delay 2\n",
};
