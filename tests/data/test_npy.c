/* .npy files: every type, order and format comes back to the last bit, and every way to spoil one
 * is refused in one line that names the file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "support.h"
#include "synthgrad/data.h"

/* ---- files ----------------------------------------------------------------------------- */

static char path[] = "/tmp/synthgrad_npy_XXXXXX";

static int make_file(void **state)
{
    const int fd = mkstemp(path);
    return test_group_start(state) != 0 || fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

struct bytes { size_t n; unsigned char at[1 << 14]; };

static void write_bytes(const struct bytes *b)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(b->at, 1, b->n, file) == b->n && fclose(file) == 0);
}

static void put(struct bytes *b, const void *from, size_t n)
{
    CHECK(b->n + n <= sizeof b->at);
    memcpy(b->at + b->n, from, n);
    b->n += n;
}

/* Magic, version, length and header; 64 bytes at once as NumPy has them, or as it comes. */
static struct bytes headed(int version, const char *header)
{
    struct bytes b = {0};
    const size_t length = strlen(header), wide = version == 1 ? 2 : 4;
    const unsigned char start[] = {0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version, 0,
                                   (unsigned char)length, (unsigned char)(length >> 8), 0, 0};
    put(&b, start, 8 + wide);
    put(&b, header, length);
    return b;
}

/* The number as NumPy would write it: '<', '>' or '|', the kind and the size. */
static void put_number(struct bytes *b, double value, const char *type)
{
    const size_t size = (size_t)(type[2] - '0');
    uint64_t bits = type[1] == 'u' || value >= 0 ? (uint64_t)fabs(value)
                                                 : ~(uint64_t)fabs(value) + 1;
    unsigned char bytes[8];
    if (type[1] == 'f' && size == 8) {
        memcpy(&bits, &value, 8);
    } else if (type[1] == 'f') {
        const float narrow = (float)value;
        uint32_t word;
        memcpy(&word, &narrow, 4);
        bits = word;
    }
    for (size_t k = 0; k < size; k++)
        bytes[type[0] == '>' ? size - 1 - k : k] = (unsigned char)(bits >> 8 * k);
    put(b, bytes, size);
}

/* The double at `at`, which is one already, becomes another. */
static void set_double(struct bytes *b, size_t at, double value)
{
    const size_t n = b->n;
    b->n = at;
    put_number(b, value, "<f8");
    b->n = n;
}

enum { ROWS = 4, COLUMNS = 3 };
#define SHAPE "'shape': (4, 3), }"

/* Numbers that a type holds exactly, its extremes among them. */
static double entry(const char *type, size_t i, size_t j)
{
    const size_t k = 3 * i + j, bits = 8 * (size_t)(type[2] - '0');
    const double half = ldexp(1, (int)bits - 1);
    switch (type[1]) {
    case 'b': return (double)(k * k % 3 == 1);
    case 'u': return k == 0 ? 0 : k == 1 && bits < 64 ? 2 * half - 1 : fmod(41.0 * (double)k, 256);
    case 'i': return k == 0 ? -half : k == 1 && bits < 64 ? half - 1 : (double)k * 9 - 60;
    default: return bits == 32 ? (double)((float)k * 0.1f - 0.7f) : (double)k / 3 - 1e-3;
    }
}

static struct bytes array(const char *type, bool fortran, int version)
{
    char header[200];
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, " SHAPE "   \n", type,
             fortran ? "True" : "False");
    struct bytes b = headed(version, header);
    for (size_t k = 0; k < ROWS * COLUMNS; k++)
        put_number(&b, fortran ? entry(type, k % ROWS, k / ROWS)
                               : entry(type, k / COLUMNS, k % COLUMNS), type);
    return b;
}

static enum sg_status read_it(struct sg_table *table, struct sg_error *err, const struct bytes *b,
                              const struct sg_csv_options *options, size_t *dropped)
{
    write_bytes(b);
    memset(table, 0xa5, sizeof *table);   /* an output: what was in it does not matter */
    err->text[0] = '\0';
    return sg_data_read_table(table, dropped, path, options, err);
}

/* One line, "FILE: ...fragment...", a mend after it, and a table zeroed. */
static void check_refused_with(const struct bytes *b, const struct sg_csv_options *options,
                               const char *fragment)
{
    struct sg_table table;
    struct sg_error err;
    char start[64];
    context("wanted \"%s\"", fragment);
    snprintf(start, sizeof start, "%s: ", path);
    CHECK_STATUS(read_it(&table, &err, b, options, NULL), SG_BAD_INPUT);
    if (strncmp(err.text, start, strlen(start)) != 0 || !strstr(err.text, fragment) ||
        strchr(err.text, '\n') || !strchr(err.text + strlen(start), ';'))
        fail_msg("wanted \"%s...%s; mend\", got \"%s\"", start, fragment, err.text);
    for (const char *c = err.text; *c != '\0'; c++)
        CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
    CHECK(table.rows == 0 && table.columns == 0 && !table.names && !table.cells);
    context("%s", "");
}

static void check_refused(const struct bytes *b, const char *fragment)
{
    check_refused_with(b, NULL, fragment);
}

static void check_type(const struct bytes *b, const char *type)
{
    static const char *const names[] = {"c0", "c1", "c2"};
    struct sg_table table;
    struct sg_error err;
    context("type %s", type);
    if (read_it(&table, &err, b, NULL, NULL) != SG_OK)
        fail_msg("%s: %s", type, err.text);
    CHECK(table.rows == ROWS && table.columns == COLUMNS && table.binary);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++) {
            CHECK(table.cells[i * COLUMNS + j] == entry(type, i, j));
            CHECK(strcmp(table.names[j], names[j]) == 0);
        }
    sg_data_table_free(&table);
    context("%s", "");
}

/* ---- accepted -------------------------------------------------------------------------- */

static void test_every_type(void **state)
{
    static const char *const types[] = {"<f4", ">f4", "<f8", ">f8", "|b1", "|i1", "|u1",
                                        "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4",
                                        ">u4", "<i8", ">i8", "<u8", ">u8"};
    (void)state;
    for (size_t k = 0; k < COUNT(types); k++)
        for (int version = 1; version <= 3; version++)
            for (int fortran = 0; fortran < 2; fortran++) {
                const struct bytes b = array(types[k], fortran, version);
                check_type(&b, types[k]);
            }
}

/* More than a block of 2^16 bytes, so that rows and columns lie across its edge. */
static void test_blocks(void **state)
{
    enum { N = 5000, D = 7 };
    (void)state;
    for (int fortran = 0; fortran < 2; fortran++) {
        const struct bytes head =
            headed(1, fortran ? "{'descr': '<f8', 'fortran_order': True, 'shape': (5000, 7)}"
                              : "{'descr': '<f8', 'fortran_order': False, 'shape': (5000, 7)}");
        FILE *file = fopen(path, "wb");
        CHECK(file && fwrite(head.at, 1, head.n, file) == head.n);
        struct bytes cell = {0};
        for (size_t k = 0; k < N * D; k++, cell.n = 0) {
            put_number(&cell, (double)(fortran ? k % N * D + k / N : k), "<f8");
            fwrite(cell.at, 1, cell.n, file);
        }
        CHECK(!ferror(file) && fclose(file) == 0);
        struct sg_table table;
        struct sg_error err;
        CHECK_STATUS(sg_data_read_table(&table, NULL, path, NULL, &err), SG_OK);
        CHECK(table.rows == N && table.columns == D);
        size_t wrong = 0;
        for (size_t k = 0; k < N * D; k++)
            wrong += table.cells[k] != (double)k;
        CHECK(wrong == 0);
        sg_data_table_free(&table);
    }
}

/* numpy.save(f, [(1.5, -2, 7), ...]) of fields of three types; the names are the columns'. */
static struct bytes structured(int version, const char *name)
{
    char header[200];
    snprintf(header, sizeof header, "{'descr': [('dose', '<f8'), ('%s', '>i2'), (\"it's\", '|u1')]"
             ", 'fortran_order': False, 'shape': (2,), }\n", name);
    struct bytes b = headed(version, header);
    for (size_t i = 0; i < 2; i++) {
        put_number(&b, 1.5 + (double)i, "<f8");
        put_number(&b, -2.0 - (double)i, ">i2");
        put_number(&b, 7.0, "|u1");
    }
    return b;
}

static void test_structured(void **state)
{
    static const double cells[] = {1.5, -2, 7, 2.5, -3, 7};
    static const struct { int version; const char *written, *read; } names[] = {
        {1, "age", "age"}, {1, "gr\xf6\xdf" "e", "gr\xc3\xb6\xc3\x9f" "e"},
        {3, "gr\xc3\xb6\xc3\x9f" "e", "gr\xc3\xb6\xc3\x9f" "e"}};
    (void)state;
    for (size_t k = 0; k < COUNT(names); k++) {
        const struct bytes b = structured(names[k].version, names[k].written);
        struct sg_table table;
        struct sg_error err;
        if (read_it(&table, &err, &b, NULL, NULL) != SG_OK)
            fail_msg("%s", err.text);
        CHECK(table.rows == 2 && table.columns == 3);
        CHECK_SAME(table.cells, cells, 6);
        CHECK(strcmp(table.names[0], "dose") == 0 && strcmp(table.names[1], names[k].read) == 0 &&
              strcmp(table.names[2], "it's") == 0);
        sg_data_table_free(&table);
    }
    struct bytes twice = structured(1, "dose");
    check_refused(&twice, "columns 1 and 2 are both named \"dose\"");
    twice = structured(1, "");
    check_refused(&twice, "field 2 has no name, as padding has not");
    twice = structured(3, "gr\xf6" "e");
    check_refused(&twice, "field 2: the name \"gr\\xf6e\" is not plain text");
    twice = structured(1, "a\x7f");
    check_refused(&twice, "field 2: the name \"a\\x7f\" is not plain text");
    twice = structured(1, "a\x1b[2J");
    check_refused(&twice, "is not one of numpy.save, at byte");
}

static void test_gzip(void **state)
{
    (void)state;
    for (int fortran = 0; fortran < 2; fortran++) {
        const struct bytes plain = array(">f8", fortran, 1);
        struct bytes packed = {0};
        z_stream z = {0};
        CHECK(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        z.next_in = (unsigned char *)plain.at;
        z.avail_in = (uInt)plain.n;
        z.next_out = packed.at;
        z.avail_out = sizeof packed.at;
        CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
        packed.n = sizeof packed.at - z.avail_out;
        deflateEnd(&z);
        check_type(&packed, ">f8");
        packed.n--;
        check_refused(&packed, "the gzip data are cut off");
    }
}

/* ---- parts of a table ------------------------------------------------------------------- */

static void test_columns_and_missing(void **state)
{
    (void)state;
    for (int fortran = 0; fortran < 2; fortran++) {
        struct bytes b = array("<f8", fortran, 1);
        const size_t head = b.n - ROWS * COLUMNS * 8;
        /* a[2, 1] */
        set_double(&b, head + 8 * (size_t)(fortran ? ROWS + 2 : 2 * COLUMNS + 1), SG_NAN);
        check_refused(&b, "row 2, counted from 0, column \"c1\" is NaN; replace it");
        static const char *const first[] = {"c2", "c0"}, *const none[] = {"c1"},
                                *const wrong[] = {"d1"};
        const struct sg_csv_options missing = {.drop_missing = true},
                                    only = {.only = first, .n_only = 2},
                                    without = {.drop = none, .n_drop = 1},
                                    unknown = {.drop = wrong, .n_drop = 1};
        struct sg_table table;
        struct sg_error err;
        size_t dropped;
        CHECK_STATUS(read_it(&table, &err, &b, &missing, &dropped), SG_OK);
        CHECK(table.rows == ROWS - 1 && table.columns == COLUMNS && dropped == 1);
        for (size_t i = 0; i < ROWS - 1; i++)
            for (size_t j = 0; j < COLUMNS; j++)
                CHECK(table.cells[i * COLUMNS + j] == entry("<f8", i + (i == 2), j));
        sg_data_table_free(&table);
        for (int k = 0; k < 2; k++) {        /* in the file's order; what is left out may be NaN */
            CHECK_STATUS(read_it(&table, &err, &b, k ? &without : &only, &dropped), SG_OK);
            CHECK(table.rows == ROWS && table.columns == 2 && dropped == 0 &&
                  strcmp(table.names[0], "c0") == 0 && strcmp(table.names[1], "c2") == 0);
            for (size_t i = 0; i < ROWS; i++)
                CHECK(table.cells[2 * i] == entry("<f8", i, 0) &&
                      table.cells[2 * i + 1] == entry("<f8", i, 2));
            sg_data_table_free(&table);
        }
        check_refused_with(&b, &unknown, "there is no column \"d1\"; the nearest name is \"c1\"");
    }
}

/* Not a number in every row: nothing is left. */
static void test_nothing_left(void **state)
{
    (void)state;
    const struct sg_csv_options missing = {.drop_missing = true};
    static const char *const all[] = {"c0", "c1", "c2"};
    const struct sg_csv_options none = {.drop = all, .n_drop = 3};
    for (int fortran = 0; fortran < 2; fortran++) {
        struct bytes b = array("<f8", fortran, 1);
        for (size_t k = b.n - ROWS * COLUMNS * 8; k < b.n; k++)
            b.at[k] = 0xff;
        check_refused_with(&b, &missing, "every row lacks a number");
        check_refused_with(&b, &none, "every column is left out");
        set_double(&b, b.n - ROWS * COLUMNS * 8, -HUGE_VAL);
        check_refused_with(&b, &missing, "row 0, counted from 0, column \"c0\" is infinite");
    }
}

/* ---- refused --------------------------------------------------------------------------- */

/* Every length there is between the magic and the whole; and a byte too many. */
static void test_cut_off_and_too_long(void **state)
{
    (void)state;
    for (int version = 1; version <= 3; version++)
        for (int fortran = 0; fortran < 2; fortran++) {
            const struct bytes whole = array("<f4", fortran, version);
            const size_t length = version == 1 ? 10 : 12, head = whole.n - ROWS * COLUMNS * 4;
            for (size_t n = 6; n < whole.n; n++) {
                struct bytes b = whole;
                b.n = n;
                check_refused(&b, n < length ? "the file ends before its header"
                                  : n < head ? "the file ends within its header"
                                             : "bytes, but the header says 48");
            }
            struct bytes b = whole;
            b.at[b.n++] = 0;
            check_refused(&b, "the file goes on after the 48 bytes of elements");
        }
}

static void test_formats(void **state)
{
    (void)state;
    struct bytes b = array("<f8", false, 1);
    b.at[6] = 4;
    check_refused(&b, "the file is in .npy format 4.0, read are 1.0, 2.0 and 3.0");
    b.at[6] = 0;
    check_refused(&b, "the file is in .npy format 0.0");
    b.at[6] = 1;
    b.at[7] = 1;
    check_refused(&b, "the file is in .npy format 1.1");
    b = (struct bytes){.n = 6, .at = "PK\3\4ab"};
    check_refused(&b, "this is a zip archive, as numpy.savez writes");
    /* a header of 4 GiB, in a file of 200 bytes: nothing of that size is allocated */
    b = array("<f8", false, 2);
    memset(b.at + 8, 0xff, 4);
    check_refused(&b, "the header is 4294967295 bytes long, at most 4194304");
    b = array("<f8", false, 2);
    b.at[10] = 0x30;
    check_refused(&b, "the file ends within its header, after");
    b = array("<f8", false, 1);
    b.at[20] = 0;
    check_refused(&b, "there is a NUL byte in the header");
}

#define ORDER "'fortran_order': False, "
#define F8 "'descr': '<f8', "

/* What numpy.save does not write, or writes of arrays that are no tables. */
static void test_headers(void **state)
{
    static const struct { const char *header, *fragment; } bad[] = {
        {"", "is not one of numpy.save, at byte 1: \"\""},
        {"[]", "at byte 1: \"[]\""},
        {"{}", "is not one of numpy.save"},
        {"{" F8 ORDER "}", "is not one of numpy.save"},
        {"{" F8 "'shape': (4, 3)}", "is not one of numpy.save"},
        {"{" ORDER "'shape': (4, 3)}", "is not one of numpy.save"},
        {"{" F8 ORDER SHAPE "x", "at byte 60: \"x\""},
        {"{" F8 F8 ORDER SHAPE, "at byte 18: \"'descr"},
        {"{" F8 ORDER "'shape': (4, 3), 'more': 1}", "\"'more': 1}\""},
        {"{" F8 "'fortran_order': 0, " SHAPE, "at byte 35: \"0,"},
        {"{" F8 "'fortran_order': exit(), " SHAPE, "\"exit(), "},
        {"{" F8 ORDER "'shape': (4, -3)}", "\"-3)}\""},
        {"{" F8 ORDER "'shape': (4 3)}", "\"3)}\""},
        {"{" F8 ORDER "'shape': (4L, 3L)}", "\"L, 3L)}\""},
        {"{" F8 ORDER "'shape': [4, 3]}", "\"[4, 3]}\""},
        {"{" F8 ORDER "'shape': (4, 3", "at byte 56"},
        {"{'descr': '<f8, " ORDER SHAPE, "the elements are of type <f8, "},
        {"{'descr': '\\x3cf8', " ORDER SHAPE, "is not one of numpy.save"},
        {"{'descr': [], " ORDER "'shape': (4,)}", "at byte 12: \"], "},
        {"{'descr': [('a', '<f8'], " ORDER "'shape': (4,)}", "is not one of numpy.save"},
        {"{'descr': '|O', " ORDER SHAPE, "the array holds Python objects, type |O"},
        {"{'descr': [('a', '|O')], " ORDER "'shape': (4,)}", "the array holds Python objects"},
        {"{'descr': '<c16', " ORDER SHAPE, "the elements are of type <c16"},
        {"{'descr': '<f2', " ORDER SHAPE, "the elements are of type <f2"},
        {"{'descr': '<f16', " ORDER SHAPE, "the elements are of type <f16"},
        {"{'descr': '<U3', " ORDER SHAPE, "the elements are of type <U3"},
        {"{'descr': '<M8[ns]', " ORDER SHAPE, "the elements are of type <M8[ns]"},
        {"{'descr': '|f8', " ORDER SHAPE, "the elements are of type |f8"},
        {"{'descr': '=f8', " ORDER SHAPE, "the elements are of type =f8"},
        {"{'descr': '<f\t', " ORDER SHAPE, "is not one of numpy.save"},
        {"{'descr': [('a', '<f8')], " ORDER "'shape': (4)}", "\")}\""},
        {"{" F8 ORDER "'shape': (4, 03)}", "\"03)}\""},
        {"{'descr': '<i3', " ORDER SHAPE, "the elements are of type <i3"},
        {"{'descr': '<b8', " ORDER SHAPE, "the elements are of type <b8"},
        {"{'descr': [('a', '<f8', (2,))], " ORDER "'shape': (4,)}", "is an array itself"},
        {"{'descr': [('a', [('b', '<f8')])], " ORDER "'shape': (4,)}", "is structured itself"},
        {"{" F8 ORDER "'shape': ()}", "the array has 0 dimensions, a table has two"},
        {"{" F8 ORDER "'shape': (12,)}", "the array has 1 dimension, a table has two"},
        {"{" F8 ORDER "'shape': (2, 2, 3)}", "the array has 3 dimensions, a table has two"},
        {"{'descr': [('a', '<f8')], " ORDER "'shape': (4, 3)}", "a table has one, of rows"},
        {"{" F8 ORDER "'shape': (0, 3)}", "there is nothing in the array"},
        {"{" F8 ORDER "'shape': (4, 0)}", "there is nothing in the array"},
        {"{" F8 ORDER "'shape': (1, 100001)}", "the array has more than 100000 columns"},
        {"{" F8 ORDER "'shape': (1099511627776, 3)}", "more rows than any file has"},
        {"{" F8 ORDER "'shape': (99999999999999999999999999, 3)}", "more rows than any file has"},
        {"{" F8 ORDER "'shape': (1, 99999999999999999999999999)}", "more than 100000 columns"},
        /* a claim that the file does not bear out; the sanitizers' allocator would see it */
        {"{" F8 ORDER "'shape': (1099511627775, 100000)}",
         "the elements end after 0 bytes, but the header says 879609302220000000"},
        {"{" F8 "'fortran_order': True, 'shape': (1099511627775, 100000)}",
         "the elements end after 0 bytes"}};
    (void)state;
    for (size_t k = 0; k < COUNT(bad); k++) {
        const struct bytes b = headed(1, bad[k].header);
        check_refused(&b, bad[k].fragment);
    }
}

/* Any bit of a good file: refused, or a table of finite numbers, and never more of them than the
 * file has bytes. */
static void test_any_bit(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        const struct bytes whole = kind == 2 ? structured(1, "age") : array("<f4", kind, 1);
        for (size_t bit = 6 * 8; bit < 8 * whole.n; bit++) {
            struct bytes b = whole;
            struct sg_table table;
            struct sg_error err;
            b.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
            const enum sg_status status = read_it(&table, &err, &b, NULL, NULL);
            CHECK(status == SG_OK || (status == SG_BAD_INPUT && !strchr(err.text, '\n')));
            CHECK(table.rows * table.columns <= whole.n);
            CHECK(sg_base_all_finite(table.cells, table.rows * table.columns));
            sg_data_table_free(&table);
        }
    }
}

/* A CSV file is read as before, and its messages have lines. */
static void test_csv_is_csv(void **state)
{
    (void)state;
    struct bytes b = {.n = 8, .at = "a,b\n1,2\n"};
    struct sg_table table;
    struct sg_error err;
    CHECK_STATUS(read_it(&table, &err, &b, NULL, NULL), SG_OK);
    CHECK(table.rows == 1 && table.columns == 2 && !table.binary && table.cells[1] == 2);
    sg_data_table_free(&table);
    b.at[6] = 'x';
    CHECK_STATUS(read_it(&table, &err, &b, NULL, NULL), SG_BAD_INPUT);
    CHECK(strncmp(err.text + strlen(path), ":2: ", 4) == 0);
    for (size_t n = 0; n < 6; n++) {                       /* a magic that is cut off is none */
        b = array("<f8", false, 1);
        b.n = n;
        CHECK_STATUS(read_it(&table, &err, &b, NULL, NULL), SG_BAD_INPUT);
        CHECK(strncmp(err.text + strlen(path), ":1: ", 4) == 0);
    }
    CHECK_STATUS(sg_data_read_table(&table, NULL, "/nowhere/a.npy", NULL, &err), SG_IO);
}

/* What is wrong with a column of a .npy file is said without a line. */
static void test_designs_name_no_line(void **state)
{
    (void)state;
    const struct bytes b = array("<f8", false, 1);
    static const char *const targets[] = {"c9"};
    const struct sg_design_options options = {.intercept = true};
    struct sg_table table;
    struct sg_design design;
    struct sg_data data;
    struct sg_error err;
    CHECK_STATUS(read_it(&table, &err, &b, NULL, NULL), SG_OK);
    CHECK_STATUS(sg_data_make_design(&data, &design, &table, path, targets, 1, &options, &err),
                 SG_BAD_INPUT);
    CHECK(strncmp(err.text + strlen(path), ": there is no column \"c9\"", 25) == 0);
    sg_data_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_type),
        TEST(test_blocks),
        TEST(test_structured),
        TEST(test_gzip),
        TEST(test_columns_and_missing),
        TEST(test_nothing_left),
        TEST(test_cut_off_and_too_long),
        TEST(test_formats),
        TEST(test_headers),
        TEST(test_any_bit),
        TEST(test_csv_is_csv),
        TEST(test_designs_name_no_line),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
