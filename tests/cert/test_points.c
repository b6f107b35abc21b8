/* CP6's fixed point and DY8's repelling minima in balls: truths contained, enclosures narrow, near
 * misses and bad input not proved. */
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

/* ---- DY8: the exact instance, in binary64, and relatives that do not repel ------------- */

static const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 2, 2}};
static const double W[6] = {0.1, 0.1, 0.1, 0.3, 0, 0.05}, S[1] = {1}, R[4] = {10, 0, 0, 0.01};

enum { TWO = 2, REDUCED = 3 * TWO * TWO };

/* A number as rational and as double; den a power of two. */
static void put(struct sg_rational *to, double *value, long number, long den)
{
    *to = (struct sg_rational){.num = number, .den = den};
    *value = (double)number / (double)den;
}

/* A A^T + I for a column A of small integers.  `one`: the entry (0, 0) is 1, the rest of its
 * row 0. */
static void definite(struct sg_rational *to, double *value, bool one, struct sg_rng *rng)
{
    const long a = (long)random_size(0, 4, rng) - 2, b = (long)random_size(0, 4, rng) - 2;
    put(&to[0], &value[0], one ? 1 : a * a + 1, 1);
    put(&to[1], &value[1], one ? 0 : a * b, 1);
    put(&to[2], &value[2], one ? 0 : a * b, 1);
    put(&to[3], &value[3], b * b + 1, 1);
}

/* Moments of (x, y, 1) with y = x P + r from E[x^T x] and E[r^T r]; 1 = x e or, e NULL,
 * uncorrelated. */
static void two_moments(double *M, const double *xx, const double *rr, const double *P,
                        const double *e)
{
    enum { Q = 2 * TWO + 1 };
    double SP[TWO * TWO], PSP[TWO * TWO], Se[TWO] = {0}, PSe[TWO] = {0};
    sg_base_mul(SP, xx, P, TWO, TWO, TWO);
    sg_base_mul_tn(PSP, P, SP, TWO, TWO, TWO);
    if (e)
        sg_base_mul(Se, xx, e, TWO, TWO, 1);
    sg_base_mul_tn(PSe, P, Se, TWO, TWO, 1);
    for (size_t i = 0; i < TWO; i++) {
        for (size_t j = 0; j < TWO; j++) {
            M[i * Q + j] = xx[i * TWO + j];
            M[i * Q + TWO + j] = M[(TWO + j) * Q + i] = SP[i * TWO + j];
            M[(TWO + i) * Q + TWO + j] = PSP[i * TWO + j] + rr[i * TWO + j];
        }
        M[i * Q + Q - 1] = M[(Q - 1) * Q + i] = Se[i];
        M[(TWO + i) * Q + Q - 1] = M[(Q - 1) * Q + TWO + i] = PSe[i];
    }
    M[Q * Q - 1] = 1;
}

/* The roots of the exact polynomial against the eigenvalues of the floating reduced matrix, with
 * two features, units and outputs.  That matrix has the constant too: K eigenvalues more, -kappa,
 * or 0 with the ones among the columns of X.  An instance is passed over where rounding could
 * change a count: a root within 1e-4 of 0 and not within 1e-7, or near another, or near -kappa. */
static void roots_are_the_eigenvalues(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("roots", 0);
    const struct sg_deep two = {.n_layers = 2, .at = 1, .width = {TWO, TWO, TWO}};
    size_t looked[2] = {0};
    for (size_t k = 0; k < 60; k++) {
        const bool ones = k % 2;
        struct sg_rational w1[4], w2[4], s[4], r[4];
        const struct sg_rational unit[TWO] = {{1, 1}, {0, 1}};
        double w[8], S2[4], R2[4], P[4], M[25], J[16 * 16];
        const double e[TWO] = {1, 0}, kappa = 1.0 / 64;
        double complex lambda[16];
        for (size_t i = 0; i < 4; i++) {
            put(&w1[i], &w[i], (long)random_size(0, 6, rng) - 3, 8);
            put(&w2[i], &w[4 + i], (long)random_size(0, 6, rng) - 3, 8);
        }
        definite(s, S2, ones, rng);
        definite(r, R2, false, rng);
        sg_base_mul(P, w, w + 4, TWO, TWO, TWO);
        two_moments(M, S2, R2, P, ones ? e : NULL);
        const size_t size = sg_closed_deep_reduced_size(&two);
        CHECK(size == 14);
        CHECK_STATUS(sg_closed_deep_reduced(J, &two, w, NULL, M, kappa), SG_OK);
        CHECK_STATUS(sg_base_eigen_general(lambda, NULL, J, size), SG_OK);
        size_t positive = 0, negative = 0, zeros = 0, constants = 0;
        bool clear = true;
        double scale = norm2_bound(J, size, size), top = 0;
        for (size_t i = 0; i < size; i++) {
            const double modulus = cabs(lambda[i]) / scale;
            const bool real = cimag(lambda[i]) == 0,
                       constant = !ones && cabs(lambda[i] + kappa) < 1e-7 * scale;
            constants += constant;
            zeros += modulus < 1e-7;
            positive += real && modulus >= 1e-4 && creal(lambda[i]) > 0;
            negative += real && modulus >= 1e-4 && creal(lambda[i]) < 0;
            clear = clear && (modulus < 1e-7 || modulus >= 1e-4);
            top = real && modulus >= 1e-4 && cabs(lambda[i]) > fabs(top) ? creal(lambda[i]) : top;
            for (size_t j = 0; j < i && !constant; j++)
                clear = clear && (modulus < 1e-7 || cabs(lambda[i] - lambda[j]) > 1e-4 * scale);
        }
        if (!clear || constants != (ones ? 0 : TWO))
            continue;
        looked[ones]++;
        const struct sg_cert_two_layers system = {.d = TWO, .K = TWO, .m = TWO, .W1 = w1, .W2 = w2,
                                                  .S = s, .R = r, .e = ones ? unit : NULL,
                                                  .kappa = {1, 64}};
        struct sg_cert_roots roots;
        const double near = 1e-6 * fabs(top);
        sg_cert_two_layer_roots(&roots, &system, top + near, top + 2 * near);
        CHECK(!roots.bracketed);
        sg_cert_two_layer_roots(&roots, &system, top - near, top + near);
        context("instance %zu, ones %d: zeros %zu, +%zu -%zu", k, ones, zeros, positive, negative);
        CHECK(roots.zeros == zeros - (ones ? TWO : 0));
        CHECK(roots.degree == REDUCED - roots.zeros);
        CHECK(roots.positive == positive);
        CHECK(roots.negative == negative - (ones ? 0 : TWO));
        CHECK(roots.bracketed == (top < 0 || top > 0));
    }
    context("looked at %zu and %zu", looked[0], looked[1]);
    CHECK(looked[0] >= 10 && looked[1] >= 10);
    sg_base_rng_free(rng);
}

static void a_repelling_minimum_is_proved(void **state)
{
    (void)state;
    double growth;
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, R, 1, 1e-3), SG_REFUTED);
    CHECK(growth <= 2.698e-4 + 5e-8 && growth > 0.9 * 2.698e-4);

    double flow[18 * 18], closed;
    double *moments = SG_NEW(16, double);
    const double P[2] = {0.01, 0.035};                   /* W_1 W_2 to rounding */
    sg_closed_deep_centred_moments(moments, S, R, P, 1, 2);
    sg_closed_deep_flow(flow, &deep, W, moments, 1e-3);
    const size_t size = sg_closed_deep_n_w(&deep) + sg_closed_deep_n_phi(&deep);
    CHECK(size <= 18);
    /* the closed form's matrix, its doubles exact: another Jacobian of the same flow */
    CHECK_STATUS(sg_cert_growth(&closed, flow, size), SG_REFUTED);
    CHECK(closed <= 2.698e-4 + 5e-8 && closed > 0.9 * 2.698e-4);
    free(moments);
}

static void minima_that_attract_are_not(void **state)
{
    (void)state;
    const double round[4] = {1, 0, 0, 1}, indefinite[4] = {1, 2, 2, 1}, skew[4] = {1, 0.5, 0, 1},
                 lower[4] = {1, 0, 0.5, 1}, nan[6] = {SG_NAN, 0.1, 0.1, 0.3, 0, 0.05};
    double growth;
    /* T3: stable; the gauge's zeros forbid SG_OK */
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, round, 1, 1e-3), SG_UNPROVED);
    CHECK_NAN(&growth, 1);
    /* a fast SG follows backprop */
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, R, 1, 10), SG_UNPROVED);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, indefinite, 1, 1e-3), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, skew, 1, 1e-3), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, lower, 1, 1e-3), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, W, S, R, -1, 1e-3), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &deep, nan, S, R, 1, 1e-3), SG_NOT_FINITE);
    CHECK_NAN(&growth, 1);
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
    CHECK_ABORTS(sg_cert_two_layer_roots(NULL, NULL, -HUGE_VAL, 0));
    CHECK_ABORTS(sg_cert_two_layer_roots(NULL, NULL, 0, HUGE_VAL));
}
#else
static void not_built(void **state)
{
    (void)state;
    SKIP();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(the_log_point_is_alone),        TEST(the_optimum_is_alone), TEST(separation_is_exact),
        TEST(roots_are_the_eigenvalues),
        TEST(a_repelling_minimum_is_proved), TEST(minima_that_attract_are_not),
        TEST(other_data_are_not_taken),
#else
        cmocka_unit_test(not_built),
#endif
    };
    return RUN(tests);
}
