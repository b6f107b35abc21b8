/* Made and compressed data: the exact spectrum, the ones column, the noise; equal moments,
 * streamed in blocks of any size. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sg_data make(const struct sg_gaussian *spec, uint64_t replicate)
{
    struct sg_data data;
    struct sg_rng *rng = test_rng("gaussian set", replicate);
    CHECK_STATUS(sg_data_make_gaussian(&data, spec, rng), SG_OK);
    sg_base_rng_free(rng);
    CHECK(data.n == spec->n && data.d == spec->d && data.m == spec->outputs);
    for (size_t i = 0; i < data.n; i++)
        CHECK(data.one[i] == 1.0);
    return data;
}

static struct sg_gaussian random_spec(uint64_t t)
{
    struct sg_rng *rng = test_rng("spec", t);
    struct sg_gaussian spec = {.n = random_size(2, 60, rng),
                               .d = random_size(1, 12, rng),
                               .outputs = random_size(1, 3, rng),
                               .condition = exp(random_between(0, 9, rng)),
                               .noise = 0.37,
                               .bias = t % 2};
    const size_t small = spec.n < spec.d ? spec.n : spec.d;
    if (t % 3 == 0)
        spec.rank = random_size(1, small, rng);
    sg_base_rng_free(rng);
    return spec;
}

/* ---- the design ------------------------------------------------------------------------ */

/* sigma_i^2 / n is geometric from condition to 1 (times a common factor with a bias), and 0 beyond
 * the rank.  X = U diag V^T is made by three products and QRs of inner dimension r: |dX| <= C size
 * u sigma_1 with C = 4, so is each |d sigma_i|. */
static void exact_spectrum(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 120; t++) {
        const struct sg_gaussian spec = random_spec(t);
        const size_t small = spec.n < spec.d ? spec.n : spec.d, r = spec.rank ? spec.rank : small;
        struct sg_data data = make(&spec, t);
        double *sigma = SG_NEW(small, double);
        naive_singular_values(sigma, data.x, data.n, data.d);
        const double u = 4 * (double)(spec.n + spec.d) * SG_UNIT_ROUNDOFF * sigma[0];
        /* the smallest nonzero one */
        const double common = spec.bias ? sigma[r - 1] : sqrt((double)spec.n);
        for (size_t i = 0; i < r; i++) {
            const double want =
                common *
                (r > 1 ? pow(spec.condition, 0.5 * (double)(r - 1 - i) / (double)(r - 1)) : 1.0);
            /* the error of `common` grows with the ratio */
            CHECK_CLOSE(sigma[i], want, spec.bias ? u * (1 + want / common) : u);
        }
        for (size_t i = r; i < small; i++)
            CHECK_BOUND(sigma[i], u);
        free(sigma);
        sg_data_free(&data);
    }
}

/* The last column of X is exactly ones and, through V, no more special than the others. */
static void ones_column(void **state)
{
    (void)state;
    double aligned = 0;
    size_t others = 0;
    for (uint64_t t = 1; t < 80; t += 2) {
        const struct sg_gaussian spec = random_spec(t);
        struct sg_data data = make(&spec, t);
        for (size_t i = 0; i < data.n; i++)
            CHECK(data.x[i * data.d + data.d - 1] == 1.0);
        for (size_t j = 0; j + 1 < data.d; j++) {
            double mean = 0, square = 0;
            for (size_t i = 0; i < data.n; i++) {
                mean += data.x[i * data.d + j] / (double)data.n;
                square += data.x[i * data.d + j] * data.x[i * data.d + j] / (double)data.n;
            }
            aligned += mean * mean / square;
            others++;
        }
        sg_data_free(&data);
    }
    /* mean squared cosine; orthogonal columns would give 0 */
    CHECK(others > 100 && aligned / (double)others > 0.05);
}

/* Without a bias no column is constant, and the columns are correlated as soon
 * as the condition is not 1. */
static void nothing_special(void **state)
{
    (void)state;
    const struct sg_gaussian spec = {.n = 40, .d = 5, .outputs = 1, .condition = 25.0};
    double off = 0;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_data data = make(&spec, t);
        double s[25];
        naive_mul(s, NULL, data.x, true, data.x, false, 5, 40, 5);
        for (size_t i = 0; i < 5; i++) {
            CHECK(data.x[4] != data.x[9]);
            for (size_t j = 0; j < i; j++)
                off += s[i * 5 + j] * s[i * 5 + j] / (s[i * 5 + i] * s[j * 5 + j]) / 200;
        }
        sg_data_free(&data);
    }
    CHECK(off > 0.05);
    const struct sg_gaussian white = {.n = 40, .d = 5, .outputs = 1, .condition = 1.0};
    struct sg_data data = make(&white, 0);
    double s[25];
    naive_mul(s, NULL, data.x, true, data.x, false, 5, 40, 5);
    /* S_x = I to the rounding of exact_spectrum, both ways */
    for (size_t i = 0; i < 25; i++)
        CHECK_CLOSE(s[i] / 40, i % 6 == 0 ? 1 : 0, 2 * 4 * 45 * SG_UNIT_ROUNDOFF);
    sg_data_free(&data);
}

/* ---- the targets ----------------------------------------------------------------------- */

/* noise = 0: y = X w to the rounding of d products.  The same stream with more noise adds a
 * multiple of the same normal draws. */
static void noise(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 30; t++) {
        struct sg_gaussian spec = random_spec(t);
        spec.n += 20;
        spec.rank = 0;
        spec.noise = 0;
        spec.condition = 30;
        struct sg_data clean = make(&spec, t);
        spec.noise = 0.75;
        struct sg_data noisy = make(&spec, t);
        spec.noise = 1.5;
        struct sg_data noisier = make(&spec, t);
        const size_t n = spec.n, d = spec.d, m = spec.outputs;
        double *w = SG_NEW(d * m, double), *p = SG_NEW(n * m, double),
               *magnitude = SG_NEW(n * m, double);
        naive_least_squares(w, clean.x, clean.y, n, d, m);
        naive_mul(p, magnitude, clean.x, false, w, false, n, d, m);
        CHECK_SAME(clean.x, noisy.x, n * d);
        /* the oracle's w is off by cond u |w| as y is by d u |x| |w|: cond(X) = sqrt(30) < 6 */
        const double scale = frobenius(magnitude, n * m);
        for (size_t i = 0; i < n * m; i++) {
            CHECK_CLOSE(clean.y[i], p[i], 6 * gamma_of(d + 2, SG_UNIT_ROUNDOFF) * scale);
            const double added = noisy.y[i] - clean.y[i];
            CHECK_CLOSE(noisier.y[i] - clean.y[i], 2 * added,
                        4 * SG_UNIT_ROUNDOFF * (fabs(clean.y[i]) + 4 * fabs(added)));
            CHECK(added != 0);
        }
        free(w); free(p); free(magnitude);
        sg_data_free(&clean);
        sg_data_free(&noisy);
        sg_data_free(&noisier);
    }
}

/* y - X w_true is N(0, noise^2) and w_true is N(0, 1): means and variances within
 * six standard deviations. */
static void distribution_of_targets(void **state)
{
    (void)state;
    enum { N = 6000, D = 150, M = 3 };
    const struct sg_gaussian clean_spec = {.n = N,
                                           .d = D,
                                           .outputs = M,
                                           .condition = 3.0,
                                           .noise = 0.0};
    struct sg_gaussian noisy_spec = clean_spec;
    noisy_spec.noise = 0.6;
    struct sg_data clean = make(&clean_spec, 0), noisy = make(&noisy_spec, 0);
    double mean = 0, square = 0, w_mean = 0, w_square = 0;
    for (size_t i = 0; i < N * M; i++) {
        const double e = noisy.y[i] - clean.y[i];
        mean += e / (N * M);
        square += e * e / (N * M);
    }
    CHECK_BOUND(fabs(mean), 6 * 0.6 / sqrt(N * M));
    CHECK_CLOSE(square, 0.36, 6 * 0.36 * sqrt(2.0 / (N * M)));
    double *w = SG_NEW(D * M, double);
    CHECK_STATUS(sg_base_solve_least_squares(w, NULL, NULL, clean.x, clean.y, N, D, M), SG_OK);
    for (size_t i = 0; i < D * M; i++) {
        w_mean += w[i] / (D * M);
        w_square += w[i] * w[i] / (D * M);
    }
    CHECK_BOUND(fabs(w_mean), 6 / sqrt(D * M));
    CHECK_CLOSE(w_square, 1, 6 * sqrt(2.0 / (D * M)));
    free(w);
    sg_data_free(&clean);
    sg_data_free(&noisy);
}

static void reproducible_and_refused(void **state)
{
    (void)state;
    const struct sg_gaussian spec = {
        .n = 9, .d = 4, .outputs = 2, .condition = 7.5, .noise = 0.2, .bias = true};
    struct sg_data a = make(&spec, 1), b = make(&spec, 1), c = make(&spec, 2);
    CHECK_SAME(a.x, b.x, 36);
    CHECK_SAME(a.y, b.y, 18);
    for (size_t i = 0; i < 36; i++)
        CHECK(i % 4 == 3 || a.x[i] != c.x[i]);
    struct sg_rng *rng = test_rng("refused", 0);
    const size_t n[] = {9, 3}, too_many[] = {5, 4};
    for (size_t k = 0; k < 2; k++) {
        struct sg_gaussian bad = spec;
        bad.n = n[k];
        bad.rank = too_many[k];                                    /* one more than min(n, d) */
        memset(&a, k == 0 ? 0 : 0xa5, sizeof a * k);
        if (k == 0)
            sg_data_free(&a);
        CHECK_STATUS(sg_data_make_gaussian(&a, &bad, rng), SG_HYPOTHESIS);
        CHECK(a.x == NULL && a.y == NULL && a.one == NULL && a.n == 0);
        bad.rank--;
        CHECK_STATUS(sg_data_make_gaussian(&a, &bad, rng), SG_OK);
        sg_data_free(&a);
    }
    struct sg_gaussian bad = spec;
    bad.condition = 0.99;
    CHECK_ABORTS((void)!sg_data_make_gaussian(&a, &bad, rng));
    for (int k = 0; k < 3; k++) {
        bad = spec;
        *(k == 0 ? &bad.n : k == 1 ? &bad.d : &bad.outputs) = 0;
        CHECK_ABORTS((void)!sg_data_make_gaussian(&a, &bad, rng));
    }
    sg_base_rng_free(rng);
    sg_data_free(&b);
    sg_data_free(&c);
    CHECK(b.x == NULL && b.n == 0);
    sg_data_free(&b);
}

/* ---- compression ----------------------------------------------------------------------- */

/* Householder QR is backward stable column by column: |(R^T R)_ij - (A^T A)_ij| <= C size
 * u |a_i| |a_j| (Higham, ASNA 2nd ed., 19.4), with size = rows + q and C = 2. */
static void check_moments(const struct sg_data *compressed, const struct sg_data *data)
{
    const size_t q = data->d + data->m + 1;
    CHECK(compressed->n == q && compressed->d == data->d && compressed->m == data->m);
    double *got = SG_NEW(q * q, double), *want = SG_NEW(q * q, double);
    naive_moments(got, compressed);
    naive_moments(want, data);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            CHECK_CLOSE(got[i * q + j], want[i * q + j],
                        2 * (double)(data->n + q) * SG_UNIT_ROUNDOFF *
                            sqrt(want[i * q + i] * want[j * q + j]));
    free(got);
    free(want);
}

static void moments_are_kept(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("compress", t);
        struct sg_data data = random_data(random_size(1, t % 5 ? 60 : 900, rng),
                                          random_size(1, 9, rng), random_size(1, 3, rng), rng),
                       c, cc;
        CHECK_STATUS(sg_data_compress(&c, &data), SG_OK);
        check_moments(&c, &data);
        for (size_t i = 0; i < c.n; i++)                          /* the triangle of [x y 1] */
            for (size_t j = 0; j < c.n; j++) {
                const double entry = j < c.d         ? c.x[i * c.d + j]
                                     : j < c.d + c.m ? c.y[i * c.m + j - c.d]
                                                     : c.one[i];
                CHECK(j >= i || entry == 0);
            }
        CHECK_STATUS(sg_data_compress(&cc, &c), SG_OK);            /* its `one` is data too */
        check_moments(&cc, &c);
        sg_data_free(&data);
        sg_data_free(&c);
        sg_data_free(&cc);
        sg_base_rng_free(rng);
    }
}

static void streams_in_blocks(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 7, 100, 255, 256, 257, 512, 5000};
    struct sg_rng *rng = test_rng("stream", 0);
    struct sg_data data = random_data(1100, 5, 2, rng), whole;
    CHECK_STATUS(sg_data_compress(&whole, &data), SG_OK);
    for (size_t k = 0; k < COUNT(sizes); k++) {
        context("seed %llu, blocks of %zu", (unsigned long long)test_seed(), sizes[k]);
        struct sg_compressor *compressor = sg_data_compressor_alloc(5, 2);
        for (size_t start = 0; start < data.n; start += sizes[k]) {
            const size_t rows = data.n - start < sizes[k] ? data.n - start : sizes[k];
            const struct sg_data block = {.n = rows,
                                          .d = 5,
                                          .m = 2,
                                          .x = data.x + 5 * start,
                                          .y = data.y + 2 * start,
                                          .one = data.one + start};
            const struct sg_data empty = {.n = 0, .d = 5, .m = 2};
            CHECK_STATUS(sg_data_compressor_add(compressor, &block), SG_OK);
            CHECK_STATUS(sg_data_compressor_add(compressor, &empty), SG_OK);
        }
        struct sg_data streamed;
        CHECK_STATUS(sg_data_compressor_finish(&streamed, compressor), SG_OK);
        check_moments(&streamed, &data);
        /* the same blocks inside: the same bits */
        if (sizes[k] % 256 == 0 || sizes[k] > data.n)
            for (size_t i = 0; i < 8; i++) {
                CHECK_SAME(streamed.x + 5 * i, whole.x + 5 * i, 5);
                CHECK_SAME(streamed.y + 2 * i, whole.y + 2 * i, 2);
                CHECK_SAME(streamed.one + i, whole.one + i, 1);
            }
        sg_data_free(&streamed);
        sg_data_compressor_free(compressor);
    }
    sg_data_free(&data);
    sg_data_free(&whole);
    sg_data_compressor_free(NULL);
    sg_base_rng_free(rng);
}

/* Least squares from compressed rows is as accurate as from samples, u cond(X); from moments it
 * would be u cond(X)^2.  y = X w with w known, cond(X) = 1e6: |dw| <= C d u cond |w| with C = 2 is
 * a millionth of what moments would give. */
static void condition_is_not_squared(void **state)
{
    (void)state;
    const struct sg_gaussian spec = {.n = 300, .d = 6, .outputs = 1, .condition = 1e12};
    struct sg_data data = make(&spec, 0), compressed;
    double w[6], direct[6];
    CHECK_STATUS(sg_data_compress(&compressed, &data), SG_OK);
    CHECK_STATUS(sg_base_solve_least_squares(w, NULL, NULL, compressed.x, compressed.y,
                                             compressed.n, 6, 1),
                 SG_OK);
    CHECK_STATUS(sg_base_solve_least_squares(direct, NULL, NULL, data.x, data.y, 300, 6, 1), SG_OK);
    CHECK_ALL(w, direct, 2 * 6 * SG_UNIT_ROUNDOFF * 1e6 * frobenius(direct, 6), 6);
    sg_data_free(&data);
    sg_data_free(&compressed);
}

static void compression_refuses(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("refuse", 0);
    struct sg_data data = random_data(20, 3, 2, rng), c;
    double *spoiled[] = {&data.x[31], &data.y[17], &data.one[19]};
    for (size_t k = 0; k < COUNT(spoiled); k++) {
        const double kept = *spoiled[k];
        *spoiled[k] = k == 1 ? HUGE_VAL : SG_NAN;
        memset(&c, 0xa5, sizeof c);
        CHECK_STATUS(sg_data_compress(&c, &data), SG_NOT_FINITE);
        CHECK(c.x == NULL && c.y == NULL && c.one == NULL && c.n == 0);
        *spoiled[k] = kept;
    }
    struct sg_compressor *empty = sg_data_compressor_alloc(3, 2);
    memset(&c, 0xa5, sizeof c);
    CHECK_STATUS(sg_data_compressor_finish(&c, empty), SG_HYPOTHESIS);
    CHECK(c.x == NULL && c.n == 0);
    struct sg_data narrow = {.n = 1, .d = 2, .m = 2, .x = data.x, .y = data.y, .one = data.one};
    CHECK_ABORTS((void)!sg_data_compressor_add(empty, &narrow));
    narrow.d = 3;
    narrow.m = 1;
    CHECK_ABORTS((void)!sg_data_compressor_add(empty, &narrow));
    /* Once a NaN went in, nothing finite can come out, whatever is added later. */
    const struct sg_data good = {.n = 5, .d = 3, .m = 2, .x = data.x, .y = data.y, .one = data.one};
    CHECK_STATUS(sg_data_compressor_add(empty, &good), SG_OK);
    data.x[31] = SG_NAN;
    CHECK_STATUS(sg_data_compressor_add(empty, &data), SG_NOT_FINITE);
    data.x[31] = 0.5;
    CHECK_STATUS(sg_data_compressor_add(empty, &good), SG_NOT_FINITE);
    CHECK_STATUS(sg_data_compressor_finish(&c, empty), SG_NOT_FINITE);
    CHECK(c.x == NULL && c.n == 0);
    sg_data_compressor_free(empty);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exact_spectrum),           TEST(ones_column),
        TEST(nothing_special),          TEST(noise),
        TEST(distribution_of_targets),  TEST(reproducible_and_refused),
        TEST(moments_are_kept),         TEST(streams_in_blocks),
        TEST(condition_is_not_squared), TEST(compression_refuses)};
    return RUN(tests);
}
