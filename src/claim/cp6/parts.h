/* cp6.h - private: what the parts of CP6 share. */
#ifndef SG_CLAIM_CP6_H
#define SG_CLAIM_CP6_H

#include "lab/log_shallow.h"

struct sg_cp6 {
    struct sg_evidence *ev;
    const struct sg_trial *trial;
    struct sg_log_shallow *s;
    struct sg_log_point *point;       /* predicted */
    bool plane;                       /* without ones in col X */
    struct sg_log_local local;
    double error;                     /* a bound on |F| at the predicted point */
    double gradient, x_max;           /* |grad L| there; largest eigenvalue of S_x */
    double mu, nu, enough;            /* rates of the runs, and the |F| at which they stop */
    uint64_t most;                    /* steps */
};
double sg_cp6_gap(const struct sg_cp6 *c);      /* L(point) - inf L */
/* Of a rate in gradient descent's terms: Adam's epsilon is 0.1, its rate a fifth of that times epsilon. */
struct sg_opt sg_cp6_optimiser(enum sg_opt_kind kind, double rate);
/* The figure's series: scores at the point and at the optimum against p_LS, and the loss along runs. */
void sg_cp6_draw(struct sg_cp6 *c);

#endif
