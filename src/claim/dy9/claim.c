/* DY9: a fast SG at a hidden layer follows backprop, W_kappa - W_backprop = late / kappa +
 * O(1/kappa^2) at fixed time mu t.
 *
 * The SG starts exact or off by a random psi.  late is closed.h's: it solves
 * late' = -H late - Q G^-1 D grad L from 0 or -Q G^-1 psi.  At the output D = 0 and nothing is
 * late, to the bit. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "claim/dy9/parts.h"
#include "lab/shallow.h"

/* DECADE: levels in the last decade of kappa. */
enum { RK_STEPS = 64, DECADE = 3 };
/* |psi| of the start that is not exact, relative to |phi*|. */
static const double OFF_BY = 0.5;

/* ---- the starts ----------------------------------------------------------------------------- */

/* Layers with orthonormal columns (or rows, where they are wider than tall): h keeps x's
 * conditioning, so S_z stays away from singular. */
static void draw_layers(struct sg_lab *lab, double *w, const struct sg_deep *deep,
                        struct sg_rng *rng)
{
    for (size_t l = 0; l < deep->n_layers; l++) {
        const size_t in = deep->width[l], out = deep->width[l + 1];
        const size_t tall = in > out ? in : out, thin = in > out ? out : in;
        double *g = SG_TAKE(lab, tall * thin, double), *q = SG_TAKE(lab, tall * thin, double);
        sg_base_rng_gaussians(g, tall * thin, rng);
        sg_lab_try(lab, sg_base_qr_q(q, g, tall, thin));
        for (size_t i = 0; i < in; i++)
            for (size_t j = 0; j < out; j++)
                w[sg_closed_deep_offset(deep, l) + i * out + j] =
                    in > out ? q[i * thin + j] : q[j * thin + i];
    }
}

/* late at mu t, and what halving the Runge-Kutta step changes in it.  psi: NULL, or the start's. */
static void make_limit(struct sg_lab *lab, struct sg_dy9 *s, enum sg_dy9_start start,
                       const double *psi)
{
    const size_t n = s->pair->n_w;
    double *state = s->limit[start], *coarse = SG_TAKE(lab, 3 * n, double);
    memcpy(state, s->w_0, n * sizeof *state);
    if (psi)
        sg_lab_try(lab, sg_closed_fast_start(state + n, s->pair->first, s->w_0, psi));
    memcpy(coarse, state, 3 * n * sizeof *state);
    enum sg_status status = sg_closed_fast_advance(state, s->pair->first, s->span, RK_STEPS);
    if (status == SG_OK)
        status = sg_closed_fast_advance(coarse, s->pair->first, s->span, RK_STEPS / 2);
    if (status != SG_OK)
        sg_lab_stop(lab, status,
                    "backprop's flow could not be followed to mu t = %.2g; lower train.mu "
                    "or train.steps",
                    s->span);
    s->limit_error[start] = sg_deep_distance(state + n, coarse + n, n);
}

static double curvature(struct sg_lab *lab, const struct sg_deep_pair *p, const double *w)
{
    const size_t n = p->n_w, q = p->twin->rows.d + p->twin->rows.m + 1;
    double *H = SG_TAKE(lab, n * n, double), *moments = SG_TAKE(lab, q * q, double), norm = SG_NAN;
    sg_closed_deep_moments(moments, &p->twin->rows);
    sg_closed_deep_hessian(H, &p->deep, w, moments);
    sg_lab_try(lab, sg_base_norm2(&norm, H, n, n));
    return norm;
}

static void make_starts(struct sg_lab *lab, struct sg_dy9 *s)
{
    struct sg_deep_pair *p = s->pair;
    struct sg_rng *rng = sg_lab_rng(lab, "start");
    const size_t n_psi = sg_closed_deep_n_phi(&p->deep);
    double *psi = SG_TAKE(lab, n_psi, double);
    s->w_0 = SG_TAKE(lab, p->n_w, double);
    draw_layers(lab, s->w_0, &p->deep, rng);
    for (int start = 0; start < SG_DY9_STARTS; start++) {
        s->phi[start] = SG_TAKE(lab, p->n_phi, double);
        s->limit[start] = SG_TAKE(lab, 3 * p->n_w, double);
        s->scaled[start] = SG_TAKE(lab, s->levels * p->n_w, double);
        sg_deep_pair_exact_sg(s->phi[start], p, s->w_0);
    }
    sg_base_rng_direction(psi, n_psi, rng);
    const double length = OFF_BY * sg_base_norm(s->phi[SG_DY9_EXACT], p->n_phi);
    for (size_t i = 0; i < n_psi; i++)
        psi[i] *= length;
    for (size_t i = 0; i < p->n_phi; i++)
        s->phi[SG_DY9_OFF][i] += psi[i];
    s->s_z[0] = sg_deep_pair_s_z(lab, p, s->w_0);
    s->curvature = curvature(lab, p, s->w_0);
    const struct sg_case_train *train = &lab->trial->c->train;
    s->mu = sg_lab_rate(train->mu, train->units, 2 / s->s_z[0].most, SG_NAN);
    s->nu = sg_lab_rate(train->nu, train->units, 2 / s->s_z[0].most, SG_NAN);
    s->span = s->mu * (double)s->steps;
    if (!(s->s_z[0].least > 0))
        return; /* a hypothesis says so */
    make_limit(lab, s, SG_DY9_EXACT, NULL);
    make_limit(lab, s, SG_DY9_OFF, psi);
    s->s_z[1] = sg_deep_pair_s_z(lab, p, s->limit[SG_DY9_EXACT]);
}

static void *make(struct sg_lab *lab)
{
    struct sg_dy9 *s = SG_TAKE(lab, 1, struct sg_dy9);
    s->levels = lab->trial->full ? SG_DY9_FULL_LEVELS : SG_DY9_LEVELS;
    s->steps = (size_t)lab->trial->c->train.steps;
    s->pair = sg_deep_pair_make(lab, lab->trial->c);
    if (s->pair)
        make_starts(lab, s);
    return s;
}

static const struct sg_instrument starts = {make};

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool is_hidden(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it is at the output");
    return s->pair->deep.at < s->pair->deep.n_layers;
}

static bool is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    return sg_deep_pair_nonsingular(value, s->pair, s->s_z, trial->data->n);
}

/* A start beyond 2 that stays there is the claim's nearest violation. */
static bool stays_on_a_side(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "nu lambda_max(S_z) goes from %.3g to %.3g",
             s->nu * s->s_z[0].most, s->nu * s->s_z[1].most);
    return (s->nu * s->s_z[0].most < 2) == (s->nu * s->s_z[1].most < 2);
}

/* The second order is followed over the last decade of kappa. */
static bool is_fast(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_dy9 *s = on;
    (void)trial;
    return sg_deep_pair_is_fast(value, s->s_z,
                                s->nu / s->mu * pow(10, 0.5 * (double)(s->levels - DECADE)),
                                fmax(1 / s->span, s->curvature));
}

static const struct sg_hypothesis hidden = {
    .id = "hidden",
    .words = "the SG is at a hidden layer",
    .met = is_hidden,
    .mend = "take sg.at below the output; the output is looked at in any case"};
static const struct sg_hypothesis nonsingular = {
    .id = "S_z-nonsingular",
    .words = "S_z = E[z^T z], z = (h, y, 1), is nonsingular along the way",
    .met = is_nonsingular,
    .mend = "take more samples (data.n), noise, a layer that is no wider than x"};
static const struct sg_hypothesis one_side = {
    .id = "nu-limit",
    .words = "nu lambda_max(S_z) < 2 all along the way if it is at the start",
    .met = stays_on_a_side,
    .mend = "lower train.nu"};
static const struct sg_hypothesis fast = {
    .id = "fast",
    .words = "the SG is fast: kappa lambda_min(S_z) is three times 1/(mu t) and lambda_max(H)",
    .met = is_fast,
    .mend = "lower train.mu and raise train.steps, or raise train.nu"};

/* ---- what is said --------------------------------------------------------------------------- */

/* F(kappa) = limit + C/kappa + ...: two kappas, ratio rho = sqrt 10, show
 * |C| <= 2 |F - F'| kappa / (1 - 1/rho) when the rest is at most half of it.  So
 * |F - limit| <= 2 |F' - F| / (rho - 1) at the larger kappa, and each ln|F| is off by the share of
 * that, kappa by kappa.
 * Rounding: kappa times what `steps` steps of a contraction can sum, 10 u |W| each. */
static void check_start(struct sg_lab *lab, const struct sg_dy9 *s, enum sg_dy9_start start)
{
    static const char *const name[] = {"exact", "off"};
    const size_t n = s->pair->n_w, last = s->levels - 1;
    const double rho = sqrt(10), *F = s->scaled[start], *limit = s->limit[start] + n;
    const double size = sg_base_norm(limit, n);
    const double second = 2 * sg_deep_distance(F + (last - 1) * n, F + last * n, n) / (rho - 1);
    const double rounding = s->kappa[last] * sqrt((double)s->steps_at[last]) * 10 *
                                SG_UNIT_ROUNDOFF * sg_base_norm(s->limit[start], n) +
                            s->limit_error[start];
    double x[DECADE], y[DECADE], off[DECADE];
    for (size_t i = 0; i < DECADE; i++) {
        x[i] = 0.5 * log(10) * (double)i;
        y[i] = log(s->error[start][last - i]);
        const double share = (second * pow(rho, (double)i) + rounding) / size;
        off[i] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    sg_lab_equal(lab, SG_SIMULATED, sg_lab_format(lab, "order-%s", name[start]),
                 sg_lab_format(lab,
                               "order of |W_kappa - W_backprop| in 1/kappa over the last decade, "
                               "SG started %s",
                               name[start]),
                 sg_fit_slope(x, y, DECADE), 1.0,
                 (struct sg_tol){sg_fit_slope_error(x, off, DECADE),
                                 "what the terms of order 1/kappa^2, "
                                 "measured, do to the fit",
                                 0});
    sg_lab_zero(
        lab, SG_SIMULATED, sg_lab_format(lab, "limit-%s", name[start]),
        sg_lab_format(lab,
                      "kappa (W_kappa - W_backprop) against the closed limit, largest kappa, "
                      "started %s",
                      name[start]),
        sg_deep_distance(F + last * n, limit, n) / size,
        (struct sg_tol){(second + rounding) / size,
                        "twice Richardson's estimate from the two largest "
                        "kappas, relative",
                        1});
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_dy9 *s = on;
    const size_t last = s->levels - 1;
    if (s->nu * s->s_z[0].most >= 2)
        sg_lab_note(lab,
                    "nu lambda_max(S_z) is %.3g at the start; the statement is about less than 2",
                    s->nu * s->s_z[0].most);
    sg_dy9_run(s);
    if (!s->plain_finite[last])
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "backprop itself leaves at the smallest mu, %.2g; lower train.mu",
                    s->mu_at[last]);
    sg_lab_fact(lab, SG_SIMULATED, "finite",
                "at the largest kappa the weights stay finite, as backprop's do",
                s->finite[SG_DY9_EXACT][last] && s->finite[SG_DY9_OFF][last], "both starts");
    check_start(lab, s, SG_DY9_EXACT);
    check_start(lab, s, SG_DY9_OFF);
    sg_dy9_output(lab, s);
    sg_dy9_draw(lab, s);
}

const struct sg_claim sg_claim_dy9 = {
    .id = "DY9",
    .name = "dy9_fast_sg",
    .title = "a fast SG on a deep linear net follows backprop",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_DEEP_PAIR " sg.at! sg.terms=hy1|h1",
    .supposes =
        (const struct sg_hypothesis *const[]){&hidden, &nonsingular, &one_side, &fast, NULL},
    .measure = sg_lab_measure,
    .on = &starts,
    .says = says,
    .statement = "Deep linear net under MSE, a linear SG with labels at a hidden layer, phi(0) "
                 "exact or bounded, nonzero "
                 "eigenvalues of S_z bounded below along the way, nu = kappa mu fixed with nu "
                 "lambda_max(S_z) < 2.  At fixed "
                 "time mu t the weights differ from backprop's (same mu) by O(1/kappa); where S_z "
                 "is nonsingular kappa times "
                 "the difference tends to the solution of late' = -H late - Q G^-1 D grad L, "
                 "late(0) = -Q G^-1 psi(0).  At "
                 "the output phi* is constant: started exact, the weights are backprop's for every "
                 "kappa, bit for bit.",
};
