/* DY8, the exact instance: a global minimum that repels, certified at kappa = 1/1000, leaves at the
 * rate of its eigenvalue, and stays under backprop. */
#include <math.h>

#include "claim/dy8/parts.h"

static const double START = 1e-6;              /* from the minimum */
static const double WATCH = 7.5e4;             /* flow time of backprop */
enum { POINTS = 1200 };

/* kappa = 1/1000, the ratio of two rounded rates. */
static bool is_stated(double kappa)
{
    return fabs(kappa * 1000 - 1) <= 4 * SG_UNIT_ROUNDOFF;
}

static void check_eigenvalues(struct sg_lab *lab, struct sg_dy8 *m)
{
    const struct sg_deep_run *s = m->run;
    const double kappa = s->nu / s->mu;
    size_t n;
    bool clear;
    const struct sg_deep_mode *mode = sg_dy8_reduced(lab, &n, &s->deep, s->fixed, NULL, s->moments,
                                                     kappa);
    const struct sg_deep_mode top = sg_dy8_top(mode, n);
    const size_t positive = sg_dy8_positive(&clear, mode, n);
    sg_lab_equal(lab, SG_CLOSED_FORM, "reduced", "largest real part, across the family against the "
                 "reduced system", creal(m->top.lambda), creal(top.lambda),
                 sg_deep_mode_tol(&m->top, &top));
    const struct sg_cert_minimum minimum = sg_dy8_exact_minimum();
    if (m->repels)
        sg_dy8_line(lab, m, &minimum);
    sg_dy8_line_record(lab, &minimum, m->line, SG_OK, "attracts-proved kappa-critical");
    if (!is_stated(kappa))
        return;
    sg_lab_count(lab, SG_CLOSED_FORM, "positive", "positive real eigenvalues of the reduced system",
                 positive, 2, "beyond ten of their errors");
    sg_lab_equal(lab, SG_CLOSED_FORM, "largest", "the largest, against the number stated",
                 creal(top.lambda), 2.698e-4, (struct sg_tol){5e-8, "half a unit of the last digit "
                                                              "stated", 0});
    sg_lab_equal(lab, SG_CLOSED_FORM, "scale", "spectral scale, against the number stated",
                 cabs(mode[0].lambda), 0.1024, (struct sg_tol){5e-5, "half a unit of the last "
                                                               "digit stated", 0});
    sg_dy8_certify_exact(lab, &top);
}

/* ---- staying ---------------------------------------------------------------------------- */

/* The largest distance of `sim` in POINTS times `every` steps. */
static double watch(struct sg_sim *sim, const struct sg_deep_run *s, uint64_t every)
{
    double most = 0;
    for (size_t k = 0; k < POINTS; k++) {
        const enum sg_status status = sg_sim_advance(sim, &s->batch, every);
        most = sg_base_max(most, status == SG_OK ? sg_deep_run_distance(sim, s) : SG_NAN);
    }
    return most;
}

/* kappa = 10, the SG ten times as fast as the net: no eigenvalue right of zero, and the same start
 * stays. */
static void check_fast_sg(struct sg_lab *lab, const struct sg_dy8 *slow, const double *offset)
{
    static const double mu = 0.018, kappa = 10.0;        /* nu lambda_max(S_z) = 1.8 */
    struct sg_data data;
    struct sg_deep deep;
    double w[6];
    size_t n;
    sg_closed_deep_repelling(&data, &deep, w);
    struct sg_deep_run *s = sg_deep_run_make(lab, &data, &deep, w, mu, kappa * mu,
                                             slow->run->module.mix);
    const struct sg_deep_mode *mode = sg_dy8_reduced(lab, &n, &deep, w, NULL, s->moments, kappa);
    const struct sg_deep_mode top = sg_dy8_top(mode, n);
    sg_lab_fact(lab, SG_CLOSED_FORM, "fast-attracts", "with kappa = 10: every eigenvalue is left "
                "of zero", sg_deep_mode_side(&top) < 0, "beyond ten of the eigenvalue's errors");
    sg_deep_run_start(s, offset);
    sg_dy8_stays(lab, "fast-stays", "with kappa = 10: the same start, largest distance over the "
                 "first", watch(s->sim, s, 16), offset, s->n_w, 10, "a transient, where the SG's "
                 "leaves a hundredfold");
}

void sg_dy8_exact(struct sg_lab *lab, struct sg_dy8 *m)
{
    struct sg_deep_run *s = m->run;
    struct sg_rng *rng = sg_lab_rng(lab, "instance");
    double *offset = SG_TAKE(lab, s->size, double);
    check_eigenvalues(lab, m);
    if (!m->repels || !sg_lab_afford(lab, 2 * 1.2e6 / s->mu, SG_SHALLOW_STEPS_MOST,
                                     "see the flow rest twice", "take a larger mu"))
        return;
    sg_dy8_growth(lab, m, START, offset, rng);
    if (lab->trial->replicate == 0 && is_stated(s->nu / s->mu))
        sg_dy8_rests(lab, m, offset, rng);
    sg_deep_run_start(s, offset);
    sg_dy8_stays(lab, "backprop", "backprop from the same start, largest distance over the first",
                 watch(s->backprop, s, (uint64_t)(WATCH / s->mu) / POINTS), offset, s->n_w, 2,
                 "twice; H is semidefinite, so that its linear part does not grow");
    check_fast_sg(lab, m, offset);
}
