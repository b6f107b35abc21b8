/* CP4: runs from inside the wedge, with the SG and without, and from outside. */
#include <math.h>
#include <string.h>

#include "claim/cp4/parts.h"

static bool same_bits(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

/* In the wedge with c = 0: not one bit changes in any step. */
static void check_rest(struct sg_lab *lab, const struct sg_cp4 *l, const struct sg_cp4_state *from)
{
    struct sg_sim *sim = sg_cp4_start(lab, l, SG_CP4_WITH, from);
    bool still = true;
    for (int t = 0; t < l->c->train.steps; t++) {
        sg_sim_step(sim, &l->batch);
        still = still && same_bits(sg_sim_w(sim), from->w, sizeof from->w) &&
                same_bits(sg_sim_phi(sim), from->phi, l->n_phi * sizeof *from->phi);
    }
    sg_lab_fact(lab, SG_SIMULATED, "rests",
                "from a random point of the wedge with c = 0, no bit changes in any step", still,
                "exact");
}

/* Backprop from the same point.  E|f| is homogeneous, <grad, w> = E|f| >= SHARP |w| with
 * SHARP = 2/sqrt(5) (at b = 2a), and |grad| <= 3/2, so
 *     |w'|^2 <= |w|^2 - 2 mu E|f| + mu^2 9/4:
 * beyond R = (9/4) mu / SHARP the square shrinks by mu SHARP |w| at least, so |w| by mu SHARP / 2;
 * hence after 2 |w_0| / (mu SHARP) steps |w|^2 <= R^2 + (9/4) mu^2 for ever. */
static void check_backprop(struct sg_lab *lab, const struct sg_cp4 *l,
                           const struct sg_cp4_state *from)
{
    const double sharp = 2 / sqrt(5), mu = l->c->train.mu,
                 radius = hypot(2.25 * mu / sharp, 1.5 * mu);
    const double arrival = 2 * sg_base_norm(from->w, 2) / (mu * sharp);
    struct sg_sim *sim = sg_cp4_start(lab, l, SG_CP4_WITHOUT, from);
    double farthest = 0;
    for (int t = 1; t <= l->c->train.steps; t++) {
        sg_sim_step(sim, &l->batch);
        if (t >= arrival)
            farthest = sg_base_max(farthest, sg_base_norm(sg_sim_w(sim), 2));
    }
    sg_lab_below(lab, SG_SIMULATED, "backprop",
                 "backprop from there: largest distance from the minimum once it has arrived",
                 farthest, radius,
                 (struct sg_tol){4 * SG_UNIT_ROUNDOFF * radius,
                                 "subgradient steps on a sharp minimum; 4 u", 0});
}

/* The set attracts: sum x = 0, so no constant moves a, while c turns to the sign of b and drives b
 * into the wedge, where c dies out.  In rounding, sum x c errs by 6 u |c| a step and the update by
 * u |a|. */
static void check_attraction(struct sg_lab *lab, const struct sg_cp4 *l,
                             const struct sg_cp4_state *from)
{
    const int steps = l->c->train.steps;
    struct sg_sim *sim = sg_cp4_start(lab, l, SG_CP4_WITH, from);
    const bool finite = sg_sim_advance(sim, &l->batch, (uint64_t)steps) == SG_OK;
    const double *w = sg_sim_w(sim), *phi = sg_sim_phi(sim), a = fabs(from->w[0]);
    sg_lab_zero(lab, SG_SIMULATED, "a-stays",
                "from a random point outside the wedge: how far the SG moves a",
                fabs(w[0] - from->w[0]),
                (struct sg_tol){steps * SG_UNIT_ROUNDOFF * (6 * l->c->train.mu + a),
                                "rounding of sum x c and of the update", a});
    sg_lab_fact(lab, SG_SIMULATED, "attracted", "and it ends in the wedge, c = 0 to rounding",
                finite && fabs(w[1]) < fabs(w[0]) &&
                    sg_base_max_abs(phi, l->n_phi) <= SG_UNIT_ROUNDOFF,
                "b < a, |c| <= u");
}

/* From outside, c = 0 at first, b is in the wedge after 4 (|b| - |a|) / mu + 1 / nu steps (c is at
 * least (1 - (1 - nu)^t) / 4), coasts by at most mu / nu there, and 40 / nu steps later c is below
 * u.  It cannot cross the wedge if mu (1 + 1 / nu) < 2 |a|. */
void sg_cp4_runs(struct sg_lab *lab, const struct sg_cp4 *l, struct sg_rng *rng)
{
    const double mu = l->c->train.mu, nu = l->c->train.nu, least = fmax(0.25, mu * (1 + 1 / nu));
    const double sign_a = sg_base_rng_index(rng, 2) ? -1 : 1,
                 sign_b = sg_base_rng_index(rng, 2) ? -1 : 1;
    const double a = 1 + sg_base_rng_uniform(rng), b = a * sg_base_rng_uniform(rng);
    const double a_out = least + sg_base_rng_uniform(rng) / 2,
                 b_out = a_out + 0.5 + sg_base_rng_uniform(rng);
    const struct sg_cp4_state inside = {.w = {sign_a * a, sign_b * b}},
                              outside = {.w = {sign_a * a_out, sign_b * b_out}};
    const double settled = 4 * (b_out - a_out) / mu + 41 / nu, arrived = sqrt(5) * hypot(a, b) / mu;
    if (!sg_lab_afford(lab, ceil(fmax(settled, 2 * arrived)) + 1, l->c->train.steps,
                       "see the runs end", "raise train.steps, train.mu or train.nu"))
        return;
    check_rest(lab, l, &inside);
    check_backprop(lab, l, &inside);
    check_attraction(lab, l, &outside);
}
