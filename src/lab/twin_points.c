/* Of a case's net: minima of the loss, the least joint update over all phi, phi that are silent. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/twin.h"

/* ---- critical points ------------------------------------------------------------------------- */

/* out (q x k) = r - a^+ (a r), r random of length `length`: a (n x q) times it vanishes, up to
 * dgelsd's (n + 10 q) u |a| |r|. */
static enum sg_status null_part(double *out, const double *a, size_t n, size_t q, size_t k,
                                double length, struct sg_rng *rng)
{
    double *r = SG_NEW(q * k, double), *image = SG_NEW(n * k, double);
    sg_base_rng_direction(r, q * k, rng);
    for (size_t i = 0; i < q * k; i++)
        r[i] *= length;
    sg_base_mul(image, a, r, n, q, k);
    const enum sg_status status = sg_base_solve_least_squares(out, NULL, NULL, a, image, n, q, k);
    for (size_t i = 0; i < q * k; i++)
        out[i] = r[i] - out[i];
    free(r);
    free(image);
    return status;
}

/* W* and, where X has a null space, a random part in it from a vector as long as W*. */
static void least_squares_point(double *product, struct sg_twin *t, struct sg_rng *rng)
{
    const struct sg_fit *fit = t->fit;
    const size_t d = fit->d, m = fit->m;
    memset(product, 0, d * m * sizeof *product);
    if (fit->rank < d)
        sg_lab_try(t->lab,
                   null_part(product, t->rows.x, fit->n, d, m, sg_base_norm(fit->w, d * m), rng));
    for (size_t i = 0; i < d * m; i++)
        product[i] += fit->w[i];
}

/* W_1 = product V^+, by dgelsd on V^T W_1^T = product^T, after random layers above of variance
 * 1/in. */
static void split_product(double *w, const double *product, struct sg_twin *t, struct sg_rng *rng)
{
    const size_t N = t->chain.n_layers, d = t->width[0], k = t->width[1], m = t->width[N];
    for (size_t l = 1; l < N; l++) {
        double *layer = w + sg_net_layer_offset(t->net, l);
        sg_base_rng_gaussians(layer, t->width[l] * t->width[l + 1], rng);
        for (size_t i = 0; i < t->width[l] * t->width[l + 1]; i++)
            layer[i] /= sqrt((double)t->width[l]);
    }
    double *v = SG_NEW(k * m, double), *vt = SG_NEW(m * k, double);
    double *right = SG_NEW(m * d, double), *first = SG_NEW(k * d, double);
    sg_closed_chain_product(v, &t->chain, w, 1, N);
    for (size_t i = 0; i < k * m; i++)
        vt[(i % m) * k + i / m] = v[i];
    for (size_t i = 0; i < d * m; i++)
        right[(i % m) * d + i / m] = product[i];
    sg_lab_try(t->lab, sg_base_solve_least_squares(first, NULL, NULL, vt, right, m, k, d));
    for (size_t i = 0; i < d * k; i++)
        w[i] = first[(i % k) * d + i / k];
    free(v);
    free(vt);
    free(right);
    free(first);
}

static double norm_of_product(struct sg_twin *t, const double *w, size_t from, size_t to)
{
    double *product = SG_NEW(t->width[from] * t->width[to], double), norm = SG_NAN;
    sg_closed_chain_product(product, &t->chain, w, from, to);
    sg_lab_try(t->lab, sg_base_norm2(&norm, product, t->width[from], t->width[to]));
    free(product);
    return norm;
}

/* |grad L| at w whose product is P.  dgelsd solves (X + dX) exactly, |dX| <= P_n u |X|,
 * P_n = n + 10 d (as in DY1): with tr = trace S_x,
 *   |E[x^T (x P - y)]| <= P_n u (sqrt(tr) rms(r*) + tr |P|) + lambda_max |P - W* - N|
 *                         (+ 2 P_n u tr |W*| where N = r - X^+ (X r), |r| = |W*|: X r and
 * dgelsd's), and |grad_{W_l}| <= that |W_1 ... | | ... W_N|. */
static double minimum_gradient(struct sg_twin *t, const double *w, const double *product)
{
    const struct sg_fit *fit = t->fit;
    const size_t d = fit->d, m = fit->m, N = t->chain.n_layers;
    double trace = 0, squares = 0;
    double *off = SG_NEW(d * m, double);
    for (size_t i = 0; i < d; i++)
        trace += fit->s_x[i * d + i];
    sg_closed_chain_product(off, &t->chain, w, 0, N);
    for (size_t i = 0; i < d * m; i++)
        off[i] -= product[i];
    const double rms = sg_base_norm(fit->residual, fit->n * m) / sqrt((double)fit->n);
    const double size = (double)fit->n + 10 * (double)d, best = sg_base_norm(fit->w, d * m);
    const double length = sg_base_norm(product, d * m) + (fit->rank < d ? 2 * best : 0);
    const double outer = size * SG_UNIT_ROUNDOFF * (sqrt(trace) * rms + trace * length) +
                         fit->lambda_x[0] * sg_base_norm(off, d * m);
    for (size_t l = 0; l < N; l++)
        squares += pow(norm_of_product(t, w, 0, l) * norm_of_product(t, w, l + 1, N), 2);
    free(off);
    return outer * sqrt(squares);
}

double sg_twin_minimum(double *w, struct sg_twin *t, struct sg_rng *rng)
{
    double *product = SG_NEW(t->fit->d * t->fit->m, double);
    least_squares_point(product, t, rng);
    if (t->chain.n_layers == 1)
        memcpy(w, product, t->n_w * sizeof *w);
    else
        split_product(w, product, t, rng);
    const double gradient = minimum_gradient(t, w, product);
    free(product);
    return gradient;
}

/* ---- over all phi ---------------------------------------------------------------------------- */

/* z with each column divided by its norm and multiplied by |y|: what its columns are measured in
 * has no say in a null vector's rounding.  scale (q): the factors. */
static double *balanced_regressors(double *scale, size_t *columns, const struct sg_twin *t,
                                   const double *w, size_t j)
{
    const size_t n = t->rows.n,
                 q = *columns = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
    const double y = sg_base_norm(t->rows.y, n * t->rows.m);
    double *z = SG_NEW(n * q, double);
    (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
    for (size_t k = 0; k < q; k++) {
        double norm = 0;
        for (size_t i = 0; i < n; i++)
            norm = hypot(norm, z[i * q + k]);
        scale[k] = norm > 0 && y > 0 ? y / norm : 1;
        for (size_t i = 0; i < n; i++)
            z[i * q + k] *= scale[k];
    }
    return z;
}

/* Of every entry of phi: the factor of its regressor.  Without it a system of ones and of y near
 * 1e-9 would have singular values 1e-18 apart, and dgelsd would drop the smaller ones. */
static void balance_phi(double *scale, const struct sg_twin *t, const double *w)
{
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t k = t->width[t->chained[j].at], at = sg_net_module_offset(t->net, j);
        double *of_row = SG_NEW(t->n_phi, double);
        size_t q;
        free(balanced_regressors(of_row, &q, t, w, j));
        for (size_t i = 0; i < q * k; i++)
            scale[at + i] = of_row[i / k];
        free(of_row);
    }
}

/* Column j of the affine map: F(w, scale_j unit_j) - F(w, 0); the last one F(w, 0). */
static void read_column(double *column, struct sg_twin *t, const double *w, double *phi,
                        const double *zero)
{
    sg_net_eval(t->dw, t->dphi, NULL, t->net, w, phi, &t->batch, SG_WANT_W | SG_WANT_PHI, t->work);
    for (size_t i = 0; i < t->n_w; i++)
        column[i] = t->dw[i] - (zero ? zero[i] : 0);
    for (size_t i = 0; i < t->n_phi; i++)
        column[t->n_w + i] = t->dphi[i] - (zero ? zero[t->n_w + i] : 0);
}

/* |phi* / scale| for the phi* that closed.h has: no shorter than the shortest solution. */
static double exact_length(const struct sg_twin *t, const double *w, const double *scale)
{
    double *exact = SG_NEW(t->n_phi, double);
    sg_closed_chain_exact_sg(exact, &t->chain, w);
    for (size_t i = 0; i < t->n_phi; i++)
        exact[i] /= scale[i];
    const double length = sg_base_norm(exact, t->n_phi);
    free(exact);
    return length;
}

double sg_twin_least_update(double *rounding, struct sg_twin *t, const double *w)
{
    const size_t size = t->n_w + t->n_phi, p = t->n_phi;
    double *zero = SG_NEW(size, double), *column = SG_NEW(size, double), *scale = SG_NEW(p, double);
    double *matrix = SG_NEW(size * p, double), *phi = SG_NEW(p, double), norm = SG_NAN;
    balance_phi(scale, t, w);
    read_column(zero, t, w, phi, NULL);
    for (size_t j = 0; j < p; j++) {
        phi[j] = scale[j];
        read_column(column, t, w, phi, zero);
        phi[j] = 0;
        for (size_t i = 0; i < size; i++)
            matrix[i * p + j] = column[i];
    }
    for (size_t i = 0; i < size; i++)
        zero[i] = -zero[i];
    sg_lab_try(t->lab, sg_base_solve_least_squares(phi, NULL, NULL, matrix, zero, size, p, 1));
    sg_lab_try(t->lab, sg_base_norm2(&norm, matrix, size, p));
    const double length = fmax(sg_base_norm(phi, p), exact_length(t, w, scale));
    for (size_t j = 0; j < p; j++)
        phi[j] *= scale[j];
    sg_twin_eval(t, w, phi);
    /* dgelsd's backward error, (rows + 10 columns) u |matrix| |phi|, phi in units of the scales and
     * as long as the exact one, since the part along singular values that dgelsd drops is missing
     * from its own; the right-hand side; and the evaluation's own rounding, which the matrix has
     * too. */
    *rounding = (double)(size + 10 * p) * SG_UNIT_ROUNDOFF *
                    (norm * length + sg_base_norm(zero, size)) +
                2 * hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi));
    free(zero);
    free(column);
    free(scale);
    free(matrix);
    free(phi);
    return hypot(sg_base_norm(t->dw, t->n_w), sg_base_norm(t->dphi, t->n_phi));
}

/* ---- silent phi ------------------------------------------------------------------------------ */

bool sg_twin_null_sg(double *phi, struct sg_twin *t, const double *w, double length,
                     struct sg_rng *rng)
{
    double norm = 0;
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t k = t->width[t->chained[j].at];
        double *part = phi + sg_net_module_offset(t->net, j), *scale = SG_NEW(t->n_phi, double);
        size_t q;
        double *z = balanced_regressors(scale, &q, t, w, j);
        sg_lab_try(t->lab, null_part(part, z, t->rows.n, q, k, length, rng));
        norm = hypot(norm, sg_base_norm(part, q * k));
        for (size_t i = 0; i < q * k; i++)
            part[i] *= scale[i / k];
        free(z);
        free(scale);
    }
    /* A random part of a space, if there is one, is far above rounding. */
    return norm > 1e-3 * length;
}

struct sg_twin_hidden sg_twin_null_rounding(const struct sg_twin *t, const double *w, double length)
{
    const size_t n = t->rows.n, N = t->chain.n_modules;
    const double x = sg_base_norm(t->rows.x, n * t->rows.d),
                 y = sg_base_norm(t->rows.y, n * t->rows.m);
    double e = 0, phi = 0, weights = 0;
    for (size_t j = N; j-- > 0;) {
        const size_t at = t->chained[j].at, below = j > 0 ? t->chained[j - 1].at : 0;
        const size_t q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
        double *z = SG_NEW(n * q, double);
        (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
        const double size = sg_base_norm(z, n * q);
        const bool arrives = t->chained[j].arriving && j + 1 < N;
        const double down = arrives ? sg_twin_between(t, w, at, t->chained[j + 1].at) : 0;
        /* |z phi| here, with what comes down where the target is what arrives. */
        e = (double)(n + 10 * q) * SG_UNIT_ROUNDOFF * sqrt((double)q) * y * length + down * e;
        phi += size * e * size * e;
        for (size_t l = below; l < at; l++)
            weights +=
                pow(x * sg_twin_between(t, w, 0, l) * sg_twin_between(t, w, l + 1, at) * e, 2);
        free(z);
    }
    return (struct sg_twin_hidden){.w = sqrt(weights) / (double)n, .phi = sqrt(phi) / (double)n};
}
