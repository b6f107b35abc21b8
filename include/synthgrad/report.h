/* report.h - what leaves the process: the verdict table, JSON, progress. */
#ifndef SYNTHGRAD_REPORT_H
#define SYNTHGRAD_REPORT_H

#include <stdio.h>

#include "synthgrad/claim.h"

SG_PUBLIC_BEGIN

struct json_t;   /* jansson */

/* "format" in every JSON object that leaves the program; schema/ has what is in it.  It is raised
 * when a key goes or changes its meaning, not when one is added. */
enum { SG_REPORT_FORMAT = 1 };

/* ---- verdicts --------------------------------------------------------------------------- */

/* The judgement as the conventions' JSON object (a new reference).  Non-finite numbers are null. */
struct json_t *sg_report_judgement_json(const struct sg_judgement *j);
/* A number, or null when it is not finite (a new reference). */
struct json_t *sg_report_number(double value);
/* A text (a new reference).  Bytes that are no UTF-8, or that a terminal would obey, appear as
 * \xHH. */
struct json_t *sg_report_text(const char *text);
/* Puts a value into an object.  Takes the reference.  A value or a place for it that could not be
 * made ends the process as memory does that is exhausted: no JSON is shorter than it should be. */
void sg_report_put(struct json_t *object, const char *key, struct json_t *value);
/* The same, at the end of an array. */
void sg_report_add(struct json_t *array, struct json_t *value);
/* Writes OUT/CASE/SERIES.dat, OUT/CASE/certificates.json and, last, OUT/CASE/summary.json. */
enum sg_status sg_report_write_case(const char *out_dir, const struct sg_judgement *j,
                                    struct sg_error *err) SG_MUST_CHECK;
/* An empty object with "format" in it (a new reference). */
struct json_t *sg_report_object(void);
/* Writes any JSON to a file, "-" for stdout.  Takes the reference. */
enum sg_status sg_report_write_json(const char *path, struct json_t *json,
                                    struct sg_error *err) SG_MUST_CHECK;
/* The summaries in these folders, FOLDER/CASE/summary.json, by case (a new reference).
 * SG_BAD_INPUT: a folder without any, a file that is none, a case found twice. */
enum sg_status sg_report_gather(struct json_t **out, size_t n_folders, char *const *folder,
                                struct sg_error *err) SG_MUST_CHECK;
/* Writes the page for a seminar, FOLDER/report/index.html, from the summaries and the figures
 * (FOLDER/figures/CASE.svg) in a results folder: one file, well-formed XML, no script, no network.
 * home: the project's folder or PREFIX/share/synthgrad, may be NULL.  From there come the figures'
 * captions (the first comment of plots/CASE.gp), the machine-checked theorems, what the page links
 * to, and the proof pages, which are copied to FOLDER/report/proofs. */
enum sg_status sg_report_write_page(const char *folder, const char *home,
                                    struct sg_error *err) SG_MUST_CHECK;
/* Writes FOLDER/run_margins/margins.dat and FOLDER/run_evidence/evidence.dat from the summaries
 * `all`: columns for the figures of a whole run.  home: as above; theorems are counted there. */
enum sg_status sg_report_write_run(const char *folder, const char *home, const struct json_t *all,
                                   struct sg_error *err) SG_MUST_CHECK;
/* For people: the case, its rows with measured value, prediction, tolerance and margin, its
 * control. */
void sg_report_print_judgement(FILE *out, const struct sg_judgement *j);

/* Of these only what fell short: rows that are not met, a control that does not change the verdict.
 * Nothing of a case that came out as expected, but for an experiment that is not reproduced. */
void sg_report_print_shortfall(FILE *out, const struct sg_judgement *j);

/* What became of one case. */
struct sg_entry { const struct sg_claim *claim; enum sg_verdict verdict; bool ok; };
enum { SG_CENSUS_MAX = 400 };
/* Is it a theorem's case that is expected to fail, and does? */
bool sg_report_is_beyond(const struct sg_claim *claim, const char *verdict, bool ok);
/* "21 theorems: 21 hold.  6 experiments: 1 reproduced, 5 not reproduced.  71 cases as expected, 0
 * not, 11 skipped": theory and experiment apart, each claim once.  mixed: its cases differ.  A
 * theorem's case that is expected to fail, and does, shows what lies beyond a hypothesis: it counts
 * as a case and not against the theorem. */
void sg_report_census(char sentence[SG_CENSUS_MAX], const struct sg_entry *entry, size_t n);

/* ---- progress: on a terminal only ------------------------------------------------------- */

/* Work of `total` cases or replicates, and the long part of it (`piece`) that spoke last. */
struct sg_progress {
    const char *what;
    size_t total, done;           /* total 0: no end is known */
    double started;
    bool terminal;
    char piece[64];               /* what the part is */
    size_t piece_done, piece_total;
    double piece_started;         /* when it first spoke */
    /* what was done then: parts kept by an earlier run take no time */
    size_t piece_first;
    char note[112];               /* more about what is done, "" for nothing */
    size_t kept;                  /* of `done`, what an earlier run did */
};
void sg_report_progress_begin(struct sg_progress *p, const char *what, size_t total);
/* One more of `total` is done. */
void sg_report_progress_step(struct sg_progress *p);
/* `done` of `total` of a part are done. */
void sg_report_progress_piece(struct sg_progress *p, const char *what, size_t done, size_t total);
/* `done` of `total` are done, `kept` of them by an earlier run; note: how well. */
void sg_report_progress_at(struct sg_progress *p, size_t done, size_t kept, const char *note);
/* Call before other output goes to the terminal. */
void sg_report_progress_clear(const struct sg_progress *p);

SG_PUBLIC_END

#endif
