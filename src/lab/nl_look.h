/* nl_look.h - private to src/lab/nl_*.c: a net and the images that it looks at. */
#ifndef SG_LAB_NL_LOOK_H
#define SG_LAB_NL_LOOK_H

#include "data/real.h"
#include "lab/nl_trained.h"

enum { SG_NL_CHUNK = SG_NL_LOOKED_AT };

/* A net and images of which a chunk is seen by all blocks at once. */
struct sg_nl_look {
    const struct sg_nl_net *spec;
    const struct sg_net *net;
    const struct sg_state *state;
    struct sg_net_work *work;
    struct sg_rows rows;
    double *one; /* (h, 1) of a chunk */
    struct sg_batch batch;
};
void sg_nl_see(struct sg_nl_look *l, const struct sg_images *images, const size_t *index,
               size_t n);
/* h_block of the images seen, in rows of `stride`. */
void sg_nl_copy_h(double *out, const struct sg_nl_look *l, size_t block, size_t stride);

/* Keeps the one that is nearest to its tolerance, or beyond.  SG_NL_NONE is below every one. */
#define SG_NL_NONE ((struct sg_nl_off){-1, 1, 1})
void sg_nl_keep_worst(struct sg_nl_off *worst, struct sg_nl_off off);

/* All that is seen of images to test on, and p->off[0] and [2] (nl_pairs.c). */
void sg_nl_look_at_images(struct sg_nl_portrait *p, struct sg_nl_look *l,
                          const struct sg_images *unseen);
/* p->probe and p->off[1] (nl_probes.c). */
enum sg_status sg_nl_look_through_probes(struct sg_nl_portrait *p, struct sg_nl_look *l,
                                         const struct sg_images *seen,
                                         const struct sg_images *unseen) SG_MUST_CHECK;

#endif
