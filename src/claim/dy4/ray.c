/* Fixed points along a ray, starts near them, and where they stop attracting. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy4/ray.h"

static const double SKEW = 1.5;           /* of C_0 with several outputs */
enum { MOST_DOUBLINGS = 30 };

void sg_ray_free(struct sg_ray *r)
{
    free(r->C_0);
    free(r->phi);
    free(r->offset);
    free(r->jacobian);
}

enum sg_status sg_ray_alloc(struct sg_ray *r, struct sg_shallow *s, const struct sg_line *line, bool complex_pair, struct sg_rng *rng)
{
    const size_t m = s->fit->m;
    *r = (struct sg_ray){.s = s, .line = line, .kind = complex_pair ? "complex" : "real", .C_0 = SG_NEW(m * m, double),
                      .phi = SG_NEW(s->fit->q * m, double), .offset = SG_NEW(s->size, double), .jacobian = SG_NEW(s->size * s->size, double),
                      .skew = m > 1 ? SKEW : 1};
    for (size_t j = 0; j < m; j++)
        r->c_0[j] = j == 0 ? 1 : 0.7 * ((double)(m - j) - 0.3 * sg_base_rng_uniform(rng)) / (double)m;   /* distinct, below 0.7 */
    if (complex_pair) {
        r->c_0[0] = SG_COMPLEX(1, 0.4 + 0.4 * sg_base_rng_uniform(rng));
        r->c_0[1] = conj(r->c_0[0]);
    }
    struct sg_evidence ev = {0};
    struct sg_lab lab = sg_lab_begin(&ev, NULL);
    sg_lab_matrix(&lab, r->C_0, r->c_0, m, r->skew, rng);
    return sg_lab_end(&lab);
}

void sg_ray_at(struct sg_ray *r, double t)
{
    const struct sg_shallow *s = r->s;
    const size_t m = s->fit->m;
    double *C = SG_NEW(m * m, double);
    for (size_t i = 0; i < m * m; i++)
        C[i] = t * r->C_0[i];
    for (size_t j = 0; j < m; j++)
        r->c[j] = t * r->c_0[j];
    sg_closed_line_point(r->phi, C, m);
    sg_closed_joint_jacobian(r->jacobian, &s->rows, s->fit->w, r->phi, s->mu, s->nu);
    free(C);
}

double sg_ray_distance(struct sg_shallow *s)
{
    const double *w = sg_sim_w(s->sim), *phi = sg_sim_phi(s->sim);
    const size_t m = s->fit->m;
    double square = 0;
    for (size_t i = 0; i < s->n_w; i++)
        square += (w[i] - s->fixed[i]) * (w[i] - s->fixed[i]);
    for (size_t i = 0; i < m * m; i++)                    /* phi*_A + phi*_B = 0 */
        square += (phi[i] + phi[m * m + i]) * (phi[i] + phi[m * m + i]) / 2;
    for (size_t i = 0; i < m; i++)
        square += phi[2 * m * m + i] * phi[2 * m * m + i];
    return sqrt(square);
}

void sg_ray_place(double *offset, const struct sg_ray *r, double t, const double *direction, double from)
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

enum sg_fate sg_ray_fate(struct sg_ray *r, double t, const double *direction, double *scratch, double steps)
{
    struct sg_shallow *s = r->s;
    sg_ray_place(scratch, r, t, direction, SG_RAY_START * s->w_norm);
    return sg_shallow_fate_from(s, sg_ray_distance, scratch, s->mu, s->nu, (uint64_t)steps);
}

double sg_ray_steps_to_shrink(struct sg_ray *r, double t)
{
    const double least = (double)r->s->c->train.steps;
    double condition;
    sg_ray_at(r, t);
    if (!r->line || sg_closed_line_condition(&condition, r->line, r->c, r->s->mu, r->s->nu) != SG_OK)
        return least;
    const double rho = sg_closed_line_radius(r->line, r->c, r->s->mu, r->s->nu);
    return rho < 1 ? fmax(least, 2 * log(100 * condition * r->skew) / (1 - rho)) : least;
}

/* The mode that leaves first, just beyond the limit at t (further out another may be the fastest, and a start along that one need not hold any of
 * this one): the real part of its left eigenvector l, as dgeev turns it, has l . Re(conj l) > 0. */
enum sg_status sg_ray_look_beyond(struct sg_edge *edge, double *direction, struct sg_ray *r, double t)
{
    static const double BEYOND = 1e-4;
    const struct sg_shallow *s = r->s;
    const size_t size = s->size;
    double complex *lambda = SG_NEW(size, double complex), *left = SG_NEW(size * size, double complex);
    sg_ray_at(r, t * (1 + BEYOND));
    enum sg_status status = sg_base_eigen_general(lambda, left, r->jacobian, size);
    double norm = 0;
    for (size_t i = 0; i < size; i++) {
        direction[i] = creal(left[i]);
        norm = hypot(norm, direction[i]);
    }
    for (size_t i = 0; i < size; i++)
        direction[i] /= norm;
    edge->growth = log(cabs(lambda[0])) / BEYOND;
    if (status == SG_OK)
        status = r->line ? sg_closed_line_condition(&edge->condition, r->line, r->c, s->mu, s->nu)
                         : sg_approx_eigenvector_condition(&edge->condition, left, size);
    edge->condition *= r->line ? r->skew : 1;
    free(lambda);
    free(left);
    return status;
}

double sg_ray_bisect(struct sg_ray *r, double sign, const double *direction)
{
    const double steps = (double)r->s->c->train.steps;
    double *scratch = SG_NEW(r->s->size, double), low = 0, high = sign / 16;
    int doublings = 0;
    for (; doublings < MOST_DOUBLINGS && sg_ray_fate(r, high, direction, scratch, steps) != SG_LEAVES; doublings++) {
        low = high;
        high *= 2;
    }
    while (doublings < MOST_DOUBLINGS && fabs(high - low) > SG_RAY_WIDTH * fabs(high)) {
        const double middle = (low + high) / 2;
        if (sg_ray_fate(r, middle, direction, scratch, steps) == SG_LEAVES)
            high = middle;
        else
            low = middle;
    }
    free(scratch);
    return doublings < MOST_DOUBLINGS ? (low + high) / 2 : SG_NAN;
}
