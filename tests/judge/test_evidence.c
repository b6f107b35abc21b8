/* Rows, series and listings: what a row comes to by its form, and which of two stands. */
#include <math.h>
#include <string.h>

#include "support.h"
#include "synthgrad/claim.h"

static struct sg_row row_of_form(enum sg_row_form form, double measured, double predicted,
                                 double tolerance)
{
    return (struct sg_row){.id = "id", .what = "what", .basis = "basis", .kind = SG_SIMULATED,
                           .form = form, .measured = measured, .predicted = predicted,
                           .tolerance = tolerance, .scale = 1};
}

static struct sg_row effect(double measured, double low, double high)
{
    struct sg_row row = row_of_form(SG_ROW_EFFECT, measured, 0, measured - low);
    row.low = low;
    row.high = high;
    return row;
}

/* The row as the evidence has it after this one, and another if not NULL. */
static struct sg_row added(struct sg_row row, const struct sg_row *another)
{
    struct sg_evidence ev = {0};
    sg_claim_add_row(&ev, &row);
    if (another)
        sg_claim_add_row(&ev, another);
    CHECK(ev.n_rows == 1);
    row = ev.row[0];
    CHECK(row.ok == (row.state == SG_ROW_MET));
    sg_claim_evidence_free(&ev);
    return row;
}

static enum sg_row_state state_of(enum sg_row_form form, double measured, double predicted,
                                  double tolerance)
{
    context("form %d: %g, %g, tolerance %g", (int)form, measured, predicted, tolerance);
    return added(row_of_form(form, measured, predicted, tolerance), NULL).state;
}

static void equal_rows(void **state)
{
    (void)state;
    const enum sg_row_form equal = SG_ROW_EQUAL;
    CHECK(state_of(equal, 1.0625, 1, 0.0625) == SG_ROW_MET);
    CHECK(state_of(equal, 0.9375, 1, 0.0625) == SG_ROW_MET);
    CHECK(state_of(equal, 1.0626, 1, 0.0625) == SG_ROW_MISSED);
    CHECK(state_of(equal, 0.9374, 1, 0.0625) == SG_ROW_MISSED);
    CHECK(state_of(equal, 0, 0, 0) == SG_ROW_MET);
    CHECK(state_of(equal, 1, 1, 0.1) == SG_ROW_MET);
    CHECK(state_of(equal, 1, 1, 0.1001) == SG_ROW_IS_BLIND);
    CHECK(state_of(equal, 1.2, 1, 0.15) == SG_ROW_MISSED);     /* seen with a wide tolerance, too */
    CHECK(state_of(equal, 1e9, 1, HUGE_VAL) == SG_ROW_IS_BLIND);
    CHECK(state_of(equal, 1, 1, SG_NAN) == SG_ROW_IS_BLIND);
    CHECK(state_of(equal, SG_NAN, 1, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(equal, 1, SG_NAN, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(equal, HUGE_VAL, 1, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(equal, 1, -HUGE_VAL, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(equal, SG_NAN, SG_NAN, HUGE_VAL) == SG_ROW_OPEN);
    struct sg_row zero = row_of_form(equal, 0, 0, 1e-12);
    zero.scale = 0;                                  /* of nothing every tolerance is too wide */
    CHECK(added(zero, NULL).state == SG_ROW_IS_BLIND);
    zero.scale = SG_NAN;
    CHECK(added(zero, NULL).state == SG_ROW_IS_BLIND);
}

static void bounds(void **state)
{
    (void)state;
    const enum sg_row_form bound = SG_ROW_BOUND;
    CHECK(state_of(bound, -7, 1, 0.0625) == SG_ROW_MET);
    CHECK(state_of(bound, 1.0625, 1, 0.0625) == SG_ROW_MET);
    CHECK(state_of(bound, 1.0626, 1, 0.0625) == SG_ROW_MISSED);
    CHECK(state_of(bound, 0.5, 1, 0.1001) == SG_ROW_IS_BLIND);
    CHECK(state_of(bound, -HUGE_VAL, 1, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(bound, 0.5, HUGE_VAL, 0.01) == SG_ROW_OPEN);
    CHECK(state_of(bound, SG_NAN, 1, 0.01) == SG_ROW_OPEN);
}

/* Counts are exact: no scale, no tolerance. */
static void facts(void **state)
{
    (void)state;
    struct sg_row row = row_of_form(SG_ROW_FACT, 3, 3, 0);
    row.scale = 0;
    CHECK(added(row, NULL).state == SG_ROW_MET);
    row.measured = 4;
    CHECK(added(row, NULL).state == SG_ROW_MISSED);
    row.measured = SG_NAN;
    CHECK(added(row, NULL).state == SG_ROW_OPEN);
}

static void effects(void **state)
{
    (void)state;
    CHECK(added(effect(0.5, 0.2, 0.8), NULL).state == SG_ROW_MET);
    CHECK(added(effect(0.5, -0.1, 1.1), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(-0.5, -0.8, -0.2), NULL).state == SG_ROW_MISSED);
    CHECK(added(effect(0, 0, 0), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(0.5, 0, 1), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(-0.5, -1, 0), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(SG_NAN, 0.2, 0.8), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(0.5, SG_NAN, 0.8), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(0.5, 0.2, HUGE_VAL), NULL).state == SG_ROW_OPEN);
    CHECK(added(effect(-0.5, -HUGE_VAL, -0.2), NULL).state == SG_ROW_OPEN);
}

/* A proof's state is the certificate's word, whatever the numbers beside it. */
static void proofs(void **state)
{
    (void)state;
    const enum sg_row_state given[] = {SG_ROW_MET, SG_ROW_MISSED, SG_ROW_OPEN};
    for (size_t i = 0; i < COUNT(given); i++) {
        struct sg_row row = row_of_form(SG_ROW_PROOF, SG_NAN, 1, 0);
        row.state = given[i];
        CHECK(added(row, NULL).state == given[i]);
    }
}

/* From best to worst: met by a little, met narrowly, blind, open, missed by a little, by far. */
static void of_one_id_the_worst_stands(void **state)
{
    (void)state;
    const struct sg_row rank[] = {
        row_of_form(SG_ROW_EQUAL, 1, 1, 0.01), row_of_form(SG_ROW_EQUAL, 1.005, 1, 0.01),
        row_of_form(SG_ROW_EQUAL, 0.991, 1, 0.01), row_of_form(SG_ROW_EQUAL, 1, 1, 0.5),
        row_of_form(SG_ROW_EQUAL, SG_NAN, 1, 0.01), row_of_form(SG_ROW_EQUAL, 1.02, 1, 0.01),
        row_of_form(SG_ROW_EQUAL, 7, 1, 0.01)};
    for (size_t a = 0; a < COUNT(rank); a++)
        for (size_t b = 0; b < COUNT(rank); b++) {
            const struct sg_row kept = added(rank[a], &rank[b]), *worst = &rank[a > b ? a : b];
            context("rows %zu and %zu", a, b);
            CHECK_SAME(&kept.measured, &worst->measured, 1);
            CHECK_SAME(&kept.tolerance, &worst->tolerance, 1);
        }
}

static void other_ids_are_other_rows(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    struct sg_row row = row_of_form(SG_ROW_EQUAL, 1, 1, 0.01);
    for (int i = 0; i < 40; i++) {
        snprintf(row.id, sizeof row.id, "id-%d", i % 20);
        row.measured = i < 20 ? 1 : 1 + 1e-4 * i;
        sg_claim_add_row(&ev, &row);
    }
    CHECK(ev.n_rows == 20);
    for (int i = 0; i < 20; i++)
        CHECK(ev.row[i].measured == 1 + 1e-4 * (i + 20) && ev.row[i].ok);
    sg_claim_evidence_free(&ev);
    CHECK_ABORTS(row.id[0] = '\0'; sg_claim_add_row(&ev, &row));
    struct sg_row other = row_of_form(SG_ROW_BOUND, 1, 1, 0.01);
    CHECK_ABORTS((void)added(row_of_form(SG_ROW_EQUAL, 1, 1, 0.01), &other));
}

static void margins_and_shares(void **state)
{
    (void)state;
    const struct { struct sg_row row; double margin; } of[] = {
        {row_of_form(SG_ROW_EQUAL, 3, 1, 0.5), 4},
        {row_of_form(SG_ROW_EQUAL, -1, 1, 8), 0.25},
        {row_of_form(SG_ROW_EQUAL, 2.385, 2.385, 0), 0},
        {row_of_form(SG_ROW_EQUAL, 3, 1, 0), HUGE_VAL},
        {row_of_form(SG_ROW_BOUND, 3, 1, 0.5), 4},
        {row_of_form(SG_ROW_BOUND, -9, 1, 0.5), 0},
        {row_of_form(SG_ROW_BOUND, 1, 1, 0), 0},
        {row_of_form(SG_ROW_BOUND, 2, 1, 0), HUGE_VAL},
        {row_of_form(SG_ROW_FACT, 1, 1, 0), 0},
        {row_of_form(SG_ROW_FACT, 0, 1, 0), HUGE_VAL},
        {effect(0.5, 0.25, 0.75), 0.5},
        {effect(0.5, -0.5, 1.5), 2},
        {effect(-0.5, -0.75, -0.25), HUGE_VAL},
        {effect(0, -1, 1), HUGE_VAL}};
    for (size_t i = 0; i < COUNT(of); i++) {
        const struct sg_row row = added(of[i].row, NULL);
        context("row %zu: margin %g, not %g", i, sg_claim_margin(&row), of[i].margin);
        CHECK(sg_claim_margin(&row) == of[i].margin);
        CHECK(row.form == SG_ROW_BOUND ? sg_claim_share(&row) == row.measured / row.predicted
                                       : isnan(sg_claim_share(&row)));
    }
    struct sg_row proof = row_of_form(SG_ROW_PROOF, SG_NAN, 1, 0);
    proof.state = SG_ROW_MET;
    proof = added(proof, NULL);
    CHECK(sg_claim_margin(&proof) == 0);
    proof.state = SG_ROW_OPEN;
    proof = added(proof, NULL);
    CHECK(sg_claim_margin(&proof) == HUGE_VAL);
}

static void series_keep_their_columns(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    sg_claim_series(&ev, "a", "t value other");
    for (int i = 0; i < 100; i++)
        sg_claim_point(&ev, (const double[]){i, 2.0 * i, -i});
    const struct sg_series *s = &ev.series[0];
    CHECK(ev.n_series == 1 && s->width == 3 && s->rows == 100 && strcmp(s->name, "a") == 0);
    CHECK(s->value[3 * 57 + 1] == 114.0 && s->value[3 * 99 + 2] == -99.0);
    sg_claim_evidence_free(&ev);
}

static void listings_keep_names_and_holes(void **state)
{
    (void)state;
    struct sg_evidence ev = {0};
    sg_claim_listing(&ev, "gaps", "set|linear SG|a name that is longer than what a heading holds");
    for (int i = 0; i < 20; i++)
        sg_claim_listing_row(&ev, i == 7 ? "noisy100" : "other",
                             (const double[]){0.385 * i, i == 7 ? SG_NAN : i});
    const struct sg_listing *list = &ev.listing[0];
    CHECK(list->n_columns == 3 && list->n_rows == 20 && strcmp(list->title, "gaps") == 0);
    CHECK(strcmp(list->column[0], "set") == 0 && strcmp(list->column[1], "linear SG") == 0);
    CHECK(strlen(list->column[2]) == SG_LISTING_NAME_MAX - 1);
    CHECK(strcmp(list->row[7], "noisy100") == 0);
    CHECK(list->value[2 * 7] == 0.385 * 7 && isnan(list->value[2 * 7 + 1]));
    CHECK(list->value[2 * 19 + 1] == 19);
    sg_claim_evidence_free(&ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equal_rows), TEST(bounds), TEST(facts), TEST(effects), TEST(proofs),
        TEST(of_one_id_the_worst_stands), TEST(other_ids_are_other_rows), TEST(margins_and_shares),
        TEST(series_keep_their_columns), TEST(listings_keep_names_and_holes)};
    return RUN(tests);
}
