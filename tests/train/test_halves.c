/* A net as two halves: delay 0 takes the steps of a plain run, threads change no bit, and a delayed
 * step is what its definition says. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/train.h"

enum { IMAGES = 200, WIDTH = 24, CUT = 3, TOP = 7, BATCH = 20, LABELS = 10 };
static const struct sg_layer layers[TOP] = {
    {SG_DENSE, WIDTH, false}, {SG_BATCHNORM, WIDTH, false}, {SG_RELU, WIDTH, false},
    {SG_DENSE, WIDTH, false}, {SG_BATCHNORM, WIDTH, false}, {SG_RELU, WIDTH, false},
    {SG_DENSE, LABELS, true}};

static int set_up(void **state)
{
    struct sg_images *images = *state = SG_NEW(1, struct sg_images);
    struct sg_rng *rng = test_rng("halves", 0);
    sg_data_make_digits(images, IMAGES, rng);
    sg_base_rng_free(rng);
    return 0;
}

static int tear_down(void **state)
{
    sg_data_images_free(*state);
    free(*state);
    return 0;
}

struct run {
    struct sg_net *net;
    struct sg_train *t;
    struct sg_halves *h;
    struct sg_sizes sizes;
    size_t real;
};

/* threads = 0: not as halves. */
static struct run run_by(enum sg_step_rule rule, const struct sg_images *images,
                         enum sg_dtype dtype, enum sg_family family, enum sg_target target,
                         bool adam, uint64_t delay, size_t threads)
{
    const struct sg_module module = {CUT, family, SG_H | SG_Y | SG_ONE, target, 1.0, 8};
    const struct sg_arch arch = {.dtype = dtype,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = 784,
                                 .labels = LABELS,
                                 .n_layers = TOP,
                                 .layers = layers,
                                 .n_modules = 1,
                                 .modules = &module};
    const struct sg_opt opt = {adam ? SG_ADAM : SG_GD, adam ? 3e-3 : 0.05, 0.9, 0.999, 1e-8};
    struct run r = {.net = sg_net_alloc(&arch),
                    .real = dtype == SG_F32 ? sizeof(float) : sizeof(double)};
    const struct sg_train_spec spec = {.net = r.net,
                                       .net_opt = opt,
                                       .sg_opt = opt,
                                       .sg_step = rule,
                                       .init = SG_HE,
                                       .images = images,
                                       .batch = BATCH,
                                       .decay_steps = 90,
                                       .name = "halves",
                                       .seed = test_seed()};
    r.sizes = sg_net_sizes(r.net);
    r.t = sg_train_alloc(&spec);
    r.h = threads ? sg_train_halves_alloc(r.t, delay, threads) : NULL;
    return r;
}

static struct run run_of(const struct sg_images *images, enum sg_dtype dtype, enum sg_family family,
                         enum sg_target target, bool adam, uint64_t delay, size_t threads)
{
    return run_by(SG_STEP_FIXED, images, dtype, family, target, adam, delay, threads);
}

static void free_run(struct run *r)
{
    sg_train_halves_free(r->h);
    sg_train_free(r->t);
    sg_net_free(r->net);
}

static void check_same_run(const struct run *a, const struct run *b)
{
    const struct sg_metrics one = sg_train_seen(a->t), other = sg_train_seen(b->t);
    CHECK(sg_train_time(a->t) == sg_train_time(b->t));
    CHECK_SAME((const char *)sg_train_w(a->t), (const char *)sg_train_w(b->t),
               a->sizes.w * a->real);
    CHECK_SAME((const char *)sg_train_phi(a->t), (const char *)sg_train_phi(b->t),
               a->sizes.phi * a->real);
    CHECK_SAME((const char *)sg_train_aux(a->t), (const char *)sg_train_aux(b->t),
               a->sizes.aux * a->real);
    CHECK(one.loss == other.loss && one.sg_loss == other.sg_loss);
}

static void no_delay_is_a_plain_run(void **state)
{
    for (size_t i = 0; i < 16; i++) {
        const enum sg_dtype dtype = i & 1 ? SG_F32 : SG_F64;
        const enum sg_family family = i & 2 ? SG_MLP : SG_LINEAR;
        const enum sg_target target = i & 4 ? SG_TARGET_ARRIVING : SG_TARGET_TRUE;
        struct run plain = run_of(*state, dtype, family, target, true, 0, 0),
                   halves = run_of(*state, dtype, family, target, true, 0, i & 8 ? 2 : 1);
        context("seed %llu, variant %zu", (unsigned long long)test_seed(), i);
        CHECK_STATUS(sg_train_advance(plain.t, 60), SG_OK);
        CHECK_STATUS(sg_train_halves_advance(halves.h, 60), SG_OK);
        check_same_run(&plain, &halves);
        const struct sg_score a = sg_train_score(plain.t, *state),
                              b = sg_train_score(halves.t, *state);
        CHECK(a.loss == b.loss && a.accuracy == b.accuracy);
        free_run(&plain);
        free_run(&halves);
    }
}

/* The SG's own step, by the pair that it learns from: in turn, beside, and whole. */
static void a_rule_is_a_plain_run(void **state)
{
    for (int rule = SG_STEP_NORMALISED; rule < SG_STEP_RULES; rule++)
        for (size_t threads = 1; threads <= 2; threads++) {
            struct run plain = run_by((enum sg_step_rule)rule, *state, SG_F32, SG_LINEAR,
                                      SG_TARGET_TRUE, false, 0, 0),
                       halves = run_by((enum sg_step_rule)rule, *state, SG_F32, SG_LINEAR,
                                       SG_TARGET_TRUE, false, 0, threads),
                       fixed = run_of(*state, SG_F32, SG_LINEAR, SG_TARGET_TRUE, false, 0, 0);
            context("seed %llu, rule %d", (unsigned long long)test_seed(), rule);
            CHECK_STATUS(sg_train_advance(plain.t, 60), SG_OK);
            CHECK_STATUS(sg_train_advance(fixed.t, 60), SG_OK);
            CHECK_STATUS(sg_train_halves_advance(halves.h, 60), SG_OK);
            check_same_run(&plain, &halves);
            CHECK(memcmp(sg_train_phi(plain.t), sg_train_phi(fixed.t),
                         plain.sizes.phi * plain.real) != 0);
            free_run(&plain);
            free_run(&halves);
            free_run(&fixed);
        }
}

/* Two threads, and in two parts, against in turn and at once; other delays are other runs. */
static void threads_change_no_bit(void **state)
{
    static const uint64_t delays[] = {1, 2, 5, 40};
    for (size_t i = 0; i < COUNT(delays); i++) {
        struct run turn = run_of(*state, SG_F32, SG_LINEAR, SG_TARGET_ARRIVING, true, delays[i], 1);
        struct run threads =
            run_of(*state, SG_F32, SG_LINEAR, SG_TARGET_ARRIVING, true, delays[i], 2);
        struct run plain = run_of(*state, SG_F32, SG_LINEAR, SG_TARGET_ARRIVING, true, 0, 0);
        context("seed %llu, delay %llu", (unsigned long long)test_seed(),
                (unsigned long long)delays[i]);
        CHECK_STATUS(sg_train_halves_advance(turn.h, 300), SG_OK);
        CHECK_STATUS(sg_train_halves_advance(threads.h, 13), SG_OK);
        CHECK_STATUS(sg_train_halves_advance(threads.h, 287), SG_OK);
        CHECK_STATUS(sg_train_advance(plain.t, 300), SG_OK);
        CHECK(memcmp(sg_train_w(turn.t), sg_train_w(plain.t), turn.sizes.w * turn.real) != 0);
        check_same_run(&turn, &threads);
        const struct sg_halves_cpu cpu = sg_train_halves_cpu(threads.h);
        CHECK(cpu.forward > 0 && cpu.back > 0 && cpu.sg > 0 && cpu.upper > 0);
        free_run(&turn);
        free_run(&threads);
        free_run(&plain);
    }
}

/* ---- the definition, step by step ------------------------------------------------------ */

struct pair { double *h, *y, *g; };

/* phi - nu Z^T (Z phi - g) / n for z = (h, y, 1), and a bound on the rounding
 * of any way to compute it. */
static void naive_sg_step(double *next, double *tol, const double *phi, const struct pair *p,
                          double nu)
{
    enum { Q = WIDTH + LABELS + 1 };
    double z[BATCH * Q], s[BATCH * WIDTH], s_size[BATCH * WIDTH], grad[Q * WIDTH], size[Q * WIDTH];
    for (size_t i = 0; i < BATCH; i++) {
        memcpy(z + i * Q, p->h + i * WIDTH, WIDTH * sizeof *z);
        memcpy(z + i * Q + WIDTH, p->y + i * LABELS, LABELS * sizeof *z);
        z[i * Q + Q - 1] = 1;
    }
    naive_mul(s, s_size, z, false, phi, false, BATCH, Q, WIDTH);
    for (size_t i = 0; i < BATCH * WIDTH; i++) {
        s[i] -= p->g[i];
        s_size[i] += fabs(p->g[i]);
    }
    naive_mul(grad, NULL, z, true, s, false, Q, BATCH, WIDTH);
    /* h >= 0 after a rectifier, y and 1 too: |Z| = Z */
    naive_mul(size, NULL, z, true, s_size, false, Q, BATCH, WIDTH);
    for (size_t i = 0; i < Q * WIDTH; i++) {
        next[i] = phi[i] - nu * grad[i] / BATCH;
        tol[i] = gamma_of(Q + BATCH + 8, SG_UNIT_ROUNDOFF) * (fabs(phi[i]) + nu * size[i] / BATCH);
    }
}

static struct pair pair_alloc(void)
{
    return (struct pair){SG_NEW(BATCH * WIDTH, double), SG_NEW(BATCH * LABELS, double),
                         SG_NEW(BATCH * WIDTH, double)};
}

/* From the run's own state before each step: all weights move by one plain evaluation there, bit
 * for bit; the SG by the pair of `delay` steps ago. */
static void a_step_is_its_definition(void **state)
{
    enum { STEPS = 30, DELAY = 3 };
    struct run r = run_of(*state, SG_F64, SG_LINEAR, SG_TARGET_TRUE, false, DELAY, 2);
    struct sg_batches *order = sg_data_batches_alloc(IMAGES, BATCH, test_seed(), "halves", 0);
    struct sg_net_work *work = sg_net_work_alloc(r.net, BATCH);
    struct sg_rows rows;
    sg_data_rows_alloc(&rows, SG_F64, BATCH, 784, LABELS);
    struct pair pair[STEPS];
    double *dw = SG_NEW(r.sizes.w, double), *w = SG_NEW(r.sizes.w, double),
           *phi = SG_NEW(r.sizes.phi, double), *tol = SG_NEW(r.sizes.phi, double);
    for (uint64_t t = 0; t < STEPS; t++) {
        context("seed %llu, step %llu", (unsigned long long)test_seed(), (unsigned long long)t);
        const struct sg_state now = {sg_train_w(r.t), sg_train_phi(r.t), NULL};
        const struct sg_batch batch =
            sg_data_gather_images(&rows, *state, sg_data_batches_at(order, t), BATCH);
        sg_net_eval_state(dw, NULL, NULL, r.net, &now, &batch, SG_WANT_W | SG_TRAIN, work);
        pair[t] = pair_alloc();
        memcpy(pair[t].h, sg_net_view(work, SG_VIEW_H, CUT), BATCH * WIDTH * sizeof(double));
        memcpy(pair[t].y, batch.y, BATCH * LABELS * sizeof(double));
        memcpy(pair[t].g, sg_net_view(work, SG_VIEW_G, CUT), BATCH * WIDTH * sizeof(double));
        const struct sg_opt opt = {.rate = 0.05 * (1.0 - (double)t / 90)};
        sg_net_opt_step(w, NULL, now.w, dw, &opt, SG_F64, r.sizes.w);
        memcpy(phi, now.phi, r.sizes.phi * sizeof *phi);
        if (t >= DELAY)
            naive_sg_step(phi, tol, now.phi, &pair[t - DELAY], opt.rate);
        CHECK_STATUS(sg_train_halves_advance(r.h, 1), SG_OK);
        CHECK_SAME(w, (const double *)sg_train_w(r.t), r.sizes.w);
        if (t < DELAY)
            CHECK_SAME(phi, (const double *)sg_train_phi(r.t), r.sizes.phi);
        else
            CHECK_EACH((const double *)sg_train_phi(r.t), phi, tol, r.sizes.phi);
    }
    for (size_t t = 0; t < STEPS; t++) {
        free(pair[t].h);
        free(pair[t].y);
        free(pair[t].g);
    }
    free(dw); free(w); free(phi); free(tol);
    sg_data_rows_free(&rows);
    sg_net_work_free(work);
    sg_data_batches_free(order);
    free_run(&r);
}

static void what_is_refused(void **state)
{
    struct run r = run_of(*state, SG_F32, SG_LINEAR, SG_TARGET_TRUE, true, 1, 2);
    char *bytes = SG_NEW(sg_train_bytes(r.t), char);
    CHECK_ABORTS((void)(sg_train_advance(r.t, 1) == SG_OK));
    CHECK_ABORTS(sg_train_save(bytes, r.t));
    CHECK_ABORTS(sg_train_load(r.t, bytes));
    CHECK_ABORTS(sg_train_halves_alloc(r.t, 1, 1));
    CHECK_STATUS(sg_train_halves_advance(r.h, 3), SG_OK);
    free(bytes);
    free_run(&r);

    const struct sg_arch plain = {.dtype = SG_F32,
                                  .loss = SG_SOFTMAX_XENT,
                                  .inputs = 784,
                                  .labels = LABELS,
                                  .n_layers = TOP,
                                  .layers = layers};
    struct sg_net *net = sg_net_alloc(&plain);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = {.rate = 1},
                                       .sg_opt = {.rate = 1},
                                       .images = *state,
                                       .batch = BATCH,
                                       .name = "halves"};
    struct sg_train *t = sg_train_alloc(&spec);
    CHECK_ABORTS(sg_train_halves_alloc(t, 1, 1));                 /* no SG: nothing unlocks */
    sg_train_free(t);
    sg_net_free(net);
}

static void a_run_that_blows_up_says_so(void **state)
{
    const struct sg_module module = {CUT, SG_LINEAR, 7, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = 784,
                                 .labels = LABELS,
                                 .n_layers = TOP,
                                 .layers = layers,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = {.rate = 1e30},
                                       .sg_opt = {.rate = 1},
                                       .images = *state,
                                       .batch = BATCH,
                                       .name = "halves"};
    struct sg_train *t = sg_train_alloc(&spec);
    struct sg_halves *h = sg_train_halves_alloc(t, 2, 2);
    CHECK_STATUS(sg_train_halves_advance(h, 64), SG_DIVERGED);
    sg_train_halves_free(h);
    sg_train_free(t);
    sg_net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(no_delay_is_a_plain_run),
                                       TEST(a_rule_is_a_plain_run), TEST(threads_change_no_bit),
                                       TEST(a_step_is_its_definition), TEST(what_is_refused),
                                       TEST(a_run_that_blows_up_says_so)};
    sg_base_init();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

