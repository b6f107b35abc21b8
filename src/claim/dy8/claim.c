/* DY8: deep linear nets with one SG as a dynamical system, and when a global minimum repels.
 *
 * Fixed points with s = g: in coordinates (w, psi = Phi - Phi*(w)) the flow's Jacobian is
 * [[-H, -Q], [D H, -kappa G]].  Three experiments:
 *   main    one global minimum that repels: the claim's own instance, with random nets and the
 *           theorems T1 to T4 beside it; or that of the case, by its weights and moments
 *   map     the plane of the two rates around one minimum
 *   drawn   how many random minima repel */
#include <stdio.h>

#include "claim/dy8/parts.h"

/* ---- what is measured on ---------------------------------------------------------------- */

static void *make(struct sg_lab *lab)
{
    struct sg_dy8 *m = SG_TAKE(lab, 1, struct sg_dy8);
    if (lab->trial->c->experiment == SG_EXPERIMENT_MAP)
        m->map = sg_deep_step_make(lab);
    if (lab->trial->c->experiment == SG_EXPERIMENT_MAIN)
        sg_dy8_minimum(lab, m);
    return m;
}

/* ---- hypotheses ------------------------------------------------------------------------- */

static bool is_own_net(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const struct sg_dy8 *m = on;
    const struct sg_case *c = trial->c;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "the case has %zu hidden layers, the first of %d",
             c->net.layers.n, c->net.layers.n ? c->net.layers.value[0] : 0);
    return !m->exact || (c->net.layers.n == 1 && c->net.layers.value[0] == 2);
}

static bool is_inside(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_dy8 *m = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it is at the output, so that D = 0 and none repels");
    return !m->run || (trial->c->module[0].at > 0 &&
                       (size_t)trial->c->module[0].at <= trial->c->net.layers.n);
}

static bool follows(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_dy8 *m = on;
    (void)trial;
    const double reach = m->run ? m->run->mu * m->stiffest : 0;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "mu |lambda| reaches %.4g", reach);
    return !m->repels || reach < 2;
}

static bool is_resolved(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                        const struct sg_trial *trial)
{
    const struct sg_dy8 *m = on;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "one is %.2g of the largest", m->dropped);
    return !m->run || m->resolved;
}

static const void *map_of(const void *on)
{
    return ((const struct sg_dy8 *)on)->map;
}

static bool draws_pairs(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                        const struct sg_trial *trial)
{
    const struct sg_int_list *layers = &trial->c->net.layers;
    bool all = layers->n > 0;
    (void)on;
    for (size_t i = 0; i < layers->n; i++)
        all = all && layers->value[i] >= 2;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%s", layers->n ? "one has a single unit"
                                                             : "there is none");
    return all || trial->c->experiment != SG_EXPERIMENT_DRAWN;
}

static const struct sg_hypothesis own_net = {
    .id = "own-net", .words = "the instance's net has one hidden layer of two units",
    .met = is_own_net, .mend = "write layers = (2)"};
static const struct sg_hypothesis inside = {
    .id = "sg-inside", .words = "the SG has layers above it", .met = is_inside,
    .mend = "take a lower place for it (sg.at)"};
static const struct sg_hypothesis step_follows = {
    .id = "step-follows-flow", .met = follows,
    .words = "mu |lambda| < 2 for the eigenvalues of the flow and of H: else the step leaves by "
             "itself",
    .mend = "take a smaller mu, and nu with it"};
static const struct sg_hypothesis resolved = {
    .id = "resolved", .met = is_resolved,
    .words = "the eigenvalues of H and G that are not 0 are above 1e-11 of the largest",
    .mend = "take S and R of the same size, and neither nearly singular"};
static const struct sg_hypothesis wide = {.id = "wide", SG_DEEP_WIDE, .of = map_of};
static const struct sg_hypothesis conditioned = {
    .id = "conditioned", SG_DEEP_CONDITIONED, .of = map_of};
static const struct sg_hypothesis pairs = {
    .id = "two-units",
    .words = "drawn nets have hidden layers of two units or more: by T4 an SG at a single unit "
             "never makes a minimum of two layers repel",
    .met = draws_pairs, .mend = "write layers = (2, 2)"};

/* ---- the claim -------------------------------------------------------------------------- */

static void says(struct sg_lab *lab, void *on)
{
    struct sg_dy8 *m = on;
    if (lab->trial->c->experiment == SG_EXPERIMENT_DRAWN) {
        sg_dy8_drawn(lab);
        return;
    }
    if (m->map) {
        sg_dy8_map(lab, m->map);
        return;
    }
    if (!m->repels && !m->attracts)
        sg_lab_stop(lab, SG_UNPROVED, "the eigenvalue furthest to the right, %.3g, is known to "
                    "%.2g: whether the minimum repels is not decided in floating point",
                    creal(m->top.lambda), m->top.error);
    sg_lab_fact(lab, SG_CLOSED_FORM, "repels", "an eigenvalue right of zero, beyond its error",
                m->repels, "ten times 10 size u |J| times its condition number");
    if (!m->exact) {
        sg_dy8_given(lab, m);
        return;
    }
    sg_dy8_exact(lab, m);
    sg_dy8_random(lab);
    sg_dy8_theorems(lab);
}

const struct sg_claim sg_claim_dy8 = {
    .id = "DY8",
    .name = "dy8_repelling_minima",
    .title = "deep linear nets: global minima that repel under an SG",
    .reads = "experiment=main|map|drawn net.layers! net.loss=mse"
             " sg=one sg.family=linear sg.terms=hy1 sg.target=true sg.at@drawn=1|output!"
             " @main sg.at sg.mix data.kind=moments|gaussian data.S data.R data.bias net.weights"
             " train.form=sample train.order=simultaneous train.units=absolute! train.mu! train.nu!"
             " train.radius train.steps"
             " @map sg.at sg.mix data.kind=moments|gaussian|csv data.S data.R data.n data.d"
             " data.outputs data.rank data.condition data.noise data.bias data.file data.target"
             " data.standardise data.standardise_target net.weights train.form=sample|compressed"
             " train.order=simultaneous train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&own_net, &inside, &resolved, &step_follows,
                                                      &wide, &conditioned, &pairs, NULL},
    .measure = sg_lab_measure,
    .on = &(const struct sg_instrument){make},
    .says = says,
    .statement =
        "Deep linear net under MSE, one linear SG with labels, a critical point with s = g and "
        "psi = Phi - Phi*(w) = 0.  In coordinates (w, psi) the flow's Jacobian is [[-H, -Q], [D "
        "H, -kappa G]].  Two layers with the SG between them, at a least-squares product: the "
        "nonzero spectrum is that of a reduced system in (d(W1 W2), W1 q, b); without a constant "
        "term or with centred data no real eigenvalue crosses zero (T1; false with an intercept, "
        "and from three layers); every eigenvalue off zero is within 60 degrees of the negative "
        "axis for all kappa > 0 when S = cI and m = 1 (T2), when d = 1 and R = rho I (T3), and "
        "when k = 1 (T4); no smaller sector does.  At any depth a real eigenvalue crosses zero "
        "exactly at the positive real eigenvalues kappa_0 of -G^+ D Pi_H Q, and the number of "
        "positive real eigenvalues has the parity of #{kappa_0 > kappa}.  Of a given minimum the "
        "full flow over Q has an eigenvalue on the axis at the kappa listed only, and above the "
        "last of these it attracts.  Otherwise a global "
        "minimum can repel: with d = 1, k = m = 2, E[x^2] = 1, W1 = (1/10, 1/10), W2 = [[1/10, "
        "3/10], [0, 1/20]], R = diag(10, 1/100), kappa = 1/1000 exactly two eigenvalues are "
        "positive reals, the larger 2.698e-4.  Backprop stays there.",
};
