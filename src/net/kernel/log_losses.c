/* Log losses on one block of rows, written so that no digit is lost to cancellation and nothing
 * overflows.
 *
 * Logistic (m = 1):
 *   l = softplus(p) - y p = (1 - y) softplus(p) + y softplus(-p),
 *                           since softplus(p) - p = softplus(-p);
 *   g = sigma(p) - y      = (1 - y) sigma(p) - y sigma(-p),
 *                           since sigma(p) + sigma(-p) = 1.
 * Softmax (m >= 2), s = softmax(p), y >= 0:
 *   l   = -sum_j y_j log s_j       = sum_j y_j (log sum_i e^{p_i} - p_j);
 *   g_j = (sum_i y_i) s_j - y_j    = sum_{i != j} (y_i s_j - y_j s_i),  since sum_i s_i = 1.
 * For labels in {0, 1} and one-hot rows each is a sum of terms of one sign: relative accuracy, down
 * to where e^p underflows. */
#include "net/kernel/sigma.h"

static double logistic_value(const void *pv, size_t m, const struct sg_block *block)
{
    const sg_real *p = pv, *y = block->y;
    double sum = 0;
    for (size_t i = 0; i < block->n * m; i++) {
        const double pi = (double)p[i], yi = (double)y[i];
        sum += (1 - yi) * sg_net_softplus(pi) + yi * sg_net_softplus(-pi);
    }
    return sum * block->weight;
}

static void logistic_grad(void *gv, const void *pv, size_t m, const struct sg_block *block)
{
    sg_real *g = gv;
    const sg_real *p = pv, *y = block->y;
    for (size_t i = 0; i < block->n * m; i++)
        g[i] = (1 - y[i]) * sg_net_sigma(p[i]) - y[i] * sg_net_sigma(-p[i]);
}

static size_t largest(const sg_real *p, size_t m)
{
    size_t top = 0;
    for (size_t j = 1; j < m; j++)
        if (p[j] > p[top])
            top = j;
    return top;
}

/* log sum_i e^{p_i} - p_j = (p_top - p_j) + log(1 + sum_{i != top} e^{p_i - p_top}). */
static double softmax_value(const void *pv, size_t m, const struct sg_block *block)
{
    double sum = 0;
    for (size_t r = 0; r < block->n; r++) {
        const sg_real *p = (const sg_real *)pv + r * m, *y = (const sg_real *)block->y + r * m;
        const size_t top = largest(p, m);
        double others = 0;
        for (size_t j = 0; j < m; j++)
            others += j == top ? 0 : exp((double)p[j] - (double)p[top]);
        for (size_t j = 0; j < m; j++)
            sum += (double)y[j] * (((double)p[top] - (double)p[j]) + log1p(others));
    }
    return sum * block->weight;
}

/* g holds e_i = e^{p_i - p_top}; left to right each becomes its gradient, with the sums
 * over i != j from both sides. */
static void gradient_row(sg_real *g, const sg_real *y, size_t m)
{
    sg_real sum_e = 0, sum_y = 0, e_before = 0, y_before = 0;
    for (size_t j = 0; j < m; j++) {
        sum_e += g[j];
        sum_y += y[j];
    }
    for (size_t j = 0; j < m; j++) {
        const sg_real e = g[j];
        sg_real other_e = e_before, other_y = y_before;
        /* where y_j = 0 the first line of the equation has no difference */
        for (size_t i = j + 1; y[j] != 0 && i < m; i++) {
            other_e += g[i];
            other_y += y[i];
        }
        g[j] = (y[j] != 0 ? other_y * e - y[j] * other_e : sum_y * e) / sum_e;
        e_before += e;
        y_before += y[j];
    }
}

static void softmax_grad(void *gv, const void *pv, size_t m, const struct sg_block *block)
{
    for (size_t r = 0; r < block->n; r++) {
        const sg_real *p = (const sg_real *)pv + r * m;
        sg_real *g = (sg_real *)gv + r * m;
        const size_t top = largest(p, m);
        for (size_t j = 0; j < m; j++)
            g[j] = SG_EXP(p[j] - p[top]);
        gradient_row(g, (const sg_real *)block->y + r * m, m);
    }
}

const struct sg_loss_ops SG_KERNEL(sg_net_logistic) = {.name = "logistic",
                                                       .value = logistic_value,
                                                       .grad = logistic_grad};
const struct sg_loss_ops SG_KERNEL(sg_net_softmax) = {.name = "softmax",
                                                      .value = softmax_value,
                                                      .grad = softmax_grad};
