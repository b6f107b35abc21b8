/* DY8, the exact instance: where the flow goes from the minimum that repels, and what stands still
 * there.
 *
 * Where it rests psi is not 0 but z psi is: with one feature and two units S_z is singular.  That
 * rest attracts.  The same weights with the exact SG, psi = 0, repel: kicked there, the flow goes
 * to another rest. */
#include <math.h>
#include <string.h>

#include "claim/dy8/parts.h"

static const double KICK = 1e-4;               /* from where the flow has come to rest */
static const double REST_TIME = 1.2e6;         /* 12 / (kappa R_22), the slowest decay */
enum { POINTS = 1200, LEGS = 4, GRID = 101 };

/* The slowest decay at the weights now: the real negative eigenvalue nearest to zero. */
static double slowest(struct sg_lab *lab, const struct sg_deep_run *s)
{
    size_t n;
    double lambda = -HUGE_VAL;
    const struct sg_deep_mode *mode = sg_dy8_reduced(lab, &n, &s->deep, sg_sim_w(s->sim),
                                                     sg_sim_phi(s->sim), s->moments,
                                                     s->nu / s->mu);
    for (size_t i = 0; i < n; i++)
        if (cimag(mode[i].lambda) == 0 && sg_deep_mode_side(&mode[i]) < 0)
            lambda = fmax(lambda, creal(mode[i].lambda));
    return lambda;
}

/* The SG's error dies at the slowest eigenvalue lambda of the minimum that the flow approaches.
 * The decay over a window departs from lambda by second-order terms, proportional to what is left
 * of the distance.  That shrinks by f, the factor of |s - g| itself, from one window to the next,
 * so the departures e1 and e2 = f e1 of the third and the last quarter show in their difference:
 * |e2| = |rate1 - rate2| f / (1 - f). */
static void settle(struct sg_lab *lab, struct sg_dy8_flight *f, struct sg_deep_run *s, bool figure)
{
    const uint64_t half = (uint64_t)(0.5 * REST_TIME / s->mu) / POINTS;
    const uint64_t quarter = (uint64_t)(0.25 * REST_TIME / s->mu) / POINTS;
    double size[3];
    sg_dy8_fly(lab, f, s, POINTS, half, figure);
    for (size_t k = 0; k < 3; k++) {
        size[k] = sqrt(2 * sg_deep_run_metrics(s).sg_loss);
        if (k < 2)
            sg_dy8_fly(lab, f, s, POINTS, quarter, figure);
    }
    const double steps = (double)(quarter * POINTS), per_step = log1p(s->mu * slowest(lab, s));
    const double third = log(size[1] / size[0]) / steps / per_step;
    const double shrinks = size[2] / size[1], last = log(shrinks) / steps / per_step;
    const double second = fabs(third - last) * shrinks / (1 - shrinks);
    sg_lab_equal(lab, SG_SIMULATED, "decay", "decay of |s - g| before the first rest, over the "
                 "slowest eigenvalue there", last, 1,
                 (struct sg_tol){3 * second, "3 times the second-order terms, from two windows",
                                 1});
}

/* Kicked by KICK in a random direction of the weights, Phi exact again. */
static void kick(struct sg_lab *lab, struct sg_deep_run *s, double *state, struct sg_rng *rng)
{
    double *direction = SG_TAKE(lab, s->n_w, double);
    sg_base_rng_direction(direction, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        state[i] += KICK * direction[i];
    sg_closed_deep_exact_sg(state + s->n_w, &s->deep, state, NULL);
    sg_sim_restart(s->sim, state, state + s->n_w, s->mu, s->nu);
}

/* The second leg's clock starts again at the kick. */
static void draw(struct sg_lab *lab, const struct sg_dy8_flight *f, const struct sg_deep_run *s,
                 const double *first)
{
    const size_t leg = (LEGS - 1) * POINTS;
    sg_lab_series(lab, "flight", "leg time distance backprop excess w1 w2 v11 v12 v21 v22");
    for (size_t k = 0; k < f->n; k++) {
        double row[11] = {k >= leg, (k >= leg ? REST_TIME : 0)};
        memcpy(row + 2, f->row + k * f->width + 1, 9 * sizeof *row);
        row[1] += f->row[k * f->width];
        sg_lab_point(lab, row);
    }
    const struct sg_dy8_plane plane = sg_dy8_plane_take(lab, f, s, first, leg);
    double at[2];
    sg_lab_series(lab, "path", "leg time a b");
    for (size_t k = 0; k < f->n; k++) {
        sg_dy8_place(at, &plane, s, f->row + k * f->width + 4);
        const double time = (k >= leg ? REST_TIME : 0) + f->row[k * f->width];
        sg_lab_point(lab, (const double[]){k >= leg, time, at[0], at[1]});
    }
    sg_dy8_place(at, &plane, s, first);
    sg_lab_series(lab, "rests", "which a b");
    sg_lab_point(lab, (const double[]){0, 0, 0});
    sg_lab_point(lab, (const double[]){1, at[0], at[1]});
    sg_dy8_slice(lab, &plane, s, GRID, 0.1);
}

static struct sg_deep_mode top_at(struct sg_lab *lab, const struct sg_deep_run *s,
                                  const double *state, bool exact_sg)
{
    size_t n;
    const struct sg_deep_mode *mode = sg_dy8_reduced(lab, &n, &s->deep, state,
                                                     exact_sg ? NULL : state + s->n_w, s->moments,
                                                     s->nu / s->mu);
    return sg_dy8_top(mode, n);
}

void sg_dy8_rests(struct sg_lab *lab, struct sg_dy8 *m, const double *offset, struct sg_rng *rng)
{
    struct sg_deep_run *s = m->run;
    double *state = SG_TAKE(lab, s->size, double), *first = SG_TAKE(lab, s->size, double), away = 0;
    struct sg_dy8_flight f = sg_dy8_flight_take(lab, s, LEGS * POINTS);
    sg_deep_run_start(s, offset);
    settle(lab, &f, s, lab->trial->figure);
    sg_sim_get_state(first, s->sim);
    const double distance = sg_deep_run_distance(s->sim, s);
    const struct sg_deep_mode with_psi = top_at(lab, s, first, false);
    const struct sg_deep_mode without = top_at(lab, s, first, true);
    memcpy(state, first, s->size * sizeof *state);
    kick(lab, s, state, rng);
    sg_dy8_fly(lab, &f, s, POINTS, (uint64_t)(REST_TIME / s->mu) / POINTS, lab->trial->figure);
    sg_sim_get_state(state, s->sim);
    const struct sg_deep_mode end = top_at(lab, s, state, false);
    for (size_t i = 0; i < s->n_w; i++)
        away = hypot(away, state[i] - first[i]);
    sg_lab_fact(lab, SG_SIMULATED, "rests-away", "the flow rests more than 0.1 from the start",
                distance > 0.1, "distance of the weights");
    sg_lab_fact(lab, SG_CLOSED_FORM, "rest-attracts", "that rest, its SG error in the null space "
                "of S_z, attracts", sg_deep_mode_side(&with_psi) < 0, "beyond the eigenvalue's "
                "error");
    sg_lab_fact(lab, SG_CLOSED_FORM, "rest-repels-exact", "its weights with the exact SG repel, by "
                "a complex pair", sg_deep_mode_side(&without) > 0 && cimag(without.lambda) != 0,
                "beyond ten of the eigenvalue's errors");
    sg_lab_fact(lab, SG_SIMULATED, "kick", "with the exact SG there, a kick of 1e-4 grows "
                "hundredfold and the flow rests where it is attracted", away > 100 * KICK &&
                sg_deep_mode_side(&end) < 0, "distance of the weights; beyond the eigenvalue's "
                "error");
    sg_lab_note(lab, "rests %.4f away, eigenvalue %.4g%+.4g i there, %.4g%+.4g i with the exact "
                "SG; then %.4f further, %.4g%+.4g i", distance, creal(with_psi.lambda),
                cimag(with_psi.lambda), creal(without.lambda), cimag(without.lambda), away,
                creal(end.lambda), cimag(end.lambda));
    if (lab->trial->figure && lab->status == SG_OK)
        draw(lab, &f, s, first);
}
