/* CP3's figure: how small phi can make the joint update at the least-squares point, family by
 * family, as noise takes the loss away from zero. */
#include <math.h>

#include "claim/cp3/parts.h"

enum { DECADES = 15 };

struct noisy {
    unsigned terms;
    const double *noise; /* as long as y */
    double level;        /* what of it is added */
};

static void draw(struct sg_lab *lab, void *context)
{
    const struct noisy *noisy = context;
    struct sg_data data = *lab->trial->data;
    const size_t count = data.n * data.m;
    double *y = SG_TAKE(lab, count, double), rounding;
    for (size_t i = 0; i < count; i++)
        y[i] = data.y[i] + noisy->level * noisy->noise[i];
    data.y = y;
    struct sg_twin *t = sg_twin_make(lab, sg_cp3_with_terms(lab, noisy->terms), &data);
    if (!t)
        return;
    double *w = SG_TAKE(lab, t->n_w, double);
    /* The same minimum for every family and level, where a net has many. */
    sg_twin_minimum(w, t, sg_lab_rng(lab, "figure"));
    const double least = sg_twin_least_update(&rounding, t, w);
    sg_lab_point(lab, (const double[]){noisy->terms, noisy->level, least});
}

void sg_cp3_draw(struct sg_lab *lab)
{
    const struct sg_data *data = lab->trial->data;
    const size_t count = data->n * data->m;
    double *noise = SG_TAKE(lab, count, double);
    sg_base_rng_gaussians(noise, count, sg_lab_rng(lab, "noise of the figure"));
    const double scale = sg_base_norm(data->y, count) / sg_base_norm(noise, count);
    for (size_t i = 0; i < count; i++)
        noise[i] *= scale;
    sg_lab_series(lab, "noise", "family level least");
    for (unsigned terms = 1; terms <= SG_CP3_FAMILIES; terms++)
        for (int k = 0; k <= DECADES; k++) {
            struct noisy noisy = {.terms = terms, .noise = noise, .level = pow(10, -k)};
            sg_lab_part(lab, draw, &noisy);
        }
}
