/* CP4 in integers: f = a x + b on x = -2, -1, 1, 2 under sum |f|, with a synthetic
 * gradient that is one constant.
 *
 * x takes each sign twice, so sum sign f = 0 exactly where f has the sign of a x on every sample:
 * |b| < |a|, or a = b = 0. */
#include <stdlib.h>

#include "synthgrad/closed.h"

enum { SAMPLES = 4 };
const int sg_closed_spurious_x[SAMPLES] = {-2, -1, 1, 2};

static int64_t sign(int64_t f)
{
    return (f > 0) - (f < 0);
}

struct sg_spurious sg_closed_spurious(int64_t a, int64_t b)
{
    struct sg_spurious at = {0};
    for (size_t i = 0; i < SAMPLES; i++) {
        const int64_t x = sg_closed_spurious_x[i], f = a * x + b;
        at.loss += llabs(f);
        at.slope_a += x * sign(f);
        at.slope_b += sign(f);
    }
    return at;
}

bool sg_closed_spurious_wedge(int64_t a, int64_t b)
{
    return llabs(b) < llabs(a) || (a == 0 && b == 0);
}

/* Pair x with -x: |f(x)| + |f(-x)| = 2 max(|a x|, |b|), so L = 2 max(2|a|, |b|) + 2 max(|a|, |b|),
 * the largest of these three. */
int64_t sg_closed_spurious_loss(int64_t a, int64_t b)
{
    const int64_t inside = 6 * llabs(a), between = 4 * llabs(a) + 2 * llabs(b),
                  outside = 4 * llabs(b);
    const int64_t larger = inside > between ? inside : between;
    return larger > outside ? larger : outside;
}
