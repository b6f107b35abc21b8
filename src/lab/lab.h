/* lab.h - private: a trial in progress, what claims measure with and say.
 *
 * A lab owns all memory that is taken in it and keeps the first status that is not SG_OK.  Rows are
 * not added after that, since nobody could know what they mean; code runs on, so every loop in an
 * instrument needs a cap.  Rows of one id are one row, the worst.  A tolerance and the words for it
 * come from one place.  Knows no claim. */
#ifndef SG_LAB_LAB_H
#define SG_LAB_LAB_H

#include "synthgrad/claim.h"

struct sg_lab {
    const struct sg_trial *trial;
    struct sg_evidence *ev;             /* NULL: rows and notes go nowhere */
    enum sg_status status;              /* the first that is not SG_OK */
    struct sg_owned *owned;
};

/* What a claim measures with: built before its hypotheses are looked at, ended after it has said
 * everything.  make: NULL after sg_lab_stop or sg_lab_try where the case is none for it. */
struct sg_instrument {
    void *(*make)(struct sg_lab *lab);
};

/* Builds the instrument, looks at each hypothesis in turn, lets the claim say what it has to say,
 * and gives back all that was taken.  For `measure` of struct sg_claim. */
enum sg_status sg_lab_measure(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
/* A lab by itself, for threads, for scratch memory and for tests.  end gives back all that was
 * taken. */
struct sg_lab sg_lab_begin(struct sg_evidence *ev, const struct sg_trial *trial);
enum sg_status sg_lab_end(struct sg_lab *lab);

/* ---- memory: given back when the lab ends --------------------------------------------------- */

/* count zeroed elements of a type. */
#define SG_TAKE(lab, count, type) ((type *)sg_lab_take((lab), (count), sizeof(type)))
void *sg_lab_take(struct sg_lab *lab, size_t count, size_t size);
/* The lab ends `thing` with `end` when it ends; NULL is fine.  Later ones end first. */
void sg_lab_own(struct sg_lab *lab, void *thing, void (*end)(void *));
struct sg_rng *sg_lab_rng(struct sg_lab *lab,
                          const char *purpose); /* a stream of the trial's own */
char *sg_lab_format(struct sg_lab *lab, const char *fmt, ...) SG_PRINTF(2, 3);

/* ---- what stops it -------------------------------------------------------------------------- */

/* Keeps the first status that is not SG_OK; true while all are fine. */
bool sg_lab_try(struct sg_lab *lab, enum sg_status status);
/* The same with the reason, which is what the reader is told. */
void sg_lab_stop(struct sg_lab *lab, enum sg_status status, const char *fmt, ...) SG_PRINTF(3, 4);
/* Something worth a line that changes no verdict. */
void sg_lab_note(struct sg_lab *lab, const char *fmt, ...) SG_PRINTF(2, 3);
/* Are `needed` steps within `allowed`?  Else SG_BUDGET, naming both.  to: "see a start shrink a
 * hundredfold".  mend: "raise train.steps". */
bool sg_lab_afford(struct sg_lab *lab, double needed, double allowed, const char *to,
                   const char *mend);
/* sg_case_make_data for data that a claim makes itself; owned by the lab, empty when it stops. */
const struct sg_data *sg_lab_data(struct sg_lab *lab, const struct sg_case *c, uint64_t replicate);
/* The same with a seed that is not the trial's. */
const struct sg_data *sg_lab_data_of_seed(struct sg_lab *lab, const struct sg_case *c,
                                          uint64_t seed, uint64_t replicate);
/* One of many parts: what it takes is given back when it is done, its rows and status stay. */
void sg_lab_part(struct sg_lab *lab, void (*part)(struct sg_lab *lab, void *context),
                 void *context);

/* ---- rows ----------------------------------------------------------------------------------- */

/* A tolerance with its derivation in words.  scale: the size of what is compared, when it is not
 * that of the prediction; the judge calls a row blind whose tolerance is above SG_BLIND of the
 * scale. */
struct sg_tol { double value; const char *words; double scale; };

/* measured = predicted.  Scale: tol's, else |predicted|. */
void sg_lab_equal(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  double measured, double predicted, struct sg_tol tol);
/* An error that the statement says is 0: of quantities of the size `tol.scale`, which must be
 * given. */
void sg_lab_zero(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 double error, struct sg_tol tol);
/* a = b entry by entry (n).  Scale: tol's, else max |b|. */
void sg_lab_same(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 const double *a, const double *b, size_t n, struct sg_tol tol);
/* measured <= bound, a theorem's; tol is rounding alone.  Shown with the share that is attained. */
void sg_lab_below(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  double measured, double bound, struct sg_tol tol);
void sg_lab_fact(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 bool is_so, const char *words);
/* Whole numbers, exactly. */
void sg_lab_count(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  size_t measured, size_t predicted, const char *words);
/* Of an empirical claim: a positive effect with its interval; src/lab/statistics.h makes them. */
struct sg_t_interval { double low, high, confidence; };
void sg_lab_effect(struct sg_lab *lab, const char *id, const char *what, double effect,
                   struct sg_t_interval interval, bool secondary, const char *words);
/* A statement that a certificate proves.  proved: its status; wanted: SG_OK or SG_REFUTED.  Met
 * when they are the same, missed when the opposite is proved, open for every other status. */
void sg_lab_proved(struct sg_lab *lab, const char *id, const char *what, enum sg_status proved,
                   enum sg_status wanted, const char *words);
/* A limit between low and high, proved on both sides.  inside, outside: what a certificate says of
 * its two ends, SG_OK stable, SG_REFUTED unstable.  Met when they say so of a width of at most
 * SG_LAB_LIMIT_WIDTH |low|, missed when one of them says the opposite. */
#define SG_LAB_LIMIT_WIDTH 1e-8
/* What such a pair comes to: SG_OK met, SG_REFUTED missed, SG_UNPROVED open. */
enum sg_status sg_lab_limit_outcome(enum sg_status inside, enum sg_status outside);
void sg_lab_limit_proved(struct sg_lab *lab, const char *id, const char *what, double low,
                         double high, enum sg_status inside, enum sg_status outside,
                         const char *words);
/* `value`, computed in floating point with an error of at most tol, lies in [low, high].  Open when
 * the enclosure is none or is wider than width |high|: it proves nothing then. */
void sg_lab_enclosed(struct sg_lab *lab, const char *id, const char *what, double value, double low,
                     double high, double width, struct sg_tol tol);

/* Series and listings, as in claim.h. */
void sg_lab_series(struct sg_lab *lab, const char *name, const char *columns);
void sg_lab_point(struct sg_lab *lab, const double *values);

/* ---- the worst of many ---------------------------------------------------------------------- */

/* The comparison with the largest error over tolerance so far; zeroed: none yet.  A NaN is the
 * worst there is and stays. */
struct sg_worst { double error, tolerance; bool some; };
void sg_lab_keep_worst(struct sg_worst *worst, double error, double tolerance);

/* ---- rates ---------------------------------------------------------------------------------- */

/* A case's rate (train.mu or train.nu) in absolute units: as it is; or a multiple of `critical`,
 * the rate at which the block that it drives ceases to be stable, or of `optimal`, the fastest one.
 */
double sg_lab_rate(double rate, int units, double critical, double optimal);

/* ---- where something changes ---------------------------------------------------------------- */

/* What a point is on: LOW and HIGH are the two sides of a limit, NEITHER ends the search. */
enum sg_side { SG_SIDE_LOW, SG_SIDE_HIGH, SG_SIDE_NEITHER };
typedef enum sg_side sg_lab_side(double x, void *context);
/* The x > 0 where `side` turns from LOW to HIGH, to a relative width, by doubling from `from`
 * (which must be LOW) and bisection.  NaN when it is not found. */
double sg_lab_bisect(sg_lab_side *side, void *context, double from, double width);
/* The same inside a bracket: low is LOW, high is HIGH, of one sign. */
double sg_lab_bisect_between(sg_lab_side *side, void *context, double low, double high,
                             double width);

#endif
