/* The step across the family of fixed points, closed against simulated: entry by entry, and its largest transient (DY8's map, DY12 at depth). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/map.h"

/* The step on x from finite differences of the step that runs, C F L: L lifts unit vectors, C reads images, psi = dPhi - D dw.  An entry of F is off by
 * at most its bound, so one of C F L by |C_i|_1 |L_j|_1 of it. */
void sg_dy8_map_check_step(struct sg_evidence *ev, struct sg_dy8_map *m, const char *what, const double *closed, double mu, double nu)
{
    const struct sg_dy8 *s = m->s;
    const size_t n = m->n, size = s->size, n_w = s->n_w, n_phi = s->n_phi;
    double *F = SG_NEW(size * size, double), *D = SG_NEW(n_phi * n_w, double), *psi = SG_NEW(n_phi, double);
    double *C = SG_NEW(size * n, double), *L = SG_NEW(n * size, double), *FL = SG_NEW(n * size, double), *x = SG_NEW(n, double), bound;
    double worst = 0, worst_bound = 1;
    sg_sim_restart(s->sim, s->fixed, s->fixed + n_w, mu, nu);
    sg_approx_step_jacobian(F, &bound, s->sim, s->fixed, &s->batch);
    sg_closed_deep_d(D, &s->deep, s->fixed);
    for (size_t k = 0; k < size; k++) {                  /* C by columns */
        double *unit = FL;
        for (size_t i = 0; i < size; i++)
            unit[i] = i == k;
        sg_base_mul(psi, D, unit, n_phi, n_w, 1);
        for (size_t i = 0; i < n_phi; i++)
            psi[i] = unit[n_w + i] - psi[i];
        sg_closed_deep_normal_read(C + k * n, m->normal, unit, psi);
    }
    for (size_t j = 0; j < n; j++) {                     /* L by columns too */
        double *column = L + j * size;
        for (size_t i = 0; i < n; i++)
            x[i] = i == j;
        sg_closed_deep_normal_lift(column, column + n_w, m->normal, x);
        sg_base_mul(psi, D, column, n_phi, n_w, 1);
        for (size_t i = 0; i < n_phi; i++)               /* Phi = Phi* + psi, to first order */
            column[n_w + i] += psi[i];
    }
    sg_base_mul_nt(FL, L, F, n, size, size);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            double entry = 0, read = 0, lifted = 0;
            for (size_t k = 0; k < size; k++) {
                entry += C[k * n + i] * FL[j * size + k];
                read += fabs(C[k * n + i]);
                lifted += fabs(L[j * size + k]);
            }
            const double error = fabs(entry - closed[i * n + j]), most = read * lifted * bound;
            if (!(error / most <= worst / worst_bound)) {
                worst = error;
                worst_bound = most;
            }
        }
    sg_claim_bound(ev, SG_SIMULATED, what, worst, worst_bound,
                   "measured truncation and rounding, through the change of coordinates");
    void *owned[] = {F, D, psi, C, L, FL, x};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

enum sg_status sg_dy8_map_worst(double *x, double *growth, size_t *k_max, const struct sg_dy8_map *m, const double *J)
{
    const size_t n = m->n;
    double *power = SG_NEW(n * n, double), *next = SG_NEW(n * n, double), *lambda = SG_NEW(n, double), *v = SG_NEW(n * n, double);
    double complex *all = SG_NEW(n, double complex);
    enum sg_status status = sg_base_eigen_general(all, NULL, J, n);
    if (status == SG_OK)
        status = sg_approx_transient_growth(growth, k_max, J, n, cabs(all[0]), HUGE_VAL, m->steps);
    for (size_t i = 0; i < n; i++)
        power[i * n + i] = 1;
    for (size_t k = 0; status == SG_OK && k < *k_max; k++) {
        sg_base_mul(next, J, power, n, n, n);
        memcpy(power, next, n * n * sizeof *power);
    }
    sg_base_mul_tn(next, power, power, n, n, n);
    if (status == SG_OK)
        status = sg_base_eigen_symmetric(lambda, v, next, n);
    for (size_t i = 0; i < n; i++)
        x[i] = status == SG_OK ? v[i * n] : SG_NAN;
    void *owned[] = {power, next, lambda, v, all};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

/* From a start larger than the map's: its digits count here, and growth is all that is asked for. */
enum sg_status sg_dy8_map_check_transient(struct sg_evidence *ev, struct sg_dy8_map *m, const char *what, const double *J, double mu, double nu,
                                          double *growth)
{
    const double start = 1e-8 * m->scale;
    double *worst = SG_NEW(m->n, double), *x = SG_NEW(m->n, double), ratio[2];
    size_t k_max;
    enum sg_status status = sg_dy8_map_worst(worst, growth, &k_max, m, J);
    for (size_t half = 0; half < 2 && status == SG_OK; half++) {
        for (size_t i = 0; i < m->n; i++)
            x[i] = start / (half ? 2 : 1) * worst[i];
        sg_dy8_map_place(m, x, mu, nu);
        const double from = sg_dy8_map_distance(m);
        status = sg_sim_advance(m->s->sim, &m->s->batch, k_max);
        ratio[half] = sg_dy8_map_distance(m) / from;
    }
    if (status == SG_OK) {
        const double rounding = 10 * SG_UNIT_ROUNDOFF * m->scale * (double)(k_max + 1) / (start / 2);
        sg_claim_compare(ev, SG_SIMULATED, what, ratio[0] / *growth, 1.0, fmin(3 * fabs(ratio[0] - ratio[1]) / *growth + rounding, 0.01),
                         "3 times what halving the amplitude changes, and rounding; at most 1 %");
    }
    free(worst);
    free(x);
    return status;
}
