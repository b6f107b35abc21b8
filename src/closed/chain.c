/* Linear chains with linear SGs: what the joint directions F say about the true gradient (CP2).
 *
 * For every state, s - target = z psi with F_phi = E[z^T z] psi = S_z psi, hence
 * z psi = z S_z^+ F_phi: the SG's error on every sample is determined by F_phi, whatever psi is.
 * With z/sqrt(n) = U Sigma V^T it is sqrt(n) U Sigma^+ V^T F_phi, the solution of least norm of
 * z^T e = n F_phi; and |e|/sqrt(n) <= |F_phi| / sigma_min+. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

void sg_closed_chain_product(double *product, const struct sg_chain *c, const double *w,
                             size_t from, size_t to)
{
    SG_REQUIRE(c);
    const size_t rows = c->width[from];
    size_t widest = 0;
    for (size_t l = 0; l <= c->n_layers; l++)
        widest = c->width[l] > widest ? c->width[l] : widest;
    double *next = SG_NEW(rows * widest, double), *now = SG_NEW(rows * widest, double);
    for (size_t i = 0; i < rows; i++)
        now[i * rows + i] = 1.0;
    for (size_t l = 0; l < to; w += c->width[l] * c->width[l + 1], l++) {
        if (l < from)
            continue;
        sg_base_mul(next, now, w, rows, c->width[l], c->width[l + 1]);
        memcpy(now, next, rows * c->width[l + 1] * sizeof *now);
    }
    memcpy(product, now, rows * c->width[to] * sizeof *now);
    free(next);
    free(now);
}

static size_t outputs(const struct sg_chain *c)
{
    return c->width[c->n_layers];
}

size_t sg_closed_chain_regressors(double *z, const struct sg_chain *c, const struct sg_data *data,
                                  const double *w, size_t j)
{
    SG_REQUIRE(c && data);
    const struct sg_chain_module *module = &c->module[j];
    const size_t n = data->n, m = data->m, k = c->width[module->at];
    const size_t of_h = module->h ? k : 0, of_y = module->y ? m : 0,
                 q = of_h + of_y + (module->one ? 1 : 0);
    if (!z)
        return q;
    double *lower = SG_NEW(data->d * k, double), *h = SG_NEW(n * k, double);
    sg_closed_chain_product(lower, c, w, 0, module->at);
    sg_base_mul(h, data->x, lower, n, data->d, k);
    for (size_t i = 0; i < n; i++) {
        memcpy(z + i * q, h + i * k, of_h * sizeof *z);
        memcpy(z + i * q + of_h, data->y + i * m, of_y * sizeof *z);
        if (module->one)
            z[i * q + q - 1] = data->one[i];
    }
    free(lower);
    free(h);
    return q;
}

void sg_closed_chain_exact_sg(double *phi, const struct sg_chain *c, const double *w)
{
    SG_REQUIRE(phi && c);
    const size_t m = outputs(c);
    for (size_t j = 0; j < c->n_modules; j++) {
        const struct sg_chain_module *module = &c->module[j];
        const size_t k = c->width[module->at];
        double *v = SG_NEW(k * m, double);
        sg_closed_chain_product(v, c, w, module->at, c->n_layers);
        if (module->h) {
            sg_base_mul_nt(phi, v, v, k, m, k);
            phi += k * k;
        }
        for (size_t i = 0; module->y && i < m * k; i++)
            phi[i] = -v[(i % k) * m + i / k];
        phi += module->y ? m * k : 0;
        memset(phi, 0, (module->one ? k : 0) * sizeof *phi);
        phi += module->one ? k : 0;
        free(v);
    }
}

/* One module: z, its singular values, and its errors. */
struct error_of {
    size_t at, k, q;          /* k units, q regressors */
    double *z, *e;            /* n x q; n x k: e = s - g, where it is wanted */
    double e_norm, e_error;   /* |e|/sqrt(n): a bound; of the computed e: a bound on its error */
    double sigma_max, sigma_min, dropped;   /* of z/sqrt(n): the smallest that counts (0: none),
                                               the largest that does not */
    double sigma_solved;      /* the smallest that dgelsd, whose cut is a tenth of
                                 ours, may have divided by */
};

/* sigma below 10 max(n, q) u sigma_max counts as zero; one that counts is certain to a tenth. */
static enum sg_status split_singular(struct error_of *o, size_t n)
{
    const size_t small = n < o->q ? n : o->q, large = n < o->q ? o->q : n;
    double *sigma = SG_NEW(small, double);
    const enum sg_status status = sg_base_singular_values(sigma, o->z, n, o->q);
    const double cut = 10 * (double)large * SG_UNIT_ROUNDOFF * sigma[0], root = sqrt((double)n);
    o->sigma_max = sigma[0] / root;
    for (size_t i = 0; i < small; i++) {
        if (sigma[i] > cut)
            o->sigma_min = (sigma[i] - cut / 10) / root;
        else
            o->dropped = sg_base_max(o->dropped, (sigma[i] + cut / 10) / root);
        if (sigma[i] > cut / 20)
            o->sigma_solved = sigma[i] / root;
    }
    free(sigma);
    return status;
}

/* |psi| of this module: how much a direction that was dropped can hide is dropped |psi|. */
static double psi_norm(const struct error_of *o, const double *phi, const double *exact)
{
    double sum = 0;
    for (size_t i = 0; i < o->q * o->k; i++)
        sum += (phi[i] - exact[i]) * (phi[i] - exact[i]);
    return sqrt(sum);
}

/* e (n x k) = z S_z^+ F_phi: the solution of least norm of z^T e = n F_phi. */
static enum sg_status least_error(struct error_of *o, size_t n, const double *f)
{
    double *zt = SG_NEW(o->q * n, double), *right = SG_NEW(o->q * o->k, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < o->q; j++)
            zt[j * n + i] = o->z[i * o->q + j];
    for (size_t i = 0; i < o->q * o->k; i++)
        right[i] = (double)n * f[i];
    o->e = SG_NEW(n * o->k, double);
    const enum sg_status status =
        sg_base_solve_least_squares(o->e, NULL, NULL, zt, right, o->q, n, o->k);
    free(zt);
    free(right);
    return status;
}

static void errors_free(struct error_of *all, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        free(all[j].z);
        free(all[j].e);
    }
    free(all);
}

/* down <- P down, P = z z^+: of what comes down a module keeps what its
 * own regressors can express. */
static enum sg_status project(double *down, struct error_of *o, size_t n)
{
    double *c = SG_NEW(o->q * o->k, double);
    const double size = (double)(n + 10 * o->q) * SG_UNIT_ROUNDOFF *
                        (1 + o->sigma_max / o->sigma_solved);
    const enum sg_status status =
        sg_base_solve_least_squares(c, NULL, NULL, o->z, down, n, o->q, o->k);
    o->e_error += size * sg_base_norm(down, n * o->k) / sqrt((double)n);
    sg_base_mul(down, o->z, c, n, o->q, o->k);
    free(c);
    return status;
}

/* Where the target is what arrives, e = z S_z^+ F_phi + P e_above V^T: the error above comes down
 * through the layers between, V, and g is its own projection.  P is the identity there if the
 * module has all the terms of the one above. */
static enum sg_status add_from_above(struct error_of *o, const struct error_of *above,
                                     const struct sg_chain *c, const double *w, size_t n)
{
    double *between = SG_NEW(o->k * above->k, double), norm;
    sg_closed_chain_product(between, c, w, o->at, above->at);
    enum sg_status status = sg_base_norm2(&norm, between, o->k, above->k);
    o->e_norm += norm * above->e_norm;
    o->e_error += norm * above->e_error;
    if (status == SG_OK && o->e && above->e) {
        double *down = SG_NEW(n * o->k, double);
        sg_base_mul_nt(down, above->e, between, n, above->k, o->k);
        status = project(down, o, n);
        for (size_t i = 0; i < n * o->k; i++)
            o->e[i] += down[i];
        free(down);
    }
    free(between);
    return status;
}

/* Every module's error from the top down.  dphi NULL: norms only. */
static enum sg_status find_errors(struct error_of **out, const struct sg_chain *c,
                                  const struct sg_data *data, const double *w, const double *phi,
                                  const double *dphi, const double *f_phi)
{
    struct error_of *all = *out = SG_NEW(c->n_modules, struct error_of);
    const size_t n = data->n;
    size_t offset = 0;
    for (size_t j = 0; j < c->n_modules; j++) {
        all[j].at = c->module[j].at;
        all[j].k = c->width[all[j].at];
        all[j].q = sg_closed_chain_regressors(NULL, c, data, NULL, j);
        offset += all[j].q * all[j].k;
    }
    double *exact = SG_NEW(offset, double);
    sg_closed_chain_exact_sg(exact, c, w);
    enum sg_status status = SG_OK;
    for (size_t j = c->n_modules; j-- > 0 && status == SG_OK;) {
        struct error_of *o = &all[j];
        offset -= o->q * o->k;
        o->z = SG_NEW(n * o->q, double);
        (void)sg_closed_chain_regressors(o->z, c, data, w, j);
        status = split_singular(o, n);
        /* else there is no phi*, and no psi */
        const bool labelled = c->module[j].h && c->module[j].y;
        const double hidden = labelled ? o->dropped * psi_norm(o, phi + offset, exact + offset) : 0;
        o->e_norm = hidden + (f_phi[j] > 0 ? f_phi[j] / o->sigma_min : 0);
        o->e_error = hidden + (f_phi[j] > 0 ? f_phi[j] / o->sigma_solved : 0);
        if (status == SG_OK && dphi) {
            status = least_error(o, n, dphi + offset);
            /* dgelsd solves (z + dz)^T e = n F exactly, |dz| <= (q + 10 n) u |z|, to first order
             * twice cond(z) of it; q and n change places because the system is z^T's. */
            const double size = (double)o->q + 10 * (double)(n < o->q ? n : o->q);
            o->e_error += 2 * size * SG_UNIT_ROUNDOFF * o->sigma_max / o->sigma_solved *
                          sg_base_norm(o->e, n * o->k) / sqrt((double)n);
        }
        if (status == SG_OK && c->module[j].arriving && j + 1 < c->n_modules)
            status = add_from_above(o, &all[j + 1], c, w, n);
    }
    free(exact);
    return status;
}

/* Of layer l (from 0), driven by module `o`: h_{l} (n x in), U = W_{l+2} ... W_at
 * (out x k) and |h/sqrt n|_2 |U|_2. */
static enum sg_status layer_factors(double *h, double *u, double *factor, const struct sg_chain *c,
                                    const struct sg_data *data, const double *w, size_t l,
                                    const struct error_of *o)
{
    const size_t n = data->n, in = c->width[l], out = c->width[l + 1];
    double *lower = SG_NEW(data->d * in, double), norm_h = 0, norm_u = 0;
    sg_closed_chain_product(lower, c, w, 0, l);
    sg_base_mul(h, data->x, lower, n, data->d, in);
    sg_closed_chain_product(u, c, w, l + 1, o->at);
    enum sg_status status = sg_base_norm2(&norm_h, h, n, in);
    if (status == SG_OK)
        status = sg_base_norm2(&norm_u, u, out, o->k);
    *factor = norm_h * norm_u / sqrt((double)n);
    free(lower);
    return status;
}

/* -E[h^T e] U^T, added to the layer's part of the gradient. */
static void correct_layer(double *gradient, const double *h, const double *u,
                          const struct error_of *o, size_t n, size_t in, size_t out)
{
    double *he = SG_NEW(in * o->k, double), *product = SG_NEW(in * out, double);
    sg_base_mul_tn(he, h, o->e, in, n, o->k);
    sg_base_mul_nt(product, he, u, in, o->k, out);
    for (size_t i = 0; i < in * out; i++)
        gradient[i] -= product[i] / (double)n;
    free(he);
    free(product);
}

/* Walks the layers below modules; adds the corrections to `gradient` unless NULL.  *sum:
 * |(factor_l e_l)|, with rounding for e_error. */
static enum sg_status walk_layers(double *gradient, double *sum, const struct sg_chain *c,
                                  const struct sg_data *data, const double *w,
                                  const struct error_of *all)
{
    const size_t n = data->n;
    double length = 0;
    enum sg_status status = SG_OK;
    for (size_t l = 0, j = 0, offset = 0; l < c->n_layers && status == SG_OK;
         offset += c->width[l] * c->width[l + 1], l++) {
        while (j < c->n_modules && c->module[j].at < l + 1)
            j++;
        if (j == c->n_modules)
            break;
        const struct error_of *o = &all[j];
        const size_t in = c->width[l], out = c->width[l + 1];
        double *h = SG_NEW(n * in, double), *u = SG_NEW(out * o->k, double), factor = 0;
        status = layer_factors(h, u, &factor, c, data, w, l, o);
        double e = o->e_norm;
        if (gradient && status == SG_OK) {
            correct_layer(gradient + offset, h, u, o, n, in, out);
            e = o->e_error + (double)(n + data->d + o->k) * SG_UNIT_ROUNDOFF *
                                 sg_base_norm(o->e, n * o->k) / sqrt((double)n);
        }
        length = hypot(length, factor * e); /* no underflow near a point where all vanishes */
        free(h);
        free(u);
    }
    *sum = length;
    return status;
}

static size_t weights(const struct sg_chain *c)
{
    size_t count = 0;
    for (size_t l = 0; l < c->n_layers; l++)
        count += c->width[l] * c->width[l + 1];
    return count;
}

enum sg_status sg_closed_chain_gradient(double *gradient, double *error, const struct sg_chain *c,
                                        const struct sg_data *data, const double *w,
                                        const double *phi, const double *dw, const double *dphi,
                                        double f_w, const double *f_phi)
{
    SG_REQUIRE(gradient && error && c);
    struct error_of *all;
    const size_t n_w = weights(c);
    double sum = 0;
    memcpy(gradient, dw, n_w * sizeof *dw);
    enum sg_status status = find_errors(&all, c, data, w, phi, dphi, f_phi);
    if (status == SG_OK)
        status = walk_layers(gradient, &sum, c, data, w, all);
    *error = f_w + sum;
    errors_free(all, c->n_modules);
    for (size_t i = 0; status != SG_OK && i < n_w; i++)
        gradient[i] = SG_NAN;
    return status;
}

enum sg_status sg_closed_chain_bound(double *bound, const struct sg_chain *c,
                                     const struct sg_data *data, const double *w, const double *phi,
                                     double f_w, const double *f_phi)
{
    SG_REQUIRE(bound && c);
    struct error_of *all;
    double sum = 0;
    enum sg_status status = find_errors(&all, c, data, w, phi, NULL, f_phi);
    if (status == SG_OK)
        status = walk_layers(NULL, &sum, c, data, w, all);
    *bound = status == SG_OK ? f_w + sum : SG_NAN;
    errors_free(all, c->n_modules);
    return status;
}
