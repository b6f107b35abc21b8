/* The joint flow of a deep linear net with several SGs at a minimum (DY15).
 *
 * psi_j = Phi_j - Phi_j*(w), so that s_j = g_j + z_j psi_j.  Between two cuts the weights move by
 * the next SG above.  What arrives at cut j is s_{j+1} M_j^T, M_j the product of the layers
 * between.  With Q_j and D_j as for one SG, Q_j of the layers between cuts j - 1 and j alone,
 *     w'     = -H w - sum_l Q_l psi_l
 *     psi_j' = D_j (H w + sum_l Q_l psi_l) - kappa (G_j psi_j - E[z_j^T z_{j+1} psi_{j+1}] M_j^T)
 * to first order.  ker H and the ker G_j are invariant: the rest is a system on their quotient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

struct cut {
    struct sg_deep deep;                   /* with its own `at` */
    struct sg_deep_sizes sizes;
    double *Q, *D, *next;                  /* next (phi_j x phi_{j+1}), or NULL at the top */
    double *u;                             /* eigenvectors of G_j in the columns, all of them */
    double *gamma;
    size_t rank, from;                     /* where its part of the system starts */
};

/* E[z_j^T z_{j+1}] (x) M_j: entry ((a, o), (b, p)) is E[z_j^T z_{j+1}][a, b] M_j[o, p]. */
static double *cross(const struct cut *low, const struct cut *high, const double *w,
                     const double *moments)
{
    const struct sg_deep_sizes s = low->sizes, t = high->sizes;
    double *map = sg_deep_z_map(&low->deep, w), *above = sg_deep_z_map(&high->deep, w);
    double *half = SG_NEW(s.q * t.z, double), *zz = SG_NEW(s.z * t.z, double);
    double *M = sg_deep_product(&low->deep, w, low->deep.at, high->deep.at);
    double *out = SG_NEW(s.n_phi * t.n_phi, double);
    sg_base_mul(half, moments, above, s.q, s.q, t.z);
    sg_base_mul_tn(zz, map, half, s.z, s.q, t.z);
    for (size_t i = 0; i < s.n_phi; i++)
        for (size_t j = 0; j < t.n_phi; j++)
            out[i * t.n_phi + j] = zz[i / s.K * t.z + j / t.K] * M[i % s.K * t.K + j % t.K];
    double *owned[] = {map, above, half, zz, M};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return out;
}

static enum sg_status make_cut(struct cut *c, const struct sg_deep *deep, size_t at,
                               const struct cut *below, const double *w, const double *moments,
                               double *dropped)
{
    c->deep = *deep;
    c->deep.at = at;
    c->sizes = sg_deep_sizes(&c->deep);
    const struct sg_deep_sizes s = c->sizes;
    double *G = SG_NEW(s.n_phi * s.n_phi, double);
    c->Q = SG_NEW(s.n_w * s.n_phi, double);
    c->D = SG_NEW(s.n_phi * s.n_w, double);
    c->u = SG_NEW(s.n_phi * s.n_phi, double);
    c->gamma = SG_NEW(s.n_phi, double);
    sg_closed_deep_q(c->Q, &c->deep, w, moments);
    sg_closed_deep_d(c->D, &c->deep, w);
    sg_closed_deep_g(G, &c->deep, w, moments);
    if (below)
        memset(c->Q, 0, sg_closed_deep_offset(deep, below->deep.at) * s.n_phi * sizeof *c->Q);
    const enum sg_status status =
        sg_deep_positive_part(c->gamma, c->u, &c->rank, dropped, G, s.n_phi);
    c->from = below ? below->from + below->rank : 0;
    free(G);
    return status;
}

static void end_cut(struct cut *c)
{
    double *owned[] = {c->Q, c->D, c->next, c->u, c->gamma};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

/* J[row.., column..] += factor left[:, 0..rows)^T middle right[:, 0..columns). */
static void add_block(double *J, size_t size, size_t row, size_t column, double factor,
                      const double *left, size_t n, size_t rows, const double *middle,
                      const double *right, size_t k, size_t columns)
{
    double *half = SG_NEW(n * k, double), *block = SG_NEW(n * k, double);
    sg_base_mul_tn(half, left, middle, n, n, k);
    sg_base_mul(block, half, right, n, k, k);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            J[(row + i) * size + column + j] += factor * block[i * k + j];
    free(half);
    free(block);
}

/* v, lambda: of H, rank r of n. */
static void fill(double *J, size_t size, const struct cut *cut, size_t n_at, const double *v,
                 const double *lambda, size_t r, double kappa)
{
    const size_t n = cut->sizes.n_w;
    for (size_t i = 0; i < r; i++)
        J[i * size + i] = -lambda[i];
    for (size_t j = 0; j < n_at; j++) {
        const struct cut *c = &cut[j];
        const size_t phi = c->sizes.n_phi, row = r + c->from;
        add_block(J, size, 0, row, -1, v, n, r, c->Q, c->u, phi, c->rank);
        add_block(J, size, row, 0, 1, c->u, phi, c->rank, c->D, v, n, r);
        for (size_t a = 0; a < c->rank; a++)
            for (size_t i = 0; i < r; i++)
                J[(row + a) * size + i] *= lambda[i];
        for (size_t a = 0; a < c->rank; a++)
            J[(row + a) * size + row + a] -= kappa * c->gamma[a];
        if (c->next)
            add_block(J, size, row, r + c[1].from, kappa, c->u, phi, c->rank, c->next, c[1].u,
                      c[1].sizes.n_phi, c[1].rank);
        for (size_t l = j + 1; l < n_at; l++) {
            double *DQ = SG_NEW(phi * cut[l].sizes.n_phi, double);
            sg_base_mul(DQ, c->D, cut[l].Q, phi, n, cut[l].sizes.n_phi);
            add_block(J, size, row, r + cut[l].from, 1, c->u, phi, c->rank, DQ, cut[l].u,
                      cut[l].sizes.n_phi, cut[l].rank);
            free(DQ);
        }
    }
}

/* |1 + mu lambda| < 1 iff 0 < mu < -2 Re lambda / |lambda|^2. */
static enum sg_status read_spectrum(struct sg_deep_attraction *out, const double *J, size_t size)
{
    double *transposed = SG_NEW(size * size, double), norm = SG_NAN;
    double complex *lambda = SG_NEW(size, double complex), *same = SG_NEW(size, double complex);
    double complex *left = SG_NEW(size * size, double complex), dot = 0;
    double complex *right = SG_NEW(size * size, double complex);
    size_t top = 0, twin = 0;
    for (size_t i = 0; i < size * size; i++)
        transposed[i] = J[i % size * size + i / size];
    enum sg_status status = sg_base_eigen_general(lambda, left, J, size);
    if (status == SG_OK)
        status = sg_base_eigen_general(same, right, transposed, size);
    if (status == SG_OK)
        status = sg_base_norm2(&norm, J, size, size);
    out->limit = out->follows = status == SG_OK ? HUGE_VAL : SG_NAN;
    for (size_t i = 0; i < size; i++) {
        const double re = creal(lambda[i]), im = cimag(lambda[i]);
        const double limit = fmax(0, -2 * re / (re * re + im * im));
        if (re < 0)
            out->follows = fmin(out->follows, limit);
        if (limit < out->limit) {
            out->limit = limit;
            out->at = lambda[i];
        }
        top = re > creal(lambda[top]) ? i : top;
    }
    for (size_t i = 1; i < size; i++)
        twin = cabs(same[i] - lambda[top]) < cabs(same[twin] - lambda[top]) ? i : twin;
    for (size_t k = 0; k < size; k++)
        dot += left[top * size + k] * right[twin * size + k];
    out->top = lambda[top];
    out->error = 10 * (double)size * SG_UNIT_ROUNDOFF * norm / cabs(dot);
    void *owned[] = {transposed, lambda, same, left, right};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

enum sg_status sg_closed_deep_attraction(struct sg_deep_attraction *out,
                                         const struct sg_deep *deep, const size_t *at,
                                         size_t n_at, const double *w, const double *moments,
                                         double kappa)
{
    SG_REQUIRE(out && at && n_at >= 1 && n_at <= SG_DEEP_LAYERS_MAX);
    struct cut cut[SG_DEEP_LAYERS_MAX] = {{.from = 0}};
    const size_t n = sg_closed_deep_n_w(deep);
    double *H = SG_NEW(n * n, double), *v = SG_NEW(n * n, double), *lambda = SG_NEW(n, double);
    size_t r = 0;
    *out = (struct sg_deep_attraction){.error = SG_NAN, .limit = SG_NAN, .follows = SG_NAN};
    sg_closed_deep_hessian(H, deep, w, moments);
    enum sg_status status = sg_deep_positive_part(lambda, v, &r, &out->dropped, H, n);
    if (status == SG_OK && lambda[n - 1] < -1e-11 * lambda[0])
        status = SG_HYPOTHESIS;                          /* a saddle */
    for (size_t j = 0; j < n_at && status == SG_OK; j++)
        status = make_cut(&cut[j], deep, at[j], j ? &cut[j - 1] : NULL, w, moments,
                          &out->dropped);
    if (status == SG_OK) {
        for (size_t j = 0; j + 1 < n_at; j++)
            cut[j].next = cross(&cut[j], &cut[j + 1], w, moments);
        out->lambda = lambda[0];
        out->size = r + cut[n_at - 1].from + cut[n_at - 1].rank;
        double *J = SG_NEW(out->size * out->size, double);
        fill(J, out->size, cut, n_at, v, lambda, r, kappa);
        status = read_spectrum(out, J, out->size);
        free(J);
    }
    for (size_t j = 0; j < n_at; j++)
        end_cut(&cut[j]);
    free(H);
    free(v);
    free(lambda);
    return status;
}

bool sg_closed_deep_attracts(const struct sg_deep_attraction *attraction)
{
    SG_REQUIRE(attraction);
    return creal(attraction->top) < -10 * attraction->error;
}
