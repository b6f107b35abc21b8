/* Rational arithmetic's own tools: doubles around a rational, and semidefinite matrices, singular
 * ones and those that miss by 2^-60 included. */
#include "support.h"

#include <float.h>

#ifdef SG_HAVE_FLINT
#include "cert/exact.h"

static struct sg_interval around(slong num, ulong den, slong exponent)
{
    fmpq_t q;
    fmpq_init(q);
    fmpq_set_si(q, num, den);
    if (exponent < 0)
        fmpq_div_2exp(q, q, (flint_bitcnt_t)-exponent);
    else
        fmpq_mul_2exp(q, q, (flint_bitcnt_t)exponent);
    const struct sg_interval out = sg_exact_interval(q);
    fmpq_clear(q);
    return out;
}

static void doubles_are_around_a_rational(void **state)
{
    (void)state;
    static const double DOUBLE[] = {0, 1, -3.7, 0x1.fffffffffffffp1023, 0x1p-1022, -1e-300};
    for (size_t k = 0; k < COUNT(DOUBLE); k++) {
        fmpq_t q;
        fmpq_init(q);
        sg_exact_rational(q, DOUBLE[k]);
        const struct sg_interval r = sg_exact_interval(q);
        fmpq_clear(q);
        context("%a", DOUBLE[k]);
        CHECK(r.low <= DOUBLE[k] && DOUBLE[k] <= r.high);
        CHECK(r.high == r.low || fabs(DOUBLE[k]) == DBL_MIN);
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        const struct sg_interval r = around(sign, 3, 0);         /* fma sees 3 low - 1 exactly */
        CHECK(fma(3, r.low, -sign) < 0 && fma(3, r.high, -sign) > 0);
        CHECK(r.high == nextafter(r.low, HUGE_VAL));
    }
    const struct sg_interval small = around(1, 3, -1080), large = around(1, 3, 3000),
                             least = around(-1, 1, -100000);
    CHECK(small.low <= 0 && small.high > 0 && small.high <= 0x1p-1073);
    CHECK(large.low == DBL_MAX && large.high == HUGE_VAL);
    CHECK(least.low < 0 && least.high >= 0 && least.high - least.low <= 0x1p-1072);
}

static void semidefinite_or_not(void **state)
{
    (void)state;
    static const struct { double a[9]; bool is; } known[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0}, true},
        {{1, 1, 1, 1, 1, 1, 1, 1, 1}, true},
        {{1, 1, 1, 1, 1, 1, 1, 1, 1 - 0x1p-53}, false},
        {{0, 1, 0, 1, 5, 0, 0, 0, 1}, false},           /* a pivot 0 beside an entry */
        {{1, 0, 0, 0, 0, 0x1p-60, 0, 0x1p-60, 1}, false},
        {{4, 2, 0, 2, 1, 0, 0, 0, 0}, true},            /* of rank 1 */
        {{4, 2, 0, 2, 1, 0, 0, 0, -0x1p-1000}, false},
        {{1e18, 1e9, 0, 1e9, 1, 0, 0, 0, 1e-18}, true}, /* singular, 36 orders apart */
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        fmpq_mat_t a;
        fmpq_mat_init(a, 3, 3);
        for (slong i = 0; i < 9; i++)
            sg_exact_rational(fmpq_mat_entry(a, i / 3, i % 3), known[k].a[i]);
        context("matrix %zu", k);
        CHECK(sg_exact_semidefinite(a) == known[k].is);
        fmpq_mat_clear(a);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(doubles_are_around_a_rational),
        TEST(semidefinite_or_not),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
