/* linear_net.h - a random net whose L_SG is a quadratic form in phi, evaluated once: what the tests
 * of an SG's own step and of the line search draw. */
#ifndef SG_TESTS_NET_LINEAR_NET_H
#define SG_TESTS_NET_LINEAR_NET_H

#include <stdlib.h>

#include "support.h"
#include "synthgrad/net.h"

/* A net of depth 1-3 with a linear module at the output and at some boundaries below. */
struct linear_net {
    struct sg_layer layers[3];
    struct sg_module modules[3];
    struct sg_arch arch;
    struct sg_net *net;
    struct sg_net_work *work;
    size_t n, real;
    void *x, *y, *one, *w, *phi, *dphi, *scratch;
    struct sg_batch batch;
};

static inline double number(const void *a, size_t i, enum sg_dtype dtype)
{
    return dtype == SG_F32 ? (double)((const float *)a)[i] : ((const double *)a)[i];
}

static inline void linear_net_make(struct linear_net *in, enum sg_dtype dtype,
                                   struct sg_rng *rng)
{
    *in = (struct linear_net){.arch = {.dtype = dtype, .loss = SG_MSE,
                                     .inputs = random_size(1, 5, rng),
                                     .n_layers = random_size(1, 3, rng)},
                            .n = random_size(1, 25, rng),
                            .real = dtype == SG_F32 ? sizeof(float) : sizeof(double)};
    for (size_t i = 0; i < in->arch.n_layers; i++) {
        in->layers[i] = (struct sg_layer){SG_DENSE, random_size(1, 6, rng), true};
        if (i + 1 == in->arch.n_layers || sg_base_rng_index(rng, 2))
            in->modules[in->arch.n_modules++] =
                (struct sg_module){i + 1,          SG_LINEAR, (unsigned)random_size(1, 7, rng),
                                   SG_TARGET_TRUE, 0.3,       0};
    }
    in->arch.labels = in->layers[in->arch.n_layers - 1].width;
    in->arch.layers = in->layers;
    in->arch.modules = in->modules;
    in->net = sg_net_alloc(&in->arch);
    in->work = sg_net_work_alloc(in->net, in->n);
    in->x = random_reals(in->n * in->arch.inputs, 1, dtype, rng);
    in->y = random_reals(in->n * in->arch.labels, 1, dtype, rng);
    in->one = random_reals(in->n, 1, dtype, rng);       /* compressed rows have no ones */
    in->w = random_reals(sg_net_sizes(in->net).w, 0.5, dtype, rng);
    in->phi = random_reals(sg_net_sizes(in->net).phi, 0.5, dtype, rng);
    in->dphi = sg_base_alloc(sg_net_sizes(in->net).phi, in->real);
    in->scratch =
        sg_base_alloc(in->n * sg_net_step_scratch(in->net, SG_STEP_LINE_SEARCH), in->real);
    in->batch = (struct sg_batch){in->n, in->x, in->y, in->one};
    sg_net_eval(NULL, in->dphi, NULL, in->net, in->w, in->phi, &in->batch, SG_WANT_PHI, in->work);
}

static inline void linear_net_end(struct linear_net *in)
{
    sg_net_free(in->net);
    sg_net_work_free(in->work);
    free(in->x); free(in->y); free(in->one);
    free(in->w); free(in->phi); free(in->dphi); free(in->scratch);
}

#endif
