/* MLP as an SG: q = tanh(h A + y B + 1 C), s = q U + 1 D, with `hidden` units in q.
 *
 * phi stacks [A; B; C] (k + m + 1 rows of `hidden`, those that `terms` names), U (hidden x k), and
 * D (1 x k) where terms has 1. tanh rather than relu: L_SG is differentiable everywhere, so that
 * critical points, Jacobians and difference quotients mean what the theory says.  With
 * e = s - target: dU += q^T e, dD += 1^T e, and [A; B; C] sees (e U^T)(1 - q^2). */
#include <string.h>

#include "net/kernel/sigma.h"

static size_t inner_size(unsigned terms, size_t hidden, size_t k, size_t m)
{
    return sg_net_affine_rows(terms, k, m) * hidden;
}

static size_t n_params(const struct sg_module *module, size_t k, size_t m)
{
    SG_REQUIRE(module->hidden >= 1);
    return inner_size(module->terms, module->hidden, k, m) +
           (module->hidden + (module->terms & SG_ONE ? 1 : 0)) * k;
}

/* q, and (e U^T)(1 - q^2). */
static size_t scratch(const struct sg_module *module, size_t k)
{
    (void)k;
    return 2 * module->hidden;
}

/* s = 0, yet not stuck: U = D = 0, and [A; B; C] ~ N(0, 1 / its rows), so that dU is not 0 in the
 * first step and dA in the second.  At phi = 0, q = 0 and U = 0: only D would ever move. */
static void start(void *phiv, const struct sg_module *module, size_t k, size_t m,
                  struct sg_rng *rng)
{
    sg_real *phi = phiv;
    const size_t inner = inner_size(module->terms, module->hidden, k, m),
                 size = n_params(module, k, m);
    const double deviation = 1 / sqrt((double)sg_net_affine_rows(module->terms, k, m));
    for (size_t i = 0; i < inner; i++)
        phi[i] = (sg_real)(deviation * sg_base_rng_gaussian(rng));
    for (size_t i = inner; i < size; i++)
        phi[i] = 0;
}

static void apply(const struct sg_family_pass *pass)
{
    const size_t n = pass->block->n, k = pass->k, hidden = pass->hidden;
    const sg_real *phi = pass->phi, *u = phi + inner_size(pass->terms, hidden, k, pass->m);
    sg_real *q = pass->scratch;
    memset(q, 0, n * hidden * sizeof *q);
    sg_net_affine_add(q, phi, pass->terms, hidden, pass);
    for (size_t i = 0; i < n * hidden; i++)
        q[i] = SG_TANH(q[i]);
    memset(pass->s, 0, n * k * sizeof(sg_real));
    sg_net_multiply_add(pass->s, q, u, SG_NN, n, hidden, k, 1.0);
    if (pass->terms & SG_ONE)
        sg_net_multiply_add(pass->s, pass->block->one, u + hidden * k, SG_NN, n, 1, k, 1.0);
}

static void grad(const struct sg_family_pass *pass)
{
    const size_t n = pass->block->n, k = pass->k, hidden = pass->hidden,
                 inner = inner_size(pass->terms, hidden, k, pass->m);
    const double weight = pass->block->weight;
    const sg_real *u = (const sg_real *)pass->phi + inner, *q = pass->scratch;
    sg_real *below = (sg_real *)pass->scratch + n * hidden, *dphi = pass->dphi;
    sg_net_multiply_add(dphi + inner, q, pass->err, SG_TN, hidden, n, k, weight);
    if (pass->terms & SG_ONE)
        sg_net_multiply_add(dphi + inner + hidden * k, pass->block->one, pass->err, SG_TN, 1, n, k,
                            weight);
    memset(below, 0, n * hidden * sizeof *below);
    sg_net_multiply_add(below, pass->err, u, SG_NT, n, k, hidden, 1.0);
    for (size_t i = 0; i < n * hidden; i++)
        below[i] *= (1 - q[i]) * (1 + q[i]);
    sg_net_affine_grad(dphi, below, pass->terms, hidden, pass);
}

const struct sg_family_ops SG_KERNEL(sg_net_mlp) = {
    .name = "mlp",
    .n_params = n_params,
    .scratch = scratch,
    .start = start,
    .apply = apply,
    .grad = grad,
};
