/* CP5, any S_x, without a constant: a run ends on the set, off its line, at the point of the curve
 * w(A) = exp(-A S_x) w_0 where E[p r] = 0.
 *
 * Every step multiplies mode i by 1 - lambda_i mu alpha_t.  With A = sum mu alpha_t and
 * B = sum (mu alpha_t)^2 the end is exp(-A S - B S^2/2 - ...) w_0, and lies on the set: off the
 * flow's end w(A*) by P d, d = -B/2 S^2 w(A*), P the projection along the curve onto the set's
 * tangent, to first order in mu.  With C = 2 for the higher orders the tolerance is twice that. */
#include <math.h>
#include <string.h>

#include "claim/cp5/parts.h"

struct course {
    double a, b;
};

/* A start that is no worse than w = 0 in either sense: E[p r] < 0, so the best alpha takes it away
 * from 0, and |w_0 - w*| < |w*|, so a trained one cannot reach 0. */
static void start(struct sg_cp5 *c)
{
    const struct sg_fit *fit = c->s->fit;
    double *direction = SG_TAKE(c->lab, fit->d, double), radius = 0.8;
    sg_base_rng_direction(direction, fit->d, c->rng);
    do { /* radius 0 is half of w* */
        sg_closed_no_labels_point(c->w_0, fit, false, direction, radius);
        radius *= 0.9;
    } while (!(sg_cp5_distance(c, c->w_0, fit->w) < 0.9 * c->s->w_norm) && radius > 0);
}

static void count(struct course *course, double step)
{
    course->a += step;
    course->b += step * step;
}

static void no_rest(struct sg_cp5 *c, const char *alpha)
{
    sg_lab_stop(
        c->lab, SG_BUDGET,
        "the run with %s alpha is not at rest within the step budget of %d; raise train.steps, or "
        "train.mu and train.nu",
        alpha, c->s->c->train.steps);
}

/* Does a step from `from` move the weights by more than rounding, 4 u |w|? */
static bool moves(const struct sg_cp5 *c, const double *from, const double *to)
{
    return !(sg_cp5_distance(c, from, to) <= 4 * SG_UNIT_ROUNDOFF * sg_base_norm(from, c->s->n_w));
}

/* A run is at rest when it moves by rounding alone for STILL steps. */
enum { STILL = 64 };

static struct course follow_best(struct sg_cp5 *c)
{
    struct course course = {0};
    const size_t bytes = c->s->n_w * sizeof(double);
    double *form = SG_TAKE(c->lab, c->s->n_w, double);
    int still = 0;
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_fitted_restart(c->fitted, form, c->s->mu);
    for (int t = 0; t < c->s->c->train.steps && still < STILL && c->lab->status == SG_OK; t++) {
        memcpy(form, sg_sim_fitted_w(c->fitted), bytes);
        sg_lab_try(c->lab, sg_sim_fitted_step(c->fitted));
        count(&course, c->s->mu * sg_sim_fitted_phi(c->fitted)[0]);
        still = moves(c, form, sg_sim_fitted_w(c->fitted)) ? 0 : still + 1;
    }
    if (still < STILL)
        no_rest(c, "optimal");
    sg_cp5_from_form(c->w, c, sg_sim_fitted_w(c->fitted));
    return course;
}

/* Steps of an oscillation about the set at w, 2 pi / sqrt(mu nu N rho): see check_end. */
static double period(const struct sg_cp5 *c, const double *w)
{
    const double N = sg_closed_no_labels_state(c->s->fit, false, w).variance;
    return 2 * acos(-1) / sqrt(c->s->mu * c->s->nu * N * sg_closed_no_labels_rate(c->s->fit, w));
}

/* At rest when it moves by rounding alone for a whole period too. */
static struct course follow_trained(struct sg_cp5 *c)
{
    struct course course = {0};
    struct sg_sim *sim = c->s->sim;
    const size_t d = c->s->n_w;
    double *form = SG_TAKE(c->lab, d, double), *phi = SG_TAKE(c->lab, c->s->n_phi, double);
    double enough = STILL, still = 0;
    sg_cp5_to_form(form, c, c->w_0);
    sg_sim_restart(sim, form, phi, c->s->mu, c->s->nu);
    for (int t = 0; t < c->s->c->train.steps && still < enough; t++) {
        count(&course, c->s->mu * ((const double *)sg_sim_phi(sim))[0]);
        memcpy(form, sg_sim_w(sim), d * sizeof *form);
        sg_sim_step(sim, &c->s->batch);
        still = moves(c, form, sg_sim_w(sim)) ? 0 : still + 1;
        if (still == STILL) {
            sg_cp5_from_form(c->w, c, form);
            enough = fmax(STILL, period(c, c->w));
        }
    }
    if (!(still >= enough))
        no_rest(c, "trained");
    sg_cp5_from_form(c->w, c, sg_sim_w(sim));
    return course;
}

/* |P d| above: d = -B/2 S^2 w, P d = d - S w (n.d) / (n.S w), n = S (2 w - w*) the gradient of E[p
 * r]. */
static double euler_shift(const struct sg_cp5 *c, const double *w, double b)
{
    const struct sg_fit *fit = c->s->fit;
    const size_t d = fit->d;
    double *s_w = SG_TAKE(c->lab, d, double), *shift = SG_TAKE(c->lab, d, double);
    double *normal = SG_TAKE(c->lab, d, double), *twice = SG_TAKE(c->lab, d, double);
    sg_base_mul(s_w, fit->s_x, w, d, d, 1);
    sg_base_mul(shift, fit->s_x, s_w, d, d, 1);
    for (size_t i = 0; i < d; i++) {
        shift[i] *= -b / 2;
        twice[i] = 2 * w[i] - fit->w[i];
    }
    sg_base_mul(normal, fit->s_x, twice, d, d, 1);
    const double back = sg_base_dot(normal, shift, d) / sg_base_dot(normal, s_w, d);
    for (size_t i = 0; i < d; i++)
        shift[i] -= back * s_w[i];
    return sg_base_norm(shift, d);
}

/* Distance of w from the line R w_0. */
static double off_line(const double *w, const double *w_0, size_t d)
{
    const double along = sg_base_dot(w, w_0, d) / sg_base_dot(w_0, w_0, d);
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += (w[i] - along * w_0[i]) * (w[i] - along * w_0[i]);
    return sqrt(sum);
}

static const struct {
    const char *covariance[2], *end[2], *line[2], *gradient[2];
} row[2] = {
    {{"optimal-covariance", "unwhitened, optimal alpha: E[p r] at the end"},
     {"optimal-end", "unwhitened, optimal alpha: end against exp(-A S_x) w_0, over |w*|"},
     {"optimal-line",
      "unwhitened, optimal alpha: end's distance from the line R w_0, over the flow's"},
     {"optimal-gradient", "unwhitened, optimal alpha: true gradient at the end, over the flow's"}},
    {{"trained-covariance", "unwhitened, trained alpha: E[p r] at the end"},
     {"trained-end", "unwhitened, trained alpha: end against exp(-A S_x) w_0, over |w*|"},
     {"trained-line",
      "unwhitened, trained alpha: end's distance from the line R w_0, over the flow's"},
     {"trained-gradient", "unwhitened, trained alpha: true gradient at the end, over the flow's"}}};

/* |E[p r]| at the end beyond its own rounding.  At rest mu |alpha| |S w| <= 5 u |w|, the step's own
 * rounding included, and N = E[p^2] <= |w| |S w|.
 *   optimal   E[p r] = alpha N
 *   trained   f' = f - mu N rho alpha, alpha' = alpha - nu (N alpha - f), f = E[p r].  With
 *             k = nu N rho / mu the sums of alpha' - alpha and of f' - f over a period leave
 *             |f| <= |alpha| N (1 + rho (2 pi + 1/pi) / sqrt k). */
static double at_rest(const struct sg_cp5 *c, int trained, double w, double N)
{
    const double pi = acos(-1), rho = sg_closed_no_labels_rate(c->s->fit, c->closed);
    const double k = c->s->nu * N * rho / c->s->mu, rest = 5 * SG_UNIT_ROUNDOFF * w * w / c->s->mu;
    return trained ? rest * (1 + rho * (2 * pi + 1 / pi) / sqrt(k)) : rest;
}

/* A wrong end shows as one on the line: that is the size of what is compared. */
static void check_end(struct sg_cp5 *c, int trained, const struct course *course, double near)
{
    static const char words[] = "twice Euler's first-order shift";
    const struct sg_fit *fit = c->s->fit;
    const size_t d = fit->d;
    double *error = SG_TAKE(c->lab, d, double), *gradient = SG_TAKE(c->lab, d, double), flow;
    const double w = sg_base_norm(c->w, d), unit = c->s->w_norm;
    sg_lab_try(c->lab, sg_closed_no_labels_arrival(c->closed, &flow, fit, c->w_0, near));
    const struct sg_no_labels at = sg_closed_no_labels_state(fit, false, c->w);
    const struct sg_no_labels end = sg_closed_no_labels_state(fit, false, c->closed);
    sg_lab_zero(
        c->lab, SG_SIMULATED, row[trained].covariance[0], row[trained].covariance[1], at.covariance,
        (struct sg_tol){sg_cp5_covariance_error(c, w) + at_rest(c, trained, w, end.variance),
                        "rounding of E[p r], and alpha at rest", end.variance});
    const double shift = euler_shift(c, c->closed, course->b),
                 line = off_line(c->closed, c->w_0, d);
    sg_lab_zero(c->lab, SG_SIMULATED, row[trained].end[0], row[trained].end[1],
                sg_cp5_distance(c, c->w, c->closed) / unit,
                (struct sg_tol){2 * shift / unit, words, line / unit});
    sg_lab_equal(c->lab, SG_SIMULATED, row[trained].line[0], row[trained].line[1],
                 off_line(c->w, c->w_0, d) / line, 1, (struct sg_tol){2 * shift / line, words, 0});
    for (size_t i = 0; i < d; i++)
        error[i] = c->closed[i] - fit->w[i];
    sg_base_mul(gradient, fit->s_x, error, d, d, 1);
    const double size = sg_base_norm(gradient, d);
    sg_lab_equal(c->lab, SG_SIMULATED, row[trained].gradient[0], row[trained].gradient[1],
                 sg_cp5_truth(c, c->w).gradient / size, 1,
                 (struct sg_tol){c->top * c->top * 2 * shift / size, "lambda_max times that", 0});
}

void sg_cp5_unwhitened(struct sg_cp5 *c)
{
    start(c);
    struct course course = follow_best(c);
    check_end(c, 0, &course, 0);
    start(c);
    course = follow_trained(c);
    check_end(c, 1, &course, course.a);
}
