/* Heavy ball in closed form: roots by their sum and product, the Jacobian by the recursion that it
 * stands for, the spectrum by traces of its powers, and where the circle is left. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* l_1 + l_2 = 1 + beta - a and l_1 l_2 = beta, each to a few roundings of what is added; the first
 * is the larger; complex ones have modulus sqrt(beta). */
static void roots_of_the_quadratic(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("roots", 0);
    size_t complex_ones = 0, both = 0;
    for (int t = 0; t < 2000; t++) {
        const double beta = t % 7 == 0 ? 0 : random_between(0, 1, rng),
                     a = random_between(-0.5, 4.5, rng);
        double complex l[2];
        context("a %.17g, beta %.17g", a, beta);
        sg_closed_momentum_roots(l, a, beta);
        const double tol = 8 * SG_UNIT_ROUNDOFF * (1 + beta + fabs(a));
        CHECK_BOUND(cabs(l[0] + l[1] - (1 + beta - a)), tol);
        CHECK_BOUND(cabs(l[0] * l[1] - beta), 8 * SG_UNIT_ROUNDOFF * beta);
        CHECK(cabs(l[0]) >= cabs(l[1]));
        if (cimag(l[0]) != 0) {
            CHECK(l[1] == conj(l[0]));
            CHECK_CLOSE(cabs(l[0]), sqrt(beta), 8 * SG_UNIT_ROUNDOFF);
            complex_ones++;
        } else {
            both++;
        }
    }
    CHECK(complex_ones > 500 && both > 500);
    sg_base_rng_free(rng);
}

/* 1 - |l| against the roots, and with digits that 1 - |l| has not: a / (1 - beta) for small a.  Its
 * inverse; and no momentum or rate near the fastest ones is faster. */
static void deficit_and_the_fastest(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("deficit", 0);
    /* near a double root, as the fastest ones are, all move by the root of a rounding */
    const double tol = 4 * sqrt(SG_UNIT_ROUNDOFF);
    for (int t = 0; t < 2000; t++) {
        const double beta = t % 7 == 0 ? 0 : random_between(0, 1, rng),
                     a = random_between(-0.5, 4.5, rng);
        double complex l[2];
        context("a %.17g, beta %.17g", a, beta);
        sg_closed_momentum_roots(l, a, beta);
        CHECK_CLOSE(sg_closed_momentum_deficit(a, beta), 1 - cabs(l[0]), tol);
        /* m = a / (1 - beta) + O(a^2 / (1 - beta)^3) */
        const double small = 1e-12 * (1 - beta) * (1 - beta);
        CHECK_CLOSE(sg_closed_momentum_deficit(small, beta) * (1 - beta) / small, 1, 1e-11);
        const double wanted = random_between(0.01, 0.99, rng) * (1 - sqrt(beta));
        const double reach = sg_closed_momentum_reach(wanted, beta);
        CHECK_CLOSE(sg_closed_momentum_deficit(reach, beta), wanted, tol);
        CHECK_CLOSE(sg_closed_momentum_deficit(2 * (1 + beta) - reach, beta), wanted, tol);
    }
    for (int t = 0; t < 200; t++) {
        const double most = random_between(0.1, 9, rng),
                     least = most * random_between(0.001, 1, rng);
        const struct sg_rates rates = {.largest = most, .smallest = least};
        const struct sg_momentum best = sg_closed_momentum_fastest(&rates);
        context("eigenvalues %.17g and %.17g", least, most);
        CHECK_CLOSE(sg_closed_momentum_deficit(best.rate * least, best.beta), best.deficit, tol);
        CHECK_CLOSE(sg_closed_momentum_deficit(best.rate * most, best.beta), best.deficit, tol);
        for (int k = 0; k < 50; k++) {
            const double beta = fmin(fmax(0, best.beta + random_between(-0.1, 0.1, rng)), 0.999),
                         rate = best.rate * random_between(0.8, 1.2, rng);
            CHECK(fmin(sg_closed_momentum_deficit(rate * least, beta),
                       sg_closed_momentum_deficit(rate * most, beta)) < best.deficit + tol);
        }
    }
    sg_base_rng_free(rng);
}

/* A block of curvature lambda leaves the circle at the limit, through -1, and nowhere below. */
static void limit_of_a_block(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("limit", 0);
    for (int t = 0; t < 200; t++) {
        const double beta = random_between(0, 0.99, rng), lambda = random_between(0.1, 9, rng);
        const double limit = sg_closed_momentum_limit(2 / lambda, beta);
        double complex l[2];
        context("beta %.17g, lambda %.17g", beta, lambda);
        sg_closed_momentum_roots(l, limit * lambda, beta);
        /* the root moves by e / (1 - beta) when a does by e */
        CHECK_BOUND(cabs(l[0] + 1), 20 * SG_UNIT_ROUNDOFF / (1 - beta));
        sg_closed_momentum_roots(l, 1.001 * limit * lambda, beta);
        CHECK(cabs(l[0]) > 1);
        for (int i = 1; i < 1000; i++) {
            sg_closed_momentum_roots(l, i / 1000.0 * limit * lambda, beta);
            CHECK(cabs(l[0]) < 1);
        }
    }
    sg_base_rng_free(rng);
}

/* theta' = J theta + beta b and b' = theta' - theta, b the step before. */
static void jacobian_is_the_recursion(void **state)
{
    (void)state;
    enum { SIZE = 5, TWICE = 2 * SIZE };
    struct sg_rng *rng = test_rng("jacobian", 0);
    const double beta = 0.7353;
    double *j = random_vector(SIZE * SIZE, 1, rng), *v = random_vector(TWICE, 1, rng);
    double *out = SG_NEW(TWICE * TWICE, double);
    for (size_t i = 0; i < TWICE * TWICE; i++)
        out[i] = SG_NAN;
    sg_closed_momentum_jacobian(out, j, SIZE, beta);
    for (size_t i = 0; i < SIZE; i++) {
        double next = beta * v[SIZE + i], theta = 0, before = 0, size = fabs(next) + fabs(v[i]);
        for (size_t k = 0; k < SIZE; k++) {
            next += j[i * SIZE + k] * v[k];
            size += fabs(j[i * SIZE + k] * v[k]);
        }
        for (size_t k = 0; k < TWICE; k++) {
            theta += out[i * TWICE + k] * v[k];
            before += out[(SIZE + i) * TWICE + k] * v[k];
        }
        CHECK_CLOSE(theta, next, 2 * TWICE * SG_UNIT_ROUNDOFF * size);
        CHECK_CLOSE(before, next - v[i], 2 * TWICE * SG_UNIT_ROUNDOFF * size);
    }
    free(j);
    free(v);
    free(out);
    sg_base_rng_free(rng);
}

/* sum l^k = tr A^k for k = 1, 2, 3, A made from the joint Jacobian; and the radius is the largest
 * modulus.  Rounding: 10 size of u times the Frobenius norm to the power. */
static void spectrum_has_the_traces(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("spectrum", t);
        const size_t d = random_size(1, 4, rng), m = random_size(1, d < 3 ? d : 3, rng);
        struct sg_data data = random_data(random_size(12, 30, rng), d, m, rng);
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        const double mu = 1.7 / fit->lambda_x[0], beta = random_between(0, 0.95, rng),
                     nu = random_between(0.2, 3, rng) / fit->lambda_z[0];
        const size_t size = sg_closed_joint_size(fit), N = 2 * size;
        double *phi = SG_NEW(fit->q * m, double), *j = SG_NEW(size * size, double),
               *a = SG_NEW(N * N, double), *b = SG_NEW(N * N, double), *c = SG_NEW(N * N, double);
        double complex *l = SG_NEW(N, double complex);
        sg_closed_exact_sg(phi, m);
        sg_closed_joint_jacobian(j, &data, fit->w, phi, mu, nu);
        sg_closed_momentum_jacobian(a, j, size, beta);
        sg_closed_momentum_spectrum(l, fit, mu, nu, beta);
        double radius = 0, norm = frobenius(a, N * N), tol = 10 * (double)N * SG_UNIT_ROUNDOFF;
        memcpy(b, a, N * N * sizeof *a);
        context("replicate %llu: d %zu, m %zu, beta %g", (unsigned long long)t, d, m, beta);
        for (int power = 1; power <= 3; power++) {
            double complex sum = 0;
            double trace = 0;
            for (size_t i = 0; i < N; i++) {
                sum += cpow(l[i], power);
                trace += b[i * N + i];
                radius = fmax(radius, cabs(l[i]));
            }
            tol *= norm;
            CHECK_BOUND(cabs(sum - trace), tol);
            sg_base_mul(c, b, a, N, N, N);
            memcpy(b, c, N * N * sizeof *b);
        }
        CHECK(sg_closed_momentum_radius(fit, mu, nu, beta) == radius);
        free(phi); free(j); free(a); free(b); free(c); free(l);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(roots_of_the_quadratic), TEST(limit_of_a_block),
                                       TEST(deficit_and_the_fastest),
                                       TEST(jacobian_is_the_recursion),
                                       TEST(spectrum_has_the_traces)};
    return RUN(tests);
}
