/* A ball around DY3's fixed point from which every start converges to it, by a Lyapunov matrix.
 *
 * With U = W - W*, Psi = Phi - phi*, delta = (U, Psi), one step is delta' = J delta + N(delta),
 *     N_W   = -mu S_x U a,
 *     N_Phi = -nu (E[z*^T zeta] + E[zeta^T z*] + E[zeta^T zeta]) Psi,
 * with zeta = (x U, 0, 0) and a the first block of Psi, since s - g = z Psi and
 * s = r* + x U (I + a) + z* Psi.  So with X = |E[x^T z*]|_2, L = lambda_max(S_x),
 * |U||Psi| <= |delta|^2 / 2 and |U|^2 |Psi| <= 2/(3 sqrt 3) |delta|^3:
 *     |N| <= c_2 |delta|^2 + c_3 |delta|^3,
 *     c_2 = sqrt((mu L)^2 + (2 nu X)^2) / 2,   c_3 = 0.385 nu L.
 * P > 0 with q^2 P - J^T P J > 0, q < 1, and |delta|_P <= R give
 *     |delta'|_P <= (q + sqrt(p_max) (c_2 R / p_min + c_3 R^2 / p_min^{3/2})) |delta|_P. */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/shallow.h"

struct basin { double *radius, *contraction; const struct sg_cert_data *data; double mu, nu; };

/* The balls of one attempt: J, P (exact doubles), and the scalars of the inequality. */
struct lyapunov { arb_mat_t J, P; double p_min, p_max, q2, c2, c3; };

/* P = sum_k (J^T)^k J^k by doubling, in floating point of `bits` bits, then rounded to doubles:
 * what it is worth is proved afterwards. */
static bool approximate_lyapunov(arb_mat_t P, const arb_mat_t J, slong bits)
{
    enum { DOUBLINGS = 40 };
    const slong n = arb_mat_nrows(J);
    arb_mat_t A, PA, APA;
    arb_t norm;
    bool settled = false;
    arb_mat_init(A, n, n);
    arb_mat_init(PA, n, n);
    arb_mat_init(APA, n, n);
    arb_init(norm);
    arb_mat_get_mid(A, J);
    arb_mat_one(P);
    for (int k = 0; k < DOUBLINGS && !settled; k++) {
        arb_mat_mul(PA, P, A, bits);
        sg_ball_mul_tn(APA, A, PA, bits);
        arb_mat_add(P, P, APA, bits);
        arb_mat_get_mid(P, P);
        arb_mat_sqr(A, A, bits);
        arb_mat_get_mid(A, A);
        arb_mat_frobenius_norm(norm, A, bits);
        settled = sg_ball_high(norm) < ldexp(1, -40);
        if (!(sg_ball_high(norm) < 1e100))
            break;
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j <= i; j++) {
            arb_set_d(arb_mat_entry(P, i, j),
                      arf_get_d(arb_midref(arb_mat_entry(P, i, j)), ARF_RND_NEAR));
            arb_set(arb_mat_entry(P, j, i), arb_mat_entry(P, i, j));
        }
    arb_mat_clear(A);
    arb_mat_clear(PA);
    arb_mat_clear(APA);
    arb_clear(norm);
    return settled;
}

/* q^2 P - J^T P J > 0 for a q^2 < 1 as small as it comes: 1 - 1/p_max is
 * exact when P - J^T P J = I. */
static bool prove_contraction(struct lyapunov *l, slong bits)
{
    const slong n = arb_mat_nrows(l->J);
    const double share[] = {0.999, 0.9, 0.5, 0.1};
    arb_mat_t PJ, JPJ, D;
    arb_t q2;
    bool proved = false;
    arb_mat_init(PJ, n, n);
    arb_mat_init(JPJ, n, n);
    arb_mat_init(D, n, n);
    arb_init(q2);
    arb_mat_mul(PJ, l->P, l->J, bits);
    sg_ball_mul_tn(JPJ, l->J, PJ, bits);
    for (size_t k = 0; k < sizeof share / sizeof *share && !proved; k++) {
        l->q2 = 1 - share[k] / l->p_max;
        arb_set_d(q2, l->q2);
        arb_mat_scalar_mul_arb(D, l->P, q2, bits);
        arb_mat_sub(D, D, JPJ, bits);
        proved = l->q2 < 1 && sg_ball_positive(D, bits);
    }
    arb_mat_clear(PJ);
    arb_mat_clear(JPJ);
    arb_mat_clear(D);
    arb_clear(q2);
    return proved;
}

/* c_2 and c_3, rounded up: doubles of upper bounds, a few operations. */
static enum sg_status bound_rest(struct lyapunov *l, const struct sg_ball_moments *s, double mu,
                                 double nu, slong bits)
{
    const double up = 1 + 16 * SG_UNIT_ROUNDOFF;
    arb_mat_t S_x, T, MT, xz, square;
    struct sg_interval L, XX;
    arb_mat_init(S_x, s->d, s->d);
    arb_mat_init(T, s->N, s->q);
    arb_mat_init(MT, s->N, s->q);
    arb_mat_init(xz, s->d, s->q);
    arb_mat_init(square, s->q, s->q);
    sg_ball_block(S_x, s->M, 0, 0);
    sg_ball_regressors(T, s, s->W);
    arb_mat_mul(MT, s->M, T, bits);
    sg_ball_block(xz, MT, 0, 0);
    sg_ball_mul_tn(square, xz, xz, bits);
    enum sg_status status = sg_ball_top(&L, S_x, bits);
    if (status == SG_OK)
        status = sg_ball_top(&XX, square, bits);
    if (status == SG_OK) {
        l->c2 = 0.5 * sqrt(mu * mu * L.high * L.high + 4 * nu * nu * XX.high) * up;
        l->c3 = 0.385 * fabs(nu) * L.high * up;
    }
    arb_mat_clear(S_x);
    arb_mat_clear(T);
    arb_mat_clear(MT);
    arb_mat_clear(xz);
    arb_mat_clear(square);
    return status;
}

/* q + sqrt(p_max) (c_2 R / p_min + c_3 R^2 / p_min^{3/2}), a ball. */
static void step_factor(arb_t out, const struct lyapunov *l, double R, slong bits)
{
    arb_t p_min, r, term;
    arb_init(p_min);
    arb_init(r);
    arb_init(term);
    arb_set_d(p_min, l->p_min);
    arb_sqrt(p_min, p_min, bits);
    arb_set_d(r, R);
    arb_div(r, r, p_min, bits);                          /* R / sqrt(p_min) >= |delta| */
    arb_set_d(term, l->c3);
    arb_mul(term, term, r, bits);
    arb_set_d(out, l->c2);
    arb_add(term, term, out, bits);
    arb_mul(term, term, r, bits);
    arb_div(term, term, p_min, bits);
    arb_set_d(out, l->p_max);
    arb_sqrt(out, out, bits);
    arb_mul(term, term, out, bits);
    arb_set_d(out, l->q2);
    arb_sqrt(out, out, bits);
    arb_add(out, out, term, bits);
    arb_clear(p_min);
    arb_clear(r);
    arb_clear(term);
}

/* The largest R by the quadratic formula in floating point, a thousandth
 * given away; then proved. */
static enum sg_status find_radius(double *radius, double *contraction, const struct lyapunov *l,
                                  slong bits)
{
    /* c_2 t + c_3 t^2 = room, t = R / sqrt(p_min) */
    const double room = 0.999 * (1 - sqrt(l->q2)) * sqrt(l->p_min / l->p_max);
    const double t = 2 * room / (l->c2 + sqrt(l->c2 * l->c2 + 4 * l->c3 * room)),
                 R = t * sqrt(l->p_min);
    enum sg_status status = SG_UNPROVED;
    arb_t factor, r;
    arb_init(factor);
    arb_init(r);
    step_factor(factor, l, R, bits);
    if (R > 0 && sg_ball_high(factor) < 1) {
        *contraction = sg_ball_high(factor);
        arb_set_d(factor, l->p_max);
        arb_sqrt(factor, factor, bits);
        arb_set_d(r, R);
        arb_div(r, r, factor, bits);
        *radius = sg_ball_low(r);
        status = SG_OK;
    }
    arb_clear(factor);
    arb_clear(r);
    return status;
}

static enum sg_status attempt_basin(void *context, slong bits)
{
    const struct basin *b = context;
    struct sg_ball_moments s;
    struct lyapunov l;
    struct sg_interval ends;
    enum sg_status status = sg_ball_moments(&s, b->data, bits);
    const slong n_w = s.d * s.m, n = n_w + s.q * s.m;
    arb_mat_t F, Phi;
    arb_mat_init(F, n, 1);
    arb_mat_init(Phi, s.q, s.m);
    arb_mat_init(l.J, n, n);
    arb_mat_init(l.P, n, n);
    if (status == SG_OK) {
        sg_ball_exact_sg(Phi, s.m, NULL);
        sg_ball_joint(F, l.J, &s, s.W, Phi, bits);
        sg_ball_step(l.J, n_w, b->mu, b->nu, bits);
        status = approximate_lyapunov(l.P, l.J, bits) ? SG_OK : SG_UNPROVED;
    }
    if (status == SG_OK && (status = sg_ball_top(&ends, l.P, bits)) == SG_OK)
        l.p_max = ends.high;
    if (status == SG_OK && (status = sg_ball_bottom(&ends, l.P, bits)) == SG_OK)
        l.p_min = ends.low;
    if (status == SG_OK && !(l.p_min > 0 && prove_contraction(&l, bits)))
        status = SG_UNPROVED;
    if (status == SG_OK)
        status = bound_rest(&l, &s, b->mu, b->nu, bits);
    if (status == SG_OK)
        status = find_radius(b->radius, b->contraction, &l, bits);
    arb_mat_clear(F);
    arb_mat_clear(Phi);
    arb_mat_clear(l.J);
    arb_mat_clear(l.P);
    sg_ball_moments_clear(&s);
    return status;
}

enum sg_status sg_cert_basin(double *radius, double *contraction, const struct sg_cert_data *data,
                             double mu, double nu)
{
    SG_REQUIRE(radius && contraction && data);
    struct basin b = {radius, contraction, data, mu, nu};
    SG_REQUIRE(data->y != NULL);
    *radius = *contraction = SG_NAN;
    return sg_ball_data_finite(data) && isfinite(mu) && isfinite(nu)
               ? sg_ball_raise(attempt_basin, &b)
               : SG_NOT_FINITE;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
