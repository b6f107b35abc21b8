/* Training on built-in digits: it learns, a checkpoint resumes to the same bits, an
 * observer changes nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/train.h"

enum { TRAIN = 600, TEST_IMAGES = 300, WIDTH = 48 };
static const struct sg_layer layers[] = {{SG_DENSE, WIDTH, false},     {SG_BATCHNORM, WIDTH, false},
                                         {SG_RELU, WIDTH, false},      {SG_DENSE, WIDTH, false},
                                         {SG_BATCHNORM, WIDTH, false}, {SG_RELU, WIDTH, false},
                                         {SG_DENSE, 10, true}};

struct fixture { struct sg_images images, seen, unseen; };

static int set_up(void **state)
{
    struct fixture *f = *state = SG_NEW(1, struct fixture);
    struct sg_rng *rng = sg_base_rng_alloc(4711, "train", 0, "digits");
    sg_data_make_digits(&f->images, TRAIN + TEST_IMAGES, rng);
    f->seen = sg_data_images_slice(&f->images, 0, TRAIN);
    f->unseen = sg_data_images_slice(&f->images, TRAIN, TEST_IMAGES);
    sg_base_rng_free(rng);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    sg_data_images_free(&f->images);
    free(f);
    return 0;
}

/* mix < 0: no module. */
static struct sg_net *net_of(enum sg_dtype dtype, double mix)
{
    const struct sg_module module = {3, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, mix, 0};
    const struct sg_arch arch = {.dtype = dtype,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = 784,
                                 .labels = 10,
                                 .n_layers = COUNT(layers),
                                 .layers = layers,
                                 .n_modules = mix < 0 ? 0 : 1,
                                 .modules = &module};
    return sg_net_alloc(&arch);
}

static struct sg_train *train_of(const struct sg_net *net, const struct sg_images *images,
                                 uint64_t seed)
{
    const struct sg_opt adam = {SG_ADAM, 3e-3, 0.9, 0.999, 1e-8};
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = adam,
                                       .sg_opt = adam,
                                       .init = SG_HE,
                                       .images = images,
                                       .batch = 60,
                                       .name = "t",
                                       .seed = seed};
    return sg_train_alloc(&spec);
}

/* Ten classes: chance is 0.1, with a standard deviation of 0.017 over 300 images. */
static void it_learns(void **state)
{
    const struct fixture *f = *state;
    for (double mix = -1; mix <= 1; mix += 2) {
        struct sg_net *net = net_of(SG_F32, mix);
        struct sg_train *t = train_of(net, &f->seen, 3);
        CHECK(sg_train_epoch_steps(t) == 10);
        CHECK_STATUS(sg_train_advance(t, 10), SG_OK);
        const double first = sg_train_seen(t).loss;
        CHECK_STATUS(sg_train_advance(t, 90), SG_OK);
        CHECK(sg_train_time(t) == 100);
        CHECK(sg_train_seen(t).loss < 0.7 * first);
        CHECK(isnan(sg_train_seen(t).loss));                 /* nothing was seen since */
        const struct sg_score score = sg_train_score(t, &f->unseen);
        CHECK(score.accuracy > 0.4 && score.loss < log(10));
        sg_train_free(t);
        sg_net_free(net);
    }
}

static void a_checkpoint_resumes_to_the_same_bits(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F32, 1);
    struct sg_train *whole = train_of(net, &f->seen, 3), *first = train_of(net, &f->seen, 3),
                    *second = train_of(net, &f->seen, 3);
    CHECK_STATUS(sg_train_advance(whole, 37), SG_OK);
    CHECK_STATUS(sg_train_advance(first, 13), SG_OK);
    const size_t bytes = sg_train_bytes(first);
    void *kept = sg_base_alloc(bytes, 1), *a = sg_base_alloc(bytes, 1),
         *b = sg_base_alloc(bytes, 1);
    sg_train_save(kept, first);
    /* what it was before does not matter */
    CHECK_STATUS(sg_train_advance(second, 5), SG_OK);
    sg_train_load(second, kept);
    CHECK_STATUS(sg_train_advance(second, 24), SG_OK);
    sg_train_save(a, whole);
    sg_train_save(b, second);
    CHECK(memcmp(a, b, bytes) == 0);
    free(kept);
    free(a);
    free(b);
    sg_train_free(whole);
    sg_train_free(first);
    sg_train_free(second);
    sg_net_free(net);
}

static void another_seed_is_another_run(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F64, -1);
    struct sg_train *a = train_of(net, &f->seen, 3), *b = train_of(net, &f->seen, 4);
    CHECK(memcmp(sg_train_w(a), sg_train_w(b), 64) != 0);
    CHECK(sg_train_score(a, &f->unseen).loss != sg_train_score(b, &f->unseen).loss);
    sg_train_free(a);
    sg_train_free(b);
    sg_net_free(net);
}

/* The score against one evaluation of all images at once. */
static void the_score_is_the_definition(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F64, -1);
    struct sg_train *t = train_of(net, &f->seen, 3);
    CHECK_STATUS(sg_train_advance(t, 20), SG_OK);
    /* two blocks, one of them short */
    struct sg_images images = sg_data_images_slice(&f->images, 0, TRAIN + TEST_IMAGES);
    const struct sg_score score = sg_train_score(t, &images);
    struct sg_data data;
    sg_data_from_images(&data, &images, false);
    const struct sg_batch batch = {data.n, data.x, data.y, data.one};
    const struct sg_state at = {sg_train_w(t), NULL, sg_train_aux(t)};
    struct sg_net_work *work = sg_net_work_alloc(net, data.n);
    struct sg_metrics metrics;
    sg_net_eval_state(NULL, NULL, &metrics, net, &at, &batch, SG_WANT_METRICS, work);
    const double *p = sg_net_view(work, SG_VIEW_H, COUNT(layers));
    size_t right = 0;
    for (size_t i = 0; i < data.n; i++) {
        bool best = true;
        for (size_t j = 0; j < 10; j++)
            best = best && p[i * 10 + images.label[i]] >= p[i * 10 + j];
        right += best;
    }
    CHECK(score.accuracy == (double)right / (double)data.n);
    CHECK_CLOSE(score.loss, metrics.loss, 10 * (double)data.n * SG_UNIT_ROUNDOFF * metrics.loss);
    sg_net_work_free(work);
    sg_data_free(&data);
    sg_train_free(t);
    sg_net_free(net);
}

static void a_run_that_blows_up_says_so(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F32, -1);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = {.rate = 1e30},
                                       .sg_opt = {.rate = 0},
                                       .init = SG_HE,
                                       .images = &f->seen,
                                       .batch = 60,
                                       .name = "t"};
    struct sg_train *t = sg_train_alloc(&spec);
    CHECK_STATUS(sg_train_advance(t, 64), SG_DIVERGED);
    sg_train_free(t);
    sg_net_free(net);
}

/* Rates that fall to 0: the last step is 1/T of the first one's size where the optimiser is
 * gradient descent, and then nothing moves. */
static void rates_decay_to_nothing(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F64, -1);
    struct sg_train_spec spec = {.net = net,
                                 .net_opt = {.rate = 0.05},
                                 .init = SG_HE,
                                 .images = &f->seen,
                                 .batch = 60,
                                 .decay_steps = 4,
                                 .name = "t"};
    const size_t n = sg_net_sizes(net).w;
    struct sg_train *t = sg_train_alloc(&spec);
    spec.decay_steps = 0;
    for (uint64_t step = 0; step < 6; step++) {
        double *before = sg_base_copy(sg_train_w(t), n, sizeof(double)), moved = 0, would = 0;
        struct sg_train *constant = sg_train_alloc(&spec);
        const size_t bytes = sg_train_bytes(t);
        void *at = sg_base_alloc(bytes, 1);
        sg_train_save(at, t);
        sg_train_load(constant, at);
        CHECK_STATUS(sg_train_advance(t, 1), SG_OK);
        CHECK_STATUS(sg_train_advance(constant, 1), SG_OK);
        for (size_t i = 0; i < n; i++) {
            const double a = ((const double *)sg_train_w(t))[i] - before[i],
                         b = ((const double *)sg_train_w(constant))[i] - before[i];
            moved += a * b;
            would += b * b;
        }
        /* w + step is rounded: u |w| of |step|. */
        CHECK_CLOSE(moved / would, step < 4 ? 1 - (double)step / 4 : 0,
                    10 * SG_UNIT_ROUNDOFF * sg_base_norm(before, n) / sqrt(would));
        free(before);
        free(at);
        sg_train_free(constant);
    }
    sg_train_free(t);
    sg_net_free(net);
}

/* large enough for threads to be called for: 72,000 numbers, 2e7 multiplications */
enum { WIDE = 300, ROWS = 240, STEPS = 3 };

static struct sg_net *wide_net(void)
{
    const struct sg_layer wide[] = {{SG_DENSE, WIDE, true},
                                    {SG_RELU, WIDE, false},
                                    {SG_DENSE, WIDE, true},
                                    {SG_RELU, WIDE, false},
                                    {SG_DENSE, 10, true}};
    const struct sg_module module = {2, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = 784,
                                 .labels = 10,
                                 .n_layers = COUNT(wide),
                                 .layers = wide,
                                 .n_modules = 1,
                                 .modules = &module};
    return sg_net_alloc(&arch);
}

/* Steps by the definition: all directions from one state, then each part along its own. */
static void by_definition(float *w, float *phi, const struct sg_train_spec *spec)
{
    const struct sg_sizes sizes = sg_net_sizes(spec->net);
    struct sg_batches *order = sg_data_batches_alloc(spec->images->n, spec->batch, spec->seed,
                                                     spec->name, spec->replicate);
    struct sg_net_work *work = sg_net_work_alloc(spec->net, spec->batch);
    struct sg_moments of_w = {SG_NEW(sizes.w, float), SG_NEW(sizes.w, float), 0},
                      of_phi = {SG_NEW(sizes.phi, float), SG_NEW(sizes.phi, float), 0};
    float *dw = SG_NEW(sizes.w, float), *dphi = SG_NEW(sizes.phi, float);
    struct sg_rows rows;
    sg_data_rows_alloc(&rows, SG_F32, spec->batch, 784, 10);
    for (uint64_t t = 0; t < STEPS; t++) {
        const struct sg_batch batch =
            sg_data_gather_images(&rows, spec->images, sg_data_batches_at(order, t), spec->batch);
        sg_net_eval(dw, dphi, NULL, spec->net, w, phi, &batch, SG_WANT_W | SG_WANT_PHI | SG_TRAIN,
                    work);
        sg_net_opt_step(w, &of_w, w, dw, &spec->net_opt, SG_F32, sizes.w);
        double *scratch = SG_NEW(spec->batch * WIDE, double);
        sg_net_step_scale(dphi, spec->net, spec->sg_step, &batch, work, scratch);
        free(scratch);
        sg_net_opt_step(phi, &of_phi, phi, dphi, &spec->sg_opt, SG_F32, sizes.phi);
    }
    sg_data_rows_free(&rows);
    sg_data_batches_free(order);
    sg_net_work_free(work);
    void *all[] = {of_w.m, of_w.v, of_phi.m, of_phi.v, dw, dphi};
    for (size_t i = 0; i < COUNT(all); i++)
        free(all[i]);
}

/* Weights move layer by layer on the way down and passes are shared by
 * threads, and both change no bit. */
static void check_definition(const struct fixture *f, enum sg_step_rule rule)
{
    struct sg_net *net = wide_net();
    const struct sg_sizes sizes = sg_net_sizes(net);
    const struct sg_opt adam = {SG_ADAM, 3e-3, 0.9, 0.999, 1e-8},
                        slow = {SG_ADAM, 1e-3, 0.8, 0.99, 1e-7}, theta = {.rate = 0.7};
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = adam,
                                       .sg_opt = rule == SG_STEP_FIXED ? slow : theta,
                                       .sg_step = rule,
                                       .init = SG_HE,
                                       .images = &f->seen,
                                       .batch = ROWS,
                                       .name = "t",
                                       .seed = 3};
    struct sg_train *t = sg_train_alloc(&spec);
    float *w = sg_base_copy(sg_train_w(t), sizes.w, sizeof *w),
          *phi = sg_base_copy(sg_train_phi(t), sizes.phi, sizeof *phi);
    sg_train_free(t);
    by_definition(w, phi, &spec);
    for (size_t jobs = 1; jobs <= 3; jobs++) {
        context("%zu jobs, rule %d", jobs, (int)rule);
        sg_base_set_jobs(jobs);
        t = sg_train_alloc(&spec);
        CHECK_STATUS(sg_train_advance(t, STEPS), SG_OK);
        CHECK(memcmp(sg_train_w(t), w, sizes.w * sizeof *w) == 0);
        CHECK(memcmp(sg_train_phi(t), phi, sizes.phi * sizeof *phi) == 0);
        sg_train_free(t);
    }
    sg_base_set_jobs(1);
    free(w);
    free(phi);
    sg_net_free(net);
}

static void the_step_is_the_definition(void **state)
{
    for (int rule = SG_STEP_FIXED; rule < SG_STEP_RULES; rule++)
        check_definition(*state, (enum sg_step_rule)rule);
}

/* theta / E|z|^2 is for a step down the gradient. */
static void a_rule_goes_with_gradient_descent(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F32, 1);
    const struct sg_train_spec spec = {.net = net, .sg_opt = {SG_ADAM, 1e-3, 0.8, 0.99, 1e-7},
                                       .sg_step = SG_STEP_NORMALISED, .images = &f->seen,
                                       .batch = 60, .name = "t"};
    CHECK_ABORTS((void)sg_train_alloc(&spec));
    sg_net_free(net);
}

/* The last layer's move is mu E[h^T delta] of what is handed out, after a step that is not the
 * first; batch->x are rows of the minibatch.  n products and sums: 2 n u of sum |h delta|. */
static void the_work_is_the_last_steps(void **state)
{
    const struct fixture *f = *state;
    struct sg_net *net = net_of(SG_F64, 1);
    const size_t w_n = sg_net_sizes(net).w, at = sg_net_layer_offset(net, COUNT(layers) - 1);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = {.kind = SG_GD, .rate = 0.125},
                                       .sg_opt = {.kind = SG_GD, .rate = 0.01},
                                       .init = SG_HE,
                                       .images = &f->seen,
                                       .batch = 60,
                                       .name = "test",
                                       .seed = 5};
    struct sg_train *t = sg_train_alloc(&spec);
    CHECK_STATUS(sg_train_advance(t, 7), SG_OK);
    double *before = sg_base_copy(sg_train_w(t), w_n, sizeof *before);
    CHECK_STATUS(sg_train_advance(t, 1), SG_OK);
    struct sg_batch batch;
    const struct sg_net_work *work = sg_train_work(&batch, t);
    const double *h = sg_net_view(work, SG_VIEW_H, COUNT(layers) - 1), *after = sg_train_w(t),
                 *delta = sg_net_view(work, SG_VIEW_DELTA, COUNT(layers)), *x = batch.x;
    CHECK(batch.n == 60 && x[300] >= 0 && x[300] <= 1);
    for (size_t i = 0; i < WIDTH; i++)
        for (size_t j = 0; j < 10; j++) {
            double sum = 0, size = 0;
            for (size_t r = 0; r < 60; r++) {
                sum += h[r * WIDTH + i] * delta[r * 10 + j];
                size += fabs(h[r * WIDTH + i] * delta[r * 10 + j]);
            }
            const double w = before[at + i * 10 + j], moved = w - after[at + i * 10 + j];
            CHECK_CLOSE(moved, 0.125 * sum / 60,
                        SG_UNIT_ROUNDOFF * (120 * 0.125 * size / 60 + 2 * fabs(w)));
        }
    free(before);
    sg_train_free(t);
    sg_net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(it_learns),
                                       TEST(a_checkpoint_resumes_to_the_same_bits),
                                       TEST(another_seed_is_another_run),
                                       TEST(the_score_is_the_definition),
                                       TEST(a_run_that_blows_up_says_so),
                                       TEST(rates_decay_to_nothing),
                                       TEST(the_step_is_the_definition),
                                       TEST(a_rule_goes_with_gradient_descent),
                                       TEST(the_work_is_the_last_steps)};
    sg_base_init();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
