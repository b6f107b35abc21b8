/* The artificial two-class sets: what is exact is checked exactly, what is random within
 * six standard deviations. */
#include "support.h"

#include <math.h>

static struct sg_data make(const struct sg_classes *spec, uint64_t t)
{
    struct sg_rng *rng = test_rng("classes", t);
    struct sg_data data;
    sg_data_make_classes(&data, spec, rng);
    sg_base_rng_free(rng);
    return data;
}

static struct sg_classes random_spec(uint64_t t, enum sg_labels labels)
{
    struct sg_rng *rng = test_rng("spec", t);
    const struct sg_classes spec = {.n = random_size(1, 130, rng),
                                    .d = random_size(2, 9, rng),
                                    .labels = labels,
                                    .bias = t % 2};
    sg_base_rng_free(rng);
    return spec;
}

/* y is 0 or 1; one-hot is (1 - y, y); the ones column is the last one; the same stream gives the
 * same x whatever the labels. */
static void shapes(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_classes spec = random_spec(t, (enum sg_labels)(t / 2 % 3));
        struct sg_data one = make(&spec, t);
        spec.one_hot = true;
        struct sg_data two = make(&spec, t);
        spec.labels = SG_LABELS_RANDOM;
        struct sg_data coins = make(&spec, t);
        context("t %llu: n %zu, d %zu", (unsigned long long)t, spec.n, spec.d);
        CHECK(one.n == spec.n && one.d == spec.d && one.m == 1 && two.m == 2);
        CHECK_SAME(one.x, two.x, one.n * one.d);
        CHECK_SAME(one.x, coins.x, one.n * one.d);
        for (size_t i = 0; i < one.n; i++) {
            CHECK(one.y[i] == 0 || one.y[i] == 1);
            CHECK(two.y[2 * i] == 1 - one.y[i] && two.y[2 * i + 1] == one.y[i]);
            CHECK(one.one[i] == 1 && (!spec.bias || one.x[i * one.d + one.d - 1] == 1));
        }
        sg_data_free(&one);
        sg_data_free(&two);
        sg_data_free(&coins);
    }
    struct sg_data data;
    struct sg_rng *rng = test_rng("refused", 0);
    const struct sg_classes no_feature = {.n = 3, .d = 1, .bias = true};
    CHECK_ABORTS(sg_data_make_classes(&data, &no_feature, rng));
    sg_base_rng_free(rng);
}

/* A hyperplane through the origin separates the linear labels: the perceptron, which is independent
 * of how they were made, stops. */
static void linear_labels_are_separable(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 12; t++) {
        const struct sg_classes spec = {.n = 40, .d = 4, .labels = SG_LABELS_LINEAR, .bias = t % 2};
        struct sg_data data = make(&spec, t);
        const size_t k = spec.d - (spec.bias ? 1 : 0);
        double u[4] = {0};
        size_t mistakes = 1, ones = 0;
        for (size_t pass = 0; mistakes && pass < 200000; pass++) {
            mistakes = 0;
            for (size_t i = 0; i < data.n; i++) {
                double p = 0;
                for (size_t j = 0; j < k; j++)
                    p += u[j] * data.x[i * data.d + j];
                const double sign = data.y[i] > 0.5 ? 1 : -1;
                if (!(sign * p > 0)) {
                    mistakes++;
                    for (size_t j = 0; j < k; j++)
                        u[j] += sign * data.x[i * data.d + j];
                }
            }
        }
        for (size_t i = 0; i < data.n; i++)
            ones += data.y[i] == 1;
        CHECK(mistakes == 0);
        /* 40 fair coins: 4e-11 the other way */
        CHECK(ones > 1 && ones < 39);
        sg_data_free(&data);
    }
}

/* Noisy labels are the linear ones with exactly round(n / 10) swapped, any of them. */
static void noisy_labels(void **state)
{
    (void)state;
    size_t where[10] = {0}, total = 0;
    for (uint64_t t = 0; t < 300; t++) {
        struct sg_classes spec = random_spec(t, SG_LABELS_LINEAR);
        struct sg_data clean = make(&spec, t);
        spec.labels = SG_LABELS_NOISY;
        struct sg_data noisy = make(&spec, t);
        size_t swapped = 0;
        CHECK_SAME(clean.x, noisy.x, clean.n * clean.d);
        for (size_t i = 0; i < clean.n; i++)
            if (clean.y[i] != noisy.y[i]) {
                swapped++;
                where[10 * i / clean.n] += clean.n % 10 == 0;
                total += clean.n % 10 == 0;
            }
        context("n %zu", clean.n);
        CHECK(swapped == (size_t)floor((double)clean.n / 10 + 0.5));
        sg_data_free(&clean);
        sg_data_free(&noisy);
    }
    /* each tenth of the rows has a tenth of the swaps */
    for (size_t i = 0; i < 10; i++)
        CHECK_CLOSE((double)where[i], (double)total / 10, 6 * sqrt((double)total * 0.09));
}

/* x is N(0, 1), the direction is uniform, and coins are fair and know nothing of x. */
static void distributions(void **state)
{
    (void)state;
    enum { N = 20000, K = 3 };
    struct sg_classes spec = {.n = N, .d = K, .labels = SG_LABELS_RANDOM};
    struct sg_data data = make(&spec, 1);
    double mean = 0, square = 0, ones = 0, with_x = 0;
    for (size_t i = 0; i < N * K; i++) {
        mean += data.x[i] / (N * K);
        square += data.x[i] * data.x[i] / (N * K);
    }
    for (size_t i = 0; i < N; i++) {
        ones += data.y[i] / N;
        with_x += (data.y[i] - 0.5) * data.x[i * K] / N;
    }
    CHECK_CLOSE(mean, 0, 6 / sqrt(N * K));
    CHECK_CLOSE(square, 1, 6 * sqrt(2.0 / (N * K)));
    CHECK_CLOSE(ones, 0.5, 6 * 0.5 / sqrt(N));
    CHECK_CLOSE(with_x, 0, 6 * 0.5 / sqrt(N));
    sg_data_free(&data);
    double direction = 0;
    enum { SETS = 300 };
    spec.n = 200;
    spec.labels = SG_LABELS_LINEAR;
    /* the sign of E[y x_1] is that of the direction's first entry: a coin */
    for (uint64_t t = 0; t < SETS; t++) {
        data = make(&spec, 100 + t);
        double sum = 0;
        for (size_t i = 0; i < spec.n; i++)
            sum += (data.y[i] - 0.5) * data.x[i * K];
        direction += (sum > 0 ? 1.0 : 0.0) / SETS;
        sg_data_free(&data);
    }
    CHECK_CLOSE(direction, 0.5, 6 * 0.5 / sqrt(SETS));
}

/* The grid's points are in their places, and its labels those of the classes: a line through the
 * origin, so that opposite points differ; a tenth of them swapped; coins. */
static void grid(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        const size_t side = 2 + t % 20, n = side * side, d = 2 + t % 2;
        struct sg_data set[4];
        for (size_t k = 0; k < 4; k++) {
            const struct sg_classes spec = {.n = n,
                                            .d = d,
                                            .bias = d == 3,
                                            .labels = k == 3 ? SG_LABELS_LINEAR : (enum sg_labels)k,
                                            .one_hot = k == 3};
            struct sg_rng *rng = test_rng("grid", t);
            sg_data_make_grid(&set[k], side, &spec, rng);
            sg_base_rng_free(rng);
            CHECK(set[k].n == n && set[k].d == d && set[k].m == (k == 3 ? 2 : 1));
            CHECK_SAME(set[k].x, set[0].x, n * d);
        }
        size_t swapped = 0, ones = 0;
        context("side %zu", side);
        for (size_t i = 0; i < n; i++) {
            const double *x = set[0].x + i * d;
            /* two roundings in step times i, one more in the sum: of numbers up to 2 */
            const double step = 2.0 / (double)(side - 1);
            CHECK_CLOSE(x[0], (double)(i % side) * step - 1.0, 8 * SG_UNIT_ROUNDOFF);
            CHECK_CLOSE(x[1], (double)(i / side) * step - 1.0, 8 * SG_UNIT_ROUNDOFF);
            CHECK(d == 2 || x[2] == 1.0);
            const bool middle = side % 2 == 1 && i == n / 2;
            CHECK(middle || set[0].y[i] + set[0].y[n - 1 - i] == 1.0);
            CHECK(set[3].y[2 * i + 1] == set[0].y[i] && set[3].y[2 * i] == 1.0 - set[0].y[i]);
            swapped += set[0].y[i] != set[1].y[i];
            ones += set[2].y[i] == 1.0;
        }
        CHECK(set[0].x[0] == -1.0 && set[0].x[1] == -1.0 && set[0].x[(n - 1) * d] == 1.0 &&
              set[0].x[(n - 1) * d + 1] == 1.0);
        CHECK(swapped == (size_t)floor((double)n / 10 + 0.5));
        /* six standard deviations */
        CHECK_CLOSE((double)ones, (double)n / 2, 3 * sqrt((double)n));
        for (size_t k = 0; k < 4; k++)
            sg_data_free(&set[k]);
    }
    /* The labels are a line's: along each row and each column they change at most once. */
    struct sg_data data;
    struct sg_rng *rng = test_rng("grid", 99);
    const struct sg_classes spec = {.n = 31 * 31, .d = 2, .labels = SG_LABELS_LINEAR};
    sg_data_make_grid(&data, 31, &spec, rng);
    for (size_t a = 0; a < 31; a++) {
        size_t in_row = 0, in_column = 0;
        for (size_t b = 0; b + 1 < 31; b++) {
            in_row += data.y[a * 31 + b] != data.y[a * 31 + b + 1];
            in_column += data.y[b * 31 + a] != data.y[(b + 1) * 31 + a];
        }
        CHECK(in_row <= 1 && in_column <= 1);
    }
    sg_data_free(&data);
    CHECK_ABORTS(sg_data_make_grid(&data, 30, &spec, rng));
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(grid), TEST(shapes), TEST(linear_labels_are_separable),
                                       TEST(noisy_labels), TEST(distributions)};
    return RUN(tests);
}
