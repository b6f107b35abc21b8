/* matrix.h - private: matrices with chosen eigenvalues. */
#ifndef SG_LAB_MATRIX_H
#define SG_LAB_MATRIX_H

#include "lab/lab.h"

/* A random real a (m x m) = T D T^{-1} with these eigenvalues, cond(T) = condition exactly (1: a is normal).  A complex pair stands side by
 * side, the one with positive imaginary part first. */
enum sg_status sg_claim_matrix(double *a, const double complex *eigenvalues, size_t m, double condition, struct sg_rng *rng) SG_MUST_CHECK;
/* The largest distance between the two, as multisets: each of a takes the nearest of b that is left. */
double sg_claim_spectrum_distance(const double complex *a, const double complex *b, size_t n);

#endif
