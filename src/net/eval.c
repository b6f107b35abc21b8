/* The one primitive: forward and backward, state -> update directions.
 *
 * Rows are independent of one another, so a batch goes through in blocks: for a net that is nothing but matrix-vector products
 * the block stays in the nearest cache and x is read from memory once a step, not twice. */
#include <stdlib.h>
#include <string.h>

#include "net/internal.h"

enum { NEAR_CACHE_BYTES = 24 * 1024, NARROW = 4 };

struct sg_net_work {
    const struct sg_net *net;
    size_t boundaries, batch_max;     /* L + 1: the net may be freed first */
    const char *x;                    /* h_0: the batch's own rows */
    char **h, **arriving, **truth;    /* [L + 1], entry 0 unused: h_i; what arrives from above; the true g_i where that differs */
    char **s, **mixed, **err;         /* at boundaries with a module: s_i; (1 - mix) base + mix s; s - target */
    char *nothing;                    /* zeros, as wide as the widest boundary */
    char *scratch;                    /* one module's at a time, for a block */
    const char **delta, **g;          /* [L + 1] which of the above was used in the last evaluation, or NULL */
};

static size_t bytes(const struct sg_net *net, size_t boundary)
{
    return net->width[boundary] * net->kernels->real_size;
}

struct sg_net_work *sg_net_work_alloc(const struct sg_net *net, size_t batch_max)
{
    const size_t boundaries = net->arch.n_layers + 1;
    struct sg_net_work *work = SG_NEW(1, struct sg_net_work);
    char ***table[] = {&work->h, &work->arriving, &work->truth, &work->s, &work->mixed, &work->err};
    for (size_t t = 0; t < sizeof table / sizeof *table; t++)
        *table[t] = SG_NEW(boundaries, char *);
    work->delta = SG_NEW(boundaries, const char *);
    work->g = SG_NEW(boundaries, const char *);
    work->net = net;
    work->boundaries = boundaries;
    work->batch_max = batch_max;
    size_t widest = 0, scratch = 0;
    for (size_t i = 1; i < boundaries; i++) {
        const bool module = net->module_at[i] != SG_NO_MODULE;
        for (size_t t = 0; t < sizeof table / sizeof *table; t++)
            if (t < 3 || module)
                (*table[t])[i] = sg_base_alloc(batch_max, bytes(net, i));
        if (bytes(net, i) > widest)
            widest = bytes(net, i);
    }
    work->nothing = sg_base_alloc(batch_max, widest);
    for (size_t j = 0; j < net->arch.n_modules; j++) {
        const struct sg_module *module = &net->arch.modules[j];
        const struct sg_family_ops *family = net->kernels->family[module->family];
        const size_t numbers = family->scratch ? family->scratch(module, net->width[module->at]) : 0;
        scratch = numbers > scratch ? numbers : scratch;
    }
    work->scratch = sg_base_alloc(batch_max, scratch * net->kernels->real_size);
    return work;
}

void sg_net_work_free(struct sg_net_work *work)
{
    if (!work)
        return;
    char **table[] = {work->h, work->arriving, work->truth, work->s, work->mixed, work->err};
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        for (size_t i = 1; i < work->boundaries; i++)
            free(table[t][i]);
        free(table[t]);
    }
    free(work->nothing);
    free(work->scratch);
    free(work->delta);
    free(work->g);
    free(work);
}

/* One block of rows on its way through the net; r0 is its first row. */
struct walk {
    const struct sg_net *net;
    struct sg_net_work *work;
    struct sg_block block;
    size_t r0;
    const char *w, *phi;
    char *dw, *dphi;
    struct sg_metrics *metrics;       /* NULL: not wanted */
};

static char *row(const struct walk *k, char *buffer, size_t boundary)
{
    return buffer + k->r0 * bytes(k->net, boundary);
}

static const char *activation(const struct walk *k, size_t boundary)
{
    return (boundary == 0 ? k->work->x : k->work->h[boundary]) + k->r0 * bytes(k->net, boundary);
}

static struct sg_layer_pass layer_pass(const struct walk *k, size_t layer)
{
    const struct sg_net *net = k->net;
    return (struct sg_layer_pass){
        .block = &k->block, .in = net->width[layer], .out = net->width[layer + 1], .bias = net->arch.layers[layer].bias,
        .w = k->w + net->layer_offset[layer] * net->kernels->real_size, .h_in = activation(k, layer),
    };
}

static void forward(const struct walk *k)
{
    for (size_t i = 0; i < k->net->arch.n_layers; i++) {
        struct sg_layer_pass pass = layer_pass(k, i);
        pass.h_out = row(k, k->work->h[i + 1], i + 1);
        k->net->kernels->layer[k->net->arch.layers[i].kind]->forward(&pass);
    }
}

/* Layer `layer` takes delta down to `arriving` (NULL: not wanted) and, with dw, adds to its own update. */
static void backward(const struct walk *k, size_t layer, const char *delta, char *arriving, char *dw)
{
    struct sg_layer_pass pass = layer_pass(k, layer);
    pass.delta = delta;
    pass.arriving = arriving;
    pass.dw = dw ? dw + k->net->layer_offset[layer] * k->net->kernels->real_size : NULL;
    k->net->kernels->layer[k->net->arch.layers[layer].kind]->backward(&pass);
}

/* The module at boundary i: s, its gradient towards the target, and what it makes of delta. */
static const char *module_delta(const struct walk *k, size_t i, const char *base, const char *target)
{
    const struct sg_net *net = k->net;
    const size_t j = net->module_at[i], offset = net->module_offset[j] * net->kernels->real_size;
    const struct sg_module *module = &net->arch.modules[j];
    const struct sg_family_ops *family = net->kernels->family[module->family];
    char *s = row(k, k->work->s[i], i), *err = row(k, k->work->err[i], i);
    struct sg_family_pass pass = {.block = &k->block, .k = net->width[i], .m = net->arch.labels, .hidden = module->hidden,
                                  .terms = module->terms, .scratch = k->work->scratch, .phi = k->phi + offset, .h = activation(k, i), .s = s, .err = err};
    family->apply(&pass);
    if (k->dphi || k->metrics) {
        const double square = net->kernels->subtract(err, s, target, k->block.n * net->width[i]);
        if (k->metrics)
            k->metrics->sg_loss += 0.5 * square * k->block.weight;
    }
    if (k->dphi) {
        pass.dphi = k->dphi + offset;
        family->grad(&pass);
    }
    if (module->mix == 0.0)
        return base;
    if (module->mix == 1.0)
        return s;
    char *mixed = row(k, k->work->mixed[i], i);
    net->kernels->mix(mixed, base, s, module->mix, k->block.n * net->width[i]);
    return mixed;
}

/* Does a module below boundary i train towards the true gradient? */
static bool truth_wanted_below(const struct sg_net *net, size_t i)
{
    for (size_t j = 0; j < net->arch.n_modules; j++)
        if (net->arch.modules[j].at < i && net->arch.modules[j].target == SG_TARGET_TRUE)
            return true;
    return false;
}

static void walk_down(const struct walk *k)
{
    const struct sg_net *net = k->net;
    const size_t top = net->arch.n_layers;
    const char *truth = row(k, k->work->arriving[top], top);   /* the true g_i; NULL where nobody below needs it */
    bool detached = false;                                     /* from here on, what arrives is not the true g_i */
    for (size_t i = top; i >= 1; i--) {
        const char *arriving = row(k, k->work->arriving[i], i);
        const char *delta = net->credit[i] == SG_NOTHING ? k->work->nothing : arriving;
        const size_t j = net->module_at[i];
        detached = detached || net->credit[i] != SG_TRUE;
        if (j != SG_NO_MODULE) {
            delta = module_delta(k, i, delta, net->arch.modules[j].target == SG_TARGET_ARRIVING ? arriving : truth);
            detached = detached || net->arch.modules[j].mix != 0.0;
        }
        k->work->g[i] = truth ? truth - k->r0 * bytes(net, i) : NULL;
        k->work->delta[i] = delta == k->work->nothing ? delta : delta - k->r0 * bytes(net, i);
        char *below = i > 1 ? row(k, k->work->arriving[i - 1], i - 1) : NULL;
        backward(k, i - 1, delta, below, k->dw);
        if (i == 1 || !detached) {
            truth = below;
        } else if (truth && truth_wanted_below(net, i)) {
            char *truth_below = row(k, k->work->truth[i - 1], i - 1);
            backward(k, i - 1, truth, truth_below, NULL);
            truth = truth_below;
        } else {
            truth = NULL;
        }
    }
}

static size_t rows_per_block(const struct sg_net *net, size_t n)
{
    const size_t rows = NEAR_CACHE_BYTES / bytes(net, 0);
    if (net->width[1] > NARROW || rows >= n)
        return n;
    return rows < 16 ? 16 : rows;
}

void sg_net_eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net, const void *w, const void *phi,
                 const struct sg_batch *batch, unsigned want, struct sg_net_work *work)
{
    const size_t top = net->arch.n_layers, real = net->kernels->real_size, step = rows_per_block(net, batch->n);
    const struct sg_loss_ops *loss = net->kernels->loss[net->arch.loss];
    SG_REQUIRE(work->net == net && batch->n >= 1 && batch->n <= work->batch_max);
    struct walk k = {.net = net, .work = work, .w = w, .phi = phi, .dw = want & SG_WANT_W ? dw : NULL,
                     .dphi = want & SG_WANT_PHI ? dphi : NULL, .metrics = want & SG_WANT_METRICS ? metrics : NULL};
    work->x = batch->x;
    if (k.dw)
        memset(k.dw, 0, net->sizes.w * real);
    if (k.dphi)
        memset(k.dphi, 0, net->sizes.phi * real);
    if (k.metrics)
        *k.metrics = (struct sg_metrics){0};
    for (k.r0 = 0; k.r0 < batch->n; k.r0 += step) {
        k.block = (struct sg_block){
            .n = batch->n - k.r0 < step ? batch->n - k.r0 : step, .weight = 1.0 / (double)batch->n,
            .y = (const char *)batch->y + k.r0 * net->arch.labels * real, .one = (const char *)batch->one + k.r0 * real,
        };
        forward(&k);
        if (k.metrics)
            k.metrics->loss += loss->value(activation(&k, top), net->arch.labels, &k.block);
        loss->grad(row(&k, work->arriving[top], top), activation(&k, top), net->arch.labels, &k.block);
        walk_down(&k);
    }
}

const void *sg_net_view(const struct sg_net_work *work, enum sg_view what, size_t boundary)
{
    SG_REQUIRE(boundary >= 1 && boundary <= work->net->arch.n_layers);
    switch (what) {
    case SG_VIEW_H: return work->h[boundary];
    case SG_VIEW_G: return work->g[boundary];
    case SG_VIEW_S: return work->s[boundary];
    case SG_VIEW_DELTA: return work->delta[boundary];
    }
    return NULL;
}
