/* DY8's and DY15's flow over Q, differentiated at a minimum.
 *
 * SGs after layers a_1 < a_2 < ... < a_n.  With v = (x, y, 1), M = E[v^T v], H_j = W_1 ... W_{a_j},
 * V_j = W_{a_j+1} ... W_N, P = W_1 ... W_N: z_j = v T_j, s_j = v T_j Phi_j, p - y = v G,
 *     T_j = [[H_j, 0, 0], [0, I, 0], [0, 0, 1]],   G = (P; -I; 0).
 * e_j = T_{j+1} Phi_{j+1} W_{a_{j+1}}^T ... W_{a_j+1}^T is what arrives at a_j, e_n = G V_n^T.
 *     W_i' = -L_i^T M_x T_j Phi_j (W_{i+1} ... W_{a_j})^T   (a_{j-1} < i <= a_j),   M_x = E[x^T v],
 *     W_i' = -L_i^T M_x G (W_{i+1} ... W_N)^T               (i > a_n),
 *     Phi_j' = -kappa T_j^T M (T_j Phi_j - e_j),
 * L_i = W_1 ... W_{i-1}.  These lines are all that is said of the flow: numbers a + b eps,
 * eps^2 = 0, differentiate them.
 *
 * At the minimum Phi_j = (V_j V_j^T; -V_j^T; 0). */
#ifdef SG_HAVE_FLINT
#include <stdlib.h>

#include "cert/deep_exact.h"

/* ---- a + b eps --------------------------------------------------------------------------- */

struct dual { fmpq_mat_t a, b; };

static void dual_init(struct dual *x, slong rows, slong columns)
{
    fmpq_mat_init(x->a, rows, columns);
    fmpq_mat_init(x->b, rows, columns);
}

static void dual_clear(struct dual *x)
{
    fmpq_mat_clear(x->a);
    fmpq_mat_clear(x->b);
}

static slong rows_of(const struct dual *x)
{
    return fmpq_mat_nrows(x->a);
}

static slong columns_of(const struct dual *x)
{
    return fmpq_mat_ncols(x->a);
}

static void turn(struct dual *out, const struct dual *x)
{
    dual_init(out, columns_of(x), rows_of(x));
    fmpq_mat_transpose(out->a, x->a);
    fmpq_mat_transpose(out->b, x->b);
}

/* out = x y, initialised here. */
static void times(struct dual *out, const struct dual *x, const struct dual *y)
{
    fmpq_mat_t part;
    dual_init(out, rows_of(x), columns_of(y));
    fmpq_mat_init(part, rows_of(x), columns_of(y));
    fmpq_mat_mul(out->a, x->a, y->a);
    if (!fmpq_mat_is_zero(x->b))
        fmpq_mat_mul(out->b, x->b, y->a);
    if (!fmpq_mat_is_zero(y->b)) {
        fmpq_mat_mul(part, x->a, y->b);
        fmpq_mat_add(out->b, out->b, part);
    }
    fmpq_mat_clear(part);
}

/* x = x y, or x = y x. */
static void times_by(struct dual *x, const struct dual *y, bool from_left)
{
    struct dual product;
    if (from_left)
        times(&product, y, x);
    else
        times(&product, x, y);
    fmpq_mat_swap(x->a, product.a);
    fmpq_mat_swap(x->b, product.b);
    dual_clear(&product);
}

/* x = -y^T x */
static void pull_back(struct dual *x, const struct dual *y)
{
    struct dual t;
    turn(&t, y);
    times_by(x, &t, true);
    fmpq_mat_neg(x->a, x->a);
    fmpq_mat_neg(x->b, x->b);
    dual_clear(&t);
}

/* ---- the net ----------------------------------------------------------------------------- */

struct net {
    const struct sg_deep *deep;
    slong N, d, m, q, n_w, n_phi, cuts;
    slong at[SG_DEEP_LAYERS_MAX], K[SG_DEEP_LAYERS_MAX];
    struct dual layer[SG_DEEP_LAYERS_MAX], Phi[SG_DEEP_LAYERS_MAX], M, M_x;
};

static void product(struct dual *out, const struct net *net, slong from, slong to)
{
    const slong rows = (slong)net->deep->width[from];
    dual_init(out, rows, rows);
    fmpq_mat_one(out->a);
    for (slong i = from; i < to; i++)
        times_by(out, &net->layer[i], false);
}

static void put(fmpq_mat_t out, slong row, slong column, const fmpq_mat_t block)
{
    for (slong i = 0; i < fmpq_mat_nrows(block); i++)
        for (slong j = 0; j < fmpq_mat_ncols(block); j++)
            fmpq_set(fmpq_mat_entry(out, row + i, column + j), fmpq_mat_entry(block, i, j));
}

/* T_j */
static void regressors(struct dual *T, const struct net *net, slong j)
{
    struct dual H;
    product(&H, net, 0, net->at[j]);
    dual_init(T, net->q, net->K[j] + net->m + 1);
    put(T->a, 0, 0, H.a);
    put(T->b, 0, 0, H.b);
    for (slong k = 0; k <= net->m; k++)
        fmpq_set_si(fmpq_mat_entry(T->a, net->d + k, net->K[j] + k), 1, 1);
    dual_clear(&H);
}

/* G */
static void errors(struct dual *G, const struct net *net)
{
    struct dual P;
    product(&P, net, 0, net->N);
    dual_init(G, net->q, net->m);
    put(G->a, 0, 0, P.a);
    put(G->b, 0, 0, P.b);
    for (slong k = 0; k < net->m; k++)
        fmpq_set_si(fmpq_mat_entry(G->a, net->d + k, k), -1, 1);
    dual_clear(&P);
}

/* e is what arrives at layer `from`; out = -L_i^T M_x e (W_{i+1} ... W_from)^T, i = layer + 1. */
static void layer_rate(struct dual *out, const struct net *net, slong layer, slong from,
                       const struct dual *e)
{
    struct dual L, R;
    product(&L, net, 0, layer);
    product(&R, net, layer + 1, from);
    turn(out, &R);
    times_by(out, e, true);
    times_by(out, &net->M_x, true);
    pull_back(out, &L);
    dual_clear(&L);
    dual_clear(&R);
}

/* The rates of all weights, then of the Phi_j without kappa, from the output down. */
static void field(struct dual *rate, const struct net *net)
{
    struct dual e;                                       /* what arrives at layer `from` */
    slong from = net->N;
    errors(&e, net);
    for (slong j = net->cuts - 1; j >= -1; j--) {
        const slong to = j >= 0 ? net->at[j] : 0;
        for (slong i = to; i < from; i++)
            layer_rate(&rate[i], net, i, from, &e);
        if (j < 0)
            break;
        struct dual between, down, T, s;
        product(&between, net, to, from);
        turn(&down, &between);
        times_by(&e, &down, false);
        regressors(&T, net, j);
        times(&s, &T, &net->Phi[j]);
        fmpq_mat_sub(e.a, s.a, e.a);
        fmpq_mat_sub(e.b, s.b, e.b);
        times(&rate[net->N + j], &net->M, &e);
        pull_back(&rate[net->N + j], &T);
        struct dual *const owned[] = {&between, &down, &T, &e};
        for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
            dual_clear(owned[k]);
        e = s;
        from = to;
    }
    dual_clear(&e);
}

/* ---- the data ---------------------------------------------------------------------------- */

/* Row by row in the shape of `out`; over: a denominator, or 0 for 1. */
static void read_over(fmpq_mat_t out, const double *from, double over)
{
    const slong columns = fmpq_mat_ncols(out);
    fmpq_t below;
    fmpq_init(below);
    sg_exact_rational(below, over > 0 ? over : 1);
    for (slong i = 0; i < fmpq_mat_nrows(out); i++)
        for (slong j = 0; j < columns; j++) {
            fmpq *entry = fmpq_mat_entry(out, i, j);
            sg_exact_rational(entry, from[i * columns + j]);
            fmpq_div(entry, entry, below);
        }
    fmpq_clear(below);
}

static bool is_symmetric(const fmpq_mat_t A)
{
    bool symmetric = true;
    for (slong i = 0; i < fmpq_mat_nrows(A); i++)
        for (slong j = 0; j < i; j++)
            symmetric = symmetric && fmpq_equal(fmpq_mat_entry(A, i, j), fmpq_mat_entry(A, j, i));
    return symmetric;
}

/* Rank of a positive semidefinite matrix, by its Schur complements, or -1 if it is none.  A zero on
 * the diagonal has zeros beside it. */
static slong rank_if_semidefinite(const fmpq_mat_t given)
{
    const slong n = fmpq_mat_nrows(given);
    slong rank = 0;
    bool is = is_symmetric(given);
    fmpq_mat_t A;
    fmpq_t factor;
    fmpq_mat_init_set(A, given);
    fmpq_init(factor);
    for (slong k = 0; k < n && is; k++) {
        const fmpq *pivot = fmpq_mat_entry(A, k, k);
        is = fmpq_sgn(pivot) >= 0;
        rank += fmpq_sgn(pivot) > 0;
        for (slong i = k + 1; i < n && is; i++) {
            if (fmpq_is_zero(pivot)) {
                is = fmpq_is_zero(fmpq_mat_entry(A, i, k));
                continue;
            }
            fmpq_div(factor, fmpq_mat_entry(A, i, k), pivot);
            for (slong j = k; j < n; j++)
                fmpq_submul(fmpq_mat_entry(A, i, j), factor, fmpq_mat_entry(A, k, j));
        }
    }
    fmpq_mat_clear(A);
    fmpq_clear(factor);
    return is ? rank : -1;
}

static slong rank_of(const fmpq_mat_t A)
{
    fmpz_mat_t whole;
    fmpz_mat_init(whole, fmpq_mat_nrows(A), fmpq_mat_ncols(A));
    fmpq_mat_get_fmpz_mat_rowwise(whole, NULL, A);
    const slong rank = fmpz_mat_rank(whole);
    fmpz_mat_clear(whole);
    return rank;
}

/* E[u^T u] of u = (x, r, 1): S, R and the means, E[x^T r] = 0. */
static void fill_joint(fmpq_mat_t joint, const struct sg_cert_minimum *given, const fmpq_mat_t S,
                       const fmpq_mat_t R)
{
    const slong d = fmpq_mat_nrows(S), m = fmpq_mat_nrows(R);
    put(joint, 0, 0, S);
    put(joint, d, d, R);
    fmpq_set_si(fmpq_mat_entry(joint, d + m, d + m), 1, 1);
    if (given->mean) {
        fmpq_mat_t mean, turned;
        fmpq_mat_init(mean, d + m, 1);
        fmpq_mat_init(turned, 1, d + m);
        read_over(mean, given->mean, given->mean_over);
        fmpq_mat_transpose(turned, mean);
        put(joint, 0, d + m, mean);
        put(joint, d + m, 0, turned);
        fmpq_mat_clear(mean);
        fmpq_mat_clear(turned);
    }
}

/* v = (x, y, 1) = u B with y = x P + r: M = B^T E[u^T u] B. */
static void fill_moments(struct net *net, const fmpq_mat_t joint)
{
    struct dual P, B;
    product(&P, net, 0, net->N);
    dual_init(&B, net->q, net->q);
    fmpq_mat_one(B.a);
    put(B.a, 0, net->d, P.a);
    fmpq_mat_set(net->M.a, joint);
    times_by(&net->M, &B, false);
    pull_back(&net->M, &B);
    fmpq_mat_neg(net->M.a, net->M.a);                    /* pull_back is -B^T M */
    for (slong i = 0; i < net->d; i++)
        for (slong j = 0; j < net->q; j++)
            fmpq_set(fmpq_mat_entry(net->M_x.a, i, j), fmpq_mat_entry(net->M.a, i, j));
    dual_clear(&P);
    dual_clear(&B);
}

static void net_init(struct net *net, const struct sg_cert_minimum *given)
{
    const struct sg_deep *deep = given->deep;
    *net = (struct net){.deep = deep,
                        .N = (slong)deep->n_layers,
                        .d = (slong)deep->width[0],
                        .m = (slong)deep->width[deep->n_layers],
                        .cuts = given->at ? (slong)given->n_at : 1};
    net->q = net->d + net->m + 1;
    for (slong i = 0; i < net->N; i++) {
        dual_init(&net->layer[i], (slong)deep->width[i], (slong)deep->width[i + 1]);
        read_over(net->layer[i].a, given->w + net->n_w, given->w_over);
        net->n_w += (slong)(deep->width[i] * deep->width[i + 1]);
    }
    dual_init(&net->M, net->q, net->q);
    dual_init(&net->M_x, net->d, net->q);
    for (slong j = 0; j < net->cuts; j++) {
        struct dual V, VT, VVT;
        net->at[j] = (slong)(given->at ? given->at[j] : deep->at);
        net->K[j] = (slong)deep->width[net->at[j]];
        net->n_phi += net->K[j] * (net->K[j] + net->m + 1);
        dual_init(&net->Phi[j], net->K[j] + net->m + 1, net->K[j]);
        product(&V, net, net->at[j], net->N);
        turn(&VT, &V);
        times(&VVT, &V, &VT);
        fmpq_mat_neg(VT.a, VT.a);
        put(net->Phi[j].a, 0, 0, VVT.a);
        put(net->Phi[j].a, net->K[j], 0, VT.a);
        dual_clear(&V);
        dual_clear(&VT);
        dual_clear(&VVT);
    }
}

static void net_clear(struct net *net)
{
    for (slong i = 0; i < net->N; i++)
        dual_clear(&net->layer[i]);
    for (slong j = 0; j < net->cuts; j++)
        dual_clear(&net->Phi[j]);
    dual_clear(&net->M);
    dual_clear(&net->M_x);
}

/* ---- the manifold of rests ------------------------------------------------------------------ */

/* (W, Phi) rests if S P(W) = S P and z_j (Phi_j - Phi_j*(W)) = 0 on the samples.  Where the
 * ranks of S dP and of the S_z are the largest that their factors allow they are constant
 * nearby, and these points are a manifold of dimension n_w - rank S dP + sum_j K_j (size of z_j
 * - rank S_z,j) (constant rank theorem). */
static void find_manifold(struct sg_exact_flow *flow, const struct net *net, const fmpq_mat_t S_dP,
                          slong rank_S, slong rank_M)
{
    slong narrowest = rank_S;
    for (slong i = 1; i <= net->N; i++)
        if ((slong)net->deep->width[i] < narrowest)
            narrowest = (slong)net->deep->width[i];
    const slong map = rank_of(S_dP);
    flow->regular = map == narrowest * (rank_S + net->m - narrowest);
    flow->rests = net->n_w - map;
    for (slong j = 0; j < net->cuts; j++) {
        struct dual T, S_z;
        slong most = rank_S;
        for (slong i = 1; i <= net->at[j]; i++)
            if ((slong)net->deep->width[i] < most)
                most = (slong)net->deep->width[i];
        most += net->m + 1;
        regressors(&T, net, j);
        times(&S_z, &net->M, &T);
        pull_back(&S_z, &T);
        const slong rank = rank_of(S_z.a);
        flow->regular = flow->regular && rank == (most < rank_M ? most : rank_M);
        flow->rests += net->K[j] * (net->K[j] + net->m + 1 - rank);
        dual_clear(&T);
        dual_clear(&S_z);
    }
}

/* ---- the Jacobian -------------------------------------------------------------------------- */

/* false: the point does not rest. */
static bool put_column(struct sg_exact_flow *flow, fmpq_mat_t dP, slong column,
                       const struct net *net)
{
    struct dual rate[2 * SG_DEEP_LAYERS_MAX], P;
    bool rests = true;
    slong row = 0;
    field(rate, net);
    for (slong i = 0; i < net->N + net->cuts; i++) {
        rests = rests && fmpq_mat_is_zero(rate[i].a);
        if (i == net->N)
            row = 0;
        for (slong a = 0; a < rows_of(&rate[i]); a++)
            for (slong b = 0; b < columns_of(&rate[i]); b++)
                fmpq_set(fmpq_mat_entry(i < net->N ? flow->weights : flow->sg, row++, column),
                         fmpq_mat_entry(rate[i].b, a, b));
        dual_clear(&rate[i]);
    }
    if (column < net->n_w) {
        product(&P, net, 0, net->N);
        for (slong k = 0; k < net->d * net->m; k++)
            fmpq_set(fmpq_mat_entry(dP, k, column), fmpq_mat_entry(P.b, k / net->m, k % net->m));
        dual_clear(&P);
    }
    return rests;
}

/* The columns of each weight, then of each entry of the Phi_j.  dP (d m x n_w). */
static bool fill_columns(struct sg_exact_flow *flow, fmpq_mat_t dP, struct net *net)
{
    slong column = 0;
    bool rests = true;
    for (slong i = 0; i < net->N + net->cuts; i++) {
        struct dual *part = i < net->N ? &net->layer[i] : &net->Phi[i - net->N];
        const slong columns = columns_of(part);
        for (slong k = 0; k < rows_of(part) * columns; k++) {
            fmpq *entry = fmpq_mat_entry(part->b, k / columns, k % columns);
            fmpq_set_si(entry, 1, 1);
            rests = put_column(flow, dP, column++, net) && rests;
            fmpq_set_si(entry, 0, 1);
        }
    }
    return rests;
}

/* S dP, column by column of dP's, each a matrix d x m. */
static void weigh(fmpq_mat_t dP, const fmpq_mat_t S, slong m)
{
    const slong d = fmpq_mat_nrows(S);
    fmpq_mat_t one, product;
    fmpq_mat_init(one, d, m);
    fmpq_mat_init(product, d, m);
    for (slong c = 0; c < fmpq_mat_ncols(dP); c++) {
        for (slong k = 0; k < d * m; k++)
            fmpq_set(fmpq_mat_entry(one, k / m, k % m), fmpq_mat_entry(dP, k, c));
        fmpq_mat_mul(product, S, one);
        for (slong k = 0; k < d * m; k++)
            fmpq_set(fmpq_mat_entry(dP, k, c), fmpq_mat_entry(product, k / m, k % m));
    }
    fmpq_mat_clear(one);
    fmpq_mat_clear(product);
}

static bool are_finite(const double *a, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite = finite && isfinite(a[i]);
    return finite;
}

static bool is_finite(const struct sg_cert_minimum *given)
{
    const struct sg_deep *deep = given->deep;
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    size_t n_w = 0;
    for (size_t i = 0; i < deep->n_layers; i++)
        n_w += deep->width[i] * deep->width[i + 1];
    return are_finite(given->w, n_w) && are_finite(given->S, d * d) &&
           are_finite(given->R, m * m) && (!given->mean || are_finite(given->mean, d + m)) &&
           are_finite((const double[]){given->w_over, given->S_over, given->R_over,
                                       given->mean_over}, 4);
}

enum sg_status sg_exact_flow_init(struct sg_exact_flow *flow, const struct sg_cert_minimum *given)
{
    struct net net;
    fmpq_mat_t S, R, joint, dP;
    const size_t *at = given->at ? given->at : &given->deep->at;
    for (size_t j = 0; j < (given->at ? given->n_at : 1); j++)
        SG_REQUIRE(at[j] > (j ? at[j - 1] : 0) && at[j] <= given->deep->n_layers);
    if (!is_finite(given))
        return SG_NOT_FINITE;
    net_init(&net, given);
    fmpq_mat_init(S, net.d, net.d);
    fmpq_mat_init(R, net.m, net.m);
    fmpq_mat_init(joint, net.q, net.q);
    fmpq_mat_init(dP, net.d * net.m, net.n_w);
    read_over(S, given->S, given->S_over);
    read_over(R, given->R, given->R_over);
    fill_joint(joint, given, S, R);
    fill_moments(&net, joint);
    const slong rank_S = rank_if_semidefinite(S), rank_M = rank_if_semidefinite(joint);
    const bool is_data = rank_S > 0 && rank_M >= 0;
    *flow = (struct sg_exact_flow){.size = net.n_w + net.n_phi, .n_w = net.n_w,
                                   .n_phi = net.n_phi};
    for (slong j = 0; j < net.cuts; j++)
        flow->constants += net.K[j];
    fmpq_mat_init(flow->weights, net.n_w, flow->size);
    fmpq_mat_init(flow->sg, net.n_phi, flow->size);
    const bool rests = is_data && fill_columns(flow, dP, &net);
    if (rests) {
        weigh(dP, S, net.m);
        find_manifold(flow, &net, dP, rank_S, rank_M);
    } else
        sg_exact_flow_clear(flow);
    fmpq_mat_clear(S);
    fmpq_mat_clear(R);
    fmpq_mat_clear(joint);
    fmpq_mat_clear(dP);
    net_clear(&net);
    return rests ? SG_OK : SG_HYPOTHESIS;
}

void sg_exact_kappa(fmpq_t kappa, double mu, double nu)
{
    fmpq_t below;
    fmpq_init(below);
    sg_exact_rational(kappa, nu);
    sg_exact_rational(below, mu);
    fmpq_div(kappa, kappa, below);
    fmpq_clear(below);
}

void sg_exact_flow_clear(struct sg_exact_flow *flow)
{
    fmpq_mat_clear(flow->weights);
    fmpq_mat_clear(flow->sg);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
