/* DY5: the searcher's step is the one documented, and the claim holds, with its control. */
#include <math.h>
#include <stdlib.h>

#include "claim/judge.h"

enum { N = 30, MOST = 5 };

/* E|r|^2 + E|s - g|^2 by definition, sample by sample. */
static double energy(const double *w, const double *phi, void *context)
{
    const struct sg_data *data = context;
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        double p = 0;
        for (size_t j = 0; j < data->d; j++)
            p += data->x[i * data->d + j] * w[j];
        const double y = data->y[i], r = p - y, e = phi[0] * p + phi[1] * y + phi[2] - r;
        sum += r * r + e * e;
    }
    return sum / N;
}

/* d features: fewer weights than the SG's three, or more. */
static void step_of_width(size_t d)
{
    const struct sg_gaussian spec = {
        .n = N, .d = d, .outputs = 1, .condition = 5, .noise = 0.5, .bias = true};
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = d,
                                 .labels = 1,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_rng *rng = sg_base_rng_alloc(3, "test", 0, "search");
    struct sg_net *net = sg_net_alloc(&arch);
    for (int trial = 0; trial < 20; trial++) {
        struct sg_data data;
        double *w = random_vector(d, 1, rng), *phi = random_vector(3, 1, rng), gradient[MOST] = {0},
               direction[MOST] = {0}, g_phi[3] = {0}, curvature = 0;
        assert_int_equal(sg_data_make_gaussian(&data, &spec, rng), SG_OK);
        const struct sg_batch batch = sg_sim_batch(&data);
        for (size_t i = 0; i < N; i++) {
            double p = 0;
            for (size_t j = 0; j < d; j++)
                p += data.x[i * d + j] * w[j];
            const double y = data.y[i], s = phi[0] * p + phi[1] * y + phi[2], e = s - (p - y),
                         z[3] = {p, y, 1};
            for (size_t j = 0; j < d; j++) {
                gradient[j] += data.x[i * d + j] * (p - y) / N;
                direction[j] += data.x[i * d + j] * s / N;
            }
            for (size_t j = 0; j < 3; j++)
                g_phi[j] += z[j] * e / N;
        }
        for (size_t i = 0; i < N; i++) {
            double p = 0;
            for (size_t j = 0; j < d; j++)
                p += data.x[i * d + j] * w[j];
            const double zg = g_phi[0] * p + g_phi[1] * data.y[i] + g_phi[2];
            curvature += zg * zg / N;
        }
        const double slope = g_phi[0] * g_phi[0] + g_phi[1] * g_phi[1] + g_phi[2] * g_phi[2];
        const struct sg_search_spec search = {
            .net = net, .batch = &batch, .mu_max = 0.3, .energy = energy, .context = &data};
        struct sg_searcher *searcher = sg_sim_searcher_alloc(&search, w, phi);
        struct sg_search_step step;
        assert_int_equal(sg_sim_searcher_step(&step, searcher), SG_OK);
        const double u = 100 * N * SG_UNIT_ROUNDOFF; /* sums of N products of numbers of order 10 */
        assert_true(fabs(step.nu - slope / curvature) <= u * step.nu);
        assert_true(fabs(step.gain - slope * slope / curvature) <= u * step.gain);
        assert_true(fabs(step.gradient2 - sg_base_dot(gradient, gradient, d)) <=
                    u * sg_base_dot(gradient, gradient, d));
        assert_true(step.after <= step.before - 0.1 * (step.mu * step.gradient2 + step.gain));
        assert_true(fabs(ldexp(step.mu, (int)step.halvings) - 0.3) <= u);
        for (size_t j = 0; j < d; j++)
            assert_true(fabs(sg_sim_searcher_w(searcher)[j] - (w[j] - step.mu * direction[j])) <=
                        u);
        for (size_t j = 0; j < 3; j++)
            assert_true(fabs(sg_sim_searcher_phi(searcher)[j] - (phi[j] - step.nu * g_phi[j])) <=
                        u * (1 + step.nu));
        sg_sim_searcher_free(searcher);
        sg_data_free(&data);
        free(w);
        free(phi);
    }
    sg_net_free(net);
    sg_base_rng_free(rng);
}

static void a_step_is_what_it_says(void **state)
{
    (void)state;
    step_of_width(2);
    step_of_width(MOST);
}

static void claim_holds_and_its_control_does_not(void **state)
{
    (void)state;
    holds_with_its_control("cases/dy5_line_search.cfg", 6, 1234, 1);
    holds_with_its_control("cases/dy5_realizable.cfg", 6, 1234, 1);
}

#define CASE "claim = \"DY5\";  expect = \"holds\";\n"
#define SEARCH "train = { form = \"compressed\"; search = \"backtracking\"; mu = 0.5; steps = "

/* A tolerance is not made of what it measures: where rounding hides the weights, nothing is shown.
 */
static void what_rounding_hides_is_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(CASE "data = { n = 60; d = 3; condition = 3e11; noise = 0.2; };\n"
                       SEARCH "50000; };\n", "above a tenth");
}

static void hypotheses(void **state)
{
    (void)state;
    check_inconclusive(CASE "data = { n = 5; d = 9; };\n" SEARCH "1000; };\n", "S_x is singular");
    check_inconclusive(CASE "data = { n = 60; d = 4; };\n" SEARCH "7; };\n", "raise train.steps");
}

/* V is looked at by itself: a fixed rate above the limit is seen to raise it, one below is not. */
static void a_rise_of_v_is_seen(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        CASE "data = { n = 60; d = 4; };\n"
        "train = { form = \"sample\"; search = \"fixed\"; mu = 1.01; steps = 100000; };\n", 5);
    CHECK(j.verdict == SG_FAILS && row_id(&j, "falls")->measured > 1);
    sg_claim_judgement_free(&j);
    j = judge_text(CASE "data = { n = 60; d = 4; };\n" SEARCH "100000; };\n", 5);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "falls")->measured < 1 && row_id(&j, "gain")->ok);
    CHECK(row_id(&j, "weights")->tolerance < 1e-9 && row_id(&j, "stall")->ok);
    sg_claim_judgement_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_what_it_says),
        cmocka_unit_test(claim_holds_and_its_control_does_not),
        cmocka_unit_test(what_rounding_hides_is_inconclusive),
        cmocka_unit_test(hypotheses),
        cmocka_unit_test(a_rise_of_v_is_seen),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
