/* Climbing: random instances, then the best of them raised. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"

static const double SIGMA = 0.3;

struct climb { const struct sg_search_plan *plan; struct sg_repelling trial; };

bool sg_search_found(const struct sg_repelling *f, enum sg_search_goal goal)
{
    SG_REQUIRE(f);
    return goal == SG_SEARCH_DELAYED ? f->share < 1 : f->abscissa > SG_SEARCH_FOUND;
}

enum sg_status sg_search_look(struct sg_repelling *f, const struct sg_search_plan *plan)
{
    SG_REQUIRE(f && plan);
    return plan->goal == SG_SEARCH_DELAYED ? sg_search_share(f, plan->tau) : sg_search_abscissa(f);
}

/* Nothing found: the damping ratio, in [-1, 0].  Found: 1 + the relative abscissa, 2 - share. */
static double height(const double *theta, void *context)
{
    struct climb *c = context;
    struct sg_repelling *f = &c->trial;
    sg_search_decode(f, theta, c->plan);
    if (sg_search_look(f, c->plan) != SG_OK)
        return -HUGE_VAL;
    if (!sg_search_found(f, c->plan->goal))
        return fmin(f->damping, 0);
    return c->plan->goal == SG_SEARCH_DELAYED ? 2 - f->share : 1 + f->abscissa;
}

enum sg_status sg_search_climb(struct sg_repelling *top, size_t *repelled,
                               const struct sg_search_plan *plan, size_t index)
{
    SG_REQUIRE(top && plan);
    const size_t n = sg_search_n_theta(plan);
    struct climb c = {plan, sg_search_repelling_alloc(&plan->deep)};
    const struct sg_climber climber = {n, plan->steps, SIGMA, height, &c};
    struct sg_rng *rng = sg_base_rng_alloc(
        plan->seed, plan->goal == SG_SEARCH_DELAYED ? "delayed" : "repelling", index, "climb");
    double *theta = SG_NEW(n, double), *next = SG_NEW(n, double), best = -HUGE_VAL;
    size_t count = 0;
    for (size_t k = 0; k < plan->draws || k == 0; k++) {
        sg_search_random_theta(next, plan, rng);
        const double value = height(next, &c);
        count += value > 0;
        if (value > best || k == 0) {
            best = value;
            memcpy(theta, next, n * sizeof *theta);
        }
    }
    enum sg_status status = sg_search_maximise(theta, &best, &climber, rng);
    *top = sg_search_repelling_alloc(&plan->deep);
    sg_search_decode(top, theta, plan);
    if (status == SG_OK)
        status = sg_search_look(top, plan);
    if (repelled)
        *repelled = count;
    free(theta);
    free(next);
    sg_base_rng_free(rng);
    sg_search_repelling_free(&c.trial);
    return status;
}
