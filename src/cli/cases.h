/* cases.h - private: the case files that a subcommand works on. */
#ifndef SG_CLI_CASES_H
#define SG_CLI_CASES_H

#include "synthgrad/base.h"

struct sg_paths { size_t n; char **path; };

/* ./cases, or where the cases were installed (not thread-safe). */
const char *sg_cli_cases_folder(void);
/* Is the case at `path`, of that name, another one than the project's, or is there none? */
bool sg_cli_case_is_own(const char *path, const char *name);
/* The project's folder, or PREFIX/share/synthgrad (a fresh string). */
char *sg_cli_home(void);
/* The proof page of a claim's name: proofs/NAME.md, or where it was installed (a fresh string). */
char *sg_cli_proof(const char *name);
/* The files named (a path, or a bare name of a case in the folder), or all of the
 * folder in alphabetical order. */
enum sg_status sg_cli_find_cases(struct sg_paths *paths, size_t n_args, char **args,
                                 struct sg_error *err) SG_MUST_CHECK;
void sg_cli_paths_free(struct sg_paths *paths);

/* How many theorems about a claim `make proofs` has checked here, without assumptions and since
 * their sources last changed.  0 where it has not run. */
size_t sg_cli_checked_theorems(const char *claim);

#endif
