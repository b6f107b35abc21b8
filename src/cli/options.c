/* Options: one table a subcommand, parsed the same way everywhere. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"

/* What the user or a file said is in it, and a terminal would obey some of it. */
int sg_cli_refuse(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        sg_base_exhausted(1, 1);
    va_end(args);
    const size_t size = 4 * strlen(text) + sizeof "....";
    char *shown = SG_NEW(size, char);
    sg_base_escape(shown, size, text);
    fprintf(stderr, "synthgrad: %s\n", shown);
    free(text);
    free(shown);
    return SG_EXIT_USAGE;
}

int sg_cli_fail(enum sg_status status, const struct sg_error *err)
{
    switch (status) {
    case SG_OK:
        return SG_EXIT_OK;
    case SG_INTERRUPTED:
        sg_cli_refuse("interrupted; what was finished is kept");
        return SG_EXIT_INTERRUPTED;
    case SG_BAD_INPUT:
    case SG_IO:
        return sg_cli_refuse("%s", err->text);
    default:
        sg_cli_refuse("%s", sg_base_status_text(status));
        return SG_EXIT_INTERNAL;
    }
}

const struct sg_option *sg_cli_option(const struct sg_command *command, const char *name)
{
    for (const struct sg_option *o = command->options; o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    sg_base_abort(__FILE__, __LINE__, name);
}

bool sg_cli_whole(uint64_t *out, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    /* strtoull takes "-1" */
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno || value < least || value > most)
        return false;
    *out = value;
    return true;
}

bool sg_cli_integer(uint64_t *out, const struct sg_command *command, const char *name,
                    uint64_t least, uint64_t most)
{
    const struct sg_option *option = sg_cli_option(command, name);
    if (!option->given || sg_cli_whole(out, option->value, least, most))
        return true;
    sg_cli_refuse("--%s %s: give a whole number from %llu to %llu", name,
                  sg_base_show(option->value, 40).text, (unsigned long long)least,
                  (unsigned long long)most);
    return false;
}

bool sg_cli_real(double *out, const struct sg_command *command, const char *name, double least,
                 double most)
{
    const struct sg_option *option = sg_cli_option(command, name);
    if (!option->given)
        return true;
    char *end;
    const double value = strtod(option->value, &end);
    if (end == option->value || *end != '\0' || !(value >= least && value <= most)) {
        sg_cli_refuse("--%s %s: give a number from %g to %g", name,
                      sg_base_show(option->value, 40).text, least, most);
        return false;
    }
    *out = value;
    return true;
}

/* "--name", "--name VALUE" or "--name=VALUE"; returns how many words it took, 0 after a refusal. */
static int take_option(struct sg_command *command, char **words, int left)
{
    const char *text = words[0] + 2, *equals = strchr(text, '=');
    const size_t length = equals ? (size_t)(equals - text) : strlen(text);
    for (struct sg_option *o = command->options; o->name; o++) {
        if (strlen(o->name) != length || strncmp(o->name, text, length) != 0)
            continue;
        if (o->given && !o->repeats)
            return sg_cli_refuse("--%s is given twice", o->name), 0;
        o->given = true;
        if (!o->metavar)
            return equals ? (sg_cli_refuse("--%s takes no value", o->name), 0) : 1;
        if (equals) {
            o->value = equals + 1;
            return 1;
        }
        if (left < 2)
            return sg_cli_refuse("--%s wants a value: --%s %s", o->name, o->name, o->metavar), 0;
        o->value = words[1];
        return 2;
    }
    return sg_cli_refuse("%s has no option %.60s; `synthgrad %s --help` lists them", command->name,
                         words[0], command->name),
           0;
}

/* "-v": the flag of that letter is given; 0 after a refusal. */
static int take_letter(struct sg_command *command, const char *word)
{
    for (struct sg_option *o = command->options; o->name; o++)
        if (o->letter && word[1] == o->letter && word[2] == '\0') {
            o->given = true;
            return 1;
        }
    sg_cli_refuse("%s has no option %.60s; options begin with two dashes", command->name, word);
    return 0;
}

static void print_help(const struct sg_command *command)
{
    char *title = sg_base_format("synthgrad %s - %s", command->name, command->summary);
    sg_cli_wrap_text(stdout, title, 0, 2, sg_cli_width());
    free(title);
    printf("\nusage: synthgrad %s", command->name);
    if (command->options[0].name)
        printf(" [OPTIONS]");
    if (command->arguments[0])
        printf(" %s", command->arguments);
    printf("\n\noptions:\n");
    for (const struct sg_option *o = command->options; o->name; o++) {
        char head[60];
        const char letter[] = {'-', o->letter, ',', ' ', '\0'};
        snprintf(head, sizeof head, "%s--%s%s%s ", o->letter ? letter : "", o->name,
                 o->metavar ? " " : "", o->metavar ? o->metavar : "");
        sg_cli_print_entry(head, 23, o->help);
    }
    sg_cli_print_entry("--help", 23, "this text");
    printf("\nexamples:\n%s", command->examples);
}

int sg_cli_run(struct sg_command *command, int n_words, char **words)
{
    char **args = SG_NEW((size_t)n_words + 1, char *);
    size_t n_args = 0;
    bool only_args = false;
    int code = -1;
    for (int i = 0; i < n_words && code < 0;) {
        if (!only_args && strcmp(words[i], "--") == 0) {
            only_args = true;
            i++;
        } else if (!only_args && (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)) {
            print_help(command);
            code = SG_EXIT_OK;
        } else if (!only_args && strncmp(words[i], "--", 2) == 0) {
            const int took = take_option(command, words + i, n_words - i);
            i += took;
            code = took ? -1 : SG_EXIT_USAGE;
        } else if (!only_args && words[i][0] == '-' && words[i][1]) {
            code = take_letter(command, words[i++]) ? -1 : SG_EXIT_USAGE;
        } else {
            args[n_args++] = words[i++];
        }
    }
    if (code < 0 && (n_args < command->min_args || n_args > command->max_args))
        code = sg_cli_refuse("%s takes %s%s; `synthgrad %s --help` says more", command->name,
                             command->arguments[0] ? command->arguments : "no arguments",
                             n_args < command->min_args ? ", something is missing" : "",
                             command->name);
    if (code < 0)
        code = command->run(command, n_args, args);
    free(args);
    return code;
}
