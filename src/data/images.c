/* Labelled images: memory, a view of some, standard pixels, and the same as float64 samples. */
#include <math.h>
#include <stdlib.h>

#include "synthgrad/images.h"

void sg_data_images_alloc(struct sg_images *images, size_t n, size_t rows, size_t columns,
                          size_t classes)
{
    SG_REQUIRE(images && n >= 1 && rows >= 1 && columns >= 1 && classes >= 1 && classes <= 256);
    *images = (struct sg_images){.n = n,
                                 .rows = rows,
                                 .columns = columns,
                                 .classes = classes,
                                 .scale = 1.0,
                                 .pixel = SG_NEW(n * rows * columns, unsigned char),
                                 .label = SG_NEW(n, unsigned char)};
}

void sg_data_images_free(struct sg_images *images)
{
    if (!images)
        return;
    free(images->pixel);
    free(images->label);
    *images = (struct sg_images){0};
}

struct sg_images sg_data_images_slice(const struct sg_images *images, size_t first, size_t n)
{
    SG_REQUIRE(images);
    struct sg_images slice = *images;
    SG_REQUIRE(first <= images->n && n <= images->n - first);
    slice.n = n;
    slice.pixel += first * images->rows * images->columns;
    slice.label += first;
    return slice;
}

/* Sums of bytes and of their squares are integers, exact in 64 bits up to 2^48 pixels:
 * var = (N sum p^2 - (sum p)^2) / N^2, no cancellation before the one subtraction, whose relative
 * error is below u (N sum p^2) / (N^2 var). */
void sg_data_images_standardise(struct sg_images *train, struct sg_images *test)
{
    SG_REQUIRE(train && train->n >= 1);
    const size_t size = train->n * train->rows * train->columns;
    uint64_t sum = 0, squares = 0;
    for (size_t k = 0; k < size; k++) {
        const uint64_t p = train->pixel[k];
        sum += p;
        squares += p * p;
    }
    const double mean = (double)sum / (double)size,
                 variance = (double)squares / (double)size - mean * mean;
    train->mean = mean / 255.0;
    train->scale = variance > 0.0 ? sqrt(variance) / 255.0 : 1.0;
    if (test) {
        test->mean = train->mean;
        test->scale = train->scale;
    }
}

void sg_data_from_images(struct sg_data *data, const struct sg_images *images, bool bias)
{
    SG_REQUIRE(data && images);
    const size_t pixels = images->rows * images->columns, d = pixels + bias;
    sg_data_alloc(data, images->n, d, images->classes);
    for (size_t i = 0; i < images->n; i++) {
        for (size_t j = 0; j < pixels; j++)
            data->x[i * d + j] = (images->pixel[i * pixels + j] / 255.0 - images->mean) /
                                 images->scale;
        if (bias)
            data->x[i * d + pixels] = 1.0;
        data->y[i * images->classes + images->label[i]] = 1.0;
    }
}
