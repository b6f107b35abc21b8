/* search.h - private to the subcommand search: a file for each search that it knows. */
#ifndef SG_CLI_SEARCH_H
#define SG_CLI_SEARCH_H

#include "cli/cli.h"

/* Is one of the named options given?  Then says, on stderr, that they belong to another search.
 * names: ends with NULL. */
bool sg_cli_search_foreign(const struct sg_command *command, const char *const *names,
                           const char *search);
/* search triples; the exit code. */
int sg_cli_search_triples(const struct sg_command *command);

#endif
