/* DY3: R^2 decides how fast the SG learns.
 *
 * Targets centred and whitened, yt = (y - mean) A with E[yt^T yt] = I, and 1 in col X.  The fit is
 * (p* - mean) A then, E[p^T y] = E[p^T p] = I - A^T E[r^T r] A, and in the eigenbasis of that S_z
 * is 1, for the constant, beside a pair of closed/explained.c for each share 1 - R_j^2 left over.
 * One output: R^2 is the usual one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy3/parts.h"

struct whitened {
    struct sg_shallow *on;        /* the regression on these targets */
    double *unexplained, largest; /* 1 - R_j^2 (m); |A| */
    double *closed;               /* spectrum of S_z, descending (2 m + 1) */
};

static void free_data(void *data)
{
    sg_data_free(data);
}

/* A = V diag(1/sqrt(v)), Cov(y) = V diag(v) V^T. */
static void make_whitening(struct sg_lab *lab, double *A, double *mean, const struct sg_data *data)
{
    const size_t n = data->n, m = data->m;
    double *centred = SG_TAKE(lab, n * m, double), *cov = SG_TAKE(lab, m * m, double),
           *v = SG_TAKE(lab, m, double);
    for (size_t i = 0; i < n * m; i++)
        mean[i % m] += data->y[i] / (double)n;
    for (size_t i = 0; i < n * m; i++)
        centred[i] = data->y[i] - mean[i % m];
    sg_base_mul_tn(cov, centred, centred, m, n, m);
    for (size_t k = 0; k < m * m; k++)
        cov[k] /= (double)n;
    sg_lab_try(lab, sg_base_eigen_symmetric(v, A, cov, m));
    for (size_t k = 0; k < m * m; k++)
        A[k] /= sqrt(v[k % m]);
}

/* The case's samples with targets (y - mean) A. */
static const struct sg_data *whiten(struct sg_lab *lab, const double *A, const double *mean)
{
    const struct sg_data *from = lab->trial->data;
    const size_t n = from->n, m = from->m;
    struct sg_data *data = SG_TAKE(lab, 1, struct sg_data);
    double *centred = SG_TAKE(lab, n * m, double);
    sg_data_alloc(data, n, from->d, m);
    sg_lab_own(lab, data, free_data);
    memcpy(data->x, from->x, n * from->d * sizeof *data->x);
    memcpy(data->one, from->one, n * sizeof *data->one);
    for (size_t i = 0; i < n * m; i++)
        centred[i] = from->y[i] - mean[i % m];
    sg_base_mul(data->y, centred, A, n, m, m);
    return data;
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* 1 - R_j^2, the eigenvalues of A^T E[r^T r] A with r of the case's own targets. */
static struct whitened make(struct sg_lab *lab, const struct sg_shallow *s)
{
    const struct sg_fit *f = s->fit;
    const size_t m = f->m, q = f->q;
    double *A = SG_TAKE(lab, m * m, double), *mean = SG_TAKE(lab, m, double),
           *rA = SG_TAKE(lab, f->n * m, double), *left = SG_TAKE(lab, m * m, double);
    struct whitened w = {.unexplained = SG_TAKE(lab, m, double), .closed = SG_TAKE(lab, q, double)};
    make_whitening(lab, A, mean, lab->trial->data);
    w.largest = sg_base_norm(A, m * m);
    sg_base_mul(rA, f->residual, A, f->n, m, m);
    sg_base_mul_tn(left, rA, rA, m, f->n, m);
    for (size_t k = 0; k < m * m; k++)
        left[k] /= (double)f->n;
    sg_lab_try(lab, sg_base_eigen_symmetric(w.unexplained, NULL, left, m));
    w.closed[2 * m] = 1;
    for (size_t j = 0; j < m && lab->status == SG_OK; j++)
        sg_closed_explained_pair(w.closed + 2 * j, w.unexplained[j]);
    qsort(w.closed, q, sizeof *w.closed, descending);
    if (lab->status == SG_OK)
        w.on = sg_shallow_make_other(lab, s->c, whiten(lab, A, mean),
                                     (struct sg_timing){0, 0, 0, 0});
    return w;
}

/* e: p*, r and y, whitened, are known to (n + 10 d) u (sqrt(tr S_x) |W*| + |y|) |A| (LAPACK's
 * backward error).  An eigenvalue of S_z is a squared singular value, known to 2 sqrt(lambda) e, on
 * either side of the comparison.  The share left over is a squared residual, known to
 * 2 sqrt(1 - R^2) e. */
static double eigenvalue_error(struct sg_lab *lab, const struct sg_shallow *s,
                               const struct whitened *w, double lambda)
{
    const struct sg_fit *f = s->fit;
    const double P = (double)(lab->trial->data->n + 10 * f->d);
    double trace = 0, y = 0;
    for (size_t i = 0; i < f->d; i++)
        trace += f->lambda_x[i];
    for (size_t j = f->m; j < 2 * f->m; j++)
        y += f->s_z[j * f->q + j];
    const double e = P * SG_UNIT_ROUNDOFF * (sqrt(trace) * s->w_norm + sqrt(y)) * w->largest;
    return (4 * sqrt(lambda) + 2 * sqrt(w->unexplained[0]) + e) * e;
}

static void check_spectrum(struct sg_lab *lab, const struct sg_shallow *s,
                           const struct whitened *w)
{
    for (size_t i = 0; i < s->fit->q; i++) {
        const double lambda = w->closed[i];
        sg_lab_equal(lab, SG_CLOSED_FORM, "explained-spectrum",
                     "targets centred and whitened: an eigenvalue of S_z over 1 or (1 + R^2 +- "
                     "sqrt((1 - R^2)^2 + 4 R^4))/2",
                     w->on->fit->lambda_z[i] / lambda, 1,
                     (struct sg_tol){eigenvalue_error(lab, s, w, lambda) / lambda,
                                     "backward error of two least-squares fits, whitened, over the "
                                     "eigenvalue",
                                     0});
    }
}

/* The SG alone, W = W* held by mu = 0: psi' = (I - nu S_z) psi exactly.  It starts on the slowest
 * mode, of length 1, and runs at its fastest rate, 2/(1 + R^2) for one output, where nu |S_z| <= 2.
 * A step rounds Phi by u |Phi|, s by q u |z| |Phi|, and the mean over n rows of z^T (s - g) by n u
 * |S_z|: in all u ((1 + 2 q) |Phi| + 2 n). */
static void check_contraction(struct sg_lab *lab, const struct whitened *w, double error)
{
    struct sg_shallow *s = w->on;
    const size_t q = s->fit->q, m = s->fit->m;
    const double top = w->closed[0], low = w->closed[q - 1], nu = 2 / (top + low),
                 deficit = 2 * low / (top + low), steps = ceil(1 / deficit);
    double *offset = SG_TAKE(lab, s->size, double);
    /* an eigenvalue that rounding hides predicts no run */
    if (!(error < 1) || !(steps <= fmax(SG_SHALLOW_STEPS_MOST, (double)s->c->train.steps))) {
        sg_lab_note(lab, "with the target centred and scaled the SG alone takes %.3g steps to "
                    "shrink its error e-fold, too many to be simulated", steps);
        return;
    }
    for (size_t k = 0; k < q; k++)
        offset[s->n_w + k * m] = s->fit->v_z[k * q + q - 1];
    sg_shallow_start(s, offset, 0, nu);
    const double start = sg_shallow_distance(s);
    sg_lab_try(lab, sg_sim_advance(s->sim, &s->batch, (uint64_t)steps));
    const double end = sg_shallow_distance(s);
    const double phi = sg_base_norm(s->fixed + s->n_w, s->n_phi) + start;
    const double step =
        SG_UNIT_ROUNDOFF * ((double)(1 + 2 * q) * phi + 2 * (double)s->rows.n * start);
    sg_lab_equal(lab, SG_SIMULATED, "explained-contraction",
                 "targets centred and whitened: contraction of the SG's slowest mode at its "
                 "fastest rate, from R^2 alone",
                 pow(end / start, 1 / steps), 1 - deficit,
                 (struct sg_tol){step / end + deficit * error, "rounding of each step over what "
                                 "is left, and the eigenvalue's error", deficit});
}

void sg_dy3_explained(struct sg_lab *lab, const struct sg_shallow *s)
{
    if (!s->c->data.bias)
        return;
    const struct whitened w = make(lab, s);
    if (!w.on || lab->status != SG_OK)
        return;
    check_spectrum(lab, s, &w);
    const double low = w.closed[s->fit->q - 1];
    check_contraction(lab, &w, eigenvalue_error(lab, s, &w, low) / low);
    if (s->fit->m == 1)
        sg_lab_note(lab, "R^2 = %.6g: with the target centred and scaled, lambda_min(S_z) = %.3g",
                    1 - w.unexplained[0], low);
}
