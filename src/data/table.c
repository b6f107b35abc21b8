/* table.c - a table from a file, whatever its format: the first bytes tell.  No CSV file begins
 * with those of .npy, which are not UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "data/table.h"

/* A name in a message: 40 bytes of it; lives to the end of the call it is in. */
#define SHOW(text_) (sg_base_show((text_), 40).text)

/* ---- names ----------------------------------------------------------------------------- */

bool sg_data_is_text(const char *s)
{
    while (*s != '\0') {
        size_t len = strchr("\t\r\n", *s) != NULL ? 1 : sg_base_printable(s);
        if (len == 0)
            return false;
        s += len;
    }
    return true;
}

/* By name, then by place. */
static int compare_names(const void *a, const void *b)
{
    char *const *left = *(char *const *const *)a, *const *right = *(char *const *const *)b;
    int order = strcmp(*left, *right);
    return order != 0 ? order : (left > right) - (left < right);
}

/* Sorted, equal names are neighbours: n log n, where all pairs would take
 * forever on a header of garbage. */
enum sg_status sg_data_check_names(const struct sg_table *table, const char *path, size_t line,
                                   struct sg_error *err)
{
    char **names = table->names;
    size_t n = table->columns;
    enum sg_status status = SG_OK;
    char ***sorted = SG_NEW(n, char **);
    for (size_t j = 0; j < n; j++)
        sorted[j] = &names[j];
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t j = 1; j < n && status == SG_OK; j++)
        if (strcmp(*sorted[j - 1], *sorted[j]) == 0)
            status = sg_base_refuse(
                err, path, line,
                "columns %zu and %zu are both named \"%s\"; give every column its own name",
                (size_t)(sorted[j - 1] - names) + 1, (size_t)(sorted[j] - names) + 1,
                SHOW(*sorted[j]));
    free(sorted);
    return status;
}

/* ---- columns --------------------------------------------------------------------------- */

/* Marks the column of a name that was asked for. */
static enum sg_status mark(bool *skip, bool value, const char *name, const struct sg_table *table,
                           const char *path, size_t line, struct sg_error *err)
{
    size_t nearest = 0, least = SIZE_MAX;
    for (size_t j = 0; j < table->columns; j++) {
        if (strcmp(name, table->names[j]) == 0) {
            skip[j] = value;
            return SG_OK;
        }
        const size_t far = sg_base_edit_distance(name, table->names[j]);
        if (far < least) {
            least = far;
            nearest = j;
        }
    }
    return sg_base_refuse(err, path, line, "there is no column \"%s\"; the nearest name is \"%s\"",
                          SHOW(name), SHOW(table->names[nearest]));
}

enum sg_status sg_data_choose_columns(bool **skip, const struct sg_table *table,
                                      const struct sg_csv_options *options, const char *path,
                                      size_t line, struct sg_error *err)
{
    static const struct sg_csv_options none;
    const struct sg_csv_options *o = options != NULL ? options : &none;
    enum sg_status status = SG_OK;
    size_t kept = 0;
    *skip = SG_NEW(table->columns, bool);
    for (size_t j = 0; j < table->columns; j++)
        (*skip)[j] = o->n_only > 0;
    for (size_t k = 0; k < o->n_only && status == SG_OK; k++)
        status = mark(*skip, false, o->only[k], table, path, line, err);
    for (size_t k = 0; k < o->n_drop && status == SG_OK; k++)
        status = mark(*skip, true, o->drop[k], table, path, line, err);
    for (size_t j = 0; j < table->columns; j++)
        kept += !(*skip)[j];
    if (status == SG_OK && kept == 0)
        status = sg_base_refuse(err, path, line, "every column is left out; keep some");
    return status;
}

void sg_data_drop_columns(struct sg_table *table, const bool *skip)
{
    size_t kept = 0;
    for (size_t j = 0; j < table->columns; j++) {
        if (skip[j])
            free(table->names[j]);
        else
            table->names[kept++] = table->names[j];
    }
    table->columns = kept;
}

/* ---- reading --------------------------------------------------------------------------- */

typedef enum sg_status from_stream(struct sg_table *table, size_t *dropped,
                                   const struct sg_csv_options *options, struct sg_stream *file);

static enum sg_status any_from_stream(struct sg_table *table, size_t *dropped,
                                      const struct sg_csv_options *options, struct sg_stream *file)
{
    const unsigned char *first;
    size_t got;
    const enum sg_status status = sg_data_stream_peek(&first, &got, file);
    if (status != SG_OK)
        return status;
    if (got >= 4 && memcmp(first, "PK\3\4", 4) == 0)
        return sg_base_refuse(file->err, file->path, 0,
                              "this is a zip archive, as numpy.savez writes; save the one array "
                              "with numpy.save, or the table as CSV");
    if (got >= strlen(SG_NPY_MAGIC) && memcmp(first, SG_NPY_MAGIC, strlen(SG_NPY_MAGIC)) == 0)
        return sg_data_npy_from_stream(table, dropped, options, file);
    return sg_data_csv_from_stream(table, dropped, options, file);
}

static enum sg_status read_with(from_stream *read, struct sg_table *table, size_t *dropped,
                                const char *path, const struct sg_csv_options *options,
                                struct sg_error *err)
{
    SG_REQUIRE(table != NULL && path != NULL && err != NULL);
    *table = (struct sg_table){0};
    struct sg_stream *file = SG_NEW(1, struct sg_stream);
    size_t left_out = 0;
    enum sg_status status = sg_data_stream_open_any(file, path, err);
    if (status == SG_OK)
        status = read(table, &left_out, options, file);
    sg_data_stream_close(file);
    free(file);
    if (status != SG_OK)
        sg_data_table_free(table);
    if (dropped != NULL)
        *dropped = left_out;
    return status;
}

enum sg_status sg_data_read_table(struct sg_table *table, size_t *dropped, const char *path,
                                  const struct sg_csv_options *options, struct sg_error *err)
{
    return read_with(any_from_stream, table, dropped, path, options, err);
}

enum sg_status sg_data_read_csv_part(struct sg_table *table, size_t *dropped, const char *path,
                                     const struct sg_csv_options *options, struct sg_error *err)
{
    return read_with(sg_data_csv_from_stream, table, dropped, path, options, err);
}

enum sg_status sg_data_read_csv(struct sg_table *table, const char *path, struct sg_error *err)
{
    return sg_data_read_csv_part(table, NULL, path, NULL, err);
}

void sg_data_table_free(struct sg_table *table)
{
    if (table == NULL)
        return;
    for (size_t j = 0; j < table->columns; j++)
        free(table->names[j]);
    free(table->names);
    free(table->cells);
    free(table->rests);
    *table = (struct sg_table){0};
}
