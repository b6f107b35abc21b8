/* Weights under an SG at its optimum: phi against least squares in long double, its residual, one
 * step, all forms, and where the optimum is not unique. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/sim.h"

struct instance {
    struct sg_layer layer;
    struct sg_module module;
    struct sg_arch arch;
    struct sg_net *net;
    struct sg_data data;
    struct sg_batch batch;
    struct sg_field field;
    double *w;
};

static void make_instance(struct instance *in, unsigned terms, struct sg_rng *rng)
{
    const size_t d = random_size(2, 5, rng), n = random_size(20, 40, rng);
    *in = (struct instance){.layer = {SG_DENSE, 1, false},
                            .module = {1, SG_LINEAR, terms, SG_TARGET_TRUE, 1.0, 0}};
    in->arch = (struct sg_arch){.dtype = SG_F64,
                                .loss = SG_MSE,
                                .inputs = d,
                                .labels = 1,
                                .n_layers = 1,
                                .layers = &in->layer,
                                .n_modules = 1,
                                .modules = &in->module};
    in->net = sg_net_alloc(&in->arch);
    in->data = random_data(n, d, 1, rng);
    in->batch = sg_sim_batch(&in->data);
    in->field = sg_sim_net_field(in->net, n);
    in->w = random_vector(d, 1.0, rng);
}

static void free_instance(struct instance *in)
{
    sg_net_free(in->net);
    sg_data_free(&in->data);
    free(in->w);
}

/* z (n x k) for the module's terms, and g, at in->w. */
static size_t regressors(double *z, double *g, const struct instance *in)
{
    size_t k = 0;
    double *p = SG_NEW(in->data.n, double);
    naive_mul(p, NULL, in->data.x, false, in->w, false, in->data.n, in->data.d, 1);
    for (size_t i = 0, at = 0; i < in->data.n; i++) {
        const size_t row = at;
        if (in->module.terms & SG_H)
            z[at++] = p[i];
        if (in->module.terms & SG_Y)
            z[at++] = in->data.y[i];
        if (in->module.terms & SG_ONE)
            z[at++] = 1;
        k = at - row;
        g[i] = p[i] - in->data.y[i];
    }
    free(p);
    return k;
}

/* Normal equations: an error of 10 n u cond(Z)^2 |phi|, plus what p's own rounding does, 10 d u
 * cond(Z) |X||w| / sigma_min. */
static void the_optimum_is_least_squares(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 40; replicate++) {
        struct sg_rng *rng = test_rng("fitted", replicate);
        struct instance in;
        make_instance(&in, 1 + (unsigned)(replicate % 7), rng);
        const size_t n = in.data.n;
        double *z = SG_NEW(3 * n, double), *g = SG_NEW(n, double), phi[3], sigma[3];
        const size_t k = regressors(z, g, &in);
        context("replicate %llu, terms %u, n %zu, d %zu", (unsigned long long)replicate,
                in.module.terms, n, in.data.d);
        naive_least_squares(phi, z, g, n, k, 1);
        naive_singular_values(sigma, z, n, k);
        struct sg_fitted *f = sg_sim_fitted_alloc(&in.field, &in.batch, in.w, 0.1);
        CHECK_STATUS(sg_sim_fitted_look(f), SG_OK);
        const double cond = sigma[0] / sigma[k - 1], u = SG_UNIT_ROUNDOFF,
                     p = frobenius(in.data.x, n * in.data.d) * frobenius(in.w, in.data.d);
        CHECK_ALL(sg_sim_fitted_phi(f), phi,
                  10 * u *
                      ((double)n * cond * cond * (frobenius(phi, k) + frobenius(g, n) / sigma[0]) +
                       cond * p / sigma[k - 1]),
                  k);
        CHECK_SAME(sg_sim_fitted_w(f), in.w, in.data.d);          /* look changes no weight */
        CHECK_STATUS(sg_sim_fitted_step(f), SG_OK);
        for (size_t i = 0; i < in.data.d; i++)
            CHECK_CLOSE(sg_sim_fitted_w(f)[i], in.w[i] - 0.1 * sg_sim_fitted_dw(f)[i],
                        2 * u * (fabs(in.w[i]) + fabs(sg_sim_fitted_dw(f)[i])));
        sg_sim_fitted_free(f);
        free(z);
        free(g);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* With labels the optimum is (1, -1, 0) wherever z has full rank: the step is gradient descent.
 * cond(Z)^2 is below 1e6 on these sets, or the set is passed over. */
static void with_labels_it_is_the_true_gradient(void **state)
{
    (void)state;
    size_t looked = 0;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("labels", replicate);
        struct instance in;
        make_instance(&in, SG_H | SG_Y | SG_ONE, rng);
        double *z = SG_NEW(3 * in.data.n, double), *g = SG_NEW(in.data.n, double), sigma[3];
        const double exact[3] = {1, -1, 0};
        regressors(z, g, &in);
        naive_singular_values(sigma, z, in.data.n, 3);
        const double cond = sigma[0] / sigma[2],
                     p = frobenius(in.data.x, in.data.n * in.data.d) * frobenius(in.w, in.data.d);
        struct sg_fitted *f = sg_sim_fitted_alloc(&in.field, &in.batch, in.w, 0.1);
        if (cond * cond < 1e6) {
            CHECK_STATUS(sg_sim_fitted_look(f), SG_OK);
            CHECK_ALL(sg_sim_fitted_phi(f), exact,
                      10 * SG_UNIT_ROUNDOFF *
                          ((double)in.data.n * cond * cond * 3 + cond * p / sigma[2]),
                      3);
            looked++;
        }
        sg_sim_fitted_free(f);
        free(z);
        free(g);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
    CHECK(looked > 0);
}

/* p = 0: every alpha is an optimum. */
static void no_unique_optimum_is_a_status(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("singular", 0);
    struct instance in;
    make_instance(&in, SG_H, rng);
    double *zero = SG_NEW(in.data.d, double);
    struct sg_fitted *f = sg_sim_fitted_alloc(&in.field, &in.batch, in.w, 0.1);
    sg_sim_fitted_restart(f, zero, 0.1);
    CHECK_STATUS(sg_sim_fitted_step(f), SG_SINGULAR);
    CHECK_SAME(sg_sim_fitted_w(f), zero, in.data.d);
    sg_sim_fitted_restart(f, in.w, 0.1);
    CHECK_STATUS(sg_sim_fitted_step(f), SG_OK);
    sg_sim_fitted_free(f);
    free(zero);
    free_instance(&in);
    sg_base_rng_free(rng);
}

/* Labels that are a constant make the label's row and the ones' dependent, up to the rounding of
 * their sums over the samples: no rounding makes an optimum of that; labels that differ from a
 * constant by a thousandth have one. */
static void dependent_regressors_are_found(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 200; replicate++) {
        struct sg_rng *rng = test_rng("dependent", replicate);
        struct instance in;
        make_instance(&in, replicate % 2 ? SG_H | SG_Y | SG_ONE : SG_Y | SG_ONE, rng);
        const double c = random_between(0.3, 3, rng);
        struct sg_fitted *f = sg_sim_fitted_alloc(&in.field, &in.batch, in.w, 0.1);
        for (size_t i = 0; i < in.data.n; i++)
            in.data.y[i] = c * in.data.one[i];
        context("replicate %llu, %zu samples", (unsigned long long)replicate, in.data.n);
        CHECK_STATUS(sg_sim_fitted_look(f), SG_SINGULAR);
        for (size_t i = 0; i < in.data.n; i++)
            in.data.y[i] *= 1 + 1e-3 * (i % 2 ? 1 : -1);
        CHECK_STATUS(sg_sim_fitted_look(f), SG_OK);
        sg_sim_fitted_free(f);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

static void wants_float64_and_an_sg(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("fitted door", 0);
    struct instance in;
    make_instance(&in, SG_H | SG_ONE, rng);
    struct sg_field field = in.field;
    field.dtype = SG_F32;
    CHECK_ABORTS((void)sg_sim_fitted_alloc(&field, &in.batch, in.w, 0.1));
    field = in.field;
    field.sizes.phi = 0;
    CHECK_ABORTS((void)sg_sim_fitted_alloc(&field, &in.batch, in.w, 0.1));
    free_instance(&in);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_optimum_is_least_squares),
        TEST(with_labels_it_is_the_true_gradient),
        TEST(no_unique_optimum_is_a_status),
        TEST(dependent_regressors_are_found),
        TEST(wants_float64_and_an_sg),
    };
    sg_base_init();
    return RUN(tests);
}
