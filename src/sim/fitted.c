/* Weights driven by an SG that is at its optimum in every step: the limit of an infinitely fast SG.
 *
 * For a family linear in phi, grad L_SG(phi) = G phi - b at fixed w, G = E[z^T z] and b = E[z^T g].
 * Both are read off evaluations of the field, so that every form and every choice of terms will do:
 * b = -grad(0), and G's column j is grad(T e_j) / T with T so large that b is below rounding. */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

static const double T = 0x1p100;

struct sg_fitted {
    struct sg_field field;
    const struct sg_batch *batch;
    double mu;
    double *w, *phi, *dw, *dphi, *gram, *probe;
    void *work;
};

struct sg_fitted *sg_sim_fitted_alloc(const struct sg_field *field, const struct sg_batch *batch,
                                      const double *w, double mu)
{
    SG_REQUIRE(field);
    const size_t n_w = field->sizes.w, k = field->sizes.phi;
    SG_REQUIRE(field->dtype == SG_F64 && k > 0);
    struct sg_fitted *f = SG_NEW(1, struct sg_fitted);
    *f = (struct sg_fitted){.field = *field,
                            .batch = batch,
                            .mu = mu,
                            .w = sg_base_copy(w, n_w, sizeof *w),
                            .phi = SG_NEW(k, double),
                            .dw = SG_NEW(n_w, double),
                            .dphi = SG_NEW(k, double),
                            .gram = SG_NEW(k * k, double),
                            .probe = SG_NEW(k, double),
                            .work = field->work_alloc(field)};
    return f;
}

void sg_sim_fitted_free(struct sg_fitted *f)
{
    if (!f)
        return;
    f->field.work_free(f->work);
    double *owned[] = {f->w, f->phi, f->dw, f->dphi, f->gram, f->probe};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(f);
}

void sg_sim_fitted_restart(struct sg_fitted *f, const double *w, double mu)
{
    SG_REQUIRE(f);
    memcpy(f->w, w, f->field.sizes.w * sizeof *w);
    f->mu = mu;
}

/* G phi = b by Cholesky in place; G is symmetric, k x k, k the SG's few parameters.  Its entries
 * are sums over n rows, known to (n + k) u of the columns' lengths: a pivot within four times that,
 * v^T |dG| |v| for v = (1, -1) of two equal columns, may be 0. */
static enum sg_status solve_normal(double *phi, double *gram, size_t k, size_t n)
{
    for (size_t j = 0; j < k; j++) {
        const double diagonal = gram[j * k + j];
        for (size_t i = j; i < k; i++)
            for (size_t l = 0; l < j; l++)
                gram[i * k + j] -= gram[i * k + l] * gram[j * k + l];
        if (!(gram[j * k + j] > 4 * (double)(n + k) * SG_UNIT_ROUNDOFF * diagonal))
            return SG_SINGULAR;
        gram[j * k + j] = sqrt(gram[j * k + j]);
        for (size_t i = j + 1; i < k; i++)
            gram[i * k + j] /= gram[j * k + j];
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t l = 0; l < i; l++)
            phi[i] -= gram[i * k + l] * phi[l];
        phi[i] /= gram[i * k + i];
    }
    for (size_t i = k; i-- > 0;) {
        for (size_t l = i + 1; l < k; l++)
            phi[i] -= gram[l * k + i] * phi[l];
        phi[i] /= gram[i * k + i];
    }
    return SG_OK;
}

static void evaluate(struct sg_fitted *f, const double *phi)
{
    f->field.eval(f->dw, f->dphi, NULL, &f->field, f->w, phi, f->batch, SG_WANT_W | SG_WANT_PHI,
                  f->work);
}

enum sg_status sg_sim_fitted_look(struct sg_fitted *f)
{
    SG_REQUIRE(f);
    const size_t k = f->field.sizes.phi;
    for (size_t j = 0; j < k; j++) {
        memset(f->probe, 0, k * sizeof *f->probe);
        f->probe[j] = T;
        evaluate(f, f->probe);
        for (size_t i = 0; i < k; i++)
            f->gram[i * k + j] = f->dphi[i] / T;
    }
    memset(f->probe, 0, k * sizeof *f->probe);
    evaluate(f, f->probe);
    for (size_t i = 0; i < k; i++)
        f->phi[i] = -f->dphi[i];
    const enum sg_status status = solve_normal(f->phi, f->gram, k, f->batch->n);
    if (status == SG_OK)
        evaluate(f, f->phi);
    return status;
}

enum sg_status sg_sim_fitted_step(struct sg_fitted *f)
{
    SG_REQUIRE(f);
    const struct sg_opt opt = {.rate = f->mu};
    const enum sg_status status = sg_sim_fitted_look(f);
    if (status == SG_OK)
        sg_net_opt_step(f->w, NULL, f->w, f->dw, &opt, SG_F64, f->field.sizes.w);
    return status;
}

const double *sg_sim_fitted_w(const struct sg_fitted *f)
{
    SG_REQUIRE(f);
    return f->w;
}

const double *sg_sim_fitted_phi(const struct sg_fitted *f)
{
    SG_REQUIRE(f);
    return f->phi;
}

const double *sg_sim_fitted_dw(const struct sg_fitted *f)
{
    SG_REQUIRE(f);
    return f->dw;
}

const double *sg_sim_fitted_dphi(const struct sg_fitted *f)
{
    SG_REQUIRE(f);
    return f->dphi;
}
