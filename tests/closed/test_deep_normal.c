/* The step across the family of fixed points, against the full step: energy,
 * spectrum, and the limit on a ray. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

struct instance {
    struct sg_data data;
    struct sg_deep deep;
    double w[64], moments[64];
    size_t n_w, n_phi;
};

/* Two or three layers of width 2 on d = 3, m = 2; with `saddle` two, and one triplet only. */
static void make(struct instance *in, bool saddle, struct sg_rng *rng)
{
    static const size_t keep[] = {0, 1};
    *in = (struct instance){
        .deep = {.n_layers = saddle ? 2 : random_size(2, 3, rng), .width = {3, 2, 2, 2}}};
    in->deep.at = random_size(1, in->deep.n_layers, rng);
    in->data = random_data(30, 3, 2, rng);
    in->n_w = sg_closed_deep_n_w(&in->deep);
    in->n_phi = sg_closed_deep_n_phi(&in->deep);
    CHECK_STATUS(sg_closed_deep_critical_point(in->w, NULL, &in->deep, &in->data, keep,
                                               saddle ? 1 : 2, rng),
                 SG_OK);
    sg_closed_deep_moments(in->moments, &in->data);
}

/* trace((I + mu J)^k) over all coordinates = that across the family + the number of
 * coordinates left out, k = 1, 2, 3. */
static void spectrum_is_the_full_one_less_ones(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("normal", t);
        struct instance in;
        struct sg_deep_normal *normal;
        make(&in, false, rng);
        context("instance %d, %zu layers, SG at %zu", (int)t, in.deep.n_layers, in.deep.at);
        CHECK_STATUS(sg_closed_deep_normal_alloc(&normal, &in.deep, in.w, in.moments), SG_OK);
        const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(normal);
        CHECK(sizes.w == 2 * (3 + 2 - 2) && sizes.phi <= in.n_phi);
        const double mu = 1 / sizes.lambda, nu = random_between(0.1, 2, rng) / sizes.gamma;
        const size_t full = in.n_w + in.n_phi, n = sizes.w + sizes.phi;
        double *J = SG_NEW(full * full, double), *power = SG_NEW(full * full, double),
               *next = SG_NEW(full * full, double);
        double trace[2][3];
        for (int k = 0; k < 2; k++) {
            const size_t size = k ? n : full;
            if (k)
                sg_closed_deep_normal_flow(J, normal, mu, nu);
            else
                sg_closed_deep_flow(J, &in.deep, in.w, in.moments, nu / mu);
            for (size_t i = 0; i < size * size; i++)
                power[i] = J[i] = (k ? 1 : mu) * J[i] + (i % (size + 1) == 0 ? 1.0 : 0.0);
            for (int p = 0; p < 3; p++) {
                trace[k][p] = 0;
                for (size_t i = 0; i < size; i++)
                    trace[k][p] += power[i * size + i];
                sg_base_mul(next, J, power, size, size, size);
                memcpy(power, next, size * size * sizeof *power);
            }
        }
        double norm;
        sg_closed_deep_flow(J, &in.deep, in.w, in.moments, nu / mu);
        CHECK_STATUS(sg_base_norm2(&norm, J, full, full), SG_OK);
        /* full entries of products of p + 1 factors, and the change of basis */
        norm = 1 + mu * norm;
        for (int p = 0; p < 3; p++)
            CHECK_CLOSE(trace[1][p] + (double)(full - n), trace[0][p],
                        10 * (double)full * SG_UNIT_ROUNDOFF * pow(norm, p + 1));
        sg_closed_deep_normal_free(normal);
        sg_data_free(&in.data);
        free(J);
        free(power);
        free(next);
        sg_base_rng_free(rng);
    }
}

/* |x|^2 = dw H dw + psi G psi for any displacement, and read undoes lift. */
static void energy_and_inverse(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("energy", t);
        struct instance in;
        struct sg_deep_normal *normal;
        make(&in, false, rng);
        CHECK_STATUS(sg_closed_deep_normal_alloc(&normal, &in.deep, in.w, in.moments), SG_OK);
        const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(normal);
        const size_t n = sizes.w + sizes.phi;
        double *dw = random_vector(in.n_w, 1, rng), *psi = random_vector(in.n_phi, 1, rng),
               *x = SG_NEW(n, double), *y = random_vector(n, 1, rng);
        double *H = SG_NEW(in.n_w * in.n_w, double), *G = SG_NEW(in.n_phi * in.n_phi, double),
               *half = SG_NEW(in.n_w + in.n_phi, double);
        sg_closed_deep_hessian(H, &in.deep, in.w, in.moments);
        sg_closed_deep_g(G, &in.deep, in.w, in.moments);
        sg_base_mul(half, H, dw, in.n_w, in.n_w, 1);
        sg_base_mul(half + in.n_w, G, psi, in.n_phi, in.n_phi, 1);
        const double energy = sg_base_dot(half, dw, in.n_w) +
                              sg_base_dot(half + in.n_w, psi, in.n_phi);
        const double scale = sizes.lambda * sg_base_dot(dw, dw, in.n_w) +
                             sizes.gamma * sg_base_dot(psi, psi, in.n_phi);
        sg_closed_deep_normal_read(x, normal, dw, psi);
        CHECK_CLOSE(sg_base_dot(x, x, n), energy,
                    10 * (double)(in.n_w + in.n_phi) * SG_UNIT_ROUNDOFF * scale);
        sg_closed_deep_normal_lift(dw, psi, normal, y);
        sg_closed_deep_normal_read(x, normal, dw, psi);
        /* orthogonal to size u, amplified by sqrt(largest / smallest), at most
         * 1e5.5 by what counts as zero */
        double most = 0;
        for (size_t i = 0; i < in.n_w; i++)
            most = fmax(most, fabs(dw[i]) * sqrt(sizes.lambda));
        for (size_t i = 0; i < in.n_phi; i++)
            most = fmax(most, fabs(psi[i]) * sqrt(sizes.gamma));
        CHECK_ALL(x, y, 10 * (double)(in.n_w + in.n_phi) * SG_UNIT_ROUNDOFF * most, n);
        void *owned[] = {dw, psi, x, y, H, G, half};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        sg_closed_deep_normal_free(normal);
        sg_data_free(&in.data);
        sg_base_rng_free(rng);
    }
}

/* N and S read off the simultaneous steps at nu = 0 and at mu = 0; their products. */
static void sequential_products(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("order", t);
        struct instance in;
        struct sg_deep_normal *normal;
        make(&in, false, rng);
        CHECK_STATUS(sg_closed_deep_normal_alloc(&normal, &in.deep, in.w, in.moments), SG_OK);
        const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(normal);
        const size_t n = sizes.w + sizes.phi;
        const double mu = 1.3 / sizes.lambda, nu = 0.7 / sizes.gamma;
        double *N = SG_NEW(n * n, double), *S = SG_NEW(n * n, double),
               *want = SG_NEW(n * n, double), *got = SG_NEW(n * n, double), norm;
        sg_closed_deep_normal_flow(N, normal, mu, 0);
        sg_closed_deep_normal_flow(S, normal, 0, nu);
        for (size_t i = 0; i < n; i++) {
            N[i * n + i] += 1;
            S[i * n + i] += 1;
        }
        CHECK_STATUS(sg_base_norm2(&norm, N, n, n), SG_OK);
        for (int first = 0; first < 2; first++) {
            sg_base_mul(want, first ? N : S, first ? S : N, n, n, n);
            sg_closed_deep_normal_sequential(got, normal, mu, nu, first == 1);
            CHECK_ALL(got, want, 10 * SG_UNIT_ROUNDOFF * norm, n * n);
        }
        double *owned[] = {N, S, want, got};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        sg_closed_deep_normal_free(normal);
        sg_data_free(&in.data);
        sg_base_rng_free(rng);
    }
}

/* At the output, one layer: g = p - y, the shallow formula. */
static void irreducible_error_at_the_output(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("irreducible", 0);
    const struct sg_deep deep = {.n_layers = 1, .at = 1, .width = {3, 2}};
    struct sg_data data = random_data(20, 3, 2, rng);
    double *w = random_vector(6, 1, rng), got, want;
    for (int labels = 0; labels < 2; labels++) {
        CHECK_STATUS(sg_closed_deep_irreducible(&got, &deep, &data, w, labels == 1), SG_OK);
        CHECK_STATUS(sg_closed_irreducible_error(&want, &data, w, labels == 1), SG_OK);
        CHECK_CLOSE(got, want, 10 * 20 * SG_UNIT_ROUNDOFF * (1 + want));
        CHECK(labels ? got < 1e-20 : got > 1e-3);
    }
    sg_data_free(&data);
    free(w);
    sg_base_rng_free(rng);
}

/* On a ray the radius is below 1 before the limit and above it after; a saddle has no map. */
static void limit_on_a_ray(void **state)
{
    (void)state;
    size_t limits = 0;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("ray", t);
        struct instance in;
        struct sg_deep_normal *normal;
        make(&in, false, rng);
        context("instance %d", (int)t);
        CHECK_STATUS(sg_closed_deep_normal_alloc(&normal, &in.deep, in.w, in.moments), SG_OK);
        const struct sg_deep_normal_sizes sizes = sg_closed_deep_normal_sizes(normal);
        const size_t n = sizes.w + sizes.phi;
        const double kappa = random_between(0.3, 3, rng) * sizes.lambda / sizes.gamma;
        double *J = SG_NEW(n * n, double), limit;
        double complex at, *lambda = SG_NEW(n, double complex);
        CHECK_STATUS(sg_closed_deep_normal_limit(&limit, &at, normal, kappa), SG_OK);
        for (int k = 0; k < 2 && limit > 0; k++) {
            const double mu = limit * (k ? 1 + 1e-6 : 1 - 1e-6);
            sg_closed_deep_normal_flow(J, normal, mu, kappa * mu);
            for (size_t i = 0; i < n; i++)
                J[i * n + i] += 1;
            CHECK_STATUS(sg_base_eigen_general(lambda, NULL, J, n), SG_OK);
            CHECK((cabs(lambda[0]) > 1) == (k == 1));
            limits++;
        }
        sg_closed_deep_normal_free(normal);
        sg_data_free(&in.data);
        make(&in, true, rng);
        CHECK_STATUS(sg_closed_deep_normal_alloc(&normal, &in.deep, in.w, in.moments),
                     SG_HYPOTHESIS);
        CHECK(normal == NULL);
        sg_data_free(&in.data);
        free(J);
        free(lambda);
        sg_base_rng_free(rng);
    }
    CHECK(limits >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(spectrum_is_the_full_one_less_ones),
                                       TEST(energy_and_inverse), TEST(sequential_products),
                                       TEST(irreducible_error_at_the_output), TEST(limit_on_a_ray)};
    return RUN(tests);
}
