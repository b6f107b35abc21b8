/* Evidence: rows that can fail and series for the figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/claims.h"

const char *sg_claim_kind_name(enum sg_evidence_kind kind)
{
    static const char *const name[SG_EVIDENCE_KINDS] = {"closed form", "simulated", "certified", "machine-checked"};
    return name[kind];
}

const char *sg_claim_verdict_name(enum sg_verdict verdict)
{
    static const char *const name[SG_VERDICTS] = {"holds", "fails", "inconclusive", "refuted", "reproduced", "not reproduced", "skipped"};
    return name[verdict];
}

void sg_claim_evidence_free(struct sg_evidence *ev)
{
    for (size_t i = 0; i < ev->n_series; i++)
        free(ev->series[i].value);
    for (size_t i = 0; i < ev->n_listings; i++) {
        free(ev->listing[i].column);
        free(ev->listing[i].row);
        free(ev->listing[i].value);
    }
    free(ev->listing);
    free(ev->series);
    free(ev->row);
    *ev = (struct sg_evidence){0};
}

void sg_claim_compare(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double predicted,
                      double tolerance, const char *basis)
{
    ev->row = sg_base_grow(ev->row, ev->n_rows, &ev->rows_capacity, sizeof *ev->row);
    struct sg_row *row = &ev->row[ev->n_rows++];
    *row = (struct sg_row){.kind = kind, .measured = measured, .predicted = predicted, .tolerance = tolerance};
    snprintf(row->what, sizeof row->what, "%s", what);
    SG_REQUIRE(strlen(basis) < sizeof row->basis);
    memcpy(row->basis, basis, strlen(basis) + 1);
    /* A tolerance that is not finite would let everything pass. */
    row->ok = isfinite(measured) && isfinite(tolerance) && sg_base_within(fabs(measured - predicted), tolerance);
}

void sg_claim_bound(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double bound,
                    const char *basis)
{
    sg_claim_compare(ev, kind, what, measured, 0.0, bound, basis);
}

void sg_claim_fact(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, bool is_so, const char *basis)
{
    sg_claim_compare(ev, kind, what, is_so ? 1.0 : 0.0, 1.0, 0.0, basis);
}

void sg_claim_effect(struct sg_evidence *ev, const char *what, double effect, double low, double high, const char *basis)
{
    sg_claim_compare(ev, SG_SIMULATED, what, effect, 0.0, effect - low, basis);
    struct sg_row *row = &ev->row[ev->n_rows - 1];
    row->effect = true;
    row->low = low;
    row->high = high;
    row->ok = isfinite(effect) && isfinite(high) && low > 0;
}

double sg_claim_ratio(const struct sg_row *row)
{
    if (row->effect)
        return row->measured > 0 ? row->tolerance / row->measured : HUGE_VAL;
    const double err = fabs(row->measured - row->predicted);
    return err == 0.0 ? 0.0 : err / row->tolerance;
}

static size_t count_words(const char *text)
{
    size_t words = 0;
    for (const char *p = text; *p; p++)
        words += *p != ' ' && (p == text || p[-1] == ' ');
    return words;
}

void sg_claim_series(struct sg_evidence *ev, const char *name, const char *columns)
{
    ev->series = sg_base_grow(ev->series, ev->n_series, &ev->series_capacity, sizeof *ev->series);
    struct sg_series *series = &ev->series[ev->n_series++];
    *series = (struct sg_series){.width = count_words(columns)};
    snprintf(series->name, sizeof series->name, "%s", name);
    snprintf(series->columns, sizeof series->columns, "%s", columns);
}

void sg_claim_point(struct sg_evidence *ev, const double *values)
{
    SG_REQUIRE(ev->n_series > 0);
    struct sg_series *series = &ev->series[ev->n_series - 1];
    for (size_t i = 0; i < series->width; i++) {
        const size_t count = series->rows * series->width + i;
        series->value = sg_base_grow(series->value, count, &series->capacity, sizeof *series->value);
        series->value[count] = values[i];
    }
    series->rows++;
}

void sg_claim_listing(struct sg_evidence *ev, const char *title, const char *columns)
{
    ev->listing = sg_base_grow(ev->listing, ev->n_listings, &ev->listings_capacity, sizeof *ev->listing);
    struct sg_listing *list = &ev->listing[ev->n_listings++];
    *list = (struct sg_listing){.n_columns = 1};
    for (const char *p = columns; *p; p++)
        list->n_columns += *p == '|';
    snprintf(list->title, sizeof list->title, "%s", title);
    list->column = sg_base_alloc(list->n_columns, sizeof *list->column);
    for (size_t i = 0; i < list->n_columns; i++) {
        const size_t length = strcspn(columns, "|");
        snprintf(list->column[i], SG_LISTING_NAME_MAX, "%.*s", (int)length, columns);
        columns += length + (i + 1 < list->n_columns);
    }
}

void sg_claim_listing_row(struct sg_evidence *ev, const char *name, const double *values)
{
    SG_REQUIRE(ev->n_listings > 0);
    struct sg_listing *list = &ev->listing[ev->n_listings - 1];
    list->row = sg_base_grow(list->row, list->n_rows, &list->names_capacity, sizeof *list->row);
    snprintf(list->row[list->n_rows], SG_LISTING_NAME_MAX, "%s", name);
    for (size_t i = 0; i + 1 < list->n_columns; i++) {
        const size_t count = list->n_rows * (list->n_columns - 1) + i;
        list->value = sg_base_grow(list->value, count, &list->capacity, sizeof *list->value);
        list->value[count] = values[i];
    }
    list->n_rows++;
}

enum sg_status sg_claim_make_data(struct sg_data *data, struct sg_evidence *ev, const struct sg_case *c, uint64_t seed, uint64_t replicate)
{
    struct sg_error err;
    const enum sg_status status = sg_case_make_data(data, c, seed, replicate, &err);
    if (status != SG_OK)
        snprintf(ev->note, sizeof ev->note, "%.380s", err.text);
    return status;
}

struct sg_rng *sg_claim_rng(const struct sg_trial *trial, const char *purpose)
{
    return sg_base_rng_alloc(trial->seed, trial->c->name, trial->replicate, purpose);
}
