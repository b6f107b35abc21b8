/* stream.h - private to src/data: the bytes of a file, unpacked when it is gzip. */
#ifndef SYNTHGRAD_DATA_STREAM_H
#define SYNTHGRAD_DATA_STREAM_H

#include <stdio.h>
#include <zlib.h>

#include "synthgrad/base.h"

struct sg_stream {
    const char *path;
    struct sg_error *err;
    FILE *file;
    size_t length;                          /* of the file, in bytes */
    bool zipped, ended, borrowed;           /* borrowed: standard input, left open */
    unsigned char held[8];                  /* unpacked bytes that were looked at and not yet
                                               handed on */
    size_t n_held;
    z_stream z;
    unsigned char block[1 << 16];           /* compressed bytes on their way to z */
};

/* Opens a regular file and looks at its first bytes.  Refusals are "FILE: what is wrong, and what
 * to change".  SG_IO: it cannot be opened or read.  Call sg_data_stream_close whatever the
 * status. */
enum sg_status sg_data_stream_open(struct sg_stream *s, const char *path,
                                   struct sg_error *err) SG_MUST_CHECK;
/* The same on anything that can be read from its first byte on, a pipe too; "-" is standard
 * input. */
enum sg_status sg_data_stream_open_any(struct sg_stream *s, const char *path,
                                       struct sg_error *err) SG_MUST_CHECK;
void sg_data_stream_close(struct sg_stream *s);
/* Reads the next `want` bytes into out.  *got < want only at the end of the file.  At the end of a
 * gzip file its checksums have been compared. */
enum sg_status sg_data_stream_read(void *out, size_t *got, size_t want,
                                   struct sg_stream *s) SG_MUST_CHECK;
/* Looks at the next bytes, as many as s->held has room for, which the next read hands on.  *got is
 * smaller only at the end of the file. */
enum sg_status sg_data_stream_peek(const unsigned char **bytes, size_t *got,
                                   struct sg_stream *s) SG_MUST_CHECK;

#endif
