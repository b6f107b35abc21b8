/* Sequential update orders: the Jacobian of one part's step after the other's (DY12). */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

void sg_closed_sequential_jacobian(double *jacobian, const double *simultaneous, size_t n_w,
                                   size_t n_phi, bool sg_first)
{
    const size_t size = n_w + n_phi;
    double *net = SG_NEW(size * size, double), *sg = SG_NEW(size * size, double);
    for (size_t i = 0; i < size; i++) {
        const double *row = simultaneous + i * size;
        memcpy((i < n_w ? net : sg) + i * size, row, size * sizeof *row);
        /* each step leaves the other part alone */
        (i < n_w ? sg : net)[i * size + i] = 1.0;
    }
    sg_base_mul(jacobian, sg_first ? net : sg, sg_first ? sg : net, size, size, size);
    free(net);
    free(sg);
}
