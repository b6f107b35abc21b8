/* case.h - a case file: one experiment, typed and checked.
 *
 * libconfig syntax.  Every key is in one table (src/case/schema.c): group, name, type, range, default and a sentence; unknown keys,
 * wrong types, values out of range, non-finite numbers, integers that do not fit, @include and duplicate keys are refused with
 * file, line and mend. */
#ifndef SYNTHGRAD_CASE_H
#define SYNTHGRAD_CASE_H

#include <stdio.h>

#include "synthgrad/images.h"
#include "synthgrad/sim.h"

#pragma GCC visibility push(default)

enum sg_data_kind { SG_DATA_GAUSSIAN, SG_DATA_CSV, SG_DATA_CLASSES, SG_DATA_GRID, SG_DATA_IDX, SG_DATA_DIGITS, SG_DATA_MOMENTS };
/* Which of its claim's experiments a case asks for. */
enum sg_experiment {
    SG_EXPERIMENT_MAIN, SG_EXPERIMENT_MAP, SG_EXPERIMENT_DRAWN, SG_EXPERIMENT_DEEP,
    SG_EXPERIMENT_UNLOCKED
};
enum sg_form { SG_FORM_SAMPLE, SG_FORM_COMPRESSED, SG_FORM_SPECTRAL };
enum sg_order { SG_SIMULTANEOUS, SG_SG_FIRST, SG_NETWORK_FIRST };
enum sg_delay { SG_DELAY_NONE, SG_DELAY_STALE_BACKPROP, SG_DELAY_PAIRS, SG_DELAY_STALE_SG };
enum sg_search { SG_SEARCH_FIXED, SG_SEARCH_BACKTRACKING };                  /* how mu is chosen */
enum sg_units { SG_UNITS_ABSOLUTE, SG_UNITS_CRITICAL, SG_UNITS_OPTIMAL };   /* a rate as it is, or as a multiple */

enum { SG_CASE_LIST_MAX = 32, SG_CASE_TEXT_MAX = 256, SG_CASE_REALS_MAX = 400 };
enum { SG_CASE_KEYS_MAX = 96, SG_CASE_KEY_NAME_MAX = 40 };

struct sg_int_list { size_t n; int value[SG_CASE_LIST_MAX]; };
struct sg_real_list { size_t n; double value[SG_CASE_REALS_MAX]; };
struct sg_text_list { size_t n; char value[SG_CASE_LIST_MAX][SG_CASE_TEXT_MAX]; };

struct sg_case_module { int at; int family; unsigned terms; int target; double mix; int hidden; };   /* at -1: the output */

struct sg_case_data {
    int kind;                                   /* enum sg_data_kind */
    int n, d, outputs, rank;
    double condition, noise;
    bool bias;
    int labels;                                 /* enum sg_labels */
    bool one_hot;
    char file[SG_CASE_TEXT_MAX];                /* as written; sg_case_make_data finds it */
    struct sg_text_list target;
    bool standardise, standardise_target;
    int side;                                   /* of the grid */
    int test;                                   /* images to test on; n to train on */
    struct sg_text_list train_files, test_files;   /* images, labels: as written; sg_case_make_images finds them */
    struct sg_real_list S, R, map;              /* E[x^T x] (d x d), E[r^T r] (m x m), the least-squares map (d x m), row by row */
};
/* A hidden block is dense, batch norm if wanted, then the activation: a linear chain with neither. */
#define SG_NO_ACTIVATION SG_DENSE               /* no layer of its own follows the weights */
struct sg_case_net {
    struct sg_int_list layers, depths;          /* widths of the hidden blocks; how many, for NL1 */
    int loss, type;                             /* enum sg_loss_kind, enum sg_dtype */
    int activation;                             /* enum sg_layer_kind, or SG_NO_ACTIVATION */
    int credit;                                 /* after each hidden block, enum sg_credit */
    bool batch_norm;
    struct sg_real_list weights;                /* of all layers, one after the other */
};
struct sg_case_train {
    int form, order, delay, units, search;
    double mu, nu;
    int optimiser;                              /* enum sg_opt_kind, of the network and of the SG modules */
    double beta1, beta2, epsilon;
    int steps, epochs, batch, seeds;
    bool decay;
    struct sg_int_list tau;
    double radius;                              /* distance of a local start from the fixed point, relative to |w*| */
    double line;                                /* place on a line of fixed points, as a multiple of its lower limit's modulus */
};

struct sg_case {
    char path[SG_CASE_TEXT_MAX * 4], name[SG_CASE_TEXT_MAX];   /* name: the file's stem */
    char claim[SG_CASE_TEXT_MAX], expect[SG_CASE_TEXT_MAX];
    char budget[SG_CASE_TEXT_MAX];              /* a large case: what it costs; "none" for others */
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
    struct sg_case *control;                    /* the case with the control's keys put in their place, itself without a control;
                                                 * NULL without one */
    char control_text[SG_CASE_TEXT_MAX];        /* "mu = 1.01", for the report */
};

/* Fills c; sg_case_free it.  SG_IO when the file cannot be opened or read, SG_BAD_INPUT for anything wrong in it; then c is
 * zeroed and err holds one line.  Reads the file once, at most 1 MiB of it. */
enum sg_status sg_case_read(struct sg_case *c, const char *path, struct sg_error *err) SG_MUST_CHECK;
void sg_case_free(struct sg_case *c);
bool sg_case_is_large(const struct sg_case *c);             /* has a budget: runs with --full only */
/* FNV-1a of n bytes, going on from `digest`; SG_CASE_DIGEST to begin with. */
#define SG_CASE_DIGEST UINT64_C(14695981039346656037)
uint64_t sg_case_digest(uint64_t digest, const void *bytes, size_t n);
/* The keys of a case file with types, ranges, defaults and meaning, for `synthgrad explain case`. */
void sg_case_print_schema(FILE *out);

/* Keys by number, 0 .. sg_case_key_count() - 1: those of all groups.  name: "train.mu", "sg.mix",
 * "sg" for the list of modules, "seed". */
size_t sg_case_key_count(void);
void sg_case_key_name(char name[SG_CASE_KEY_NAME_MAX], size_t key);
/* The number of such a name; sg_case_key_count() when there is none. */
size_t sg_case_key_find(const char *name);
/* Is it a setting, or (false) a group of settings? */
bool sg_case_key_is_setting(size_t key);
/* Is the case's value of a setting the one that `text` says in the file's syntax, quotes left out?
 * Of a key of sg: in every module.  Of "sg" itself: () no module, one, some, any. */
bool sg_case_key_is(const struct sg_case *c, size_t key, const char *text);
/* As the file would say it: `"mse"` for the text mse of net.loss. */
void sg_case_key_write(char out[SG_CASE_TEXT_MAX], size_t key, const char *text);

/* The shape of moments data, from the lengths of S and R; 0 for other kinds. */
struct sg_case_shape { size_t d, m; };
struct sg_case_shape sg_case_moments_shape(const struct sg_case *c);
/* How many weights the net has on such data. */
size_t sg_case_n_weights(const struct sg_case *c, struct sg_case_shape shape);

/* The data set of one replicate; moments data are the same in all.  CSV files are looked for beside the case file, then in the folder that NIST_DIR names; IDX files in the one that
 * MNIST_DIR names.  Of images, those to train on.  SG_IO (with err filled) when a file is in neither place: the caller may skip the case.
 * SG_BAD_INPUT also when the targets are no labels for the case's loss: logistic wants one column in [0, 1], softmax rows >= 0 that add
 * up to 1 (to 1e-6: files have few digits), and when settings in range make numbers that are not finite. */
enum sg_status sg_case_make_data(struct sg_data *data, const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                 struct sg_error *err) SG_MUST_CHECK;

/* The images of one replicate, as bytes, both sets standardised by the training set's pixels if the case says so; test may be NULL.  Made digits are
 * fresh in every replicate; of IDX files, all replicates have the first n and the first `test`.  SG_BAD_INPUT when the files hold fewer, when the sets
 * do not have one size, and when the case's data are no images; SG_IO as above. */
enum sg_status sg_case_make_images(struct sg_images *train, struct sg_images *test, const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                   struct sg_error *err) SG_MUST_CHECK;
/* Which data these are, for a report: "MNIST (MNIST_DIR=/data/mnist)", "built-in digits, seed 3"; free(). */
char *sg_case_describe_data(const struct sg_case *c, uint64_t seed);

/* The architecture a case describes, on data of the given shape.  No layer has a bias of its own: the ones column of X is the
 * intercept.  A case's boundary is that after a block, whose h is the activation's output; sg_case_end says which boundary of the net
 * that is.  The seed of the fixed matrices is the case's; what draws nets by replicate sets its own.
 * arch points into the struct, so the struct must not be copied or moved.
 * SG_BAD_INPUT when a case changed after reading has a module where the net has no boundary, or two at one. */
enum { SG_CASE_LAYERS_MAX = 3 * SG_CASE_LIST_MAX + 1 };
struct sg_case_arch {
    struct sg_arch arch;
    struct sg_layer layer[SG_CASE_LAYERS_MAX];
    struct sg_module module[SG_CASE_LIST_MAX];
    enum sg_credit credit[SG_CASE_LAYERS_MAX + 1];
};
size_t sg_case_end(const struct sg_case *c, size_t block);                  /* block 1..layers + 1, the output */
enum sg_status sg_case_make_arch(struct sg_case_arch *out, const struct sg_case *c, size_t inputs, size_t labels,
                                 struct sg_error *err) SG_MUST_CHECK;
/* Order and delay as four integers; tau >= 0 is not looked at without a delay.  (sg_case_read refuses a case with both.) */
struct sg_timing sg_case_timing(const struct sg_case *c, int tau);
/* The case's optimiser at a rate in absolute units. */
struct sg_opt sg_case_opt(const struct sg_case *c, double rate);

#pragma GCC visibility pop

#endif
