/* DY12: formulas against their definitions, and the claim with its control. */
#include <math.h>
#include <stdlib.h>

#include "claim/judge.h"
#include "synthgrad/closed.h"

/* [[I + a, b], [0, I]] [[I, 0], [c, I + d]] written out, for blocks of 2 and 1. */
static void sequential_products(void **state)
{
    (void)state;
    const double j[9] = {0.7, 0.1, -0.3, 0.2, 0.5, 0.4, -0.6, 0.8, 0.9};
    double sg_first[9], net_first[9];
    sg_closed_sequential_jacobian(sg_first, j, 2, 1, true);
    sg_closed_sequential_jacobian(net_first, j, 2, 1, false);
    const double n[9] = {0.7, 0.1, -0.3, 0.2, 0.5, 0.4, 0, 0, 1}, s[9] = {1, 0, 0, 0, 1, 0, -0.6, 0.8, 0.9};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            double ns = 0, sn = 0;
            for (int l = 0; l < 3; l++) {
                ns += n[3 * i + l] * s[3 * l + k];
                sn += s[3 * i + l] * n[3 * l + k];
            }
            assert_true(fabs(sg_first[3 * i + k] - ns) <= 10 * SG_UNIT_ROUNDOFF);
            assert_true(fabs(net_first[3 * i + k] - sn) <= 10 * SG_UNIT_ROUNDOFF);
        }
}

/* A nilpotent Jordan block [[0, a], [0, 0]] has numerical radius a/2; a symmetric matrix its spectral radius; a rotation 1. */
static void numerical_radius_of_known_matrices(void **state)
{
    (void)state;
    const double jordan[4] = {0, 2.385, 0, 0}, symmetric[4] = {1.5, 0.5, 0.5, 1.5}, rotation[4] = {0.6, -0.8, 0.8, 0.6};
    double r;
    assert_int_equal(sg_approx_numerical_radius(&r, jordan, 2, 90), SG_OK);
    assert_true(fabs(r - 2.385 / 2) <= 1e-14);
    assert_int_equal(sg_approx_numerical_radius(&r, symmetric, 2, 90), SG_OK);
    assert_true(fabs(r - 2.0) <= 1e-14);
    assert_int_equal(sg_approx_numerical_radius(&r, rotation, 2, 90), SG_OK);
    assert_true(r <= 1 + 1e-14 && r >= cos(M_PI / 180));
}

static void condition_of_known_vectors(void **state)
{
    (void)state;
    const double h = sqrt(0.5);
    const double complex unitary[4] = {h, SG_COMPLEX(0, h), h, SG_COMPLEX(0, -h)}, skew[4] = {1, 0, 0.8, 0.6};
    double c;
    assert_int_equal(sg_approx_eigenvector_condition(&c, unitary, 2), SG_OK);
    assert_true(fabs(c - 1) <= 1e-14);
    assert_int_equal(sg_approx_eigenvector_condition(&c, skew, 2), SG_OK);      /* Gram [[1, .8], [.8, 1]]: 1.8 / 0.2 squared */
    assert_true(fabs(c - 3) <= 1e-14);
}

/* y on (p, 1) by hand for one output: E|y|^2 centred times 1 - corr^2. */
static void irreducible_error_is_a_correlation(void **state)
{
    (void)state;
    enum { N = 25, D = 3 };
    const struct sg_gaussian spec = {.n = N, .d = D, .outputs = 1, .condition = 4, .noise = 0.7, .bias = true};
    struct sg_rng *rng = sg_base_rng_alloc(8, "test", 0, "irreducible");
    struct sg_data data;
    double w[D], with, without, p[N], mp = 0, my = 0, spp = 0, syy = 0, spy = 0;
    assert_int_equal(sg_data_make_gaussian(&data, &spec, rng), SG_OK);
    sg_base_rng_gaussians(w, D, rng);
    for (int i = 0; i < N; i++) {
        p[i] = sg_base_dot(data.x + i * D, w, D);
        mp += p[i] / N;
        my += data.y[i] / N;
    }
    for (int i = 0; i < N; i++) {
        spp += (p[i] - mp) * (p[i] - mp) / N;
        syy += (data.y[i] - my) * (data.y[i] - my) / N;
        spy += (p[i] - mp) * (data.y[i] - my) / N;
    }
    const double expected = syy - spy * spy / spp;
    assert_int_equal(sg_closed_irreducible_error(&without, &data, w, false), SG_OK);
    assert_int_equal(sg_closed_irreducible_error(&with, &data, w, true), SG_OK);
    assert_true(fabs(without - expected) <= 100 * N * SG_UNIT_ROUNDOFF * (syy + mp * mp + my * my));
    assert_true(sqrt(with) <= 100 * N * SG_UNIT_ROUNDOFF * sqrt(syy + my * my));
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

static void claim_holds_and_its_control_does_not(void **state)
{
    (void)state;
    holds_with_its_control("cases/dy12_order.cfg", 3, 501, 3);
}

static void deep_claim_holds_and_its_control_does_not(void **state)
{
    (void)state;
    holds_with_its_control("cases/dy12_deep.cfg", 1, 501, 1);
    holds_with_its_control("cases/dy12_deep_random.cfg", 2, 501, 2);
}

/* Without a ones column an SG without labels still has its constant; features that are nearly collinear give no verdict. */
static void deep_without_ones_and_collinear(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy12_deep_random.cfg", 2);
    c.has_control = false;
    c.data.bias = false;
    struct sg_judgement j = judge(&c, 501);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    c.data.condition = 1e12;
    j = judge(&c, 501);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, "collinear"));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequential_products),
        cmocka_unit_test(numerical_radius_of_known_matrices),
        cmocka_unit_test(condition_of_known_vectors),
        cmocka_unit_test(irreducible_error_is_a_correlation),
        cmocka_unit_test(claim_holds_and_its_control_does_not),
        cmocka_unit_test(deep_claim_holds_and_its_control_does_not),
        cmocka_unit_test(deep_without_ones_and_collinear),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
