/* Critical points of deep linear nets from the singular triplets of the
 * least-squares map (CP2, DY8). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

/* W* Y_S (d x r) and Y_S (m x r): Y_S the right singular vectors `keep` of X W* / sqrt(n). */
static enum sg_status triplets(double *WY, double *Y_S, double *sigma, size_t *rank,
                               const struct sg_data *data, const size_t *keep, size_t r)
{
    const size_t n = data->n, d = data->d, m = data->m, least = d < m ? d : m;
    double *W = SG_NEW(d * m, double), *F = SG_NEW(n * m, double), *FF = SG_NEW(m * m, double),
           *Y = SG_NEW(m * m, double);
    double *lambda = SG_NEW(m, double);
    size_t rank_x;
    enum sg_status status =
        sg_base_solve_least_squares(W, &rank_x, NULL, data->x, data->y, n, d, m);
    sg_base_mul(F, data->x, W, n, d, m);
    sg_base_mul_tn(FF, F, F, m, n, m);
    if (status == SG_OK)
        status = sg_base_eigen_symmetric(lambda, Y, FF, m);
    *rank = 0;
    for (size_t i = 0; i < least && status == SG_OK; i++) {
        *rank += lambda[i] > (double)(n + m) * SG_UNIT_ROUNDOFF * lambda[0];
        if (sigma)
            sigma[i] = sqrt(fmax(lambda[i], 0.0) / (double)n);
    }
    for (size_t k = 0; k < r && status == SG_OK; k++)
        for (size_t i = 0; i < m; i++)
            Y_S[i * r + k] = keep[k] < m ? Y[i * m + keep[k]] : SG_NAN;
    if (r > 0)
        sg_base_mul(WY, W, Y_S, d, m, r);
    double *owned[] = {W, F, FF, Y, lambda};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    return status;
}

/* out (k x r) = C^+ for C (r x k) of full row rank: the minimum-norm solution of C out = I. */
static enum sg_status pseudoinverse(double *out, const double *C, size_t r, size_t k)
{
    double *identity = SG_NEW(r * r, double);
    size_t rank;
    for (size_t i = 0; i < r; i++)
        identity[i * r + i] = 1.0;
    const enum sg_status status =
        sg_base_solve_least_squares(out, &rank, NULL, C, identity, r, k, r);
    free(identity);
    return status != SG_OK ? status : rank == r ? SG_OK : SG_SINGULAR;
}

/* W_1 = W* Y_S C_1, W_i = C_{i-1}^+ C_i, W_N = C_{N-1}^+ Y_S^T; `left` is the factor that
 * the next layer starts with. */
static enum sg_status factorise(double *w, const struct sg_deep *deep, const double *WY,
                                const double *Y_S, size_t r, struct sg_rng *rng)
{
    enum sg_status status = SG_OK;
    double *left = sg_base_copy(WY, deep->width[0] * r, sizeof *WY);
    for (size_t i = 0; i < deep->n_layers && status == SG_OK; i++) {
        const size_t in = deep->width[i], out = deep->width[i + 1];
        double *layer = w + sg_closed_deep_offset(deep, i);
        if (i + 1 == deep->n_layers) {
            sg_base_mul_nt(layer, left, Y_S, in, r, out);
            break;
        }
        double *C = SG_NEW(r * out, double), *next = SG_NEW(out * r, double);
        sg_base_rng_gaussians(C, r * out, rng);
        sg_base_mul(layer, left, C, in, r, out);
        status = pseudoinverse(next, C, r, out);
        free(left);
        free(C);
        left = next;
    }
    free(left);
    return status;
}

enum sg_status sg_closed_deep_critical_point(double *w, double *sigma, const struct sg_deep *deep,
                                             const struct sg_data *data, const size_t *keep,
                                             size_t n_keep, struct sg_rng *rng)
{
    SG_REQUIRE(w && deep && data && (keep || n_keep == 0));
    const struct sg_deep_sizes s = sg_deep_sizes(deep);
    SG_REQUIRE(data->d == s.d && data->m == s.m);
    double *WY = SG_NEW(s.d * n_keep, double), *Y_S = SG_NEW(s.m * n_keep, double);
    size_t rank;
    enum sg_status status = triplets(WY, Y_S, sigma, &rank, data, keep, n_keep);
    for (size_t i = 0; i <= deep->n_layers && status == SG_OK; i++)
        status = n_keep <= deep->width[i] ? SG_OK : SG_HYPOTHESIS;
    if (status == SG_OK && deep->n_layers == 1 && n_keep < rank)
        /* one layer: only least squares is critical */
        status = SG_HYPOTHESIS;
    for (size_t k = 0; k < n_keep && status == SG_OK; k++)
        status = keep[k] < rank ? SG_OK : SG_HYPOTHESIS;
    memset(w, 0, s.n_w * sizeof *w);                     /* no triplet: the critical point 0 */
    if (status == SG_OK && n_keep > 0)
        status = factorise(w, deep, WY, Y_S, n_keep, rng);
    for (size_t i = 0; status != SG_OK && i < s.n_w; i++)
        w[i] = SG_NAN;
    free(WY);
    free(Y_S);
    return status;
}
