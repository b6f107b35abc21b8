/* DY11 in ball arithmetic: the stale recursion for every tau of the case, the joint step under
 * delayed pairs for every tau there is. */
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

static void record_sides(struct sg_lab *lab, const char *row, size_t tau, struct sg_interval a,
                         enum sg_status inside, enum sg_status outside)
{
    struct sg_record *r = sg_lab_record(lab, "delay_sides", row);
    sg_record_whole(r, "tau", (int64_t)tau);
    sg_record_outcome(r, sg_lab_limit_outcome(inside, outside));
    sg_record_interval(r, "a", a);
    sg_record_end(r);
}

static void certify_recursion(struct sg_lab *lab, size_t tau)
{
    const struct sg_interval limit = sg_cert_delay_limit(tau);
    const double closed = sg_closed_delay_limit(tau);
    const struct sg_interval a = sg_lab_around(closed);
    record_limit(lab, tau, limit);
    sg_lab_enclosed(lab, "limit-enclosed",
                    "2 sin(pi / (2 (2 tau + 1))), closed form over the proved enclosure, worst "
                    "tau",
                    closed / limit.low, 1.0, limit.high / limit.low, SG_CERTIFY_NUMBER_WIDTH,
                    sg_tol_rounding(4, 1, "4 u of the closed form"));
    const enum sg_status inside = sg_cert_delay_side(a.low, tau),
                         outside = sg_cert_delay_side(a.high, tau);
    const char *id = sg_lab_format(lab, "stale-limit-%zu-proved", tau);
    record_sides(lab, id, tau, a, inside, outside);
    sg_lab_limit_proved(
        lab, id,
        sg_lab_format(lab,
                      "tau = %zu, limit of mu lambda_max: the roots of the stale recursion are all "
                      "inside at low, one is outside at high",
                      tau),
        a.low, a.high, inside, outside,
        "ball arithmetic, Schur and Cohn's recursion; binary64 coefficient, exact");
}

static void certify_pairs(struct sg_lab *lab, const struct sg_cert_data *data,
                          const struct sg_shallow *s)
{
    static const char *const id[] = {"pairs-mu-limit-proved", "pairs-nu-limit-proved"};
    static const char *const what[] = {
        "delayed pairs, every tau: the step contracts at all mu <= low with all nu <= their low, "
        "and expands at mu = high with each of those nu",
        "delayed pairs, every tau: the step contracts at all nu <= low with all mu <= their low, "
        "and expands at nu = high with each of those mu"};
    sg_lab_rates_proved(lab, id, what, data, s->rate_x.critical, s->rate_z.critical, 0);
}

void sg_dy11_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_int_list *tau = &lab->trial->c->train.tau;
    if (!sg_lab_certifies(lab, s->size))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    for (size_t i = 0; i < tau->n; i++)
        certify_recursion(lab, (size_t)tau->value[i]);
    certify_pairs(lab, &data, s);
}

void sg_dy11_certify_line(struct sg_lab *lab, const struct sg_shallow *s, size_t tau, double inside,
                          double limit)
{
    const size_t size = s->size + tau * s->n_w;
    if (size > SG_CERTIFY_STATE_MOST || !sg_lab_certifies(lab, size))
        return;
    const struct sg_interval c = sg_lab_around(limit);
    struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    data.y = NULL;                                       /* y = x W exactly */
    data.w = s->fit->w;
    const struct sg_cert_step step = {.mu = s->mu, .nu = s->nu, .tau = tau, .C = &inside};
    const double one = 1;
    sg_lab_step_proved(lab, sg_lab_format(lab, "c-inside-%zu-proved", tau),
                       sg_lab_format(lab, "realizable, tau = %zu, c = %g: every eigenvalue but the "
                                     "line's is inside", tau, inside),
                       &data, step, SG_OK);
    sg_lab_step_limit_proved(
        lab, sg_lab_format(lab, "c-limit-%zu-proved", tau),
        sg_lab_format(lab, "realizable, tau = %zu, limit of c: every eigenvalue but the line's is "
                      "inside at high, one outside at low", tau),
        &data, &(struct sg_lab_limit){.of = SG_LIMIT_C, .step = step, .C_0 = &one, .at = c});
}
