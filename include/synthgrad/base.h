/* base.h - the ground floor: status codes, comparison, memory, random streams, linear algebra,
 * files, parallel loops.
 *
 * Matrices everywhere in synthgrad are flat, row-major arrays of double.  A function's comment
 * gives the shape as "a (m x n)".  Outputs come first, inputs are const, sizes are size_t. */
#ifndef SYNTHGRAD_BASE_H
#define SYNTHGRAD_BASE_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* C99 and later, C++11 and later: what the languages do not share has a name here. */
#ifdef __cplusplus
#define SG_EXTERN_BEGIN extern "C" {
#define SG_EXTERN_END }
#define SG_NORETURN [[noreturn]]
#else
#include <complex.h>
#define SG_EXTERN_BEGIN
#define SG_EXTERN_END
#define SG_NORETURN __attribute__((noreturn))
#endif
/* C's double complex; in C++ a type of the compiler's own, laid out as std::complex<double>. */
__extension__ typedef double _Complex sg_complex;

/* What the public headers declare is what the shared library exports.  The compiler hides
 * everything else. */
#define SG_PUBLIC_BEGIN SG_EXTERN_BEGIN _Pragma("GCC visibility push(default)")
#define SG_PUBLIC_END _Pragma("GCC visibility pop") SG_EXTERN_END

SG_PUBLIC_BEGIN

/* ---- build ------------------------------------------------------------------------------ */

/* What this is a build of.
 * version: that of the release.
 * commit:  as git describes it, "-dirty" where files differ from it, "unknown" outside a checkout.
 * sources: a digest of the sources of the library and the program.
 * Two builds of the same sources give the same bits on the same libraries, whatever their
 * commits. */
struct sg_build { const char *version, *commit, *sources; };
const struct sg_build *sg_base_build(void);
/* What else bits depend on, as one line of text: the kind of processor, byte order and word size,
 * glibc, the BLAS and the code it chose, and the environment that makes libraries choose other code
 * (OPENBLAS_CORETYPE, GLIBC_TUNABLES, ONEDNN_MAX_CPU_ISA and their like, as digests).  Where the
 * line differs, numbers may differ in their last bits. */
const char *sg_base_platform(void);

/* ---- status ----------------------------------------------------------------------------- */

/* One list makes the enum, the names and the sentences.  A status is a numerical or external
 * outcome that the caller must look at.  A wrong shape or a NULL is a programmer's error and
 * aborts with file and line. */
#define SG_STATUS_LIST(X)                                                                        \
    X(SG_OK, "fine")                                                                             \
    X(SG_BAD_INPUT, "the input is not what it has to be; the struct sg_error says where and why") \
    X(SG_DIVERGED, "the iteration left every bound")                                             \
    X(SG_NO_CONVERGENCE, "the iteration did not settle within its limit")                        \
    X(SG_SINGULAR, "a matrix that has to be invertible is singular to working precision")        \
    X(SG_HYPOTHESIS, "a hypothesis of the statement is not met by this instance")                \
    X(SG_BUDGET, "the step budget is too small for this instance to show anything")              \
    X(SG_NOT_FINITE, "a NaN or an infinity went in or came out")                                 \
    X(SG_UNPROVED, "undecided at the precision allowed; not the same as refuted")                \
    X(SG_REFUTED, "proved false")                                                                \
    X(SG_INTERRUPTED, "stopped by the user; what was finished is kept")                          \
    X(SG_IO, "a file could not be read or written")

enum sg_status {
#define SG_STATUS_ENUM(name, text) name,
    SG_STATUS_LIST(SG_STATUS_ENUM)
#undef SG_STATUS_ENUM
};

#define SG_MUST_CHECK __attribute__((warn_unused_result))
#define SG_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* "SG_OK" for SG_OK. */
const char *sg_base_status_name(enum sg_status status);
/* The sentence of the list above. */
const char *sg_base_status_text(enum sg_status status);

/* What is wrong with an input, as "FILE:LINE: what is wrong, and what to change". */
struct sg_error {
    char text[640];
};

/* Writes the message and returns SG_BAD_INPUT, so that a reader can `return sg_base_refuse(...)`.
 * file may be NULL.  Line 0 means that no line is to blame. */
enum sg_status sg_base_refuse(struct sg_error *err, const char *file, size_t line,
                              const char *fmt, ...) SG_PRINTF(4, 5);

/* Text from outside, made fit for a message: at most `most` (up to 92) bytes, then "...".
 * Bytes that are not printable appear as \xHH. */
struct sg_shown { char text[96]; };
struct sg_shown sg_base_show(const char *text, size_t most);
/* The whole text with its unprintable bytes as \xHH, into a buffer of any size. */
void sg_base_escape(char *out, size_t size, const char *text);
/* Bytes of the UTF-8 character at s (NUL-terminated).  0 if it is malformed, a control
 * character, or one that breaks or reorders lines. */
size_t sg_base_printable(const char *s);
/* Edit distance of two words: 2 for a letter inserted, left out or changed, 1 for a letter in
 * the wrong case.  Only the first 64 bytes of each count. */
size_t sg_base_edit_distance(const char *a, const char *b);

/* Aborts with file and line: for programmer errors only. */
#define SG_REQUIRE(condition) \
    ((condition) ? (void)0 : sg_base_abort(__FILE__, __LINE__, #condition))
SG_NORETURN void sg_base_abort(const char *file, int line, const char *condition);

/* ---- comparison ------------------------------------------------------------------------- */

/* Unit roundoff of float64, u = 2^-53: |fl(a op b) - (a op b)| <= u |a op b|. */
#define SG_UNIT_ROUNDOFF (DBL_EPSILON / 2)
#define SG_NAN ((double)NAN)
/* glibc hides CMPLX from clang. */
#define SG_COMPLEX(re, im) __builtin_complex((double)(re), (double)(im))

/* err <= tol.  False when either is NaN.  Every verdict goes through here. */
bool sg_base_within(double err, double tol);
/* The larger of two.  NaN if either is NaN. */
double sg_base_max(double a, double b);
/* max |a_i|.  NaN if any is NaN.  0 for n = 0. */
double sg_base_max_abs(const double *a, size_t n);
/* max |a_i - b_i|.  NaN and n = 0 as above. */
double sg_base_max_abs_diff(const double *a, const double *b, size_t n);
/* Is no a_i an infinity or a NaN?  True for n = 0. */
bool sg_base_all_finite(const double *a, size_t n);
/* Sorts ascending.  No entry may be NaN. */
void sg_base_sort(double *a, size_t n);

/* ---- memory ----------------------------------------------------------------------------- */

/* count * size zeroed bytes at a 64-byte boundary, freed with free().  Never NULL: when memory is
 * exhausted, or count * size overflows, the process ends with one line on stderr and exit
 * status 3. */
void *sg_base_alloc(size_t count, size_t size);
/* Ends the process: no memory for count things of size bytes. */
SG_NORETURN void sg_base_exhausted(size_t count, size_t size);
#define SG_NEW(count, type) ((type *)sg_base_alloc((count), sizeof(type)))
/* The same, filled with a copy of `from`. */
void *sg_base_copy(const void *from, size_t count, size_t size);
/* Room for one more element in a growing array.  Returns the array, moved when it had to grow. */
void *sg_base_grow(void *array, size_t count, size_t *capacity, size_t size);
#define SG_BASE_DIGEST UINT64_C(14695981039346656037)
/* FNV-1a of n bytes, going on from `digest`.  The first call begins with SG_BASE_DIGEST. */
uint64_t sg_base_digest(uint64_t digest, const void *bytes, size_t n);
/* The number with the fewest digits, `digits` or more, that read back as exactly that number. */
enum { SG_SHORTEST = 32 };
void sg_base_shortest(char text[SG_SHORTEST], double number, int digits);
/* printf into a fresh string, freed with free(). */
char *sg_base_format(const char *fmt, ...) SG_PRINTF(1, 2);

/* The text with Greek letters, signs, powers and indices in place of their names: "nu <= 2/mu^2"
 * becomes "ν ≤ 2/μ²".  UTF-8, freed with free(). */
char *sg_base_mathematics(const char *ascii);
/* Does the environment (LC_ALL, LC_CTYPE, LANG) say that text is UTF-8? */
bool sg_base_utf8(void);

/* Seconds of a monotonic clock. */
double sg_base_seconds(void);

/* ---- random streams --------------------------------------------------------------------- */

/* One independent stream per (seed, name, replicate, purpose): xoshiro256** (Blackman and Vigna
 * 2021), seeded by SplitMix64 from a 64-bit hash of the four.  It runs as a GSL generator, so
 * that GSL's distributions work on it. */
struct sg_rng;
struct sg_rng *sg_base_rng_alloc(uint64_t seed, const char *name, uint64_t replicate,
                                 const char *purpose);
/* Turns rng into what sg_base_rng_alloc gives for the four.  Does not allocate, so a loop may
 * call it. */
void sg_base_rng_restart(struct sg_rng *rng, uint64_t seed, const char *name, uint64_t replicate,
                         const char *purpose);
void sg_base_rng_free(struct sg_rng *rng);
/* Uniform in [0, 1). */
double sg_base_rng_uniform(struct sg_rng *rng);
/* N(0, 1). */
double sg_base_rng_gaussian(struct sg_rng *rng);
/* n draws of N(0, 1). */
void sg_base_rng_gaussians(double *out, size_t n, struct sg_rng *rng);
/* Uniform on 0..n-1, n >= 1. */
size_t sg_base_rng_index(struct sg_rng *rng, size_t n);
/* Uniform on the unit sphere of R^n. */
void sg_base_rng_direction(double *out, size_t n, struct sg_rng *rng);

/* ---- linear algebra: CBLAS and LAPACKE behind finite-checked wrappers ------------------- */

/* Call once, before any BLAS call.  Sets one BLAS thread (parallelism is over replicates) and
 * turns GSL's error handler off. */
void sg_base_init(void);
/* For benchmarks: more threads than one change bits. */
void sg_base_set_blas_threads(int threads);

/* c = a b with a (m x k), b (k x n). */
void sg_base_mul(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);
/* c = a^T b with a (k x m), b (k x n). */
void sg_base_mul_tn(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);
/* c = a b^T with a (m x k), b (n x k). */
void sg_base_mul_nt(double *c, const double *a, const double *b, size_t m, size_t k, size_t n);
/* sum a_i b_i, by cblas_ddot. */
double sg_base_dot(const double *a, const double *b, size_t n);
/* Euclidean. */
double sg_base_norm(const double *a, size_t n);

/* All of the following return SG_NOT_FINITE for a non-finite input or output.  Their outputs are
 * then NaN. */

/* Minimum-norm least squares by dgelsd: w (d x m), x (n x d), y (n x m).
 * singular: the min(n, d) singular values of x, descending; may be NULL.
 * Singular values below max(n, d) u sigma_max count as zero.
 * Backward stable: forward error about u cond(x). */
enum sg_status sg_base_solve_least_squares(double *w, size_t *rank, double *singular,
                                           const double *x, const double *y, size_t n, size_t d,
                                           size_t m) SG_MUST_CHECK;
/* Solves a x = b by LU with partial pivoting: a (n x n), b and x (n x m).  SG_SINGULAR. */
enum sg_status sg_base_solve(double *x, const double *a, const double *b, size_t n,
                             size_t m) SG_MUST_CHECK;
/* a = v diag(lambda) v^T by dsyevd, lambda DESCENDING, eigenvectors in the columns of v.
 * v NULL: eigenvalues only. */
enum sg_status sg_base_eigen_symmetric(double *lambda, double *v, const double *a,
                                       size_t n) SG_MUST_CHECK;
/* All eigenvalues by dgeev, largest modulus first.
 * left (or NULL): rows l_i with l_i a = lambda_i l_i, |l_i| = 1. */
enum sg_status sg_base_eigen_general(sg_complex *lambda, sg_complex *left,
                                     const double *a, size_t n) SG_MUST_CHECK;
/* sigma (min(m, n)), descending. */
enum sg_status sg_base_singular_values(double *sigma, const double *a, size_t m,
                                       size_t n) SG_MUST_CHECK;
/* The R (n x n, upper triangular, zero rows below row m) of a = Q R.  Destroys a (m x n). */
enum sg_status sg_base_qr_r(double *r, double *a, size_t m, size_t n) SG_MUST_CHECK;
/* Orthonormal columns q (m x n) that span those of a, m >= n.  Destroys a.  The first column of q
 * is a's, scaled, up to sign. */
enum sg_status sg_base_qr_q(double *q, double *a, size_t m, size_t n) SG_MUST_CHECK;
/* Spectral norm of a (m x n). */
enum sg_status sg_base_norm2(double *norm, const double *a, size_t m, size_t n) SG_MUST_CHECK;

/* ---- whole files ------------------------------------------------------------------------ */

/* A file is written beside its place under a temporary name, flushed to the disk, then renamed.
 * A reader sees the old file or the new one.  A device or a pipe is written to directly.
 * lazy: set after open.  Commit then does not wait until the file is on the disk.  Set it for a
 * file whose reader checks that it is whole, or can do without it. */
struct sg_file {
    FILE *stream;
    char *path, *temporary;
    bool lazy;
};
/* Opens path for writing and makes the folders above it. */
enum sg_status sg_base_file_open(struct sg_file *file, const char *path,
                                 struct sg_error *err) SG_MUST_CHECK;
/* Renames the finished file to its place.  SG_IO: it could not be written, and nothing was left
 * behind. */
enum sg_status sg_base_file_commit(struct sg_file *file, struct sg_error *err) SG_MUST_CHECK;
/* Closes and removes what was written. */
void sg_base_file_discard(struct sg_file *file);
/* Removes temporary files from a folder that killed processes left there while they wrote.
 * name: only those beside the file of that name.  NULL: all.
 *   - one that this machine wrote since it was started goes if no process holds it
 *   - any other goes if nobody has touched it for an hour */
void sg_base_file_sweep(const char *folder, const char *name);
/* Checks, before hours of work, that a file or folder can be written at path.  Makes the folders
 * above it, and path itself if `folder` is set.  Removes left temporary files there. */
enum sg_status sg_base_file_check_place(const char *path, bool folder,
                                        struct sg_error *err) SG_MUST_CHECK;

/* Identity of a folder at one time.  inode 0: it did not exist.  A folder that is removed, moved
 * or unmounted while hours of work go on is not made anew behind the user's back. */
struct sg_place { uint64_t device, inode; };
struct sg_place sg_base_place(const char *folder);
/* Is the folder the one it was?  SG_IO: it existed and is gone, or another one is in its place. */
enum sg_status sg_base_place_check(const struct sg_place *place, const char *folder,
                                   struct sg_error *err) SG_MUST_CHECK;

/* ---- parallel loops --------------------------------------------------------------------- */

/* How many threads all loops together may use (default 1). */
void sg_base_set_jobs(size_t jobs);
/* How many they may use now. */
size_t sg_base_jobs(void);
/* Calls body(i, context) for i = 0..n-1, on up to `jobs` threads.  Loops nest: an inner loop uses
 * the threads that are idle.  body writes only to slot i of the context, so results do not depend
 * on the number of threads.
 * SG_INTERRUPTED: sg_base_interrupt() was called before all indices had started. */
enum sg_status sg_base_parallel_for(size_t n, void (*body)(size_t i, void *context),
                                    void *context) SG_MUST_CHECK;

/* Shares one pass over an array: calls body(part, parts, context) for part = 0..parts-1 at the
 * same time.  parts is the number of idle threads, at least 1 and at most `most`.  What body
 * computes must not depend on parts.  Cheap enough for passes of ten microseconds.  Allocates
 * only when it starts a thread, which then stays. */
void sg_base_split(size_t most, void (*body)(size_t part, size_t parts, void *context),
                   void *context);
/* The entries *from..*to - 1 of n that belong to a part: whole units, as even as possible. */
void sg_base_share(size_t *from, size_t *to, size_t n, size_t unit, size_t part, size_t parts);

/* Sets who hears of the progress of long work: the program's progress line, or nobody (NULL).
 * Set the listener before the work begins.  It is called from any thread. */
void sg_base_listen(void (*listener)(const char *what, size_t done, size_t total, void *context),
                    void *context);
/* Tells the listener that `done` of `total` units of the work `what` are done.  From any
 * thread. */
void sg_base_tell(const char *what, size_t done, size_t total);

/* Asks long loops to stop, as Ctrl-C does.  Async-signal-safe. */
void sg_base_interrupt(void);
/* Has sg_base_interrupt() been called?  Long loops ask. */
bool sg_base_interrupted(void);
/* Forgets sg_base_interrupt(), for a program that goes on after it, as an interpreter does.  Call
 * it when no long loop runs. */
void sg_base_resume(void);

SG_PUBLIC_END

#endif
