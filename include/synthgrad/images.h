/* images.h - labelled images, and minibatches in a seeded order.
 *
 * Images stay bytes, an eighth of their float64 rows: 60,000 digits are 47 MB.  A minibatch
 * becomes rows in the net's dtype when it is gathered, into a buffer that is made once. */
#ifndef SYNTHGRAD_IMAGES_H
#define SYNTHGRAD_IMAGES_H

#include "synthgrad/data.h"

SG_PUBLIC_BEGIN

/* Image i is row i of pixel.  As a row of X its entries are (pixel / 255 - mean) / scale.  As a
 * row of y its label is one-hot. */
struct sg_images {
    size_t n, rows, columns, classes;
    unsigned char *pixel;         /* n x (rows columns); 0 is background, 255 full ink */
    unsigned char *label;         /* n, each below classes */
    size_t first;                 /* what the file calls class 0 */
    double mean, scale;           /* 0 and 1: rows in [0, 1] */
};

/* Sets all pixels and labels to zero, and scale to 1. */
void sg_data_images_alloc(struct sg_images *images, size_t n, size_t rows, size_t columns,
                          size_t classes);
/* Tolerates a zeroed struct. */
void sg_data_images_free(struct sg_images *images);
/* A view of images first .. first + n - 1.  `images` keeps the memory: do not free the slice. */
struct sg_images sg_data_images_slice(const struct sg_images *images, size_t first, size_t n);
/* Sets one mean and one standard deviation (divisor n), over all pixels of the training set, for
 * both sets.  Constant pixels, as the corners of MNIST are, have no deviation of their own.  A
 * training set of one shade keeps scale = 1. */
void sg_data_images_standardise(struct sg_images *train, struct sg_images *test);
/* All images as float64 samples, d = rows columns (+ 1 with bias: a last column of ones),
 * m = classes.  Free with sg_data_free. */
void sg_data_from_images(struct sg_data *data, const struct sg_images *images, bool bias);

/* ---- read: IDX, plain or gzip ----------------------------------------------------------- */

/* Reads the first `most` images of an IDX pair as MNIST has it: big-endian magic 0x00000803
 * (unsigned bytes, three dimensions) and 0x00000801, sizes, bytes.  Labels may be 32-bit integers
 * (0x00000c01, or 0x00000c02 with the class in the first column: QMNIST's).  Either file may be
 * gzipped, which its first bytes tell.
 * Classes are those of `like`, the images to train on.  Where that is NULL they are 0 to 9; or, if
 * a label is above 9, up to the largest from 0, or from 1 if no label is 0 (EMNIST's letters).
 * SG_BAD_INPUT (err: file, what is wrong, what to change), whatever `most` is, since both files
 * are read to their ends:
 *   - a file cut off, a byte too many, or a bad checksum
 *   - a label that is none of the classes of `like`
 *   - a label below 0; of more than ten classes, one that no label names, or more than 256
 *   - counts that differ
 * SG_IO: a file is not there or cannot be read.  On failure images is zeroed.
 * Nothing is allocated before the sizes in the header are known to fit the file's length (for
 * gzip: what deflate can make of it, 1032 : 1) and 1 GiB.  No more is ever unpacked than one byte
 * above what the header says. */
enum sg_status sg_data_read_idx(struct sg_images *images, const char *images_path,
                                const char *labels_path, const struct sg_images *like, size_t most,
                                struct sg_error *err) SG_MUST_CHECK;

/* ---- made ------------------------------------------------------------------------------- */

enum { SG_DIGIT_SIDE = 28, SG_DIGIT_CLASSES = 10 };
/* n digit-like images, 28 x 28.  Image i shows the digit i mod 10 in one of several hands, with
 * random bends, slant, size, place, thickness, contrast and noise.  Image i depends on the stream
 * and i alone: more images leave the first ones as they are.
 * How hard they are is measured at the head of src/data/digits.c. */
void sg_data_make_digits(struct sg_images *images, size_t n, struct sg_rng *rng);

/* ---- minibatches ------------------------------------------------------------------------ */

/* A buffer of rows in the net's dtype.  shade: the 256 shades of the last images, of that mean and
 * scale. */
struct sg_rows {
    enum sg_dtype dtype;
    size_t capacity, d, m;
    void *x, *y, *one, *shade;
    double mean, scale;
};
void sg_data_rows_alloc(struct sg_rows *rows, enum sg_dtype dtype, size_t capacity, size_t d,
                        size_t m);
void sg_data_rows_free(struct sg_rows *rows);
/* Puts samples index[0] .. index[n - 1] (index NULL: 0 .. n - 1) into the buffer.  n <= capacity,
 * and the shapes are the buffer's.  Each entry is rounded once to the dtype.  No allocation.  The
 * batch points into the buffer: the next call overwrites it. */
struct sg_batch sg_data_gather(struct sg_rows *rows, const struct sg_data *data,
                               const size_t *index, size_t n);
/* The same from images. */
struct sg_batch sg_data_gather_images(struct sg_rows *rows, const struct sg_images *images,
                                      const size_t *index, size_t n);

/* A seeded order of minibatches.  Each epoch is a fresh uniform permutation of 0 .. n - 1 (Fisher
 * and Yates), cut into floor(n / batch) batches.  The n mod batch samples at its end are left out
 * of that epoch; every epoch leaves out others.  So all batches have one size: batch norm never
 * sees a shorter batch, and a learning rate means the same in every step.
 * The permutation is a function of (seed, name, replicate, epoch) alone, so a run resumes from
 * its step number.  Hypothesis: 1 <= batch <= n. */
struct sg_batches;
struct sg_batches *sg_data_batches_alloc(size_t n, size_t batch, uint64_t seed, const char *name,
                                         uint64_t replicate);
void sg_data_batches_free(struct sg_batches *batches);
/* Batches an epoch. */
size_t sg_data_batches_steps(const struct sg_batches *batches);
/* The batch of step 0, 1, 2, ...: step = epoch * steps + place in the epoch.  Valid until the
 * next call.  No allocation.  O(n) when the epoch differs from the last call's. */
const size_t *sg_data_batches_at(struct sg_batches *batches, uint64_t step);

SG_PUBLIC_END

#endif
