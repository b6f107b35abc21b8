/* NL3's figure: the dissimilarities of each rule's blocks, averaged over squares. */
#include "claim/nl3/parts.h"

void sg_nl3_draw(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    enum { TILES = SG_NL_TILES * SG_NL_TILES };
    if (!lab->trial->figure)
        return;
    sg_lab_series(lab, "matrices", "rule block row column dissimilarity");
    for (enum sg_nl_rule rule = 0; rule < SG_NL_RULES; rule++) {
        const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, 0);
        for (size_t i = 0; i < g->depth * TILES; i++) {
            const size_t block = i / TILES + 1, row = i % TILES / SG_NL_TILES;
            sg_lab_point(lab, (const double[]){rule, (double)block, (double)row,
                                               (double)(i % SG_NL_TILES), p.tile[i]});
        }
    }
}
