/* statistics.h - private: a handful of seeds, and what they allow one to say. */
#ifndef SG_LAB_STATISTICS_H
#define SG_LAB_STATISTICS_H

#include "lab/lab.h"

/* One-sided exact sign test: the chance of `plus` or more of n signs being positive when both are equally likely. */
double sg_claim_sign_test(size_t plus, size_t n);
/* Linear interpolation between order statistics; NaN if any value is not finite. */
double sg_claim_quantile(const double *values, size_t n, double fraction);
/* 95 % percentile bootstrap interval of the mean, 2,000 resamples. */
void sg_claim_bootstrap(double interval[2], const double *values, size_t n, struct sg_rng *rng);
/* An effect of which each seed has a value: the row of its mean, with that interval; returns the mean. */
double sg_claim_effect_over_seeds(double interval[2], struct sg_evidence *ev, const struct sg_trial *trial, const char *what, const double *values,
                                  size_t n);

#endif
