/* Things of other rooms that a lab ends. */
#include "lab/own.h"

#define SG_LAB_OWN(name, type, end) \
    static void end_##name(void *thing) \
    { \
        end(thing); \
    } \
    struct type *sg_lab_own_##name(struct sg_lab *lab, struct type *thing) \
    { \
        sg_lab_own(lab, thing, end_##name); \
        return thing; \
    }
SG_LAB_OWNED(SG_LAB_OWN)
