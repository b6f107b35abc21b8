/* The spectral radius of the joint step of linear regression and its SG, proved below or above 1
 * (DY1 to DY4, DY11, DY12). */
#ifdef SG_HAVE_ARB
#include "cert/shallow.h"

/* ---- moments --------------------------------------------------------------------------- */

struct moments { struct sg_interval *lambda_x, *lambda_z; const struct sg_cert_data *data; };

/* E|r*|^2 = tr of the Schur complement of S_x: E|y|^2 - tr W^T S_xy. */
static bool has_residual(const struct sg_ball_moments *s, slong bits)
{
    arb_t e;
    arb_init(e);
    for (slong k = 0; k < s->m; k++) {
        arb_add(e, e, arb_mat_entry(s->M, s->d + k, s->d + k), bits);
        for (slong j = 0; j < s->d; j++)
            arb_submul(e, arb_mat_entry(s->W, j, k), arb_mat_entry(s->M, j, s->d + k), bits);
    }
    const bool positive = arb_is_positive(e);
    arb_clear(e);
    return positive;
}

static enum sg_status attempt_moments(void *context, slong bits)
{
    const struct moments *c = context;
    struct sg_ball_moments s;
    arb_mat_t S_x, S_z;
    enum sg_status status = sg_ball_moments(&s, c->data, bits);
    arb_mat_init(S_x, s.d, s.d);
    arb_mat_init(S_z, s.q, s.q);
    if (status == SG_OK) {
        sg_ball_block(S_x, s.M, 0, 0);
        sg_ball_s_z(S_z, &s, bits);
        status = sg_ball_top(c->lambda_x, S_x, bits);
    }
    if (status == SG_OK)
        status = sg_ball_top(c->lambda_z, S_z, bits);
    if (status == SG_OK && c->data->y &&
        !(sg_ball_positive(S_x, bits) && sg_ball_positive(S_z, bits) && has_residual(&s, bits)))
        status = SG_UNPROVED;
    arb_mat_clear(S_x);
    arb_mat_clear(S_z);
    sg_ball_moments_clear(&s);
    return status;
}

static enum sg_status attempt_curvature(void *context, slong bits)
{
    const struct moments *c = context;
    struct sg_ball_moments s;
    arb_mat_t S_x;
    enum sg_status status = sg_ball_moments(&s, c->data, bits);
    arb_mat_init(S_x, s.d, s.d);
    sg_ball_block(S_x, s.M, 0, 0);
    if (status == SG_OK)
        status = sg_ball_bottom(c->lambda_x, S_x, bits);
    if (status == SG_OK)
        status = sg_ball_top(c->lambda_z, S_x, bits);
    if (status == SG_OK && !(c->lambda_x->low > 0))
        status = SG_UNPROVED;
    arb_mat_clear(S_x);
    sg_ball_moments_clear(&s);
    return status;
}

enum sg_status sg_cert_curvature(struct sg_interval *least, struct sg_interval *most,
                                 const struct sg_cert_data *data)
{
    SG_REQUIRE(least && most && data);
    struct moments c = {least, most, data};
    *least = *most = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data))
        return SG_NOT_FINITE;
    const enum sg_status status = sg_ball_raise(attempt_curvature, &c);
    if (status != SG_OK)
        *least = *most = (struct sg_interval){SG_NAN, SG_NAN};
    return status;
}

enum sg_status sg_cert_moments(struct sg_interval *lambda_x, struct sg_interval *lambda_z,
                               const struct sg_cert_data *data)
{
    SG_REQUIRE(lambda_x && lambda_z);
    struct moments c = {lambda_x, lambda_z, data};
    *lambda_x = *lambda_z = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data))
        return SG_NOT_FINITE;
    const enum sg_status status = sg_ball_raise(attempt_moments, &c);
    if (status != SG_OK)
        *lambda_x = *lambda_z = (struct sg_interval){SG_NAN, SG_NAN};
    return status;
}

/* ---- the joint step -------------------------------------------------------------------- */

struct step { const struct sg_cert_data *data; const struct sg_cert_step *step; };

/* Rows of W times -mu, rows of Phi times -nu. */
static void scale_rows(arb_mat_t J, slong n_w, double mu, double nu, slong bits)
{
    arb_t factor;
    arb_init(factor);
    for (slong i = 0; i < arb_mat_nrows(J); i++) {
        arb_set_d(factor, i < n_w ? -mu : -nu);
        for (slong j = 0; j < arb_mat_ncols(J); j++)
            arb_mul(arb_mat_entry(J, i, j), arb_mat_entry(J, i, j), factor, bits);
    }
    arb_clear(factor);
}

/* I plus the rows of J from `from` to `to` only. */
static void one_block(arb_mat_t out, const arb_mat_t J, slong from, slong to, slong bits)
{
    arb_mat_one(out);
    for (slong i = from; i < to; i++)
        for (slong j = 0; j < arb_mat_ncols(J); j++)
            arb_add(arb_mat_entry(out, i, j), arb_mat_entry(out, i, j), arb_mat_entry(J, i, j),
                    bits);
}

/* J: minus the rates times dF on entry, the step's Jacobian on return.  One part after the other:
 * the second reads what the first has written. */
static void compose(arb_mat_t J, slong n_w, enum sg_cert_order order, slong bits)
{
    const slong n = arb_mat_nrows(J);
    arb_mat_t network, sg;
    arb_mat_init(network, n, n);
    arb_mat_init(sg, n, n);
    one_block(network, J, 0, n_w, bits);
    one_block(sg, J, n_w, n, bits);
    if (order == SG_CERT_SG_FIRST)
        arb_mat_mul(J, network, sg, bits);
    else if (order == SG_CERT_NETWORK_FIRST)
        arb_mat_mul(J, sg, network, bits);
    else
        for (slong i = 0; i < n; i++)
            arb_add_ui(arb_mat_entry(J, i, i), arb_mat_entry(J, i, i), 1, bits);
    arb_mat_clear(network);
    arb_mat_clear(sg);
}

void sg_ball_step(arb_mat_t J, slong n_w, double mu, double nu, slong bits)
{
    scale_rows(J, n_w, mu, nu, bits);
    compose(J, n_w, SG_CERT_SIMULTANEOUS, bits);
}

/* The family (0, (E, -E, 0)) consists of eigenvectors of 1.  On the quotient the coordinates are
 * (W, A + B, C), and (W, S, C) is represented by (W, S, 0, C). */
static void take_quotient(arb_mat_t out, const arb_mat_t J, slong n_w, slong m, slong bits)
{
    const slong n = arb_mat_nrows(out), mm = m * m;
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++) {
            const slong from_i = i < n_w + mm ? i : i + mm, from_j = j < n_w + mm ? j : j + mm;
            arb_set(arb_mat_entry(out, i, j), arb_mat_entry(J, from_i, from_j));
            if (i >= n_w && i < n_w + mm)
                arb_add(arb_mat_entry(out, i, j), arb_mat_entry(out, i, j),
                        arb_mat_entry(J, i + mm, from_j), bits);
        }
}

/* State (W_t, Phi_t, W_{t-1}, ..., W_{t-tau}): what the SG's rows read of W moves to the
 * oldest copy, the copies shift. */
static void append_past(arb_mat_t out, const arb_mat_t J, slong n_w, slong tau)
{
    const slong n = arb_mat_nrows(J), oldest = n + (tau - 1) * n_w;
    arb_mat_zero(out);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(out, i, tau > 0 && i >= n_w && j < n_w ? oldest + j : j),
                    arb_mat_entry(J, i, j));
    for (slong k = 0; k < tau * n_w; k++)
        arb_one(arb_mat_entry(out, n + k, k < n_w ? k : n + k - n_w));
}

static enum sg_status fill_step(arb_mat_t out, void *context, slong bits)
{
    const struct step *c = context;
    struct sg_ball_moments s;
    enum sg_status status = sg_ball_moments(&s, c->data, bits);
    const slong n_w = s.d * s.m, n = n_w + s.q * s.m, tau = (slong)c->step->tau;
    const bool family = !c->data->y;
    arb_mat_t F, J, Phi, reduced;
    arb_mat_init(F, n, 1);
    arb_mat_init(J, n, n);
    arb_mat_init(Phi, s.q, s.m);
    arb_mat_init(reduced, n - s.m * s.m, n - s.m * s.m);
    sg_ball_exact_sg(Phi, s.m, c->step->C);
    if (status == SG_OK) {
        sg_ball_joint(F, J, &s, s.W, Phi, bits);
        scale_rows(J, n_w, c->step->mu, c->step->nu, bits);
        compose(J, n_w, c->step->order, bits);
        if (family)
            take_quotient(reduced, J, n_w, s.m, bits);
        append_past(out, family ? reduced : J, n_w, tau);
    }
    arb_mat_clear(F);
    arb_mat_clear(J);
    arb_mat_clear(Phi);
    arb_mat_clear(reduced);
    sg_ball_moments_clear(&s);
    return status;
}

enum sg_status sg_cert_step_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                   const struct sg_cert_step *step, double width)
{
    SG_REQUIRE(radius && data && step);
    struct step c = {data, step};
    const size_t m = data->m, family = data->y ? 0 : m * m;
    SG_REQUIRE(!step->C || !data->y);
    SG_REQUIRE(step->tau == 0 || step->order == SG_CERT_SIMULTANEOUS);
    *radius = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data) || !isfinite(step->mu) || !isfinite(step->nu) ||
        (step->C && !sg_ball_finite(step->C, m * m)))
        return SG_NOT_FINITE;
    return sg_ball_radius(radius, data->d * m * (1 + step->tau) + (2 * m + 1) * m - family,
                          fill_step, &c, width);
}

/* ---- the network alone ----------------------------------------------------------------- */

struct frozen { const struct sg_cert_data *data; double mu; const double *A; };

/* I - mu S_x (x) A^T over W row-major. */
static enum sg_status fill_frozen(arb_mat_t J, void *context, slong bits)
{
    const struct frozen *c = context;
    struct sg_ball_moments s;
    arb_t mu_a;
    const enum sg_status status = sg_ball_moments(&s, c->data, bits);
    arb_init(mu_a);
    arb_mat_one(J);
    const slong m = c->A ? s.m : 1;                      /* backprop: each output alone */
    for (slong k = 0; k < m; k++)
        for (slong l = 0; l < m; l++) {
            arb_t mu;
            arb_init(mu);
            arb_set_d(mu, c->mu);
            arb_set_d(mu_a, c->A ? c->A[l * m + k] : 1.0);
            arb_mul(mu_a, mu_a, mu, bits);
            for (slong i = 0; i < s.d; i++)
                for (slong j = 0; j < s.d; j++)
                    arb_submul(arb_mat_entry(J, i * m + k, j * m + l), arb_mat_entry(s.M, i, j),
                               mu_a, bits);
            arb_clear(mu);
        }
    arb_clear(mu_a);
    sg_ball_moments_clear(&s);
    return status;
}

enum sg_status sg_cert_frozen_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                     double mu, const double *A, double width)
{
    SG_REQUIRE(radius && data);
    struct frozen c = {data, mu, A};
    *radius = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data) || !isfinite(mu) || (A && !sg_ball_finite(A, data->m * data->m)))
        return SG_NOT_FINITE;
    return sg_ball_radius(radius, data->d * (A ? data->m : 1), fill_frozen, &c, width);
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
