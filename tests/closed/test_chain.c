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

/* W's second column is the first one plus scale t: z = (h, y, 1) has one small singular value,
 * proportional to scale.  Sets it to `part` of the cut, 10 max(n, q) u sigma_max. */
static void near_dependent(double *z, double *sigma, double *w, const struct sg_chain *chain,
                           const struct sg_data *data, double part, struct sg_rng *rng)
{
    double t[D], scale = 1e-6;
    for (size_t i = 0; i < D; i++)
        t[i] = sg_base_rng_gaussian(rng);
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < D; i++)
            w[i * M + 1] = w[i * M] + scale * t[i];
        const size_t q = sg_closed_chain_regressors(z, chain, data, w, 0);
        naive_singular_values(sigma, z, data->n, q);
        const double cut = 10 * (double)data->n * SG_UNIT_ROUNDOFF * sigma[0];
        scale *= part * cut / sigma[q - 1];
    }
}

/* What the two bounds make of a singular value on either side of the cut.  It is known to
 * n u sigma_max, a tenth of the cut:
 *   above it, z/sqrt n counts with (sigma - cut / 10)/sqrt n;
 *   below it, (sigma + cut / 10)/sqrt n |psi| is what it can hide, if there is a psi;
 *   above a twentieth of it, the computed e may have been divided by it. */
static void singular_values_about_the_cut(void **state)
{
    (void)state;
    enum { N = 11, MOST = 2 * M + 1 };
    const size_t shallow[] = {D, M};
    /* 0: the columns are equal.  The others are a tenth or more from each threshold. */
    const double parts[] = {0, 0.3, 0.7, 1.3, 3, 10, 100};
    struct sg_rng *rng = test_rng("cut", 0);
    for (size_t k = 0; k < 2 * COUNT(parts); k++) {
        const double part = parts[k / 2];
        const bool labels = k % 2;
        const struct sg_chain_module module = {.at = 1, .h = true, .y = labels, .one = true};
        const struct sg_chain chain = {1, shallow, 1, &module};
        struct sg_data data = random_data(N, D, M, rng);
        double *w = random_vector(D * M, 1, rng), *phi = random_vector(MOST * M, 1, rng),
               z[N * MOST], sigma[MOST], sigma_x[D], gradient[D * M], bound, error;
        const double none[MOST * M] = {0}, f_phi = 0.3, f_w = 0.2;
        near_dependent(z, sigma, w, &chain, &data, part, rng);
        naive_singular_values(sigma_x, data.x, N, D);
        const size_t q = labels ? MOST : M + 1;
        double psi[MOST * M];                                  /* phi* = (I, -I, 0) */
        for (size_t i = 0; i < q * M; i++)
            psi[i] = phi[i] - (i % M == i / M) + (i / M >= M && i % M == i / M - M);
        const double tenth = (double)N * SG_UNIT_ROUNDOFF * sigma[0], cut = 10 * tenth,
                     root = sqrt(N), factor = sigma_x[0] / root, least = sigma[q - 1];
        const double hidden = least > cut || !labels
                                  ? 0
                                  : (least + tenth) / root * frobenius(psi, q * M);
        const double counts = least > cut ? least - tenth : sigma[q - 2] - tenth,
                     solved = least > cut / 20 ? least : sigma[q - 2];
        context("part %g, labels %d: sigma / cut %.17g", part, labels, least / cut);
        CHECK(fabs(least / cut - part) < 0.1 * part + 0.01);
        CHECK_STATUS(sg_closed_chain_bound(&bound, &chain, &data, w, phi, f_w, &f_phi), SG_OK);
        CHECK_STATUS(sg_closed_chain_gradient(gradient, &error, &chain, &data, w, phi, none, none,
                                              f_w, &f_phi),
                     SG_OK);
        /* a sigma known to a tenth of the cut, in each term; 1 / sigma to second order */
        const double unsure = hidden > 0 ? tenth / root * frobenius(psi, q * M) : 0;
        CHECK_CLOSE(bound, f_w + factor * (hidden + f_phi * root / counts),
                    factor * (unsure + f_phi * root * tenth / (counts * (counts - tenth))));
        CHECK_CLOSE(error, f_w + factor * (hidden + f_phi * root / solved),
                    factor * (unsure + f_phi * root * tenth / (solved * (solved - tenth))));
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
                                       TEST(singular_values_about_the_cut),
                                       TEST(only_what_arrives_comes_down)};
    return RUN(tests);
}
