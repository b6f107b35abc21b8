/* The closed forms for linear chains against their definitions by loops. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/closed.h"

enum { D = 3, K = 2, M = 2 };
static const size_t width[] = {D, K, M};

/* s = g on every sample at phi*, for a module at each boundary: z phi* = (h V - y) V^T. */
static void exact_sg_is_exact(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("chain", 0);
    for (size_t at = 1; at <= 2; at++) {
        const struct sg_chain_module module = {.at = at, .h = true, .y = true, .one = true};
        const struct sg_chain chain = {2, width, 1, &module};
        struct sg_data data = random_data(9, D, M, rng);
        double *w = random_vector(D * K + K * M, 1, rng), z[9 * 7], v[M * M], h[9 * K],
               lower[D * K], s[9 * K], phi[7 * 2];
        const size_t k = width[at], q = sg_closed_chain_regressors(z, &chain, &data, w, 0);
        CHECK(q == k + M + 1);
        sg_closed_chain_exact_sg(phi, &chain, w);
        sg_closed_chain_product(v, &chain, w, at, 2);
        sg_closed_chain_product(lower, &chain, w, 0, at);
        naive_mul(h, NULL, data.x, false, lower, false, 9, D, k);
        naive_mul(s, NULL, z, false, phi, false, 9, q, k);
        for (size_t i = 0; i < 9; i++)
            for (size_t j = 0; j < k; j++) {
                double g = 0, size = 0;
                for (size_t l = 0; l < M; l++) {
                    double p = 0, abs = fabs(data.y[i * M + l]);
                    for (size_t r = 0; r < k; r++) {
                        p += h[i * k + r] * v[r * M + l];
                        abs += fabs(h[i * k + r] * v[r * M + l]);
                    }
                    g += (p - data.y[i * M + l]) * v[j * M + l];
                    size += abs * fabs(v[j * M + l]);
                }
                CHECK_CLOSE(s[i * k + j], g, gamma_of(2 * (k + M + 3), SG_UNIT_ROUNDOFF) * size);
            }
        free(w);
        sg_data_free(&data);
    }
    sg_base_rng_free(rng);
}

/* p = x W: the true gradient from F alone, F by its definition in loops. */
static void gradient_from_directions(void **state)
{
    (void)state;
    enum { N = 11, Q = 2 * M + 1 };
    const size_t shallow[] = {D, M};
    const struct sg_chain_module module = {.at = 1, .h = true, .y = true, .one = true};
    const struct sg_chain chain = {1, shallow, 1, &module};
    struct sg_rng *rng = test_rng("directions", 0);
    for (int instance = 0; instance < 20; instance++) {
        struct sg_data data = random_data(N, D, M, rng);
        double *w = random_vector(D * M, 1, rng), *phi = random_vector(Q * M, 1, rng), z[N * Q],
               s[N * M], dw[D * M], dphi[Q * M], e[N * M];
        double gradient[D * M], want[D * M], g[N * M], error, bound, scale;
        sg_closed_chain_regressors(z, &chain, &data, w, 0);
        naive_mul(s, NULL, z, false, phi, false, N, Q, M);
        naive_mul(g, NULL, data.x, false, w, false, N, D, M);
        for (size_t i = 0; i < N * M; i++) {
            g[i] -= data.y[i];
            e[i] = s[i] - g[i];
        }
        naive_mul(dw, NULL, data.x, true, s, false, D, N, M);
        naive_mul(want, NULL, data.x, true, g, false, D, N, M);
        naive_mul(dphi, NULL, z, true, e, false, Q, N, M);
        for (size_t i = 0; i < D * M; i++) {
            dw[i] /= N;
            want[i] /= N;
        }
        for (size_t i = 0; i < Q * M; i++)
            dphi[i] /= N;
        /* Longs inside, one rounding outside and those of s, g and e: Q + 4 of the sizes. */
        const double u = (Q + 4) * SG_UNIT_ROUNDOFF * (frobenius(s, N * M) + frobenius(g, N * M)) *
                         sqrt(10.0) / N;
        const double f_w = u * frobenius(data.x, N * D), f_phi = u * frobenius(z, N * Q);
        CHECK_STATUS(sg_closed_chain_gradient(gradient, &error, &chain, &data, w, phi, dw, dphi,
                                              f_w, &f_phi),
                     SG_OK);
        for (size_t i = 0; i < D * M; i++)
            gradient[i] -= want[i];
        CHECK_BOUND(frobenius(gradient, D * M), error + f_w);
        /* |x / sqrt n| times what is not known of e: f_phi / sigma, dgelsd's part and the sums'.  e
         * is the shortest with E[z^T e] = F: Z G^-1 F, G = E[z^T z]. */
        double gram[Q * Q], a[Q * M], sigma_z[Q], sigma_x[D];
        naive_mul(gram, NULL, z, true, z, false, Q, N, Q);
        for (size_t i = 0; i < Q * Q; i++)
            gram[i] /= N;
        CHECK_STATUS(sg_base_solve(a, gram, dphi, Q, M), SG_OK);
        naive_mul(e, NULL, z, false, a, false, N, Q, M);
        naive_singular_values(sigma_z, z, N, Q);
        naive_singular_values(sigma_x, data.x, N, D);
        const double units = 2 * (Q + 10 * Q) * sigma_z[0] / sigma_z[Q - 1] + N + D + M,
                     root = sqrt((double)N);
        const double formula = f_w + sigma_x[0] / root *
                                         (f_phi * root / sigma_z[Q - 1] +
                                          units * SG_UNIT_ROUNDOFF * frobenius(e, N * M) / root);
        const double cond = sigma_z[0] / sigma_z[Q - 1];
        /* the normal equations' */
        CHECK_CLOSE(error, formula, formula * 10 * (N + Q + D) * SG_UNIT_ROUNDOFF * cond * cond);
        scale = frobenius(dphi, Q * M);
        CHECK_STATUS(sg_closed_chain_bound(&bound, &chain, &data, w, phi, frobenius(dw, D * M),
                                           &scale),
                     SG_OK);
        CHECK_BOUND(frobenius(want, D * M), bound);
        free(w);
        free(phi);
        sg_data_free(&data);
    }
    sg_base_rng_free(rng);
}

/* Two SGs.  What the upper one is wrong by comes down to the lower one's layers where the target is
 * what arrives, and does not where it is the true gradient. */
static void only_what_arrives_comes_down(void **state)
{
    (void)state;
    enum { N = 15, LOWER = (K + M + 1) * K, UPPER = (2 * M + 1) * M, W = D * K + K * M };
    struct sg_rng *rng = test_rng("from above", 0);
    struct sg_data data = random_data(N, D, M, rng);
    double *w = random_vector(W, 1, rng), *phi = random_vector(LOWER + UPPER, 1, rng),
           *dphi = random_vector(LOWER + UPPER, 1, rng);
    double *dw = random_vector(W, 1, rng), before[W], after[W], error;
    const double f_phi[2] = {0, 0};
    for (int arriving = 0; arriving < 2; arriving++) {
        const struct sg_chain_module module[2] = {{1, true, true, true, arriving},
                                                  {2, true, true, true, arriving}};
        const struct sg_chain chain = {2, width, 2, module};
        CHECK_STATUS(sg_closed_chain_gradient(before, &error, &chain, &data, w, phi, dw, dphi, 0,
                                              f_phi),
                     SG_OK);
        dphi[LOWER] += 1;
        CHECK_STATUS(sg_closed_chain_gradient(after, &error, &chain, &data, w, phi, dw, dphi, 0,
                                              f_phi),
                     SG_OK);
        CHECK((memcmp(before, after, D * K * sizeof *after) != 0) == (arriving == 1));
        CHECK(memcmp(before + D * K, after + D * K, K * M * sizeof *after) != 0);
    }
    void *owned[] = {w, phi, dphi, dw};
    for (size_t k = 0; k < COUNT(owned); k++)
        free(owned[k]);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(exact_sg_is_exact), TEST(gradient_from_directions),
                                       TEST(only_what_arrives_comes_down)};
    return RUN(tests);
}
