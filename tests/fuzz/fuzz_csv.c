/* A CSV file, read and made into a design with its last column for the target. */
#include "fuzz.h"
#include "synthgrad/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct fuzz_file file = fuzz_file(bytes, size);
    struct sg_table table = {0};
    struct sg_error err = {""};
    const enum sg_status status = sg_data_read_csv(&table, file.path, &err);
    if (status == SG_OK) {
        SG_REQUIRE(table.columns > 0 && table.rows > 0);
        const char *target = table.names[table.columns - 1];
        const struct sg_design_options options = {.standardise = size % 2 == 0, .intercept = size % 3 != 0};
        struct sg_data data = {0};
        struct sg_design design = {0};
        const enum sg_status made = sg_data_make_design(&data, &design, &table, file.path, &target, 1, &options, &err);
        if (made == SG_OK) {
            SG_REQUIRE(sg_base_all_finite(data.x, data.n * data.d) && sg_base_all_finite(data.y, data.n * data.m));
            sg_data_design_free(&design);
            sg_data_free(&data);
        } else {
            fuzz_check_refusal(made, &err);
        }
        sg_data_table_free(&table);
    } else {
        fuzz_check_refusal(status, &err);
    }
    close(file.descriptor);
    return 0;
}
