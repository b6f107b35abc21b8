/* sigma.h - sigma(x) = 1 / (1 + e^-x) and softplus(x) = log(1 + e^x), without overflow
 * and accurate in both tails.
 *
 * exp, log1p and tanh are the C library's: within an ulp or so, the same bits on one machine and
 * build (glibc chooses its code by CPU). */
#ifndef SG_KERNEL_SIGMA_H
#define SG_KERNEL_SIGMA_H

#include <math.h>

#include "net/kernel/real.h"

#if defined SG_KERNEL_F32
#define SG_EXP expf
#define SG_TANH tanhf
#else
#define SG_EXP exp
#define SG_TANH tanh
#endif

/* e^-|x| <= 1; below it underflows to what sigma is there to any precision.  sigma(-x)
 * is 1 - sigma(x) with no digit lost. */
static inline sg_real sg_net_sigma(sg_real x)
{
    const sg_real e = SG_EXP(x < 0 ? x : -x);
    return (x < 0 ? e : 1) / (1 + e);
}

/* max(x, 0) + log(1 + e^-|x|): two nonnegative terms. */
static inline double sg_net_softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(x > 0 ? -x : x));
}

#endif
