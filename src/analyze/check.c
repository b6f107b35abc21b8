/* Five predictions of an analysis beside what is measured, and the verdict. */
#include <math.h>
#include <stdio.h>

#include "analyze/check.h"

double sg_analysis_deficit(double before, double after, uint64_t steps)
{
    const double change = (after - before) / before, left = fabs(1 + change);
    if (left == 0)
        return 1;
    const double log_left = fabs(change) < 0.5 ? log1p(change) : log(left);
    return -expm1(log_left / (double)steps);
}

uint64_t sg_analysis_steps(double deficit, uint64_t most)
{
    return deficit * (double)most <= 1 ? most : (uint64_t)fmax(1, floor(1 / deficit));
}

struct sg_analysis_row sg_analysis_judged(const char *what, double predicted, double measured,
                                          double tolerance, double scale, uint64_t steps)
{
    struct sg_analysis_row row = {what,  predicted, measured,      tolerance,
                                  scale, steps,     SG_CHECK_FAILS};
    if (!sg_base_within(tolerance, SG_CONCLUSIVE * scale))
        row.verdict = SG_CHECK_INCONCLUSIVE;
    else if (sg_base_within(fabs(measured - predicted), tolerance))
        row.verdict = SG_CHECK_HOLDS;
    return row;
}

static struct sg_analysis_row deficit_row(const char *what, const struct sg_rates *rates,
                                          struct sg_factor f)
{
    return sg_analysis_judged(what, rates->deficit, f.deficit, f.bound * rates->deficit,
                              rates->deficit, f.steps);
}

/* 1 + |f| = rate lambda = 2 at the limit; an error of f.bound in rate lambda is one of the same
 * relative size in the limit. */
static struct sg_analysis_row limit_row(const char *what, const struct sg_rates *rates,
                                        struct sg_factor f)
{
    return sg_analysis_judged(what, rates->critical, 2 * rates->critical / (2 - f.deficit),
                              f.bound * rates->critical, rates->critical, f.steps);
}

enum sg_analysis_verdict sg_analysis_worst(char reason[160], const struct sg_analysis_row *row,
                                           size_t rows, const char *doubt)
{
    const struct sg_analysis_row *worst = row;
    for (size_t i = 1; i < rows; i++)
        if (row[i].verdict > worst->verdict)
            worst = &row[i];
    reason[0] = '\0';
    if (worst->verdict == SG_CHECK_INCONCLUSIVE && !isfinite(worst->tolerance))
        snprintf(reason, 160, "%s: the simulation left every bound, so there is nothing to compare",
                 worst->what);
    else if (worst->verdict == SG_CHECK_INCONCLUSIVE && worst->tolerance > worst->scale)
        snprintf(reason, 160, "%s: %s by %.2g times its size, so nothing can be said", worst->what,
                 doubt, worst->tolerance / worst->scale);
    else if (worst->verdict == SG_CHECK_INCONCLUSIVE)
        snprintf(reason, 160, "%s: %s by %.2g %%, above the 1 %% allowed", worst->what, doubt,
                 100 * worst->tolerance / worst->scale);
    else if (worst->verdict == SG_CHECK_FAILS && !isfinite(worst->measured))
        snprintf(reason, 160, "%s: the simulation left every bound", worst->what);
    else if (worst->verdict == SG_CHECK_FAILS)
        snprintf(reason, 160, "%s: %.6g measured, %.6g predicted, tolerance %.2g", worst->what,
                 worst->measured, worst->predicted, worst->tolerance);
    return worst->verdict;
}

static void conclude(struct sg_analysis_check *check, const struct sg_analysis_speed *speed,
                     bool flat_but_counted, bool hidden)
{
    const struct sg_analysis_row *slowest =
        &check->row[speed->sg_is_slower ? SG_ROW_SG : SG_ROW_WEIGHTS];
    check->deficit = slowest->measured;
    check->contraction = 1 - slowest->measured;
    check->verdict = sg_analysis_worst(check->reason, check->row, SG_ANALYSIS_ROWS,
                                       "rounding may shift what is measured");
    if (check->verdict == SG_CHECK_INCONCLUSIVE && hidden)
        snprintf(check->reason, sizeof check->reason,
                 "in file units the columns depend on each other to rounding, and training in "
                 "float64 does not reach the fit; leave --no-standardise away");
    if (check->verdict == SG_CHECK_HOLDS && flat_but_counted) {
        check->verdict = SG_CHECK_INCONCLUSIVE;
        snprintf(check->reason, sizeof check->reason,
                 "nearly collinear features: least squares counts a direction that training cannot "
                 "move along");
    }
}

enum sg_status sg_analysis_simulate(struct sg_analysis *a, const struct sg_data *data,
                                    const struct sg_fit *x, const struct sg_fit *z)
{
    struct sg_subject s = {.a = a,
                           .x = x,
                           .z = z,
                           .form = 10 * ((double)(x->d + 2) + sqrt((double)x->n)) *
                                   SG_UNIT_ROUNDOFF,
                           .p_size = sqrt(x->lambda_x[0]) * sg_base_norm(x->w, x->d),
                           .y_size = sg_base_norm(data->y, data->n) / sqrt((double)data->n)};
    for (size_t i = 0; i < x->n; i++)
        s.apart = hypot(s.apart, (x->z[i * 3] - z->z[i * 3]) / sqrt((double)x->n));
    struct sg_weights_rig *rig = NULL;
    enum sg_status status = sg_data_compress(&s.rows, data);
    if (status == SG_OK)
        status = sg_weights_rig_alloc(&rig, &s);
    if (status == SG_OK) {
        struct sg_analysis_row *row = a->check.row;
        double bound;
        row[SG_ROW_WEIGHTS] = deficit_row("weights: 1 - contraction, fastest mu", &a->rate_x,
                                          sg_weights_slowest(rig));
        row[SG_ROW_SG] =
            deficit_row("SG: 1 - contraction, fastest nu", &a->rate_z, sg_sg_slowest(&s));
        row[SG_ROW_MU] =
            limit_row("weights: stability limit of mu", &a->rate_x, sg_weights_fastest(rig));
        row[SG_ROW_NU] = limit_row("SG: stability limit of nu", &a->rate_z, sg_sg_fastest(&s));
        const double diff = sg_weights_fit(&a->check, &bound, rig);
        row[SG_ROW_FIT] = sg_analysis_judged("weights from 0 against the closed form", 0, diff,
                                             bound, (s.p_size + s.y_size) / sqrt(x->lambda_x[0]),
                                             a->check.steps);
        /* dgelsd's rank goes by singular values, a step's reach by their squares: between the two
         * lie directions with a coefficient, but flat. */
        conclude(&a->check, &a->speed, x->rank > x->d - a->rate_x.zeros, x->rank < z->rank);
    }
    sg_weights_rig_free(rig);
    sg_data_free(&s.rows);
    return status;
}
