/* Replicates of a sweep on disk: the evidence of each, as one piece.  Read back, it is the same
 * to the bit.  So a sweep that was cut short and goes on ends as one that was left alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

static const char piece[] = "replicate";

/* Data may come from a file, which the case's text only names. */
struct head { uint64_t data, outcome, rows, series, listings; };

static uint64_t digest_of(const struct sg_data *data)
{
    uint64_t digest = sg_case_digest(SG_CASE_DIGEST, &data->n, sizeof data->n);
    if (data->n > 0) {
        digest = sg_case_digest(digest, data->x, data->n * data->d * sizeof *data->x);
        digest = sg_case_digest(digest, data->y, data->n * data->m * sizeof *data->y);
    }
    return digest;
}

static void put(FILE *out, const void *from, size_t n, size_t size)
{
    if (n > 0)                                       /* nothing may be at no address */
        fwrite(from, size, n, out);
}

enum sg_status sg_claim_keep_replicate(const struct sg_evidence *ev, enum sg_status outcome,
                                       const struct sg_trial *trial, struct sg_error *err)
{
    const struct head head = {digest_of(trial->data), (uint64_t)outcome, ev->n_rows, ev->n_series,
                              ev->n_listings};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    SG_REQUIRE(out != NULL);
    put(out, &head, 1, sizeof head);
    put(out, ev->note, 1, sizeof ev->note);
    put(out, ev->row, ev->n_rows, sizeof *ev->row);
    for (size_t i = 0; i < ev->n_series; i++) {
        const struct sg_series *s = &ev->series[i];
        put(out, s, 1, sizeof *s);
        put(out, s->value, s->rows * s->width, sizeof *s->value);
    }
    for (size_t i = 0; i < ev->n_listings; i++) {
        const struct sg_listing *l = &ev->listing[i];
        put(out, l, 1, sizeof *l);
        put(out, l->column, l->n_columns, sizeof *l->column);
        put(out, l->row, l->n_rows, sizeof *l->row);
        put(out, l->value, l->n_rows * (l->n_columns - 1), sizeof *l->value);
    }
    SG_REQUIRE(fclose(out) == 0);
    const enum sg_status status = sg_claim_keep_lazily(trial, piece, bytes, size, err);
    free(bytes);
    return status;
}

/* The next n numbers, names or structures of the piece, as a block of their own. */
static void *take(const char **from, size_t n, size_t size)
{
    void *block = sg_base_copy(*from, n, size);
    *from += n * size;
    return block;
}

static void take_series(struct sg_series *s, const char **from)
{
    memcpy(s, *from, sizeof *s);
    *from += sizeof *s;
    s->capacity = s->rows * s->width;
    s->value = take(from, s->capacity, sizeof *s->value);
}

static void take_listing(struct sg_listing *l, const char **from)
{
    memcpy(l, *from, sizeof *l);
    *from += sizeof *l;
    l->names_capacity = l->n_rows;
    l->capacity = l->n_rows * (l->n_columns - 1);
    l->column = take(from, l->n_columns, sizeof *l->column);
    l->row = take(from, l->n_rows, sizeof *l->row);
    l->value = take(from, l->capacity, sizeof *l->value);
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
    struct head head;
    if (!sg_claim_recall_any(&bytes, &size, trial, piece))
        return false;
    memcpy(&head, bytes, sizeof head);
    if (head.data != digest_of(trial->data)) {
        free(bytes);
        return false;
    }
    const char *from = (const char *)bytes + sizeof head;
    *ev = (struct sg_evidence){.n_rows = head.rows, .rows_capacity = head.rows,
                               .n_series = head.series, .series_capacity = head.series,
                               .n_listings = head.listings, .listings_capacity = head.listings};
    *outcome = (enum sg_status)head.outcome;
    memcpy(ev->note, from, sizeof ev->note);
    from += sizeof ev->note;
    ev->row = take(&from, head.rows, sizeof *ev->row);
    ev->series = SG_NEW(head.series, struct sg_series);
    for (size_t i = 0; i < head.series; i++)
        take_series(&ev->series[i], &from);
    ev->listing = SG_NEW(head.listings, struct sg_listing);
    for (size_t i = 0; i < head.listings; i++)
        take_listing(&ev->listing[i], &from);
    SG_REQUIRE(from == (const char *)bytes + size);
    free(bytes);
    return true;
}
