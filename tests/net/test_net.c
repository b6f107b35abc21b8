/* The architecture: where everything lies, what is refused, which nets are linear,
 * and the optimiser's pass. */
#include "naive.h"

#include <math.h>
#include <string.h>

static const struct sg_layer layers[3] = {{SG_DENSE, 5, true},
                                          {SG_DENSE, 4, false},
                                          {SG_DENSE, 2, true}};
static const struct sg_module modules[2] = {{1, SG_LINEAR, SG_H | SG_ONE, SG_TARGET_TRUE, 0.5, 0},
                                            {3, SG_LINEAR, SG_Y, SG_TARGET_ARRIVING, 1.0, 0}};
static const struct sg_arch base = {.loss = SG_MSE,
                                    .inputs = 3,
                                    .labels = 2,
                                    .n_layers = 3,
                                    .layers = layers,
                                    .n_modules = 2,
                                    .modules = modules};

static void layout(void **state)
{
    (void)state;
    struct sg_net *net = sg_net_alloc(&base);
    const struct sg_sizes sizes = sg_net_sizes(net);
    const size_t width[4] = {3, 5, 4, 2};
    for (size_t i = 0; i < 4; i++)
        CHECK(sg_net_width(net, i) == width[i]);
    CHECK(sg_net_layer_offset(net, 0) == 0);
    CHECK(sg_net_layer_offset(net, 1) == 3 * 5 + 5);
    CHECK(sg_net_layer_offset(net, 2) == 3 * 5 + 5 + 5 * 4);
    CHECK(sizes.w == 3 * 5 + 5 + 5 * 4 + 4 * 2 + 2);
    CHECK(sg_net_module_offset(net, 0) == 0);
    CHECK(sg_net_module_offset(net, 1) == (5 + 1) * 5);
    CHECK(sizes.phi == (5 + 1) * 5 + 2 * 2);
    CHECK_ABORTS((void)sg_net_width(net, 4));
    CHECK_ABORTS((void)sg_net_layer_offset(net, 3));
    CHECK_ABORTS((void)sg_net_module_offset(net, 2));
    CHECK_ABORTS((void)sg_net_aux_offset(net, 3));
    CHECK(sg_net_fixed(net, 1) == NULL && sg_net_fixed(net, 3) == NULL);
    CHECK_ABORTS((void)sg_net_fixed(net, 0));
    CHECK_ABORTS((void)sg_net_fixed(net, 4));
    sg_net_free(net);
    sg_net_free(NULL);
    sg_net_work_free(NULL);
}

/* The net keeps a copy: the caller's arrays may go. */
static void copies_its_architecture(void **state)
{
    (void)state;
    struct sg_layer *l = sg_base_copy(layers, 3, sizeof *l);
    struct sg_module *m = sg_base_copy(modules, 2, sizeof *m);
    enum sg_credit *c = SG_NEW(4, enum sg_credit);
    c[2] = SG_NOTHING;
    struct sg_arch arch = base;
    arch.layers = l;
    arch.modules = m;
    arch.credit = c;
    struct sg_net *net = sg_net_alloc(&arch);
    memset(l, 0x5a, 3 * sizeof *l);
    memset(m, 0x5a, 2 * sizeof *m);
    memset(c, 0x5a, 4 * sizeof *c);
    free(l);
    free(m);
    free(c);
    const struct sg_arch *kept = sg_net_arch(net);
    CHECK(kept->dtype == SG_F64 && kept->loss == SG_MSE && kept->inputs == 3 && kept->labels == 2);
    CHECK(kept->n_layers == 3 && kept->n_modules == 2);
    for (size_t i = 0; i < 3; i++)
        CHECK(kept->layers[i].kind == SG_DENSE && kept->layers[i].width == layers[i].width &&
              kept->layers[i].bias == layers[i].bias);
    for (size_t j = 0; j < 2; j++)
        CHECK(kept->modules[j].at == modules[j].at && kept->modules[j].terms == modules[j].terms &&
              kept->modules[j].target == modules[j].target &&
              kept->modules[j].mix == modules[j].mix);
    CHECK(kept->credit[1] == SG_TRUE && kept->credit[2] == SG_NOTHING &&
          kept->credit[3] == SG_TRUE);
    sg_net_free(net);
}

static void alloc_with(size_t at0, size_t at1, unsigned terms, double mix, size_t labels,
                       size_t width)
{
    struct sg_layer l[3] = {layers[0], layers[1], layers[2]};
    struct sg_module m[2] = {modules[0], modules[1]};
    struct sg_arch arch = base;
    m[0].at = at0;
    m[1].at = at1;
    m[1].terms = terms;
    m[1].mix = mix;
    l[1].width = width;
    arch.layers = l;
    arch.modules = m;
    arch.labels = labels;
    sg_net_free(sg_net_alloc(&arch));
}

static void refuses_shapes(void **state)
{
    (void)state;
    CHECK_EXITS(alloc_with(1, 3, 2, 1.0, 2, 4), 99);          /* the base itself is fine */
    CHECK_EXITS(alloc_with(1, 2, 7, 0.0, 2, 1), 99);
    CHECK_EXITS(alloc_with(2, 3, 1, 1.0, 2, 4), 99);
    CHECK_ABORTS(alloc_with(0, 3, 2, 1.0, 2, 4));             /* boundary 0 is the input */
    CHECK_ABORTS(alloc_with(1, 4, 2, 1.0, 2, 4));
    CHECK_ABORTS(alloc_with(3, 3, 2, 1.0, 2, 4));             /* two at one boundary */
    CHECK_ABORTS(alloc_with(3, 1, 2, 1.0, 2, 4));             /* not ascending */
    CHECK_ABORTS(alloc_with(1, 3, 0, 1.0, 2, 4));
    CHECK_ABORTS(alloc_with(1, 3, 8, 1.0, 2, 4));
    CHECK_ABORTS(alloc_with(1, 3, 2, -0.01, 2, 4));
    CHECK_ABORTS(alloc_with(1, 3, 2, 1.01, 2, 4));
    CHECK_ABORTS(alloc_with(1, 3, 2, SG_NAN, 2, 4));
    CHECK_ABORTS(alloc_with(1, 3, 2, 1.0, 3, 4));             /* p has two columns */
    CHECK_ABORTS(alloc_with(1, 3, 2, 1.0, 2, 0));
    struct sg_arch none = base;
    none.n_layers = none.n_modules = 0;
    none.labels = none.inputs;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
    none = base;
    none.inputs = 0;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
    struct sg_layer layer = {SG_LAYER_KINDS, 2, false};
    none = base;
    none.layers = &layer;
    none.n_layers = 1;
    none.n_modules = 0;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
    layer.kind = SG_DENSE;
    CHECK_EXITS(sg_net_free(sg_net_alloc(&none)), 99);
    const struct sg_module module = {1, SG_FAMILIES, 7, SG_TARGET_TRUE, 1.0, 0};
    none.modules = &module;
    none.n_modules = 1;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
    none = base;
    none.labels = 0;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
    none = base;
    none.loss = SG_LOSS_KINDS;
    CHECK_ABORTS(sg_net_free(sg_net_alloc(&none)));
}

/* On what the evaluation left and with the same phi, each module's part of dphi comes out again,
 * bit for bit; and only where a module is. */
static void replay_is_the_modules_part(void **state)
{
    (void)state;
    struct sg_net *net = sg_net_alloc(&base);
    struct sg_net_work *work = sg_net_work_alloc(net, 6);
    struct sg_rng *rng = test_rng("replay", 0);
    struct food f = random_food(net, 6, rng);
    const struct sg_batch batch = food_batch(&f);
    const struct sg_state at = {.w = f.w, .phi = f.phi};
    const size_t n_phi = sg_net_sizes(net).phi, from[] = {0, sg_net_module_offset(net, 1), n_phi};
    double *dphi = SG_NEW(n_phi, double), *again = SG_NEW(n_phi, double);
    sg_net_eval(NULL, dphi, NULL, net, f.w, f.phi, &batch, SG_WANT_PHI, work);
    for (size_t j = 0; j < 2; j++) {
        sg_net_replay(again, net, modules[j].at, &at, &batch, SG_WANT_PHI, work);
        CHECK_SAME(again + from[j], dphi + from[j], from[j + 1] - from[j]);
        /* the other part is left alone */
        CHECK(j == 1 || sg_base_max_abs(again + from[1], n_phi - from[1]) == 0);
    }
    CHECK_ABORTS(sg_net_replay(again, net, 0, &at, &batch, SG_WANT_PHI, work));
    /* no module */
    CHECK_ABORTS(sg_net_replay(again, net, 2, &at, &batch, SG_WANT_PHI, work));
    CHECK_ABORTS(sg_net_replay(again, net, 4, &at, &batch, SG_WANT_PHI, work));
    free(dphi);
    free(again);
    free_food(&f);
    sg_net_work_free(work);
    sg_net_free(net);
    sg_base_rng_free(rng);
}

/* With the phi of an evaluation a module's s comes out again, bit for bit.  It is linear in phi: a
 * double of phi doubles it exactly. */
static void a_module_applied_alone(void **state)
{
    (void)state;
    struct sg_net *net = sg_net_alloc(&base);
    struct sg_net_work *work = sg_net_work_alloc(net, 6);
    struct sg_rng *rng = test_rng("apply", 0);
    struct food f = random_food(net, 6, rng);
    const struct sg_batch batch = food_batch(&f);
    const size_t n_phi = sg_net_sizes(net).phi;
    double *phi = sg_base_copy(f.phi, n_phi, sizeof *phi), s[6 * 5];
    sg_net_eval(NULL, NULL, NULL, net, f.w, f.phi, &batch, SG_WANT_W | SG_WANT_PHI, work);
    for (size_t j = 0; j < 2; j++) {
        const size_t n = 6 * sg_net_width(net, modules[j].at);
        const double *want = sg_net_view(work, SG_VIEW_S, modules[j].at);
        sg_net_apply_module(s, net, j, phi, &batch, work);
        CHECK_SAME(s, want, n);
        for (size_t i = 0; i < n_phi; i++)
            phi[i] *= 2;
        sg_net_apply_module(s, net, j, phi, &batch, work);
        for (size_t i = 0; i < n; i++)
            CHECK(s[i] == 2 * want[i]);
        memcpy(phi, f.phi, n_phi * sizeof *phi);
    }
    CHECK_ABORTS(sg_net_apply_module(s, net, 2, phi, &batch, work));
    struct sg_module curved[2] = {modules[0], modules[1]};
    curved[0] = (struct sg_module){1, SG_MLP, SG_H, SG_TARGET_TRUE, 1.0, 3};
    struct sg_arch arch = base;
    arch.modules = curved;
    struct sg_net *bent = sg_net_alloc(&arch);
    CHECK_ABORTS(sg_net_apply_module(s, bent, 0, phi, &batch, work));      /* not linear in phi */
    sg_net_free(bent);
    free(phi);
    free_food(&f);
    sg_net_work_free(work);
    sg_net_free(net);
    sg_base_rng_free(rng);
}

/* Small integers: exact in both types, whatever the order of the sums. */
static void products_of_both_types(void **state)
{
    (void)state;
    enum { M = 7, K = 11, N = 5 };
    double a[M * K], b[K * N], c[M * N];
    float af[M * K], bf[K * N], cf[M * N];
    for (size_t i = 0; i < M * K; i++)
        af[i] = (float)(a[i] = (double)(i * 5 % 13) - 6);
    for (size_t i = 0; i < K * N; i++)
        bf[i] = (float)(b[i] = (double)(i * 7 % 11) - 4);
    for (int op = SG_NN; op <= SG_NT; op++) {
        context("op %d", op);
        sg_net_product(c, a, b, (enum sg_transpose)op, M, K, N, SG_F64);
        sg_net_product(cf, af, bf, (enum sg_transpose)op, M, K, N, SG_F32);
        for (size_t i = 0; i < M; i++)
            for (size_t j = 0; j < N; j++) {
                double want = 0;
                for (size_t l = 0; l < K; l++)
                    want += (op == SG_TN ? a[l * M + i] : a[i * K + l]) *
                            (op == SG_NT ? b[j * K + l] : b[l * N + j]);
                CHECK(c[i * N + j] == want && (double)cf[i * N + j] == want);
            }
    }
}

/* Wide products of float32, which a library may have made: within gamma_k |a| |b| of sums in double
 * (Higham, ASNA 2nd ed., 3.5), and the same bits for one thread and for three. */
static void wide_products(void **state)
{
    (void)state;
    const size_t shapes[][3] = {{300, 40, 33}, {33, 64, 519}, {520, 257, 10}, {24, 24, 24}};
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (int op = SG_NN; op <= SG_NT; op++) {
            const size_t m = shapes[s][0], k = shapes[s][1], n = shapes[s][2];
            struct sg_rng *rng = test_rng("wide", 3 * s + (size_t)op);
            context("seed %llu: op %d, %zu x %zu x %zu", (unsigned long long)test_seed(), op, m, k,
                    n);
            float *a = SG_NEW(m * k, float), *b = SG_NEW(k * n, float), *c = SG_NEW(m * n, float),
                  *again = SG_NEW(m * n, float);
            for (size_t i = 0; i < m * k; i++)
                a[i] = (float)sg_base_rng_uniform(rng) - 0.5f;
            for (size_t i = 0; i < k * n; i++)
                b[i] = (float)sg_base_rng_uniform(rng) - 0.5f;
            for (size_t i = 0; i < m * n; i++)
                c[i] = again[i] = (float)SG_NAN;      /* overwritten, not multiplied by zero */
            sg_net_product(c, a, b, (enum sg_transpose)op, m, k, n, SG_F32);
            sg_base_set_jobs(3);
            sg_net_product(again, a, b, (enum sg_transpose)op, m, k, n, SG_F32);
            sg_base_set_jobs(1);
            CHECK(memcmp(c, again, m * n * sizeof *c) == 0);
            for (size_t i = 0; i < m; i++)
                for (size_t j = 0; j < n; j++) {
                    double want = 0, size = 0;
                    for (size_t l = 0; l < k; l++) {
                        const double term = (double)(op == SG_TN ? a[l * m + i] : a[i * k + l]) *
                                            (double)(op == SG_NT ? b[j * k + l] : b[l * n + j]);
                        want += term;
                        size += fabs(term);
                    }
                    CHECK_CLOSE((double)c[i * n + j], want, gamma_of(k + 1, 0x1p-24) * size);
                }
            free(a);
            free(b);
            free(c);
            free(again);
            sg_base_rng_free(rng);
        }
}

static void refuses_batches(void **state)
{
    (void)state;
    struct sg_net *net = sg_net_alloc(&base), *other = sg_net_alloc(&base);
    struct sg_net_work *work = sg_net_work_alloc(net, 6);
    struct sg_rng *rng = test_rng("batches", 0);
    struct food f = random_food(net, 7, rng);
    struct sg_metrics metrics;
    struct sg_batch batch = food_batch(&f);
    /* 7 rows, room for 6 */
    CHECK_ABORTS(sg_net_eval(NULL, NULL, &metrics, net, f.w, f.phi, &batch, SG_WANT_METRICS, work));
    batch.n = 0;
    CHECK_ABORTS(sg_net_eval(NULL, NULL, &metrics, net, f.w, f.phi, &batch, SG_WANT_METRICS, work));
    batch.n = 6;
    /* another net's work */
    CHECK_ABORTS(
        sg_net_eval(NULL, NULL, &metrics, other, f.w, f.phi, &batch, SG_WANT_METRICS, work));
    CHECK_EXITS(sg_net_eval(NULL, NULL, &metrics, net, f.w, f.phi, &batch, SG_WANT_METRICS, work),
                99);
    CHECK_ABORTS((void)sg_net_view(work, SG_VIEW_H, 0));
    CHECK_ABORTS((void)sg_net_view(work, SG_VIEW_H, 4));
    /* nothing evaluated yet */
    CHECK(sg_net_view(work, SG_VIEW_G, 3) == NULL && sg_net_view(work, SG_VIEW_DELTA, 3) == NULL);
    free_food(&f);
    sg_net_work_free(work);
    sg_net_free(net);
    sg_net_free(other);
    sg_base_rng_free(rng);
}

static void linear_or_not(void **state)
{
    (void)state;
    struct sg_arch arch = base;
    struct sg_net *net = sg_net_alloc(&arch);
    CHECK(sg_net_is_linear(net));
    sg_net_free(net);
    arch.loss = SG_ABS;
    net = sg_net_alloc(&arch);
    CHECK(!sg_net_is_linear(net));
    sg_net_free(net);
    arch.loss = SG_MSE;
    arch.n_modules = 0;
    arch.modules = NULL;
    net = sg_net_alloc(&arch);
    CHECK(sg_net_is_linear(net));
    CHECK(sg_net_sizes(net).phi == 0);
    sg_net_free(net);
}

/* next = theta - rate grad, one product and one sum, in place too and from any alignment: the
 * same bits as the plain loop. */
static void optimiser_step(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("step", 0);
    const struct sg_opt opt = {.rate = 0.0385};
    for (size_t n = 0; n < 70; n++) {
        context("n %zu", n);
        double *theta = random_vector(n + 1, 1, rng), *grad = random_vector(n + 1, 3, rng),
               *next = SG_NEW(n + 2, double);
        float *thetaf = SG_NEW(n + 1, float), *gradf = SG_NEW(n + 1, float),
              *nextf = SG_NEW(n + 2, float), *wantf = SG_NEW(n + 1, float);
        double *want = SG_NEW(n + 1, double);
        for (size_t i = 0; i <= n; i++) {
            thetaf[i] = (float)theta[i];
            gradf[i] = (float)grad[i];
            want[i] = theta[i] - opt.rate * grad[i];
            wantf[i] = thetaf[i] - (float)opt.rate * gradf[i];
        }
        next[0] = next[n + 1] = 7.5;
        nextf[0] = nextf[n + 1] = 7.5f;
        sg_net_opt_step(next + 1, NULL, theta + 1, grad + 1, &opt, SG_F64, n);
        sg_net_opt_step(nextf + 1, NULL, thetaf + 1, gradf + 1, &opt, SG_F32, n);
        CHECK_SAME(next + 1, want + 1, n);
        CHECK_SAME(nextf + 1, wantf + 1, n);
        CHECK(next[0] == 7.5 && next[n + 1] == 7.5 && nextf[0] == 7.5f && nextf[n + 1] == 7.5f);
        sg_net_opt_step(theta, NULL, theta, grad, &opt, SG_F64, n + 1);
        CHECK_SAME(theta, want, n + 1);
        free(theta); free(grad); free(next); free(thetaf); free(gradf); free(nextf); free(want);
        free(wantf);
    }
    sg_base_rng_free(rng);
    const struct sg_opt unknown = {.kind = (enum sg_opt_kind)9, .rate = 0.1},
                        next_kind = {.kind = SG_OPT_KINDS, .rate = 0.1};
    double one = 1, m = 0, v = 0;
    struct sg_moments moments = {&m, &v, 0};
    CHECK_ABORTS(sg_net_opt_step(&one, NULL, &one, &one, &unknown, SG_F64, 1));
    CHECK_ABORTS(sg_net_opt_step(&one, &moments, &one, &one, &next_kind, SG_F64, 1));
}

/* Every kind of net.h has its kernel row, with a name of its own; what has none is refused. */
static void every_kind_has_a_row(void **state)
{
    (void)state;
    static const struct { const char *(*name)(int); int kinds; } table[] = {
        {sg_net_layer_name, SG_LAYER_KINDS}, {sg_net_loss_name, SG_LOSS_KINDS},
        {sg_net_family_name, SG_FAMILIES}};
    for (size_t t = 0; t < COUNT(table); t++) {
        for (int kind = 0; kind < table[t].kinds; kind++)
            for (int other = 0; other < kind; other++)
                CHECK(strcmp(table[t].name(kind), table[t].name(other)) != 0);
        CHECK_ABORTS((void)table[t].name(table[t].kinds));
        CHECK_ABORTS((void)table[t].name(-1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_kind_has_a_row), TEST(layout),
                                               TEST(copies_its_architecture),
                                       TEST(refuses_shapes),  TEST(replay_is_the_modules_part),
                                       TEST(refuses_batches), TEST(linear_or_not),
                                       TEST(optimiser_step),  TEST(a_module_applied_alone),
                                       TEST(products_of_both_types), TEST(wide_products)};
    return RUN(tests);
}
