/* What a fast but not infinitely fast SG does to first order in 1/kappa, and a finite step to first
 * order in mu (DY9, DY10).
 *
 *     w' = -grad L,   late' = -H late - Q G^-1 D grad L,   euler' = -H euler - H grad L / 2 :
 *
 * the SG lags behind phi* by psi = G^-1 D grad L / kappa and adds -Q psi to w'; a gradient step of
 * size mu is the flow with -mu w''/2. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

struct sg_fast {
    struct sg_deep deep;
    size_t n_w, n_phi, z, K;
    double *moments;
    double *H, *Q, *D, *G, *S_z, *lag, *rhs;
    double *stage, *slope[4];         /* 3 n_w each: w, late, euler */
};

struct sg_fast *sg_closed_fast_alloc(const struct sg_deep *deep, const struct sg_data *data)
{
    SG_REQUIRE(deep && data);
    struct sg_fast *f = SG_NEW(1, struct sg_fast);
    const size_t q = data->d + data->m + 1;
    f->deep = *deep;
    f->n_w = sg_closed_deep_n_w(deep);
    f->n_phi = sg_closed_deep_n_phi(deep);
    f->K = deep->width[deep->at];
    f->z = f->n_phi / f->K;
    f->moments = SG_NEW(q * q, double);
    sg_closed_deep_moments(f->moments, data);
    f->H = SG_NEW(f->n_w * f->n_w, double);
    f->Q = SG_NEW(f->n_w * f->n_phi, double);
    f->D = SG_NEW(f->n_phi * f->n_w, double);
    f->G = SG_NEW(f->n_phi * f->n_phi, double);
    f->S_z = SG_NEW(f->z * f->z, double);
    f->lag = SG_NEW(f->n_phi, double);
    f->rhs = SG_NEW(f->n_phi, double);
    f->stage = SG_NEW(3 * f->n_w, double);
    for (size_t i = 0; i < 4; i++)
        f->slope[i] = SG_NEW(3 * f->n_w, double);
    return f;
}

void sg_closed_fast_free(struct sg_fast *f)
{
    if (!f)
        return;
    double *owned[] = {f->moments,  f->H,        f->Q,       f->D,     f->G,
                       f->S_z,      f->lag,      f->rhs,     f->stage, f->slope[0],
                       f->slope[1], f->slope[2], f->slope[3]};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(f);
}

const double *sg_closed_fast_s_z(struct sg_fast *f, const double *w)
{
    SG_REQUIRE(f);
    sg_closed_deep_g(f->G, &f->deep, w, f->moments);     /* S_z (x) I */
    for (size_t i = 0; i < f->z; i++)
        for (size_t j = 0; j < f->z; j++)
            f->S_z[i * f->z + j] = f->G[i * f->K * f->n_phi + j * f->K];
    return f->S_z;
}

/* out (n_w) = -Q G^-1 psi, psi (z x K). */
static enum sg_status pushed(double *out, struct sg_fast *f, const double *w, const double *psi)
{
    (void)sg_closed_fast_s_z(f, w);
    sg_closed_deep_q(f->Q, &f->deep, w, f->moments);
    const enum sg_status status = sg_base_solve(f->lag, f->S_z, psi, f->z, f->K);
    sg_base_mul(out, f->Q, f->lag, f->n_w, f->n_phi, 1);
    for (size_t i = 0; i < f->n_w; i++)
        out[i] = -out[i];
    return status;
}

enum sg_status sg_closed_fast_start(double *late, struct sg_fast *f, const double *w,
                                    const double *psi)
{
    return pushed(late, f, w, psi);
}

static enum sg_status derivative(double *out, struct sg_fast *f, const double *state)
{
    const size_t n = f->n_w;
    double *w = out, *late = out + n, *euler = out + 2 * n;
    sg_closed_deep_gradient(w, &f->deep, state, f->moments);
    sg_closed_deep_hessian(f->H, &f->deep, state, f->moments);
    sg_closed_deep_d(f->D, &f->deep, state);
    sg_base_mul(f->rhs, f->D, w, f->n_phi, n, 1);
    const enum sg_status status = pushed(late, f, state, f->rhs);
    for (size_t i = 0; i < n; i++) {
        late[i] -= sg_base_dot(f->H + i * n, state + n, n);
        euler[i] = -sg_base_dot(f->H + i * n, state + 2 * n, n) -
                   sg_base_dot(f->H + i * n, w, n) / 2;
    }
    for (size_t i = 0; i < n; i++)
        w[i] = -w[i];
    return status;
}

enum sg_status sg_closed_fast_advance(double *state, struct sg_fast *f, double span, size_t steps)
{
    SG_REQUIRE(state && f);
    static const double reach[] = {0, 0.5, 0.5, 1}, share[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
    const double h = span / (double)steps;
    enum sg_status status = SG_OK;
    for (size_t step = 0; step < steps && status == SG_OK; step++) {
        for (size_t k = 0; k < 4 && status == SG_OK; k++) {
            for (size_t i = 0; i < 3 * f->n_w; i++)
                f->stage[i] = state[i] + (k ? h * reach[k] * f->slope[k - 1][i] : 0);
            status = derivative(f->slope[k], f, f->stage);
        }
        for (size_t k = 0; k < 4; k++)
            for (size_t i = 0; i < 3 * f->n_w; i++)
                state[i] += h * share[k] * f->slope[k][i];
    }
    return status;
}
