/* DY6 in rational arithmetic: the factor of each cell of the grid, and that of the case's own
 * data. */
#include "claim/dy6/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

/* r is off by 5 roundings of numbers up to 2, so r^2 < 1 by 20 u. */
static const struct sg_tol rounding = {20 * SG_UNIT_ROUNDOFF, "20 u of the closed form", 1};

void sg_dy6_certify_cell(struct sg_lab *lab, const struct sg_cert_inexact *step)
{
    struct sg_interval factor;
    const enum sg_status status = sg_cert_inexact_factor(&factor, step);
    struct sg_record *r = sg_lab_record(lab, "inexact_factor", "factor-proved factor-enclosed");
    sg_record_number(r, "m", step->m);
    sg_record_number(r, "L", step->L);
    sg_record_number(r, "rho", step->rho);
    sg_record_number(r, "gamma", step->gamma);
    sg_record_outcome(r, status);
    sg_record_interval(r, "factor", factor);
    sg_record_end(r);
    sg_lab_proved(lab, "factor-proved",
                  "in every cell of the grid no f in the class, no start and no error leaves more "
                  "of f - f* than the factor", status, SG_OK,
                  "rational arithmetic: multipliers of the interpolation inequalities, residual "
                  "semidefinite by elimination; binary64 m, rho, gamma, exact");
    sg_lab_enclosed(lab, "factor-enclosed",
                    "the factor of every cell, closed form against the exact one, which the "
                    "multipliers bound from above and a quadratic from below",
                    sg_closed_inexact_factor(step->m, step->L, step->rho, step->gamma), factor.low,
                    factor.high, SG_CERTIFY_NUMBER_WIDTH, rounding);
}

/* A class with a larger m or a smaller L is part of the class: its factor is a lower bound, as the
 * other ends' is an upper one. */
static struct sg_interval between(const struct sg_interval *m, const struct sg_interval *L,
                                  double rho, double gamma)
{
    struct sg_interval inner, outer, none = {SG_NAN, SG_NAN};
    const enum sg_status low = sg_cert_inexact_factor(
                             &inner, &(struct sg_cert_inexact){m->high, L->low, rho, gamma}),
                         high = sg_cert_inexact_factor(
                             &outer, &(struct sg_cert_inexact){m->low, L->high, rho, gamma});
    return low == SG_OK && high == SG_OK ? (struct sg_interval){inner.low, outer.high} : none;
}

static void record_between(struct sg_lab *lab, const struct sg_cert_data *data, double rho,
                           double gamma, const struct sg_interval *m, const struct sg_interval *L,
                           struct sg_interval factor)
{
    struct sg_record *r = sg_lab_record(lab, "inexact_between", "data-factor-enclosed");
    sg_record_data(r, data);
    sg_record_number(r, "rho", rho);
    sg_record_number(r, "gamma", gamma);
    sg_record_outcome(r, factor.low <= factor.high ? SG_OK : SG_UNPROVED);
    sg_record_interval(r, "m", *m);
    sg_record_interval(r, "L", *L);
    sg_record_interval(r, "factor", factor);
    sg_record_end(r);
}

/* The closed form has m and L by an SVD, off by 10 (d + m) u of themselves; r, which is below 1, by
 * twice that and r^2 by four times. */
void sg_dy6_certify_data(struct sg_lab *lab, const struct sg_shallow *s, const double *rho,
                         size_t n_rho)
{
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    struct sg_interval m, L;
    const enum sg_status status = sg_lab_certify_curvature(&m, &L, lab, &data, "class-proved");
    sg_lab_proved(lab, "class-proved",
                  "the case's loss is strongly convex: lambda_min(S_x) > 0", status, SG_OK,
                  "interval Cholesky; binary64 samples, exact");
    if (status != SG_OK || !(m.high < L.low))           /* one curvature: no class to bound */
        return;
    for (size_t k = 0; k < n_rho; k++) {
        const double gamma =
            sg_closed_inexact_step(s->rate_x.smallest, s->rate_x.largest, rho[k]);
        const struct sg_interval factor = between(&m, &L, rho[k], gamma);
        record_between(lab, &data, rho[k], gamma, &m, &L, factor);
        struct sg_tol tol = sg_tol_closed_eigenvalue(lab->trial, 4);
        tol.scale = 1;
        sg_lab_enclosed(lab, "data-factor-enclosed",
                        "the factor at the best step for the case's own m = lambda_min(S_x) and "
                        "L = lambda_max(S_x), closed form against its enclosure from both sides",
                        sg_closed_inexact_factor(s->rate_x.smallest, s->rate_x.largest, rho[k],
                                                 gamma),
                        factor.low, factor.high, 1e-8, tol);
    }
}
