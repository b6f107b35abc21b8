/* exact.h - private to cert/: FLINT's whole and rational numbers, and doubles as such. */
#ifndef SG_CERT_EXACT_H
#define SG_CERT_EXACT_H

#ifdef SG_HAVE_FLINT
#include <math.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"        /* FLINT's inline functions */
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <flint/fmpq_mat.h>
#include <flint/fmpq_poly.h>
#include <flint/fmpz_mat.h>
#include <flint/fmpz_poly.h>
#pragma GCC diagnostic pop

#include "synthgrad/cert.h"

/* value = whole 2^*exponent.  value is finite. */
static inline void sg_exact_parts(fmpz_t whole, int *exponent, double value)
{
    const double fraction = frexp(value, exponent);
    fmpz_set_d(whole, ldexp(fraction, 53));
    *exponent -= 53;
}

/* The rational number that a finite double is. */
static inline void sg_exact_rational(fmpq_t out, double value)
{
    int exponent;
    sg_exact_parts(fmpq_numref(out), &exponent, value);
    fmpz_one(fmpq_denref(out));
    if (exponent >= 0)
        fmpq_mul_2exp(out, out, (flint_bitcnt_t)exponent);
    else
        fmpq_div_2exp(out, out, (flint_bitcnt_t)-exponent);
}

/* The doubles on either side of a rational number; it itself twice where it is one. */
struct sg_interval sg_exact_interval(const fmpq_t value);
/* Is the symmetric matrix positive semidefinite?  Exact, singular ones included. */
bool sg_exact_semidefinite(const fmpq_mat_t matrix);
#endif

#endif
