/* DY8 at any depth in balls: how fast the flow leaves a minimum at least. */
#ifdef SG_HAVE_ARB
#include "cert/ball.h"
#include "cert/deep_exact.h"

struct flow { struct sg_exact_flow exact; double mu, nu; };

/* The Jacobian over Q, rounded outward to `bits`. */
static enum sg_status fill_flow(arb_mat_t J, void *context, slong bits)
{
    const struct flow *f = context;
    fmpq_t kappa, entry;
    fmpq_init(kappa);
    fmpq_init(entry);
    sg_exact_kappa(kappa, f->mu, f->nu);
    for (slong i = 0; i < f->exact.size; i++)
        for (slong j = 0; j < f->exact.size; j++) {
            if (i < f->exact.n_w)
                fmpq_set(entry, fmpq_mat_entry(f->exact.weights, i, j));
            else
                fmpq_mul(entry, fmpq_mat_entry(f->exact.sg, i - f->exact.n_w, j), kappa);
            arb_set_fmpq(arb_mat_entry(J, i, j), entry, bits);
        }
    fmpq_clear(kappa);
    fmpq_clear(entry);
    return SG_OK;
}

enum sg_status sg_cert_deep_growth(double *growth, const struct sg_cert_minimum *minimum, double mu,
                                   double nu)
{
    SG_REQUIRE(growth && minimum);
    struct flow f = {.mu = mu, .nu = nu};
    *growth = SG_NAN;
    if (!isfinite(mu) || !isfinite(nu))
        return SG_NOT_FINITE;
    if (!(mu > 0) || !(nu > 0))
        return SG_HYPOTHESIS;
    enum sg_status status = sg_exact_flow_init(&f.exact, minimum);
    if (status == SG_OK) {
        status = sg_ball_growth(growth, (size_t)f.exact.size, fill_flow, &f);
        sg_exact_flow_clear(&f.exact);
    }
    flint_cleanup();         /* FLINT keeps integers per thread; this thread may end */
    return status;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
