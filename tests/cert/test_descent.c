/* The certificate of DY7's step: against a step solved by hand, and against loops in doubles with
 * the bound moved to both sides of what the step does. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"

#ifdef SG_HAVE_ARB
static void check_step(const struct sg_cert_descent *step, const struct sg_cert_data *data,
                       enum sg_status tracks, enum sg_status falls)
{
    enum sg_status found[2];
    sg_cert_descent_step(&found[0], &found[1], step, data);
    CHECK_STATUS(found[0], tracks);
    CHECK_STATUS(found[1], falls);
}

/* p = x w_1 w_2, x = (1, -1), y = (2, -2) + (1, 1): L = ((w_1 w_2 - 2)^2 + 1)/2, at (1, 1):
 * grad L = (-1, -1), |grad L|^2 = 2, L = 1. */
static void a_step_by_hand(void **state)
{
    (void)state;
    const double x[2] = {1, -1}, y[2] = {3, -1}, at[2] = {1, 1};
    const size_t width[3] = {1, 1, 1};
    const struct sg_cert_data data = {.n = 2, .d = 1, .m = 1, .x = x, .y = y};
    double to[2] = {1.25, 1.25}; /* mu = 1/4 along -grad L: the error is 0 */
    struct sg_cert_descent step = {
        .layers = 2, .width = width, .before = at, .after = to, .mu = 0.25, .rho = 0};
    /* L' = (25/16 - 2)^2/2 + 1/2: fell by 1/2 - 49/512 = 207/512, asked 1/4 */
    check_step(&step, &data, SG_OK, SG_OK);
    /* off by (1/2, 0) in dw, a relative error of 1/(2 sqrt 2): rho^2 = 1/8 */
    to[0] = 1.125;
    step.rho = sqrt(0.125) * (1 - 1e-15);
    check_step(&step, &data, SG_REFUTED, SG_OK);
    step.rho = sqrt(0.125) * (1 + 1e-15);
    check_step(&step, &data, SG_OK, SG_OK);
    /* the error is the whole gradient, exactly rho = 1: then any fall is enough, also none */
    to[0] = to[1] = 1;
    step.rho = 1;
    check_step(&step, &data, SG_OK, SG_OK);
    step.rho = 1 - 0x1p-53;
    check_step(&step, &data, SG_REFUTED, SG_REFUTED);
    /* uphill */
    to[0] = to[1] = 0.75;
    step.rho = 2;
    check_step(&step, &data, SG_OK, SG_REFUTED);
}

/* P = W_1 ... W_N, the loss and its gradient by differences of no kind: sums over samples. */
enum { N = 9, D = 3, M = 2, LAYERS = 3 };
static const size_t WIDTH[LAYERS + 1] = {D, 4, 2, M};
enum { SIZE = 3 * 4 + 4 * 2 + 2 * 2 };

static double loss_and_gradient(double *gradient, const double *w, const double *x, const double *y)
{
    double loss = 0;
    memset(gradient, 0, SIZE * sizeof *gradient);
    for (size_t i = 0; i < N; i++) {
        double h[LAYERS + 1][4] = {{0}}, delta[4] = {0}, below[4];
        const double *at = w;
        memcpy(h[0], x + i * D, D * sizeof *x);
        for (size_t l = 0; l < LAYERS; at += WIDTH[l] * WIDTH[l + 1], l++)
            for (size_t a = 0; a < WIDTH[l]; a++)
                for (size_t b = 0; b < WIDTH[l + 1]; b++)
                    h[l + 1][b] += h[l][a] * at[a * WIDTH[l + 1] + b];
        for (size_t b = 0; b < M; b++) {
            delta[b] = h[LAYERS][b] - y[i * M + b];
            loss += delta[b] * delta[b] / (2 * N);
        }
        double *into = gradient + SIZE;
        for (size_t l = LAYERS; l-- > 0;) {
            at -= WIDTH[l] * WIDTH[l + 1];
            into -= WIDTH[l] * WIDTH[l + 1];
            memset(below, 0, sizeof below);
            for (size_t a = 0; a < WIDTH[l]; a++)
                for (size_t b = 0; b < WIDTH[l + 1]; b++) {
                    into[a * WIDTH[l + 1] + b] += h[l][a] * delta[b] / N;
                    below[a] += at[a * WIDTH[l + 1] + b] * delta[b];
                }
            memcpy(delta, below, sizeof delta);
        }
    }
    return loss;
}

/* W' = W - mu (grad L + noise): rho just above and below the noise, and mu's decrease. */
static void steps_of_random_nets(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 12; k++) {
        struct sg_rng *rng = test_rng("descent", k);
        const double s = k % 3 == 0 ? 1 : k % 3 == 1 ? 1e9 : 1e-9, mu = 0.5 / (s * s);
        double x[N * D], y[N * M], w[SIZE], to[SIZE], g[SIZE], after[SIZE];
        for (size_t i = 0; i < N * D; i++)
            x[i] = s * sg_base_rng_gaussian(rng);
        for (size_t i = 0; i < N * M; i++)
            y[i] = s * sg_base_rng_gaussian(rng);
        for (size_t i = 0; i < SIZE; i++)
            w[i] = 0.7 * sg_base_rng_gaussian(rng);
        const double loss = loss_and_gradient(g, w, x, y), norm = sg_base_norm(g, SIZE);
        for (size_t i = 0; i < SIZE; i++)
            to[i] = w[i] - mu * (g[i] + 0.1 * norm / sqrt(SIZE) * sg_base_rng_gaussian(rng));
        double off = 0;
        for (size_t i = 0; i < SIZE; i++)
            off = hypot(off, (w[i] - to[i]) / mu - g[i]);
        const double fall = loss - loss_and_gradient(after, to, x, y);
        const struct sg_cert_data data = {.n = N, .d = D, .m = M, .x = x, .y = y};
        context("replicate %llu: error %g, fall %g of %g", (unsigned long long)k, off / norm,
                fall / (mu * norm * norm), loss / (mu * norm * norm));
        for (int side = -1; side <= 1; side += 2) {
            struct sg_cert_descent step = {.layers = LAYERS, .width = WIDTH, .before = w,
                                           .after = to, .mu = mu};
            enum sg_status tracks, falls;
            step.rho = off / norm * (1 + side * 1e-10);
            sg_cert_descent_step(&tracks, &falls, &step, &data);
            CHECK_STATUS(tracks, side > 0 ? SG_OK : SG_REFUTED);
            step.rho = 1 - 2 * fall / (mu * norm * norm) + side * 1e-10;
            if (step.rho < 0)
                continue;
            sg_cert_descent_step(&tracks, &falls, &step, &data);
            CHECK_STATUS(falls, side > 0 ? SG_OK : SG_REFUTED);
        }
        sg_base_rng_free(rng);
    }
}

static void bad_steps_are_refused(void **state)
{
    (void)state;
    const double x[2] = {1, -1}, y[2] = {3, -1}, at[2] = {1, 1}, no[2] = {1, SG_NAN};
    const size_t width[3] = {1, 1, 1}, other[3] = {1, 1, 2};
    const struct sg_cert_data data = {.n = 2, .d = 1, .m = 1, .x = x, .y = y},
                              without = {.n = 2, .d = 1, .m = 1, .x = x, .w = y};
    const struct sg_cert_descent good = {
        .layers = 2, .width = width, .before = at, .after = at, .mu = 1, .rho = 1};
    struct sg_cert_descent bad = good;
    bad.after = no;
    check_step(&bad, &data, SG_NOT_FINITE, SG_NOT_FINITE);
    bad = good;
    bad.before = no;
    check_step(&bad, &data, SG_NOT_FINITE, SG_NOT_FINITE);
    bad = good;
    bad.mu = HUGE_VAL;
    check_step(&bad, &data, SG_NOT_FINITE, SG_NOT_FINITE);
    bad.mu = 0;
    CHECK_ABORTS(check_step(&bad, &data, SG_OK, SG_OK));
    bad = good;
    bad.width = other;
    CHECK_ABORTS(check_step(&bad, &data, SG_OK, SG_OK));
    CHECK_ABORTS(check_step(&good, &without, SG_OK, SG_OK));
}
#else
static void nothing_is_proved(void **state)
{
    (void)state;
    enum sg_status tracks = SG_OK, falls = SG_OK;
    sg_cert_descent_step(&tracks, &falls, NULL, NULL);
    CHECK_STATUS(tracks, SG_UNPROVED);
    CHECK_STATUS(falls, SG_UNPROVED);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(a_step_by_hand), TEST(steps_of_random_nets), TEST(bad_steps_are_refused),
#else
        TEST(nothing_is_proved),
#endif
    };
    return RUN(tests);
}
