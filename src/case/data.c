/* The data set of a case: made, or found and read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/schema.h"

static enum sg_status make_gaussian(struct sg_data *data, const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                    struct sg_error *err)
{
    const struct sg_case_data *spec = &c->data;
    const struct sg_gaussian gaussian = {.n = (size_t)spec->n, .d = (size_t)spec->d, .outputs = (size_t)spec->outputs,
                                         .rank = (size_t)spec->rank, .condition = spec->condition, .noise = spec->noise,
                                         .bias = spec->bias};
    struct sg_rng *rng = sg_base_rng_alloc(seed, c->name, replicate, "data");
    const enum sg_status status = sg_data_make_gaussian(data, &gaussian, rng);
    sg_base_rng_free(rng);
    if (status != SG_OK) {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        (void)sg_case_refuse(&r, 0, "the data set of replicate %llu could not be made: %s; change data",
                             (unsigned long long)replicate, sg_base_status_text(status));
    }
    return status;
}

/* The path of an existing file, free(), or NULL.  Fresh strings: a path that is cut off could name another file. */
static char *find_file(const struct sg_case *c)
{
    const char *file = c->data.file, *folder = getenv("NIST_DIR"), *slash = strrchr(c->path, '/');
    if (!folder)
        folder = SG_NIST_DIR;                  /* where the data were when this was built; empty: nowhere */
    const int beside = file[0] != '/' && slash ? (int)(slash + 1 - c->path) : 0;
    char *path = sg_base_format("%.*s%s", beside, c->path, file);
    if (access(path, F_OK) != 0 && file[0] != '/' && folder && folder[0] != '\0') {
        free(path);
        path = sg_base_format("%s/%s", folder, file);
    }
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static enum sg_status not_found(const struct sg_case *c, struct sg_error *err)
{
    const struct sg_shown file = sg_case_show(c->data.file);
    struct sg_case_reader r;
    sg_case_reader_init(&r, c->path, err);
    if (c->data.file[0] == '/')
        (void)sg_case_refuse(&r, 0, "data file %s not found; correct its path in data", file.text);
    else
        (void)sg_case_refuse(&r, 0, "data file %s not found beside the case or in NIST_DIR; "
                             "set NIST_DIR to the folder that holds it", file.text);
    return SG_IO;
}

static enum sg_status read_csv(struct sg_data *data, const struct sg_case *c, struct sg_error *err)
{
    char *path = find_file(c);
    if (!path)
        return not_found(c, err);
    const char *targets[SG_CASE_LIST_MAX];
    for (size_t i = 0; i < c->data.target.n; i++)
        targets[i] = c->data.target.value[i];
    const struct sg_design_options options = {.standardise = c->data.standardise, .intercept = c->data.bias,
                                              .standardise_targets = c->data.standardise_target};
    struct sg_table table = {0};
    struct sg_design design = {0};
    enum sg_status status = sg_data_read_csv(&table, path, err);
    if (status == SG_OK) {
        status = sg_data_make_design(data, &design, &table, path, targets, c->data.target.n, &options, err);
        if (status == SG_OK)
            sg_data_design_free(&design);
        sg_data_table_free(&table);
    }
    free(path);
    return status;
}

static void make_classes(struct sg_data *data, const struct sg_case *c, uint64_t seed, uint64_t replicate)
{
    const struct sg_classes spec = {.n = (size_t)c->data.n, .d = (size_t)c->data.d, .labels = (enum sg_labels)c->data.labels,
                                    .bias = c->data.bias, .one_hot = c->data.one_hot};
    struct sg_rng *rng = sg_base_rng_alloc(seed, c->name, replicate, "data");
    sg_data_make_classes(data, &spec, rng);
    sg_base_rng_free(rng);
}

/* Log losses want labels: NaN and anything else that is none is refused. */
static enum sg_status check_labels(const struct sg_data *data, const struct sg_case *c, struct sg_error *err)
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
        return sg_case_refuse(&r, 0, softmax ? "row %zu of y is no distribution over classes; loss = \"softmax\" wants numbers >= 0 that add up to 1"
                                             : "row %zu of y is no label; loss = \"logistic\" wants numbers from 0 to 1", i + 1);
    }
    return SG_OK;
}

enum sg_status sg_case_make_data(struct sg_data *data, const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                 struct sg_error *err)
{
    SG_REQUIRE(data && c && err);
    *data = (struct sg_data){0};
    enum sg_status status = SG_OK;
    switch ((enum sg_data_kind)c->data.kind) {
    case SG_DATA_GAUSSIAN: status = make_gaussian(data, c, seed, replicate, err); break;
    case SG_DATA_CSV: status = read_csv(data, c, err); break;
    case SG_DATA_CLASSES: make_classes(data, c, seed, replicate); break;
    }
    if (status == SG_OK && (status = check_labels(data, c, err)) != SG_OK)
        sg_data_free(data);
    return status;
}
