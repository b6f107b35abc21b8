/* A deep linear net with one SG beside plain backprop, stepped together: what DY9 and DY10 share. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lab/deep_pair.h"

enum sg_status sg_deep_pair_alloc(struct sg_deep_pair *p, const struct sg_case *c, const struct sg_data *data, struct sg_evidence *ev)
{
    *p = (struct sg_deep_pair){0};
    const bool plain_time = c->train.order == SG_SIMULTANEOUS && c->train.delay == SG_DELAY_NONE && c->train.search == SG_SEARCH_FIXED;
    if (!plain_time || c->train.form == SG_FORM_SPECTRAL || c->n_modules != 1) {
        snprintf(ev->note, sizeof ev->note, "the claim is on one SG in simultaneous steps at fixed rates without delay, sample or compressed form");
        return SG_HYPOTHESIS;
    }
    const enum sg_status status = sg_twin_alloc(&p->twin, c, data, ev);
    if (status != SG_OK)
        return status;
    const struct sg_twin *t = p->twin;
    p->deep = (struct sg_deep){.n_layers = t->chain.n_layers, .at = t->chained[0].at};
    for (size_t i = 0; i <= t->chain.n_layers; i++)
        p->deep.width[i] = t->width[i];
    p->n_w = t->n_w;
    p->n_phi = t->n_phi;
    p->first = sg_closed_fast_alloc(&p->deep, &t->rows);
    p->plain_field = sg_sim_net_field(t->plain, t->rows.n);
    double *zero = SG_NEW(p->n_w + p->n_phi, double);
    const struct sg_sim_spec with = {.field = &t->field}, without = {.field = &p->plain_field};
    p->sg = sg_sim_alloc(&with, zero, zero);
    p->plain = sg_sim_alloc(&without, zero, NULL);
    free(zero);
    return SG_OK;
}

void sg_deep_pair_free(struct sg_deep_pair *p)
{
    sg_sim_free(p->sg);
    sg_sim_free(p->plain);
    sg_closed_fast_free(p->first);
    sg_twin_free(p->twin);
}

enum sg_status sg_deep_pair_rates(struct sg_deep_pair *p, const struct sg_case *c, const double *w, struct sg_evidence *ev)
{
    const size_t z = p->deep.width[p->deep.at] + p->twin->rows.m + 1;
    double *lambda = SG_NEW(z, double);
    if (c->train.units == SG_UNITS_OPTIMAL) {
        snprintf(ev->note, sizeof ev->note, "units are \"absolute\" or \"critical\": S_z moves, no rate is the fastest");
        free(lambda);
        return SG_HYPOTHESIS;
    }
    const enum sg_status status = sg_base_eigen_symmetric(lambda, NULL, sg_closed_fast_s_z(p->first, w), z);
    p->top_z = lambda[0];
    const double unit = c->train.units == SG_UNITS_CRITICAL ? 2 / p->top_z : 1;
    p->mu = c->train.mu * unit;
    p->nu = c->train.nu * unit;
    free(lambda);
    return status;
}

void sg_deep_pair_exact_sg(double *phi, const struct sg_deep_pair *p, const double *w)
{
    sg_closed_chain_exact_sg(phi, &p->twin->chain, w);
}

double sg_deep_distance(const double *a, const double *b, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(squares);
}

static double spread(double *mean, const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - *mean) * (x[i] - *mean);
    return squares;
}

double sg_fit_slope(const double *x, const double *y, size_t n)
{
    double mean, sum = 0;
    const double squares = spread(&mean, x, n);
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * y[i];
    return sum / squares;
}

double sg_fit_slope_error(const double *x, const double *off, size_t n)
{
    double mean, sum = 0;
    const double squares = spread(&mean, x, n);
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i] - mean) * off[i];
    return sum / squares;
}
