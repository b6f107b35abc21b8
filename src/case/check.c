/* What several keys of a case have to agree on. */
#include <stdlib.h>

#include "case/schema.h"
#include "synthgrad/data.h"

size_t sg_case_boundary(const struct sg_case *c, size_t i)
{
    return c->module[i].at < 0 ? c->net.layers.n + 1 : (size_t)c->module[i].at;
}

static const char *choice(enum sg_group group, const char *name, int value)
{
    return sg_case_choice_name(sg_case_find_key(group, name), value);
}

/* A key of another kind of data would be read and never used, and its user meant something. */
static enum sg_status check_kind(const struct sg_case *c, const struct sg_case_reader *r)
{
    const bool csv = c->data.kind == SG_DATA_CSV;
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        const bool other = key->only != SG_ANY_DATA && !((unsigned)key->only & 1u << c->data.kind);
        char only[SG_CASE_WANTS_MAX];
        sg_case_only_name(only, key->only);
        if (other && r->given[k])
            return sg_case_refuse(r, r->line[k],
                                  "\"%s\" is a key of %s data, but kind is \"%s\"; "
                                  "change kind or take it out",
                                  key->name, only, choice(SG_GROUP_DATA, "kind", c->data.kind));
    }
    const size_t line = sg_case_line(r, SG_GROUP_DATA, "kind");
    if (csv && c->data.file[0] == '\0')
        return sg_case_refuse(r, line, "csv data needs a file; for example file = \"longley.csv\"");
    if (csv && c->data.target.n == 0)
        return sg_case_refuse(r, line,
                              "csv data needs the columns to predict; "
                              "for example target = [\"employed\"]");
    const struct { const char *name; size_t n; } files[] = {
        {"train_files", c->data.train_files.n}, {"test_files", c->data.test_files.n}};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        if (files[k].n != 2)
            return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, files[k].name),
                                  "\"%s\" names %zu files, but wants the one with images and the "
                                  "one with labels; name the two",
                                  files[k].name, files[k].n);
    return SG_OK;
}

static enum sg_status check_spectrum(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_data *data = &c->data;
    const int small = data->n < data->d ? data->n : data->d, rank = data->rank ? data->rank : small;
    if (data->kind != SG_DATA_GAUSSIAN && data->kind != SG_DATA_CLASSES)
        return SG_OK;
    if ((double)data->n * (data->d + data->outputs) > 5e7)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "n"),
                              "n = %d rows of %d columns are more than 5e7 numbers; "
                              "make n or d smaller",
                              data->n, data->d + data->outputs);
    if (data->kind == SG_DATA_CLASSES && data->bias && data->d < 2)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "d"),
                              "d = 1 is the ones column alone; write d = 2 or bias = false");
    if (data->kind == SG_DATA_CLASSES)
        return SG_OK;
    if (rank > small)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "rank"),
                              "rank = %d is above min(n, d) = %d; write at most that", rank, small);
    if (data->condition > 1.0 && rank < 2)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "condition"),
                              "condition = %g needs a rank of at least 2, here it is %d; "
                              "write condition = 1.0",
                              data->condition, rank);
    return SG_OK;
}

/* What the log losses want of y, as far as the case says it.  sg_case_make_data checks the
 * numbers. */
static enum sg_status check_labels(const struct sg_case *c, const struct sg_case_reader *r)
{
    const bool softmax = c->net.loss == SG_SOFTMAX_XENT, csv = c->data.kind == SG_DATA_CSV;
    const bool images = c->data.kind == SG_DATA_IDX || c->data.kind == SG_DATA_DIGITS;
    const bool one_column = csv ? c->data.target.n == 1 : !images && !c->data.one_hot;
    const size_t line = sg_case_line(r, SG_GROUP_NET, "loss");
    if (!softmax && c->net.loss != SG_LOGISTIC)
        return SG_OK;
    if (c->data.kind == SG_DATA_GAUSSIAN)
        return sg_case_refuse(r, line,
                              "loss = \"%s\" needs labels, gaussian data has none; "
                              "write kind = \"classes\" in data",
                              choice(SG_GROUP_NET, "loss", c->net.loss));
    if (softmax == one_column && !(softmax && csv))
        return sg_case_refuse(r, line,
                              softmax ? "loss = \"softmax\" needs a column of y for each class; "
                                        "write %s"
                                      : "loss = \"logistic\" needs y in one column; write %s",
                              csv       ? "one target"
                              : images  ? "the other loss"
                              : softmax ? "one_hot = true"
                                        : "one_hot = false");
    return SG_OK;
}

static bool is_given(const struct sg_case_reader *r, enum sg_group group, const char *name)
{
    return r->given[sg_case_find_key(group, name) - sg_case_keys];
}

static enum sg_status check_hidden(const struct sg_case *c, const struct sg_case_reader *r)
{
    bool used = !is_given(r, SG_GROUP_SG, "hidden");
    for (size_t i = 0; i < c->n_modules; i++)
        used = used || c->module[i].family == SG_MLP;
    return used ? SG_OK
                : sg_case_refuse(r, sg_case_line(r, SG_GROUP_SG, "hidden"),
                                 "\"hidden\" is for family = \"mlp\", here there is none; "
                                 "take it out");
}

/* The side of a square list, symmetric to the last bit; 0: it is neither. */
static size_t symmetric_side(const struct sg_real_list *list)
{
    size_t n = 0;
    while (n * n < list->n)
        n++;
    for (size_t i = 0; i < n && n * n == list->n; i++)
        for (size_t j = 0; j < i; j++)
            if (list->value[i * n + j] != list->value[j * n + i])
                return 0;
    return n * n == list->n ? n : 0;
}

struct sg_case_shape sg_case_moments_shape(const struct sg_case *c)
{
    SG_REQUIRE(c);
    const bool moments = c->data.kind == SG_DATA_MOMENTS;
    return (struct sg_case_shape){moments ? symmetric_side(&c->data.S) : 0,
                                  moments ? symmetric_side(&c->data.R) : 0};
}

size_t sg_case_n_weights(const struct sg_case *c, struct sg_case_shape shape)
{
    SG_REQUIRE(c);
    size_t below = shape.d, n = 0;
    for (size_t i = 0; i < c->net.layers.n; i++) {
        n += below * (size_t)c->net.layers.value[i];
        below = (size_t)c->net.layers.value[i];
    }
    return n + below * shape.m;
}

static enum sg_status check_semidefinite(const struct sg_real_list *list, size_t n,
                                         const char *name, const struct sg_case_reader *r)
{
    double *factor = SG_NEW(n * n, double);
    const enum sg_status status = sg_data_factor_moments(factor, list->value, n);
    free(factor);
    return status == SG_OK ? SG_OK
                           : sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, name),
                                            "\"%s\" has a negative eigenvalue, which no second "
                                            "moments have; make it positive semidefinite",
                                            name);
}

static enum sg_status check_moments(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_shape shape = sg_case_moments_shape(c);
    const size_t line = sg_case_line(r, SG_GROUP_DATA, "kind"), map = c->data.map.n,
                 weights = c->net.weights.n;
    const bool training = sg_case_is_training(c);     /* its weights are a start, on any data */
    if (c->data.kind != SG_DATA_MOMENTS)
        return weights == 0 || training ? SG_OK
                            : sg_case_refuse(r, sg_case_line(r, SG_GROUP_NET, "weights"),
                                             "weights of a global minimum need data made around "
                                             "them; write kind = \"moments\" in data");
    if (shape.d == 0 || shape.m == 0)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, shape.d ? "R" : "S"),
                              "moments data need \"%s\" as a symmetric matrix row by row, all its "
                              "entries; for example %s = (2.0, 0.5, 0.5, 1.0)",
                              shape.d ? "R" : "S", shape.d ? "R" : "S");
    if (c->data.bias)
        return sg_case_refuse(r, line,
                              "moments data are centred and have no ones column; "
                              "write bias = false");
    if ((map == 0) == (weights == 0) && !(training && map != 0))
        return sg_case_refuse(r, line,
                              "moments data need the least-squares map or net's weights, whose "
                              "product it is; give one of the two");
    if (map != 0 && map != shape.d * shape.m)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "map"),
                              "\"map\" has %zu elements, but S and R make it %zu x %zu", map,
                              shape.d, shape.m);
    if (weights != 0 && weights != sg_case_n_weights(c, shape))
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_NET, "weights"),
                              "\"weights\" has %zu elements, but layers, S and R make it %zu; "
                              "give all, W_1 first, row by row",
                              weights, sg_case_n_weights(c, shape));
    if (weights != 0 && c->experiment == SG_EXPERIMENT_DRAWN)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TOP, "experiment"),
                              "nets are drawn, or \"weights\" gives one; take one of the two out");
    const enum sg_status status = check_semidefinite(&c->data.S, shape.d, "S", r);
    return status == SG_OK ? check_semidefinite(&c->data.R, shape.m, "R", r) : status;
}

static enum sg_status check_modules(const struct sg_case *c, const struct sg_case_reader *r)
{
    const size_t output = c->net.layers.n + 1;
    for (size_t i = 0; i < c->n_modules; i++) {
        const size_t at = sg_case_boundary(c, i), below = i > 0 ? sg_case_boundary(c, i - 1) : 0;
        if (at < 1 || at > output)
            return sg_case_refuse(r, r->module_line[i],
                                  "an SG module at boundary %zu, but the output is boundary %zu; "
                                  "write at = \"output\" or a lower one",
                                  at, output);
        if (at == below)
            return sg_case_refuse(r, r->module_line[i],
                                  "two SG modules at boundary %zu (the output is %zu), one is "
                                  "allowed; take one out",
                                  at, output);
        if (at < below)
            return sg_case_refuse(r, r->module_line[i],
                                  "the SG module at boundary %zu comes after the one at %zu; "
                                  "list them from the bottom up",
                                  at, below);
        if (c->module[i].family == SG_SIGMOID_LINEAR && !(c->module[i].terms & SG_H))
            return sg_case_refuse(r, r->module_line[i],
                                  "family = \"sigmoid_linear\" without the term h has no sigmoid; "
                                  "write terms = \"hy1\"");
    }
    return check_hidden(c, r);
}

/* A net that few machines have memory for is refused before any is taken. */
static enum sg_status check_size(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_net *net = &c->net;
    const struct sg_case_shape ends = {(size_t)c->data.d, (size_t)c->data.outputs};
    const double width = net->layers.n > 0 ? net->layers.value[0] : 0;
    double weights = (double)sg_case_n_weights(c, ends);
    for (size_t i = 0; i < net->depths.n; i++)      /* that many blocks of the first width */
        weights = sg_base_max(weights, width * width * net->depths.value[i]);
    if (weights > 5e7)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_NET, "layers"),
                              "a net of these layers has %.3g weights, more than 5e7; "
                              "make the layers narrower or fewer",
                              weights);
    return SG_OK;
}

/* What is said of hidden layers needs some; compressed rows are linear combinations of samples. */
static enum sg_status check_blocks(const struct sg_case *c, const struct sg_case_reader *r)
{
    static const char *const of_hidden[] = {"activation", "batch_norm", "credit"};
    const struct sg_case_net *net = &c->net;
    const bool set[] = {net->activation != SG_NO_ACTIVATION, net->batch_norm,
                        net->credit != SG_TRUE};
    for (size_t k = 0; k < sizeof set / sizeof *set; k++) {
        const size_t line = sg_case_line(r, SG_GROUP_NET, of_hidden[k]);
        if (set[k] && net->layers.n == 0)
            return sg_case_refuse(r, line,
                                  "\"%s\" is for hidden layers, and layers = (); "
                                  "add a layer or take it out",
                                  of_hidden[k]);
        if (k < 2 && set[k] && c->train.form != SG_FORM_SAMPLE)
            return sg_case_refuse(r, line,
                                  "\"%s\" makes the net nonlinear, which form = \"%s\" cannot run; "
                                  "write form = \"sample\"",
                                  of_hidden[k], choice(SG_GROUP_TRAIN, "form", c->train.form));
    }
    return check_size(c, r);
}

static enum sg_status check_optimiser(const struct sg_case *c, const struct sg_case_reader *r)
{
    const int kind = c->train.optimiser;
    const struct { const char *name; bool used; } keys[] = {
        {"beta1", kind == SG_MOMENTUM || kind == SG_ADAM},
        {"beta2", kind == SG_RMSPROP || kind == SG_ADAM},
        {"epsilon", kind == SG_RMSPROP || kind == SG_ADAM}};
    const char *name = choice(SG_GROUP_TRAIN, "optimiser", kind);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (is_given(r, SG_GROUP_TRAIN, keys[k].name) && !keys[k].used)
            return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, keys[k].name),
                                  "\"%s\" is not used by optimiser = \"%s\"; "
                                  "change the optimiser or take it out",
                                  keys[k].name, name);
    if (kind != SG_GD && c->train.search == SG_SEARCH_BACKTRACKING)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "search"),
                              "search = \"backtracking\" is a search along the gradient; "
                              "write optimiser = \"gd\"");
    if ((kind == SG_RMSPROP || kind == SG_ADAM) && c->train.form == SG_FORM_SPECTRAL)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "form"),
                              "form = \"spectral\" turns the coordinates, and optimiser = \"%s\" "
                              "depends on them; write form = \"compressed\"",
                              name);
    return SG_OK;
}

/* A step of the SG's own length is taken along its gradient, and its z has to be at hand. */
static enum sg_status check_step(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_train *train = &c->train;
    if (train->sg_step == SG_STEP_FIXED)
        return SG_OK;
    const size_t line = sg_case_line(r, SG_GROUP_TRAIN, "sg_step");
    const char *name = choice(SG_GROUP_TRAIN, "sg_step", train->sg_step);
    if (c->n_modules == 0)
        return sg_case_refuse(r, line,
                              "sg_step = \"%s\" is how far an SG steps, and sg = (); "
                              "add a module or take it out", name);
    for (size_t i = 0; i < c->n_modules; i++)
        if (c->module[i].family != SG_LINEAR)
            return sg_case_refuse(r, line,
                                  "sg_step = \"%s\" needs linear SGs, not family = \"%s\"; "
                                  "write sg_step = \"fixed\"",
                                  name, choice(SG_GROUP_SG, "family", c->module[i].family));
    if (train->optimiser != SG_GD)
        return sg_case_refuse(r, line,
                              "sg_step = \"%s\" is a step along the gradient; "
                              "write optimiser = \"gd\"", name);
    if (train->form == SG_FORM_SPECTRAL)
        return sg_case_refuse(r, line,
                              "form = \"spectral\" knows sg_step = \"fixed\" alone; "
                              "write form = \"compressed\"");
    if (train->search == SG_SEARCH_BACKTRACKING)
        return sg_case_refuse(r, line,
                              "search = \"backtracking\" has the SG's line search in it; "
                              "take \"sg_step\" out");
    if (train->sg_step == SG_STEP_LINE_SEARCH && is_given(r, SG_GROUP_TRAIN, "nu"))
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "nu"),
                              "sg_step = \"line_search\" finds nu in every step; "
                              "take \"nu\" out");
    if (train->sg_step == SG_STEP_NORMALISED && train->units == SG_UNITS_OPTIMAL)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "units"),
                              "sg_step = \"%s\" has no optimal rate; "
                              "write units = \"critical\" or \"absolute\"", name);
    return SG_OK;
}

static enum sg_status check_train(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_train *train = &c->train;
    const size_t line = sg_case_line(r, SG_GROUP_TRAIN, "form");
    if (train->form != SG_FORM_SAMPLE && c->net.loss != SG_MSE)
        return sg_case_refuse(r, line,
                              "form = \"%s\" needs loss = \"mse\"; write form = \"sample\"",
                              choice(SG_GROUP_TRAIN, "form", train->form));
    for (size_t i = 0; train->form != SG_FORM_SAMPLE && i < c->n_modules; i++)
        if (c->module[i].family != SG_LINEAR)
            return sg_case_refuse(r, line,
                                  "form = \"%s\" needs linear SGs, not family = \"%s\"; "
                                  "write form = \"sample\"",
                                  choice(SG_GROUP_TRAIN, "form", train->form),
                                  choice(SG_GROUP_SG, "family", c->module[i].family));
    /* Without hidden layers the output is the only boundary, and it has one module at most. */
    if (train->form == SG_FORM_SPECTRAL && c->net.layers.n > 0)
        return sg_case_refuse(r, line,
                              "form = \"spectral\" needs layers = (); write form = \"compressed\"");
    if (train->order != SG_SIMULTANEOUS && train->delay != SG_DELAY_NONE)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "delay"),
                              "an order other than \"simultaneous\" together with a delay; "
                              "take one of the two out");
    const enum sg_status status = check_step(c, r);
    return status == SG_OK ? check_optimiser(c, r) : status;
}

enum sg_status sg_case_check(const struct sg_case *c, const struct sg_case_reader *r)
{
    enum sg_status status = check_kind(c, r);
    if (status == SG_OK)
        status = check_spectrum(c, r);
    if (status == SG_OK)
        status = check_labels(c, r);
    if (status == SG_OK)
        status = check_moments(c, r);
    if (status == SG_OK)
        status = check_modules(c, r);
    if (status == SG_OK)
        status = check_blocks(c, r);
    return status == SG_OK ? check_train(c, r) : status;
}
