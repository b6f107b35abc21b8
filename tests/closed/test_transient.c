/* Transient growth: brute-force powers in long double, a 2 x 2 with known
 * powers, and the ways out. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* J = T diag(mu) T^-1 with T = [[I, Y], [0, I]]: not normal,
 * cond(T) = ((|Y| + sqrt(|Y|^2 + 4)) / 2)^2. */
static double *random_jacobian(size_t half, double rho, double strength, double *cond,
                               struct sg_rng *rng)
{
    const size_t size = 2 * half;
    double *j = SG_NEW(size * size, double), *y = random_vector(half * half, strength, rng),
           *sigma = SG_NEW(half, double);
    double *mu = SG_NEW(size, double);
    for (size_t i = 0; i < size; i++)
        mu[i] = i == 0 ? rho : random_between(strength < 1 ? -rho : 0.5 * rho, rho, rng);
    for (size_t i = 0; i < half; i++)
        for (size_t k = 0; k < half; k++)
            j[i * size + half + k] = y[i * half + k] * (mu[half + k] - mu[i]);
    for (size_t i = 0; i < size; i++)
        j[i * size + i] = mu[i];
    naive_singular_values(sigma, y, half, half);
    *cond = (sigma[0] + sqrt(sigma[0] * sigma[0] + 4)) / 2;
    *cond *= *cond;
    free(y);
    free(sigma);
    free(mu);
    return j;
}

/* |J^k| for k = 0..last, powers in long double. */
static double *power_norms(const double *j, size_t size, size_t last)
{
    double *norm = SG_NEW(last + 1, double), *rounded = SG_NEW(size * size, double),
           *sigma = SG_NEW(size, double);
    long double *power = SG_NEW(size * size, long double), *next = SG_NEW(size * size, long double);
    for (size_t i = 0; i < size; i++)
        power[i * size + i] = 1;
    for (size_t k = 0; k <= last; k++) {
        for (size_t i = 0; i < size * size; i++) {
            rounded[i] = (double)power[i];
            next[i] = 0;
        }
        naive_singular_values(sigma, rounded, size, size);
        norm[k] = sigma[0];
        for (size_t i = 0; i < size; i++)
            for (size_t l = 0; l < size; l++)
                for (size_t c = 0; c < size; c++)
                    next[i * size + c] += (long double)j[i * size + l] * power[l * size + c];
        memcpy(power, next, size * size * sizeof *power);
    }
    free(rounded);
    free(sigma);
    free(power);
    free(next);
    return norm;
}

/* Errors of a product spread like powers: |d J^k| <= k size u cond^2 rho^(k-1) |J| <= size
 * u cond^3 / (e (1 - rho)), and dgesdd's size u |J^k|; C = 1. */
static void brute_force(void **state)
{
    (void)state;
    size_t grew = 0;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("brute", t);
        const size_t half = random_size(1, 3, rng), size = 2 * half;
        double cond, rho = random_between(0.6, 0.96, rng), growth;
        double *j = random_jacobian(half, rho, t % 3 ? 3.0 : 0.6, &cond, rng);
        const size_t last = (size_t)(log(cond) / -log(rho)) + 30;
        double *norm = power_norms(j, size, last);
        size_t k_max, want = 0;
        for (size_t k = 1; k <= last; k++)
            if (norm[k] > norm[want])
                want = k;
        const double tol = (double)size * SG_UNIT_ROUNDOFF *
                           (cond * cond * cond / (2.7 * (1 - rho)) + norm[want]);
        CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, j, size, rho, cond, 100000),
                     SG_OK);
        CHECK_CLOSE(growth, norm[want], tol);
        CHECK(k_max == want || norm[want] - norm[k_max] <= 2 * tol);
        grew += want > 1;
        /* cut short: a lower bound, and told so */
        if (want > 1) {
            for (size_t limit = 1; limit < want; limit++) {
                size_t best = 0;
                for (size_t k = 1; k <= limit; k++)
                    if (norm[k] > norm[best])
                        best = k;
                CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, j, size, rho, cond, limit),
                             SG_OK);
                CHECK(k_max == limit);
                CHECK_CLOSE(growth, norm[best], tol);
            }
        }
        free(j);
        free(norm);
        sg_base_rng_free(rng);
    }
    CHECK(grew > 10);
}

/* J = [[a, b], [0, c]]: J^k = [[a^k, b (a^k - c^k) / (a - c)], [0, c^k]]. */
static void two_by_two(void **state)
{
    (void)state;
    const double a = 0.875, c = 0.8125, b = 2.375, j[4] = {a, b, 0, c};
    const double y = b / (a - c), cond = pow((y + sqrt(y * y + 4)) / 2, 2);
    double best = 0, growth;
    size_t at = 0, k_max;
    for (int k = 0; k < 60; k++) {
        const double p = pow(a, k), r = pow(c, k), off = b * (p - r) / (a - c),
                     sum = p * p + off * off + r * r, det = p * r;
        const double norm = sqrt((sum + sqrt(sum * sum - 4 * det * det)) / 2);
        if (norm > best) {
            best = norm;
            at = (size_t)k;
        }
    }
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, j, 2, a, cond, 1000), SG_OK);
    CHECK(k_max == at && at > 3);
    /* k products of two terms and the norm, ours with a cancellation of 1 / (a - c) = 16 */
    CHECK_CLOSE(growth, best, 10 * (double)(2 * at + 16) * SG_UNIT_ROUNDOFF * best);
    /* a condition that allows one power only: cond rho > 1 >= cond rho^2 */
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, j, 2, 0.5, 3, 1000), SG_OK);
    CHECK(k_max == 1);
    CHECK_CLOSE(
        growth,
        sqrt((a * a + b * b + c * c + sqrt(pow(a * a + b * b + c * c, 2) - 4 * a * a * c * c)) / 2),
        10 * SG_UNIT_ROUNDOFF * growth);
}

static void ways_out(void **state)
{
    (void)state;
    const double normal[4] = {0.9, 0, 0, -0.5}, slow[4] = {0.99, 0, 0, -0.98},
                 spoiled[4] = {0.9, SG_NAN, 0, 0.5};
    double growth;
    size_t k_max = 77;
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, normal, 2, 0.9, 1, 1000), SG_OK);
    CHECK(growth == 1 && k_max == 0);
    /* no condition known, |J^T J|_F > 1 up to k = 7 */
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, slow, 2, 0.99, HUGE_VAL, 7), SG_OK);
    CHECK(growth == 1 && k_max == 7);
    /* |J^k| <= 1 is seen: no later power is larger */
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, slow, 2, 0.99, HUGE_VAL, 100), SG_OK);
    CHECK(growth == 1 && k_max == 0);
    const double bad[] = {1.0, 1.5, SG_NAN};
    for (size_t i = 0; i < COUNT(bad); i++) {
        growth = 5;
        CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, normal, 2, bad[i], 10, 1000),
                     SG_HYPOTHESIS);
        CHECK(isnan(growth));
    }
    growth = 5;
    CHECK_STATUS(sg_approx_transient_growth(&growth, &k_max, spoiled, 2, 0.9, 10, 1000),
                 SG_NOT_FINITE);
    CHECK(isnan(growth));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(brute_force), TEST(two_by_two), TEST(ways_out)};
    return RUN(tests);
}
