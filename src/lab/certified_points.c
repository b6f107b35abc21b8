/* Certified: CP6's fixed point with its gap. */
#ifdef SG_HAVE_ARB
#include <math.h>

#include "lab/certified.h"
#include "synthgrad/cert.h"

/* L(point) - inf L > 0: inf L is 0 where some W separates, else at most L at the floating optimum. */
static enum sg_status gap_row(struct sg_evidence *ev, const struct sg_cert_data *data, const struct sg_data *samples, const struct sg_cert_log_point *proved)
{
    struct sg_log_point *best;
    struct sg_interval loss = {0, 0};
    enum sg_status status = sg_closed_log_optimum_alloc(&best, samples, NULL);
    if (status != SG_OK)
        return status;
    const bool separates = !best->finite && sg_cert_separates(data, best->w) == SG_OK;
    status = separates ? SG_OK : sg_cert_log_loss(&loss, data, best->w);
    if (status == SG_OK) {
        const double least = proved->loss.low - loss.high;
        status = sg_certified_fact(ev, "the gap L - inf L there is positive", least > 0 ? SG_OK : SG_UNPROVED, SG_OK,
                                   "L in balls; inf L = 0 by a separating W, or at most L at the optimum's binary64 weights");
        sg_certified_note(ev, "proved: gap at least %.6g%s", least, separates ? ", the whole loss: the labels are separable" : "");
    }
    sg_closed_log_point_free(best);
    return status;
}

enum sg_status sg_cp6_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_log_point *point)
{
    const struct sg_data *data = trial->data;
    const struct sg_cert_data exact = {.n = data->n, .d = data->d, .m = data->m, .x = data->x, .y = data->y};
    struct sg_cert_log_point proved;
    /* With one feature and a constant the point is the optimum: no gap to prove. */
    if (data->m != 1 || data->d < 3 || !point->finite || !sg_certified_wanted(ev, trial, data->d + 3))
        return SG_OK;
    enum sg_status status = sg_certified_fact(ev, "a box around the point predicted holds exactly one joint critical point",
                                              sg_cert_log_point(&proved, &exact, point->w, point->phi), SG_OK, "Krawczyk's operator; binary64 samples, exact");
    if (status != SG_OK || !isfinite(proved.loss.low))
        return status;
    status = sg_certified_fact(ev, "there |grad L| > 0: it is no critical point of the loss", proved.gradient.low > 0 ? SG_OK : SG_UNPROVED, SG_OK,
                               "E[x (q - y)] over the enclosure");
    sg_certified_enclosed(ev, "the loss there, in floating point against the proved enclosure", point->loss, proved.loss.low, proved.loss.high, 1e-10,
                          (double)(data->n + data->d) * SG_UNIT_ROUNDOFF * (1 + proved.loss.high), "(n + d) u; enclosure no wider than 1e-10");
    sg_certified_note(ev, "proved: one point within %.3g max(1, |.|), |grad L| at least %.6g there", proved.box, proved.gradient.low);
    return status == SG_OK ? gap_row(ev, &exact, data, &proved) : status;
}
#else
#include "lab/certified.h"

enum sg_status sg_cp6_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_log_point *point)
{
    (void)point;
    (void)sg_certified_wanted(ev, trial, 0);
    return SG_OK;
}
#endif
