/* A frozen SG on a case's regression, and the rate at which it stops converging, by simulation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy2/frozen.h"

static const double SKEW = 2;             /* K with several outputs */
static const double WIDTH = 2e-4;         /* bisection stops at this relative width */

enum sg_status sg_frozen_start(struct sg_frozen *f, struct sg_shallow *s, const double complex *a, struct sg_rng *rng)
{
    const size_t m = s->fit->m, size_phi = s->fit->q * m;
    double *zero = SG_NEW(s->n_w, double);
    *f = (struct sg_frozen){.s = s, .phi = SG_NEW(size_phi, double), .limit = SG_NEW(s->n_w, double), .K = m > 1 ? SKEW : 1};
    memcpy(f->a, a, m * sizeof *a);
    f->critical = sg_closed_frozen_critical(a, m, s->rate_x.largest);
    enum sg_status status = sg_claim_matrix(f->phi, a, m, f->K, rng);
    sg_base_rng_gaussians(f->phi + m * m, size_phi - m * m, rng);
    if (status == SG_OK)
        status = sg_closed_frozen_limit(f->limit, s->fit, zero, f->phi);
    memcpy(s->fixed, f->limit, s->n_w * sizeof *s->fixed);
    if (s->spectral)
        sg_sim_spectral_from_w(s->fixed, s->spectral, f->limit);
    memcpy(s->fixed + s->n_w, f->phi, size_phi * sizeof *f->phi);
    free(zero);
    return status;
}

void sg_frozen_end(struct sg_frozen *f)
{
    free(f->phi);
    free(f->limit);
}

/* Where fate is decided: along the top eigenvector of S_x and the invariant plane of the eigenvalue a_j that is hardest on mu (or worst off),
 * with a third of noise in the modes that move. */
enum sg_status sg_frozen_critical_offset(double *offset, const struct sg_frozen *f, struct sg_rng *rng)
{
    const struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    const size_t d = fit->d, m = fit->m;
    double complex *a = SG_NEW(m, double complex), *left = SG_NEW(m * m, double complex);
    double *mode = SG_NEW(d * m, double), hardest = HUGE_VAL, norm = 0;
    const enum sg_status status = sg_base_eigen_general(a, left, f->phi, m);
    size_t at = 0;
    for (size_t j = 0; j < m; j++) {
        const double ease = creal(a[j]) / (cabs(a[j]) * cabs(a[j]));
        at = ease < hardest ? j : at;
        hardest = fmin(hardest, ease);
    }
    sg_base_rng_direction(mode, fit->rank * m, rng);
    for (size_t j = 0; j < m; j++)
        norm = hypot(norm, creal(left[at * m + j]));
    for (size_t i = 0; i < d * m; i++)
        mode[i] = s->w_norm * (mode[i] / 3 + (i < m ? creal(left[at * m + i]) / norm : 0));
    sg_base_mul(offset, fit->v_x, mode, d, d, m);
    free(a);
    free(left);
    free(mode);
    return status;
}

/* Growth per step is off by ln(100 K) / steps at most when a fate is judged; d ln|1 - mu lambda a| / d ln(mu) = 2 (Re a / |a|)^2 at the limit. */
enum sg_status sg_frozen_find_limit(double *found, double *tolerance, struct sg_frozen *f, uint64_t steps, struct sg_rng *rng)
{
    struct sg_shallow *s = f->s;
    double *offset = SG_NEW(s->size, double), slope = HUGE_VAL, top = 0;
    const enum sg_status status = sg_frozen_critical_offset(offset, f, rng);
    for (size_t j = 0; j < s->fit->m; j++) {
        const double cosine = creal(f->a[j]) / cabs(f->a[j]);
        top += cabs(f->a[j]);
        slope = fmin(slope, 2 * cosine * cosine);
    }
    /* From a rate that leaves |1 - mu lambda a| < 1 by Re a > |a| / 100 alone. */
    *found = sg_shallow_bisect(s, offset, true, s->nu, 0.01 / (top * s->rate_x.largest), WIDTH, steps);
    *tolerance = WIDTH + log(100 * 4 * f->K) / ((double)steps * slope);   /* 4: the noise beside the critical mode, 1 + 1/3 over its 1 - 1/3 twice */
    free(offset);
    return status;
}
