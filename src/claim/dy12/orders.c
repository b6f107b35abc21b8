/* DY12: the three orders' Jacobians and spectra. */
#include <math.h>
#include <string.h>

#include "claim/dy12/parts.h"
#include "lab/own.h"
#include "lab/tolerance.h"

/* The realizable fixed point phi* + c (1, -1, 0); on noisy data only c = 0 is one. */
static const double C = 0.5;

/* dgeev's backward error E is of order size u |J|.  Bauer-Fike: it moves an eigenvalue by at most
 * the condition number of the eigenvectors times |E|, which says nothing where 1 - mu lambda_i
 * meets 1 - nu lambda_j.  In the eigenbases of S_x and S_z the noisy J is D + N, N in the corner
 * alone and so N^2 = 0: by at most max(theta, sqrt theta), theta = |E| (1 + |N|), |N| <= |J| (Golub
 * and Van Loan, Matrix Computations, theorem 7.2.3). */
static double spectrum_tolerance(const struct sg_dy12_order *o, double condition, bool noisy)
{
    const double E = 10 * (double)o->s->size * SG_UNIT_ROUNDOFF * o->norm,
                 theta = E * (1 + o->norm);
    return noisy ? fmin(E * condition, fmax(theta, sqrt(theta))) : E * condition;
}

static void fill(struct sg_lab *lab, struct sg_dy12_order *o, const double *point, int k)
{
    struct sg_shallow *s = o->s;
    const size_t size = s->size;
    double *simultaneous = SG_TAKE(lab, size * size, double), condition = SG_NAN;
    double complex *left = SG_TAKE(lab, size * size, double complex);
    o->closed = SG_TAKE(lab, size * size, double);
    o->differences = SG_TAKE(lab, size * size, double);
    o->lambda = SG_TAKE(lab, size, double complex);
    sg_closed_joint_jacobian(simultaneous, &s->rows, point, point + s->n_w, s->mu, s->nu);
    if (k == 0)
        memcpy(o->closed, simultaneous, size * size * sizeof *simultaneous);
    else
        sg_closed_sequential_jacobian(o->closed, simultaneous, s->n_w, s->n_phi, k == 1);
    sg_approx_step_jacobian(o->differences, &o->bound, s->sim, point, &s->batch);
    o->norm = SG_NAN;
    sg_lab_try(lab, sg_base_norm2(&o->norm, o->closed, size, size));
    sg_lab_try(lab, sg_base_eigen_general(o->lambda, left, o->closed, size));
    if (sg_approx_eigenvector_condition(&condition, left, size) != SG_OK)
        condition = HUGE_VAL; /* defective as far as arithmetic can tell */
    o->tolerance = spectrum_tolerance(o, condition, !s->fit->realizable);
}

struct sg_dy12_orders *sg_dy12_make_orders(struct sg_lab *lab, const struct sg_data *data)
{
    struct sg_dy12_orders *o = SG_TAKE(lab, 1, struct sg_dy12_orders);
    for (int k = 0; k < SG_DY12_ORDERS; k++) {
        struct sg_shallow *s = sg_shallow_make_other(lab, lab->trial->c, data, sg_dy12_timing[k]);
        if (!s)
            return NULL;
        const size_t m = s->fit->m;
        double *point = SG_TAKE(lab, s->size, double);
        o->c = s->fit->realizable ? C : 0;
        o->order[k].s = s;
        memcpy(point, s->fixed, s->size * sizeof *point);
        for (size_t j = 0; j < m; j++) {
            point[s->n_w + j * m + j] += o->c;
            point[s->n_w + (m + j) * m + j] -= o->c;
        }
        fill(lab, &o->order[k], point, k);
    }
    return o;
}

void sg_dy12_spectra(struct sg_lab *lab, const struct sg_dy12_orders *o)
{
    const struct sg_shallow *s = o->order[0].s;
    const size_t size = s->size;
    double *closed = SG_TAKE(lab, size, double), largest = 0;
    double complex *lambda = SG_TAKE(lab, size, double complex);
    sg_closed_joint_spectrum(closed, s->fit, s->mu, s->nu);
    for (size_t i = 0; i < size; i++) {
        lambda[i] = closed[i];
        largest = fmax(largest, fabs(closed[i]));
    }
    for (int k = 0; k < SG_DY12_ORDERS; k++) {
        const struct sg_dy12_order *order = &o->order[k];
        sg_lab_same(lab, SG_SIMULATED, "jacobian",
                    "Jacobians of the three orders: closed form against finite "
                    "differences of the step, largest entry",
                    order->closed, order->differences, size * size,
                    (struct sg_tol){order->bound, "measured truncation and rounding", 0});
        sg_lab_zero(lab, SG_CLOSED_FORM, "spectrum",
                    "at the fixed point all three orders have DY3's spectrum, "
                    "largest distance",
                    sg_lab_spectrum_distance(lambda, order->lambda, size),
                    (struct sg_tol){order->tolerance,
                                    "Bauer-Fike, 10 size u |J| cond(eigenvectors), or a nilpotent "
                                    "corner's square root",
                                    largest});
    }
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "spectra", "order re im");
    for (int k = 0; k < SG_DY12_ORDERS; k++)
        for (size_t i = 0; i < size; i++)
            sg_lab_point(lab, (const double[]){k, creal(o->order[k].lambda[i]),
                                               cimag(o->order[k].lambda[i])});
}

/* ---- realizable data ------------------------------------------------------------------------ */

static double complex sum(const double complex *lambda, size_t n)
{
    double complex all = 0;
    for (size_t i = 0; i < n; i++)
        all += lambda[i];
    return all;
}

static double trace(const double *J, size_t n)
{
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += J[i * n + i];
    return all;
}

/* tr(NS) - tr(J) = mu nu tr(C) |E[x^T z]|^2, C = c I here: the simultaneous spectrum is another
 * one. The computed eigenvalues are those of J + E, |E| <= 10 size u |J|, and |tr E| <= size |E|.
 */
static void check_traces(struct sg_lab *lab, const struct sg_dy12_orders *o)
{
    const struct sg_dy12_order *J = &o->order[0], *NS = &o->order[1];
    const struct sg_fit *f = J->s->fit;
    const double size = (double)J->s->size, xz = sg_base_norm(f->x_z, f->d * f->q);
    const double predicted = J->s->mu * J->s->nu * o->c * (double)f->m * xz * xz;
    const double complex apart = sum(NS->lambda, J->s->size) - sum(J->lambda, J->s->size);
    const double differences =
        trace(NS->differences, J->s->size) - trace(J->differences, J->s->size);
    sg_lab_equal(
        lab, SG_CLOSED_FORM, "realizable-traces",
        "realizable, c = 1/2: sums of the eigenvalues, SG first less "
        "simultaneous, over mu nu tr(C) |E[x^T z]|^2",
        creal(apart) / predicted, 1,
        (struct sg_tol){10 * size * size * SG_UNIT_ROUNDOFF * (J->norm + NS->norm) / predicted,
                        "10 size^2 u |J|, both, over what is predicted", 0});
    sg_lab_equal(lab, SG_SIMULATED, "realizable-traces-fd",
                 "realizable, c = 1/2: the same traces, of finite differences "
                 "of the steps",
                 differences / predicted, 1,
                 (struct sg_tol){size * (J->bound + NS->bound) / predicted,
                                 "size times an entry's measured truncation "
                                 "and rounding, both",
                                 0});
}

void sg_dy12_realizable(struct sg_lab *lab, const struct sg_shallow *noisy)
{
    const struct sg_data *from = lab->trial->data;
    struct sg_data *data = SG_TAKE(lab, 1, struct sg_data);
    sg_data_alloc(data, from->n, from->d, from->m);
    sg_lab_own_rows(lab, data);
    memcpy(data->x, from->x, from->n * from->d * sizeof *data->x);
    memcpy(data->one, from->one, from->n * sizeof *data->one);
    sg_base_mul(data->y, from->x, noisy->fit->w, from->n, from->d, from->m);
    const struct sg_dy12_orders *o = sg_dy12_make_orders(lab, data);
    if (!o)
        return;
    if (o->c == 0) {
        sg_lab_stop(lab, SG_NO_CONVERGENCE,
                    "y = x W* is not realizable as far as arithmetic can tell");
        return;
    }
    const struct sg_dy12_order *NS = &o->order[1], *SN = &o->order[2];
    sg_lab_zero(lab, SG_CLOSED_FORM, "realizable-sequential",
                "realizable, c = 1/2: distance of the two sequential "
                "spectra",
                sg_lab_spectrum_distance(NS->lambda, SN->lambda, NS->s->size),
                (struct sg_tol){NS->tolerance + SN->tolerance,
                                "Bauer-Fike: 10 size u |J| cond(eigenvectors), both",
                                cabs(NS->lambda[0])});
    check_traces(lab, o);
}
