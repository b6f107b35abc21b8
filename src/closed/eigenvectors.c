/* How ill-conditioned an eigenbasis is, after the fact. */
#include <stdlib.h>

#include "synthgrad/closed.h"

/* A complex matrix A + iB has the singular values of the real [[A, -B], [B, A]], each twice. */
enum sg_status sg_approx_eigenvector_condition(double *condition, const double complex *vectors,
                                               size_t size)
{
    SG_REQUIRE(condition && vectors);
    double *real = SG_NEW(4 * size * size, double), *sigma = SG_NEW(2 * size, double);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            const double a = creal(vectors[i * size + j]), b = cimag(vectors[i * size + j]);
            real[i * 2 * size + j] = real[(size + i) * 2 * size + size + j] = a;
            real[i * 2 * size + size + j] = -b;
            real[(size + i) * 2 * size + j] = b;
        }
    const enum sg_status status = sg_base_singular_values(sigma, real, 2 * size, 2 * size);
    *condition = status == SG_OK ? sigma[0] / sigma[2 * size - 1] : SG_NAN;
    free(real);
    free(sigma);
    return status;
}
