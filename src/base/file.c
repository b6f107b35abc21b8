/* Files that appear whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "synthgrad/base.h"

static enum sg_status fail(struct sg_error *err, const char *path, const char *doing)
{
    (void)sg_base_refuse(err, path, 0, "%s: %s; choose another place", doing, strerror(errno));
    return SG_IO;
}

/* A device, a pipe or a terminal is written to, not replaced. */
static bool is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode);
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

enum sg_status sg_base_file_open(struct sg_file *file, const char *path, struct sg_error *err)
{
    *file = (struct sg_file){0};
    enum sg_status status = make_folders(path, err);
    if (status != SG_OK)
        return status;
    char *target = realpath(path, NULL);                  /* a link stays, what it names is replaced */
    file->path = sg_base_format("%s", target ? target : path);
    free(target);
    static atomic_uint opened;                            /* two threads may write one file: the last to finish wins, whole */
    if (!is_special(file->path))
        file->temporary = sg_base_format("%s.part-%ld-%u", file->path, (long)getpid(), atomic_fetch_add(&opened, 1));
    file->stream = fopen(file->temporary ? file->temporary : file->path, "w");
    if (!file->stream) {
        status = fail(err, path, "cannot write");
        sg_base_file_discard(file);
    }
    return status;
}

enum sg_status sg_base_file_commit(struct sg_file *file, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    bool whole = !ferror(file->stream) && fflush(file->stream) == 0 && (!file->temporary || fsync(fileno(file->stream)) == 0);
    int saved = errno;
    whole = fclose(file->stream) == 0 && whole;
    file->stream = NULL;
    if (whole && file->temporary && rename(file->temporary, file->path) != 0) {
        whole = false;
        saved = errno;
    }
    if (!whole) {
        errno = saved;
        status = fail(err, file->path, "cannot write");
        sg_base_file_discard(file);
        return status;
    }
    free(file->temporary);
    file->temporary = NULL;
    sg_base_file_discard(file);
    return SG_OK;
}

enum sg_status sg_base_file_check_place(const char *path, bool folder, struct sg_error *err)
{
    struct stat s;
    const bool there = path[0] && stat(path, &s) == 0;
    errno = path[0] == '\0' ? ENOENT : there && folder && !S_ISDIR(s.st_mode) ? ENOTDIR : there && !folder && S_ISDIR(s.st_mode) ? EISDIR : 0;
    if (errno)
        return fail(err, path[0] ? path : "''", "cannot write");
    if (there && access(path, folder ? W_OK | X_OK : W_OK) != 0)
        return fail(err, path, "cannot write");
    char *inside = sg_base_format("%s/x", path);
    const enum sg_status status = make_folders(folder ? inside : path, err);
    free(inside);
    return status;
}

/* By age and not by process: the writer may live on another machine. */
void sg_base_file_sweep(const char *folder)
{
    enum { HOUR = 3600 };
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat s;
        char *path = sg_base_format("%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".part-") && lstat(path, &s) == 0 && S_ISREG(s.st_mode) && difftime(time(NULL), s.st_mtime) > HOUR)
            unlink(path);
        free(path);
    }
    closedir(dir);
}

void sg_base_file_discard(struct sg_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct sg_file){0};
}
