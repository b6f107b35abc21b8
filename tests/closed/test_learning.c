/* The SG from phi = 0 with the weights at rest: modes and steps against the recursion itself. */
#include <math.h>

#include "support.h"
#include "synthgrad/closed.h"

/* psi <- psi - nu S_z psi from (-1, 1, 0) in long double, S_z = T^T T; returns E|z psi|^2 and
 * fills the trace of S_z. */
static long double recursion(const struct sg_sg_moments *m, double nu, size_t steps)
{
    const long double p = (long double)m->p_mean, s = (long double)m->p_sd,
                      t[3][3] = {{p, p - (long double)m->r_mean, 1},
                                 {s, s - (long double)m->r_along, 0},
                                 {0, -(long double)m->r_rest, 0}};
    long double psi[3] = {-1, 1, 0}, error = 0;
    for (size_t k = 0; k <= steps; k++) {
        long double e[3], gradient[3] = {0};
        error = 0;
        for (size_t i = 0; i < 3; i++) {
            e[i] = t[i][0] * psi[0] + t[i][1] * psi[1] + t[i][2] * psi[2];
            error += e[i] * e[i];
            for (size_t j = 0; j < 3; j++)
                gradient[j] += t[i][j] * e[i];
        }
        for (size_t j = 0; j < 3 && k < steps; j++)
            psi[j] -= (long double)nu * gradient[j];
    }
    return error;
}

/* lambda_j relative to themselves, shares to 1: both to u, the sum to 2 t u more by nu. */
static void test_modes_and_steps(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct sg_rng *rng = sg_base_rng_alloc(seed, "learning", 0, "moments");
        const double scale = pow(10, 2 * sg_base_rng_gaussian(rng));
        struct sg_sg_moments m = {scale * sg_base_rng_gaussian(rng), scale,
                                  0, 0, scale * (0.1 + fabs(sg_base_rng_gaussian(rng)))};
        if (seed % 2) {
            m.r_mean = scale * sg_base_rng_gaussian(rng);
            m.r_along = scale * sg_base_rng_gaussian(rng);
        }
        sg_base_rng_free(rng);
        double lambda[3], share[3], most = 0;
        sg_closed_sg_modes(lambda, share, &m);
        const long double start = recursion(&m, 0, 0);
        for (size_t j = 0; j < 3; j++)
            most = fmax(most, lambda[j]);
        for (size_t steps = 0; steps < 50; steps += 7) {
            double sum = 0;
            for (size_t j = 0; j < 3; j++)
                sum += share[j] * pow(1 - lambda[j] / most, 2 * (double)steps);
            context("seed %llu, %zu steps", (unsigned long long)seed, steps);
            CHECK_CLOSE(sum, (double)(recursion(&m, 1 / most, steps) / start),
                        (10 + 2 * (double)steps) * SG_UNIT_ROUNDOFF);
        }
        const double t = sg_closed_sg_steps(lambda, share, 1 / most, 0.5);
        CHECK(t >= 1);
        if (t > 1e5)
            continue;
        const double quarter = 0.25 * (1 + 1e-9);
        CHECK((double)(recursion(&m, 1 / most, (size_t)t) / start) <= quarter);
        CHECK((double)(recursion(&m, 1 / most, (size_t)t - 1) / start) >= 0.25 * (1 - 1e-9));
    }
}

/* A target of mean 1.5e9 and standard deviation 827, the fit's residual 3: the smallest eigenvalue
 * is 1e-32 of the largest, and the gradient lies along the middle one.  In 60 digits (mpmath's
 * eigsy): 2.8913886e-13, 4.5337866, 4.7289819e18; log(100) / (4.5337866 / 4.7289819e18) steps. */
static void test_far_target(void **state)
{
    const struct sg_sg_moments m = {1.5376901e9, sqrt(826.847 * 826.847 - 3.01124 * 3.01124), 0, 0,
                                    3.01124};
    double lambda[3], share[3], low = HUGE_VAL, high = 0, middle = 0;
    (void)state;
    sg_closed_sg_modes(lambda, share, &m);
    for (size_t j = 0; j < 3; j++) {
        low = fmin(low, lambda[j]);
        high = fmax(high, lambda[j]);
        middle += share[j] * lambda[j];
    }
    /* the moments have six digits */
    CHECK_CLOSE(low, 2.8913886e-13, 1e-5 * 2.9e-13);
    CHECK_CLOSE(high, 4.7289819e18, 1e-5 * 4.7e18);
    CHECK_CLOSE(middle, 4.5337866 + 4.7289819e18 * 9.58724e-19, 1e-4);
    const double steps = sg_closed_sg_steps(lambda, share, 1 / high, 0.01),
                 wanted = log(100) * 4.7289819e18 / 4.5337866;
    CHECK_CLOSE(steps, wanted, 2e-5 * wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_modes_and_steps), TEST(test_far_target)};
    return RUN(tests);
}
