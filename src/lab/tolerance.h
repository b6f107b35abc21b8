/* tolerance.h - private: tolerances with their words, spectra held against closed forms. */
#ifndef SG_LAB_TOLERANCE_H
#define SG_LAB_TOLERANCE_H

#include "lab/lab.h"

/* Bauer-Fike: a matrix diagonalised by T moves its eigenvalues by at most cond(T) |E|, and dgeev's
 * |E| is of order size u |J|: 10 size u |J| cond(T).  J (size x size). */
struct sg_tol sg_tol_dgeev(struct sg_lab *lab, const double *J, size_t size, double cond_T);
/* The same where J is exactly [[A, B], [0, D]], A (first x first), and A and D are symmetric,
 * however near their eigenvalues are: dgeev's reflectors keep the zero block, so its |E| acts on A
 * and D each by itself, and these have cond = 1.  10 size u |J|. */
struct sg_tol sg_tol_dgeev_blocks(struct sg_lab *lab, const double *J, size_t size, size_t first);
/* The spectrum of J_near for such a J.  |E| is dgeev's and |J - J_near|.  At a distance delta from
 * J's spectrum |(J - lambda)^{-1}| <= 1/delta + |B|/delta^2, so lambda moves by at most
 * (|E| + sqrt(|E|^2 + 4 |E| |B|)) / 2.  The smaller of this and of Bauer-Fike. */
struct sg_tol sg_tol_dgeev_blocks_near(struct sg_lab *lab, const double *J, const double *J_near,
                                       size_t size, size_t first, double cond_T);
/* A tolerance of `ulps` unit roundoffs of `scale`. */
struct sg_tol sg_tol_rounding(double ulps, double scale, const char *words);

/* Row: the eigenvalues of J (size x size) by dgeev are `closed`, as multisets; scale: the largest
 * modulus.  lambda: NULL, or out: they, sorted by real part. */
void sg_lab_spectrum(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id,
                     const char *what, double complex *lambda, const double *J,
                     const double complex *closed, size_t size, struct sg_tol tol);
/* The largest distance between two multisets: each of a takes the nearest of b that is left. */
double sg_lab_spectrum_distance(const double complex *a, const double complex *b, size_t n);

#endif
