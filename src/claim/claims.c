/* The claims, one row each; each lives in a file of its own. */
#include <string.h>
#include <strings.h>

#include "claim/claims.h"

const struct sg_claim *const sg_claims[] = {
    &sg_claim_cp1, &sg_claim_cp2, &sg_claim_cp3, &sg_claim_cp4, &sg_claim_cp5, &sg_claim_cp6, &sg_claim_cp7,
    &sg_claim_dy1, &sg_claim_dy2, &sg_claim_dy3, &sg_claim_dy4, &sg_claim_dy5, &sg_claim_dy6, &sg_claim_dy7,
    &sg_claim_dy8, &sg_claim_dy9, &sg_claim_dy10, &sg_claim_dy11, &sg_claim_dy12,
    &sg_claim_ad1, &sg_claim_nl1, &sg_claim_nl3, &sg_claim_nl4, &sg_claim_nl5, &sg_claim_nl6, &sg_claim_nl7,
    NULL,
};

const struct sg_claim *sg_claim_find(const char *id_or_name)
{
    for (size_t i = 0; sg_claims[i]; i++)
        if (strcasecmp(sg_claims[i]->id, id_or_name) == 0 || strcmp(sg_claims[i]->name, id_or_name) == 0)
            return sg_claims[i];
    return NULL;
}
