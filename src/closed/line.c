/* Realizable data (DY4): the fixed points of the joint step are phi* + (C, -C, 0), any C.  Here is
 * the spectrum at each of them where S_x = I.
 *
 * S_z = V diag(a) V^T with k = m + 1 positive a, x_z V = B R (B orthonormal columns, rho of them).
 * In the basis (B, rest) for dW, V for dPhi and the eigenvectors of C, with eigenvalue c:
 *
 *     rest (d - rho of them):             1 - mu (1 + c);
 *     null directions of S_z (m of them): 1;
 *     B and a together:        1 - eigenvalues of [[mu (1 + c) I, mu R], [nu c R^T, nu diag(a)]].
 *
 * With 1 in col X, R^T R = diag(a), rho = k, and the last falls into pairs, those of
 * [[mu (1 + c), mu], [nu a c, nu a]]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

struct sg_line {
    size_t d, m, k, rho;
    bool inside;                  /* 1 in col X */
    double *a;                    /* k, descending */
    double *r;                    /* rho x k */
};

void sg_closed_line_point(double *phi, const double *c, size_t m)
{
    SG_REQUIRE(phi && c);
    sg_closed_exact_sg(phi, m);
    for (size_t i = 0; i < m * m; i++) {
        phi[i] += c[i];
        phi[m * m + i] -= c[i];
    }
}

enum sg_status sg_closed_line_alloc(struct sg_line **out, const struct sg_fit *fit)
{
    SG_REQUIRE(out && fit);
    const size_t d = fit->d, m = fit->m, q = fit->q, k = m + 1;
    const double rounding = 10 * (double)(fit->n + d + q) * SG_UNIT_ROUNDOFF;
    *out = NULL;
    if (!fit->realizable || sg_closed_rates(fit->lambda_z, q).zeros != m ||
        !sg_base_within(fabs(fit->lambda_x[0] - 1) + fabs(fit->lambda_x[d - 1] - 1), rounding))
        return SG_HYPOTHESIS;
    struct sg_line *line = *out = SG_NEW(1, struct sg_line);
    *line = (struct sg_line){.d = d,
                             .m = m,
                             .k = k,
                             .rho = d < k ? d : k,
                             .a = SG_NEW(k, double),
                             .r = SG_NEW(k * k, double)};
    double *v = SG_NEW(q * k, double), *g = SG_NEW(d * k, double), *gg = SG_NEW(k * k, double),
           off = 0;
    memcpy(line->a, fit->lambda_z, k * sizeof *line->a);
    for (size_t i = 0; i < q; i++)
        memcpy(v + i * k, fit->v_z + i * q, k * sizeof *v);
    sg_base_mul(g, fit->x_z, v, d, q, k);
    sg_base_mul_tn(gg, g, g, k, d, k);
    for (size_t i = 0; i < k * k; i++)
        off = sg_base_max(off, fabs(gg[i] - (i % (k + 1) == 0 ? line->a[i / k] : 0.0)));
    line->inside = sg_base_within(off, rounding * line->a[0]);
    const enum sg_status status = sg_base_qr_r(line->r, g, d, k);
    free(v);
    free(g);
    free(gg);
    if (status != SG_OK) {
        sg_closed_line_free(line);
        *out = NULL;
    }
    return status;
}

void sg_closed_line_free(struct sg_line *line)
{
    if (!line)
        return;
    free(line->a);
    free(line->r);
    free(line);
}

bool sg_closed_line_inside(const struct sg_line *line)
{
    SG_REQUIRE(line);
    return line->inside;
}

size_t sg_closed_line_free_modes(const struct sg_line *line)
{
    SG_REQUIRE(line);
    return line->d - line->rho;
}

/* lambda^2 - s lambda + delta = 0 with s = mu (1 + c) + nu a, delta = mu nu a: the larger root
 * without cancellation, the other from the product. */
static void pair(double complex out[2], double complex c, double a, double mu, double nu)
{
    const double complex s = mu * (1 + c) + nu * a, root = csqrt(s * s - 4 * mu * nu * a);
    const double complex larger = (cabs(s + root) >= cabs(s - root) ? s + root : s - root) / 2;
    out[0] = 1 - larger;
    out[1] = 1 - mu * nu * a / larger;
}

/* The coupled block for c = u + iv as a real matrix.  v = 0: its size is rho + k.  Else c is
 * [[u, -v], [v, u]] and the size is twice that, for c and its conjugate. */
static size_t coupled_block(double *block, const struct sg_line *line, double complex c, double mu,
                            double nu)
{
    const size_t rho = line->rho, k = line->k, half = rho + k, copies = cimag(c) == 0 ? 1 : 2,
                 size = copies * half;
    memset(block, 0, size * size * sizeof *block);
    for (size_t p = 0; p < copies; p++) {
        double *diagonal = block + p * half * size + p * half,
               *across = block + p * half * size + (1 - p) * half;
        const double v = p == 0 ? -cimag(c) : cimag(c);
        for (size_t i = 0; i < rho; i++) {
            diagonal[i * size + i] = mu * (1 + creal(c));
            if (copies == 2)
                across[i * size + i] = mu * v;
            for (size_t j = 0; j < k; j++) {
                diagonal[i * size + rho + j] = mu * line->r[i * k + j];
                diagonal[(rho + j) * size + i] = nu * creal(c) * line->r[i * k + j];
                if (copies == 2)
                    across[(rho + j) * size + i] = nu * v * line->r[i * k + j];
            }
        }
        for (size_t j = 0; j < k; j++)
            diagonal[(rho + j) * size + rho + j] = nu * line->a[j];
    }
    return size;
}

enum sg_status sg_closed_line_spectrum(double complex *eigenvalues, const struct sg_line *line,
                                       const double complex *c, double mu, double nu)
{
    SG_REQUIRE(eigenvalues && line && c);
    const size_t m = line->m, rho = line->rho, k = line->k, most = 2 * (rho + k);
    double *block = SG_NEW(most * most, double);
    enum sg_status status = SG_OK;
    size_t at = 0;
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < line->d - rho; i++)
            eigenvalues[at++] = 1 - mu * (1 + c[j]);
        if (line->inside) {
            for (size_t i = 0; i < k; i++, at += 2)
                pair(eigenvalues + at, c[j], line->a[i], mu, nu);
        } else if (cimag(c[j]) >= 0) {                   /* its conjugate comes with it */
            const size_t size = coupled_block(block, line, c[j], mu, nu);
            if (status == SG_OK)
                status = sg_base_eigen_general(eigenvalues + at, NULL, block, size);
            for (size_t i = 0; i < size; i++, at++)
                eigenvalues[at] = 1 - eigenvalues[at];
        }
    }
    SG_REQUIRE(at == m * (line->d + k));
    for (size_t i = 0; i < m * m; i++)
        eigenvalues[at++] = 1;
    free(block);
    return status;
}

double sg_closed_line_radius(const struct sg_line *line, const double complex *c, double mu,
                             double nu)
{
    SG_REQUIRE(line);
    const size_t transverse = line->m * (line->d + line->k);
    double complex *eigenvalues = SG_NEW(transverse + line->m * line->m, double complex);
    double radius = 0;
    if (sg_closed_line_spectrum(eigenvalues, line, c, mu, nu) != SG_OK)
        radius = SG_NAN;
    for (size_t i = 0; i < transverse; i++)
        radius = sg_base_max(radius, cabs(eigenvalues[i]));
    free(eigenvalues);
    return radius;
}

/* The eigenvectors are those of the blocks, each basis scaled as we like: the worst block's
 * condition number is the whole one's. */
enum sg_status sg_closed_line_condition(double *condition, const struct sg_line *line,
                                        const double complex *c, double mu, double nu)
{
    SG_REQUIRE(condition && line && c);
    const size_t most = 2 * (line->rho + line->k);
    double *block = SG_NEW(most * most, double), of_block;
    double complex *lambda = SG_NEW(most, double complex),
                   *left = SG_NEW(most * most, double complex);
    enum sg_status status = SG_OK;
    *condition = 1;
    for (size_t j = 0; j < line->m && status == SG_OK; j++) {
        const size_t size = coupled_block(block, line, c[j], mu, nu);
        status = sg_base_eigen_general(lambda, left, block, size);
        if (status == SG_OK)
            status = sg_approx_eigenvector_condition(&of_block, left, size);
        *condition = status == SG_OK ? sg_base_max(*condition, of_block) : SG_NAN;
    }
    free(block);
    free(lambda);
    free(left);
    return status;
}

/* ---- where stability ends -------------------------------------------------------------- */

/* For a pair with lambda_1 lambda_2 = delta > 0 and sigma + i tau = lambda_1 + lambda_2, both
 * |1 - lambda| < 1 iff delta < sigma < 2 + delta/2 and
 * tau^2 (2 sigma - delta) < (sigma - delta)^2 (4 + delta - 2 sigma). */
bool sg_closed_line_stable(const struct sg_line *line, const double complex *c, double mu,
                           double nu)
{
    SG_REQUIRE(line && c && line->inside);
    bool stable = true;
    for (size_t j = 0; j < line->m; j++) {
        const double u = creal(c[j]), tau = mu * cimag(c[j]), sigma_free = mu * (1 + u);
        if (line->d > line->rho)
            stable = stable && sigma_free * sigma_free + tau * tau < 2 * sigma_free;
        for (size_t i = 0; i < line->k; i++) {
            const double sigma = sigma_free + nu * line->a[i], delta = mu * nu * line->a[i];
            stable = stable && delta < sigma && sigma < 2 + delta / 2 &&
                     tau * tau * (2 * sigma - delta) <
                         (sigma - delta) * (sigma - delta) * (4 + delta - 2 * sigma);
        }
    }
    return stable;
}

void sg_closed_line_interval(double *low, double *high, const struct sg_line *line, double mu,
                             double nu)
{
    SG_REQUIRE(low && high && line && line->inside);
    const bool free_modes = line->d > line->rho;
    *low = free_modes ? -1 : -HUGE_VAL;
    *high = free_modes ? 2 / mu - 1 : HUGE_VAL;
    for (size_t i = 0; i < line->k; i++) {
        const double kappa_a = nu / mu * line->a[i];
        *low = fmax(*low, -1 - kappa_a * (1 - mu));
        *high = fmin(*high, 2 / mu - 1 - kappa_a * (1 - mu / 2));
    }
}

double sg_closed_line_limit(const struct sg_line *line, const double complex *c_0, double mu,
                            double nu, double sign, bool by_inequalities)
{
    SG_REQUIRE(line && c_0);
    enum { DOUBLINGS = 40, HALVINGS = 52, SCAN = 16 };
    double complex *c = SG_NEW(line->m, double complex);
    double inside = 0, outside = SG_NAN, step = 1.0 / SCAN;
    for (int i = 0; i < DOUBLINGS * SCAN + HALVINGS; i++) {
        const double t = isnan(outside) ? inside + sign * step : (inside + outside) / 2;
        for (size_t j = 0; j < line->m; j++)
            c[j] = t * c_0[j];
        if (by_inequalities ? sg_closed_line_stable(line, c, mu, nu)
                            : sg_closed_line_radius(line, c, mu, nu) < 1)
            inside = t;
        else
            outside = t;
        if (isnan(outside) && i % SCAN == SCAN - 1)
            step *= 2;
        if (!isnan(outside) && fabs(outside - inside) <= 2 * SG_UNIT_ROUNDOFF * fabs(outside))
            break;
    }
    free(c);
    return (inside + outside) / 2;
}
