/* parts.h - private to DY2: a case's regression driven by an SG that does not learn. */
#ifndef SG_CLAIM_DY2_PARTS_H
#define SG_CLAIM_DY2_PARTS_H

#include "lab/shallow.h"

enum { SG_FROZEN_OUTPUTS_MOST = 64 };

struct sg_frozen {
    struct sg_shallow *s;
    double complex a[SG_FROZEN_OUTPUTS_MOST]; /* eigenvalues of A */
    double *phi;                              /* (A; B; C), q x m */
    double *limit;                            /* W_inf from W_0 = 0, d x m */
    double K;                                 /* condition number of A's eigenvectors */
    double critical;                          /* the rate below which it converges */
};
/* A random frozen SG with these eigenvalues of A.  s steps, from now on, around (W_inf, phi). */
struct sg_frozen sg_frozen_make(struct sg_lab *lab, struct sg_shallow *s, const double complex *a,
                                struct sg_rng *rng);
/* A start in which the mode that is hardest on mu, or worst off, stands out; the lab's. */
double *sg_frozen_offset(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng);
/* The limit of mu by bisection on whether such a start leaves within `steps`. */
double sg_frozen_find_limit(struct sg_lab *lab, const struct sg_frozen *f, double steps,
                            struct sg_rng *rng);
/* Its relative tolerance. */
struct sg_tol sg_frozen_limit_tolerance(const struct sg_frozen *f, double steps);
/* max_j |1 - mu lambda a_j|. */
double sg_frozen_radius(const struct sg_frozen *f, double mu, double lambda);
/* Its logarithm, with all its digits for small rates. */
double sg_frozen_log_radius(const struct sg_frozen *f, double mu, double lambda);

/* One rate: rows "steps-ID" and, where it rests, "rest-ID", about the rate in words. */
struct sg_dy2_rate {
    const char *id, *words;
    double mu;
    bool rests;
};
/* Every mode of every step against powers of I - mu lambda_i A, and W at rest against least
 * squares. */
void sg_dy2_check_rate(struct sg_lab *lab, const struct sg_frozen *f, struct sg_dy2_rate rate,
                       struct sg_rng *rng);
/* The limit in ball arithmetic. */
void sg_dy2_certify(struct sg_lab *lab, const struct sg_frozen *f, double mu);

/* The figure's series, two outputs. */
void sg_dy2_draw_disc(struct sg_lab *lab, struct sg_shallow *s, struct sg_rng *rng);
void sg_dy2_draw_spirals(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng);

#endif
