/* Certificates written as JSON, one object a certificate, by hand: a number is its bits. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/record.h"

struct sg_record {
    struct sg_lab *lab;
    FILE *out;
    char *text;
    size_t size;
    bool first, concludes;         /* no field yet in this part; the outcome is there */
};

static FILE *open_text(char **text, size_t *size)
{
    FILE *out = open_memstream(text, size);
    if (!out)
        sg_base_exhausted(1, 1);
    return out;
}

static void close_text(FILE *out)
{
    if (ferror(out) || fclose(out) != 0)             /* there is no other cause */
        sg_base_exhausted(1, 1);
}

/* Letters, digits, _ and - need no escape. */
static void check_plain(const char *word)
{
    SG_REQUIRE(word[0] && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")]);
}

/* The quoted words of a list separated by blanks. */
static void put_rows(FILE *out, const char *rows)
{
    for (const char *p = rows; *p;) {
        const size_t length = strcspn(p, " ");
        fprintf(out, "%s\"%.*s\"", p > rows ? ", " : "", (int)length, p);
        p += length + (p[length] == ' ');
    }
}

struct sg_record *sg_lab_record(struct sg_lab *lab, const char *kind, const char *rows)
{
    if (lab->status != SG_OK || !lab->ev || !lab->trial->figure)
        return NULL;
    check_plain(kind);
    struct sg_record *r = SG_NEW(1, struct sg_record);
    *r = (struct sg_record){.lab = lab, .first = true};
    r->out = open_text(&r->text, &r->size);
    fputs("{\"rows\": [", r->out);
    put_rows(r->out, rows);
    fprintf(r->out, "], \"kind\": \"%s\", \"given\": {", kind);
    return r;
}

static const char *outcome_word(enum sg_status status)
{
    return status == SG_OK ? "proved" : status == SG_REFUTED ? "refuted" : "undecided";
}

void sg_record_outcome(struct sg_record *r, enum sg_status status)
{
    if (!r)
        return;
    SG_REQUIRE(!r->concludes);
    r->concludes = r->first = true;
    fprintf(r->out, "}, \"outcome\": \"%s\", \"found\": {", outcome_word(status));
}

void sg_record_end(struct sg_record *r)
{
    if (!r)
        return;
    SG_REQUIRE(r->concludes);
    fputs("}}", r->out);
    close_text(r->out);
    sg_claim_certificate(r->lab->ev, r->text);
    free(r->text);
    free(r);
}

/* ---- fields --------------------------------------------------------------------------------- */

static FILE *field(struct sg_record *r, const char *name)
{
    check_plain(name);
    fprintf(r->out, "%s\"%s\": ", r->first ? "" : ", ", name);
    r->first = false;
    return r->out;
}

static void put_number(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, "\"%a\"", value);
    else
        fputs("null", out);
}

void sg_record_number(struct sg_record *r, const char *name, double value)
{
    if (r)
        put_number(field(r, name), value);
}

void sg_record_whole(struct sg_record *r, const char *name, int64_t value)
{
    if (r)
        fprintf(field(r, name), "%" PRId64, value);
}

void sg_record_flag(struct sg_record *r, const char *name, bool value)
{
    if (r)
        fputs(value ? "true" : "false", field(r, name));
}

void sg_record_word(struct sg_record *r, const char *name, const char *word)
{
    if (!r)
        return;
    check_plain(word);
    fprintf(field(r, name), "\"%s\"", word);
}

void sg_record_status(struct sg_record *r, const char *name, enum sg_status status)
{
    sg_record_word(r, name, outcome_word(status));
}

/* A row of the array is a text of 16 hexadecimal digits a number, the sign's first. */
void sg_record_array(struct sg_record *r, const char *name, const double *value, size_t rows,
                     size_t columns)
{
    char *text = NULL;
    size_t size = 0;
    if (!r)
        return;
    if (!value) {
        fputs("null", field(r, name));
        return;
    }
    FILE *out = open_text(&text, &size);
    fprintf(out, "{\"rows\": %zu, \"columns\": %zu, \"bits\": [", rows, columns);
    for (size_t i = 0; i < rows; i++) {
        fputs(i ? ", \"" : "\"", out);
        for (size_t j = 0; j < columns; j++) {
            uint64_t bits;
            memcpy(&bits, &value[i * columns + j], sizeof bits);
            fprintf(out, "%016" PRIx64, bits);
        }
        fputc('"', out);
    }
    fputs("]}", out);
    close_text(out);
    fprintf(field(r, name), "{\"array\": %zu}", sg_claim_array(r->lab->ev, text));
    free(text);
}

void sg_record_wholes(struct sg_record *r, const char *name, const size_t *value, size_t n)
{
    if (!r)
        return;
    FILE *out = field(r, name);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%zu", i ? ", " : "[", value[i]);
    fputs(n ? "]" : "[]", out);
}

void sg_record_interval(struct sg_record *r, const char *name, struct sg_interval interval)
{
    if (!r)
        return;
    FILE *out = field(r, name);
    fputc('[', out);
    put_number(out, interval.low);
    fputs(", ", out);
    put_number(out, interval.high);
    fputc(']', out);
}

void sg_record_data(struct sg_record *r, const struct sg_cert_data *data)
{
    sg_record_array(r, "x", data->x, data->n, data->d);
    sg_record_array(r, "y", data->y, data->n, data->m);
    sg_record_array(r, "w", data->y ? NULL : data->w, data->d, data->m);
    sg_record_array(r, "one", data->one, data->one ? data->n : 0, 1);
}

void sg_record_minimum(struct sg_record *r, const struct sg_cert_minimum *minimum)
{
    const struct sg_deep *deep = minimum->deep;
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    sg_record_wholes(r, "width", deep->width, deep->n_layers + 1);
    sg_record_wholes(r, "at", minimum->at ? minimum->at : &deep->at,
                     minimum->at ? minimum->n_at : 1);
    sg_record_array(r, "w", minimum->w, 1, sg_closed_deep_n_w(deep));
    sg_record_array(r, "S", minimum->S, d, d);
    sg_record_array(r, "R", minimum->R, m, m);
    sg_record_array(r, "mean", minimum->mean, 1, d + m);
    sg_record_number(r, "w_over", minimum->w_over > 0 ? minimum->w_over : 1);
    sg_record_number(r, "S_over", minimum->S_over > 0 ? minimum->S_over : 1);
    sg_record_number(r, "R_over", minimum->R_over > 0 ? minimum->R_over : 1);
    sg_record_number(r, "mean_over", minimum->mean_over > 0 ? minimum->mean_over : 1);
}

void sg_record_sides(struct sg_record *r, const char *name, const struct sg_cert_sides *sides)
{
    if (r)
        fprintf(field(r, name), "[%zu, %zu, %zu, %zu, %zu, %zu]", sides->zeros, sides->left,
                sides->axis, sides->right, sides->positive, sides->rests);
}
