/* The limit of W <- W - mu E[x^T x] W A from both sides (DY1: A = 1, DY2).
 *
 * The step's eigenvalues are 1 - mu lambda a, lambda of S_x = E[x^T x] >= 0, a of A.  With x = mu
 * lambda > 0, |1 - x a| < 1 for all a iff x |a|^2 < 2 Re a for all a, so for all smaller x too; and
 * > 1 for one iff x |a|^2 > 2 Re a for it, so for all larger x.  What I - x A does at x = mu
 * lambda_max is the answer for all rates below, or beyond.  Where lambda = 0 the factor is 1. */
#ifdef SG_HAVE_ARB
#include "cert/shallow.h"

struct top { const struct sg_cert_data *data; struct sg_interval lambda; };

static enum sg_status attempt_top(void *context, slong bits)
{
    struct top *t = context;
    struct sg_ball_moments s;
    /* S_x may be singular: the solution is not looked at */
    const enum sg_status solved = sg_ball_moments(&s, t->data, bits);
    arb_mat_t S_x;
    (void)solved;
    arb_mat_init(S_x, s.d, s.d);
    sg_ball_block(S_x, s.M, 0, 0);
    const enum sg_status status = sg_ball_top(&t->lambda, S_x, bits);
    arb_mat_clear(S_x);
    sg_ball_moments_clear(&s);
    return status;
}

struct mode { double mu, lambda; const double *A; };

/* I - mu lambda A. */
static enum sg_status fill_mode(arb_mat_t J, void *context, slong bits)
{
    const struct mode *c = context;
    const slong m = arb_mat_nrows(J);
    arb_t x, a;
    arb_init(x);
    arb_init(a);
    arb_set_d(x, c->mu);
    arb_set_d(a, c->lambda);
    arb_mul(x, x, a, bits);
    arb_mat_one(J);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < m; j++) {
            arb_set_d(a, c->A ? c->A[i * m + j] : 1.0);
            arb_submul(arb_mat_entry(J, i, j), x, a, bits);
        }
    arb_clear(x);
    arb_clear(a);
    return SG_OK;
}

static enum sg_status side(double mu, double lambda, const double *A, size_t m)
{
    struct mode c = {mu, lambda, A};
    struct sg_interval radius;
    return sg_ball_radius(&radius, A ? m : 1, fill_mode, &c, HUGE_VAL);
}

void sg_cert_frozen_limit(enum sg_status *below, enum sg_status *beyond,
                          const struct sg_cert_data *data, struct sg_interval mu, const double *A)
{
    SG_REQUIRE(below && beyond && data);
    struct top t = {data, {SG_NAN, SG_NAN}};
    *below = *beyond = SG_NOT_FINITE;
    if (!sg_ball_data_finite(data) || !isfinite(mu.low) || !isfinite(mu.high) ||
        (A && !sg_ball_finite(A, data->m * data->m)))
        return;
    SG_REQUIRE(0 < mu.low && mu.low <= mu.high);
    *below = *beyond = SG_UNPROVED;
    if (sg_ball_raise(attempt_top, &t) != SG_OK || !(t.lambda.low > 0))
        return;
    /* what is proved at the nearer end of lambda's enclosure holds at lambda */
    if (side(mu.low, t.lambda.high, A, data->m) == SG_OK)
        *below = SG_OK;
    else if (side(mu.low, t.lambda.low, A, data->m) == SG_REFUTED)
        *below = SG_REFUTED;
    if (side(mu.high, t.lambda.low, A, data->m) == SG_REFUTED)
        *beyond = SG_REFUTED;
    else if (side(mu.high, t.lambda.high, A, data->m) == SG_OK)
        *beyond = SG_OK;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
