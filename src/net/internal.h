/* internal.h - private: the net as its own room sees it. */
#ifndef SG_NET_INTERNAL_H
#define SG_NET_INTERNAL_H

#include "net/ops.h"

#define SG_NO_MODULE SIZE_MAX

struct sg_net {
    struct sg_arch arch;              /* its arrays are the three below */
    struct sg_layer *layers;
    struct sg_module *modules;
    enum sg_credit *credit;
    const struct sg_kernels *kernels;
    struct sg_sizes sizes;
    size_t *width;                    /* [L + 1] units of h_i */
    size_t *layer_offset;             /* [L] into w */
    size_t *module_offset;            /* [modules] into phi */
    size_t *module_at;                /* [L + 1] module at boundary i, or SG_NO_MODULE */
};

#endif
