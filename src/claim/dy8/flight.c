/* DY8, the exact instance: where the flow goes from the minimum that repels, and what stands still there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/parts.h"

static const double KICK = 1e-4;               /* from a minimum at which the flow has come to rest */
static const double REST_TIME = 1.2e6;         /* flow time: twelve times 1 / (kappa R_22), the slowest decay there is */
enum { POINTS = 1200, GRID = 101 };

/* Both simulators go on for `time`; the columns of the series "flight". */
static enum sg_status advance(struct sg_evidence *ev, struct sg_dy8 *s, double time, size_t leg, double shift, bool figure)
{
    const uint64_t every = (uint64_t)(time / s->mu) / POINTS;
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < POINTS && status == SG_OK; k++) {
        if (figure) {
            double row[11] = {(double)leg, shift + (double)k * (double)every * s->mu, sg_dy8_weight_distance(s->sim, s),
                              sg_dy8_weight_distance(s->backprop, s), sg_dy8_excess(s, sg_sim_w(s->sim))};
            memcpy(row + 5, sg_sim_w(s->sim), 6 * sizeof *row);
            sg_claim_point(ev, row);
        }
        status = sg_sim_advance(s->sim, &s->batch, every);
        if (status == SG_OK && figure)
            status = sg_sim_advance(s->backprop, &s->batch, every);
    }
    return status;
}

/* The slowest decay at the weights now: the real negative eigenvalue of least modulus, off zero. */
static enum sg_status slowest(double *lambda, const struct sg_dy8 *s)
{
    const size_t size = sg_closed_deep_reduced_size(&s->deep);
    double *J = SG_NEW(size * size, double);
    double complex *all = SG_NEW(size, double complex);
    enum sg_status status = sg_closed_deep_reduced(J, &s->deep, sg_sim_w(s->sim), sg_sim_phi(s->sim), s->moments, s->nu / s->mu);
    if (status == SG_OK)
        status = sg_base_eigen_general(all, NULL, J, size);
    *lambda = -HUGE_VAL;
    for (size_t i = 0; i < size && status == SG_OK; i++)
        if (cimag(all[i]) == 0 && creal(all[i]) > *lambda && creal(all[i]) < -SG_DY8_ZERO * cabs(all[0]))
            *lambda = creal(all[i]);
    free(J);
    free(all);
    return status;
}

/* The SG's error dies at the slowest eigenvalue lambda of the minimum that the flow approaches.  The decay over a window departs from lambda by
 * second-order terms, proportional to what is left of the distance; that shrinks by f, the factor of |s - g| itself, from one window to the
 * next, so the departures e1 and e2 = f e1 of the third and the last quarter show in their difference: |e2| = |rate1 - rate2| f / (1 - f). */
static enum sg_status settle(struct sg_evidence *ev, struct sg_dy8 *s, bool figure)
{
    double size[3], lambda = SG_NAN;
    enum sg_status status = advance(ev, s, 0.5 * REST_TIME, 0, 0, figure);
    const uint64_t from = sg_sim_time(s->sim);
    for (size_t k = 0; k < 3 && status == SG_OK; k++) {
        size[k] = sqrt(sg_dy8_metrics(s).sg_loss);
        if (k < 2)
            status = advance(ev, s, 0.25 * REST_TIME, 0, (0.5 + 0.25 * (double)k) * REST_TIME, figure);
    }
    if (status == SG_OK)
        status = slowest(&lambda, s);
    if (status == SG_OK) {
        const double steps = (double)(sg_sim_time(s->sim) - from) / 2, f = size[2] / size[1], per_step = log1p(s->mu * lambda);
        const double third = log(size[1] / size[0]) / steps / per_step, last = log(f) / steps / per_step;
        sg_claim_compare(ev, SG_SIMULATED, "exact instance: decay of |s - g| before the first rest, over the slowest eigenvalue there", last, 1.0,
                         3 * fabs(third - last) * f / (1 - f), "3 times the second-order terms, from two windows");
    }
    return status;
}

/* Kicked by KICK in a random direction of the weights, Phi exact again. */
static void kick(struct sg_dy8 *s, double *state, struct sg_rng *rng)
{
    double *direction = SG_NEW(s->n_w, double);
    sg_base_rng_direction(direction, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        state[i] += KICK * direction[i];
    sg_closed_deep_exact_sg(state + s->n_w, &s->deep, state, NULL);
    sg_sim_restart(s->sim, state, state + s->n_w, s->mu, s->nu);
    free(direction);
}

/* log10 of the loss excess on the plane through the start, the first rest (axis a) and the point of the first leg farthest from that axis (b), and the
 * flight projected on it. */
static void draw_slice(struct sg_evidence *ev, const struct sg_dy8 *s, const double *first)
{
    const struct sg_series flight = ev->series[ev->n_series - 1];      /* its numbers stay where they are while other series grow */
    double a[6], b[6], w[6], low[2] = {0, 0}, high[2] = {0, 0};
    size_t leg = 0;
    while (leg < flight.rows && flight.value[leg * flight.width] == 0)
        leg++;
    sg_dy8_plane(a, b, s, first, flight.value + 5, flight.width, leg);
    sg_claim_series(ev, "path", "leg time a b");
    for (size_t k = 0; k < flight.rows; k++) {
        const double *row = flight.value + k * flight.width;
        for (size_t i = 0; i < 6; i++)
            w[i] = row[5 + i] - s->fixed[i];
        const double at[2] = {sg_base_dot(a, w, 6), sg_base_dot(b, w, 6)};
        sg_claim_point(ev, (const double[]){row[0], row[1], at[0], at[1]});
        for (size_t i = 0; i < 2 && row[0] == 0; i++) {
            low[i] = fmin(low[i], at[i]);
            high[i] = fmax(high[i], at[i]);
        }
    }
    for (size_t i = 0; i < 6; i++)
        w[i] = first[i] - s->fixed[i];
    sg_claim_series(ev, "rests", "which a b");
    sg_claim_point(ev, (const double[]){0, 0, 0});
    sg_claim_point(ev, (const double[]){1, sg_base_dot(a, w, 6), sg_base_dot(b, w, 6)});
    sg_claim_series(ev, "slice", "a b log10_excess");
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            const double x = low[0] + (high[0] - low[0]) * (1.2 * (double)i / (GRID - 1) - 0.1);
            const double y = low[1] + (high[1] - low[1]) * (1.2 * (double)j / (GRID - 1) - 0.1);
            for (size_t k = 0; k < 6; k++)
                w[k] = s->fixed[k] + x * a[k] + y * b[k];
            sg_claim_point(ev, (const double[]){x, y, log10(sg_dy8_excess(s, w) + 1e-16)});
        }
}

/* Where the flow rests, psi is not 0 but z psi is (one feature, two units: S_z is singular).  That rest attracts; the same weights with the exact SG,
 * psi = 0, repel: kicked there, the flow goes to another rest. */
enum sg_status sg_dy8_flight(struct sg_evidence *ev, struct sg_dy8 *s, const double *offset, const struct sg_trial *trial, struct sg_rng *rng)
{
    const double kappa = s->nu / s->mu;
    double *state = SG_NEW(s->size, double), *first = SG_NEW(s->size, double), with_psi, without, end, away = SG_NAN;
    double complex at, at_exact, at_end;
    if (trial->figure)
        sg_claim_series(ev, "flight", "leg time distance backprop excess w1 w2 v11 v12 v21 v22");
    sg_dy8_start(s, offset);
    enum sg_status status = settle(ev, s, trial->figure);
    sg_sim_get_state(first, s->sim);
    const double distance = sg_dy8_weight_distance(s->sim, s);
    if (status == SG_OK)
        status = sg_dy8_reduced_abscissa(&with_psi, &at, &s->deep, first, first + s->n_w, s->moments, kappa);
    if (status == SG_OK)
        status = sg_dy8_reduced_abscissa(&without, &at_exact, &s->deep, first, NULL, s->moments, kappa);
    memcpy(state, first, s->size * sizeof *state);
    kick(s, state, rng);
    if (status == SG_OK)
        status = advance(ev, s, REST_TIME, 1, REST_TIME, trial->figure);
    sg_sim_get_state(state, s->sim);
    if (status == SG_OK)
        status = sg_dy8_reduced_abscissa(&end, &at_end, &s->deep, state, state + s->n_w, s->moments, kappa);
    if (status == SG_OK) {
        for (size_t i = 0; i < s->n_w; i++)
            s->now[i] = state[i] - first[i];
        away = sg_base_norm(s->now, s->n_w);
        sg_claim_fact(ev, SG_SIMULATED, "exact instance: the flow rests more than 0.1 from the start", distance > 0.1, "distance of the weights");
        sg_claim_fact(ev, SG_CLOSED_FORM, "exact instance: that rest, its SG error in the null space of S_z, attracts", with_psi < 0,
                      "sign of the largest real part, off zero");
        sg_claim_fact(ev, SG_CLOSED_FORM, "exact instance: its weights with the exact SG repel, by a complex pair", without > 0 && cimag(at_exact) != 0,
                      "sign of the largest real part, off zero");
        sg_claim_fact(ev, SG_SIMULATED, "exact instance: with the exact SG there, a kick of 1e-4 grows hundredfold and the flow rests where it is attracted",
                      away > 100 * KICK && end < 0, "distance of the weights; sign");
        const size_t used = strlen(ev->note);
        snprintf(ev->note + used, sizeof ev->note - used, "%srests %.4f away, eigenvalue %.4g%+.4g i there, %.4g%+.4g i with the exact SG; then %.4f further, %.4g%+.4g i",
                 used ? "; " : "", distance, creal(at), cimag(at), creal(at_exact), cimag(at_exact), away, creal(at_end), cimag(at_end));
        if (trial->figure)
            draw_slice(ev, s, first);
    }
    free(state);
    free(first);
    return status;
}
