/* CP6's fixed point in balls: truths contained, enclosures narrow, near misses and bad input not
 * proved. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"
#include "synthgrad/logloss.h"

#ifdef SG_HAVE_ARB
/* ---- CP6: eight points in the plane and a constant, labels that the least-squares score does
 * not separate, though a line does ------------------------------------------------------- */

static const double X[24] = {-2,  0.5, 1, -1, -1,    1, -0.5, 2,    1, 0.25, -1.5, 1,
                             0.5, 1,   1, 1,  -0.25, 1, 1.75, 1.25, 1, 2.5,  -2,   1};
static const double Y[8] = {0, 0, 1, 0, 1, 0, 1, 1};
static const double ONE[8] = {1, 1, 1, 1, 1, 1, 1, 1};
static const struct sg_data samples = {.n = 8,
                                       .d = 3,
                                       .m = 1,
                                       .x = (double *)(uintptr_t)X,
                                       .y = (double *)(uintptr_t)Y,
                                       .one = (double *)(uintptr_t)ONE};
static const struct sg_cert_data exact = {.n = 8, .d = 3, .m = 1, .x = X, .y = Y};

/* L and |grad L| by long double, the formulas written out. */
static void naive_truth(double *loss, double *gradient, const double *x, const double *w,
                        const double *y)
{
    long double L = 0, g[3] = {0};
    for (int i = 0; i < 8; i++) {
        long double p = 0;
        for (int j = 0; j < 3; j++)
            p += (long double)x[3 * i + j] * (long double)w[j];
        L += logl(1 + expl(p)) - (long double)y[i] * p;
        for (int j = 0; j < 3; j++)
            g[j] += (long double)x[3 * i + j] * (1 / (1 + expl(-p)) - (long double)y[i]);
    }
    *loss = (double)(L / 8);
    *gradient = (double)(sqrtl(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]) / 8);
}

static void the_log_point_is_alone(void **state)
{
    (void)state;
    struct sg_log_point *point, *best;
    struct sg_cert_log_point proved;
    struct sg_interval loss;
    double L, g;
    CHECK_STATUS(sg_closed_log_point_alloc(&point, &samples, NULL), SG_OK);
    CHECK(point->finite);
    CHECK_STATUS(sg_cert_log_point(&proved, &exact, point->w, point->phi), SG_OK);
    naive_truth(&L, &g, X, point->w, Y);
    /* The floating point is off the exact one by rounding times the
     * condition of the joint equations. */
    CHECK_CLOSE(L, proved.loss.low, 1e-13);
    CHECK_CLOSE(g, proved.gradient.low, 1e-13);
    CHECK(proved.box > 1e-6 && proved.loss.high - proved.loss.low < 1e-15 &&
          proved.gradient.high - proved.gradient.low < 1e-15);
    CHECK(proved.gradient.low > 1e-3);                   /* no critical point of the loss */
    /* In the ones' direction the gradient vanishes: with that column first, all that is
     * left lies in the others. */
    double turned[24], of_one[3] = {point->w[2], point->w[0], point->w[1]};
    for (size_t i = 0; i < 24; i++)
        turned[i] = X[i / 3 * 3 + (i % 3 + 2) % 3];
    const struct sg_cert_data ones_first = {.n = 8, .d = 3, .m = 1, .x = turned, .y = Y};
    struct sg_cert_log_point same;
    CHECK_STATUS(sg_cert_log_point(&same, &ones_first, of_one, point->phi), SG_OK);
    naive_truth(&L, &g, turned, of_one, Y);
    CHECK_CLOSE(L, same.loss.low, 1e-13);
    CHECK_CLOSE(g, same.gradient.low, 1e-13);
    CHECK(same.gradient.low <= proved.gradient.high && proved.gradient.low <= same.gradient.high);
    CHECK_STATUS(sg_closed_log_optimum_alloc(&best, &samples, NULL), SG_OK);
    CHECK_STATUS(sg_cert_log_loss(&loss, &exact, best->w), SG_OK);
    naive_truth(&L, &g, X, best->w, Y);
    CHECK_CLOSE(L, loss.low, 8 * SG_UNIT_ROUNDOFF);
    CHECK(loss.high - loss.low < 1e-15 && loss.high < proved.loss.low);
    /* The optimum with its least-squares SG is no joint critical point. */
    const enum sg_status near = sg_cert_log_point(&proved, &exact, best->w, best->phi);
    CHECK(near != SG_OK || proved.loss.low > loss.high);
    /* A place far away is refuted or left open, never proved. */
    double far[3] = {point->w[0] + 100, point->w[1], point->w[2]};
    const enum sg_status away = sg_cert_log_point(&proved, &exact, far, point->phi);
    CHECK(away == SG_REFUTED || away == SG_UNPROVED);
    CHECK_NAN(&proved.box, 5);
    far[0] = SG_NAN;
    CHECK_STATUS(sg_cert_log_point(&proved, &exact, far, point->phi), SG_NOT_FINITE);
    CHECK_NAN(&proved.box, 5);
    CHECK_STATUS(sg_cert_log_loss(&loss, &exact, far), SG_NOT_FINITE);
    CHECK_NAN(&loss.low, 2);
    sg_closed_log_point_free(point);
    sg_closed_log_point_free(best);
}

/* The minimum is alone, its value is that of long double, in any unit of the features.  Nothing is
 * proved far from it, of separable labels, which have none, and of a column twice. */
static void the_optimum_is_alone(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 1e9, 1e-9}, MIXED[8] = {0, 1, 1, 0, 1, 0, 0, 1};
    struct sg_log_point *best;
    struct sg_cert_log_point proved;
    double L, g;
    struct sg_data mixed = samples;
    mixed.y = (double *)(uintptr_t)MIXED;
    CHECK_STATUS(sg_closed_log_optimum_alloc(&best, &mixed, NULL), SG_OK);
    CHECK(best->finite);
    for (size_t k = 0; k < COUNT(UNIT); k++) {
        double x[24], w[3] = {best->w[0] / UNIT[k], best->w[1] / UNIT[k], best->w[2]};
        for (size_t i = 0; i < 24; i++)
            x[i] = X[i] * (i % 3 < 2 ? UNIT[k] : 1);
        const struct sg_cert_data data = {.n = 8, .d = 3, .m = 1, .x = x, .y = MIXED};
        context("unit %g, %.17g %.17g %.17g", UNIT[k], w[0], w[1], w[2]);
        const enum sg_status status = sg_cert_log_optimum(&proved, &data, w);
        /* boxes are 2^-40 or wider: too wide for weights of 1e-11 */
        CHECK(status == SG_OK || (k == 1 && status == SG_UNPROVED));
        if (status != SG_OK)
            continue;
        naive_truth(&L, &g, x, w, MIXED);
        CHECK_CLOSE(L, proved.loss.low, 8 * SG_UNIT_ROUNDOFF);
        CHECK(proved.loss.high - proved.loss.low < 1e-15);
        CHECK(proved.gradient.low == 0 && proved.gradient.high < 1e-15 * UNIT[k]);
    }
    double twice[24], separable[8], far[3] = {best->w[0] + 100, best->w[1], best->w[2]};
    for (size_t i = 0; i < 24; i++)
        twice[i] = X[i - (i % 3 == 1)];
    for (size_t i = 0; i < 8; i++)
        separable[i] = X[3 * i] > 0;
    const struct sg_cert_data singular = {.n = 8, .d = 3, .m = 1, .x = twice, .y = MIXED},
                              none = {.n = 8, .d = 3, .m = 1, .x = X, .y = separable};
    CHECK(sg_cert_log_optimum(&proved, &singular, best->w) != SG_OK);
    CHECK_NAN(&proved.box, 5);
    CHECK(sg_cert_log_optimum(&proved, &none, best->w) != SG_OK);
    CHECK(sg_cert_log_optimum(&proved, &exact, far) != SG_OK);
    CHECK_NAN(&proved.loss.low, 2);
    far[0] = SG_NAN;
    CHECK_STATUS(sg_cert_log_optimum(&proved, &exact, far), SG_NOT_FINITE);
    sg_closed_log_point_free(best);
}

static void separation_is_exact(void **state)
{
    (void)state;
    const double x[6] = {1, 1, 0.1, 1, -1, 1}, y[3] = {1, 1, 0};
    const struct sg_cert_data data = {.n = 3, .d = 2, .m = 1, .x = x, .y = y};
    const double by_a_hair[2] = {1, nextafter(-0.1, 0)}, touching[2] = {1, -0.1},
                 other_side[2] = {-1, 0}, nan[2] = {SG_NAN, 1};
    CHECK_STATUS(sg_cert_separates(&data, by_a_hair), SG_OK);
    CHECK_STATUS(sg_cert_separates(&data, touching), SG_REFUTED);
    CHECK_STATUS(sg_cert_separates(&data, other_side), SG_REFUTED);
    CHECK_STATUS(sg_cert_separates(&data, nan), SG_NOT_FINITE);
    for (size_t i = 0; i < 3; i++) {                     /* one sample on the wrong side */
        double turned[3] = {1, 1, 0};
        turned[i] = 1 - turned[i];
        const struct sg_cert_data other = {.n = 3, .d = 2, .m = 1, .x = x, .y = turned};
        context("sample %zu turned", i);
        CHECK_STATUS(sg_cert_separates(&other, by_a_hair), SG_REFUTED);
    }
}

/* One output with labels, and the ones column made here: anything else is not this theorem's. */
static void other_data_are_not_taken(void **state)
{
    (void)state;
    static const double w[3] = {0.1, 0.2, 0.3}, phi[3] = {0.5, -0.5, 0.25};
    struct sg_cert_log_point proved;
    struct sg_interval loss;
    for (int k = 0; k < 3; k++) {
        struct sg_cert_data bad = exact;
        bad.m = k == 0 ? 2 : 1;
        bad.y = k == 1 ? NULL : Y;
        bad.one = k == 2 ? ONE : NULL;
        CHECK_ABORTS((void)!sg_cert_log_point(&proved, &bad, w, phi));
        CHECK_ABORTS((void)!sg_cert_log_loss(&loss, &bad, w));
        CHECK_ABORTS((void)!sg_cert_separates(&bad, w));
        if (k < 2)
            CHECK_ABORTS((void)!sg_cert_unlabelled(&loss, &bad, true, w));
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(the_log_point_is_alone),        TEST(the_optimum_is_alone), TEST(separation_is_exact),
        TEST(other_data_are_not_taken),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
