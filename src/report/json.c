/* Verdicts as JSON.  A number that is not finite is null, and a row with a null never passes. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/report.h"

json_t *sg_report_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const struct sg_row *row)
{
    static const char *const forms[] = {"equal", "bound", "fact", "proof", "effect"};
    static const char *const states[] = {"met", "missed", "open", "blind"};
    json_t *entry =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:s, s:I}", "id",
                  row->id, "what", row->what, "form", forms[row->form], "state", states[row->state],
                  "measured", sg_report_number(row->measured), "predicted",
                  sg_report_number(row->predicted), "tolerance", sg_report_number(row->tolerance),
                  "scale", sg_report_number(row->scale), "margin",
                  sg_report_number(sg_claim_margin(row)), "ok", row->ok, "evidence",
                  sg_claim_kind_name(row->kind), "basis", row->basis, "replicate",
                  (json_int_t)row->replicate);
    if (row->form == SG_ROW_BOUND)
        json_object_set_new(entry, "share", sg_report_number(sg_claim_share(row)));
    if (row->form == SG_ROW_EFFECT || row->low < row->high)
        json_object_set_new(
            entry, "interval",
            json_pack("[o, o]", sg_report_number(row->low), sg_report_number(row->high)));
    if (row->form == SG_ROW_EFFECT) {
        json_object_set_new(entry, "confidence", sg_report_number(row->confidence));
        json_object_set_new(entry, "secondary", json_boolean(row->secondary));
    }
    return entry;
}

static json_t *rows_json(const struct sg_evidence *ev)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < ev->n_rows; i++)
        json_array_append_new(rows, row_json(&ev->row[i]));
    return rows;
}

static json_t *kinds_json(const struct sg_evidence *ev)
{
    json_t *kinds = json_array();
    for (int kind = 0; kind < SG_EVIDENCE_KINDS; kind++) {
        bool present = false;
        for (size_t i = 0; i < ev->n_rows; i++)
            present = present || (int)ev->row[i].kind == kind;
        if (present)
            json_array_append_new(kinds,
                                  json_string(sg_claim_kind_name((enum sg_evidence_kind)kind)));
    }
    return kinds;
}

static json_t *tables_json(const struct sg_evidence *ev)
{
    json_t *tables = json_array();
    for (size_t t = 0; t < ev->n_listings; t++) {
        const struct sg_listing *list = &ev->listing[t];
        json_t *columns = json_array(), *rows = json_array();
        for (size_t k = 0; k < list->n_columns; k++)
            json_array_append_new(columns, json_string(list->column[k]));
        for (size_t i = 0; i < list->n_rows; i++) {
            json_t *values = json_array();
            for (size_t k = 0; k + 1 < list->n_columns; k++)
                json_array_append_new(values,
                                      sg_report_number(list->value[i * (list->n_columns - 1) + k]));
            json_array_append_new(rows,
                                  json_pack("{s:s, s:o}", "name", list->row[i], "values", values));
        }
        json_array_append_new(tables, json_pack("{s:s, s:o, s:o}", "title", list->title, "columns",
                                                columns, "rows", rows));
    }
    return tables;
}

json_t *sg_report_judgement_json(const struct sg_judgement *j)
{
    json_t *control =
        j->has_control ? json_pack("{s:s, s:s, s:b}", "what", j->control_what, "verdict",
                                   sg_claim_verdict_name(j->control_verdict), "ok", j->control_ok)
                       : json_null();
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:s}",
                     "claim", j->claim->id, "case", j->case_name, "title", j->claim->title,
                     "verdict", sg_claim_verdict_name(j->verdict), "expected", j->expected, "ok",
                     j->ok, "evidence", kinds_json(&j->evidence), "rows", rows_json(&j->evidence),
                     "tables", tables_json(&j->evidence), "control", control, "seconds",
                     sg_report_number(j->seconds), "seed", (json_int_t)j->seed, "replicates",
                     (json_int_t)j->replicates, "note", j->evidence.note);
}

enum sg_status sg_report_write_json(const char *path, json_t *json, struct sg_error *err)
{
    const size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(17);
    struct sg_file file;
    enum sg_status status = SG_OK;
    if (strcmp(path, "-") == 0) {
        if (json_dumpf(json, stdout, flags) != 0 || putchar('\n') == EOF || fflush(stdout) != 0) {
            (void)sg_base_refuse(err, NULL, 0, "cannot write to standard output");
            status = SG_IO;
        }
    } else {
        status = sg_base_file_open(&file, path, err);
        if (status == SG_OK) {
            json_dumpf(json, file.stream, flags);
            fputc('\n', file.stream);
            status = sg_base_file_commit(&file, err);
        }
    }
    json_decref(json);
    return status;
}
