/* CP2: with labels the joint critical points are the critical points, neither more nor fewer.
 *
 * The joint equations F(w, phi) = 0 are solved by Levenberg-Marquardt from starts far away, knowing nothing of the theorem; the true gradient
 * at each solution is judged by the bound that F alone gives.  For every state, critical or not,
 *
 *     grad L = F_w - E[x^T z] S_z^+ F_phi      (p = x W; with hidden layers closed.h, sg_closed_chain_gradient),
 *
 * so |grad L| <= |F_w| + sqrt(lambda_max(S_x) / lambda_min+(S_z)) |F_phi|: no solution of F = 0 can be anything but a critical point.  A
 * replicate looks at the case's data and at smaller relatives: other widths, realizable, rank-deficient, with and without a ones column. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/certified.h"
#include "claim/cp2/parts.h"
#include "lab/old.h"

enum { RELATIVES = 5, FULL_RELATIVES = 40, STARTS = 4, ITERATIONS = 80, STATES = 3 };

static const char *const walk_basis = "rounding of every term by the same walk over absolute values";

/* The state of largest norm / bound so far; zeroed: none yet. */
struct worst { double norm, bound; };

static void keep_worst(struct worst *w, double norm, double bound)
{
    if (w->bound == 0 || !(norm * w->bound <= w->norm * bound))   /* a NaN counts as worse, and stays */
        *w = (struct worst){norm, bound};
}

/* One run of the solver. */
struct run {
    struct sg_evidence *ev;           /* where the path's series goes, or NULL */
    struct sg_twin *t;
    double norm, bound;               /* |grad L| by plain backprop and its bound, at the last state looked at */
    double instance, start, iteration;
    struct worst path, solutions, predictions;
};

static void look(struct run *r, const double *state)
{
    const struct sg_twin_look seen = sg_twin_look(r->t, state);
    r->norm = seen.gradient;
    r->bound = seen.bound;
    keep_worst(&r->path, r->norm, r->bound);
}

/* A solution: F at the rounding level of its own evaluation. */
static bool solved(const double *state, const double *f, void *context)
{
    struct run *r = context;
    double residual, level;
    look(r, state);
    const bool is_one = sg_twin_solved(&residual, &level, r->t, f);
    if (r->ev)
        sg_claim_point(r->ev, (const double[]){r->instance, r->start, r->iteration, residual, level, r->bound, r->norm, is_one ? 1 : 0});
    r->iteration++;
    return is_one;
}

/* Entries N(0, scale^2), the scales of w and phi log-uniform over 2.5 and 2 decades: up to 30 W* away. */
static void far_start(double *state, const struct sg_twin *t, struct sg_rng *rng)
{
    const double typical = sg_base_norm(t->fit->w, t->fit->d * t->fit->m) / sqrt((double)(t->fit->d * t->fit->m));
    const double scale_w = typical * pow(10, -1 + 2.5 * sg_base_rng_uniform(rng)), scale_phi = pow(10, -1 + 2 * sg_base_rng_uniform(rng));
    sg_base_rng_gaussians(state, t->n_w + t->n_phi, rng);
    for (size_t i = 0; i < t->n_w + t->n_phi; i++)
        state[i] *= i < t->n_w ? scale_w : scale_phi;
}

/* X (W - W_0)/sqrt(n) for p = x W: S_x (W - W_0) is the difference of the two gradients. */
static void compare_predictions(struct run *r, const double *w, const double *w_0, double gradient)
{
    const struct sg_fit *fit = r->t->fit;
    double *off = SG_NEW(fit->d * fit->m, double), *p = SG_NEW(fit->n * fit->m, double);
    for (size_t i = 0; i < fit->d * fit->m; i++)
        off[i] = w[i] - w_0[i];
    sg_base_mul(p, r->t->rows.x, off, fit->n, fit->d, fit->m);
    keep_worst(&r->predictions, sg_base_norm(p, fit->n * fit->m) / sqrt((double)fit->n), (r->bound + gradient) / sqrt(fit->lambda_x[fit->rank - 1]));
    free(off);
    free(p);
}

struct tally { size_t starts, failed; };

/* Every solution from STARTS far starts against its bound. */
static enum sg_status check_solutions(struct sg_evidence *ev, struct sg_twin *t, struct tally *tally, double instance, bool record,
                                      struct sg_rng *rng)
{
    struct sg_critical *solver = sg_sim_critical_alloc(&t->field);
    struct run r = {.ev = record ? ev : NULL, .t = t, .instance = instance};
    double *state = SG_NEW(t->n_w + t->n_phi, double), *w_0 = SG_NEW(t->n_w, double), gradient;
    enum sg_status status = sg_twin_minimum(w_0, &gradient, t, rng, ev);
    for (size_t i = 0; i < STARTS && status == SG_OK; i++) {
        far_start(state, t, rng);
        r.start = (double)i;
        r.iteration = 0;
        tally->starts++;
        if (sg_sim_solve_critical(state, solver, &t->batch, ITERATIONS, solved, &r) != SG_OK) {
            tally->failed++;
            continue;
        }
        keep_worst(&r.solutions, r.norm, r.bound);
        if (t->chain.n_layers == 1)
            compare_predictions(&r, state, w_0, gradient);
    }
    if (r.solutions.bound != 0)
        sg_claim_bound(ev, SG_SIMULATED, "|grad L| at the joint solutions found, against |F_w| + |dh/dW| |F_phi| / sigma_min+(z)", r.solutions.norm,
                       r.solutions.bound, walk_basis);
    if (r.predictions.bound != 0)
        sg_claim_bound(ev, SG_SIMULATED, "predictions at the solutions against dgelsd's, rms", r.predictions.norm, r.predictions.bound,
                       "both gradients' bounds over sqrt(lambda_min+(S_x))");
    sg_claim_bound(ev, SG_SIMULATED, "|grad L| at every state on the solver's way, against the same bound", r.path.norm, r.path.bound, walk_basis);
    sg_sim_critical_free(solver);
    free(state);
    free(w_0);
    return status;
}

/* grad L from F alone, at states that are nothing special; and back, F from phi* at critical points. */
static enum sg_status check_identity(struct sg_evidence *ev, struct sg_twin *t, struct sg_rng *rng)
{
    double *state = SG_NEW(t->n_w + t->n_phi, double), *plain = SG_NEW(t->n_w, double), *from_f = SG_NEW(t->n_w, double);
    double *f_phi = SG_NEW(t->chain.n_modules, double), rounding, error, gradient;
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < STATES && status == SG_OK; i++) {
        far_start(state, t, rng);
        sg_twin_eval(t, state, state + t->n_w);
        const double u_w = sg_base_norm(t->u_w, t->n_w);
        sg_twin_phi_norms(NULL, f_phi, t);
        sg_twin_gradient(plain, &rounding, t, state);
        status = sg_closed_chain_gradient(from_f, &error, &t->chain, &t->rows, state, state + t->n_w, t->dw, t->dphi, u_w, f_phi);
        for (size_t k = 0; k < t->n_w; k++)
            from_f[k] -= plain[k];
        sg_claim_bound(ev, SG_CLOSED_FORM, "grad L = F_w - E[x^T z] S_z^+ F_phi at random states, largest distance", sg_base_norm(from_f, t->n_w),
                       error + rounding, "rounding of F_phi over sigma_min+(z), dgelsd's backward error times cond(z)");
    }
    if (status == SG_OK)
        status = sg_twin_minimum(state, &gradient, t, rng, ev);
    if (status == SG_OK) {
        sg_closed_chain_exact_sg(state + t->n_w, &t->chain, state);
        sg_twin_eval(t, state, state + t->n_w);
        sg_claim_bound(ev, SG_CLOSED_FORM, "joint update at critical points with phi*", hypot(sg_base_norm(t->dw, t->n_w), sg_base_norm(t->dphi, t->n_phi)),
                       gradient + hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi)), "dgelsd's backward error in W*, rounding");
    }
    free(state);
    free(plain);
    free(from_f);
    free(f_phi);
    return status;
}

/* Where the bound is reached: x = (1, 1, -1, -1), p = w x, y and 1 orthogonal to it and |w| small, so that sigma_min(z) = |p|; phi = phi* + (psi, 0, 0)
 * with the sign that makes F_w and the correction point the same way.  Then |grad L| = |F_w| + |F_phi| / |w|. */
static enum sg_status check_attained(struct sg_evidence *ev, const struct sg_trial *trial)
{
    double x[] = {1, 1, -1, -1}, y[] = {1.75, -1.75, 1.75, -1.75}, one[] = {1, 1, 1, 1};
    const struct sg_data data = {.n = 4, .d = 1, .m = 1, .x = x, .y = y, .one = one};
    struct sg_case *c = sg_base_copy(trial->c, 1, sizeof *trial->c);
    struct sg_twin *t;
    c->train.form = SG_FORM_SAMPLE;
    enum sg_status status = sg_twin_alloc(&t, c, &data, ev);
    if (status == SG_OK) {
        const double w = 0.375, psi = -0.25;
        double gradient, rounding, bound, *phi = SG_NEW(t->n_phi, double), f_phi = 0;
        sg_closed_chain_exact_sg(phi, &t->chain, &w);
        phi[0] += psi;
        sg_twin_eval(t, &w, phi);
        sg_twin_gradient(&gradient, &rounding, t, &w);
        f_phi = sg_base_norm(t->dphi, t->n_phi);
        status = sg_closed_chain_bound(&bound, &t->chain, &t->rows, &w, phi, fabs(t->dw[0]), &f_phi);
        /* sigma_min is lowered by max(n, q) u sigma_max = 4 u sigma_max against its own rounding; the rest is exact. */
        sg_claim_compare(ev, SG_CLOSED_FORM, "|grad L| over its bound where the bound is reached", fabs(gradient) / bound, 1.0,
                         10 * 4 * SG_UNIT_ROUNDOFF / w, "10 n u sigma_max / sigma_min");
        free(phi);
    }
    sg_twin_free(t);
    free(c);
    return status;
}

/* A smaller case of the same kind: widths up to the case's, realizable one time in three, rank-deficient one time in two, any bias. */
static void draw_relative(struct sg_case *c, struct sg_rng *rng)
{
    struct sg_case_data *data = &c->data;
    data->d = 1 + (int)sg_base_rng_index(rng, (size_t)data->d);
    data->outputs = 1 + (int)sg_base_rng_index(rng, (size_t)data->outputs);
    data->bias = sg_base_rng_index(rng, 2) == 0;
    if (sg_base_rng_index(rng, 3) == 0)
        data->noise = 0;
    const size_t small = (size_t)(data->d < data->n ? data->d : data->n), rank = 1 + sg_base_rng_index(rng, small);
    data->rank = sg_base_rng_index(rng, 2) == 0 ? (int)rank : 0;
}

static enum sg_status check_instance(struct sg_evidence *ev, const struct sg_case *c, const struct sg_data *data, struct tally *tally,
                                     double instance, bool record, struct sg_rng *rng)
{
    struct sg_twin *t;
    enum sg_status status = sg_twin_alloc(&t, c, data, ev);
    if (status == SG_OK)
        status = check_solutions(ev, t, tally, instance, record, rng);
    if (status == SG_OK)
        status = check_identity(ev, t, rng);
    sg_twin_free(t);
    return status;
}

static enum sg_status check_relatives(struct sg_evidence *ev, const struct sg_trial *trial, struct tally *tally, bool record, struct sg_rng *rng)
{
    struct sg_case *c = SG_NEW(1, struct sg_case);
    struct sg_rng *kin = sg_claim_rng(trial, "relatives");       /* a stream of its own: the same relatives with labels and without */
    const size_t count = trial->c->data.kind != SG_DATA_GAUSSIAN ? 0 : trial->full ? FULL_RELATIVES : RELATIVES;
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < count && status == SG_OK; i++) {
        struct sg_data data;
        *c = *trial->c;
        draw_relative(c, kin);
        status = sg_claim_make_data(&data, ev, c, trial->seed, trial->replicate);
        if (status == SG_OK)
            status = check_instance(ev, c, &data, tally, (double)i + 1, record, rng);
        sg_data_free(&data);
    }
    sg_base_rng_free(kin);
    free(c);
    return status;
}

/* For the figure: the same data, the same solver, the SG without labels. */
static enum sg_status draw_unlabelled(struct sg_evidence *ev, const struct sg_trial *trial, struct sg_rng *rng)
{
    struct sg_evidence aside = {0};
    struct tally tally = {0};
    struct sg_trial without = *trial;
    struct sg_case *c = sg_base_copy(trial->c, 1, sizeof *trial->c);
    for (size_t j = 0; j < c->n_modules; j++)
        c->module[j].terms = c->module[j].terms == SG_Y ? SG_ONE : c->module[j].terms & ~(unsigned)SG_Y;   /* never an SG of no term */
    without.c = c;
    sg_claim_series(&aside, "unlabelled", "instance start iteration residual level bound gradient solution");
    enum sg_status status = check_instance(&aside, c, trial->data, &tally, 0, true, rng);
    if (status == SG_OK)
        status = check_relatives(&aside, &without, &tally, true, rng);
    sg_claim_series(ev, aside.series[0].name, aside.series[0].columns);
    for (size_t i = 0; i < aside.series[0].rows; i++)
        sg_claim_point(ev, aside.series[0].value + i * aside.series[0].width);
    sg_claim_evidence_free(&aside);
    free(c);
    return status;
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (trial->c->experiment == SG_EXPERIMENT_DRAWN)
        return sg_cp2_depth(ev, trial);
    struct sg_rng *rng = sg_claim_rng(trial, "starts");
    struct tally tally = {0};
    if (trial->figure)
        sg_claim_series(ev, "labelled", "instance start iteration residual level bound gradient solution");
    enum sg_status status = check_instance(ev, trial->c, trial->data, &tally, 0, trial->figure, rng);
    if (status == SG_OK)
        status = check_relatives(ev, trial, &tally, trial->figure, rng);
    if (status == SG_OK && trial->c->net.layers.n == 0)
        status = check_attained(ev, trial);
    if (status == SG_OK && trial->c->net.layers.n == 0)
        status = sg_cp1_certify(ev, trial, trial->c->module[0].terms);
    if (status == SG_OK)
        sg_claim_compare(ev, SG_SIMULATED, "starts that ended in no solution: no evidence, counted", (double)tally.failed, 0,
                         (double)tally.starts - 1, "one solution is needed, the rest is for information");
    if (status == SG_OK && trial->figure)
        status = draw_unlabelled(ev, trial, rng);
    sg_base_rng_free(rng);
    return status;
}

const struct sg_claim sg_claim_cp2 = {
    .id = "CP2", .name = "cp2_equivalence", .title = "with labels, joint critical points are critical points", .needs_data = true, .measure = measure,
    .statement = "Linear net under MSE, linear SGs with labels (terms h and y) at any boundaries.  At every state (w, phi) the true gradient is "
                 "F_w - E[x^T z] S_z^+ F_phi, F = (F_w, F_phi) the joint directions, z = (p, y, 1) (one layer; with more, layer by layer).  So "
                 "|grad L| <= |F_w| + sqrt(lambda_max(S_x) / lambda_min+(S_z)) |F_phi|, and w belongs to a joint critical point iff it is a critical "
                 "point of the loss: none is lost, none is added.  Without labels critical points are added.",
};
