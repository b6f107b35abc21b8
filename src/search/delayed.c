/* At which rate does training with delayed pairs begin to leave a minimum, and is that below
 * backprop's limit 2/lambda_max(H)?  (DY11, one hidden layer.) */
#include <math.h>
#include <stdlib.h>

#include "search/search.h"

/* ln|lambda| above this part of the largest |lambda - 1| leaves: off the circle by more than
 * rounding can account for. */
static const double LEAVES = 1e-8;
/* An eigenvalue of H or G that was taken for zero, above this part of the largest, may be none:
 * what rounding leaves is below 1e-13.  Without its mode the step is another. */
static const double DOUBTFUL = 1e-12;
/* Shares of backprop's limit. */
static const double GRID[] = {0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.95};
enum { N_GRID = sizeof GRID / sizeof *GRID, HALVINGS = 30 };

struct look {
    struct sg_deep_normal *normal;
    struct sg_deep_normal_sizes sizes;
    double *J;
    double complex *lambda;
    size_t size, tau;
    enum sg_status status;
};

static bool leaves(struct look *l, double share, double *damping)
{
    const double mu = 2 / l->sizes.lambda, nu = 1 / l->sizes.gamma;
    double radius = 0, growth = -HUGE_VAL;
    sg_closed_deep_normal_delayed(l->J, l->normal, share * mu, nu, l->tau);
    l->status = sg_base_eigen_general(l->lambda, NULL, l->J, l->size);
    for (size_t i = 0; i < l->size && l->status == SG_OK; i++) {
        const double complex move = l->lambda[i] - 1;
        radius = fmax(radius, cabs(move));
        growth = fmax(growth, log(cabs(l->lambda[i])));      /* -inf for an eigenvalue 0 */
        *damping = fmax(*damping, creal(move) / cabs(move));
    }
    return growth > LEAVES * radius;
}

/* The least share on the grid at which it leaves, refined; 1 for none. */
static double least_share(struct look *l, double *damping)
{
    size_t k = 0;
    while (k < N_GRID && !leaves(l, GRID[k], damping) && l->status == SG_OK)
        k++;
    if (k == N_GRID || l->status != SG_OK)
        return l->status == SG_OK ? 1 : SG_NAN;
    double low = k > 0 ? GRID[k - 1] : 0, high = GRID[k], unused = 0;
    for (int i = 0; i < HALVINGS && l->status == SG_OK; i++) {
        const double middle = (low + high) / 2;
        *(leaves(l, middle, &unused) ? &high : &low) = middle;
    }
    return high;
}

enum sg_status sg_search_share(struct sg_repelling *f, size_t tau)
{
    SG_REQUIRE(f);
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    double *P = SG_NEW(d * m, double), *M = SG_NEW(q * q, double);
    struct look l = {.tau = tau};
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    sg_closed_deep_centred_moments(M, f->S, f->R, P, d, m);
    f->share = f->damping = f->kappa = SG_NAN;
    l.status = sg_closed_deep_normal_alloc(&l.normal, &f->deep, f->w, M);
    if (l.status == SG_OK) {
        l.sizes = sg_closed_deep_normal_sizes(l.normal);
        l.size = l.sizes.w * (1 + tau) + l.sizes.phi;
        l.J = SG_NEW(l.size * l.size, double);
        l.lambda = SG_NEW(l.size, double complex);
        f->damping = -1;
        f->share = l.sizes.dropped > DOUBTFUL ? 1 : least_share(&l, &f->damping);
        f->kappa = l.sizes.lambda / (2 * l.sizes.gamma * f->share * (f->share < 1 ? 1.001 : 1));
        free(l.J);
        free(l.lambda);
        sg_closed_deep_normal_free(l.normal);
    }
    free(P);
    free(M);
    return l.status;
}
