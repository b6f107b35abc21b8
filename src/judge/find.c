/* A claim by its id or by the name of its case; the table is made by the build. */
#include <string.h>
#include <strings.h>

#include "synthgrad/claim.h"

const struct sg_claim *sg_claim_find(const char *id_or_name)
{
    SG_REQUIRE(id_or_name);
    for (size_t i = 0; sg_claims[i]; i++)
        if (strcasecmp(sg_claims[i]->id, id_or_name) == 0 ||
            strcmp(sg_claims[i]->name, id_or_name) == 0)
            return sg_claims[i];
    return NULL;
}
