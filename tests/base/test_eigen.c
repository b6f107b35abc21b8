/* Eigenvalues, singular values and QR: residuals and Jacobi in long double, order, left vectors,
 * poisoned failures, no traps. */
#include "support.h"

#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK's eigen- and QR methods are backward stable: the result is exact for a + E,
 * |E| <= C n u |a| with a modest C (Golub and Van Loan, Matrix Computations, 7.5, 8.3); C = 4 and
 * the Frobenius norm here. */
static double backward(const double *a, size_t rows, size_t columns)
{
    return 4 * (double)(rows > columns ? rows : columns) * SG_UNIT_ROUNDOFF *
           frobenius(a, rows * columns);
}

/* q (m x n) has orthonormal columns. */
static void check_orthonormal(const double *q, size_t m, size_t n)
{
    double *gram = SG_NEW(n * n, double);
    naive_mul(gram, NULL, q, true, q, false, n, m, n);
    for (size_t i = 0; i < n * n; i++)
        CHECK_CLOSE(gram[i], i % (n + 1) == 0 ? 1 : 0, 4 * (double)(m + 1) * SG_UNIT_ROUNDOFF);
    free(gram);
}

static void symmetric(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 50; t++) {
        struct sg_rng *rng = test_rng("symmetric", t);
        const size_t n = random_size(1, 20, rng);
        double *a = random_vector(n * n, 1.6, rng), *v = SG_NEW(n * n, double),
               *av = SG_NEW(n * n, double);
        double *lambda = SG_NEW(n, double), *exact = SG_NEW(n, double), *alone = SG_NEW(n, double);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                a[i * n + j] = a[j * n + i];
        CHECK_STATUS(sg_base_eigen_symmetric(lambda, v, a, n), SG_OK);
        naive_eigenvalues(exact, a, n);
        CHECK_ALL(lambda, exact, backward(a, n, n), n);
        for (size_t i = 1; i < n; i++)
            CHECK(lambda[i - 1] >= lambda[i]);
        naive_mul(av, NULL, a, false, v, false, n, n, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                CHECK_CLOSE(av[i * n + j], lambda[j] * v[i * n + j], backward(a, n, n));
        check_orthonormal(v, n, n);
        CHECK_STATUS(sg_base_eigen_symmetric(alone, NULL, a, n), SG_OK);
        CHECK_ALL(alone, exact, backward(a, n, n), n);
        free(a); free(v); free(av); free(lambda); free(exact); free(alone);
        sg_base_rng_free(rng);
    }
}

/* Every eigenvalue has its residual; together they have the traces of a and a^2, so none is
 * missing or counted twice. */
static void general(void **state)
{
    (void)state;
    size_t complex_pairs = 0;
    for (uint64_t t = 0; t < 50; t++) {
        struct sg_rng *rng = test_rng("general", t);
        const size_t n = random_size(1, 15, rng);
        double *a = random_vector(n * n, 1.1, rng);
        double complex *lambda = SG_NEW(n, double complex), *left = SG_NEW(n * n, double complex),
                       *alone = SG_NEW(n, double complex);
        CHECK_STATUS(sg_base_eigen_general(lambda, left, a, n), SG_OK);
        double complex sum = 0, squares = 0;
        double trace = 0, trace_squares = 0;
        for (size_t i = 0; i < n; i++) {
            const double complex *l = left + i * n;
            double norm = 0;
            for (size_t j = 0; j < n; j++) {
                double complex residual = -lambda[i] * l[j];
                for (size_t k = 0; k < n; k++)
                    residual += l[k] * a[k * n + j];
                CHECK_BOUND(cabs(residual), backward(a, n, n));
                norm += creal(l[j]) * creal(l[j]) + cimag(l[j]) * cimag(l[j]);
                trace_squares += a[i * n + j] * a[j * n + i];
            }
            CHECK_CLOSE(norm, 1, (double)(4 * n + 10) * SG_UNIT_ROUNDOFF);
            CHECK(i == 0 || cabs(lambda[i - 1]) >= cabs(lambda[i]));
            complex_pairs += cimag(lambda[i]) > 0;
            trace += a[i * n + i];
            sum += lambda[i];
            squares += lambda[i] * lambda[i];
        }
        const double size = (double)n;
        /* |trace E| <= n |E| */
        CHECK_BOUND(cabs(sum - trace), size * backward(a, n, n));
        CHECK_BOUND(cabs(squares - trace_squares),
                    2 * size * frobenius(a, n * n) * backward(a, n, n));
        CHECK_STATUS(sg_base_eigen_general(alone, NULL, a, n), SG_OK);
        double complex alone_squares = 0;
        for (size_t i = 0; i < n; i++)
            alone_squares += alone[i] * alone[i];
        CHECK_BOUND(cabs(alone_squares - trace_squares),
                    2 * size * frobenius(a, n * n) * backward(a, n, n));
        free(a); free(lambda); free(left); free(alone);
        sg_base_rng_free(rng);
    }
    CHECK(complex_pairs > 20);
}

/* Conjugates and signs come in a fixed order: largest modulus, then real part, then
 * imaginary part, all descending. */
static void general_order(void **state)
{
    (void)state;
    /* blocks -2.5 | 0.3 +- 0.4 i | 2.5 | 0 | ... */
    const double a[36] = {
        -2.5, 0, 0, 0, 0, 0,     0, 0.3, 0.4, 0, 0, 0,     0, -0.4, 0.3, 0, 0, 0,
        0, 0, 0, 2.5, 0, 0,      0, 0, 0, 0, 0, 0,         0, 0, 0, 0, 0, 1.25};
    const double complex want[6] = {2.5, -2.5, 1.25, SG_COMPLEX(0.3, 0.4), SG_COMPLEX(0.3, -0.4),
                                    0};
    double complex lambda[6], left[36];
    CHECK_STATUS(sg_base_eigen_general(lambda, left, a, 6), SG_OK);
    for (size_t i = 0; i < 6; i++) {
        CHECK_CLOSE(creal(lambda[i]), creal(want[i]), backward(a, 6, 6));
        CHECK_CLOSE(cimag(lambda[i]), cimag(want[i]), backward(a, 6, 6));
    }
    /* l a = lambda l for the pair: (1, -i) and (1, i) up to a factor, so
     * l_2 / l_1 tells conjugates apart. */
    CHECK_CLOSE(cimag(left[3 * 6 + 2] / left[3 * 6 + 1]), -1, 100 * SG_UNIT_ROUNDOFF);
    CHECK_CLOSE(cimag(left[4 * 6 + 2] / left[4 * 6 + 1]), 1, 100 * SG_UNIT_ROUNDOFF);
}

static void singular_values(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 50; t++) {
        struct sg_rng *rng = test_rng("singular values", t);
        const size_t m = random_size(1, 25, rng), n = random_size(1, 12, rng),
                     small = m < n ? m : n;
        double *a = random_vector(m * n, 0.9, rng), *sigma = SG_NEW(small, double),
               *exact = SG_NEW(small, double), norm = 0;
        CHECK_STATUS(sg_base_singular_values(sigma, a, m, n), SG_OK);
        naive_singular_values(exact, a, m, n);
        CHECK_ALL(sigma, exact, backward(a, m, n), small);
        CHECK_STATUS(sg_base_norm2(&norm, a, m, n), SG_OK);
        CHECK_CLOSE(norm, exact[0], backward(a, m, n));
        CHECK(norm2_bound(a, m, n) >= exact[0] &&
              norm2_bound(a, m, n) <= sqrt(sqrt((double)(m * n))) * frobenius(a, m * n));
        free(a); free(sigma); free(exact);
        sg_base_rng_free(rng);
    }
}

/* R^T R = a^T a column by column: |(R^T R - a^T a)_ij| <= C size u |a_i| |a_j|, C = 4. */
static void qr_triangle(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 50; t++) {
        struct sg_rng *rng = test_rng("qr r", t);
        const size_t m = random_size(1, 25, rng), n = random_size(1, 12, rng);
        double *a = random_vector(m * n, 1.3, rng), *work = sg_base_copy(a, m * n, sizeof *a),
               *r = random_vector(n * n, 1, rng);
        double *rr = SG_NEW(n * n, double), *aa = SG_NEW(n * n, double);
        CHECK_STATUS(sg_base_qr_r(r, work, m, n), SG_OK);
        naive_mul(rr, NULL, r, true, r, false, n, n, n);
        naive_mul(aa, NULL, a, true, a, false, n, m, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                CHECK_CLOSE(rr[i * n + j], aa[i * n + j],
                            4 * (double)(m > n ? m : n) * SG_UNIT_ROUNDOFF *
                                sqrt(aa[i * n + i] * aa[j * n + j]));
                CHECK((j >= i && i < m) || r[i * n + j] == 0);
            }
        free(a); free(work); free(r); free(rr); free(aa);
        sg_base_rng_free(rng);
    }
}

static void qr_basis(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 50; t++) {
        struct sg_rng *rng = test_rng("qr q", t);
        const size_t n = random_size(1, 10, rng), m = n + random_size(0, 15, rng);
        double *a = random_vector(m * n, 1.3, rng), *work = sg_base_copy(a, m * n, sizeof *a);
        double *q = SG_NEW(m * n, double), *qa = SG_NEW(n * n, double),
               *back = SG_NEW(m * n, double), first = 0;
        CHECK_STATUS(sg_base_qr_q(q, work, m, n), SG_OK);
        check_orthonormal(q, m, n);
        naive_mul(qa, NULL, q, true, a, false, n, m, n);
        naive_mul(back, NULL, q, false, qa, false, m, n, n);
        /* q q^T a = a: the same span */
        CHECK_ALL(back, a, backward(a, m, n), m * n);
        for (size_t i = 0; i < m; i++)
            first += a[i * n] * a[i * n];
        for (size_t i = 0; i < m; i++)
            CHECK_CLOSE(q[i * n] * copysign(1, qa[0]), a[i * n] / sqrt(first),
                        2 * (double)(m + 1) * SG_UNIT_ROUNDOFF);
        free(a); free(work); free(q); free(qa); free(back);
        sg_base_rng_free(rng);
    }
    double wide[6] = {1, 2, 3, 4, 5, 6.5}, q[6];
    CHECK_ABORTS(if (sg_base_qr_q(q, wide, 2, 3) == SG_OK) child_finish(1));
}

/* GSL 2.7 and LAPACKE have both called a NaN matrix fine. */
static void not_finite(void **state)
{
    (void)state;
    const double bad[] = {SG_NAN, HUGE_VAL};
    for (size_t k = 0; k < COUNT(bad); k++)
        for (size_t at = 0; at < 4; at++) {
            context("%g at %zu", bad[k], at);
            double a[4] = {1.3, 0.2, 0.2, -0.7}, one[2] = {7, 7}, four[4] = {7, 7, 7, 7}, work[4];
            double complex lambda[2] = {7, 7}, left[4] = {7, 7, 7, 7};
            a[at] = bad[k];
            CHECK_STATUS(sg_base_eigen_symmetric(one, four, a, 2), SG_NOT_FINITE);
            CHECK_NAN(one, 2);
            CHECK_NAN(four, 4);
            one[0] = one[1] = 7;
            CHECK_STATUS(sg_base_eigen_symmetric(one, NULL, a, 2), SG_NOT_FINITE);
            CHECK_NAN(one, 2);
            CHECK_STATUS(sg_base_eigen_general(lambda, left, a, 2), SG_NOT_FINITE);
            for (size_t i = 0; i < 4; i++)
                CHECK(isnan(creal(lambda[i / 2])) && isnan(creal(left[i])));
            CHECK_STATUS(sg_base_eigen_general(lambda, NULL, a, 2), SG_NOT_FINITE);
            one[0] = one[1] = 7;
            CHECK_STATUS(sg_base_singular_values(one, a, 2, 2), SG_NOT_FINITE);
            CHECK_NAN(one, 2);
            one[0] = 7;
            CHECK_STATUS(sg_base_norm2(one, a, 2, 2), SG_NOT_FINITE);
            CHECK_NAN(one, 1);
            four[0] = four[1] = four[2] = four[3] = 7;
            memcpy(work, a, sizeof a);
            CHECK_STATUS(sg_base_qr_r(four, work, 2, 2), SG_NOT_FINITE);
            CHECK_NAN(four, 4);
            four[0] = four[1] = four[2] = four[3] = 7;
            memcpy(work, a, sizeof a);
            CHECK_STATUS(sg_base_qr_q(four, work, 2, 2), SG_NOT_FINITE);
            CHECK_NAN(four, 4);
        }
}

/* dsyevr and dgesdd raise exceptions internally that are no faults; with traps on they
 * must not end the process. */
static void with_traps_on(void)
{
    /* a pending one would trap at the next x87 instruction */
    feclearexcept(FE_ALL_EXCEPT);
    feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
    double a[9] = {0, 0, 0, 0, 1e-160, 0, 0, 0, 1e150}, v[9], lambda[3], x[9], rhs[3] = {0, 1, 2},
           work[9];
    double complex general_lambda[3], left[9];
    bool ok = sg_base_eigen_symmetric(lambda, v, a, 3) == SG_OK &&
              sg_base_eigen_general(general_lambda, left, a, 3) == SG_OK &&
              sg_base_singular_values(lambda, a, 3, 3) == SG_OK &&
              sg_base_solve(x, a, rhs, 3, 1) == SG_SINGULAR;
    memcpy(work, a, sizeof a);
    ok = ok && sg_base_qr_r(v, work, 3, 3) == SG_OK;
    memcpy(work, a, sizeof a);
    ok = ok && sg_base_qr_q(v, work, 3, 3) == SG_OK &&
         sg_base_solve_least_squares(x, NULL, NULL, a, rhs, 3, 3, 1) == SG_OK;
    child_finish(ok && fegetexcept() == (FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW) &&
                         !fetestexcept(FE_INVALID | FE_DIVBYZERO)
                     ? 0
                     : 1);
}

static void traps_stay_off_inside(void **state)
{
    (void)state;
    CHECK_EXITS(with_traps_on(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(symmetric),     TEST(general),
                                       TEST(general_order), TEST(singular_values),
                                       TEST(qr_triangle),   TEST(qr_basis),
                                       TEST(not_finite),    TEST(traps_stay_off_inside)};
    return RUN(tests);
}
