/* nl.h - private: what the nonlinear experiments share: nets of equal blocks, trained in pieces
 * that a later run goes on from. */
#ifndef SG_LAB_NL_H
#define SG_LAB_NL_H

#include "lab/statistics.h"
#include "synthgrad/train.h"

enum { SG_NL_BLOCKS_MAX = 64 };

/* Keys that these claims read: images to classify, and how nets are trained on them. */
#define SG_READS_IMAGES \
    " data.kind=digits|idx data.n data.test data.standardise data.train_files data.test_files" \
    " net.loss=softmax"
#define SG_READS_TRAINING \
    " train.optimiser train.beta1 train.beta2 train.epsilon train.mu train.nu" \
    " train.units=absolute train.seeds"
#define SG_READS_EPOCHS " train.batch train.epochs train.decay"

extern const struct sg_hypothesis sg_nl_batch_fits; /* train.batch <= data.n */
extern const struct sg_hypothesis sg_nl_one_width;  /* one number in net.layers */

/* Factors of a rate that a case gives its arms, `n` of them, each above 0, or none at all.  Writes
 * what is wrong with them otherwise. */
bool sg_nl_times_fit(char value[SG_HYPOTHESIS_VALUE_MAX], const char *key,
                     const struct sg_real_list *times, size_t n);
/* That of arm i; 1 where there are none. */
double sg_nl_times(const struct sg_real_list *times, size_t i);

/* `depth` hidden blocks of one width, each dense, batch norm (then without a bias) and an
 * activation; then a dense layer to the classes with a bias.  Softmax cross entropy.  Linear SGs s
 * = h A + y B + 1 C after the blocks named. */
struct sg_nl_net {
    enum sg_dtype dtype;
    size_t depth, width;
    enum sg_layer_kind activation;
    bool batch_norm;
    enum sg_credit credit;                   /* after every hidden block without an SG */
    size_t cut;                              /* not 0: after this block only */
    size_t n_sg, sg_after[SG_NL_BLOCKS_MAX]; /* ascending, 1..depth; depth + 1: the output */
    enum sg_target target;
    double mix;
    uint64_t seed; /* of fixed feedback matrices */
};
/* Type, width, activation, batch norm, and the SG's target and mixing factor as the case has them;
 * no SG and true gradients. */
struct sg_nl_net sg_nl_net_of(const struct sg_case *c, size_t depth);
struct sg_net *sg_nl_net_alloc(const struct sg_nl_net *spec, size_t inputs, size_t classes);
/* The boundary after hidden block 1..depth; depth + 1 is the output, 0 the input. */
size_t sg_nl_boundary(const struct sg_nl_net *spec, size_t block);

/* The case's images; owned by the lab.  False when it stops. */
struct sg_nl_images {
    struct sg_images seen, unseen;
};
bool sg_nl_images_read(struct sg_nl_images *images, struct sg_lab *lab, const struct sg_case *c);
/* What they are, in words; owned by the lab. */
const char *sg_nl_describe_data(struct sg_lab *lab);
/* sg_claim_runs; false when a run failed, which stops the lab. */
typedef enum sg_status sg_nl_each(struct sg_error *err, size_t i, void *context);
bool sg_nl_runs(struct sg_lab *lab, size_t n, sg_nl_each *run, void *context);

/* One run: a net, its rates, how long.  The piece's name tells runs of a case apart.  The start and
 * the order depend on `replicate` alone, so that runs of one replicate are paired. */
struct sg_nl_run {
    const char *piece;
    struct sg_nl_net net;
    struct sg_opt net_opt, sg_opt;
    size_t batch, epochs;
    uint64_t replicate;
    bool decay;      /* rates fall linearly, to 0 at the end */
    bool keep_state; /* the end of the run is part of the piece */
};
/* Rates, batch, epochs and decay as the case has them. */
struct sg_nl_run sg_nl_run_of(const struct sg_case *c, const char *piece,
                              const struct sg_nl_net *net, uint64_t replicate);
/* The same as sg_nl_train has it, for a loop of the caller's own. */
struct sg_train *sg_nl_train_alloc(const struct sg_nl_run *run, const struct sg_net *net,
                                   const struct sg_trial *trial, const struct sg_images *seen);
/* Training losses averaged over the epoch. */
struct sg_nl_epoch {
    double loss, sg_loss, test_loss, test_accuracy;
};
/* Adds `share` of another epoch to a mean. */
void sg_nl_epoch_add(struct sg_nl_epoch *mean, const struct sg_nl_epoch *e, double share);
/* Epochs in a tenth of a run, one or more; the epoch that many before the last, or the first. */
size_t sg_nl_tenth(size_t epochs);
size_t sg_nl_tenth_before_last(size_t epochs);
/* What an epoch that has just ended came to. */
struct sg_nl_epoch sg_nl_epoch_of(struct sg_train *train, const struct sg_images *unseen);
/* curve: an entry an epoch.  train: NULL, or the finished run (sg_train_free it, then net:
 * sg_net_free), which needs keep_state.  An epoch ends with a checkpoint where the trial has a
 * store. */
enum sg_status sg_nl_train(struct sg_nl_epoch *curve, struct sg_train **train, struct sg_net **net,
                           const struct sg_nl_run *run, const struct sg_trial *trial,
                           const struct sg_nl_images *images, struct sg_error *err) SG_MUST_CHECK;

#endif
