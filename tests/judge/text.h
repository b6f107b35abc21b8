/* text.h - a case from a text. */
#ifndef SG_TESTS_JUDGE_TEXT_H
#define SG_TESTS_JUDGE_TEXT_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"
#include "synthgrad/claim.h"

/* Reads a case from a text, as from a file.  `folder` ends in a slash: files that the case names
 * are looked for there. */
static inline enum sg_status read_text_in(struct sg_case *c, const char *folder, const char *text,
                                          struct sg_error *err)
{
    char path[256];
    snprintf(path, sizeof path, "%ssg_text_XXXXXX.cfg", folder);
    const int fd = mkstemps(path, 4);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
    const enum sg_status status = sg_case_read(c, path, err);
    unlink(path);
    return status;
}

/* The same for a text that must be a case. */
static inline void read_text(struct sg_case *c, const char *text)
{
    struct sg_error err = {""};
    if (read_text_in(c, "/tmp/", text, &err) != SG_OK)
        fail_msg("%s\n%s", text, err.text);
}

#endif
