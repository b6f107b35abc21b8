/* Keys by number and by name, and whether a case's value is a given one: for those who say which
 * keys they read. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/schema.h"

size_t sg_case_key_count(void)
{
    return sg_case_n_keys;
}

void sg_case_key_name(char name[SG_CASE_KEY_NAME_MAX], size_t key)
{
    SG_REQUIRE(name && key < sg_case_n_keys);
    const struct sg_case_key *k = &sg_case_keys[key];
    const bool top = k->group == SG_GROUP_TOP;
    snprintf(name, SG_CASE_KEY_NAME_MAX, "%s%s%s", top ? "" : sg_case_group_name(k->group),
             top ? "" : ".", k->name);
}

/* Is `name` up to its dot the name of that group? */
static bool is_in(const char *name, const char *dot, enum sg_group group)
{
    const char *own = sg_case_group_name(group);
    return dot && strlen(own) == (size_t)(dot - name) && memcmp(own, name, strlen(own)) == 0;
}

size_t sg_case_key_find(const char *name)
{
    SG_REQUIRE(name);
    const char *dot = strchr(name, '.'), *own = dot ? dot + 1 : name;
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (strcmp(key->name, own) == 0 &&
            (key->group == SG_GROUP_TOP ? !dot : is_in(name, dot, key->group)))
            return k;
    }
    return sg_case_n_keys;
}

bool sg_case_key_is_setting(size_t key)
{
    SG_REQUIRE(key < sg_case_n_keys);
    return sg_case_keys[key].type != SG_KEY_GROUP;
}

static bool is_quoted(enum sg_key_type type, const char *text)
{
    switch (type) {
    case SG_KEY_CHOICE:
    case SG_KEY_WORD:
    case SG_KEY_IDENTIFIER:
    case SG_KEY_TEXT:
    case SG_KEY_TERMS: return true;
    case SG_KEY_AT: return text[0] < '0' || text[0] > '9';
    default: return false;
    }
}

void sg_case_key_write(char out[SG_CASE_TEXT_MAX], size_t key, const char *text)
{
    SG_REQUIRE(out && text && key < sg_case_n_keys);
    const char *quote = is_quoted(sg_case_keys[key].type, text) ? "\"" : "";
    snprintf(out, SG_CASE_TEXT_MAX, "%s%s%s", quote, text, quote);
}

/* Two values of one key.  Lists: as far as they are filled. */
static bool same(const void *a, const void *b, const struct sg_case_key *key)
{
    const struct sg_int_list *ints[] = {a, b};
    const struct sg_real_list *reals[] = {a, b};
    const struct sg_text_list *texts[] = {a, b};
    switch (key->type) {
    case SG_KEY_INT:
    case SG_KEY_AT:
    case SG_KEY_CHOICE: return *(const int *)a == *(const int *)b;
    case SG_KEY_REAL: return *(const double *)a == *(const double *)b;
    case SG_KEY_BOOL: return *(const bool *)a == *(const bool *)b;
    case SG_KEY_TERMS: return *(const unsigned *)a == *(const unsigned *)b;
    case SG_KEY_WORD:
    case SG_KEY_IDENTIFIER:
    case SG_KEY_TEXT: return strcmp(a, b) == 0;
    case SG_KEY_INTS:
        return ints[0]->n == ints[1]->n &&
               memcmp(ints[0]->value, ints[1]->value, ints[0]->n * sizeof ints[0]->value[0]) == 0;
    case SG_KEY_REALS:
        return reals[0]->n == reals[1]->n &&
               memcmp(reals[0]->value, reals[1]->value, reals[0]->n * sizeof(double)) == 0;
    case SG_KEY_TEXTS:
        for (size_t i = 0; i < texts[0]->n && texts[0]->n == texts[1]->n; i++)
            if (strcmp(texts[0]->value[i], texts[1]->value[i]) != 0)
                return false;
        return texts[0]->n == texts[1]->n;
    case SG_KEY_GROUP:
    case SG_KEY_GROUP_LIST: break;
    }
    return false;
}

/* The value that a text says, in an otherwise empty struct of the key's group; free(). */
static void *value_of(const struct sg_case_key *key, size_t number, const char *text)
{
    char value[SG_CASE_TEXT_MAX], line[SG_CASE_TEXT_MAX * 2];
    struct sg_error err;
    struct sg_case_reader r;
    config_t config;
    void *base = sg_base_alloc(1, sizeof(struct sg_case));
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), caller = uselocale(plain);
    sg_case_reader_init(&r, "value", &err);
    sg_case_key_write(value, number, text);
    snprintf(line, sizeof line, "%s = %s;\n", key->name, value);
    config_init(&config);
    SG_REQUIRE(sg_case_parse(&config, line));
    SG_REQUIRE(sg_case_put(base, key, config_setting_get_elem(config_root_setting(&config), 0),
                           &r) == SG_OK);
    config_destroy(&config);
    uselocale(caller);
    freelocale(plain);
    return base;
}

static bool modules_are(const struct sg_case *c, const char *text)
{
    if (strcmp(text, "()") == 0)
        return c->n_modules == 0;
    if (strcmp(text, "one") == 0)
        return c->n_modules == 1;
    SG_REQUIRE(strcmp(text, "some") == 0 || strcmp(text, "any") == 0);
    return text[0] == 'a' || c->n_modules > 0;
}

/* "output" and the number of that boundary are one value. */
static bool every_module_is(const struct sg_case *c, const struct sg_case_key *key,
                            const void *wanted)
{
    const int at = ((const struct sg_case_module *)wanted)->at;
    bool is = true;
    for (size_t i = 0; i < c->n_modules; i++) {
        const char *module = (const char *)&c->module[i];
        is = is && (key->type == SG_KEY_AT
                        ? sg_case_boundary(c, i) == (at < 0 ? c->net.layers.n + 1 : (size_t)at)
                        : same(module + key->offset, (const char *)wanted + key->offset, key));
    }
    return is;
}

bool sg_case_key_is(const struct sg_case *c, size_t number, const char *text)
{
    SG_REQUIRE(c && number < sg_case_n_keys);
    const struct sg_case_key *key = &sg_case_keys[number];
    if (key->type == SG_KEY_GROUP_LIST)
        return modules_are(c, text);
    void *wanted = value_of(key, number, text);
    const char *const base[SG_N_GROUPS] = {
        [SG_GROUP_TOP] = (const char *)c, [SG_GROUP_DATA] = (const char *)&c->data,
        [SG_GROUP_NET] = (const char *)&c->net, [SG_GROUP_TRAIN] = (const char *)&c->train};
    const bool is = key->group == SG_GROUP_SG ? every_module_is(c, key, wanted)
                                              : same(base[key->group] + key->offset,
                                                     (const char *)wanted + key->offset, key);
    free(wanted);
    return is;
}
