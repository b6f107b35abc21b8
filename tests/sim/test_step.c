/* The SG's own step in time: linear regression by its equations in long double, under every order
 * and delay, with a fresh batch in every step. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/sim.h"

enum { N = 9, D = 3, M = 2, Q = 2 * M + 1, STEPS = 7, SLOTS = STEPS + 1 };

/* w (D x M) and phi (Q x M) at every time, and the batch that w is read with. */
struct past {
    long double w[SLOTS][D * M], phi[SLOTS][Q * M];
    const struct sg_data *batch[SLOTS];
};

/* z and s - g of sample i at (w, phi), g = p - y. */
static void look(long double z[Q], long double e[M], long double s[M], const struct sg_data *data,
                 size_t i, const long double *w, const long double *phi)
{
    for (size_t o = 0; o < M; o++) {
        z[o] = 0;
        for (size_t j = 0; j < D; j++)
            z[o] += (long double)data->x[i * D + j] * w[j * M + o];
        z[M + o] = (long double)data->y[i * M + o];
    }
    z[2 * M] = (long double)data->one[i];
    for (size_t o = 0; o < M; o++) {
        s[o] = 0;
        for (size_t k = 0; k < Q; k++)
            s[o] += z[k] * phi[k * M + o];
        e[o] = s[o] - (z[o] - z[M + o]);
    }
}

static void move_w(long double *next, const long double *now, const struct sg_data *data,
                   const long double *w, const long double *phi, long double mu)
{
    memcpy(next, now, D * M * sizeof *next);
    for (size_t i = 0; i < data->n; i++) {
        long double z[Q], e[M], s[M];
        look(z, e, s, data, i, w, phi);
        for (size_t j = 0; j < D * M; j++)
            next[j] -= mu * (long double)data->x[i * D + j / M] * s[j % M] / (long double)data->n;
    }
}

static long double move_phi(long double *next, const long double *now, const struct sg_data *data,
                            const long double *w, const long double *phi, enum sg_step_rule rule,
                            long double theta)
{
    long double G[Q * M] = {0}, norm = 0, slope = 0, along = 0;
    long double z[Q], e[M], s[M];
    for (size_t i = 0; i < data->n; i++) {
        look(z, e, s, data, i, w, phi);
        for (size_t k = 0; k < Q * M; k++)
            G[k] += z[k / M] * e[k % M] / (long double)data->n;
        for (size_t k = 0; k < Q; k++)
            norm += z[k] * z[k] / (long double)data->n;
    }
    for (size_t k = 0; k < Q * M; k++)
        slope += G[k] * G[k];
    for (size_t i = 0; i < data->n; i++) {
        look(z, e, s, data, i, w, phi);
        for (size_t o = 0; o < M; o++) {
            long double zg = 0;
            for (size_t k = 0; k < Q; k++)
                zg += z[k] * G[k * M + o];
            along += zg * zg / (long double)data->n;
        }
    }
    const long double nu = rule == SG_STEP_NORMALISED ? theta / norm : theta * slope / along;
    for (size_t k = 0; k < Q * M; k++)
        next[k] = now[k] - nu * G[k];
    return nu * norm;
}

static size_t at(size_t t, int ago)
{
    return ago < 0 ? t + 1 : t > (size_t)ago ? t - (size_t)ago : 0;
}

/* Returns |z|^2 nu of the SG's step.  Before there is a past, the start is read with the batch of
 * now. */
static long double naive_step(struct past *p, size_t t, const struct sg_data *batch,
                              const struct sg_timing *timing, enum sg_step_rule rule,
                              long double mu, long double theta)
{
    long double reach = 0;
    p->batch[t] = p->batch[t + 1] = batch;
    for (int half = 0; half < 2; half++)
        if ((half == 0) == (timing->net_phi != -1))
            move_w(p->w[t + 1], p->w[t], batch, p->w[t], p->phi[at(t, timing->net_phi)], mu);
        else
            reach = move_phi(p->phi[t + 1], p->phi[t],
                             timing->sg_w <= (int)t ? p->batch[at(t, timing->sg_w)] : batch,
                             p->w[at(t, timing->sg_w)], p->phi[t], rule, theta);
    return reach;
}

/* One step from the sim's own past.  w moves by mu E[x^T s], off by gamma mu |x| |z| |phi| (rms).
 * phi moves by nu G, where G is off by gamma |z|^2 (|phi| + |phi*|) and nu, a quotient of sums that
 * do not cancel to first order in G, by no more than twice as much. */
static void check(const struct past *p, const struct sg_sim *sim, size_t t, long double reach,
                  double mu)
{
    const double *w = sg_sim_w(sim), *phi = sg_sim_phi(sim);
    const double gamma = gamma_of(N + 2 * Q + D + 20, SG_UNIT_ROUNDOFF);
    double now[Q * M], x, z = 1;
    for (size_t k = 0; k < Q * M; k++)
        now[k] = (double)p->phi[t][k];
    const struct sg_data *batch = p->batch[t];
    x = sg_base_norm(batch->x, batch->n * D) / sqrt((double)batch->n);
    for (size_t j = 0; j < D * M; j++)
        z += x * fabs((double)p->w[t][j]);
    z += sg_base_norm(batch->y, batch->n * M) / sqrt((double)batch->n);
    const double size = sg_base_norm(now, Q * M) + sg_base_norm(phi, Q * M) + 2;
    for (size_t j = 0; j < D * M; j++)
        CHECK_CLOSE(w[j], (double)p->w[t + 1][j],
                    gamma * (fabs(w[j]) + mu * x * z * size));
    for (size_t k = 0; k < Q * M; k++)
        CHECK_CLOSE(phi[k], (double)p->phi[t + 1][k], 3 * gamma * (double)(1 + reach) * size);
}

/* What the sim has come to is the naive one's past in the next step. */
static void adopt(struct past *p, size_t t, const double *w, const double *phi)
{
    for (size_t j = 0; j < D * M; j++)
        p->w[t][j] = (long double)w[j];
    for (size_t k = 0; k < Q * M; k++)
        p->phi[t][k] = (long double)phi[k];
}

static void the_equations(void **state)
{
    (void)state;
    const struct sg_timing timings[] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0},
                                        {0, 0, 1, 0}, {0, 0, 3, 0},  {0, 0, 20, 0}};
    const struct sg_layer layer = {SG_DENSE, M, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = D, .labels = M, .n_layers = 1,
                                 .layers = &layer, .n_modules = 1, .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_field field = sg_sim_net_field(net, N);
    for (uint64_t draw = 0; draw < 10; draw++)
        for (size_t k = 0; k < COUNT(timings) * 2; k++) {
            const enum sg_step_rule rule = k % 2 ? SG_STEP_LINE_SEARCH : SG_STEP_NORMALISED;
            const struct sg_timing timing = timings[k / 2];
            const double mu = 0.1, theta = 1.5;
            struct sg_rng *rng = test_rng("equations", draw);
            struct past p = {0};
            struct sg_data data[STEPS];
            struct sg_batch batch[STEPS];
            double w[D * M], phi[Q * M];
            sg_base_rng_gaussians(w, D * M, rng);
            sg_base_rng_gaussians(phi, Q * M, rng);
            adopt(&p, 0, w, phi);
            const struct sg_sim_spec spec = {.field = &field, .net_opt = {.rate = mu},
                                             .sg_opt = {.rate = theta}, .timing = timing,
                                             .sg_step = rule};
            struct sg_sim *sim = sg_sim_alloc(&spec, w, phi);
            context("draw %llu, timing %zu, rule %d", (unsigned long long)draw, k / 2, (int)rule);
            for (size_t t = 0; t < STEPS; t++) {
                data[t] = random_data(random_size(1, N, rng), D, M, rng);
                batch[t] = sg_sim_batch(&data[t]);
                const long double reach = naive_step(&p, t, &data[t], &timing, rule,
                                                     (long double)mu, (long double)theta);
                sg_sim_step(sim, &batch[t]);
                check(&p, sim, t, reach, mu);
                adopt(&p, t + 1, sg_sim_w(sim), sg_sim_phi(sim));
            }
            sg_sim_free(sim);
            for (size_t t = 0; t < STEPS; t++)
                sg_data_free(&data[t]);
            sg_base_rng_free(rng);
        }
    sg_net_free(net);
}

/* A restart takes another theta, and a field or an optimiser without such a rule aborts. */
static void what_has_no_rule(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("no rule", 0);
    struct sg_data data = random_data(N, D, M, rng);
    struct sg_spectral *spectral;
    double start[Q * M] = {0};
    CHECK_STATUS(sg_sim_spectral_alloc(&spectral, &data, 7, 1), SG_OK);
    const struct sg_field field = sg_sim_spectral_field(spectral);
    const struct sg_sim_spec spec = {.field = &field, .sg_step = SG_STEP_NORMALISED};
    CHECK_ABORTS((void)sg_sim_alloc(&spec, start, start));
    const struct sg_layer layer = {SG_DENSE, M, false};
    const struct sg_module module = {1, SG_LINEAR, 7, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = D, .labels = M, .n_layers = 1,
                                 .layers = &layer, .n_modules = 1, .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_field of_net = sg_sim_net_field(net, N);
    const struct sg_sim_spec adam = {.field = &of_net, .sg_step = SG_STEP_NORMALISED,
                                     .sg_opt = {.kind = SG_ADAM, .rate = 1, .epsilon = 1}};
    CHECK_ABORTS((void)sg_sim_alloc(&adam, start, start));
    sg_net_free(net);
    sg_sim_spectral_free(spectral);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_equations), TEST(what_has_no_rule)};
    return RUN(tests);
}
