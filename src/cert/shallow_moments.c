/* Linear regression with a linear SG in balls: moments of exact data, the joint directions and
 * their Jacobian at any state.
 *
 * With v = (x, y, 1) and M = E[v^T v] everything is a product: z = v T, s = v T Phi, g = v G for
 *     T = [[W, 0, 0], [0, I, 0], [0, 0, 1]],   G = (W; -I; 0),
 *     F_W = M_x T Phi,   F_Phi = T^T M (T Phi - G),      M_x: the rows of x.
 * The Jacobian is differentiated from that, one unit perturbation at a time; that it is block
 * triangular somewhere is not used. */
#ifdef SG_HAVE_ARB
#include "cert/shallow.h"

bool sg_ball_data_finite(const struct sg_cert_data *data)
{
    return sg_ball_finite(data->x, data->n * data->d) &&
           (!data->y || sg_ball_finite(data->y, data->n * data->m)) &&
           (!data->w || sg_ball_finite(data->w, data->d * data->m)) &&
           (!data->one || sg_ball_finite(data->one, data->n));
}

/* Row i of (x, y, 1). */
static void row(arb_ptr v, const struct sg_cert_data *data, size_t i, slong bits)
{
    const size_t d = data->d, m = data->m;
    for (size_t j = 0; j < d; j++)
        arb_set_d(v + j, data->x[i * d + j]);
    for (size_t k = 0; k < m; k++) {
        arb_zero(v + d + k);
        if (data->y)
            arb_set_d(v + d + k, data->y[i * m + k]);
        for (size_t j = 0; !data->y && j < d; j++) {
            arb_t w;
            arb_init(w);
            arb_set_d(w, data->w[j * m + k]);
            arb_addmul(v + d + k, v + j, w, bits);
            arb_clear(w);
        }
    }
    if (data->one)
        arb_set_d(v + d + m, data->one[i]);
    else
        arb_one(v + d + m);
}

static void add_rows(arb_mat_t M, const struct sg_cert_data *data, slong bits)
{
    const slong N = arb_mat_nrows(M);
    arb_ptr v = _arb_vec_init(N);
    for (size_t i = 0; i < data->n; i++) {
        row(v, data, i, bits);
        for (slong j = 0; j < N; j++)
            for (slong k = 0; k <= j; k++)
                arb_addmul(arb_mat_entry(M, j, k), v + j, v + k, bits);
    }
    for (slong j = 0; j < N; j++)
        for (slong k = 0; k <= j; k++) {
            arb_div_ui(arb_mat_entry(M, j, k), arb_mat_entry(M, j, k), data->n, bits);
            arb_set(arb_mat_entry(M, k, j), arb_mat_entry(M, j, k));
        }
    _arb_vec_clear(v, N);
}

enum sg_status sg_ball_moments(struct sg_ball_moments *s, const struct sg_cert_data *data,
                               slong bits)
{
    const slong d = (slong)data->d, m = (slong)data->m, N = d + m + 1;
    SG_REQUIRE(data->n > 0 && d > 0 && m > 0 && data->x && (data->y || data->w));
    *s = (struct sg_ball_moments){.d = d, .m = m, .q = 2 * m + 1, .N = N};
    arb_mat_init(s->M, N, N);
    arb_mat_init(s->W, d, m);
    add_rows(s->M, data, bits);
    bool solved = true;
    if (data->y) {
        arb_mat_t S_x, S_xy;
        arb_mat_init(S_x, d, d);
        arb_mat_init(S_xy, d, m);
        sg_ball_block(S_x, s->M, 0, 0);
        sg_ball_block(S_xy, s->M, 0, d);
        solved = arb_mat_spd_solve(s->W, S_x, S_xy, bits);
        arb_mat_clear(S_x);
        arb_mat_clear(S_xy);
    } else {
        sg_ball_set(s->W, data->w);
    }
    return solved ? SG_OK : SG_UNPROVED;
}

void sg_ball_moments_clear(struct sg_ball_moments *s)
{
    arb_mat_clear(s->M);
    arb_mat_clear(s->W);
}

void sg_ball_regressors(arb_mat_t T, const struct sg_ball_moments *s, const arb_mat_t W)
{
    arb_mat_zero(T);
    for (slong j = 0; j < s->d; j++)
        for (slong k = 0; k < s->m; k++)
            arb_set(arb_mat_entry(T, j, k), arb_mat_entry(W, j, k));
    for (slong k = 0; k <= s->m; k++)
        arb_one(arb_mat_entry(T, s->d + k, s->m + k));
}

void sg_ball_s_z(arb_mat_t S_z, const struct sg_ball_moments *s, slong bits)
{
    arb_mat_t T, MT;
    arb_mat_init(T, s->N, s->q);
    arb_mat_init(MT, s->N, s->q);
    sg_ball_regressors(T, s, s->W);
    arb_mat_mul(MT, s->M, T, bits);
    sg_ball_mul_tn(S_z, T, MT, bits);
    arb_mat_clear(T);
    arb_mat_clear(MT);
}

void sg_ball_exact_sg(arb_mat_t Phi, slong m, const double *C)
{
    arb_mat_zero(Phi);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < m; j++) {
            arb_t c;
            arb_init(c);
            arb_set_d(c, C ? C[i * m + j] : 0.0);
            if (i == j)
                arb_add_ui(c, c, 1, ARF_PREC_EXACT);
            arb_set(arb_mat_entry(Phi, i, j), c);
            arb_neg(arb_mat_entry(Phi, m + i, j), c);
            arb_clear(c);
        }
}

/* Scratch for one evaluation; names as above, d* a perturbation. */
struct joint {
    arb_mat_t T, TPhi, e, Me, dT, dW, dPhi, dTPhi, de, product, dF_W, dF_Phi, Me_x, low;
};

static void joint_init(struct joint *j, const struct sg_ball_moments *s)
{
    arb_mat_init(j->T, s->N, s->q);
    arb_mat_init(j->dT, s->N, s->q);
    arb_mat_init(j->dW, s->d, s->m);
    arb_mat_init(j->dPhi, s->q, s->m);
    arb_mat_struct *const tall[] = {j->TPhi, j->e, j->Me, j->dTPhi, j->de, j->product};
    for (size_t k = 0; k < sizeof tall / sizeof *tall; k++)
        arb_mat_init(tall[k], s->N, s->m);
    arb_mat_init(j->dF_W, s->d, s->m);
    arb_mat_init(j->dF_Phi, s->q, s->m);
    arb_mat_init(j->Me_x, s->d, s->m);
    arb_mat_init(j->low, s->m, s->m);
}

static void joint_clear(struct joint *j)
{
    arb_mat_struct *const owned[] = {j->T,    j->TPhi,   j->e,     j->Me, j->dT,
                                     j->dW,   j->dPhi,   j->dTPhi, j->de, j->product,
                                     j->dF_W, j->dF_Phi, j->Me_x,  j->low};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        arb_mat_clear(owned[k]);
}

/* F_W and F_Phi one below the other as column `column`. */
static void put_column(arb_mat_t out, slong column, const arb_mat_t F_W, const arb_mat_t F_Phi)
{
    const arb_mat_struct *part[2] = {F_W, F_Phi};
    slong k = 0;
    for (int p = 0; p < 2; p++)
        for (slong i = 0; i < arb_mat_nrows(part[p]); i++)
            for (slong c = 0; c < arb_mat_ncols(part[p]); c++)
                arb_set(arb_mat_entry(out, k++, column), arb_mat_entry(part[p], i, c));
}

/* dF for the perturbation in dW, dPhi:  dF_W = M_x d(T Phi),  dF_Phi = dT^T M e + T^T M (d(T
 * Phi) - dG),  e = T Phi - G. */
static void differentiate(struct joint *j, const struct sg_ball_moments *s, const arb_mat_t Phi,
                          slong bits)
{
    sg_ball_regressors(j->dT, s, j->dW);
    for (slong k = 0; k <= s->m; k++)
        arb_zero(arb_mat_entry(j->dT, s->d + k, s->m + k));
    arb_mat_mul(j->dTPhi, j->dT, Phi, bits);
    arb_mat_mul(j->product, j->T, j->dPhi, bits);
    arb_mat_add(j->dTPhi, j->dTPhi, j->product, bits);
    arb_mat_mul(j->product, s->M, j->dTPhi, bits);
    sg_ball_block(j->dF_W, j->product, 0, 0);
    arb_mat_set(j->de, j->dTPhi);
    for (slong i = 0; i < s->d; i++)
        for (slong k = 0; k < s->m; k++)
            arb_sub(arb_mat_entry(j->de, i, k), arb_mat_entry(j->de, i, k),
                    arb_mat_entry(j->dW, i, k), bits);
    arb_mat_mul(j->product, s->M, j->de, bits);
    sg_ball_mul_tn(j->dF_Phi, j->T, j->product, bits);
    sg_ball_mul_tn(j->low, j->dW, j->Me_x, bits);        /* dT^T M e: only its first m rows */
    for (slong i = 0; i < s->m; i++)
        for (slong k = 0; k < s->m; k++)
            arb_add(arb_mat_entry(j->dF_Phi, i, k), arb_mat_entry(j->dF_Phi, i, k),
                    arb_mat_entry(j->low, i, k), bits);
}

void sg_ball_joint(arb_mat_t F, arb_mat_struct *J, const struct sg_ball_moments *s,
                   const arb_mat_t W, const arb_mat_t Phi, slong bits)
{
    struct joint j;
    joint_init(&j, s);
    sg_ball_regressors(j.T, s, W);
    arb_mat_mul(j.TPhi, j.T, Phi, bits);
    arb_mat_set(j.e, j.TPhi);
    for (slong k = 0; k < s->m; k++) {
        for (slong i = 0; i < s->d; i++)
            arb_sub(arb_mat_entry(j.e, i, k), arb_mat_entry(j.e, i, k), arb_mat_entry(W, i, k),
                    bits);
        arb_add_ui(arb_mat_entry(j.e, s->d + k, k), arb_mat_entry(j.e, s->d + k, k), 1, bits);
    }
    arb_mat_mul(j.product, s->M, j.TPhi, bits);
    sg_ball_block(j.dF_W, j.product, 0, 0);
    arb_mat_mul(j.Me, s->M, j.e, bits);
    sg_ball_block(j.Me_x, j.Me, 0, 0);
    sg_ball_mul_tn(j.dF_Phi, j.T, j.Me, bits);
    put_column(F, 0, j.dF_W, j.dF_Phi);
    for (slong c = 0; J && c < arb_mat_ncols(J); c++) {
        const slong p = c - s->d * s->m;                  /* d m is a multiple of m */
        arb_ptr at = p < 0 ? arb_mat_entry(j.dW, c / s->m, c % s->m)
                           : arb_mat_entry(j.dPhi, p / s->m, p % s->m);
        arb_one(at);
        differentiate(&j, s, Phi, bits);
        put_column(J, c, j.dF_W, j.dF_Phi);
        arb_zero(at);
    }
    joint_clear(&j);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
