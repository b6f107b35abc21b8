/* observing.h - private to sim/: the same net with every SG only observing, whose
 * dw is the true gradient. */
#ifndef SG_SIM_OBSERVING_H
#define SG_SIM_OBSERVING_H

#include "synthgrad/net.h"

struct sg_net *sg_sim_observing_net(const struct sg_net *net);
/* Units of the widest module. */
size_t sg_sim_widest_module(const struct sg_net *net);

#endif
