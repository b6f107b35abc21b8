/* Three forms of one dynamics: samples, compressed rows, the eigenbasis of S_x.  Step by step from
 * the same state, and over many steps.
 *
 * One step.  With M = E[(x, y, 1)^T (x, y, 1)] and L = [[W, 0, 0], [0, I, 0], [0, 0, 1]], so that
 * z = (x, y, 1) L, the directions are
 *     dW   = [S_x, E x^T y, E x^T 1] L Phi',   Phi' = mix Phi + (1 - mix) phi*,
 *     dPhi = L^T M L psi,                      psi = Phi - phi*.
 * The forms differ in M by |dM| <= C (n + q) u |M| (a sum of n terms; Householder QR,
 * Higham 19.4; dsyevd's d u |S_x|), C = 1, and round the products with the same constant.
 * So a step differs by at most
 *     eps = (n + q) u (mu |M| |L| |Phi'| + nu |M| |L|^2 |psi| + |W| + |Phi|) (1 + mu
 *     |M| |L| + nu |M| |L|^2),
 * the last factor for sequential orders, where the second update reads the first one's error.
 *
 * Many steps.  Errors add up through the step's Jacobians: sum_t |J_T ... J_(t+1)| eps_t,
 * computed along the trajectory. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/sim.h"

enum { FORMS = 3 };

struct instance {
    struct sg_data data, compressed;
    struct sg_batch batch[FORMS];
    struct sg_net *net;
    struct sg_spectral *spectral;
    struct sg_field field[FORMS];
    struct sg_sim *sim[FORMS];
    size_t d, m, nw, np, s, slots;
    double mu, nu, moments;        /* moments = |M| */
};

static const struct sg_timing timings[] = {{0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0},
                                           {1, 1, 0, 0}, {0, 0, 2, 0},  {0, 0, 2, 2}};

static void make_instance(struct instance *in, uint64_t t, unsigned terms, struct sg_rng *rng)
{
    const double mixes[] = {1, 0.3, 0};
    const size_t d = in->d = t % 2 ? random_size(1, 6, rng) : random_size(7, 19, rng),
                 m = in->m = d > 9 ? 1 : 1 + t % 3;
    const size_t n = random_size(2, 60, rng), q = d + m + 1;
    const struct sg_layer layer = {SG_DENSE, m, false};
    const struct sg_module module = {1, SG_LINEAR, terms, SG_TARGET_TRUE, mixes[t / 2 % 3], 0};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = d,
                                 .labels = m,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = terms ? 1 : 0,
                                 .modules = &module};
    in->data = random_data(n, d, m, rng);
    for (size_t i = 0; i < n; i++)
        in->data.one[i] = t % 5 ? 1.0 : 0.8 + 0.01 * (double)i;         /* `one` is data */
    double *moments = SG_NEW(q * q, double);
    naive_moments(moments, &in->data);
    in->moments = frobenius(moments, q * q);
    free(moments);
    CHECK_STATUS(sg_data_compress(&in->compressed, &in->data), SG_OK);
    CHECK_STATUS(sg_sim_spectral_alloc(&in->spectral, &in->data, terms, module.mix), SG_OK);
    in->net = sg_net_alloc(&arch);
    in->nw = d * m;
    in->np = sg_net_sizes(in->net).phi;
    in->s = in->nw + in->np;
    in->mu = random_between(0.1, 0.6, rng) / in->moments;
    in->nu = random_between(0.1, 0.6, rng) / (in->moments * (double)(d + 1));
    in->field[0] = sg_sim_net_field(in->net, n);
    in->field[1] = sg_sim_net_field(in->net, q);
    in->field[2] = sg_sim_spectral_field(in->spectral);
    in->batch[0] = sg_sim_batch(&in->data);
    in->batch[1] = sg_sim_batch(&in->compressed);
    in->batch[2] = (struct sg_batch){0};
    CHECK(in->field[2].sizes.w == in->nw && in->field[2].sizes.phi == in->np &&
          in->field[2].dtype == SG_F64);
    double *zero = SG_NEW(in->s, double);
    for (int f = 0; f < FORMS; f++) {
        const struct sg_sim_spec spec = {.field = &in->field[f],
                                         .net_opt = {.rate = in->mu},
                                         .sg_opt = {.rate = in->nu},
                                         .timing = timings[t % COUNT(timings)]};
        in->sim[f] = sg_sim_alloc(&spec, zero, zero);
    }
    free(zero);
    in->slots = sg_sim_state_size(in->sim[0]) / in->s;
    context("seed %llu, replicate %llu: n %zu, d %zu, m %zu, terms %u, mix %g, timing %zu",
            (unsigned long long)test_seed(), (unsigned long long)t, n, d, m, terms, module.mix,
            (size_t)(t % COUNT(timings)));
}

static void free_instance(struct instance *in)
{
    for (int f = 0; f < FORMS; f++)
        sg_sim_free(in->sim[f]);
    sg_sim_spectral_free(in->spectral);
    sg_net_free(in->net);
    sg_data_free(&in->data);
    sg_data_free(&in->compressed);
}

/* A state of the sample form into all three. */
static void set_all(struct instance *in, const double *state)
{
    double *modes = sg_base_copy(state, in->slots * in->s, sizeof *state);
    for (size_t k = 0; k < in->slots; k++)
        sg_sim_spectral_from_w(modes + k * in->s, in->spectral, state + k * in->s);
    for (int f = 0; f < FORMS; f++)
        sg_sim_set_state(in->sim[f], f == 2 ? modes : state);
    free(modes);
}

/* (w, phi) now of one form, in the sample form's coordinates. */
static void read_now(double *now, const struct instance *in, int form)
{
    if (form == 2)
        sg_sim_spectral_to_w(now, in->spectral, sg_sim_w(in->sim[form]));
    else
        memcpy(now, sg_sim_w(in->sim[form]), in->nw * sizeof *now);
    if (in->np)
        memcpy(now + in->nw, sg_sim_phi(in->sim[form]), in->np * sizeof *now);
}

/* eps of the header comment, at the largest slot of a state. */
static double step_error(const struct instance *in, const double *state)
{
    double worst = 0;
    for (size_t k = 0; k < in->slots; k++) {
        const double w = frobenius(state + k * in->s, in->nw),
                     phi = frobenius(state + k * in->s + in->nw, in->np);
        const double lift = sqrt(w * w + (double)in->m + 1), full = phi + sqrt(2 * (double)in->m),
                     m = in->moments;
        const double size = (double)(in->data.n + in->d + in->m + 1);
        const double first = size * SG_UNIT_ROUNDOFF *
                             (in->mu * m * lift * full + in->nu * m * lift * lift * full + w + phi);
        worst = fmax(worst, first * (1 + in->mu * m * lift + in->nu * m * lift * lift));
    }
    return worst;
}

/* ---- tests ----------------------------------------------------------------------------- */

/* Term sets 0 (plain backprop) to 7, all mixes, orders and delays. */
static void one_step(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 360; t++) {
        struct sg_rng *rng = test_rng("one step", t);
        struct instance in;
        make_instance(&in, t, (unsigned)(t % 9 == 8 ? 7 : t % 9), rng);
        double *start = random_vector(in.slots * in.s, 0.6, rng), *now[FORMS];
        set_all(&in, start);
        for (int f = 0; f < FORMS; f++) {
            now[f] = SG_NEW(in.s, double);
            sg_sim_step(in.sim[f], &in.batch[f]);
            read_now(now[f], &in, f);
        }
        CHECK_ALL(now[1], now[0], step_error(&in, start), in.s);
        CHECK_ALL(now[2], now[0], step_error(&in, start), in.s);
        for (size_t i = 0; i < in.nw; i++)
            CHECK(now[0][i] != start[i]);
        for (int f = 0; f < FORMS; f++)
            free(now[f]);
        free(start);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

static void many_steps(void **state)
{
    (void)state;
    enum { STEPS = 25 };
    for (uint64_t t = 0; t < 36; t++) {
        struct sg_rng *rng = test_rng("many steps", t);
        struct instance in;
        make_instance(&in, t, t % 2 ? 7 : (unsigned)(t / 2 % 8), rng);
        const size_t size = in.slots * in.s;
        double *start = random_vector(in.s, 0.4, rng), *now[FORMS],
               *trail = SG_NEW((STEPS + 1) * size, double);
        for (size_t k = 0; k < in.slots; k++)
            memcpy(trail + k * in.s, start, in.s * sizeof *trail);
        set_all(&in, trail);
        for (int f = 0; f < FORMS; f++) {
            now[f] = SG_NEW(in.s, double);
            for (size_t step = 1; step <= STEPS; step++) {
                sg_sim_step(in.sim[f], &in.batch[f]);
                if (f == 0)
                    sg_sim_get_state(trail + step * size, in.sim[0]);
            }
            read_now(now[f], &in, f);
        }
        double *product = SG_NEW(size * size, double), *next = SG_NEW(size * size, double),
               *jacobian = SG_NEW(size * size, double);
        /* into and out of the eigenbasis */
        double bound, total = step_error(&in, trail);
        for (size_t i = 0; i < size; i++)
            product[i * size + i] = 1;
        for (size_t step = STEPS; step-- > 0;) {
            total += norm2_bound(product, size, size) * step_error(&in, trail + step * size);
            sg_approx_step_jacobian(jacobian, &bound, in.sim[0], trail + step * size, &in.batch[0]);
            sg_base_mul(next, product, jacobian, size, size, size);
            memcpy(product, next, size * size * sizeof *next);
        }
        CHECK_ALL(now[1], now[0], total, in.s);
        CHECK_ALL(now[2], now[0], total, in.s);
        for (int f = 0; f < FORMS; f++)
            free(now[f]);
        free(start); free(trail); free(product); free(next); free(jacobian);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* L = 1/2 |(W; -I)|_M^2 and L_SG = 1/2 |L psi|_M^2, so the forms differ by (n + q) u |M|
 * times the squared norms, constant 1 as above.  Each want alone gives what all together
 * give, with NULL for the rest. */
static void metrics(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 90; t++) {
        struct sg_rng *rng = test_rng("metrics", t);
        struct instance in;
        make_instance(&in, t, (unsigned)(t % 8), rng);
        double *start = random_vector(in.slots * in.s, 0.6, rng), *v = SG_NEW(in.nw, double),
               *dw = SG_NEW(in.nw, double);
        double *dphi = SG_NEW(in.np, double), *alone = SG_NEW(in.s, double);
        struct sg_metrics got[FORMS];
        sg_sim_spectral_from_w(v, in.spectral, start);
        for (int f = 0; f < FORMS; f++) {
            const struct sg_field *field = &in.field[f];
            const double *w = f == 2 ? v : start, *phi = start + in.nw;
            void *work = field->work_alloc(field);
            field->eval(dw, dphi, &got[f], field, w, phi, &in.batch[f],
                        SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
            struct sg_metrics only;
            field->eval(NULL, NULL, &only, field, w, phi, &in.batch[f], SG_WANT_METRICS, work);
            CHECK(only.loss == got[f].loss && only.sg_loss == got[f].sg_loss);
            /* directions, not steps */
            const double size = step_error(&in, start) / fmin(in.mu, in.nu);
            field->eval(alone, NULL, NULL, field, w, phi, &in.batch[f], SG_WANT_W, work);
            CHECK_ALL(alone, dw, size, in.nw);
            field->eval(NULL, alone + in.nw, NULL, field, w, phi, &in.batch[f], SG_WANT_PHI, work);
            CHECK_ALL(alone + in.nw, dphi, size, in.np);
            field->work_free(work);
        }
        const double w = frobenius(start, in.nw), lift2 = w * w + (double)in.m + 1;
        const double full = frobenius(start + in.nw, in.np) + sqrt(2 * (double)in.m);
        const double tol = (double)(in.data.n + in.d + in.m + 1) * SG_UNIT_ROUNDOFF * in.moments *
                           lift2;
        for (int f = 1; f < FORMS; f++) {
            CHECK_CLOSE(got[f].loss, got[0].loss, tol);
            CHECK_CLOSE(got[f].sg_loss, got[0].sg_loss, tol * full * full);
        }
        CHECK(got[0].loss > 0 && (in.np == 0) == (got[0].sg_loss == 0));
        free(start); free(v); free(dw); free(dphi); free(alone);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* lambda: S_x's eigenvalues; the coordinates go there and back. */
static void eigenbasis(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 20; t++) {
        struct sg_rng *rng = test_rng("eigenbasis", t);
        struct instance in;
        make_instance(&in, t, 7, rng);
        const size_t d = in.d, n = in.data.n;
        double *s_x = SG_NEW(d * d, double), *lambda = SG_NEW(d, double),
               *w = random_vector(in.nw, 1, rng);
        double *v = SG_NEW(in.nw, double), *back = SG_NEW(in.nw, double);
        naive_mul(s_x, NULL, in.data.x, true, in.data.x, false, d, n, d);
        for (size_t i = 0; i < d * d; i++)
            s_x[i] /= (double)n;
        naive_eigenvalues(lambda, s_x, d);
        CHECK_ALL(sg_sim_spectral_lambda(in.spectral), lambda,
                  4 * (double)(n + d) * SG_UNIT_ROUNDOFF * frobenius(s_x, d * d), d);
        sg_sim_spectral_from_w(v, in.spectral, w);
        sg_sim_spectral_to_w(back, in.spectral, v);
        const double tol = 4 * (double)(d + 1) * SG_UNIT_ROUNDOFF * frobenius(w, in.nw);
        CHECK_ALL(back, w, tol, in.nw);
        CHECK_CLOSE(frobenius(v, in.nw), frobenius(w, in.nw), tol);
        /* <w, S_x w> = sum lambda v^2: v is in that basis, in that order */
        double form = 0, want = 0;
        for (size_t j = 0; j < in.m; j++)
            for (size_t i = 0; i < d; i++) {
                form += lambda[i] * v[i * in.m + j] * v[i * in.m + j];
                for (size_t k = 0; k < d; k++)
                    want += w[i * in.m + j] * s_x[i * d + k] * w[k * in.m + j];
            }
        CHECK_CLOSE(form, want,
                    8 * (double)(n + d) * SG_UNIT_ROUNDOFF * frobenius(s_x, d * d) *
                        frobenius(w, in.nw) * frobenius(w, in.nw));
        free(s_x); free(lambda); free(w); free(v); free(back);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

static void refuses_nan(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("nan", 0);
    struct sg_data data = random_data(9, 3, 1, rng);
    struct sg_spectral *spectral = (struct sg_spectral *)&data;
    data.x[7] = SG_NAN;
    CHECK_STATUS(sg_sim_spectral_alloc(&spectral, &data, 7, 1.0), SG_NOT_FINITE);
    CHECK(spectral == NULL);
    sg_sim_spectral_free(NULL);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(one_step), TEST(many_steps), TEST(metrics),
                                       TEST(eigenbasis), TEST(refuses_nan)};
    return RUN(tests);
}
