/* DY8, instances that the search found (sg_search_repelling): how strongly a global minimum repels at two, three and four layers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8.h"

/* All widths 2.  S = L_x L_x^T, R = L_r L_r^T with L = (l11, l21, l22).  at least: what the statement says of that depth. */
static const struct found {
    size_t n_layers, at;
    double kappa, w[16], l_x[3], l_r[3], at_least;
    const char *abscissa, *growth;
} FOUND[] = {
    {2, 1, 0.000479602, {-0.185245, -2.10471, 0.23927, -4.7337, 0.0968505, -0.170673, -0.765904, -0.669653},
     {1.14871, -0.336926, 0.180181}, {29.1962, -3.37818, 0.469262}, 0.03,
     "two layers, found: a positive real eigenvalue above 0.03 of the spectral radius", "two layers, found: simulated growth a step, over ln(1 + mu lambda)"},
    {3, 1, 0.00135649, {-0.557706, -0.576992, 1.01579, 0.959028, 0.944914, -0.57765, -1.15892, 0.218923, -0.0647395, -0.10962, -0.156715, -0.185735},
     {0.944962, 0.692453, 0.136505}, {0.242516, -0.402334, 3.11458}, 0.10,
     "three layers, found: a positive real eigenvalue above 0.10 of the spectral radius", "three layers, found: simulated growth a step, over ln(1 + mu lambda)"},
    {4, 2, 0.0013747, {-1.47628, 0.330161, 0.654454, -0.135138, -0.361082, -0.338372, -1.18451, -1.82133, -0.124174, -0.371514, 0.0717068, 0.250582,
                       2.21049, 0.215855, -0.71154, 0.530034},
     {0.485029, 1.25008, 0.719621}, {1.61845, -1.82978, 0.10485}, 0.20,
     "four layers, found: a positive real eigenvalue above 0.20 of the spectral radius", "four layers, found: simulated growth a step, over ln(1 + mu lambda)"},
};

static void product(double *a, const double l[3])
{
    a[0] = l[0] * l[0];
    a[1] = a[2] = l[0] * l[1];
    a[3] = l[1] * l[1] + l[2] * l[2];
}

/* The eigenvalue of the full flow with the largest real part, less its own error 10 size u |J| cond. */
static enum sg_status top_mode(struct sg_dy8_mode *top, double *error, double *radius, const double *J, size_t size)
{
    struct sg_dy8_mode *mode = SG_NEW(size, struct sg_dy8_mode);
    double norm;
    enum sg_status status = sg_dy8_modes(mode, NULL, NULL, J, size);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, J, size, size);
    *top = (struct sg_dy8_mode){-HUGE_VAL, 0};
    for (size_t i = 0; i < size && status == SG_OK; i++)
        if (cabs(mode[i].lambda) > SG_DY8_ZERO * cabs(mode[0].lambda) && creal(mode[i].lambda) > creal(top->lambda))
            *top = mode[i];
    *radius = cabs(mode[0].lambda);
    *error = status == SG_OK ? 10 * (double)size * SG_UNIT_ROUNDOFF * norm * top->condition : SG_NAN;
    free(mode);
    return status;
}

/* mu a tenth of 1 / radius: the other modes stay where the flow has them. */
static enum sg_status check_one(struct sg_evidence *ev, const struct found *f, double mix, struct sg_rng *rng)
{
    struct sg_deep deep = {.n_layers = f->n_layers, .at = f->at};
    struct sg_data data;
    struct sg_dy8_mode top;
    double S[4], R[4], P[4], error, radius;
    for (size_t i = 0; i <= f->n_layers; i++)
        deep.width[i] = 2;
    product(S, f->l_x);
    product(R, f->l_r);
    sg_closed_deep_product(P, &deep, f->w, 0, f->n_layers);
    enum sg_status status = sg_closed_deep_data(&data, S, R, P, 2, 2);
    if (status != SG_OK)
        return status;
    struct sg_dy8 *s = sg_dy8_alloc(&data, &deep, f->w, 1.0, f->kappa, mix);
    double *J = SG_NEW(s->size * s->size, double), *offset = SG_NEW(s->size, double);
    sg_closed_deep_flow(J, &deep, f->w, s->moments, f->kappa);
    status = top_mode(&top, &error, &radius, J, s->size);
    if (status == SG_OK) {
        sg_claim_fact(ev, SG_CLOSED_FORM, f->abscissa, cimag(top.lambda) == 0 && creal(top.lambda) - error > f->at_least * radius,
                      "beyond the eigenvalue's error");
        s->mu = 0.1 / radius;
        s->nu = f->kappa * s->mu;
        status = sg_dy8_growth(ev, s, f->growth, creal(top.lambda), offset, rng);
    }
    free(J);
    free(offset);
    sg_dy8_free(s);
    return status;
}

enum sg_status sg_dy8_found(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_rng *rng = sg_claim_rng(trial, "found");
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < sizeof FOUND / sizeof *FOUND && status == SG_OK; k++)
        status = check_one(ev, &FOUND[k], trial->c->module[0].mix, rng);
    sg_base_rng_free(rng);
    return status;
}
