/* The search over interpolated triples: its inequalities against exact ones, what it reaches, and
 * that it is deterministic. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "search/search.h"
#include "synthgrad/closed.h"

static struct sg_triple_plan plan_of(double m, double rho, double gamma, size_t steps)
{
    return (struct sg_triple_plan){
        .step = {m, 1, rho, gamma}, .draws = 50, .steps = steps, .seed = test_seed()};
}

#ifdef SG_HAVE_FLINT
static enum sg_status exact(struct sg_interval *r, const struct sg_cert_inexact *step,
                            const struct sg_triple *t)
{
    const struct sg_cert_triple triple = {SG_TRIPLE_DIM, t->x, t->g, t->d, t->g_next};
    return sg_cert_triple_ratio(r, step, &triple);
}

/* Random climbs end at triples that exact arithmetic finds interpolated too, with that ratio up to
 * rounding: numbers of order 1 / (1 - m), f(x) >= m/2.  Shorter climbs see every branch. */
static void the_ratio_is_the_exact_one(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("triple", 0);
    for (size_t k = 0; k < 60; k++) {
        const double m = 0.05 + 0.85 * sg_base_rng_uniform(rng), rho = sg_base_rng_uniform(rng);
        const double gamma = 2 / (1 + rho) * sg_base_rng_uniform(rng);
        const struct sg_triple_plan plan = plan_of(m, rho, gamma, k * 20);
        struct sg_triple t;
        struct sg_interval r, factor;
        CHECK_STATUS(sg_search_triple(&t, &plan, k), SG_OK);
        context("m %g rho %g gamma %g climb %zu", m, rho, gamma, k);
        CHECK(t.ratio > 0);
        CHECK_STATUS(exact(&r, &plan.step, &t), SG_OK);
        CHECK_CLOSE(t.ratio, r.low, 100 * SG_UNIT_ROUNDOFF / (m * (1 - m)));
        CHECK_STATUS(sg_cert_inexact_factor(&factor, &plan.step), SG_OK);
        CHECK(r.high <= factor.low);
    }
    sg_base_rng_free(rng);
}

/* Quadratics inside the class, the next gradient moved until the inequalities break: both say so,
 * but for violations that the margin and rounding cannot tell. */
static void broken_triples_are_broken(void **state)
{
    (void)state;
    const struct sg_cert_inexact step = {0.3, 1, 0.5, 1};
    struct sg_rng *rng = test_rng("triple", 1);
    size_t broken = 0;
    for (size_t k = 0; k < 400; k++) {
        struct sg_triple t = {.x = {1}};
        struct sg_interval r;
        for (int i = 0; i < SG_TRIPLE_DIM; i++) {
            const double h = 0.35 + 0.6 * sg_base_rng_uniform(rng);
            t.x[i] = sg_base_rng_gaussian(rng);
            t.g[i] = h * t.x[i];
            t.d[i] = (0.6 + 0.8 * sg_base_rng_uniform(rng)) * t.g[i];
            t.g_next[i] = h * (t.x[i] - step.gamma * t.d[i]) + 0.1 * sg_base_rng_gaussian(rng);
        }
        sg_search_triple_ratio(&t, &step);
        if (fabs(t.ratio) < 1e-11)
            continue;
        broken += t.ratio < 0;
        context("triple %zu, ratio %.3g", k, t.ratio);
        CHECK_STATUS(exact(&r, &step, &t), t.ratio < 0 ? SG_REFUTED : SG_OK);
        if (t.ratio > 0)
            CHECK_CLOSE(t.ratio, r.low, 1000 * SG_UNIT_ROUNDOFF);
    }
    context("%zu of 400 broken", broken);
    CHECK(broken > 20 && broken < 380);
    sg_base_rng_free(rng);
}
#endif

/* The worst function is a quadratic of one dimension, a corner of R^9 that the climb does not know:
 * 0.9999 of it is found by every climb of 6000 evaluations, and nothing beyond it but rounding. */
static void climbs_come_near_the_bound(void **state)
{
    (void)state;
    static const double RHO[] = {0, 0.3, 0.6, 0.9};
    for (size_t k = 0; k < COUNT(RHO); k++) {
        const double best = sg_closed_inexact_step(0.1, 1, RHO[k]);
        const struct sg_triple_plan plan = plan_of(0.1, RHO[k], best, 6000);
        struct sg_triple t;
        CHECK_STATUS(sg_search_triple(&t, &plan, k), SG_OK);
        const double factor = sg_closed_inexact_factor(0.1, 1, RHO[k], best);
        context("rho %g: 1 - share %.3g", RHO[k], 1 - t.ratio / factor);
        CHECK(t.ratio >= 0.9999 * factor);
        CHECK(t.ratio <= factor + 100 * SG_UNIT_ROUNDOFF / (0.1 * 0.9));
    }
}

static void climbs_are_the_same_again(void **state)
{
    (void)state;
    const struct sg_triple_plan plan = plan_of(0.2, 0.4, 1, 500);
    struct sg_triple a, b, c;
    CHECK_STATUS(sg_search_triple(&a, &plan, 3), SG_OK);
    CHECK_STATUS(sg_search_triple(&b, &plan, 3), SG_OK);
    CHECK_STATUS(sg_search_triple(&c, &plan, 4), SG_OK);
    CHECK_SAME(&a, &b, 1);
    CHECK(memcmp(&a, &c, sizeof a) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(the_ratio_is_the_exact_one),
        TEST(broken_triples_are_broken),
#endif
        TEST(climbs_come_near_the_bound),
        TEST(climbs_are_the_same_again),
    };
    return RUN(tests);
}
