/* One step of a net with SGs in rational arithmetic, and what it does to the ledger (DY14). */
#ifdef SG_HAVE_FLINT
#include <stdlib.h>

#include "cert/exact.h"
#include "synthgrad/cert.h"

/* ---- matrices of rationals ------------------------------------------------------------------ */

/* Row by row; out has its shape. */
static void read_matrix(fmpq_mat_t out, const double *from)
{
    const slong columns = fmpq_mat_ncols(out);
    for (slong i = 0; i < fmpq_mat_nrows(out); i++)
        for (slong j = 0; j < columns; j++)
            sg_exact_rational(fmpq_mat_entry(out, i, j), from[i * columns + j]);
}

/* [a 1] with a's rows, the column of ones last. */
static void with_ones(fmpq_mat_t out, const fmpq_mat_t a)
{
    const slong n = fmpq_mat_nrows(a), k = fmpq_mat_ncols(a);
    fmpq_mat_t left;
    fmpq_mat_init(out, n, k + 1);
    fmpq_mat_window_init(left, out, 0, 0, n, k);
    fmpq_mat_set(left, a);
    fmpq_mat_window_clear(left);
    for (slong i = 0; i < n; i++)
        fmpq_set_si(fmpq_mat_entry(out, i, k), 1, 1);
}

/* W without its last row, the bias: a window to be cleared. */
#define WITHOUT_BIAS(out, W) \
    fmpq_mat_window_init(out, W, 0, 0, fmpq_mat_nrows(W) - 1, fmpq_mat_ncols(W))

/* out += scale a^T b (transpose_b: a b^T) */
static void add_product(fmpq_mat_t out, const fmpq_t scale, const fmpq_mat_t a, const fmpq_mat_t b,
                        bool transpose_b)
{
    const fmpq_mat_struct *turned = transpose_b ? b : a;
    fmpq_mat_t t, product;
    fmpq_mat_init(t, fmpq_mat_ncols(turned), fmpq_mat_nrows(turned));
    fmpq_mat_init(product, fmpq_mat_nrows(out), fmpq_mat_ncols(out));
    fmpq_mat_transpose(t, turned);
    fmpq_mat_mul(product, transpose_b ? a : t, transpose_b ? t : b);
    fmpq_mat_scalar_mul_fmpq(product, product, scale);
    fmpq_mat_add(out, out, product);
    fmpq_mat_clear(t);
    fmpq_mat_clear(product);
}

/* ---- the net -------------------------------------------------------------------------------- */

/* Layer i maps h_i (n x k_i) by W_i, whose last row is the bias: a = [h 1] W, h_{i+1} = a or
 * max(a, 0).  An SG: s = h A + y B + 1 C. */
struct net {
    const struct sg_cert_ledger *of;
    fmpq_mat_t *W, *dW, *in, *h; /* per layer: in = [h_i 1]; h [layers + 1] */
    fmpq_mat_t *A, *dA;          /* per module, where it has the term h */
    fmpq_mat_t y;
    fmpq_t one, minus, per_row;  /* 1, -1, 1/n */
};

static size_t regressors(const struct sg_cert_ledger *of, size_t j)
{
    return (of->module[j].terms & 1 ? of->width[of->module[j].at] : 0) +
           (of->module[j].terms & 2 ? of->m : 0) + (of->module[j].terms & 4 ? 1 : 0);
}

static void net_init(struct net *net, const struct sg_cert_ledger *of)
{
    const double *w = of->w;
    net->of = of;
    net->W = SG_NEW(of->layers, fmpq_mat_t);
    net->dW = SG_NEW(of->layers, fmpq_mat_t);
    net->in = SG_NEW(of->layers, fmpq_mat_t);
    net->h = SG_NEW(of->layers + 1, fmpq_mat_t);
    net->A = SG_NEW(of->modules + 1, fmpq_mat_t);
    net->dA = SG_NEW(of->modules + 1, fmpq_mat_t);
    fmpq_init(net->one);
    fmpq_init(net->minus);
    fmpq_init(net->per_row);
    fmpq_set_si(net->one, 1, 1);
    fmpq_set_si(net->minus, -1, 1);
    fmpq_set_si(net->per_row, 1, (ulong)of->n);
    fmpq_mat_init(net->y, (slong)of->n, (slong)of->m);
    fmpq_mat_init(net->h[0], (slong)of->n, (slong)of->width[0]);
    read_matrix(net->y, of->y);
    read_matrix(net->h[0], of->x);
    for (size_t i = 0; i < of->layers; i++) {
        const size_t rows = of->width[i] + 1, columns = of->width[i + 1];
        fmpq_mat_init(net->W[i], (slong)rows, (slong)columns);
        read_matrix(net->W[i], w);
        fmpq_mat_init(net->dW[i], (slong)rows, (slong)columns);
        fmpq_mat_init(net->h[i + 1], (slong)of->n, (slong)columns);
        w += rows * columns;
    }
    for (size_t j = 0; j < of->modules; j++) {
        const slong k = (slong)of->width[of->module[j].at];
        fmpq_mat_init(net->A[j], k, k);
        fmpq_mat_init(net->dA[j], k, k);
    }
}

static void net_clear(struct net *net)
{
    for (size_t i = 0; i < net->of->layers; i++) {
        fmpq_mat_clear(net->W[i]);
        fmpq_mat_clear(net->dW[i]);
        fmpq_mat_clear(net->in[i]);
        fmpq_mat_clear(net->h[i + 1]);
    }
    for (size_t j = 0; j < net->of->modules; j++) {
        fmpq_mat_clear(net->A[j]);
        fmpq_mat_clear(net->dA[j]);
    }
    fmpq_mat_clear(net->h[0]);
    fmpq_mat_clear(net->y);
    fmpq_clear(net->one);
    fmpq_clear(net->minus);
    fmpq_clear(net->per_row);
    free(net->W);
    free(net->dW);
    free(net->in);
    free(net->h);
    free(net->A);
    free(net->dA);
    flint_cleanup(); /* FLINT keeps integers per thread, and this thread may end */
}

static void forward(struct net *net)
{
    for (size_t i = 0; i < net->of->layers; i++) {
        with_ones(net->in[i], net->h[i]);
        fmpq_mat_mul(net->h[i + 1], net->in[i], net->W[i]);
        for (slong r = 0; net->of->relu && i + 1 < net->of->layers && r < (slong)net->of->n; r++)
            for (slong c = 0; c < fmpq_mat_ncols(net->h[i + 1]); c++)
                if (fmpq_sgn(fmpq_mat_entry(net->h[i + 1], r, c)) < 0)
                    fmpq_zero(fmpq_mat_entry(net->h[i + 1], r, c));
    }
}

/* delta through relu, whose slope at 0 is 0. */
static void mask(fmpq_mat_t delta, const fmpq_mat_t h)
{
    for (slong r = 0; r < fmpq_mat_nrows(h); r++)
        for (slong c = 0; c < fmpq_mat_ncols(h); c++)
            if (fmpq_is_zero(fmpq_mat_entry(h, r, c)))
                fmpq_zero(fmpq_mat_entry(delta, r, c));
}

/* s of module j.  phi: its numbers, A, B, C. */
static void synthesise(fmpq_mat_t s, struct net *net, size_t j, const double *phi)
{
    const struct sg_cert_ledger *of = net->of;
    const struct sg_cert_ledger_module *module = &of->module[j];
    const size_t k = of->width[module->at];
    fmpq_mat_t part, B;
    fmpq_mat_init(part, (slong)of->n, (slong)k);
    fmpq_mat_init(B, (slong)of->m, (slong)k);
    fmpq_mat_zero(s);
    if (module->terms & 1) {
        read_matrix(net->A[j], phi);
        fmpq_mat_mul(part, net->h[module->at], net->A[j]);
        fmpq_mat_add(s, s, part);
        phi += k * k;
    }
    if (module->terms & 2) {
        read_matrix(B, phi);
        fmpq_mat_mul(part, net->y, B);
        fmpq_mat_add(s, s, part);
        phi += of->m * k;
    }
    if (module->terms & 4) {
        fmpq_t constant;
        fmpq_init(constant);
        for (size_t c = 0; c < k; c++) {
            sg_exact_rational(constant, phi[c]);
            for (slong r = 0; r < (slong)of->n; r++)
                fmpq_add(fmpq_mat_entry(s, r, (slong)c), fmpq_mat_entry(s, r, (slong)c), constant);
        }
        fmpq_clear(constant);
    }
    fmpq_mat_clear(part);
    fmpq_mat_clear(B);
}

/* At module j: dA = E[h^T (s - target)], and delta = (1 - mix) arriving + mix s. */
static void at_module(fmpq_mat_t delta, const fmpq_mat_t truth, struct net *net, size_t j,
                      const double *phi)
{
    const struct sg_cert_ledger_module *module = &net->of->module[j];
    fmpq_mat_t s, off;
    fmpq_t mix;
    fmpq_init(mix);
    fmpq_mat_init(s, fmpq_mat_nrows(delta), fmpq_mat_ncols(delta));
    fmpq_mat_init(off, fmpq_mat_nrows(delta), fmpq_mat_ncols(delta));
    synthesise(s, net, j, phi);
    fmpq_mat_sub(off, s, module->arriving ? delta : truth);
    if (module->terms & 1)
        add_product(net->dA[j], net->per_row, net->h[module->at], off, false);
    sg_exact_rational(mix, module->mix);
    fmpq_mat_sub(s, s, delta);
    fmpq_mat_scalar_mul_fmpq(s, s, mix);
    fmpq_mat_add(delta, delta, s);
    fmpq_clear(mix);
    fmpq_mat_clear(s);
    fmpq_mat_clear(off);
}

/* arriving = delta W^T */
static void down(fmpq_mat_t arriving, const fmpq_mat_t delta, const fmpq_mat_t W,
                 const struct net *net)
{
    fmpq_mat_t weights;
    WITHOUT_BIAS(weights, W);
    fmpq_mat_zero(arriving);
    add_product(arriving, net->one, delta, weights, true);
    fmpq_mat_window_clear(weights);
}

/* MSE: delta = p - y at the output, then down, with the true gradient beside it. */
static void backward(struct net *net)
{
    const struct sg_cert_ledger *of = net->of;
    size_t j = of->modules;
    const double *phi = of->phi;
    fmpq_mat_t delta, truth, next, next_truth;
    for (size_t i = 0; i < of->modules; i++)
        phi += regressors(of, i) * of->width[of->module[i].at];
    fmpq_mat_init(delta, (slong)of->n, (slong)of->m);
    fmpq_mat_sub(delta, net->h[of->layers], net->y);
    fmpq_mat_init_set(truth, delta);
    for (size_t i = of->layers; i > 0; i--) {
        if (j > 0 && of->module[j - 1].at == i) {
            j--;
            phi -= regressors(of, j) * of->width[i];
            at_module(delta, truth, net, j, phi);
        }
        if (of->relu && i < of->layers) {
            mask(delta, net->h[i]);
            mask(truth, net->h[i]);
        }
        add_product(net->dW[i - 1], net->per_row, net->in[i - 1], delta, false);
        fmpq_mat_init(next, (slong)of->n, (slong)of->width[i - 1]);
        fmpq_mat_init(next_truth, (slong)of->n, (slong)of->width[i - 1]);
        down(next, delta, net->W[i - 1], net);
        down(next_truth, truth, net->W[i - 1], net);
        fmpq_mat_swap(delta, next);
        fmpq_mat_swap(truth, next_truth);
        fmpq_mat_clear(next);
        fmpq_mat_clear(next_truth);
    }
    fmpq_mat_clear(delta);
    fmpq_mat_clear(truth);
}

/* ---- the ledger ----------------------------------------------------------------------------- */

/* D += scale (below^T below - above above^T), the bias in below alone. */
static void add_sides(fmpq_mat_t D, const fmpq_t scale, const fmpq_mat_t below,
                      const fmpq_mat_t above)
{
    fmpq_mat_t weights;
    fmpq_t back;
    fmpq_init(back);
    fmpq_sub(back, back, scale); /* fmpq_neg is inline and would want GMP itself */
    WITHOUT_BIAS(weights, above);
    add_product(D, scale, below, below, false);
    add_product(D, back, weights, weights, true);
    fmpq_mat_window_clear(weights);
    fmpq_clear(back);
}

/* D+ - D - squares at boundary i, from the numbers after the step: W - mu dW and A - nu dA. */
static void left_over(fmpq_mat_t D, const struct net *net, size_t i, const fmpq_t mu)
{
    const struct sg_cert_ledger *of = net->of;
    fmpq_mat_struct *const both[2] = {net->W[i - 1], net->W[i]},
                           *const step[2] = {net->dW[i - 1], net->dW[i]};
    fmpq_mat_t after[2], turned;
    fmpq_t scale;
    fmpq_init(scale);
    for (int side = 0; side < 2; side++) {
        fmpq_mat_init(after[side], fmpq_mat_nrows(both[side]), fmpq_mat_ncols(both[side]));
        fmpq_mat_scalar_mul_fmpq(after[side], step[side], mu);
        fmpq_mat_sub(after[side], both[side], after[side]);
    }
    add_sides(D, net->one, after[0], after[1]);
    add_sides(D, net->minus, both[0], both[1]);
    fmpq_mul(scale, mu, mu);
    fmpq_mul(scale, scale, net->minus);
    add_sides(D, scale, step[0], step[1]);
    for (size_t j = 0; j < of->modules; j++) {
        if (of->module[j].at != i)
            continue;
        /* -mix (A+ - A + its transpose) / kappa = mu mix (dA + dA^T) */
        fmpq_mat_init(turned, fmpq_mat_nrows(D), fmpq_mat_ncols(D));
        fmpq_mat_transpose(turned, net->dA[j]);
        fmpq_mat_add(turned, turned, net->dA[j]);
        sg_exact_rational(scale, of->module[j].mix);
        fmpq_mul(scale, scale, mu);
        fmpq_mat_scalar_mul_fmpq(turned, turned, scale);
        fmpq_mat_add(D, D, turned);
        fmpq_mat_clear(turned);
    }
    fmpq_mat_clear(after[0]);
    fmpq_mat_clear(after[1]);
    fmpq_clear(scale);
}

static bool is_zero(const fmpq_mat_t D, bool diagonal)
{
    for (slong i = 0; diagonal && i < fmpq_mat_nrows(D); i++)
        if (!fmpq_is_zero(fmpq_mat_entry(D, i, i)))
            return false;
    return diagonal || fmpq_mat_is_zero(D);
}

static bool is_finite(const struct sg_cert_ledger *of)
{
    size_t n_w = 0, n_phi = 0;
    for (size_t i = 0; i < of->layers; i++)
        n_w += (of->width[i] + 1) * of->width[i + 1];
    for (size_t j = 0; j < of->modules; j++)
        n_phi += regressors(of, j) * of->width[of->module[j].at];
    return isfinite(of->mu) && sg_base_all_finite(of->w, n_w) &&
           sg_base_all_finite(of->phi, n_phi) &&
           sg_base_all_finite(of->x, of->n * of->width[0]) &&
           sg_base_all_finite(of->y, of->n * of->m);
}

enum sg_status sg_cert_ledger_step(const struct sg_cert_ledger *of)
{
    SG_REQUIRE(of);
    struct net net;
    fmpq_t mu;
    bool kept = true;
    if (!is_finite(of))
        return SG_NOT_FINITE;
    net_init(&net, of);
    fmpq_init(mu);
    sg_exact_rational(mu, of->mu);
    forward(&net);
    backward(&net);
    for (size_t i = 1; i < of->layers; i++) {
        fmpq_mat_t D;
        fmpq_mat_init(D, (slong)of->width[i], (slong)of->width[i]);
        left_over(D, &net, i, mu);
        kept = kept && is_zero(D, of->relu);
        fmpq_mat_clear(D);
    }
    fmpq_clear(mu);
    net_clear(&net);
    return kept ? SG_OK : SG_REFUTED;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
