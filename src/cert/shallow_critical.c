/* Joint critical points of linear regression, proved to exist: one and only one in a box with
 * labels (CP1, CP2), and one that is not critical for the loss without them (CP5). */
#ifdef SG_HAVE_ARB
#include <stdlib.h>

#include "cert/shallow.h"

/* Of |grad L| / sqrt(E|x|^2 E|y|^2) at an enclosed point: below u^{3/2} = 2^-79.5. */
#define SG_CERT_GRADIENT_MOST 0x1p-80

/* |S_x W - S_xy|. */
static void gradient_norm(arb_t norm, const struct sg_ball_moments *s, const arb_mat_t W,
                          slong bits)
{
    arb_mat_t S_x, S_xy, g;
    arb_mat_init(S_x, s->d, s->d);
    arb_mat_init(S_xy, s->d, s->m);
    arb_mat_init(g, s->d, s->m);
    sg_ball_block(S_x, s->M, 0, 0);
    sg_ball_block(S_xy, s->M, 0, s->d);
    arb_mat_mul(g, S_x, W, bits);
    arb_mat_sub(g, g, S_xy, bits);
    arb_mat_frobenius_norm(norm, g, bits);
    arb_mat_clear(S_x);
    arb_mat_clear(S_xy);
    arb_mat_clear(g);
}

/* ---- with labels ----------------------------------------------------------------------------- */

/* The unknowns: W row by row, then the rows of Phi that are not held. */
struct unknowns {
    const struct sg_ball_moments *s;
    slong n;
    slong *of;
}; /* of: place in (W, Phi) */

static void unknowns_init(struct unknowns *u, const struct sg_ball_moments *s, const bool *held)
{
    *u = (struct unknowns){.s = s, .of = SG_NEW((size_t)((s->d + s->q) * s->m), slong)};
    for (slong i = 0; i < (s->d + s->q) * s->m; i++)
        if (i < s->d * s->m || !held || !held[i / s->m - s->d])
            u->of[u->n++] = i;
}

/* Held rows of Phi are phi*'s. */
static void split(arb_mat_t W, arb_mat_t Phi, const struct unknowns *u, const arb_mat_t state)
{
    const slong n_w = u->s->d * u->s->m, m = u->s->m;
    sg_ball_exact_sg(Phi, m, NULL);
    for (slong i = 0; i < u->n; i++) {
        const slong k = u->of[i];
        arb_set(k < n_w ? arb_mat_entry(W, k / m, k % m)
                        : arb_mat_entry(Phi, (k - n_w) / m, (k - n_w) % m),
                arb_mat_entry(state, i, 0));
    }
}

static enum sg_status joint_at(arb_mat_t F, arb_mat_struct *J, const arb_mat_t state, void *context,
                               slong bits)
{
    const struct unknowns *u = context;
    const struct sg_ball_moments *s = u->s;
    const slong all = (s->d + s->q) * s->m;
    arb_mat_t W, Phi, f, j;
    arb_mat_init(W, s->d, s->m);
    arb_mat_init(Phi, s->q, s->m);
    arb_mat_init(f, all, 1);
    arb_mat_init(j, all, all);
    split(W, Phi, u, state);
    sg_ball_joint(f, J ? j : NULL, s, W, Phi, bits);
    for (slong i = 0; i < u->n; i++) {
        arb_set(arb_mat_entry(F, i, 0), arb_mat_entry(f, u->of[i], 0));
        for (slong k = 0; J && k < u->n; k++)
            arb_set(arb_mat_entry(J, i, k), arb_mat_entry(j, u->of[i], u->of[k]));
    }
    arb_mat_clear(W);
    arb_mat_clear(Phi);
    arb_mat_clear(f);
    arb_mat_clear(j);
    return SG_OK;
}

/* |grad L| / sqrt(E|x|^2 E|y|^2) at weights in a box. */
static double relative_gradient(const struct sg_ball_moments *s, const arb_mat_t W, slong bits)
{
    arb_t norm, x, y;
    arb_init(norm);
    arb_init(x);
    arb_init(y);
    gradient_norm(norm, s, W, bits);
    for (slong i = 0; i < s->d + s->m; i++)
        arb_add(i < s->d ? x : y, i < s->d ? x : y, arb_mat_entry(s->M, i, i), bits);
    arb_mul(x, x, y, bits);
    arb_sqrt(x, x, bits);
    arb_div(norm, norm, x, bits);
    const double high = sg_ball_high(norm);
    arb_clear(norm);
    arb_clear(x);
    arb_clear(y);
    return high;
}

struct critical {
    struct sg_cert_critical *point;
    const struct sg_cert_data *data;
    const bool *held;
};

static enum sg_status attempt_critical(void *context, slong bits)
{
    const struct critical *c = context;
    struct sg_ball_moments s;
    enum sg_status status = sg_ball_moments(&s, c->data, bits);
    struct unknowns u;
    unknowns_init(&u, &s, c->held);
    const slong n_w = s.d * s.m;
    const struct sg_ball_system system = {u.n, joint_at, &u};
    arb_mat_t Phi, W, centre;
    arb_mat_init(Phi, s.q, s.m);
    arb_mat_init(W, s.d, s.m);
    arb_mat_init(centre, u.n, 1);
    sg_ball_exact_sg(Phi, s.m, NULL);
    for (slong i = 0; i < u.n; i++) { /* (W*, phi*), W* in its own enclosure */
        const slong k = u.of[i];
        arb_set(arb_mat_entry(centre, i, 0),
                k < n_w ? arb_mat_entry(s.W, k / s.m, k % s.m)
                        : arb_mat_entry(Phi, (k - n_w) / s.m, (k - n_w) % s.m));
    }
    if (status == SG_OK)
        status = sg_ball_largest_box(&c->point->box, centre, &system, bits);
    if (status == SG_OK) {
        split(W, Phi, &u, centre);
        c->point->gradient = relative_gradient(&s, W, bits);
    }
    if (status == SG_OK && !(c->point->gradient < SG_CERT_GRADIENT_MOST))
        status = SG_UNPROVED; /* a few more bits will show it */
    arb_mat_clear(Phi);
    arb_mat_clear(W);
    arb_mat_clear(centre);
    sg_ball_moments_clear(&s);
    free(u.of);
    return status;
}

enum sg_status sg_cert_critical(struct sg_cert_critical *point, const struct sg_cert_data *data,
                                const bool *held)
{
    SG_REQUIRE(point && data);
    struct critical c = {point, data, held};
    SG_REQUIRE(data->y != NULL);
    *point = (struct sg_cert_critical){SG_NAN, SG_NAN};
    const enum sg_status status =
        sg_ball_data_finite(data) ? sg_ball_raise(attempt_critical, &c) : SG_NOT_FINITE;
    if (status != SG_OK)
        *point = (struct sg_cert_critical){SG_NAN, SG_NAN};
    return status;
}

/* ---- without labels -------------------------------------------------------------------------- */

struct unlabelled {
    struct sg_interval *gradient;
    const struct sg_cert_data *data;
    bool constant;
    const double *direction;
};

/* E[p r] = 0 = E[r] on base + t u, t != 0:  t = u^T S_xy / u^T S_x u, where with a constant u is
 * centred, E[x u] = 0, and the base (0, ..., 0, E[y]). */
static enum sg_status attempt_unlabelled(void *context, slong bits)
{
    const struct unlabelled *c = context;
    struct sg_ball_moments s;
    enum sg_status status = sg_ball_moments(&s, c->data, bits);
    arb_mat_t u, S_x, S_xy, Su, product;
    arb_t t, norm;
    const slong last = s.d - 1, one = s.d + s.m;
    arb_mat_init(u, s.d, 1);
    arb_mat_init(S_x, s.d, s.d);
    arb_mat_init(S_xy, s.d, 1);
    arb_mat_init(Su, s.d, 1);
    arb_mat_init(product, 1, 1);
    arb_init(t);
    arb_init(norm);
    sg_ball_set(u, c->direction);
    sg_ball_block(S_x, s.M, 0, 0);
    sg_ball_block(S_xy, s.M, 0, s.d);
    for (slong i = 0; c->constant && i < last;
         i++) /* u_last := -E[x_1..] u: what u_last was does not matter */
        arb_submul(t, arb_mat_entry(s.M, i, one), arb_mat_entry(u, i, 0), bits);
    if (c->constant)
        arb_set(arb_mat_entry(u, last, 0), t);
    arb_mat_mul(Su, S_x, u, bits);
    sg_ball_mul_tn(product, u, Su, bits);
    arb_set(norm, arb_mat_entry(product, 0, 0));
    sg_ball_mul_tn(product, u, S_xy, bits);
    arb_div(t, arb_mat_entry(product, 0, 0), norm, bits);
    if (status == SG_OK && !(arb_is_finite(t) && !arb_contains_zero(t)))
        status = SG_UNPROVED;
    arb_mat_scalar_mul_arb(u, u, t, bits);
    if (c->constant)
        arb_add(arb_mat_entry(u, last, 0), arb_mat_entry(u, last, 0), arb_mat_entry(s.M, s.d, one),
                bits);
    gradient_norm(norm, &s, u, bits);
    *c->gradient = sg_ball_interval(norm);
    if (status == SG_OK && !(c->gradient->low > 0))
        status = SG_UNPROVED;
    arb_mat_clear(u);
    arb_mat_clear(S_x);
    arb_mat_clear(S_xy);
    arb_mat_clear(Su);
    arb_mat_clear(product);
    arb_clear(t);
    arb_clear(norm);
    sg_ball_moments_clear(&s);
    return status;
}

enum sg_status sg_cert_unlabelled(struct sg_interval *gradient, const struct sg_cert_data *data,
                                  bool constant, const double *direction)
{
    SG_REQUIRE(gradient && data);
    struct unlabelled c = {gradient, data, constant, direction};
    SG_REQUIRE(data->m == 1 && data->y != NULL);
    *gradient = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data) || !sg_ball_finite(direction, data->d))
        return SG_NOT_FINITE;
    for (size_t i = 0; constant && i < data->n; i++)
        if (data->x[i * data->d + data->d - 1] != 1 || data->one)
            return SG_HYPOTHESIS;
    const enum sg_status status = sg_ball_raise(attempt_unlabelled, &c);
    if (status != SG_OK)
        *gradient = (struct sg_interval){SG_NAN, SG_NAN};
    return status;
}
#else
typedef int sg_cert_not_built; /* an empty translation unit is not C */
#endif
