/* QR compression: the rows of sqrt(q) R, R from the QR of [x y 1]/sqrt(n),
 * q = d + m + 1, as a data set.
 *
 * Rows stream through in blocks: R of [R_so_far; block] by one Householder QR.  Forming the moments
 * instead would square the condition number; this does not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/data.h"

enum { BLOCK_ROWS = 256 };

struct sg_compressor {
    size_t d, m, q, n;
    double *r;      /* q x q: R of the rows so far, not yet divided by sqrt(n) */
    double *stack;  /* (q + BLOCK_ROWS) x q */
};

struct sg_compressor *sg_data_compressor_alloc(size_t d, size_t m)
{
    struct sg_compressor *c = SG_NEW(1, struct sg_compressor);
    c->d = d;
    c->m = m;
    c->q = d + m + 1;
    c->r = SG_NEW(c->q * c->q, double);
    c->stack = SG_NEW((c->q + BLOCK_ROWS) * c->q, double);
    return c;
}

void sg_data_compressor_free(struct sg_compressor *c)
{
    if (!c)
        return;
    free(c->r);
    free(c->stack);
    free(c);
}

enum sg_status sg_data_compressor_add(struct sg_compressor *c, const struct sg_data *block)
{
    SG_REQUIRE(c && block && block->d == c->d && block->m == c->m);
    for (size_t start = 0; start < block->n; start += BLOCK_ROWS) {
        const size_t rows = block->n - start < BLOCK_ROWS ? block->n - start : BLOCK_ROWS;
        memcpy(c->stack, c->r, c->q * c->q * sizeof *c->r);
        for (size_t i = 0; i < rows; i++) {
            double *row = c->stack + (c->q + i) * c->q;
            memcpy(row, block->x + (start + i) * c->d, c->d * sizeof *row);
            memcpy(row + c->d, block->y + (start + i) * c->m, c->m * sizeof *row);
            row[c->d + c->m] = block->one[start + i];
        }
        enum sg_status status = sg_base_qr_r(c->r, c->stack, c->q + rows, c->q);
        if (status != SG_OK)
            return status;
        c->n += rows;
    }
    return SG_OK;
}

enum sg_status sg_data_compressor_finish(struct sg_data *compressed, struct sg_compressor *c)
{
    SG_REQUIRE(compressed && c);
    *compressed = (struct sg_data){0};
    if (c->n == 0)
        return SG_HYPOTHESIS;
    if (!sg_base_all_finite(c->r, c->q * c->q))   /* an add has failed */
        return SG_NOT_FINITE;
    const double scale = sqrt((double)c->q / (double)c->n);
    sg_data_alloc(compressed, c->q, c->d, c->m);
    for (size_t i = 0; i < c->q; i++) {
        const double *row = c->r + i * c->q;
        for (size_t j = 0; j < c->d; j++)
            compressed->x[i * c->d + j] = scale * row[j];
        for (size_t j = 0; j < c->m; j++)
            compressed->y[i * c->m + j] = scale * row[c->d + j];
        compressed->one[i] = scale * row[c->d + c->m];
    }
    return SG_OK;
}

enum sg_status sg_data_compress(struct sg_data *compressed, const struct sg_data *data)
{
    SG_REQUIRE(compressed && data);
    struct sg_compressor *c = sg_data_compressor_alloc(data->d, data->m);
    enum sg_status status = sg_data_compressor_add(c, data);
    if (status == SG_OK)
        status = sg_data_compressor_finish(compressed, c);
    else
        *compressed = (struct sg_data){0};
    sg_data_compressor_free(c);
    return status;
}
