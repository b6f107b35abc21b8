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

/* Schur and Cohn: for p = c_0 + ... + z^n real and monic, k = c_0 is the product of the roots up to
 * its sign.  |k| > 1: one is outside.  |k| < 1: (p - k p*) / ((1 - k^2) z), p* the reversed p, has
 * one root less inside the unit circle and as many on it and outside (Rouche: |k p*| < |p| there).
 * All are inside iff |k| < 1 in every step down to degree 0. */
static enum sg_status schur_cohn(arb_ptr c, slong n, slong bits)
{
    enum sg_status status = SG_OK;
    const slong size = n;
    arb_t k, scale;
    arb_ptr next = _arb_vec_init(size);
    arb_init(k);
    arb_init(scale);
    for (; n > 0 && status == SG_OK; n--) {
        arb_set(k, c);
        arb_mul(scale, k, k, bits);
        arb_sub_ui(scale, scale, 1, bits);
        arb_neg(scale, scale);
        if (!arb_is_positive(scale))
            status = arb_is_negative(scale) ? SG_REFUTED : SG_UNPROVED;
        for (slong i = 1; i <= n && status == SG_OK; i++) {
            arb_set(next + i - 1, c + i);
            arb_submul(next + i - 1, k, c + n - i, bits);
            arb_div(next + i - 1, next + i - 1, scale, bits);
        }
        for (slong i = 0; i < n && status == SG_OK; i++)
            arb_set(c + i, next + i);
        arb_one(c + n - 1);
    }
    _arb_vec_clear(next, size);
    arb_clear(k);
    arb_clear(scale);
    return status;
}

static enum sg_status attempt_side(void *context, slong bits)
{
    const struct delay *d = context;
    const slong n = (slong)d->tau + 1;
    arb_ptr c = _arb_vec_init(n + 1);
    arb_set_d(c, d->a);
    arb_sub_ui(c + n - 1, c + n - 1, 1, bits);
    arb_one(c + n);
    const enum sg_status status = schur_cohn(c, n, bits);
    _arb_vec_clear(c, n + 1);
    return status;
}

enum sg_status sg_cert_delay_side(double a, size_t tau)
{
    struct delay d = {a, tau};
    return isfinite(a) ? sg_ball_raise(attempt_side, &d) : SG_NOT_FINITE;
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
