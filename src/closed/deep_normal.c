/* The step across the family of fixed points of a deep linear net with an SG, its
 * gauge divided out (DY8).
 *
 * At a minimum H >= 0 and G >= 0, and the step leaves ker H x 0 and 0 x ker G where they are:
 * Q psi = 0 where z psi = 0.  On the quotient, with eigenvectors v_i of H (lambda_i > 0) and u_j of
 * G (gamma_j > 0), in the coordinates x = (sqrt(lambda_i) v_i . dw, sqrt(gamma_j) u_j . psi):
 *
 *   I + [[-mu diag(lambda), -mu push], [mu pull, -nu diag(gamma)]],
 *   push = sqrt(lambda_i / gamma_j) v_i^T Q u_j,
 *   pull = sqrt(gamma_j lambda_i) u_j^T D v_i          (D H v_i = lambda_i D v_i). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

/* Eigenvalues below this part of the largest are the family's: H and G are symmetric, their
 * zeros lie at size u of it. */
static const double ZERO = 1e-11;

struct sg_deep_normal {
    size_t n_w, n_phi, r, g;
    double *lambda, *gamma;           /* of H and G, descending */
    double *v, *u;                    /* their eigenvectors in the columns, all of them */
    double *push, *pull;              /* r x g, g x r */
    double dropped;                   /* the largest modulus taken for 0, over the largest */
};

/* The rank of a >= 0, in units in which its diagonal is 1: there small eigenvalues are not lost
 * beside large ones. */
static enum sg_status rank_in_units(size_t *rank, const double *a, size_t n)
{
    double *scaled = SG_NEW(n * n, double), *value = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double size = sqrt(a[i * n + i]) * sqrt(a[j * n + j]);
            scaled[i * n + j] = size > 0 ? a[i * n + j] / size : 0;
        }
    const enum sg_status status = sg_base_eigen_symmetric(value, NULL, scaled, n);
    *rank = 0;
    while (status == SG_OK && *rank < n && value[*rank] > ZERO * value[0])
        ++*rank;
    free(scaled);
    free(value);
    return status;
}

enum sg_status sg_deep_positive_part(double *value, double *vector, size_t *rank, double *dropped,
                                     const double *a, size_t n)
{
    size_t in_units = 0;
    enum sg_status status = sg_base_eigen_symmetric(value, vector, a, n);
    *rank = 0;
    while (status == SG_OK && *rank < n && value[*rank] > ZERO * value[0])
        ++*rank;
    for (size_t i = *rank; i < n; i++)
        *dropped = fmax(*dropped, fabs(value[i] / value[0]));
    if (status == SG_OK)
        status = rank_in_units(&in_units, a, n);
    if (in_units > *rank)
        *dropped = fmax(*dropped, ZERO);
    return status;
}

enum sg_status sg_closed_deep_normal_alloc(struct sg_deep_normal **normal,
                                           const struct sg_deep *deep, const double *w,
                                           const double *moments)
{
    SG_REQUIRE(normal);
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    struct sg_deep_normal *f = *normal = SG_NEW(1, struct sg_deep_normal);
    double *H = SG_NEW(s.n_w * s.n_w, double), *G = SG_NEW(s.n_phi * s.n_phi, double),
           *Q = SG_NEW(s.n_w * s.n_phi, double);
    double *D = SG_NEW(s.n_phi * s.n_w, double), *half = SG_NEW(s.n_w * s.n_phi, double),
           *product = SG_NEW(s.n_w * s.n_phi, double);
    *f = (struct sg_deep_normal){.n_w = s.n_w,
                                 .n_phi = s.n_phi,
                                 .lambda = SG_NEW(s.n_w, double),
                                 .gamma = SG_NEW(s.n_phi, double),
                                 .v = SG_NEW(s.n_w * s.n_w, double),
                                 .u = SG_NEW(s.n_phi * s.n_phi, double)};
    sg_closed_deep_hessian(H, deep, w, moments);
    sg_closed_deep_g(G, deep, w, moments);
    sg_closed_deep_q(Q, deep, w, moments);
    sg_closed_deep_d(D, deep, w);
    enum sg_status status = sg_deep_positive_part(f->lambda, f->v, &f->r, &f->dropped, H, s.n_w);
    if (status == SG_OK)
        status = sg_deep_positive_part(f->gamma, f->u, &f->g, &f->dropped, G, s.n_phi);
    if (status == SG_OK && f->lambda[s.n_w - 1] < -ZERO * f->lambda[0])
        status = SG_HYPOTHESIS;                          /* a saddle */
    f->push = SG_NEW(f->r * f->g, double);
    f->pull = SG_NEW(f->r * f->g, double);
    sg_base_mul_tn(half, f->v, Q, s.n_w, s.n_w, s.n_phi);
    sg_base_mul(product, half, f->u, s.n_w, s.n_phi, s.n_phi);
    for (size_t i = 0; i < f->r; i++)
        for (size_t j = 0; j < f->g; j++)
            f->push[i * f->g + j] = sqrt(f->lambda[i] / f->gamma[j]) * product[i * s.n_phi + j];
    sg_base_mul_tn(half, f->u, D, s.n_phi, s.n_phi, s.n_w);
    sg_base_mul(product, half, f->v, s.n_phi, s.n_w, s.n_w);
    for (size_t j = 0; j < f->g; j++)
        for (size_t i = 0; i < f->r; i++)
            f->pull[j * f->r + i] = sqrt(f->gamma[j] * f->lambda[i]) * product[j * s.n_w + i];
    double *owned[] = {H, G, Q, D, half, product};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    if (status != SG_OK) {
        sg_closed_deep_normal_free(f);
        *normal = NULL;
    }
    return status;
}

void sg_closed_deep_normal_free(struct sg_deep_normal *f)
{
    if (!f)
        return;
    double *owned[] = {f->lambda, f->gamma, f->v, f->u, f->push, f->pull};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    free(f);
}

struct sg_deep_normal_sizes sg_closed_deep_normal_sizes(const struct sg_deep_normal *f)
{
    SG_REQUIRE(f);
    return (struct sg_deep_normal_sizes){.w = f->r,
                                         .phi = f->g,
                                         .lambda = f->lambda[0],
                                         .gamma = f->gamma[0],
                                         .dropped = f->dropped};
}

void sg_closed_deep_normal_flow(double *jacobian, const struct sg_deep_normal *f, double mu,
                                double nu)
{
    SG_REQUIRE(jacobian && f);
    const size_t size = f->r + f->g;
    memset(jacobian, 0, size * size * sizeof *jacobian);
    for (size_t i = 0; i < f->r; i++) {
        jacobian[i * size + i] = -mu * f->lambda[i];
        for (size_t j = 0; j < f->g; j++) {
            jacobian[i * size + f->r + j] = -mu * f->push[i * f->g + j];
            jacobian[(f->r + j) * size + i] = mu * f->pull[j * f->r + i];
        }
    }
    for (size_t j = 0; j < f->g; j++)
        jacobian[(f->r + j) * size + f->r + j] = -nu * f->gamma[j];
}

/* The network's update moves psi by mu D H dw as well, the SG's only scales it:
 * N = I + [[-mu lambda, -mu push], [mu pull, 0]], S = diag(1, 1 - nu gamma). */
void sg_closed_deep_normal_sequential(double *jacobian, const struct sg_deep_normal *f, double mu,
                                      double nu, bool sg_first)
{
    SG_REQUIRE(jacobian && f);
    const size_t size = f->r + f->g;
    sg_closed_deep_normal_flow(jacobian, f, mu, nu);
    for (size_t i = 0; i < size; i++)
        jacobian[i * size + i] += 1;
    for (size_t j = 0; j < f->g; j++)
        for (size_t i = 0; i < f->r; i++) {
            double *entry = sg_first ? &jacobian[i * size + f->r + j]
                                     : &jacobian[(f->r + j) * size + i];
            *entry *= 1 - nu * f->gamma[j];
        }
}

/* psi_{t+1} = psi_t + mu D H dw_t - nu G (psi_t + D (dw_t - dw_{t-tau})): the late pair's target is
 * that of the late weights.  D dw_{t+1} - D dw_t = -mu D H dw_t, since D Q = 0.  So psi_{t+1} gets
 * nu G mu D H (dw_{t-1} + ... + dw_{t-tau}). */
void sg_closed_deep_normal_delayed(double *jacobian, const struct sg_deep_normal *f, double mu,
                                   double nu, size_t tau)
{
    SG_REQUIRE(jacobian && f);
    const size_t now = f->r + f->g, size = now + tau * f->r;
    double *present = SG_NEW(now * now, double);
    sg_closed_deep_normal_flow(present, f, mu, nu);
    memset(jacobian, 0, size * size * sizeof *jacobian);
    for (size_t i = 0; i < now; i++) {
        memcpy(jacobian + i * size, present + i * now, now * sizeof *present);
        jacobian[i * size + i] += 1;
    }
    for (size_t s = 0; s < tau; s++) {
        const size_t column = now + s * f->r, newer = s == 0 ? 0 : column - f->r;
        for (size_t i = 0; i < f->r; i++) {
            jacobian[(column + i) * size + newer + i] = 1;
            for (size_t j = 0; j < f->g; j++)
                jacobian[(f->r + j) * size + column + i] =
                    nu * f->gamma[j] * mu * f->pull[j * f->r + i];
        }
    }
    free(present);
}

void sg_closed_deep_normal_read(double *x, const struct sg_deep_normal *f, const double *dw,
                                const double *psi)
{
    SG_REQUIRE(x && f && dw && psi);
    for (size_t i = 0; i < f->r; i++) {
        x[i] = 0;
        for (size_t k = 0; k < f->n_w; k++)
            x[i] += sqrt(f->lambda[i]) * f->v[k * f->n_w + i] * dw[k];
    }
    for (size_t j = 0; j < f->g; j++) {
        x[f->r + j] = 0;
        for (size_t k = 0; k < f->n_phi; k++)
            x[f->r + j] += sqrt(f->gamma[j]) * f->u[k * f->n_phi + j] * psi[k];
    }
}

void sg_closed_deep_normal_lift(double *dw, double *psi, const struct sg_deep_normal *f,
                                const double *x)
{
    SG_REQUIRE(dw && psi && f && x);
    memset(dw, 0, f->n_w * sizeof *dw);
    memset(psi, 0, f->n_phi * sizeof *psi);
    for (size_t k = 0; k < f->n_w; k++)
        for (size_t i = 0; i < f->r; i++)
            dw[k] += f->v[k * f->n_w + i] * x[i] / sqrt(f->lambda[i]);
    for (size_t k = 0; k < f->n_phi; k++)
        for (size_t j = 0; j < f->g; j++)
            psi[k] += f->u[k * f->n_phi + j] * x[f->r + j] / sqrt(f->gamma[j]);
}

/* -G^+ D Pi_H Q on the range of G, in the coordinates of x, is -pull diag(1/lambda) push / gamma_j.
 */
void sg_closed_deep_normal_crossings(double *a, double *size, const struct sg_deep_normal *f)
{
    SG_REQUIRE(a && size && f);
    *size = 0;
    for (size_t j = 0; j < f->g; j++)
        for (size_t k = 0; k < f->g; k++) {
            double sum = 0, modulus = 0;
            for (size_t i = 0; i < f->r; i++) {
                const double term = f->pull[j * f->r + i] * f->push[i * f->g + k] / f->lambda[i];
                sum += term;
                modulus += fabs(term);
            }
            a[j * f->g + k] = -sum / f->gamma[j];
            *size = hypot(*size, modulus / f->gamma[j]);
        }
}

/* |1 + mu lambda| < 1 iff 0 < mu < -2 Re lambda / |lambda|^2. */
enum sg_status sg_closed_deep_normal_limit(double *mu, double complex *at,
                                           const struct sg_deep_normal *f, double kappa)
{
    SG_REQUIRE(at && f);
    const size_t size = f->r + f->g;
    double *J = SG_NEW(size * size, double);
    double complex *lambda = SG_NEW(size, double complex);
    sg_closed_deep_normal_flow(J, f, 1, kappa);
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, J, size);
    *mu = status == SG_OK ? HUGE_VAL : SG_NAN;
    *at = 0;
    for (size_t i = 0; i < size && status == SG_OK; i++) {
        const double limit = fmax(0, -2 * creal(lambda[i]) /
                                         (creal(lambda[i]) * creal(lambda[i]) +
                                          cimag(lambda[i]) * cimag(lambda[i])));
        if (limit < *mu || (limit == 0 && creal(lambda[i]) > creal(*at))) {
            *mu = limit;
            *at = lambda[i];
        }
    }
    free(J);
    free(lambda);
    return status;
}
