/* NL7: an SG that is trained but not applied leaves the network's run bit-identical to plain backprop. */
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"

/* A net as the case describes it, or without any module, stepped from the same random start. */
static struct sg_sim *start(struct sg_net **net, struct sg_field *field, const struct sg_case_arch *arch, bool modules, const struct sg_data *rows,
                            const struct sg_trial *trial, const double *w, const double *phi)
{
    struct sg_arch plain = arch->arch;
    if (!modules)
        plain.n_modules = 0;
    *net = sg_net_alloc(&plain);
    *field = sg_sim_net_field(*net, rows->n);
    const struct sg_sim_spec spec = {.field = field, .net_opt = sg_case_opt(trial->c, trial->c->train.mu),
                                     .sg_opt = sg_case_opt(trial->c, trial->c->train.nu), .timing = sg_case_timing(trial->c, 0)};
    return sg_sim_alloc(&spec, w, phi);
}

static enum sg_status measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_case_arch arch;
    struct sg_error err;
    struct sg_data rows = {0};
    const struct sg_data *data = trial->data;
    enum sg_status status = sg_case_make_arch(&arch, trial->c, data->d, data->m, &err);
    if (status == SG_OK && trial->c->train.form != SG_FORM_SAMPLE) {
        status = sg_data_compress(&rows, data);
        data = &rows;
    }
    if (status != SG_OK || arch.arch.n_modules == 0)
        return status != SG_OK ? status : SG_HYPOTHESIS;
    arch.arch.seed = trial->seed + trial->replicate;      /* of a rule with fixed matrices */
    struct sg_net *with, *without;
    struct sg_field with_field, without_field;
    struct sg_net *probe = sg_net_alloc(&arch.arch);
    const struct sg_sizes sizes = sg_net_sizes(probe);
    sg_net_free(probe);
    double *w = SG_NEW(sizes.w, double), *phi = SG_NEW(sizes.phi, double);
    struct sg_rng *rng = sg_claim_rng(trial, "start");
    sg_base_rng_gaussians(w, sizes.w, rng);
    sg_base_rng_gaussians(phi, sizes.phi, rng);
    sg_base_rng_free(rng);
    struct sg_sim *observed = start(&with, &with_field, &arch, true, data, trial, w, phi);
    struct sg_sim *backprop = start(&without, &without_field, &arch, false, data, trial, w, phi);
    const struct sg_batch batch = sg_sim_batch(data);
    size_t same = 0, learned = 0;
    const size_t steps = (size_t)trial->c->train.steps;
    for (size_t t = 0; t < steps; t++) {
        sg_sim_step(observed, &batch);
        sg_sim_step(backprop, &batch);
        same += memcmp(sg_sim_w(observed), sg_sim_w(backprop), sizes.w * sizeof *w) == 0;
    }
    learned = memcmp(sg_sim_phi(observed), phi, sizes.phi * sizeof *phi) != 0;
    sg_claim_compare(ev, SG_SIMULATED, "share of steps after which all weights have the bits of plain backprop", (double)same / (double)steps, 1.0, 0.0,
                     "exact");
    sg_claim_fact(ev, SG_SIMULATED, "the SG was trained meanwhile", learned, "exact");
    sg_claim_fact(ev, SG_SIMULATED, "both runs stayed finite", sg_base_all_finite(sg_sim_w(observed), sizes.w), "exact");
    sg_sim_free(observed);
    sg_sim_free(backprop);
    sg_net_free(with);
    sg_net_free(without);
    sg_data_free(&rows);
    free(w);
    free(phi);
    return SG_OK;
}

const struct sg_claim sg_claim_nl7 = {
    .id = "NL7", .name = "nl7_observe_only", .title = "an SG that only observes changes no bit", .needs_data = true,
    .measure = measure,
    .statement = "An SG module that is trained but not applied (mix = 0) leaves the network's run bit-identical to plain backpropagation: at its boundary the "
                 "gradient that goes down IS what arrived, not 1 times it plus 0 times s.",
};
