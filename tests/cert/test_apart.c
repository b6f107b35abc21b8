/* DY9's two runs in balls: a step by hand, simulated runs inside their enclosures, no SG error, and
 * what cannot be known. */
#include "support.h"

#include <float.h>
#include <math.h>

#include "synthgrad/cert.h"

#ifdef SG_HAVE_ARB
/* x = y = 1, W = (1, 1) in one dimension: p = 1 = y, backprop rests.  phi = (0, 0, c): s = c, so
 * W_1+ = 1 - mu c: apart by mu |c| after a step. */
static void a_step_by_hand(void **state)
{
    (void)state;
    const double one[2] = {1, 1};
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 1, 1}};
    const struct sg_cert_data data = {.n = 1, .d = 1, .m = 1, .x = one, .y = one};
    for (int k = 0; k < 3; k++) {
        const double c = k == 0 ? 0.5 : k == 1 ? -0x1p30 : 0x1p-30, phi[3] = {0, 0, c};
        const struct sg_cert_deep_apart ask = {.deep = &deep, .w = one, .phi = phi, .mu = 0.25,
                                               .nu = 0.125, .steps = 1};
        struct sg_interval r;
        context("c %g", c);
        CHECK_STATUS(sg_cert_deep_apart(&r, &data, &ask), SG_OK);
        CHECK(r.low <= 0.25 * fabs(c) && 0.25 * fabs(c) <= r.high);
        CHECK(r.high - r.low <= DBL_EPSILON * r.high);
    }
}

enum { N = 7, D = 3, K = 2, M = 2, Z = K + M + 1, N_W = D * K + K * M };
struct drawn { double x[N * D], y[N * M], w[N_W], phi[Z * K]; };

static void draw(struct drawn *r, struct sg_rng *rng)
{
    sg_base_rng_gaussians(r->x, N * D, rng);
    sg_base_rng_gaussians(r->y, N * M, rng);
    sg_base_rng_gaussians(r->w, N_W, rng);
    sg_base_rng_gaussians(r->phi, Z * K, rng);
}

/* The definition, sample by sample in long double; phi NULL: backprop. */
static void naive_step(long double *w, long double *phi, const struct drawn *r, double mu,
                       double nu)
{
    long double dw[N_W] = {0}, dphi[Z * K] = {0}, *u = w + D * K;
    for (int i = 0; i < N; i++) {
        long double z[Z] = {[K + M] = 1}, e[M], g[K] = {0}, s[K];
        for (int j = 0; j < K; j++)
            for (int a = 0; a < D; a++)
                z[j] += (long double)r->x[i * D + a] * w[a * K + j];
        for (int o = 0; o < M; o++) {
            z[K + o] = (long double)r->y[i * M + o];
            e[o] = -z[K + o];
            for (int j = 0; j < K; j++)
                e[o] += z[j] * u[j * M + o];
        }
        for (int j = 0; j < K; j++) {
            for (int o = 0; o < M; o++)
                g[j] += e[o] * u[j * M + o];
            s[j] = phi ? 0 : g[j];
            for (int a = 0; phi && a < Z; a++)
                s[j] += z[a] * phi[a * K + j];
            for (int a = 0; a < D; a++)
                dw[a * K + j] += (long double)r->x[i * D + a] * s[j] / N;
            for (int o = 0; o < M; o++)
                dw[D * K + j * M + o] += z[j] * e[o] / N;
            for (int a = 0; a < Z; a++)
                dphi[a * K + j] += z[a] * (s[j] - g[j]) / N;
        }
    }
    for (int i = 0; i < N_W; i++)
        w[i] -= (long double)mu * dw[i];
    for (int i = 0; phi && i < Z * K; i++)
        phi[i] -= (long double)nu * dphi[i];
}

static void drawn_runs_are_enclosed(void **state)
{
    (void)state;
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {D, K, M}};
    struct sg_rng *rng = test_rng("apart", 0);
    for (uint64_t k = 0; k < 12; k++) {
        struct drawn r;
        draw(&r, rng);
        const struct sg_cert_data data = {.n = N, .d = D, .m = M, .x = r.x, .y = r.y};
        const struct sg_cert_deep_apart ask = {.deep = &deep, .w = r.w, .phi = r.phi, .mu = 0.01,
                                               .nu = 0.05, .steps = 3 * k};
        long double w[N_W], plain[N_W], phi[Z * K], square = 0;
        for (int i = 0; i < N_W; i++)
            w[i] = plain[i] = (long double)r.w[i];
        for (int i = 0; i < Z * K; i++)
            phi[i] = (long double)r.phi[i];
        for (uint64_t t = 0; t < ask.steps; t++) {
            naive_step(w, phi, &r, ask.mu, ask.nu);
            naive_step(plain, NULL, &r, ask.mu, ask.nu);
        }
        for (int i = 0; i < N_W; i++)
            square += (w[i] - plain[i]) * (w[i] - plain[i]);
        struct sg_interval distance;
        context("%d steps", (int)ask.steps);
        const enum sg_status status = sg_cert_deep_apart(&distance, &data, &ask);
        CHECK_STATUS(status, SG_OK);
        if (k)
            CHECK_CLOSE((double)sqrtl(square), distance.low,
                        4 * SG_UNIT_ROUNDOFF * distance.high);
        else
            CHECK(distance.low == 0 && distance.high == 0);
    }
    sg_base_rng_free(rng);
}

/* Runs that leave, too many steps and NaN are no answer. */
static void what_cannot_be_known(void **state)
{
    (void)state;
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {D, K, M}};
    struct sg_rng *rng = test_rng("apart", 1);
    struct drawn r;
    struct sg_interval distance;
    draw(&r, rng);
    const struct sg_cert_data data = {.n = N, .d = D, .m = M, .x = r.x, .y = r.y};
    struct sg_cert_deep_apart ask = {.deep = &deep, .w = r.w, .phi = r.phi, .mu = 10, .nu = 10,
                                     .steps = 400};
    CHECK_STATUS(sg_cert_deep_apart(&distance, &data, &ask), SG_UNPROVED);
    CHECK_NAN(&distance.low, 2);
    ask.steps = SG_CERT_APART_STEPS_MOST + 1;
    CHECK_STATUS(sg_cert_deep_apart(&distance, &data, &ask), SG_UNPROVED);
    ask.mu = SG_NAN;
    CHECK_STATUS(sg_cert_deep_apart(&distance, &data, &ask), SG_NOT_FINITE);
    CHECK_NAN(&distance.low, 2);
    sg_base_rng_free(rng);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(a_step_by_hand),
        TEST(drawn_runs_are_enclosed),
        TEST(what_cannot_be_known),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
