/* What each boundary needs, decided once: a gradient that nobody reads is not computed,
 * and that is what unlocks.
 *
 * Also the matrices that feedback alignment, direct feedback and kickback keep in place
 * of the net's own weights. */
#include <math.h>
#include <stdlib.h>

#include "net/internal.h"

/* Entries N(0, 1 / rows it sums over): what comes through has the mean square of what went
 * in.  A stream per boundary. */
static void *draw(const struct sg_net *net, size_t boundary, size_t rows, size_t entries)
{
    struct sg_rng *rng = sg_base_rng_alloc(net->arch.seed, "net", boundary, "fixed");
    double *wide = SG_NEW(entries, double);
    void *fixed = sg_base_alloc(entries, net->kernels->real_size);
    sg_base_rng_gaussians(wide, entries, rng);
    for (size_t i = 0; i < entries; i++)
        wide[i] /= sqrt((double)rows);
    net->kernels->round(fixed, wide, entries);
    free(wide);
    sg_base_rng_free(rng);
    return fixed;
}

static void *ones(const struct sg_net *net, size_t entries)
{
    double *wide = SG_NEW(entries, double);
    void *fixed = sg_base_alloc(entries, net->kernels->real_size);
    for (size_t i = 0; i < entries; i++)
        wide[i] = 1.0;
    net->kernels->round(fixed, wide, entries);
    free(wide);
    return fixed;
}

static void *fixed_matrix(const struct sg_net *net, size_t i)
{
    const size_t width = net->width[i], labels = net->width[net->arch.n_layers];
    switch (net->credit[i]) {
    case SG_FEEDBACK:
        SG_REQUIRE(i < net->arch.n_layers && sg_net_layer_ops(net, i)->matrix);
        return draw(net, i, net->width[i + 1], width * net->width[i + 1]);
    case SG_DIRECT:
        SG_REQUIRE(i < net->arch.n_layers);
        return draw(net, i, labels, labels * width);
    case SG_KICKBACK:
        SG_REQUIRE(i < net->arch.n_layers);
        return ones(net, labels * width);
    case SG_TRUE:
    case SG_NOTHING:
    case SG_CREDITS:
        break;
    }
    return NULL;
}

void sg_net_plan(struct sg_net *net)
{
    const size_t top = net->arch.n_layers;
    /* above i something other than the true gradient is passed down */
    bool cut = false;
    /* boundary of the lowest module that trains towards the true gradient */
    size_t lowest = top + 1;
    for (size_t j = net->arch.n_modules; j-- > 0;)
        if (net->modules[j].target == SG_TARGET_TRUE)
            lowest = net->modules[j].at;
    for (size_t i = top; i >= 1; i--) {
        struct sg_plan *plan = &net->plan[i];
        SG_REQUIRE((int)net->credit[i] < SG_CREDITS);
        plan->fixed = i >= 1 ? fixed_matrix(net, i) : NULL;
        const struct sg_module *module = plan->module == SG_NO_MODULE ? NULL
                                                                      : &net->modules[plan->module];
        const bool truth = lowest <= i, base = !(module && module->mix == 1.0);
        plan->base = base && plan->fixed;
        plan->arriving = i == top || (base && net->credit[i] == SG_TRUE) || (truth && !cut) ||
                         (module && module->target == SG_TARGET_ARRIVING);
        plan->truth = plan->arriving && !cut ? SG_TRUTH_ARRIVES
                      : truth                ? SG_TRUTH_APART
                                             : SG_TRUTH_NONE;
        cut = cut || net->credit[i] != SG_TRUE || (module && module->mix != 0.0);
    }
}
