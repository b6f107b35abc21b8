/* observing.h - private to sim/: a net whose SGs only observe. */
#ifndef SG_SIM_OBSERVING_H
#define SG_SIM_OBSERVING_H

#include "synthgrad/net.h"

/* The same net with mix = 0 in every module, so that dw is the true gradient. */
struct sg_net *sg_sim_observing_net(const struct sg_net *net);
/* Units of the widest module. */
size_t sg_sim_widest_module(const struct sg_net *net);

#endif
