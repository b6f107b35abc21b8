/* The rules of NL6: what each puts in place of dl/dh, what it should wait for, and what it costs.
 */
#include "claim/nl6/parts.h"

const struct sg_nl6_rule sg_nl6_rules[SG_NL6_RULES] = {
    {"bp", "backprop", SG_TRUE, SG_NL6_NO_SG, SG_TARGET_TRUE, 0},
    {"sg", "SG in the middle", SG_TRUE, SG_NL6_MIDDLE, SG_TARGET_ARRIVING, 1},
    {"sgs", "SGs, arriving", SG_TRUE, SG_NL6_EVERYWHERE, SG_TARGET_ARRIVING, 1},
    {"sgs-true", "SGs, true", SG_TRUE, SG_NL6_EVERYWHERE, SG_TARGET_TRUE, 1},
    {"mixed", "half SG, half true", SG_TRUE, SG_NL6_MIDDLE, SG_TARGET_ARRIVING, 0.5},
    {"prop", "SG + prop", SG_TRUE, SG_NL6_OUTPUT, SG_TARGET_ARRIVING, 1},
    {"fa", "feedback alignment", SG_FEEDBACK, SG_NL6_NO_SG, SG_TARGET_TRUE, 0},
    {"dfa", "direct feedback", SG_DIRECT, SG_NL6_NO_SG, SG_TARGET_TRUE, 0},
    {"kickback", "kickback", SG_KICKBACK, SG_NL6_NO_SG, SG_TARGET_TRUE, 0},
    {"none", "no propagation", SG_NOTHING, SG_NL6_NO_SG, SG_TARGET_TRUE, 0},
};

static size_t middle_of(size_t depth)
{
    return (depth + 1) / 2;
}

struct sg_nl_net sg_nl6_net(const struct sg_nl6_rule *rule, const struct sg_case *c, uint64_t seed)
{
    struct sg_nl_net net = sg_nl_net_of(c, (size_t)c->net.depths.value[0]);
    net.credit = rule->credit;
    net.target = rule->target;
    net.mix *= rule->share;
    net.seed = seed;
    if (rule->place == SG_NL6_MIDDLE || rule->place == SG_NL6_OUTPUT) {
        net.n_sg = 1;
        net.sg_after[0] = rule->place == SG_NL6_MIDDLE ? middle_of(net.depth) : net.depth + 1;
    }
    if (rule->place == SG_NL6_EVERYWHERE)
        for (net.n_sg = 0; net.n_sg < net.depth; net.n_sg++)
            net.sg_after[net.n_sg] = net.n_sg + 1;
    return net;
}

/* A block right under an SG that is applied in full waits for nothing, nor does one under nothing.
 * With a rule that sends dl/dp down directly it waits for the loss.  Feedback alignment needs the
 * slopes of the layers between, of which the last hidden block has none. */
enum sg_nl6_wait sg_nl6_theory(const struct sg_nl6_rule *rule, size_t block, size_t depth)
{
    const bool under_sg = rule->place == SG_NL6_EVERYWHERE ||
                          (rule->place == SG_NL6_MIDDLE && block == middle_of(depth));
    if (rule->share == 1 && under_sg)
        return SG_NL6_NOTHING_ABOVE;
    switch (rule->credit) {
    case SG_NOTHING:
        return SG_NL6_NOTHING_ABOVE;
    case SG_DIRECT:
    case SG_KICKBACK:
        return SG_NL6_LOSS;
    case SG_FEEDBACK:
        return block == depth ? SG_NL6_LOSS : SG_NL6_LAYERS;
    case SG_TRUE:
    case SG_CREDITS:
        break;
    }
    return SG_NL6_LAYERS;
}

/* ---- products ------------------------------------------------------------------------------- */

struct shape {
    double depth, width, inputs, classes;
};

/* s = h A + y B: the SG above block 1..depth, or at the output. */
static double sg_products(const struct shape *n, bool output)
{
    const double k = output ? n->classes : n->width;
    return 2 * k * (k + n->classes);
}

static double forward(const struct shape *n, double blocks)
{
    const double last = blocks > n->depth ? 2 * n->width * (n->classes - n->width) : 0;
    return 2 * n->width * (n->inputs + (blocks - 1) * n->width) + last;
}

/* From boundary `from` (depth + 1: the output) down to that above block 1. */
static double down(const struct shape *n, double from)
{
    return forward(n, from) - forward(n, 1);
}

struct sg_nl6_cost sg_nl6_count(const struct sg_nl6_rule *rule, const struct sg_case *c,
                                size_t inputs, size_t classes)
{
    const struct shape n = {(double)c->net.depths.value[0], (double)c->net.layers.value[0],
                            (double)inputs, (double)classes};
    const double out = n.depth + 1, all = forward(&n, out), direct = 2 * n.classes * n.width;
    const double modules = rule->place == SG_NL6_NO_SG        ? 0
                           : rule->place == SG_NL6_EVERYWHERE ? n.depth
                                                              : 1;
    const double one_sg = sg_products(&n, rule->place == SG_NL6_OUTPUT);
    struct sg_nl6_cost cost = {
        .step = 2 * all + 2 * modules * one_sg}; /* forward and dW; s and the SG's own gradient */
    switch (rule->credit) {
    case SG_NOTHING:
        cost.first_block = forward(&n, 1);
        return cost;
    case SG_DIRECT:
    case SG_KICKBACK:
        cost.step += n.depth * direct;
        cost.first_block = all + direct;
        return cost;
    case SG_TRUE:
    case SG_FEEDBACK:
    case SG_CREDITS:
        break;
    }
    cost.step += down(&n, out); /* under SGs too: it is what they learn from */
    const double cut = rule->place == SG_NL6_EVERYWHERE ? 1 : (double)middle_of((size_t)n.depth);
    const bool unlocks = rule->share == 1 && rule->place != SG_NL6_OUTPUT;
    cost.first_block = unlocks ? forward(&n, cut) + one_sg + down(&n, cut)
                               : all + (rule->place == SG_NL6_OUTPUT ? one_sg : 0) + down(&n, out);
    return cost;
}
