/* An analysis under the log loss as JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "cli/analyze.h"
#include "synthgrad/report.h"

static void put_text(json_t *object, const char *key, const char *text)
{
    sg_report_put(object, key, text ? json_string(text) : json_null());
}

/* A class as the file has it, when that is an integer as it is written there. */
static void put_class(json_t *object, double value, json_t *what)
{
    char *name = sg_base_format("%.17g", value);
    sg_report_put(object, name, what);
    free(name);
}

static json_t *column_json(const struct sg_class_analysis *a, const struct sg_class_fit *fit,
                           const struct sg_table *table, size_t k)
{
    json_t *object = json_object();
    sg_cli_json_put(object, "(intercept)", fit->intercept[k]);
    for (size_t j = 0; j < a->design.features; j++)
        sg_cli_json_put(object, table->names[a->design.column[j]], fit->coefficients[j * a->m + k]);
    return object;
}

/* Two classes: name -> value, of the second class's log odds.  More: class -> name -> value. */
static json_t *coefficients_json(const struct sg_class_analysis *a, const struct sg_class_fit *fit,
                                 const struct sg_table *table)
{
    if (!fit->coefficients)
        return json_null();
    if (a->m == 1)
        return column_json(a, fit, table, 0);
    json_t *object = json_object();
    for (size_t k = 0; k < a->m; k++)
        put_class(object, a->class_value[k], column_json(a, fit, table, k));
    return object;
}

static json_t *fit_json(const struct sg_class_analysis *a, const struct sg_class_fit *fit,
                        const struct sg_table *table)
{
    json_t *object = json_object();
    sg_report_put(object, "finite", fit->decided ? json_boolean(fit->finite) : json_null());
    sg_cli_json_put(object, "loss", fit->loss);
    sg_cli_json_put(object, "accuracy", fit->accuracy);
    sg_report_put(object, "coefficients", coefficients_json(a, fit, table));
    return object;
}

static json_t *classes_json(const struct sg_class_analysis *a)
{
    json_t *array = json_array();
    for (size_t k = 0; k < a->classes; k++)
        sg_report_add(array,
                      json_pack("{s:o, s:I}", "value", sg_report_number(a->class_value[k]),
                                "count", (json_int_t)a->class_count[k]));
    return array;
}

static json_t *sg_json(const struct sg_class_analysis *a, const struct sg_table *table)
{
    json_t *object = fit_json(a, &a->sg, table);
    sg_cli_json_put(object, "gap", a->gap);
    sg_cli_json_put(object, "relative_gap", a->relative_gap);
    sg_cli_json_put(object, "likelihood_ratio", a->likelihood_ratio);
    sg_report_put(object, "degrees_of_freedom", json_integer((json_int_t)a->freedom));
    sg_report_put(object, "attracts",
                  a->local.known ? json_boolean(a->local.attracts) : json_null());
    sg_cli_json_put(object, "mu_critical", a->local.mu_critical);
    sg_cli_json_put(object, "nu_critical", a->local.nu_critical);
    sg_cli_json_put(object, "mu_optimal", a->local.mu_optimal);
    sg_cli_json_put(object, "nu_optimal", a->local.nu_optimal);
    sg_cli_json_put(object, "deficit_weights", a->local.mu_deficit);
    sg_cli_json_put(object, "deficit_sg", a->local.nu_deficit);
    sg_cli_json_put(object, "together_optimal", a->local.joint_scale);
    sg_cli_json_put(object, "deficit_together", a->local.joint_deficit);
    sg_cli_json_put(object, "together", a->local.together);
    return object;
}

static json_t *check_json(const struct sg_class_analysis *a)
{
    json_t *object = json_object();
    put_text(object, "verdict", sg_analysis_verdict_name(a->check));
    put_text(object, "reason", a->check_reason[0] ? a->check_reason : NULL);
    sg_report_put(object, "rows", sg_cli_json_rows(a->row, a->rows));
    return object;
}

json_t *sg_cli_classes_json(const struct sg_class_analysis *a, const struct sg_table *table)
{
    json_t *object = sg_report_object();
    put_text(object, "loss", "log");
    sg_cli_json_columns(object, a->n, &a->design, table, a->rank, a->condition_number);
    sg_report_put(object, "classes", classes_json(a));
    sg_report_put(object, "coefficients", coefficients_json(a, &a->optimum, table));
    sg_report_put(object, "minimum_norm", json_boolean(a->rank < a->columns));
    sg_report_put(object, "separable",
                  a->optimum.decided ? json_boolean(!a->optimum.finite &&
                                                    a->separation != SG_SEPARATION_PART)
                                     : json_null());
    static const char *const separation[] = {NULL, "none", "part", "all"};
    put_text(object, "separation", separation[a->separation]);
    put_text(object, "certificate", sg_cli_class_certificate(a));
    sg_report_put(object, "optimum", fit_json(a, &a->optimum, table));
    sg_cli_json_put(json_object_get(object, "optimum"), "lower", a->optimum.lower);
    sg_report_put(object, "sg", sg_json(a, table));
    put_text(object, "theory", sg_cli_class_theory(a));
    put_text(object, "verdict", sg_class_verdict_name(a->verdict));
    put_text(object, "sg_needed", sg_cli_class_needed(a));
    sg_report_put(object, "check", check_json(a));
    return object;
}
