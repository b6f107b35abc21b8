/* NL7: an SG that is trained but not applied leaves the network's run bit-identical to plain
 * backprop. */
#include <math.h>
#include <string.h>

#include "claim/nl7/parts.h"
#include "lab/own.h"

/* Of the SG's, in the run that the figure has beside the others: the case's control. */
#define TRACE 1e-9

/* A net as the case describes it, or without any module. */
struct run {
    struct sg_net *net;
    struct sg_field field;
    struct sg_sim *sim;
};

struct runs {
    struct sg_case_arch arch;
    struct sg_data compressed;
    struct sg_batch batch;
    struct sg_sizes sizes; /* of the net with its modules */
    double *w, *phi;       /* where both start */
    struct run observed, backprop;
    struct run traced; /* with TRACE of the SG applied; for the figure alone */
};

static void start(struct sg_lab *lab, struct run *run, const struct runs *r,
                  const struct sg_module *modules, size_t n_modules)
{
    const struct sg_trial *trial = lab->trial;
    struct sg_arch arch = r->arch.arch;
    arch.modules = modules;
    arch.n_modules = n_modules;
    run->net = sg_lab_own_net(lab, sg_net_alloc(&arch));
    run->field = sg_sim_net_field(run->net, r->batch.n);
    const struct sg_sim_spec spec = {.field = &run->field,
                                     .net_opt = sg_case_opt(trial->c, trial->c->train.mu),
                                     .sg_opt = sg_case_opt(trial->c, trial->c->train.nu),
                                     .timing = sg_case_timing(trial->c, 0)};
    run->sim = sg_lab_own_sim(lab, sg_sim_alloc(&spec, r->w, r->phi));
}

static void start_traced(struct sg_lab *lab, struct runs *r)
{
    const size_t n = r->arch.arch.n_modules;
    struct sg_module *modules = SG_TAKE(lab, n, struct sg_module);
    for (size_t j = 0; j < n; j++) {
        modules[j] = r->arch.arch.modules[j];
        modules[j].mix = TRACE;
    }
    start(lab, &r->traced, r, modules, n);
}

static struct runs *make_runs(struct sg_lab *lab)
{
    const struct sg_trial *trial = lab->trial;
    const struct sg_data *data = trial->data;
    struct runs *r = SG_TAKE(lab, 1, struct runs);
    struct sg_error err = {{0}};
    sg_lab_own_rows(lab, &r->compressed);
    if (sg_case_make_arch(&r->arch, trial->c, data->d, data->m, &err) != SG_OK)
        sg_lab_stop(lab, SG_BAD_INPUT, "%s", err.text);
    if (trial->c->train.form == SG_FORM_COMPRESSED) {
        sg_lab_try(lab, sg_data_compress(&r->compressed, data));
        data = &r->compressed;
    }
    if (lab->status != SG_OK)
        return NULL;
    r->arch.arch.seed = trial->seed + trial->replicate; /* of a rule with fixed matrices */
    r->batch = sg_sim_batch(data);
    r->sizes = sg_net_sizes(sg_lab_own_net(lab, sg_net_alloc(&r->arch.arch)));
    r->w = SG_TAKE(lab, r->sizes.w, double);
    r->phi = SG_TAKE(lab, r->sizes.phi, double);
    struct sg_rng *rng = sg_lab_rng(lab, "start");
    sg_base_rng_gaussians(r->w, r->sizes.w, rng);
    sg_base_rng_gaussians(r->phi, r->sizes.phi, rng);
    start(lab, &r->observed, r, r->arch.arch.modules, r->arch.arch.n_modules);
    start(lab, &r->backprop, r, NULL, 0);
    if (trial->figure)
        start_traced(lab, r);
    return r;
}

static double moved(const double *from, const double *to, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (to[i] - from[i]) * (to[i] - from[i]);
    return sqrt(squares);
}

/* The figure's trial says how far both went, how many weights have other bits than backprop's, and
 * how far a trace of the SG takes them. */
static void add_series(struct sg_lab *lab, const struct runs *r, uint64_t t)
{
    const double *w = sg_sim_w(r->observed.sim), *backprop = sg_sim_w(r->backprop.sim);
    size_t differing = 0;
    for (size_t i = 0; i < r->sizes.w; i++) {
        uint64_t bits[2];
        memcpy(&bits[0], &w[i], sizeof *w);
        memcpy(&bits[1], &backprop[i], sizeof *w);
        differing += bits[0] != bits[1];
    }
    sg_lab_point(lab, (const double[]){(double)t, moved(r->w, w, r->sizes.w),
                                       moved(r->phi, sg_sim_phi(r->observed.sim), r->sizes.phi),
                                       (double)differing,
                                       moved(backprop, sg_sim_w(r->traced.sim), r->sizes.w)});
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    const struct runs *r = make_runs(lab);
    const size_t steps = (size_t)lab->trial->c->train.steps;
    size_t taken = 0, same = 0;
    bool finite = r != NULL;
    if (r && lab->trial->figure)
        sg_lab_series(lab, "moved", "step weights sg differing traced");
    for (; finite && taken < steps; taken++) {
        sg_sim_step(r->observed.sim, &r->batch);
        sg_sim_step(r->backprop.sim, &r->batch);
        if (lab->trial->figure)
            sg_sim_step(r->traced.sim, &r->batch);
        same += memcmp(sg_sim_w(r->observed.sim), sg_sim_w(r->backprop.sim),
                       r->sizes.w * sizeof *r->w) == 0;
        finite = sg_base_all_finite(sg_sim_w(r->backprop.sim), r->sizes.w);
        if (lab->trial->figure && ((taken + 1) % (1 + steps / 50) == 0 || taken + 1 == steps))
            add_series(lab, r, taken + 1);
    }
    sg_lab_count(lab, SG_SIMULATED, "same-bits",
                 "steps after which all weights have the bits of plain backprop", same, taken,
                 "bit for bit");
    if (r && !finite)
        sg_lab_stop(lab, SG_DIVERGED,
                    "backprop itself leaves the finite numbers in step %zu; lower train.mu", taken);
    if (r && memcmp(sg_sim_phi(r->observed.sim), r->phi, r->sizes.phi * sizeof *r->phi) == 0)
        sg_lab_stop(
            lab, SG_HYPOTHESIS,
            "the SG was not trained: its parameters kept their bits in all %zu steps; raise "
            "train.nu",
            taken);
}

const struct sg_claim sg_claim_nl7 = {
    .id = "NL7",
    .name = "nl7_observe_only",
    .title = "an SG that only observes changes no bit",
    .needs_data = true,
    .reads =
        "data.kind=gaussian|csv|classes|grid data.n data.d data.outputs data.rank "
        "data.condition data.noise"
        " data.bias data.labels data.one_hot data.side data.file data.target data.standardise"
        " data.standardise_target net.layers net.loss net.activation net.credit sg=some sg.at "
        "sg.family sg.hidden"
        " sg.terms sg.mix! train.form=sample|compressed train.order=simultaneous|network_first "
        "train.units=absolute train.mu"
        " train.nu train.optimiser train.beta1 train.beta2 train.epsilon train.steps",
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl7_learns, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement = "An SG module that is trained but not applied (mix = 0) leaves the network's run "
                 "bit-identical to plain "
                 "backpropagation: at its boundary the gradient that goes down IS what arrived, "
                 "not 1 times it plus 0 times s.",
};
