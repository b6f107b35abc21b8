/* DY10 in balls: the discrete mode a+ = a (1 + mu (sigma - a))^2, the logistic curve, and whether
 * the one is the other on its corrected clock. */
#ifdef SG_HAVE_ARB
#include "cert/ball.h"

struct mode {
    struct sg_cert_mode_look *look;
    size_t n_looks;
    const struct sg_cert_mode *of;
};

/* a(t) = sigma / (1 + (sigma/a_0 - 1) e^{-2 sigma t}). */
static void curve(arb_t a, const arb_t sigma, const arb_t a_0, const arb_t t, slong bits)
{
    arb_t e, q;
    arb_init(e);
    arb_init(q);
    arb_mul(e, sigma, t, bits);
    arb_mul_2exp_si(e, e, 1);
    arb_neg(e, e);
    arb_exp(e, e, bits);
    arb_div(q, sigma, a_0, bits);
    arb_sub_ui(q, q, 1, bits);
    arb_mul(e, e, q, bits);
    arb_add_ui(e, e, 1, bits);
    arb_div(a, sigma, e, bits);
    arb_clear(e);
    arb_clear(q);
}

static void step(arb_t a, const arb_t sigma, const arb_t mu, slong bits)
{
    arb_t growth;
    arb_init(growth);
    arb_sub(growth, sigma, a, bits);
    arb_mul(growth, growth, mu, bits);
    arb_add_ui(growth, growth, 1, bits);
    arb_mul(growth, growth, growth, bits);
    arb_mul(a, a, growth, bits);
    arb_clear(growth);
}

/* shift = (mu/2) (2 sigma t - (3/2) ln(a(t)/a_0)) and the remainder, x = mu sigma:
 *   max{(3/2) x^2 t / (1 - 2x), (3/8) mu x ln(a(t + most)/a_0) / (1 - x/2)}
 *   + (3/2) mu (sigma - a(t - most)) most,   most = x t + (3/2) x^2 t / (1 - 2x). */
static void clock_of(arb_t shift, arb_t remainder, const arb_t sigma, const arb_t a_0,
                     const arb_t mu, const arb_t t, slong bits)
{
    arb_t x, above, below, most, v, u;
    arb_struct *const number[] = {x, above, below, most, v, u};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_init(number[k]);
    arb_mul(x, mu, sigma, bits);
    arb_mul(above, x, x, bits);
    arb_mul(above, above, t, bits);
    arb_mul_ui(above, above, 3, bits);
    arb_mul_2exp_si(u, x, 1);
    arb_sub_ui(u, u, 1, bits);
    arb_neg(u, u);                                           /* 1 - 2x */
    arb_mul_2exp_si(u, u, 1);
    arb_div(above, above, u, bits);
    arb_mul(most, x, t, bits);
    arb_add(most, most, above, bits);
    arb_add(v, t, most, bits);
    curve(v, sigma, a_0, v, bits);
    arb_div(v, v, a_0, bits);
    arb_log(v, v, bits);
    arb_mul(below, mu, x, bits);
    arb_mul(below, below, v, bits);
    arb_mul_ui(below, below, 3, bits);
    arb_sub_ui(u, x, 2, bits);
    arb_neg(u, u);                                           /* 2 - x */
    arb_div(below, below, u, bits);
    arb_mul_2exp_si(below, below, -2);
    arb_max(remainder, above, below, bits);
    arb_sub(v, t, most, bits);
    curve(v, sigma, a_0, v, bits);
    arb_sub(v, sigma, v, bits);
    arb_mul(v, v, mu, bits);
    arb_mul(v, v, most, bits);
    arb_mul_ui(v, v, 3, bits);
    arb_mul_2exp_si(v, v, -1);
    arb_add(remainder, remainder, v, bits);
    curve(v, sigma, a_0, t, bits);
    arb_div(v, v, a_0, bits);
    arb_log(v, v, bits);
    arb_mul_ui(v, v, 3, bits);
    arb_mul_2exp_si(v, v, -1);                               /* (3/2) ln(a/a_0) */
    arb_mul(shift, sigma, t, bits);
    arb_mul_2exp_si(shift, shift, 1);
    arb_sub(shift, shift, v, bits);
    arb_mul(shift, shift, mu, bits);
    arb_mul_2exp_si(shift, shift, -1);
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_clear(number[k]);
}

/* a(t + shift - remainder) <= a <= a(t + shift + remainder)?  The curve rises. */
static enum sg_status on_the_clock(const arb_t a, const arb_t sigma, const arb_t a_0,
                                   const arb_t mu, const arb_t t, slong bits)
{
    arb_t shift, remainder, low, high;
    arb_struct *const number[] = {shift, remainder, low, high};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_init(number[k]);
    clock_of(shift, remainder, sigma, a_0, mu, t, bits);
    arb_add(shift, shift, t, bits);
    arb_sub(low, shift, remainder, bits);
    arb_add(high, shift, remainder, bits);
    curve(low, sigma, a_0, low, bits);
    curve(high, sigma, a_0, high, bits);
    const enum sg_status status = arb_le(low, a) && arb_le(a, high)    ? SG_OK
                                  : arb_lt(a, low) || arb_gt(a, high) ? SG_REFUTED
                                                                      : SG_UNPROVED;
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_clear(number[k]);
    return status;
}

/* 30 digits of a, or more bits. */
static enum sg_status attempt(void *context, slong bits)
{
    const struct mode *c = context;
    enum sg_status status = SG_OK;
    arb_t sigma, a_0, mu, a, t, on_curve;
    arb_struct *const number[] = {sigma, a_0, mu, a, t, on_curve};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_init(number[k]);
    arb_set_d(sigma, c->of->sigma);
    arb_set_d(a_0, c->of->a_0);
    arb_set_d(mu, c->of->mu);
    arb_set(a, a_0);
    for (size_t i = 0; i < c->n_looks && status != SG_UNPROVED; i++) {
        struct sg_cert_mode_look *look = &c->look[i];
        for (uint64_t k = 0; k < c->of->gap; k++)
            step(a, sigma, mu, bits);
        arb_mul_ui(t, mu, (ulong)((i + 1) * c->of->gap), bits);
        curve(on_curve, sigma, a_0, t, bits);
        look->discrete = sg_ball_interval(a);
        look->curve = sg_ball_interval(on_curve);
        look->clock = on_the_clock(a, sigma, a_0, mu, t, bits);
        status = arb_rel_accuracy_bits(a) < 100 ? SG_UNPROVED : look->clock;
        if (status == SG_REFUTED)                            /* the other looks still count */
            status = SG_OK;
    }
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_clear(number[k]);
    return status;
}

enum sg_status sg_cert_mode(struct sg_cert_mode_look *look, size_t n_looks,
                            const struct sg_cert_mode *mode)
{
    SG_REQUIRE((look || n_looks == 0) && mode);
    const struct sg_interval none = {SG_NAN, SG_NAN};
    struct mode c = {look, n_looks, mode};
    for (size_t i = 0; i < n_looks; i++)
        look[i] = (struct sg_cert_mode_look){none, none, SG_UNPROVED};
    if (!isfinite(mode->sigma) || !isfinite(mode->a_0) || !isfinite(mode->mu))
        return SG_NOT_FINITE;
    /* 8 mu sigma <= 1 exactly: fma has one rounding, and its sign is right */
    if (!(mode->mu > 0 && 0 < mode->a_0 && mode->a_0 < mode->sigma &&
          fma(8 * mode->mu, mode->sigma, -1) <= 0))
        return SG_HYPOTHESIS;
    if ((double)n_looks * (double)mode->gap > SG_CERT_MODE_STEPS_MOST)
        return SG_UNPROVED;
    enum sg_status status = sg_ball_raise(attempt, &c);
    for (size_t i = 0; i < n_looks && status == SG_OK; i++)
        status = look[i].clock;
    return status;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
