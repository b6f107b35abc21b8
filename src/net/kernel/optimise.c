/* Optimisers with moments, one pass over theta.  g the gradient, mu the rate, t = 1, 2, ... the
 * step:
 *
 *   momentum  m' = beta1 m + g,
 *             theta' = theta - mu m'                              (Polyak 1964: heavy ball)
 *   RMSProp   v' = beta2 v + (1 - beta2) g^2,
 *             theta' = theta - mu g / (sqrt(v') + epsilon)
 *                                        (Tieleman and Hinton 2012; no correction)
 *   Adam      m' = beta1 m + (1 - beta1) g,   v' = beta2 v + (1 - beta2) g^2,
 *             theta' = theta - mu (m' / (1 - beta1^t)) / (sqrt(v' / (1 - beta2^t)) + epsilon)
 *                                        (Kingma and Ba 2015, algorithm 1)
 *
 * Entries are independent of one another, so vector lanes change no bit.  The Makefile compiles
 * this file with -O3 for them. */
#include <math.h>

#include "net/kernel/real.h"

/* next may be theta: the same entry, so nothing is carried from one turn
 * of the loop to the next. */
#if defined __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

SG_WIDE static void sg_net_heavy_ball(sg_real *next, sg_real *m, const sg_real *theta,
                                      const sg_real *g, sg_real mu, sg_real beta, size_t n)
{
    INDEPENDENT
    for (size_t i = 0; i < n; i++) {
        m[i] = beta * m[i] + g[i];
        next[i] = theta[i] - mu * m[i];
    }
}

/* fresh = 1 - beta, from the double: 1 - 0.999f has five digits. */
SG_WIDE static void sg_net_rmsprop(sg_real *next, sg_real *v, const sg_real *theta,
                                   const sg_real *g, sg_real mu, sg_real beta, sg_real fresh,
                                   sg_real epsilon, size_t n)
{
    INDEPENDENT
    for (size_t i = 0; i < n; i++) {
        v[i] = beta * v[i] + fresh * (g[i] * g[i]);
        next[i] = theta[i] - mu * (g[i] / (SG_SQRT(v[i]) + epsilon));
    }
}

struct adam { sg_real mu, beta1, fresh1, correct1, beta2, fresh2, correct2, epsilon; };

SG_WIDE static void sg_net_adam(sg_real *next, sg_real *m, sg_real *v, const sg_real *theta,
                                const sg_real *g, const struct adam *a, size_t n)
{
    const sg_real mu = a->mu, beta1 = a->beta1, fresh1 = a->fresh1, beta2 = a->beta2,
                  fresh2 = a->fresh2, epsilon = a->epsilon;
    const sg_real correct1 = a->correct1, correct2 = a->correct2;
    INDEPENDENT
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + fresh1 * g[i];
        v[i] = beta2 * v[i] + fresh2 * (g[i] * g[i]);
        next[i] = theta[i] - mu * ((m[i] * correct1) / (SG_SQRT(v[i] * correct2) + epsilon));
    }
}

/* 1 / (1 - beta^t), without the digits that 1 - pow() would lose for beta near 1. */
static double correction(double beta, uint64_t t)
{
    return beta > 0 ? -1 / expm1((double)t * log(beta)) : 1;
}

void sg_net_optimise(void *next, const struct sg_moments *moments, const void *theta,
                     const void *grad, const struct sg_opt *opt, size_t n)
{
    const double beta1 = opt->beta1, beta2 = opt->beta2;
    const sg_real mu = (sg_real)opt->rate, epsilon = (sg_real)opt->epsilon;
    if (opt->kind == SG_MOMENTUM)
        sg_net_heavy_ball(next, moments->m, theta, grad, mu, (sg_real)beta1, n);
    else if (opt->kind == SG_RMSPROP)
        sg_net_rmsprop(next, moments->v, theta, grad, mu, (sg_real)beta2, (sg_real)(1 - beta2),
                       epsilon, n);
    else
        sg_net_adam(next, moments->m, moments->v, theta, grad,
                    &(struct adam){mu, (sg_real)beta1, (sg_real)(1 - beta1),
                                   (sg_real)correction(beta1, moments->t), (sg_real)beta2,
                                   (sg_real)(1 - beta2), (sg_real)correction(beta2, moments->t),
                                   epsilon},
                    n);
}
