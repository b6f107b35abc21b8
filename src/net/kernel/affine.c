/* Affine maps of an SG module's regressors: z Theta = h A + y B + 1 C, the parts that `terms`
 * names, Theta stacking their rows (A: k, B: m, C: 1), each `width` long.
 *
 *   d/dTheta of 1/2 E|z Theta - t|^2:  dA += weight h^T e,  dB += weight y^T e,  dC += weight
 *   1^T e,   e = z Theta - t. */
#include "net/kernel/real.h"

struct part { const sg_real *z; size_t width, row; bool labels; };
enum { WIDE = 64 };   /* columns from which on labels are worth looking at one by one */

static size_t regressors(struct part part[3], unsigned terms, const struct sg_family_pass *pass)
{
    size_t n = 0, row = 0;
    if (terms & SG_H) {
        part[n++] = (struct part){pass->h, pass->k, row, false};
        row += pass->k;
    }
    if (terms & SG_Y) {
        part[n++] = (struct part){pass->block->y, pass->m, row, true};
        row += pass->m;
    }
    if (terms & SG_ONE)
        part[n++] = (struct part){pass->block->one, 1, row, false};
    return n;
}

/* Labels times rows, by the labels that are not 0: one-hot, y B picks a row of B for each
 * sample and y^T e a row of dB.
 *   pick:  out_i += y_ij b_j,   collect:  db_j += weight y_ij e_i. */
static void pick(sg_real *out, const sg_real *y, const sg_real *b, size_t n, size_t m, size_t width)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (y[i * m + j] != 0)
                sg_net_multiply_add(out + i * width, b + j * width, &y[i * m + j], SG_NN, width, 1,
                                    1, 1.0);
}

static void collect(sg_real *db, const sg_real *y, const sg_real *e, size_t n, size_t m,
                    size_t width, double weight)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (y[i * m + j] != 0)
                sg_net_multiply_add(db + j * width, e + i * width, &y[i * m + j], SG_NN, width, 1,
                                    1, weight);
}

size_t sg_net_affine_rows(unsigned terms, size_t k, size_t m)
{
    return (terms & SG_H ? k : 0) + (terms & SG_Y ? m : 0) + (terms & SG_ONE ? 1 : 0);
}

void sg_net_affine_add(sg_real *out, const sg_real *theta, unsigned terms, size_t width,
                       const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, terms, pass);
    for (size_t i = 0; i < parts; i++)
        if (part[i].labels && width >= WIDE)
            pick(out, part[i].z, theta + part[i].row * width, pass->block->n, part[i].width, width);
        else
            sg_net_multiply_add(out, part[i].z, theta + part[i].row * width, SG_NN, pass->block->n,
                                part[i].width, width, 1.0);
}

void sg_net_affine_grad(sg_real *dtheta, const sg_real *err, unsigned terms, size_t width,
                        const struct sg_family_pass *pass)
{
    struct part part[3];
    const size_t parts = regressors(part, terms, pass);
    for (size_t i = 0; i < parts; i++)
        if (part[i].labels && width >= WIDE)
            collect(dtheta + part[i].row * width, part[i].z, err, pass->block->n, part[i].width,
                    width, pass->block->weight);
        else
            sg_net_multiply_add(dtheta + part[i].row * width, part[i].z, err, SG_TN, part[i].width,
                                pass->block->n, width, pass->block->weight);
}
