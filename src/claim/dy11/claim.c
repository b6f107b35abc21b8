/* DY11: what unlocking buys.  Three systems under a delay of tau steps, on noisy data, near the fixed point:
 *
 *   stale backprop   w+ = w - mu grad L(w[tau])              stable iff mu lambda_max(S_x) < 2 sin(pi / (2 (2 tau + 1)))
 *   delayed pairs    phi+ = phi - nu grad L_SG(phi, w[tau])  stable iff mu < 2/lambda_max(S_x), nu < 2/lambda_max(S_z), whatever tau
 *   stale SG         phi+ = phi - nu grad L_SG(phi[tau], w[tau])    nu lambda_max(S_z) < 2 sin(pi / (2 (2 tau + 1))), mu as above
 *
 * Every limit is found again as the rate at which the top eigenmode of its block neither grows nor decays in the simulation. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lab/certified.h"
#include "claim/dy11/parts.h"

/* No limit is accepted further off than this, whatever the derived tolerance says. */
static const double CEILING = 1e-2;
enum { COMPANION_MOST = 128, SCAN = 8 };

/* ---- the polynomial -------------------------------------------------------------------------------------------------- */

static enum sg_status delay_roots(double *modulus, double *error, size_t tau, double a)
{
    double coefficient[COMPANION_MOST + 1] = {-1};
    coefficient[tau] += a;
    return sg_delay_roots(modulus, error, coefficient, tau + 1);
}

static enum sg_status check_polynomial(struct sg_evidence *ev, size_t tau)
{
    double modulus[COMPANION_MOST + 1], error, below = 0;
    const double a = sg_closed_delay_limit(tau);
    enum sg_status status = SG_OK;
    for (int i = 1; i <= SCAN && status == SG_OK; i++) {  /* all of (0, a): nothing left the disc before */
        status = delay_roots(modulus, &error, tau, a * i / (SCAN + 1));
        below = sg_base_max(below, modulus[0]);
    }
    if (status == SG_OK)
        status = delay_roots(modulus, &error, tau, a);
    if (status != SG_OK)
        return status;
    sg_claim_fact(ev, SG_CLOSED_FORM, "delay polynomial: all roots inside the unit circle on a grid below the predicted limit, every tau", below < 1,
                  "dgeev of the companion matrix");
    sg_claim_compare(ev, SG_CLOSED_FORM, "delay polynomial: largest root modulus at the predicted limit, worst tau", modulus[0], 1.0, error,
                     "dgeev of the companion matrix C: 10 size u |C| times the root's condition number");
    if (tau >= 2)
        sg_claim_fact(ev, SG_CLOSED_FORM, "delay polynomial: all other roots decay fast enough for the fit to leave them out, every tau",
                      modulus[2] <= exp(-1.2 / ((double)tau + 0.5)), "dgeev of the companion matrix; below exp(-1.2/(tau + 1/2))");
    return SG_OK;
}

/* ---- a limit by simulation --------------------------------------------------------------------------------------------- */

struct limit { const char *what; bool of_mu; size_t delay; double other, unit; };   /* what the row shows: the rate over `unit` */

/* Adds the row and returns the rate found over 2/lambda_max. */
static double check_limit(struct sg_evidence *ev, struct sg_shallow *s, const struct limit *limit, size_t tau)
{
    const struct sg_fit *f = s->fit;
    const size_t size = limit->of_mu ? f->d : f->q, from = limit->of_mu ? 0 : f->d;
    const struct sg_rates *rate = limit->of_mu ? &s->rate_x : &s->rate_z;
    const double radius = s->c->train.radius * s->w_norm, predicted = sg_closed_delay_limit(limit->delay) / rate->largest;
    double *l = SG_NEW(s->size, double), *offset = SG_NEW(s->size, double), trace = 0;
    for (size_t i = 0; i < size; i++) {
        trace += limit->of_mu ? f->s_x[i * size + i] : f->s_z[i * size + i];
        l[(from + i) * f->m] = limit->of_mu ? f->v_x[i * size] : f->v_z[i * size];
    }
    for (size_t i = 0; i < s->size; i++)
        offset[i] = radius * l[i];
    sg_shallow_form_row(l, s);
    const struct sg_window window = sg_delay_window(tau);
    struct sg_growth at;
    /* x_t = 2 Re(C lambda^t): what a step adds to x, rounding or second order, moves ln|C| by that over |C| at most, since the residue of a root,
     * 1/(1 + tau (1 - 1/lambda)), is at most 1 on the circle; |C| is the rms over sqrt(2), or the rms itself where lambda = -1. */
    const double e = sg_delay_rounding(s, limit->of_mu, predicted), resolution = 2 * e / radius;
    const double found = sg_delay_limit(&at, s, l, offset, limit->of_mu, limit->other, 1 / trace, &window, resolution);
    const double noise = 2 * (e + sg_delay_second_order(s, limit->of_mu, predicted) * at.most * at.most) / at.least;
    const double tolerance = fmin(CEILING, (resolution + noise) / sg_delay_gain(limit->delay)) * predicted;
    sg_claim_compare(ev, SG_SIMULATED, limit->what, found / limit->unit, predicted / limit->unit, tolerance / limit->unit,
                     "fitted growth: its resolution, rounding and second order per step, over d(growth)/d(ln rate)");
    free(l);
    free(offset);
    return found / rate->critical;
}

/* bp: the same without an SG, NULL for the case's own system alone. */
static void check_tau(struct sg_evidence *ev, struct sg_shallow *s, struct sg_shallow *bp, int tau, bool figure)
{
    const size_t delay = (size_t)tau;
    const double x = s->rate_x.critical, z = s->rate_z.critical, formula = sg_closed_delay_limit(delay) / 2;
    double found[5] = {0};
    char what[120];
    /* The other rate is half its limit: its block has its eigenvalues in [0, 1), or inside, far from those whose fate is asked. */
    sg_shallow_set_timing(s, sg_case_timing(s->c, tau));
    found[0] = check_limit(ev, s, &(struct limit){"delayed pairs: bisected mu over 2/lambda_max(S_x), worst tau", true, 0, z / 2, x}, delay);
    found[1] = check_limit(ev, s, &(struct limit){"delayed pairs: bisected nu over 2/lambda_max(S_z), worst tau", false, 0, x / 2, z}, delay);
    if (!bp)
        return;
    sg_shallow_set_timing(bp, (struct sg_timing){.net_w = tau, .net_phi = tau});
    snprintf(what, sizeof what, "stale backprop, tau = %d: bisected mu lambda_max(S_x)", tau);
    found[2] = check_limit(ev, bp, &(struct limit){what, true, delay, 0, x / 2}, delay);
    sg_shallow_set_timing(s, (struct sg_timing){.sg_w = tau, .sg_phi = tau});
    snprintf(what, sizeof what, "stale SG, tau = %d: bisected nu lambda_max(S_z)", tau);
    found[3] = check_limit(ev, s, &(struct limit){what, false, delay, x / 2, z / 2}, delay);
    found[4] = check_limit(ev, s, &(struct limit){"stale SG: bisected mu over 2/lambda_max(S_x), worst tau", true, 0, z / 2 * formula, x}, delay);
    if (figure)
        sg_claim_point(ev, (const double[]){tau, formula, found[2], found[0], found[1], found[3], found[4]});
}

static enum sg_status noisy(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial)
{
    const struct sg_int_list *tau = &trial->c->train.tau;
    struct sg_shallow *bp = NULL;
    struct sg_case without = *trial->c;                   /* the same case with no SG module */
    struct sg_trial bp_trial = *trial;
    enum sg_status status = SG_OK;
    without.n_modules = 0;
    bp_trial.c = &without;
    for (size_t i = 0; i < tau->n && status == SG_OK; i++)
        if (tau->value[i] <= COMPANION_MOST)
            status = check_polynomial(ev, (size_t)tau->value[i]);
    /* The other two systems are there to be compared with the case's own. */
    if (status == SG_OK && trial->c->train.delay == SG_DELAY_PAIRS)
        status = sg_shallow_alloc(&bp, &bp_trial, (struct sg_timing){0}, ev);
    if (trial->figure)
        sg_claim_series(ev, "limits", "tau formula stale_backprop pairs_mu pairs_nu stale_sg_nu stale_sg_mu");
    for (size_t i = 0; i < tau->n && status == SG_OK; i++)
        check_tau(ev, s, bp, tau->value[i], trial->figure);
    if (status == SG_OK)
        status = sg_dy11_certify(ev, trial, s);
    sg_shallow_free(bp);
    if (trial->figure && status == SG_OK)
        sg_dy11_basin(ev, s, trial);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (trial->c->net.layers.n > 0)
        return sg_dy11_deep(ev, trial);
    struct sg_shallow *s = NULL;
    const int delay = trial->c->train.delay;
    enum sg_status status = sg_shallow_alloc(&s, trial, (struct sg_timing){0}, ev);
    if (status == SG_OK && (delay == SG_DELAY_NONE || s->n_phi != s->fit->q * s->fit->m || trial->c->module[0].mix != 1)) {
        snprintf(ev->note, sizeof ev->note, "the claim is on an SG with all its terms and mix = 1 under a delay: delay = \"delayed_pairs\"");
        status = SG_HYPOTHESIS;
    }
    if (status == SG_OK && s->fit->realizable)
        status = sg_dy11_realizable(ev, s, trial);
    else if (status == SG_OK)
        status = s->rate_x.zeros || s->rate_z.zeros ? SG_HYPOTHESIS : noisy(ev, s, trial);
    sg_shallow_free(s);
    return status;
}

const struct sg_claim sg_claim_dy11 = {
    .id = "DY11", .name = "dy11_delay", .title = "delay: what unlocking buys", .needs_data = true,
    .measure = measure,
    .statement = "Linear regression under MSE, a linear label-conditioned SG at the output, noisy data (S_x and S_z nonsingular), delay tau.  "
                 "Near the fixed point: (1) stale backprop w+ = w - mu grad L(w[tau ago]) is stable iff mu lambda_max(S_x) < "
                 "2 sin(pi/(2(2 tau + 1))); (2) with an SG trained on delayed pairs, phi+ = phi - nu grad L_SG(phi, w[tau ago]), stability is DY3's "
                 "for every tau: mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z); (3) when the SG reads its own parameters late too, it alone "
                 "pays: nu lambda_max(S_z) < 2 sin(pi/(2(2 tau + 1))).  Realizable data with S_x = I, at (w*, phi* + c(1, -1, 0)), "
                 "mu (1 + c) <= 1 and nu lambda_max(S_z) <= 1: stable for every tau iff c >= -1/2.  Measured only: the basin from w = 0, phi = 0, "
                 "and one hidden layer.",
};
