/* CP3: where the loss is zero, g is zero, and an SG that can be silent leaves the point alone,
 * whatever it is made of.
 *
 * All seven families s = [h A] [+ y B] [+ C] at interpolating weights, with phi = 0 and with a
 * random phi in the null space of z: the updates, a run, and the same to the bit on integer data.
 * And how much of it is left over all phi, which is what noise takes away from the families that
 * cannot produce g. */
#include <math.h>
#include <stdio.h>

#include "claim/cp3/parts.h"
#include "lab/own.h"

static const char *const family_name[SG_CP3_FAMILIES + 1] = {"",  "h",  "y",  "hy",
                                                             "1", "h1", "y1", "hy1"};
struct sg_case *sg_cp3_with_terms(struct sg_lab *lab, unsigned terms)
{
    struct sg_case *reduced = SG_TAKE(lab, 1, struct sg_case);
    *reduced = *lab->trial->c;
    for (size_t j = 0; j < reduced->n_modules; j++)
        reduced->module[j].terms = terms;
    return reduced;
}

struct family {
    unsigned terms;
    struct sg_rng *rng;
};

static void check_family(struct sg_lab *lab, void *context)
{
    const struct family *family = context;
    const char *name = family_name[family->terms];
    struct sg_twin *t = sg_twin_make(lab, sg_cp3_with_terms(lab, family->terms), lab->trial->data);
    if (!t)
        return;
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double), rounding;
    const double gradient = sg_twin_minimum(state, t, family->rng);
    const struct sg_twin_size size = sg_twin_size(t, state);
    sg_cp3_check_state(lab, t, state, gradient, 0);
    const double least = sg_twin_least_update(&rounding, t, state);
    sg_lab_zero(
        lab, SG_CLOSED_FORM, sg_lab_format(lab, "least-update-%s", name),
        sg_lab_format(lab, "joint update at the best of all phi, family %s", name), least,
        (struct sg_tol){rounding + sg_cp3_silent_target(t, state), sg_cp3_words,
                        hypot(size.w, size.phi)});
    if (sg_twin_null_sg(state + t->n_w, t, state, 1, family->rng))
        sg_cp3_check_state(lab, t, state, gradient, 1);
}

static void check_exact(struct sg_lab *lab, void *context)
{
    const struct family *family = context;
    sg_cp3_exact(lab, family->terms, family->rng);
}

static void says(struct sg_lab *lab, void *on)
{
    struct family family = {.rng = sg_lab_rng(lab, "points")};
    (void)on;
    for (family.terms = 1; family.terms <= SG_CP3_FAMILIES; family.terms++)
        sg_lab_part(lab, check_family, &family);
    for (family.terms = 1; family.terms <= SG_CP3_FAMILIES; family.terms++)
        sg_lab_part(lab, check_exact, &family);
    if (lab->trial->figure)
        sg_cp3_draw(lab);
}

/* ---- hypotheses ------------------------------------------------------------------------------ */

/* That L = 0 is what the control takes away; then the families that lose the point are known for
 * d > m only. */
static bool has_more_columns(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                             const struct sg_trial *trial)
{
    const struct sg_twin *t = on;
    const size_t count = t->rows.n * t->rows.m, d = trial->data->d, m = trial->data->m;
    const double y = sg_base_norm(t->rows.y, count);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "d = %zu <= m = %zu, and |y - X W*| is %.2g of |y|", d,
             m, y > 0 ? sg_base_norm(t->fit->residual, count) / y : 0);
    return t->fit->realizable || d > m;
}

static const struct sg_hypothesis more_columns = {
    .id = "d-above-m",
    .words = "L = 0, or X has more columns than y, d > m",
    .met = has_more_columns,
    .mend = "take data without noise (data.noise = 0), or more columns (data.d) than outputs"};

const struct sg_claim sg_claim_cp3 = {
    .id = "CP3",
    .name = "cp3_zero_loss",
    .title = "points of zero loss are kept by every SG that can be silent",
    .from = SG_FROM_PAPER,
    .source = "a remark",
    .needs_data = true,
    .reads = " data.kind=gaussian data.n data.d data.outputs data.rank data.condition data.noise! "
             "data.bias net.layers net.loss=mse sg=some sg.at sg.family=linear sg.target "
             "sg.mix=1.0 train.form=sample|compressed train.units train.mu! train.nu! train.steps!",
    .supposes = (const struct sg_hypothesis *const[]){&sg_twin_wide, &more_columns, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_twin,
    .says = says,
    .statement =
        "Let the per-sample loss be differentiable with minimum 0 (MSE is; the log loss, whose "
        "infimum is not attained, is not).  Where L = 0 every sample's gradient vanishes, g = 0; "
        "any SG family that contains s = 0, with labels or without, keeps the point: (W, phi) "
        "with s = 0 is a joint critical point.  At L > 0 (linear regression, d > m, no ones "
        "column) generic data leave only hA, hA + yB and hA + yB + C a phi whose updates vanish; "
        "with d <= m also hA + C.",
};
