/* cert.h - proved statements, by exact rational arithmetic (built where FLINT is: SG_HAVE_FLINT)
 * and by ball arithmetic (Arb: SG_HAVE_ARB).
 *
 * What is certified is a statement on exact numbers: each double that goes in is the rational
 * number that its bits are.  Precision is raised until one of these holds:
 *   SG_OK        the statement is proved
 *   SG_REFUTED   its opposite is proved
 *   SG_UNPROVED  a limit is reached, which says nothing
 * SG_NOT_FINITE: a NaN or an infinity went in.  Enclosures are rounded outward.  What is not an
 * answer is NaN. */
#ifndef SYNTHGRAD_CERT_H
#define SYNTHGRAD_CERT_H

#include "synthgrad/deep.h"

SG_PUBLIC_BEGIN

struct sg_interval { double low, high; };   /* contains the exact number */

/* ---- exact: DY8 at any depth ------------------------------------------------------------- */

/* A global minimum of a deep linear net with linear SGs, terms h, y, 1, all psi = 0, and all that
 * its certificates depend on: data with E[x^T x] = S, E[r^T r] = R and least-squares solution
 * W_1 ... W_N exactly.
 *   at, n_at  NULL: one SG, after layer deep->at.  Else after these layers, ascending, each taught
 *             by what arrives
 *   w, S, R   weights as in deep.h, S (d x d), R (m x m)
 *   mean      E[x], E[r] (d + m), or NULL for centred data.  Where the ones are a column of X,
 *             1 = x e, it is S e, 0
 *   ..._over  what these numbers are to be divided by, so that decimals are exact; 0 for 1 */
struct sg_cert_minimum {
    const struct sg_deep *deep;
    const size_t *at;
    size_t n_at;
    const double *w, *S, *R, *mean;
    double w_over, S_over, R_over, mean_over;
};
/* Eigenvalues of the flow's Jacobian in (W, Phi), kappa = nu / mu exactly, with multiplicity. */
struct sg_cert_sides {
    size_t size;                  /* of them: zeros + left + axis + right */
    size_t zeros, axis;           /* 0, and the others on the imaginary axis */
    size_t left, right;           /* of it */
    size_t positive;              /* distinct positive real ones */
    size_t rests;                 /* dimension of the manifold of rests through the point, */
    bool regular;                 /* where it is proved to be one */
};
/* Counts the roots of the characteristic polynomial over Q by Sturm's chain of its real and
 * imaginary part on the axis (Routh, Hurwitz).
 *   SG_REFUTED     one is right of the axis: the minimum repels
 *   SG_OK          it attracts: none is right or on the axis but the zeros, and these are as many
 *                  as the manifold of rests has dimensions.  Every start near enough converges to a
 *                  rest nearby (Aulbach 1984)
 *   SG_UNPROVED    neither
 *   SG_HYPOTHESIS  these are no moments (not positive semidefinite), or S is 0
 *   SG_NOT_FINITE
 * The flow is written down once, and differentiated over Q by numbers a + b eps, eps^2 = 0. */
enum sg_status sg_cert_minimum_sides(struct sg_cert_sides *sides,
                                     const struct sg_cert_minimum *minimum, double mu,
                                     double nu) SG_MUST_CHECK;
/* The flow at a minimum, as the characteristic polynomial over Q[kappa]. */
struct sg_cert_deep;
/* SG_OK, SG_HYPOTHESIS, SG_NOT_FINITE as above.  SG_UNPROVED: not built in.  *deep is NULL but for
 * SG_OK.  Time: n_phi + 1 characteristic polynomials, 0.1 s for a size of 25. */
enum sg_status sg_cert_deep_alloc(struct sg_cert_deep **deep,
                                  const struct sg_cert_minimum *minimum) SG_MUST_CHECK;
void sg_cert_deep_free(struct sg_cert_deep *deep);
/* As sg_cert_minimum_sides. */
enum sg_status sg_cert_deep_sides(struct sg_cert_sides *sides, const struct sg_cert_deep *deep,
                                  double mu, double nu) SG_MUST_CHECK;
/* Has the characteristic polynomial, its roots 0 left out, opposite signs at low and high?  Then an
 * eigenvalue lies between.  low < high: finite doubles, taken exactly. */
bool sg_cert_deep_brackets(const struct sg_cert_deep *deep, double mu, double nu, double low,
                           double high);

/* A kappa at which eigenvalues pass the axis: a real one 0, or a pair. */
enum { SG_CERT_CROSSINGS_MOST = 64 };
struct sg_cert_crossing {
    struct sg_interval kappa;     /* contains exactly one, relative width below 1e-10 */
    bool real;                    /* an eigenvalue passes 0: a kappa_0 of DY8, item 9 */
};
/* All kappa > 0 at once.
 *   crossing   all of them, ascending: at every other kappa > 0 the axis has no eigenvalue but the
 *              zeros
 *   between    the counts below the first, between them and above the last
 *   fate       SG_OK: attracts.  SG_REFUTED: repels.  SG_UNPROVED: neither is proved
 *   critical   kappa_c: it attracts at every larger kappa, and not at this one.  0: at every kappa.
 *              NaN: no such number is proved */
struct sg_cert_line {
    size_t n;
    struct sg_cert_crossing crossing[SG_CERT_CROSSINGS_MOST];
    struct sg_cert_sides between[SG_CERT_CROSSINGS_MOST + 1];
    enum sg_status fate[SG_CERT_CROSSINGS_MOST + 1];
    struct sg_interval critical;
};
/* The fate of the largest kappa.
 * SG_UNPROVED with n = 0 and counts of size 0: a crossing is multiple, or there are too many. */
enum sg_status sg_cert_deep_line(struct sg_cert_line *line,
                                 const struct sg_cert_deep *deep) SG_MUST_CHECK;

/* ---- exact: DY14's ledger ---------------------------------------------------------------- */

/* terms: 1 for h A, 2 for y B, 4 for C.  arriving: learns from what arrives, else from the true
 * gradient. */
struct sg_cert_ledger_module { size_t at; unsigned terms; bool arriving; double mix; };
/* A net of dense layers with biases, relu between them or nothing, under MSE.
 *   width   [layers + 1], from the inputs to the m outputs
 *   w       W (in x out), then b (out), layer after layer
 *   phi     A, B, C of each module, those it has
 *   x, y    n samples */
struct sg_cert_ledger {
    size_t n, m, layers;
    const size_t *width;
    bool relu;
    size_t modules;
    const struct sg_cert_ledger_module *module;    /* ascending `at`, 1..layers */
    const double *w, *phi, *x, *y;
    double mu;
};
/* One step of all parts from one state in rational arithmetic.  D_k = W_k^T W_k + b_k^T b_k -
 * W_{k+1} W_{k+1}^T - mix (A + A^T)/kappa, with relu its diagonal.
 *   SG_OK       at every hidden boundary D changes by mu^2 (dW_k^T dW_k + db_k^T db_k -
 *               dW_{k+1} dW_{k+1}^T), exactly
 *   SG_REFUTED  at some boundary it does not
 * kappa = nu/mu for any nu: A moves by nu, and counts by mu/nu. */
enum sg_status sg_cert_ledger_step(const struct sg_cert_ledger *net) SG_MUST_CHECK;

/* ---- exact: inexact gradient descent (DY6) ----------------------------------------------- */

/* x+ = x - gamma d with |d - grad f(x)| <= rho |grad f(x)|, f m-strongly convex and L-smooth.
 * Hypotheses: 0 < m < L, 0 <= rho < 1, gamma > 0; else SG_HYPOTHESIS. */
struct sg_cert_inexact { double m, L, rho, gamma; };
/* The largest (f(x+) - f*)/(f(x) - f*) there is: one rational number, between the two doubles of
 * *factor.  From above a dual certificate: multipliers of the interpolation inequalities whose
 * residual is positive semidefinite, by exact elimination.  From below a quadratic that has it.
 * SG_UNPROVED: for steps above 2/((1 + rho) L), where factor->high is HUGE_VAL and factor->low is
 * that of the quadratic. */
enum sg_status sg_cert_inexact_factor(struct sg_interval *factor,
                                      const struct sg_cert_inexact *step) SG_MUST_CHECK;
/* Is f(x+) - f* <= factor (f(x) - f*) for every f, x and d?
 * SG_OK: it is, by the same certificate.  SG_REFUTED: a quadratic exceeds it. */
enum sg_status sg_cert_inexact_bound(const struct sg_cert_inexact *step,
                                     double factor) SG_MUST_CHECK;
/* x, g = grad f(x), d and g_next = grad f(x+), n numbers each; f has its minimum 0 at 0. */
struct sg_cert_triple { size_t n; const double *x, *g, *d, *g_next; };
/* The largest f(x+)/f(x) among the f of the class that have these gradients there.
 * SG_OK: there is such an f, and |d - g| <= rho |g|.  SG_REFUTED: there is none, or the error is
 * larger, or x = 0.  rho and gamma may be any. */
enum sg_status sg_cert_triple_ratio(struct sg_interval *ratio, const struct sg_cert_inexact *step,
                                    const struct sg_cert_triple *triple) SG_MUST_CHECK;

/* ---- exact: separable classes ------------------------------------------------------------ */

/* ALL   some linear score has every sample's own class above all others
 * PART  some score has none below, and not all level: the log loss has no minimiser.  (That no
 *       other score separates all is the program's word, not proved.)
 * NONE  no such score: the log loss has a minimiser */
enum sg_separation {
    SG_SEPARATION_UNKNOWN, SG_SEPARATION_NONE, SG_SEPARATION_PART, SG_SEPARATION_ALL
};
/* x (n x f), its last column the ones; label (n) in 0..c.  Proposed by a linear program (GLPK),
 * proved in whole numbers (FLINT).
 * UNKNOWN: without either library, above 160 unknowns f c or 2e6 entries n f c^2 (1e5 for more than
 * 60 unknowns), and where columns are so near to dependent that the program's vertex is none of the
 * exact data. */
enum sg_separation sg_cert_separation(const double *x, const size_t *label, size_t n, size_t f,
                                      size_t c);

/* ---- ball arithmetic -------------------------------------------------------------------- */

/* Spectral radius of a (n x n).  Multiple and defective eigenvalues are fine.
 *   SG_OK        below 1
 *   SG_REFUTED   above 1
 *   SG_UNPROVED  not decided; *radius is an enclosure all the same
 * width: the relative width asked for, at the price of about log2(log(n cond)/width) squarings.
 * HUGE_VAL: the answer is enough. */
enum sg_status sg_cert_radius(struct sg_interval *radius, const double *a, size_t n,
                              double width) SG_MUST_CHECK;
/* Does x' = a x grow?
 * SG_REFUTED: some eigenvalue of a has a real part of at least *growth > 0.
 * SG_OK: all have a negative one, and *growth is NaN.
 * With an eigenvalue 0 SG_REFUTED is possible and SG_OK is not. */
enum sg_status sg_cert_growth(double *growth, const double *a, size_t n) SG_MUST_CHECK;

/* ---- linear regression ------------------------------------------------------------------ */

/* Rows (x, y, 1), n samples: x (n x d), y (n x m). */
struct sg_cert_data {
    size_t n, d, m;
    const double *x;
    const double *y, *w;      /* y NULL: y = x w exactly, w (d x m) */
    const double *one;        /* NULL, or what stands in for 1 (compressed rows) */
};

/* lambda_max(S_x) and lambda_max(S_z) at the least-squares solution, relative width about 1e-14.
 * SG_OK: the hypotheses of DY3 are proved too, that is S_x > 0, S_z > 0 and (y not NULL)
 * E|r*|^2 > 0. */
enum sg_status sg_cert_moments(struct sg_interval *lambda_x, struct sg_interval *lambda_z,
                               const struct sg_cert_data *data) SG_MUST_CHECK;

/* lambda_min(S_x) and lambda_max(S_x).  SG_OK: S_x > 0 is proved. */
enum sg_status sg_cert_curvature(struct sg_interval *least, struct sg_interval *most,
                                 const struct sg_cert_data *data) SG_MUST_CHECK;

enum sg_cert_order { SG_CERT_SIMULTANEOUS, SG_CERT_SG_FIRST, SG_CERT_NETWORK_FIRST };
/* The joint step of W and the SG at its fixed point (W*, phi* + (C, -C, 0)). */
struct sg_cert_step {
    double mu, nu;
    enum sg_cert_order order;
    size_t tau;               /* pairs (z, g) of tau steps ago, simultaneous only */
    const double *C;          /* m x m, or NULL for 0; C != 0 needs y = x w */
};
/* Its spectral radius.  Statuses and width as for sg_cert_radius.  With y = x w the m^2
 * eigenvalues 1 along the family are left out (exactly: the step on the quotient by it).
 * The Jacobian is differentiated in balls at the enclosed fixed point.  Nothing is assumed about
 * its structure.  Source: DY3, DY4, DY11, DY12. */
enum sg_status sg_cert_step_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                   const struct sg_cert_step *step, double width) SG_MUST_CHECK;
/* The same for W <- W - mu E[x^T x] W A: backprop for A NULL (DY1), a frozen SG (DY2). */
enum sg_status sg_cert_frozen_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                     double mu, const double *A, double width) SG_MUST_CHECK;
/* The limit of mu in that step lies between mu.low > 0 and mu.high >= mu.low.
 *   *below    SG_OK: for every 0 < mu <= mu.low all eigenvalues are inside the unit disc but the 1s
 *             of S_x's null space.  SG_REFUTED: at mu.low one is outside
 *   *beyond   SG_REFUTED: for every mu >= mu.high one is outside.  SG_OK: at mu.high none is
 * S_x may be singular.  Source: DY1, DY2. */
void sg_cert_frozen_limit(enum sg_status *below, enum sg_status *beyond,
                          const struct sg_cert_data *data, struct sg_interval mu, const double *A);
/* The simultaneous step of noisy data at its fixed point, at all rates:
 *   SG_OK   rho < 1 if 0 < mu <= mu.low and 0 < nu <= nu.low, and
 *           rho > 1 if mu, nu > 0 and (mu >= mu.high or nu >= nu.high)
 * beta: heavy ball on both parts.  Without (0), with pairs (z, g) of tau steps ago and every tau:
 * rho < 1 in the same rectangle, and rho > 1 at mu = mu.high with every 0 < nu <= nu.low and at nu
 * = nu.high with every 0 < mu <= mu.low.
 * By quadratic forms that shrink, or run away; the Jacobian is that of sg_cert_step_radius.
 * Never SG_REFUTED.  0 < low < high, whose ratio may be 1 + 1e-8.  Source: DY3, DY11. */
enum sg_status sg_cert_rates(const struct sg_cert_data *data, struct sg_interval mu,
                             struct sg_interval nu, double beta) SG_MUST_CHECK;
/* Largest modulus of the roots of lambda^{tau + 1} - lambda^tau + a: a stale gradient on a mode
 * with mu lambda_max = a.  Statuses and width as for sg_cert_radius.  Source: DY11. */
enum sg_status sg_cert_delay_radius(struct sg_interval *radius, double a, size_t tau,
                                    double width) SG_MUST_CHECK;
/* The same roots by Schur and Cohn's recursion, tau^2 operations.
 *   SG_OK all are inside the unit circle   SG_REFUTED one is outside   SG_UNPROVED not decided */
enum sg_status sg_cert_delay_side(double a, size_t tau) SG_MUST_CHECK;
/* 2 sin(pi / (2 (2 tau + 1))). */
struct sg_interval sg_cert_delay_limit(size_t tau);

/* A ball around (W*, phi*) in which every start of the simultaneous step converges to it, |.|
 * Euclidean over (W, Phi).  One step there also shrinks a norm x^T P x by at least *contraction
 * (its square root).  Proved by a Lyapunov matrix and bounds on the step's quadratic and cubic
 * terms.  SG_UNPROVED where rho is not below 1. */
enum sg_status sg_cert_basin(double *radius, double *contraction, const struct sg_cert_data *data,
                             double mu, double nu) SG_MUST_CHECK;

/* The iteration of DY5 and DY13 from doubles, in exact arithmetic: linear regression, an SG with
 * labels and a constant at the output, theta = 1 for the exact line search.
 *   w, phi    the start, d x m and (2m + 1) x m
 *   mu        n_mu rates, the last one for all steps beyond
 *   tau       the SG learns from pairs of tau steps ago, before step tau from that of the start
 *   theta     nu = theta / E|z|^2, or theta |G|^2 / E|z G|^2 with line_search */
struct sg_cert_iteration {
    const double *w, *phi, *mu;
    size_t n_mu, steps, tau;
    bool line_search;
    double theta;
};
/* With Psi = Phi - phi*, e = s - g, N = E|z|^2, eps = sqrt(E|e|^2/N), delta = W - W*,
 * l = lambda_max(S_x), N* = N at W*.  Each is SG_OK when it holds in every step, SG_REFUTED when it
 * fails in one.
 *   norm     |Psi| does not grow
 *   sum      theta (2 - theta) sum of eps^2 of the pairs <= |Psi_0|^2
 *   step     |delta+| <= (rho + mu l eps) |delta| + mu sqrt(l N*) eps, rho = |I - mu S_x|
 *   energy   V = E|x delta|^2 + E|e|^2 falls
 * step and energy: SG_UNPROVED where S_x > 0 cannot be shown.
 *   psi, v   |Psi| and V at the end over those of the start
 *   share    of |Psi_0|^2 that the sum takes */
struct sg_cert_iterated {
    enum sg_status norm, sum, step, energy;
    struct sg_interval psi, v, share;
};
/* The exact iteration from the doubles of the start.  SG_OK: all of them are decided. */
enum sg_status sg_cert_iterate(struct sg_cert_iterated *out, const struct sg_cert_data *data,
                               const struct sg_cert_iteration *ask) SG_MUST_CHECK;

/* ---- modes of a two-layer net (DY10) ----------------------------------------------------- */

/* One mode: a+ = a (1 + mu (sigma - a))^2 from a_0, looked at every gap steps. */
struct sg_cert_mode { double sigma, a_0, mu; uint64_t gap; };
enum { SG_CERT_MODE_STEPS_MOST = 1000000 };
/* discrete: a after (look + 1) gap steps; curve: a(t) of the flow at that time t, mu a step.
 * clock: SG_OK where the former is a(t + theta) with |theta - shift| <= remainder, DY10's own
 * formulas of mu, sigma, a_0 and t. */
struct sg_cert_mode_look { struct sg_interval discrete, curve; enum sg_status clock; };
/* The worst of the looks' statuses.  Hypotheses: 0 < a_0 < sigma, 0 < mu sigma <= 1/8; else
 * SG_HYPOTHESIS.  Above SG_CERT_MODE_STEPS_MOST steps: SG_UNPROVED. */
enum sg_status sg_cert_mode(struct sg_cert_mode_look *look, size_t n_looks,
                            const struct sg_cert_mode *mode) SG_MUST_CHECK;

/* ---- critical points -------------------------------------------------------------------- */

struct sg_cert_critical { double box, gradient; };
/* The joint critical point at least squares.  SG_OK: F has exactly one zero (Krawczyk) in the box
 * of half-width box max(1, |entry|) around (W, phi*), W the doubles nearest W*.  That zero is W*
 * with phi*, and |grad L| / sqrt(E|x|^2 E|y|^2) there is at most `gradient` < u^{3/2}.
 * held: NULL, or for each of the 2 m + 1 columns of z = (p, y, 1) whether the SG's row for it stays
 * at phi*; F is then that of the other rows.  Without, S_z has to be nonsingular. */
enum sg_status sg_cert_critical(struct sg_cert_critical *point, const struct sg_cert_data *data,
                                const bool *held) SG_MUST_CHECK;
/* m = 1, SG s = alpha p (+ gamma, with `constant`: the last column of x is ones).  One more
 * critical point, E[p r] = 0 (and E[r] = 0), lies on the half-line from the base along `direction`
 * (d).  The base is 0, or the mean predictor with `constant`.
 * SG_OK: *gradient encloses |grad L| there, not 0.  With labels s = r: the update is that gradient.
 * SG_HYPOTHESIS: the last column is not all ones.  Source: CP5. */
enum sg_status sg_cert_unlabelled(struct sg_interval *gradient, const struct sg_cert_data *data,
                                  bool constant, const double *direction) SG_MUST_CHECK;

/* ---- logistic regression with a linear SG, m = 1, y in {0, 1} --------------------------- */

struct sg_cert_log_point { double box; struct sg_interval gradient, loss; };
/* A critical point, proved to be there.
 * SG_OK: the joint directions (E[x^T s], E[z^T (s - g)]) have exactly one zero (Krawczyk) in the
 * box of half-width box max(1, |entry|) around (w, phi), d + 3 doubles.  |grad L| and L at that
 * zero lie in these intervals.  Source: CP6. */
enum sg_status sg_cert_log_point(struct sg_cert_log_point *point, const struct sg_cert_data *data,
                                 const double *w, const double *phi) SG_MUST_CHECK;
/* The minimum of L.  SG_OK: grad L has exactly one zero (Krawczyk) in the box of half-width box
 * max(1, |entry|) around w; L is convex, so its minimum, whose value lies in point->loss. */
enum sg_status sg_cert_log_optimum(struct sg_cert_log_point *point,
                                   const struct sg_cert_data *data,
                                   const double *w) SG_MUST_CHECK;
/* L(w), an upper bound on inf L.  SG_OK whatever it is. */
enum sg_status sg_cert_log_loss(struct sg_interval *loss, const struct sg_cert_data *data,
                                const double *w) SG_MUST_CHECK;
/* Does w separate the classes?
 * SG_OK: x w > 0 where y = 1 and < 0 where y = 0, sample by sample, so that inf L = 0.
 * SG_REFUTED: not so. */
enum sg_status sg_cert_separates(const struct sg_cert_data *data, const double *w) SG_MUST_CHECK;

/* ---- deep linear nets ------------------------------------------------------------------- */

/* A step of all weights of a deep linear net, without biases, on the samples of `data` (y given).
 *   width           [layers + 1], from d to m
 *   before, after   the weights W_i (in x out), layer after layer */
struct sg_cert_descent {
    size_t layers;
    const size_t *width;
    const double *before, *after;
    double mu, rho;
};
/* *tracks  SG_OK: |(W - W')/mu - grad L(W)| <= rho |grad L(W)|.  SG_REFUTED: not so
 * *falls   SG_OK: L(W') <= L(W) - (1 - rho)/2 mu |grad L(W)|^2.  SG_REFUTED: not so
 * Source: DY7. */
void sg_cert_descent_step(enum sg_status *tracks, enum sg_status *falls,
                          const struct sg_cert_descent *step, const struct sg_cert_data *data);

/* Does the flow at the minimum grow?  kappa = nu / mu exactly.  Statuses and *growth as for
 * sg_cert_growth, and SG_HYPOTHESIS as for sg_cert_deep_alloc.  The zeros of its Jacobian (the
 * gauge of the weights) are no obstacle. */
enum sg_status sg_cert_deep_growth(double *growth, const struct sg_cert_minimum *minimum, double mu,
                                   double nu) SG_MUST_CHECK;

/* ---- deep linear nets (DY9) ------------------------------------------------------------- */

/* Two runs from the weights w, simultaneous gradient descent under squared error: backprop, and an
 * SG with the terms h, y, 1 at the hidden layer deep->at from phi ((K + m + 1) x K). */
struct sg_cert_deep_apart {
    const struct sg_deep *deep;
    const double *w, *phi;
    double mu, nu;
    uint64_t steps;
};
enum { SG_CERT_APART_STEPS_MOST = 20000 };
/* |W - W_backprop| after these steps in exact arithmetic, to 50 bits.  y must be given.
 * SG_UNPROVED: the precision did not suffice (an iteration that leaves; runs that meet), or there
 * are more than SG_CERT_APART_STEPS_MOST steps. */
enum sg_status sg_cert_deep_apart(struct sg_interval *distance, const struct sg_cert_data *data,
                                  const struct sg_cert_deep_apart *ask) SG_MUST_CHECK;

SG_PUBLIC_END

#endif
