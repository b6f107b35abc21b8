/* NL4: the probe is ridge regression by another algorithm; it does not see the scale of h; it rises
 * with the block for any seed, and not in nets that stay at their start. */
#include <stdlib.h>

#include "lab/nl_trained.h"
#include "judge.h"

static void sums_of(struct sg_nl_moments *s, const double *h, const double *y, size_t n,
                    double scale)
{
    const size_t q = s->k + 1;
    double *one = SG_NEW(n * q, double);
    for (size_t i = 0; i < n; i++) {
        for (size_t u = 0; u < s->k; u++)
            one[i * q + u] = scale * h[i * s->k + u];
        one[i * q + s->k] = 1;
    }
    s->n = (double)n;
    naive_mul(s->moment, NULL, one, true, one, false, q, n, q);
    naive_mul(s->cross, NULL, one, true, y, false, q, n, s->m);
    free(one);
}

/* Least squares on the centred rows with sqrt(n lambda v) I below them, by dgelsd. */
static void the_probe_is_ridge_regression(void **state)
{
    (void)state;
    enum { N = 40, K = 7, M = 3, Q = K + 1 };
    for (uint64_t replicate = 0; replicate < 5; replicate++) {
        struct sg_rng *rng = test_rng("ridge", replicate);
        double *h = random_vector(N * K, 1.3, rng), moment[Q * Q], cross[Q * M], weight[Q * M],
               scaled[Q * M], w[K * M];
        double y[N * M] = {0}, rows[(N + K) * K] = {0}, right[(N + K) * M] = {0}, mean_h[K] = {0},
                     mean_y[M] = {0}, v = 0;
        for (size_t i = 0; i < N; i++) {
            y[i * M + sg_base_rng_index(rng, M)] = 1;
            h[i * K + 1] += 2.385;
            h[i * K + 2] = h[i * K + 3]; /* two units alike: the ridge decides */
        }
        for (size_t i = 0; i < N * K; i++)
            mean_h[i % K] += h[i] / N;
        for (size_t i = 0; i < N * M; i++)
            mean_y[i % M] += y[i] / N;
        for (size_t i = 0; i < N * K; i++) {
            rows[i] = h[i] - mean_h[i % K];
            v += rows[i] * rows[i] / (N * K);
        }
        for (size_t i = 0; i < N * M; i++)
            right[i] = y[i] - mean_y[i % M];
        for (size_t u = 0; u < K; u++)
            rows[(N + u) * K + u] = sqrt(N * SG_NL_RIDGE * v);
        size_t rank;
        CHECK_STATUS(sg_base_solve_least_squares(w, &rank, NULL, rows, right, N + K, K, M), SG_OK);
        struct sg_nl_moments s = {.k = K, .m = M, .moment = moment, .cross = cross};
        sums_of(&s, h, y, N, 1);
        CHECK_STATUS(sg_nl_probe(weight, &s), SG_OK);
        /* Both solve equations of condition at most 1 + K / lambda, with entries off by n u of
         * E[h^2] <= 8 v here. */
        const double tol =
            8 * N * SG_UNIT_ROUNDOFF * (1 + K / SG_NL_RIDGE) * sg_base_max_abs(w, K * M);
        CHECK_ALL(weight, w, tol, K * M);
        for (size_t c = 0; c < M; c++) {
            double b = mean_y[c];
            for (size_t u = 0; u < K; u++)
                b -= mean_h[u] * w[u * M + c];
            CHECK_CLOSE(weight[K * M + c], b, 4 * K * tol);
        }
        /* 8 h: weights an eighth, bit for bit. */
        sums_of(&s, h, y, N, 8);
        CHECK_STATUS(sg_nl_probe(scaled, &s), SG_OK);
        for (size_t i = 0; i < K * M; i++)
            CHECK(8 * scaled[i] == weight[i]);
        /* A dead block: the shares of the classes. */
        sums_of(&s, h, y, N, 0);
        CHECK_STATUS(sg_nl_probe(weight, &s), SG_OK);
        CHECK(weight[0] == 0);
        CHECK_ALL(weight + K * M, mean_y, N * SG_UNIT_ROUNDOFF, M);
        free(h);
        sg_base_rng_free(rng);
    }
}

static void rises_with_the_block(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl4_probes.cfg", 1);
    for (uint64_t seed = 4711; seed < 4713; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        CHECK(j.ok && j.has_control && j.control_ok);
        CHECK(row_id(&j, "rises")->ok && !row_id(&j, "rises")->secondary &&
              row_id(&j, "above")->secondary && row_id(&j, "equations")->ok);
        CHECK(strstr(row_id(&j, "rises")->what, "(relu, batch norm, Adam)") != NULL);
        /* Effects, the nets, what is observed, the blocks. */
        CHECK(j.evidence.n_rows == 3 && j.evidence.n_listings == 4 &&
              j.evidence.listing[2].n_rows == 2 && j.evidence.listing[3].n_rows == 6);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_probe_is_ridge_regression),
                                       TEST(rises_with_the_block)};
    return RUN(tests);
}
