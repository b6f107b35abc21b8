/* Heavy ball on both parts of linear regression with its SG: spectrum, limit, Jacobian (DY3).
 *
 * theta_{t+1} = theta_t - eta F(theta_t) + beta (theta_t - theta_{t-1}), eta = mu for the weights
 * and nu for the SG.  An eigenvalue 1 - a of the step without momentum becomes the two roots of
 *     l^2 - (1 + beta - a) l + beta = 0,
 * both inside the unit circle iff |beta| < 1 and 0 < a < 2 (1 + beta). */
#include <math.h>
#include <string.h>

#include "synthgrad/closed.h"

double sg_closed_momentum_limit(double critical, double beta)
{
    return (1 + beta) * critical;
}

/* The root of larger modulus first.  Real: the one without cancellation, the other from the
 * product beta. */
void sg_closed_momentum_roots(double complex root[2], double a, double beta)
{
    SG_REQUIRE(root);
    const double half = (1 + beta - a) / 2, square = half * half - beta;
    if (square < 0) {
        root[0] = SG_COMPLEX(half, sqrt(-square));
        root[1] = SG_COMPLEX(half, -sqrt(-square));
        return;
    }
    const double large = half + copysign(sqrt(square), half);
    root[0] = large;
    root[1] = large != 0 ? beta / large : 0;
}

/* l = 1 - m: m^2 - (1 - beta + a) m + a = 0.  A root near -1 is one near 1 of 2 (1 + beta) - a. */
double sg_closed_momentum_deficit(double a, double beta)
{
    const double near = fmin(a, 2 * (1 + beta) - a), root = sqrt(beta), sum = 1 - beta + near;
    const double square = sum * sum - 4 * near;
    if (near >= (1 - root) * (1 - root) || square < 0)
        return 1 - root;
    return 2 * near / (sum + sqrt(square));
}

double sg_closed_momentum_reach(double deficit, double beta)
{
    return deficit * (1 - beta - deficit) / (1 - deficit);
}

struct sg_momentum sg_closed_momentum_fastest(const struct sg_rates *rates)
{
    SG_REQUIRE(rates);
    const double high = sqrt(rates->largest), low = sqrt(rates->smallest), sum = high + low;
    const double root = (high - low) / sum;
    return (struct sg_momentum){root * root, 4 / (sum * sum), 2 * low / sum};
}

void sg_closed_momentum_spectrum(double complex *eigenvalues, const struct sg_fit *fit, double mu,
                                 double nu, double beta)
{
    SG_REQUIRE(fit);
    double complex *next = eigenvalues;
    for (size_t copy = 0; copy < fit->m; copy++) {
        for (size_t i = 0; i < fit->d; i++, next += 2)
            sg_closed_momentum_roots(next, mu * fit->lambda_x[i], beta);
        for (size_t j = 0; j < fit->q; j++, next += 2)
            sg_closed_momentum_roots(next, nu * fit->lambda_z[j], beta);
    }
}

double sg_closed_momentum_radius(const struct sg_fit *fit, double mu, double nu, double beta)
{
    SG_REQUIRE(fit);
    double radius = 0;
    for (int block = 0; block < 2; block++) {
        const double *lambda = block ? fit->lambda_z : fit->lambda_x, rate = block ? nu : mu;
        const size_t size = block ? fit->q : fit->d,
                     nonzero = size - sg_closed_rates(lambda, size).zeros;
        for (size_t i = 0; i < nonzero; i++) {
            double complex root[2];
            sg_closed_momentum_roots(root, rate * lambda[i], beta);
            radius = fmax(radius, cabs(root[0]));
        }
    }
    return radius;
}

/* delta' = J delta + beta before, with before = theta_t - theta_{t-1}, and the next difference is
 * delta' - delta. */
void sg_closed_momentum_jacobian(double *out, const double *jacobian, size_t size, double beta)
{
    const size_t twice = 2 * size;
    memset(out, 0, twice * twice * sizeof *out);
    for (size_t i = 0; i < size; i++) {
        double *theta = out + i * twice, *before = out + (size + i) * twice;
        memcpy(theta, jacobian + i * size, size * sizeof *out);
        memcpy(before, jacobian + i * size, size * sizeof *out);
        before[i] -= 1;
        theta[size + i] = before[size + i] = beta;
    }
}
