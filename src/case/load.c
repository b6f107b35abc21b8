/* A case file's text, read once: what was looked at is what is parsed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/schema.h"

enum {
    LARGEST = 1 << 20,            /* bytes: a case is a page of text, and more is another file */
    PAGE = 1 << 12                /* room at first */
};

static enum sg_status unreadable(const struct sg_case_reader *r, int error)
{
    (void)sg_base_refuse(r->err, r->file, 0, "cannot be read: %s; name a readable case file",
                         strerror(error));
    return SG_IO;
}

/* A NUL would end the string before the file, and what follows would go unread. */
static enum sg_status check_bytes(const char *text, size_t size, const struct sg_case_reader *r)
{
    if (size > LARGEST)
        return sg_case_refuse(r, 1,
                              "the file is larger than 1 MiB, so it is not a case; "
                              "name a case file");
    const char *nul = memchr(text, '\0', size);
    if (!nul)
        return SG_OK;
    size_t line = 1;
    for (const char *p = text; p < nul; p++)
        line += *p == '\n';
    return sg_case_refuse(r, line, "a NUL byte, so this is not a text file; save it as UTF-8 text");
}

/* The file up to LARGEST + 1 bytes, one too many to show it, and room for a line end and a NUL. */
static char *read_bytes(size_t *size, FILE *file)
{
    size_t room = PAGE, got = 1;
    char *bytes = SG_NEW(room, char);
    *size = 0;
    while (got > 0 && *size <= LARGEST) {
        while (*size + 2 >= room)
            bytes = sg_base_grow(bytes, room, &room, 1);
        const size_t wanted = room - 2 < LARGEST + 1 ? room - 2 : LARGEST + 1;
        got = fread(bytes + *size, 1, wanted - *size, file);
        *size += got;
    }
    return bytes;
}

enum sg_status sg_case_load(char **text, const struct sg_case_reader *r, const char *path)
{
    *text = NULL;
    errno = 0;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return unreadable(r, errno);
    size_t size;
    char *bytes = read_bytes(&size, file);
    enum sg_status status = ferror(file) ? unreadable(r, errno) : check_bytes(bytes, size, r);
    fclose(file);
    if (status == SG_OK) {
        static const char mark[] = "\xEF\xBB\xBF";
        const size_t skip = strncmp(bytes, mark, 3) == 0 ? 3 : 0;
        memmove(bytes, bytes + skip, size - skip);
        /* libconfig 1.5 takes a comment on an unended last line for garbage. */
        bytes[size - skip] = '\n';
        bytes[size - skip + 1] = '\0';
        *text = bytes;
    } else {
        free(bytes);
    }
    return status;
}
