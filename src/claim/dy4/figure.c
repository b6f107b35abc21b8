/* The figure of DY4, one output: starts near the line in the plane (c, distance to it), and the
 * moduli that decide where they go. */
#include <math.h>
#include <string.h>

#include "claim/dy4/parts.h"

/* The plane (c, distance to the line): starts near the line all along it, at a 32nd of the case's
 * rates so that the steps look like a flow. */
void sg_ray_draw_trajectories(struct sg_ray *r, struct sg_rng *rng)
{
    enum { STARTS = 21, LOOKS = 1000, STEPS_A_LOOK = 4, SLOWER = 32 };
    struct sg_shallow *s = r->s;
    double *direction = SG_TAKE(r->lab, s->size, double),
           *scratch = SG_TAKE(r->lab, s->size, double);
    sg_lab_series(r->lab, "trajectories", "start step c distance");
    for (int k = 0; k < STARTS; k++) {
        const double c = -3 + 4.0 * k / (STARTS - 1);
        sg_base_rng_direction(direction, s->size, rng);
        memset(direction + s->n_w, 0, s->n_phi * sizeof *direction);
        sg_ray_place(scratch, r, c, direction, 0.1 * s->w_norm);
        sg_shallow_start(s, scratch, s->mu / SLOWER, s->nu / SLOWER);
        for (int look = 0; look < LOOKS; look++) {
            const double *phi = sg_sim_phi(s->sim);
            sg_lab_point(r->lab, (const double[]){k, look * STEPS_A_LOOK, (phi[0] - phi[1]) / 2 - 1,
                                                  sg_ray_distance(s) / s->w_norm});
            if (sg_sim_advance(s->sim, &s->batch, STEPS_A_LOOK) != SG_OK)
                break;
        }
    }
}

/* Factor per step of the distance while it changes from a thousandfold to 10^7-fold, up from a tiny
 * start or down from a small one. */
static double measured_factor(struct sg_ray *r, double t, const double *direction, double *scratch,
                              bool grows)
{
    enum { MOST = 100000 };
    struct sg_shallow *s = r->s;
    sg_ray_place(scratch, r, t, direction, (grows ? 1e-12 : 1e-5) * s->w_norm);
    sg_shallow_start(s, scratch, s->mu, s->nu);
    const double start = sg_ray_distance(s);
    double early = 0, now = start;
    uint64_t from = 0, step = 0;
    for (; step < MOST && fabs(log(now / start)) < log(1e7); step++) {
        if (early == 0 && fabs(log(now / start)) > log(1e3)) {
            early = now;
            from = step;
        }
        sg_sim_step(s->sim, &s->batch);
        now = sg_ray_distance(s);
    }
    return early > 0 ? pow(now / early, 1 / (double)(step - from)) : SG_NAN;
}

void sg_ray_draw_moduli(struct sg_ray *r, struct sg_rng *rng)
{
    enum { POINTS = 241, MEASURED_EVERY = 10 };
    struct sg_shallow *s = r->s;
    double complex *lambda = SG_TAKE(r->lab, s->size, double complex);
    double *direction = SG_TAKE(r->lab, s->size, double),
           *scratch = SG_TAKE(r->lab, s->size, double);
    sg_base_rng_direction(direction, s->size, rng);
    sg_lab_series(r->lab, "moduli", "c free pair_1a pair_1b pair_2a pair_2b radius measured");
    for (int i = 0; i < POINTS; i++) {
        const double c = -2 + 3.6 * i / (POINTS - 1);
        const double complex at = c;
        const size_t pairs = sg_closed_line_free_modes(r->line);
        const double radius = sg_closed_line_radius(r->line, &at, s->mu, s->nu);
        const double factor = i % MEASURED_EVERY == 5
                                  ? measured_factor(r, c, direction, scratch, radius > 1)
                                  : SG_NAN;
        if (sg_closed_line_spectrum(lambda, r->line, &at, s->mu, s->nu) != SG_OK)
            continue;
        sg_lab_point(r->lab,
                     (const double[]){c, pairs ? cabs(lambda[0]) : SG_NAN, cabs(lambda[pairs]),
                                      cabs(lambda[pairs + 1]), cabs(lambda[pairs + 2]),
                                      cabs(lambda[pairs + 3]), radius, factor});
    }
}
