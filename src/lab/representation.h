/* representation.h - private: what the field measures of representations, h (n images x k units).
 *
 * Two ways to say how n images look to a layer, each as a row of n (n - 1) / 2 numbers, a number a
 * pair of images, whose norm is 1.  The similarity of two layers, of one net or of two, is the dot
 * product of their rows, and 1 - that is half the squared distance of the rows.  A layer that sees
 * no difference between images has a row of zeros. */
#ifndef SG_LAB_REPRESENTATION_H
#define SG_LAB_REPRESENTATION_H

#include <stdbool.h>

#include "synthgrad/base.h"

size_t sg_lab_pairs(size_t n);

/* The linear kernel h h^T, centred as Szekely and Rizzo (2014) do: the diagonal is left out, and
 * every row of what is left has the sum 0.  The dot product of two rows is the CKA whose HSIC is
 * the unbiased estimate of Song et al. (2012).  n >= 4. */
void sg_lab_kernel_row(double *row, const double *h, size_t n, size_t k);
/* D_ij = 1 - corr(h_i, h_j) over the k units: d (n x n).  An image to which no unit differs from
 * another is correlated with nothing: D = 1.  D_ii = 0. */
void sg_lab_dissimilarity(double *d, const double *h, size_t n, size_t k);
/* The pairs of D less their mean.  The dot product of two rows is the correlation of two D, that of
 * Kriegeskorte et al. (2008) with nothing averaged. */
void sg_lab_dissimilarity_row(double *row, const double *d, size_t n);

/* Where the labels are in a layer. */
struct sg_label_profile {
    double share;         /* sum_c n_c |mean_c - mean|^2 / sum_i |h_i - mean|^2 */
    double alignment;     /* CKA of h with one-hot labels; images: the same */
    double participation; /* (tr S)^2 / tr S^2 of the covariance S: directions in use */
    double error;         /* |between + within - total| / total */
    double tolerance;     /* what rounding may leave of it, at most: 4 (n + k) u */
};
/* label: 0..classes - 1.  Without variance: share, alignment and participation 0. */
struct sg_label_profile sg_lab_label_profile(const double *h, const unsigned char *label, size_t n,
                                             size_t k, size_t classes);

/* Nets x_0..x_S-1 under one rule and y_0..y_S-1 under another, x_i and y_i from one start.
 * d = 1 - similarity.  Means over pairs of different starts i != j:
 *   within_x = d(x_i, x_j), within_y = d(y_i, y_j), across = d(x_i, y_j)
 *   energy   = 2 across - within_x - within_y
 *   ratio    = energy / ((within_x + within_y) / 2): the rule's effect over the start's
 * Where a similarity is a dot product of rows, energy is the mean of <x_i - y_i, x_j - y_j>, the
 * estimate without bias of |E x - E y|^2.
 * The test: if the rule makes no difference to the joint law of the rows, x_i and y_i can change
 * places.  That turns the signs of the terms with i.  p is the share of the 2^(S-1) patterns of
 * signs (those of all i together change nothing) with an energy as large: exact.  All nets together
 * must not be shuffled, since those of one start are alike.  Above SG_ENERGY_EXACT starts as many
 * patterns are drawn, the one seen among them.
 *   floor    = 1 / patterns: no p is less */
enum { SG_ENERGY_EXACT = 15, SG_ENERGY_DRAWN = 16384 };
struct sg_energy { double within_x, within_y, across, energy, ratio, p, floor; };
/* similarity (2S x 2S): of x_0..x_S-1, y_0..y_S-1.  S >= 2.  rng: for drawn patterns. */
struct sg_energy sg_lab_energy(const double *similarity, size_t starts, struct sg_rng *rng);

#endif
