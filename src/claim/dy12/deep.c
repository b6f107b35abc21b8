/* DY12 at depth, measured: a random global minimum of a deep linear net, noisy data, one SG with
 * layers above it.  phi* moves with those layers, so the joint step is not block triangular, and
 * the orders differ: simultaneous N + S - I, SG first N S, network first S N (deep.h, closed). */
#include <math.h>

#include "claim/dy12/parts.h"
#include "lab/tolerance.h"

enum { ANGLES = 180, DRAWN = 400 };

struct order {
    double *J, *worst, rho, norm, numerical, growth, tolerance;
    size_t k_max;
    double complex *lambda;
};

/* The closed step and its numbers.  Bauer-Fike: dgeev's backward error of order size u |J| times
 * the condition number of the eigenvectors. */
static void fill(struct sg_lab *lab, struct order *o, const struct sg_deep_step *m, int order,
                 double mu, double nu)
{
    const size_t n = m->n;
    double complex *left = SG_TAKE(lab, n * n, double complex);
    double condition = SG_NAN;
    o->J = SG_TAKE(lab, n * n, double);
    o->worst = SG_TAKE(lab, n, double);
    o->lambda = SG_TAKE(lab, n, double complex);
    if (order == 0)
        sg_deep_step_closed(o->J, m, mu, nu);
    else
        sg_closed_deep_normal_sequential(o->J, m->normal, mu, nu, order == 1);
    sg_lab_try(lab, sg_base_eigen_general(o->lambda, left, o->J, n));
    sg_lab_try(lab, sg_base_norm2(&o->norm, o->J, n, n));
    sg_lab_try(lab, sg_approx_eigenvector_condition(&condition, left, n));
    sg_lab_try(lab, sg_approx_numerical_radius(&o->numerical, o->J, n, ANGLES));
    o->rho = cabs(o->lambda[0]);
    o->tolerance = 10 * (double)n * SG_UNIT_ROUNDOFF * o->norm * condition;
    if (!(o->rho < 1))
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "the statement is about stable steps; %s the spectral radius is %.6g; lower "
                    "train.mu or train.nu, or take another minimum",
                    sg_dy12_name[order], o->rho);
}

/* max_k |J^k|, its k and the direction that attains it. */
static void grow(struct sg_lab *lab, struct order *o, const struct sg_deep_step *m)
{
    o->growth = sg_deep_step_worst(lab, o->worst, &o->k_max, m, o->J);
    if (o->k_max >= m->steps)
        sg_lab_stop(
            lab, SG_BUDGET,
            "the largest |J^k| is not seen to be behind within %llu powers; raise train.steps",
            (unsigned long long)m->steps);
}

/* ---- spectra -------------------------------------------------------------------------------- */

/* Two spectra that the statement says differ.  Where layers above the SG move phi* they do, by
 * little at small rates: then what cannot be told apart from rounding shows nothing. */
static void check_apart(struct sg_lab *lab, const struct sg_deep_step *m, const char *id,
                        const char *what, double apart, double tolerance)
{
    const bool told = apart > 10 * tolerance;
    const struct sg_deep *deep = &m->run->deep;
    if (!told && deep->at < deep->n_layers)
        sg_lab_stop(
            lab, SG_BUDGET,
            "two spectra are %.2g apart, which rounding (%.2g) would hide; raise train.mu and "
            "train.nu",
            apart, tolerance);
    sg_lab_fact(lab, SG_CLOSED_FORM, id, what, told,
                "ten times Bauer-Fike's 10 size u |J| cond(eigenvectors)");
}

/* Row: the spectra of N S and S N, eigenvalue by eigenvalue, each with its own condition. */
static void check_sequential(struct sg_lab *lab, const struct order *a, const struct order *b,
                             size_t n)
{
    struct sg_deep_mode *left = SG_TAKE(lab, n, struct sg_deep_mode),
                        *right = SG_TAKE(lab, n, struct sg_deep_mode);
    bool *taken = SG_TAKE(lab, n, bool);
    struct sg_worst worst = {0};
    sg_deep_modes(lab, left, NULL, NULL, a->J, n);
    sg_deep_modes(lab, right, NULL, NULL, b->J, n);
    for (size_t i = 0; i < n; i++) {
        size_t nearest = n;
        for (size_t j = 0; j < n; j++)
            if (!taken[j] && (nearest == n || cabs(left[i].lambda - right[j].lambda) <
                                                  cabs(left[i].lambda - right[nearest].lambda)))
                nearest = j;
        taken[nearest] = true;
        sg_lab_keep_worst(&worst, cabs(left[i].lambda - right[nearest].lambda),
                          left[i].error + right[nearest].error);
    }
    sg_lab_zero(lab, SG_CLOSED_FORM, "deep-sequential",
                "deep: the two sequential spectra, worst eigenvalue", worst.error,
                (struct sg_tol){worst.tolerance,
                                "10 size u |J| times the eigenvalue's condition number, both",
                                a->rho});
}

/* The spectrum that a block triangular step would have: of its two diagonal blocks. */
static void check_spectra(struct sg_lab *lab, const struct sg_deep_step *m,
                          const struct order o[SG_DY12_ORDERS])
{
    const size_t n = m->n;
    double complex *blocks = SG_TAKE(lab, n, double complex);
    for (size_t i = 0; i < n; i++)
        blocks[i] = o[0].J[i * n + i]; /* both are diagonal in these coordinates */
    check_sequential(lab, &o[1], &o[2], n);
    check_apart(lab, m, "deep-simultaneous", "deep: the simultaneous spectrum is another one",
                sg_lab_spectrum_distance(o[0].lambda, o[1].lambda, n),
                o[0].tolerance + o[1].tolerance);
    check_apart(lab, m, "deep-blocks",
                "deep: not block triangular, the spectrum is not that of the diagonal blocks",
                sg_lab_spectrum_distance(blocks, o[0].lambda, n), o[0].tolerance);
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "spectra", "order re im");
    for (int k = -1; k < SG_DY12_ORDERS; k++) /* -1: the diagonal blocks */
        for (size_t i = 0; i < n; i++) {
            const double complex z = k < 0 ? blocks[i] : o[k].lambda[i];
            sg_lab_point(lab, (const double[]){k, creal(z), cimag(z)});
        }
}

/* ---- transients ----------------------------------------------------------------------------- */

static void check_order(struct sg_lab *lab, struct sg_deep_step *m, const struct order *o, int k,
                        double mu, double nu)
{
    const char *id = sg_dy12_id[k], *name = sg_dy12_name[k];
    sg_deep_run_set_timing(m->run, sg_dy12_timing[k]);
    sg_deep_step_check(
        lab, m, sg_lab_format(lab, "deep-step-%s", id),
        sg_lab_format(
            lab, "deep, %s: closed step against finite differences of the step, worst entry", name),
        o->J, mu, nu);
    sg_deep_step_check_transient(
        lab, m, sg_lab_format(lab, "deep-growth-%s", id),
        sg_lab_format(lab,
                      "deep, %s: simulated growth along the worst direction, over max_k "
                      "|J^k|",
                      name),
        o->J, mu, nu);
}

static void draw_transient(struct sg_lab *lab, struct sg_deep_step *m,
                           const struct order o[SG_DY12_ORDERS], double mu, double nu)
{
    double *x = SG_TAKE(lab, m->n, double);
    sg_lab_series(lab, "transient", "order step growth radius_to_the_step");
    for (int k = 0; k < SG_DY12_ORDERS; k++) {
        sg_deep_run_set_timing(m->run, sg_dy12_timing[k]);
        for (size_t i = 0; i < m->n; i++)
            x[i] = m->start * o[k].worst[i];
        sg_deep_step_place(m, x, mu, nu);
        for (int t = 0; t < DRAWN; t++) {
            sg_lab_point(
                lab, (const double[]){k, t, sg_deep_step_distance(m) / m->start, pow(o[k].rho, t)});
            sg_sim_step(m->run->sim, &m->run->batch);
        }
    }
}

/* d/dt |e^{tJ}| at 0 of the flow, in units of 1/mu_unit. */
static double numerical_abscissa(struct sg_lab *lab, const double *J, size_t n, double mu)
{
    double *half = SG_TAKE(lab, n * n, double), *lambda = SG_TAKE(lab, n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            half[i * n + j] = ((J[i * n + j] + J[j * n + i]) / 2 - (i == j)) / mu;
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, NULL, half, n));
    return lambda[0];
}

void sg_dy12_deep(struct sg_lab *lab, struct sg_deep_step *m)
{
    const struct sg_case_train *train = &lab->trial->c->train;
    const double mu = sg_lab_rate(train->mu, train->units, m->mu_unit, SG_NAN);
    const double nu = sg_lab_rate(train->nu, train->units, m->nu_unit, SG_NAN);
    struct order o[SG_DY12_ORDERS] = {{0}};
    for (int k = 0; k < SG_DY12_ORDERS; k++)
        fill(lab, &o[k], m, k, mu, nu);
    if (lab->status != SG_OK)
        return;
    check_spectra(lab, m, o);
    for (int k = 0; k < SG_DY12_ORDERS && lab->status == SG_OK; k++)
        grow(lab, &o[k], m);
    if (lab->status != SG_OK)
        return;
    for (int k = 0; k < SG_DY12_ORDERS; k++)
        check_order(lab, m, &o[k], k, mu, nu);
    sg_lab_note(
        lab,
        "simultaneous, SG first, network first: spectral radius %.4g %.4g %.4g, numerical radius "
        "%.4g %.4g "
        "%.4g, |J| %.4g %.4g %.4g, max_k |J^k| %.4g %.4g %.4g; numerical abscissa of the flow %.4g",
        o[0].rho, o[1].rho, o[2].rho, o[0].numerical, o[1].numerical, o[2].numerical, o[0].norm,
        o[1].norm, o[2].norm, o[0].growth, o[1].growth, o[2].growth,
        numerical_abscissa(lab, o[0].J, m->n, train->mu));
    if (lab->trial->figure && lab->status == SG_OK)
        draw_transient(lab, m, o, mu, nu);
    sg_dy12_deep_course(lab, m, mu, nu);
}
