/* A trial in progress: memory, status, rows. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab.h"
#include "lab/own.h"

/* ---- memory --------------------------------------------------------------------------------- */

struct sg_owned {
    struct sg_owned *next;
    void *thing;
    void (*end)(void *);
};

void sg_lab_own(struct sg_lab *lab, void *thing, void (*end)(void *))
{
    struct sg_owned *owned = SG_NEW(1, struct sg_owned);
    *owned = (struct sg_owned){lab->owned, thing, end};
    lab->owned = owned;
}

/* One block of its own a piece, so that a sanitizer sees an overflow. */
void *sg_lab_take(struct sg_lab *lab, size_t count, size_t size)
{
    void *block = sg_base_alloc(count, size);
    sg_lab_own(lab, block, free);
    return block;
}

struct sg_rng *sg_lab_rng(struct sg_lab *lab, const char *purpose)
{
    return sg_lab_own_rng(lab, sg_claim_rng(lab->trial, purpose));
}

char *sg_lab_format(struct sg_lab *lab, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    SG_REQUIRE(vasprintf(&text, fmt, args) >= 0);
    va_end(args);
    sg_lab_own(lab, text, free);
    return text;
}

static void free_data(void *data)
{
    sg_data_free(data);
    free(data);
}

const struct sg_data *sg_lab_data(struct sg_lab *lab, const struct sg_case *c, uint64_t replicate)
{
    return sg_lab_data_of_seed(lab, c, lab->trial->seed, replicate);
}

const struct sg_data *sg_lab_data_of_seed(struct sg_lab *lab, const struct sg_case *c,
                                          uint64_t seed, uint64_t replicate)
{
    struct sg_data *data = SG_NEW(1, struct sg_data);
    struct sg_error err = {{0}};
    const enum sg_status status = sg_case_make_data(data, c, seed, replicate, &err);
    sg_lab_own(lab, data, free_data);
    if (status != SG_OK)
        sg_lab_stop(lab, status, "%s", err.text);
    return data;
}

/* ---- status --------------------------------------------------------------------------------- */

bool sg_lab_try(struct sg_lab *lab, enum sg_status status)
{
    if (lab->status == SG_OK)
        lab->status = status;
    return lab->status == SG_OK;
}

/* Adds a clause at the end of the note. */
static void add_note(struct sg_lab *lab, const char *text)
{
    const size_t used = strlen(lab->ev->note), room = sizeof lab->ev->note - used;
    snprintf(lab->ev->note + used, room, "%s%s", used ? "; " : "", text);
}

void sg_lab_stop(struct sg_lab *lab, enum sg_status status, const char *fmt, ...)
{
    char text[sizeof lab->ev->note];
    va_list args;
    if (lab->status != SG_OK)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    lab->status = status;
    if (lab->ev)
        memcpy(lab->ev->note, text, sizeof text);  /* the reason is what matters now */
}

void sg_lab_note(struct sg_lab *lab, const char *fmt, ...)
{
    char text[sizeof lab->ev->note];
    va_list args;
    if (lab->status != SG_OK || !lab->ev)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    add_note(lab, text);
}

bool sg_lab_afford(struct sg_lab *lab, double needed, double allowed, const char *to,
                   const char *mend)
{
    if (!(needed <= allowed))
        sg_lab_stop(lab, SG_BUDGET, "to %s takes %.2g steps, and the step budget is %.2g; %s", to,
                    needed, allowed, mend);
    return lab->status == SG_OK;
}

struct sg_lab sg_lab_begin(struct sg_evidence *ev, const struct sg_trial *trial)
{
    return (struct sg_lab){.ev = ev, .trial = trial};
}

void sg_lab_part(struct sg_lab *lab, void (*part)(struct sg_lab *lab, void *context), void *context)
{
    if (lab->status != SG_OK)
        return;
    struct sg_lab within = sg_lab_begin(lab->ev, lab->trial);
    part(&within, context);
    lab->status = sg_lab_end(&within);
}

enum sg_status sg_lab_end(struct sg_lab *lab)
{
    for (struct sg_owned *o = lab->owned, *next; o; o = next) {
        next = o->next;
        if (o->thing)
            o->end(o->thing);
        free(o);
    }
    lab->owned = NULL;
    return lab->status;
}

static void suppose(struct sg_lab *lab, const struct sg_hypothesis *hypothesis, const void *on)
{
    char value[SG_HYPOTHESIS_VALUE_MAX] = "";
    const void *part = hypothesis->of ? hypothesis->of(on) : on;
    if ((part || !hypothesis->of) && !hypothesis->met(value, part, lab->trial))
        sg_lab_stop(lab, SG_HYPOTHESIS, "the statement supposes that %s; here %s; %s",
                    hypothesis->words, value, hypothesis->mend);
}

enum sg_status sg_lab_measure(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_claim *claim = trial->claim;
    struct sg_lab lab = sg_lab_begin(ev, trial);
    void *on = claim->on ? claim->on->make(&lab) : NULL;
    for (size_t i = 0; claim->supposes && claim->supposes[i] && lab.status == SG_OK; i++)
        suppose(&lab, claim->supposes[i], on);
    if (lab.status == SG_OK)
        claim->says(&lab, on);
    return sg_lab_end(&lab);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void put(char *to, size_t size, const char *text)
{
    SG_REQUIRE(strlen(text) < size);
    memcpy(to, text, strlen(text) + 1);
}

static void add(struct sg_lab *lab, struct sg_row row, const char *id, const char *what,
                const char *words)
{
    if (lab->status != SG_OK || !lab->ev)
        return;
    put(row.id, sizeof row.id, id);
    put(row.what, sizeof row.what, what);
    put(row.basis, sizeof row.basis, words);
    sg_claim_add_row(lab->ev, &row);
}

/* Scale: tol's, else |predicted|. */
static void compare(struct sg_lab *lab, struct sg_row row, const char *id, const char *what,
                    struct sg_tol tol)
{
    row.tolerance = tol.value;
    row.scale = tol.scale > 0 ? tol.scale : fabs(row.predicted);
    add(lab, row, id, what, tol.words);
}

void sg_lab_equal(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  double measured, double predicted, struct sg_tol tol)
{
    compare(lab, (struct sg_row){.kind = kind, .form = SG_ROW_EQUAL, .measured = measured,
                                 .predicted = predicted},
            id, what, tol);
}

void sg_lab_zero(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 double error, struct sg_tol tol)
{
    sg_lab_equal(lab, kind, id, what, error, 0, tol);
}

void sg_lab_same(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 const double *a, const double *b, size_t n, struct sg_tol tol)
{
    tol.scale = tol.scale > 0 ? tol.scale : sg_base_max_abs(b, n);
    sg_lab_equal(lab, kind, id, what, sg_base_max_abs_diff(a, b, n), 0, tol);
}

void sg_lab_below(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  double measured, double bound, struct sg_tol tol)
{
    compare(lab, (struct sg_row){.kind = kind, .form = SG_ROW_BOUND, .measured = measured,
                                 .predicted = bound},
            id, what, tol);
}

void sg_lab_fact(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                 bool is_so, const char *words)
{
    sg_lab_count(lab, kind, id, what, is_so, 1, words);
}

void sg_lab_count(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id, const char *what,
                  size_t measured, size_t predicted, const char *words)
{
    add(lab, (struct sg_row){.kind = kind, .form = SG_ROW_FACT, .measured = (double)measured,
                             .predicted = (double)predicted},
        id, what, words);
}

void sg_lab_effect(struct sg_lab *lab, const char *id, const char *what, double effect,
                   struct sg_t_interval interval, bool secondary, const char *words)
{
    add(lab, (struct sg_row){.kind = SG_SIMULATED, .form = SG_ROW_EFFECT, .measured = effect,
                             .low = interval.low, .high = interval.high,
                             .confidence = interval.confidence, .secondary = secondary,
                             .tolerance = effect - interval.low},
        id, what, words);
}

void sg_lab_proved(struct sg_lab *lab, const char *id, const char *what, enum sg_status proved,
                   enum sg_status wanted, const char *words)
{
    const bool decided = proved == SG_OK || proved == SG_REFUTED;
    add(lab,
        (struct sg_row){.kind = SG_CERTIFIED,
                        .form = SG_ROW_PROOF,
                        .measured = decided ? proved == wanted : SG_NAN,
                        .predicted = 1,
                        .low = SG_NAN,
                        .high = SG_NAN,
                        .state = !decided           ? SG_ROW_OPEN
                                 : proved == wanted ? SG_ROW_MET
                                                    : SG_ROW_MISSED},
        id, what, words);
}

enum sg_status sg_lab_limit_outcome(enum sg_status inside, enum sg_status outside)
{
    return inside == SG_OK && outside == SG_REFUTED   ? SG_OK
           : inside == SG_REFUTED || outside == SG_OK ? SG_REFUTED
                                                      : SG_UNPROVED;
}

void sg_lab_limit_proved(struct sg_lab *lab, const char *id, const char *what, double low,
                         double high, enum sg_status inside, enum sg_status outside,
                         const char *words)
{
    const enum sg_status outcome = sg_lab_limit_outcome(inside, outside);
    const bool missed = outcome == SG_REFUTED,
               narrow = sg_base_within(high - low, SG_LAB_LIMIT_WIDTH * fabs(low)),
               met = narrow && outcome == SG_OK;
    add(lab,
        (struct sg_row){.kind = SG_CERTIFIED,
                        .form = SG_ROW_PROOF,
                        .measured = met || missed ? met : SG_NAN,
                        .predicted = 1,
                        .low = low,
                        .high = high,
                        .state = met      ? SG_ROW_MET
                                 : missed ? SG_ROW_MISSED
                                          : SG_ROW_OPEN},
        id, what, words);
}

void sg_lab_enclosed(struct sg_lab *lab, const char *id, const char *what, double value, double low,
                     double high, double width, struct sg_tol tol)
{
    const bool narrow = sg_base_within(high - low, width * fmax(fabs(low), fabs(high)));
    const double nearest = narrow ? fmin(fmax(value, low), high) : SG_NAN;
    compare(lab, (struct sg_row){.kind = SG_CERTIFIED, .form = SG_ROW_EQUAL, .measured = value,
                                 .predicted = nearest, .low = low, .high = high},
            id, what, tol);
}

void sg_lab_series(struct sg_lab *lab, const char *name, const char *columns)
{
    sg_claim_series(lab->ev, name, columns);
}

void sg_lab_point(struct sg_lab *lab, const double *values)
{
    sg_claim_point(lab->ev, values);
}

void sg_lab_keep_worst(struct sg_worst *worst, double error, double tolerance)
{
    const bool settled = isnan(worst->error) || isnan(worst->tolerance);
    const bool smaller = worst->some && error * worst->tolerance <= worst->error * tolerance;
    if (!settled && !smaller)
        *worst = (struct sg_worst){error, tolerance, true};
}

double sg_lab_rate(double rate, int units, double critical, double optimal)
{
    return units == SG_UNITS_CRITICAL  ? rate * critical
           : units == SG_UNITS_OPTIMAL ? rate * optimal
                                       : rate;
}

/* ---- limits --------------------------------------------------------------------------------- */

double sg_lab_bisect_between(sg_lab_side *side, void *context, double low, double high,
                             double width)
{
    enum { HALVINGS = 200 };
    for (int k = 0; k < HALVINGS && fabs(high - low) > width * fabs(high); k++) {
        const double middle = low + (high - low) / 2;
        const enum sg_side on = side(middle, context);
        if (on == SG_SIDE_NEITHER)
            return SG_NAN;
        *(on == SG_SIDE_LOW ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

double sg_lab_bisect(sg_lab_side *side, void *context, double from, double width)
{
    double low = from, high = from;
    for (;;) {
        const enum sg_side on = side(high, context);
        if (on == SG_SIDE_NEITHER || !isfinite(high))
            return SG_NAN;
        if (on == SG_SIDE_HIGH)
            break;
        low = high;
        high *= 2;
    }
    return low == high ? SG_NAN : sg_lab_bisect_between(side, context, low, high, width);
}
