/* DY5's and DY13's exact iteration in balls: steps by hand, what the theorem says on random data
 * and starts in units of 1e9 and 1e-9, its limits, and steps that break it. */
#include "support.h"

#include <math.h>

#include "synthgrad/cert.h"

#ifdef SG_HAVE_ARB
/* x = y = 1: S_x = 1, W* = 1, z = (w, 1, 1).  From w = 0, Phi = (0, 0, 0): Psi = (-1, 1, 0), e = 1,
 * N = 2, G = (0, 1, 1), E|zG|^2 = 4, so both rules have nu = 1/2 at theta = 1:
 * Psi+ = (-1, 1/2, -1/2), |Psi+|^2 = 3/2 of 2; s = 0, so w stays and V goes from 1 + 1 to 1 + 0. */
static void a_step_by_hand(void **state)
{
    (void)state;
    const double one = 1, zero[3] = {0, 0, 0}, mu = 0.5;
    const struct sg_cert_data data = {.n = 1, .d = 1, .m = 1, .x = &one, .y = &one};
    for (int rule = 0; rule < 2; rule++) {
        struct sg_cert_iterated r;
        const struct sg_cert_iteration ask = {.w = zero, .phi = zero, .mu = &mu, .n_mu = 1,
                                            .steps = 1, .line_search = rule, .theta = 1};
        context("rule %d", rule);
        CHECK_STATUS(sg_cert_iterate(&r, &data, &ask), SG_OK);
        CHECK(r.norm == SG_OK && r.sum == SG_OK && r.step == SG_OK && r.energy == SG_OK);
        CHECK(r.psi.low <= sqrt(0.75) && r.psi.high >= sqrt(0.75) - 0x1p-53);
        CHECK(r.psi.high - r.psi.low <= 0x1p-52);
        CHECK(r.v.low <= 0.5 && r.v.high >= 0.5 && r.v.high - r.v.low <= 0x1p-52);
        CHECK(r.share.low <= 0.25 && r.share.high >= 0.25);
    }
}

/* Two steps on: Phi = (0, -1, -1)/2 has e = 0 at w = 0 and s = -1, so w = 0, 0, 1/2.  At w = 1/2 is
 * e = -1/2, N = 9/4: |Psi|^2 falls by 1/9 to 25/18 of 2, and not at all by pairs of the step
 * before, where w is 0. */
static void a_late_pair_by_hand(void **state)
{
    (void)state;
    const double one = 1, zero[3] = {0, 0, 0}, mu = 0.5, psi[2] = {5.0 / 6, sqrt(0.75)};
    const struct sg_cert_data data = {.n = 1, .d = 1, .m = 1, .x = &one, .y = &one};
    for (size_t tau = 0; tau < 2; tau++) {
        struct sg_cert_iterated r;
        const struct sg_cert_iteration ask = {.w = zero, .phi = zero, .mu = &mu, .n_mu = 1,
                                            .steps = 3, .tau = tau, .theta = 1};
        const enum sg_status status = sg_cert_iterate(&r, &data, &ask);
        context("tau %zu, %s", tau, sg_base_status_text(status));
        CHECK_CLOSE(psi[tau], r.psi.low, 4 * SG_UNIT_ROUNDOFF);
    }
}

enum { N = 9, D = 3, M = 2, Q = 2 * M + 1 };
struct drawn { double x[N * D], y[N * M], w[D * M], phi[Q * M]; struct sg_cert_data data; };

static void draw(struct drawn *r, struct sg_rng *rng, double x, double y)
{
    sg_base_rng_gaussians(r->x, N * D, rng);
    sg_base_rng_gaussians(r->y, N * M, rng);
    sg_base_rng_gaussians(r->w, D * M, rng);
    sg_base_rng_gaussians(r->phi, Q * M, rng);
    for (int i = 0; i < N * D; i++)
        r->x[i] *= x;
    for (int i = 0; i < N * M; i++)
        r->y[i] *= y;
    for (int i = 0; i < D * M; i++)
        r->w[i] *= y / x;
    r->data = (struct sg_cert_data){.n = N, .d = D, .m = M, .x = r->x, .y = r->y};
}

/* Every start, rule, unit and delay: |Psi|, the sum and the bound on W's step are proved. */
static void the_theorem_is_proved(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 1e9, 1e-9};
    struct sg_rng *rng = test_rng("iteration", 0);
    for (int k = 0; k < 36; k++) {
        struct drawn r;
        struct sg_interval least, most;
        struct sg_cert_iterated out;
        draw(&r, rng, UNIT[k % 3], UNIT[k / 3 % 3]);
        CHECK_STATUS(sg_cert_curvature(&least, &most, &r.data), SG_OK);
        const double mu = (k & 1 ? 1.99 : 0.3) / most.high;
        const struct sg_cert_iteration ask = {.w = r.w, .phi = r.phi, .mu = &mu, .n_mu = 1,
                                            .steps = 12, .tau = k % 4 == 3 ? 3 : 0,
                                            .line_search = k & 2,
                                            .theta = 2 * sg_base_rng_uniform(rng)};
        context("case %d, theta %g", k, ask.theta);
        CHECK_STATUS(sg_cert_iterate(&out, &r.data, &ask), SG_OK);
        CHECK(out.norm == SG_OK && out.sum == SG_OK && out.step == SG_OK);
        CHECK(out.psi.high <= 1 && out.psi.high - out.psi.low <= 1e-12);
        CHECK(out.share.low > 0 && out.share.high <= 1);
    }
    sg_base_rng_free(rng);
}

/* One sample, m = 1: z has one direction, so Psi along it is multiplied by 1 - theta: theta = 2
 * keeps |Psi| (undecided, or right), 2 + 2^-51 lets it grow, by line search as well. */
static void theta_two_is_the_edge(void **state)
{
    (void)state;
    const double one = 1, phi[3] = {0.5, 0.25, -0.125}, w = 0.75, mu = 0.5;
    const struct sg_cert_data data = {.n = 1, .d = 1, .m = 1, .x = &one, .y = &one};
    for (int k = 0; k < 6; k++) {
        const double theta = k % 3 == 0 ? 2 - 0x1p-51 : k % 3 == 1 ? 2 : 2 + 0x1p-51;
        const struct sg_cert_iteration ask = {.w = &w, .phi = phi, .mu = &mu, .n_mu = 1, .steps = 1,
                                            .line_search = k / 3, .theta = theta};
        struct sg_cert_iterated r;
        const enum sg_status status = sg_cert_iterate(&r, &data, &ask);
        context("case %d", k);
        if (k % 3 == 1)
            CHECK(r.norm != SG_REFUTED);
        else
            CHECK(status == SG_OK && r.norm == (k % 3 ? SG_REFUTED : SG_OK));
    }
}

/* Realizable data and a start far off (DY5.5): V rises at half the limit, and not at rates of its
 * own order.  A step of 2.5 over lambda_max breaks no bound of DY13, whose rho is then above 1. */
static void energy_falls_or_rises(void **state)
{
    (void)state;
    const double x[8] = {1, 1, 1, -1, -1, 1, -1, -1}, y[4] = {1, 1, -1, -1};
    const double w[2] = {1, 0.0078125}, phi[3] = {-2, 2, 0};
    const struct sg_cert_data data = {.n = 4, .d = 2, .m = 1, .x = x, .y = y};
    static const double MU[] = {0.5, 0x1p-20, 2.5};
    static const enum sg_status ENERGY[] = {SG_REFUTED, SG_OK, SG_REFUTED};
    for (size_t k = 0; k < COUNT(MU); k++) {
        struct sg_cert_iterated r;
        const struct sg_cert_iteration ask = {.w = w, .phi = phi, .mu = &MU[k], .n_mu = 1,
                                            .steps = 3, .line_search = true, .theta = 1};
        context("mu %g", MU[k]);
        CHECK_STATUS(sg_cert_iterate(&r, &data, &ask), SG_OK);
        CHECK(r.energy == ENERGY[k] && r.norm == SG_OK && r.step == SG_OK && r.sum == SG_OK);
    }
}

/* Started at the solution nothing moves: line search is 0/0, and the answer is no answer.  Singular
 * S_x: |Psi| is proved all the same.  NaN is refused. */
static void edges_are_undecided(void **state)
{
    (void)state;
    const double x[8] = {1, 2, 1, 2, -1, -2, -1, -2}, y[4] = {1, 1, -1, -1}, mu = 0.25;
    const double w[2] = {0.5, 0.25}, exact[3] = {1, -1, 0}, phi[3] = {0.5, 0, 1};
    struct sg_cert_data data = {.n = 4, .d = 1, .m = 1, .x = y, .y = y};
    struct sg_cert_iteration ask = {.w = exact, .phi = exact, .mu = &mu, .n_mu = 1, .steps = 2,
                                  .line_search = true, .theta = 1};
    struct sg_cert_iterated r;
    CHECK_STATUS(sg_cert_iterate(&r, &data, &ask), SG_UNPROVED);
    CHECK(r.norm == SG_UNPROVED && r.energy == SG_UNPROVED);
    data = (struct sg_cert_data){.n = 4, .d = 2, .m = 1, .x = x, .y = y};
    ask.w = w;
    ask.phi = phi;
    CHECK_STATUS(sg_cert_iterate(&r, &data, &ask), SG_OK);
    CHECK(r.norm == SG_OK && r.sum == SG_OK && r.step == SG_UNPROVED && r.energy == SG_UNPROVED);
    CHECK_NAN(&r.v.low, 2);
    ask.theta = SG_NAN;
    CHECK_STATUS(sg_cert_iterate(&r, &data, &ask), SG_NOT_FINITE);
    CHECK_NAN(&r.psi.low, 2);
    CHECK(r.norm == SG_UNPROVED);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(a_step_by_hand),        TEST(a_late_pair_by_hand),
        TEST(the_theorem_is_proved), TEST(theta_two_is_the_edge),
        TEST(energy_falls_or_rises), TEST(edges_are_undecided),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
