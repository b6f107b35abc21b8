/* npy.c - tables from NumPy's .npy files, formats 1.0 to 3.0:
 *
 *   \x93NUMPY MAJOR MINOR, the header's length (2 bytes, later 4, little-endian), header, elements
 *
 * Read are numbers of up to 8 bytes in either byte order, as
 *   - rows x columns of one type, in C or Fortran order; the columns are called c0, c1, ...
 *   - rows of a structured type, whose fields name the columns
 * Nothing else is: what is pickled could run code.  A header is believed only as far as the file
 * bears it out: memory grows with the elements that were there.  A whole number beyond 2^53 is
 * rounded to the nearest double, as a decimal one is.
 *
 * Source: the documentation of numpy.lib.format. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/npy.h"

enum { BLOCK = 1 << 16 };     /* bytes read at a time */

#define REFUSE(n, ...) SG_NPY_REFUSE((n)->file, __VA_ARGS__)

static double number(const unsigned char *bytes, const struct sg_npy_element *e)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < e->size; k++)
        bits |= (uint64_t)bytes[e->big ? e->size - 1 - k : k] << 8 * k;
    if (e->kind == 'f' && e->size == 4) {
        const uint32_t narrow = (uint32_t)bits;
        float value;
        memcpy(&value, &narrow, sizeof value);
        return (double)value;
    }
    if (e->kind == 'f') {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    const uint64_t sign = UINT64_C(1) << (8 * e->size - 1);
    if (e->kind == 'i' && bits & sign)
        return -(double)((sign << 1) - bits);      /* two's complement; for 8 bytes modulo 2^64 */
    return e->kind == 'b' ? bits != 0 : (double)bits;
}

/* Reads all of it.  done: bytes of the elements before it. */
static enum sg_status read_all(unsigned char *out, size_t want, size_t done, const struct sg_npy *n)
{
    size_t got;
    const enum sg_status status = sg_data_stream_read(out, &got, want, n->file);
    if (status == SG_OK && got < want)
        return REFUSE(n, "the elements end after %zu bytes, but the header says %zu; fetch or save "
                      "the file again", done + got, n->row_bytes * n->rows);
    return status;
}

/* A number of the table: finite, or missing where rows may lack one. */
static enum sg_status check(double value, bool *missing, size_t i, size_t j,
                            const struct sg_csv_options *options, const struct sg_npy *n)
{
    if (isfinite(value))
        return SG_OK;
    if (isnan(value) && options != NULL && options->drop_missing) {
        *missing = true;
        return SG_OK;
    }
    return REFUSE(n, "row %zu, counted from 0, column \"%s\" is %s; replace it, or remove the "
                  "row%s", i, SG_NPY_SHOW(n->table->names[j]), isnan(value) ? "NaN" : "infinite",
                  isnan(value) && options != NULL ? ", or use --drop-missing" : "");
}

/* The elements row by row. */
static enum sg_status read_rows(struct sg_npy *n, size_t *dropped, const bool *skip, size_t kept,
                                const struct sg_csv_options *options)
{
    struct sg_table *table = n->table;
    const size_t rows = n->rows, at_once = BLOCK / n->row_bytes + 1;
    unsigned char *block = SG_NEW(at_once * n->row_bytes, unsigned char);
    size_t capacity = 0, cells = 0;
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < rows && status == SG_OK; i++) {
        bool missing = false;
        const size_t in_block = i % at_once, left = rows - i;
        const unsigned char *byte = block + in_block * n->row_bytes;
        if (in_block == 0)
            status = read_all(block, (left < at_once ? left : at_once) * n->row_bytes,
                              i * n->row_bytes, n);
        for (size_t j = 0; j < table->columns && status == SG_OK; j++) {
            const struct sg_npy_element *e = &n->element[n->fields > 0 ? j : 0];
            if (!skip[j]) {
                const double value = number(byte, e);
                status = check(value, &missing, i, j, options, n);
                table->cells = sg_base_grow(table->cells, cells, &capacity, sizeof(double));
                table->cells[cells++] = value;
            }
            byte += e->size;
        }
        *dropped += missing;
        table->rows += !missing;
        cells = table->rows * kept;
    }
    free(block);
    return status;
}

/* From columns (kept of them, one after the other) to the rows that are not missing. */
static void turn(struct sg_table *table, const double *columns, const bool *missing, size_t rows,
                 size_t kept)
{
    SG_REQUIRE(missing || rows == 0);
    table->cells = SG_NEW(rows * kept, double);
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < kept && !missing[i]; k++)
            table->cells[table->rows * kept + k] = columns[k * rows + i];
        table->rows += !missing[i];
    }
}

/* The elements of one type, column by column. */
static enum sg_status read_columns(struct sg_npy *n, size_t *dropped, const bool *skip, size_t kept,
                                   const struct sg_csv_options *options)
{
    const size_t rows = n->rows, size = n->element->size, at_once = BLOCK / size;
    unsigned char *block = SG_NEW(BLOCK, unsigned char);
    size_t capacity = 0, marks = 0, cells = 0;
    double *columns = NULL;
    bool *missing = NULL;               /* of the rows that were there in the first column */
    enum sg_status status = SG_OK;
    for (size_t j = 0; j < n->table->columns; j++)
        for (size_t i = 0; i < rows && status == SG_OK; i++) {
            const size_t left = rows - i;
            if (i % at_once == 0)
                status = read_all(block, (left < at_once ? left : at_once) * size,
                                  (j * rows + i) * size, n);
            if (j == 0) {
                missing = sg_base_grow(missing, i, &marks, sizeof *missing);
                missing[i] = false;
            }
            if (skip[j] || status != SG_OK)
                continue;
            const double value = number(block + i % at_once * size, n->element);
            status = check(value, &missing[i], i, j, options, n);
            columns = sg_base_grow(columns, cells, &capacity, sizeof *columns);
            columns[cells++] = value;
        }
    if (status == SG_OK) {
        turn(n->table, columns, missing, rows, kept);
        *dropped = rows - n->table->rows;
    }
    free(columns);
    free(missing);
    free(block);
    return status;
}

static enum sg_status read_elements(struct sg_npy *n, size_t *dropped,
                                    const struct sg_csv_options *options)
{
    bool *skip;
    size_t kept = 0, more = 0;
    unsigned char byte;
    enum sg_status status =
        sg_data_choose_columns(&skip, n->table, options, n->file->path, 0, n->file->err);
    for (size_t j = 0; j < n->table->columns; j++)
        kept += !skip[j];
    if (status == SG_OK)
        status = (n->fortran && n->fields == 0 ? read_columns : read_rows)(n, dropped, skip, kept,
                                                                           options);
    if (status == SG_OK)
        status = sg_data_stream_read(&byte, &more, 1, n->file);
    if (status == SG_OK && more > 0)
        status = REFUSE(n, "the file goes on after the %zu bytes of elements that its header "
                        "says; fetch or save it again", n->row_bytes * n->rows);
    if (status == SG_OK && n->table->rows == 0)
        status = REFUSE(n, "every row lacks a number; fill them in, or leave columns out");
    if (status == SG_OK)
        sg_data_drop_columns(n->table, skip);
    free(skip);
    return status;
}

enum sg_status sg_data_npy_from_stream(struct sg_table *table, size_t *dropped,
                                       const struct sg_csv_options *options, struct sg_stream *file)
{
    struct sg_npy n = {.file = file, .table = table};
    table->binary = true;
    enum sg_status status = sg_npy_read_header(&n);
    if (status == SG_OK)
        status = read_elements(&n, dropped, options);
    free(n.header);
    free(n.element);
    return status;
}
