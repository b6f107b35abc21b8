/* DY15: the series of its figure, on five layers: the staircase of layer norms under three rules,
 * and the modes over the layers for a slow and a fast SG. */
#include <math.h>

#include "claim/dy15/parts.h"

enum { LAYERS = 5, MIDDLE = 2 };
static const double KAPPA = 0.3, SLOW = 0.1, FAST = 10;

/* |W_i| of what was trained, and predicted. */
static void draw_staircase(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                           double number)
{
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    const struct sg_dy15_end end = sg_dy15_glance(lab, s, rule, most);
    for (size_t i = 0; i < s->N; i++) {
        const size_t from = sg_closed_deep_offset(&s->deep, i);
        const size_t to = sg_closed_deep_offset(&s->deep, i + 1);
        sg_lab_point(lab, (const double[]){number, (double)i + 1,
                                           sg_base_norm(s->factor[rule]->layer + i * s->r, s->r),
                                           sg_base_norm(end.w + from, to - from)});
    }
}

static void draw_modes(struct sg_lab *lab, double kappa)
{
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    const struct sg_dy15 *s = sg_dy15_make_point(lab, LAYERS, 0, kappa);
    if (!s || !s->w_0)
        return;
    const struct sg_dy15_end end = sg_dy15_glance(lab, s, SG_DY15_SG, most);
    /* Mode by mode, for lines over the layers. */
    for (size_t j = 0; j < s->r * s->N; j++) {
        const size_t i = j % s->N, a = j / s->N;
        const size_t rows = s->deep.width[i], columns = s->deep.width[i + 1];
        double *sigma = SG_TAKE(lab, rows < columns ? rows : columns, double);
        sg_lab_try(lab, sg_base_singular_values(
                            sigma, end.w + sg_closed_deep_offset(&s->deep, i), rows, columns));
        sg_lab_point(lab, (const double[]){kappa, (double)a + 1, (double)i + 1,
                                           s->factor[SG_DY15_SG]->layer[i * s->r + a], sigma[a],
                                           s->factor[SG_DY15_SG]->sigma[a]});
    }
}

void sg_dy15_draw(struct sg_lab *lab)
{
    const struct sg_dy15 *one = sg_dy15_make_point(lab, LAYERS, MIDDLE, KAPPA);
    const struct sg_dy15 *all = sg_dy15_make_point(lab, LAYERS, 0, KAPPA);
    if (!one || !all || !one->w_0 || !all->w_0)
        return;
    sg_lab_series(lab, "staircase", "rule layer predicted trained");
    draw_staircase(lab, all, SG_DY15_BACKPROP, 0);
    draw_staircase(lab, one, SG_DY15_SG, 1);
    draw_staircase(lab, all, SG_DY15_SG, 2);
    sg_lab_series(lab, "modes", "kappa mode layer predicted trained sigma");
    draw_modes(lab, SLOW);
    draw_modes(lab, FAST);
}
