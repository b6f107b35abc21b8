/* Measures of representations against their definitions by loops in long double, and against what
 * they have to give where that is known; the test of a rule's effect against all swaps by hand. */
#include "lab/representation.h"

#include <stdlib.h>

#include "support.h"

/* ---- definitions ---------------------------------------------------------------------------- */

/* K_ij = <h_i - mean, h_j - mean>, i != j; 0 on the diagonal. */
static void naive_kernel(long double *K, const double *h, size_t n, size_t k)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            K[i * n + j] = 0;
            for (size_t u = 0; u < k && i != j; u++) {
                long double mean = 0;
                for (size_t l = 0; l < n; l++)
                    mean += (long double)h[l * k + u] / (long double)n;
                K[i * n + j] +=
                    ((long double)h[i * k + u] - mean) * ((long double)h[j * k + u] - mean);
            }
        }
}

/* Song et al. (2012), equation 4: (tr KL + 1K1 1L1 / (n-1)(n-2) - 2 1KL1 / (n-2)) / n(n-3). */
static long double naive_hsic(const long double *K, const long double *L, size_t n)
{
    const long double m = (long double)n;
    long double trace = 0, sum_k = 0, sum_l = 0, both = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            trace += K[i * n + j] * L[j * n + i];
            sum_k += K[i * n + j];
            sum_l += L[i * n + j];
            for (size_t l = 0; l < n; l++)
                both += K[i * n + j] * L[j * n + l];
        }
    return (trace + sum_k * sum_l / ((m - 1) * (m - 2)) - 2 * both / (m - 2)) / (m * (m - 3));
}

static long double size_of(const long double *K, size_t n)
{
    long double squares = 0;
    for (size_t i = 0; i < n * n; i++)
        squares += K[i] * K[i];
    return sqrtl(squares);
}

/* The CKA, and how far rounding may put a program's: entries of a kernel are off by (n + k) u of
 * |K| in all, rows of the sum n u more, and centring keeps |K|^2 / n(n-3) HSIC(K, K) of it. */
static double naive_cka(double *tolerance, const double *g, size_t k_g, const double *h, size_t k_h,
                        size_t n)
{
    long double *K = SG_NEW(2 * n * n, long double), *L = K + n * n;
    naive_kernel(K, g, n, k_g);
    naive_kernel(L, h, n, k_h);
    const long double kk = naive_hsic(K, K, n), ll = naive_hsic(L, L, n),
                      kl = naive_hsic(K, L, n), scale = (long double)(n * (n - 3));
    const double kept = (double)(size_of(K, n) / sqrtl(scale * kk) +
                                 size_of(L, n) / sqrtl(scale * ll));
    *tolerance = 4 * (double)(2 * n + k_g + k_h) * SG_UNIT_ROUNDOFF * kept;
    free(K);
    return (double)(kl / sqrtl(kk * ll));
}

static double cka(const double *g, size_t k_g, const double *h, size_t k_h, size_t n)
{
    const size_t pairs = sg_lab_pairs(n);
    double *rows = SG_NEW(2 * pairs, double);
    sg_lab_kernel_row(rows, g, n, k_g);
    sg_lab_kernel_row(rows + pairs, h, n, k_h);
    const double value = sg_base_dot(rows, rows + pairs, pairs);
    free(rows);
    return value;
}

/* ---- CKA ------------------------------------------------------------------------------------ */

static void cka_is_that_of_song(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 6; replicate++) {
        struct sg_rng *rng = test_rng("cka", replicate);
        const size_t n = random_size(4, 25, rng), k_g = random_size(1, 6, rng),
                     k_h = random_size(1, 6, rng);
        double *g = random_vector(n * k_g, 1.3, rng), *h = random_vector(n * k_h, 0.7, rng), tol;
        for (size_t i = 0; i < n * k_h; i++)
            h[i] += 2.385 + (i < n * k_g ? 0.5 * g[i] : 0);
        context("n %zu, k %zu and %zu", n, k_g, k_h);
        const double want = naive_cka(&tol, g, k_g, h, k_h, n);
        CHECK_CLOSE(cka(g, k_g, h, k_h, n), want, tol);
        CHECK_CLOSE(cka(h, k_h, h, k_h, n), 1, (double)(n * n) * SG_UNIT_ROUNDOFF);
        free(g);
        free(h);
        sg_base_rng_free(rng);
    }
}

/* Of independent layers the estimate is 0 on average, where CKA with bias would be near k / n. */
static void cka_of_independent_layers(void **state)
{
    (void)state;
    enum { N = 12, K = 6, DRAWS = 400 };
    struct sg_rng *rng = test_rng("independent", 0);
    double sum = 0, squares = 0;
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double *g = random_vector(N * K, 1, rng), *h = random_vector(N * K, 1, rng);
        const double value = cka(g, K, h, K, N);
        sum += value / DRAWS;
        squares += value * value / DRAWS;
        free(g);
        free(h);
    }
    CHECK_BOUND(fabs(sum), 4 * sqrt(squares / DRAWS)); /* four standard errors, here 0.03 */
    CHECK(4 * sqrt(squares / DRAWS) < 0.05);
    sg_base_rng_free(rng);
}

static void cka_sees_no_scale_and_no_constant(void **state)
{
    (void)state;
    enum { N = 10, K = 3, PAIRS = N * (N - 1) / 2 };
    struct sg_rng *rng = test_rng("scale", 0);
    double *h = random_vector(N * K, 1, rng), row[PAIRS], scaled[PAIRS];
    sg_lab_kernel_row(row, h, N, K);
    for (size_t i = 0; i < N * K; i++)
        h[i] *= 8;
    sg_lab_kernel_row(scaled, h, N, K);
    CHECK_SAME(row, scaled, PAIRS);
    for (size_t i = 0; i < N * K; i++)
        h[i] = 0.1 * (double)(i % K + 1); /* no image differs from another */
    sg_lab_kernel_row(row, h, N, K);
    for (size_t i = 0; i < PAIRS; i++)
        CHECK(row[i] == 0);
    free(h);
    sg_base_rng_free(rng);
}

/* ---- dissimilarity -------------------------------------------------------------------------- */

static void known_correlations(void **state)
{
    (void)state;
    enum { N = 6, K = 8 };
    /* a; 3 a - 7; -a / 2; b, centred and orthogonal to a; a + b with |a| = |b|; a constant. */
    static const double a[K] = {1, -1, 1, -1, 1, -1, 1, -1}, b[K] = {1, 1, -1, -1, 1, 1, -1, -1};
    const double half = 1 - sqrt(0.5), want[N] = {0, 0, 2, 1, half, 1};
    double h[N * K], d[N * N];
    for (size_t u = 0; u < K; u++) {
        const double row[N] = {a[u], 3 * a[u] - 7, -a[u] / 2, b[u], a[u] + b[u], 0.1};
        for (size_t i = 0; i < N; i++)
            h[i * K + u] = row[i];
    }
    sg_lab_dissimilarity(d, h, N, K);
    CHECK_ALL(d, want, 8 * K * SG_UNIT_ROUNDOFF,
              N); /* |3 a - 7| / |3 a| = 2.5: K u (1 + 2 (1 + 2.5)) = 8 K u */
    CHECK_CLOSE(d[2 * N + 4], 1 + sqrt(0.5), 5 * K * SG_UNIT_ROUNDOFF);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            CHECK(d[i * N + j] == d[j * N + i] && (i != j || d[i * N + j] == 0));
    CHECK(d[5 * N + 3] == 1);
}

/* The correlation over the pairs i < j of two D, with nothing averaged. */
static void rows_correlate_dissimilarities(void **state)
{
    (void)state;
    enum { N = 14, K = 5, PAIRS = N * (N - 1) / 2 };
    struct sg_rng *rng = test_rng("rows", 0);
    double *h = random_vector(2 * N * K, 1, rng), d[2][N * N], row[2][PAIRS];
    long double mean[2] = {0}, product[3] = {0};
    for (size_t i = 0; i < N * K; i++)
        h[N * K + i] += 0.8 * h[i];
    for (size_t layer = 0; layer < 2; layer++) {
        sg_lab_dissimilarity(d[layer], h + layer * N * K, N, K);
        sg_lab_dissimilarity_row(row[layer], d[layer], N);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < i; j++)
                mean[layer] += (long double)d[layer][i * N + j] / (long double)PAIRS;
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < i; j++) {
            const long double x = (long double)d[0][i * N + j] - mean[0],
                              y = (long double)d[1][i * N + j] - mean[1];
            product[0] += x * x;
            product[1] += x * y;
            product[2] += y * y;
        }
    /* Means are off by PAIRS u of D <= 2, whose spread here is above a quarter: 8 PAIRS u a row. */
    CHECK_CLOSE(sg_base_dot(row[0], row[1], PAIRS),
                (double)(product[1] / sqrtl(product[0] * product[2])),
                2 * 10 * PAIRS * SG_UNIT_ROUNDOFF);
    for (size_t i = 0; i < N * N; i++)
        d[0][i] = i % (N + 1) == 0 ? 0 : 0.3;
    sg_lab_dissimilarity_row(row[0], d[0], N);
    CHECK(row[0][0] == 0 && row[0][PAIRS - 1] == 0);
    free(h);
    sg_base_rng_free(rng);
}

/* ---- labels --------------------------------------------------------------------------------- */

static void profile_by_its_definitions(void **state)
{
    (void)state;
    enum { N = 30, K = 4, CLASSES = 3 };
    struct sg_rng *rng = test_rng("profile", 0);
    unsigned char label[N];
    double *h = random_vector(N * K, 1, rng), one_hot[N * CLASSES] = {0}, cov[K * K], lambda[K],
           tol;
    for (size_t i = 0; i < N; i++) {
        label[i] = (unsigned char)sg_base_rng_index(rng, CLASSES);
        one_hot[i * CLASSES + label[i]] = 1;
        h[i * K] += 1.7 * label[i];
        h[i * K + 1] *= 3;
    }
    long double total = 0, between = 0;
    for (size_t u = 0; u < K; u++) {
        long double mean = 0, of_class[CLASSES] = {0}, count[CLASSES] = {0};
        for (size_t i = 0; i < N; i++) {
            mean += (long double)h[i * K + u] / (long double)N;
            of_class[label[i]] += (long double)h[i * K + u];
            count[label[i]]++;
        }
        for (size_t i = 0; i < N; i++) {
            const long double rest = of_class[label[i]] / count[label[i]] - mean;
            total += ((long double)h[i * K + u] - mean) * ((long double)h[i * K + u] - mean);
            between += rest * rest;
        }
        for (size_t v = 0; v < K; v++) {
            long double mean_v = 0, sum = 0;
            for (size_t i = 0; i < N; i++)
                mean_v += (long double)h[i * K + v] / (long double)N;
            for (size_t i = 0; i < N; i++)
                sum += ((long double)h[i * K + u] - mean) * ((long double)h[i * K + v] - mean_v);
            cov[u * K + v] = (double)(sum / N);
        }
    }
    naive_eigenvalues(lambda, cov, K);
    double sum = 0, squares = 0;
    for (size_t u = 0; u < K; u++) {
        sum += lambda[u];
        squares += lambda[u] * lambda[u];
    }
    const struct sg_label_profile p = sg_lab_label_profile(h, label, N, K, CLASSES);
    CHECK_CLOSE(p.share, (double)(between / total), p.tolerance);
    CHECK_CLOSE(p.participation, sum * sum / squares, 4 * p.tolerance * K);
    const double want = naive_cka(&tol, h, K, one_hot, CLASSES, N);
    CHECK_CLOSE(p.alignment, want, tol);
    CHECK_BOUND(p.error, p.tolerance);
    CHECK(p.share > 0.1 && p.share < 0.9 && p.participation > 1 && p.participation < K);
    free(h);
    sg_base_rng_free(rng);
}

static void profiles_at_the_ends(void **state)
{
    (void)state;
    enum { N = 12, CLASSES = 3 };
    unsigned char label[N];
    double h[N * CLASSES] = {0};
    for (size_t i = 0; i < N; i++) {
        label[i] = (unsigned char)(i % CLASSES);
        h[i * CLASSES + label[i]] = 2.385;
    }
    /* The labels themselves: all variance is between, in two equal directions. */
    struct sg_label_profile p = sg_lab_label_profile(h, label, N, CLASSES, CLASSES);
    CHECK_CLOSE(p.share, 1, p.tolerance);
    CHECK_CLOSE(p.alignment, 1, N * N * SG_UNIT_ROUNDOFF);
    CHECK_CLOSE(p.participation, 2, 4 * p.tolerance * 2);
    for (size_t i = 0; i < N * CLASSES; i++)
        h[i] = 0.1;
    p = sg_lab_label_profile(h, label, N, CLASSES, CLASSES);
    CHECK(p.share == 0 && p.alignment == 0 && p.participation == 0 && p.error == 0);
}

/* ---- energy --------------------------------------------------------------------------------- */

/* Nets as vectors of norm 1: x_i + effect e_1, y_i, with half of x_i in y_i. */
static void draw_nets(double *similarity, size_t starts, double effect, struct sg_rng *rng)
{
    enum { K = 6 };
    double *net = random_vector(2 * starts * K, 1, rng);
    for (size_t i = 0; i < starts; i++) {
        for (size_t u = 0; u < K; u++) {
            const double shared = 0.5 * sg_base_rng_gaussian(rng);
            net[i * K + u] += shared;
            net[(starts + i) * K + u] += shared;
        }
        net[i * K] += effect;
    }
    for (size_t i = 0; i < 2 * starts; i++) {
        const double norm = sg_base_norm(net + i * K, K);
        for (size_t u = 0; u < K; u++)
            net[i * K + u] /= norm;
    }
    sg_base_mul_nt(similarity, net, net, 2 * starts, K, 2 * starts);
    free(net);
}

/* 2 d(x, y) - d(x, x') - d(y, y') where `who` says which net stands at each place. */
static long double naive_energy(const double *s, const size_t *who, size_t starts)
{
    long double across = 0, x = 0, y = 0;
    for (size_t i = 0; i < starts; i++)
        for (size_t j = 0; j < starts; j++)
            if (i != j) {
                across += 1 - (long double)s[who[i] * 2 * starts + who[starts + j]];
                x += 1 - (long double)s[who[i] * 2 * starts + who[j]];
                y += 1 - (long double)s[who[starts + i] * 2 * starts + who[starts + j]];
            }
    return (2 * across - x - y) / (long double)(starts * (starts - 1));
}

static void energy_by_all_swaps(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("swaps", 0);
    for (size_t starts = 2; starts <= 6; starts++) {
        double s[144];
        size_t who[12], as_large = 0;
        draw_nets(s, starts, 0.6, rng);
        const struct sg_energy e = sg_lab_energy(s, starts, rng);
        for (size_t i = 0; i < 2 * starts; i++)
            who[i] = i;
        const long double seen = naive_energy(s, who, starts);
        const double tol = (double)(8 * starts * starts) * SG_UNIT_ROUNDOFF;
        for (size_t pattern = 0; pattern < (size_t)1 << starts; pattern++) {
            for (size_t i = 0; i < starts; i++) {
                const bool swap = pattern >> i & 1;
                who[i] = swap ? starts + i : i;
                who[starts + i] = swap ? i : starts + i;
            }
            as_large += naive_energy(s, who, starts) >= (long double)seen - (long double)tol;
        }
        context("%zu starts", starts);
        CHECK_CLOSE(e.energy, (double)seen, tol);
        CHECK_CLOSE(e.energy, 2 * e.across - e.within_x - e.within_y, tol);
        CHECK_CLOSE(e.ratio * (e.within_x + e.within_y) / 2, e.energy, tol);
        /* Of 2^S patterns each energy comes twice. */
        CHECK(e.p == (double)as_large / (double)((size_t)1 << starts));
        CHECK(e.floor == 1 / (double)((size_t)1 << (starts - 1)));
    }
    sg_base_rng_free(rng);
}

/* Where the rule makes no difference p <= 1/16 comes once in 16 at most; a large effect has the
 * least p there is. */
static void energy_keeps_its_level(void **state)
{
    (void)state;
    enum { STARTS = 5, DRAWS = 1600 };
    struct sg_rng *rng = test_rng("level", 0);
    double s[4 * STARTS * STARTS], mean = 0, squares = 0;
    size_t found = 0;
    for (size_t draw = 0; draw < DRAWS; draw++) {
        draw_nets(s, STARTS, 0, rng);
        const struct sg_energy e = sg_lab_energy(s, STARTS, rng);
        found += e.p <= e.floor;
        mean += e.energy / DRAWS;
        squares += e.energy * e.energy / DRAWS;
    }
    /* 100 are due, with a standard deviation of 9.7; nobody finds twice as few by chance. */
    context("%zu of %d", (size_t)found, DRAWS);
    CHECK(found > 60 && found < 140);
    CHECK_BOUND(fabs(mean), 4 * sqrt(squares / DRAWS)); /* no bias */
    draw_nets(s, STARTS, 20, rng);
    const struct sg_energy e = sg_lab_energy(s, STARTS, rng);
    CHECK(e.p == 1.0 / 16 && e.ratio > 1);
    sg_base_rng_free(rng);
}

static void energy_of_many_starts_is_drawn(void **state)
{
    (void)state;
    enum { STARTS = SG_ENERGY_EXACT + 1 };
    struct sg_rng *rng = test_rng("many", 0);
    double *s = SG_NEW(4 * STARTS * STARTS, double);
    draw_nets(s, STARTS, 20, rng);
    const struct sg_energy e = sg_lab_energy(s, STARTS, rng);
    CHECK(e.floor == 1.0 / SG_ENERGY_DRAWN && e.p == e.floor);
    draw_nets(s, STARTS, 0, rng);
    CHECK(sg_lab_energy(s, STARTS, rng).p > 0.001);
    free(s);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cka_is_that_of_song), TEST(cka_of_independent_layers),
        TEST(cka_sees_no_scale_and_no_constant), TEST(known_correlations),
        TEST(rows_correlate_dissimilarities), TEST(profile_by_its_definitions),
        TEST(profiles_at_the_ends), TEST(energy_by_all_swaps), TEST(energy_keeps_its_level),
        TEST(energy_of_many_starts_is_drawn)};
    return RUN(tests);
}
