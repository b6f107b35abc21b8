/* naive_smooth.h - the log losses and the nonlinear SG families for naive.h, from
 * their definitions in net.h.
 *
 * A function with |f'| <= slope takes (v, m) to (f(v), |f(v)| + slope m): an error gamma m of its
 * argument becomes at most slope gamma m. */
#ifndef SG_TESTS_NET_NAIVE_SMOOTH_H
#define SG_TESTS_NET_NAIVE_SMOOTH_H

#include <math.h>
#include <stdlib.h>

#include "support.h"
#include "synthgrad/net.h"

static inline size_t naive_rows(unsigned terms, size_t k, size_t m)
{
    return (terms & SG_H ? k : 0) + (terms & SG_Y ? m : 0) + (terms & SG_ONE ? 1 : 0);
}

static inline size_t naive_params(const struct sg_module *module, size_t k, size_t m)
{
    const size_t ones = module->terms & SG_ONE ? k : 0;
    switch (module->family) {
    case SG_LINEAR: return naive_rows(module->terms, k, m) * k;
    case SG_SIGMOID_LINEAR: return naive_rows(module->terms, k, m) * k + ones;
    case SG_MLP:
        return naive_rows(module->terms, k, m) * module->hidden + module->hidden * k + ones;
    case SG_FAMILIES: break;
    }
    fail_msg("the naive evaluation knows no family %d (%s)", (int)module->family,
             sg_net_family_name((int)module->family));
    return 0;
}

/* c += factor a b, with a given by its element and strides: c (m x n), a (m x k), b (k x n). */
static inline void naive_add(struct wide *c, const struct wide *a, size_t a_row, size_t a_column,
                             const struct wide *b, size_t b_row, size_t b_column, size_t m,
                             size_t k, size_t n, long double factor)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < k; l++)
                c[i * n + j] =
                    wide_add(c[i * n + j], wide_scale(wide_mul(a[i * a_row + l * a_column],
                                                               b[l * b_row + j * b_column]),
                                                      factor));
}

static inline struct wide naive_function(long double value, struct wide argument, long double slope)
{
    return (struct wide){value, fabsl(value) + slope * argument.m};
}

static inline struct wide naive_sigma(struct wide x)
{
    return naive_function(1 / (1 + expl(-x.v)), x, 0.25L);
}

/* What a module reads: h (n x k), y (n x m), one (n). */
struct naive_input { size_t n, k, m; const struct wide *h, *y, *one; };

/* The rows (h, y, 1) as far as terms name them, n x naive_rows. */
static inline struct wide *naive_regressors(unsigned terms, const struct naive_input *in)
{
    const size_t width = naive_rows(terms, in->k, in->m);
    struct wide *z = SG_NEW(in->n * width, struct wide), *to = z;
    for (size_t i = 0; i < in->n; i++) {
        for (size_t j = 0; (terms & SG_H) && j < in->k; j++)
            *to++ = in->h[i * in->k + j];
        for (size_t j = 0; (terms & SG_Y) && j < in->m; j++)
            *to++ = in->y[i * in->m + j];
        if (terms & SG_ONE)
            *to++ = in->one[i];
    }
    return z;
}

/* s (n x k), zero on entry; or, with an error e (n x k), dphi += the gradient. */
static inline void naive_sigmoid_linear(struct wide *s, struct wide *dphi, const struct wide *e,
                                        const struct sg_module *module, const struct wide *phi,
                                        const struct naive_input *in)
{
    const unsigned inner = module->terms & (SG_H | SG_ONE), outer = module->terms & (SG_Y | SG_ONE);
    const size_t n = in->n, k = in->k, rows_in = naive_rows(inner, k, in->m),
                 rows_out = naive_rows(outer, k, in->m), b = rows_in * k;
    struct wide *zi = naive_regressors(inner, in), *zo = naive_regressors(outer, in),
                *a = SG_NEW(n * k, struct wide), *back = SG_NEW(n * k, struct wide);
    naive_add(a, zi, rows_in, 1, phi, k, 1, n, rows_in, k, 1);
    for (size_t l = 0; l < n * k; l++) {
        a[l] = naive_sigma(a[l]);
        if (s)
            s[l] = a[l];
        if (e)
            back[l] = wide_mul(e[l], wide_mul(a[l], wide_sub(wide_of(1), a[l])));
    }
    if (s)
        naive_add(s, zo, rows_out, 1, phi + b, k, 1, n, rows_out, k, 1);
    if (e) {
        naive_add(dphi, zi, 1, rows_in, back, k, 1, rows_in, n, k, 1 / (long double)n);
        naive_add(dphi + b, zo, 1, rows_out, e, k, 1, rows_out, n, k, 1 / (long double)n);
    }
    free(zi); free(zo); free(a); free(back);
}

static inline void naive_mlp(struct wide *s, struct wide *dphi, const struct wide *e,
                             const struct sg_module *module, const struct wide *phi,
                             const struct naive_input *in)
{
    const size_t n = in->n, k = in->k, hidden = module->hidden,
                 rows = naive_rows(module->terms, k, in->m), u = rows * hidden, d = u + hidden * k;
    struct wide *z = naive_regressors(module->terms, in), *q = SG_NEW(n * hidden, struct wide),
                *back = SG_NEW(n * hidden, struct wide);
    naive_add(q, z, rows, 1, phi, hidden, 1, n, rows, hidden, 1);
    for (size_t l = 0; l < n * hidden; l++)
        q[l] = naive_function(tanhl(q[l].v), q[l], 1);
    if (s)
        naive_add(s, q, hidden, 1, phi + u, k, 1, n, hidden, k, 1);
    if (s && module->terms & SG_ONE)
        naive_add(s, in->one, 1, 1, phi + d, k, 1, n, 1, k, 1);
    if (e) {
        naive_add(dphi + u, q, 1, hidden, e, k, 1, hidden, n, k, 1 / (long double)n);
        if (module->terms & SG_ONE)
            naive_add(dphi + d, in->one, 1, 1, e, k, 1, 1, n, k, 1 / (long double)n);
        naive_add(back, e, k, 1, phi + u, 1, k, n, k, hidden, 1);
        for (size_t l = 0; l < n * hidden; l++)
            back[l] = wide_mul(back[l], wide_sub(wide_of(1), wide_mul(q[l], q[l])));
        naive_add(dphi, z, 1, rows, back, hidden, 1, rows, n, hidden, 1 / (long double)n);
    }
    free(z); free(q); free(back);
}

/* One row: returns l, sets g (m).  Slopes in the largest |dp|: 1 for log sum e^p (and 1 for p_j),
 * 1/2 for an entry of softmax. */
static inline struct wide naive_softmax(struct wide *g, const struct wide *p, const struct wide *y,
                                        size_t m)
{
    long double sum = 0, most = 0, total = 0, total_magnitude = 0;
    struct wide loss = {0};
    for (size_t j = 0; j < m; j++) {
        sum += expl(p[j].v);
        most = p[j].m > most ? p[j].m : most;
        total += y[j].v;
        total_magnitude += y[j].m;
    }
    for (size_t j = 0; j < m; j++) {
        const long double s = expl(p[j].v) / sum, minus_log = logl(sum) - p[j].v;
        loss = wide_add(loss, wide_mul(y[j], (struct wide){minus_log, minus_log + 2 * most}));
        g[j] = (struct wide){total * s - y[j].v,
                             total_magnitude * s + y[j].m + total_magnitude * most / 2};
    }
    return loss;
}

static inline struct wide naive_logistic(struct wide *g, struct wide p, struct wide y)
{
    const struct wide s = naive_sigma(p);
    const long double softplus = log1pl(expl(p.v));
    *g = (struct wide){s.v - y.v, (1 + 2 * y.m) * (s.m + 1)};
    return (struct wide){softplus - y.v * p.v,
                         (1 + y.m) * softplus + y.m * (softplus - p.v) + (1 + 2 * y.m) * p.m};
}

#endif
