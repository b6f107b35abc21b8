/* real.h - the one place where float32 and float64 kernels differ. */
#ifndef SG_KERNEL_REAL_H
#define SG_KERNEL_REAL_H

#include <gsl/gsl_cblas.h>
#include <math.h>

#include "base/wide.h"
#include "net/ops.h"

#if defined SG_KERNEL_F32
typedef float sg_real;
typedef sg_wide_float sg_wide;
typedef sg_half_float sg_half;
typedef sg_quarter_float sg_quarter;
#define SG_KERNEL(name) name##_f32
#define SG_BLAS(name) cblas_s##name
#define SG_SQRT sqrtf
#elif defined SG_KERNEL_F64
typedef double sg_real;
typedef sg_wide_double sg_wide;
typedef sg_half_double sg_half;
typedef sg_quarter_double sg_quarter;
#define SG_KERNEL(name) name##_f64
#define SG_BLAS(name) cblas_d##name
#define SG_SQRT sqrt
#else
#error "kernel files are compiled with SG_KERNEL_F64 or SG_KERNEL_F32"
#endif

/* Static functions with SG_WIDE need a name per type: clang 14 gives
 * their resolvers global names. */
#define sg_net_dot_rows SG_KERNEL(sg_net_dot_rows)
#define sg_net_add_rows SG_KERNEL(sg_net_add_rows)
#define sg_net_add_scaled SG_KERNEL(sg_net_add_scaled)
#define sg_net_narrow_set SG_KERNEL(sg_net_narrow_set)
#define sg_net_narrow_add SG_KERNEL(sg_net_narrow_add)
#define sg_net_narrow_set_columns SG_KERNEL(sg_net_narrow_set_columns)
#define sg_net_narrow_add_columns SG_KERNEL(sg_net_narrow_add_columns)
#define sg_net_descend SG_KERNEL(sg_net_descend)
#define sg_net_heavy_ball SG_KERNEL(sg_net_heavy_ball)
#define sg_net_rmsprop SG_KERNEL(sg_net_rmsprop)
#define sg_net_adam SG_KERNEL(sg_net_adam)

/* c (m x n) += alpha op(a) op(b), k the inner dimension.  The leading dimensions are the natural
 * ones.  By loops where a BLAS call would cost more than the arithmetic, and by a matrix-vector
 * product where one of the sides is a vector. */
#define sg_net_multiply_add SG_KERNEL(sg_net_multiply_add)
void sg_net_multiply_add(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op,
                         size_t m, size_t k, size_t n, double alpha);
/* c = alpha op(a) op(b), or c += with `add`.  Which of the kernels depends on the shape alone. */
#define sg_net_multiply SG_KERNEL(sg_net_multiply)
void sg_net_multiply(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m,
                     size_t k, size_t n, double alpha, bool add);

/* sg_net_multiply's cases, by shape.  Narrow: two of the sizes are at most SG_NET_NARROW.  A single
 * column that is long is no narrow case, since it is faster as a vector. */
enum { SG_NET_NARROW = 4, SG_NET_SMALL = 160 };
#define sg_net_multiply_wide SG_KERNEL(sg_net_multiply_wide)
void sg_net_multiply_wide(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op,
                          size_t m, size_t k, size_t n, sg_real alpha, bool add);
void sg_net_narrow_set(sg_real *c, const sg_real *a, const sg_real *b, bool b_transposed, size_t m,
                       size_t k, size_t n);
void sg_net_narrow_add(sg_real *c, const sg_real *a, const sg_real *b, bool b_transposed, size_t m,
                       size_t k, size_t n, sg_real alpha);
void sg_net_narrow_set_columns(sg_real *c, const sg_real *a, const sg_real *b, size_t m, size_t k,
                               size_t n, sg_real alpha);
void sg_net_narrow_add_columns(sg_real *c, const sg_real *a, const sg_real *b, size_t m, size_t k,
                               size_t n, sg_real alpha);
/* The same choice as sg_net_multiply's, inline, for callers with constant op and add: in a narrow
 * net the call costs as much as the product. */
static inline __attribute__((always_inline)) void
sg_net_multiply_here(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m,
                     size_t k, size_t n, double alpha, bool add)
{
    const bool columns = op == SG_TN;
    const size_t side = columns ? m : k, rows = columns ? k : m;
    if (side - 1 >= SG_NET_NARROW || n - 1 >= SG_NET_NARROW ||
        (n == 1 && side * rows > SG_NET_SMALL) || !(columns || add || alpha == 1))
        sg_net_multiply_wide(c, a, b, op, m, k, n, (sg_real)alpha, add);
    else if (columns && add)
        sg_net_narrow_add_columns(c, a, b, m, k, n, (sg_real)alpha);
    else if (columns)
        sg_net_narrow_set_columns(c, a, b, m, k, n, (sg_real)alpha);
    else if (add)
        sg_net_narrow_add(c, a, b, op == SG_NT, m, k, n, (sg_real)alpha);
    else
        sg_net_narrow_set(c, a, b, op == SG_NT, m, k, n);
}

/* c = alpha op(a) op(b), or c += with `add`, where neither side is a vector.  With right (n) not
 * NULL and add false: plus left_i right_j.  Returns false, having done nothing, on a machine
 * without FMA.  Bits do not depend on the number of threads. */
#define sg_net_gemm SG_KERNEL(sg_net_gemm)
bool sg_net_gemm(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                 const sg_real *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                 sg_real alpha, bool add);
/* The same by our own tiles, whatever library there is. */
#define sg_net_tiles SG_KERNEL(sg_net_tiles)
bool sg_net_tiles(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                  const sg_real *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                  sg_real alpha, bool add);
/* The same by the library that has the machine's fastest product; sg_net_gemm asks it first.
 * Returns false, having done nothing, where the product is too small to be worth the call. */
#if defined SG_HAVE_DNNL && defined SG_KERNEL_F32
#define SG_NET_HAS_LIBRARY 1
bool sg_net_library(float *c, const float *a, const float *b, const float *left,
                    const float *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                    float alpha, bool add);
#else
#define SG_NET_HAS_LIBRARY 0
#endif
/* c = a b + left_i right_j. */
#define sg_net_multiply_start SG_KERNEL(sg_net_multiply_start)
void sg_net_multiply_start(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                           const sg_real *right, size_t m, size_t k, size_t n);

/* The families' affine maps (affine.c), z the regressors that `terms` names. */
#define sg_net_affine_rows SG_KERNEL(sg_net_affine_rows)
#define sg_net_affine_add SG_KERNEL(sg_net_affine_add)
#define sg_net_affine_grad SG_KERNEL(sg_net_affine_grad)
/* The length of z. */
size_t sg_net_affine_rows(unsigned terms, size_t k, size_t m);
/* out (n x width) += z Theta. */
void sg_net_affine_add(sg_real *out, const sg_real *theta, unsigned terms, size_t width,
                       const struct sg_family_pass *pass);
/* dTheta += weight z^T err. */
void sg_net_affine_grad(sg_real *dtheta, const sg_real *err, unsigned terms, size_t width,
                        const struct sg_family_pass *pass);

/* The optimisers with moments (optimise.c). */
#define sg_net_optimise SG_KERNEL(sg_net_optimise)
void sg_net_optimise(void *next, const struct sg_moments *moments, const void *theta,
                     const void *grad, const struct sg_opt *opt, size_t n);

/* Sixteen at a time for float, where the library's exponential would take a
 * fifth of a step (sigmoid.c). */
#define sg_net_sigmoid_forward SG_KERNEL(sg_net_sigmoid_forward)
void sg_net_sigmoid_forward(const struct sg_layer_pass *pass);

extern const struct sg_layer_ops SG_KERNEL(sg_net_dense), SG_KERNEL(sg_net_relu),
    SG_KERNEL(sg_net_sigmoid), SG_KERNEL(sg_net_batchnorm);
extern const struct sg_family_ops SG_KERNEL(sg_net_linear_family), SG_KERNEL(sg_net_sigmoid_linear),
    SG_KERNEL(sg_net_mlp);
extern const struct sg_loss_ops SG_KERNEL(sg_net_mse), SG_KERNEL(sg_net_abs),
    SG_KERNEL(sg_net_softmax), SG_KERNEL(sg_net_logistic);

#endif
