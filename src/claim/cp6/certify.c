/* CP6 in ball arithmetic: one joint critical point in a box around the predicted one, |grad L| and
 * the gap there.  Where the optimum is affine in p_LS there is no gap to prove. */
#include <math.h>

#include "claim/cp6/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

static void record_point(const struct sg_cp6 *c, const struct sg_cert_data *data,
                         enum sg_status status, const struct sg_cert_log_point *proved)
{
    const bool apart = status == SG_OK && !c->affine;
    struct sg_record *r = sg_lab_record(c->lab, "log_point",
                                        status != SG_OK ? "point-proved"
                                        : apart ? "point-proved loss-enclosed gradient-proved"
                                                : "point-proved loss-enclosed");
    sg_record_data(r, data);
    sg_record_array(r, "point", c->point->w, 1, data->d);
    sg_record_array(r, "phi", c->point->phi, 1, 3);
    sg_record_flag(r, "apart", apart);
    sg_record_outcome(r, status);
    sg_record_number(r, "box", proved->box);
    sg_record_interval(r, "gradient", proved->gradient);
    sg_record_interval(r, "loss", proved->loss);
    sg_record_end(r);
}

/* least: L(point) - inf L is at least this. */
static void record_gap(const struct sg_cp6 *c, const struct sg_cert_data *data, double box,
                       bool separates, double least)
{
    struct sg_record *r = sg_lab_record(c->lab, "log_gap", "gap-proved");
    sg_record_data(r, data);
    sg_record_array(r, "point", c->point->w, 1, data->d);
    sg_record_array(r, "phi", c->point->phi, 1, 3);
    sg_record_number(r, "box", box);
    sg_record_array(r, "best", c->s->optimum->w, 1, data->d);
    sg_record_flag(r, "separates", separates);
    sg_record_outcome(r, least > 0 ? SG_OK : SG_UNPROVED);
    sg_record_number(r, "gap", least);
    sg_record_end(r);
}

/* L(point) - inf L > 0: inf L is 0 where some W separates, else at most L at the floating optimum.
 */
static void prove_gap(struct sg_cp6 *c, const struct sg_cert_data *data,
                      const struct sg_cert_log_point *proved)
{
    const struct sg_log_point *best = c->s->optimum;
    struct sg_interval loss = {0, 0};
    const bool separates = !best->finite && sg_cert_separates(data, best->w) == SG_OK;
    const enum sg_status status = separates ? SG_OK : sg_cert_log_loss(&loss, data, best->w);
    const double least = nextafter(proved->loss.low - loss.high, -HUGE_VAL);
    record_gap(c, data, proved->box, separates, least);
    sg_lab_proved(c->lab, "gradient-proved",
                  "there |grad L| > 0: it is no critical point of the loss",
                  proved->gradient.low > 0 ? SG_OK : SG_UNPROVED, SG_OK,
                  "E[x (q - y)] over the enclosure");
    sg_lab_proved(c->lab, "gap-proved", "the gap L - inf L there is positive",
                  status == SG_OK && least > 0 ? SG_OK : SG_UNPROVED, SG_OK,
                  "L in balls; inf L = 0 by a separating W, or at most L at the optimum's binary64 "
                  "weights");
    sg_lab_note(c->lab, "|grad L| at least %.6g there; proved: gap at least %.6g%s",
                proved->gradient.low, least,
                separates ? ", the whole loss: the labels are separable" : "");
}

void sg_cp6_certify(struct sg_cp6 *c)
{
    const struct sg_log_point *point = c->point;
    struct sg_cert_log_point proved;
    if (c->s->m != 1 || !c->s->ones) {
        if (c->lab->trial->replicate == 0)
            sg_lab_note(c->lab, "certified for one column of y and 1 in col X only");
        return;
    }
    if (!sg_lab_certifies(c->lab, c->s->d + 3))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(c->lab->trial);
    const enum sg_status status = sg_cert_log_point(&proved, &data, point->w, point->phi);
    record_point(c, &data, status, &proved);
    sg_lab_proved(c->lab, "point-proved",
                  "a box around the point predicted holds exactly one joint critical point", status,
                  SG_OK, "Krawczyk's operator; binary64 samples, exact");
    if (status != SG_OK)
        return;
    sg_lab_enclosed(c->lab, "loss-enclosed",
                    "the loss there, in floating point against the proved enclosure", point->loss,
                    proved.loss.low, proved.loss.high, SG_CERTIFY_NUMBER_WIDTH,
                    (struct sg_tol){(double)(c->s->data->n + c->s->d) * SG_UNIT_ROUNDOFF *
                                        (1 + proved.loss.high), "(n + d) u", 0});
    sg_lab_note(c->lab, "proved: one point within %.3g max(1, |.|)", proved.box);
    if (!c->affine)
        prove_gap(c, &data, &proved);
}
