/* parts.h - private to DY4: fixed points C = t C_0 on realizable data, C_0 of chosen eigenvalues,
 * and starts near them. */
#ifndef SG_CLAIM_DY4_PARTS_H
#define SG_CLAIM_DY4_PARTS_H

#include "lab/shallow.h"

enum { SG_RAY_OUTPUTS_MOST = 64 };
#define SG_RAY_WIDTH 1e-4 /* bisection stops at this relative width */

struct sg_ray {
    struct sg_lab *lab;
    struct sg_shallow *s;
    const struct sg_line *line;              /* NULL where S_x is not I */
    bool is_real;                            /* or a complex pair */
    double complex c_0[SG_RAY_OUTPUTS_MOST]; /* eigenvalues of C_0 */
    double complex c[SG_RAY_OUTPUTS_MOST];   /* of t C_0 */
    double *C_0, *C, *phi, *offset, *jacobian;
    double skew; /* condition number of C_0's eigenvectors */
};
/* C_0 has real eigenvalues, the largest 1, or begins with a pair 1 +- i b. */
struct sg_ray sg_ray_make(struct sg_lab *lab, struct sg_shallow *s, const struct sg_line *line,
                          bool complex_pair, struct sg_rng *rng);
/* r->phi, r->c and r->jacobian at C = t C_0. */
void sg_ray_at(struct sg_ray *r, double t);
/* Offset from (W*, phi*): the place t C_0 on the family plus `from` of a direction off it. */
void sg_ray_place(double *offset, const struct sg_ray *r, double t, const double *direction,
                  double from);
/* How far the state is from the family: sqrt(|dW|^2 + |psi_A + psi_B|^2 / 2 + |psi_C|^2). */
double sg_ray_distance(struct sg_shallow *s);
/* Returns to the family, or leaves it, from a small start off t C_0 along a direction. */
enum sg_fate sg_ray_fate(struct sg_ray *r, double t, const double *direction, double steps);
/* Spectral radius of a Jacobian across the family: without the m^2 eigenvalues nearest to 1.
 * direction: NULL, or of the modes that a start along it holds.  condition: NULL, or cond(T). */
double sg_dy4_radius_across(struct sg_lab *lab, double *condition, const double *jacobian,
                            const double *direction, size_t size, size_t m);
/* Steps that a start along a direction (NULL: of any) needs to shrink a hundredfold, twice; the
 * case's own number where that is more, or nothing shrinks. */
double sg_ray_steps_to_shrink(struct sg_ray *r, double t, const double *direction);
/* The mode that leaves first, just beyond the limit at t: its direction, its growth d ln|lambda|
 * per relative change of t, and cond(T). */
struct sg_edge {
    double growth, condition;
};
struct sg_edge sg_ray_look_beyond(double *direction, struct sg_ray *r, double t);
/* The t where a start near the family no longer returns to it, outward from 0 by doubling and
 * bisection; NaN when none leaves. */
double sg_ray_bisect(struct sg_ray *r, double predicted, const double *direction);

extern const struct sg_hypothesis sg_dy4_full_rank, sg_dy4_free_direction, sg_dy4_limits,
    sg_dy4_attracts, sg_dy4_small_rates;
/* t C_0 is a fixed point of a family of dimension m^2, with the Jacobian and the spectrum. */
void sg_dy4_check_family(struct sg_ray *r, double t);
/* The lower and upper limit that the theory gives on a ray, NaN where it gives none; where it gives
 * them twice, both are held against each other. */
void sg_dy4_predict(double *low, double *high, struct sg_ray *r);
/* A limit, by bisection and by starts on both sides of it. */
void sg_dy4_check_limit(struct sg_ray *r, double predicted, bool upper);
/* The spectral radius at t C_0, and the limits from both sides (high NaN: none), in balls. */
void sg_dy4_certify(struct sg_ray *r, double t, double low, double high);

/* The figure's series, one output. */
void sg_ray_draw_trajectories(struct sg_ray *r, struct sg_rng *rng);
void sg_ray_draw_moduli(struct sg_ray *r, struct sg_rng *rng);

#endif
