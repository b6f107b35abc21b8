/* cli.h - private: what the subcommands share.  Exit 0 fine, 1 a claim fell short, 2 usage or bad
 * input, 3 internal error, 130 interrupted. */
#ifndef SG_CLI_CLI_H
#define SG_CLI_CLI_H

#include <stdio.h>

#include "synthgrad/claim.h"

enum {
    SG_EXIT_OK = 0,
    SG_EXIT_SHORT = 1,
    SG_EXIT_USAGE = 2,
    SG_EXIT_INTERNAL = 3,
    SG_EXIT_INTERRUPTED = 130
};

/* One option of a subcommand: "--name VALUE" or "--name=VALUE" when it
 * has a metavar, else a flag. */
struct sg_option {
    const char *name;         /* without the dashes */
    const char *metavar;      /* NULL: a flag */
    char letter;              /* a flag's short form, "-v"; 0: none */
    const char *help;
    bool repeats;             /* may be given more than once; the last one counts */
    bool given;               /* filled by the parser */
    const char *value;
};
struct sg_command {
    const char *name, *summary;
    const char *arguments;    /* "[CASE...]" */
    const char *examples;     /* lines for --help */
    struct sg_option *options;    /* ends with a NULL name */
    size_t min_args, max_args;
    bool keeps;               /* finished work, so that Ctrl-C ends it in good order */
    int (*run)(const struct sg_command *command, size_t n_args, char **args);
};
extern struct sg_command sg_command_verify, sg_command_run, sg_command_list, sg_command_explain,
    sg_command_new, sg_command_analyze, sg_command_bench, sg_command_merge, sg_command_report,
    sg_command_plots, sg_command_search, sg_command_train;

/* The option's entry.  Aborts when the command has none of that name. */
const struct sg_option *sg_cli_option(const struct sg_command *command, const char *name);
/* An option's value as an integer.  False, after a message on stderr, when the text is no number or
 * out of range.  Leaves *out alone when the option is absent. */
bool sg_cli_integer(uint64_t *out, const struct sg_command *command, const char *name,
                    uint64_t least, uint64_t most);
/* Is all of the text a whole number in that range?  Digits only: no sign, no blank. */
bool sg_cli_whole(uint64_t *out, const char *text, uint64_t least, uint64_t most);
/* The same as a real number. */
bool sg_cli_real(double *out, const struct sg_command *command, const char *name, double least,
                 double most);

/* ---- terminal.c ------------------------------------------------------------------------------ */

/* Columns for a paragraph: those of the terminal, at most 98, since longer lines are hard to read.
 */
size_t sg_cli_width(void);
/* Breaks text at blanks.  The first line begins at column `first`, the others at `rest`.  A formula
 * without blanks may be longer than a line. */
void sg_cli_wrap_text(FILE *out, const char *text, size_t first, size_t rest, size_t width);
/* The same of text with formulas, in Unicode where the environment's text is UTF-8. */
void sg_cli_wrap_mathematics(FILE *out, const char *text, size_t first, size_t rest, size_t width);
/* A line of a list: head, and from `column` on the text, wrapped. */
void sg_cli_print_entry(const char *head, size_t column, const char *text);
/* A path as a terminal may have it: control characters as \xHH.  A fresh string, freed with
 * free(). */
char *sg_cli_printable_path(const char *path);
/* May standard output have colours?  It is a terminal that has them, and NO_COLOR is not set. */
bool sg_cli_colours(void);

/* ---- figures (plots.c) ----------------------------------------------------------------------- */

/* Is gnuplot there? */
bool sg_cli_can_draw(void);
/* Draws OUT/figures/NAME.svg and .png from the columns in OUT/NAME. */
enum sg_status sg_cli_draw(const char *out, const char *name, struct sg_error *err) SG_MUST_CHECK;

/* Prints "synthgrad: ..." on stderr, one line, and returns SG_EXIT_USAGE. */
int sg_cli_refuse(const char *fmt, ...) SG_PRINTF(1, 2);
/* For a status that is not SG_OK: prints err->text (or the status's sentence) and returns the exit
 * code. */
int sg_cli_fail(enum sg_status status, const struct sg_error *err);

#endif
