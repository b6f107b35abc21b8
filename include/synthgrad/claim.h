/* claim.h - a claim gets a case and returns evidence: rows, a verdict, and a negative control that must change it. */
#ifndef SYNTHGRAD_CLAIM_H
#define SYNTHGRAD_CLAIM_H

#include "synthgrad/case.h"

#pragma GCC visibility push(default)

enum sg_evidence_kind { SG_CLOSED_FORM, SG_SIMULATED, SG_CERTIFIED, SG_MACHINE_CHECKED, SG_EVIDENCE_KINDS };

/* A proved claim holds, fails, is inconclusive (a hypothesis not met) or refuted (the statement is false and we show it).
 * An empirical one is reproduced, not reproduced or inconclusive.  Skipped: its data are not on this machine. */
enum sg_verdict { SG_HOLDS, SG_FAILS, SG_INCONCLUSIVE, SG_IS_REFUTED, SG_REPRODUCED, SG_NOT_REPRODUCED, SG_SKIPPED, SG_VERDICTS };

const char *sg_claim_kind_name(enum sg_evidence_kind kind);
const char *sg_claim_verdict_name(enum sg_verdict verdict);

enum { SG_BASIS_MAX = 200 };
/* One line of evidence: ok iff |measured - predicted| <= tolerance (NaN fails).  Over replicates, the one with the largest
 * |measured - predicted| / tolerance stands for all. */
struct sg_row {
    char what[120];
    enum sg_evidence_kind kind;
    double measured, predicted, tolerance;
    char basis[SG_BASIS_MAX];     /* where the tolerance comes from */
    bool ok;
    size_t replicate;             /* the worst one */
    bool effect;                  /* an effect of an empirical claim, with its interval: ok iff low > 0 */
    double low, high;
};

/* Columns of numbers for a figure, written to results/CASE/NAME.dat. */
struct sg_series {
    char name[40], columns[200];
    size_t width, rows, capacity; /* capacity and count in numbers */
    double *value;
};

/* Numbers that people read side by side, in the terminal, in JSON and in the report: named rows and columns, NaN an empty cell. */
enum { SG_LISTING_NAME_MAX = 32 };
struct sg_listing {
    char title[160];
    size_t n_columns, n_rows, capacity, names_capacity;
    char (*column)[SG_LISTING_NAME_MAX], (*row)[SG_LISTING_NAME_MAX];
    double *value;
};

struct sg_evidence {
    size_t n_rows, rows_capacity;
    struct sg_row *row;
    size_t n_series, series_capacity;
    struct sg_series *series;
    size_t n_listings, listings_capacity;
    struct sg_listing *listing;
    char note[400];               /* what a status other than SG_OK was about, or what else is worth a line */
};

void sg_claim_evidence_free(struct sg_evidence *ev);
void sg_claim_compare(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double predicted,
                      double tolerance, const char *basis);
/* measured <= bound, shown as predicted 0 with the bound for its tolerance. */
void sg_claim_bound(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double bound,
                    const char *basis);
/* A statement that is true or not: measured 1 or 0, predicted 1, tolerance 0. */
void sg_claim_fact(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, bool is_so, const char *basis);
/* Empirical claims: an effect that is said to be positive, with its 95 % interval.  Found when low > 0, contradicted when high <= 0, else open;
 * shown as predicted 0 with the half-width effect - low for its tolerance. */
void sg_claim_effect(struct sg_evidence *ev, const char *what, double effect, double low, double high, const char *basis);
/* |measured - predicted| / tolerance; 0 when both vanish.  Of an effect: the half-width over the effect, infinite when that is not positive. */
double sg_claim_ratio(const struct sg_row *row);
/* Starts a series; columns is a space-separated list.  Then one call a row. */
void sg_claim_series(struct sg_evidence *ev, const char *name, const char *columns);
void sg_claim_point(struct sg_evidence *ev, const double *values);
/* Starts a table; columns are separated by "|", the first names the rows.  Then one call a row, n_columns - 1 values. */
void sg_claim_listing(struct sg_evidence *ev, const char *title, const char *columns);
void sg_claim_listing_row(struct sg_evidence *ev, const char *name, const double *values);

/* Where the pieces of a long experiment are kept, one whole file each: OUT/CASE/pieces. */
struct sg_store;
struct sg_store *sg_claim_store_alloc(const char *out, const struct sg_case *c);
/* OUT/NAME/pieces, for what several cases share; NULL for NULL.  Freed before the store it lies beside. */
struct sg_store *sg_claim_store_beside(const struct sg_store *store, const char *name);
/* Why a piece could not be written, here or in a store beside it; NULL: all could.  Its text: when no thread keeps pieces any more. */
const struct sg_error *sg_claim_store_failure(const struct sg_store *store);
void sg_claim_store_free(struct sg_store *store);

/* One replicate of a case. */
struct sg_trial {
    const struct sg_case *c;
    const struct sg_data *data;         /* as the case says */
    uint64_t seed, replicate;
    bool figure;                        /* series are wanted: the first replicate, not the control */
    bool full;                          /* the large grids */
    const struct sg_store *store;       /* NULL: nothing is kept */
};
/* A piece of this trial that an earlier run finished: true and its bytes, if the same program, case, seed and `full` made it.  keep: writes one;
 * does nothing without a store.  Names of pieces: letters, digits, - and _.  Different pieces may be kept from different threads. */
bool sg_claim_recall(void *bytes, size_t size, const struct sg_trial *trial, const char *piece);
enum sg_status sg_claim_keep(const struct sg_trial *trial, const char *piece, const void *bytes, size_t size, struct sg_error *err) SG_MUST_CHECK;
void sg_claim_forget(const struct sg_trial *trial, const char *piece);
/* A random stream of this trial's own. */
struct sg_rng *sg_claim_rng(const struct sg_trial *trial, const char *purpose);

/* What a claim is about beyond the defaults mse or abs, linear SGs, gradient descent, linear nets under the true gradient, and float64:
 * any choice of these keys (net: activation, batch_norm and credit). */
enum sg_claim_allows { SG_ANY_LOSS = 1, SG_ANY_FAMILY = 2, SG_ANY_OPTIMISER = 4, SG_ANY_NET = 8, SG_ANY_TYPE = 16 };

struct sg_claim {
    const char *id, *name, *title;      /* "DY3", "dy3_joint_spectrum", a line */
    const char *statement;              /* a paragraph for `explain` */
    bool empirical;
    bool needs_data;                    /* false: the claim brings its own */
    unsigned allows;                    /* enum sg_claim_allows; a case with anything else is refused before it runs */
    /* SG_OK: the rows decide; an empirical claim is reproduced when all effects are found, not reproduced when one is contradicted, and fails
     * when another row does.  SG_HYPOTHESIS, SG_UNPROVED: inconclusive.  SG_BAD_INPUT, SG_IO: the data the claim asked for,
     * ev->note is the line.  Anything else: fails, ev->note says why. */
    enum sg_status (*measure)(struct sg_evidence *ev, const struct sg_trial *trial);
};
extern const struct sg_claim *const sg_claims[];    /* NULL at the end */
const struct sg_claim *sg_claim_find(const char *id_or_name);

struct sg_judgement {
    const struct sg_claim *claim;
    char case_name[SG_CASE_TEXT_MAX], expected[SG_CASE_TEXT_MAX];
    struct sg_evidence evidence;
    enum sg_verdict verdict;
    bool ok;                            /* verdict as expected, and the control changed it; of an empirical claim: there is a verdict, and the
                                         * control changes "reproduced" */
    bool has_control, control_ok;
    char control_what[SG_CASE_TEXT_MAX + 160];
    enum sg_verdict control_verdict;
    uint64_t seed;
    size_t replicates;
    double seconds;
};
/* SG_BAD_INPUT when the case, or its control, has a loss, an SG family, an optimiser, a net or a type that the claim says nothing about. */
enum sg_status sg_claim_fits(const struct sg_claim *claim, const struct sg_case *c, struct sg_error *err) SG_MUST_CHECK;

struct sg_judge_options {
    const uint64_t *seed;               /* NULL: the case's own */
    bool full;
    const char *out;                    /* the results folder, where pieces of long experiments are kept; NULL: nowhere */
};

/* Runs every replicate of the case and its control.  A case with a budget is skipped unless `full`.  With `full`, or 100 replicates or more, each
 * replicate that is done is kept in `out`, and a later call goes on from there.
 * SG_BAD_INPUT: the case does not fit the claim (err).  SG_INTERRUPTED. */
enum sg_status sg_claim_judge(struct sg_judgement *out, const struct sg_case *c, const struct sg_judge_options *options,
                              struct sg_error *err) SG_MUST_CHECK;
/* When the judgement is written: the replicates that were kept for it go, unless it was a `full` one, which is one of many. */
void sg_claim_settle(const struct sg_judgement *j, const struct sg_case *c, const struct sg_judge_options *options);
void sg_claim_judgement_free(struct sg_judgement *j);

#pragma GCC visibility pop

#endif
