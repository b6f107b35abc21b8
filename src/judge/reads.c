/* Which cases a claim can be asked about.  A key that it does not read would be accepted in silence
 * and change nothing: it is refused at its line. */
#include <stdio.h>
#include <string.h>

#include "judge/judge.h"

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
    snprintf(out, size, "%.*s", (int)length, from);
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
    size_t length;
    *key = (struct sg_claim_key){0};
    for (const char *p = next_word(&length, claim->reads ? claim->reads : ""); length > 0;
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

/* One of "mse|abs"?  first: the first of them, for the mend. */
static bool is_one_of(char first[SG_CASE_TEXT_MAX], const struct sg_case *c, size_t number, const char *values)
{
    char text[SG_CASE_TEXT_MAX];
    bool is = values[0] == '\0';
    for (size_t i = 0; *values; i++) {
        const size_t length = strcspn(values, "|");
        snprintf(text, sizeof text, "%.*s", (int)length, values);
        if (i == 0)
            snprintf(first, SG_CASE_TEXT_MAX, "%s", text);
        is = is || sg_case_key_is(c, number, text);
        values += length + (values[length] == '|');
    }
    return is;
}

/* The names of the other claims that read a key: "DY11", "CP1, CP2 and others". */
static void name_readers(char text[SG_CASE_TEXT_MAX], const char *name)
{
    enum { MOST = 3 };
    struct sg_claim_key key;
    size_t found = 0, used = 0;
    text[0] = '\0';
    for (size_t i = 0; sg_claims[i]; i++) {
        if (!declares(&key, sg_claims[i], name, NULL) || (key.values[0] && !strchr(key.values, '|')))
            continue;
        if (found++ < MOST)
            used += (size_t)snprintf(text + used, SG_CASE_TEXT_MAX - used, "%s%s", used ? ", " : "",
                                     sg_claims[i]->id);
    }
    if (found > MOST)
        snprintf(text + used, SG_CASE_TEXT_MAX - used, " and others");
    if (found)
        snprintf(text + strlen(text), SG_CASE_TEXT_MAX - strlen(text), " do%s", found > 1 ? "" : "es");
}

static enum sg_status refuse_key(const struct sg_claim *claim, const struct sg_case *c, size_t number,
                                 const char *where, struct sg_error *err)
{
    char name[SG_CASE_KEY_NAME_MAX], readers[SG_CASE_TEXT_MAX];
    struct sg_claim_key key;
    sg_case_key_name(name, number);
    if (declares(&key, claim, name, NULL))
        return sg_base_refuse(err, c->path, c->line[number], "this experiment of claim %s does not "
                              "read %s%s, experiment = \"%s\" does; take it out, or choose that",
                              claim->id, name, where, key.experiment);
    name_readers(readers, name);
    return sg_base_refuse(err, c->path, c->line[number], "claim %s says nothing about %s%s%s%s; take it out",
                          claim->id, name, where, readers[0] ? ", but " : "", readers);
}

static bool is_of_the_judge(const char *name)
{
    static const char *const own[] = {"claim", "expect", "seed", "replicates", "budget"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], name) == 0)
            return true;
    return false;
}

static enum sg_status check_given(const struct sg_claim *claim, const struct sg_case *c, const char *where,
                                  struct sg_error *err)
{
    for (size_t k = 0; k < sg_case_key_count(); k++) {
        char name[SG_CASE_KEY_NAME_MAX];
        struct sg_claim_key key;
        sg_case_key_name(name, k);
        if (c->given[k] && sg_case_key_is_setting(k) && !is_of_the_judge(name) &&
            !declares(&key, claim, name, c))
            return refuse_key(claim, c, k, where, err);
    }
    return SG_OK;
}

static enum sg_status check_values(const struct sg_claim *claim, const struct sg_case *c, const char *where,
                                   struct sg_error *err)
{
    struct sg_claim_key key;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        char first[SG_CASE_TEXT_MAX] = "", mend[SG_CASE_TEXT_MAX];
        if (!is_read_in(c, &key))
            continue;
        const size_t number = sg_case_key_find(key.name);
        const size_t line = c->given[number] ? c->line[number] : 1;
        const bool is = is_one_of(first, c, number, key.values);
        sg_case_key_write(mend, number, first);
        if (!is && strcmp(key.name, "sg") == 0)
            return sg_base_refuse(err, c->path, line, "claim %s is about nets with %s%s; write sg = %s",
                                  claim->id, strcmp(first, "()") == 0 ? "no SG module" : "one SG module", where,
                                  strcmp(first, "()") == 0 ? "();" : "( { at = \"output\"; } );");
        if (!is)
            return sg_base_refuse(err, c->path, line, "claim %s says nothing about such a %s%s; write %s = %s",
                                  claim->id, key.name, where, key.name, mend);
    }
    return SG_OK;
}

static enum sg_status check_required(const struct sg_claim *claim, const struct sg_case *c, struct sg_error *err)
{
    struct sg_claim_key key;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++)
        if (key.required && is_read_in(c, &key) && !c->given[sg_case_key_find(key.name)])
            return sg_base_refuse(err, c->path, 0, "claim %s needs %s, which the case does not give; "
                                  "`synthgrad explain %s` lists its keys, cases/%s.cfg is an example",
                                  claim->id, key.name, claim->id, claim->name);
    return SG_OK;
}

enum sg_status sg_claim_fits(const struct sg_claim *claim, const struct sg_case *c, struct sg_error *err)
{
    if (!claim->reads)     /* TODO-TRANSITION */
        return SG_OK;
    enum sg_status status = check_given(claim, c, "", err);
    if (status == SG_OK)
        status = check_required(claim, c, err);
    if (status == SG_OK)
        status = check_values(claim, c, "", err);
    if (status == SG_OK && c->control)
        status = check_given(claim, c->control, " (in control)", err);
    return status == SG_OK && c->control ? check_values(claim, c->control, " (in control)", err) : status;
}
