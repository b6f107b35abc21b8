/* Linear SG: s = h A + y B + 1 C.  phi stacks the rows of A (k x k), B (m x k), C (1 x k),
 * those that `terms` names. */
#include <string.h>

#include "net/kernel/real.h"

static size_t n_params(const struct sg_module *module, size_t k, size_t m)
{
    return sg_net_affine_rows(module->terms, k, m) * k;
}

static void apply(const struct sg_family_pass *pass)
{
    memset(pass->s, 0, pass->block->n * pass->k * sizeof(sg_real));
    sg_net_affine_add(pass->s, pass->phi, pass->terms, pass->k, pass);
}

static void grad(const struct sg_family_pass *pass)
{
    sg_net_affine_grad(pass->dphi, pass->err, pass->terms, pass->k, pass);
}

const struct sg_family_ops SG_KERNEL(sg_net_linear_family) = {
    .name = "linear", .linear_in_phi = true, .n_params = n_params, .apply = apply, .grad = grad,
};
