/* analyze.h - private: the two ways to print an analysis. */
#ifndef SG_CLI_ANALYZE_H
#define SG_CLI_ANALYZE_H

#include <stdio.h>

#include "synthgrad/analyze.h"

struct json_t;

/* The conventions' JSON object (a new reference): non-finite numbers are null. */
struct json_t *sg_cli_analysis_json(const struct sg_analysis *a, const struct sg_table *table);
/* For people, in 80 columns. */
void sg_cli_analysis_print(FILE *out, const struct sg_analysis *a, const struct sg_table *table, const char *path, const char *target);

#endif
