/* DY10: the three rules' steps, each against the exact recursion of the modes. */
#include <math.h>
#include <string.h>

#include "claim/dy10/parts.h"

const char *const sg_mode_rule_id[RULES] = {"backprop", "adiabatic", "trained"};
const char *const sg_mode_rule_name[RULES] = {"backprop", "adiabatic SG, phi*(W) in each step",
                                              "SG trained to its optimum in each step (dgelsd)"};

/* phi* = (W_2 W_2^T; -W_2^T; 0). */
static void adiabatic_sg(struct sg_modes *s)
{
    const double *W_2 = s->w + s->d * s->k;
    sg_base_mul_nt(s->phi, W_2, W_2, s->k, s->m, s->k);
    for (size_t j = 0; j < s->m; j++)
        for (size_t o = 0; o < s->k; o++)
            s->phi[(s->k + j) * s->k + o] = -W_2[o * s->m + j];
    for (size_t o = 0; o < s->k; o++)
        s->phi[(s->k + s->m) * s->k + o] = 0;
}

/* The SG's optimum as its own training would find it: least squares of the true g on z. */
static enum sg_status trained_sg(struct sg_modes *s)
{
    struct sg_twin *t = s->pair->twin;
    const struct sg_data *rows = &t->rows;
    const size_t q = s->k + s->m + 1;
    sg_net_eval(s->dw, NULL, NULL, t->plain, s->w, NULL, &t->batch, SG_WANT_W, t->plain_work);
    const double *h = sg_net_view(t->plain_work, SG_VIEW_H, 1),
                 *g = sg_net_view(t->plain_work, SG_VIEW_G, 1);
    for (size_t i = 0; i < rows->n; i++) {
        memcpy(s->z + i * q, h + i * s->k, s->k * sizeof *h);
        memcpy(s->z + i * q + s->k, rows->y + i * s->m, s->m * sizeof *h);
        s->z[i * q + s->k + s->m] = rows->one[i];
    }
    memcpy(s->g, g, rows->n * s->k * sizeof *g);
    return sg_base_solve_least_squares(s->phi, NULL, NULL, s->z, s->g, rows->n, q, s->k);
}

void sg_modes_step(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule, double mu)
{
    struct sg_twin *t = s->pair->twin;
    const bool plain = rule == BACKPROP;
    if (rule == ADIABATIC)
        adiabatic_sg(s);
    if (rule == TRAINED)
        sg_lab_try(lab, trained_sg(s));
    sg_net_eval(s->dw, NULL, NULL, plain ? t->plain : t->net, s->w, s->phi, &t->batch, SG_WANT_W,
                plain ? t->plain_work : t->work);
    sg_net_opt_step(s->w, NULL, s->w, s->dw, &(struct sg_opt){.rate = mu}, SG_F64, s->pair->n_w);
}

void sg_modes_read(struct sg_modes *s, const double *w)
{
    const size_t r = s->saxe.modes;
    sg_base_mul(s->product, w, w + s->d * s->k, s->d, s->k, s->m);
    sg_base_mul_tn(s->half, s->saxe.u, s->product, r, s->d, s->m);
    sg_base_mul(s->core, s->half, s->saxe.v, r, s->m, r);
    for (size_t i = 0; i < r; i++)
        s->a[i] = s->core[i * r + i];
}

/* |P - U diag(a) V^T|_F. */
static double off_form(struct sg_modes *s, const double *a)
{
    const size_t r = s->saxe.modes;
    double squares = 0;
    sg_base_mul(s->product, s->w, s->w + s->d * s->k, s->d, s->k, s->m);
    for (size_t i = 0; i < s->d; i++)
        for (size_t j = 0; j < s->m; j++) {
            double entry = s->product[i * s->m + j];
            for (size_t l = 0; l < r; l++)
                entry -= a[l] * s->saxe.u[i * r + l] * s->saxe.v[j * r + l];
            squares += entry * entry;
        }
    return sqrt(squares);
}

/* The error of dw at the state stepped from, a sum of
 *   its own rounding;
 *   phi's, m + 2 roundings an entry, or dgelsd's backward error (n + 10 q) u |z| |phi| in s,
 * through |E[x^T .]| <= sqrt d; what data, singular vectors and S_x = I carry from their making, (n
 * + d) u, a factor 10 of it. */
static double error_of_dw(struct sg_modes *s, enum sg_mode_rule rule)
{
    struct sg_twin *t = s->pair->twin;
    const struct sg_data *rows = &t->rows;
    const double n = (double)rows->n, q = (double)(s->k + s->m + 1),
                 size = (double)(s->samples + s->d + s->m);
    const double w = sg_base_norm(s->w, s->pair->n_w);
    const double made = 10 * size * SG_UNIT_ROUNDOFF * 2 * s->saxe.sigma[0] * w;
    sg_sim_rounding(s->u_w, t->u_phi, rule == BACKPROP ? t->plain_rounding : t->rounding, s->w,
                    s->phi);
    const double rounding = sg_base_norm(s->u_w, s->pair->n_w);
    if (rule == BACKPROP)
        return made + rounding;
    const double h = sg_base_norm(s->w, s->d * s->k),
                 y = sg_base_norm(rows->y, rows->n * s->m) / sqrt(n);
    const double one = sg_base_norm(rows->one, rows->n) / sqrt(n),
                 z = sqrt(h * h + y * y + one * one);
    const double b = sg_base_norm(s->w + s->d * s->k, s->k * s->m), phi = hypot(b * b, b);
    const double ulps = rule == ADIABATIC ? (double)s->m + 2 : n + 10 * q;
    return made + rounding + ulps * SG_UNIT_ROUNDOFF * sqrt((double)s->d) * z * phi;
}

/* An error e in the weights grows by at most 1 + mu |E[x^T y] - P|_2 a step, for the Hessian is at
 * least minus that (W_1, W_2 enter it through |d(W_1 W_2)|^2 >= 0 and the cross term). */
double sg_modes_grown(double e, const struct sg_modes *s, const double *a, double mu)
{
    double top = s->saxe.next;
    for (size_t i = 0; i < s->saxe.modes; i++)
        top = fmax(top, s->saxe.sigma[i] - a[i]);
    return (1 + mu * top) * e;
}

double sg_modes_start_error(const struct sg_modes *s)
{
    return 10 * (double)(s->d + s->m) * SG_UNIT_ROUNDOFF * sg_base_norm(s->w_0, s->pair->n_w);
}

void sg_modes_check_steps(struct sg_lab *lab, struct sg_modes *s, enum sg_mode_rule rule)
{
    const size_t r = s->saxe.modes;
    double *a = SG_TAKE(lab, r, double), e = sg_modes_start_error(s);
    struct sg_worst worst = {0};
    memcpy(a, s->saxe.a_0, r * sizeof *a);
    memcpy(s->w, s->w_0, s->pair->n_w * sizeof *s->w);
    for (size_t t = 0; t < s->steps && lab->status == SG_OK; t++) {
        const double dw = error_of_dw(s, rule);
        const double stored = 2 * SG_UNIT_ROUNDOFF * sg_base_norm(s->w, s->pair->n_w);
        s->rate_error = sg_base_max(s->rate_error, dw);
        s->step_error = sg_base_max(s->step_error, stored);
        e = sg_modes_grown(e, s, a, s->mu) + s->mu * dw + stored;
        sg_modes_step(lab, s, rule, s->mu);
        for (size_t i = 0; i < r; i++)
            a[i] = sg_closed_saxe_step(a[i], s->saxe.sigma[i], s->mu);
        sg_lab_keep_worst(&worst, off_form(s, a), sqrt(2 * s->saxe.sigma[0]) * e);
    }
    sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "steps-%s", sg_mode_rule_id[rule]),
                sg_lab_format(lab, "%s: W_1 W_2 against the exact discrete modes, every step",
                              sg_mode_rule_name[rule]),
                worst.error,
                (struct sg_tol){worst.tolerance,
                                "rounding of each step, grown by 1 + mu "
                                "|E[x^T y] - W_1 W_2|",
                                s->saxe.sigma[0]});
}
