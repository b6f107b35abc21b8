/* manual.h - private to main.c and manual.c: what --help tells, for man and for the shell. */
#ifndef SG_CLI_MANUAL_H
#define SG_CLI_MANUAL_H

#include <stdio.h>

#include "cli/cli.h"

struct sg_manual {
    const char *about, *exit_status, *examples;      /* examples: lines for --help */
    size_t n;
    struct sg_command *const *command;
};

/* synthgrad(1) in man's own macros: name, summary, options and examples of every
 * command as its --help has them. */
void sg_cli_print_man(FILE *out, const struct sg_manual *manual);
/* Completion of commands, options and names of claims, for bash. */
void sg_cli_print_completion(FILE *out, const struct sg_manual *manual);

#endif
