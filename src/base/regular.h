/* regular.h - private: files that others may have put something else in the place of. */
#ifndef SG_BASE_REGULAR_H
#define SG_BASE_REGULAR_H

#include <stdio.h>
#include <sys/types.h>

#include "synthgrad/base.h"

/* Opens a regular file for reading.  NULL, with errno: there is none, or the path names a folder, a
 * device or a pipe, which would be waited for.  Without memory it ends the program, since a file
 * that is there would pass for one that is not. */
FILE *sg_base_open_regular(const char *path);
/* getline, which without memory ends the program: the rest would pass for the file's end. */
ssize_t sg_base_next_line(char **line, size_t *room, FILE *file);
/* As sg_base_file_open, for a file of our own: a device or a pipe in its place is replaced. */
enum sg_status sg_base_file_open_ours(struct sg_file *file, const char *path,
                                      struct sg_error *err) SG_MUST_CHECK;

#endif
