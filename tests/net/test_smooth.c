/* Log losses and nonlinear SG families beyond their definition: gradients are gradients, tails keep
 * their digits, starts can learn. */
#include "naive.h"

#include <float.h>
#include <string.h>

/* ---- gradients against difference quotients -------------------------------------------- */

struct quotient {
    struct sg_net *net;
    struct sg_net_work *work;
    const struct sg_arch *arch;
    struct food *f;
    bool of_sg;
};

/* (F(theta + h) - F(theta - h)) / 2h along one entry; *rounding: gamma times the
 * magnitudes of both, over 2h. */
static double quotient(double *rounding, const struct quotient *q, double *theta, double h)
{
    const struct sg_batch batch = food_batch(q->f);
    const double kept = *theta,
                 gamma = gamma_of(naive_roundings(q->arch, q->f->n), SG_UNIT_ROUNDOFF);
    double value[2], at[2], magnitude = 0;
    for (int side = 0; side < 2; side++) {
        struct sg_metrics metrics;
        at[side] = *theta = kept + (side ? h : -h);
        sg_net_eval(NULL, NULL, &metrics, q->net, q->f->w, q->f->phi, &batch, SG_WANT_METRICS,
                    q->work);
        struct naive v =
            naive_eval(q->arch, q->f->w, q->f->phi, q->f->x, q->f->y, q->f->one, q->f->n);
        value[side] = q->of_sg ? metrics.sg_loss : metrics.loss;
        magnitude += (double)(q->of_sg ? v.sg_loss.m : v.loss.m);
        naive_free(&v);
    }
    *theta = kept;
    *rounding = gamma * magnitude / (2 * h);
    return (value[1] - value[0]) / (at[1] - at[0]);
}

/* The quotient's truncation error is c h^2 + O(h^4): with three steps h, 2h, 4h,
 * D(h) - F' = (D(2h) - D(h)) / 3 up to O(h^4), and the Richardson value
 * R = D(h) - (D(2h) - D(h)) / 3 is off by (R(2h) - R(h)) / 15 up to O(h^6).  That, fivefold
 * (h = 2^-8 makes the next order small, fivefold makes it certain), and rounding: |weights of D in
 * R| adds up to 5/3, in R(2h) - R(h) below 4. */
static void check_gradient(const struct quotient *q, double *theta, const double *gradient,
                           size_t size, struct sg_rng *rng)
{
    for (size_t t = 0; t < size; t += random_size(1, 4, rng)) {
        double d[3], rounding[3];
        for (int k = 0; k < 3; k++)
            d[k] = quotient(&rounding[k], q, &theta[t], ldexp(1, k - 8));
        const double fine = d[0] - (d[1] - d[0]) / 3, coarse = d[1] - (d[2] - d[1]) / 3;
        CHECK_CLOSE(gradient[t], fine, fabs(fine - coarse) / 3 + 4 * rounding[0]);
    }
}

static void gradients_are_gradients(void **state)
{
    (void)state;
    size_t seen[SG_FAMILIES] = {0}, losses[SG_LOSS_KINDS] = {0};
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("smooth differences", t);
        struct random_arch r;
        random_arch(&r, 4, true, false, rng);
        make_smooth(&r, rng);
        for (size_t j = 0; j < r.arch.n_modules; j++) {
            /* depends on no phi: the target is fixed while phi moves */
            r.modules[j].target = SG_TARGET_TRUE;
            /* observing only: dw is the loss's own gradient */
            r.modules[j].mix = 0;
            seen[r.modules[j].family]++;
        }
        losses[r.arch.loss]++;
        struct sg_net *net = sg_net_alloc(&r.arch);
        const struct sg_sizes sizes = sg_net_sizes(net);
        struct food f = random_food(net, random_size(1, 7, rng), rng);
        struct quotient q = {.net = net,
                             .work = sg_net_work_alloc(net, f.n),
                             .arch = &r.arch,
                             .f = &f};
        double *dw = SG_NEW(sizes.w, double), *dphi = SG_NEW(sizes.phi, double);
        const struct sg_batch batch = food_batch(&f);
        context("t %llu, loss %d, %zu modules", (unsigned long long)t, (int)r.arch.loss,
                r.arch.n_modules);
        sg_net_eval(dw, dphi, NULL, net, f.w, f.phi, &batch, SG_WANT_W | SG_WANT_PHI, q.work);
        check_gradient(&q, f.w, dw, sizes.w, rng);
        q.of_sg = true;
        check_gradient(&q, f.phi, dphi, sizes.phi, rng);
        sg_net_work_free(q.work);
        sg_net_free(net);
        free(dw);
        free(dphi);
        free_food(&f);
        sg_base_rng_free(rng);
    }
    CHECK(seen[SG_LINEAR] > 9 && seen[SG_SIGMOID_LINEAR] > 9 && seen[SG_MLP] > 9 &&
          losses[SG_LOGISTIC] > 3 && losses[SG_SOFTMAX_XENT] > 9);
}

/* ---- tails ----------------------------------------------------------------------------- */

/* l and g of one row through a net whose only layer is the identity. */
static void loss_of(double *l, double *g, enum sg_loss_kind loss, enum sg_dtype dtype,
                    const double *p, const double *y, size_t m)
{
    double w[16] = {0}, one = 1;
    float wf[16] = {0}, pf[4], yf[4], onef = 1;
    for (size_t i = 0; i < m; i++) {
        w[i * m + i] = 1;
        wf[i * m + i] = 1;
        pf[i] = (float)p[i];
        yf[i] = (float)y[i];
    }
    const struct sg_layer layer = {SG_DENSE, m, false};
    const struct sg_arch arch = {
        .dtype = dtype, .loss = loss, .inputs = m, .labels = m, .n_layers = 1, .layers = &layer};
    const bool single = dtype == SG_F32;
    const struct sg_batch batch = single ? (struct sg_batch){1, pf, yf, &onef}
                                         : (struct sg_batch){1, p, y, &one};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, 1);
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, net, single ? (const void *)wf : w, NULL, &batch,
                SG_WANT_METRICS, work);
    const void *view = sg_net_view(work, SG_VIEW_G, 1);
    *l = metrics.loss;
    for (size_t i = 0; i < m; i++)
        g[i] = single ? (double)((const float *)view)[i] : ((const double *)view)[i];
    sg_net_work_free(work);
    sg_net_free(net);
}

/* Relative to the value itself: 8 roundings (exp within an ulp, which is 2u; sum,
 * division, difference of p), the argument of exp rounded once, |p| u, and what lies below
 * the smallest normal number. */
static double tail_tolerance(double value, double reach, enum sg_dtype dtype)
{
    const double u = dtype == SG_F32 ? (double)FLT_EPSILON / 2 : SG_UNIT_ROUNDOFF,
                 least = dtype == SG_F32 ? (double)FLT_MIN : DBL_MIN;
    return gamma_of(8, u) * fabs(value) + u * reach * fabs(value) + least;
}

/* Labels 0 and 1, p from -800 to 800: no overflow, and the gradient has its digits where
 * sigma(p) - y would have none. */
static void logistic_tails(void **state)
{
    (void)state;
    const double magnitude[] = {0,     1e-300, 1e-9, 0.37, 2.25, 17,    36.5,
                                40.25, 87,     103,  500,  708,  745.5, 800};
    for (size_t i = 0; i < 4 * COUNT(magnitude); i++) {
        const enum sg_dtype dtype = i & 1 ? SG_F32 : SG_F64;
        double p = (i & 2 ? -1 : 1) * magnitude[i / 4];
        if (dtype == SG_F32)
            p = (double)(float)p;
        for (int label = 0; label < 2; label++) {
            const double y = label;
            double l, g;
            loss_of(&l, &g, SG_LOGISTIC, dtype, &p, &y, 1);
            /* l = softplus(toward), |g| = sigma(toward) */
            const long double toward = label ? -(long double)p : (long double)p;
            const double want_l = (double)log1pl(expl(toward)),
                         want_g = (double)((label ? -1 : 1) / (1 + expl(-toward)));
            context("%s, p = %g, y = %g", dtype == SG_F32 ? "float" : "double", p, y);
            CHECK_CLOSE(l, want_l, tail_tolerance(want_l, 0, SG_F64));
            CHECK_CLOSE(g, want_g, tail_tolerance(want_g, 0, dtype));
        }
    }
}

/* One-hot rows: l = log(1 + sum_{i != c} e^{p_i - p_c}), g_j = softmax_j,
 * g_c = -(sum of the others). */
static void softmax_tails(void **state)
{
    (void)state;
    const double rows[][4] = {{800, -800, 0, 1},      {-800, -800, -800, -799},
                              {800, 800, 800, 799.5}, {0, 40, 80, 120},
                              {1e-3, 0, -1e-3, 2e-3}, {36.5, 0, 0, 0},
                              {1e5, -1e5, 99990, 0},  {0, 0, 0, 0},
                              {-3.25, 2.5, 700, 699}};
    for (size_t i = 0; i < 2 * COUNT(rows); i++)
        for (size_t c = 0; c < 4; c++) {
            const enum sg_dtype dtype = i & 1 ? SG_F32 : SG_F64;
            double p[4], y[4] = {0}, l, g[4], reach = 0;
            for (size_t j = 0; j < 4; j++)
                p[j] = dtype == SG_F32 ? (double)(float)rows[i / 2][j] : rows[i / 2][j];
            y[c] = 1;
            loss_of(&l, g, SG_SOFTMAX_XENT, dtype, p, y, 4);
            const double shift = fmax(fmax(p[0], p[1]), fmax(p[2], p[3]));
            long double others = 0, sum = 0, e[4];
            for (size_t j = 0; j < 4; j++) {
                e[j] = expl((long double)p[j] - (long double)shift);
                sum += e[j];
                others += j == c ? 0 : e[j];
                /* where e^{p_j - top} does not underflow, its argument is off
                 * by at most u |p_j - top| */
                reach = fmax(reach, fmin(shift - p[j], 750));
            }
            context("%s, row %zu, class %zu", dtype == SG_F32 ? "float" : "double", i / 2, c);
            /* p_c the largest: log1p(others) keeps its digits; else the distance to the
             * top leads and is positive */
            const double want_l =
                e[c] == 1 ? (double)log1pl(others)
                          : (double)((long double)shift - (long double)p[c] + logl(sum));
            CHECK_CLOSE(l, want_l, tail_tolerance(want_l, reach, SG_F64));
            for (size_t j = 0; j < 4; j++) {
                const double want = (double)(j == c ? -others / sum : e[j] / sum);
                CHECK_CLOSE(g[j], want, tail_tolerance(want, reach, dtype));
            }
        }
}

/* The units themselves saturate without harm: an SG on |h| = 800 says what its limits say. */
static void saturated_modules(void **state)
{
    (void)state;
    const double x[2] = {800, -800}, y[2] = {0.5, 0.25}, one[2] = {1, 1}, w = 1;
    /* A C B D;  A B C U D */
    const double sigmoid[4] = {1, 0, 2, 3}, mlp[5] = {1, 0, 0, 2, 3};
    for (int k = 0; k < 2; k++) {
        struct sg_net *net = scalar_net(SG_MSE, false, k ? SG_MLP : SG_SIGMOID_LINEAR,
                                        SG_H | SG_Y | SG_ONE);
        struct sg_net_work *work = sg_net_work_alloc(net, 2);
        const struct sg_batch batch = {2, x, y, one};
        double dphi[5];
        CHECK(sg_net_sizes(net).phi == (k ? 5 : 4));
        sg_net_eval(NULL, dphi, NULL, net, &w, k ? mlp : sigmoid, &batch, SG_WANT_PHI, work);
        const double *s = sg_net_view(work, SG_VIEW_S, 1);
        CHECK(s[0] == (k ? 2 + 3 : 1 + 2 * 0.5 + 3) && s[1] == (k ? -2 + 3 : 0 + 2 * 0.25 + 3));
        /* the inner map has no slope left */
        CHECK(dphi[0] == 0);
        sg_net_work_free(work);
        sg_net_free(net);
    }
}

/* ---- exactness and starts -------------------------------------------------------------- */

/* CP7's module: A = 1, B = -1, C = D = 0 at the logit is the logistic gradient; s - g at the
 * rounding of three operations on [0, 1]. */
static void sigmoid_linear_contains_the_logistic_gradient(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("exact", 0);
    enum { N = 50 };
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_SIGMOID_LINEAR, 7, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_LOGISTIC,
                                 .inputs = 3,
                                 .labels = 1,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    const double phi[4] = {1, 0, -1, 0};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, N);
    struct food f = random_food(net, N, rng);
    for (size_t i = 0; i < N; i++) {
        f.y[i] = i % 3 == 0;
        f.one[i] = 1;
    }
    const struct sg_batch batch = food_batch(&f);
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, net, f.w, phi, &batch, SG_WANT_METRICS, work);
    const double *s = sg_net_view(work, SG_VIEW_S, 1), *g = sg_net_view(work, SG_VIEW_G, 1);
    for (size_t i = 0; i < N; i++)
        CHECK_CLOSE(s[i], g[i], gamma_of(8, SG_UNIT_ROUNDOFF));
    CHECK(metrics.sg_loss < metrics.loss * SG_UNIT_ROUNDOFF && metrics.loss > 0.1);
    sg_net_work_free(work);
    sg_net_free(net);
    free_food(&f);
    sg_base_rng_free(rng);
}

/* The start says s = 0 and, after one step of gradient descent, every parameter has a gradient; in
 * both types, from the seed alone. */
static void starts(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("starts", 0);
    const struct sg_layer layers[3] = {{SG_DENSE, 3, false},
                                       {SG_DENSE, 4, false},
                                       {SG_DENSE, 2, false}};
    const struct sg_module modules[3] = {{1, SG_LINEAR, 7, SG_TARGET_TRUE, 0, 0},
                                         {2, SG_SIGMOID_LINEAR, 7, SG_TARGET_TRUE, 0, 0},
                                         {3, SG_MLP, 7, SG_TARGET_TRUE, 0, 40}};
    struct sg_arch arch = {.loss = SG_SOFTMAX_XENT,
                           .inputs = 5,
                           .labels = 2,
                           .n_layers = 3,
                           .layers = layers,
                           .n_modules = 3,
                           .modules = modules};
    struct sg_net *net = sg_net_alloc(&arch);
    arch.dtype = SG_F32;
    struct sg_net *single = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, 20);
    struct food f = random_food(net, 20, rng);
    const size_t n = sg_net_sizes(net).phi, mlp = sg_net_module_offset(net, 2),
                 inner = 40 * (2 + 2 + 1);
    double *dphi = SG_NEW(n, double), square = 0;
    float *phif = SG_NEW(n, float);
    struct sg_rng *again = test_rng("starts", 1), *once = test_rng("starts", 1);
    sg_net_start_phi(f.phi, net, once);
    sg_net_start_phi(phif, single, again);
    for (size_t i = 0; i < n; i++)
        CHECK(phif[i] == (float)f.phi[i]);
    for (size_t i = mlp; i < mlp + inner; i++)
        square += f.phi[i] * f.phi[i] / (double)inner;
    CHECK_CLOSE(square, 1 / 5.0, 6 * sqrt(2 / (double)inner) / 5);
    const struct sg_batch batch = food_batch(&f);
    for (size_t i = 0; i < 20; i++)
        f.one[i] = 1;
    struct sg_metrics metrics;
    for (int step = 0; step < 2; step++) {
        sg_net_eval(NULL, dphi, &metrics, net, f.w, f.phi, &batch, SG_WANT_PHI | SG_WANT_METRICS,
                    work);
        for (size_t at = 1; step == 0 && at <= 3; at++)
            for (size_t i = 0; i < 20 * sg_net_width(net, at); i++)
                CHECK(((const double *)sg_net_view(work, SG_VIEW_S, at))[i] == 0);
        for (size_t i = 0; i < n; i++)
            CHECK((dphi[i] != 0) == (step || i < mlp || i >= mlp + inner));
        sg_net_opt_step(f.phi, NULL, f.phi, dphi, &(struct sg_opt){.rate = 0.1}, SG_F64, n);
    }
    sg_net_work_free(work);
    sg_net_free(net);
    sg_net_free(single);
    free(dphi);
    free(phif);
    free_food(&f);
    sg_base_rng_free(rng);
    sg_base_rng_free(once);
    sg_base_rng_free(again);
}

static void refuses(void **state)
{
    (void)state;
    const struct sg_layer one = {SG_DENSE, 1, false}, two = {SG_DENSE, 2, false};
    struct sg_module module = {1, SG_SIGMOID_LINEAR, SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    struct sg_arch arch = {.loss = SG_LOGISTIC,
                           .inputs = 3,
                           .labels = 2,
                           .n_layers = 1,
                           .layers = &two};
    CHECK_ABORTS(sg_net_alloc(&arch));
    arch.loss = SG_SOFTMAX_XENT;
    CHECK_EXITS(sg_net_alloc(&arch), 99);
    arch.layers = &one;
    arch.labels = 1;
    CHECK_ABORTS(sg_net_alloc(&arch));
    arch.loss = SG_LOGISTIC;
    CHECK_EXITS(sg_net_alloc(&arch), 99);
    arch.modules = &module;
    arch.n_modules = 1;
    CHECK_ABORTS(sg_net_alloc(&arch));                            /* no h, no sigmoid */
    module.family = SG_MLP;
    CHECK_ABORTS(sg_net_alloc(&arch));                            /* no hidden units */
    module.hidden = 1;
    CHECK_EXITS(sg_net_alloc(&arch), 99);
}

/* A fresh MLP SG: [A; B; C] is the stream's normal numbers over the root of their rows, one by one,
 * and [U; D] is 0, whatever was there. */
static void mlp_starts_from_its_stream(void **state)
{
    (void)state;
    enum { HIDDEN = 5, K = 3, LABELS = 2 };
    const struct sg_layer layers[] = {{SG_DENSE, K, true}, {SG_DENSE, LABELS, true}};
    for (unsigned terms = 1; terms < 8; terms++) {
        const struct sg_module module = {1, SG_MLP, terms, SG_TARGET_TRUE, 1.0, HIDDEN};
        const struct sg_arch arch = {.loss = SG_MSE,
                                     .inputs = 4,
                                     .labels = LABELS,
                                     .n_layers = 2,
                                     .layers = layers,
                                     .n_modules = 1,
                                     .modules = &module};
        struct sg_net *net = sg_net_alloc(&arch);
        struct sg_rng *rng = test_rng("start", terms), *again = test_rng("start", terms);
        const size_t one = terms & SG_ONE ? 1 : 0, h = terms & SG_H ? K : 0,
                     y = terms & SG_Y ? LABELS : 0, rows = h + y + one;
        const size_t size = sg_net_sizes(net).phi;
        double *phi = SG_NEW(size, double);
        for (size_t i = 0; i < size; i++)
            phi[i] = SG_NAN;
        sg_net_start_phi(phi, net, rng);
        context("terms %u", terms);
        CHECK(size == rows * HIDDEN + (HIDDEN + one) * K);
        for (size_t i = 0; i < size; i++) {
            const double want = i < rows * HIDDEN ? sg_base_rng_gaussian(again) / sqrt((double)rows)
                                                  : 0;
            CHECK_CLOSE(phi[i], want, 3 * SG_UNIT_ROUNDOFF * fabs(want));
        }
        free(phi);
        sg_base_rng_free(rng);
        sg_base_rng_free(again);
        sg_net_free(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(gradients_are_gradients),
                                       TEST(logistic_tails),
                                       TEST(softmax_tails),
                                       TEST(saturated_modules),
                                       TEST(sigmoid_linear_contains_the_logistic_gradient),
                                       TEST(starts),
                                       TEST(refuses),
                                       TEST(mlp_starts_from_its_stream)};
    return RUN(tests);
}
