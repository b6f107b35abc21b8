/* own.h - private: things of other rooms that a lab ends when it ends.
 *
 * sg_lab_own_sim(lab, sim) hands `sim` to the lab and returns it.  NULL is fine. */
#ifndef SG_LAB_OWN_H
#define SG_LAB_OWN_H

#include "lab/lab.h"
#include "synthgrad/closed.h"
#include "synthgrad/deep.h"
#include "synthgrad/logloss.h"
#include "synthgrad/sim.h"

/* X(name, type, how it ends) */
#define SG_LAB_OWNED(X) \
    X(critical, sg_critical, sg_sim_critical_free) \
    X(fit, sg_fit, sg_closed_fit_free) \
    X(fitted, sg_fitted, sg_sim_fitted_free) \
    X(log_point, sg_log_point, sg_closed_log_point_free) \
    X(net, sg_net, sg_net_free) \
    X(normal, sg_deep_normal, sg_closed_deep_normal_free) \
    X(rng, sg_rng, sg_base_rng_free) \
    X(rows, sg_data, sg_data_free) \
    X(sim, sg_sim, sg_sim_free) \
    X(work, sg_net_work, sg_net_work_free)

#define SG_LAB_OWN(name, type, end) \
    struct type *sg_lab_own_##name(struct sg_lab *lab, struct type *thing);
SG_LAB_OWNED(SG_LAB_OWN)
#undef SG_LAB_OWN

#endif
