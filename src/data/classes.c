/* Artificial sets of two classes: the linear, noisy and random labels of AD1. */
#include <stdlib.h>

#include "synthgrad/data.h"

/* Swaps `swaps` of n labels, every subset of that size equally likely: sample i is one with
 * probability (still to go) / (samples left). */
static void swap_some(bool *label, size_t n, size_t swaps, struct sg_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        if (sg_base_rng_index(rng, n - i) < swaps) {
            label[i] = !label[i];
            swaps--;
        }
}

/* y from a hyperplane through the origin of the first k columns of X. */
static void put_labels(struct sg_data *data, size_t k, const struct sg_classes *spec,
                       struct sg_rng *rng)
{
    const size_t n = data->n, d = data->d, m = data->m;
    double *normal = SG_NEW(k, double);
    bool *label = SG_NEW(n, bool);
    sg_base_rng_direction(normal, k, rng);
    for (size_t i = 0; i < n; i++)
        label[i] = spec->labels == SG_LABELS_RANDOM ? sg_base_rng_index(rng, 2) == 1
                                                    : sg_base_dot(normal, data->x + i * d, k) > 0;
    if (spec->labels == SG_LABELS_NOISY)
        swap_some(label, n, (n + 5) / 10, rng);
    for (size_t i = 0; i < n; i++) {
        data->y[i * m + m - 1] = label[i] ? 1.0 : 0.0;
        if (spec->one_hot)
            data->y[i * m] = label[i] ? 0.0 : 1.0;
    }
    free(normal);
    free(label);
}

void sg_data_make_classes(struct sg_data *data, const struct sg_classes *spec, struct sg_rng *rng)
{
    SG_REQUIRE(data && spec);
    const size_t n = spec->n, d = spec->d, k = d - (spec->bias ? 1 : 0), m = spec->one_hot ? 2 : 1;
    SG_REQUIRE(n >= 1 && d >= 1 && k >= 1);
    sg_data_alloc(data, n, d, m);
    for (size_t i = 0; i < n; i++) {
        sg_base_rng_gaussians(data->x + i * d, k, rng);
        if (spec->bias)
            data->x[i * d + k] = 1.0;
    }
    put_labels(data, k, spec, rng);
}

void sg_data_make_grid(struct sg_data *data, size_t side, const struct sg_classes *spec,
                       struct sg_rng *rng)
{
    SG_REQUIRE(data && spec);
    const size_t n = spec->n, d = spec->d, m = spec->one_hot ? 2 : 1;
    SG_REQUIRE(side >= 2 && n == side * side && d == (spec->bias ? 3 : 2));
    sg_data_alloc(data, n, d, m);
    for (size_t i = 0; i < n; i++) {
        data->x[i * d] = -1.0 + 2.0 * (double)(i % side) / (double)(side - 1);
        const size_t row = i / side;
        data->x[i * d + 1] = -1.0 + 2.0 * (double)row / (double)(side - 1);
        if (spec->bias)
            data->x[i * d + 2] = 1.0;
    }
    put_labels(data, 2, spec, rng);
}
