/* nl.h - private: what the nonlinear experiments share: nets of equal blocks, trained in pieces that a later run goes on from. */
#ifndef SG_LAB_NL_H
#define SG_LAB_NL_H

#include "lab/old.h"
#include "synthgrad/train.h"

enum { SG_NL_BLOCKS_MAX = 64 };

/* `depth` hidden blocks of one width, each dense, batch norm (then without a bias) and an activation; then a dense layer to the classes with a bias.
 * Softmax cross entropy.  Linear SGs s = h A + y B + 1 C after the blocks named, applied in full. */
struct sg_nl_net {
    enum sg_dtype dtype;
    size_t depth, width;
    enum sg_layer_kind activation;          /* SG_RELU, SG_SIGMOID */
    bool batch_norm;
    enum sg_credit credit;                  /* after every hidden block without an SG, and after `cut` only when that is not 0 */
    size_t cut;
    size_t n_sg, sg_after[SG_NL_BLOCKS_MAX];    /* ascending, 1..depth */
    enum sg_target target;
    double mix;
    uint64_t seed;                          /* of fixed feedback matrices */
};
struct sg_net *sg_nl_net_alloc(const struct sg_nl_net *spec, size_t inputs, size_t classes);
/* The boundary after hidden block 1..depth; depth + 1 is the output, 0 the input. */
size_t sg_nl_boundary(const struct sg_nl_net *spec, size_t block);

/* One run: a net, its rates, how long.  The piece's name tells runs of a case apart; the start and the order depend on `replicate` alone, so that
 * runs of one replicate are paired. */
struct sg_nl_run {
    const char *piece;
    struct sg_nl_net net;
    struct sg_opt net_opt, sg_opt;
    size_t batch, epochs, steps;            /* steps: 0, or what an epoch is in place of a pass over the images */
    uint64_t replicate;
    bool decay;                             /* rates fall linearly, to 0 at the end */
    bool keep_state;                        /* the end of the run is part of the piece */
};
struct sg_nl_epoch { double loss, sg_loss, test_loss, test_accuracy; };     /* training losses averaged over the epoch */
/* curve: an entry an epoch.  train: NULL, or the finished run (sg_train_free it, then net: sg_net_free); needs keep_state.  An epoch ends with a
 * checkpoint where the trial has a store. */
enum sg_status sg_nl_train(struct sg_nl_epoch *curve, struct sg_train **train, struct sg_net **net, const struct sg_nl_run *run,
                           const struct sg_trial *trial, const struct sg_images *seen, const struct sg_images *unseen,
                           struct sg_error *err) SG_MUST_CHECK;

#endif
