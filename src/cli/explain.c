/* explain: what a claim states, supposes and reads; or the keys of a case file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/list.h"
#include "judge/judge.h"
#include "synthgrad/report.h"
#include "synthgrad/study.h"

/* ---- the keys of a case --------------------------------------------------------------------- */

static void print_readers(FILE *out, const char *key)
{
    enum { INDENT = 22 };
    char readers[SG_CASE_TEXT_MAX];
    const struct sg_claim *const trainings[] = {&sg_training, NULL};
    char own[SG_CASE_TEXT_MAX];
    const size_t claims = sg_claim_name_readers(readers, sg_claims, key, SIZE_MAX);
    const bool trained = sg_claim_name_readers(own, trainings, key, SIZE_MAX) > 0;
    if (claims == 0 && !trained)
        return;
    char *line = sg_base_format("Read by %s%s%s.", readers, claims && trained ? "; and by " : "",
                                trained ? "trainings" : "");
    const size_t width = sg_cli_width();
    sg_cli_wrap_text(out, line, INDENT, INDENT, width > 2 * INDENT ? width : 3 * INDENT);
    free(line);
}

static int explain_case(bool as_json)
{
    char *text = NULL;
    size_t length = 0;
    struct sg_error err;
    enum sg_status status = SG_OK;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        sg_base_exhausted(1, BUFSIZ);
    sg_case_print_schema(memory, print_readers);
    if (ferror(memory) || fclose(memory) != 0 || !text) /* there is no other cause */
        sg_base_exhausted(1, length);
    if (as_json)
        status = sg_report_write_json("-", json_pack("{s:s}", "keys", text), &err);
    else
        fputs(text, stdout);
    free(text);
    return sg_cli_fail(status, &err);
}

/* ---- a claim -------------------------------------------------------------------------------- */

static void print_hypotheses(const struct sg_claim *claim, size_t width)
{
    const struct sg_hypothesis *const *h = claim->supposes;
    if (h && *h)
        printf("\n  Hypotheses, looked at before anything is measured:\n");
    for (; h && *h; h++) {
        char *words = sg_base_format("- %s", (*h)->words);
        char *mend = sg_base_format("else %s", (*h)->mend);
        sg_cli_wrap_mathematics(stdout, words, 4, 6, width);
        sg_cli_wrap_mathematics(stdout, mend, 6, 6, width);
        free(words);
        free(mend);
    }
}

static void print_key(const struct sg_claim_key *key, size_t width)
{
    char takes[SG_CASE_TAKES_MAX];
    sg_claim_key_takes(takes, key);
    char *line = sg_base_format("%-24s %s%s%s%s", key->name, takes,
                                key->experiment[0] ? "; with experiment = " : "", key->experiment,
                                key->required ? "; must be given" : "");
    sg_cli_wrap_text(stdout, line, 4, width > 60 ? 29 : 8, width);
    free(line);
}

/* "must be given" stands at the keys, too.  Here they are together, since a case begins with them.
 */
static void print_required(const struct sg_claim *claim, size_t width)
{
    struct sg_claim_key key;
    char *line = sg_base_format("A case must give: claim, expect");
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        char *more = key.required ? sg_base_format("%s, %s%s%s%s", line, key.name,
                                                    key.experiment[0] ? " (experiment = " : "",
                                                    key.experiment, key.experiment[0] ? ")" : "")
                                  : NULL;
        if (more) {
            free(line);
            line = more;
        }
    }
    sg_cli_wrap_text(stdout, line, 2, 4, width);
    free(line);
}

static void print_keys(const struct sg_claim *claim, size_t width)
{
    struct sg_claim_key key;
    putchar('\n');
    print_required(claim, width);
    printf("\n  Keys that the claim reads (it refuses any other):\n");
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++)
        print_key(&key, width);
}

static void print_training(const struct sg_claim *training)
{
    const size_t width = sg_cli_width();
    struct sg_claim_key key;
    printf("%s  %s\n\n", training->id, training->title);
    sg_cli_wrap_text(stdout, training->statement, 2, 2, width);
    printf("\n  It needs train.mu, train.steps or train.epochs, and train.nu where there is an "
           "SG.\n\n  Keys that a training reads (it refuses any other):\n");
    for (size_t i = 0; sg_claim_reads(&key, training, i); i++)
        print_key(&key, width);
    printf("\n  begin with: synthgrad new train --out mine.cfg; synthgrad train mine.cfg\n");
}

static void print_claim(const struct sg_claim *claim, const struct sg_case *cases, size_t n)
{
    const size_t width = sg_cli_width();
    printf("%s  %s\n\n", claim->id, claim->title);
    sg_cli_wrap_mathematics(stdout, claim->statement, 2, 2, width);
    print_hypotheses(claim, width);
    print_keys(claim, width);
    char *proof = sg_cli_proof(claim->name);
    printf("\n  proof and what is checked: %s\n", proof);
    free(proof);
    for (size_t i = 0; i < n; i++)
        if (sg_cli_is_of(&cases[i], claim))
            printf("  run it: synthgrad run %s    (control: %s)\n", cases[i].path,
                   cases[i].has_control ? cases[i].control_text : "none");
}

static json_t *key_json(const struct sg_claim_key *key)
{
    char takes[SG_CASE_TAKES_MAX];
    sg_claim_key_takes(takes, key);
    json_t *json = json_pack("{s:s, s:s, s:b}", "key", key->name, "takes", takes, "required",
                             (int)key->required);
    if (key->experiment[0])
        sg_report_put(json, "experiment", json_string(key->experiment));
    if (key->values[0]) {
        json_t *values = json_array();
        for (const char *p = key->values; *p;) {
            const size_t length = strcspn(p, "|");
            sg_report_add(values, json_stringn(p, length));
            p += length + (p[length] == '|');
        }
        sg_report_put(json, "values", values);
    }
    return json;
}

/* As of sg_cli_claim_json, with "hypotheses", "keys" and "required". */
static json_t *explained_json(const struct sg_claim *claim, const struct sg_case *cases, size_t n)
{
    json_t *json = sg_cli_claim_json(claim, cases, n), *hypotheses = json_array();
    json_t *keys = json_array(), *required = json_array();
    struct sg_claim_key key;
    for (size_t i = 0; claim->supposes && claim->supposes[i]; i++) {
        const struct sg_hypothesis *h = claim->supposes[i];
        sg_report_add(hypotheses, json_pack("{s:s, s:s, s:s}", "id", h->id, "words",
                                            h->words, "mend", h->mend));
    }
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        sg_report_add(keys, key_json(&key));
        if (key.required)
            sg_report_add(required, json_string(key.name));
    }
    sg_report_put(json, "hypotheses", hypotheses);
    sg_report_put(json, "keys", keys);
    sg_report_put(json, "required", required);
    return json;
}

static int explain(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    if (strcmp(args[0], "case") == 0)
        return explain_case(sg_cli_option(command, "json")->given);
    const bool training = strcmp(args[0], sg_training.id) == 0;
    const struct sg_claim *claim = training ? &sg_training : sg_claim_find(args[0]);
    if (!claim)
        return sg_cli_refuse("there is no claim %.60s; `synthgrad list` names them, and `synthgrad "
                             "explain case` the keys of a case", args[0]);
    struct sg_case *cases;
    struct sg_error err;
    size_t n;
    enum sg_status status = sg_cli_read_cases(&cases, &n, &err);
    if (status == SG_OK && sg_cli_option(command, "json")->given)
        status = sg_report_write_json("-", explained_json(claim, cases, n), &err);
    else if (status == SG_OK && training)
        print_training(claim);
    else if (status == SG_OK)
        print_claim(claim, cases, n);
    sg_cli_free_cases(cases, n);
    return sg_cli_fail(status, &err);
}

static struct sg_option explain_options[] = {{.name = "json", .help = "as JSON"}, {0}};

struct sg_command sg_command_explain = {
    .name = "explain",
    .summary = "what a claim states, supposes and reads; `explain case` lists the keys of a case "
               "file",
    .arguments = "CLAIM|train|case", .options = explain_options, .min_args = 1, .max_args = 1,
    .run = explain,
    .examples = "  synthgrad explain DY3\n  synthgrad explain case\n",
};
