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
    static const char *const orders[] = {"simultaneous", "sg_first", "network_first"};
    const enum sg_status status = sg_cert_step_radius(radius, data, step, width);
    struct sg_record *r = sg_lab_record(lab, "step_radius", rows);
    sg_record_data(r, data);
    sg_record_number(r, "mu", step->mu);
    sg_record_number(r, "nu", step->nu);
    sg_record_word(r, "order", orders[step->order]);
    sg_record_whole(r, "tau", (int64_t)step->tau);
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

static void record_status(struct sg_record *r, const char *name, enum sg_status status)
{
    sg_record_word(r, name, status == SG_OK        ? "proved"
                            : status == SG_REFUTED ? "refuted"
                                                   : "undecided");
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
    record_status(r, "norm", out->norm);
    record_status(r, "sum", out->sum);
    record_status(r, "step", out->step);
    record_status(r, "energy", out->energy);
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
