/* The step loop does not allocate: as many calls of malloc and its kin
 * for 100 steps as for 1,000. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>

#include "synthgrad/images.h"
#include "synthgrad/sim.h"
#include "synthgrad/train.h"

/* of this thread: the step loop has one, and a sanitizer's or BLAS's own thread is not it */
static _Thread_local size_t calls;

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define COUNT_BY_SANITIZER
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined COUNT_BY_SANITIZER

/* The sanitizer owns the allocator and has hooks of its own. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));

static void on_malloc(const volatile void *p, size_t size)
{
    (void)p; (void)size;
    calls++;
}

static void on_free(const volatile void *p)
{
    (void)p;
}

static int start_counting(void **state)
{
    return test_group_start(state) ||
           __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) == 0;
}

#else

/* glibc's own entry points, with a count in front. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) { calls++; return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { calls++; return __libc_calloc(count, size); }
void *realloc(void *p, size_t size) { calls++; return __libc_realloc(p, size); }
void *aligned_alloc(size_t alignment, size_t size)
{
    calls++;
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **p, size_t alignment, size_t size)
{
    calls++;
    *p = __libc_memalign(alignment, size);
    return *p ? 0 : ENOMEM;
}

static int start_counting(void **state)
{
    return test_group_start(state);
}

#endif

/* The sanitizer's hook sees every library's calls too, and oneDNN takes a buffer for each product.
 * What glibc's entry points count above are this program's own. */
#if defined SG_HAVE_DNNL && (defined __SANITIZE_ADDRESS__ || defined COUNT_BY_SANITIZER)
enum { ONEDNN_COUNTS = 1 };
#else
enum { ONEDNN_COUNTS = 0 };
#endif

/* The counter counts. */
static void counter(void **state)
{
    (void)state;
    const size_t before = calls;
    for (size_t i = 1; i <= 7; i++) {
        double *a = SG_NEW(i, double);
        a[i - 1] = (double)i;
        CHECK(a[i - 1] > 0);
        free(a);
    }
    CHECK(calls - before == 7);
}

static size_t calls_of(struct sg_sim *sim, const struct sg_batch *batch, uint64_t steps)
{
    const size_t before = calls;
    const enum sg_status status = sg_sim_advance(sim, batch, steps);
    const size_t after = calls;
    CHECK_STATUS(status, SG_OK);
    return after - before;
}

static const struct sg_opt opts[] = {
    {.rate = 1e-3},
    {.kind = SG_MOMENTUM, .rate = 1e-3, .beta1 = 0.9},
    {.kind = SG_RMSPROP, .rate = 1e-4, .beta2 = 0.999, .epsilon = 1e-8},
    {.kind = SG_ADAM, .rate = 1e-4, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}};

/* Where the field knows them, the SG's other rules too, which go with gradient descent. */
static void check_sim(const struct sg_field *field, const struct sg_batch *batch, const double *w,
                      const double *phi, bool rules)
{
    const struct sg_timing timings[] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0},
                                        {5, 5, 0, 0}, {0, 0, 5, 0},  {0, 0, 5, 5}};
    for (size_t k = 0; k < COUNT(timings); k++) {
        context("timing %zu", k);
        const struct sg_sim_spec spec = {.field = field,
                                         .net_opt = rules ? (struct sg_opt){.rate = 1e-6}
                                                          : opts[k % COUNT(opts)],
                                         .sg_opt = opts[rules ? 0 : (k + 1) % COUNT(opts)],
                                         .timing = timings[k],
                                         .sg_step = rules ? (enum sg_step_rule)(1 + k % 2)
                                                          : SG_STEP_FIXED};
        struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
        CHECK(calls_of(sim, batch, 100) == 0);
        CHECK(calls_of(sim, batch, 1000) == 0);
        const size_t before = calls;
        sg_sim_restart(sim, w, phi, 1e-4, 1e-4);
        CHECK(calls == before);
        sg_sim_free(sim);
    }
}

/* A linear net with several modules, wide enough for the BLAS; then the spectral form. */
static void no_allocation_in_the_loop(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("allocation", 0);
    struct sg_data data = random_data(50, 12, 2, rng);
    const struct sg_batch batch = sg_sim_batch(&data);
    const struct sg_layer layers[3] = {{SG_DENSE, 9, true},
                                       {SG_DENSE, 8, false},
                                       {SG_DENSE, 2, true}};
    const struct sg_module modules[2] = {{1, SG_LINEAR, 7, SG_TARGET_TRUE, 0.5, 0},
                                         {2, SG_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0}};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = 12,
                                 .labels = 2,
                                 .n_layers = 3,
                                 .layers = layers,
                                 .n_modules = 2,
                                 .modules = modules};
    struct sg_net *net = sg_net_alloc(&arch);
    double *w = random_vector(sg_net_sizes(net).w, 0.1, rng),
           *phi = random_vector(sg_net_sizes(net).phi, 0.1, rng);
    const struct sg_field field = sg_sim_net_field(net, data.n);
    check_sim(&field, &batch, w, phi, false);
    check_sim(&field, &batch, w, phi, true);

    const struct sg_module curved[2] = {{1, SG_MLP, 7, SG_TARGET_TRUE, 0.5, 20},
                                        {2, SG_SIGMOID_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0}};
    const struct sg_arch classes = {.loss = SG_SOFTMAX_XENT,
                                    .inputs = 12,
                                    .labels = 2,
                                    .n_layers = 3,
                                    .layers = layers,
                                    .n_modules = 2,
                                    .modules = curved};
    struct sg_net *curved_net = sg_net_alloc(&classes);
    double *curved_phi = SG_NEW(sg_net_sizes(curved_net).phi, double);
    sg_net_start_phi(curved_phi, curved_net, rng);
    for (size_t i = 0; i < data.n * 2; i++)
        data.y[i] = i / 2 % 2 == i % 2;
    const struct sg_field curved_field = sg_sim_net_field(curved_net, data.n);
    check_sim(&curved_field, &batch, w, curved_phi, false);
    sg_net_free(curved_net);
    free(curved_phi);

    struct sg_spectral *spectral;
    CHECK_STATUS(sg_sim_spectral_alloc(&spectral, &data, 7, 0.5), SG_OK);
    const struct sg_field modes = sg_sim_spectral_field(spectral);
    check_sim(&modes, NULL, w, phi, false);
    sg_sim_spectral_free(spectral);
    sg_net_free(net);
    free(w);
    free(phi);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* Minibatches over several epochs, of images and of samples. */
static void no_allocation_for_minibatches(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("minibatches", 0);
    struct sg_data data = random_data(50, 12, 2, rng);
    struct sg_images images;
    struct sg_rows rows, of_images;
    sg_data_make_digits(&images, 50, rng);
    sg_data_rows_alloc(&rows, SG_F32, 8, 12, 2);
    sg_data_rows_alloc(&of_images, SG_F64, 8, 784, 10);
    struct sg_batches *batches = sg_data_batches_alloc(50, 8, test_seed(), "minibatches", 0);
    const size_t before = calls;
    size_t gathered = 0;
    for (uint64_t step = 0; step < 100; step++) {
        const size_t *index = sg_data_batches_at(batches, step);
        gathered += sg_data_gather(&rows, &data, index, 8).n +
                    sg_data_gather_images(&of_images, &images, index, 8).n;
    }
    const size_t after = calls;
    CHECK(gathered == 1600 && after == before);
    sg_data_batches_free(batches);
    sg_data_rows_free(&rows);
    sg_data_rows_free(&of_images);
    sg_data_images_free(&images);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* Training: batch norm, an SG, Adam, GEMM-sized layers, scoring. */
static void no_allocation_in_training(void **state)
{
    (void)state;
    if (ONEDNN_COUNTS)
        SKIP();
    struct sg_rng *rng = test_rng("training", 0);
    struct sg_images images;
    sg_data_make_digits(&images, 80, rng);
    const struct sg_layer layers[] = {{SG_DENSE, 40, false},
                                      {SG_BATCHNORM, 40, false},
                                      {SG_RELU, 40, false},
                                      {SG_DENSE, 10, true}};
    const struct sg_module module = {3, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = 784,
                                 .labels = 10,
                                 .n_layers = 4,
                                 .layers = layers,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_opt adam = {SG_ADAM, 1e-3, 0.9, 0.999, 1e-8};
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = adam,
                                       .sg_opt = adam,
                                       .init = SG_HE,
                                       .images = &images,
                                       .batch = 32,
                                       .name = "a"};
    struct sg_train *train = sg_train_alloc(&spec);
    const size_t before = calls;
    const enum sg_status status = sg_train_advance(train, 20);
    const struct sg_score score = sg_train_score(train, &images);
    const size_t after = calls;
    CHECK_STATUS(status, SG_OK);
    CHECK(isfinite(score.loss) && after == before);
    sg_train_free(train);
    sg_net_free(net);
    sg_data_images_free(&images);
    sg_base_rng_free(rng);
}

/* Blocks of every kind in float, wide enough for one GEMM a product, under every
 * rule, whole and in pieces. */
static void no_allocation_in_deep_nets(void **state)
{
    (void)state;
    if (ONEDNN_COUNTS)
        SKIP();
    const struct sg_layer layers[7] = {{SG_DENSE, 64, false},  {SG_BATCHNORM, 0, false},
                                       {SG_RELU, 0, false},    {SG_DENSE, 64, true},
                                       {SG_SIGMOID, 0, false}, {SG_DENSE, 64, true},
                                       {SG_DENSE, 3, true}};
    const struct sg_module module = {5, SG_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0};
    const enum sg_credit credit[8] = {[3] = SG_FEEDBACK, [5] = SG_DIRECT, [6] = SG_KICKBACK};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_MSE,
                                 .inputs = 64,
                                 .labels = 3,
                                 .n_layers = 7,
                                 .layers = layers,
                                 .n_modules = 1,
                                 .modules = &module,
                                 .credit = credit};
    enum { N = 64 };
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_sizes sizes = sg_net_sizes(net);
    struct sg_net_work *work = sg_net_work_alloc(net, N);
    struct sg_rng *rng = test_rng("deep allocation", 0);
    float *w = SG_NEW(sizes.w, float), *phi = SG_NEW(sizes.phi, float),
          *aux = SG_NEW(sizes.aux, float), *dw = SG_NEW(sizes.w, float);
    float *dphi = SG_NEW(sizes.phi, float), *x = SG_NEW(N * 64, float), *y = SG_NEW(N * 3, float),
          *one = SG_NEW(N, float);
    sg_net_init(w, aux, net, SG_HE, rng);
    for (size_t i = 0; i < N * 64; i++)
        x[i] = (float)sg_base_rng_gaussian(rng);
    for (size_t i = 0; i < N; i++)
        one[i] = y[i * 3 + i % 3] = 1;
    const struct sg_state now = {w, phi, aux};
    const struct sg_batch batch = {N, x, y, one};
    const unsigned want = SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS | SG_TRAIN;
    struct sg_metrics metrics;
    /* the BLAS takes its buffers the first time */
    sg_net_eval_state(dw, dphi, &metrics, net, &now, &batch, want, work);
    const size_t before = calls;
    for (int step = 0; step < 20; step++) {
        sg_net_eval_state(dw, dphi, &metrics, net, &now, &batch, want, work);
        sg_net_forward(net, 0, 5, &now, &batch, want, work);
        sg_net_forward(net, 5, 7, &now, &batch, want, work);
        sg_net_backward(dw, dphi, net, 5, 7, &now, &batch, want, work);
        sg_net_backward(dw, dphi, net, 0, 5, &now, &batch, want, work);
    }
    CHECK(calls == before);
    sg_net_work_free(work);
    sg_net_free(net);
    sg_base_rng_free(rng);
    free(w); free(phi); free(aux); free(dw); free(dphi); free(x); free(y); free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(counter), TEST(no_allocation_in_the_loop),
                                       TEST(no_allocation_in_deep_nets),
                                       TEST(no_allocation_for_minibatches),
                                       TEST(no_allocation_in_training)};
    return cmocka_run_group_tests(tests, start_counting, NULL);
}
