/* DY8, the exact instance: a global minimum that repels, certified, leaves at the rate of its eigenvalue, and stays under backprop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/parts.h"
#include "synthgrad/cert.h"

static const double START = 1e-6;              /* from the minimum */
static const double GROWN = 100;               /* times START: the growth is read until the weights are this far away */
static const double WATCH = 7.5e4;             /* flow time during which backprop is watched: the SG has left long since */
enum { POINTS = 1200 };

/* ---- eigenvalues ------------------------------------------------------------------------------------------------------- */

/* nu / mu as a rational: a multiple of 1e-9 to rounding. */
static bool rational_kappa(struct sg_rational *kappa, double value)
{
    *kappa = (struct sg_rational){llround(value * 1e9), 1000000000};
    return value > 0 && value < 1e6 && fabs((double)kappa->num / 1e9 - value) <= 8 * SG_UNIT_ROUNDOFF * value;
}

static void certify(struct sg_evidence *ev, const struct sg_dy8_mode *top, double error, const struct sg_rational *kappa)
{
#ifdef SG_HAVE_FLINT
    static const struct sg_rational W1[] = {{1, 10}, {1, 10}}, W2[] = {{1, 10}, {3, 10}, {0, 1}, {1, 20}}, S[] = {{1, 1}};
    static const struct sg_rational R[] = {{10, 1}, {0, 1}, {0, 1}, {1, 100}};
    const struct sg_cert_two_layers system = {.d = 1, .K = 2, .m = 2, .W1 = W1, .W2 = W2, .S = S, .R = R, .kappa = *kappa};
    struct sg_cert_roots roots;
    sg_cert_two_layer_roots(&roots, &system, creal(top->lambda) - error, creal(top->lambda) + error);
    sg_claim_compare(ev, SG_CERTIFIED, "exact instance: degree of the characteristic polynomial over Q, roots 0 left out", (double)roots.degree, 8.0,
                     0.0, "integer");
    sg_claim_compare(ev, SG_CERTIFIED, "exact instance: roots in (0, inf), Sturm sequence over Q", (double)roots.positive, 2.0, 0.0, "integer");
    sg_claim_fact(ev, SG_CERTIFIED, "exact instance: a root within the error bound of the largest floating eigenvalue, by signs over Q",
                  roots.bracketed, "intermediate value theorem");
#else
    (void)top;
    (void)error;
    (void)kappa;
    snprintf(ev->note, sizeof ev->note, "the exact count of roots is not built: it needs FLINT");
#endif
}

/* The unstable mode of the reduced system, and the counts.  Eigenvalue error: its condition number times size u |J|. */
static enum sg_status check_eigenvalues(struct sg_evidence *ev, struct sg_dy8 *s, const struct sg_rational *kappa, double *lambda)
{
    const size_t size = sg_closed_deep_reduced_size(&s->deep);
    double *J = SG_NEW(size * size, double), norm;
    struct sg_dy8_mode *mode = SG_NEW(size, struct sg_dy8_mode), top = {-HUGE_VAL, 0};
    size_t positive = 0;
    enum sg_status status = sg_closed_deep_reduced(J, &s->deep, s->fixed, NULL, s->moments, s->nu / s->mu);
    if (status == SG_OK)
        status = sg_dy8_modes(mode, NULL, NULL, J, size);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, J, size, size);
    for (size_t i = 0; i < size && status == SG_OK; i++) {
        positive += cimag(mode[i].lambda) == 0 && creal(mode[i].lambda) > SG_DY8_ZERO * cabs(mode[0].lambda);
        if (creal(mode[i].lambda) > creal(top.lambda))
            top = mode[i];
    }
    if (status == SG_OK) {
        const double error = 10 * (double)size * SG_UNIT_ROUNDOFF * norm * top.condition;
        sg_claim_compare(ev, SG_CLOSED_FORM, "exact instance: positive real eigenvalues of the reduced system", (double)positive, 2.0, 0.0, "integer");
        sg_claim_compare(ev, SG_CLOSED_FORM, "exact instance: the largest, against the number stated", creal(top.lambda), 2.698e-4, 5e-8,
                         "half a unit of the last digit stated");
        sg_claim_compare(ev, SG_CLOSED_FORM, "exact instance: spectral scale, against the number stated", cabs(mode[0].lambda), 0.1024, 5e-5,
                         "half a unit of the last digit stated");
        certify(ev, &top, error, kappa);
        *lambda = cimag(top.lambda) == 0 ? creal(top.lambda) : SG_NAN;
    }
    free(J);
    free(mode);
    return status;
}

/* ---- leaving -------------------------------------------------------------------------------------------------------------- */

/* Growth a step of the coordinate on the unstable left vector, until the weights are GROWN away: offset and GROWN scaled by `factor`. */
static double growth(struct sg_dy8 *s, const double complex *left, const double *offset, double factor, double grown, uint64_t limit)
{
    double *start = sg_base_copy(offset, s->size, sizeof *offset);
    for (size_t i = 0; i < s->size; i++)
        start[i] *= factor;
    sg_dy8_start(s, start);
    free(start);
    const double from = cabs(sg_dy8_coordinate(s, left));
    while (sg_dy8_weight_distance(s->sim, s) < factor * grown && sg_sim_time(s->sim) < limit)
        sg_sim_step(s->sim, &s->batch);
    const double now = cabs(sg_dy8_coordinate(s, left));
    return sg_sim_time(s->sim) < limit ? log(now / from) / (double)sg_sim_time(s->sim) : SG_NAN;
}

/* `distance` away in a random direction of the weights, psi = 0, with as much along the left vector so that the unstable mode is there. */
static void draw_offset(double *offset, const struct sg_dy8 *s, const double complex *left, double distance, struct sg_rng *rng)
{
    double along = 0;
    memset(offset, 0, s->size * sizeof *offset);
    sg_base_rng_direction(offset, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        along += creal(left[i]) * offset[i];
    for (size_t i = 0; i < s->n_w; i++)
        offset[i] = distance * ((along < 0 ? -1 : 1) * offset[i] + creal(left[i])) / 2;
    double *D = SG_NEW(s->n_phi * s->n_w, double);       /* Phi follows: psi = 0 to first order, so second order is left in psi */
    sg_closed_deep_d(D, &s->deep, s->fixed);
    sg_base_mul(offset + s->n_w, D, offset, s->n_phi, s->n_w, 1);
    free(D);
}

/* The second-order terms grow with the amplitude: halving it shows them.  Rounding: 10 u |state| a step, over the steps that count,
 * 1 / (growth a step) of them, relative to a twentieth of the distance, over ln GROWN. */
enum sg_status sg_dy8_growth(struct sg_evidence *ev, struct sg_dy8 *s, const char *what, double complex lambda, double distance, double *offset,
                             struct sg_rng *rng)
{
    double *J = SG_NEW(s->size * s->size, double);
    double complex *left = SG_NEW(s->size * s->size, double complex), *unstable = left;
    struct sg_dy8_mode *mode = SG_NEW(s->size, struct sg_dy8_mode);
    sg_closed_deep_step(J, &s->deep, s->fixed, s->moments, s->mu, s->nu);
    enum sg_status status = sg_dy8_modes(mode, left, NULL, J, s->size);
    if (status == SG_OK) {
        for (size_t i = 1; i < s->size; i++)             /* the row of the eigenvalue nearest to 1 + mu lambda */
            if (cabs(mode[i].lambda - 1 - s->mu * lambda) < cabs(mode[(size_t)(unstable - left) / s->size].lambda - 1 - s->mu * lambda))
                unstable = left + i * s->size;
        draw_offset(offset, s, unstable, distance, rng);
        const double per_step = log(cabs(1 + s->mu * lambda));
        const uint64_t limit = per_step > 0 ? (uint64_t)(3 * log(100 * GROWN) / per_step) : 1;
        const double whole = growth(s, unstable, offset, 1.0, GROWN * distance, limit);
        const double half = growth(s, unstable, offset, 0.5, GROWN * distance, limit);
        const double rounding = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) / (distance / 20) / log(GROWN);
        const double tolerance = 3 * fabs(whole - half) + rounding;
        sg_claim_compare(ev, SG_SIMULATED, what, whole / per_step, 1.0,
                         fmin(tolerance / per_step, 0.01), "3 times what halving the amplitude changes, and rounding");
    }
    free(J);
    free(left);
    free(mode);
    return status;
}

/* ---- staying ------------------------------------------------------------------------------------------------------------------ */

/* Backprop is gradient flow: near a minimum it only falls towards the set of minima, by less than the start's own distance. */
static void check_staying(struct sg_evidence *ev, struct sg_dy8 *s, const double *offset)
{
    sg_dy8_start(s, offset);
    double most = 0;
    for (size_t k = 0; k < POINTS; k++) {
        const enum sg_status status = sg_sim_advance(s->backprop, &s->batch, (uint64_t)(WATCH / s->mu) / POINTS);
        most = sg_base_max(most, status == SG_OK ? sg_dy8_weight_distance(s->backprop, s) : SG_NAN);
    }
    sg_claim_bound(ev, SG_SIMULATED, "exact instance: backprop from the same start, largest distance", most,
                   sg_base_norm(offset, s->n_w) * (1 + 1e-3), "H is semidefinite: the linear part does not grow; 1e-3 for the rest");
}

/* kappa = 10, the SG ten times as fast as the network: no eigenvalue right of zero, and the same start stays. */
static enum sg_status check_fast_sg(struct sg_evidence *ev, const struct sg_dy8 *slow, const double *offset)
{
    static const double mu = 0.018, kappa = 10.0;        /* nu lambda_max(S_z) = 1.8 */
    struct sg_data data;
    struct sg_deep deep;
    double w[6], abscissa, most = 0;
    double complex at;
    sg_closed_deep_repelling(&data, &deep, w);
    struct sg_dy8 *s = sg_dy8_alloc(&data, &deep, w, mu, kappa * mu, slow->module.mix);
    enum sg_status status = sg_dy8_reduced_abscissa(&abscissa, &at, &deep, w, NULL, s->moments, kappa);
    sg_dy8_start(s, offset);
    for (size_t k = 0; k < POINTS; k++) {
        const enum sg_status step = sg_sim_advance(s->sim, &s->batch, 16);
        most = sg_base_max(most, step == SG_OK ? sg_dy8_weight_distance(s->sim, s) : SG_NAN);
    }
    sg_claim_fact(ev, SG_CLOSED_FORM, "exact instance with kappa = 10: every eigenvalue off zero is left of zero", abscissa < 0, "sign");
    sg_claim_bound(ev, SG_SIMULATED, "exact instance with kappa = 10: the same start, largest distance", most, 10 * sg_base_norm(offset, s->n_w),
                   "a transient, no growth: tenfold");
    sg_dy8_free(s);
    return status;
}

enum sg_status sg_dy8_instance(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    struct sg_data data;
    struct sg_deep deep;
    struct sg_rational kappa;
    double w[6], lambda = SG_NAN;
    if (c->net.layers.n != 1 || c->net.layers.value[0] != 2 || c->n_modules != 1 || c->module[0].at != 1 ||
        c->train.units != SG_UNITS_ABSOLUTE || !rational_kappa(&kappa, c->train.nu / c->train.mu)) {
        snprintf(ev->note, sizeof ev->note, "the instance has layers = (2), one SG at = 1, absolute rates, nu / mu a multiple of 1e-9");
        return SG_HYPOTHESIS;
    }
    struct sg_rng *rng = sg_claim_rng(trial, "instance");
    sg_closed_deep_repelling(&data, &deep, w);
    struct sg_dy8 *s = sg_dy8_alloc(&data, &deep, w, c->train.mu, c->train.nu, c->module[0].mix);
    double *offset = SG_NEW(s->size, double);
    enum sg_status status = check_eigenvalues(ev, s, &kappa, &lambda);
    if (status == SG_OK)
        status = sg_dy8_growth(ev, s, "exact instance: simulated growth a step, over ln(1 + mu lambda)", lambda, START, offset, rng);
    if (status == SG_OK && trial->replicate == 0)
        status = sg_dy8_flight(ev, s, offset, trial, rng);
    if (status == SG_OK) {
        check_staying(ev, s, offset);
        status = check_fast_sg(ev, s, offset);
    }
    free(offset);
    sg_dy8_free(s);
    sg_base_rng_free(rng);
    return status;
}
