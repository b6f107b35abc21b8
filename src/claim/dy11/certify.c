/* DY11 in ball arithmetic: the stale recursion for every tau of the case, the joint step under
 * delayed pairs for those whose state is small enough. */
#include "claim/dy11/parts.h"
#include "lab/certify.h"
#include "lab/record.h"
#include "lab/tolerance.h"

static void record_limit(struct sg_lab *lab, size_t tau, struct sg_interval limit)
{
    struct sg_record *r = sg_lab_record(lab, "delay_limit", "limit-enclosed");
    sg_record_whole(r, "tau", (int64_t)tau);
    sg_record_outcome(r, SG_OK);
    sg_record_interval(r, "limit", limit);
    sg_record_end(r);
}

/* The largest modulus of the roots of lambda^{tau + 1} - lambda^tau + a, against 1. */
static enum sg_status certify_stale(struct sg_lab *lab, const char *row, double a, size_t tau)
{
    struct sg_interval radius;
    const enum sg_status status = sg_cert_delay_radius(&radius, a, tau, HUGE_VAL);
    struct sg_record *r = sg_lab_record(lab, "delay_radius", row);
    sg_record_number(r, "a", a);
    sg_record_whole(r, "tau", (int64_t)tau);
    sg_record_outcome(r, status);
    sg_record_interval(r, "radius", radius);
    sg_record_end(r);
    return status;
}

static void certify_recursion(struct sg_lab *lab, size_t tau)
{
    static const char words[] =
        "ball arithmetic, powers of the companion matrix; binary64 coefficient, exact";
    const struct sg_interval limit = sg_cert_delay_limit(tau);
    const double closed = sg_closed_delay_limit(tau);
    record_limit(lab, tau, limit);
    sg_lab_enclosed(lab, "limit-enclosed",
                    "2 sin(pi / (2 (2 tau + 1))), closed form over the proved enclosure, worst "
                    "tau",
                    closed / limit.low, 1.0, limit.high / limit.low, SG_CERTIFY_NUMBER_WIDTH,
                    sg_tol_rounding(4, 1, "4 u of the closed form"));
    sg_lab_proved(lab, "stale-inside-proved",
                  "stale recursion, every tau of the case: all roots inside at 0.999 of "
                  "the limit",
                  certify_stale(lab, "stale-inside-proved", 0.999 * closed, tau), SG_OK, words);
    sg_lab_proved(lab, "stale-beyond-proved",
                  "stale recursion, every tau of the case: a root outside at 1.001 of the "
                  "limit",
                  certify_stale(lab, "stale-beyond-proved", 1.001 * closed, tau), SG_REFUTED,
                  words);
}

/* 1 % inside and beyond both limits, the other rate at half its own. */
static void certify_pairs(struct sg_lab *lab, const struct sg_shallow *s, size_t tau, int most)
{
    static const char *const id[4] = {"pairs-mu-inside-proved", "pairs-mu-beyond-proved",
                                      "pairs-nu-inside-proved", "pairs-nu-beyond-proved"};
    static const char *const what[4] = {"every eigenvalue inside at 0.99 of 2/lambda_max(S_x)",
                                        "one outside at 1.01 of 2/lambda_max(S_x)",
                                        "every eigenvalue inside at 0.99 of 2/lambda_max(S_z)",
                                        "one outside at 1.01 of 2/lambda_max(S_z)"};
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    for (int k = 0; k < 4; k++) {
        const double share = k % 2 ? 1.01 : 0.99;
        const struct sg_cert_step step = {.tau = tau,
                                          .mu = (k < 2 ? share : 0.5) * s->rate_x.critical,
                                          .nu = (k < 2 ? 0.5 : share) * s->rate_z.critical};
        sg_lab_step_proved(
            lab, id[k],
            sg_lab_format(lab, "delayed pairs, every tau of the case up to %d: %s", most, what[k]),
            &data, step, k % 2 ? SG_REFUTED : SG_OK);
    }
}

void sg_dy11_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_int_list *tau = &lab->trial->c->train.tau;
    int most = -1;
    if (!sg_lab_certifies(lab, s->size))
        return;
    for (size_t i = 0; i < tau->n; i++) {
        certify_recursion(lab, (size_t)tau->value[i]);
        if (s->size + (size_t)tau->value[i] * s->n_w <= SG_CERTIFY_STATE_MOST &&
            tau->value[i] > most)
            most = tau->value[i];
    }
    for (size_t i = 0; i < tau->n; i++)
        if (tau->value[i] <= most)
            certify_pairs(lab, s, (size_t)tau->value[i], most);
}
