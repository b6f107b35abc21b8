/* How far the loss at a nearly stationary pair (w, Phi) can be from that of the SG's resting point:
 * the joint residual, through convexity (AD1).
 *
 * One output, ones in col X, s = alpha p + beta y + gamma.  Let r = E[x^T s] and f = E[z^T (s - g)]
 * be what is left of the joint directions.  P_X s = x S_x^-1 r gives
 *     p = q + delta,   q = -(beta p_LS + gamma) / alpha,   delta = x S_x^-1 r / alpha,
 *     E[g(p)] = e.r - f_1,   E[p g(p)] = w.r - f_p                       (x e = 1),
 * and, as g is 1/4-Lipschitz in p, the gradient Gamma of the loss on {u q + v} at q obeys
 *     |Gamma_v| <= |e.r| + |f_1| + |delta| / 4,
 *     |Gamma_u| <= |w.r| + |f_p| + |delta| |g| + |q| |delta| / 4              (|.| = sqrt(E .^2)).
 * That plane holds the resting point, which minimises the loss on it.  The logistic loss has
 * |l'''| <= l'': with lambda^2 = Gamma K^-1 Gamma, K the plane's Hessian at q, and
 * R^2 = max_i (q_i, 1) K^-1 (q_i, 1)^T, if 3 R lambda <= 1 then L(q) - min <= 3/4 lambda^2;  and
 * |L(p) - L(q)| <= (|g| + |delta| / 4) |delta|. */
#include <stdlib.h>

#include "synthgrad/logloss.h"

static double sigma(double p)
{
    return p >= 0 ? 1 / (1 + exp(-p)) : exp(p) / (1 + exp(p));
}

/* delta (n), and e.r by way of E[1 delta] alpha = E[P_X s]. */
static enum sg_status shift(double *delta, double *e_r, const struct sg_data *data, const double *r,
                            double alpha)
{
    const size_t n = data->n, d = data->d;
    double *s_x = SG_NEW(d * d, double), *v = SG_NEW(d, double);
    sg_base_mul_tn(s_x, data->x, data->x, d, n, d);
    for (size_t k = 0; k < d * d; k++)
        s_x[k] /= (double)n;
    const enum sg_status status = sg_base_solve(v, s_x, r, d, 1);
    sg_base_mul(delta, data->x, v, n, d, 1);
    *e_r = 0;
    for (size_t i = 0; i < n; i++) {
        *e_r += delta[i] / (double)n;
        delta[i] /= alpha;
    }
    free(s_x);
    free(v);
    return status;
}

enum sg_status sg_closed_log_stationary(double *bound, const struct sg_data *data, const double *w,
                                        const double *phi, const double *r, const double *f)
{
    SG_REQUIRE(bound && data && w && phi && f && data->m == 1);
    const size_t n = data->n, d = data->d;
    const double rows = (double)n, alpha = phi[0];
    double *p = SG_NEW(n, double), *delta = SG_NEW(n, double), e_r = SG_NAN, gg = 0, dd = 0, qq = 0,
           k[3] = {0}, reach2 = 0, rounding = 0;
    sg_base_mul(p, data->x, w, n, d, 1);
    enum sg_status status = alpha == 0 ? SG_UNPROVED : shift(delta, &e_r, data, r, alpha);
    for (size_t i = 0; i < n && status == SG_OK; i++) {
        const double q = p[i] - delta[i], g = sigma(p[i]) - data->y[i],
                     curvature = sigma(q) * sigma(-q) / rows;
        double size = 0;
        for (size_t j = 0; j < d; j++)
            size += fabs(data->x[i * d + j] * w[j]);
        gg += g * g / rows;
        dd += delta[i] * delta[i] / rows;
        qq += q * q / rows;
        k[0] += curvature * q * q;
        k[1] += curvature * q;
        k[2] += curvature;
        /* L's sum of n terms, each known to 4 u and to (d + 1) u |x| |w| in p; twice, for it is
         * compared with another such sum */
        const double loss = (p[i] * (data->y[i] - 0.5) < 0 ? fabs(p[i]) : 0) +
                            log1p(exp(-fabs(p[i])));
        rounding += 2 * SG_UNIT_ROUNDOFF * ((rows + 4) * loss + ((double)d + 1) * fabs(g) * size) /
                    rows;
    }
    const double delta_norm = sqrt(dd), g_norm = sqrt(gg);
    const double of_one = fabs(e_r) + fabs(f[2]) + delta_norm / 4;
    const double of_q = fabs(sg_base_dot(w, r, d)) + fabs(f[0]) + delta_norm * g_norm +
                        sqrt(qq) * delta_norm / 4;
    const double det = k[0] * k[2] - k[1] * k[1];
    /* Gamma's signs are not known: |Gamma K^-1 Gamma| is largest with the cross term positive */
    const double lambda2 =
        (k[2] * of_q * of_q + 2 * fabs(k[1]) * of_q * of_one + k[0] * of_one * of_one) / det;
    for (size_t i = 0; i < n && status == SG_OK; i++) {
        const double q = p[i] - delta[i];
        reach2 = fmax(reach2, (k[2] * q * q - 2 * k[1] * q + k[0]) / det);
    }
    if (status == SG_OK && !(det > 0 && 9 * reach2 * lambda2 <= 1))
        status = SG_UNPROVED;
    *bound = status == SG_OK ? (g_norm + delta_norm / 4) * delta_norm + 0.75 * lambda2 + rounding
                             : SG_NAN;
    free(p);
    free(delta);
    return status;
}

/* L(w) - inf L <= 3/4 lambda^2, lambda^2 = r H^-1 r, if 3 R lambda <= 1,
 * R^2 = max_i x_i H^-1 x_i^T: the same inequality in all of R^d. */
enum sg_status sg_closed_log_excess(double *bound, const struct sg_data *data, const double *w,
                                    const double *gradient)
{
    SG_REQUIRE(bound && data && gradient && data->m == 1);
    const size_t n = data->n, d = data->d;
    double *p = SG_NEW(n, double), *weighted = SG_NEW(n * d, double), *h = SG_NEW(d * d, double),
           *right = SG_NEW(d * (n + 1), double), *solved = SG_NEW(d * (n + 1), double), reach2 = 0,
           lambda2 = 0;
    sg_base_mul(p, data->x, w, n, d, 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            weighted[i * d + k] = sigma(p[i]) * sigma(-p[i]) / (double)n * data->x[i * d + k];
    sg_base_mul_tn(h, data->x, weighted, d, n, d);
    for (size_t k = 0; k < d; k++) {
        right[k * (n + 1) + n] = gradient[k];
        for (size_t i = 0; i < n; i++)
            right[k * (n + 1) + i] = data->x[i * d + k];
    }
    enum sg_status status = sg_base_solve(solved, h, right, d, n + 1);
    for (size_t i = 0; i <= n && status == SG_OK; i++) {
        double square = 0;
        for (size_t k = 0; k < d; k++)
            square += right[k * (n + 1) + i] * solved[k * (n + 1) + i];
        *(i < n ? &reach2 : &lambda2) = fmax(i < n ? reach2 : 0, square);
    }
    if (status == SG_OK && !(9 * reach2 * lambda2 <= 1))
        status = SG_UNPROVED;
    *bound = status == SG_OK ? 0.75 * lambda2 : SG_NAN;
    double *owned[] = {p, weighted, h, right, solved};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}
