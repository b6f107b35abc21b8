/* Batch norm, unit by unit (Ioffe and Szegedy 2015):  h' = gamma hat + beta,  hat = (h - mean) r,
 * r = 1 / sqrt(variance + eps).
 *
 * Training: mean and variance are the batch's, divisor n, and the derivative goes through both.
 * With delta = n dL/dh',
 *   arriving = gamma r (delta - E[delta] - hat E[delta hat]),
 *   dgamma = E[delta hat],   dbeta = E[delta].
 * Otherwise they are the running moments, constants:  arriving = gamma r delta.  gamma, then beta
 * in w; mean, then variance in aux. */
#include <math.h>
#include <string.h>

#include "net/kernel/real.h"

#define sg_net_bn_sums SG_KERNEL(sg_net_bn_sums)
#define sg_net_bn_squares SG_KERNEL(sg_net_bn_squares)
#define sg_net_bn_apply SG_KERNEL(sg_net_bn_apply)
#define sg_net_bn_correlate SG_KERNEL(sg_net_bn_correlate)
#define sg_net_bn_arriving SG_KERNEL(sg_net_bn_arriving)
#define LANES (sizeof(sg_wide) / sizeof(sg_real))
#define LOAD(p) (*(const sg_wide *)(p))
#define STORE(p, v) (*(sg_wide *)(p) = (v))
/* body(type, READ, WRITE) for all k units of a row: wide, then one by one; both are the
 * same operations on a number. */
#define ONE_LOAD(p) (*(p))
#define ONE_STORE(p, v) (*(p) = (v))
#define UNITS(k, BODY)                                  \
    do {                                                \
        size_t j = 0;                                   \
        for (; j + LANES <= (k); j += LANES)            \
            BODY(sg_wide, LOAD, STORE);                 \
        for (; j < (k); j++)                            \
            BODY(sg_real, ONE_LOAD, ONE_STORE);         \
    } while (0)

static size_t n_params(const struct sg_layer *layer, size_t in)
{
    (void)layer;
    return 2 * in;
}

static size_t n_aux(size_t in)
{
    return 2 * in;
}

static size_t n_saved(size_t in)
{
    return 4 * in;     /* mean, r; then for backward E[delta], E[delta hat] */
}

static void init(void *wv, void *auxv, const struct sg_layer *layer, size_t in, double sd,
                 struct sg_rng *rng)
{
    (void)layer; (void)sd; (void)rng;
    sg_real *w = wv, *aux = auxv;
    for (size_t j = 0; j < in; j++) {
        w[j] = 1;
        w[in + j] = 0;
        if (aux) {
            aux[j] = 0;
            aux[in + j] = 1;
        }
    }
}

/* sum (k) = the n rows of x (n x k), added up. */
SG_WIDE static void sg_net_bn_sums(sg_real *sum, const sg_real *x, size_t n, size_t k)
{
    memset(sum, 0, k * sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        const sg_real *row = x + i * k;
#define BODY(real, READ, WRITE) WRITE(sum + j, READ(sum + j) + READ(row + j))
        UNITS(k, BODY);
#undef BODY
    }
}

/* sum (k) = of the squared distances from the mean. */
SG_WIDE static void sg_net_bn_squares(sg_real *sum, const sg_real *x, const sg_real *mean, size_t n,
                                      size_t k)
{
    memset(sum, 0, k * sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        const sg_real *row = x + i * k;
#define BODY(real, READ, WRITE) \
    WRITE(sum + j, \
          READ(sum + j) + (READ(row + j) - READ(mean + j)) * (READ(row + j) - READ(mean + j)))
        UNITS(k, BODY);
#undef BODY
    }
}

SG_WIDE static void sg_net_bn_apply(sg_real *out, const sg_real *x, const sg_real *mean,
                                    const sg_real *r, const sg_real *w, size_t n, size_t k)
{
    for (size_t i = 0; i < n; i++) {
        const sg_real *row = x + i * k;
        sg_real *to = out + i * k;
#define BODY(real, READ, WRITE) \
    WRITE(to + j, READ(w + j) * ((READ(row + j) - READ(mean + j)) * READ(r + j)) + READ(w + k + j))
        UNITS(k, BODY);
#undef BODY
    }
}

static void forward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n, k = pass->in;
    sg_real *mean = pass->saved, *r = mean + k, *aux = pass->aux;
    const sg_real weight = (sg_real)pass->block->weight, eps = (sg_real)SG_BATCHNORM_EPS,
                  step = (sg_real)SG_BATCHNORM_MOMENTUM;
    if (pass->train) {
        sg_net_bn_sums(mean, pass->h_in, n, k);
        for (size_t j = 0; j < k; j++)
            mean[j] *= weight;
        sg_net_bn_squares(r, pass->h_in, mean, n, k);
        for (size_t j = 0; j < k; j++)
            r[j] *= weight;
        /* mean and variance lie side by side in both */
        for (size_t j = 0; aux && j < 2 * k; j++)
            aux[j] = (1 - step) * aux[j] + step * mean[j];
    } else {
        SG_REQUIRE(aux);
        memcpy(mean, aux, 2 * k * sizeof *mean);
    }
    for (size_t j = 0; j < k; j++)
        r[j] = 1 / SG_SQRT(r[j] + eps);
    sg_net_bn_apply(pass->h_out, pass->h_in, mean, r, pass->w, n, k);
}

/* s (2k) = the sums of delta, then of delta hat. */
SG_WIDE static void sg_net_bn_correlate(sg_real *s, const sg_real *delta, const sg_real *x,
                                        const sg_real *saved, size_t n, size_t k)
{
    const sg_real *mean = saved, *r = saved + k;
    memset(s, 0, 2 * k * sizeof *s);
    for (size_t i = 0; i < n; i++) {
        const sg_real *d = delta + i * k, *row = x + i * k;
#define BODY(real, READ, WRITE) \
    do { \
        const real dj = READ(d + j); \
        WRITE(s + j, READ(s + j) + dj); \
        WRITE(s + k + j, READ(s + k + j) + dj * ((READ(row + j) - READ(mean + j)) * READ(r + j))); \
    } while (0)
        UNITS(k, BODY);
#undef BODY
    }
}

/* e (2k): E[delta], E[delta hat] */
SG_WIDE static void sg_net_bn_arriving(sg_real *arriving, const sg_real *delta, const sg_real *x,
                                       const sg_real *saved, const sg_real *e, const sg_real *gamma,
                                       size_t n, size_t k)
{
    const sg_real *mean = saved, *r = saved + k;
    for (size_t i = 0; i < n; i++) {
        const sg_real *d = delta + i * k, *row = x + i * k;
        sg_real *to = arriving + i * k;
#define BODY(real, READ, WRITE) \
    WRITE(to + j, READ(gamma + j) * READ(r + j) * \
                      (READ(d + j) - READ(e + j) - \
                       (READ(row + j) - READ(mean + j)) * READ(r + j) * READ(e + k + j)))
        UNITS(k, BODY);
#undef BODY
    }
}

static void backward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n, k = pass->in;
    sg_real *saved = pass->saved, *e = saved + 2 * k, *dw = pass->dw;
    if (!pass->arriving && !dw)
        return;
    sg_net_bn_correlate(e, pass->delta, pass->h_in, saved, n, k);
    for (size_t j = 0; j < 2 * k; j++)
        e[j] *= (sg_real)pass->block->weight;
    if (dw) {
        memcpy(dw, e + k, k * sizeof *dw);
        memcpy(dw + k, e, k * sizeof *dw);
    }
    if (!pass->train)
        memset(e, 0, 2 * k * sizeof *e);
    if (pass->arriving)
        sg_net_bn_arriving(pass->arriving, pass->delta, pass->h_in, saved, e, pass->w, n, k);
}

const struct sg_layer_ops SG_KERNEL(sg_net_batchnorm) = {
    .name = "batchnorm",
    .whole_batch = true,
    .n_params = n_params,
    .n_aux = n_aux,
    .n_saved = n_saved,
    .init = init,
    .forward = forward,
    .backward = backward,
};
