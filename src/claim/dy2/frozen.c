/* A frozen SG on a case's regression, and the rate at which it stops converging, by simulation. */
#include <math.h>
#include <string.h>

#include "claim/dy2/parts.h"
#include "lab/matrix.h"

static const double SKEW = 2;     /* K with several outputs */
static const double WIDTH = 2e-4; /* bisection stops at this relative width */

struct sg_frozen sg_frozen_make(struct sg_lab *lab, struct sg_shallow *s, const double complex *a,
                                struct sg_rng *rng)
{
    const size_t m = s->fit->m, n_phi = s->fit->q * m;
    struct sg_frozen f = {.s = s,
                          .phi = SG_TAKE(lab, n_phi, double),
                          .limit = SG_TAKE(lab, s->n_w, double),
                          .K = m > 1 ? SKEW : 1,
                          .critical = sg_closed_frozen_critical(a, m, s->rate_x.largest)};
    memcpy(f.a, a, m * sizeof *a);
    sg_lab_matrix(lab, f.phi, a, m, f.K, rng);
    sg_base_rng_gaussians(f.phi + m * m, n_phi - m * m, rng);
    sg_lab_try(lab, sg_closed_frozen_limit(f.limit, s->fit, SG_TAKE(lab, s->n_w, double), f.phi));
    memcpy(s->fixed, f.limit, s->n_w * sizeof *s->fixed);
    if (s->spectral)
        sg_sim_spectral_from_w(s->fixed, s->spectral, f.limit);
    memcpy(s->fixed + s->n_w, f.phi, n_phi * sizeof *f.phi);
    return f;
}

double sg_frozen_radius(const struct sg_frozen *f, double mu, double lambda)
{
    double rho = 0;
    for (size_t j = 0; j < f->s->fit->m; j++)
        rho = fmax(rho, cabs(1 - mu * lambda * f->a[j]));
    return rho;
}

double sg_frozen_log_radius(const struct sg_frozen *f, double mu, double lambda)
{
    double most = -HUGE_VAL;
    for (size_t j = 0; j < f->s->fit->m; j++) {
        const double complex z = mu * lambda * f->a[j];
        most = fmax(most, log1p(cabs(z) * cabs(z) - 2 * creal(z)) / 2);
    }
    return most;
}

/* Along the top eigenvector of S_x and the invariant plane of the eigenvalue a_j that is hardest on
 * mu (or worst off), with a third of noise in the modes that move. */
double *sg_frozen_offset(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng)
{
    const struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    const size_t d = fit->d, m = fit->m;
    double complex *a = SG_TAKE(lab, m, double complex),
                   *left = SG_TAKE(lab, m * m, double complex);
    double *mode = SG_TAKE(lab, d * m, double), *offset = SG_TAKE(lab, s->size, double);
    double hardest = HUGE_VAL, norm = 0;
    size_t at = 0;
    sg_lab_try(lab, sg_base_eigen_general(a, left, f->phi, m));
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
    return offset;
}

double sg_frozen_find_limit(struct sg_lab *lab, const struct sg_frozen *f, double steps,
                            struct sg_rng *rng)
{
    struct sg_shallow *s = f->s;
    double top = 0;
    for (size_t j = 0; j < s->fit->m; j++)
        top += cabs(f->a[j]);
    /* From a rate that leaves |1 - mu lambda a| < 1 by Re a > |a| / 100 alone. */
    return sg_shallow_bisect(s, sg_frozen_offset(lab, f, rng), true, s->nu,
                             0.01 / (top * s->rate_x.largest), WIDTH, (uint64_t)steps);
}

/* When a fate is judged the growth per step is off by ln(400 K) / steps at most: a hundredfold, and
 * 4 for the noise beside the critical mode, 1 + 1/3 over its 1 - 1/3 twice.  At the limit d ln|1 -
 * mu lambda a| / d ln(mu) = 2 (Re a / |a|)^2. */
struct sg_tol sg_frozen_limit_tolerance(const struct sg_frozen *f, double steps)
{
    double slope = HUGE_VAL;
    for (size_t j = 0; j < f->s->fit->m; j++) {
        const double cosine = creal(f->a[j]) / cabs(f->a[j]);
        slope = fmin(slope, 2 * cosine * cosine);
    }
    return (struct sg_tol){WIDTH + log(400 * f->K) / (steps * slope),
                           "bisection width + ln(400 K) / (steps 2 cos^2 arg(a))", 0};
}
