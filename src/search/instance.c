/* A global minimum with its data, and whether it repels: all eigenvalues
 * of the flow there (DY8). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"

/* eigenvalues below this part of the largest are the gauge's */
static const double ZERO = 1e-7;
/* below this part, the damping ratio says more about rounding */
static const double SLOW = 1e-5;

struct sg_repelling sg_search_repelling_alloc(const struct sg_deep *deep)
{
    SG_REQUIRE(deep);
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    return (struct sg_repelling){.deep = *deep,
                                 .w = SG_NEW(sg_closed_deep_n_w(deep), double),
                                 .S = SG_NEW(d * d, double),
                                 .R = SG_NEW(m * m, double),
                                 .abscissa = -HUGE_VAL};
}

void sg_search_repelling_free(struct sg_repelling *found)
{
    if (!found)
        return;
    free(found->w);
    free(found->S);
    free(found->R);
    *found = (struct sg_repelling){0};
}

enum sg_status sg_search_abscissa(struct sg_repelling *f)
{
    SG_REQUIRE(f);
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    const size_t size = sg_closed_deep_n_w(&f->deep) + sg_closed_deep_n_phi(&f->deep);
    double *P = SG_NEW(d * m, double), *M = SG_NEW(q * q, double), *J = SG_NEW(size * size, double);
    double complex *lambda = SG_NEW(size, double complex);
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    sg_closed_deep_centred_moments(M, f->S, f->R, P, d, m);
    sg_closed_deep_flow(J, &f->deep, f->w, M, f->kappa);
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, J, size);
    f->abscissa = f->damping = status == SG_OK ? -HUGE_VAL : SG_NAN;
    f->radius = status == SG_OK ? cabs(lambda[0]) : SG_NAN;
    f->at = 0;
    for (size_t i = 0; i < size && status == SG_OK; i++) {
        const double modulus = cabs(lambda[i]);
        if (modulus > SLOW * f->radius)
            f->damping = fmax(f->damping, creal(lambda[i]) / modulus);
        if (modulus > ZERO * f->radius && creal(lambda[i]) / f->radius > f->abscissa) {
            f->abscissa = creal(lambda[i]) / f->radius;
            f->at = lambda[i];
        }
    }
    free(P);
    free(M);
    free(J);
    free(lambda);
    return status;
}

/* Does the minimum attract?  Across the family no eigenvalue is the gauge's zero, so one that comes
 * through 0 is seen however small it is; among those of the full flow it is below ZERO too soon. */
static bool attracts(enum sg_status *status, const struct sg_deep_normal *normal, double kappa)
{
    double mu = SG_NAN;
    double complex at;
    *status = sg_closed_deep_normal_limit(&mu, &at, normal, kappa);
    return *status == SG_OK && mu > 0;
}

enum sg_status sg_search_critical_kappa(double *kappa, const struct sg_repelling *f)
{
    SG_REQUIRE(kappa && f);
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    double *P = SG_NEW(d * m, double), *M = SG_NEW(q * q, double), low = f->kappa, high = low;
    struct sg_deep_normal *normal;
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    sg_closed_deep_centred_moments(M, f->S, f->R, P, d, m);
    enum sg_status status = sg_closed_deep_normal_alloc(&normal, &f->deep, f->w, M);
    while (status == SG_OK && !attracts(&status, normal, high) && high < 1e6) {
        low = high;
        high *= 2;
    }
    *kappa = status != SG_OK ? SG_NAN : high < 1e6 ? high : HUGE_VAL;
    while (status == SG_OK && *kappa < HUGE_VAL && high > low * (1 + 1e-9)) {
        *kappa = sqrt(low * high);
        *(attracts(&status, normal, *kappa) ? &high : &low) = *kappa;
    }
    sg_closed_deep_normal_free(normal);
    free(P);
    free(M);
    return status;
}
