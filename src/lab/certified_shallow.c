/* Certified: linear regression and its SG at the case's own samples, each double taken exactly (DY1 to DY4, DY11, DY12). */
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
#else
#include "lab/certified.h"

#define NOT_BUILT { (void)sg_certified_wanted(ev, trial, 0); return SG_OK; }
enum sg_status sg_dy11_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
enum sg_status sg_dy12_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) { (void)s; NOT_BUILT }
#endif
