/* The data set of a case: made, or found and read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/schema.h"

static enum sg_status make_gaussian(struct sg_data *data, const struct sg_case *c, uint64_t seed,
                                    uint64_t replicate, struct sg_error *err)
{
    const struct sg_case_data *spec = &c->data;
    const struct sg_gaussian gaussian = {.n = (size_t)spec->n, .d = (size_t)spec->d,
                                         .outputs = (size_t)spec->outputs,
                                         .rank = (size_t)spec->rank, .condition = spec->condition,
                                         .noise = spec->noise,
                                         .bias = spec->bias};
    struct sg_rng *rng = sg_base_rng_alloc(seed, "case", replicate, "data");
    const enum sg_status status = sg_data_make_gaussian(data, &gaussian, rng);
    sg_base_rng_free(rng);
    if (status != SG_OK) {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        (void)sg_case_refuse(&r, 0,
                             "the data set of replicate %llu could not be made: %s; change data",
                             (unsigned long long)replicate, sg_base_status_text(status));
    }
    return status;
}

const char sg_case_nist[] = "NIST_DIR";

/* The first of folder/file and folder/file.suffix that is there.  Paths are fresh strings, since
 * one that is cut off could name another file. */
static char *find_in(const char *folder, size_t length, const char *file, const char *suffix)
{
    const char *const ends[] = {"", suffix};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        char *path = sg_base_format("%.*s%s%s", (int)length, folder, file, ends[k]);
        if (access(path, F_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

char *sg_case_find_file(const struct sg_case *c, const char *file, const char *suffix,
                        const char *variable)
{
    const char *slash = strrchr(c->path, '/'), *folder = getenv(variable);
    char *path =
        find_in(c->path, file[0] != '/' && slash ? (size_t)(slash + 1 - c->path) : 0, file, suffix);
    if (!path && file[0] != '/' && folder && folder[0] != '\0') {
        char *with_slash = sg_base_format("%s/", folder);
        path = find_in(with_slash, strlen(with_slash), file, suffix);
        free(with_slash);
    }
    return path;
}

enum sg_status sg_case_not_found(const struct sg_case *c, const char *file,
                                 const char *variable, struct sg_error *err)
{
    const struct sg_shown shown = sg_case_show(file);
    struct sg_case_reader r;
    sg_case_reader_init(&r, c->path, err);
    if (file[0] == '/')
        (void)sg_case_refuse(&r, 0, "data file %s not found; correct its path in data", shown.text);
    else
        (void)sg_case_refuse(&r, 0,
                             "data file %s not found beside the case or in %s; "
                             "set %s to the folder that holds it",
                             shown.text, variable, variable);
    return SG_IO;
}

/* One column of classes becomes a column for each, by ascending value. */
static enum sg_status make_one_hot(struct sg_data *data, const char *path, const char *target,
                                   struct sg_error *err)
{
    enum { MOST = 64 };
    double value[MOST + 1], *sorted = sg_base_copy(data->y, data->n, sizeof *data->y);
    size_t classes = 0;
    sg_base_sort(sorted, data->n);
    for (size_t i = 0; i < data->n && classes <= MOST; i++)
        if (i == 0 || sorted[i] != sorted[i - 1])
            value[classes++] = sorted[i];
    free(sorted);
    if (classes < 2 || classes > MOST)
        return sg_base_refuse(err, path, 1,
                              "loss = \"softmax\" wants 2 to %d classes, and \"%s\" has %s; "
                              "name another target, or write loss = \"mse\"",
                              (int)MOST, sg_base_show(target, 40).text,
                              classes < 2 ? "one value in every row" : "more values");
    double *y = SG_NEW(data->n * classes, double);
    for (size_t i = 0; i < data->n; i++)
        for (size_t k = 0; k < classes; k++)
            y[i * classes + k] = data->y[i] == value[k];
    free(data->y);
    data->y = y;
    data->m = classes;
    return SG_OK;
}

static enum sg_status read_table(struct sg_data *data, const struct sg_case *c,
                                 struct sg_error *err)
{
    char *path = sg_case_find_file(c, c->data.file, "", sg_case_nist);
    if (!path)
        return sg_case_not_found(c, c->data.file, sg_case_nist, err);
    const char *targets[SG_CASE_LIST_MAX];
    for (size_t i = 0; i < c->data.target.n; i++)
        targets[i] = c->data.target.value[i];
    const bool classes = c->net.loss == SG_SOFTMAX_XENT && c->data.target.n == 1;
    const struct sg_design_options options = {.standardise = c->data.standardise,
                                              .intercept = c->data.bias,
                                              .standardise_targets = c->data.standardise_target &&
                                                                     !classes};
    struct sg_table table = {0};
    struct sg_design design = {0};
    enum sg_status status = sg_data_read_table(&table, NULL, path, NULL, err);
    if (status == SG_OK) {
        status = sg_data_make_design(data, &design, &table, path, targets, c->data.target.n,
                                     &options, err);
        if (status == SG_OK)
            sg_data_design_free(&design);
        if (status == SG_OK && c->net.loss == SG_SOFTMAX_XENT && data->m == 1)
            status = make_one_hot(data, path, targets[0], err);
        if (status != SG_OK)
            sg_data_free(data);
        sg_data_table_free(&table);
    }
    free(path);
    return status;
}

static void make_classes(struct sg_data *data, const struct sg_case *c, uint64_t seed,
                         uint64_t replicate)
{
    const bool grid = c->data.kind == SG_DATA_GRID;
    const size_t side = (size_t)c->data.side, n = grid ? side * side : (size_t)c->data.n,
                 d = grid ? 2 + (size_t)c->data.bias : (size_t)c->data.d;
    const struct sg_classes spec = {.n = n, .d = d, .labels = (enum sg_labels)c->data.labels,
                                    .bias = c->data.bias, .one_hot = c->data.one_hot};
    struct sg_rng *rng = sg_base_rng_alloc(seed, "case", replicate, "data");
    if (grid)
        sg_data_make_grid(data, side, &spec, rng);
    else
        sg_data_make_classes(data, &spec, rng);
    sg_base_rng_free(rng);
}

/* Training images as float64 samples, for claims on any data. */
static enum sg_status make_from_images(struct sg_data *data, const struct sg_case *c, uint64_t seed,
                                       uint64_t replicate, struct sg_error *err)
{
    struct sg_images train;
    enum sg_status status = sg_case_make_images(&train, NULL, c, seed, replicate, err);
    if (status != SG_OK)
        return status;
    const size_t columns = train.rows * train.columns + train.classes + 1;
    if (train.n * columns <= 50000000) {
        sg_data_from_images(data, &train, c->data.bias);
    } else {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        status = sg_case_refuse(&r, 0,
                                "n = %zu images of %zu columns are more than 5e7 numbers; "
                                "make n smaller",
                                train.n, columns);
    }
    sg_data_images_free(&train);
    return status;
}

/* Log losses want labels: NaN and anything else that is none is refused. */
static enum sg_status check_labels(const struct sg_data *data, const struct sg_case *c,
                                   struct sg_error *err)
{
    const bool softmax = c->net.loss == SG_SOFTMAX_XENT;
    for (size_t i = 0; (softmax || c->net.loss == SG_LOGISTIC) && i < data->n; i++) {
        double sum = 0, least = 0;
        for (size_t j = 0; j < data->m; j++) {
            sum += data->y[i * data->m + j];
            least = data->y[i * data->m + j] < least ? data->y[i * data->m + j] : least;
        }
        if (least >= 0 && (softmax ? sg_base_within(fabs(sum - 1), 1e-6) : sum <= 1))
            continue;
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        return sg_case_refuse(&r, 0,
                              softmax ? "row %zu of y is no distribution over classes; "
                                        "loss = \"softmax\" wants numbers >= 0 that add up to 1"
                                      : "row %zu of y is no label; "
                                        "loss = \"logistic\" wants numbers from 0 to 1",
                              i + 1);
    }
    return SG_OK;
}

/* Settings that are in range can make numbers that are not. */
static enum sg_status check_finite(const struct sg_data *data, const struct sg_case *c,
                                   struct sg_error *err)
{
    if (sg_base_all_finite(data->x, data->n * data->d) &&
        sg_base_all_finite(data->y, data->n * data->m))
        return SG_OK;
    struct sg_case_reader r;
    sg_case_reader_init(&r, c->path, err);
    return sg_case_refuse(&r, 0,
                          "the data that the case describes go beyond the largest number, "
                          "1.79e308; make %s smaller",
                          c->data.kind == SG_DATA_MOMENTS ? "map, weights, S or R" : "noise");
}

/* map, or the product of the weights from the left. */
static double *least_squares_map(const struct sg_case *c, struct sg_case_shape shape)
{
    if (c->data.map.n != 0)
        return sg_base_copy(c->data.map.value, c->data.map.n, sizeof(double));
    double *P = SG_NEW(shape.d * shape.d, double);
    for (size_t i = 0; i < shape.d; i++)
        P[i * shape.d + i] = 1;
    const double *W = c->net.weights.value;
    for (size_t i = 0, in = shape.d; i <= c->net.layers.n; i++) {
        const size_t out = i < c->net.layers.n ? (size_t)c->net.layers.value[i] : shape.m;
        double *next = SG_NEW(shape.d * out, double);
        sg_base_mul(next, P, W, shape.d, in, out);
        free(P);
        P = next;
        W += in * out;
        in = out;
    }
    return P;
}

static enum sg_status make_moments(struct sg_data *data, const struct sg_case *c,
                                   struct sg_error *err)
{
    const struct sg_case_shape shape = sg_case_moments_shape(c);
    double *P = least_squares_map(c, shape);
    enum sg_status status =
        sg_data_make_moments(data, c->data.S.value, c->data.R.value, P, shape.d, shape.m);
    free(P);
    if (status != SG_OK) {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        status = sg_case_refuse(&r, 0, "S or R is not positive semidefinite; correct it in data");
    }
    return status;
}

enum sg_status sg_case_make_data(struct sg_data *data, const struct sg_case *c, uint64_t seed,
                                 uint64_t replicate, struct sg_error *err)
{
    SG_REQUIRE(data && c && err);
    *data = (struct sg_data){0};
    enum sg_status status = SG_OK;
    switch ((enum sg_data_kind)c->data.kind) {
    case SG_DATA_GAUSSIAN: status = make_gaussian(data, c, seed, replicate, err); break;
    case SG_DATA_CSV: status = read_table(data, c, err); break;
    case SG_DATA_MOMENTS: status = make_moments(data, c, err); break;
    case SG_DATA_CLASSES:
    case SG_DATA_GRID: make_classes(data, c, seed, replicate); break;
    case SG_DATA_IDX:
    case SG_DATA_DIGITS: status = make_from_images(data, c, seed, replicate, err); break;
    }
    if (status != SG_OK)
        return status;
    status = check_finite(data, c, err);
    if (status == SG_OK)
        status = check_labels(data, c, err);
    if (status != SG_OK)
        sg_data_free(data);
    return status;
}
