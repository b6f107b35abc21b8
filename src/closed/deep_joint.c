/* The joint Jacobian of weights and SG at a critical point of a deep linear net (DY8).
 *
 * With psi = Phi - Phi*(w), so that s = g + z psi:
 *     w'   = -grad L - Q psi,
 *     psi' = -kappa G psi - D w' = -kappa G psi + D grad L,
 * since D Q = 0: Q moves the weights below the SG, and Phi* depends on those above.  At grad L = 0,
 * psi = 0 the Jacobian is [[-H, -Q], [D H, -kappa G]]. */
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

void sg_closed_deep_exact_sg(double *phi, const struct sg_deep *deep, const double *w,
                             const double *bias)
{
    SG_REQUIRE(deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *V = sg_deep_product(deep, w, deep->at, deep->n_layers), *B = phi + s.K * s.K,
           *C = B + s.m * s.K;
    sg_base_mul_nt(phi, V, V, s.K, s.m, s.K);
    for (size_t o = 0; o < s.K; o++) {
        for (size_t j = 0; j < s.m; j++)
            B[j * s.K + o] = -V[o * s.m + j];
        C[o] = bias ? sg_base_dot(bias, V + o * s.m, s.m) : 0.0;
    }
    free(V);
}

/* dW_i' = -L_i^T E[x^T z] psi M_i^T, M_i = W_{i+1} ... W_at: entry ((a, b), (j, o)) is
 * (L_i^T E[x^T z])[a, j] M_i[b, o]. */
void sg_closed_deep_q(double *Q, const struct sg_deep *deep, const double *w, const double *moments)
{
    SG_REQUIRE(Q && deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *xz = SG_NEW(s.d * s.z, double), *zz = SG_NEW(s.z * s.z, double);
    sg_deep_z(xz, zz, deep, w, moments);
    memset(Q, 0, s.n_w * s.n_phi * sizeof *Q);
    for (size_t i = 0; i < deep->at; i++) {
        const size_t A = deep->width[i], B = deep->width[i + 1],
                     offset = sg_closed_deep_offset(deep, i);
        double *L = sg_deep_product(deep, w, 0, i), *M = sg_deep_product(deep, w, i + 1, deep->at),
               *left = SG_NEW(A * s.z, double);
        sg_base_mul_tn(left, L, xz, A, s.d, s.z);
        for (size_t a = 0; a < A; a++)
            for (size_t b = 0; b < B; b++)
                for (size_t j = 0; j < s.z; j++)
                    for (size_t o = 0; o < s.K; o++)
                        Q[(offset + a * B + b) * s.n_phi + j * s.K + o] = left[a * s.z + j] *
                                                                          M[b * s.K + o];
        free(L);
        free(M);
        free(left);
    }
    free(xz);
    free(zz);
}

/* dV = F dW_j R_j, F = W_{at+1} ... W_{j-1}:  dA* = dV V^T + V dV^T,  dB* = -dV^T,  dC* = 0. */
void sg_closed_deep_d(double *D, const struct sg_deep *deep, const double *w)
{
    SG_REQUIRE(deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *V = sg_deep_product(deep, w, deep->at, deep->n_layers),
           *dV_VT = SG_NEW(s.K * s.K, double), *dV = SG_NEW(s.K * s.m, double);
    memset(D, 0, s.n_phi * s.n_w * sizeof *D);
    for (size_t i = deep->at; i < deep->n_layers; i++) {
        const size_t C = deep->width[i], B = deep->width[i + 1],
                     offset = sg_closed_deep_offset(deep, i);
        double *F = sg_deep_product(deep, w, deep->at, i),
               *R = sg_deep_product(deep, w, i + 1, deep->n_layers);
        for (size_t c = 0; c < C; c++)
            for (size_t e = 0; e < B; e++) {
                double *column = D + offset + c * B + e;
                for (size_t a = 0; a < s.K; a++)
                    for (size_t j = 0; j < s.m; j++)
                        dV[a * s.m + j] = F[a * C + c] * R[e * s.m + j];
                sg_base_mul_nt(dV_VT, dV, V, s.K, s.m, s.K);
                for (size_t a = 0; a < s.K; a++)
                    for (size_t o = 0; o < s.K; o++)
                        column[(a * s.K + o) * s.n_w] = dV_VT[a * s.K + o] + dV_VT[o * s.K + a];
                for (size_t j = 0; j < s.m; j++)
                    for (size_t o = 0; o < s.K; o++)
                        column[((s.K + j) * s.K + o) * s.n_w] = -dV[o * s.m + j];
            }
        free(F);
        free(R);
    }
    free(V);
    free(dV_VT);
    free(dV);
}

void sg_closed_deep_g(double *G, const struct sg_deep *deep, const double *w, const double *moments)
{
    SG_REQUIRE(G);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    double *xz = SG_NEW(s.d * s.z, double), *zz = SG_NEW(s.z * s.z, double);
    sg_deep_z(xz, zz, deep, w, moments);
    memset(G, 0, s.n_phi * s.n_phi * sizeof *G);
    for (size_t i = 0; i < s.z; i++)
        for (size_t j = 0; j < s.z; j++)
            for (size_t o = 0; o < s.K; o++)
                G[(i * s.K + o) * s.n_phi + j * s.K + o] = zz[i * s.z + j];
    free(xz);
    free(zz);
}

static void put_block(double *whole, size_t size, size_t row, size_t column, const double *block,
                      size_t rows, size_t columns, double factor)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            whole[(row + i) * size + column + j] = factor * block[i * columns + j];
}

void sg_closed_deep_flow(double *jacobian, const struct sg_deep *deep, const double *w,
                         const double *moments, double kappa)
{
    SG_REQUIRE(jacobian && deep && w && moments);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    const size_t size = s.n_w + s.n_phi;
    double *H = SG_NEW(s.n_w * s.n_w, double), *Q = SG_NEW(s.n_w * s.n_phi, double),
           *D = SG_NEW(s.n_phi * s.n_w, double);
    double *G = SG_NEW(s.n_phi * s.n_phi, double), *DH = SG_NEW(s.n_phi * s.n_w, double);
    sg_closed_deep_hessian(H, deep, w, moments);
    sg_closed_deep_q(Q, deep, w, moments);
    sg_closed_deep_d(D, deep, w);
    sg_closed_deep_g(G, deep, w, moments);
    sg_base_mul(DH, D, H, s.n_phi, s.n_w, s.n_w);
    put_block(jacobian, size, 0, 0, H, s.n_w, s.n_w, -1.0);
    put_block(jacobian, size, 0, s.n_w, Q, s.n_w, s.n_phi, -1.0);
    put_block(jacobian, size, s.n_w, 0, DH, s.n_phi, s.n_w, 1.0);
    put_block(jacobian, size, s.n_w, s.n_w, G, s.n_phi, s.n_phi, -kappa);
    double *owned[] = {H, Q, D, G, DH};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

/* T^-1 (I + mu J) T: the columns of psi move to those of w by -D, the rows of
 * w to those of Phi by +D. */
void sg_closed_deep_step(double *jacobian, const struct sg_deep *deep, const double *w,
                         const double *moments, double mu, double nu)
{
    SG_REQUIRE(jacobian);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    const size_t size = s.n_w + s.n_phi;
    double *D = SG_NEW(s.n_phi * s.n_w, double);
    sg_closed_deep_d(D, deep, w);
    sg_closed_deep_flow(jacobian, deep, w, moments, nu / mu);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < s.n_w; j++)
            for (size_t k = 0; k < s.n_phi; k++)
                jacobian[i * size + j] -= jacobian[i * size + s.n_w + k] * D[k * s.n_w + j];
    for (size_t k = 0; k < s.n_phi; k++)
        for (size_t i = 0; i < s.n_w; i++)
            for (size_t j = 0; j < size; j++)
                jacobian[(s.n_w + k) * size + j] += D[k * s.n_w + i] * jacobian[i * size + j];
    for (size_t i = 0; i < size * size; i++)
        jacobian[i] *= mu;
    for (size_t i = 0; i < size; i++)
        jacobian[i * size + i] += 1.0;
    free(D);
}
