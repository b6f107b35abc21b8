/* A case file into a struct sg_case: load, scan, parse, presets, keys, checks, control. */
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/schema.h"

/* Where libconfig found no memory it leaves a setting without its name, or a text without its
 * bytes, and says nothing.  The nesting is bounded: sg_case_scan. */
static void check_memory(const config_setting_t *setting)
{
    const bool empty = config_setting_type(setting) == CONFIG_TYPE_STRING &&
                       !config_setting_get_string(setting);
    if (empty)
        sg_base_exhausted(1, 1);
    const int n = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 0;
    for (int i = 0; i < n; i++) {
        const config_setting_t *inner = config_setting_get_elem(setting, (unsigned)i);
        if (!inner || (config_setting_is_group(setting) && !config_setting_name(inner)))
            sg_base_exhausted(1, 1);
        check_memory(inner);
    }
}

bool sg_case_parse(config_t *config, const char *text)
{
    const locale_t caller = uselocale((locale_t)0);
    const bool fine = config_read_string(config, text) == CONFIG_TRUE;
    if (fine)
        check_memory(config_root_setting(config));
    uselocale(caller); /* libconfig leaves the thread in the global locale */
    return fine;
}

/* ---- path and name -------------------------------------------------------------------------- */

static enum sg_status put_path(struct sg_case *c, const char *path, const struct sg_case_reader *r)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path,
               *dot = strrchr(base, '.');
    const size_t length = strlen(path),
                 stem = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    if (length >= sizeof c->path || stem >= sizeof c->name)
        return sg_case_refuse(r, 1,
                              "the path has %zu bytes, at most %zu fit, and %zu in the name; "
                              "move or rename the file",
                              length, sizeof c->path - 1, sizeof c->name - 1);
    memcpy(c->path, path, length + 1);
    memcpy(c->name, base, stem);
    /* The name goes into results, JSON and figures; it is a folder of --out, which `..` is not. */
    const char *fault = c->name[0] == '.'   ? "begins with a dot"
                        : c->name[0] == '-' ? "begins with a dash, as options do"
                                            : sg_case_text_fault(c->name);
    return fault ? sg_case_refuse(r, 1, "the file's name %s; rename the file", fault) : SG_OK;
}

/* ---- groups --------------------------------------------------------------------------------- */

/* Defaults go through the same reader as the file, so what `explain case` prints is what is
 * used. */
static void put_presets(void *base, enum sg_group group, const struct sg_case_reader *r)
{
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (key->group != group || !key->preset)
            continue;
        char text[SG_CASE_TEXT_MAX];
        config_t config;
        config_init(&config);
        snprintf(text, sizeof text, "%s = %s;\n", key->name, key->preset);
        SG_REQUIRE(sg_case_parse(&config, text));
        SG_REQUIRE(sg_case_put(base, key, config_setting_get_elem(config_root_setting(&config), 0),
                               r) == SG_OK);
        config_destroy(&config);
    }
}

/* The case of an empty file, made once: its sixty small parses took longer than the file. */
static struct sg_case presets;

static void make_presets(void)
{
    struct sg_error err;
    struct sg_case_reader r;
    sg_case_reader_init(&r, "presets", &err);
    put_presets(&presets, SG_GROUP_TOP, &r);
    put_presets(&presets.data, SG_GROUP_DATA, &r);
    put_presets(&presets.net, SG_GROUP_NET, &r);
    put_presets(&presets.module[0], SG_GROUP_SG, &r);
    put_presets(&presets.train, SG_GROUP_TRAIN, &r);
    presets.n_modules = 1;
}

static void blame_line(struct sg_case_reader *r, enum sg_group group, size_t line)
{
    for (size_t k = 0; k < sg_case_n_keys; k++)
        if (sg_case_keys[k].group == group)
            r->line[k] = line;
}

static enum sg_status read_group(void *base, enum sg_group group, const config_setting_t *settings,
                                 struct sg_case_reader *r)
{
    enum sg_status status = SG_OK;
    blame_line(r, group, config_setting_source_line(settings));
    for (int i = 0; status == SG_OK && i < config_setting_length(settings); i++) {
        const config_setting_t *setting = config_setting_get_elem(settings, (unsigned)i);
        const struct sg_case_key *key = sg_case_find_key(group, config_setting_name(setting));
        if (!key)
            return sg_case_refuse_key(r, group, setting);
        r->given[key - sg_case_keys] = true;
        r->line[key - sg_case_keys] = config_setting_source_line(setting);
        status = sg_case_put(base, key, setting, r);
    }
    return status;
}

static enum sg_status read_modules(struct sg_case *c, const struct sg_case_key *key,
                                   const config_setting_t *list, struct sg_case_reader *r)
{
    const size_t line = config_setting_source_line(list), n = (size_t)config_setting_length(list);
    if (n > SG_CASE_LIST_MAX)
        return sg_case_refuse(r, line, "%zu SG modules, at most %d fit; take some out", n,
                              (int)SG_CASE_LIST_MAX);
    enum sg_status status = SG_OK;
    c->n_modules = n;
    for (size_t i = 0; status == SG_OK && i < n; i++) {
        const config_setting_t *module = config_setting_get_elem(list, (unsigned)i);
        if (!config_setting_is_group(module))
            return sg_case_refuse(r, config_setting_source_line(module),
                                  "element %zu of \"%s\" is not a group; for example %s = %s",
                                  i + 1, key->name, key->name, sg_case_example(key));
        r->module_line[i] = config_setting_source_line(module);
        c->module[i] = presets.module[0];
        status = read_group(&c->module[i], SG_GROUP_SG, module, r);
    }
    return status;
}

/* One setting of the top level.  The control waits for the rest of the file. */
static enum sg_status read_top(struct sg_case *c, const struct sg_case_key *key,
                               const config_setting_t *setting, struct sg_case_reader *r)
{
    if (key->type == SG_KEY_GROUP_LIST && config_setting_is_list(setting))
        return read_modules(c, key, setting, r);
    if (key->type == SG_KEY_GROUP && config_setting_is_group(setting))
        return key->holds == SG_GROUP_CONTROL
                   ? SG_OK
                   : read_group((char *)c + key->offset, key->holds, setting, r);
    return sg_case_put(c, key, setting, r);
}

/* The top level's keys without a preset, claim and expect, come together.  Without both the case is
 * a training. */
static enum sg_status check_needed(const struct sg_case_reader *r)
{
    const struct sg_case_key *lacks = NULL, *has = NULL;
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (key->group != SG_GROUP_TOP || key->holds != SG_GROUP_TOP || key->preset)
            continue;
        *(r->given[k] ? &has : &lacks) = key;
    }
    return !has || !lacks
               ? SG_OK
               : sg_case_refuse(r, sg_case_line(r, SG_GROUP_TOP, has->name),
                                "the case has \"%s\" but no \"%s\"; write for example %s = %s; "
                                "or take both out for a training",
                                has->name, lacks->name, lacks->name, sg_case_example(lacks));
}

static enum sg_status read_file(struct sg_case *c, const config_setting_t *root,
                                struct sg_case_reader *r)
{
    enum sg_status status = SG_OK;
    const config_setting_t *control = NULL;
    for (int i = 0; status == SG_OK && i < config_setting_length(root); i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        const struct sg_case_key *key =
            sg_case_find_key(SG_GROUP_TOP, config_setting_name(setting));
        if (!key)
            return sg_case_refuse_key(r, SG_GROUP_TOP, setting);
        r->given[key - sg_case_keys] = true;
        r->line[key - sg_case_keys] = config_setting_source_line(setting);
        control = key->holds == SG_GROUP_CONTROL ? setting : control;
        status = read_top(c, key, setting, r);
    }
    if (status == SG_OK)
        status = check_needed(r);
    if (status == SG_OK && sg_case_is_training(c) && !r->given[sg_case_key_find("train.units")])
        c->train.units = SG_UNITS_ABSOLUTE;
    memcpy(c->given, r->given, sizeof c->given);
    memcpy(c->line, r->line, sizeof c->line);
    if (status == SG_OK)
        status = sg_case_check(c, r);
    return status == SG_OK && control ? sg_case_read_control(c, control, r) : status;
}

/* ---- the file ------------------------------------------------------------------------------- */

static enum sg_status refuse_syntax(const config_t *config, const char *text,
                                    const struct sg_case_reader *r)
{
    const size_t line = config_error_line(config) > 0 ? (size_t)config_error_line(config) : 1;
    const char *said = config_error_text(config) ? config_error_text(config) : "syntax error";
    for (size_t k = 1; k < line && strchr(text, '\n'); k++)
        text = strchr(text, '\n') + 1;
    text += strspn(text, " \t");
    char source[200];
    snprintf(source, sizeof source, "%.*s", (int)strcspn(text, "\r\n"), text);
    if (source[0] == '\0')
        return sg_case_refuse(r, line, "%s at the end of the file; a setting reads name = value;",
                              said);
    const char *mend = "a setting reads name = value;";
    if (strstr(said, "duplicate"))
        mend = "keep one of the two";
    else if (strstr(said, "array"))
        mend = "write a list, ( ) instead of [ ]";
    return sg_case_refuse(r, line, "%s near `%s`; %s", said, sg_case_show(source).text, mend);
}

static enum sg_status read_case(struct sg_case *c, const char *path, struct sg_case_reader *r)
{
    char *text = NULL;
    enum sg_status status = put_path(c, path, r);
    if (status == SG_OK)
        status = sg_case_load(&text, r, path);
    if (status == SG_OK) {
        c->digest = sg_base_digest(SG_BASE_DIGEST, text, strlen(text));
        status = sg_case_scan(text, r);
    }
    if (status == SG_OK) {
        config_t config;
        config_init(&config);
        if (sg_case_parse(&config, text))
            status = read_file(c, config_root_setting(&config), r);
        else
            status = refuse_syntax(&config, text, r);
        config_destroy(&config);
    }
    free(text);
    return status;
}

enum sg_status sg_case_read(struct sg_case *c, const char *path, struct sg_error *err)
{
    SG_REQUIRE(c && path && err);
    struct sg_case_reader r;
    sg_case_reader_init(&r, path, err);
    /* Numbers have a point in a case file, whatever the program around us speaks. */
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        sg_base_exhausted(1, sizeof(locale_t));
    const locale_t caller = uselocale(plain);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SG_REQUIRE(pthread_once(&once, make_presets) == 0);
    memcpy(c, &presets, sizeof *c);            /* padding too: claims take a digest of its parts */
    const enum sg_status status = read_case(c, path, &r);
    uselocale(caller);
    freelocale(plain);
    if (status != SG_OK)
        sg_case_free(c);
    return status;
}

void sg_case_free(struct sg_case *c)
{
    if (!c)
        return;
    free(c->control);
    *c = (struct sg_case){0};
}

bool sg_case_is_training(const struct sg_case *c)
{
    SG_REQUIRE(c);
    return c->claim[0] == '\0';
}

enum sg_status sg_case_open(struct sg_case **c, const char *path, struct sg_error *err)
{
    SG_REQUIRE(c);
    *c = SG_NEW(1, struct sg_case);
    const enum sg_status status = sg_case_read(*c, path, err);
    if (status != SG_OK) {
        sg_case_close(*c);
        *c = NULL;
    }
    return status;
}

void sg_case_close(struct sg_case *c)
{
    sg_case_free(c);
    free(c);
}

bool sg_case_is_large(const struct sg_case *c)
{
    SG_REQUIRE(c);
    return strcmp(c->budget, "none") != 0;
}
