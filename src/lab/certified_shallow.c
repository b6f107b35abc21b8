/* Certified: linear regression and its SG at the case's own samples, each double taken exactly (CP1, CP2, CP5, DY1 to DY4, DY12). */
#ifdef SG_HAVE_ARB
#include <math.h>
#include <stdlib.h>

#include "lab/certified.h"
#include "synthgrad/cert.h"

static const char *const powers = "ball arithmetic, |J^k|_F < 1 or |tr J^k| > n; binary64 samples and rates, exact";
static const double WIDTH = 1e-4, NARROW = 1e-10;        /* of an enclosure of a spectral radius; of one of a number */

static struct sg_cert_data exact(const struct sg_data *data)
{
    return (struct sg_cert_data){.n = data->n, .d = data->d, .m = data->m, .x = data->x, .y = data->y};
}

static double backward(const struct sg_data *data)       /* an SVD of the samples, or of their R: relative error of the largest eigenvalue */
{
    return 10 * (double)(data->d + data->m) * SG_UNIT_ROUNDOFF;
}

/* Radius proved on one side of 1: a row each way. */
static enum sg_status step_fact(struct sg_evidence *ev, const char *what, const struct sg_cert_data *data, struct sg_cert_step step, enum sg_status wanted)
{
    struct sg_interval radius;
    return sg_certified_fact(ev, what, sg_cert_step_radius(&radius, data, &step, HUGE_VAL), wanted, powers);
}

static enum sg_status frozen_fact(struct sg_evidence *ev, const char *what, const struct sg_cert_data *data, double mu, const double *A, enum sg_status wanted)
{
    struct sg_interval radius;
    return sg_certified_fact(ev, what, sg_cert_frozen_radius(&radius, data, mu, A, HUGE_VAL), wanted, powers);
}

/* 2/lambda_max, closed form against the enclosure. */
static void limit_row(struct sg_evidence *ev, const char *what, double critical, const struct sg_interval *lambda, const struct sg_data *data)
{
    sg_certified_enclosed(ev, what, critical * lambda->low / 2, lambda->low / lambda->high, 1.0, NARROW, backward(data), "10 (d + m) u of the closed form; enclosure no wider than 1e-10");
}

/* ---- one network, no SG that learns -------------------------------------------------------------------------------------------------- */

enum sg_status sg_dy1_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s)
{
    const struct sg_cert_data data = exact(trial->data);
    struct sg_interval radius;
    if (s->rate_x.zeros || !sg_certified_wanted(ev, trial, data.d))
        return SG_OK;
    const enum sg_status inside = sg_cert_frozen_radius(&radius, &data, s->mu, NULL, WIDTH);
    const double closed = fmax(fabs(1 - s->mu * s->rate_x.largest), fabs(1 - s->mu * s->rate_x.smallest));
    enum sg_status status = sg_certified_fact(ev, "I - mu S_x contracts at the case's rate", inside, SG_OK, powers);
    if (status == SG_OK) {
        sg_certified_enclosed(ev, "its spectral radius, closed form against the proved enclosure", closed, radius.low, radius.high, WIDTH,
                              backward(trial->data) * (1 + closed), "10 (d + m) u of the closed form; enclosure no wider than 1e-4");
        status = frozen_fact(ev, "at 0.99 of 2/lambda_max every eigenvalue is inside", &data, 0.99 * s->rate_x.critical, NULL, SG_OK);
    }
    return status == SG_OK ? frozen_fact(ev, "at 1.01 of 2/lambda_max one is outside", &data, 1.01 * s->rate_x.critical, NULL, SG_REFUTED) : status;
}

enum sg_status sg_dy2_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *A, double critical)
{
    const struct sg_cert_data data = exact(trial->data);
    if (s->rate_x.zeros || !sg_certified_wanted(ev, trial, data.d * data.m))
        return SG_OK;
    enum sg_status status = frozen_fact(ev, "at the case's share of the limit the frozen step contracts", &data, s->mu / s->rate_x.critical * critical, A, SG_OK);
    if (status == SG_OK)
        status = frozen_fact(ev, "at 0.99 of min_j 2 Re(a_j) / (lambda_max |a_j|^2) every eigenvalue is inside", &data, 0.99 * critical, A, SG_OK);
    return status == SG_OK ? frozen_fact(ev, "at 1.01 of it one is outside", &data, 1.01 * critical, A, SG_REFUTED) : status;
}

/* ---- the joint step ---------------------------------------------------------------------------------------------------------------------- */

/* Three outcomes of one step at realizable data: Y = X W exactly, W the binary64 weights of the fit. */
enum sg_status sg_dy4_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *C_0, double t, double low)
{
    const size_t m = s->fit->m;
    const struct sg_cert_data data = {.n = trial->data->n, .d = trial->data->d, .m = m, .x = trial->data->x, .w = s->fit->w};
    static const char *const what[3] = {"at the case's place every eigenvalue but the family's m^2 is inside",
                                        "at 0.99 of the lower limit of c every eigenvalue but the family's m^2 is inside", "at 1.01 of it one is outside"};
    const double at[3] = {t, 0.99 * low, 1.01 * low};
    double *C = SG_NEW(m * m, double);
    enum sg_status status = sg_certified_wanted(ev, trial, s->size) ? SG_OK : SG_HYPOTHESIS;
    for (int k = 0; k < 3 && status == SG_OK; k++) {
        for (size_t i = 0; i < m * m; i++)
            C[i] = at[k] * C_0[i];
        status = step_fact(ev, what[k], &data, (struct sg_cert_step){.mu = s->mu, .nu = s->nu, .C = C}, k == 2 ? SG_REFUTED : SG_OK);
    }
    free(C);
    return status == SG_HYPOTHESIS ? SG_OK : status;
}

/* ---- critical points ------------------------------------------------------------------------------------------------------------------------- */

enum sg_status sg_cp1_certify(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms)
{
    const struct sg_cert_data data = exact(trial->data);
    struct sg_cert_critical point;
    struct sg_fit *fit;
    if (terms != (SG_H | SG_Y | SG_ONE) || !sg_certified_wanted(ev, trial, (data.d + 2 * data.m + 1) * data.m))
        return SG_OK;
    enum sg_status status = sg_closed_fit_alloc(&fit, trial->data);
    if (status != SG_OK)
        return status;
    const bool isolated = fit->rank == fit->d && !fit->realizable;
    sg_closed_fit_free(fit);
    if (!isolated)
        return SG_OK;
    status = sg_certified_fact(ev, "a box around (W*, phi*) holds exactly one joint critical point", sg_cert_critical(&point, &data), SG_OK,
                               "Krawczyk's operator; binary64 samples, exact");
    if (status == SG_OK) {
        sg_claim_fact(ev, SG_CERTIFIED, "there |grad L| is below u^{3/2}, as far as the enclosure of the point reaches", point.gradient < pow(SG_UNIT_ROUNDOFF, 1.5),
                      "S_x W - E[x^T y] over the enclosure");
        sg_certified_note(ev, "proved: one joint critical point with all unknowns within %.3g max(1, |.|) of (W*, phi*)", point.box);
    }
    return status;
}

/* On the ray along the first column of X alone, which W* is not on. */
enum sg_status sg_cp5_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_fit *fit, bool constant)
{
    const struct sg_cert_data data = exact(trial->data);
    const size_t d = fit->d;
    struct sg_interval gradient;
    if (!sg_certified_wanted(ev, trial, d))
        return SG_OK;
    double *u = SG_NEW(d, double), *w = SG_NEW(d, double), *g = SG_NEW(d, double), mean = 0;
    u[0] = 1;
    enum sg_status status = sg_cert_unlabelled(&gradient, &data, constant, u);
    status = sg_certified_fact(ev, "without labels a point that is not critical has E[p r] = 0 (and E[r] = 0): |grad L| > 0", status, SG_OK,
                               "ball arithmetic, along the first column of X; binary64 samples, exact");
    if (status == SG_OK) {                               /* the same by the fit's moments */
        if (constant)
            u[d - 1] = -fit->x_z[0 * fit->q + 2];        /* E[x_1 1] */
        double along = 0, length = 0, norm = 0;
        for (size_t i = 0; i < d; i++) {
            along += u[i] * fit->x_z[i * fit->q + 1];
            for (size_t j = 0; j < d; j++)
                length += u[i] * fit->s_x[i * d + j] * u[j];
        }
        mean = constant ? fit->s_z[1 * fit->q + 2] : 0;
        for (size_t i = 0; i < d; i++)
            w[i] = along / length * u[i] + (i == d - 1 ? mean : 0);
        for (size_t i = 0; i < d; i++) {
            g[i] = -fit->x_z[i * fit->q + 1];
            for (size_t j = 0; j < d; j++)
                g[i] += fit->s_x[i * d + j] * w[j];
            norm += fabs(fit->x_z[i * fit->q + 1]) + sqrt(fit->lambda_x[0] * fit->s_x[i * d + i]) * sg_base_norm(w, d);
        }
        sg_certified_enclosed(ev, "|grad L| at that point, by the fit's moments against the proved enclosure", sg_base_norm(g, d), gradient.low, gradient.high, NARROW,
                              (double)(fit->n + d) * SG_UNIT_ROUNDOFF * norm, "(n + d) u of its terms; enclosure no wider than 1e-10");
    }
    free(u);
    free(w);
    free(g);
    return status;
}
#else
#include "lab/certified.h"

#define NOT_BUILT { (void)sg_certified_wanted(ev, trial, 0); return SG_OK; }
enum sg_status sg_dy1_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
enum sg_status sg_dy2_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *A, double critical)
{ (void)s; (void)A; (void)critical; NOT_BUILT }
enum sg_status sg_dy4_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *C_0, double t, double low)
{ (void)s; (void)C_0; (void)t; (void)low; NOT_BUILT }
enum sg_status sg_cp1_certify(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms) { (void)terms; NOT_BUILT }
enum sg_status sg_cp5_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_fit *fit, bool constant) { (void)fit; (void)constant; NOT_BUILT }
#endif
