/* What a trained net has become: how its blocks see images, what can be read off them linearly, how
 * large its weights are. */
#include <math.h>
#include <stdlib.h>

#include "lab/nl_look.h"

enum { OFF = sizeof(struct sg_nl_off) / sizeof(double) };

void sg_nl_keep_worst(struct sg_nl_off *worst, struct sg_nl_off off)
{
    if (!(off.error * worst->tolerance <= worst->error * off.tolerance))
        *worst = off;
}

enum { OFFS = 3, ONCE = 3 + OFFS * OFF, AN_EPOCH = sizeof(struct sg_nl_epoch) / sizeof(double) };
enum { A_BLOCK = 5 + SG_NL_TILES * SG_NL_TILES + 2 * SG_NL_PAIRS };

size_t sg_nl_portrait_size(size_t depth, size_t epochs)
{
    return ONCE + depth * A_BLOCK + epochs * AN_EPOCH;
}

struct sg_nl_portrait sg_nl_portrait_of(double *all, size_t depth, size_t epochs)
{
    struct sg_nl_portrait p = {.accuracy = all, .loss = all + 2};
    p.off = (struct sg_nl_off *)(all + 3);
    p.curve = (struct sg_nl_epoch *)(all + ONCE);
    p.probe = all + ONCE + epochs * AN_EPOCH;
    p.norm = p.probe + depth;
    p.share = p.norm + depth;
    p.alignment = p.share + depth;
    p.participation = p.alignment + depth;
    p.tile = p.participation + depth;
    p.kernel = p.tile + depth * SG_NL_TILES * SG_NL_TILES;
    p.dissimilarity = p.kernel + depth * SG_NL_PAIRS;
    return p;
}

void sg_nl_see(struct sg_nl_look *l, const struct sg_images *images, const size_t *index, size_t n)
{
    l->batch = sg_data_gather_images(&l->rows, images, index, n);
    sg_net_forward(l->net, 0, sg_net_arch(l->net)->n_layers, l->state, &l->batch, 0, l->work);
}

void sg_nl_copy_h(double *out, const struct sg_nl_look *l, size_t block, size_t stride)
{
    const size_t k = l->spec->width;
    const void *h = sg_net_view(l->work, SG_VIEW_H, sg_nl_boundary(l->spec, block));
    for (size_t i = 0; i < l->batch.n; i++)
        for (size_t u = 0; u < k; u++)
            out[i * stride + u] = sg_real_at(h, i * k + u, l->spec->dtype);
}

static double weight_norm(const struct sg_nl_look *l, const void *w, size_t block)
{
    const size_t layer =
        sg_nl_boundary(l->spec, block - 1); /* the dense layer that starts the block */
    const size_t entries = sg_net_width(l->net, layer) * l->spec->width,
                 offset = sg_net_layer_offset(l->net, layer);
    double squares = 0;
    for (size_t i = 0; i < entries; i++) {
        const double entry = sg_real_at(w, offset + i, l->spec->dtype);
        squares += entry * entry;
    }
    return sqrt(squares);
}

enum sg_status sg_nl_paint(struct sg_nl_portrait *p, const struct sg_nl_net *spec,
                           const struct sg_net *net, const struct sg_state *state,
                           const void *start, const struct sg_nl_images *images)
{
    const struct sg_images *seen = &images->seen, *unseen = &images->unseen;
    struct sg_nl_look l = {.spec = spec,
                           .net = net,
                           .state = state,
                           .work = sg_net_work_alloc(net, SG_NL_CHUNK),
                           .one = SG_NEW(SG_NL_CHUNK * (spec->width + 1), double)};
    sg_data_rows_alloc(&l.rows, spec->dtype, SG_NL_CHUNK, seen->rows * seen->columns,
                       seen->classes);
    for (size_t block = 1; block <= spec->depth; block++)
        p->norm[block - 1] = weight_norm(&l, state->w, block) / weight_norm(&l, start, block);
    sg_nl_look_at_images(p, &l, unseen);
    const enum sg_status status = sg_nl_look_through_probes(p, &l, seen, unseen);
    sg_data_rows_free(&l.rows);
    sg_net_work_free(l.work);
    free(l.one);
    return status;
}
