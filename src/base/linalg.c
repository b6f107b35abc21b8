/* LAPACK and CBLAS behind wrappers that look at every status and at the finiteness of
 * what goes in and comes out.
 *
 * Two traps: GSL's and LAPACKE's eigensolvers can return success on a NaN matrix, and dsyevr/dgesdd
 * raise floating-point exceptions internally that are no faults: traps are off inside. */
#include <fenv.h>
#include <gsl/gsl_cblas.h>
#include <gsl/gsl_errno.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/base.h"

/* OpenBLAS's and BLIS's own.  Of any other library we know no such call: the reference BLAS has one
 * thread, the rest read their environment. */
__attribute__((weak)) void openblas_set_num_threads(int threads);
__attribute__((weak)) void bli_thread_set_num_threads(int64_t threads);

void sg_base_init(void)
{
    sg_base_set_blas_threads(1);
    gsl_set_error_handler_off();
}

void sg_base_set_blas_threads(int threads)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(threads);
    if (bli_thread_set_num_threads)
        bli_thread_set_num_threads(threads);
}

static lapack_int integer(size_t n)
{
    SG_REQUIRE(n <= INT32_MAX);
    return (lapack_int)n;
}

static void poison(double *a, size_t n)
{
    for (size_t i = 0; a && i < n; i++)
        a[i] = SG_NAN;
}

/* LAPACKE's own allocations, as any other. */
static void check_memory(lapack_int info)
{
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        sg_base_exhausted(1, 1);
}

/* Runs a LAPACK call with floating-point traps off; the state before is restored. */
#define LAPACK_QUIET(info, call)     \
    do {                             \
        fenv_t before;               \
        feholdexcept(&before);       \
        (info) = (call);             \
        fesetenv(&before);           \
        check_memory(info);          \
    } while (0)

/* OpenBLAS takes a lock at each call for a buffer that small products have no use for: threads of a
 * sweep would wait for one another, and one alone for the lock.  Up to a product of sizes of SMALL
 * a loop is as fast.  a's and b's strides: of rows, of columns. */
enum { SMALL = 512 };

static bool is_small(size_t m, size_t k, size_t n)
{
    return m <= SMALL && k <= SMALL && n <= SMALL && m * k * n <= SMALL;
}

static void multiply_small(double *c, const double *a, const size_t of_a[2], const double *b,
                           const size_t of_b[2], size_t m, size_t k, size_t n)
{
    for (size_t i = 0; i < m * n; i++)
        c[i] = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < n; j++)
                c[i * n + j] += a[i * of_a[0] + l * of_a[1]] * b[l * of_b[0] + j * of_b[1]];
}

void sg_base_mul(double *c, const double *a, const double *b, size_t m, size_t k, size_t n)
{
    if (is_small(m, k, n)) {
        multiply_small(c, a, (const size_t[]){k, 1}, b, (const size_t[]){n, 1}, m, k, n);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, integer(m), integer(n), integer(k), 1.0,
                a, integer(k ? k : 1), b, integer(n ? n : 1), 0.0, c, integer(n ? n : 1));
}

void sg_base_mul_tn(double *c, const double *a, const double *b, size_t m, size_t k, size_t n)
{
    if (is_small(m, k, n)) {
        multiply_small(c, a, (const size_t[]){1, m}, b, (const size_t[]){n, 1}, m, k, n);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, integer(m), integer(n), integer(k), 1.0, a,
                integer(m ? m : 1), b, integer(n ? n : 1), 0.0, c, integer(n ? n : 1));
}

void sg_base_mul_nt(double *c, const double *a, const double *b, size_t m, size_t k, size_t n)
{
    if (is_small(m, k, n)) {
        multiply_small(c, a, (const size_t[]){k, 1}, b, (const size_t[]){1, k}, m, k, n);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, integer(m), integer(n), integer(k), 1.0, a,
                integer(k ? k : 1), b, integer(k ? k : 1), 0.0, c, integer(n ? n : 1));
}

double sg_base_dot(const double *a, const double *b, size_t n)
{
    return cblas_ddot(integer(n), a, 1, b, 1);
}

double sg_base_norm(const double *a, size_t n)
{
    return cblas_dnrm2(integer(n), a, 1);
}

enum sg_status sg_base_solve_least_squares(double *w, size_t *rank, double *singular,
                                           const double *x, const double *y, size_t n, size_t d,
                                           size_t m)
{
    SG_REQUIRE(n >= 1 && d >= 1 && m >= 1);
    const size_t small = n < d ? n : d, large = n < d ? d : n;
    enum sg_status status = SG_NOT_FINITE;
    double *a = sg_base_copy(x, n * d, sizeof *x), *b = SG_NEW(large * m, double),
           *s = SG_NEW(small, double);
    memcpy(b, y, n * m * sizeof *y);
    lapack_int info = -1, found = 0;
    if (sg_base_all_finite(x, n * d) && sg_base_all_finite(y, n * m)) {
        const double rcond = (double)large * SG_UNIT_ROUNDOFF;
        LAPACK_QUIET(info, LAPACKE_dgelsd(LAPACK_ROW_MAJOR, integer(n), integer(d), integer(m), a,
                                          integer(d), b, integer(m), s, rcond, &found));
    }
    if (info == 0 && sg_base_all_finite(b, d * m)) {
        memcpy(w, b, d * m * sizeof *w);
        if (singular)
            memcpy(singular, s, small * sizeof *s);
        if (rank)
            *rank = (size_t)found;
        status = SG_OK;
    } else {
        poison(w, d * m);
        poison(singular, small);
        if (info > 0)
            status = SG_NO_CONVERGENCE;
    }
    free(a);
    free(b);
    free(s);
    return status;
}

enum sg_status sg_base_solve(double *x, const double *a, const double *b, size_t n, size_t m)
{
    enum sg_status status = SG_NOT_FINITE;
    if (sg_base_all_finite(a, n * n) && sg_base_all_finite(b, n * m)) {
        double *lu = sg_base_copy(a, n * n, sizeof *a);
        lapack_int *pivot = SG_NEW(n, lapack_int), info;
        memmove(x, b, n * m * sizeof *b);
        LAPACK_QUIET(info, LAPACKE_dgesv(LAPACK_ROW_MAJOR, integer(n), integer(m), lu, integer(n),
                                         pivot, x, integer(m)));
        if (info > 0)
            status = SG_SINGULAR;
        else if (sg_base_all_finite(x, n * m))
            status = SG_OK;
        free(lu);
        free(pivot);
    }
    if (status != SG_OK)
        poison(x, n * m);
    return status;
}

enum sg_status sg_base_eigen_symmetric(double *lambda, double *v, const double *a, size_t n)
{
    SG_REQUIRE(lambda);
    enum sg_status status = SG_NOT_FINITE;
    if (sg_base_all_finite(a, n * n)) {
        double *work = sg_base_copy(a, n * n, sizeof *a), *ascending = SG_NEW(n, double);
        lapack_int info;
        LAPACK_QUIET(info, LAPACKE_dsyevd(LAPACK_ROW_MAJOR, v ? 'V' : 'N', 'U', integer(n), work,
                                          integer(n), ascending));
        if (info > 0)
            status = SG_NO_CONVERGENCE;
        else if (sg_base_all_finite(ascending, n))
            status = SG_OK;
        for (size_t j = 0; j < n; j++) {
            lambda[j] = ascending[n - 1 - j];
            for (size_t i = 0; v && i < n; i++)
                v[i * n + j] = work[i * n + (n - 1 - j)];
        }
        free(work);
        free(ascending);
    }
    if (status != SG_OK) {
        poison(lambda, n);
        poison(v, n * n);
    }
    return status;
}

struct ranked { double complex lambda; size_t index; };

/* Largest modulus first; conjugates and signs in a fixed order so that the result
 * does not depend on the sort. */
static int by_modulus(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    const double ka[3] = {cabs(a->lambda), creal(a->lambda), cimag(a->lambda)};
    const double kb[3] = {cabs(b->lambda), creal(b->lambda), cimag(b->lambda)};
    for (int i = 0; i < 3; i++)
        if (ka[i] != kb[i])
            return ka[i] > kb[i] ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

enum sg_status sg_base_eigen_general(double complex *lambda, double complex *left, const double *a,
                                     size_t n)
{
    SG_REQUIRE(lambda);
    enum sg_status status = SG_NOT_FINITE;
    double *work = sg_base_copy(a, n * n, sizeof *a), *re = SG_NEW(n, double),
           *im = SG_NEW(n, double), *vl = SG_NEW(n * n, double);
    struct ranked *order = SG_NEW(n, struct ranked);
    lapack_int info = -1;
    if (sg_base_all_finite(a, n * n))
        LAPACK_QUIET(info, LAPACKE_dgeev(LAPACK_ROW_MAJOR, left ? 'V' : 'N', 'N', integer(n), work,
                                         integer(n), re, im, vl, integer(n), NULL, integer(n)));
    if (info > 0)
        status = SG_NO_CONVERGENCE;
    else if (info == 0 && sg_base_all_finite(re, n) && sg_base_all_finite(im, n))
        status = SG_OK;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct ranked){SG_COMPLEX(re[i], im[i]), i};
    qsort(order, n, sizeof *order, by_modulus);
    for (size_t k = 0; k < n; k++) {
        const size_t j = order[k].index;
        lambda[k] = status == SG_OK ? order[k].lambda : SG_NAN;
        /* dgeev: u^H a = lambda u^H, a complex pair in columns (j, j+1) as re, im; the row l of
         * l a = lambda l is conj(u). */
        for (size_t i = 0; left && i < n; i++) {
            const double *row = vl + i * n;
            double complex u = row[j];
            if (im[j] > 0)
                u = SG_COMPLEX(row[j], row[j + 1]);
            else if (im[j] < 0)
                u = SG_COMPLEX(row[j - 1], -row[j]);
            left[k * n + i] = status == SG_OK ? conj(u) : SG_NAN;
        }
    }
    free(work);
    free(re);
    free(im);
    free(vl);
    free(order);
    return status;
}

enum sg_status sg_base_singular_values(double *sigma, const double *a, size_t m, size_t n)
{
    const size_t small = m < n ? m : n;
    enum sg_status status = SG_NOT_FINITE;
    if (sg_base_all_finite(a, m * n)) {
        double *work = sg_base_copy(a, m * n, sizeof *a);
        lapack_int info;
        LAPACK_QUIET(info, LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'N', integer(m), integer(n), work,
                                          integer(n), sigma, NULL, integer(m), NULL, integer(n)));
        if (info > 0)
            status = SG_NO_CONVERGENCE;
        else if (sg_base_all_finite(sigma, small))
            status = SG_OK;
        free(work);
    }
    if (status != SG_OK)
        poison(sigma, small);
    return status;
}

enum sg_status sg_base_norm2(double *norm, const double *a, size_t m, size_t n)
{
    SG_REQUIRE(norm);
    double *sigma = SG_NEW(m < n ? m : n, double);
    enum sg_status status = sg_base_singular_values(sigma, a, m, n);
    *norm = status == SG_OK ? sigma[0] : SG_NAN;
    free(sigma);
    return status;
}

enum sg_status sg_base_qr_r(double *r, double *a, size_t m, size_t n)
{
    const size_t small = m < n ? m : n;
    enum sg_status status = SG_NOT_FINITE;
    if (sg_base_all_finite(a, m * n)) {
        double *tau = SG_NEW(small, double);
        lapack_int info;
        LAPACK_QUIET(info,
                     LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, integer(m), integer(n), a, integer(n), tau));
        memset(r, 0, n * n * sizeof *r);
        for (size_t i = 0; i < small; i++)
            memcpy(r + i * n + i, a + i * n + i, (n - i) * sizeof *r);
        if (info == 0 && sg_base_all_finite(r, n * n))
            status = SG_OK;
        free(tau);
    }
    if (status != SG_OK)
        poison(r, n * n);
    return status;
}

enum sg_status sg_base_qr_q(double *q, double *a, size_t m, size_t n)
{
    SG_REQUIRE(m >= n);
    enum sg_status status = SG_NOT_FINITE;
    if (sg_base_all_finite(a, m * n)) {
        double *tau = SG_NEW(n, double);
        lapack_int info;
        LAPACK_QUIET(info,
                     LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, integer(m), integer(n), a, integer(n), tau));
        if (info == 0)
            LAPACK_QUIET(info, LAPACKE_dorgqr(LAPACK_ROW_MAJOR, integer(m), integer(n), integer(n),
                                              a, integer(n), tau));
        memcpy(q, a, m * n * sizeof *q);
        if (info == 0 && sg_base_all_finite(q, m * n))
            status = SG_OK;
        free(tau);
    }
    if (status != SG_OK)
        poison(q, m * n);
    return status;
}
