/* train.h - minibatch training of a net with SGs on images: steps, test accuracy, checkpoints.
 *
 * One step takes the next minibatch of a seeded order and moves all parts from the same state
 * (simultaneous): the weights along the rule's pseudo-gradient, the SGs down the gradient of
 * 1/2 E|s - target|^2, each with its optimiser.  A run is a function of its spec alone: the same
 * bits on every run and after every restart from a checkpoint. */
#ifndef SYNTHGRAD_TRAIN_H
#define SYNTHGRAD_TRAIN_H

#include "synthgrad/images.h"
#include "synthgrad/net.h"

SG_PUBLIC_BEGIN

struct sg_train_spec {
    const struct sg_net *net;               /* outlives the run, as the images do */
    struct sg_opt net_opt, sg_opt;
    enum sg_step_rule sg_step;              /* by the minibatch, or the late pair, that the SG
                                               learns from; sg_opt is SG_GD with the rate theta
                                               unless it is SG_STEP_FIXED */
    enum sg_init init;
    const struct sg_images *images;         /* the training set */
    size_t batch;                           /* rows a step; floor(n / batch) steps an epoch */
    uint64_t decay_steps;                   /* T: both rates are multiplied by 1 - t/T in step
                                               t < T; 0: constant rates */
    const char *name;                       /* with seed and replicate: the streams of the start
                                               and of the order */
    uint64_t seed, replicate;
};

struct sg_train;
/* A run at its start, which the init, the name, the seed and the replicate decide. */
struct sg_train *sg_train_alloc(const struct sg_train_spec *spec);
void sg_train_free(struct sg_train *t);
/* Takes `steps` more steps.  Never allocates.  SG_DIVERGED: w or phi is no longer finite.
 * SG_INTERRUPTED: sg_base_interrupt() was called.  Both are looked at every 64 steps and at the
 * end. */
enum sg_status sg_train_advance(struct sg_train *t, uint64_t steps) SG_MUST_CHECK;
/* Steps taken. */
uint64_t sg_train_time(const struct sg_train *t);
/* Steps an epoch. */
size_t sg_train_epoch_steps(const struct sg_train *t);
/* Loss and SG loss averaged over the steps since the last call, as seen in training.  Resets the
 * average. */
struct sg_metrics sg_train_seen(struct sg_train *t);
/* The weights now. */
const void *sg_train_w(const struct sg_train *t);
/* The SG parameters now. */
const void *sg_train_phi(const struct sg_train *t);
/* Batch norm's running moments. */
void *sg_train_aux(const struct sg_train *t);
/* What the last step of sg_train_advance has seen, for sg_net_view: h, s and delta of its minibatch
 * at the parameters that it moved from.  batch: NULL, or out: that minibatch.  Good until the next
 * step. */
const struct sg_net_work *sg_train_work(struct sg_batch *batch, const struct sg_train *t);

/* ---- two halves around one SG ----------------------------------------------------------- */

/* The run of a net with one SG, applied in full (mix = 1), as two halves that wait for one another
 * as little as the SG allows.  In step t
 *   1. the lower half makes h and s of minibatch t, hands h up and moves at once;
 *   2. the upper half makes p of that h, moves, and hands the true gradient g back;
 *   3. the lower half trains the SG on the pair (h, g) of step t - delay, with s made again by phi
 *      as it is.
 * So the lower half is at most delay + 1 steps ahead, with delay + 1 buffers between the halves.
 * The bits depend neither on timing nor on `threads`.  delay = 0 takes the steps of
 * sg_train_advance, bit for bit. */
struct sg_halves;
/* t: a run that has not begun.  It outlives the halves.
 * threads: 1 takes the halves in turn, 2 puts the upper one in a thread of its own (or in turn,
 * where the system has no thread to give). */
struct sg_halves *sg_train_halves_alloc(struct sg_train *t, uint64_t delay, size_t threads);
void sg_train_halves_free(struct sg_halves *h);
/* As sg_train_advance, looked at every 256 steps.  Afterwards the run is at one time, with `delay`
 * pairs still to come.  Score and read it as any other.  Stepping or saving it without its halves
 * aborts.  Allocates nothing but the thread. */
enum sg_status sg_train_halves_advance(struct sg_halves *h, uint64_t steps) SG_MUST_CHECK;
/* CPU seconds of all steps together: the lower half's forward, its backward and move, the SG's
 * training, and the upper half.  With processors to spare a step takes
 *   forward + max(back, upper) + sg       without a delay
 *   max(forward + back + sg, upper)       with one. */
struct sg_halves_cpu { double forward, back, sg, upper; };
struct sg_halves_cpu sg_train_halves_cpu(const struct sg_halves *h);

/* ---- scores and checkpoints ------------------------------------------------------------- */

/* loss: E[l].  accuracy: the share of images whose largest output (the first of equal ones) is
 * their label.  Batch norm uses its running moments. */
struct sg_score { double loss, accuracy; };
struct sg_score sg_train_score(struct sg_train *t, const struct sg_images *images);

/* A checkpoint holds all that a run goes on from: step, w, phi, aux, moments, averages.  It is
 * bytes of this machine. */

/* Size of a checkpoint. */
size_t sg_train_bytes(const struct sg_train *t);
/* Writes a checkpoint. */
void sg_train_save(void *bytes, const struct sg_train *t);
/* Goes to a checkpoint.  Refuses nothing, so keep the bytes with what made them. */
void sg_train_load(struct sg_train *t, const void *bytes);

SG_PUBLIC_END

#endif
