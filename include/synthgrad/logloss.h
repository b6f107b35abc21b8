/* logloss.h - theorem formulas for classification by p = x W under the log loss, with a linear SG
 * with labels at the output (CP6, CP7, AD1).  Shares no arithmetic with net/ and sim/.
 *
 * Labels are y in {0, 1} with m = 1 (the logistic loss), or one-hot rows with m >= 2 classes
 * (softmax cross entropy).  q(p) are the probabilities and g = q(p) - y is the per-sample gradient.
 * SG: s = z Phi, z = (p, y, 1) in R^q, q = 2m + 1, Phi = (A; B; C).  Joint directions:
 *     F_W = E[x^T s],   F_Phi = E[z^T (s - g)].
 * Joint state: W (d x m) row-major, then Phi (q x m).
 * A score is what the features say relative to class 0.  Classes k = 1..c, c = max(m - 1, 1), have
 * scores p_k - p_0 (or p itself for m = 1).  Class 0 has score 0. */
#ifndef SYNTHGRAD_LOGLOSS_H
#define SYNTHGRAD_LOGLOSS_H

#include "synthgrad/data.h"

SG_PUBLIC_BEGIN

/* The class of each sample, 0..c, and c.  Free *label.
 * SG_HYPOTHESIS: y is not 0/1 or one-hot, or a class has no sample. */
enum sg_status sg_closed_classes(size_t **label, size_t *c,
                                 const struct sg_data *data) SG_MUST_CHECK;

/* ---- logistic and softmax regression ---------------------------------------------------- */

/* inf over B (f x c) of L(B) = E[log(1 + sum_k exp p_k) - p_label], p = F B, p_0 = 0.  It is
 * decided, not only computed, which of two cases holds:
 *   finite     L has a minimiser, and only one.  Certificate: weights lambda_ik > 0 with
 *              sum_ik lambda_ik F_i (e_label - e_k) = 0, so that no B separates anything
 *              (Stiemke).  They are the probabilities of the wrong classes at the computed B,
 *              corrected by less than themselves.
 *   separated  The infimum is 0 and not attained.  Certificate: p_label > p_k for every sample and
 *              k != label at the returned B, row by row beyond rounding. */
struct sg_regression {
    size_t f, c, iterations;
    bool separated;
    double *b;              /* f x c: the minimiser, or a B that separates */
    double loss;            /* L(b): the minimum, or an upper bound on an infimum that is 0 */
    double lower;           /* weak duality, E[entropy of the corrected probabilities]: inf L is in
                               [lower, loss] to rounding; 0 if separated */
    double gradient;        /* |E[F^T g]| at b */
    double slack;           /* finite: the smallest (lambda - its correction) / lambda;
                               separated: the smallest margin over its rounding error */
};
/* The logistic regression of labels on features, or a direction that separates them.
 * Hypotheses: F (n x f) of full column rank (SG_SINGULAR), labels 0..c.
 * SG_UNPROVED: neither case could be certified.  So it is for data separated only in part: an event
 * of measure zero for two classes, but not for more, where one class may be separated and the
 * others not.  *r is NULL unless SG_OK.
 * Method: Newton with halving.  L < log(2)/n separates, so separable data are always found.
 * Accuracy of b: rounding in E[F^T g], about n u |F| |g|, through the inverse Hessian. */
enum sg_status sg_closed_regression_alloc(struct sg_regression **r, const double *features,
                                          const size_t *label, size_t n, size_t f,
                                          size_t c) SG_MUST_CHECK;
void sg_closed_regression_free(struct sg_regression *r);
/* L(B) for scores p (n x c).  probability (n x (c + 1), or NULL): per sample the
 * probabilities of all c + 1 classes. */
double sg_closed_log_loss(double *probability, const double *score, const size_t *label, size_t n,
                          size_t c);
/* E[KL(q_best || q)] for probabilities (n x (c + 1)).  It is L(p) - L(p_best) where
 * p_best minimises L over a space of scores that holds p.  All terms are positive, so a
 * small gap keeps its digits. */
double sg_closed_loss_gap(const double *best, const double *q, size_t n, size_t c);

/* ---- fixed points of the linear SG (CP6) ------------------------------------------------ */

/* With 1 in col X the finite joint critical points are p = (p_LS, 1, e) T:
 *   p_LS  P_X y, the least-squares scores
 *   T     the regression of the labels on the score (p_LS, 1, e) by the log loss
 *   e     the sum of the columns of X W, which training from phi = 0 conserves (m >= 2).
 *         0 by default, and absent for m = 1.
 * For m > 2, if p and 1 span less than p_LS, 1, e, there is no joint critical point, since A would
 * be infinite: Phi is large and sg_closed_log_point_error says so.
 * Without 1 in col X and m = 1, p = a P_X y + b P_X 1, and there may be several points. */
struct sg_log_point {
    bool finite;            /* false: the score separates the classes and no finite joint critical
                               point exists */
    double *w, *phi;        /* d x m, q x m: the point, Phi the least-squares SG there (of minimum
                               norm) */
    double *score;          /* n x c */
    double *probability;    /* n x (c + 1) */
    double loss, lower;     /* L there and the dual bound on the infimum over these scores; both 0,
                               the infimum, if not finite */
    double gradient;        /* |E[F^T g]| that is left, F the features */
    double *t;              /* the regression's coefficients: (t, c) for m = 1; f x c, features as
                               above */
    size_t f;
};
/* conserved (n): e, or NULL for 0.  Hypotheses:
 *   X of full column rank and 1 in col X            else SG_HYPOTHESIS
 *   p_LS, 1, e independent                          else SG_SINGULAR
 * An e in span{p_LS, 1} is taken as absent.  That is right for a constant e.  A varying one has
 * further joint critical points (proof page of CP6, 3). */
enum sg_status sg_closed_log_point_alloc(struct sg_log_point **point, const struct sg_data *data,
                                         const double *conserved) SG_MUST_CHECK;
void sg_closed_log_point_free(struct sg_log_point *point);
/* A bound on |F| at (w, phi) as computed: rounding of F, of the least-squares solutions and of the
 * regression. */
enum sg_status sg_closed_log_point_error(double *error, const struct sg_log_point *point,
                                         const struct sg_data *data) SG_MUST_CHECK;
struct sg_log_gap {
    /* the SG's resting point is finite; else its loss tends to inf L = 0 */
    bool finite;
    bool separable;           /* the data are separable: inf L = 0 */
    double gap, infimum;
};
/* L(the SG's resting point) - inf L in one go, for one output.  Hypotheses: X of full column
 * rank, 1 in col X (not looked at). */
enum sg_status sg_closed_log_gap(struct sg_log_gap *gap, const struct sg_data *data) SG_MUST_CHECK;
/* What a joint residual leaves open: |L(x w) - L at the SG's resting point| <= *bound, for one
 * output and any state (w, phi = (alpha, beta, gamma)).  r = E[x^T s] (d) and
 * f = E[z^T (s - g)] (3) are the residuals there.  The bound is by convexity, not by linearisation,
 * and includes the rounding of both losses.
 * SG_UNPROVED: the residual is too large, and the bound is NaN.
 * Hypotheses: X of full column rank, 1 in col X, the resting point finite.  [theory, AD1] */
enum sg_status sg_closed_log_stationary(double *bound, const struct sg_data *data, const double *w,
                                        const double *phi, const double *r,
                                        const double *f) SG_MUST_CHECK;
/* L(x w) - inf L <= *bound from the gradient E[x^T g] (d) at w alone, in the same way. */
enum sg_status sg_closed_log_excess(double *bound, const struct sg_data *data, const double *w,
                                    const double *gradient) SG_MUST_CHECK;
/* The optimum in the same struct: finite or not, W, scores, probabilities, L.  Phi = Z^+ g. */
enum sg_status sg_closed_log_optimum_alloc(struct sg_log_point **point, const struct sg_data *data,
                                           const double *conserved) SG_MUST_CHECK;

/* All points a P_X y + b P_X 1 without a ones column, m = 1, as far as `looks` directions (a, b)
 * on a half circle see them.  Puts up to `most` coefficients (a, b) in ab, and how many in *found.
 * In each direction the loss has one minimum, E[p g] = 0.  That leaves one equation in the
 * direction, det[(E[y g], E[g]), M (a, b)] = 0 with M the Gram matrix of the residuals of y and 1.
 * Where no direction separates, its sign differs at the ends of the half circle: a point exists.
 * *open: a direction separates. */
enum sg_status sg_closed_log_plane(double *ab, size_t *found, bool *open,
                                   const struct sg_data *data, size_t looks,
                                   size_t most) SG_MUST_CHECK;

/* The point of given (a, b). */
enum sg_status sg_closed_log_plane_point_alloc(struct sg_log_point **point,
                                               const struct sg_data *data,
                                               const double *ab) SG_MUST_CHECK;

/* ---- the joint equations ---------------------------------------------------------------- */

/* d m + q m */
size_t sg_closed_log_joint_size(const struct sg_data *data);
/* F at any state. */
void sg_closed_log_joint(double *f, const struct sg_data *data, const double *state);
/* A bound on the rounding error of F, Euclidean. */
double sg_closed_log_joint_rounding(const struct sg_data *data, const double *state);
/* The analytic Jacobian of F (size^2, row-major) at any state. */
void sg_closed_log_joint_jacobian(double *jacobian, const struct sg_data *data,
                                  const double *state);
/* A zero of F by Newton's method with the analytic Jacobian and continuation from labels near 1/2
 * (1/m), where the problem is linear, to the data's.  Knows nothing of sg_closed_log_point.
 * *residual is |F|.  For m > 1 rows of W and Phi sum to 0.  Hypothesis: X of full column rank.
 *   SG_NO_CONVERGENCE  |F| stopped falling above its rounding level
 *   SG_DIVERGED        |F| tends to 0 towards infinity, along a p that separates the classes
 *   SG_SINGULAR
 * Then state is NaN.  For m > 2 the way may pass through infinity (A singular at some labels) and
 * end in SG_NO_CONVERGENCE, though a zero exists.  This is seen exactly where A has a negative
 * eigenvalue there, and the zero repels. */
enum sg_status sg_closed_log_joint_solve(double *state, double *residual,
                                         const struct sg_data *data) SG_MUST_CHECK;

SG_PUBLIC_END

#endif
