/* DY3: the joint spectrum of linear regression and its SG on noisy data, and what follows from it.
 *
 * J at (w*, phi*) is [[I - mu S_x, -mu E[x z^T]], [0, I - nu S_z]].  Its eigenvalues are
 * {1 - mu lambda_i(S_x)} U {1 - nu lambda_j(S_z)}, each m-fold.  It is stable iff
 * mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z); the asymptotic rate is the largest modulus. */
#include <math.h>

#include "claim/dy3/parts.h"
#include "lab/tolerance.h"

/* Closed form, dgeev of the analytic Jacobian, and of finite differences of the simulated step. */
static void check_spectra(struct sg_lab *lab, struct sg_shallow *s)
{
    const size_t N = s->size;
    const double cond_T = sg_closed_joint_condition(s->fit, s->mu, s->nu);
    double *real = SG_TAKE(lab, N, double), *J = SG_TAKE(lab, N * N, double),
           *J_fd = SG_TAKE(lab, N * N, double);
    double complex *closed = SG_TAKE(lab, N, double complex),
                   *lambda = SG_TAKE(lab, N, double complex);
    double complex *lambda_fd = SG_TAKE(lab, N, double complex);
    double fd_bound;
    sg_closed_joint_spectrum(real, s->fit, s->mu, s->nu);
    sg_closed_joint_jacobian(J, &s->rows, s->fit->w, s->exact_sg, s->mu, s->nu);
    sg_shallow_to_form(J, s);
    sg_approx_step_jacobian(J_fd, &fd_bound, s->sim, s->fixed, &s->batch);
    for (size_t i = 0; i < N; i++)
        closed[i] = real[i];
    sg_lab_spectrum(
        lab, SG_CLOSED_FORM, "spectrum",
        "spectrum: closed form against dgeev of the analytic Jacobian, largest distance", lambda, J,
        closed, N, sg_tol_dgeev_blocks(lab, J, N, s->n_w));
    sg_lab_same(
        lab, SG_SIMULATED, "jacobian",
        "Jacobian: analytic against finite differences of the simulated step, largest entry", J,
        J_fd, N * N, sg_shallow_jacobian_tolerance(s, fd_bound));
    sg_lab_spectrum(
        lab, SG_SIMULATED, "spectrum-fd",
        "spectrum: closed form against dgeev of the finite-difference Jacobian, largest distance",
        lambda_fd, J_fd, closed, N, sg_tol_dgeev_blocks_near(lab, J, J_fd, N, s->n_w, cond_T));
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "spectrum", "closed analytic_re analytic_im difference_re difference_im");
    for (size_t i = 0; i < N; i++)
        sg_lab_point(lab, (const double[]){real[i], creal(lambda[i]), cimag(lambda[i]),
                                           creal(lambda_fd[i]), cimag(lambda_fd[i])});
}

/* The fastest rate of a block is where its two ends contract alike: |1 - mu lambda| is convex in
 * lambda, so an end is slowest. */
static void check_fastest(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_rates *rate[] = {&s->rate_x, &s->rate_z};
    for (int k = 0; k < 2; k++) {
        const struct sg_rates *r = rate[k];
        const double top = fabs(1 - r->optimal * r->largest),
                     bottom = fabs(1 - r->optimal * r->smallest);
        sg_lab_zero(lab, SG_CLOSED_FORM, "fastest",
                    "fastest rates: both ends of a spectrum contract alike, and as stated",
                    fmax(fabs(top - bottom), fabs(top - r->contraction)),
                    sg_tol_rounding(10, 1, "10 u"));
    }
}

void sg_dy3_returns(struct sg_lab *lab, struct sg_shallow *s, double steps, double limit)
{
    double *offset = SG_TAKE(lab, s->size, double);
    sg_shallow_offset(offset, s, SG_DY3_START * s->w_norm, sg_lab_rng(lab, "return"));
    const enum sg_fate fate = sg_shallow_fate(s, offset, s->mu, s->nu, (uint64_t)steps);
    sg_lab_fact(lab, SG_SIMULATED, "returns",
                "at the case's rates a start near the fixed point returns", fate == SG_RETURNS,
                "a hundredfold");
    const bool mu = s->mu >= limit * s->rate_x.critical, nu = s->nu >= limit * s->rate_z.critical;
    if (fate == SG_LEAVES && (mu || nu))
        sg_lab_note(
            lab,
            "%s is beyond its limit and the start leaves, as the statement says; take less than "
            "%g/lambda_max (%g in critical units)",
            mu && nu ? "each of mu and nu"
            : mu     ? "mu"
                     : "nu",
            2 * limit, limit);
}

static void gradient_descent(struct sg_lab *lab, struct sg_shallow *s)
{
    check_spectra(lab, s);
    if (!sg_dy3_affords(lab, s))
        return;
    sg_dy3_returns(lab, s,
                   fmax(sg_dy3_steps_to_shrink(s, 100, s->mu, s->nu), (double)s->c->train.steps),
                   1);
    sg_dy3_contraction(lab, s);
    check_fastest(lab, s);
    sg_dy3_limits(lab, s, 0);
    sg_dy3_explained(lab, s);
    sg_dy3_certify(lab, s);
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_shallow *s = on;
    if (s->c->train.optimiser == SG_MOMENTUM)
        sg_dy3_momentum(lab, s);
    else
        gradient_descent(lab, s);
}

const struct sg_claim sg_claim_dy3 = {
    .id = "DY3",
    .name = "dy3_joint_spectrum",
    .title = "joint spectrum of linear regression and its SG",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION SG_READS_FULL_SG
    " train.form train.order=simultaneous train.units train.mu train.nu train.steps"
    " train.optimiser=gd|momentum train.beta1",
    .supposes = (const struct sg_hypothesis *const[]){&sg_shallow_x_nonsingular, &sg_shallow_noisy,
                                                      &sg_shallow_z_nonsingular, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement =
        "Linear regression under MSE with a linear, label-conditioned SG at the output; noisy "
        "data (r* != 0), S_x and S_z nonsingular.  The Jacobian of one joint step at (w*, A = I, "
        "B = -I, C = 0) is block triangular with the eigenvalues {1 - mu lambda_i(S_x)} and {1 - "
        "nu lambda_j(S_z)}, z = (p*, y, 1), each m-fold.  So the fixed point is stable iff mu < "
        "2/lambda_max(S_x) and nu < 2/lambda_max(S_z), training contracts asymptotically by the "
        "largest modulus, and the fastest rates are 2/(lambda_max + lambda_min).  Under heavy ball "
        "(beta) on both parts an eigenvalue 1 - a becomes the roots of l^2 - (1 + beta - a) l + "
        "beta, and the limits are 2 (1 + beta)/lambda_max.  The better the fit, the slower the SG: "
        "with 1 in col X and a target centred and scaled, S_z has the eigenvalues 1 and (1 + R^2 "
        "+- sqrt((1 - R^2)^2 + 4 R^4))/2, the smallest near (1 - R^2)/2 as R^2 -> 1.",
};
