/* The nearest potential of an affine field: by hand, by optimality, where it must be the field
 * itself, and where nothing is left. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/closed.h"

enum { K = 5 };

/* A turn by 90 degrees has no potential: over a unit square its circulation is twice the
 * area.  With variances p and q nothing symmetric is better than S_12 = (p - q) / (p + q),
 * which leaves 4 p q / (p + q). */
static void by_hand(void **state)
{
    (void)state;
    const double a[] = {0, 1, -1, 0}, u[] = {1, 0}, v[] = {0, 1}, p = 2.385, q = 0.731,
                 sigma[] = {p, 0, 0, q};
    CHECK_CLOSE(sg_closed_circulation(a, u, v, 2), 2, 0);
    CHECK_CLOSE(sg_closed_circulation(a, v, u, 2), -2, 0);
    double s[4], left;
    CHECK_STATUS(sg_closed_potential_nearest(s, &left, a, sigma, 2), SG_OK);
    const double off = (p - q) / (p + q), want[] = {0, off, off, 0};
    CHECK_ALL(s, want, 10 * SG_UNIT_ROUNDOFF, 4);
    CHECK_CLOSE(left, 4 * p * q / (p + q), 10 * SG_UNIT_ROUNDOFF * (p + q));
}

/* A random A, and sigma = F^T F with F (rank x K). */
static void draw(double *a, double *sigma, size_t rank, struct sg_rng *rng)
{
    double f[K * K];
    sg_base_rng_gaussians(a, K * K, rng);
    sg_base_rng_gaussians(f, rank * K, rng);
    sg_base_mul_tn(sigma, f, f, K, rank, K);
}

/* tr (A - S)^T Sigma (A - S) */
static double remainder_of(const double *a, const double *s, const double *sigma)
{
    double r[K * K], part[K * K];
    for (size_t i = 0; i < K * K; i++)
        r[i] = a[i] - s[i];
    sg_base_mul(part, sigma, r, K, K, K);
    return sg_base_dot(part, r, K * K);
}

/* Symmetric, solves its equation, leaves what it says, and any symmetric step away leaves more
 * by exactly tr D Sigma D. */
static void the_nearest_is_optimal(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("nearest", replicate);
        double a[K * K], sigma[K * K], s[K * K], d[K * K], zero[K * K] = {0}, one[K * K],
                                                                    two[K * K], left, moved[K * K];
        draw(a, sigma, K, rng);
        context("replicate %llu", (unsigned long long)replicate);
        CHECK_STATUS(sg_closed_potential_nearest(s, &left, a, sigma, K), SG_OK);
        const double size = sg_base_norm(a, K * K), spread = sg_base_norm(sigma, K * K),
                     tol = 10 * K * SG_UNIT_ROUNDOFF * size * spread;
        sg_base_mul(one, sigma, s, K, K, K);
        sg_base_mul(two, sigma, a, K, K, K);
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++) {
                CHECK_CLOSE(s[i * K + j], s[j * K + i], 10 * K * SG_UNIT_ROUNDOFF * size);
                CHECK_CLOSE(one[i * K + j] + one[j * K + i], two[i * K + j] + two[j * K + i], tol);
            }
        CHECK_CLOSE(remainder_of(a, s, sigma), left, tol * size);
        sg_base_rng_gaussians(d, K * K, rng);
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < i; j++)
                d[i * K + j] = d[j * K + i];
        for (size_t i = 0; i < K * K; i++)
            moved[i] = s[i] + d[i];
        const double more = remainder_of(d, zero, sigma), both = size + sg_base_norm(d, K * K);
        CHECK_CLOSE(remainder_of(a, moved, sigma), left + more,
                    10 * K * SG_UNIT_ROUNDOFF * spread * both * both);
        sg_base_rng_free(rng);
    }
}

static void known_cases(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("known", 0);
    double a[K * K], sigma[K * K], s[K * K], part[K * K], seen[K * K], left;
    draw(a, sigma, K, rng);
    /* Sigma = 3 I: the symmetric part, and half of |A - A^T|^2 / 2 times 3. */
    double round[K * K] = {0}, skew2 = 0;
    for (size_t i = 0; i < K; i++) {
        round[i * K + i] = 3;
        for (size_t j = 0; j < K; j++) {
            part[i * K + j] = (a[i * K + j] + a[j * K + i]) / 2;
            skew2 += (a[i * K + j] - a[j * K + i]) * (a[i * K + j] - a[j * K + i]) / 4;
        }
    }
    const double tol = 10 * K * SG_UNIT_ROUNDOFF * sg_base_norm(a, K * K);
    CHECK_STATUS(sg_closed_potential_nearest(s, &left, a, round, K), SG_OK);
    CHECK_ALL(s, part, tol, K * K);
    CHECK_CLOSE(left, 3 * skew2, 3 * tol * sg_base_norm(a, K * K));
    /* A symmetric: itself, whatever Sigma; rounding of V^T A V, and what a small pair of
     * eigenvalues makes of that cancels: a mean of two. */
    CHECK_STATUS(sg_closed_potential_nearest(s, &left, part, sigma, K), SG_OK);
    CHECK_ALL(s, part, tol, K * K);
    /* Points on one line: any field has a potential there, with the
     * field itself as its gradient. */
    draw(a, sigma, 1, rng);
    CHECK_STATUS(sg_closed_potential_nearest(s, &left, a, sigma, K), SG_OK);
    sg_base_mul(seen, sigma, s, K, K, K);
    sg_base_mul(part, sigma, a, K, K, K);
    CHECK_ALL(seen, part,
              10 * K * SG_UNIT_ROUNDOFF * sg_base_norm(a, K * K) * sg_base_norm(sigma, K * K),
              K * K);
    CHECK_CLOSE(left, 0, 0);
    sg_base_rng_free(rng);
}

/* V(h) - V(from) is the mean of the field at both ends along the way between them: the trapezoid is
 * exact for an affine field. */
static void the_value_is_the_integral(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("value", 0);
    double s[K * K], b[K], h[K], from[K], want = 0, size = 0;
    sg_base_rng_gaussians(s, K * K, rng);
    sg_base_rng_gaussians(b, K, rng);
    sg_base_rng_gaussians(h, K, rng);
    sg_base_rng_gaussians(from, K, rng);
    for (size_t i = 0; i < K; i++) {
        double there = b[i], all = fabs(b[i]);
        for (size_t j = 0; j < K; j++) {
            there += (h[j] - from[j]) * s[j * K + i];
            all += fabs((h[j] - from[j]) * s[j * K + i]);
        }
        want += (h[i] - from[i]) * (b[i] + there) / 2;
        size += fabs(h[i] - from[i]) * all;
    }
    CHECK_CLOSE(sg_closed_potential_value(s, b, h, from, K), want, 10 * SG_UNIT_ROUNDOFF * size);
    CHECK_CLOSE(sg_closed_potential_value(s, b, from, from, K), 0, 0);
    sg_base_rng_free(rng);
}

static void nan_in_nan_out(void **state)
{
    (void)state;
    double a[4] = {1, 2, 3, 4}, sigma[4] = {1, SG_NAN, SG_NAN, 1}, s[4], left;
    CHECK_STATUS(sg_closed_potential_nearest(s, &left, a, sigma, 2), SG_NOT_FINITE);
    CHECK_NAN(s, 4);
    CHECK_NAN(&left, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(by_hand), TEST(the_nearest_is_optimal),
                                       TEST(known_cases), TEST(the_value_is_the_integral),
                                       TEST(nan_in_nan_out)};
    return RUN(tests);
}
