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

#include "data/decimal.h"

enum {
    WIDE = LDBL_MANT_DIG >= 64,
    HALF = WIDE ? 18 : 15,
    TENS = WIDE ? 27 : 22,     /* 5^27 fits into 64 bits, 5^22 into 53 */
    FAR = 400,                 /* beyond the doubles */
    LONGEST = 1 << 17          /* an exponent beyond it leaves no double, whatever the digits */
};

struct pair { long double head, rest; };

static struct pair sum(long double a, long double b)
{
    const long double head = a + b, part = head - a;
    return (struct pair){head, (a - (head - part)) + (b - part)};
}

/* The upper half of v's digits (Veltkamp). */
static long double upper(long double v)
{
    const long double c = (ldexpl(1, (LDBL_MANT_DIG + 1) / 2) + 1) * v;
    return c - (c - v);
}

/* a b exactly (Dekker). */
static struct pair product(long double a, long double b)
{
    const long double p = a * b, a_up = upper(a), b_up = upper(b), a_low = a - a_up,
                      b_low = b - b_up;
    return (struct pair){p, a_low * b_low - (((p - a_up * b_up) - a_low * b_up) - a_up * b_low)};
}

static struct pair times(struct pair a, long double b)
{
    const struct pair p = product(a.head, b);
    return sum(p.head, p.rest + a.rest * b);
}

static struct pair over(struct pair a, long double b)
{
    const long double q = a.head / b;
    const struct pair p = product(q, b);
    return sum(q, ((a.head - p.head) - p.rest + a.rest) / b);
}

static long double power(int n)
{
    long double ten = 1;
    for (int k = 0; k < n; k++)
        ten *= 10;
    return ten;
}

static struct pair scaled(struct pair a, long exponent)
{
    while (exponent != 0) {
        const int step = (int)(labs(exponent) < TENS ? labs(exponent) : TENS);
        a = exponent > 0 ? times(a, power(step)) : over(a, power(step));
        exponent += exponent > 0 ? -step : step;
    }
    return a;
}

double sg_data_decimal_rest(const char *text, double value)
{
    long double part[2] = {0, 0};
    int digits = 0;
    long exponent = 0;
    bool point = false;
    const char *s = text + (*text == '-' || *text == '+');
    for (; (*s >= '0' && *s <= '9') || *s == '.'; s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        if (digits < 2 * HALF && (digits > 0 || *s != '0')) {
            part[digits / HALF] = 10 * part[digits / HALF] + (long double)(*s - '0');
            digits++;
            exponent -= point;
        } else if (digits == 0)
            exponent -= point;
        else
            exponent += !point;
    }
    const long said = *s == 'e' || *s == 'E' ? strtol(s + 1, NULL, 10) : 0;
    if (digits == 0 || said < -LONGEST || said > LONGEST || labs(exponent + said) > FAR)
        return 0;
    struct pair a = {part[0], 0};
    if (digits > HALF) {
        a = product(part[0], power(digits - HALF));
        const struct pair head = sum(a.head, part[1]);
        a = sum(head.head, head.rest + a.rest);
    }
    a = scaled(a, exponent + said);
    const double rest = (double)((a.head - fabsl((long double)value)) + a.rest);
    return !isfinite(rest) ? 0 : *text == '-' ? -rest : rest;
}
