/* CP4: a spurious set.  x in {-2, -1, 1, 2}, f = a x + b, loss sum |f(x)| (subgradient 0 at 0), SG
 * the constant c.
 *
 * The SG-critical points are c = 0 with |b| < |a|, or a = b = 0, though the loss has slope
 * (6 sign a, 0) in all of the wedge and its only critical point is the origin.  Integers check the
 * algebra; the net, whose arithmetic on these data is exact, is held to the integers with tolerance
 * 0.  The net's normalisation is E[.] = 1/4 sum. */
#include <stdio.h>

#include "claim/cp4/parts.h"
#include "lab/own.h"

static void end_line(void *line)
{
    struct sg_cp4 *l = line;
    for (int which = SG_CP4_WITH; which <= SG_CP4_WITHOUT; which++) {
        sg_net_work_free(l->work[which]);
        sg_net_free(l->net[which]);
    }
    sg_data_free(&l->data);
}

static void *make_line(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_cp4 *l = SG_TAKE(lab, 1, struct sg_cp4);
    const struct sg_layer layer = {SG_DENSE, 1, true};
    const struct sg_case_module *m = &c->module[0];
    const struct sg_module module = {
        1, (enum sg_family)m->family, m->terms, (enum sg_target)m->target, m->mix, 0};
    sg_lab_own(lab, l, end_line);
    l->c = c;
    sg_data_alloc(&l->data, SG_CP4_SAMPLES, 1, 1);
    for (size_t i = 0; i < SG_CP4_SAMPLES; i++)
        l->data.x[i] = sg_closed_spurious_x[i];
    l->batch = sg_sim_batch(&l->data);
    for (int which = SG_CP4_WITH; which <= SG_CP4_WITHOUT; which++) {
        const struct sg_arch arch = {.dtype = SG_F64,
                                     .loss = SG_ABS,
                                     .inputs = 1,
                                     .labels = 1,
                                     .n_layers = 1,
                                     .layers = &layer,
                                     .n_modules = which == SG_CP4_WITH,
                                     .modules = &module};
        l->net[which] = sg_net_alloc(&arch);
        l->work[which] = sg_net_work_alloc(l->net[which], SG_CP4_SAMPLES);
    }
    l->n_phi = sg_net_sizes(l->net[SG_CP4_WITH]).phi;
    return l;
}

static const struct sg_instrument line = {make_line};

struct sg_cp4_directions sg_cp4_evaluate(const struct sg_cp4 *l, enum sg_cp4_net which, double a,
                                         double b, const double *phi)
{
    struct sg_cp4_directions d = {0};
    struct sg_metrics metrics;
    sg_net_eval(d.w, d.phi, &metrics, l->net[which], (const double[]){a, b}, phi, &l->batch,
                SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, l->work[which]);
    d.loss = metrics.loss;
    return d;
}

struct sg_sim *sg_cp4_start(struct sg_lab *lab, const struct sg_cp4 *l, enum sg_cp4_net which,
                            const struct sg_cp4_state *from)
{
    struct sg_field *field = SG_TAKE(lab, 1, struct sg_field);
    *field = sg_sim_net_field(l->net[which], SG_CP4_SAMPLES);
    const struct sg_sim_spec spec = {
        .field = field, .net_opt = {.rate = l->c->train.mu}, .sg_opt = {.rate = l->c->train.nu}};
    return sg_lab_own_sim(lab, sg_sim_alloc(&spec, from->w, from->phi));
}

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_cp4 *l = on;
    struct sg_rng *rng = sg_lab_rng(lab, "points");
    sg_cp4_grid(lab, l, rng);
    sg_cp4_certify(lab);
    sg_cp4_runs(lab, l, rng);
    if (lab->trial->figure && lab->status == SG_OK)
        sg_cp4_draw(lab, l);
}

static bool nu_is_below_one(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "nu = %.3g", trial->c->train.nu);
    return trial->c->train.nu > 0 && trial->c->train.nu <= 1;
}

/* c <- (1 - nu) c + nu E[sign f]: it learns, and does not swing past its target. */
static const struct sg_hypothesis small_nu = {.id = "nu",
                                              .words =
                                                  "the SG learns without overshoot, 0 < nu <= 1",
                                              .met = nu_is_below_one,
                                              .mend = "take train.nu from (0, 1]"};

const struct sg_claim sg_claim_cp4 = {
    .id = "CP4",
    .name = "cp4_spurious",
    .title = "a spurious set: the synthetic gradient rests on a slope",
    .from = SG_FROM_PAPER,
    .source = "the example of the appendix",
    .needs_data = false,
    .reads = " net.layers=() net.loss=abs sg=one sg.at=output sg.family=linear "
             "sg.terms=1|h1|y1|hy1! sg.target=true sg.mix train.form=sample train.units=absolute "
             "train.mu train.nu train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&small_nu, NULL},
    .measure = sg_lab_measure,
    .on = &line,
    .says = says,
    .statement =
        "x in {-2, -1, 1, 2}, f = a x + b, loss sum |f(x)| (subgradient 0 at 0), and the SG a "
        "constant c.  The loss has one critical point, its minimum a = b = 0.  The SG-critical "
        "points are c = 0 with (a, b) in the open double wedge |b| < |a|, or at the origin; in "
        "the wedge the loss has slope (6 sign a, 0).  The constant SG never moves a, and from "
        "every start with a != 0 small enough steps end in the wedge.",
};
