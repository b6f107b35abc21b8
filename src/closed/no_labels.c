/* An SG without labels on linear regression: where it rests, and where it gets there from (CP5).
 *
 * In the inner product <a, b>_S = a^T S_x b, with b = base() and q = w - b:  E[p r] = <q, w - w*>_S
 * on E[r] = 0, the sphere of diameter b w*. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

static double product(const struct sg_fit *fit, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < fit->d; i++)
        sum += a[i] * sg_base_dot(fit->s_x + i * fit->d, b, fit->d);
    return sum;
}

/* E[x] . a, by the ones column, the last of X. */
static double mean(const struct sg_fit *fit, const double *a)
{
    return sg_base_dot(fit->s_x + (fit->d - 1) * fit->d, a, fit->d);
}

void sg_closed_no_labels_base(double *base, const struct sg_fit *fit, bool constant)
{
    SG_REQUIRE(base && fit && fit->m == 1);
    memset(base, 0, fit->d * sizeof *base);
    if (constant)
        base[fit->d - 1] = fit->s_z[1 * fit->q + 2];           /* E[y] */
}

void sg_closed_no_labels_point(double *w, const struct sg_fit *fit, bool constant,
                               const double *direction, double radius)
{
    SG_REQUIRE(w && fit);
    const size_t d = fit->d;
    double *base = SG_NEW(d, double), *diameter = SG_NEW(d, double);
    sg_closed_no_labels_base(base, fit, constant);
    memcpy(w, direction, d * sizeof *w);
    if (constant)
        w[d - 1] -= mean(fit, direction);                       /* E[x] . w = 0 */
    for (size_t i = 0; i < d; i++)
        diameter[i] = fit->w[i] - base[i];
    const double scale = radius * sqrt(product(fit, diameter, diameter) / product(fit, w, w)) / 2;
    for (size_t i = 0; i < d; i++)
        w[i] = base[i] + diameter[i] / 2 + scale * w[i];
    free(base);
    free(diameter);
}

struct sg_no_labels sg_closed_no_labels_state(const struct sg_fit *fit, bool constant,
                                              const double *w)
{
    SG_REQUIRE(fit && w);
    const size_t d = fit->d;
    double *error = SG_NEW(d, double), *centred = sg_base_copy(w, d, sizeof *w);
    for (size_t i = 0; i < d; i++)
        error[i] = w[i] - fit->w[i];
    struct sg_no_labels at = {.residual = constant ? mean(fit, error) : 0};
    if (constant)
        centred[d - 1] -= mean(fit, w);
    at.covariance = product(fit, centred, error);
    at.variance = product(fit, centred, centred);
    free(error);
    free(centred);
    return at;
}

void sg_closed_no_labels_update(double *dw, const struct sg_fit *fit, bool constant,
                                const double *w)
{
    SG_REQUIRE(fit);
    const size_t d = fit->d;
    const struct sg_no_labels at = sg_closed_no_labels_state(fit, constant, w);
    const double alpha = at.covariance / at.variance;
    double *a = sg_base_copy(w, d, sizeof *w);
    if (constant)
        a[d - 1] -= mean(fit, w);
    for (size_t i = 0; i < d; i++)
        a[i] *= alpha;
    if (constant)
        a[d - 1] += at.residual;
    sg_base_mul(dw, fit->s_x, a, d, d, 1);
    free(a);
}

struct sg_no_labels_ray sg_closed_no_labels_ray(const struct sg_fit *fit, bool constant,
                                                const double *w_0)
{
    SG_REQUIRE(fit);
    const size_t k = fit->d - (constant ? 1 : 0);
    const double tau = sg_base_norm(w_0, k);
    return (struct sg_no_labels_ray){.tau = tau,
                                     .c = sg_base_dot(w_0, fit->w, k) / tau,
                                     .length = sg_base_norm(fit->w, k)};
}

void sg_closed_no_labels_step(double *w, const struct sg_fit *fit, bool constant, const double *w_0,
                              double mu, uint64_t t)
{
    SG_REQUIRE(w && fit && w_0);
    const size_t k = fit->d - (constant ? 1 : 0);
    const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(fit, constant, w_0);
    const double left = pow(1 - mu, (double)t),
                 share = (ray.c + left * (ray.tau - ray.c)) / ray.tau;
    double *base = SG_NEW(fit->d, double);
    sg_closed_no_labels_base(base, fit, constant);
    for (size_t i = 0; i < k; i++)
        w[i] = share * w_0[i];
    if (constant)
        w[k] = base[k] + left * (w_0[k] - base[k]);
    free(base);
}

void sg_closed_no_labels_limit(double *w, const struct sg_fit *fit, bool constant,
                               const double *w_0)
{
    sg_closed_no_labels_step(w, fit, constant, w_0, 1, 1);
}

double sg_closed_no_labels_excess(const struct sg_fit *fit, bool constant, const double *w_0)
{
    const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(fit, constant, w_0);
    return (ray.length - ray.c) * (ray.length + ray.c) / 2;
}

double sg_closed_no_labels_rate(const struct sg_fit *fit, const double *w)
{
    SG_REQUIRE(fit && w);
    const size_t d = fit->d;
    double *s_w = SG_NEW(d, double), *twice = SG_NEW(d, double);
    sg_base_mul(s_w, fit->s_x, w, d, d, 1);
    for (size_t i = 0; i < d; i++)
        twice[i] = 2 * w[i] - fit->w[i];
    const double rate = product(fit, s_w, twice) / product(fit, w, w);
    free(s_w);
    free(twice);
    return rate;
}

void sg_closed_no_labels_curve(double *w, const struct sg_fit *fit, const double *w_0, double a)
{
    SG_REQUIRE(fit);
    const size_t d = fit->d;
    double *mode = SG_NEW(d, double);
    sg_base_mul_tn(mode, fit->v_x, w_0, d, d, 1);
    for (size_t i = 0; i < d; i++)
        mode[i] *= exp(-fit->lambda_x[i] * a);
    sg_base_mul(w, fit->v_x, mode, d, d, 1);
    free(mode);
}

static double covariance_at(double *w, const struct sg_fit *fit, const double *w_0, double a)
{
    sg_closed_no_labels_curve(w, fit, w_0, a);
    return sg_closed_no_labels_state(fit, false, w).covariance;
}

enum sg_status sg_closed_no_labels_arrival(double *w, double *a, const struct sg_fit *fit,
                                           const double *w_0, double near)
{
    SG_REQUIRE(w && a && fit);
    enum { LOOKS = 200 };
    double low = near, high = near, reach = 1e-3 / fit->lambda_x[0];
    const double f = covariance_at(w, fit, w_0, near), sign = f < 0 ? -1 : 1;
    enum sg_status status = f == 0 ? SG_OK : SG_NO_CONVERGENCE;
    /* uphill in A where f > 0, downhill where f < 0 */
    for (int k = 0; k < LOOKS && status != SG_OK; k++, reach *= 1.1) {
        low = high;
        high += sign * reach;
        if (!(sign * covariance_at(w, fit, w_0, high) > 0))
            status = isfinite(w[0]) ? SG_OK : SG_NO_CONVERGENCE;
    }
    for (int k = 0; k < LOOKS && status == SG_OK && f != 0; k++) {
        const double middle = low + (high - low) / 2;
        if (sign * covariance_at(w, fit, w_0, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    *a = status == SG_OK ? high : SG_NAN;
    sg_closed_no_labels_curve(w, fit, w_0, *a);
    return status;
}
