/* Orders and delays: every timing against a loop that keeps the whole history, bit for
 * bit, on batches that change. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

enum { STEPS = 11, BATCHES = 3 };

/* ---- an instance ----------------------------------------------------------------------- */

struct instance {
    enum sg_dtype dtype;
    size_t real;
    struct sg_net *net;
    struct sg_sizes sizes;
    struct sg_batch batch[BATCHES];
    void *rows[BATCHES][3], *w, *phi;
};

/* Two layers, a module in the middle and one at the output; batches of different sizes. */
static struct instance make_instance(enum sg_dtype dtype, struct sg_rng *rng)
{
    const struct sg_layer layers[2] = {{SG_DENSE, 3, true}, {SG_DENSE, 2, false}};
    const struct sg_module modules[2] = {{1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_ARRIVING,
                                          1.0, 0},
                                         {2, SG_LINEAR, SG_H | SG_Y, SG_TARGET_TRUE, 0.6, 0}};
    const struct sg_arch arch = {.dtype = dtype,
                                 .loss = SG_MSE,
                                 .inputs = 4,
                                 .labels = 2,
                                 .n_layers = 2,
                                 .layers = layers,
                                 .n_modules = 2,
                                 .modules = modules};
    struct instance in = {.dtype = dtype,
                          .real = dtype == SG_F32 ? sizeof(float) : sizeof(double),
                          .net = sg_net_alloc(&arch)};
    in.sizes = sg_net_sizes(in.net);
    for (size_t b = 0; b < BATCHES; b++) {
        const size_t n = 5 + 2 * b, width[3] = {4, 2, 1};
        for (size_t t = 0; t < 3; t++)
            in.rows[b][t] = random_reals(n * width[t], 0.9, dtype, rng);
        in.batch[b] =
            (struct sg_batch){.n = n, .x = in.rows[b][0], .y = in.rows[b][1], .one = in.rows[b][2]};
    }
    in.w = random_reals(in.sizes.w, 0.4, dtype, rng);
    in.phi = random_reals(in.sizes.phi, 0.3, dtype, rng);
    return in;
}

static void free_instance(struct instance *in)
{
    for (size_t b = 0; b < BATCHES; b++)
        for (size_t t = 0; t < 3; t++)
            free(in->rows[b][t]);
    free(in->w);
    free(in->phi);
    sg_net_free(in->net);
}

/* ---- the loop by hand ------------------------------------------------------------------ */

/* w[t], phi[t] for t = 0..STEPS and the batch of each step. */
struct history { void *w[STEPS + 1], *phi[STEPS + 1]; const struct sg_batch *batch[STEPS]; };

static size_t read_at(size_t t, int ago)
{
    return ago < 0 ? t + 1 : (size_t)ago > t ? 0 : t - (size_t)ago;
}

/* The batch of the time at which w is read: this step's own for the fresh result, and
 * for times before the start. */
static const struct sg_batch *batch_at(const struct history *h, size_t t, int ago)
{
    return ago < 0 || (size_t)ago > t ? h->batch[t] : h->batch[t - (size_t)ago];
}

static void subtract(void *next, const void *theta, const void *grad, double rate, size_t n,
                     enum sg_dtype dtype)
{
    for (size_t i = 0; i < n; i++) {
        if (dtype == SG_F32)
            ((float *)next)[i] = ((const float *)theta)[i] - (float)rate * ((const float *)grad)[i];
        else
            ((double *)next)[i] = ((const double *)theta)[i] - rate * ((const double *)grad)[i];
    }
}

static void hand_step(struct history *h, size_t t, const struct instance *in,
                      const struct sg_timing *timing, double mu, double nu,
                      struct sg_net_work *work)
{
    void *dw = sg_base_alloc(in->sizes.w, in->real), *dphi = sg_base_alloc(in->sizes.phi, in->real);
    h->w[t + 1] = sg_base_alloc(in->sizes.w, in->real);
    h->phi[t + 1] = sg_base_alloc(in->sizes.phi, in->real);
    for (int turn = 0; turn < 2; turn++) {
        const bool network = timing->net_phi == -1 ? turn == 1 : turn == 0;
        if (network) {
            sg_net_eval(dw, NULL, NULL, in->net, h->w[read_at(t, timing->net_w)],
                        h->phi[read_at(t, timing->net_phi)], batch_at(h, t, timing->net_w),
                        SG_WANT_W, work);
            subtract(h->w[t + 1], h->w[t], dw, mu, in->sizes.w, in->dtype);
        } else {
            sg_net_eval(NULL, dphi, NULL, in->net, h->w[read_at(t, timing->sg_w)],
                        h->phi[read_at(t, timing->sg_phi)], batch_at(h, t, timing->sg_w),
                        SG_WANT_PHI, work);
            subtract(h->phi[t + 1], h->phi[t], dphi, nu, in->sizes.phi, in->dtype);
        }
    }
    free(dw);
    free(dphi);
}

static void check_timing(const struct instance *in, struct sg_timing timing, bool one_batch)
{
    const double mu = 0.1375, nu = 0.0625;
    struct sg_net_work *work = sg_net_work_alloc(in->net, in->batch[BATCHES - 1].n);
    const struct sg_field field = sg_sim_net_field(in->net, in->batch[BATCHES - 1].n);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = mu},
                                     .sg_opt = {.rate = nu},
                                     .timing = timing};
    struct sg_sim *sim = sg_sim_alloc(&spec, in->w, in->phi);
    struct history h = {.w = {sg_base_copy(in->w, in->sizes.w, in->real)},
                        .phi = {sg_base_copy(in->phi, in->sizes.phi, in->real)}};
    CHECK(sg_sim_time(sim) == 0);
    for (size_t t = 0; t < STEPS; t++) {
        context("seed %llu: timing {%d, %d, %d, %d}, step %zu, %s, type %d",
                (unsigned long long)test_seed(), timing.net_w, timing.net_phi, timing.sg_w,
                timing.sg_phi, t, one_batch ? "one batch" : "many batches", (int)in->dtype);
        h.batch[t] = &in->batch[one_batch ? 0 : t * t % BATCHES];
        hand_step(&h, t, in, &timing, mu, nu, work);
        sg_sim_step(sim, h.batch[t]);
        check_same(sg_sim_w(sim), h.w[t + 1], in->sizes.w * in->real, in->real, "w", __FILE__,
                   __LINE__);
        check_same(sg_sim_phi(sim), h.phi[t + 1], in->sizes.phi * in->real, in->real, "phi",
                   __FILE__, __LINE__);
        CHECK(sg_sim_time(sim) == t + 1);
    }
    for (size_t t = 0; t <= STEPS; t++) {
        free(h.w[t]);
        free(h.phi[t]);
    }
    sg_sim_free(sim);
    sg_net_work_free(work);
}

/* ---- tests ----------------------------------------------------------------------------- */

/* The systems of DY11 and DY12 by name. */
static void named_systems(void **state)
{
    (void)state;
    const struct sg_timing named[] = {
        {0, 0, 0, 0},                                                    /* simultaneous */
        /* SG first, network first */
        {0, -1, 0, 0}, {0, 0, -1, 0},
        {1, 1, 0, 0}, {5, 5, 0, 0}, {20, 20, 0, 0},                      /* stale backprop */
        {0, 0, 1, 0}, {0, 0, 4, 0}, {0, 0, 20, 0},                       /* delayed pairs */
        {0, 0, 1, 1}, {0, 0, 3, 3}, {0, 0, 20, 20}};                     /* stale SG */
    struct sg_rng *rng = test_rng("named", 0);
    for (int dtype = SG_F64; dtype <= SG_F32; dtype++) {
        struct instance in = make_instance((enum sg_dtype)dtype, rng);
        for (size_t k = 0; k < COUNT(named); k++) {
            check_timing(&in, named[k], true);
            check_timing(&in, named[k], false);
        }
        free_instance(&in);
    }
    sg_base_rng_free(rng);
}

static void every_timing(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("every", 0);
    struct instance in = make_instance(SG_F64, rng);
    for (int net_w = 0; net_w <= 3; net_w++)
        for (int net_phi = -1; net_phi <= 3; net_phi++)
            for (int sg_w = -1; sg_w <= 3; sg_w++)
                for (int sg_phi = 0; sg_phi <= 3; sg_phi++)
                    if (net_phi >= 0 || sg_w >= 0)
                        check_timing(&in, (struct sg_timing){net_w, net_phi, sg_w, sg_phi}, false);
    free_instance(&in);
    sg_base_rng_free(rng);
}

static void alloc_with(const struct instance *in, struct sg_timing timing)
{
    const struct sg_field field = sg_sim_net_field(in->net, 5);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = 0.1},
                                     .sg_opt = {.rate = 0.1},
                                     .timing = timing};
    sg_sim_free(sg_sim_alloc(&spec, in->w, in->phi));
}

static void impossible_timings(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("impossible", 0);
    struct instance in = make_instance(SG_F64, rng);
    /* each would wait for the other */
    CHECK_ABORTS(alloc_with(&in, (struct sg_timing){0, -1, -1, 0}));
    CHECK_ABORTS(alloc_with(&in, (struct sg_timing){-1, 0, 0, 0}));
    CHECK_ABORTS(alloc_with(&in, (struct sg_timing){0, 0, 0, -1}));
    CHECK_ABORTS(alloc_with(&in, (struct sg_timing){0, -2, 0, 0}));
    CHECK_ABORTS(alloc_with(&in, (struct sg_timing){0, 0, -2, 0}));
    CHECK_EXITS(alloc_with(&in, (struct sg_timing){0, -1, 0, 0}), 99);
    free_instance(&in);
    sg_sim_free(NULL);
    sg_sim_critical_free(NULL);
    sg_sim_fitted_free(NULL);
    sg_sim_rounding_free(NULL);
    sg_sim_searcher_free(NULL);
    sg_sim_tracker_free(NULL);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(named_systems), TEST(every_timing),
                                       TEST(impossible_timings)};
    return RUN(tests);
}
