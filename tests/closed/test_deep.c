/* Deep linear nets: critical points, Hessian, joint Jacobian and reduced system, each against
 * something that shares no arithmetic with it. */
#include "support.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"
#include "synthgrad/sim.h"

/* ---- a deep net on data, its simulator, and a critical point --------------------------- */

struct instance {
    struct sg_data data;
    struct sg_deep deep;
    struct sg_layer layer[4];
    struct sg_module module;
    struct sg_net *net;
    struct sg_field field;
    struct sg_batch batch;
    struct sg_sim *sim;
    size_t n_w, n_phi, size, keep[4], r;
    double *moments, *state;       /* (w, Phi*) */
    double mu, nu;
};

static void make_net(struct instance *in, double mix)
{
    const size_t N = in->deep.n_layers;
    for (size_t i = 0; i < N; i++)
        in->layer[i] = (struct sg_layer){SG_DENSE, in->deep.width[i + 1], false};
    in->module =
        (struct sg_module){in->deep.at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, mix, 0};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = in->data.d,
                                 .labels = in->data.m,
                                 .n_layers = N,
                                 .layers = in->layer,
                                 .n_modules = 1,
                                 .modules = &in->module};
    in->net = sg_net_alloc(&arch);
    in->field = sg_sim_net_field(in->net, in->data.n);
    in->batch = sg_sim_batch(&in->data);
}

/* Depth 1..4, any SG position; a global minimum, or with `saddle` fewer triplets. */
static void make_instance(struct instance *in, bool saddle, struct sg_rng *rng)
{
    *in = (struct instance){.mu = random_between(0.02, 0.2, rng),
                            .nu = random_between(0.02, 0.2, rng)};
    const size_t N = random_size(1, 4, rng), d = random_size(1, 4, rng), m = random_size(1, 3, rng);
    in->deep.n_layers = N;
    in->deep.at = random_size(1, N, rng);
    size_t least = d < m ? d : m;
    for (size_t i = 0; i <= N; i++) {
        in->deep.width[i] = i == 0 ? d : i == N ? m : random_size(1, 4, rng);
        least = in->deep.width[i] < least ? in->deep.width[i] : least;
    }
    in->data = random_data(random_size(d + m + 3, 30, rng), d, m, rng);
    make_net(in, 1.0);
    in->n_w = sg_closed_deep_n_w(&in->deep);
    in->n_phi = sg_closed_deep_n_phi(&in->deep);
    in->size = in->n_w + in->n_phi;
    in->moments = SG_NEW((d + m + 1) * (d + m + 1), double);
    in->state = SG_NEW(in->size, double);
    sg_closed_deep_moments(in->moments, &in->data);
    in->r = saddle && N > 1 ? random_size(0, least - 1, rng) : least;
    for (size_t k = 0; k < in->r; k++)
        in->keep[k] = k;
    CHECK_STATUS(sg_closed_deep_critical_point(in->state, NULL, &in->deep, &in->data, in->keep,
                                               in->r, rng),
                 SG_OK);
    sg_closed_deep_exact_sg(in->state + in->n_w, &in->deep, in->state, NULL);
    const struct sg_sim_spec spec = {.field = &in->field,
                                     .net_opt = {.rate = in->mu},
                                     .sg_opt = {.rate = in->nu}};
    in->sim = sg_sim_alloc(&spec, in->state, in->state + in->n_w);
    context("N %zu d %zu m %zu at %zu n %zu r %zu", N, d, m, in->deep.at, in->data.n, in->r);
}

static void free_instance(struct instance *in)
{
    sg_sim_free(in->sim);
    sg_net_free(in->net);
    sg_data_free(&in->data);
    free(in->moments);
    free(in->state);
}

/* What cancels in the gradient: |M| times the products of layer norms, over all layers. */
static double gradient_scale(const struct instance *in)
{
    const size_t q = in->data.d + in->data.m + 1;
    double product = 1;
    for (size_t i = 0; i < in->deep.n_layers; i++)
        product *= 1 + frobenius(in->state + sg_closed_deep_offset(&in->deep, i),
                                 in->deep.width[i] * in->deep.width[i + 1]);
    return frobenius(in->moments, q * q) * product * product;
}

/* ---- critical points ------------------------------------------------------------------- */

/* The step that the simulator runs leaves (w, Phi*) where it is, at global minima and at saddles,
 * whatever depth and SG position (CP1, CP2). */
static void critical_points_are_fixed(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("critical", t);
        struct instance in;
        make_instance(&in, t % 2, rng);
        double *next = SG_NEW(in.size, double), sigma[4];
        sg_sim_step(in.sim, &in.batch);
        sg_sim_get_state(next, in.sim);
        /* Least squares: error u cond(X)^2 in W*, random factors: cond(C)^N.  The scale takes the
         * products; 1e3 for the two conditions. */
        CHECK_BOUND(sg_base_max_abs_diff(next, in.state, in.size),
                    1e3 * (double)in.size * SG_UNIT_ROUNDOFF * gradient_scale(&in));
        /* The loss there: E|y|^2/2 - 1/2 sum over the triplets kept of sigma^2. */
        CHECK_STATUS(sg_closed_deep_critical_point(next, sigma, &in.deep, &in.data, in.keep, in.r,
                                                   rng),
                     SG_OK);
        double loss = 0;
        for (size_t i = 0; i < in.data.n * in.data.m; i++)
            loss += in.data.y[i] * in.data.y[i] / (2 * (double)in.data.n);
        for (size_t k = 0; k < in.r; k++)
            loss -= sigma[k] * sigma[k] / 2;
        struct sg_net_work *work = sg_net_work_alloc(in.net, in.data.n);
        struct sg_metrics metrics;
        sg_net_eval(NULL, NULL, &metrics, in.net, in.state, in.state + in.n_w, &in.batch,
                    SG_WANT_METRICS, work);
        CHECK_CLOSE(metrics.loss, loss,
                    10 * (double)in.size * SG_UNIT_ROUNDOFF * gradient_scale(&in));
        sg_net_work_free(work);
        free(next);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* A triplet beyond the rank, or more triplets than the narrowest layer. */
static void refuses_what_is_not_there(void **unused)
{
    (void)unused;
    struct sg_rng *rng = test_rng("refuse", 0);
    struct sg_data data = random_data(20, 3, 2, rng);
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {3, 1, 2}};
    double w[5];
    CHECK_STATUS(sg_closed_deep_critical_point(w, NULL, &deep, &data, (const size_t[]){0, 1}, 2,
                                               rng),
                 SG_HYPOTHESIS);
    CHECK_NAN(w, 5);
    CHECK_STATUS(sg_closed_deep_critical_point(w, NULL, &deep, &data, (const size_t[]){2}, 1, rng),
                 SG_HYPOTHESIS);
    CHECK_STATUS(sg_closed_deep_critical_point(w, NULL, &deep, &data, (const size_t[]){1}, 1, rng),
                 SG_OK);
    /* Proportional outputs: rank 1.  The second eigenvalue is rounding of either sign. */
    for (size_t t = 0; t < 20; t++) {
        for (size_t i = 0; i < data.n; i++) {
            data.y[i * 2] = sg_base_rng_gaussian(rng);
            data.y[i * 2 + 1] = (0.3 + (double)t) * data.y[i * 2];
        }
        context("outputs of rank 1, draw %zu", t);
        CHECK_STATUS(sg_closed_deep_critical_point(w, NULL, &deep, &data, (const size_t[]){1}, 1,
                                                   rng),
                     SG_HYPOTHESIS);
        CHECK_STATUS(sg_closed_deep_critical_point(w, NULL, &deep, &data, (const size_t[]){0}, 1,
                                                   rng),
                     SG_OK);
    }
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* With biases above the SG the exact module has C* = b V^T: s = g on every sample. */
static void exact_sg_with_a_bias(void **unused)
{
    (void)unused;
    struct sg_rng *rng = test_rng("bias", 0);
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {3, 2, 2}};
    const struct sg_layer layer[2] = {{SG_DENSE, 2, false}, {SG_DENSE, 2, true}};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = 3,
                                 .labels = 2,
                                 .n_layers = 2,
                                 .layers = layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_data data = random_data(15, 3, 2, rng);
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, 15);
    const struct sg_batch batch = sg_sim_batch(&data);
    double *w = random_vector(12, 1.0, rng), phi[10];              /* W_1, W_2, b */
    struct sg_metrics metrics;
    sg_closed_deep_exact_sg(phi, &deep, w, w + 10);
    sg_net_eval(NULL, NULL, &metrics, net, w, phi, &batch, SG_WANT_METRICS, work);
    /* s - g sums some ten terms below |z| |Phi|; squared. */
    double z = 1 + frobenius(data.y, 30) + frobenius(data.x, 45) * frobenius(w, 6);
    CHECK_BOUND(sqrt(2 * metrics.sg_loss),
                20 * SG_UNIT_ROUNDOFF * z * frobenius(phi, 10) * sqrt(15.0));
    free(w);
    sg_net_work_free(work);
    sg_net_free(net);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* ---- second order ---------------------------------------------------------------------- */

/* The Jacobian of the step that the simulator runs, central differences: with the SG, and observing
 * only, where it is I - mu H. */
static void jacobian_is_that_of_the_step(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("jacobian", t);
        struct instance in;
        make_instance(&in, t % 2, rng);
        const size_t s = in.size;
        double *closed = SG_NEW(s * s, double), *differences = SG_NEW(s * s, double),
               *H = SG_NEW(in.n_w * in.n_w, double), bound;
        sg_closed_deep_step(closed, &in.deep, in.state, in.moments, in.mu, in.nu);
        sg_approx_step_jacobian(differences, &bound, in.sim, in.state, &in.batch);
        /* the closed form's own rounding: an entry sums at most s products */
        CHECK_BOUND(sg_base_max_abs_diff(closed, differences, s * s),
                    bound + gamma_of(s, SG_UNIT_ROUNDOFF) * (1 + sg_base_max_abs(closed, s * s)));
        sg_sim_free(in.sim);
        sg_net_free(in.net);
        make_net(&in, 0.0);
        const struct sg_sim_spec spec = {.field = &in.field,
                                         .net_opt = {.rate = in.mu},
                                         .sg_opt = {.rate = in.nu}};
        in.sim = sg_sim_alloc(&spec, in.state, in.state + in.n_w);
        double *away = random_vector(s, 0.5, rng);                 /* the Hessian at any w */
        sg_closed_deep_hessian(H, &in.deep, away, in.moments);
        sg_approx_step_jacobian(differences, &bound, in.sim, away, &in.batch);
        for (size_t i = 0; i < in.n_w; i++)
            for (size_t j = 0; j < in.n_w; j++)
                CHECK_CLOSE(((i == j) - differences[i * s + j]), in.mu * H[i * in.n_w + j], bound);
        double *owned[] = {closed, differences, H, away};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* D Q = 0: what the SG moves is not what Phi* depends on. */
static void d_q_vanishes(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("dq", t);
        struct instance in;
        make_instance(&in, false, rng);
        double *Q = SG_NEW(in.n_w * in.n_phi, double), *D = SG_NEW(in.n_phi * in.n_w, double),
               *DQ = SG_NEW(in.n_phi * in.n_phi, double);
        sg_closed_deep_q(Q, &in.deep, in.state, in.moments);
        sg_closed_deep_d(D, &in.deep, in.state);
        sg_base_mul(DQ, D, Q, in.n_phi, in.n_w, in.n_phi);
        CHECK(sg_base_max_abs(DQ, in.n_phi * in.n_phi) == 0.0);
        free(Q);
        free(D);
        free(DQ);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* ---- reduced --------------------------------------------------------------------------- */

/* The map (w, psi) -> (u, v, beta) applied after the full flow is the reduced flow applied after
 * it: Pi J = J_r Pi, entry by entry, on data with means.  So the nonzero spectra agree without an
 * eigenvalue being computed. */
static double *projection_matrix(const struct instance *in, size_t rows)
{
    const size_t d = in->data.d, m = in->data.m, K = in->deep.width[1], q = d + m + 1, v = d * m,
                 beta = v + d * K, s = in->size;
    const double *W1 = in->state, *W2 = W1 + d * K;
    double *Pi = SG_NEW(rows * s, double), *e = SG_NEW(d, double), *S = SG_NEW(d * d, double),
           *x1 = SG_NEW(d, double), P[12];
    for (size_t i = 0; i < d; i++) {
        memcpy(S + i * d, in->moments + i * q, d * sizeof *S);
        x1[i] = in->moments[i * q + d + m];
    }
    naive_solve(e, S, x1, d, 1);
    naive_mul(P, NULL, W1, false, W2, false, d, K, m);
    for (size_t i = 0; i < d; i++)
        for (size_t a = 0; a < K; a++) {
            for (size_t j = 0; j < m; j++) {
                Pi[(i * m + j) * s + i * K + a] = W2[a * m + j];
                Pi[(i * m + j) * s + d * K + a * m + j] = W1[i * K + a];
            }
            for (size_t o = 0; o < K; o++)
                Pi[(v + i * K + o) * s + in->n_w + a * K + o] = W1[i * K + a];
        }
    for (size_t o = 0; o < K; o++)
        for (size_t j = 0; j <= m; j++) {
            const size_t column = in->n_w + (K + j) * K + o;
            for (size_t i = 0; i < d; i++)
                Pi[(v + i * K + o) * s + column] = j < m ? P[i * m + j] : e[i];
            Pi[(beta + j * K + o) * s + column] = 1;
        }
    free(e);
    free(S);
    free(x1);
    return Pi;
}

/* Two layers of widths d, K, m with the SG between them, at a minimum of rank `least`; no SG and no
 * simulator yet. */
static void make_two_layers(struct instance *in, size_t d, size_t K, size_t m, size_t least,
                            bool intercept, struct sg_rng *rng)
{
    *in = (struct instance){.deep = {.n_layers = 2, .at = 1, .width = {d, K, m}}, .mu = 0.1};
    in->data = random_data(random_size(d + m + 3, 30, rng), d, m, rng);
    for (size_t i = 0; intercept && i < in->data.n; i++)
        in->data.x[i * d] = 1.0;
    in->n_w = sg_closed_deep_n_w(&in->deep);
    in->n_phi = sg_closed_deep_n_phi(&in->deep);
    in->size = in->n_w + in->n_phi;
    in->moments = SG_NEW((d + m + 1) * (d + m + 1), double);
    in->state = SG_NEW(in->size, double);
    sg_closed_deep_moments(in->moments, &in->data);
    for (size_t k = 0; k < least; k++)
        in->keep[k] = k;
    CHECK_STATUS(sg_closed_deep_critical_point(in->state, NULL, &in->deep, &in->data, in->keep,
                                               least, rng),
                 SG_OK);
}

static void reduced_system_commutes(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 30; t++) {
        struct sg_rng *rng = test_rng("reduced", t);
        struct instance in;
        const size_t d = random_size(1, 3, rng), m = random_size(1, 3, rng), least = d < m ? d : m,
                     K = random_size(least, 4, rng);
        /* an intercept among the columns of X */
        make_two_layers(&in, d, K, m, least, t % 3 == 0, rng);
        const double kappa = exp(random_between(-5, 3, rng));
        const size_t r = sg_closed_deep_reduced_size(&in.deep), s = in.size;
        double *full = SG_NEW(s * s, double), *small = SG_NEW(r * r, double),
               *Pi = projection_matrix(&in, r);
        double *one = SG_NEW(r * s, double), *other = SG_NEW(r * s, double),
               *magnitude = SG_NEW(r * s, double), *tol = SG_NEW(r * s, double);
        sg_closed_deep_flow(full, &in.deep, in.state, in.moments, kappa);
        CHECK_STATUS(sg_closed_deep_reduced(small, &in.deep, in.state, NULL, in.moments, kappa),
                     SG_OK);
        naive_mul(one, magnitude, Pi, false, full, false, r, s, s);
        naive_mul(other, NULL, small, false, Pi, false, r, r, s);
        context("d %zu K %zu m %zu kappa %g", d, K, m, kappa);
        /* E[x^T r] = 0 and e are met to u cond(S) only; the rest are short sums.  One scale for
         * all: entries that vanish are differences. */
        double *lambda = SG_NEW(d, double), *S = SG_NEW(d * d, double);
        for (size_t i = 0; i < d; i++)
            memcpy(S + i * d, in.moments + i * (d + m + 1), d * sizeof *S);
        naive_eigenvalues(lambda, S, d);
        const double largest = sg_base_max_abs(magnitude, r * s),
                     condition = lambda[0] / lambda[d - 1];
        CHECK_ALL(one, other, 10 * (double)s * SG_UNIT_ROUNDOFF * condition * largest, r * s);
        double *owned[] = {full, small,  Pi, one,        other,   magnitude,
                           tol,  lambda, S,  in.moments, in.state};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        sg_data_free(&in.data);
        sg_base_rng_free(rng);
    }
}

/* A (K x n) with W_1 A = 0: a random matrix less its part in the span of W_1's rows.  W_1 has
 * rank d < K. */
static double *hidden(const double *W1, size_t d, size_t K, size_t n, struct sg_rng *rng)
{
    double *A = random_vector(K * n, 1.0, rng), gram[3 * 3], WA[3 * 5], solved[3 * 5], part[5 * 5];
    naive_mul(gram, NULL, W1, false, W1, true, d, K, d);
    naive_mul(WA, NULL, W1, false, A, false, d, K, n);
    naive_solve(solved, gram, WA, d, n);
    naive_mul(part, NULL, W1, true, solved, false, K, d, n);
    for (size_t k = 0; k < K * n; k++)
        A[k] -= part[k];
    return A;
}

/* The map (dw, dPhi) -> (u, v, beta) at such a psi_A: dpsi = dPhi - D dw, and
 * v = W_1 dpsi_A + P~ beta + dW_1 psi_A. */
static double *projection_with_error(const struct instance *in, const double *psi, size_t rows)
{
    const size_t d = in->data.d, K = in->deep.width[1], v = d * in->data.m, s = in->size;
    double *Pi = projection_matrix(in, rows), *D = SG_NEW(in->n_phi * in->n_w, double);
    sg_closed_deep_d(D, &in->deep, in->state);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < in->n_w; j++)
            for (size_t k = 0; k < in->n_phi; k++)
                Pi[i * s + j] -= Pi[i * s + in->n_w + k] * D[k * in->n_w + j];
    for (size_t i = 0; i < d; i++)
        for (size_t a = 0; a < K; a++)
            for (size_t o = 0; o < K; o++)
                Pi[(v + i * K + o) * s + i * K + a] += psi[a * K + o];
    free(D);
    return Pi;
}

/* A rest whose SG is wrong where no sample shows it, W_1 psi_A = 0: the same map commutes with the
 * Jacobian of the simulator's step, I + mu J, by differences.  W_2 too has a part that W_1 hides,
 * without which W_2^T psi_A would vanish. */
static void reduced_system_with_a_hidden_error(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 24; t++) {
        struct sg_rng *rng = test_rng("hidden", t);
        const size_t d = random_size(1, 3, rng), m = random_size(d, 3, rng),
                     K = random_size(d + 1, 5, rng);
        struct instance in;
        make_two_layers(&in, d, K, m, d, false, rng);
        make_net(&in, 1.0);
        const double kappa = exp(random_between(-3, 1, rng));
        double *W1 = in.state, *W2 = W1 + d * K, *phi = in.state + in.n_w, bound,
               *psi = hidden(W1, d, K, K, rng), *more = hidden(W1, d, K, m, rng);
        for (size_t k = 0; k < K * m; k++)
            W2[k] += more[k];
        sg_closed_deep_exact_sg(phi, &in.deep, in.state, NULL);
        for (size_t k = 0; k < K * K; k++)
            phi[k] += psi[k];
        const struct sg_sim_spec spec = {.field = &in.field,
                                         .net_opt = {.rate = in.mu},
                                         .sg_opt = {.rate = in.mu * kappa}};
        in.sim = sg_sim_alloc(&spec, in.state, phi);
        const size_t r = sg_closed_deep_reduced_size(&in.deep), s = in.size;
        double *J = SG_NEW(s * s, double), *small = SG_NEW(r * r, double),
               *Pi = projection_with_error(&in, psi, r), *one = SG_NEW(r * s, double),
               *other = SG_NEW(r * s, double), *magnitude = SG_NEW(r * s, double);
        sg_approx_step_jacobian(J, &bound, in.sim, in.state, &in.batch);
        for (size_t k = 0; k < s * s; k++)
            J[k] = (J[k] - (k / s == k % s)) / in.mu;
        CHECK_STATUS(sg_closed_deep_reduced(small, &in.deep, in.state, phi, in.moments, kappa),
                     SG_OK);
        naive_mul(one, magnitude, Pi, false, J, false, r, s, s);
        naive_mul(other, NULL, small, false, Pi, false, r, r, s);
        /* each entry of J is known to bound / mu; a row of Pi sums s of them.  That W_1 psi_A = 0
         * and E[x^T r] = 0 is met to u times a condition, which lies far below. */
        context("d %zu K %zu m %zu kappa %g, bound %g", d, K, m, kappa, bound);
        CHECK_ALL(one, other, (double)s * sg_base_max_abs(Pi, r * s) * bound / in.mu, r * s);
        CHECK(sg_base_max_abs(magnitude, r * s) > 1e3 * bound / in.mu);
        double *owned[] = {J, small, Pi, one, other, magnitude, psi, more};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* -Q G^-1 psi and, at w, the right-hand sides of (w, late, euler) by loops (DY9):
 *     w' = -grad L,   late' = -Q G^-1 D grad L - H late,   euler' = -H euler - H grad L / 2. */
static void fast_derivative(double *out, const struct instance *in, const double *state)
{
    const size_t n = in->n_w, p = in->n_phi;
    double *H = SG_NEW(n * n, double), *G = SG_NEW(p * p, double), *Q = SG_NEW(n * p, double),
           *D = SG_NEW(p * n, double), *g = SG_NEW(n, double), *Dg = SG_NEW(p, double),
           *lag = SG_NEW(p, double), *push = SG_NEW(n, double);
    sg_closed_deep_gradient(g, &in->deep, state, in->moments);
    sg_closed_deep_hessian(H, &in->deep, state, in->moments);
    sg_closed_deep_g(G, &in->deep, state, in->moments);
    sg_closed_deep_q(Q, &in->deep, state, in->moments);
    sg_closed_deep_d(D, &in->deep, state);
    naive_mul(Dg, NULL, D, false, g, false, p, n, 1);
    naive_solve(lag, G, Dg, p, 1);
    naive_mul(push, NULL, Q, false, lag, false, n, p, 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = -g[i];
        out[n + i] = -push[i];
        out[2 * n + i] = 0;
        for (size_t j = 0; j < n; j++) {
            out[n + i] -= H[i * n + j] * state[n + j];
            out[2 * n + i] -= H[i * n + j] * (state[2 * n + j] + g[j] / 2);
        }
    }
    double *owned[] = {H, G, Q, D, g, Dg, lag, push};
    for (size_t k = 0; k < COUNT(owned); k++)
        free(owned[k]);
}

/* The start of `late` by elimination, and the derivative of what the integrator advances by central
 * differences; fewer weights than SG parameters, and more.
 * K <= d, so that S_z is nonsingular. */
static void a_fast_sg_by_loops(void **unused)
{
    (void)unused;
    static const size_t width[][3] = {{2, 2, 2}, {4, 2, 1}, {3, 1, 3}};
    struct sg_rng *rng = test_rng("fast", 0);
    for (size_t t = 0; t < 2 * COUNT(width); t++) {
        const size_t d = width[t / 2][0], K = width[t / 2][1], m = width[t / 2][2];
        struct instance in;
        make_two_layers(&in, d, K, m, 1, false, rng);
        const size_t n = in.n_w, p = in.n_phi;
        struct sg_fast *fast = sg_closed_fast_alloc(&in.deep, &in.data);
        double *state = random_vector(3 * n, 0.5, rng), *psi = random_vector(p, 1, rng),
               *G = SG_NEW(p * p, double), *Q = SG_NEW(n * p, double), *lag = SG_NEW(p, double),
               *want = SG_NEW(3 * n, double), *got = SG_NEW(3 * n, double);
        context("widths %zu %zu %zu", d, K, m);
        sg_closed_deep_g(G, &in.deep, state, in.moments);
        sg_closed_deep_q(Q, &in.deep, state, in.moments);
        double *at[4];
        for (size_t k = 0; k < 4; k++)
            at[k] = sg_base_copy(state, 3 * n, sizeof *state);
        CHECK_STATUS(sg_closed_fast_start(got, fast, state, psi), SG_OK);
        naive_solve(lag, G, psi, p, 1);
        naive_mul(want, NULL, Q, false, lag, false, n, p, 1);
        double *lambda = SG_NEW(p, double);
        CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, G, p), SG_OK);
        const double condition = lambda[0] / lambda[p - 1];
        for (size_t i = 0; i < n; i++)
            CHECK_CLOSE(got[i], -want[i],
                        10 * (double)p * SG_UNIT_ROUNDOFF * condition * frobenius(Q, n * p) *
                            frobenius(lag, p));
        free(lambda);
        /* (f(h) - f(-h)) / 2h and the same with h / 2: their difference is 3/4 of the error of
         * the first, of order h^2; rounding u |state| / h beside it */
        const double h = 1e-4;
        for (size_t k = 0; k < 4; k++)
            CHECK_STATUS(sg_closed_fast_advance(at[k], fast, (k % 2 ? -h : h) / (k / 2 ? 2 : 1),
                                                1),
                         SG_OK);
        fast_derivative(want, &in, state);
        for (size_t i = 0; i < 3 * n; i++) {
            const double whole = (at[0][i] - at[1][i]) / (2 * h),
                         half = (at[2][i] - at[3][i]) / h;
            CHECK_CLOSE(half, want[i],
                        fabs(whole - half) + 100 * SG_UNIT_ROUNDOFF * condition *
                                                 (1 + frobenius(want, 3 * n)) / h);
        }
        double *owned[] = {state, psi,   G,     Q,     lag,        want,    got,
                           at[0], at[1], at[2], at[3], in.moments, in.state};
        for (size_t k = 0; k < COUNT(owned); k++)
            free(owned[k]);
        sg_closed_fast_free(fast);
        sg_data_free(&in.data);
    }
    sg_base_rng_free(rng);
}

/* d = k = m = 1: the cubic vanishes at the eigenvalues of the reduced matrix (the fourth is
 * -kappa E[1], from the constant term). */
static void scalar_polynomial(void **unused)
{
    (void)unused;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("scalar", t);
        const double w[2] = {random_between(-2, 2, rng), random_between(-2, 2, rng)},
                     S = exp(random_between(-2, 2, rng));
        const double R = exp(random_between(-3, 2, rng)), kappa = exp(random_between(-4, 3, rng)),
                     P = w[0] * w[1];
        const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 1, 1}};
        struct sg_data data;
        double moments[9], reduced[16], c[3];
        double complex lambda[4];
        CHECK_STATUS(sg_data_make_moments(&data, &S, &R, &P, 1, 1), SG_OK);
        sg_closed_deep_moments(moments, &data);
        CHECK_STATUS(sg_closed_deep_reduced(reduced, &deep, w, NULL, moments, kappa), SG_OK);
        CHECK_STATUS(sg_base_eigen_general(lambda, NULL, reduced, 4), SG_OK);
        const double hurwitz = sg_closed_deep_scalar(c, w[0], w[1], S, R, kappa),
                     scale = norm2_bound(reduced, 4, 4);
        CHECK(hurwitz > 0 && c[0] > 0 && c[1] > 0 && c[2] > 0);
        /* the quartic (lambda + kappa) cubic: no division of near roots */
        for (size_t i = 0; i < 4; i++) {
            const double complex z = lambda[i],
                                 value = (z + kappa) * (((z + c[2]) * z + c[1]) * z + c[0]);
            CHECK_BOUND(cabs(value), 10 * 16 * SG_UNIT_ROUNDOFF * pow(scale + cabs(z), 4));
        }
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* The moments asked for, and the instance of the theory. */
static void data_with_given_moments(void **unused)
{
    (void)unused;
    struct sg_rng *rng = test_rng("moments", 0);
    double *F = random_vector(9, 1.0, rng), *E = random_vector(4, 1.0, rng),
           *P = random_vector(6, 1.0, rng), S[9], R[4], got[36], w[6];
    struct sg_data data;
    struct sg_deep deep;
    sg_base_mul_nt(S, F, F, 3, 3, 3);
    sg_base_mul_nt(R, E, E, 2, 2, 2);
    CHECK_STATUS(sg_data_make_moments(&data, S, R, P, 3, 2), SG_OK);
    naive_moments(got, &data);
    double SP[6], PSP[4];
    sg_base_mul(SP, S, P, 3, 3, 2);
    sg_base_mul_tn(PSP, P, SP, 2, 3, 2);
    const double tol = 50 * SG_UNIT_ROUNDOFF * (1 + frobenius(P, 6)) * (1 + frobenius(P, 6)) *
                       (frobenius(S, 9) + frobenius(R, 4));
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++) {
            const double want = i == 5 && j == 5   ? 1
                                : i == 5 || j == 5 ? 0
                                : i < 3 && j < 3   ? S[i * 3 + j]
                                : i < 3            ? SP[i * 2 + j - 3]
                                : j < 3            ? SP[j * 2 + i - 3]
                                        : PSP[(i - 3) * 2 + j - 3] + R[(i - 3) * 2 + j - 3];
            CHECK_CLOSE(got[i * 6 + j], want, tol);
        }
    sg_data_free(&data);
    S[0] = -1;
    CHECK_STATUS(sg_data_make_moments(&data, S, R, P, 3, 2), SG_SINGULAR);
    sg_closed_deep_repelling(&data, &deep, w);
    double moments[16], reduced[100];
    double complex lambda[10];
    size_t positive = 0;
    sg_closed_deep_moments(moments, &data);
    CHECK_STATUS(sg_closed_deep_reduced(reduced, &deep, w, NULL, moments, 1e-3), SG_OK);
    CHECK_STATUS(sg_base_eigen_general(lambda, NULL, reduced, 10), SG_OK);
    for (size_t i = 0; i < 10; i++)
        positive += cimag(lambda[i]) == 0 && creal(lambda[i]) > 1e-7 * cabs(lambda[0]);
    CHECK(positive == 2);
    sg_data_free(&data);
    free(F);
    free(E);
    free(P);
    sg_base_rng_free(rng);
}

/* A column of X that is 0: S is singular, and all of the matrix is NaN. */
static void reduced_system_needs_s(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("singular S", 0);
    struct instance in;
    make_two_layers(&in, 2, 3, 2, 2, false, rng);
    const size_t r = sg_closed_deep_reduced_size(&in.deep);
    double *small = SG_NEW(r * r, double), zero[25];
    CHECK_STATUS(sg_closed_deep_reduced(small, &in.deep, in.state, NULL, in.moments, 1), SG_OK);
    for (size_t k = 0; k < 25; k++)                      /* column 1 */
        zero[k] = k / 5 == 1 || k % 5 == 1 ? 0 : in.moments[k];
    CHECK_STATUS(sg_closed_deep_reduced(small, &in.deep, in.state, NULL, zero, 1), SG_SINGULAR);
    CHECK_NAN(small, r * r);
    double *owned[] = {small, in.moments, in.state};
    for (size_t k = 0; k < COUNT(owned); k++)
        free(owned[k]);
    sg_data_free(&in.data);
    sg_base_rng_free(rng);
}

/* 1 <= at <= n_layers <= SG_DEEP_LAYERS_MAX, data of the net's width at both ends, and the reduced
 * system of two layers with the SG between them. */
static void shapes_are_looked_at(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("shapes", 0);
    struct sg_deep deep = {.n_layers = SG_DEEP_LAYERS_MAX, .at = SG_DEEP_LAYERS_MAX};
    for (size_t i = 0; i <= SG_DEEP_LAYERS_MAX; i++)
        deep.width[i] = 1;
    CHECK(sg_closed_deep_n_phi(&deep) == 3 && sg_closed_deep_n_w(&deep) == SG_DEEP_LAYERS_MAX);
    for (int k = 0; k < 3; k++) {
        struct sg_deep bad = deep;
        *(k ? &bad.at : &bad.n_layers) = k == 1 ? 0 : SG_DEEP_LAYERS_MAX + 1;
        CHECK_ABORTS((void)sg_closed_deep_n_phi(&bad));
    }
    double w[8], sigma[2], jacobian[4], moments[9] = {0};
    const size_t keep[1] = {0};
    struct sg_data data = random_data(9, 1, 1, rng);
    const struct sg_deep wide = {.n_layers = 2, .at = 1, .width = {2, 1, 1}},
                         tall = {.n_layers = 2, .at = 1, .width = {1, 1, 2}};
    CHECK_ABORTS((void)!sg_closed_deep_critical_point(w, sigma, &wide, &data, keep, 1, rng));
    CHECK_ABORTS((void)!sg_closed_deep_critical_point(w, sigma, &tall, &data, keep, 1, rng));
    const struct sg_deep above = {.n_layers = 2, .at = 2, .width = {1, 1, 1}},
                         three = {.n_layers = 3, .at = 1, .width = {1, 1, 1, 1}};
    CHECK_ABORTS((void)!sg_closed_deep_reduced(jacobian, &above, w, w + 4, moments, 1));
    CHECK_ABORTS((void)!sg_closed_deep_reduced(jacobian, &three, w, w + 4, moments, 1));
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(critical_points_are_fixed),
        TEST(refuses_what_is_not_there),
        TEST(exact_sg_with_a_bias),
        TEST(jacobian_is_that_of_the_step),
        TEST(d_q_vanishes),
        TEST(reduced_system_commutes),
        TEST(reduced_system_with_a_hidden_error),
        TEST(reduced_system_needs_s),
        TEST(a_fast_sg_by_loops),
        TEST(scalar_polynomial),
        TEST(data_with_given_moments),
        TEST(shapes_are_looked_at),
    };
    return RUN(tests);
}
