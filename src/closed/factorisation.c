/* How a linear map is shared out over the layers of a deep linear net with SGs (DY15).
 *
 * In t_i = ln l_i^2 a mode's equations are
 *   t_i = ln(e^{t_{i+1}} + pull_i e^{t_{i+1} + ... + t_N}),   t_1 + ... + t_N = 2 ln sigma.
 * Every t_i is a convex and increasing function of t_N with slope >= 1 (a log of a sum of
 * exponentials of such functions is one).  So their sum F is convex with slope >= N.  At
 * t_N = (2/N) ln sigma, backprop's, F is not below 2 ln sigma, because l_i >= l_N.  Newton from
 * there goes down and never passes the root. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "closed/deep.h"

/* ---- one mode --------------------------------------------------------------------------- */

/* ln(e^a + e^b) with a, b or both -infinity. */
static double log_add(double a, double b)
{
    const double high = fmax(a, b), low = fmin(a, b);
    return isinf(low) ? high : high + log1p(exp(low - high));
}

/* t (N) from t_N.  slope: d(sum of t)/dt_N.  Returns the sum. */
static double fill(double *t, double *slope, double last, const double *pull, size_t N)
{
    double sum = last, slope_below = 1, slope_sum = 1;
    t[N - 1] = last;
    for (size_t i = N - 1; i-- > 0;) {
        const double pulled = log(pull[i]) + sum;
        t[i] = log_add(t[i + 1], pulled);
        const double share = exp(pulled - t[i]);
        slope_below += share * (slope_sum - slope_below);
        slope_sum += slope_below;
        sum += t[i];
    }
    *slope = slope_sum;
    return sum;
}

void sg_closed_factor_mode(double *layer, double sigma, const double *pull, size_t n_layers)
{
    SG_REQUIRE(layer);
    enum { MOST = 200 };
    SG_REQUIRE(n_layers >= 1 && n_layers <= SG_DEEP_LAYERS_MAX);
    double t[SG_DEEP_LAYERS_MAX] = {0}, slope, target = 2 * log(sigma);
    double last = target / (double)n_layers;
    if (!(sigma > 0) || !isfinite(sigma)) {
        for (size_t i = 0; i < n_layers; i++)
            layer[i] = sigma == 0 ? 0 : SG_NAN;
        return;
    }
    double off = fill(t, &slope, last, pull, n_layers) - target;
    for (size_t step = 0; step < MOST && off > 0; step++) {
        const double next = last - off / slope;
        if (!(next < last))
            break;
        last = next;
        off = fill(t, &slope, last, pull, n_layers) - target;
    }
    for (size_t i = 0; i < n_layers; i++)
        layer[i] = exp(t[i] / 2);
}

/* One SG after layer k, c = 2/kappa, t = l_{k+1}^2 = ... = l_N^2: c t^(N-k) outgrows t, so
 * c^k t^((N-k)(k+1)) = sigma^2.  For k = N - 1 the two grow alike and l_i^2 = (1 + c) t is exact.
 * Everywhere: l_{N-i}^2 = (c a)^(2^(i-1)) with a = l_N^2, so
 * sigma^2 = c^(2^(N-1) - 1) a^(2^(N-1)). */
void sg_closed_factor_slow(double *layer, double sigma, double kappa, size_t at, size_t n_layers)
{
    SG_REQUIRE(layer && n_layers >= 2 && at < n_layers);
    const double c = log(2 / kappa), s = 2 * log(sigma), k = (double)at;
    const double a = at == 0 ? (s - c * (ldexp(1, (int)n_layers - 1) - 1)) /
                                   ldexp(1, (int)n_layers - 1)
                             : (s - k * c) / ((double)(n_layers - at) * (k + 1));
    for (size_t i = 1; i <= n_layers; i++) {
        const int above = (int)(n_layers - i);
        double t = a;
        if (at == 0 && above > 0)
            t = ldexp(c + a, above - 1);
        else if (at > 0 && i <= at)
            t = c + (double)(n_layers - at) * a;
        layer[i - 1] = exp(t / 2);
    }
}

/* ---- a map ------------------------------------------------------------------------------ */

/* Eigenvectors (u; y)/sqrt 2 of [[0, P], [P^T, 0]]: small singular values keep their absolute
 * accuracy u sigma_1. */
static enum sg_status decompose(struct sg_factorisation *f, const double *map)
{
    const size_t d = f->d, m = f->m, size = d + m;
    double *whole = SG_NEW(size * size, double), *lambda = SG_NEW(size, double);
    double *vectors = SG_NEW(size * size, double);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < m; j++)
            whole[i * size + d + j] = whole[(d + j) * size + i] = map[i * m + j];
    const enum sg_status status = sg_base_eigen_symmetric(lambda, vectors, whole, size);
    const double zero = (double)(d > m ? d : m) * SG_UNIT_ROUNDOFF * lambda[0];
    for (size_t a = 0; a < f->modes; a++) {
        f->sigma[a] = lambda[a] <= zero ? 0 : lambda[a];
        for (size_t i = 0; i < size; i++)
            *(i < d ? &f->u[i * f->modes + a] : &f->y[(i - d) * f->modes + a]) =
                M_SQRT2 * vectors[i * size + a];
    }
    free(whole);
    free(lambda);
    free(vectors);
    return status;
}

enum sg_status sg_closed_factor_alloc(struct sg_factorisation **factor, const double *map, size_t d,
                                      size_t m, const double *pull, size_t n_layers)
{
    SG_REQUIRE(factor);
    const size_t modes = d < m ? d : m;
    struct sg_factorisation *f = *factor = SG_NEW(1, struct sg_factorisation);
    *f = (struct sg_factorisation){.n_layers = n_layers, .d = d, .m = m, .modes = modes};
    f->sigma = SG_NEW(modes, double);
    f->layer = SG_NEW(n_layers * modes, double);
    f->u = SG_NEW(d * modes, double);
    f->y = SG_NEW(m * modes, double);
    const enum sg_status status = decompose(f, map);
    double mode[SG_DEEP_LAYERS_MAX];
    for (size_t a = 0; a < modes; a++) {
        sg_closed_factor_mode(mode, f->sigma[a], pull, n_layers);
        for (size_t i = 0; i < n_layers; i++)
            f->layer[i * modes + a] = mode[i];
    }
    return status;
}

void sg_closed_factor_free(struct sg_factorisation *factor)
{
    if (!factor)
        return;
    free(factor->sigma);
    free(factor->layer);
    free(factor->u);
    free(factor->y);
    free(factor);
}

static enum sg_status random_frame(double *q, size_t rows, size_t columns, struct sg_rng *rng)
{
    double *g = SG_NEW(rows * columns, double);
    sg_base_rng_gaussians(g, rows * columns, rng);
    const enum sg_status status = sg_base_qr_q(q, g, rows, columns);
    free(g);
    return status;
}

enum sg_status sg_closed_factor_weights(double *w, const struct sg_factorisation *factor,
                                        const struct sg_deep *deep, struct sg_rng *rng)
{
    SG_REQUIRE(factor && deep);
    const size_t r = factor->modes, N = factor->n_layers;
    enum sg_status status = SG_OK;
    SG_REQUIRE(deep->n_layers == N && deep->width[0] == factor->d && deep->width[N] == factor->m);
    double *left = sg_base_copy(factor->u, factor->d * r, sizeof *left);
    for (size_t i = 0; i < N; i++) {
        const size_t rows = deep->width[i], columns = deep->width[i + 1];
        double *right = i + 1 == N ? sg_base_copy(factor->y, factor->m * r, sizeof *right)
                                   : SG_NEW(columns * r, double);
        SG_REQUIRE(columns >= r);
        if (i + 1 < N && status == SG_OK)
            status = random_frame(right, columns, r, rng);
        for (size_t j = 0; j < rows * r; j++)
            left[j] *= factor->layer[i * r + j % r];
        sg_base_mul_nt(w + sg_closed_deep_offset(deep, i), left, right, rows, r, columns);
        free(left);
        left = right;
    }
    free(left);
    return status;
}

enum sg_status sg_closed_factor_chosen(double *w, struct sg_factorisation **factor,
                                       const double *map, const struct sg_deep *deep,
                                       const size_t *at, size_t n_at, double kappa,
                                       struct sg_rng *rng)
{
    SG_REQUIRE(w && factor && map && deep && (at || n_at == 0));
    double pull[SG_DEEP_LAYERS_MAX] = {0};
    for (size_t k = 0; k < n_at; k++)
        if (at[k] < deep->n_layers)
            pull[at[k] - 1] = 2 / kappa;
    const enum sg_status status = sg_closed_factor_alloc(factor, map, deep->width[0],
                                                         deep->width[deep->n_layers], pull,
                                                         deep->n_layers);
    return status == SG_OK ? sg_closed_factor_weights(w, *factor, deep, rng) : status;
}

/* ---- representations -------------------------------------------------------------------- */

void sg_closed_factor_kernel(double *q, const struct sg_factorisation *factor, size_t i)
{
    SG_REQUIRE(q && factor && i >= 1 && i <= factor->n_layers);
    for (size_t a = 0; a < factor->modes; a++) {
        q[a] = 1;
        for (size_t j = 0; j < i; j++)
            q[a] *= factor->layer[j * factor->modes + a] * factor->layer[j * factor->modes + a];
    }
}

void sg_closed_factor_overlaps(double *overlaps, const struct sg_factorisation *factor,
                               const double *S)
{
    SG_REQUIRE(factor);
    const size_t d = factor->d, r = factor->modes;
    double *half = SG_NEW(d * r, double);
    sg_base_mul(half, S, factor->u, d, d, r);
    sg_base_mul_tn(overlaps, factor->u, half, r, d, r);
    free(half);
}

/* E[x x^T]-weighted inner product of two kernels, sum_ab q_a p_b C_ab^2. */
static double product_of(const double *q, const double *p, const double *overlaps, size_t r)
{
    double sum = 0;
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++)
            sum += q[a] * p[b] * overlaps[a * r + b] * overlaps[a * r + b];
    return sum;
}

double sg_closed_factor_cka(const double *q, const double *p, const double *overlaps, size_t modes)
{
    return product_of(q, p, overlaps, modes) /
           (sqrt(product_of(q, q, overlaps, modes)) * sqrt(product_of(p, p, overlaps, modes)));
}

double sg_closed_factor_rank(const double *q, const double *overlaps, size_t modes)
{
    SG_REQUIRE(q && overlaps);
    double trace = 0;
    for (size_t a = 0; a < modes; a++)
        trace += q[a] * overlaps[a * modes + a];
    return trace * trace / product_of(q, q, overlaps, modes);
}

/* E[h^T y] = (X U diag(sqrt q))^T X U diag(sigma) Y^T / n, so |E[h^T y]|^2 is the product of the
 * kernels q and sigma^2. */
double sg_closed_factor_alignment(const double *q, const struct sg_factorisation *factor,
                                  const double *overlaps, double target)
{
    SG_REQUIRE(factor);
    const size_t r = factor->modes;
    double *squares = SG_NEW(r, double);
    for (size_t a = 0; a < r; a++)
        squares[a] = factor->sigma[a] * factor->sigma[a];
    const double common = product_of(q, squares, overlaps, r);
    free(squares);
    return common / (sqrt(product_of(q, q, overlaps, r)) * target);
}

/* ---- sharpness -------------------------------------------------------------------------- */

/* middle = sum_i (l_{i+1,1} ... l_{N,1})^2 K_{i-1} = first I + U diag(weight) U^T. */
static double weights_of(double *weight, const struct sg_factorisation *f)
{
    const size_t r = f->modes;
    double above = 1, first = 1;
    double *q = SG_NEW(r, double);
    memset(weight, 0, r * sizeof *weight);
    for (size_t i = f->n_layers; i >= 1; i--) {
        if (i == 1)
            first = above;
        else
            sg_closed_factor_kernel(q, f, i - 1);
        for (size_t a = 0; a < r && i > 1; a++)
            weight[a] += above * q[a];
        above *= f->layer[(i - 1) * r] * f->layer[(i - 1) * r];
    }
    free(q);
    return first;
}

/* T (a I + U D U^T) T has the nonzero eigenvalues of the symmetric B S B with
 * B^2 = a I + U D U^T, B = sqrt(a) I + U (sqrt(a + D) - sqrt(a)) U^T: no root of S is needed. */
enum sg_status sg_closed_factor_sharpness(double *lambda, const struct sg_factorisation *factor,
                                          const double *S)
{
    SG_REQUIRE(lambda && factor);
    const size_t d = factor->d, r = factor->modes;
    double *weight = SG_NEW(r, double), *B = SG_NEW(d * d, double), *half = SG_NEW(d * d, double);
    double *whole = SG_NEW(d * d, double), *all = SG_NEW(d, double);
    double *scaled = SG_NEW(d * r, double);
    const double first = weights_of(weight, factor), root = sqrt(first);
    for (size_t i = 0; i < d * r; i++)
        scaled[i] = factor->u[i] * (sqrt(first + weight[i % r]) - root);
    sg_base_mul_nt(B, scaled, factor->u, d, r, d);
    for (size_t i = 0; i < d; i++)
        B[i * d + i] += root;
    sg_base_mul(half, B, S, d, d, d);
    sg_base_mul_nt(whole, half, B, d, d, d);
    const enum sg_status status = sg_base_eigen_symmetric(all, NULL, whole, d);
    *lambda = all[0];
    free(weight);
    free(B);
    free(half);
    free(whole);
    free(all);
    free(scaled);
    return status;
}
