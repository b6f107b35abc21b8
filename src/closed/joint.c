/* The joint step of weights and SG on linear regression: Jacobian, spectrum,
 * eigenvectors (DY3, DY4). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

size_t sg_closed_joint_size(const struct sg_fit *fit)
{
    SG_REQUIRE(fit);
    return (fit->d + fit->q) * fit->m;
}

/* E[x^T x], E[x^T z], E[z^T z] at any W. */
struct blocks { double *xx, *xz, *zz; };

static struct blocks blocks_at(const struct sg_data *data, const double *w)
{
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1;
    struct blocks b = {SG_NEW(d * d, double), SG_NEW(d * q, double), SG_NEW(q * q, double)};
    double *p = SG_NEW(n * m, double), *z = SG_NEW(n * q, double);
    sg_base_mul(p, data->x, w, n, d, m);
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, p + i * m, m * sizeof *z);
        memcpy(z + i * q + m, data->y + i * m, m * sizeof *z);
        z[i * q + 2 * m] = data->one[i];
    }
    sg_base_mul_tn(b.xx, data->x, data->x, d, n, d);
    sg_base_mul_tn(b.xz, data->x, z, d, n, q);
    sg_base_mul_tn(b.zz, z, z, q, n, q);
    for (size_t i = 0; i < d * d; i++)
        b.xx[i] /= (double)n;
    for (size_t i = 0; i < d * q; i++)
        b.xz[i] /= (double)n;
    for (size_t i = 0; i < q * q; i++)
        b.zz[i] /= (double)n;
    free(p);
    free(z);
    return b;
}

/* Columns: the direction dW = e_(i,o) or dPhi = e_(j,o); rows: dW' (i',o'), dPhi' (j',o'). */
void sg_closed_joint_jacobian(double *jacobian, const struct sg_data *data, const double *w,
                              const double *phi, double mu, double nu)
{
    SG_REQUIRE(jacobian && data && phi);
    const size_t d = data->d, m = data->m, q = 2 * m + 1, nw = d * m, size = nw + q * m;
    const struct blocks b = blocks_at(data, w);
    double *psi = sg_base_copy(phi, q * m, sizeof *phi), *exact = SG_NEW(q * m, double),
           *z_psi = SG_NEW(d * m, double);
    sg_closed_exact_sg(exact, m);
    for (size_t i = 0; i < q * m; i++)
        psi[i] -= exact[i];
    sg_base_mul(z_psi, b.xz, psi, d, q, m);                      /* E[x^T z psi] */
    memset(jacobian, 0, size * size * sizeof *jacobian);
    for (size_t i = 0; i < size; i++)
        jacobian[i * size + i] = 1.0;
    for (size_t i = 0; i < d; i++)
        for (size_t o = 0; o < m; o++) {
            const size_t column = i * m + o;
            for (size_t r = 0; r < m; r++) {
                for (size_t k = 0; k < d; k++)                   /* - mu S_x dW A */
                    jacobian[(k * m + r) * size + column] -= mu * b.xx[k * d + i] * phi[o * m + r];
                for (size_t k = 0; k < q; k++)                   /* - nu E[z^T x] dW psi_A */
                    jacobian[(nw + k * m + r) * size + column] -=
                        nu * b.xz[i * q + k] * psi[o * m + r];
                /* - nu E[(x dW)^T z psi] */
                jacobian[(nw + o * m + r) * size + column] -= nu * z_psi[i * m + r];
            }
        }
    for (size_t j = 0; j < q; j++)
        for (size_t o = 0; o < m; o++) {
            const size_t column = nw + j * m + o;
            for (size_t k = 0; k < d; k++)                       /* - mu E[x^T z] dPhi */
                jacobian[(k * m + o) * size + column] -= mu * b.xz[k * q + j];
            for (size_t k = 0; k < q; k++)                       /* - nu S_z dPhi */
                jacobian[(nw + k * m + o) * size + column] -= nu * b.zz[k * q + j];
        }
    free(b.xx);
    free(b.xz);
    free(b.zz);
    free(psi);
    free(exact);
    free(z_psi);
}

void sg_closed_joint_spectrum(double *eigenvalues, const struct sg_fit *fit, double mu, double nu)
{
    SG_REQUIRE(eigenvalues && fit);
    size_t k = 0;
    for (size_t copy = 0; copy < fit->m; copy++) {
        for (size_t i = 0; i < fit->d; i++)
            eigenvalues[k++] = 1 - mu * fit->lambda_x[i];
        for (size_t j = 0; j < fit->q; j++)
            eigenvalues[k++] = 1 - nu * fit->lambda_z[j];
    }
    sg_base_sort(eigenvalues, k);
}

/* Which eigenvalue has the largest modulus?  Only the extreme nonzero lambdas of each block can. */
struct dominant { double value; bool in_x; size_t index; };

static struct dominant dominant(const struct sg_fit *fit, double mu, double nu)
{
    struct dominant best = {0.0, true, 0};
    for (int block = 0; block < 2; block++) {
        const double *lambda = block ? fit->lambda_z : fit->lambda_x, rate = block ? nu : mu;
        const size_t size = block ? fit->q : fit->d,
                     nonzero = size - sg_closed_rates(lambda, size).zeros;
        for (size_t i = 0; i < nonzero; i++)
            if (fabs(1 - rate * lambda[i]) > fabs(best.value))
                best = (struct dominant){1 - rate * lambda[i], block == 0, i};
    }
    return best;
}

double sg_closed_joint_radius(const struct sg_fit *fit, double mu, double nu)
{
    SG_REQUIRE(fit);
    return fabs(dominant(fit, mu, nu).value);
}

/* J = [[J1, K], [0, J2]] with K = -mu E[x^T z].  From the SG's block, l = (0, v_z).  From the
 * weights' block, l = (v_x, c) with c (rho - J2) = v_x K: in the eigenbasis of S_z,
 * c_j = (v_x K v_zj) / (rho - 1 + nu lambda_zj). */
double sg_closed_joint_left(double *left, const struct sg_fit *fit, double mu, double nu)
{
    SG_REQUIRE(left && fit);
    const size_t d = fit->d, m = fit->m, q = fit->q, nw = d * m;
    const struct dominant top = dominant(fit, mu, nu);
    memset(left, 0, sg_closed_joint_size(fit) * sizeof *left);
    if (!top.in_x) {
        for (size_t k = 0; k < q; k++)
            left[nw + k * m] = fit->v_z[k * q + top.index];
        return top.value;
    }
    double *row = SG_NEW(q, double);
    for (size_t i = 0; i < d; i++) {
        left[i * m] = fit->v_x[i * d + top.index];
        for (size_t k = 0; k < q; k++)
            row[k] -= mu * left[i * m] * fit->x_z[i * q + k];
    }
    for (size_t j = 0; j < q; j++) {
        double along = 0;
        for (size_t k = 0; k < q; k++)
            along += row[k] * fit->v_z[k * q + j];
        along /= top.value - 1 + nu * fit->lambda_z[j];
        for (size_t k = 0; k < q; k++)
            left[nw + k * m] += along * fit->v_z[k * q + j];
    }
    const double norm = sg_base_norm(left, sg_closed_joint_size(fit));
    for (size_t i = 0; i < sg_closed_joint_size(fit); i++)
        left[i] /= norm;
    free(row);
    return top.value;
}

double sg_closed_joint_condition(const struct sg_fit *fit, double mu, double nu)
{
    SG_REQUIRE(fit);
    const size_t d = fit->d, q = fit->q;
    double *half = SG_NEW(d * q, double), *y = SG_NEW(d * q, double), norm = 0;
    sg_base_mul_tn(half, fit->v_x, fit->x_z, d, d, q);
    sg_base_mul(y, half, fit->v_z, d, q, q);
    bool meets = false;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < q; j++) {
            const double gap = mu * fit->lambda_x[i] - nu * fit->lambda_z[j];
            meets = meets || (gap == 0 && y[i * q + j] != 0);
            y[i * q + j] = gap == 0 ? 0 : mu * y[i * q + j] / gap;
        }
    const enum sg_status status = sg_base_norm2(&norm, y, d, q);
    free(half);
    free(y);
    if (meets || status != SG_OK)
        return HUGE_VAL;
    const double s = (norm + sqrt(norm * norm + 4)) / 2;
    return s * s;
}
