/* Matrix products, dot products and norms against triple loops in long double. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* OpenBLAS's own; other BLAS libraries have it not. */
__attribute__((weak)) int openblas_get_num_threads(void);

/* Error of a sum of k products in any order: gamma_k |a| |b| (Higham, ASNA 2nd ed., 3.5), entry by
 * entry; one more for rounding the oracle. */
static void products(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 200; t++) {
        struct sg_rng *rng = test_rng("products", t);
        const size_t m = random_size(0, 20, rng), k = random_size(0, t % 10 ? 20 : 300, rng),
                     n = random_size(0, 20, rng);
        context("seed %llu, replicate %llu: %zu x %zu x %zu", (unsigned long long)test_seed(),
                (unsigned long long)t, m, k, n);
        double *a = random_vector(m * k, 1.3, rng), *b = random_vector(k * n, 0.7, rng);
        double *c = SG_NEW(m * n, double), *want = SG_NEW(m * n, double),
               *tol = SG_NEW(m * n, double);
        for (int op = 0; op < 3; op++) {
            for (size_t i = 0; i < m * n; i++)
                /* overwritten, not multiplied by zero */
                c[i] = SG_NAN;
            (op == 0 ? sg_base_mul : op == 1 ? sg_base_mul_tn : sg_base_mul_nt)(c, a, b, m, k, n);
            naive_mul(want, tol, a, op == 1, b, op == 2, m, k, n);
            for (size_t i = 0; i < m * n; i++)
                tol[i] *= gamma_of(k + 1, SG_UNIT_ROUNDOFF);
            CHECK_EACH(c, want, tol, m * n);
        }
        free(a); free(b); free(c); free(want); free(tol);
        sg_base_rng_free(rng);
    }
}

static void dots_and_norms(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n += n < 40 ? 1 : 37) {
        struct sg_rng *rng = test_rng("dots", n);
        double *a = random_vector(n, 2.1, rng), *b = random_vector(n, 0.4, rng), want, magnitude;
        naive_mul(&want, &magnitude, a, false, b, false, 1, n, 1);
        CHECK_CLOSE(sg_base_dot(a, b, n), want, gamma_of(n + 1, SG_UNIT_ROUNDOFF) * magnitude);
        /* n squares, n - 1 sums, a root that halves their error and adds its
         * own; the oracle's rounding */
        CHECK_CLOSE(sg_base_norm(a, n), frobenius(a, n),
                    gamma_of(n / 2 + 3, SG_UNIT_ROUNDOFF) * frobenius(a, n));
        if (n) {
            a[n / 2] = SG_NAN;
            CHECK(isnan(sg_base_dot(a, b, n)));
            CHECK(isnan(sg_base_norm(a, n)));
        }
        free(a);
        free(b);
        sg_base_rng_free(rng);
    }
    const double far_out[] = {3e200, -4e200}, tiny[] = {3e-200, 4e-200};
    /* no overflow on the way */
    CHECK_CLOSE(sg_base_norm(far_out, 2), 5e200, 10 * SG_UNIT_ROUNDOFF * 5e200);
    CHECK_CLOSE(sg_base_norm(tiny, 2), 5e-200, 10 * SG_UNIT_ROUNDOFF * 5e-200);
}

static void one_blas_thread(void **state)
{
    (void)state;
    if (!openblas_get_num_threads)
        SKIP();
    CHECK(openblas_get_num_threads() == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(products), TEST(dots_and_norms), TEST(one_blas_thread)};
    return RUN(tests);
}
