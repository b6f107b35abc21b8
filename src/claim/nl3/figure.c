/* NL3's figure: similarity of blocks by CKA, and how single nets see images. */
#include "claim/nl3/parts.h"

/* CKA of block a of rule x and block b of rule y, mean over seeds: within nets, or between nets of
 * other starts. */
static double mean_cka(const struct sg_nl_gallery *g, enum sg_nl_rule x, size_t a,
                       enum sg_nl_rule y, size_t b)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < g->seeds; i++)
        for (size_t j = 0; j < g->seeds; j++) {
            if ((i == j) != (x == y))
                continue;
            const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, x, i),
                                        q = sg_nl_gallery_portrait(g, y, j);
            sum += sg_nl3_similarity(&p, a, &q, b, SG_NL3_CKA);
            n++;
        }
    return sum / n;
}

/* Panels: the four rules' own, then backprop against each of the others. */
static void draw_cka(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    sg_lab_series(lab, "cka", "panel block_x block_y cka");
    for (size_t i = 0; i < 2 * SG_NL_RULES - 1; i++) {
        const enum sg_nl_rule y = (enum sg_nl_rule)(i < SG_NL_RULES ? i : i - SG_NL_RULES + 1),
                              x = i < SG_NL_RULES ? y : SG_NL_BACKPROP;
        for (size_t a = 1; a <= g->depth; a++)
            for (size_t b = 1; b <= g->depth; b++)
                sg_lab_point(lab, (const double[]){(double)i, (double)a, (double)b,
                                                   mean_cka(g, x, a, y, b)});
    }
}

/* D of the first seed's nets in the block below the one SG, averaged over squares. */
static void draw_matrices(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    sg_lab_series(lab, "matrices", "rule row column dissimilarity");
    for (enum sg_nl_rule rule = 0; rule < SG_NL_RULES; rule++) {
        const struct sg_nl_portrait p = sg_nl_gallery_portrait(g, rule, 0);
        const double *tile = p.tile + (g->cut - 1) * SG_NL_TILES * SG_NL_TILES;
        for (size_t row = 0; row < SG_NL_TILES; row++)
            for (size_t column = 0; column < SG_NL_TILES; column++)
                sg_lab_point(lab, (const double[]){rule, (double)row, (double)column,
                                                   tile[row * SG_NL_TILES + column]});
    }
}

void sg_nl3_draw(struct sg_lab *lab, const struct sg_nl_gallery *g)
{
    if (!lab->trial->figure)
        return;
    draw_cka(lab, g);
    draw_matrices(lab, g);
}
