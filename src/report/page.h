/* page.h - private: the parts of results/report/index.html. */
#ifndef SG_REPORT_PAGE_H
#define SG_REPORT_PAGE_H

#include <jansson.h>
#include <stdio.h>

#include "report/html.h"
#include "synthgrad/claim.h"

/* all: the summaries of `folder`; home: the project's folder or the installed one, or NULL;
 * drawn: a flag for each summary whose figure is on the page already. */
struct sg_page { FILE *out; const char *folder, *home; const json_t *all; bool *drawn; };

/* ---- what a summary says (page.c) ------------------------------------------------------------ */

/* Results may have been edited: what is no text is "". */
const char *sg_page_text_in(const json_t *value);
const char *sg_page_text(const json_t *object, const char *key);
/* null, a number that was not finite, stays NaN. */
double sg_page_number(const json_t *value);
bool sg_page_is_skipped(const json_t *summary);
/* Of a case of the user's, not of the project's. */
bool sg_page_is_own(const json_t *summary);
/* The kinds of evidence, separated by commas. */
void sg_page_kinds(const struct sg_page *page, const json_t *kinds);

/* ---- a claim over its cases (tally.c) -------------------------------------------------------- */

/* verdict: of all cases that ran, but for those that fail as expected beyond a theorem's
 * hypotheses; "mixed" where they differ, "not as expected" where one is not, "not run". */
struct sg_tally {
    size_t cases, good, skipped, controls, broken;
    double margin;                  /* the largest, infinite where a row is missed */
    const char *verdict;
    json_t *kinds;                  /* of evidence; the caller's reference */
};
struct sg_tally sg_page_tally(const struct sg_page *page, const struct sg_claim *claim);
/* A verdict in its colour and with its sign, for those who see no colour: green is only for what
 * was shown, a theorem that holds or an effect that was found. */
void sg_page_verdict(const struct sg_page *page, const char *verdict, bool as_expected);
/* "the paper, Theorem 1", "this project" or "known before". */
void sg_page_origin(const struct sg_page *page, const struct sg_claim *claim);

/* ---- overview.c, story.c, schematic.c, case.c ------------------------------------------------ */

/* The first screen: what a synthetic gradient is, what was asked and found, and a drawing. */
void sg_page_abstract(const struct sg_page *page);
/* The answers: a figure and a sentence each. */
void sg_page_answers(const struct sg_page *page);
/* A net with an SG module, as SVG in the page's own colours. */
void sg_page_schematic(const struct sg_page *page);
/* How many claims hold, and a line for each: theorems and experiments apart. */
void sg_page_overview(const struct sg_page *page);
/* A case: its figure, rows, tables, note, control, and how to run it. */
void sg_page_case(const struct sg_page *page, size_t index);

/* ---- figures.c ------------------------------------------------------------------------------- */

/* Refuses figures that no browser would show: a page with a broken picture is not written. */
enum sg_status sg_page_check_figures(const char *folder, const json_t *all, struct sg_error *err);
/* The figure of the case all[index] with its caption; where it is on the page already, a link to
 * it; nothing where there is none. */
void sg_page_figure(const struct sg_page *page, size_t index);
/* A figure of all cases together, "run_margins"; nothing where none was drawn. */
void sg_page_figure_of_run(const struct sg_page *page, const char *name);

/* ---- proofs.c: what is outside of the page --------------------------------------------------- */

/* Copies the proof pages that are there to FOLDER/report/proofs, with their links back. */
enum sg_status sg_page_copy_proofs(const struct sg_page *page, struct sg_error *err);
/* The claim's statement in mathematics from its proof page, else its words. */
void sg_page_statement(const struct sg_page *page, const struct sg_claim *claim);
/* Links to proof, code and test of a claim. */
void sg_page_links(const struct sg_page *page, const struct sg_claim *claim);
/* A link to a file or folder of the project, `words` alone where it is not there. */
void sg_page_link(const struct sg_page *page, const char *path, const char *words);
/* The machine-checked theorems of a claim, from proofs/coq/THEOREMS; false: it has none. */
bool sg_page_theorems(const struct sg_page *page, const struct sg_claim *claim, bool at_length);

#endif
