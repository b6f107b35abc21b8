/* One value of a case file into the field of its key: type, range, length. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "case/schema.h"

static const char *type_name(const config_setting_t *value)
{
    switch (config_setting_type(value)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64: return "an integer";
    case CONFIG_TYPE_FLOAT: return "a real";
    case CONFIG_TYPE_STRING: return "text";
    case CONFIG_TYPE_BOOL: return "true or false";
    case CONFIG_TYPE_GROUP: return "a group";
    default: return "a list";
    }
}

static enum sg_status refuse_type(const struct sg_case_key *key, const config_setting_t *value,
                                  const struct sg_case_reader *r)
{
    char wants[SG_CASE_WANTS_MAX];
    sg_case_wants(wants, key);
    return sg_case_refuse(r, config_setting_source_line(value),
                          "\"%s\" wants %s, not %s; for example %s = %s", key->name, wants,
                          type_name(value), key->name, sg_case_example(key));
}

/* text: the value as the file has it, with its quotes. */
static enum sg_status refuse_value(const struct sg_case_key *key, const char *text,
                                   const config_setting_t *value, const struct sg_case_reader *r)
{
    char wants[SG_CASE_WANTS_MAX];
    sg_case_wants(wants, key);
    return sg_case_refuse(r, config_setting_source_line(value),
                          "\"%s\" is %s, but wants %s; for example %s = %s", key->name, text, wants,
                          key->name, sg_case_example(key));
}

static enum sg_status refuse_word(const struct sg_case_key *key, const config_setting_t *value,
                                  const struct sg_case_reader *r)
{
    char text[sizeof(struct sg_shown) + 2];
    snprintf(text, sizeof text, "\"%s\"", sg_case_show(config_setting_get_string(value)).text);
    return refuse_value(key, text, value, r);
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* The scan has seen to it that every integer fits. */
static bool as_int(int *out, const config_setting_t *value)
{
    const int type = config_setting_type(value);
    *out = (int)config_setting_get_int64(value);
    return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

static enum sg_status put_int(int *out, const struct sg_case_key *key,
                              const config_setting_t *value, const struct sg_case_reader *r)
{
    int number;
    if (!as_int(&number, value))
        return refuse_type(key, value, r);
    if (number < key->low || number > key->high) {
        char text[32];
        snprintf(text, sizeof text, "%d", number);
        return refuse_value(key, text, value, r);
    }
    *out = number;
    return SG_OK;
}

static enum sg_status put_real(double *out, const struct sg_case_key *key,
                               const config_setting_t *value, const struct sg_case_reader *r)
{
    int whole;
    double number;
    if (as_int(&whole, value))
        number = whole;
    else if (config_setting_type(value) == CONFIG_TYPE_FLOAT)
        number = config_setting_get_float(value);
    else
        return refuse_type(key, value, r);
    const bool low_enough = number <= key->high,
               high_enough = key->above ? number > key->low : number >= key->low;
    if (!isfinite(number) || !low_enough || !high_enough) {
        char text[32];
        snprintf(text, sizeof text, "%.15g", number);
        return refuse_value(key, text, value, r);
    }
    *out = number;
    return SG_OK;
}

static enum sg_status put_at(int *out, const struct sg_case_key *key, const config_setting_t *value,
                             const struct sg_case_reader *r)
{
    if (config_setting_type(value) != CONFIG_TYPE_STRING)
        return put_int(out, key, value, r);
    if (strcmp(config_setting_get_string(value), "output") != 0)
        return refuse_word(key, value, r);
    *out = -1;
    return SG_OK;
}

/* ---- text ----------------------------------------------------------------------------------- */

static enum sg_status put_text(char out[SG_CASE_TEXT_MAX], const struct sg_case_key *key,
                               const config_setting_t *value, const struct sg_case_reader *r)
{
    if (config_setting_type(value) != CONFIG_TYPE_STRING)
        return refuse_type(key, value, r);
    const char *text = config_setting_get_string(value);
    const size_t line = config_setting_source_line(value), length = strlen(text);
    const char *fault = sg_case_text_fault(text);
    if (fault)
        return sg_case_refuse(r, line, "\"%s\" %s: %s", key->name, fault, sg_case_show(text).text);
    if (length == 0)
        return sg_case_refuse(r, line, "\"%s\" is empty; for example %s = %s", key->name, key->name,
                              sg_case_example(key));
    if (length >= SG_CASE_TEXT_MAX)
        return sg_case_refuse(r, line, "\"%s\" has %zu bytes, at most %d fit; shorten %s",
                              key->name, length, (int)SG_CASE_TEXT_MAX - 1,
                              sg_case_show(text).text);
    memcpy(out, text, length + 1);
    return SG_OK;
}

static enum sg_status put_identifier(char out[SG_CASE_TEXT_MAX], const struct sg_case_key *key,
                                     const config_setting_t *value, const struct sg_case_reader *r)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const enum sg_status status = put_text(out, key, value, r);
    if (status == SG_OK && out[strspn(out, allowed)] != '\0')
        return refuse_word(key, value, r);
    return status;
}

static const char *choice_name(size_t i, const void *context)
{
    return sg_case_choice_word((const struct sg_case_choice *)context + i);
}

/* found: the index of the choice a value names. */
static enum sg_status find_choice(size_t *found, const struct sg_case_key *key,
                                  const config_setting_t *value, const struct sg_case_reader *r)
{
    if (config_setting_type(value) != CONFIG_TYPE_STRING)
        return refuse_type(key, value, r);
    const char *text = config_setting_get_string(value);
    const char *word;
    size_t n = 0;
    while ((word = sg_case_choice_word(&key->choices[n])) && strcmp(text, word) != 0)
        n++;
    *found = n;
    if (word)
        return SG_OK;
    const char *near = sg_case_nearest(text, n, choice_name, key->choices);
    if (near)
        return sg_case_refuse(r, config_setting_source_line(value),
                              "\"%s\" is \"%s\"; did you mean \"%s\"?", key->name,
                              sg_case_show(text).text, near);
    return refuse_word(key, value, r);
}

static enum sg_status put_terms(unsigned *out, const struct sg_case_key *key,
                                const config_setting_t *value, const struct sg_case_reader *r)
{
    if (config_setting_type(value) != CONFIG_TYPE_STRING)
        return refuse_type(key, value, r);
    const char *text = config_setting_get_string(value);
    unsigned terms = 0;
    for (const char *p = text; *p; p++) {
        const unsigned term = *p == 'h' ? SG_H : *p == 'y' ? SG_Y : *p == '1' ? SG_ONE : 0;
        if (term == 0 || (terms & term))
            return refuse_word(key, value, r);
        terms |= term;
    }
    if (terms == 0)
        return refuse_word(key, value, r);
    *out = terms;
    return SG_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* How many elements, and whether there may be that many. */
static enum sg_status list_size(size_t *n, const struct sg_case_key *key,
                                const config_setting_t *value, const struct sg_case_reader *r)
{
    const int type = config_setting_type(value);
    const bool list = type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY;
    *n = list ? (size_t)config_setting_length(value) : 1;
    if (!list && (!key->one_will_do || type == CONFIG_TYPE_GROUP))
        return refuse_type(key, value, r);
    const size_t most = key->type == SG_KEY_REALS ? SG_CASE_REALS_MAX : SG_CASE_LIST_MAX;
    if (*n < key->at_least || *n > most)
        return sg_case_refuse(r, config_setting_source_line(value),
                              "\"%s\" has %zu elements, but takes from %zu to %d; "
                              "for example %s = %s",
                              key->name, *n, key->at_least, (int)most, key->name,
                              sg_case_example(key));
    return SG_OK;
}

static const config_setting_t *element(const config_setting_t *value, size_t i)
{
    return config_setting_is_aggregate(value) ? config_setting_get_elem(value, (unsigned)i) : value;
}

static enum sg_status put_ints(struct sg_int_list *out, const struct sg_case_key *key,
                               const config_setting_t *value, const struct sg_case_reader *r)
{
    struct sg_int_list list = {0};
    enum sg_status status = list_size(&list.n, key, value, r);
    for (size_t i = 0; status == SG_OK && i < list.n; i++)
        status = put_int(&list.value[i], key, element(value, i), r);
    if (status == SG_OK)
        *out = list;
    return status;
}

static enum sg_status put_reals(struct sg_real_list *out, const struct sg_case_key *key,
                                const config_setting_t *value, const struct sg_case_reader *r)
{
    struct sg_real_list list = {0};
    enum sg_status status = list_size(&list.n, key, value, r);
    for (size_t i = 0; status == SG_OK && i < list.n; i++)
        status = put_real(&list.value[i], key, element(value, i), r);
    if (status == SG_OK)
        *out = list;
    return status;
}

static enum sg_status put_texts(struct sg_text_list *out, const struct sg_case_key *key,
                                const config_setting_t *value, const struct sg_case_reader *r)
{
    enum sg_status status = list_size(&out->n, key, value, r);
    for (size_t i = 0; status == SG_OK && i < out->n; i++) {
        status = put_text(out->value[i], key, element(value, i), r);
        for (size_t j = 0; status == SG_OK && j < i; j++)
            if (strcmp(out->value[i], out->value[j]) == 0)
                return sg_case_refuse(r, config_setting_source_line(element(value, i)),
                                      "\"%s\" names \"%s\" twice; take one out", key->name,
                                      sg_case_show(out->value[i]).text);
    }
    return status;
}

enum sg_status sg_case_put(void *base, const struct sg_case_key *key, const config_setting_t *value,
                           const struct sg_case_reader *r)
{
    void *field = (char *)base + key->offset;
    size_t choice = 0;
    enum sg_status status = SG_OK;
    switch (key->type) {
    case SG_KEY_INT: return put_int(field, key, value, r);
    case SG_KEY_REAL: return put_real(field, key, value, r);
    case SG_KEY_AT: return put_at(field, key, value, r);
    case SG_KEY_IDENTIFIER: return put_identifier(field, key, value, r);
    case SG_KEY_TEXT: return put_text(field, key, value, r);
    case SG_KEY_TERMS: return put_terms(field, key, value, r);
    case SG_KEY_INTS: return put_ints(field, key, value, r);
    case SG_KEY_REALS: return put_reals(field, key, value, r);
    case SG_KEY_TEXTS: return put_texts(field, key, value, r);
    case SG_KEY_BOOL:
        if (config_setting_type(value) != CONFIG_TYPE_BOOL)
            return refuse_type(key, value, r);
        *(bool *)field = config_setting_get_bool(value) != 0;
        return SG_OK;
    case SG_KEY_CHOICE:
        status = find_choice(&choice, key, value, r);
        if (status == SG_OK)
            *(int *)field = key->choices[choice].value;
        return status;
    case SG_KEY_WORD:
        status = find_choice(&choice, key, value, r);
        if (status == SG_OK)
            snprintf(field, SG_CASE_TEXT_MAX, "%s", sg_case_choice_word(&key->choices[choice]));
        return status;
    case SG_KEY_GROUP:
    case SG_KEY_GROUP_LIST: break;
    }
    /* A group is read key by key; what comes here is not one. */
    return refuse_type(key, value, r);
}
