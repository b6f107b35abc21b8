/* The table of keys for a person: `synthgrad explain case`. */
#include <stdio.h>

#include "case/schema.h"

static void print_key(FILE *out, const struct sg_case_key *key)
{
    char wants[SG_CASE_WANTS_MAX];
    sg_case_wants(wants, key);
    fprintf(out, "  %-19s %s", key->name, wants);
    if (key->only != SG_ANY_DATA) {
        sg_case_only_name(wants, key->only);
        fprintf(out, "; %s data only", wants);
    }
    if (key->preset)
        fprintf(out, "; default %s\n", key->preset);
    else
        fprintf(out, "; required, e.g. %s\n", sg_case_example(key));
    fprintf(out, "  %-19s %s\n", "", key->meaning);
}

static void print_group(FILE *out, enum sg_group group)
{
    for (size_t k = 0; k < sg_case_n_keys; k++)
        if (sg_case_keys[k].group == group && sg_case_keys[k].holds == SG_GROUP_TOP)
            print_key(out, &sg_case_keys[k]);
}

void sg_case_print_schema(FILE *out)
{
    fputs("A case file is libconfig text: name = value; "
          "with groups { }, lists ( ) and comments after #.\n\n",
          out);
    print_group(out, SG_GROUP_TOP);
    for (size_t k = 0; k < sg_case_n_keys; k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (key->holds == SG_GROUP_TOP)
            continue;
        fprintf(out, "\n%s = %s;\n  %s\n", key->name, sg_case_example(key), key->meaning);
        print_group(out, key->holds);
    }
}
