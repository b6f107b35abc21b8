/* The table of keys for a person: `synthgrad explain case`, and what a key takes. */
#include <stdio.h>

#include "case/schema.h"

void sg_case_key_takes(char out[SG_CASE_TAKES_MAX], size_t number)
{
    SG_REQUIRE(out && number < sg_case_n_keys);
    const struct sg_case_key *key = &sg_case_keys[number];
    const bool any = key->only == SG_ANY_DATA;
    char wants[SG_CASE_WANTS_MAX], only[SG_CASE_WANTS_MAX] = "";
    sg_case_wants(wants, key);
    if (!any)
        sg_case_only_name(only, key->only);
    snprintf(out, SG_CASE_TAKES_MAX, "%s%s%s%s; %s%s", wants, any ? "" : "; ", only,
             any ? "" : " data only", key->preset ? "default " : "required, e.g. ",
             key->preset ? key->preset : sg_case_example(key));
}

static void print_key(FILE *out, size_t number, void (*more)(FILE *out, const char *key))
{
    const struct sg_case_key *key = &sg_case_keys[number];
    char takes[SG_CASE_TAKES_MAX], name[SG_CASE_KEY_NAME_MAX];
    sg_case_key_takes(takes, number);
    fprintf(out, "  %-19s %s\n  %-19s %s\n", key->name, takes, "", key->meaning);
    sg_case_key_name(name, number);
    if (more)
        more(out, name);
}

static void print_group(FILE *out, enum sg_group group, void (*more)(FILE *out, const char *key))
{
    for (size_t k = 0; k < sg_case_n_keys; k++)
        if (sg_case_keys[k].group == group && sg_case_keys[k].holds == SG_GROUP_TOP)
            print_key(out, k, more);
}

void sg_case_print_schema(FILE *out, void (*more)(FILE *out, const char *key))
{
    SG_REQUIRE(out);
    fputs("A case file is libconfig text: name = value; with groups { }, lists ( ) and comments "
          "after #.\n\n", out);
    print_group(out, SG_GROUP_TOP, more);
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (key->holds == SG_GROUP_TOP)
            continue;
        fprintf(out, "\n%s = %s;\n  %s\n", key->name, sg_case_example(key), key->meaning);
        if (more && key->type == SG_KEY_GROUP_LIST)
            more(out, key->name);
        print_group(out, key->holds, more);
    }
}
