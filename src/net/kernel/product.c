/* Products that are worth a GEMM as they stand: it can set c as well as add to it, and small shapes go where small shapes are fast. */
#include <string.h>

#include "net/kernel/real.h"

enum { LARGE = 64 * 64 * 64 };   /* multiplications; from here on a GEMM's own overhead is below one percent */

void sg_net_multiply(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m, size_t k, size_t n, double alpha,
                     bool add)
{
    if (m > 1 && k > 1 && n > 1 && m * k * n >= LARGE) {
        const int mi = (int)m, ki = (int)k, ni = (int)n;
        SG_BLAS(gemm)(CblasRowMajor, op == SG_TN ? CblasTrans : CblasNoTrans, op == SG_NT ? CblasTrans : CblasNoTrans, mi, ni, ki,
                      (sg_real)alpha, a, op == SG_TN ? mi : ki, b, op == SG_NT ? ki : ni, add ? 1 : 0, c, ni);
    } else {
        if (!add)
            memset(c, 0, m * n * sizeof *c);
        sg_net_multiply_add(c, a, b, op, m, k, n, alpha);
    }
}
