/* How far rounding can take an evaluation of the net: the same walk over absolute values.
 *
 * Every component of (dw, dphi) is a sum of products of the inputs x, y, 1, W, phi.  Let M be the
 * value of the same sum when all products add up without cancelling.  Then the error of the real
 * one is at most gamma_K M, with at most K roundings between any input and the result (Higham, ASNA
 * 2nd ed., 3.1).  The net itself computes M from inputs with other signs:
 *   W, x   become |W|, |x|
 *   y      becomes -|y|, so that p - y adds up
 *   phi    becomes -|phi| (its y rows +|phi|) where the target is positive, and the other way
 *          round, so that s has the sign against its target and s - target adds up */
#include <math.h>
#include <stdlib.h>

#include "synthgrad/sim.h"

struct sg_rounding {
    const struct sg_net *net;
    struct sg_net_work *work;
    struct sg_data rows;              /* |x|, -|y|, |1| */
    double *w, *phi;
    double gamma;                     /* gamma_K */
};

/* Rows of module j's regressors (h, y, 1). */
static size_t regressors(const struct sg_net *net, size_t j)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_module *module = &arch->modules[j];
    return (module->terms & SG_H ? sg_net_width(net, module->at) : 0) +
           (module->terms & SG_Y ? arch->labels : 0) + (module->terms & SG_ONE ? 1 : 0);
}

/* Roundings between an input and the result:
 *   in + 1          a layer's sum of `in` products.  It enters twice, through h and through what is
 *                   computed from h.
 *   out + 1         a layer's way back
 *   regressors + 2  an SG, with one for s - target
 *   n + 2           the outer product with the batch
 *   1               p - y */
static double roundings(const struct sg_net *net, size_t n)
{
    const struct sg_arch *arch = sg_net_arch(net);
    double k = (double)n + 3;
    for (size_t i = 0; i < arch->n_layers; i++)
        k += 2 * ((double)sg_net_width(net, i) + 1) + (double)sg_net_width(net, i + 1) + 1;
    for (size_t j = 0; j < arch->n_modules; j++)
        k += (double)regressors(net, j) + 2;
    return k;
}

struct sg_rounding *sg_sim_rounding_alloc(const struct sg_net *net, const struct sg_batch *batch)
{
    SG_REQUIRE(batch);
    const struct sg_arch *arch = sg_net_arch(net);
    SG_REQUIRE(sg_net_is_linear(net) && arch->dtype == SG_F64);
    for (size_t j = 0; j < arch->n_modules; j++)
        SG_REQUIRE(arch->modules[j].mix == 0.0 || arch->modules[j].mix == 1.0);
    struct sg_rounding *r = SG_NEW(1, struct sg_rounding);
    const struct sg_sizes sizes = sg_net_sizes(net);
    const double *x = batch->x, *y = batch->y, *one = batch->one;
    r->net = net;
    r->work = sg_net_work_alloc(net, batch->n);
    r->w = SG_NEW(sizes.w, double);
    r->phi = SG_NEW(sizes.phi, double);
    sg_data_alloc(&r->rows, batch->n, arch->inputs, arch->labels);
    for (size_t i = 0; i < batch->n * arch->inputs; i++)
        r->rows.x[i] = fabs(x[i]);
    for (size_t i = 0; i < batch->n * arch->labels; i++)
        r->rows.y[i] = -fabs(y[i]);
    for (size_t i = 0; i < batch->n; i++)
        r->rows.one[i] = fabs(one[i]);
    const double ku = roundings(net, batch->n) * SG_UNIT_ROUNDOFF;
    r->gamma = ku / (1 - ku);
    return r;
}

void sg_sim_rounding_free(struct sg_rounding *r)
{
    if (!r)
        return;
    sg_net_work_free(r->work);
    sg_data_free(&r->rows);
    free(r->w);
    free(r->phi);
    free(r);
}

static void signed_phi(struct sg_rounding *r, const double *phi)
{
    const struct sg_arch *arch = sg_net_arch(r->net);
    double arriving = 1;                                  /* the sign of what comes down */
    for (size_t j = arch->n_modules; j-- > 0;) {
        const struct sg_module *module = &arch->modules[j];
        const size_t at = sg_net_module_offset(r->net, j), k = sg_net_width(r->net, module->at),
                     rows = regressors(r->net, j);
        const double sign = module->target == SG_TARGET_TRUE ? -1 : -arriving;
        const size_t y_from = module->terms & SG_H ? k : 0,
                     y_to = y_from + (module->terms & SG_Y ? arch->labels : 0);
        for (size_t i = 0; i < rows; i++)
            for (size_t l = 0; l < k; l++)
                r->phi[at + i * k + l] = (i >= y_from && i < y_to ? -sign : sign) *
                                         fabs(phi[at + i * k + l]);
        if (module->mix == 1.0)
            arriving = sign;
    }
}

void sg_sim_rounding(double *dw, double *dphi, struct sg_rounding *r, const double *w,
                     const double *phi)
{
    SG_REQUIRE(dw && r && w);
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    const struct sg_batch batch = sg_sim_batch(&r->rows);
    for (size_t i = 0; i < sizes.w; i++)
        r->w[i] = fabs(w[i]);
    signed_phi(r, phi);
    sg_net_eval(dw, dphi, NULL, r->net, r->w, r->phi, &batch, SG_WANT_W | SG_WANT_PHI, r->work);
    for (size_t i = 0; i < sizes.w; i++)
        dw[i] = r->gamma * fabs(dw[i]);
    for (size_t i = 0; i < sizes.phi; i++)
        dphi[i] = r->gamma * fabs(dphi[i]);
}
