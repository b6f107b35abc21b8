/* CP1's figure: the joint update near a critical point, with labels and without. */
#include <math.h>

#include "claim/cp1/parts.h"

enum { DECADES = 16, A_DECADE = 2 };

struct line {
    const double *w, *way; /* the point, and a direction as long as it */
    size_t n_w;
    bool labels;
};

/* The case with every module's labels taken away; NULL where a module has no other term. */
static const struct sg_case *without_labels(struct sg_lab *lab)
{
    struct sg_case *reduced = SG_TAKE(lab, 1, struct sg_case);
    *reduced = *lab->trial->c;
    for (size_t j = 0; j < reduced->n_modules; j++) {
        reduced->module[j].terms &= ~(unsigned)SG_Y;
        if (reduced->module[j].terms == 0)
            return NULL;
    }
    return reduced;
}

static void draw(struct sg_lab *lab, void *context)
{
    const struct line *line = context;
    const struct sg_case *c = line->labels ? lab->trial->c : without_labels(lab);
    struct sg_twin *t = c ? sg_twin_make(lab, c, lab->trial->data) : NULL;
    if (!t)
        return;
    double *at = SG_TAKE(lab, line->n_w, double), rounding;
    for (int k = 0; k <= DECADES * A_DECADE; k++) {
        const double distance = pow(10, -(double)k / A_DECADE);
        for (size_t i = 0; i < line->n_w; i++)
            at[i] = line->w[i] + distance * line->way[i];
        const double least = sg_twin_least_update(&rounding, t, at);
        sg_lab_point(lab, (const double[]){line->labels, distance, least});
    }
}

void sg_cp1_draw(struct sg_lab *lab, const double *w, size_t n_w)
{
    double *way = SG_TAKE(lab, n_w, double);
    sg_base_rng_gaussians(way, n_w, sg_lab_rng(lab, "figure"));
    const double scale = sg_base_norm(w, n_w) / sg_base_norm(way, n_w);
    for (size_t i = 0; i < n_w; i++)
        way[i] *= scale;
    sg_lab_series(lab, "near", "labels distance least");
    for (int labels = 1; labels >= 0; labels--) {
        struct line line = {.w = w, .way = way, .n_w = n_w, .labels = labels};
        sg_lab_part(lab, draw, &line);
    }
}
