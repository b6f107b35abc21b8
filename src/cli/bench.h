/* bench.h - private: one benchmark a file, what they share in bench.c. */
#ifndef SG_CLI_BENCH_H
#define SG_CLI_BENCH_H

#include "cli/cli.h"

enum { SG_BENCH_GEMMS = 5 };

struct sg_bench_setup {
    uint64_t samples, features, width, layers, outputs, batch, threads, steps, delay;
    bool json;
    const char *form;
};
struct sg_bench_result {
    double steps_per_second;
    double limit_gflops;       /* the best GEMM rate seen; 0: that of a double-precision product */
    double gemm_seconds, copied_bytes, copy_rate;
    /* a step's products by each GEMM that was tried; the first is the net's own choice */
    struct sg_bench_gemm { const char *name; double gflops; } gemm[SG_BENCH_GEMMS];
    double ideal;              /* seconds that a step could take; 0: not known */
};
struct sg_benchmark {
    const char *name;
    /* the options it has beside --json, each with a space behind */
    const char *takes;
    /* --form or --rule, and what it may be; the first is the default */
    const char *choice, *forms;
    struct sg_bench_setup defaults;                              /* steps 0: about a second */
    bool (*check)(const struct sg_bench_setup *setup);           /* false after a refusal */
    /* of a step as the net defines it */
    double (*flops)(const struct sg_bench_setup *setup);
    enum sg_status (*time)(struct sg_bench_result *result, const struct sg_bench_setup *setup);
    /* one that prints more than a rate, in place of the three above */
    int (*run)(const struct sg_bench_setup *setup);
};
extern const struct sg_benchmark sg_bench_linear_regression, sg_bench_deep_linear, sg_bench_mlp,
    sg_bench_unlocked;

/* Processor time of this thread with one thread, since waiting for other users of the machine is
 * not the program's speed.  The clock's time with more. */
double sg_bench_seconds(uint64_t threads);

/* n rows of a Gaussian set (bias: the last column of x is ones), or its compressed rows. */
enum sg_status sg_bench_data(struct sg_data *data, const struct sg_bench_setup *setup, size_t d,
                             size_t outputs);
/* A rate well inside the stability limits of a shallow net: a run that overflows
 * would time something else. */
double sg_bench_rate(const struct sg_data *data);
/* Times `steps` steps in 400 parts, in processor time.  The fastest part counts: on a shared
 * machine the others measure its other users. */
enum sg_status sg_bench_steps(double *steps_per_second, struct sg_sim *sim,
                              const struct sg_data *data, uint64_t steps);

#endif
