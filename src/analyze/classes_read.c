/* From a table to classes and designs: what is a class, what is refused. */
#include <math.h>
#include <stdlib.h>

#include "analyze/classes.h"

enum { MOST_UNKNOWNS = 600 };

/* The target's values, ascending; stops counting above the most. */
static void find_classes(struct sg_class_analysis *a, const double *y)
{
    double *sorted = sg_base_copy(y, a->n, sizeof *y);
    sg_base_sort(sorted, a->n);
    a->class_value = SG_NEW(SG_CLASSES_MOST + 1, double);
    a->class_count = SG_NEW(SG_CLASSES_MOST + 1, size_t);
    for (size_t i = 0; i < a->n && a->classes <= SG_CLASSES_MOST; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1])
            a->class_value[a->classes++] = sorted[i];
        a->class_count[a->classes - 1]++;
    }
    free(sorted);
}

static enum sg_status check_classes(const struct sg_class_analysis *a, const char *path,
                                    const char *target, struct sg_error *err)
{
    const struct sg_shown name = sg_base_show(target, 40);
    if (a->classes == 1)
        return sg_base_refuse(err, path, a->design.line,
                              "the log loss wants two classes or more, and \"%s\" is %.6g in every "
                              "row; choose another target",
                              name.text, a->class_value[0]);
    for (size_t k = 0; k < a->classes && a->classes > 2; k++)
        if (a->class_value[k] != floor(a->class_value[k]))
            return sg_base_refuse(err, path, a->design.line,
                                  "the log loss wants classes: two values, or up to %d integers; "
                                  "\"%s\" has %.6g among its values; "
                                  "use --loss mse",
                                  (int)SG_CLASSES_MOST, name.text, a->class_value[k]);
    if (a->classes > SG_CLASSES_MOST)
        return sg_base_refuse(err, path, a->design.line,
                              "the log loss wants classes, at most %d of them; \"%s\" has more "
                              "values; use --loss mse",
                              (int)SG_CLASSES_MOST, name.text);
    if (a->columns * (a->classes - 1) > MOST_UNKNOWNS)
        return sg_base_refuse(err, path, a->design.line,
                              "%zu columns, ones included, for %zu classes are %zu unknowns and "
                              "the analysis takes at most %d; leave "
                              "columns out",
                              a->columns, a->classes, a->columns * (a->classes - 1),
                              (int)MOST_UNKNOWNS);
    return SG_OK;
}

/* y: 0 and 1 for two classes, else one-hot. */
static double *encode(const struct sg_class_analysis *a, const double *y)
{
    double *encoded = SG_NEW(a->n * a->m, double);
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < a->classes; k++)
            if (y[i] == a->class_value[k] && (a->m > 1 || k == 1))
                encoded[i * a->m + (a->m > 1 ? k : 0)] = 1;
    return encoded;
}

void sg_class_tables_free(struct sg_class_tables *t)
{
    sg_data_free(&t->asked);
    sg_data_free(&t->standard);
    sg_data_design_free(&t->standard_design);
    sg_closed_fit_free(t->asked_fit);
    sg_closed_fit_free(t->standard_fit);
    free(t->y);
}

enum sg_status sg_class_read(struct sg_class_analysis *a, struct sg_class_tables *t,
                             const struct sg_table *table, const char *path, const char *target,
                             struct sg_error *err)
{
    const struct sg_design_options asked = {.standardise = a->options.standardise,
                                            .intercept = true},
                                   standard = {.standardise = true, .intercept = true};
    enum sg_status status =
        sg_data_make_design(&t->asked, &a->design, table, path, &target, 1, &asked, err);
    if (status != SG_OK)
        return status;
    a->n = t->asked.n;
    a->columns = t->asked.d;
    find_classes(a, t->asked.y);
    status = check_classes(a, path, target, err);
    if (status == SG_OK)
        status = sg_analysis_check_columns(&t->asked, &a->design, table, path, err);
    if (status == SG_OK)
        status = sg_data_make_design(&t->standard, &t->standard_design, table, path, &target, 1,
                                     &standard, err);
    if (status != SG_OK)
        return status;
    a->m = a->classes > 2 ? a->classes : 1;
    t->y = sg_base_copy(t->asked.y, a->n, sizeof *t->y);
    struct sg_data *both[] = {&t->asked, &t->standard};
    for (size_t k = 0; k < 2; k++) {
        free(both[k]->y);
        both[k]->y = encode(a, t->y);
        both[k]->m = a->m;
    }
    status = sg_closed_fit_alloc(&t->asked_fit, &t->asked);
    return status == SG_OK ? sg_closed_fit_alloc(&t->standard_fit, &t->standard) : status;
}
