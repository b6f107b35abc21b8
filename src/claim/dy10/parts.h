/* parts.h - private to DY10: its files. */
#ifndef SG_CLAIM_DY10_PARTS_H
#define SG_CLAIM_DY10_PARTS_H

#include "lab/deep_pair.h"
#include "synthgrad/closed.h"

enum { SG_DY10_LEVELS = 5, SG_DY10_FULL_LEVELS = 7, SG_DY10_LOOKS = 16 };
/* Backprop; an SG that is phi*(W) in each step; an SG trained to its optimum in each step (dgelsd).
 */
enum sg_mode_rule { BACKPROP, ADIABATIC, TRAINED, RULES };
extern const char *const sg_mode_rule_id[RULES], *const sg_mode_rule_name[RULES];

struct sg_modes {
    struct sg_deep_pair *pair;
    struct sg_saxe saxe;
    size_t samples, d, k, m, levels, steps;
    double mu, nu, span;          /* the largest mu; the fast SG's rate; mu t in all */
    struct sg_deep_spread s_z[2]; /* of S_z at the start and at the minimum, where it is largest */
    double *w_0, *phi_0;
    double *w, *phi, *dw, *u_w;        /* scratch for one step */
    double *a, *half, *core, *product; /* modes; U^T P (r x m); U^T P V (r x r); P (d x m) */
    double *z, *g;                     /* n x (k + m + 1), n x k: for dgelsd */
    double rate_error, step_error; /* largest seen: of dw, to be multiplied by mu; of storing w */
};

struct sg_mode_level {
    double mu;
    uint64_t steps, gap;
};
/* mu goes down half a decade at a time; the same SG_DY10_LOOKS times in all. */
struct sg_mode_level sg_modes_level(const struct sg_modes *s, size_t j);

/* One step of a rule from s->w. */
void sg_modes_step(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule, double mu);
/* core = U^T W_1 W_2 V, a its diagonal. */
void sg_modes_read(struct sg_modes *s, const double *w);
/* An error e in the weights after one more step at modes a; and the start's own. */
double sg_modes_grown(double e, const struct sg_modes *s, const double *a, double mu);
double sg_modes_start_error(const struct sg_modes *s);
/* A rule's every step against the exact recursion: a row. */
void sg_modes_check_steps(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule);

/* What one rule's sweep over mu gives. */
struct sg_mode_sweep {
    double error[SG_DY10_FULL_LEVELS];      /* largest |a_mu - a(t)| over modes and looks */
    double slope, off[SG_DY10_FULL_LEVELS]; /* limit of error / mu; bound on |error - slope mu| */
    struct sg_worst clock;                  /* |a_mu - a(clock)| against the proved remainder */
};

/* A rule over all mu against the logistic curve: two rows. */
void sg_modes_check_curve(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule,
                          struct sg_mode_sweep *sweep);
/* The SG in its own time: a row, and max |a_mu - a(t)| by level, of which there is one more. */
void sg_modes_check_fast(struct sg_lab *lab, struct sg_modes *s, double *fast_error);
/* Rows in ball arithmetic: the modes and the curve at the largest mu, and the clock. */
void sg_modes_certify(struct sg_lab *lab, const struct sg_modes *s);
/* Series of the figure. */
void sg_modes_draw(struct sg_lab *lab, struct sg_modes *s, const struct sg_mode_sweep *sweep,
                   const double *fast_error);

#endif
