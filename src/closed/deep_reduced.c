/* Two layers with an SG between them, at a least-squares product: the reduced system
 * (u, v, beta) of DY8 as a matrix. */
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

size_t sg_closed_deep_reduced_size(const struct sg_deep *deep)
{
    SG_REQUIRE(deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    return s.d * s.m + s.d * s.K + (s.m + 1) * s.K;
}

/* What the equations are made of; l = m + 1 label columns. */
struct parts { double *S, *P, *T, *SW1, *WWS, *NS, *PT, *PS, *VV, *WW; };

/* (x, 1) regressed: P~ = [P e], e = S^-1 E[x^T 1]; T = E[t^T t], t = (y, 1) - x P~. */
static enum sg_status regress(struct parts *p, const struct sg_deep_sizes *s, const double *P,
                              const double *moments)
{
    const size_t d = s->d, m = s->m, l = m + 1;
    double *e = SG_NEW(d, double), *x1 = sg_deep_block(moments, s->q, 0, d, d + m, 1),
           *xl = sg_deep_block(moments, s->q, 0, d, d, l);
    double *SP = SG_NEW(d * l, double), *cross = SG_NEW(l * l, double),
           *quadratic = SG_NEW(l * l, double);
    const enum sg_status status = sg_base_solve(e, p->S, x1, d, 1);
    for (size_t i = 0; i < d; i++) {
        memcpy(p->P + i * l, P + i * m, m * sizeof *P);
        p->P[i * l + m] = e[i];
    }
    sg_base_mul(SP, p->S, p->P, d, d, l);
    sg_base_mul_tn(cross, p->P, xl, l, d, l);
    sg_base_mul_tn(quadratic, p->P, SP, l, d, l);
    for (size_t i = 0; i < l; i++)
        for (size_t j = 0; j < l; j++)
            p->T[i * l + j] = moments[(d + i) * s->q + d + j] - cross[i * l + j] -
                              cross[j * l + i] + quadratic[i * l + j];
    double *owned[] = {e, x1, xl, SP, cross, quadratic};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* A (rows x rows) acting from the left on an unknown of `columns` columns, or
 * B (columns x columns) from the right. */
static void add_left(double *J, size_t size, size_t to, size_t from, const double *A, size_t rows,
                     size_t inner, size_t columns, double factor)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < inner; k++)
            for (size_t j = 0; j < columns; j++)
                J[(to + i * columns + j) * size + from + k * columns + j] += factor *
                                                                             A[i * inner + k];
}

/* A X B with A (rows x inner), X (inner x width), B (width x columns). */
static void add_both(double *J, size_t size, size_t to, size_t from, const double *A,
                     const double *B, size_t rows, size_t inner, size_t width, size_t columns,
                     double factor)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < inner; k++)
            for (size_t g = 0; g < width; g++)
                for (size_t j = 0; j < columns; j++)
                    J[(to + i * columns + j) * size + from + k * width + g] +=
                        factor * A[i * inner + k] * B[g * columns + j];
}

static void fill(double *J, const struct parts *p, const struct sg_deep_sizes *s, const double *W2,
                 double kappa)
{
    const size_t d = s->d, m = s->m, K = s->K, l = m + 1, u = 0, v = d * m, beta = v + d * K,
                 size = beta + l * K;
    double *W2T = SG_NEW(m * K, double);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < m; j++)
            W2T[j * K + i] = W2[i * m + j];
    memset(J, 0, size * size * sizeof *J);
    add_both(J, size, u, u, p->S, p->VV, d, d, m, m, -1.0);             /* u' = - S u W2^T W2 */
    add_left(J, size, u, u, p->WWS, d, d, m, -1.0);                     /*      - W1 W1^T S u */
    add_both(J, size, u, v, p->S, W2, d, d, K, m, -1.0);                /*      - S v W2 */
    add_both(J, size, v, u, p->WWS, W2T, d, d, m, K, 1.0);              /* v' = W1 W1^T S u W2^T */
    /* - kappa (W1 W1^T + P~ P~^T) S v */
    add_left(J, size, v, v, p->NS, d, d, K, -kappa);
    add_left(J, size, v, beta, p->PT, d, l, K, -kappa);                 /*      - kappa P~ T beta */
    /* beta' = - (u^T S W1; 0) */
    for (size_t i = 0; i < m; i++)
        for (size_t o = 0; o < K; o++)
            for (size_t k = 0; k < d; k++)
                J[(beta + i * K + o) * size + u + k * m + i] -= p->SW1[k * K + o];
    add_left(J, size, beta, v, p->PS, l, d, K, -kappa);                 /*      - kappa P~^T S v */
    add_left(J, size, beta, beta, p->T, l, l, K, -kappa);               /*      - kappa T beta */
    free(W2T);
}

/* psi_A = A - W_2 W_2^T moves v through W_1' = - S u W_2^T - S v:  v' -=
 * (S u W_2^T + S v) psi_A. */
static void add_null_error(double *J, const struct parts *p, const struct sg_deep_sizes *s,
                           const double *W2, const double *A)
{
    const size_t d = s->d, m = s->m, K = s->K, v = d * m, size = v + d * K + (m + 1) * K;
    double *psi = SG_NEW(K * K, double), *W2T_psi = SG_NEW(m * K, double);
    sg_base_mul_nt(psi, W2, W2, K, m, K);
    for (size_t i = 0; i < K * K; i++)
        psi[i] = A[i] - psi[i];
    sg_base_mul_tn(W2T_psi, W2, psi, m, K, K);
    add_both(J, size, v, 0, p->S, W2T_psi, d, d, m, K, -1.0);
    add_both(J, size, v, v, p->S, psi, d, d, K, K, -1.0);
    free(psi);
    free(W2T_psi);
}

enum sg_status sg_closed_deep_reduced(double *jacobian, const struct sg_deep *deep, const double *w,
                                      const double *phi, const double *moments, double kappa)
{
    SG_REQUIRE(jacobian && deep);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    const size_t d = s.d, m = s.m, K = s.K, l = m + 1;
    SG_REQUIRE(deep->n_layers == 2 && deep->at == 1);
    const double *W1 = w, *W2 = w + d * K;
    double *P = sg_deep_product(deep, w, 0, 2), *PPT = SG_NEW(d * d, double);
    struct parts p = {.S = sg_deep_block(moments, s.q, 0, d, 0, d),
                      .P = SG_NEW(d * l, double),
                      .T = SG_NEW(l * l, double),
                      .SW1 = SG_NEW(d * K, double),
                      .WWS = SG_NEW(d * d, double),
                      .NS = SG_NEW(d * d, double),
                      .PT = SG_NEW(d * l, double),
                      .PS = SG_NEW(l * d, double),
                      .VV = SG_NEW(m * m, double),
                      .WW = SG_NEW(d * d, double)};
    const enum sg_status status = regress(&p, &s, P, moments);
    sg_base_mul(p.SW1, p.S, W1, d, d, K);
    sg_base_mul_nt(p.WW, W1, W1, d, K, d);
    sg_base_mul(p.WWS, p.WW, p.S, d, d, d);
    sg_base_mul_nt(PPT, p.P, p.P, d, l, d);
    for (size_t i = 0; i < d * d; i++)
        PPT[i] += p.WW[i];
    sg_base_mul(p.NS, PPT, p.S, d, d, d);
    sg_base_mul(p.PT, p.P, p.T, d, l, l);
    sg_base_mul_tn(p.PS, p.P, p.S, l, d, d);
    sg_base_mul_tn(p.VV, W2, W2, m, K, m);
    fill(jacobian, &p, &s, W2, kappa);
    if (phi)
        add_null_error(jacobian, &p, &s, W2, phi);
    const size_t size = sg_closed_deep_reduced_size(deep);
    for (size_t i = 0; status != SG_OK && i < size * size; i++)
        jacobian[i] = SG_NAN;
    double *owned[] = {P, PPT, p.S, p.P, p.T, p.SW1, p.WWS, p.NS, p.PT, p.PS, p.VV, p.WW};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* alpha = s (w1^2 + w2^2), g = s w1^2: the determinant of lambda I minus the 3 x 3 matrix over
 * (u, q, b), multiplied out. */
double sg_closed_deep_scalar(double c[3], double w1, double w2, double s, double rho, double kappa)
{
    SG_REQUIRE(c);
    const double v = w2 * w2, g = s * w1 * w1, alpha = s * v + g, sum = (1 + v) * g + rho;
    c[2] = alpha + kappa * sum;
    c[1] = alpha * kappa * sum + kappa * kappa * g * rho + s * g * v;
    c[0] = kappa * rho * g * (kappa * alpha + 2 * s * v);
    return c[2] * c[1] - c[0];
}
