/* DY8, item 9: at which kappa a real eigenvalue crosses zero, at any depth: at the positive real
 * eigenvalues of -G^+ D Pi_H Q, and nowhere else. */
#include <math.h>
#include <stdlib.h>

#include "claim/dy8/parts.h"

/* The side of a crossing on which kappa lies: the parity of the positive real eigenvalues. */
struct crossing { struct sg_lab *lab; const struct sg_dy8 *m; bool odd_below; };

static bool is_odd(struct sg_lab *lab, const struct sg_dy8 *m, double kappa)
{
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, kappa, NULL, NULL);
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

/* An eigenvalue known to e moves with kappa by l (dJ/dkappa) r / l r, which is
 * -sum_j gamma_j l_j r_j / l r, and comes to the axis by the real part of that: kappa is known to e
 * over it. */
double sg_dy8_blur(struct sg_lab *lab, const struct sg_dy8 *m, double kappa, size_t which)
{
    const size_t n = m->n, w = sg_closed_deep_normal_sizes(m->normal).w;
    double complex *left = SG_TAKE(lab, n * n, double complex), moves = 0, dot = 0;
    double complex *right = SG_TAKE(lab, n * n, double complex);
    double *with = SG_TAKE(lab, n * n, double), *without = SG_TAKE(lab, n * n, double);
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, kappa, left, right);
    sg_closed_deep_normal_flow(with, m->normal, 1, 1);
    sg_closed_deep_normal_flow(without, m->normal, 1, 0);
    for (size_t j = 0; j < n; j++) {
        const double complex l = left[which * n + j], r = right[which * n + j];
        dot += l * r;
        moves += j >= w ? (with[j * n + j] - without[j * n + j]) * l * r : 0;
    }
    return mode[which].error / fabs(creal(moves / dot));
}

/* Of the eigenvalue nearest to zero. */
static double blur(struct sg_lab *lab, const struct sg_dy8 *m, double kappa)
{
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, kappa, NULL, NULL);
    size_t least = 0;
    for (size_t i = 1; i < m->n; i++)
        if (cabs(mode[i].lambda) < cabs(mode[least].lambda))
            least = i;
    return sg_dy8_blur(lab, m, kappa, least);
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
        sg_lab_equal(lab, SG_CLOSED_FORM, "crossing", "kappa where a real eigenvalue crosses zero: "
                     "bisected, against kappa_0 of -G^+ D Pi_H Q; the worst", found, at,
                     (struct sg_tol){c->error[k] + WIDTH * at, "10 size u |J| times the condition "
                                     "number, of both, over the speed of passage: what the worst "
                                     "backward error does", 0});
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
        size_t above = sg_dy8_positive(&clear, sg_dy8_modes_at(lab, m, at, NULL, NULL), m->n);
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

void sg_dy8_crossings(struct sg_lab *lab, const struct sg_dy8 *m,
                      const struct sg_cert_minimum *minimum)
{
    const struct crossings c = find_crossings(lab, m);
    bisect(lab, m, &c);
    check_parity(lab, m, &c);
    sg_dy8_line_crossings(lab, m, minimum, c.kappa, c.error, c.n);
    if (c.unresolved)
        sg_lab_note(lab, "crossings below kappa = %.2g are not resolved", c.least);
}
