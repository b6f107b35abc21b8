/* Exact line search for the SG step.
 *
 * L_SG(phi - nu G) = 1/2 E|s - g - nu Z G|^2 is a parabola in nu with slope -|G|^2 at 0 and
 * curvature E|Z G|^2, and for a family that is linear in phi, Z G is the module applied
 * with G for its parameters. */
#include "synthgrad/sim.h"

double sg_sim_curvature(const struct sg_net *net, const double *direction,
                        const struct sg_batch *batch, const struct sg_net_work *work,
                        double *s_scratch)
{
    const struct sg_arch *arch = sg_net_arch(net);
    double curvature = 0.0;
    SG_REQUIRE(arch->dtype == SG_F64);
    for (size_t j = 0; j < arch->n_modules; j++) {
        const size_t numbers = batch->n * sg_net_width(net, arch->modules[j].at);
        sg_net_apply_module(s_scratch, net, j, direction, batch, work);
        curvature += sg_base_dot(s_scratch, s_scratch, numbers) * (1.0 / (double)batch->n);
    }
    return curvature;
}

double sg_sim_line_search(const struct sg_net *net, const double *dphi,
                          const struct sg_batch *batch, const struct sg_net_work *work,
                          double *s_scratch)
{
    const double slope = sg_base_dot(dphi, dphi, sg_net_sizes(net).phi);
    return slope > 0.0 ? slope / sg_sim_curvature(net, dphi, batch, work, s_scratch) : 0.0;
}
