/* DY15: which factorisation of the least-squares map a deep linear net ends with, by the place and
 * the speed of its SGs.
 *
 * Trained twice from one balanced start: with the case's SGs and by backprop.  Along the flow the
 * ledger (DY14) is constant, so the prediction is exact whatever the start's size.  Steps of size
 * mu move the ledger by O(mu), and it is the square of a small start's size that it begins at. */
#include <math.h>

#include "claim/dy15/parts.h"
#include "lab/shallow.h"

static const struct sg_instrument trained = {sg_dy15_make};

/* How large the ledger of a balanced start may be, over |W|^2: train.radius is 1e-6 by default. */
static const double BALANCED = 1e-5;

static const char *const rule_name[] = {"with SGs", "by backprop"};
static const char *const rule_id[] = {"sg", "backprop"};

static struct sg_dy15_bound check_layers(struct sg_lab *lab, const struct sg_dy15 *s,
                                         enum sg_dy15_rule rule, const struct sg_dy15_end *end,
                                         const char *kind, const char *words)
{
    const double allowed = BALANCED * sg_base_dot(s->w_0, s->w_0, s->t->n_w);
    if (!end->converged)
        sg_lab_stop(lab, SG_BUDGET, "%s %s: still moving after %llu steps; raise train.steps",
                    words, rule_name[rule], (unsigned long long)end->steps);
    const struct sg_dy15_bound bound = sg_dy15_nearby(lab, s, rule, end, allowed);
    sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "%s-%s", kind, rule_id[rule]),
                sg_lab_format(lab, "singular values of all layers, %s %s, off the predicted",
                              words, rule_name[rule]),
                sg_dy15_error(lab, s, rule, end->w),
                (struct sg_tol){bound.weights,
                                "twice Newton's step to balance, from the ledger's change and the "
                                "SG's last error",
                                sg_dy15_least(s->factor[rule])});
    return bound;
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_dy15 *s = on;
    const struct sg_case_train *train = &lab->trial->c->train;
    const uint64_t most = (uint64_t)train->steps;
    struct sg_dy15_end flow[SG_DY15_RULES];
    struct sg_dy15_bound bound[SG_DY15_RULES];
    switch ((enum sg_experiment)lab->trial->c->experiment) {
    case SG_EXPERIMENT_MAP: sg_dy15_map(lab); return;
    case SG_EXPERIMENT_FLIGHT: sg_dy15_flight(lab, s); return;
    case SG_EXPERIMENT_RETURN: sg_dy15_return(lab, s); return;
    default: break;
    }
    for (int rule = 0; rule < SG_DY15_RULES && lab->status == SG_OK; rule++) {
        const enum sg_dy15_rule own = (enum sg_dy15_rule)rule;
        flow[rule] = sg_dy15_flow(lab, s, own, s->w_0, s->phi_0, most);
        bound[rule] = check_layers(lab, s, own, &flow[rule], "flow", "along the flow");
        const struct sg_dy15_end steps = sg_dy15_step(lab, s, own, s->w_0, s->phi_0, s->mu, most);
        check_layers(lab, s, own, &steps, "steps", "in steps of mu");
    }
    if (lab->status != SG_OK)
        return;
    sg_dy15_views(lab, s, flow, bound);
    sg_dy15_limits(lab, s, &flow[SG_DY15_SG], &bound[SG_DY15_SG]);
    sg_dy15_sweep(lab, s, bound[SG_DY15_SG].weights);
    /* One mode has nothing to show over the layers that its formula does not. */
    if (lab->trial->figure && s->r > 1 && lab->status == SG_OK)
        sg_dy15_draw(lab);
}

const struct sg_claim sg_claim_dy15 = {
    .id = "DY15",
    .name = "dy15_factorisation",
    .title = "an SG decides how a deep linear net shares its map out over the layers",
    .needs_data = true,
    .reads = "experiment=main|map|flight|return"
             " data.kind@main=gaussian|csv data.kind@map=gaussian|csv"
             " data.kind@flight=gaussian|csv|moments data.S@flight data.R@flight data.map@flight"
             " data.kind@return=gaussian|csv|moments data.S@return data.R@return data.map@return"
             SG_READS_ROWS
             " net.layers! net.loss=mse sg=some sg.at sg.family=linear sg.terms=hy1 sg.target "
             "sg.mix=1.0 train.form=sample|compressed train.units=absolute! train.mu! train.nu! "
             "train.radius train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&sg_dy15_wide, &sg_dy15_nonsingular,
                                                      &sg_dy15_full_rank, &sg_dy15_noisy,
                                                      &sg_dy15_attracts, &sg_dy15_stable, NULL},
    .measure = sg_lab_measure,
    .on = &trained,
    .says = says,
    .statement = "Deep linear net under MSE with linear SGs (labels, targets arriving) after any "
                 "hidden layers, from a balanced start with A = 0, at a minimum where the SGs are "
                 "exact on h.  W_i^T W_i = W_{i+1} W_{i+1}^T + pull_i V_i V_i^T, V_i = W_{i+1} ... "
                 "W_N, pull_i = 2/kappa at a cut and 0 elsewhere.  All these matrices commute, and "
                 "each singular value sigma of the map is shared out by itself: l_i^2 = l_{i+1}^2 "
                 "+ pull_i (l_{i+1} ... l_N)^2, l_1 ... l_N = sigma, with one solution, whatever "
                 "the inputs' covariance.  Kernels, CKA, effective rank, alignment and sharpness "
                 "follow.  One slow SG after layer k: l_i ~ sigma^(1/(k+1)) below.  Slow SGs "
                 "everywhere: layer i takes sigma^(2^-i).  Along kappa no real eigenvalue of the "
                 "flow crosses zero at these minima; a complex pair can, with many SGs.",
};
