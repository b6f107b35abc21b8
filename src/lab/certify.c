/* Rows of kind certified: what claims share. */
#include <math.h>

#include "lab/certify.h"
#include "lab/record.h"

bool sg_lab_certifies(struct sg_lab *lab, size_t size)
{
    if (lab->trial->replicate > 0 || lab->status != SG_OK)
        return false;
#ifdef SG_HAVE_ARB
    const struct sg_data *data = lab->trial->data;
    const size_t row = data ? data->d + data->m + 1 : 0;
    const bool small =
        size <= SG_CERTIFY_STATE_MOST && (!data || data->n * row * row <= SG_CERTIFY_WORK_MOST);
    if (!small)
        sg_lab_note(lab,
                    "no interval certificates: %zu unknowns of at most %d, or too many samples",
                    size, (int)SG_CERTIFY_STATE_MOST);
    return small;
#else
    (void)size;
    sg_lab_note(lab, "interval certificates are not built in: they need Arb");
    return false;
#endif
}

struct sg_cert_data sg_lab_exact_data(const struct sg_trial *trial)
{
    const struct sg_data *data = trial->data;
    return (struct sg_cert_data){
        .n = data->n, .d = data->d, .m = data->m, .x = data->x, .y = data->y};
}

struct sg_tol sg_tol_closed_eigenvalue(const struct sg_trial *trial, double size)
{
    return (struct sg_tol){10 * (double)(trial->data->d + trial->data->m) * SG_UNIT_ROUNDOFF * size,
                           "10 (d + m) u of the closed form", 0};
}

static void record_step(struct sg_record *r, const struct sg_cert_data *data,
                        const struct sg_cert_step *step)
{
    static const char *const orders[] = {"simultaneous", "sg_first", "network_first"};
    sg_record_data(r, data);
    sg_record_number(r, "mu", step->mu);
    sg_record_number(r, "nu", step->nu);
    sg_record_word(r, "order", orders[step->order]);
    sg_record_whole(r, "tau", (int64_t)step->tau);
}

void sg_lab_step_proved(struct sg_lab *lab, const char *id, const char *what,
                        const struct sg_cert_data *data, struct sg_cert_step step,
                        enum sg_status wanted)
{
    struct sg_interval radius;
    const enum sg_status status = sg_lab_certify_step(&radius, lab, id, data, &step, HUGE_VAL);
    sg_lab_proved(lab, id, what, status, wanted, SG_CERTIFY_POWERS);
}

enum sg_status sg_lab_certify_step(struct sg_interval *radius, struct sg_lab *lab,
                                   const char *rows, const struct sg_cert_data *data,
                                   const struct sg_cert_step *step, double width)
{
    const enum sg_status status = sg_cert_step_radius(radius, data, step, width);
    struct sg_record *r = sg_lab_record(lab, "step_radius", rows);
    record_step(r, data, step);
    sg_record_array(r, "C", step->C, data->m, data->m);
    sg_record_outcome(r, status);
    sg_record_interval(r, "radius", *radius);
    sg_record_end(r);
    return status;
}

enum sg_status sg_lab_certify_frozen(struct sg_interval *radius, struct sg_lab *lab,
                                     const char *rows, const struct sg_cert_data *data, double mu,
                                     const double *A, double width)
{
    const enum sg_status status = sg_cert_frozen_radius(radius, data, mu, A, width);
    struct sg_record *r = sg_lab_record(lab, "frozen_radius", rows);
    sg_record_data(r, data);
    sg_record_number(r, "mu", mu);
    sg_record_array(r, "A", A, data->m, data->m);
    sg_record_outcome(r, status);
    sg_record_interval(r, "radius", *radius);
    sg_record_end(r);
    return status;
}

enum sg_status sg_lab_certify_curvature(struct sg_interval *least, struct sg_interval *most,
                                        struct sg_lab *lab, const struct sg_cert_data *data,
                                        const char *rows)
{
    const enum sg_status status = sg_cert_curvature(least, most, data);
    struct sg_record *r = sg_lab_record(lab, "curvature", rows);
    sg_record_data(r, data);
    sg_record_outcome(r, status);
    sg_record_interval(r, "least", *least);
    sg_record_interval(r, "most", *most);
    sg_record_end(r);
    return status;
}

/* With the ends of S_x's spectrum, which the bound on the step of W has, where they are known. */
enum sg_status sg_lab_certify_iteration(struct sg_cert_iterated *out, struct sg_lab *lab,
                                      const struct sg_cert_data *data,
                                      const struct sg_cert_iteration *ask, const char *rows)
{
    struct sg_interval least, most;
    const enum sg_status status = sg_cert_iterate(out, data, ask);
    const bool known = out->step != SG_UNPROVED && sg_cert_curvature(&least, &most, data) == SG_OK;
    struct sg_record *r = sg_lab_record(lab, "iteration", rows);
    sg_record_data(r, data);
    sg_record_array(r, "w_0", ask->w, data->d, data->m);
    sg_record_array(r, "phi_0", ask->phi, 2 * data->m + 1, data->m);
    sg_record_array(r, "mu", ask->mu, 1, ask->n_mu);
    sg_record_whole(r, "steps", (int64_t)ask->steps);
    sg_record_whole(r, "tau", (int64_t)ask->tau);
    sg_record_flag(r, "line_search", ask->line_search);
    sg_record_number(r, "theta", ask->theta);
    sg_record_outcome(r, status);
    sg_record_status(r, "norm", out->norm);
    sg_record_status(r, "sum", out->sum);
    sg_record_status(r, "step", out->step);
    sg_record_status(r, "energy", out->energy);
    sg_record_interval(r, "psi", out->psi);
    sg_record_interval(r, "share", out->share);
    if (known) {
        sg_record_interval(r, "lambda_min", least);
        sg_record_interval(r, "lambda_max", most);
    }
    sg_record_end(r);
    return status;
}

void sg_lab_frozen_proved(struct sg_lab *lab, const char *id, const char *what,
                          const struct sg_cert_data *data, double mu, const double *A,
                          enum sg_status wanted)
{
    struct sg_interval radius;
    const enum sg_status status =
        sg_lab_certify_frozen(&radius, lab, id, data, mu, A, HUGE_VAL);
    sg_lab_proved(lab, id, what, status, wanted, SG_CERTIFY_POWERS);
}

struct sg_interval sg_lab_around(double limit)
{
    const double side = SG_CERTIFY_SIDE * fabs(limit);
    return (struct sg_interval){limit - side, limit + side};
}

/* The step with the limit's quantity at `value`.  C: m x m, to be filled where it is that. */
static struct sg_cert_step step_at(const struct sg_lab_limit *limit, double value, double *C,
                                   size_t m)
{
    struct sg_cert_step step = limit->step;
    if (limit->of == SG_LIMIT_MU)
        step.mu = value;
    else if (limit->of == SG_LIMIT_NU)
        step.nu = value;
    else
        step.C = C;
    for (size_t i = 0; limit->of == SG_LIMIT_C && i < m * m; i++)
        C[i] = value * limit->C_0[i];
    return step;
}

void sg_lab_step_limit_proved(struct sg_lab *lab, const char *id, const char *what,
                              const struct sg_cert_data *data, const struct sg_lab_limit *limit)
{
    static const char *const names[] = {"mu", "nu", "c"};
    const size_t m = data->m;
    const struct sg_interval at = limit->at;
    const bool of_c = limit->of == SG_LIMIT_C, ascending = fabs(at.low) < fabs(at.high);
    double *C = SG_TAKE(lab, 2 * m * m, double);
    const struct sg_cert_step near = step_at(limit, ascending ? at.low : at.high, C, m),
                              far = step_at(limit, ascending ? at.high : at.low, C + m * m, m);
    struct sg_interval radius;
    const enum sg_status inside = sg_cert_step_radius(&radius, data, &near, HUGE_VAL),
                         outside = sg_cert_step_radius(&radius, data, &far, HUGE_VAL);
    struct sg_record *r = sg_lab_record(lab, "step_limit", id);
    record_step(r, data, &limit->step);
    sg_record_word(r, "of", names[limit->of]);
    sg_record_array(r, "C_0", of_c ? limit->C_0 : NULL, m, m);
    sg_record_array(r, "C_inside", of_c ? C : NULL, m, m);
    sg_record_array(r, "C_outside", of_c ? C + m * m : NULL, m, m);
    sg_record_outcome(r, sg_lab_limit_outcome(inside, outside));
    sg_record_interval(r, "limit", at);
    sg_record_end(r);
    sg_lab_limit_proved(lab, id, what, at.low, at.high, inside, outside, SG_CERTIFY_POWERS);
}

/* What is wrong where the rates could not be proved: the step at one end of a limit, the other rate
 * well inside.  An eigenvalue outside the disc of gradient descent is outside the ellipse of heavy
 * ball at rates (1 + beta) times as large; the opposite does not hold. */
static void look_at_ends(enum sg_status *inside, enum sg_status *outside,
                         const struct sg_cert_data *data, struct sg_interval mu,
                         struct sg_interval nu, bool of_mu, double beta)
{
    const double share = 1 / (1 + beta);
    struct sg_cert_step at = {.mu = share * (of_mu ? mu.low : mu.low / 2),
                              .nu = share * (of_mu ? nu.low / 2 : nu.low)};
    struct sg_interval radius;
    *inside = *outside = SG_UNPROVED;
    if (sg_cert_step_radius(&radius, data, &at, HUGE_VAL) == SG_REFUTED)
        *inside = SG_REFUTED;
    if (of_mu)
        at.mu = mu.high;
    else
        at.nu = nu.high;
    if (beta == 0 && sg_cert_step_radius(&radius, data, &at, HUGE_VAL) == SG_OK)
        *outside = SG_OK;
}

void sg_lab_rates_proved(struct sg_lab *lab, const char *const id[2], const char *const what[2],
                         const struct sg_cert_data *data, double mu_limit, double nu_limit,
                         double beta)
{
    const struct sg_interval limit[2] = {sg_lab_around(mu_limit), sg_lab_around(nu_limit)};
    const enum sg_status proved = sg_cert_rates(data, limit[0], limit[1], beta);
    for (int k = 0; k < 2; k++) {
        enum sg_status inside = SG_OK, outside = SG_REFUTED;
        if (proved != SG_OK)
            look_at_ends(&inside, &outside, data, limit[0], limit[1], k == 0, beta);
        struct sg_record *r = sg_lab_record(lab, "rates", id[k]);
        sg_record_data(r, data);
        sg_record_number(r, "beta", beta);
        sg_record_word(r, "of", k == 0 ? "mu" : "nu");
        sg_record_outcome(r, sg_lab_limit_outcome(inside, outside));
        sg_record_interval(r, "mu", limit[0]);
        sg_record_interval(r, "nu", limit[1]);
        sg_record_end(r);
        sg_lab_limit_proved(lab, id[k], what[k], limit[k].low, limit[k].high, inside, outside,
                            "quadratic forms that shrink or run away, by interval Cholesky; "
                            "binary64 samples and rates, exact");
    }
}

void sg_lab_frozen_limit_proved(struct sg_lab *lab, const char *id, const char *what,
                                const struct sg_cert_data *data, double limit, const double *A)
{
    const struct sg_interval mu = sg_lab_around(limit);
    enum sg_status inside, outside;
    sg_cert_frozen_limit(&inside, &outside, data, mu, A);
    struct sg_record *r = sg_lab_record(lab, "frozen_limit", id);
    sg_record_data(r, data);
    sg_record_array(r, "A", A, data->m, data->m);
    sg_record_outcome(r, sg_lab_limit_outcome(inside, outside));
    sg_record_interval(r, "limit", mu);
    sg_record_end(r);
    sg_lab_limit_proved(lab, id, what, mu.low, mu.high, inside, outside,
                        "interval Cholesky of S_x, powers of I - mu lambda_max A in balls; "
                        "binary64 samples, A and rates, exact");
}

void sg_lab_limit_enclosed(struct sg_lab *lab, const char *id, const char *what, double critical,
                           const struct sg_interval *lambda)
{
    sg_lab_enclosed(lab, id, what, critical * lambda->low / 2, lambda->low / lambda->high, 1.0,
                    SG_CERTIFY_NUMBER_WIDTH, sg_tol_closed_eigenvalue(lab->trial, 1));
}

void sg_lab_radius_enclosed(struct sg_lab *lab, const char *id, const char *what, double closed,
                            const struct sg_interval *radius)
{
    struct sg_tol tol = sg_tol_closed_eigenvalue(lab->trial, 1 + closed);
    tol.scale = 1 + closed; /* it is 1 less something, and may vanish */
    sg_lab_enclosed(lab, id, what, closed, radius->low, radius->high, SG_CERTIFY_RADIUS_WIDTH, tol);
}

bool sg_lab_has_exact(struct sg_lab *lab)
{
#ifdef SG_HAVE_FLINT
    (void)lab;
    return true;
#else
    sg_lab_note(lab, "exact counts of eigenvalues are not built in: they need FLINT");
    return false;
#endif
}

void sg_lab_record_sides(struct sg_lab *lab, const char *rows,
                         const struct sg_cert_minimum *minimum, double mu, double nu,
                         enum sg_status status, const struct sg_cert_sides *sides,
                         const struct sg_interval *near)
{
    struct sg_record *r = sg_lab_record(lab, "deep_sides", rows);
    sg_record_minimum(r, minimum);
    sg_record_number(r, "mu", mu);
    sg_record_number(r, "nu", nu);
    sg_record_outcome(r, status);
    sg_record_sides(r, "sides", sides);
    if (near)
        sg_record_interval(r, "near", *near);
    sg_record_end(r);
}
