/* DY8 at any depth in balls: a global minimum of a deep linear net whose SG flow has an
 * eigenvalue right of zero.
 *
 * With v = (x, y, 1), M = E[v^T v], h = x H, H = W_1 ... W_at, V = W_{at+1} ... W_N, P = H V:
 * z = v T, s = v T Phi, g = v G V^T,
 *     T = [[H, 0, 0], [0, I, 0], [0, 0, 1]],   G = (P; -I; 0),   phi* = (V V^T; -V^T; 0),
 *     W_i' = -L_i^T E[x^T s] M_i^T        (i <= at),
 *     W_j' = -L_j^T E[x^T (p - y)] R_j^T  (j > at),   Phi' = -kappa E[z^T (s - g)].
 * At the minimum E[x^T (p - y)] = 0, s = g, so L, R, M_i and T^T need no differentiation:
 *     dW_i' = -L_i^T M_x d(T Phi) M_i^T,   dW_j' = -L_j^T S dP R_j^T,
 *     dPhi' = -kappa T^T M (d(T Phi) - d(G V^T)). */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/shallow.h"

struct flow { const struct sg_deep *deep; const double *w, *S, *R; double mu, nu; };

/* What does not change with the perturbation; layer[i], left[i] = W_1 ... W_i-1,
 * right[i] = W_i+1 ... W_N (or up to the SG: middle[i]). */
struct net {
    slong N, at, d, m, K, q, z, n_w, n_phi;
    arb_mat_t layer[SG_DEEP_LAYERS_MAX], left[SG_DEEP_LAYERS_MAX], right[SG_DEEP_LAYERS_MAX],
        middle[SG_DEEP_LAYERS_MAX];
    arb_mat_t H, V, P, M, T, Phi;
};

/* out = W_{from+1} ... W_to, initialised here; `swap` in place of layer `which` (or -1). */
static void product(arb_mat_t out, const struct net *net, const struct sg_deep *deep, slong from,
                    slong to, slong which, const arb_mat_struct *swap, slong bits)
{
    const slong rows = (slong)deep->width[from];
    arb_mat_t P, next;
    arb_mat_init(P, rows, rows);
    arb_mat_one(P);
    for (slong i = from; i < to; i++) {
        arb_mat_init(next, rows, (slong)deep->width[i + 1]);
        arb_mat_mul(next, P, i == which ? swap : net->layer[i], bits);
        arb_mat_swap(P, next);
        arb_mat_clear(next);
    }
    arb_mat_init(out, rows, arb_mat_ncols(P));
    arb_mat_swap(out, P);
    arb_mat_clear(P);
}

static void put(arb_mat_t out, slong row, slong column, const arb_mat_t block)
{
    for (slong i = 0; i < arb_mat_nrows(block); i++)
        for (slong j = 0; j < arb_mat_ncols(block); j++)
            arb_set(arb_mat_entry(out, row + i, column + j), arb_mat_entry(block, i, j));
}

/* E[x^T x] = S, E[x^T y] = S P, E[y^T y] = P^T S P + R, E[1] = 1, the rest 0. */
static void fill_moments(struct net *net, const struct flow *f, slong bits)
{
    arb_mat_t S, SP, PSP, R, PS;
    arb_mat_init(S, net->d, net->d);
    arb_mat_init(SP, net->d, net->m);
    arb_mat_init(PSP, net->m, net->m);
    arb_mat_init(R, net->m, net->m);
    arb_mat_init(PS, net->m, net->d);
    sg_ball_set(S, f->S);
    sg_ball_set(R, f->R);
    arb_mat_mul(SP, S, net->P, bits);
    sg_ball_mul_tn(PSP, net->P, SP, bits);
    arb_mat_add(PSP, PSP, R, bits);
    arb_mat_transpose(PS, SP);
    arb_mat_zero(net->M);
    put(net->M, 0, 0, S);
    put(net->M, 0, net->d, SP);
    put(net->M, net->d, 0, PS);
    put(net->M, net->d, net->d, PSP);
    arb_one(arb_mat_entry(net->M, net->q - 1, net->q - 1));
    arb_mat_clear(S);
    arb_mat_clear(SP);
    arb_mat_clear(PSP);
    arb_mat_clear(R);
    arb_mat_clear(PS);
}

static void net_init(struct net *net, const struct flow *f, slong bits)
{
    const struct sg_deep *deep = f->deep;
    *net = (struct net){.N = (slong)deep->n_layers,
                        .at = (slong)deep->at,
                        .d = (slong)deep->width[0],
                        .m = (slong)deep->width[deep->n_layers],
                        .K = (slong)deep->width[deep->at]};
    net->q = net->d + net->m + 1;
    net->z = net->K + net->m + 1;
    net->n_phi = net->z * net->K;
    for (slong i = 0; i < net->N; i++) {
        arb_mat_init(net->layer[i], (slong)deep->width[i], (slong)deep->width[i + 1]);
        sg_ball_set(net->layer[i], f->w + net->n_w);
        net->n_w += (slong)(deep->width[i] * deep->width[i + 1]);
    }
    for (slong i = 0; i < net->N; i++) {
        product(net->left[i], net, deep, 0, i, -1, NULL, bits);
        product(net->right[i], net, deep, i + 1, net->N, -1, NULL, bits);
        product(net->middle[i], net, deep, i + 1, i < net->at ? net->at : i + 1, -1, NULL, bits);
    }
    product(net->H, net, deep, 0, net->at, -1, NULL, bits);
    product(net->V, net, deep, net->at, net->N, -1, NULL, bits);
    product(net->P, net, deep, 0, net->N, -1, NULL, bits);
    arb_mat_init(net->M, net->q, net->q);
    fill_moments(net, f, bits);
    arb_mat_init(net->T, net->q, net->z);
    put(net->T, 0, 0, net->H);
    for (slong k = 0; k <= net->m; k++)
        arb_one(arb_mat_entry(net->T, net->d + k, net->K + k));
    arb_mat_init(net->Phi, net->z, net->K);
    arb_mat_t VT, VVT;
    arb_mat_init(VT, net->m, net->K);
    arb_mat_init(VVT, net->K, net->K);
    arb_mat_transpose(VT, net->V);
    arb_mat_mul(VVT, net->V, VT, bits);
    arb_mat_neg(VT, VT);
    put(net->Phi, 0, 0, VVT);
    put(net->Phi, net->K, 0, VT);
    arb_mat_clear(VT);
    arb_mat_clear(VVT);
}

static void net_clear(struct net *net)
{
    for (slong i = 0; i < net->N; i++) {
        arb_mat_clear(net->layer[i]);
        arb_mat_clear(net->left[i]);
        arb_mat_clear(net->right[i]);
        arb_mat_clear(net->middle[i]);
    }
    arb_mat_struct *const owned[] = {net->H, net->V, net->P, net->M, net->T, net->Phi};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        arb_mat_clear(owned[k]);
}

/* The rates of all layers from slope (d x K: M_x d(T Phi)) and above (d x m: S dP),
 * as rows of a column of J. */
static void layer_rates(arb_mat_t J, slong column, const struct net *net, const arb_mat_t slope,
                        const arb_mat_t above, slong bits)
{
    slong row = 0;
    for (slong i = 0; i < net->N; i++) {
        const arb_mat_struct *in = i < net->at ? slope : above,
                             *out = i < net->at ? net->middle[i] : net->right[i];
        const slong A = arb_mat_nrows(net->layer[i]), B = arb_mat_ncols(net->layer[i]);
        arb_mat_t left, outT, rate;
        arb_mat_init(left, A, arb_mat_ncols(in));
        arb_mat_init(outT, arb_mat_ncols(in), B);
        arb_mat_init(rate, A, B);
        sg_ball_mul_tn(left, net->left[i], in, bits);
        arb_mat_transpose(outT, out);
        arb_mat_mul(rate, left, outT, bits);
        for (slong a = 0; a < A; a++)
            for (slong b = 0; b < B; b++)
                arb_neg(arb_mat_entry(J, row++, column), arb_mat_entry(rate, a, b));
        arb_mat_clear(left);
        arb_mat_clear(outT);
        arb_mat_clear(rate);
    }
}

/* One column of J from dH, dV, dP (the perturbed products) and dPhi. */
static void put_column(arb_mat_t J, slong column, const struct net *net, const arb_mat_t dH,
                       const arb_mat_t dV, const arb_mat_t dP, const arb_mat_t dPhi,
                       const arb_t kappa, slong bits)
{
    const slong d = net->d, K = net->K, m = net->m;
    arb_mat_t A, dTPhi, TdPhi, M_dTPhi, slope, S, above, VT, dVT, dPVT, PdVT, rate;
    arb_mat_init(A, K, K);
    arb_mat_init(dTPhi, net->q, K);
    arb_mat_init(TdPhi, net->q, K);
    arb_mat_init(M_dTPhi, net->q, K);
    arb_mat_init(slope, d, K);
    arb_mat_init(S, d, d);
    arb_mat_init(above, d, m);
    arb_mat_init(VT, m, K);
    arb_mat_init(dVT, m, K);
    arb_mat_init(dPVT, d, K);
    arb_mat_init(PdVT, d, K);
    arb_mat_init(rate, net->z, K);
    sg_ball_block(A, net->Phi, 0, 0);
    sg_ball_block(S, net->M, 0, 0);
    arb_mat_mul(PdVT, dH, A, bits);                      /* d(T Phi) = (dH A; 0; 0) + T dPhi */
    put(dTPhi, 0, 0, PdVT);
    arb_mat_mul(TdPhi, net->T, dPhi, bits);
    arb_mat_add(dTPhi, dTPhi, TdPhi, bits);
    arb_mat_mul(M_dTPhi, net->M, dTPhi, bits);
    sg_ball_block(slope, M_dTPhi, 0, 0);
    arb_mat_mul(above, S, dP, bits);
    layer_rates(J, column, net, slope, above, bits);
    /* d(G V^T) = (dP V^T + P dV^T; -dV^T; 0) */
    arb_mat_transpose(VT, net->V);
    arb_mat_transpose(dVT, dV);
    arb_mat_mul(dPVT, dP, VT, bits);
    arb_mat_mul(PdVT, net->P, dVT, bits);
    arb_mat_add(dPVT, dPVT, PdVT, bits);
    for (slong o = 0; o < K; o++) {
        for (slong i = 0; i < d; i++)
            arb_sub(arb_mat_entry(dTPhi, i, o), arb_mat_entry(dTPhi, i, o),
                    arb_mat_entry(dPVT, i, o), bits);
        for (slong j = 0; j < m; j++)
            arb_add(arb_mat_entry(dTPhi, d + j, o), arb_mat_entry(dTPhi, d + j, o),
                    arb_mat_entry(dVT, j, o), bits);
    }
    arb_mat_mul(M_dTPhi, net->M, dTPhi, bits);
    sg_ball_mul_tn(rate, net->T, M_dTPhi, bits);
    for (slong k = 0; k < net->n_phi; k++) {
        arb_ptr to = arb_mat_entry(J, net->n_w + k, column);
        arb_mul(to, arb_mat_entry(rate, k / K, k % K), kappa, bits);
        arb_neg(to, to);
    }
    arb_mat_struct *const owned[] = {A,     dTPhi, TdPhi, M_dTPhi, slope, S,
                                     above, VT,    dVT,   dPVT,    PdVT,  rate};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        arb_mat_clear(owned[k]);
}

/* The columns of a unit perturbation of each weight, then of each parameter of the SG. */
static void fill_columns(arb_mat_t J, const struct net *net, const struct sg_deep *deep,
                         const arb_t kappa, slong bits)
{
    arb_mat_t dPhi, dH, dV, dP, e;
    slong column = 0;
    arb_mat_init(dPhi, net->z, net->K);
    for (slong i = 0; i < net->N; i++) {
        arb_mat_init(e, arb_mat_nrows(net->layer[i]), arb_mat_ncols(net->layer[i]));
        for (slong k = 0; k < arb_mat_nrows(e) * arb_mat_ncols(e); k++) {
            arb_ptr at = arb_mat_entry(e, k / arb_mat_ncols(e), k % arb_mat_ncols(e));
            arb_one(at);
            product(dH, net, deep, 0, net->at, i, e, bits);
            product(dV, net, deep, net->at, net->N, i, e, bits);
            product(dP, net, deep, 0, net->N, i, e, bits);
            if (i >= net->at)
                arb_mat_zero(dH);
            else
                arb_mat_zero(dV);
            put_column(J, column++, net, dH, dV, dP, dPhi, kappa, bits);
            arb_mat_clear(dH);
            arb_mat_clear(dV);
            arb_mat_clear(dP);
            arb_zero(at);
        }
        arb_mat_clear(e);
    }
    arb_mat_init(dH, net->d, net->K);
    arb_mat_init(dV, net->K, net->m);
    arb_mat_init(dP, net->d, net->m);
    for (slong k = 0; k < net->n_phi; k++) {
        arb_one(arb_mat_entry(dPhi, k / net->K, k % net->K));
        put_column(J, column++, net, dH, dV, dP, dPhi, kappa, bits);
        arb_zero(arb_mat_entry(dPhi, k / net->K, k % net->K));
    }
    arb_mat_clear(dPhi);
    arb_mat_clear(dH);
    arb_mat_clear(dV);
    arb_mat_clear(dP);
}

static enum sg_status fill_flow(arb_mat_t J, void *context, slong bits)
{
    const struct flow *f = context;
    struct net net;
    arb_t kappa, mu;
    arb_init(kappa);
    arb_init(mu);
    arb_set_d(kappa, f->nu);
    arb_set_d(mu, f->mu);
    arb_div(kappa, kappa, mu, bits);
    net_init(&net, f, bits);
    fill_columns(J, &net, f->deep, kappa, bits);
    net_clear(&net);
    arb_clear(kappa);
    arb_clear(mu);
    return SG_OK;
}

/* Moments of some data: symmetric and positive definite. */
static bool is_covariance(const double *a, size_t n)
{
    bool symmetric = true;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            symmetric = symmetric && !(a[i * n + j] < a[j * n + i]) &&
                        !(a[i * n + j] > a[j * n + i]);
    arb_mat_t A;
    arb_mat_init(A, (slong)n, (slong)n);
    sg_ball_set(A, a);
    const bool proved = symmetric && sg_ball_positive(A, SG_CERT_BITS_MOST);
    arb_mat_clear(A);
    return proved;
}

enum sg_status sg_cert_deep_growth(double *growth, const struct sg_deep *deep, const double *w,
                                   const double *S, const double *R, double mu, double nu)
{
    SG_REQUIRE(growth && deep);
    const size_t d = deep->width[0], m = deep->width[deep->n_layers], K = deep->width[deep->at];
    struct flow f = {deep, w, S, R, mu, nu};
    size_t n_w = 0;
    for (size_t i = 0; i < deep->n_layers; i++)
        n_w += deep->width[i] * deep->width[i + 1];
    *growth = SG_NAN;
    if (!sg_ball_finite(w, n_w) || !sg_ball_finite(S, d * d) || !sg_ball_finite(R, m * m) ||
        !isfinite(mu) || !isfinite(nu))
        return SG_NOT_FINITE;
    if (!is_covariance(S, d) || !is_covariance(R, m) || !(mu > 0) || !(nu > 0))
        return SG_HYPOTHESIS;
    return sg_ball_growth(growth, n_w + (K + m + 1) * K, fill_flow, &f);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
