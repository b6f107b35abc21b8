/* What NL7 supposes. */
#include <stdio.h>

#include "claim/nl7/parts.h"

static bool sg_learns(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "nu = %g", trial->c->train.nu);
    return trial->c->train.nu > 0;
}

const struct sg_hypothesis sg_nl7_learns = {.id = "sg-learns",
                                            .words = "the SG is trained meanwhile",
                                            .met = sg_learns,
                                            .mend = "raise train.nu"};
