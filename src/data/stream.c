/* The bytes of a file, unpacked when it is gzip (RFC 1952: one member or several,
 * and nothing after them).
 *
 * zlib's own gzread passes over garbage after the last member and takes a file that is cut off for
 * one that ends; inflate tells. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/stream.h"

static enum sg_status unreadable(const struct sg_stream *s, const char *what, int error)
{
    (void)sg_base_refuse(s->err, s->path, 0,
                         "the file cannot be %s (%s); check its name and permissions", what,
                         strerror(error));
    return SG_IO;
}

enum { MAGIC = 2 };
static const unsigned char gzip_magic[MAGIC] = {0x1f, 0x8b};

static void look_inside(struct sg_stream *s)
{
    unsigned char first[MAGIC];
    s->zipped = fread(first, 1, MAGIC, s->file) == MAGIC && memcmp(first, gzip_magic, MAGIC) == 0;
    /* and forgets an error: the next read meets it again */
    rewind(s->file);
    if (s->zipped)
        SG_REQUIRE(inflateInit2(&s->z, 16 + MAX_WBITS) == Z_OK);   /* 16: gzip, not zlib */
}

enum sg_status sg_data_stream_open(struct sg_stream *s, const char *path, struct sg_error *err)
{
    struct stat about;
    memset(s, 0, sizeof *s);
    s->path = path;
    s->err = err;
    /* a named pipe would wait for its writer */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return unreadable(s, "opened", errno);
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        return sg_base_refuse(err, path, 0, "this is not a regular file; name a data file");
    }
    s->length = (size_t)about.st_size;
    s->file = fdopen(fd, "rb");
    if (!s->file)
        sg_base_exhausted(1, BUFSIZ);
    look_inside(s);
    return SG_OK;
}

enum sg_status sg_data_stream_open_any(struct sg_stream *s, const char *path, struct sg_error *err)
{
    memset(s, 0, sizeof *s);
    s->borrowed = strcmp(path, "-") == 0;
    s->path = s->borrowed ? "standard input" : path;
    s->err = err;
    s->file = s->borrowed ? stdin : fopen(path, "rbe");
    if (!s->file && errno == ENOMEM)     /* not a file that is not there, which is skipped */
        sg_base_exhausted(1, BUFSIZ);
    if (!s->file)
        return unreadable(s, "opened", errno);
    s->n_held = fread(s->held, 1, MAGIC, s->file);
    if (ferror(s->file))
        return unreadable(s, "read", errno);
    s->zipped = s->n_held == MAGIC && memcmp(s->held, gzip_magic, MAGIC) == 0;
    if (s->zipped) {
        SG_REQUIRE(inflateInit2(&s->z, 16 + MAX_WBITS) == Z_OK);
        memcpy(s->block, s->held, s->n_held);
        s->z.next_in = s->block;
        s->z.avail_in = (uInt)s->n_held;
        s->n_held = 0;
    }
    return SG_OK;
}

void sg_data_stream_close(struct sg_stream *s)
{
    if (s->zipped)
        (void)inflateEnd(&s->z);
    if (s->file && !s->borrowed)
        fclose(s->file);
    s->zipped = false;
    s->file = NULL;
}

/* More compressed bytes; none left when z.avail_in stays 0. */
static enum sg_status refill(struct sg_stream *s)
{
    if (s->z.avail_in > 0)
        return SG_OK;
    s->z.next_in = s->block;
    s->z.avail_in = (uInt)fread(s->block, 1, sizeof s->block, s->file);
    return ferror(s->file) ? unreadable(s, "read", errno) : SG_OK;
}

/* After a member: another one, or the end of the file. */
static enum sg_status next_member(struct sg_stream *s)
{
    const enum sg_status status = refill(s);
    s->ended = status == SG_OK && s->z.avail_in == 0;
    if (status == SG_OK && !s->ended)
        SG_REQUIRE(inflateReset(&s->z) == Z_OK);
    return status;
}

static enum sg_status read_zipped(unsigned char *out, size_t *got, size_t want, struct sg_stream *s)
{
    enum sg_status status = SG_OK;
    while (*got < want && !s->ended && status == SG_OK) {
        status = refill(s);
        if (status != SG_OK)
            break;
        if (s->z.avail_in == 0)
            return sg_base_refuse(s->err, s->path, 0,
                                  "the gzip data are cut off after %zu bytes; fetch the file again",
                                  s->length ? s->length : (size_t)s->z.total_in);
        const size_t room = want - *got < UINT_MAX ? want - *got : UINT_MAX;
        s->z.next_out = out + *got;
        s->z.avail_out = (uInt)room;
        const int outcome = inflate(&s->z, Z_NO_FLUSH);
        *got += room - s->z.avail_out;
        if (outcome == Z_STREAM_END)
            status = next_member(s);
        else if (outcome == Z_MEM_ERROR)
            SG_REQUIRE(outcome != Z_MEM_ERROR);
        else if (outcome != Z_OK && outcome != Z_BUF_ERROR)
            return sg_base_refuse(s->err, s->path, 0,
                                  "the gzip data are corrupt (%s); fetch the file again",
                                  s->z.msg ? s->z.msg : "no reason given");
    }
    return status;
}

/* Adds to the *got bytes at out until they are `want`. */
static enum sg_status read_on(unsigned char *out, size_t *got, size_t want, struct sg_stream *s)
{
    if (s->zipped)
        return read_zipped(out, got, want, s);
    *got += fread(out + *got, 1, want - *got, s->file);
    return ferror(s->file) ? unreadable(s, "read", errno) : SG_OK;
}

enum sg_status sg_data_stream_read(void *out, size_t *got, size_t want, struct sg_stream *s)
{
    *got = s->n_held < want ? s->n_held : want;
    memcpy(out, s->held, *got);
    memmove(s->held, s->held + *got, s->n_held - *got);
    s->n_held -= *got;
    return read_on(out, got, want, s);
}

enum sg_status sg_data_stream_peek(const unsigned char **bytes, size_t *got, struct sg_stream *s)
{
    const enum sg_status status = read_on(s->held, &s->n_held, sizeof s->held, s);
    *bytes = s->held;
    *got = s->n_held;
    return status;
}
