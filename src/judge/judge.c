/* From a case to a verdict: all replicates, then the control. */
#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"

/* From SWEEP replicates on each is kept, with --full always. */
enum { CONTROL_REPLICATES = 3, SWEEP = 100 };

struct outcome { struct sg_evidence ev; enum sg_status status; struct sg_error err; };
struct batch {
    const struct sg_claim *claim;
    const struct sg_case *c, *of;  /* c is the control of `of` */
    uint64_t seed;
    bool control, full;
    const struct sg_store *store;
    bool keeps;                    /* replicates, not only what the claim itself keeps */
    struct outcome *outcome;
    size_t n;
    atomic_size_t done;
};

/* Measures one replicate, or reads back one kept by an earlier run.  Keeps the result unless it was
 * cut short by Ctrl-C, missing data or a failed write. */
static enum sg_status measure(struct outcome *out, const struct batch *b,
                              const struct sg_trial *trial)
{
    if (b->keeps && sg_claim_recall_replicate(&out->ev, &out->status, trial))
        return out->status;
    const enum sg_status status = b->claim->measure(&out->ev, trial);
    const bool result = status != SG_BAD_INPUT && status != SG_IO && !sg_base_interrupted() &&
                        !sg_claim_store_failure(b->store);
    const bool kept = !b->keeps || !result ||
                      sg_claim_keep_replicate(&out->ev, status, trial, &out->err) == SG_OK;
    return kept ? status : SG_IO;
}

static void run_replicate(size_t i, void *context)
{
    struct batch *b = context;
    struct outcome *out = &b->outcome[i];
    struct sg_data data = {0};
    if (sg_claim_store_failure(b->store)) {      /* what cannot be kept would be measured in vain */
        out->status = SG_IO;
        return;
    }
    const struct sg_trial trial = {.claim = b->claim, .c = b->c, .data = &data, .seed = b->seed,
                                   .replicate = i, .figure = i == 0 && !b->control,
                                   .full = b->full, .store = b->store};
    if (b->claim->needs_data) {
        out->status = sg_case_make_data(&data, b->c, b->seed, i, &out->err);
        if (out->status != SG_OK) {
            sg_data_free(&data);
            return;
        }
    }
    out->status = measure(out, b, &trial);
    /* Data that the claim itself asked for: the note is the line. */
    if ((out->status == SG_BAD_INPUT || out->status == SG_IO) && !out->err.text[0])
        snprintf(out->err.text, sizeof out->err.text, "%s", out->ev.note);
    sg_data_free(&data);
    const size_t done = atomic_fetch_add(&b->done, 1) + 1;
    if (b->n >= SWEEP)
        sg_base_tell(b->c->name, done, b->n);
}

/* Which verdict the rows and the status give.  A missed row is a counterexample, whatever else
 * could not be decided.  Without one, a status other than SG_OK, an open row, a blind row and no
 * row at all each leave the statement undecided.
 *
 * An experiment is about one primary effect.  A secondary effect that is open decides nothing.  One
 * that is contradicted refutes a sentence of the statement, at a level that Holm's adjustment keeps
 * over all secondary effects: the statement as a whole is not reproduced. */
static enum sg_verdict decide(const struct sg_claim *claim, const struct sg_evidence *ev,
                              enum sg_status status)
{
    bool missed = false, refuted = false, undecided = status != SG_OK, some = false;
    for (size_t i = 0; i < ev->n_rows; i++) {
        const struct sg_row *row = &ev->row[i];
        some = some || !row->secondary;
        missed = missed || (row->state == SG_ROW_MISSED && row->form != SG_ROW_EFFECT);
        refuted = refuted || (row->state == SG_ROW_MISSED && row->form == SG_ROW_EFFECT);
        const bool shows_nothing = row->state == SG_ROW_OPEN || row->state == SG_ROW_IS_BLIND;
        undecided = undecided || (shows_nothing && !row->secondary);
    }
    if (missed)
        return SG_FAILS;
    if (refuted)
        return claim->empirical ? SG_NOT_REPRODUCED : SG_FAILS;
    if (undecided || !some)
        return SG_INCONCLUSIVE;
    return claim->empirical ? SG_REPRODUCED : SG_HOLDS;
}

static bool finds_its_effect(const struct sg_evidence *ev)
{
    for (size_t i = 0; i < ev->n_rows; i++)
        if (ev->row[i].form == SG_ROW_EFFECT && !ev->row[i].secondary && ev->row[i].ok)
            return true;
    return false;
}

/* An expectation is kept, of a theorem and of an experiment alike.  An empirical control has
 * something to take away only where the primary effect was found. */
static bool is_as_expected(const struct sg_judgement *j)
{
    const bool control = !j->has_control || j->control_ok;
    return strcmp(sg_claim_verdict_name(j->verdict), j->expected) == 0 &&
           (control || (j->claim->empirical && !finds_its_effect(&j->evidence)));
}

/* Adds a clause at the end of the note. */
static void SG_PRINTF(2, 3) add_note(struct sg_evidence *ev, const char *fmt, ...)
{
    const size_t used = strlen(ev->note), gap = used ? 2 : 0;
    va_list args;
    if (used + gap + 1 >= sizeof ev->note)
        return;
    memcpy(ev->note + used, "; ", gap);
    va_start(args, fmt);
    vsnprintf(ev->note + used + gap, sizeof ev->note - used - gap, fmt, args);
    va_end(args);
}

/* Why nothing was decided, where no status says it: the first row that is open or blind. */
static void explain_open(struct sg_evidence *ev)
{
    const struct sg_row *row = NULL;
    for (size_t i = 0; i < ev->n_rows && !row; i++)
        if (ev->row[i].state == SG_ROW_OPEN || ev->row[i].state == SG_ROW_IS_BLIND)
            row = &ev->row[i];
    if (ev->n_rows == 0)
        add_note(ev, "nothing was measured");
    if (!row)
        return;
    const bool interval = row->form == SG_ROW_EFFECT && isfinite(row->measured) &&
                          isfinite(row->low) && isfinite(row->high);
    char why[SG_BASIS_MAX];
    if (row->state == SG_ROW_IS_BLIND)
        snprintf(why, sizeof why, "the tolerance %.2g is above a tenth of the %.2g compared, so it "
                 "shows nothing", row->tolerance, row->scale);
    else if (row->form == SG_ROW_PROOF)
        snprintf(why, sizeof why, "neither this nor its opposite could be proved");
    else
        snprintf(why, sizeof why, "%s",
                 interval                   ? "the interval contains 0"
                 : row->form == SG_ROW_EFFECT && isfinite(row->measured)
                     ? "too few seeds for an interval"
                     : "not a finite number");
    add_note(ev, "replicate %zu, %s: %s", row->replicate, row->what, why);
}

/* Merges the rows of all replicates.  *worst is the first status that is not SG_OK.  Series,
 * listings, certificates and note are those of replicate 0, whose arrays move to `merged`. */
static enum sg_status merge_all(struct sg_evidence *merged, enum sg_status *worst,
                                struct batch *b, enum sg_status status, struct sg_error *err)
{
    *worst = SG_OK;
    for (size_t i = 0; i < b->n && status == SG_OK; i++) {
        struct outcome *out = &b->outcome[i];
        if (out->status == SG_BAD_INPUT || out->status == SG_IO) {
            *err = out->err;
            status = out->status;
        }
        if (*worst == SG_OK && out->status != SG_OK) {
            *worst = out->status;
            snprintf(merged->note, sizeof merged->note, "replicate %zu: %.300s", i,
                     out->ev.note[0] ? out->ev.note : sg_base_status_text(out->status));
        }
        for (size_t r = 0; r < out->ev.n_rows; r++) {
            out->ev.row[r].replicate = i;
            sg_claim_add_row(merged, &out->ev.row[r]);
        }
        if (i == 0) {
            if (out->status == SG_OK)
                snprintf(merged->note, sizeof merged->note, "%s", out->ev.note);
            merged->series = out->ev.series;
            merged->n_series = out->ev.n_series;
            out->ev.series = NULL;
            out->ev.n_series = 0;
            merged->listing = out->ev.listing;
            merged->n_listings = out->ev.n_listings;
            out->ev.listing = NULL;
            out->ev.n_listings = 0;
            merged->certificates = out->ev.certificates;
            merged->arrays = out->ev.arrays;
            out->ev.certificates = out->ev.arrays = (struct sg_texts){0};
        }
    }
    if (*worst == SG_OK)
        explain_open(merged);
    return sg_base_interrupted() ? SG_INTERRUPTED : status;  /* cut short, numbers mean nothing */
}

/* The control of an empirical claim takes a statement away: a row that was met is not met any more.
 * The row found is the one to name.  A secondary effect may be lost by chance: it does not count.
 */
static const struct sg_row *statement_lost(const struct sg_evidence *ev,
                                           const struct sg_evidence *control)
{
    for (size_t i = 0; i < ev->n_rows; i++)
        for (size_t r = 0; r < control->n_rows; r++)
            if (ev->row[i].ok && !ev->row[i].secondary && !control->row[r].ok &&
                strcmp(ev->row[i].id, control->row[r].id) == 0)
                return &control->row[r];
    return NULL;
}

static const struct sg_row *missed_row(const struct sg_evidence *ev)
{
    for (size_t r = 0; r < ev->n_rows; r++)
        if (ev->row[r].state == SG_ROW_MISSED)
            return &ev->row[r];
    return NULL;
}

/* The control of a theorem must fail, in every replicate that it runs: where it is undecided
 * nothing was shown.  That of an experiment must lose a statement. */
static enum sg_status judge_control(struct sg_judgement *j, const struct batch *b,
                                    enum sg_status status, struct sg_error *err)
{
    const struct sg_row *broken = NULL;
    j->control_ok = true;
    for (size_t i = 0; i < b->n && status == SG_OK; i++) {
        const struct outcome *out = &b->outcome[i];
        if (out->status == SG_BAD_INPUT || out->status == SG_IO) {
            *err = out->err;
            status = out->status;
            break;
        }
        const enum sg_verdict verdict = decide(j->claim, &out->ev, out->status);
        const struct sg_row *lost = j->claim->empirical ? statement_lost(&j->evidence, &out->ev)
                                                        : missed_row(&out->ev);
        const bool ok = j->claim->empirical ? lost != NULL : verdict == SG_FAILS;
        if (i == 0 || (j->control_ok && !ok))
            j->control_verdict = verdict;
        j->control_ok = j->control_ok && ok;
        broken = broken ? broken : lost;
    }
    snprintf(j->control_what, sizeof j->control_what, "%s%s%s", b->of->control_text,
             broken ? " breaks: " : "", broken ? broken->what : "");
    /* Cut short, it fails for the wrong reason. */
    return sg_base_interrupted() ? SG_INTERRUPTED : status;
}

static struct batch control_of(const struct batch *b, const struct sg_store *store)
{
    const size_t n = b->n < CONTROL_REPLICATES ? b->n : CONTROL_REPLICATES;
    return (struct batch){.claim = b->claim, .c = b->c->control, .of = b->c, .seed = b->seed,
                          .control = true, .store = store, .keeps = store && b->keeps,
                          .outcome = SG_NEW(n, struct outcome), .n = n};
}

static void free_outcomes(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        sg_claim_evidence_free(&b->outcome[i].ev);
    free(b->outcome);
}

/* A batch and its control in one loop: with a barrier between the two, threads would wait at the
 * end of each.  First what takes longest: the replicate that draws the figures, and the control. */
struct both { struct batch *main, *control; };

static void run_either(size_t i, void *context)
{
    const struct both *b = context;
    const size_t n = b->control->n;
    if (i > 0 && i <= n)
        run_replicate(i - 1, b->control);
    else
        run_replicate(i > n ? i - n : 0, b->main);
}

/* A claim that reads files by itself keeps pieces of its own: of its evidence nobody would know
 * which data it is about. */
static bool keeps_replicates(const struct sg_claim *claim, const struct sg_case *c,
                             const struct sg_judge_options *options)
{
    const bool files = c->data.kind == SG_DATA_CSV || c->data.kind == SG_DATA_IDX;
    const bool known = claim->needs_data || !files;
    return known && (options->full || c->replicates >= SWEEP);
}

void sg_claim_settle(const struct sg_judgement *j, const struct sg_case *c,
                     const struct sg_judge_options *options)
{
    SG_REQUIRE(j && c && options);
    if (!options->out || options->full || c->replicates < SWEEP)
        return;
    struct sg_store *store = sg_claim_store_alloc(options->out, c);
    for (size_t i = 0; i < j->replicates; i++)
        sg_claim_forget_replicate(
            &(struct sg_trial){.c = c, .seed = j->seed, .replicate = i, .store = store});
    sg_claim_store_tidy(store);
    sg_claim_store_free(store);
}

/* Runs the batch and its control, and judges both. */
static enum sg_status run_and_judge(struct sg_judgement *out, struct batch *b,
                                    struct batch *control, struct sg_error *err)
{
    const bool has_control = b->c->has_control;
    /* An empirical control waits: is there an effect to take away? */
    const bool together = has_control && !out->claim->empirical;
    struct both both = {b, control};
    enum sg_status worst;
    enum sg_status status = together ? sg_base_parallel_for(b->n + control->n, run_either, &both)
                                     : sg_base_parallel_for(b->n, run_replicate, b);
    status = merge_all(&out->evidence, &worst, b, status, err);
    out->verdict = status == SG_IO ? SG_SKIPPED : decide(out->claim, &out->evidence, worst);
    if (status != SG_OK || !has_control)
        return status;
    if (out->claim->empirical && !finds_its_effect(&out->evidence)) {
        add_note(&out->evidence, "nothing was found that the control (%.200s) could take away",
                 b->c->control_text);
        return status;
    }
    out->has_control = true;
    if (!together)
        status = sg_base_parallel_for(control->n, run_replicate, control);
    return judge_control(out, control, status, err);
}

enum sg_status sg_claim_judge(struct sg_judgement *out, const struct sg_case *c,
                              const struct sg_judge_options *options, struct sg_error *err)
{
    SG_REQUIRE(out && c && options && err);
    const double start = sg_base_seconds();
    *out = (struct sg_judgement){.claim = options->claim ? options->claim : sg_claim_find(c->claim),
                                 .seed = options->seed ? *options->seed : (uint64_t)c->seed,
                                 .replicates = (size_t)c->replicates};
    if (!out->claim)
        return sg_base_refuse(err, c->path, 0,
                              "there is no claim \"%s\"; `synthgrad list` names them", c->claim);
    enum sg_status status = sg_claim_fits(out->claim, c, err);
    if (status != SG_OK)
        return status;
    snprintf(out->case_name, sizeof out->case_name, "%s", c->name);
    snprintf(out->expected, sizeof out->expected, "%s", c->expect);
    if (sg_case_is_large(c) && !options->full) {
        out->verdict = SG_SKIPPED;
        add_note(&out->evidence, "a large experiment, %.200s; ask for it with --full", c->budget);
        return SG_OK;
    }
    struct sg_store *store = options->out ? sg_claim_store_alloc(options->out, c) : NULL;
    struct batch b = {.claim = out->claim, .c = c, .seed = out->seed, .full = options->full,
                      .store = store, .keeps = store && keeps_replicates(out->claim, c, options),
                      .n = out->replicates, .outcome = SG_NEW(out->replicates, struct outcome)};
    const bool apart = store && options->full && c->has_control;
    struct sg_store *beside =
        apart ? sg_claim_store_within(store, c, c->control, "control") : NULL;
    struct batch control = c->has_control ? control_of(&b, beside) : (struct batch){0};
    status = run_and_judge(out, &b, &control, err);
    out->ok = is_as_expected(out);
    const struct sg_error *unwritten = sg_claim_store_failure(store);
    if (unwritten && status != SG_INTERRUPTED) {      /* whatever the claim made of it */
        *err = *unwritten;
        status = SG_IO;
    } else if (status == SG_IO) {                     /* the data are not here, and that is all */
        snprintf(out->evidence.note, sizeof out->evidence.note, "%.399s", err->text);
        status = SG_OK;
    }
    out->seconds = sg_base_seconds() - start;
    free_outcomes(&b);
    free_outcomes(&control);
    sg_claim_store_free(beside);
    sg_claim_store_free(store);
    return status;
}

void sg_claim_judgement_free(struct sg_judgement *j)
{
    if (!j)
        return;
    sg_claim_evidence_free(&j->evidence);
}
