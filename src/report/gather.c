/* Every FOLDER/CASE/summary.json, in the order of the cases' names. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/regular.h"
#include "report/page.h"
#include "synthgrad/report.h"

static const char *case_of(const json_t *summary)
{
    const char *name = json_string_value(json_object_get(summary, "case"));
    return name ? name : "";
}

/* The first ones had no number. */
static bool is_known(const json_t *summary)
{
    const json_t *format = json_object_get(summary, "format");
    return !format || json_integer_value(format) == SG_REPORT_FORMAT;
}

static int by_case(const void *a, const void *b)
{
    return strcmp(case_of(*(json_t *const *)a), case_of(*(json_t *const *)b));
}

static enum sg_status read_folder(json_t *all, const char *folder, struct sg_error *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return sg_base_refuse(err, folder, 0, "%s; name a folder that verify wrote with --out",
                              strerror(errno));
    enum sg_status status = SG_OK;
    const size_t before = json_array_size(all);
    for (struct dirent *entry; status == SG_OK && (entry = readdir(dir));) {
        char *path = sg_base_format("%s/%s/summary.json", folder, entry->d_name);
        json_error_t problem;
        const bool may = entry->d_name[0] != '.';
        FILE *file = may ? sg_base_open_regular(path) : NULL;
        /* what is no regular file (ENXIO) is no summary */
        if (may && !file && errno && errno != ENOENT && errno != ENOTDIR && errno != ENXIO)
            status = sg_base_refuse(err, path, 0, "cannot be read: %s; make it readable, or take "
                                    "it away", strerror(errno));
        if (file) {
            json_t *summary = json_loadf(file, 0, &problem);
            if (!summary || !json_is_string(json_object_get(summary, "case")))
                status = sg_base_refuse(err, path,
                                        summary || problem.line < 1 ? 0 : (size_t)problem.line,
                                        "not a summary%s%s; run the case again",
                                        summary ? "" : ": ",
                                        summary ? "" : sg_base_show(problem.text, 92).text);
            else if (!is_known(summary))
                status = sg_base_refuse(err, path, 0, "a summary of format %lld, and this program "
                                        "reads format %d; run the case again, or take the program "
                                        "that wrote it", (long long)json_integer_value(
                                            json_object_get(summary, "format")),
                                        (int)SG_REPORT_FORMAT);
            else
                sg_report_add(all, json_incref(summary));
            json_decref(summary);
            fclose(file);
        }
        free(path);
    }
    closedir(dir);
    if (status == SG_OK && json_array_size(all) == before)
        status = sg_base_refuse(err, folder, 0,
                                "no results in it; name a folder that verify wrote with --out");
    return status;
}

enum sg_status sg_report_gather(json_t **out, size_t n_folders, char *const *folder,
                                struct sg_error *err)
{
    SG_REQUIRE(out && folder);
    json_t *all = json_array();
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < n_folders && status == SG_OK; i++)
        status = read_folder(all, folder[i], err);
    const size_t n = json_array_size(all);
    json_t **order = SG_NEW(n, json_t *);
    for (size_t i = 0; i < n; i++)
        order[i] = json_array_get(all, i);
    qsort(order, n, sizeof *order, by_case);
    *out = json_array();
    for (size_t i = 0; i < n && status == SG_OK; i++) {
        if (i > 0 && by_case(&order[i - 1], &order[i]) == 0)
            status = sg_base_refuse(err, NULL, 0,
                                    "case %s is in two of the folders; give each result once",
                                    sg_base_show(case_of(order[i]), 92).text);
        sg_report_add(*out, json_incref(order[i]));
    }
    free(order);
    json_decref(all);
    if (status != SG_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}
