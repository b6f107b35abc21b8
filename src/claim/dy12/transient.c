/* DY12: how far an error may grow first, in the norm sqrt(E|x dw|^2 + E|z dPhi|^2), which has no
 * units of the features in it.
 *
 * J is J_1 (x) I_m: one output will do.  In the eigenbases of S_x and S_z, xi = sqrt(lambda) v . dw
 * and the same for the SG, the norm is Euclidean. */
#include <math.h>
#include <string.h>

#include "claim/dy12/parts.h"

enum { POWERS = 2000 };

/* The step on (xi, eta), q = d + z numbers, of one order. */
static void to_coordinates(struct sg_lab *lab, double *out, const struct sg_dy12_order *o)
{
    const struct sg_fit *f = o->s->fit;
    const size_t d = f->d, z = f->q, q = d + z, m = f->m;
    double *V = SG_TAKE(lab, q * q, double), *J = SG_TAKE(lab, q * q, double),
           *half = SG_TAKE(lab, q * q, double);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            if (i < d && j < d)
                V[i * q + j] = f->v_x[i * d + j];
            if (i >= d && j >= d)
                V[i * q + j] = f->v_z[(i - d) * z + j - d];
            J[i * q + j] = o->closed[i * m * o->s->size + j * m];
        }
    sg_base_mul_tn(half, V, J, q, q, q);
    sg_base_mul(out, half, V, q, q, q);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            const double to = i < d ? f->lambda_x[i] : f->lambda_z[i - d];
            const double from = j < d ? f->lambda_x[j] : f->lambda_z[j - d];
            out[i * q + j] *= sqrt(to / from);
        }
}

/* |J^k| for k = 1..n, and the bound of each. */
struct powers {
    size_t n;
    double *norm, *bound, rho;
};

/* The slower block's e-foldings, five of them: the largest |J^k| is behind then. */
static struct powers take_powers(struct sg_lab *lab, const double *J, const struct sg_shallow *s,
                                 bool sg_first)
{
    const struct sg_fit *f = s->fit;
    const size_t q = f->d + f->q;
    const double rho = sg_closed_joint_radius(f, s->mu, s->nu);
    struct powers p = {.n = (size_t)fmin(POWERS, 10 + 5 / (1 - rho)), .rho = rho};
    double *power = SG_TAKE(lab, q * q, double), *next = SG_TAKE(lab, q * q, double);
    p.norm = SG_TAKE(lab, p.n + 1, double);
    p.bound = SG_TAKE(lab, p.n + 1, double);
    for (size_t i = 0; i < q; i++)
        power[i * q + i] = 1;
    p.norm[0] = 1;
    sg_closed_joint_powers_bound(p.bound, p.n, f, s->mu, s->nu, sg_first);
    for (size_t k = 1; k <= p.n; k++) {
        sg_base_mul(next, J, power, q, q, q);
        memcpy(power, next, q * q * sizeof *power);
        p.norm[k] = SG_NAN;
        sg_lab_try(lab, sg_base_norm2(&p.norm[k], power, q, q));
    }
    return p;
}

/* Row: the k where |J^k| is nearest to its bound, k >= 1.  J's entries carry 10 q u times the
 * square root of the condition number from the change of coordinates, and each product q u more;
 * what is off in one factor is amplified by at most the bound before it and the bound after it. */
static void check_bound(struct sg_lab *lab, const struct powers *p, const struct sg_shallow *s,
                        int order)
{
    const struct sg_fit *f = s->fit;
    const double q = (double)(f->d + f->q);
    const double condition =
        fmax(f->lambda_x[0] / f->lambda_x[f->d - 1], f->lambda_z[0] / f->lambda_z[f->q - 1]);
    size_t at = 1;
    double most = 0;
    for (size_t k = 1; k <= p->n; k++) {
        most = fmax(most, p->bound[k]);
        if (!(p->norm[k] * p->bound[at] <= p->norm[at] * p->bound[k]))
            at = k;
    }
    const double rounding = 10 * q * SG_UNIT_ROUNDOFF * sqrt(condition) * (double)at * most * most;
    sg_lab_below(lab, SG_CLOSED_FORM, sg_lab_format(lab, "transient-bound-%s", sg_dy12_id[order]),
                 sg_lab_format(lab,
                               "%s: |J^k| within rho^k + mu lambda_max(S_x) sum rho_x^(k-1-j) "
                               "rho_z^j%s, the nearest k",
                               sg_dy12_name[order], order == 1 ? " rho_z" : ""),
                 p->norm[at], p->bound[at],
                 (struct sg_tol){rounding, "10 size u sqrt(cond) k max(bound)^2", 0});
}

/* ---- the largest growth, simulated ---------------------------------------------------------- */

/* The unit vector that J^k makes largest, in (dw, dPhi) of the first output; the others stay. */
static void worst_direction(struct sg_lab *lab, double *offset, const double *J,
                            const struct sg_shallow *s, size_t k_max)
{
    const struct sg_fit *f = s->fit;
    const size_t d = f->d, z = f->q, q = d + z;
    double *power = SG_TAKE(lab, q * q, double), *next = SG_TAKE(lab, q * q, double),
           *gram = SG_TAKE(lab, q * q, double);
    double *lambda = SG_TAKE(lab, q, double), *v = SG_TAKE(lab, q * q, double);
    for (size_t i = 0; i < q; i++)
        power[i * q + i] = 1;
    for (size_t k = 0; k < k_max; k++) {
        sg_base_mul(next, J, power, q, q, q);
        memcpy(power, next, q * q * sizeof *power);
    }
    sg_base_mul_tn(gram, power, power, q, q, q);
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, v, gram, q));
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            const double back = v[j * q] / sqrt(j < d ? f->lambda_x[j] : f->lambda_z[j - d]);
            if (i < d && j < d)
                offset[i * f->m] += f->v_x[i * d + j] * back;
            if (i >= d && j >= d)
                offset[i * f->m] += f->v_z[(i - d) * z + j - d] * back;
        }
}

/* sqrt(E|x dw|^2 + E|z dPhi|^2), z at the fixed point. */
static double norm_now(const struct sg_shallow *s)
{
    const struct sg_fit *f = s->fit;
    const double *w = sg_sim_w(s->sim), *phi = sg_sim_phi(s->sim);
    double squares = 0;
    for (size_t o = 0; o < f->m; o++) {
        for (size_t k = 0; k < f->d; k++) {
            double along = 0;
            for (size_t i = 0; i < f->d; i++)
                along += f->v_x[i * f->d + k] * (w[i * f->m + o] - s->fixed[i * f->m + o]);
            squares += f->lambda_x[k] * along * along;
        }
        for (size_t k = 0; k < f->q; k++) {
            double along = 0;
            for (size_t i = 0; i < f->q; i++)
                along +=
                    f->v_z[i * f->q + k] * (phi[i * f->m + o] - s->fixed[s->n_w + i * f->m + o]);
            squares += f->lambda_z[k] * along * along;
        }
    }
    return sqrt(squares);
}

/* Starts `start` along the direction and half of it: what that changes is the second order.  A step
 * rounds by some u of the size of all that is in it. */
static void check_growth(struct sg_lab *lab, struct sg_shallow *s, const double *direction,
                         double growth, size_t k_max)
{
    const size_t n_y = s->rows.n * s->fit->m;
    const double size = hypot(sg_base_norm(s->rows.y, n_y),
                              sqrt(s->fit->lambda_x[0] * (double)s->rows.n) * s->w_norm) /
                        sqrt((double)s->rows.n);
    const double start = 1e-8 * size;
    double *offset = SG_TAKE(lab, s->size, double), ratio[2];
    for (int half = 0; half < 2; half++) {
        for (size_t i = 0; i < s->size; i++)
            offset[i] = start / (half ? 2 : 1) * direction[i];
        sg_shallow_start(s, offset, s->mu, s->nu);
        const double from = norm_now(s);
        for (size_t k = 0; k < k_max; k++)
            sg_sim_step(s->sim, &s->batch);
        ratio[half] = norm_now(s) / from;
    }
    const double second = fabs(ratio[0] - ratio[1]) / growth;
    const double rounding = 10 * SG_UNIT_ROUNDOFF * size * (double)(k_max + 1) / (start / 2);
    sg_lab_equal(lab, SG_SIMULATED, "transient",
                 "largest transient: a simulated start along the worst direction, over "
                 "max_k |J^k|",
                 ratio[0] / growth, 1,
                 (struct sg_tol){3 * second + rounding,
                                 "3 times what halving the start changes, and 10 u a step", 0});
}

static void draw(struct sg_lab *lab, struct sg_shallow *s, const double *direction, double rho,
                 size_t k_max)
{
    const size_t last = k_max * 20 < 4000 ? 4000 : k_max * 20;
    double *offset = SG_TAKE(lab, s->size, double);
    for (size_t i = 0; i < s->size; i++)
        offset[i] = 1e-8 * s->w_norm * direction[i];
    sg_lab_series(lab, "transient", "step distance_over_start rho_to_the_step");
    sg_shallow_start(s, offset, s->mu, s->nu);
    const double from = norm_now(s);
    for (size_t t = 0; t <= last; t++) {
        const double ratio = norm_now(s) / from;
        if (ratio > 1e-6)
            sg_lab_point(lab, (const double[]){(double)t, ratio, pow(rho, (double)t)});
        sg_sim_step(s->sim, &s->batch);
    }
}

void sg_dy12_transient(struct sg_lab *lab, const struct sg_dy12_orders *o)
{
    struct sg_shallow *s = o->order[0].s;
    const size_t q = s->fit->d + s->fit->q;
    double *J = SG_TAKE(lab, q * q, double), *direction = SG_TAKE(lab, s->size, double);
    size_t k_max = 0;
    for (int k = SG_DY12_ORDERS - 1; k >= 0; k--) { /* the simultaneous order last: J and p stay */
        to_coordinates(lab, J, &o->order[k]);
        const struct powers p = take_powers(lab, J, s, k == 1);
        check_bound(lab, &p, s, k);
        if (k > 0)
            continue;
        for (size_t i = 1; i <= p.n; i++)
            k_max = p.norm[i] > p.norm[k_max] ? i : k_max;
        worst_direction(lab, direction, J, s, k_max);
        check_growth(lab, s, direction, p.norm[k_max], k_max);
        sg_lab_note(lab, "spectral radius %.4g, max_k |J^k| %.4g at k = %zu of %zu, at most %.4g",
                    p.rho, p.norm[k_max], k_max, p.n,
                    1 + s->mu * s->fit->lambda_x[0] / (1 - p.rho));
        if (lab->trial->figure && lab->status == SG_OK)
            draw(lab, s, direction, p.rho, k_max);
    }
}
