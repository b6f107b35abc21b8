/* How far rounding can move a balance that is read unit by unit.  The roundings are those of
 * ledger_sides.c; Cauchy and Schwarz are applied to each unit alone, v_j being its column, so that
 * the bound is the norm of the units' bounds and not of all weights. */
#include <math.h>

#include "lab/ledger_internal.h"

/* Per unit j, all squares.  h: of the boundary, or of a. */
struct units {
    size_t k;
    double *below, *above, *move_below, *move_above, *h, *delta, *s;
    double rms_above; /* rms(delta) above W */
};

/* E[v_j^2] of rows v (n x k). */
static void mean_squares(double *q, const struct sg_net *net, const void *rows, size_t n, size_t k)
{
    const double *d = rows;
    const float *f = rows;
    for (size_t j = 0; j < k; j++)
        q[j] = 0;
    if (sg_net_arch(net)->dtype == SG_F32)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < k; j++)
                q[j] += (double)f[i * k + j] * (double)f[i * k + j] / (double)n;
    else
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < k; j++)
                q[j] += d[i * k + j] * d[i * k + j] / (double)n;
}

/* rms of the rows that the layer below reads, and the most numbers in one that are not 0: products
 * with the others, and adding these, are exact. */
static double rms_below(double *terms, const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                        const struct sg_batch *batch, const struct sg_net_work *work)
{
    const void *rows =
        cut->layer == 0 ? batch->x : sg_net_view(work, SG_VIEW_H, cut->layer);
    const bool single = sg_net_arch(l->net)->dtype == SG_F32;
    double sum = 0;
    size_t most = 0;
    for (size_t i = 0; i < batch->n; i++) {
        size_t some = 0;
        for (size_t j = 0; j < cut->in; j++) {
            const size_t at = i * cut->in + j;
            const double x = single ? (double)((const float *)rows)[at]
                                    : ((const double *)rows)[at];
            sum += x * x;
            some += fabs(x) > 0;
        }
        most = some > most ? some : most;
    }
    *terms = (double)most;
    return sqrt(sum / (double)batch->n);
}

/* B^T dB of a dense layer, or gamma dgamma + beta dbeta with E[hat^2] <= 1. */
static double below_of(double in, double terms, double n, double u, const struct units *v,
                       const struct sg_ledger_cut *cut, size_t j)
{
    if (cut->batch_norm)
        return sg_ledger_gamma(n + 4, u) * sqrt(2 * v->below[j] * v->delta[j]);
    return (sg_ledger_gamma(n + 2, u) + sg_ledger_gamma(terms + 2, u)) * in *
           sqrt(v->below[j] * v->delta[j]);
}

/* dW W^T against delta W^T, and dA against both. */
static double above_of(double n, double u, const struct units *v, const struct sg_ledger_cut *cut,
                       size_t j)
{
    const double W = sqrt(v->above[j] * v->h[j]) * v->rms_above;
    double sum = (sg_ledger_gamma(n + 2, u) + sg_ledger_gamma((double)cut->out + 1, u)) * W;
    if (cut->mix != 0)
        sum += (sg_ledger_gamma(n + 2, u) + 4 * u) * (sqrt(v->h[j] * v->s[j]) + W);
    return sum;
}

/* B[:,j] . dB[:,j] under batch norm: with a = h B, what arrives is gamma r (delta - E[delta] - hat
 * E[delta hat]), at most |gamma| r rms(delta).
 *   a and E[h^T .]    gamma_{n+terms+6} |B[:,j]| rms(h) of it, twice
 *   batch norm        mean and variance are off by gamma_{n+2} rms(a) and its double, hat by
 *                     1 + rho of this, rho = r rms(a), E[hat] and E[hat^2] - 1 with it.  They
 *                     multiply E[delta], r mean E[delta hat] and E[delta hat], each at most
 *                     (1 + rho) rms(delta) */
static double norm_of(double in, double r2, double gamma, double terms, double n, double u,
                      const struct units *v, size_t j)
{
    const double rho = sqrt(r2 * v->h[j]);
    return fabs(gamma) * sqrt(v->delta[j]) *
           (2 * sg_ledger_gamma(n + terms + 6, u) * sqrt(r2 * v->below[j]) * in +
            3 * sg_ledger_gamma(2 * n + 16, u) * (1 + rho) * (1 + rho));
}

/* What is stored: theta' = theta - mu g up to u |theta'| + 3 u |theta' - theta|. */
static double stored(double square, double move)
{
    return square + 4 * sqrt(square * move);
}

static double stored_of(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                        const struct units *v, size_t j)
{
    double sum = stored(v->below[j], v->move_below[j]) + stored(v->above[j], v->move_above[j]);
    if (cut->kind == SG_LEDGER_NORM) { /* eps r^2 <= 1 times gamma's */
        const size_t gamma = sg_net_layer_offset(l->net, cut->layer + 1) + j;
        sum += stored(l->w[gamma] * l->w[gamma], l->dw[gamma] * l->dw[gamma]);
    }
    if (cut->module != SG_LEDGER_NO_MODULE) {
        const size_t A = sg_net_module_offset(l->net, cut->module) + j * (v->k + 1);
        sum += cut->mix / l->kappa *
               (fabs(l->phi_next[A]) + 3 * fabs(l->phi_next[A] - l->phi[A]));
    }
    return 2 * sg_ledger_unit(l->net) * sum;
}

static void read_units(struct units *v, const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                       const struct sg_batch *batch, const struct sg_net_work *work)
{
    const size_t k = cut->units, n = batch->n;
    double **const part[] = {&v->below, &v->above, &v->move_below, &v->move_above, &v->h,
                             &v->delta, &v->s};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        *part[i] = cut->scratch + i * k;
    v->k = k;
    sg_ledger_below(v->below, cut, l->net, l->w);
    sg_ledger_below(v->move_below, cut, l->net, l->dw);
    sg_ledger_square_above(v->above, cut, l->net, l->w);
    sg_ledger_square_above(v->move_above, cut, l->net, l->dw);
    if (cut->kind == SG_LEDGER_NORM) {
        mean_squares(v->delta, l->net, sg_net_view(work, SG_VIEW_DELTA, cut->layer + 2), n, k);
        mean_squares(v->h, l->net, sg_net_view(work, SG_VIEW_H, cut->layer + 1), n, k);
        return;
    }
    mean_squares(v->delta, l->net, sg_net_view(work, SG_VIEW_DELTA, cut->layer + 1), n, k);
    mean_squares(v->h, l->net, sg_net_view(work, SG_VIEW_H, cut->at), n, k);
    if (cut->mix != 0)
        mean_squares(v->s, l->net, sg_net_view(work, SG_VIEW_S, cut->at), n, k);
    v->rms_above = sg_ledger_rms(l->net, sg_net_view(work, SG_VIEW_DELTA, cut->at + 1), n,
                                 sg_net_width(l->net, cut->at + 1));
}

double sg_ledger_units_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                                const struct sg_batch *batch, const struct sg_net_work *work)
{
    const double u = sg_ledger_unit(l->net), n = (double)batch->n;
    struct units v = {0};
    double terms = 0, in = 0, sum = 0;
    read_units(&v, l, cut, batch, work);
    if (!cut->batch_norm)
        in = rms_below(&terms, l, cut, batch, work);
    if (cut->bias)
        in = hypot(in, sg_ledger_rms(l->net, batch->one, batch->n, 1));
    for (size_t j = 0; j < v.k; j++) {
        const double evaluated =
            cut->kind == SG_LEDGER_NORM
                ? norm_of(in, sg_ledger_r2(l, cut, j, batch, work),
                          l->w[sg_net_layer_offset(l->net, cut->layer + 1) + j], terms, n, u, &v, j)
                : below_of(in, terms, n, u, &v, cut, j) + above_of(n, u, &v, cut, j);
        const double one =
            2 * l->mu * evaluated + stored_of(l, cut, &v, j) +
            sg_ledger_gamma((double)(cut->in + cut->out) + 6, SG_UNIT_ROUNDOFF) *
                (v.move_below[j] + v.move_above[j]) +
            2 * SG_UNIT_ROUNDOFF * fabs(cut->squares[j]);
        sum += one * one;
    }
    return sqrt(sum);
}
