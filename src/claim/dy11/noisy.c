/* DY11 on noisy data.  Every limit is found again as the rate at which the top eigenmode of its
 * block neither grows nor decays in the simulation. */
#include <math.h>

#include "claim/dy11/parts.h"

/* ---- the polynomial ------------------------------------------------------------------------- */

/* Roots of lambda^{tau+1} - lambda^tau + a. */
static double delay_roots(struct sg_lab *lab, double *modulus, size_t tau, double a)
{
    double *coefficient = SG_TAKE(lab, tau + 1, double);
    coefficient[0] = -1;
    coefficient[tau] += a;
    return sg_delay_roots(lab, modulus, coefficient, tau + 1);
}

static void check_polynomial(struct sg_lab *lab, size_t tau)
{
    enum { SCAN = 8 };
    double *modulus = SG_TAKE(lab, tau + 1, double), below = 0;
    const double a = sg_closed_delay_limit(tau);
    for (int i = 1; i <= SCAN; i++) { /* all of (0, a): nothing left the disc before */
        delay_roots(lab, modulus, tau, a * i / (SCAN + 1));
        below = sg_base_max(below, modulus[0]);
    }
    const double error = delay_roots(lab, modulus, tau, a);
    sg_lab_fact(lab, SG_CLOSED_FORM, "roots-below",
                "delay polynomial: all roots inside the unit circle on a grid "
                "below the predicted limit, every tau",
                below < 1, "dgeev of the companion matrix");
    sg_lab_equal(
        lab, SG_CLOSED_FORM, "root-at-limit",
        "delay polynomial: largest root modulus at the predicted "
        "limit, worst tau",
        modulus[0], 1.0,
        (struct sg_tol){error,
                        "dgeev of the companion matrix C: 10 size u |C| times the root's condition "
                        "number",
                        0});
    if (tau >= 2)
        sg_lab_fact(lab, SG_CLOSED_FORM, "roots-decay",
                    "delay polynomial: all other roots decay fast enough for the "
                    "fit to leave them out, every tau",
                    modulus[2] <= exp(-1.2 / ((double)tau + 0.5)),
                    "dgeev of the companion matrix; below exp(-1.2/(tau + 1/2))");
}

/* ---- a limit by simulation ------------------------------------------------------------------ */

/* What the row shows is the rate over `unit`. */
struct limit {
    const char *id, *what;
    bool of_mu;
    size_t delay;
    double other, unit;
};

/* Adds the row and returns the rate found over 2/lambda_max. */
static double check_limit(struct sg_lab *lab, struct sg_shallow *s, const struct limit *limit,
                          size_t tau)
{
    const struct sg_fit *f = s->fit;
    const size_t size = limit->of_mu ? f->d : f->q, from = limit->of_mu ? 0 : f->d;
    const struct sg_rates *rate = limit->of_mu ? &s->rate_x : &s->rate_z;
    const double *S = limit->of_mu ? f->s_x : f->s_z, *v = limit->of_mu ? f->v_x : f->v_z;
    const double radius = s->c->train.radius * s->w_norm;
    const double predicted = sg_closed_delay_limit(limit->delay) / rate->largest;
    double *l = SG_TAKE(lab, s->size, double), *offset = SG_TAKE(lab, s->size, double), trace = 0;
    for (size_t i = 0; i < size; i++) {
        trace += S[i * size + i];
        l[(from + i) * f->m] = v[i * size];
    }
    for (size_t i = 0; i < s->size; i++)
        offset[i] = radius * l[i];
    sg_shallow_form_row(l, s);
    const struct sg_window window = sg_delay_window(tau);
    struct sg_growth at;
    /* x_t = 2 Re(C lambda^t): what a step adds to x, rounding or second order, moves ln|C| by that
     * over |C| at most, since the residue of a root, 1/(1 + tau (1 - 1/lambda)), is at most 1 on
     * the circle. |C| is the rms over sqrt(2), or the rms itself where lambda = -1. */
    const double e = sg_delay_rounding(s, limit->of_mu, predicted), resolution = 2 * e / radius;
    const double found = sg_delay_limit(&at, s, l, offset, limit->of_mu, limit->other, 1 / trace,
                                        &window, resolution);
    const double second = sg_delay_second_order(s, limit->of_mu, predicted) * at.most * at.most;
    const double tolerance =
        (resolution + 2 * (e + second) / at.least) / sg_delay_gain(limit->delay) * predicted;
    sg_lab_equal(lab, SG_SIMULATED, limit->id, limit->what, found / limit->unit,
                 predicted / limit->unit,
                 (struct sg_tol){tolerance / limit->unit,
                                 "fitted growth: its resolution, rounding and second order per "
                                 "step, over d(growth)/d(ln rate)",
                                 0});
    return found / rate->critical;
}

/* The case's own system: no delay has a price.  The other rate is half its limit: its block has its
 * eigenvalues in [0, 1), or inside, far from those whose fate is asked. */
static void check_pairs(struct sg_lab *lab, struct sg_shallow *s, int tau, double found[5])
{
    const double x = s->rate_x.critical, z = s->rate_z.critical;
    sg_shallow_set_timing(s, sg_case_timing(s->c, tau));
    found[0] = check_limit(lab, s,
                           &(struct limit){"pairs-mu",
                                           "delayed pairs: bisected mu over 2/lambda_max(S_x), "
                                           "worst tau",
                                           true, 0, z / 2, x},
                           (size_t)tau);
    found[1] = check_limit(lab, s,
                           &(struct limit){"pairs-nu",
                                           "delayed pairs: bisected nu over 2/lambda_max(S_z), "
                                           "worst tau",
                                           false, 0, x / 2, z},
                           (size_t)tau);
}

/* The two other systems, to be compared with. */
static void check_stale(struct sg_lab *lab, struct sg_shallow *s, struct sg_shallow *bp, int tau,
                        double found[5])
{
    const size_t delay = (size_t)tau;
    const double x = s->rate_x.critical, z = s->rate_z.critical,
                 formula = sg_closed_delay_limit(delay) / 2;
    const struct limit backprop = {
        "stale-backprop",
        "stale backprop: bisected mu lambda_max(S_x) over 2 sin(pi/(2(2 tau + 1))), "
        "worst tau",
        true,
        delay,
        0,
        x * formula};
    const struct limit sg = {
        "stale-sg",
        "stale SG: bisected nu lambda_max(S_z) over 2 sin(pi/(2(2 tau + 1))), worst tau",
        false,
        delay,
        x / 2,
        z * formula};
    const struct limit sg_mu = {"stale-sg-mu",
                                "stale SG: bisected mu over 2/lambda_max(S_x), worst tau",
                                true,
                                0,
                                z / 2 * formula,
                                x};
    sg_shallow_set_timing(bp, (struct sg_timing){.net_w = tau, .net_phi = tau});
    found[2] = check_limit(lab, bp, &backprop, delay);
    sg_shallow_set_timing(s, (struct sg_timing){.sg_w = tau, .sg_phi = tau});
    found[3] = check_limit(lab, s, &sg, delay);
    found[4] = check_limit(lab, s, &sg_mu, delay);
}

/* ---- the case's own rates ------------------------------------------------------------------- */

/* Steps until a start near the fixed point has shrunk a hundredfold: infinite when it leaves, NaN
 * when it does neither.  Undelayed |J^k| is at most cond(T) rho^k, and the pairs of tau steps ago
 * add some multiples of tau.  What has grown 1000 cond(T) times is beyond all that and has left. */
static double steps_to_return(struct sg_lab *lab, struct sg_shallow *s, int tau, double start,
                              double most)
{
    enum { SHRUNK = 100, LOOK_EVERY = 32 };
    const double far = 1e3 * sg_closed_joint_condition(s->fit, s->mu, s->nu) * start;
    double *offset = SG_TAKE(lab, s->size, double), distance = start, t = 0;
    sg_shallow_set_timing(s, sg_case_timing(s->c, tau));
    sg_shallow_offset(offset, s, start, sg_lab_rng(lab, "return"));
    sg_shallow_start(s, offset, s->mu, s->nu);
    for (; t < most && distance > start / SHRUNK && distance <= far; t += LOOK_EVERY)
        distance = sg_sim_advance(s->sim, &s->batch, LOOK_EVERY) == SG_OK ? sg_shallow_distance(s)
                                                                          : HUGE_VAL;
    return !(distance <= far) ? HUGE_VAL : distance <= start / SHRUNK ? t : SG_NAN;
}

/* Not asked where that takes too long, or where rounding, u |fixed| a step and 1/(1 - rho) of that
 * in all, would hide a hundredth of the start. */
static void check_return(struct sg_lab *lab, struct sg_shallow *s)
{
    const struct sg_int_list *tau = &lab->trial->c->train.tau;
    const double deficit = 1 - sg_closed_joint_radius(s->fit, s->mu, s->nu);
    const double start = fmin(s->c->train.radius, 1e-6) * s->w_norm;
    const double undelayed =
        2 * log(100 * sg_closed_joint_condition(s->fit, s->mu, s->nu)) / deficit;
    const double floor = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) / deficit;
    double slowest = 0;
    if (!(undelayed <= SG_DELAY_STEPS_MOST) || !(100 * floor <= start)) {
        sg_lab_note(lab, "at the case's rates no start was followed: it shrinks too slowly");
        return;
    }
    for (size_t i = 0; i < tau->n; i++) {
        const double steps =
            steps_to_return(lab, s, tau->value[i], start, undelayed + 100 * (double)tau->value[i]);
        slowest = sg_base_max(slowest, steps);
        if (!isnan(steps))
            sg_lab_fact(lab, SG_SIMULATED, "returns",
                        "at the case's rates a start near the fixed point returns, every "
                        "tau",
                        isfinite(steps), "a hundredfold");
    }
    if (isfinite(slowest))
        sg_lab_note(lab, "at the case's rates a start shrinks a hundredfold in at most %.0f steps",
                    slowest);
    else if (isnan(slowest))
        sg_lab_note(lab, "at the case's rates a start neither returned nor left");
}

void sg_dy11_noisy(struct sg_lab *lab, struct sg_shallow *s)
{
    const struct sg_trial *trial = lab->trial;
    const struct sg_int_list *tau = &trial->c->train.tau;
    struct sg_case *without = SG_TAKE(lab, 1, struct sg_case); /* the same case with no SG module */
    struct sg_shallow *bp = NULL;
    *without = *trial->c;
    without->n_modules = 0;
    if (trial->c->train.delay == SG_DELAY_PAIRS)
        bp = sg_shallow_make_other(lab, without, trial->data, (struct sg_timing){0});
    for (size_t i = 0; i < tau->n; i++)
        check_polynomial(lab, (size_t)tau->value[i]);
    if (trial->figure)
        sg_lab_series(lab, "limits",
                      "tau formula stale_backprop pairs_mu pairs_nu stale_sg_nu stale_sg_mu");
    for (size_t i = 0; i < tau->n && lab->status == SG_OK; i++) {
        double found[5] = {0};
        check_pairs(lab, s, tau->value[i], found);
        if (bp)
            check_stale(lab, s, bp, tau->value[i], found);
        if (trial->figure)
            sg_lab_point(lab, (const double[]){tau->value[i],
                                               sg_closed_delay_limit((size_t)tau->value[i]) / 2,
                                               found[2], found[0], found[1], found[3], found[4]});
    }
    check_return(lab, s);
    sg_dy11_certify(lab, s);
    if (trial->figure && lab->status == SG_OK)
        sg_dy11_basin(lab, s);
}
