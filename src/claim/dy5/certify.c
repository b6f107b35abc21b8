/* DY5 in ball arithmetic: the curvatures that its bounds have, and V along the exact iteration with
 * the rates that the search took. */
#include <math.h>

#include "claim/dy5/parts.h"
#include "lab/certify.h"

enum { STEPS = 40 };

/* 2/lambda_max is the largest mu that the search may take, lambda_min what the slowest decrease and
 * the end's distance are measured in. */
static void certify_curvature(struct sg_lab *lab, const struct sg_shallow *s,
                              const struct sg_cert_data *data)
{
    struct sg_interval least, most;
    const enum sg_status status = sg_lab_certify_curvature(
        &least, &most, lab, data, "curvature-proved mu-limit-enclosed least-enclosed");
    sg_lab_proved(lab, "curvature-proved", "the hypothesis: S_x is nonsingular", status, SG_OK,
                  "interval Cholesky; binary64 samples, exact");
    if (status != SG_OK)
        return;
    sg_lab_limit_enclosed(lab, "mu-limit-enclosed",
                          "mu limit 2/lambda_max(S_x), closed form over the proved enclosure",
                          s->rate_x.critical, &most);
    if (!(most.high * 0x1p-48 <= 1e-8 * least.low)) {
        sg_lab_note(lab, "lambda_min(S_x) is enclosed to no 8 digits: condition number %.2g",
                    most.high / least.high);
        return;
    }
    /* an SVD of the samples knows singular values to u of the largest, their squares to
     * u sqrt(cond) of themselves */
    const double cond = s->rate_x.largest / s->rate_x.smallest;
    struct sg_tol tol = sg_tol_closed_eigenvalue(lab->trial, least.high);
    tol.value *= 2 * sqrt(cond);
    tol.words = "20 (d + m) u sqrt(cond) of the closed form";
    sg_lab_enclosed(lab, "least-enclosed",
                    "lambda_min(S_x), in floating point against the proved enclosure",
                    s->rate_x.smallest, least.low, least.high, 1e-8, tol);
}

/* From w = 0, phi = 0, as the claim's run: the search says which rates pass, and nothing else is
 * taken from it. */
void sg_dy5_certify(struct sg_lab *lab, const struct sg_shallow *s,
                    const struct sg_search_spec *spec)
{
    double mu[STEPS];
    size_t steps = 0;
    struct sg_search_step step;
    struct sg_cert_iterated out;
    if (!sg_lab_certifies(lab, s->fit->d + s->fit->q))
        return;
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    const double *zero = SG_TAKE(lab, s->size, double);
    struct sg_searcher *searcher = sg_sim_searcher_alloc(spec, zero, zero);
    const double target = sg_dy5_v_target(s);
    step.after = HUGE_VAL;
    while (steps < STEPS && step.after > target &&
           sg_sim_searcher_step(&step, searcher) == SG_OK)
        mu[steps++] = step.mu;
    sg_sim_searcher_free(searcher);
    certify_curvature(lab, s, &data);
    if (steps == 0)
        return;
    const struct sg_cert_iteration ask = {.w = zero, .phi = zero, .mu = mu, .n_mu = steps,
                                        .steps = steps, .line_search = true, .theta = 1};
    const enum sg_status status = sg_lab_certify_iteration(&out, lab, &data, &ask, "falls-proved");
    sg_lab_proved(lab, "falls-proved",
                  "V falls in every one of the first 40 steps (or down to rounding level) of the "
                  "exact iteration with the search's rates", out.energy, SG_OK,
                  "ball arithmetic; binary64 samples and rates, exact");
    if (status == SG_OK)
        sg_lab_note(lab, "proved: V after %zu exact steps is %.6g of its start", steps,
                    out.v.high);
}
