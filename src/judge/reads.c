/* Which cases a claim can be asked about.  A key that it does not read would be accepted in silence
 * and change nothing: it is refused at its line. */
#include <stdio.h>
#include <string.h>

#include "judge/judge.h"

/* "claim DY3", or "a training": what the sentences below are about. */
static const char *subject(char text[SG_CASE_KEY_NAME_MAX], const struct sg_claim *claim)
{
    snprintf(text, SG_CASE_KEY_NAME_MAX, "%s%s", claim->subject ? "" : "claim ",
             claim->subject ? claim->subject : claim->id);
    return text;
}

/* The next word of `reads` after p; "" after the last. */
static const char *next_word(size_t *length, const char *p)
{
    p += strspn(p, " ");
    *length = strcspn(p, " ");
    return p;
}

static void copy(char *out, size_t size, const char *from, size_t length)
{
    SG_REQUIRE(length < size);
    memcpy(out, from, length);
    out[length] = '\0';
}

/* "group.key@experiment=values!" in its parts. */
static void take_apart(struct sg_claim_key *key, const char *p, size_t length)
{
    key->required = p[length - 1] == '!';
    length -= key->required;
    size_t name = strcspn(p, "@=");
    name = name < length ? name : length;
    copy(key->name, sizeof key->name, p, name);
    p += name;
    length -= name;
    if (length > 0 && p[0] == '@') {
        const size_t experiment = strcspn(p, "=") < length ? strcspn(p, "=") : length;
        copy(key->experiment, sizeof key->experiment, p + 1, experiment - 1);
        p += experiment;
        length -= experiment;
    }
    copy(key->values, sizeof key->values, length > 0 ? p + 1 : p, length > 0 ? length - 1 : 0);
    SG_REQUIRE(sg_case_key_find(key->name) < sg_case_key_count());
}

bool sg_claim_reads(struct sg_claim_key *key, const struct sg_claim *claim, size_t i)
{
    SG_REQUIRE(key && claim);
    size_t length;
    SG_REQUIRE(claim->reads != NULL);
    *key = (struct sg_claim_key){0};
    for (const char *p = next_word(&length, claim->reads); length > 0;
         p = next_word(&length, p + length)) {
        if (p[0] == '@')
            copy(key->experiment, sizeof key->experiment, p + 1, length - 1);
        else if (i-- == 0) {
            take_apart(key, p, length);
            return true;
        }
    }
    return false;
}

/* Is it read in the case's experiment? */
static bool is_read_in(const struct sg_case *c, const struct sg_claim_key *key)
{
    return !key->experiment[0] ||
           sg_case_key_is(c, sg_case_key_find("experiment"), key->experiment);
}

/* The first key of that name; c: only of those that are read in its experiment. */
static bool declares(struct sg_claim_key *key, const struct sg_claim *claim, const char *name,
                     const struct sg_case *c)
{
    for (size_t i = 0; sg_claim_reads(key, claim, i); i++)
        if (strcmp(key->name, name) == 0 && (!c || is_read_in(c, key)))
            return true;
    return false;
}

/* The next of "mse|abs" after p; false after the last. */
static bool next_value(char text[SG_CASE_TEXT_MAX], const char **p)
{
    const size_t length = strcspn(*p, "|");
    copy(text, SG_CASE_TEXT_MAX, *p, length);
    *p += length + ((*p)[length] == '|');
    return length > 0;
}

static bool is_one_of(const struct sg_case *c, size_t number, const char *values)
{
    char text[SG_CASE_TEXT_MAX];
    bool is = values[0] == '\0';
    while (!is && next_value(text, &values))
        is = sg_case_key_is(c, number, text);
    return is;
}

/* As the file would say them: "mse" or "abs". */
static void write_values(char out[SG_CASE_TEXT_MAX], size_t number, const char *values)
{
    char text[SG_CASE_TEXT_MAX], value[SG_CASE_TEXT_MAX];
    size_t used = 0;
    while (next_value(text, &values) && used < SG_CASE_TEXT_MAX) {
        sg_case_key_write(value, number, text);
        used += (size_t)snprintf(out + used, SG_CASE_TEXT_MAX - used, "%s%s",
                                 used == 0 ? "" : values[0] ? ", " : " or ", value);
    }
}

void sg_claim_key_takes(char out[SG_CASE_TAKES_MAX], const struct sg_claim_key *key)
{
    static const struct { const char *values, *words; } modules[] = {
        {"()", "no SG module: ()"}, {"one", "one SG module"}, {"some", "one SG module or more"},
        {"any", "any number of SG modules"}};
    char values[SG_CASE_TEXT_MAX] = "";
    if (strcmp(key->name, "sg") == 0) {
        for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
            if (strcmp(modules[i].values, key->values) == 0)
                snprintf(out, SG_CASE_TAKES_MAX, "%s", modules[i].words);
    } else if (key->values[0] == '\0') {
        sg_case_key_takes(out, sg_case_key_find(key->name));
    } else {
        write_values(values, sg_case_key_find(key->name), key->values);
        snprintf(out, SG_CASE_TAKES_MAX, "%s%s", strchr(key->values, '|') ? "" : "only ", values);
    }
}

/* Has the claim a use for another value than one? */
static bool chooses(const struct sg_claim *claim, const char *name)
{
    struct sg_claim_key key;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        const bool only_one = key.values[0] && !strchr(key.values, '|');
        const bool modules = strcmp(name, "sg") == 0 && strcmp(key.values, "()") != 0;
        if (strcmp(key.name, name) == 0 && (!only_one || modules))
            return true;
    }
    return false;
}

size_t sg_claim_name_readers(char text[SG_CASE_TEXT_MAX], const struct sg_claim *const *claims,
                             const char *name, size_t most)
{
    size_t found = 0, told = 0, used = 0;
    text[0] = '\0';
    for (size_t i = 0; claims[i]; i++)
        found += chooses(claims[i], name);
    const size_t named = found < most ? found : most;
    for (size_t i = 0; claims[i] && told < named && used < SG_CASE_TEXT_MAX; i++) {
        if (!chooses(claims[i], name))
            continue;
        const char *join = told == 0 ? "" : told + 1 == found ? " and " : ", ";
        told++;
        used += (size_t)snprintf(text + used, SG_CASE_TEXT_MAX - used, "%s%s", join, claims[i]->id);
    }
    if (found > named && used < SG_CASE_TEXT_MAX)
        snprintf(text + used, SG_CASE_TEXT_MAX - used, " and others");
    return found;
}

static enum sg_status refuse_key(const struct sg_claim *claim, const struct sg_case *c,
                                 size_t number, const char *where, struct sg_error *err)
{
    char name[SG_CASE_KEY_NAME_MAX], readers[SG_CASE_TEXT_MAX], who[SG_CASE_KEY_NAME_MAX];
    struct sg_claim_key key;
    sg_case_key_name(name, number);
    if (declares(&key, claim, name, NULL))
        return sg_base_refuse(err, c->path, c->line[number], "this experiment of %s does not "
                              "read %s%s, experiment = \"%s\" does; take it out, or choose that",
                              subject(who, claim), name, where, key.experiment);
    const size_t others = sg_claim_name_readers(readers, sg_claims, name, 3);
    return sg_base_refuse(err, c->path, c->line[number],
                          "%s says nothing about %s%s%s%s%s; take it out", subject(who, claim),
                          name, where, others ? ", but " : "", readers,
                          others == 0 ? "" : others == 1 ? " does" : " do");
}

static bool is_of_the_judge(const char *name)
{
    static const char *const own[] = {"claim", "expect", "seed", "replicates", "budget"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], name) == 0)
            return true;
    return false;
}

static enum sg_status check_given(const struct sg_claim *claim, const struct sg_case *c,
                                  const char *where, struct sg_error *err)
{
    for (size_t k = 0; k < sg_case_key_count(); k++) {
        char name[SG_CASE_KEY_NAME_MAX];
        struct sg_claim_key key;
        if (!c->given[k] || !sg_case_key_is_setting(k))
            continue;
        sg_case_key_name(name, k);
        if ((claim->subject || !is_of_the_judge(name)) && !declares(&key, claim, name, c))
            return refuse_key(claim, c, k, where, err);
    }
    return SG_OK;
}

static enum sg_status refuse_modules(const struct sg_claim *claim, const struct sg_case *c,
                                     const struct sg_claim_key *key, const char *where,
                                     struct sg_error *err)
{
    const bool none = strcmp(key->values, "()") == 0, one = strcmp(key->values, "one") == 0;
    return sg_base_refuse(err, c->path, c->line[sg_case_key_find("sg")],
                          "claim %s is about nets with %s%s; write sg = %s", claim->id,
                          none ? "no SG module" : one ? "one SG module" : "SG modules", where,
                          none ? "();" : "( { at = \"output\"; } );");
}

static enum sg_status check_values(const struct sg_claim *claim, const struct sg_case *c,
                                   const char *where, struct sg_error *err)
{
    struct sg_claim_key key;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        const size_t number = sg_case_key_find(key.name);
        char mend[SG_CASE_TEXT_MAX] = "", who[SG_CASE_KEY_NAME_MAX];
        if (!is_read_in(c, &key) || is_one_of(c, number, key.values))
            continue;
        if (strcmp(key.name, "sg") == 0)
            return refuse_modules(claim, c, &key, where, err);
        write_values(mend, number, key.values);
        return sg_base_refuse(err, c->path, c->line[number],
                              "%s says nothing about such %s %s%s; write %s = %s",
                              subject(who, claim), strchr("aeio", key.name[0]) ? "an" : "a",
                              key.name, where, key.name, mend);
    }
    return SG_OK;
}

static enum sg_status check_required(const struct sg_claim *claim, const struct sg_case *c,
                                     struct sg_error *err)
{
    struct sg_claim_key key;
    char who[SG_CASE_KEY_NAME_MAX];
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++)
        if (key.required && is_read_in(c, &key) && !c->given[sg_case_key_find(key.name)])
            return sg_base_refuse(err, c->path, 0,
                                  "%s needs %s, which the case does not give; `synthgrad "
                                  "explain %s` lists its keys, cases/%s.cfg is an example",
                                  subject(who, claim), key.name, claim->id, claim->name);
    return SG_OK;
}

enum sg_status sg_claim_fits(const struct sg_claim *claim, const struct sg_case *c,
                             struct sg_error *err)
{
    SG_REQUIRE(c);
    enum sg_status status = check_given(claim, c, "", err);
    if (status == SG_OK)
        status = check_required(claim, c, err);
    if (status == SG_OK)
        status = check_values(claim, c, "", err);
    if (status == SG_OK && c->control)
        status = check_given(claim, c->control, " (in control)", err);
    if (status == SG_OK && c->control)
        status = check_values(claim, c->control, " (in control)", err);
    return status;
}
