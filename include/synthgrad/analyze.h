/* analyze.h - what the theory says about one regression data set: stable and fastest rates with an
 * SG at the output, the price of a delay, and a simulation beside each prediction.
 *
 * The model is p = x w under MSE (x: the design's columns), with a linear, label-conditioned SG at
 * the output.  It has two blocks (DY3; DY4 when y is realizable):
 *   weights  the eigenvalues of E[x x^T] and the rate mu
 *   SG       the eigenvalues of E[z z^T], z = (p*, y, 1), and the rate nu
 * Under the log loss, further down, the question is another: where such an SG rests, and what that
 * costs (CP6). */
#ifndef SYNTHGRAD_ANALYZE_H
#define SYNTHGRAD_ANALYZE_H

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

SG_PUBLIC_BEGIN

struct sg_analysis_options {
    /* features centred and divided by their standard deviation (divisor n); without an intercept
     * divided by their root mean square alone */
    bool standardise;
    bool standardise_target;   /* the target too: then every number is for (y - mean) / scale */
    bool intercept;        /* a ones column after the features */
    const char *weights;   /* a column that says how often each row counts, or NULL */
    bool with_delay;
    size_t delay;          /* tau, in steps */
    size_t layers;         /* of a deep linear net (DY15), 2..SG_DEEP_LAYERS_MAX; 0: none */
    size_t sg_at;          /* the layer under its SG; 0: an SG after every hidden layer */
    double kappa;          /* nu / mu */
    double momentum;       /* heavy ball's beta of both parts at the user's rates, in [0, 1) */
    bool with_rates;
    double mu, nu;         /* the user's rates: what becomes of training with them? */
};

/* Both blocks at their fastest rates: the largest modulus of the joint spectrum, zero eigenvalues
 * left out. */
struct sg_analysis_speed {
    double deficit;        /* 1 - contraction, with all its digits */
    double contraction;
    double steps_to_1e6;   /* whole steps that shrink a local error by a factor of 1e6; NaN where
                              part of it does not shrink in float64 (start.flat) */
    bool sg_is_slower;     /* the SG's block sets it, not the weights' */
};

/* What R^2 alone says of the SG's speed (DY3): with the target centred and scaled S_z is 1 beside
 * the pair of sg_closed_explained_pair. */
struct sg_analysis_explained {
    bool known;            /* an intercept, a target that varies, and neither R^2 = 0 nor 1 */
    double r_squared, unexplained;  /* unexplained: 1 - R^2, with all its digits */
    double smallest;       /* eigenvalue of S_z then, about (1 - R^2)/2 for R^2 near 1 */
    double deficit;        /* 1 - the SG's own contraction at its fastest rate, 2/(1 + R^2) */
    double steps_to_1e6;   /* of the SG alone */
};

/* The SG from phi = 0 with the weights at the fit: whole steps until rms(s - g) is
 * SG_ANALYSIS_ERROR of rms(g), at nu = 1 / lambda_max (half the stable limit) and for the
 * normalised step nu = 1 / E|z|^2 (DY13), for the target as it is and standardised.  The late
 * rate alone does not say: the gradient may lie along the slowest directions, and those that are
 * flat to working precision are left out of it. */
#define SG_ANALYSIS_ERROR 0.01
struct sg_analysis_start {
    bool known;            /* a residual of which digits are known */
    double steps, normalised;
    bool flat;             /* more than SG_ANALYSIS_ERROR of the gradient lies along directions that
                              are flat to working precision: in float64 it is not learnt */
    bool has_scaled;
    double scaled, scaled_normalised;
    double most;           /* DY13: from any weights, along any path, in at most this many
                              normalised steps is rms(s - g) above SG_ANALYSIS_ERROR sqrt(E|z|^2) */
};

/* Largest stable rates at a delay of tau steps (DY11). */
struct sg_analysis_delay {
    size_t tau;
    double mu_backprop;            /* backprop on gradients tau steps old */
    double mu_delayed_pairs, nu_delayed_pairs;   /* SG trained on pairs (z, g) tau steps old: no
                                                    price, locally */
    double nu_stale_sg;            /* SG whose own gradient is tau steps old: it alone pays */
};

/* Either part at the user's momentum (0 without): its limit 2 (1 + beta) / lambda_max, the fastest
 * rate 2 (1 + beta) / (lambda_max + lambda_min) and 1 - contraction there; and with a momentum of
 * its own, the fastest of all (DY3). */
struct sg_analysis_part {
    double critical, optimal, deficit;
    struct sg_momentum own;
};

/* The user's rates. */
struct sg_analysis_yours {
    bool known;                    /* options.with_rates */
    double deficit_weights, deficit_sg;   /* 1 - contraction; not above 0: that part diverges, or
                                             at best stays */
    double steps_to_1e6;           /* NaN where it does not shrink */
};

/* A deep linear net p = x W_1 ... W_N on the target in its own units, divided by y_scale and, with
 * an intercept, centred: where training from a balanced start with A = 0 ends (DY15). */
struct sg_analysis_layers {
    double sigma;                  /* |w*| there, the product of the layers' norms */
    double norm[SG_DEEP_LAYERS_MAX], backprop;   /* |W_i| with the SGs; of every layer without */
    double sharpness, sharpness_backprop;        /* lambda_max of the Hessian at either minimum */
    double mu_backprop;            /* 2 / sharpness_backprop: backprop's largest stable mu */
    struct sg_deep_attraction fate;    /* its limit: the largest stable mu of the joint step */
    bool attracts, decided;        /* decided: the sign is clear of rounding */
    /* Where that changes: from the user's kappa up to a thousand times it if the minimum repels,
     * down to a thousandth if it attracts, looked at in steps of a quarter; to 1e-7.
     * kappa_critical: NaN where it does not change as far as kappa_seen; not looked for in
     * systems larger than SG_ANALYSIS_SCANNED. */
    double kappa_critical, kappa_seen;
    /* Proved over Q: the minimum repels at kappa_low and attracts at kappa_high, a part in a
     * million further.  At each its weights and the moments are binary64 numbers taken exactly.
     * NaN where that is not proved, or not built in, or the flow has more than
     * SG_ANALYSIS_PROVED numbers. */
    double kappa_low, kappa_high;
};
enum { SG_ANALYSIS_SCANNED = 200, SG_ANALYSIS_PROVED = 40 };

enum sg_analysis_verdict { SG_CHECK_HOLDS, SG_CHECK_INCONCLUSIVE, SG_CHECK_FAILS };

/* A prediction and its simulation.  It holds if |measured - predicted| <= tolerance, a bound on
 * rounding and second-order effects.  It is inconclusive if that bound is more than 1 % of `scale`,
 * so that a simulation in float64 can say nothing. */
struct sg_analysis_row {
    const char *what;
    double predicted, measured, tolerance, scale;
    uint64_t steps;        /* simulated; 0: none, since the bound says that they would be in vain */
    enum sg_analysis_verdict verdict;
};

enum sg_analysis_rows {
    SG_ROW_WEIGHTS, SG_ROW_SG, SG_ROW_MU, SG_ROW_NU, SG_ROW_FIT, SG_ANALYSIS_ROWS
};

struct sg_analysis_check {
    struct sg_analysis_row row[SG_ANALYSIS_ROWS];
    double deficit, contraction;   /* measured, of the block that sets the speed */
    double max_abs_diff;           /* simulated weights against least squares after `steps` steps,
                                      in the design's coordinates */
    double predicted_diff;         /* the same by the closed form */
    uint64_t steps;
    bool converged;                /* the step budget was enough */
    enum sg_analysis_verdict verdict;   /* the worst row's */
    char reason[160];              /* why not "holds"; else empty */
};

struct sg_analysis {
    struct sg_analysis_options options;
    struct sg_design design;       /* feature k is table column design.column[k] */
    size_t n, columns;             /* rows; columns of the design, ones included */
    size_t rank;
    double condition_number;       /* of the design, largest over smallest singular value;
                                      infinite when rank < columns */
    double *coefficients;          /* [design.features] in file units.  rank < columns: minimum
                                      norm in the design's coordinates */
    double intercept;              /* in file units */
    double *coefficient_error, intercept_error, rss_error;   /* bounds on their errors, of first
                                      order: the arithmetic's, and what rounding a decimal cell to
                                      a double may have moved */
    double rss, y_mean;            /* rss: of squares times weights; y_mean: weighted, too */
    double *residual;              /* [n] p* - y; with weights times sqrt(w_i / mean w) */
    double y_scale;                /* the standard deviation of y (divisor n), or its root mean
                                      square without an intercept */
    bool realizable;               /* the residual is at the rounding level of y */
    double *lambda_x, lambda_z[3]; /* [columns], descending */
    struct sg_rates rate_x, rate_z;
    struct sg_analysis_part part_x, part_z;
    struct sg_analysis_yours yours;
    struct sg_analysis_speed speed;
    bool has_scaled;               /* y_scale > 0 */
    struct sg_rates scaled_z;      /* were the target divided by y_scale and, with an intercept,
                                      centred */
    struct sg_analysis_speed scaled;
    struct sg_analysis_explained explained;
    struct sg_analysis_start start;
    struct sg_analysis_delay delay;    /* filled when options.with_delay */
    bool has_layers;               /* options.layers, noisy data and a target that varies */
    bool explains_nothing;         /* w* is 0 to rounding: no layers */
    struct sg_analysis_layers layers;
    struct sg_analysis_check check;
};

/* The whole analysis of a table (path: for messages).  SG_BAD_INPUT: err says what is wrong and
 * what to change.  Coefficients are refined in long double, and their errors are bounded.
 * Source: DY1, DY3, DY4, DY11, DY15. */
enum sg_status sg_analyze_table(struct sg_analysis *a, const struct sg_table *table,
                                const char *path, const char *target,
                                const struct sg_analysis_options *options,
                                struct sg_error *err) SG_MUST_CHECK;
/* Tolerates a zeroed struct. */
void sg_analysis_free(struct sg_analysis *a);
/* 1 - contraction of a part at a rate, null directions left out. */
double sg_analysis_part_deficit(const struct sg_rates *rates, double rate, double beta);
/* Whole steps that shrink what shrinks by `deficit` a step by a factor of 1e6. */
double sg_analysis_steps_to_1e6(double deficit);
/* The rates at which a part shrinks by `deficit` a step or more: [*low, *high], empty where
 * low > high.  deficit = 0: its stable rates, 0 to `critical`. */
void sg_analysis_part_range(double *low, double *high, const struct sg_rates *rates,
                            double deficit, double beta);
/* Digits of `value` that are known when it is off by `error` at most: printed with as many it is
 * within one unit of the last.  0: none is.  At most 15. */
int sg_analysis_digits(double value, double error);
/* "holds" and so on. */
const char *sg_analysis_verdict_name(enum sg_analysis_verdict verdict);

/* ---- classes under the log loss (CP6, CP7) ---------------------------------------------- */

/* joint systems larger than SG_CLASSES_LOCAL are not looked at: their eigenvalues take minutes */
enum { SG_CLASSES_MOST = 100, SG_CLASSES_LOCAL = 1600 };

/* The optimum, or the point where the SG rests. */
struct sg_class_fit {
    bool decided;                  /* certified finite or not (synthgrad/logloss.h) */
    bool finite;                   /* else the data, or the score the SG rests on, separate the
                                      classes: the loss is an infimum, 0, and there are no
                                      coefficients */
    double loss, lower;            /* nats a sample; lower: weak duality's bound.  NaN when
                                      undecided */
    double accuracy;               /* share of samples whose own class has the largest probability,
                                      ties shared */
    double *coefficients, *intercept;   /* [design.features x m], [m] in file units, NULL unless
                                           finite; m > 1: the classes' columns sum to 0 */
};

/* Why the gap is 0, if it is: by theorem, no number decides it. */
enum sg_class_reason {
    SG_CLASS_GENERAL,              /* the point is a regression on the least-squares score; its gap
                                      is computed */
    SG_CLASS_NO_ROOM,              /* the least-squares scores span col X (one feature and ones;
                                      fewer features than classes): the point is the optimum */
    SG_CLASS_FLAT,                 /* two classes with equal means: least squares and the optimum
                                      are constants */
    SG_CLASS_BOTH_SEPARATE,        /* the score separates: like the true gradient the SG drives the
                                      loss to 0 */
    SG_CLASS_UNKNOWN               /* three classes or more, scores that depend on each other: no
                                      theorem */
};

/* HARMLESS    no gap, by theorem
 * NEGLIGIBLE  2 n gap, the likelihood-ratio statistic of the SG's point, is at most its degrees of
 *             freedom, rank (classes - 1).  That is the value that the weights behind the data have
 *             on average (Wilks 1938): the SG fits no worse than they do.
 * HARMFUL     2 n gap is above it, or the point repels */
enum sg_class_verdict {
    SG_CLASS_HARMLESS, SG_CLASS_NEGLIGIBLE, SG_CLASS_HARMFUL, SG_CLASS_UNDECIDED
};

/* The joint step I - diag(mu, nu) J at the SG's point, on the subspace that training from phi = 0
 * keeps to.  From eigenvalues, floating point without guarantee. */
struct sg_class_local {
    bool known;                    /* the SG's optimum is unique there, and the system is not... */
    bool large;                    /* ...larger than SG_CLASSES_LOCAL */
    bool attracts;
    double mu_critical;            /* stable below it for the weights under an SG at its optimum in
                                      every step; NaN if it repels */
    double nu_critical;            /* for the SG with the weights at rest, 2 / lambda_max(S_z) */
    /* The fastest rates of each in that sense, and 1 - contraction there; how many times these
     * are fastest for both together, and 1 - contraction of the joint step there.  NaN if the
     * point repels. */
    double mu_optimal, mu_deficit, nu_optimal, nu_deficit, joint_scale, joint_deficit;
    double together;               /* (mu, nu) = t (mu_critical, nu_critical) is stable for
                                      0 < t < this */
    double slowest;                /* smallest modulus of an eigenvalue of the weights under an SG
                                      at its optimum */
    double sigma_min;              /* of J: an update F moves the point by |F| / sigma_min */
};

enum { SG_CLASS_ROWS = 4 };

struct sg_class_analysis {
    struct sg_analysis_options options;
    struct sg_design design;
    size_t n, columns, rank, classes;
    size_t m;                                 /* 1 for two classes, else classes */
    double condition_number;
    double *class_value;                      /* [classes], ascending; for two classes the second is
                                                 class 1, whose probability is sigma(p) */
    size_t *class_count;
    enum sg_separation separation;            /* of the file's exact numbers, proved.  PART: there
                                                 is no optimum, and its loss is NaN */
    struct sg_class_fit optimum, sg;
    enum sg_class_reason reason;
    double gap, relative_gap;                 /* L(SG's point) - inf L, and over inf L; NaN when
                                                 undecided */
    double likelihood_ratio;                  /* 2 n gap */
    size_t freedom;
    struct sg_class_local local;
    enum sg_class_verdict verdict;
    size_t rows;                              /* of the check: the simulations that apply */
    struct sg_analysis_row row[SG_CLASS_ROWS];
    enum sg_analysis_verdict check;
    char check_reason[160];
};

/* The analysis of a table whose target has two values (any), or 3..SG_CLASSES_MOST integers.
 * Deterministic.  SG_BAD_INPUT: err says what is wrong and what to change.  There is no closed form
 * with options.with_delay or without an intercept: both are SG_BAD_INPUT too. */
enum sg_status sg_analyze_classes(struct sg_class_analysis *a, const struct sg_table *table,
                                  const char *path, const char *target,
                                  const struct sg_analysis_options *options,
                                  struct sg_error *err) SG_MUST_CHECK;
/* Tolerates a zeroed struct. */
void sg_class_analysis_free(struct sg_class_analysis *a);
/* "harmless" and so on. */
const char *sg_class_verdict_name(enum sg_class_verdict verdict);

SG_PUBLIC_END

#endif
