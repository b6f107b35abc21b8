/* CP7 in ball arithmetic: the optimum, which the matching SG rests at, and the gap that a linear SG
 * leaves instead (CP6), from both sides. */
#include <math.h>

#include "claim/cp7/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

/* A gap below this is none to enclose: losses are doubles around 1. */
static const double LEAST = 1e-6;
static const char *const words = "Krawczyk's operator; binary64 samples, exact";

static double rounding(const struct sg_cp7 *c, double loss)
{
    return (double)(c->s->data->n + c->s->d) * SG_UNIT_ROUNDOFF * (1 + loss);
}

/* inf L in *infimum; false: nothing to compare with. */
static bool certify_optimum(struct sg_interval *infimum, double *box, struct sg_cp7 *c,
                            const struct sg_cert_data *data)
{
    struct sg_cert_log_point proved;
    const double *w = c->s->optimum->w;
    const enum sg_status status = sg_cert_log_optimum(&proved, data, w);
    sg_lab_proved(c->lab, "optimum-proved",
                  "a box around the optimum holds exactly one critical point of the loss; with "
                  "phi* it is the joint one", status, SG_OK, words);
    struct sg_record *r = sg_lab_record(c->lab, "log_optimum", "optimum-proved infimum-enclosed");
    sg_record_data(r, data);
    sg_record_array(r, "point", w, 1, data->d);
    sg_record_outcome(r, status);
    sg_record_number(r, "box", proved.box);
    sg_record_interval(r, "loss", proved.loss);
    sg_record_end(r);
    *infimum = proved.loss;
    *box = proved.box;
    if (status == SG_OK)
        sg_lab_enclosed(c->lab, "infimum-enclosed",
                        "the loss there, inf L, in floating point against its enclosure",
                        c->s->infimum, proved.loss.low, proved.loss.high, SG_CERTIFY_NUMBER_WIDTH,
                        (struct sg_tol){rounding(c, proved.loss.high), "(n + d) u", 0});
    return status == SG_OK;
}

static bool certify_separable(struct sg_interval *infimum, struct sg_cp7 *c,
                              const struct sg_cert_data *data)
{
    const double *w = c->s->optimum->w;
    const enum sg_status status = sg_cert_separates(data, w);
    sg_lab_proved(c->lab, "separable-proved",
                  "separable: a W of binary64 has every sample on its side, so that inf L = 0",
                  status, SG_OK, "sample by sample, exactly");
    struct sg_record *r = sg_lab_record(c->lab, "separates", "separable-proved");
    sg_record_data(r, data);
    sg_record_array(r, "point", w, 1, data->d);
    sg_record_outcome(r, status);
    sg_record_end(r);
    *infimum = (struct sg_interval){0, 0};
    return status == SG_OK;
}

/* end: where a run ended, or NULL. */
static void certify_gap(struct sg_cp7 *c, const struct sg_cert_data *data,
                        const struct sg_interval *infimum, double best_box, const double *end)
{
    const struct sg_log_point *point = c->linear;
    struct sg_cert_log_point proved;
    struct sg_interval loss = {SG_NAN, SG_NAN};
    const enum sg_status status = sg_cert_log_point(&proved, data, point->w, point->phi),
                         read = end ? sg_cert_log_loss(&loss, data, end) : SG_UNPROVED;
    const struct sg_interval gap = {nextafter(proved.loss.low - infimum->high, -HUGE_VAL),
                                    nextafter(proved.loss.high - infimum->low, HUGE_VAL)};
    const enum sg_status ended = status != SG_OK || read != SG_OK   ? SG_UNPROVED
                                 : loss.high < proved.loss.low     ? SG_OK
                                 : loss.low > proved.loss.high     ? SG_REFUTED
                                                                   : SG_UNPROVED;
    sg_lab_enclosed(c->lab, "linear-gap-enclosed",
                    "the gap L - inf L at the one point where a linear SG rests (CP6), in floating "
                    "point against its enclosure, above 0", point->loss - c->s->infimum, gap.low,
                    gap.high, 1e-8,
                    (struct sg_tol){2 * rounding(c, proved.loss.high), "2 (n + d) u", 0});
    if (end)
        sg_lab_proved(c->lab, "below-linear-proved",
                      "the loss where the run from 0 ended is below that of a linear SG's point",
                      ended, SG_OK, "both losses in balls");
    struct sg_record *r = sg_lab_record(c->lab, "linear_gap",
                                        end ? "linear-gap-enclosed below-linear-proved"
                                            : "linear-gap-enclosed");
    sg_record_data(r, data);
    sg_record_array(r, "point", point->w, 1, data->d);
    sg_record_array(r, "phi", point->phi, 1, 3);
    sg_record_number(r, "box", proved.box);
    sg_record_number(r, "best_box", best_box);
    sg_record_flag(r, "separable", !c->s->optimum->finite);
    sg_record_array(r, "best", c->s->optimum->w, 1, data->d);
    sg_record_array(r, "end", end, 1, data->d);
    sg_record_outcome(r, status);
    sg_record_interval(r, "gap", gap);
    sg_record_end(r);
}

void sg_cp7_certify(struct sg_cp7 *c, const double *end)
{
    struct sg_interval infimum;
    double box = SG_NAN;
    if (c->lab->trial->replicate > 0 || !c->matching)
        return;
    if (c->s->m != 1 || !c->s->ones) {
        sg_lab_note(c->lab, "certified for one column of y and 1 in col X only");
        return;
    }
    if (!sg_lab_certifies(c->lab, c->s->d + 3))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(c->lab->trial);
    const bool known = c->s->optimum->finite ? certify_optimum(&infimum, &box, c, &data)
                                             : certify_separable(&infimum, c, &data);
    const bool gap = c->linear && c->linear->finite &&
                     c->linear->loss - c->s->infimum >= LEAST;
    if (known && gap)
        certify_gap(c, &data, &infimum, box, end);
    else if (known)
        sg_lab_note(c->lab, "a linear SG leaves no gap here to certify");
}
