/* CP6's figure: the SG point is a straight line over the least-squares score, and runs end at its
 * loss. */
#include <string.h>

#include "claim/cp6/parts.h"

struct curve { struct sg_cp6 *c; double which; };

static void put(uint64_t step, double loss, void *context)
{
    struct curve *curve = context;
    const double gap = loss - curve->c->s->infimum;
    sg_lab_point(curve->c->lab, (const double[]){curve->which, (double)step, gap});
}

/* Scores at the end of a run, w, against those of the optimum. */
static void draw_scores(struct sg_cp6 *c, const double *w)
{
    const struct sg_data *data = c->s->data;
    const double *p = sg_cp6_projections(c->lab, data, NULL);
    double *end = SG_TAKE(c->lab, data->n, double);
    sg_lab_series(c->lab, "scores", "p_LS p_SG p_optimum y");
    sg_base_mul(end, data->x, w, data->n, data->d, 1);
    for (size_t i = 0; i < data->n; i++)
        sg_lab_point(c->lab,
                     (const double[]){p[2 * i], end[i], c->s->optimum->score[i], data->y[i]});
}

void sg_cp6_draw(struct sg_cp6 *c)
{
    struct sg_log_shallow *s = c->s;
    if (s->m > 1 || !s->ones)
        return;
    double *w = SG_TAKE(c->lab, s->n_w, double), *phi = SG_TAKE(c->lab, s->n_phi, double);
    double *rest = SG_TAKE(c->lab, s->n_w, double);
    sg_lab_series(c->lab, "runs", "who step gap");
    for (int who = 0; who < 3; who++) { /* backprop, gradient descent, Adam */
        const enum sg_opt_kind kind = who == 2 ? SG_ADAM : SG_GD;
        const struct sg_log_run run = {.net_opt = sg_cp6_optimiser(kind, c->mu),
                                       .sg_opt = sg_cp6_optimiser(kind, c->nu), .enough = c->enough,
                                       .most = c->most, .backprop = who == 0};
        (void)sg_log_shallow_train(w, phi, s, &run, put, &(struct curve){c, who});
        if (who == 1)
            memcpy(rest, w, s->n_w * sizeof *w);
    }
    draw_scores(c, rest);
    sg_lab_series(c->lab, "level", "gap infimum loss t c");
    sg_lab_point(c->lab, (const double[]){c->gap, s->infimum, c->point->loss, c->point->t[0],
                                          c->point->t[1]});
}
