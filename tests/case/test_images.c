/* Cases on images and on the grid: their keys, where their files are looked for, what is refused,
 * and what they are called in a report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "synthgrad/case.h"

#define MINIMAL "claim = \"DY3\"; expect = \"holds\";\n"

/* ---- files ---------------------------------------------------------------------------------- */

static char folder[] = "/tmp/sg_case_images_XXXXXX", elsewhere[64], case_path[64];

static int make_folder(void **state)
{
    if (test_group_start(state) != 0 || !mkdtemp(folder))
        return -1;
    snprintf(elsewhere, sizeof elsewhere, "%s/mnist", folder);
    snprintf(case_path, sizeof case_path, "%s/x.cfg", folder);
    return mkdir(elsewhere, 0700);
}

static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

static void remove_idx(const char *where, const char *suffix)
{
    for (size_t k = 0; k < COUNT(names); k++) {
        char *path = sg_base_format("%s/%s%s", where, names[k], suffix);
        unlink(path);
        free(path);
    }
}

static int remove_folder(void **state)
{
    (void)state;
    remove_idx(folder, "");
    remove_idx(elsewhere, "");
    remove_idx(elsewhere, ".gz");
    unlink(case_path);
    rmdir(elsewhere);
    return rmdir(folder);
}

static void write_bytes(const char *where, const char *name, const char *suffix,
                        const unsigned char *bytes, size_t n)
{
    char *path = sg_base_format("%s/%s%s", where, name, suffix);
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
    free(path);
}

/* Five images of 3 x 2 to train on and four to test on, all pixels `shade`.  The test images have
 * `rows` rows. */
static void write_idx(const char *where, const char *suffix, unsigned char shade,
                      unsigned char rows)
{
    unsigned char images[16 + 5 * 6] = {0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 2};
    unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 5, 7, 1, 9, 0, 3};
    memset(images + 16, shade, 30);
    write_bytes(where, names[0], suffix, images, sizeof images);
    write_bytes(where, names[1], suffix, labels, sizeof labels);
    images[7] = labels[7] = 4;
    images[11] = rows;
    write_bytes(where, names[2], suffix, images, 16 + 4 * 2 * (size_t)rows);
    write_bytes(where, names[3], suffix, labels, 8 + 4);
}

static void write_case(const char *text)
{
    FILE *file = fopen(case_path, "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static struct sg_case case_of(const char *text)
{
    struct sg_case c;
    struct sg_error err = {""};
    write_case(text);
    if (sg_case_read(&c, case_path, &err) != SG_OK)
        fail_msg("refused: %s\n%s", err.text, text);
    return c;
}

static void check_refused(const char *text, const char *fragment)
{
    struct sg_case c;
    struct sg_error err = {""};
    write_case(text);
    CHECK_STATUS(sg_case_read(&c, case_path, &err), SG_BAD_INPUT);
    if (!strstr(err.text, fragment))
        fail_msg("wanted \"%s\", got \"%s\"", fragment, err.text);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static void test_keys(void **state)
{
    (void)state;
    struct sg_case c = case_of(MINIMAL
                               "data = { kind = \"idx\"; n = 60000; test = 10000; "
                               "train_files = [\"a\", \"b\"]; test_files = [\"c\", \"d\"];\n"
                               "standardise = false; };");
    CHECK(c.data.kind == SG_DATA_IDX && c.data.n == 60000 && c.data.test == 10000 &&
          !c.data.standardise);
    CHECK(strcmp(c.data.train_files.value[0], "a") == 0 &&
          strcmp(c.data.train_files.value[1], "b") == 0);
    CHECK(strcmp(c.data.test_files.value[0], "c") == 0 &&
          strcmp(c.data.test_files.value[1], "d") == 0);
    sg_case_free(&c);
    c = case_of(MINIMAL "data = { kind = \"idx\"; };");
    for (size_t k = 0; k < 2; k++)
        CHECK(strcmp(c.data.train_files.value[k], names[k]) == 0 &&
              strcmp(c.data.test_files.value[k], names[2 + k]) == 0);
    CHECK(c.data.n == 200 && c.data.test == 1000 && c.data.standardise);
    sg_case_free(&c);
    c = case_of(MINIMAL "data = { kind = \"grid\"; side = 7; labels = \"random\"; "
                        "one_hot = true; bias = false; };");
    CHECK(c.data.kind == SG_DATA_GRID && c.data.side == 7 && c.data.labels == SG_LABELS_RANDOM &&
          c.data.one_hot && !c.data.bias);
    sg_case_free(&c);
}

static void test_combinations_that_mean_nothing(void **state)
{
    (void)state;
    check_refused(MINIMAL "data = { kind = \"digits\"; file = \"x\"; };",
                  "\"file\" is a key of csv data, but kind is \"digits\"");
    check_refused(MINIMAL "data = { kind = \"digits\"; d = 3; };",
                  "\"d\" is a key of gaussian or classes data, but kind is \"digits\"");
    check_refused(MINIMAL "data = { kind = \"digits\"; train_files = [\"x\", \"y\"]; };",
                  "\"train_files\" is a key of idx data, but kind is \"digits\"");
    check_refused(MINIMAL "data = { kind = \"idx\"; noise = 0.1; };",
                  "\"noise\" is a key of gaussian data, but kind is \"idx\"");
    check_refused(MINIMAL "data = { kind = \"grid\"; n = 100; };",
                  "\"n\" is a key of gaussian, classes, idx or digits data, but kind is \"grid\"");
    check_refused(MINIMAL "data = { kind = \"grid\"; test = 100; };",
                  "\"test\" is a key of idx or digits data");
    check_refused(MINIMAL "data = { side = 9; };",
                  "\"side\" is a key of grid data, but kind is \"gaussian\"");
    check_refused(MINIMAL "data = { kind = \"grid\"; side = 1; };",
                  "\"side\" is 1, but wants an integer from 2 to 1000");
    check_refused(MINIMAL "data = { kind = \"idx\"; train_files = [\"x\"]; };",
                  "\"train_files\" has 1 elements");
    check_refused(MINIMAL "data = { kind = \"idx\"; test_files = [\"x\", \"y\", \"z\"]; };",
                  "\"test_files\" names 3 files, but wants the one with images");
    check_refused(MINIMAL "data = { kind = \"mnist\"; };",
                  "\"kind\" is \"mnist\", but wants \"gaussian\", \"csv\", \"classes\", \"grid\", "
                  "\"idx\", \"digits\" or \"moments\"");
    check_refused(MINIMAL "data = { kind = \"digits\"; };\nnet = { loss = \"logistic\"; };",
                  "needs y in one column; write the other loss");
    check_refused(MINIMAL "data = { kind = \"grid\"; };\nnet = { loss = \"softmax\"; };",
                  "write one_hot = true");
    struct sg_case c = case_of(MINIMAL "data = { kind = \"digits\"; };\n"
                                       "net = { loss = \"softmax\"; };");
    sg_case_free(&c);
}

/* ---- data ----------------------------------------------------------------------------------- */

/* SG_IO, or images of that shade. */
static void check_shade(const struct sg_case *c, int shade)
{
    struct sg_images train, test;
    struct sg_error err = {""};
    const enum sg_status status = sg_case_make_images(&train, &test, c, 1, 0, &err);
    if (status != (shade < 0 ? SG_IO : SG_OK))
        fail_msg("%s: %s", sg_base_status_name(status), err.text);
    if (shade < 0) {
        CHECK(strstr(err.text, "data file train-images-idx3-ubyte not found "
                               "beside the case or in MNIST_DIR; "
                               "set MNIST_DIR to the folder that holds it") != NULL);
        CHECK(!train.pixel && !test.pixel);
        return;
    }
    CHECK(train.n == 3 && test.n == 2 && train.rows == 3 && train.columns == 2 &&
          train.classes == 10);
    CHECK(train.pixel[0] == shade && test.pixel[0] == shade && train.label[2] == 9 &&
          test.label[1] == 1);
    sg_data_images_free(&train);
    sg_data_images_free(&test);
}

static void test_idx_files_are_looked_for_in_two_places(void **state)
{
    (void)state;
    struct sg_case c = case_of(MINIMAL "data = { kind = \"idx\"; n = 3; test = 2; };");
    CHECK(setenv("MNIST_DIR", "", 1) == 0);
    check_shade(&c, -1);
    CHECK(setenv("MNIST_DIR", elsewhere, 1) == 0);
    check_shade(&c, -1);
    write_idx(elsewhere, ".gz", 11, 3);                    /* gzip by name only: content counts */
    check_shade(&c, 11);
    char *text = sg_case_describe_data(&c, 3),
         *wanted = sg_base_format("MNIST (MNIST_DIR=%s)", elsewhere);
    CHECK(strcmp(text, wanted) == 0);
    free(text);
    free(wanted);
    write_idx(elsewhere, "", 12, 3);
    check_shade(&c, 12);                                   /* the name as it is comes first */
    write_idx(folder, "", 13, 3);
    check_shade(&c, 13);                                   /* beside the case comes before that */
    text = sg_case_describe_data(&c, 3);
    CHECK(strcmp(text, "MNIST, file of the case") == 0);
    free(text);
    struct sg_data data;
    struct sg_error err;
    CHECK_STATUS(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    /* one shade, standardised */
    CHECK(data.n == 3 && data.d == 7 && data.m == 10 && data.x[0] == 0.0 && data.x[6] == 1.0 &&
          data.y[7] == 1.0);
    sg_data_free(&data);
    remove_idx(folder, "");
    remove_idx(elsewhere, "");
    remove_idx(elsewhere, ".gz");
    CHECK(unsetenv("MNIST_DIR") == 0);
    sg_case_free(&c);
}

static void check_images_refused(struct sg_case *c, const char *fragment)
{
    struct sg_images train, test;
    struct sg_error err = {""};
    CHECK_STATUS(sg_case_make_images(&train, &test, c, 1, 0, &err), SG_BAD_INPUT);
    if (!strstr(err.text, fragment) || strchr(err.text, '\n'))
        fail_msg("wanted \"%s\", got \"%s\"", fragment, err.text);
    CHECK(!train.pixel && !test.pixel && !train.label && !test.label);
    sg_case_free(c);
}

static void test_files_that_do_not_fit(void **state)
{
    (void)state;
    write_idx(folder, "", 1, 3);
    struct sg_case c = case_of(MINIMAL "data = { kind = \"idx\"; n = 6; test = 2; };");
    check_images_refused(&c, "x.cfg: 6 images are wanted, but there are 5 in ");
    c = case_of(MINIMAL "data = { kind = \"idx\"; n = 5; test = 5; };");
    check_images_refused(&c, "x.cfg: 5 images are wanted, but there are 4 in ");
    write_idx(folder, "", 1, 2);
    c = case_of(MINIMAL "data = { kind = \"idx\"; n = 5; test = 4; };");
    check_images_refused(&c, "the images to test on are 2 x 2, others than those to train on; "
                             "change t10k-images-idx3-ubyte");
    write_bytes(folder, names[2], "", (const unsigned char *)"GIF89a", 6);
    c = case_of(MINIMAL "data = { kind = \"idx\"; n = 5; test = 4; };");
    check_images_refused(&c, "t10k-images-idx3-ubyte: the file begins with the bytes 47 49 46 38, "
                             "so it is not IDX");
    c = case_of(MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = \"y\"; };");
    check_images_refused(&c, "these data are no images; "
                             "write kind = \"digits\" or kind = \"idx\" in data");
    remove_idx(folder, "");
}

/* Letters, from 1 on: the images to test on have the classes of those to train on. */
static void test_letters(void **state)
{
    (void)state;
    unsigned char images[16 + 12 * 6] = {0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 3, 0, 0, 0, 2},
                  labels[8 + 12] = {0, 0, 8, 1, 0, 0, 0, 12},
                  others[8 + 4] = {0, 0, 8, 1, 0, 0, 0, 4, 3, 12, 1, 5};
    for (unsigned char k = 0; k < 12; k++)
        labels[8 + k] = (unsigned char)(12 - k);
    write_bytes(folder, names[0], "", images, sizeof images);
    write_bytes(folder, names[1], "", labels, sizeof labels);
    images[7] = 4;
    write_bytes(folder, names[2], "", images, 16 + 4 * 6);
    write_bytes(folder, names[3], "", others, sizeof others);
    struct sg_case c = case_of(MINIMAL "data = { kind = \"idx\"; n = 5; test = 4; };");
    struct sg_images train, test;
    struct sg_error err = {""};
    CHECK_STATUS(sg_case_make_images(&train, &test, &c, 1, 0, &err), SG_OK);
    CHECK(train.classes == 12 && test.classes == 12);
    for (size_t k = 0; k < 5; k++)
        CHECK(train.label[k] == 11 - k);
    for (size_t k = 0; k < 4; k++)
        CHECK(test.label[k] == others[8 + k] - 1);
    sg_data_images_free(&train);
    sg_data_images_free(&test);
    sg_case_free(&c);
    others[8] = 0;
    write_bytes(folder, names[3], "", others, sizeof others);
    c = case_of(MINIMAL "data = { kind = \"idx\"; n = 5; test = 4; };");
    check_images_refused(&c, "label 1 of 4 is 0, but the labels to train on are 1 to 12");
    remove_idx(folder, "");
}

static void test_digits_are_fresh_and_repeatable(void **state)
{
    (void)state;
    struct sg_case c = case_of(MINIMAL "data = { kind = \"digits\"; n = 30; test = 20; "
                                       "standardise = false; };");
    struct sg_images train[4], test[4];
    struct sg_error err;
    const struct { uint64_t seed, replicate; } draws[4] = {{5, 0}, {5, 0}, {5, 1}, {6, 0}};
    for (size_t k = 0; k < 4; k++) {
        CHECK_STATUS(sg_case_make_images(&train[k], &test[k], &c, draws[k].seed,
                                         draws[k].replicate, &err), SG_OK);
        CHECK(train[k].n == 30 && test[k].n == 20 && train[k].mean == 0.0 && train[k].scale == 1.0);
        CHECK(memcmp(train[k].pixel, test[k].pixel, 784) != 0);
    }
    CHECK_SAME(train[0].pixel, train[1].pixel, 30 * 784);
    CHECK_SAME(test[0].pixel, test[1].pixel, 20 * 784);
    for (size_t k = 2; k < 4; k++)
        CHECK(memcmp(train[0].pixel, train[k].pixel, 784) != 0 &&
              memcmp(test[0].pixel, test[k].pixel, 784) != 0);
    c.data.standardise = true;
    struct sg_images standard;
    CHECK_STATUS(sg_case_make_images(&standard, NULL, &c, 5, 0, &err), SG_OK);
    CHECK_SAME(standard.pixel, train[0].pixel, 30 * 784);
    CHECK(standard.mean > 0.0 && standard.scale < 1.0);
    struct sg_data data, same;
    CHECK_STATUS(sg_case_make_data(&data, &c, 5, 0, &err), SG_OK);
    sg_data_from_images(&same, &standard, true);
    CHECK(data.n == 30 && data.d == 785 && data.m == 10);
    CHECK_SAME(data.x, same.x, 30 * 785);
    CHECK_SAME(data.y, same.y, 30 * 10);
    sg_data_free(&data);
    sg_data_free(&same);
    c.data.n = 70000;
    CHECK_STATUS(sg_case_make_data(&data, &c, 5, 0, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text,
                 "n = 70000 images of 795 columns are more than 5e7 numbers; make n smaller") !=
          NULL);
    sg_data_images_free(&standard);
    for (size_t k = 0; k < 4; k++) {
        sg_data_images_free(&train[k]);
        sg_data_images_free(&test[k]);
    }
    sg_case_free(&c);
}

static void test_grid_is_the_stream(void **state)
{
    (void)state;
    struct sg_case c =
        case_of(MINIMAL "data = { kind = \"grid\"; side = 6; labels = \"noisy\"; };");
    struct sg_rng *rng = sg_base_rng_alloc(5, "case", 2, "data");
    const struct sg_classes spec = {.n = 36, .d = 3, .labels = SG_LABELS_NOISY, .bias = true};
    struct sg_data made, wanted;
    struct sg_error err;
    sg_data_make_grid(&wanted, 6, &spec, rng);
    CHECK_STATUS(sg_case_make_data(&made, &c, 5, 2, &err), SG_OK);
    CHECK(made.n == 36 && made.d == 3 && made.m == 1);
    CHECK_SAME(made.x, wanted.x, 36 * 3);
    CHECK_SAME(made.y, wanted.y, 36);
    sg_data_free(&made);
    sg_data_free(&wanted);
    sg_base_rng_free(rng);
    sg_case_free(&c);
}

static void test_every_kind_has_a_name(void **state)
{
    static const struct { const char *data, *words; } kinds[] = {
        {"{ n = 31; d = 4; }", "Gaussian data, 31 x 4, seed 3"},
        {"{ kind = \"csv\"; file = \"a.csv\"; target = \"y\"; }", "a.csv"},
        {"{ kind = \"classes\"; labels = \"noisy\"; }", "two classes, noisy labels, seed 3"},
        {"{ kind = \"grid\"; side = 9; labels = \"random\"; }",
         "9 x 9 grid, random labels, seed 3"},
        {"{ kind = \"digits\"; }", "built-in digits, seed 3"},
        {"{ kind = \"idx\"; train_files = [\"/a\", \"/b\"]; }", "/a, file of the case"},
        {"{ kind = \"idx\"; train_files = [\"a\", \"b\"]; }", "a (MNIST_DIR=/nowhere)"},
    };
    (void)state;
    CHECK(setenv("MNIST_DIR", "/nowhere", 1) == 0);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        char *text = sg_base_format(MINIMAL "data = %s;", kinds[k].data);
        struct sg_case c = case_of(text);
        char *words = sg_case_describe_data(&c, 3);
        context("%s", words);
        CHECK(strcmp(words, kinds[k].words) == 0);
        sg_case_free(&c);
        free(words);
        free(text);
    }
    CHECK(unsetenv("MNIST_DIR") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_keys),
        TEST(test_combinations_that_mean_nothing),
        TEST(test_idx_files_are_looked_for_in_two_places),
        TEST(test_files_that_do_not_fit),
        TEST(test_letters),
        TEST(test_digits_are_fresh_and_repeatable),
        TEST(test_grid_is_the_stream),
        TEST(test_every_kind_has_a_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
