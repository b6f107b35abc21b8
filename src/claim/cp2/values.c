/* CP2: the critical values and critical points of a drawn net, by the closed forms of deep.h. */
#include <math.h>
#include <string.h>

#include "claim/cp2/values.h"

void sg_cp2_find_values(struct sg_cp2_net *net, struct sg_twin *t, struct sg_rng *rng)
{
    *net = (struct sg_cp2_net){.t = t};
    if (!t)
        return;
    const size_t d = t->fit->d, m = t->fit->m, few = d < m ? d : m;
    double *zero = SG_TAKE(t->lab, t->n_w, double);
    double *sigma = net->sigma = SG_TAKE(t->lab, few, double);
    net->deep = (struct sg_deep){.n_layers = t->chain.n_layers, .at = t->chained[0].at};
    memcpy(net->deep.width, t->width, (t->chain.n_layers + 1) * sizeof *t->width);
    sg_lab_try(t->lab,
               sg_closed_deep_critical_point(zero, sigma, &net->deep, &t->rows, NULL, 0, rng));
    net->most = few;
    for (size_t l = 0; l <= t->chain.n_layers; l++)
        net->most = t->width[l] < net->most ? t->width[l] : net->most;
    /* As deep_points.c counts. */
    const double cut = sqrt((double)(t->fit->n + m) * SG_UNIT_ROUNDOFF) * sigma[0];
    while (net->rank < few && sigma[net->rank] > cut)
        net->rank++;
    net->most = net->rank < net->most ? net->rank : net->most;
    for (size_t i = net->most; i < few; i++)
        net->least += sigma[i] * sigma[i] / 2;
    const double last = net->most > 0 ? sigma[net->most - 1] : 0,
                 next = net->most < few ? sigma[net->most] : 0;
    net->last = net->rank > 0 ? sigma[net->rank - 1] * sigma[net->rank - 1] / 2 : 0;
    net->gap = (last - next) * (last + next) / 2;
}

/* ---- points ---------------------------------------------------------------------------------- */

void sg_cp2_sample_critical(double *w, const struct sg_cp2_net *net, size_t count, size_t missing,
                            struct sg_rng *rng)
{
    size_t keep[2 * SG_DEEP_LAYERS_MAX] = {0}, used = 0, left = net->rank - (missing < net->rank);
    for (size_t i = 0; i < net->rank && used < count; i++)
        if (i != missing && sg_base_rng_index(rng, left--) < count - used)
            keep[used++] = i;
    sg_lab_try(net->t->lab,
               sg_closed_deep_critical_point(w, NULL, &net->deep, &net->t->rows, keep, used, rng));
}

void sg_cp2_sample_saddle(double *w, const struct sg_cp2_net *net, struct sg_rng *rng)
{
    if (net->rank < 2) {
        sg_cp2_sample_critical(w, net, 0, net->rank, rng);
        return;
    }
    const size_t missing = sg_base_rng_index(rng, net->most);
    const size_t most = net->most < net->rank ? net->most : net->rank - 1;
    sg_cp2_sample_critical(w, net, 1 + sg_base_rng_index(rng, most), missing, rng);
}

/* dgelsd's W* leaves u cond(X), and C_i C_i^+ = 1 up to u cond(C_i), where cond(C_{N-1}) =
 * cond(W_N) and cond(C_{i-1}) <= cond(W_i) cond(C_i) on the rank kept.  Inexact singular vectors
 * add no more than rounding: only their residual enters, sigma_i need not be apart.  10: dgelsd's
 * constant. */
double sg_cp2_sampled_condition(const struct sg_cp2_net *net, const double *w, size_t count)
{
    const struct sg_twin *t = net->t;
    const struct sg_fit *fit = t->fit;
    double all = 1, cond = 1;
    for (size_t l = t->chain.n_layers; l-- > 1 && count > 0;) {
        const size_t in = t->width[l], out = t->width[l + 1];
        double *sigma = SG_TAKE(t->lab, in < out ? in : out, double);
        sg_lab_try(t->lab,
                   sg_base_singular_values(sigma, w + sg_net_layer_offset(t->net, l), in, out));
        cond *= sigma[0] / sigma[count - 1];
        all += cond;
    }
    return 10 * all * sqrt(fit->lambda_x[0] / fit->lambda_x[fit->rank - 1]);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* 1/2 E|x (P - W*)|^2, the loss above least squares. */
static double above_least_squares(const struct sg_cp2_net *net, const double *w)
{
    const struct sg_twin *t = net->t;
    const struct sg_fit *fit = t->fit;
    double *p = SG_TAKE(t->lab, fit->d * fit->m, double),
           *off = SG_TAKE(t->lab, fit->n * fit->m, double);
    sg_closed_chain_product(p, &t->chain, w, 0, t->chain.n_layers);
    for (size_t i = 0; i < fit->d * fit->m; i++)
        p[i] -= fit->w[i];
    sg_base_mul(off, t->rows.x, p, fit->n, fit->d, fit->m);
    const double norm = sg_base_norm(off, fit->n * fit->m);
    return norm * norm / (2 * (double)fit->n);
}

bool sg_cp2_is_saddle(const struct sg_cp2_net *net, const double *w)
{
    return above_least_squares(net, w) - net->least > net->gap / 2;
}

bool sg_cp2_is_nonzero(const struct sg_cp2_net *net, const double *w)
{
    double zero_map = 0;
    for (size_t i = 0; i < net->rank; i++)
        zero_map += net->sigma[i] * net->sigma[i] / 2;
    return zero_map - above_least_squares(net, w) > net->last / 2;
}
