/* Statistics of empirical claims: a handful of seeds, and what they allow one to say. */
#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "lab/old.h"

double sg_claim_sign_test(size_t plus, size_t n)
{
    /* P(at least `plus` heads of n): one-sided, exact. */
    return plus == 0 ? 1 : gsl_cdf_binomial_Q((unsigned)plus - 1, 0.5, (unsigned)n);
}

double sg_claim_quantile(const double *values, size_t n, double fraction)
{
    SG_REQUIRE(n > 0 && fraction >= 0 && fraction <= 1);
    if (!sg_base_all_finite(values, n))
        return SG_NAN;
    double *sorted = sg_base_copy(values, n, sizeof *values);
    sg_base_sort(sorted, n);
    const double place = fraction * (double)(n - 1);
    const size_t below = (size_t)place, above = below + 1 < n ? below + 1 : below;
    const double value = sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
    free(sorted);
    return value;
}

void sg_claim_bootstrap(double interval[2], const double *values, size_t n, struct sg_rng *rng)
{
    enum { RESAMPLES = 2000 };
    double *mean = SG_NEW(RESAMPLES, double);
    for (size_t b = 0; b < RESAMPLES; b++) {
        for (size_t i = 0; i < n; i++)
            mean[b] += values[sg_base_rng_index(rng, n)];
        mean[b] /= (double)n;
    }
    interval[0] = sg_claim_quantile(mean, RESAMPLES, 0.025);
    interval[1] = sg_claim_quantile(mean, RESAMPLES, 0.975);
    free(mean);
}

double sg_claim_effect_over_seeds(double interval[2], struct sg_evidence *ev, const struct sg_trial *trial, const char *what, const double *values,
                                  size_t n)
{
    double mean = 0;
    for (size_t seed = 0; seed < n; seed++)
        mean += values[seed] / (double)n;
    struct sg_rng *rng = sg_claim_rng(trial, what);
    sg_claim_bootstrap(interval, values, n, rng);
    sg_base_rng_free(rng);
    sg_claim_effect(ev, what, mean, interval[0], interval[1], "bootstrap over seeds");
    return mean;
}
