/* What `make proofs` left behind: build/proofs/checked.txt beside the cases, a line
 * "CLAIM FILE THEOREM" each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cases.h"

static bool is_newer(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec > b->st_mtim.tv_sec ||
           (a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec > b->st_mtim.tv_nsec);
}

size_t sg_cli_checked_theorems(const char *claim)
{
    char *list = sg_base_format("%s/../build/proofs/checked.txt", sg_cli_cases_folder());
    FILE *file = fopen(list, "r");
    if (!file && errno == ENOMEM)
        sg_base_exhausted(1, BUFSIZ);
    struct stat checked, source;
    size_t n = 0;
    char id[32], name[128], theorem[128];
    bool fresh = file && stat(list, &checked) == 0;
    while (fresh && fscanf(file, "%31s %127s %127s", id, name, theorem) == 3) {
        if (strcmp(id, claim) != 0)
            continue;
        char *path = sg_base_format("%s/../proofs/coq/%s.v", sg_cli_cases_folder(), name);
        fresh = stat(path, &source) == 0 && !is_newer(&source, &checked);
        free(path);
        n++;
    }
    if (file)
        fclose(file);
    free(list);
    return fresh ? n : 0;
}
