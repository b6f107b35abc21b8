/* deep_step.h - private: the step of a deep linear net across the family of fixed points at a
 * global minimum: closed and simulated, starts near it and where they go, and its transients. */
#ifndef SG_LAB_DEEP_STEP_H
#define SG_LAB_DEEP_STEP_H

#include "lab/deep_run.h"
#include "lab/shallow.h"

/* A start has returned at, and has left beyond, this share of its distance. */
#define SG_DEEP_RETURNS 1e-2
#define SG_DEEP_LEAVES 1e4

struct sg_deep_step {
    struct sg_deep_run *run;
    struct sg_deep_normal *normal;
    struct sg_deep_normal_sizes sizes;
    size_t n, rank;                /* of x; r (d + m - r), the rank of H that the gauge leaves */
    double mu_unit, nu_unit;       /* 2 / lambda_max of H and of G */
    double start, scale;           /* |x| of a start; sqrt(E|p*|^2 + E|y|^2) */
    uint64_t steps;                /* train.steps */
    double *x, *p, *state, *moved; /* the start; p* (rows x m); scratch */
    size_t least;                  /* that hidden layers need: min(d, m); 0 for given moments */
    double ratio;                  /* least over largest eigenvalue of S_x */
};
/* The minimum of the case's weights (moments data), or a random global minimum of its net on its
 * data.  Where a hypothesis below is not met: without a run.  NULL: the lab has stopped.
 * Reads net.layers, net.weights, data, sg.at, sg.mix, train.form, train.steps. */
struct sg_deep_step *sg_deep_step_make(struct sg_lab *lab);
/* Hypotheses on struct sg_deep_step, for every claim that supposes them. */
#define SG_DEEP_WIDE                                                                               \
    .words = "no hidden layer is narrower than min(d, outputs), so that E[x^T r] = 0",             \
    .met = sg_deep_step_is_wide, .mend = "take wider layers (net.layers)"
#define SG_DEEP_CONDITIONED                                                                        \
    .words = "S_x = E[x^T x] has a condition number below 1e5",                                    \
    .met = sg_deep_step_is_conditioned,                                                            \
    .mend = "take features that are further from collinear (data.condition)"
typedef bool sg_deep_step_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *step,
                              const struct sg_trial *trial);
sg_deep_step_met sg_deep_step_is_wide, sg_deep_step_is_conditioned;

/* The closed step on x, I + flow (n^2). */
void sg_deep_step_closed(double *J, const struct sg_deep_step *m, double mu, double nu);
/* The simulator at these rates, displaced by x: w* + dw, and Phi = Phi*(w* + dw) + psi. */
void sg_deep_step_place(struct sg_deep_step *m, const double *x, double mu, double nu);
/* sqrt(E|p - p*|^2 + E|s - g|^2) now: |x| to second order, 0 on the family of fixed points. */
double sg_deep_step_distance(struct sg_deep_step *m);
/* From m->x: at most `steps` steps, looked at every eight. */
enum sg_fate sg_deep_step_fate(struct sg_deep_step *m, double mu, double nu, uint64_t steps);
/* What has left goes on for `steps`.  1: it has come to rest at another minimum.  2: it is
 * bounded.  3: it diverges. */
int sg_deep_step_after(struct sg_deep_step *m, uint64_t steps);

/* Row: a closed step on x (n^2) against finite differences of the step that the simulator runs. */
void sg_deep_step_check(struct sg_lab *lab, struct sg_deep_step *m, const char *id,
                        const char *what, const double *closed, double mu, double nu);
/* max_k |J^k| for a step of radius below 1, its k, and the unit x (n) that attains it. */
double sg_deep_step_worst(struct sg_lab *lab, double *x, size_t *k_max,
                          const struct sg_deep_step *m, const double *J);
/* Row: a simulated start along that direction grows by as much.  Returns max_k |J^k|. */
double sg_deep_step_check_transient(struct sg_lab *lab, struct sg_deep_step *m, const char *id,
                                    const char *what, const double *J, double mu, double nu);

#endif
