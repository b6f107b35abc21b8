/* Certified: linear regression and its SG at the case's own samples, each double taken exactly (CP1, CP2, CP5, DY1 to DY4, DY12). */
#ifdef SG_HAVE_ARB
#include <math.h>
#include <stdlib.h>

#include "lab/certified.h"
#include "synthgrad/cert.h"

static const char *const powers = "ball arithmetic, |J^k|_F < 1 or |tr J^k| > n; binary64 samples and rates, exact";
static const double NARROW = 1e-10;        /* of an enclosure of a number */

static struct sg_cert_data exact(const struct sg_data *data)
{
    return (struct sg_cert_data){.n = data->n, .d = data->d, .m = data->m, .x = data->x, .y = data->y};
}

/* Radius proved on one side of 1: a row each way. */
static enum sg_status step_fact(struct sg_evidence *ev, const char *what, const struct sg_cert_data *data, struct sg_cert_step step, enum sg_status wanted)
{
    struct sg_interval radius;
    return sg_certified_fact(ev, what, sg_cert_step_radius(&radius, data, &step, HUGE_VAL), wanted, powers);
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
enum sg_status sg_dy11_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
enum sg_status sg_dy12_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
enum sg_status sg_cp1_certify(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms) { (void)terms; NOT_BUILT }
enum sg_status sg_cp5_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_fit *fit, bool constant) { (void)fit; (void)constant; NOT_BUILT }
#endif
