/* analyze.h - private: the two ways to print an analysis. */
#ifndef SG_CLI_ANALYZE_H
#define SG_CLI_ANALYZE_H

#include <stdio.h>

#include "synthgrad/analyze.h"

struct json_t;

/* The conventions' JSON object (a new reference): non-finite numbers are null. */
struct json_t *sg_cli_analysis_json(const struct sg_analysis *a, const struct sg_table *table);
struct json_t *sg_cli_classes_json(const struct sg_class_analysis *a, const struct sg_table *table);
/* For people, in 80 columns. */
void sg_cli_analysis_print(FILE *out, const struct sg_analysis *a, const struct sg_table *table,
                           const char *path, const char *target);
/* Of the text, the parts about rates, speed and delay. */
void sg_cli_print_rates(FILE *out, const struct sg_analysis *a);
void sg_cli_classes_print(FILE *out, const struct sg_class_analysis *a,
                          const struct sg_table *table, const char *path, const char *target);

/* ---- files ------------------------------------------------------------------------------ */

/* Where an analysis goes, out/name, and what it is of; left_out: rows without a cell. */
struct sg_cli_place { const char *out, *name, *path, *target; size_t left_out; };
/* "analyze_" and the file's name without its ending, and the target's unless that is NULL, with _
 * for what is no letter, digit, dash or _ (a fresh string). */
char *sg_cli_analysis_name(const char *path, const char *target);
/* analysis.json; columns behind the figure (levels.dat, limits.dat, points.dat); with a deep net
 * whose fate is decided its case, name_flight.cfg or name_return.cfg, and data.csv. */
enum sg_status sg_cli_analysis_write(const struct sg_cli_place *place,
                                     const struct sg_analysis *a, const struct sg_table *table,
                                     struct sg_error *err) SG_MUST_CHECK;
/* Is there a deep net whose minimum attracts or repels for sure, on columns that are independent
 * and rows that count alike? */
bool sg_cli_analysis_has_case(const struct sg_analysis *a);

/* Sentences of the analysis under the log loss; NULL where it is undecided. */
const char *sg_cli_class_certificate(const struct sg_class_analysis *a);
const char *sg_cli_class_theory(const struct sg_class_analysis *a);
/* linear, sigmoid-linear or softmax */
const char *sg_cli_class_needed(const struct sg_class_analysis *a);

/* ---- what both have in common ---------------------------------------------------------- */

void sg_cli_json_put(struct json_t *object, const char *key, double value);
void sg_cli_json_columns(struct json_t *object, size_t n, const struct sg_design *design,
                         const struct sg_table *table, size_t rank, double condition);
struct json_t *sg_cli_json_rows(const struct sg_analysis_row *row, size_t rows);

enum { SG_CLI_NAME_WIDTH = 40 };
/* A name of at most SG_CLI_NAME_WIDTH characters, control characters as '?'; returns what
 * is missing to that width. */
int sg_cli_print_name(FILE *out, const char *name);
const char *sg_cli_plural(size_t n);
/* a sentence's words, two blanks in, in 80 columns */
void sg_cli_print_wrapped(FILE *out, const char *s);
/* what was not measured, or diverged, is a dash */
void sg_cli_print_number(FILE *out, int width, int digits, double value);
void sg_cli_print_columns(FILE *out, size_t n, const struct sg_design *design,
                          const struct sg_table *table, const struct sg_analysis_options *options,
                          size_t rank, size_t columns, double condition);
void sg_cli_print_rows(FILE *out, const struct sg_analysis_row *row, size_t rows);

#endif
