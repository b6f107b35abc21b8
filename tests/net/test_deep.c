/* Every layer and every credit rule against the definition in ball.h, and the gradients
 * against finite differences. */
#include "ball.h"

#include <string.h>

static void describe(const struct sg_arch *arch, size_t n, const char *name, uint64_t t)
{
    char text[4 * DEEP_LAYERS + 8] = "";
    size_t used = 0;
    for (size_t i = 0; i < arch->n_layers && used + 2 < sizeof text; i++) {
        text[used++] = "drsb"[arch->layers[i].kind];
        if (arch->credit && arch->credit[i + 1] != SG_TRUE)
            text[used++] = "-0fDk"[arch->credit[i + 1]];
    }
    context("seed %llu, %s %llu: %zu rows, %zu inputs, layers %s, %zu modules",
            (unsigned long long)test_seed(), name, (unsigned long long)t, n, arch->inputs, text,
            arch->n_modules);
}

static void check_view(const struct served *s, enum sg_view what, size_t i, const ball *want,
                       size_t size)
{
    const void *view = sg_net_view(s->work, what, i);
    /* what nobody reads is not there */
    if (view)
        CHECK_BALLS(view, want, size, s->dtype);
    CHECK(view || what == SG_VIEW_G || what == SG_VIEW_S);
}

static void check_deep(const struct sg_arch *arch, size_t n, bool train, bool one_hot,
                       struct sg_rng *rng)
{
    struct sg_net *net = sg_net_alloc(arch);
    struct meal f = random_meal(net, n, train, rng);
    for (size_t l = 0; one_hot && l < n * arch->labels; l++)
        f.y[l] = l % arch->labels == l / arch->labels % arch->labels;
    struct served s = serve(net, &f);
    const size_t real = s.dtype == SG_F32 ? sizeof(float) : sizeof(double);
    struct deep v = deep_eval(net, arch, &f);
    CHECK(s.sizes.w == v.w_size && s.sizes.phi == v.phi_size && s.sizes.aux == v.aux_size);
    /* outputs are set, not added to, and not overrun */
    memset(s.dw, 0x7b, (s.sizes.w + 1) * real);
    memset(s.dphi, 0x7b, (s.sizes.phi + 1) * real);
    /* what an earlier evaluation left behind does not matter */
    for (int again = 0; again < 2; again++) {
        void *aux = in_type(f.aux, s.sizes.aux, s.dtype);
        memcpy(s.aux, aux, s.sizes.aux * real);
        served_eval(&s, train);
        CHECK_BALLS(s.dw, v.dw, s.sizes.w, s.dtype);
        CHECK_BALLS(s.dphi, v.dphi, s.sizes.phi, s.dtype);
        CHECK_BALLS(&s.metrics.loss, &v.loss, 1, SG_F64);
        CHECK_BALLS(&s.metrics.sg_loss, &v.sg_loss, 1, SG_F64);
        if (train)
            CHECK_BALLS(s.aux, v.aux, s.sizes.aux, s.dtype);
        else
            CHECK_SAME((char *)s.aux, (char *)aux, s.sizes.aux * real);
        for (size_t i = 1; i <= arch->n_layers; i++) {
            const size_t size = n * v.width[i];
            check_view(&s, SG_VIEW_H, i, v.h[i], size);
            check_view(&s, SG_VIEW_DELTA, i, v.delta[i], size);
            check_view(&s, SG_VIEW_G, i, v.g[i], size);
            check_view(&s, SG_VIEW_S, i, v.s[i], size);
        }
        free(aux);
    }
    for (size_t i = 0; i < real; i++)
        CHECK(((char *)s.dw)[s.sizes.w * real + i] == 0x7b &&
              ((char *)s.dphi)[s.sizes.phi * real + i] == 0x7b);
    deep_free(&v);
    free_meal(&f);
    free_served(&s);
}

static void definition(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 400; t++) {
        struct sg_rng *rng = test_rng("deep", t);
        struct deep_arch r;
        random_deep(&r, random_size(1, DEEP_BLOCKS, rng), 1, t % 4 ? 6 : 15, 0, rng);
        r.arch.dtype = t % 3 == 2 ? SG_F32 : SG_F64;
        const size_t n = random_size(2, t % 4 ? 10 : 25, rng);
        describe(&r.arch, n, "deep", t);
        check_deep(&r.arch, n, t % 5 != 4, t % 7 == 6, rng);
        sg_base_rng_free(rng);
    }
}

/* Large enough for one GEMM a product. */
static void large(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 4; t++) {
        struct sg_rng *rng = test_rng("large", t);
        struct deep_arch r;
        random_deep(&r, 2, 64, 70, 0, rng);
        r.modules[0] = (struct sg_module){r.end[1], SG_LINEAR, 7, SG_TARGET_ARRIVING, 0.3, 0};
        r.arch.n_modules = 1;
        r.credit[r.end[1]] = t % 2 ? SG_FEEDBACK : SG_DIRECT;
        r.arch.dtype = t / 2 ? SG_F32 : SG_F64;
        describe(&r.arch, 66, "large", t);
        check_deep(&r.arch, 66, true, t % 2, rng);
        sg_base_rng_free(rng);
    }
}

/* A narrow first layer and many rows: several blocks without batch norm, one with it. */
static void blocks(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 12; t++) {
        struct sg_rng *rng = test_rng("deep blocks", t);
        struct deep_arch r;
        random_deep(&r, random_size(2, 3, rng), 1, 4, t % 2 ? DEEP_NO_BATCHNORM : 0, rng);
        r.arch.inputs = t % 3 ? 40 : 130;
        describe(&r.arch, 300, "blocks", t);
        check_deep(&r.arch, 300, true, false, rng);
        sg_base_rng_free(rng);
    }
}

/* ---- gradients ------------------------------------------------------------------------- */

/* The oracle's loss with one weight moved, in long double; false when a rectifier has switched. */
static bool loss_at(long double *loss, const struct sg_net *net, const struct sg_arch *arch,
                    const struct meal *f, size_t t, double step, const struct deep *centre)
{
    const double kept = f->w[t];
    f->w[t] = kept + step;
    struct deep v = deep_eval(net, arch, f);
    f->w[t] = kept;
    bool same = true;
    for (size_t i = 0; i < v.top; i++)
        for (size_t l = 0; arch->layers[i].kind == SG_RELU && l < v.n * v.width[i]; l++)
            same = same && (v.h[i][l].v > 0) == (centre->h[i][l].v > 0);
    *loss = v.loss.v;
    deep_free(&v);
    return same;
}

/* Central differences D(h), D(h/2), D(h/4) extrapolated twice to O(h^4); their disagreement is 15
 * times the error of the finer one as h -> 0, taken whole.  Rounding of the oracle: K operations of
 * 2^-63 on a path, magnitudes below 2^6, over the step. */
static bool difference(double *slope, double *error, const struct sg_net *net,
                       const struct sg_arch *arch, const struct meal *f, size_t t,
                       const struct deep *centre)
{
    long double d[3], up, down, largest = 0;
    double step = 0x1p-9;
    for (int level = 0; level < 3; level++, step /= 2) {
        if (!loss_at(&up, net, arch, f, t, step, centre) ||
            !loss_at(&down, net, arch, f, t, -step, centre))
            return false;
        d[level] = (up - down) / (2 * (long double)step);
        largest = up > largest ? up : largest;
    }
    const long double coarse = (4 * d[1] - d[0]) / 3, fine = (4 * d[2] - d[1]) / 3;
    *slope = (double)fine;
    *error = (double)(fabsl(fine - coarse) + 1000 * 0x1p-63L * (1 + largest) * 0x1p11L);
    return true;
}

/* Backprop through every layer is the gradient; batch norm's through the batch's own moments,
 * or with the running ones. */
static void finite_differences(void **state)
{
    (void)state;
    size_t compared = 0, switched = 0;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("deep differences", t);
        struct deep_arch r;
        random_deep(&r, random_size(2, 3, rng), 2, 5,
                    DEEP_TRUE | DEEP_NO_MODULES | (t % 2 ? DEEP_SMOOTH : 0), rng);
        const size_t n = random_size(3, 9, rng);
        describe(&r.arch, n, "differences", t);
        struct sg_net *net = sg_net_alloc(&r.arch);
        struct meal f = random_meal(net, n, t % 4 != 3, rng);
        struct served s = serve(net, &f);
        served_eval(&s, f.train);
        struct deep v = deep_eval(net, &r.arch, &f);
        for (size_t i = 0; i < s.sizes.w; i += random_size(1, 3, rng)) {
            double slope, error;
            if (difference(&slope, &error, net, &r.arch, &f, i, &v)) {
                CHECK_CLOSE(((double *)s.dw)[i], slope, error + (double)v.dw[i].e);
                compared++;
            } else {
                switched++;
            }
        }
        deep_free(&v);
        free_meal(&f);
        free_served(&s);
        sg_base_rng_free(rng);
    }
    CHECK(compared > 20 * switched);
}

/* sigma(x) to a relative error of 6u: e^-|x| to 4u, one sum, one quotient.  Float's stops at e^-87
 * in the tail, and so within 2^-125.  Infinities and NaN are what they
 * have to be, in every lane. */
static void sigmoid_accuracy(void **state)
{
    (void)state;
    enum { N = 40003 };
    const struct sg_layer layer = {SG_SIGMOID, 0, false};
    for (int single = 0; single < 2; single++) {
        const struct sg_arch arch = {.dtype = single ? SG_F32 : SG_F64,
                                     .inputs = 1,
                                     .labels = 1,
                                     .n_layers = 1,
                                     .layers = &layer};
        struct sg_net *net = sg_net_alloc(&arch);
        struct sg_rng *rng = test_rng("sigmoid", 0);
        struct meal f = random_meal(net, N, true, rng);
        for (size_t i = 0; i < N; i++)
            f.x[i] = i % 3 ? random_between(-4, 4, rng) : random_between(-100, 100, rng);
        f.x[0] = f.x[N - 1] = SG_NAN;
        f.x[1] = f.x[N - 2] = -(f.x[2] = f.x[N - 3] = (double)INFINITY);
        struct served s = serve(net, &f);
        served_eval(&s, true);
        const void *h = sg_net_view(s.work, SG_VIEW_H, 1);
        const double u = single ? (double)FLT_EPSILON / 2 : SG_UNIT_ROUNDOFF;
        for (size_t i = 0; i < N; i++) {
            const double got = single ? (double)((const float *)h)[i] : ((const double *)h)[i];
            const double want = (double)(1 / (1 + expl(-(long double)f.x[i])));
            if (isfinite(f.x[i]))
                CHECK_CLOSE(got, want, 6 * u * want + (single ? 0x1p-125 : 0));
            else
                CHECK(isnan(f.x[i]) ? isnan(got) : f.x[i] > 0 ? got == 1 : fabs(got) <= 0x1p-125);
        }
        free_meal(&f);
        free_served(&s);
        sg_base_rng_free(rng);
    }
}

/* ---- types ----------------------------------------------------------------------------- */

/* The first step from one start, in float and in double: within float's ball, which double's own
 * rounding widens by less than 2^-20 of it. */
static void float_beside_double(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("types", t);
        struct deep_arch r;
        random_deep(&r, 3, 2, 9, DEEP_SMOOTH, rng);
        r.arch.dtype = SG_F32;
        describe(&r.arch, 12, "types", t);
        struct sg_net *single_net = sg_net_alloc(&r.arch);
        struct meal f = random_meal(single_net, 12, true, rng);
        struct served single = serve(single_net, &f);             /* rounds f */
        struct deep bound = deep_eval(single_net, &r.arch, &f);
        served_eval(&single, true);
        bool credit_fixed = false;
        for (size_t i = 1; i <= r.arch.n_layers; i++)
            credit_fixed = credit_fixed || r.credit[i] == SG_FEEDBACK || r.credit[i] == SG_DIRECT;
        r.arch.dtype = SG_F64;
        struct sg_net *net = sg_net_alloc(&r.arch);
        struct served both = serve(net, &f);
        served_eval(&both, true);
        /* The fixed matrices of the float net are the double's, rounded: a relative change of u
         * in each, not in the ball. */
        for (size_t i = 0; i < both.sizes.w && !credit_fixed; i++)
            CHECK_CLOSE((double)((float *)single.dw)[i], ((double *)both.dw)[i],
                        (1 + 0x1p-20) * (double)bound.dw[i].e);
        for (size_t i = 1; i <= r.arch.n_layers; i++) {
            const float *narrow = sg_net_fixed(single_net, i);
            const double *wide = sg_net_fixed(net, i);
            CHECK(!narrow == !wide);
            for (size_t l = 0; narrow && l < sg_net_width(net, i); l++)
                CHECK(narrow[l] == (float)wide[l]);
        }
        deep_free(&bound);
        free_meal(&f);
        free_served(&single);
        free_served(&both);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(definition),       TEST(large),
                                       TEST(blocks),           TEST(finite_differences),
                                       TEST(sigmoid_accuracy), TEST(float_beside_double)};
    return RUN(tests);
}
