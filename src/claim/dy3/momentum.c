/* DY3 under heavy ball on both parts, in the coordinates (theta, theta - theta before).
 *
 * A computed spectrum is that of A + E, E of dgeev's size or the difference of two Jacobians.  Two
 * bounds on how far an eigenvalue moves, of which the smaller is taken:
 *
 *     Bauer-Fike: |E| cond(T) cond(B), T the basis of J's eigenvectors, and cond(B) the largest of
 *     the bases of the 2 x 2 blocks [[1 - a, beta], [-a, beta]];
 *     max(theta, theta^(1/4)), theta = |E| (1 + |A| + |A|^2 + |A|^3): in the eigenbases of S_x and
 *     S_z and a Schur basis of each block A is a diagonal plus N with N^4 = 0 and |N| <= |A| (Golub
 *     and Van Loan, Matrix Computations, theorem 7.2.3).  Finite where eigenvalues meet. */
#include <math.h>
#include <string.h>

#include "claim/dy3/parts.h"
#include "lab/tolerance.h"

static double norm2(struct sg_lab *lab, const double *a, size_t n)
{
    double norm = SG_NAN;
    sg_lab_try(lab, sg_base_norm2(&norm, a, n, n));
    return norm;
}

/* Eigenvectors of a block for l: (l, l - 1).  Two unit vectors of inner product c, |c| < 1, are a
 * basis of condition number sqrt((1 + |c|) / (1 - |c|)). */
static double block_condition(double a, double beta)
{
    double complex l[2];
    sg_closed_momentum_roots(l, a, beta);
    const double complex inner = conj(l[0]) * l[1] + conj(l[0] - 1) * (l[1] - 1);
    const double c = cabs(inner) / (hypot(cabs(l[0]), cabs(l[0] - 1)) *
                                    hypot(cabs(l[1]), cabs(l[1] - 1)));
    return c < 1 ? sqrt((1 + c) / (1 - c)) : HUGE_VAL;
}

static double condition(const struct sg_shallow *s, double beta)
{
    const struct sg_fit *f = s->fit;
    double worst = 1;
    for (size_t i = 0; i < f->d; i++)
        worst = fmax(worst, block_condition(s->mu * f->lambda_x[i], beta));
    for (size_t j = 0; j < f->q; j++)
        worst = fmax(worst, block_condition(s->nu * f->lambda_z[j], beta));
    return worst * sg_closed_joint_condition(f, s->mu, s->nu);
}

static struct sg_tol moved(double E, double A, double cond)
{
    const double theta = E * (1 + A + A * A + A * A * A), apart = fmax(theta, pow(theta, 0.25));
    return E * cond < apart
               ? (struct sg_tol){E * cond, "Bauer-Fike: |E| cond(T) cond(2 x 2 blocks)", 0}
               : (struct sg_tol){apart, "theta^(1/4), theta = |E| (1 + |A| + |A|^2 + |A|^3)", 0};
}

/* From the simulator's (theta, m) to (theta, theta - theta before), which is -eta m.  Returns by
 * how much an entry's error may grow. */
static double to_differences(double *F, const struct sg_shallow *s)
{
    const size_t size = s->size, twice = 2 * size;
    for (size_t i = 0; i < size; i++) {
        const double eta = i < s->n_w ? s->mu : s->nu;
        for (size_t j = 0; j < twice; j++)
            F[(size + i) * twice + j] *= -eta;
        for (size_t j = 0; j < twice; j++)
            F[j * twice + size + i] /= -eta;
    }
    return fmax(1, fmax(s->mu, s->nu)) * fmax(1, 1 / fmin(s->mu, s->nu));
}

static void check_spectra(struct sg_lab *lab, struct sg_shallow *s, double beta)
{
    const size_t size = s->size, N = 2 * size;
    double *J = SG_TAKE(lab, size * size, double), *A = SG_TAKE(lab, N * N, double),
           *F = SG_TAKE(lab, N * N, double), *E = SG_TAKE(lab, N * N, double),
           *state = SG_TAKE(lab, N, double), fd;
    double complex *closed = SG_TAKE(lab, N, double complex),
                   *analytic = SG_TAKE(lab, N, double complex),
                   *differences = SG_TAKE(lab, N, double complex);
    sg_closed_momentum_spectrum(closed, s->fit, s->mu, s->nu, beta);
    sg_closed_joint_jacobian(J, &s->rows, s->fit->w, s->exact_sg, s->mu, s->nu);
    sg_shallow_to_form(J, s);
    sg_closed_momentum_jacobian(A, J, size, beta);
    memcpy(state, s->fixed, size * sizeof *state); /* at rest: m = 0 */
    sg_approx_step_jacobian(F, &fd, s->sim, state, &s->batch);
    const double grown = to_differences(F, s);
    for (size_t i = 0; i < N * N; i++)
        E[i] = A[i] - F[i];
    const double norm = norm2(lab, A, N), cond = condition(s, beta);
    const double dgeev = 10 * ((double)N * SG_UNIT_ROUNDOFF * norm);
    sg_lab_spectrum(lab, SG_CLOSED_FORM, "spectrum",
                    "spectrum under momentum: closed form against dgeev of the analytic Jacobian, "
                    "largest distance",
                    analytic, A, closed, N, moved(dgeev, norm, cond));
    sg_lab_same(lab, SG_SIMULATED, "jacobian",
                "Jacobian under momentum: analytic against finite differences of the simulated "
                "step, largest entry",
                A, F, N * N, sg_shallow_jacobian_tolerance(s, grown * fd));
    sg_lab_spectrum(lab, SG_SIMULATED, "spectrum-fd",
                    "spectrum under momentum: closed form against dgeev of the finite-difference "
                    "Jacobian, largest distance",
                    differences, F, closed, N, moved(dgeev + norm2(lab, E, N), norm, cond));
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "spectrum", "closed_re closed_im difference_re difference_im root_beta");
    for (size_t i = 0; i < N; i++)
        sg_lab_point(lab, (const double[]){creal(closed[i]), cimag(closed[i]),
                                           creal(differences[i]), cimag(differences[i]),
                                           sqrt(beta)});
}

/* Steps enough to shrink any start by `factor`.  With r >= rho, r >= 1/2, the powers of a block are
 * at most 7 (k + 1) r^(k-2), as M^k = U_{k-1} M - beta U_{k-2}, |U_k| <= (k + 1) r^k; the corner,
 * of norm b <= sqrt(2) mu |E[x^T z]|, adds their convolution: |A^k| <= 70 (1 + b) (k + 1)^3
 * r^(k-5). */
static double steps_to_shrink(const struct sg_shallow *s, double rho, double factor)
{
    const double r = fmax(rho, 0.5), rate = -log(r),
                 b = M_SQRT2 * s->mu * sqrt(s->rate_x.largest * s->rate_z.largest);
    double k = 0;
    for (int i = 0; i < 60 && rho < 1; i++)
        k = 5 + (log(factor * 70 * (1 + b)) + 3 * log1p(k)) / rate;
    return k;
}

void sg_dy3_momentum(struct sg_lab *lab, struct sg_shallow *s)
{
    const double beta = s->c->train.beta1;
    const double rho = sg_closed_momentum_radius(s->fit, s->mu, s->nu, beta);
    const double needed = steps_to_shrink(s, rho, 100);
    check_spectra(lab, s, beta);
    if (!sg_shallow_affords(lab, s, needed,
                            "take rates further from 0 and from the limits, a beta1 further from "
                            "1, data of a smaller condition number, or raise train.steps"))
        return;
    sg_dy3_returns(lab, s, fmax(needed, (double)s->c->train.steps), 1 + beta);
    sg_dy3_limits(lab, s, beta);
    sg_dy3_certify_momentum(lab, s, beta);
    sg_lab_note(lab, "heavy ball: stable below %.4g/lambda_max, spectral radius %.6g",
                2 * (1 + beta), rho);
}
