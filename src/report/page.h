/* page.h - private: the parts of results/report/index.html. */
#ifndef SG_REPORT_PAGE_H
#define SG_REPORT_PAGE_H

#include <jansson.h>
#include <stdio.h>

#include "report/html.h"

/* all: the summaries of `folder`; captions: where the figures' scripts are, or NULL. */
struct sg_page { FILE *out; const char *folder, *captions; const json_t *all; };

/* ---- what a summary says (page.c) ------------------------------------------------------------ */

/* Results may have been edited: what is no text is "". */
const char *sg_page_text_in(const json_t *value);
const char *sg_page_text(const json_t *object, const char *key);
/* null, a number that was not finite, stays NaN. */
double sg_page_number(const json_t *value);
bool sg_page_is_skipped(const json_t *summary);
/* Green only for what was shown: a theorem that holds, an effect that was found. */
const char *sg_page_class(const char *verdict);
/* The kinds of evidence, separated by commas. */
void sg_page_kinds(const struct sg_page *page, const json_t *kinds);

/* ---- overview.c, figures.c ------------------------------------------------------------------- */

/* How many claims hold, and a line for each. */
void sg_page_overview(const struct sg_page *page);
/* Refuses figures that no browser would show: a page with a broken picture is not written. */
enum sg_status sg_page_check_figures(const char *folder, const json_t *all, struct sg_error *err);
/* A case's figure with its caption; nothing where there is none. */
void sg_page_figure(const struct sg_page *page, const char *name);

/* ---- files (gather.c) ------------------------------------------------------------------------ */

/* fopen for reading.  NULL, too, for a pipe, which would be waited for. */
FILE *sg_page_open(const char *path);

#endif
