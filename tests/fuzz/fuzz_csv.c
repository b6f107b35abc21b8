/* A CSV file, read and made into a design: its last column is the target, sometimes with the first,
 * or with one that is not there. */
#include "fuzz.h"
#include "synthgrad/data.h"

FUZZ_TARGET(fuzz_csv)
{
    static struct fuzz_file file;
    fuzz_file_write(&file, bytes, size);
    struct sg_table table = {0};
    struct sg_error err = {""};
    const struct sg_csv_options with_rests = {.rests = size % 2 == 0};
    const enum sg_status status =
        sg_data_read_csv_part(&table, NULL, file.path, &with_rests, &err);
    if (status == SG_OK) {
        SG_REQUIRE(table.columns > 0 && table.rows > 0);
        const char *targets[] = {table.names[table.columns - 1],
                                 size % 7 == 0 ? table.names[0] : "no such column"};
        const size_t n_targets = size % 7 == 0 || size % 11 == 0 ? 2 : 1;
        const struct sg_design_options options = {.standardise = size % 2 == 0,
                                                  .intercept = size % 3 != 0,
                                                  .standardise_targets = size % 5 == 0};
        struct sg_data data = {0};
        struct sg_design design = {0};
        const enum sg_status made = sg_data_make_design(&data, &design, &table, file.path, targets,
                                                        n_targets, &options, &err);
        if (made == SG_OK) {
            SG_REQUIRE(sg_base_all_finite(data.x, data.n * data.d) &&
                       sg_base_all_finite(data.y, data.n * data.m));
            sg_data_design_free(&design);
            sg_data_free(&data);
        } else {
            fuzz_check_refusal(made, &err);
        }
        sg_data_table_free(&table);
    } else {
        fuzz_check_refusal(status, &err);
    }
}
