/* The step across the family of fixed points, closed against simulated: entry by entry, and its
 * largest transient. */
#include <math.h>
#include <string.h>

#include "lab/deep_step.h"

/* C (size columns of n), which reads x off a displacement: psi = dPhi - D dw. */
static void read_rows(double *C, const struct sg_deep_step *m, const double *D, double *unit,
                      double *psi)
{
    const struct sg_deep_run *s = m->run;
    for (size_t k = 0; k < s->size; k++) {
        for (size_t i = 0; i < s->size; i++)
            unit[i] = i == k;
        sg_base_mul(psi, D, unit, s->n_phi, s->n_w, 1);
        for (size_t i = 0; i < s->n_phi; i++)
            psi[i] = unit[s->n_w + i] - psi[i];
        sg_closed_deep_normal_read(C + k * m->n, m->normal, unit, psi);
    }
}

/* L (n rows of size), the displacement of each unit x: Phi = Phi* + psi to first order. */
static void lift_rows(double *L, const struct sg_deep_step *m, const double *D, double *unit,
                      double *psi)
{
    const struct sg_deep_run *s = m->run;
    for (size_t j = 0; j < m->n; j++) {
        double *row = L + j * s->size;
        for (size_t i = 0; i < m->n; i++)
            unit[i] = i == j;
        sg_closed_deep_normal_lift(row, row + s->n_w, m->normal, unit);
        sg_base_mul(psi, D, row, s->n_phi, s->n_w, 1);
        for (size_t i = 0; i < s->n_phi; i++)
            row[s->n_w + i] += psi[i];
    }
}

/* The step on x is C F L, F by finite differences of the step that runs.  An entry of F is off by
 * at most its bound, so one of C F L by |C_i|_1 |L_j|_1 of it. */
void sg_deep_step_check(struct sg_lab *lab, struct sg_deep_step *m, const char *id,
                        const char *what, const double *closed, double mu, double nu)
{
    const struct sg_deep_run *s = m->run;
    const size_t n = m->n, size = s->size;
    double *F = SG_TAKE(lab, size * size, double), *D = SG_TAKE(lab, s->n_phi * s->n_w, double);
    double *C = SG_TAKE(lab, size * n, double), *L = SG_TAKE(lab, n * size, double);
    double *FL = SG_TAKE(lab, n * size, double), *psi = SG_TAKE(lab, s->n_phi, double);
    double *unit = SG_TAKE(lab, size, double), bound;
    struct sg_worst worst = {0};
    sg_sim_restart(s->sim, s->fixed, s->fixed + s->n_w, mu, nu);
    sg_approx_step_jacobian(F, &bound, s->sim, s->fixed, &s->batch);
    sg_closed_deep_d(D, &s->deep, s->fixed);
    read_rows(C, m, D, unit, psi);
    lift_rows(L, m, D, unit, psi);
    sg_base_mul_nt(FL, L, F, n, size, size);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            double entry = 0, read = 0, lifted = 0;
            for (size_t k = 0; k < size; k++) {
                entry += C[k * n + i] * FL[j * size + k];
                read += fabs(C[k * n + i]);
                lifted += fabs(L[j * size + k]);
            }
            sg_lab_keep_worst(&worst, fabs(entry - closed[i * n + j]), read * lifted * bound);
        }
    sg_lab_zero(lab, SG_SIMULATED, id, what, worst.error,
                (struct sg_tol){worst.tolerance, "measured truncation and rounding, through the "
                                "change of coordinates", sg_base_max_abs(closed, n * n)});
}

double sg_deep_step_worst(struct sg_lab *lab, double *x, size_t *k_max,
                          const struct sg_deep_step *m, const double *J)
{
    const size_t n = m->n;
    double *power = SG_TAKE(lab, n * n, double), *next = SG_TAKE(lab, n * n, double);
    double *lambda = SG_TAKE(lab, n, double), *v = SG_TAKE(lab, n * n, double), growth = SG_NAN;
    double complex *all = SG_TAKE(lab, n, double complex);
    *k_max = 0;
    if (sg_lab_try(lab, sg_base_eigen_general(all, NULL, J, n)))
        sg_lab_try(lab, sg_approx_transient_growth(&growth, k_max, J, n, cabs(all[0]), HUGE_VAL,
                                                   m->steps));
    for (size_t i = 0; i < n; i++)
        power[i * n + i] = 1;
    for (size_t k = 0; lab->status == SG_OK && k < *k_max; k++) {
        sg_base_mul(next, J, power, n, n, n);
        memcpy(power, next, n * n * sizeof *power);
    }
    sg_base_mul_tn(next, power, power, n, n, n);
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, v, next, n));
    for (size_t i = 0; i < n; i++)
        x[i] = v[i * n];
    return growth;
}

/* Of a start that is larger than those of sg_deep_step_fate: its digits count here, and growth is
 * all that is asked for.  The second-order terms are proportional to the amplitude: halving it
 * shows them. */
double sg_deep_step_check_transient(struct sg_lab *lab, struct sg_deep_step *m, const char *id,
                                    const char *what, const double *J, double mu, double nu)
{
    const double start = 1e-8 * m->scale;
    double *worst = SG_TAKE(lab, m->n, double), *x = SG_TAKE(lab, m->n, double), ratio[2] = {0, 0};
    size_t k_max;
    const double growth = sg_deep_step_worst(lab, worst, &k_max, m, J);
    for (size_t half = 0; half < 2 && lab->status == SG_OK; half++) {
        for (size_t i = 0; i < m->n; i++)
            x[i] = start / (half ? 2 : 1) * worst[i];
        sg_deep_step_place(m, x, mu, nu);
        const double from = sg_deep_step_distance(m);
        sg_lab_try(lab, sg_sim_advance(m->run->sim, &m->run->batch, k_max));
        ratio[half] = sg_deep_step_distance(m) / from;
    }
    const double steps = (double)(k_max + 1), second = fabs(ratio[0] - ratio[1]) / growth;
    const double rounding = 10 * SG_UNIT_ROUNDOFF * m->scale * steps / (start / 2);
    sg_lab_equal(lab, SG_SIMULATED, id, what, ratio[0] / growth, 1,
                 (struct sg_tol){3 * second + rounding, "3 times what halving the amplitude "
                                 "changes, and 10 u a step", 1});
    return growth;
}
