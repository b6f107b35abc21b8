/* The joint step at the SG's resting point: J restricted to the subspace M that training from
 * phi = 0 and W = 0 keeps to.
 *
 * M: for m > 1 rows of W and Phi sum to 0, and Phi is orthogonal to the null vectors (1, 0, 0) and
 * (0, 1, -1) that Z = [p y 1] has whenever rows of p sum to 0 and labels are one-hot.  F maps M to
 * M, so J T = T (T^T J T) for an orthonormal basis T of M.  For m = 1 M is everything. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/classes.h"

/* k x (k - 1): an orthonormal basis of the complement of (1, ..., 1), after Helmert. */
static void helmert(double *e, size_t k)
{
    for (size_t j = 0; j + 1 < k; j++) {
        const double scale = 1 / sqrt((double)(j + 1) * (double)(j + 2));
        for (size_t i = 0; i <= j; i++)
            e[i * (k - 1) + j] = scale;
        e[(j + 1) * (k - 1) + j] = -(double)(j + 1) * scale;
    }
}

/* What columns see (m x c) and what rows of Phi see (q x (q - 2), or q x q for m = 1). */
struct leaf { size_t m, c, q, z; double *e, *rows; };

static struct leaf leaf_alloc(size_t m)
{
    const size_t q = 2 * m + 1, c = m > 1 ? m - 1 : 1, z = m > 1 ? q - 2 : q;
    struct leaf l = {m, c, q, z, SG_NEW(m * c, double), SG_NEW(q * z, double)};
    if (m == 1) {
        l.e[0] = 1;
        for (size_t k = 0; k < q; k++)
            l.rows[k * z + k] = 1;
        return l;
    }
    double *wide = SG_NEW((m + 1) * m, double);
    helmert(l.e, m);
    helmert(wide, m + 1);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < c; j++)
            l.rows[i * z + j] = l.e[i * c + j];
    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j < m; j++)
            l.rows[(m + i) * z + c + j] = i < m ? wide[i * m + j] : -wide[i * m + j];
    free(wide);
    return l;
}

/* T (size x (d c + z c)): W = V E^T, Phi = N V E^T. */
static double *make_basis(const struct leaf *l, size_t d, size_t width)
{
    double *t = SG_NEW((d + l->q) * l->m * width, double);
    for (size_t j = 0; j < l->m; j++)
        for (size_t b = 0; b < l->c; b++) {
            const double e = l->e[j * l->c + b];
            for (size_t k = 0; k < d; k++)
                t[(k * l->m + j) * width + k * l->c + b] = e;
            for (size_t i = 0; i < l->q; i++)
                for (size_t k = 0; k < l->z; k++)
                    t[((d + i) * l->m + j) * width + (d + k) * l->c + b] =
                        l->rows[i * l->z + k] * e;
        }
    return t;
}

/* T^T J T at the point. */
static double *restricted(size_t *n_w, size_t *width, const struct sg_log_point *sg,
                          const struct sg_data *run)
{
    const size_t size = sg_closed_log_joint_size(run), d = run->d;
    struct leaf l = leaf_alloc(run->m);
    *n_w = d * l.c;
    *width = (d + l.z) * l.c;
    double *t = make_basis(&l, d, *width), *state = SG_NEW(size, double),
           *j = SG_NEW(size * size, double), *jt = SG_NEW(size * *width, double),
           *inner = SG_NEW(*width * *width, double);
    for (size_t k = 0; k < size; k++)
        state[k] = k < d * run->m ? sg->w[k] : sg->phi[k - d * run->m];
    sg_closed_log_joint_jacobian(j, run, state);
    sg_base_mul(jt, j, t, size, size, *width);
    sg_base_mul_tn(inner, t, jt, *width, size, *width);
    double *owned[] = {l.e, l.rows, t, state, j, jt};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return inner;
}

/* Eigenvalues, and the largest t for which |1 - t lambda| < 1 for all:
 * t < 2 Re lambda / |lambda|^2; not positive where one has no positive real part. */
static enum sg_status reach(double *t, double complex *lambda, const double *matrix, size_t n)
{
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, matrix, n);
    *t = n > 0 ? HUGE_VAL : SG_NAN;
    for (size_t k = 0; k < n && status == SG_OK; k++)
        *t = lambda[k] == 0 ? 0
                            : fmin(*t, 2 * creal(lambda[k]) / (cabs(lambda[k]) * cabs(lambda[k])));
    return status;
}

/* 1 - the largest |1 - rate lambda|, with all its digits. */
static double deficit_at(const double complex *lambda, size_t n, double rate)
{
    double least = HUGE_VAL;
    for (size_t k = 0; k < n; k++) {
        const double re = rate * creal(lambda[k]), size = rate * cabs(lambda[k]);
        least = fmin(least, (2 * re - size * size) / (1 + cabs(1 - rate * lambda[k])));
    }
    return least;
}

/* The rate in (0, critical) with the largest deficit, which is concave in it: by golden section, to
 * 1e-8 of the interval; the deficit is flat there to second order. */
static double fastest(double *deficit, const double complex *lambda, size_t n, double critical)
{
    const double golden = (sqrt(5) - 1) / 2;
    double low = 0, high = critical, a = high - golden * high, b = golden * high;
    for (size_t step = 0; step < 40; step++) {
        if (deficit_at(lambda, n, a) < deficit_at(lambda, n, b)) {
            low = a;
            a = b;
            b = low + golden * (high - low);
        } else {
            high = b;
            b = a;
            a = high - golden * (high - low);
        }
    }
    *deficit = deficit_at(lambda, n, (low + high) / 2);
    return (low + high) / 2;
}

/* J_ww - J_wphi J_phiphi^-1 J_phiw (n_w x n_w), and J_phiphi's largest and smallest eigenvalues.
 * SG_SINGULAR: the SG's optimum is not unique. */
static enum sg_status reduce(double *reduced, double *top, double *least, const double *j,
                             size_t n_w, size_t width)
{
    const size_t n_phi = width - n_w;
    double *pp = SG_NEW(n_phi * n_phi, double), *pw = SG_NEW(n_phi * n_w, double),
           *wp = SG_NEW(n_w * n_phi, double), *solved = SG_NEW(n_phi * n_w, double),
           *lambda = SG_NEW(n_phi, double);
    for (size_t r = 0; r < width; r++)
        for (size_t k = 0; k < width; k++) {
            const double v = j[r * width + k];
            if (r < n_w && k < n_w)
                reduced[r * n_w + k] = v;
            else if (r < n_w)
                wp[r * n_phi + k - n_w] = v;
            else if (k < n_w)
                pw[(r - n_w) * n_w + k] = v;
            else
                pp[(r - n_w) * n_phi + k - n_w] = v;
        }
    enum sg_status status = sg_base_eigen_symmetric(lambda, NULL, pp, n_phi);
    *top = lambda[0];
    *least = lambda[n_phi - 1];
    if (status == SG_OK && !(lambda[n_phi - 1] > (double)width * SG_UNIT_ROUNDOFF * lambda[0]))
        status = SG_SINGULAR;
    if (status == SG_OK)
        status = sg_base_solve(solved, pp, pw, n_phi, n_w);
    double *change = SG_NEW(n_w * n_w, double);
    sg_base_mul(change, wp, solved, n_w, n_phi, n_w);
    for (size_t k = 0; k < n_w * n_w; k++)
        reduced[k] -= change[k];
    double *owned[] = {pp, pw, wp, solved, lambda, change};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* Of the joint step with rates (mu, nu): j, scaled in place. */
static void scale_rows(double *j, size_t n_w, size_t width, double mu, double nu)
{
    for (size_t r = 0; r < width; r++)
        for (size_t k = 0; k < width; k++)
            j[r * width + k] *= r < n_w ? mu : nu;
}

/* Of the joint step: the best multiple of both fastest rates, and how far the ratio of the limits
 * carries. */
static enum sg_status look_together(struct sg_class_local *local, const double *j, size_t n_w,
                                    size_t width)
{
    double complex *lambda = SG_NEW(width, double complex);
    double *scaled = sg_base_copy(j, width * width, sizeof *j), most;
    scale_rows(scaled, n_w, width, local->mu_optimal, local->nu_optimal);
    enum sg_status status = reach(&most, lambda, scaled, width);
    if (status == SG_OK && most > 0)
        local->joint_scale = fastest(&local->joint_deficit, lambda, width, most);
    memcpy(scaled, j, width * width * sizeof *j);
    scale_rows(scaled, n_w, width, local->mu_critical, local->nu_critical);
    if (status == SG_OK)
        status = reach(&local->together, lambda, scaled, width);
    local->attracts = local->together > 0;
    free(scaled);
    free(lambda);
    return status;
}

enum sg_status sg_class_localise(struct sg_class_local *local, const struct sg_log_point *sg,
                                 const struct sg_data *run)
{
    const size_t m = run->m;
    local->large = (run->d + 2 * m + 1) * m > SG_CLASSES_LOCAL;
    if (local->large)
        return SG_BUDGET;
    size_t n_w, width;
    double *j = restricted(&n_w, &width, sg, run), *reduced = SG_NEW(n_w * n_w, double),
           *sigma = SG_NEW(width, double), top = SG_NAN, least = SG_NAN, mu = SG_NAN;
    double complex *lambda = SG_NEW(n_w, double complex);
    enum sg_status status = sg_base_singular_values(sigma, j, width, width);
    local->sigma_min = sigma[width - 1];
    if (status == SG_OK)
        status = reduce(reduced, &top, &least, j, n_w, width);
    if (status == SG_OK)
        status = reach(&mu, lambda, reduced, n_w);
    local->nu_critical = status == SG_OK ? 2 / top : SG_NAN;
    local->slowest = status == SG_OK ? cabs(lambda[n_w - 1]) : SG_NAN;
    local->attracts = mu > 0;
    if (status == SG_OK && local->attracts) {
        local->mu_critical = mu;
        local->mu_optimal = fastest(&local->mu_deficit, lambda, n_w, mu);
        local->nu_optimal = 2 / (top + least);
        local->nu_deficit = 2 * least / (top + least);
        status = look_together(local, j, n_w, width);
    }
    free(j);
    free(reduced);
    free(sigma);
    free(lambda);
    return status;
}
