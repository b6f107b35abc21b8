/* rows.h - counting a claim's rows. */
#ifndef SG_TESTS_CLAIM_ROWS_H
#define SG_TESTS_CLAIM_ROWS_H

#include "synthgrad/claim.h"

/* Rows of kind certified, which are there where FLINT and Arb are, or all others. */
static inline size_t count_rows(const struct sg_judgement *j, bool certified)
{
    size_t count = 0;
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        count += (j->evidence.row[i].kind == SG_CERTIFIED) == certified;
    return count;
}

#endif
