/* Which cases? */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cases.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Installed: ../share/synthgrad/cases, seen from the program, so that an
 * installed tree may be moved. */
const char *sg_cli_cases_folder(void)
{
    static char installed[PATH_MAX];
    static const char below[] = "/../share/synthgrad/cases";
    if (is_folder("cases"))
        return "cases";
    const ssize_t length = readlink("/proc/self/exe", installed, sizeof installed - sizeof below);
    if (length > 0) {
        installed[length] = '\0';
        char *slash = strrchr(installed, '/');
        memcpy(slash ? slash : installed + length, below, sizeof below);
        if (is_folder(installed))
            return installed;
    }
    return "cases";
}

static enum sg_status all_in_folder(struct sg_paths *paths, const char *folder,
                                    struct sg_error *err)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        (void)sg_base_refuse(err, folder, 0,
                             "%s; run from the project's folder, or name the case files",
                             strerror(errno));
        return SG_IO;
    }
    size_t capacity = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        const size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".cfg") == 0 &&
            entry->d_name[0] != '.') {
            paths->path = sg_base_grow(paths->path, paths->n, &capacity, sizeof *paths->path);
            paths->path[paths->n++] = sg_base_format("%s/%s", folder, entry->d_name);
        }
    }
    closedir(dir);
    qsort(paths->path, paths->n, sizeof *paths->path, by_text);
    return SG_OK;
}

enum sg_status sg_cli_find_cases(struct sg_paths *paths, size_t n_args, char **args,
                                 struct sg_error *err)
{
    *paths = (struct sg_paths){0};
    if (n_args == 0)
        return all_in_folder(paths, sg_cli_cases_folder(), err);
    paths->path = SG_NEW(n_args, char *);
    for (size_t i = 0; i < n_args; i++) {
        struct stat s;
        char *in_folder = sg_base_format("%s/%s.cfg", sg_cli_cases_folder(), args[i]);
        const bool bare_name = stat(args[i], &s) != 0 && !strchr(args[i], '/') &&
                               stat(in_folder, &s) == 0;
        paths->path[paths->n++] = bare_name ? in_folder : sg_base_format("%s", args[i]);
        if (!bare_name)
            free(in_folder);
    }
    return SG_OK;
}

void sg_cli_paths_free(struct sg_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
    free(paths->path);
    *paths = (struct sg_paths){0};
}
