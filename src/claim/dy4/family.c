/* DY4: that it is a family of fixed points, its Jacobian and spectrum. */
#include <math.h>
#include <string.h>

#include "claim/dy4/parts.h"
#include "lab/tolerance.h"

static void copy_state(double *state, const struct sg_shallow *s)
{
    memcpy(state, sg_sim_w(s->sim), s->n_w * sizeof *state);
    memcpy(state + s->n_w, sg_sim_phi(s->sim), s->n_phi * sizeof *state);
}

/* One step from (W*, phi) moves by what rounding leaves.  p - y is at most N u of its terms
 * (dgelsd's residual and the product), s = (p - y) (I + C) and s - g the same to the rounding of
 * their sums; N = rows + d + q, and the states are stored to u.  Scale: a step of s or s - g of the
 * size of y. */
static void check_fixed(struct sg_ray *r, double t)
{
    struct sg_shallow *s = r->s;
    const struct sg_fit *fit = s->fit;
    const double N = (double)(s->rows.n + fit->d + fit->q), n = (double)s->rows.n;
    double *before = SG_TAKE(r->lab, s->size, double), *after = SG_TAKE(r->lab, s->size, double);
    double trace_x = 0, trace_z = 0;
    for (size_t i = 0; i < fit->d; i++)
        trace_x += fit->lambda_x[i];
    for (size_t i = 0; i < fit->q; i++)
        trace_z += fit->lambda_z[i];
    sg_ray_place(r->offset, r, t, before, 0);
    sg_shallow_start(s, r->offset, s->mu, s->nu);
    copy_state(before, s);
    sg_sim_step(s->sim, &s->batch);
    copy_state(after, s);
    for (size_t i = 0; i < s->size; i++)
        after[i] -= before[i];
    const double y = sg_base_norm(s->rows.y, s->rows.n * fit->m) / sqrt(n);
    const double phi = sg_base_norm(r->phi, s->n_phi), stored = sg_base_norm(before, s->size);
    const double terms = (sqrt(trace_x) * s->w_norm + 2 * y) * (1 + phi);
    const double step = s->mu * sqrt(trace_x) + s->nu * sqrt(trace_z);
    sg_lab_zero(r->lab, SG_SIMULATED, "fixed",
                "a step from (W*, phi* + (C, -C, 0)) moves nothing, largest move",
                sg_base_norm(after, s->size),
                (struct sg_tol){SG_UNIT_ROUNDOFF * (step * N * terms + stored),
                                "rounding of s and of s - g: N u of their terms", step * y});
}

/* The family is all there is: J - I has a null space of exactly m^2 dimensions where C + I is
 * nonsingular.  Rates scale its rows and not its null space: here they are 1.  Where others than
 * the family's may be at rounding level, the data being near to singular, nothing is decided. */
static void check_dimension(struct sg_ray *r)
{
    const struct sg_shallow *s = r->s;
    const size_t size = s->size, square = s->fit->m * s->fit->m;
    double *a = SG_TAKE(r->lab, size * size, double), *sigma = SG_TAKE(r->lab, size, double);
    sg_closed_joint_jacobian(a, &s->rows, s->fit->w, r->phi, 1, 1);
    for (size_t i = 0; i < size; i++)
        a[i * size + i] -= 1;
    sg_lab_try(r->lab, sg_base_singular_values(sigma, a, size, size));
    const double relative = 10 * (double)(size + s->rows.n) * SG_UNIT_ROUNDOFF;
    const double near =
        s->rate_x.smallest / s->rate_x.largest * s->rate_z.smallest / s->rate_z.largest;
    size_t null = 0;
    for (size_t i = 0; i < size; i++)
        null += sigma[i] <= relative * sigma[0];
    if (null > square && near < 10 * relative)
        sg_lab_stop(r->lab, SG_HYPOTHESIS,
                    "the data are too near to singular for the dimension of the family: S_x's and "
                    "S_z's eigenvalues span %.2g; take a smaller condition number",
                    1 / near);
    sg_lab_count(r->lab, SG_CLOSED_FORM, "dimension",
                 "dimension of the family, from the singular values of J - I, against m^2", null,
                 square, "exact count, zero below 10 N u sigma_max");
}

static void check_spectrum(struct sg_ray *r)
{
    const struct sg_shallow *s = r->s;
    double complex *closed = SG_TAKE(r->lab, s->size, double complex);
    double condition = SG_NAN;
    sg_lab_try(r->lab, sg_closed_line_spectrum(closed, r->line, r->c, s->mu, s->nu));
    sg_lab_try(r->lab, sg_closed_line_condition(&condition, r->line, r->c, s->mu, s->nu));
    sg_lab_spectrum(r->lab, SG_CLOSED_FORM, "spectrum",
                    "spectrum on the family, S_x = I: closed form against dgeev of the Jacobian, "
                    "largest distance",
                    NULL, r->jacobian, closed, s->size,
                    sg_tol_dgeev(r->lab, r->jacobian, s->size, condition * r->skew));
}

static void check_jacobian(struct sg_ray *r)
{
    struct sg_shallow *s = r->s;
    const size_t size = s->size;
    double *form = SG_TAKE(r->lab, size * size, double), *state = SG_TAKE(r->lab, size, double);
    double *differences = SG_TAKE(r->lab, size * size, double), bound;
    memcpy(form, r->jacobian, size * size * sizeof *form);
    memcpy(state, s->fixed, s->n_w * sizeof *state);
    memcpy(state + s->n_w, r->phi, s->n_phi * sizeof *state);
    sg_shallow_to_form(form, s);
    sg_sim_restart(s->sim, state, state + s->n_w, s->mu, s->nu);
    sg_approx_step_jacobian(differences, &bound, s->sim, state, &s->batch);
    sg_lab_same(r->lab, SG_SIMULATED, "jacobian",
                "Jacobian on the family: analytic against finite differences of the simulated "
                "step, largest entry",
                form, differences, size * size, sg_shallow_jacobian_tolerance(s, bound));
}

void sg_dy4_check_family(struct sg_ray *r, double t)
{
    sg_ray_at(r, t);
    check_fixed(r, t);
    check_dimension(r);
    check_jacobian(r);
    if (r->line)
        check_spectrum(r);
}
