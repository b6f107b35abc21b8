/* DY14 in rational arithmetic: one step from the case's start, exactly. */
#include "claim/dy14/parts.h"
#include "lab/record.h"

/* Samples that are taken: the numbers grow with each. */
enum { SAMPLES = 8, WIDTH = 12 };

/* Is the case's step a rational one that the statement is about?  Batch norm has a root, the log
 * losses an exponential. */
static bool is_rational(const struct sg_dy14_run *run)
{
    const struct sg_case *c = run->c;
    bool narrow = run->data->d <= WIDTH && run->data->m <= WIDTH && c->net.layers.n <= 6;
    for (size_t i = 0; i < c->net.layers.n; i++)
        narrow = narrow && c->net.layers.value[i] <= WIDTH;
    return narrow && c->net.loss == SG_MSE && !c->net.batch_norm &&
           c->net.activation != SG_SIGMOID && c->train.order == SG_SIMULTANEOUS &&
           c->train.optimiser == SG_GD;
}

static void record(struct sg_lab *lab, const struct sg_cert_ledger *net, enum sg_status status)
{
    const size_t k = net->modules;
    size_t *at = SG_TAKE(lab, k, size_t), *terms = SG_TAKE(lab, k, size_t),
           *arriving = SG_TAKE(lab, k, size_t), n_w = 0, n_phi = 0;
    double *mix = SG_TAKE(lab, k, double);
    for (size_t i = 0; i < net->layers; i++)
        n_w += (net->width[i] + 1) * net->width[i + 1];
    for (size_t j = 0; j < k; j++) {
        const struct sg_cert_ledger_module *module = &net->module[j];
        at[j] = module->at;
        terms[j] = module->terms;
        arriving[j] = module->arriving;
        mix[j] = module->mix;
        n_phi += net->width[at[j]] * ((terms[j] & SG_H ? net->width[at[j]] : 0) +
                                      (terms[j] & SG_Y ? net->m : 0) + (terms[j] & SG_ONE ? 1 : 0));
    }
    struct sg_record *r = sg_lab_record(lab, "ledger_step", "step-proved");
    sg_record_wholes(r, "width", net->width, net->layers + 1);
    sg_record_flag(r, "relu", net->relu);
    sg_record_wholes(r, "module_at", at, k);
    sg_record_wholes(r, "module_terms", terms, k);
    sg_record_wholes(r, "module_arriving", arriving, k);
    sg_record_array(r, "module_mix", mix, 1, k);
    sg_record_array(r, "w", net->w, 1, n_w);
    sg_record_array(r, "phi", net->phi, 1, n_phi);
    sg_record_array(r, "x", net->x, net->n, net->width[0]);
    sg_record_array(r, "y", net->y, net->n, net->m);
    sg_record_number(r, "mu", net->mu);
    sg_record_outcome(r, status);
    sg_record_end(r);
}

void sg_dy14_certify(struct sg_lab *lab, const struct sg_dy14_run *start)
{
    const struct sg_case *c = start->c;
    const struct sg_data *data = start->data;
    const struct sg_arch *arch = &start->arch.arch;
    if (lab->trial->replicate != 0 || !is_rational(start))
        return;
    const size_t layers = c->net.layers.n + 1;
    size_t *width = SG_TAKE(lab, layers + 1, size_t);
    struct sg_cert_ledger_module *module =
        SG_TAKE(lab, arch->n_modules, struct sg_cert_ledger_module);
    width[0] = data->d;
    for (size_t i = 1; i <= layers; i++)
        width[i] = sg_net_width(start->net, sg_case_end(c, i));
    for (size_t j = 0; j < arch->n_modules; j++)
        module[j] = (struct sg_cert_ledger_module){
            .at = c->module[j].at < 0 ? layers : (size_t)c->module[j].at,
            .terms = arch->modules[j].terms,
            .arriving = arch->modules[j].target == SG_TARGET_ARRIVING,
            .mix = arch->modules[j].mix};
    const struct sg_cert_ledger exact = {.n = data->n < SAMPLES ? data->n : SAMPLES,
                                         .m = data->m,
                                         .layers = layers,
                                         .width = width,
                                         .relu = c->net.activation == SG_RELU,
                                         .modules = arch->n_modules,
                                         .module = module,
                                         .w = start->w,
                                         .phi = start->phi,
                                         .x = data->x,
                                         .y = data->y,
                                         .mu = start->mu};
    const enum sg_status status = sg_cert_ledger_step(&exact);
    record(lab, &exact, status);
    sg_lab_proved(lab, "step-proved",
                  "a step from the start changes every D_k by the steps' squares and nothing else, "
                  "exactly",
                  status, SG_OK,
                  "rational arithmetic (FLINT); binary64 numbers, exact");
}
