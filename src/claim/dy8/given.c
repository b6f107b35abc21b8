/* DY8 on a global minimum that a case gives by its weights and moments: it repels, the step leaves
 * it at the rate of its eigenvalue and comes to rest at another global minimum.  Backprop from the
 * same start stays. */
#include <math.h>

#include "claim/dy8/parts.h"

enum { POINTS = 1000, GRID = 121 };
/* At rest: the last tenth of the flight moves less than this of the way.  A global minimum: the
 * loss excess is less than this of the largest on the way. */
static const double RESTS = 1e-3;

/* ---- the flight ------------------------------------------------------------------------- */

static void draw(struct sg_lab *lab, const struct sg_dy8_flight *f, const struct sg_deep_run *s)
{
    const double *end = f->row + POINTS * f->width + 4;
    const struct sg_dy8_plane plane = sg_dy8_plane_take(lab, f, s, end, f->n);
    sg_lab_series(lab, "flight", "time distance backprop excess a b");
    for (size_t k = 0; k < f->n; k++) {
        const double *r = f->row + k * f->width;
        double at[2];
        sg_dy8_place(at, &plane, s, r + 4);
        sg_lab_point(lab, (const double[]){r[0], r[1], r[2], r[3], at[0], at[1]});
    }
    sg_dy8_slice(lab, &plane, s, GRID, 0.25);
}

/* How far the weights still are from their end in the last tenth. */
static double late_motion(const struct sg_dy8_flight *f, size_t n_w)
{
    const double *end = f->row + POINTS * f->width;
    double most = 0;
    for (size_t k = POINTS - POINTS / 10; k <= POINTS; k++) {
        double away = 0;
        for (size_t i = 4; i < 4 + n_w; i++)
            away = hypot(away, f->row[k * f->width + i] - end[i]);
        most = sg_base_max(most, away);
    }
    return most;
}

/* Whether every flight ends is not known: one that has not ended shows nothing. */
static void check_flight(struct sg_lab *lab, struct sg_dy8 *m, const double *offset, double leaves)
{
    struct sg_deep_run *s = m->run;
    const double steps = lab->trial->c->train.steps, w = sg_base_norm(s->fixed, s->n_w);
    struct sg_dy8_flight f = sg_dy8_flight_take(lab, s, POINTS + 1);
    double backprop = 0, highest = 0;
    if (!sg_lab_afford(lab, fmax(leaves, POINTS), steps, "leave and come to rest",
                       "raise train.steps, or set it to 1 for no flight"))
        return;
    sg_deep_run_start(s, offset);
    sg_dy8_fly(lab, &f, s, POINTS, (uint64_t)steps / POINTS, true);
    if (lab->status != SG_OK)
        return;
    sg_dy8_flight_note(&f, s);
    for (size_t k = 0; k <= POINTS; k++) {
        backprop = sg_base_max(backprop, f.row[k * f.width + 2]);
        highest = sg_base_max(highest, f.row[k * f.width + 3]);
    }
    const double *end = f.row + POINTS * f.width;
    const double moves = late_motion(&f, s->n_w) / end[1], start = sg_base_norm(offset, s->n_w);
    if (!(moves < RESTS)) {
        sg_lab_stop(lab, SG_BUDGET, "after %.0f steps the flight has not come to rest: its last "
                    "tenth moves %.2g of the way; raise train.steps, or set it to 1 for no flight",
                    steps, moves);
        return;
    }
    sg_lab_fact(lab, SG_SIMULATED, "rests-away", "it rests a hundred times the start's distance "
                "away or more", end[1] > 100 * start, "distance of the weights");
    sg_lab_fact(lab, SG_SIMULATED, "rests-minimum", "at a global minimum: the loss excess there is "
                "below 0.001 of the largest on the way", end[3] < RESTS * highest, "loss excess");
    sg_dy8_stays(lab, "backprop", "backprop from the same start, largest distance over the first",
                 backprop, offset, s->n_w, 2, "twice; H is semidefinite, so that its linear part "
                 "does not grow");
    sg_lab_note(lab, "rests %.4g |w*| away, loss excess at most %.3g on the way", end[1] / w,
                highest);
    if (lab->trial->figure)
        draw(lab, &f, s);
}

/* ---- the case --------------------------------------------------------------------------- */

/* Of each column of (x, y, 1), the size of the terms that it is a sum of: of x sqrt(S_ii), of
 * y = x P - r sum_i sqrt(S_ii) |P_ij| + sqrt(R_jj), of the ones 1. */
static double *column_sizes(struct sg_lab *lab, const double *P, size_t d, size_t m)
{
    const struct sg_case_data *data = &lab->trial->c->data;
    double *size = SG_TAKE(lab, d + m + 1, double);
    for (size_t i = 0; i < d; i++)
        size[i] = sqrt(data->S.value[i * d + i]);
    for (size_t j = 0; j < m; j++) {
        size[d + j] = sqrt(data->R.value[j * m + j]);
        for (size_t i = 0; i < d; i++)
            size[d + j] += size[i] * fabs(P[i * m + j]);
    }
    size[d + m] = 1;
    return size;
}

/* The samples made have the moments given: sums of n products, Cholesky factors of relative error
 * (d + m) u. */
static void check_moments(struct sg_lab *lab, const struct sg_deep_run *s)
{
    const struct sg_case *c = lab->trial->c;
    const size_t d = s->data.d, m = s->data.m, q = d + m + 1;
    double *P = SG_TAKE(lab, d * m, double), *M = SG_TAKE(lab, q * q, double);
    sg_closed_deep_product(P, &s->deep, s->fixed, 0, s->deep.n_layers);
    sg_closed_deep_centred_moments(M, c->data.S.value, c->data.R.value, P, d, m);
    const double *size = column_sizes(lab, P, d, m);
    double worst = 0;
    for (size_t i = 0; i < q * q; i++)
        worst = sg_base_max(worst, fabs(s->moments[i] - M[i]) / (size[i / q] * size[i % q]));
    sg_lab_zero(lab, SG_CLOSED_FORM, "moments", "second moments of the samples against those "
                "given, over the sizes of the two columns", worst,
                sg_tol_rounding(4 * (double)(s->data.n + q), 1, "4 (n + q) u: the sums and the "
                                "Cholesky factors"));
}

/* The same eigenvalue in the full flow of (w, psi) and, for two layers, in the reduced system. */
static void check_top(struct sg_lab *lab, const struct sg_dy8 *m)
{
    const struct sg_deep_run *s = m->run;
    const double kappa = s->nu / s->mu;
    size_t n;
    double *J = SG_TAKE(lab, s->size * s->size, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, s->size, struct sg_deep_mode);
    sg_closed_deep_flow(J, &s->deep, s->fixed, s->moments, kappa);
    sg_deep_modes(lab, mode, NULL, NULL, J, s->size);
    size_t best = 0;
    for (size_t i = 1; i < s->size; i++)
        if (cabs(mode[i].lambda - m->top.lambda) < cabs(mode[best].lambda - m->top.lambda))
            best = i;
    if (!sg_deep_mode_off_zero(&mode[best])) {
        sg_lab_note(lab, "the full flow does not resolve it among its zeros");
        return;
    }
    sg_lab_equal(lab, SG_CLOSED_FORM, "full", "largest real part, full flow against the flow "
                 "across the family", creal(mode[best].lambda), creal(m->top.lambda),
                 sg_deep_mode_tol(&mode[best], &m->top));
    if (s->deep.n_layers != 2 || s->deep.at != 1)
        return;
    const struct sg_deep_mode *reduced = sg_dy8_reduced(lab, &n, &s->deep, s->fixed, NULL,
                                                        s->moments, kappa);
    const struct sg_deep_mode top = sg_dy8_top(reduced, n);
    sg_lab_equal(lab, SG_CLOSED_FORM, "reduced", "largest real part, full flow against reduced "
                 "system", creal(mode[best].lambda), creal(top.lambda),
                 sg_deep_mode_tol(&mode[best], &top));
}

void sg_dy8_given(struct sg_lab *lab, struct sg_dy8 *m)
{
    const struct sg_case *c = lab->trial->c;
    const struct sg_deep_run *s = m->run;
    double *offset = SG_TAKE(lab, s->size, double);
    sg_lab_note(lab, "kappa %.4g, eigenvalue %.6g%+.6g i, %.4g of the spectral radius", s->nu /
                s->mu, creal(m->top.lambda), cimag(m->top.lambda), creal(m->top.lambda) /
                m->radius);
    check_moments(lab, s);
    const struct sg_cert_minimum minimum = sg_dy8_given_minimum(&s->deep, c);
    if (m->repels)
        sg_dy8_line(lab, m, &minimum);
    sg_dy8_crossings(lab, m, &minimum);
    if (!m->repels)
        return;
    check_top(lab, m);
    sg_dy8_line_at(lab, m, &minimum, c->train.mu, c->train.nu);
    sg_dy8_certify(lab, m);
    const double distance = c->train.radius * sg_base_norm(s->fixed, s->n_w);
    const double leaves = sg_dy8_growth(lab, m, distance, offset, sg_lab_rng(lab, "given"));
    if (c->train.steps > 1)
        check_flight(lab, m, offset, leaves);
}
