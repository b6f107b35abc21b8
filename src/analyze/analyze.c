/* The analysis of a table: design, least squares in file units, both blocks' rates, what scaling
 * the target or a delay does.
 *
 * Fitted values depend on the columns' span only.  They are computed in standardised coordinates
 * whatever the options ask for: centring takes a condition number of 5e9 (Longley) to 1e2. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"

enum { MOST_FEATURES = 1000 };

/* Squares of these, and squares of weights made of them, stay within the doubles. */
static const double LARGEST = 1e50, SMALLEST = 1e-50;

/* ---- what is refused ------------------------------------------------------------------- */

static bool in_range(double largest)
{
    return largest == 0 || (largest >= SMALLEST && largest <= LARGEST);
}

static enum sg_status check_ranges(const struct sg_data *data, const struct sg_design *design,
                                   const char *path, struct sg_error *err)
{
    if (!in_range(sg_base_max_abs(data->y, data->n)))
        return sg_base_refuse(
            err, path, design->line,
            "the target reaches %.3g, too far from 1 for its squares; give it in another unit",
            sg_base_max_abs(data->y, data->n));
    for (size_t k = 0; k < design->features; k++) {
        double largest = 0;
        for (size_t i = 0; i < data->n; i++)
            largest = sg_base_max(largest, fabs(data->x[i * data->d + k]));
        if (!in_range(largest))
            return sg_base_refuse(
                err, path, design->line,
                "column %zu reaches %.3g, too far from 1 for its squares; standardise it or give "
                "it in another unit",
                design->column[k] + 1, largest);
    }
    return SG_OK;
}

static enum sg_status check_names(const struct sg_design *design, const struct sg_table *table,
                                  const char *path, struct sg_error *err)
{
    if (design->features > MOST_FEATURES)
        return sg_base_refuse(
            err, path, design->line,
            "there are %zu feature columns and the analysis takes at most %d; leave some out",
            design->features, (int)MOST_FEATURES);
    for (size_t k = 0; k < design->features; k++)
        if (strcmp(table->names[design->column[k]], "(intercept)") == 0)
            return sg_base_refuse(
                err, path, design->line,
                "a column is named \"(intercept)\", as the constant term is; rename column %zu",
                design->column[k] + 1);
    return SG_OK;
}

enum sg_status sg_analysis_check_columns(const struct sg_data *data, const struct sg_design *design,
                                         const struct sg_table *table, const char *path,
                                         struct sg_error *err)
{
    const enum sg_status status = check_names(design, table, path, err);
    return status == SG_OK ? check_ranges(data, design, path, err) : status;
}

static enum sg_status check_coefficients(const struct sg_analysis *a, const char *path,
                                         struct sg_error *err)
{
    for (size_t k = 0; k < a->design.features; k++)
        if (!isfinite(a->coefficients[k]))
            return sg_base_refuse(
                err, path, a->design.line,
                "the coefficient of column %zu is beyond double precision; give it in another "
                "unit",
                a->design.column[k] + 1);
    if (!isfinite(a->intercept))
        return sg_base_refuse(
            err, path, a->design.line,
            "the constant term is beyond double precision; give the columns in other units");
    return SG_OK;
}

/* ---- least squares --------------------------------------------------------------------- */

void sg_analysis_file_units(double *coefficient, double *intercept, const double *w, size_t stride,
                            const struct sg_design *design)
{
    long double constant = design->intercept ? (long double)w[design->features * stride] : 0;
    for (size_t k = 0; k < design->features; k++) {
        const long double per_unit = (long double)w[k * stride] / (long double)design->scale[k];
        coefficient[k * stride] = (double)per_unit;
        constant -= per_unit * ((long double)design->mean[k] + (long double)design->mean_rest[k]);
    }
    *intercept = (double)constant;
}

/* The design and its fit as asked for, and the fit with the most digits: the same one, or that of
 * the standardised columns. */
struct fits {
    struct sg_data data, standard_data;
    struct sg_design standard_design;
    struct sg_fit *asked, *best;
};

static void fits_free(struct fits *f)
{
    if (f->best != f->asked)
        sg_closed_fit_free(f->best);
    sg_closed_fit_free(f->asked);
    sg_data_free(&f->data);
    sg_data_free(&f->standard_data);
    sg_data_design_free(&f->standard_design);
}

static enum sg_status fit_both(struct fits *f, const struct sg_analysis_options *options,
                               const struct sg_table *table, const char *path, const char *target)
{
    enum sg_status status = sg_closed_fit_alloc(&f->asked, &f->data);
    f->best = f->asked;
    if (status != SG_OK || options->standardise)
        return status;
    const struct sg_design_options standard = {.standardise = true,
                                               .standardise_targets = options->standardise_target,
                                               .intercept = options->intercept,
                                               .weights = options->weights};
    struct sg_error unused;
    if (sg_data_make_design(&f->standard_data, &f->standard_design, table, path, &target, 1,
                            &standard, &unused) != SG_OK)
        /* a spread that has no reciprocal: the fit as asked is all there is */
        return SG_OK;
    status = sg_closed_fit_alloc(&f->best, &f->standard_data);
    if (status != SG_OK)
        f->best = f->asked;
    return status;
}

static double cell_of(const struct sg_analysis *a, const struct sg_table *table, size_t i)
{
    return table->cells[i * table->columns + a->design.y_column[0]];
}

/* Standard deviation of y with an intercept, else its root mean square: what centring and scaling
 * the target would divide by. */
static void describe_target(struct sg_analysis *a, const struct sg_data *data,
                            const struct sg_table *table)
{
    const double *y = data->y, *one = data->one;
    long double sum = 0, squares = 0;
    for (size_t i = 0; i < a->n; i++)
        sum += (long double)y[i] * (long double)one[i];
    const long double mean = sum / (long double)a->n, centre = a->options.intercept ? mean : 0;
    bool constant = true;
    for (size_t i = 0; i < a->n; i++) {
        const long double away = (long double)y[i] - centre * (long double)one[i];
        squares += away * away;
        constant = constant && cell_of(a, table, i) == cell_of(a, table, 0);
    }
    a->y_mean = (double)mean;
    a->y_scale = constant && a->options.intercept ? 0 : (double)sqrtl(squares / (long double)a->n);
}

/* Unique coefficients have one value in every coordinate system; the minimum norm is that of the
 * system asked for.  Where only the standardised columns show that they are independent, that
 * counts. */
static void describe_fit(struct sg_analysis *a, const struct fits *f, const struct sg_table *table)
{
    const double *lambda = f->asked->lambda_x;
    const bool unique = f->best->rank == a->columns;
    const struct sg_fit *fit = unique ? f->best : f->asked;
    const bool standard = fit != f->asked;
    a->rank = fit->rank;
    a->realizable = f->best->realizable;
    a->condition_number = f->asked->rank < a->columns ? HUGE_VAL
                                                      : sqrt(lambda[0] / lambda[a->columns - 1]);
    a->lambda_x = sg_base_copy(lambda, a->columns, sizeof *lambda);
    memcpy(a->lambda_z, f->best->lambda_z, sizeof a->lambda_z);
    a->coefficients = SG_NEW(a->design.features, double);
    a->coefficient_error = SG_NEW(a->design.features, double);
    a->residual = sg_base_copy(f->best->residual, a->n, sizeof *a->residual);
    long double rss = 0;
    for (size_t i = 0; i < a->n; i++)
        rss += (long double)f->best->residual[i] * (long double)f->best->residual[i];
    a->rss = (double)rss * a->design.weight;
    const struct sg_design *design = standard ? &f->standard_design : &a->design;
    sg_analysis_file_units(a->coefficients, &a->intercept, fit->w, 1, design);
    sg_analysis_know(a, standard ? &f->standard_data : &f->data, design, fit, table);
}

/* ---- rates ----------------------------------------------------------------------------- */

static struct sg_analysis_speed speed_of(const struct sg_rates *x, const struct sg_rates *z)
{
    struct sg_analysis_speed s = {.sg_is_slower = z->deficit < x->deficit};
    s.deficit = s.sg_is_slower ? z->deficit : x->deficit;
    s.contraction = s.sg_is_slower ? z->contraction : x->contraction;
    s.steps_to_1e6 = sg_analysis_steps_to_1e6(s.deficit);
    return s;
}

/* R^2 = 0 and 1 make S_z singular: scaled_z leaves a zero eigenvalue out. */
static struct sg_analysis_explained explain(const struct sg_analysis *a)
{
    struct sg_analysis_explained e = {0};
    double lambda[2];
    if (!a->options.intercept || !a->has_scaled || a->scaled_z.zeros || a->realizable)
        return e;
    e.unexplained = a->rss / (a->design.weight * (double)a->n * a->y_scale * a->y_scale);
    e.r_squared = 1 - e.unexplained;
    e.known = e.unexplained > 0 && e.unexplained < 1;
    sg_closed_explained_pair(lambda, e.unexplained);
    e.smallest = lambda[1];
    e.deficit = 2 * lambda[1] / (lambda[0] + lambda[1]);
    e.steps_to_1e6 = sg_analysis_steps_to_1e6(e.deficit);
    return e;
}

/* z = (p*, y, 1) with p* and y centred (with an intercept) and divided by y_scale. */
static enum sg_status scale_target(struct sg_analysis *a, const struct sg_fit *fit)
{
    const size_t n = a->n;
    const double centre = a->options.intercept ? a->y_mean : 0;
    double *z = sg_base_copy(fit->z, n * 3, sizeof *fit->z), sigma[3] = {0}, lambda[3];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < 2; j++)
            z[i * 3 + j] = (z[i * 3 + j] - centre * z[i * 3 + 2]) / a->y_scale;
    const enum sg_status status = sg_base_singular_values(sigma, z, n, 3);
    free(z);
    if (status != SG_OK)
        return status;
    for (size_t j = 0; j < 3; j++)
        lambda[j] = sigma[j] * sigma[j] / (double)n;
    a->has_scaled = true;
    a->scaled_z = sg_closed_rates(lambda, 3);
    a->scaled = speed_of(&a->rate_x, &a->scaled_z);
    return SG_OK;
}

static struct sg_analysis_delay limits_at(const struct sg_analysis *a, size_t tau)
{
    const double limit = sg_closed_delay_limit(tau);
    return (struct sg_analysis_delay){.tau = tau,
                                      .mu_backprop = limit / a->lambda_x[0],
                                      .mu_delayed_pairs = a->rate_x.critical,
                                      .nu_delayed_pairs = a->rate_z.critical,
                                      .nu_stale_sg = limit / a->lambda_z[0]};
}

/* p* = y + r: with an intercept r is normal to 1 and p*, without one to p* alone. */
static struct sg_sg_moments moments_of(const struct sg_analysis *a, const struct sg_data *data)
{
    const double *y = data->y, *one = data->one;
    const long double n = (long double)a->n;
    long double p = 0, r = 0, variance = 0, along = 0, squares = 0;
    for (size_t i = 0; i < a->n; i++) {
        p += (long double)y[i] * (long double)one[i] / n;
        r += (long double)a->residual[i] * (long double)one[i] / n;
    }
    p += r;
    for (size_t i = 0; i < a->n; i++) {
        const long double e = (long double)a->residual[i],
                          away = (long double)y[i] - p * (long double)one[i] + e;
        variance += away * away / n;
        along += e * away / n;
        squares += e * e / n;
    }
    const long double sd = sqrtl(variance);
    if (a->options.intercept)
        r = along = 0;
    else
        along = sd > 0 ? along / sd : 0;
    return (struct sg_sg_moments){(double)p, (double)sd, (double)r, (double)along,
                                  (double)sqrtl(fmaxl(squares - r * r - along * along, 0))};
}

/* Returns the share of |g|^2 along eigenvalues that sg_closed_rates counts as zero. */
static double steps_of(double *steps, double *normalised, const struct sg_sg_moments *m)
{
    double lambda[3], share[3], most = 0, trace = 0, flat = 0;
    sg_closed_sg_modes(lambda, share, m);
    for (size_t j = 0; j < 3; j++) {
        trace += lambda[j];
        most = fmax(most, lambda[j]);
    }
    *steps = sg_closed_sg_steps(lambda, share, 1 / most, SG_ANALYSIS_ERROR);
    *normalised = sg_closed_sg_steps(lambda, share, 1 / trace, SG_ANALYSIS_ERROR);
    for (size_t j = 0; j < 3; j++)
        flat += lambda[j] > 3 * SG_UNIT_ROUNDOFF * most ? 0 : share[j];
    return flat;
}

/* Psi_0 = (-1, 1, 0), and the sum over t of E|s - g|^2 / E|z|^2 is at most |Psi_0|^2 = 2 (DY13). */
static struct sg_analysis_start start_from_zero(const struct sg_analysis *a,
                                                const struct sg_data *data)
{
    struct sg_analysis_start s = {.most = 2 / (SG_ANALYSIS_ERROR * SG_ANALYSIS_ERROR)};
    s.known = !a->realizable && sg_analysis_digits(a->rss, a->rss_error) > 0;
    if (!s.known)
        return s;
    struct sg_sg_moments m = moments_of(a, data);
    s.flat = steps_of(&s.steps, &s.normalised, &m) > SG_ANALYSIS_ERROR * SG_ANALYSIS_ERROR;
    s.has_scaled = a->y_scale > 0 && !a->options.standardise_target;
    if (s.has_scaled) {
        m.p_mean = a->options.intercept ? 0 : m.p_mean;
        double *part[] = {&m.p_mean, &m.p_sd, &m.r_mean, &m.r_along, &m.r_rest};
        for (size_t k = 0; k < sizeof part / sizeof *part; k++)
            *part[k] /= a->y_scale;
        (void)steps_of(&s.scaled, &s.scaled_normalised, &m);
    }
    return s;
}

static enum sg_status rate(struct sg_analysis *a, const struct sg_fit *best,
                           const struct sg_data *data)
{
    a->rate_x = sg_closed_rates(a->lambda_x, a->columns);
    a->rate_z = sg_closed_rates(a->lambda_z, 3);
    a->speed = speed_of(&a->rate_x, &a->rate_z);
    sg_analysis_rate_parts(a);
    if (a->options.with_delay)
        a->delay = limits_at(a, a->options.delay);
    const enum sg_status status = a->y_scale > 0 ? scale_target(a, best) : SG_OK;
    if (status == SG_OK)
        a->explained = explain(a);
    a->start = start_from_zero(a, data);
    if (a->start.flat)
        a->speed.steps_to_1e6 = SG_NAN;
    return status;
}

/* ---- all of it ------------------------------------------------------------------------- */

static enum sg_status analyze(struct sg_analysis *a, struct fits *f, const struct sg_table *table,
                              const char *path, const char *target, struct sg_error *err)
{
    const struct sg_design_options asked = {.standardise = a->options.standardise,
                                            .standardise_targets = a->options.standardise_target,
                                            .intercept = a->options.intercept,
                                            .weights = a->options.weights};
    enum sg_status status =
        sg_data_make_design(&f->data, &a->design, table, path, &target, 1, &asked, err);
    if (status != SG_OK)
        return status;
    a->n = f->data.n;
    a->columns = f->data.d;
    status = sg_analysis_check_columns(&f->data, &a->design, table, path, err);
    if (status == SG_OK)
        status = fit_both(f, &a->options, table, path, target);
    if (status != SG_OK)
        return status;
    describe_target(a, &f->data, table);
    describe_fit(a, f, table);
    status = check_coefficients(a, path, err);
    if (status == SG_OK)
        status = rate(a, f->best, &f->data);
    if (status == SG_OK)
        status = sg_analysis_share_out(a, &f->data, f->asked);
    if (status == SG_OK)
        status = sg_analysis_simulate(a, &f->data, f->asked, f->best);
    return status;
}

enum sg_status sg_analyze_table(struct sg_analysis *a, const struct sg_table *table,
                                const char *path, const char *target,
                                const struct sg_analysis_options *options, struct sg_error *err)
{
    SG_REQUIRE(a && table && target && options && err);
    struct fits f = {0};
    *a = (struct sg_analysis){.options = *options};
    const enum sg_status status = analyze(a, &f, table, path, target, err);
    fits_free(&f);
    if (status != SG_OK)
        sg_analysis_free(a);
    return status;
}

void sg_analysis_free(struct sg_analysis *a)
{
    if (!a)
        return;
    sg_data_design_free(&a->design);
    free(a->coefficients);
    free(a->coefficient_error);
    free(a->residual);
    free(a->lambda_x);
    *a = (struct sg_analysis){0};
}

const char *sg_analysis_verdict_name(enum sg_analysis_verdict verdict)
{
    return verdict == SG_CHECK_HOLDS   ? "holds"
           : verdict == SG_CHECK_FAILS ? "fails"
                                       : "inconclusive";
}
