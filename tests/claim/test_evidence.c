/* Rows that can fail: NaN and infinities never pass, and the worst replicate stands for all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "synthgrad/claim.h"

static bool passes(double measured, double predicted, double tolerance)
{
    struct sg_evidence ev = {0};
    sg_claim_compare(&ev, SG_SIMULATED, "x", measured, predicted, tolerance, "t");
    const bool ok = ev.row[0].ok;
    sg_claim_evidence_free(&ev);
    return ok;
}

static void what_is_not_finite_fails(void **state)
{
    (void)state;
    assert_true(passes(1.25, 1.0, 0.25));
    assert_false(passes(1.25, 1.0, 0.2499));
    assert_false(passes(SG_NAN, 1.0, 1.0));
    assert_false(passes(1.0, SG_NAN, 1.0));
    assert_false(passes(1.0, 1.0, SG_NAN));
    assert_false(passes(1.0, 1.0, HUGE_VAL));      /* a tolerance without end would let everything pass */
    assert_false(passes(HUGE_VAL, HUGE_VAL, 1.0));
    assert_true(passes(0.0, 0.0, 0.0));
}

static void ratios(void **state)
{
    (void)state;
    const struct sg_row exact = {.measured = 2.385, .predicted = 2.385, .tolerance = 0.0}, off = {.measured = 3, .predicted = 1, .tolerance = 0.5};
    assert_true(sg_claim_ratio(&exact) == 0.0);
    assert_true(sg_claim_ratio(&off) == 4.0);
}

static void series_keep_their_columns(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    sg_claim_series(&ev, "a", "t value other");
    for (int i = 0; i < 100; i++)
        sg_claim_point(&ev, (const double[]){i, 2.0 * i, -i});
    assert_int_equal(ev.series[0].width, 3);
    assert_int_equal(ev.series[0].rows, 100);
    assert_true(ev.series[0].value[3 * 57 + 1] == 114.0 && ev.series[0].value[3 * 99 + 2] == -99.0);
    sg_claim_evidence_free(&ev);
}

static void listings_keep_names_and_holes(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    sg_claim_listing(&ev, "gaps", "set|linear SG|a name that is longer than what a column heading holds");
    for (int i = 0; i < 20; i++)
        sg_claim_listing_row(&ev, i == 7 ? "noisy100" : "other", (const double[]){0.385 * i, i == 7 ? SG_NAN : i});
    const struct sg_listing *list = &ev.listing[0];
    assert_int_equal(list->n_columns, 3);
    assert_int_equal(list->n_rows, 20);
    assert_string_equal(list->column[0], "set");
    assert_string_equal(list->column[1], "linear SG");
    assert_int_equal(strlen(list->column[2]), SG_LISTING_NAME_MAX - 1);
    assert_string_equal(list->row[7], "noisy100");
    assert_true(list->value[2 * 7] == 0.385 * 7 && isnan(list->value[2 * 7 + 1]) && list->value[2 * 19 + 1] == 19);
    sg_claim_evidence_free(&ev);
}

static void effects_are_found_open_or_contradicted(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    sg_claim_effect(&ev, "found", 0.5, 0.2, 0.8, "t");
    sg_claim_effect(&ev, "open", 0.5, -0.1, 1.1, "t");
    sg_claim_effect(&ev, "contradicted", -0.5, -0.8, -0.2, "t");
    sg_claim_effect(&ev, "broken", 0.5, SG_NAN, 0.8, "t");
    sg_claim_effect(&ev, "endless", HUGE_VAL, 0.1, HUGE_VAL, "t");
    assert_true(ev.row[0].ok && !ev.row[1].ok && !ev.row[2].ok && !ev.row[3].ok && !ev.row[4].ok);
    assert_true(sg_claim_ratio(&ev.row[0]) < 1 && sg_claim_ratio(&ev.row[1]) > 1 && sg_claim_ratio(&ev.row[2]) == HUGE_VAL);
    sg_claim_evidence_free(&ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_finite_fails), cmocka_unit_test(ratios), cmocka_unit_test(series_keep_their_columns), cmocka_unit_test(listings_keep_names_and_holes),
        cmocka_unit_test(effects_are_found_open_or_contradicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
