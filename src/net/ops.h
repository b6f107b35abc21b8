/* ops.h - private: what a layer, a loss and an SG family have to bring.
 *
 * A new one is a file in kernel/ and a row in its table.  Kernel files are written in sg_real and
 * compiled twice, for float64 and float32; everything above reaches them through struct sg_kernels
 * and is compiled once.  A pass takes its arrays in a struct, so a layer that needs more
 * (a mask, running moments) adds a field and no signature changes. */
#ifndef SG_NET_OPS_H
#define SG_NET_OPS_H

#include "synthgrad/net.h"

/* Numbers from which on an elementwise pass is shared with idle threads: some ten microseconds. */
enum { SG_NET_SHARED = 1 << 16 };

/* Rows r0..r0+n-1 of a batch.  weight = 1 / (rows of the whole batch): gradients add up to E[.]
 * over the blocks, from the first one on. */
struct sg_block { size_t n; const void *y, *one; double weight; bool first; };

struct sg_layer_pass {
    const struct sg_block *block;
    size_t in, out;            /* widths of h_i and h_{i+1} */
    const void *w, *h_in;
    bool bias, train;
    void *aux;                 /* n_aux(in); NULL: neither read nor moved */
    void *saved;               /* n_saved(in), from this layer's forward to its backward */
    void *h_out;               /* n x out; backward reads it */
    const void *delta;         /* backward: n x out */
    const void *feedback;      /* backward: in W's place on the way down; NULL: W */
    void *arriving;            /* backward: n x in; NULL: not wanted */
    void *dw;                  /* backward: set by the first block, added to by the
                                  others; NULL: not wanted */
};
struct sg_layer_ops {
    const char *name;
    bool linear;
    bool matrix;               /* has a W: may change the width, and feedback may take its place */
    bool whole_batch;          /* its rows are not independent of one another */
    size_t (*n_params)(const struct sg_layer *layer, size_t in);
    /* NULL: none */
    size_t (*n_aux)(size_t in), (*n_saved)(size_t in);
    /* sd of W's entries */
    void (*init)(void *w, void *aux, const struct sg_layer *layer, size_t in, double sd,
                 struct sg_rng *rng);
    void (*forward)(const struct sg_layer_pass *pass);
    void (*backward)(const struct sg_layer_pass *pass);
};

struct sg_family_pass {
    const struct sg_block *block;
    size_t k, m;               /* units of h, labels */
    size_t hidden;             /* MLP only */
    unsigned terms;
    const void *phi, *h;
    void *scratch;             /* block's n x scratch(); apply() leaves there what grad() reads */
    void *s;                   /* apply: n x k */
    const void *err;           /* grad: s - target, n x k */
    void *dphi;                /* grad: added to */
};
struct sg_family_ops {
    const char *name;
    bool linear_in_phi;        /* the line search may read Z G as apply() at phi = G */
    size_t (*n_params)(const struct sg_module *module, size_t k, size_t m);
    /* numbers a row; NULL: none */
    size_t (*scratch)(const struct sg_module *module, size_t k);
    /* NULL: zeros */
    void (*start)(void *phi, const struct sg_module *module, size_t k, size_t m,
                  struct sg_rng *rng);
    void (*apply)(const struct sg_family_pass *pass);
    void (*grad)(const struct sg_family_pass *pass);
};

struct sg_loss_ops {
    const char *name;
    /* summed over the rows, times weight */
    double (*value)(const void *p, size_t m, const struct sg_block *block);
    void (*grad)(void *g, const void *p, size_t m, const struct sg_block *block);
};

/* One table a type, indexed by the enums of net.h. */
struct sg_kernels {
    size_t real_size;
    const struct sg_layer_ops *layer[SG_LAYER_KINDS];
    const struct sg_family_ops *family[SG_FAMILIES];
    const struct sg_loss_ops *loss[SG_LOSS_KINDS];
    /* theta - rate grad */
    void (*descend)(void *next, const void *theta, const void *grad, double rate, size_t n);
    void (*optimise)(void *next, const struct sg_moments *moments, const void *theta,
                     const void *grad, const struct sg_opt *opt, size_t n);
    /* (1 - wb) a + wb b */
    void (*mix)(void *out, const void *a, const void *b, double weight_b, size_t n);
    /* a - b; returns |a - b|^2 */
    double (*subtract)(void *out, const void *a, const void *b, size_t n);
    /* |a|^2, summed in double */
    double (*square)(const void *a, size_t n);
    /* a *= by */
    void (*scale)(void *a, double by, size_t n);
    bool (*all_finite)(const void *a, size_t n);
    void (*round)(void *out, const double *a, size_t n);
    /* sg_net_product */
    void (*multiply)(void *c, const void *a, const void *b, enum sg_transpose op, size_t m,
                     size_t k, size_t n);
    /* the same by our own tiles where a library would be taken; false: not on this machine */
    bool (*tiles)(void *c, const void *a, const void *b, enum sg_transpose op, size_t m, size_t k,
                  size_t n);
};
extern const struct sg_kernels sg_net_kernels_f64, sg_net_kernels_f32;
const struct sg_kernels *sg_net_kernels(enum sg_dtype dtype);

#endif
