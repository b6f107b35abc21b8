/* DY8: deep linear nets with one SG as a dynamical system, and when a global minimum repels.
 *
 * Fixed points with s = g: in coordinates (w, psi = Phi - Phi*(w)) the flow's Jacobian is [[-H, -Q], [D H, -kappa G]].  Checked on random nets, in
 * the reduced system of two layers (T1 to T4), and on one exact instance that repels.  A case with moments data and weights: on that minimum.  A case that
 * draws nets: how many minima repel.  Critical units: the plane of the two rates around one minimum. */
#include "claim/dy8/parts.h"

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (trial->c->experiment == SG_EXPERIMENT_DRAWN)
        return sg_dy8_share(ev, trial);
    if (trial->c->train.units == SG_UNITS_CRITICAL)      /* the axes of the map */
        return sg_dy8_map(ev, trial);
    if (trial->c->data.kind == SG_DATA_MOMENTS)
        return sg_dy8_given(ev, trial);
    enum sg_status status = sg_dy8_instance(ev, trial);
    if (status == SG_OK)
        status = sg_dy8_random(ev, trial);
    return status == SG_OK ? sg_dy8_theorems(ev, trial) : status;
}

const struct sg_claim sg_claim_dy8 = {
    .id = "DY8", .name = "dy8_repelling_minima", .title = "deep linear nets: global minima that repel under an SG", .needs_data = false,
    .measure = measure,
    .statement = "Deep linear net under MSE, one linear SG with labels, a critical point with s = g and psi = Phi - Phi*(w) = 0.  In coordinates "
                 "(w, psi) the flow's Jacobian is [[-H, -Q], [D H, -kappa G]].  Two layers with the SG between them, at a least-squares product: the "
                 "nonzero spectrum is that of a reduced system in (d(W1 W2), W1 q, b); without a constant term or with centred data no real "
                 "eigenvalue crosses zero (T1; false with an intercept); every eigenvalue off zero is left of zero for all kappa > 0 when S = cI "
                 "and m = 1 (T2), when d = 1 and R = rho I (T3), and when k = 1 (T4).  "
                 "Otherwise a global minimum can repel: with d = 1, k = m = 2, E[x^2] = 1, W1 = (1/10, 1/10), W2 = [[1/10, 3/10], [0, 1/20]], "
                 "R = diag(10, 1/100), kappa = 1/1000 exactly two eigenvalues are positive reals, the larger 2.698e-4.  Backprop stays there.",
};
