/* results/CASE/: the judgement, the columns of numbers behind its figures, its certificates. */
#include <jansson.h>
#include <stdlib.h>

#include "base/regular.h"
#include "report/certificates.h"
#include "synthgrad/report.h"

static enum sg_status write_series(const char *out_dir, const struct sg_judgement *j,
                                   const struct sg_series *series, struct sg_error *err)
{
    struct sg_file file;
    char *path = sg_base_format("%s/%s/%s.dat", out_dir, j->case_name, series->name);
    enum sg_status status = sg_base_file_open_ours(&file, path, err);
    free(path);
    if (status != SG_OK)
        return status;
    const struct sg_build *build = sg_base_build();
    fprintf(file.stream, "# synthgrad %s, commit %s; claim %s, case %s, seed %llu\n# %s\n",
            build->version, build->commit, j->claim->id, j->case_name, (unsigned long long)j->seed,
            series->columns);
    for (size_t i = 0; i < series->rows; i++)
        for (size_t k = 0; k < series->width; k++)
            fprintf(file.stream, "%.17g%c", series->value[i * series->width + k],
                    k + 1 < series->width ? ' ' : '\n');
    return sg_base_file_commit(&file, err);
}

enum sg_status sg_report_write_case(const char *out_dir, const struct sg_judgement *j,
                                    struct sg_error *err)
{
    SG_REQUIRE(j);
    enum sg_status status = SG_OK;
    char *folder = sg_base_format("%s/%s", out_dir, j->case_name);
    sg_base_file_sweep(folder, NULL);
    free(folder);
    for (size_t i = 0; i < j->evidence.n_series && status == SG_OK; i++)
        status = write_series(out_dir, j, &j->evidence.series[i], err);
    if (status == SG_OK)
        status = sg_report_write_certificates(out_dir, j, err);
    if (status != SG_OK)
        return status;
    char *path = sg_base_format("%s/%s/summary.json", out_dir, j->case_name);
    json_t *json = sg_report_judgement_json(j);
    sg_report_put(json, "version", json_string(sg_base_build()->version));
    sg_report_put(json, "commit", json_string(sg_base_build()->commit));
    sg_report_put(json, "sources", json_string(sg_base_build()->sources));
    sg_report_put(json, "machine", json_string(sg_base_platform()));
    status = sg_report_write_json(path, json, err);
    free(path);
    return status;
}
