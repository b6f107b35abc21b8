/* parts.h - private to DY9: its files. */
#ifndef SG_CLAIM_DY9_PARTS_H
#define SG_CLAIM_DY9_PARTS_H

#include "lab/deep_pair.h"

/* DECADE: levels in the last decade of kappa. */
enum { SG_DY9_LEVELS = 6, SG_DY9_FULL_LEVELS = 7, SG_DY9_DECADE = 3 };
enum sg_dy9_start { SG_DY9_EXACT, SG_DY9_OFF, SG_DY9_STARTS };

/* One start of the weights, two of the SG, and the runs at each kappa. */
struct sg_dy9 {
    struct sg_deep_pair *pair;
    size_t levels, steps;         /* steps: at the smallest kappa */
    double mu, nu, span;          /* the largest mu; nu at every kappa; mu t */
    struct sg_deep_spread s_z[2]; /* of S_z at the start and where backprop's flow ends */
    double curvature;             /* lambda_max of the Hessian at the start */
    double *w_0, *phi[SG_DY9_STARTS];
    double *limit[SG_DY9_STARTS];      /* closed.h's (w, late, euler) at mu t */
    double limit_error[SG_DY9_STARTS]; /* Runge-Kutta's, of late */
    double push[SG_DY9_STARTS];        /* >= |Q G^-1| |psi|, of which late is what has been done */
    double mu_at[SG_DY9_FULL_LEVELS], kappa[SG_DY9_FULL_LEVELS];
    uint64_t steps_at[SG_DY9_FULL_LEVELS];
    double error[SG_DY9_STARTS][SG_DY9_FULL_LEVELS];
    double *scaled[SG_DY9_STARTS]; /* levels x n_w: kappa (W_kappa - W_backprop) */
    bool finite[SG_DY9_STARTS][SG_DY9_FULL_LEVELS], plain_finite[SG_DY9_FULL_LEVELS];
};

extern const struct sg_hypothesis sg_dy9_hidden, sg_dy9_nonsingular, sg_dy9_one_side, sg_dy9_fast;

/* The instrument. */
void *sg_dy9_make(struct sg_lab *lab);
/* Every kappa: backprop and the SG's net. */
void sg_dy9_run(struct sg_dy9 *s);
/* A row in ball arithmetic: distances of the exact runs. */
void sg_dy9_certify(struct sg_lab *lab, const struct sg_dy9 *s);
/* The same with the SG at the output: bits. */
void sg_dy9_output(struct sg_lab *lab, const struct sg_dy9 *s);
/* The figure: distances against kappa, the weights' paths. */
void sg_dy9_draw(struct sg_lab *lab, struct sg_dy9 *s);

#endif
