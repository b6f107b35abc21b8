/* matrix.h - private: matrices with chosen eigenvalues. */
#ifndef SG_LAB_MATRIX_H
#define SG_LAB_MATRIX_H

#include "lab/lab.h"

/* A random real a (m x m) = T D T^{-1} with these eigenvalues, cond(T) = condition exactly (1: a is
 * normal).  A complex pair stands side by side, the one with positive imaginary part first. */
void sg_lab_matrix(struct sg_lab *lab, double *a, const double complex *eigenvalues, size_t m,
                   double condition, struct sg_rng *rng);

#endif
