/* CP6: runs from w = 0 end at the predicted loss, with the SG at its optimum in every step, by
 * gradient descent and by Adam.  An error of F at the point moves the end of a run by at most
 * |F| / sigma_min(J), to first order. */
#include <math.h>

#include "claim/cp6/parts.h"

/* An end at distance `far` can lose or gain (|grad L| + lambda_max(S_x) far) far and rounding. */
static void check_end(struct sg_cp6 *c, const char *id, const char *what, const double *w,
                      const struct sg_log_end *end)
{
    const double stopped = fmax(10 * c->enough, 2 * c->error);
    const double far = 2 * (end->field + c->error) / c->local.sigma;
    if (end->status == SG_OK && !(end->field <= stopped)) {
        sg_lab_stop(c->lab, SG_BUDGET, "%s: after %llu steps |F| is %.2g, not yet %.2g", what,
                    (unsigned long long)end->steps, end->field, stopped);
        return;
    }
    const bool fine = end->status == SG_OK && sg_base_all_finite(w, c->s->n_w);
    sg_lab_equal(c->lab, SG_SIMULATED, id, what, fine ? end->loss - c->s->infimum : SG_NAN,
                 c->predicted,
                 (struct sg_tol){(c->gradient + c->s->x_max * far) * far +
                                     sg_cp6_loss_rounding(c, c->point),
                                 "(|F| of the end + that of the formula) over sigma_min(J), times "
                                 "|grad L|; the worst direction", c->scale});
}

/* Epsilon far above the gradients of the end: Adam is then gradient descent with momentum at
 * rate / epsilon, and settles; at a fifth of the rate, as momentum's lag of 10 steps can make the
 * pair of weights and SG swing. */
struct sg_opt sg_cp6_optimiser(enum sg_opt_kind kind, double rate)
{
    const double epsilon = 0.1;
    return (struct sg_opt){.kind = kind, .rate = kind == SG_ADAM ? epsilon * rate / 5 : rate,
                           .beta1 = 0.9, .beta2 = 0.999, .epsilon = epsilon};
}

static void run_fitted(struct sg_cp6 *c, double *w, double *phi)
{
    struct sg_rng *rng = sg_lab_rng(c->lab, "start");
    sg_base_rng_gaussians(w, c->s->n_w, rng);
    for (size_t k = 0; k < c->s->n_w; k++)
        w[k] *= 1e-3;
    const struct sg_log_end end =
        sg_log_shallow_train_fitted(w, phi, c->s, c->mu, c->enough, c->most);
    check_end(c, "run-fitted", "SG at its optimum in every step: loss gap of the end", w, &end);
}

/* One-hot labels make the SG's optimum not unique. */
void sg_cp6_check_runs(struct sg_cp6 *c)
{
    static const char *const id[] = {"run-gd", "run-adam"};
    static const char *const what[] = {"gradient descent: loss gap of the end",
                                       "Adam: loss gap of the end"};
    struct sg_log_shallow *s = c->s;
    double *w = SG_TAKE(c->lab, s->n_w, double), *phi = SG_TAKE(c->lab, s->n_phi, double);
    if (s->m == 1)
        run_fitted(c, w, phi);
    const double radius = sg_log_shallow_radius(c->lab, s, c->point, c->mu, c->nu);
    if (!(radius < 1)) {
        sg_lab_note(c->lab, "the point does not attract at the rates of the runs");
        return;
    }
    for (int k = 0; k < 2; k++) {
        const enum sg_opt_kind kind = k ? SG_ADAM : SG_GD;
        if (!((k ? 160 : 32) / (1 - radius) < (double)c->most))
            continue; /* a plain SG is too slow near separation; the fitted one says it all */
        const struct sg_log_run run = {.net_opt = sg_cp6_optimiser(kind, c->mu),
                                       .sg_opt = sg_cp6_optimiser(kind, c->nu),
                                       .enough = c->enough, .most = c->most};
        const struct sg_log_end end = sg_log_shallow_train(w, phi, s, &run, NULL, NULL);
        check_end(c, id[k], what[k], w, &end);
    }
}
