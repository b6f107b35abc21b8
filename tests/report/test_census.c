/* The last line of a run: theorems and experiments apart, each claim once. */
#include <string.h>

#include "support.h"
#include "synthgrad/report.h"

static const struct sg_claim *claim(const char *id)
{
    const struct sg_claim *found = sg_claim_find(id);
    CHECK(found != NULL);
    return found;
}

static void counts(void **state)
{
    (void)state;
    char text[SG_CENSUS_MAX];
    const struct sg_entry entry[] = {{claim("DY1"), SG_HOLDS, true},
                                     {claim("DY1"), SG_HOLDS, true},
                                     {claim("DY3"), SG_INCONCLUSIVE, false},
                                     {claim("NL1"), SG_NOT_REPRODUCED, true},
                                     {claim("NL3"), SG_SKIPPED, false}};
    sg_report_census(text, entry, COUNT(entry));
    CHECK(strcmp(text, "2 theorems: 1 holds, 1 inconclusive.  1 experiment: 1 not reproduced.  "
                       "3 cases as expected, 1 not, 1 skipped") == 0);
}

/* A case that fails as its author expects is beyond a hypothesis; one that fails against the
 * expectation is not. */
static void beyond_a_hypothesis(void **state)
{
    (void)state;
    char text[SG_CENSUS_MAX];
    struct sg_entry entry[] = {{claim("NL5"), SG_HOLDS, true}, {claim("NL5"), SG_FAILS, true}};
    sg_report_census(text, entry, COUNT(entry));
    CHECK(strcmp(text, "1 theorem: 1 holds.  2 cases as expected, 0 not, 0 skipped") == 0);
    entry[1].ok = false;
    sg_report_census(text, entry, COUNT(entry));
    CHECK(strcmp(text, "1 theorem: 1 mixed.  1 case as expected, 1 not, 0 skipped") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(counts), TEST(beyond_a_hypothesis)};
    return RUN(tests);
}
