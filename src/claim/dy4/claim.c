/* DY4: realizable data, Y = X W*: every (W*, phi* + (C, -C, 0)) is a fixed point of the joint step,
 * and which of them attract.
 *
 * C = t C_0 runs along a ray, C_0 with real eigenvalues (the largest 1) or, with two and more
 * outputs, a complex pair 1 +- i b.  Stability is judged across the family: by the distance to it,
 * |dW|^2 + |psi_A + psi_B|^2 / 2 + |psi_C|^2, psi = Phi - phi*. */
#include <math.h>

#include "claim/dy4/parts.h"

static void check_ray(struct sg_ray *r, struct sg_rng *rng)
{
    struct sg_lab *lab = r->lab;
    struct sg_shallow *s = r->s;
    double low, high;
    /* Rates so small that not even the fastest modes move decide nothing. */
    const double x = s->mu * s->rate_x.largest, z = s->nu * s->rate_z.largest;
    if (!sg_shallow_affords(lab, s, 2 * log(100) / fmin(fmin(x, 2 - x), fmin(z, 2 - z)),
                            "take larger rates"))
        return;
    sg_dy4_predict(&low, &high, r);
    const double place[] = {1.3 * low, 0.6 * low, isnan(high) ? 0.7 : 0.6 * high};
    for (size_t i = 0; i < 3; i++)
        sg_dy4_check_family(r, place[i]);
    const double at = -s->c->train.line * low, steps = sg_ray_steps_to_shrink(r, at, NULL);
    if (at >= high)
        sg_lab_stop(
            lab, SG_HYPOTHESIS,
            "the case's place on the family, c = %.4g, is beyond the upper limit %.4g; take "
            "train.line below %.3g",
            at, high, high / fabs(low));
    if (!sg_shallow_affords(lab, s, steps,
                            "take a place further from the limit (train.line), or larger rates"))
        return;
    double *direction = SG_TAKE(lab, s->size, double);
    sg_base_rng_direction(direction, s->size, rng);
    const enum sg_fate fate = sg_ray_fate(r, at, direction, steps);
    sg_lab_fact(lab, SG_SIMULATED, "returns",
                "a start near the family at the case's place on it returns to it",
                fate == SG_RETURNS, "a hundredfold");
    if (fate == SG_LEAVES && at <= low)
        sg_lab_note(lab, "the case's place on the family is beyond the lower limit and the start "
                         "leaves, as the statement says; take train.line above -1");
    sg_dy4_check_limit(r, low, false);
    sg_dy4_certify(r, at, low, high);
    if (!isnan(high))
        sg_dy4_check_limit(r, high, true);
}

static void end_line(void *line)
{
    sg_closed_line_free(line);
}

/* S_x = I has a closed spectrum; any other, real C and the limit -1 only. */
static void says(struct sg_lab *lab, void *on)
{
    struct sg_shallow *s = on;
    struct sg_line *line = NULL;
    struct sg_rng *rng = sg_lab_rng(lab, "line");
    const enum sg_status status = sg_closed_line_alloc(&line, s->fit);
    sg_lab_own(lab, line, end_line);
    if (status != SG_HYPOTHESIS && !sg_lab_try(lab, status))
        return;
    for (int pair = 0; pair < (line && s->fit->m > 1 ? 2 : 1); pair++) {
        struct sg_ray r = sg_ray_make(lab, s, line, pair == 1, rng);
        check_ray(&r, rng);
        if (lab->trial->figure && line && sg_closed_line_inside(line) && s->fit->m == 1) {
            sg_ray_draw_trajectories(&r, rng);
            sg_ray_draw_moduli(&r, rng);
        }
    }
}

const struct sg_claim sg_claim_dy4 = {
    .id = "DY4",
    .name = "dy4_fixed_line",
    .title = "realizable data: a line of fixed points and where it changes stability",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION SG_READS_FULL_SG
    " train.form train.order=simultaneous train.units train.mu train.nu train.steps train.line",
    .supposes = (const struct sg_hypothesis *const[]){&sg_shallow_x_nonsingular,
                                                      &sg_shallow_realizable, &sg_dy4_full_rank,
                                                      &sg_dy4_free_direction, &sg_dy4_limits,
                                                      &sg_dy4_attracts, &sg_dy4_small_rates, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement =
        "Linear regression on realizable data (Y = X W* exactly, [Y 1] of full column rank, S_x "
        "nonsingular) with a linear, label-conditioned SG at the output: every (W*, phi* + (C, "
        "-C, 0)), C any m x m matrix, is a fixed point, and there are no others.  With small "
        "rates it attracts in all other directions if every eigenvalue c of C has Re(c) > -1, and "
        "with real c only then when x has a direction orthogonal to y and 1.  With S_x = I the "
        "spectrum is closed: 1 - mu (1 + c), and with 1 in col X the pairs of I - [[mu (1 + c), "
        "mu], [nu a c, nu a]] for the positive eigenvalues a of S_z.  At finite rates it is exact "
        "inequalities: for real c and mu <= 1 the lower limit is -1 if d > m + 1 and nu a_max (1 "
        "- mu/2) < 2, and -1 - (nu/mu) a_min (1 - mu) if d = m + 1 and nu (a_max (1 - mu/2) - "
        "a_min (1 - mu)) < 2; without the latter inequality no real c is stable.",
};
