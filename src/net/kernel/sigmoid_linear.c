/* Sigmoid-linear SG: s = sigma(h A + 1 C) + y B + 1 D, sigma pointwise.  It contains the logistic
 * loss's own gradient sigma(p) - y (A = 1, B = -1, C = D = 0; claim CP7), and is not linear in phi.
 *
 * phi stacks the rows of A (k x k), C (1 x k), B (m x k), D (1 x k): the inner map's, then the
 * outer one's; B where `terms` has y, C and D where it has 1.  With e = s - target and
 * a = sigma(.), B and D see e, A and C see e a (1 - a). */
#include <string.h>

#include "net/kernel/sigma.h"

enum { INNER = SG_H | SG_ONE, OUTER = SG_Y | SG_ONE };

static size_t inner_size(unsigned terms, size_t k)
{
    return sg_net_affine_rows(terms & INNER, k, 0) * k;
}

static size_t n_params(const struct sg_module *module, size_t k, size_t m)
{
    SG_REQUIRE(module->terms & SG_H);
    return inner_size(module->terms, k) + sg_net_affine_rows(module->terms & OUTER, k, m) * k;
}

/* a, and e a (1 - a). */
static size_t scratch(const struct sg_module *module, size_t k)
{
    (void)module;
    return 2 * k;
}

/* s = 0: D takes sigma(0) = 1/2 away.  Without D the start is s = 1/2. */
static void start(void *phiv, const struct sg_module *module, size_t k, size_t m,
                  struct sg_rng *rng)
{
    sg_real *phi = phiv;
    const size_t size = n_params(module, k, m);
    (void)rng;
    for (size_t i = 0; i < size; i++)
        phi[i] = module->terms & SG_ONE && i + k >= size ? (sg_real)-0.5 : 0;
}

static void apply(const struct sg_family_pass *pass)
{
    const size_t size = pass->block->n * pass->k;
    const sg_real *phi = pass->phi;
    sg_real *a = pass->scratch, *s = pass->s;
    memset(a, 0, size * sizeof *a);
    sg_net_affine_add(a, phi, pass->terms & INNER, pass->k, pass);
    for (size_t i = 0; i < size; i++)
        s[i] = a[i] = sg_net_sigma(a[i]);
    sg_net_affine_add(s, phi + inner_size(pass->terms, pass->k), pass->terms & OUTER, pass->k,
                      pass);
}

static void grad(const struct sg_family_pass *pass)
{
    const size_t size = pass->block->n * pass->k;
    const sg_real *a = pass->scratch, *e = pass->err;
    sg_real *inner = (sg_real *)pass->scratch + size, *dphi = pass->dphi;
    for (size_t i = 0; i < size; i++)
        inner[i] = e[i] * (a[i] * (1 - a[i]));
    sg_net_affine_grad(dphi, inner, pass->terms & INNER, pass->k, pass);
    sg_net_affine_grad(dphi + inner_size(pass->terms, pass->k), e, pass->terms & OUTER, pass->k,
                       pass);
}

const struct sg_family_ops SG_KERNEL(sg_net_sigmoid_linear) = {
    .name = "sigmoid_linear",
    .n_params = n_params,
    .scratch = scratch,
    .start = start,
    .apply = apply,
    .grad = grad,
};
