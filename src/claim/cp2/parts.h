/* parts.h - private to CP2: its files. */
#ifndef SG_CLAIM_CP2_PARTS_H
#define SG_CLAIM_CP2_PARTS_H

#include "lab/twin.h"

/* CP2 over drawn nets (net key draw): depth, widths, SG boundary and data, another for each instance. */
enum sg_status sg_cp2_depth(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;

#endif
