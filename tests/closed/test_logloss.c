/* Regressions whose answer is arithmetic, certificates, and CP6's points
 * against the joint equations. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/logloss.h"

static const double U = SG_UNIT_ROUNDOFF;

/* x ~ N(0, 1), ones in the last column where bias; classes by the largest of random linear
 * functions, a share of them at random.  m = 1: labels 0/1. */
static struct sg_data classes(size_t n, size_t features, size_t m, double noise, bool bias,
                              struct sg_rng *rng)
{
    struct sg_data data;
    const size_t d = features + (bias ? 1 : 0), kinds = m > 1 ? m : 2;
    double *truth = random_vector(features * kinds, 1.0, rng);
    sg_data_alloc(&data, n, d, m);
    for (size_t i = 0; i < n; i++) {
        size_t label = 0;
        double best = -HUGE_VAL;
        sg_base_rng_gaussians(data.x + i * d, features, rng);
        if (bias)
            data.x[i * d + features] = 1;
        for (size_t c = 0; c < kinds; c++) {
            double v = 0;
            for (size_t j = 0; j < features; j++)
                v += data.x[i * d + j] * truth[j * kinds + c];
            if (v > best) {
                best = v;
                label = c;
            }
        }
        if (noise > 0 && i < kinds)
            label = i;                          /* none is empty */
        else if (sg_base_rng_uniform(rng) < noise)
            label = sg_base_rng_index(rng, kinds);
        if (m == 1)
            data.y[i] = (double)label;
        else
            data.y[i * m + label] = 1;
    }
    free(truth);
    return data;
}

/* ---- regression ------------------------------------------------------------------------ */

/* One feature that says which of two groups a sample is in: the fitted probabilities are the
 * groups' shares of each class. */
static void two_groups_have_their_own_shares(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("groups", replicate);
        const size_t c = random_size(1, 3, rng);
        size_t count[2][4] = {{0}}, n = 0;
        for (size_t g = 0; g < 2; g++)
            for (size_t k = 0; k <= c; k++)
                n += count[g][k] = random_size(1, 40, rng);
        double *features = SG_NEW(2 * n, double);
        size_t *label = SG_NEW(n, size_t), i = 0;
        for (size_t g = 0; g < 2; g++)
            for (size_t k = 0; k <= c; k++)
                for (size_t j = 0; j < count[g][k]; j++, i++) {
                    features[2 * i] = (double)g;
                    features[2 * i + 1] = 1;
                    label[i] = k;
                }
        struct sg_regression *r;
        context("replicate %llu, %zu samples, %zu classes", (unsigned long long)replicate, n,
                c + 1);
        CHECK_STATUS(sg_closed_regression_alloc(&r, features, label, n, 2, c), SG_OK);
        CHECK(!r->separated);
        long double loss = 0;
        size_t rarest = n;
        for (size_t g = 0; g < 2; g++) {
            size_t group = 0;
            for (size_t k = 0; k <= c; k++) {
                group += count[g][k];
                rarest = count[g][k] < rarest ? count[g][k] : rarest;
            }
            for (size_t k = 0; k <= c; k++)
                loss -= (long double)count[g][k] *
                        logl((long double)count[g][k] / (long double)group) / (long double)n;
        }
        /* E[F^T g] to 4 n u in each entry (sums of n terms below 1 each, over n, with q's own
         * rounding), times 1/(least eigenvalue): the Hessian is at least (rarest/n)^2 per group,
         * spread over two groups by a change of basis of norm^2 2.7 */
        const double tol = 4 * (double)n * U * 2.7 * (double)(n * n) / (double)(rarest * rarest) /
                           (double)n * sqrt(2.0 * (double)c) * 4;
        for (size_t k = 1; k <= c; k++) {
            const double one = log((double)count[1][k] / (double)count[1][0]),
                         zero = log((double)count[0][k] / (double)count[0][0]);
            CHECK_CLOSE(r->b[c + k - 1], zero, tol);
            CHECK_CLOSE(r->b[k - 1], one - zero, tol);
        }
        CHECK_CLOSE(r->loss, (double)loss, (double)n * U * (double)loss);
        CHECK_CLOSE(r->lower, (double)loss, (double)n * U * (double)loss);
        sg_closed_regression_free(r);
        free(features);
        free(label);
        sg_base_rng_free(rng);
    }
}

/* With one feature and ones, data are separated iff an interval keeps the classes apart: an oracle
 * that needs no optimisation. */
static void separation_is_decided(void **state)
{
    (void)state;
    size_t separated = 0, overlapping = 0;
    for (uint64_t replicate = 0; replicate < 300; replicate++) {
        struct sg_rng *rng = test_rng("interval", replicate);
        const size_t n = random_size(4, 12, rng);
        double *features = SG_NEW(2 * n, double), top[2] = {-HUGE_VAL, -HUGE_VAL},
               bottom[2] = {HUGE_VAL, HUGE_VAL};
        size_t *label = SG_NEW(n, size_t);
        for (size_t i = 0; i < n; i++) {
            const double x = features[2 * i] = sg_base_rng_gaussian(rng);
            features[2 * i + 1] = 1;
            label[i] = i < 2 ? i : x + 0.3 * sg_base_rng_gaussian(rng) > 0;
            top[label[i]] = fmax(top[label[i]], x);
            bottom[label[i]] = fmin(bottom[label[i]], x);
        }
        const bool apart = top[0] < bottom[1] || top[1] < bottom[0];
        struct sg_regression *r;
        context("replicate %llu, %zu samples", (unsigned long long)replicate, n);
        CHECK_STATUS(sg_closed_regression_alloc(&r, features, label, n, 2, 1), SG_OK);
        CHECK(r->separated == apart);
        apart ? separated++ : overlapping++;
        for (size_t i = 0; i < n && r->separated; i++) {
            const long double p = (long double)features[2 * i] * (long double)r->b[0] +
                                  (long double)r->b[1];
            CHECK(label[i] ? p > 0 : p < 0);
        }
        if (!apart) {
            CHECK_CLOSE(r->lower, r->loss, 10 * (double)n * U);
            CHECK(r->slack > 0.5);
        }
        sg_closed_regression_free(r);
        free(features);
        free(label);
        sg_base_rng_free(rng);
    }
    CHECK(separated > 20 && overlapping > 20);
}

/* Of one-hot rows; to be freed. */
static size_t *labels_of(const struct sg_data *data)
{
    size_t *label = SG_NEW(data->n, size_t);
    for (size_t i = 0; i < data->n; i++)
        while (data->y[i * data->m + label[i]] != 1)
            label[i]++;
    return label;
}

/* Classes cut out by linear functions: separated whatever their number, each sample's
 * label strictly first.  The slack is the smallest margin in units of the rounding that it
 * may carry, formed again from b in long double: computed margins are right to one unit,
 * units to f + 4 roundings. */
static void several_classes_are_separated(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 60; replicate++) {
        struct sg_rng *rng = test_rng("cut out", replicate);
        const size_t m = random_size(3, 5, rng), c = m - 1, n = random_size(6, 25, rng);
        struct sg_data data = classes(n, random_size(2, 4, rng), m, 0, replicate % 2, rng);
        const size_t f = data.d;
        size_t *label = labels_of(&data);
        struct sg_regression *r;
        context("replicate %llu, %zu samples, %zu features, %zu classes",
                (unsigned long long)replicate, n, f, m);
        CHECK_STATUS(sg_closed_regression_alloc(&r, data.x, label, n, f, c), SG_OK);
        CHECK(r->separated);
        long double least = HUGE_VALL;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < m; k++) {
                long double margin = 0, size = 0;
                for (size_t a = 0; a < f && k != label[i]; a++) {
                    const long double x = (long double)data.x[i * f + a],
                                      own = label[i] ? (long double)r->b[a * c + label[i] - 1] : 0;
                    const long double others = k ? (long double)r->b[a * c + k - 1] : 0;
                    margin += x * (own - others);
                    size += fabsl(x) * (fabsl(own) + fabsl(others));
                }
                if (k != label[i])
                    least = fminl(least, margin / ((long double)(f + 2) * (long double)U * size));
            }
        CHECK(least > 0);
        CHECK_CLOSE(r->slack, (double)least, 1 + (double)(f + 4) * U * (double)least);
        sg_closed_regression_free(r);
        sg_data_free(&data);
        free(label);
        sg_base_rng_free(rng);
    }
}

/* What the certificate of finiteness leaves of the multipliers, formed again: 1 - slack is the
 * largest of 3/2 |F_i| |eta| max(1, (1 - q) / q), q the label's probability and
 * |eta| <= (|r| + its rounding, (n + c + 2) u E[|F|^T |g|]) / lambda_min(K), K of the wrong
 * classes, known to (n + 10 f c) u tr K. */
static void slack_is_its_formula(void **state)
{
    (void)state;
    size_t shown = 0;
    for (uint64_t replicate = 0; replicate < 30; replicate++) {
        struct sg_rng *rng = test_rng("slack", replicate);
        const size_t m = random_size(2, 4, rng), c = m - 1, n = random_size(30, 60, rng);
        struct sg_data data = classes(n, random_size(1, 3, rng), m, 0.5, replicate % 2, rng);
        const size_t f = data.d, size = f * c;
        size_t *label = labels_of(&data);
        double *k_matrix = SG_NEW(size * size, double), *lambda = SG_NEW(size, double),
               *rounding = SG_NEW(size, double), *odds = SG_NEW(n, double);
        struct sg_regression *r;
        context("replicate %llu, %zu samples, %zu features, %zu classes",
                (unsigned long long)replicate, n, f, m);
        /* classes that are separated in part have neither certificate */
        const enum sg_status status = sg_closed_regression_alloc(&r, data.x, label, n, f, c);
        const bool finite = status == SG_OK && !r->separated;
        CHECK(status == SG_OK || status == SG_UNPROVED);
        shown += finite;
        for (size_t i = 0; i < n && finite; i++) {
            const double *x = data.x + i * f;
            double q[4] = {1}, sum = 1, step[3], wrong = 0;
            for (size_t k = 1; k < m; k++) {
                double score = 0;
                for (size_t a = 0; a < f; a++)
                    score += x[a] * r->b[a * c + k - 1];
                sum += q[k] = exp(score);
            }
            for (size_t k = 0; k < m; k++)
                wrong += k == label[i] ? 0 : q[k] / sum;
            odds[i] = 1.5 * sg_base_norm(x, f) * fmax(1, wrong / (q[label[i]] / sum));
            /* sum over the wrong classes of q_l v^T v, v = e_l - e_label */
            for (size_t l = 0; l < m; l++) {
                for (size_t k = 1; k < m; k++)
                    step[k - 1] = (k == l ? 1 : 0) - (k == label[i] ? 1 : 0);
                for (size_t s = 0; s < size * size && l != label[i]; s++) {
                    const size_t a = s / size / c, k = s / size % c, b = s % size / c,
                                 o = s % size % c;
                    k_matrix[s] += q[l] / sum * x[a] * x[b] * step[k] * step[o] / (double)n;
                }
            }
            for (size_t s = 0; s < size; s++) {
                const size_t k = s % c + 1;
                rounding[s] += (double)(n + c + 2) * U * fabs(x[s / c]) *
                               (k == label[i] ? wrong : q[k] / sum) / (double)n;
            }
        }
        if (finite) {
            double trace = 0, most = 0;
            CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, k_matrix, size), SG_OK);
            for (size_t s = 0; s < size; s++)
                trace += lambda[s];
            const double unit = (double)(n + 10 * size) * U * trace,
                         least = lambda[size - 1] - unit;
            for (size_t i = 0; i < n; i++)
                most = fmax(most, odds[i] * (sg_base_norm(rounding, size) + r->gradient) / least);
            CHECK(most < 1e-6);
            /* 1 - slack to a few u, K to its own bound */
            CHECK_CLOSE(1 - r->slack, most, 4 * U + most * (2 * unit / least + 10 * (double)n * U));
        }
        free(label); free(k_matrix); free(lambda); free(rounding); free(odds);
        sg_closed_regression_free(r);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    CHECK(shown >= 10);
}

/* Two samples of different classes at one place between the others: separated in part only.
 * Neither certificate exists. */
static void in_part_is_undecided(void **state)
{
    (void)state;
    const double features[] = {-1, 1, 0, 1, 0, 1, 1, 1};
    const size_t label[] = {0, 0, 1, 1};
    struct sg_regression *r;
    CHECK_STATUS(sg_closed_regression_alloc(&r, features, label, 4, 2, 1), SG_UNPROVED);
    CHECK(r == NULL);
}

static void a_column_twice_is_singular(void **state)
{
    (void)state;
    const double features[] = {-1, -1, 0.5, 0.5, 0.25, 0.25, 2, 2};
    const size_t label[] = {0, 1, 0, 1};
    struct sg_regression *r;
    CHECK_STATUS(sg_closed_regression_alloc(&r, features, label, 4, 2, 1), SG_SINGULAR);
    CHECK(r == NULL);
}

/* L(B) - min L is the mean divergence of the fitted probabilities from those at the minimum. */
static void gap_is_a_divergence(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("gap", replicate);
        const size_t m = random_size(2, 4, rng), n = 60;
        struct sg_data data = classes(n, 2, m, 0.6, true, rng);
        size_t *label, c;
        struct sg_regression *r;
        CHECK_STATUS(sg_closed_classes(&label, &c, &data), SG_OK);
        CHECK_STATUS(sg_closed_regression_alloc(&r, data.x, label, n, 3, c), SG_OK);
        CHECK(!r->separated);
        double *score = SG_NEW(n * c, double), *best = SG_NEW(n * m, double),
               *q = SG_NEW(n * m, double), *b = sg_base_copy(r->b, 3 * c, sizeof *r->b);
        sg_base_mul(score, data.x, b, n, 3, c);
        const double least = sg_closed_log_loss(best, score, label, n, c);
        for (size_t i = 0; i < 3 * c; i++)
            b[i] += 0.1 * sg_base_rng_gaussian(rng);
        sg_base_mul(score, data.x, b, n, 3, c);
        const double loss = sg_closed_log_loss(q, score, label, n, c);
        context("replicate %llu, %zu classes", (unsigned long long)replicate, m);
        CHECK_CLOSE(least, r->loss, 2 * (double)n * U * least);
        CHECK_CLOSE(sg_closed_loss_gap(best, q, n, c), loss - least, 2 * (double)n * U * loss);
        CHECK(loss > least);
        /* a gap far below u L keeps its digits: second order, 1/2 E[(dq)^2 / q] */
        double half = 0;
        for (size_t i = 0; i < n; i++) {
            memcpy(q + i * m, best + i * m, m * sizeof *q);
            q[i * m] += 1e-10 * best[i * m];
            q[i * m + 1] -= 1e-10 * best[i * m];
            half += 0.5e-20 * best[i * m] * (1 + best[i * m] / best[i * m + 1]) / (double)n;
        }
        /* q's own rounding is u / 1e-10 of the change, at most
         * 1e-10 (q_0 + q_1)/q_1 of it the next order */
        CHECK_CLOSE(sg_closed_loss_gap(best, q, n, c), half, 1e-4 * half);
        free(score); free(best); free(q); free(b); free(label);
        sg_closed_regression_free(r);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* Changes about 1e-4, where the series takes over from log1p, against long double: what is left out
 * of the series is 2/5 x^3, and an ulp of log1p, 2 u |x|, is 4 u / |x|, of x^2 / 2. */
static void gap_of_small_changes(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("small gap", 0);
    for (size_t k = 0; k < 100; k++) {
        const double x = 1e-4 * random_between(0.5, 2, rng) * (k % 2 ? 1 : -1);
        double best[2] = {random_between(0.1, 0.9, rng)}, q[2];
        best[1] = 1 - best[0];
        q[0] = best[0] * (1 + x);
        q[1] = best[1];                                 /* the one term is measured */
        const long double a = (long double)best[0], b = (long double)q[0],
                          change = (b - a) / a, want = a * (change - log1pl(change));
        context("change %.17g", x);
        CHECK_CLOSE(sg_closed_loss_gap(best, q, 1, 1), (double)want,
                    (double)want * (0.4 * pow(fabs(x), 3) + 4 * U / fabs(x) + 10 * U));
    }
    sg_base_rng_free(rng);
}

static void labels_are_looked_at(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("labels", 0);
    struct sg_data data = classes(12, 2, 3, 0.5, true, rng);
    size_t *label, c;
    CHECK_STATUS(sg_closed_classes(&label, &c, &data), SG_OK);
    CHECK(c == 2);
    free(label);
    data.y[0] = 0.5;
    CHECK_STATUS(sg_closed_classes(&label, &c, &data), SG_HYPOTHESIS);
    CHECK(label == NULL);
    /* the third class is empty */
    for (size_t i = 0; i < 12; i++) {
        data.y[3 * i] = i % 2 ? 1 : 0;
        data.y[3 * i + 1] = i % 2 ? 0 : 1;
        data.y[3 * i + 2] = 0;
    }
    CHECK_STATUS(sg_closed_classes(&label, &c, &data), SG_HYPOTHESIS);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* ---- the joint equations --------------------------------------------------------------- */

/* Central differences: F is smooth; h = cbrt(u) leaves h^2 |F'''| / 6 + rounding / h. */
static void jacobian_is_the_derivative(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 10; replicate++) {
        struct sg_rng *rng = test_rng("jacobian", replicate);
        const size_t m = random_size(1, 3, rng);
        struct sg_data data = classes(20, 3, m, 0.3, replicate % 2, rng);
        const size_t size = sg_closed_log_joint_size(&data);
        double *at = random_vector(size, 0.7, rng), *j = SG_NEW(size * size, double),
               *up = SG_NEW(size, double), *down = SG_NEW(size, double);
        const double h = cbrt(U);
        sg_closed_log_joint_jacobian(j, &data, at);
        context("replicate %llu, m %zu", (unsigned long long)replicate, m);
        for (size_t k = 0; k < size; k++) {
            const double centre = at[k];
            at[k] = centre + h;
            sg_closed_log_joint(up, &data, at);
            at[k] = centre - h;
            sg_closed_log_joint(down, &data, at);
            at[k] = centre;
            /* |F'''| of order E|x|^4 (1 + |W| + |Phi|), about 100; and
             * u |F| / h, less than h^2 of that */
            for (size_t i = 0; i < size; i++)
                CHECK_CLOSE(j[i * size + k], (up[i] - down[i]) / (2 * h), 100 * h * h);
        }
        free(at); free(j); free(up); free(down);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* One sample's share, in long double, of the bound on F's rounding: per entry of x^T s and z^T e, a
 * unit for each operation that the sums s, e and q make, on absolute values. */
static void add_rounding(long double *bound, const double *x, const long double *z,
                         const double *at, const struct sg_data *data)
{
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1;
    const double *phi = at + d * m;
    const long double u = (long double)U, rows = (long double)n;
    long double dp[3] = {0}, p[3], total = 0, mean = 0;
    for (size_t j = 0; j < m; j++) {
        for (size_t k = 0; k < d; k++)
            dp[j] += (long double)(d + 1) * u *
                     fabsl((long double)x[k] * (long double)at[k * m + j]);
        total += expl(z[j]);
    }
    for (size_t j = 0; j < m; j++) {
        p[j] = m == 1 ? 1 / (1 + expl(-z[0])) : expl(z[j]) / total;
        mean += p[j] * dp[j];
    }
    for (size_t j = 0; j < m; j++) {
        long double s = 0, ds = 0;
        for (size_t k = 0; k < q; k++) {
            s += z[k] * (long double)phi[k * m + j];
            ds += fabsl((long double)phi[k * m + j]) *
                  ((long double)(q + 2) * u * fabsl(z[k]) + (k < m ? dp[k] : 0));
        }
        /* dq_j = q_j (1 - q_j) dp_j + sum over the others of q_j q_k dp_k,
         * and exp, sum and quotient */
        const long double dq =
            p[j] * ((1 - p[j]) * dp[j] + (mean - p[j] * dp[j]) + 8 * (long double)(m + 1) * u);
        const long double e = fabsl(s - (p[j] - z[m + j]));
        for (size_t k = 0; k < d; k++)
            bound[k * m + j] += fabsl((long double)x[k]) * ((rows + 2) * u * fabsl(s) + ds) / rows;
        for (size_t k = 0; k < q; k++)
            bound[d * m + k * m + j] +=
                (fabsl(z[k]) * ((rows + 4) * u * e + 2 * u * fabsl(s) + ds + dq) +
                 (k < m ? dp[k] * e : 0)) /
                rows;
    }
}

/* F by sums in long double, within the bound on its rounding; and that bound by the same sums. */
static void field_is_the_definition(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 10; replicate++) {
        struct sg_rng *rng = test_rng("field", replicate);
        const size_t m = random_size(1, 3, rng), n = 30, d = 4, q = 2 * m + 1;
        struct sg_data data = classes(n, 3, m, 0.3, true, rng);
        const size_t size = sg_closed_log_joint_size(&data);
        double *at = random_vector(size, 1.5, rng), *f = SG_NEW(size, double);
        long double *want = SG_NEW(size, long double), *units = SG_NEW(size, long double),
                    bound = 0;
        sg_closed_log_joint(f, &data, at);
        for (size_t i = 0; i < n; i++) {
            long double z[7] = {0}, s[3], g[3], sum = 0;
            for (size_t j = 0; j < m; j++) {
                for (size_t k = 0; k < d; k++)
                    z[j] += (long double)data.x[i * d + k] * (long double)at[k * m + j];
                z[m + j] = (long double)data.y[i * m + j];
                sum += expl(z[j]);
            }
            z[2 * m] = 1;
            add_rounding(units, data.x + i * d, z, at, &data);
            for (size_t j = 0; j < m; j++) {
                s[j] = 0;
                g[j] = (m == 1 ? 1 / (1 + expl(-z[0])) : expl(z[j]) / sum) -
                       (long double)data.y[i * m + j];
                for (size_t k = 0; k < q; k++)
                    s[j] += z[k] * (long double)at[d * m + k * m + j];
                for (size_t k = 0; k < d; k++)
                    want[k * m + j] += (long double)data.x[i * d + k] * s[j] / (long double)n;
                for (size_t k = 0; k < q; k++)
                    want[d * m + k * m + j] += z[k] * (s[j] - g[j]) / (long double)n;
            }
        }
        double error = 0;
        for (size_t k = 0; k < size; k++) {
            error = hypot(error, (double)((long double)f[k] - want[k]));
            bound = hypotl(bound, units[k]);
        }
        context("replicate %llu, m %zu", (unsigned long long)replicate, m);
        CHECK_BOUND(error, sg_closed_log_joint_rounding(&data, at));
        /* positive sums */
        CHECK_CLOSE(sg_closed_log_joint_rounding(&data, at), (double)bound,
                    (double)(n + size) * U * (double)bound);
        free(at); free(f); free(want); free(units);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* sigma_min over the leaf on which rows of W and Phi sum to 0 (m > 1), null
 * directions of Z left out. */
static double least_singular(const struct sg_data *data, const double *at)
{
    const size_t size = sg_closed_log_joint_size(data), m = data->m,
                 rows = size + (m > 1 ? size / m : 0);
    double *j = SG_NEW(rows * size, double), *sigma = SG_NEW(size, double);
    sg_closed_log_joint_jacobian(j, data, at);
    for (size_t r = 0; r < rows - size; r++)
        for (size_t o = 0; o < m; o++)
            j[(size + r) * size + r * m + o] = 1;
    CHECK_STATUS(sg_base_singular_values(sigma, j, rows, size), SG_OK);
    size_t last = size - 1;
    while (sigma[last] < (double)size * 100 * U * sigma[0])
        last--;
    const double least = sigma[last];
    free(j);
    free(sigma);
    return least;
}

/* ---- CP6 ------------------------------------------------------------------------------- */

/* No eigenvalue of A (m x m) is negative, but for one zero. */
static bool attracts(const struct sg_log_point *point, size_t m)
{
    double complex lambda[3];
    bool fine = point->finite && sg_base_eigen_general(lambda, NULL, point->phi, m) == SG_OK;
    for (size_t j = 0; j < m; j++)
        fine = fine && creal(lambda[j]) > -1e-9 * cabs(lambda[0]);
    return fine;
}

/* The theorem's point solves the joint equations, and what solves them from labels near 1/2
 * on is the theorem's point. */
static void theorem_and_newton_agree(void **state)
{
    (void)state;
    size_t finite = 0, not = 0;
    for (uint64_t replicate = 0; replicate < 60; replicate++) {
        struct sg_rng *rng = test_rng("point", replicate);
        const size_t m = random_size(1, 3, rng), features = random_size(2, 4, rng);
        const double noise = replicate % 3 == 0 && m < 3 ? 0 : 0.4;
        struct sg_data data = classes(60, features, m, noise, true, rng);
        const size_t size = sg_closed_log_joint_size(&data), n_w = data.d * m;
        struct sg_log_point *point, *optimum;
        double *at = SG_NEW(size, double), *f = SG_NEW(size, double),
               *newton = SG_NEW(size, double), error, residual;
        context("replicate %llu, m %zu, %zu features", (unsigned long long)replicate, m, features);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_optimum_alloc(&optimum, &data, NULL), SG_OK);
        const enum sg_status solved = sg_closed_log_joint_solve(newton, &residual, &data);
        /* else A has been through infinity on the way from labels near 1/3 */
        if (m < 3 || attracts(point, m))
            CHECK((solved == SG_OK) == point->finite);
        if (point->finite) {
            memcpy(at, point->w, n_w * sizeof *at);
            memcpy(at + n_w, point->phi, (size - n_w) * sizeof *at);
            sg_closed_log_joint(f, &data, at);
            CHECK_STATUS(sg_closed_log_point_error(&error, point, &data), SG_OK);
            CHECK_BOUND(frobenius(f, size), error);
            if (solved == SG_OK) {
                const double both = error + sg_closed_log_joint_rounding(&data, newton);
                CHECK_ALL(newton, point->w, both / least_singular(&data, at), n_w);
            }
            if (optimum->finite) {
                const double gap = sg_closed_loss_gap(optimum->probability, point->probability, 60,
                                                      m > 1 ? m - 1 : 1);
                CHECK(gap > 0);
                CHECK_CLOSE(gap, point->loss - optimum->loss, 120 * U * point->loss);
            }
            finite++;
        } else {
            /* a separating score is in col X */
            CHECK(!optimum->finite);
            CHECK_NAN(newton, size);
            not++;
        }
        free(at); free(f); free(newton);
        sg_closed_log_point_free(point);
        sg_closed_log_point_free(optimum);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    CHECK(finite > 30 && not > 2);
}

/* Corollary (a): one feature and ones; the regression on (p_LS, 1) is the regression on (x, 1). */
static void one_feature_has_no_gap(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("one", replicate);
        const size_t n = 50;
        struct sg_data data = classes(n, 1, 1, 0.4, true, rng),
                       two = classes(n, 2, 1, 0.4, true, rng);
        struct sg_log_point *point, *optimum;
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_optimum_alloc(&optimum, &data, NULL), SG_OK);
        context("replicate %llu", (unsigned long long)replicate);
        CHECK(point->finite == optimum->finite);
        if (point->finite) {
            /* either W errs by its gradient's rounding, n u |x|, over the least eigenvalue of the
             * Hessian, >= min q (1 - q) lambda_min(S_x); p_LS, known to 10 u cond(X), turns
             * nothing: p is in the span of x and 1 all the same */
            double least = 1, sigma[2];
            for (size_t i = 0; i < n; i++)
                least = fmin(least, optimum->probability[2 * i] * optimum->probability[2 * i + 1]);
            CHECK_STATUS(sg_base_singular_values(sigma, data.x, n, 2), SG_OK);
            const double hessian = least * sigma[1] * sigma[1] / (double)n,
                         slope = hypot(point->t[0], point->t[1]);
            CHECK_ALL(point->w, optimum->w,
                      (10 * U * sigma[0] / sigma[1] * slope +
                       2 * (double)n * U * sigma[0] / sqrt((double)n)) /
                          hessian,
                      2);
        }
        sg_closed_log_point_free(point);
        sg_closed_log_point_free(optimum);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &two, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_optimum_alloc(&optimum, &two, NULL), SG_OK);
        if (point->finite && optimum->finite)
            /* two features: a gap, rounding leaves u^2 cond^2 */
            CHECK(sg_closed_loss_gap(optimum->probability, point->probability, n, 1) > 1e-20);
        sg_closed_log_point_free(point);
        sg_closed_log_point_free(optimum);
        sg_data_free(&data);
        sg_data_free(&two);
        sg_base_rng_free(rng);
    }
}

/* Two classes by softmax: from W_1 + W_2 = 0 the logistic point with half of W in each column; from
 * another start e = x (W_1 + W_2) joins the score, and with two features and ones span{p_LS, 1, e}
 * is all of col X: no gap. */
static void softmax_of_two_classes(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("two", replicate);
        const size_t n = 60, d = 3;
        struct sg_data data = classes(n, 2, 2, 0.4, true, rng), single;
        sg_data_alloc(&single, n, d, 1);
        memcpy(single.x, data.x, n * d * sizeof *data.x);
        for (size_t i = 0; i < n; i++)
            single.y[i] = data.y[2 * i + 1];
        struct sg_log_point *two, *one, *moved, *optimum;
        double *start = random_vector(d, 1.0, rng), *e = SG_NEW(n, double), *f = SG_NEW(16, double),
               at[16], error;
        sg_base_mul(e, data.x, start, n, d, 1);
        CHECK_STATUS(sg_closed_log_point_alloc(&two, &data, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_point_alloc(&one, &single, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_point_alloc(&moved, &data, e), SG_OK);
        CHECK_STATUS(sg_closed_log_optimum_alloc(&optimum, &single, NULL), SG_OK);
        context("replicate %llu", (unsigned long long)replicate);
        CHECK(two->finite == one->finite);
        CHECK(moved->finite == optimum->finite);
        if (moved->finite && two->finite) {
            double sigma[3];
            CHECK_STATUS(sg_base_singular_values(sigma, data.x, n, d), SG_OK);
            double least = 1;
            for (size_t i = 0; i < n; i++)
                least =
                    fmin(least, fmin(optimum->probability[2 * i] * optimum->probability[2 * i + 1],
                                     one->probability[2 * i] * one->probability[2 * i + 1]));
            const double tol = (10 * U * sigma[0] / sigma[2] * (1 + frobenius(moved->t, 3)) +
                                2 * (double)n * U * sigma[0] / sqrt((double)n)) /
                               (least * sigma[2] * sigma[2] / (double)n);
            for (size_t k = 0; k < d; k++) {
                CHECK_CLOSE(two->w[2 * k + 1], one->w[k] / 2, tol);
                CHECK_CLOSE(two->w[2 * k], -one->w[k] / 2, tol);
                CHECK_CLOSE(moved->w[2 * k] + moved->w[2 * k + 1], start[k], tol);
                CHECK_CLOSE(moved->w[2 * k + 1] - moved->w[2 * k], optimum->w[k], tol);
            }
            CHECK(moved->f == 3);
            memcpy(at, moved->w, 6 * sizeof *at);
            memcpy(at + 6, moved->phi, 10 * sizeof *at);
            sg_closed_log_joint(f, &data, at);
            CHECK_STATUS(sg_closed_log_point_error(&error, moved, &data), SG_OK);
            CHECK_BOUND(frobenius(f, 16), error);
        }
        free(start); free(e); free(f);
        sg_closed_log_point_free(two);
        sg_closed_log_point_free(one);
        sg_closed_log_point_free(moved);
        sg_closed_log_point_free(optimum);
        sg_data_free(&data);
        sg_data_free(&single);
        sg_base_rng_free(rng);
    }
}

/* Without a ones column: the one point in span{P_X y, P_X 1} is what Newton finds. */
static void no_ones_column(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 10; replicate++) {
        struct sg_rng *rng = test_rng("plane", replicate);
        const size_t n = 60, d = 3;
        struct sg_data data = classes(n, d, 1, 0.3, false, rng);
        struct sg_log_point *point;
        double ab[16], newton[6], residual, both[120], fit[6], p[60], want[60];
        size_t found;
        bool open;
        context("replicate %llu", (unsigned long long)replicate);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_HYPOTHESIS);
        CHECK(point == NULL);
        CHECK_STATUS(sg_closed_log_plane(ab, &found, &open, &data, 64, 8), SG_OK);
        if (open) {
            sg_data_free(&data);
            sg_base_rng_free(rng);
            continue;
        }
        CHECK(found % 2 == 1);
        CHECK_STATUS(sg_closed_log_joint_solve(newton, &residual, &data), SG_OK);
        for (size_t i = 0; i < n; i++) {
            both[2 * i] = data.y[i];
            both[2 * i + 1] = 1;
        }
        CHECK_STATUS(sg_base_solve_least_squares(fit, NULL, NULL, data.x, both, n, d, 2), SG_OK);
        naive_mul(p, NULL, data.x, false, newton, false, n, d, 1);
        double nearest = HUGE_VAL;
        for (size_t k = 0; k < found; k++) {
            double w[3];
            for (size_t j = 0; j < d; j++)
                w[j] = ab[2 * k] * fit[2 * j] + ab[2 * k + 1] * fit[2 * j + 1];
            naive_mul(want, NULL, data.x, false, w, false, n, d, 1);
            double far = 0;
            for (size_t i = 0; i < n; i++)
                far = fmax(far, fabs(p[i] - want[i]));
            nearest = fmin(nearest, far);
        }
        /* bisection in the angle ends u from a sign change of the determinant, whose sums err by
         * some u |z| |g| like F: 10 u |p| through J^-1 */
        CHECK_BOUND(nearest, 10 * U * frobenius(p, n) / least_singular(&data, newton));
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* The error that the theorem's point may have, by the formula at its head; with a constant of many
 * values, which the theorem does not have, to tell samples apart. */
static void error_is_its_formula(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 10; replicate++) {
        struct sg_rng *rng = test_rng("error", replicate);
        const size_t m = random_size(1, 3, rng), n = 40, q = 2 * m + 1, f = m > 1 ? m : 2;
        struct sg_data data = classes(n, 3, m, 0.5, true, rng);
        const size_t d = data.d, size = sg_closed_log_joint_size(&data);
        struct sg_log_point *point;
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        double *z = SG_NEW(n * q, double), *p = SG_NEW(n * m, double), *g = SG_NEW(n * m, double),
               *state_at = SG_NEW(size, double), sx[4], sz[7], error;
        for (size_t i = 0; i < n; i++) {
            data.one[i] = 1 + sg_base_rng_uniform(rng);
            for (size_t j = 0; j < m; j++) {
                for (size_t k = 0; k < d; k++)
                    p[i * m + j] += data.x[i * d + k] * point->w[k * m + j];
                g[i * m + j] = point->probability[i * f + (m > 1 ? j : 1)] - data.y[i * m + j];
                z[i * q + j] = p[i * m + j];
                z[i * q + m + j] = data.y[i * m + j];
            }
            z[i * q + 2 * m] = data.one[i];
        }
        memcpy(state_at, point->w, d * m * sizeof *state_at);
        memcpy(state_at + d * m, point->phi, q * m * sizeof *state_at);
        CHECK_STATUS(sg_base_singular_values(sx, data.x, n, d), SG_OK);
        CHECK_STATUS(sg_base_singular_values(sz, z, n, q), SG_OK);
        /* for m > 1 rows of p sum to 0, and the 1 is the sum of the labels no more */
        size_t rank = q;
        while (sz[rank - 1] <= (double)n * U * sz[0])
            rank--;
        const double dp = 10 * U * sx[0] / sx[d - 1] * sg_base_norm(p, n * m),
                     of_g = sg_base_norm(g, n * m);
        const double ds = 10 * U * sz[0] / sz[rank - 1] * of_g +
                          dp * sg_base_norm(point->phi, m * m);
        const double want = sg_closed_log_joint_rounding(&data, state_at) +
                            ((sx[0] + sz[0]) * ds + sz[0] * dp / 2 + dp * of_g) / (double)n +
                            (1 + sg_base_norm(point->t, point->f * (m > 1 ? m - 1 : 1))) *
                                (point->gradient + sqrt((double)n) * U * of_g);
        context("replicate %llu, m %zu, rank %zu of %zu", (unsigned long long)replicate, m, rank,
                q);
        CHECK_STATUS(sg_closed_log_point_error(&error, point, &data), SG_OK);
        /* the least singular values are known to n u of the largest, everything
         * else to n + d + q roundings */
        CHECK_CLOSE(error, want,
                    want * U * (double)(n + d + q) *
                        (2 + sx[0] / sx[d - 1] + sz[0] / sz[rank - 1]));
        free(z); free(p); free(g); free(state_at);
        sg_closed_log_point_free(point);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* One sample of one feature in one of two classes is the least there is. */
static void least_sizes(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("least", 0);
    const double one = 1;
    const size_t label = 1;
    struct sg_regression *r;
    CHECK_STATUS(sg_closed_regression_alloc(&r, &one, &label, 1, 1, 1), SG_OK);
    CHECK(r->separated && r->b[0] > 0);
    sg_closed_regression_free(r);
    CHECK_ABORTS((void)!sg_closed_regression_alloc(&r, &one, &label, 0, 1, 1));
    CHECK_ABORTS((void)!sg_closed_regression_alloc(&r, &one, &label, 1, 0, 1));
    CHECK_ABORTS((void)!sg_closed_regression_alloc(&r, &one, &label, 1, 1, 0));
    struct sg_data data = classes(12, 2, 1, 0.5, true, rng),
                   two = classes(12, 2, 2, 0.5, true, rng);
    double ab[2];
    size_t found;
    bool open;
    (void)!sg_closed_log_plane(ab, &found, &open, &data, 2, 1);
    CHECK(found <= 1);
    CHECK_ABORTS((void)!sg_closed_log_plane(ab, &found, &open, &data, 1, 1));
    CHECK_ABORTS((void)!sg_closed_log_plane(ab, &found, &open, &two, 9, 1));
    sg_data_free(&data);
    sg_data_free(&two);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_groups_have_their_own_shares),
        TEST(separation_is_decided),
        TEST(several_classes_are_separated),
        TEST(slack_is_its_formula),
        TEST(in_part_is_undecided),
        TEST(a_column_twice_is_singular),
        TEST(gap_is_a_divergence), TEST(gap_of_small_changes),
        TEST(labels_are_looked_at),
        TEST(jacobian_is_the_derivative),
        TEST(field_is_the_definition),
        TEST(theorem_and_newton_agree),
        TEST(one_feature_has_no_gap),
        TEST(softmax_of_two_classes),
        TEST(no_ones_column),
        TEST(error_is_its_formula),
        TEST(least_sizes),
    };
    return RUN(tests);
}
