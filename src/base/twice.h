/* twice.h - private: sums of two long doubles, as if of twice the digits.
 *
 * head + rest with |rest| about u_l |head|, u_l = 2^-64: sums and products of long doubles are
 * exact in one (Knuth, Veltkamp, Dekker), and sums of many are off by about u_l^2 of their terms
 * (Ogita, Rump and Oishi 2005).  Where long double has 53 bits u_l is 2^-53. */
#ifndef SG_BASE_TWICE_H
#define SG_BASE_TWICE_H

#include <float.h>
#include <math.h>

struct sg_twice { long double head, rest; };

/* a + b */
static inline struct sg_twice sg_twice_sum(long double a, long double b)
{
    const long double head = a + b, part = head - a;
    return (struct sg_twice){head, (a - (head - part)) + (b - part)};
}

/* The upper half of v's digits. */
static inline long double sg_twice_upper(long double v)
{
    const long double c = (ldexpl(1, (LDBL_MANT_DIG + 1) / 2) + 1) * v;
    return c - (c - v);
}

/* a b */
static inline struct sg_twice sg_twice_product(long double a, long double b)
{
    const long double p = a * b, a_up = sg_twice_upper(a), b_up = sg_twice_upper(b),
                      a_low = a - a_up, b_low = b - b_up;
    return (struct sg_twice){p,
                             a_low * b_low - (((p - a_up * b_up) - a_low * b_up) - a_up * b_low)};
}

/* s += v */
static inline void sg_twice_add(struct sg_twice *s, long double v)
{
    const struct sg_twice t = sg_twice_sum(s->head, v);
    s->head = t.head;
    s->rest += t.rest;
}

/* s += a b */
static inline void sg_twice_add_product(struct sg_twice *s, long double a, long double b)
{
    const struct sg_twice p = sg_twice_product(a, b);
    sg_twice_add(s, p.head);
    s->rest += p.rest;
}

/* The same number, with a rest below the head's last digit. */
static inline struct sg_twice sg_twice_settled(struct sg_twice s)
{
    return sg_twice_sum(s.head, s.rest);
}

#endif
