/* A net: its architecture, checked once, and where everything lies in w and phi. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/internal.h"

const struct sg_kernels *sg_net_kernels(enum sg_dtype dtype)
{
    return dtype == SG_F32 ? &sg_net_kernels_f32 : &sg_net_kernels_f64;
}

/* The kernel row of a kind.  One that was added to net.h and has no row is refused here, by the
 * name of the table, not met later as a null pointer. */
static const struct sg_layer_ops *layer_row(const struct sg_kernels *kernels, int kind)
{
    SG_REQUIRE(kind >= 0 && kind < SG_LAYER_KINDS);
    SG_REQUIRE(kernels->layer[kind] && kernels->layer[kind]->name);
    return kernels->layer[kind];
}

static const struct sg_loss_ops *loss_row(const struct sg_kernels *kernels, int kind)
{
    SG_REQUIRE(kind >= 0 && kind < SG_LOSS_KINDS);
    SG_REQUIRE(kernels->loss[kind] && kernels->loss[kind]->name);
    return kernels->loss[kind];
}

static const struct sg_family_ops *family_row(const struct sg_kernels *kernels, int family)
{
    SG_REQUIRE(family >= 0 && family < SG_FAMILIES);
    SG_REQUIRE(kernels->family[family] && kernels->family[family]->name);
    return kernels->family[family];
}

const char *sg_net_layer_name(int kind)
{
    return layer_row(sg_net_kernels(SG_F64), kind)->name;
}

const char *sg_net_loss_name(int kind)
{
    return loss_row(sg_net_kernels(SG_F64), kind)->name;
}

const char *sg_net_family_name(int family)
{
    return family_row(sg_net_kernels(SG_F64), family)->name;
}

static void place_layers(struct sg_net *net)
{
    net->width[0] = net->arch.inputs;
    for (size_t i = 0; i < net->arch.n_layers; i++) {
        struct sg_layer *layer = &net->layers[i];
        const struct sg_layer_ops *ops = layer_row(net->kernels, (int)layer->kind);
        if (!ops->matrix && layer->width == 0)
            layer->width = net->width[i];
        SG_REQUIRE(layer->width >= 1 &&
                   (ops->matrix || (layer->width == net->width[i] && !layer->bias)));
        net->width[i + 1] = layer->width;
        net->layer_offset[i] = net->sizes.w;
        net->sizes.w += ops->n_params(layer, net->width[i]);
        net->aux_offset[i] = net->sizes.aux;
        net->sizes.aux += ops->n_aux ? ops->n_aux(net->width[i]) : 0;
        net->whole_batch = net->whole_batch || ops->whole_batch;
    }
}

static void place_modules(struct sg_net *net)
{
    for (size_t i = 0; i <= net->arch.n_layers; i++)
        net->plan[i].module = SG_NO_MODULE;
    for (size_t j = 0; j < net->arch.n_modules; j++) {
        const struct sg_module *module = &net->arch.modules[j];
        const struct sg_family_ops *ops = family_row(net->kernels, (int)module->family);
        SG_REQUIRE(module->at >= 1 && module->at <= net->arch.n_layers);
        SG_REQUIRE(j == 0 || module->at > net->arch.modules[j - 1].at);
        SG_REQUIRE(module->terms >= 1 && module->terms <= 7 && module->mix >= 0.0 &&
                   module->mix <= 1.0);
        net->plan[module->at].module = j;
        net->module_offset[j] = net->sizes.phi;
        net->sizes.phi += ops->n_params(module, net->width[module->at], net->arch.labels);
    }
}

struct sg_net *sg_net_alloc(const struct sg_arch *arch)
{
    SG_REQUIRE(arch && arch->n_layers >= 1 && arch->inputs >= 1 && arch->labels >= 1);
    const size_t boundaries = arch->n_layers + 1;
    struct sg_net *net = SG_NEW(1, struct sg_net);
    net->arch = *arch;
    net->arch.layers = net->layers =
        sg_base_copy(arch->layers, arch->n_layers, sizeof *arch->layers);
    net->arch.modules = net->modules =
        sg_base_copy(arch->modules, arch->n_modules, sizeof *arch->modules);
    net->credit = SG_NEW(boundaries, enum sg_credit);   /* zeroed: SG_TRUE */
    for (size_t i = 0; arch->credit && i < boundaries; i++)
        net->credit[i] = arch->credit[i];
    net->arch.credit = net->credit;
    net->kernels = sg_net_kernels(arch->dtype);
    (void)loss_row(net->kernels, (int)arch->loss);
    net->width = SG_NEW(boundaries, size_t);
    net->layer_offset = SG_NEW(boundaries, size_t);
    net->module_offset = SG_NEW(boundaries, size_t);
    net->aux_offset = SG_NEW(boundaries, size_t);
    net->plan = SG_NEW(boundaries, struct sg_plan);
    place_layers(net);
    place_modules(net);
    sg_net_plan(net);
    SG_REQUIRE(net->width[arch->n_layers] == arch->labels);   /* every loss compares p with y */
    SG_REQUIRE(arch->loss != SG_LOGISTIC || arch->labels == 1);
    SG_REQUIRE(arch->loss != SG_SOFTMAX_XENT || arch->labels >= 2);
    return net;
}

void sg_net_free(struct sg_net *net)
{
    if (!net)
        return;
    free(net->layers);
    free(net->modules);
    free(net->credit);
    free(net->width);
    free(net->layer_offset);
    free(net->module_offset);
    for (size_t i = 0; i <= net->arch.n_layers; i++)
        free(net->plan[i].fixed);
    free(net->plan);
    free(net->aux_offset);
    free(net);
}

const struct sg_arch *sg_net_arch(const struct sg_net *net)
{
    SG_REQUIRE(net);
    return &net->arch;
}

struct sg_sizes sg_net_sizes(const struct sg_net *net)
{
    SG_REQUIRE(net);
    return net->sizes;
}

size_t sg_net_width(const struct sg_net *net, size_t boundary)
{
    SG_REQUIRE(net && boundary <= net->arch.n_layers);
    return net->width[boundary];
}

size_t sg_net_layer_offset(const struct sg_net *net, size_t layer)
{
    SG_REQUIRE(net && layer < net->arch.n_layers);
    return net->layer_offset[layer];
}

size_t sg_net_aux_offset(const struct sg_net *net, size_t layer)
{
    SG_REQUIRE(net && layer < net->arch.n_layers);
    return net->aux_offset[layer];
}

const void *sg_net_fixed(const struct sg_net *net, size_t boundary)
{
    SG_REQUIRE(net && boundary >= 1 && boundary <= net->arch.n_layers);
    return net->plan[boundary].fixed;
}

size_t sg_net_module_offset(const struct sg_net *net, size_t module)
{
    SG_REQUIRE(net && module < net->arch.n_modules);
    return net->module_offset[module];
}

void sg_net_init(void *w, void *aux, const struct sg_net *net, enum sg_init init,
                 struct sg_rng *rng)
{
    SG_REQUIRE(net);
    const size_t real = net->kernels->real_size;
    SG_REQUIRE(init == SG_GLOROT || init == SG_HE);
    for (size_t i = 0; i < net->arch.n_layers; i++) {
        const struct sg_layer_ops *ops = sg_net_layer_ops(net, i);
        const size_t in = net->width[i], fan = init == SG_HE ? in : in + net->width[i + 1];
        if (ops->init)
            ops->init((char *)w + net->layer_offset[i] * real,
                      aux ? (char *)aux + net->aux_offset[i] * real : NULL, &net->layers[i], in,
                      sqrt(2 / (double)fan), rng);
    }
}

bool sg_net_is_linear(const struct sg_net *net)
{
    SG_REQUIRE(net);
    bool linear = net->arch.loss == SG_MSE;
    for (size_t i = 0; i < net->arch.n_layers; i++)
        linear = linear && sg_net_layer_ops(net, i)->linear;
    for (size_t j = 0; j < net->arch.n_modules; j++)
        linear = linear && net->arch.modules[j].family == SG_LINEAR;
    return linear;
}

void sg_net_start_phi(void *phi, const struct sg_net *net, struct sg_rng *rng)
{
    SG_REQUIRE(net);
    const size_t real = net->kernels->real_size;
    memset(phi, 0, net->sizes.phi * real);
    for (size_t j = 0; j < net->arch.n_modules; j++) {
        const struct sg_module *module = &net->arch.modules[j];
        const struct sg_family_ops *family = net->kernels->family[module->family];
        if (family->start)
            family->start((char *)phi + net->module_offset[j] * real, module,
                          net->width[module->at], net->arch.labels, rng);
    }
}

bool sg_net_opt_has_m(const struct sg_opt *opt)
{
    SG_REQUIRE(opt);
    return opt->kind == SG_MOMENTUM || opt->kind == SG_ADAM;
}

bool sg_net_opt_has_v(const struct sg_opt *opt)
{
    SG_REQUIRE(opt);
    return opt->kind == SG_RMSPROP || opt->kind == SG_ADAM;
}

struct opt_pass {
    char *next, *m, *v;
    const char *theta, *grad;
    const struct sg_opt *opt;
    const struct sg_kernels *kernels;
    uint64_t t;
    size_t n;
};

static void opt_part(size_t part, size_t parts, void *pass)
{
    const struct opt_pass *p = pass;
    const size_t real = p->kernels->real_size;
    size_t from, to;
    sg_base_share(&from, &to, p->n, 1024, part, parts);
    const size_t at = from * real;
    const struct sg_moments moments = {.m = p->m ? p->m + at : NULL,
                                       .v = p->v ? p->v + at : NULL,
                                       .t = p->t};
    if (p->opt->kind == SG_GD)
        p->kernels->descend(p->next + at, p->theta + at, p->grad + at, p->opt->rate, to - from);
    else
        p->kernels->optimise(p->next + at, &moments, p->theta + at, p->grad + at, p->opt,
                             to - from);
}

void sg_net_product(void *c, const void *a, const void *b, enum sg_transpose op, size_t m,
                    size_t k, size_t n, enum sg_dtype dtype)
{
    sg_net_kernels(dtype)->multiply(c, a, b, op, m, k, n);
}

void sg_net_opt_step(void *next, struct sg_moments *moments, const void *theta, const void *grad,
                     const struct sg_opt *opt, enum sg_dtype dtype, size_t n)
{
    SG_REQUIRE(opt);
    const struct sg_kernels *kernels = sg_net_kernels(dtype);
    SG_REQUIRE((int)opt->kind < SG_OPT_KINDS);
    struct opt_pass pass = {
        .next = next, .theta = theta, .grad = grad, .opt = opt, .kernels = kernels, .n = n};
    if (opt->kind != SG_GD) {
        const bool has_m = sg_net_opt_has_m(opt), has_v = sg_net_opt_has_v(opt);
        SG_REQUIRE(moments && (!has_m || (moments->m && opt->beta1 >= 0 && opt->beta1 < 1)));
        SG_REQUIRE(!has_v ||
                   (moments->v && opt->beta2 >= 0 && opt->beta2 < 1 && opt->epsilon >= 0));
        pass.t = ++moments->t;
        pass.m = moments->m;
        pass.v = moments->v;
    }
    if (n < SG_NET_SHARED)
        opt_part(0, 1, &pass);
    else
        sg_base_split(SIZE_MAX, opt_part, &pass);
}
