/* DY9: a fast SG at a hidden layer follows backprop, W_kappa - W_backprop = late / kappa + O(1/kappa^2) at fixed time mu t.
 *
 * nu is fixed and mu = nu / kappa goes down half a decade at a time; backprop takes the same mu.  The SG starts exact or off by a random psi.
 * late is closed.h's: it solves late' = -H late - Q G^-1 D grad L from 0 or -Q G^-1 psi.  At the output D = 0 and nothing is late, to the bit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "lab/deep_pair.h"

enum { LEVELS = 5, FULL_LEVELS = 7, RK_STEPS = 64, OUTPUT_STEPS = 200, PATH_POINTS = 60 };
enum { EXACT, OFF, STARTS };
/* |psi| of the start that is not exact, relative to |phi*|. */
static const double OFF_BY = 0.5;
/* theory's ceiling on the order's error */
static const double ORDER = 0.1;

static const char *const order_row[STARTS] = {"order of |W_kappa - W_backprop| in 1/kappa, SG started exact",
                                              "order of |W_kappa - W_backprop| in 1/kappa, SG started off"};
static const char *const limit_row[STARTS] = {"kappa (W_kappa - W_backprop) against the closed limit, largest kappa, started exact",
                                              "kappa (W_kappa - W_backprop) against the closed limit, largest kappa, started off"};

struct sweep {
    struct sg_deep_pair pair;
    const struct sg_trial *trial;
    size_t levels;
    double span;                      /* mu t */
    double *w_0, *phi[STARTS];
    double *limit[STARTS];            /* late at span */
    uint64_t steps[FULL_LEVELS];
    double kappa[FULL_LEVELS], error[STARTS][FULL_LEVELS];
    double *scaled[STARTS];           /* levels x n_w: kappa (W_kappa - W_backprop) */
};

/* Layers with orthonormal columns (or rows, where they are wider than tall): h keeps x's conditioning, so S_z stays away from singular. */
static enum sg_status orthonormal_layers(double *w, const struct sg_deep *deep, struct sg_rng *rng)
{
    enum sg_status status = SG_OK;
    for (size_t l = 0; l < deep->n_layers && status == SG_OK; l++) {
        const size_t in = deep->width[l], out = deep->width[l + 1], tall = in > out ? in : out, thin = in > out ? out : in;
        double *g = SG_NEW(tall * thin, double), *q = SG_NEW(tall * thin, double);
        sg_base_rng_gaussians(g, tall * thin, rng);
        status = sg_base_qr_q(q, g, tall, thin);
        for (size_t i = 0; i < in; i++)
            for (size_t j = 0; j < out; j++)
                w[sg_closed_deep_offset(deep, l) + i * out + j] = in > out ? q[i * thin + j] : q[j * thin + i];
        free(g);
        free(q);
    }
    return status;
}

static enum sg_status make_starts(struct sweep *s, struct sg_evidence *ev)
{
    struct sg_deep_pair *p = &s->pair;
    struct sg_rng *rng = sg_claim_rng(s->trial, "start");
    double *psi = SG_NEW(p->n_phi, double);
    s->w_0 = SG_NEW(p->n_w, double);
    enum sg_status status = orthonormal_layers(s->w_0, &p->deep, rng);
    for (int start = 0; start < STARTS; start++) {
        s->phi[start] = SG_NEW(p->n_phi, double);
        s->limit[start] = SG_NEW(3 * p->n_w, double);
        s->scaled[start] = SG_NEW(s->levels * p->n_w, double);
        sg_deep_pair_exact_sg(s->phi[start], p, s->w_0);
    }
    sg_base_rng_direction(psi, p->n_phi, rng);
    const double length = OFF_BY * sg_base_norm(s->phi[EXACT], p->n_phi);
    for (size_t i = 0; i < p->n_phi; i++)
        s->phi[OFF][i] += psi[i] *= length;
    if (status == SG_OK)
        status = sg_deep_pair_rates(p, s->trial->c, s->w_0, ev);
    s->span = p->mu * s->trial->c->train.steps;
    const bool whole = p->n_phi == sg_closed_deep_n_phi(&p->deep);      /* all three terms: else there is no phi*, hence no limit */
    for (int start = 0; start < STARTS && status == SG_OK; start++) {
        memcpy(s->limit[start], s->w_0, p->n_w * sizeof(double));
        if (!whole) {
            s->limit[start][p->n_w] = SG_NAN;
            continue;
        }
        if (start == OFF)
            status = sg_closed_fast_start(s->limit[OFF] + p->n_w, p->first, s->w_0, psi);
        if (status == SG_OK)
            status = sg_closed_fast_advance(s->limit[start], p->first, s->span, RK_STEPS);
    }
    free(psi);
    sg_base_rng_free(rng);
    return status;
}

/* One kappa: backprop and the SG's net, `steps` steps each of mu = span / steps.  A run that diverges leaves NaN. */
static void run_level(struct sweep *s, size_t level)
{
    struct sg_deep_pair *p = &s->pair;
    const struct sg_batch *batch = &p->twin->batch;
    const double ideal = s->trial->c->train.steps * pow(10, 0.5 * (double)level);
    const uint64_t steps = (uint64_t)(ideal + 0.5);
    const double mu = s->span / (double)steps;
    s->steps[level] = steps;
    s->kappa[level] = p->nu / mu;
    sg_sim_restart(p->plain, s->w_0, NULL, mu, 0);
    bool finite = sg_sim_advance(p->plain, batch, steps) == SG_OK;
    const double *backprop = sg_sim_w(p->plain);
    for (int start = 0; start < STARTS; start++) {
        double *scaled = s->scaled[start] + level * p->n_w;
        sg_sim_restart(p->sg, s->w_0, s->phi[start], mu, p->nu);
        finite = finite && sg_sim_advance(p->sg, batch, steps) == SG_OK;
        const double *w = sg_sim_w(p->sg);
        for (size_t i = 0; i < p->n_w; i++)
            scaled[i] = finite ? (w[i] - backprop[i]) / mu : SG_NAN;    /* times nu below: nu = 0 is a control */
        s->error[start][level] = sg_base_norm(scaled, p->n_w) * mu;
        for (size_t i = 0; i < p->n_w; i++)
            scaled[i] *= p->nu;
    }
}

/* F(kappa) = limit + C/kappa + ...: two kappas, ratio rho = sqrt 10, show |C| <= 2 |F - F'| kappa / (1 - 1/rho) when the rest is at most half
 * of it.  So |F - limit| <= 2 |F' - F| / (rho - 1) at the larger kappa, and each ln|F| is off by the share of that, kappa by kappa.
 * Rounding: kappa times what `steps` steps of a contraction can sum, 10 u |W| each. */
static void judge_start(struct sg_evidence *ev, const struct sweep *s, int start)
{
    const size_t n = s->pair.n_w, last = s->levels - 1;
    const double rho = sqrt(10), *F = s->scaled[start], *limit = s->limit[start] + n;
    const double second = 2 * sg_deep_distance(F + (last - 1) * n, F + last * n, n) / (rho - 1);
    const double rounding = s->kappa[last] * sqrt((double)s->steps[last]) * 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->limit[start], n);
    double x[FULL_LEVELS], y[FULL_LEVELS], off[FULL_LEVELS];
    for (size_t i = 0; i < s->levels; i++) {
        x[i] = -0.5 * log(10) * (double)i;
        y[i] = log(s->error[start][i]);
        const double share = (second * pow(rho, (double)(last - i)) + rounding) / sg_base_norm(limit, n);
        off[i] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    const double bound = sg_fit_slope_error(x, off, s->levels);
    sg_claim_compare(ev, SG_SIMULATED, order_row[start], sg_fit_slope(x, y, s->levels), 1.0, bound < ORDER ? bound : ORDER,
                     "what the terms of order 1/kappa^2, measured, do to the fit; at most 0.1");
    sg_claim_bound(ev, SG_SIMULATED, limit_row[start], sg_deep_distance(F + last * n, limit, n) / sg_base_norm(limit, n),
                   (second + rounding) / sg_base_norm(limit, n), "twice Richardson's estimate from the two largest kappas, relative");
}

/* At the output phi* = (I; -I; 0) whatever W: s is fl(p - y), the very bits of g, and the SG's gradient is zero.  Any nu, stable or not. */
static enum sg_status check_output(struct sg_evidence *ev, const struct sweep *s)
{
    static const double nus[] = {0, 1e-3, 0.5, 3};       /* over 2 / lambda_max(S_z) */
    struct sg_case *c = sg_base_copy(s->trial->c, 1, sizeof *s->trial->c);
    struct sg_deep_pair p;
    c->module[0].at = -1;
    enum sg_status status = sg_deep_pair_alloc(&p, c, s->trial->data, ev);
    double *phi = SG_NEW(status == SG_OK ? p.n_phi : 1, double), most = 0;
    if (status == SG_OK)
        status = sg_deep_pair_rates(&p, c, s->w_0, ev);
    if (status == SG_OK)
        sg_deep_pair_exact_sg(phi, &p, s->w_0);
    for (size_t k = 0; k < sizeof nus / sizeof *nus && status == SG_OK; k++) {
        const double mu = s->span / OUTPUT_STEPS;
        sg_sim_restart(p.plain, s->w_0, NULL, mu, 0);
        sg_sim_restart(p.sg, s->w_0, phi, mu, nus[k] * 2 / p.top_z);
        for (size_t step = 0; step < OUTPUT_STEPS; step++) {
            sg_sim_step(p.plain, &p.twin->batch);
            sg_sim_step(p.sg, &p.twin->batch);
            most = sg_base_max(most, sg_base_max_abs_diff(sg_sim_w(p.sg), sg_sim_w(p.plain), p.n_w));
            most = sg_base_max(most, sg_base_max_abs_diff(sg_sim_phi(p.sg), phi, p.n_phi));
        }
    }
    sg_claim_bound(ev, SG_SIMULATED, "SG at the output, started exact: weights off backprop's, SG off its start, any kappa", most, 0.0,
                   "s and g are the same bits, the SG's gradient is zero");
    sg_deep_pair_free(&p);
    free(phi);
    free(c);
    return status;
}

/* ---- the figure ---------------------------------------------------------------------------------------------------- */

/* The weights' path seen in the plane of backprop's way and of what is late. */
static void draw_paths(struct sg_evidence *ev, struct sweep *s)
{
    static const double kappas[] = {0, 3, 10, 30, 100};  /* 0: backprop */
    struct sg_deep_pair *p = &s->pair;
    const size_t n = p->n_w, steps = (size_t)s->trial->c->train.steps / PATH_POINTS * PATH_POINTS;
    const double mu = s->span / (double)steps;
    double *along = SG_NEW(n, double), *across = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        along[i] = s->limit[EXACT][i] - s->w_0[i];
    const double length = sg_base_norm(along, n);
    const double share = sg_base_dot(s->limit[EXACT] + n, along, n) / (length * length);
    for (size_t i = 0; i < n; i++)
        across[i] = s->limit[EXACT][n + i] - share * along[i];
    const double width = sg_base_norm(across, n);
    sg_claim_series(ev, "paths", "kappa time along across");
    for (size_t k = 0; k < sizeof kappas / sizeof *kappas; k++) {
        struct sg_sim *sim = k ? p->sg : p->plain;
        sg_sim_restart(sim, s->w_0, k ? s->phi[EXACT] : NULL, mu, kappas[k] * mu);
        for (size_t step = 0; step <= steps; step++) {
            if (step % (steps / PATH_POINTS) == 0) {
                const double *w = sg_sim_w(sim);
                double a = 0, b = 0;
                for (size_t i = 0; i < n; i++) {
                    a += (w[i] - s->w_0[i]) * along[i] / length;
                    b += (w[i] - s->w_0[i]) * across[i] / width;
                }
                sg_claim_point(ev, (const double[]){kappas[k], mu * (double)step, a, b});
            }
            sg_sim_step(sim, &p->twin->batch);
        }
    }
    free(along);
    free(across);
}

static void draw_errors(struct sg_evidence *ev, struct sweep *s)
{
    struct sg_deep_pair *p = &s->pair;
    const size_t n = p->n_w;
    sg_claim_series(ev, "errors", "kappa exact off limit_exact limit_off frozen");
    for (size_t i = 0; i < s->levels; i++) {
        const uint64_t steps = s->steps[i];
        const double mu = s->span / (double)steps;
        sg_sim_restart(p->plain, s->w_0, NULL, mu, 0);
        sg_sim_restart(p->sg, s->w_0, s->phi[EXACT], mu, 0);
        const bool finite = sg_sim_advance(p->plain, &p->twin->batch, steps) == SG_OK && sg_sim_advance(p->sg, &p->twin->batch, steps) == SG_OK;
        sg_claim_point(ev, (const double[]){s->kappa[i], s->error[EXACT][i], s->error[OFF][i], sg_base_norm(s->limit[EXACT] + n, n) / s->kappa[i],
                                            sg_base_norm(s->limit[OFF] + n, n) / s->kappa[i],
                                            finite ? sg_deep_distance(sg_sim_w(p->sg), sg_sim_w(p->plain), n) : SG_NAN});
    }
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sweep s = {.trial = trial, .levels = trial->full ? FULL_LEVELS : LEVELS};
    enum sg_status status = sg_deep_pair_alloc(&s.pair, trial->c, trial->data, ev);
    if (status == SG_OK && trial->c->train.steps < PATH_POINTS) {
        snprintf(ev->note, sizeof ev->note, "the paths are looked at 60 times: steps of at least 60");
        status = SG_HYPOTHESIS;
    }
    if (status == SG_OK && s.pair.deep.at == s.pair.deep.n_layers) {
        snprintf(ev->note, sizeof ev->note, "the SG of the case sits at a hidden layer; the output is looked at in any case");
        status = SG_HYPOTHESIS;
    }
    if (status == SG_OK)
        status = make_starts(&s, ev);
    for (size_t i = 0; i < s.levels && status == SG_OK; i++)
        run_level(&s, i);
    for (int start = 0; start < STARTS && status == SG_OK; start++)
        judge_start(ev, &s, start);
    if (status == SG_OK)
        status = check_output(ev, &s);
    if (status == SG_OK && trial->figure) {
        draw_errors(ev, &s);
        draw_paths(ev, &s);
    }
    sg_deep_pair_free(&s.pair);
    free(s.w_0);
    for (int start = 0; start < STARTS; start++) {
        free(s.phi[start]);
        free(s.limit[start]);
        free(s.scaled[start]);
    }
    return status;
}

const struct sg_claim sg_claim_dy9 = {
    .id = "DY9", .name = "dy9_fast_sg", .title = "a fast SG on a deep linear net follows backprop", .needs_data = true, .measure = measure,
    .statement = "Deep linear net under MSE, a linear SG with labels at a hidden layer, phi(0) exact or bounded, nonzero eigenvalues of S_z bounded below "
                 "along the way, nu = kappa mu fixed with nu lambda_max(S_z) < 2.  At fixed time mu t the weights differ from backprop's (same mu) by "
                 "O(1/kappa); where S_z is nonsingular kappa times the difference tends to the solution of late' = -H late - Q G^-1 D grad L, "
                 "late(0) = -Q G^-1 psi(0).  At the output phi* is constant: started exact, the weights are backprop's for every kappa, bit for bit.",
};
