/* The tables a type brings, and the loops over flat vectors. */
#include <math.h>

#include "net/kernel/real.h"

SG_WIDE static void sg_net_descend(void *nextv, const void *thetav, const void *gradv, double rate,
                                   size_t n)
{
    sg_real *next = nextv;
    const sg_real *theta = thetav, *grad = gradv, r = (sg_real)rate;
    const size_t lanes = sizeof(sg_wide) / sizeof(sg_real);
    size_t i = 0;
    for (; i + lanes <= n; i += lanes)
        *(sg_wide *)(next + i) = *(const sg_wide *)(theta + i) - r * *(const sg_wide *)(grad + i);
    for (; i < n; i++)
        next[i] = theta[i] - r * grad[i];
}

static void mix(void *outv, const void *av, const void *bv, double weight_b, size_t n)
{
    sg_real *out = outv;
    const sg_real *a = av, *b = bv, wb = (sg_real)weight_b, wa = 1 - wb;
    for (size_t i = 0; i < n; i++)
        out[i] = wa * a[i] + wb * b[i];
}

static double subtract(void *outv, const void *av, const void *bv, size_t n)
{
    sg_real *out = outv;
    const sg_real *a = av, *b = bv;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = a[i] - b[i];
        sum += (double)out[i] * (double)out[i];
    }
    return sum;
}

static double square(const void *av, size_t n)
{
    enum { LANES = 8 };
    const sg_real *a = av;
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += (double)a[i + j] * (double)a[i + j];
    for (; i < n; i++)
        sum += (double)a[i] * (double)a[i];
    for (size_t j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

static void scale(void *av, double by, size_t n)
{
    sg_real *a = av;
    for (size_t i = 0; i < n; i++)
        a[i] = (sg_real)((double)a[i] * by);
}

static bool all_finite(const void *av, size_t n)
{
    const sg_real *a = av;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(a[i]))
            return false;
    return true;
}

static void round_all(void *outv, const double *a, size_t n)
{
    sg_real *out = outv;
    for (size_t i = 0; i < n; i++)
        out[i] = (sg_real)a[i];
}

static void multiply(void *c, const void *a, const void *b, enum sg_transpose op, size_t m,
                     size_t k, size_t n)
{
    sg_net_multiply(c, a, b, op, m, k, n, 1.0, false);
}

static bool tiles(void *c, const void *a, const void *b, enum sg_transpose op, size_t m, size_t k,
                  size_t n)
{
    return sg_net_tiles(c, a, b, NULL, NULL, op, m, k, n, 1, false);
}

const struct sg_kernels SG_KERNEL(sg_net_kernels) = {
    .real_size = sizeof(sg_real),
    .layer = {[SG_DENSE] = &SG_KERNEL(sg_net_dense),
              [SG_RELU] = &SG_KERNEL(sg_net_relu),
              [SG_SIGMOID] = &SG_KERNEL(sg_net_sigmoid),
              [SG_BATCHNORM] = &SG_KERNEL(sg_net_batchnorm)},
    .family = {[SG_LINEAR] = &SG_KERNEL(sg_net_linear_family),
               [SG_SIGMOID_LINEAR] = &SG_KERNEL(sg_net_sigmoid_linear),
               [SG_MLP] = &SG_KERNEL(sg_net_mlp)},
    .loss = {[SG_MSE] = &SG_KERNEL(sg_net_mse),
             [SG_ABS] = &SG_KERNEL(sg_net_abs),
             [SG_SOFTMAX_XENT] = &SG_KERNEL(sg_net_softmax),
             [SG_LOGISTIC] = &SG_KERNEL(sg_net_logistic)},
    .descend = sg_net_descend,
    .optimise = sg_net_optimise,
    .mix = mix,
    .subtract = subtract,
    .square = square,
    .scale = scale,
    .all_finite = all_finite,
    .round = round_all,
    .multiply = multiply,
    .tiles = tiles,
};
