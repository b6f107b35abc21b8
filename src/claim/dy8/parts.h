/* dy8.h - private to the dy8_*.c files: a deep linear net on given data, ready to step, and its spectrum. */
#ifndef SG_CLAIM_DY8_H
#define SG_CLAIM_DY8_H

#include "lab/old.h"
#include "synthgrad/deep.h"

struct sg_dy8 {
    struct sg_data data;                       /* owned */
    struct sg_deep deep;
    struct sg_layer layer[SG_DEEP_LAYERS_MAX];
    struct sg_module module;
    struct sg_net *net, *truth;                /* truth: the SG observes only, backprop */
    struct sg_field field, truth_field;
    struct sg_net_work *work;
    struct sg_batch batch;
    struct sg_sim *sim, *backprop;
    size_t n_w, n_phi, size;
    double mu, nu;
    double *moments, *fixed, *now;             /* fixed: (w, Phi*(w)), where distances are measured from */
};
/* The case's layers between d inputs and m outputs, and its SG's place. */
void sg_dy8_read_deep(struct sg_deep *deep, const struct sg_case *c, size_t d, size_t m);
/* Takes the data over.  w: the weights of the fixed point. */
struct sg_dy8 *sg_dy8_alloc(struct sg_data *data, const struct sg_deep *deep, const double *w, double mu, double nu, double mix);
void sg_dy8_free(struct sg_dy8 *s);
void sg_dy8_set_timing(struct sg_dy8 *s, struct sg_timing timing);                 /* another order from here on */
void sg_dy8_start(struct sg_dy8 *s, const double *offset);      /* both simulators at fixed + offset */
double sg_dy8_weight_distance(const struct sg_sim *sim, const struct sg_dy8 *s);   /* |w - w of fixed| */
double complex sg_dy8_coordinate(struct sg_dy8 *s, const double complex *l);       /* l . (state - fixed) */
/* L - min L = 1/2 tr (P(w) - P*)^T S (P(w) - P*): no cancellation against the residuals. */
double sg_dy8_excess(const struct sg_dy8 *s, const double *w);
/* Unit axes of the plane through the fixed weights, those of `end` (a), and the row of weights farthest off that line (b, orthogonal to a). */
void sg_dy8_plane(double *a, double *b, const struct sg_dy8 *s, const double *end, const double *w_rows, size_t stride, size_t rows);
/* E|s - g|^2 and L now. */
struct sg_metrics sg_dy8_metrics(const struct sg_dy8 *s);

/* An eigenvalue of a real matrix with its rows: l J = lambda l, J r = lambda r, |l| = |r| = 1; condition 1 / |l r|. */
struct sg_dy8_mode { double complex lambda; double condition; };
/* All eigenvalues (size, largest modulus first) with their condition numbers; left and right (size^2 rows each, or NULL). */
enum sg_status sg_dy8_modes(struct sg_dy8_mode *mode, double complex *left, double complex *right, const double *J, size_t size) SG_MUST_CHECK;
/* Largest real part, relative to the largest modulus, among the eigenvalues off zero (above ZERO of the largest). */
static const double SG_DY8_ZERO = 1e-7;
enum sg_status sg_dy8_abscissa(double *abscissa, double complex *at, const double *J, size_t size) SG_MUST_CHECK;
enum sg_status sg_dy8_reduced_abscissa(double *abscissa, double complex *at, const struct sg_deep *deep, const double *w, const double *phi,
                                       const double *moments, double kappa) SG_MUST_CHECK;

/* Parts of DY8 in files of their own. */
enum sg_status sg_dy8_instance(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
/* The growth a step of the distance, near the fixed point, against ln |1 + mu lambda|; draws the offset (size) it starts from, of this distance in the weights. */
enum sg_status sg_dy8_growth(struct sg_evidence *ev, struct sg_dy8 *s, const char *what, double complex lambda, double distance,
                             double *offset, struct sg_rng *rng) SG_MUST_CHECK;
/* From fixed + offset to rest; the SG made exact there, kicked, to rest again.  Series "flight", "path", "rests", "slice" for the figure. */
enum sg_status sg_dy8_flight(struct sg_evidence *ev, struct sg_dy8 *s, const double *offset, const struct sg_trial *trial,
                             struct sg_rng *rng) SG_MUST_CHECK;
enum sg_status sg_dy8_random(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
/* T1's counterexample with an intercept, counted over Q; root: its positive floating eigenvalue, off by at most error. */
void sg_dy8_certify_intercept(struct sg_evidence *ev, double root, double error);
enum sg_status sg_dy8_map(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
/* A global minimum given by its case: net.weights, moments data. */
enum sg_status sg_dy8_given(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
/* The share of random minima that repel, against kappa and depth. */
enum sg_status sg_dy8_share(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
enum sg_status sg_dy8_theorems(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;

#endif
