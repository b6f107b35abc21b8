/* Files that appear whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/regular.h"

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

FILE *sg_base_open_regular(const char *path)
{
    struct stat s;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const bool regular = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
    FILE *file = regular ? fdopen(fd, "rb") : NULL;
    const int saved = fd < 0 || regular ? errno : ENXIO;
    if (!file && fd >= 0)
        close(fd);
    if (!file && saved == ENOMEM)
        sg_base_exhausted(1, BUFSIZ);
    errno = saved;
    return file;
}

ssize_t sg_base_next_line(char **line, size_t *room, FILE *file)
{
    errno = 0;
    const ssize_t length = getline(line, room, file);
    if (length < 0 && errno == ENOMEM)
        sg_base_exhausted(1, *room);
    return length;
}

/* Seconds that a pipe may be without a reader. */
enum { PATIENCE = 10 };

/* Opens a device or a pipe.  A pipe without a reader is not waited for without end: it may have
 * been put in a result's place.  errno says why there is no stream. */
static FILE *open_special(const char *path)
{
    const struct timespec moment = {.tv_nsec = 50000000};
    const double begun = sg_base_seconds();
    int fd;
    while ((fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0 && errno == ENXIO &&
           sg_base_seconds() - begun < PATIENCE && !sg_base_interrupted())
        nanosleep(&moment, NULL);
    FILE *stream = fd >= 0 && fcntl(fd, F_SETFL, 0) == 0 ? fdopen(fd, "w") : NULL;
    if (!stream && fd >= 0)
        close(fd);
    return stream;
}

/* Makes it, or finds it there; errno says why neither. */
static bool make_folder(const char *path)
{
    struct stat s;
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST || stat(path, &s) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(s.st_mode);
}

/* mkdir -p of the folder above path. */
static enum sg_status make_folders(const char *path, struct sg_error *err)
{
    char *copy = sg_base_format("%s", path);
    enum sg_status status = SG_OK;
    for (char *slash = strchr(copy + 1, '/'); slash && status == SG_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_folder(copy))
            status = fail(err, copy, "cannot make the folder");
        *slash = '/';
    }
    free(copy);
    return status;
}

/* A number of this start of this machine, under which its locks mean
 * something; 0: it does not say. */
static unsigned this_start(void)
{
    static atomic_uint start;
    if (atomic_load(&start) == 0) {
        unsigned number = 0;
        FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
        if (file && fscanf(file, "%8x", &number) == 1)
            atomic_store(&start, number);
        if (file)
            fclose(file);
    }
    return atomic_load(&start);
}

/* PATH.part-START-RANDOM: threads, processes, and containers that count processes anew from 1 take
 * different names, so that a file made here is nobody else's. */
static char *temporary_name(const char *path)
{
    uint64_t number;
    return getrandom(&number, sizeof number, 0) == (ssize_t)sizeof number
               ? sg_base_format("%s.part-%08x-%016llx", path, this_start(),
                                (unsigned long long)number)
               : NULL;
}

/* Locked for as long as it is open, so that a sweep can tell it from one whose writer died.  False:
 * swept before. */
static bool hold(int fd)
{
    struct stat s;
    (void)flock(fd, LOCK_EX);            /* a file system without locks: swept by age */
    return fstat(fd, &s) == 0 && s.st_nlink > 0;
}

/* errno says why there is no stream. */
static void open_temporary(struct sg_file *file)
{
    while ((file->temporary = temporary_name(file->path)) != NULL) {
        const int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            return;
        if (fd >= 0 && hold(fd)) {
            file->stream = fdopen(fd, "w");
            if (!file->stream)
                close(fd);
            return;
        }
        if (fd >= 0)
            close(fd);
        free(file->temporary);
    }
}

static enum sg_status open_for(struct sg_file *file, const char *path, bool replace,
                               struct sg_error *err)
{
    *file = (struct sg_file){0};
    enum sg_status status = make_folders(path, err);
    if (status != SG_OK)
        return status;
    /* a link stays, what it names is replaced */
    char *target = realpath(path, NULL);
    file->path = sg_base_format("%s", target ? target : path);
    free(target);
    if (!replace && is_special(file->path)) {
        file->stream = open_special(file->path);
    } else {
        /* two may write one file: the last to finish wins, whole */
        open_temporary(file);
    }
    if (!file->stream) {
        status = fail(err, path, "cannot write");
        sg_base_file_discard(file);
    }
    return status;
}

enum sg_status sg_base_file_open(struct sg_file *file, const char *path, struct sg_error *err)
{
    SG_REQUIRE(file && path && err);
    return open_for(file, path, false, err);
}

enum sg_status sg_base_file_open_ours(struct sg_file *file, const char *path,
                                      struct sg_error *err)
{
    return open_for(file, path, true, err);
}

enum sg_status sg_base_file_commit(struct sg_file *file, struct sg_error *err)
{
    SG_REQUIRE(file);
    enum sg_status status = SG_OK;
    bool whole = !ferror(file->stream) && fflush(file->stream) == 0 &&
                 (!file->temporary || file->lazy || fsync(fileno(file->stream)) == 0);
    int saved = errno;
    /* the lock lasts until the file has its name */
    const int held = dup(fileno(file->stream));
    if (fclose(file->stream) != 0 && whole) {
        whole = false;
        saved = errno;
    }
    file->stream = NULL;
    if (whole && file->temporary && rename(file->temporary, file->path) != 0) {
        whole = false;
        saved = errno;
    }
    if (held >= 0)
        close(held);
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

/* NAME.part-START-RANDOM, as sg_base_file_open names them; anything else is the user's. */
static bool is_part(unsigned *start, const char *entry, const char *name)
{
    enum { LENGTH = sizeof ".part-01234567-0123456789abcdef" - 1 };
    const char *part = strstr(entry, ".part-");
    int end = 0;
    for (const char *next = part; next; next = strstr(next + 1, ".part-"))
        part = next;
    return part && sscanf(part, ".part-%8x-%*16[0-9a-f]%n", start, &end) == 1 && end == LENGTH &&
           part[end] == '\0' &&
           (!name ||
            (strlen(name) == (size_t)(part - entry) && strncmp(entry, name, strlen(name)) == 0));
}

/* Nobody holds it, and a lock that we could take is one that its writer would have kept us from. */
static void remove_if_left(const char *path)
{
    const int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlink(path);
    close(fd);
}

/* Another machine's lock may not be seen here, and its processes are not: by age. */
void sg_base_file_sweep(const char *folder, const char *name)
{
    SG_REQUIRE(folder);
    enum { HOUR = 3600 };
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat s;
        unsigned start = 0;
        if (!is_part(&start, entry->d_name, name))
            continue;
        char *path = sg_base_format("%s/%s", folder, entry->d_name);
        if (lstat(path, &s) != 0 || !S_ISREG(s.st_mode)) {
            free(path);
            continue;
        }
        if (start != 0 && start == this_start())
            remove_if_left(path);
        else if (difftime(time(NULL), s.st_mtime) > HOUR)
            unlink(path);
        free(path);
    }
    closedir(dir);
}

static void sweep_beside(const char *path)
{
    char *target = realpath(path, NULL),
         *place = target ? target : sg_base_format("%s%s", strchr(path, '/') ? "" : "./", path);
    char *slash = strrchr(place, '/');
    *slash = '\0';
    sg_base_file_sweep(*place ? place : "/", slash + 1);
    free(place);
}

enum sg_status sg_base_file_check_place(const char *path, bool folder, struct sg_error *err)
{
    SG_REQUIRE(path);
    struct stat s;
    const bool there = path[0] && stat(path, &s) == 0;
    errno = path[0] == '\0'                          ? ENOENT
            : there && folder && !S_ISDIR(s.st_mode) ? ENOTDIR
            : there && !folder && S_ISDIR(s.st_mode) ? EISDIR
                                                     : 0;
    if (errno)
        return fail(err, path[0] ? path : "''", "cannot write");
    if (there && access(path, folder ? W_OK | X_OK : W_OK) != 0)
        return fail(err, path, "cannot write");
    char *inside = sg_base_format("%s/x", path);
    const enum sg_status status = make_folders(folder ? inside : path, err);
    free(inside);
    if (folder)
        sg_base_file_sweep(path, NULL);
    else
        sweep_beside(path);
    return status;
}

struct sg_place sg_base_place(const char *folder)
{
    struct stat s;
    return stat(folder, &s) == 0 ? (struct sg_place){s.st_dev, s.st_ino} : (struct sg_place){0};
}

enum sg_status sg_base_place_check(const struct sg_place *place, const char *folder,
                                   struct sg_error *err)
{
    SG_REQUIRE(place);
    const struct sg_place now = sg_base_place(folder);
    if (place->inode == 0 || (place->device == now.device && place->inode == now.inode))
        return SG_OK;
    (void)sg_base_refuse(err, folder, 0,
                         "cannot write: the folder %s; give it back or choose another place, and "
                         "say the same command again",
                         now.inode == 0 ? "is gone" : "is gone, and another is in its place");
    return SG_IO;
}

void sg_base_file_discard(struct sg_file *file)
{
    SG_REQUIRE(file);
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->path);
    free(file->temporary);
    *file = (struct sg_file){0};
}
