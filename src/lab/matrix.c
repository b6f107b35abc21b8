/* A real matrix with chosen eigenvalues and a chosen distance from normal. */
#include <math.h>

#include "lab/matrix.h"

static double *random_orthogonal(struct sg_lab *lab, size_t m, struct sg_rng *rng)
{
    double *g = SG_TAKE(lab, m * m, double), *q = SG_TAKE(lab, m * m, double);
    sg_base_rng_gaussians(g, m * m, rng);
    sg_lab_try(lab, sg_base_qr_q(q, g, m, m));
    return q;
}

void sg_lab_matrix(struct sg_lab *lab, double *a, const double complex *eigenvalues, size_t m,
                   double condition, struct sg_rng *rng)
{
    const double *outer = random_orthogonal(lab, m, rng), *inner = random_orthogonal(lab, m, rng);
    double *block = SG_TAKE(lab, m * m, double), *half = SG_TAKE(lab, m * m, double);
    for (size_t j = 0; j < m; j++) {
        block[j * m + j] = creal(eigenvalues[j]);
        if (cimag(eigenvalues[j]) > 0) { /* [[re, im], [-im, re]] for the pair j, j + 1 */
            SG_REQUIRE(j + 1 < m && eigenvalues[j + 1] == conj(eigenvalues[j]));
            block[j * m + j + 1] = cimag(eigenvalues[j]);
            block[(j + 1) * m + j] = -cimag(eigenvalues[j]);
        }
    }
    /* T = outer diag(t) inner, t from condition to 1: A = T block T^{-1}. */
    sg_base_mul(half, inner, block, m, m, m);
    sg_base_mul_nt(block, half, inner, m, m, m);
    for (size_t i = 0; i < m && m > 1; i++)
        for (size_t j = 0; j < m; j++)
            block[i * m + j] *= pow(condition, ((double)j - (double)i) / (double)(m - 1));
    sg_base_mul(half, outer, block, m, m, m);
    sg_base_mul_nt(a, half, outer, m, m, m);
}
