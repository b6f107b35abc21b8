/* The joint step at the SG's resting point: J restricted to the subspace M that training from
 * phi = 0 and W = 0 keeps to.
 *
 * M: for m > 1 rows of W and Phi sum to 0, and Phi is orthogonal to the null vectors (1, 0, 0) and
 * (0, 1, -1) that Z = [p y 1] has whenever rows of p sum to 0 and labels are one-hot.  F maps M to
 * M, so J T = T (T^T J T) for an orthonormal basis T of M.  For m = 1 M is everything. */
#include <stdlib.h>

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

/* The largest t for which |1 - t lambda| < 1 for all: t < 2 Re lambda / |lambda|^2; not positive
 * where one has no positive real part. */
static enum sg_status reach(double *t, double *slowest, const double *matrix, size_t n)
{
    double complex *lambda = SG_NEW(n, double complex);
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, matrix, n);
    *t = n > 0 ? HUGE_VAL : SG_NAN;
    for (size_t k = 0; k < n && status == SG_OK; k++)
        *t = lambda[k] == 0 ? 0
                            : fmin(*t, 2 * creal(lambda[k]) / (cabs(lambda[k]) * cabs(lambda[k])));
    if (slowest)
        *slowest = status == SG_OK ? cabs(lambda[n - 1]) : SG_NAN;
    free(lambda);
    return status;
}

/* J_ww - J_wphi J_phiphi^-1 J_phiw (n_w x n_w), and J_phiphi's largest eigenvalue.  SG_SINGULAR:
 * the SG's optimum is not unique. */
static enum sg_status reduce(double *reduced, double *top, const double *j, size_t n_w,
                             size_t width)
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

enum sg_status sg_class_localise(struct sg_class_local *local, const struct sg_log_point *sg,
                                 const struct sg_data *run)
{
    size_t n_w, width;
    double *j = restricted(&n_w, &width, sg, run), *reduced = SG_NEW(n_w * n_w, double),
           *sigma = SG_NEW(width, double), top = SG_NAN, mu = SG_NAN;
    enum sg_status status = sg_base_singular_values(sigma, j, width, width);
    local->sigma_min = sigma[width - 1];
    if (status == SG_OK)
        status = reduce(reduced, &top, j, n_w, width);
    if (status == SG_OK)
        status = reach(&mu, &local->slowest, reduced, n_w);
    local->nu_critical = status == SG_OK ? 2 / top : SG_NAN;
    local->attracts = mu > 0;
    if (status == SG_OK && local->attracts) {
        local->mu_critical = mu;
        for (size_t r = 0; r < width; r++)
            for (size_t k = 0; k < width; k++)
                j[r * width + k] *= r < n_w ? mu : local->nu_critical;
        status = reach(&local->together, NULL, j, width);
        local->attracts = local->together > 0;
    }
    free(j);
    free(reduced);
    free(sigma);
    return status;
}
