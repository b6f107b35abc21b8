/* What an SG does to a deep linear net on the table: the layers' norms, the sharpness, and whether
 * that minimum attracts (DY15).
 *
 * One target makes one mode.  From a start of rank one, in nets of any width, W_1 is w* / |w*|
 * times a number and every other layer a number.  The spectrum is that of one unit a layer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"
#include "synthgrad/cert.h"

/* A map this small, for a target of size 1, is rounding: nothing is learnt. */
static const double EXPLAINED = 1e-8;

/* The least-squares map of the target in its own units.  With an intercept the ones column is the
 * last one. */
static void scaled_map(double *map, struct sg_data *scaled, const struct sg_analysis *a,
                       const struct sg_data *data, const struct sg_fit *x)
{
    const double centre = a->options.intercept ? a->y_mean : 0;
    *scaled = *data;
    scaled->y = SG_NEW(data->n, double);
    for (size_t i = 0; i < data->n; i++)
        scaled->y[i] = (data->y[i] - centre * data->one[i]) / a->y_scale;
    for (size_t k = 0; k < data->d; k++)
        map[k] = (x->w[k] - (k + 1 == data->d ? centre : 0)) / a->y_scale;
}

/* The net whose layers are one unit wide, with its SGs. */
struct net {
    struct sg_deep deep;
    size_t at[SG_DEEP_LAYERS_MAX], n_at;
    const double *map, *moments;
    double *w;
};

/* Weights of the minimum at kappa. */
static enum sg_status choose(struct sg_factorisation **with, const struct net *net, double kappa)
{
    struct sg_rng *rng = sg_base_rng_alloc(1, "layers", 0, "frames");
    const enum sg_status status = sg_closed_factor_chosen(net->w, with, net->map, &net->deep,
                                                          net->at, net->n_at, kappa, rng);
    sg_base_rng_free(rng);
    return status != SG_OK || (*with)->sigma[0] > EXPLAINED ? status : SG_HYPOTHESIS;
}

/* What becomes of it. */
static enum sg_status find_fate(struct sg_deep_attraction *fate, struct sg_factorisation **with,
                                const struct net *net, double kappa)
{
    const enum sg_status status = choose(with, net, kappa);
    return status == SG_OK ? sg_closed_deep_attraction(fate, &net->deep, net->at, net->n_at,
                                                       net->w, net->moments, kappa)
                           : status;
}

/* Proved, over Q: SG_OK, it attracts; SG_REFUTED, it repels. */
static enum sg_status prove(const struct net *net, double kappa)
{
    const size_t d = net->deep.width[0];
    struct sg_cert_sides sides;
    struct sg_factorisation *with = NULL;
    double *S = SG_NEW(d * d, double), *mean = SG_NEW(d + 1, double), R;
    enum sg_status status = choose(&with, net, kappa);
    if (status == SG_OK)
        status = sg_closed_deep_about(S, &R, mean, &net->deep, net->w, net->moments);
    if (status == SG_OK)
        status = sg_cert_minimum_sides(&sides,
                                       &(struct sg_cert_minimum){.deep = &net->deep,
                                                                 .at = net->at, .n_at = net->n_at,
                                                                 .w = net->w, .S = S, .R = &R,
                                                                 .mean = mean},
                                       1, kappa);
    sg_closed_factor_free(with);
    free(S);
    free(mean);
    return status;
}

/* 1: it repels.  -1: it attracts.  0: rounding hides which. */
static int sign_at(const struct net *net, double kappa)
{
    struct sg_deep_attraction fate = {.top = SG_NAN, .error = SG_NAN};
    struct sg_factorisation *with = NULL;
    const enum sg_status status = find_fate(&fate, &with, net, kappa);
    sg_closed_factor_free(with);
    if (status != SG_OK)
        return 0;
    return sg_closed_deep_attracts(&fate) ? -1 : creal(fate.top) > 10 * fate.error;
}

/* kappa_c from both sides: it repels below and attracts above, each proved at one kappa. */
static void prove_change(struct sg_analysis_layers *l, const struct net *net)
{
    const double low = l->kappa_critical * (1 - 4e-7), high = l->kappa_critical * (1 + 4e-7);
    const size_t size = sg_closed_deep_n_w(&net->deep) + 3 * net->n_at;    /* A, B, C of one unit */
    if (size > SG_ANALYSIS_PROVED || prove(net, low) != SG_REFUTED || prove(net, high) != SG_OK)
        return;
    l->kappa_low = low;
    l->kappa_high = high;
}

/* From kappa towards faster SGs where the minimum repels, and towards slower ones where it
 * attracts, in steps of a quarter: the first kappa where that changes, to 1e-7 of it. */
static void find_change(struct sg_analysis_layers *l, const struct net *net, double kappa)
{
    const int sign = l->attracts ? -1 : 1;
    const double ratio = l->attracts ? 1 / 1.25 : 1.25, reach = log(1e3) / log(1.25);
    double here = kappa, next = kappa;
    int there = sign;
    l->kappa_seen = kappa;
    l->kappa_critical = l->kappa_low = l->kappa_high = SG_NAN;
    if (!l->decided || l->fate.size > SG_ANALYSIS_SCANNED)
        return;
    for (double i = 1; i <= reach && there == sign; i++) {
        here = next;
        next *= ratio;
        there = sign_at(net, next);
    }
    l->kappa_seen = there == sign ? next : here;
    if (there != -sign)
        return;
    while (fabs(next / here - 1) > 1e-7) {
        const double middle = sqrt(here * next);
        if (sign_at(net, middle) == sign)
            here = middle;
        else
            next = middle;
    }
    l->kappa_critical = sqrt(here * next);
    prove_change(l, net);
}

static enum sg_status look(struct sg_analysis_layers *l, const struct sg_analysis *a,
                           const double *map, const double *moments, const double *S)
{
    const size_t d = a->columns, N = a->options.layers;
    struct net net = {.deep = {.n_layers = N, .at = 1, .width = {d}}, .map = map,
                      .moments = moments, .at = {a->options.sg_at}, .n_at = 1};
    struct sg_factorisation *with = NULL, *without = NULL;
    const double none[SG_DEEP_LAYERS_MAX] = {0};
    for (size_t i = 1; i <= N; i++)
        net.deep.width[i] = 1;
    if (a->options.sg_at == 0)
        for (net.n_at = 0; net.n_at + 1 < N; net.n_at++)
            net.at[net.n_at] = net.n_at + 1;
    net.w = SG_NEW(sg_closed_deep_n_w(&net.deep), double);
    enum sg_status status = find_fate(&l->fate, &with, &net, a->options.kappa);
    if (status == SG_OK)
        status = sg_closed_factor_alloc(&without, map, d, 1, none, N);
    if (status == SG_OK)
        status = sg_closed_factor_sharpness(&l->sharpness, with, S);
    if (status == SG_OK)
        status = sg_closed_factor_sharpness(&l->sharpness_backprop, without, S);
    if (status == SG_OK) {
        l->sigma = with->sigma[0];
        l->backprop = without->layer[0];
        memcpy(l->norm, with->layer, N * sizeof *l->norm);
        l->mu_backprop = 2 / l->sharpness_backprop;
        l->attracts = sg_closed_deep_attracts(&l->fate);
        l->decided = l->attracts || creal(l->fate.top) > 10 * l->fate.error;
        find_change(l, &net, a->options.kappa);
    }
    sg_closed_factor_free(with);
    sg_closed_factor_free(without);
    free(net.w);
    return status;
}

enum sg_status sg_analysis_share_out(struct sg_analysis *a, const struct sg_data *data,
                                     const struct sg_fit *x)
{
    const size_t d = data->d, q = d + 2;
    if (!a->options.layers || a->realizable || !(a->y_scale > 0))
        return SG_OK;
    struct sg_data scaled;
    double *map = SG_NEW(d, double), *moments = SG_NEW(q * q, double), *S = SG_NEW(d * d, double);
    scaled_map(map, &scaled, a, data, x);
    sg_closed_deep_moments(moments, &scaled);
    for (size_t i = 0; i < d; i++)
        memcpy(S + i * d, moments + i * q, d * sizeof *S);
    const enum sg_status status = look(&a->layers, a, map, moments, S);
    a->has_layers = status == SG_OK;
    a->explains_nothing = status == SG_HYPOTHESIS;
    free(scaled.y);
    free(map);
    free(moments);
    free(S);
    return a->explains_nothing ? SG_OK : status;
}
