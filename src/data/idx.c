/* idx.c - labelled images from a pair of IDX files, plain or gzip: MNIST's format.
 *
 *   00 00 TYPE DIMENSIONS, one big-endian 32-bit size for each dimension, then the
 *   elements, last index fastest
 *
 * TYPE 08 is unsigned bytes.  Labels may be of type 0c, signed 32-bit, with one column or more, of
 * which the first is the class: QMNIST's, beside the writer and the like.  A header is believed
 * only as far as the file's length bears it out, so that a few forged bytes neither allocate nor
 * unpack gigabytes.  Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". */
#include <stdlib.h>
#include <string.h>

#include "data/stream.h"
#include "synthgrad/images.h"

enum {
    MOST_BYTES = 1 << 30,     /* of elements in one file: 23 times MNIST's training images */
    MOST_SIDE = 1 << 12,      /* pixels along an image */
    DEFLATE_MOST = 1032,      /* a deflate block spends at least two bits on at most 258 bytes */
    MOST_LABEL_COLUMNS = 64,
    MOST_CLASSES = 256, /* a label is kept in a byte */
    UNSIGNED_BYTES = 0x08,
    SIGNED_WORDS = 0x0c
};

/* Refuses s's file; no line is to blame. */
#define REFUSE(s, ...) sg_base_refuse((s)->err, (s)->path, 0, __VA_ARGS__)

/* rows = 1 for labels, and columns those of a row of them; bytes of the header itself.
 * width: bytes of an element.  elements: in bytes. */
struct header { size_t n, rows, columns, elements, bytes, width; };

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static enum sg_status check_magic(const unsigned char *b, size_t dimensions,
                                  const struct sg_stream *s)
{
    const char *wanted = dimensions == 3 ? "images" : "labels";
    if (b[0] != 0 || b[1] != 0)
        return REFUSE(s,
                      "the file begins with the bytes %02x %02x %02x %02x, so it is not IDX; name "
                      "a file of %s that begins with 00 00 08 %02zx",
                      b[0], b[1], b[2], b[3], wanted, dimensions);
    const bool words = b[2] == SIGNED_WORDS && dimensions == 1;
    if (b[2] != UNSIGNED_BYTES && !words)
        return REFUSE(s,
                      "the elements are of IDX type %02x, only unsigned bytes (08)%s are read; "
                      "convert the file",
                      b[2], dimensions == 1 ? " and 32-bit integers (0c)" : "");
    if (b[3] != dimensions && !(words && b[3] == 2))
        return REFUSE(s,
                      "the file has %d dimension%s, but %s have %zu; are the files of images and "
                      "labels exchanged?",
                      b[3], b[3] == 1 ? "" : "s", wanted, dimensions);
    return SG_OK;
}

/* The sizes against each other, our limits, and the length of the file. */
static enum sg_status check_sizes(struct header *h, const struct sg_stream *s)
{
    if (h->n == 0 || h->rows == 0 || h->columns == 0)
        return REFUSE(
            s, "the header says %zu x %zu x %zu, so there is nothing in it; name a file with data",
            h->n, h->rows, h->columns);
    if (h->rows > MOST_SIDE || h->columns > MOST_SIDE)
        return REFUSE(
            s, "the header says images of %zu x %zu, at most %d x %d are read; make them smaller",
            h->rows, h->columns, (int)MOST_SIDE, (int)MOST_SIDE);
    h->elements = h->n * h->rows * h->columns * h->width; /* below 2^32 2^12 2^12 4: no overflow */
    if (h->elements > MOST_BYTES)
        return REFUSE(s,
                      "the header says %zu bytes of data, at most 1 GiB are read; split the file",
                      h->elements);
    const size_t promised = h->bytes + h->elements;
    if (s->zipped ? promised / DEFLATE_MOST > s->length : promised > s->length)
        return REFUSE(s,
                      "the header says %zu bytes of data, but the file is only %zu bytes long; "
                      "fetch the file again",
                      h->elements, s->length);
    if (!s->zipped && promised < s->length)
        return REFUSE(s,
                      "the file goes on for %zu bytes after the %zu that its header says; fetch "
                      "the file again",
                      s->length - promised, h->elements);
    return SG_OK;
}

/* The second size of a table of labels. */
static enum sg_status read_columns(struct header *h, struct sg_stream *s)
{
    unsigned char b[4];
    size_t got;
    const enum sg_status status = sg_data_stream_read(b, &got, sizeof b, s);
    if (status != SG_OK)
        return status;
    if (got < sizeof b)
        return REFUSE(s, "the file ends within its header; fetch the file again");
    h->bytes += sizeof b;
    h->columns = big_endian(b);
    if (h->columns > MOST_LABEL_COLUMNS)
        return REFUSE(s, "the header says %zu columns of labels, at most %d are read; convert the "
                      "file", h->columns, (int)MOST_LABEL_COLUMNS);
    return SG_OK;
}

static enum sg_status read_header(struct header *h, size_t dimensions, struct sg_stream *s)
{
    unsigned char b[16];
    size_t got;
    *h = (struct header){.rows = 1, .columns = 1, .width = 1, .bytes = 4 + 4 * dimensions};
    enum sg_status status = sg_data_stream_read(b, &got, h->bytes, s);
    if (status == SG_OK && got >= 4)
        status = check_magic(b, dimensions, s);
    if (status != SG_OK)
        return status;
    if (got < h->bytes)
        return REFUSE(s, "the file ends after %zu bytes, within its header; fetch the file again",
                      got);
    h->n = big_endian(b + 4);
    if (b[2] == SIGNED_WORDS) {
        h->width = 4;
        status = b[3] == 2 ? read_columns(h, s) : SG_OK;
        if (status != SG_OK)
            return status;
    }
    if (dimensions == 3) {
        h->rows = big_endian(b + 8);
        h->columns = big_endian(b + 12);
    }
    return check_sizes(h, s);
}

/* `size` elements: the first `kept` into out, the others looked at only.
 * The file has to end there. */
static enum sg_status read_elements(unsigned char *out, size_t kept, size_t size,
                                    struct sg_stream *s)
{
    unsigned char passed[1 << 14] = {0};
    size_t at = 0, got = 0;
    enum sg_status status = SG_OK;
    while (at < size && status == SG_OK) {
        const size_t left = (at < kept ? kept : size) - at,
                     want = at < kept || left < sizeof passed ? left : sizeof passed;
        status = sg_data_stream_read(at < kept ? out + at : passed, &got, want, s);
        at += got;
        if (status == SG_OK && got < want)
            return REFUSE(
                s, "the data end after %zu bytes, but the header says %zu; fetch the file again",
                at, size);
    }
    if (status == SG_OK)
        status = sg_data_stream_read(passed, &got, 1, s);
    if (status == SG_OK && got > 0)
        return REFUSE(
            s, "the data go on after the %zu bytes that the header says; fetch the file again",
            size);
    return status;
}

static enum sg_status read_images(struct sg_images *images, size_t *there, size_t most,
                                  struct sg_stream *s)
{
    struct header h;
    enum sg_status status = read_header(&h, 3, s);
    if (status != SG_OK)
        return status;
    *there = h.n;
    sg_data_images_alloc(images, h.n < most ? h.n : most, h.rows, h.columns, SG_DIGIT_CLASSES);
    return read_elements(images->pixel, images->n * h.rows * h.columns, h.elements, s);
}

/* ---- labels ---------------------------------------------------------------------------- */

struct labels { const unsigned char *bytes; const struct header *h; };

/* Of a row of columns the first. */
static int label_at(const struct labels *l, size_t i)
{
    const unsigned char *b = l->bytes + i * l->h->columns * l->h->width;
    return l->h->width == 1 ? *b : (int)(int32_t)big_endian(b);
}

/* How many classes there are, and the label of the first. */
static enum sg_status number_classes(struct sg_images *images, const struct labels *l,
                                     const struct sg_stream *s)
{
    bool seen[MOST_CLASSES + 1] = {false};
    size_t largest = 0, n = l->h->n;
    for (size_t i = 0; i < n; i++) {
        const int label = label_at(l, i);
        if (label < 0)
            return REFUSE(s, "label %zu of %zu is %d; number the classes from 0 or 1 on", i + 1, n,
                          label);
        if (label <= MOST_CLASSES)
            seen[label] = true;
        if (label > label_at(l, largest))
            largest = i;
    }
    const int top = label_at(l, largest);
    images->first = top >= SG_DIGIT_CLASSES && !seen[0];
    images->classes = top < SG_DIGIT_CLASSES ? SG_DIGIT_CLASSES : (size_t)top + 1 - images->first;
    if (images->classes > MOST_CLASSES)
        return REFUSE(s, "label %zu of %zu is %d, but at most %d classes are read; take fewer, "
                      "numbered from 0 or 1 on", largest + 1, n, top, (int)MOST_CLASSES);
    for (int k = 1; k < top && top >= SG_DIGIT_CLASSES; k++)
        if (!seen[k])
            return REFUSE(s,
                          "label %zu of %zu is %d, beyond the digits 0 to 9, and no label is %d; "
                          "number the classes from 0 or 1 on without a gap, or fetch the file "
                          "again", largest + 1, n, top, k);
    return SG_OK;
}

static enum sg_status take_labels(struct sg_images *images, const struct labels *l,
                                  const struct sg_stream *s)
{
    const int first = (int)images->first, last = first + (int)images->classes - 1;
    for (size_t i = 0; i < l->h->n; i++) {
        const int label = label_at(l, i);
        if (label < first || label > last)
            return REFUSE(s,
                          "label %zu of %zu is %d, but the labels to train on are %d to %d; name "
                          "files that belong together", i + 1, l->h->n, label, first, last);
        if (i < images->n)
            images->label[i] = (unsigned char)(label - first);
    }
    return SG_OK;
}

/* All labels are looked at, also those of images that are not wanted. */
static enum sg_status read_labels(struct sg_images *images, size_t there, const char *images_path,
                                  const struct sg_images *like, struct sg_stream *s)
{
    struct header h;
    enum sg_status status = read_header(&h, 1, s);
    if (status != SG_OK)
        return status;
    if (h.n != there)
        return REFUSE(
            s,
            "the file holds %zu labels, but %s holds %zu images; name files that belong together",
            h.n, sg_base_show(images_path, 92).text, there);
    unsigned char *bytes = SG_NEW(h.elements, unsigned char);
    const struct labels l = {bytes, &h};
    status = read_elements(bytes, h.elements, h.elements, s);
    if (status == SG_OK && like) {
        images->first = like->first;
        images->classes = like->classes;
    } else if (status == SG_OK)
        status = number_classes(images, &l, s);
    if (status == SG_OK)
        status = take_labels(images, &l, s);
    free(bytes);
    return status;
}

enum sg_status sg_data_read_idx(struct sg_images *images, const char *images_path,
                                const char *labels_path, const struct sg_images *like, size_t most,
                                struct sg_error *err)
{
    SG_REQUIRE(images && images_path && labels_path && err && most >= 1);
    *images = (struct sg_images){0};
    struct sg_stream *s = SG_NEW(1, struct sg_stream);
    size_t there = 0;
    enum sg_status status = sg_data_stream_open(s, images_path, err);
    if (status == SG_OK)
        status = read_images(images, &there, most, s);
    sg_data_stream_close(s);
    if (status == SG_OK) {
        status = sg_data_stream_open(s, labels_path, err);
        if (status == SG_OK)
            status = read_labels(images, there, images_path, like, s);
        sg_data_stream_close(s);
    }
    free(s);
    if (status != SG_OK)
        sg_data_images_free(images);
    return status;
}
