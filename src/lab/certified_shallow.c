/* Certified: linear regression and its SG at the case's own samples, each double taken exactly (DY1 to DY4, DY11, DY12). */
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

/* 1 % inside and beyond both limits, the other rate at half its own. */
static enum sg_status both_sides(struct sg_evidence *ev, const struct sg_cert_data *data, const struct sg_shallow *s, struct sg_cert_step step, const char *const what[4])
{
    enum sg_status status = SG_OK;
    for (int k = 0; k < 4 && status == SG_OK; k++) {
        const double share = k % 2 ? 1.01 : 0.99;
        step.mu = (k < 2 ? share : 0.5) * s->rate_x.critical;
        step.nu = (k < 2 ? 0.5 : share) * s->rate_z.critical;
        status = step_fact(ev, what[k], data, step, k % 2 ? SG_REFUTED : SG_OK);
    }
    return status;
}

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

enum sg_status sg_dy12_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s)
{
    static const char *const inside[3] = {"simultaneous: every eigenvalue inside at the case's rates", "SG first: every eigenvalue inside at the case's rates",
                                          "network first: every eigenvalue inside at the case's rates"};
    static const char *const beyond[3] = {"simultaneous: one outside at 1.01 of the mu limit", "SG first: one outside at 1.01 of the mu limit",
                                          "network first: one outside at 1.01 of the mu limit"};
    const struct sg_cert_data data = exact(trial->data);
    enum sg_status status = SG_OK;
    if (!sg_certified_wanted(ev, trial, s->size))
        return SG_OK;
    for (int k = 0; k < 3 && status == SG_OK; k++) {
        struct sg_cert_step step = {.mu = s->mu, .nu = s->nu, .order = (enum sg_cert_order)k};
        status = step_fact(ev, inside[k], &data, step, SG_OK);
        step.mu = 1.01 * s->rate_x.critical;
        if (status == SG_OK)
            status = step_fact(ev, beyond[k], &data, step, SG_REFUTED);
    }
    return status;
}

/* ---- delay --------------------------------------------------------------------------------------------------------------------------------- */

static enum sg_status delay_facts(struct sg_evidence *ev, size_t tau)
{
    const struct sg_interval limit = sg_cert_delay_limit(tau);
    const double closed = sg_closed_delay_limit(tau);
    struct sg_interval radius;
    enum sg_status status = SG_OK;
    sg_certified_enclosed(ev, "2 sin(pi / (2 (2 tau + 1))), closed form over the proved enclosure, worst tau", closed / limit.low, 1.0, limit.high / limit.low, NARROW,
                          4 * SG_UNIT_ROUNDOFF, "4 u of the closed form; enclosure no wider than 1e-10");
    const char *basis = "ball arithmetic, powers of the companion matrix; binary64 coefficient, exact";
    status = sg_certified_fact(ev, "stale recursion, every tau of the case: all roots inside at 0.999 of the limit",
                               sg_cert_delay_radius(&radius, 0.999 * closed, tau, HUGE_VAL), SG_OK, basis);
    return status == SG_OK ? sg_certified_fact(ev, "stale recursion, every tau of the case: a root outside at 1.001 of the limit",
                                               sg_cert_delay_radius(&radius, 1.001 * closed, tau, HUGE_VAL), SG_REFUTED, basis) : status;
}

enum sg_status sg_dy11_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s)
{
    enum { TAU_MOST = 64, PAIRS_MOST = 5 };
    static const char *const what[4] = {
        "delayed pairs, tau <= 5: every eigenvalue inside at 0.99 of 2/lambda_max(S_x)", "delayed pairs, tau <= 5: one outside at 1.01 of 2/lambda_max(S_x)",
        "delayed pairs, tau <= 5: every eigenvalue inside at 0.99 of 2/lambda_max(S_z)", "delayed pairs, tau <= 5: one outside at 1.01 of 2/lambda_max(S_z)"};
    const struct sg_int_list *tau = &trial->c->train.tau;
    const struct sg_cert_data data = exact(trial->data);
    enum sg_status status = SG_OK;
    if (!sg_certified_wanted(ev, trial, s->size))
        return SG_OK;
    for (size_t i = 0; i < tau->n && status == SG_OK; i++) {
        if (tau->value[i] <= TAU_MOST)
            status = delay_facts(ev, (size_t)tau->value[i]);
        if (status == SG_OK && tau->value[i] <= PAIRS_MOST && s->size + (size_t)tau->value[i] * s->n_w <= SG_CERTIFIED_STATE_MOST)
            status = both_sides(ev, &data, s, (struct sg_cert_step){.tau = (size_t)tau->value[i]}, what);
    }
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
enum sg_status sg_dy11_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
enum sg_status sg_dy12_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
#endif
