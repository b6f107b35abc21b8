/* frozen.h - private to DY2: a case's regression driven by an SG that does not learn. */
#ifndef SG_CLAIM_FROZEN_H
#define SG_CLAIM_FROZEN_H

#include "lab/old.h"

enum { SG_FROZEN_OUTPUTS_MOST = 64 };

struct sg_frozen {
    struct sg_shallow *s;
    double complex a[SG_FROZEN_OUTPUTS_MOST];   /* eigenvalues of A */
    double *phi;                          /* (A; B; C), q x m */
    double *limit;                        /* W_inf from W_0 = 0, d x m */
    double K;                             /* condition number of A's eigenvectors */
    double critical;                      /* the rate below which it converges */
};
/* A random frozen SG with these eigenvalues of A; s steps, from now on, around (W_inf, phi).  sg_frozen_end it whatever the status. */
enum sg_status sg_frozen_start(struct sg_frozen *f, struct sg_shallow *s, const double complex *a, struct sg_rng *rng) SG_MUST_CHECK;
void sg_frozen_end(struct sg_frozen *f);
/* A start in which the mode that is hardest on mu, or worst off, stands out. */
enum sg_status sg_frozen_critical_offset(double *offset, const struct sg_frozen *f, struct sg_rng *rng) SG_MUST_CHECK;
/* The limit of mu by bisection on whether such a start leaves within `steps`, and its relative tolerance. */
enum sg_status sg_frozen_find_limit(double *found, double *tolerance, struct sg_frozen *f, uint64_t steps, struct sg_rng *rng) SG_MUST_CHECK;

/* The figure's series, two outputs (frozen_figure.c). */
enum sg_status sg_frozen_draw_disc(struct sg_evidence *ev, struct sg_shallow *s, struct sg_rng *rng) SG_MUST_CHECK;
enum sg_status sg_frozen_draw_spirals(struct sg_evidence *ev, struct sg_frozen *f, struct sg_rng *rng) SG_MUST_CHECK;

#endif
