/* list, new: what there is to verify, and a case of your own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/list.h"
#include "synthgrad/report.h"
#include "synthgrad/study.h"

enum sg_status sg_cli_read_cases(struct sg_case **cases, size_t *n, struct sg_error *err)
{
    struct sg_paths paths;
    enum sg_status status = sg_cli_find_cases(&paths, 0, NULL, err);
    *cases = SG_NEW(paths.n, struct sg_case);
    *n = 0;
    for (size_t i = 0; i < paths.n && status == SG_OK; i++) {
        status = sg_case_read(&(*cases)[*n], paths.path[i], err);
        *n += status == SG_OK;
    }
    sg_cli_paths_free(&paths);
    return status;
}

void sg_cli_free_cases(struct sg_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sg_case_free(&cases[i]);
    free(cases);
}

bool sg_cli_is_of(const struct sg_case *c, const struct sg_claim *claim)
{
    return sg_claim_find(c->claim) == claim;
}

json_t *sg_cli_claim_json(const struct sg_claim *claim, const struct sg_case *cases, size_t n)
{
    json_t *names = json_array();
    for (size_t i = 0; i < n; i++)
        if (sg_cli_is_of(&cases[i], claim))
            sg_report_add(names, json_string(cases[i].name));
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "claim", claim->id, "name", claim->name, "title",
                     claim->title, "statement", claim->statement, "cases", names);
}

/* Under their own heading, in the form of the claims. */
static void list_trainings(const struct sg_case *cases, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (sg_case_is_training(&cases[i])) {
            if (found++ == 0)
                printf("\n%-6s nets to train, without a claim (synthgrad train)\n", "-");
            printf("       %-34s to train\n", cases[i].name);
        }
}

static int list(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    (void)args;
    struct sg_case *cases;
    struct sg_error err;
    size_t n;
    enum sg_status status = sg_cli_read_cases(&cases, &n, &err);
    if (status == SG_OK && sg_cli_option(command, "json")->given) {
        json_t *all = json_array();
        for (size_t k = 0; sg_claims[k]; k++)
            sg_report_add(all, sg_cli_claim_json(sg_claims[k], cases, n));
        status = sg_report_write_json("-", all, &err);
    } else if (status == SG_OK) {
        for (size_t k = 0; sg_claims[k]; k++) {
            printf("%-6s %s\n", sg_claims[k]->id, sg_claims[k]->title);
            for (size_t i = 0; i < n; i++)
                if (sg_cli_is_of(&cases[i], sg_claims[k]))
                    printf("       %-34s expects: %s\n", cases[i].name, cases[i].expect);
        }
        list_trainings(cases, n);
    }
    sg_cli_free_cases(cases, n);
    return sg_cli_fail(status, &err);
}

/* The claim's own case, as a start for another: copied whole, never over an existing file. */
static enum sg_status copy_case(const char *from, const char *to, struct sg_error *err)
{
    FILE *in = fopen(from, "r"), *existing = fopen(to, "r");
    struct sg_file out;
    enum sg_status status = SG_OK;
    if (existing)
        status = sg_base_refuse(err, to, 0,
                                "exists already; remove it or give another name with --out");
    else if (!in)
        status = sg_base_refuse(err, from, 0, "%s; run from the project's folder", strerror(errno));
    if (status == SG_OK)
        status = sg_base_file_open(&out, to, err);
    if (status == SG_OK) {
        for (int c; (c = getc(in)) != EOF;)
            putc(c, out.stream);
        status = sg_base_file_commit(&out, err);
    }
    if (existing)
        fclose(existing);
    if (in)
        fclose(in);
    return status;
}

static int new_case(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    const bool training = strcmp(args[0], sg_training.id) == 0;
    const struct sg_claim *claim = training ? &sg_training : sg_claim_find(args[0]);
    if (!claim)
        return sg_cli_refuse("there is no claim %.60s; `synthgrad list` names them", args[0]);
    const struct sg_option *out = sg_cli_option(command, "out");
    char *from = sg_base_format("%s/%s.cfg", sg_cli_cases_folder(), claim->name);
    char *to = out->given ? sg_base_format("%s", out->value)
                          : sg_base_format("my_%s.cfg", claim->name);
    struct sg_error err;
    enum sg_status status = copy_case(from, to, &err);
    if (status == SG_OK && sg_cli_option(command, "json")->given) {
        status = sg_report_write_json("-", json_pack("{s:o}", "case", sg_report_text(to)), &err);
    } else if (status == SG_OK) {
        printf("%s: change what you like (`synthgrad explain %s` lists the keys), then\n"
               "  synthgrad %s %s\n", to, claim->id, training ? "train" : "run", to);
    }
    free(from);
    free(to);
    return sg_cli_fail(status, &err);
}

static struct sg_option list_options[] = {{.name = "json", .help = "as JSON"}, {0}};
static struct sg_option new_options[] = {
    {.name = "out", .metavar = "FILE", .help = "the new file (default my_CLAIM.cfg)"},
    {.name = "json", .help = "the new file's name as JSON"},
    {0},
};

struct sg_command sg_command_list = {
    .name = "list", .summary = "the claims and their cases", .arguments = "",
    .options = list_options, .run = list, .examples = "  synthgrad list\n",
};
struct sg_command sg_command_new = {
    .name = "new", .summary = "a case file of your own to start from: a claim's, or a net to train",
    .arguments = "CLAIM|train",
    .options = new_options, .min_args = 1, .max_args = 1, .run = new_case,
    .examples = "  synthgrad new DY3\n  synthgrad new train --out mine.cfg\n",
};
