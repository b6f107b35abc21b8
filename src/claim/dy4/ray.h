/* ray.h - private to DY4: fixed points C = t C_0 on realizable data, C_0 of chosen eigenvalues, and starts near them. */
#ifndef SG_CLAIM_RAY_H
#define SG_CLAIM_RAY_H

#include "lab/old.h"

enum { SG_RAY_OUTPUTS_MOST = 64 };
/* Local experiments start this far from the family, relative to |w*|: what grows a hundredfold from here is still linear. */
#define SG_RAY_START 1e-7
#define SG_RAY_WIDTH 1e-4                 /* bisection stops at this relative width */

struct sg_ray {
    struct sg_shallow *s;
    const struct sg_line *line;           /* NULL where S_x is not I */
    const char *kind;                     /* "real" or "complex" */
    double complex c_0[SG_RAY_OUTPUTS_MOST], c[SG_RAY_OUTPUTS_MOST];   /* eigenvalues of C_0; of t C_0 */
    double *C_0, *phi, *offset, *jacobian;
    double skew;                          /* condition number of C_0's eigenvectors */
};
/* C_0 has real eigenvalues, the largest 1, or begins with a pair 1 +- i b.  sg_ray_free it whatever the status. */
enum sg_status sg_ray_alloc(struct sg_ray *r, struct sg_shallow *s, const struct sg_line *line, bool complex_pair, struct sg_rng *rng) SG_MUST_CHECK;
void sg_ray_free(struct sg_ray *r);
/* r->phi, r->c and r->jacobian at C = t C_0. */
void sg_ray_at(struct sg_ray *r, double t);
/* Offsets from (W*, phi*): the place t C_0 on the family plus `from` of a direction off it. */
void sg_ray_place(double *offset, const struct sg_ray *r, double t, const double *direction, double from);
/* How far the state is from the family: sqrt(|dW|^2 + |psi_A + psi_B|^2 / 2 + |psi_C|^2). */
double sg_ray_distance(struct sg_shallow *s);
/* Returns to the family, or leaves it, from SG_RAY_START off t C_0 along a direction; scratch: the size of the state. */
enum sg_fate sg_ray_fate(struct sg_ray *r, double t, const double *direction, double *scratch, double steps);
/* Steps that a start of any direction needs to shrink a hundredfold, twice; the case's own number where that is more, or nothing shrinks. */
double sg_ray_steps_to_shrink(struct sg_ray *r, double t);
/* The mode that leaves first, just beyond the limit at t: its direction, its growth d ln|lambda| per relative change of t, and cond(T). */
struct sg_edge { double growth, condition; };
enum sg_status sg_ray_look_beyond(struct sg_edge *edge, double *direction, struct sg_ray *r, double t) SG_MUST_CHECK;
/* The t where a start near the family no longer returns to it, outward from 0 by doubling and bisection; NaN when none leaves. */
double sg_ray_bisect(struct sg_ray *r, double sign, const double *direction);

/* The figure's series, one output (ray_figure.c). */
void sg_ray_draw_trajectories(struct sg_evidence *ev, struct sg_ray *r, struct sg_rng *rng);
void sg_ray_draw_moduli(struct sg_evidence *ev, struct sg_ray *r, struct sg_rng *rng);

#endif
