/* parts.h - private to DY15: its files. */
#ifndef SG_CLAIM_DY15_PARTS_H
#define SG_CLAIM_DY15_PARTS_H

#include "lab/twin.h"
#include "synthgrad/deep.h"

enum sg_dy15_rule { SG_DY15_SG, SG_DY15_BACKPROP, SG_DY15_RULES };

/* A case's net, its data, and what is predicted for it. */
struct sg_dy15 {
    struct sg_twin *t;
    struct sg_deep deep;
    size_t N, d, m, r;             /* r = min(d, m), the modes */
    size_t n_at, at[SG_DEEP_LAYERS_MAX];
    double pull[SG_DEEP_LAYERS_MAX];
    double kappa, mu;              /* mu: of the steps */
    double *moments, *S, *centred; /* S (d x d), and the same of centred x */
    double labels;                 /* |E[y^T y]|, centred */
    struct sg_factorisation *factor[SG_DY15_RULES];
    double *chosen;                /* weights of the SG's predicted minimum */
    struct sg_deep_attraction fate; /* there */
    double rate[SG_DY15_RULES];    /* the largest stable mu at each rule's predicted minimum */
    double least_z, most_z;        /* over the cuts: eigenvalues of S_z on the range of h */
    double *frame[SG_DEEP_LAYERS_MAX + 1]; /* Q_i (k_i x r) of starts.  Q_0 = U and Q_N = Y */
    double *w_0, *phi_0;           /* the balanced start, moved by train.radius */
};

/* Where a training ends. */
struct sg_dy15_end {
    double *w, *phi;               /* phi: of the SG's net only */
    double *before;                /* the ledger at the start, k_i x k_i per boundary */
    double *drift;                 /* what the steps must have moved it by: see train.c */
    double start;                  /* |before|: 0 for balanced starts */
    double inexact;                /* a bound on |s - g| over |z|: see train.c */
    double mu;                     /* of the steps, or the flow's time step */
    uint64_t steps;
    bool converged;
};
/* How far a trained net is from an exactly balanced one of the same map, by the ledger. */
struct sg_dy15_bound {
    double weights;                /* |W - W'|, all layers together */
    double curvature;              /* the second order over the first; the bound needs <= 1/2 */
};

extern const struct sg_hypothesis sg_dy15_wide, sg_dy15_full_rank, sg_dy15_nonsingular,
    sg_dy15_noisy, sg_dy15_attracts, sg_dy15_stable;

/* ---- start.c */
void *sg_dy15_make(struct sg_lab *lab);
/* The net of other hidden SGs or depth on the same data. */
struct sg_dy15 *sg_dy15_make_for(struct sg_lab *lab, const struct sg_case *c);
/* A start of layers size sqrt(l) frames, balanced for skew = 0.  skew: how unequal the layers
 * are. */
void sg_dy15_start(double *w, struct sg_lab *lab, const struct sg_dy15 *s, double size,
                   double skew);
/* The size that a start of the claim's has at share 1: the mean of sigma^(1/N). */
double sg_dy15_mean_size(const struct sg_dy15 *s);
/* ---- train.c: from (w_0, phi_0; NULL: zeros) until nothing moves, or `most` steps. */
/* Simultaneous steps of size mu and kappa mu. */
struct sg_dy15_end sg_dy15_step(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                                const double *w_0, const double *phi_0, double mu, uint64_t most);
/* The flow, by fourth-order Runge-Kutta steps of the rule's own rate: once, for a figure. */
struct sg_dy15_end sg_dy15_glance(struct sg_lab *lab, const struct sg_dy15 *s,
                                  enum sg_dy15_rule rule, uint64_t most);
/* The same twice, with steps of half the size. */
struct sg_dy15_end sg_dy15_flow(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                                const double *w_0, const double *phi_0, uint64_t most);
/* ---- nearby.c */
/* allowed: how large the ledger may have been at the start, when it is supposed to be 0.
 * HUGE_VAL: the start's ledger is known, and counts as it is. */
struct sg_dy15_bound sg_dy15_nearby(struct sg_lab *lab, const struct sg_dy15 *s,
                                    enum sg_dy15_rule rule, const struct sg_dy15_end *end,
                                    double allowed);
/* |trained - predicted| singular values, of all layers together. */
double sg_dy15_error(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                     const double *w);
/* The smallest predicted singular value of a layer. */
double sg_dy15_least(const struct sg_factorisation *f);
/* ---- views.c: representations and sharpness of trained nets, and the largest stable mu */
void sg_dy15_views(struct sg_lab *lab, const struct sg_dy15 *s, const struct sg_dy15_end end[],
                   const struct sg_dy15_bound bound[]);
void sg_dy15_limits(struct sg_lab *lab, struct sg_dy15 *s, const struct sg_dy15_end *end,
                    const struct sg_dy15_bound *bound);
/* Row and value: lambda_max of the Hessian of trained weights. */
void sg_dy15_sharpness(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                       const struct sg_dy15_end *end, const struct sg_dy15_bound *bound,
                       const char *id);
/* ---- sweep.c: smaller and smaller starts that are not balanced; depths, places and kappas */
void sg_dy15_sweep(struct sg_lab *lab, struct sg_dy15 *s, double flow);
void sg_dy15_map(struct sg_lab *lab);
/* N layers with one SG after layer `at`, or after every one (at = 0), on the trial's data. */
struct sg_dy15 *sg_dy15_make_point(struct sg_lab *lab, size_t N, size_t at, double kappa);
/* ---- certify.c.  Row: the predicted minimum attracts (SG_OK) or repels (SG_REFUTED), proved in
 * the first replicate. */
void sg_dy15_certify(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_status wanted);
/* ---- flight.c: a start beside the predicted minimum, which repels, or attracts. */
void sg_dy15_flight(struct sg_lab *lab, struct sg_dy15 *s);
void sg_dy15_return(struct sg_lab *lab, struct sg_dy15 *s);
/* ---- figure.c */
void sg_dy15_draw(struct sg_lab *lab);

#endif
