/* Certificates of linear regression and its SG against an instance solved by hand and against the
 * closed forms on random data. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_ARB
/* x = (1, 1, -1, -1), y = 2 x + r, r = (1, -1, 1, -1)/2:  S_x = 1, W* = 2,
 * S_z = [[4, 4, 0], [4, 17/4, 0], [0, 0, 1]], whose largest eigenvalue is
 * (33/4 + sqrt(1025)/4) / 2. */
static const double X[4] = {1, 1, -1, -1}, Y[4] = {2.5, 1.5, -1.5, -2.5};
static const double TOP_Z = 8.1269526483955303;
static const struct sg_cert_data four = {.n = 4, .d = 1, .m = 1, .x = X, .y = Y};
/* With a ones column, y = 2 x exactly. */
static const double X1[8] = {1, 1, 1, 1, -1, 1, -1, 1}, W1[2] = {2, 0},
                    NO[8] = {1, SG_NAN, 1, 1, 1, 1, 1, 1};
static const struct sg_cert_data line = {.n = 4, .d = 2, .m = 1, .x = X1, .w = W1};

static bool holds(struct sg_interval i, double x) { return i.low <= x && x <= i.high; }

static void moments_by_hand(void **state)
{
    (void)state;
    struct sg_interval x, z;
    CHECK_CLOSE((8.25 + sqrt(1025) / 4) / 2, TOP_Z, 4 * SG_UNIT_ROUNDOFF * TOP_Z);
    CHECK_STATUS(sg_cert_moments(&x, &z, &four), SG_OK);
    CHECK(holds(x, 1) && z.low <= TOP_Z * (1 + SG_UNIT_ROUNDOFF) &&
          z.high >= TOP_Z * (1 - SG_UNIT_ROUNDOFF));
    CHECK_BOUND(z.high - z.low, 1e-13 * TOP_Z);
    /* a constant of 3: S_z's last entry is 9, the largest eigenvalue */
    const double threes[4] = {3, 3, 3, 3};
    struct sg_cert_data other = four;
    other.one = threes;
    CHECK_STATUS(sg_cert_moments(&x, &z, &other), SG_OK);
    CHECK(holds(x, 1) && holds(z, 9) && z.high - z.low < 1e-12);
    /* no residual: S_z is singular, DY3's hypotheses cannot be proved */
    const double exact[4] = {2, 2, -2, -2};
    const struct sg_cert_data realizable = {.n = 4, .d = 1, .m = 1, .x = X, .y = exact};
    CHECK_STATUS(sg_cert_moments(&x, &z, &realizable), SG_UNPROVED);
    CHECK_NAN(&x.low, 2);
    CHECK_NAN(&z.low, 2);
}

/* S_x = diag(u^2, 2^-40 u^2) in three units.  Of a column that is twice another, and of one that is
 * 0, nothing is proved. */
static void curvature_by_hand(void **state)
{
    (void)state;
    static const double UNIT[] = {1, 0x1p30, 0x1p-30};
    struct sg_interval least, most;
    for (size_t k = 0; k < COUNT(UNIT); k++) {
        const double u = UNIT[k], e = 0x1p-20, x[8] = {u, e * u, u, -e * u, -u, e * u, -u, -e * u};
        struct sg_cert_data data = {.n = 4, .d = 2, .m = 1, .x = x, .y = Y};
        context("unit %g", u);
        CHECK_STATUS(sg_cert_curvature(&least, &most, &data), SG_OK);
        CHECK(holds(most, u * u) && holds(least, e * e * u * u));
        CHECK(most.high - most.low <= 1e-13 * u * u && least.high - least.low <= 1e-13 * u * u);
        double twice[8];
        for (size_t i = 0; i < 4; i++) {
            twice[2 * i] = x[2 * i + 1];
            twice[2 * i + 1] = k == 1 ? 0 : 2 * x[2 * i + 1];
        }
        data.x = twice;
        CHECK_STATUS(sg_cert_curvature(&least, &most, &data), SG_UNPROVED);
        CHECK_NAN(&least.low, 2);
        CHECK_NAN(&most.low, 2);
    }
    struct sg_cert_data bad = line;
    bad.x = NO;
    CHECK_STATUS(sg_cert_curvature(&least, &most, &bad), SG_NOT_FINITE);
    CHECK_NAN(&least.low, 2);
}

static void limits_of_the_joint_step(void **state)
{
    (void)state;
    const enum sg_cert_order order[] = {SG_CERT_SIMULTANEOUS, SG_CERT_SG_FIRST,
                                        SG_CERT_NETWORK_FIRST};
    struct sg_interval r;
    for (size_t k = 0; k < 3; k++) {
        context("order %zu", k);
        struct sg_cert_step step = {.mu = 1.9375, .nu = 0.1, .order = order[k]};
        CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, 1e-6), SG_OK);
        /* det = 1: the other eigenvalue is 1 / TOP_Z */
        CHECK(holds(r, 1 - 0.1 / TOP_Z) && r.high - r.low <= 1e-6);
        step.mu = 2 * (1 - 1e-8);
        CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, HUGE_VAL), SG_OK);
        step.mu = 2 * (1 + 1e-8);
        CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, HUGE_VAL), SG_REFUTED);
        step.mu = 0.5;
        step.nu = 2 / TOP_Z * (1 - 1e-8);
        CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, HUGE_VAL), SG_OK);
        step.nu = 2 / TOP_Z * (1 + 1e-8);
        CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, HUGE_VAL), SG_REFUTED);
    }
    CHECK_STATUS(sg_cert_step_radius(&r, &four, &(struct sg_cert_step){.mu = 2, .nu = 0.1},
                                     HUGE_VAL),
                 SG_UNPROVED);
    for (size_t tau = 0; tau < 4; tau++) {               /* delayed pairs cost nothing */
        CHECK_STATUS(sg_cert_step_radius(&r, &four,
                                         &(struct sg_cert_step){.mu = 1.999, .nu = 0.1, .tau = tau},
                                         HUGE_VAL),
                     SG_OK);
        CHECK_STATUS(sg_cert_step_radius(&r, &four,
                                         &(struct sg_cert_step){.mu = 2.001, .nu = 0.1, .tau = tau},
                                         HUGE_VAL),
                     SG_REFUTED);
    }
}

/* d = 2 with the ones, rank [y 1] = 2: no free mode; the pair of a = 1 (S_z has 8 and 1) leaves
 * where its trace is its determinant, mu (1 + c) + nu = mu nu. */
static void the_line_of_fixed_points(void **state)
{
    (void)state;
    struct sg_interval r;
    const double edge = -1 - 0.5 + 0.03125;
    for (int side = -1; side <= 1; side += 2) {
        const double c = edge + side * 1e-6;
        const struct sg_cert_step step = {.mu = 0.0625, .nu = 0.03125, .C = &c};
        CHECK_STATUS(sg_cert_step_radius(&r, &line, &step, HUGE_VAL),
                     side > 0 ? SG_OK : SG_REFUTED);
    }
    /* c = 1: the pairs of I - [[mu (1 + c), mu], [nu a c, nu a]], the
     * larger root for a = 1 decides. */
    const double mu = 0.0625, nu = 0.03125, c = 1, trace = mu * (1 + c) + nu,
                 det = mu * (1 + c) * nu - mu * nu * c;
    const double truth = 1 - (trace - sqrt(trace * trace - 4 * det)) / 2;
    CHECK_STATUS(sg_cert_step_radius(&r, &line, &(struct sg_cert_step){.mu = mu, .nu = nu, .C = &c},
                                     1e-6),
                 SG_OK);
    CHECK(holds(r, truth) && r.high - r.low <= 1e-6);
}

/* The same radius in floating point, with pairs of tau steps ago: the state (W_t, Phi_t, W_{t-1},
 * ..., W_{t-tau}) written out, J's SG rows reading W of the oldest.  Of all eigenvalues the `skip`
 * nearest to 1 are left out. */
static double delayed_radius(const double *J, size_t n, size_t n_w, size_t tau, size_t skip)
{
    const size_t size = n + tau * n_w, oldest = tau > 0 ? n + (tau - 1) * n_w : 0;
    double *A = SG_NEW(size * size, double), radius = 0;
    double complex *lambda = SG_NEW(size, double complex);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            A[i * size + (i >= n_w && j < n_w ? oldest + j : j)] = J[i * n + j];
    for (size_t t = 1; t <= tau; t++)
        for (size_t j = 0; j < n_w; j++)
            A[(n + (t - 1) * n_w + j) * size + (t == 1 ? j : n + (t - 2) * n_w + j)] = 1;
    CHECK_STATUS(sg_base_eigen_general(lambda, NULL, A, size), SG_OK);
    for (; skip > 0; skip--) {
        size_t nearest = 0;
        for (size_t i = 1; i < size; i++)
            if (cabs(lambda[i] - 1) < cabs(lambda[nearest] - 1))
                nearest = i;
        lambda[nearest] = 0;
    }
    for (size_t i = 0; i < size; i++)
        radius = fmax(radius, cabs(lambda[i]));
    free(A);
    free(lambda);
    return radius;
}

/* Two outputs and a C that is not symmetric, eigenvalues u +- v i; columns of signs with S_x = I,
 * ones among them or not.  The enclosure holds the radius of the closed spectrum, and with a delay
 * that of the state written out. */
static void the_line_of_two_outputs(void **state)
{
    (void)state;
    enum { N = 8, D = 4, M = 2 };
    struct sg_rng *rng = test_rng("two outputs", 0);
    for (size_t k = 0; k < 12; k++) {
        const size_t first = k % 2;                        /* column 0 of the signs is the ones */
        double x[N * D], y[N * M], *w = random_vector(D * M, 1, rng);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < D; j++)
                x[i * D + j] = __builtin_parityll(i & (j + first)) ? -1 : 1;
        sg_base_mul(y, x, w, N, D, M);
        double ones[N] = {1, 1, 1, 1, 1, 1, 1, 1};
        struct sg_data data = {.n = N, .d = D, .m = M, .x = x, .y = y, .one = ones};
        struct sg_fit *fit;
        struct sg_line *closed;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        CHECK_STATUS(sg_closed_line_alloc(&closed, fit), SG_OK);
        const double u = random_between(-0.5, 1, rng), v = random_between(0.1, 1, rng),
                     stretch = random_between(1.5, 3, rng);
        const double C[M * M] = {u, -v * stretch, v / stretch, u};
        const double complex c[M] = {SG_COMPLEX(u, v), SG_COMPLEX(u, -v)};
        const struct sg_cert_data exact = {.n = N, .d = D, .m = M, .x = x, .w = w};
        const struct sg_cert_step step = {.mu = random_between(0.1, 0.9, rng),
                                          .nu = random_between(0.1, 0.9, rng) / fit->lambda_z[0],
                                          .tau = k / 2 % 3,
                                          .C = C};
        double phi[(2 * M + 1) * M], J[18 * 18], radius;
        sg_closed_line_point(phi, C, M);
        sg_closed_joint_jacobian(J, &data, w, phi, step.mu, step.nu);
        radius = step.tau > 0 ? delayed_radius(J, 18, D * M, step.tau, M * M)
                              : sg_closed_line_radius(closed, c, step.mu, step.nu);
        struct sg_interval r;
        const enum sg_status status = sg_cert_step_radius(&r, &exact, &step, 1e-6);
        context("replicate %zu, tau %zu: [%.17g, %.17g], closed %.17g", k, step.tau, r.low, r.high,
                radius);
        CHECK(status == (radius < 1 ? SG_OK : SG_REFUTED));
        /* eigenvalues of a matrix known to n u, a double root to sqrt(n u): below 1e-7 */
        CHECK(r.low - 1e-7 <= radius && radius <= r.high + 1e-7);
        CHECK(r.high - r.low <= 1e-6 * r.high);
        sg_closed_line_free(closed);
        sg_closed_fit_free(fit);
        free(w);
    }
    sg_base_rng_free(rng);
}

/* Random data, two outputs: the closed radius lies in the enclosure, to its own rounding. */
static void random_data_agree_with_closed_forms(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4; k++) {
        struct sg_rng *rng = test_rng("cert", k);
        const size_t m = 1 + k % 2;
        struct sg_data data = random_data(30, 3, m, rng);
        struct sg_fit *fit;
        struct sg_interval r;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        const struct sg_rates x = sg_closed_rates(fit->lambda_x, 3),
                              z = sg_closed_rates(fit->lambda_z, fit->q);
        const struct sg_cert_data exact = {.n = data.n, .d = 3, .m = m, .x = data.x, .y = data.y};
        const struct sg_cert_step step = {.mu = 0.9 * x.critical, .nu = 0.8 * z.critical};
        const double closed = sg_closed_joint_radius(fit, step.mu, step.nu),
                     slack = 100 * SG_UNIT_ROUNDOFF;
        context("seed %llu, replicate %llu", (unsigned long long)test_seed(),
                (unsigned long long)k);
        CHECK_STATUS(sg_cert_step_radius(&r, &exact, &step, 1e-5), SG_OK);
        CHECK(r.low - slack <= closed && closed <= r.high + slack);
        CHECK_BOUND(r.high - r.low, 1e-5);
        /* a = 1.5 +- 0.5 i, |a|^2 = 2.5 */
        const double A[4] = {1.5, 0.5, -0.5, 1.5}, mu = 2 * 1.5 / (fit->lambda_x[0] * 2.5);
        if (m == 2) {
            CHECK_STATUS(sg_cert_frozen_radius(&r, &exact, mu * (1 - 1e-6), A, HUGE_VAL), SG_OK);
            CHECK_STATUS(sg_cert_frozen_radius(&r, &exact, mu * (1 + 1e-6), A, HUGE_VAL),
                         SG_REFUTED);
        }
        CHECK_STATUS(sg_cert_frozen_radius(&r, &exact, x.critical * (1 - 1e-6), NULL, HUGE_VAL),
                     SG_OK);
        CHECK_STATUS(sg_cert_frozen_radius(&r, &exact, x.critical * (1 + 1e-6), NULL, HUGE_VAL),
                     SG_REFUTED);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

/* One step of the instance solved by hand, in doubles:  u = W - 2, (a, b, c) = Phi - (1, -1, 0). */
static void by_hand(double s[4], double mu, double nu)
{
    double F[4] = {0};
    for (int i = 0; i < 4; i++) {
        const double p = X[i] * (2 + s[0]), z[3] = {p, Y[i], 1},
                     e = z[0] * s[1] + z[1] * s[2] + z[2] * s[3], g = p - Y[i];
        F[0] += X[i] * (g + e) / 4;
        for (int k = 0; k < 3; k++)
            F[1 + k] += z[k] * e / 4;
    }
    for (int k = 0; k < 4; k++)
        s[k] -= (k ? nu : mu) * F[k];
}

static bool converges(const double *direction, double length, double mu, double nu)
{
    double s[4];
    for (int k = 0; k < 4; k++)
        s[k] = length * direction[k];
    for (int t = 0; t < 20000 && sg_base_norm(s, 4) < 1e6; t++)
        by_hand(s, mu, nu);
    return sg_base_norm(s, 4) < 1e-3 * length;
}

/* Every start tried in the ball converges; it is not needlessly small: a start ten
 * thousand times as far does not. */
static void the_basin_is_one(void **state)
{
    (void)state;
    const double mu = 0.8, nu = 0.1;
    double radius, contraction;
    size_t lost = 0;
    CHECK_STATUS(sg_cert_basin(&radius, &contraction, &four, mu, nu), SG_OK);
    CHECK(radius > 0 && contraction < 1 && contraction > 0.8);
    struct sg_rng *rng = test_rng("basin", 0);
    for (int k = 0; k < 50; k++) {
        double direction[4];
        sg_base_rng_direction(direction, 4, rng);
        CHECK(converges(direction, radius, mu, nu));
        lost += !converges(direction, 1e4 * radius, mu, nu);
    }
    CHECK(lost > 0);
    sg_base_rng_free(rng);
    CHECK_STATUS(sg_cert_basin(&radius, &contraction, &four, 2.001, nu), SG_UNPROVED);
    CHECK_NAN(&radius, 1);
}

/* Its radius and factor by the inequality at the head of src/cert/basin.c, in doubles:
 * P = sum_k (J^T)^k J^k by doubling, q^2 = 1 - 0.999 / p_max, and R from
 * c_2 t + c_3 t^2 = 0.999 (1 - q) sqrt(p_min / p_max), t = R / sqrt(p_min). */
static void the_basin_is_its_inequality(void **state)
{
    (void)state;
    enum { D = 2 };
    for (uint64_t k = 0; k < 6; k++) {
        struct sg_rng *rng = test_rng("inequality", k);
        const size_t m = 1 + k % 2, q = 2 * m + 1, size = (D + q) * m;
        struct sg_data data = random_data(25, D, m, rng);
        struct sg_fit *fit;
        CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
        const double mu = random_between(0.3, 0.7, rng) * 2 / fit->lambda_x[0],
                     nu = random_between(0.3, 0.7, rng) * 2 / fit->lambda_z[0];
        const struct sg_cert_data exact = {.n = data.n, .d = D, .m = m, .x = data.x, .y = data.y};
        double *phi = SG_NEW(q * m, double), *A = SG_NEW(size * size, double),
               *P = SG_NEW(size * size, double), *PA = SG_NEW(size * size, double),
               *APA = SG_NEW(size * size, double), *lambda = SG_NEW(size, double), xz[D * 5],
               X_norm, radius, contraction;
        sg_closed_exact_sg(phi, m);
        sg_closed_joint_jacobian(A, &data, fit->w, phi, mu, nu);
        for (size_t i = 0; i < size; i++)
            P[i * size + i] = 1;
        for (int doubling = 0; doubling < 30; doubling++) {
            sg_base_mul(PA, P, A, size, size, size);
            sg_base_mul_tn(APA, A, PA, size, size, size);
            for (size_t i = 0; i < size * size; i++)
                P[i] += APA[i];
            sg_base_mul(PA, A, A, size, size, size);
            memcpy(A, PA, size * size * sizeof *A);
        }
        CHECK_STATUS(sg_base_eigen_symmetric(lambda, NULL, P, size), SG_OK);
        sg_base_mul_tn(xz, data.x, fit->z, D, data.n, q);
        CHECK_STATUS(sg_base_norm2(&X_norm, xz, D, q), SG_OK);
        X_norm /= (double)data.n;
        const double p_max = lambda[0], p_min = lambda[size - 1], q_1 = sqrt(1 - 0.999 / p_max),
                     L = fit->lambda_x[0];
        const double c_2 = hypot(mu * L, 2 * nu * X_norm) / 2, c_3 = 0.385 * nu * L,
                     room = 0.999 * (1 - q_1) * sqrt(p_min / p_max);
        const double t = (sqrt(c_2 * c_2 + 4 * c_3 * room) - c_2) / (2 * c_3);
        context("replicate %llu: mu %g, nu %g, p %g to %g", (unsigned long long)k, mu, nu, p_min,
                p_max);
        CHECK_STATUS(sg_cert_basin(&radius, &contraction, &exact, mu, nu), SG_OK);
        /* P to size^2 u p_max relative (an error dJ of J makes one of 2 p_max |dJ|), 1 - q to p_max
         * times as much; the root as it stands loses c_2 / room */
        const double of_p = 10 * (double)(size * size) * SG_UNIT_ROUNDOFF * p_max;
        CHECK_CLOSE(radius, t * sqrt(p_min / p_max),
                    radius * (of_p * p_max + SG_UNIT_ROUNDOFF * c_2 * c_2 / (c_3 * room)));
        CHECK_CLOSE(contraction, q_1 + 0.999 * (1 - q_1), of_p + 32 * SG_UNIT_ROUNDOFF);
        free(phi); free(A); free(P); free(PA); free(APA); free(lambda);
        sg_closed_fit_free(fit);
        sg_data_free(&data);
        sg_base_rng_free(rng);
    }
}

static void critical_points(void **state)
{
    (void)state;
    struct sg_cert_critical point;
    CHECK_STATUS(sg_cert_critical(&point, &four, NULL), SG_OK);
    CHECK(point.box > 1e-3 && point.box <= 1);
    CHECK(point.gradient < 1e-25);
    /* a line of them: none is alone in a box */
    const double exact[4] = {2, 2, -2, -2};
    const struct sg_cert_data realizable = {.n = 4, .d = 1, .m = 1, .x = X, .y = exact};
    CHECK_STATUS(sg_cert_critical(&point, &realizable, NULL), SG_UNPROVED);
    CHECK_NAN(&point.box, 2);
    const bool held[3] = {false, true, false},
               wrong[3] = {false, false, true}; /* p = y; 1 is neither */
    CHECK_STATUS(sg_cert_critical(&point, &realizable, held), SG_OK);
    CHECK(point.box > 1e-3 && point.gradient < 0x1p-79);
    CHECK_STATUS(sg_cert_critical(&point, &realizable, wrong), SG_UNPROVED);
    /* Without labels, S_x = I, W* = (2, 1): along (1, 1) the point is (3/2, 3/2), off W* by
     * sqrt(1/2). */
    const double x[8] = {1, 1, 1, -1, -1, 1, -1, -1}, y[4] = {3.5, 0.5, -1.5, -2.5},
                 along[2] = {1, 1}, towards[2] = {2, 1};
    const struct sg_cert_data square = {.n = 4, .d = 2, .m = 1, .x = x, .y = y};
    struct sg_interval g;
    CHECK_STATUS(sg_cert_unlabelled(&g, &square, false, along), SG_OK);
    CHECK(holds(g, sqrt(0.5)) && g.high - g.low < 1e-15);
    CHECK_STATUS(sg_cert_unlabelled(&g, &square, false, towards), SG_UNPROVED);   /* leads to W* */
    CHECK_NAN(&g.low, 2);
    CHECK_STATUS(sg_cert_unlabelled(&g, &square, true, along), SG_HYPOTHESIS);
    /* Features with means, a constant: along (1, 1) the centred z = (-2, -3, 2, 3),
     * t = E[z y]/E[z^2] = 8/13, r = (-3, 2, 3, -2)/13, |E[x^T r]| = sqrt(2)/26. */
    const double means[12] = {0, 1, 1, 1, -1, 1, 2, 3, 1, 5, 1, 1}, up[4] = {1, 0, 3, 4},
                 both[3] = {1, 1, 7};
    const struct sg_cert_data uncentred = {.n = 4, .d = 3, .m = 1, .x = means, .y = up};
    CHECK_STATUS(sg_cert_unlabelled(&g, &uncentred, true, both), SG_OK);
    CHECK_CLOSE(g.low, sqrt(2) / 26, 1e-16);
    CHECK_CLOSE(g.high, sqrt(2) / 26, 1e-16);
}

static void bad_data_are_refused(void **state)
{
    (void)state;
    struct sg_cert_data bad = four;
    struct sg_interval r, z;
    struct sg_cert_critical point;
    double radius, contraction;
    const struct sg_cert_step step = {.mu = 1, .nu = 0.1}, wrong = {.mu = SG_NAN, .nu = 0.1};
    bad.y = NO;
    CHECK_STATUS(sg_cert_step_radius(&r, &bad, &step, 1), SG_NOT_FINITE);
    CHECK_NAN(&r.low, 2);
    CHECK_STATUS(sg_cert_step_radius(&r, &four, &wrong, 1), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_moments(&r, &z, &bad), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_frozen_radius(&r, &bad, 1, NULL, 1), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_basin(&radius, &contraction, &bad, 1, 0.1), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_critical(&point, &bad, NULL), SG_NOT_FINITE);
    CHECK_NAN(&point.box, 2);
    double last[8];
    memcpy(last, X1, sizeof last);
    last[7] = SG_NAN;                                    /* every entry counts, the last one too */
    CHECK_STATUS(sg_cert_critical(&point,
                                  &(struct sg_cert_data){.n = 4, .d = 2, .m = 1, .x = last, .y = Y},
                                  NULL),
                 SG_NOT_FINITE);
    bad.y = NULL;
    CHECK_ABORTS(CHECK_STATUS(sg_cert_step_radius(&r, &bad, &step, 1), SG_OK));
    for (int k = 0; k < 3; k++) {
        struct sg_cert_data none = four;
        *(k == 0 ? &none.n : k == 1 ? &none.d : &none.m) = 0;
        CHECK_ABORTS(CHECK_STATUS(sg_cert_step_radius(&r, &none, &step, 1), SG_OK));
    }
    /* a width of nothing */
    CHECK_ABORTS(CHECK_STATUS(sg_cert_step_radius(&r, &four, &step, 0), SG_OK));
    const double c = 1;                                  /* the family needs y = x w */
    CHECK_ABORTS(CHECK_STATUS(
        sg_cert_step_radius(&r, &four, &(struct sg_cert_step){.mu = 1, .nu = 1, .C = &c}, 1),
        SG_OK));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(moments_by_hand), TEST(curvature_by_hand),          TEST(limits_of_the_joint_step),
        TEST(the_line_of_fixed_points), TEST(the_line_of_two_outputs),
        TEST(random_data_agree_with_closed_forms),
        TEST(the_basin_is_one),         TEST(the_basin_is_its_inequality),
        TEST(critical_points),          TEST(bad_data_are_refused),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
