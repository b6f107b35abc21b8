/* claim.h - a claim gets a case and returns evidence: rows, a verdict, and a negative control
 * that must change it. */
#ifndef SYNTHGRAD_CLAIM_H
#define SYNTHGRAD_CLAIM_H

#include "synthgrad/case.h"

SG_PUBLIC_BEGIN

enum sg_evidence_kind {
    SG_CLOSED_FORM, SG_SIMULATED, SG_CERTIFIED, SG_MACHINE_CHECKED, SG_EVIDENCE_KINDS
};

/* A proved claim holds, fails (a row that follows from the statement is violated) or is
 * inconclusive (a hypothesis is not met, a step budget is too small, a proof stays undecided, a
 * tolerance is too wide to see anything).  An empirical one is reproduced, not reproduced or
 * inconclusive.  Skipped: its data are not on this machine. */
enum sg_verdict {
    SG_HOLDS, SG_FAILS, SG_INCONCLUSIVE, SG_REPRODUCED, SG_NOT_REPRODUCED, SG_SKIPPED, SG_VERDICTS
};

/* "closed form", "simulated", ... */
const char *sg_claim_kind_name(enum sg_evidence_kind kind);
/* "holds", "not reproduced", ... */
const char *sg_claim_verdict_name(enum sg_verdict verdict);

/* What a row says.
 *   EQUAL   measured is predicted, to a tolerance derived from rounding and conditioning.
 *   BOUND   measured is at most predicted, a theorem's bound, to a tolerance for rounding.
 *   FACT    something is so: measured 1 or 0, predicted 1.  A count: both are whole numbers.
 *   PROOF   a statement is proved, its opposite is, or neither.
 *   EFFECT  of an empirical claim: measured is said to be positive; with an interval. */
enum sg_row_form { SG_ROW_EQUAL, SG_ROW_BOUND, SG_ROW_FACT, SG_ROW_PROOF, SG_ROW_EFFECT };

/* What became of a row.  Blind: its tolerance is above SG_BLIND of its scale, so that no
 * plausible error could fail it.  Open: a proof that was not found, an effect whose interval
 * contains 0. */
enum sg_row_state { SG_ROW_MET, SG_ROW_MISSED, SG_ROW_OPEN, SG_ROW_IS_BLIND };

/* A wrong sign, factor or term moves a quantity by the order of its own size.  A tolerance of a
 * tenth of that size is the widest that is still sure to see it. */
#define SG_BLIND 0.1

enum { SG_ROW_ID_MAX = 48, SG_ROW_WHAT_MAX = 160, SG_BASIS_MAX = 200 };
/* One line of evidence.  Rows of one id are one row: the worst stands for all, over the
 * repetitions in a replicate and over the replicates. */
struct sg_row {
    char id[SG_ROW_ID_MAX];       /* short and stable: "mu-limit" */
    char what[SG_ROW_WHAT_MAX];   /* for people; may be reworded */
    enum sg_evidence_kind kind;
    enum sg_row_form form;
    enum sg_row_state state;
    double measured, predicted, tolerance;
    double scale;                 /* size of what is compared, the order of a plausible error */
    double low, high;             /* EFFECT: its interval.  PROOF: the enclosure shown, or NaN */
    double confidence;            /* EFFECT: of the interval, 0.95 or, after Holm, more */
    bool secondary;               /* EFFECT: not the one that the verdict is about */
    char basis[SG_BASIS_MAX];     /* where the tolerance comes from */
    bool ok;                      /* state is SG_ROW_MET */
    size_t replicate;             /* the one that stands for all */
};

/* Columns of numbers for a figure, written to results/CASE/NAME.dat. */
struct sg_series {
    char name[40], columns[200];
    size_t width, rows;
    size_t capacity;              /* in numbers */
    double *value;
};

/* Numbers that people read side by side in the terminal, in JSON and in the report.  Rows and
 * columns have names.  NaN is an empty cell. */
enum { SG_LISTING_NAME_MAX = 32 };
struct sg_listing {
    char title[160];
    size_t n_columns, n_rows, capacity, names_capacity;
    char (*column)[SG_LISTING_NAME_MAX], (*row)[SG_LISTING_NAME_MAX];
    double *value;
};

/* Texts in the order in which they came. */
struct sg_texts { size_t n, capacity; char **text; };

struct sg_evidence {
    size_t n_rows, rows_capacity;
    struct sg_row *row;
    size_t n_series, series_capacity;
    struct sg_series *series;
    size_t n_listings, listings_capacity;
    struct sg_listing *listing;
    /* What the certified rows prove, bit by bit, each a JSON object; arrays are what several of
     * them are about, each once.  They go to results/CASE/certificates.json. */
    struct sg_texts certificates, arrays;
    /* The reason for a status other than SG_OK, or what else is worth a line. */
    char note[400];
};

/* Tolerates a zeroed struct, and leaves one. */
void sg_claim_evidence_free(struct sg_evidence *ev);
/* Adds a row, or keeps the worse of it and the one that has its id.  The caller fills in id,
 * what, kind, form, numbers and basis.  state and ok follow from them by one rule.  Of a PROOF the
 * caller gives the state too.  A row with a number that is not finite is never met. */
void sg_claim_add_row(struct sg_evidence *ev, const struct sg_row *row);
/* How near a row is to being missed, the same for people, JSON and pages: 1 is the edge.
 *   EQUAL   |measured - predicted| / tolerance, 0 when both vanish
 *   BOUND   (measured - predicted) / tolerance, at least 0; `sg_claim_share` is measured /
 * predicted EFFECT  half the interval over the effect, infinite when that is not positive or there
 * is no interval FACT, PROOF  0 when met, else infinite */
double sg_claim_margin(const struct sg_row *row);
/* The share of a theorem's bound that is attained, measured / predicted.  Other rows: NaN. */
double sg_claim_share(const struct sg_row *row);
/* Starts a series.  columns: a space-separated list. */
void sg_claim_series(struct sg_evidence *ev, const char *name, const char *columns);
/* Adds a row to the last series: as many values as it has columns. */
void sg_claim_point(struct sg_evidence *ev, const double *values);
/* Starts a table.  columns: separated by "|".  The first one names the rows. */
void sg_claim_listing(struct sg_evidence *ev, const char *title, const char *columns);
/* Adds a row to the last table: n_columns - 1 values. */
void sg_claim_listing_row(struct sg_evidence *ev, const char *name, const double *values);
/* Keeps a certificate: a JSON object as src/lab/record.h makes it. */
void sg_claim_certificate(struct sg_evidence *ev, const char *json);
/* The place among the arrays of one that certificates refer to: that of its equal, or a new one. */
size_t sg_claim_array(struct sg_evidence *ev, const char *json);

/* A folder with intermediate results of a long experiment ("pieces"), one whole file each. */
struct sg_store;
/* The store OUT/CASE/pieces of a case. */
struct sg_store *sg_claim_store_alloc(const char *out, const struct sg_case *c);
/* The store OUT/NAME/pieces, for what several cases share.  Free it before `store`, beside which
 * it lies.  NULL for NULL. */
struct sg_store *sg_claim_store_beside(const struct sg_store *store, const char *name);
/* The first write failure of this store or of one beside it.  NULL: there was none.  Read its
 * text only after all threads have stopped writing. */
const struct sg_error *sg_claim_store_failure(const struct sg_store *store);
/* Tolerates NULL.  The files stay. */
void sg_claim_store_free(struct sg_store *store);

/* One replicate of a case. */
enum { SG_HYPOTHESIS_VALUE_MAX = 160 };
struct sg_claim;
struct sg_instrument;
struct sg_trial {
    const struct sg_claim *claim;
    const struct sg_case *c;
    const struct sg_data *data;         /* as the case says */
    uint64_t seed, replicate;
    bool figure;                        /* series are wanted: replicate 0, not the control */
    bool full;                          /* the large grids */
    const struct sg_store *store;       /* NULL: nothing is kept */
};
/* Reads back a piece of this trial that an earlier run kept.  True if it has `size` bytes and was
 * made by the same program from the same case, seed and `full`, on the same bytes of the case's
 * data files and on the same kind of machine (sg_base_platform). */
bool sg_claim_recall(void *bytes, size_t size, const struct sg_trial *trial, const char *piece);
/* Writes a piece of this trial.  Does nothing without a store.  Its name: letters, digits, - and
 * _.  Threads may keep different pieces at once.
 * SG_IO: it could not be written, or a data file of the case was changed since the store was made,
 * so that nobody knows what the piece is about. */
enum sg_status sg_claim_keep(const struct sg_trial *trial, const char *piece, const void *bytes,
                             size_t size, struct sg_error *err) SG_MUST_CHECK;
/* Removes a piece of this trial, if it was kept. */
void sg_claim_forget(const struct sg_trial *trial, const char *piece);
/* A random stream of this trial's own.  Free with sg_base_rng_free. */
struct sg_rng *sg_claim_rng(const struct sg_trial *trial, const char *purpose);

/* A hypothesis of a statement.  It is checked before anything is measured. */
struct sg_lab;                          /* a trial in progress: src/lab/lab.h */
struct sg_hypothesis {
    const char *id;                     /* "S_x-nonsingular" */
    const char *words;                  /* "S_x = E[x x^T] is nonsingular" */
    const char *mend;                   /* "take more samples (data.n) or fewer columns (data.d)" */
    /* Is it met?  If not, writes the value that shows it ("d = 9 > n = 5").  on: the instrument. */
    bool (*met)(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on, const struct sg_trial *trial);
    /* The part of the instrument that `met` is to look at.  NULL when it has none, where the
     * hypothesis is met.  Without: all of it. */
    const void *(*of)(const void *on);
};

/* Whose statement a claim is.  The paper is Czarnecki et al., ICML 2017. */
enum sg_from { SG_FROM_PROJECT, SG_FROM_PAPER, SG_FROM_OTHERS };

struct sg_claim {
    const char *id, *name, *title;      /* "DY3", "dy3_joint_spectrum", a line */
    const char *statement;              /* a paragraph for `explain` */
    const char *subject;                /* NULL: a claim.  "a training": what else reads a case's
                                           keys, and refuses others, by `reads` */
    enum sg_from from;
    const char *source;                 /* where there: "Theorem 1"; NULL: nowhere in particular */
    bool empirical;
    bool needs_data;                    /* false: the claim brings its own */
    /* The keys of a case that the claim reads, "group.key" separated by blanks.  A case or control
     * with any other key is refused at its line.
     *   train.mu                 read, any value
     *   net.loss=mse|abs         only these values
     *   sg=()                    no SG module
     *   train.mu!                must be given
     *   net.layers@deep!         only with experiment = "deep" (values and ! come after it); the
     *                            same key may be listed again for another experiment
     *   @deep                    alone: so are all keys that follow; a bare @ ends it
     * A claim with several experiments lists them: experiment=main|deep. */
    const char *reads;
    const struct sg_hypothesis *const *supposes;    /* NULL at the end; NULL: none */
    /* Fills ev.
     *   SG_OK                the rows decide
     *   SG_BAD_INPUT, SG_IO  the data that the claim asked for are bad or missing: the note is the
     *                        line to print
     *   any other            inconclusive unless a row is missed, and ev->note says why
     * Claims give the one of src/lab, which builds the instrument `on`, looks at the hypotheses and
     * calls `says`. */
    enum sg_status (*measure)(struct sg_evidence *ev, const struct sg_trial *trial);
    const struct sg_instrument *on;     /* what it measures with (src/lab/lab.h); NULL: its own */
    void (*says)(struct sg_lab *lab, void *on);
};
/* All claims, NULL at the end. */
extern const struct sg_claim *const sg_claims[];
/* The claim of that id, in any case of letters, or of that name.  NULL: there is none. */
const struct sg_claim *sg_claim_find(const char *id_or_name);

struct sg_judgement {
    const struct sg_claim *claim;
    char case_name[SG_CASE_TEXT_MAX], expected[SG_CASE_TEXT_MAX];
    struct sg_evidence evidence;
    enum sg_verdict verdict;
    bool ok;                            /* verdict and control are as expected */
    bool own;                           /* of a case of the user's, not of the project's */
    bool has_control, control_ok;
    char control_what[(int)SG_CASE_TEXT_MAX + (int)SG_ROW_WHAT_MAX + 16];
    enum sg_verdict control_verdict;
    uint64_t seed;
    size_t replicates;
    double seconds;
};
/* Does the claim say something about the case?  SG_BAD_INPUT, with the line, when the case or its
 * control:
 *   - has a key that the claim does not read
 *   - has a value that the claim says nothing about
 *   - lacks a key that the claim needs */
enum sg_status sg_claim_fits(const struct sg_claim *claim, const struct sg_case *c,
                             struct sg_error *err) SG_MUST_CHECK;
/* A key that a claim reads. */
struct sg_claim_key {
    char name[SG_CASE_KEY_NAME_MAX];        /* "train.mu" */
    char values[SG_CASE_TEXT_MAX];          /* "mse|abs"; "": any */
    char experiment[SG_CASE_KEY_NAME_MAX];  /* the only experiment that reads it; "": every one */
    bool required;                          /* it must be given */
};
/* The i-th key that a claim reads, from i = 0.  False after the last. */
bool sg_claim_reads(struct sg_claim_key *key, const struct sg_claim *claim, size_t i);

struct sg_judge_options {
    const struct sg_claim *claim;       /* NULL: the one that the case names */
    const uint64_t *seed;               /* NULL: the case's own */
    bool full;
    const char *out;                    /* the results folder, which keeps pieces; NULL: none */
};

/* Runs every replicate of the case and its control.  A case with a budget is skipped unless
 * `full`.  Each finished replicate is kept in `out` if `full` is asked for or the case has 100
 * replicates or more.  A later call goes on from there.
 *   SG_BAD_INPUT    the case does not fit the claim (err)
 *   SG_IO           a piece could not be written (err)
 *   SG_INTERRUPTED  Ctrl-C
 * Free with sg_claim_judgement_free, whatever the status. */
enum sg_status sg_claim_judge(struct sg_judgement *out, const struct sg_case *c,
                              const struct sg_judge_options *options,
                              struct sg_error *err) SG_MUST_CHECK;
/* Removes the replicates that were kept for a judgement.  Call it when the judgement is written.
 * Does nothing for a `full` judgement, which is one of many. */
void sg_claim_settle(const struct sg_judgement *j, const struct sg_case *c,
                     const struct sg_judge_options *options);
void sg_claim_judgement_free(struct sg_judgement *j);

SG_PUBLIC_END

#endif
