/* CP4: a spurious set.  x in {-2, -1, 1, 2}, f = a x + b, loss sum |f(x)| (subgradient 0 at 0), SG the constant c.
 *
 * The SG-critical points are c = 0 with |b| < |a|, or a = b = 0, though the loss has slope (6 sign a, 0) in all of the wedge and its only
 * critical point is the origin.  Integers check the algebra; the net, whose arithmetic on these data is exact, is held to the integers with
 * tolerance 0.  The net's normalisation is E[.] = 1/4 sum. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "lab/old.h"

enum { SAMPLES = 4, GRID = 12, C_STEPS = 8 };   /* grid points i, j = -GRID..GRID; c = k / C_STEPS, k = -C_STEPS..C_STEPS */

/* Two nets on the same samples: with the case's SG at the output, and without. */
struct line {
    const struct sg_case *c;
    struct sg_data data;
    struct sg_batch batch;
    struct sg_net *net[2];              /* WITH, WITHOUT */
    struct sg_net_work *work[2];
    size_t n_phi;                       /* the last one multiplies the ones column: c */
};
enum { WITH, WITHOUT };

struct directions { double w[2], phi[3], loss; };   /* dw = (da, db), dphi, E|f| */

static bool fits(const struct sg_case *c, struct sg_evidence *ev)
{
    const bool one = c->n_modules == 1 && c->net.layers.n == 0 && c->net.loss == SG_ABS && (c->module[0].terms & SG_ONE);
    const bool rates = c->train.units == SG_UNITS_ABSOLUTE && c->train.nu > 0 && c->train.nu <= 1;
    if (!one || !rates)
        snprintf(ev->note, sizeof ev->note, "the claim is on layers = (), loss = \"abs\", one SG with the term 1, units = \"absolute\", "
                                            "0 < nu <= 1");
    return one && rates;
}

static struct line line_alloc(const struct sg_case *c)
{
    struct line l = {.c = c};
    const struct sg_layer layer = {SG_DENSE, 1, true};
    const struct sg_case_module *m = &c->module[0];
    const struct sg_module module = {1, (enum sg_family)m->family, m->terms, (enum sg_target)m->target, m->mix, 0};
    sg_data_alloc(&l.data, SAMPLES, 1, 1);
    for (size_t i = 0; i < SAMPLES; i++)
        l.data.x[i] = sg_closed_spurious_x[i];
    l.batch = sg_sim_batch(&l.data);
    for (int which = WITH; which <= WITHOUT; which++) {
        const struct sg_arch arch = {.dtype = SG_F64, .loss = SG_ABS, .inputs = 1, .labels = 1, .n_layers = 1, .layers = &layer,
                                     .n_modules = which == WITH, .modules = &module};
        l.net[which] = sg_net_alloc(&arch);
        l.work[which] = sg_net_work_alloc(l.net[which], SAMPLES);
    }
    l.n_phi = sg_net_sizes(l.net[WITH]).phi;
    return l;
}

static void line_free(struct line *l)
{
    for (int which = WITH; which <= WITHOUT; which++) {
        sg_net_work_free(l->work[which]);
        sg_net_free(l->net[which]);
    }
    sg_data_free(&l->data);
}

static struct directions evaluate(const struct line *l, int which, double a, double b, const double *phi)
{
    struct directions d = {0};
    struct sg_metrics metrics;
    sg_net_eval(d.w, d.phi, &metrics, l->net[which], (const double[]){a, b}, phi, &l->batch, SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS,
                l->work[which]);
    d.loss = metrics.loss;
    return d;
}

/* ---- the algebra, in integers ---------------------------------------------------------------------------------------- */

static void check_integers(struct sg_evidence *ev, int64_t scale)
{
    size_t set = 0, slope = 0, minimum = 0, loss = 0;
    for (int64_t i = -GRID; i <= GRID; i++)
        for (int64_t j = -GRID; j <= GRID; j++) {
            const struct sg_spurious at = sg_closed_spurious(i * scale, j * scale);
            const bool wedge = sg_closed_spurious_wedge(i * scale, j * scale), origin = i == 0 && j == 0;
            const int64_t sign = (i > 0) - (i < 0);
            set += (at.slope_b == 0) != wedge;
            slope += wedge && at.slope_a != 6 * sign;
            minimum += (at.slope_a == 0 && at.slope_b == 0) != origin || (at.loss == 0) != origin;
            loss += at.loss != sg_closed_spurious_loss(i * scale, j * scale);
        }
    const char *exact = "exact integers";
    sg_claim_compare(ev, SG_CLOSED_FORM, "grid points where sum sign f = 0 and the wedge or the origin disagree", (double)set, 0, 0, exact);
    sg_claim_compare(ev, SG_CLOSED_FORM, "points of the wedge where the slope along a is not 6 sign a", (double)slope, 0, 0, exact);
    sg_claim_compare(ev, SG_CLOSED_FORM, "grid points other than the origin that are critical or have loss 0", (double)minimum, 0, 0, exact);
    sg_claim_compare(ev, SG_CLOSED_FORM, "grid points where the loss is not the largest of its three linear pieces", (double)loss, 0, 0, exact);
}

/* ---- the net on the same grid ------------------------------------------------------------------------------------------ */

/* Does the net rest at (a, b) when the SG is fitted there?  phi minimises the SG loss (dgelsd), so that only dw is left.  It is a multiple of
 * 1/4 up to rounding: below half of that it is zero. */
static bool rests_when_fitted(const struct line *l, double a, double b)
{
    const struct sg_case_module *m = &l->c->module[0];
    double z[SAMPLES * 3], g[SAMPLES], phi[3] = {0};
    for (size_t i = 0; i < SAMPLES; i++) {
        const double f = a * l->data.x[i] + b;
        size_t k = i * l->n_phi;
        g[i] = (f > 0) - (f < 0);
        if (m->terms & SG_H)
            z[k++] = f;
        if (m->terms & SG_Y)
            z[k++] = 0;
        z[k] = 1;
    }
    if (sg_base_solve_least_squares(phi, NULL, NULL, z, g, SAMPLES, l->n_phi, 1) != SG_OK)
        return false;
    const struct directions d = evaluate(l, WITH, a, b, phi);
    return fabs(d.w[0]) < 0.125 && fabs(d.w[1]) < 0.125;
}

/* Every c of the grid at one point: the largest difference from the integers, and how often "all directions vanish" is wrong. */
static double compare_directions(size_t *wrong, const struct line *l, double a, double b, struct sg_spurious at, bool wedge)
{
    const struct directions plain = evaluate(l, WITHOUT, a, b, NULL);
    double worst = sg_base_max(fabs(plain.w[0] - (double)at.slope_a / 4), fabs(plain.w[1] - (double)at.slope_b / 4));
    for (int k = -C_STEPS; k <= C_STEPS; k++) {
        double phi[3] = {0};
        const double c = (double)k / C_STEPS;
        phi[l->n_phi - 1] = c;
        const struct directions d = evaluate(l, WITH, a, b, phi);
        worst = sg_base_max(worst, sg_base_max(fabs(d.w[0]), fabs(d.w[1] - c)));
        worst = sg_base_max(worst, fabs(d.phi[l->n_phi - 1] - (c - (double)at.slope_b / 4)));
        const bool critical = d.w[0] == 0 && d.w[1] == 0 && sg_base_max_abs(d.phi, l->n_phi) == 0;
        *wrong += critical != (k == 0 && wedge);
    }
    return worst;
}

static void check_net(struct sg_evidence *ev, const struct line *l, int64_t scale)
{
    size_t fitted = 0, wrong = 0;
    double worst = 0, loss = 0;
    for (int64_t i = -GRID; i <= GRID; i++)
        for (int64_t j = -GRID; j <= GRID; j++) {
            const double a = ldexp((double)(i * scale), -16), b = ldexp((double)(j * scale), -16);
            const struct sg_spurious at = sg_closed_spurious(i * scale, j * scale);
            const bool wedge = sg_closed_spurious_wedge(i * scale, j * scale);
            fitted += rests_when_fitted(l, a, b) != wedge;
            worst = sg_base_max(worst, compare_directions(&wrong, l, a, b, at, wedge));
            loss = sg_base_max(loss, fabs(evaluate(l, WITHOUT, a, b, NULL).loss - ldexp((double)at.loss, -18)));
        }
    const char *exact = "dyadic numbers: exact in floating point";
    sg_claim_compare(ev, SG_SIMULATED, "grid points where the net rests under its fitted SG and the wedge disagree", (double)fitted, 0, 0,
                     "directions are multiples of 1/4");
    sg_claim_compare(ev, SG_SIMULATED, "update directions, with and without SG, against the integers: largest difference", worst, 0, 0, exact);
    sg_claim_compare(ev, SG_SIMULATED, "(a, b, c) where all directions vanish and (c = 0 and the wedge) disagree", (double)wrong, 0, 0, exact);
    sg_claim_compare(ev, SG_SIMULATED, "loss against the integers: largest difference", loss, 0, 0, exact);
}

/* ---- runs ---------------------------------------------------------------------------------------------------------------- */

struct state { double w[2], phi[3]; };

static struct sg_sim *start(struct sg_field *field, const struct line *l, int which, const struct state *from)
{
    *field = sg_sim_net_field(l->net[which], SAMPLES);
    const struct sg_sim_spec spec = {.field = field, .net_opt = {.rate = l->c->train.mu}, .sg_opt = {.rate = l->c->train.nu}};
    return sg_sim_alloc(&spec, from->w, from->phi);
}

static bool same_bits(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

/* In the wedge with c = 0: not one bit changes in any step. */
static void check_rest(struct sg_evidence *ev, const struct line *l, const struct state *from)
{
    struct sg_field field;
    struct sg_sim *sim = start(&field, l, WITH, from);
    bool still = true;
    for (int t = 0; t < l->c->train.steps; t++) {
        sg_sim_step(sim, &l->batch);
        still = still && same_bits(sg_sim_w(sim), from->w, sizeof from->w) &&
                same_bits(sg_sim_phi(sim), from->phi, l->n_phi * sizeof *from->phi);
    }
    sg_claim_fact(ev, SG_SIMULATED, "from a random point of the wedge with c = 0, no bit changes in any step", still, "exact");
    sg_sim_free(sim);
}

/* Backprop from the same point.  E|f| is homogeneous, <grad, w> = E|f| >= SHARP |w| with SHARP = 2/sqrt(5) (at b = 2a), and |grad| <= 3/2, so
 *     |w'|^2 <= |w|^2 - 2 mu E|f| + mu^2 9/4:
 * beyond R = (9/4) mu / SHARP the square shrinks by mu SHARP |w| at least, so |w| by mu SHARP / 2; hence after 2 |w_0| / (mu SHARP) steps
 * |w|^2 <= R^2 + (9/4) mu^2 for ever. */
static void check_backprop(struct sg_evidence *ev, const struct line *l, const struct state *from)
{
    const double sharp = 2 / sqrt(5), mu = l->c->train.mu, radius = hypot(2.25 * mu / sharp, 1.5 * mu);
    const double arrival = 2 * sg_base_norm(from->w, 2) / (mu * sharp);
    struct sg_field field;
    struct sg_sim *sim = start(&field, l, WITHOUT, from);
    double farthest = 0;
    for (int t = 1; t <= l->c->train.steps; t++) {
        sg_sim_step(sim, &l->batch);
        if (t >= arrival)
            farthest = sg_base_max(farthest, sg_base_norm(sg_sim_w(sim), 2));
    }
    sg_claim_bound(ev, SG_SIMULATED, "backprop from there: largest distance from the minimum once it has arrived", farthest, radius,
                   "subgradient steps on a sharp minimum");
    sg_sim_free(sim);
}

/* The set attracts: sum x = 0, so no constant moves a, while c turns to the sign of b and drives b into the wedge, where c dies out.  In
 * rounding, sum x c errs by 6 u |c| a step and the update by u |a|. */
static void check_attraction(struct sg_evidence *ev, const struct line *l, const struct state *from)
{
    struct sg_field field;
    struct sg_sim *sim = start(&field, l, WITH, from);
    const int steps = l->c->train.steps;
    const bool finite = sg_sim_advance(sim, &l->batch, (uint64_t)steps) == SG_OK;
    const double *w = sg_sim_w(sim), *phi = sg_sim_phi(sim);
    sg_claim_bound(ev, SG_SIMULATED, "from a random point outside the wedge: how far the SG moves a", fabs(w[0] - from->w[0]),
                   steps * SG_UNIT_ROUNDOFF * (6 * l->c->train.mu + fabs(from->w[0])), "rounding of sum x c and of the update");
    sg_claim_fact(ev, SG_SIMULATED, "and it ends in the wedge, c = 0 to rounding",
                  finite && fabs(w[1]) < fabs(w[0]) && sg_base_max_abs(phi, l->n_phi) <= SG_UNIT_ROUNDOFF, "settled");
    sg_sim_free(sim);
}

/* From outside, c = 0 at first, b is in the wedge after 4 (|b| - |a|) / mu + 1 / nu steps (c is at least (1 - (1 - nu)^t) / 4), coasts by at most
 * mu / nu there, and 40 / nu steps later c is below u.  It cannot cross the wedge if mu (1 + 1 / nu) < 2 |a|. */
static enum sg_status check_runs(struct sg_evidence *ev, const struct line *l, struct sg_rng *rng)
{
    const double mu = l->c->train.mu, nu = l->c->train.nu, least = fmax(0.25, mu * (1 + 1 / nu));
    const double sign_a = sg_base_rng_index(rng, 2) ? -1 : 1, sign_b = sg_base_rng_index(rng, 2) ? -1 : 1;
    const double a = 1 + sg_base_rng_uniform(rng), b = a * sg_base_rng_uniform(rng);
    const double a_out = least + sg_base_rng_uniform(rng) / 2, b_out = a_out + 0.5 + sg_base_rng_uniform(rng);
    const struct state inside = {.w = {sign_a * a, sign_b * b}}, outside = {.w = {sign_a * a_out, sign_b * b_out}};
    const double settled = 4 * (b_out - a_out) / mu + 41 / nu, arrived = sqrt(5) * hypot(a, b) / mu;
    if (!(settled < l->c->train.steps && 2 * arrived < l->c->train.steps)) {
        snprintf(ev->note, sizeof ev->note, "the runs need %.0f steps; raise train.steps", ceil(fmax(settled, 2 * arrived)));
        return SG_HYPOTHESIS;
    }
    check_rest(ev, l, &inside);
    check_backprop(ev, l, &inside);
    check_attraction(ev, l, &outside);
    return SG_OK;
}

/* ---- the figure ------------------------------------------------------------------------------------------------------------ */

static void draw_path(struct sg_evidence *ev, const struct line *l, int run, int which, const struct state *from)
{
    enum { STEPS = 120 };
    struct sg_field field;
    struct sg_sim *sim = start(&field, l, which, from);
    for (int t = 0; t <= STEPS; t++) {
        const double *w = sg_sim_w(sim);
        sg_claim_point(ev, (const double[]){run, t, w[0], w[1], (double)which});
        sg_sim_step(sim, &l->batch);
    }
    sg_sim_free(sim);
}

static void draw(struct sg_evidence *ev, const struct line *l)
{
    enum { FINE = 50, COARSE = 8 };       /* points per side of [-2, 2]^2 */
    sg_claim_series(ev, "surface", "a b loss");
    for (int64_t j = -FINE; j <= FINE; j++)
        for (int64_t i = -FINE; i <= FINE; i++)
            sg_claim_point(ev, (const double[]){2.0 * (double)i / FINE, 2.0 * (double)j / FINE,
                                                2.0 * (double)sg_closed_spurious_loss(i, j) / FINE});
    sg_claim_series(ev, "rest", "a b slope_a slope_b sg_a sg_b sg_c");
    for (int i = -COARSE; i <= COARSE; i++)
        for (int j = -COARSE; j <= COARSE; j++) {
            const double a = 2.0 * i / COARSE, b = 2.0 * j / COARSE, phi[3] = {0};
            const struct directions sg = evaluate(l, WITH, a, b, phi), plain = evaluate(l, WITHOUT, a, b, NULL);
            sg_claim_point(ev, (const double[]){a, b, 4 * plain.w[0], 4 * plain.w[1], sg.w[0], sg.w[1], sg.phi[l->n_phi - 1]});
        }
    sg_claim_series(ev, "paths", "run step a b without_sg");
    const struct state inside = {.w = {1.6, 0.7}}, outside = {.w = {-0.8, 1.8}};
    draw_path(ev, l, 0, WITHOUT, &inside);
    draw_path(ev, l, 1, WITH, &inside);
    draw_path(ev, l, 2, WITH, &outside);
    draw_path(ev, l, 3, WITHOUT, &outside);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (!fits(trial->c, ev))
        return SG_HYPOTHESIS;
    struct line l = line_alloc(trial->c);
    struct sg_rng *rng = sg_claim_rng(trial, "points");
    const int64_t scale = 1 + 2 * (int64_t)sg_base_rng_index(rng, 1 << 15);     /* the grid's unit, scale / 2^16: odd, so all bits are in use */
    check_integers(ev, scale);
    sg_cp4_certify(ev, trial);
    check_net(ev, &l, scale);
    const enum sg_status status = check_runs(ev, &l, rng);
    if (status == SG_OK && trial->figure)
        draw(ev, &l);
    sg_base_rng_free(rng);
    line_free(&l);
    return status;
}

const struct sg_claim sg_claim_cp4 = {
    .id = "CP4",
    .name = "cp4_spurious",
    .title = "a spurious set: the synthetic gradient rests on a slope",
    .needs_data = false,
    .measure = measure,
    .statement = "x in {-2, -1, 1, 2}, f = a x + b, loss sum |f(x)| (subgradient 0 at 0), and the SG a constant c.  The loss has one critical "
                 "point, its minimum a = b = 0.  The SG-critical points are c = 0 with (a, b) in the open double wedge |b| < |a|, or at the "
                 "origin; in the wedge the loss has slope (6 sign a, 0).  The constant SG never moves a, and from every start with a != 0 "
                 "small enough steps end in the wedge.",
};
