/* Separable in whole, in part or not at all: against orders on a line, cross products of whole
 * numbers in a plane, and data that are known by construction. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/cert.h"

#if defined SG_HAVE_FLINT && defined SG_HAVE_GLPK
static const char *const name[] = {"unknown", "none", "part", "all"};

static void check_separation(const double *x, const size_t *label, size_t n, size_t f, size_t c,
                             enum sg_separation want)
{
    const enum sg_separation found = sg_cert_separation(x, label, n, f, c);
    if (found != want)
        print_message("%s found, %s wanted\n", name[found], name[want]);
    CHECK(found == want);
}

/* ---- a line ---------------------------------------------------------------------------- */

/* Separated when one class ends before the other begins; in part where they meet in one point. */
static enum sg_separation on_a_line(const double *v, const size_t *label, size_t n)
{
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < n; i++) {
        low[label[i]] = fmin(low[label[i]], v[i]);
        high[label[i]] = fmax(high[label[i]], v[i]);
    }
    if (high[0] < low[1] || high[1] < low[0])
        return SG_SEPARATION_ALL;
    const bool one_point = low[0] == high[0] && low[1] == high[1];
    return (high[0] == low[1] || high[1] == low[0]) && !one_point ? SG_SEPARATION_PART
                                                                  : SG_SEPARATION_NONE;
}

/* Whole numbers, tenths (which doubles round) and far offsets: ties are ties of the doubles.
 * Classes that are apart or overlap by one unit in the last place look level to the linear program:
 * it may leave them undecided, but nothing untrue is proved. */
static void lines_are_decided_by_order(void **state)
{
    size_t seen[4] = {0};
    (void)state;
    for (uint64_t t = 0; t < 600; t++) {
        struct sg_rng *rng = test_rng("line", t);
        const size_t n = random_size(3, 30, rng), reach = random_size(1, 12, rng);
        const double unit = t % 3 == 1 ? 0.1 : 1, offset = t % 5 == 0 ? 1e9 : 0;
        double x[60], v[30];
        size_t label[30];
        for (size_t i = 0; i < n; i++) {
            label[i] = i < 2 ? i : random_size(0, 1, rng);
            v[i] = offset + unit * (double)(random_size(0, reach, rng) + label[i] * (reach - 1));
            if (t % 4 == 2 && label[i])
                v[i] = nextafter(v[i], t % 8 == 2 ? -HUGE_VAL : HUGE_VAL);
            x[2 * i] = v[i];
            x[2 * i + 1] = 1;
        }
        sg_base_rng_free(rng);
        context("line %llu", (unsigned long long)t);
        const enum sg_separation want = on_a_line(v, label, n);
        seen[want]++;
        if (sg_base_max_abs_diff(v, v + 1, n - 1) == 0)
            continue;                        /* a constant column beside the ones: dependent */
        if (t % 4 != 2 || sg_cert_separation(x, label, n, 2, 1) != SG_SEPARATION_UNKNOWN)
            check_separation(x, label, n, 2, 1, want);
    }
    CHECK(seen[SG_SEPARATION_NONE] > 50 && seen[SG_SEPARATION_PART] > 50 &&
          seen[SG_SEPARATION_ALL] > 20);
}

/* ---- a plane --------------------------------------------------------------------------- */

struct ray { int64_t v[3]; };

static int64_t along(const struct ray *a, const struct ray *b)
{
    return a->v[0] * b->v[0] + a->v[1] * b->v[1] + a->v[2] * b->v[2];
}

static struct ray cross(const struct ray *a, const struct ray *b)
{
    return (struct ray){{a->v[1] * b->v[2] - a->v[2] * b->v[1],
                         a->v[2] * b->v[0] - a->v[0] * b->v[2],
                         a->v[0] * b->v[1] - a->v[1] * b->v[0]}};
}

/* Extreme rays of {b: a_i b >= 0} are cross products of two rows, either sign; their sum is
 * positive wherever any of them is.  Hypothesis: the rows span the space. */
static enum sg_separation in_a_plane(const struct ray *a, size_t n)
{
    struct ray sum = {{0}};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            for (int64_t sign = -1; sign <= 1; sign += 2) {
                struct ray b = cross(&a[i], &a[j]);
                bool inside = true;
                for (size_t k = 0; k < n && inside; k++)
                    inside = sign * along(&a[k], &b) >= 0;
                for (size_t k = 0; k < 3 && inside; k++)
                    sum.v[k] += sign * b.v[k];
            }
    size_t positive = 0;
    for (size_t k = 0; k < n; k++)
        positive += along(&a[k], &sum) > 0;
    return positive == 0 ? SG_SEPARATION_NONE
           : positive == n ? SG_SEPARATION_ALL
                           : SG_SEPARATION_PART;
}

static bool spans(const struct ray *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const struct ray b = cross(&a[i], &a[j]);
            for (size_t k = 0; k < j; k++)
                if (along(&a[k], &b) != 0)
                    return true;
        }
    return false;
}

static void planes_are_decided_by_cross_products(void **state)
{
    size_t seen[4] = {0};
    (void)state;
    for (uint64_t t = 0; t < 400; t++) {
        struct sg_rng *rng = test_rng("plane", t);
        const size_t n = random_size(4, 20, rng), reach = random_size(1, 4, rng);
        struct ray a[20];
        double x[60];
        size_t label[20];
        for (size_t i = 0; i < n; i++) {
            label[i] = i < 2 ? i : random_size(0, 1, rng);
            const int64_t sign = label[i] ? 1 : -1, lift = (int64_t)(label[i] * (t % 3));
            const int64_t p = (int64_t)random_size(0, 2 * reach, rng) - (int64_t)reach + lift,
                          q = (int64_t)random_size(0, 2 * reach, rng) - (int64_t)reach + lift;
            a[i] = (struct ray){{sign * p, sign * q, sign}};
            x[3 * i] = (double)p;
            x[3 * i + 1] = (double)q;
            x[3 * i + 2] = 1;
        }
        sg_base_rng_free(rng);
        if (!spans(a, n))
            continue;
        context("plane %llu", (unsigned long long)t);
        const enum sg_separation want = in_a_plane(a, n);
        seen[want]++;
        check_separation(x, label, n, 3, 1, want);
    }
    CHECK(seen[SG_SEPARATION_NONE] > 30 && seen[SG_SEPARATION_PART] > 30 &&
          seen[SG_SEPARATION_ALL] > 15);
}

/* ---- more classes ---------------------------------------------------------------------- */

/* Three classes on a line: 0 below 1 below 2 with a common point of 0 and 1, so in part; class 2
 * moved among both, not at all (each order is broken); all apart, separable. */
static void three_classes(void **state)
{
    static const double at[3][9] = {{0, 1, 2, 2, 3, 4, 7, 8, 9},
                                    {0, 3, 5, 1, 2, 4, -1, 3, 6},
                                    {0, 1, 2, 9, 10, 11, 100, 101, 102}};
    static const enum sg_separation want[] = {SG_SEPARATION_PART, SG_SEPARATION_NONE,
                                              SG_SEPARATION_ALL};
    (void)state;
    for (size_t t = 0; t < 3; t++) {
        double x[18];
        size_t label[9];
        for (size_t i = 0; i < 9; i++) {
            label[i] = i / 3;
            x[2 * i] = at[t][i];
            x[2 * i + 1] = 1;
        }
        context("set %zu", t);
        check_separation(x, label, 9, 2, 2, want[t]);
    }
}

/* n points of f columns, ones last: sample 0 apart, the others in one place; sample 1 alone is of
 * class 1. */
static void check_size(size_t n, size_t f, enum sg_separation want)
{
    double *x = SG_NEW(n * f, double);
    size_t *label = SG_NEW(n, size_t);
    context("%zu rows, %zu columns", n, f);
    x[0] = 1;
    label[1] = 1;
    for (size_t i = 0; i < n; i++)
        x[i * f + f - 1] = 1;
    check_separation(x, label, n, f, 1, want);
    free(x);
    free(label);
}

/* Too large, or not finite: nothing is said. */
static void limits(void **state)
{
    double x[4] = {SG_NAN, 0, 0, 1};
    const size_t label[2] = {0, 1};
    (void)state;
    check_size(2, 160, SG_SEPARATION_ALL);
    check_size(2, 161, SG_SEPARATION_UNKNOWN);
    check_size(1600, 61, SG_SEPARATION_PART);
    check_size(1700, 61, SG_SEPARATION_UNKNOWN);
    check_separation(x, label, 2, 2, 1, SG_SEPARATION_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_are_decided_by_order),
        TEST(planes_are_decided_by_cross_products),
        TEST(three_classes),
        TEST(limits),
    };
    return RUN(tests);
}
#else
static void nothing_is_known(void **state)
{
    const double x[4] = {0, 1, 1, 1};
    const size_t label[2] = {0, 1};
    (void)state;
    CHECK(sg_cert_separation(x, label, 2, 2, 1) == SG_SEPARATION_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(nothing_is_known)};
    return RUN(tests);
}
#endif
