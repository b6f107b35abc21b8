/* table.h - private to src/data: what the readers of tables, CSV and .npy, share. */
#ifndef SYNTHGRAD_DATA_TABLE_H
#define SYNTHGRAD_DATA_TABLE_H

#include "data/stream.h"
#include "synthgrad/data.h"

/* Their d x d moments alone would be 80 GB: more are garbage. */
enum { SG_TABLE_COLUMNS_MOST = 100000 };

/* UTF-8 without control characters.  A quoted name in a CSV file may hold tabs and line ends. */
bool sg_data_is_text(const char *s);
/* Refuses a table with a name twice.  line: of the header, 0 where there are no lines. */
enum sg_status sg_data_check_names(const struct sg_table *table, const char *path, size_t line,
                                   struct sg_error *err) SG_MUST_CHECK;
/* Which columns the options leave out: skip (columns), a new array whatever the status.  Refuses
 * names that are not there, and to leave out all. */
enum sg_status sg_data_choose_columns(bool **skip, const struct sg_table *table,
                                      const struct sg_csv_options *options, const char *path,
                                      size_t line, struct sg_error *err) SG_MUST_CHECK;
/* Takes the names of these columns out of the table. */
void sg_data_drop_columns(struct sg_table *table, const bool *skip);

/* Fill a zeroed table from an open stream.  dropped: rows left out, not NULL.  options may be NULL.
 * After a failure the table holds a part, for sg_data_table_free. */
enum sg_status sg_data_csv_from_stream(struct sg_table *table, size_t *dropped,
                                       const struct sg_csv_options *options,
                                       struct sg_stream *file) SG_MUST_CHECK;
enum sg_status sg_data_npy_from_stream(struct sg_table *table, size_t *dropped,
                                       const struct sg_csv_options *options,
                                       struct sg_stream *file) SG_MUST_CHECK;

/* The first bytes of a .npy file. */
#define SG_NPY_MAGIC "\x93NUMPY"

#endif
