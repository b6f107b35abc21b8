/* CP7's figure: backprop (0), a linear SG (1) and the matching one (2), at the rates of this claim.
 */
#include "claim/cp7/parts.h"

struct curve { struct sg_cp7 *c; double who; };

static void put(uint64_t step, double loss, void *context)
{
    const struct curve *curve = context;
    const double gap = loss - curve->c->s->infimum;
    sg_lab_point(curve->c->lab, (const double[]){curve->who, (double)step, gap});
}

void sg_cp7_draw(struct sg_cp7 *c)
{
    struct sg_case *linear = SG_TAKE(c->lab, 1, struct sg_case);
    *linear = *c->lab->trial->c;
    linear->module[0].family = SG_LINEAR;
    struct sg_log_shallow *other = sg_log_shallow_make(c->lab, linear);
    if (!other)
        return;
    sg_lab_series(c->lab, "runs", "who step gap");
    for (int who = 0; who < 3; who++) {
        struct sg_log_shallow *s = who == 1 ? other : c->s;
        double *phi = SG_TAKE(c->lab, s->n_phi, double);
        struct sg_log_run run = sg_cp7_run(c, 20000);
        run.backprop = who == 0;
        if (who == 1)
            run.sg_opt.rate = 1 / (1 + c->p2);                  /* its regressor is p itself */
        (void)sg_log_shallow_train(c->w, phi, s, &run, put, &(struct curve){c, who});
    }
    sg_lab_series(c->lab, "level", "gap");
    if (c->linear && c->linear->finite)
        sg_lab_point(c->lab, (const double[]){c->linear->loss - c->s->infimum});
}
