/* results/CASE/certificates.json: what the certified rows prove, bit by bit, for a second program
 * (tools/check_certificates.py).  schema/certificates.schema.json has the form. */
#include <jansson.h>
#include <stdlib.h>

#include "report/certificates.h"
#include "synthgrad/report.h"

/* The texts of a piece may come from a disk: what is no JSON there is the maker's error. */
static json_t *read_texts(const struct sg_texts *texts)
{
    json_t *all = json_array();
    for (size_t i = 0; i < texts->n; i++) {
        json_error_t problem;
        json_t *one = json_loads(texts->text[i], JSON_REJECT_DUPLICATES, &problem);
        SG_REQUIRE(one != NULL);
        sg_report_add(all, one);
    }
    return all;
}

enum sg_status sg_report_write_certificates(const char *out_dir, const struct sg_judgement *j,
                                            struct sg_error *err)
{
    char *path = sg_base_format("%s/%s/certificates.json", out_dir, j->case_name);
    json_t *json = json_object();
    sg_report_put(json, "format", json_integer(SG_CERTIFICATES_FORMAT));
    sg_report_put(json, "claim", json_string(j->claim->id));
    sg_report_put(json, "case", sg_report_text(j->case_name));
    sg_report_put(json, "seed", json_integer((json_int_t)j->seed));
    sg_report_put(json, "version", json_string(sg_base_build()->version));
    sg_report_put(json, "commit", json_string(sg_base_build()->commit));
    sg_report_put(json, "sources", json_string(sg_base_build()->sources));
    sg_report_put(json, "certificates", read_texts(&j->evidence.certificates));
    sg_report_put(json, "arrays", read_texts(&j->evidence.arrays));
    const enum sg_status status = sg_report_write_json(path, json, err);
    free(path);
    return status;
}
