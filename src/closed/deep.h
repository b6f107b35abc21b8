/* deep.h - private to the deep_*.c files: the products and moments of a deep linear net that its
 * formulas are made of. */
#ifndef SG_CLOSED_DEEP_H
#define SG_CLOSED_DEEP_H

#include "synthgrad/deep.h"

struct sg_deep_sizes {
    size_t d, m;
    size_t K;              /* units of the SG */
    size_t q;              /* d + m + 1, the size of M */
    size_t z;              /* the length of (h, y, 1) */
    size_t n_w, n_phi;
};
struct sg_deep_sizes sg_deep_sizes(const struct sg_deep *deep);
/* The product of the layers between two boundaries, as a fresh matrix.  L_i = W_1 ... W_{i-1} and
 * R_i = W_{i+1} ... W_N are such products. */
double *sg_deep_product(const struct sg_deep *deep, const double *w, size_t from, size_t to);
/* E[x^T (p - y)] (d x m). */
double *sg_deep_slope(const struct sg_deep *deep, const double *w, const double *moments);
/* (x, y, 1) map = z: a fresh matrix (q x z). */
double *sg_deep_z_map(const struct sg_deep *deep, const double *w);
/* E[x^T z] (d x z) and S_z (z x z). */
void sg_deep_z(double *xz, double *zz, const struct sg_deep *deep, const double *w,
               const double *moments);
/* A block of rows and columns of M, as a fresh matrix. */
double *sg_deep_block(const double *moments, size_t q, size_t row, size_t rows, size_t column,
                      size_t columns);

/* a >= 0 (n x n) by dsyevd: value (n, descending) and vector (columns).  rank: how many are above
 * 1e-11 of the largest.  dropped: grows to the largest of the others over the largest, or to 1e-11
 * where one that is not 0 is lost among them. */
enum sg_status sg_deep_positive_part(double *value, double *vector, size_t *rank, double *dropped,
                                     const double *a, size_t n);

#endif
