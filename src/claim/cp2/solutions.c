/* CP2: solutions of the joint equations from far starts, and the identity at random states. */
#include <math.h>

#include "claim/cp2/parts.h"
#include "lab/own.h"

enum { STARTS = 4, ITERATIONS = 80, STATES = 3 };

const char sg_cp2_words[] = "rounding of every term by the same walk over absolute values";

/* ---- solutions ------------------------------------------------------------------------------- */

/* One run of the solver.  last: what was seen at its last state. */
struct run {
    struct sg_lab *lab;
    struct sg_twin *t;
    struct sg_twin_look last;
    double instance, start, iteration;
    bool record;
};

/* Every state on the solver's way: a theorem's inequality.  A wrong one would be off by a share of
 * the bound, or of the slope where the bound is small. */
static bool look(const double *state, const double *f, void *context)
{
    struct run *r = context;
    double residual, level;
    const struct sg_twin_look seen = r->last = sg_twin_look(r->t, state);
    const bool is_one = sg_twin_solved(&residual, &level, r->t, f);
    sg_lab_below(r->lab, SG_SIMULATED, "path",
                 "|grad L| at every state on the solver's way, against the bound that F gives",
                 seen.gradient, seen.bound,
                 (struct sg_tol){seen.rounding, sg_cp2_words,
                                 fmax(seen.bound, sg_twin_slope(r->t))});
    if (r->record)
        sg_lab_point(r->lab,
                     (const double[]){r->instance, r->start, r->iteration, residual, level,
                                      seen.bound + seen.rounding, seen.gradient, is_one ? 1 : 0});
    r->iteration++;
    return is_one;
}

void sg_cp2_far_start(double *state, const struct sg_twin *t, struct sg_rng *rng)
{
    const size_t entries = t->fit->d * t->fit->m;
    const double typical = sg_base_norm(t->fit->w, entries) / sqrt((double)entries);
    const double scale_w = typical * pow(10, -1 + 2.5 * sg_base_rng_uniform(rng));
    const double scale_phi = pow(10, -1 + 2 * sg_base_rng_uniform(rng));
    sg_base_rng_gaussians(state, t->n_w + t->n_phi, rng);
    for (size_t i = 0; i < t->n_w + t->n_phi; i++)
        state[i] *= i < t->n_w ? scale_w : scale_phi;
}

/* X (W - W_0)/sqrt(n) for p = x W: S_x (W - W_0) is the difference of the two gradients. */
static void compare_predictions(struct sg_lab *lab, const struct run *r, const double *w,
                                const double *w_0, double gradient)
{
    const struct sg_fit *fit = r->t->fit;
    double *off = SG_TAKE(lab, fit->d * fit->m, double), *p = SG_TAKE(lab, fit->n * fit->m, double);
    for (size_t i = 0; i < fit->d * fit->m; i++)
        off[i] = w[i] - w_0[i];
    sg_base_mul(p, r->t->rows.x, off, fit->n, fit->d, fit->m);
    const double bound =
        (r->last.bound + r->last.rounding + gradient) / sqrt(fit->lambda_x[fit->rank - 1]);
    const double y = sg_base_norm(r->t->rows.y, fit->n * fit->m), root = sqrt((double)fit->n);
    sg_lab_zero(
        lab, SG_SIMULATED, "predictions", "predictions at the solutions against dgelsd's, rms",
        sg_base_norm(p, fit->n * fit->m) / root,
        (struct sg_tol){bound, "both gradients' bounds over sqrt(lambda_min+(S_x))", y / root});
}

struct sg_critical *sg_cp2_solver(struct sg_lab *lab, struct sg_twin *t)
{
    return sg_lab_own_critical(lab, sg_sim_critical_alloc(&t->field));
}

bool sg_cp2_solution(struct sg_lab *lab, struct sg_cp2_tally *tally, const struct sg_twin *t,
                     const struct sg_twin_look *seen)
{
    const double slope = sg_twin_slope(t), bound = seen->bound + seen->rounding;
    const bool sharp = sg_base_within(bound, SG_CP2_SHARP * slope);
    tally->solutions++;
    tally->sharp += sharp;
    if (sharp)
        sg_lab_below(lab, SG_SIMULATED, "solutions",
                     "|grad L| at the joint solutions found, against |F_w| + |dh/dW| |F_phi| / "
                     "sigma_min+(z)",
                     seen->gradient, seen->bound,
                     (struct sg_tol){seen->rounding, sg_cp2_words, slope});
    return sharp;
}

void sg_cp2_need_solutions(struct sg_lab *lab, const struct sg_cp2_tally *tally)
{
    if (tally->sharp == 0)
        sg_lab_stop(lab, SG_BUDGET,
                    "of %zu starts %zu came to a joint solution, and none with a bound on |grad "
                    "L| below 1e-6 of the slope at 0",
                    tally->starts, tally->solutions);
    else
        sg_lab_note(lab,
                    "%zu of %zu starts came to a joint solution, %zu with a bound on |grad L| "
                    "below 1e-6 of the slope at 0",
                    tally->solutions, tally->starts, tally->sharp);
}

void sg_cp2_solutions(struct sg_lab *lab, struct sg_twin *t, struct sg_cp2_tally *tally,
                      double instance, bool record, struct sg_rng *rng)
{
    struct sg_critical *solver = sg_cp2_solver(lab, t);
    struct run r = {.lab = lab, .t = t, .instance = instance, .record = record};
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double), *w_0 = SG_TAKE(lab, t->n_w, double);
    const double gradient = sg_twin_minimum(w_0, t, rng);
    for (int i = 0; i < STARTS && lab->status == SG_OK; i++) {
        sg_cp2_far_start(state, t, rng);
        r.start = i;
        r.iteration = 0;
        tally->starts++;
        if (sg_sim_solve_critical(state, solver, &t->batch, ITERATIONS, look, &r) != SG_OK)
            continue;
        if (sg_cp2_solution(lab, tally, t, &r.last) && t->chain.n_layers == 1)
            compare_predictions(lab, &r, state, w_0, gradient);
    }
}

/* ---- the identity ---------------------------------------------------------------------------- */

void sg_cp2_exact_sg(struct sg_lab *lab, struct sg_twin *t, double *state, double gradient,
                     const char *id, const char *what)
{
    const struct sg_twin_size size = sg_twin_size(t, state);
    sg_closed_chain_exact_sg(state + t->n_w, &t->chain, state);
    sg_twin_eval(t, state, state + t->n_w);
    sg_lab_zero(lab, SG_CLOSED_FORM, id, what,
                hypot(sg_base_norm(t->dw, t->n_w), sg_base_norm(t->dphi, t->n_phi)),
                (struct sg_tol){gradient + hypot(sg_base_norm(t->u_w, t->n_w),
                                                 sg_base_norm(t->u_phi, t->n_phi)),
                                "dgelsd's backward error in W*, rounding",
                                fmax(hypot(size.w, size.phi), sg_twin_slope(t))});
}

/* grad L from F alone, at states that are nothing special; and back, F from phi* at critical
 * points. */
void sg_cp2_identity(struct sg_lab *lab, struct sg_twin *t, struct sg_cp2_tally *tally,
                     struct sg_rng *rng)
{
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double), *from_f = SG_TAKE(lab, t->n_w, double),
           error;
    for (int i = 0; i < STATES && lab->status == SG_OK; i++) {
        sg_cp2_far_start(state, t, rng);
        sg_twin_eval(t, state, state + t->n_w);
        sg_twin_phi_norms(NULL, t->f_phi, t);
        const double rounding = sg_twin_gradient(t, state);
        sg_lab_try(lab, sg_closed_chain_gradient(from_f, &error, &t->chain, &t->rows, state,
                                                 state + t->n_w, t->dw, t->dphi,
                                                 sg_base_norm(t->u_w, t->n_w), t->f_phi));
        const double size = sg_base_norm(t->gradient, t->n_w);
        for (size_t k = 0; k < t->n_w; k++)
            from_f[k] -= t->gradient[k];
        tally->states++;
        if (!(error + rounding <=
              SG_BLIND * size)) /* z is singular to rounding, and S_z^+ unknown */
            continue;
        tally->clear++;
        sg_lab_zero(
            lab, SG_CLOSED_FORM, "identity",
            "grad L = F_w - E[x^T z] S_z^+ F_phi at random states, largest distance over |grad L|",
            sg_base_norm(from_f, t->n_w) / size,
            (struct sg_tol){(error + rounding) / size,
                            "rounding of F_phi over sigma_min+(z), dgelsd's backward error times "
                            "cond(z)",
                            1});
    }
    const double gradient = sg_twin_minimum(state, t, rng);
    sg_cp2_exact_sg(lab, t, state, gradient, "exact-sg",
                    "joint update at critical points with phi*");
}

/* Where the bound is reached: x = (1, 1, -1, -1), p = w x, y and 1 orthogonal to it and |w| small,
 * so that sigma_min(z) = |p|; phi = phi* + (psi, 0, 0) with the sign that makes F_w and the
 * correction point the same way.  Then |grad L| = |F_w| + |F_phi| / |w|. */
void sg_cp2_attained(struct sg_lab *lab)
{
    double x[] = {1, 1, -1, -1}, y[] = {1.75, -1.75, 1.75, -1.75}, one[] = {1, 1, 1, 1};
    const double w = 0.375, psi = -0.25;
    const struct sg_data data = {.n = 4, .d = 1, .m = 1, .x = x, .y = y, .one = one};
    struct sg_case *c = SG_TAKE(lab, 1, struct sg_case);
    *c = *lab->trial->c;
    c->train.form = SG_FORM_SAMPLE;
    struct sg_twin *t = sg_twin_make(lab, c, &data);
    if (!t)
        return;
    double bound = SG_NAN, *phi = SG_TAKE(lab, t->n_phi, double);
    sg_closed_chain_exact_sg(phi, &t->chain, &w);
    phi[0] += psi;
    sg_twin_eval(t, &w, phi);
    (void)sg_twin_gradient(t, &w);
    const double f_phi = sg_base_norm(t->dphi, t->n_phi);
    sg_lab_try(lab,
               sg_closed_chain_bound(&bound, &t->chain, &t->rows, &w, phi, fabs(t->dw[0]), &f_phi));
    /* sigma_min is lowered by max(n, q) u sigma_max = 4 u sigma_max against its own rounding; the
     * rest is exact. */
    sg_lab_equal(lab, SG_CLOSED_FORM, "attained",
                 "|grad L| over its bound where the bound is reached", fabs(t->gradient[0]) / bound,
                 1.0, sg_tol_rounding(10 * 4 / w, 1, "10 n u sigma_max / sigma_min"));
}
