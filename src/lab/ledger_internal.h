/* ledger_internal.h - private to the ledger: one balance, and how its parts are read. */
#ifndef SG_LAB_LEDGER_INTERNAL_H
#define SG_LAB_LEDGER_INTERNAL_H

#include "lab/ledger.h"

#define SG_LEDGER_NO_MODULE SIZE_MAX

struct sg_ledger_cut {
    enum sg_ledger_kind kind;
    size_t at, units, size;    /* the boundary, k, and k^2 or k */
    size_t layer;              /* right below: dense, or the batch norm; NORM: the dense layer */
    bool batch_norm, bias;
    size_t in, out;            /* widths of h below `layer` and above the boundary's dense layer */
    double square;             /* how much of W W^T: 1, mix or 0 */
    double *standin;           /* (1 - mix) F (k x o), or NULL */
    double gap;                /* |R_i - R_{i+1} F^T|, what dgelsd leaves */
    size_t module;             /* with the term h and mix != 0, or SG_LEDGER_NO_MODULE */
    double mix;
    double *first, *squares;   /* (size) D at the start, and what the steps have added */
    double *below, *above, *sg;/* (size) the sides at the start */
    double *scratch;           /* (7 size) */
    double bound;              /* so far: of the steps alone */
};

/* Heavy ball: the last move, and the state z that a reading is of. */
struct sg_ledger_ball {
    double beta;
    double *w_last, *phi_last, *phi_move; /* d_{t-1}, and d_t of phi */
    double *w_z, *phi_z;
    double **last;                        /* a balance each (size): its squares of d_{t-1} */
};

struct sg_ledger {
    const struct sg_net *net;
    struct sg_ledger_ball *ball; /* NULL: gradient descent */
    double mu, kappa;
    size_t cuts, n_w, n_phi;
    struct sg_ledger_cut *cut; /* [boundaries x 2] */
    double *w, *phi;           /* the state now */
    double *w_next, *phi_next;
    double *dw;                /* the last step */
};

/* below, above and sg of D at weights w and SG parameters phi.  Squares are below(B) - above(W)
 * without what stands in. */
void sg_ledger_below(double *below, const struct sg_ledger_cut *cut, const struct sg_net *net,
                     const double *w);
void sg_ledger_square_above(double *above, const struct sg_ledger_cut *cut,
                            const struct sg_net *net, const double *w);
void sg_ledger_above(double *above, const struct sg_ledger_cut *cut, const struct sg_net *net,
                     const double *w);
void sg_ledger_sg(double *sg, const struct sg_ledger *ledger, const struct sg_ledger_cut *cut,
                  const double *phi);

/* Bound on |change of D - squares| from the rounding of one step, w to w_next. */
double sg_ledger_step_rounding(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut,
                               const struct sg_batch *batch, const struct sg_net_work *work);
/* The same from reading D at the state now. */
double sg_ledger_read_rounding(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut,
                               const double *w, const double *phi);
/* 1 / (variance + eps) of unit j below the batch norm, at the evaluation that work holds. */
double sg_ledger_r2(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut, size_t unit,
                    const struct sg_batch *batch, const struct sg_net_work *work);
/* ---- heavy ball (ledger_ball.c); without one they change nothing and return 0 ---------------- */

void sg_ledger_ball_free(struct sg_ledger *ledger);
void sg_ledger_ball_start(struct sg_ledger *ledger);
/* Before dw is made: it becomes the last move. */
void sg_ledger_ball_shift(struct sg_ledger *ledger);
/* After dw, w_next and phi_next are made: phi's move, and z. */
void sg_ledger_ball_move(struct sg_ledger *ledger);
/* squares (size) of d_t become (q(d_t) - beta^2 q(d_{t-1})) / (1 - beta)^2. */
void sg_ledger_ball_squares(double *squares, const struct sg_ledger *ledger, size_t entry);
/* -v_t of weight i. */
double sg_ledger_ball_step(const struct sg_ledger *ledger, size_t i);
/* Bounds beyond those of gradient descent at mu / (1 - beta): of a step, and of the last one. */
double sg_ledger_ball_rounding(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut);
double sg_ledger_ball_rest(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut);

/* Bound of a step for SG_LEDGER_UNITS, where W itself or an SG in full leads down, and for
 * SG_LEDGER_NORM (ledger_units.c). */
double sg_ledger_units_rounding(const struct sg_ledger *ledger, const struct sg_ledger_cut *cut,
                                const struct sg_batch *batch, const struct sg_net_work *work);
/* The unit roundoff of the net's dtype. */
double sg_ledger_unit(const struct sg_net *net);
/* k u / (1 - k u), and 1 where it is none. */
double sg_ledger_gamma(double k, double u);
/* sqrt(E|v|^2) of rows v (n x k) in the net's dtype. */
double sg_ledger_rms(const struct sg_net *net, const void *rows, size_t n, size_t k);
/* Entry i of an array in the net's dtype. */
double sg_ledger_real(const struct sg_net *net, const void *array, size_t i);

#endif
