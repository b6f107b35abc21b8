/* DY9 in ball arithmetic: the distance from backprop's weights in exact arithmetic, at the smallest
 * kappa of the case.  The limit itself solves an equation along a flow, whose integration is not
 * validated. */
#include <math.h>

#include "claim/dy9/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

enum { STEPS_MOST = 8000 };

static struct sg_interval certify_distance(struct sg_lab *lab, const struct sg_dy9 *s,
                                           enum sg_dy9_start start)
{
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    const struct sg_deep *deep = &s->pair->deep;
    const struct sg_cert_deep_apart ask = {.deep = deep, .w = s->w_0, .phi = s->phi[start],
                                           .mu = s->mu_at[0], .nu = s->nu,
                                           .steps = s->steps_at[0]};
    struct sg_interval distance;
    const enum sg_status status = sg_cert_deep_apart(&distance, &data, &ask);
    struct sg_record *r = sg_lab_record(lab, "deep_apart", "distance-enclosed");
    sg_record_data(r, &data);
    sg_record_wholes(r, "width", deep->width, deep->n_layers + 1);
    sg_record_whole(r, "at", (int64_t)deep->at);
    sg_record_array(r, "w_0", ask.w, 1, s->pair->n_w);
    sg_record_array(r, "phi_0", ask.phi, s->pair->n_phi / deep->width[deep->at],
                    deep->width[deep->at]);
    sg_record_number(r, "mu", ask.mu);
    sg_record_number(r, "nu", ask.nu);
    sg_record_whole(r, "steps", (int64_t)ask.steps);
    sg_record_outcome(r, status);
    sg_record_interval(r, "distance", distance);
    sg_record_end(r);
    /* as in check_start: `steps` steps of a contraction, 10 u |W| each, in either run */
    const double rounding = 2 * sqrt((double)ask.steps) * 10 * SG_UNIT_ROUNDOFF *
                            sg_base_norm(s->limit[start], s->pair->n_w);
    sg_lab_enclosed(lab, "distance-enclosed",
                    "|W_kappa - W_backprop| at the smallest kappa, both starts, simulated, against "
                    "its enclosure in exact arithmetic", s->error[start][0], distance.low,
                    distance.high, SG_CERTIFY_NUMBER_WIDTH,
                    (struct sg_tol){rounding, "20 sqrt(steps) u |W|", 0});
    return distance;
}

void sg_dy9_certify(struct sg_lab *lab, const struct sg_dy9 *s)
{
    const size_t K = s->pair->deep.width[s->pair->deep.at];
    const size_t rows = K + lab->trial->data->m + 1;
    if (lab->trial->replicate > 0 || lab->status != SG_OK)
        return;
    if (s->pair->n_phi != rows * K || s->nu * s->s_z[0].most >= 2) {
        sg_lab_note(lab, "certified for an SG with labels and a constant, below nu's limit, only");
        return;
    }
    if (s->steps_at[0] > STEPS_MOST) {
        sg_lab_note(lab, "no interval certificates: more than %d steps", (int)STEPS_MOST);
        return;
    }
    if (!sg_lab_certifies(lab, rows))
        return;
    const struct sg_interval off = certify_distance(lab, s, SG_DY9_OFF),
                             apart = certify_distance(lab, s, SG_DY9_EXACT);
    sg_lab_note(lab, "proved: at kappa = %.4g, kappa |W_kappa - W_backprop| is %.10g started exact "
                "and %.10g off; the limits are %.4g and %.4g", s->kappa[0],
                s->kappa[0] * apart.low, s->kappa[0] * off.low,
                sg_base_norm(s->limit[SG_DY9_EXACT] + s->pair->n_w, s->pair->n_w),
                sg_base_norm(s->limit[SG_DY9_OFF] + s->pair->n_w, s->pair->n_w));
}
