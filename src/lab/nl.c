/* Nets of equal blocks, and runs that survive being stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "lab/nl.h"

/* ---- what the case says --------------------------------------------------------------------- */

static bool batch_fits(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "batch = %d > n = %d", trial->c->train.batch,
             trial->c->data.n);
    return trial->c->train.batch <= trial->c->data.n;
}

const struct sg_hypothesis sg_nl_batch_fits = {
    .id = "batch",
    .words = "a minibatch has no more rows than there are images",
    .mend = "lower train.batch or raise data.n",
    .met = batch_fits};

static bool one_width(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "net.layers has %zu numbers", trial->c->net.layers.n);
    return trial->c->net.layers.n == 1;
}

const struct sg_hypothesis sg_nl_one_width = {
    .id = "one-width",
    .words = "all hidden layers have one width, the only number in net.layers",
    .mend = "write net.layers = (32); net.depths says how many",
    .met = one_width};

bool sg_nl_times_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const char *key,
                     const struct sg_real_list *times, size_t n)
{
    bool fit = times->n == 0 || times->n == n;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%s has %zu numbers, arms are %zu", key, times->n, n);
    for (size_t i = 0; fit && i < times->n; i++)
        if (times->value[i] <= 0) {
            snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "%s has %g", key, times->value[i]);
            fit = false;
        }
    return fit;
}

double sg_nl_times(const struct sg_real_list *times, size_t i)
{
    return times->n > 0 ? times->value[i] : 1;
}

/* ---- nets ----------------------------------------------------------------------------------- */

struct sg_nl_net sg_nl_net_of(const struct sg_case *c, size_t depth)
{
    return (struct sg_nl_net){.dtype = (enum sg_dtype)c->net.type,
                              .depth = depth,
                              .width = (size_t)c->net.layers.value[0],
                              .activation = (enum sg_layer_kind)c->net.activation,
                              .batch_norm = c->net.batch_norm,
                              .target = (enum sg_target)c->module[0].target,
                              .mix = c->module[0].mix};
}

static size_t layers_a_block(const struct sg_nl_net *spec)
{
    return spec->batch_norm ? 3 : 2;
}

size_t sg_nl_boundary(const struct sg_nl_net *spec, size_t block)
{
    return block <= spec->depth ? block * layers_a_block(spec)
                                : spec->depth * layers_a_block(spec) + 1;
}

struct sg_net *sg_nl_net_alloc(const struct sg_nl_net *spec, size_t inputs, size_t classes)
{
    struct sg_layer layer[3 * SG_NL_BLOCKS_MAX + 1];
    struct sg_module module[SG_NL_BLOCKS_MAX];
    enum sg_credit credit[3 * SG_NL_BLOCKS_MAX + 2] = {SG_TRUE};
    size_t n = 0;
    SG_REQUIRE(spec->depth <= SG_NL_BLOCKS_MAX && spec->n_sg <= spec->depth);
    for (size_t block = 1; block <= spec->depth; block++) {
        layer[n++] = (struct sg_layer){SG_DENSE, spec->width, !spec->batch_norm};
        if (spec->batch_norm)
            layer[n++] = (struct sg_layer){SG_BATCHNORM, spec->width, false};
        layer[n++] = (struct sg_layer){spec->activation, spec->width, false};
        if (spec->cut == 0 || spec->cut == block)
            credit[sg_nl_boundary(spec, block)] = spec->credit;
    }
    layer[n++] = (struct sg_layer){SG_DENSE, classes, true};
    for (size_t i = 0; i < spec->n_sg; i++)
        module[i] = (struct sg_module){sg_nl_boundary(spec, spec->sg_after[i]),
                                       SG_LINEAR,
                                       SG_H | SG_Y | SG_ONE,
                                       spec->target,
                                       spec->mix,
                                       0};
    const struct sg_arch arch = {.dtype = spec->dtype,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = inputs,
                                 .labels = classes,
                                 .n_layers = n,
                                 .layers = layer,
                                 .n_modules = spec->n_sg,
                                 .modules = module,
                                 .credit = credit,
                                 .seed = spec->seed};
    return sg_net_alloc(&arch);
}

/* ---- images and runs ------------------------------------------------------------------------ */

static void free_images(void *images)
{
    struct sg_nl_images *both = images;
    sg_data_images_free(&both->seen);
    sg_data_images_free(&both->unseen);
}

bool sg_nl_images_read(struct sg_nl_images *images, struct sg_lab *lab, const struct sg_case *c)
{
    struct sg_error err = {{0}};
    const enum sg_status status = sg_case_make_images(
        &images->seen, &images->unseen, c, lab->trial->seed, lab->trial->replicate, &err);
    if (status != SG_OK)
        sg_lab_stop(lab, status, "%s", err.text);
    else
        sg_lab_own(lab, images, free_images);
    return status == SG_OK;
}

const char *sg_nl_describe_data(struct sg_lab *lab)
{
    char *words = sg_case_describe_data(lab->trial->c, lab->trial->seed);
    sg_lab_own(lab, words, free);
    return words;
}

bool sg_nl_runs(struct sg_lab *lab, size_t n, sg_nl_each *run, void *context)
{
    return lab->status == SG_OK &&
           sg_lab_try(lab, sg_claim_runs(lab->ev, lab->trial, n, run, context));
}

/* ---- a run ---------------------------------------------------------------------------------- */

struct sg_nl_run sg_nl_run_of(const struct sg_case *c, const char *piece,
                              const struct sg_nl_net *net, uint64_t replicate)
{
    return (struct sg_nl_run){.piece = piece,
                              .net = *net,
                              .net_opt = sg_case_opt(c, c->train.mu),
                              .sg_opt = sg_case_opt(c, c->train.nu),
                              .batch = (size_t)c->train.batch,
                              .epochs = (size_t)c->train.epochs,
                              .replicate = replicate,
                              .decay = c->train.decay};
}

struct sg_train *sg_nl_train_alloc(const struct sg_nl_run *run, const struct sg_net *net,
                                   const struct sg_trial *trial, const struct sg_images *seen)
{
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = run->net_opt,
                                       .sg_opt = run->sg_opt,
                                       .init = SG_HE,
                                       .images = seen,
                                       .batch = run->batch,
                                       .decay_steps =
                                           run->decay ? run->epochs * (seen->n / run->batch) : 0,
                                       .name = "case",
                                       .seed = trial->seed,
                                       .replicate = run->replicate};
    return sg_train_alloc(&spec);
}

struct sg_nl_epoch sg_nl_epoch_of(struct sg_train *train, const struct sg_images *unseen)
{
    const struct sg_metrics seen = sg_train_seen(train);
    const struct sg_score score = sg_train_score(train, unseen);
    return (struct sg_nl_epoch){seen.loss, seen.sg_loss, score.loss, score.accuracy};
}

void sg_nl_epoch_add(struct sg_nl_epoch *mean, const struct sg_nl_epoch *e, double share)
{
    mean->loss += share * e->loss;
    mean->sg_loss += share * e->sg_loss;
    mean->test_loss += share * e->test_loss;
    mean->test_accuracy += share * e->test_accuracy;
}

size_t sg_nl_tenth(size_t epochs)
{
    return epochs < 20 ? 1 : epochs / 10;
}

size_t sg_nl_tenth_before_last(size_t epochs)
{
    const size_t last = epochs - 1, tenth = sg_nl_tenth(epochs);
    return last > tenth ? last - tenth : 0;
}

/* What a piece holds: epochs done, their curve, and the state unless the run is over and nobody
 * wants it. */
struct piece {
    size_t bytes, curve;
    char *data;
};

static struct piece piece_alloc(const struct sg_nl_run *run, const struct sg_train *train,
                                bool state)
{
    struct piece p = {.curve = run->epochs * sizeof(struct sg_nl_epoch)};
    p.bytes = sizeof(uint64_t) + p.curve + (state ? sg_train_bytes(train) : 0);
    p.data = SG_NEW(p.bytes, char);
    return p;
}

static void pack(struct piece *p, uint64_t done, const struct sg_nl_epoch *curve,
                 const struct sg_train *train, bool state)
{
    memcpy(p->data, &done, sizeof done);
    memcpy(p->data + sizeof done, curve, p->curve);
    if (state)
        sg_train_save(p->data + sizeof done + p->curve, train);
}

static uint64_t unpack(struct sg_nl_epoch *curve, struct sg_train *train, const struct piece *p,
                       bool state)
{
    uint64_t done;
    memcpy(&done, p->data, sizeof done);
    memcpy(curve, p->data + sizeof done, p->curve);
    if (state)
        sg_train_load(train, p->data + sizeof done + p->curve);
    return done;
}

/* From epoch `done` to the end; part: room for the checkpoint that each epoch but the last leaves
 * where the trial has a store. */
static enum sg_status train_on(struct sg_nl_epoch *curve, struct sg_train *train,
                               struct piece *part, uint64_t done, const char *checkpoint,
                               const struct sg_nl_run *run, const struct sg_trial *trial,
                               const struct sg_images *unseen, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    for (; done < run->epochs && status == SG_OK; done++) {
        status = sg_train_advance(train, sg_train_epoch_steps(train));
        if (status != SG_OK)
            break;
        curve[done] = sg_nl_epoch_of(train, unseen);
        if (done + 1 < run->epochs && trial->store) {
            pack(part, done + 1, curve, train, true);
            status = sg_claim_keep(trial, checkpoint, part->data, part->bytes, err);
        }
    }
    return status;
}

/* A run that an earlier process finished or began goes on from there. */
static enum sg_status resume(struct sg_nl_epoch *curve, struct sg_train *t, struct piece *whole,
                             struct piece *part, const struct sg_nl_run *run,
                             const struct sg_trial *trial, const struct sg_images *unseen,
                             struct sg_error *err)
{
    char *checkpoint = sg_base_format("%s-checkpoint", run->piece);
    enum sg_status status = SG_OK;
    if (sg_claim_recall(whole->data, whole->bytes, trial, run->piece)) {
        (void)unpack(curve, t, whole, run->keep_state);
    } else {
        const bool begun = sg_claim_recall(part->data, part->bytes, trial, checkpoint);
        status = train_on(curve, t, part, begun ? unpack(curve, t, part, true) : 0, checkpoint, run,
                          trial, unseen, err);
        if (status == SG_OK) {
            pack(whole, run->epochs, curve, t, run->keep_state);
            status = sg_claim_keep(trial, run->piece, whole->data, whole->bytes, err);
        }
    }
    if (status == SG_OK) /* an earlier process may have been killed before it came to that */
        sg_claim_forget(trial, checkpoint);
    free(checkpoint);
    return status;
}

enum sg_status sg_nl_train(struct sg_nl_epoch *curve, struct sg_train **train, struct sg_net **net,
                           const struct sg_nl_run *run, const struct sg_trial *trial,
                           const struct sg_nl_images *images, struct sg_error *err)
{
    SG_REQUIRE(!train || (run->keep_state && net));
    const struct sg_images *seen = &images->seen;
    struct sg_net *own = sg_nl_net_alloc(&run->net, seen->rows * seen->columns, seen->classes);
    struct sg_train *t = sg_nl_train_alloc(run, own, trial, seen);
    struct piece whole = piece_alloc(run, t, run->keep_state), part = piece_alloc(run, t, true);
    for (size_t i = 0; i < run->epochs; i++)
        curve[i] = (struct sg_nl_epoch){SG_NAN, SG_NAN, SG_NAN, SG_NAN};
    const enum sg_status status = resume(curve, t, &whole, &part, run, trial, &images->unseen, err);
    free(whole.data);
    free(part.data);
    if (train && status == SG_OK) {
        *train = t;
        *net = own;
    } else {
        sg_train_free(t);
        sg_net_free(own);
    }
    return status;
}
