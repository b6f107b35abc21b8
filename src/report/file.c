/* Files that appear whole or not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "synthgrad/report.h"

static enum sg_status fail(struct sg_error *err, const char *path, const char *doing)
{
    (void)sg_base_refuse(err, path, 0, "%s: %s; choose another folder with --out", doing, strerror(errno));
    return SG_IO;
}

/* mkdir -p of the folder above path. */
static enum sg_status make_folders(const char *path, struct sg_error *err)
{
    char *copy = sg_base_format("%s", path);
    enum sg_status status = SG_OK;
    for (char *slash = strchr(copy + 1, '/'); slash && status == SG_OK; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = fail(err, copy, "cannot make the folder");
        *slash = '/';
    }
    free(copy);
    return status;
}

enum sg_status sg_report_open(struct sg_file *file, const char *path, struct sg_error *err)
{
    *file = (struct sg_file){0};
    enum sg_status status = make_folders(path, err);
    if (status != SG_OK)
        return status;
    file->path = sg_base_format("%s", path);
    file->temporary = sg_base_format("%s.part-%ld", path, (long)getpid());
    file->stream = fopen(file->temporary, "w");
    if (!file->stream) {
        status = fail(err, path, "cannot write");
        sg_report_discard(file);
    }
    return status;
}

enum sg_status sg_report_commit(struct sg_file *file, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    bool whole = !ferror(file->stream) && fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
    int saved = errno;
    whole = fclose(file->stream) == 0 && whole;
    file->stream = NULL;
    if (whole && rename(file->temporary, file->path) != 0) {
        whole = false;
        saved = errno;
    }
    if (!whole) {
        errno = saved;
        status = fail(err, file->path, "cannot write");
        sg_report_discard(file);
        return status;
    }
    free(file->temporary);
    file->temporary = NULL;
    sg_report_discard(file);
    return SG_OK;
}

void sg_report_discard(struct sg_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct sg_file){0};
}
