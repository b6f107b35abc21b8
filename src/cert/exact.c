/* Rational numbers as the doubles around them, and positive semidefinite matrices over Q. */
#ifdef SG_HAVE_FLINT
#include <float.h>

#include "cert/exact.h"

/* fmpz_get_d and ldexp are exact where the result is a normal number; elsewhere one double more on
 * either side takes up what ldexp rounds. */
static struct sg_interval around(const fmpz_t whole, slong exponent, bool exact)
{
    fmpz_t above;
    fmpz_init(above);
    fmpz_add_ui(above, whole, !exact);
    const int e = (int)(exponent > 4000 ? 4000 : exponent < -4000 ? -4000 : exponent);
    struct sg_interval out = {ldexp(fmpz_get_d(whole), e), ldexp(fmpz_get_d(above), e)};
    fmpz_clear(above);
    if (!(fabs(out.low) >= DBL_MIN && fabs(out.low) <= DBL_MAX))
        out.low = nextafter(out.low, -HUGE_VAL);
    if (!(fabs(out.high) >= DBL_MIN && fabs(out.high) <= DBL_MAX))
        out.high = nextafter(out.high, HUGE_VAL);
    return out;
}

struct sg_interval sg_exact_interval(const fmpq_t value)
{
    if (fmpq_is_zero(value))
        return (struct sg_interval){0, 0};
    slong exponent = (slong)fmpz_bits(fmpq_numref(value)) - (slong)fmpz_bits(fmpq_denref(value)) -
                     (DBL_MANT_DIG - 1);
    fmpz_t num, den, quotient, rest;
    fmpz_init(num);
    fmpz_init(den);
    fmpz_init(quotient);
    fmpz_init(rest);
    for (;; exponent--) {                        /* a quotient of 53 bits, at the second try */
        fmpz_mul_2exp(num, fmpq_numref(value), exponent < 0 ? (ulong)-exponent : 0);
        fmpz_mul_2exp(den, fmpq_denref(value), exponent > 0 ? (ulong)exponent : 0);
        fmpz_fdiv_qr(quotient, rest, num, den);
        if (fmpz_bits(quotient) >= DBL_MANT_DIG)
            break;
    }
    const struct sg_interval out = around(quotient, exponent, fmpz_is_zero(rest));
    fmpz_clear(num);
    fmpz_clear(den);
    fmpz_clear(quotient);
    fmpz_clear(rest);
    return out;
}

/* Gauss without exchange: a pivot below 0 is a direction in which a is negative; a pivot 0 with an
 * entry beside it that is not 0 has one as well. */
bool sg_exact_semidefinite(const fmpq_mat_t matrix)
{
    const slong n = fmpq_mat_nrows(matrix);
    bool is = true;
    fmpq_mat_t a;
    fmpq_t factor;
    fmpq_init(factor);
    fmpq_mat_init_set(a, matrix);
    for (slong k = 0; k < n && is; k++) {
        const int sign = fmpq_sgn(fmpq_mat_entry(a, k, k));
        is = sign >= 0;
        for (slong i = k + 1; i < n && is; i++) {
            if (sign == 0) {
                is = fmpq_is_zero(fmpq_mat_entry(a, i, k));
                continue;
            }
            fmpq_div(factor, fmpq_mat_entry(a, i, k), fmpq_mat_entry(a, k, k));
            for (slong j = k + 1; j < n; j++)
                fmpq_submul(fmpq_mat_entry(a, i, j), factor, fmpq_mat_entry(a, k, j));
        }
    }
    fmpq_mat_clear(a);
    fmpq_clear(factor);
    return is;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
