/* deep.h - theorem formulas for deep linear nets with one SG module.
 * closed.h has the shallow model.
 *
 * Setting: p = x W_1 ... W_N under MSE, layers of widths d = k_0, k_1, ..., k_N = m without biases
 * (a ones column of X is the intercept).  One linear SG with labels, s = z Phi, z = (h, y, 1), sits
 * at the boundary after layer `at`: h = x W_1 ... W_at (K units).  V = W_{at+1} ... W_N (the
 * identity at the output).
 * Everything depends on the data only through M = E[(x, y, 1)^T (x, y, 1)] (q x q, q = d + m + 1).
 * Weights: W_1, ..., W_N row-major, one after the other, as in a net.  Phi = (A; B; C),
 * (K + m + 1) x K.
 *
 * Flow, kappa = nu / mu:  W' = -E[(dh/dW)^T s] below the SG, -dL/dW above;
 * Phi' = -kappa E[z^T (s - g)].  [theory, CP2 and DY8] */
#ifndef SYNTHGRAD_DEEP_H
#define SYNTHGRAD_DEEP_H

#include "synthgrad/data.h"

SG_PUBLIC_BEGIN

enum { SG_DEEP_LAYERS_MAX = 33 };
struct sg_deep {
    size_t n_layers, at;                      /* 1 <= at <= n_layers */
    size_t width[SG_DEEP_LAYERS_MAX + 1];     /* width[0] = d, the last one m */
};

/* Weights in all. */
size_t sg_closed_deep_n_w(const struct sg_deep *deep);
/* (K + m + 1) K */
size_t sg_closed_deep_n_phi(const struct sg_deep *deep);
/* Where W_{layer+1} starts in w, layer = 0..n_layers. */
size_t sg_closed_deep_offset(const struct sg_deep *deep, size_t layer);
/* M of a data set. */
void sg_closed_deep_moments(double *moments, const struct sg_data *data);
/* W_{from+1} ... W_to (width[from] x width[to]).  The identity for from = to. */
void sg_closed_deep_product(double *product, const struct sg_deep *deep, const double *w,
                            size_t from, size_t to);

/* ---- critical points -------------------------------------------------------------------- */

/* The SG that predicts the true gradient (hV + b - y) V^T at every w: A* = V V^T, B* = -V^T,
 * C* = b V^T.  bias: b (m), or NULL for none.  [CP2] */
void sg_closed_deep_exact_sg(double *phi, const struct sg_deep *deep, const double *w,
                             const double *bias);
/* A critical point of L for a choice of singular triplets of the least-squares map.  With W* the
 * minimum-norm least-squares solution and X W* / sqrt(n) = U diag(sigma) Y^T, the product is
 * P = W* Y_S Y_S^T over the triplets S = keep[0..n_keep), and
 *   W_1 = W* Y_S C_1,   W_i = C_{i-1}^+ C_i,   W_N = C_{N-1}^+ Y_S^T
 * with random C_i (n_keep x k_i) of full row rank.  If S is the largest min(k_i, rank W*) triplets
 * it is a global minimum.  If S is smaller or another it is a saddle (sigma_j distinct and
 * positive). sigma (min(d, m), or NULL) descending.
 * SG_HYPOTHESIS unless n_keep <= min k_i, keep[i] < rank W* and, with one layer, S is all
 * triplets.  Source: Baldi and Hornik, Neural Networks 2 (1989); Achour, Malgouyres,
 * Gerchinovitz, JMLR 25 (2024). */
enum sg_status sg_closed_deep_critical_point(double *w, double *sigma, const struct sg_deep *deep,
                                             const struct sg_data *data, const size_t *keep,
                                             size_t n_keep, struct sg_rng *rng) SG_MUST_CHECK;

/* Data about the product of w: S = E[x^T x], R = E[r^T r], r = y - x W_1 ... W_N, symmetric, and
 * mean = (E[x], E[r]), d + m.  Where a column of x is the ones to rounding it is taken for them:
 * then E[x] is that column of S, and E[r] = 0.
 * SG_HYPOTHESIS: the mean square of what stands for 1 is not 1. */
enum sg_status sg_closed_deep_about(double *S, double *R, double *mean, const struct sg_deep *deep,
                                    const double *w, const double *moments) SG_MUST_CHECK;

/* ---- second order ----------------------------------------------------------------------- */

/* dL/dw at any w. */
void sg_closed_deep_gradient(double *gradient, const struct sg_deep *deep, const double *w,
                             const double *moments);
/* The exact Hessian (n_w^2) of L at any w. */
void sg_closed_deep_hessian(double *hessian, const struct sg_deep *deep, const double *w,
                            const double *moments);
/* Q (n_w x n_phi): what an SG error psi = Phi - Phi*(w) does to the lower weights,
 * W' = -dL/dW - Q psi. */
void sg_closed_deep_q(double *Q, const struct sg_deep *deep, const double *w,
                      const double *moments);
/* D (n_phi x n_w), the derivative of Phi* by w.  Zero below the SG, so D Q = 0. */
void sg_closed_deep_d(double *D, const struct sg_deep *deep, const double *w);
/* G (n_phi^2) = S_z (x) I_K, the Gram matrix of the SG, S_z = E[z^T z]. */
void sg_closed_deep_g(double *G, const struct sg_deep *deep, const double *w,
                      const double *moments);

/* ---- the joint flow and step at a critical point with psi = 0 (DY8) --------------------- */

/* Jacobian (size^2, size = n_w + n_phi) of the flow in coordinates (w, psi):
 * [[-H, -Q], [D H, -kappa G]].  In these coordinates that of the step is I + mu times it.
 * Hypothesis: dL/dw = 0 at w. */
void sg_closed_deep_flow(double *jacobian, const struct sg_deep *deep, const double *w,
                         const double *moments, double kappa);
/* Jacobian of the simultaneous step in the net's coordinates (w, Phi): T^-1 (I + mu J) T with
 * T = [[I, 0], [-D, I]]. */
void sg_closed_deep_step(double *jacobian, const struct sg_deep *deep, const double *w,
                         const double *moments, double mu, double nu);

/* ---- the step across the family of fixed points (DY8) ----------------------------------- */

/* Near a minimum w with E[x^T r] = 0 and psi = 0 the fixed points form a family: weights of the
 * same product (the gauge), and psi with z psi = 0.  Coordinates across the family are
 *   x = (sqrt(lambda_i) v_i . dw, sqrt(gamma_j) u_j . psi)
 * over the nonzero eigenvalues of H and of G.  Then |x|^2 = 2 (L - min L) + E|s - g|^2 to second
 * order, whatever the coordinates of the net.  The full step's spectrum is that of the step on x,
 * and one 1 for each dimension of the family. */
struct sg_deep_normal;
struct sg_deep_normal_sizes {
    size_t w, phi;             /* numbers of each kind in x */
    double lambda, gamma;      /* largest eigenvalues of H and G */
    double dropped;            /* the largest taken for zero, over these: rounding leaves 1e-13 */
};
/* Eigenvalues of H and G below 1e-11 of the largest count as zero.  SG_HYPOTHESIS: H has a negative
 * one (w is a strict saddle). */
enum sg_status sg_closed_deep_normal_alloc(struct sg_deep_normal **normal,
                                           const struct sg_deep *deep, const double *w,
                                           const double *moments) SG_MUST_CHECK;
void sg_closed_deep_normal_free(struct sg_deep_normal *normal);
/* What was kept and what was dropped. */
struct sg_deep_normal_sizes sg_closed_deep_normal_sizes(const struct sg_deep_normal *normal);
/* The simultaneous step on x less the identity, ((w + phi)^2).  The flow's Jacobian for mu = 1,
 * nu = kappa. */
void sg_closed_deep_normal_flow(double *jacobian, const struct sg_deep_normal *normal, double mu,
                                double nu);
/* The sequential steps on x: N S with the SG first, S N with the network first.  These two have
 * one spectrum.  The simultaneous step N + S - I has another where D != 0, that is with layers
 * above the SG.  Source: DY12. */
void sg_closed_deep_normal_sequential(double *jacobian, const struct sg_deep_normal *normal,
                                      double mu, double nu, bool sg_first);
/* The simultaneous step where the SG learns from the pair of tau steps ago, (size^2), size =
 * w (1 + tau) + phi.  Its state is x_t, then the part of w in x_{t-1}, ..., x_{t-tau}.
 * Source: DY11, one hidden layer. */
void sg_closed_deep_normal_delayed(double *jacobian, const struct sg_deep_normal *normal, double mu,
                                   double nu, size_t tau);
/* x of a displacement. */
void sg_closed_deep_normal_read(double *x, const struct sg_deep_normal *normal, const double *dw,
                                const double *psi);
/* The displacement of x that has no part along ker H and ker G. */
void sg_closed_deep_normal_lift(double *dw, double *psi, const struct sg_deep_normal *normal,
                                const double *x);
/* On the line nu = kappa mu the step is linear in mu.  So it attracts iff 0 < mu < *mu, the minimum
 * over the flow's eigenvalues of -2 Re lambda / |lambda|^2 (0 where one has Re lambda >= 0).  The
 * region of attraction in (mu, nu) is therefore a star about 0.
 * at: the eigenvalue that decides. */
enum sg_status sg_closed_deep_normal_limit(double *mu, sg_complex *at,
                                           const struct sg_deep_normal *normal,
                                           double kappa) SG_MUST_CHECK;
/* A matrix (phi^2) with the nonzero eigenvalues of -G^+ D Pi_H Q.  Its positive real eigenvalues
 * are the kappa at which the flow across the family has an eigenvalue 0.  At every other kappa the
 * number of positive real eigenvalues has the parity of how many of them are larger.
 * size: a's terms in modulus; a is known to u size.  Source: DY8, item 9. */
void sg_closed_deep_normal_crossings(double *a, double *size,
                                     const struct sg_deep_normal *normal);
/* ---- several SGs at a minimum (DY15) ------------------------------------------------------ */

/* SGs after layers at[0] < ... < at[n_at - 1], each as above, each taught by what arrives from the
 * next one.  The flow's spectrum at a minimum with psi = 0, across the family of fixed points.
 *   top      the eigenvalue with the largest real part, error: 10 size u |J| its condition number
 *   limit    the largest stable mu of simultaneous steps with nu = kappa mu, or 0
 *   at       the eigenvalue that decides the limit
 *   follows  the largest mu below which a step moves only those outwards that the flow does
 *   lambda   of H, the largest eigenvalue: 2 / lambda is backprop's limit there
 *   size     of the system.  dropped: as in sg_closed_deep_normal_sizes. */
struct sg_deep_attraction {
    sg_complex top, at;
    double error, limit, follows, lambda, dropped;
    size_t size;
};
/* That spectrum at the minimum w, its limit and what decides it.
 * Hypotheses: E[x^T r] = 0 at w; 1 <= n_at, at[n_at - 1] <= n_layers.  deep->at is not read.
 * SG_HYPOTHESIS: H has a negative eigenvalue. */
enum sg_status sg_closed_deep_attraction(struct sg_deep_attraction *out,
                                         const struct sg_deep *deep, const size_t *at,
                                         size_t n_at, const double *w, const double *moments,
                                         double kappa) SG_MUST_CHECK;
/* Does it attract: is `top` left of 0 by ten times its error? */
bool sg_closed_deep_attracts(const struct sg_deep_attraction *attraction);

/* The part of the true gradient that no linear SG can produce at weights w: min over Phi of
 * E|z Phi - g|^2, g = (h V - y) V^T.  With labels z = (h, y, 1) and the result is 0.  Without,
 * z = (h, 1) and the result is at least E|r* V^T|^2, r* the residual of least squares on (x, 1). */
enum sg_status sg_closed_deep_irreducible(double *error, const struct sg_deep *deep,
                                          const struct sg_data *data, const double *w,
                                          bool labels) SG_MUST_CHECK;

/* ---- the factorisation that an SG chooses (DY15) ------------------------------------------ */

/* At a minimum where a balanced start with A = 0 ends, linear SGs with labels are exact on h:
 *   W_i^T W_i = W_{i+1} W_{i+1}^T + pull_i V_i V_i^T,   V_i = W_{i+1} ... W_N,
 * with pull_i = 2 mix / kappa where an SG sits after layer i, else 0.  All these matrices commute.
 * So each singular value sigma of the product W_1 ... W_N is shared out by itself:
 *   l_i^2 = l_{i+1}^2 + pull_i (l_{i+1} ... l_N)^2,   l_1 ... l_N = sigma.
 * The product is monotone in l_N, so there is one solution.
 * An SG at the output has no such equation and changes nothing. */

/* l_1 >= ... >= l_N of one mode.  pull: N - 1 numbers >= 0.
 * Relative error of an l_i: at most 4 N u (N + |ln sigma^2| + the sum of |ln pull_i|) to first
 * order.  sigma = 0: zeros. */
void sg_closed_factor_mode(double *layer, double sigma, const double *pull, size_t n_layers);
/* The leading term as kappa -> 0, pull_i = 2/kappa, with one SG after layer `at`, or with SGs after
 * every hidden layer (at = 0):
 *   one SG       l_i ~ (2/kappa)^(1/(2(at+1))) sigma^(1/(at+1)) for i <= at, as in at + 1 layers.
 *                Those above share the rest equally.
 *   everywhere   l_i ~ sigma^(2^-i) times a power of kappa for i < N, and l_N as l_{N-1}. */
void sg_closed_factor_slow(double *layer, double sigma, double kappa, size_t at, size_t n_layers);

/* A map shared out over layers: W_1 ... W_N = U diag(sigma) Y^T, and W_i has the singular values
 * layer[(i - 1) modes + a]. */
struct sg_factorisation {
    size_t n_layers, d, m, modes;               /* modes = min(d, m) */
    double *sigma;                              /* modes, descending */
    double *layer;                              /* n_layers x modes */
    double *u, *y;                              /* d x modes, m x modes */
};
/* Of a map (d x m).  Its singular values are known to about (d + m) u sigma_1.  Those below
 * max(d, m) u sigma_1 count as zero.  Free what it gives, whatever the status. */
enum sg_status sg_closed_factor_alloc(struct sg_factorisation **factor, const double *map, size_t d,
                                      size_t m, const double *pull, size_t n_layers) SG_MUST_CHECK;
void sg_closed_factor_free(struct sg_factorisation *factor);
/* Weights with these singular values: W_i = Q_{i-1} diag(l_i) Q_i^T, Q_0 = U, Q_N = Y and random
 * orthonormal columns between.  Aborts where a hidden layer is narrower than `modes`. */
enum sg_status sg_closed_factor_weights(double *w, const struct sg_factorisation *factor,
                                        const struct sg_deep *deep,
                                        struct sg_rng *rng) SG_MUST_CHECK;
/* Both: the weights that training from a balanced start with A = 0 ends with, SGs after layers
 * at[0] < ... < at[n_at - 1], kappa = nu / mu.  Free *factor, whatever the status. */
enum sg_status sg_closed_factor_chosen(double *w, struct sg_factorisation **factor,
                                       const double *map, const struct sg_deep *deep,
                                       const size_t *at, size_t n_at, double kappa,
                                       struct sg_rng *rng) SG_MUST_CHECK;
/* h_i = x W_1 ... W_i has the kernel X U diag(q) U^T X^T, q_a = (l_1,a ... l_i,a)^2 (modes),
 * i = 1..N. */
void sg_closed_factor_kernel(double *q, const struct sg_factorisation *factor, size_t i);
/* The overlaps C = U^T S U (modes^2) that sg_closed_factor_cka wants, S = E[x^T x] of centred x. */
void sg_closed_factor_overlaps(double *overlaps, const struct sg_factorisation *factor,
                               const double *S);
/* Linear CKA of two kernels: sum_ab q_a p_b C_ab^2 over the root of those of (q, q) and (p, p).
 * Source: Kornblith, Norouzi, Lee, Hinton, ICML 2019. */
double sg_closed_factor_cka(const double *q, const double *p, const double *overlaps,
                            size_t modes);
/* (tr K)^2 / tr K^2: how many directions the representation uses, from 1 to its rank. */
double sg_closed_factor_rank(const double *q, const double *overlaps, size_t modes);
/* Alignment of h_i with the labels, |E[h^T y]|^2 / (|E[h^T h]| |E[y^T y]|), Frobenius norms of
 * centred data.  labels: |E[y^T y]|.  Hypothesis: the product is the least-squares map.
 * Source: Cristianini et al., NIPS 2001. */
double sg_closed_factor_alignment(const double *q, const struct sg_factorisation *factor,
                                  const double *overlaps, double labels);
/* lambda_max of the Hessian of L there, S = E[x^T x] (d x d):
 *   that of S^(1/2) (sum_i (l_{i+1,1} ... l_{N,1})^2 K_{i-1}) S^(1/2)
 * with K_0 = I and K_i = U diag(q of h_i) U^T.  For S = I: sum_i sigma_1^2 / l_{i,1}^2.
 * Hypothesis: E[x^T r] = 0. */
enum sg_status sg_closed_factor_sharpness(double *lambda, const struct sg_factorisation *factor,
                                          const double *S) SG_MUST_CHECK;

/* ---- two layers, reduced ---------------------------------------------------------------- */

/* Size of the reduced system. */
size_t sg_closed_deep_reduced_size(const struct sg_deep *deep);
/* Jacobian of the flow of two layers, SG between them, in reduced coordinates.  Hypothesis: the
 * product W_1 W_2 = P is a least-squares solution, E[x^T r] = 0, r = x P - y.  In
 *   u = d(W_1 W_2) (d x m),   v = W_1 a + P~ beta (d x K),   beta = (b; c) ((m+1) x K),
 * psi = (a; b; c), with 1 = x e + rho the regression of the ones on x, P~ = [P e], t = (-r, rho),
 * T = E[t^T t], S = E[x^T x]:
 *     u'    = -S u W_2^T W_2 - W_1 W_1^T S u - S v W_2
 *     v'    = W_1 W_1^T S u W_2^T - kappa (W_1 W_1^T + P~ P~^T) S v - kappa P~ T beta
 *     beta' = -(u^T S W_1; 0) - kappa P~^T S v - kappa T beta
 * The map (w, psi) -> (u, v, beta) commutes with the two flows, and the full one vanishes on its
 * kernel: the nonzero spectra are the same.  v = W_1 q in theory's q when the data are centred.
 * phi NULL: psi = 0.
 * phi not NULL: an SG-critical point with z psi = 0 on every sample, psi != 0 (h or y of deficient
 * rank).  Then v = d(W_1 psi_A + P~ psi_beta), and v' gets the terms - (S u W_2^T + S v) psi_A.
 * SG_SINGULAR: S is. */
enum sg_status sg_closed_deep_reduced(double *jacobian, const struct sg_deep *deep,
                                      const double *w, const double *phi, const double *moments,
                                      double kappa) SG_MUST_CHECK;
/* d = k = m = 1, centred: the reduced characteristic polynomial
 * lambda^3 + c[2] lambda^2 + c[1] lambda + c[0], with s = E[x^2], rho = E[r^2].  Returns
 * the Hurwitz determinant c[2] c[1] - c[0].  It and all of c[0..2] are positive for s,
 * rho, kappa > 0 and w1 != 0. */
double sg_closed_deep_scalar(double c[3], double w1, double w2, double s, double rho, double kappa);

/* ---- an instance with given moments ----------------------------------------------------- */

/* M (q x q) of centred data with E[x^T x] = S, E[x^T r] = 0, E[r^T r] = R, y = x P - r
 * (sg_data_make_moments makes such). */
void sg_closed_deep_centred_moments(double *moments, const double *S, const double *R,
                                    const double *P, size_t d, size_t m);
/* The exact instance of DY8: four samples x = (1, 1, -1, -1), residuals (a, b), (-a, -b), (a, -b),
 * (-a, b), a^2 = 10, b = 1/10.  W_1 = (1/10, 1/10), W_2 = [[1/10, 3/10], [0, 1/20]] (w: 6
 * numbers). */
void sg_closed_deep_repelling(struct sg_data *data, struct sg_deep *deep, double *w);

SG_PUBLIC_END

#endif
