/* Evidence: rows that can fail and series for the figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

const char *sg_claim_kind_name(enum sg_evidence_kind kind)
{
    static const char *const name[SG_EVIDENCE_KINDS] = {"closed form", "simulated", "certified",
                                                        "machine-checked"};
    return name[kind];
}

const char *sg_claim_verdict_name(enum sg_verdict verdict)
{
    static const char *const name[SG_VERDICTS] = {"holds", "fails", "inconclusive",
                                                  "reproduced", "not reproduced", "skipped"};
    return name[verdict];
}

static void texts_free(struct sg_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->text[i]);
    free(texts->text);
}

void sg_claim_evidence_free(struct sg_evidence *ev)
{
    if (!ev)
        return;
    texts_free(&ev->certificates);
    texts_free(&ev->arrays);
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

double sg_claim_margin(const struct sg_row *row)
{
    SG_REQUIRE(row);
    const double error = row->form == SG_ROW_BOUND ? fmax(row->measured - row->predicted, 0)
                                                   : fabs(row->measured - row->predicted);
    switch (row->form) {
    case SG_ROW_EQUAL:
    case SG_ROW_BOUND: return error == 0.0 ? 0.0 : error / row->tolerance;
    case SG_ROW_EFFECT:
        if (row->measured > 0 && isfinite(row->low))
            return (row->measured - row->low) / row->measured;
        return HUGE_VAL;
    case SG_ROW_FACT:
    case SG_ROW_PROOF: break;
    }
    return row->ok ? 0.0 : HUGE_VAL;
}

double sg_claim_share(const struct sg_row *row)
{
    SG_REQUIRE(row);
    return row->form == SG_ROW_BOUND ? row->measured / row->predicted : SG_NAN;
}

/* An effect is found where its interval lies above 0, contradicted where it lies below.  An effect
 * of exactly 0 is neither. */
static enum sg_row_state state_of_effect(const struct sg_row *row)
{
    if (!isfinite(row->measured) || !isfinite(row->low) || !isfinite(row->high))
        return SG_ROW_OPEN;
    return row->low > 0 ? SG_ROW_MET : row->high < 0 ? SG_ROW_MISSED : SG_ROW_OPEN;
}

/* What is no number shows nothing: neither met nor missed.  A tolerance that is not finite lets
 * everything pass, so it is blind. */
static enum sg_row_state state_of(const struct sg_row *row)
{
    if (row->form == SG_ROW_PROOF)
        return row->state;
    if (row->form == SG_ROW_EFFECT)
        return state_of_effect(row);
    if (!isfinite(row->measured) || !isfinite(row->predicted))
        return SG_ROW_OPEN;
    const double error = row->form == SG_ROW_BOUND ? row->measured - row->predicted
                                                   : fabs(row->measured - row->predicted);
    if (isfinite(row->tolerance) && !sg_base_within(error, row->tolerance))
        return SG_ROW_MISSED;
    return sg_base_within(row->tolerance, SG_BLIND * row->scale) ? SG_ROW_MET : SG_ROW_IS_BLIND;
}

/* A missed row outweighs all others.  Among equals the larger margin stands, and of bounds that are
 * not exceeded the one of which the larger share is attained. */
static bool is_worse(const struct sg_row *a, const struct sg_row *than)
{
    static const int weight[] = {
        [SG_ROW_MET] = 0, [SG_ROW_IS_BLIND] = 1, [SG_ROW_OPEN] = 2, [SG_ROW_MISSED] = 3};
    const double margin = sg_claim_margin(a), of_other = sg_claim_margin(than);
    if (weight[a->state] != weight[than->state])
        return weight[a->state] > weight[than->state];
    return margin > of_other || (margin == of_other && sg_claim_share(a) > sg_claim_share(than));
}

void sg_claim_add_row(struct sg_evidence *ev, const struct sg_row *row)
{
    SG_REQUIRE(ev && row);
    struct sg_row new = *row;
    SG_REQUIRE(new.id[0] != '\0' && new.what[0] != '\0');
    new.state = state_of(row);
    new.ok = new.state == SG_ROW_MET;
    for (size_t i = 0; i < ev->n_rows; i++)
        if (strcmp(ev->row[i].id, new.id) == 0) {
            SG_REQUIRE(ev->row[i].form == new.form && ev->row[i].kind == new.kind);
            if (is_worse(&new, &ev->row[i]))
                ev->row[i] = new;
            return;
        }
    ev->row = sg_base_grow(ev->row, ev->n_rows, &ev->rows_capacity, sizeof *ev->row);
    ev->row[ev->n_rows++] = new;
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
    SG_REQUIRE(ev);
    ev->series = sg_base_grow(ev->series, ev->n_series, &ev->series_capacity, sizeof *ev->series);
    struct sg_series *series = &ev->series[ev->n_series++];
    *series = (struct sg_series){.width = count_words(columns)};
    snprintf(series->name, sizeof series->name, "%s", name);
    snprintf(series->columns, sizeof series->columns, "%s", columns);
}

void sg_claim_point(struct sg_evidence *ev, const double *values)
{
    SG_REQUIRE(ev && values && ev->n_series > 0);
    struct sg_series *series = &ev->series[ev->n_series - 1];
    for (size_t i = 0; i < series->width; i++) {
        const size_t count = series->rows * series->width + i;
        series->value = sg_base_grow(series->value, count, &series->capacity,
                                     sizeof *series->value);
        series->value[count] = values[i];
    }
    series->rows++;
}

void sg_claim_listing(struct sg_evidence *ev, const char *title, const char *columns)
{
    SG_REQUIRE(ev);
    ev->listing = sg_base_grow(ev->listing, ev->n_listings, &ev->listings_capacity,
                               sizeof *ev->listing);
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
    SG_REQUIRE(ev && values && ev->n_listings > 0);
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

static void add_text(struct sg_texts *texts, const char *text)
{
    texts->text = sg_base_grow(texts->text, texts->n, &texts->capacity, sizeof *texts->text);
    texts->text[texts->n++] = sg_base_copy(text, strlen(text) + 1, 1);
}

void sg_claim_certificate(struct sg_evidence *ev, const char *json)
{
    SG_REQUIRE(ev && json);
    add_text(&ev->certificates, json);
}

size_t sg_claim_array(struct sg_evidence *ev, const char *json)
{
    SG_REQUIRE(ev && json);
    for (size_t i = 0; i < ev->arrays.n; i++)
        if (strcmp(ev->arrays.text[i], json) == 0)
            return i;
    add_text(&ev->arrays, json);
    return ev->arrays.n - 1;
}

struct sg_rng *sg_claim_rng(const struct sg_trial *trial, const char *purpose)
{
    SG_REQUIRE(trial);
    return sg_base_rng_alloc(trial->seed, "case", trial->replicate, purpose);
}
