/* decimal.c - what a double lacks of the decimal number that it was read from.
 *
 *   text = (D_1 10^18 + D_2) 10^E,  D_1 and D_2 of at most 18 digits each
 *
 * in sums of two long doubles, whose products and quotients are off by a few u_l^2, u_l = 2^-64.
 * Digits after the 36th, 1e-35 of the number, do not count.  Where long double has 53 bits, D_1 and
 * D_2 have 15 digits. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/twice.h"
#include "data/decimal.h"

enum {
    WIDE = LDBL_MANT_DIG >= 64,
    HALF = WIDE ? 18 : 15,
    TENS = WIDE ? 27 : 22,     /* 5^27 fits into 64 bits, 5^22 into 53 */
    FAR = 400,                 /* beyond the doubles */
    LONGEST = 1 << 17          /* an exponent beyond it leaves no double, whatever the digits */
};

static struct sg_twice times(struct sg_twice a, long double b)
{
    const struct sg_twice p = sg_twice_product(a.head, b);
    return sg_twice_sum(p.head, p.rest + a.rest * b);
}

static struct sg_twice over(struct sg_twice a, long double b)
{
    const long double q = a.head / b;
    const struct sg_twice p = sg_twice_product(q, b);
    return sg_twice_sum(q, ((a.head - p.head) - p.rest + a.rest) / b);
}

static long double power(int n)
{
    long double ten = 1;
    for (int k = 0; k < n; k++)
        ten *= 10;
    return ten;
}

static struct sg_twice scaled(struct sg_twice a, long exponent)
{
    while (exponent != 0) {
        const int step = (int)(labs(exponent) < TENS ? labs(exponent) : TENS);
        a = exponent > 0 ? times(a, power(step)) : over(a, power(step));
        exponent += exponent > 0 ? -step : step;
    }
    return a;
}

/* part[0] 10^(digits - HALF) + part[1], times 10^exponent. */
struct number { long double part[2]; int digits; long exponent; };

/* Up to the exponent, where it returns. */
static const char *read_digits(struct number *n, const char *s)
{
    bool point = false;
    *n = (struct number){{0, 0}, 0, 0};
    for (; (*s >= '0' && *s <= '9') || *s == '.'; s++) {
        const bool zero = n->digits == 0 && *s == '0', more = n->digits < 2 * HALF;
        if (*s == '.') {
            point = true;
        } else if (zero || !more) {
            n->exponent += zero ? -point : !point;
        } else {
            long double *part = &n->part[n->digits++ / HALF];
            *part = 10 * *part + (long double)(*s - '0');
            n->exponent -= point;
        }
    }
    return s;
}

double sg_data_decimal_rest(const char *text, double value)
{
    struct number n;
    const char *s = read_digits(&n, text + (*text == '-' || *text == '+'));
    const long said = *s == 'e' || *s == 'E' ? strtol(s + 1, NULL, 10) : 0;
    if (n.digits == 0 || said < -LONGEST || said > LONGEST || labs(n.exponent + said) > FAR)
        return 0;
    struct sg_twice a = {n.part[0], 0};
    if (n.digits > HALF) {
        a = sg_twice_product(n.part[0], power(n.digits - HALF));
        sg_twice_add(&a, n.part[1]);
    }
    a = scaled(sg_twice_settled(a), n.exponent + said);
    const double rest = (double)((a.head - fabsl((long double)value)) + a.rest);
    return !isfinite(rest) ? 0 : *text == '-' ? -rest : rest;
}
