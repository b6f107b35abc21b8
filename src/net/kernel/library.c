/* Wide products of float32 by oneDNN, whose kernels are made for the processor that they meet.
 * OpenBLAS names a list of processors and falls back on old ones for the rest, and the tiles of
 * gemm.c were fitted by hand to two.  oneDNN has no products of doubles and is optional: without
 * it gemm.c has all of them. */
#include "net/kernel/real.h"

#if SG_NET_HAS_LIBRARY
#include <dnnl.h>

#include "base/signals.h"

/* OpenMP's own header wants -fopenmp, which would turn on more than this call. */
void omp_set_num_threads(int threads);

/* Below it a product of gemm.c is faster than the call (multiplications). */
enum { WORTH = 1 << 13 };
/* Columns, or rows, of a piece of C.  Pieces do not depend on the number of threads, so the bits
 * do not either. */
enum { PIECE = 256 };

struct product {
    float *c;
    const float *a, *b, *left, *right;
    enum sg_transpose op;
    size_t m, k, n;
    float alpha, beta;
};

/* C's rows i.. and columns j..: left_i right_j. */
SG_WIDE static void sg_net_start_piece(const struct product *p, size_t i, size_t j, size_t rows,
                                       size_t columns)
{
    enum { LANES = sizeof(sg_wide) / sizeof(float) };
    const float *right = p->right + j;
    for (size_t r = i; r < i + rows; r++) {
        const float left = p->left[r];
        float *c = p->c + r * p->n + j;
        size_t q = 0;
        for (; q + LANES <= columns; q += LANES)
            *(sg_wide *)(c + q) = left * *(const sg_wide *)(right + q);
        for (; q < columns; q++)
            c[q] = left * right[q];
    }
}

static void multiply_pieces(size_t part, size_t parts, void *context)
{
    const struct product *p = context;
    const bool columns = p->n >= p->m;
    const dnnl_dim_t k = (dnnl_dim_t)p->k, n = (dnnl_dim_t)p->n;
    const dnnl_dim_t a_row = p->op == SG_TN ? (dnnl_dim_t)p->m : k, b_row = p->op == SG_NT ? k : n;
    size_t from, to;
    sg_base_share(&from, &to, columns ? p->n : p->m, PIECE, part, parts);
    /* the setting is a thread's own: threads are ours to share out, not OpenMP's */
    omp_set_num_threads(1);
    sg_base_signals_enter();
    sg_base_signals_hold();
    for (size_t at = from; at < to; at += PIECE) {
        const size_t size = to - at < PIECE ? to - at : PIECE, i = columns ? 0 : at,
                     j = columns ? at : 0, width = columns ? size : p->n,
                     height = columns ? p->m : size;
        if (p->right)
            sg_net_start_piece(p, i, j, height, width);
        const dnnl_status_t status =
            dnnl_sgemm(p->op == SG_TN ? 'T' : 'N', p->op == SG_NT ? 'T' : 'N',
                       (dnnl_dim_t)height, (dnnl_dim_t)width, k, p->alpha,
                       p->a + i * (size_t)(p->op == SG_TN ? 1 : a_row), a_row,
                       p->b + j * (size_t)(p->op == SG_NT ? b_row : 1), b_row, p->beta,
                       p->c + i * p->n + j, n);
        if (status != dnnl_success)
            /* for what it packs */
            sg_base_exhausted(p->m * p->k + p->k * p->n, sizeof(float));
    }
    sg_base_signals_leave();
}

bool sg_net_library(float *c, const float *a, const float *b, const float *left,
                    const float *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                    float alpha, bool add)
{
    struct product p = {c, a, b, left, right, op, m, k, n, alpha, add || right ? 1.0f : 0.0f};
    if (m * k * n < WORTH)
        return false;
    sg_base_split(((m > n ? m : n) + PIECE - 1) / PIECE, multiply_pieces, &p);
    return true;
}
#endif
