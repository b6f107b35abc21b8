/* train.h - minibatch training of a net with SGs on images: steps, test accuracy, checkpoints.
 *
 * One step takes the next minibatch of a seeded order and moves all parts from the same state (simultaneous): the weights along the rule's
 * pseudo-gradient, the SGs down the gradient of 1/2 E|s - target|^2, each with its optimiser.  A run is a function of its spec alone: the same
 * bits on every run and after every restart from a checkpoint. */
#ifndef SYNTHGRAD_TRAIN_H
#define SYNTHGRAD_TRAIN_H

#include "synthgrad/images.h"
#include "synthgrad/net.h"

struct sg_train_spec {
    const struct sg_net *net;               /* outlives the run, as the images do */
    struct sg_opt net_opt, sg_opt;
    enum sg_init init;
    const struct sg_images *images;         /* the training set */
    size_t batch;                           /* rows a step; an epoch is floor(n / batch) steps */
    uint64_t decay_steps;                   /* T: both rates are multiplied by 1 - t/T in step t < T; 0: constant rates */
    const char *name;                       /* with seed and replicate: the streams of the start and of the order */
    uint64_t seed, replicate;
};

struct sg_train;
struct sg_train *sg_train_alloc(const struct sg_train_spec *spec);
void sg_train_free(struct sg_train *t);
/* `steps` more steps; never allocates.  SG_DIVERGED when w or phi is no longer finite, SG_INTERRUPTED after sg_base_interrupt(): looked at every
 * 64 steps and at the end. */
enum sg_status sg_train_advance(struct sg_train *t, uint64_t steps) SG_MUST_CHECK;
uint64_t sg_train_time(const struct sg_train *t);           /* steps taken */
size_t sg_train_epoch_steps(const struct sg_train *t);
/* Loss and SG loss averaged over the steps since the last call, as seen in training; resets the average. */
struct sg_metrics sg_train_seen(struct sg_train *t);
const void *sg_train_w(const struct sg_train *t);
const void *sg_train_phi(const struct sg_train *t);
void *sg_train_aux(const struct sg_train *t);               /* running moments */

/* E[l] and the share of images whose largest output is their label (the first of equal ones), batch norm by its running moments. */
struct sg_score { double loss, accuracy; };
struct sg_score sg_train_score(struct sg_train *t, const struct sg_images *images);

/* All that a run goes on from: step, w, phi, aux, moments, averages.  Bytes of this machine; load refuses nothing, so keep the bytes with what made
 * them. */
size_t sg_train_bytes(const struct sg_train *t);
void sg_train_save(void *bytes, const struct sg_train *t);
void sg_train_load(struct sg_train *t, const void *bytes);

#endif
