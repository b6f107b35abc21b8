/* list.h - private: the cases that are there, and a claim as JSON, for list and explain. */
#ifndef SG_CLI_LIST_H
#define SG_CLI_LIST_H

#include <jansson.h>

#include "synthgrad/claim.h"

/* All cases of the folder; sg_cli_free_cases both after success and after failure. */
enum sg_status sg_cli_read_cases(struct sg_case **cases, size_t *n,
                                 struct sg_error *err) SG_MUST_CHECK;
void sg_cli_free_cases(struct sg_case *cases, size_t n);
bool sg_cli_is_of(const struct sg_case *c, const struct sg_claim *claim);
/* Id, name, title, statement and the names of its cases. */
json_t *sg_cli_claim_json(const struct sg_claim *claim, const struct sg_case *cases, size_t n);

#endif
