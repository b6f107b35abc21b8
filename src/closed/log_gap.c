/* The gap that a linear SG leaves under the log loss, for one output: two regressions, without the
 * weights of either point (CP6, AD1). */
#include <stdlib.h>

#include "synthgrad/logloss.h"

/* (p_LS, 1), row by row. */
static enum sg_status score_features(double *features, const struct sg_data *data)
{
    double *w = SG_NEW(data->d, double), *p = SG_NEW(data->n, double);
    const enum sg_status status =
        sg_base_solve_least_squares(w, NULL, NULL, data->x, data->y, data->n, data->d, 1);
    sg_base_mul(p, data->x, w, data->n, data->d, 1);
    for (size_t i = 0; i < data->n; i++) {
        features[2 * i] = p[i];
        features[2 * i + 1] = data->one[i];
    }
    free(w);
    free(p);
    return status;
}

/* Probabilities (n x 2) at the minimum over scores F B. */
static void minimum_probabilities(double *q, const double *features, const size_t *label, size_t n,
                                  const struct sg_regression *r)
{
    double *score = SG_NEW(n, double);
    sg_base_mul(score, features, r->b, n, r->f, 1);
    (void)sg_closed_log_loss(q, score, label, n, 1);
    free(score);
}

enum sg_status sg_closed_log_gap(struct sg_log_gap *gap, const struct sg_data *data)
{
    SG_REQUIRE(gap && data && data->m == 1);
    const size_t n = data->n;
    size_t *label = NULL, c;
    struct sg_regression *sg = NULL, *best = NULL;
    double *features = SG_NEW(2 * n, double), *q_sg = SG_NEW(2 * n, double),
           *q_best = SG_NEW(2 * n, double);
    *gap = (struct sg_log_gap){.gap = SG_NAN, .infimum = SG_NAN};
    enum sg_status status = sg_closed_classes(&label, &c, data);
    if (status == SG_OK)
        status = score_features(features, data);
    if (status == SG_OK)
        status = sg_closed_regression_alloc(&sg, features, label, n, 2, 1);
    if (status == SG_OK)
        status = sg_closed_regression_alloc(&best, data->x, label, n, data->d, 1);
    if (status == SG_OK) {
        minimum_probabilities(q_sg, features, label, n, sg);
        minimum_probabilities(q_best, data->x, label, n, best);
        gap->finite = !sg->separated;
        gap->separable = best->separated;
        gap->infimum = best->separated ? 0 : best->loss;
        gap->gap = sg->separated     ? 0
                   : best->separated ? sg->loss
                                     : sg_closed_loss_gap(q_best, q_sg, n, 1);
    }
    sg_closed_regression_free(sg);
    sg_closed_regression_free(best);
    free(label);
    free(features);
    free(q_sg);
    free(q_best);
    return status;
}
