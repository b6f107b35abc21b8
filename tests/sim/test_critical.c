/* The solver of critical points, and the rounding bound it is judged by. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/sim.h"

enum { N = 23, D = 4, M = 2, SIZE = D * M };

static struct sg_net *make_net(bool with_sg)
{
    static const struct sg_layer layer = {.kind = SG_DENSE, .width = M};
    static const struct sg_module module = {.at = 1,
                                            .terms = SG_H | SG_Y | SG_ONE,
                                            .target = SG_TARGET_TRUE,
                                            .mix = 1.0};
    const struct sg_arch arch = {.inputs = D,
                                 .labels = M,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = with_sg ? 1 : 0,
                                 .modules = &module};
    return sg_net_alloc(&arch);
}

static bool never(const double *state, const double *f, void *context_unused)
{
    (void)state;
    (void)f;
    (void)context_unused;
    return false;
}

struct level { double tolerance; };
static bool below(const double *state, const double *f, void *context_level)
{
    (void)state;
    return frobenius(f, SIZE) <= ((struct level *)context_level)->tolerance;
}

/* grad L of linear regression: the only zero is least squares. */
static void finds_least_squares(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("solve", 0);
    struct sg_net *net = make_net(false);
    const struct sg_field field = sg_sim_net_field(net, N);
    struct sg_critical *solver = sg_sim_critical_alloc(&field);
    for (int i = 0; i < 5; i++) {
        struct sg_data data = random_data(N, D, M, rng);
        const struct sg_batch batch = sg_sim_batch(&data);
        double *w = random_vector(SIZE, 10, rng), want[SIZE], sigma[D];
        naive_least_squares(want, data.x, data.y, N, D, M);
        naive_singular_values(sigma, data.x, N, D);
        struct level level = {1e3 * SG_UNIT_ROUNDOFF * sigma[0] *
                              (sigma[0] * frobenius(want, SIZE) + frobenius(data.y, N * M)) / N};
        CHECK_STATUS(sg_sim_solve_critical(w, solver, &batch, 50, below, &level), SG_OK);
        for (size_t k = 0; k < SIZE; k++)
            w[k] -= want[k];
        /* W - W* = S_x^{-1} grad L, and the gradient's own rounding is within the level. */
        CHECK_BOUND(frobenius(w, SIZE), 2 * level.tolerance * N / (sigma[D - 1] * sigma[D - 1]));
        free(w);
        sg_data_free(&data);
    }
    sg_sim_critical_free(solver);
    sg_net_free(net);
    sg_base_rng_free(rng);
}

static void failures_are_poisoned(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("poison", 0);
    struct sg_net *net = make_net(true);
    const struct sg_field field = sg_sim_net_field(net, N);
    const size_t size = field.sizes.w + field.sizes.phi;
    struct sg_critical *solver = sg_sim_critical_alloc(&field);
    struct sg_data data = random_data(N, D, M, rng);
    const struct sg_batch batch = sg_sim_batch(&data);
    double *at = random_vector(size, 1, rng);
    CHECK_STATUS(sg_sim_solve_critical(at, solver, &batch, 3, never, NULL), SG_NO_CONVERGENCE);
    CHECK_NAN(at, size);
    CHECK_STATUS(sg_sim_solve_critical(at, solver, &batch, 3, never, NULL), SG_NOT_FINITE);
    CHECK_NAN(at, size);
    free(at);
    sg_data_free(&data);
    sg_sim_critical_free(solver);
    sg_net_free(net);
    sg_base_rng_free(rng);
}

/* The net's F against long double with one rounding at the end: within the bound, entry by entry,
 * and the bound is no larger than 1e-12 of the largest entry's scale. */
static void rounding_bound_holds(void **state)
{
    (void)state;
    enum { Q = 2 * M + 1 };
    struct sg_rng *rng = test_rng("rounding", 0);
    struct sg_net *net = make_net(true);
    struct sg_net_work *work = sg_net_work_alloc(net, N);
    for (int instance = 0; instance < 10; instance++) {
        struct sg_data data = random_data(N, D, M, rng);
        const struct sg_batch batch = sg_sim_batch(&data);
        struct sg_rounding *rounding = sg_sim_rounding_alloc(net, &batch);
        double *w = random_vector(SIZE, 1, rng), *phi = random_vector(Q * M, 1, rng);
        double dw[SIZE], dphi[Q * M], uw[SIZE], uphi[Q * M], want_w[SIZE] = {0},
                                                             want_phi[Q * M] = {0};
        sg_net_eval(dw, dphi, NULL, net, w, phi, &batch, SG_WANT_W | SG_WANT_PHI, work);
        sg_sim_rounding(uw, uphi, rounding, w, phi);
        long double sum_w[SIZE] = {0}, sum_phi[Q * M] = {0};
        for (size_t i = 0; i < N; i++) {
            long double z[Q] = {0}, s[M] = {0};
            for (size_t j = 0; j < M; j++)
                for (size_t l = 0; l < D; l++)
                    z[j] += (long double)data.x[i * D + l] * (long double)w[l * M + j];
            for (size_t j = 0; j < M; j++)
                z[M + j] = (long double)data.y[i * M + j];
            z[2 * M] = (long double)data.one[i];
            for (size_t j = 0; j < M; j++)
                for (size_t l = 0; l < Q; l++)
                    s[j] += z[l] * (long double)phi[l * M + j];
            for (size_t j = 0; j < M; j++) {
                for (size_t l = 0; l < D; l++)
                    sum_w[l * M + j] += (long double)data.x[i * D + l] * s[j] / N;
                for (size_t l = 0; l < Q; l++)
                    sum_phi[l * M + j] += z[l] * (s[j] - (z[j] - z[M + j])) / N;
            }
        }
        for (size_t k = 0; k < SIZE; k++)
            want_w[k] = (double)sum_w[k];
        for (size_t k = 0; k < Q * M; k++)
            want_phi[k] = (double)sum_phi[k];
        CHECK_EACH(dw, want_w, uw, SIZE);
        CHECK_EACH(dphi, want_phi, uphi, Q * M);
        CHECK(sg_base_max_abs(uphi, Q * M) <=
              1e-12 * (1 + sg_base_max_abs(dphi, Q * M) + frobenius(data.y, N * M)));
        sg_sim_rounding_free(rounding);
        free(w);
        free(phi);
        sg_data_free(&data);
    }
    sg_net_work_free(work);
    sg_net_free(net);
    sg_base_rng_free(rng);
}

/* ---- the bound of deep nets ------------------------------------------------------------- */

enum { DEEP_LAYERS = 3, DEEP_MODULES = 2 };
static const size_t deep_width[DEEP_LAYERS + 1] = {D, 3, 4, M};

/* |op(a)| |op(b)| in plain loops; c (m x n). */
static void magnitude_mul(double *c, const double *a, bool transpose_a, const double *b,
                          bool transpose_b, size_t m, size_t k, size_t n)
{
    double *value = SG_NEW(m * n, double);
    naive_mul(value, c, a, transpose_a, b, transpose_b, m, k, n);
    free(value);
}

/* z = (h, y, 1), as far as the module has these terms: n rows of q, which is returned. */
static size_t deep_regressors(double *z, const struct sg_module *module, const double *h, size_t k,
                              const struct sg_data *data)
{
    double *to = z;
    for (size_t i = 0; i < data->n; i++) {
        for (size_t a = 0; module->terms & SG_H && a < k; a++)
            *to++ = h[i * k + a];
        for (size_t o = 0; module->terms & SG_Y && o < data->m; o++)
            *to++ = data->y[i * data->m + o];
        if (module->terms & SG_ONE)
            *to++ = data->one[i];
    }
    return (size_t)(to - z) / data->n;
}

/* (dw, dphi) with every term counted by its modulus: what each SG says replaces what comes down
 * where its mix is 1, and its own error is |s| + |target|. */
static void deep_magnitudes(double *dw, double *dphi, const struct sg_module *module,
                            const struct sg_data *data, const double *w, const double *phi)
{
    const size_t n = data->n;
    double h[DEEP_LAYERS + 1][N * D], down[N * D], truth[N * D], below[N * D], z[N * (D + M + 1)],
        s[N * D];
    const double *layer[DEEP_LAYERS];
    size_t at_w[DEEP_LAYERS], at_phi[DEEP_MODULES] = {0};
    memcpy(h[0], data->x, n * D * sizeof **h);
    for (size_t l = 0, offset = 0; l < DEEP_LAYERS; l++) {
        at_w[l] = offset;
        layer[l] = w + offset;
        offset += deep_width[l] * deep_width[l + 1];
        magnitude_mul(h[l + 1], h[l], false, layer[l], false, n, deep_width[l], deep_width[l + 1]);
    }
    at_phi[1] = deep_regressors(z, &module[0], h[module[0].at], deep_width[module[0].at], data) *
                deep_width[module[0].at];
    for (size_t i = 0; i < n * M; i++)
        down[i] = truth[i] = h[DEEP_LAYERS][i] + fabs(data->y[i]);
    for (size_t l = DEEP_LAYERS, j = DEEP_MODULES; l > 0; l--) {
        const size_t k = deep_width[l], in = deep_width[l - 1];
        if (j > 0 && module[j - 1].at == l) {
            const double *target = module[--j].target == SG_TARGET_TRUE ? truth : down;
            double error[N * D];
            const size_t q = deep_regressors(z, &module[j], h[l], k, data);
            magnitude_mul(s, z, false, phi + at_phi[j], false, n, q, k);
            for (size_t i = 0; i < n * k; i++)
                error[i] = s[i] + target[i];
            magnitude_mul(dphi + at_phi[j], z, true, error, false, q, n, k);
            if (module[j].mix == 1.0)
                memcpy(down, s, n * k * sizeof *s);
        }
        magnitude_mul(dw + at_w[l - 1], h[l - 1], true, down, false, in, n, k);
        magnitude_mul(below, down, false, layer[l - 1], true, n, k, in);
        memcpy(down, below, n * in * sizeof *down);
        magnitude_mul(below, truth, false, layer[l - 1], true, n, k, in);
        memcpy(truth, below, n * in * sizeof *truth);
    }
}

/* Two SGs with every target and mix, above one another, the lower one with other terms: the bound
 * is gamma_K times the sum of the moduli, K counted as sim/rounding.c says.  So no two terms have
 * signs that cancel. */
static void rounding_bound_of_deep_nets(void **state)
{
    (void)state;
    static const unsigned terms[] = {SG_H | SG_Y | SG_ONE, SG_Y | SG_ONE, SG_H | SG_ONE, SG_Y};
    struct sg_rng *rng = test_rng("deep rounding", 0);
    for (size_t k = 0; k < 64; k++) {
        struct sg_module module[DEEP_MODULES];
        struct sg_layer layer[DEEP_LAYERS];
        double roundings = N + 3;
        for (size_t l = 0; l < DEEP_LAYERS; l++) {
            layer[l] = (struct sg_layer){SG_DENSE, deep_width[l + 1], false};
            roundings += 2 * ((double)deep_width[l] + 1) + (double)deep_width[l + 1] + 1;
        }
        for (size_t j = 0; j < DEEP_MODULES; j++) {
            module[j] = (struct sg_module){.at = j + 1,
                                           .terms = terms[j ? 0 : k / 16],
                                           .target = k >> (2 * j) & 1 ? SG_TARGET_ARRIVING
                                                                      : SG_TARGET_TRUE,
                                           .mix = k >> (2 * j + 1) & 1 ? 1.0 : 0.0};
            roundings += (module[j].terms & SG_H ? (double)deep_width[j + 1] : 0) +
                         (module[j].terms & SG_Y ? M : 0) + (module[j].terms & SG_ONE ? 1 : 0) + 2;
        }
        const struct sg_arch arch = {.loss = SG_MSE,
                                     .inputs = D,
                                     .labels = M,
                                     .n_layers = DEEP_LAYERS,
                                     .layers = layer,
                                     .n_modules = DEEP_MODULES,
                                     .modules = module};
        struct sg_net *net = sg_net_alloc(&arch);
        const struct sg_sizes sizes = sg_net_sizes(net);
        struct sg_data data = random_data(N, D, M, rng);
        const struct sg_batch batch = sg_sim_batch(&data);
        struct sg_rounding *rounding = sg_sim_rounding_alloc(net, &batch);
        double *w = random_vector(sizes.w, 1, rng), *phi = random_vector(sizes.phi, 1, rng),
               *uw = SG_NEW(sizes.w, double), *uphi = SG_NEW(sizes.phi, double),
               *want_w = SG_NEW(sizes.w, double), *want_phi = SG_NEW(sizes.phi, double);
        const double gamma = gamma_of((size_t)roundings, SG_UNIT_ROUNDOFF);
        context("targets and mixes %zu", k);
        sg_sim_rounding(uw, uphi, rounding, w, phi);
        deep_magnitudes(want_w, want_phi, module, &data, w, phi);
        for (size_t i = 0; i < sizes.w; i++)
            CHECK_CLOSE(uw[i] * N / gamma, want_w[i], gamma * want_w[i]);
        for (size_t i = 0; i < sizes.phi; i++)
            CHECK_CLOSE(uphi[i] * N / gamma, want_phi[i], gamma * want_phi[i]);
        double *owned[] = {w, phi, uw, uphi, want_w, want_phi};
        for (size_t i = 0; i < COUNT(owned); i++)
            free(owned[i]);
        sg_sim_rounding_free(rounding);
        sg_data_free(&data);
        sg_net_free(net);
    }
    sg_base_rng_free(rng);
}

/* Linear nets in float64 with every mix 0 or 1, each module by its own. */
static void rounding_is_of_linear_nets(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("linear", 0);
    struct sg_data data = random_data(N, 1, 1, rng);
    const struct sg_batch batch = sg_sim_batch(&data);
    static const double mixes[][2] = {{0, 1}, {1, 0}, {0.5, 1}, {1, 0.5}, {0.5, 0}, {0, 0.5}};
    for (size_t k = 0; k < COUNT(mixes) + 2; k++) {
        const bool relu = k == COUNT(mixes), single = k == COUNT(mixes) + 1, fine = k < 2;
        const struct sg_layer layers[] = {{SG_DENSE, 1, false},
                                          {relu ? SG_RELU : SG_DENSE, relu ? 0 : 1, false}};
        const double *mix = mixes[k < COUNT(mixes) ? k : 0];
        const struct sg_module modules[] = {{1, SG_LINEAR, SG_H, SG_TARGET_TRUE, mix[0], 0},
                                            {2, SG_LINEAR, SG_H, SG_TARGET_TRUE, mix[1], 0}};
        const struct sg_arch arch = {.dtype = single ? SG_F32 : SG_F64,
                                     .loss = SG_MSE,
                                     .inputs = 1,
                                     .labels = 1,
                                     .n_layers = 2,
                                     .layers = layers,
                                     .n_modules = 2,
                                     .modules = modules};
        struct sg_net *net = sg_net_alloc(&arch);
        context("mixes %g %g%s%s", mix[0], mix[1], relu ? ", a ReLU" : "",
                single ? ", float32" : "");
        if (fine)
            sg_sim_rounding_free(sg_sim_rounding_alloc(net, &batch));
        else
            CHECK_ABORTS((void)sg_sim_rounding_alloc(net, &batch));
        sg_net_free(net);
    }
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(finds_least_squares), TEST(failures_are_poisoned),
                                       TEST(rounding_bound_holds),
                                       TEST(rounding_bound_of_deep_nets),
                                       TEST(rounding_is_of_linear_nets)};
    return RUN(tests);
}
