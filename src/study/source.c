/* The data of a training, and rows of it for a net. */
#include <stdlib.h>
#include <string.h>

#include "study/study.h"

static enum sg_status read_images(struct sg_source *s, const struct sg_case *c, uint64_t seed,
                                  struct sg_error *err)
{
    const enum sg_status status = sg_case_make_images(&s->seen, &s->unseen, c, seed, 0, err);
    if (status != SG_OK)
        return status;
    s->images = s->classes = true;
    s->ones = c->data.bias;
    s->n = s->seen.n;
    s->d = s->seen.rows * s->seen.columns + s->ones;
    s->m = s->seen.classes;
    s->test = s->unseen.n;
    return SG_OK;
}

static enum sg_status read_rows(struct sg_source *s, const struct sg_case *c, uint64_t seed,
                                struct sg_error *err)
{
    enum sg_status status = sg_case_make_data(&s->data, c, seed, 0, err);
    if (status == SG_OK && c->train.form == SG_FORM_COMPRESSED) {
        struct sg_data samples = s->data;
        status = sg_data_compress(&s->data, &samples);
        sg_data_free(&samples);
        if (status != SG_OK)
            (void)sg_base_refuse(err, c->path, 0, "%s; write form = \"sample\"",
                                 sg_base_status_text(status));
    }
    const bool labels = c->data.kind == SG_DATA_CLASSES || c->data.kind == SG_DATA_GRID ||
                        c->net.loss == SG_SOFTMAX_XENT || c->net.loss == SG_LOGISTIC;
    s->classes = labels && c->train.form == SG_FORM_SAMPLE;
    s->n = s->data.n;
    s->d = s->data.d;
    s->m = s->data.m;
    return status;
}

enum sg_status sg_source_read(struct sg_source *s, const struct sg_case *c, uint64_t seed,
                              struct sg_error *err)
{
    const bool images = c->data.kind == SG_DATA_IDX || c->data.kind == SG_DATA_DIGITS;
    *s = (struct sg_source){0};
    return images && c->train.form == SG_FORM_SAMPLE ? read_images(s, c, seed, err)
                                                     : read_rows(s, c, seed, err);
}

void sg_source_free(struct sg_source *s)
{
    sg_data_images_free(&s->seen);
    sg_data_images_free(&s->unseen);
    sg_data_free(&s->data);
}

void sg_feed_alloc(struct sg_feed *feed, const struct sg_source *s, enum sg_dtype dtype,
                   size_t capacity)
{
    sg_data_rows_alloc(&feed->rows, dtype, capacity, s->d - s->ones, s->m);
    feed->x = s->ones ? sg_base_alloc(capacity * s->d, sg_real_size(dtype)) : NULL;
}

void sg_feed_free(struct sg_feed *feed)
{
    sg_data_rows_free(&feed->rows);
    free(feed->x);
    feed->x = NULL;
}

/* x (n x pixels) with a last column of ones. */
static void add_ones(struct sg_feed *feed, struct sg_batch *batch, size_t pixels)
{
    const size_t real = sg_real_size(feed->rows.dtype);
    for (size_t i = 0; i < batch->n; i++) {
        char *row = (char *)feed->x + i * (pixels + 1) * real;
        memcpy(row, (const char *)batch->x + i * pixels * real, pixels * real);
        memcpy(row + pixels * real, (const char *)batch->one + i * real, real);
    }
    batch->x = feed->x;
}

struct sg_batch sg_feed_gather(struct sg_feed *feed, const struct sg_source *s, bool test,
                               const size_t *index, size_t first, size_t n)
{
    if (!s->images) {
        SG_REQUIRE(!test && first == 0);
        return sg_data_gather(&feed->rows, &s->data, index, n);
    }
    const struct sg_images *all = test ? &s->unseen : &s->seen;
    const struct sg_images part =
        index ? *all : sg_data_images_slice(all, first, n);
    struct sg_batch batch = sg_data_gather_images(&feed->rows, &part, index, n);
    if (s->ones)
        add_ones(feed, &batch, s->d - 1);
    return batch;
}
