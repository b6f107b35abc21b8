/* Points where a field vanishes, by Levenberg-Marquardt on F(w, phi) = (dw, dphi): nothing is
 * assumed about where they are.
 *
 * GSL's trust-region solver with More's scaling and a QR of the stacked Jacobian and damping, so a
 * singular Jacobian (fixed points that form a line) is no obstacle.  The Jacobian is by central
 * differences of F itself: for linear nets every component is of degree two at most in each single
 * parameter, so they have no truncation error there. */
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

struct sg_critical {
    struct sg_field field;
    void *work;
    const struct sg_batch *batch;
    size_t size;
    double *plus, *minus, *moved;
    gsl_multifit_nlinear_workspace *lm;
    gsl_vector *start;
};

struct sg_critical *sg_sim_critical_alloc(const struct sg_field *field)
{
    SG_REQUIRE(field && field->dtype == SG_F64);
    struct sg_critical *s = SG_NEW(1, struct sg_critical);
    s->field = *field;
    s->size = field->sizes.w + field->sizes.phi;
    s->work = field->work_alloc(field);
    s->plus = SG_NEW(s->size, double);
    s->minus = SG_NEW(s->size, double);
    s->moved = SG_NEW(s->size, double);
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.trs = gsl_multifit_nlinear_trs_lm;
    parameters.scale = gsl_multifit_nlinear_scale_more;
    parameters.solver = gsl_multifit_nlinear_solver_qr;
    s->lm = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, s->size, s->size);
    s->start = gsl_vector_alloc(s->size);
    if (!s->lm || !s->start)
        sg_base_exhausted(s->size, sizeof(double));
    return s;
}

void sg_sim_critical_free(struct sg_critical *s)
{
    if (!s)
        return;
    s->field.work_free(s->work);
    free(s->plus);
    free(s->minus);
    free(s->moved);
    gsl_multifit_nlinear_free(s->lm);
    gsl_vector_free(s->start);
    free(s);
}

static void eval(double *f, struct sg_critical *s, const double *state)
{
    const size_t n_w = s->field.sizes.w;
    s->field.eval(f, f + n_w, NULL, &s->field, state, state + n_w, s->batch,
                  SG_WANT_W | SG_WANT_PHI, s->work);
}

/* GSL's own vectors are contiguous. */
static int residual(const gsl_vector *x, void *context, gsl_vector *f)
{
    struct sg_critical *s = context;
    SG_REQUIRE(x->stride == 1 && f->stride == 1);
    eval(f->data, s, x->data);
    return sg_base_all_finite(f->data, s->size) ? GSL_SUCCESS : GSL_EBADFUNC;
}

static int jacobian(const gsl_vector *x, void *context, gsl_matrix *j)
{
    struct sg_critical *s = context;
    const double h = cbrt(SG_UNIT_ROUNDOFF) * sg_base_max(1.0, sg_base_max_abs(x->data, s->size));
    memcpy(s->moved, x->data, s->size * sizeof *s->moved);
    for (size_t k = 0; k < s->size; k++) {
        const double at = x->data[k], up = at + h, down = at - h;
        s->moved[k] = up;
        eval(s->plus, s, s->moved);
        s->moved[k] = down;
        eval(s->minus, s, s->moved);
        s->moved[k] = at;
        for (size_t i = 0; i < s->size; i++)
            /* the increment as it was rounded */
            gsl_matrix_set(j, i, k, (s->plus[i] - s->minus[i]) / (up - down));
    }
    return GSL_SUCCESS;
}

static enum sg_status iterate(struct sg_critical *s, size_t iterations, sg_sim_solved *solved,
                              void *context)
{
    const double *x = s->lm->x->data, *f = s->lm->f->data;
    for (size_t i = 0;; i++) {
        if (!sg_base_all_finite(x, s->size) || !sg_base_all_finite(f, s->size))
            return SG_NOT_FINITE;
        if (solved(x, f, context))
            return SG_OK;
        if (i == iterations || sg_base_interrupted() ||
            gsl_multifit_nlinear_iterate(s->lm) != GSL_SUCCESS)
            return SG_NO_CONVERGENCE;
    }
}

enum sg_status sg_sim_solve_critical(double *state, struct sg_critical *s,
                                     const struct sg_batch *batch, size_t iterations,
                                     sg_sim_solved *solved, void *context)
{
    SG_REQUIRE(state && s);
    gsl_multifit_nlinear_fdf fdf = {.f = residual,
                                    .df = jacobian,
                                    .n = s->size,
                                    .p = s->size,
                                    .params = s};
    enum sg_status status = SG_NOT_FINITE;
    s->batch = batch;
    memcpy(s->start->data, state, s->size * sizeof *state);
    if (sg_base_all_finite(state, s->size) &&
        gsl_multifit_nlinear_init(s->start, &fdf, s->lm) == GSL_SUCCESS)
        status = iterate(s, iterations, solved, context);
    for (size_t i = 0; i < s->size; i++)
        state[i] = status == SG_OK ? s->lm->x->data[i] : SG_NAN;
    return status;
}
