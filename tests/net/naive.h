/* naive.h - the definition of sg_net_eval once more, from the header's words: triple loops in long
 * double, every value with its magnitude.
 *
 * The net's rounding error is at most gamma_K times the magnitude, K = the roundings on the
 * longest path (naive_roundings). */
#ifndef SG_TESTS_NET_NAIVE_H
#define SG_TESTS_NET_NAIVE_H

#include <stdlib.h>

#include "naive_smooth.h"

struct naive {
    size_t n, boundaries;
    size_t *width;
    struct wide **h, **g, **s, **delta, **arriving;     /* [boundaries], n x width */
    struct wide *dw, *dphi, loss, sg_loss;
    size_t w_size, phi_size;
};

static inline struct wide *naive_of(const double *a, size_t n)
{
    struct wide *out = SG_NEW(n, struct wide);
    for (size_t i = 0; i < n; i++)
        out[i] = wide_of(a[i]);
    return out;
}

/* The longest path: forward through every layer (in products, in sums, bias), the loss, backward
 * through every layer and module, then a sum over the batch; squared in sg_loss. */
static inline size_t naive_roundings(const struct sg_arch *arch, size_t n)
{
    size_t k = 8, in = arch->inputs;
    for (size_t i = 0; i < arch->n_layers; i++) {
        k += in + arch->layers[i].width + 8;
        in = arch->layers[i].width;
    }
    for (size_t j = 0; j < arch->n_modules; j++)
        k += arch->layers[arch->modules[j].at - 1].width + arch->labels + arch->modules[j].hidden +
             12;
    return 2 * k + n * arch->labels + n / 16;
}

static inline struct wide *naive_backward(const struct naive *v, size_t layer,
                                          const struct wide *delta, const struct wide *weights)
{
    const size_t in = v->width[layer], out = v->width[layer + 1];
    struct wide *below = SG_NEW(v->n * in, struct wide);
    naive_add(below, delta, out, 1, weights, 1, out, v->n, out, in, 1);
    return below;
}

/* What evaluates a nonlinear family; NULL for the linear one.  An unknown one fails the test. */
typedef void naive_family(struct wide *s, struct wide *dphi, const struct wide *err,
                          const struct sg_module *module, const struct wide *phi,
                          const struct naive_input *in);
static inline naive_family *naive_family_of(const struct sg_module *module)
{
    switch (module->family) {
    case SG_LINEAR: return NULL;
    case SG_SIGMOID_LINEAR: return naive_sigmoid_linear;
    case SG_MLP: return naive_mlp;
    case SG_FAMILIES: break;
    }
    fail_msg("the naive evaluation knows no family %d (%s)", (int)module->family,
             sg_net_family_name((int)module->family));
    return NULL;
}

/* The module at boundary i: s, the gradient towards the target, the loss. */
static inline void naive_module(struct naive *v, const struct sg_module *module, struct wide *dphi,
                                const struct wide *phi, size_t m, const struct wide *y,
                                const struct wide *one)
{
    const size_t i = module->at, k = v->width[i], n = v->n;
    const struct wide *target = module->target == SG_TARGET_ARRIVING ? v->arriving[i] : v->g[i];
    const struct naive_input in = {.n = n, .k = k, .m = m, .h = v->h[i], .y = y, .one = one};
    naive_family *family = naive_family_of(module);
    const bool linear = module->family == SG_LINEAR;
    const struct {
        bool on;
        const struct wide *z;
        size_t width;
    } part[3] = {{module->terms & SG_H, v->h[i], k},
                 {module->terms & SG_Y, y, m},
                 {module->terms & SG_ONE, one, 1}};
    struct wide *s = v->s[i] = SG_NEW(n * k, struct wide), *e = SG_NEW(n * k, struct wide);
    if (!linear)
        family(s, NULL, NULL, module, phi, &in);
    for (size_t t = 0, row = 0; t < 3; row += part[t].on ? part[t].width : 0, t++)
        if (linear && part[t].on)
            naive_add(s, part[t].z, part[t].width, 1, phi + row * k, k, 1, n, part[t].width, k, 1);
    for (size_t l = 0; l < n * k; l++) {
        e[l] = wide_sub(s[l], target[l]);
        v->sg_loss = wide_add(v->sg_loss, wide_scale(wide_mul(e[l], e[l]), 0.5L / (long double)n));
    }
    if (!linear)
        family(NULL, dphi, e, module, phi, &in);
    for (size_t t = 0, row = 0; t < 3; row += part[t].on ? part[t].width : 0, t++)
        if (linear && part[t].on)
            naive_add(dphi + row * k, part[t].z, 1, part[t].width, e, k, 1, part[t].width, n, k,
                      1 / (long double)n);
    free(e);
}

static inline struct wide *naive_mix(const struct wide *base, const struct wide *s, double mix,
                                     size_t size)
{
    struct wide *out = SG_NEW(size, struct wide);
    for (size_t l = 0; l < size; l++)
        out[l] =
            wide_add(wide_scale(base[l], 1 - (long double)mix), wide_scale(s[l], (long double)mix));
    return out;
}

static inline struct wide *naive_loss_gradient(struct naive *v, enum sg_loss_kind loss,
                                               const struct wide *p, const struct wide *y, size_t m)
{
    struct wide *g = SG_NEW(v->n * m, struct wide);
    if (loss != SG_LOGISTIC && loss != SG_SOFTMAX_XENT && loss != SG_MSE && loss != SG_ABS)
        fail_msg("the naive evaluation knows no loss %d (%s)", (int)loss,
                 sg_net_loss_name((int)loss));
    for (size_t i = 0; i < v->n && (loss == SG_LOGISTIC || loss == SG_SOFTMAX_XENT); i++) {
        const struct wide value = loss == SG_LOGISTIC
                                      ? naive_logistic(g + i, p[i], y[i])
                                      : naive_softmax(g + i * m, p + i * m, y + i * m, m);
        v->loss = wide_add(v->loss, wide_scale(value, 1 / (long double)v->n));
    }
    for (size_t l = 0; l < v->n * m && (loss == SG_MSE || loss == SG_ABS); l++) {
        const struct wide r = wide_sub(p[l], y[l]);
        const struct wide absolute = {fabsl(r.v), r.m},
                          value = loss == SG_MSE ? wide_scale(wide_mul(r, r), 0.5L) : absolute;
        v->loss = wide_add(v->loss, wide_scale(value, 1 / (long double)v->n));
        g[l] = loss == SG_MSE ? r : wide_of(r.v > 0 ? 1 : r.v < 0 ? -1 : 0);
    }
    return g;
}

static inline struct naive naive_eval(const struct sg_arch *arch, const double *w_in,
                                      const double *phi_in, const double *x, const double *y_in,
                                      const double *one_in, size_t n)
{
    const size_t top = arch->n_layers, m = arch->labels;
    struct naive v = {.n = n, .boundaries = top + 1, .width = SG_NEW(top + 1, size_t)};
    struct wide ***table[] = {&v.h, &v.g, &v.s, &v.delta, &v.arriving};
    size_t *at = SG_NEW(top + 1, size_t), phi_end = 0;
    for (size_t t = 0; t < COUNT(table); t++)
        *table[t] = SG_NEW(top + 1, struct wide *);
    v.width[0] = arch->inputs;
    for (size_t i = 0; i < top; i++) {
        v.width[i + 1] = arch->layers[i].width;
        at[i] = v.w_size;
        v.w_size += (v.width[i] + (arch->layers[i].bias ? 1 : 0)) * v.width[i + 1];
    }
    for (size_t j = 0; j < arch->n_modules; j++)
        v.phi_size += naive_params(&arch->modules[j], v.width[arch->modules[j].at], m);
    v.dw = SG_NEW(v.w_size, struct wide);
    v.dphi = SG_NEW(v.phi_size, struct wide);
    struct wide *w = naive_of(w_in, v.w_size), *phi = naive_of(phi_in, v.phi_size),
                *y = naive_of(y_in, n * m), *one = naive_of(one_in, n);

    v.h[0] = naive_of(x, n * arch->inputs);
    for (size_t i = 0; i < top; i++) {
        const size_t in = v.width[i], out = v.width[i + 1];
        v.h[i + 1] = SG_NEW(n * out, struct wide);
        naive_add(v.h[i + 1], v.h[i], in, 1, w + at[i], out, 1, n, in, out, 1);
        if (arch->layers[i].bias)
            naive_add(v.h[i + 1], one, 1, 1, w + at[i] + in * out, out, 1, n, 1, out, 1);
    }
    v.g[top] = naive_loss_gradient(&v, arch->loss, v.h[top], y, m);
    for (size_t i = top; i > 1; i--)
        v.g[i - 1] = naive_backward(&v, i - 1, v.g[i], w + at[i - 1]);
    phi_end = v.phi_size;
    for (size_t i = top, j = arch->n_modules; i >= 1; i--) {
        const size_t in = v.width[i - 1], out = v.width[i], size = n * out;
        const struct wide zero = {0};
        v.arriving[i] = i == top ? sg_base_copy(v.g[top], size, sizeof zero)
                                 : naive_backward(&v, i, v.delta[i + 1], w + at[i]);
        struct wide *base = sg_base_copy(v.arriving[i], size, sizeof zero);
        if (arch->credit && arch->credit[i] == SG_NOTHING)
            for (size_t l = 0; l < size; l++)
                base[l] = zero;
        v.delta[i] = base;
        if (j > 0 && arch->modules[j - 1].at == i) {
            const struct sg_module *module = &arch->modules[--j];
            phi_end -= naive_params(module, out, m);
            naive_module(&v, module, v.dphi + phi_end, phi + phi_end, m, y, one);
            v.delta[i] = naive_mix(base, v.s[i], module->mix, size);
            free(base);
        }
        naive_add(v.dw + at[i - 1], v.h[i - 1], 1, in, v.delta[i], out, 1, in, n, out,
                  1 / (long double)n);
        if (arch->layers[i - 1].bias)
            naive_add(v.dw + at[i - 1] + in * out, one, 1, 1, v.delta[i], out, 1, 1, n, out,
                      1 / (long double)n);
    }
    free(at); free(w); free(phi); free(y); free(one);
    return v;
}

static inline void naive_free(struct naive *v)
{
    struct wide **table[] = {v->h, v->g, v->s, v->delta, v->arriving};
    for (size_t t = 0; t < COUNT(table); t++) {
        for (size_t i = 0; i < v->boundaries; i++)
            free(table[t][i]);
        free(table[t]);
    }
    free(v->width);
    free(v->dw);
    free(v->dphi);
}

/* got [i] against want [i], tolerance gamma times its magnitude. */
#define CHECK_WIDE(got, want, n, gamma) naive_check(got, want, n, gamma, #got, __FILE__, __LINE__)
static inline void naive_check(const double *got, const struct wide *want, size_t n, double gamma,
                               const char *what, const char *file, int line)
{
    for (size_t i = 0; i < n; i++)
        check_close(got[i], (double)want[i].v, gamma * (double)want[i].m, i, what, file, line);
    check_true(true, what, file, line);
}

/* ---- random nets ----------------------------------------------------------------------- */

enum { NAIVE_LAYERS = 4 };

struct random_arch {
    struct sg_arch arch;
    struct sg_layer layers[NAIVE_LAYERS];
    struct sg_module modules[NAIVE_LAYERS];
    enum sg_credit credit[NAIVE_LAYERS + 1];
};

/* Any chain: depth 1-4, biases, losses, modules with every set of terms, both targets, mix 0 to 1,
 * no propagation here and there.  In place, because arch points into r. */
static inline void random_arch(struct random_arch *r, size_t widest, bool mse, bool nothing,
                               struct sg_rng *rng)
{
    const double mixes[4] = {0.0, 0.3, 0.5, 1.0};
    *r = (struct random_arch){.arch = {.inputs = random_size(1, widest, rng),
                                       .n_layers = random_size(1, NAIVE_LAYERS, rng)}};
    r->arch.loss = mse || sg_base_rng_index(rng, 3) ? SG_MSE : SG_ABS;
    for (size_t i = 0; i < r->arch.n_layers; i++) {
        r->layers[i] =
            (struct sg_layer){SG_DENSE, random_size(1, sg_base_rng_index(rng, 3) ? widest : 4, rng),
                              sg_base_rng_index(rng, 2) == 0};
        if (sg_base_rng_index(rng, 3))
            r->modules[r->arch.n_modules++] =
                (struct sg_module){i + 1,
                                   SG_LINEAR,
                                   (unsigned)random_size(1, 7, rng),
                                   sg_base_rng_index(rng, 2) ? SG_TARGET_TRUE : SG_TARGET_ARRIVING,
                                   mixes[sg_base_rng_index(rng, 4)],
                                   0};
        r->credit[i + 1] = nothing && sg_base_rng_index(rng, 5) == 0 ? SG_NOTHING : SG_TRUE;
    }
    r->arch.labels = r->layers[r->arch.n_layers - 1].width;
    r->arch.layers = r->layers;
    r->arch.modules = r->modules;
    r->arch.credit = nothing ? r->credit : NULL;
}

/* The same chain under a log loss where its labels allow one, with modules of any family. */
static inline void make_smooth(struct random_arch *r, struct sg_rng *rng)
{
    if (sg_base_rng_index(rng, 4))
        r->arch.loss = r->arch.labels == 1 ? SG_LOGISTIC : SG_SOFTMAX_XENT;
    for (size_t j = 0; j < r->arch.n_modules; j++) {
        struct sg_module *module = &r->modules[j];
        module->family = (enum sg_family)sg_base_rng_index(rng, SG_FAMILIES);
        module->terms |= module->family == SG_SIGMOID_LINEAR ? SG_H : 0;
        module->hidden = module->family == SG_MLP ? random_size(1, 9, rng) : 0;
    }
}

/* What a net eats: weights, SG parameters, and rows whose `one` is not all ones
 * (compressed rows are like that). */
struct food { size_t n; double *w, *phi, *x, *y, *one; };

static inline struct food random_food(const struct sg_net *net, size_t n, struct sg_rng *rng)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_sizes sizes = sg_net_sizes(net);
    struct food f = {.n = n,
                     .w = random_vector(sizes.w, 0.45, rng),
                     .phi = random_vector(sizes.phi, 0.35, rng),
                     .x = random_vector(n * arch->inputs, 1.1, rng),
                     .y = random_vector(n * arch->labels, 0.8, rng),
                     .one = random_vector(n, 0.6, rng)};
    return f;
}

/* An array in the net's type; with float, a is rounded too so that the
 * oracle sees what the net sees. */
static inline void *to_real(double *a, size_t n, enum sg_dtype dtype)
{
    void *out = sg_base_alloc(n, dtype == SG_F32 ? sizeof(float) : sizeof(double));
    for (size_t i = 0; i < n; i++) {
        if (dtype == SG_F32)
            a[i] = (double)(((float *)out)[i] = (float)a[i]);
        else
            ((double *)out)[i] = a[i];
    }
    return out;
}

static inline struct sg_batch food_batch(const struct food *f)
{
    return (struct sg_batch){.n = f->n, .x = f->x, .y = f->y, .one = f->one};
}

static inline void free_food(struct food *f)
{
    free(f->w); free(f->phi); free(f->x); free(f->y); free(f->one);
}

#endif
