/* How far an SG steps: nu_t by its own regressors, normalised or by exact line search (DY13).
 *
 * Along -G the error s - target = z Psi becomes z Psi - nu z G.  Its mean square is a parabola in
 * nu with slope -2 |G|^2 at 0 and curvature E|z G|^2 <= N |G|^2, N = E|z|^2.  So theta / N with
 * theta <= 1 never steps past the minimum |G|^2 / E|z G|^2, which the line search finds. */
#include "net/internal.h"

/* N = E|z|^2 of a module, from the h that the last evaluation left. */
static double regressors(const struct sg_net *net, const struct sg_module *module,
                         const struct sg_batch *batch, const struct sg_net_work *work)
{
    const struct sg_kernels *kernels = net->kernels;
    const size_t n = batch->n;
    double sum = 0;
    if (module->terms & SG_H)
        sum += kernels->square(sg_net_view(work, SG_VIEW_H, module->at),
                               n * net->width[module->at]);
    if (module->terms & SG_Y)
        sum += kernels->square(batch->y, n * net->arch.labels);
    if (module->terms & SG_ONE)
        sum += kernels->square(batch->one, n);
    return sum / (double)n;
}

/* Where the module's part of phi begins, and how many numbers it has. */
static size_t part_of(size_t *size, const struct sg_net *net, size_t module)
{
    const size_t from = net->module_offset[module],
                 to = module + 1 < net->arch.n_modules ? net->module_offset[module + 1]
                                                       : net->sizes.phi;
    *size = to - from;
    return from * net->kernels->real_size;
}

double sg_net_step_curvature(const struct sg_net *net, size_t module, const void *direction,
                             const struct sg_batch *batch, const struct sg_net_work *work,
                             void *scratch)
{
    SG_REQUIRE(net && batch && work);
    SG_REQUIRE(module < net->arch.n_modules && batch->n >= 1 && batch->n <= work->batch_max);
    sg_net_apply_module(scratch, net, module, direction, batch, work);
    const size_t numbers = batch->n * net->width[net->modules[module].at];
    return net->kernels->square(scratch, numbers) / (double)batch->n;
}

double sg_net_step_rate(const struct sg_net *net, size_t module, enum sg_step_rule rule,
                        const void *dphi, const struct sg_batch *batch,
                        const struct sg_net_work *work, void *scratch)
{
    SG_REQUIRE(net && batch && work);
    SG_REQUIRE(module < net->arch.n_modules && batch->n >= 1 && batch->n <= work->batch_max);
    const struct sg_module *m = &net->modules[module];
    const struct sg_kernels *kernels = net->kernels;
    if (rule == SG_STEP_FIXED)
        return 1;
    SG_REQUIRE(kernels->family[m->family]->linear_in_phi);
    size_t size;
    const char *G = (const char *)dphi + part_of(&size, net, module);
    const double slope = kernels->square(G, size), N = regressors(net, m, batch, work);
    if (slope == 0 || N == 0)
        return 0;
    if (rule == SG_STEP_NORMALISED)
        return 1 / N;
    const double along = sg_net_step_curvature(net, module, dphi, batch, work, scratch);
    return along > 0 ? slope / along : 0;
}

void sg_net_step_scale(void *dphi, const struct sg_net *net, enum sg_step_rule rule,
                       const struct sg_batch *batch, const struct sg_net_work *work, void *scratch)
{
    SG_REQUIRE(net);
    for (size_t j = 0; j < net->arch.n_modules && rule != SG_STEP_FIXED; j++) {
        size_t size;
        const size_t at = part_of(&size, net, j);
        const double rate = sg_net_step_rate(net, j, rule, dphi, batch, work, scratch);
        net->kernels->scale((char *)dphi + at, rate, size);
    }
}

size_t sg_net_step_scratch(const struct sg_net *net, enum sg_step_rule rule)
{
    SG_REQUIRE(net);
    size_t widest = 0;
    for (size_t j = 0; j < net->arch.n_modules && rule == SG_STEP_LINE_SEARCH; j++)
        if (net->width[net->modules[j].at] > widest)
            widest = net->width[net->modules[j].at];
    return widest;
}
