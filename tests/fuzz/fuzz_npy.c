/* A .npy file, or any other table: read whole, then without what it lacks, then its last column
 * alone.  The three have to agree. */
#include "fuzz.h"
#include "synthgrad/data.h"

static struct fuzz_file file;

static enum sg_status read_table(struct sg_table *table, size_t *dropped,
                                 const struct sg_csv_options *options)
{
    struct sg_error err = {""};
    const enum sg_status status = sg_data_read_table(table, dropped, file.path, options, &err);
    if (status != SG_OK) {
        fuzz_check_refusal(status, &err);
        SG_REQUIRE(!table->names && !table->cells);
        return status;
    }
    SG_REQUIRE(table->columns > 0 && table->rows > 0);
    SG_REQUIRE(sg_base_all_finite(table->cells, table->rows * table->columns));
    return status;
}

/* The last column alone, in the rows of the whole table. */
static void check_last(const struct sg_table *whole)
{
    const char *last = whole->names[whole->columns - 1];
    const struct sg_csv_options only = {.only = &last, .n_only = 1};
    struct sg_table part;
    SG_REQUIRE(read_table(&part, NULL, &only) == SG_OK);
    SG_REQUIRE(part.rows == whole->rows && part.columns == 1 && strcmp(part.names[0], last) == 0);
    for (size_t i = 0; i < part.rows; i++)
        SG_REQUIRE(part.cells[i] == whole->cells[(i + 1) * whole->columns - 1]);
    sg_data_table_free(&part);
}

FUZZ_TARGET(fuzz_npy)
{
    static const struct sg_csv_options missing = {.drop_missing = true};
    fuzz_file_write(&file, bytes, size);
    struct sg_table whole, rest;
    size_t none = 0, dropped = 0;
    const enum sg_status read = read_table(&whole, &none, NULL),
                         without = read_table(&rest, &dropped, &missing);
    SG_REQUIRE(none == 0);
    if (read == SG_OK) {
        SG_REQUIRE(without == SG_OK && dropped == 0 && rest.rows == whole.rows &&
                   rest.columns == whole.columns);
        SG_REQUIRE(memcmp(rest.cells, whole.cells,
                          whole.rows * whole.columns * sizeof *whole.cells) == 0);
        check_last(&whole);
    }
    sg_data_table_free(&whole);
    sg_data_table_free(&rest);
}
