/* npy.h - private to src/data: a .npy file on its way to a table. */
#ifndef SYNTHGRAD_DATA_NPY_H
#define SYNTHGRAD_DATA_NPY_H

#include "data/table.h"

/* A number in the file: '<f8' is 8 bytes of kind f, little-endian. */
struct sg_npy_element { char kind; bool big; size_t size; };

struct sg_npy {
    struct sg_stream *file;
    struct sg_table *table;
    struct sg_npy_element *element;   /* [columns] of a structured type, else one */
    size_t fields;                    /* of a structured type, else 0 */
    bool fortran;                     /* column by column; a plain type only */
    size_t rows, row_bytes;
    char *header;
};

/* Reads the header and names the table's columns.  Refuses what npy.c does not read, and a size
 * that no file has: rows * row_bytes < 2^60. */
enum sg_status sg_npy_read_header(struct sg_npy *n) SG_MUST_CHECK;

/* Refuses s's file; there are no lines. */
#define SG_NPY_REFUSE(s, ...) sg_base_refuse((s)->err, (s)->path, 0, __VA_ARGS__)
/* A name or a type in a message: 40 bytes of it; lives to the end of the call it is in. */
#define SG_NPY_SHOW(text_) (sg_base_show((text_), 40).text)

#endif
