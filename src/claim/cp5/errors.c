/* CP5: rounding, starts, coordinates, the true loss. */
#include <math.h>
#include <string.h>

#include "claim/cp5/parts.h"

static const double U = SG_UNIT_ROUNDOFF;

static double rows_of(const struct sg_cp5 *c)
{
    return (double)c->s->rows.n;
}

static double columns_of(const struct sg_cp5 *c)
{
    return (double)c->s->fit->d;
}

/* P u (rms(y) + sqrt(lambda) |w*|) sqrt(tr): the gradient that is left at W*. */
static double formula_error(const struct sg_cp5 *c)
{
    return (rows_of(c) + 10 * columns_of(c)) * U * sqrt(c->trace) * (c->y + c->top * c->s->w_norm);
}

double sg_cp5_mean_error(const struct sg_cp5 *c, double w)
{
    return U * ((rows_of(c) + 2) * (c->top * w + c->y) + columns_of(c) * sqrt(c->trace) * w) +
           formula_error(c) / sqrt(c->trace);
}

/* In the spectral form w is turned by V and back, 2 d u |w|, and E[p r] has the slope
 * |S (2 w - w*)| <= sqrt(lambda) (2 sqrt(lambda) |w| + rms(y)). */
double sg_cp5_covariance_error(const struct sg_cp5 *c, double w)
{
    const double p = c->top * w, r = p + c->y;
    const double turned = c->s->spectral ? 2 * columns_of(c) * U * p * (p + r) : 0;
    const double error =
        U * ((rows_of(c) + 2) * p * r + columns_of(c) * sqrt(c->trace) * w * (r + p)) +
        formula_error(c) * w + turned;
    return c->constant ? error + p * sg_cp5_mean_error(c, w) : error;
}

/* Of var(p). */
static double variance_error(const struct sg_cp5 *c, double w)
{
    const double p = c->top * w;
    const double error =
        U * ((rows_of(c) + 2) * p * p + 2 * columns_of(c) * sqrt(c->trace) * w * p);
    return c->constant ? 2 * error : error;
}

double sg_cp5_s_error(const struct sg_cp5 *c, double w, double alpha, double sd)
{
    const double of_alpha =
        (sg_cp5_covariance_error(c, w) + fabs(alpha) * variance_error(c, w)) / sd;
    return of_alpha + (c->constant ? sg_cp5_mean_error(c, w) : 0);
}

/* Either loss errs by (n + 2) u E[r^2] and E|r dp|; W*'s own by its gradient times its distance, of
 * second order. */
double sg_cp5_loss_error(const struct sg_cp5 *c, double w)
{
    const double longer = fmax(w, c->s->w_norm), r = c->top * longer + c->y;
    return 2 * U * r * ((rows_of(c) + 2) * r / 2 + columns_of(c) * sqrt(c->trace) * longer);
}

/* ---- weights --------------------------------------------------------------------------------- */

void sg_cp5_from_form(double *w, const struct sg_cp5 *c, const double *form)
{
    if (c->s->spectral)
        sg_sim_spectral_to_w(w, c->s->spectral, form);
    else
        memcpy(w, form, c->s->n_w * sizeof *w);
}

void sg_cp5_to_form(double *form, const struct sg_cp5 *c, const double *w)
{
    if (c->s->spectral)
        sg_sim_spectral_from_w(form, c->s->spectral, w);
    else
        memcpy(form, w, c->s->n_w * sizeof *w);
}

double sg_cp5_distance(const struct sg_cp5 *c, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < c->s->n_w; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

struct sg_cp5_truth sg_cp5_truth(const struct sg_cp5 *c, const double *w)
{
    struct sg_metrics at, best;
    double *dw = SG_TAKE(c->lab, c->s->n_w, double);
    sg_net_eval(dw, NULL, &best, c->plain, c->s->fit->w, NULL, &c->s->batch, SG_WANT_METRICS,
                c->plain_work);
    sg_net_eval(dw, NULL, &at, c->plain, w, NULL, &c->s->batch, SG_WANT_W | SG_WANT_METRICS,
                c->plain_work);
    return (struct sg_cp5_truth){at.loss - best.loss, sg_base_norm(dw, c->s->n_w)};
}

void sg_cp5_start(struct sg_cp5 *c, double cosine, double tau, double bias)
{
    const struct sg_fit *fit = c->s->fit;
    const double length = sg_base_norm(fit->w, c->k);
    double *across = SG_TAKE(c->lab, c->k, double);
    sg_base_rng_direction(across, c->k, c->rng);
    for (int twice = 0; twice < 2; twice++) { /* Gram and Schmidt, once more for the digits */
        const double along = sg_base_dot(across, fit->w, c->k) / (length * length);
        for (size_t i = 0; i < c->k; i++)
            across[i] -= along * fit->w[i];
    }
    const double norm = sg_base_norm(across, c->k);
    sg_closed_no_labels_base(c->w_0, fit, c->constant);
    for (size_t i = 0; i < c->k; i++)
        c->w_0[i] =
            tau * (cosine * fit->w[i] / length + sqrt(1 - cosine * cosine) * across[i] / norm);
    if (c->constant)
        c->w_0[c->k] += bias;
}
