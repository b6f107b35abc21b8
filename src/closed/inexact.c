/* Inexact gradient descent: what a relative error rho < 1 of the gradient costs (DY6). */
#include <math.h>

#include "synthgrad/closed.h"

double sg_closed_inexact_factor(double m, double L, double rho, double gamma)
{
    const double slow = 1 - (1 - rho) * m * gamma, fast = (1 + rho) * L * gamma - 1;
    const double worst = slow > fast ? slow : fast;
    return worst * worst;
}

double sg_closed_inexact_step(double m, double L, double rho)
{
    return 2 / ((1 + rho) * L + (1 - rho) * m);
}

double sg_closed_descent_rate(double L, double rho, double eta)
{
    const double low = eta * (1 - rho), high = eta * (1 + rho);
    return fmin(low * (1 - L * low / 2), high * (1 - L * high / 2));
}
