/* case.h - a case file: one experiment, typed and checked.
 *
 * The syntax is libconfig's.  Every key is a row of one table (src/case/schema.c): group, name,
 * type, range, default and a sentence.  The reader refuses with file, line and what to change:
 *   - unknown keys and duplicate keys
 *   - wrong types and values out of range
 *   - non-finite numbers and integers that do not fit
 *   - @include */
#ifndef SYNTHGRAD_CASE_H
#define SYNTHGRAD_CASE_H

#include <stdio.h>

#include "synthgrad/images.h"
#include "synthgrad/sim.h"

SG_PUBLIC_BEGIN

enum sg_data_kind {
    SG_DATA_GAUSSIAN, SG_DATA_CSV, SG_DATA_CLASSES, SG_DATA_GRID, SG_DATA_IDX, SG_DATA_DIGITS,
    SG_DATA_MOMENTS
};
/* Which of its claim's experiments a case asks for. */
enum sg_experiment {
    SG_EXPERIMENT_MAIN, SG_EXPERIMENT_MAP, SG_EXPERIMENT_DRAWN, SG_EXPERIMENT_DEEP,
    SG_EXPERIMENT_UNLOCKED, SG_EXPERIMENT_MINIBATCHES, SG_EXPERIMENT_FLIGHT,
    SG_EXPERIMENT_RETURN
};
enum sg_form { SG_FORM_SAMPLE, SG_FORM_COMPRESSED, SG_FORM_SPECTRAL };
enum sg_order { SG_SIMULTANEOUS, SG_SG_FIRST, SG_NETWORK_FIRST };
enum sg_delay { SG_DELAY_NONE, SG_DELAY_STALE_BACKPROP, SG_DELAY_PAIRS, SG_DELAY_STALE_SG };
/* How mu is chosen. */
enum sg_search { SG_SEARCH_FIXED, SG_SEARCH_BACKTRACKING };
/* Where a training's weights begin: drawn (enum sg_init), or net.weights. */
enum sg_start { SG_START_GLOROT, SG_START_HE, SG_START_WEIGHTS };
/* A rate as it is, or as a multiple of the critical or of the optimal one. */
enum sg_units { SG_UNITS_ABSOLUTE, SG_UNITS_CRITICAL, SG_UNITS_OPTIMAL };

enum { SG_CASE_LIST_MAX = 32, SG_CASE_TEXT_MAX = 256, SG_CASE_REALS_MAX = 400 };
enum { SG_CASE_KEYS_MAX = 96, SG_CASE_KEY_NAME_MAX = 40 };

struct sg_int_list { size_t n; int value[SG_CASE_LIST_MAX]; };
struct sg_real_list { size_t n; double value[SG_CASE_REALS_MAX]; };
struct sg_text_list { size_t n; char value[SG_CASE_LIST_MAX][SG_CASE_TEXT_MAX]; };

/* at: a boundary, or -1 for the output. */
struct sg_case_module { int at; int family; unsigned terms; int target; double mix; int hidden; };

struct sg_case_data {
    int kind;                                   /* enum sg_data_kind */
    int n, d, outputs, rank;
    double condition, noise;
    bool bias;
    int labels;                                 /* enum sg_labels */
    bool one_hot;
    char file[SG_CASE_TEXT_MAX];                /* as written: sg_case_make_data finds it */
    struct sg_text_list target;
    bool standardise, standardise_target;
    int side;                                   /* of the grid */
    int test;                                   /* images to test on, beside n to train on */
    /* Images, labels: as written.  sg_case_make_images finds them. */
    struct sg_text_list train_files, test_files;
    /* E[x^T x] (d x d), E[r^T r] (m x m) and the least-squares map (d x m), row by row. */
    struct sg_real_list S, R, map;
};
/* A hidden block is dense, batch norm if wanted, then the activation: a linear chain with neither.
 */
#define SG_NO_ACTIVATION SG_DENSE               /* no layer of its own follows the weights */
struct sg_case_net {
    struct sg_int_list layers, depths;          /* widths of the hidden blocks; how many, for NL1 */
    int loss, type;                             /* enum sg_loss_kind, enum sg_dtype */
    int activation;                             /* enum sg_layer_kind, or SG_NO_ACTIVATION */
    int credit;                                 /* after each hidden block, enum sg_credit */
    bool batch_norm, biases;
    struct sg_real_list weights;                /* of all layers, one after the other */
};
struct sg_case_train {
    int form, order, delay, units, search, start;
    int sg_step;                                /* enum sg_step_rule */
    double mu, nu;
    struct sg_real_list mu_times, nu_times;     /* of the arms that a claim tells apart, or none */
    int optimiser;                              /* enum sg_opt_kind, of network and SG modules */
    double beta1, beta2, epsilon;
    int steps, epochs, batch, seeds;
    bool decay;
    struct sg_int_list tau;
    /* Distance of a local start from the fixed point, relative to |w*|. */
    double radius;
    /* Place on a line of fixed points, as a multiple of its lower limit's modulus. */
    double line;
};

struct sg_case {
    char path[SG_CASE_TEXT_MAX * 4];
    char name[SG_CASE_TEXT_MAX];                /* the file's stem */
    char claim[SG_CASE_TEXT_MAX], expect[SG_CASE_TEXT_MAX];   /* both "" in a training */
    char budget[SG_CASE_TEXT_MAX];              /* what a large case costs, "none" for others */
    uint64_t digest;                            /* of the file's text */
    int seed, replicates;
    int experiment;                             /* enum sg_experiment */
    struct sg_case_data data;
    struct sg_case_net net;
    size_t n_modules;
    struct sg_case_module module[SG_CASE_LIST_MAX];
    struct sg_case_train train;
    /* Per key, numbered as by sg_case_key_name: does the file say it (of a control: the control),
     * and at which line. */
    bool given[SG_CASE_KEYS_MAX];
    size_t line[SG_CASE_KEYS_MAX];
    bool has_control;
    /* The case with the control's keys put in their place.  It has no control itself.  NULL: this
     * case has none. */
    struct sg_case *control;
    char control_text[SG_CASE_TEXT_MAX];        /* "mu = 1.01", for the report */
};

/* Fills c from the file, which is read once and to at most 1 MiB.  Free with sg_case_free.
 *   SG_IO         the file cannot be opened or read
 *   SG_BAD_INPUT  something in it is wrong
 * After a failure c is zeroed and err holds one line. */
enum sg_status sg_case_read(struct sg_case *c, const char *path,
                            struct sg_error *err) SG_MUST_CHECK;
/* Tolerates NULL and a zeroed struct. */
void sg_case_free(struct sg_case *c);
/* Does it name no claim, so that it is a net to train (study.h)? */
bool sg_case_is_training(const struct sg_case *c);
/* The same in memory of its own: the struct is too large for a stack, and a program in another
 * language cannot know its size.  *c is NULL after a failure.  Free with sg_case_close. */
enum sg_status sg_case_open(struct sg_case **c, const char *path,
                            struct sg_error *err) SG_MUST_CHECK;
/* Tolerates NULL. */
void sg_case_close(struct sg_case *c);
/* Has the case a budget?  Then it runs with --full only. */
bool sg_case_is_large(const struct sg_case *c);
/* Digest of all bytes of the files that the case takes its data from.  Cases that make their data
 * all have the same. */
uint64_t sg_case_digest_files(const struct sg_case *c);
/* Another number when one of these files was replaced or written to since: of their paths, inodes,
 * sizes and times.  Reads none of them. */
uint64_t sg_case_stamp_files(const struct sg_case *c);
/* The keys of a case file with types, ranges, defaults and meaning, for `synthgrad explain case`.
 * more: NULL, or adds lines about the key "train.mu". */
void sg_case_print_schema(FILE *out, void (*more)(FILE *out, const char *key));

/* How many keys all groups have together.  A key's number is 0 .. sg_case_key_count() - 1. */
size_t sg_case_key_count(void);
/* The key's name: "train.mu", "sg.mix", "sg" for the list of modules, "seed". */
void sg_case_key_name(char name[SG_CASE_KEY_NAME_MAX], size_t key);
/* The number of the key of that name.  Without one, sg_case_key_count(). */
size_t sg_case_key_find(const char *name);
/* Is the key a setting (true) or a group of settings (false)? */
bool sg_case_key_is_setting(size_t key);
/* Is the case's value of a setting what `text` says in the file's syntax, quotes left out?
 *   a key of sg  asks for the value in every module
 *   "sg" itself  () no module, one, some, any */
bool sg_case_key_is(const struct sg_case *c, size_t key, const char *text);
/* What a setting takes: "an integer from 2 to 1000; grid data only; default 20". */
enum { SG_CASE_TAKES_MAX = 1024 };
void sg_case_key_takes(char out[SG_CASE_TAKES_MAX], size_t key);
/* As the file would say it: `"mse"` for the text mse of net.loss. */
void sg_case_key_write(char out[SG_CASE_TEXT_MAX], size_t key, const char *text);

struct sg_case_shape { size_t d, m; };
/* The shape of moments data, from the lengths of S and R.  Other kinds of data: 0, 0. */
struct sg_case_shape sg_case_moments_shape(const struct sg_case *c);
/* How many weights the case's net has on data of that shape. */
size_t sg_case_n_weights(const struct sg_case *c, struct sg_case_shape shape);

/* Makes the data set of one replicate, or reads it.  Free with sg_data_free.
 *   CSV      beside the case file, else in the folder that NIST_DIR names
 *   IDX      beside the case file, else in the folder that MNIST_DIR names
 *   images   those to train on
 *   moments  the same in all replicates
 * SG_IO: a file is in neither place.  The caller may skip the case.
 * SG_BAD_INPUT:
 *   - a file is malformed
 *   - the targets are no labels for the case's loss.  Logistic wants one column in [0, 1].
 *     Softmax wants rows >= 0 that add up to 1, to 1e-6 because files have few digits.
 *   - settings in range make numbers that are not finite
 * err holds one line after either. */
enum sg_status sg_case_make_data(struct sg_data *data, const struct sg_case *c, uint64_t seed,
                                 uint64_t replicate, struct sg_error *err) SG_MUST_CHECK;

/* Makes the images of one replicate, or reads them, as bytes.  If the case says so, both sets are
 * standardised by the training set's pixels.  test may be NULL.
 *   made digits  fresh in every replicate
 *   IDX files    the first n and the first `test` in every replicate
 * SG_IO: as sg_case_make_data.
 * SG_BAD_INPUT:
 *   - the files hold fewer images
 *   - the two sets differ in the size of an image
 *   - the case's data are no images */
enum sg_status sg_case_make_images(struct sg_images *train, struct sg_images *test,
                                   const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                   struct sg_error *err) SG_MUST_CHECK;
/* Says which data these are, for a report: "MNIST (MNIST_DIR=/data/mnist)", "built-in digits,
 * seed 3".  Give the text to free(). */
char *sg_case_describe_data(const struct sg_case *c, uint64_t seed);

enum { SG_CASE_LAYERS_MAX = 3 * SG_CASE_LIST_MAX + 1 };
/* arch points into the struct, so the struct must not be copied or moved. */
struct sg_case_arch {
    struct sg_arch arch;
    struct sg_layer layer[SG_CASE_LAYERS_MAX];
    struct sg_module module[SG_CASE_LIST_MAX];
    enum sg_credit credit[SG_CASE_LAYERS_MAX + 1];
};
/* The boundary of the net at the end of a block, where h is the activation's output.  block:
 * 1..layers + 1, the last one the output.  A case numbers its boundaries by blocks. */
size_t sg_case_end(const struct sg_case *c, size_t block);
/* Builds the architecture that a case describes, on data of the given shape.  Unless net.biases is
 * set no layer has a bias of its own: the ones column of X is the intercept.  The seed of the fixed
 * matrices is the case's, and what draws nets by replicate sets its own.
 * SG_BAD_INPUT:
 *   - the loss does not go with `labels` columns of y
 *   - a case changed after reading has a module where the net has no boundary, or two at one */
enum sg_status sg_case_make_arch(struct sg_case_arch *out, const struct sg_case *c, size_t inputs,
                                 size_t labels, struct sg_error *err) SG_MUST_CHECK;
/* The case's order or delay as four integers.  tau >= 0 counts only with a delay.  Aborts on a
 * case with both, which sg_case_read refuses. */
struct sg_timing sg_case_timing(const struct sg_case *c, int tau);
/* The case's optimiser at `rate`, in absolute units. */
struct sg_opt sg_case_opt(const struct sg_case *c, double rate);
/* theta of the case's rule for the SG's step: nu, or 2 nu in critical units; 1 for the line search.
 * NaN for the fixed rule. */
double sg_case_theta(const struct sg_case *c);

SG_PUBLIC_END

#endif
