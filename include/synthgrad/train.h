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

/* The run of a net with one SG, applied in full, as two halves that wait for one another as little as the SG allows.  In step t the lower half makes
 * h and s of minibatch t, hands h up and moves at once; the upper half makes p of that h, moves, and hands the true gradient g back; the lower half
 * ends its step by training the SG on the pair (h, g) of step t - delay, s made again with phi as it is.  So the lower half is at most `delay` + 1
 * steps ahead and the bits do not depend on timing, nor on `threads`: 1 takes the halves in turn, 2 puts the upper one in a thread of its own (or in
 * turn, where the system has no thread to give).  delay = 0 takes the steps of sg_train_advance, bit for bit.  The halves have delay + 1 buffers
 * between them. */
struct sg_halves;
/* Of a run that has not begun; it outlives the halves. */
struct sg_halves *sg_train_halves_alloc(struct sg_train *t, uint64_t delay, size_t threads);
void sg_train_halves_free(struct sg_halves *h);
/* As sg_train_advance, looked at every 256 steps; the run is then at one time, with `delay` pairs still to come.  Score and read it as any other;
 * stepping or saving it without its halves aborts.  Allocates nothing but the thread. */
enum sg_status sg_train_halves_advance(struct sg_halves *h, uint64_t steps) SG_MUST_CHECK;
/* CPU seconds of all steps together: the lower half's forward, its backward and move, the SG's training; the upper half.  With processors to spare a
 * step takes forward + max(back, upper) + sg without a delay, and max(forward + back + sg, upper) with one. */
struct sg_halves_cpu { double forward, back, sg, upper; };
struct sg_halves_cpu sg_train_halves_cpu(const struct sg_halves *h);

/* E[l] and the share of images whose largest output is their label (the first of equal ones), batch norm by its running moments. */
struct sg_score { double loss, accuracy; };
struct sg_score sg_train_score(struct sg_train *t, const struct sg_images *images);

/* All that a run goes on from: step, w, phi, aux, moments, averages.  Bytes of this machine; load refuses nothing, so keep the bytes with what made
 * them. */
size_t sg_train_bytes(const struct sg_train *t);
void sg_train_save(void *bytes, const struct sg_train *t);
void sg_train_load(struct sg_train *t, const void *bytes);

#endif
