/* An analysis as JSON. */
#include <jansson.h>

#include "cli/analyze.h"
#include "synthgrad/report.h"

void sg_cli_json_put(json_t *object, const char *key, double value)
{
    sg_report_put(object, key, sg_report_number(value));
}

static json_t *numbers(const double *value, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        sg_report_add(array, sg_report_number(value[i]));
    return array;
}

static json_t *coefficients_json(const struct sg_analysis *a, const struct sg_table *table)
{
    json_t *object = json_object();
    if (a->options.intercept)
        sg_cli_json_put(object, "(intercept)", a->intercept);
    for (size_t k = 0; k < a->design.features; k++)
        sg_cli_json_put(object, table->names[a->design.column[k]], a->coefficients[k]);
    return object;
}

static json_t *digits(double value, double error)
{
    return json_integer(sg_analysis_digits(value, error));
}

/* How many digits of each coefficient and of the RSS are known. */
static json_t *digits_json(const struct sg_analysis *a, const struct sg_table *table)
{
    json_t *object = json_object(), *each = json_object();
    if (a->options.intercept)
        sg_report_put(each, "(intercept)", digits(a->intercept, a->intercept_error));
    for (size_t k = 0; k < a->design.features; k++)
        sg_report_put(each, table->names[a->design.column[k]],
                      digits(a->coefficients[k], a->coefficient_error[k]));
    sg_report_put(object, "coefficients", each);
    sg_report_put(object, "rss", digits(a->rss, a->rss_error));
    return object;
}

void sg_cli_json_columns(json_t *object, size_t n, const struct sg_design *design,
                         const struct sg_table *table, size_t rank, double condition)
{
    json_t *dropped = json_array(), *rounded = json_array();
    for (size_t k = 0; k < design->dropped; k++) {
        const char *name = table->names[design->dropped_column[k]];
        sg_report_add(dropped, json_string(name));
        if (design->dropped_rounded[k])
            sg_report_add(rounded, json_string(name));
    }
    sg_report_put(object, "n", json_integer((json_int_t)n));
    sg_report_put(object, "d", json_integer((json_int_t)design->features));
    sg_report_put(object, "dropped", dropped);
    sg_report_put(object, "constant_to_rounding", rounded);
    sg_report_put(object, "rank", json_integer((json_int_t)rank));
    sg_cli_json_put(object, "condition_number", condition);
}

json_t *sg_cli_json_rows(const struct sg_analysis_row *row, size_t rows)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows; i++) {
        json_t *object = json_object();
        sg_report_put(object, "what", json_string(row[i].what));
        sg_cli_json_put(object, "predicted", row[i].predicted);
        sg_cli_json_put(object, "measured", row[i].measured);
        sg_cli_json_put(object, "tolerance", row[i].tolerance);
        sg_report_put(object, "steps", json_integer((json_int_t)row[i].steps));
        sg_report_put(object, "verdict",
                      json_string(sg_analysis_verdict_name(row[i].verdict)));
        sg_report_add(array, object);
    }
    return array;
}

/* The target in units of its own: what would change (lambda_x and mu would not). */
static json_t *scaled_json(const struct sg_analysis *a)
{
    if (!a->has_scaled)
        return json_null();
    json_t *object = json_object();
    sg_cli_json_put(object, "centre", a->options.intercept ? a->y_mean : 0);
    sg_cli_json_put(object, "scale", a->y_scale);
    sg_cli_json_put(object, "nu_critical", a->scaled_z.critical);
    sg_cli_json_put(object, "nu_optimal", a->scaled_z.optimal);
    sg_cli_json_put(object, "contraction_optimal", a->scaled.contraction);
    sg_cli_json_put(object, "deficit_optimal", a->scaled.deficit);
    sg_cli_json_put(object, "steps_to_1e6", a->scaled.steps_to_1e6);
    return object;
}

/* What R^2 alone says of the SG, the target centred and scaled. */
static json_t *explained_json(const struct sg_analysis *a)
{
    const struct sg_analysis_explained *e = &a->explained;
    if (!e->known)
        return json_null();
    json_t *object = json_object();
    sg_cli_json_put(object, "r_squared", e->r_squared);
    sg_cli_json_put(object, "unexplained", e->unexplained);
    sg_cli_json_put(object, "lambda_z_min", e->smallest);
    sg_cli_json_put(object, "deficit_optimal", e->deficit);
    sg_cli_json_put(object, "steps_to_1e6", e->steps_to_1e6);
    return object;
}

/* Steps of the SG from phi = 0 to an error of relative_error. */
static json_t *start_json(const struct sg_analysis *a)
{
    const struct sg_analysis_start *s = &a->start;
    if (!s->known)
        return json_null();
    json_t *object = json_object();
    sg_cli_json_put(object, "relative_error", SG_ANALYSIS_ERROR);
    sg_cli_json_put(object, "steps", s->steps);
    sg_cli_json_put(object, "steps_normalised", s->normalised);
    sg_cli_json_put(object, "steps_target_scaled", s->has_scaled ? s->scaled : SG_NAN);
    sg_cli_json_put(object, "steps_normalised_target_scaled",
                    s->has_scaled ? s->scaled_normalised : SG_NAN);
    sg_cli_json_put(object, "normalised_most", s->most);
    return object;
}

static json_t *delay_json(const struct sg_analysis *a)
{
    if (!a->options.with_delay)
        return json_null();
    json_t *object = json_object();
    sg_report_put(object, "tau", json_integer((json_int_t)a->delay.tau));
    sg_cli_json_put(object, "mu_backprop", a->delay.mu_backprop);
    sg_cli_json_put(object, "mu_delayed_pairs", a->delay.mu_delayed_pairs);
    sg_cli_json_put(object, "nu_delayed_pairs", a->delay.nu_delayed_pairs);
    sg_cli_json_put(object, "nu_stale_sg", a->delay.nu_stale_sg);
    return object;
}

static json_t *check_json(const struct sg_analysis *a)
{
    const struct sg_analysis_check *c = &a->check;
    json_t *object = json_object();
    sg_cli_json_put(object, "contraction", c->contraction);
    sg_cli_json_put(object, "deficit", c->deficit);
    sg_cli_json_put(object, "max_abs_diff", c->max_abs_diff);
    sg_cli_json_put(object, "predicted_diff", c->predicted_diff);
    sg_report_put(object, "coordinates",
                  json_string(a->options.standardise ? "standardised" : "file"));
    sg_report_put(object, "steps", json_integer((json_int_t)c->steps));
    sg_report_put(object, "converged", json_boolean(c->converged));
    sg_report_put(object, "verdict", json_string(sg_analysis_verdict_name(c->verdict)));
    sg_report_put(object, "reason", c->reason[0] ? json_string(c->reason) : json_null());
    sg_report_put(object, "rows", sg_cli_json_rows(c->row, SG_ANALYSIS_ROWS));
    return object;
}

/* slowest: the largest real part of an eigenvalue of the joint flow. */
static json_t *layers_json(const struct sg_analysis *a)
{
    const struct sg_analysis_layers *l = &a->layers;
    if (!a->has_layers)
        return json_null();
    json_t *object = json_object();
    sg_report_put(object, "layers", json_integer((json_int_t)a->options.layers));
    sg_report_put(object, "sg_at",
                  a->options.sg_at ? json_integer((json_int_t)a->options.sg_at)
                                   : json_string("everywhere"));
    sg_cli_json_put(object, "kappa", a->options.kappa);
    sg_cli_json_put(object, "sigma", l->sigma);
    sg_report_put(object, "norms", numbers(l->norm, a->options.layers));
    sg_cli_json_put(object, "backprop_norm", l->backprop);
    sg_cli_json_put(object, "sharpness", l->sharpness);
    sg_cli_json_put(object, "sharpness_backprop", l->sharpness_backprop);
    sg_cli_json_put(object, "mu_critical", l->fate.limit);
    sg_cli_json_put(object, "mu_critical_backprop", l->mu_backprop);
    sg_report_put(object, "attracts", l->decided ? json_boolean(l->attracts) : json_null());
    sg_cli_json_put(object, "slowest", creal(l->fate.top));
    sg_cli_json_put(object, "kappa_critical", l->kappa_critical);
    const double proved[] = {l->kappa_low, l->kappa_high};
    sg_report_put(object, "kappa_proved", isfinite(l->kappa_low) ? numbers(proved, 2)
                                                                 : json_null());
    return object;
}

static json_t *part_json(const struct sg_analysis_part *part)
{
    json_t *object = json_object(), *own = json_object();
    sg_cli_json_put(object, "critical", part->critical);
    sg_cli_json_put(object, "optimal", part->optimal);
    sg_cli_json_put(object, "deficit_optimal", part->deficit);
    sg_cli_json_put(own, "momentum", part->own.beta);
    sg_cli_json_put(own, "rate", part->own.rate);
    sg_cli_json_put(own, "deficit", part->own.deficit);
    sg_report_put(object, "fastest", own);
    return object;
}

/* Both parts at --momentum (0 without), and each with the momentum that is fastest. */
static json_t *momentum_json(const struct sg_analysis *a)
{
    json_t *object = json_object();
    sg_cli_json_put(object, "momentum", a->options.momentum);
    sg_report_put(object, "weights", part_json(&a->part_x));
    sg_report_put(object, "sg", part_json(&a->part_z));
    return object;
}

static json_t *yours_json(const struct sg_analysis *a)
{
    const struct sg_analysis_yours *y = &a->yours;
    if (!y->known)
        return json_null();
    json_t *object = json_object();
    sg_cli_json_put(object, "mu", a->options.mu);
    sg_cli_json_put(object, "nu", a->options.nu);
    sg_report_put(object, "weights_stable", json_boolean(y->deficit_weights > 0));
    sg_report_put(object, "sg_stable", json_boolean(y->deficit_sg > 0));
    sg_cli_json_put(object, "deficit_weights", y->deficit_weights);
    sg_cli_json_put(object, "deficit_sg", y->deficit_sg);
    sg_cli_json_put(object, "steps_to_1e6", y->steps_to_1e6);
    return object;
}

json_t *sg_cli_analysis_json(const struct sg_analysis *a, const struct sg_table *table)
{
    json_t *object = sg_report_object();
    sg_cli_json_columns(object, a->n, &a->design, table, a->rank, a->condition_number);
    sg_report_put(object, "weights",
                  a->options.weights ? sg_report_text(a->options.weights) : json_null());
    sg_report_put(object, "coefficients", coefficients_json(a, table));
    sg_report_put(object, "minimum_norm", json_boolean(a->rank < a->columns));
    sg_cli_json_put(object, "rss", a->rss);
    sg_report_put(object, "digits", digits_json(a, table));
    sg_report_put(object, "lambda_x", numbers(a->lambda_x, a->columns));
    sg_report_put(object, "lambda_z", numbers(a->lambda_z, 3));
    sg_report_put(object, "zero_eigenvalues",
                  json_pack("{s:I, s:I}", "lambda_x", (json_int_t)a->rate_x.zeros, "lambda_z",
                            (json_int_t)a->rate_z.zeros));
    sg_cli_json_put(object, "mu_critical", a->rate_x.critical);
    sg_cli_json_put(object, "nu_critical", a->rate_z.critical);
    sg_cli_json_put(object, "mu_optimal", a->rate_x.optimal);
    sg_cli_json_put(object, "nu_optimal", a->rate_z.optimal);
    sg_cli_json_put(object, "contraction_optimal", a->speed.contraction);
    sg_cli_json_put(object, "deficit_optimal", a->speed.deficit);
    sg_cli_json_put(object, "steps_to_1e6", a->speed.steps_to_1e6);
    sg_report_put(object, "momentum", momentum_json(a));
    sg_report_put(object, "rates", yours_json(a));
    sg_report_put(object, "realizable", json_boolean(a->realizable));
    sg_report_put(object, "theory", json_string(a->realizable ? "DY4" : "DY3"));
    sg_report_put(object, "target_scaled", scaled_json(a));
    sg_report_put(object, "explained", explained_json(a));
    sg_report_put(object, "from_zero", start_json(a));
    sg_report_put(object, "delay", delay_json(a));
    sg_report_put(object, "layers", layers_json(a));
    sg_report_put(object, "check", check_json(a));
    return object;
}
