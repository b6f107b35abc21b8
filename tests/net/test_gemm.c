/* The GEMM gives the same bits in every instruction set: those of c (or 0) + alpha times a chain of fma over l, restarted every 256 rows. */
#define SG_KERNEL_F64
#include "net/kernel/gemm.c"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#if defined __x86_64__

typedef void gemm(double *c, const double *a, const double *b, enum sg_transpose op, size_t m, size_t k, size_t n, double alpha, bool add);

static void chains(double *c, const double *a, const double *b, enum sg_transpose op, size_t m, size_t k, size_t n, double alpha, bool add)
{
    for (size_t l0 = 0; l0 < k; l0 += DEPTH)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t l = l0; l < k && l < l0 + DEPTH; l++)
                    sum = fma(op == SG_TN ? a[l * m + i] : a[i * k + l], op == SG_NT ? b[j * k + l] : b[l * n + j], sum);
                c[i * n + j] = (add || l0 ? c[i * n + j] : 0) + alpha * sum;
            }
}

static void check_shape(gemm *by, const char *name, size_t m, size_t k, size_t n, struct sg_rng *rng)
{
    for (int op = SG_NN; op <= SG_NT; op++) {
        const bool add = sg_base_rng_index(rng, 2);
        context("seed %llu: %s, op %d, %zu x %zu x %zu", (unsigned long long)test_seed(), name, op, m, k, n);
        double *a = random_vector(m * k, 1.2, rng), *b = random_vector(k * n, 0.7, rng), *want = random_vector(m * n, 1, rng);
        double *got = sg_base_copy(want, m * n, sizeof *want), alpha = random_between(-1.5, 1.5, rng);
        chains(want, a, b, (enum sg_transpose)op, m, k, n, alpha, add);
        by(got, a, b, (enum sg_transpose)op, m, k, n, alpha, add);
        CHECK(memcmp(got, want, m * n * sizeof *want) == 0);
        free(a);
        free(b);
        free(want);
        free(got);
    }
}

/* Both sides of every edge: the rows of a tile, one and two vectors of columns, the depth of a panel. */
static void check_shapes(gemm *by, const char *name)
{
    const size_t edges[] = {1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 33};
    struct sg_rng *rng = test_rng(name, 0);
    for (size_t i = 0; i < COUNT(edges); i++)
        for (size_t j = 0; j < COUNT(edges); j++)
            check_shape(by, name, edges[i], random_size(1, 40, rng), edges[j], rng);
    for (size_t k = 255; k <= 257; k++)
        check_shape(by, name, 9, k, 19, rng);
    check_shape(by, name, 11, 600, 10, rng);
    sg_base_rng_free(rng);
}

static void avx512(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx512f"))
        skip();
    check_shapes(gemm_avx512, "avx512");
}

static void avx2(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        skip();
    check_shapes(gemm_avx2, "avx2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(avx512), TEST(avx2)};
    return RUN(tests);
}
#else
static void elsewhere(void **state)
{
    (void)state;
    CHECK(!sg_net_gemm(NULL, NULL, NULL, SG_NN, 0, 0, 0, 0, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(elsewhere)};
    return RUN(tests);
}
#endif
