/* Exact line search with one nu for all SG modules at once (DY5): their L_SG add up, and so do
 * their slopes and curvatures.  Each module by itself: sg_net_step_rate(). */
#include "synthgrad/sim.h"

double sg_sim_curvature(const struct sg_net *net, const double *direction,
                        const struct sg_batch *batch, const struct sg_net_work *work,
                        double *s_scratch)
{
    const struct sg_arch *arch = sg_net_arch(net);
    double curvature = 0.0;
    SG_REQUIRE(arch->dtype == SG_F64);
    for (size_t j = 0; j < arch->n_modules; j++)
        curvature += sg_net_step_curvature(net, j, direction, batch, work, s_scratch);
    return curvature;
}

double sg_sim_line_search(const struct sg_net *net, const double *dphi,
                          const struct sg_batch *batch, const struct sg_net_work *work,
                          double *s_scratch)
{
    const double slope = sg_base_dot(dphi, dphi, sg_net_sizes(net).phi);
    return slope > 0.0 ? slope / sg_sim_curvature(net, dphi, batch, work, s_scratch) : 0.0;
}
