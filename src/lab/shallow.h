/* shallow.h - private: a case's linear regression with its SG, ready to step. */
#ifndef SG_LAB_SHALLOW_H
#define SG_LAB_SHALLOW_H

#include "lab/lab.h"
#include "synthgrad/closed.h"

struct sg_shallow {
    const struct sg_case *c;
    struct sg_data rows; /* samples or compressed rows, as the case's form says */
    struct sg_fit *fit;  /* of the rows */
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_spectral *spectral; /* spectral form only */
    struct sg_field field;
    struct sg_batch batch;
    struct sg_timing timing;
    struct sg_sim *sim;
    struct sg_rates rate_x, rate_z; /* of S_x and S_z */
    double mu, nu;                  /* the case's rates in absolute units; theta under a rule */
    enum sg_step_rule sg_step;      /* the case's, or as set below */
    double w_norm;                  /* |w*|, or 1 when it vanishes */
    size_t size, n_w, n_phi;        /* of the joint state (W, Phi), in the form's coordinates */
    double *fixed;                  /* (W*, phi*), in the form's coordinates */
    double *exact_sg;               /* phi* (q x m) */
    double *now;                    /* scratch for one state */
    double leaves;                  /* growth of a start's distance that counts as leaving */
};
/* Keys of a case that these claims read: a regression's data; no hidden layer; one SG in full at
 * the output, as the joint formulas of closed.h have it. */
#define SG_READS_TABLE " data.kind=gaussian|csv" SG_READS_ROWS
#define SG_READS_ROWS                                                                \
    " data.n data.d data.outputs data.rank data.condition data.noise data.bias data.file" \
    " data.target data.standardise data.standardise_target"
#define SG_READS_REGRESSION " net.layers=() net.loss=mse"
#define SG_READS_FULL_SG \
    " sg=one sg.at=output sg.family=linear sg.terms=hy1 sg.target=true sg.mix=1.0"

/* Hypotheses on such data, for every claim that supposes them: {SG_X_NONSINGULAR, .of = part}.
 * A claim with other data of its own takes the words alone. */
#define SG_X_NONSINGULAR_WORDS "S_x = E[x^T x] is nonsingular"
#define SG_X_NONSINGULAR_MEND \
    "take more samples (data.n) than columns (data.d), none a combination of the others"
#define SG_X_NONSINGULAR                                                                           \
    .id = "S_x-nonsingular", .words = SG_X_NONSINGULAR_WORDS,                                      \
    .met = sg_shallow_x_is_nonsingular,                                                            \
    .mend = SG_X_NONSINGULAR_MEND
#define SG_Z_NONSINGULAR                                                                           \
    .id = "S_z-nonsingular", .words = "S_z = E[z^T z], z = (p*, y, 1), is nonsingular",            \
    .met = sg_shallow_z_is_nonsingular,                                                            \
    .mend = "take targets that are no combinations of the fit, of each other and of 1"
typedef bool sg_shallow_met(char value[SG_HYPOTHESIS_VALUE_MAX], const void *shallow,
                            const struct sg_trial *trial);
sg_shallow_met sg_shallow_x_is_nonsingular, sg_shallow_z_is_nonsingular, sg_shallow_is_noisy;
/* mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z). */
sg_shallow_met sg_shallow_is_inside;

/* The instrument: the case's regression, simultaneous or in the case's order and delay. */
extern const struct sg_instrument sg_on_shallow;
extern const struct sg_hypothesis sg_shallow_x_nonsingular, sg_shallow_z_nonsingular,
    sg_shallow_noisy, sg_shallow_realizable;
/* The same with a timing of the claim's own; owned by the lab.  NULL when it stops. */
struct sg_shallow *sg_shallow_make(struct sg_lab *lab, struct sg_timing timing);
/* The same of another case and other data, which live as long as the lab. */
struct sg_shallow *sg_shallow_make_other(struct sg_lab *lab, const struct sg_case *c,
                                         const struct sg_data *data, struct sg_timing timing);

/* An analytic Jacobian at W* against differences of the step, whose own bound is fd: the prediction
 * p* = X W* is known to P u sqrt(tr S_x) |W*| in each of them, P = n + 10 d (LAPACK's backward
 * error), and enters mu E[x^T z] once and nu S_z twice. */
struct sg_tol sg_shallow_jacobian_tolerance(const struct sg_shallow *s, double fd);
/* 1 - the joint step's spectral radius at (W*, phi*), with all its digits for small rates; not
 * above 0 where it does not contract. */
double sg_shallow_deficit(const struct sg_shallow *s, double mu, double nu);
/* No fate is waited for longer (some seconds), unless the case itself takes as many steps. */
#define SG_SHALLOW_STEPS_MOST 1e7
/* Does the step budget, or SG_SHALLOW_STEPS_MOST where that is more, allow so many steps? */
bool sg_shallow_affords(struct sg_lab *lab, const struct sg_shallow *s, double steps,
                        const char *mend);
/* A bisected limit that is known no better than this tells nothing. */
#define SG_SHALLOW_LIMIT_TOLERANCE 1e-2
/* A rate where something changes, found by bisection to a relative tolerance: does that tell? */
bool sg_shallow_tells(struct sg_lab *lab, double tolerance);

/* ---- the state ----------------------------------------------------------------------------- */

/* Restart at fixed + offset (size; in (W, Phi) coordinates of the net) with the given rates. */
void sg_shallow_start(struct sg_shallow *s, const double *offset, double mu, double nu);
/* A random offset of Euclidean length `radius`. */
void sg_shallow_offset(double *offset, const struct sg_shallow *s, double radius,
                       struct sg_rng *rng);
/* Another order or delay from here on. */
void sg_shallow_set_timing(struct sg_shallow *s, struct sg_timing timing);
/* Another rule for the SG's step from here on; the rate nu means theta then. */
void sg_shallow_set_step(struct sg_shallow *s, enum sg_step_rule rule);
/* W now (d x m), in the net's coordinates. */
void sg_shallow_weights(double *w, const struct sg_shallow *s);
/* V^T (W now - w), V the eigenvectors of S_x: mode i in row i (d x m). */
void sg_shallow_modes(double *mode, const struct sg_shallow *s, const double *w);
/* |state - fixed| now; leaves the difference in `now`. */
double sg_shallow_distance(struct sg_shallow *s);
/* l . (state - fixed) now; l in the form's coordinates (sg_shallow_form_row). */
double sg_shallow_coordinate(struct sg_shallow *s, const double *l);
/* A row over (W, Phi) -> over the form's coordinates, in place.  V is orthogonal, so l . state
 * stays what it is. */
void sg_shallow_form_row(double *l, const struct sg_shallow *s);
/* A Jacobian over (W, Phi) -> over the form's coordinates, in place: the same matrix but for the
 * spectral form. */
void sg_shallow_to_form(double *jacobian, const struct sg_shallow *s);

/* ---- does it return? ----------------------------------------------------------------------- */

enum sg_fate { SG_RETURNS, SG_LEAVES, SG_STAYS };
/* Steps until the distance is a hundredth of the start's or s->leaves times it (a hundred unless
 * the claim sets another), or `limit` steps are over. */
enum sg_fate sg_shallow_fate(struct sg_shallow *s, const double *offset, double mu, double nu,
                             uint64_t limit);
/* The same by another distance than that from the fixed point. */
enum sg_fate sg_shallow_fate_from(struct sg_shallow *s, double (*distance_of)(struct sg_shallow *s),
                                  const double *offset, double mu, double nu, uint64_t limit);
/* The rate at which fate changes, by doubling from `from` and bisection to a relative width;
 * vary_mu says which rate. */
double sg_shallow_bisect(struct sg_shallow *s, const double *offset, bool vary_mu,
                         double other_rate, double from, double width, uint64_t limit);

#endif
