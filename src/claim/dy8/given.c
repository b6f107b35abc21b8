/* DY8 on a global minimum that a case gives by its weights and moments: it repels, the step leaves it at the rate of its eigenvalue and comes to rest at
 * another global minimum; backprop from the same start stays. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/dy8/parts.h"

enum { POINTS = 1000, GRID = 121 };
static const double RESTS = 1e-3;              /* of the way: what the last tenth of the flight may still move */
static const double ANOTHER = 1e-3;            /* of |w*|: as far away it is another minimum */

/* The eigenvalue of the full flow with the largest real part, and its error 10 size u |J| cond. */
static enum sg_status top_mode(struct sg_dy8_mode *top, double *error, double *radius, const double *J, size_t size)
{
    struct sg_dy8_mode *mode = SG_NEW(size, struct sg_dy8_mode);
    double norm;
    enum sg_status status = sg_dy8_modes(mode, NULL, NULL, J, size);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, J, size, size);
    *top = (struct sg_dy8_mode){-HUGE_VAL, 0};
    for (size_t i = 0; i < size && status == SG_OK; i++)
        if (cabs(mode[i].lambda) > SG_DY8_ZERO * cabs(mode[0].lambda) && creal(mode[i].lambda) > creal(top->lambda))
            *top = mode[i];
    *radius = cabs(mode[0].lambda);
    *error = status == SG_OK ? 10 * (double)size * SG_UNIT_ROUNDOFF * norm * top->condition : SG_NAN;
    free(mode);
    return status;
}

/* ---- the flight --------------------------------------------------------------------------------------------------------------------- */

/* Both simulators go on together; every point keeps time, distances, excess, and the weights. */
static enum sg_status fly(struct sg_dy8 *s, double *row, size_t width, uint64_t steps, double *backprop_most)
{
    enum sg_status status = SG_OK;
    *backprop_most = 0;
    for (size_t k = 0; k <= POINTS && status == SG_OK; k++, row += width) {
        row[0] = (double)sg_sim_time(s->sim) * s->mu;
        row[1] = sg_dy8_weight_distance(s->sim, s);
        row[2] = sg_dy8_weight_distance(s->backprop, s);
        row[3] = sg_dy8_excess(s, sg_sim_w(s->sim));
        memcpy(row + 4, sg_sim_w(s->sim), s->n_w * sizeof *row);
        *backprop_most = sg_base_max(*backprop_most, row[2]);
        if (k < POINTS)
            status = sg_sim_advance(s->sim, &s->batch, steps / POINTS);
        if (status == SG_OK && k < POINTS)
            status = sg_sim_advance(s->backprop, &s->batch, steps / POINTS);
    }
    return status;
}

/* The flight, its projection on that plane, and log10 of the loss excess there. */
static void draw(struct sg_evidence *ev, const struct sg_dy8 *s, const double *row, size_t width)
{
    const size_t n = s->n_w;
    double *axes = SG_NEW(2 * n, double), *w = SG_NEW(n, double), low[2] = {0, 0}, high[2] = {0, 0};
    sg_dy8_plane(axes, axes + n, s, row + POINTS * width + 4, row + 4, width, POINTS + 1);
    sg_claim_series(ev, "flight", "time distance backprop excess a b");
    for (size_t k = 0; k <= POINTS; k++) {
        double at[2];
        for (size_t i = 0; i < n; i++)
            w[i] = row[k * width + 4 + i] - s->fixed[i];
        for (size_t i = 0; i < 2; i++) {
            at[i] = sg_base_dot(axes + i * n, w, n);
            low[i] = fmin(low[i], at[i]);
            high[i] = fmax(high[i], at[i]);
        }
        const double *r = row + k * width;
        sg_claim_point(ev, (const double[]){r[0], r[1], r[2], r[3], at[0], at[1]});
    }
    sg_claim_series(ev, "slice", "a b log10_excess");
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            const double x = low[0] + (high[0] - low[0]) * (1.5 * (double)i / (GRID - 1) - 0.25);
            const double y = low[1] + (high[1] - low[1]) * (1.5 * (double)j / (GRID - 1) - 0.25);
            for (size_t k = 0; k < n; k++)
                w[k] = s->fixed[k] + x * axes[k] + y * axes[n + k];
            sg_claim_point(ev, (const double[]){x, y, log10(sg_dy8_excess(s, w) + 1e-16)});
        }
    free(axes);
    free(w);
}

static enum sg_status check_flight(struct sg_evidence *ev, struct sg_dy8 *s, const double *offset, const struct sg_trial *trial)
{
    const size_t width = 4 + s->n_w, late = POINTS - POINTS / 10;
    double *row = SG_NEW((POINTS + 1) * width, double), most, moved = 0, highest = 0;
    sg_dy8_start(s, offset);
    enum sg_status status = fly(s, row, width, (uint64_t)trial->c->train.steps, &most);
    const double *end = row + POINTS * width;
    for (size_t k = 0; k <= POINTS && status == SG_OK; k++) {
        double away = 0;
        for (size_t i = 0; i < s->n_w; i++)
            away += (row[k * width + 4 + i] - end[4 + i]) * (row[k * width + 4 + i] - end[4 + i]);
        moved = k >= late ? sg_base_max(moved, sqrt(away)) : 0;
        highest = sg_base_max(highest, row[k * width + 3]);
    }
    if (status == SG_OK) {
        const double rest = end[3], w = sg_base_norm(s->fixed, s->n_w);
        sg_claim_fact(ev, SG_SIMULATED, "it rests on another global minimum, 0.001 of |w*| away or more", end[1] > ANOTHER * w, "distance of the weights");
        sg_claim_bound(ev, SG_SIMULATED, "what the last tenth of the flight still moves, over the distance gone", moved / end[1], RESTS, "at rest");
        sg_claim_bound(ev, SG_SIMULATED, "loss excess there, over the largest on the way", rest / highest, RESTS, "a global minimum");
        sg_claim_bound(ev, SG_SIMULATED, "backprop from the same start, largest distance", most, sg_base_norm(offset, s->n_w) * (1 + 1e-3),
                       "H is semidefinite: the linear part does not grow; 1e-3 for the rest");
        const size_t used = strlen(ev->note);
        snprintf(ev->note + used, sizeof ev->note - used, "; rests %.4g |w*| away, loss excess at most %.3g on the way", end[1] / w, highest);
        if (trial->figure)
            draw(ev, s, row, width);
    }
    free(row);
    return status;
}

/* ---- the case ----------------------------------------------------------------------------------------------------------------------------- */

static enum sg_status read_deep(struct sg_deep *deep, struct sg_evidence *ev, const struct sg_case *c)
{
    const struct sg_case_shape shape = sg_case_moments_shape(c);
    if (c->net.weights.n == 0 || c->net.loss != SG_MSE || c->n_modules != 1 || c->module[0].terms != (SG_H | SG_Y | SG_ONE) || c->train.units != SG_UNITS_ABSOLUTE ||
        c->train.form != SG_FORM_SAMPLE || c->train.order != SG_SIMULTANEOUS || c->train.delay != SG_DELAY_NONE || c->net.layers.n + 1 > SG_DEEP_LAYERS_MAX) {
        snprintf(ev->note, sizeof ev->note, "a given minimum needs net's weights, loss = \"mse\", one SG with terms hy1, absolute rates, form = \"sample\", simultaneous steps");
        return SG_HYPOTHESIS;
    }
    sg_dy8_read_deep(deep, c, shape.d, shape.m);
    return SG_OK;
}

/* Two layers: the same eigenvalue in the reduced system, within both errors. */
static enum sg_status check_reduced(struct sg_evidence *ev, const struct sg_dy8 *s, const struct sg_dy8_mode *top, double error)
{
    const size_t size = sg_closed_deep_reduced_size(&s->deep);
    double *J = SG_NEW(size * size, double), error_r, radius;
    struct sg_dy8_mode reduced;
    enum sg_status status = sg_closed_deep_reduced(J, &s->deep, s->fixed, NULL, s->moments, s->nu / s->mu);
    if (status == SG_OK)
        status = top_mode(&reduced, &error_r, &radius, J, size);
    if (status == SG_OK)
        sg_claim_compare(ev, SG_CLOSED_FORM, "largest real part, full flow against reduced system", creal(top->lambda), creal(reduced.lambda), error + error_r,
                         "10 size u |J| times the eigenvalue's condition number, both");
    free(J);
    return status;
}

/* The samples made have the moments given: sums of n products, Cholesky factors of relative error (d + m) u. */
static void check_moments(struct sg_evidence *ev, const struct sg_dy8 *s, const struct sg_case *c)
{
    const size_t d = s->data.d, m = s->data.m, q = d + m + 1;
    double *P = SG_NEW(d * m, double), *M = SG_NEW(q * q, double);
    sg_closed_deep_product(P, &s->deep, s->fixed, 0, s->deep.n_layers);
    sg_closed_deep_centred_moments(M, c->data.S.value, c->data.R.value, P, d, m);
    sg_claim_bound(ev, SG_CLOSED_FORM, "second moments of the samples against those given, over the largest", sg_base_max_abs_diff(M, s->moments, q * q) /
                   sg_base_max_abs(M, q * q), 4 * (double)(s->data.n + q) * SG_UNIT_ROUNDOFF, "4 (n + q) u: the sums and the Cholesky factors");
    free(P);
    free(M);
}

enum sg_status sg_dy8_given(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    struct sg_deep deep;
    struct sg_data data;
    struct sg_dy8_mode top;
    double error, radius;
    enum sg_status status = read_deep(&deep, ev, c);
    if (status == SG_OK && sg_claim_make_data(&data, ev, c, trial->seed, trial->replicate) != SG_OK)
        status = SG_HYPOTHESIS;
    if (status != SG_OK)
        return status;
    struct sg_rng *rng = sg_claim_rng(trial, "given");
    struct sg_dy8 *s = sg_dy8_alloc(&data, &deep, c->net.weights.value, c->train.mu, c->train.nu, c->module[0].mix);
    double *J = SG_NEW(s->size * s->size, double), *offset = SG_NEW(s->size, double);
    check_moments(ev, s, c);
    sg_closed_deep_flow(J, &deep, s->fixed, s->moments, s->nu / s->mu);
    status = top_mode(&top, &error, &radius, J, s->size);
    if (status == SG_OK) {
        const bool repels = creal(top.lambda) - error > 0;
        sg_claim_fact(ev, SG_CLOSED_FORM, "an eigenvalue right of zero, beyond its error", repels, "10 size u |J| times its condition number");
        snprintf(ev->note, sizeof ev->note, "kappa %.4g, eigenvalue %.6g%+.6g i, %.4g of the spectral radius", s->nu / s->mu, creal(top.lambda),
                 cimag(top.lambda), creal(top.lambda) / radius);
        if (deep.n_layers == 2 && deep.at == 1)
            status = check_reduced(ev, s, &top, error);
        if (status == SG_OK)
            status = sg_dy8_growth(ev, s, "simulated growth a step, over ln |1 + mu lambda|", top.lambda, c->train.radius * sg_base_norm(s->fixed, s->n_w),
                                   offset, rng);
        if (status == SG_OK && repels)
            status = sg_dy8_certify(ev, trial, &deep, creal(top.lambda), error);
        if (status == SG_OK && repels && c->train.steps > 1)
            status = check_flight(ev, s, offset, trial);
    }
    free(J);
    free(offset);
    sg_dy8_free(s);
    sg_base_rng_free(rng);
    return status;
}
