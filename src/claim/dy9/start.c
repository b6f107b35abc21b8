/* DY9: the start of the weights, the two of the SG, and the closed limits of what is late. */
#include <string.h>

#include "claim/dy9/parts.h"

enum { RK_STEPS = 64 };
/* |psi| of the start that is not exact, relative to |phi*|. */
static const double OFF_BY = 0.5;

/* Layers with orthonormal columns (or rows, where they are wider than tall): h keeps x's
 * conditioning, so S_z stays away from singular. */
static void draw_layers(struct sg_lab *lab, double *w, const struct sg_deep *deep,
                        struct sg_rng *rng)
{
    for (size_t l = 0; l < deep->n_layers; l++) {
        const size_t in = deep->width[l], out = deep->width[l + 1];
        const size_t tall = in > out ? in : out, thin = in > out ? out : in;
        double *g = SG_TAKE(lab, tall * thin, double), *q = SG_TAKE(lab, tall * thin, double);
        sg_base_rng_gaussians(g, tall * thin, rng);
        sg_lab_try(lab, sg_base_qr_q(q, g, tall, thin));
        for (size_t i = 0; i < in; i++)
            for (size_t j = 0; j < out; j++)
                w[sg_closed_deep_offset(deep, l) + i * out + j] =
                    in > out ? q[i * thin + j] : q[j * thin + i];
    }
}

/* late at mu t, and what halving the Runge-Kutta step changes in it.  psi: NULL, or the start's. */
static void make_limit(struct sg_lab *lab, struct sg_dy9 *s, enum sg_dy9_start start,
                       const double *psi)
{
    const size_t n = s->pair->n_w;
    double *state = s->limit[start], *coarse = SG_TAKE(lab, 3 * n, double);
    memcpy(state, s->w_0, n * sizeof *state);
    if (psi)
        sg_lab_try(lab, sg_closed_fast_start(state + n, s->pair->first, s->w_0, psi));
    memcpy(coarse, state, 3 * n * sizeof *state);
    enum sg_status status = sg_closed_fast_advance(state, s->pair->first, s->span, RK_STEPS);
    if (status == SG_OK)
        status = sg_closed_fast_advance(coarse, s->pair->first, s->span, RK_STEPS / 2);
    if (status != SG_OK)
        sg_lab_stop(lab, status,
                    "backprop's flow could not be followed to mu t = %.2g; lower train.mu "
                    "or train.steps",
                    s->span);
    s->limit_error[start] = sg_deep_distance(state + n, coarse + n, n);
}

/* |Q G^-1|, a column for each entry of psi. */
static double norm_of_push(struct sg_lab *lab, struct sg_dy9 *s, size_t n_psi)
{
    const size_t n = s->pair->n_w;
    double *columns = SG_TAKE(lab, n_psi * n, double), *unit = SG_TAKE(lab, n_psi, double);
    double norm = SG_NAN;
    for (size_t i = 0; i < n_psi && lab->status == SG_OK; i++) {
        unit[i] = 1;
        sg_lab_try(lab, sg_closed_fast_start(columns + i * n, s->pair->first, s->w_0, unit));
        unit[i] = 0;
    }
    sg_lab_try(lab, sg_base_norm2(&norm, columns, n_psi, n));
    return norm;
}

static double curvature(struct sg_lab *lab, const struct sg_deep_pair *p, const double *w)
{
    const size_t n = p->n_w, q = p->twin->rows.d + p->twin->rows.m + 1;
    double *H = SG_TAKE(lab, n * n, double), *moments = SG_TAKE(lab, q * q, double), norm = SG_NAN;
    sg_closed_deep_moments(moments, &p->twin->rows);
    sg_closed_deep_hessian(H, &p->deep, w, moments);
    sg_lab_try(lab, sg_base_norm2(&norm, H, n, n));
    return norm;
}

static void make_starts(struct sg_lab *lab, struct sg_dy9 *s)
{
    struct sg_deep_pair *p = s->pair;
    struct sg_rng *rng = sg_lab_rng(lab, "start");
    const size_t n_psi = sg_closed_deep_n_phi(&p->deep);
    double *psi = SG_TAKE(lab, n_psi, double);
    s->w_0 = SG_TAKE(lab, p->n_w, double);
    draw_layers(lab, s->w_0, &p->deep, rng);
    for (int start = 0; start < SG_DY9_STARTS; start++) {
        s->phi[start] = SG_TAKE(lab, p->n_phi, double);
        s->limit[start] = SG_TAKE(lab, 3 * p->n_w, double);
        s->scaled[start] = SG_TAKE(lab, s->levels * p->n_w, double);
        sg_deep_pair_exact_sg(s->phi[start], p, s->w_0);
    }
    sg_base_rng_direction(psi, n_psi, rng);
    const double length = OFF_BY * sg_base_norm(s->phi[SG_DY9_EXACT], p->n_phi);
    for (size_t i = 0; i < n_psi; i++)
        psi[i] *= length;
    for (size_t i = 0; i < p->n_phi; i++)
        s->phi[SG_DY9_OFF][i] += psi[i];
    s->s_z[0] = sg_deep_pair_s_z(lab, p, s->w_0);
    s->curvature = curvature(lab, p, s->w_0);
    const struct sg_case_train *train = &lab->trial->c->train;
    s->mu = sg_lab_rate(train->mu, train->units, 2 / s->s_z[0].most, SG_NAN);
    s->nu = sg_lab_rate(train->nu, train->units, 2 / s->s_z[0].most, SG_NAN);
    s->span = s->mu * (double)s->steps;
    if (!(s->s_z[0].least > 0))
        return; /* a hypothesis says so */
    make_limit(lab, s, SG_DY9_EXACT, NULL);
    make_limit(lab, s, SG_DY9_OFF, psi);
    s->push[SG_DY9_OFF] = norm_of_push(lab, s, n_psi) * length;
    s->s_z[1] = sg_deep_pair_s_z(lab, p, s->limit[SG_DY9_EXACT]);
}

void *sg_dy9_make(struct sg_lab *lab)
{
    struct sg_dy9 *s = SG_TAKE(lab, 1, struct sg_dy9);
    s->levels = lab->trial->full ? SG_DY9_FULL_LEVELS : SG_DY9_LEVELS;
    s->steps = (size_t)lab->trial->c->train.steps;
    s->pair = sg_deep_pair_make(lab, lab->trial->c);
    if (s->pair)
        make_starts(lab, s);
    return s;
}
