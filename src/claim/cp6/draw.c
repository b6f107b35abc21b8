/* CP6's figure: the SG point is a straight line over the least-squares score, and runs end at its loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/cp6/parts.h"

struct curve { struct sg_cp6 *c; double which; };

static void put(uint64_t step, double loss, void *context)
{
    struct curve *curve = context;
    sg_claim_point(curve->c->ev, (const double[]){curve->which, (double)step, loss - curve->c->s->infimum});
}

/* Scores at the end of a run, w, against those of the optimum. */
static void draw_scores(struct sg_cp6 *c, const double *w_end)
{
    const struct sg_data *data = c->s->data;
    double *w = SG_NEW(data->d, double), *p = SG_NEW(data->n, double), *end = SG_NEW(data->n, double);
    sg_claim_series(c->ev, "scores", "p_LS p_SG p_optimum y");
    if (sg_base_solve_least_squares(w, NULL, NULL, data->x, data->y, data->n, data->d, 1) == SG_OK) {
        sg_base_mul(p, data->x, w, data->n, data->d, 1);
        sg_base_mul(end, data->x, w_end, data->n, data->d, 1);
        for (size_t i = 0; i < data->n; i++)
            sg_claim_point(c->ev, (const double[]){p[i], end[i], c->s->optimum->score[i], data->y[i]});
    }
    free(w);
    free(p);
    free(end);
}

void sg_cp6_draw(struct sg_cp6 *c)
{
    struct sg_log_shallow *s = c->s;
    if (s->m > 1 || c->plane || !c->point->finite)
        return;
    double *w = SG_NEW(s->n_w, double), *phi = SG_NEW(s->n_phi, double), *rest = SG_NEW(s->n_w, double);
    sg_claim_series(c->ev, "runs", "who step gap");
    struct curve curve = {c, 0};
    for (int who = 0; who < 3; who++) {                        /* backprop, gradient descent, Adam */
        const enum sg_opt_kind kind = who == 2 ? SG_ADAM : SG_GD;
        const struct sg_log_run run = {.net_opt = sg_cp6_optimiser(kind, c->mu), .sg_opt = sg_cp6_optimiser(kind, c->nu), .enough = c->enough,
                                       .most = c->most, .backprop = who == 0};
        curve.which = who;
        (void)sg_log_shallow_train(w, phi, s, &run, put, &curve);
        if (who == 1)
            memcpy(rest, w, s->n_w * sizeof *w);
    }
    draw_scores(c, rest);
    sg_claim_series(c->ev, "level", "gap infimum loss t c");
    sg_claim_point(c->ev, (const double[]){sg_cp6_gap(c), s->infimum, c->point->loss, c->point->t[0], c->point->t[1]});
    free(w);
    free(phi);
    free(rest);
}
