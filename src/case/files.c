/* The data files of a case: which they are, and whether they hold what they held. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/regular.h"
#include "case/schema.h"

enum { FILES_MOST = 2 * SG_CASE_LIST_MAX };
struct paths { size_t n; char *path[FILES_MOST]; };

/* One that is not there is NULL. */
static struct paths find(const struct sg_case *c)
{
    struct paths paths = {0};
    const struct sg_text_list *const list[] = {&c->data.train_files, &c->data.test_files};
    if (c->data.kind == SG_DATA_CSV)
        paths.path[paths.n++] = sg_case_find_file(c, c->data.file, "", sg_case_nist);
    for (size_t l = 0; c->data.kind == SG_DATA_IDX && l < 2; l++)
        for (size_t i = 0; i < list[l]->n; i++)
            paths.path[paths.n++] =
                sg_case_find_file(c, list[l]->value[i], ".gz", sg_case_mnist);
    return paths;
}

static void paths_free(struct paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
}

static uint64_t add_number(uint64_t digest, uint64_t number)
{
    return sg_base_digest(digest, &number, sizeof number);
}

uint64_t sg_case_stamp_files(const struct sg_case *c)
{
    SG_REQUIRE(c);
    struct paths paths = find(c);
    uint64_t stamp = SG_BASE_DIGEST;
    for (size_t i = 0; i < paths.n; i++) {
        struct stat s;
        const char *path = paths.path[i] ? paths.path[i] : "";
        stamp = sg_base_digest(stamp, path, strlen(path) + 1);
        if (stat(path, &s) != 0)
            continue;
        stamp = add_number(add_number(stamp, s.st_dev), s.st_ino);
        stamp = add_number(stamp, (uint64_t)s.st_size);
        stamp = add_number(stamp, (uint64_t)s.st_mtim.tv_sec);
        stamp = add_number(stamp, (uint64_t)s.st_mtim.tv_nsec);
    }
    paths_free(&paths);
    return stamp;
}

static uint64_t add_file(uint64_t digest, const char *path)
{
    unsigned char bytes[1 << 14];
    uint64_t length = 0;
    FILE *file = sg_base_open_regular(path);     /* a pipe would be emptied, or waited for */
    for (size_t got; file && (got = fread(bytes, 1, sizeof bytes, file)) > 0; length += got)
        digest = sg_base_digest(digest, bytes, got);
    if (file)
        fclose(file);
    return add_number(digest, length);
}

uint64_t sg_case_digest_files(const struct sg_case *c)
{
    SG_REQUIRE(c);
    struct paths paths = find(c);
    uint64_t digest = SG_BASE_DIGEST;
    for (size_t i = 0; i < paths.n; i++)
        digest = paths.path[i] ? add_file(digest, paths.path[i]) : add_number(digest, UINT64_MAX);
    paths_free(&paths);
    return digest;
}
