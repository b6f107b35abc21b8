/* What messages are made of: a stranger's text on one line, the nearest known word, refusals with
 * file and line. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "case/schema.h"

/* ---- text ----------------------------------------------------------------------------------- */

struct sg_shown sg_case_show(const char *text)
{
    return sg_base_show(text, 88);
}

const char *sg_case_text_fault(const char *text)
{
    for (size_t length; *text; text += length)
        if ((length = sg_base_printable(text)) == 0)
            return "holds a control character or is not UTF-8; take it out";
    return NULL;
}

/* ---- refusals ------------------------------------------------------------------------------- */

void sg_case_reader_init(struct sg_case_reader *r, const char *path, struct sg_error *err)
{
    *r = (struct sg_case_reader){.err = err, .file = path};
    for (size_t k = 0; k < sg_case_n_keys; k++)
        r->line[k] = 1;
}

size_t sg_case_line(const struct sg_case_reader *r, enum sg_group group, const char *name)
{
    const struct sg_case_key *key = sg_case_find_key(group, name);
    SG_REQUIRE(key != NULL);
    return r->line[key - sg_case_keys];
}

enum sg_status sg_case_refuse(const struct sg_case_reader *r, size_t line, const char *fmt, ...)
{
    char text[sizeof r->err->text];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return sg_base_refuse(r->err, r->file, line, "%s", text);
}

/* ---- suggestions ---------------------------------------------------------------------------- */

enum { LONGEST_WORD = 40 };

const char *sg_case_nearest(const char *word, size_t n,
                            const char *(*candidate)(size_t i, const void *context),
                            const void *context)
{
    const size_t length = strlen(word);
    if (length > LONGEST_WORD)
        return NULL;
    size_t best = 2 * ((length + 1) / 3) + 2;  /* farther than a third of it is another word */
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *known = candidate(i, context);
        const size_t distance =
            known && strlen(known) <= LONGEST_WORD ? sg_base_edit_distance(word, known) : best;
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    return nearest;
}

static const char *key_of_group(size_t k, const void *context)
{
    const enum sg_group group = *(const enum sg_group *)context;
    const char *name = sg_case_keys[k].name;
    return sg_case_find_key(group, name) == &sg_case_keys[k] ? name : NULL;
}

enum sg_status sg_case_refuse_key(const struct sg_case_reader *r, enum sg_group group,
                                  const config_setting_t *setting)
{
    const char *name = config_setting_name(setting), *in = sg_case_group_name(group);
    const size_t line = config_setting_source_line(setting);
    const struct sg_shown shown = sg_case_show(name);
    const struct sg_case_key *top = sg_case_find_key(SG_GROUP_TOP, name);
    if (group == SG_GROUP_CONTROL && top && top->type == SG_KEY_GROUP)
        return sg_case_refuse(r, line,
                              "\"%s\" cannot stand in control; "
                              "write its keys there, as in control = { mu = 1.01; }",
                              shown.text);
    if (group == SG_GROUP_CONTROL && top)
        return sg_case_refuse(r, line,
                              "\"%s\" cannot stand in control, only keys of data, net, sg and "
                              "train; take it out",
                              shown.text);
    for (size_t k = 0; k < sg_case_n_keys; k++)
        if (group != SG_GROUP_CONTROL && strcmp(sg_case_keys[k].name, name) == 0)
            return sg_case_refuse(r, line,
                                  "unknown key \"%s\" in %s; it belongs in %s, move it there",
                                  shown.text, in, sg_case_group_name(sg_case_keys[k].group));
    const char *near = sg_case_nearest(name, sg_case_n_keys, key_of_group, &group);
    if (near)
        return sg_case_refuse(r, line, "unknown key \"%s\" in %s; did you mean \"%s\"?", shown.text,
                              in, near);
    char known[300] = "";
    for (size_t k = 0, used = 0; k < sg_case_n_keys && used < sizeof known; k++)
        if (key_of_group(k, &group))
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
                                     sg_case_keys[k].name);
    return sg_case_refuse(r, line, "unknown key \"%s\" in %s; known are %s", shown.text, in, known);
}
