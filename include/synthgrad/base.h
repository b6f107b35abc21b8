/* base.h - the ground floor: status codes, comparison, memory, random streams, linear algebra, parallel loops.
 *
 * Matrices everywhere in synthgrad are flat, row-major arrays of double; a function's comment gives the shape as
 * "a (m x n)".  Outputs come first, inputs are const, sizes are size_t. */
#ifndef SYNTHGRAD_BASE_H
#define SYNTHGRAD_BASE_H

#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What the public headers declare is what the shared library exports; the compiler hides everything else. */
#pragma GCC visibility push(default)

/* ---- build ------------------------------------------------------------------------------------------------ */

/* version: of the release.  commit: as git describes it, "-dirty" where files differ from it, "unknown" outside a checkout.  sources: a digest of the
 * library's and the program's sources; two builds of the same sources give the same bits on the same libraries, whatever their commits. */
struct sg_build { const char *version, *commit, *sources; };
const struct sg_build *sg_base_build(void);

/* ---- status ----------------------------------------------------------------------------------------------- */

/* One list makes the enum, the names and the sentences.  A status is a numerical or external outcome that the
 * caller must look at; a wrong shape or a NULL is a programmer's error and aborts with file and line. */
#define SG_STATUS_LIST(X)                                                                                      \
    X(SG_OK, "fine")                                                                                           \
    X(SG_BAD_INPUT, "the input is not what it has to be; the struct sg_error says where and why")              \
    X(SG_DIVERGED, "the iteration left every bound")                                                           \
    X(SG_NO_CONVERGENCE, "the iteration did not settle within its limit")                                      \
    X(SG_SINGULAR, "a matrix that has to be invertible is singular to working precision")                      \
    X(SG_HYPOTHESIS, "a hypothesis of the statement is not met by this instance")                              \
    X(SG_BUDGET, "the step budget is too small for this instance to show anything")                            \
    X(SG_NOT_FINITE, "a NaN or an infinity went in or came out")                                               \
    X(SG_UNPROVED, "undecided at the precision allowed; not the same as refuted")                              \
    X(SG_REFUTED, "proved false")                                                                              \
    X(SG_INTERRUPTED, "stopped by the user; what was finished is kept")                                        \
    X(SG_IO, "a file could not be read or written")

enum sg_status {
#define SG_STATUS_ENUM(name, text) name,
    SG_STATUS_LIST(SG_STATUS_ENUM)
#undef SG_STATUS_ENUM
};

#define SG_MUST_CHECK __attribute__((warn_unused_result))
#define SG_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

const char *sg_base_status_name(enum sg_status status);
const char *sg_base_status_text(enum sg_status status);

/* What is wrong with an input, and the mend: "FILE:LINE: what is wrong, and the mend". */
struct sg_error {
    char text[640];
};

/* Writes the message and returns SG_BAD_INPUT, so that a reader can `return sg_base_refuse(...)`.
 * file may be NULL; line 0 means that no line is to blame. */
enum sg_status sg_base_refuse(struct sg_error *err, const char *file, size_t line, const char *fmt, ...) SG_PRINTF(4, 5);

/* A stranger's text for a message: at most `most` (92) bytes, then "..."; what is not printable as \xHH. */
struct sg_shown { char text[96]; };
struct sg_shown sg_base_show(const char *text, size_t most);
void sg_base_escape(char *out, size_t size, const char *text);        /* the same into a buffer of any size */
/* Bytes of the UTF-8 character at s (NUL-terminated); 0: malformed, a control, or one that breaks or reorders lines. */
size_t sg_base_printable(const char *s);
/* Edits between two words, 2 for a letter inserted, left out or changed, 1 for a wrong case; the first 64 bytes count. */
size_t sg_base_edit_distance(const char *a, const char *b);

/* Aborts with file and line: for programmer errors only. */
#define SG_REQUIRE(condition) ((condition) ? (void)0 : sg_base_abort(__FILE__, __LINE__, #condition))
_Noreturn void sg_base_abort(const char *file, int line, const char *condition);

/* ---- comparison ------------------------------------------------------------------------------------------- */

/* Unit roundoff of float64, u = 2^-53: |fl(a op b) - (a op b)| <= u |a op b|. */
#define SG_UNIT_ROUNDOFF (DBL_EPSILON / 2)
#define SG_NAN ((double)NAN)
#define SG_COMPLEX(re, im) __builtin_complex((double)(re), (double)(im))   /* glibc hides CMPLX from clang */

/* err <= tol; false when either is NaN.  Every verdict goes through here. */
bool sg_base_within(double err, double tol);
double sg_base_max(double a, double b);                               /* NaN if either is NaN */
double sg_base_max_abs(const double *a, size_t n);                    /* max |a_i|; NaN if any is NaN; 0 for n = 0 */
double sg_base_max_abs_diff(const double *a, const double *b, size_t n);
bool sg_base_all_finite(const double *a, size_t n);
void sg_base_sort(double *a, size_t n);                               /* ascending; no NaN among them */

/* ---- memory ----------------------------------------------------------------------------------------------- */

/* count * size zeroed bytes at a 64-byte boundary; free with free().  Never NULL: when memory is exhausted, or
 * count * size overflows, the process ends with one line on stderr and exit status 3. */
void *sg_base_alloc(size_t count, size_t size);
void *sg_base_copy(const void *from, size_t count, size_t size);
enum { SG_SHORTEST = 32 };
void sg_base_shortest(char text[SG_SHORTEST], double number, int digits);   /* the fewest digits, not below these, that read back as number */
char *sg_base_format(const char *fmt, ...) SG_PRINTF(1, 2);           /* printf into a fresh string */
/* Room for one more element in a growing array: returns the array, moved when it had to grow. */
void *sg_base_grow(void *array, size_t count, size_t *capacity, size_t size);
#define SG_NEW(count, type) ((type *)sg_base_alloc((count), sizeof(type)))

double sg_base_seconds(void);   /* a monotonic clock */

/* ---- random streams --------------------------------------------------------------------------------------- */

/* One independent stream per (seed, name, replicate, purpose): xoshiro256** (Blackman and Vigna 2021) seeded by
 * SplitMix64 from a 64-bit hash of the four, run as a GSL generator so that GSL's distributions work on it. */
struct sg_rng;
struct sg_rng *sg_base_rng_alloc(uint64_t seed, const char *name, uint64_t replicate, const char *purpose);
/* Turns rng into what sg_base_rng_alloc gives for the four; no allocation, so a loop may do it. */
void sg_base_rng_restart(struct sg_rng *rng, uint64_t seed, const char *name, uint64_t replicate, const char *purpose);
void sg_base_rng_free(struct sg_rng *rng);
double sg_base_rng_uniform(struct sg_rng *rng);                       /* in [0, 1) */
double sg_base_rng_gaussian(struct sg_rng *rng);                      /* N(0, 1) */
void sg_base_rng_gaussians(double *out, size_t n, struct sg_rng *rng);
size_t sg_base_rng_index(struct sg_rng *rng, size_t n);               /* uniform on 0..n-1, n >= 1 */
void sg_base_rng_direction(double *out, size_t n, struct sg_rng *rng);/* uniform on the unit sphere */

/* ---- linear algebra: CBLAS and LAPACKE behind finite-checked wrappers ---------------------------------------- */

/* Once, before any BLAS call: one BLAS thread (parallelism is over replicates) and GSL's handler off. */
void sg_base_init(void);
void sg_base_set_blas_threads(int threads);   /* for benchmarks: more change bits */

void sg_base_mul(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);     /* c = a b,    a m x k */
void sg_base_mul_tn(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);  /* c = a^T b,  a k x m */
void sg_base_mul_nt(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);  /* c = a b^T,  b n x k */
double sg_base_dot(const double *a, const double *b, size_t n);
double sg_base_norm(const double *a, size_t n);                                                  /* Euclidean */

/* In all of these: SG_NOT_FINITE for a non-finite input or output, and then the outputs are NaN. */
enum sg_status sg_base_solve_least_squares(double *w, size_t *rank, double *singular, const double *x, const double *y,
                                           size_t n, size_t d, size_t m) SG_MUST_CHECK;
    /* Minimum-norm least squares by dgelsd: w (d x m), singular (min(n, d), descending, or NULL), x (n x d), y (n x m).
     * Singular values below max(n, d) u sigma_max count as zero.  Backward stable: forward error about u cond(x). */
enum sg_status sg_base_solve(double *x, const double *a, const double *b, size_t n, size_t m) SG_MUST_CHECK;
    /* a x = b by LU with partial pivoting: a (n x n), b and x (n x m).  SG_SINGULAR. */
enum sg_status sg_base_eigen_symmetric(double *lambda, double *v, const double *a, size_t n) SG_MUST_CHECK;
    /* a = v diag(lambda) v^T, lambda DESCENDING, eigenvectors in the columns of v (NULL: not wanted).  dsyevd. */
enum sg_status sg_base_eigen_general(double complex *lambda, double complex *left, const double *a, size_t n) SG_MUST_CHECK;
    /* All eigenvalues by dgeev, largest modulus first; left (or NULL): rows l_i with l_i a = lambda_i l_i, |l_i| = 1. */
enum sg_status sg_base_singular_values(double *sigma, const double *a, size_t m, size_t n) SG_MUST_CHECK;
    /* sigma (min(m, n)) descending. */
enum sg_status sg_base_qr_r(double *r, double *a, size_t m, size_t n) SG_MUST_CHECK;
    /* The R (n x n, upper triangular, zero rows below row m) of a = Q R; a (m x n) is destroyed. */
enum sg_status sg_base_qr_q(double *q, double *a, size_t m, size_t n) SG_MUST_CHECK;
    /* Orthonormal columns q (m x n) spanning those of a, m >= n; a is destroyed.  q's first column is a's, up to sign. */
enum sg_status sg_base_norm2(double *norm, const double *a, size_t m, size_t n) SG_MUST_CHECK;   /* spectral norm */

/* ---- whole files ------------------------------------------------------------------------------------------------ */

/* Written beside its place under a temporary name, flushed to the disk, then renamed: a reader sees the old file or the new one.  A device
 * or a pipe is written to directly. */
struct sg_file {
    FILE *stream;
    char *path, *temporary;
    bool lazy;          /* set after open: not waited for until it is on the disk; for what a reader knows to be whole, or does without */
};
enum sg_status sg_base_file_open(struct sg_file *file, const char *path, struct sg_error *err) SG_MUST_CHECK;   /* makes the folders above it */
enum sg_status sg_base_file_commit(struct sg_file *file, struct sg_error *err) SG_MUST_CHECK;                  /* SG_IO: nothing was left behind */
void sg_base_file_discard(struct sg_file *file);
/* Removes from a folder what processes left there that were killed while they wrote: temporary files that nobody holds, if this machine
 * wrote them since it was started, else those that nobody has touched for an hour.  name: only those beside the file of that name; NULL: all. */
void sg_base_file_sweep(const char *folder, const char *name);
/* Can it be written, before hours go into what would be?  Makes the folders above it, and itself when it is to be a folder; sweeps there. */
enum sg_status sg_base_file_check_place(const char *path, bool folder, struct sg_error *err) SG_MUST_CHECK;

/* A folder as it was; inode 0: it was not there.  Removed, moved or unmounted while hours of work go on, it is not made anew behind the user's back. */
struct sg_place { uint64_t device, inode; };
struct sg_place sg_base_place(const char *folder);
/* SG_IO when it was there and is no longer, or another is in its place. */
enum sg_status sg_base_place_check(const struct sg_place *place, const char *folder, struct sg_error *err) SG_MUST_CHECK;

/* ---- parallel loops --------------------------------------------------------------------------------------- */

/* How many threads all loops together may use (default 1). */
void sg_base_set_jobs(size_t jobs);
size_t sg_base_jobs(void);
/* body(i, context) for i = 0..n-1, on up to `jobs` threads.  Loops nest: an inner loop takes what threads are idle.
 * body writes only to slot i of the context, so results do not depend on the number of threads.
 * Returns SG_INTERRUPTED when sg_base_interrupt() was called before all indices had started. */
enum sg_status sg_base_parallel_for(size_t n, void (*body)(size_t i, void *context), void *context) SG_MUST_CHECK;

/* A pass over one array, shared: body(part, parts, context) for part = 0..parts-1 at the same time, parts as many as threads are idle, at most `most`
 * (and 1 at least).  What body computes must not depend on parts.  Cheap enough for passes of ten microseconds; allocates only when it starts a
 * thread, which then stays. */
void sg_base_split(size_t most, void (*body)(size_t part, size_t parts, void *context), void *context);
/* The entries from..to - 1 of n that a part has: whole units, as even as they go. */
void sg_base_share(size_t *from, size_t *to, size_t n, size_t unit, size_t part, size_t parts);

/* Long work tells how far it is, `done` of `total` pieces of `what`, to whoever listens: the program's progress line, or nobody.  From any thread; the
 * listener is set before the work begins. */
void sg_base_listen(void (*listener)(const char *what, size_t done, size_t total, void *context), void *context);
void sg_base_tell(const char *what, size_t done, size_t total);

/* Ctrl-C: async-signal-safe to set; long loops ask. */
void sg_base_interrupt(void);
bool sg_base_interrupted(void);

#pragma GCC visibility pop

#endif
