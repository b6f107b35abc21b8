/* log_shallow.h - private: a case's classification by p = x W under a log loss with an SG at the
 * output, its predicted points and its runs. */
#ifndef SG_LAB_LOG_SHALLOW_H
#define SG_LAB_LOG_SHALLOW_H

#include "lab/lab.h"
#include "synthgrad/logloss.h"
#include "synthgrad/sim.h"

struct sg_log_shallow {
    const struct sg_trial *trial;
    const struct sg_data *data;
    size_t d, m, n_w, n_phi;          /* n_phi of the net's phi; closed forms' Phi has (2m + 1) m */
    bool classes, ones; /* y is 0/1 or one-hot, each class with a sample; 1 in col X */
    size_t rank;                      /* of X */
    double x_max, cond;               /* lambda_max(S_x); of X, over its rank */
    struct sg_case_arch arch;
    struct sg_net *net, *plain;       /* with the SG, and without */
    struct sg_net_work *work, *plain_work;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_log_point *optimum;     /* of the log loss, finite or not; NULL: the hypotheses below
                                         are not met */
    double infimum;                   /* its loss, 0 when it is not finite */
    double *dw, *dphi;                /* scratch for one evaluation */
};
/* Keys of a case that these claims read. */
#define SG_READS_CLASSES                                                                           \
    " data.kind=classes|csv data.n data.d data.labels data.one_hot data.bias data.file "           \
    "data.target"                                                                                  \
    " data.standardise net.layers=() net.loss=logistic|softmax sg=one sg.at=output sg.target=true"

/* Of a case of the trial's data, or one like it; owned by the lab.  NULL when it stops. */
struct sg_log_shallow *sg_log_shallow_make(struct sg_lab *lab, const struct sg_case *c);
extern const struct sg_instrument sg_on_log_shallow;
/* `on` of these: a struct sg_log_shallow. */
extern const struct sg_hypothesis sg_log_shallow_classes, sg_log_shallow_full_rank;

/* |F| of the net at (w, phi); dw and dphi are kept in s. */
double sg_log_shallow_field(struct sg_log_shallow *s, const double *w, const double *phi);
/* grad L by the net; returns its norm. */
double sg_log_shallow_gradient(double *gradient, struct sg_log_shallow *s, const double *w);

/* The least eigenvalue of E[q (1 - q) x^T x] at a point, two classes: of the loss's Hessian. */
double sg_log_shallow_curvature(struct sg_lab *lab, const struct sg_log_shallow *s,
                                const struct sg_log_point *point);

/* Runs of weights and SG from w = 0 and the SG's own start, by an optimiser, simultaneous, until
 * |F| <= enough or `most` steps are done; or of the weights alone by the true gradient, |grad L| in
 * |F|'s place. */
struct sg_log_run { struct sg_opt net_opt, sg_opt; double enough; uint64_t most; bool backprop; };
struct sg_log_end { double loss, field; uint64_t steps; enum sg_status status; };
/* Called at 0, 1, 2, 4, ... and at the end, with the loss. */
typedef void sg_log_curve(uint64_t step, double loss, void *context);
/* w, phi (out): the end.  curve: or NULL. */
struct sg_log_end sg_log_shallow_train(double *w, double *phi, struct sg_log_shallow *s,
                                       const struct sg_log_run *run, sg_log_curve *curve,
                                       void *context);
/* The same with the SG at its optimum in every step; from w (in, out), not 0, where the optimum is
 * not unique. */
struct sg_log_end sg_log_shallow_train_fitted(double *w, double *phi, struct sg_log_shallow *s,
                                              double mu, double enough, uint64_t most);

/* What the Jacobian J of F at a predicted point says, on the leaf of conserved row sums (m > 1). */
struct sg_log_local {
    double sigma;                     /* least singular value of J, null directions of Z left out */
    double reduced;                   /* largest modulus of an eigenvalue of the weights under a
                                         fitted SG, J_ww - J_wphi J_phiphi^+ J_phiw */
    double slowest;                   /* and the smallest, conserved directions left out */
    double z_max;                     /* largest eigenvalue of S_z */
};
struct sg_log_local sg_log_shallow_local(struct sg_lab *lab, const struct sg_log_shallow *s,
                                         const struct sg_log_point *point);
/* Spectral radius of the joint step I - diag(mu, nu) J at the point, eigenvalues 1 of conserved
 * directions left out. */
double sg_log_shallow_radius(struct sg_lab *lab, const struct sg_log_shallow *s,
                             const struct sg_log_point *point, double mu, double nu);

#endif
