/* The sides of a balance, and how far rounding can move them. */
#include <math.h>

#include "lab/ledger_internal.h"

/* ---- the sides ------------------------------------------------------------------------------ */

/* out[j] += sum_i a[i, j]^2 for a (rows x k) */
static void add_squares(double *out, const double *a, size_t rows, size_t k)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < k; j++)
            out[j] += a[i * k + j] * a[i * k + j];
}

void sg_ledger_below(double *below, const struct sg_ledger_cut *cut, const struct sg_net *net,
                     const double *w)
{
    const double *B = w + sg_net_layer_offset(net, cut->layer);
    const size_t k = cut->units;
    /* a bias is one more row of B, gamma and beta are two rows of k */
    const size_t rows = cut->batch_norm ? 2 : cut->in + cut->bias;
    if (cut->kind == SG_LEDGER_MATRIX) {
        sg_base_mul_tn(below, B, B, k, rows, k);
        return;
    }
    for (size_t j = 0; j < k; j++)
        below[j] = 0;
    add_squares(below, B, rows, k);
}

void sg_ledger_square_above(double *above, const struct sg_ledger_cut *cut,
                            const struct sg_net *net, const double *w)
{
    for (size_t e = 0; e < cut->size; e++)
        above[e] = 0;
    if (cut->kind == SG_LEDGER_NORM || cut->square == 0)
        return;
    const double *W = w + sg_net_layer_offset(net, cut->at);
    const size_t k = cut->units, o = cut->out;
    if (cut->kind == SG_LEDGER_MATRIX)
        sg_base_mul_nt(above, W, W, k, o, k);
    else
        for (size_t j = 0; j < k; j++)
            above[j] = sg_base_dot(W + j * o, W + j * o, o);
    for (size_t e = 0; e < cut->size; e++)
        above[e] *= cut->square;
}

void sg_ledger_above(double *above, const struct sg_ledger_cut *cut, const struct sg_net *net,
                     const double *w)
{
    sg_ledger_square_above(above, cut, net, w);
    if (!cut->standin)
        return;
    const double *W = w + sg_net_layer_offset(net, cut->at), *F = cut->standin;
    const size_t k = cut->units, o = cut->out;
    if (cut->kind == SG_LEDGER_UNITS)
        for (size_t j = 0; j < k; j++)
            above[j] += 2 * sg_base_dot(W + j * o, F + j * o, o);
    else
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++)
                above[i * k + j] += sg_base_dot(W + i * o, F + j * o, o) +
                                    sg_base_dot(F + i * o, W + j * o, o);
}

static const double *term_h(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                            const double *phi)
{
    return phi + sg_net_module_offset(l->net, cut->module);
}

void sg_ledger_sg(double *sg, const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                  const double *phi)
{
    const size_t k = cut->units;
    for (size_t e = 0; e < cut->size; e++)
        sg[e] = 0;
    if (cut->module == SG_LEDGER_NO_MODULE)
        return;
    const double *A = term_h(l, cut, phi), share = cut->mix / l->kappa;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            if (cut->kind == SG_LEDGER_MATRIX)
                sg[i * k + j] = share * (A[i * k + j] + A[j * k + i]);
            else if (i == j)
                sg[i] = 2 * share * A[i * k + i];
        }
}

/* ---- rounding -------------------------------------------------------------------------------
 *
 * The identity is local: it holds exactly between the h and delta that the net has computed, so
 * nothing propagates through the net.  With |.| Frobenius norms, rms(v) = sqrt(E|v|^2),
 * gamma_k = k u / (1 - k u) and sums in any order, what one product adds to B^T dB is
 *     dB = E[h^T delta]        gamma_{n+2} |B| rms(h) rms(delta)
 *     h' = h B + 1 b           gamma_{in+2} |B| rms(h) rms(delta): E[h'^T delta] against B^T dB
 * to dW W^T and to what stands in for it
 *     dW, and delta W^T        (gamma_{n+2} + gamma_{o+1}) |W| rms(h) rms(delta)
 * and to dA, against E[h^T s] - E[h^T arriving]
 *     s - arriving, mixing, E  (gamma_{n+2} + 4 u) rms(h) (rms(s) + |W| rms(delta))
 * Relu multiplies by 0 or 1, exactly.  Batch norm, with hat as computed, |hat_j| <= sqrt(n):
 *     gamma dgamma + beta dbeta = E[delta (gamma hat + beta)]
 *                              gamma_{n+4} (max|gamma| + max|beta|) rms(delta)
 * All of it counts 2 mu times: the balance is symmetric.  Storing a step theta' = theta - mu g has
 * an error of at most u |theta'| + 3 u |theta' - theta|: the difference, and the product with a
 * rate that is rounded itself. */

double sg_ledger_unit(const struct sg_net *net)
{
    return sg_net_arch(net)->dtype == SG_F32 ? SG_UNIT_ROUNDOFF * 536870912.0 : SG_UNIT_ROUNDOFF;
}

double sg_ledger_gamma(double k, double u)
{
    return k * u < 0.5 ? k * u / (1 - k * u) : 1;
}

double sg_ledger_rms(const struct sg_net *net, const void *rows, size_t n, size_t k)
{
    double sum = 0;
    if (sg_net_arch(net)->dtype == SG_F64)
        sum = sg_base_dot(rows, rows, n * k);
    else
        for (size_t i = 0; i < n * k; i++)
            sum += (double)((const float *)rows)[i] * (double)((const float *)rows)[i];
    return sqrt(sum / (double)n);
}

/* What a view has at a boundary; 0 is the input. */
static double rms_at(const struct sg_ledger *l, enum sg_view view, size_t boundary,
                     const struct sg_batch *batch, const struct sg_net_work *work)
{
    const void *rows = boundary == 0 ? batch->x : sg_net_view(work, view, boundary);
    return sg_ledger_rms(l->net, rows, batch->n, sg_net_width(l->net, boundary));
}

double sg_ledger_r2(const struct sg_ledger *l, const struct sg_ledger_cut *cut, size_t j,
                    const struct sg_batch *batch, const struct sg_net_work *work)
{
    const void *h = sg_net_view(work, SG_VIEW_H, cut->layer + 1);
    const double n = (double)batch->n;
    double mean = 0, variance = 0;
    for (size_t i = 0; i < batch->n; i++)
        mean += sg_ledger_real(l->net, h, i * cut->units + j) / n;
    for (size_t i = 0; i < batch->n; i++) {
        const double off = sg_ledger_real(l->net, h, i * cut->units + j) - mean;
        variance += off * off / n;
    }
    return 1 / (variance + SG_BATCHNORM_EPS);
}

/* Numbers of the layer below, and the norm of those of W above. */
static size_t below_entries(const struct sg_ledger_cut *cut)
{
    return cut->batch_norm ? 2 * cut->units : (cut->in + cut->bias) * cut->units;
}

static double norm_above(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                         const double *w)
{
    return sg_base_norm(w + sg_net_layer_offset(l->net, cut->at), cut->units * cut->out);
}

/* Of one evaluation, in B^T dB of a dense layer. */
static double below_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                             const struct sg_batch *batch, const struct sg_net_work *work)
{
    const double u = sg_ledger_unit(l->net), n = (double)batch->n;
    const double *B = l->w + sg_net_layer_offset(l->net, cut->layer);
    const double delta = rms_at(l, SG_VIEW_DELTA, cut->layer + 1, batch, work);
    if (cut->batch_norm)
        return sg_ledger_gamma(n + 4, u) * delta *
               (sg_base_max_abs(B, cut->units) + sg_base_max_abs(B + cut->units, cut->units));
    const double h = rms_at(l, SG_VIEW_H, cut->layer, batch, work),
                 one = cut->bias ? sg_ledger_rms(l->net, batch->one, batch->n, 1) : 0;
    return (sg_ledger_gamma(n + 2, u) + sg_ledger_gamma((double)cut->in + 2, u)) *
           sg_base_norm(B, below_entries(cut)) * hypot(h, one) * delta;
}

/* The same in dW W^T, in what stands in for it, and in dA. */
static double above_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                             const struct sg_batch *batch, const struct sg_net_work *work)
{
    const double u = sg_ledger_unit(l->net), n = (double)batch->n;
    const double F = cut->standin ? sg_base_norm(cut->standin, cut->units * cut->out) : 0,
                 W = norm_above(l, cut, l->w) + F;
    const double h = rms_at(l, SG_VIEW_H, cut->at, batch, work),
                 delta = rms_at(l, SG_VIEW_DELTA, cut->at + 1, batch, work);
    double sum = (sg_ledger_gamma(n + 2, u) + sg_ledger_gamma((double)cut->out + 1, u)) * W * h *
                 delta;
    if (cut->mix != 0)
        sum += (sg_ledger_gamma(n + 2, u) + 4 * u) * h *
               (rms_at(l, SG_VIEW_S, cut->at, batch, work) + W * delta);
    if (cut->gap > 0)
        sum += cut->gap * h *
               rms_at(l, SG_VIEW_DELTA, sg_net_arch(l->net)->n_layers, batch, work);
    return sum;
}

/* u |theta'| + 3 u |theta' - theta|, over u. */
static double stored(const double *now, const double *next, size_t n)
{
    double moved = 0;
    for (size_t i = 0; i < n; i++)
        moved += (next[i] - now[i]) * (next[i] - now[i]);
    return sg_base_norm(next, n) + 3 * sqrt(moved);
}

/* The balance's error from storing the parameters. */
static double update_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut)
{
    const size_t at = sg_net_layer_offset(l->net, cut->layer), n = below_entries(cut);
    double sum = sg_base_norm(l->w + at, n) * stored(l->w + at, l->w_next + at, n);
    const size_t above = sg_net_layer_offset(l->net, cut->at), m = cut->units * cut->out;
    const double F = cut->standin ? sg_base_norm(cut->standin, m) : 0;
    sum += (cut->square * norm_above(l, cut, l->w) + F) *
           stored(l->w + above, l->w_next + above, m);
    if (cut->module != SG_LEDGER_NO_MODULE)
        sum += cut->mix / l->kappa *
               stored(term_h(l, cut, l->phi), term_h(l, cut, l->phi_next),
                      cut->units * cut->units);
    return 2 * sg_ledger_unit(l->net) * sum;
}

double sg_ledger_step_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                               const struct sg_batch *batch, const struct sg_net_work *work)
{
    if (cut->kind == SG_LEDGER_NORM ||
        (cut->kind == SG_LEDGER_UNITS && !cut->standin && cut->square == 1.0))
        return sg_ledger_units_rounding(l, cut, batch, work);
    const double evaluated =
        below_rounding(l, cut, batch, work) + above_rounding(l, cut, batch, work);
    /* The squares, in double: differences, products and the sum that they are added to. */
    const size_t n = below_entries(cut), at = sg_net_layer_offset(l->net, cut->layer);
    const double W = norm_above(l, cut, l->dw),
                 squares = sg_base_dot(l->dw + at, l->dw + at, n) + cut->square * W * W;
    return 2 * l->mu * evaluated + update_rounding(l, cut) +
           sg_ledger_gamma((double)(cut->in + cut->out) + 6, SG_UNIT_ROUNDOFF) * squares +
           2 * SG_UNIT_ROUNDOFF * sg_base_norm(cut->squares, cut->size);
}

/* gamma_{in+o+6} of the three sides. */
double sg_ledger_read_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut,
                               const double *w, const double *phi)
{
    const double gamma = sg_ledger_gamma((double)(cut->in + cut->out) + 6, SG_UNIT_ROUNDOFF);
    const double B = sg_base_norm(w + sg_net_layer_offset(l->net, cut->layer), below_entries(cut));
    double sum = B * B;
    if (cut->kind == SG_LEDGER_NORM)
        return gamma * sum;
    const double W = norm_above(l, cut, w);
    const double F = cut->standin ? sg_base_norm(cut->standin, cut->units * cut->out) : 0;
    sum += cut->square * W * W + 2 * W * F;
    if (cut->module != SG_LEDGER_NO_MODULE)
        sum += 2 * cut->mix / l->kappa * sg_base_norm(term_h(l, cut, phi), cut->units * cut->units);
    return gamma * sum;
}
