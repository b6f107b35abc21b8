/* Certified: DY8's repelling minima at any depth. */
#ifdef SG_HAVE_ARB
#include <math.h>

#include "lab/certified.h"
#include "synthgrad/cert.h"

/* The closed-form eigenvalue, real part `top` within `error`, is above the proved bound, and not far above. */
enum sg_status sg_dy8_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_deep *deep, double top, double error)
{
    const struct sg_case *c = trial->c;
    double growth;
    if (!sg_certified_wanted(ev, trial, sg_closed_deep_n_w(deep) + sg_closed_deep_n_phi(deep)))
        return SG_OK;
    const enum sg_status proved = sg_cert_deep_growth(&growth, deep, c->net.weights.value, c->data.S.value, c->data.R.value, c->train.mu, c->train.nu);
    const enum sg_status status = sg_certified_fact(ev, "the flow has an eigenvalue right of zero", proved, SG_REFUTED,
                                                    "ball arithmetic, Cayley transform C, |tr C^k| > n; binary64 weights, moments and rates, exact");
    if (status == SG_OK) {
        sg_claim_bound(ev, SG_CERTIFIED, "the growth rate proved, against the largest real part in floating point", growth, top + error, "the eigenvalue's error bound");
        sg_certified_note(ev, "proved: an eigenvalue with real part at least %.6g", growth);
    }
    return status;
}
#else
#include "lab/certified.h"

enum sg_status sg_dy8_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_deep *deep, double top, double error)
{
    (void)deep;
    (void)top;
    (void)error;
    (void)sg_certified_wanted(ev, trial, 0);
    return SG_OK;
}
#endif
