/* CP6: what the statement supposes of [y, 1] and its projection onto col X. */
#include <math.h>
#include <stdio.h>

#include "claim/cp6/parts.h"

double *sg_cp6_projections(struct sg_lab *lab, const struct sg_data *data, double *residual)
{
    const size_t n = data->n, d = data->d, m = data->m;
    double *both = SG_TAKE(lab, n * (m + 1), double), *fit = SG_TAKE(lab, n * (m + 1), double);
    double *w = SG_TAKE(lab, d * (m + 1), double);
    for (size_t i = 0; i < n; i++) {
        for (size_t o = 0; o < m; o++)
            both[i * (m + 1) + o] = data->y[i * m + o];
        both[i * (m + 1) + m] = data->one[i];
    }
    sg_lab_try(lab, sg_base_solve_least_squares(w, NULL, NULL, data->x, both, n, d, m + 1));
    sg_base_mul(fit, data->x, w, n, d, m + 1);
    for (size_t k = 0; k < n * (m + 1) && residual; k++)
        residual[k] = both[k] - fit[k];
    return fit;
}

/* The rank of n x (m + 1) numbers that are projections of [y, 1]: singular values above their
 * rounding, 100 n u cond |[y, 1]|. */
static size_t rank_of(const struct sg_log_shallow *s, bool residuals)
{
    const size_t n = s->data->n, m = s->m, columns = m + 1, most = n < columns ? n : columns;
    struct sg_lab lab = sg_lab_begin(NULL, s->trial);
    double *left = SG_TAKE(&lab, n * columns, double), *sigma = SG_TAKE(&lab, columns, double);
    const double *fit = sg_cp6_projections(&lab, s->data, left);
    const double size = sqrt((double)(n * columns));
    size_t rank = 0;
    if (sg_lab_try(&lab, sg_base_singular_values(sigma, residuals ? left : fit, n, columns)))
        while (rank < most && sigma[rank] > 100 * (double)n * SG_UNIT_ROUNDOFF * s->cond * size)
            rank++;
    return sg_lab_end(&lab) == SG_OK ? rank : 0;
}

static bool ones_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "y has %zu columns and 1 is not in col X", s->m);
    return s->ones || s->m == 1;
}

/* The columns of one-hot y sum to 1, so their projections to that of 1. */
static bool independent_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    const size_t wanted = s->m > 1 ? s->m : 2, rank = rank_of(s, false);
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "their rank is %zu, not %zu", rank, wanted);
    return rank == wanted;
}

static bool residuals_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_log_shallow *s = on;
    const size_t rank = s->ones ? 2 : rank_of(s, true);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "their rank is %zu, with n = %zu samples in %zu columns", rank, trial->data->n, s->d);
    return rank == 2;
}

const struct sg_hypothesis sg_cp6_ones = {
    .id = "ones", .words = "1 is in col X, or y has one column", .met = ones_met,
    .mend = "add the intercept (data.bias = true)"};
const struct sg_hypothesis sg_cp6_independent = {
    .id = "independent", .words = "P_X y and P_X 1 are independent (p_LS is not constant)",
    .met = independent_met, .mend = "take features that tell the classes apart"};
const struct sg_hypothesis sg_cp6_residuals = {
    .id = "M-nonsingular",
    .words = "without 1 in col X, y - P_X y and 1 - P_X 1 are independent (M nonsingular)",
    .met = residuals_met,
    .mend = "take two samples more than columns, or the intercept (data.bias)"};
