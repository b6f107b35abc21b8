/* The factorisation that an SG chooses: each mode against its equations in long double, a map
 * against matrices that satisfy the balance, representations and sharpness against definitions. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

/* ---- one mode --------------------------------------------------------------------------- */

/* How far layers are from the two equations, relative, in long double: the worst of both. */
static double residual(const double *layer, double sigma, const double *pull, size_t N)
{
    long double above = 1, worst = 0;
    for (size_t i = N; i-- > 0;) {
        const long double l = (long double)layer[i];
        if (i + 1 < N) {
            const long double next = (long double)layer[i + 1];
            const long double want = sqrtl(next * next + (long double)pull[i] * above * above);
            worst = fmaxl(worst, fabsl(l / want - 1));
        }
        above *= l;
    }
    return (double)fmaxl(worst, fabsl(above / (long double)sigma - 1));
}

/* l_i known to e each moves the right side of an equation by at most 2 N e, and the product by
 * N e. */
static void modes_satisfy_their_equations(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("factor", 0);
    for (int t = 0; t < 4000; t++) {
        const size_t N = random_size(1, 12, rng);
        double pull[12], layer[12], logs = (double)N;
        const double sigma = pow(10, random_between(-6, 6, rng));
        for (size_t i = 0; i + 1 < N; i++) {
            pull[i] = random_size(0, 2, rng) ? 2 / pow(10, random_between(-8, 8, rng)) : 0;
            logs += pull[i] > 0 ? fabs(log(pull[i])) : 0;
        }
        logs += 2 * fabs(log(sigma));
        sg_closed_factor_mode(layer, sigma, pull, N);
        context("draw %d: N = %zu, sigma = %.17g", t, N, sigma);
        CHECK_BOUND(residual(layer, sigma, pull, N),
                    (double)(2 * N + 1) * 4 * (double)N * SG_UNIT_ROUNDOFF * logs);
        for (size_t i = 0; i + 1 < N; i++)
            CHECK(layer[i] >= layer[i + 1]);
    }
    sg_base_rng_free(rng);
}

/* Two layers: l_1 = l_2 sqrt(1 + 2/kappa), exactly solvable. */
static void two_layers_are_solved_by_hand(void **state)
{
    (void)state;
    for (double kappa = 1e-8; kappa < 2e8; kappa *= 10) {
        const double pull = 2 / kappa, sigma = 2.385, ratio = sqrt(1 + pull);
        double layer[2];
        sg_closed_factor_mode(layer, sigma, &pull, 2);
        const double tol = 8 * SG_UNIT_ROUNDOFF * (2 + 2 * log(sigma) + fabs(log(pull)));
        CHECK_CLOSE(layer[0], sqrt(sigma * ratio), tol * layer[0]);
        CHECK_CLOSE(layer[1], sqrt(sigma / ratio), tol * layer[1]);
    }
}

static void backprop_and_zero_are_plain(void **state)
{
    (void)state;
    double layer[5];
    sg_closed_factor_mode(layer, 3.7, (double[]){0, 0, 0, 0}, 5);
    for (size_t i = 0; i < 5; i++)
        CHECK_CLOSE(layer[i], pow(3.7, 0.2), 20 * SG_UNIT_ROUNDOFF);
    sg_closed_factor_mode(layer, 0, (double[]){1, 0, 3, 1}, 5);
    for (size_t i = 0; i < 5; i++)
        CHECK(layer[i] == 0);
    sg_closed_factor_mode(layer, SG_NAN, (double[]){1, 0, 3, 1}, 5);
    CHECK_NAN(layer, 5);
    sg_closed_factor_mode(layer, 2.5, NULL, 1);
    CHECK_CLOSE(layer[0], 2.5, 4 * SG_UNIT_ROUNDOFF * 2.5);
}

/* A layer drops the share of l_{i+1}^2 in l_i^2, of order kappa^p: by the leading terms themselves
 * p = 1 - k (N-k-1) / ((N-k)(k+1)) for one SG after layer k, and p = 2^-(N-1) everywhere (1 for
 * N = 2).  From kappa = 1e-30 to 1e-60 the correction shrinks by 10^(-30 p). */
static void slow_limits_are_reached(void **state)
{
    (void)state;
    for (size_t N = 2; N <= 6; N++)
        for (size_t at = 0; at < N; at++) {
            const double k = (double)at, left = (double)(N - at);
            const double p = at > 0 ? 1 - k * (left - 1) / (left * (k + 1))
                             : N == 2 ? 1 : ldexp(1, 1 - (int)N);
            double off[2] = {0, 0}, pull[5], layer[6], slow[6];
            for (int small = 0; small < 2; small++) {
                const double kappa = small ? 1e-60 : 1e-30;
                for (size_t i = 0; i + 1 < N; i++)
                    pull[i] = at == 0 || i + 1 == at ? 2 / kappa : 0;
                sg_closed_factor_mode(layer, 1.7, pull, N);
                sg_closed_factor_slow(slow, 1.7, kappa, at, N);
                for (size_t i = 0; i < N; i++)
                    off[small] = fmax(off[small], fabs(layer[i] / slow[i] - 1));
            }
            context("N = %zu, at %zu: %.3g, then %.3g", N, at, off[0], off[1]);
            CHECK(off[0] < 0.1);
            CHECK_BOUND(off[1], 1.3 * pow(10, -30 * p) * off[0] + 4e-12);
        }
}

static void everywhere_slow_takes_half_of_what_is_left(void **state)
{
    (void)state;
    const double pull[] = {2e90, 2e90, 2e90, 2e90}, step = 1e-3;
    double low[5], high[5];
    sg_closed_factor_mode(low, exp(-step), pull, 5);
    sg_closed_factor_mode(high, exp(step), pull, 5);
    for (int i = 1; i <= 5; i++)
        CHECK_CLOSE((log(high[i - 1]) - log(low[i - 1])) / (2 * step), ldexp(1, i < 5 ? -i : -4),
                    1e-5);
}

/* ---- a map ------------------------------------------------------------------------------ */

struct instance {
    struct sg_data data;
    struct sg_deep deep;
    struct sg_factorisation *factor;
    double pull[8], map[64], *w, *S;
    size_t N;
};

/* d and m from 2 to 4, either the larger; hidden layers at least as wide as there are modes. */
static void make(struct instance *in, struct sg_rng *rng)
{
    const size_t d = random_size(2, 4, rng), m = random_size(2, 4, rng), r = d < m ? d : m;
    size_t rank;
    *in = (struct instance){.N = random_size(2, 5, rng)};
    in->data = random_data(30, d, m, rng);
    in->deep = (struct sg_deep){.n_layers = in->N, .at = random_size(1, in->N, rng)};
    for (size_t i = 0; i <= in->N; i++)
        in->deep.width[i] = i == 0 ? d : i == in->N ? m : random_size(r, r + 2, rng);
    for (size_t i = 0; i + 1 < in->N; i++)
        in->pull[i] = random_size(0, 1, rng) ? 2 / pow(10, random_between(-1, 2, rng)) : 0;
    CHECK_STATUS(sg_base_solve_least_squares(in->map, &rank, NULL, in->data.x, in->data.y, 30, d,
                                             m), SG_OK);
    CHECK_STATUS(sg_closed_factor_alloc(&in->factor, in->map, d, m, in->pull, in->N), SG_OK);
    in->w = SG_NEW(sg_closed_deep_n_w(&in->deep), double);
    CHECK_STATUS(sg_closed_factor_weights(in->w, in->factor, &in->deep, rng), SG_OK);
    in->S = SG_NEW(d * d, double);
    sg_base_mul_tn(in->S, in->data.x, in->data.x, d, 30, d);
    for (size_t i = 0; i < d * d; i++)
        in->S[i] /= 30;
}

static void unmake(struct instance *in)
{
    sg_data_free(&in->data);
    sg_closed_factor_free(in->factor);
    free(in->w);
    free(in->S);
}

/* The product of the weights is the map, and each boundary has its balance. */
static void weights_are_balanced_and_make_the_map(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("factor map", t);
        struct instance in;
        make(&in, rng);
        double P[64], V[64], left[64], right[64], pulled[64], size = 1;
        for (size_t i = 0; i < in.N; i++)
            size = fmax(size, in.factor->layer[i * in.factor->modes]);
        context("instance %d: N = %zu", (int)t, in.N);
        sg_closed_deep_product(P, &in.deep, in.w, 0, in.N);
        const double tol = 40 * (double)(in.N * in.N) * SG_UNIT_ROUNDOFF;
        CHECK_ALL(P, in.map, tol * in.factor->sigma[0], in.data.d * in.data.m);
        for (size_t i = 1; i < in.N; i++) {
            const size_t K = in.deep.width[i], rows = in.deep.width[i - 1];
            const size_t columns = in.deep.width[i + 1];
            const double *own = in.w + sg_closed_deep_offset(&in.deep, i - 1);
            const double *next = in.w + sg_closed_deep_offset(&in.deep, i);
            sg_base_mul_tn(left, own, own, K, rows, K);
            sg_base_mul_nt(right, next, next, K, columns, K);
            sg_closed_deep_product(V, &in.deep, in.w, i, in.N);
            sg_base_mul_nt(pulled, V, V, K, in.data.m, K);
            for (size_t j = 0; j < K * K; j++)
                right[j] += in.pull[i - 1] * pulled[j];
            CHECK_ALL(left, right, tol * size * size, K * K);
        }
        unmake(&in);
        sg_base_rng_free(rng);
    }
}

/* <A, B> / (|A| |B|) of n x n matrices in long double. */
static double cosine(const double *a, const double *b, size_t n)
{
    long double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n * n; i++) {
        ab += (long double)a[i] * (long double)b[i];
        aa += (long double)a[i] * (long double)a[i];
        bb += (long double)b[i] * (long double)b[i];
    }
    return (double)(ab / sqrtl(aa * bb));
}

/* h_i h_i^T (n x n), by samples. */
static void gram(double *out, const struct instance *in, size_t i)
{
    const size_t K = in->deep.width[i], n = in->data.n, d = in->data.d;
    double *map = SG_NEW(d * K + d * d, double), *h = SG_NEW(n * K, double);
    sg_closed_deep_product(map, &in->deep, in->w, 0, i);
    sg_base_mul(h, in->data.x, map, n, d, K);
    sg_base_mul_nt(out, h, h, n, K, n);
    free(map);
    free(h);
}

/* CKA, effective rank and alignment against Gram matrices over the samples.  (Neither the formulas
 * nor these centre: the caller's data are.) */
static void representations_are_those_of_the_samples(void **state)
{
    (void)state;
    enum { N = 30 };
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("factor kernel", t);
        struct instance in;
        make(&in, rng);
        const size_t r = in.factor->modes, m = in.data.m, at = in.deep.at;
        double C[16], q[4], p[4], yy[16], *a = SG_NEW(N * N, double), *b = SG_NEW(N * N, double);
        const double tol = 1e4 * SG_UNIT_ROUNDOFF;
        sg_closed_factor_overlaps(C, in.factor, in.S);
        sg_closed_factor_kernel(q, in.factor, at);
        sg_closed_factor_kernel(p, in.factor, 1);
        gram(a, &in, at);
        gram(b, &in, 1);
        context("instance %d: layer %zu", (int)t, at);
        CHECK_CLOSE(sg_closed_factor_cka(q, p, C, r), cosine(a, b, N), tol);
        long double trace = 0, squares = 0;
        for (size_t i = 0; i < N * N; i++) {
            trace += i % (N + 1) == 0 ? (long double)a[i] : 0;
            squares += (long double)a[i] * (long double)a[i];
        }
        CHECK_CLOSE(sg_closed_factor_rank(q, C, r), (double)(trace * trace / squares),
                    tol * (double)r);
        sg_base_mul_nt(b, in.data.y, in.data.y, N, m, N);
        sg_base_mul_tn(yy, in.data.y, in.data.y, m, N, m);
        for (size_t i = 0; i < m * m; i++)
            yy[i] /= N;
        CHECK_CLOSE(sg_closed_factor_alignment(q, in.factor, C, frobenius(yy, m * m)),
                    cosine(a, b, N), tol);
        free(a);
        free(b);
        unmake(&in);
        sg_base_rng_free(rng);
    }
}

/* Against the Hessian of all the weights; whitened inputs against the sum. */
static void sharpness_is_the_hessians(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("factor sharpness", t);
        struct instance in;
        make(&in, rng);
        const size_t n_w = sg_closed_deep_n_w(&in.deep), d = in.data.d;
        double moments[100], *H = SG_NEW(n_w * n_w, double), *lambda = SG_NEW(n_w, double);
        double sharpness, white = 0;
        sg_closed_deep_moments(moments, &in.data);
        sg_closed_deep_hessian(H, &in.deep, in.w, moments);
        CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, H, n_w), SG_OK);
        CHECK_STATUS(sg_closed_factor_sharpness(&sharpness, in.factor, in.S), SG_OK);
        context("instance %d: N = %zu", (int)t, in.N);
        CHECK_CLOSE(sharpness, lambda[0], 100 * (double)n_w * SG_UNIT_ROUNDOFF * lambda[0]);
        for (size_t i = 0; i < d * d; i++)
            in.S[i] = i % (d + 1) == 0;
        for (size_t i = 0; i < in.N; i++)
            white += pow(in.factor->sigma[0] / in.factor->layer[i * in.factor->modes], 2);
        CHECK_STATUS(sg_closed_factor_sharpness(&sharpness, in.factor, in.S), SG_OK);
        CHECK_CLOSE(sharpness, white, 100 * (double)n_w * SG_UNIT_ROUNDOFF * white);
        free(H);
        free(lambda);
        unmake(&in);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modes_satisfy_their_equations),
        TEST(two_layers_are_solved_by_hand),
        TEST(backprop_and_zero_are_plain),
        TEST(slow_limits_are_reached),
        TEST(everywhere_slow_takes_half_of_what_is_left),
        TEST(weights_are_balanced_and_make_the_map),
        TEST(representations_are_those_of_the_samples),
        TEST(sharpness_is_the_hessians),
    };
    return RUN(tests);
}
