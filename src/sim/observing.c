/* A net whose SGs only observe. */
#include <stdlib.h>

#include "sim/observing.h"

struct sg_net *sg_sim_observing_net(const struct sg_net *net)
{
    struct sg_arch arch = *sg_net_arch(net);
    struct sg_module *modules = sg_base_copy(arch.modules, arch.n_modules, sizeof *modules);
    for (size_t j = 0; j < arch.n_modules; j++)
        modules[j].mix = 0.0;
    arch.modules = modules;
    struct sg_net *truth = sg_net_alloc(&arch);
    free(modules);
    return truth;
}

size_t sg_sim_widest_module(const struct sg_net *net)
{
    const struct sg_arch *arch = sg_net_arch(net);
    size_t widest = 1;
    for (size_t j = 0; j < arch->n_modules; j++)
        if (sg_net_width(net, arch->modules[j].at) > widest)
            widest = sg_net_width(net, arch->modules[j].at);
    return widest;
}
