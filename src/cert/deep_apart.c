/* DY9 in balls: how far a deep linear net with an SG at a hidden layer is from backprop's after the
 * same steps from the same weights.
 *
 * With M = E[v^T v], v = (x, y, 1), h = x H, H = W_1 ... W_at, V = W_{at+1} ... W_N, P = H V,
 * L_i = W_1 ... W_{i-1}, z = v T, T = [[H, 0, 0], [0, I, 0], [0, 0, 1]], G = (P; -I; 0):
 *     E = E[x^T (p - y)] = (M G)_x,   F = E[x^T s] = (M T Phi)_x,
 *     W_j+ = W_j - mu L_j^T E (W_{j+1} ... W_N)^T,          all j under backprop, else j > at
 *     W_i+ = W_i - mu L_i^T F (W_{i+1} ... W_at)^T,         i <= at
 *     Phi+ = Phi - nu T^T M (T Phi - G V^T).
 * Balls of a contraction need not shrink, so precision is raised until 50 bits are left. */
#ifdef SG_HAVE_ARB
#include "cert/shallow.h"

struct run {
    struct sg_interval *distance;
    const struct sg_cert_data *data;
    const struct sg_cert_deep_apart *ask;
};

/* One net on its way. */
struct net {
    slong layers, at, d, m, N;
    bool has_sg;
    arb_mat_t W[SG_DEEP_LAYERS_MAX], dW[SG_DEEP_LAYERS_MAX];
    arb_mat_t left[SG_DEEP_LAYERS_MAX + 1];        /* W_1 ... W_i */
    arb_mat_t Phi, dPhi, T, G, MG, E, e, Me, F;
};

/* Fresh product in the shape of a's rows and b's columns. */
static void multiply(arb_mat_t out, const arb_mat_t a, const arb_mat_t b, slong bits)
{
    arb_mat_init(out, arb_mat_nrows(a), arb_mat_ncols(b));
    arb_mat_mul(out, a, b, bits);
}

static void net_init(struct net *net, const struct run *c, bool has_sg)
{
    const struct sg_deep *deep = c->ask->deep;
    const double *w = c->ask->w;
    const slong d = (slong)c->data->d, m = (slong)c->data->m, K = (slong)deep->width[deep->at];
    *net = (struct net){.layers = (slong)deep->n_layers, .at = (slong)deep->at, .d = d, .m = m,
                        .N = d + m + 1, .has_sg = has_sg};
    arb_mat_init(net->left[0], d, d);
    arb_mat_one(net->left[0]);
    for (slong i = 0; i < net->layers; i++) {
        const slong in = (slong)deep->width[i], out = (slong)deep->width[i + 1];
        arb_mat_init(net->W[i], in, out);
        arb_mat_init(net->dW[i], in, out);
        arb_mat_init(net->left[i + 1], d, out);
        sg_ball_set(net->W[i], w);
        w += in * out;
    }
    arb_mat_init(net->Phi, K + m + 1, K);
    arb_mat_init(net->dPhi, K + m + 1, K);
    arb_mat_init(net->T, net->N, K + m + 1);
    arb_mat_init(net->G, net->N, m);
    arb_mat_init(net->MG, net->N, m);
    arb_mat_init(net->E, d, m);
    arb_mat_init(net->e, net->N, K);
    arb_mat_init(net->Me, net->N, K);
    arb_mat_init(net->F, d, K);
    sg_ball_set(net->Phi, c->ask->phi);
}

static void net_clear(struct net *net)
{
    arb_mat_struct *const owned[] = {net->Phi, net->dPhi, net->T,  net->G, net->MG,
                                     net->E,   net->e,    net->Me, net->F, net->left[0]};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        arb_mat_clear(owned[k]);
    for (slong i = 0; i < net->layers; i++) {
        arb_mat_clear(net->W[i]);
        arb_mat_clear(net->dW[i]);
        arb_mat_clear(net->left[i + 1]);
    }
}

static void put(arb_mat_t out, slong row, slong column, const arb_mat_t block)
{
    for (slong i = 0; i < arb_mat_nrows(block); i++)
        for (slong j = 0; j < arb_mat_ncols(block); j++)
            arb_set(arb_mat_entry(out, row + i, column + j), arb_mat_entry(block, i, j));
}

/* dW_j = L_j^T credit (W_{j+1} ... W_to)^T for the layers from..to-1, from above. */
static void credit_layers(struct net *net, const arb_mat_t credit, slong from, slong to,
                          slong bits)
{
    arb_mat_t down, next, turned;                  /* credit (W_{j+1} ... W_to)^T */
    arb_mat_init(down, net->d, arb_mat_ncols(credit));
    arb_mat_set(down, credit);
    for (slong j = to - 1; j >= from; j--) {
        sg_ball_mul_tn(net->dW[j], net->left[j], down, bits);
        arb_mat_init(turned, arb_mat_ncols(net->W[j]), arb_mat_nrows(net->W[j]));
        arb_mat_transpose(turned, net->W[j]);
        multiply(next, down, turned, bits);
        arb_mat_swap(down, next);
        arb_mat_clear(next);
        arb_mat_clear(turned);
    }
    arb_mat_clear(down);
}

/* F of T Phi, and Phi+ = (I - nu T^T M T) Phi + nu T^T M G V^T in dPhi: the contraction is made
 * before it meets the radii of Phi. */
static void sg_step(struct net *net, const arb_mat_t M, const arb_t nu, slong bits)
{
    const slong K = arb_mat_ncols(net->Phi);
    arb_mat_t V, next, Vt, GV;
    arb_mat_zero(net->T);
    put(net->T, 0, 0, net->left[net->at]);
    for (slong k = 0; k <= net->m; k++)
        arb_one(arb_mat_entry(net->T, net->d + k, K + k));
    arb_mat_mul(net->e, net->T, net->Phi, bits);
    arb_mat_mul(net->Me, M, net->e, bits);
    sg_ball_block(net->F, net->Me, 0, 0);
    arb_mat_init(V, K, K);
    arb_mat_one(V);
    for (slong j = net->at; j < net->layers; j++) {
        multiply(next, V, net->W[j], bits);
        arb_mat_swap(V, next);
        arb_mat_clear(next);
    }
    arb_mat_init(Vt, net->m, K);
    arb_mat_transpose(Vt, V);
    multiply(GV, net->G, Vt, bits);
    arb_mat_t MT, A;
    multiply(MT, M, net->T, bits);
    arb_mat_init(A, K + net->m + 1, K + net->m + 1);
    sg_ball_mul_tn(A, net->T, MT, bits);
    arb_mat_scalar_mul_arb(A, A, nu, bits);
    arb_mat_neg(A, A);
    for (slong i = 0; i < K + net->m + 1; i++)
        arb_add_ui(arb_mat_entry(A, i, i), arb_mat_entry(A, i, i), 1, bits);
    arb_mat_mul(net->Me, M, GV, bits);
    sg_ball_mul_tn(net->dPhi, net->T, net->Me, bits);
    arb_mat_scalar_mul_arb(net->dPhi, net->dPhi, nu, bits);
    multiply(next, A, net->Phi, bits);
    arb_mat_add(net->dPhi, net->dPhi, next, bits);
    arb_mat_clear(next);
    arb_mat_clear(A);
    arb_mat_clear(MT);
    arb_mat_clear(V);
    arb_mat_clear(Vt);
    arb_mat_clear(GV);
}

static void take_step(struct net *net, const arb_mat_t M, const arb_t mu, const arb_t nu,
                      slong bits)
{
    for (slong i = 0; i < net->layers; i++)
        arb_mat_mul(net->left[i + 1], net->left[i], net->W[i], bits);
    arb_mat_zero(net->G);
    put(net->G, 0, 0, net->left[net->layers]);
    for (slong k = 0; k < net->m; k++)
        arb_set_si(arb_mat_entry(net->G, net->d + k, k), -1);
    arb_mat_mul(net->MG, M, net->G, bits);
    sg_ball_block(net->E, net->MG, 0, 0);
    credit_layers(net, net->E, net->has_sg ? net->at : 0, net->layers, bits);
    if (net->has_sg) {
        sg_step(net, M, nu, bits);
        credit_layers(net, net->F, 0, net->at, bits);
        arb_mat_swap(net->Phi, net->dPhi);
    }
    for (slong i = 0; i < net->layers; i++) {
        arb_mat_scalar_mul_arb(net->dW[i], net->dW[i], mu, bits);
        arb_mat_sub(net->W[i], net->W[i], net->dW[i], bits);
    }
}

/* |W - W'| over all layers. */
static void apart(arb_t distance, const struct net *a, const struct net *b, slong bits)
{
    arb_t off;
    arb_init(off);
    arb_zero(distance);
    for (slong i = 0; i < a->layers; i++)
        for (slong r = 0; r < arb_mat_nrows(a->W[i]); r++)
            for (slong k = 0; k < arb_mat_ncols(a->W[i]); k++) {
                arb_sub(off, arb_mat_entry(a->W[i], r, k), arb_mat_entry(b->W[i], r, k), bits);
                arb_addmul(distance, off, off, bits);
            }
    arb_sqrtpos(distance, distance, bits);
    arb_clear(off);
}

static enum sg_status attempt(void *context, slong bits)
{
    const struct run *c = context;
    struct sg_ball_moments s;
    struct net sg, plain;
    arb_t mu, nu, distance;
    arb_init(mu);
    arb_init(nu);
    arb_init(distance);
    arb_set_d(mu, c->ask->mu);
    arb_set_d(nu, c->ask->nu);
    (void)!sg_ball_moments(&s, c->data, bits);     /* of W* nothing is needed */
    net_init(&sg, c, true);
    net_init(&plain, c, false);
    bool known = true;
    for (uint64_t t = 0; t < c->ask->steps && known; t++) {
        take_step(&sg, s.M, mu, nu, bits);
        take_step(&plain, s.M, mu, nu, bits);
        known = t % 64 || (arb_mat_is_finite(sg.W[0]) && arb_mat_is_finite(plain.W[0]) &&
                           mag_cmp_2exp_si(arb_radref(arb_mat_entry(sg.W[0], 0, 0)), 0) < 0);
    }
    apart(distance, &sg, &plain, bits);
    *c->distance = sg_ball_interval(distance);
    known = known && arb_rel_accuracy_bits(distance) >= 50;
    net_clear(&sg);
    net_clear(&plain);
    sg_ball_moments_clear(&s);
    arb_clear(mu);
    arb_clear(nu);
    arb_clear(distance);
    return known ? SG_OK : SG_UNPROVED;
}

enum sg_status sg_cert_deep_apart(struct sg_interval *distance, const struct sg_cert_data *data,
                                  const struct sg_cert_deep_apart *ask)
{
    SG_REQUIRE(distance && data && ask);
    const struct sg_deep *deep = ask->deep;
    const size_t K = deep->width[deep->at];
    size_t n_w = 0;
    for (size_t i = 0; i < deep->n_layers; i++)
        n_w += deep->width[i] * deep->width[i + 1];
    struct run c = {distance, data, ask};
    *distance = (struct sg_interval){SG_NAN, SG_NAN};
    SG_REQUIRE(data->y && deep->at > 0 && deep->at < deep->n_layers &&
               deep->width[0] == data->d && deep->width[deep->n_layers] == data->m);
    if (!sg_ball_data_finite(data) || !sg_ball_finite(ask->w, n_w) ||
        !sg_ball_finite(ask->phi, (K + data->m + 1) * K) || !isfinite(ask->mu) ||
        !isfinite(ask->nu))
        return SG_NOT_FINITE;
    if (ask->steps > SG_CERT_APART_STEPS_MOST)
        return SG_UNPROVED;
    const enum sg_status status = sg_ball_raise(attempt, &c);
    if (status != SG_OK)
        *distance = (struct sg_interval){SG_NAN, SG_NAN};
    return status;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
