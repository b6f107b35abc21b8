/* Rates: critical, fastest, and what a delay leaves of them. */
#include <math.h>

#include "synthgrad/closed.h"

struct sg_rates sg_closed_rates(const double *lambda, size_t q)
{
    SG_REQUIRE(lambda && q >= 1);
    struct sg_rates r = {.largest = lambda[0], .smallest = lambda[0]};
    const double zero = (double)q * SG_UNIT_ROUNDOFF * lambda[0];
    for (size_t i = 0; i < q; i++) {
        if (lambda[i] > zero)
            r.smallest = lambda[i];
        else
            r.zeros++;
    }
    r.critical = 2 / r.largest;
    r.optimal = 2 / (r.largest + r.smallest);
    r.contraction = (r.largest - r.smallest) / (r.largest + r.smallest);
    r.deficit = 2 * r.smallest / (r.largest + r.smallest);
    return r;
}

/* lambda^{tau+1} - lambda^tau + a = 0 has its largest root on the unit circle first at
 * lambda = e^{i theta}, theta = pi/(2 tau + 1), a = 2 sin(theta / 2). */
double sg_closed_delay_limit(size_t tau)
{
    return 2 * sin(M_PI / (2.0 * (2.0 * (double)tau + 1.0)));
}
