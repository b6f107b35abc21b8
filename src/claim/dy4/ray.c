/* Fixed points along a ray, starts near them, and where they stop attracting. */
#include <math.h>

#include "claim/dy4/parts.h"
#include "lab/matrix.h"

static const double SKEW = 1.5; /* of C_0 with several outputs */
/* Local experiments start this far from the family, relative to |w*|: what grows a hundredfold from
 * here is still linear. */
static const double START = 1e-7;

struct sg_ray sg_ray_make(struct sg_lab *lab, struct sg_shallow *s, const struct sg_line *line,
                          bool complex_pair, struct sg_rng *rng)
{
    const size_t m = s->fit->m, size = s->size;
    struct sg_ray r = {.lab = lab,
                       .s = s,
                       .line = line,
                       .is_real = !complex_pair,
                       .C_0 = SG_TAKE(lab, m * m, double),
                       .C = SG_TAKE(lab, m * m, double),
                       .phi = SG_TAKE(lab, s->fit->q * m, double),
                       .offset = SG_TAKE(lab, size, double),
                       .jacobian = SG_TAKE(lab, size * size, double),
                       .skew = m > 1 ? SKEW : 1};
    r.c_0[0] = 1;
    for (size_t j = 1; j < m; j++) /* distinct, below 0.7 */
        r.c_0[j] = 0.7 * ((double)(m - j) - 0.3 * sg_base_rng_uniform(rng)) / (double)m;
    if (complex_pair) {
        r.c_0[0] = SG_COMPLEX(1, 0.4 + 0.4 * sg_base_rng_uniform(rng));
        r.c_0[1] = conj(r.c_0[0]);
    }
    sg_lab_matrix(lab, r.C_0, r.c_0, m, r.skew, rng);
    return r;
}

void sg_ray_at(struct sg_ray *r, double t)
{
    const struct sg_shallow *s = r->s;
    const size_t m = s->fit->m;
    for (size_t i = 0; i < m * m; i++)
        r->C[i] = t * r->C_0[i];
    for (size_t j = 0; j < m; j++)
        r->c[j] = t * r->c_0[j];
    sg_closed_line_point(r->phi, r->C, m);
    sg_closed_joint_jacobian(r->jacobian, &s->rows, s->fit->w, r->phi, s->mu, s->nu);
}

double sg_ray_distance(struct sg_shallow *s)
{
    const double *w = sg_sim_w(s->sim), *phi = sg_sim_phi(s->sim);
    const size_t m = s->fit->m;
    double square = 0;
    for (size_t i = 0; i < s->n_w; i++)
        square += (w[i] - s->fixed[i]) * (w[i] - s->fixed[i]);
    for (size_t i = 0; i < m * m; i++) /* phi*_A + phi*_B = 0 */
        square += (phi[i] + phi[m * m + i]) * (phi[i] + phi[m * m + i]) / 2;
    for (size_t i = 0; i < m; i++)
        square += phi[2 * m * m + i] * phi[2 * m * m + i];
    return sqrt(square);
}

void sg_ray_place(double *offset, const struct sg_ray *r, double t, const double *direction,
                  double from)
{
    const struct sg_shallow *s = r->s;
    const size_t square = s->fit->m * s->fit->m;
    for (size_t i = 0; i < s->size; i++)
        offset[i] = from * direction[i];
    for (size_t i = 0; i < square; i++) {
        offset[s->n_w + i] += t * r->C_0[i];
        offset[s->n_w + square + i] -= t * r->C_0[i];
    }
}

enum sg_fate sg_ray_fate(struct sg_ray *r, double t, const double *direction, double steps)
{
    struct sg_shallow *s = r->s;
    sg_ray_place(r->offset, r, t, direction, START * s->w_norm);
    return sg_shallow_fate_from(s, sg_ray_distance, r->offset, s->mu, s->nu, (uint64_t)steps);
}

/* |l . direction|, l real or complex. */
static double share(const double complex *l, const double *direction, size_t size)
{
    double complex sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += l[i] * direction[i];
    return cabs(sum);
}

/* A mode whose share of a start is below 1/(200 size cond(T)) does not keep it from shrinking a
 * hundredfold: all of them together come to half of that. */
double sg_dy4_radius_across(struct sg_lab *lab, double *condition, const double *jacobian,
                            const double *direction, size_t size, size_t m)
{
    struct sg_lab own = sg_lab_begin(lab->ev, lab->trial);
    double complex *lambda = SG_TAKE(&own, size, double complex);
    double complex *left = SG_TAKE(&own, size * size, double complex);
    bool *out = SG_TAKE(&own, size, bool);
    double radius = 0, cond_T = SG_NAN;
    if (sg_lab_try(&own, sg_base_eigen_general(lambda, left, jacobian, size)) &&
        (direction || condition))
        sg_lab_try(&own, sg_approx_eigenvector_condition(&cond_T, left, size));
    for (size_t k = 0; k < m * m; k++) {
        size_t nearest = size;
        for (size_t i = 0; i < size; i++)
            if (!out[i] && (nearest == size || cabs(lambda[i] - 1) < cabs(lambda[nearest] - 1)))
                nearest = i;
        out[nearest] = true;
    }
    for (size_t i = 0; i < size; i++) {
        if (direction && share(left + i * size, direction, size) * 200 * (double)size * cond_T < 1)
            out[i] = true;
        radius = out[i] ? radius : sg_base_max(radius, cabs(lambda[i]));
    }
    if (condition)
        *condition = cond_T;
    return sg_lab_end(&own) == SG_OK ? radius : SG_NAN;
}

double sg_ray_steps_to_shrink(struct sg_ray *r, double t, const double *direction)
{
    const struct sg_shallow *s = r->s;
    const double least = (double)s->c->train.steps;
    double condition = SG_NAN, rho;
    sg_ray_at(r, t);
    if (r->line && !direction) {
        sg_lab_try(r->lab, sg_closed_line_condition(&condition, r->line, r->c, s->mu, s->nu));
        condition *= r->skew;
        rho = sg_closed_line_radius(r->line, r->c, s->mu, s->nu);
    } else {
        rho = sg_dy4_radius_across(r->lab, &condition, r->jacobian, direction, s->size, s->fit->m);
    }
    return rho < 1 ? fmax(least, 2 * log(100 * condition) / (1 - rho)) : least;
}

/* Further out another mode may be the fastest, and a start along that one need not hold any of this
 * one.  The real part of its left eigenvector l, as dgeev turns it, has l . Re(conj l) > 0. */
struct sg_edge sg_ray_look_beyond(double *direction, struct sg_ray *r, double t)
{
    static const double BEYOND = 1e-4;
    const struct sg_shallow *s = r->s;
    const size_t size = s->size;
    struct sg_edge edge = {SG_NAN, SG_NAN};
    double complex *lambda = SG_TAKE(r->lab, size, double complex);
    double complex *left = SG_TAKE(r->lab, size * size, double complex);
    double norm = 0;
    sg_ray_at(r, t * (1 + BEYOND));
    sg_lab_try(r->lab, sg_base_eigen_general(lambda, left, r->jacobian, size));
    for (size_t i = 0; i < size; i++) {
        direction[i] = creal(left[i]);
        norm = hypot(norm, direction[i]);
    }
    for (size_t i = 0; i < size; i++)
        direction[i] /= norm;
    edge.growth = log(cabs(lambda[0])) / BEYOND;
    sg_lab_try(r->lab, r->line
                           ? sg_closed_line_condition(&edge.condition, r->line, r->c, s->mu, s->nu)
                           : sg_approx_eigenvector_condition(&edge.condition, left, size));
    edge.condition *= r->line ? r->skew : 1;
    return edge;
}

struct search {
    struct sg_ray *r;
    const double *direction;
};

static enum sg_side side_of(double t, void *context)
{
    const struct search *search = context;
    const double steps = (double)search->r->s->c->train.steps;
    const enum sg_fate fate = sg_ray_fate(search->r, t, search->direction, steps);
    return fate == SG_LEAVES ? SG_SIDE_HIGH : SG_SIDE_LOW;
}

double sg_ray_bisect(struct sg_ray *r, double predicted, const double *direction)
{
    struct search search = {r, direction};
    const double from = copysign(fmin(1.0 / 16, fabs(predicted) / 4), predicted);
    return sg_lab_bisect(side_of, &search, from, SG_RAY_WIDTH);
}
