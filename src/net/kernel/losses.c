/* Losses on one block of rows: l(p, y) summed and weighted, and the
 * per-sample gradient g = dl/dp. */
#include <math.h>

#include "net/kernel/real.h"

/* MSE: l = 1/2 |p - y|^2, g = p - y. */
static double mse_value(const void *pv, size_t m, const struct sg_block *block)
{
    const sg_real *p = pv, *y = block->y;
    double sum = 0;
    for (size_t i = 0; i < block->n * m; i++)
        sum += ((double)p[i] - (double)y[i]) * ((double)p[i] - (double)y[i]);
    return 0.5 * sum * block->weight;
}

static void mse_grad(void *gv, const void *pv, size_t m, const struct sg_block *block)
{
    sg_real *g = gv;
    const sg_real *p = pv, *y = block->y;
    for (size_t i = 0; i < block->n * m; i++)
        g[i] = p[i] - y[i];
}

/* Absolute loss: l = sum_j |p_j - y_j|, g = sign(p - y) with subgradient 0 at 0 (claim CP4). */
static double abs_value(const void *pv, size_t m, const struct sg_block *block)
{
    const sg_real *p = pv, *y = block->y;
    double sum = 0;
    for (size_t i = 0; i < block->n * m; i++)
        sum += fabs((double)p[i] - (double)y[i]);
    return sum * block->weight;
}

static void abs_grad(void *gv, const void *pv, size_t m, const struct sg_block *block)
{
    sg_real *g = gv;
    const sg_real *p = pv, *y = block->y;
    for (size_t i = 0; i < block->n * m; i++)
        g[i] = (sg_real)((p[i] > y[i]) - (p[i] < y[i]));
}

const struct sg_loss_ops SG_KERNEL(sg_net_mse) = {.name = "mse",
                                                  .value = mse_value,
                                                  .grad = mse_grad};
const struct sg_loss_ops SG_KERNEL(sg_net_abs) = {.name = "abs",
                                                  .value = abs_value,
                                                  .grad = abs_grad};
