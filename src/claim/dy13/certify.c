/* DY13 (a), (b) and (d) in balls: the exact iteration from a drawn start, step by step. */
#include <math.h>

#include "claim/dy13/parts.h"
#include "lab/certify.h"

enum { STEPS = 40, TAU_MOST = 200 };

/* Phi of a size for which late pairs let the weights grow to 1e30 at most (see most_phi). */
static double phi_scale(size_t tau)
{
    return tau == 0 ? 1 : fmin(1, (pow(1e30, 1 / (double)tau) - 1) / 4);
}

static void certify_start(struct sg_lab *lab, const struct sg_shallow *s, size_t tau,
                          struct sg_rng *rng)
{
    double *start = SG_TAKE(lab, s->size, double);
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    struct sg_cert_iterated out;
    sg_base_rng_gaussians(start, s->size, rng);
    for (size_t i = s->n_w; i < s->size; i++)
        start[i] *= phi_scale(tau);
    const struct sg_cert_iteration ask = {.w = start, .phi = start + s->n_w, .mu = &s->mu,
                                          .n_mu = 1, .steps = STEPS + 2 * tau, .tau = tau,
                                          .line_search = s->sg_step == SG_STEP_LINE_SEARCH,
                                          .theta = s->nu};
    const enum sg_status status = sg_lab_certify_iteration(
        &out, lab, &data, &ask,
        s->rate_x.zeros ? "norm-proved sum-proved" : "norm-proved sum-proved step-proved");
    const char *words = "ball arithmetic; binary64 samples, start and rates, exact";
    sg_lab_proved(lab, "norm-proved",
                  "along the exact iteration from a drawn start |Psi| grows in no step", out.norm,
                  SG_OK, words);
    sg_lab_proved(lab, "sum-proved",
                  "there theta (2 - theta) sum E|e|^2 / N is at most |Psi_0|^2", out.sum, SG_OK,
                  words);
    if (s->rate_x.zeros)
        sg_lab_note(lab, "no certificate for the step of W: S_x is singular, its least positive "
                    "eigenvalue is not enclosed");
    else
        sg_lab_proved(lab, "step-proved",
                      "there |delta+| <= (rho + mu l eps) |delta| + mu sqrt(l N*) eps in every "
                      "step, rho, l and N* enclosed", out.step, SG_OK, words);
    if (status == SG_OK && tau == 0)
        sg_lab_note(lab, "proved: after %d exact steps |Psi| is %.6g of its start, and the sum "
                    "%.6g of its bound", (int)STEPS, out.psi.high, out.share.high);
}

/* Samples as they were read: not the rows of train.form. */
void sg_dy13_certify(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_case *c = lab->trial->c;
    const bool delayed = c->train.delay == SG_DELAY_PAIRS;
    if (lab->trial->replicate > 0 || lab->status != SG_OK)
        return;
    if (s->n_phi != (2 * s->fit->m + 1) * s->fit->m) {
        sg_lab_note(lab, "certified for an SG with labels and a constant only");
        return;
    }
    if (!sg_lab_certifies(lab, s->fit->d + s->fit->q))
        return;
    struct sg_rng *rng = sg_lab_rng(lab, "certified");
    for (size_t i = 0; i < (delayed ? c->train.tau.n : 1); i++) {
        const size_t tau = delayed ? (size_t)c->train.tau.value[i] : 0;
        if (tau <= TAU_MOST)
            certify_start(lab, s, tau, rng);
    }
}
