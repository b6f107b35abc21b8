/* Which cases are trainings: the keys they read, and what these have to agree on. */
#include <stdio.h>
#include <string.h>

#include "study/study.h"

const struct sg_claim sg_training = {
    .id = "train", .name = "train_digits", .title = "a net to train", .subject = "a training",
    .statement = "A case without a claim: a net, its data, its SGs and how they are trained.  "
                 "`synthgrad train` trains it, beside other rules if asked to, and says how good "
                 "its SGs are and which layer learns.",
    .reads = "seed data.kind data.n data.d data.outputs data.rank data.condition data.noise "
             "data.bias data.labels data.one_hot data.side data.file data.target data.test "
             "data.train_files data.test_files data.standardise data.standardise_target data.S "
             "data.R data.map "
             "net.layers net.loss net.activation net.batch_norm net.biases net.credit net.type "
             "net.weights "
             "sg=any sg.at sg.family sg.hidden sg.terms sg.target sg.mix "
             "train.form=sample|compressed train.order train.delay train.tau "
             "train.units=absolute train.start train.sg_step train.mu! train.nu train.optimiser "
             "train.beta1 train.beta2 train.epsilon train.steps train.epochs train.decay "
             "train.batch train.seeds",
};

bool sg_study_gives(const struct sg_case *c, const char *key)
{
    return c->given[sg_case_key_find(key)];
}

static size_t line_of(const struct sg_case *c, const char *key)
{
    return c->line[sg_case_key_find(key)];
}

static enum sg_status check_length(const struct sg_case *c, struct sg_error *err)
{
    const bool steps = sg_study_gives(c, "train.steps"), epochs = sg_study_gives(c, "train.epochs");
    if (steps && epochs)
        return sg_base_refuse(err, c->path, line_of(c, "train.epochs"),
                              "a training is as long as steps or as epochs says; take one out");
    if (!steps && !epochs)
        return sg_base_refuse(err, c->path, line_of(c, "train"),
                              "a training needs its length; write epochs = 10 or steps = 1000 in "
                              "train");
    return SG_OK;
}

/* A rate that is not given would be the preset's 0.9. */
static enum sg_status check_rates(const struct sg_case *c, struct sg_error *err)
{
    const bool finds = c->train.sg_step == SG_STEP_LINE_SEARCH;
    if (c->n_modules > 0 && !finds && !sg_study_gives(c, "train.nu"))
        return sg_base_refuse(err, c->path, line_of(c, "train"),
                              "the SG needs a learning rate; write nu beside mu in train, or sg = "
                              "() for a net without SGs");
    if (c->train.delay == SG_DELAY_NONE && sg_study_gives(c, "train.tau"))
        return sg_base_refuse(err, c->path, line_of(c, "train.tau"),
                              "\"tau\" is how late a delay is, and there is none; write for "
                              "example delay = \"delayed_pairs\"");
    if (c->train.tau.n != 1)
        return sg_base_refuse(err, c->path, line_of(c, "train.tau"),
                              "a training has one delay, not %zu; write tau = %d", c->train.tau.n,
                              c->train.tau.value[0]);
    return SG_OK;
}

static enum sg_status check_form(const struct sg_case *c, struct sg_error *err)
{
    const bool weights = c->train.start == SG_START_WEIGHTS;
    if (c->train.form == SG_FORM_COMPRESSED && sg_study_gives(c, "train.batch"))
        return sg_base_refuse(err, c->path, line_of(c, "train.batch"),
                              "compressed rows are no samples to take a minibatch of; write form "
                              "= \"sample\", or take \"batch\" out");
    if (weights != (c->net.weights.n > 0) && c->data.kind != SG_DATA_MOMENTS)
        return sg_base_refuse(err, c->path, line_of(c, weights ? "train.start" : "net.weights"),
                              weights ? "start = \"weights\" begins at net's weights, and there "
                                        "are none; give weights in net"
                                      : "\"weights\" is where start = \"weights\" begins; write "
                                        "that in train, or take them out");
    return SG_OK;
}

enum sg_status sg_study_fits(const struct sg_case *c, struct sg_error *err)
{
    SG_REQUIRE(c);
    if (!sg_case_is_training(c))
        return sg_base_refuse(err, c->path, line_of(c, "claim"),
                              "a case of a claim is run by `synthgrad run`; to train its net take "
                              "claim and expect out");
    if (c->has_control)
        return sg_base_refuse(err, c->path, line_of(c, "control"),
                              "a training has no verdict that a control could change; take it out");
    enum sg_status status = sg_claim_fits(&sg_training, c, err);
    if (status == SG_OK)
        status = check_length(c, err);
    if (status == SG_OK)
        status = check_rates(c, err);
    return status == SG_OK ? check_form(c, err) : status;
}
