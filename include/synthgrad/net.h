/* net.h - the core: layers, losses, SG modules, one choice of credit per boundary.
 *
 *   x = h_0 --layer 0--> h_1 --> ... --layer L-1--> h_L = p --loss--> L = E[l(p, y)]
 *
 * with E[.] = (1/n) sum.  A net is a chain of layers.  All its weights lie in ONE flat vector w,
 * all SG parameters in one vector phi.  A credit rule is what stands in for the gradient
 * g_i = n dL/dh_i at each boundary i = 1..L.  (g_i = dl_i/dh_i where samples do not mix, as they do
 * under batch norm.)  Backward walks down once:
 *
 *     arriving_i = backward of layer i applied to delta_{i+1}           (dl/dp at i = L)
 *     base_i     = by credit[i]
 *     delta_i    = base_i, or (1 - mix) base_i + mix s_i where an SG module sits at i
 *
 * and delta_{i+1} drives the update of layer i.  mix = 1 is a synthetic gradient.  mix = 0
 * observes only: delta_i IS base_i then, bit for bit.  The one primitive, sg_net_eval, maps a state
 * to update directions and changes no parameter.
 *
 * Signals: with oneDNN, a thread that evaluates a float32 net takes its signals after the
 * evaluation.  oneDNN keeps the stack pointer in a buffer of the heap while it multiplies, and a
 * handler that ran on that stack would overwrite memory.  So the library blocks signals in the
 * thread meanwhile (all but SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS and SIGABRT, which
 * faults send) and puts the thread's mask back; its own threads take none.  Whoever catches one of
 * those seven, or calls oneDNN from the same program, does it on a stack of its own: sigaltstack
 * and SA_ONSTACK. */
#ifndef SYNTHGRAD_NET_H
#define SYNTHGRAD_NET_H

#include "synthgrad/data.h"

SG_PUBLIC_BEGIN

/* ---- architecture ----------------------------------------------------------------------- */

/* What a layer maps its input h to:
 *   SG_DENSE      h W + 1 b
 *   SG_RELU       max(h, 0), with slope 0 at 0
 *   SG_SIGMOID    1 / (1 + e^-h)
 *   SG_BATCHNORM  gamma (h - mean) / sqrt(variance + eps) + beta, unit by unit */
enum sg_layer_kind { SG_DENSE, SG_RELU, SG_SIGMOID, SG_BATCHNORM, SG_LAYER_KINDS };
#define SG_BATCHNORM_EPS 1e-5
#define SG_BATCHNORM_MOMENTUM 0.1                   /* running <- 0.9 running + 0.1 batch */
/* l(p, y):
 *   SG_MSE           1/2 |p - y|^2
 *   SG_ABS           |p - y|_1, with subgradient 0 at 0
 *   SG_SOFTMAX_XENT  -sum_j y_j log softmax(p)_j;  m >= 2, y >= 0, one-hot or soft rows of sum 1
 *   SG_LOGISTIC      log(1 + e^p) - y p;  m = 1, y in [0, 1] */
enum sg_loss_kind { SG_MSE, SG_ABS, SG_SOFTMAX_XENT, SG_LOGISTIC, SG_LOSS_KINDS };
/* base_i:
 *   SG_TRUE      arriving_i
 *   SG_NOTHING   0
 *   SG_FEEDBACK  delta_{i+1} F, a fixed random F in place of layer i's W^T (layer i dense)
 *   SG_DIRECT    dl/dp times a fixed random matrix
 *   SG_KICKBACK  dl/dp times ones
 * The last three are for boundaries below the output only.  Entries of the random matrices are
 * N(0, 1 / rows), rows being what the product sums over. */
enum sg_credit { SG_TRUE, SG_NOTHING, SG_FEEDBACK, SG_DIRECT, SG_KICKBACK, SG_CREDITS };
/* s, and what phi holds, matrices row by row.  Without a term its matrices are missing.
 *   SG_LINEAR          s = h A + y B + 1 C
 *                      A (k x k), B (m x k), C (k)
 *   SG_SIGMOID_LINEAR  s = sigma(h A + 1 C) + y B + 1 D, pointwise;  needs the term h
 *                      A (k x k), C (k), B (m x k), D (k)
 *   SG_MLP             s = tanh(h A + y B + 1 C) U + 1 D
 *                      A (k x hidden), B (m x hidden), C (hidden), U (hidden x k), D (k) */
enum sg_family { SG_LINEAR, SG_SIGMOID_LINEAR, SG_MLP, SG_FAMILIES };
/* linear = 7, unconditioned = SG_H | SG_ONE, constant = SG_ONE */
enum sg_terms { SG_H = 1, SG_Y = 2, SG_ONE = 4 };
/* The true g_i, or what arrives from the next SG above. */
enum sg_target { SG_TARGET_TRUE, SG_TARGET_ARRIVING };

struct sg_layer {
    enum sg_layer_kind kind;
    size_t width;                                   /* not dense: 0, or that of the input */
    bool bias;                                      /* dense only */
};
struct sg_module {
    size_t at;                                      /* boundary, 1..L */
    enum sg_family family;
    unsigned terms;                                 /* of enum sg_terms */
    enum sg_target target;
    double mix;
    size_t hidden;                                  /* SG_MLP only */
};

struct sg_arch {
    enum sg_dtype dtype;
    enum sg_loss_kind loss;
    size_t inputs, labels;                          /* d, m */
    size_t n_layers;
    const struct sg_layer *layers;                  /* the last one's width is that of p */
    size_t n_modules;
    const struct sg_module *modules;                /* ascending `at`, at most one a boundary */
    const enum sg_credit *credit;                   /* [n_layers + 1], entry 0 unused;
                                                       NULL: all SG_TRUE */
    uint64_t seed;                                  /* of the fixed matrices */
};

/* ---- a net ------------------------------------------------------------------------------ */

/* Entries of w, phi and aux.  aux holds batch norm's running mean, then its running variance, one
 * layer after the other.  It is not trained, and NULL where sizes.aux is 0. */
struct sg_sizes { size_t w, phi, aux; };
struct sg_state { const void *w, *phi; void *aux; };
/* loss: E[l].  sg_loss: 1/2 E|s - target|^2, summed over the modules. */
struct sg_metrics { double loss, sg_loss; };

/* Architecture, offsets, fixed matrices.  Immutable. */
struct sg_net;
/* h_i, g_i, s_i, delta_i and scratch.  One per thread. */
struct sg_net_work;

/* The word for a kind of layer, in case files and messages: that of its kernel row.  Aborts where
 * the row is missing. */
const char *sg_net_layer_name(int kind);
/* The same for a loss. */
const char *sg_net_loss_name(int kind);
/* The same for an SG family. */
const char *sg_net_family_name(int family);

/* Copies arch.  Aborts on shapes that do not fit, and on a kind without its kernel row. */
struct sg_net *sg_net_alloc(const struct sg_arch *arch);
void sg_net_free(struct sg_net *net);
/* For batches of up to batch_max rows. */
struct sg_net_work *sg_net_work_alloc(const struct sg_net *net, size_t batch_max);
void sg_net_work_free(struct sg_net_work *work);
/* The architecture that it was made of. */
const struct sg_arch *sg_net_arch(const struct sg_net *net);
/* How long w, phi and their like are. */
struct sg_sizes sg_net_sizes(const struct sg_net *net);
/* Units of h_i at boundary i. */
size_t sg_net_width(const struct sg_net *net, size_t boundary);
/* Where the layer starts in w.  Dense: W (in x out), then b (out) if any.  Batch norm: gamma,
 * beta. */
size_t sg_net_layer_offset(const struct sg_net *net, size_t layer);
/* Where the layer's mean, then variance, starts in aux. */
size_t sg_net_aux_offset(const struct sg_net *net, size_t layer);
/* Where the module starts in phi. */
size_t sg_net_module_offset(const struct sg_net *net, size_t module);
/* The matrix that credit[boundary] brings, in the net's dtype:
 *   feedback  width x width of the boundary above, laid out as W
 *   direct    labels x width
 *   kickback  labels x width, of ones
 * NULL for a rule without one. */
const void *sg_net_fixed(const struct sg_net *net, size_t boundary);
/* May the net run on compressed rows?  Linear layers, MSE and linear SGs only. */
bool sg_net_is_linear(const struct sg_net *net);

/* A start of w: W ~ N(0, 2 / (in + out)) (Glorot) or N(0, 2 / in) (He), b = 0, gamma = 1,
 * beta = 0.  A start of aux (may be NULL): running mean 0, variance 1.  Drawn layer by layer, row
 * by row.  float32 rounds the same draws. */
enum sg_init { SG_GLOROT, SG_HE };
void sg_net_init(void *w, void *aux, const struct sg_net *net, enum sg_init init,
                 struct sg_rng *rng);
/* A start of phi, in the net's dtype, with s = 0:
 *   linear          zeros
 *   sigmoid-linear  A = B = C = 0, D = -1/2.  Without D, s = 1/2.
 *   MLP             U = D = 0 and A, B, C ~ N(0, 1 / rows of [A; B; C]), since at phi = 0
 *                   nothing but D would ever learn */
void sg_net_start_phi(void *phi, const struct sg_net *net, struct sg_rng *rng);

/* ---- evaluation ------------------------------------------------------------------------- */

/* What to compute.  With SG_TRAIN batch norm uses the batch's mean and variance (divisor n,
 * differentiated through), and the running moments in aux, unless that is NULL, move towards them.
 * Without SG_TRAIN batch norm uses the running moments, and aux must not be NULL. */
enum sg_want { SG_WANT_W = 1, SG_WANT_PHI = 2, SG_WANT_METRICS = 4, SG_TRAIN = 8 };
/* The update directions at (w, phi) on a batch.
 *   dw    the rule's pseudo-gradient E[(dh/dW)^T delta]
 *   dphi  the gradient of 1/2 E|s - target|^2, target held fixed
 * What is not wanted may be NULL.  No allocation.  For nets without aux. */
void sg_net_eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net,
                 const void *w, const void *phi, const struct sg_batch *batch, unsigned want,
                 struct sg_net_work *work);
/* The same with aux in the state. */
void sg_net_eval_state(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net,
                       const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                       struct sg_net_work *work);

/* The evaluation can be made in parts, bit for bit the same.  A part is the layers lo..hi-1,
 * 0 <= lo < hi <= L.  Parts that need nothing of each other may run in threads of their own and
 * share one work. */

/* Forward through layers lo..hi-1.  Reads h_lo.  Makes h and the modules' s at boundaries
 * lo+1..hi. */
void sg_net_forward(const struct sg_net *net, size_t lo, size_t hi, const struct sg_state *state,
                    const struct sg_batch *batch, unsigned want, struct sg_net_work *work);
/* Backward through layers hi-1..lo.  Makes delta at hi..lo+1 and sets dw for its layers.  What
 * arrives at lo trains the module there.  With hi = L it also makes the loss and trains the module
 * at L.  Before it must have run:
 *   1. sg_net_forward(lo, hi).
 *   2. The backward of the part above.  Not needed if a module at hi has mix = 1: this is what
 *      unlocks the part.
 *   3. Under SG_DIRECT and SG_KICKBACK, the backward of the part with the loss.
 *   4. To train the module at lo, the forward of the part below. */
void sg_net_backward(void *dw, void *dphi, const struct sg_net *net, size_t lo, size_t hi,
                     const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                     struct sg_net_work *work);
/* Trains the module at a boundary once more, on the h and the target that the last evaluation left
 * there.  Makes s with phi as it is now, its distance from the target, and the module's part of
 * dphi.  So a pair (h, g) of an earlier step trains today's SG. */
void sg_net_replay(void *dphi, const struct sg_net *net, size_t boundary,
                   const struct sg_state *state, const struct sg_batch *batch, unsigned want,
                   struct sg_net_work *work);
/* Metrics of the last evaluation with SG_WANT_METRICS, once all its parts are done. */
struct sg_metrics sg_net_metrics(const struct sg_net_work *work);

/* Rows of the last evaluation, (n x width of the boundary) in the net's dtype.  G, S and DELTA are
 * NULL where they were not computed. */
enum sg_view { SG_VIEW_H, SG_VIEW_G, SG_VIEW_S, SG_VIEW_DELTA };
const void *sg_net_view(const struct sg_net_work *work, enum sg_view what, size_t boundary);

/* ---- parts of the core ------------------------------------------------------------------ */

/* s of one module with other parameters, on the h that the last evaluation left at its boundary:
 * (n x units) in the net's dtype.  batch: that evaluation's.  phi: a whole vector of SG parameters,
 * of which the module's part is read.  No allocation.
 * Hypothesis: the module's family is linear in phi (else it aborts), so that s is its derivative
 * along phi. */
void sg_net_apply_module(void *s, const struct sg_net *net, size_t module, const void *phi,
                         const struct sg_batch *batch, const struct sg_net_work *work);

enum sg_transpose { SG_NN, SG_TN, SG_NT };
/* c (m x n) = op(a) op(b), k the inner dimension, by the kernels that the layers use:
 *   SG_NN  a (m x k), b (k x n)
 *   SG_TN  a (k x m), which is transposed, b (k x n)
 *   SG_NT  a (m x k), b (n x k), which is transposed
 * For benchmarks, which compare a step with the time of its products alone. */
void sg_net_product(void *c, const void *a, const void *b, enum sg_transpose op, size_t m,
                    size_t k, size_t n, enum sg_dtype dtype);

/* ---- optimisers ------------------------------------------------------------------------- */

/* Equations: src/net/kernel/optimise.c.
 *   SG_GD        gradient descent
 *   SG_MOMENTUM  heavy ball, m = beta1 m + g (Polyak 1964)
 *   SG_RMSPROP   without bias correction (Tieleman and Hinton 2012); reads beta2, epsilon
 *   SG_ADAM      with it (Kingma and Ba 2015, algorithm 1); reads beta1, beta2, epsilon */
enum sg_opt_kind { SG_GD, SG_MOMENTUM, SG_RMSPROP, SG_ADAM, SG_OPT_KINDS };
struct sg_opt { enum sg_opt_kind kind; double rate, beta1, beta2, epsilon; };
/* Moments of theta (n each, in its dtype), zero before the first step.  t counts the steps taken.
 * m: momentum and Adam.  v: RMSProp and Adam. */
struct sg_moments { void *m, *v; uint64_t t; };
/* Does the kind keep m? */
bool sg_net_opt_has_m(const struct sg_opt *opt);
/* Does the kind keep v? */
bool sg_net_opt_has_v(const struct sg_opt *opt);
/* next = theta - rate (grad, or what the optimiser makes of it), in one pass.  next may be theta.
 * moments: NULL for gradient descent, else its m and v as the kind has them, advanced by one step.
 * Hypotheses: 0 <= beta < 1, epsilon >= 0. */
void sg_net_opt_step(void *next, struct sg_moments *moments, const void *theta, const void *grad,
                     const struct sg_opt *opt, enum sg_dtype dtype, size_t n);

/* How far an SG steps along -G, G its part of dphi and z the row of regressors that its terms name,
 * so that s = z Phi.  Every module by itself:
 *   SG_STEP_FIXED        nu
 *   SG_STEP_NORMALISED   theta / N, N = E|z|^2: never too far for 0 < theta < 2
 *   SG_STEP_LINE_SEARCH  theta |G|^2 / E|z G|^2: theta = 1 minimises L_SG along -G
 * nu or theta is the optimiser's rate.  The last two are for gradient descent and for families
 * linear in phi.  [theory, DY13] */
enum sg_step_rule { SG_STEP_FIXED, SG_STEP_NORMALISED, SG_STEP_LINE_SEARCH, SG_STEP_RULES };
/* E|z d|^2 of a module: the curvature of its L_SG along d.  Arguments otherwise as below. */
double sg_net_step_curvature(const struct sg_net *net, size_t module, const void *direction,
                             const struct sg_batch *batch, const struct sg_net_work *work,
                             void *scratch);
/* The rate of a module over theta, and 1 for the fixed rule.  0 where G = 0 or N = 0.
 * dphi, batch, work: of the last evaluation, which a replay counts as.
 * scratch: batch rows x sg_net_step_scratch() numbers in the net's dtype.  No allocation. */
double sg_net_step_rate(const struct sg_net *net, size_t module, enum sg_step_rule rule,
                        const void *dphi, const struct sg_batch *batch,
                        const struct sg_net_work *work, void *scratch);
/* Multiplies each module's part of dphi by its sg_net_step_rate(), in place. */
void sg_net_step_scale(void *dphi, const struct sg_net *net, enum sg_step_rule rule,
                       const struct sg_batch *batch, const struct sg_net_work *work, void *scratch);
/* Numbers a row: the units of the widest module under SG_STEP_LINE_SEARCH, else 0. */
size_t sg_net_step_scratch(const struct sg_net *net, enum sg_step_rule rule);

SG_PUBLIC_END

#endif
