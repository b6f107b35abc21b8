/* Reading CSV: what is accepted comes back to the last bit, what is refused is refused in
 * one line naming the place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "synthgrad/data.h"

/* bytes and their number: a literal may hold NULs */
#define TEXT(literal) (literal), sizeof(literal) - 1

/* ---- files ----------------------------------------------------------------------------- */

static char path[] = "/tmp/synthgrad_csv_XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

/* s over the bytes at `at`, without the final NUL. */
static void put(char *at, const char *s)
{
    while (*s != '\0')
        *at++ = *s++;
}

static void write_file(const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static enum sg_status read_bytes(struct sg_table *table, struct sg_error *err, const char *bytes,
                                 size_t len)
{
    write_file(bytes, len);
    memset(table, 0xa5, sizeof *table);   /* an output: what was in it does not matter */
    memset(err, 0, sizeof *err);
    return sg_data_read_csv(table, path, err);
}

static void check_zeroed(const struct sg_table *table)
{
    assert_int_equal(table->rows, 0);
    assert_int_equal(table->columns, 0);
    assert_null(table->names);
    assert_null(table->cells);
}

/* "FILE:LINE: ...", one line, nothing a terminal would obey. */
static void check_message(const struct sg_error *err, size_t line, const char *fragment)
{
    char start[64];
    snprintf(start, sizeof start, "%s:%zu: ", path, line);
    if (strncmp(err->text, start, strlen(start)) != 0 || strstr(err->text, fragment) == NULL)
        fail_msg("wanted \"%s\" at line %zu, got \"%s\"", fragment, line, err->text);
    assert_true(strlen(err->text) < 300);
    for (const char *c = err->text; *c != '\0'; c++)
        assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static void check_refused(const char *bytes, size_t len, size_t line, const char *fragment)
{
    struct sg_table table;
    struct sg_error err;
    enum sg_status status = read_bytes(&table, &err, bytes, len);
    if (status != SG_BAD_INPUT)
        fail_msg("wanted \"%s\", got %s \"%s\"", fragment, sg_base_status_name(status), err.text);
    check_message(&err, line, fragment);
    check_zeroed(&table);
}

/* Two columns, two rows 1 2.5 / -3 4e2, however they are written. */
static void check_accepted(const char *bytes, size_t len, const char *first_name,
                           const char *second_name)
{
    static const double cells[] = {1, 2.5, -3, 400};
    struct sg_table table;
    struct sg_error err;
    if (read_bytes(&table, &err, bytes, len) != SG_OK)
        fail_msg("refused: %s", err.text);
    assert_int_equal(table.rows, 2);
    assert_int_equal(table.columns, 2);
    assert_string_equal(table.names[0], first_name);
    assert_string_equal(table.names[1], second_name);
    for (size_t k = 0; k < 4; k++)
        assert_true(table.cells[k] == cells[k]);
    sg_data_table_free(&table);
    check_zeroed(&table);
}

/* ---- accepted -------------------------------------------------------------------------- */

static void test_layouts(void **state)
{
    (void)state;
    check_accepted(TEXT("a,b\n1,2.5\n-3,4e2\n"), "a", "b");
    check_accepted(TEXT("a,b\r\n1,2.5\r\n-3,4e2\r\n"), "a", "b");
    check_accepted(TEXT("a,b\n1,2.5\r\n-3,4e2"), "a", "b");
    check_accepted(TEXT("\xef\xbb\xbf" "a,b\n1,2.5\n-3,4e2\n"), "a", "b");
    check_accepted(TEXT("\xef\xbb\xbf\"a\",b\n1,2.5\n-3,4e2\n"), "a", "b");
    check_accepted(TEXT(" a ,\tb\t\n 1 ,\t2.5\n-3 , \"4e2\" \n"), "a", "b");
    check_accepted(TEXT("\" a \",b\n\" 1 \",\"\t2.5\n\"\n-3,4e2\n"), "a", "b");
}

static void test_quoted_names(void **state)
{
    (void)state;
    check_accepted(TEXT("\"a,b\",\"say \"\"x\"\"\"\n\"1\",\"2.5\"\n-3,4e2\n"), "a,b", "say \"x\"");
    check_accepted(TEXT("\"two\nlines\",\"two\r\nlines\"\n1,2.5\n-3,4e2\n"), "two\nlines",
                   "two\r\nlines");
    check_accepted(TEXT("gr\xc3\xb6\xc3\x9f" "e,\xf0\x9f\x93\x88\n1,2.5\n-3,4e2\n"),
                   "gr\xc3\xb6\xc3\x9f" "e", "\xf0\x9f\x93\x88");
    /* with commas about, no hint is due */
    check_accepted(TEXT("a;b,c\td\n1,2.5\n-3,4e2\n"), "a;b", "c\td");
    check_accepted(TEXT("A,a\n1,2.5\n-3,4e2\n"), "A", "a");
}

static void test_blank_lines_at_the_end(void **state)
{
    (void)state;
    check_accepted(TEXT("a,b\n1,2.5\n-3,4e2\n\n"), "a", "b");
    check_accepted(TEXT("a,b\r\n1,2.5\r\n-3,4e2\r\n\r\n \t\r\n\r\n"), "a", "b");
    check_accepted(TEXT("a,b\n1,2.5\n-3,4e2\n\n  "), "a", "b");
}

static void test_number_forms(void **state)
{
    static const struct { const char *text; double value; } forms[] = {
        {"0", 0},
        {"-0", -0.0},
        {"+7", 7},
        {".5", 0.5},
        {"5.", 5},
        {"007", 7},
        {"1E3", 1000},
        {"1e+3", 1000},
        {"25e-1", 2.5},
        {"0.1", 0.1},
        {"1.7976931348623157e308", DBL_MAX},
        {"4.9406564584124654e-324", 0x1p-1074},
        {"1e-400", 0},
        {"9007199254740993", 9007199254740992.0},
        {"-2.2250738585072014e-308", -DBL_MIN},
    };
    (void)state;
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        char text[64];
        struct sg_table table;
        struct sg_error err;
        int len = snprintf(text, sizeof text, "y\n%s\n", forms[k].text);
        if (read_bytes(&table, &err, text, (size_t)len) != SG_OK)
            fail_msg("%s", err.text);
        if (!(table.cells[0] == forms[k].value) ||
            signbit(table.cells[0]) != signbit(forms[k].value))
            fail_msg("%s: wanted %.17g, got %.17g", forms[k].text, forms[k].value, table.cells[0]);
        sg_data_table_free(&table);
    }
}

/* 17 digits determine a double: written and read back, every bit is there. */
static void test_round_trip(void **state)
{
    enum { ROWS = 500, COLUMNS = 7 };
    static double cells[ROWS * COLUMNS];
    static char text[ROWS * COLUMNS * 32 + 100];
    struct sg_rng *rng = sg_base_rng_alloc(1, "csv", 0, "round trip");
    struct sg_table table;
    struct sg_error err;
    size_t used = (size_t)snprintf(text, sizeof text, "a,b,c,d,e,f,g\n");
    (void)state;
    for (size_t k = 0; k < ROWS * COLUMNS; k++) {
        int exponent = (int)sg_base_rng_index(rng, 2090) - 1070;
        cells[k] = ldexp(sg_base_rng_uniform(rng) - 0.5, exponent);
        used += (size_t)snprintf(text + used, sizeof text - used, "%.17g%c", cells[k],
                                 k % COLUMNS == COLUMNS - 1 ? '\n' : ',');
    }
    if (read_bytes(&table, &err, text, used) != SG_OK)
        fail_msg("%s", err.text);
    assert_int_equal(table.rows, ROWS);
    assert_int_equal(table.columns, COLUMNS);
    assert_memory_equal(table.cells, cells, sizeof cells);
    sg_data_table_free(&table);
    sg_base_rng_free(rng);
}

/* Rows of 9 bytes and headers of 1 to 18 put every byte of a row, CR and LF and quotes included, at
 * the end of a block of whatever size the reader uses. */
static void test_block_ends(void **state)
{
    enum { ROWS = 20000 };
    char *text = malloc(ROWS * 9 + 100);
    assert_non_null(text);
    (void)state;
    for (int name = 1; name <= 18; name++) {
        struct sg_table table;
        struct sg_error err;
        size_t used = (size_t)sprintf(text, "\xef\xbb\xbf%.*s\r\n", name, "abcdefghijklmnopqr");
        for (size_t i = 0; i < ROWS; i++)
            used += (size_t)sprintf(text + used, "\"%05zu\"\r\n", i);
        if (read_bytes(&table, &err, text, used) != SG_OK)
            fail_msg("%s", err.text);
        assert_int_equal(table.rows, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            assert_true(table.cells[i] == (double)i);
        sg_data_table_free(&table);
        text[used - 5] = 'x';   /* and the line is still counted right */
        check_refused(text, used, ROWS + 1, "is not a number");
    }
    free(text);
}

/* setlocale() must change nothing: neither the point nor what the comma means. */
static void test_locale(void **state)
{
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                        "fr_FR.utf8",  "de_DE",      "fr_FR"};
    const char *found = NULL;
    (void)state;
    for (size_t k = 0; k < sizeof comma / sizeof *comma && found == NULL; k++)
        found = setlocale(LC_ALL, comma[k]);
    if (found == NULL)
        skip();
    assert_string_equal(localeconv()->decimal_point, ",");
    check_accepted(TEXT("a,b\n1,2.5\n-3,4e2\n"), "a", "b");
    check_refused(TEXT("a,b\n\"1,5\",2\n"), 2, "decimal comma");
    assert_string_equal(localeconv()->decimal_point, ",");
    assert_non_null(setlocale(LC_ALL, "C"));
}

/* ---- refused --------------------------------------------------------------------------- */

static void test_bad_numbers(void **state)
{
    static const char *const cells[] = {
        "abc",  "1x",  "x1",        "1 2",          "0x10",   "0x1p3", "nan", "NaN(1)",
        "-nan", "inf", "-Infinity", "1e400",        "-1e400", "1e",    "1e+", "e5",
        ".",    "-",   "+-1",       "1.2.3",        "1_000",  "--1",   "NA",  "$5",
        "5%",   "1d3", "1\v",       "\xe2\x88\x92", "true",
    };
    (void)state;
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
        char text[64];
        int len = snprintf(text, sizeof text, "a,b,gnp\n1,2,3\n1,2,%s\n1,x,3\n", cells[k]);
        check_refused(text, (size_t)len, 3, "column 3 (\"gnp\"): ");
        check_refused(
            text, (size_t)len, 3,
            "; write a decimal number such as 12.5, for a class 0 or 1, or remove the row");
    }
    check_refused(TEXT("a,b,gnp\n1,2,3\n4,5,abc\n"), 3,
                  ": column 3 (\"gnp\"): \"abc\" is not a number; "
                  "write a decimal number such as 12.5, for a class 0 or 1, or remove the row");
    check_refused(TEXT("a\ninf\n"), 2, "\"inf\" is not a finite number");
    check_refused(TEXT("a\n1e400\n"), 2, "\"1e400\" is too large for double precision");
    check_refused(TEXT("a\n-1e400\n"), 2, "\"-1e400\" is too large for double precision");
}

static void test_decimal_comma(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n\"1,5\",2\n"), 2,
                  "column 1 (\"a\"): \"1,5\" is not a number (a decimal comma?)");
    check_refused(TEXT("a,b\n2,\"-1,234.5\"\n"), 2, "decimal comma");
    check_refused(TEXT("a,b\n1,5,2,5\n"), 2, "decimals with a point");
}

static void test_empty_cells(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n1,\n"), 2, "column 2 (\"b\"): the cell is empty; write");
    check_refused(TEXT("a,b\n,1\n"), 2, "column 1 (\"a\"): the cell is empty");
    check_refused(TEXT("a,b\n1,2\n,\n"), 3, "column 1 (\"a\"): the cell is empty");
    check_refused(TEXT("a\n\"\"\n"), 2, "the cell is empty");
    check_refused(TEXT("a,b\n1,\" \"\n"), 2, "column 2 (\"b\"): the cell is empty");
    check_refused(TEXT("a,b\n1,"), 2, "column 2 (\"b\"): the cell is empty");
}

static void test_ragged_rows(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n1,2\n1,2,3\n"), 3, "the row has 3 cells but the header has 2");
    check_refused(TEXT("a,b\n1,2\n1\n1,2\n"), 3, "the row has 1 cell but the header has 2");
    check_refused(TEXT("a,b\n1,2,\n"), 2, "the row has 3 cells");
    check_refused(TEXT("a,b\n1,2,rest,of,it\n"), 2, "the row has 5 cells");
    /* the line on which the row begins */
    check_refused(TEXT("a,b\n\"1\n\"\n1,2\n"), 2, "the row has 1 cell");
    check_refused(TEXT("a,b\n1,2\n3"), 3, "the row has 1 cell");
}

static void test_headers(void **state)
{
    (void)state;
    check_refused(TEXT("a,b,c,b\n1,2,3,4\n"), 1, "columns 2 and 4 are both named \"b\"");
    check_refused(TEXT("a,\" a \"\n1,2\n"), 1, "columns 1 and 2 are both named \"a\"");
    check_refused(TEXT("a,,c\n1,2,3\n"), 1, "column 2 has no name");
    check_refused(TEXT("a,b,\n1,2,3\n"), 1, "column 3 has no name");
    check_refused(TEXT("a,\" \"\n1,2\n"), 1, "column 2 has no name");
    check_refused(TEXT("\"a\n\",\"\"\n1,2\n"), 2, "column 2 has no name");
    check_refused(TEXT("gr\xf6\xdf"
                       "e,b\n1,2\n"),
                  1, "column 1: the name \"gr\\xf6\\xdfe\" is not plain UTF-8 text");
    check_refused(TEXT("a\x1b[31m\n1\n"), 1, "\"a\\x1b[31m\" is not plain UTF-8");
    /* an overlong slash, a surrogate, and an escape sequence that begins with U+009B */
    check_refused(TEXT("\xc0\xaf,b\n1,2\n"), 1, "\"\\xc0\\xaf\" is not plain UTF-8");
    check_refused(TEXT("a,\xed\xa0\x80\n1,2\n"), 1, "\"\\xed\\xa0\\x80\" is not plain UTF-8");
    check_refused(TEXT("a,\xc2\x9b" "31m\n1,2\n"), 1, "\"\\xc2\\x9b31m\" is not plain UTF-8");
    check_refused(TEXT("a,b\xe2\n1,2\n"), 1, "\"b\\xe2\" is not plain UTF-8");
}

static void test_nothing_to_read(void **state)
{
    (void)state;
    check_refused(TEXT(""), 1, "the file is empty");
    check_refused(TEXT("\xef\xbb\xbf"), 1, "the file is empty");
    check_refused(TEXT("\n\r\n \n"), 1, "the file is empty");
    check_refused(TEXT("a,b\n"), 1, "there is a header but no row");
    check_refused(TEXT("a,b"), 1, "there is a header but no row");
    check_refused(TEXT("a,b\r\n\r\n\r\n"), 1, "there is a header but no row");
}

static void test_blank_lines_between(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n1,2\n\n\n3,4\n"), 3, "the line is blank but rows follow");
    check_refused(TEXT("a\r\n1\r\n \t\r\n3\r\n"), 3, "the line is blank");
    check_refused(TEXT("\na,b\n1,2\n"), 1, "the line is blank");
    check_refused(TEXT("a,b\n\n1,2"), 2, "the line is blank");
    check_refused(TEXT("a\n\n5"), 2, "the line is blank");
}

static void test_quotes(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n1,2\n3,\"4\n5,6\n"), 3,
                  "column 2 (\"b\"): the quote that opens here is never closed");
    check_refused(TEXT("a,\"b\n1,2\n"), 1, "column 2: the quote that opens here is never closed");
    check_refused(TEXT("a,b\n\"1\n\",\"2\n3,4\n"), 3,
                  "column 2 (\"b\"): the quote that opens here is never closed");
    check_refused(TEXT("a,b\n1,\"2\n3,4\n5,\"6\"\n"), 4,
                  "column 2 (\"b\"): the quoted cell that begins on line 2 goes on");
    check_refused(TEXT("a,b\n1,\"2\"x\n"), 2, "goes on after its closing quote");
    check_refused(TEXT("a,b\n1,2\"\n"), 2,
                  "column 2 (\"b\"): there is a quote inside an unquoted cell");
    check_refused(TEXT("a\"b\",c\n1,2\n"), 1, "column 1: there is a quote inside an unquoted cell");
    check_refused(TEXT("a,b\n1,\"2\n\n3\"\n4,5\n"), 2,
                  "column 2 (\"b\"): \"2\\x0a\\x0a3\" is not a number");
    /* where the cell begins */
    check_refused(TEXT("a,b\n\"1\n\",\"x\n\"\n"), 3, "column 2 (\"b\"): \"x\"");
    check_refused(TEXT("a,b\n1,2\n\"x\",\"3\n4\"\"5\n"), 3, "column 1 (\"a\"): \"x\"");
}

static void test_bytes(void **state)
{
    (void)state;
    check_refused(TEXT("a,b\n1,2\n3,\0004\n"), 3, "there is a NUL byte");
    check_refused(TEXT("a,b\n1,2\n\0\0\0\n"), 3, "there is a NUL byte");
    check_refused(TEXT("\xff\xfe" "a\0,\0b\0\n\0"), 1, "there is a NUL byte, so this is UTF-16");
    check_refused(TEXT("a,b\r1,2\r3,4\r"), 1, "there is a carriage return inside the line");
    check_refused(TEXT("a,b\r\r\n1,2\r\r\n"), 1, "there is a carriage return inside the line");
    check_refused(TEXT("a,b\n1,\"2\r\"\n"), 2, "there is a carriage return inside the line");
    check_refused(TEXT("a,b\n1,2\r"), 2, "the file ends in a carriage return");
}

/* A CR as the last byte of a block is judged with the first byte of the next. */
static void test_carriage_return_at_block_end(void **state)
{
    enum { LEN = (1 << 17) + 2 };
    char *text = malloc(LEN);
    assert_non_null(text);
    (void)state;
    for (size_t end = 1 << 10; end < LEN - 1; end *= 2) {   /* whatever power of two the block is */
        memset(text, ' ', LEN);
        put(text, "a\n1");
        text[LEN - 1] = '\n';
        text[end - 1] = '\r';
        check_refused(text, LEN, 2, "there is a carriage return inside the line");
    }
    free(text);
}

static void test_other_separators(void **state)
{
    (void)state;
    check_refused(TEXT("a;b;c\n1,5;2;3\n"), 1,
                  "the header has no comma but semicolons; this looks like a semicolon-separated "
                  "file, save it");
    check_refused(TEXT("a\tb\n1\t2\n"), 1,
                  "the header has no comma but tabs; this looks like a tab-separated file");
}

/* The first of the rows would be lost as a header.  One name that is no number makes a header. */
static void test_no_header(void **state)
{
    (void)state;
    check_refused(TEXT("2.9,0.27,5.506\n3.96,0.62,7.371\n"), 1,
                  "the first row holds numbers only, so it looks like data and not like a header; "
                  "put a row of column names above it");
    check_refused(TEXT("0,0,1\n"), 1, "looks like data");
    check_refused(TEXT("-1e5\n"), 1, "looks like data");
    struct sg_table table;
    struct sg_error err;
    static const char years[] = "2019,2020,y\n1,2,3\n";
    assert_int_equal(read_bytes(&table, &err, years, sizeof years - 1), SG_OK);
    sg_data_table_free(&table);
}

/* Columns by name, in the file's order; what is not read may be words.  Rows that lack a cell go,
 * with what was read of them, and are counted. */
static void test_parts(void **state)
{
    static const char text[] = "id,a,city,b\nx,1,Ulm,2\ny,3,Bonn,NA\nz,5,,6\n"
                               "w,?,Kiel,8\nv,9,Ulm,\n";
    static const char *const only[] = {"b", "a"}, *const drop[] = {"city", "id"},
                      *const unknown[] = {"citi"};
    const struct sg_csv_options some = {.only = only, .n_only = 2, .drop_missing = true},
                                others = {.drop = drop, .n_drop = 2, .drop_missing = true},
                                strict = {.drop = drop, .n_drop = 2},
                                misspelt = {.drop = unknown, .n_drop = 1},
                                nothing = {.only = only, .n_only = 2, .drop = only, .n_drop = 2};
    struct sg_table table;
    struct sg_error err;
    size_t dropped = 0;
    (void)state;
    write_file(text, sizeof text - 1);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(sg_data_read_csv_part(&table, &dropped, path, k ? &others : &some, &err),
                         SG_OK);
        assert_int_equal(dropped, 3);
        assert_int_equal(table.rows, 2);
        assert_int_equal(table.columns, 2);
        assert_string_equal(table.names[0], "a");
        assert_string_equal(table.names[1], "b");
        const double wanted[] = {1, 2, 5, 6};
        for (size_t i = 0; i < 4; i++)
            assert_true(table.cells[i] == wanted[i]);
        sg_data_table_free(&table);
    }
    assert_int_equal(sg_data_read_csv_part(&table, &dropped, path, &strict, &err), SG_BAD_INPUT);
    check_message(&err, 3, "column 4 (\"b\"): \"NA\" is not a number");
    check_message(&err, 3, "--drop-missing");
    assert_int_equal(sg_data_read_csv_part(&table, NULL, path, &misspelt, &err), SG_BAD_INPUT);
    check_message(&err, 1, "there is no column \"citi\"; the nearest name is \"city\"");
    assert_int_equal(sg_data_read_csv_part(&table, NULL, path, &nothing, &err), SG_BAD_INPUT);
    check_message(&err, 1, "every column is left out");
    write_file("a,b\n1,\nNA,2\n", 12);
    const struct sg_csv_options missing = {.drop_missing = true};
    assert_int_equal(sg_data_read_csv_part(&table, NULL, path, &missing, &err), SG_BAD_INPUT);
    check_message(&err, 1, "every row lacks a cell");
    check_zeroed(&table);
}

/* A first line that is a comment is no header. */
static void test_comments(void **state)
{
    (void)state;
    check_refused(TEXT("# made by hand\na,b\n1,2\n"), 1, "a CSV file has no comments");
    check_refused(TEXT("# made by hand\n1,2\n"), 1, "a CSV file has no comments");
    check_refused(TEXT("a,b\n#1,2\n"), 2, "begins with #, which is no comment in a CSV file");
}

static void test_long_and_hostile_cells(void **state)
{
    (void)state;
    check_refused(TEXT("a\nx123456789012345678901234567890123456789\n"), 2,
                  "\"x123456789012345678901234567890123456789\" is");
    check_refused(TEXT("a\nx1234567890123456789012345678901234567890\n"), 2,
                  "\"x123456789012345678901234567890123456789...\" is");
    /* no half character */
    check_refused(TEXT("a\nx12345678901234567890123456789012345678\xc3\xb6\n"), 2,
                  "\"x12345678901234567890123456789012345678...\" is");
    check_refused(TEXT("a\n\x1b[2J\xff\x7f\xc2\x9b\xe2\x80\xaei\xc3\xb6\n"), 2,
                  "\"\\x1b[2J\\xff\\x7f\\xc2\\x9b\\xe2\\x80\\xaei\xc3\xb6\" is");
    check_refused(TEXT("x123456789012345678901234567890123456789yz\nb\n"), 2,
                  "column 1 (\"x123456789012345678901234567890123456789...\"): \"b\"");
    check_refused(TEXT("a\n%s%n%d\n"), 2, "\"%s%n%d\" is");
}

/* What a double lacks of the number in the file.  The values are of Python's fractions,
 * float(Fraction(text) - Fraction(float(text))): one rounding, and ours is another. */
static void test_rests(void **state)
{
    static const struct { const char *text; double rest; } cell[] = {
        {"0.1", -5.551115123125783e-18},
        {"-0.1", 5.551115123125783e-18},
        {"12.5", 0.0},
        {"0", 0.0},
        {"-0.000", 0.0},
        {"3", 0.0},
        {"3.00000000000000000001", 1e-20},
        {"1e22", 0.0},
        {"1e23", 8388608.0},
        {"1E+23", 8388608.0},
        {"0.0003", 2.6281060661048628e-20},
        {"-6.860120914", 3.4724371289485133e-16},
        {"115.09999999999999", -4.315658113919198e-15},
        {"104229.492447676060545078901883739756892964374284846099459136", -3.785074265364032e-12},
        {"+.7e-150", 9.159891995566556e-168},
        {"9.1093837015e+141", 4.91762297861505e+125},
        {"00012.300", -7.105427357601002e-16},
        {"123456789012345678901234567890123456789012", -5.798411643917138e+24},
        {"2.2250738585072014e-300", 1.6909767e-317},
        {"1e-99999999999999999999", 0.0},
        {"0e99999999999999999999", 0.0},
    };
    const struct sg_csv_options options = {.rests = true};
    (void)state;
    for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
        struct sg_table table;
        struct sg_error err = {""};
        char text[128];
        const int length = snprintf(text, sizeof text, "a,b\n1,%s\n", cell[k].text);
        write_file(text, (size_t)length);
        assert_int_equal(sg_data_read_csv_part(&table, NULL, path, &options, &err), SG_OK);
        const double off = fabs(table.rests[1] - cell[k].rest);
        if (!(off <= 4 * SG_UNIT_ROUNDOFF * fabs(cell[k].rest) || off <= 0x1p-1074))
            fail_msg("%s: %.17g, is %.17g", cell[k].text, table.rests[1], cell[k].rest);
        assert_true(table.rests[0] == 0);
        sg_data_table_free(&table);
        assert_null(table.rests);
        assert_int_equal(sg_data_read_csv_part(&table, NULL, path, NULL, &err), SG_OK);
        assert_null(table.rests);
        sg_data_table_free(&table);
    }
}

/* The limit holds to the byte, wherever the blocks end. */
static void test_longest_cell(void **state)
{
    enum { LONGEST = 65536 };
    char *text = malloc(LONGEST + 20);
    struct sg_table table;
    struct sg_error err;
    assert_non_null(text);
    (void)state;
    memset(text, '0', LONGEST + 20);
    put(text, "a\n");
    put(text + 2 + LONGEST - 1, "7\n");
    assert_int_equal(read_bytes(&table, &err, text, LONGEST + 3), SG_OK);
    assert_true(table.cells[0] == 7);
    sg_data_table_free(&table);
    put(text + 2 + LONGEST - 1, "07\n");
    check_refused(text, LONGEST + 4, 2, "column 1 (\"a\"): the cell is longer than 65536 bytes");
    free(text);
}

/* ---- files that are none --------------------------------------------------------------- */

static void check_unreadable(const char *where, const char *fragment)
{
    struct sg_table table;
    struct sg_error err = {""};
    memset(&table, 0xa5, sizeof table);
    assert_int_equal(sg_data_read_csv(&table, where, &err), SG_IO);
    assert_int_equal(strncmp(err.text, where, strlen(where)), 0);
    assert_non_null(strstr(err.text, fragment));
    assert_null(strchr(err.text, '\n'));
    check_zeroed(&table);
}

static void test_unreadable(void **state)
{
    (void)state;
    check_unreadable("/nonexistent/synthgrad.csv",
                     ": the file cannot be opened (No such file or directory); ");
    check_unreadable("/tmp", ": the file cannot be read (Is a directory); ");
}

static void test_no_permission(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip();   /* root may read everything */
    write_file(TEXT("a\n1\n"));
    assert_int_equal(chmod(path, 0), 0);
    check_unreadable(path, ": the file cannot be opened (Permission denied); ");
    assert_int_equal(chmod(path, 0600), 0);
}

/* Every file is closed again, after success and after a refusal: the next
 * descriptor is the same as before. */
static void test_closed(void **state)
{
    struct sg_table table;
    struct sg_error err;
    int before = dup(STDIN_FILENO);
    (void)state;
    assert_int_equal(close(before), 0);
    check_accepted(TEXT("a,b\n1,2.5\n-3,4e2\n"), "a", "b");
    check_refused(TEXT("a,b\n1,x\n"), 2, "is not a number");
    assert_int_equal(sg_data_read_csv(&table, "/tmp", &err), SG_IO);
    int after = dup(STDIN_FILENO);
    assert_int_equal(close(after), 0);
    assert_int_equal(after, before);
}

static void test_free_nothing(void **state)
{
    struct sg_table table = {0};
    (void)state;
    sg_data_table_free(NULL);
    sg_data_table_free(&table);
    check_zeroed(&table);
}

/* ---- size: nothing here may take more than linear time --------------------------------- */

static double seconds(clock_t start)
{
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 5
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER 5
#endif
#endif
#ifndef SLOWER
#define SLOWER 1
#endif

static void test_large_table(void **state)
{
    enum { ROWS = 10000, COLUMNS = 200 };
    char *text = malloc((ROWS + 1) * COLUMNS * 24);
    struct sg_table table;
    struct sg_error err;
    size_t used = 0;
    assert_non_null(text);
    (void)state;
    for (size_t j = 0; j < COLUMNS; j++)
        used += (size_t)sprintf(text + used, "x%zu%c", j, j == COLUMNS - 1 ? '\n' : ',');
    for (size_t k = 0; k < ROWS * COLUMNS; k++)
        used += (size_t)sprintf(text + used, "%.17g%c", sin((double)k),
                                k % COLUMNS == COLUMNS - 1 ? '\n' : ',');
    write_file(text, used);
    free(text);
    clock_t start = clock();
    assert_int_equal(sg_data_read_csv(&table, path, &err), SG_OK);
    double spent = seconds(start);
    assert_int_equal(table.rows, ROWS);
    assert_int_equal(table.columns, COLUMNS);
    for (size_t k = 0; k < ROWS * COLUMNS; k++)
        assert_true(table.cells[k] == sin((double)k));
    sg_data_table_free(&table);
    if (!(spent < 2.0 * SLOWER))
        fail_msg("%.2f s for %d x %d", spent, ROWS, COLUMNS);
}

/* As many columns as there may be: names are compared in n log n, not each with each. */
static void test_wide_table(void **state)
{
    enum { COLUMNS = 100000 };
    char *text = malloc(COLUMNS * 24);
    struct sg_table table;
    struct sg_error err;
    size_t used = 0;
    assert_non_null(text);
    (void)state;
    for (size_t j = 0; j < COLUMNS; j++)
        used += (size_t)sprintf(text + used, "column%05zu%c", j, j == COLUMNS - 1 ? '\n' : ',');
    for (size_t j = 0; j < COLUMNS; j++)
        used += (size_t)sprintf(text + used, "%zu%c", j, j == COLUMNS - 1 ? '\n' : ',');
    clock_t start = clock();
    assert_int_equal(read_bytes(&table, &err, text, used), SG_OK);
    double spent = seconds(start);
    assert_int_equal(table.columns, COLUMNS);
    assert_true(table.cells[COLUMNS - 1] == COLUMNS - 1);
    sg_data_table_free(&table);
    put(text + 12 * 777, "column99999");
    check_refused(text, used, 1, "columns 778 and 100000 are both named \"column99999\"");
    text[12 * COLUMNS - 1] = ',';
    check_refused(text, used, 1, "the header has more than 100000 columns");
    free(text);
    if (!(spent < 2.0 * SLOWER))
        fail_msg("%.2f s for %d columns", spent, COLUMNS);
}

/* before, then about 10 MB of unit over and over, then a line end. */
static void check_garbage(const char *before, const char *unit, size_t line, const char *fragment)
{
    size_t used = strlen(before), size = strlen(unit), count = 10000000 / size;
    char *text = malloc(used + count * size + 1);
    assert_non_null(text);
    put(text, before);
    for (size_t i = 0; i < count; i++, used += size)
        put(text + used, unit);
    text[used++] = '\n';
    clock_t start = clock();
    check_refused(text, used, line, fragment);
    double spent = seconds(start);
    free(text);
    if (!(spent < 2.0 * SLOWER))
        fail_msg("%.2f s for 10 MB of \"%s\"", spent, unit);
}

static void test_garbage(void **state)
{
    (void)state;
    check_garbage("a,b\n1,", "x", 2, "column 2 (\"b\"): the cell is longer than 65536 bytes");
    check_garbage("", "x", 1, "column 1: the cell is longer than 65536 bytes");
    check_garbage("a,b\n1,", "1", 2, "column 2 (\"b\"): the cell is longer than");
    check_garbage("a,b\n1,\"", "1 2\n", 2, "column 2 (\"b\"): the cell is longer than");
    check_garbage("a,b\n1,", "\xff", 2, "column 2 (\"b\"): the cell is longer than");
    check_garbage("a,b\n1,", "\"", 2, "column 2 (\"b\"): the cell is longer than");
    check_garbage("a,b\n1,", "2,", 2, "the row has 5000002 cells but the header has 2");
    check_garbage("", "1,", 1, "the header has more than 100000 columns");
    check_garbage("a,b\n1,", " ", 2, "column 2 (\"b\"): the cell is empty");
    check_garbage("a,b\n", "\n", 1, "there is a header but no row");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_quoted_names),
        cmocka_unit_test(test_blank_lines_at_the_end),
        cmocka_unit_test(test_number_forms),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_block_ends),
        cmocka_unit_test(test_locale),
        cmocka_unit_test(test_bad_numbers),
        cmocka_unit_test(test_decimal_comma),
        cmocka_unit_test(test_empty_cells),
        cmocka_unit_test(test_ragged_rows),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_nothing_to_read),
        cmocka_unit_test(test_blank_lines_between),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_carriage_return_at_block_end),
        cmocka_unit_test(test_other_separators),
        cmocka_unit_test(test_no_header),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_long_and_hostile_cells),
        cmocka_unit_test(test_rests),
        cmocka_unit_test(test_longest_cell),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_no_permission),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_free_nothing),
        cmocka_unit_test(test_large_table),
        cmocka_unit_test(test_wide_table),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests_name("csv", tests, make_file, remove_file);
}
