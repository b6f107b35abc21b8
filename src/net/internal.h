/* internal.h - private: the net as its own room sees it. */
#ifndef SG_NET_INTERNAL_H
#define SG_NET_INTERNAL_H

#include "net/ops.h"

#define SG_NO_MODULE SIZE_MAX

/* Where the true g_i comes from:
 *   NONE     nowhere, because nobody needs it
 *   ARRIVES  it is what arrives from above
 *   APART    a second walk down the true gradients */
enum sg_truth { SG_TRUTH_NONE, SG_TRUTH_ARRIVES, SG_TRUTH_APART };

/* What has to be computed at a boundary.  What nobody reads is left out. */
struct sg_plan {
    bool arriving;             /* arriving_i */
    bool base;                 /* base_i in a buffer of its own, by a rule with a fixed matrix */
    enum sg_truth truth;
    void *fixed;               /* that matrix */
    size_t module;             /* or SG_NO_MODULE */
};

struct sg_net {
    struct sg_arch arch;              /* its arrays are the three below */
    struct sg_layer *layers;
    struct sg_module *modules;
    enum sg_credit *credit;
    const struct sg_kernels *kernels;
    struct sg_sizes sizes;
    bool whole_batch;                 /* some layer's rows are not independent: one block */
    size_t *width;                    /* [L + 1] units of h_i */
    size_t *layer_offset;             /* [L] into w */
    size_t *aux_offset;               /* [L] into aux */
    size_t *module_offset;            /* [modules] into phi */
    struct sg_plan *plan;             /* [L + 1] */
};

static inline const struct sg_layer_ops *sg_net_layer_ops(const struct sg_net *net, size_t layer)
{
    return net->kernels->layer[net->layers[layer].kind];
}

/* Fills plan.  The modules have to be in place. */
void sg_net_plan(struct sg_net *net);

struct sg_net_work {
    const struct sg_net *net;
    size_t boundaries, batch_max;     /* L + 1: the net may be freed first */
    const char *x;                    /* h_0: the batch's own rows */
    char **h, **arriving;             /* [L + 1], entry 0 unused */
    char **truth;                     /* the true g_i where it is not what arrives */
    char **base;                      /* base_i where a fixed matrix makes it */
    char **s, **mixed, **err;         /* at boundaries with a module: s_i;
                                         (1 - mix) base + mix s; s - target */
    char **saved;                     /* [L] what a layer's forward leaves to its backward */
    char *nothing;                    /* zeros, as wide as the widest boundary */
    const char **delta, **g;          /* [L + 1] which of the above was used in the
                                         last evaluation, or NULL */
    char **scratch;                   /* [modules] what apply leaves to grad */
    size_t *scratch_bytes;            /* [modules] a row */
    double loss, *sg_loss;            /* [modules] */
    size_t *row_bytes;                /* [L + 1] of h_i */
    struct sg_layer_pass *pass;       /* [L] what stays in it from step to step is in place */
    size_t modules;
};

#endif
