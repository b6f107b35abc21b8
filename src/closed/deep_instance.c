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

/* Is column k of x the ones?  Its moments with itself and with the constant are 1 to rounding. */
static bool is_constant(const double *moments, size_t q, size_t k)
{
    const double tol = 64 * SG_UNIT_ROUNDOFF;
    return fabs(moments[k * q + k] - 1) <= tol && fabs(moments[k * q + q - 1] - 1) <= tol;
}

/* With C = (-P; I) and v = (x, y): r = v C, R = C^T E[v^T v] C. */
enum sg_status sg_closed_deep_about(double *S, double *R, double *mean, const struct sg_deep *deep,
                                    const double *w, const double *moments)
{
    SG_REQUIRE(deep && w && moments);
    const size_t d = deep->width[0], m = deep->width[deep->n_layers], v = d + m, q = v + 1;
    double *P = SG_NEW(d * m, double), *C = SG_NEW(v * m, double);
    double *half = SG_NEW(v * m, double), *M = SG_NEW(v * v, double);
    sg_closed_deep_product(P, deep, w, 0, deep->n_layers);
    for (size_t i = 0; i < v; i++) {
        for (size_t j = 0; j < v; j++)
            M[i * v + j] = (moments[i * q + j] + moments[j * q + i]) / 2;
        for (size_t j = 0; j < m; j++)
            C[i * m + j] = i < d ? -P[i * m + j] : i == d + j;
    }
    sg_base_mul(half, M, C, v, v, m);
    sg_base_mul_tn(R, C, half, m, v, m);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            R[i * m + j] = R[j * m + i] = (R[i * m + j] + R[j * m + i]) / 2;
    for (size_t i = 0; i < d; i++) {
        memcpy(S + i * d, M + i * v, d * sizeof *S);
        mean[i] = moments[i * q + v];
    }
    for (size_t j = 0; j < m; j++) {
        mean[d + j] = moments[(d + j) * q + v];
        for (size_t i = 0; i < d; i++)
            mean[d + j] -= P[i * m + j] * mean[i];
    }
    for (size_t k = 0; k < d; k++)
        if (is_constant(moments, q, k)) {
            S[k * d + k] = 1;
            for (size_t i = 0; i < d; i++)
                mean[i] = S[i * d + k];
            memset(mean + d, 0, m * sizeof *mean);
        }
    const bool is_one = fabs(moments[q * q - 1] - 1) <= 64 * SG_UNIT_ROUNDOFF;
    double *owned[] = {P, C, half, M};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return is_one ? SG_OK : SG_HYPOTHESIS;
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
