/* sim.h - time: steps, update order, delays, line search, and the spectral stepper. */
#ifndef SYNTHGRAD_SIM_H
#define SYNTHGRAD_SIM_H

#include "synthgrad/net.h"

SG_PUBLIC_BEGIN

/* Where a step gets its directions from.  The same dynamics come from three fields: the net on
 * samples (the definition), the same code on compressed rows, and the spectral form below. */
struct sg_field {
    enum sg_dtype dtype;
    struct sg_sizes sizes;
    void (*eval)(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_field *field,
                 const void *w, const void *phi, const struct sg_batch *batch, unsigned want,
                 void *work);
    void *(*work_alloc)(const struct sg_field *field);
    void (*work_free)(void *work);
    const void *self;
    size_t batch_max;
    /* Multiplies the dphi of the last eval by the SGs' rates, as sg_net_step_scale().  NULL where a
     * field knows the fixed rule alone. */
    void (*step_scale)(void *dphi, const struct sg_field *field, enum sg_step_rule rule,
                       const struct sg_batch *batch, void *work, void *scratch);
    /* Numbers of scratch that it asks for. */
    size_t (*step_scratch)(const struct sg_field *field, enum sg_step_rule rule);
};

/* The net's own field.  net must outlive it. */
struct sg_field sg_sim_net_field(const struct sg_net *net, size_t batch_max);
/* A batch view of a float64 data set. */
struct sg_batch sg_sim_batch(const struct sg_data *data);

/* At which time each update reads w and phi:
 *     0    now
 *   tau > 0  tau steps ago (the start, before there is one)
 *    -1    the other part's result of this same step
 * for example
 *   simultaneous   {0, 0, 0, 0}        stale backprop  {tau, tau, 0, 0}
 *   SG first       {0, -1, 0, 0}       delayed pairs   {0, 0, tau, 0}
 *   network first  {0, 0, -1, 0}       stale SG        {0, 0, tau, tau}
 * Both -1 aborts.  The batch goes with the time at which w is read. */
struct sg_timing { int net_w, net_phi, sg_w, sg_phi; };

/* net_opt has the rate mu, w <- w - mu dw, sg_opt the rate nu, phi <- phi - nu dphi, or the
 * optimiser's direction in place of dw and dphi.  The sim keeps the moments.
 * sg_step: how nu is chosen in each step, by the pair that the SG learns from in it.  sg_opt.rate
 * is theta then.  Other rules than the fixed one want SG_GD for sg_opt and a field that knows them
 * (not the spectral one). */
struct sg_sim_spec {
    const struct sg_field *field;
    struct sg_opt net_opt, sg_opt;
    struct sg_timing timing;
    enum sg_step_rule sg_step;
};

struct sg_sim;
/* A run at the start (w, phi), which are copied.  The field outlives it. */
struct sg_sim *sg_sim_alloc(const struct sg_sim_spec *spec, const void *w, const void *phi);
void sg_sim_free(struct sg_sim *sim);
/* Goes back to a start and other rates, without allocating.  The past is the start repeated, and
 * the moments are zero. */
void sg_sim_restart(struct sg_sim *sim, const void *w, const void *phi, double mu, double nu);
/* One step.  Never allocates. */
void sg_sim_step(struct sg_sim *sim, const struct sg_batch *batch);
/* Is every entry of (w, phi) finite? */
bool sg_sim_is_finite(const struct sg_sim *sim);
/* `steps` steps on one batch.  SG_DIVERGED: the state is no longer finite.  SG_INTERRUPTED:
 * sg_base_interrupt() was called.  Both are looked at every 64 steps and at the end. */
enum sg_status sg_sim_advance(struct sg_sim *sim, const struct sg_batch *batch,
                              uint64_t steps) SG_MUST_CHECK;
/* The weights now. */
const void *sg_sim_w(const struct sg_sim *sim);
/* The SG parameters now. */
const void *sg_sim_phi(const struct sg_sim *sim);
/* Steps taken. */
uint64_t sg_sim_time(const struct sg_sim *sim);
/* Other rates from the next step on.  The past and the moments stay. */
void sg_sim_set_rates(struct sg_sim *sim, double mu, double nu);

/* What a sim goes on from: time, moments, (w, phi) now and as far back as a delay reads.  Bytes of
 * this machine, for a sim of the same spec. */
size_t sg_sim_bytes(const struct sg_sim *sim);
/* Writes that many bytes, which sg_sim_load reads. */
void sg_sim_save(void *bytes, const struct sg_sim *sim);
/* Longest delay of the timing: how many batches of the past a step may read. */
size_t sg_sim_past(const struct sg_sim *sim);
/* past[k], k = 1..sg_sim_past(): the batch of k steps ago, good as long as that of sg_sim_step
 * would be; of times before the start NULL.  past NULL: there is no delay. */
void sg_sim_load(struct sg_sim *sim, const void *bytes, const struct sg_batch *const *past);

/* The step map's state is (w, phi) now and, with delays, the past it may read: slot k holds
 * (w, phi) k steps ago.  Then, under heavy ball, its m: w's, phi's.  Gradient descent and heavy
 * ball only: the steps of the others also depend on v and on the time. */

/* Size of the state, in doubles. */
size_t sg_sim_state_size(const struct sg_sim *sim);
/* The state now. */
void sg_sim_get_state(double *state, const struct sg_sim *sim);
/* Goes to a state. */
void sg_sim_set_state(struct sg_sim *sim, const double *state);

/* Central-difference Jacobian (row-major, size^2 with size = sg_sim_state_size) of the REAL step
 * map at a state.  float64 only.
 * bound: an estimate of the largest entry error, truncation (from halving the increment) plus
 * rounding. */
void sg_approx_step_jacobian(double *jacobian, double *bound, struct sg_sim *sim,
                             const double *state, const struct sg_batch *batch);

/* ---- line search (DY5) ------------------------------------------------------------------ */

/* E|Z d|^2, the curvature of L_SG along a direction d of phi.  Arguments as below. */
double sg_sim_curvature(const struct sg_net *net, const double *direction,
                        const struct sg_batch *batch, const struct sg_net_work *work,
                        double *s_scratch);
/* Exact line search for the SG step: nu = |G|^2 / E|Z G|^2 with G = grad L_SG minimises L_SG along
 * -G.  0 at G = 0.
 * work: that of the evaluation which gave dphi (its h_i are read).
 * s_scratch: batch rows x the widest module's k.
 * Hypothesis: every SG family is linear in phi.  [theory, DY5] */
double sg_sim_line_search(const struct sg_net *net, const double *dphi,
                          const struct sg_batch *batch, const struct sg_net_work *work,
                          double *s_scratch);

/* One step of weights and SG, the SG's rate by exact line search and the network's by backtracking
 * on an energy V:
 *   Phi' = Phi - nu G,   w' = w - mu E[(dh/dw)^T s],  both from the same state,
 *   mu = min(2 mu_before, mu_max), halved until
 *        V(w', Phi') <= V(w, Phi) - c (mu |grad L|^2 + D),  D = |G|^4 / E|Z G|^2,  c = 1/10.
 * D is what the line search alone gains of E|s - g|^2.  So where G != 0 some mu > 0 always passes,
 * and where G = 0 the step is plain gradient descent.  [theory, DY5]
 * energy: V at a state, called for every mu tried.
 * fixed: c = 0 and no test, mu_max in every step. */
struct sg_search_spec {
    const struct sg_net *net;         /* SG families linear in phi */
    const struct sg_batch *batch;
    double mu_max;
    bool fixed;
    double (*energy)(const double *w, const double *phi, void *context);
    void *context;
};
struct sg_search_step {
    double mu, nu;
    double gain;                      /* D */
    double gradient2;                 /* |grad L|^2 */
    double before, after;             /* V */
    unsigned halvings;
};
struct sg_searcher;
struct sg_searcher *sg_sim_searcher_alloc(const struct sg_search_spec *spec, const double *w,
                                          const double *phi);
void sg_sim_searcher_free(struct sg_searcher *s);
/* One such step.
 * SG_NO_CONVERGENCE: no mu above 2^-200 mu_max passes.  The state is then unchanged.
 * SG_DIVERGED: V is no longer finite. */
enum sg_status sg_sim_searcher_step(struct sg_search_step *out,
                                    struct sg_searcher *s) SG_MUST_CHECK;
/* The weights now. */
const double *sg_sim_searcher_w(const struct sg_searcher *s);
/* The SG parameters now. */
const double *sg_sim_searcher_phi(const struct sg_searcher *s);

/* ---- critical points -------------------------------------------------------------------- */

/* Asked at the start and after each iteration: is this state, with F = (dw, dphi) there, a
 * solution?  May record what it sees. */
typedef bool sg_sim_solved(const double *state, const double *f, void *context);
struct sg_critical;
struct sg_critical *sg_sim_critical_alloc(const struct sg_field *field);
void sg_sim_critical_free(struct sg_critical *critical);
/* Solves F(w, phi) = 0 from `state` (sizes.w + sizes.phi, overwritten by the solution) by
 * Levenberg-Marquardt with central differences.  Finds joint critical points of a field with SGs,
 * and critical points of the loss for a net without.  float64 only.  Assumes no linearity.
 * SG_NO_CONVERGENCE: `iterations` are used up, or |F| has no descent at a point (a local minimum of
 * |F|, or its rounding level).  SG_NOT_FINITE.  On failure state is NaN.
 * Deterministic: the same start ends in the same bits. */
enum sg_status sg_sim_solve_critical(double *state, struct sg_critical *critical,
                                     const struct sg_batch *batch, size_t iterations,
                                     sg_sim_solved *solved, void *context) SG_MUST_CHECK;

/* net must outlive the workspace; batch need not.  Linear nets in float64 with mixes 0 or 1. */
struct sg_rounding;
struct sg_rounding *sg_sim_rounding_alloc(const struct sg_net *net, const struct sg_batch *batch);
void sg_sim_rounding_free(struct sg_rounding *rounding);
/* A bound, entry by entry, on the rounding error of sg_net_eval's dw and dphi at (w, phi): gamma_K
 * times the same expressions with every input and every term made positive.  No allocation. */
void sg_sim_rounding(double *dw, double *dphi, struct sg_rounding *rounding, const double *w,
                     const double *phi);

/* ---- tracking: an SG taught as long as a step needs it (DY7) ---------------------------- */

/* One iteration:
 *   1. SG steps (conjugate gradients on L_SG, a quadratic in phi, each with exact line search)
 *      until the pseudo-gradient of ALL weights is within rho of the true one,
 *      |dw - grad L| <= rho |grad L| (DY6's condition).
 *   2. One network step along -dw, mu = min(2 mu_before, mu_max) halved until
 *      L(w - mu dw) <= L(w) - (1 - rho)/2 mu |grad L|^2.
 * By DY6's descent lemma every mu <= 1/((1 + rho) Lip) passes, Lip the smoothness around w.  So
 * bounded iterates have only critical limit points.
 * Not adapted: one SG step at rate nu, then mu = mu_max, without the two conditions. */
struct sg_tracking_spec {
    const struct sg_net *net;         /* SG families linear in phi */
    const struct sg_batch *batch;
    double rho, mu_max;
    bool adapted;
    double nu;                        /* not adapted only */
    uint64_t most_sg_steps;           /* an iteration; more are SG_NO_CONVERGENCE */
};
struct sg_tracking_step {
    double mu;
    double error;                     /* |dw - grad L| / |grad L| of the step taken */
    double gradient;                  /* |grad L| */
    double before, after;             /* L */
    uint64_t sg_steps;
};
struct sg_tracker;
struct sg_tracker *sg_sim_tracker_alloc(const struct sg_tracking_spec *spec, const double *w,
                                        const double *phi);
void sg_sim_tracker_free(struct sg_tracker *t);
/* One step of the weights, and as many of the SG before it as the condition asks for.
 * SG_NO_CONVERGENCE: the condition was not met, or no mu above 2^-100 mu_max passes.
 * SG_DIVERGED: L is no longer finite. */
enum sg_status sg_sim_tracker_step(struct sg_tracking_step *out,
                                   struct sg_tracker *t) SG_MUST_CHECK;
/* The weights now. */
const double *sg_sim_tracker_w(const struct sg_tracker *t);

/* ---- an infinitely fast SG (CP5) -------------------------------------------------------- */

/* Weights under an SG that is at its optimum in every step: w' = w - mu E[(dh/dw)^T s] with
 * phi = argmin L_SG(w, .).  Any field in float64 with SG families linear in phi and targets that
 * do not depend on phi.  field and batch must outlive it.  [theory, CP5] */
struct sg_fitted;
struct sg_fitted *sg_sim_fitted_alloc(const struct sg_field *field, const struct sg_batch *batch,
                                      const double *w, double mu);
void sg_sim_fitted_free(struct sg_fitted *f);
/* Goes back to a start and another rate, without allocating. */
void sg_sim_fitted_restart(struct sg_fitted *f, const double *w, double mu);
/* Finds phi and, in dw and dphi, the two directions at (w, phi).  Changes no weight.  Does not
 * allocate.  Accuracy of phi: u cond(E[z^T z]).
 * SG_SINGULAR: the optimum is not unique (p = 0, say), to the rounding of sums over the samples. */
enum sg_status sg_sim_fitted_look(struct sg_fitted *f) SG_MUST_CHECK;
/* sg_sim_fitted_look, then the step of the weights.  On failure the weights are unchanged. */
enum sg_status sg_sim_fitted_step(struct sg_fitted *f) SG_MUST_CHECK;
/* The weights now. */
const double *sg_sim_fitted_w(const struct sg_fitted *f);
/* phi of the last look. */
const double *sg_sim_fitted_phi(const struct sg_fitted *f);
/* dw of the last look. */
const double *sg_sim_fitted_dw(const struct sg_fitted *f);
/* dphi of the last look. */
const double *sg_sim_fitted_dphi(const struct sg_fitted *f);

/* ---- the spectral form ------------------------------------------------------------------ */

/* Shallow regression p = x W under MSE with a linear SG at the output (or plain backprop), in the
 * eigenbasis of S_x.  A step costs O(d m^2) and touches nothing of length n.
 * Coordinates: v = V^T W (d x m), phi as in the net. */
struct sg_spectral;
enum sg_status sg_sim_spectral_alloc(struct sg_spectral **spectral, const struct sg_data *data,
                                     unsigned terms, double mix) SG_MUST_CHECK;
void sg_sim_spectral_free(struct sg_spectral *spectral);
/* Its field, for a sim.  spectral must outlive it. */
struct sg_field sg_sim_spectral_field(const struct sg_spectral *spectral);
/* The eigenvalues of S_x (d), descending. */
const double *sg_sim_spectral_lambda(const struct sg_spectral *spectral);
/* v = V^T w. */
void sg_sim_spectral_from_w(double *v, const struct sg_spectral *spectral, const double *w);
/* w = V v. */
void sg_sim_spectral_to_w(double *w, const struct sg_spectral *spectral, const double *v);

SG_PUBLIC_END

#endif
