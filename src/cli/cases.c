/* Which cases? */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/regular.h"
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

/* Installed: beside the program's folder, so that an installed tree may be moved.  The path of the
 * program has no links in it: what is printed is as the user would write it. */
const char *sg_cli_cases_folder(void)
{
    static char installed[PATH_MAX];
    static const char below[] = "/share/synthgrad/cases";
    if (is_folder("cases"))
        return "cases";
    const ssize_t length = readlink("/proc/self/exe", installed, sizeof installed - sizeof below);
    if (length > 0) {
        installed[length] = '\0';
        for (int up = 0; up < 2; up++) {                        /* the program, its folder */
            char *slash = strrchr(installed, '/');
            if (slash)
                *slash = '\0';
        }
        memcpy(installed + strlen(installed), below, sizeof below);
        if (is_folder(installed))
            return installed;
    }
    return "cases";
}

/* What cases/ leads to has its own tree around it. */
char *sg_cli_home(void)
{
    const char *cases = sg_cli_cases_folder(), *slash = strrchr(cases, '/');
    struct stat s;
    if (lstat(cases, &s) == 0 && S_ISLNK(s.st_mode))
        return sg_base_format("%s/..", cases);
    return slash ? sg_base_format("%.*s", (int)(slash - cases), cases) : sg_base_format(".");
}

char *sg_cli_proof(const char *name)
{
    char *home = sg_cli_home(), *slash = strrchr(home, '/');
    char *proof = is_folder("proofs") || !slash
                      ? sg_base_format("proofs/%s.md", name)
                      : sg_base_format("%.*s/doc/synthgrad/proofs/%s.md", (int)(slash - home),
                                       home, name);
    free(home);
    return proof;
}

/* Do both hold the same bytes? */
static bool is_same(FILE *a, FILE *b)
{
    int of_a, of_b;
    do {
        of_a = fgetc(a);
        of_b = fgetc(b);
    } while (of_a == of_b && of_a != EOF);
    return of_a == of_b && !ferror(a) && !ferror(b);
}

bool sg_cli_case_is_own(const char *path, const char *name)
{
    char *known = sg_base_format("%s/%s.cfg", sg_cli_cases_folder(), name);
    FILE *a = sg_base_open_regular(known), *b = sg_base_open_regular(path);
    const bool own = !a || !b || !is_same(a, b);
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    free(known);
    return own;
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
