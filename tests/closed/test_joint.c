/* The joint step: its Jacobian by exact differences of the step in long double, its spectrum by
 * dgeev, eigenvectors by residual, the condition number by the basis itself. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"

/* ---- the step, from its definition ----------------------------------------------------- */

/* W <- W - mu E[x^T s], Phi <- Phi - nu E[z^T (s - g)], s = z Phi, z = (x W, y, 1), g = x W - y;
 * with the size of the terms. */
static void joint_step(long double *next, long double *magnitude, const struct sg_data *data,
                       const long double *state, double mu, double nu)
{
    const size_t n = data->n, d = data->d, m = data->m, q = 2 * m + 1, nw = d * m;
    const long double *phi = state + nw;
    long double *z = SG_NEW(q, long double), *z_size = SG_NEW(q, long double);
    for (size_t i = 0; i < nw + q * m; i++) {
        next[i] = state[i];
        magnitude[i] = fabsl(state[i]);
    }
    for (size_t r = 0; r < n; r++) {
        const double *x = data->x + r * d, *y = data->y + r * m;
        for (size_t j = 0; j < m; j++) {
            z[j] = z_size[j] = 0;
            for (size_t i = 0; i < d; i++) {
                z[j] += (long double)x[i] * state[i * m + j];
                z_size[j] += fabsl((long double)x[i] * state[i * m + j]);
            }
            z[m + j] = (long double)y[j];
            z_size[m + j] = fabsl(z[m + j]);
        }
        z[2 * m] = (long double)data->one[r];
        z_size[2 * m] = fabsl(z[2 * m]);
        for (size_t o = 0; o < m; o++) {
            long double s = 0, s_size = 0;
            for (size_t j = 0; j < q; j++) {
                s += z[j] * phi[j * m + o];
                s_size += z_size[j] * fabsl(phi[j * m + o]);
            }
            const long double g = z[o] - z[m + o], e_size = s_size + z_size[o] + z_size[m + o];
            for (size_t i = 0; i < d; i++) {
                next[i * m + o] -= (long double)mu * (long double)x[i] * s / (long double)n;
                magnitude[i * m + o] += fabsl((long double)mu * (long double)x[i]) * s_size /
                                        (long double)n;
            }
            for (size_t j = 0; j < q; j++) {
                next[nw + j * m + o] -= (long double)nu * z[j] * (s - g) / (long double)n;
                magnitude[nw + j * m + o] += (long double)nu * z_size[j] * e_size / (long double)n;
            }
        }
    }
    free(z);
    free(z_size);
}

/* ---- instances ------------------------------------------------------------------------- */

struct instance { struct sg_data data; struct sg_fit *fit; double mu, nu; };

/* kind 0: noisy, full rank; 1: X of rank d - 1; 2: one-hot labels, which sum to the ones column. */
static struct instance make_instance(uint64_t t, struct sg_rng *rng)
{
    const size_t d = random_size(t % 3 == 1 ? 2 : 1, 5, rng),
                 m = t % 3 == 2 ? random_size(2, 3, rng) : random_size(1, 3, rng);
    struct instance in = {.data = random_data(random_size(8 + d + 2 * m, 40, rng), d, m, rng)};
    for (size_t i = 0; i < in.data.n; i++) {
        if (t % 3 == 1)
            in.data.x[i * d + d - 1] = -1.5 * in.data.x[i * d];
        for (size_t j = 0; t % 3 == 2 && j < m; j++)
            in.data.y[i * m + j] = j == i * i % 7 % m;
    }
    CHECK_STATUS(sg_closed_fit_alloc(&in.fit, &in.data), SG_OK);
    in.mu = random_between(0.1, 0.99, rng) * 2 / in.fit->lambda_x[0];
    in.nu = random_between(0.1, 0.99, rng) * 2 / in.fit->lambda_z[0];
    context("seed %llu, replicate %llu: n %zu, d %zu, m %zu, mu %.3g, nu %.3g",
            (unsigned long long)test_seed(), (unsigned long long)t, in.data.n, d, m, in.mu, in.nu);
    return in;
}

static void free_instance(struct instance *in)
{
    sg_closed_fit_free(in->fit);
    sg_data_free(&in->data);
}

/* An output that holds something else beforehand. */
static double *stale(size_t n)
{
    double *a = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        a[i] = SG_NAN;
    return a;
}

static double *jacobian_at_fixed_point(const struct instance *in)
{
    const size_t size = sg_closed_joint_size(in->fit);
    double *j = stale(size * size), *phi = SG_NEW(in->fit->q * in->fit->m, double);
    sg_closed_exact_sg(phi, in->fit->m);
    sg_closed_joint_jacobian(j, &in->data, in->fit->w, phi, in->mu, in->nu);
    free(phi);
    return j;
}

/* ---- the Jacobian ---------------------------------------------------------------------- */

/* Along one coordinate the step is a parabola: (F(+1) - F(-1)) / 2 is the derivative, exactly up to
 * 2^-64.  The closed form rounds sums over n samples of products through d and q: gamma of
 * n + d + q + 10 of the terms, whose derivatives are at most the differences of magnitudes at +1;
 * the products with `one`, psi = phi - phi* are terms too. */
static void jacobian(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 45; t++) {
        struct sg_rng *rng = test_rng("jacobian", t);
        struct instance in = make_instance(t, rng);
        const size_t d = in.data.d, m = in.data.m, q = 2 * m + 1, nw = d * m,
                     size = sg_closed_joint_size(in.fit);
        CHECK(size == nw + q * m);
        for (size_t i = 0; i < in.data.n; i++)
            in.data.one[i] = t % 2 ? 1.0 : 0.7 + 0.03 * (double)i;
        double *at = random_vector(size, 0.7, rng), *got = stale(size * size);
        long double *side[2], *f[2], *magnitude[2];
        for (int k = 0; k < 2; k++) {
            side[k] = SG_NEW(size, long double);
            f[k] = SG_NEW(size, long double);
            magnitude[k] = SG_NEW(size, long double);
        }
        sg_closed_joint_jacobian(got, &in.data, at, at + nw, in.mu, in.nu);
        const double gamma = gamma_of(in.data.n + d + q + 10, SG_UNIT_ROUNDOFF);
        for (size_t j = 0; j < size; j++) {
            for (int k = 0; k < 2; k++) {
                for (size_t i = 0; i < size; i++)
                    side[k][i] = (long double)at[i];
                side[k][j] += k ? -1 : 1;
                joint_step(f[k], magnitude[k], &in.data, side[k], in.mu, in.nu);
            }
            for (size_t i = 0; i < size; i++)
                CHECK_CLOSE(got[i * size + j], (double)((f[0][i] - f[1][i]) / 2),
                            gamma * (double)(magnitude[0][i] + magnitude[1][i]));
        }
        for (int k = 0; k < 2; k++) {
            free(side[k]);
            free(f[k]);
            free(magnitude[k]);
        }
        free(at);
        free(got);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* ---- the spectrum (DY3) ---------------------------------------------------------------- */

/* At (W*, phi*) the lower left block is zero.  dgeev finds the eigenvalues of J + E, |E| <= C size
 * u |J|, C = 4, and each moves by at most cond |E| (Bauer and Fike), cond from the closed form,
 * which `condition` below holds to the basis itself. */
static void spectrum(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("spectrum", t);
        struct instance in = make_instance(t, rng);
        const size_t nw = in.data.d * in.data.m, size = sg_closed_joint_size(in.fit);
        double *j = jacobian_at_fixed_point(&in), *want = stale(size), *real = SG_NEW(size, double);
        double complex *lambda = SG_NEW(size, double complex);
        for (size_t i = nw; i < size; i++)
            for (size_t k = 0; k < nw; k++)
                CHECK(j[i * size + k] == 0);
        sg_closed_joint_spectrum(want, in.fit, in.mu, in.nu);
        for (size_t i = 1; i < size; i++)
            CHECK(want[i] >= want[i - 1]);
        CHECK_STATUS(sg_base_eigen_general(lambda, NULL, j, size), SG_OK);
        const double tol = 4 * (double)size * SG_UNIT_ROUNDOFF * frobenius(j, size * size) *
                           sg_closed_joint_condition(in.fit, in.mu, in.nu);
        /* sorted by real part: insertion */
        for (size_t i = 0; i < size; i++) {
            size_t k = i;
            for (; k > 0 && real[k - 1] > creal(lambda[i]); k--)
                real[k] = real[k - 1];
            real[k] = creal(lambda[i]);
        }
        /* else two eigenvalues of the blocks all but meet */
        if (tol < 1e-6) {
            for (size_t i = 0; i < size; i++)
                CHECK_BOUND(fabs(cimag(lambda[i])), tol);
            CHECK_ALL(real, want, tol, size);
            compared++;
        }
        free(j); free(want); free(real); free(lambda);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
    CHECK(compared > 40);
}

/* Which eigenvalue dominates, by looking at all of them but the null directions': X has rank r = d,
 * or d - 1 in kind 1, and z = (p*, y, 1) has min(m, r) + m + 1, or one less in kind 2. */
static double brute_radius(const struct instance *in, uint64_t t, bool *in_x)
{
    const struct sg_fit *fit = in->fit;
    const size_t r = fit->d - (t % 3 == 1), r_z = (fit->m < r ? fit->m : r) + fit->m + (t % 3 != 2);
    double best = -1;
    for (size_t i = 0; i < r; i++)
        if (fabs(1 - in->mu * fit->lambda_x[i]) > best) {
            best = fabs(1 - in->mu * fit->lambda_x[i]);
            *in_x = true;
        }
    for (size_t i = 0; i < r_z; i++)
        if (fabs(1 - in->nu * fit->lambda_z[i]) > best) {
            best = fabs(1 - in->nu * fit->lambda_z[i]);
            *in_x = false;
        }
    return best;
}

/* l J = rho l: l is built in the eigenbases of S_x and S_z, known to C (n + size) u of their norms,
 * C = 4: the residual is at most that times mu |S_x| + mu |E x^T z| + nu |S_z| + 1. */
static void radius_and_left_vector(void **state)
{
    (void)state;
    size_t from_x = 0, from_z = 0, negative = 0;
    for (uint64_t t = 0; t < 150; t++) {
        struct sg_rng *rng = test_rng("left", t);
        struct instance in = make_instance(t, rng);
        if (t % 5 == 0)
            /* dominated by 1 - mu lambda_1 < 0 */
            in.mu = random_between(0.9, 1.2, rng) * 2 / in.fit->lambda_x[0];
        if (t % 5 == 1)
            in.nu = random_between(0.9, 1.2, rng) * 2 / in.fit->lambda_z[0];
        const size_t d = in.fit->d, m = in.fit->m, q = in.fit->q,
                     size = sg_closed_joint_size(in.fit), nw = d * m;
        double *j = jacobian_at_fixed_point(&in), *left = stale(size);
        bool in_x = false;
        const double rho = sg_closed_joint_left(left, in.fit, in.mu, in.nu),
                     radius = sg_closed_joint_radius(in.fit, in.mu, in.nu);
        CHECK(radius == brute_radius(&in, t, &in_x));
        CHECK(fabs(rho) == radius);
        const double u = 4 * (double)(in.data.n + size) * SG_UNIT_ROUNDOFF;
        const double scale = in.mu * (frobenius(in.fit->s_x, d * d) + frobenius(in.fit->x_z, d * q))
                             + in.nu * frobenius(in.fit->s_z, q * q) + 1;
        CHECK_CLOSE(frobenius(left, size), 1, u);
        for (size_t k = 0; k < size; k++) {
            long double sum = -(long double)rho * (long double)left[k];
            for (size_t i = 0; i < size; i++)
                sum += (long double)left[i] * (long double)j[i * size + k];
            CHECK_BOUND((double)fabsl(sum), u * scale);
            /* the copy in output 0 */
            CHECK(k % m == 0 || left[k] == 0);
        }
        CHECK((frobenius(left, nw) > 0) == in_x);
        from_x += in_x;
        from_z += !in_x;
        negative += rho < 0;
        free(j);
        free(left);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
    CHECK(from_x > 15 && from_z > 15 && negative > 10);
}

/* ---- the condition number -------------------------------------------------------------- */

/* The basis V = [[V_x, V_x Y], [0, V_z]] of one output, Y from the upper right block of
 * J V = V Lambda, held to that equation; its singular values by Jacobi.  cond(V) is attained, not
 * only bounded, because V_x and V_z are orthogonal. */
static void condition(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("condition", t);
        struct instance in = make_instance(t, rng);
        const struct sg_fit *fit = in.fit;
        const size_t d = fit->d, q = fit->q, s = d + q;
        const double got = sg_closed_joint_condition(fit, in.mu, in.nu);
        double *v = SG_NEW(s * s, double), *sigma = SG_NEW(s, double), gap = HUGE_VAL, y_norm = 0;
        for (size_t i = 0; i < d; i++)
            for (size_t k = 0; k < d; k++)
                v[i * s + k] = fit->v_x[i * d + k];
        for (size_t i = 0; i < q; i++)
            for (size_t k = 0; k < q; k++)
                v[(d + i) * s + d + k] = fit->v_z[i * q + k];
        /* (S_x mu - nu lambda_k) c = -mu x_z v_k, in the eigenbasis of S_x */
        for (size_t k = 0; k < q; k++)
            for (size_t i = 0; i < d; i++) {
                long double e = 0;
                for (size_t a = 0; a < d; a++)
                    for (size_t b = 0; b < q; b++)
                        e += (long double)fit->v_x[a * d + i] * (long double)fit->x_z[a * q + b] *
                             (long double)fit->v_z[b * q + k];
                const double difference = in.mu * fit->lambda_x[i] - in.nu * fit->lambda_z[k];
                const double c = (double)(-(long double)in.mu * e) / difference;
                gap = fmin(gap, fabs(difference));
                y_norm += c * c;
                for (size_t a = 0; a < d; a++)
                    v[a * s + d + k] += c * fit->v_x[a * d + i];
            }
        /* the upper right block of J V - V Lambda */
        for (size_t k = 0; k < q; k++)
            for (size_t i = 0; i < d; i++) {
                long double sum = (long double)v[i * s + d + k] *
                                  (long double)(in.nu * fit->lambda_z[k]);
                for (size_t a = 0; a < d; a++)
                    sum -= (long double)in.mu * (long double)fit->s_x[i * d + a] *
                           (long double)v[a * s + d + k];
                for (size_t b = 0; b < q; b++)
                    sum -= (long double)in.mu * (long double)fit->x_z[i * q + b] *
                           (long double)v[(d + b) * s + d + k];
                const double scale = in.mu *
                                         (frobenius(fit->s_x, d * d) + frobenius(fit->x_z, d * q)) +
                                     in.nu * fit->lambda_z[0] + 1;
                CHECK_BOUND((double)fabsl(sum), 4 * (double)(fit->n + s) * SG_UNIT_ROUNDOFF *
                                                    scale * (1 + sqrt(y_norm)));
            }
        naive_singular_values(sigma, v, s, s);
        /* e is off by (d + q) u mu |x_z|, so Y by that over the gap, and the gap itself by
         * u; d cond / cond <= 2 d|Y| */
        const double off = 4 * (double)s * SG_UNIT_ROUNDOFF *
                           ((in.mu * frobenius(fit->x_z, d * q) + 1) / gap + sqrt(y_norm) + 1);
        CHECK_CLOSE(got, sigma[0] / sigma[s - 1], got * (2 * off + off * off));
        CHECK(got >= 1);
        free(v);
        free(sigma);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* mu lambda_x = nu lambda_z exactly: no basis. */
static void eigenvalues_that_meet(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("meet", 0);
    struct instance in = make_instance(0, rng);
    for (size_t i = 0; i < in.fit->d; i++)
        for (size_t j = 0; j < in.fit->q; j++)
            CHECK(sg_closed_joint_condition(in.fit, in.fit->lambda_z[j], in.fit->lambda_x[i]) ==
                  HUGE_VAL);
    free_instance(&in);
    sg_base_rng_free(rng);
}

/* A fit made up so that the eigenbases are the axes: where mu lambda_x[i] = nu lambda_z[j], all
 * depends on x_z[i][j] alone; where that is 0 the pair is left out of Y, |Y| by Jacobi.  C u with
 * C = 10 for a few operations on each entry. */
static void uncoupled_eigenvalues_may_meet(void **state)
{
    (void)state;
    const double mu = 0.5, nu = 0.5;
    double v_x[4] = {1, 0, 0, 1}, v_z[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1},
           x_z[6] = {0.5, 0, 0.7, 0.3, 0.2, 0};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 3; j++) {
            context("pair %zu, %zu", i, j);
            double lambda_x[2] = {9.5, 4.25}, lambda_z[3] = {3.5, 1.75, 0.375}, y[6], sigma[2];
            lambda_x[i] = lambda_z[j];
            const struct sg_fit fit = {.d = 2,
                                       .m = 1,
                                       .q = 3,
                                       .x_z = x_z,
                                       .lambda_x = lambda_x,
                                       .lambda_z = lambda_z,
                                       .v_x = v_x,
                                       .v_z = v_z};
            const double cond = sg_closed_joint_condition(&fit, mu, nu);
            if (x_z[3 * i + j] != 0) {
                CHECK(cond == HUGE_VAL);
                continue;
            }
            for (size_t k = 0; k < 6; k++)
                y[k] = x_z[k] == 0 ? 0
                                   : mu * x_z[k] / (mu * lambda_x[k / 3] - nu * lambda_z[k % 3]);
            naive_singular_values(sigma, y, 2, 3);
            const double want = pow((sigma[0] + sqrt(sigma[0] * sigma[0] + 4)) / 2, 2);
            CHECK_CLOSE(cond, want, 10 * SG_UNIT_ROUNDOFF * want);
        }
}

/* bound[k] by its double sum, each order; each term and product is rounded a few times k. */
static void bound_on_powers(void **state)
{
    (void)state;
    enum { N = 12 };
    for (uint64_t t = 0; t < 30; t += 3) {
        struct sg_rng *rng = test_rng("powers", t);
        struct instance in = make_instance(t, rng);
        const struct sg_fit *f = in.fit;
        double x = 0, z = 0, bound[N + 1];
        for (size_t i = 0; i < f->d; i++)
            x = fmax(x, fabs(1 - in.mu * f->lambda_x[i]));
        for (size_t j = 0; j < f->q; j++)
            z = fmax(z, fabs(1 - in.nu * f->lambda_z[j]));
        for (int sg_first = 0; sg_first < 2; sg_first++) {
            sg_closed_joint_powers_bound(bound, N, f, in.mu, in.nu, sg_first);
            for (int k = 0; k <= N; k++) {
                double sum = 0;
                for (int j = 0; j < k; j++)
                    sum += pow(x, k - 1 - j) * pow(z, j + sg_first);
                const double want = pow(fmax(x, z), k) + in.mu * f->lambda_x[0] * sum;
                CHECK_CLOSE(bound[k], want, 10 * (N + 1) * SG_UNIT_ROUNDOFF * want);
            }
        }
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(jacobian),
                                       TEST(spectrum),
                                       TEST(radius_and_left_vector),
                                       TEST(condition),
                                       TEST(eigenvalues_that_meet),
                                       TEST(uncoupled_eigenvalues_may_meet),
                                       TEST(bound_on_powers)};
    return RUN(tests);
}
