/* shallow.h - private to the certificates of linear regression and its SG: exact data, moments in
 * balls, the joint directions. */
#ifndef SG_CERT_SHALLOW_H
#define SG_CERT_SHALLOW_H

#include "cert/ball.h"

#ifdef SG_HAVE_ARB
struct sg_ball_moments {
    slong d, m, q, N;      /* N = d + m + 1 */
    arb_mat_t M;           /* E[v^T v], v = (x, y, 1) */
    arb_mat_t W;           /* d x m: the least-squares solution, enclosed, or the given one where
                              y = x W */
};
/* Are all the doubles finite? */
bool sg_ball_data_finite(const struct sg_cert_data *data);
/* SG_UNPROVED: S_x could not be shown to be nonsingular. */
enum sg_status sg_ball_moments(struct sg_ball_moments *s, const struct sg_cert_data *data,
                               slong bits) SG_MUST_CHECK;
void sg_ball_moments_clear(struct sg_ball_moments *s);
/* T (N x q) with z = v T at weights W. */
void sg_ball_regressors(arb_mat_t T, const struct sg_ball_moments *s, const arb_mat_t W);
/* S_z = T^T M T at the moments' own W. */
void sg_ball_s_z(arb_mat_t S_z, const struct sg_ball_moments *s, slong bits);
/* phi* + (C, -C, 0), q x m; C NULL: 0. */
void sg_ball_exact_sg(arb_mat_t Phi, slong m, const double *C);
/* F = (E[x^T s], E[z^T (s - g)]) as a column and its Jacobian (or NULL), at any
 * state (W, Phi) in balls. */
void sg_ball_joint(arb_mat_t F, arb_mat_struct *J, const struct sg_ball_moments *s,
                   const arb_mat_t W, const arb_mat_t Phi, slong bits);
/* Turns J = dF into the Jacobian of the simultaneous step, I - diag(mu, nu) dF. */
void sg_ball_step(arb_mat_t J, slong n_w, double mu, double nu, slong bits);
#endif
#endif
