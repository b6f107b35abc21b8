/* CP4's figure: the loss, the directions at c = 0, and four paths. */
#include "claim/cp4/parts.h"

static void draw_path(struct sg_lab *lab, const struct sg_cp4 *l, int run, enum sg_cp4_net which,
                      const struct sg_cp4_state *from)
{
    enum { STEPS = 120 };
    struct sg_sim *sim = sg_cp4_start(lab, l, which, from);
    for (int t = 0; t <= STEPS; t++) {
        const double *w = sg_sim_w(sim);
        sg_lab_point(lab, (const double[]){run, t, w[0], w[1], (double)which});
        sg_sim_step(sim, &l->batch);
    }
}

void sg_cp4_draw(struct sg_lab *lab, const struct sg_cp4 *l)
{
    enum { FINE = 50, COARSE = 8 }; /* points per side of [-2, 2]^2 */
    sg_lab_series(lab, "surface", "a b loss");
    for (int64_t j = -FINE; j <= FINE; j++)
        for (int64_t i = -FINE; i <= FINE; i++)
            sg_lab_point(lab, (const double[]){2.0 * (double)i / FINE, 2.0 * (double)j / FINE,
                                               2.0 * (double)sg_closed_spurious_loss(i, j) / FINE});
    sg_lab_series(lab, "rest", "a b slope_a slope_b sg_a sg_b sg_c");
    for (int i = -COARSE; i <= COARSE; i++)
        for (int j = -COARSE; j <= COARSE; j++) {
            const double a = 2.0 * i / COARSE, b = 2.0 * j / COARSE, phi[3] = {0};
            const struct sg_cp4_directions sg = sg_cp4_evaluate(l, SG_CP4_WITH, a, b, phi);
            const struct sg_cp4_directions plain = sg_cp4_evaluate(l, SG_CP4_WITHOUT, a, b, NULL);
            sg_lab_point(lab, (const double[]){a, b, 4 * plain.w[0], 4 * plain.w[1], sg.w[0],
                                               sg.w[1], sg.phi[l->n_phi - 1]});
        }
    sg_lab_series(lab, "paths", "run step a b without_sg");
    const struct sg_cp4_state inside = {.w = {1.6, 0.7}}, outside = {.w = {-0.8, 1.8}};
    draw_path(lab, l, 0, SG_CP4_WITHOUT, &inside);
    draw_path(lab, l, 1, SG_CP4_WITH, &inside);
    draw_path(lab, l, 2, SG_CP4_WITH, &outside);
    draw_path(lab, l, 3, SG_CP4_WITHOUT, &outside);
}
