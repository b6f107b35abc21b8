/* The exact Hessian of a deep linear net's loss over all weights (DY8).
 *
 *   d^2 L (dW_i, dW_j) = <x dP_i, x dP_j> + E[<r, x d^2 P>],  dP_i = L_i dW_i R_i,
 *   d^2 P = L_i dW_i M_ij dW_j R_j  (i < j),
 *
 * so with E = E[x^T r] and rows (a, b) of W_i, (c, e) of W_j:
 *   H = (L_i^T S L_j)[a, c] (R_j R_i^T)[e, b]  +  (L_i^T E R_j^T)[a, e] M_ij[b, c]  for i < j. */
#include <stdlib.h>

#include "closed/deep.h"

/* H's block of layers i and j gets left[a, c] right[e, b]; or, crossed, left[a, e] right[b, c]. */
static void add_block(double *hessian, const struct sg_deep *deep, size_t i, size_t j,
                      const double *left, const double *right, bool crossed)
{
    const size_t n_w = sg_closed_deep_n_w(deep), at_i = sg_closed_deep_offset(deep, i),
                 at_j = sg_closed_deep_offset(deep, j);
    const size_t A = deep->width[i], B = deep->width[i + 1], C = deep->width[j],
                 F = deep->width[j + 1];
    for (size_t a = 0; a < A; a++)
        for (size_t b = 0; b < B; b++)
            for (size_t c = 0; c < C; c++)
                for (size_t e = 0; e < F; e++)
                    hessian[(at_i + a * B + b) * n_w + at_j + c * F + e] +=
                        crossed ? left[a * F + e] * right[b * C + c]
                                : left[a * C + c] * right[e * B + b];
}

static void gauss_newton(double *hessian, const struct sg_deep *deep, const double *w,
                         const double *xx, size_t i, size_t j)
{
    const size_t d = deep->width[0], m = deep->width[deep->n_layers], N = deep->n_layers;
    double *L_i = sg_deep_product(deep, w, 0, i), *L_j = sg_deep_product(deep, w, 0, j);
    double *R_i = sg_deep_product(deep, w, i + 1, N), *R_j = sg_deep_product(deep, w, j + 1, N);
    double *half = SG_NEW(d * deep->width[j], double),
           *left = SG_NEW(deep->width[i] * deep->width[j], double);
    double *right = SG_NEW(deep->width[j + 1] * deep->width[i + 1], double);
    sg_base_mul(half, xx, L_j, d, d, deep->width[j]);
    sg_base_mul_tn(left, L_i, half, deep->width[i], d, deep->width[j]);
    sg_base_mul_nt(right, R_j, R_i, deep->width[j + 1], m, deep->width[i + 1]);
    add_block(hessian, deep, i, j, left, right, false);
    double *owned[] = {L_i, L_j, R_i, R_j, half, left, right};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

static void curvature(double *hessian, const struct sg_deep *deep, const double *w,
                      const double *slope, size_t i, size_t j)
{
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    double *L_i = sg_deep_product(deep, w, 0, i),
           *R_j = sg_deep_product(deep, w, j + 1, deep->n_layers);
    double *M_ij = sg_deep_product(deep, w, i + 1, j);
    double *half = SG_NEW(deep->width[i] * m, double),
           *left = SG_NEW(deep->width[i] * deep->width[j + 1], double);
    sg_base_mul_tn(half, L_i, slope, deep->width[i], d, m);
    sg_base_mul_nt(left, half, R_j, deep->width[i], m, deep->width[j + 1]);
    add_block(hessian, deep, i, j, left, M_ij, true);
    double *owned[] = {L_i, R_j, M_ij, half, left};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

void sg_closed_deep_hessian(double *hessian, const struct sg_deep *deep, const double *w,
                            const double *moments)
{
    SG_REQUIRE(hessian && deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *slope = sg_deep_slope(deep, w, moments),
           *xx = sg_deep_block(moments, s.q, 0, s.d, 0, s.d);
    for (size_t k = 0; k < s.n_w * s.n_w; k++)
        hessian[k] = 0.0;
    for (size_t i = 0; i < deep->n_layers; i++)
        for (size_t j = i; j < deep->n_layers; j++) {
            gauss_newton(hessian, deep, w, xx, i, j);
            if (i < j)
                curvature(hessian, deep, w, slope, i, j);
        }
    for (size_t row = 0; row < s.n_w; row++)              /* the blocks below the diagonal */
        for (size_t column = 0; column < row; column++)
            hessian[row * s.n_w + column] = hessian[column * s.n_w + row];
    free(slope);
    free(xx);
}
