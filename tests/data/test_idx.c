/* IDX files: what is written comes back, and every way to spoil one is refused in one
 * line that names the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "support.h"
#include "synthgrad/images.h"

/* ---- files ----------------------------------------------------------------------------- */

static char folder[] = "/tmp/synthgrad_idx_XXXXXX", images_path[64], labels_path[64];

static int make_folder(void **state)
{
    if (test_group_start(state) != 0 || !mkdtemp(folder))
        return -1;
    snprintf(images_path, sizeof images_path, "%s/images", folder);
    snprintf(labels_path, sizeof labels_path, "%s/labels", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(images_path);
    unlink(labels_path);
    return rmdir(folder);
}

struct bytes { size_t n; unsigned char at[8192]; };

static void write_bytes(const char *path, const struct bytes *b)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(b->at, 1, b->n, file) == b->n && fclose(file) == 0);
}

static void put_size(struct bytes *b, size_t size)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        b->at[b->n++] = (unsigned char)(size >> shift);
}

/* A gzip member of b, appended to out. */
static void gzip(struct bytes *out, const struct bytes *b)
{
    z_stream z = {0};
    CHECK(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (unsigned char *)b->at;
    z.avail_in = (uInt)b->n;
    z.next_out = out->at + out->n;
    z.avail_out = (uInt)(sizeof out->at - out->n);
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out->n = sizeof out->at - z.avail_out;
    deflateEnd(&z);
}

enum { N = 7, ROWS = 5, COLUMNS = 3, CLASSES = 10, HEAD = 16, SIZE = N * ROWS * COLUMNS };

/* Seven images of 5 x 3 and their labels; bytes without a pattern. */
static struct bytes good_images(void)
{
    struct bytes b = {.n = 4, .at = {0, 0, 8, 3}};
    put_size(&b, N);
    put_size(&b, ROWS);
    put_size(&b, COLUMNS);
    for (size_t k = 0; k < SIZE; k++)
        b.at[b.n++] = (unsigned char)(k * 151 + k * k * 7 + 3);
    return b;
}

static struct bytes good_labels(void)
{
    struct bytes b = {.n = 4, .at = {0, 0, 8, 1}};
    put_size(&b, N);
    for (size_t i = 0; i < N; i++)
        b.at[b.n++] = (unsigned char)((i * 7 + 2) % CLASSES);
    return b;
}

static struct bytes zipped(const struct bytes *b)
{
    struct bytes out = {0};
    gzip(&out, b);
    return out;
}

static enum sg_status read_both(struct sg_images *images, struct sg_error *err,
                                const struct bytes *i, const struct bytes *l, size_t most)
{
    write_bytes(images_path, i);
    write_bytes(labels_path, l);
    memset(images, 0xa5, sizeof *images);   /* an output: what was in it does not matter */
    err->text[0] = '\0';
    return sg_data_read_idx(images, images_path, labels_path, NULL, most, err);
}

static void check_accepted(const struct bytes *i, const struct bytes *l, size_t most)
{
    const struct bytes plain_images = good_images(), plain_labels = good_labels();
    const size_t n = most < N ? most : N;
    struct sg_images images;
    struct sg_error err;
    CHECK_STATUS(read_both(&images, &err, i, l, most), SG_OK);
    CHECK(images.n == n && images.rows == ROWS && images.columns == COLUMNS &&
          images.classes == CLASSES);
    CHECK(images.mean == 0.0 && images.scale == 1.0);
    CHECK_SAME(images.pixel, plain_images.at + HEAD, n * ROWS * COLUMNS);
    CHECK_SAME(images.label, plain_labels.at + 8, n);
    sg_data_images_free(&images);
    CHECK(images.n == 0 && !images.pixel && !images.label);
}

/* One line, "FILE: ...fragment...", a mend after it, and images zeroed. */
static void check_refused(const struct bytes *i, const struct bytes *l, bool blame_images,
                          const char *fragment)
{
    struct sg_images images;
    struct sg_error err;
    char start[80];
    context("wanted \"%s\"", fragment);
    snprintf(start, sizeof start, "%s: ", blame_images ? images_path : labels_path);
    /* what is wrong is wrong however few are wanted */
    for (size_t most = 1; most <= N; most += N - 1) {
        CHECK_STATUS(read_both(&images, &err, i, l, most), SG_BAD_INPUT);
        if (strncmp(err.text, start, strlen(start)) != 0 || !strstr(err.text, fragment) ||
            strchr(err.text, '\n'))
            fail_msg("wanted \"%s...%s\", got \"%s\"", start, fragment, err.text);
        CHECK(strstr(err.text, "; ") || strchr(err.text, '?'));   /* the mend */
        CHECK(images.n == 0 && !images.pixel && !images.label);
    }
    context("%s", "");
}

static void refuse_images(const struct bytes *i, const char *fragment)
{
    const struct bytes l = good_labels();
    check_refused(i, &l, true, fragment);
}

static void refuse_labels(const struct bytes *l, const char *fragment)
{
    const struct bytes i = good_images();
    check_refused(&i, l, false, fragment);
}

/* ---- accepted -------------------------------------------------------------------------- */

static void test_plain_and_gzip_come_back(void **state)
{
    (void)state;
    const struct bytes i = good_images(), l = good_labels(), iz = zipped(&i), lz = zipped(&l);
    for (size_t most = 1; most <= N + 1; most++) {
        check_accepted(&i, &l, most);
        check_accepted(&iz, &l, most);
        check_accepted(&iz, &lz, most);
    }
    check_accepted(&i, &lz, SIZE_MAX);
}

/* Two gzip members are one file (RFC 1952, 2.2), wherever the cut is: in the header,
 * in the data, at the end. */
static void test_gzip_members_are_joined(void **state)
{
    (void)state;
    const struct bytes i = good_images(), l = good_labels();
    for (size_t cut = 0; cut <= i.n; cut++) {
        struct bytes first = i, second = {.n = i.n - cut}, both = {0};
        first.n = cut;
        memcpy(second.at, i.at + cut, second.n);
        gzip(&both, &first);
        gzip(&both, &second);
        check_accepted(&both, &l, N);
    }
}

/* ---- refused --------------------------------------------------------------------------- */

static void test_magic(void **state)
{
    (void)state;
    struct bytes i = good_images(), l = good_labels();
    refuse_images(&l, "the file has 1 dimension, but images have 3");
    refuse_labels(&i, "the file has 3 dimensions, but labels have 1");
    i.at[3] = 4;
    refuse_images(&i, "the file has 4 dimensions, but images have 3");
    i.at[2] = 0x0d;
    refuse_images(&i, "IDX type 0d");
    memcpy(i.at, "\x7f" "ELF", 4);
    refuse_images(&i, "begins with the bytes 7f 45 4c 46, so it is not IDX; name a file of images "
                      "that begins with 00 00 08 03");
    l.at[1] = 1;
    refuse_labels(&l, "begins with the bytes 00 01 08 01");
}

/* Every length there is between nothing and the whole, plain and gzip; and a byte too many. */
static void test_cut_off_and_too_long(void **state)
{
    (void)state;
    const struct bytes whole_images = good_images(), whole_labels = good_labels();
    for (size_t n = 0; n < whole_images.n; n++) {
        struct bytes i = whole_images;
        i.n = n;
        refuse_images(&i, n < HEAD ? "within its header"
                                   : "the header says 105 bytes of data, but the file is only");
        i = zipped(&i);
        refuse_images(&i, n < HEAD ? "within its header" : "the data end after");
    }
    for (size_t n = 0; n < whole_labels.n; n++) {
        struct bytes l = whole_labels;
        l.n = n;
        refuse_labels(&l, n < 8 ? "within its header"
                                : "the header says 7 bytes of data, but the file is only");
    }
    struct bytes i = whole_images, l = whole_labels;
    i.at[i.n++] = 0;
    refuse_images(&i, "goes on for 1 bytes after the 105");
    i = zipped(&i);
    refuse_images(&i, "the data go on after the 105 bytes");
    l.at[l.n++] = 0;
    refuse_labels(&l, "goes on for 1 bytes after the 7");
    l = zipped(&l);
    refuse_labels(&l, "the data go on after the 7 bytes");
}

static void test_corrupt_gzip(void **state)
{
    (void)state;
    const struct bytes plain = good_images(), whole = zipped(&plain);
    for (size_t n = 2; n < whole.n; n++) {                  /* one byte is no gzip at all */
        struct bytes i = whole;
        i.n = n;
        refuse_images(&i, "the gzip data are cut off");
    }
    struct bytes i = whole;
    i.at[i.n - 5] ^= 0x40;                                 /* the checksum; then the length */
    refuse_images(&i, "the gzip data are corrupt (incorrect data check)");
    i = whole;
    i.at[i.n - 1] ^= 0x40;
    refuse_images(&i, "the gzip data are corrupt (incorrect length check)");
    i = whole;
    i.at[2] = 7;
    refuse_images(&i, "the gzip data are corrupt (unknown compression method)");
    i = whole;
    i.at[i.n++] = 'x';
    /* what follows is no member: cut off, or corrupt with one byte more */
    refuse_images(&i, "the gzip data are c");
    i.at[i.n++] = 'y';
    refuse_images(&i, "the gzip data are corrupt (incorrect header check)");
    /* Any bit: refused, or harmless (the time stamp and flags in the
     * header), but never other pixels. */
    const struct bytes l = good_labels();
    for (size_t bit = 0; bit < 8 * whole.n; bit++) {
        struct sg_images images;
        struct sg_error err;
        i = whole;
        i.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (read_both(&images, &err, &i, &l, N) == SG_OK)
            CHECK_SAME(images.pixel, plain.at + HEAD, SIZE);
        sg_data_images_free(&images);
    }
}

/* Sizes that a header may claim but the file cannot hold; nothing of that size is allocated
 * (the sanitizers' allocator would say so). */
static void test_absurd_sizes(void **state)
{
    static const struct { size_t n, rows, columns; const char *fragment; } sizes[] = {
        {0, 28, 28, "so there is nothing in it"},
        {7, 0, 3, "so there is nothing in it"},
        {7, 5, 0, "so there is nothing in it"},
        {7, 4097, 3, "images of 4097 x 3, at most 4096 x 4096"},
        {7, 5, 0xffffffff, "images of 5 x 4294967295"},
        {0xffffffff, 4096, 4096, "the header says 72057594021150720 bytes of data, at most 1 GiB"},
        {1u << 30, 2, 1, "at most 1 GiB"},
        {1u << 30, 1, 1, "the header says 1073741824 bytes of data, but the file is only"},
    };
    (void)state;
    for (size_t k = 0; k < COUNT(sizes); k++) {
        struct bytes i = good_images();
        i.n = 4;
        put_size(&i, sizes[k].n);
        put_size(&i, sizes[k].rows);
        put_size(&i, sizes[k].columns);
        i.n = HEAD + SIZE;
        refuse_images(&i, sizes[k].fragment);
        i = zipped(&i);
        refuse_images(&i, sizes[k].fragment);
    }
    struct bytes l = good_labels();
    memset(l.at + 4, 0xff, 4);
    refuse_labels(&l, "the header says 4294967295 bytes of data, at most 1 GiB");
}

/* A few bytes that unpack to a great many: no more is unpacked than the
 * header says and one byte. */
static void test_gzip_bomb(void **state)
{
    (void)state;
    struct bytes bomb = {0}, head = good_images();
    enum { ZEROS = 4 << 20 };
    unsigned char *zeros = SG_NEW(ZEROS, unsigned char);
    z_stream z = {0};
    head.n = HEAD;
    memcpy(zeros, head.at, HEAD);
    CHECK(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = zeros;
    z.avail_in = ZEROS;
    z.next_out = bomb.at;
    z.avail_out = sizeof bomb.at;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    bomb.n = sizeof bomb.at - z.avail_out;
    deflateEnd(&z);
    free(zeros);
    CHECK(bomb.n < 5000);
    refuse_images(&bomb, "the data go on after the 105 bytes that the header says");
}

static void test_labels(void **state)
{
    (void)state;
    for (size_t at = 0; at < N; at++) {
        char fragment[80];
        struct bytes l = good_labels();
        l.at[8 + at] = CLASSES;
        snprintf(fragment, sizeof fragment,
                 "label %zu of 7 is 10, beyond the digits 0 to 9, and no label is 1;", at + 1);
        refuse_labels(&l, fragment);
    }
    struct bytes l = good_labels();
    l.n = 4;
    put_size(&l, N - 1);
    l.n = 8 + N - 1;
    refuse_labels(&l, "the file holds 6 labels, but ");
    refuse_labels(&l, "/images holds 7 images; name files that belong together");
}

/* n labels that count from `first`, as bytes or 32-bit integers. */
static struct bytes counted(size_t n, size_t first, bool words)
{
    struct bytes b = {.n = 4, .at = {0, 0, words ? 0x0c : 8, 1}};
    put_size(&b, n);
    for (size_t k = 0; k < n; k++) {
        if (words)
            put_size(&b, first + k);
        else
            b.at[b.n++] = (unsigned char)(first + k);
    }
    return b;
}

/* With as many images, of one pixel each. */
static void check_classes(size_t n, size_t first, size_t classes, bool words, const char *refusal)
{
    struct bytes i = {.n = 4, .at = {0, 0, 8, 3}}, l = counted(n, first, words);
    struct sg_images images;
    struct sg_error err;
    put_size(&i, n);
    put_size(&i, 1);
    put_size(&i, 1);
    i.n += n;
    context("%zu labels from %zu", n, first);
    CHECK_STATUS(read_both(&images, &err, &i, &l, n), refusal ? SG_BAD_INPUT : SG_OK);
    if (refusal && !strstr(err.text, refusal))
        fail_msg("wanted \"%s\", got \"%s\"", refusal, err.text);
    if (refusal)
        return;
    const size_t zero = first + n <= CLASSES ? 0 : first;
    CHECK(images.classes == classes && images.first == zero);
    for (size_t k = 0; k < n; k++)
        CHECK(images.label[k] == first + k - zero);
    sg_data_images_free(&images);
}

/* EMNIST: ten digits, 26 letters from 1 on, 47 and 62 classes; and what is none of these. */
static void test_classes(void **state)
{
    (void)state;
    check_classes(10, 0, 10, false, NULL);
    check_classes(5, 1, 10, false, NULL);
    check_classes(26, 1, 26, false, NULL);
    check_classes(10, 1, 10, false, NULL);
    check_classes(47, 0, 47, true, NULL);
    check_classes(62, 0, 62, false, NULL);
    check_classes(256, 0, 256, false, NULL);
    check_classes(256, 1, 256, true, NULL);
    check_classes(257, 0, 0, true, "label 257 of 257 is 256, but at most 256 classes are read");
    check_classes(258, 1, 0, true, "label 258 of 258 is 258, but at most 256 classes are read");
    check_classes(12, 2, 0, false, "label 12 of 12 is 13, beyond the digits 0 to 9, and no label "
                                   "is 1; number the classes from 0 or 1 on without a gap");
    check_classes(12, 2147483000, 0, true, "is 2147483011, but at most 256 classes are read");
}

/* The images to test on have the classes of those to train on, whichever their own labels are. */
static void test_like(void **state)
{
    (void)state;
    const struct bytes i = good_images(), few = counted(N, 20, false),
                       none = counted(N, 0, false);
    const struct sg_images like = {.classes = 26, .first = 1};
    struct sg_images images;
    struct sg_error err;
    write_bytes(images_path, &i);
    write_bytes(labels_path, &few);
    CHECK_STATUS(sg_data_read_idx(&images, images_path, labels_path, &like, N, &err), SG_OK);
    CHECK(images.classes == 26 && images.first == 1);
    for (size_t k = 0; k < N; k++)
        CHECK(images.label[k] == 19 + k);
    sg_data_images_free(&images);
    write_bytes(labels_path, &none);
    CHECK_STATUS(sg_data_read_idx(&images, images_path, labels_path, &like, N, &err),
                 SG_BAD_INPUT);
    CHECK(strstr(err.text, "label 1 of 7 is 0, but the labels to train on are 1 to 26; name files "
                           "that belong together") != NULL);
    CHECK(!images.pixel);
}

/* QMNIST's: 32-bit integers, a row for each image, the class first.  One column will do, too. */
static struct bytes word_labels(uint32_t columns)
{
    struct bytes b = {.n = 4, .at = {0, 0, 0x0c, columns ? 2 : 1}};
    put_size(&b, N);
    if (columns)
        put_size(&b, columns);
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t k = 0; k < (columns ? columns : 1); k++)
            put_size(&b, k == 0 ? (i * 7 + 2) % CLASSES : 0x10203040 + k);
    return b;
}

static void test_words(void **state)
{
    (void)state;
    const struct bytes i = good_images(), plain = good_labels();
    for (uint32_t columns = 0; columns < 9; columns += 4) {
        struct bytes l = word_labels(columns);
        struct sg_images images;
        struct sg_error err;
        const size_t head = columns ? 12 : 8, row = 4 * (columns ? columns : 1);
        context("%u columns", (unsigned)columns);
        CHECK_STATUS(read_both(&images, &err, &i, &l, N - 2), SG_OK);
        CHECK_SAME(images.label, plain.at + 8, N - 2);
        sg_data_images_free(&images);
        for (size_t n = 4; n < l.n; n++) {
            struct bytes cut = l;
            cut.n = n;
            refuse_labels(&cut, n < head ? "within its header" : "fetch the file again");
        }
        struct bytes bad = l;
        bad.at[head + 2 * row + 3] = CLASSES;
        refuse_labels(&bad, "label 3 of 7 is 10, beyond the digits 0 to 9, and no label is 1;");
        bad.at[head + 2 * row] = 0xff;
        refuse_labels(&bad, "label 3 of 7 is -16777206; number the classes from 0 or 1 on");
    }
    struct bytes wide = word_labels(8), words = good_images();
    wide.at[10] = 1;
    refuse_labels(&wide, "264 columns of labels, at most 64 are read");
    words.at[2] = 0x0c;
    refuse_images(&words, "IDX type 0c, only unsigned bytes (08) are read");
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    const struct bytes i = good_images(), l = good_labels();
    struct sg_images images;
    struct sg_error err;
    CHECK_STATUS(read_both(&images, &err, &i, &l, N), SG_OK);
    sg_data_images_free(&images);
    CHECK_STATUS(sg_data_read_idx(&images, images_path, "/nowhere/labels", NULL, N, &err),
                 SG_IO);
    CHECK(strcmp(err.text, "/nowhere/labels: the file cannot be opened (No such file or "
                           "directory); check its name and permissions") == 0);
    CHECK(!images.pixel && images.n == 0);
    CHECK_STATUS(sg_data_read_idx(&images, "/nowhere/images", labels_path, NULL, N, &err),
                 SG_IO);
    CHECK_STATUS(sg_data_read_idx(&images, folder, labels_path, NULL, N, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, "this is not a regular file; name a data file") != NULL);
    CHECK_STATUS(sg_data_read_idx(&images, "/dev/zero", labels_path, NULL, N, &err),
                 SG_BAD_INPUT);
    unlink(images_path);
    /* nobody writes to it: waiting would be for ever */
    CHECK(mkfifo(images_path, 0600) == 0);
    CHECK_STATUS(sg_data_read_idx(&images, images_path, labels_path, NULL, N, &err),
                 SG_BAD_INPUT);
    unlink(images_path);
}

/* ---- the real ones, where they are ----------------------------------------------------- */

/* How often each digit occurs in MNIST: counted with numpy from the published files. */
static void check_real(const char *where, const char *stem, size_t n, const size_t counts[10])
{
    struct sg_images images;
    struct sg_error err = {""};
    size_t got[10] = {0};
    char *i = sg_base_format("%s/%s-images-idx3-ubyte.gz", where, stem),
         *l = sg_base_format("%s/%s-labels-idx1-ubyte.gz", where, stem);
    const enum sg_status status = sg_data_read_idx(&images, i, l, NULL, SIZE_MAX, &err);
    if (status != SG_OK)
        fail_msg("%s", err.text);
    CHECK(images.n == n && images.rows == 28 && images.columns == 28);
    for (size_t k = 0; k < images.n; k++)
        got[images.label[k]]++;
    CHECK_SAME(got, counts, 10);
    sg_data_images_standardise(&images, NULL);
    /* the constants that everybody uses, to their digits */
    if (n == 60000) {
        CHECK_CLOSE(images.mean, 0.1307, 5e-5);
        CHECK_CLOSE(images.scale, 0.3081, 5e-5);
    }
    sg_data_images_free(&images);
    free(i);
    free(l);
}

static void test_mnist(void **state)
{
    static const size_t train[10] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
    static const size_t test[10] = {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009};
    (void)state;
    const char *where = getenv("MNIST_DIR");
    char *one = sg_base_format("%s/train-images-idx3-ubyte.gz", where ? where : "");
    const bool there = where && where[0] != '\0' && access(one, R_OK) == 0;
    free(one);
    if (!there)
        SKIP();
    check_real(where, "train", 60000, train);
    check_real(where, "t10k", 10000, test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain_and_gzip_come_back),
        TEST(test_gzip_members_are_joined),
        TEST(test_magic),
        TEST(test_cut_off_and_too_long),
        TEST(test_corrupt_gzip),
        TEST(test_absurd_sizes),
        TEST(test_gzip_bomb),
        TEST(test_labels),
        TEST(test_classes),
        TEST(test_like),
        TEST(test_words),
        TEST(test_files_that_are_none),
        TEST(test_mnist),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
