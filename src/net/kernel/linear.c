/* Linear SG: s = h A + y B + 1 C.  phi stacks the rows of A (k x k), B (m x k), C (1 x k), those that `terms` names.
 *
 *   grad of 1/2 E|s - target|^2:  dA += weight h^T e,  dB += weight y^T e,  dC += weight 1^T e,   e = s - target. */
#include <string.h>

#include "net/kernel/real.h"

static size_t rows(unsigned terms, size_t k, size_t m)
{
    return (terms & SG_H ? k : 0) + (terms & SG_Y ? m : 0) + (terms & SG_ONE ? 1 : 0);
}

static size_t n_params(const struct sg_module *module, size_t k, size_t m)
{
    return rows(module->terms, k, m) * k;
}

/* The regressors z = (h, y, 1), part by part, with the rows of phi they multiply. */
struct part { const sg_real *z; size_t width, offset; };

static size_t regressors(struct part part[3], const struct sg_family_pass *pass)
{
    size_t n = 0, offset = 0;
    if (pass->terms & SG_H) {
        part[n++] = (struct part){pass->h, pass->k, offset};
        offset += pass->k * pass->k;
    }
    if (pass->terms & SG_Y) {
        part[n++] = (struct part){pass->block->y, pass->m, offset};
        offset += pass->m * pass->k;
    }
    if (pass->terms & SG_ONE)
        part[n++] = (struct part){pass->block->one, 1, offset};
    return n;
}

static void apply(const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, pass), n = pass->block->n, k = pass->k;
    memset(pass->s, 0, n * k * sizeof(sg_real));
    for (size_t i = 0; i < parts; i++)
        sg_net_multiply_add(pass->s, part[i].z, (const sg_real *)pass->phi + part[i].offset, SG_NN, n, part[i].width, k, 1.0);
}

static void grad(const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, pass), n = pass->block->n, k = pass->k;
    for (size_t i = 0; i < parts; i++)
        sg_net_multiply_add((sg_real *)pass->dphi + part[i].offset, part[i].z, pass->err, SG_TN, part[i].width, n, k,
                            pass->block->weight);
}

const struct sg_family_ops SG_KERNEL(sg_net_linear_family) = {
    .name = "linear", .linear_in_phi = true, .n_params = n_params, .apply = apply, .grad = grad,
};
