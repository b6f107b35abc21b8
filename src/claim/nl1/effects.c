/* NL1: the runs by depth, activation, rule and seed, and the effects. */
#include "claim/nl1/parts.h"

struct sg_nl_epoch *sg_nl1_curve(const struct sg_nl1 *x, size_t depth, size_t activation,
                                 enum sg_nl1_rule rule, size_t seed)
{
    const size_t run =
        ((depth * x->n_activations + activation) * SG_NL1_RULES + rule) * x->seeds + seed;
    return x->curve + run * x->epochs;
}

double sg_nl1_mu(const struct sg_nl1 *x, size_t depth, enum sg_nl1_rule rule)
{
    const struct sg_case_train *train = &x->trial->c->train;
    return train->mu * sg_nl_times(&train->mu_times, 2 * depth + (rule != SG_NL1_BACKPROP));
}

double sg_nl1_nu(const struct sg_nl1 *x, size_t depth)
{
    const struct sg_case_train *train = &x->trial->c->train;
    return train->nu * sg_nl_times(&train->nu_times, depth);
}

double sg_nl1_accuracy(const struct sg_nl1 *x, size_t depth, size_t activation,
                       enum sg_nl1_rule rule, size_t seed)
{
    return sg_nl1_curve(x, depth, activation, rule, seed)[x->epochs - 1].test_accuracy;
}

double sg_nl1_loss_at_first(const struct sg_nl1 *x, size_t depth, size_t activation,
                            enum sg_nl1_rule rule, size_t seed)
{
    const size_t first = sg_nl_tenth(x->epochs);
    double mean = 0;
    for (size_t epoch = 0; epoch < first; epoch++)
        mean += sg_nl1_curve(x, depth, activation, rule, seed)[epoch].loss / (double)first;
    return mean;
}

static double effect_learns(const struct sg_nl1 *x, size_t depth, size_t activation, size_t seed)
{
    return sg_nl1_accuracy(x, depth, activation, SG_NL1_SG, seed) -
           sg_nl1_accuracy(x, depth, activation, SG_NL1_FROZEN, seed);
}

static double effect_faster(const struct sg_nl1 *x, size_t depth, size_t activation, size_t seed)
{
    return sg_nl1_loss_at_first(x, depth, activation, SG_NL1_BACKPROP, seed) -
           sg_nl1_loss_at_first(x, depth, activation, SG_NL1_SG, seed);
}

static double cost(const struct sg_nl1 *x, size_t depth, size_t activation, size_t seed)
{
    return sg_nl1_accuracy(x, depth, activation, SG_NL1_BACKPROP, seed) -
           sg_nl1_accuracy(x, depth, activation, SG_NL1_SG, seed);
}

/* Of the accuracy that an SG costs, how much more at this depth than at the smallest. */
static double effect_depth(const struct sg_nl1 *x, size_t depth, size_t activation, size_t seed)
{
    return cost(x, depth, activation, seed) - cost(x, 0, activation, seed);
}

static const struct {
    const char *id, *what, *name;
    size_t first; /* the first depth that it is about */
    double (*of)(const struct sg_nl1 *x, size_t depth, size_t activation, size_t seed);
} effects[] = {
    {"faster", "faster at first: training loss over a tenth of the run, backprop's less the SG's",
     "faster at first", 0, effect_faster},
    {"learns", "the SG trains what lies below it: test accuracy over a frozen lower half",
     "over a frozen lower half", 0, effect_learns},
    {"depth", "depth hurts: the SG's cost in accuracy, over that at the smallest depth",
     "depth hurts", 1, effect_depth},
};
enum { EFFECTS = sizeof effects / sizeof *effects };

/* Means over depths and activations, a value a seed: what one seed's runs share is not counted
 * twice. */
void sg_nl1_effects(struct sg_lab *lab, const struct sg_nl1 *x)
{
    struct sg_effect said[EFFECTS];
    const size_t n = x->n_depths > 1 ? EFFECTS : EFFECTS - 1;
    for (size_t e = 0; e < n; e++) {
        double *each = SG_TAKE(lab, x->seeds, double);
        const size_t pairs = (x->n_depths - effects[e].first) * x->n_activations;
        for (size_t seed = 0; seed < x->seeds; seed++)
            for (size_t i = 0; i < pairs; i++)
                each[seed] += effects[e].of(x, effects[e].first + i / x->n_activations,
                                            i % x->n_activations, seed) /
                              (double)pairs;
        said[e] =
            (struct sg_effect){effects[e].id, effects[e].what, effects[e].name, each, x->seeds};
    }
    sg_lab_effects(lab, said, n);
}
