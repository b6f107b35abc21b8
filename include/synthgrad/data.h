/* data.h - regression and classification data: made, read from CSV or .npy, standardised,
 * compressed.
 *
 * A data set is n samples (x_i, y_i), x in R^d, y in R^m, as flat rows, and a column `one` that
 * biases and constant terms multiply.  E[.] = (1/n) sum_i. */
#ifndef SYNTHGRAD_DATA_H
#define SYNTHGRAD_DATA_H

#include "synthgrad/base.h"

SG_PUBLIC_BEGIN

struct sg_data {
    size_t n, d, m;
    double *x;      /* n x d */
    double *y;      /* n x m */
    double *one;    /* n; all 1.0 on samples, part of the data on compressed rows */
};

/* Sets x and y to zero and `one` to 1. */
void sg_data_alloc(struct sg_data *data, size_t n, size_t d, size_t m);
/* Tolerates a zeroed struct. */
void sg_data_free(struct sg_data *data);

/* What a net reads: rows in its dtype, x (n x d), y (n x m), one (n).  images.h fills them. */
enum sg_dtype { SG_F64, SG_F32 };
struct sg_batch { size_t n; const void *x, *y, *one; };

/* ---- made sets -------------------------------------------------------------------------- */

struct sg_gaussian {
    size_t n, d, outputs;  /* d columns of X, the ones column included when bias */
    size_t rank;           /* of X; 0: min(n, d) */
    double condition;      /* largest over smallest nonzero eigenvalue of S_x, >= 1, met exactly */
    double noise;          /* standard deviation of y - X w_true; 0: realizable */
    bool bias;             /* the last column of X is ones */
};

/* X = sqrt(n) U diag(sqrt lambda) V^T with U, V random orthonormal and lambda geometric from
 * condition to 1.  With a ones column lambda is scaled and U turned so that the ones are one of X's
 * own columns, not orthogonal to the others: nothing about S_x is special.
 * y = X w_true + noise * N(0, 1), w_true ~ N(0, 1).  Hypotheses: 1 <= rank <= min(n, d). */
enum sg_status sg_data_make_gaussian(struct sg_data *data, const struct sg_gaussian *spec,
                                     struct sg_rng *rng) SG_MUST_CHECK;

/* Two classes with features N(0, I) [theory, AD1]:
 *   LINEAR  labels by the side of a random hyperplane through the origin
 *   NOISY   those, with exactly round(n / 10) of them swapped, drawn without replacement
 *   RANDOM  fair coins
 * One stream gives the same x for all three. */
enum sg_labels { SG_LABELS_LINEAR, SG_LABELS_NOISY, SG_LABELS_RANDOM };
struct sg_classes {
    size_t n, d;           /* d columns of X, the ones column included when bias */
    enum sg_labels labels;
    bool bias;             /* the last column of X is ones; the hyperplane ignores it */
    bool one_hot;          /* y is (1, 0) for class 0, (0, 1) for class 1; else one column */
};
/* Draws such a set.  Hypotheses: n >= 1, at least one feature. */
void sg_data_make_classes(struct sg_data *data, const struct sg_classes *spec,
                          struct sg_rng *rng);
/* The same labels on a grid [theory, NL2]: side x side points of [-1, 1]^2, row by row from
 * (-1, -1), x_1 fastest.  spec->n has to be side^2, and spec->d 2, or 3 with the ones column.
 * Hypothesis: side >= 2. */
void sg_data_make_grid(struct sg_data *data, size_t side, const struct sg_classes *spec,
                       struct sg_rng *rng);

/* Centred data with E[x^T x] = S (d x d), E[x^T r] = 0, E[r^T r] = R (m x m), y = x P - r.
 * The n = 2 (d + m) samples are +-sqrt(d + m) times the columns of the factors that
 * sg_data_factor_moments gives.  x and r are symmetric about 0.  Each pair of samples carries one
 * of the two.  SG_SINGULAR unless S and R are positive semidefinite. */
enum sg_status sg_data_make_moments(struct sg_data *data, const double *S, const double *R,
                                    const double *P, size_t d, size_t m) SG_MUST_CHECK;
/* l l^T = a, both n x n: the lower Cholesky factor, or V Lambda^(1/2) of a singular a.
 * SG_SINGULAR unless a is positive semidefinite to rounding. */
enum sg_status sg_data_factor_moments(double *l, const double *a, size_t n) SG_MUST_CHECK;

/* ---- tables: CSV (RFC 4180), NumPy's .npy ----------------------------------------------- */

struct sg_table {
    size_t rows, columns;
    char **names;          /* header, one per column, unique and not empty */
    double *cells;         /* rows x columns, all finite */
    double *rests;         /* what the cells lack of the numbers in the file: cell + rest is off by
                              at most 2^-105 of it, 2^-98 where long double has 53 bits.
                              NULL: not asked for */
    bool binary;           /* of a file without lines: messages name none */
};

/* Reads a header, then rows of finite decimal numbers.  Accepts LF or CRLF, quoted fields, a
 * UTF-8 byte-order mark, a missing last line end and gzip; "-" is standard input.  Refuses
 * anything else with file, line, column and what to change. */
enum sg_status sg_data_read_csv(struct sg_table *table, const char *path,
                                struct sg_error *err) SG_MUST_CHECK;
/* Columns by name: `only` these (none: all), without those of `drop`.  Cells of other columns may
 * hold anything.  drop_missing: a row that lacks a cell (empty, NA, NaN, null, None, a point, a
 * question mark) is left out; *dropped, unless NULL, says how many were.  options NULL: as
 * sg_data_read_csv. */
struct sg_csv_options {
    const char *const *only, *const *drop;
    size_t n_only, n_drop;
    bool drop_missing;
    bool rests;            /* fill table->rests, of CSV: a .npy file holds the numbers themselves */
};
enum sg_status sg_data_read_csv_part(struct sg_table *table, size_t *dropped, const char *path,
                                     const struct sg_csv_options *options,
                                     struct sg_error *err) SG_MUST_CHECK;
/* The same of a CSV or a .npy file, which its first bytes tell apart.  Of .npy (formats 1.0 to 3.0,
 * gzip or not):
 *   - an array of rows x columns, floats of 4 or 8 bytes, integers or booleans, C or Fortran order;
 *     the columns are called c0, c1, ...
 *   - an array of rows of a structured type, whose fields are such numbers and name the columns
 * Anything else, pickled objects first, is refused as "FILE: what is wrong, and what to change".
 * NaN is a missing cell.  Integers beyond 2^53 are rounded to the nearest double. */
enum sg_status sg_data_read_table(struct sg_table *table, size_t *dropped, const char *path,
                                  const struct sg_csv_options *options,
                                  struct sg_error *err) SG_MUST_CHECK;
void sg_data_table_free(struct sg_table *table);

/* What became of each column on the way from a table to X. */
struct sg_design {
    size_t features;            /* feature columns used */
    size_t *column;             /* [features] index into the table */
    double *mean, *scale;       /* [features] X column = (cell - mean) / scale; else 0 and 1 */
    double *mean_rest;          /* [features] what the double `mean` lacks of the mean: it is
                                   mean + mean_rest */
    size_t dropped;             /* constant columns, left out */
    size_t *dropped_column;
    bool *dropped_rounded;      /* [dropped] constant but for its last bits */
    size_t outputs;
    size_t *y_column;           /* [outputs] index into the table */
    double *y_mean, *y_scale;   /* [outputs] y = (cell - y_mean) / y_scale; else 0 and 1 */
    double *y_mean_rest;        /* [outputs] as mean_rest */
    bool intercept;             /* a ones column was appended as the last column of X */
    size_t line;                /* that messages about columns name: 1, the header's, or 0 */
    double weight;              /* mean of the weights; 1 without */
};

struct sg_design_options {
    bool standardise;           /* features centred and divided by their deviation (divisor n);
                                   without an intercept by their root mean square alone */
    bool standardise_targets;
    bool intercept;
    const char *weights;        /* a column of numbers >= 0, no feature then: row i counts w_i
                                   times, in means and deviations too.  x, y and `one` of a row are
                                   multiplied by sqrt(w_i / mean w).  NULL: all rows alike */
};

/* X and y from a table.  targets: n_targets column names.  Constant feature columns are dropped,
 * since the ones column stands for them all; so are those that are constant to rounding, with a
 * range of at most 8 u max |c|.  Without an intercept only all-zero columns are. */
enum sg_status sg_data_make_design(struct sg_data *data, struct sg_design *design,
                                   const struct sg_table *table, const char *path,
                                   const char *const *targets, size_t n_targets,
                                   const struct sg_design_options *options,
                                   struct sg_error *err) SG_MUST_CHECK;
void sg_data_design_free(struct sg_design *design);

/* ---- compression ------------------------------------------------------------------------ */

/* The rows of sqrt(q) R, R from the QR of [x y 1] / sqrt(n), q = d + m + 1, are a data set with
 * the same second moments E[(x,y,1)(x,y,1)^T].  So every full-batch step of a linear net under
 * MSE with linear SGs is the same on it (theory, section 0).
 * Streams: rows come in blocks of any size, memory O(q^2), one Householder QR per block. */
struct sg_compressor;
struct sg_compressor *sg_data_compressor_alloc(size_t d, size_t m);
void sg_data_compressor_free(struct sg_compressor *c);
/* Takes the next block of rows. */
enum sg_status sg_data_compressor_add(struct sg_compressor *c,
                                      const struct sg_data *block) SG_MUST_CHECK;
/* The compressed form of all blocks so far. */
enum sg_status sg_data_compressor_finish(struct sg_data *compressed,
                                         struct sg_compressor *c) SG_MUST_CHECK;
/* Compresses a whole data set at once. */
enum sg_status sg_data_compress(struct sg_data *compressed,
                                const struct sg_data *data) SG_MUST_CHECK;

SG_PUBLIC_END

#endif
