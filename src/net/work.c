/* The buffers of an evaluation, allocated once, and views into them. */
#include <stdlib.h>

#include "net/internal.h"

enum { TABLES = 7 };

/* The tables of one buffer a boundary, and whether the plan asks for it. */
static void tables(char ***table[TABLES], struct sg_net_work *work)
{
    char ***const all[TABLES] = {&work->h, &work->arriving, &work->truth, &work->base,
                                 &work->s, &work->mixed,    &work->err};
    for (size_t t = 0; t < TABLES; t++)
        table[t] = all[t];
}

struct sg_net_work *sg_net_work_alloc(const struct sg_net *net, size_t batch_max)
{
    SG_REQUIRE(net);
    const size_t boundaries = net->arch.n_layers + 1, real = net->kernels->real_size;
    struct sg_net_work *work = SG_NEW(1, struct sg_net_work);
    char ***table[TABLES];
    tables(table, work);
    for (size_t t = 0; t < TABLES; t++)
        *table[t] = SG_NEW(boundaries, char *);
    work->saved = SG_NEW(boundaries, char *);
    work->delta = SG_NEW(boundaries, const char *);
    work->g = SG_NEW(boundaries, const char *);
    work->sg_loss = SG_NEW(net->arch.n_modules, double);
    work->scratch = SG_NEW(net->arch.n_modules, char *);
    work->scratch_bytes = SG_NEW(net->arch.n_modules, size_t);
    work->modules = net->arch.n_modules;
    work->net = net;
    work->boundaries = boundaries;
    work->batch_max = batch_max;
    work->row_bytes = SG_NEW(boundaries, size_t);
    for (size_t i = 0; i < boundaries; i++)
        work->row_bytes[i] = net->width[i] * real;
    size_t nothing = 0;
    for (size_t i = 1; i < boundaries; i++) {
        const struct sg_plan *plan = &net->plan[i];
        const bool module = plan->module != SG_NO_MODULE;
        const bool wanted[TABLES] = {true,       plan->arriving, plan->truth == SG_TRUTH_APART,
                                     plan->base, module,         module,
                                     module};
        for (size_t t = 0; t < TABLES; t++)
            if (wanted[t])
                (*table[t])[i] = sg_base_alloc(batch_max, net->width[i] * real);
        const struct sg_layer_ops *ops = sg_net_layer_ops(net, i - 1);
        if (ops->n_saved)
            work->saved[i - 1] = sg_base_alloc(ops->n_saved(net->width[i - 1]), real);
        if (net->credit[i] == SG_NOTHING && net->width[i] > nothing)
            nothing = net->width[i];
    }
    for (size_t j = 0; j < work->modules; j++) {
        const struct sg_module *module = &net->modules[j];
        const struct sg_family_ops *family = net->kernels->family[module->family];
        work->scratch_bytes[j] =
            family->scratch ? family->scratch(module, net->width[module->at]) * real : 0;
        work->scratch[j] = sg_base_alloc(batch_max, work->scratch_bytes[j]);
    }
    work->pass = SG_NEW(net->arch.n_layers, struct sg_layer_pass);
    for (size_t i = 0; i < net->arch.n_layers; i++)
        work->pass[i] = (struct sg_layer_pass){.in = net->width[i],
                                               .out = net->width[i + 1],
                                               .bias = net->layers[i].bias,
                                               .saved = work->saved[i]};
    if (nothing)
        work->nothing = sg_base_alloc(batch_max, nothing * real);
    return work;
}

void sg_net_work_free(struct sg_net_work *work)
{
    if (!work)
        return;
    char ***table[TABLES];
    tables(table, work);
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 1; i < work->boundaries; i++)
            free((*table[t])[i]);
        free(*table[t]);
    }
    for (size_t i = 0; i < work->boundaries; i++)
        free(work->saved[i]);
    for (size_t j = 0; j < work->modules; j++)
        free(work->scratch[j]);
    free(work->scratch);
    free(work->scratch_bytes);
    free(work->saved);
    free(work->nothing);
    free(work->delta);
    free(work->g);
    free(work->sg_loss);
    free(work->row_bytes);
    free(work->pass);
    free(work);
}

const void *sg_net_view(const struct sg_net_work *work, enum sg_view what, size_t boundary)
{
    SG_REQUIRE(work && boundary >= 1 && boundary <= work->net->arch.n_layers);
    switch (what) {
    case SG_VIEW_H: return work->h[boundary];
    case SG_VIEW_G: return work->g[boundary];
    case SG_VIEW_S: return work->s[boundary];
    case SG_VIEW_DELTA: return work->delta[boundary];
    }
    return NULL;
}

struct sg_metrics sg_net_metrics(const struct sg_net_work *work)
{
    SG_REQUIRE(work);
    struct sg_metrics metrics = {.loss = work->loss};
    for (size_t j = work->modules; j-- > 0;)
        metrics.sg_loss += work->sg_loss[j];
    return metrics;
}
