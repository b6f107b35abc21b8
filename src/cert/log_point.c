/* CP6 in balls: a fixed point of logistic regression with a linear SG proved to exist in a stated
 * box, the true gradient there, the loss. */
#ifdef SG_HAVE_ARB
#include "cert/shallow.h"

/* Scratch for one pass over the samples. */
struct pass { arb_t p, y, q, slope, s, e, ds, de, w; arb_ptr x, z; };

static void pass_init(struct pass *c, slong d)
{
    arb_struct *const number[] = {c->p, c->y, c->q, c->slope, c->s, c->e, c->ds, c->de, c->w};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_init(number[k]);
    c->x = _arb_vec_init(d);
    c->z = _arb_vec_init(3);
}

static void pass_clear(struct pass *c, slong d)
{
    arb_struct *const number[] = {c->p, c->y, c->q, c->slope, c->s, c->e, c->ds, c->de, c->w};
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        arb_clear(number[k]);
    _arb_vec_clear(c->x, d);
    _arb_vec_clear(c->z, 3);
}

/* x, y, p = x w, q = 1 / (1 + e^-p), slope = q (1 - q) of sample i; w a
 * column, or NULL for p = 0. */
static void read_sample(struct pass *c, const struct sg_cert_data *data, size_t i,
                        const arb_mat_t w, slong bits)
{
    arb_zero(c->p);
    for (size_t j = 0; j < data->d; j++) {
        arb_set_d(c->x + j, data->x[i * data->d + j]);
        arb_addmul(c->p, c->x + j, arb_mat_entry(w, (slong)j, 0), bits);
    }
    arb_set_d(c->y, data->y[i]);
    arb_neg(c->q, c->p);
    arb_exp(c->q, c->q, bits);
    arb_add_ui(c->slope, c->q, 1, bits);                 /* 1 + e^-p */
    arb_inv(c->slope, c->slope, bits);
    arb_mul(c->q, c->q, c->slope, bits);                 /* 1 - q, without cancellation */
    arb_swap(c->q, c->slope);                            /* q, and 1 - q for now */
    arb_mul(c->slope, c->q, c->slope, bits);
}

/* F += (x s, z (s - g)),  J += its derivative:  dp = x dw,  ds = z dPhi + alpha dp,
 * d(s - g) = ds - slope dp,  dz = (dp, 0, 0). */
static void add_sample(arb_mat_t F, arb_mat_struct *J, struct pass *c, const arb_mat_t state,
                       slong d, slong bits)
{
    const slong n = d + 3;
    arb_set(c->z, c->p);
    arb_set(c->z + 1, c->y);
    arb_one(c->z + 2);
    arb_zero(c->s);
    for (slong k = 0; k < 3; k++)
        arb_addmul(c->s, c->z + k, arb_mat_entry(state, d + k, 0), bits);
    arb_sub(c->e, c->s, c->q, bits);
    arb_add(c->e, c->e, c->y, bits);
    for (slong i = 0; i < n; i++)
        arb_addmul(arb_mat_entry(F, i, 0), i < d ? c->x + i : c->z + i - d, i < d ? c->s : c->e,
                   bits);
    for (slong j = 0; J && j < n; j++) {
        arb_srcptr in = j < d ? c->x + j : c->z + j - d;
        if (j < d) {
            arb_mul(c->ds, arb_mat_entry(state, d, 0), in, bits);
            arb_mul(c->de, c->slope, in, bits);
            arb_sub(c->de, c->ds, c->de, bits);
        } else {
            arb_set(c->ds, in);
            arb_set(c->de, in);
        }
        for (slong i = 0; i < n; i++)
            arb_addmul(arb_mat_entry(J, i, j), i < d ? c->x + i : c->z + i - d,
                       i < d ? c->ds : c->de, bits);
        if (j < d)
            arb_addmul(arb_mat_entry(J, d, j), in, c->e, bits);
    }
}

static enum sg_status joint_at(arb_mat_t F, arb_mat_struct *J, const arb_mat_t state, void *context,
                               slong bits)
{
    const struct sg_cert_data *data = context;
    struct pass c;
    pass_init(&c, (slong)data->d);
    arb_mat_zero(F);
    if (J)
        arb_mat_zero(J);
    for (size_t i = 0; i < data->n; i++) {
        read_sample(&c, data, i, state, bits);
        add_sample(F, J, &c, state, (slong)data->d, bits);
    }
    for (slong i = 0; i < arb_mat_nrows(F); i++)
        arb_div_ui(arb_mat_entry(F, i, 0), arb_mat_entry(F, i, 0), data->n, bits);
    if (J)
        arb_mat_scalar_div_si(J, J, (slong)data->n, bits);
    pass_clear(&c, (slong)data->d);
    return SG_OK;
}

/* |E[x (q - y)]| and E[log(1 + e^p) - y p]; g NULL: the loss alone. */
static void truth(arb_t norm, arb_t loss, const struct sg_cert_data *data, const arb_mat_t w,
                  slong bits)
{
    const slong d = (slong)data->d;
    struct pass c;
    arb_mat_t g;
    pass_init(&c, d);
    arb_mat_init(g, d, 1);
    arb_zero(loss);
    for (size_t i = 0; i < data->n; i++) {
        read_sample(&c, data, i, w, bits);
        arb_sub(c.e, c.q, c.y, bits);
        for (slong j = 0; j < d; j++)
            arb_addmul(arb_mat_entry(g, j, 0), c.x + j, c.e, bits);
        arb_neg(c.ds, c.p);                              /* log(1 + e^p) = p + log(1 + e^-p) */
        arb_exp(c.ds, c.ds, bits);
        arb_log1p(c.ds, c.ds, bits);
        arb_add(c.ds, c.ds, c.p, bits);
        arb_submul(c.ds, c.y, c.p, bits);
        arb_add(loss, loss, c.ds, bits);
    }
    arb_mat_frobenius_norm(norm, g, bits);
    arb_div_ui(norm, norm, data->n, bits);
    arb_div_ui(loss, loss, data->n, bits);
    pass_clear(&c, d);
    arb_mat_clear(g);
}

/* ---- the fixed point ------------------------------------------------------------------- */

struct point {
    struct sg_cert_log_point *out;
    const struct sg_cert_data *data;
    const double *w, *phi;
};

static enum sg_status attempt_point(void *context, slong bits)
{
    const struct point *c = context;
    const slong d = (slong)c->data->d, n = d + 3;
    const struct sg_ball_system system = {n, joint_at, (void *)(uintptr_t)c->data};
    enum sg_status status;
    arb_mat_t box;
    arb_t norm, loss;
    arb_mat_init(box, n, 1);
    arb_init(norm);
    arb_init(loss);
    for (slong i = 0; i < n; i++)
        arb_set_d(arb_mat_entry(box, i, 0), i < d ? c->w[i] : c->phi[i - d]);
    status = sg_ball_largest_box(&c->out->box, box, &system, bits);
    if (status == SG_OK) {
        truth(norm, loss, c->data, box, bits);
        c->out->gradient = sg_ball_interval(norm);
        c->out->loss = sg_ball_interval(loss);
    }
    arb_mat_clear(box);
    arb_clear(norm);
    arb_clear(loss);
    return status;
}

enum sg_status sg_cert_log_point(struct sg_cert_log_point *point, const struct sg_cert_data *data,
                                 const double *w, const double *phi)
{
    SG_REQUIRE(point && data);
    const struct sg_cert_log_point none = {SG_NAN, {SG_NAN, SG_NAN}, {SG_NAN, SG_NAN}};
    struct point c = {point, data, w, phi};
    SG_REQUIRE(data->m == 1 && data->y != NULL && !data->one);
    *point = none;
    if (!sg_ball_data_finite(data) || !sg_ball_finite(w, data->d) || !sg_ball_finite(phi, 3))
        return SG_NOT_FINITE;
    const enum sg_status status = sg_ball_raise(attempt_point, &c);
    if (status != SG_OK)
        *point = none;
    return status;
}

/* ---- the optimum ----------------------------------------------------------------------- */

/* F = E[x (q - y)], J = E[q (1 - q) x x^T]. */
static enum sg_status gradient_at(arb_mat_t F, arb_mat_struct *J, const arb_mat_t w, void *context,
                                  slong bits)
{
    const struct sg_cert_data *data = context;
    const slong d = (slong)data->d;
    struct pass c;
    pass_init(&c, d);
    arb_mat_zero(F);
    if (J)
        arb_mat_zero(J);
    for (size_t i = 0; i < data->n; i++) {
        read_sample(&c, data, i, w, bits);
        arb_sub(c.e, c.q, c.y, bits);
        for (slong j = 0; j < d; j++) {
            arb_addmul(arb_mat_entry(F, j, 0), c.x + j, c.e, bits);
            arb_mul(c.ds, c.slope, c.x + j, bits);
            for (slong k = 0; J && k < d; k++)
                arb_addmul(arb_mat_entry(J, j, k), c.ds, c.x + k, bits);
        }
    }
    arb_mat_scalar_div_si(F, F, (slong)data->n, bits);
    if (J)
        arb_mat_scalar_div_si(J, J, (slong)data->n, bits);
    pass_clear(&c, d);
    return SG_OK;
}

static enum sg_status attempt_optimum(void *context, slong bits)
{
    const struct point *c = context;
    const slong d = (slong)c->data->d;
    const struct sg_ball_system system = {d, gradient_at, (void *)(uintptr_t)c->data};
    arb_mat_t box;
    arb_t norm, loss;
    arb_mat_init(box, d, 1);
    arb_init(norm);
    arb_init(loss);
    sg_ball_set(box, c->w);
    const enum sg_status status = sg_ball_largest_box(&c->out->box, box, &system, bits);
    if (status == SG_OK) {
        truth(norm, loss, c->data, box, bits);
        c->out->gradient = (struct sg_interval){0, sg_ball_high(norm)};
        c->out->loss = sg_ball_interval(loss);
    }
    arb_mat_clear(box);
    arb_clear(norm);
    arb_clear(loss);
    return status;
}

enum sg_status sg_cert_log_optimum(struct sg_cert_log_point *point,
                                   const struct sg_cert_data *data, const double *w)
{
    SG_REQUIRE(point && data && w);
    const struct sg_cert_log_point none = {SG_NAN, {SG_NAN, SG_NAN}, {SG_NAN, SG_NAN}};
    struct point c = {point, data, w, NULL};
    SG_REQUIRE(data->m == 1 && data->y != NULL && !data->one);
    *point = none;
    if (!sg_ball_data_finite(data) || !sg_ball_finite(w, data->d))
        return SG_NOT_FINITE;
    const enum sg_status status = sg_ball_raise(attempt_optimum, &c);
    if (status != SG_OK)
        *point = none;
    return status;
}

/* ---- the loss and separation ----------------------------------------------------------- */

enum sg_status sg_cert_log_loss(struct sg_interval *loss, const struct sg_cert_data *data,
                                const double *w)
{
    SG_REQUIRE(loss && data && data->m == 1 && data->y != NULL && !data->one);
    *loss = (struct sg_interval){SG_NAN, SG_NAN};
    if (!sg_ball_data_finite(data) || !sg_ball_finite(w, data->d))
        return SG_NOT_FINITE;
    arb_mat_t W;
    arb_t norm, value;
    arb_mat_init(W, (slong)data->d, 1);
    arb_init(norm);
    arb_init(value);
    sg_ball_set(W, w);
    truth(norm, value, data, W, SG_CERT_BITS_FIRST);
    *loss = sg_ball_interval(value);
    arb_mat_clear(W);
    arb_clear(norm);
    arb_clear(value);
    flint_cleanup();
    return SG_OK;
}

enum sg_status sg_cert_separates(const struct sg_cert_data *data, const double *w)
{
    SG_REQUIRE(data && w && data->m == 1 && data->y != NULL && !data->one);
    if (!sg_ball_data_finite(data) || !sg_ball_finite(w, data->d))
        return SG_NOT_FINITE;
    bool separates = true;
    arb_t p, x, v;
    arb_init(p);
    arb_init(x);
    arb_init(v);
    for (size_t i = 0; i < data->n && separates; i++) {
        arb_zero(p);
        for (size_t j = 0; j < data->d; j++) {
            arb_set_d(x, data->x[i * data->d + j]);
            arb_set_d(v, w[j]);
            arb_addmul(p, x, v, ARF_PREC_EXACT);
        }
        separates = data->y[i] > 0.5 ? arb_is_positive(p) : arb_is_negative(p);
    }
    arb_clear(p);
    arb_clear(x);
    arb_clear(v);
    flint_cleanup();
    return separates ? SG_OK : SG_REFUTED;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
