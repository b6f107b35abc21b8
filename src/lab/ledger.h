/* ledger.h - private: the ledger of a run, what each boundary's balance of weights keeps (DY14).
 *
 * At a boundary that a dense layer W (k x o) reads, with B the weights of the layer below it, the
 * balance
 *
 *     D = below - above - sg
 *
 * is kept up to the steps' own squares.  A step of the weights and of the SG from one state changes
 * it by exactly the squares of the changes, below(dB) - above(dW): theory, DY14 (b).
 *   below  B^T B + b^T b of a dense layer; gamma^2 + beta^2 of a batch norm
 *   above  W W^T.  With F, what stands in for W on the way down: W F^T + F W^T, without a square.
 *          With an SG of share `mix`: mix W W^T + (1 - mix) (W F^T + F W^T).  0 under SG_NOTHING.
 *   sg     mix (A + A^T) / kappa, A the SG's term h, kappa = nu / mu
 * The whole matrix where a dense layer is right below the boundary, its diagonal (unit by unit)
 * where an activation or a batch norm is.
 *
 * A balance is read whether it is kept or not, so that a control can break it.  It is kept for
 * linear SGs with the term h and the arriving target (or the true one, if it is what arrives), and
 * for no activation or relu. */
#ifndef SG_LAB_LEDGER_H
#define SG_LAB_LEDGER_H

#include "synthgrad/net.h"

/* F under feedback alignment is its matrix.  Direct feedback (kickback) with matrices R_i has
 * F^T = R_i at the highest hidden boundary, and F^T = R_{i+1}^+ R_i in a linear chain.
 * SG_LEDGER_NORM is the norm of the weights under a batch norm, unit by unit: below = |B[:,j]|^2,
 * nothing above, and what the batch norm's epsilon moves counts with the squares. */
enum sg_ledger_kind { SG_LEDGER_MATRIX, SG_LEDGER_UNITS, SG_LEDGER_NORM };

struct sg_ledger;
/* Of all boundaries of the net that have a balance.  Left out are those
 *   - that no dense layer reads, or with an SG or a rule between the boundary and the weights below
 *   - of direct feedback and kickback where no F exists
 * net outlives the ledger. */
struct sg_ledger *sg_ledger_alloc(const struct sg_net *net, double mu, double nu);
void sg_ledger_free(struct sg_ledger *ledger);
/* The steps are a heavy ball's, m' = beta m + g and theta' = theta - mu m', of the weights and of
 * the SG; the rates are constant.  Call it before the run begins.  With d_t = theta_t - theta_{t+1}
 * the state z = theta_t - beta/(1 - beta) d_{t-1} moves by -v_t exactly, where v_t = (d_t - beta
 * d_{t-1}) / (1 - beta) = mu/(1 - beta) g.  For a quadratic form q with the bilinear form <., .>
 *     q(z_{t+1}) - q(z_t) = -2 <theta_t, v_t> + (q(d_t) - beta^2 q(d_{t-1})) / (1 - beta)^2,
 * so the balance at z is kept up to these squares.  Readings are then of z. */
void sg_ledger_heavy_ball(struct sg_ledger *ledger, double beta);
/* A run begins at this state, in the net's dtype. */
void sg_ledger_start(struct sg_ledger *ledger, const void *w, const void *phi);
/* One step has come to this state.  work and batch: of the evaluation that the step was made from.
 * Without them (NULL) `bound` is NaN and SG_LEDGER_NORM lacks what epsilon moves.
 * Reads every weight; allocates nothing. */
void sg_ledger_step(struct sg_ledger *ledger, const void *w, const void *phi,
                    const struct sg_batch *batch, const struct sg_net_work *work);

/* What a run has done to one balance since its start. */
struct sg_ledger_reading {
    size_t boundary;
    enum sg_ledger_kind kind;
    bool sg;                        /* an SG of mix != 0 sits there */
    /* Traces of the changes: below - above - sg - squares = 0 */
    double below, above, sides_sg, squares;
    /* Frobenius norms
     *   moved  of the change of the SG's side where an SG sits, else of `below`
     *   drift  of D's change
     *   error  of that less the squares
     *   bound  how large rounding can have made `error` */
    double moved, drift, error, bound;
};
size_t sg_ledger_count(const struct sg_ledger *ledger);
/* Entry 0 .. count - 1, from the lowest boundary up. */
struct sg_ledger_reading sg_ledger_read(const struct sg_ledger *ledger, size_t entry);
/* Entries of one balance: k^2 or k. */
size_t sg_ledger_size(const struct sg_ledger *ledger, size_t entry);
/* D now, and the change of D less the squares (either may be NULL). */
void sg_ledger_balance(double *balance, double *residual, const struct sg_ledger *ledger,
                       size_t entry);

#endif
