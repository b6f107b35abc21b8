/* Replicates of a sweep on disk: the evidence of each, as one piece.  Read back it is the same to
 * the bit, so that a sweep that was cut short and goes on ends as one that was left alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

static const char piece[] = "replicate";

/* ---- numbers and texts as bytes, whatever the machine's order and a struct's gaps ------------ */

static void put_count(FILE *out, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        fputc((int)(n >> 8 * i & 0xff), out);
}

static void put_numbers(FILE *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        put_count(out, bits);
    }
}

static void put_text(FILE *out, const char *text)
{
    put_count(out, strlen(text));
    fputs(text, out);
}

/* What is left of a piece.  Its digest was right: a wrong length is a programmer's error. */
struct rest { const unsigned char *at; size_t n; };

static const unsigned char *take(struct rest *from, size_t n)
{
    SG_REQUIRE(n <= from->n);
    const unsigned char *at = from->at;
    from->at += n;
    from->n -= n;
    return at;
}

static uint64_t take_count(struct rest *from)
{
    const unsigned char *at = take(from, 8);
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n |= (uint64_t)at[i] << 8 * i;
    return n;
}

static size_t take_size(struct rest *from)
{
    const uint64_t n = take_count(from);
    SG_REQUIRE(n <= SIZE_MAX / 2);
    return (size_t)n;
}

static void take_numbers(double *x, size_t n, struct rest *from)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = take_count(from);
        memcpy(&x[i], &bits, sizeof bits);
    }
}

static void take_text(char *text, size_t size, struct rest *from)
{
    const size_t length = take_size(from);
    SG_REQUIRE(length < size);
    memcpy(text, take(from, length), length);
    text[length] = '\0';
}

/* ---- evidence -------------------------------------------------------------------------------- */

static void put_row(FILE *out, const struct sg_row *row)
{
    const double number[] = {row->measured, row->predicted, row->tolerance, row->scale,
                             row->low,      row->high,      row->confidence};
    put_text(out, row->id);
    put_text(out, row->what);
    put_text(out, row->basis);
    put_count(out, row->kind);
    put_count(out, row->form);
    put_count(out, row->state);
    put_count(out, row->secondary);
    put_count(out, row->ok);
    put_count(out, row->replicate);
    put_numbers(out, number, sizeof number / sizeof *number);
}

static void take_row(struct sg_row *row, struct rest *from)
{
    double *const number[] = {&row->measured, &row->predicted, &row->tolerance, &row->scale,
                              &row->low,      &row->high,      &row->confidence};
    take_text(row->id, sizeof row->id, from);
    take_text(row->what, sizeof row->what, from);
    take_text(row->basis, sizeof row->basis, from);
    row->kind = (enum sg_evidence_kind)take_count(from);
    row->form = (enum sg_row_form)take_count(from);
    row->state = (enum sg_row_state)take_count(from);
    row->secondary = take_count(from) != 0;
    row->ok = take_count(from) != 0;
    row->replicate = take_size(from);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        take_numbers(number[i], 1, from);
}

static void put_series(FILE *out, const struct sg_series *s)
{
    put_text(out, s->name);
    put_text(out, s->columns);
    put_count(out, s->width);
    put_count(out, s->rows);
    put_numbers(out, s->value, s->rows * s->width);
}

static void take_series(struct sg_series *s, struct rest *from)
{
    take_text(s->name, sizeof s->name, from);
    take_text(s->columns, sizeof s->columns, from);
    s->width = take_size(from);
    s->rows = take_size(from);
    s->capacity = s->rows * s->width;
    s->value = SG_NEW(s->capacity, double);
    take_numbers(s->value, s->capacity, from);
}

static void put_listing(FILE *out, const struct sg_listing *l)
{
    put_text(out, l->title);
    put_count(out, l->n_columns);
    put_count(out, l->n_rows);
    for (size_t k = 0; k < l->n_columns; k++)
        put_text(out, l->column[k]);
    for (size_t i = 0; i < l->n_rows; i++)
        put_text(out, l->row[i]);
    put_numbers(out, l->value, l->n_rows * (l->n_columns - 1));
}

static void take_listing(struct sg_listing *l, struct rest *from)
{
    take_text(l->title, sizeof l->title, from);
    l->n_columns = take_size(from);
    l->n_rows = l->names_capacity = take_size(from);
    l->capacity = l->n_rows * (l->n_columns - 1);
    l->column = sg_base_alloc(l->n_columns, sizeof *l->column);
    l->row = sg_base_alloc(l->n_rows, sizeof *l->row);
    l->value = SG_NEW(l->capacity, double);
    for (size_t k = 0; k < l->n_columns; k++)
        take_text(l->column[k], sizeof l->column[k], from);
    for (size_t i = 0; i < l->n_rows; i++)
        take_text(l->row[i], sizeof l->row[i], from);
    take_numbers(l->value, l->capacity, from);
}

static void put_texts(FILE *out, const struct sg_texts *texts)
{
    put_count(out, texts->n);
    for (size_t i = 0; i < texts->n; i++)
        put_text(out, texts->text[i]);
}

static void take_texts(struct sg_texts *texts, struct rest *from)
{
    texts->n = texts->capacity = take_size(from);
    texts->text = SG_NEW(texts->n, char *);
    for (size_t i = 0; i < texts->n; i++) {
        struct rest ahead = *from;
        const size_t size = take_size(&ahead) + 1;
        texts->text[i] = SG_NEW(size, char);
        take_text(texts->text[i], size, from);
    }
}

/* ---- pieces ---------------------------------------------------------------------------------- */

/* Data may come from a file, which the case's text only names. */
static uint64_t digest_of(const struct sg_data *data)
{
    uint64_t digest = sg_base_digest(SG_BASE_DIGEST, &data->n, sizeof data->n);
    if (data->n > 0) {
        digest = sg_base_digest(digest, data->x, data->n * data->d * sizeof *data->x);
        digest = sg_base_digest(digest, data->y, data->n * data->m * sizeof *data->y);
    }
    return digest;
}

enum sg_status sg_claim_keep_replicate(const struct sg_evidence *ev, enum sg_status outcome,
                                       const struct sg_trial *trial, struct sg_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (!out)
        sg_base_exhausted(1, 1);
    put_count(out, digest_of(trial->data));
    put_count(out, outcome);
    put_count(out, ev->n_rows);
    put_count(out, ev->n_series);
    put_count(out, ev->n_listings);
    put_text(out, ev->note);
    for (size_t i = 0; i < ev->n_rows; i++)
        put_row(out, &ev->row[i]);
    for (size_t i = 0; i < ev->n_series; i++)
        put_series(out, &ev->series[i]);
    for (size_t i = 0; i < ev->n_listings; i++)
        put_listing(out, &ev->listing[i]);
    put_texts(out, &ev->certificates);
    put_texts(out, &ev->arrays);
    if (ferror(out) || fclose(out) != 0 || !bytes)   /* there is no other cause */
        sg_base_exhausted(1, size);
    const enum sg_status status = sg_claim_keep_lazily(trial, piece, bytes, size, err);
    free(bytes);
    return status;
}

void sg_claim_forget_replicate(const struct sg_trial *trial)
{
    sg_claim_forget(trial, piece);
}

bool sg_claim_recall_replicate(struct sg_evidence *ev, enum sg_status *outcome,
                               const struct sg_trial *trial)
{
    void *bytes;
    size_t size;
    if (!sg_claim_recall_any(&bytes, &size, trial, piece))
        return false;
    struct rest from = {bytes, size};
    const bool same_data = take_count(&from) == digest_of(trial->data);
    if (same_data) {
        *outcome = (enum sg_status)take_count(&from);
        const size_t rows = take_size(&from), series = take_size(&from),
                     listings = take_size(&from);
        *ev = (struct sg_evidence){.n_rows = rows, .rows_capacity = rows,
                                   .row = SG_NEW(rows, struct sg_row),
                                   .n_series = series, .series_capacity = series,
                                   .series = SG_NEW(series, struct sg_series),
                                   .n_listings = listings, .listings_capacity = listings,
                                   .listing = SG_NEW(listings, struct sg_listing)};
        take_text(ev->note, sizeof ev->note, &from);
        for (size_t i = 0; i < rows; i++)
            take_row(&ev->row[i], &from);
        for (size_t i = 0; i < series; i++)
            take_series(&ev->series[i], &from);
        for (size_t i = 0; i < listings; i++)
            take_listing(&ev->listing[i], &from);
        take_texts(&ev->certificates, &from);
        take_texts(&ev->arrays, &from);
        SG_REQUIRE(from.n == 0);
    }
    free(bytes);
    return same_data;
}
