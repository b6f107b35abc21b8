/* sg_net_eval against its definition in naive.h: any chain of dense layers, modules, credits
 * and losses, in both types. */
#include "naive.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- a type's own arrays --------------------------------------------------------------- */

static double *to_double(const void *a, size_t n, enum sg_dtype dtype)
{
    double *out = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        out[i] = dtype == SG_F32 ? (double)((const float *)a)[i] : ((const double *)a)[i];
    return out;
}

static void check_rows(const void *view, const struct wide *want, size_t n, enum sg_dtype dtype,
                       double gamma)
{
    CHECK(view != NULL);
    double *got = to_double(view, n, dtype);
    CHECK_WIDE(got, want, n, gamma);
    free(got);
}

/* ---- one evaluation -------------------------------------------------------------------- */

/* The views are there where they were computed: h and delta everywhere, s at modules, g down to
 * where the true gradient is lost (there too, unless nobody reads what arrives), or to the lowest
 * module that trains towards it. */
static void check_views(const struct sg_net_work *work, const struct naive *v,
                        const struct sg_arch *arch, double gamma)
{
    /* lowest true-target module; highest boundary that breaks the chain */
    size_t lowest = SIZE_MAX, lost = 0;
    bool module_at[NAIVE_LAYERS + 1] = {false}, arriving_read[NAIVE_LAYERS + 1] = {false};
    arriving_read[arch->n_layers] = true;
    for (size_t j = 0; j < arch->n_modules; j++) {
        const struct sg_module *module = &arch->modules[j];
        module_at[module->at] = true;
        arriving_read[module->at] = arriving_read[module->at] ||
                                    module->target == SG_TARGET_ARRIVING;
        if (module->target == SG_TARGET_TRUE && module->at < lowest)
            lowest = module->at;
        if (module->mix > 0)
            lost = module->at;
    }
    for (size_t i = lost + 1; arch->credit && i <= arch->n_layers; i++)
        if (arch->credit[i] == SG_NOTHING)
            lost = i;
    for (size_t i = 1; i <= arch->n_layers; i++) {
        const size_t size = v->n * v->width[i];
        check_rows(sg_net_view(work, SG_VIEW_H, i), v->h[i], size, arch->dtype, gamma);
        check_rows(sg_net_view(work, SG_VIEW_DELTA, i), v->delta[i], size, arch->dtype, gamma);
        const bool unread = arch->credit && arch->credit[i] == SG_NOTHING && !arriving_read[i];
        if (i > lost || (i == lost && !unread) || lowest <= i)
            check_rows(sg_net_view(work, SG_VIEW_G, i), v->g[i], size, arch->dtype, gamma);
        else
            CHECK(sg_net_view(work, SG_VIEW_G, i) == NULL);
        if (module_at[i])
            check_rows(sg_net_view(work, SG_VIEW_S, i), v->s[i], size, arch->dtype, gamma);
        else
            CHECK(sg_net_view(work, SG_VIEW_S, i) == NULL);
    }
}

static void check_eval(const struct sg_arch *arch, size_t n, struct sg_rng *rng)
{
    const enum sg_dtype dtype = arch->dtype;
    const size_t real = dtype == SG_F32 ? sizeof(float) : sizeof(double);
    struct sg_net *net = sg_net_alloc(arch);
    const struct sg_sizes sizes = sg_net_sizes(net);
    struct sg_net_work *work = sg_net_work_alloc(net, n + random_size(0, 3, rng));
    struct food f = random_food(net, n, rng);
    void *w = to_real(f.w, sizes.w, dtype), *phi = to_real(f.phi, sizes.phi, dtype),
         *x = to_real(f.x, n * arch->inputs, dtype);
    void *y = to_real(f.y, n * arch->labels, dtype), *one = to_real(f.one, n, dtype);
    char *dw = sg_base_alloc(sizes.w + 1, real), *dphi = sg_base_alloc(sizes.phi + 1, real);
    /* outputs are set, not added to, and not overrun */
    memset(dw, 0x7b, (sizes.w + 1) * real);
    memset(dphi, 0x7b, (sizes.phi + 1) * real);
    struct sg_metrics metrics = {SG_NAN, SG_NAN};
    const struct sg_batch batch = {.n = n, .x = x, .y = y, .one = one};
    struct naive v = naive_eval(arch, f.w, f.phi, f.x, f.y, f.one, n);
    const double gamma = gamma_of(naive_roundings(arch, n),
                                  dtype == SG_F32 ? (double)FLT_EPSILON / 2 : SG_UNIT_ROUNDOFF);

    CHECK(sizes.w == v.w_size && sizes.phi == v.phi_size);
    /* what an earlier evaluation left behind does not matter */
    for (int again = 0; again < 2; again++) {
        sg_net_eval(dw, dphi, &metrics, net, w, phi, &batch,
                    SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        check_rows(dw, v.dw, sizes.w, dtype, gamma);
        check_rows(dphi, v.dphi, sizes.phi, dtype, gamma);
        CHECK_WIDE(&metrics.loss, &v.loss, 1, gamma);
        CHECK_WIDE(&metrics.sg_loss, &v.sg_loss, 1, gamma);
        check_views(work, &v, arch, gamma);
    }
    for (size_t i = 0; i < real; i++)
        CHECK(dw[sizes.w * real + i] == 0x7b && dphi[sizes.phi * real + i] == 0x7b);
    naive_free(&v);
    free(w); free(phi); free(x); free(y); free(one); free(dw); free(dphi);
    free_food(&f);
    sg_net_work_free(work);
    sg_net_free(net);
}

static void describe(const struct sg_arch *arch, size_t n, const char *name, uint64_t t)
{
    context("seed %llu, %s %llu: %zu rows, %zu inputs, %zu layers, %zu modules, loss %d",
            (unsigned long long)test_seed(), name, (unsigned long long)t, n, arch->inputs,
            arch->n_layers, arch->n_modules, (int)arch->loss);
}

/* ---- tests ----------------------------------------------------------------------------- */

static void definition(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 400; t++) {
        struct sg_rng *rng = test_rng("definition", t);
        struct random_arch r;
        random_arch(&r, t % 4 ? 7 : 20, false, t % 2, rng);
        const size_t n = random_size(1, t % 4 ? 12 : 40, rng);
        describe(&r.arch, n, "definition", t);
        check_eval(&r.arch, n, rng);
        sg_base_rng_free(rng);
    }
}

/* Float, under MSE: with float's rounding a sign of the absolute loss may be undecided. */
static void single_precision(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 150; t++) {
        struct sg_rng *rng = test_rng("single", t);
        struct random_arch r;
        random_arch(&r, t % 4 ? 7 : 20, true, t % 2, rng);
        r.arch.dtype = SG_F32;
        const size_t n = random_size(1, t % 4 ? 12 : 40, rng);
        describe(&r.arch, n, "single", t);
        check_eval(&r.arch, n, rng);
        sg_base_rng_free(rng);
    }
}

/* Log losses and nonlinear SG families, in both types, now and then in several blocks. */
static void smooth(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 400; t++) {
        struct sg_rng *rng = test_rng("smooth", t);
        struct random_arch r;
        random_arch(&r, t % 4 ? 7 : 20, true, t % 2, rng);
        make_smooth(&r, rng);
        r.arch.dtype = t % 3 ? SG_F64 : SG_F32;
        const bool blocks = t % 16 == 5;
        if (blocks) {
            r.arch.inputs = 230;
            r.layers[0].width = random_size(1, 4, rng);
            r.arch.labels = r.layers[r.arch.n_layers - 1].width;
            r.arch.loss = r.arch.labels == 1 ? SG_LOGISTIC : SG_SOFTMAX_XENT;
        }
        const size_t n = blocks ? random_size(40, 120, rng) : random_size(1, t % 4 ? 12 : 40, rng);
        describe(&r.arch, n, "smooth", t);
        check_eval(&r.arch, n, rng);
        sg_base_rng_free(rng);
    }
}

/* A narrow first layer and many rows: the batch goes through in several
 * blocks, the last one shorter. */
static void many_blocks(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 24; t++) {
        struct sg_rng *rng = test_rng("blocks", t);
        struct random_arch r;
        random_arch(&r, 6, false, true, rng);
        const size_t inputs[] = {24, 60, 230};
        r.arch.inputs = inputs[t % 3];
        r.layers[0].width = random_size(1, 4, rng);
        r.arch.labels = r.layers[r.arch.n_layers - 1].width;
        r.arch.dtype = t % 6 == 5 && r.arch.loss == SG_MSE ? SG_F32 : SG_F64;
        const size_t n = random_size(60, 500, rng);
        describe(&r.arch, n, "blocks", t);
        check_eval(&r.arch, n, rng);
        sg_base_rng_free(rng);
    }
}

/* |p - y| has subgradient 0 at 0, -1 below and 1 above; also for float. */
static void absolute_loss_at_zero(void **state)
{
    (void)state;
    const struct sg_layer layer = {SG_DENSE, 1, false};
    for (int single = 0; single < 2; single++) {
        struct sg_arch arch = {.dtype = single ? SG_F32 : SG_F64,
                               .loss = SG_ABS,
                               .inputs = 1,
                               .labels = 1,
                               .n_layers = 1,
                               .layers = &layer};
        /* r = 0, 0, 0.5, 0.5 */
        const double x[4] = {1.5, -2.25, 0.75, 3.5}, y[4] = {3, -4.5, 1, 6.5},
                     one[4] = {1, 1, 1, 1}, w = 2;
        const float xf[4] = {1.5f, -2.25f, 0.75f, 3.5f}, yf[4] = {3, -4.5f, 1, 6.5f},
                    onef[4] = {1, 1, 1, 1}, wf = 2;
        const struct sg_batch batch = single ? (struct sg_batch){4, xf, yf, onef}
                                             : (struct sg_batch){4, x, y, one};
        struct sg_net *net = sg_net_alloc(&arch);
        struct sg_net_work *work = sg_net_work_alloc(net, 4);
        struct sg_metrics metrics;
        double dw;
        float dwf;
        sg_net_eval(single ? (void *)&dwf : &dw, NULL, &metrics, net,
                    single ? (const void *)&wf : &w, NULL, &batch, SG_WANT_W | SG_WANT_METRICS,
                    work);
        double *g = to_double(sg_net_view(work, SG_VIEW_G, 1), 4, arch.dtype);
        CHECK(g[0] == 0 && g[1] == 0 && g[2] == 1 && g[3] == 1);
        CHECK((single ? (double)dwf : dw) == (0.75 + 3.5) / 4);
        CHECK(metrics.loss == 0.25);
        free(g);
        sg_net_work_free(work);
        sg_net_free(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(definition), TEST(single_precision), TEST(smooth),
                                       TEST(many_blocks), TEST(absolute_loss_at_zero)};
    return RUN(tests);
}
