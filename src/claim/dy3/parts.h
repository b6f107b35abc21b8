/* parts.h - private to DY3: its files. */
#ifndef SG_CLAIM_DY3_PARTS_H
#define SG_CLAIM_DY3_PARTS_H

#include "lab/shallow.h"

/* A random local start; relative to |w*|, so that what grows a hundredfold from here is still
 * linear. */
#define SG_DY3_START 1e-7
/* A fate is undecided within ln(100) / (2 steps) of the limit. */
#define SG_DY3_FATE_STEPS 10000

/* Does the step budget let a start shrink, at the case's rates and at the fastest ones? */
bool sg_dy3_affords(struct sg_lab *lab, const struct sg_shallow *s);
/* The case's rates and the fastest ones: late contraction against the spectral radius. */
void sg_dy3_contraction(struct sg_lab *lab, struct sg_shallow *s);
/* Both limits by bisection on returning, and the figure's rectangle; beta 0: no momentum. */
void sg_dy3_limits(struct sg_lab *lab, struct sg_shallow *s, double beta);
/* The claim under heavy ball: spectrum, a start that returns, limits. */
void sg_dy3_momentum(struct sg_lab *lab, struct sg_shallow *s);
/* Row: a start near the fixed point returns within `steps`.  limit: of both rates, in units of
 * 2/lambda_max; a rate beyond it is named. */
void sg_dy3_returns(struct sg_lab *lab, struct sg_shallow *s, double steps, double limit);
/* R^2 decides the SG's speed: spectrum of S_z and a simulated SG, targets centred and whitened. */
void sg_dy3_explained(struct sg_lab *lab, const struct sg_shallow *s);
/* The same in ball arithmetic, and a basin of attraction. */
void sg_dy3_certify(struct sg_lab *lab, const struct sg_shallow *s);
/* Heavy ball: the limits only. */
void sg_dy3_certify_momentum(struct sg_lab *lab, const struct sg_shallow *s, double beta);
/* Steps enough to shrink a start by `factor`; 0 where nothing shrinks. */
double sg_dy3_steps_to_shrink(const struct sg_shallow *s, double factor, double mu, double nu);

#endif
