/* parts.h - private to DY11: its files. */
#ifndef SG_CLAIM_DY11_PARTS_H
#define SG_CLAIM_DY11_PARTS_H

#include "lab/old.h"

/* Parts of DY11 in files of their own. */
enum sg_status sg_dy11_realizable(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial) SG_MUST_CHECK;
enum sg_status sg_dy11_deep(struct sg_evidence *ev, const struct sg_trial *trial) SG_MUST_CHECK;
void sg_dy11_basin(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial);

#endif
