/* CP6: the predicted point against the net's joint directions and Newton's method, and its gap. */
#include <math.h>
#include <string.h>

#include "claim/cp6/parts.h"
#include "lab/tolerance.h"

static const double U = SG_UNIT_ROUNDOFF;

/* n u L each for the sums, and the scores' own, 4 u max |p| E|g|. */
double sg_cp6_loss_rounding(const struct sg_cp6 *c, const struct sg_log_point *point)
{
    const size_t n = c->s->data->n, classes = c->s->m > 1 ? c->s->m : 2;
    const double *y = c->s->data->y;
    double wrong = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < classes; k++) {
            const bool own = c->s->m > 1 ? y[i * c->s->m + k] == 1 : (double)k == y[i];
            wrong += own ? 0 : point->probability[i * classes + k] / (double)n;
        }
    const double most = sg_base_max_abs(point->score, n * (classes - 1));
    return U * (4 * (double)n * point->loss + 8 * most * wrong);
}

static struct sg_tol rounding_of_loss(const struct sg_cp6 *c, const struct sg_log_point *point,
                                      double scale)
{
    return (struct sg_tol){sg_cp6_loss_rounding(c, point),
                           "rounding of two sums of n terms, and of the scores", scale};
}

/* The curvature of l in the score, q (1 - q), is unimodal in it: smallest at an end of the way from
 * the point to the optimum. */
static double least_curvature(const struct sg_cp6 *c)
{
    const double *a = c->point->probability, *b = c->s->optimum->probability;
    double least = 1;
    for (size_t i = 0; i < c->s->data->n; i++)
        least = fmin(least, fmin(a[2 * i] * a[2 * i + 1], b[2 * i] * b[2 * i + 1]));
    return least;
}

/* L(p) - L(p_optimum) = E[l''(xi) (p - p_optimum)^2] / 2 for p in col X, l'' <= 1/4.  With 1 in col
 * X the point is the least L on span{p_LS, 1}, so that its gap is at most that of the scores
 * nearest to the optimum's. */
static void check_gap(struct sg_cp6 *c)
{
    const double error = 2 * c->off_error / c->off, square = c->off * c->off;
    const double low = least_curvature(c) * square / 2;
    if (c->off < 100 * c->off_error)
        return;
    sg_lab_below(c->lab, SG_CLOSED_FORM, "gap-there",
                 "the gap is there: min l'' d^2/2, d the optimum's distance from the affine scores "
                 "(without ones, from the point)", low, c->gap,
                 (struct sg_tol){error * low, "rounding of the distance", 0});
    sg_lab_below(c->lab, SG_CLOSED_FORM, "gap-bound", "the gap is at most d^2/8", c->gap,
                 square / 8, (struct sg_tol){error * square / 8, "rounding of the distance", 0});
}

/* The optimum is affine in p_LS, as with one feature and ones: the point is the optimum.  A gap of
 * d^2/8 is a distance of d / sqrt(2 lambda), with half of the Hessian's lambda in between. */
static void check_affine(struct sg_cp6 *c)
{
    const double d = 11 * c->off_error;
    sg_lab_below(c->lab, SG_CLOSED_FORM, "affine-gap",
                 "the optimum is affine in p_LS: loss gap, at most d^2/8", c->gap, d * d / 8,
                 (struct sg_tol){0, "d is rounding", 0});
    if (c->s->m == 1)
        sg_lab_same(c->lab, SG_CLOSED_FORM, "affine-weights",
                    "the optimum is affine in p_LS: W - W_optimum", c->point->w, c->s->optimum->w,
                    c->s->n_w,
                    (struct sg_tol){d / sqrt(2 * c->hessian), "rounding over the Hessian's least "
                                    "eigenvalue; the worst direction", 0});
}

/* E[g] = E[p g] = 0: no threshold on p separates. */
static void check_never_separates(struct sg_cp6 *c)
{
    const struct sg_data *data = c->s->data;
    double highest = -HUGE_VAL, lowest = HUGE_VAL;
    for (size_t i = 0; i < data->n; i++) {
        const bool one = c->s->m > 1 ? data->y[2 * i + 1] == 1 : data->y[i] == 1;
        highest = one ? highest : fmax(highest, c->point->score[i]);
        lowest = one ? fmin(lowest, c->point->score[i]) : lowest;
    }
    sg_lab_fact(c->lab, SG_CLOSED_FORM, "never-separates",
                "separable data: the point's scores do not separate the classes",
                highest > lowest, "exact");
}

void sg_cp6_check_point(struct sg_cp6 *c)
{
    struct sg_log_shallow *s = c->s;
    const double *zero = SG_TAKE(c->lab, s->n_w + s->n_phi, double);
    const double start = sg_log_shallow_field(s, zero, zero);
    sg_lab_zero(c->lab, SG_CLOSED_FORM, "field",
                "joint update of the net at the predicted point, |F|",
                sg_log_shallow_field(s, c->point->w, c->point->phi),
                (struct sg_tol){2 * c->error,
                                "rounding of F, of least squares (u cond) and of the "
                                "regression",
                                start});
    if (s->ones)
        sg_lab_zero(c->lab, SG_CLOSED_FORM, "dual", "duality gap of the regression on the score",
                    fabs(c->point->loss - c->point->lower),
                    rounding_of_loss(c, c->point, c->point->loss));
    if (!s->optimum->finite) {
        if (s->m < 3)
            check_never_separates(c);
        return;
    }
    sg_lab_zero(c->lab, SG_CLOSED_FORM, "dual-optimum", "duality gap of the optimum",
                fabs(s->infimum - s->optimum->lower), rounding_of_loss(c, s->optimum, s->infimum));
    sg_lab_equal(c->lab, SG_CLOSED_FORM, "gap", "loss gap as a difference and as a divergence",
                 c->point->loss - s->infimum, c->predicted,
                 rounding_of_loss(c, c->point, c->scale));
    if (s->m < 3)
        (c->affine ? check_affine : check_gap)(c);
}

void sg_cp6_check_newton(struct sg_cp6 *c)
{
    const struct sg_data *data = c->s->data;
    double *state = SG_TAKE(c->lab, sg_closed_log_joint_size(data), double), residual;
    if (sg_closed_log_joint_solve(state, &residual, data) != SG_OK) {
        sg_lab_note(c->lab, "Newton's method on the joint equations did not converge");
        return;
    }
    const double rounding = c->error + sg_closed_log_joint_rounding(data, state);
    sg_lab_same(c->lab, SG_CLOSED_FORM, "newton",
                "W by Newton on the joint equations against the predicted W", state, c->point->w,
                c->s->n_w, (struct sg_tol){rounding / c->local.sigma,
                                           "both |F| over the least singular value of "
                                    "J; the worst direction", 0});
}
