/* merge: the results of shards, put together. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "synthgrad/report.h"

static int by_case(const void *a, const void *b)
{
    const char *x = json_string_value(json_object_get(*(json_t *const *)a, "case")), *y = json_string_value(json_object_get(*(json_t *const *)b, "case"));
    return strcmp(x ? x : "", y ? y : "");
}

/* Every DIR/CASE/summary.json. */
static int gather(json_t *all, const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return sg_cli_refuse("%s: %s; name a folder that verify wrote with --out", folder, strerror(errno));
    int code = SG_EXIT_OK;
    const size_t before = json_array_size(all);
    for (struct dirent *entry; code == SG_EXIT_OK && (entry = readdir(dir));) {
        char *path = sg_base_format("%s/%s/summary.json", folder, entry->d_name);
        json_error_t problem;
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file) {
            json_t *summary = json_loadf(file, 0, &problem);
            if (!summary || !json_is_string(json_object_get(summary, "case")))
                code = sg_cli_refuse("%s:%d: not a summary: %s; run the case again", path, problem.line, problem.text);
            else
                json_array_append(all, summary);
            json_decref(summary);
            fclose(file);
        }
        free(path);
    }
    closedir(dir);
    if (code == SG_EXIT_OK && json_array_size(all) == before)
        return sg_cli_refuse("%s: no results in it; name a folder that verify wrote with --out", folder);
    return code;
}

static int merge(const struct sg_command *command, size_t n_args, char **args)
{
    (void)command;
    json_t *all = json_array();
    int code = SG_EXIT_OK;
    for (size_t i = 0; i < n_args && code == SG_EXIT_OK; i++)
        code = gather(all, args[i]);
    const size_t n = json_array_size(all);
    json_t **order = SG_NEW(n, json_t *), *sorted = json_array();
    for (size_t i = 0; i < n; i++)
        order[i] = json_array_get(all, i);
    qsort(order, n, sizeof *order, by_case);
    for (size_t i = 0; i < n && code == SG_EXIT_OK; i++) {
        if (i > 0 && by_case(&order[i - 1], &order[i]) == 0)
            code = sg_cli_refuse("case %s is in two of the folders; merge each shard once", json_string_value(json_object_get(order[i], "case")));
        json_array_append(sorted, order[i]);
    }
    free(order);
    json_decref(all);
    if (code == SG_EXIT_OK) {
        struct sg_error err;
        return sg_cli_fail(sg_report_write_json("-", sorted, &err), &err);
    }
    json_decref(sorted);
    return code;
}

static struct sg_option options[] = {{.name = "json", .help = "as JSON (it always is)"}, {0}};
struct sg_command sg_command_merge = {
    .name = "merge", .summary = "the verdicts of several result folders as one JSON array", .arguments = "DIR...", .options = options, .min_args = 1,
    .max_args = 100000, .run = merge, .examples = "  synthgrad verify --shard 1/2 --out a; synthgrad verify --shard 2/2 --out b\n  synthgrad merge a b > all.json\n",
};
