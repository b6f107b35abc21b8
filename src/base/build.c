/* What this is a build of.  The Makefile compiles this file again when any source or the commit has
 * changed, and gives the macros to it alone. */
#include "synthgrad/base.h"

/* a build by other means, or a checker of the source */
#ifndef SG_COMMIT
#define SG_VERSION "unknown"
#define SG_COMMIT "unknown"
#define SG_SOURCES "unknown"
#endif

static const struct sg_build build = {.version = SG_VERSION,
                                      .commit = SG_COMMIT,
                                      .sources = SG_SOURCES};

const struct sg_build *sg_base_build(void)
{
    return &build;
}
