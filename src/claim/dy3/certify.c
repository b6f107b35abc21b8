/* DY3 in ball arithmetic: limits from both sides, radius, and a basin of attraction. */
#include "claim/dy3/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

/* Without momentum (beta 0) or with. */
static void prove_limits(struct sg_lab *lab, const struct sg_cert_data *data,
                         const struct sg_shallow *s, double beta)
{
    static const char *const id[] = {"mu-limit-proved", "nu-limit-proved"};
    static const char *const what[] = {
        "mu limit: the joint step contracts at all mu <= low with all nu <= their low, and expands "
        "at all mu >= high with any nu > 0",
        "nu limit: the joint step contracts at all nu <= low with all mu <= their low, and expands "
        "at all nu >= high with any mu > 0"};
    sg_lab_rates_proved(lab, id, what, data, sg_closed_momentum_limit(s->rate_x.critical, beta),
                        sg_closed_momentum_limit(s->rate_z.critical, beta), beta);
}

static void record_basin(struct sg_lab *lab, const struct sg_cert_data *data,
                         const struct sg_shallow *s, double basin, double contraction)
{
    struct sg_record *r = sg_lab_record(lab, "basin", "basin-proved");
    sg_record_data(r, data);
    sg_record_number(r, "mu", s->mu);
    sg_record_number(r, "nu", s->nu);
    sg_record_outcome(r, SG_OK);
    sg_record_number(r, "radius", basin);
    sg_record_number(r, "contraction", contraction);
    sg_record_end(r);
}

/* Beyond the claim, so that a basin that cannot be proved is no verdict. */
static void prove_basin(struct sg_lab *lab, const struct sg_cert_data *data,
                        const struct sg_shallow *s)
{
    double basin, contraction;
    if (sg_cert_basin(&basin, &contraction, data, s->mu, s->nu) != SG_OK) {
        sg_lab_note(lab, "no basin of attraction could be proved");
        return;
    }
    sg_lab_proved(lab, "basin-proved",
                  "a ball around the fixed point in which every start converges to it, at the "
                  "case's rates",
                  basin > 0 ? SG_OK : SG_REFUTED, SG_OK,
                  "a Lyapunov matrix, by interval Cholesky; bounds on the step's higher terms");
    record_basin(lab, data, s, basin, contraction);
    sg_lab_note(lab,
                "proved: every start within %.3g |W*| of the fixed point converges, by a factor "
                "%.9f a step in the Lyapunov norm",
                basin / s->w_norm, contraction);
}

static enum sg_status certify_moments(struct sg_interval *lambda_x, struct sg_interval *lambda_z,
                                      struct sg_lab *lab, const struct sg_cert_data *data)
{
    const enum sg_status status = sg_cert_moments(lambda_x, lambda_z, data);
    struct sg_record *r = sg_lab_record(lab, "moments",
                                        "hypotheses-proved mu-limit-enclosed nu-limit-enclosed");
    sg_record_data(r, data);
    sg_record_outcome(r, status);
    sg_record_interval(r, "lambda_x", *lambda_x);
    sg_record_interval(r, "lambda_z", *lambda_z);
    sg_record_end(r);
    return status;
}

void sg_dy3_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    struct sg_interval lambda_x, lambda_z, radius;
    if (!sg_lab_certifies(lab, s->size))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    sg_lab_proved(lab, "hypotheses-proved", "the hypotheses: S_x and S_z nonsingular, E|r*|^2 > 0",
                  certify_moments(&lambda_x, &lambda_z, lab, &data), SG_OK,
                  "interval Cholesky; binary64 samples, exact");
    sg_lab_limit_enclosed(lab, "mu-limit-enclosed",
                          "mu limit 2/lambda_max(S_x), closed form over the proved enclosure",
                          s->rate_x.critical, &lambda_x);
    sg_lab_limit_enclosed(lab, "nu-limit-enclosed",
                          "nu limit 2/lambda_max(S_z), closed form over the proved enclosure",
                          s->rate_z.critical, &lambda_z);
    const struct sg_cert_step step = {.mu = s->mu, .nu = s->nu};
    const enum sg_status inside =
        sg_lab_certify_step(&radius, lab, "inside-proved radius-enclosed", &data, &step,
                            SG_CERTIFY_RADIUS_WIDTH);
    sg_lab_proved(
        lab, "inside-proved", "at the case's rates every eigenvalue of the joint step is inside",
        inside, SG_OK,
        "ball arithmetic, |J^k|_F < 1 or |tr J^k| > n; binary64 samples and rates, exact");
    sg_lab_radius_enclosed(lab, "radius-enclosed",
                           "the joint step's spectral radius, closed form against the proved "
                           "enclosure",
                           sg_closed_joint_radius(s->fit, s->mu, s->nu), &radius);
    prove_limits(lab, &data, s, 0);
    if (inside == SG_OK)
        prove_basin(lab, &data, s);
}

void sg_dy3_certify_momentum(struct sg_lab *lab, const struct sg_shallow *s, double beta)
{
    if (!sg_lab_certifies(lab, 2 * s->size))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    prove_limits(lab, &data, s, beta);
}
