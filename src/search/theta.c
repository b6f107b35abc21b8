/* An instance as one vector theta: what a climb moves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"

static const double SLOWEST = -12.0, FASTEST = 6.0;    /* ln kappa */

static double within(double value, double bound)
{
    return fmin(fmax(value, -bound), bound);
}

static size_t n_factor(size_t n, bool isotropic, bool scaled)
{
    return isotropic ? scaled : n * (n + 1) / 2;
}

static bool searches_kappa(const struct sg_search_plan *plan)
{
    return plan->goal == SG_SEARCH_REPELLING && !(plan->kappa > 0);
}

size_t sg_search_n_theta(const struct sg_search_plan *plan)
{
    const struct sg_deep *deep = &plan->deep;
    return sg_closed_deep_n_w(deep) + n_factor(deep->width[0], plan->isotropic_x, false) +
           n_factor(deep->width[deep->n_layers], plan->isotropic_r, true) + searches_kappa(plan);
}

/* a = L L^T from the entries of L row by row, the diagonal ones as
 * logarithms; or e^(2 theta) I; or I. */
static const double *read_factor(double *a, const double *theta, size_t n, bool isotropic,
                                 bool scaled, double box)
{
    double *L = SG_NEW(n * n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double entry = isotropic ? (i == j && scaled ? theta[0] : 0) : *theta;
            L[i * n + j] = i == j ? exp(within(entry, box)) : within(entry, box);
            theta += !isotropic;
        }
    /* symmetric to the last bit: the same products in the same order */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            a[i * n + j] = sg_base_dot(L + (i < j ? i : j) * n, L + (i < j ? j : i) * n, n);
    free(L);
    return theta + (isotropic && scaled);
}

void sg_search_decode(struct sg_repelling *f, const double *theta,
                      const struct sg_search_plan *plan)
{
    const size_t n_w = sg_closed_deep_n_w(&f->deep);
    for (size_t i = 0; i < n_w; i++)
        f->w[i] = within(theta[i], plan->box);
    theta = read_factor(f->S, theta + n_w, f->deep.width[0], plan->isotropic_x, false, plan->box);
    theta = read_factor(f->R, theta, f->deep.width[f->deep.n_layers], plan->isotropic_r, true,
                        plan->box);
    f->kappa = searches_kappa(plan) ? exp(fmin(fmax(*theta, SLOWEST), FASTEST)) : plan->kappa;
}

void sg_search_random_theta(double *theta, const struct sg_search_plan *plan, struct sg_rng *rng)
{
    const size_t n = sg_search_n_theta(plan), n_w = sg_closed_deep_n_w(&plan->deep);
    for (size_t i = 0; i < n; i++)
        theta[i] = (i < n_w ? 0.7 : 1.0) * sg_base_rng_gaussian(rng);
    if (searches_kappa(plan))
        theta[n - 1] = -4.0 + 2.0 * theta[n - 1]; /* ln kappa: mostly a slow SG */
}

void sg_search_draw(struct sg_repelling *instance, const struct sg_search_plan *plan,
                    struct sg_rng *rng)
{
    SG_REQUIRE(instance && plan && rng);
    double *theta = SG_NEW(sg_search_n_theta(plan), double);
    sg_search_random_theta(theta, plan, rng);
    sg_search_decode(instance, theta, plan);
    free(theta);
}
