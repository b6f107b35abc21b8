/* The rates (mu, nu) at which linear regression and its SG are stable: all of those inside a
 * rectangle, and none beyond it.
 *
 * The simultaneous step at the fixed point is J = I - D A, D = diag(mu, nu), A the derivative of
 * the joint directions.  For a symmetric K = diag(K_1, K_2) let V(x) = x^T K D^{-1} x.  Then
 *     V(x) - V(J x) = x^T M x,    M = K A + A^T K - A^T K D A,
 * which is affine in (mu, nu), and falls in a rate whose part of K is positive.
 *   K > 0, M > 0 at (mu, nu)   V shrinks: rho(J) < 1 there and at all smaller rates.
 *   V(x) < 0 for some x, M > 0 V runs away to -infinity: rho(J) > 1.  K_2 > 0: at all smaller nu.
 * Delayed pairs: the SG's rows read W of tau steps ago.  With q (|W_{t-1}|^2 + ... +
 * |W_{t-tau}|^2) added to V the same holds, M on (W_t, Phi_t, W_{t-tau}), for every tau.
 * A ray: J = I - t A' has rho < 1 iff t |a|^2 < 2 Re a for every eigenvalue a of A', and rho > 1
 * iff t |a|^2 > 2 Re a for one: what is proved at t holds at all smaller, or larger, ones.
 *
 * K is guessed from eigenvectors in floating point.  A is differentiated in balls, and that a block
 * of it vanishes is not used. */
#ifdef SG_HAVE_ARB
#include <math.h>
#include <stdlib.h>

#include "cert/shallow.h"

/* Relative distance at which two eigenvalues pass for one, or are told apart: floating point. */
#define SG_RATES_SAME 1e-12

struct point { double mu, nu; };

/* What a K is made from: eigenvalues and vectors of S_x and S_z, and |E[x^T z]|. */
struct guess { double *lambda_x, *v_x, *lambda_z, *v_z, corner; };

struct rates {
    const struct sg_cert_data *data;
    struct sg_interval mu, nu;
    double beta;
    struct sg_ball_moments s;
    arb_mat_t A;
    struct guess guess;
};

/* ---- the guess -------------------------------------------------------------------------- */

static enum sg_status eigen(double **lambda, double **v, const arb_mat_t S)
{
    const size_t n = (size_t)arb_mat_nrows(S);
    double *a = SG_NEW(n * n, double);
    *lambda = SG_NEW(n, double);
    *v = SG_NEW(n * n, double);
    for (size_t i = 0; i < n * n; i++)
        a[i] = arf_get_d(arb_midref(arb_mat_entry(S, (slong)(i / n), (slong)(i % n))),
                         ARF_RND_NEAR);
    const enum sg_status status = sg_base_eigen_symmetric(*lambda, *v, a, n);
    free(a);
    return status;
}

static enum sg_status make_guess(struct rates *r, slong bits)
{
    const struct sg_ball_moments *s = &r->s;
    arb_mat_t S_x, S_z;
    arb_mat_init(S_x, s->d, s->d);
    arb_mat_init(S_z, s->q, s->q);
    sg_ball_block(S_x, s->M, 0, 0);
    sg_ball_s_z(S_z, s, bits);
    const enum sg_status x = eigen(&r->guess.lambda_x, &r->guess.v_x, S_x),
                         z = eigen(&r->guess.lambda_z, &r->guess.v_z, S_z);
    /* |E[x^T z]|^2 <= lambda_max(S_x) lambda_max(S_z) */
    r->guess.corner = r->guess.lambda_x[0] * r->guess.lambda_z[0];
    arb_mat_clear(S_x);
    arb_mat_clear(S_z);
    return x != SG_OK ? x : z;
}

static void free_guess(struct guess *g)
{
    free(g->lambda_x);
    free(g->v_x);
    free(g->lambda_z);
    free(g->v_z);
}

/* The least |lambda (2 - rate lambda)|: what M has left in the worst direction of a block. */
static double margin(const double *lambda, slong n, double rate)
{
    double least = HUGE_VAL;
    for (slong i = 0; i < n; i++)
        least = fmin(least, fabs(lambda[i] * (2 - rate * lambda[i])));
    return least;
}

/* K_2's weight over K_1's, a power of two: the Schur complement in M's SG block is positive with
 * room to spare.  room: the least margin of the network's block. */
static double weight(double *room, const struct rates *r, const struct point *at, size_t n)
{
    const struct guess *g = &r->guess;
    double most = 1;
    *room = HUGE_VAL;
    for (size_t k = 0; k < n; k++) {
        const double x = margin(g->lambda_x, r->s.d, at[k].mu),
                     z = margin(g->lambda_z, r->s.q, at[k].nu);
        *room = fmin(*room, x);
        most = fmax(most, g->corner * (1 / x + at[k].mu) / z);
    }
    return isfinite(most) ? ldexp(1, ilogb(most) + 12) : SG_NAN;
}

/* H = I - 2 sum v v^T over the v with rate lambda > 2. */
static void fill_reflection(arb_mat_t H, const double *lambda, const double *v, double rate,
                            slong bits)
{
    const slong n = arb_mat_nrows(H);
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    arb_mat_one(H);
    for (slong k = 0; k < n && rate * lambda[k] > 2; k++)
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++) {
                arb_set_d(a, -2 * v[i * n + k]);
                arb_set_d(b, v[j * n + k]);
                arb_addmul(arb_mat_entry(H, i, j), a, b, bits);
            }
    arb_clear(a);
    arb_clear(b);
}

/* v^T H v < 0 for the first column v? */
static bool is_turned(const arb_mat_t H, const double *v, slong bits)
{
    const slong n = arb_mat_nrows(H);
    arb_mat_t u, Hu, uHu;
    arb_mat_init(u, n, 1);
    arb_mat_init(Hu, n, 1);
    arb_mat_init(uHu, 1, 1);
    for (slong i = 0; i < n; i++)
        arb_set_d(arb_mat_entry(u, i, 0), v[i * n]);
    arb_mat_mul(Hu, H, u, bits);
    sg_ball_mul_tn(uHu, u, Hu, bits);
    const bool so = arb_is_negative(arb_mat_entry(uHu, 0, 0));
    arb_mat_clear(u);
    arb_mat_clear(Hu);
    arb_mat_clear(uHu);
    return so;
}

/* K = scale H (x) I_m, H = I, or where `turned` a reflection.  False: it was to be turned and could
 * not be shown to be. */
static bool fill_block(arb_mat_t K, const double *lambda, const double *v, slong m, double rate,
                       bool turned, double scale, slong bits)
{
    const slong nm = arb_mat_nrows(K), n = nm / m;
    arb_mat_t H;
    arb_t factor;
    arb_mat_init(H, n, n);
    arb_init(factor);
    arb_set_d(factor, scale);
    arb_mat_one(H);
    if (turned)
        fill_reflection(H, lambda, v, rate, bits);
    arb_mat_zero(K);
    for (slong i = 0; i < nm; i++)
        for (slong j = i % m; j < nm; j += m)
            arb_mul(arb_mat_entry(K, i, j), arb_mat_entry(H, i / m, j / m), factor, bits);
    const bool as_wanted = !turned || is_turned(H, v, bits);
    arb_mat_clear(H);
    arb_clear(factor);
    return as_wanted;
}

/* ---- M ---------------------------------------------------------------------------------- */

/* M += E^T K B + B^T K E - rate B^T K B, E the unit rows from `at` on. */
static void add_block(arb_mat_t M, const arb_mat_t K, const arb_mat_t B, slong at, double rate,
                      slong bits)
{
    const slong rows = arb_mat_nrows(B), n = arb_mat_ncols(B);
    arb_mat_t KB, BKB;
    arb_t factor;
    arb_mat_init(KB, rows, n);
    arb_mat_init(BKB, n, n);
    arb_init(factor);
    arb_set_d(factor, -rate);
    arb_mat_mul(KB, K, B, bits);
    sg_ball_mul_tn(BKB, B, KB, bits);
    arb_mat_scalar_addmul_arb(M, BKB, factor, bits);
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < n; j++) {
            arb_add(arb_mat_entry(M, at + i, j), arb_mat_entry(M, at + i, j),
                    arb_mat_entry(KB, i, j), bits);
            arb_add(arb_mat_entry(M, j, at + i), arb_mat_entry(M, j, at + i),
                    arb_mat_entry(KB, i, j), bits);
        }
    arb_mat_clear(KB);
    arb_mat_clear(BKB);
    arb_clear(factor);
}

/* The directions' rows on (W_t, Phi_t, W_{t-tau}): of the network, of the SG, which reads the old
 * weights. */
static void split(arb_mat_t network, arb_mat_t sg, const arb_mat_t A)
{
    const slong n_w = arb_mat_nrows(network), n = arb_mat_nrows(A);
    arb_mat_zero(network);
    arb_mat_zero(sg);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            if (i < n_w)
                arb_set(arb_mat_entry(network, i, j), arb_mat_entry(A, i, j));
            else
                arb_set(arb_mat_entry(sg, i - n_w, j < n_w ? n + j : j), arb_mat_entry(A, i, j));
}

/* q on the diagonal of W_{t-tau}, -q on that of W_t. */
static void add_past(arb_mat_t M, slong n_w, slong n, double q, slong bits)
{
    arb_t past;
    arb_init(past);
    arb_set_d(past, q);
    for (slong i = 0; i < n_w; i++) {
        arb_sub(arb_mat_entry(M, i, i), arb_mat_entry(M, i, i), past, bits);
        arb_add(arb_mat_entry(M, n + i, n + i), arb_mat_entry(M, n + i, n + i), past, bits);
    }
    arb_clear(past);
}

/* Is M > 0 at all vertices for one K, so between them too, turned (not definite) in the network's
 * block, or in the SG's? */
static bool proved_at(const struct rates *r, const struct point *at, size_t vertices,
                      bool turned_x, bool turned_z, slong bits)
{
    const struct guess *g = &r->guess;
    const slong m = r->s.m, n_w = r->s.d * m, n = arb_mat_nrows(r->A);
    double room;
    const double w = weight(&room, r, at, vertices), q = room / 16;
    arb_mat_t K_1, K_2, M, network, sg;
    arb_mat_init(K_1, n_w, n_w);
    arb_mat_init(K_2, n - n_w, n - n_w);
    arb_mat_init(M, n + n_w, n + n_w);
    arb_mat_init(network, n_w, n + n_w);
    arb_mat_init(sg, n - n_w, n + n_w);
    split(network, sg, r->A);
    bool proved =
        isfinite(w) && q > 0 &&
        fill_block(K_1, g->lambda_x, g->v_x, m, at[0].mu, turned_x, 1, bits) &&
        fill_block(K_2, g->lambda_z, g->v_z, m, at[0].nu, turned_z, w, bits);
    for (size_t k = 0; k < vertices && proved; k++) {
        arb_mat_zero(M);
        add_block(M, K_1, network, 0, at[k].mu, bits);
        add_block(M, K_2, sg, n_w, at[k].nu, bits);
        add_past(M, n_w, n, q, bits);
        proved = sg_ball_positive(M, bits);
    }
    arb_mat_clear(K_1);
    arb_mat_clear(K_2);
    arb_mat_clear(M);
    arb_mat_clear(network);
    arb_mat_clear(sg);
    return proved;
}

/* ---- heavy ball ------------------------------------------------------------------------- */

/* out += a b (or a b^T). */
static void add_scaled(arb_mat_t out, slong row, slong column, const arb_mat_t a, const arb_t b,
                       bool transposed, slong bits)
{
    for (slong i = 0; i < arb_mat_nrows(a); i++)
        for (slong j = 0; j < arb_mat_ncols(a); j++)
            arb_addmul(arb_mat_entry(out, row + i, column + j),
                       transposed ? arb_mat_entry(a, j, i) : arb_mat_entry(a, i, j), b, bits);
}

/* An eigenvalue 1 - a of J becomes the roots of l^2 - (1 + beta - a) l + beta, both inside iff a is
 * inside the ellipse around 1 + beta with the half axes 1 + beta and 1 - beta, that is
 * |p a + q a* - 1| < 1 with p = 1/(1 - beta^2), q = -beta p.  All eigenvalues of D A are, if
 *     [H + H^T, H; H^T, D^{-1} Xi] > 0,    H = p A Xi + q Xi A^T,
 * for a diagonal Xi > 0 that is a number in each part (proofs/certificates.md).  The left side
 * falls in the rates: it is so for all smaller ones too. */
static bool proved_inside_ellipse(const struct rates *r, struct point at, slong bits)
{
    const slong n_w = r->s.d * r->s.m, n = arb_mat_nrows(r->A);
    const struct point plain = {at.mu / (1 + r->beta), at.nu / (1 + r->beta)};
    double room;
    const double w = weight(&room, r, &plain, 1);
    arb_mat_t AXi, H, M;
    arb_t p, q, x;
    arb_mat_init(AXi, n, n);
    arb_mat_init(H, n, n);
    arb_mat_init(M, 2 * n, 2 * n);
    arb_init(p);
    arb_init(q);
    arb_init(x);
    arb_set_d(q, r->beta);
    arb_mul(p, q, q, bits);
    arb_sub_ui(p, p, 1, bits);
    arb_neg(p, p);
    arb_inv(p, p, bits);
    arb_mul(q, q, p, bits);
    arb_neg(q, q);
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < n; i++) {
            arb_set_d(x, j < n_w ? 256 * w : 1);
            arb_mul(arb_mat_entry(AXi, i, j), arb_mat_entry(r->A, i, j), x, bits);
        }
    add_scaled(H, 0, 0, AXi, p, false, bits);
    add_scaled(H, 0, 0, AXi, q, true, bits);
    arb_one(x);
    add_scaled(M, 0, 0, H, x, false, bits);
    add_scaled(M, 0, 0, H, x, true, bits);
    add_scaled(M, 0, n, H, x, false, bits);
    add_scaled(M, n, 0, H, x, true, bits);
    for (slong j = 0; j < n; j++) {
        arb_set_d(arb_mat_entry(M, n + j, n + j), j < n_w ? 256 * w : 1);
        arb_set_d(x, j < n_w ? at.mu : at.nu);
        arb_div(arb_mat_entry(M, n + j, n + j), arb_mat_entry(M, n + j, n + j), x, bits);
    }
    const bool proved = isfinite(w) && sg_ball_positive(M, bits);
    arb_mat_clear(AXi);
    arb_mat_clear(H);
    arb_mat_clear(M);
    arb_clear(p);
    arb_clear(q);
    arb_clear(x);
    return proved;
}

/* ---- the rectangle ---------------------------------------------------------------------- */

/* A distance e from the limits 2/lambda_max, relative: small beside the intervals' ends, and beside
 * the next eigenvalue's limit unless that is the same.  Not positive: a limit is not in its
 * interval. */
static double near(double e, const double *lambda, slong n, struct sg_interval rate)
{
    const double limit = 2 / lambda[0];
    e = fmin(e, fmin(limit - rate.low, rate.high - limit) / (8 * limit));
    for (slong i = 1; i < n; i++) {
        const double gap = lambda[0] / lambda[i] - 1;
        if (gap > SG_RATES_SAME)
            e = fmin(e, gap / 8);
    }
    return e;
}

/* nu / mu at a <= nu / mu at b, exactly. */
static bool flatter(struct point a, struct point b)
{
    arb_t x, y, rate;
    arb_init(x);
    arb_init(y);
    arb_init(rate);
    arb_set_d(x, a.nu);
    arb_set_d(rate, b.mu);
    arb_mul(x, x, rate, ARF_PREC_EXACT);
    arb_set_d(y, b.nu);
    arb_set_d(rate, a.mu);
    arb_mul(y, y, rate, ARF_PREC_EXACT);
    const bool so = arb_le(x, y);
    arb_clear(x);
    arb_clear(y);
    arb_clear(rate);
    return so;
}

static bool is_below(struct point at, double mu, double nu)
{
    return at.mu <= mu && at.nu <= nu;
}

/* rho > 1 from each of these on, along the ray from 0 through it:
 *   the edge   mu = a little above its limit, 0 < nu <= a little below its own;
 *   the edge   nu above, 0 < mu <= below;
 *   a segment whose ends are on the first edge's last ray, or flatter, and on the second's, or
 *   steeper.
 * None has a mu beyond mu.high or a nu beyond nu.high, so all rates beyond either are on such a
 * ray and further out.  Then, for every tau, the edges at mu.high and at nu.high themselves.
 * With momentum all this at (mu, nu) / (1 + beta): an eigenvalue a of D A outside the disc around
 * 1 + beta of radius 1 + beta is outside the ellipse. */
static bool proved_beyond(const struct rates *r, slong bits)
{
    /* rounded down: what is beyond high is beyond high (1 + beta)^{-1} */
    const double share = r->beta > 0 ? (1 - 8 * SG_UNIT_ROUNDOFF) / (1 + r->beta) : 1;
    const struct sg_interval mu = {r->mu.low * share, r->mu.high * share},
                             nu = {r->nu.low * share, r->nu.high * share};
    const struct guess *g = &r->guess;
    const double e = near(near(1, g->lambda_x, r->s.d, mu), g->lambda_z, r->s.q, nu),
                 x = 2 / g->lambda_x[0], z = 2 / g->lambda_z[0];
    const struct point mu_edge = {x * (1 + e), z * (1 - e)}, nu_edge = {x * (1 - e), z * (1 + e)},
                       mu_end = {mu.high, z * (1 - e)}, nu_end = {x * (1 - e), nu.high},
                       segment[] = {{x * (1 + 4 * e), z * (1 + e)}, {x * (1 + e), z * (1 + 4 * e)}};
    return e > 0 && is_below(mu_edge, mu.high, nu.high) && is_below(nu_edge, mu.high, nu.high) &&
           is_below(segment[0], mu.high, nu.high) && is_below(segment[1], mu.high, nu.high) &&
           mu_end.nu >= nu.low && nu_end.mu >= mu.low &&
           flatter(segment[0], mu_edge) && flatter(nu_edge, segment[1]) &&
           proved_at(r, &mu_edge, 1, true, false, bits) &&
           proved_at(r, &nu_edge, 1, false, true, bits) &&
           proved_at(r, segment, 2, true, true, bits) &&
           (r->beta > 0 || (proved_at(r, &mu_end, 1, true, false, bits) &&
                            proved_at(r, &nu_end, 1, false, true, bits)));
}

static bool proved_inside(const struct rates *r, slong bits)
{
    const struct point corner = {r->mu.low, r->nu.low};
    return r->beta > 0 ? proved_inside_ellipse(r, corner, bits)
                       : proved_at(r, &corner, 1, false, false, bits);
}

static enum sg_status attempt(void *context, slong bits)
{
    struct rates *r = context;
    const size_t m = r->data->m;
    enum sg_status status = sg_ball_moments(&r->s, r->data, bits);
    const slong n = (r->s.d + r->s.q) * r->s.m;
    arb_mat_t F, Phi;
    arb_mat_init(F, n, 1);
    arb_mat_init(Phi, r->s.q, r->s.m);
    arb_mat_init(r->A, n, n);
    r->guess = (struct guess){0};
    sg_ball_exact_sg(Phi, (slong)m, NULL);
    if (status == SG_OK) {
        sg_ball_joint(F, r->A, &r->s, r->s.W, Phi, bits);
        status = make_guess(r, bits);
    }
    if (status == SG_OK && !(proved_inside(r, bits) && proved_beyond(r, bits)))
        status = SG_UNPROVED;
    free_guess(&r->guess);
    arb_mat_clear(F);
    arb_mat_clear(Phi);
    arb_mat_clear(r->A);
    sg_ball_moments_clear(&r->s);
    return status;
}

enum sg_status sg_cert_rates(const struct sg_cert_data *data, struct sg_interval mu,
                             struct sg_interval nu, double beta)
{
    struct rates r = {.data = data, .mu = mu, .nu = nu, .beta = beta};
    SG_REQUIRE(data && data->y && beta >= 0 && beta < 1);
    if (!sg_ball_data_finite(data) ||
        !sg_ball_finite((const double[]){mu.low, mu.high, nu.low, nu.high}, 4))
        return SG_NOT_FINITE;
    SG_REQUIRE(0 < mu.low && mu.low < mu.high && 0 < nu.low && nu.low < nu.high);
    return sg_ball_raise(attempt, &r);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
