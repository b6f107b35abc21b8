/* What a caller may not hand over ends the process at the door, and the least that he may does not:
 * each argument on its own, each number on either side of its bound. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"
#include "synthgrad/images.h"

static void images_have_sizes_and_classes(void **state)
{
    (void)state;
    struct sg_images images, one;
    sg_data_images_alloc(&images, 1, 1, 1, 1);
    sg_data_images_free(&images);
    sg_data_images_alloc(&images, 3, 2, 2, 256);
    CHECK_ABORTS(sg_data_images_alloc(NULL, 1, 1, 1, 1));
    CHECK_ABORTS(sg_data_images_alloc(&one, 0, 1, 1, 1));
    CHECK_ABORTS(sg_data_images_alloc(&one, 1, 0, 1, 1));
    CHECK_ABORTS(sg_data_images_alloc(&one, 1, 1, 0, 1));
    CHECK_ABORTS(sg_data_images_alloc(&one, 1, 1, 1, 0));
    CHECK_ABORTS(sg_data_images_alloc(&one, 1, 1, 1, 257));
    CHECK(sg_data_images_slice(&images, 3, 0).n == 0 && sg_data_images_slice(&images, 0, 3).n == 3);
    CHECK_ABORTS((void)sg_data_images_slice(&images, 4, 0));
    CHECK_ABORTS((void)sg_data_images_slice(&images, 1, 3));
    one = sg_data_images_slice(&images, 2, 1);
    sg_data_images_standardise(&one, NULL);
    one.n = 0;
    CHECK_ABORTS(sg_data_images_standardise(&one, NULL));
    CHECK_ABORTS(sg_data_images_standardise(NULL, &images));
    sg_data_images_free(&images);
}

static void digits_have_a_number_and_a_stream(void **state)
{
    (void)state;
    struct sg_images images;
    struct sg_rng *rng = test_rng("digit", 0);
    sg_data_make_digits(&images, 1, rng);
    CHECK(images.n == 1);
    sg_data_images_free(&images);
    CHECK_ABORTS(sg_data_make_digits(NULL, 1, rng));
    CHECK_ABORTS(sg_data_make_digits(&images, 0, rng));
    CHECK_ABORTS(sg_data_make_digits(&images, 1, NULL));
    sg_base_rng_free(rng);
}

/* One image of one pixel, label 0, as an IDX pair: the least that may be asked for is
 * one class and one image. */
static void idx_wants_files_and_a_place(void **state)
{
    (void)state;
    static const unsigned char pixels[] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 77},
                               labels[] = {0, 0, 8, 1, 0, 0, 0, 1, 0};
    const char *folder = getenv("TMPDIR");
    char path[2][500];
    for (int k = 0; k < 2; k++) {
        snprintf(path[k], sizeof path[k], "%s/synthgrad-refusals-%d-%ld", folder ? folder : "/tmp",
                 k, (long)getpid());
        FILE *file = fopen(path[k], "wb");
        const size_t size = k ? sizeof labels : sizeof pixels;
        CHECK(file && fwrite(k ? labels : pixels, 1, size, file) == size && fclose(file) == 0);
    }
    struct sg_images images;
    struct sg_error err;
    const struct sg_images like[] = {{.classes = 1}, {.classes = 256}};
    for (size_t k = 0; k < 2; k++) {
        CHECK_STATUS(sg_data_read_idx(&images, path[0], path[1], &like[k], 1, &err), SG_OK);
        CHECK(images.n == 1 && images.pixel[0] == 77 && images.classes == like[k].classes);
        sg_data_images_free(&images);
    }
    CHECK_ABORTS((void)!sg_data_read_idx(NULL, path[0], path[1], like, 1, &err));
    CHECK_ABORTS((void)!sg_data_read_idx(&images, NULL, path[1], like, 1, &err));
    CHECK_ABORTS((void)!sg_data_read_idx(&images, path[0], NULL, like, 1, &err));
    CHECK_ABORTS((void)!sg_data_read_idx(&images, path[0], path[1], like, 0, &err));
    CHECK_ABORTS((void)!sg_data_read_idx(&images, path[0], path[1], like, 1, NULL));
    remove(path[0]);
    remove(path[1]);
}

static void rows_have_room_and_shape(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("rows", 0);
    struct sg_rows rows;
    struct sg_images images;
    struct sg_data data = random_data(3, 2, 1, rng);
    sg_data_rows_alloc(&rows, SG_F64, 1, 1, 1);
    sg_data_rows_free(&rows);
    CHECK_ABORTS(sg_data_rows_alloc(NULL, SG_F64, 1, 1, 1));
    CHECK_ABORTS(sg_data_rows_alloc(&rows, SG_F64, 0, 1, 1));
    CHECK_ABORTS(sg_data_rows_alloc(&rows, SG_F64, 1, 0, 1));
    CHECK_ABORTS(sg_data_rows_alloc(&rows, SG_F64, 1, 1, 0));
    sg_data_rows_alloc(&rows, SG_F64, 2, 2, 1);
    sg_data_images_alloc(&images, 3, 2, 1, 1);
    const size_t last = 2, beyond = 3;
    CHECK(sg_data_gather(&rows, &data, &last, 1).n == 1 &&
          sg_data_gather_images(&rows, &images, &last, 1).n == 1);
    CHECK_ABORTS((void)sg_data_gather(&rows, &data, &beyond, 1));
    CHECK_ABORTS((void)sg_data_gather_images(&rows, &images, &beyond, 1));
    CHECK_ABORTS((void)sg_data_gather(&rows, &data, NULL, 3));
    CHECK_ABORTS((void)sg_data_gather_images(&rows, &images, NULL, 3));
    for (int k = 0; k < 2; k++) {                               /* one shape off, the other right */
        struct sg_data other = random_data(3, k ? 2 : 1, k ? 2 : 1, rng);
        struct sg_images odd;
        sg_data_images_alloc(&odd, 3, k ? 2 : 1, 1, k ? 2 : 1);
        CHECK_ABORTS((void)sg_data_gather(&rows, &other, NULL, 1));
        CHECK_ABORTS((void)sg_data_gather_images(&rows, &odd, NULL, 1));
        sg_data_images_free(&odd);
        sg_data_free(&other);
    }
    sg_data_images_free(&images);
    sg_data_rows_free(&rows);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

static void tables_are_there_and_finite(void **state)
{
    (void)state;
    struct sg_table table;
    struct sg_error err;
    CHECK_ABORTS((void)!sg_data_read_csv(NULL, "none.csv", &err));
    CHECK_ABORTS((void)!sg_data_read_csv(&table, NULL, &err));
    CHECK_ABORTS((void)!sg_data_read_csv(&table, "none.csv", NULL));

    char a[] = "a", b[] = "b", *names[] = {a, b};
    double cells[] = {1, 2.5, 4, -1, 2, 7};
    const char *target[] = {"b"};
    const struct sg_design_options options = {.intercept = true};
    struct sg_data data;
    struct sg_design design;
    table = (struct sg_table){.rows = 3, .columns = 2, .names = names, .cells = cells};
    CHECK_STATUS(sg_data_make_design(&data, &design, &table, "t.csv", target, 1, &options, &err),
                 SG_OK);
    sg_data_free(&data);
    sg_data_design_free(&design);
    CHECK_ABORTS(
        (void)!sg_data_make_design(NULL, &design, &table, "t.csv", target, 1, &options, &err));
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, NULL, &table, "t.csv", target, 1, &options, &err));
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, NULL, "t.csv", target, 1, &options, &err));
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", NULL, 1, &options, &err));
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", target, 1, NULL, &err));
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", target, 1, &options, NULL));
    cells[5] = SG_NAN;                                          /* the last cell counts */
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", target, 1, &options, &err));
    cells[5] = 7;
    table.rows = 0;
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", target, 1, &options, &err));
    table.rows = 3;
    table.columns = 0;
    CHECK_ABORTS(
        (void)!sg_data_make_design(&data, &design, &table, "t.csv", target, 1, &options, &err));
}

static void makers_have_sizes(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("sizes", 0);
    struct sg_data data;
    const struct sg_classes least = {.n = 1, .d = 1}, no_sample = {.n = 0, .d = 1},
                            no_column = {.n = 1, .d = 0}, grid = {.n = 4, .d = 2},
                            line = {.n = 1, .d = 2};
    sg_data_make_classes(&data, &least, rng);
    sg_data_free(&data);
    CHECK_ABORTS(sg_data_make_classes(&data, &no_sample, rng));
    CHECK_ABORTS(sg_data_make_classes(&data, &no_column, rng));
    sg_data_make_grid(&data, 2, &grid, rng);
    sg_data_free(&data);
    CHECK_ABORTS(sg_data_make_grid(&data, 1, &line, rng));
    CHECK_ABORTS(sg_data_make_grid(&data, 3, &grid, rng));
    const struct sg_gaussian one = {.n = 1, .d = 1, .outputs = 1, .condition = 1};
    CHECK_STATUS(sg_data_make_gaussian(&data, &one, rng), SG_OK);
    sg_data_free(&data);
    for (int k = 0; k < 4; k++) {
        struct sg_gaussian bad = one;
        *(k == 0 ? &bad.n : k == 1 ? &bad.d : &bad.outputs) = k == 3;
        bad.condition = k == 3 ? 0.99 : 1;
        CHECK_ABORTS((void)!sg_data_make_gaussian(&data, &bad, rng));
    }
    double l, a = 4;
    CHECK_STATUS(sg_data_factor_moments(&l, &a, 1), SG_OK);
    CHECK(l == 2);
    CHECK_ABORTS((void)!sg_data_factor_moments(&l, &a, 0));
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(images_have_sizes_and_classes), TEST(digits_have_a_number_and_a_stream),
        TEST(idx_wants_files_and_a_place),   TEST(rows_have_room_and_shape),
        TEST(tables_are_there_and_finite),   TEST(makers_have_sizes),
    };
    return RUN(tests);
}
