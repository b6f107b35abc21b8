/* Exact line search for the SG step.
 *
 * L_SG(phi - nu G) = 1/2 E|s - g - nu Z G|^2 is a parabola in nu with slope -|G|^2 at 0 and
 * curvature E|Z G|^2, and for a family that is linear in phi, Z G is the module applied
 * with G for its parameters. */
#include "net/internal.h"
#include "synthgrad/sim.h"

double sg_sim_curvature(const struct sg_net *net, const double *direction,
                        const struct sg_batch *batch, const struct sg_net_work *work,
                        double *s_scratch)
{
    const struct sg_block block = {.n = batch->n,
                                   .y = batch->y,
                                   .one = batch->one,
                                   .weight = 1.0 / (double)batch->n};
    double curvature = 0.0;
    SG_REQUIRE(net->arch.dtype == SG_F64);
    for (size_t j = 0; j < net->arch.n_modules; j++) {
        const struct sg_module *module = &net->arch.modules[j];
        const struct sg_family_ops *family = net->kernels->family[module->family];
        const size_t k = net->width[module->at];
        SG_REQUIRE(family->linear_in_phi);
        const struct sg_family_pass pass = {.block = &block,
                                            .k = k,
                                            .m = net->arch.labels,
                                            .terms = module->terms,
                                            .phi = direction + net->module_offset[j],
                                            .h = sg_net_view(work, SG_VIEW_H, module->at),
                                            .s = s_scratch};
        family->apply(&pass);
        curvature += sg_base_dot(s_scratch, s_scratch, batch->n * k) * block.weight;
    }
    return curvature;
}

double sg_sim_line_search(const struct sg_net *net, const double *dphi,
                          const struct sg_batch *batch, const struct sg_net_work *work,
                          double *s_scratch)
{
    const double slope = sg_base_dot(dphi, dphi, net->sizes.phi);
    return slope > 0.0 ? slope / sg_sim_curvature(net, dphi, batch, work, s_scratch) : 0.0;
}
