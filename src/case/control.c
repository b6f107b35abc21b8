/* The negative control: the case again, with the control's keys put in their place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/schema.h"

/* ---- the control as a line of text ---------------------------------------------------------- */

static void write_real(FILE *out, double number)
{
    char text[SG_SHORTEST];
    sg_base_shortest(text, number, 6);
    fprintf(out, strpbrk(text, ".e") ? "%s" : "%s.0", text);
}

static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *p = text; *p; p++)
        fprintf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    fputc('"', out);
}

static void write_value(FILE *out, const config_setting_t *value)
{
    const int type = config_setting_type(value);
    if (type == CONFIG_TYPE_BOOL)
        fputs(config_setting_get_bool(value) ? "true" : "false", out);
    else if (type == CONFIG_TYPE_FLOAT)
        write_real(out, config_setting_get_float(value));
    else if (type == CONFIG_TYPE_STRING)
        write_text(out, config_setting_get_string(value));
    else if (config_setting_is_aggregate(value)) {
        fputc('(', out);
        for (int i = 0; i < config_setting_length(value); i++) {
            fputs(i ? ", " : "", out);
            write_value(out, config_setting_get_elem(value, (unsigned)i));
        }
        fputc(')', out);
    } else
        fprintf(out, "%lld", config_setting_get_int64(value));
}

static enum sg_status write_control(struct sg_case *c, const config_setting_t *group,
                                    const struct sg_case_reader *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        sg_base_exhausted(1, BUFSIZ);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        fprintf(out, "%s%s = ", i ? "; " : "", config_setting_name(setting));
        write_value(out, setting);
    }
    if (ferror(out) || fclose(out) != 0 || !text)    /* there is no other cause */
        sg_base_exhausted(1, size);
    const bool fits = size < sizeof c->control_text;
    if (fits)
        memcpy(c->control_text, text, size + 1);
    free(text);
    if (fits)
        return SG_OK;
    return sg_case_refuse(r, config_setting_source_line(group),
                          "the control has %zu bytes, at most %zu fit; change fewer keys", size,
                          sizeof c->control_text - 1);
}

/* ---- the control as a case ------------------------------------------------------------------ */

static enum sg_status put_key(struct sg_case *c, const struct sg_case_key *key,
                              const config_setting_t *setting, const struct sg_case_reader *r)
{
    if (key->group == SG_GROUP_DATA)
        return sg_case_put(&c->data, key, setting, r);
    if (key->group == SG_GROUP_NET)
        return sg_case_put(&c->net, key, setting, r);
    if (key->group == SG_GROUP_TRAIN)
        return sg_case_put(&c->train, key, setting, r);
    if (c->n_modules == 0)
        return sg_case_refuse(r, config_setting_source_line(setting),
                              "the control sets \"%s\", but the case has no SG module; take it out",
                              key->name);
    enum sg_status status = SG_OK;
    for (size_t i = 0; status == SG_OK && i < c->n_modules; i++)
        status = sg_case_put(&c->module[i], key, setting, r);
    return status;
}

enum sg_status sg_case_read_control(struct sg_case *c, const config_setting_t *group,
                                    const struct sg_case_reader *r)
{
    /* The control's own lines: a clash between it and the case is the control's doing. */
    const size_t line = config_setting_source_line(group);
    struct sg_case_reader own = *r;
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        own.given[k] = false;
        own.line[k] = line;
    }
    for (size_t i = 0; i < SG_CASE_LIST_MAX; i++)
        own.module_line[i] = line;
    if (config_setting_length(group) == 0)
        return sg_case_refuse(r, line,
                              "the control changes nothing; for example control = { mu = 1.01; }");

    struct sg_case *control = sg_base_copy(c, 1, sizeof *c);
    enum sg_status status = SG_OK;
    for (int i = 0; status == SG_OK && i < config_setting_length(group); i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const struct sg_case_key *key =
            sg_case_find_key(SG_GROUP_CONTROL, config_setting_name(setting));
        if (!key) {
            status = sg_case_refuse_key(r, SG_GROUP_CONTROL, setting);
            break;
        }
        own.given[key - sg_case_keys] = true;
        own.line[key - sg_case_keys] = config_setting_source_line(setting);
        status = put_key(control, key, setting, &own);
    }
    if (status == SG_OK)
        status = sg_case_check(control, &own);
    if (status == SG_OK)
        status = write_control(c, group, r);
    if (status != SG_OK) {
        free(control);
        return status;
    }
    memcpy(control->given, own.given, sizeof control->given);
    memcpy(control->line, own.line, sizeof control->line);
    c->has_control = true;
    c->control = control;
    return SG_OK;
}
