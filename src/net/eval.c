/* The one primitive: forward and backward, state -> update directions.
 *
 * Where rows are independent of one another, a batch goes through in blocks: for a net that is
 * nothing but matrix-vector products the block stays in the nearest cache and x is read from
 * memory once a step, not twice. */
#include <string.h>

#include "base/signals.h"
#include "net/internal.h"

enum { NEAR_CACHE_BYTES = 24 * 1024, NARROW = 4 };

/* One block of rows on its way through layers lo..hi-1; r0 is its first row. */
struct walk {
    const struct sg_net *net;
    struct sg_net_work *work;
    size_t lo, hi, step;
    struct sg_block block;
    size_t r0;
    const char *w, *phi;
    char *aux, *dw, *dphi;
    bool metrics, train;
};

static inline char *row(const struct walk *k, char *buffer, size_t boundary)
{
    return buffer + k->r0 * k->work->row_bytes[boundary];
}

static inline const char *activation(const struct walk *k, size_t boundary)
{
    return (boundary == 0 ? k->work->x : k->work->h[boundary]) +
           k->r0 * k->work->row_bytes[boundary];
}

/* The layer's pass on this block: filled in place, since in a narrow net copying it would cost as
 * much as the layer's arithmetic. */
static inline struct sg_layer_pass *layer_pass(const struct walk *k, size_t layer)
{
    const struct sg_net *net = k->net;
    const size_t real = net->kernels->real_size;
    struct sg_layer_pass *pass = &k->work->pass[layer];
    pass->block = &k->block;
    pass->train = k->train;
    pass->w = k->w + net->layer_offset[layer] * real;
    pass->aux = k->aux ? k->aux + net->aux_offset[layer] * real : NULL;
    pass->h_in = activation(k, layer);
    pass->h_out = row(k, k->work->h[layer + 1], layer + 1);
    return pass;
}

static struct sg_family_pass family_pass(const struct walk *k, size_t i)
{
    const struct sg_net *net = k->net;
    const size_t j = net->plan[i].module;
    return (struct sg_family_pass){
        .block = &k->block,
        .k = net->width[i],
        .m = net->arch.labels,
        .hidden = net->modules[j].hidden,
        .terms = net->modules[j].terms,
        .h = activation(k, i),
        .scratch = k->work->scratch[j] + k->r0 * k->work->scratch_bytes[j],
        .phi = k->phi + net->module_offset[j] * net->kernels->real_size,
        .s = row(k, k->work->s[i], i),
        .err = row(k, k->work->err[i], i),
    };
}

static const struct sg_family_ops *family(const struct sg_net *net, size_t i)
{
    return net->kernels->family[net->modules[net->plan[i].module].family];
}

static void walk_up(const struct walk *k)
{
    for (size_t i = k->lo; i < k->hi; i++) {
        sg_net_layer_ops(k->net, i)->forward(layer_pass(k, i));
        if (k->net->plan[i + 1].module != SG_NO_MODULE) {
            const struct sg_family_pass s = family_pass(k, i + 1);
            family(k->net, i + 1)->apply(&s);
        }
    }
}

/* Layer `layer` takes delta down to `arriving` (NULL: not wanted), by `feedback` unless that is
 * NULL, and sets dw (NULL: not wanted). */
static inline void backward(const struct walk *k, size_t layer, char *delta, char *arriving,
                            const void *feedback, char *dw)
{
    struct sg_layer_pass *pass = layer_pass(k, layer);
    pass->delta = row(k, delta, layer + 1);
    pass->arriving = arriving ? row(k, arriving, layer) : NULL;
    pass->feedback = feedback;
    pass->dw = dw ? dw + k->net->layer_offset[layer] * k->net->kernels->real_size : NULL;
    sg_net_layer_ops(k->net, layer)->backward(pass);
}

/* The buffer of the true g_i, or NULL. */
static inline char *truth(const struct walk *k, size_t i)
{
    const enum sg_truth where = k->net->plan[i].truth;
    return where == SG_TRUTH_NONE
               ? NULL
               : (where == SG_TRUTH_ARRIVES ? k->work->arriving : k->work->truth)[i];
}

/* The module at boundary i, once its target is there: how far s is from it, and
 * the gradient towards it. */
static void train_module(const struct walk *k, size_t i)
{
    const struct sg_net *net = k->net;
    const size_t j = net->plan[i].module;
    if (!(k->dphi || k->metrics))
        return;
    struct sg_family_pass pass = family_pass(k, i);
    const char *target =
        row(k, net->modules[j].target == SG_TARGET_ARRIVING ? k->work->arriving[i] : truth(k, i),
            i);
    const double square = net->kernels->subtract(row(k, k->work->err[i], i), pass.s, target,
                                                 k->block.n * net->width[i]);
    k->work->sg_loss[j] += 0.5 * square * k->block.weight;
    if (k->dphi) {
        pass.dphi = k->dphi + net->module_offset[j] * net->kernels->real_size;
        family(net, i)->grad(&pass);
    }
}

/* The buffer of base_i, what stands in for g_i by the boundary's rule. */
static inline char *base(const struct walk *k, size_t i)
{
    const struct sg_net *net = k->net;
    const size_t top = net->arch.n_layers;
    switch (net->credit[i]) {
    case SG_NOTHING: return k->work->nothing;
    /* layer i's backward has left it there */
    case SG_FEEDBACK: return k->work->base[i];
    case SG_DIRECT:
    case SG_KICKBACK:
        net->kernels->multiply(row(k, k->work->base[i], i), row(k, k->work->arriving[top], top),
                               net->plan[i].fixed, SG_NN, k->block.n, net->width[top],
                               net->width[i]);
        return k->work->base[i];
    case SG_TRUE:
    case SG_CREDITS: break;
    }
    return k->work->arriving[i];
}

static inline char *delta_at(const struct walk *k, size_t i)
{
    const struct sg_net *net = k->net;
    const size_t j = net->plan[i].module;
    const double mix = j == SG_NO_MODULE ? 0.0 : net->modules[j].mix;
    if (mix == 0.0)
        return base(k, i);
    if (mix == 1.0)
        return k->work->s[i];
    net->kernels->mix(row(k, k->work->mixed[i], i), row(k, base(k, i), i), row(k, k->work->s[i], i),
                      mix, k->block.n * net->width[i]);
    return k->work->mixed[i];
}

static void start_at_loss(const struct walk *k)
{
    const struct sg_net *net = k->net;
    const size_t top = net->arch.n_layers;
    const struct sg_loss_ops *loss = net->kernels->loss[net->arch.loss];
    if (k->metrics)
        k->work->loss += loss->value(activation(k, top), net->arch.labels, &k->block);
    loss->grad(row(k, k->work->arriving[top], top), activation(k, top), net->arch.labels,
               &k->block);
    if (net->plan[top].module != SG_NO_MODULE)
        train_module(k, top);
}

static void walk_down(const struct walk *k)
{
    const struct sg_net *net = k->net;
    struct sg_net_work *work = k->work;
    if (k->hi == net->arch.n_layers)
        start_at_loss(k);
    for (size_t i = k->hi; i > k->lo; i--) {
        char *g = truth(k, i), *delta = delta_at(k, i);
        work->g[i] = g;
        work->delta[i] = delta;
        /* nothing is wanted at boundary 0 */
        const struct sg_plan *below = &net->plan[i - 1];
        backward(k, i - 1, delta, below->arriving ? work->arriving[i - 1] : NULL, NULL, k->dw);
        if (below->base && net->credit[i - 1] == SG_FEEDBACK)
            backward(k, i - 1, delta, work->base[i - 1], below->fixed, NULL);
        if (below->truth == SG_TRUTH_APART)
            backward(k, i - 1, g, work->truth[i - 1], NULL, NULL);
        if (below->module != SG_NO_MODULE)
            train_module(k, i - 1);
    }
}

static size_t rows_per_block(const struct sg_net *net, size_t n)
{
    const size_t rows = NEAR_CACHE_BYTES / (net->width[0] * net->kernels->real_size);
    if (net->whole_batch || net->width[1] > NARROW || rows >= n)
        return n;
    return rows < 16 ? 16 : rows;
}

static struct walk start(const struct sg_net *net, size_t lo, size_t hi,
                         const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                         struct sg_net_work *work)
{
    SG_REQUIRE(work->net == net && batch->n >= 1 && batch->n <= work->batch_max && lo < hi &&
               hi <= net->arch.n_layers);
    return (struct walk){.net = net,
                         .work = work,
                         .lo = lo,
                         .hi = hi,
                         .step = rows_per_block(net, batch->n),
                         .w = state->w,
                         .phi = state->phi,
                         .aux = state->aux,
                         .metrics = want & SG_WANT_METRICS,
                         .train = want & SG_TRAIN};
}

static void to_block(struct walk *k, size_t r0, const struct sg_batch *batch)
{
    const size_t real = k->net->kernels->real_size;
    k->r0 = r0;
    k->block = (struct sg_block){
        .n = batch->n - r0 < k->step ? batch->n - r0 : k->step,
        .weight = 1.0 / (double)batch->n,
        .first = r0 == 0,
        .y = (const char *)batch->y + r0 * k->net->arch.labels * real,
        .one = (const char *)batch->one + r0 * real,
    };
}

static void start_up(struct walk *k, const struct sg_batch *batch)
{
    if (k->lo == 0)
        k->work->x = batch->x;
}

/* The modules of this part: those at lo..hi-1, and the one at the output where that is in it. */
static bool trains(const struct walk *k, size_t j)
{
    const size_t at = k->net->modules[j].at;
    return (at >= k->lo && at < k->hi) || (at == k->hi && at == k->net->arch.n_layers);
}

static void start_module(const struct walk *k, size_t j)
{
    const struct sg_net *net = k->net;
    const size_t real = net->kernels->real_size,
                 end = j + 1 < net->arch.n_modules ? net->module_offset[j + 1] : net->sizes.phi;
    k->work->sg_loss[j] = 0;
    if (k->dphi)
        memset(k->dphi + net->module_offset[j] * real, 0, (end - net->module_offset[j]) * real);
}

static void start_down(struct walk *k, void *dw, void *dphi, unsigned want)
{
    const struct sg_net *net = k->net;
    k->dw = want & SG_WANT_W ? dw : NULL;
    k->dphi = want & SG_WANT_PHI ? dphi : NULL;
    if (k->hi == net->arch.n_layers)
        k->work->loss = 0;
    for (size_t j = 0; j < net->arch.n_modules; j++)
        if (trains(k, j))
            start_module(k, j);
}

void sg_net_forward(const struct sg_net *net, size_t lo, size_t hi, const struct sg_state *state,
                    const struct sg_batch *batch, unsigned want, struct sg_net_work *work)
{
    SG_REQUIRE(batch);
    struct walk k = start(net, lo, hi, state, batch, want, work);
    sg_base_signals_enter();
    start_up(&k, batch);
    for (size_t r0 = 0; r0 < batch->n; r0 += k.step) {
        to_block(&k, r0, batch);
        walk_up(&k);
    }
    sg_base_signals_leave();
}

void sg_net_backward(void *dw, void *dphi, const struct sg_net *net, size_t lo, size_t hi,
                     const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                     struct sg_net_work *work)
{
    SG_REQUIRE(batch);
    struct walk k = start(net, lo, hi, state, batch, want, work);
    sg_base_signals_enter();
    start_down(&k, dw, dphi, want);
    for (size_t r0 = 0; r0 < batch->n; r0 += k.step) {
        to_block(&k, r0, batch);
        walk_down(&k);
    }
    sg_base_signals_leave();
}

void sg_net_replay(void *dphi, const struct sg_net *net, size_t boundary,
                   const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                   struct sg_net_work *work)
{
    SG_REQUIRE(net && batch);
    SG_REQUIRE(boundary >= 1 && boundary <= net->arch.n_layers &&
               net->plan[boundary].module != SG_NO_MODULE);
    struct walk k = start(net, boundary - 1, boundary, state, batch, want, work);
    k.dphi = want & SG_WANT_PHI ? dphi : NULL;
    start_module(&k, net->plan[boundary].module);
    for (size_t r0 = 0; r0 < batch->n; r0 += k.step) {
        to_block(&k, r0, batch);
        const struct sg_family_pass pass = family_pass(&k, boundary);
        family(net, boundary)->apply(&pass);
        train_module(&k, boundary);
    }
}

void sg_net_apply_module(void *s, const struct sg_net *net, size_t module, const void *phi,
                         const struct sg_batch *batch, const struct sg_net_work *work)
{
    SG_REQUIRE(net && batch && work);
    SG_REQUIRE(module < net->arch.n_modules && batch->n <= work->batch_max);
    const struct sg_module *m = &net->modules[module];
    const struct sg_family_ops *ops = net->kernels->family[m->family];
    SG_REQUIRE(ops->linear_in_phi);
    const struct sg_block block = {.n = batch->n,
                                   .y = batch->y,
                                   .one = batch->one,
                                   .weight = 1.0 / (double)batch->n};
    const size_t offset = net->module_offset[module] * net->kernels->real_size;
    const struct sg_family_pass pass = {.block = &block,
                                        .k = net->width[m->at],
                                        .m = net->arch.labels,
                                        .terms = m->terms,
                                        .phi = (const char *)phi + offset,
                                        .h = sg_net_view(work, SG_VIEW_H, m->at),
                                        .s = s};
    ops->apply(&pass);
}

void sg_net_eval_state(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net,
                       const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                       struct sg_net_work *work)
{
    SG_REQUIRE(net && batch);
    struct walk k = start(net, 0, net->arch.n_layers, state, batch, want, work);
    sg_base_signals_enter();             /* one stretch for all products of the step */
    start_up(&k, batch);
    start_down(&k, dw, dphi, want);
    for (size_t r0 = 0; r0 < batch->n; r0 += k.step) {
        to_block(&k, r0, batch);
        walk_up(&k);
        walk_down(&k);
    }
    sg_base_signals_leave();
    if (k.metrics && metrics)
        *metrics = sg_net_metrics(work);
}

void sg_net_eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net,
                 const void *w, const void *phi, const struct sg_batch *batch, unsigned want,
                 struct sg_net_work *work)
{
    const struct sg_state state = {.w = w, .phi = phi};
    sg_net_eval_state(dw, dphi, metrics, net, &state, batch, want, work);
}
