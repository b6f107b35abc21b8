/* parts.h - private to NL7: its files. */
#ifndef SG_CLAIM_NL7_PARTS_H
#define SG_CLAIM_NL7_PARTS_H

#include "lab/lab.h"

extern const struct sg_hypothesis sg_nl7_learns;

#endif
