/* A case's net twice: with its SGs, and under plain backprop, which knows nothing of them. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/twin.h"

static enum sg_status refuse(struct sg_evidence *ev, const char *why)
{
    snprintf(ev->note, sizeof ev->note, "%.399s", why);
    return SG_HYPOTHESIS;
}

static enum sg_status make_rows(struct sg_twin *t, const struct sg_case *c, const struct sg_data *from)
{
    if (c->train.form != SG_FORM_SAMPLE)
        return sg_data_compress(&t->rows, from);
    sg_data_alloc(&t->rows, from->n, from->d, from->m);
    memcpy(t->rows.x, from->x, from->n * from->d * sizeof(double));
    memcpy(t->rows.y, from->y, from->n * from->m * sizeof(double));
    memcpy(t->rows.one, from->one, from->n * sizeof(double));
    return SG_OK;
}

static enum sg_status check_arch(const struct sg_arch *arch, struct sg_evidence *ev)
{
    bool fits = arch->loss == SG_MSE && arch->n_modules > 0;
    for (size_t j = 0; j < arch->n_modules; j++)
        fits = fits && arch->modules[j].mix == 1.0 && arch->modules[j].family == SG_LINEAR;
    return fits ? SG_OK : refuse(ev, "the claim is on linear nets under MSE with linear SGs of mix 1");
}

/* The same architecture as the closed forms know it. */
static void make_chain(struct sg_twin *t)
{
    const struct sg_arch *arch = &t->arch.arch;
    t->width = SG_NEW(arch->n_layers + 1, size_t);
    t->chained = SG_NEW(arch->n_modules, struct sg_chain_module);
    for (size_t l = 0; l <= arch->n_layers; l++)
        t->width[l] = sg_net_width(t->net, l);
    for (size_t j = 0; j < arch->n_modules; j++) {
        const struct sg_module *module = &arch->modules[j];
        t->chained[j] = (struct sg_chain_module){.at = module->at, .h = module->terms & SG_H, .y = module->terms & SG_Y,
                                                 .one = module->terms & SG_ONE, .arriving = module->target == SG_TARGET_ARRIVING};
    }
    t->chain = (struct sg_chain){arch->n_layers, t->width, arch->n_modules, t->chained};
    const size_t top = arch->modules[arch->n_modules - 1].at;
    t->n_lower = top < arch->n_layers ? sg_net_layer_offset(t->net, top) : t->n_w;
}

static void make_nets(struct sg_twin *t)
{
    struct sg_arch without = t->arch.arch;
    without.n_modules = 0;
    without.modules = NULL;
    t->net = sg_net_alloc(&t->arch.arch);
    t->plain = sg_net_alloc(&without);
    t->field = sg_sim_net_field(t->net, t->rows.n);
    t->batch = sg_sim_batch(&t->rows);
    t->work = sg_net_work_alloc(t->net, t->rows.n);
    t->plain_work = sg_net_work_alloc(t->plain, t->rows.n);
    t->rounding = sg_sim_rounding_alloc(t->net, &t->batch);
    t->plain_rounding = sg_sim_rounding_alloc(t->plain, &t->batch);
    t->n_w = t->field.sizes.w;
    t->n_phi = t->field.sizes.phi;
    t->dw = SG_NEW(t->n_w, double);
    t->u_w = SG_NEW(t->n_w, double);
    t->dphi = SG_NEW(t->n_phi, double);
    t->u_phi = SG_NEW(t->n_phi, double);
}

enum sg_status sg_twin_alloc(struct sg_twin **out, const struct sg_case *c, const struct sg_data *data, struct sg_evidence *ev)
{
    struct sg_twin *t = *out = SG_NEW(1, struct sg_twin);
    struct sg_error err;
    enum sg_status status = make_rows(t, c, data);
    if (status == SG_OK)
        status = sg_closed_fit_alloc(&t->fit, &t->rows);
    if (status == SG_OK && sg_case_make_arch(&t->arch, c, t->rows.d, t->rows.m, &err) != SG_OK)
        status = refuse(ev, err.text);
    if (status == SG_OK)
        status = check_arch(&t->arch.arch, ev);
    if (status == SG_OK) {
        make_nets(t);
        make_chain(t);
    }
    return status;
}

void sg_twin_free(struct sg_twin *t)
{
    if (!t)
        return;
    sg_sim_rounding_free(t->rounding);
    sg_sim_rounding_free(t->plain_rounding);
    sg_net_work_free(t->work);
    sg_net_work_free(t->plain_work);
    sg_net_free(t->net);
    sg_net_free(t->plain);
    sg_closed_fit_free(t->fit);
    sg_data_free(&t->rows);
    free(t->width);
    free(t->chained);
    free(t->dw);
    free(t->dphi);
    free(t->u_w);
    free(t->u_phi);
    free(t);
}

void sg_twin_eval(struct sg_twin *t, const double *w, const double *phi)
{
    sg_net_eval(t->dw, t->dphi, NULL, t->net, w, phi, &t->batch, SG_WANT_W | SG_WANT_PHI, t->work);
    sg_sim_rounding(t->u_w, t->u_phi, t->rounding, w, phi);
}

void sg_twin_gradient(double *gradient, double *rounding, struct sg_twin *t, const double *w)
{
    double *bound = SG_NEW(t->n_w, double);
    sg_net_eval(gradient, NULL, NULL, t->plain, w, NULL, &t->batch, SG_WANT_W, t->plain_work);
    sg_sim_rounding(bound, NULL, t->plain_rounding, w, NULL);
    *rounding = sg_base_norm(bound, t->n_w);
    free(bound);
}

void sg_twin_phi_norms(double *f_phi, double *u_phi, const struct sg_twin *t)
{
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const size_t from = sg_net_module_offset(t->net, j);
        const size_t to = j + 1 < t->chain.n_modules ? sg_net_module_offset(t->net, j + 1) : t->n_phi;
        const double rounding = sg_base_norm(t->u_phi + from, to - from);
        if (f_phi)
            f_phi[j] = sg_base_norm(t->dphi + from, to - from) + rounding;
        if (u_phi)
            u_phi[j] = rounding;
    }
}

struct sg_twin_look sg_twin_look(struct sg_twin *t, const double *state)
{
    struct sg_twin_look look = {0};
    double rounding, *gradient = SG_NEW(t->n_w, double), *f_phi = SG_NEW(t->chain.n_modules, double);
    sg_twin_eval(t, state, state + t->n_w);
    sg_twin_gradient(gradient, &rounding, t, state);
    sg_twin_phi_norms(f_phi, NULL, t);
    const double f_w = sg_base_norm(t->dw, t->n_w) + sg_base_norm(t->u_w, t->n_w);
    look.gradient = sg_base_norm(gradient, t->n_w);
    if (sg_closed_chain_bound(&look.bound, &t->chain, &t->rows, state, state + t->n_w, f_w, f_phi) != SG_OK)
        look.bound = SG_NAN;
    look.bound += rounding + DBL_MIN;    /* underflow: at most 2^-1075 an operation, and DBL_MIN has room for 2^53 of them */
    free(gradient);
    free(f_phi);
    return look;
}

bool sg_twin_solved(double *residual, double *level, const struct sg_twin *t, const double *f)
{
    *residual = sg_base_norm(f, t->n_w + t->n_phi);
    *level = hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi));
    return sg_base_within(*residual, *level);
}

/* ---- critical points ------------------------------------------------------------------------------------------------ */

/* out (q x k) = r - a^+ (a r), r random of length `length`: a (n x q) times it vanishes, up to dgelsd's (n + 10 q) u |a| |r|. */
static enum sg_status null_part(double *out, const double *a, size_t n, size_t q, size_t k, double length, struct sg_rng *rng)
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
static enum sg_status least_squares_point(double *product, const struct sg_twin *t, struct sg_rng *rng)
{
    const struct sg_fit *fit = t->fit;
    const size_t d = fit->d, m = fit->m;
    double *null = SG_NEW(d * m, double);
    enum sg_status status = SG_OK;
    if (fit->rank < d)
        status = null_part(null, t->rows.x, fit->n, d, m, sg_base_norm(fit->w, d * m), rng);
    for (size_t i = 0; i < d * m; i++)
        product[i] = fit->w[i] + null[i];
    free(null);
    return status;
}

/* W_1 = product V^+, by dgelsd on V^T W_1^T = product^T, after random layers above of variance 1/in. */
static enum sg_status split_product(double *w, const double *product, const struct sg_twin *t, struct sg_rng *rng, struct sg_evidence *ev)
{
    const size_t N = t->chain.n_layers, d = t->width[0], k = t->width[1], m = t->width[N];
    for (size_t l = 1; l < N; l++) {
        double *layer = w + sg_net_layer_offset(t->net, l);
        if (t->width[l] < m)
            return refuse(ev, "a hidden layer is narrower than the output");
        sg_base_rng_gaussians(layer, t->width[l] * t->width[l + 1], rng);
        for (size_t i = 0; i < t->width[l] * t->width[l + 1]; i++)
            layer[i] /= sqrt((double)t->width[l]);
    }
    double *v = SG_NEW(k * m, double), *vt = SG_NEW(m * k, double), *right = SG_NEW(m * d, double), *first = SG_NEW(k * d, double);
    sg_closed_chain_product(v, &t->chain, w, 1, N);
    for (size_t i = 0; i < k * m; i++)
        vt[(i % m) * k + i / m] = v[i];
    for (size_t i = 0; i < d * m; i++)
        right[(i % m) * d + i / m] = product[i];
    const enum sg_status status = sg_base_solve_least_squares(first, NULL, NULL, vt, right, m, k, d);
    for (size_t i = 0; i < d * k; i++)
        w[i] = first[(i % k) * d + i / k];
    free(v);
    free(vt);
    free(right);
    free(first);
    return status;
}

static enum sg_status norm_of_product(double *norm, const struct sg_twin *t, const double *w, size_t from, size_t to)
{
    double *product = SG_NEW(t->width[from] * t->width[to], double);
    sg_closed_chain_product(product, &t->chain, w, from, to);
    const enum sg_status status = sg_base_norm2(norm, product, t->width[from], t->width[to]);
    free(product);
    return status;
}

/* |grad L| at w whose product is P.  dgelsd solves (X + dX) exactly, |dX| <= P_n u |X|, P_n = n + 10 d (as in DY1): with tr = trace S_x,
 *   |E[x^T (x P - y)]| <= P_n u (sqrt(tr) rms(r*) + tr |P|) + lambda_max |P - W* - N|,   and |grad_{W_l}| <= that |W_1 ... | | ... W_N|. */
static enum sg_status minimum_gradient(double *gradient, const struct sg_twin *t, const double *w, const double *product)
{
    const struct sg_fit *fit = t->fit;
    const size_t d = fit->d, m = fit->m, N = t->chain.n_layers;
    double trace = 0, off = 0, squares = 0;
    double *now = SG_NEW(d * m, double);
    for (size_t i = 0; i < d; i++)
        trace += fit->s_x[i * d + i];
    sg_closed_chain_product(now, &t->chain, w, 0, N);
    for (size_t i = 0; i < d * m; i++)
        off += (now[i] - product[i]) * (now[i] - product[i]);
    const double rms = sg_base_norm(fit->residual, fit->n * m) / sqrt((double)fit->n), size = (double)fit->n + 10 * (double)d;
    const double outer = size * SG_UNIT_ROUNDOFF * (sqrt(trace) * rms + trace * sg_base_norm(product, d * m)) + fit->lambda_x[0] * sqrt(off);
    enum sg_status status = SG_OK;
    for (size_t l = 0; l < N && status == SG_OK; l++) {
        double before = 1, after = 1;
        status = norm_of_product(&before, t, w, 0, l);
        if (status == SG_OK)
            status = norm_of_product(&after, t, w, l + 1, N);
        squares += before * after * before * after;
    }
    *gradient = outer * sqrt(squares);
    free(now);
    return status;
}

enum sg_status sg_twin_minimum(double *w, double *gradient, struct sg_twin *t, struct sg_rng *rng, struct sg_evidence *ev)
{
    double *product = SG_NEW(t->fit->d * t->fit->m, double);
    enum sg_status status = least_squares_point(product, t, rng);
    if (t->chain.n_layers == 1)
        memcpy(w, product, t->n_w * sizeof *w);
    else if (status == SG_OK)
        status = split_product(w, product, t, rng, ev);
    if (status == SG_OK)
        status = minimum_gradient(gradient, t, w, product);
    free(product);
    return status;
}

/* ---- over all phi ---------------------------------------------------------------------------------------------------- */

/* Column j of the affine map: F(w, unit_j) - F(w, 0); the last one F(w, 0). */
static void read_column(double *column, struct sg_twin *t, const double *w, double *phi, const double *zero)
{
    sg_net_eval(t->dw, t->dphi, NULL, t->net, w, phi, &t->batch, SG_WANT_W | SG_WANT_PHI, t->work);
    for (size_t i = 0; i < t->n_w; i++)
        column[i] = t->dw[i] - (zero ? zero[i] : 0);
    for (size_t i = 0; i < t->n_phi; i++)
        column[t->n_w + i] = t->dphi[i] - (zero ? zero[t->n_w + i] : 0);
}

enum sg_status sg_twin_least_update(double *least, double *rounding, struct sg_twin *t, const double *w)
{
    const size_t size = t->n_w + t->n_phi, p = t->n_phi;
    double *zero = SG_NEW(size, double), *column = SG_NEW(size, double), *matrix = SG_NEW(size * p, double), *phi = SG_NEW(p, double);
    read_column(zero, t, w, phi, NULL);
    for (size_t j = 0; j < p; j++) {
        phi[j] = 1;
        read_column(column, t, w, phi, zero);
        phi[j] = 0;
        for (size_t i = 0; i < size; i++)
            matrix[i * p + j] = column[i];
    }
    for (size_t i = 0; i < size; i++)
        zero[i] = -zero[i];
    double norm = 0;
    enum sg_status status = sg_base_solve_least_squares(phi, NULL, NULL, matrix, zero, size, p, 1);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, matrix, size, p);
    sg_twin_eval(t, w, phi);
    *least = hypot(sg_base_norm(t->dw, t->n_w), sg_base_norm(t->dphi, t->n_phi));
    /* dgelsd's backward error, (rows + 10 columns) u |matrix| |phi|, its right-hand side, and the evaluation's own rounding, which the
     * matrix has too. */
    *rounding = (double)(size + 10 * p) * SG_UNIT_ROUNDOFF * (norm * sg_base_norm(phi, p) + sg_base_norm(zero, size)) +
                2 * hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi));
    free(zero);
    free(column);
    free(matrix);
    free(phi);
    return status;
}

enum sg_status sg_twin_null_sg(double *phi, struct sg_twin *t, const double *w, double length, struct sg_rng *rng)
{
    enum sg_status status = SG_OK;
    for (size_t j = 0; j < t->chain.n_modules && status == SG_OK; j++) {
        const size_t q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
        double *z = SG_NEW(t->rows.n * q, double);
        (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
        status = null_part(phi + sg_net_module_offset(t->net, j), z, t->rows.n, q, t->width[t->chained[j].at], length, rng);
        free(z);
    }
    return status;
}

/* |W_{from+1} ... W_to|, Frobenius but for the identity. */
static double between(const struct sg_twin *t, const double *w, size_t from, size_t to)
{
    const size_t size = t->width[from] * t->width[to];
    if (from == to)
        return 1;
    double *product = SG_NEW(size, double);
    sg_closed_chain_product(product, &t->chain, w, from, to);
    const double norm = sg_base_norm(product, size);
    free(product);
    return norm;
}

struct sg_twin_hidden sg_twin_null_rounding(const struct sg_twin *t, const double *w, double length)
{
    const size_t n = t->rows.n, N = t->chain.n_modules;
    const double x = sg_base_norm(t->rows.x, n * t->rows.d);
    double e = 0, phi = 0, weights = 0;                  /* e: |z phi| here, with what comes down where the target is what arrives */
    for (size_t j = N; j-- > 0;) {
        const size_t at = t->chained[j].at, below = j > 0 ? t->chained[j - 1].at : 0, q = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, w, j);
        double *z = SG_NEW(n * q, double);
        (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, w, j);
        const double size = sg_base_norm(z, n * q), down = t->chained[j].arriving && j + 1 < N ? between(t, w, at, t->chained[j + 1].at) : 0;
        e = (double)(n + 10 * q) * SG_UNIT_ROUNDOFF * size * length + down * e;
        phi += size * e * size * e;
        for (size_t l = below; l < at; l++) {
            const double through = x * between(t, w, 0, l) * between(t, w, l + 1, at) * e;
            weights += through * through;
        }
        free(z);
    }
    return (struct sg_twin_hidden){.w = sqrt(weights) / (double)n, .phi = sqrt(phi) / (double)n};
}
