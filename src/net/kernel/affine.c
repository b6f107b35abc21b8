/* Affine maps of an SG module's regressors: z Theta = h A + y B + 1 C, the parts that `terms` names, Theta stacking their rows
 * (A: k, B: m, C: 1), each `width` long.
 *
 *   d/dTheta of 1/2 E|z Theta - t|^2:  dA += weight h^T e,  dB += weight y^T e,  dC += weight 1^T e,   e = z Theta - t. */
#include "net/kernel/real.h"

struct part { const sg_real *z; size_t width, row; };

static size_t regressors(struct part part[3], unsigned terms, const struct sg_family_pass *pass)
{
    size_t n = 0, row = 0;
    if (terms & SG_H) {
        part[n++] = (struct part){pass->h, pass->k, row};
        row += pass->k;
    }
    if (terms & SG_Y) {
        part[n++] = (struct part){pass->block->y, pass->m, row};
        row += pass->m;
    }
    if (terms & SG_ONE)
        part[n++] = (struct part){pass->block->one, 1, row};
    return n;
}

size_t sg_net_affine_rows(unsigned terms, size_t k, size_t m)
{
    return (terms & SG_H ? k : 0) + (terms & SG_Y ? m : 0) + (terms & SG_ONE ? 1 : 0);
}

void sg_net_affine_add(sg_real *out, const sg_real *theta, unsigned terms, size_t width, const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, terms, pass);
    for (size_t i = 0; i < parts; i++)
        sg_net_multiply_add(out, part[i].z, theta + part[i].row * width, SG_NN, pass->block->n, part[i].width, width, 1.0);
}

void sg_net_affine_grad(sg_real *dtheta, const sg_real *err, unsigned terms, size_t width, const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, terms, pass);
    for (size_t i = 0; i < parts; i++)
        sg_net_multiply_add(dtheta + part[i].row * width, part[i].z, err, SG_TN, part[i].width, pass->block->n, width,
                            pass->block->weight);
}
