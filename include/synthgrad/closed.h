/* closed.h - theorem formulas.  Shares no arithmetic with net/ and sim/:
 * each is the other's oracle.
 *
 * Setting: linear regression p = x W (x in R^d, y in R^m, n samples) under MSE, a linear SG with
 * labels at the output,
 *     s = z Phi,   z = (p, y, 1) in R^q, q = 2m + 1,   Phi = (A; B; C) (q x m),
 * trained by  W <- W - mu E[x^T s],  Phi <- Phi - nu E[z^T (s - g)],  g = p - y.
 * Joint state: W row-major, then Phi row-major. */
#ifndef SYNTHGRAD_CLOSED_H
#define SYNTHGRAD_CLOSED_H

#include "synthgrad/data.h"

SG_PUBLIC_BEGIN

/* ---- the least-squares fit and its moments ---------------------------------------------- */

struct sg_fit {
    size_t n, d, m, q;             /* q = 2m + 1 */
    size_t rank;                   /* of X */
    double *w;                     /* d x m: W*, the minimum-norm least-squares solution */
    double *residual;              /* n x m: r* = X W* - y */
    double *z;                     /* n x q: rows (p*, y, 1) */
    double *s_x, *s_z;             /* d x d, q x q: E[x^T x], E[z^T z] */
    double *x_z;                   /* d x q: E[x^T z] */
    double *lambda_x, *lambda_z;   /* d, q eigenvalues, descending, from singular values: small
                                      ones keep their digits */
    double *v_x, *v_z;             /* eigenvectors in columns */
    bool realizable;               /* r* is at the rounding level of y */
};
/* The fit of a data set.  Accuracy: W* to about u cond(X).  Source: DY1, DY3. */
enum sg_status sg_closed_fit_alloc(struct sg_fit **fit, const struct sg_data *data) SG_MUST_CHECK;
void sg_closed_fit_free(struct sg_fit *fit);
/* phi* = (I; -I; 0), the SG that predicts the true gradient for every W (CP2). */
void sg_closed_exact_sg(double *phi, size_t m);

/* ---- rates ------------------------------------------------------------------------------ */

/* Gradient descent on a quadratic with eigenvalues lambda, descending. */
struct sg_rates {
    double largest, smallest;     /* nonzero eigenvalues */
    size_t zeros;
    double critical;              /* 2 / largest: stable below */
    double optimal;               /* 2 / (largest + smallest): fastest */
    double contraction;           /* at the optimal rate,
                                     (largest - smallest) / (largest + smallest) */
    double deficit;               /* 1 - contraction = 2 smallest / (largest + smallest), with all
                                     its digits */
};
/* Eigenvalues below q u lambda_max count as zero. */
struct sg_rates sg_closed_rates(const double *lambda, size_t q);
/* A stale gradient, w <- w - mu grad L(w_{t - tau}), is stable iff mu lambda_max is below the
 * number returned, 2 sin(pi / (2 (2 tau + 1))).  Source: DY11. */
double sg_closed_delay_limit(size_t tau);
/* W_t of backprop, W* + (I - mu S_x)^t (W_0 - W*), by modes.  t may be huge.  Source: DY1. */
void sg_closed_backprop(double *w_t, const struct sg_fit *fit, const double *w_0, double mu,
                        uint64_t t);
/* Its limit for 0 < mu < 2 / lambda_max: W* plus the part of W_0 in the null space of X. */
void sg_closed_backprop_limit(double *w, const struct sg_fit *fit, const double *w_0);

/* ---- the joint step --------------------------------------------------------------------- */

/* d m + q m, the size of the joint state. */
size_t sg_closed_joint_size(const struct sg_fit *fit);
/* Jacobian (size^2) of the simultaneous step at any (W, Phi).  With psi = Phi - phi*,
 * z = (x W, y, 1):
 *   dW'   = dW - mu (S_x dW A + E[x^T z] dPhi)
 *   dPhi' = dPhi - nu (S_z dPhi + E[z^T x] dW psi_A + (E[(x dW)^T z] psi; 0; 0))
 * At (W*, phi*) the last two terms vanish: block triangular (DY3). */
void sg_closed_joint_jacobian(double *jacobian, const struct sg_data *data, const double *w,
                              const double *phi, double mu, double nu);
/* The same for a sequential step, from the simultaneous J = I + [[a, b], [c, d]] with blocks of d m
 * and q m.  With N = [[I + a, b], [0, I]] and S = [[I, 0], [c, I + d]] it is N S with the SG first,
 * and S N with the network first.  N S and S N have one spectrum.  Source: DY12. */
void sg_closed_sequential_jacobian(double *jacobian, const double *simultaneous, size_t n_w,
                                   size_t n_phi, bool sg_first);
/* The spectrum at (W*, phi*): {1 - mu lambda_i(S_x)} U {1 - nu lambda_j(S_z)}, each m-fold,
 * ascending.  Source: DY3. */
void sg_closed_joint_spectrum(double *eigenvalues, const struct sg_fit *fit, double mu, double nu);
/* Its spectral radius, eigenvalues 1 of null directions left out. */
double sg_closed_joint_radius(const struct sg_fit *fit, double mu, double nu);
/* The row l with l J = rho l, |l| = 1, for the eigenvalue rho of largest modulus among those of
 * nonzero lambda.  Returns rho.  With m outputs, the copy in output 0. */
double sg_closed_joint_left(double *left, const struct sg_fit *fit, double mu, double nu);
/* An upper bound on the condition number of the change of basis T = [[I, Y], [0, I]] that
 * diagonalises J at (W*, phi*).  With E the mixed block in the two eigenbases,
 * Y_ij = E_ij / (gap of the two eigenvalues) and cond(T) <= ((|Y| + sqrt(|Y|^2 + 4)) / 2)^2.
 * Infinite where an eigenvalue of one block meets one of the other. */
double sg_closed_joint_condition(const struct sg_fit *fit, double mu, double nu);
/* ---- the fit and the SG's speed (DY3) ---------------------------------------------------- */

/* The two eigenvalues of S_z that one output has beside the constant's 1, larger first, when
 * unexplained = 1 - R^2 of its variance is left by the fit:
 *     (1 + R^2 +- sqrt((1 - R^2)^2 + 4 R^4)) / 2.
 * Hypotheses: 1 in col X, y centred, E[y^2] = 1.  With m outputs, y centred and whitened: a pair
 * for each canonical correlation R_j between features and targets.
 * Accuracy: the smaller one to a few u, relative to itself. */
void sg_closed_explained_pair(double lambda[2], double unexplained);

/* ---- the SG from phi = 0 (DY3) ----------------------------------------------------------- */

/* Moments of p* and of r = p* - y, one output: r's mean, its part along p* - E p* and the rest. */
struct sg_sg_moments { double p_mean, p_sd, r_mean, r_along, r_rest; };
/* With the weights at rest at the fit, phi from 0 has
 *     E|s - g|^2 / E|g|^2 = sum_j share_j (1 - nu lambda_j)^(2 t),   sum_j share_j = 1,
 * lambda_j the eigenvalues of S_z, in no order.  Hypothesis: r is not 0.
 * Accuracy: relative, about 2^-64 |p_mean| / p_sd for either. */
void sg_closed_sg_modes(double lambda[3], double share[3], const struct sg_sg_moments *moments);
/* Steps until rms(s - g) <= error rms(g); infinite where |1 - nu lambda_j| >= 1 for a share above
 * that.  Hypotheses: 0 < error < 1. */
double sg_closed_sg_steps(const double lambda[3], const double share[3], double nu, double error);

/* ---- heavy ball on both parts (DY3) ------------------------------------------------------ */

/* The largest stable rate under heavy ball, from `critical`, that of gradient descent. */
double sg_closed_momentum_limit(double critical, double beta);
/* What an eigenvalue 1 - a of the step becomes: the roots of l^2 - (1 + beta - a) l + beta, the one
 * of larger modulus first. */
void sg_closed_momentum_roots(sg_complex root[2], double a, double beta);
/* The spectrum at (W*, phi*): these roots for every mu lambda_i(S_x) and nu lambda_j(S_z), each
 * m-fold (2 size in all, in no order). */
void sg_closed_momentum_spectrum(sg_complex *eigenvalues, const struct sg_fit *fit, double mu,
                                 double nu, double beta);
/* Its spectral radius, null directions left out. */
double sg_closed_momentum_radius(const struct sg_fit *fit, double mu, double nu, double beta);
/* 1 - |l|, l the root of larger modulus for a, with all its digits: of a far below 1, too.
 * Negative where l is outside the unit circle. */
double sg_closed_momentum_deficit(double a, double beta);
/* The a whose deficit is `deficit` <= 1 - sqrt(beta), the smaller of two: the other is
 * 2 (1 + beta) less it. */
double sg_closed_momentum_reach(double deficit, double beta);
/* The momentum and rate at which the slowest mode of a quadratic is fastest:
 *     sqrt(beta) = (sqrt L - sqrt l) / (sqrt L + sqrt l),   rate = 4 / (sqrt L + sqrt l)^2,
 * L and l its largest and smallest eigenvalues.  deficit: 1 - sqrt(beta).
 * Source: Polyak, USSR Comput. Math. Math. Phys. 4 (1964). */
struct sg_momentum { double beta, rate, deficit; };
struct sg_momentum sg_closed_momentum_fastest(const struct sg_rates *rates);
/* The step in (theta_t, theta_t - theta_{t-1}), [[J, beta I], [J - I, beta I]] (2 size rows), from
 * J, that of gradient descent at the same rates. */
void sg_closed_momentum_jacobian(double *out, const double *jacobian, size_t size, double beta);

/* ---- transients -------------------------------------------------------------------------- */

/* max_k |J^k|_2 over k >= 0, and the k where it is attained, for a J of spectral radius rho < 1
 * that is diagonalised with condition number cond (HUGE_VAL: not known).  k stops
 *   - where cond rho^k can no longer exceed the largest seen, or
 *   - where |(J^k)^T J^k|_F <= 1: then |J^k| <= 1, and later powers are products of earlier ones,
 *   or - at limit: then *k_max = limit and the value is a lower bound. */
enum sg_status sg_approx_transient_growth(double *growth, size_t *k_max, const double *jacobian,
                                          size_t size, double rho, double cond,
                                          size_t limit) SG_MUST_CHECK;
/* bound[k] (k = 0..n) >= |J^k| in the norm (E|x dw|^2 + E|z dPhi|^2)^(1/2), J the joint step at a
 * noisy (W*, phi*): rho^k + mu lambda_max(S_x) sum_j rho_x^(k-1-j) rho_z^j, rho_x and rho_z the
 * spectral radii of I - mu S_x and I - nu S_z, rho the larger.  Finite where eigenvalues meet.
 * sg_first: for the order SG first, with one more rho_z on the second term; else for the other two.
 * Hypotheses: S_x and S_z nonsingular.  Source: DY12. */
void sg_closed_joint_powers_bound(double *bound, size_t n, const struct sg_fit *fit, double mu,
                                  double nu, bool sg_first);
/* Condition number of a basis of eigenvectors of unit length (rows or columns): Bauer-Fike's factor
 * for eigenvalues that dgeev gave. */
enum sg_status sg_approx_eigenvector_condition(double *condition, const sg_complex *vectors,
                                               size_t size) SG_MUST_CHECK;
/* Numerical radius max |x^H J x| over |x| = 1, as the largest eigenvalue of the Hermitian part of
 * e^{i theta} J over `angles` equally spaced theta in [0, pi].  A lower bound, within a factor
 * cos(pi / (2 angles)) of the truth. */
enum sg_status sg_approx_numerical_radius(double *radius, const double *jacobian, size_t size,
                                          size_t angles) SG_MUST_CHECK;
/* The part of the true gradient that no linear SG can produce: min over Phi of E|z Phi - g|^2 at
 * weights W.  With labels z = (p, y, 1) and the result is 0.  Without, z = (p, 1) and the result is
 * the residual of regressing y on (p, 1).  Source: DY12. */
enum sg_status sg_closed_irreducible_error(double *error, const struct sg_data *data,
                                           const double *w, bool labels) SG_MUST_CHECK;

/* ---- inexact gradients: d with |d - grad f| <= rho |grad f| (DY6) ----------------------- */

/* The factor by which f - f* shrinks at most in a step, max{1 - (1 - rho) m gamma,
 * (1 + rho) L gamma - 1}^2.  Hypotheses: f m-strongly convex and L-smooth, step
 * gamma <= 2 / ((1 + rho) L), 0 <= rho < 1.  Attained by f = m x^2/2 or L x^2/2 in one dimension.
 * Source: de Klerk, Glineur, Taylor, "Worst-case convergence analysis of inexact gradient and
 * Newton methods", SIAM J. Optim. 30 (2020). */
double sg_closed_inexact_factor(double m, double L, double rho, double gamma);
/* The step that makes the factor smallest, 2 / ((1 + rho) L + (1 - rho) m). */
double sg_closed_inexact_step(double m, double L, double rho);
/* The rate in f(x+) <= f(x) - rate |grad f(x)|^2: the minimum over s in {1 - rho, 1 + rho} of
 * eta s (1 - L eta s / 2).  Hypotheses: f L-smooth, not necessarily convex, step
 * eta < 2 / ((1 + rho) L).  Attained by f = L x^2/2. */
double sg_closed_descent_rate(double L, double rho, double eta);

/* ---- critical points of linear chains (CP1, CP2) ---------------------------------------- */

/* p = x W_1 ... W_N under MSE, W_l (width[l-1] x width[l]), width[0] = d, width[N] = m, all in one
 * flat w.  Linear SG modules from the bottom up, at h = x W_1 ... W_at: s = h A + y B + 1 C with
 * the terms named, rows of phi in that order.  A module's target is the true g or, if `arriving`,
 * what arrives from the module above.
 * Joint directions F(w, phi): F_w drives the layers by the next module's s, and
 * F_phi = E[z^T (s - target)], z = (h, y, 1). */
struct sg_chain_module { size_t at; bool h, y, one, arriving; };
struct sg_chain {
    size_t n_layers;
    const size_t *width;
    size_t n_modules;
    const struct sg_chain_module *module;
};

/* W_{from+1} ... W_to (width[from] x width[to]).  The identity for from = to. */
void sg_closed_chain_product(double *product, const struct sg_chain *chain, const double *w,
                             size_t from, size_t to);
/* z (n x q) of module j, rows (h, y, 1) as far as it has them.  Returns q.  With z NULL it returns
 * q alone, and w may be NULL too. */
size_t sg_closed_chain_regressors(double *z, const struct sg_chain *chain,
                                  const struct sg_data *data, const double *w, size_t j);
/* phi*(w): A = V V^T, B = -V^T, C = 0 with V = W_{at+1} ... W_N, as far as a module has these
 * blocks.  s = g for every sample and every w if each module has h and y (h alone never will). */
void sg_closed_chain_exact_sg(double *phi, const struct sg_chain *chain, const double *w);
/* The true gradient from the joint directions alone, at EVERY state (w, phi), critical or not, if
 * each module has h and y.  With `at` the first module at or above layer l,
 *   grad_{W_l} L = F_{W_l} - E[h_{l-1}^T e] (W_{l+1} ... W_at)^T,
 *   e = s - g = z S_z^+ F_phi
 *       (+ the projection on col z of what e of the module above becomes on its way down, where the
 *       target is what arrives).
 * With no module above l the gradient is F_{W_l}.
 * dw, dphi: F.
 * error: a bound on the rounding of |gradient|, given bounds f_w and f_phi[n_modules] on the
 * Euclidean errors of F_w and of each module's F_phi.  S_z^+ counts singular values of z below
 * 10 max(n, q) u sigma_max as zero; phi says how much that can hide. */
enum sg_status sg_closed_chain_gradient(double *gradient, double *error,
                                        const struct sg_chain *chain, const struct sg_data *data,
                                        const double *w, const double *phi, const double *dw,
                                        const double *dphi, double f_w,
                                        const double *f_phi) SG_MUST_CHECK;
/* A bound on |grad L| from norms: |F_w| + |(c_l)| with
 *   c_l = |h_{l-1}/sqrt n|_2 |W_{l+1} ... W_at|_2 |e/sqrt n|,
 *   |e/sqrt n| <= |F_phi| / sigma_min+(z/sqrt n)
 *       (+ that of the module above times the layers between).
 * At the output of p = x W it is |F_w| + sqrt(lambda_max(S_x) / lambda_min+(S_z)) |F_phi|.
 * f_w, f_phi: upper bounds on |F_w| and each |F_phi|.  Source: CP2. */
enum sg_status sg_closed_chain_bound(double *bound, const struct sg_chain *chain,
                                     const struct sg_data *data, const double *w,
                                     const double *phi, double f_w,
                                     const double *f_phi) SG_MUST_CHECK;

/* ---- a spurious set (CP4) --------------------------------------------------------------- */

/* f = a x + b on x = -2, -1, 1, 2 under the loss sum |f(x)|, in exact integers.  The slopes are
 * sum x sign f and sum sign f, with subgradient 0 at 0. */
struct sg_spurious { int64_t loss, slope_a, slope_b; };
extern const int sg_closed_spurious_x[4];
/* Loss and slopes at (a, b).  Hypothesis: |a|, |b| < 2^59. */
struct sg_spurious sg_closed_spurious(int64_t a, int64_t b);
/* Is (a, b) in the open double wedge |b| < |a|, or at the origin?  The theorem: with a constant SG,
 * c, the SG-critical points are these with c = 0. */
bool sg_closed_spurious_wedge(int64_t a, int64_t b);
/* The loss without the data: max(6|a|, 4|a| + 2|b|, 4|b|). */
int64_t sg_closed_spurious_loss(int64_t a, int64_t b);

/* ---- a frozen SG, nu = 0 (DY2) ---------------------------------------------------------- */

/* W_t (d x m) under w <- w - mu (S_x w A + E[x^T y] B + E[x^T 1] C), Phi = (A; B; C) (q x m)
 * constant.  t may be huge.  w_t may be w_0.  S_x may be singular: that part of W_0 stays.
 * Hypothesis: A nonsingular (SG_SINGULAR). */
enum sg_status sg_closed_frozen(double *w_t, const struct sg_fit *fit, const double *w_0,
                                const double *phi, double mu, uint64_t t) SG_MUST_CHECK;
/* Its limit where it has one: -S_x^+ (E[x^T y] B + E[x^T 1] C) A^{-1} plus the part of W_0 in the
 * null space of X. */
enum sg_status sg_closed_frozen_limit(double *w, const struct sg_fit *fit, const double *w_0,
                                      const double *phi) SG_MUST_CHECK;
/* The limit exists from every start iff 0 < mu is below the number returned, the minimum of
 * 2 Re(a_j) / (lambda_max |a_j|^2) over the eigenvalues a_j of A.  0 if some a_j has no positive
 * real part: then no rate is stable. */
double sg_closed_frozen_critical(const sg_complex *a, size_t m, double lambda_max);

/* ---- realizable data: a line of fixed points (DY4) -------------------------------------- */

/* With Y = X W* exactly and [Y 1] of full column rank, the fixed points of the joint step are
 * (W*, phi* + (C, -C, 0)), C any m x m matrix.  This is phi* + (C, -C, 0), q x m. */
void sg_closed_line_point(double *phi, const double *c, size_t m);

/* The spectrum of the joint step along these points where S_x = I, and stability in all directions
 * but theirs.  Below, c (m) are the eigenvalues of C, complex ones as conjugate pairs. */
struct sg_line;
/* The part of it that no point changes.
 * SG_HYPOTHESIS (judged at rounding level): the data are not realizable, S_x is not I, or [Y 1] is
 * rank-deficient. */
enum sg_status sg_closed_line_alloc(struct sg_line **line, const struct sg_fit *fit) SG_MUST_CHECK;
void sg_closed_line_free(struct sg_line *line);
/* Is 1 in col X? */
bool sg_closed_line_inside(const struct sg_line *line);
/* d - rank E[x^T z]: directions of x orthogonal to span{y, 1}. */
size_t sg_closed_line_free_modes(const struct sg_line *line);
/* All (d + q) m eigenvalues of the step, the m^2 that are 1 along the family last.
 * With 1 in col X, in closed form: 1 - mu (1 + c_j), and for each positive eigenvalue a of S_z the
 * pair of I - [[mu (1 + c_j), mu], [nu a c_j, nu a]].
 * Else the coupled ones from a block of size <= 2m + 2. */
enum sg_status sg_closed_line_spectrum(sg_complex *eigenvalues, const struct sg_line *line,
                                       const sg_complex *c, double mu, double nu) SG_MUST_CHECK;
/* The largest modulus, those m^2 left out.  NaN when it could not be found. */
double sg_closed_line_radius(const struct sg_line *line, const sg_complex *c, double mu,
                             double nu);
/* Condition number of the eigenvectors of the step's Jacobian for a normal C.  For any other C,
 * multiply by the condition number of C's eigenvectors. */
enum sg_status sg_closed_line_condition(double *condition, const struct sg_line *line,
                                        const sg_complex *c, double mu,
                                        double nu) SG_MUST_CHECK;
/* Is radius < 1, by inequalities that are exact at any rates?  Hypothesis: 1 in col X. */
bool sg_closed_line_stable(const struct sg_line *line, const sg_complex *c, double mu,
                           double nu);
/* The same for real c_j: stable iff all of them are in (*low, *high).  For small rates *low = -1,
 * or -1 - (nu/mu) a_min without free modes.  Hypothesis: 1 in col X. */
void sg_closed_line_interval(double *low, double *high, const struct sg_line *line, double mu,
                             double nu);
/* Along C = t C_0, from t = 0 in the direction of `sign`: the t where stability first ends, by the
 * inequalities or by the radius.  c_0: the eigenvalues of C_0. */
double sg_closed_line_limit(const struct sg_line *line, const sg_complex *c_0, double mu,
                            double nu, double sign, bool by_inequalities);

/* ---- an SG without labels (CP5) --------------------------------------------------------- */

/* m = 1, S_x nonsingular, SG at the output.
 *   constant = false   s = alpha p, X without a ones column.  Critical: E[p r] = 0.
 *   constant = true    s = alpha p + gamma, the last column of X ones.
 *                      Critical: E[p r] = 0 = E[r].
 * In <a, b> = a^T S_x b the SG-critical weights are the sphere (within E[r] = 0) whose diameter
 * runs from the base, 0 or the mean predictor, to W*.  Source: CP5. */

/* The base. */
void sg_closed_no_labels_base(double *base, const struct sg_fit *fit, bool constant);
/* The sphere's centre plus `radius` times its radius along a direction (d, of any length but 0).
 * On the set for radius = 1. */
void sg_closed_no_labels_point(double *w, const struct sg_fit *fit, bool constant,
                               const double *direction, double radius);
/* cov(p, r), var(p) and E[r] at w.  Uncentred, E[p r], E[p^2] and 0, without a constant.  The best
 * alpha is covariance / variance. */
struct sg_no_labels { double covariance, variance, residual; };
struct sg_no_labels sg_closed_no_labels_state(const struct sg_fit *fit, bool constant,
                                              const double *w);
/* E[x^T s] with phi at its optimum: s is the projection of r onto span{p} or span{p, 1}. */
void sg_closed_no_labels_update(double *dw, const struct sg_fit *fit, bool constant,
                                const double *w);

/* For S_x = I.  With q_0 the part of W_0 off the ones column and q* that of W*: tau = |q_0|, c the
 * component of q* along q_0, length = |q*|. */
struct sg_no_labels_ray { double tau, c, length; };
struct sg_no_labels_ray sg_closed_no_labels_ray(const struct sg_fit *fit, bool constant,
                                                const double *w_0);
/* W_t for S_x = I, phi at its optimum in every step and no step at p constant:
 * tau_t = c + (1 - mu)^t (tau_0 - c) along q_0, the bias E[y] + (1 - mu)^t (...). */
void sg_closed_no_labels_step(double *w, const struct sg_fit *fit, bool constant,
                              const double *w_0, double mu, uint64_t t);
/* Its limit for 0 < mu < 2: c along q_0. */
void sg_closed_no_labels_limit(double *w, const struct sg_fit *fit, bool constant,
                               const double *w_0);
/* The excess loss at that limit, 1/2 |q*|^2 sin^2 of the angle between q_0 and q*. */
double sg_closed_no_labels_excess(const struct sg_fit *fit, bool constant, const double *w_0);

/* Any S_x, no constant.  Near a point w != 0 of the set, a step with the best alpha multiplies
 * E[p r] by 1 - mu rate.  Attracting for 0 < mu rate < 2, repelling where the rate is negative. */
double sg_closed_no_labels_rate(const struct sg_fit *fit, const double *w);
/* w(A) = exp(-A S_x) w_0.  Small steps stay on this curve, A = the integral of
 * alpha, whatever alpha does. */
void sg_closed_no_labels_curve(double *w, const struct sg_fit *fit, const double *w_0, double a);
/* The first point of the set on that curve from A = near, in the direction of E[p r]'s sign there
 * (where the best alpha goes).
 * SG_NO_CONVERGENCE: none up to A of about 2e6 / lambda_max (w -> 0).
 * Accuracy: bisection to rounding.  A crossing and recrossing between two looks (0.1 % to 10 % of A
 * apart) is missed. */
enum sg_status sg_closed_no_labels_arrival(double *w, double *a, const struct sg_fit *fit,
                                           const double *w_0, double near) SG_MUST_CHECK;

/* ---- modes of a two-layer net (DY10) ---------------------------------------------------- */

/* a(t) of gradient flow of p = x W_1 W_2 under MSE, E[x^T x] = I, balanced and aligned:
 * a' = 2 a (sigma - a), 0 < a_0 < sigma.  Time is mu times steps. */
double sg_closed_saxe_mode(double sigma, double a_0, double t);
/* The same mode under one gradient step, exactly: a (1 + mu (sigma - a))^2. */
double sg_closed_saxe_step(double a, double sigma, double mu);
/* After t/mu gradient steps the mode is where the flow is at t + shift, up to `remainder`.
 *   shift      (mu/2) (2 sigma t - (3/2) ln(a(t)/a_0))
 *   remainder  O(mu^2), and proved
 *   a          the flow at t + shift, off by at most `error`
 *   slope      the limit of (a_mu - a(t)) / mu
 * Hypothesis: mu sigma <= 1/8. */
struct sg_saxe_clock { double shift, remainder, a, error, slope; };
struct sg_saxe_clock sg_closed_saxe_clock(double sigma, double a_0, double mu, double t);
/* What the aligned start below was made of. */
struct sg_saxe {
    size_t modes;
    double *sigma, *a_0, *u, *v;    /* u (d x modes), v (m x modes) */
    double next;                    /* the largest sigma left out */
};
/* The aligned start: E[x^T y] = U diag(sigma) V^T, W_1 = U diag(sqrt a_0) Q^T,
 * W_2 = Q diag(sqrt a_0) V^T, a_0 = fraction sigma, for the min(d, m, k) largest sigma.
 * w: (d + m) k numbers.  q (k x k): orthogonal, its first columns are Q. */
enum sg_status sg_closed_saxe_start(double *w, struct sg_saxe *saxe, const struct sg_data *data,
                                    const double *q, size_t k, double fraction) SG_MUST_CHECK;
void sg_closed_saxe_free(struct sg_saxe *saxe);

/* ---- a fast SG on a deep linear net, to first order (DY9) ------------------------------- */

/* W_kappa(t) = w + late / kappa + mu euler + second order, from state = (w, late, euler), 3 n_w
 * numbers:
 *   w      the flow of -grad L
 *   late   what the SG's lag adds.  Starts at 0 for an exact SG, else at sg_closed_fast_start.
 *   euler  what the finite step does.  Starts at 0. */
struct sg_deep;
struct sg_fast;
struct sg_fast *sg_closed_fast_alloc(const struct sg_deep *deep, const struct sg_data *data);
void sg_closed_fast_free(struct sg_fast *f);
/* Advances the state by a span of time, by classical Runge-Kutta of order four with the given
 * number of steps.  Hypothesis: S_z nonsingular (SG_SINGULAR). */
enum sg_status sg_closed_fast_advance(double *state, struct sg_fast *f, double span,
                                      size_t steps) SG_MUST_CHECK;
/* late(0) = -Q G^-1 psi for phi(0) = phi* + psi: the transient's own push. */
enum sg_status sg_closed_fast_start(double *late, struct sg_fast *f, const double *w,
                                    const double *psi) SG_MUST_CHECK;
/* S_z = E[z^T z] at w, z = (h, y, 1), (K + m + 1)^2.  Memory of f, valid until the next call. */
const double *sg_closed_fast_s_z(struct sg_fast *f, const double *w);

/* ---- the loss that a linear SG sees (NL2) ----------------------------------------------- */

/* The circulation of the field s(h) = h A + b on R^k around the parallelogram h, h + u, h + u + v,
 * h + v: u (A - A^T) v^T, wherever h is.  The field is a gradient iff A = A^T. */
double sg_closed_circulation(const double *a, const double *u, const double *v, size_t k);
/* V(h) = 1/2 (h - from) S (h - from)^T + b (h - from)^T: for symmetric S the potential of
 * (h - from) S + b that is 0 at `from`. */
double sg_closed_potential_value(const double *s, const double *b, const double *h,
                                 const double *from, size_t k);
/* Of all fields (h - mean) S + b with S symmetric, the nearest one to (h - mean) A + b in the mean
 * square over points of covariance sigma: sigma S + S sigma = sigma A + A^T sigma.  S is the
 * symmetric part of A only where sigma is a multiple of I (or A is symmetric).
 * left: the mean square of what remains, the least that a field of this form has without a
 * potential.  Eigenvalues below k u sigma_max count as zero.
 * All k x k.  s may not be a.  SG_NOT_FINITE: outputs are NaN. */
enum sg_status sg_closed_potential_nearest(double *s, double *left, const double *a,
                                           const double *sigma, size_t k) SG_MUST_CHECK;

SG_PUBLIC_END

#endif
