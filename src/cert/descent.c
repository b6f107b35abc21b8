/* One network step of a deep linear net in balls: DY6's condition and the decrease (DY7).
 *
 * With P = W_1 ... W_N, Q = E[x^T (x P - y)] and L = E|x P - y|^2 / 2,
 *     dL/dW_i = (W_1 ... W_{i-1})^T Q (W_{i+1} ... W_N)^T,
 *     L(W) - L(W') = <P - P', Q + Q'> / 2, exactly, as L is a quadratic of P. */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/shallow.h"

struct descent {
    const struct sg_cert_descent *of;
    const struct sg_cert_data *data;
    enum sg_status tracks, falls;
};

/* P (d x m) and Q of these weights; the layers' matrices in W. */
static void look(arb_mat_t P, arb_mat_t Q, arb_mat_struct *W, const struct sg_cert_descent *of,
                 const double *w, const struct sg_ball_moments *s, slong bits)
{
    arb_mat_t S_x, S_xy;
    arb_mat_init(S_x, s->d, s->d);
    arb_mat_init(S_xy, s->d, s->m);
    sg_ball_block(S_x, s->M, 0, 0);
    sg_ball_block(S_xy, s->M, 0, s->d);
    for (size_t i = 0; i < of->layers; i++) {
        arb_mat_init(&W[i], (slong)of->width[i], (slong)of->width[i + 1]);
        sg_ball_set(&W[i], w);
        w += of->width[i] * of->width[i + 1];
    }
    arb_mat_t left, next;
    arb_mat_init(left, s->d, s->d);
    arb_mat_one(left);
    for (size_t i = 0; i < of->layers; i++) {
        arb_mat_init(next, s->d, (slong)of->width[i + 1]);
        arb_mat_mul(next, left, &W[i], bits);
        arb_mat_swap(left, next);
        arb_mat_clear(next);
    }
    arb_mat_set(P, left);
    arb_mat_mul(Q, S_x, P, bits);
    arb_mat_sub(Q, Q, S_xy, bits);
    arb_mat_clear(left);
    arb_mat_clear(S_x);
    arb_mat_clear(S_xy);
}

/* out = dL/dW_i. */
static void gradient(arb_mat_t out, const arb_mat_t Q, const arb_mat_struct *W, size_t layers,
                     size_t i, slong bits)
{
    arb_mat_t a, next, t;
    arb_mat_init(a, arb_mat_nrows(Q), arb_mat_ncols(Q));
    arb_mat_set(a, Q);
    for (size_t k = 0; k < i; k++) {                     /* W_k^T from the left, in order */
        arb_mat_init(next, arb_mat_ncols(&W[k]), arb_mat_ncols(a));
        sg_ball_mul_tn(next, &W[k], a, bits);
        arb_mat_swap(a, next);
        arb_mat_clear(next);
    }
    for (size_t k = layers; k-- > i + 1;) {              /* W_k^T from the right */
        arb_mat_init(t, arb_mat_ncols(&W[k]), arb_mat_nrows(&W[k]));
        arb_mat_init(next, arb_mat_nrows(a), arb_mat_nrows(&W[k]));
        arb_mat_transpose(t, &W[k]);
        arb_mat_mul(next, a, t, bits);
        arb_mat_swap(a, next);
        arb_mat_clear(next);
        arb_mat_clear(t);
    }
    arb_mat_set(out, a);
    arb_mat_clear(a);
}

/* sum += <a, b> */
static void add_inner(arb_t sum, const arb_mat_t a, const arb_mat_t b, slong bits)
{
    for (slong i = 0; i < arb_mat_nrows(a); i++)
        for (slong j = 0; j < arb_mat_ncols(a); j++)
            arb_addmul(sum, arb_mat_entry(a, i, j), arb_mat_entry(b, i, j), bits);
}

/* Is bound - value proved to be at least 0, or below? */
static enum sg_status at_most(const arb_t value, const arb_t bound)
{
    return arb_le(value, bound) ? SG_OK : arb_gt(value, bound) ? SG_REFUTED : SG_UNPROVED;
}

static enum sg_status attempt(void *context, slong bits)
{
    struct descent *c = context;
    const struct sg_cert_descent *of = c->of;
    struct sg_ball_moments s;
    arb_mat_struct *W = SG_NEW(of->layers, arb_mat_struct),
                   *after = SG_NEW(of->layers, arb_mat_struct);
    arb_mat_t P, Q, P_after, Q_after, g, off;
    arb_t mu, rho, square, error, fall;
    /* S_x may be singular: the least-squares solution is not looked at */
    const enum sg_status solved = sg_ball_moments(&s, c->data, bits);
    (void)solved;
    arb_mat_init(P, s.d, s.m);
    arb_mat_init(Q, s.d, s.m);
    arb_mat_init(P_after, s.d, s.m);
    arb_mat_init(Q_after, s.d, s.m);
    arb_init(mu);
    arb_init(rho);
    arb_init(square);
    arb_init(error);
    arb_init(fall);
    arb_set_d(mu, of->mu);
    arb_set_d(rho, of->rho);
    look(P, Q, W, of, of->before, &s, bits);
    look(P_after, Q_after, after, of, of->after, &s, bits);
    for (size_t i = 0; i < of->layers; i++) {
        const slong rows = (slong)of->width[i], columns = (slong)of->width[i + 1];
        arb_mat_init(g, rows, columns);
        arb_mat_init(off, rows, columns);
        gradient(g, Q, W, of->layers, i, bits);
        add_inner(square, g, g, bits);
        arb_mat_sub(off, &W[i], &after[i], bits);        /* (W - W') / mu - grad */
        arb_mat_scalar_div_arb(off, off, mu, bits);
        arb_mat_sub(off, off, g, bits);
        add_inner(error, off, off, bits);
        arb_mat_clear(g);
        arb_mat_clear(off);
    }
    arb_mat_sub(P, P, P_after, bits);
    arb_mat_add(Q, Q, Q_after, bits);
    add_inner(fall, P, Q, bits);                         /* 2 (L - L') */
    /* |error| <= rho |grad|;  (1 - rho) mu |grad|^2 <= 2 (L - L') */
    arb_mul(mu, mu, square, bits);
    arb_submul(mu, rho, mu, bits);
    arb_mul(rho, rho, rho, bits);
    arb_mul(rho, rho, square, bits);
    c->tracks = at_most(error, rho);
    c->falls = at_most(mu, fall);
    for (size_t i = 0; i < of->layers; i++) {
        arb_mat_clear(&W[i]);
        arb_mat_clear(&after[i]);
    }
    free(W);
    free(after);
    arb_mat_clear(P);
    arb_mat_clear(Q);
    arb_mat_clear(P_after);
    arb_mat_clear(Q_after);
    arb_clear(mu);
    arb_clear(rho);
    arb_clear(square);
    arb_clear(error);
    arb_clear(fall);
    sg_ball_moments_clear(&s);
    return c->tracks == SG_UNPROVED || c->falls == SG_UNPROVED ? SG_UNPROVED : SG_OK;
}

void sg_cert_descent_step(enum sg_status *tracks, enum sg_status *falls,
                          const struct sg_cert_descent *step, const struct sg_cert_data *data)
{
    struct descent c = {step, data, SG_UNPROVED, SG_UNPROVED};
    size_t n_w = 0;
    SG_REQUIRE(tracks && falls && step && data && data->y && step->layers > 0 &&
               step->width[0] == data->d && step->width[step->layers] == data->m);
    for (size_t i = 0; i < step->layers; i++)
        n_w += step->width[i] * step->width[i + 1];
    *tracks = *falls = SG_NOT_FINITE;
    if (!sg_ball_data_finite(data) || !sg_ball_finite(step->before, n_w) ||
        !sg_ball_finite(step->after, n_w) || !isfinite(step->mu) || !isfinite(step->rho))
        return;
    SG_REQUIRE(step->mu > 0 && step->rho >= 0);
    const enum sg_status both = sg_ball_raise(attempt, &c);
    (void)both;                                          /* each has its own */
    *tracks = c.tracks;
    *falls = c.falls;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
