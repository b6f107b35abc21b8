/* dy8_map.h - private to the map of DY8 in (mu, nu) and to DY12 at depth: a net at a global minimum, starts near it, and their fate. */
#ifndef SG_CLAIM_DY8_MAP_H
#define SG_CLAIM_DY8_MAP_H

#include "claim/dy8/parts.h"

#define SG_MAP_RETURNS 1e-2                    /* of the start's distance */
#define SG_MAP_LEAVES 1e4

struct sg_dy8_map {
    struct sg_dy8 *s;
    struct sg_deep_normal *normal;
    struct sg_deep_normal_sizes sizes;
    size_t n, rank;                            /* of x; r (d + m - r), the rank of H that the gauge leaves */
    double mu_unit, nu_unit;                   /* 2 / lambda_max of H and of G */
    double start, scale;                       /* |x| of a start; sqrt(E|p*|^2 + E|y|^2) */
    uint64_t steps;
    double *x, *p, *state, *moved;             /* the start; p* (rows x m); scratch */
};
/* The minimum that the case's weights are (moments data), or a random global minimum of its net on its data.  sg_dy8_map_free it whatever the status. */
enum sg_status sg_dy8_map_alloc(struct sg_dy8_map *m, const struct sg_trial *trial, struct sg_evidence *ev) SG_MUST_CHECK;
void sg_dy8_map_free(struct sg_dy8_map *m);
/* The step on x, I + flow (n^2). */
void sg_dy8_map_step(double *jacobian, const struct sg_dy8_map *m, double mu, double nu);
/* The simulator at these rates, displaced by x: w* + dw, and Phi = Phi*(w* + dw) + psi. */
void sg_dy8_map_place(struct sg_dy8_map *m, const double *x, double mu, double nu);
/* sqrt(E|p - p*|^2 + E|s - g|^2) now: |x| to second order, zero on the whole family of fixed points.  Does not allocate. */
double sg_dy8_map_distance(struct sg_dy8_map *m);
/* From m->x: at most `steps` steps, looked at every eight. */
enum sg_fate sg_dy8_map_fate(struct sg_dy8_map *m, double mu, double nu, uint64_t steps);
/* What has left goes on for `steps`.  1: it has come to rest at another minimum; 2: it is bounded; 3: it diverges. */
int sg_dy8_map_after(struct sg_dy8_map *m, uint64_t steps);

/* A row: a closed step on x (n^2) against finite differences of the step that the simulator runs, at these rates. */
void sg_dy8_map_check_step(struct sg_evidence *ev, struct sg_dy8_map *m, const char *what, const double *closed, double mu, double nu);
/* max_k |J^k| for a step of radius below 1, where it is, and the unit x (n) that attains it. */
enum sg_status sg_dy8_map_worst(double *x, double *growth, size_t *k_max, const struct sg_dy8_map *m, const double *J) SG_MUST_CHECK;
/* A row: a simulated start along that direction grows by as much. */
enum sg_status sg_dy8_map_check_transient(struct sg_evidence *ev, struct sg_dy8_map *m, const char *what, const double *J, double mu, double nu,
                                          double *growth) SG_MUST_CHECK;

#endif
