/* The GEMM gives the same bits in every instruction set and however C is cut: those of
 * c (or 0, or left right) + alpha times a chain of fma over l, restarted every 256 rows. */
#define SG_KERNEL_F64
#include "net/kernel/gemm.c"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#if defined __x86_64__

/* One instruction set: any part of any C; a whole C of at most so many columns. */
struct set {
    const char *name;
    void (*gemm)(const struct product *p, struct part part);
    void (*small)(const struct product *p);
    size_t lanes;
};

static void chains(const struct product *p)
{
    for (size_t l0 = 0; l0 < p->k; l0 += DEPTH)
        for (size_t i = 0; i < p->m; i++)
            for (size_t j = 0; j < p->n; j++) {
                double sum = 0, *to = p->c + i * p->n + j;
                for (size_t l = l0; l < p->k && l < l0 + DEPTH; l++)
                    sum = fma(p->op == SG_TN ? p->a[l * p->m + i] : p->a[i * p->k + l],
                              p->op == SG_NT ? p->b[j * p->k + l] : p->b[l * p->n + j], sum);
                *to = (p->add || l0 ? *to
                       : p->right   ? p->left[i] * p->right[j]
                                    : 0) +
                      p->alpha * sum;
            }
}

/* In four pieces, cut anywhere. */
static void by_parts(const struct set *by, const struct product *p, struct sg_rng *rng)
{
    const size_t i = sg_base_rng_index(rng, p->m + 1), j = sg_base_rng_index(rng, p->n + 1);
    const struct part parts[] = {{0, i, 0, j},
                                 {0, i, j, p->n},
                                 {i, p->m, 0, j},
                                 {i, p->m, j, p->n}};
    for (size_t t = 0; t < COUNT(parts); t++)
        by->gemm(p, parts[t]);
}

static void check_shape(const struct set *by, size_t m, size_t k, size_t n, struct sg_rng *rng)
{
    for (int op = SG_NN; op <= SG_NT; op++) {
        const bool add = sg_base_rng_index(rng, 2), start = sg_base_rng_index(rng, 2);
        context("seed %llu: %s, op %d, %zu x %zu x %zu", (unsigned long long)test_seed(), by->name,
                op, m, k, n);
        double *a = random_vector(m * k, 1.2, rng), *b = random_vector(k * n, 0.7, rng),
               *want = random_vector(m * n, 1, rng);
        double *left = random_vector(m, 1, rng), *right = random_vector(n, 1, rng),
               *got = sg_base_copy(want, m * n, sizeof *want),
               *small = sg_base_copy(want, m * n, sizeof *want);
        struct product p = {want,
                            a,
                            b,
                            left,
                            start ? right : NULL,
                            (enum sg_transpose)op,
                            m,
                            k,
                            n,
                            random_between(-1.5, 1.5, rng),
                            add};
        chains(&p);
        p.c = got;
        if (sg_base_rng_index(rng, 2))
            by_parts(by, &p, rng);
        else
            by->gemm(&p, (struct part){0, m, 0, n});
        CHECK(memcmp(got, want, m * n * sizeof *want) == 0);
        p.c = small;
        if (n <= by->lanes && k <= DEPTH) {
            by->small(&p);
            CHECK(memcmp(small, want, m * n * sizeof *want) == 0);
        }
        free(small);
        free(a);
        free(b);
        free(left);
        free(right);
        free(want);
        free(got);
    }
}

/* Both sides of every edge: the rows of a tile, one and two vectors of
 * columns, the depth of a panel. */
static void check_shapes(const struct set *by)
{
    const size_t edges[] = {1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 33};
    struct sg_rng *rng = test_rng(by->name, 0);
    for (size_t i = 0; i < COUNT(edges); i++)
        for (size_t j = 0; j < COUNT(edges); j++)
            check_shape(by, edges[i], random_size(1, 40, rng), edges[j], rng);
    for (size_t k = 255; k <= 257; k++)
        check_shape(by, 9, k, 19, rng);
    check_shape(by, 9, 256, by->lanes, rng);
    check_shape(by, 11, 600, 10, rng);
    check_shape(by, BLOCK + 5, 20, 18, rng);
    check_shape(by, 40, 260, 45, rng);
    sg_base_rng_free(rng);
}

static void avx512(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx512f"))
        SKIP();
    check_shapes(&(struct set){"avx512", gemm_avx512, small_avx512, 8});
}

static void avx2(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        SKIP();
    check_shapes(&(struct set){"avx2", gemm_avx2, small_avx2, 4});
}

/* Whole products, above and below the size that threads are called for. */
static void threads(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{130, 131, 129}, {64, 300, 200}, {260, 300, 40}, {127, 127, 127}};
    struct sg_rng *rng = test_rng("threads", 0);
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        SKIP();
    for (size_t t = 0; t < COUNT(sizes); t++)
        for (int op = SG_NN; op <= SG_NT; op++) {
            const size_t m = sizes[t][0], k = sizes[t][1], n = sizes[t][2];
            double *a = random_vector(m * k, 1.2, rng), *b = random_vector(k * n, 0.7, rng), *c[3];
            for (size_t jobs = 1; jobs <= 3; jobs++) {
                sg_base_set_jobs(jobs);
                c[jobs - 1] = SG_NEW(m * n, double);
                CHECK(sg_net_gemm(c[jobs - 1], a, b, NULL, NULL, (enum sg_transpose)op, m, k, n,
                                  1.3, false));
            }
            const struct product p = {SG_NEW(m * n, double),
                                      a,
                                      b,
                                      NULL,
                                      NULL,
                                      (enum sg_transpose)op,
                                      m,
                                      k,
                                      n,
                                      1.3,
                                      false};
            chains(&p);
            for (size_t jobs = 1; jobs <= 3; jobs++) {
                context("seed %llu: op %d, %zu x %zu x %zu, %zu jobs",
                        (unsigned long long)test_seed(), op, m, k, n, jobs);
                CHECK(memcmp(c[jobs - 1], p.c, m * n * sizeof *p.c) == 0);
                free(c[jobs - 1]);
            }
            free(p.c);
            free(a);
            free(b);
        }
    sg_base_set_jobs(1);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(avx512), TEST(avx2), TEST(threads)};
    return RUN(tests);
}
#else
static void elsewhere(void **state)
{
    (void)state;
    CHECK(!sg_net_gemm(NULL, NULL, NULL, NULL, NULL, SG_NN, 0, 0, 0, 0, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(elsewhere)};
    return RUN(tests);
}
#endif
