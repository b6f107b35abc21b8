/* DY8, the experiment "main": one global minimum, its eigenvalues across the family of fixed
 * points, and the growth of a start near it. */
#include <math.h>
#include <stdlib.h>

#include "claim/dy8/parts.h"

/* ---- eigenvalues ------------------------------------------------------------------------ */

struct sg_deep_mode sg_dy8_top(const struct sg_deep_mode *mode, size_t n)
{
    struct sg_deep_mode top = {-HUGE_VAL, SG_NAN, SG_NAN};
    for (size_t i = 0; i < n; i++)
        if (sg_deep_mode_off_zero(&mode[i]) && creal(mode[i].lambda) > creal(top.lambda))
            top = mode[i];
    return top;
}

size_t sg_dy8_positive(bool *clear, const struct sg_deep_mode *mode, size_t n)
{
    size_t positive = 0;
    *clear = true;
    for (size_t i = 0; i < n; i++) {
        *clear = *clear && sg_deep_mode_off_zero(&mode[i]);
        positive += cimag(mode[i].lambda) == 0 && sg_deep_mode_side(&mode[i]) > 0;
    }
    return positive;
}

struct sg_deep_mode *sg_dy8_reduced(struct sg_lab *lab, size_t *r, const struct sg_deep *deep,
                                    const double *w, const double *phi, const double *moments,
                                    double kappa)
{
    *r = sg_closed_deep_reduced_size(deep);
    double *J = SG_TAKE(lab, *r * *r, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, *r, struct sg_deep_mode);
    sg_lab_try(lab, sg_closed_deep_reduced(J, deep, w, phi, moments, kappa));
    sg_deep_modes(lab, mode, NULL, NULL, J, *r);
    return mode;
}

static void end_normal(void *normal)
{
    sg_closed_deep_normal_free(normal);
}

/* The modes of the flow on the quotient by the family, where no eigenvalue is a structural zero, in
 * the coordinates v_i . dw, u_j . psi: there the errors of all eigenvectors are of size u |J|. */
static struct sg_deep_mode *modes_at(struct sg_lab *lab, const struct sg_dy8 *m, double kappa,
                                     double complex *left, double complex *right)
{
    const size_t n = m->n;
    double *J = SG_TAKE(lab, n * n, double), *unit = SG_TAKE(lab, n * n, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, n, struct sg_deep_mode);
    sg_closed_deep_normal_flow(unit, m->normal, 1, 1);   /* its diagonal is -lambda_i, -gamma_j */
    sg_closed_deep_normal_flow(J, m->normal, 1, kappa);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            J[i * n + j] *= sqrt(unit[j * n + j] / unit[i * n + i]);
    sg_deep_modes(lab, mode, left, right, J, n);
    return mode;
}

void sg_dy8_look(struct sg_lab *lab, struct sg_dy8 *m)
{
    const struct sg_deep_run *s = m->run;
    const enum sg_status status = sg_closed_deep_normal_alloc(&m->normal, &s->deep, s->fixed,
                                                              s->moments);
    sg_lab_own(lab, m->normal, end_normal);
    if (status != SG_OK) {
        sg_lab_stop(lab, status, "the Hessian at the weights is not positive semidefinite to "
                    "rounding: S or R is too ill-conditioned");
        return;
    }
    const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(m->normal);
    m->n = sizes.w + sizes.phi;
    const struct sg_deep_mode *mode = modes_at(lab, m, s->nu / s->mu, NULL, NULL);
    m->top = mode[0];
    m->attracts = true;
    for (size_t i = 0; i < m->n; i++) {
        if (creal(mode[i].lambda) > creal(m->top.lambda))
            m->top = mode[i];
        m->attracts = m->attracts && sg_deep_mode_side(&mode[i]) < 0;
    }
    m->dropped = sizes.dropped;
    m->resolved = sg_deep_is_resolved(sizes);
    m->radius = cabs(mode[0].lambda);
    m->stiffest = fmax(m->radius, sizes.lambda);
    m->repels = sg_deep_mode_side(&m->top) > 0;
}

/* ---- leaving ---------------------------------------------------------------------------- */

static const double GROWN = 100;               /* of the start's distance: read until there */

/* `distance` away in a random direction of the weights, psi = 0, with as much along the left
 * vector, so that the unstable mode is there. */
static void draw_offset(struct sg_lab *lab, double *offset, const struct sg_deep_run *s,
                        const double complex *left, double distance, struct sg_rng *rng)
{
    double along = 0, *D = SG_TAKE(lab, s->n_phi * s->n_w, double);
    sg_base_rng_direction(offset, s->n_w, rng);
    for (size_t i = 0; i < s->n_w; i++)
        along += creal(left[i]) * offset[i];
    for (size_t i = 0; i < s->n_w; i++)
        offset[i] = distance * ((along < 0 ? -1 : 1) * offset[i] + creal(left[i])) / 2;
    sg_closed_deep_d(D, &s->deep, s->fixed);   /* Phi follows: psi = 0 to first order */
    sg_base_mul(offset + s->n_w, D, offset, s->n_phi, s->n_w, 1);
}

/* Growth a step of the coordinate on the unstable left vector, from factor times the offset until
 * the weights are factor * grown away. */
static double growth(struct sg_lab *lab, struct sg_deep_run *s, const double complex *left,
                     const double *offset, double factor, double grown, double limit)
{
    double *start = SG_TAKE(lab, s->size, double);
    for (size_t i = 0; i < s->size; i++)
        start[i] = factor * offset[i];
    sg_deep_run_start(s, start);
    const double from = cabs(sg_deep_run_coordinate(s, left));
    while (sg_deep_run_distance(s->sim, s) < factor * grown && (double)sg_sim_time(s->sim) < limit)
        sg_sim_step(s->sim, &s->batch);
    const double steps = (double)sg_sim_time(s->sim);
    return steps < limit ? log(cabs(sg_deep_run_coordinate(s, left)) / from) / steps : SG_NAN;
}

/* The row of the step's left vectors whose eigenvalue is nearest to 1 + mu lambda. */
static const double complex *unstable_row(struct sg_lab *lab, const struct sg_deep_run *s,
                                          double complex lambda)
{
    double *J = SG_TAKE(lab, s->size * s->size, double);
    double complex *left = SG_TAKE(lab, s->size * s->size, double complex);
    struct sg_deep_mode *mode = SG_TAKE(lab, s->size, struct sg_deep_mode);
    size_t best = 0;
    sg_closed_deep_step(J, &s->deep, s->fixed, s->moments, s->mu, s->nu);
    sg_deep_modes(lab, mode, left, NULL, J, s->size);
    for (size_t i = 1; i < s->size; i++)
        if (cabs(mode[i].lambda - 1 - s->mu * lambda) <
            cabs(mode[best].lambda - 1 - s->mu * lambda))
            best = i;
    return left + best * s->size;
}

/* Second-order terms are proportional to the amplitude: halving it shows half of them.  Rounding:
 * 10 u |state| a step, over the steps that count, 1 / (growth a step) of them, relative to a
 * twentieth of the distance, over ln GROWN. */
double sg_dy8_growth(struct sg_lab *lab, struct sg_dy8 *m, double distance, double *offset,
                     struct sg_rng *rng)
{
    struct sg_deep_run *s = m->run;
    const double re = s->mu * creal(m->top.lambda), im = s->mu * cimag(m->top.lambda);
    const double per_step = log1p(2 * re + re * re + im * im) / 2;       /* ln |1 + mu lambda| */
    const double limit = per_step > 0 ? 3 * log(100 * GROWN) / per_step : HUGE_VAL;
    const double budget = fmax(SG_SHALLOW_STEPS_MOST, lab->trial->c->train.steps);
    if (!sg_lab_afford(lab, limit, budget, "see a start leave a hundredfold", "take a larger mu"))
        return limit;
    const double complex *left = unstable_row(lab, s, m->top.lambda);
    draw_offset(lab, offset, s, left, distance, rng);
    const double whole = growth(lab, s, left, offset, 1.0, GROWN * distance, limit);
    const double half = growth(lab, s, left, offset, 0.5, GROWN * distance, limit);
    const double rounding = 10 * SG_UNIT_ROUNDOFF * sg_base_norm(s->fixed, s->size) /
                            (distance / 20) / log(GROWN);
    sg_lab_equal(lab, SG_SIMULATED, "growth", "simulated growth a step, over ln |1 + mu lambda|",
                 whole / per_step, 1,
                 (struct sg_tol){(3 * fabs(whole - half) + rounding) / per_step, "3 times what "
                                 "halving the amplitude changes, and 10 u a step in one direction",
                                 1});
    return limit;
}

void sg_dy8_stays(struct sg_lab *lab, const char *id, const char *what, double most,
                  const double *offset, size_t n_w, double within, const char *words)
{
    sg_lab_below(lab, SG_SIMULATED, id, what, most / sg_base_norm(offset, n_w), within,
                 (struct sg_tol){0, words, within});
}

/* ---- crossings -------------------------------------------------------------------------- */

/* The side of a crossing on which kappa lies: the parity of the positive real eigenvalues. */
struct crossing { struct sg_lab *lab; const struct sg_dy8 *m; bool odd_below; };

static bool is_odd(struct sg_lab *lab, const struct sg_dy8 *m, double kappa)
{
    const struct sg_deep_mode *mode = modes_at(lab, m, kappa, NULL, NULL);
    bool odd = false;
    for (size_t i = 0; i < m->n; i++)
        odd = odd != (cimag(mode[i].lambda) == 0 && creal(mode[i].lambda) > 0);
    return odd;
}

static enum sg_side side_of(double kappa, void *context)
{
    const struct crossing *x = context;
    return is_odd(x->lab, x->m, kappa) == x->odd_below ? SG_SIDE_LOW : SG_SIDE_HIGH;
}

/* The eigenvalue nearest to zero at kappa is known to e, and moves with kappa by l (dJ/dkappa) r /
 * l r = -sum_j gamma_j l_j r_j / l r: kappa is known to e over that. */
static double blur(struct sg_lab *lab, const struct sg_dy8 *m, double kappa)
{
    const size_t n = m->n, w = sg_closed_deep_normal_sizes(m->normal).w;
    double complex *left = SG_TAKE(lab, n * n, double complex), moves = 0, dot = 0;
    double complex *right = SG_TAKE(lab, n * n, double complex);
    double *with = SG_TAKE(lab, n * n, double), *without = SG_TAKE(lab, n * n, double);
    const struct sg_deep_mode *mode = modes_at(lab, m, kappa, left, right);
    size_t least = 0;
    for (size_t i = 1; i < n; i++)
        if (cabs(mode[i].lambda) < cabs(mode[least].lambda))
            least = i;
    sg_closed_deep_normal_flow(with, m->normal, 1, 1);
    sg_closed_deep_normal_flow(without, m->normal, 1, 0);
    for (size_t j = 0; j < n; j++) {
        const double complex l = left[least * n + j], r = right[least * n + j];
        dot += l * r;
        moves += j >= w ? (with[j * n + j] - without[j * n + j]) * l * r : 0;
    }
    return mode[least].error / cabs(moves / dot);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The positive real eigenvalues of -G^+ D Pi_H Q, ascending, with what they are known to.  Those
 * known to less than a tenth are counted only. */
struct crossings { size_t n, unresolved; double *kappa, *error, least; };

static struct crossings find_crossings(struct sg_lab *lab, const struct sg_dy8 *m)
{
    const size_t g = sg_closed_deep_normal_sizes(m->normal).phi;
    double *C = SG_TAKE(lab, g * g, double), *all = SG_TAKE(lab, g, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, g, struct sg_deep_mode);
    struct crossings x = {.kappa = SG_TAKE(lab, g, double), .error = SG_TAKE(lab, g, double)};
    double size;
    size_t n = 0;
    sg_closed_deep_normal_crossings(C, &size, m->normal);
    sg_deep_modes(lab, mode, NULL, NULL, C, g);
    for (size_t i = 0; i < g; i++) {
        const double zero = 10 * (double)g * SG_UNIT_ROUNDOFF * size * mode[i].condition;
        if (cimag(mode[i].lambda) == 0 && creal(mode[i].lambda) > fmax(zero, mode[i].error))
            all[n++] = creal(mode[i].lambda);
    }
    qsort(all, n, sizeof *all, by_value);
    for (size_t k = 0; k < n; k++) {
        const double error = 2 * blur(lab, m, all[k]);
        if (error < 0.1 * all[k]) {
            x.kappa[x.n] = all[k];
            x.error[x.n++] = error;
        } else {
            x.unresolved++;
            x.least = fmax(x.least, all[k] + error);
        }
    }
    return x;
}

/* Each kappa_0 by bisection of the parity, between its neighbours: it knows nothing of the formula
 * but which interval holds one crossing, and a missing or superfluous one is none. */
static void bisect(struct sg_lab *lab, const struct sg_dy8 *m, const struct crossings *c)
{
    static const double WIDTH = 1e-12, FAR = 1e3;
    for (size_t k = 0; k < c->n; k++) {
        const double at = c->kappa[k];
        const double low = k > 0 ? sqrt(c->kappa[k - 1] * at) : fmax(at / FAR, fmin(c->least, at));
        const double high = k + 1 < c->n ? sqrt(at * c->kappa[k + 1]) : at * FAR;
        struct crossing x = {lab, m, is_odd(lab, m, low)};
        const bool changes = is_odd(lab, m, high) != x.odd_below;
        const double found = changes ? sg_lab_bisect_between(side_of, &x, low, high, WIDTH) : 0;
        sg_lab_equal(lab, SG_CLOSED_FORM, "crossing", "kappa where a real eigenvalue crosses zero, "
                     "bisected, over that of -G^+ D Pi_H Q; the worst", found / at, 1,
                     (struct sg_tol){c->error[k] / at + WIDTH, "10 size u |J| times the condition "
                                     "number, of both, over the speed of passage", 1});
        sg_lab_note(lab, "a real eigenvalue crosses zero at kappa_0 = %.7g", at);
    }
}

/* The parity of the positive real eigenvalues is that of #{kappa_0 > kappa}. */
static void check_parity(struct sg_lab *lab, const struct sg_dy8 *m, const struct crossings *c)
{
    enum { KAPPAS = 25 };
    size_t decided = 0, odd = 0;
    for (int k = 0; k < KAPPAS; k++) {
        const double at = pow(10, -6 + 0.5 * k);
        bool clear;
        size_t above = sg_dy8_positive(&clear, modes_at(lab, m, at, NULL, NULL), m->n);
        for (size_t i = 0; i < c->n; i++)
            above += c->kappa[i] > at;
        clear = clear && at > c->least;
        decided += clear;
        odd += clear && above % 2;
    }
    if (decided > 0)
        sg_lab_count(lab, SG_CLOSED_FORM, "parity", "kappas at which the number of positive real "
                     "eigenvalues has not the parity of the kappa_0 above", odd, 0,
                     "an eigenvalue within ten of its errors of zero decides nothing");
    if (2 * decided < KAPPAS)
        sg_lab_note(lab, "at %zu of %d kappas the parity of the positive real eigenvalues is not "
                    "decided", KAPPAS - decided, KAPPAS);
}

void sg_dy8_crossings(struct sg_lab *lab, const struct sg_dy8 *m)
{
    const struct crossings c = find_crossings(lab, m);
    bisect(lab, m, &c);
    check_parity(lab, m, &c);
    if (c.unresolved)
        sg_lab_note(lab, "crossings below kappa = %.2g are not resolved", c.least);
}
