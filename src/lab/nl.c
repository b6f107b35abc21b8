/* Nets of equal blocks, and runs that survive being stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/nl.h"

static size_t layers_a_block(const struct sg_nl_net *spec)
{
    return spec->batch_norm ? 3 : 2;
}

size_t sg_nl_boundary(const struct sg_nl_net *spec, size_t block)
{
    return block <= spec->depth ? block * layers_a_block(spec) : spec->depth * layers_a_block(spec) + 1;
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
        module[i] = (struct sg_module){sg_nl_boundary(spec, spec->sg_after[i]), SG_LINEAR, SG_H | SG_Y | SG_ONE, spec->target, spec->mix, 0};
    const struct sg_arch arch = {.dtype = spec->dtype, .loss = SG_SOFTMAX_XENT, .inputs = inputs, .labels = classes, .n_layers = n, .layers = layer,
                                 .n_modules = spec->n_sg, .modules = module, .credit = credit, .seed = spec->seed};
    return sg_net_alloc(&arch);
}

/* ---- a run ----------------------------------------------------------------------------------------------------------- */

/* What a piece holds: epochs done, their curve, and the state unless the run is over and nobody wants it. */
struct piece { size_t bytes, curve; char *data; };

static struct piece piece_alloc(const struct sg_nl_run *run, const struct sg_train *train, bool state)
{
    struct piece p = {.curve = run->epochs * sizeof(struct sg_nl_epoch)};
    p.bytes = sizeof(uint64_t) + p.curve + (state ? sg_train_bytes(train) : 0);
    p.data = SG_NEW(p.bytes, char);
    return p;
}

static void pack(struct piece *p, uint64_t done, const struct sg_nl_epoch *curve, const struct sg_train *train, bool state)
{
    memcpy(p->data, &done, sizeof done);
    memcpy(p->data + sizeof done, curve, p->curve);
    if (state)
        sg_train_save(p->data + sizeof done + p->curve, train);
}

static uint64_t unpack(struct sg_nl_epoch *curve, struct sg_train *train, const struct piece *p, bool state)
{
    uint64_t done;
    memcpy(&done, p->data, sizeof done);
    memcpy(curve, p->data + sizeof done, p->curve);
    if (state)
        sg_train_load(train, p->data + sizeof done + p->curve);
    return done;
}

/* From epoch `done` to the end; part: room for the checkpoint that each epoch but the last leaves where the trial has a store. */
static enum sg_status train_on(struct sg_nl_epoch *curve, struct sg_train *train, struct piece *part, uint64_t done, const char *checkpoint,
                               const struct sg_nl_run *run, const struct sg_trial *trial, const struct sg_images *unseen, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    for (; done < run->epochs && status == SG_OK; done++) {
        status = sg_train_advance(train, run->steps > 0 ? run->steps : sg_train_epoch_steps(train));
        if (status != SG_OK)
            break;
        const struct sg_metrics seen = sg_train_seen(train);
        const struct sg_score score = sg_train_score(train, unseen);
        curve[done] = (struct sg_nl_epoch){seen.loss, seen.sg_loss, score.loss, score.accuracy};
        if (done + 1 < run->epochs && trial->store) {
            pack(part, done + 1, curve, train, true);
            status = sg_claim_keep(trial, checkpoint, part->data, part->bytes, err);
        }
    }
    return status;
}

enum sg_status sg_nl_train(struct sg_nl_epoch *curve, struct sg_train **train, struct sg_net **net, const struct sg_nl_run *run,
                           const struct sg_trial *trial, const struct sg_images *seen, const struct sg_images *unseen, struct sg_error *err)
{
    SG_REQUIRE(!train || (run->keep_state && net));
    struct sg_net *own = sg_nl_net_alloc(&run->net, seen->rows * seen->columns, seen->classes);
    const size_t epoch = run->steps > 0 ? run->steps : seen->n / run->batch;
    const struct sg_train_spec spec = {.net = own, .net_opt = run->net_opt, .sg_opt = run->sg_opt, .init = SG_HE, .images = seen, .batch = run->batch,
                                       .decay_steps = run->decay ? run->epochs * epoch : 0, .name = "case", .seed = trial->seed,
                                       .replicate = run->replicate};
    struct sg_train *t = sg_train_alloc(&spec);
    struct piece whole = piece_alloc(run, t, run->keep_state), part = piece_alloc(run, t, true);
    char *checkpoint = sg_base_format("%s-checkpoint", run->piece);
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < run->epochs; i++)
        curve[i] = (struct sg_nl_epoch){SG_NAN, SG_NAN, SG_NAN, SG_NAN};
    if (sg_claim_recall(whole.data, whole.bytes, trial, run->piece)) {
        (void)unpack(curve, t, &whole, run->keep_state);
        sg_claim_forget(trial, checkpoint);                      /* the process may have been killed before it came to that */
    } else {
        uint64_t done = 0;
        if (sg_claim_recall(part.data, part.bytes, trial, checkpoint))
            done = unpack(curve, t, &part, true);
        status = train_on(curve, t, &part, done, checkpoint, run, trial, unseen, err);
        if (status == SG_OK) {
            pack(&whole, run->epochs, curve, t, run->keep_state);
            status = sg_claim_keep(trial, run->piece, whole.data, whole.bytes, err);
        }
        if (status == SG_OK)
            sg_claim_forget(trial, checkpoint);
    }
    free(checkpoint);
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
