/* Random global minima of deep linear nets and the step across their family, simulated. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/deep_step.h"
#include "lab/own.h"
#include "lab/twin.h"
#include "synthgrad/closed.h"

/* |x| of a start over sqrt(E|p*|^2 + E|y|^2).  LEAVES is still linear: some minima that repel rest
 * again only 1e-5 away.  RETURNS is still above rounding. */
static const double START = 1e-10;
/* Least over largest eigenvalue of S_x: with a smaller one too few digits of the step's
 * eigenvalues, which are differences from 1, are known. */
static const double RATIO = 1e-5;
/* A random minimum is the one of so many data sets and draws whose slowest mode is the fastest:
 * most are too slow to show where they attract. */
enum { LOOK_EVERY = 8, DATA_SETS = 6, DRAWS = 25 };

/* ---- minima --------------------------------------------------------------------------------- */

static void add_identity(double *J, size_t n)
{
    for (size_t i = 0; i < n; i++)
        J[i * n + i] += 1;
}

/* The spectral radius across the family at half of both units; NaN where there is none. */
static double radius(const struct sg_deep *deep, const double *w, const double *moments)
{
    double rho = SG_NAN;
    struct sg_deep_normal *normal = NULL;
    if (sg_closed_deep_normal_alloc(&normal, deep, w, moments) == SG_OK) {
        const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(normal);
        const size_t n = sizes.w + sizes.phi;
        double *J = SG_NEW(n * n, double);
        double complex *lambda = SG_NEW(n, double complex);
        sg_closed_deep_normal_flow(J, normal, 1 / sizes.lambda, 1 / sizes.gamma);
        add_identity(J, n);
        if (sg_base_eigen_general(lambda, NULL, J, n) == SG_OK)
            rho = cabs(lambda[0]);
        free(J);
        free(lambda);
    }
    sg_closed_deep_normal_free(normal);
    return rho;
}

/* data and w become the best of DRAWS minima on the fresh data, if it beats `best`. */
static void beat(struct sg_lab *lab, double *best, struct sg_data *data, double *w,
                 const struct sg_deep *deep, struct sg_data *fresh, struct sg_rng *rng)
{
    const size_t n_w = sg_closed_deep_n_w(deep), q = fresh->d + fresh->m + 1;
    const size_t least = fresh->d < fresh->m ? fresh->d : fresh->m;
    double *M = SG_TAKE(lab, q * q, double), *drawn = SG_TAKE(lab, n_w, double);
    size_t *keep = SG_TAKE(lab, least, size_t);
    bool won = false;
    for (size_t i = 0; i < least; i++)
        keep[i] = i;
    sg_closed_deep_moments(M, fresh);
    for (size_t t = 0; t < DRAWS && lab->status == SG_OK; t++) {
        if (!sg_lab_try(lab, sg_closed_deep_critical_point(drawn, NULL, deep, fresh, keep, least,
                                                           rng)))
            return;
        const double rho = radius(deep, drawn, M);
        if (rho < *best) {
            *best = rho;
            memcpy(w, drawn, n_w * sizeof *w);
            won = true;
        }
    }
    if (won) {
        sg_data_free(data);
        *data = *fresh;
        *fresh = (struct sg_data){0};
    }
}

/* Weights of the minimum; NULL: none, and the lab or a hypothesis says why. */
static double *make_random(struct sg_lab *lab, struct sg_deep_step *m, struct sg_data *data,
                           struct sg_deep *deep)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_rng *rng = sg_lab_rng(lab, "minimum");
    struct sg_error err = {{0}};
    char narrow[SG_HYPOTHESIS_VALUE_MAX];
    bool wide = true;
    double best = HUGE_VAL, *w = NULL;
    for (size_t t = 0; t < DATA_SETS && lab->status == SG_OK; t++) {
        struct sg_data fresh = {0};
        const uint64_t seed = (uint64_t)(sg_base_rng_uniform(rng) * 0x1p53);
        const enum sg_status status = sg_case_make_data(&fresh, trial->c, seed, trial->replicate,
                                                        &err);
        if (status != SG_OK)
            sg_lab_stop(lab, status, "%s", err.text);
        else {
            sg_deep_read(deep, trial->c, fresh.d, fresh.m);
            m->least = fresh.d < fresh.m ? fresh.d : fresh.m;
            wide = sg_lab_layers_are_wide(narrow, trial, m->least);
            if (wide) {
                w = w ? w : SG_TAKE(lab, sg_closed_deep_n_w(deep), double);
                beat(lab, &best, data, w, deep, &fresh, rng);
            }
        }
        sg_data_free(&fresh);
        if (!wide)
            return NULL;
    }
    if (best == HUGE_VAL)
        sg_lab_stop(lab, SG_NO_CONVERGENCE, "no random global minimum of this net could be built");
    return lab->status == SG_OK ? w : NULL;
}

/* The minimum of the case's weights, on data made around it. */
static const double *make_given(struct sg_lab *lab, struct sg_deep_step *m, struct sg_data *data,
                                struct sg_deep *deep)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_error err = {{0}};
    if (trial->c->net.weights.n == 0) {
        sg_lab_stop(lab, SG_HYPOTHESIS, "moments data say nothing about the weights of a minimum; "
                    "give net.weights");
        return NULL;
    }
    const enum sg_status status = sg_case_make_data(data, trial->c, trial->seed, trial->replicate,
                                                    &err);
    if (status != SG_OK) {
        sg_lab_stop(lab, status, "%s", err.text);
        return NULL;
    }
    sg_deep_read(deep, trial->c, data->d, data->m);
    m->least = 0;                             /* E[x^T r] = 0 by the way the data are made */
    return trial->c->net.weights.value;
}

static double eigenvalue_ratio(struct sg_lab *lab, const struct sg_data *data)
{
    double *sigma = SG_TAKE(lab, data->d, double);
    if (data->n < data->d)
        return 0;
    sg_lab_try(lab, sg_base_singular_values(sigma, data->x, data->n, data->d));
    return sigma[data->d - 1] * sigma[data->d - 1] / (sigma[0] * sigma[0]);
}

static void fill(struct sg_lab *lab, struct sg_deep_step *m)
{
    const struct sg_deep_run *s = m->run;
    const size_t d = s->data.d, out = s->data.m, r = d < out ? d : out, n_p = s->data.n * out;
    const enum sg_status status = sg_closed_deep_normal_alloc(&m->normal, &s->deep, s->fixed,
                                                              s->moments);
    sg_lab_own_normal(lab, m->normal);
    if (status != SG_OK) {
        sg_lab_stop(lab, status, "the Hessian at the weights has a negative eigenvalue: they are "
                    "no minimum");
        return;
    }
    m->sizes = sg_closed_deep_normal_sizes(m->normal);
    if (!sg_deep_is_resolved(m->sizes)) {
        sg_lab_stop(lab, SG_HYPOTHESIS, "an eigenvalue of the Hessian or of S_z is %.2g of the "
                    "largest, where rounding is; take features and targets of the same size",
                    m->sizes.dropped);
        return;
    }
    m->n = m->sizes.w + m->sizes.phi;
    m->rank = r * (d + out - r);
    m->mu_unit = 2 / m->sizes.lambda;
    m->nu_unit = 2 / m->sizes.gamma;
    m->steps = (uint64_t)lab->trial->c->train.steps;
    m->x = SG_TAKE(lab, m->n, double);
    m->p = SG_TAKE(lab, n_p, double);
    m->state = SG_TAKE(lab, s->size, double);
    m->moved = SG_TAKE(lab, s->size, double);
    sg_deep_run_metrics(s);
    memcpy(m->p, sg_net_view(s->work, SG_VIEW_H, s->deep.n_layers), n_p * sizeof *m->p);
    m->scale = hypot(sg_base_norm(m->p, n_p), sg_base_norm(s->data.y, n_p)) /
               sqrt((double)s->data.n);
    m->start = START * m->scale;
    sg_base_rng_direction(m->x, m->n, sg_lab_rng(lab, "start of the map"));
    for (size_t i = 0; i < m->n; i++)
        m->x[i] *= m->start;
}

struct sg_deep_step *sg_deep_step_make(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_deep_step *m = SG_TAKE(lab, 1, struct sg_deep_step);
    struct sg_data data = {0}, rows = {0};
    struct sg_deep deep;
    if (c->net.layers.n == 0 || c->net.layers.n >= SG_DEEP_LAYERS_MAX || c->n_modules != 1) {
        sg_lab_stop(lab, SG_HYPOTHESIS, "the statement supposes 1 to %d hidden layers and one SG; "
                    "give net.layers", SG_DEEP_LAYERS_MAX - 1);
        return NULL;
    }
    const double *w = c->data.kind == SG_DATA_MOMENTS ? make_given(lab, m, &data, &deep)
                                                      : make_random(lab, m, &data, &deep);
    m->ratio = w ? eigenvalue_ratio(lab, &data) : SG_NAN;
    if (w && m->ratio > RATIO && lab->status == SG_OK) {
        const bool compressed = c->train.form == SG_FORM_COMPRESSED;
        if (compressed)
            sg_lab_try(lab, sg_data_compress(&rows, &data));
        if (lab->status == SG_OK) {
            m->run = sg_deep_run_make(lab, compressed ? &rows : &data, &deep, w, 1, 1,
                                      c->module[0].mix);
            fill(lab, m);
        }
    }
    sg_data_free(&data);
    return lab->status == SG_OK ? m : NULL;
}

bool sg_deep_step_is_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_deep_step *m = on;
    return sg_lab_layers_are_wide(value, trial, m->least);
}

bool sg_deep_step_is_conditioned(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                                 const struct sg_trial *trial)
{
    const struct sg_deep_step *m = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "its eigenvalues' ratio is %.3g", 1 / m->ratio);
    return m->ratio > RATIO;
}

/* ---- the step ------------------------------------------------------------------------------- */

void sg_deep_step_closed(double *J, const struct sg_deep_step *m, double mu, double nu)
{
    sg_closed_deep_normal_flow(J, m->normal, mu, nu);
    add_identity(J, m->n);
}

void sg_deep_step_place(struct sg_deep_step *m, const double *x, double mu, double nu)
{
    struct sg_deep_run *s = m->run;
    double *psi = m->moved + s->n_w;
    sg_closed_deep_normal_lift(m->moved, psi, m->normal, x);
    for (size_t i = 0; i < s->n_w; i++)
        m->state[i] = s->fixed[i] + m->moved[i];
    sg_closed_deep_exact_sg(m->state + s->n_w, &s->deep, m->state, NULL);
    for (size_t i = 0; i < s->n_phi; i++)
        m->state[s->n_w + i] += psi[i];
    sg_sim_restart(s->sim, m->state, m->state + s->n_w, mu, nu);
}

double sg_deep_step_distance(struct sg_deep_step *m)
{
    const struct sg_deep_run *s = m->run;
    const struct sg_metrics metrics = sg_deep_run_metrics(s);
    const double *p = sg_net_view(s->work, SG_VIEW_H, s->deep.n_layers);
    double square = 0;
    for (size_t i = 0; i < s->data.n * s->data.m; i++)
        square += (p[i] - m->p[i]) * (p[i] - m->p[i]);
    return sqrt(square / (double)s->data.n + 2 * metrics.sg_loss);
}

enum sg_fate sg_deep_step_fate(struct sg_deep_step *m, double mu, double nu, uint64_t steps)
{
    sg_deep_step_place(m, m->x, mu, nu);
    for (uint64_t t = 0; t < steps; t += LOOK_EVERY) {
        if (sg_sim_advance(m->run->sim, &m->run->batch, LOOK_EVERY) != SG_OK)
            return SG_LEAVES;
        const double distance = sg_deep_step_distance(m);
        if (distance <= SG_DEEP_RETURNS * m->start)
            return SG_RETURNS;
        if (!(distance <= SG_DEEP_LEAVES * m->start))
            return SG_LEAVES;
    }
    return SG_STAYS;
}

/* At rest: a thousandth of the largest distance from any minimum that it has had. */
int sg_deep_step_after(struct sg_deep_step *m, uint64_t steps)
{
    double most = 0, distance = 0;
    for (uint64_t t = 0; t < steps; t += LOOK_EVERY) {
        if (sg_sim_advance(m->run->sim, &m->run->batch, LOOK_EVERY) != SG_OK)
            return 3;
        distance = sg_deep_step_distance(m);
        if (!(distance < HUGE_VAL))
            return 3;
        most = fmax(most, distance);
    }
    return distance <= 1e-3 * most ? 1 : 2;
}
