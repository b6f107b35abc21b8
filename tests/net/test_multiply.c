/* c = alpha op(a) op(b), or c +=, in every branch of the kernel, in both types: exact
 * where integers are exact, within gamma_k elsewhere; nothing outside c is written and
 * nothing outside a, b is read. */
#define SG_KERNEL_F64
#include "net/kernel/real.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

void sg_net_multiply_f32(float *c, const float *a, const float *b, enum sg_transpose op, size_t m,
                         size_t k, size_t n, double alpha, bool add);

enum { GUARD = 19 };

/* The element l of row i of op(a), and of row l, column j of op(b). */
static size_t index_a(enum sg_transpose op, size_t i, size_t l, size_t m, size_t k)
{
    return op == SG_TN ? l * m + i : i * k + l;
}

static size_t index_b(enum sg_transpose op, size_t l, size_t j, size_t k, size_t n)
{
    return op == SG_NT ? j * k + l : l * n + j;
}

/* One product.  `integer`: entries in -30..30 and alpha a multiple of 1/4, so that every partial
 * sum is exact in either type.  Blocks are exactly as long as they have to be and start at an odd
 * element, for a sanitizer to see a step outside. */
static void one_product(enum sg_transpose op, size_t m, size_t k, size_t n, bool single,
                        bool integer, struct sg_rng *rng)
{
    const double alphas[] = {1.0, -0.75, 0.25}, alpha = integer ? alphas[sg_base_rng_index(rng, 3)]
                                                                : random_between(-1.5, 1.5, rng);
    const bool add = sg_base_rng_index(rng, 2);
    const size_t real = single ? sizeof(float) : sizeof(double),
                 sizes[3] = {m * n + 2 * GUARD, m * k + 1, k * n + 1};
    context("seed %llu: op %d, %zu x %zu x %zu, %s, %s, %s", (unsigned long long)test_seed(),
            (int)op, m, k, n, add ? "added" : "set", single ? "float" : "double",
            integer ? "integers" : "reals");
    double *value[3];
    void *block[3];
    for (int t = 0; t < 3; t++) {
        value[t] = random_vector(sizes[t], integer ? 12 : 1.2, rng);
        block[t] = malloc(sizes[t] * real);
        for (size_t i = 0; i < sizes[t]; i++) {
            value[t][i] = integer  ? fmax(-30, fmin(30, nearbyint(value[t][i])))
                          : single ? (double)(float)value[t][i]
                                   : value[t][i];
            if (single)
                ((float *)block[t])[i] = (float)value[t][i];
            else
                ((double *)block[t])[i] = value[t][i];
        }
    }
    if (single)
        sg_net_multiply_f32((float *)block[0] + GUARD, (float *)block[1] + 1, (float *)block[2] + 1,
                            op, m, k, n, alpha, add);
    else
        sg_net_multiply_f64((double *)block[0] + GUARD, (double *)block[1] + 1,
                            (double *)block[2] + 1, op, m, k, n, alpha, add);
    const long double used_alpha = single ? (long double)(float)alpha : (long double)alpha;
    const double gamma =
        integer ? 0 : gamma_of(k + 3, single ? (double)FLT_EPSILON / 2 : SG_UNIT_ROUNDOFF);
    for (size_t at = 0; at < sizes[0]; at++) {
        const bool inside = at >= GUARD && at < GUARD + m * n;
        struct wide want = wide_of(inside && !add ? 0 : value[0][at]);
        if (inside)
            for (size_t l = 0; l < k; l++) {
                const size_t i = (at - GUARD) / n, j = (at - GUARD) % n;
                want = wide_add(want,
                                wide_scale(wide_mul(wide_of(value[1][1 + index_a(op, i, l, m, k)]),
                                                    wide_of(value[2][1 + index_b(op, l, j, k, n)])),
                                           used_alpha));
            }
        else
            want.m = 0;                                            /* untouched */
        CHECK_CLOSE(single ? (double)((float *)block[0])[at] : ((double *)block[0])[at],
                    (double)want.v, gamma * (double)want.m);
    }
    for (int t = 0; t < 3; t++) {
        free(value[t]);
        free(block[t]);
    }
}

/* Both sides of every boundary between branches: vectors, outer products, 160 multiplications,
 * tails of four rows and of the lanes. */
static void shapes(bool integer)
{
    const size_t small[] = {1, 2, 3, 4, 5, 8},
                 lengths[] = {0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 40, 70, 161, 200};
    struct sg_rng *rng = test_rng(integer ? "exact" : "rounded", 0);
    for (int single = 0; single < 2; single++)
        for (int op = SG_NN; op <= SG_NT; op++)
            for (size_t i = 0; i < COUNT(small); i++)
                for (size_t j = 0; j < COUNT(lengths); j++) {
                    const size_t s = small[i], l = lengths[j];
                    const size_t all[][3] = {{l, s, 1}, {s, l, 1}, {1, l, s}, {1, s, l}, {l, 1, s},
                                             {s, 1, l}, {l, 1, 1}, {1, 1, l}, {1, l, 1}, {l, l, 1},
                                             {s, s, l}, {s, l, s}, {l, s, s}};
                    for (size_t t = 0; t < COUNT(all); t++)
                        one_product((enum sg_transpose)op, all[t][0], all[t][1], all[t][2], single,
                                    integer, rng);
                }
    for (int t = 0; t < 150; t++)
        one_product((enum sg_transpose)(t % 3), random_size(1, 24, rng), random_size(1, 24, rng),
                    random_size(1, 24, rng), t % 2, integer, rng);
    sg_base_rng_free(rng);
}

static void exact_on_integers(void **state)
{
    (void)state;
    shapes(true);
}

/* A sum of k products, times alpha, plus c: k + 2 roundings, and one for the oracle's own. */
static void rounded_on_reals(void **state)
{
    (void)state;
    shapes(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(exact_on_integers), TEST(rounded_on_reals)};
    return RUN(tests);
}
