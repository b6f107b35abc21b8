/* The ledger under heavy-ball momentum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/ledger_internal.h"

void sg_ledger_heavy_ball(struct sg_ledger *l, double beta)
{
    SG_REQUIRE(!l->ball && 0 <= beta && beta < 1);
    l->ball = SG_NEW(1, struct sg_ledger_ball);
    *l->ball = (struct sg_ledger_ball){.beta = beta,
                                       .w_last = SG_NEW(l->n_w, double),
                                       .phi_last = SG_NEW(l->n_phi + 1, double),
                                       .phi_move = SG_NEW(l->n_phi + 1, double),
                                       .w_z = SG_NEW(l->n_w, double),
                                       .phi_z = SG_NEW(l->n_phi + 1, double),
                                       .last = SG_NEW(l->cuts + 1, double *)};
    for (size_t i = 0; i < l->cuts; i++)
        l->ball->last[i] = SG_NEW(l->cut[i].size, double);
    l->mu /= 1 - beta;
}

void sg_ledger_ball_free(struct sg_ledger *l)
{
    struct sg_ledger_ball *ball = l->ball;
    if (!ball)
        return;
    for (size_t i = 0; i < l->cuts; i++)
        free(ball->last[i]);
    free(ball->w_last);
    free(ball->phi_last);
    free(ball->phi_move);
    free(ball->w_z);
    free(ball->phi_z);
    free(ball->last);
    free(ball);
}

void sg_ledger_ball_start(struct sg_ledger *l)
{
    struct sg_ledger_ball *ball = l->ball;
    if (!ball)
        return;
    memcpy(ball->w_z, l->w, l->n_w * sizeof(double));
    memcpy(ball->phi_z, l->phi, l->n_phi * sizeof(double));
    memset(l->dw, 0, l->n_w * sizeof(double));
    memset(ball->phi_move, 0, l->n_phi * sizeof(double));
    for (size_t i = 0; i < l->cuts; i++)
        memset(ball->last[i], 0, l->cut[i].size * sizeof(double));
}

void sg_ledger_ball_shift(struct sg_ledger *l)
{
    if (!l->ball)
        return;
    memcpy(l->ball->w_last, l->dw, l->n_w * sizeof(double));
    memcpy(l->ball->phi_last, l->ball->phi_move, l->n_phi * sizeof(double));
}

void sg_ledger_ball_move(struct sg_ledger *l)
{
    struct sg_ledger_ball *ball = l->ball;
    if (!ball)
        return;
    const double ahead = ball->beta / (1 - ball->beta);
    for (size_t i = 0; i < l->n_w; i++)
        ball->w_z[i] = l->w_next[i] + ahead * l->dw[i];
    for (size_t i = 0; i < l->n_phi; i++) {
        ball->phi_move[i] = l->phi_next[i] - l->phi[i];
        ball->phi_z[i] = l->phi_next[i] + ahead * ball->phi_move[i];
    }
}

void sg_ledger_ball_squares(double *squares, const struct sg_ledger *l, size_t entry)
{
    const struct sg_ledger_ball *ball = l->ball;
    for (size_t e = 0; ball && e < l->cut[entry].size; e++) {
        const double now = squares[e], beta = ball->beta;
        squares[e] =
            (now - beta * beta * ball->last[entry][e]) / ((1 - beta) * (1 - beta));
        ball->last[entry][e] = now;
    }
}

double sg_ledger_ball_step(const struct sg_ledger *l, size_t i)
{
    const struct sg_ledger_ball *ball = l->ball;
    return ball ? (l->dw[i] - ball->beta * ball->w_last[i]) / (1 - ball->beta) : l->dw[i];
}

/* ---- rounding -------------------------------------------------------------------------------
 *
 * theta' = fl(theta - fl(mu m')) is off by rho_t, at most u |theta'|, which the moment never sees:
 * v_t has (rho_t - beta rho_{t-1}) / (1 - beta).  Summed over the steps,
 *     sum <theta_t, .> = sum <theta_t, rho_t> + beta/(1 - beta) sum <d_t, rho_t>
 *                        + beta/(1 - beta) <theta, rho> of the last one.
 * The first sum is gradient descent's.  The product, the rate and the moment are off by 5 u of each
 * of the two moves that v_t is made of. */

/* |theta| (5 (|d_t| + beta |d_{t-1}|) + beta |d_t|) / (1 - beta), of n numbers. */
static double of_moves(const struct sg_ledger_ball *ball, const double *theta, const double *move,
                       const double *last, size_t n)
{
    return sg_base_norm(theta, n) *
           ((5 + ball->beta) * sg_base_norm(move, n) + 5 * ball->beta * sg_base_norm(last, n)) /
           (1 - ball->beta);
}

/* Where the layer below, W and A lie, and how many numbers they are. */
struct parts { size_t below, n_below, above, n_above, A, n_A; double of_A; };

static struct parts parts_of(const struct sg_ledger *l, const struct sg_ledger_cut *cut)
{
    struct parts p = {.below = sg_net_layer_offset(l->net, cut->layer),
                      .n_below = cut->batch_norm ? 2 * cut->units
                                                 : (cut->in + cut->bias) * cut->units};
    if (cut->kind == SG_LEDGER_NORM)
        return p;
    p.above = sg_net_layer_offset(l->net, cut->at);
    p.n_above = cut->units * cut->out;
    if (cut->module == SG_LEDGER_NO_MODULE)
        return p;
    p.A = sg_net_module_offset(l->net, cut->module);
    p.n_A = cut->units * cut->units;
    p.of_A = cut->mix / l->kappa;
    return p;
}

double sg_ledger_ball_rounding(const struct sg_ledger *l, const struct sg_ledger_cut *cut)
{
    const struct sg_ledger_ball *ball = l->ball;
    if (!ball)
        return 0;
    const struct parts p = parts_of(l, cut);
    const double F = cut->standin ? sg_base_norm(cut->standin, cut->units * cut->out) : 0;
    double one = of_moves(ball, l->w + p.below, l->dw + p.below, ball->w_last + p.below,
                          p.n_below) +
                 cut->square * of_moves(ball, l->w + p.above, l->dw + p.above,
                                        ball->w_last + p.above, p.n_above);
    /* Linear sides have 1 in the place of |theta|, and the same moves. */
    one += (F * (6 * sg_base_norm(l->dw + p.above, p.n_above) +
                 5 * sg_base_norm(ball->w_last + p.above, p.n_above)) +
            p.of_A * (6 * sg_base_norm(ball->phi_move + p.A, p.n_A) +
                      5 * sg_base_norm(ball->phi_last + p.A, p.n_A))) /
           (1 - ball->beta);
    return 2 * sg_ledger_unit(l->net) * one;
}

double sg_ledger_ball_rest(const struct sg_ledger *l, const struct sg_ledger_cut *cut)
{
    const struct sg_ledger_ball *ball = l->ball;
    if (!ball)
        return 0;
    const struct parts p = parts_of(l, cut);
    const double F = cut->standin ? sg_base_norm(cut->standin, cut->units * cut->out) : 0,
                 below = sg_base_norm(l->w + p.below, p.n_below),
                 above = sg_base_norm(l->w + p.above, p.n_above);
    return 4 * sg_ledger_unit(l->net) / (1 - ball->beta) *
           (below * below + above * (cut->square * above + F) +
            p.of_A * sg_base_norm(l->phi + p.A, p.n_A));
}
