/* The tests' own comparisons, instances and oracles.  Nothing here uses the
 * arithmetic that it judges. */
#include "support.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- running --------------------------------------------------------------------------- */

static char instance[256] = "none";
static double worst_ratio;
static size_t comparisons, checks;
static bool skipped;

int test_group_start(void **state)
{
    (void)state;
    sg_base_init();
    return 0;
}

int test_start(void **state)
{
    (void)state;
    context("none");
    worst_ratio = 0;
    comparisons = checks = 0;
    skipped = false;
    return 0;
}

void test_skips(void)
{
    skipped = true;
}

void test_not_built(void **state)
{
    (void)state;
    SKIP();
}

int test_end(void **state)
{
    (void)state;
    if (checks == 0 && !skipped) {
        print_error("a test without a single check\n");
        return -1;
    }
    if (comparisons)
        print_message("             worst err/tol %.2g of %zu comparisons%s\n", worst_ratio,
                      comparisons, worst_ratio < 1e-3 ? "  LOOSE" : "");
    return 0;
}

void context(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(instance, sizeof instance, fmt, args);
    va_end(args);
}

uint64_t test_seed(void)
{
    const char *seed = getenv("SG_TEST_SEED");
    return seed ? strtoull(seed, NULL, 10) : 1;
}

struct sg_rng *test_rng(const char *name, uint64_t replicate)
{
    context("SG_TEST_SEED %llu, %s, replicate %llu", (unsigned long long)test_seed(), name,
            (unsigned long long)replicate);
    return sg_base_rng_alloc(test_seed(), name, replicate, "test");
}

/* ---- comparison ------------------------------------------------------------------------ */

static void failed(const char *file, int line)
{
    print_error("instance: %s\n", instance);
    _fail(file, line);
}

void check_true(bool ok, const char *what, const char *file, int line)
{
    checks++;
    if (!ok) {
        print_error("not true: %s\n", what);
        failed(file, line);
    }
}

void check_status(enum sg_status got, enum sg_status expected, const char *what, const char *file,
                  int line)
{
    checks++;
    if (got != expected) {
        print_error("%s: %s, expected %s\n", what, sg_base_status_name(got),
                    sg_base_status_name(expected));
        failed(file, line);
    }
}

void check_close(double got, double want, double tol, size_t index, const char *what,
                 const char *file, int line)
{
    const double err = fabs(got - want);
    const bool ok = err <= tol;                 /* false when anything is NaN */
    checks++;
    comparisons += tol > 0;
    if (!ok) {
        print_error("%s [%zu]: got %.17g, want %.17g, error %.3g > tolerance %.3g\n", what, index,
                    got, want, err, tol);
        failed(file, line);
    } else if (err > worst_ratio * tol) {
        worst_ratio = err / tol;
    }
}

void check_all(const double *got, const double *want, const double *tols, double tol, size_t n,
               const char *what, const char *file, int line)
{
    for (size_t i = 0; i < n; i++)
        check_close(got[i], want[i], tols ? tols[i] : tol, i, what, file, line);
    checks++;
}

void check_same(const void *a, const void *b, size_t bytes, size_t size, const char *what,
                const char *file, int line)
{
    const unsigned char *p = a, *q = b;
    checks++;
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != q[i]) {
            const size_t at = i / size;
            if (size == sizeof(double)) {
                double x, y;
                memcpy(&x, p + at * size, size);
                memcpy(&y, q + at * size, size);
                print_error("%s [%zu]: %.17g and %.17g are not the same bits\n", what, at, x, y);
            } else {
                print_error("%s [%zu]: not the same bits\n", what, at);
            }
            failed(file, line);
        }
}

void check_nan(const double *a, size_t n, const char *what, const char *file, int line)
{
    checks++;
    for (size_t i = 0; i < n; i++)
        if (!isnan(a[i])) {
            print_error("%s [%zu]: %.17g, expected NaN\n", what, i, a[i]);
            failed(file, line);
        }
}

static pid_t child;

bool child_start(void)
{
    fflush(NULL);
    child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        /* cmocka catches these and would go on with its tests */
        const int fatal[] = {SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGILL};
        for (size_t i = 0; i < COUNT(fatal); i++)
            signal(fatal[i], SIG_DFL);
        close(STDERR_FILENO);
        return true;
    }
    return false;
}

_Noreturn void child_finish(int code)
{
    _exit(code);
}

void child_check(int expected, const char *what, const char *file, int line)
{
    int status = 0;
    checks++;
    const bool waited = child > 0 && waitpid(child, &status, 0) == child;
    const bool ok = waited && (expected < 0 ? WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT
                                            : WIFEXITED(status) && WEXITSTATUS(status) == expected);
    if (!ok) {
        print_error("%s: wait status 0x%x, expected %s %d\n", what, (unsigned)status,
                    expected < 0 ? "abort" : "exit", expected);
        failed(file, line);
    }
}

/* ---- random instances ------------------------------------------------------------------ */

double *random_vector(size_t n, double scale, struct sg_rng *rng)
{
    double *a = SG_NEW(n, double);
    sg_base_rng_gaussians(a, n, rng);
    for (size_t i = 0; i < n; i++)
        a[i] *= scale;
    return a;
}

void *random_reals(size_t n, double scale, enum sg_dtype dtype, struct sg_rng *rng)
{
    double *a = random_vector(n, scale, rng);
    if (dtype == SG_F64)
        return a;
    float *b = SG_NEW(n, float);
    for (size_t i = 0; i < n; i++)
        b[i] = (float)a[i];
    free(a);
    return b;
}

double random_between(double low, double high, struct sg_rng *rng)
{
    return low + (high - low) * sg_base_rng_uniform(rng);
}

size_t random_size(size_t low, size_t high, struct sg_rng *rng)
{
    return low + sg_base_rng_index(rng, high - low + 1);
}

struct sg_data random_data(size_t n, size_t d, size_t m, struct sg_rng *rng)
{
    struct sg_data data;
    sg_data_alloc(&data, n, d, m);
    double *scale = random_vector(d, 0.4, rng), *mean = random_vector(d, 0.5, rng),
           *w = random_vector(d * m, 0.6, rng);
    for (size_t i = 0; i < n; i++) {
        const double common = sg_base_rng_gaussian(rng);
        for (size_t j = 0; j < d; j++)
            data.x[i * d + j] = mean[j] +
                                exp(scale[j]) * (0.9 * sg_base_rng_gaussian(rng) + 0.4 * common);
        for (size_t k = 0; k < m; k++) {
            double y = 0.3 + 0.7 * sg_base_rng_gaussian(rng);
            for (size_t j = 0; j < d; j++)
                y += data.x[i * d + j] * w[j * m + k];
            data.y[i * m + k] = y;
        }
    }
    free(scale);
    free(mean);
    free(w);
    return data;
}

struct sg_net *scalar_net(enum sg_loss_kind loss, bool bias, enum sg_family family, unsigned terms)
{
    const struct sg_layer layer = {SG_DENSE, 1, bias};
    const struct sg_module module = {1, family, terms, SG_TARGET_TRUE, 1.0, family == SG_MLP};
    const struct sg_arch arch = {.dtype = SG_F64, .loss = loss, .inputs = 1, .labels = 1,
                                 .n_layers = 1, .layers = &layer, .n_modules = 1,
                                 .modules = &module};
    return sg_net_alloc(&arch);
}

/* ---- oracles --------------------------------------------------------------------------- */

struct wide wide_of(double x)
{
    return (struct wide){(long double)x, (long double)fabs(x)};
}

struct wide wide_add(struct wide a, struct wide b)
{
    return (struct wide){a.v + b.v, a.m + b.m};
}

struct wide wide_sub(struct wide a, struct wide b)
{
    return (struct wide){a.v - b.v, a.m + b.m};
}

struct wide wide_mul(struct wide a, struct wide b)
{
    return (struct wide){a.v * b.v, a.m * b.m};
}

struct wide wide_scale(struct wide a, long double factor)
{
    return (struct wide){factor * a.v, fabsl(factor) * a.m};
}

double gamma_of(size_t k, double unit_roundoff)
{
    const double ku = (double)k * unit_roundoff;
    return ku / (1 - ku);
}

void naive_mul(double *c, double *magnitude, const double *a, bool transpose_a, const double *b,
               bool transpose_b, size_t m, size_t k, size_t n)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            struct wide sum = {0};
            for (size_t l = 0; l < k; l++)
                sum = wide_add(sum, wide_mul(wide_of(transpose_a ? a[l * m + i] : a[i * k + l]),
                                             wide_of(transpose_b ? b[j * k + l] : b[l * n + j])));
            c[i * n + j] = (double)sum.v;
            if (magnitude)
                magnitude[i * n + j] = (double)sum.m;
        }
}

void naive_moments(double *moments, const struct sg_data *data)
{
    const size_t d = data->d, m = data->m, q = d + m + 1;
    double *rows = SG_NEW(data->n * q, double);
    for (size_t i = 0; i < data->n; i++) {
        memcpy(rows + i * q, data->x + i * d, d * sizeof *rows);
        memcpy(rows + i * q + d, data->y + i * m, m * sizeof *rows);
        rows[i * q + d + m] = data->one[i];
    }
    naive_mul(moments, NULL, rows, true, rows, false, q, data->n, q);
    for (size_t i = 0; i < q * q; i++)
        moments[i] /= (double)data->n;
    free(rows);
}

static void eliminate(long double *a, long double *b, size_t n, size_t m)
{
    for (size_t p = 0; p < n; p++) {
        size_t best = p;
        for (size_t i = p + 1; i < n; i++)
            if (fabsl(a[i * n + p]) > fabsl(a[best * n + p]))
                best = i;
        for (size_t j = 0; j < n + m; j++) {
            long double *at = j < n ? a + j : b + (j - n), kept;
            const size_t stride = j < n ? n : m;
            kept = at[p * stride];
            at[p * stride] = at[best * stride];
            at[best * stride] = kept;
        }
        for (size_t i = 0; i < n; i++) {
            if (i == p)
                continue;
            const long double factor = a[i * n + p] / a[p * n + p];
            for (size_t j = p; j < n; j++)
                a[i * n + j] -= factor * a[p * n + j];
            for (size_t j = 0; j < m; j++)
                b[i * m + j] -= factor * b[p * m + j];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            b[i * m + j] /= a[i * n + i];
}

void naive_solve(double *x, const double *a, const double *b, size_t n, size_t m)
{
    long double *la = SG_NEW(n * n, long double), *lb = SG_NEW(n * m, long double);
    for (size_t i = 0; i < n * n; i++)
        la[i] = (long double)a[i];
    for (size_t i = 0; i < n * m; i++)
        lb[i] = (long double)b[i];
    eliminate(la, lb, n, m);
    for (size_t i = 0; i < n * m; i++)
        x[i] = (double)lb[i];
    free(la);
    free(lb);
}

void naive_least_squares(double *w, const double *x, const double *y, size_t n, size_t d, size_t m)
{
    long double *a = SG_NEW(d * d, long double), *b = SG_NEW(d * m, long double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const long double xij = (long double)x[i * d + j];
            for (size_t k = 0; k < d; k++)
                a[j * d + k] += xij * (long double)x[i * d + k];
            for (size_t k = 0; k < m; k++)
                b[j * m + k] += xij * (long double)y[i * m + k];
        }
    eliminate(a, b, d, m);
    for (size_t i = 0; i < d * m; i++)
        w[i] = (double)b[i];
    free(a);
    free(b);
}

static int descending(const void *pa, const void *pb)
{
    const long double a = *(const long double *)pa, b = *(const long double *)pb;
    return (a < b) - (a > b);
}

/* a is destroyed; its eigenvalues go to lambda.  Golub and Van Loan, Matrix Computations, 8.5: 20
 * sweeps are many more than it takes. */
static void jacobi(long double *lambda, long double *a, size_t n)
{
    for (int sweep = 0; sweep < 20; sweep++)
        for (size_t p = 0; p + 1 < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                if (a[p * n + q] == 0)
                    continue;
                const long double tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                const long double t = copysignl(1, tau) / (fabsl(tau) + sqrtl(1 + tau * tau)),
                                  c = 1 / sqrtl(1 + t * t), s = t * c;
                for (size_t k = 0; k < n; k++) {
                    const long double kp = a[k * n + p], kq = a[k * n + q];
                    a[k * n + p] = c * kp - s * kq;
                    a[k * n + q] = s * kp + c * kq;
                }
                for (size_t k = 0; k < n; k++) {
                    const long double pk = a[p * n + k], qk = a[q * n + k];
                    a[p * n + k] = c * pk - s * qk;
                    a[q * n + k] = s * pk + c * qk;
                }
            }
    for (size_t i = 0; i < n; i++)
        lambda[i] = a[i * n + i];
    qsort(lambda, n, sizeof *lambda, descending);
}

void naive_eigenvalues(double *lambda, const double *a, size_t n)
{
    long double *work = SG_NEW(n * n, long double), *found = SG_NEW(n, long double);
    for (size_t i = 0; i < n * n; i++)
        work[i] = (long double)a[i];
    jacobi(found, work, n);
    for (size_t i = 0; i < n; i++)
        lambda[i] = (double)found[i];
    free(work);
    free(found);
}

void naive_singular_values(double *sigma, const double *a, size_t m, size_t n)
{
    const size_t small = m < n ? m : n, large = m < n ? n : m;
    /* the shorter side's vectors, in rows */
    long double *v = SG_NEW(small * large, long double), *found = SG_NEW(small, long double);
    for (size_t i = 0; i < small; i++)
        for (size_t l = 0; l < large; l++)
            v[i * large + l] = (long double)(m < n ? a[i * n + l] : a[l * n + i]);
    for (int sweep = 0; sweep < 20; sweep++)
        for (size_t p = 0; p + 1 < small; p++)
            for (size_t q = p + 1; q < small; q++) {
                long double *vp = v + p * large, *vq = v + q * large, pp = 0, qq = 0, pq = 0;
                for (size_t l = 0; l < large; l++) {
                    pp += vp[l] * vp[l];
                    qq += vq[l] * vq[l];
                    pq += vp[l] * vq[l];
                }
                if (pq == 0)
                    continue;
                const long double tau = (qq - pp) / (2 * pq),
                                  t = copysignl(1, tau) / (fabsl(tau) + sqrtl(1 + tau * tau));
                const long double c = 1 / sqrtl(1 + t * t), s = t * c;
                for (size_t l = 0; l < large; l++) {
                    const long double x = vp[l], y = vq[l];
                    vp[l] = c * x - s * y;
                    vq[l] = s * x + c * y;
                }
            }
    for (size_t i = 0; i < small; i++) {
        for (size_t l = 0; l < large; l++)
            found[i] += v[i * large + l] * v[i * large + l];
        found[i] = sqrtl(found[i]);
    }
    qsort(found, small, sizeof *found, descending);
    for (size_t i = 0; i < small; i++)
        sigma[i] = (double)found[i];
    free(v);
    free(found);
}

double frobenius(const double *a, size_t n)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (long double)a[i] * (long double)a[i];
    return (double)sqrtl(sum);
}

double norm2_bound(const double *a, size_t m, size_t n)
{
    double *column = SG_NEW(n, double), row_max = 0, column_max = 0;
    for (size_t i = 0; i < m; i++) {
        double row = 0;
        for (size_t j = 0; j < n; j++) {
            row += fabs(a[i * n + j]);
            column[j] += fabs(a[i * n + j]);
        }
        row_max = sg_base_max(row_max, row);
    }
    for (size_t j = 0; j < n; j++)
        column_max = sg_base_max(column_max, column[j]);
    free(column);
    return sqrt(row_max * column_max);
}
