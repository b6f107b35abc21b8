/* What the rules promise beyond the formula: gradients are gradients, the exact SG is exact, mix 0
 * only observes, SG unlocks. */
#include "naive.h"

#include <math.h>
#include <string.h>

enum { ALL = SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS };

struct run {
    struct sg_net *net;
    struct sg_net_work *work;
    double *dw, *dphi;
    struct sg_metrics metrics;
};

static struct run run_eval(const struct sg_arch *arch, const struct food *f)
{
    struct run r = {.net = sg_net_alloc(arch)};
    const struct sg_sizes sizes = sg_net_sizes(r.net);
    const struct sg_batch batch = food_batch(f);
    r.work = sg_net_work_alloc(r.net, f->n);
    r.dw = SG_NEW(sizes.w, double);
    r.dphi = SG_NEW(sizes.phi, double);
    sg_net_eval(r.dw, r.dphi, &r.metrics, r.net, f->w, f->phi, &batch, ALL, r.work);
    return r;
}

static void free_run(struct run *r)
{
    sg_net_free(r->net);
    sg_net_work_free(r->work);
    free(r->dw);
    free(r->dphi);
}

static struct food food_for(const struct sg_arch *arch, size_t n, struct sg_rng *rng)
{
    struct sg_net *net = sg_net_alloc(arch);
    struct food f = random_food(net, n, rng);
    sg_net_free(net);
    return f;
}

/* ---- gradients ------------------------------------------------------------------------- */

/* Along one weight the loss is a parabola (each layer enters once), and so is L_SG along one SG
 * parameter while the targets are true gradients: a central difference with h = 1/4 has no
 * truncation error, only gamma (|L+| + |L-|) / 2h, as much again for the gradient itself and the
 * rounding of the two points. */
static void check_gradient(bool of_sg, const struct sg_arch *arch, struct food *f,
                           struct sg_rng *rng)
{
    struct run r = run_eval(arch, f);
    const struct sg_sizes sizes = sg_net_sizes(r.net);
    const struct sg_batch batch = food_batch(f);
    const double h = 0.25, gamma = gamma_of(naive_roundings(arch, f->n), SG_UNIT_ROUNDOFF);
    double *theta = of_sg ? f->phi : f->w;
    const double *gradient = of_sg ? r.dphi : r.dw;
    const size_t size = of_sg ? sizes.phi : sizes.w;
    for (size_t t = 0; t < size; t += random_size(1, 3, rng)) {
        const double kept = theta[t];
        double value[2], magnitude[2], at[2];
        for (int side = 0; side < 2; side++) {
            at[side] = theta[t] = kept + (side ? h : -h);
            struct sg_metrics metrics;
            sg_net_eval(NULL, NULL, &metrics, r.net, f->w, f->phi, &batch, SG_WANT_METRICS, r.work);
            struct naive v = naive_eval(arch, f->w, f->phi, f->x, f->y, f->one, f->n);
            value[side] = of_sg ? metrics.sg_loss : metrics.loss;
            magnitude[side] = (double)(of_sg ? v.sg_loss.m : v.loss.m);
            naive_free(&v);
        }
        theta[t] = kept;
        CHECK_CLOSE((value[1] - value[0]) / (at[1] - at[0]), gradient[t],
                    gamma * (magnitude[0] + magnitude[1]) / h);
    }
    free_run(&r);
}

static void finite_differences(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("differences", t);
        struct random_arch r;
        random_arch(&r, 5, true, false, rng);
        for (size_t j = 0; j < r.arch.n_modules; j++)
            r.modules[j].target = SG_TARGET_TRUE;
        struct food f = food_for(&r.arch, random_size(1, 9, rng), rng);
        check_gradient(true, &r.arch, &f, rng);
        for (size_t j = 0; j < r.arch.n_modules; j++)
            /* observing only: dw is the loss's own gradient */
            r.modules[j].mix = 0;
        check_gradient(false, &r.arch, &f, rng);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

/* ---- the exact SG (CP2) ---------------------------------------------------------------- */

/* phi = (V V^T; -V^T; c V^T) with p = h V + c for the layers above: s = g on
 * every sample, for every W. */
static void exact_module(double *phi, const struct sg_arch *arch, const double *w, size_t at)
{
    const size_t k = arch->layers[at - 1].width, m = arch->labels;
    /* rows: the unit vectors of h, then the constant */
    double *v = SG_NEW((k + 1) * k, double);
    size_t in = arch->inputs, width = k, offset = 0;
    for (size_t i = 0; i < k; i++)
        v[i * k + i] = 1;
    for (size_t i = 0; i < arch->n_layers; i++) {
        const size_t out = arch->layers[i].width;
        if (i >= at) {
            double *next = SG_NEW((k + 1) * out, double);
            naive_mul(next, NULL, v, false, w + offset, false, k + 1, in, out);
            for (size_t j = 0; arch->layers[i].bias && j < out; j++)
                next[k * out + j] += w[offset + in * out + j];
            free(v);
            v = next;
            width = out;
        }
        offset += (in + (arch->layers[i].bias ? 1 : 0)) * out;
        in = out;
    }
    naive_mul(phi, NULL, v, false, v, true, k, m, k);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < k; j++)
            phi[(k + i) * k + j] = -v[j * width + i];
    naive_mul(phi + (k + m) * k, NULL, v + k * width, false, v, true, 1, m, k);
    free(v);
}

/* Then training it changes nothing and the network's update is backprop's, to the rounding of the
 * evaluation and of phi itself, whose path adds another product per layer above: gamma of twice the
 * roundings, magnitudes from the phi that |W| makes. */
static void exact_sg(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("exact", t);
        struct random_arch r;
        random_arch(&r, 6, true, false, rng);
        const size_t at = random_size(1, r.arch.n_layers, rng);
        r.modules[0] =
            (struct sg_module){at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
        r.arch.n_modules = 1;
        struct food f = food_for(&r.arch, random_size(1, 15, rng), rng);
        exact_module(f.phi, &r.arch, f.w, at);
        struct run sg = run_eval(&r.arch, &f);
        double *absolute = sg_base_copy(f.w, sg_net_sizes(sg.net).w, sizeof *f.w);
        for (size_t i = 0; i < sg_net_sizes(sg.net).w; i++)
            absolute[i] = fabs(f.w[i]);
        exact_module(f.phi, &r.arch, absolute, at);
        struct naive v = naive_eval(&r.arch, f.w, f.phi, f.x, f.y, f.one, f.n);
        const double gamma = gamma_of(2 * naive_roundings(&r.arch, f.n), SG_UNIT_ROUNDOFF);
        r.arch.n_modules = 0;
        struct run bp = run_eval(&r.arch, &f);
        for (size_t i = 0; i < v.phi_size; i++)
            CHECK_CLOSE(sg.dphi[i], 0, gamma * (double)v.dphi[i].m);
        for (size_t i = 0; i < v.w_size; i++)
            CHECK_CLOSE(sg.dw[i], bp.dw[i], gamma * (double)v.dw[i].m);
        CHECK_BOUND(sg.metrics.sg_loss, gamma * gamma * (double)v.sg_loss.m);
        CHECK(sg.metrics.loss == bp.metrics.loss);
        naive_free(&v);
        free(absolute);
        free_run(&sg);
        free_run(&bp);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

/* ---- what does not depend on what ------------------------------------------------------ */

/* NL7: a module with mix 0 leaves the run bit-identical to none. */
static void observing_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("observe", t);
        struct random_arch r;
        random_arch(&r, 7, false, t % 2, rng);
        struct food f = food_for(&r.arch, random_size(1, 30, rng), rng);
        for (size_t j = 0; j < r.arch.n_modules; j++)
            r.modules[j].mix = 0;
        struct sg_net *net = sg_net_alloc(&r.arch);
        for (size_t i = 0; t % 2 && i < sg_net_sizes(net).phi; i++)
            f.phi[i] = i % 2 ? SG_NAN : 1e308;                    /* whatever the modules say */
        sg_net_free(net);
        struct run observed = run_eval(&r.arch, &f);
        r.arch.n_modules = 0;
        struct run plain = run_eval(&r.arch, &f);
        CHECK_SAME(observed.dw, plain.dw, sg_net_sizes(plain.net).w);
        CHECK_SAME(&observed.metrics.loss, &plain.metrics.loss, 1);
        CHECK(plain.metrics.sg_loss == 0);
        for (size_t i = 1; i <= r.arch.n_layers; i++)
            CHECK_SAME((const double *)sg_net_view(observed.work, SG_VIEW_DELTA, i),
                       (const double *)sg_net_view(plain.work, SG_VIEW_DELTA, i),
                       f.n * sg_net_width(plain.net, i));
        free_run(&observed);
        free_run(&plain);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

/* mix 1 with labels: everything above the module may change, the updates
 * below it stay the same bits. */
static void sg_unlocks(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("unlock", t);
        struct random_arch r;
        random_arch(&r, 7, false, t % 2, rng);
        const size_t at = random_size(1, r.arch.n_layers, rng);
        r.modules[0] =
            (struct sg_module){at,  SG_LINEAR, (unsigned)random_size(1, 7, rng), SG_TARGET_TRUE,
                               1.0, 0};
        r.arch.n_modules = 1;
        struct food f = food_for(&r.arch, random_size(1, 15, rng), rng);
        struct run before = run_eval(&r.arch, &f);
        const size_t below = at == r.arch.n_layers ? sg_net_sizes(before.net).w
                                                   : sg_net_layer_offset(before.net, at);
        for (size_t i = below; i < sg_net_sizes(before.net).w; i++)
            /* where what arrives is not even finite */
            f.w[i] = t % 3 ? f.w[i] + random_between(-1, 1, rng) : 1e308;
        r.arch.loss = r.arch.loss == SG_MSE ? SG_ABS : SG_MSE;
        struct run after = run_eval(&r.arch, &f);
        CHECK_SAME(before.dw, after.dw, below);
        CHECK(before.metrics.loss != after.metrics.loss);
        free_run(&before);
        free_run(&after);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

/* No propagation: what has no module gets exactly nothing; the layers above get what they got. */
static void no_propagation(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("nothing", t);
        struct random_arch r;
        random_arch(&r, 7, true, true, rng);
        memset(r.credit, 0, sizeof r.credit);
        r.arch.n_modules = 0;
        struct food f = food_for(&r.arch, random_size(1, 15, rng), rng);
        struct run plain = run_eval(&r.arch, &f);
        const size_t cut = random_size(1, r.arch.n_layers, rng);
        r.credit[cut] = SG_NOTHING;
        struct run severed = run_eval(&r.arch, &f);
        const size_t w = sg_net_sizes(plain.net).w,
                     below = cut == r.arch.n_layers ? w : sg_net_layer_offset(plain.net, cut);
        for (size_t i = 0; i < below; i++)
            CHECK(severed.dw[i] == 0);
        CHECK_SAME(severed.dw + below, plain.dw + below, w - below);
        free_run(&plain);
        free_run(&severed);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

/* ---- wants and views ------------------------------------------------------------------- */

/* Each want alone gives the bits that all together give, takes NULL for the rest, and leaves
 * what is not wanted alone. */
static void wants(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("wants", t);
        struct random_arch r;
        random_arch(&r, 7, false, t % 2, rng);
        struct food f = food_for(&r.arch, random_size(1, 15, rng), rng);
        struct run all = run_eval(&r.arch, &f);
        const struct sg_sizes sizes = sg_net_sizes(all.net);
        const struct sg_batch batch = food_batch(&f);
        double *dw = SG_NEW(sizes.w, double), *dphi = SG_NEW(sizes.phi, double),
               *stale = random_vector(sizes.w + sizes.phi, 1, rng);
        for (unsigned want = 0; want <= ALL; want++)
            for (int null = 0; null < 2; null++) {
                memcpy(dw, stale, sizes.w * sizeof *dw);
                memcpy(dphi, stale, sizes.phi * sizeof *dphi);
                struct sg_metrics metrics = {0.5, 0.25};
                const bool no_w = null && !(want & SG_WANT_W),
                           no_phi = null && !(want & SG_WANT_PHI);
                sg_net_eval(no_w ? NULL : dw, no_phi ? NULL : dphi,
                            null && !(want & SG_WANT_METRICS) ? NULL : &metrics, all.net, f.w,
                            f.phi, &batch, want, all.work);
                CHECK_SAME(dw, want & SG_WANT_W ? all.dw : stale, sizes.w);
                CHECK_SAME(dphi, want & SG_WANT_PHI ? all.dphi : stale, sizes.phi);
                const bool counted = want & SG_WANT_METRICS;
                CHECK(metrics.loss == (counted ? all.metrics.loss : 0.5) &&
                      metrics.sg_loss == (counted ? all.metrics.sg_loss : 0.25));
            }
        free(dw);
        free(dphi);
        free(stale);
        free_run(&all);
        free_food(&f);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finite_differences), TEST(exact_sg),       TEST(observing_changes_nothing),
        TEST(sg_unlocks),         TEST(no_propagation), TEST(wants)};
    return RUN(tests);
}
