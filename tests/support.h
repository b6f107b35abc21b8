/* support.h - what the tests share: comparisons that fail on NaN, forked aborts, random instances,
 * oracles with more digits.
 *
 * Tolerances are derived where they are used.  Every comparison keeps err/tol; the worst of a test
 * is printed at its end and flagged LOOSE below 1e-3, because a loose test hides a bug.
 * SG_TEST_SEED=S draws other instances: no tolerance is tuned to a seed. */
#ifndef SG_TESTS_SUPPORT_H
#define SG_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synthgrad/data.h"
#include "synthgrad/net.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- running --------------------------------------------------------------------------- */

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_start, test_end)
#define RUN(tests) cmocka_run_group_tests(tests, test_group_start, NULL)
int test_group_start(void **state);
int test_start(void **state);
int test_end(void **state);
/* Ends the test as skipped: cmocka's skip() alone would be a test without a single check. */
#define SKIP() do { test_skips(); skip(); } while (0)
void test_skips(void);
/* Stands for the tests of what this build has no library for: skipped. */
void test_not_built(void **state);

/* The instance at hand (seed, sizes): printed with every failure. */
void context(const char *fmt, ...) SG_PRINTF(1, 2);
uint64_t test_seed(void);
/* The stream of replicate `replicate` of a test; free with sg_base_rng_free. */
struct sg_rng *test_rng(const char *name, uint64_t replicate);

/* ---- comparison ------------------------------------------------------------------------ */

#define CHECK(condition) check_true(condition, #condition, __FILE__, __LINE__)
#define CHECK_STATUS(call, expected) check_status(call, expected, #call, __FILE__, __LINE__)
/* err <= tol */
#define CHECK_BOUND(err, tol) check_close(err, 0.0, tol, 0, #err, __FILE__, __LINE__)
/* |got - want| <= tol */
#define CHECK_CLOSE(got, want, tol) check_close(got, want, tol, 0, #got, __FILE__, __LINE__)
/* The same for n entries with one tolerance, or with one each. */
#define CHECK_ALL(got, want, tol, n) check_all(got, want, NULL, tol, n, #got, __FILE__, __LINE__)
#define CHECK_EACH(got, want, tols, n) check_all(got, want, tols, 0.0, n, #got, __FILE__, __LINE__)
/* bit for bit */
#define CHECK_SAME(a, b, count) \
    check_same(a, b, (count) * sizeof *(a), sizeof *(a), #a, __FILE__, __LINE__)
#define CHECK_NAN(a, n) check_nan(a, n, #a, __FILE__, __LINE__)
void check_true(bool ok, const char *what, const char *file, int line);
void check_status(enum sg_status got, enum sg_status expected, const char *what, const char *file,
                  int line);
void check_close(double got, double want, double tol, size_t index, const char *what,
                 const char *file, int line);
void check_all(const double *got, const double *want, const double *tols, double tol, size_t n,
               const char *what, const char *file, int line);
void check_same(const void *a, const void *b, size_t bytes, size_t size, const char *what,
                const char *file, int line);
void check_nan(const double *a, size_t n, const char *what, const char *file, int line);

/* The statement, in a process of its own, ends it: by abort(), or with an exit status. */
#define CHECK_ABORTS(statement) CHECK_CHILD(statement, -1)
#define CHECK_EXITS(statement, code) CHECK_CHILD(statement, code)
#define CHECK_CHILD(statement, expected)                              \
    do {                                                              \
        if (child_start()) {                                          \
            statement;                                                \
            child_finish(99);                                         \
        }                                                             \
        child_check(expected, #statement, __FILE__, __LINE__);        \
    } while (0)
bool child_start(void);                  /* true in the child, whose stderr is closed */
_Noreturn void child_finish(int code);
void child_check(int expected, const char *what, const char *file, int line);

/* ---- random instances ------------------------------------------------------------------ */

double *random_vector(size_t n, double scale, struct sg_rng *rng);       /* N(0, scale^2) */
/* The same in the net's type. */
void *random_reals(size_t n, double scale, enum sg_dtype dtype, struct sg_rng *rng);
double random_between(double low, double high, struct sg_rng *rng);
/* low..high, both included */
size_t random_size(size_t low, size_t high, struct sg_rng *rng);
/* Samples with means, correlations and unequal scales; nothing about the moments is
 * special.  Free with sg_data_free. */
struct sg_data random_data(size_t n, size_t d, size_t m, struct sg_rng *rng);
/* p = x w (+ b), one number in and one out, with one SG at the output.  An MLP has one unit. */
struct sg_net *scalar_net(enum sg_loss_kind loss, bool bias, enum sg_family family, unsigned terms);

/* ---- oracles --------------------------------------------------------------------------- */

/* A value, and the same expression with every leaf and every term made positive.  When a program of
 * sums and products of at most K roundings on any path computes the value, its error is at most
 * gamma_K times the second number (Higham, ASNA 2nd ed., 3.1). */
struct wide { long double v, m; };
struct wide wide_of(double x);
struct wide wide_add(struct wide a, struct wide b);
struct wide wide_sub(struct wide a, struct wide b);
struct wide wide_mul(struct wide a, struct wide b);
struct wide wide_scale(struct wide a, long double factor);
double gamma_of(size_t k, double unit_roundoff);                         /* k u / (1 - k u) */

/* c = op(a) op(b) by triple loops in long double: c (m x n) and, unless NULL,
 * magnitude = |op(a)| |op(b)|. */
void naive_mul(double *c, double *magnitude, const double *a, bool transpose_a, const double *b,
               bool transpose_b, size_t m, size_t k, size_t n);
/* E[(x, y, 1)^T (x, y, 1)] (q x q, q = d + m + 1) in long double. */
void naive_moments(double *moments, const struct sg_data *data);
/* a x = b by Gaussian elimination with row exchanges, all in long double:
 * a (n x n), b and x (n x m). */
void naive_solve(double *x, const double *a, const double *b, size_t n, size_t m);
/* Least squares for X of full column rank by long double normal equations:
 * error about 2^-64 cond(X)^2. */
void naive_least_squares(double *w, const double *x, const double *y, size_t n, size_t d, size_t m);
/* Eigenvalues of a symmetric a (n x n), descending, by cyclic Jacobi in long double. */
void naive_eigenvalues(double *lambda, const double *a, size_t n);
/* Singular values of a (m x n), min(m, n) of them, descending, by one-sided Jacobi
 * (Hestenes) in long double. */
void naive_singular_values(double *sigma, const double *a, size_t m, size_t n);
/* of n entries, in long double */
double frobenius(const double *a, size_t n);
/* sqrt(|a|_1 |a|_inf) >= |a|_2. */
double norm2_bound(const double *a, size_t m, size_t n);

#endif
