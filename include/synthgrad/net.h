/* net.h - the core: layers, losses, SG modules, one choice of credit per boundary.
 *
 *   x = h_0 --layer 0--> h_1 --> ... --layer L-1--> h_L = p --loss--> L = E[l(p, y)],   E[.] = (1/n) sum
 *
 * A net is a chain of layers; all its weights lie in ONE flat vector w, all SG parameters in one vector phi.  A credit rule is
 * what stands in for the gradient g_i = n dL/dh_i (dl_i/dh_i where samples do not mix, as they do under batch norm) at each
 * boundary i = 1..L.  Backward walks down once:
 *
 *     arriving_i = backward of layer i applied to delta_{i+1}           (dl/dp at i = L)
 *     base_i     = by credit[i]
 *     delta_i    = base_i, or (1 - mix) base_i + mix s_i where an SG module sits at i
 *
 * and delta_{i+1} drives the update of layer i.  mix = 1 is a synthetic gradient, mix = 0 observes only: delta_i IS base_i then,
 * bit for bit.  The one primitive, sg_net_eval, maps a state to update directions and changes no parameter. */
#ifndef SYNTHGRAD_NET_H
#define SYNTHGRAD_NET_H

#include "synthgrad/data.h"

/* h W + 1 b;  max(h, 0) with slope 0 at 0;  1 / (1 + e^-h);  gamma (h - mean) / sqrt(variance + eps) + beta, unit by unit. */
enum sg_layer_kind { SG_DENSE, SG_RELU, SG_SIGMOID, SG_BATCHNORM, SG_LAYER_KINDS };
#define SG_BATCHNORM_EPS 1e-5
#define SG_BATCHNORM_MOMENTUM 0.1                          /* running <- 0.9 running + 0.1 batch */
/* 1/2 |p - y|^2;  |p - y|_1 with subgradient 0 at 0;
 * -sum_j y_j log softmax(p)_j, m >= 2 and y >= 0, one-hot or soft: rows that add up to 1;  log(1 + e^p) - y p, m = 1 and y in [0, 1]. */
enum sg_loss_kind { SG_MSE, SG_ABS, SG_SOFTMAX_XENT, SG_LOGISTIC, SG_LOSS_KINDS };
/* base_i: arriving_i;  0;  delta_{i+1} F with a fixed random F in place of layer i's W^T (layer i dense);  dl/dp times a fixed random
 * matrix;  dl/dp times ones.  The last three below the output only.  Entries of F are N(0, 1 / rows it sums over). */
enum sg_credit { SG_TRUE, SG_NOTHING, SG_FEEDBACK, SG_DIRECT, SG_KICKBACK, SG_CREDITS };
/* What phi holds, matrices row by row; without a term its matrices are missing:
 *   SG_LINEAR          s = h A + y B + 1 C                               A (k x k), B (m x k), C (k)
 *   SG_SIGMOID_LINEAR  s = sigma(h A + 1 C) + y B + 1 D, pointwise       A (k x k), C (k), B (m x k), D (k); needs the term h
 *   SG_MLP             s = tanh(h A + y B + 1 C) U + 1 D                 A (k x hidden), B (m x hidden), C (hidden), U (hidden x k), D (k) */
enum sg_family { SG_LINEAR, SG_SIGMOID_LINEAR, SG_MLP, SG_FAMILIES };
enum sg_terms { SG_H = 1, SG_Y = 2, SG_ONE = 4 };         /* linear = 7, unconditioned = H|ONE, constant = ONE */
enum sg_target { SG_TARGET_TRUE, SG_TARGET_ARRIVING };    /* the true g_i, or what arrives from the next SG above */

struct sg_layer { enum sg_layer_kind kind; size_t width; bool bias; };    /* bias: dense only; width: dense, else 0 or that of its input */
struct sg_module { size_t at; enum sg_family family; unsigned terms; enum sg_target target; double mix; size_t hidden; };   /* hidden: MLP only */

struct sg_arch {
    enum sg_dtype dtype;
    enum sg_loss_kind loss;
    size_t inputs, labels;                                /* d, m */
    size_t n_layers;   const struct sg_layer *layers;     /* the last one's width is the width of p */
    size_t n_modules;  const struct sg_module *modules;   /* ascending `at`, at most one per boundary 1..L */
    const enum sg_credit *credit;                         /* [n_layers + 1], entry 0 unused; NULL: all SG_TRUE */
    uint64_t seed;                                        /* of the fixed matrices */
};

struct sg_sizes { size_t w, phi, aux; };
/* aux: batch norm's running mean, then running variance, a layer after the other.  Not trained; NULL where sizes.aux is 0. */
struct sg_state { const void *w, *phi; void *aux; };
struct sg_metrics { double loss, sg_loss; };              /* E[l];  1/2 E|s - target|^2 summed over the modules */

struct sg_net;                                            /* immutable: architecture, offsets, fixed matrices */
struct sg_net_work;                                       /* h_i, g_i, s_i, delta_i and scratch: one per thread */

struct sg_net *sg_net_alloc(const struct sg_arch *arch);  /* copies arch; aborts on shapes that do not fit */
void sg_net_free(struct sg_net *net);
struct sg_net_work *sg_net_work_alloc(const struct sg_net *net, size_t batch_max);
void sg_net_work_free(struct sg_net_work *work);
const struct sg_arch *sg_net_arch(const struct sg_net *net);
struct sg_sizes sg_net_sizes(const struct sg_net *net);
size_t sg_net_width(const struct sg_net *net, size_t boundary);           /* units of h_i */
size_t sg_net_layer_offset(const struct sg_net *net, size_t layer);       /* into w: W (in x out), then b (out) if any; gamma, beta */
size_t sg_net_aux_offset(const struct sg_net *net, size_t layer);         /* into aux: mean, variance */
size_t sg_net_module_offset(const struct sg_net *net, size_t module);     /* into phi */
/* The matrix that credit[boundary] brings, in the net's dtype: feedback (width x width of the boundary above, laid out as W),
 * direct (labels x width), kickback (that, of ones); NULL for a rule without one. */
const void *sg_net_fixed(const struct sg_net *net, size_t boundary);
/* A start: W ~ N(0, 2 / (in + out)) (Glorot) or N(0, 2 / in) (He), b = 0, gamma = 1, beta = 0; running mean 0, variance 1.  aux may be
 * NULL.  Drawn layer by layer, row by row; float32 rounds the same draws. */
enum sg_init { SG_GLOROT, SG_HE };
void sg_net_init(void *w, void *aux, const struct sg_net *net, enum sg_init init, struct sg_rng *rng);
/* May the net run on compressed rows?  Linear layers, MSE and linear SGs only. */
bool sg_net_is_linear(const struct sg_net *net);
/* A start of phi with s = 0: zeros for a linear SG; A = B = C = 0, D = -1/2 for a sigmoid-linear one (s = 1/2 if it has no D); for an MLP
 * U = D = 0 and A, B, C ~ N(0, 1 / rows of [A; B; C]), since at phi = 0 nothing but D would ever learn.  phi in the net's dtype. */
void sg_net_start_phi(void *phi, const struct sg_net *net, struct sg_rng *rng);

/* SG_TRAIN: batch norm by the batch's mean and variance (divisor n, differentiated through), and the running moments in aux, unless that
 * is NULL, move towards them; without it, by the running moments, which are then needed. */
enum sg_want { SG_WANT_W = 1, SG_WANT_PHI = 2, SG_WANT_METRICS = 4, SG_TRAIN = 8 };
/* dw: the rule's pseudo-gradient E[(dh/dW)^T delta].  dphi: the gradient of 1/2 E|s - target|^2, target held fixed.
 * What is not wanted may be NULL.  No allocation. */
void sg_net_eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net, const void *w, const void *phi,
                 const struct sg_batch *batch, unsigned want, struct sg_net_work *work);
void sg_net_eval_state(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net, const struct sg_state *state,
                       const struct sg_batch *batch, unsigned want, struct sg_net_work *work);

/* The evaluation in pieces, bit for bit the same: layers lo..hi-1, 0 <= lo < hi <= L.  Forward reads h_lo and makes h and the modules' s at
 * boundaries lo+1..hi.  Backward makes delta at hi..lo+1 and sets dw for its layers; what arrives at lo trains the module there, and
 * the loss with the module at L where hi = L.  It needs its own forward, and from others
 *   the backward above it, unless a module at hi is applied in full (mix 1): then nothing, and that is what unlocks;
 *   for SG_DIRECT and SG_KICKBACK, the backward that ends in the loss;  for training the module at lo, the forward below it.
 * Pieces that need nothing of each other may run in threads of their own, sharing one work. */
void sg_net_forward(const struct sg_net *net, size_t lo, size_t hi, const struct sg_state *state, const struct sg_batch *batch,
                    unsigned want, struct sg_net_work *work);
void sg_net_backward(void *dw, void *dphi, const struct sg_net *net, size_t lo, size_t hi, const struct sg_state *state,
                     const struct sg_batch *batch, unsigned want, struct sg_net_work *work);
/* The module at a boundary once more, on the h and the target that the last evaluation left there, with phi as it is now: s, its distance from the
 * target, and the module's part of dphi.  A pair (h, g) of an earlier step trains today's SG. */
void sg_net_replay(void *dphi, const struct sg_net *net, size_t boundary, const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                   struct sg_net_work *work);
/* Of the last evaluation with SG_WANT_METRICS, once all its pieces are done. */
struct sg_metrics sg_net_metrics(const struct sg_net_work *work);

/* Rows of the last evaluation, (n x width of the boundary) in the net's dtype; G, S and DELTA where they were computed, else NULL. */
enum sg_view { SG_VIEW_H, SG_VIEW_G, SG_VIEW_S, SG_VIEW_DELTA };
const void *sg_net_view(const struct sg_net_work *work, enum sg_view what, size_t boundary);

/* Gradient descent; heavy ball m = beta1 m + g (Polyak 1964); RMSProp without bias correction (Tieleman and Hinton 2012); Adam with
 * (Kingma and Ba 2015, algorithm 1).  beta1: momentum and Adam; beta2 and epsilon: RMSProp and Adam.  Equations: kernel/optimise.c. */
enum sg_opt_kind { SG_GD, SG_MOMENTUM, SG_RMSPROP, SG_ADAM, SG_OPT_KINDS };
struct sg_opt { enum sg_opt_kind kind; double rate, beta1, beta2, epsilon; };
/* Moments of theta (n each, in its dtype), zero before the first step; t counts the steps taken.  m: momentum and Adam; v: RMSProp and Adam. */
struct sg_moments { void *m, *v; uint64_t t; };
bool sg_net_opt_has_m(const struct sg_opt *opt);
bool sg_net_opt_has_v(const struct sg_opt *opt);
/* next = theta - rate (grad, or what the optimiser makes of it), one pass; next may be theta.  moments: NULL for gradient descent, else its
 * m and v as the kind has them; advanced by one step.  0 <= beta < 1, epsilon >= 0. */
void sg_net_opt_step(void *next, struct sg_moments *moments, const void *theta, const void *grad, const struct sg_opt *opt, enum sg_dtype dtype,
                     size_t n);

#endif
