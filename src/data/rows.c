/* A minibatch as rows in the net's dtype: gathered into a buffer that is made once. */
#include <stdlib.h>
#include <string.h>

#include "data/real.h"
#include "synthgrad/images.h"

enum { SHADES = 256 };

void sg_data_rows_alloc(struct sg_rows *rows, enum sg_dtype dtype, size_t capacity, size_t d,
                        size_t m)
{
    const size_t size = sg_real_size(dtype);
    SG_REQUIRE(rows && capacity >= 1 && d >= 1 && m >= 1);
    *rows = (struct sg_rows){.dtype = dtype,
                             .capacity = capacity,
                             .d = d,
                             .m = m,
                             .x = sg_base_alloc(capacity * d, size),
                             .y = sg_base_alloc(capacity * m, size),
                             .one = sg_base_alloc(capacity, size),
                             .shade = sg_base_alloc(SHADES, size),
                             .mean = SG_NAN};
}

void sg_data_rows_free(struct sg_rows *rows)
{
    if (!rows)
        return;
    free(rows->x);
    free(rows->y);
    free(rows->one);
    free(rows->shade);
    *rows = (struct sg_rows){0};
}

/* from (n) into row i of a matrix with n columns. */
static void put_row(void *matrix, enum sg_dtype dtype, size_t i, const double *from, size_t n)
{
    if (dtype == SG_F32)
        for (size_t j = 0; j < n; j++)
            ((float *)matrix)[i * n + j] = (float)from[j];
    else
        memcpy((double *)matrix + i * n, from, n * sizeof *from);
}

static struct sg_batch batch_of(const struct sg_rows *rows, size_t n)
{
    return (struct sg_batch){.n = n, .x = rows->x, .y = rows->y, .one = rows->one};
}

struct sg_batch sg_data_gather(struct sg_rows *rows, const struct sg_data *data,
                               const size_t *index, size_t n)
{
    SG_REQUIRE(rows && data && n <= rows->capacity && data->d == rows->d && data->m == rows->m);
    for (size_t i = 0; i < n; i++) {
        const size_t from = index ? index[i] : i;
        SG_REQUIRE(from < data->n);
        put_row(rows->x, rows->dtype, i, data->x + from * data->d, data->d);
        put_row(rows->y, rows->dtype, i, data->y + from * data->m, data->m);
        put_row(rows->one, rows->dtype, i, data->one + from, 1);
    }
    return batch_of(rows, n);
}

/* The shades as numbers once, then a look-up a pixel. */
static void put_shades(struct sg_rows *rows, const struct sg_images *images)
{
    if (rows->mean == images->mean && rows->scale == images->scale)
        return;
    rows->mean = images->mean;
    rows->scale = images->scale;
    for (int p = 0; p < SHADES; p++) {
        const double shade = (p / 255.0 - images->mean) / images->scale;
        if (rows->dtype == SG_F32)
            ((float *)rows->shade)[p] = (float)shade;
        else
            ((double *)rows->shade)[p] = shade;
    }
}

static void put_pixels(struct sg_rows *rows, size_t i, const unsigned char *pixel)
{
    const size_t d = rows->d;
    if (rows->dtype == SG_F32) {
        const float *shade = rows->shade;
        float *x = (float *)rows->x + i * d;
        for (size_t j = 0; j < d; j++)
            x[j] = shade[pixel[j]];
    } else {
        const double *shade = rows->shade;
        double *x = (double *)rows->x + i * d;
        for (size_t j = 0; j < d; j++)
            x[j] = shade[pixel[j]];
    }
}

struct sg_batch sg_data_gather_images(struct sg_rows *rows, const struct sg_images *images,
                                      const size_t *index, size_t n)
{
    SG_REQUIRE(images);
    const size_t d = rows->d, m = rows->m;
    double one_hot[256] = {0};
    SG_REQUIRE(n <= rows->capacity && images->rows * images->columns == d && images->classes == m);
    put_shades(rows, images);
    for (size_t i = 0; i < n; i++) {
        const size_t from = index ? index[i] : i;
        SG_REQUIRE(from < images->n);
        put_pixels(rows, i, images->pixel + from * d);
        one_hot[images->label[from]] = 1.0;
        put_row(rows->y, rows->dtype, i, one_hot, m);
        put_row(rows->one, rows->dtype, i, &(double){1.0}, 1);
        one_hot[images->label[from]] = 0.0;
    }
    return batch_of(rows, n);
}
