/* parts.h - private to DY12: its files. */
#ifndef SG_CLAIM_DY12_PARTS_H
#define SG_CLAIM_DY12_PARTS_H

#include "lab/old.h"

/* DY12 with hidden layers, measured. */
enum sg_status sg_dy12_deep(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;

#endif
