/* NL1: the table and the series of its figures. */
#include "claim/nl1/parts.h"

static struct sg_nl_epoch mean_of(const struct sg_nl1 *x, size_t depth, size_t activation,
                                  enum sg_nl1_rule rule, size_t epoch)
{
    struct sg_nl_epoch mean = {0, 0, 0, 0};
    const double share = 1 / (double)x->seeds;
    for (size_t seed = 0; seed < x->seeds; seed++)
        sg_nl_epoch_add(&mean, &sg_nl1_curve(x, depth, activation, rule, seed)[epoch], share);
    return mean;
}

/* Mean and 95 % interval over seeds. */
static double accuracy(struct sg_t_interval *interval, struct sg_lab *lab, const struct sg_nl1 *x,
                       size_t depth, size_t activation, enum sg_nl1_rule rule)
{
    double *all = SG_TAKE(lab, x->seeds, double);
    for (size_t seed = 0; seed < x->seeds; seed++)
        all[seed] = sg_nl1_accuracy(x, depth, activation, rule, seed);
    return sg_lab_t_interval(interval, all, x->seeds, 0.95);
}

/* The drop in the last tenth says whether a run has come to rest. */
void sg_nl1_table(struct sg_lab *lab, const struct sg_nl1 *x)
{
    static const char *const words[SG_NL1_RULES] = {"backprop", "one SG", "frozen"};
    const size_t last = x->epochs - 1, before = sg_nl_tenth_before_last(x->epochs);
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%zu seeds (same images), %zu epochs, %.60s: means, 95 %%",
                                   x->seeds, x->epochs, sg_nl_describe_data(lab)),
                     "hidden layers, rule|mu|nu|loss, first tenth|loss, last|its drop, last tenth|"
                     "test loss|test accuracy|from|to");
    for (size_t i = 0; i < x->n_activations * x->n_depths * SG_NL1_RULES; i++) {
        const size_t d = i / SG_NL1_RULES % x->n_depths, a = i / (SG_NL1_RULES * x->n_depths);
        const enum sg_nl1_rule rule = (enum sg_nl1_rule)(i % SG_NL1_RULES);
        const struct sg_nl_epoch end = mean_of(x, d, a, rule, last);
        struct sg_t_interval interval;
        double first = 0;
        for (size_t seed = 0; seed < x->seeds; seed++)
            first += sg_nl1_loss_at_first(x, d, a, rule, seed) / (double)x->seeds;
        const double mean = accuracy(&interval, lab, x, d, a, rule);
        sg_claim_listing_row(
            lab->ev,
            sg_lab_format(lab, "%d %s, %s", x->trial->c->net.depths.value[d],
                          sg_net_layer_name((int)x->activation[a]), words[rule]),
            (const double[]){sg_nl1_mu(x, d, rule), rule == SG_NL1_SG ? sg_nl1_nu(x, d) : SG_NAN,
                             first, end.loss, mean_of(x, d, a, rule, before).loss - end.loss,
                             end.test_loss, mean, interval.low, interval.high});
    }
}

void sg_nl1_series(struct sg_lab *lab, const struct sg_nl1 *x)
{
    sg_lab_series(lab, "curves",
                  "activation depth rule epoch loss sg_loss test_loss test_accuracy");
    const size_t nets = x->n_activations * x->n_depths;
    for (size_t i = 0; i < nets * SG_NL1_RULES * x->epochs; i++) {
        const size_t epoch = i % x->epochs, d = i / (SG_NL1_RULES * x->epochs) % x->n_depths;
        const size_t a = i / (SG_NL1_RULES * x->epochs * x->n_depths);
        const enum sg_nl1_rule rule = (enum sg_nl1_rule)(i / x->epochs % SG_NL1_RULES);
        const struct sg_nl_epoch e = mean_of(x, d, a, rule, epoch);
        sg_lab_point(lab,
                     (const double[]){x->activation[a] == SG_SIGMOID,
                                      x->trial->c->net.depths.value[d], rule, (double)epoch + 1,
                                      e.loss, e.sg_loss, e.test_loss, e.test_accuracy});
    }
    sg_lab_series(lab, "ends", "activation depth rule test_accuracy low high");
    for (size_t i = 0; i < nets * SG_NL1_RULES; i++) {
        const size_t d = i / SG_NL1_RULES % x->n_depths, a = i / (SG_NL1_RULES * x->n_depths);
        struct sg_t_interval interval;
        const double mean = accuracy(&interval, lab, x, d, a, (enum sg_nl1_rule)(i % SG_NL1_RULES));
        sg_lab_point(
            lab, (const double[]){x->activation[a] == SG_SIGMOID, x->trial->c->net.depths.value[d],
                                  (double)(i % SG_NL1_RULES), mean, interval.low, interval.high});
    }
}
