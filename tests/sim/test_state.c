/* A simulation's state: restart, save and set, time, divergence, and how often a step evaluates,
 * seen through a field made up here. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

/* ---- a field of our own: nonlinear, reads w, phi and the batch, keeps a log ------------ */

enum { NW = 3, NPHI = 2, SIZE = NW + NPHI };

struct log { size_t evals, allocs, frees; unsigned wants[8]; };

static void made_up_eval(void *dw_v, void *dphi_v, struct sg_metrics *metrics,
                         const struct sg_field *field, const void *w_v, const void *phi_v,
                         const struct sg_batch *batch, unsigned want, void *work)
{
    (void)metrics;
    struct log *log = work;
    const double *w = w_v, *phi = phi_v, *x = batch->x;
    const double strength = *(const double *)field->self;
    log->wants[log->evals++ % 8] = want;
    for (size_t i = 0; (want & SG_WANT_W) && i < NW; i++)
        ((double *)dw_v)[i] = strength * (w[i] - x[i % batch->n] * phi[i % NPHI]) +
                              0.1 * w[(i + 1) % NW] * w[i];
    for (size_t i = 0; (want & SG_WANT_PHI) && i < NPHI; i++)
        ((double *)dphi_v)[i] = strength * (phi[i] - 0.7 * w[i] * x[0]) + 0.05 * phi[0] * phi[1];
}

static struct log the_log;

static void *made_up_work(const struct sg_field *field)
{
    (void)field;
    the_log.allocs++;
    return &the_log;
}

static void made_up_free(void *work)
{
    ((struct log *)work)->frees++;
}

static const double usual = 1.0;
static const struct sg_field made_up = {.dtype = SG_F64,
                                        .sizes = {.w = NW, .phi = NPHI},
                                        .eval = made_up_eval,
                                        .work_alloc = made_up_work,
                                        .work_free = made_up_free,
                                        .self = &usual,
                                        .batch_max = 2};
static const double rows_a[2] = {0.8125, -1.3}, rows_b[2] = {-0.55, 2.125};
static const struct sg_batch batch_a = {.n = 2, .x = rows_a}, batch_b = {.n = 2, .x = rows_b};
static const double w_0[NW] = {0.37, -1.21, 0.93}, phi_0[NPHI] = {0.55, -0.29};

static struct sg_sim *make_sim(struct sg_timing timing, double mu, double nu)
{
    const struct sg_sim_spec spec = {.field = &made_up,
                                     .net_opt = {.rate = mu},
                                     .sg_opt = {.rate = nu},
                                     .timing = timing};
    return sg_sim_alloc(&spec, w_0, phi_0);
}

static void check_same_sims(const struct sg_sim *a, const struct sg_sim *b)
{
    CHECK(sg_sim_state_size(a) == sg_sim_state_size(b));
    const size_t size = sg_sim_state_size(a);
    double *sa = SG_NEW(size, double), *sb = SG_NEW(size, double);
    sg_sim_get_state(sa, a);
    sg_sim_get_state(sb, b);
    CHECK_SAME(sa, sb, size);
    CHECK_SAME((const double *)sg_sim_w(a), (const double *)sg_sim_w(b), NW);
    CHECK_SAME((const double *)sg_sim_phi(a), (const double *)sg_sim_phi(b), NPHI);
    free(sa);
    free(sb);
}

static const struct sg_timing timings[] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0},
                                           {2, 2, 0, 0}, {0, 0, 3, 0},  {0, 0, 1, 1},
                                           {0, 4, 0, 0}, {1, -1, 2, 3}};

static size_t longest(struct sg_timing t)
{
    const int all[4] = {t.net_w, t.net_phi, t.sg_w, t.sg_phi};
    size_t past = 0;
    for (int i = 0; i < 4; i++)
        past = all[i] > (int)past ? (size_t)all[i] : past;
    return past;
}

/* ---- tests ----------------------------------------------------------------------------- */

static void same_bits_twice(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(timings); k++) {
        struct sg_sim *a = make_sim(timings[k], 0.11, 0.07), *b = make_sim(timings[k], 0.11, 0.07);
        CHECK_STATUS(sg_sim_advance(a, &batch_a, 500), SG_OK);
        /* advance is that many steps */
        for (int t = 0; t < 500; t++)
            sg_sim_step(b, &batch_a);
        check_same_sims(a, b);
        CHECK(sg_sim_time(a) == 500 && sg_sim_time(b) == 500);
        CHECK(((const double *)sg_sim_w(a))[0] != w_0[0] &&
              ((const double *)sg_sim_phi(a))[0] != phi_0[0]);
        sg_sim_free(a);
        sg_sim_free(b);
    }
}

/* Slot k of the state is (w, phi) k steps ago; the start before there was one. */
static void state_is_the_past(void **state)
{
    (void)state;
    enum { STEPS = 9 };
    for (size_t k = 0; k < COUNT(timings); k++) {
        const size_t past = longest(timings[k]);
        struct sg_sim *sim = make_sim(timings[k], 0.11, 0.07);
        double seen[STEPS + 1][SIZE], now[SIZE * 8];
        CHECK(sg_sim_state_size(sim) == (past + 1) * SIZE);
        for (size_t t = 0; t <= STEPS; t++) {
            context("timing %zu, step %zu", k, t);
            memcpy(seen[t], sg_sim_w(sim), NW * sizeof(double));
            memcpy(seen[t] + NW, sg_sim_phi(sim), NPHI * sizeof(double));
            sg_sim_get_state(now, sim);
            for (size_t ago = 0; ago <= past; ago++)
                CHECK_SAME(now + ago * SIZE, seen[ago > t ? 0 : t - ago], SIZE);
            sg_sim_step(sim, &batch_a);
        }
        sg_sim_free(sim);
    }
}

/* A state set into another simulation continues there with the same bits, whatever it had done
 * before and on whichever batch. */
static void set_continues(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(timings); k++)
        for (uint64_t before = 0; before < 8; before++) {
            context("timing %zu, %llu steps before", k, (unsigned long long)before);
            struct sg_sim *a = make_sim(timings[k], 0.11, 0.07),
                          *b = make_sim(timings[k], 0.11, 0.07);
            struct sg_sim *fresh = make_sim(timings[k], 0.11, 0.07);
            double saved[SIZE * 8];
            CHECK_STATUS(sg_sim_advance(a, &batch_a, 6), SG_OK);
            CHECK_STATUS(sg_sim_advance(b, &batch_b, before), SG_OK);
            sg_sim_get_state(saved, a);
            sg_sim_set_state(b, saved);
            sg_sim_set_state(fresh, saved);
            check_same_sims(a, b);
            CHECK_STATUS(sg_sim_advance(a, &batch_a, 5), SG_OK);
            CHECK_STATUS(sg_sim_advance(b, &batch_a, 5), SG_OK);
            CHECK_STATUS(sg_sim_advance(fresh, &batch_a, 5), SG_OK);
            check_same_sims(a, fresh);
            check_same_sims(a, b);
            sg_sim_free(a);
            sg_sim_free(b);
            sg_sim_free(fresh);
        }
}

/* Under heavy ball the state ends with m of the parts that have one, m = (before - now) / rate.  A
 * state set elsewhere continues there with the same bits. */
static void heavy_ball_is_state(void **state)
{
    (void)state;
    const struct sg_opt gd = {.rate = 0.125}, heavy = {SG_MOMENTUM, 0.0625, .beta1 = 0.75};
    for (int k = 1; k < 4; k++) {
        const struct sg_sim_spec spec = {.field = &made_up,
                                         .net_opt = k & 1 ? heavy : gd,
                                         .sg_opt = k & 2 ? heavy : gd};
        const size_t m_w = k & 1 ? NW : 0, m_phi = k & 2 ? NPHI : 0;
        struct sg_sim *a = sg_sim_alloc(&spec, w_0, phi_0), *b = sg_sim_alloc(&spec, w_0, phi_0);
        double before[2 * SIZE], now[2 * SIZE];
        context("heavy ball %d", k);
        CHECK(sg_sim_state_size(a) == SIZE + m_w + m_phi);
        CHECK_STATUS(sg_sim_advance(a, &batch_a, 7), SG_OK);
        sg_sim_get_state(before, a);
        sg_sim_step(a, &batch_a);
        sg_sim_get_state(now, a);
        /* theta and the difference, each rounded once, and the product with a power of two */
        for (size_t i = 0; i < m_w + m_phi; i++) {
            const size_t at = m_w ? i : NW + i;
            CHECK_CLOSE(now[SIZE + i], (before[at] - now[at]) / 0.0625,
                        2 * SG_UNIT_ROUNDOFF * (fabs(before[at]) + fabs(now[at])) / 0.0625);
        }
        CHECK_STATUS(sg_sim_advance(b, &batch_b, 3), SG_OK);
        sg_sim_set_state(b, now);
        CHECK_STATUS(sg_sim_advance(a, &batch_a, 5), SG_OK);
        CHECK_STATUS(sg_sim_advance(b, &batch_a, 5), SG_OK);
        check_same_sims(a, b);
        sg_sim_free(a);
        sg_sim_free(b);
    }
}

static void restart_is_a_new_start(void **state)
{
    (void)state;
    const double w[NW] = {-0.6, 0.44, 1.7}, phi[NPHI] = {1.2, 0.31};
    for (size_t k = 0; k < COUNT(timings); k++) {
        const struct sg_sim_spec spec = {.field = &made_up,
                                         .net_opt = {.rate = 0.05},
                                         .sg_opt = {.rate = 0.13},
                                         .timing = timings[k]};
        struct sg_sim *used = make_sim(timings[k], 0.11, 0.07),
                      *fresh = sg_sim_alloc(&spec, w, phi);
        CHECK_STATUS(sg_sim_advance(used, &batch_b, 7), SG_OK);
        sg_sim_restart(used, w, phi, 0.05, 0.13);
        CHECK(sg_sim_time(used) == 0);
        check_same_sims(used, fresh);
        for (int t = 0; t < 6; t++) {
            sg_sim_step(used, t % 2 ? &batch_a : &batch_b);
            sg_sim_step(fresh, t % 2 ? &batch_a : &batch_b);
            check_same_sims(used, fresh);
        }
        sg_sim_free(used);
        sg_sim_free(fresh);
    }
}

/* One evaluation serves both updates where they read the same state; otherwise each asks for its
 * own and in the right order. */
static void evaluations(void **state)
{
    (void)state;
    const unsigned w = SG_WANT_W, phi = SG_WANT_PHI;
    const struct {
        struct sg_timing timing;
        size_t evals;
        unsigned wants[2];
    } expected[] = {{{0, 0, 0, 0}, 1, {w | phi, 0}}, {{0, -1, 0, 0}, 2, {phi, w}},
                    {{0, 0, -1, 0}, 2, {w, phi}},    {{2, 2, 0, 0}, 2, {w, phi}},
                    {{0, 0, 3, 0}, 2, {w, phi}},     {{0, 0, 1, 1}, 2, {w, phi}},
                    {{1, -1, 2, 3}, 2, {phi, w}}};
    for (size_t k = 0; k < COUNT(expected); k++) {
        memset(&the_log, 0, sizeof the_log);
        struct sg_sim *sim = make_sim(expected[k].timing, 0.1, 0.1);
        for (size_t t = 0; t < 5; t++) {
            the_log.evals = 0;
            sg_sim_step(sim, &batch_a);
            CHECK(the_log.evals == expected[k].evals);
            for (size_t i = 0; i < expected[k].evals; i++)
                CHECK(the_log.wants[i] == expected[k].wants[i]);
        }
        sg_sim_free(sim);
        CHECK(the_log.allocs == 1 && the_log.frees == 1);
    }
}

/* A field in which nothing moves: an entry that is not finite stays the only one. */
static void still_eval(void *dw, void *dphi, struct sg_metrics *metrics,
                       const struct sg_field *field, const void *w, const void *phi,
                       const struct sg_batch *batch, unsigned want, void *work)
{
    (void)metrics; (void)field; (void)w; (void)phi; (void)batch; (void)work;
    for (size_t i = 0; (want & SG_WANT_W) && i < NW; i++)
        ((double *)dw)[i] = 0;
    for (size_t i = 0; (want & SG_WANT_PHI) && i < NPHI; i++)
        ((double *)dphi)[i] = 0;
}

/* It is found at the next look, every 64 steps and at the end, in w or in phi. */
static void divergence(void **state)
{
    (void)state;
    struct sg_field still = made_up;
    still.eval = still_eval;
    for (size_t k = 0; k < COUNT(timings); k++) {
        const struct sg_sim_spec spec = {.field = &still,
                                         .net_opt = {.rate = 0.1},
                                         .sg_opt = {.rate = 0.1},
                                         .timing = timings[k]};
        struct sg_sim *sim = sg_sim_alloc(&spec, w_0, phi_0);
        double saved[SIZE * 8], bad[SIZE * 8];
        sg_sim_get_state(saved, sim);
        for (size_t at = 0; at < SIZE; at++) {
            context("timing %zu, entry %zu", k, at);
            sg_sim_restart(sim, w_0, phi_0, 0.1, 0.1);
            memcpy(bad, saved, sizeof saved);
            bad[at] = at % 2 ? SG_NAN : -HUGE_VAL;
            sg_sim_set_state(sim, bad);
            CHECK_STATUS(sg_sim_advance(sim, &batch_a, 10), SG_DIVERGED);
            CHECK(sg_sim_time(sim) == 10);
            CHECK_STATUS(sg_sim_advance(sim, &batch_a, 1000), SG_DIVERGED);
            CHECK(sg_sim_time(sim) == 10 + 64);
        }
        sg_sim_free(sim);
        sim = make_sim(timings[k], 0.1, 0.1);
        CHECK_STATUS(sg_sim_advance(sim, &batch_a, 0), SG_OK);
        CHECK_STATUS(sg_sim_advance(sim, &batch_a, 130), SG_OK);
        CHECK(sg_sim_time(sim) == 130);
        /* a real one: quadratic terms explode within 64 steps */
        sg_sim_restart(sim, w_0, phi_0, 1e3, 1e3);
        CHECK_STATUS(sg_sim_advance(sim, &batch_a, 1000), SG_DIVERGED);
        CHECK(sg_sim_time(sim) == 64);
        sg_sim_free(sim);
    }
}

/* Each update has its own optimiser, and states in doubles are for float64. */
static void step_with(enum sg_opt_kind net, enum sg_opt_kind sg)
{
    const struct sg_sim_spec spec = {.field = &made_up,
                                     .net_opt = {.kind = net, .rate = 0.1},
                                     .sg_opt = {.kind = sg, .rate = 0.1}};
    struct sg_sim *sim = sg_sim_alloc(&spec, w_0, phi_0);
    sg_sim_step(sim, &batch_a);
    sg_sim_free(sim);
}

static void optimisers_and_types(void **state)
{
    (void)state;
    CHECK_EXITS(step_with(SG_GD, SG_GD), 99);
    CHECK_ABORTS(step_with((enum sg_opt_kind)9, SG_GD));
    CHECK_ABORTS(step_with(SG_GD, (enum sg_opt_kind)9));
    struct sg_field single = made_up;
    single.dtype = SG_F32;
    const float w[NW] = {0.5f, 0.25f, -1.5f}, phi[NPHI] = {1.25f, -0.75f};
    const struct sg_sim_spec spec = {.field = &single,
                                     .net_opt = {.rate = 0.1},
                                     .sg_opt = {.rate = 0.1}};
    struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
    double saved[SIZE] = {0};
    CHECK_SAME((const float *)sg_sim_w(sim), w, NW);
    CHECK_SAME((const float *)sg_sim_phi(sim), phi, NPHI);
    CHECK_ABORTS(sg_sim_get_state(saved, sim));
    CHECK_ABORTS(sg_sim_set_state(sim, saved));
    sg_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(same_bits_twice),     TEST(state_is_the_past),
                                       TEST(set_continues),       TEST(heavy_ball_is_state),
                                       TEST(restart_is_a_new_start),
                                       TEST(evaluations),         TEST(divergence),
                                       TEST(optimisers_and_types)};
    return RUN(tests);
}
