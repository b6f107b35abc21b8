/* DY14: one run of the case's net, all parts from one state or one after the other, on full batches
 * or minibatches. */
#include <math.h>
#include <stdlib.h>

#include "claim/dy14/parts.h"

static void end_run(void *thing)
{
    struct sg_dy14_run *run = thing;
    sg_ledger_free(run->ledger);
    sg_data_batches_free(run->batches);
    sg_data_rows_free(&run->rows);
    sg_net_work_free(run->work);
    sg_net_free(run->net);
    free(run);
}

/* The theorem is on dense layers with biases too.  Batch norm has one of its own. */
static void give_biases(struct sg_case_arch *arch)
{
    const size_t n = arch->arch.n_layers;
    for (size_t i = 0; i < n; i++)
        if (arch->layer[i].kind == SG_DENSE)
            arch->layer[i].bias = i + 1 == n || arch->layer[i + 1].kind != SG_BATCHNORM;
}

/* sg_net_init's weights, then every bias; every number of an SG. */
static void draw_start(struct sg_dy14_run *run, struct sg_lab *lab)
{
    struct sg_rng *rng = sg_lab_rng(lab, "start"), *of_sgs = sg_lab_rng(lab, "SG start");
    const struct sg_arch *arch = &run->arch.arch;
    sg_net_init(run->w, NULL, run->net, SG_GLOROT, rng);
    for (size_t i = 0; i < arch->n_layers; i++) {
        const size_t out = sg_net_width(run->net, i + 1);
        double *b = run->w + sg_net_layer_offset(run->net, i) + sg_net_width(run->net, i) * out;
        for (size_t j = 0; arch->layers[i].bias && j < out; j++)
            b[j] = 0.3 * sg_base_rng_gaussian(rng);
    }
    for (size_t j = 0; j < arch->n_modules; j++) {
        const size_t from = sg_net_module_offset(run->net, j),
                     to = j + 1 < arch->n_modules ? sg_net_module_offset(run->net, j + 1)
                                                  : run->sizes.phi;
        const double k = (double)sg_net_width(run->net, arch->modules[j].at);
        for (size_t i = from; i < to; i++)
            run->phi[i] = 0.3 * sg_base_rng_gaussian(of_sgs) / sqrt(k);
    }
}

static void take_moments(struct sg_lab *lab, struct sg_moments *moments, const struct sg_opt *opt,
                         size_t n)
{
    moments->m = sg_net_opt_has_m(opt) ? SG_TAKE(lab, n, double) : NULL;
    moments->v = sg_net_opt_has_v(opt) ? SG_TAKE(lab, n, double) : NULL;
}

struct sg_dy14_run *sg_dy14_run_make(struct sg_lab *lab, const struct sg_case *c, double share)
{
    const struct sg_trial *trial = lab->trial;
    const struct sg_data *data = trial->data;
    struct sg_dy14_run *run = SG_NEW(1, struct sg_dy14_run);
    struct sg_error err;
    sg_lab_own(lab, run, end_run);
    *run = (struct sg_dy14_run){
        .c = c, .data = data, .mu = share * c->train.mu, .nu = share * c->train.nu};
    if (sg_case_make_arch(&run->arch, c, data->d, data->m, &err) != SG_OK) {
        sg_lab_stop(lab, SG_HYPOTHESIS, "%s", err.text);
        return NULL;
    }
    give_biases(&run->arch);
    const bool mini = c->given[sg_case_key_find("train.batch")];
    const size_t batch = mini ? (size_t)c->train.batch : data->n;
    run->net = sg_net_alloc(&run->arch.arch);
    run->sizes = sg_net_sizes(run->net);
    run->work = sg_net_work_alloc(run->net, batch);
    run->ledger = sg_ledger_alloc(run->net, run->mu, run->nu);
    sg_data_rows_alloc(&run->rows, SG_F64, batch, data->d, data->m);
    if (mini)
        run->batches = sg_data_batches_alloc(data->n, batch, trial->seed, c->name,
                                             trial->replicate);
    run->w = SG_TAKE(lab, run->sizes.w, double);
    run->dw = SG_TAKE(lab, run->sizes.w, double);
    run->phi = SG_TAKE(lab, run->sizes.phi, double);
    run->dphi = SG_TAKE(lab, run->sizes.phi, double);
    const struct sg_opt opt = sg_case_opt(c, run->mu);
    take_moments(lab, &run->w_moments, &opt, run->sizes.w);
    take_moments(lab, &run->phi_moments, &opt, run->sizes.phi);
    draw_start(run, lab);
    sg_ledger_start(run->ledger, run->w, run->phi);
    return run;
}

static void evaluate(struct sg_dy14_run *run, const struct sg_batch *batch, unsigned want)
{
    const struct sg_state state = {.w = run->w, .phi = run->phi};
    sg_net_eval_state(run->dw, run->dphi, NULL, run->net, &state, batch, want | SG_TRAIN,
                      run->work);
}

static void move_net(struct sg_dy14_run *run)
{
    const struct sg_opt opt = sg_case_opt(run->c, run->mu);
    sg_net_opt_step(run->w, opt.kind == SG_GD ? NULL : &run->w_moments, run->w, run->dw, &opt,
                    SG_F64, run->sizes.w);
}

static void move_sgs(struct sg_dy14_run *run)
{
    const struct sg_opt opt = sg_case_opt(run->c, run->nu);
    sg_net_opt_step(run->phi, opt.kind == SG_GD ? NULL : &run->phi_moments, run->phi, run->dphi,
                    &opt, SG_F64, run->sizes.phi);
}

static void step(struct sg_dy14_run *run)
{
    const size_t *index = run->batches ? sg_data_batches_at(run->batches, run->time) : NULL;
    const struct sg_batch batch =
        sg_data_gather(&run->rows, run->data, index, run->rows.capacity);
    evaluate(run, &batch, SG_WANT_W | SG_WANT_PHI);
    switch ((enum sg_order)run->c->train.order) {
    case SG_SIMULTANEOUS:
        move_net(run);
        move_sgs(run);
        break;
    case SG_SG_FIRST:
        move_sgs(run);
        evaluate(run, &batch, SG_WANT_W);
        move_net(run);
        break;
    case SG_NETWORK_FIRST:
        move_net(run);
        evaluate(run, &batch, SG_WANT_PHI);
        move_sgs(run);
        break;
    }
    if (!run->ends_only)
        sg_ledger_step(run->ledger, run->w, run->phi, &batch, run->work);
    run->time++;
}

bool sg_dy14_run_advance(struct sg_dy14_run *run, uint64_t steps)
{
    const double far = 1e3;
    for (uint64_t t = 0; t < steps && !run->left; t++) {
        step(run);
        run->left = !(sg_base_max_abs(run->w, run->sizes.w) <= far &&
                      sg_base_max_abs(run->phi, run->sizes.phi) <= far);
    }
    if (run->ends_only)
        sg_ledger_step(run->ledger, run->w, run->phi, NULL, NULL);
    return !run->left;
}
