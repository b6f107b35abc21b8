/* Random streams: the published generator, seeded by a hash of all four
 * names; moments and ranges. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 200000 };

/* ---- the generator, written again from the papers -------------------------------------- */

/* xoshiro256**, Blackman and Vigna's reference code. */
static uint64_t rotl(uint64_t x, unsigned k) { return (x << k) | (x >> (64 - k)); }
static uint64_t xoshiro(uint64_t s[4])
{
    const uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

/* SplitMix64 as a function of its counter: the k-th output of seed x is mix(x + k * 0x9e37...). */
static uint64_t mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
static const uint64_t GOLDEN = UINT64_C(0x9e3779b97f4a7c15);

/* The oracle first: known answers.  xoshiro256** from state (1, 2, 3, 4) and SplitMix64
 * from seed 1234567, as published with the reference implementations' ports
 * (rand_xoshiro, Rosetta Code). */
static void known_answers(void **state)
{
    (void)state;
    uint64_t s[4] = {1, 2, 3, 4};
    const uint64_t first[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240),
                              UINT64_C(1216172134540287360)};
    for (size_t i = 0; i < COUNT(first); i++)
        CHECK(xoshiro(s) == first[i]);
    CHECK(mix64(1234567 + GOLDEN) == UINT64_C(6457827717110365317));
    CHECK(mix64(1234567 + 2 * GOLDEN) == UINT64_C(3203168211198807973));
}

/* FNV-1a over both texts, each with its terminating zero, from an offset that
 * carries seed and replicate. */
static uint64_t stream_seed(uint64_t seed, const char *name, uint64_t replicate,
                            const char *purpose)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ mix64(seed + GOLDEN) ^
                 mix64(seed + 2 * GOLDEN + replicate);
    const char *texts[] = {name, purpose};
    for (int t = 0; t < 2; t++)
        for (size_t i = 0; i <= strlen(texts[t]); i++)
            h = (h ^ (unsigned char)texts[t][i]) * UINT64_C(1099511628211);
    return h;
}

static void streams_are_the_published_generator(void **state)
{
    (void)state;
    const struct { uint64_t seed, replicate; const char *name, *purpose; } all[] = {
        {1, 0, "dy3", "data"}, {0, 0, "", ""}, {UINT64_MAX, 12345678901, "caf\xc3\xa9", "start"}};
    for (size_t c = 0; c < COUNT(all); c++) {
        uint64_t seed = stream_seed(all[c].seed, all[c].name, all[c].replicate, all[c].purpose),
                 s[4];
        for (uint64_t k = 0; k < 4; k++)
            s[k] = mix64(seed + (k + 1) * GOLDEN);
        struct sg_rng *rng =
            sg_base_rng_alloc(all[c].seed, all[c].name, all[c].replicate, all[c].purpose);
        for (int i = 0; i < 500; i++)
            CHECK(sg_base_rng_uniform(rng) == (double)(xoshiro(s) >> 11) * 0x1p-53);
        sg_base_rng_free(rng);
    }
}

/* ---- independence ---------------------------------------------------------------------- */

static void eight(double out[8], uint64_t seed, const char *name, uint64_t replicate,
                  const char *purpose)
{
    struct sg_rng *rng = sg_base_rng_alloc(seed, name, replicate, purpose);
    sg_base_rng_gaussians(out, 8, rng);
    sg_base_rng_free(rng);
}

static void differ_by_each_key(void **state)
{
    (void)state;
    double base[8], again[8], other[8];
    eight(base, 7, "ab", 3, "c");
    eight(again, 7, "ab", 3, "c");
    CHECK_SAME(base, again, 8);
    const struct {
        uint64_t seed, replicate;
        const char *name, *purpose;
    } others[] = {{8, 3, "ab", "c"}, {7, 4, "ab", "c"}, {7, 3, "aB", "c"}, {7, 3, "ab", "d"},
                  {7, 3, "a", "bc"}, {3, 7, "ab", "c"}, {7, 3, "c", "ab"}, {6, 4, "ab", "c"},
                  {7, 3, "ab", ""},  {7, 3, "", "abc"}};
    for (size_t i = 0; i < COUNT(others); i++) {
        context("other %zu", i);
        eight(other, others[i].seed, others[i].name, others[i].replicate, others[i].purpose);
        for (size_t k = 0; k < 8; k++)
            CHECK(base[k] != other[k]);
    }
}

/* No two of 30,000 streams share their first draw (53 bits: a chance of 5e-8), and
 * neighbours are not correlated. */
static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void no_collisions(void **state)
{
    (void)state;
    enum { STREAMS = 30000 };
    double *first = SG_NEW(STREAMS, double), sum = 0;
    for (size_t i = 0; i < STREAMS; i++) {
        static const char *const purposes[] = {"x", "y", "z"};
        struct sg_rng *rng = sg_base_rng_alloc(test_seed() + i / 3000, "collisions", i % 1000,
                                               purposes[i / 1000 % 3]);
        first[i] = sg_base_rng_uniform(rng);
        sg_base_rng_free(rng);
    }
    for (size_t i = 1; i < STREAMS; i++)
        sum += (first[i] - 0.5) * (first[i - 1] - 0.5);
    /* six standard deviations */
    CHECK_BOUND(fabs(sum / STREAMS), 6 * (1.0 / 12) / sqrt(STREAMS));
    qsort(first, STREAMS, sizeof *first, compare);
    for (size_t i = 1; i < STREAMS; i++)
        CHECK(first[i] != first[i - 1]);
    free(first);
}

/* ---- distributions --------------------------------------------------------------------- */

/* Every bound is six standard deviations of the statistic (chance 2e-9 each). */

static void uniform_range_and_moments(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("uniform", 0);
    double sum = 0, square = 0, lag = 0, last = 0.5, low = 1, high = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        const double x = sg_base_rng_uniform(rng);
        CHECK(x >= 0 && x < 1);
        low = fmin(low, x);
        high = fmax(high, x);
        sum += x - 0.5;
        square += (x - 0.5) * (x - 0.5);
        lag += (x - 0.5) * (last - 0.5);
        last = x;
    }
    CHECK_BOUND(fabs(sum / DRAWS), 6 * sqrt(1.0 / 12 / DRAWS));
    CHECK_CLOSE(square / DRAWS, 1.0 / 12, 6 * sqrt(1.0 / 180 / DRAWS));
    CHECK_BOUND(fabs(lag / DRAWS), 6 * (1.0 / 12) / sqrt(DRAWS));
    CHECK(low < 21.0 / DRAWS && high > 1 - 21.0 / DRAWS);                 /* e^-21 < 1e-9 */
    sg_base_rng_free(rng);
}

static void gaussian_moments(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("gaussian", 0), *same = test_rng("gaussian", 0);
    double *x = SG_NEW(DRAWS, double), moment[5] = {0};
    size_t beyond = 0;
    sg_base_rng_gaussians(x, DRAWS, rng);
    for (size_t i = 0; i < DRAWS; i++) {
        if (i < 1000)
            CHECK(x[i] == sg_base_rng_gaussian(same));
        double power = 1;
        for (int k = 1; k <= 4; k++)
            moment[k] += (power *= x[i]) / DRAWS;
        beyond += fabs(x[i]) > 1.959963984540054;
    }
    /* Var of X, X^2, X^3, X^4: 1, 2, 15, 96. */
    CHECK_BOUND(fabs(moment[1]), 6 * sqrt(1.0 / DRAWS));
    CHECK_CLOSE(moment[2], 1, 6 * sqrt(2.0 / DRAWS));
    CHECK_BOUND(fabs(moment[3]), 6 * sqrt(15.0 / DRAWS));
    CHECK_CLOSE(moment[4], 3, 6 * sqrt(96.0 / DRAWS));
    CHECK_CLOSE((double)beyond / DRAWS, 0.05, 6 * sqrt(0.05 * 0.95 / DRAWS));
    free(x);
    sg_base_rng_free(rng);
    sg_base_rng_free(same);
}

static void indices_are_uniform(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("index", 0);
    size_t count[7] = {0};
    for (size_t i = 0; i < DRAWS; i++) {
        const size_t k = sg_base_rng_index(rng, 7);
        CHECK(k < 7);
        count[k]++;
    }
    for (size_t k = 0; k < 7; k++)
        CHECK_CLOSE((double)count[k] / DRAWS, 1.0 / 7, 6 * sqrt(6.0 / 49 / DRAWS));
    for (int i = 0; i < 50; i++)
        CHECK(sg_base_rng_index(rng, 1) == 0);
    const size_t huge = SIZE_MAX / 3 * 2;
    for (int i = 0; i < 200; i++)
        CHECK(sg_base_rng_index(rng, huge) < huge);
    sg_base_rng_free(rng);
    CHECK_ABORTS((void)sg_base_rng_index(test_rng("index", 1), 0));
}

/* On the sphere of R^5: length 1 to rounding, mean 0, E[x_i x_j] = delta_ij / 5. */
static void directions_are_uniform(void **state)
{
    (void)state;
    enum { DIM = 5, DIRECTIONS = 20000 };
    struct sg_rng *rng = test_rng("direction", 0);
    double x[DIM], mean[DIM] = {0}, square[DIM * DIM] = {0};
    for (size_t t = 0; t < DIRECTIONS; t++) {
        sg_base_rng_direction(x, DIM, rng);
        /* a root, a division and a sum of 5 */
        CHECK_CLOSE(frobenius(x, DIM), 1, 10 * SG_UNIT_ROUNDOFF);
        for (size_t i = 0; i < DIM; i++) {
            mean[i] += x[i] / DIRECTIONS;
            for (size_t j = 0; j < DIM; j++)
                square[i * DIM + j] += x[i] * x[j] / DIRECTIONS;
        }
    }
    for (size_t i = 0; i < DIM; i++)
        for (size_t j = 0; j < DIM; j++) {
            /* Var x_i = 1/5; E x_i^4 = 3/35, E x_i^2 x_j^2 = 1/35. */
            CHECK_BOUND(fabs(mean[i]), 6 * sqrt(0.2 / DIRECTIONS));
            CHECK_CLOSE(square[i * DIM + j], i == j ? 0.2 : 0,
                        6 * sqrt((i == j ? 3.0 / 35 - 0.04 : 1.0 / 35) / DIRECTIONS));
        }
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(known_answers),
                                       TEST(streams_are_the_published_generator),
                                       TEST(differ_by_each_key),
                                       TEST(no_collisions),
                                       TEST(uniform_range_and_moments),
                                       TEST(gaussian_moments),
                                       TEST(indices_are_uniform),
                                       TEST(directions_are_uniform)};
    return RUN(tests);
}
