/* DY8: a flight from a minimum that repels, kept point by point, and the plane it is drawn on. */
#include <math.h>
#include <string.h>

#include "claim/dy8/parts.h"

struct sg_dy8_flight sg_dy8_flight_take(struct sg_lab *lab, const struct sg_deep_run *s,
                                        size_t points)
{
    const size_t width = 4 + s->n_w;
    return (struct sg_dy8_flight){.width = width, .capacity = points,
                                  .row = SG_TAKE(lab, points * width, double)};
}

void sg_dy8_flight_note(struct sg_dy8_flight *f, const struct sg_deep_run *s)
{
    SG_REQUIRE(f->n < f->capacity);
    double *row = f->row + f->n++ * f->width;
    row[0] = (double)sg_sim_time(s->sim) * s->mu;
    row[1] = sg_deep_run_distance(s->sim, s);
    row[2] = sg_deep_run_distance(s->backprop, s);
    row[3] = sg_deep_run_excess(s, sg_sim_w(s->sim));
    memcpy(row + 4, sg_sim_w(s->sim), s->n_w * sizeof *row);
}

void sg_dy8_fly(struct sg_lab *lab, struct sg_dy8_flight *f, struct sg_deep_run *s, size_t points,
                uint64_t every, bool backprop)
{
    for (size_t k = 0; k < points && lab->status == SG_OK; k++) {
        sg_dy8_flight_note(f, s);
        sg_lab_try(lab, sg_sim_advance(s->sim, &s->batch, every));
        if (backprop)
            sg_lab_try(lab, sg_sim_advance(s->backprop, &s->batch, every));
    }
}

/* ---- the plane -------------------------------------------------------------------------- */

void sg_dy8_place(double at[2], const struct sg_dy8_plane *plane, const struct sg_deep_run *s,
                  const double *w)
{
    at[0] = at[1] = 0;
    for (size_t i = 0; i < s->n_w; i++) {
        at[0] += plane->a[i] * (w[i] - s->fixed[i]);
        at[1] += plane->b[i] * (w[i] - s->fixed[i]);
    }
}

/* w - fixed, less its part along the unit vector `a` if there is one. */
static double off(double *out, const struct sg_deep_run *s, const double *w, const double *a)
{
    for (size_t i = 0; i < s->n_w; i++)
        out[i] = w[i] - s->fixed[i];
    const double along = a ? sg_base_dot(a, out, s->n_w) : 0;
    for (size_t i = 0; a && i < s->n_w; i++)
        out[i] -= along * a[i];
    return sg_base_norm(out, s->n_w);
}

static void scale(double *v, size_t n, double by)
{
    for (size_t i = 0; i < n; i++)
        v[i] *= by;
}

struct sg_dy8_plane sg_dy8_plane_take(struct sg_lab *lab, const struct sg_dy8_flight *f,
                                      const struct sg_deep_run *s, const double *end, size_t rows)
{
    struct sg_dy8_plane plane = {.a = SG_TAKE(lab, s->n_w, double),
                                 .b = SG_TAKE(lab, s->n_w, double)};
    double *w = SG_TAKE(lab, s->n_w, double), most = 0;
    scale(plane.a, s->n_w, 1 / off(plane.a, s, end, NULL));
    for (size_t k = 0; k < rows; k++) {
        const double distance = off(w, s, f->row + k * f->width + 4, plane.a);
        if (distance > most) {
            most = distance;
            memcpy(plane.b, w, s->n_w * sizeof *w);
        }
    }
    scale(plane.b, s->n_w, most > 0 ? 1 / most : 0);
    for (size_t k = 0; k < rows; k++) {
        double at[2];
        sg_dy8_place(at, &plane, s, f->row + k * f->width + 4);
        for (size_t i = 0; i < 2; i++) {
            plane.low[i] = fmin(plane.low[i], at[i]);
            plane.high[i] = fmax(plane.high[i], at[i]);
        }
    }
    return plane;
}

/* log10 of the loss excess over the flight's extent and `margin` of it on every side. */
void sg_dy8_slice(struct sg_lab *lab, const struct sg_dy8_plane *plane,
                  const struct sg_deep_run *s, size_t grid, double margin)
{
    double *w = SG_TAKE(lab, s->n_w, double), at[2];
    sg_lab_series(lab, "slice", "a b log10_excess");
    for (size_t k = 0; k < grid * grid; k++) {
        const size_t step[2] = {k / grid, k % grid};
        for (size_t i = 0; i < 2; i++) {
            const double share = (double)step[i] / (double)(grid - 1);
            at[i] = plane->low[i] + (plane->high[i] - plane->low[i]) *
                                        ((1 + 2 * margin) * share - margin);
        }
        for (size_t i = 0; i < s->n_w; i++)
            w[i] = s->fixed[i] + at[0] * plane->a[i] + at[1] * plane->b[i];
        sg_lab_point(lab, (const double[]){at[0], at[1],
                                           log10(sg_deep_run_excess(s, w) + 1e-16)});
    }
}
