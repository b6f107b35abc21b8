/* CP2: with labels the joint critical points are the critical points, neither more nor fewer.
 *
 * The joint equations F(w, phi) = 0 are solved by Levenberg-Marquardt from starts far away, knowing
 * nothing of the theorem.  The true gradient at each solution is judged by the bound that F alone
 * gives: for every state, critical or not,
 *
 *     grad L = F_w - E[x^T z] S_z^+ F_phi
 *
 * (p = x W; with more layers sg_closed_chain_gradient of closed.h),
 *
 * so |grad L| <= |F_w| + sqrt(lambda_max(S_x) / lambda_min+(S_z)) |F_phi|: no solution of F = 0 can
 * be anything but a critical point.  A replicate looks at the case's data and at smaller relatives:
 * other widths, realizable, rank-deficient, with and without a ones column. */
#include <stdlib.h>

#include "claim/cp2/parts.h"

enum { RELATIVES = 5, FULL_RELATIVES = 40 };
/* Unknowns (w, phi) of the joint equations.  The solver's cost is their cube: some seconds a data
 * set at 300, a minute at 600. */
enum { UNKNOWNS = 300, FULL_UNKNOWNS = 600 };

static const char columns[] = "instance start iteration residual level bound gradient solution";

/* One data set: solutions, and the identity. */
struct instance {
    const struct sg_case *c;
    const struct sg_data *data;
    struct sg_cp2_tally *tally;
    struct sg_rng *rng;
    double number;
    bool record;
};

static void check_instance(struct sg_lab *lab, void *context)
{
    const struct instance *i = context;
    struct sg_twin *t = sg_twin_make(lab, i->c, i->data);
    if (!t)
        return;
    sg_cp2_solutions(lab, t, i->tally, i->number, i->record, i->rng);
    sg_cp2_identity(lab, t, i->tally, i->rng);
}

/* A smaller case of the same kind: widths up to the case's, realizable one time in three,
 * rank-deficient one time in two, any bias. */
static void draw_relative(struct sg_case *c, struct sg_rng *rng)
{
    struct sg_case_data *data = &c->data;
    data->d = 1 + (int)sg_base_rng_index(rng, (size_t)data->d);
    data->outputs = 1 + (int)sg_base_rng_index(rng, (size_t)data->outputs);
    data->bias = sg_base_rng_index(rng, 2) == 0;
    if (sg_base_rng_index(rng, 3) == 0)
        data->noise = 0;
    const size_t small = (size_t)(data->d < data->n ? data->d : data->n);
    const size_t rank = 1 + sg_base_rng_index(rng, small);
    data->rank = sg_base_rng_index(rng, 2) == 0 ? (int)rank : 0;
}

static void check_all(struct sg_lab *lab, const struct sg_case *of, struct sg_cp2_tally *tally,
                      bool record, struct sg_rng *rng)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_case *c = SG_TAKE(lab, 1, struct sg_case);
    struct instance i = {of, trial->data, tally, rng, 0, record};
    /* A stream of its own: the same relatives with labels and without. */
    struct sg_rng *kin = sg_lab_rng(lab, "relatives");
    const int count = of->data.kind != SG_DATA_GAUSSIAN ? 0
                      : trial->full                     ? FULL_RELATIVES
                                                        : RELATIVES;
    sg_lab_part(lab, check_instance, &i);
    for (i.c = c; i.number < count && lab->status == SG_OK;) {
        *c = *of;
        draw_relative(c, kin);
        i.data = sg_lab_data(lab, c, trial->replicate);
        i.number++;
        sg_lab_part(lab, check_instance, &i);
    }
}

/* For the figure: the same data, the same solver, the SG without labels; its rows are no
 * evidence. */
static void draw_unlabelled(struct sg_lab *lab, struct sg_rng *rng)
{
    struct sg_evidence aside = {0};
    struct sg_cp2_tally tally = {0};
    struct sg_case *c = sg_base_copy(lab->trial->c, 1, sizeof *c);
    struct sg_lab other = sg_lab_begin(&aside, lab->trial);
    sg_lab_own(&other, c, free);
    for (size_t j = 0; j < c->n_modules; j++) { /* never an SG of no term */
        const unsigned terms = c->module[j].terms;
        c->module[j].terms = terms == SG_Y ? SG_ONE : terms & ~(unsigned)SG_Y;
    }
    sg_lab_series(&other, "unlabelled", columns);
    check_all(&other, c, &tally, true, rng);
    sg_lab_try(lab, sg_lab_end(&other));
    sg_lab_series(lab, "unlabelled", columns);
    for (size_t i = 0; i < aside.series[0].rows; i++)
        sg_lab_point(lab, aside.series[0].value + i * aside.series[0].width);
    sg_claim_evidence_free(&aside);
}

static bool can_solve(struct sg_lab *lab, const struct sg_twin *t)
{
    const size_t unknowns = t->n_w + t->n_phi;
    const size_t most = lab->trial->full ? FULL_UNKNOWNS : UNKNOWNS;
    if (unknowns > most)
        sg_lab_stop(lab, SG_BUDGET,
                    "the joint equations have %zu unknowns, weights and SG parameters, and the "
                    "budget of the solver is %zu (%d with --full); take narrower or fewer layers "
                    "(net.layers), fewer columns (data.d) or outputs",
                    unknowns, most, FULL_UNKNOWNS);
    return lab->status == SG_OK;
}

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_cp2_tally tally = {0};
    if (trial->c->experiment == SG_EXPERIMENT_DRAWN) {
        sg_cp2_drawn(lab);
        return;
    }
    if (!can_solve(lab, on))
        return;
    struct sg_rng *rng = sg_lab_rng(lab, "starts");
    if (trial->figure)
        sg_lab_series(lab, "labelled", columns);
    check_all(lab, trial->c, &tally, trial->figure, rng);
    sg_cp2_need_solutions(lab, &tally);
    if (tally.clear < tally.states)
        sg_lab_note(lab,
                    "the identity at %zu of %zu random states, at the others z has nearly "
                    "dependent columns",
                    tally.clear, tally.states);
    if (trial->c->net.layers.n == 0) {
        sg_cp2_attained(lab);
        sg_twin_certify(on);
    }
    if (trial->figure && lab->status == SG_OK)
        draw_unlabelled(lab, rng);
}

/* Drawn nets are made one after the other, each of its own size. */
static void *make(struct sg_lab *lab)
{
    const struct sg_trial *trial = lab->trial;
    const bool drawn = trial->c->experiment == SG_EXPERIMENT_DRAWN;
    return drawn ? NULL : sg_twin_make(lab, trial->c, trial->data);
}

static const struct sg_instrument twin = {make};

const struct sg_claim sg_claim_cp2 = {
    .id = "CP2",
    .name = "cp2_equivalence",
    .title = "with labels, joint critical points are critical points",
    .needs_data = true,
    .reads =
        " experiment=main|drawn data.n data.d data.outputs data.condition data.noise net.loss=mse "
        "sg.family=linear sg.terms sg.mix=1.0 train.form=sample|compressed @main "
        "data.kind=gaussian|csv data.rank data.bias data.file data.target data.standardise "
        "data.standardise_target net.layers sg=some sg.at sg.target @drawn data.kind=gaussian "
        "net.layers! sg=one",
    .supposes = (const struct sg_hypothesis *const[]){&sg_twin_wide, &sg_cp2_layered, NULL},
    .measure = sg_lab_measure,
    .on = &twin,
    .says = says,
    .statement =
        "Linear net under MSE, linear SGs with labels (terms h and y) at any boundaries.  At "
        "every state (w, phi) the true gradient is F_w - E[x^T z] S_z^+ F_phi, F = (F_w, F_phi) "
        "the joint directions, z = (p, y, 1) (one layer; with more, layer by layer).  So |grad L| "
        "<= |F_w| + sqrt(lambda_max(S_x) / lambda_min+(S_z)) |F_phi|, and w belongs to a joint "
        "critical point iff it is a critical point of the loss: none is lost, none is added.  "
        "Without labels critical points are added.",
};
