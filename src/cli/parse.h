/* parse.h - private to main.c and options.c. */
#ifndef SG_CLI_PARSE_H
#define SG_CLI_PARSE_H

#include "cli/cli.h"

/* Parses the words after the subcommand, prints --help, or runs it.  Returns the exit code. */
int sg_cli_run(struct sg_command *command, int n_words, char **words);

#endif
