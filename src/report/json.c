/* Verdicts as JSON.  A number that is not finite is null, and a row with a null never passes. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/report.h"

json_t *sg_report_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *sg_report_text(const char *text)
{
    SG_REQUIRE(text);
    bool fine = true;
    for (const char *p = text; *p && fine; p += sg_base_printable(p))
        fine = sg_base_printable(p) > 0;
    if (fine)
        return json_string(text);
    const size_t size = 4 * strlen(text) + sizeof "...";
    char *shown = SG_NEW(size, char);
    sg_base_escape(shown, size, text);
    json_t *json = json_string(shown);
    free(shown);
    return json;
}

void sg_report_put(json_t *object, const char *key, json_t *value)
{
    SG_REQUIRE(key);
    if (json_object_set_new(object, key, value) != 0)
        sg_base_exhausted(1, sizeof(json_int_t));
}

void sg_report_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        sg_base_exhausted(1, sizeof(json_int_t));
}

json_t *sg_report_object(void)
{
    json_t *object = json_object();
    sg_report_put(object, "format", json_integer(SG_REPORT_FORMAT));
    return object;
}

static json_t *row_json(const struct sg_row *row)
{
    static const char *const forms[] = {"equal", "bound", "fact", "proof", "effect"};
    static const char *const states[] = {"met", "missed", "open", "blind"};
    json_t *entry =
        json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:I}", "id",
                  row->id, "what", sg_report_text(row->what), "form", forms[row->form], "state",
                  states[row->state], "measured", sg_report_number(row->measured), "predicted",
                  sg_report_number(row->predicted), "tolerance", sg_report_number(row->tolerance),
                  "scale", sg_report_number(row->scale), "margin",
                  sg_report_number(sg_claim_margin(row)), "ok", row->ok, "evidence",
                  sg_claim_kind_name(row->kind), "basis", sg_report_text(row->basis), "replicate",
                  (json_int_t)row->replicate);
    if (row->form == SG_ROW_BOUND)
        sg_report_put(entry, "share", sg_report_number(sg_claim_share(row)));
    if (row->form == SG_ROW_EFFECT || row->low < row->high)
        sg_report_put(
            entry, "interval",
            json_pack("[o, o]", sg_report_number(row->low), sg_report_number(row->high)));
    if (row->form == SG_ROW_EFFECT) {
        sg_report_put(entry, "confidence", sg_report_number(row->confidence));
        sg_report_put(entry, "secondary", json_boolean(row->secondary));
    }
    return entry;
}

static json_t *rows_json(const struct sg_evidence *ev)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < ev->n_rows; i++)
        sg_report_add(rows, row_json(&ev->row[i]));
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
            sg_report_add(kinds,
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
            sg_report_add(columns, sg_report_text(list->column[k]));
        for (size_t i = 0; i < list->n_rows; i++) {
            json_t *values = json_array();
            for (size_t k = 0; k + 1 < list->n_columns; k++)
                sg_report_add(values,
                              sg_report_number(list->value[i * (list->n_columns - 1) + k]));
            sg_report_add(rows,
                          json_pack("{s:o, s:o}", "name",
                                  sg_report_text(list->row[i]), "values", values));
        }
        sg_report_add(tables, json_pack("{s:o, s:o, s:o}", "title",
                                sg_report_text(list->title), "columns", columns, "rows",
                                rows));
    }
    return tables;
}

json_t *sg_report_judgement_json(const struct sg_judgement *j)
{
    SG_REQUIRE(j);
    json_t *control =
        j->has_control ? json_pack("{s:o, s:s, s:b}", "what", sg_report_text(j->control_what),
                                   "verdict", sg_claim_verdict_name(j->control_verdict), "ok",
                                   j->control_ok)
                       : json_null();
    return json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}",
        "format", (int)SG_REPORT_FORMAT, "claim", j->claim->id, "case", j->case_name, "title",
        j->claim->title, "verdict", sg_claim_verdict_name(j->verdict), "expected", j->expected,
        "ok", j->ok, "own", j->own, "evidence", kinds_json(&j->evidence), "rows",
        rows_json(&j->evidence), "tables", tables_json(&j->evidence), "control", control,
        "seconds", sg_report_number(j->seconds), "seed", (json_int_t)j->seed, "replicates",
        (json_int_t)j->replicates, "note", sg_report_text(j->evidence.note));
}

/* stdout's or the file's, whole. */
static bool dump(const json_t *json, FILE *out)
{
    return json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
           fputc('\n', out) != EOF && fflush(out) == 0;
}

static enum sg_status write_file(const char *path, const json_t *json, struct sg_error *err)
{
    struct sg_file file;
    enum sg_status status = sg_base_file_open(&file, path, err);
    if (status != SG_OK)
        return status;
    errno = 0;
    if (dump(json, file.stream))
        return sg_base_file_commit(&file, err);
    (void)sg_base_refuse(err, path, 0, "cannot write: %s; choose another place",
                         strerror(errno ? errno : ENOMEM));
    sg_base_file_discard(&file);
    return SG_IO;
}

enum sg_status sg_report_write_json(const char *path, json_t *json, struct sg_error *err)
{
    SG_REQUIRE(path && err);
    if (!json)
        sg_base_exhausted(1, sizeof(json_int_t));
    enum sg_status status = SG_OK;
    if (strcmp(path, "-") != 0) {
        status = write_file(path, json, err);
    } else if (!dump(json, stdout)) {
        (void)sg_base_refuse(err, NULL, 0, "cannot write to standard output");
        status = SG_IO;
    }
    json_decref(json);
    return status;
}
