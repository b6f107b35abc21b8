/* The nets of DY8's map, starts near their minima, and where these go. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/map.h"

/* |x| of a start over sqrt(E|p*|^2 + E|y|^2): LEAVES is still linear (some minima that repel rest again only 1e-5 away), RETURNS still above rounding. */
static const double START = 1e-10, WORST = 1e-5;      /* WORST: least over largest eigenvalue of S_x */
/* A random minimum is the one of so many data sets and draws whose slowest mode is the fastest: most are too slow to show where they attract. */
enum { LOOK_EVERY = 8, DATA_SETS = 6, DRAWS = 25 };

/* The spectral radius across the family at half of both units. */
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
        for (size_t i = 0; i < n; i++)
            J[i * n + i] += 1;
        if (sg_base_eigen_general(lambda, NULL, J, n) == SG_OK)
            rho = cabs(lambda[0]);
        free(J);
        free(lambda);
    }
    sg_closed_deep_normal_free(normal);
    return rho;
}

static bool all_as_wide(const struct sg_deep *deep, size_t least)
{
    bool wide = true;
    for (size_t i = 0; i <= deep->n_layers; i++)
        wide = wide && deep->width[i] >= least;
    return wide;
}

/* data and w: the best of DRAWS minima on the fresh data, if it beats `best`. */
static enum sg_status beat(double *best, struct sg_data *data, double *w, const struct sg_deep *deep, size_t least, struct sg_data *fresh,
                           struct sg_rng *rng)
{
    const size_t n_w = sg_closed_deep_n_w(deep), q = fresh->d + fresh->m + 1;
    double *M = SG_NEW(q * q, double), *drawn = SG_NEW(n_w, double), rho = SG_NAN;
    size_t *keep = SG_NEW(least, size_t);
    enum sg_status status = SG_OK;
    bool won = false;
    for (size_t i = 0; i < least; i++)
        keep[i] = i;
    sg_closed_deep_moments(M, fresh);
    for (size_t t = 0; t < DRAWS && status == SG_OK; t++) {
        status = sg_closed_deep_critical_point(drawn, NULL, deep, fresh, keep, least, rng);
        if (status == SG_OK)
            rho = radius(deep, drawn, M);
        if (status == SG_OK && rho < *best) {
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
    free(M);
    free(drawn);
    free(keep);
    return status;
}

static enum sg_status make_random(struct sg_data *data, struct sg_deep *deep, double **w, const struct sg_trial *trial, struct sg_evidence *ev)
{
    struct sg_rng *rng = sg_claim_rng(trial, "minimum");
    enum sg_status status = SG_OK;
    double best = HUGE_VAL;
    for (size_t t = 0; t < DATA_SETS && status == SG_OK; t++) {
        struct sg_data fresh = {0};
        const uint64_t seed = (uint64_t)(sg_base_rng_uniform(rng) * 0x1p53);
        status = sg_claim_make_data(&fresh, ev, trial->c, seed, trial->replicate);
        if (status == SG_OK) {
            const size_t least = fresh.d < fresh.m ? fresh.d : fresh.m;
            sg_dy8_read_deep(deep, trial->c, fresh.d, fresh.m);
            if (!all_as_wide(deep, least)) {
                snprintf(ev->note, sizeof ev->note, "a map of random minima needs layers no narrower than min(d, outputs): then E[x^T r] = 0 at a minimum");
                status = SG_HYPOTHESIS;
            }
            if (!*w)
                *w = SG_NEW(sg_closed_deep_n_w(deep), double);
            if (status == SG_OK)
                status = beat(&best, data, *w, deep, least, &fresh, rng);
        }
        sg_data_free(&fresh);
    }
    sg_base_rng_free(rng);
    return status == SG_OK && best == HUGE_VAL ? SG_NO_CONVERGENCE : status;
}

/* The minimum of the case's weights, on data made around it. */
static enum sg_status make_given(struct sg_data *data, struct sg_deep *deep, double **w, const struct sg_trial *trial, struct sg_evidence *ev)
{
    const struct sg_case *c = trial->c;
    if (c->net.weights.n == 0) {
        snprintf(ev->note, sizeof ev->note, "a map on moments data is of a given minimum; give net's weights in the place of the map");
        return SG_HYPOTHESIS;
    }
    const enum sg_status status = sg_claim_make_data(data, ev, c, trial->seed, trial->replicate);
    if (status == SG_OK) {
        sg_dy8_read_deep(deep, c, data->d, data->m);
        *w = sg_base_copy(c->net.weights.value, c->net.weights.n, sizeof **w);
    }
    return status;
}

/* Of a minimum on nearly singular S_x too few digits are known for a map: eigenvalues of the step are differences from 1. */
static enum sg_status check_condition(const struct sg_data *data, struct sg_evidence *ev)
{
    double *sigma = SG_NEW(data->d, double);
    enum sg_status status = data->n >= data->d ? sg_base_singular_values(sigma, data->x, data->n, data->d) : SG_OK;
    const double least = data->n >= data->d ? sigma[data->d - 1] : 0;
    if (status == SG_OK && !(least * least > WORST * sigma[0] * sigma[0])) {
        snprintf(ev->note, sizeof ev->note, "S_x is singular, or its condition number above %.0e: a map needs features that are further from collinear", 1 / WORST);
        status = SG_HYPOTHESIS;
    }
    free(sigma);
    return status;
}

enum sg_status sg_dy8_map_alloc(struct sg_dy8_map *m, const struct sg_trial *trial, struct sg_evidence *ev)
{
    const struct sg_case *c = trial->c;
    struct sg_data data = {0}, rows = {0};
    struct sg_deep deep;
    double *w = NULL;
    if (c->net.layers.n == 0 || c->net.layers.n >= SG_DEEP_LAYERS_MAX || c->n_modules != 1 || c->module[0].terms != (SG_H | SG_Y | SG_ONE) ||
        c->train.order != SG_SIMULTANEOUS || c->train.delay != SG_DELAY_NONE || c->train.form == SG_FORM_SPECTRAL) {
        snprintf(ev->note, sizeof ev->note, "a map needs 1 to %d hidden layers, one SG with all its terms, and simultaneous steps", SG_DEEP_LAYERS_MAX - 1);
        return SG_HYPOTHESIS;
    }
    enum sg_status status = c->data.kind == SG_DATA_MOMENTS ? make_given(&data, &deep, &w, trial, ev) : make_random(&data, &deep, &w, trial, ev);
    if (status == SG_OK)
        status = check_condition(&data, ev);
    if (status == SG_OK)
        status = c->train.form == SG_FORM_COMPRESSED ? sg_data_compress(&rows, &data) : SG_OK;
    if (status == SG_OK)
        m->s = sg_dy8_alloc(c->train.form == SG_FORM_COMPRESSED ? &rows : &data, &deep, w, 1.0, 1.0, c->module[0].mix);
    sg_data_free(&data);
    free(w);
    if (status == SG_OK)
        status = sg_closed_deep_normal_alloc(&m->normal, &deep, m->s->fixed, m->s->moments);
    if (status != SG_OK)
        return status;
    const struct sg_dy8 *s = m->s;
    const size_t d = s->data.d, out = s->data.m, r = d < out ? d : out, n_p = s->data.n * out;
    m->sizes = sg_closed_deep_normal_sizes(m->normal);
    m->n = m->sizes.w + m->sizes.phi;
    m->rank = r * (d + out - r);
    m->mu_unit = 2 / m->sizes.lambda;
    m->nu_unit = 2 / m->sizes.gamma;
    m->steps = (uint64_t)c->train.steps;
    m->x = SG_NEW(m->n, double);
    m->state = SG_NEW(s->size, double);
    m->moved = SG_NEW(s->size, double);
    sg_net_eval(NULL, NULL, &(struct sg_metrics){0}, s->net, s->fixed, s->fixed + s->n_w, &s->batch, SG_WANT_METRICS, s->work);
    m->p = sg_base_copy(sg_net_view(s->work, SG_VIEW_H, deep.n_layers), n_p, sizeof *m->p);
    m->scale = hypot(sg_base_norm(m->p, n_p), sg_base_norm(s->data.y, n_p)) / sqrt((double)s->data.n);
    m->start = START * m->scale;
    struct sg_rng *rng = sg_claim_rng(trial, "start of the map");
    sg_base_rng_direction(m->x, m->n, rng);
    for (size_t i = 0; i < m->n; i++)
        m->x[i] *= m->start;
    sg_base_rng_free(rng);
    return SG_OK;
}

void sg_dy8_map_free(struct sg_dy8_map *m)
{
    sg_dy8_free(m->s);
    sg_closed_deep_normal_free(m->normal);
    free(m->x);
    free(m->p);
    free(m->state);
    free(m->moved);
}

void sg_dy8_map_step(double *jacobian, const struct sg_dy8_map *m, double mu, double nu)
{
    sg_closed_deep_normal_flow(jacobian, m->normal, mu, nu);
    for (size_t i = 0; i < m->n; i++)
        jacobian[i * m->n + i] += 1;
}

void sg_dy8_map_place(struct sg_dy8_map *m, const double *x, double mu, double nu)
{
    struct sg_dy8 *s = m->s;
    double *psi = m->moved + s->n_w;
    sg_closed_deep_normal_lift(m->moved, psi, m->normal, x);
    for (size_t i = 0; i < s->n_w; i++)
        m->state[i] = s->fixed[i] + m->moved[i];
    sg_closed_deep_exact_sg(m->state + s->n_w, &s->deep, m->state, NULL);
    for (size_t i = 0; i < s->n_phi; i++)
        m->state[s->n_w + i] += psi[i];
    sg_sim_restart(s->sim, m->state, m->state + s->n_w, mu, nu);
}

double sg_dy8_map_distance(struct sg_dy8_map *m)
{
    const struct sg_dy8 *s = m->s;
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch, SG_WANT_METRICS, s->work);
    const double *p = sg_net_view(s->work, SG_VIEW_H, s->deep.n_layers);
    double square = 0;
    for (size_t i = 0; i < s->data.n * s->data.m; i++)
        square += (p[i] - m->p[i]) * (p[i] - m->p[i]);
    return sqrt(square / (double)s->data.n + 2 * metrics.sg_loss);
}

enum sg_fate sg_dy8_map_fate(struct sg_dy8_map *m, double mu, double nu, uint64_t steps)
{
    sg_dy8_map_place(m, m->x, mu, nu);
    for (uint64_t t = 0; t < steps; t += LOOK_EVERY) {
        if (sg_sim_advance(m->s->sim, &m->s->batch, LOOK_EVERY) != SG_OK)
            return SG_LEAVES;
        const double distance = sg_dy8_map_distance(m);
        if (distance <= SG_MAP_RETURNS * m->start)
            return SG_RETURNS;
        if (!(distance <= SG_MAP_LEAVES * m->start))
            return SG_LEAVES;
    }
    return SG_STAYS;
}

/* At rest: a thousandth of the largest distance from any minimum that it has had. */
int sg_dy8_map_after(struct sg_dy8_map *m, uint64_t steps)
{
    double most = 0, distance = 0;
    for (uint64_t t = 0; t < steps; t += LOOK_EVERY) {
        if (sg_sim_advance(m->s->sim, &m->s->batch, LOOK_EVERY) != SG_OK)
            return 3;
        distance = sg_dy8_map_distance(m);
        if (!(distance < HUGE_VAL))
            return 3;
        most = fmax(most, distance);
    }
    return distance <= 1e-3 * most ? 1 : 2;
}
