/* delay.h - private: growth under a delay. */
#ifndef SG_LAB_DELAY_H
#define SG_LAB_DELAY_H

#include "lab/shallow.h"

/* Steps in a window, windows left out at the start, windows fitted. */
struct sg_window {
    size_t width, skip, fit;
};
struct sg_growth {
    double rate;        /* ln|lambda| per step: a slope, or from the ends when it left early */
    bool whole;         /* all windows were run */
    double least, most; /* over the windows fitted: smallest rms of the coordinate, largest
                           |state - fixed| */
};
/* For the scalar recursion x_{t+1} = x_t - a x_{t-tau} near its limit: at least 20 tau (2 tau + 1)
 * steps are fitted. */
struct sg_window sg_delay_window(size_t tau);
/* d ln|lambda| / d ln a of that recursion at its limit: 2 for tau = 0, about 0.7 / (tau + 1/2) for
 * a large one. */
double sg_delay_gain(size_t tau);
/* Growth of the coordinate l . (state - fixed) from fixed + offset, the past being the start.
 * l in the form's coordinates. */
struct sg_growth sg_delay_growth(struct sg_shallow *s, const double *l, const double *offset,
                                 double mu, double nu, const struct sg_window *window);
/* Where a growth changes its sign between low and high: |growth| <= resolution there.
 * NaN when it is not found. */
double sg_delay_root(struct sg_growth *at_root, struct sg_growth (*growth)(double x, void *context),
                     void *context, double low, double high, double resolution);
/* The mu (or nu, the other rate fixed) where that growth changes its sign, looked for by doubling
 * or halving `from`. */
double sg_delay_limit(struct sg_growth *at_limit, struct sg_shallow *s, const double *l,
                      const double *offset, bool vary_mu, double other, double from,
                      const struct sg_window *window, double resolution);
/* What rounding adds in one step to a coordinate of unit length among the weights (of_mu) or the
 * SG's parameters. */
double sg_delay_rounding(const struct sg_shallow *s, bool of_mu, double rate);
/* The same for the step's second-order terms at psi = 0, over |state - fixed|^2:
 * mu E[x^T (x dW) dPhi_A], or nu E[d(z^T z) dPhi]. */
double sg_delay_second_order(const struct sg_shallow *s, bool of_mu, double rate);
/* Moduli, descending, of the roots of lambda^n + c[0] lambda^{n-1} + ... + c[n-1], n = degree >= 1.
 * Returns a bound on the error of the first. */
double sg_delay_roots(struct sg_lab *lab, double *modulus, const double *coefficient,
                      size_t degree);
/* No growth is fitted over more steps: a delay of 157. */
#define SG_DELAY_STEPS_MOST 1e6
bool sg_delay_affords(struct sg_lab *lab, int tau);

#endif
