/* search.h - private to the subcommand search: a file for each search that it knows. */
#ifndef SG_CLI_SEARCH_H
#define SG_CLI_SEARCH_H

#include "cli/cli.h"

/* Is one of the named options given?  Then says, on stderr, that they belong to another search.
 * names: ends with NULL. */
bool sg_cli_search_foreign(const struct sg_command *command, const char *const *names,
                           const char *search);
/* How much is searched, by the options that every search has. */
struct sg_cli_effort { uint64_t climbs, draws, steps, seconds, jobs, seed; };
/* --climbs 20 (100000 with --seconds), --draws 100, --steps 6000, no --seconds, --jobs 1, --seed 1
 * where none is given.  False, after a line on stderr: one is none that may be. */
bool sg_cli_search_effort(struct sg_cli_effort *effort, const struct sg_command *command);
/* search triples; the exit code. */
int sg_cli_search_triples(const struct sg_command *command);

#endif
