/* A training's numbers as files: columns for the figure, and all of them as JSON. */
#include <jansson.h>
#include <stdlib.h>

#include "cli/train.h"
#include "synthgrad/report.h"

#define LOOK(name) {#name, offsetof(struct sg_study_look, name)}
#define LAYER(name) {#name, offsetof(struct sg_study_layer, name)}
#define MODULE(name) {#name, offsetof(struct sg_study_module, name)}
const struct sg_train_field sg_train_look_fields[] = {
    LOOK(step), LOOK(seen), LOOK(loss), LOOK(accuracy), LOOK(test_loss), LOOK(test_accuracy),
    LOOK(error), LOOK(sg_loss), {0}};
const struct sg_train_field sg_train_layer_fields[] = {
    LAYER(norm), LAYER(moved), LAYER(pull), LAYER(truth), LAYER(error), LAYER(cosine),
    LAYER(updates), LAYER(below), LAYER(above), LAYER(paid), LAYER(alive), {0}};
const struct sg_train_field sg_train_module_fields[] = {
    MODULE(size), MODULE(said), MODULE(error), MODULE(cosine), MODULE(irreducible),
    MODULE(updates), {0}};

/* ---- JSON ------------------------------------------------------------------------------------ */

/* {"name": [a number a look]}: the records of `size` bytes lie `stride` of them apart. */
static json_t *columns_json(const struct sg_train_field *field, const void *first, size_t size,
                            size_t stride, size_t looks)
{
    json_t *columns = json_object();
    for (; field->name; field++) {
        json_t *values = json_array();
        for (size_t k = 0; k < looks; k++) {
            const char *record = (const char *)first + k * stride * size;
            sg_report_add(values, sg_report_number(
                                      *(const double *)(const void *)(record + field->offset)));
        }
        sg_report_put(columns, field->name, values);
    }
    return columns;
}

static json_t *run_json(const struct sg_study *s, size_t arm, size_t seed)
{
    const struct sg_study_run *run = &s->run[arm * s->seeds + seed];
    const size_t modules = s->arm[arm].n_modules;
    json_t *layers = json_array(), *sgs = json_array();
    for (size_t b = 0; b < s->layers; b++)
        sg_report_add(layers, columns_json(sg_train_layer_fields, run->layer + b,
                                           sizeof *run->layer, s->layers, run->looks));
    for (size_t j = 0; j < modules; j++)
        sg_report_add(sgs, columns_json(sg_train_module_fields, run->module + j,
                                        sizeof *run->module, modules, run->looks));
    return json_pack("{s:I, s:b, s:o, s:o, s:o, s:o}", "seed", (json_int_t)seed, "diverged",
                     run->status == SG_DIVERGED, "diverged_at", sg_report_number(run->diverged),
                     "looks", columns_json(sg_train_look_fields, run->look, sizeof *run->look, 1,
                                           run->looks),
                     "layers", layers, "sgs", sgs);
}

static json_t *arm_json(const struct sg_study *s, size_t arm)
{
    const struct sg_study_arm *a = &s->arm[arm];
    json_t *at = json_array(), *runs = json_array();
    const struct sg_study_share dy6 = sg_study_dy6(s, arm);
    for (size_t j = 0; j < a->n_modules; j++)
        sg_report_add(at, json_integer((json_int_t)a->at[j]));
    for (size_t i = 0; i < s->seeds; i++)
        sg_report_add(runs, run_json(s, arm, i));
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:o}", "rule", a->word, "label",
                     sg_report_text(a->label), "sg_after", at, "dy6_met", (json_int_t)dy6.met,
                     "dy6_of", (json_int_t)dy6.of, "runs", runs);
}

json_t *sg_cli_training_json(const struct sg_study *s, const struct sg_case *c)
{
    json_t *rules = json_array(), *findings = json_array();
    for (size_t arm = 0; arm < s->n_arms; arm++)
        sg_report_add(rules, arm_json(s, arm));
    for (size_t i = 0; i < s->n_findings; i++)
        sg_report_add(findings, sg_report_text(s->finding[i]));
    json_t *json = json_pack(
        "{s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:o}",
        "training", c->name, "format", (json_int_t)1, "data", sg_report_text(s->data), "n",
        (json_int_t)s->n, "d", (json_int_t)s->d, "m", (json_int_t)s->m, "rows", (json_int_t)s->rows,
        "test", (json_int_t)s->test, "steps", (json_int_t)s->steps, "epoch_steps",
        (json_int_t)s->epoch_steps, "seed", (json_int_t)s->seed, "seeds", (json_int_t)s->seeds,
        "classes", s->classes, "headline", sg_report_text(s->headline), "findings", findings,
        "rules", rules, "seconds", sg_report_number(s->seconds));
    sg_report_put(json, "version", json_string(sg_base_build()->version));
    sg_report_put(json, "commit", json_string(sg_base_build()->commit));
    return json;
}

/* ---- columns --------------------------------------------------------------------------------- */

struct sheet { const struct sg_study *s; FILE *out; size_t arm, part; };

static void put_head(const struct sheet *sheet, const char *first,
                     const struct sg_train_field *field, const struct sg_case *c)
{
    const struct sg_build *build = sg_base_build();
    fprintf(sheet->out, "# synthgrad %s, commit %s; training %s, seed %llu, %zu seeds\n# %s",
            build->version, build->commit, c->name, (unsigned long long)sheet->s->seed,
            sheet->s->seeds, first);
    for (; field->name; field++)
        fprintf(sheet->out, " %s %s_low %s_high", field->name, field->name, field->name);
    fputc('\n', sheet->out);
}

static void put_band(FILE *out, struct sg_study_band band)
{
    fprintf(out, " %.17g %.17g %.17g", band.mean, band.low, band.high);
}

/* The columns that every line begins with; the epoch is that of the look's step. */
static void put_place(const struct sheet *sheet, size_t look)
{
    const double step = sg_study_look_band(sheet->s, sheet->arm, look,
                                           offsetof(struct sg_study_look, step)).mean;
    fprintf(sheet->out, "%zu %zu %.17g", sheet->arm, sheet->part,
            step / (double)sheet->s->epoch_steps);
}

static void put_curves(const struct sheet *sheet)
{
    for (size_t k = 0; k <= sg_study_last(sheet->s, sheet->arm); k++) {
        put_place(sheet, k);
        for (const struct sg_train_field *f = sg_train_look_fields; f->name; f++)
            put_band(sheet->out, sg_study_look_band(sheet->s, sheet->arm, k, f->offset));
        fputc('\n', sheet->out);
    }
}

static void put_layers(const struct sheet *sheet)
{
    for (size_t k = 0; k <= sg_study_last(sheet->s, sheet->arm); k++) {
        put_place(sheet, k);
        for (const struct sg_train_field *f = sg_train_layer_fields; f->name; f++)
            put_band(sheet->out,
                     sg_study_layer_band(sheet->s, sheet->arm, k, sheet->part - 1, f->offset));
        fputc('\n', sheet->out);
    }
}

static void put_module(const struct sheet *sheet, size_t j)
{
    for (size_t k = 0; k <= sg_study_last(sheet->s, sheet->arm); k++) {
        put_place(sheet, k);
        for (const struct sg_train_field *f = sg_train_module_fields; f->name; f++)
            put_band(sheet->out, sg_study_module_band(sheet->s, sheet->arm, k, j, f->offset));
        fputc('\n', sheet->out);
    }
}

enum { CURVES, LAYERS, SGS, LABELS, FILES };
static const struct { const char *name, *first; const struct sg_train_field *fields; }
    files[FILES] = {{"curves.dat", "rule layers epoch", sg_train_look_fields},
                    {"layers.dat", "rule layer epoch", sg_train_layer_fields},
                    {"sgs.dat", "rule after_layer epoch", sg_train_module_fields},
                    {"labels.txt", NULL, NULL}};

static void put_file(FILE *out, int which, const struct sg_study *s, const struct sg_case *c)
{
    struct sheet sheet = {.s = s, .out = out};
    if (files[which].first)
        put_head(&sheet, files[which].first, files[which].fields, c);
    else
        fprintf(out, "%s\n", s->headline);
    for (sheet.arm = 0; sheet.arm < s->n_arms; sheet.arm++) {
        const struct sg_study_arm *arm = &s->arm[sheet.arm];
        sheet.part = s->layers;
        if (which == CURVES)
            put_curves(&sheet);
        for (size_t b = 1; which == LAYERS && b <= s->layers; b++) {
            sheet.part = b;
            put_layers(&sheet);
        }
        for (size_t j = 0; which == SGS && j < arm->n_modules; j++) {
            sheet.part = arm->at[j];
            put_module(&sheet, j);
        }
        if (which == LABELS)
            fprintf(out, "%s%s\n", arm->label,
                    sg_study_last(s, sheet.arm) + 1 < s->looks ? " (diverges)" : "");
    }
}

enum sg_status sg_cli_write_training(const char *out, const struct sg_study *s,
                                     const struct sg_case *c, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    char *folder = sg_base_format("%s/%s", out, c->name);
    sg_base_file_sweep(folder, NULL);
    for (int which = 0; which < FILES && status == SG_OK; which++) {
        struct sg_file file;
        char *path = sg_base_format("%s/%s", folder, files[which].name);
        status = sg_base_file_open(&file, path, err);
        if (status == SG_OK) {
            put_file(file.stream, which, s, c);
            status = sg_base_file_commit(&file, err);
        }
        free(path);
    }
    if (status == SG_OK) {
        char *path = sg_base_format("%s/training.json", folder);
        status = sg_report_write_json(path, sg_cli_training_json(s, c), err);
        free(path);
    }
    free(folder);
    return status;
}
