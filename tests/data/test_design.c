/* From a table to X and y: what is standardised, dropped, kept and refused, by
 * hand-made values and long double. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "synthgrad/data.h"

static const struct sg_design_options raw = {.intercept = false};
static const struct sg_design_options raw_ones = {.intercept = true};
static const struct sg_design_options standard = {.standardise = true};
static const struct sg_design_options standard_ones = {.standardise = true, .intercept = true};
static const struct sg_design_options all_standard = {.standardise = true,
                                                      .standardise_targets = true,
                                                      .intercept = true};

static struct sg_data data;
static struct sg_design design;
static struct sg_error err;

/* ---- checks ---------------------------------------------------------------------------- */

/* One target; the outputs hold rubbish beforehand, as an output may. */
static enum sg_status make(const struct sg_table *table, const char *target,
                           const struct sg_design_options *options)
{
    memset(&data, 0xa5, sizeof data);
    memset(&design, 0xa5, sizeof design);
    memset(&err, 0, sizeof err);
    return sg_data_make_design(&data, &design, table, "file.csv", &target, 1, options, &err);
}

static void make_ok(const struct sg_table *table, const char *target,
                    const struct sg_design_options *options)
{
    if (make(table, target, options) != SG_OK)
        fail_msg("refused: %s", err.text);
    assert_int_equal(data.n, table->rows);
    assert_int_equal(data.d, design.features + options->intercept);
    assert_int_equal(data.m, design.outputs);
    assert_int_equal(design.intercept, options->intercept);
    assert_true(sg_base_all_finite(data.x, data.n * data.d));
    for (size_t i = 0; i < data.n; i++) {
        assert_true(data.one[i] == 1);
        assert_true(!options->intercept || data.x[i * data.d + data.d - 1] == 1);
    }
}

static void release(void)
{
    sg_data_free(&data);
    sg_data_design_free(&design);
}

static void check_zeroed(void)
{
    static const struct sg_data no_data;
    static const struct sg_design no_design;
    assert_true(data.x == no_data.x && data.y == no_data.y && data.one == no_data.one);
    assert_true(data.n == 0 && data.d == 0 && data.m == 0);
    assert_true(design.column == no_design.column &&
                design.dropped_column == no_design.dropped_column);
    assert_true(design.mean == no_design.mean && design.scale == no_design.scale);
    assert_true(design.y_mean == no_design.y_mean && design.y_scale == no_design.y_scale);
    assert_true(design.features == 0 && design.dropped == 0 && design.outputs == 0 &&
                !design.intercept);
}

static void check_message(const char *fragment)
{
    if (strncmp(err.text, "file.csv:1: ", 12) != 0 || strstr(err.text, fragment) == NULL)
        fail_msg("wanted \"%s\", got \"%s\"", fragment, err.text);
    for (const char *c = err.text; *c != '\0'; c++)
        assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static void check_refused(const struct sg_table *table, const char *target,
                          const struct sg_design_options *options, const char *fragment)
{
    assert_int_equal(make(table, target, options), SG_BAD_INPUT);
    check_message(fragment);
    check_zeroed();
}

static void check_within(double value, double wanted, double tolerance, const char *what)
{
    if (!sg_base_within(fabs(value - wanted), tolerance))
        fail_msg("%s: %.17g, wanted %.17g, err/tol %.3g", what, value, wanted,
                 fabs(value - wanted) / tolerance);
}

static void check_column(size_t k, const double *wanted)
{
    for (size_t i = 0; i < data.n; i++)
        if (!(data.x[i * data.d + k] == wanted[i]))
            fail_msg("x[%zu][%zu]: %.17g, wanted %.17g", i, k, data.x[i * data.d + k], wanted[i]);
}

/* ---- what becomes of the columns ------------------------------------------------------- */

static char *abcd[] = {"a", "b", "c", "d"};
/* b is constant */
static double four_cells[] = {1, 7, 10, 2,   3, 7, 30, 5,   1, 7, 10, 2,   3, 7, 30, 9};
static const struct sg_table four = {.rows = 4, .columns = 4, .names = abcd, .cells = four_cells};

static void test_file_units(void **state)
{
    static const double a[] = {1, 3, 1, 3}, c[] = {10, 30, 10, 30}, d[] = {2, 5, 2, 9};
    (void)state;
    make_ok(&four, "d", &raw_ones);
    assert_int_equal(design.features, 2);
    assert_int_equal(design.column[0], 0);
    assert_int_equal(design.column[1], 2);
    assert_int_equal(design.dropped, 1);
    assert_int_equal(design.dropped_column[0], 1);
    check_column(0, a);
    check_column(1, c);
    for (size_t k = 0; k < 2; k++)
        assert_true(design.mean[k] == 0 && design.scale[k] == 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(data.y[i] == d[i]);
    assert_true(design.y_mean[0] == 0 && design.y_scale[0] == 1);
    release();
}

/* {1, 3, 1, 3}: mean 2, standard deviation with divisor n exactly 1
 * (with n - 1 it would be 1.15). */
static void test_standardised(void **state)
{
    static const double wanted[] = {-1, 1, -1, 1};
    (void)state;
    make_ok(&four, "d", &standard_ones);
    assert_int_equal(design.features, 2);
    check_column(0, wanted);
    check_column(1, wanted);   /* collinear, and kept */
    assert_true(design.mean[0] == 2 && design.scale[0] == 1);
    assert_true(design.mean[1] == 20 && design.scale[1] == 10);
    assert_true(data.y[1] == 5 && design.y_mean[0] == 0 && design.y_scale[0] == 1);
    release();
}

static void test_target_in_the_middle(void **state)
{
    static const double d[] = {2, 5, 2, 9};
    (void)state;
    make_ok(&four, "c", &raw_ones);
    assert_int_equal(design.features, 2);
    assert_int_equal(design.column[1], 3);
    check_column(1, d);
    assert_true(data.y[1] == 30);
    release();
}

static void test_several_targets(void **state)
{
    const char *targets[] = {"d", "a"};   /* in the order asked for, not the file's */
    (void)state;
    assert_int_equal(sg_data_make_design(&data, &design, &four, "file.csv", targets, 2,
                                         &all_standard, &err),
                     SG_OK);
    assert_int_equal(design.outputs, 2);
    assert_int_equal(data.m, 2);
    assert_int_equal(data.d, 2);
    assert_int_equal(design.column[0], 2);
    /* d = {2, 5, 2, 9}: mean 4.5, variance 33/4; a: mean 2, scale 1.  Three roundings: 4 u. */
    double scale = sqrt(8.25);
    assert_true(design.y_mean[0] == 4.5 && design.y_mean[1] == 2 && design.y_scale[1] == 1);
    check_within(design.y_scale[0], scale, 4 * SG_UNIT_ROUNDOFF * scale, "scale of d");
    for (size_t i = 0; i < 4; i++) {
        double wanted = (four_cells[4 * i + 3] - 4.5) / scale;
        check_within(data.y[2 * i], wanted, 6 * SG_UNIT_ROUNDOFF * fabs(wanted), "d");
        assert_true(data.y[2 * i + 1] == four_cells[4 * i] - 2);
    }
    release();
}

/* ---- constant columns ------------------------------------------------------------------ */

/* c varies by five units in its last place, 10 u */
static double constant_cells[] = {0, 7, 1, 2,   -0.0, 7, 1 + 5 * DBL_EPSILON, 5,   0, 7, 1, 4};
static const struct sg_table constants = {.rows = 3,
                                          .columns = 4,
                                          .names = abcd,
                                          .cells = constant_cells};

static void test_constants_with_intercept(void **state)
{
    (void)state;
    for (int standardise = 0; standardise < 2; standardise++) {
        make_ok(&constants, "d", standardise ? &standard_ones : &raw_ones);
        assert_int_equal(design.dropped, 2);   /* zeros of either sign, and the sevens */
        assert_int_equal(design.dropped_column[0], 0);
        assert_int_equal(design.dropped_column[1], 1);
        assert_int_equal(design.features, 1);
        assert_int_equal(design.column[0], 2);
        assert_true(!design.dropped_rounded[0] && !design.dropped_rounded[1]);
        release();
    }
}

/* Four units in the last place of 1, 8 u, are rounding; whole numbers beside 1e15 are not.  Through
 * the origin the column does the intercept's work and stays. */
static void test_constant_to_rounding(void **state)
{
    static double cells[] = {1 - DBL_EPSILON, 1e15, 0, 1 + 3 * DBL_EPSILON, 1e15 + 1, 1,
                             1,               1e15, 2};
    const struct sg_table table = {.rows = 3, .columns = 3, .names = abcd, .cells = cells};
    (void)state;
    for (int standardise = 0; standardise < 2; standardise++) {
        make_ok(&table, "c", standardise ? &standard_ones : &raw_ones);
        assert_int_equal(design.dropped, 1);
        assert_int_equal(design.dropped_column[0], 0);
        assert_true(design.dropped_rounded[0]);
        assert_int_equal(design.column[0], 1);
        release();
        make_ok(&table, "c", standardise ? &standard : &raw);
        assert_int_equal(design.dropped, 0);
        release();
    }
}

/* Beside 1e15 doubles are 1/8 apart, so no double is the mean 1e15 + 1/3: the two parts are.
 * x by hand: (-1/3, 2/3, -1/3) / (sqrt(2) / 3), to 6 roundings. */
static void test_mean_of_two_parts(void **state)
{
    static double cells[] = {1e15, 0, 1e15 + 1, 1, 1e15, 2};
    static const double wanted[] = {-1, 2, -1};
    const struct sg_table table = {.rows = 3, .columns = 2, .names = abcd, .cells = cells};
    (void)state;
    make_ok(&table, "b", &standard_ones);
    check_within(design.mean[0] - 1e15 + design.mean_rest[0], 1.0 / 3, 4 * SG_UNIT_ROUNDOFF,
                 "mean");
    for (size_t i = 0; i < 3; i++)
        check_within(data.x[2 * i], wanted[i] / sqrt(2), 6 * SG_UNIT_ROUNDOFF * 2, "x");
    release();
}

/* Through the origin nothing is centred, in features and in targets: {1, 3, 1, 3} by its root mean
 * square sqrt(5), to 4 roundings. */
static void test_origin(void **state)
{
    static const struct sg_design_options all = {.standardise = true, .standardise_targets = true};
    (void)state;
    make_ok(&four, "c", &all);
    assert_true(design.mean[0] == 0 && design.mean_rest[0] == 0 && design.y_mean[0] == 0);
    for (size_t i = 0; i < 4; i++) {
        check_within(data.x[i * data.d], four_cells[4 * i] / sqrt(5), 6 * SG_UNIT_ROUNDOFF, "x");
        check_within(data.y[i], four_cells[4 * i] / sqrt(5), 6 * SG_UNIT_ROUNDOFF, "y");
    }
    release();
}

static void test_constants_without_intercept(void **state)
{
    static const double sevens[] = {7, 7, 7};
    (void)state;
    for (int standardise = 0; standardise < 2; standardise++) {
        make_ok(&constants, "d", standardise ? &standard : &raw);
        assert_int_equal(design.dropped, 1);
        assert_int_equal(design.dropped_column[0], 0);
        assert_int_equal(design.features, 2);
        assert_int_equal(design.column[0], 1);
        check_column(0, sevens);
        assert_true(design.mean[0] == 0 && design.scale[0] == 1);
        release();
    }
}

static void test_constant_target(void **state)
{
    (void)state;
    make_ok(&four, "b", &standard_ones);
    assert_true(data.y[0] == 7 && data.y[3] == 7);
    assert_int_equal(design.dropped, 0);
    release();
    check_refused(&four, "b", &all_standard,
                  "the target \"b\" is constant (7) and cannot be standardised; ");
}

static void test_no_feature_left(void **state)
{
    static double cells[] = {0, 3,   0, 4,   0, 6};
    static const double ones[] = {1, 1, 1};
    const struct sg_table zeros = {.rows = 3, .columns = 2, .names = abcd, .cells = cells};
    const struct sg_table alone = {.rows = 6, .columns = 1, .names = abcd, .cells = four_cells};
    (void)state;
    make_ok(&zeros, "b", &standard_ones);
    assert_int_equal(data.d, 1);
    assert_int_equal(design.features, 0);
    assert_int_equal(design.dropped, 1);
    check_column(0, ones);
    release();
    make_ok(&alone, "a", &raw_ones);
    assert_int_equal(data.d, 1);
    release();
    check_refused(&zeros, "b", &raw, "no feature column is left (1 all zero); ");
    check_refused(&alone, "a", &standard, "no feature column is left (0 all zero); ");
}

static void test_one_row(void **state)
{
    const struct sg_table one_row = {.rows = 1, .columns = 4, .names = abcd, .cells = four_cells};
    (void)state;
    make_ok(&one_row, "d", &standard_ones);
    assert_int_equal(design.dropped, 3);
    assert_int_equal(data.d, 1);
    release();
    make_ok(&one_row, "d", &standard);
    assert_int_equal(design.features, 3);
    assert_true(data.x[1] == 7 && design.mean[1] == 0 && design.scale[1] == 1);
    release();
}

/* ---- numbers --------------------------------------------------------------------------- */

enum { TALL = 1009, WIDE = 6 };

/* Means up to 1e11 times the spread; the last column is the target. */
static void fill_offset(double *cells, struct sg_rng *rng)
{
    static const double offset[WIDE] = {0, 2.385, 1e3, -1e6, 1e9, 0.7};
    static const double spread[WIDE] = {1, 0.31, 1e-3, 3.3, 0.013, 1e5};
    for (size_t i = 0; i < TALL; i++)
        for (size_t j = 0; j < WIDE; j++)
            cells[i * WIDE + j] = offset[j] + spread[j] * sg_base_rng_gaussian(rng);
}

/* Against long double (u' = u / 2048), two passes.  Per column, |c| <= C and standard deviation s:
 *   mean   its own rounding and that of the correction: 2 u C;
 *   scale  n terms summed, relative error (n + 3) u in s^2, half of that in s, and the rounding of
 *          c - mean: at most u (C / s) relative to s on each deviation.
 *          Together ((n + 3) / 2 + C / s) u s;
 *   x      (mean's error) / s + |x| (scale's relative error) + 2 u |x|. */
static void test_against_long_double(void **state)
{
    static double cells[TALL * WIDE];
    static char *names[] = {"a", "b", "c", "d", "e", "y"};
    const struct sg_table table = {.rows = TALL, .columns = WIDE, .names = names, .cells = cells};
    const double u = SG_UNIT_ROUNDOFF, n = TALL;
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct sg_rng *rng = sg_base_rng_alloc(seed, "design", 0, "offset");
        fill_offset(cells, rng);
        sg_base_rng_free(rng);
        make_ok(&table, "y", &standard_ones);
        assert_int_equal(design.features, WIDE - 1);
        for (size_t k = 0; k < WIDE - 1; k++) {
            long double mean = 0, squares = 0;
            double largest = 0;
            for (size_t i = 0; i < TALL; i++) {
                mean += (long double)cells[i * WIDE + k] / TALL;
                largest = fmax(largest, fabs(cells[i * WIDE + k]));
            }
            for (size_t i = 0; i < TALL; i++)
                squares += ((long double)cells[i * WIDE + k] - mean) *
                           ((long double)cells[i * WIDE + k] - mean);
            long double scale = sqrtl(squares / TALL);
            double s = (double)scale, relative = ((n + 3) / 2 + largest / s) * u;
            check_within(design.mean[k], (double)mean, 2 * u * largest, "mean");
            check_within(design.scale[k], s, relative * s, "scale");
            for (size_t i = 0; i < TALL; i++) {
                double wanted = (double)(((long double)cells[i * WIDE + k] - mean) / scale);
                check_within(data.x[i * data.d + k], wanted,
                             2 * u * largest / s + fabs(wanted) * (relative + 2 * u), "x");
                /* and x is (cell - mean) / scale with the mean and scale handed out,
                 * which others undo it with */
                assert_true(data.x[i * data.d + k] ==
                            (cells[i * WIDE + k] - design.mean[k] - design.mean_rest[k]) /
                                design.scale[k]);
            }
        }
        release();
    }
}

/* The mean of 1 and 1 + 5 eps cannot be represented; the standard deviation
 * still comes out, 5 eps / 2. */
static void test_neighbours(void **state)
{
    static double cells[] = {1, 0,   1 + 5 * DBL_EPSILON, 1};
    const struct sg_table table = {.rows = 2, .columns = 2, .names = abcd, .cells = cells};
    (void)state;
    make_ok(&table, "b", &standard_ones);
    assert_true(design.scale[0] == 5 * DBL_EPSILON / 2);
    assert_true(data.x[2] - data.x[0] == 2);
    release();
}

/* Another unit, by a power of two, changes no bit of X: up to the ends of the range. */
static void test_units(void **state)
{
    static const int exponents[] = {-1000, -900, -30, 1, 700, 997, 1020};
    static double cells[] = {1.25, 0,   -3.5, 1,   7.1, 0,   2.385, 1};
    double scaled[8], x[4], mean, scale;
    const struct sg_table table = {.rows = 4, .columns = 2, .names = abcd, .cells = cells};
    const struct sg_table other = {.rows = 4, .columns = 2, .names = abcd, .cells = scaled};
    (void)state;
    make_ok(&table, "b", &standard_ones);
    for (size_t i = 0; i < 4; i++)
        x[i] = data.x[2 * i];
    mean = design.mean[0];
    scale = design.scale[0];
    release();
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        for (size_t i = 0; i < 8; i++)
            scaled[i] = i % 2 == 0 ? ldexp(cells[i], exponents[k]) : cells[i];
        make_ok(&other, "b", &standard_ones);
        check_column(0, x);
        assert_true(design.mean[0] == ldexp(mean, exponents[k]));
        assert_true(design.scale[0] == ldexp(scale, exponents[k]));
        release();
    }
}

static void test_huge_cells(void **state)
{
    static const double sizes[] = {1e300, 1.5e308, DBL_MAX}, signs[] = {1, -1, -1, 1};
    double cells[8];
    const struct sg_table table = {.rows = 4, .columns = 2, .names = abcd, .cells = cells};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 4; i++)
            cells[2 * i] = cells[2 * i + 1] = signs[i] * sizes[k];
        make_ok(&table, "b", &all_standard);
        assert_true(design.mean[0] == 0);
        /* square, sum, root */
        check_within(design.scale[0], sizes[k], 4 * SG_UNIT_ROUNDOFF * sizes[k], "scale");
        for (size_t i = 0; i < 4; i++) {
            check_within(data.x[2 * i], signs[i], 6 * SG_UNIT_ROUNDOFF, "x");
            check_within(data.y[i], signs[i], 6 * SG_UNIT_ROUNDOFF, "y");
        }
        release();
    }
}

/* A spread among the subnormals has no reciprocal: refused, in a feature and in a target;
 * in file units no matter. */
static void test_tiny_spread(void **state)
{
    static double cells[] = {0, 1,   0x1p-1074, 2,   0, 4};
    const struct sg_table table = {.rows = 3, .columns = 2, .names = abcd, .cells = cells};
    (void)state;
    /* rounds to 0 */
    check_refused(&table, "b", &standard_ones, "the spread of column \"a\" is out of range");
    cells[2] = 0x1p-1030;
    check_refused(&table, "b", &standard_ones, "the spread of column \"a\" is out of range");
    check_refused(&table, "a", &all_standard, "the spread of column \"a\" is out of range");
    make_ok(&table, "b", &raw_ones);
    assert_true(data.x[2] == 0x1p-1030);
    release();
    make_ok(&table, "a", &standard_ones);
    release();
    cells[2] = 0x1p-1020;
    make_ok(&table, "b", &standard_ones);
    assert_true(design.scale[0] >= DBL_MIN);
    release();
}

/* ---- targets --------------------------------------------------------------------------- */

static char *economy[] = {"gnp_deflator", "gnp",      "unemployed", "armed_forces", "population",
                          "year",         "employed", "Ma\xc3\x9f", "ninth",        "tenth"};
static double economy_cells[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const struct sg_table wide = {.rows = 2,
                                     .columns = 10,
                                     .names = economy,
                                     .cells = economy_cells};

static void test_unknown_target(void **state)
{
    static const struct { const char *target, *nearest; } typos[] = {
        {"employd", "employed"}, {"GNP", "gnp"}, {"Year", "year"}, {"armed forces", "armed_forces"},
        {"unemployment", "unemployed"}, {"gnp_deflater", "gnp_deflator"}, {"Mass", "Ma\xc3\x9f"},
        {"tenht", "tenth"}, {"employed ", "employed"},
    };
    char wanted[128];
    (void)state;
    for (size_t k = 0; k < sizeof typos / sizeof *typos; k++) {
        snprintf(wanted, sizeof wanted,
                 "no column \"%s\" for the target; the nearest name is \"%s\" (columns: ",
                 typos[k].target, typos[k].nearest);
        check_refused(&wide, typos[k].target, &standard_ones, wanted);
    }
    check_refused(&wide, "employd", &raw,
                  "(columns: \"gnp_deflator\", \"gnp\", \"unemployed\", \"armed_forces\", "
                  "\"population\", \"year\", \"employed\", \"Ma\xc3\x9f\" and 2 more)");
    check_refused(&four, "", &raw,
                  "there is no column \"\" for the target; the nearest name is \"a\" "
                  "(columns: \"a\", \"b\", \"c\", \"d\")");
    /* another case is nearer than another letter */
    check_refused(&four, "B", &raw, "the nearest name is \"b\"");
    check_refused(&four, "A\x1b\n", &raw, "there is no column \"A\\x1b\\x0a\"");
    /* 40 bytes */
    check_refused(&four, "123456789012345678901234567890123456\n", &raw, "3456\\x0a\" for");
    check_refused(&four, "1234567890123456789012345678901234567\n", &raw, "34567...\" for");
}

/* The longest message fits, in one line, and cuts no character in two. */
static void test_long_names(void **state)
{
    enum { LEN = 100000 };
    char *names[9], *target = malloc(LEN + 1);
    double cells[9] = {0};
    const struct sg_table table = {.rows = 1, .columns = 9, .names = names, .cells = cells};
    assert_non_null(target);
    (void)state;
    for (size_t j = 0; j < 9; j++) {
        names[j] = malloc(LEN + 1);
        assert_non_null(names[j]);
        memset(names[j], 'a' + (int)j, LEN);
        names[j][LEN] = '\0';
        memcpy(names[j] + 38, "\xe2\x82\xac", 3);   /* three bytes on the edge of 40 */
    }
    memset(target, 'c', LEN);
    target[LEN] = '\0';
    check_refused(
        &table, target, &raw,
        "the nearest name is \"cccccccccccccccccccccccccccccccccccccc...\" (columns: \"aaa");
    assert_non_null(strstr(err.text, "hhh...\" and 1 more)"));
    assert_null(strstr(err.text, "\xe2"));
    memcpy(names[8] + 37, "\xe2\x82\xac|", 4);
    check_refused(&table, names[8] + 1, &raw,
                  "for the target; the nearest name is "
                  "\"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii\xe2\x82\xac...\"");
    for (size_t j = 0; j < 9; j++)
        free(names[j]);
    free(target);
}

static void test_bad_target_lists(void **state)
{
    const char *twice[] = {"d", "a", "d"}, *unknown[] = {"d", "e"};
    (void)state;
    assert_int_equal(sg_data_make_design(&data, &design, &four, "file.csv", twice, 3, &raw, &err),
                     SG_BAD_INPUT);
    check_message("the target \"d\" is named twice; ");
    check_zeroed();
    assert_int_equal(sg_data_make_design(&data, &design, &four, "file.csv", unknown, 2, &raw, &err),
                     SG_BAD_INPUT);
    check_message("there is no column \"e\"");
    check_zeroed();
    assert_int_equal(sg_data_make_design(&data, &design, &four, "file.csv", NULL, 0, &raw, &err),
                     SG_BAD_INPUT);
    check_message("no target is named; ");
    check_zeroed();
}

static void test_free_nothing(void **state)
{
    (void)state;
    sg_data_design_free(NULL);
    design = (struct sg_design){0};
    sg_data_design_free(&design);
    design.column = malloc(8);
    sg_data_design_free(&design);
    assert_null(design.column);
}

/* ---- from the file on ------------------------------------------------------------------ */

static void test_from_file(void **state)
{
    char path[] = "/tmp/synthgrad_design_XXXXXX";
    int fd = mkstemp(path);
    const char text[] = "hours,\"shop, no\",sales\n1,4,10.5\n3,4,20\n1,4,11\n3,4,19.25\n";
    static const double hours[] = {-1, 1, -1, 1}, sales[] = {10.5, 20, 11, 19.25};
    struct sg_table table;
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(close(fd), 0);
    assert_int_equal(sg_data_read_csv(&table, path, &err), SG_OK);
    make_ok(&table, "sales", &standard_ones);
    assert_int_equal(data.d, 2);
    assert_int_equal(design.dropped, 1);
    assert_string_equal(table.names[design.dropped_column[0]], "shop, no");
    check_column(0, hours);
    assert_memory_equal(data.y, sales, sizeof sales);
    release();
    sg_data_table_free(&table);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_units),
        cmocka_unit_test(test_standardised),
        cmocka_unit_test(test_target_in_the_middle),
        cmocka_unit_test(test_several_targets),
        cmocka_unit_test(test_constants_with_intercept),
        cmocka_unit_test(test_constant_to_rounding),
        cmocka_unit_test(test_mean_of_two_parts),
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_constants_without_intercept),
        cmocka_unit_test(test_constant_target),
        cmocka_unit_test(test_no_feature_left),
        cmocka_unit_test(test_one_row),
        cmocka_unit_test(test_against_long_double),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_huge_cells),
        cmocka_unit_test(test_tiny_spread),
        cmocka_unit_test(test_unknown_target),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_bad_target_lists),
        cmocka_unit_test(test_free_nothing),
        cmocka_unit_test(test_from_file),
    };
    return cmocka_run_group_tests_name("design", tests, NULL, NULL);
}
