/* Hill-climbing for global minima that repel (DY8): weights, data moments and kappa as one vector theta. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/search.h"

static const double ZERO = 1e-7;               /* eigenvalues below this part of the largest are the gauge's */
static const double WIDEST = 4.0;              /* of the logarithms of pivots: condition numbers up to e^16 */

/* ---- an instance and its abscissa ------------------------------------------------------------------------------------------ */

static struct sg_repelling alloc(const struct sg_deep *deep)
{
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    return (struct sg_repelling){.deep = *deep, .w = SG_NEW(sg_closed_deep_n_w(deep), double), .S = SG_NEW(d * d, double),
                                 .R = SG_NEW(m * m, double), .abscissa = -HUGE_VAL};
}

void sg_search_repelling_free(struct sg_repelling *found)
{
    free(found->w);
    free(found->S);
    free(found->R);
    *found = (struct sg_repelling){0};
}

/* M = [[S, S P, 0], [P^T S, P^T S P + R, 0], [0, 0, 1]]. */
static void moments(double *M, const struct sg_repelling *f)
{
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    double *P = SG_NEW(d * m, double), *SP = SG_NEW(d * m, double), *PSP = SG_NEW(m * m, double);
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    sg_base_mul(SP, f->S, P, d, d, m);
    sg_base_mul_tn(PSP, P, SP, m, d, m);
    memset(M, 0, q * q * sizeof *M);
    for (size_t i = 0; i < d; i++) {
        memcpy(M + i * q, f->S + i * d, d * sizeof *M);
        for (size_t j = 0; j < m; j++)
            M[i * q + d + j] = M[(d + j) * q + i] = SP[i * m + j];
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            M[(d + i) * q + d + j] = PSP[i * m + j] + f->R[i * m + j];
    M[q * q - 1] = 1;
    free(P);
    free(SP);
    free(PSP);
}

enum sg_status sg_search_abscissa(struct sg_repelling *f)
{
    const size_t q = f->deep.width[0] + f->deep.width[f->deep.n_layers] + 1;
    const size_t size = sg_closed_deep_n_w(&f->deep) + sg_closed_deep_n_phi(&f->deep);
    double *M = SG_NEW(q * q, double), *J = SG_NEW(size * size, double);
    double complex *lambda = SG_NEW(size, double complex);
    moments(M, f);
    sg_closed_deep_flow(J, &f->deep, f->w, M, f->kappa);
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, J, size);
    f->abscissa = status == SG_OK ? -HUGE_VAL : SG_NAN;
    for (size_t i = 0; i < size && status == SG_OK; i++) {
        const double part = creal(lambda[i]) / cabs(lambda[0]);
        if (cabs(lambda[i]) > ZERO * cabs(lambda[0]) && part > f->abscissa) {
            f->abscissa = part;
            f->at = lambda[i];
        }
    }
    free(M);
    free(J);
    free(lambda);
    return status;
}

/* ---- theta ------------------------------------------------------------------------------------------------------------------- */

static size_t n_factor(size_t n, bool isotropic, bool scaled)
{
    return isotropic ? scaled : n * (n + 1) / 2;
}

static size_t n_theta(const struct sg_search_plan *plan)
{
    const struct sg_deep *deep = &plan->deep;
    return sg_closed_deep_n_w(deep) + n_factor(deep->width[0], plan->isotropic_x, false) +
           n_factor(deep->width[deep->n_layers], plan->isotropic_r, true) + 1;
}

/* a = L L^T from the entries of L row by row, the diagonal ones as logarithms; or e^theta I; or I. */
static const double *read_factor(double *a, const double *theta, size_t n, bool isotropic, bool scaled)
{
    double *L = SG_NEW(n * n, double);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double entry = isotropic ? (scaled ? theta[0] : 0) : *theta;
            L[i * n + j] = i == j ? exp(fmin(fmax(entry, -WIDEST), WIDEST)) : isotropic ? 0 : entry;
            theta += !isotropic;
        }
    sg_base_mul_nt(a, L, L, n, n, n);
    free(L);
    return theta + (isotropic && scaled);
}

static void decode(struct sg_repelling *f, const double *theta, const struct sg_search_plan *plan)
{
    const size_t n_w = sg_closed_deep_n_w(&f->deep);
    memcpy(f->w, theta, n_w * sizeof *theta);
    theta = read_factor(f->S, theta + n_w, f->deep.width[0], plan->isotropic_x, false);
    theta = read_factor(f->R, theta, f->deep.width[f->deep.n_layers], plan->isotropic_r, true);
    f->kappa = exp(fmin(fmax(*theta, -12.0), 6.0));
}

/* ---- climbing ---------------------------------------------------------------------------------------------------------------------- */

static void copy(struct sg_repelling *to, const struct sg_repelling *from)
{
    const size_t d = from->deep.width[0], m = from->deep.width[from->deep.n_layers];
    memcpy(to->w, from->w, sg_closed_deep_n_w(&from->deep) * sizeof *to->w);
    memcpy(to->S, from->S, d * d * sizeof *to->S);
    memcpy(to->R, from->R, m * m * sizeof *to->R);
    to->kappa = from->kappa;
    to->abscissa = from->abscissa;
    to->at = from->at;
}

/* A success widens the steps by e^0.3, a failure narrows them by e^-0.075: in balance at one success in five. */
static enum sg_status climb(struct sg_repelling *top, struct sg_repelling *trial, double *theta, double *next, const struct sg_search_plan *plan,
                            struct sg_rng *rng)
{
    const size_t n = n_theta(plan);
    double sigma = 0.3;
    decode(top, theta, plan);
    enum sg_status status = sg_search_abscissa(top);
    for (size_t t = 0; t < plan->steps && status == SG_OK && sigma > 1e-6; t++) {
        for (size_t i = 0; i < n; i++)
            next[i] = theta[i] + sigma * sg_base_rng_gaussian(rng);
        decode(trial, next, plan);
        status = sg_search_abscissa(trial);
        if (status == SG_OK && trial->abscissa > top->abscissa) {
            memcpy(theta, next, n * sizeof *theta);
            copy(top, trial);
            sigma *= exp(0.3);
        } else
            sigma *= exp(-0.075);
    }
    return status;
}

enum sg_status sg_search_repelling(struct sg_repelling *best, const struct sg_search_plan *plan, struct sg_rng *rng)
{
    const size_t n = n_theta(plan), n_w = sg_closed_deep_n_w(&plan->deep);
    struct sg_repelling top = alloc(&plan->deep), trial = alloc(&plan->deep);
    double *theta = SG_NEW(n, double), *next = SG_NEW(n, double);
    enum sg_status status = SG_OK;
    *best = alloc(&plan->deep);
    for (size_t c = 0; c < plan->climbs && status == SG_OK && !sg_base_interrupted(); c++) {
        for (size_t i = 0; i < n; i++)
            theta[i] = (i < n_w ? 0.7 : 1.0) * sg_base_rng_gaussian(rng);
        theta[n - 1] = -4.0 + 2.0 * sg_base_rng_gaussian(rng);           /* ln kappa: mostly a slow SG */
        status = climb(&top, &trial, theta, next, plan, rng);
        if (status == SG_OK && top.abscissa > best->abscissa)
            copy(best, &top);
    }
    sg_search_repelling_free(&top);
    sg_search_repelling_free(&trial);
    free(theta);
    free(next);
    if (status == SG_OK && sg_base_interrupted())
        status = SG_INTERRUPTED;
    return status;
}

static void print_list(FILE *out, const char *name, const double *a, size_t n)
{
    fprintf(out, "%s =", name);
    for (size_t i = 0; i < n; i++)
        fprintf(out, " %.17g", a[i]);
    fprintf(out, "\n");
}

void sg_search_print(FILE *out, const struct sg_repelling *f)
{
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers];
    fprintf(out, "widths =");
    for (size_t i = 0; i <= f->deep.n_layers; i++)
        fprintf(out, " %zu", f->deep.width[i]);
    fprintf(out, "\nat = %zu\nkappa = %.17g\nabscissa = %.17g\neigenvalue = %.17g %.17g\n", f->deep.at, f->kappa, f->abscissa, creal(f->at),
            cimag(f->at));
    print_list(out, "w", f->w, sg_closed_deep_n_w(&f->deep));
    print_list(out, "S", f->S, d * d);
    print_list(out, "R", f->R, m * m);
}
