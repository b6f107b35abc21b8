/* DY10 in ball arithmetic: every mode at the case's own steps, and the clock's remainder. */
#include "claim/dy10/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

static void record(struct sg_lab *lab, const struct sg_cert_mode *mode, enum sg_status status,
                   const struct sg_cert_mode_look *look)
{
    struct sg_record *r = sg_lab_record(lab, "mode", "clock-proved modes-enclosed curve-enclosed");
    sg_record_number(r, "sigma", mode->sigma);
    sg_record_number(r, "a_0", mode->a_0);
    sg_record_number(r, "mu", mode->mu);
    sg_record_whole(r, "gap", (int64_t)mode->gap);
    sg_record_whole(r, "looks", SG_DY10_LOOKS);
    sg_record_outcome(r, status);
    for (int j = 0; j < SG_DY10_LOOKS; j++) {
        sg_record_interval(r, sg_lab_format(lab, "discrete_%d", j), look[j].discrete);
        sg_record_interval(r, sg_lab_format(lab, "curve_%d", j), look[j].curve);
    }
    sg_record_end(r);
}

static void certify_mode(struct sg_lab *lab, const struct sg_modes *s, size_t i)
{
    struct sg_cert_mode_look look[SG_DY10_LOOKS];
    const struct sg_mode_level level = sg_modes_level(s, 0);
    const struct sg_cert_mode mode = {s->saxe.sigma[i], s->saxe.a_0[i], level.mu, level.gap};
    const enum sg_status status = sg_cert_mode(look, SG_DY10_LOOKS, &mode);
    record(lab, &mode, status, look);
    const double steps = (double)level.steps;
    double a = mode.a_0;
    sg_lab_proved(lab, "clock-proved",
                  "every mode after the steps of the largest mu is on the curve, on the corrected "
                  "clock, within the remainder", status, SG_OK,
                  "ball arithmetic; sigma, a_0 and mu of binary64, exact");
    for (size_t j = 0; j < SG_DY10_LOOKS; j++) {
        for (uint64_t k = 0; k < level.gap; k++)
            a = sg_closed_saxe_step(a, mode.sigma, mode.mu);
        /* relative errors do not grow: d ln a+ / d ln a = 1 - 2 mu a / (1 + mu (sigma - a)) is in
         * (0, 1] */
        sg_lab_enclosed(lab, "modes-enclosed",
                        "every mode by the recursion a+ = a (1 + mu (sigma - a))^2, in floating "
                        "point against its enclosure, 16 looks",
                        a, look[j].discrete.low, look[j].discrete.high, SG_CERTIFY_NUMBER_WIDTH,
                        (struct sg_tol){6 * steps * SG_UNIT_ROUNDOFF * mode.sigma,
                                        "6 u sigma a step", mode.sigma});
        const double t = mode.mu * (double)((j + 1) * level.gap);
        sg_lab_enclosed(lab, "curve-enclosed",
                        "the logistic curve at the same times, closed form against its enclosure",
                        sg_closed_saxe_mode(mode.sigma, mode.a_0, t), look[j].curve.low,
                        look[j].curve.high, SG_CERTIFY_NUMBER_WIDTH,
                        (struct sg_tol){(10 + 4 * mode.sigma * t) * SG_UNIT_ROUNDOFF * mode.sigma,
                                        "10 u, and the exponent's 2 sigma t times 2 u",
                                        mode.sigma});
    }
}

void sg_modes_certify(struct sg_lab *lab, const struct sg_modes *s)
{
    const struct sg_mode_level level = sg_modes_level(s, 0);
    if (!sg_lab_certifies(lab, 0))
        return;
    if (level.steps > SG_CERT_MODE_STEPS_MOST) {
        sg_lab_note(lab, "no interval certificates: more than %d steps at the largest mu",
                    (int)SG_CERT_MODE_STEPS_MOST);
        return;
    }
    for (size_t i = 0; i < s->saxe.modes; i++)
        certify_mode(lab, s, i);
}
