/* DY11's thresholds: 2 sin(pi / (2 (2 tau + 1))) enclosed, and the stale recursion's roots proved
 * inside or outside the unit circle. */
#ifdef SG_HAVE_ARB
#include "cert/ball.h"

struct delay { double a; size_t tau; };

/* x_{t+1} = x_t - a x_{t - tau} on (x_t, ..., x_{t - tau}). */
static enum sg_status companion(arb_mat_t J, void *context, slong bits)
{
    const struct delay *c = context;
    arb_t a;
    arb_init(a);
    arb_set_d(a, c->a);
    arb_mat_zero(J);
    arb_one(arb_mat_entry(J, 0, 0));
    arb_sub(arb_mat_entry(J, 0, (slong)c->tau), arb_mat_entry(J, 0, (slong)c->tau), a, bits);
    for (slong k = 0; k < (slong)c->tau; k++)
        arb_one(arb_mat_entry(J, k + 1, k));
    arb_clear(a);
    return SG_OK;
}

enum sg_status sg_cert_delay_radius(struct sg_interval *radius, double a, size_t tau, double width)
{
    SG_REQUIRE(radius);
    struct delay c = {a, tau};
    *radius = (struct sg_interval){SG_NAN, SG_NAN};
    return isfinite(a) ? sg_ball_radius(radius, tau + 1, companion, &c, width) : SG_NOT_FINITE;
}

struct sg_interval sg_cert_delay_limit(size_t tau)
{
    fmpq_t turn;
    arb_t limit;
    fmpq_init(turn);
    arb_init(limit);
    fmpq_set_si(turn, 1, 2 * (2 * (ulong)tau + 1));
    arb_sin_pi_fmpq(limit, turn, SG_CERT_BITS_FIRST);
    arb_mul_2exp_si(limit, limit, 1);
    const struct sg_interval out = sg_ball_interval(limit);
    fmpq_clear(turn);
    arb_clear(limit);
    flint_cleanup();
    return out;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
