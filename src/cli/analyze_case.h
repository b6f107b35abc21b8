/* analyze_case.h - private: a case that shows what an analysis predicts of a deep net. */
#ifndef SG_CLI_ANALYZE_CASE_H
#define SG_CLI_ANALYZE_CASE_H

#include "cli/analyze.h"

/* name_flight.cfg or name_return.cfg in out/name, and data.csv, the columns it is about.
 * Hypothesis: the fate of the minimum is decided. */
enum sg_status sg_cli_analysis_write_case(const struct sg_cli_place *place,
                                          const struct sg_analysis *a,
                                          const struct sg_table *table,
                                          struct sg_error *err) SG_MUST_CHECK;

#endif
