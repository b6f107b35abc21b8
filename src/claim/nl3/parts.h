/* parts.h - private to NL3: its files. */
#ifndef SG_CLAIM_NL3_PARTS_H
#define SG_CLAIM_NL3_PARTS_H

#include "lab/nl_trained.h"
#include "lab/representation.h"

/* Similarity of block a of one net and block b of another, or the same, by CKA of kernels or by
 * correlation of dissimilarities. */
enum sg_nl3_measure { SG_NL3_CKA, SG_NL3_DISSIMILARITY };
double sg_nl3_similarity(const struct sg_nl_portrait *p, size_t a, const struct sg_nl_portrait *q,
                         size_t b, enum sg_nl3_measure measure);
/* A table: the energy of each rule with SGs against backprop, by both measures, over all blocks and
 * in the block below the one SG. */
void sg_nl3_energies(struct sg_lab *lab, const struct sg_nl_gallery *g);
/* A table, and a series: what DY15 says of the net without nonlinearities, in the same measures. */
void sg_nl3_linear(struct sg_lab *lab, const struct sg_nl_gallery *g);
/* The figure's series. */
void sg_nl3_draw(struct sg_lab *lab, const struct sg_nl_gallery *g);

#endif
