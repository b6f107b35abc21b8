/* design.c - from a table to X (n x d) and y (n x m): targets by name, constant columns out, the
 * rest standardised, ones last.
 *
 * With an intercept
 *   mean = (1/n) sum_i c_i,  scale = sqrt((1/n) sum_i (c_i - mean)^2),  x_i = (c_i - mean) / scale,
 * in units of a power of two near max |c_i|: exact, and nothing overflows below the largest double.
 * Far from 0 no double is near the mean: it is the sum of two.
 *
 * Without one the model goes through the origin, and so does the column: mean = 0, and scale is the
 * root mean square.  A constant column that is not zero stays, since it does the intercept's work.
 * Standardising leaves it as it is (mean 0, scale 1). */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/data.h"

enum {
    SHOWN = 48,      /* room for a name in a message: 40 bytes, an ellipsis, the final NUL */
    LISTED = 8,      /* names listed when a target is unknown */
    COMPARED = 64    /* bytes of a name that count in the search for the nearest */
};

/* A name in a message: 40 bytes of it; lives to the end of the call it is in. */
#define SHOW(text_) (sg_base_show((text_), 40).text)

/* The header of a CSV file is line 1: reading one allows nothing before it. */
static size_t header_line(const struct sg_table *table)
{
    return table->binary ? 0 : 1;
}

/* ---- names ----------------------------------------------------------------------------- */

static enum sg_status refuse_unknown(struct sg_error *err, const char *path,
                                     const struct sg_table *table, const char *target)
{
    char list[LISTED * (SHOWN + 4)] = "", more[48] = "";
    size_t nearest = 0, least = SIZE_MAX, used = 0;
    for (size_t j = 0; j < table->columns; j++) {
        size_t far = sg_base_edit_distance(target, table->names[j]);
        if (far < least) {
            least = far;
            nearest = j;
        }
    }
    for (size_t j = 0; j < table->columns && j < LISTED; j++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%s\"", j > 0 ? ", " : "",
                                 SHOW(table->names[j]));
    if (table->columns > LISTED)
        snprintf(more, sizeof more, " and %zu more", table->columns - LISTED);
    return sg_base_refuse(
        err, path, header_line(table),
        "there is no column \"%s\" for the target; the nearest name is \"%s\" (columns: %s%s)",
        SHOW(target), SHOW(table->names[nearest]), list, more);
}

/* The columns of the targets, marked in is_target (columns). */
static enum sg_status find_targets(size_t *column, bool *is_target, const struct sg_table *table,
                                   const char *path, const char *const *targets, size_t n_targets,
                                   struct sg_error *err)
{
    if (targets == NULL || n_targets == 0)
        return sg_base_refuse(err, path, header_line(table),
                              "no target is named; name the column to predict");
    for (size_t k = 0; k < n_targets; k++) {
        SG_REQUIRE(targets[k] != NULL);
        size_t j = 0;
        while (j < table->columns && strcmp(table->names[j], targets[k]) != 0)
            j++;
        if (j == table->columns)
            return refuse_unknown(err, path, table, targets[k]);
        if (is_target[j])
            return sg_base_refuse(err, path, header_line(table),
                                  "the target \"%s\" is named twice; name every target once",
                                  SHOW(targets[k]));
        is_target[j] = true;
        column[k] = j;
    }
    return SG_OK;
}

/* ---- columns --------------------------------------------------------------------------- */

static void gather(double *c, const struct sg_table *table, size_t j)
{
    for (size_t i = 0; i < table->rows; i++)
        c[i] = table->cells[i * table->columns + j];
}

/* What the cells lack of the numbers in the file. */
static double rest_of(const struct sg_table *table, size_t i, size_t j)
{
    return table->rests ? table->rests[i * table->columns + j] : 0;
}

static bool is_constant(const double *c, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (c[i] != c[0])
            return false;
    return true;
}

/* A constant that was computed, or printed and read, varies by a few units in its last place: at
 * most four of them, 8 u |c|, are no information.  Whole numbers beside 1e15 have more. */
static bool is_constant_to_rounding(const double *c, size_t n)
{
    double least = c[0], most = c[0];
    for (size_t i = 1; i < n; i++) {
        least = fmin(least, c[i]);
        most = fmax(most, c[i]);
    }
    /* a range that overflows is none of rounding */
    return most - least <= 8 * SG_UNIT_ROUNDOFF * fmax(fabs(least), fabs(most));
}

/* How often row i counts, over the mean.  v NULL: all alike. */
static double counts(const double *v, size_t i)
{
    return v ? v[i] : 1;
}

/* c (n, from column j times 2^-exponent) without its mean, in two passes: the first leaves what no
 * double can hold of it.  The cells' own rests count once the bulk is gone. */
static void centre(double *c, double *mean, double *mean_rest, const struct sg_table *table,
                   size_t j, int exponent, const double *v)
{
    const size_t n = table->rows;
    double sum = 0, rest = 0;
    for (size_t i = 0; i < n; i++)
        sum += counts(v, i) * c[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        rest += counts(v, i) * (c[i] - *mean);
    *mean += rest / (double)n;
    rest = 0;
    for (size_t i = 0; i < n; i++) {
        c[i] = (c[i] - *mean) + ldexp(rest_of(table, i, j), -exponent);
        rest += counts(v, i) * c[i];
    }
    *mean_rest = rest / (double)n;
    for (size_t i = 0; i < n; i++)
        c[i] -= *mean_rest;
}

/* How a column is standardised: x = ((c - mean) - mean_rest) / scale. */
struct standard { double mean, mean_rest, scale; };

/* c (n, column j, not constant), centred or not, divided by the root of its mean square.  The
 * squares are corrected by the sum that rounding leaves (Chan, Golub and LeVeque 1983).
 * False when the scale is below the normal doubles: then 1 / scale overflows. */
static bool standardise(double *c, struct standard *s, const struct sg_table *table, size_t j,
                        bool centred, const double *v)
{
    const size_t n = table->rows;
    double largest = sg_base_max_abs(c, n), rest = 0, squares = 0;
    int exponent = 0;
    (void)frexp(largest, &exponent);
    for (size_t i = 0; i < n; i++)
        c[i] = ldexp(c[i], -exponent);
    *s = (struct standard){0};
    if (centred)
        centre(c, &s->mean, &s->mean_rest, table, j, exponent, v);
    for (size_t i = 0; i < n; i++) {
        rest += centred ? counts(v, i) * c[i] : 0;
        squares += counts(v, i) * c[i] * c[i];
    }
    const double sigma = sqrt((squares - rest * rest / (double)n) / (double)n);
    for (size_t i = 0; i < n; i++)
        c[i] /= sigma;
    s->mean = ldexp(s->mean, exponent);
    s->mean_rest = ldexp(s->mean_rest, exponent);
    s->scale = ldexp(sigma, exponent);
    return s->scale >= DBL_MIN && s->scale <= DBL_MAX;
}

static enum sg_status refuse_spread(struct sg_error *err, const char *path, size_t line,
                                    const char *name)
{
    return sg_base_refuse(err, path, line,
                          "the spread of column \"%s\" is out of range for double precision; "
                          "give the column in another unit",
                          SHOW(name));
}

/* ---- assembly -------------------------------------------------------------------------- */

/* Which columns are features and which are dropped. */
static void sort_columns(struct sg_design *design, double *c, const struct sg_table *table,
                         const bool *is_target)
{
    for (size_t j = 0; j < table->columns; j++) {
        if (is_target[j])
            continue;
        gather(c, table, j);
        const bool constant = is_constant(c, table->rows);
        if (constant ? design->intercept || c[0] == 0
                     : design->intercept && is_constant_to_rounding(c, table->rows)) {
            design->dropped_rounded[design->dropped] = !constant;
            design->dropped_column[design->dropped++] = j;
        } else
            design->column[design->features++] = j;
    }
}

static enum sg_status fill_features(struct sg_data *data, struct sg_design *design, double *c,
                                    const struct sg_table *table, const char *path, bool asked,
                                    const double *v, struct sg_error *err)
{
    for (size_t k = 0; k < design->features; k++) {
        gather(c, table, design->column[k]);
        struct standard s = {.scale = 1};
        if (asked && !is_constant(c, data->n) &&
            !standardise(c, &s, table, design->column[k], design->intercept, v))
            return refuse_spread(err, path, design->line, table->names[design->column[k]]);
        design->mean[k] = s.mean;
        design->mean_rest[k] = s.mean_rest;
        design->scale[k] = s.scale;
        for (size_t i = 0; i < data->n; i++)
            data->x[i * data->d + k] = c[i];
    }
    for (size_t i = 0; design->intercept && i < data->n; i++)
        data->x[i * data->d + data->d - 1] = 1;
    return SG_OK;
}

static enum sg_status refuse_constant(struct sg_error *err, const char *path, size_t line,
                                      const char *name, double value)
{
    return sg_base_refuse(err, path, line,
                          "the target \"%s\" is constant (%.6g) and cannot be standardised; "
                          "keep it in its own unit or choose another target",
                          SHOW(name), value);
}

static enum sg_status fill_targets(struct sg_data *data, struct sg_design *design, double *c,
                                   const struct sg_table *table, const char *path,
                                   bool asked, const double *v, struct sg_error *err)
{
    for (size_t k = 0; k < data->m; k++) {
        const char *name = table->names[design->y_column[k]];
        gather(c, table, design->y_column[k]);
        struct standard s = {.scale = 1};
        if (asked && is_constant(c, data->n))
            return refuse_constant(err, path, design->line, name, c[0]);
        if (asked && !standardise(c, &s, table, design->y_column[k], design->intercept, v))
            return refuse_spread(err, path, design->line, name);
        design->y_mean[k] = s.mean;
        design->y_mean_rest[k] = s.mean_rest;
        design->y_scale[k] = s.scale;
        for (size_t i = 0; i < data->n; i++)
            data->y[i * data->m + k] = c[i];
    }
    return SG_OK;
}

/* v (rows): the weights over their mean.  Their column is no feature. */
static enum sg_status read_weights(double *v, struct sg_design *design, bool *is_target,
                                   const struct sg_table *table, const char *path,
                                   const char *name, struct sg_error *err)
{
    size_t j = 0;
    while (j < table->columns && strcmp(table->names[j], name) != 0)
        j++;
    if (j == table->columns)
        return sg_base_refuse(err, path, header_line(table),
                              "there is no column \"%s\" for the weights", SHOW(name));
    if (is_target[j])
        return sg_base_refuse(err, path, header_line(table),
                              "\"%s\" is the target and cannot be the weights too", SHOW(name));
    is_target[j] = true;
    gather(v, table, j);
    const double most = sg_base_max_abs(v, table->rows);
    double sum = 0;
    for (size_t i = 0; i < table->rows; i++) {
        if (v[i] < 0)
            return sg_base_refuse(err, path, header_line(table),
                                  "row %zu has the weight %.6g in \"%s\"; weights are numbers of "
                                  "at least 0, how often a row counts", i + 1, v[i], SHOW(name));
        sum += most > 0 ? v[i] / most : 0;
    }
    if (!(most > 0))
        return sg_base_refuse(err, path, header_line(table),
                              "all weights in \"%s\" are 0, so no row counts; take another column",
                              SHOW(name));
    design->weight = most * (sum / (double)table->rows);
    for (size_t i = 0; i < table->rows; i++)
        v[i] = v[i] / most / (sum / (double)table->rows);
    return SG_OK;
}

static void scale_rows(struct sg_data *data, const double *v)
{
    for (size_t i = 0; i < data->n; i++) {
        const double root = sqrt(v[i]);
        for (size_t k = 0; k < data->d; k++)
            data->x[i * data->d + k] *= root;
        for (size_t k = 0; k < data->m; k++)
            data->y[i * data->m + k] *= root;
        data->one[i] *= root;
    }
}

/* The caller owns the scratch c, v (rows) and is_target (columns), and clears up after a
 * refusal. */
static enum sg_status assemble(struct sg_data *data, struct sg_design *design, double *c, double *v,
                               bool *is_target, const struct sg_table *table, const char *path,
                               const char *const *targets,
                               const struct sg_design_options *options, struct sg_error *err)
{
    enum sg_status status =
        find_targets(design->y_column, is_target, table, path, targets, design->outputs, err);
    if (status != SG_OK)
        return status;
    if (options->weights)
        status = read_weights(v, design, is_target, table, path, options->weights, err);
    else
        v = NULL;
    if (status != SG_OK)
        return status;
    sort_columns(design, c, table, is_target);
    if (design->features == 0 && !design->intercept)
        return sg_base_refuse(err, path, design->line, "no feature column is left (%zu all zero); "
                              "add a feature or an intercept", design->dropped);
    sg_data_alloc(data, table->rows, design->features + design->intercept, design->outputs);
    status = fill_features(data, design, c, table, path, options->standardise, v, err);
    if (status == SG_OK)
        status = fill_targets(data, design, c, table, path, options->standardise_targets, v, err);
    if (status == SG_OK && v)
        scale_rows(data, v);
    return status;
}

enum sg_status sg_data_make_design(struct sg_data *data, struct sg_design *design,
                                   const struct sg_table *table, const char *path,
                                   const char *const *targets, size_t n_targets,
                                   const struct sg_design_options *options, struct sg_error *err)
{
    SG_REQUIRE(data != NULL && design != NULL && table != NULL && options != NULL && err != NULL);
    SG_REQUIRE(targets != NULL || n_targets == 0);
    SG_REQUIRE(table->rows > 0 && table->columns > 0);
    SG_REQUIRE(sg_base_all_finite(table->cells, table->rows * table->columns));
    size_t columns = table->columns;
    *data = (struct sg_data){0};
    *design = (struct sg_design){.outputs = n_targets,
                                 .intercept = options->intercept,
                                 .line = header_line(table),
                                 .weight = 1,
                                 .column = SG_NEW(columns, size_t),
                                 .dropped_column = SG_NEW(columns, size_t),
                                 .dropped_rounded = SG_NEW(columns, bool),
                                 .mean = SG_NEW(columns, double),
                                 .mean_rest = SG_NEW(columns, double),
                                 .scale = SG_NEW(columns, double),
                                 .y_column = SG_NEW(n_targets, size_t),
                                 .y_mean = SG_NEW(n_targets, double),
                                 .y_mean_rest = SG_NEW(n_targets, double),
                                 .y_scale = SG_NEW(n_targets, double)};
    double *c = SG_NEW(table->rows, double), *v = SG_NEW(table->rows, double);
    bool *is_target = SG_NEW(columns, bool);
    enum sg_status status =
        assemble(data, design, c, v, is_target, table, path, targets, options, err);
    free(c);
    free(v);
    free(is_target);
    if (status != SG_OK) {
        sg_data_free(data);
        sg_data_design_free(design);
    }
    return status;
}

void sg_data_design_free(struct sg_design *design)
{
    if (design == NULL)
        return;
    free(design->column);
    free(design->dropped_rounded);
    free(design->mean);
    free(design->mean_rest);
    free(design->scale);
    free(design->dropped_column);
    free(design->y_column);
    free(design->y_mean);
    free(design->y_mean_rest);
    free(design->y_scale);
    *design = (struct sg_design){0};
}
