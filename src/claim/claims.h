/* claims.h - private: the table of claims, and what the shallow claims share. */
#ifndef SG_CLAIM_CLAIMS_H
#define SG_CLAIM_CLAIMS_H

#include "synthgrad/claim.h"
#include "synthgrad/closed.h"

extern const struct sg_claim sg_claim_cp1, sg_claim_cp2, sg_claim_cp3, sg_claim_cp4, sg_claim_cp5, sg_claim_cp6, sg_claim_cp7, sg_claim_dy1,
    sg_claim_dy2, sg_claim_dy3, sg_claim_dy4, sg_claim_dy5, sg_claim_dy6, sg_claim_dy7, sg_claim_dy8, sg_claim_dy9,
    sg_claim_dy10, sg_claim_dy11, sg_claim_dy12, sg_claim_ad1, sg_claim_nl1, sg_claim_nl2, sg_claim_nl3, sg_claim_nl4, sg_claim_nl5, sg_claim_nl6,
    sg_claim_nl7;

/* ---- statistics of empirical claims (statistics.c) ------------------------------------------------------------------- */

/* One-sided exact sign test: the chance of `plus` or more of n signs being positive when both are equally likely. */
double sg_claim_sign_test(size_t plus, size_t n);
/* Linear interpolation between order statistics; NaN if any value is not finite. */
double sg_claim_quantile(const double *values, size_t n, double fraction);
/* 95 % percentile bootstrap interval of the mean, 2,000 resamples. */
void sg_claim_bootstrap(double interval[2], const double *values, size_t n, struct sg_rng *rng);
/* An effect of which each seed has a value: the row of its mean, with that interval; returns the mean. */
double sg_claim_effect_over_seeds(double interval[2], struct sg_evidence *ev, const struct sg_trial *trial, const char *what, const double *values,
                                  size_t n);

/* ---- data that a claim asks for itself -------------------------------------------------------------------------------------- */

/* sg_case_make_data; what is wrong goes into ev's note, from where the judge takes it. */
enum sg_status sg_claim_make_data(struct sg_data *data, struct sg_evidence *ev, const struct sg_case *c, uint64_t seed, uint64_t replicate) SG_MUST_CHECK;

/* ---- pieces (store.c, replicates.c) ----------------------------------------------------------------------------------- */

/* A piece of any size; to be freed. */
bool sg_claim_recall_any(void **bytes, size_t *size, const struct sg_trial *trial, const char *piece);
/* As sg_claim_keep, but a power cut may take the piece: for many small ones, which are sooner computed again than waited for one by one. */
enum sg_status sg_claim_keep_lazily(const struct sg_trial *trial, const char *piece, const void *bytes, size_t size, struct sg_error *err) SG_MUST_CHECK;
/* OUT/CASE/NAME/pieces, for what is not to be mistaken for the case's own; failures are those of `store`. */
struct sg_store *sg_claim_store_within(const struct sg_store *store, const struct sg_case *c, const char *name);

/* A replicate that an earlier run finished on the same data: true, and what it came to. */
bool sg_claim_recall_replicate(struct sg_evidence *ev, enum sg_status *outcome, const struct sg_trial *trial);
enum sg_status sg_claim_keep_replicate(const struct sg_evidence *ev, enum sg_status outcome, const struct sg_trial *trial,
                                       struct sg_error *err) SG_MUST_CHECK;
void sg_claim_forget_replicate(const struct sg_trial *trial);
/* Its folder goes, if nothing is left in it. */
void sg_claim_store_tidy(const struct sg_store *store);

/* ---- the runs of an experiment (runs.c) ------------------------------------------------------------------------------- */

/* Run i of an experiment; err: filled where the status is SG_BAD_INPUT or SG_IO. */
typedef enum sg_status sg_claim_run(struct sg_error *err, size_t i, void *context);
/* Runs 0..n-1 in parallel, told as they are done (sg_base_tell).  SG_OK, or the status of the first that failed, which ev->note then says; or
 * SG_INTERRUPTED. */
enum sg_status sg_claim_runs(struct sg_evidence *ev, const struct sg_trial *trial, size_t n, sg_claim_run *run, void *context) SG_MUST_CHECK;

/* ---- a case's linear regression, ready to step (shallow.c) --------------------------------------------------------- */

struct sg_shallow {
    const struct sg_case *c;
    struct sg_data rows;              /* samples or compressed rows, as the case's form says */
    struct sg_fit *fit;               /* of the rows */
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_spectral *spectral;     /* spectral form only */
    struct sg_field field;
    struct sg_batch batch;
    struct sg_sim *sim;
    struct sg_rates rate_x, rate_z;   /* of S_x and S_z */
    double mu, nu;                    /* the case's rates in absolute units */
    double w_norm;                    /* |w*|, or 1 when it vanishes */
    size_t size, n_w, n_phi;          /* of the joint state (W, Phi), in the form's coordinates */
    double *fixed;                    /* (W*, phi*), in the form's coordinates */
    double *exact_sg;                 /* phi* (q x m) */
    double *now;                      /* scratch for one state */
};
/* delay: the four integers of sim.h.  SG_HYPOTHESIS with ev->note when the case is not a shallow regression that the claim can use. */
enum sg_status sg_shallow_alloc(struct sg_shallow **s, const struct sg_trial *trial, struct sg_timing timing,
                                struct sg_evidence *ev) SG_MUST_CHECK;
void sg_shallow_free(struct sg_shallow *s);
/* Is the SG applied in full (mix 1) and of all three terms, as the joint formulas of closed.h have it?  Else notes why not. */
bool sg_shallow_is_full(const struct sg_shallow *s, struct sg_evidence *ev);
/* A Jacobian over (W, Phi) -> over the form's coordinates, in place: the same matrix but for the spectral form. */
void sg_shallow_to_form(double *jacobian, const struct sg_shallow *s);
/* Restart at fixed + offset (size; in (W, Phi) coordinates of the net) with the given rates. */
void sg_shallow_start(struct sg_shallow *s, const double *offset, double mu, double nu);
/* W now (d x m), in the net's coordinates. */
void sg_shallow_weights(double *w, const struct sg_shallow *s);
/* |state - fixed| now. */
double sg_shallow_distance(struct sg_shallow *s);
/* l . (state - fixed) now; l in the net's coordinates (W, Phi). */
double sg_shallow_projection(struct sg_shallow *s, const double *l);
/* The same for a step loop: l in the form's coordinates (sg_shallow_form_row), no allocation. */
double sg_shallow_coordinate(struct sg_shallow *s, const double *l);
/* A row over (W, Phi) -> over the form's coordinates, in place: V is orthogonal, so l . state stays what it is. */
void sg_shallow_form_row(double *l, const struct sg_shallow *s);
/* Another order or delay from here on. */
void sg_shallow_set_timing(struct sg_shallow *s, struct sg_timing timing);
/* A random offset of Euclidean length `radius`. */
void sg_shallow_offset(double *offset, const struct sg_shallow *s, double radius, struct sg_rng *rng);

/* No fate is waited for longer (seconds), unless the case itself takes as many; and a bisected limit known no better tells nothing: OK, or
 * SG_HYPOTHESIS and a note with the mend. */
#define SG_SHALLOW_STEPS_MOST 1e7
#define SG_SHALLOW_LIMIT_TOLERANCE 1e-2
enum sg_status sg_shallow_can_wait(struct sg_evidence *ev, const struct sg_shallow *s, double steps, const char *mend) SG_MUST_CHECK;
enum sg_status sg_shallow_can_tell(struct sg_evidence *ev, double tolerance) SG_MUST_CHECK;

enum sg_fate { SG_RETURNS, SG_LEAVES, SG_STAYS };
/* Steps until the distance is a hundredth or a hundredfold of the start's, or `limit` steps are over. */
enum sg_fate sg_shallow_fate(struct sg_shallow *s, const double *offset, double mu, double nu, uint64_t limit);
/* The same by another distance than that from the fixed point. */
enum sg_fate sg_shallow_fate_from(struct sg_shallow *s, double (*distance_of)(struct sg_shallow *s), const double *offset, double mu, double nu,
                                  uint64_t limit);
/* The rate at which fate changes, by doubling from `from` and bisection to a relative width; vary_mu says which rate. */
double sg_shallow_bisect(struct sg_shallow *s, const double *offset, bool vary_mu, double other_rate, double from, double width,
                         uint64_t limit);

/* ---- growth under a delay (delay.c) ----------------------------------------------------------------------------------- */

struct sg_window { size_t width, skip, fit; };   /* steps in a window, windows left out at the start, windows fitted */
struct sg_growth {
    double rate;                                 /* ln|lambda| per step: the least-squares slope, or from the ends when it left early */
    bool whole;                                  /* all windows were run */
    double least, most;                          /* smallest rms of the coordinate and largest |state - fixed| over the fitted windows */
};
/* For the scalar recursion x_{t+1} = x_t - a x_{t-tau} near its limit: at least 20 tau (2 tau + 1) steps are fitted. */
struct sg_window sg_delay_window(size_t tau);
/* d ln|lambda| / d ln a of that recursion at its limit; 2 for tau = 0, about 0.7 / (tau + 1/2) for a large one. */
double sg_delay_gain(size_t tau);
/* Growth of the coordinate l . (state - fixed) from fixed + offset, the past being the start; l in the form's coordinates. */
struct sg_growth sg_delay_growth(struct sg_shallow *s, const double *l, const double *offset, double mu, double nu,
                                 const struct sg_window *window);
/* Where a growth changes its sign between low and high: |growth| <= resolution there.  NaN when it is not found. */
double sg_delay_root(struct sg_growth *at_root, struct sg_growth (*growth)(double x, void *context), void *context, double low,
                     double high, double resolution);
/* The mu (or nu, the other rate fixed) where that growth changes its sign, looked for by doubling or halving `from`. */
double sg_delay_limit(struct sg_growth *at_limit, struct sg_shallow *s, const double *l, const double *offset, bool vary_mu,
                      double other, double from, const struct sg_window *window, double resolution);
/* What rounding adds in one step to a coordinate of unit length among the weights (of_mu) or the SG's parameters. */
double sg_delay_rounding(const struct sg_shallow *s, bool of_mu, double rate);
/* The same for the step's second-order terms at psi = 0, over |state - fixed|^2: mu E[x^T (x dW) dPhi_A], or nu E[d(z^T z) dPhi]. */
double sg_delay_second_order(const struct sg_shallow *s, bool of_mu, double rate);
/* Moduli, descending, of the roots of lambda^n + c[0] lambda^{n-1} + ... + c[n-1], n = degree >= 1, and a bound on the error of the first. */
enum sg_status sg_delay_roots(double *modulus, double *error, const double *coefficient, size_t degree) SG_MUST_CHECK;

/* Parts of DY11 in files of their own. */
enum sg_status sg_dy11_realizable(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial) SG_MUST_CHECK;
enum sg_status sg_dy11_deep(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
void sg_dy11_basin(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial);

/* DY12 with hidden layers, measured. */
enum sg_status sg_dy12_deep(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;

/* ---- matrices with chosen eigenvalues (matrix.c) ------------------------------------------------------------------------ */

/* A random real a (m x m) = T D T^{-1} with these eigenvalues, cond(T) = condition exactly (1: a is normal).  A complex pair stands side by
 * side, the one with positive imaginary part first. */
enum sg_status sg_claim_matrix(double *a, const double complex *eigenvalues, size_t m, double condition, struct sg_rng *rng) SG_MUST_CHECK;
/* The largest distance between the two, as multisets: each of a takes the nearest of b that is left. */
double sg_claim_spectrum_distance(const double complex *a, const double complex *b, size_t n);

#endif
