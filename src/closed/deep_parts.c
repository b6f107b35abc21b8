/* Deep linear nets: sizes, products of layers, moments, and the gradient. */
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

struct sg_deep_sizes sg_deep_sizes(const struct sg_deep *deep)
{
    SG_REQUIRE(deep->n_layers <= SG_DEEP_LAYERS_MAX && deep->at >= 1 && deep->at <= deep->n_layers);
    struct sg_deep_sizes s = {.d = deep->width[0],
                              .m = deep->width[deep->n_layers],
                              .K = deep->width[deep->at]};
    s.q = s.d + s.m + 1;
    s.z = s.K + s.m + 1;
    s.n_w = sg_closed_deep_offset(deep, deep->n_layers);
    s.n_phi = s.z * s.K;
    return s;
}

size_t sg_closed_deep_n_w(const struct sg_deep *deep)
{
    SG_REQUIRE(deep);
    return sg_deep_sizes(deep).n_w;
}

size_t sg_closed_deep_n_phi(const struct sg_deep *deep)
{
    SG_REQUIRE(deep);
    return sg_deep_sizes(deep).n_phi;
}

size_t sg_closed_deep_offset(const struct sg_deep *deep, size_t layer)
{
    SG_REQUIRE(deep);
    size_t offset = 0;
    for (size_t i = 0; i < layer; i++)
        offset += deep->width[i] * deep->width[i + 1];
    return offset;
}

double *sg_deep_product(const struct sg_deep *deep, const double *w, size_t from, size_t to)
{
    const size_t rows = deep->width[from];
    double *product = SG_NEW(rows * rows, double);
    for (size_t i = 0; i < rows; i++)
        product[i * rows + i] = 1.0;
    for (size_t layer = from; layer < to; layer++) {
        const size_t in = deep->width[layer], out = deep->width[layer + 1];
        double *next = SG_NEW(rows * out, double);
        sg_base_mul(next, product, w + sg_closed_deep_offset(deep, layer), rows, in, out);
        free(product);
        product = next;
    }
    return product;
}

void sg_closed_deep_product(double *product, const struct sg_deep *deep, const double *w,
                            size_t from, size_t to)
{
    SG_REQUIRE(deep);
    double *fresh = sg_deep_product(deep, w, from, to);
    memcpy(product, fresh, deep->width[from] * deep->width[to] * sizeof *product);
    free(fresh);
}

double *sg_deep_block(const double *moments, size_t q, size_t row, size_t rows, size_t column,
                      size_t columns)
{
    double *block = SG_NEW(rows * columns, double);
    for (size_t i = 0; i < rows; i++)
        memcpy(block + i * columns, moments + (row + i) * q + column, columns * sizeof *block);
    return block;
}

void sg_closed_deep_moments(double *moments, const struct sg_data *data)
{
    SG_REQUIRE(moments && data);
    const size_t n = data->n, d = data->d, m = data->m, q = d + m + 1;
    double *rows = SG_NEW(n * q, double);
    for (size_t i = 0; i < n; i++) {
        memcpy(rows + i * q, data->x + i * d, d * sizeof *rows);
        memcpy(rows + i * q + d, data->y + i * m, m * sizeof *rows);
        rows[i * q + d + m] = data->one[i];
    }
    sg_base_mul_tn(moments, rows, rows, q, n, q);
    for (size_t i = 0; i < q * q; i++)
        moments[i] /= (double)n;
    free(rows);
}

double *sg_deep_slope(const struct sg_deep *deep, const double *w, const double *moments)
{
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *P = sg_deep_product(deep, w, 0, deep->n_layers), *slope = SG_NEW(s.d * s.m, double);
    double *xx = sg_deep_block(moments, s.q, 0, s.d, 0, s.d);
    sg_base_mul(slope, xx, P, s.d, s.d, s.m);
    for (size_t i = 0; i < s.d; i++)
        for (size_t j = 0; j < s.m; j++)
            slope[i * s.m + j] -= moments[i * s.q + s.d + j];
    free(P);
    free(xx);
    return slope;
}

double *sg_deep_z_map(const struct sg_deep *deep, const double *w)
{
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *U = sg_deep_product(deep, w, 0, deep->at), *map = SG_NEW(s.q * s.z, double);
    for (size_t i = 0; i < s.d; i++)
        memcpy(map + i * s.z, U + i * s.K, s.K * sizeof *map);
    for (size_t i = 0; i <= s.m; i++)
        map[(s.d + i) * s.z + s.K + i] = 1.0;
    free(U);
    return map;
}

void sg_deep_z(double *xz, double *zz, const struct sg_deep *deep, const double *w,
               const double *moments)
{
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *map = sg_deep_z_map(deep, w), *half = SG_NEW(s.q * s.z, double);
    sg_base_mul(half, moments, map, s.q, s.q, s.z);
    memcpy(xz, half, s.d * s.z * sizeof *xz);
    sg_base_mul_tn(zz, map, half, s.z, s.q, s.z);
    free(map);
    free(half);
}

/* dL/dW_i = L_i^T E[x^T (p - y)] R_i^T. */
void sg_closed_deep_gradient(double *gradient, const struct sg_deep *deep, const double *w,
                             const double *moments)
{
    SG_REQUIRE(deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *slope = sg_deep_slope(deep, w, moments);
    for (size_t i = 0; i < deep->n_layers; i++) {
        double *L = sg_deep_product(deep, w, 0, i),
               *R = sg_deep_product(deep, w, i + 1, deep->n_layers);
        double *half = SG_NEW(deep->width[i] * s.m, double);
        sg_base_mul_tn(half, L, slope, deep->width[i], s.d, s.m);
        sg_base_mul_nt(gradient + sg_closed_deep_offset(deep, i), half, R, deep->width[i], s.m,
                       deep->width[i + 1]);
        free(L);
        free(R);
        free(half);
    }
    free(slope);
}
