/* DY8, the experiment "main": one global minimum, its eigenvalues across the family of fixed
 * points, and the growth of a start near it. */
#include <math.h>

#include "claim/dy8/parts.h"
#include "lab/own.h"

/* ---- eigenvalues ------------------------------------------------------------------------ */

struct sg_deep_mode sg_dy8_top(const struct sg_deep_mode *mode, size_t n)
{
    struct sg_deep_mode top = {-HUGE_VAL, SG_NAN, SG_NAN};
    for (size_t i = 0; i < n; i++)
        if (sg_deep_mode_off_zero(&mode[i]) && creal(mode[i].lambda) > creal(top.lambda))
            top = mode[i];
    return top;
}

size_t sg_dy8_positive(bool *clear, const struct sg_deep_mode *mode, size_t n)
{
    size_t positive = 0;
    *clear = true;
    for (size_t i = 0; i < n; i++) {
        *clear = *clear && sg_deep_mode_off_zero(&mode[i]);
        positive += cimag(mode[i].lambda) == 0 && sg_deep_mode_side(&mode[i]) > 0;
    }
    return positive;
}

struct sg_deep_mode *sg_dy8_reduced(struct sg_lab *lab, size_t *r, const struct sg_deep *deep,
                                    const double *w, const double *phi, const double *moments,
                                    double kappa)
{
    *r = sg_closed_deep_reduced_size(deep);
    double *J = SG_TAKE(lab, *r * *r, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, *r, struct sg_deep_mode);
    sg_lab_try(lab, sg_closed_deep_reduced(J, deep, w, phi, moments, kappa));
    sg_deep_modes(lab, mode, NULL, NULL, J, *r);
    return mode;
}

/* The modes of the flow on the quotient by the family, where no eigenvalue is a structural zero, in
 * the coordinates v_i . dw, u_j . psi: there the errors of all eigenvectors are of size u |J|. */
struct sg_deep_mode *sg_dy8_modes_at(struct sg_lab *lab, const struct sg_dy8 *m, double kappa,
                                     double complex *left, double complex *right)
{
    const size_t n = m->n;
    double *J = SG_TAKE(lab, n * n, double), *unit = SG_TAKE(lab, n * n, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, n, struct sg_deep_mode);
    sg_closed_deep_normal_flow(unit, m->normal, 1, 1);   /* its diagonal is -lambda_i, -gamma_j */
    sg_closed_deep_normal_flow(J, m->normal, 1, kappa);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            J[i * n + j] *= sqrt(unit[j * n + j] / unit[i * n + i]);
    sg_deep_modes(lab, mode, left, right, J, n);
    return mode;
}

static void look(struct sg_lab *lab, struct sg_dy8 *m)
{
    const struct sg_deep_run *s = m->run;
    const enum sg_status status = sg_closed_deep_normal_alloc(&m->normal, &s->deep, s->fixed,
                                                              s->moments);
    sg_lab_own_normal(lab, m->normal);
    if (status != SG_OK) {
        sg_lab_stop(lab, status, "the Hessian at the weights is not positive semidefinite to "
                    "rounding: S or R is too ill-conditioned");
        return;
    }
    const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(m->normal);
    m->n = sizes.w + sizes.phi;
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, s->nu / s->mu, NULL, NULL);
    m->top = mode[0];
    m->attracts = true;
    for (size_t i = 0; i < m->n; i++) {
        if (creal(mode[i].lambda) > creal(m->top.lambda))
            m->top = mode[i];
        m->attracts = m->attracts && sg_deep_mode_side(&mode[i]) < 0;
    }
    m->dropped = sizes.dropped;
    m->resolved = sg_deep_is_resolved(sizes);
    m->radius = cabs(mode[0].lambda);
    m->stiffest = fmax(m->radius, sizes.lambda);
    m->repels = sg_deep_mode_side(&m->top) > 0;
}

/* ---- the minimum ------------------------------------------------------------------------- */

/* The claim's own instance reads none of these: they are for the minimum of a case. */
static bool refuses(struct sg_lab *lab)
{
    static const char *const foreign[] = {"data.kind", "data.bias", "train.radius", "train.steps"};
    const struct sg_case *c = lab->trial->c;
    struct sg_error err;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const size_t key = sg_case_key_find(foreign[i]);
        if (!c->given[key])
            continue;
        const enum sg_status status = sg_base_refuse( &err, c->path, c->line[key], "without "
                                                     "moments data claim DY8 looks at an instance "
                                                     "of its own and says nothing about %s; take "
                                                     "it out, or give kind = \"moments\", S, R and "
                                                     "net's weights", foreign[i]);
        sg_lab_stop(lab, status, "%s", err.text);
    }
    return lab->status != SG_OK;
}

void sg_dy8_minimum(struct sg_lab *lab, struct sg_dy8 *m)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_data data = {0};
    struct sg_deep deep;
    struct sg_error err;
    double w[6];
    m->exact = c->data.kind != SG_DATA_MOMENTS;
    if (m->exact && refuses(lab))
        return;
    if (m->exact)
        sg_closed_deep_repelling(&data, &deep, w);
    else {
        const enum sg_status status = sg_case_make_data(&data, c, lab->trial->seed,
                                                        lab->trial->replicate, &err);
        if (status != SG_OK) {
            sg_lab_stop(lab, status, "%s", err.text);
            return;
        }
        sg_deep_read(&deep, c, data.d, data.m);
    }
    m->run = sg_deep_run_make(lab, &data, &deep, m->exact ? w : c->net.weights.value, c->train.mu,
                              c->train.nu, c->module[0].mix);
    look(lab, m);
}

/* ---- leaving ---------------------------------------------------------------------------- */

static const double GROWN = 100;               /* of the start's distance: read until there */

/* `distance` away in a random direction of the weights, psi = 0, with as much along the left
 * vector, so that the unstable mode is there. */
static void draw_offset(struct sg_lab *lab, double *offset, const struct sg_deep_run *s,
                        const double complex *left, double distance, struct sg_rng *rng)
{
    double along = 0, *D = SG_TAKE(lab, s->n_phi * s->n_w, double);
    sg_base_rng_direction(offset, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        along += creal(left[i]) * offset[i];
    for (size_t i = 0; i < s->n_w; i++)
        offset[i] = distance * ((along < 0 ? -1 : 1) * offset[i] + creal(left[i])) / 2;
    sg_closed_deep_d(D, &s->deep, s->fixed);   /* Phi follows: psi = 0 to first order */
    sg_base_mul(offset + s->n_w, D, offset, s->n_phi, s->n_w, 1);
}

/* Growth a step of the coordinate on the unstable left vector, from factor times the offset until
 * the weights are factor * grown away. */
static double growth(struct sg_lab *lab, struct sg_deep_run *s, const double complex *left,
                     const double *offset, double factor, double grown, double limit)
{
    double *start = SG_TAKE(lab, s->size, double);
    for (size_t i = 0; i < s->size; i++)
        start[i] = factor * offset[i];
    sg_deep_run_start(s, start);
    const double from = cabs(sg_deep_run_coordinate(s, left));
    while (sg_deep_run_distance(s->sim, s) < factor * grown && (double)sg_sim_time(s->sim) < limit)
        sg_sim_step(s->sim, &s->batch);
    const double steps = (double)sg_sim_time(s->sim);
    return steps < limit ? log(cabs(sg_deep_run_coordinate(s, left)) / from) / steps : SG_NAN;
}

/* The row of the step's left vectors whose eigenvalue is nearest to 1 + mu lambda. */
static const double complex *unstable_row(struct sg_lab *lab, const struct sg_deep_run *s,
                                          double complex lambda)
{
    double *J = SG_TAKE(lab, s->size * s->size, double);
    double complex *left = SG_TAKE(lab, s->size * s->size, double complex);
    struct sg_deep_mode *mode = SG_TAKE(lab, s->size, struct sg_deep_mode);
    size_t best = 0;
    sg_closed_deep_step(J, &s->deep, s->fixed, s->moments, s->mu, s->nu);
    sg_deep_modes(lab, mode, left, NULL, J, s->size);
    for (size_t i = 1; i < s->size; i++)
        if (cabs(mode[i].lambda - 1 - s->mu * lambda) <
            cabs(mode[best].lambda - 1 - s->mu * lambda))
            best = i;
    return left + best * s->size;
}

/* Second-order terms are proportional to the amplitude: halving it shows half of them.  Rounding:
 * 10 u |state| a step, over the steps that count, 1 / (growth a step) of them, relative to a
 * twentieth of the distance, over ln GROWN. */
double sg_dy8_growth(struct sg_lab *lab, struct sg_dy8 *m, double distance, double *offset,
                     struct sg_rng *rng)
{
    struct sg_deep_run *s = m->run;
    const double re = s->mu * creal(m->top.lambda), im = s->mu * cimag(m->top.lambda);
    const double per_step = log1p(2 * re + re * re + im * im) / 2;       /* ln |1 + mu lambda| */
    const double limit = per_step > 0 ? 3 * log(100 * GROWN) / per_step : HUGE_VAL;
    const double budget = fmax(SG_SHALLOW_STEPS_MOST, lab->trial->c->train.steps);
    if (!sg_lab_afford(lab, limit, budget, "see a start leave a hundredfold", "take a larger mu"))
        return limit;
    const double complex *left = unstable_row(lab, s, m->top.lambda);
    draw_offset(lab, offset, s, left, distance, rng);
    const double whole = growth(lab, s, left, offset, 1.0, GROWN * distance, limit);
    const double half = growth(lab, s, left, offset, 0.5, GROWN * distance, limit);
    const double rounding = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) /
                            (distance / 20) / log(GROWN);
    sg_lab_equal(lab, SG_SIMULATED, "growth", "simulated growth a step, over ln |1 + mu lambda|",
                 whole / per_step, 1,
                 (struct sg_tol){(3 * fabs(whole - half) + rounding) / per_step, "3 times what "
                                 "halving the amplitude changes, and 10 u a step in one direction",
                                 1});
    return limit;
}

void sg_dy8_stays(struct sg_lab *lab, const char *id, const char *what, double most,
                  const double *offset, size_t n_w, double within, const char *words)
{
    sg_lab_below(lab, SG_SIMULATED, id, what, most / sg_base_norm(offset, n_w), within,
                 (struct sg_tol){0, words, within});
}
