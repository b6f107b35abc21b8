/* A real matrix with chosen eigenvalues and a chosen distance from normal; how far two spectra are apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"

/* Random orthogonal (m x m). */
static enum sg_status random_orthogonal(double *q, size_t m, struct sg_rng *rng)
{
    double *g = SG_NEW(m * m, double);
    sg_base_rng_gaussians(g, m * m, rng);
    const enum sg_status status = sg_base_qr_q(q, g, m, m);
    free(g);
    return status;
}

enum sg_status sg_claim_matrix(double *a, const double complex *eigenvalues, size_t m, double condition, struct sg_rng *rng)
{
    double *outer = SG_NEW(m * m, double), *inner = SG_NEW(m * m, double), *block = SG_NEW(m * m, double), *half = SG_NEW(m * m, double);
    enum sg_status status = random_orthogonal(outer, m, rng);
    if (status == SG_OK)
        status = random_orthogonal(inner, m, rng);
    for (size_t j = 0; j < m; j++) {
        block[j * m + j] = creal(eigenvalues[j]);
        if (cimag(eigenvalues[j]) > 0) {                 /* [[re, im], [-im, re]] for the pair j, j + 1 */
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
    free(outer);
    free(inner);
    free(block);
    free(half);
    return status;
}

double sg_claim_spectrum_distance(const double complex *a, const double complex *b, size_t n)
{
    bool *taken = SG_NEW(n, bool);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        size_t nearest = n;
        for (size_t j = 0; j < n; j++)
            if (!taken[j] && (nearest == n || cabs(a[i] - b[j]) < cabs(a[i] - b[nearest])))
                nearest = j;
        taken[nearest] = true;
        worst = sg_base_max(worst, cabs(a[i] - b[nearest]));
    }
    free(taken);
    return worst;
}
