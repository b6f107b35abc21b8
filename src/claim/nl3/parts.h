/* parts.h - private to NL3: its files. */
#ifndef SG_CLAIM_NL3_PARTS_H
#define SG_CLAIM_NL3_PARTS_H

#include "lab/nl_trained.h"

/* The figure's series: D_b of the first seed's nets, under each rule. */
void sg_nl3_draw(struct sg_lab *lab, const struct sg_nl_gallery *g);

#endif
