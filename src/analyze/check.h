/* check.h - private: the simulations beside the predictions of an analysis.
 *
 * One eigenmode is displaced from the joint fixed point (w*, phi* = (1, -1, 0)) and its factor per
 * step f is read on the same mode: f = 1 - mu lambda_i for the weights, 1 - nu lambda_j for the
 * SG.  At the optimal rate the slowest mode gives the deficit 1 - f; at the critical rate the
 * fastest mode has f = -1.
 *
 * Bounds are worst cases per step, not averages over steps: where a step is a few units of the last
 * place, every one of them rounds the same way.  So they do not depend on the number of steps. */
#ifndef SG_ANALYZE_CHECK_H
#define SG_ANALYZE_CHECK_H

#include "synthgrad/analyze.h"
#include "synthgrad/sim.h"

/* at a critical rate; even, since the fastest mode changes sign every step */
enum { SG_LIMIT_STEPS = 16 };
#define SG_CONCLUSIVE 0.01      /* a bound above this share of the prediction decides nothing */

struct sg_factor {
    double deficit;        /* 1 - |f|, measured over some steps */
    /* on its error relative to rate * lambda; above 1 nothing is simulated */
    double bound;
    uint64_t steps;
};

/* What both simulations start from. */
struct sg_subject {
    const struct sg_analysis *a;
    const struct sg_fit *x;         /* the fit in the design's coordinates */
    const struct sg_fit *z;         /* the best fit at hand, from which a's SG block was taken */
    struct sg_data rows;            /* compressed: q = d + 2 rows */
    double form;                    /* relative error of the compression and of sums over its rows:
                                       10 (q + sqrt n) u, the n rows' roundings being of mixed sign
                                       (Higham and Mary 2019) */
    double p_size;                  /* sqrt(lambda_x max) |w*|, the size of the terms that p is
                                       summed from */
    double y_size;                  /* rms of y */
    double apart;                   /* rms of p* in the design's coordinates minus p* of the best
                                       fit: where columns depend on each other to rounding they
                                       are not the same */
};

/* The deficit a step of a mode that went from `before` to `after` in `steps` steps. */
double sg_analysis_deficit(double before, double after, uint64_t steps);
/* Steps in which a mode of this deficit shrinks by no more than e, at most `most`. */
uint64_t sg_analysis_steps(double deficit, uint64_t most);

/* The weights, in the spectral form: O(d) a step. */
struct sg_weights_rig;
enum sg_status sg_weights_rig_alloc(struct sg_weights_rig **rig,
                                    const struct sg_subject *subject) SG_MUST_CHECK;
void sg_weights_rig_free(struct sg_weights_rig *rig);
/* Factor of the slowest mode at the optimal mu. */
struct sg_factor sg_weights_slowest(struct sg_weights_rig *rig);
/* Factor of the fastest mode at the critical mu. */
struct sg_factor sg_weights_fastest(struct sg_weights_rig *rig);
/* Runs from w = 0 with the exact SG and fills max_abs_diff, predicted_diff, steps and converged.
 * Returns the largest difference from the closed form (DY1) after as many steps.  *bound is the
 * bound on it.  Both are absolute. */
double sg_weights_fit(struct sg_analysis_check *check, double *bound, struct sg_weights_rig *rig);

/* The SG, by the net's own code on the compressed rows: O(q d) a step, and the
 * condition number is not squared. */
struct sg_factor sg_sg_slowest(const struct sg_subject *subject);    /* at both optimal rates */
struct sg_factor sg_sg_fastest(const struct sg_subject *subject);    /* at the critical nu */

/* A row with its verdict. */
struct sg_analysis_row sg_analysis_judged(const char *what, double predicted, double measured,
                                          double tolerance, double scale, uint64_t steps);
/* The worst verdict of the rows.  reason says why unless it holds: "<what>: <doubt> by x %"
 * where it is inconclusive. */
enum sg_analysis_verdict sg_analysis_worst(char reason[160], const struct sg_analysis_row *row,
                                           size_t rows, const char *doubt);

/* Refuses, for either analysis, columns whose names the output or whose sizes the doubles do not
 * allow. */
enum sg_status sg_analysis_check_columns(const struct sg_data *data, const struct sg_design *design,
                                         const struct sg_table *table, const char *path,
                                         struct sg_error *err) SG_MUST_CHECK;
/* Coefficients in file units, for one column of w (columns x stride):
 *   p = sum w_k (c_k - mean_k) / scale_k + w_ones
 *     = sum (w_k / scale_k) c_k + (w_ones - sum w_k mean_k / scale_k). */
void sg_analysis_file_units(double *coefficient, double *intercept, const double *w, size_t stride,
                            const struct sg_design *design);

/* Coefficients, the constant and the RSS in file units with bounds on their errors, from a fit of
 * data made of `design`; refined in long double where columns are independent and few enough. */
void sg_analysis_know(struct sg_analysis *a, const struct sg_data *data,
                      const struct sg_design *design, const struct sg_fit *fit,
                      const struct sg_table *table);

/* Fills a->part_x, a->part_z and a->yours. */
void sg_analysis_rate_parts(struct sg_analysis *a);

/* Fills a->layers for options.layers.  x: the fit in the design's coordinates. */
enum sg_status sg_analysis_share_out(struct sg_analysis *a, const struct sg_data *data,
                                     const struct sg_fit *x) SG_MUST_CHECK;

/* Runs both simulations and fills a->check. */
enum sg_status sg_analysis_simulate(struct sg_analysis *a, const struct sg_data *data,
                                    const struct sg_fit *x, const struct sg_fit *z) SG_MUST_CHECK;

#endif
