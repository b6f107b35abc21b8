/* shallow.h - private: a case's linear regression with its SG, ready to step. */
#ifndef SG_LAB_SHALLOW_H
#define SG_LAB_SHALLOW_H

#include "lab/lab.h"
#include "synthgrad/closed.h"

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
/* Keys of a case that these claims read: a regression's data; no hidden layer; one SG in full at the
 * output, as the joint formulas of closed.h have it. */
#define SG_READS_TABLE                                                                             \
    " data.kind=gaussian|csv data.n data.d data.outputs data.rank data.condition data.noise"       \
    " data.bias data.file data.target data.standardise data.standardise_target"
#define SG_READS_REGRESSION " net.layers=() net.loss=mse"
#define SG_READS_FULL_SG                                                                           \
    " sg=one sg.at=output sg.family=linear sg.terms=hy1 sg.target=true sg.mix=1.0"

/* The instrument: the case's regression, simultaneous or in the case's order and delay. */
extern const struct sg_instrument sg_on_shallow;
extern const struct sg_hypothesis sg_shallow_x_nonsingular, sg_shallow_z_nonsingular, sg_shallow_noisy,
    sg_shallow_realizable;
/* The same with a timing of the claim's own; owned by the lab.  NULL when it stops. */
struct sg_shallow *sg_shallow_make(struct sg_lab *lab, struct sg_timing timing);
/* The same of another case and other data, which live as long as the lab. */
struct sg_shallow *sg_shallow_make_other(struct sg_lab *lab, const struct sg_case *c,
                                         const struct sg_data *data, struct sg_timing timing);

/* Within the case's step budget, and at least SG_SHALLOW_STEPS_MOST (some seconds)? */
bool sg_shallow_affords(struct sg_lab *lab, const struct sg_shallow *s, double steps, const char *mend);
/* A rate where `side` of it changes, found by bisection over rates: is it known to a hundredth? */
bool sg_shallow_tells(struct sg_lab *lab, double tolerance);

/* ---- old: for claims that are not rewritten yet ---- */
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

#endif
