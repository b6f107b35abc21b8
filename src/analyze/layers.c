/* What an SG does to a deep linear net on the table: the layers' norms, the sharpness, and whether
 * that minimum attracts (DY15).
 *
 * One target makes one mode.  From a start of rank one, in nets of any width, W_1 is w* / |w*|
 * times a number and every other layer a number.  The spectrum is that of one unit a layer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"

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
        scaled->y[i] = (data->y[i] - centre) / a->y_scale;
    for (size_t k = 0; k < data->d; k++)
        map[k] = (x->w[k] - (k + 1 == data->d ? centre : 0)) / a->y_scale;
}

static enum sg_status look(struct sg_analysis_layers *l, const struct sg_analysis *a,
                           const double *map, const double *moments, const double *S)
{
    const size_t d = a->columns, N = a->options.layers;
    struct sg_deep deep = {.n_layers = N, .at = 1, .width = {d}};
    struct sg_factorisation *with = NULL, *without = NULL;
    struct sg_rng *rng = sg_base_rng_alloc(1, "layers", 0, "frames");
    double pull[SG_DEEP_LAYERS_MAX] = {0}, none[SG_DEEP_LAYERS_MAX] = {0};
    size_t at[SG_DEEP_LAYERS_MAX] = {a->options.sg_at}, n_at = 1;
    for (size_t i = 1; i <= N; i++)
        deep.width[i] = 1;
    for (size_t i = 1; i < N; i++)
        pull[i - 1] = a->options.sg_at == 0 || a->options.sg_at == i ? 2 / a->options.kappa : 0;
    if (a->options.sg_at == 0)
        for (n_at = 0; n_at + 1 < N; n_at++)
            at[n_at] = n_at + 1;
    double *w = SG_NEW(sg_closed_deep_n_w(&deep), double);
    enum sg_status status = sg_closed_factor_alloc(&with, map, d, 1, pull, N);
    if (status == SG_OK)
        status = sg_closed_factor_alloc(&without, map, d, 1, none, N);
    if (status == SG_OK && !(with->sigma[0] > EXPLAINED))
        status = SG_HYPOTHESIS;
    if (status == SG_OK)
        status = sg_closed_factor_sharpness(&l->sharpness, with, S);
    if (status == SG_OK)
        status = sg_closed_factor_sharpness(&l->sharpness_backprop, without, S);
    if (status == SG_OK)
        status = sg_closed_factor_weights(w, with, &deep, rng);
    if (status == SG_OK)
        status = sg_closed_deep_attraction(&l->fate, &deep, at, n_at, w, moments,
                                           a->options.kappa);
    if (status == SG_OK) {
        l->sigma = with->sigma[0];
        l->backprop = without->layer[0];
        memcpy(l->norm, with->layer, N * sizeof *l->norm);
        l->mu_backprop = 2 / l->sharpness_backprop;
        l->attracts = sg_closed_deep_attracts(&l->fate);
        l->decided = l->attracts || creal(l->fate.top) > 10 * l->fate.error;
    }
    sg_closed_factor_free(with);
    sg_closed_factor_free(without);
    sg_base_rng_free(rng);
    free(w);
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
