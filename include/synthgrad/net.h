/* net.h - the core: layers, losses, SG modules, one choice of credit per boundary.
 *
 *   x = h_0 --layer 0--> h_1 --> ... --layer L-1--> h_L = p --loss--> L = E[l(p, y)],   E[.] = (1/n) sum
 *
 * A net is a chain of layers; all its weights lie in ONE flat vector w, all SG parameters in one vector phi.  A credit rule is
 * what stands in for the per-sample gradient g_i = dl/dh_i at each boundary i = 1..L.  Backward walks down once:
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

enum sg_dtype { SG_F64, SG_F32 };
enum sg_layer_kind { SG_DENSE, SG_LAYER_KINDS };          /* h_{i+1} = h_i W + 1 b */
enum sg_loss_kind { SG_MSE, SG_ABS, SG_LOSS_KINDS };      /* 1/2 |p - y|^2;  |p - y|_1 with subgradient 0 at 0 */
enum sg_credit { SG_TRUE, SG_NOTHING };                   /* base_i = arriving_i;  base_i = 0 */
enum sg_family { SG_LINEAR, SG_FAMILIES };                /* s = h A + y B + 1 C, rows of phi in that order */
enum sg_terms { SG_H = 1, SG_Y = 2, SG_ONE = 4 };         /* linear = 7, unconditioned = H|ONE, constant = ONE */
enum sg_target { SG_TARGET_TRUE, SG_TARGET_ARRIVING };    /* the true g_i, or what arrives from the next SG above */

struct sg_layer { enum sg_layer_kind kind; size_t width; bool bias; };
struct sg_module { size_t at; enum sg_family family; unsigned terms; enum sg_target target; double mix; };

struct sg_arch {
    enum sg_dtype dtype;
    enum sg_loss_kind loss;
    size_t inputs, labels;                                /* d, m */
    size_t n_layers;   const struct sg_layer *layers;     /* the last one's width is the width of p */
    size_t n_modules;  const struct sg_module *modules;   /* ascending `at`, at most one per boundary 1..L */
    const enum sg_credit *credit;                         /* [n_layers + 1], entry 0 unused; NULL: all SG_TRUE */
};

/* Rows in the net's dtype: x (n x d), y (n x m), one (n). */
struct sg_batch { size_t n; const void *x, *y, *one; };
struct sg_sizes { size_t w, phi; };
struct sg_metrics { double loss, sg_loss; };              /* E[l];  1/2 E|s - target|^2 summed over the modules */

struct sg_net;                                            /* immutable: architecture and offsets */
struct sg_net_work;                                       /* h_i, g_i, s_i, delta_i and scratch: one per thread */

struct sg_net *sg_net_alloc(const struct sg_arch *arch);  /* copies arch; aborts on shapes that do not fit */
void sg_net_free(struct sg_net *net);
struct sg_net_work *sg_net_work_alloc(const struct sg_net *net, size_t batch_max);
void sg_net_work_free(struct sg_net_work *work);
const struct sg_arch *sg_net_arch(const struct sg_net *net);
struct sg_sizes sg_net_sizes(const struct sg_net *net);
size_t sg_net_width(const struct sg_net *net, size_t boundary);           /* units of h_i */
size_t sg_net_layer_offset(const struct sg_net *net, size_t layer);       /* into w: W (in x out), then b (out) if any */
size_t sg_net_module_offset(const struct sg_net *net, size_t module);     /* into phi */
/* May the net run on compressed rows?  Linear layers, MSE and linear SGs only. */
bool sg_net_is_linear(const struct sg_net *net);

enum sg_want { SG_WANT_W = 1, SG_WANT_PHI = 2, SG_WANT_METRICS = 4 };
/* dw: the rule's pseudo-gradient E[(dh/dW)^T delta].  dphi: the gradient of 1/2 E|s - target|^2, target held fixed.
 * What is not wanted may be NULL.  No allocation. */
void sg_net_eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_net *net, const void *w, const void *phi,
                 const struct sg_batch *batch, unsigned want, struct sg_net_work *work);

/* Rows of the last evaluation, (n x width of the boundary) in the net's dtype; G, S and DELTA where they were computed, else NULL. */
enum sg_view { SG_VIEW_H, SG_VIEW_G, SG_VIEW_S, SG_VIEW_DELTA };
const void *sg_net_view(const struct sg_net_work *work, enum sg_view what, size_t boundary);

enum sg_opt_kind { SG_GD };
struct sg_opt { enum sg_opt_kind kind; double rate; };
/* next = theta - rate grad, one pass; next may be theta. */
void sg_net_opt_step(void *next, const void *theta, const void *grad, const struct sg_opt *opt, enum sg_dtype dtype, size_t n);

#endif
