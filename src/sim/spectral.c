/* The spectral form: shallow regression p = x W in the eigenbasis of S_x = V diag(lambda) V^T,
 * linear SG at the output.
 *
 * With v = V^T W (d x m), u = V^T E[x^T y] (d x m), e = V^T E[x^T 1] (d) every direction
 * is a sum over eigenmodes:
 *
 *   E[x^T s]  = lambda_i v_i A + u_i B + e_i C                        (row i, in the eigenbasis)
 *   E[p^T p]  = sum_i lambda_i v_i^T v_i,  E[p^T y] = sum_i v_i^T u_i,  E[p^T 1] = sum_i v_i^T e_i
 *   grad L_SG = S_z (phi - phi*),  phi* = (I, -I, 0),  restricted to the terms that the module has.
 *
 * One pass over the d modes a step, nothing of length n. */
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "synthgrad/sim.h"

struct sg_spectral {
    size_t d, m, q;             /* q = 2m + 1, the size of z = (p, y, 1) */
    unsigned terms;             /* 0: plain backprop */
    double mix;
    double *lambda, *v;         /* d; d x d */
    double *u, *e;              /* d x m; d */
    double *yy1;                /* q x q: S_z with only its constant entries filled */
};

struct work {
    double *s_z;                /* q x q */
    double *psi, *full;         /* q x m: phi - phi*;  E[z^T (s - g)] */
    double *abc;                /* q x m: what drives dw, mixed with the true gradient */
};

enum sg_status sg_sim_spectral_alloc(struct sg_spectral **out, const struct sg_data *data,
                                     unsigned terms, double mix)
{
    SG_REQUIRE(out && data);
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1;
    struct sg_spectral *sp = *out = SG_NEW(1, struct sg_spectral);
    *sp = (struct sg_spectral){.d = d,
                               .m = m,
                               .q = q,
                               .terms = terms,
                               .mix = terms ? mix : 0.0,
                               .lambda = SG_NEW(d, double),
                               .v = SG_NEW(d * d, double),
                               .u = SG_NEW(d * m, double),
                               .e = SG_NEW(d, double),
                               .yy1 = SG_NEW(q * q, double)};
    double *s_x = SG_NEW(d * d, double), *moment = SG_NEW(d * (m + 1), double),
           *y1 = SG_NEW(n * (m + 1), double);
    for (size_t i = 0; i < n; i++) {
        memcpy(y1 + i * (m + 1), data->y + i * m, m * sizeof *y1);
        y1[i * (m + 1) + m] = data->one[i];
    }
    sg_base_mul_tn(s_x, data->x, data->x, d, n, d);
    for (size_t i = 0; i < d * d; i++)
        s_x[i] /= (double)n;
    enum sg_status status = sg_base_eigen_symmetric(sp->lambda, sp->v, s_x, d);
    sg_base_mul_tn(moment, data->x, y1, d, n, m + 1);             /* n E[x^T (y, 1)] */
    double *rotated = SG_NEW(d * (m + 1), double), *block = SG_NEW((m + 1) * (m + 1), double);
    sg_base_mul_tn(rotated, sp->v, moment, d, d, m + 1);
    sg_base_mul_tn(block, y1, y1, m + 1, n, m + 1);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < m; j++)
            sp->u[i * m + j] = rotated[i * (m + 1) + j] / (double)n;
        sp->e[i] = rotated[i * (m + 1) + m] / (double)n;
    }
    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j <= m; j++)
            sp->yy1[(m + i) * q + m + j] = block[i * (m + 1) + j] / (double)n;
    free(s_x); free(moment); free(y1); free(rotated); free(block);
    if (status != SG_OK) {
        sg_sim_spectral_free(sp);
        *out = NULL;
    }
    return status;
}

void sg_sim_spectral_free(struct sg_spectral *sp)
{
    if (!sp)
        return;
    free(sp->lambda);
    free(sp->v);
    free(sp->u);
    free(sp->e);
    free(sp->yy1);
    free(sp);
}

const double *sg_sim_spectral_lambda(const struct sg_spectral *sp)
{
    SG_REQUIRE(sp);
    return sp->lambda;
}

void sg_sim_spectral_from_w(double *v, const struct sg_spectral *sp, const double *w)
{
    SG_REQUIRE(sp);
    sg_base_mul_tn(v, sp->v, w, sp->d, sp->d, sp->m);
}

void sg_sim_spectral_to_w(double *w, const struct sg_spectral *sp, const double *v)
{
    SG_REQUIRE(sp);
    sg_base_mul(w, sp->v, v, sp->d, sp->d, sp->m);
}

static double lane_sum(const union sg_lanes_double *v)
{
    return ((v->lane[0] + v->lane[4]) + (v->lane[1] + v->lane[5])) +
           ((v->lane[2] + v->lane[6]) + (v->lane[3] + v->lane[7]));
}

/* One output.  dw_i = a lambda_i v_i + b u_i + c e_i and, in the same
 * pass, E[p^2], E[p y], E[p]. */
SG_WIDE static void pass_one_output(double *dw, double moments[3], const struct sg_spectral *sp,
                                    const double *v, double a, double b, double c)
{
    enum { LANES = 8 };
    const double *lambda = sp->lambda, *u = sp->u, *e = sp->e;
    union sg_lanes_double pp = {{0}}, py = {{0}}, p1 = {{0}};
    double tail[3] = {0};
    size_t i = 0;
    for (; i + LANES <= sp->d; i += LANES) {
        const sg_wide_double vi = *(const sg_wide_double *)(v + i),
                             ui = *(const sg_wide_double *)(u + i);
        const sg_wide_double ei = *(const sg_wide_double *)(e + i),
                             lv = *(const sg_wide_double *)(lambda + i) * vi;
        *(sg_wide_double *)(dw + i) = a * lv + b * ui + c * ei;
        pp.wide += lv * vi;
        py.wide += ui * vi;
        p1.wide += ei * vi;
    }
    for (; i < sp->d; i++) {
        const double lv = lambda[i] * v[i];
        dw[i] = a * lv + b * u[i] + c * e[i];
        tail[0] += lv * v[i];
        tail[1] += u[i] * v[i];
        tail[2] += e[i] * v[i];
    }
    moments[0] = lane_sum(&pp) + tail[0];
    moments[1] = lane_sum(&py) + tail[1];
    moments[2] = lane_sum(&p1) + tail[2];
}

/* Any number of outputs; s_z gets its rows and columns of p; dw NULL: not wanted. */
static void pass_outputs(double *dw, double *s_z, const struct sg_spectral *sp, const double *v,
                         const double *abc)
{
    const size_t m = sp->m, q = sp->q;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < q; j++)
            s_z[i * q + j] = s_z[j * q + i] = 0.0;
    for (size_t i = 0; i < sp->d; i++) {
        const double *vi = v + i * m, *ui = sp->u + i * m;
        for (size_t j = 0; j < m; j++) {
            double sum = sp->e[i] * abc[2 * m * m + j];
            for (size_t l = 0; l < m; l++) {
                sum += sp->lambda[i] * vi[l] * abc[l * m + j] + ui[l] * abc[(m + l) * m + j];
                s_z[j * q + l] += sp->lambda[i] * vi[j] * vi[l];
                s_z[j * q + m + l] += vi[j] * ui[l];
            }
            s_z[j * q + 2 * m] += vi[j] * sp->e[i];
            if (dw)
                dw[i * m + j] = sum;
        }
    }
    for (size_t j = 0; j < m; j++)
        for (size_t l = m; l < q; l++)
            s_z[l * q + j] = s_z[j * q + l];
}

/* phi in full, (A; B; C) with zeros for the terms that the module does not have. */
static void expand(double *full, const struct sg_spectral *sp, const double *phi)
{
    const unsigned term[3] = {SG_H, SG_Y, SG_ONE};
    const size_t m = sp->m, rows[3] = {m, m, 1};
    for (size_t t = 0; t < 3; t++) {
        const size_t size = rows[t] * m;
        for (size_t i = 0; i < size; i++)
            full[i] = sp->terms & term[t] ? phi[i] : 0.0;
        full += size;
        phi += sp->terms & term[t] ? size : 0;
    }
}

static void restrict_terms(double *dphi, const struct sg_spectral *sp, const double *full)
{
    const unsigned term[3] = {SG_H, SG_Y, SG_ONE};
    const size_t m = sp->m, rows[3] = {m, m, 1};
    for (size_t t = 0; t < 3; t++) {
        const size_t size = rows[t] * m;
        if (sp->terms & term[t]) {
            memcpy(dphi, full, size * sizeof *dphi);
            dphi += size;
        }
        full += size;
    }
}

/* The usual case, one output and all three terms, with nothing but scalars between the
 * two passes over the modes. */
static void eval_one_output(double *dw, double *dphi, const struct sg_spectral *sp, const double *v,
                            const double *phi)
{
    const double mix = sp->mix, a = mix * phi[0] + (1 - mix), b = mix * phi[1] - (1 - mix),
                 c = mix * phi[2];
    const double psi_a = phi[0] - 1, psi_b = phi[1] + 1, psi_c = phi[2];
    const double yy = sp->yy1[4], y1 = sp->yy1[5], oo = sp->yy1[8];
    double p[3];
    pass_one_output(dw, p, sp, v, a, b, c);
    dphi[0] = p[0] * psi_a + p[1] * psi_b + p[2] * psi_c;
    dphi[1] = p[1] * psi_a + yy * psi_b + y1 * psi_c;
    dphi[2] = p[2] * psi_a + y1 * psi_b + oo * psi_c;
}

static void eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_field *field,
                 const void *v, const void *phi, const struct sg_batch *batch, unsigned want,
                 void *work_v)
{
    (void)batch;
    const struct sg_spectral *sp = field->self;
    struct work *work = work_v;
    const size_t m = sp->m, q = sp->q;
    if (m == 1 && sp->terms == (SG_H | SG_Y | SG_ONE) && dw && dphi && !(want & SG_WANT_METRICS)) {
        eval_one_output(dw, dphi, sp, v, phi);
        return;
    }
    expand(work->abc, sp, phi);
    memcpy(work->psi, work->abc, q * m * sizeof *work->psi);
    for (size_t i = 0; i < q * m; i++)
        work->abc[i] *= sp->mix;
    /* (1 - mix) of the true gradient, s = p - y */
    for (size_t j = 0; j < m; j++) {
        work->psi[j * m + j] -= 1.0;
        work->psi[(m + j) * m + j] += 1.0;
        work->abc[j * m + j] += 1 - sp->mix;
        work->abc[(m + j) * m + j] -= 1 - sp->mix;
    }
    pass_outputs(want & SG_WANT_W ? dw : NULL, work->s_z, sp, v, work->abc);
    sg_base_mul(work->full, work->s_z, work->psi, q, q, m);
    SG_REQUIRE(dphi != NULL || !(want & SG_WANT_PHI));
    if (want & SG_WANT_PHI)
        restrict_terms(dphi, sp, work->full);
    if (want & SG_WANT_METRICS) {
        *metrics = (struct sg_metrics){
            .sg_loss = sp->terms ? 0.5 * sg_base_dot(work->psi, work->full, q * m) : 0.0};
        for (size_t j = 0; j < m; j++)
            metrics->loss += 0.5 * (work->s_z[j * q + j] - 2 * work->s_z[j * q + m + j] +
                                    work->s_z[(m + j) * q + m + j]);
    }
}

static void work_free(void *work_v)
{
    struct work *work = work_v;
    free(work->s_z);
    free(work->psi);
    free(work->full);
    free(work->abc);
    free(work);
}

static void *work_alloc(const struct sg_field *field)
{
    const struct sg_spectral *sp = field->self;
    struct work *work = SG_NEW(1, struct work);
    work->s_z = sg_base_copy(sp->yy1, sp->q * sp->q, sizeof *sp->yy1);
    work->psi = SG_NEW(sp->q * sp->m, double);
    work->full = SG_NEW(sp->q * sp->m, double);
    work->abc = SG_NEW(sp->q * sp->m, double);
    return work;
}

struct sg_field sg_sim_spectral_field(const struct sg_spectral *sp)
{
    SG_REQUIRE(sp);
    const size_t m = sp->m;
    const size_t rows = (sp->terms & SG_H ? m : 0) + (sp->terms & SG_Y ? m : 0) +
                        (sp->terms & SG_ONE ? 1 : 0);
    return (struct sg_field){.dtype = SG_F64,
                             .sizes = {.w = sp->d * m, .phi = rows * m},
                             .eval = eval,
                             .work_alloc = work_alloc,
                             .work_free = work_free,
                             .self = sp};
}
