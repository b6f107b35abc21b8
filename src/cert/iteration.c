/* DY5 and DY13 in balls: the exact iteration of linear regression with an SG at the output whose
 * own step is normalised or by line search, and what each step of it lowers.
 *
 * With M = E[v^T v], v = (x, y, 1), z = v T(W), S_z = T^T M T, Psi = Phi - (I; -I; 0):
 *     W+ = W - mu (M T Phi)_x,   Phi+ = Phi - nu G,   G = S_z' Psi,
 * S_z' that of the weights tau steps ago (of W_0 before step tau), nu = theta / tr S_z' or
 * theta |G|^2 / tr G^T S_z' G.  Started from doubles, with doubles for rates, this is one sequence
 * of real numbers, and it is enclosed. */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/shallow.h"

struct run {
    const struct sg_cert_data *data;
    const struct sg_cert_iteration *ask;
    struct sg_cert_iterated *out;
};

struct walk {
    struct sg_ball_moments s;
    bool solved;                     /* W* is known: S_x > 0 */
    arb_mat_t *W;                    /* [tau + 1], a ring */
    arb_mat_t Phi, Psi, G, T, late, MT, S, S_late, SPsi, along, dW, delta;
    arb_t mu, theta, l_low, l, n_star, psi0, sum, v, v0, t, u;
    arb_t error, slope, N, curve, nu;
};

/* ---- pieces ---------------------------------------------------------------------------------- */

/* sum_ij a_ij b_ij */
static void dot(arb_t out, const arb_mat_t a, const arb_mat_t b, slong bits)
{
    arb_zero(out);
    for (slong i = 0; i < arb_mat_nrows(a); i++)
        for (slong j = 0; j < arb_mat_ncols(a); j++)
            arb_addmul(out, arb_mat_entry(a, i, j), arb_mat_entry(b, i, j), bits);
}

static void moments_at(arb_mat_t S, arb_mat_t T, struct walk *w, const arb_mat_t W, slong bits)
{
    sg_ball_regressors(T, &w->s, W);
    arb_mat_mul(w->MT, w->s.M, T, bits);
    sg_ball_mul_tn(S, T, w->MT, bits);
}

/* is a <= b?  kept: what all steps so far came to. */
static void demand(enum sg_status *kept, const arb_t a, const arb_t b, bool strict)
{
    const enum sg_status now = (strict ? arb_lt(a, b) : arb_le(a, b))   ? SG_OK
                               : (strict ? arb_ge(a, b) : arb_gt(a, b)) ? SG_REFUTED
                                                                        : SG_UNPROVED;
    if (*kept != SG_REFUTED && now != SG_OK)
        *kept = now;
}

static void walk_init(struct walk *w, const struct run *c, slong bits)
{
    const slong d = (slong)c->data->d, m = (slong)c->data->m, q = 2 * m + 1, N = d + m + 1;
    arb_mat_struct *const of_phi[] = {w->Phi, w->Psi, w->G, w->SPsi, w->along};
    arb_struct *const number[] = {w->mu, w->theta, w->l_low, w->l,     w->n_star, w->psi0,
                                  w->sum, w->v,    w->v0,    w->t,     w->u,      w->error,
                                  w->slope, w->N,  w->curve, w->nu};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_init(number[k]);
    for (size_t k = 0; k < sizeof of_phi / sizeof *of_phi; k++)
        arb_mat_init(of_phi[k], q, m);
    arb_mat_init(w->T, N, q);
    arb_mat_init(w->late, N, q);
    arb_mat_init(w->MT, N, q);
    arb_mat_init(w->S, q, q);
    arb_mat_init(w->S_late, q, q);
    arb_mat_init(w->dW, d, m);
    arb_mat_init(w->delta, d, m);
    w->W = SG_NEW(c->ask->tau + 1, arb_mat_t);
    for (size_t k = 0; k <= c->ask->tau; k++) {
        arb_mat_init(w->W[k], d, m);
        sg_ball_set(w->W[k], c->ask->w);
    }
    sg_ball_set(w->Phi, c->ask->phi);
    arb_set_d(w->theta, c->ask->theta);
    w->solved = sg_ball_moments(&w->s, c->data, bits) == SG_OK;
}

static void walk_clear(struct walk *w, const struct run *c)
{
    arb_mat_struct *const matrix[] = {w->Phi, w->Psi, w->G,      w->T,    w->late,  w->MT,
                                      w->S,   w->dW,  w->S_late, w->SPsi, w->along, w->delta};
    arb_struct *const number[] = {w->mu, w->theta, w->l_low, w->l,     w->n_star, w->psi0,
                                  w->sum, w->v,    w->v0,    w->t,     w->u,      w->error,
                                  w->slope, w->N,  w->curve, w->nu};
    for (size_t k = 0; k < sizeof matrix / sizeof *matrix; k++)
        arb_mat_clear(matrix[k]);
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_clear(number[k]);
    for (size_t k = 0; k <= c->ask->tau; k++)
        arb_mat_clear(w->W[k]);
    free(w->W);
    sg_ball_moments_clear(&w->s);
}

/* The ends of S_x's spectrum, and N* = tr S_z at W*. */
static bool constants(struct walk *w, slong bits)
{
    struct sg_interval least, most;
    arb_mat_t S_x;
    arb_mat_init(S_x, w->s.d, w->s.d);
    sg_ball_block(S_x, w->s.M, 0, 0);
    const bool known = sg_ball_bottom(&least, S_x, bits) == SG_OK &&
                       sg_ball_top(&most, S_x, bits) == SG_OK && least.low > 0;
    if (known) {
        arb_set_d(w->l_low, least.low);
        arb_set_d(w->t, least.high);
        arb_union(w->l_low, w->l_low, w->t, bits);
        arb_set_d(w->l, most.low);
        arb_set_d(w->t, most.high);
        arb_union(w->l, w->l, w->t, bits);
        moments_at(w->S, w->T, w, w->s.W, bits);
        arb_mat_trace(w->n_star, w->S, bits);
    }
    arb_mat_clear(S_x);
    return known;
}

/* ---- a step ---------------------------------------------------------------------------------- */

/* V = tr delta^T S_x delta + tr Psi^T S_z Psi at the state now; S_z in w->S. */
static void energy(arb_t v, struct walk *w, slong bits)
{
    arb_mat_t S_x, Sd;
    arb_mat_init(S_x, w->s.d, w->s.d);
    arb_mat_init(Sd, w->s.d, w->s.m);
    sg_ball_block(S_x, w->s.M, 0, 0);
    arb_mat_mul(Sd, S_x, w->delta, bits);
    dot(v, w->delta, Sd, bits);
    arb_add(v, v, w->error, bits);
    arb_mat_clear(S_x);
    arb_mat_clear(Sd);
}

/* Psi, S_z and E|e|^2 of now; delta. */
static void look(struct walk *w, const arb_mat_t W, slong bits)
{
    sg_ball_exact_sg(w->Psi, w->s.m, NULL);
    arb_mat_sub(w->Psi, w->Phi, w->Psi, bits);
    moments_at(w->S, w->T, w, W, bits);
    arb_mat_mul(w->SPsi, w->S, w->Psi, bits);
    dot(w->error, w->Psi, w->SPsi, bits);
    if (w->solved)
        arb_mat_sub(w->delta, W, w->s.W, bits);
}

/* nu by the rule on the pair.  |Psi|^2 falls by 2 nu E|e|^2 - nu^2 |G|^2: not below 0?  false: the
 * line search is 0/0, or looks so. */
static bool sg_step(struct run *c, struct walk *w, const arb_mat_t pair, slong bits)
{
    moments_at(w->S_late, w->late, w, pair, bits);
    arb_mat_mul(w->G, w->S_late, w->Psi, bits);
    dot(w->t, w->Psi, w->G, bits);                           /* E|e|^2 of the pair */
    dot(w->slope, w->G, w->G, bits);
    arb_mat_trace(w->N, w->S_late, bits);
    arb_mat_mul(w->along, w->S_late, w->G, bits);
    dot(w->curve, w->G, w->along, bits);
    if (c->ask->line_search && !arb_is_positive(w->curve))
        return false;
    if (c->ask->line_search)
        arb_div(w->nu, w->slope, w->curve, bits);
    else
        arb_inv(w->nu, w->N, bits);
    arb_mul(w->nu, w->nu, w->theta, bits);
    arb_mul_2exp_si(w->u, w->t, 1);                          /* both over nu */
    arb_mul(w->curve, w->nu, w->slope, bits);
    demand(&c->out->norm, w->curve, w->u, false);
    arb_div(w->u, w->t, w->N, bits);
    arb_add(w->sum, w->sum, w->u, bits);
    return true;
}

/* (rho + mu l eps) |delta| + mu sqrt(l N*) eps, eps = sqrt(E|e|^2 / N) of now. */
static void bound_of_step(arb_t bound, struct walk *w, slong bits)
{
    arb_t rho, eps;
    arb_init(rho);
    arb_init(eps);
    arb_mul(rho, w->mu, w->l_low, bits);
    arb_sub_ui(rho, rho, 1, bits);
    arb_abs(rho, rho);
    arb_mul(bound, w->mu, w->l, bits);
    arb_sub_ui(bound, bound, 1, bits);
    arb_abs(bound, bound);
    arb_max(rho, rho, bound, bits);
    arb_mat_trace(eps, w->S, bits);
    arb_div(eps, w->error, eps, bits);
    arb_sqrtpos(eps, eps, bits);
    arb_mul(bound, w->mu, w->l, bits);
    arb_addmul(rho, bound, eps, bits);
    arb_mat_frobenius_norm(bound, w->delta, bits);
    arb_mul(bound, bound, rho, bits);
    arb_mul(rho, w->l, w->n_star, bits);
    arb_sqrtpos(rho, rho, bits);
    arb_mul(rho, rho, w->mu, bits);
    arb_addmul(bound, rho, eps, bits);
    arb_clear(rho);
    arb_clear(eps);
}

/* Both parts from the same state. */
static void move(struct walk *w, const arb_mat_t now, arb_mat_t next, slong bits)
{
    arb_mat_t TPhi, MTPhi;
    arb_mat_init(TPhi, w->s.N, w->s.m);
    arb_mat_init(MTPhi, w->s.N, w->s.m);
    arb_mat_mul(TPhi, w->T, w->Phi, bits);
    arb_mat_mul(MTPhi, w->s.M, TPhi, bits);
    sg_ball_block(w->dW, MTPhi, 0, 0);
    arb_mat_scalar_mul_arb(w->dW, w->dW, w->mu, bits);
    arb_mat_sub(next, now, w->dW, bits);
    arb_mat_scalar_mul_arb(w->G, w->G, w->nu, bits);
    arb_mat_sub(w->Phi, w->Phi, w->G, bits);
    arb_mat_clear(TPhi);
    arb_mat_clear(MTPhi);
}

/* false: the line search is 0/0, or looks so. */
static bool one_step(struct run *c, struct walk *w, size_t t, slong bits)
{
    const size_t ring = c->ask->tau + 1, rates = c->ask->n_mu;
    arb_t bound;
    arb_init(bound);
    arb_set_d(w->mu, c->ask->mu[t < rates ? t : rates - 1]);
    const bool moves = sg_step(c, w, w->W[t >= c->ask->tau ? (t + 1) % ring : 0], bits);
    if (moves) {
        if (w->solved)
            bound_of_step(bound, w, bits);
        move(w, w->W[t % ring], w->W[(t + 1) % ring], bits);
        look(w, w->W[(t + 1) % ring], bits);
    }
    if (moves && w->solved) {
        arb_mat_frobenius_norm(w->t, w->delta, bits);
        demand(&c->out->step, w->t, bound, false);
        energy(w->t, w, bits);
        demand(&c->out->energy, w->t, w->v, true);
        arb_swap(w->v, w->t);
    }
    arb_clear(bound);
    return moves;
}

static void report(struct run *c, struct walk *w, slong bits)
{
    dot(w->t, w->Psi, w->Psi, bits);
    arb_div(w->t, w->t, w->psi0, bits);
    arb_sqrtpos(w->t, w->t, bits);
    c->out->psi = sg_ball_interval(w->t);
    arb_div(w->t, w->v, w->v0, bits);
    c->out->v = sg_ball_interval(w->t);
    arb_sub_ui(w->u, w->theta, 2, bits);           /* theta (2 - theta) sum <= |Psi_0|^2 */
    arb_neg(w->u, w->u);
    arb_mul(w->u, w->u, w->theta, bits);
    arb_mul(w->u, w->u, w->sum, bits);
    demand(&c->out->sum, w->u, w->psi0, false);
    arb_div(w->t, w->u, w->psi0, bits);
    c->out->share = sg_ball_interval(w->t);
}

static enum sg_status attempt(void *context, slong bits)
{
    struct run *c = context;
    struct walk w;
    const struct sg_interval none = {SG_NAN, SG_NAN};
    walk_init(&w, c, bits);
    w.solved = w.solved && constants(&w, bits);
    const enum sg_status known = w.solved ? SG_OK : SG_UNPROVED;
    *c->out = (struct sg_cert_iterated){SG_OK, SG_OK, known, known, none, none, none};
    look(&w, w.W[0], bits);
    dot(w.psi0, w.Psi, w.Psi, bits);
    if (w.solved)
        energy(w.v, &w, bits);
    arb_set(w.v0, w.v);
    bool moves = true;
    for (size_t t = 0; t < c->ask->steps && moves; t++)
        moves = one_step(c, &w, t, bits);
    report(c, &w, bits);
    if (!moves)
        c->out->norm = c->out->sum = c->out->step = c->out->energy = SG_UNPROVED;
    const bool decided = c->out->norm != SG_UNPROVED && c->out->sum != SG_UNPROVED &&
                         (!w.solved || (c->out->step != SG_UNPROVED &&
                                        c->out->energy != SG_UNPROVED));
    walk_clear(&w, c);
    return decided ? SG_OK : SG_UNPROVED;
}

enum sg_status sg_cert_iterate(struct sg_cert_iterated *out, const struct sg_cert_data *data,
                               const struct sg_cert_iteration *ask)
{
    SG_REQUIRE(out && data && ask);
    const struct sg_interval none = {SG_NAN, SG_NAN};
    const size_t q = 2 * data->m + 1;
    struct run c = {data, ask, out};
    SG_REQUIRE(data->y && ask->n_mu > 0);
    *out = (struct sg_cert_iterated){SG_UNPROVED, SG_UNPROVED, SG_UNPROVED, SG_UNPROVED,
                                      none, none, none};
    if (!sg_ball_data_finite(data) || !sg_ball_finite(ask->w, data->d * data->m) ||
        !sg_ball_finite(ask->phi, q * data->m) || !sg_ball_finite(ask->mu, ask->n_mu) ||
        !isfinite(ask->theta))
        return SG_NOT_FINITE;
    return sg_ball_raise(attempt, &c);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
