/* CP5: the sphere is SG-critical, and one per cent off it is not. */
#include <math.h>

#include "claim/cp5/parts.h"

static const double U = SG_UNIT_ROUNDOFF;

/* Phi at its optimum by the field, and how far the weights then want to go, over the closed form
 * where there is one.  The update is E[x^T s].  Its error is that of s, times sqrt(lambda_max), and
 * its own, (n + 2) u sqrt(tr) rms(s) and 3 u sqrt(tr) (|alpha| rms(p) + |gamma|), both at most 2
 * |alpha| rms(p) + |E[r]|. */
static void look_at(struct sg_cp5 *c, bool on_set)
{
    const struct sg_no_labels at = sg_closed_no_labels_state(c->s->fit, c->constant, c->w);
    const double n = (double)c->s->rows.n, d = (double)c->s->fit->d, root = sqrt(c->trace);
    const double alpha = on_set ? 0 : at.covariance / at.variance,
                 mean = on_set ? 0 : fabs(at.residual);
    const double w = sg_base_norm(c->w, c->s->n_w), sd = sqrt(at.variance),
                 s = hypot(alpha * sd, mean);
    const double parts = 2 * fabs(alpha) * c->top * w + mean;
    double *form = SG_TAKE(c->lab, c->s->n_w, double),
           *predicted = SG_TAKE(c->lab, c->s->n_w, double);
    sg_cp5_to_form(form, c, c->w);
    sg_sim_fitted_restart(c->fitted, form, c->s->mu);
    sg_lab_try(c->lab, sg_sim_fitted_look(c->fitted));
    sg_cp5_from_form(form, c, sg_sim_fitted_dw(c->fitted));
    if (!on_set)
        sg_closed_no_labels_update(predicted, c->s->fit, c->constant, c->w);
    const double off = sg_cp5_distance(c, form, predicted),
                 size = sg_base_norm(predicted, c->s->n_w);
    /* The point, half of w* and a scaled direction, is off the set by (d + 4) u rms(p*) for the
     * scale and 2 u |w*| for the sum, however near to 0 it is itself.  E[p r] moves by |w*| times
     * that in the norm of S, rms(p*) <= rms(y). */
    const double place = on_set ? U * c->y * ((d + 4) * c->y + 2 * c->top * c->s->w_norm) : 0;
    const double tolerance = c->top * (sg_cp5_s_error(c, w, alpha, sd) + place / sd) +
                             U * root * ((n + 2) * s + 3 * parts);
    const char *words = "rounding of E[p r], E[p^2] and E[r], over sd(p)";
    if (on_set)
        sg_lab_zero(c->lab, SG_SIMULATED, "on-sphere",
                    "on the sphere, phi at its optimum: |E[x^T s]|", off,
                    (struct sg_tol){tolerance, words, c->top * c->y});
    else
        sg_lab_zero(
            c->lab, SG_SIMULATED, "off-sphere",
            "one per cent off the sphere: E[x^T s] against its closed form, relative to its size",
            off / size, (struct sg_tol){tolerance / size, words, 1});
    /* G phi - b, sums of n products with phi's rounding: (n + 8) u (|G| |phi| + |b|), |b| <= |z|
     * rms(r), |G| <= |z|^2; p errs alike in G and b. */
    const double z = hypot(c->top * w, 1);
    const double spread = c->constant ? 1 + parts + z * s / sd : 1 + fabs(alpha) * z;
    const double sum = U * (n + 8 + 2 * d * root / c->top) * z * (z * spread + c->top * w + c->y);
    sg_lab_zero(c->lab, SG_SIMULATED, "sg-optimum",
                "on the sphere and off it, phi at its optimum: |grad L_SG|",
                sg_base_norm(sg_sim_fitted_dphi(c->fitted), c->s->n_phi),
                (struct sg_tol){sum, "rounding of G phi - b", z * c->y});
}

void sg_cp5_set(struct sg_cp5 *c)
{
    enum { POINTS = 40 };
    double *direction = SG_TAKE(c->lab, c->s->n_w, double);
    for (int k = 0; k < POINTS; k++) {
        sg_base_rng_direction(direction, c->s->n_w, c->rng);
        sg_closed_no_labels_point(c->w, c->s->fit, c->constant, direction, 1);
        look_at(c, true);
        /* 1 % inside, 1 % outside, E[r] 1 % of |w*| off 0. */
        for (int way = 0; way < 2 + (int)c->constant; way++) {
            const double radius = way == 0 ? 0.99 : way == 1 ? 1.01 : 1;
            sg_closed_no_labels_point(c->w, c->s->fit, c->constant, direction, radius);
            if (way == 2)
                c->w[c->k] += 0.01 * c->s->w_norm;
            look_at(c, false);
        }
    }
}
