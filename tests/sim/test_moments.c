/* Optimisers in the step loop: 50 steps, each against the definition in long double at the state
 * the run is in, for float and double.
 *
 * The oracle shares nothing with the run but its states: gradients with their error bounds come
 * from naive.h, moments and update from the equations in kernel/optimise.c.  So every float step is
 * held to the exact step from the same state and the same past. */
#include "../net/naive.h"

#include <float.h>
#include <string.h>

#include "synthgrad/sim.h"

enum { STEPS = 50 };

/* ---- the oracle ------------------------------------------------------------------------ */

/* moments and bounds on the run's error in them */
struct entry { long double m, dm, v, dv; };

/* One entry's exact update (to be taken from theta) and a bound on the run's error in it.  g is off
 * by at most dg; every line of the definition takes at most four roundings, constants included,
 * and 16 from the moments to the update. */
static long double update(long double *error, struct entry *e, long double g, long double dg,
                          const struct sg_opt *opt, uint64_t t, long double u, long double least)
{
    const long double b1 = opt->kind == SG_RMSPROP || opt->kind == SG_GD ? 0
                                                                         : (long double)opt->beta1,
                      b2 = (long double)opt->beta2;
    const long double mu = (long double)opt->rate, epsilon = (long double)opt->epsilon;
    const bool adam = opt->kind == SG_ADAM, scaled = adam || opt->kind == SG_RMSPROP;
    const long double fresh1 = adam ? 1 - b1 : 1, fresh2 = 1 - b2;
    const long double correct1 = adam ? 1 / (1 - powl(b1, t)) : 1,
                      correct2 = adam ? 1 / (1 - powl(b2, t)) : 1;
    const long double most = fabsl(g) + dg;
    e->dm = b1 * e->dm + fresh1 * dg + 4 * u * (b1 * (fabsl(e->m) + e->dm) + fresh1 * most) +
            (fresh1 * most > 0 ? least : 0);
    e->m = b1 * e->m + fresh1 * g;
    e->dv = b2 * e->dv + fresh2 * (2 * fabsl(g) + dg) * dg +
            4 * u * (b2 * (e->v + e->dv) + fresh2 * most * most) + (most > 0 ? least : 0);
    e->v = b2 * e->v + fresh2 * g * g;
    const long double below = scaled ? sqrtl(e->v * correct2) + epsilon : 1;
    const long double below_low = scaled ? sqrtl(fmaxl(e->v - e->dv, 0) * correct2) + epsilon : 1;
    const long double up = fabsl(e->m) * correct1, dup = e->dm * correct1;
    *error = mu *
             (dup / below_low + up * (1 / below_low - 1 / below) + 16 * u * (up + dup) / below_low);
    return mu * e->m * correct1 / below;
}

/* ---- a run ----------------------------------------------------------------------------- */

struct run {
    struct random_arch r;
    struct sg_net *net;
    struct food f;
    struct sg_batch batch;
    struct sg_field field;
    /* w, phi, x, y, one in the net's type */
    void *owned[5];
};

static double real_at(const void *a, size_t i, enum sg_dtype dtype)
{
    return dtype == SG_F32 ? (double)((const float *)a)[i] : ((const double *)a)[i];
}

static void make_run(struct run *run, enum sg_dtype dtype, struct sg_rng *rng)
{
    random_arch(&run->r, 4, true, false, rng);
    make_smooth(&run->r, rng);
    run->r.arch.dtype = dtype;
    run->net = sg_net_alloc(&run->r.arch);
    run->f = random_food(run->net, random_size(2, 6, rng), rng);
    const struct sg_sizes sizes = sg_net_sizes(run->net);
    const size_t n = run->f.n, d = run->r.arch.inputs, m = run->r.arch.labels;
    double *from[5] = {run->f.w, run->f.phi, run->f.x, run->f.y, run->f.one};
    const size_t size[5] = {sizes.w, sizes.phi, n * d, n * m, n};
    for (size_t i = 0; i < n * m; i++)
        run->f.y[i] = fabs(run->f.y[i]);
    for (int k = 0; k < 5; k++)
        run->owned[k] = to_real(from[k], size[k], dtype);
    run->batch = (struct sg_batch){n, run->owned[2], run->owned[3], run->owned[4]};
    run->field = sg_sim_net_field(run->net, n);
}

static void free_run(struct run *run)
{
    for (int k = 0; k < 5; k++)
        free(run->owned[k]);
    free_food(&run->f);
    sg_net_free(run->net);
}

/* One part's parameters before and after a step against the exact step.  at: the gradient's
 * own values and magnitudes. */
static void check_part(struct entry *entry, const void *after, const double *before,
                       const struct wide *gradient, size_t n, double gamma,
                       const struct sg_opt *opt, uint64_t t, enum sg_dtype dtype)
{
    const long double u = dtype == SG_F32 ? (long double)FLT_EPSILON / 2
                                          : (long double)SG_UNIT_ROUNDOFF;
    const long double least = dtype == SG_F32 ? (long double)FLT_MIN : (long double)DBL_MIN;
    for (size_t i = 0; i < n; i++) {
        long double error;
        const long double start = (long double)before[i],
                          slack = (long double)gamma * gradient[i].m;
        const long double want = start -
                                 update(&error, &entry[i], gradient[i].v, slack, opt, t, u, least);
        CHECK_CLOSE(real_at(after, i, dtype), (double)want,
                    (double)(error + 2 * u * (fabsl(want) + fabsl(start - want) + error)));
    }
}

static const struct sg_opt net_opts[] = {
    {.kind = SG_GD, .rate = 0.03},
    {.kind = SG_MOMENTUM, .rate = 0.01, .beta1 = 0.9},
    {.kind = SG_RMSPROP, .rate = 0.004, .beta2 = 0.99, .epsilon = 1e-6},
    {.kind = SG_ADAM, .rate = 0.007, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    {.kind = SG_ADAM, .rate = 0.007, .beta1 = 0, .beta2 = 0.25, .epsilon = 0.125}};

/* stale: both parts read the state of `stale` steps ago, the start before there is one.
 * Steps taken: an SG that was drawn at random may drive the weights away, and the oracle's
 * plain e^p ends at 11356. */
static size_t check_run(struct run *run, const struct sg_opt *net_opt, const struct sg_opt *sg_opt,
                        size_t stale)
{
    const struct sg_sizes sizes = sg_net_sizes(run->net);
    const enum sg_dtype dtype = run->r.arch.dtype;
    const size_t n = run->f.n, size = sizes.w + sizes.phi;
    const double gamma = gamma_of(naive_roundings(&run->r.arch, n),
                                  dtype == SG_F32 ? (double)FLT_EPSILON / 2 : SG_UNIT_ROUNDOFF);
    const int tau = (int)stale;
    const struct sg_sim_spec spec = {.field = &run->field,
                                     .net_opt = *net_opt,
                                     .sg_opt = *sg_opt,
                                     .timing = {tau, tau, tau, tau}};
    struct sg_sim *sim = sg_sim_alloc(&spec, run->owned[0], run->owned[1]);
    struct entry *entry = SG_NEW(size, struct entry);
    double *past = SG_NEW((STEPS + 1) * size, double);             /* the states, (w, phi) */
    size_t steps = 0;
    for (size_t t = 0;; t++) {
        double *now = past + t * size;
        for (size_t i = 0; i < size; i++)
            now[i] = i < sizes.w ? real_at(sg_sim_w(sim), i, dtype)
                                 : real_at(sg_sim_phi(sim), i - sizes.w, dtype);
        steps = t;
        if (t == STEPS || !(sg_base_max_abs(now, size) < 6))
            break;
        const double *read = past + (t >= stale ? t - stale : 0) * size;
        struct naive v =
            naive_eval(&run->r.arch, read, read + sizes.w, run->f.x, run->f.y, run->f.one, n);
        sg_sim_step(sim, &run->batch);
        check_part(entry, sg_sim_w(sim), now, v.dw, sizes.w, gamma, net_opt, t + 1, dtype);
        check_part(entry + sizes.w, sg_sim_phi(sim), now + sizes.w, v.dphi, sizes.phi, gamma,
                   sg_opt, t + 1, dtype);
        naive_free(&v);
    }
    CHECK(sg_base_all_finite(past, (steps + 1) * size) &&
          memcmp(past, past + steps * size, size * sizeof *past) != 0);

    /* Restarted, the same bits again: no moment is left over. */
    sg_sim_restart(sim, run->owned[0], run->owned[1], net_opt->rate, sg_opt->rate);
    CHECK_STATUS(sg_sim_advance(sim, &run->batch, steps), SG_OK);
    for (size_t i = 0; i < size; i++)
        CHECK(past[steps * size + i] == (i < sizes.w
                                             ? real_at(sg_sim_w(sim), i, dtype)
                                             : real_at(sg_sim_phi(sim), i - sizes.w, dtype)));
    sg_sim_free(sim);
    free(entry);
    free(past);
    return steps;
}

static void fifty_steps(void **state)
{
    (void)state;
    size_t whole = 0;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("moments", t);
        struct run run;
        make_run(&run, t % 2 ? SG_F32 : SG_F64, rng);
        const struct sg_opt *net_opt = &net_opts[t / 2 % COUNT(net_opts)],
                            *sg_opt = &net_opts[sg_base_rng_index(rng, COUNT(net_opts))];
        context("t %llu: optimisers %d and %d, loss %d, %zu modules", (unsigned long long)t,
                (int)net_opt->kind, (int)sg_opt->kind, (int)run.r.arch.loss, run.r.arch.n_modules);
        whole += check_run(&run, net_opt, sg_opt, t % 5 == 4 ? 3 : 0) == STEPS;
        free_run(&run);
        sg_base_rng_free(rng);
    }
    CHECK(whole >= 40);
}

/* ---- one step, by hand ----------------------------------------------------------------- */

/* In place, from any alignment and length, the same bits as apart; first steps of known size. */
static void steps_by_hand(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("hand", 0);
    for (size_t n = 1; n < 70; n++)
        for (size_t k = 1; k < COUNT(net_opts); k++) {
            double *theta = random_vector(n + 1, 1, rng), *g = random_vector(n + 1, 3, rng),
                   *next = SG_NEW(n + 2, double);
            struct sg_moments apart = {SG_NEW(n, double), SG_NEW(n, double), 0},
                              in_place = {SG_NEW(n + 1, double), SG_NEW(n + 1, double), 0};
            struct sg_moments shifted = {(double *)in_place.m + 1, (double *)in_place.v + 1, 0};
            next[0] = next[n + 1] = 7.5;
            sg_net_opt_step(next + 1, &apart, theta + 1, g + 1, &net_opts[k], SG_F64, n);
            for (size_t i = 0; i < n; i++) {
                const double first = theta[i + 1] - next[i + 1], mu = net_opts[k].rate,
                             gi = g[i + 1], beta2 = net_opts[k].beta2;
                const double want = mu *
                                    (net_opts[k].kind == SG_MOMENTUM ? gi
                                     : net_opts[k].kind == SG_RMSPROP
                                         ? gi / (sqrt(1 - beta2) * fabs(gi) + net_opts[k].epsilon)
                                         : gi / (fabs(gi) + net_opts[k].epsilon));
                CHECK_CLOSE(first, want,
                            16 * SG_UNIT_ROUNDOFF * fabs(want) +
                                2 * SG_UNIT_ROUNDOFF * fabs(theta[i + 1]));
            }
            CHECK(apart.t == 1 && next[0] == 7.5 && next[n + 1] == 7.5);
            sg_net_opt_step(theta + 1, &shifted, theta + 1, g + 1, &net_opts[k], SG_F64, n);
            CHECK_SAME(theta + 1, next + 1, n);
            free(theta); free(g); free(next); free(apart.m); free(apart.v); free(in_place.m);
            free(in_place.v);
        }
    sg_base_rng_free(rng);
}

static void refuses(void **state)
{
    (void)state;
    double theta = 1, g = 1, m = 0, v = 0;
    struct sg_moments none = {0}, both = {&m, &v, 0};
    for (size_t k = 1; k < COUNT(net_opts); k++) {
        struct sg_opt bad = net_opts[k];
        CHECK_ABORTS(sg_net_opt_step(&theta, NULL, &theta, &g, &net_opts[k], SG_F64, 1));
        CHECK_ABORTS(sg_net_opt_step(&theta, &none, &theta, &g, &net_opts[k], SG_F64, 1));
        CHECK_EXITS(sg_net_opt_step(&theta, &both, &theta, &g, &net_opts[k], SG_F64, 1), 99);
        bad.beta1 = bad.beta2 = 1;
        CHECK_ABORTS(sg_net_opt_step(&theta, &both, &theta, &g, &bad, SG_F64, 1));
        bad.beta1 = bad.beta2 = SG_NAN;
        CHECK_ABORTS(sg_net_opt_step(&theta, &both, &theta, &g, &bad, SG_F64, 1));
    }
    struct sg_rng *rng = test_rng("state", 0);
    struct run run;
    make_run(&run, SG_F64, rng);
    const struct sg_sim_spec spec = {.field = &run.field,
                                     .net_opt = net_opts[3],
                                     .sg_opt = net_opts[0]};
    struct sg_sim *sim = sg_sim_alloc(&spec, run.owned[0], run.owned[1]);
    /* (w, phi) is not the whole state */
    CHECK_ABORTS((void)sg_sim_state_size(sim));
    sg_sim_free(sim);
    const struct sg_sim_spec other = {.field = &run.field,
                                      .net_opt = net_opts[0],
                                      .sg_opt = net_opts[3]};
    sim = sg_sim_alloc(&other, run.owned[0], run.owned[1]);
    CHECK_ABORTS((void)sg_sim_state_size(sim));
    sg_sim_free(sim);
    free_run(&run);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(fifty_steps), TEST(steps_by_hand), TEST(refuses)};
    return RUN(tests);
}
