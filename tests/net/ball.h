/* ball.h - the definition of sg_net_eval for every layer and every credit rule, from net.h's words,
 * in long double with a running error bound.
 *
 * A ball holds the exact value v (to long double) and e >= |what a net of unit roundoff u
 * computes - v|, carried through every operation (Higham, ASNA 2nd ed., 3.3); a sum may be taken in
 * any order.  MSE and linear SGs.  Batch norm goes backward by its full Jacobian, n^2 terms. */
#ifndef SG_TESTS_NET_BALL_H
#define SG_TESTS_NET_BALL_H

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "support.h"
#include "synthgrad/net.h"

typedef struct { long double v, e; } ball;
/* of the net under test */
static long double ball_u = (long double)SG_UNIT_ROUNDOFF;

static inline ball ball_of(long double v) { return (ball){v, 0}; }
static inline ball ball_rounded(long double v) { return (ball){v, ball_u * fabsl(v)}; }
static inline ball ball_round(long double v, long double e)
{
    return (ball){v, e + ball_u * (fabsl(v) + e)};
}
static inline ball ball_add(ball a, ball b) { return ball_round(a.v + b.v, a.e + b.e); }
static inline ball ball_sub(ball a, ball b) { return ball_round(a.v - b.v, a.e + b.e); }
static inline ball ball_mul(ball a, ball b)
{
    return ball_round(a.v * b.v, fabsl(a.v) * b.e + fabsl(b.v) * a.e + a.e * b.e);
}
static inline ball ball_inverse(ball a)
{
    return ball_round(1 / a.v, a.e / (fabsl(a.v) * (fabsl(a.v) - a.e)));
}
static inline ball ball_sqrt(ball a)
{
    const long double low = a.v - a.e > 0 ? a.v - a.e : 0;
    return ball_round(sqrtl(a.v), a.e > 0 ? a.e / (sqrtl(a.v) + sqrtl(low)) : 0);
}
static inline ball ball_exp(ball a)
{
    ball e = {expl(a.v), expl(a.v) * expm1l(a.e)};
    /* the library's is good to an ulp, 2u, the float kernel's to two */
    for (int u = 0; u < 4; u++)
        e = ball_round(e.v, e.e);
    return e;
}

/* A sum of products, in any order. */
struct ball_sum { long double v, e, magnitude; size_t terms; };
static inline void ball_accumulate(struct ball_sum *s, ball a, ball b)
{
    s->v += a.v * b.v;
    s->e += fabsl(a.v) * b.e + fabsl(b.v) * a.e + a.e * b.e;
    s->magnitude += (fabsl(a.v) + a.e) * (fabsl(b.v) + b.e);
    s->terms++;
}
static inline ball ball_total(struct ball_sum s)
{
    const long double ku = (long double)s.terms * ball_u;
    return (ball){s.v, s.e + ku / (1 - ku) * s.magnitude};
}
/* c (m x n) = factor a b by elements and strides, a (m x k), b (k x n);
 * factor 1 is no operation. */
static inline void ball_product(ball *c, const ball *a, size_t a_row, size_t a_column,
                                const ball *b, size_t b_row, size_t b_column, size_t m, size_t k,
                                size_t n, const ball *factor)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            struct ball_sum sum = {0};
            for (size_t l = 0; l < k; l++)
                ball_accumulate(&sum, a[i * a_row + l * a_column], b[l * b_row + j * b_column]);
            c[i * n + j] = factor ? ball_mul(ball_total(sum), *factor) : ball_total(sum);
        }
}

/* What a net eats, in double; in a float net's test, floats. */
struct meal { size_t n; double *w, *phi, *aux, *x, *y, *one; bool train; };

struct deep {
    const struct sg_arch *arch;
    size_t n, top, *width, *at, *aux_at, w_size, phi_size, aux_size;
    bool train;
    ball *w, *phi, *aux, *y, *one, weight;
    ball **h, **g, **arriving, **s, **delta;                      /* [top + 1] */
    ball **hat, **r;                                              /* [top] of batch norm */
    ball *dw, *dphi, loss, sg_loss;                               /* aux: as it is afterwards */
};

static inline ball *ball_copy(const double *a, size_t n)
{
    ball *out = SG_NEW(n, ball);
    for (size_t i = 0; i < n; i++)
        out[i] = ball_of((long double)a[i]);
    return out;
}

static inline void deep_batchnorm(struct deep *v, size_t i, const ball *in, ball *out)
{
    const size_t n = v->n, k = v->width[i];
    ball *aux = v->aux ? v->aux + v->aux_at[i] : NULL;
    v->hat[i] = SG_NEW(n * k, ball);
    v->r[i] = SG_NEW(k, ball);
    for (size_t j = 0; j < k; j++) {
        struct ball_sum sum = {0}, squares = {0};
        for (size_t l = 0; l < n; l++)
            ball_accumulate(&sum, in[l * k + j], ball_of(1));
        ball mean = ball_mul(ball_total(sum), v->weight);
        for (size_t l = 0; l < n; l++) {
            const ball d = ball_sub(in[l * k + j], mean);
            ball_accumulate(&squares, d, d);
        }
        ball variance = ball_mul(ball_total(squares), v->weight);
        if (!v->train) {
            mean = aux[j];
            variance = aux[k + j];
        } else if (aux) {
            const ball keep = ball_rounded(1 - (long double)SG_BATCHNORM_MOMENTUM),
                       step = ball_rounded((long double)SG_BATCHNORM_MOMENTUM);
            aux[j] = ball_add(ball_mul(keep, aux[j]), ball_mul(step, mean));
            aux[k + j] = ball_add(ball_mul(keep, aux[k + j]), ball_mul(step, variance));
        }
        v->r[i][j] = ball_inverse(
            ball_sqrt(ball_add(variance, ball_rounded((long double)SG_BATCHNORM_EPS))));
        for (size_t l = 0; l < n; l++) {
            const ball hat = v->hat[i][l * k + j] =
                ball_mul(ball_sub(in[l * k + j], mean), v->r[i][j]);
            out[l * k + j] = ball_add(ball_mul(v->w[v->at[i] + j], hat), v->w[v->at[i] + k + j]);
        }
    }
}

static inline void deep_layer(struct deep *v, size_t i)
{
    const size_t n = v->n, in = v->width[i], out = v->width[i + 1];
    const ball *from = v->h[i];
    ball *to = v->h[i + 1] = SG_NEW(n * out, ball);
    switch (v->arch->layers[i].kind) {
    case SG_DENSE:
        ball_product(to, from, in, 1, v->w + v->at[i], out, 1, n, in, out, NULL);
        for (size_t l = 0; v->arch->layers[i].bias && l < n * out; l++)
            to[l] = ball_add(to[l], ball_mul(v->one[l / out], v->w[v->at[i] + in * out + l % out]));
        break;
    case SG_RELU:
        for (size_t l = 0; l < n * in; l++)
            to[l] =
                (ball){from[l].v > 0 ? from[l].v : 0, from[l].v + from[l].e > 0 ? from[l].e : 0};
        break;
    case SG_SIGMOID:
        for (size_t l = 0; l < n * in; l++)
            to[l] = ball_inverse(ball_add(ball_of(1), ball_exp((ball){-from[l].v, from[l].e})));
        break;
    case SG_BATCHNORM: deep_batchnorm(v, i, from, to); break;
    case SG_LAYER_KINDS: break;
    }
}

/* delta at boundary i + 1 -> what arrives at i, through `weights` (W or the fixed matrix) where the
 * layer is dense.  free() it. */
static inline ball *deep_backward(const struct deep *v, size_t i, const ball *delta,
                                  const ball *weights)
{
    const size_t n = v->n, in = v->width[i], out = v->width[i + 1];
    ball *below = SG_NEW(n * in, ball);
    switch (v->arch->layers[i].kind) {
    case SG_DENSE: ball_product(below, delta, out, 1, weights, 1, out, n, out, in, NULL); break;
    case SG_RELU:
        for (size_t l = 0; l < n * in; l++) {
            const bool undecided = fabsl(v->h[i][l].v) <= v->h[i][l].e && v->h[i][l].e > 0;
            below[l] = v->h[i][l].v > 0 ? delta[l] : ball_of(0);
            if (undecided)
                below[l].e = fabsl(delta[l].v) + delta[l].e;
        }
        break;
    case SG_SIGMOID:
        for (size_t l = 0; l < n * in; l++)
            below[l] =
                ball_mul(delta[l], ball_mul(v->h[i + 1][l], ball_sub(ball_of(1), v->h[i + 1][l])));
        break;
    /* d hat_b / d h_a = r ([a = b] - (1 + hat_a hat_b) / n) where the moments are the batch's */
    case SG_BATCHNORM:
        for (size_t j = 0; j < in; j++)
            for (size_t a = 0; a < n; a++) {
                struct ball_sum means = {0}, correlation = {0};
                for (size_t b = 0; v->train && b < n; b++) {
                    ball_accumulate(&means, delta[b * in + j], ball_of(1));
                    ball_accumulate(&correlation, delta[b * in + j], v->hat[i][b * in + j]);
                }
                ball sum = delta[a * in + j];
                if (v->train)
                    sum = ball_sub(ball_sub(sum, ball_mul(ball_total(means), v->weight)),
                                   ball_mul(v->hat[i][a * in + j],
                                            ball_mul(ball_total(correlation), v->weight)));
                below[a * in + j] = ball_mul(ball_mul(v->w[v->at[i] + j], v->r[i][j]), sum);
            }
        break;
    case SG_LAYER_KINDS: break;
    }
    return below;
}

static inline void deep_update(struct deep *v, size_t i, const ball *delta)
{
    const size_t n = v->n, in = v->width[i], out = v->width[i + 1];
    ball *dw = v->dw + v->at[i];
    if (v->arch->layers[i].kind == SG_DENSE) {
        ball_product(dw, v->h[i], 1, in, delta, out, 1, in, n, out, &v->weight);
        if (v->arch->layers[i].bias)
            ball_product(dw + in * out, v->one, 1, 1, delta, out, 1, 1, n, out, &v->weight);
    }
    for (size_t j = 0; v->arch->layers[i].kind == SG_BATCHNORM && j < in; j++) {
        struct ball_sum gamma = {0}, beta = {0};
        for (size_t l = 0; l < n; l++) {
            ball_accumulate(&gamma, delta[l * in + j], v->hat[i][l * in + j]);
            ball_accumulate(&beta, delta[l * in + j], ball_of(1));
        }
        dw[j] = ball_mul(ball_total(gamma), v->weight);
        dw[in + j] = ball_mul(ball_total(beta), v->weight);
    }
}

static inline size_t deep_rows(const struct deep *v, const struct sg_module *m)
{
    return (m->terms & SG_H ? v->width[m->at] : 0) + (m->terms & SG_Y ? v->arch->labels : 0) +
           (m->terms & SG_ONE ? 1 : 0);
}

/* s, the gradient towards the target and the loss of the module at boundary i whose
 * parameters start at `offset`. */
static inline void deep_module(struct deep *v, const struct sg_module *m, size_t offset)
{
    const size_t i = m->at, k = v->width[i], n = v->n, q = deep_rows(v, m),
                 labels = v->arch->labels;
    const ball *target = m->target == SG_TARGET_ARRIVING ? v->arriving[i] : v->g[i];
    ball *z = SG_NEW(n * q, ball), *e = SG_NEW(n * k, ball);
    for (size_t l = 0; l < n; l++) {
        size_t c = l * q;
        for (size_t j = 0; m->terms & SG_H && j < k; j++)
            z[c++] = v->h[i][l * k + j];
        for (size_t j = 0; m->terms & SG_Y && j < labels; j++)
            z[c++] = v->y[l * labels + j];
        if (m->terms & SG_ONE)
            z[c] = v->one[l];
    }
    v->s[i] = SG_NEW(n * k, ball);
    ball_product(v->s[i], z, q, 1, v->phi + offset, k, 1, n, q, k, NULL);
    struct ball_sum square = {0};
    for (size_t l = 0; l < n * k; l++) {
        e[l] = ball_sub(v->s[i][l], target[l]);
        ball_accumulate(&square, e[l], e[l]);
    }
    ball total = ball_total(square);
    v->sg_loss = ball_add(v->sg_loss, ball_mul((ball){0.5L * total.v, 0.5L * total.e}, v->weight));
    ball_product(v->dphi + offset, z, 1, q, e, k, 1, q, n, k, &v->weight);
    free(z);
    free(e);
}

/* base_i, fresh. */
static inline ball *deep_base(const struct deep *v, size_t i, const struct sg_net *net)
{
    const size_t k = v->width[i], size = v->n * k, labels = v->arch->labels;
    const enum sg_credit credit = v->arch->credit ? v->arch->credit[i] : SG_TRUE;
    const size_t entries = credit == SG_FEEDBACK ? k * v->width[i + 1]
                           : credit == SG_DIRECT ? labels * k
                                                 : 0;
    ball *base = SG_NEW(size, ball), *fixed = SG_NEW(entries, ball);
    for (size_t l = 0; l < entries; l++) {
        const void *f = sg_net_fixed(net, i);
        const double entry = v->arch->dtype == SG_F32 ? (double)((const float *)f)[l]
                                                      : ((const double *)f)[l];
        fixed[l] = ball_of((long double)entry);
    }
    for (size_t l = 0; credit == SG_TRUE && l < size; l++)
        base[l] = v->arriving[i][l];
    if (credit == SG_DIRECT)
        ball_product(base, v->g[v->top], labels, 1, fixed, k, 1, v->n, labels, k, NULL);
    for (size_t l = 0; credit == SG_KICKBACK && l < size; l++) {
        struct ball_sum sum = {0};
        for (size_t j = 0; j < labels; j++)
            ball_accumulate(&sum, v->g[v->top][l / k * labels + j], ball_of(1));
        base[l] = ball_total(sum);
    }
    if (credit == SG_FEEDBACK) {
        free(base);
        base = deep_backward(v, i, v->delta[i + 1], fixed);
    }
    free(fixed);
    return base;
}

static inline void deep_place(struct deep *v)
{
    v->width = SG_NEW(v->top + 1, size_t);
    v->at = SG_NEW(v->top, size_t);
    v->aux_at = SG_NEW(v->top, size_t);
    v->width[0] = v->arch->inputs;
    for (size_t i = 0; i < v->top; i++) {
        const struct sg_layer *layer = &v->arch->layers[i];
        v->width[i + 1] = layer->kind == SG_DENSE ? layer->width : v->width[i];
        v->at[i] = v->w_size;
        v->aux_at[i] = v->aux_size;
        v->w_size += layer->kind == SG_DENSE ? (v->width[i] + (layer->bias ? 1 : 0)) * layer->width
                     : layer->kind == SG_BATCHNORM ? 2 * v->width[i]
                                                   : 0;
        v->aux_size += layer->kind == SG_BATCHNORM ? 2 * v->width[i] : 0;
    }
    for (size_t j = 0; j < v->arch->n_modules; j++)
        v->phi_size += deep_rows(v, &v->arch->modules[j]) * v->width[v->arch->modules[j].at];
}

/* net: for its fixed matrices only. */
static inline struct deep deep_eval(const struct sg_net *net, const struct sg_arch *arch,
                                    const struct meal *in)
{
    struct deep v = {.arch = arch, .n = in->n, .top = arch->n_layers, .train = in->train};
    ball ***table[] = {&v.h, &v.g, &v.arriving, &v.s, &v.delta, &v.hat, &v.r};
    ball_u = arch->dtype == SG_F32 ? (long double)FLT_EPSILON / 2 : (long double)SG_UNIT_ROUNDOFF;
    for (size_t t = 0; t < COUNT(table); t++)
        *table[t] = SG_NEW(v.top + 1, ball *);
    deep_place(&v);
    const size_t n = v.n, top = v.top, m = arch->labels;
    v.w = ball_copy(in->w, v.w_size);
    v.phi = ball_copy(in->phi, v.phi_size);
    v.aux = in->aux ? ball_copy(in->aux, v.aux_size) : NULL;
    v.y = ball_copy(in->y, n * m);
    v.one = ball_copy(in->one, n);
    v.dw = SG_NEW(v.w_size, ball);
    v.dphi = SG_NEW(v.phi_size, ball);
    v.weight = ball_rounded(1 / (long double)n);
    v.h[0] = ball_copy(in->x, n * arch->inputs);
    for (size_t i = 0; i < top; i++)
        deep_layer(&v, i);

    v.g[top] = SG_NEW(n * m, ball);
    struct ball_sum square = {0};
    for (size_t l = 0; l < n * m; l++) {
        v.g[top][l] = ball_sub(v.h[top][l], v.y[l]);
        ball_accumulate(&square, v.g[top][l], v.g[top][l]);
    }
    const ball total = ball_total(square);
    v.loss = ball_mul((ball){0.5L * total.v, 0.5L * total.e}, v.weight);
    for (size_t i = top; i > 1; i--)
        v.g[i - 1] = deep_backward(&v, i - 1, v.g[i], v.w + v.at[i - 1]);

    size_t offset = v.phi_size;
    for (size_t i = top, j = arch->n_modules; i >= 1; i--) {
        const size_t size = n * v.width[i];
        v.arriving[i] = i == top ? sg_base_copy(v.g[top], size, sizeof(ball))
                                 : deep_backward(&v, i, v.delta[i + 1], v.w + v.at[i]);
        v.delta[i] = deep_base(&v, i, net);
        if (j > 0 && arch->modules[j - 1].at == i) {
            const struct sg_module *module = &arch->modules[--j];
            offset -= deep_rows(&v, module) * v.width[i];
            deep_module(&v, module, offset);
            const ball a = ball_rounded(1 - (long double)module->mix),
                       b = ball_rounded((long double)module->mix);
            for (size_t l = 0; l < size && module->mix > 0; l++)
                v.delta[i][l] = module->mix == 1
                                    ? v.s[i][l]
                                    : ball_add(ball_mul(a, v.delta[i][l]), ball_mul(b, v.s[i][l]));
        }
        deep_update(&v, i - 1, v.delta[i]);
    }
    return v;
}

static inline void deep_free(struct deep *v)
{
    ball **table[] = {v->h, v->g, v->arriving, v->s, v->delta, v->hat, v->r};
    for (size_t t = 0; t < COUNT(table); t++) {
        for (size_t i = 0; i <= v->top; i++)
            free(table[t][i]);
        free(table[t]);
    }
    free(v->width); free(v->at); free(v->aux_at); free(v->w); free(v->phi); free(v->aux);
    free(v->y); free(v->one); free(v->dw); free(v->dphi);
}

/* got (n, in the net's type) against want: within each ball. */
#define CHECK_BALLS(got, want, n, dtype) ball_check(got, want, n, dtype, #got, __FILE__, __LINE__)
static inline void ball_check(const void *got, const ball *want, size_t n, enum sg_dtype dtype,
                              const char *what, const char *file, int line)
{
    for (size_t i = 0; i < n; i++)
        check_close(dtype == SG_F32 ? (double)((const float *)got)[i] : ((const double *)got)[i],
                    (double)want[i].v,
                    /* want as a double */
                    (double)want[i].e + SG_UNIT_ROUNDOFF * (double)fabsl(want[i].v), i, what, file,
                    line);
    check_true(true, what, file, line);
}

/* ---- random deep nets ------------------------------------------------------------------ */

enum { DEEP_BLOCKS = 4, DEEP_LAYERS = 3 * DEEP_BLOCKS };

struct deep_arch {
    struct sg_arch arch;
    struct sg_layer layers[DEEP_LAYERS];
    struct sg_module modules[DEEP_LAYERS];
    enum sg_credit credit[DEEP_LAYERS + 1];
    size_t end[DEEP_BLOCKS + 1];                                  /* boundary after block b = 1.. */
    size_t blocks;
};

enum deep_parts { DEEP_SMOOTH = 1, DEEP_NO_BATCHNORM = 2, DEEP_TRUE = 4, DEEP_NO_MODULES = 8 };

/* Blocks of dense, perhaps batch norm, perhaps an activation; the last one is dense alone.  Rules
 * and modules anywhere.  In place. */
static inline void random_deep(struct deep_arch *r, size_t blocks, size_t narrow, size_t widest,
                               unsigned parts, struct sg_rng *rng)
{
    const double mixes[4] = {0.0, 0.3, 0.5, 1.0};
    const enum sg_layer_kind activations[3] = {parts & DEEP_SMOOTH ? SG_SIGMOID : SG_RELU,
                                               SG_SIGMOID, SG_DENSE};
    *r = (struct deep_arch){.blocks = blocks};
    size_t k = 0;
    for (size_t b = 0; b < blocks; b++) {
        const bool last = b + 1 == blocks;
        const enum sg_layer_kind activation = activations[sg_base_rng_index(rng, 3)];
        r->layers[k++] = (struct sg_layer){SG_DENSE, random_size(narrow, widest, rng),
                                           sg_base_rng_index(rng, 2) == 0};
        if (!last && !(parts & DEEP_NO_BATCHNORM) && sg_base_rng_index(rng, 2))
            r->layers[k++] = (struct sg_layer){SG_BATCHNORM, 0, false};
        if (!last && activation != SG_DENSE)
            r->layers[k++] = (struct sg_layer){activation, 0, false};
        r->end[b + 1] = k;
    }
    r->arch = (struct sg_arch){.inputs = random_size(narrow, widest, rng),
                               .labels = r->layers[k - 1].width,
                               .n_layers = k,
                               .layers = r->layers,
                               .modules = r->modules,
                               .credit = r->credit,
                               .seed = sg_base_rng_index(rng, 1000)};
    for (size_t i = 1; i <= k; i++) {
        const size_t draw = sg_base_rng_index(rng, 9);
        if (!(parts & DEEP_TRUE) && i < k && draw < SG_CREDITS &&
            (draw != SG_FEEDBACK || r->layers[i].kind == SG_DENSE))
            r->credit[i] = (enum sg_credit)draw;
        if (!(parts & DEEP_NO_MODULES) && sg_base_rng_index(rng, 4) == 0)
            r->modules[r->arch.n_modules++] =
                (struct sg_module){i,
                                   SG_LINEAR,
                                   (unsigned)random_size(1, 7, rng),
                                   sg_base_rng_index(rng, 2) ? SG_TARGET_TRUE : SG_TARGET_ARRIVING,
                                   mixes[sg_base_rng_index(rng, 4)],
                                   0};
    }
}

static inline struct meal random_meal(const struct sg_net *net, size_t n, bool train,
                                      struct sg_rng *rng)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_sizes z = sg_net_sizes(net);
    struct meal f = {n,
                     random_vector(z.w, 0.6, rng),
                     random_vector(z.phi, 0.35, rng),
                     random_vector(z.aux, 0.8, rng),
                     random_vector(n * arch->inputs, 1.1, rng),
                     random_vector(n * arch->labels, 0.8, rng),
                     SG_NEW(n, double),
                     train};
    for (size_t i = 0; i < z.aux; i++)
        f.aux[i] = 0.3 + fabs(f.aux[i]);                          /* a variance is positive */
    for (size_t i = 0; i < n; i++)
        f.one[i] = 1;
    return f;
}

static inline void free_meal(struct meal *f)
{
    free(f->w); free(f->phi); free(f->aux); free(f->x); free(f->y); free(f->one);
}

/* The same numbers as the net's type has them; for float, a is rounded so that the
 * oracle sees what the net sees. */
static inline void *in_type(double *a, size_t n, enum sg_dtype dtype)
{
    void *out = sg_base_alloc(n, dtype == SG_F32 ? sizeof(float) : sizeof(double));
    for (size_t i = 0; i < n; i++)
        if (dtype == SG_F32)
            a[i] = (double)(((float *)out)[i] = (float)a[i]);
        else
            ((double *)out)[i] = a[i];
    return out;
}

/* A net, its arrays and everything it computed. */
struct served {
    struct sg_net *net;
    struct sg_net_work *work;
    enum sg_dtype dtype;
    struct sg_sizes sizes;
    size_t n;
    void *w, *phi, *aux, *x, *y, *one, *dw, *dphi;
    struct sg_metrics metrics;
};

enum { EVERYTHING = SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS };

static inline struct served serve(struct sg_net *net, struct meal *f)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const size_t n = f->n, real = arch->dtype == SG_F32 ? sizeof(float) : sizeof(double);
    struct served s = {.net = net,
                       .work = sg_net_work_alloc(net, n),
                       .dtype = arch->dtype,
                       .sizes = sg_net_sizes(net),
                       .n = n};
    s.w = in_type(f->w, s.sizes.w, s.dtype);
    s.phi = in_type(f->phi, s.sizes.phi, s.dtype);
    s.aux = in_type(f->aux, s.sizes.aux, s.dtype);
    s.x = in_type(f->x, n * arch->inputs, s.dtype);
    s.y = in_type(f->y, n * arch->labels, s.dtype);
    s.one = in_type(f->one, n, s.dtype);
    s.dw = sg_base_alloc(s.sizes.w + 1, real);
    s.dphi = sg_base_alloc(s.sizes.phi + 1, real);
    return s;
}

static inline struct sg_batch served_batch(const struct served *s)
{
    return (struct sg_batch){s->n, s->x, s->y, s->one};
}

static inline void served_eval(struct served *s, bool train)
{
    const struct sg_state state = {s->w, s->phi, s->aux};
    const struct sg_batch batch = served_batch(s);
    sg_net_eval_state(s->dw, s->dphi, &s->metrics, s->net, &state, &batch,
                      EVERYTHING | (train ? SG_TRAIN : 0), s->work);
}

/* Frees the net too. */
static inline void free_served(struct served *s)
{
    sg_net_work_free(s->work);
    sg_net_free(s->net);
    free(s->w); free(s->phi); free(s->aux); free(s->x); free(s->y); free(s->one); free(s->dw);
    free(s->dphi);
}

#endif
