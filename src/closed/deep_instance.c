/* Second moments around a product, and the exact instance of a repelling global minimum (DY8). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

/* M = [[S, S P, 0], [P^T S, P^T S P + R, 0], [0, 0, 1]]. */
void sg_closed_deep_centred_moments(double *M, const double *S, const double *R, const double *P,
                                    size_t d, size_t m)
{
    SG_REQUIRE(M && R);
    const size_t q = d + m + 1;
    double *SP = SG_NEW(d * m, double), *PSP = SG_NEW(m * m, double);
    sg_base_mul(SP, S, P, d, d, m);
    sg_base_mul_tn(PSP, P, SP, m, d, m);
    memset(M, 0, q * q * sizeof *M);
    for (size_t i = 0; i < d; i++) {
        memcpy(M + i * q, S + i * d, d * sizeof *M);
        for (size_t j = 0; j < m; j++)
            M[i * q + d + j] = M[(d + j) * q + i] = SP[i * m + j];
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            M[(d + i) * q + d + j] = PSP[i * m + j] + R[i * m + j];
    M[q * q - 1] = 1;
    free(SP);
    free(PSP);
}

void sg_closed_deep_repelling(struct sg_data *data, struct sg_deep *deep, double *w)
{
    SG_REQUIRE(data && deep);
    static const double x[4] = {1, 1, -1, -1}, sign[4][2] = {{1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
    static const double weights[6] = {0.1, 0.1, 0.1, 0.3, 0.0, 0.05}, P[2] = {0.01, 0.035};
    const double residual[2] = {sqrt(10.0), 0.1};
    *deep = (struct sg_deep){.n_layers = 2, .at = 1, .width = {1, 2, 2}};
    memcpy(w, weights, sizeof weights);
    sg_data_alloc(data, 4, 1, 2);
    for (size_t i = 0; i < 4; i++) {
        data->x[i] = x[i];
        for (size_t j = 0; j < 2; j++)
            data->y[2 * i + j] = x[i] * P[j] - sign[i][j] * residual[j];
    }
}
