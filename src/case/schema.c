/* Every key of a case file, one row each.  Reading, refusing, suggesting and `explain case` all
 * go through this table. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "case/schema.h"

/* A word of a case file.  The words of what kernels name are in their tables (src/net/kernel). */
#define WORD(word, is) {.name = (word), .value = (is)}
#define OF(what, kind) {.value = (kind), .named = sg_net_##what##_name}
#define HAS_ALL(choices, count)                                                                    \
    _Static_assert(sizeof(choices) / sizeof *(choices) == (count) + 1, "a row for each")

static const struct sg_case_choice expects[] = {
    WORD("holds", 0), WORD("fails", 0), WORD("inconclusive", 0), WORD("reproduced", 0),
    WORD("not reproduced", 0), {0}};
static const struct sg_case_choice experiments[] = {
    WORD("main", SG_EXPERIMENT_MAIN), WORD("map", SG_EXPERIMENT_MAP),
    WORD("drawn", SG_EXPERIMENT_DRAWN), WORD("deep", SG_EXPERIMENT_DEEP),
    WORD("unlocked", SG_EXPERIMENT_UNLOCKED), WORD("minibatches", SG_EXPERIMENT_MINIBATCHES),
    WORD("flight", SG_EXPERIMENT_FLIGHT), WORD("return", SG_EXPERIMENT_RETURN), {0}};
static const struct sg_case_choice kinds[] = {
    WORD("gaussian", SG_DATA_GAUSSIAN), WORD("csv", SG_DATA_CSV), WORD("classes", SG_DATA_CLASSES),
    WORD("grid", SG_DATA_GRID), WORD("idx", SG_DATA_IDX), WORD("digits", SG_DATA_DIGITS),
    WORD("moments", SG_DATA_MOMENTS), {0}};
static const struct sg_case_choice labels[] = {
    WORD("linear", SG_LABELS_LINEAR), WORD("noisy", SG_LABELS_NOISY),
    WORD("random", SG_LABELS_RANDOM), {0}};
static const struct sg_case_choice losses[] = {
    OF(loss, SG_MSE), OF(loss, SG_ABS), OF(loss, SG_SOFTMAX_XENT), OF(loss, SG_LOGISTIC), {0}};
HAS_ALL(losses, SG_LOSS_KINDS);
static const struct sg_case_choice activations[] = {
    WORD("none", SG_NO_ACTIVATION), OF(layer, SG_RELU), OF(layer, SG_SIGMOID), {0}};
static const struct sg_case_choice credits[] = {
    WORD("true", SG_TRUE), WORD("feedback", SG_FEEDBACK), WORD("direct", SG_DIRECT),
    WORD("kickback", SG_KICKBACK), WORD("nothing", SG_NOTHING), {0}};
static const struct sg_case_choice types[] = {
    WORD("float64", SG_F64), WORD("float32", SG_F32), {0}};
static const struct sg_case_choice families[] = {
    OF(family, SG_LINEAR), OF(family, SG_SIGMOID_LINEAR), OF(family, SG_MLP), {0}};
HAS_ALL(families, SG_FAMILIES);
static const struct sg_case_choice targets[] = {
    WORD("true", SG_TARGET_TRUE), WORD("arriving", SG_TARGET_ARRIVING), {0}};
static const struct sg_case_choice forms[] = {
    WORD("sample", SG_FORM_SAMPLE), WORD("compressed", SG_FORM_COMPRESSED),
    WORD("spectral", SG_FORM_SPECTRAL), {0}};
static const struct sg_case_choice orders[] = {
    WORD("simultaneous", SG_SIMULTANEOUS), WORD("sg_first", SG_SG_FIRST),
    WORD("network_first", SG_NETWORK_FIRST), {0}};
static const struct sg_case_choice delays[] = {
    WORD("none", SG_DELAY_NONE), WORD("stale_backprop", SG_DELAY_STALE_BACKPROP),
    WORD("delayed_pairs", SG_DELAY_PAIRS), WORD("stale_sg", SG_DELAY_STALE_SG), {0}};
static const struct sg_case_choice starts[] = {
    WORD("glorot", SG_START_GLOROT), WORD("he", SG_START_HE), WORD("weights", SG_START_WEIGHTS),
    {0}};
static const struct sg_case_choice searches[] = {
    WORD("fixed", SG_SEARCH_FIXED), WORD("backtracking", SG_SEARCH_BACKTRACKING), {0}};
static const struct sg_case_choice step_rules[] = {
    WORD("fixed", SG_STEP_FIXED), WORD("normalised", SG_STEP_NORMALISED),
    WORD("line_search", SG_STEP_LINE_SEARCH), {0}};
HAS_ALL(step_rules, SG_STEP_RULES);
static const struct sg_case_choice optimisers[] = {
    WORD("gd", SG_GD), WORD("momentum", SG_MOMENTUM), WORD("rmsprop", SG_RMSPROP),
    WORD("adam", SG_ADAM), {0}};
static const struct sg_case_choice units[] = {
    WORD("absolute", SG_UNITS_ABSOLUTE), WORD("critical", SG_UNITS_CRITICAL),
    WORD("optimal", SG_UNITS_OPTIMAL), {0}};

#define TOP(field)   SG_GROUP_TOP, #field, offsetof(struct sg_case, field)
#define DATA(field)  SG_GROUP_DATA, #field, offsetof(struct sg_case_data, field)
#define NET(field)   SG_GROUP_NET, #field, offsetof(struct sg_case_net, field)
#define SG(field)    SG_GROUP_SG, #field, offsetof(struct sg_case_module, field)
#define TRAIN(field) SG_GROUP_TRAIN, #field, offsetof(struct sg_case_train, field)
#define CHOICE(list) SG_KEY_CHOICE, .choices = (list)
#define INT(from, to) SG_KEY_INT, .low = (from), .high = (to)
#define REAL(from, to) SG_KEY_REAL, .low = (from), .high = (to)
#define REAL_ABOVE(from, to) SG_KEY_REAL, .low = (from), .high = (to), .above = true
#define INTS(from, to) SG_KEY_INTS, .low = (from), .high = (to)
#define REALS SG_KEY_REALS, .low = -HUGE_VAL, .high = HUGE_VAL

const struct sg_case_key sg_case_keys[] = {
    {TOP(claim), SG_KEY_IDENTIFIER, .example = "\"DY3\"",
     .meaning = "The claim this case is evidence for; without it and expect, a net to train."},
    {TOP(expect), SG_KEY_WORD, .choices = expects, .example = "\"holds\"",
     .meaning = "The verdict that the theory predicts; any other makes the run fall short."},
    {TOP(seed), INT(0, INT_MAX), .preset = "1", .meaning = "Seed of all random streams."},
    {TOP(replicates), INT(1, 100000), .preset = "1",
     .meaning = "How many independent data sets and starts."},

    {TOP(experiment), CHOICE(experiments), .preset = "\"main\"",
     .meaning = "Main, a map over (mu, nu), drawn or deep nets, unlocked halves, minibatches, a "
                "start that leaves a minimum or returns."},
    {TOP(budget), SG_KEY_TEXT, .preset = "\"none\"", .example = "\"about 40 minutes on two cores\"",
     .meaning = "What a large experiment costs; it then runs with --full only, and goes on where "
                "it was stopped."},

    {TOP(data), SG_KEY_GROUP, .holds = SG_GROUP_DATA, .example = "{ n = 200; d = 6; }",
     .meaning = "The data set."},
    {DATA(kind), CHOICE(kinds), .preset = "\"gaussian\"",
     .meaning = "An exact spectrum; a CSV file; two classes, N(0, 1) features or a grid; "
                "IDX files; built-in digits; exact moments."},
    {DATA(n), INT(1, 1000000), .only = SG_ONLY_MADE_OR_IMAGES, .preset = "200",
     .meaning = "Samples; of images, the first n to train on."},
    {DATA(d), INT(1, 2000), .only = SG_ONLY_MADE, .preset = "6",
     .meaning = "Columns of X, the ones column included when bias is true."},
    {DATA(outputs), INT(1, 64), .only = SG_ONLY_GAUSSIAN, .preset = "1",
     .meaning = "Columns of y."},
    {DATA(rank), INT(0, 2000), .only = SG_ONLY_GAUSSIAN, .preset = "0",
     .meaning = "Rank of X, at most min(n, d); 0 means min(n, d)."},
    {DATA(condition), REAL(1, 1e12), .only = SG_ONLY_GAUSSIAN, .preset = "10.0",
     .meaning = "Largest over smallest nonzero eigenvalue of S_x = E[x x^T]; "
                "above 1 needs a rank of at least 2."},
    {DATA(noise), REAL(0, HUGE_VAL), .only = SG_ONLY_GAUSSIAN, .preset = "0.5",
     .meaning = "Standard deviation of y - X w_true; 0 makes the data realizable."},
    {DATA(bias), SG_KEY_BOOL, .preset = "true",
     .meaning = "X has a ones column, the last one: the intercept."},
    {DATA(labels), CHOICE(labels), .only = SG_ONLY_TWO_CLASSES, .preset = "\"linear\"",
     .meaning = "The side of a random hyperplane through 0; "
                "that with exactly round(n / 10) samples swapped; fair coins."},
    {DATA(one_hot), SG_KEY_BOOL, .only = SG_ONLY_TWO_CLASSES, .preset = "false",
     .meaning = "Two columns of y, (1, 0) or (0, 1), for the softmax; else one, 0 or 1."},
    {DATA(side), INT(2, 1000), .only = SG_ONLY_GRID, .preset = "20",
     .meaning = "The grid has side x side points in [-1, 1]^2."},
    {DATA(file), SG_KEY_TEXT, .only = SG_ONLY_CSV, .example = "\"longley.csv\"",
     .meaning = "CSV file with a header, or .npy file, looked for beside the case file and then in "
                "the folder that NIST_DIR names."},
    /* A control's `target` is the SG's.  Other columns to predict are another experiment, not a
     * near violation. */
    {DATA(target), SG_KEY_TEXTS, .one_will_do = true, .at_least = 1, .only = SG_ONLY_CSV,
     .not_in_control = true, .example = "[\"employed\"]",
     .meaning = "Columns to predict; all others are features."},
    {DATA(test), INT(1, 1000000), .only = SG_ONLY_IMAGES, .preset = "1000",
     .meaning = "Images to test on, the first ones."},
    {DATA(train_files), SG_KEY_TEXTS, .at_least = 2, .only = SG_ONLY_IDX, .not_in_control = true,
     .preset = "[\"train-images-idx3-ubyte\", \"train-labels-idx1-ubyte\"]",
     .meaning = "IDX files of images and labels, .gz or not, beside the case or in "
                "MNIST_DIR; more than ten classes begin at 0 or 1"},
    {DATA(test_files), SG_KEY_TEXTS, .at_least = 2, .only = SG_ONLY_IDX, .not_in_control = true,
     .preset = "[\"t10k-images-idx3-ubyte\", \"t10k-labels-idx1-ubyte\"]",
     .meaning = "The same for the images to test on."},
    {DATA(standardise), SG_KEY_BOOL, .only = SG_ONLY_FEATURES, .preset = "true",
     .meaning = "Features are centred and divided by their standard deviation (divisor n); "
                "pixels all by one, or are in [0, 1]."},
    {DATA(standardise_target), SG_KEY_BOOL, .only = SG_ONLY_CSV, .preset = "false",
     .meaning = "Targets too."},
    {DATA(S), REALS, .one_will_do = true, .only = SG_ONLY_MOMENTS, .preset = "()",
     .example = "(2.0, 0.5, 0.5, 1.0)",
     .meaning = "E[x^T x], d x d row by row, positive semidefinite; its length gives d."},
    {DATA(R), REALS, .one_will_do = true, .only = SG_ONLY_MOMENTS, .preset = "()",
     .example = "(10.0, 0.0, 0.0, 0.01)",
     .meaning = "E[r^T r] of the least-squares residuals, m x m row by row; "
                "its length gives the number of outputs m."},
    {DATA(map), REALS, .one_will_do = true, .only = SG_ONLY_MOMENTS, .preset = "()",
     .example = "(0.01, 0.035)",
     .meaning = "The least-squares map, d x m row by row; "
                "() takes the product of net's weights: then a global minimum."},

    {TOP(net), SG_KEY_GROUP, .holds = SG_GROUP_NET, .example = "{ layers = (8, 8); }",
     .meaning = "The network."},
    {NET(layers), INTS(1, 10000), .preset = "()", .example = "(8, 8)",
     .meaning = "Widths of the hidden layers, () for none: p = X W."},
    {NET(loss), CHOICE(losses), .preset = "\"mse\"",
     .meaning = "1/2 |p - y|^2; |p - y|_1; cross entropy of softmax(p), a column a class; "
                "log(1 + e^p) - y p, one column."},
    {NET(depths), INTS(1, 64), .preset = "()", .example = "(3, 5, 10)",
     .meaning = "Numbers of hidden blocks, a net for each, all of the first hidden layer's width "
                "(NL1)."},
    {NET(activation), CHOICE(activations), .preset = "\"none\"",
     .meaning = "Of the hidden layers: none, max(h, 0), or 1 / (1 + e^-h); "
                "an SG there sees h after it."},
    {NET(batch_norm), SG_KEY_BOOL, .preset = "false",
     .meaning = "Batch norm between each hidden layer's weights and its activation."},
    {NET(biases), SG_KEY_BOOL, .preset = "false",
     .meaning = "Each layer has a bias of its own; batch norm has it where there is one."},
    {NET(credit), CHOICE(credits), .preset = "\"true\"",
     .meaning = "Each hidden layer's gradient: itself; through fixed random matrices; "
                "dl/dp times a random matrix, or times ones; 0."},
    {NET(type), CHOICE(types), .preset = "\"float64\"",
     .meaning = "Numbers of the network and of its SG modules."},
    {NET(weights), REALS, .one_will_do = true, .not_in_control = true, .preset = "()",
     .example = "(0.1, 0.1, 0.1, 0.3, 0.0, 0.05)",
     .meaning = "W_1, W_2, ..., each row by row: the global minimum to look at (DY8, on "
                "moments), or where a training starts."},

    {SG_GROUP_TOP, "sg", offsetof(struct sg_case, module), SG_KEY_GROUP_LIST, .holds = SG_GROUP_SG,
     .example = "( { at = \"output\"; mix = 1.0; } )",
     .meaning = "SG modules from the bottom up, at most one per boundary; "
                "() for none. Without it: one at the output."},
    {SG(at), SG_KEY_AT, .low = 1, .high = SG_CASE_LIST_MAX + 1, .preset = "\"output\"",
     .meaning = "Boundary i lies after layer i; the output is the number of hidden layers + 1."},
    {SG(family), CHOICE(families), .preset = "\"linear\"",
     .meaning = "h A + y B + 1 C; sigma(h A + 1 C) + y B + 1 D, which needs the term h; "
                "or tanh(h A + y B + 1 C) U + 1 D."},
    {SG(hidden), INT(1, 10000), .preset = "32",
     .meaning = "Hidden units of an mlp, the columns of A; the other families have none."},
    {SG(terms), SG_KEY_TERMS, .preset = "\"hy1\"",
     .meaning = "Which of the terms h A, y B and 1 C the module has."},
    {SG(target), CHOICE(targets), .preset = "\"true\"",
     .meaning = "Learns from the true gradient, or from what arrives from the module above."},
    {SG(mix), REAL(0, 1), .preset = "1.0",
     .meaning = "The boundary's gradient is (1 - mix) base + mix s: 1 is a synthetic gradient, 0 "
                "only observes."},

    {TOP(train), SG_KEY_GROUP, .holds = SG_GROUP_TRAIN, .example = "{ mu = 0.9; steps = 20000; }",
     .meaning = "How it is trained."},
    {TRAIN(form), CHOICE(forms), .preset = "\"sample\"",
     .meaning = "The same steps on samples; on d + m + 1 rows (MSE); "
                "in the eigenbasis of S_x (MSE, no hidden layers)."},
    {TRAIN(order), CHOICE(orders), .preset = "\"simultaneous\"",
     .meaning = "Both parts step from the same state, or the second sees the first one's "
                "result."},
    {TRAIN(delay), CHOICE(delays), .preset = "\"none\"",
     .meaning = "Which part reads a state tau steps old."},
    {TRAIN(units), CHOICE(units), .preset = "\"critical\"",
     .meaning = "mu and nu as they are, as in every training; or as multiples of 2/lambda_max; "
                "or of 2/(lambda_max + lambda_min)."},
    {TRAIN(start), CHOICE(starts), .preset = "\"glorot\"",
     .meaning = "Weights N(0, 2/(in + out)), or N(0, 2/in), or as net.weights gives them."},
    {TRAIN(search), CHOICE(searches), .preset = "\"fixed\"",
     .meaning = "mu as given in every step, or found by backtracking with mu as the largest tried "
                "(DY5)."},
    {TRAIN(sg_step), CHOICE(step_rules), .preset = "\"fixed\"",
     .meaning = "nu as given in every step; theta / E|z|^2, z = (h, y, 1); "
                "or the exact line search along the SG's gradient (DY13)."},
    {TRAIN(mu), REAL_ABOVE(0, HUGE_VAL), .preset = "0.9",
     .meaning = "Learning rate of the network, in the units above."},
    {TRAIN(nu), REAL(0, HUGE_VAL), .preset = "0.9",
     .meaning = "Learning rate of the SG modules, in the units above; "
                "normalised, theta or a multiple of its limit 2."},
    {TRAIN(mu_times), REALS, .one_will_do = true, .preset = "()", .example = "(1.0, 0.3)",
     .meaning = "Factors of mu, one an arm: in NL1 backprop's and the SG's for each depth, in "
                "NL3 to NL6 each rule's."},
    {TRAIN(nu_times), REALS, .one_will_do = true, .preset = "()", .example = "(1.0, 0.3)",
     .meaning = "Factors of nu: in NL1 one a depth, in NL6 one a rule; in NL3 to NL5 of one SG "
                "and of SGs everywhere."},
    {TRAIN(optimiser), CHOICE(optimisers), .preset = "\"gd\"",
     .meaning = "Of the network and of the SG modules: gradient descent, heavy ball, RMSProp or "
                "Adam."},
    {TRAIN(beta1), REAL(0, 0.999999), .preset = "0.9",
     .meaning = "Decay of the first moment: momentum and adam."},
    {TRAIN(beta2), REAL(0, 0.999999), .preset = "0.999",
     .meaning = "Decay of the second moment: rmsprop and adam."},
    {TRAIN(epsilon), REAL_ABOVE(0, 1), .preset = "1e-8",
     .meaning = "Added to the root of the second moment: rmsprop and adam."},
    {TRAIN(steps), INT(1, INT_MAX), .preset = "20000", .meaning = "Steps."},
    {TRAIN(epochs), INT(1, 100000), .preset = "10", .meaning = "Passes over the training images."},
    {TRAIN(decay), SG_KEY_BOOL, .preset = "false",
     .meaning = "Both rates fall linearly, to 0 after the last epoch; else they are constant."},
    {TRAIN(batch), INT(1, 100000), .preset = "64",
     .meaning = "Rows of a minibatch; a training that gives none takes all rows in each step."},
    {TRAIN(seeds), INT(1, 1000), .preset = "3",
     .meaning = "Runs of a training or of an empirical claim, from different starts and in "
                "different orders."},
    {TRAIN(tau), INTS(0, 10000), .one_will_do = true, .at_least = 1, .preset = "(1)",
     .example = "(1, 2, 5)",
     .meaning = "Delays in steps, a run for each; read only where there is a delay."},
    {TRAIN(radius), REAL_ABOVE(0, 1), .preset = "1e-6",
     .meaning = "Distance of a local start from the fixed point, over |w*|; in DY15 from balance "
                "and phi = 0."},
    {TRAIN(line), REAL(-1e6, 1e6), .preset = "0.0",
     .meaning = "Place of a local start on a line of fixed points, as a multiple of its lower "
                "limit's modulus: -1 is the limit."},

    {TOP(control), SG_KEY_GROUP, .holds = SG_GROUP_CONTROL, .example = "{ mu = 1.01; }",
     .meaning = "The nearest violation of a hypothesis, which must change the verdict: any keys "
                "of data, net, sg (for every module) and train."},
};
const size_t sg_case_n_keys = sizeof sg_case_keys / sizeof sg_case_keys[0];
_Static_assert(sizeof sg_case_keys / sizeof sg_case_keys[0] <= SG_CASE_KEYS_MAX,
               "the reader has room for every row");

const struct sg_case_key *sg_case_find_key(enum sg_group group, const char *name)
{
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        const bool here = group == SG_GROUP_CONTROL
                              ? key->group != SG_GROUP_TOP && !key->not_in_control
                              : key->group == group;
        if (here && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

const char *sg_case_group_name(enum sg_group group)
{
    static const char *const names[SG_N_GROUPS] = {"the top level", "data", "net", "sg", "train",
                                                   "control"};
    return names[group];
}

const char *sg_case_choice_name(const struct sg_case_key *key, int value)
{
    size_t i = 0;
    while (key->choices[i].value != value)
        i++;
    return sg_case_choice_word(&key->choices[i]);
}

const char *sg_case_example(const struct sg_case_key *key)
{
    return key->example ? key->example : key->preset;
}

static void want_real(char text[SG_CASE_WANTS_MAX], const struct sg_case_key *key)
{
    if (isinf(key->high))
        snprintf(text, SG_CASE_WANTS_MAX,
                 key->above ? "a number above %g" : "a number of at least %g", key->low);
    else
        snprintf(text, SG_CASE_WANTS_MAX,
                 key->above ? "a number above %g, at most %g" : "a number from %g to %g", key->low,
                 key->high);
}

/* "a", "b" or "c": the choices whose bit is in `which`.  A word's value is 0, so ~0u has all
 * choices of any key. */
static void join(char text[SG_CASE_WANTS_MAX], const struct sg_case_choice *choices, unsigned which,
                 const char *quote)
{
    size_t used = 0, all = 0, last = 0;
    for (; sg_case_choice_word(&choices[all]); all++)
        last = which & 1u << choices[all].value ? all : last;
    for (size_t i = 0; i < all && used < SG_CASE_WANTS_MAX; i++)
        if (which & 1u << choices[i].value)
            used += (size_t)snprintf(text + used, SG_CASE_WANTS_MAX - used, "%s%s%s%s",
                                     used == 0  ? ""
                                     : i < last ? ", "
                                                : " or ",
                                     quote, sg_case_choice_word(&choices[i]), quote);
}

void sg_case_only_name(char text[SG_CASE_WANTS_MAX], enum sg_key_only only)
{
    join(text, kinds, (unsigned)only, "");
}

void sg_case_wants(char text[SG_CASE_WANTS_MAX], const struct sg_case_key *key)
{
    const char *plain = NULL;
    switch (key->type) {
    case SG_KEY_INT:
        snprintf(text, SG_CASE_WANTS_MAX, "an integer from %.0f to %.0f", key->low, key->high);
        return;
    case SG_KEY_INTS:
        snprintf(text, SG_CASE_WANTS_MAX,
                 key->one_will_do ? "an integer from %.0f to %.0f or a list of up to %d"
                                  : "a list of integers from %.0f to %.0f, up to %d",
                 key->low, key->high, (int)SG_CASE_LIST_MAX);
        return;
    case SG_KEY_REALS:
        snprintf(text, SG_CASE_WANTS_MAX, "a number or a list of up to %d", (int)SG_CASE_REALS_MAX);
        return;
    case SG_KEY_AT:
        snprintf(text, SG_CASE_WANTS_MAX, "\"output\" or an integer from %.0f to %.0f", key->low,
                 key->high);
        return;
    case SG_KEY_REAL: want_real(text, key); return;
    case SG_KEY_CHOICE:
    case SG_KEY_WORD: join(text, key->choices, ~0u, "\""); return;
    case SG_KEY_BOOL: plain = "true or false"; break;
    case SG_KEY_IDENTIFIER: plain = "letters and digits in quotes"; break;
    case SG_KEY_TEXT: plain = "text in quotes"; break;
    case SG_KEY_TERMS: plain = "one or more of the letters h, y and 1 in quotes, each once"; break;
    case SG_KEY_TEXTS:
        plain = key->one_will_do ? "a text in quotes or a list of them"
                                 : "a list of texts in quotes";
        break;
    case SG_KEY_GROUP: plain = "a group"; break;
    case SG_KEY_GROUP_LIST: plain = "a list of groups"; break;
    }
    snprintf(text, SG_CASE_WANTS_MAX, "%s", plain);
}
