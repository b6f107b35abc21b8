/* The command table once more: as a man page and as completion for bash.  `make man` and
 * `make install` ask for both. */
#include <string.h>

#include "cli/manual.h"

/* Text for roff: nothing in it is a request, and a dash is a dash that can be copied. */
static void print_roff(FILE *out, const char *text)
{
    for (bool line_starts = true; *text; text++) {
        if (line_starts && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        line_starts = *text == '\n';
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            putc(*text, out);
    }
}

static void print_examples(FILE *out, const char *examples)
{
    fputs(".PP\n.nf\n", out);
    print_roff(out, examples);
    fputs(".fi\n", out);
}

static void print_option(FILE *out, const char *name, const char *metavar, const char *help)
{
    fputs(".TP\n.B \\-\\-", out);
    print_roff(out, name);
    if (metavar) {
        fputs(" \\fI", out);
        print_roff(out, metavar);
        fputs("\\fR", out);
    }
    putc('\n', out);
    print_roff(out, help);
    putc('\n', out);
}

static void print_command(FILE *out, const struct sg_command *command)
{
    fprintf(out, ".SS \"synthgrad %s%s\\fI", command->name,
            command->options[0].name ? " [OPTIONS]" : "");
    if (command->arguments[0])
        putc(' ', out);
    print_roff(out, command->arguments);
    fputs("\\fR\"\n", out);
    print_roff(out, command->summary);
    fputs(".\n", out);
    for (const struct sg_option *o = command->options; o->name; o++)
        print_option(out, o->name, o->metavar, o->help);
    print_examples(out, command->examples);
}

void sg_cli_print_man(FILE *out, const struct sg_manual *manual)
{
    fprintf(out,
            ".TH SYNTHGRAD 1 \"\" \"synthgrad %s\" \"User Commands\"\n.SH NAME\nsynthgrad \\- ",
            sg_base_build()->version);
    print_roff(out, manual->about);
    fputs("\n.SH SYNOPSIS\n.B synthgrad\n.I COMMAND\n[OPTIONS] [ARGUMENTS]\n.SH DESCRIPTION\n",
          out);
    for (size_t i = 0; i < manual->n; i++) {
        fprintf(out, ".TP\n.B %s\n", manual->command[i]->name);
        print_roff(out, manual->command[i]->summary);
        putc('\n', out);
    }
    fputs(".SH COMMANDS\nEvery command has \\fB\\-\\-help\\fR beside the options below; an "
          "option's value may follow a blank or an equals sign.\n",
          out);
    for (size_t i = 0; i < manual->n; i++)
        print_command(out, manual->command[i]);
    fputs(".SH EXIT STATUS\n", out);
    print_roff(out, manual->exit_status);
    fputs("\n.SH ENVIRONMENT\n.TP\n.B NIST_DIR\nThe folder of NIST's regression data; cases on "
          "them are skipped where it is missing.\n"
          ".TP\n.B MNIST_DIR\nThe folder of MNIST in its published form, gzipped or not.\n"
          ".SH FILES\n.TP\n.I cases/*.cfg\nThe cases, of the working folder if it has any, else "
          "those installed beside the program in\n"
          ".IR ../share/synthgrad/cases .\n.TP\n.I results/\nWhat the commands write unless "
          "\\fB\\-\\-out\\fR names another folder: of a case its columns of numbers, "
          "\\fIsummary.json\\fR, and in \\fIcertificates.json\\fR what its certified rows prove, "
          "to be checked by another program.\n.SH EXAMPLES\n",
          out);
    print_examples(out, manual->examples);
}

/* What may stand after the command: claims or cases, as `synthgrad list` begins its lines with, and
 * words, those between bars of "CLAIM|train|case". */
static void print_words(FILE *out, const struct sg_command *command)
{
    static const char claims[] = "^\\([A-Z][A-Z0-9]*\\)", cases[] = "^  *\\([a-z0-9_]*\\)";
    const bool claim = strstr(command->arguments, "CLAIM") != NULL,
               listed = claim || strstr(command->arguments, "CASE") != NULL;
    const char *word = command->arguments, *bar = strchr(word, '|');
    if (!listed && !bar)
        return;
    fprintf(out, "    *:%s:*) words=", command->name);
    if (listed)
        fprintf(out, "$(synthgrad list 2>/dev/null | sed -n 's/%s .*/\\1/p')",
                claim ? claims : cases);
    word = listed ? (bar ? bar + 1 : "") : word;
    fputs("'", out);
    for (; *word; word += strcspn(word, "|"), word += *word == '|')
        fprintf(out, " %.*s", (int)strcspn(word, "|"), word);
    fputs("';;\n", out);
}

void sg_cli_print_completion(FILE *out, const struct sg_manual *manual)
{
    fputs("# bash completion for synthgrad, printed by the program\n_synthgrad()\n{\n    local "
          "word=${COMP_WORDS[COMP_CWORD]} words=\n"
          "    case $COMP_CWORD:${COMP_WORDS[1]}:$word in\n    1:*) words='--help --version",
          out);
    for (size_t i = 0; i < manual->n; i++)
        fprintf(out, " %s", manual->command[i]->name);
    fputs("';;\n", out);
    for (size_t i = 0; i < manual->n; i++) {
        const struct sg_command *command = manual->command[i];
        fprintf(out, "    *:%s:-*) words='--help", command->name);
        for (const struct sg_option *o = command->options; o->name; o++)
            fprintf(out, " --%s", o->name);
        fputs("';;\n", out);
        print_words(out, command);
    }
    fputs("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -o default "
          "-F _synthgrad synthgrad\n",
          out);
}
