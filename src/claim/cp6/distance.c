/* CP6: how far the optimum is from the predicted point's span. */
#include <math.h>

#include "claim/cp6/parts.h"

/* With 1 in col X: the optimum's scores less their projection onto span{p_LS, 1}.  Without, the
 * point is no minimum on its span: the optimum's scores less the point's.  Either W errs by what is
 * left of its gradient over the least eigenvalue of the Hessian, and least squares by 20 u cond. */
void sg_cp6_measure_distance(struct sg_cp6 *c)
{
    const struct sg_log_shallow *s = c->s;
    const struct sg_log_point *best = s->optimum;
    const size_t n = s->data->n, m = s->m;
    const double *fit = sg_cp6_projections(c->lab, s->data, NULL);
    double *span = SG_TAKE(c->lab, 2 * n, double), *near = SG_TAKE(c->lab, n, double), t[2];
    for (size_t i = 0; i < 2 * n; i++)
        span[i] = fit[i / 2 * (m + 1) + m - 1 + i % 2];
    sg_lab_try(c->lab, sg_base_solve_least_squares(t, NULL, NULL, span, best->score, n, 2, 1));
    sg_base_mul(near, span, t, n, 2, 1);
    for (size_t i = 0; i < n; i++)
        near[i] = best->score[i] - (s->ones ? near[i] : c->point->score[i]);
    const double rounding = 20 * SG_UNIT_ROUNDOFF * s->cond;
    const double left = c->point->gradient * (1 + s->cond) + best->gradient +
                        rounding * sg_base_norm(t, 2);
    c->hessian = sg_log_shallow_curvature(c->lab, s, best);
    c->off = sg_base_norm(near, n) / sqrt((double)n);
    c->off_error = sqrt(s->x_max) *
                   (left / c->hessian + rounding * sg_base_norm(best->w, s->n_w));
    c->affine = s->ones && (s->d <= 2 || c->off <= 10 * c->off_error);
}
