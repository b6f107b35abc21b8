/* statistics.h - private: a handful of seeds, and what they allow one to say.
 *
 * An effect has one value a seed.  Its interval is Student's t, two-sided: exact at every number of
 * seeds where the values are normal, as means over many images nearly are.  At 8 seeds a 95 %
 * interval covers 94 % where the values have two modes, 89 % where they are exponential; at 5 seeds
 * 93 % and 88 % (tests/claim/test_statistics.c).  The percentile bootstrap covers 80 % of normal
 * values at 4 seeds.  A sign-flip interval, which is exact for every symmetric law, is endless at 5
 * seeds: 2 of its 32 sign patterns are already more than 5 %. */
#ifndef SG_LAB_STATISTICS_H
#define SG_LAB_STATISTICS_H

#include "lab/lab.h"

/* Seeds that a verdict needs, and those of a case with a budget, where one seed may cost an hour.
 */
enum { SG_LAB_SEEDS = 8, SG_LAB_SEEDS_LARGE = 5 };

struct sg_effect {
    const char *id, *what, *name; /* name: a few words for a table */
    const double *each;           /* a value a seed */
    size_t n;
};
/* Rows: each effect is positive.  The first one is the primary effect, at 95 %.  The others are
 * secondary, with Holm's adjustment over them.  With fewer seeds than a verdict needs all are open.
 * And a table of them. */
void sg_lab_effects(struct sg_lab *lab, const struct sg_effect *effect, size_t n);

/* Student's interval of the mean; NaN for n < 2.  Returns the mean. */
double sg_lab_t_interval(struct sg_t_interval *interval, const double *values, size_t n,
                         double confidence);
/* Two-sided p value of "the mean is 0"; 1 where all values are 0. */
double sg_lab_t_test(const double *values, size_t n);
/* Holm: the confidence of each interval, so that those which leave out 0 are the effects found with
 * an error of at most 1 - `confidence` over all n.  p: their two-sided p values. */
void sg_lab_holm(double *each, const double *p, size_t n, double confidence);
/* Linear interpolation between order statistics; NaN if any value is not finite. */
double sg_claim_quantile(const double *values, size_t n, double fraction);

#endif
