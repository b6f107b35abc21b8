/* A case's net twice: with its SGs, and under plain backprop, which knows nothing of them. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/twin.h"

static enum sg_status refuse(struct sg_evidence *ev, const char *why)
{
    snprintf(ev->note, sizeof ev->note, "%.399s", why);
    return SG_HYPOTHESIS;
}

static enum sg_status make_rows(struct sg_twin *t, const struct sg_case *c,
                                const struct sg_data *from)
{
    if (c->train.form != SG_FORM_SAMPLE)
        return sg_data_compress(&t->rows, from);
    sg_data_alloc(&t->rows, from->n, from->d, from->m);
    memcpy(t->rows.x, from->x, from->n * from->d * sizeof(double));
    memcpy(t->rows.y, from->y, from->n * from->m * sizeof(double));
    memcpy(t->rows.one, from->one, from->n * sizeof(double));
    return SG_OK;
}

static enum sg_status check_arch(const struct sg_arch *arch, struct sg_evidence *ev)
{
    bool fits = arch->loss == SG_MSE && arch->n_modules > 0;
    for (size_t j = 0; j < arch->n_modules; j++)
        fits = fits && arch->modules[j].mix == 1.0 && arch->modules[j].family == SG_LINEAR;
    return fits ? SG_OK
                : refuse(ev, "the claim is on linear nets under MSE with linear SGs of mix 1");
}

/* The same architecture as the closed forms know it. */
static void make_chain(struct sg_twin *t)
{
    const struct sg_arch *arch = &t->arch.arch;
    t->width = SG_NEW(arch->n_layers + 1, size_t);
    t->chained = SG_NEW(arch->n_modules, struct sg_chain_module);
    for (size_t l = 0; l <= arch->n_layers; l++)
        t->width[l] = sg_net_width(t->net, l);
    for (size_t j = 0; j < arch->n_modules; j++) {
        const struct sg_module *module = &arch->modules[j];
        t->chained[j] = (struct sg_chain_module){.at = module->at,
                                                 .h = module->terms & SG_H,
                                                 .y = module->terms & SG_Y,
                                                 .one = module->terms & SG_ONE,
                                                 .arriving = module->target == SG_TARGET_ARRIVING};
    }
    t->chain = (struct sg_chain){arch->n_layers, t->width, arch->n_modules, t->chained};
    const size_t top = arch->modules[arch->n_modules - 1].at;
    t->n_lower = top < arch->n_layers ? sg_net_layer_offset(t->net, top) : t->n_w;
}

static void make_nets(struct sg_twin *t)
{
    struct sg_arch without = t->arch.arch;
    without.n_modules = 0;
    without.modules = NULL;
    t->net = sg_net_alloc(&t->arch.arch);
    t->plain = sg_net_alloc(&without);
    t->field = sg_sim_net_field(t->net, t->rows.n);
    t->batch = sg_sim_batch(&t->rows);
    t->work = sg_net_work_alloc(t->net, t->rows.n);
    t->plain_work = sg_net_work_alloc(t->plain, t->rows.n);
    t->rounding = sg_sim_rounding_alloc(t->net, &t->batch);
    t->plain_rounding = sg_sim_rounding_alloc(t->plain, &t->batch);
    t->n_w = t->field.sizes.w;
    t->n_phi = t->field.sizes.phi;
    t->dw = SG_NEW(t->n_w, double);
    t->u_w = SG_NEW(t->n_w, double);
    t->dphi = SG_NEW(t->n_phi, double);
    t->u_phi = SG_NEW(t->n_phi, double);
    t->gradient = SG_NEW(t->n_w, double);
    t->u_gradient = SG_NEW(t->n_w, double);
    t->f_phi = SG_NEW(t->arch.arch.n_modules, double);
}

static enum sg_status alloc(struct sg_twin **out, const struct sg_case *c,
                            const struct sg_data *data, struct sg_evidence *ev)
{
    struct sg_twin *t = *out = SG_NEW(1, struct sg_twin);
    struct sg_error err;
    enum sg_status status = make_rows(t, c, data);
    if (status == SG_OK)
        status = sg_closed_fit_alloc(&t->fit, &t->rows);
    if (status == SG_OK && sg_case_make_arch(&t->arch, c, t->rows.d, t->rows.m, &err) != SG_OK)
        status = refuse(ev, err.text);
    if (status == SG_OK)
        status = check_arch(&t->arch.arch, ev);
    if (status == SG_OK) {
        make_nets(t);
        make_chain(t);
    }
    return status;
}

static void end_twin(void *twin)
{
    struct sg_twin *t = twin;
    sg_sim_rounding_free(t->rounding);
    sg_sim_rounding_free(t->plain_rounding);
    sg_net_work_free(t->work);
    sg_net_work_free(t->plain_work);
    sg_net_free(t->net);
    sg_net_free(t->plain);
    sg_closed_fit_free(t->fit);
    sg_data_free(&t->rows);
    free(t->width);
    free(t->chained);
    free(t->dw);
    free(t->dphi);
    free(t->u_w);
    free(t->u_phi);
    free(t->gradient);
    free(t->u_gradient);
    free(t->f_phi);
    free(t);
}

struct sg_twin *sg_twin_make(struct sg_lab *lab, const struct sg_case *c,
                             const struct sg_data *data)
{
    struct sg_twin *t;
    if (lab->status != SG_OK)
        return NULL;
    const enum sg_status status = alloc(&t, c, data, lab->ev);
    t->lab = lab;
    sg_lab_own(lab, t, end_twin);
    return sg_lab_try(lab, status) ? t : NULL;
}

static void *make_twin(struct sg_lab *lab)
{
    return sg_twin_make(lab, lab->trial->c, lab->trial->data);
}

const struct sg_instrument sg_on_twin = {make_twin};

bool sg_lab_layers_are_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_trial *trial,
                            size_t least)
{
    const struct sg_int_list *layers = &trial->c->net.layers;
    for (size_t l = 0; l < layers->n; l++)
        if ((size_t)layers->value[l] < least) {
            snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "hidden layer %zu has %d units, below %zu",
                     l + 1, layers->value[l], least);
            return false;
        }
    return true;
}

/* Of drawn nets the case gives the largest widths. */
static bool is_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    (void)on;
    return trial->c->experiment == SG_EXPERIMENT_DRAWN ||
           sg_lab_layers_are_wide(value, trial, trial->data->m);
}

const struct sg_hypothesis sg_twin_wide = {
    .id = "wide",
    .words = "no hidden layer is narrower than the output",
    .met = is_wide,
    .mend = "widen it (net.layers); drawn nets may have any width: CP2, experiment = \"drawn\""};

void sg_twin_eval(struct sg_twin *t, const double *w, const double *phi)
{
    sg_net_eval(t->dw, t->dphi, NULL, t->net, w, phi, &t->batch, SG_WANT_W | SG_WANT_PHI, t->work);
    sg_sim_rounding(t->u_w, t->u_phi, t->rounding, w, phi);
}

double sg_twin_gradient(struct sg_twin *t, const double *w)
{
    sg_net_eval(t->gradient, NULL, NULL, t->plain, w, NULL, &t->batch, SG_WANT_W, t->plain_work);
    sg_sim_rounding(t->u_gradient, NULL, t->plain_rounding, w, NULL);
    return sg_base_norm(t->u_gradient, t->n_w);
}

void sg_twin_phi_norms(double *f_phi, double *u_phi, const struct sg_twin *t)
{
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t from = sg_net_module_offset(t->net, j);
        const size_t to =
            j + 1 < t->chain.n_modules ? sg_net_module_offset(t->net, j + 1) : t->n_phi;
        const double rounding = sg_base_norm(t->u_phi + from, to - from);
        if (f_phi)
            f_phi[j] = sg_base_norm(t->dphi + from, to - from) + rounding;
        if (u_phi)
            u_phi[j] = rounding;
    }
}

struct sg_twin_look sg_twin_look(struct sg_twin *t, const double *state)
{
    struct sg_twin_look look = {0};
    sg_twin_eval(t, state, state + t->n_w);
    /* Underflow: at most 2^-1075 an operation, and DBL_MIN has room for 2^53 of them. */
    look.rounding = sg_twin_gradient(t, state) + DBL_MIN;
    look.gradient = sg_base_norm(t->gradient, t->n_w);
    sg_twin_phi_norms(t->f_phi, NULL, t);
    const double f_w = sg_base_norm(t->dw, t->n_w) + sg_base_norm(t->u_w, t->n_w);
    if (sg_closed_chain_bound(&look.bound, &t->chain, &t->rows, state, state + t->n_w, f_w,
                              t->f_phi) != SG_OK)
        look.bound = SG_NAN;
    return look;
}

bool sg_twin_solved(double *residual, double *level, const struct sg_twin *t, const double *f)
{
    *residual = sg_base_norm(f, t->n_w + t->n_phi);
    *level = hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi));
    return sg_base_within(*residual, *level);
}

/* ---- sizes ----------------------------------------------------------------------------------- */

double sg_twin_between(const struct sg_twin *t, const double *w, size_t from, size_t to)
{
    const size_t size = t->width[from] * t->width[to];
    if (from == to)
        return 1;
    double *product = SG_NEW(size, double);
    sg_closed_chain_product(product, &t->chain, w, from, to);
    const double norm = sg_base_norm(product, size);
    free(product);
    return norm;
}

/* rms over the samples of x W_1 ... W_to. */
static double rms_of_layer(const struct sg_twin *t, const double *w, size_t to)
{
    const size_t n = t->rows.n, d = t->rows.d, k = t->width[to];
    double *lower = SG_NEW(d * k, double), *h = SG_NEW(n * k, double);
    sg_closed_chain_product(lower, &t->chain, w, 0, to);
    sg_base_mul(h, t->rows.x, lower, n, d, k);
    const double rms = sg_base_norm(h, n * k) / sqrt((double)n);
    free(lower);
    free(h);
    return rms;
}

static double rms_of_regressors(const struct sg_twin *t, const double *w, size_t j)
{
    const size_t n = t->rows.n, q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
    double *z = SG_NEW(n * q, double);
    (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
    const double rms = sg_base_norm(z, n * q) / sqrt((double)n);
    free(z);
    return rms;
}

static double rms_of_targets(const struct sg_twin *t)
{
    return sg_base_norm(t->rows.y, t->rows.n * t->rows.m) / sqrt((double)t->rows.n);
}

struct sg_twin_size sg_twin_size(const struct sg_twin *t, const double *w)
{
    const size_t N = t->chain.n_layers, top = t->chained[t->chain.n_modules - 1].at;
    const double y = rms_of_targets(t);
    struct sg_twin_size size = {0};
    for (size_t l = 0; l < N; l++) {
        size.w = hypot(size.w, rms_of_layer(t, w, l) * y * sg_twin_between(t, w, l + 1, N));
        size.lower = l + 1 == top ? size.w : size.lower;
    }
    for (size_t j = 0; j < t->chain.n_modules; j++)
        size.phi = hypot(size.phi, rms_of_regressors(t, w, j) * y *
                                       sg_twin_between(t, w, t->chained[j].at, N));
    return size;
}

double sg_twin_slope(const struct sg_twin *t)
{
    return sg_base_norm(t->rows.x, t->rows.n * t->rows.d) / sqrt((double)t->rows.n) *
           rms_of_targets(t);
}
