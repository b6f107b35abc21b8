/* deep_run.h - private: a deep linear net with one SG at a fixed point, ready to step beside its
 * twin under backprop, and the eigenvalues there. */
#ifndef SG_LAB_DEEP_RUN_H
#define SG_LAB_DEEP_RUN_H

#include "lab/lab.h"
#include "synthgrad/deep.h"
#include "synthgrad/sim.h"

struct sg_deep_run {
    struct sg_data data;
    struct sg_deep deep;
    struct sg_layer layer[SG_DEEP_LAYERS_MAX];
    struct sg_module module;
    struct sg_net *net, *truth;                /* truth: the SG observes only, backprop */
    struct sg_field field, truth_field;
    struct sg_net_work *work;
    struct sg_batch batch;
    struct sg_sim *sim, *backprop;
    size_t n_w, n_phi, size;                   /* size = n_w + n_phi */
    double mu, nu;
    double *moments, *fixed, *now;             /* fixed: (w, Phi*(w)), where distances start */
};
/* The case's layers between d inputs and m outputs, and its SG's place. */
void sg_deep_read(struct sg_deep *deep, const struct sg_case *c, size_t d, size_t m);
/* Takes the data over.  w: the weights of the fixed point.  Owned by the lab. */
struct sg_deep_run *sg_deep_run_make(struct sg_lab *lab, struct sg_data *data,
                                     const struct sg_deep *deep, const double *w, double mu,
                                     double nu, double mix);
/* Another order of the updates from here on. */
void sg_deep_run_set_timing(struct sg_deep_run *s, struct sg_timing timing);
/* Both simulators at fixed + offset (size). */
void sg_deep_run_start(struct sg_deep_run *s, const double *offset);
/* |w - w of fixed| */
double sg_deep_run_distance(const struct sg_sim *sim, const struct sg_deep_run *s);
/* l . (state - fixed) */
double complex sg_deep_run_coordinate(struct sg_deep_run *s, const double complex *l);
/* L - min L = 1/2 tr (P(w) - P*)^T S (P(w) - P*): no cancellation against the residuals. */
double sg_deep_run_excess(const struct sg_deep_run *s, const double *w);
/* L and E|s - g|^2 / 2 now. */
struct sg_metrics sg_deep_run_metrics(const struct sg_deep_run *s);

/* Are the eigenvalues of H and G either 0 to rounding or well above it, so that the family of fixed
 * points and what lies across it can be told apart? */
bool sg_deep_is_resolved(struct sg_deep_normal_sizes sizes);

/* ---- eigenvalues ---------------------------------------------------------------------------- */

/* An eigenvalue of a real matrix J with rows l J = lambda l and r J^T = lambda r, |l| = |r| = 1.
 * It is known to error = 10 size u |J| / |l r|: dgeev's backward error times its condition. */
struct sg_deep_mode { double complex lambda; double condition, error; };
/* All of them, the largest modulus first.  left, right (size^2), or NULL: the rows. */
void sg_deep_modes(struct sg_lab *lab, struct sg_deep_mode *mode, double complex *left,
                   double complex *right, const double *J, size_t size);
/* Of two numbers for one eigenvalue, or of its real part. */
struct sg_tol sg_deep_mode_tol(const struct sg_deep_mode *a, const struct sg_deep_mode *b);
/* Clearly, beyond ten of its errors: right of the axis, left of it, or 0 for neither. */
int sg_deep_mode_side(const struct sg_deep_mode *mode);
/* Clearly another number than 0? */
bool sg_deep_mode_off_zero(const struct sg_deep_mode *mode);

#endif
