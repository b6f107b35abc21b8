/* What several keys of a case have to agree on. */
#include "case/schema.h"

size_t sg_case_boundary(const struct sg_case *c, size_t i)
{
    return c->module[i].at < 0 ? c->net.layers.n + 1 : (size_t)c->module[i].at;
}

/* Keys of the other kind of data would be read and never used: a user who set them meant something. */
static enum sg_status check_kind(const struct sg_case *c, const struct sg_case_reader *r)
{
    const bool csv = c->data.kind == SG_DATA_CSV;
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        const bool other = key->only == (csv ? SG_ONLY_GAUSSIAN : SG_ONLY_CSV);
        if (other && r->given[k])
            return sg_case_refuse(r, r->line[k],
                                  "\"%s\" is a key of %s data, but kind is \"%s\"; change kind or take it out", key->name,
                                  csv ? "gaussian" : "csv", csv ? "csv" : "gaussian");
    }
    const size_t line = sg_case_line(r, SG_GROUP_DATA, "kind");
    if (csv && c->data.file[0] == '\0')
        return sg_case_refuse(r, line, "csv data needs a file; for example file = \"longley.csv\"");
    if (csv && c->data.target.n == 0)
        return sg_case_refuse(r, line, "csv data needs the columns to predict; for example target = [\"employed\"]");
    return SG_OK;
}

static enum sg_status check_spectrum(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_data *data = &c->data;
    const int small = data->n < data->d ? data->n : data->d, rank = data->rank ? data->rank : small;
    if (data->kind != SG_DATA_GAUSSIAN)
        return SG_OK;
    if ((double)data->n * (data->d + data->outputs) > 5e7)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "n"), "n = %d rows of %d columns are more than 5e7 numbers; make n or d smaller",
                              data->n, data->d + data->outputs);
    if (rank > small)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "rank"),
                              "rank = %d is above min(n, d) = %d; write at most that", rank, small);
    if (data->condition > 1.0 && rank < 2)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_DATA, "condition"),
                              "condition = %g needs a rank of at least 2, here it is %d; write condition = 1.0",
                              data->condition, rank);
    return SG_OK;
}

static enum sg_status check_modules(const struct sg_case *c, const struct sg_case_reader *r)
{
    const size_t output = c->net.layers.n + 1;
    for (size_t i = 0; i < c->n_modules; i++) {
        const size_t at = sg_case_boundary(c, i), below = i > 0 ? sg_case_boundary(c, i - 1) : 0;
        if (at < 1 || at > output)
            return sg_case_refuse(r, r->module_line[i], "an SG module at boundary %zu, but the output is boundary %zu; "
                                  "write at = \"output\" or a lower one", at, output);
        if (at == below)
            return sg_case_refuse(r, r->module_line[i],
                                  "two SG modules at boundary %zu (the output is %zu), one is allowed; take one out", at,
                                  output);
        if (at < below)
            return sg_case_refuse(r, r->module_line[i], "the SG module at boundary %zu comes after the one at %zu; "
                                  "list them from the bottom up", at, below);
    }
    return SG_OK;
}

static enum sg_status check_train(const struct sg_case *c, const struct sg_case_reader *r)
{
    const struct sg_case_train *train = &c->train;
    const size_t line = sg_case_line(r, SG_GROUP_TRAIN, "form");
    if (train->form != SG_FORM_SAMPLE && c->net.loss != SG_MSE)
        return sg_case_refuse(r, line, "form = \"%s\" needs loss = \"mse\"; write form = \"sample\"",
                              train->form == SG_FORM_SPECTRAL ? "spectral" : "compressed");
    /* Without hidden layers the output is the only boundary, and it has one module at most. */
    if (train->form == SG_FORM_SPECTRAL && c->net.layers.n > 0)
        return sg_case_refuse(r, line, "form = \"spectral\" needs layers = (); write form = \"compressed\"");
    if (train->order != SG_SIMULTANEOUS && train->delay != SG_DELAY_NONE)
        return sg_case_refuse(r, sg_case_line(r, SG_GROUP_TRAIN, "delay"),
                              "an order other than \"simultaneous\" together with a delay; take one of the two out");
    return SG_OK;
}

enum sg_status sg_case_check(const struct sg_case *c, const struct sg_case_reader *r)
{
    enum sg_status status = check_kind(c, r);
    if (status == SG_OK)
        status = check_spectrum(c, r);
    if (status == SG_OK)
        status = check_modules(c, r);
    return status == SG_OK ? check_train(c, r) : status;
}
