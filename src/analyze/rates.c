/* Rates of the weights and of the SG, with and without momentum, and the user's own (DY3).
 *
 * A part is a quadratic with eigenvalues lambda.  Under heavy ball the modulus of the mode of
 * lambda depends on a = rate lambda alone: it falls to sqrt(beta), stays there and rises to 1 at
 * 2 (1 + beta).  So the largest and the smallest eigenvalue decide. */
#include <math.h>

#include "analyze/check.h"

double sg_analysis_steps_to_1e6(double deficit)
{
    if (!(deficit > 0))
        return SG_NAN;
    return deficit >= 1 ? 1 : ceil(log(1e6) / -log1p(-deficit));
}

double sg_analysis_part_deficit(const struct sg_rates *rates, double rate, double beta)
{
    SG_REQUIRE(rates);
    return fmin(sg_closed_momentum_deficit(rate * rates->smallest, beta),
                sg_closed_momentum_deficit(rate * rates->largest, beta));
}

void sg_analysis_part_range(double *low, double *high, const struct sg_rates *rates,
                            double deficit, double beta)
{
    SG_REQUIRE(low && high && rates);
    const double reach = deficit <= 1 - sqrt(beta) ? sg_closed_momentum_reach(deficit, beta)
                                                   : HUGE_VAL;
    *low = reach / rates->smallest;
    *high = (2 * (1 + beta) - reach) / rates->largest;
}

/* At the fastest rate both ends of the spectrum are equally far from 1. */
static struct sg_analysis_part part_of(const struct sg_rates *rates, double beta)
{
    struct sg_analysis_part part = {.critical = sg_closed_momentum_limit(rates->critical, beta),
                                    .optimal = (1 + beta) * rates->optimal,
                                    .own = sg_closed_momentum_fastest(rates)};
    part.deficit = beta == 0 ? rates->deficit
                             : sg_closed_momentum_deficit(part.optimal * rates->smallest, beta);
    return part;
}

void sg_analysis_rate_parts(struct sg_analysis *a)
{
    const struct sg_analysis_options *o = &a->options;
    a->part_x = part_of(&a->rate_x, o->momentum);
    a->part_z = part_of(&a->rate_z, o->momentum);
    a->yours.known = o->with_rates;
    if (!o->with_rates)
        return;
    a->yours.deficit_weights = sg_analysis_part_deficit(&a->rate_x, o->mu, o->momentum);
    a->yours.deficit_sg = sg_analysis_part_deficit(&a->rate_z, o->nu, o->momentum);
    a->yours.steps_to_1e6 =
        sg_analysis_steps_to_1e6(fmin(a->yours.deficit_weights, a->yours.deficit_sg));
}
