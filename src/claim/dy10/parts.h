/* dy10.h - private: what the files of DY10 share. */
#ifndef SG_CLAIM_DY10_H
#define SG_CLAIM_DY10_H

#include "lab/deep_pair.h"

enum { SG_DY10_FULL_LEVELS = 7, SG_DY10_LOOKS = 16 };
enum sg_mode_rule { BACKPROP, ADIABATIC, TRAINED, RULES };
extern const char *const sg_mode_rule_name[RULES];

struct sg_modes {
    const struct sg_trial *trial;
    struct sg_deep_pair pair;
    struct sg_saxe saxe;
    size_t d, k, m, levels;
    double mu, nu, span;              /* the largest mu; the fast SG's rate; mu t in all */
    double *w_0, *phi_0;
    double *w, *phi, *dw, *u_w;       /* scratch for one step */
    double *a, *half, *core, *product;   /* modes; U^T P (r x m); U^T P V (r x r); P (d x m) */
    double *z, *g;                    /* n x (k + m + 1), n x k: for dgelsd */
    double rate_error, step_error;    /* largest seen: of dw, to be multiplied by mu; of storing w */
};

struct sg_mode_level { double mu; uint64_t steps, gap; };

/* mu goes down half a decade at a time; the same SG_DY10_LOOKS times in all. */
struct sg_mode_level sg_modes_level(const struct sg_modes *s, size_t j);

/* One step of a rule from s->w. */
enum sg_status sg_modes_step(struct sg_modes *s, enum sg_mode_rule rule, double mu) SG_MUST_CHECK;
/* core = U^T W_1 W_2 V, a its diagonal. */
void sg_modes_read(struct sg_modes *s, const double *w);
/* An error e in the weights after one more step at modes a; and the start's own. */
double sg_modes_grown(double e, const struct sg_modes *s, const double *a, double mu);
double sg_modes_start_error(const struct sg_modes *s);

/* What one rule's sweep over mu gives. */
struct sg_mode_sweep {
    double error[SG_DY10_FULL_LEVELS];        /* largest |a_mu - a(t)| over modes and looks */
    double slope, off[SG_DY10_FULL_LEVELS];   /* limit of error / mu; bound on |error - slope mu| */
    double worst, worst_bound;        /* |a_mu - a(clock)|, the level, mode and look where it is largest over its bound */
};

/* A rule over all mu against the logistic curve: two rows (dy10_curve.c). */
enum sg_status sg_modes_check_curve(struct sg_evidence *ev, struct sg_modes *s, enum sg_mode_rule rule, struct sg_mode_sweep *sweep) SG_MUST_CHECK;
/* The SG in its own time: a row, and max |a_mu - a(t)| by level (dy10_fast.c). */
enum sg_status sg_modes_check_fast(struct sg_evidence *ev, struct sg_modes *s, double *fast_error) SG_MUST_CHECK;
/* Series of the figure (dy10_figure.c). */
void sg_modes_draw(struct sg_evidence *ev, struct sg_modes *s);
void sg_modes_draw_errors(struct sg_evidence *ev, const struct sg_modes *s, const struct sg_mode_sweep *sweep, const double *fast_error);

#endif
