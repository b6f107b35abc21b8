/* The architecture and the timing that a case describes. */
#include "case/schema.h"

static size_t layers_a_block(const struct sg_case_net *net)
{
    return 1 + (size_t)net->batch_norm + (size_t)(net->activation != SG_NO_ACTIVATION);
}

size_t sg_case_end(const struct sg_case *c, size_t block)
{
    SG_REQUIRE(c);
    const size_t hidden = c->net.layers.n;
    SG_REQUIRE(block >= 1 && block <= hidden + 1);
    return block <= hidden ? block * layers_a_block(&c->net) : hidden * layers_a_block(&c->net) + 1;
}

/* Without net.biases the ones column of X is the net's intercept, as in p = X W.  Batch norm's beta
 * is a bias already. */
static size_t put_layers(struct sg_case_arch *out, const struct sg_case *c, size_t labels)
{
    size_t k = 0;
    for (size_t i = 0; i < c->net.layers.n; i++) {
        out->layer[k++] =
            (struct sg_layer){.kind = SG_DENSE, .width = (size_t)c->net.layers.value[i],
                              .bias = c->net.biases && !c->net.batch_norm};
        if (c->net.batch_norm)
            out->layer[k++] = (struct sg_layer){.kind = SG_BATCHNORM};
        if (c->net.activation != SG_NO_ACTIVATION)
            out->layer[k++] = (struct sg_layer){.kind = (enum sg_layer_kind)c->net.activation};
        out->credit[k] = (enum sg_credit)c->net.credit;
    }
    out->layer[k++] =
        (struct sg_layer){.kind = SG_DENSE, .width = labels, .bias = c->net.biases};
    return k;
}

static enum sg_status put_modules(struct sg_case_arch *out, const struct sg_case *c,
                                  struct sg_error *err)
{
    const size_t output = c->net.layers.n + 1;
    for (size_t i = 0, below = 0; i < c->n_modules; i++) {
        const struct sg_case_module *m = &c->module[i];
        const size_t at = sg_case_boundary(c, i);
        /* Reading has checked this; a program that changes a case's layers meets it here. */
        if (at <= below || at > output) {
            struct sg_case_reader r;
            sg_case_reader_init(&r, c->path, err);
            return sg_case_refuse(&r, 0,
                                  "SG module %zu is at boundary %zu, which is not in %zu to %zu; "
                                  "change sg or net",
                                  i + 1, at, below + 1, output);
        }
        below = at;
        out->module[i] = (struct sg_module){.at = sg_case_end(c, at),
                                            .family = (enum sg_family)m->family, .terms = m->terms,
                                            .target = (enum sg_target)m->target, .mix = m->mix,
                                            .hidden = m->family == SG_MLP ? (size_t)m->hidden : 0};
    }
    return SG_OK;
}

enum sg_status sg_case_make_arch(struct sg_case_arch *out, const struct sg_case *c, size_t inputs,
                                 size_t labels, struct sg_error *err)
{
    SG_REQUIRE(out && c && err && inputs >= 1 && labels >= 1);
    SG_REQUIRE(c->net.layers.n <= SG_CASE_LIST_MAX && c->n_modules <= SG_CASE_LIST_MAX);
    *out = (struct sg_case_arch){0};
    if ((c->net.loss == SG_LOGISTIC && labels != 1) ||
        (c->net.loss == SG_SOFTMAX_XENT && labels < 2)) {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        return sg_case_refuse(&r, 0,
                              "loss = \"%s\" does not go with %zu columns of y; change net or data",
                              sg_net_loss_name(c->net.loss), labels);
    }
    const size_t layers = put_layers(out, c, labels);
    const enum sg_status status = put_modules(out, c, err);
    if (status != SG_OK)
        return status;
    out->arch = (struct sg_arch){.dtype = (enum sg_dtype)c->net.type,
                                 .loss = (enum sg_loss_kind)c->net.loss, .inputs = inputs,
                                 .labels = labels, .n_layers = layers, .layers = out->layer,
                                 .n_modules = c->n_modules, .modules = out->module,
                                 .seed = (uint64_t)c->seed,
                                 .credit = c->net.credit == SG_TRUE ? NULL : out->credit};
    return SG_OK;
}

struct sg_opt sg_case_opt(const struct sg_case *c, double rate)
{
    SG_REQUIRE(c);
    const struct sg_case_train *train = &c->train;
    return (struct sg_opt){.kind = (enum sg_opt_kind)train->optimiser, .rate = rate,
                           .beta1 = train->beta1, .beta2 = train->beta2,
                           .epsilon = train->epsilon};
}

double sg_case_theta(const struct sg_case *c)
{
    SG_REQUIRE(c);
    const struct sg_case_train *train = &c->train;
    if (train->sg_step == SG_STEP_FIXED)
        return SG_NAN;
    if (train->sg_step == SG_STEP_LINE_SEARCH)
        return 1;
    return train->units == SG_UNITS_CRITICAL ? 2 * train->nu : train->nu;
}

/* The table of struct sg_timing. */
struct sg_timing sg_case_timing(const struct sg_case *c, int tau)
{
    SG_REQUIRE(c);
    const struct sg_case_train *train = &c->train;
    SG_REQUIRE(tau >= 0 && (train->order == SG_SIMULTANEOUS || train->delay == SG_DELAY_NONE));
    switch ((enum sg_delay)train->delay) {
    case SG_DELAY_STALE_BACKPROP: return (struct sg_timing){.net_w = tau, .net_phi = tau};
    case SG_DELAY_PAIRS: return (struct sg_timing){.sg_w = tau};
    case SG_DELAY_STALE_SG: return (struct sg_timing){.sg_w = tau, .sg_phi = tau};
    case SG_DELAY_NONE: break;
    }
    switch ((enum sg_order)train->order) {
    case SG_SG_FIRST: return (struct sg_timing){.net_phi = -1};
    case SG_NETWORK_FIRST: return (struct sg_timing){.sg_w = -1};
    case SG_SIMULTANEOUS: break;
    }
    return (struct sg_timing){0};
}
