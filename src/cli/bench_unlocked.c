/* bench unlocked: batch-norm relu nets on built-in digits, float32, Adam; lock-step backprop
 * against two halves in two threads, an SG between them.
 *
 *
 * All ways take a few steps in turn, round after round, so that a ratio is between neighbours in
 * time; other users of the machine lengthen wall time but not processor time, from which the gains
 * are that two idle processors allow. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/bench.h"
#include "synthgrad/report.h"
#include "synthgrad/train.h"

enum {
    ROUNDS = 9,
    IMAGES = 2000,
    LAYERS_MAX = 3 * 100 + 1,
    WAYS = 6,
    PLAIN = 0,
    BLAS = 1,
    UNDIVIDED = 2,
    IN_TURN = 3,
    AT_ONCE = 4,
    DELAYED = 5
};
static const char *const way_name[WAYS] = {
    "backprop",       "backprop, 2 BLAS threads",   "SG, undivided",
    "halves in turn", "halves, 2 threads, tau = 0", "halves, 2 threads"};

struct way {
    struct sg_net *net;
    struct sg_train *train;
    struct sg_halves *halves;
    double wall[ROUNDS], cpu[ROUNDS];
};

static struct way way_alloc(int kind, const struct sg_bench_setup *setup,
                            const struct sg_images *images)
{
    struct sg_layer layer[LAYERS_MAX];
    size_t n = 0;
    for (uint64_t block = 0; block < setup->layers; block++) {
        layer[n++] = (struct sg_layer){SG_DENSE, setup->width, false};
        layer[n++] = (struct sg_layer){SG_BATCHNORM, setup->width, false};
        layer[n++] = (struct sg_layer){SG_RELU, setup->width, false};
    }
    layer[n++] = (struct sg_layer){SG_DENSE, images->classes, true};
    const struct sg_module module = {
        3 * ((setup->layers + 1) / 2), SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_ARRIVING, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = images->rows * images->columns,
                                 .labels = images->classes,
                                 .n_layers = n,
                                 .layers = layer,
                                 .n_modules = kind >= UNDIVIDED,
                                 .modules = &module};
    const struct sg_opt adam = {SG_ADAM, 1e-3, 0.9, 0.999, 1e-8};
    struct way way = {.net = sg_net_alloc(&arch)};
    const struct sg_train_spec spec = {.net = way.net,
                                       .net_opt = adam,
                                       .sg_opt = adam,
                                       .init = SG_HE,
                                       .images = images,
                                       .batch = setup->batch,
                                       .name = "bench unlocked",
                                       .seed = 1};
    way.train = sg_train_alloc(&spec);
    way.halves = kind < IN_TURN
                     ? NULL
                     : sg_train_halves_alloc(way.train, kind == AT_ONCE ? 0 : setup->delay,
                                             kind == IN_TURN ? 1 : 2);
    return way;
}

static void way_free(struct way *way)
{
    sg_train_halves_free(way->halves);
    sg_train_free(way->train);
    sg_net_free(way->net);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static enum sg_status take_steps(struct way *way, size_t round, int kind, uint64_t steps)
{
    if (kind == BLAS)
        sg_base_set_blas_threads(2);
    const double wall = sg_base_seconds(), cpu = cpu_seconds();
    const enum sg_status status = way->halves ? sg_train_halves_advance(way->halves, steps)
                                              : sg_train_advance(way->train, steps);
    way->wall[round] = (sg_base_seconds() - wall) / (double)steps;
    way->cpu[round] = (cpu_seconds() - cpu) / (double)steps;
    if (kind == BLAS)
        sg_base_set_blas_threads(1);
    return status;
}

/* ---- what comes out -------------------------------------------------------------------- */

/* Processors that a way had, over all rounds: on a shared machine maybe less than one, and no more
 * with two threads than with one. */
static double processors_of(const struct way *way)
{
    double wall = 0, cpu = 0;
    for (size_t r = 0; r < ROUNDS; r++) {
        wall += way->wall[r];
        cpu += way->cpu[r];
    }
    return cpu / wall;
}

static double least(const double value[ROUNDS])
{
    double least = value[0];
    for (size_t r = 1; r < ROUNDS; r++)
        least = value[r] < least ? value[r] : least;
    return least;
}

/* How often backprop's time goes into this way's, in the same round: the median round. */
static double median_gain(const double plain[ROUNDS], const double value[ROUNDS])
{
    double ratio[ROUNDS];
    for (size_t r = 0; r < ROUNDS; r++)
        ratio[r] = plain[r] / value[r];
    sg_base_sort(ratio, ROUNDS);
    return ratio[ROUNDS / 2];
}

static int tell(const struct way way[WAYS], const struct sg_bench_setup *setup)
{
    const double ms = 1e3 / (double)(ROUNDS * setup->steps);
    const struct sg_halves_cpu cpu = sg_train_halves_cpu(way[IN_TURN].halves);
    const double lower = cpu.forward + cpu.back + cpu.sg;
    double plain = 0, load = 0;
    for (size_t r = 0; r < ROUNDS; r++)
        plain += 1e3 * way[PLAIN].cpu[r] / ROUNDS;
    const double no_delay =
        plain / (ms * (cpu.forward + (cpu.back > cpu.upper ? cpu.back : cpu.upper) + cpu.sg));
    const double delayed = plain / (ms * (lower > cpu.upper ? lower : cpu.upper));
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (getloadavg(&load, 1) != 1)
        load = SG_NAN;
    json_t *ways = json_array();
    if (!setup->json)
        printf("unlocked: %llu hidden blocks of %llu, minibatches of %llu, delay %llu, float32; %d "
               "rounds of %llu steps; %ld processors, load %.1f\n"
               "%-26s %13s %13s %11s %13s %15s\n",
               (unsigned long long)setup->layers, (unsigned long long)setup->width,
               (unsigned long long)setup->batch, (unsigned long long)setup->delay, ROUNDS,
               (unsigned long long)setup->steps, processors, load, "", "wall ms, least",
               "CPU ms, least", "samples/s", "gain, median", "processors had");
    for (int kind = 0; kind < WAYS; kind++) {
        const double wall = least(way[kind].wall),
                     gain = median_gain(way[PLAIN].wall, way[kind].wall),
                     rate = (double)setup->batch / wall;
        if (!setup->json)
            printf("%-26s %13.4g %13.4g %11.4g %13.3g %15.2f\n", way_name[kind], 1e3 * wall,
                   1e3 * least(way[kind].cpu), rate, gain, processors_of(&way[kind]));
        sg_report_add(
            ways,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "way", way_name[kind], "samples_per_second",
                      sg_report_number(rate), "wall_ms", sg_report_number(1e3 * wall), "cpu_ms",
                      sg_report_number(1e3 * least(way[kind].cpu)), "gain", sg_report_number(gain),
                      "processors_had", sg_report_number(processors_of(&way[kind]))));
    }
    if (setup->json) {
        struct sg_error err;
        json_t *json = json_pack(
            "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "bench",
            "unlocked", "layers", (json_int_t)setup->layers, "width", (json_int_t)setup->width,
            "batch", (json_int_t)setup->batch, "delay", (json_int_t)setup->delay, "steps",
            (json_int_t)setup->steps, "processors", (json_int_t)processors, "load",
            sg_report_number(load), "forward_ms", sg_report_number(ms * cpu.forward), "back_ms",
            sg_report_number(ms * cpu.back), "sg_ms", sg_report_number(ms * cpu.sg), "upper_ms",
            sg_report_number(ms * cpu.upper), "bound_no_delay", sg_report_number(no_delay),
            "bound_delayed", sg_report_number(delayed), "ways", ways);
        return sg_cli_fail(sg_report_write_json("-", json, &err), &err);
    }
    json_decref(ways);
    printf("processor time of a step, means: lower half %.3g ms forward, %.3g back, %.3g training "
           "the SG; upper half %.3g; backprop %.3g\n"
           "two idle processors allow %.3g times backprop's speed without a delay, %.3g with one\n",
           ms * cpu.forward, ms * cpu.back, ms * cpu.sg, ms * cpu.upper, plain, no_delay, delayed);
    if (load > (double)processors)
        printf("the machine has more to do than processors: where two threads had no more of them "
               "than one, their gain says nothing\n");
    return SG_EXIT_OK;
}

static int run(const struct sg_bench_setup *setup)
{
    struct sg_images images;
    struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "digits");
    sg_data_make_digits(&images, IMAGES, rng);
    sg_base_rng_free(rng);
    struct way way[WAYS];
    enum sg_status status = SG_OK;
    for (int kind = 0; kind < WAYS; kind++)
        way[kind] = way_alloc(kind, setup, &images);
    for (size_t round = 0; round < ROUNDS; round++)
        for (int kind = 0; kind < WAYS && status == SG_OK; kind++)
            status = take_steps(&way[kind], round, kind, setup->steps);
    const int code = status == SG_OK ? tell(way, setup) : sg_cli_fail(status, NULL);
    for (int kind = 0; kind < WAYS; kind++)
        way_free(&way[kind]);
    sg_data_images_free(&images);
    return code;
}

static bool check(const struct sg_bench_setup *setup)
{
    if (setup->layers < 2)
        sg_cli_refuse("--layers %llu: two halves have at least two hidden layers",
                      (unsigned long long)setup->layers);
    return setup->layers >= 2;
}

const struct sg_benchmark sg_bench_unlocked = {
    .name = "unlocked",
    .takes = "layers width batch delay steps ",
    .choice = "form",
    .forms = "sample ",
    .defaults = {.layers = 8, .width = 512, .batch = 128, .delay = 1, .steps = 8},
    .check = check,
    .run = run,
};
