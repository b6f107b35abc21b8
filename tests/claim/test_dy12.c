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
    const double n[9] = {0.7, 0.1, -0.3, 0.2, 0.5, 0.4, 0, 0, 1},
                 s[9] = {1, 0, 0, 0, 1, 0, -0.6, 0.8, 0.9};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            double ns = 0, sn = 0;
            for (int l = 0; l < 3; l++) {
                ns += n[3 * i + l] * s[3 * l + k];
                sn += s[3 * i + l] * n[3 * l + k];
            }
            CHECK(fabs(sg_first[3 * i + k] - ns) <= 10 * SG_UNIT_ROUNDOFF);
            CHECK(fabs(net_first[3 * i + k] - sn) <= 10 * SG_UNIT_ROUNDOFF);
        }
}

/* A nilpotent Jordan block [[0, a], [0, 0]] has numerical radius a/2; a symmetric matrix its
 * spectral radius; a rotation 1. */
static void numerical_radius_of_known_matrices(void **state)
{
    (void)state;
    const double jordan[4] = {0, 2.385, 0, 0}, symmetric[4] = {1.5, 0.5, 0.5, 1.5},
                 rotation[4] = {0.6, -0.8, 0.8, 0.6};
    double r;
    CHECK_STATUS(sg_approx_numerical_radius(&r, jordan, 2, 90), SG_OK);
    CHECK(fabs(r - 2.385 / 2) <= 1e-14);
    CHECK_STATUS(sg_approx_numerical_radius(&r, symmetric, 2, 90), SG_OK);
    CHECK(fabs(r - 2.0) <= 1e-14);
    CHECK_STATUS(sg_approx_numerical_radius(&r, rotation, 2, 90), SG_OK);
    CHECK(r <= 1 + 1e-14 && r >= cos(M_PI / 180));
}

static void condition_of_known_vectors(void **state)
{
    (void)state;
    const double h = sqrt(0.5);
    const double complex unitary[4] = {h, SG_COMPLEX(0, h), h, SG_COMPLEX(0, -h)},
                         skew[4] = {1, 0, 0.8, 0.6};
    double c;
    CHECK_STATUS(sg_approx_eigenvector_condition(&c, unitary, 2), SG_OK);
    CHECK(fabs(c - 1) <= 1e-14);
    CHECK_STATUS(sg_approx_eigenvector_condition(&c, skew, 2),
                 SG_OK); /* Gram [[1, .8], [.8, 1]]: 1.8 / 0.2 squared */
    CHECK(fabs(c - 3) <= 1e-14);
}

/* y on (p, 1) by hand for one output: E|y|^2 centred times 1 - corr^2. */
static void irreducible_error_is_a_correlation(void **state)
{
    (void)state;
    enum { N = 25, D = 3 };
    const struct sg_gaussian spec = {
        .n = N, .d = D, .outputs = 1, .condition = 4, .noise = 0.7, .bias = true};
    struct sg_rng *rng = sg_base_rng_alloc(8, "test", 0, "irreducible");
    struct sg_data data;
    double w[D], with, without, p[N], mp = 0, my = 0, spp = 0, syy = 0, spy = 0;
    CHECK_STATUS(sg_data_make_gaussian(&data, &spec, rng), SG_OK);
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
    CHECK_STATUS(sg_closed_irreducible_error(&without, &data, w, false), SG_OK);
    CHECK_STATUS(sg_closed_irreducible_error(&with, &data, w, true), SG_OK);
    CHECK(fabs(without - expected) <= 100 * N * SG_UNIT_ROUNDOFF * (syy + mp * mp + my * my));
    CHECK(sqrt(with) <= 100 * N * SG_UNIT_ROUNDOFF * sqrt(syy + my * my));
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

/* Without a ones column an SG without labels still has its constant. */
static void deep_without_ones(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy12_deep_random.cfg", 2);
    c.has_control = false;
    c.data.bias = false;
    struct sg_judgement j = judge(&c, 501);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* tr(NS) - tr(J) = mu nu c |E[x^T z]|^2 for any S_x and several outputs, and where two eigenvalues
 * meet: there the eigenvectors' condition number says nothing, and the growth is bounded all the
 * same. */
static void holds_where_eigenvalues_meet(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"DY12\"; expect = \"holds\"; "
        "data = { n = 40; d = 3; outputs = 2; condition = 5.0; noise = 0.7; bias = true; }; "
        "train = { form = \"compressed\"; mu = 0.9; nu = 0.9; units = \"critical\"; steps = 60; };",
        3);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    const struct sg_row *row = row_id(&j, "transient-bound-simultaneous");
    CHECK(row->measured > 1 && sg_claim_share(row) > 0.5);
    CHECK(row_id(&j, "realizable-traces")->tolerance < 1e-9);
    sg_claim_judgement_free(&j);
}

/* Noise ten thousand times the signal: the growth is known to a share of itself, in a norm without
 * units. */
static void large_noise_is_seen(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"DY12\"; expect = \"holds\"; "
        "data = { n = 80; d = 3; condition = 4.0; noise = 2e4; bias = true; }; "
        "train = { form = \"compressed\"; mu = 0.9; nu = 0.8; units = \"critical\"; steps = 60; };",
        4);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "transient")->tolerance < 0.1);
    sg_claim_judgement_free(&j);
}

#define START "claim = \"DY12\"; expect = \"holds\"; "
#define TRAIN(numbers) "train = { form = \"compressed\"; units = \"critical\"; " numbers " }; "
#define RATES TRAIN("mu = 0.9; nu = 0.8; steps = 50;")
#define DEEP START "experiment = \"deep\"; net = { layers = (2); }; sg = ( { at = 1; } ); "
static void unmet_hypotheses_are_named(void **state)
{
    (void)state;
    check_inconclusive(START "data = { n = 50; d = 4; rank = 3; noise = 0.5; }; " RATES,
                       "S_x = E[x^T x] is nonsingular");
    check_inconclusive(START "data = { n = 8; d = 3; outputs = 3; noise = 0.5; }; " RATES,
                       "S_z = E[z^T z]");
    check_inconclusive(
        START "data = { n = 50; d = 4; noise = 0.5; }; " TRAIN("mu = 1.1; nu = 0.8; steps = 50;"),
        "here they are 1.1 and 0.8");
    check_inconclusive(START "data = { n = 50; d = 4; noise = 0.5; }; " TRAIN(
                           "mu = 0.9; nu = 0.8; steps = 200000;"),
                       "the step budget is 1e+05");
    check_inconclusive(
        START "data = { n = 50; d = 4; noise = 0.5; }; " TRAIN("mu = 0.9; nu = 1e-9; steps = 50;"),
        "");
    check_inconclusive(DEEP "data = { n = 60; d = 4; outputs = 3; noise = 1.0; }; " RATES,
                       "narrower than min(d, outputs)");
    check_inconclusive(
        DEEP "data = { n = 60; d = 4; outputs = 2; noise = 1.0; condition = 1e12; }; " RATES,
        "condition number below 1e5");
    check_inconclusive(DEEP "data = { n = 60; d = 4; outputs = 2; noise = 1.0; }; " TRAIN(
                           "mu = 1.5; nu = 0.5; steps = 50;"),
                       "is about stable steps");
    check_inconclusive(DEEP "data = { n = 60; d = 4; outputs = 2; noise = 1.0; }; " TRAIN(
                           "mu = 1e-9; nu = 1e-9; steps = 50;"),
                       "raise train.");
    check_inconclusive(DEEP "data = { n = 60; d = 4; outputs = 2; noise = 100.0; }; " TRAIN(
                           "mu = 0.5; nu = 0.5; steps = 50;"),
                       "raise train.steps");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sequential_products),
        TEST(numerical_radius_of_known_matrices),
        TEST(condition_of_known_vectors),
        TEST(irreducible_error_is_a_correlation),
        TEST(claim_holds_and_its_control_does_not),
        TEST(deep_claim_holds_and_its_control_does_not),
        TEST(deep_without_ones),
        TEST(holds_where_eigenvalues_meet),
        TEST(large_noise_is_seen),
        TEST(unmet_hypotheses_are_named),
    };
    return RUN(tests);
}
