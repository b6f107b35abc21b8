/* How well the features explain the targets decides how fast an SG at the output learns (DY3). */
#include <math.h>

#include "synthgrad/closed.h"

/* Of [[R^2, R^2], [R^2, 1]]: the trace is 1 + R^2 and the determinant R^2 (1 - R^2). */
void sg_closed_explained_pair(double lambda[2], double unexplained)
{
    SG_REQUIRE(lambda);
    const double u = unexplained, r2 = 1 - u;
    lambda[0] = (1 + r2 + sqrt(u * u + 4 * r2 * r2)) / 2;
    lambda[1] = r2 * u / lambda[0];
}
