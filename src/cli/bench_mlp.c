/* bench mlp: minibatch training of dense ReLU layers on 28 x 28 digits, float32, softmax, Adam; one
 * linear SG in the middle, or none.
 *
 * Beside the steps stands the time that an ideal one would take: its matrix products back to back,
 * each on buffers of its own and nothing in between, and the bytes that the other passes have to
 * move, at the rate of a copy.
 *   Adam  reads theta, g, m, v and writes theta, m, v                      7 numbers a parameter
 *   ReLU  reads h and writes h'; down, reads delta and h' and writes
 *         what arrives                                                    5 an activation
 *   bias  its gradient reads delta; on the way up it is part of the product  1
 *   SG    e = s - g                                                       3 */
#include <dlfcn.h>
#ifdef SG_HAVE_DNNL
#include <dnnl.h>
#endif
#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench.h"
#include "net/ops.h"
#include "synthgrad/train.h"

enum { PIXELS = SG_DIGIT_SIDE * SG_DIGIT_SIDE, CLASSES = SG_DIGIT_CLASSES, COPY = 6 << 20 };

/* One product of a step, on buffers that no other has. */
struct product { enum sg_transpose op; size_t m, k, n; float *c, *a, *b; };
/* seconds, the least so far; copy: of COPY floats */
struct ideal {
    size_t n;
    struct product *product;
    float *from, *to;
    uint64_t rounds;
    double by[SG_BENCH_GEMMS], copy;
};

static bool has_sg(const struct sg_bench_setup *setup)
{
    return strcmp(setup->form, "sg") == 0;
}

/* Layers h W, h^T delta and, but for the lowest, delta W^T; the SG's h A and h^T e.  Labels are
 * one-hot: y B is no product. */
static double flops(const struct sg_bench_setup *setup)
{
    const double k = (double)setup->width, hidden = (double)setup->layers;
    return 2 * (double)setup->batch *
           (2 * PIXELS * k + 3 * (hidden - 1) * k * k + 3 * k * CLASSES +
            (has_sg(setup) ? 2 * k * k : 0));
}

static void copied(double *bytes, const struct sg_bench_setup *setup, struct sg_sizes sizes)
{
    const double activations = (double)setup->batch * (double)setup->width;
    *bytes = sizeof(float) * (7 * (double)(sizes.w + sizes.phi) +
                              (6 * (double)setup->layers + (has_sg(setup) ? 3 : 0)) * activations);
}

/* ---- the ideal ------------------------------------------------------------------------- */

static float *numbers(size_t n, struct sg_rng *rng)
{
    float *x = SG_NEW(n, float);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)sg_base_rng_uniform(rng) - 0.5f;
    return x;
}

static void add_product(struct ideal *ideal, enum sg_transpose op, size_t m, size_t k, size_t n,
                        struct sg_rng *rng)
{
    ideal->product[ideal->n++] = (struct product){
        op, m, k, n, numbers(m * n, rng), numbers(m * k, rng), numbers(k * n, rng)};
}

static void ideal_alloc(struct ideal *ideal, const struct sg_bench_setup *setup)
{
    const size_t n = (size_t)setup->batch, width = (size_t)setup->width,
                 layers = (size_t)setup->layers + 1;
    struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "products");
    *ideal = (struct ideal){.product = SG_NEW(3 * layers + 2, struct product),
                            .from = SG_NEW(COPY, float),
                            .to = SG_NEW(COPY, float),
                            .copy = (double)INFINITY};
    for (size_t g = 0; g < SG_BENCH_GEMMS; g++)
        ideal->by[g] = (double)INFINITY;
    for (size_t i = 0; i < layers; i++)
        add_product(ideal, SG_NN, n, i ? width : PIXELS, i + 1 < layers ? width : CLASSES, rng);
    if (has_sg(setup))
        add_product(ideal, SG_NN, n, width, width, rng);
    for (size_t i = layers; i-- > 0;) {
        const size_t in = i ? width : PIXELS, out = i + 1 < layers ? width : CLASSES;
        if (i)
            add_product(ideal, SG_NT, n, out, in, rng);
        add_product(ideal, SG_TN, in, n, out, rng);
    }
    if (has_sg(setup))
        add_product(ideal, SG_TN, width, n, width, rng);
    sg_base_rng_free(rng);
}

static void ideal_free(struct ideal *ideal)
{
    for (size_t i = 0; i < ideal->n; i++) {
        free(ideal->product[i].c);
        free(ideal->product[i].a);
        free(ideal->product[i].b);
    }
    free(ideal->product);
    free(ideal->from);
    free(ideal->to);
}

static void least(double *seconds, double start, uint64_t threads)
{
    const double taken = sg_bench_seconds(threads) - start;
    *seconds = taken < *seconds ? taken : *seconds;
}

static bool by_net(const struct product *p)
{
    sg_net_product(p->c, p->a, p->b, p->op, p->m, p->k, p->n, SG_F32);
    return true;
}

static bool by_tiles(const struct product *p)
{
    return sg_net_kernels(SG_F32)->tiles(p->c, p->a, p->b, p->op, p->m, p->k, p->n);
}

typedef __typeof__(cblas_sgemm) cblas;

static void by_cblas(const struct product *p, cblas *gemm)
{
    const int m = (int)p->m, k = (int)p->k, n = (int)p->n;
    gemm(CblasRowMajor, p->op == SG_TN ? CblasTrans : CblasNoTrans,
         p->op == SG_NT ? CblasTrans : CblasNoTrans, m, n, k, 1, p->a, p->op == SG_TN ? m : k, p->b,
         p->op == SG_NT ? k : n, 0, p->c, n);
}

static bool by_blas(const struct product *p)
{
    by_cblas(p, cblas_sgemm);
    return true;
}

/* BLIS where it is installed beside the BLAS that the program is linked to. */
static struct { cblas *gemm; void (*threads)(int64_t threads); } blis;

static void find_blis(void)
{
    void *library = blis.gemm ? NULL : dlopen("libblis.so.4", RTLD_NOW | RTLD_LOCAL);
    void *gemm = library ? dlsym(library, "cblas_sgemm") : NULL,
         *threads = library ? dlsym(library, "bli_thread_set_num_threads") : NULL;
    if (!gemm || !threads)
        return;
    memcpy(&blis.gemm, &gemm, sizeof gemm);
    memcpy(&blis.threads, &threads, sizeof threads);
}

static bool by_blis(const struct product *p)
{
    if (blis.gemm)
        by_cblas(p, blis.gemm);
    return blis.gemm;
}

#ifdef SG_HAVE_DNNL
/* OpenMP's own header wants -fopenmp. */
void omp_set_num_threads(int threads);

static bool by_dnnl(const struct product *p)
{
    const dnnl_dim_t m = (dnnl_dim_t)p->m, k = (dnnl_dim_t)p->k, n = (dnnl_dim_t)p->n;
    if (dnnl_sgemm(p->op == SG_TN ? 'T' : 'N', p->op == SG_NT ? 'T' : 'N', m, n, k, 1, p->a,
                   p->op == SG_TN ? m : k, p->b, p->op == SG_NT ? k : n, 0, p->c,
                   n) != dnnl_success)
        sg_base_exhausted(p->m * p->n, sizeof(float));
    return true;
}
#endif

static void set_threads(int threads)
{
    sg_base_set_blas_threads(threads);
    if (blis.threads)
        blis.threads(threads);
#ifdef SG_HAVE_DNNL
    omp_set_num_threads(threads);
#endif
}

/* The net's own choice first; false: not here. */
static const struct gemm {
    const char *name;
    bool (*multiply)(const struct product *p);
} gemms[SG_BENCH_GEMMS] = {{"net", by_net},
                           {"tiles", by_tiles},
                           {"BLAS", by_blas},
                           {"BLIS", by_blis},
#ifdef SG_HAVE_DNNL
                           {"oneDNN", by_dnnl}
#endif
};

static void copy_part(size_t part, size_t parts, void *context)
{
    const struct ideal *ideal = context;
    size_t from, to;
    sg_base_share(&from, &to, COPY, 1024, part, parts);
    memcpy(ideal->to + from, ideal->from + from, (to - from) * sizeof(float));
}

/* Not again in this run: the g-th is not here, or was half as fast as another in every round. */
static bool is_out(const struct ideal *ideal, size_t g)
{
    enum { ROUNDS = 6 };
    double best = (double)INFINITY;
    for (size_t i = 0; i < SG_BENCH_GEMMS; i++)
        best = fmin(best, ideal->by[i]);
    return !gemms[g].multiply || (ideal->rounds > 0 && isinf(ideal->by[g])) ||
           (ideal->rounds >= ROUNDS && ideal->by[g] > 2 * best);
}

static void time_gemm(struct ideal *ideal, size_t g, uint64_t threads)
{
    const double start = sg_bench_seconds(threads);
    for (size_t i = 0; i < ideal->n; i++)
        if (!gemms[g].multiply(&ideal->product[i]))
            return;
    least(&ideal->by[g], start, threads);
}

static void time_ideal(struct ideal *ideal, uint64_t threads)
{
    set_threads((int)threads);
    for (size_t g = 0; g < SG_BENCH_GEMMS; g++)
        if (!is_out(ideal, g))
            time_gemm(ideal, g, threads);
    set_threads(1);
    ideal->rounds++;
    const double start = sg_bench_seconds(threads);
    sg_base_split((size_t)threads, copy_part, ideal);
    least(&ideal->copy, start, threads);
}

/* ---- the steps ------------------------------------------------------------------------- */

static struct sg_net *build(const struct sg_bench_setup *setup)
{
    const size_t hidden = (size_t)setup->layers, middle = 2 * ((hidden + 1) / 2);
    struct sg_layer *layers = SG_NEW(2 * hidden + 1, struct sg_layer);
    for (size_t i = 0; i < hidden; i++) {
        layers[2 * i] = (struct sg_layer){SG_DENSE, (size_t)setup->width, true};
        layers[2 * i + 1] = (struct sg_layer){SG_RELU, 0, false};
    }
    layers[2 * hidden] = (struct sg_layer){SG_DENSE, CLASSES, true};
    const struct sg_module module = {middle,         SG_LINEAR, SG_H | SG_Y | SG_ONE,
                                     SG_TARGET_TRUE, 1.0,       0};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = PIXELS,
                                 .labels = CLASSES,
                                 .n_layers = 2 * hidden + 1,
                                 .layers = layers,
                                 .n_modules = has_sg(setup),
                                 .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    free(layers);
    return net;
}

static enum sg_status time_steps(struct sg_bench_result *result, const struct sg_bench_setup *setup)
{
    const struct sg_opt adam = {SG_ADAM, 1e-5, 0.9, 0.999, 1e-8};
    struct sg_net *net = build(setup);
    struct sg_images images;
    struct sg_rng *rng = sg_base_rng_alloc(1, "bench", 0, "digits");
    sg_data_make_digits(&images, 4 * (size_t)setup->batch, rng);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = adam,
                                       .sg_opt = adam,
                                       .init = SG_HE,
                                       .images = &images,
                                       .batch = (size_t)setup->batch,
                                       .name = "bench",
                                       .seed = 1};
    struct sg_train *train = sg_train_alloc(&spec);
    struct ideal ideal;
    ideal_alloc(&ideal, setup);
    find_blis();
    sg_base_set_jobs((size_t)setup->threads);
    double step = (double)INFINITY;
    /* short where the clock counts: on a busy machine both cores are rarely free for long */
    const uint64_t part = setup->threads > 1 ? 1 : 4;
    enum sg_status status = SG_OK;
    /* in turns: both see the same neighbours */
    for (uint64_t done = 0; done < setup->steps && status == SG_OK; done += part) {
        const double start = sg_bench_seconds(setup->threads);
        status = sg_train_advance(train, part);
        least(&step, start, setup->threads);
        time_ideal(&ideal, setup->threads);
    }
    sg_base_set_jobs(1);
    result->steps_per_second = (double)part / step;
    result->gemm_seconds = (double)INFINITY;
    for (size_t g = 0, n = 0; g < SG_BENCH_GEMMS; g++)
        if (isfinite(ideal.by[g])) {
            result->gemm[n++] =
                (struct sg_bench_gemm){gemms[g].name, 1e-9 * flops(setup) / ideal.by[g]};
            result->gemm_seconds = fmin(result->gemm_seconds, ideal.by[g]);
        }
    result->limit_gflops = 1e-9 * flops(setup) / result->gemm_seconds;
    result->copy_rate = 2 * COPY * sizeof(float) / ideal.copy;
    copied(&result->copied_bytes, setup, sg_net_sizes(net));
    result->ideal = result->gemm_seconds + result->copied_bytes / result->copy_rate;
    ideal_free(&ideal);
    sg_train_free(train);
    sg_data_images_free(&images);
    sg_base_rng_free(rng);
    sg_net_free(net);
    return status;
}

const struct sg_benchmark sg_bench_mlp = {
    .name = "mlp",
    .takes = "layers width batch steps threads rule ",
    .choice = "rule",
    .forms = "sg bp ",
    .defaults = {.layers = 20, .width = 512, .batch = 256, .threads = 1, .steps = 80},
    .flops = flops,
    .time = time_steps,
};
