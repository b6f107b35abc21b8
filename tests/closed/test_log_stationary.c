/* AD1's bounds from a residual: sound near and far, and no looser than they say; the gap against
 * the two points it is between. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/logloss.h"

static struct sg_data draw(uint64_t replicate, enum sg_labels labels)
{
    struct sg_data data;
    struct sg_rng *rng = test_rng("stationary", replicate);
    const struct sg_classes spec = {.n = 80, .d = 5, .labels = labels, .bias = true};
    sg_data_make_classes(&data, &spec, rng);
    sg_base_rng_free(rng);
    return data;
}

static double loss_at(const struct sg_data *data, const double *w)
{
    double sum = 0;
    for (size_t i = 0; i < data->n; i++) {
        const double p = sg_base_dot(data->x + i * data->d, w, data->d);
        sum += log1p(exp(-fabs(p))) + fmax(p, 0) - data->y[i] * p;
    }
    return sum / (double)data->n;
}

/* grad L; and for the SG given, r and f. */
static void residuals(double *gradient, double *r, double *f, const struct sg_data *data,
                      const double *w, const double *phi)
{
    const size_t d = data->d;
    memset(gradient, 0, d * sizeof *gradient);
    memset(r, 0, d * sizeof *r);
    memset(f, 0, 3 * sizeof *f);
    for (size_t i = 0; i < data->n; i++) {
        const double p = sg_base_dot(data->x + i * d, w, d), g = 1 / (1 + exp(-p)) - data->y[i],
                     rows = (double)data->n;
        const double z[3] = {p, data->y[i], 1}, s = sg_base_dot(z, phi, 3);
        for (size_t k = 0; k < d; k++) {
            gradient[k] += data->x[i * d + k] * g / rows;
            r[k] += data->x[i * d + k] * s / rows;
        }
        for (size_t k = 0; k < 3; k++)
            f[k] += z[k] * (s - g) / rows;
    }
}

/* States off the resting point by eps, the SG off as well: |L - L*| <= bound; and over all states
 * the bound is attained within a factor. */
static void a_residual_bounds_the_distance_in_loss(void **state)
{
    (void)state;
    const double sizes[] = {1e-2, 1e-3, 1e-5};
    double tightest = HUGE_VAL;
    size_t proved = 0;
    for (uint64_t replicate = 0; replicate < 40; replicate++) {
        struct sg_data data = draw(replicate, SG_LABELS_NOISY);
        struct sg_log_point *point;
        struct sg_rng *rng = test_rng("off", replicate);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        for (size_t e = 0; e < 3 && point->finite; e++) {
            double w[5], phi[3], gradient[5], r[5], f[3], bound;
            for (size_t k = 0; k < 5; k++)
                w[k] = point->w[k] + sizes[e] * sg_base_rng_gaussian(rng);
            for (size_t k = 0; k < 3; k++)
                phi[k] = point->phi[k] * (1 + 0.1 * sizes[e] * sg_base_rng_gaussian(rng));
            residuals(gradient, r, f, &data, w, phi);
            const double off = fabs(loss_at(&data, w) - point->loss);
            if (sg_closed_log_stationary(&bound, &data, w, phi, r, f) == SG_OK) {
                context("replicate %zu, eps %g: off %.17g, bound %.17g", (size_t)replicate,
                        sizes[e], off, bound);
                CHECK(off <= bound);
                tightest = fmin(tightest, bound / off);
                proved++;
            } else {
                CHECK(isnan(bound));
            }
        }
        sg_closed_log_point_free(point);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    context("%zu proved, tightest %g", proved, tightest);
    CHECK(proved >= 60 && tightest < 20);
}

/* p = a p* + b on the SG's own plane, with the phi that keeps s = beta (y - p_LS): r = 0 and
 * delta = 0, so that 3/4 lambda^2 is all of the bound. */
static void on_the_plane_the_bound_is_lambda_squared(void **state)
{
    (void)state;
    double tightest = HUGE_VAL;
    for (uint64_t replicate = 0; replicate < 40; replicate++) {
        struct sg_data data = draw(replicate, SG_LABELS_NOISY);
        struct sg_log_point *point;
        struct sg_rng *rng = test_rng("plane", replicate);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        const double a = 1 + 0.02 * sg_base_rng_gaussian(rng), b = 0.02 * sg_base_rng_gaussian(rng),
                     alpha = point->phi[0] / a;
        const double phi[3] = {alpha, point->phi[1], point->phi[2] - alpha * b};
        double w[5], gradient[5], r[5], f[3], bound;
        for (size_t k = 0; k < 5; k++)
            w[k] = a * point->w[k] + (k == 4 ? b : 0);
        residuals(gradient, r, f, &data, w, phi);
        const double off = loss_at(&data, w) - point->loss;
        if (point->finite && sg_closed_log_stationary(&bound, &data, w, phi, r, f) == SG_OK) {
            context("replicate %zu: off %.17g, bound %.17g", (size_t)replicate, off, bound);
            CHECK(sg_base_norm(r, 5) < 1e-13 && off > 0 && off <= bound);
            tightest = fmin(tightest, bound / off);
        }
        sg_closed_log_point_free(point);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    context("tightest %g", tightest);
    CHECK(tightest > 1.4 && tightest < 2);                /* off is lambda^2 / 2 to first order */
}

static void exchange_samples(struct sg_data *data, size_t i, size_t j)
{
    for (size_t k = 0; k <= data->d; k++) {
        double *a = k < data->d ? &data->x[i * data->d + k] : &data->y[i],
               *b = k < data->d ? &data->x[j * data->d + k] : &data->y[j], kept = *a;
        *a = *b;
        *b = kept;
    }
}

/* The sample with the largest score becomes the first: what is a largest over
 * samples must look there too. */
static void farthest_first(struct sg_data *data, const double *w)
{
    size_t far = 0;
    for (size_t i = 1; i < data->n; i++)
        if (fabs(sg_base_dot(data->x + i * data->d, w, data->d)) >
            fabs(sg_base_dot(data->x + far * data->d, w, data->d)))
            far = i;
    exchange_samples(data, far, 0);
}

/* The bound is what its derivation says, term by term in long double; r = S_x v for a v of our own,
 * so that delta = x v / alpha needs no solution.  With r = f = 0 nothing is left of it but the
 * rounding of two sums of losses. */
static void the_bound_is_its_formula(void **state)
{
    (void)state;
    enum { D = 5 };
    /* 0, and by 3/2 from where all are proved to where none is */
    enum { SIZES = 13 };
    size_t proved[SIZES] = {0};
    for (uint64_t replicate = 0; replicate < 40; replicate++) {
        struct sg_data data = draw(replicate, SG_LABELS_NOISY);
        struct sg_log_point *point;
        struct sg_rng *rng = test_rng("formula", replicate);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        farthest_first(&data, point->w);
        for (size_t e = 0; e < SIZES && point->finite; e++) {
            const double eps = e ? 1e-4 * pow(1.5, (double)e - 1) : 0;
            const long double rows = (long double)data.n, alpha = (long double)point->phi[0],
                              u = (long double)SG_UNIT_ROUNDOFF;
            double s_x[D * D] = {0}, lambda[D], v[D], r[D] = {0}, f[3], bound;
            for (size_t k = 0; k < D; k++)
                v[k] = eps * sg_base_rng_gaussian(rng);
            for (size_t k = 0; k < 3; k++)
                f[k] = eps / 10 * sg_base_rng_gaussian(rng);
            sg_base_mul_tn(s_x, data.x, data.x, D, data.n, D);
            for (size_t k = 0; k < D * D; k++)
                r[k / D] += (s_x[k] /= (double)data.n) * v[k % D];
            long double gg = 0, dd = 0, qq = 0, k0 = 0, k1 = 0, k2 = 0, e_r = 0, w_r = 0,
                        rounding = 0, reach2 = 0;
            long double q[80];
            for (size_t i = 0; i < data.n; i++) {
                long double p = 0, delta = 0, size = 0;
                for (size_t k = 0; k < D; k++) {
                    const long double x = (long double)data.x[i * D + k];
                    p += x * (long double)point->w[k];
                    size += fabsl(x * (long double)point->w[k]);
                    delta += x * (long double)v[k] / alpha;
                }
                q[i] = p - delta;
                const long double g = 1 / (1 + expl(-p)) - (long double)data.y[i],
                                  of_q = 1 / (1 + expl(-q[i])), curvature = of_q * (1 - of_q);
                gg += g * g / rows;
                dd += delta * delta / rows;
                qq += q[i] * q[i] / rows;
                k0 += curvature * q[i] * q[i] / rows;
                k1 += curvature * q[i] / rows;
                k2 += curvature / rows;
                e_r += delta * alpha / rows;
                rounding += 2 * u *
                            ((rows + 4) * (log1pl(expl(p)) - (long double)data.y[i] * p) +
                             (D + 1) * fabsl(g) * size) /
                            rows;
            }
            for (size_t k = 0; k < D; k++)
                w_r += (long double)point->w[k] * (long double)r[k];
            const long double det = k0 * k2 - k1 * k1,
                              along_1 = fabsl(e_r) + fabsl((long double)f[2]) + sqrtl(dd) / 4;
            const long double along_q = fabsl(w_r) + fabsl((long double)f[0]) + sqrtl(dd * gg) +
                                        sqrtl(qq * dd) / 4;
            const long double lambda2 = (k2 * along_q * along_q +
                                         2 * fabsl(k1) * along_q * along_1 +
                                         k0 * along_1 * along_1) /
                                        det;
            for (size_t i = 0; i < data.n; i++)
                reach2 = fmaxl(reach2, (k2 * q[i] * q[i] - 2 * k1 * q[i] + k0) / det);
            const long double want = (sqrtl(gg) + sqrtl(dd) / 4) * sqrtl(dd) + 0.75L * lambda2 +
                                     rounding;
            /* n + 10 u of each sum of positive terms, times what cancels in det; delta by the
             * condition of S_x, d u of which r brings itself; w.r and e.r are small sums of larger
             * terms, by no more than that */
            CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, s_x, D), SG_OK);
            const double tol = SG_UNIT_ROUNDOFF *
                               (4 * ((double)data.n + 10) * (double)(k0 * k2 / det) +
                                10 * D * lambda[0] / lambda[D - 1]);
            context("replicate %zu, eps %g: 9 R^2 lambda^2 %Lg", (size_t)replicate, eps,
                    9 * reach2 * lambda2);
            const enum sg_status status =
                sg_closed_log_stationary(&bound, &data, point->w, point->phi, r, f);
            CHECK(status == (9 * reach2 * lambda2 <= 1 ? SG_OK : SG_UNPROVED));
            if (status == SG_OK) {
                CHECK_CLOSE(bound, (double)want, tol * (double)want);
                proved[e]++;
            }
        }
        sg_closed_log_point_free(point);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    CHECK(proved[0] > 20 && proved[1] > 10 && proved[SIZES - 1] < proved[1]);
}

/* L - inf L is lambda^2 / 2 near the optimum: the bound is 3/2 times that. */
static void a_gradient_bounds_the_excess(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_data data = draw(replicate, SG_LABELS_RANDOM);
        struct sg_log_point *best;
        struct sg_rng *rng = test_rng("excess", replicate);
        double w[5], gradient[5], r[5], f[3], bound;
        const double none[3] = {0};
        CHECK_STATUS(sg_closed_log_optimum_alloc(&best, &data, NULL), SG_OK);
        for (double eps = 1e-4; eps < 0.2; eps *= 10) {
            for (size_t k = 0; k < 5; k++)
                w[k] = best->w[k] + eps * sg_base_rng_gaussian(rng);
            residuals(gradient, r, f, &data, w, none);
            const double excess = loss_at(&data, w) - best->loss;
            if (sg_closed_log_excess(&bound, &data, w, gradient) != SG_OK)
                continue;
            context("replicate %zu, eps %g: %.17g, bound %.17g", (size_t)replicate, eps, excess,
                    bound);
            CHECK(excess <= bound && bound <= 1.6 * excess + 1e-15);
        }
        for (size_t k = 0; k < 5; k++)
            w[k] = 30 * sg_base_rng_gaussian(rng);
        residuals(gradient, r, f, &data, w, none);
        CHECK_STATUS(sg_closed_log_excess(&bound, &data, w, gradient), SG_UNPROVED);
        CHECK(isnan(bound));
        sg_closed_log_point_free(best);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

enum { EXCESS_D = 5, EXCESS_N = 80 };

/* H at w in long double, r = H v and lambda^2 = v H v, so that no solution is needed.
 * R^2 = max_i x_i H^-1 x_i^T by elimination; *far: the sample that attains it. */
static void excess_oracle(long double *lambda2, long double *reach2, size_t *far, double *h,
                          double *r, const struct sg_data *data, const double *w, const double *v)
{
    enum { D = EXCESS_D, N = EXCESS_N };
    long double sum[D * D] = {0};
    double xt[D * N], solved[D * N];
    for (size_t i = 0; i < N; i++) {
        const double *x = data->x + i * D;
        long double p = 0;
        for (size_t k = 0; k < D; k++) {
            p += (long double)x[k] * (long double)w[k];
            xt[k * N + i] = x[k];
        }
        const long double of_p = 1 / (1 + expl(-p));
        for (size_t k = 0; k < D * D; k++)
            sum[k] += of_p * (1 - of_p) / N * (long double)x[k / D] * (long double)x[k % D];
    }
    *lambda2 = *reach2 = 0;
    for (size_t k = 0; k < D; k++) {
        long double r_k = 0;
        for (size_t j = 0; j < D; j++) {
            h[k * D + j] = (double)sum[k * D + j];
            r_k += sum[k * D + j] * (long double)v[j];
        }
        r[k] = (double)r_k;
        *lambda2 += r_k * (long double)v[k];
    }
    naive_solve(solved, h, xt, D, N);
    for (size_t i = 0; i < N; i++) {
        long double square = 0;
        for (size_t k = 0; k < D; k++)
            square += (long double)xt[k * N + i] * (long double)solved[k * N + i];
        if (square > *reach2)
            *far = i;
        *reach2 = fmaxl(*reach2, square);
    }
}

/* The bound is 3/4 lambda^2, and the condition 3 R lambda <= 1 says whether there is one: on a
 * ladder of gradients from where all are proved to where none is.  After the first rung the sample
 * that attains R is the first one, or the last. */
static void the_excess_is_its_formula(void **state)
{
    (void)state;
    enum { D = EXCESS_D, N = EXCESS_N, SIZES = 13 };
    size_t proved[SIZES] = {0};
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_data data = draw(replicate, SG_LABELS_RANDOM);
        struct sg_rng *rng = test_rng("excess formula", replicate);
        double *w = random_vector(D, 0.5, rng), v[D], h[D * D], r[D], lambda[D], bound;
        for (size_t e = 0; e < SIZES; e++) {
            long double lambda2, reach2;
            size_t far = 0;
            for (size_t k = 0; k < D; k++)
                v[k] = 1e-2 * pow(1.5, (double)e) * sg_base_rng_gaussian(rng);
            excess_oracle(&lambda2, &reach2, &far, h, r, &data, w, v);
            context("replicate %zu, rung %zu: 9 R^2 lambda^2 %Lg, of sample %zu",
                    (size_t)replicate, e, 9 * reach2 * lambda2, far);
            const enum sg_status status = sg_closed_log_excess(&bound, &data, w, r);
            CHECK(status == (9 * reach2 * lambda2 <= 1 ? SG_OK : SG_UNPROVED));
            if (status == SG_OK) {
                /* sums of n terms in H and d u of its solution, times H's condition */
                CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, h, D), SG_OK);
                CHECK_CLOSE(bound, 0.75 * (double)lambda2,
                            SG_UNIT_ROUNDOFF * (N + 10 * D) * lambda[0] / lambda[D - 1] *
                                (double)lambda2);
                proved[e]++;
            } else {
                CHECK(isnan(bound));
            }
            exchange_samples(&data, far, replicate % 2 ? N - 1 : 0);
        }
        free(w);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
    context("proved: %zu on the first rung, %zu on the last", proved[0], proved[SIZES - 1]);
    CHECK(proved[0] == 20 && proved[SIZES - 1] == 0);
}

static void the_gap_is_between_its_two_points(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 30; replicate++) {
        struct sg_data data = draw(replicate, replicate % 3 == 0   ? SG_LABELS_LINEAR
                                              : replicate % 3 == 1 ? SG_LABELS_NOISY
                                                                   : SG_LABELS_RANDOM);
        struct sg_log_point *point, *best;
        struct sg_log_gap gap;
        CHECK_STATUS(sg_closed_log_gap(&gap, &data), SG_OK);
        CHECK_STATUS(sg_closed_log_point_alloc(&point, &data, NULL), SG_OK);
        CHECK_STATUS(sg_closed_log_optimum_alloc(&best, &data, NULL), SG_OK);
        CHECK(gap.finite == point->finite && gap.separable == !best->finite);
        /* sums of 80 terms below 1 */
        CHECK(
            sg_base_within(fabs(gap.gap - (point->loss - best->loss)), 10 * 80 * SG_UNIT_ROUNDOFF));
        sg_closed_log_point_free(point);
        sg_closed_log_point_free(best);
        sg_data_free(&data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_residual_bounds_the_distance_in_loss),
        TEST(on_the_plane_the_bound_is_lambda_squared),
        TEST(the_bound_is_its_formula),
        TEST(a_gradient_bounds_the_excess),
        TEST(the_excess_is_its_formula),
        TEST(the_gap_is_between_its_two_points),
    };
    return RUN(tests);
}
